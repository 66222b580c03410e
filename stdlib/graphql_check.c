/* SPDX-License-Identifier: Apache-2.0
 *
 * What makes a schema valid. Types are checked in order of their names, then
 * directives; the first error ends it. Rules and texts are those of the Go
 * library that OPA uses. */
#include "graphql_schema.h"

enum { CHAIN = POL_GRAPHQL_NESTING };

typedef struct checker {
    const pol_graphql_schema *schema;
    pol_call *call;
    pol_graphql_error *error;
} checker;

/* A text value for a %.*s. */
#define TEXT(v) (int)(v).len, (v).str
#define FAIL(c, at, ...)                    \
    pol_graphql_check_fail((c)->error, at, \
                           pol_call_printf((c)->call, __VA_ARGS__))

bool pol_graphql_check_fail(pol_graphql_error *error,
                            const pol_graphql_node *at, pol_value message)
{
    *error = (pol_graphql_error){
        .message = message, .line = at->line, .column = at->column};
    return false;
}

static bool check_name(const checker *c, const pol_graphql_node *node)
{
    if (node->name.len < 2 || memcmp(node->name.str, "__", 2) != 0)
        return true;
    return FAIL(c, node, "Name \"%.*s\" must not begin with \"__\", which is "
                "reserved by GraphQL introspection.", TEXT(node->name));
}

static bool check_type(const checker *c, const pol_graphql_node *type)
{
    pol_value name = pol_graphql_type_name(type);
    if (pol_graphql_schema_type(c->schema, name))
        return true;
    return FAIL(c, type, "Undefined type %.*s.", TEXT(name));
}

/* ---- directives ---------------------------------------------------------- */

static bool check_use(const checker *c, const pol_graphql_node *use,
                      const pol_graphql_node *directive)
{
    POL_GRAPHQL_EACH(argument, use->arguments)
        if (!pol_graphql_named(&directive->arguments, argument->name))
            return FAIL(c, argument,
                        "Undefined argument %.*s for directive %.*s.",
                        TEXT(argument->name), TEXT(use->name));
    POL_GRAPHQL_EACH(wanted, directive->arguments) {
        if (!wanted->type->flag || wanted->value)
            continue;
        const pol_graphql_node *given =
            pol_graphql_named(&use->arguments, wanted->name);
        if (!given || given->value->number == POL_GRAPHQL_NULL)
            return FAIL(c, use,
                        "Argument %.*s for directive %.*s cannot be null.",
                        TEXT(wanted->name), TEXT(use->name));
    }
    return true;
}

/* `current`: the directive whose definition this is in, or NULL. */
static bool check_uses(const checker *c, const pol_graphql_list *uses,
                       const char *location, const pol_graphql_node *current)
{
    POL_GRAPHQL_EACH(use, *uses) {
        if (!check_name(c, use))
            return false;
        const pol_graphql_node *directive =
            pol_graphql_schema_directive(c->schema, use->name);
        if (current && pol_equal(current->name, use->name))
            return FAIL(c, use, "Directive %.*s cannot refer to itself.",
                        TEXT(use->name));
        if (!directive)
            return FAIL(c, use, "Undefined directive %.*s.", TEXT(use->name));
        pol_value place = pol_string(location, strlen(location));
        if (!pol_graphql_named(&directive->members, place))
            return FAIL(c, use, "Directive %.*s is not applicable on %s.",
                        TEXT(use->name), location);
        if (!directive->flag && pol_graphql_named(uses, use->name) != use)
            return FAIL(c, use, "The directive %.*s can only be used once at "
                        "this location.", TEXT(use->name));
        if (!check_use(c, use, directive))
            return false;
    }
    return true;
}

bool pol_graphql_check_directives(const pol_graphql_schema *schema,
                                  const pol_graphql_list *directives,
                                  const char *location,
                                  pol_graphql_error *error)
{
    checker c = {.schema = schema, .call = schema->call, .error = error};
    return check_uses(&c, directives, location, NULL);
}

/* ---- fields -------------------------------------------------------------- */

static bool is_input(const pol_graphql_node *type)
{
    return pol_graphql_is(type, "SCALAR") || pol_graphql_is(type, "ENUM") ||
           pol_graphql_is(type, "INPUT_OBJECT");
}

static bool check_arguments(const checker *c, const pol_graphql_list *arguments,
                            const pol_graphql_node *directive)
{
    POL_GRAPHQL_EACH(argument, *arguments) {
        if (!check_name(c, argument) || !check_type(c, argument->type))
            return false;
        pol_value name = pol_graphql_type_name(argument->type);
        const pol_graphql_node *type =
            pol_graphql_schema_type(c->schema, name);
        if (!is_input(type))
            return FAIL(c, argument, "cannot use %.*s as argument %.*s because "
                        "%.*s is not a valid input type",
                        TEXT(name), TEXT(argument->name), TEXT(type->alias));
        if (!check_uses(c, &argument->directives, "ARGUMENT_DEFINITION",
                        directive))
            return false;
    }
    return true;
}

static bool check_fields(const checker *c, const pol_graphql_node *type)
{
    const char *location = pol_graphql_is(type, "INPUT_OBJECT")
                               ? "INPUT_FIELD_DEFINITION"
                               : "FIELD_DEFINITION";
    POL_GRAPHQL_EACH(field, type->members) {
        pol_call_spend(c->call, 1 + type->members.count / 16);
        if (!check_name(c, field) || !check_type(c, field->type) ||
            !check_arguments(c, &field->arguments, NULL) ||
            !check_uses(c, &field->directives, location, NULL))
            return false;
    }
    return true;
}

/* ---- interfaces ---------------------------------------------------------- */

/* May a value of type `actual` stand where `wanted` is? */
static bool is_covariant(const checker *c, const pol_graphql_node *wanted,
                         const pol_graphql_node *actual)
{
    for (;;) {
        if (wanted->flag && !actual->flag)
            return false;
        if (!wanted->type)
            break;
        if (!actual->type)
            return false;
        wanted = wanted->type;
        actual = actual->type;
    }
    if (actual->type)
        return false;
    if (pol_equal(wanted->name, actual->name))
        return true;
    const pol_graphql_node *of =
        pol_graphql_schema_type(c->schema, wanted->name);
    const pol_graphql_node *type =
        pol_graphql_schema_type(c->schema, actual->name);
    return of && type && pol_graphql_is_possible(of, type);
}

static bool check_field_arguments(const checker *c,
                                  const pol_graphql_node *type,
                                  const pol_graphql_node *interface,
                                  const pol_graphql_node *wanted)
{
    const pol_graphql_node *field =
        pol_graphql_named(&type->members, wanted->name);
    POL_GRAPHQL_EACH(argument, wanted->arguments) {
        const pol_graphql_node *found =
            pol_graphql_named(&field->arguments, argument->name);
        if (!found)
            return FAIL(c, field, "For %.*s to implement %.*s the field %.*s "
                        "must have the same arguments but it is missing %.*s.",
                        TEXT(type->name), TEXT(interface->name),
                        TEXT(wanted->name), TEXT(argument->name));
        if (!is_covariant(c, found->type, argument->type))
            return FAIL(c, found, "For %.*s to implement %.*s the field %.*s "
                        "must have the same arguments but %.*s has the wrong "
                        "type.", TEXT(type->name), TEXT(interface->name),
                        TEXT(wanted->name), TEXT(argument->name));
    }
    POL_GRAPHQL_EACH(argument, field->arguments)
        if (argument->type->flag && !argument->value &&
            !pol_graphql_named(&wanted->arguments, argument->name))
            return FAIL(c, argument, "For %.*s to implement %.*s any additional "
                        "arguments on %.*s must be optional or have a default "
                        "value but %.*s is required.", TEXT(type->name),
                        TEXT(interface->name), TEXT(wanted->name),
                        TEXT(argument->name));
    return true;
}

static bool check_implemented(const checker *c, const pol_graphql_node *type,
                              const pol_graphql_node *interface)
{
    POL_GRAPHQL_EACH(wanted, interface->members) {
        pol_call_spend(c->call, 1 + type->members.count / 16);
        const pol_graphql_node *field =
            pol_graphql_named(&type->members, wanted->name);
        if (!field)
            return FAIL(c, type, "For %.*s to implement %.*s it must have a "
                        "field called %.*s.", TEXT(type->name),
                        TEXT(interface->name), TEXT(wanted->name));
        if (!is_covariant(c, wanted->type, field->type)) {
            pol_value text = pol_graphql_type_text(c->call, wanted->type);
            return FAIL(c, field, "For %.*s to implement %.*s the field %.*s "
                        "must have type %.*s.", TEXT(type->name),
                        TEXT(interface->name), TEXT(wanted->name), TEXT(text));
        }
        if (!check_field_arguments(c, type, interface, wanted))
            return false;
    }
    POL_GRAPHQL_EACH(ancestor, interface->schemas) {
        if (pol_graphql_named(&type->schemas, ancestor->name))
            continue;
        if (pol_equal(ancestor->name, type->name))
            return FAIL(c, type, "Type %.*s cannot implement %.*s because it "
                        "would create a circular reference.", TEXT(type->name),
                        TEXT(interface->name));
        return FAIL(c, type, "Type %.*s must implement %.*s because it is "
                    "implemented by %.*s.", TEXT(type->name),
                    TEXT(ancestor->name), TEXT(interface->name));
    }
    return true;
}

static bool check_interfaces(const checker *c, const pol_graphql_node *type)
{
    POL_GRAPHQL_EACH(name, type->schemas) {
        const pol_graphql_node *interface =
            pol_graphql_schema_type(c->schema, name->name);
        if (!interface)
            return FAIL(c, type, "Undefined type \"%.*s\".", TEXT(name->name));
        if (!pol_graphql_is(interface, "INTERFACE"))
            return FAIL(c, type, "\"%.*s\" is a non interface type %.*s.",
                        TEXT(name->name), TEXT(interface->alias));
        if (!check_implemented(c, type, interface))
            return false;
    }
    return true;
}

static bool check_union(const checker *c, const pol_graphql_node *type)
{
    POL_GRAPHQL_EACH(name, type->types) {
        const pol_graphql_node *member =
            pol_graphql_schema_type(c->schema, name->name);
        if (!member)
            return FAIL(c, type, "Undefined type \"%.*s\".", TEXT(name->name));
        if (!pol_graphql_is(member, "OBJECT"))
            return FAIL(c, type, "UNION type \"%.*s\" must be OBJECT.",
                        TEXT(name->name));
    }
    return true;
}

/* ---- kinds --------------------------------------------------------------- */

static bool check_output(const checker *c, const pol_graphql_node *type)
{
    if (!type->members.count)
        return FAIL(c, type, "%.*s %.*s: must define one or more fields.",
                    TEXT(type->alias), TEXT(type->name));
    POL_GRAPHQL_EACH(field, type->members) {
        const pol_graphql_node *of = pol_graphql_schema_type(
            c->schema, pol_graphql_type_name(field->type));
        if (pol_graphql_is(of, "INPUT_OBJECT"))
            return FAIL(c, field, "%.*s %.*s: field must be one of SCALAR, "
                        "OBJECT, INTERFACE, UNION, ENUM.", TEXT(type->alias),
                        TEXT(type->name));
    }
    return true;
}

static bool check_enum(const checker *c, const pol_graphql_node *type)
{
    if (!type->arguments.count)
        return FAIL(c, type, "%.*s %.*s: must define one or more unique enum "
                    "values.", TEXT(type->alias), TEXT(type->name));
    POL_GRAPHQL_EACH(value, type->arguments) {
        if (pol_string_is(value->name, "true") ||
            pol_string_is(value->name, "false") ||
            pol_string_is(value->name, "null"))
            return FAIL(c, type, "%.*s %.*s: non-enum value %.*s.",
                        TEXT(type->alias), TEXT(type->name),
                        TEXT(value->name));
        if (!check_uses(c, &value->directives, "ENUM_VALUE", NULL))
            return false;
    }
    return true;
}

static bool check_input(const checker *c, const pol_graphql_node *type)
{
    if (!type->members.count)
        return FAIL(c, type, "%.*s %.*s: must define one or more input "
                    "fields.", TEXT(type->alias), TEXT(type->name));
    POL_GRAPHQL_EACH(field, type->members) {
        const pol_graphql_node *of = pol_graphql_schema_type(
            c->schema, pol_graphql_type_name(field->type));
        if (!is_input(of))
            return FAIL(c, field, "%.*s %.*s: field must be one of SCALAR, "
                        "ENUM, INPUT_OBJECT.", TEXT(of->alias),
                        TEXT(field->name));
    }
    return true;
}

static bool check_kind(const checker *c, const pol_graphql_node *type)
{
    if (pol_graphql_is(type, "OBJECT") || pol_graphql_is(type, "INTERFACE"))
        return check_output(c, type);
    if (pol_graphql_is(type, "ENUM"))
        return check_enum(c, type);
    return !pol_graphql_is(type, "INPUT_OBJECT") || check_input(c, type);
}

/* The first node of the list that has the name of one before it. */
static const pol_graphql_node *repeated(const checker *c,
                                        const pol_graphql_list *list)
{
    pol_call_spend(c->call, (uint64_t)list->count * list->count / 32);
    POL_GRAPHQL_EACH(node, *list)
        if (pol_graphql_named(list, node->name) != node)
            return node;
    return NULL;
}

static bool check_once(const checker *c, const pol_graphql_node *type)
{
    const pol_graphql_node *twice = repeated(c, &type->members);
    if (twice)
        return FAIL(c, twice, "Field %.*s.%.*s can only be defined once.",
                    TEXT(type->name), TEXT(twice->name));
    twice = repeated(c, &type->types);
    if (twice)
        return FAIL(c, twice, "Union type %.*s can only include type %.*s "
                    "once.", TEXT(type->name), TEXT(twice->name));
    twice = repeated(c, &type->arguments);
    if (twice)
        return FAIL(c, twice, "Enum value %.*s.%.*s can only be defined once.",
                    TEXT(type->name), TEXT(twice->name));
    return true;
}

/* ---- input objects that hold themselves ---------------------------------- */

/* A walk along fields that must be there. */
typedef struct chain {
    const checker *checker;
    const pol_graphql_node *types[CHAIN], *fields[CHAIN];
    uint32_t length;
} chain;

static bool report_cycle(const chain *ch, uint32_t from)
{
    const checker *c = ch->checker;
    pol_bytes path;
    pol_bytes_init(&path, c->call, 32);
    for (uint32_t i = from; i < ch->length; i++) {
        if (i > from)
            pol_bytes_byte(&path, '.');
        pol_bytes_add(&path, ch->fields[i]->name.str, ch->fields[i]->name.len);
    }
    pol_value text = pol_bytes_done(&path);
    return FAIL(c, ch->fields[from], "Cannot reference Input Object \"%.*s\" "
                "within itself through a series of non-null fields: "
                "\"%.*s\".", TEXT(ch->types[from]->name), TEXT(text));
}

/* Marks the types that it is done with. */
static bool check_chain(chain *ch, pol_graphql_node *type)
{
    if (type->mark)
        return true;
    for (uint32_t i = 0; i < ch->length; i++)
        if (ch->types[i] == type)
            return report_cycle(ch, i);
    if (ch->length == CHAIN)
        pol_call_limit(ch->checker->call, "nesting");
    ch->types[ch->length] = type;
    POL_GRAPHQL_EACH(field, type->members) {
        if (field->type->type || !field->type->flag)
            continue;
        pol_graphql_node *next =
            pol_graphql_schema_type(ch->checker->schema, field->type->name);
        if (!pol_graphql_is(next, "INPUT_OBJECT"))
            continue;
        ch->fields[ch->length++] = field;
        if (!check_chain(ch, next))
            return false;
        ch->length--;
    }
    type->mark = 1;
    return true;
}

static bool check_cycles(const checker *c, pol_graphql_node *type)
{
    chain ch;
    ch.checker = c;
    ch.length = 0;
    return !pol_graphql_is(type, "INPUT_OBJECT") || check_chain(&ch, type);
}

/* ---- all ----------------------------------------------------------------- */

static const char *location_of(const pol_graphql_node *type, char out[32])
{
    size_t len = type->alias.len < 31 ? type->alias.len : 31;
    memcpy(out, type->alias.str, len);
    out[len] = '\0';
    return out;
}

static bool check_definition(const checker *c, pol_graphql_node *type)
{
    char location[32];
    return check_fields(c, type) && check_union(c, type) &&
           check_interfaces(c, type) && check_kind(c, type) &&
           check_once(c, type) && (type->flag || check_name(c, type)) &&
           check_uses(c, &type->directives, location_of(type, location),
                      NULL);
}

bool pol_graphql_check_schema(const pol_graphql_schema *schema,
                              pol_graphql_error *error)
{
    checker c = {.schema = schema, .call = schema->call, .error = error};
    for (size_t i = 0; i < schema->types.count; i++)
        if (!check_definition(&c, schema->types.items[i]))
            return false;
    for (size_t i = 0; i < schema->types.count; i++)
        if (!check_cycles(&c, schema->types.items[i]))
            return false;
    for (size_t i = 0; i < schema->directives.count; i++) {
        const pol_graphql_node *directive = schema->directives.items[i];
        if (!check_name(&c, directive) ||
            !check_arguments(&c, &directive->arguments, directive))
            return false;
    }
    return true;
}
