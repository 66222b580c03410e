/* SPDX-License-Identifier: Apache-2.0
 *
 * The rules about everything but values. Within a function they stand in the
 * order of their names in the specification's terms, which is the order in which
 * complaints come. */
#include "graphql_validate.h"

#include <stdlib.h>

#define TEXT POL_GRAPHQL_TEXT

enum { USED = 1 }; /* mark of a variable */

static const pol_graphql_node *type_of(const pol_graphql_check *check,
                                       const pol_graphql_node *definition)
{
    return pol_graphql_schema_type(check->schema,
                                   pol_graphql_type_name(definition->type));
}

/* ---- arguments of fields and directives ---------------------------------- */

/* `what` is "field "T.f"" or "directive "@d"". */
static void known_arguments(pol_graphql_check *check,
                            const pol_graphql_node *node, pol_value what)
{
    POL_GRAPHQL_EACH(argument, node->arguments) {
        const pol_graphql_list *wanted = &node->definition->arguments;
        if (pol_graphql_named(wanted, argument->name))
            continue;
        pol_value hint =
            pol_graphql_suggest(check->call, "", argument->name, wanted);
        pol_graphql_complain(check, node, "Unknown argument \"%.*s\" on "
                             "%.*s.%.*s", TEXT(argument->name), TEXT(what),
                             TEXT(hint));
    }
}

/* `what` is "Field "f"" or "Directive "@d"". */
static void required_arguments(pol_graphql_check *check,
                               const pol_graphql_node *node, pol_value what)
{
    POL_GRAPHQL_EACH(wanted, node->definition->arguments) {
        if (!wanted->type->flag || wanted->value ||
            pol_graphql_named(&node->arguments, wanted->name))
            continue;
        pol_value type = pol_graphql_type_text(check->call, wanted->type);
        pol_graphql_complain(check, node, "%.*s argument \"%.*s\" of type "
                             "\"%.*s\" is required, but it was not provided.",
                             TEXT(what), TEXT(wanted->name), TEXT(type));
    }
}

/* Nodes before `node` with its name. */
static uint32_t uses_before(const pol_graphql_list *list,
                            const pol_graphql_node *node)
{
    uint32_t count = 0;
    for (const pol_graphql_node *other = list->first; other != node;
         other = other->next)
        count += pol_equal(other->name, node->name);
    return count;
}

/* A name that comes a third time is not complained about again. */
static void unique_names(pol_graphql_check *check, const pol_graphql_list *list,
                         const char *what)
{
    pol_call_spend(check->call, (uint64_t)list->count * list->count / 64);
    POL_GRAPHQL_EACH(node, *list)
        if (uses_before(list, node) == 1)
            pol_graphql_complain(check, node, "There can be only one %s%.*s\".",
                                 what, TEXT(node->name));
}

/* ---- fields -------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    const pol_value *left = a, *right = b;
    return pol_compare(*left, *right);
}

/* A name and how many types stand for it. */
typedef struct counted {
    pol_value name;
    uint32_t count;
} counted;

static int by_count(const void *a, const void *b)
{
    const counted *left = a, *right = b;
    if (left->count != right->count)
        return left->count < right->count ? 1 : -1;
    return pol_compare(left->name, right->name);
}

typedef struct candidates {
    pol_value *types;
    counted *interfaces;
    size_t type_count, interface_count;
} candidates;

static void count_interface(candidates *c, pol_value name)
{
    for (size_t i = 0; i < c->interface_count; i++)
        if (pol_equal(c->interfaces[i].name, name)) {
            c->interfaces[i].count++;
            return;
        }
    c->interfaces[c->interface_count++] = (counted){name, 1};
}

static void add_candidate(const pol_graphql_check *check, candidates *c,
                          const pol_graphql_node *type, pol_value field)
{
    if (!pol_graphql_named(&type->members, field))
        return;
    c->types[c->type_count++] = type->name;
    POL_GRAPHQL_EACH(name, type->schemas) {
        const pol_graphql_node *interface =
            pol_graphql_schema_type(check->schema, name->name);
        if (interface && pol_graphql_named(&interface->members, field))
            count_interface(c, name->name);
    }
}

/* The types behind an abstract one that have the field: interfaces that many of
 * them implement first. */
static pol_value suggest_types(pol_graphql_check *check,
                               const pol_graphql_node *parent, pol_value field)
{
    const pol_graphql_index *all = &check->schema->types;
    pol_arena *arena = pol_call_arena(check->call);
    candidates c = {.types = pol_items(arena, all->count)};
    c.interfaces = pol_call_alloc(check->call, all->count * sizeof(counted));
    pol_call_spend(check->call, all->count);
    for (size_t i = 0; i < all->count; i++)
        if (pol_graphql_is_possible(parent, all->items[i]))
            add_candidate(check, &c, all->items[i], field);
    qsort(c.types, c.type_count, sizeof *c.types, by_name);
    qsort(c.interfaces, c.interface_count, sizeof *c.interfaces, by_count);
    pol_value *names = pol_items(arena, c.type_count + c.interface_count);
    for (size_t i = 0; i < c.interface_count; i++)
        names[i] = c.interfaces[i].name;
    if (c.type_count)
        memcpy(names + c.interface_count, c.types,
               c.type_count * sizeof *names);
    return pol_graphql_or_list(check->call, "to use an inline fragment on ",
                               names, c.type_count + c.interface_count);
}

static void known_field(pol_graphql_check *check, const pol_graphql_node *field)
{
    const pol_graphql_node *parent = field->parent;
    if (!parent || field->definition)
        return;
    pol_value hint = pol_literal("");
    if (pol_graphql_is(parent, "UNION") || pol_graphql_is(parent, "INTERFACE"))
        hint = suggest_types(check, parent, field->name);
    if (!hint.len && (pol_graphql_is(parent, "OBJECT") ||
                      pol_graphql_is(parent, "INTERFACE")))
        hint = pol_graphql_suggest(check->call, "", field->name,
                                   &parent->members);
    pol_graphql_complain(check, field, "Cannot query field \"%.*s\" on type "
                         "\"%.*s\".%.*s", TEXT(field->name),
                         TEXT(parent->name), TEXT(hint));
}

/* Is there a chain of three lists of the introspection types below? */
static bool is_deep(pol_graphql_check *check,
                    const pol_graphql_list *selections, int lists)
{
    bool deep = false;
    pol_graphql_validate_enter(check);
    for (const pol_graphql_node *s = selections->first; s && !deep;
         s = s->next) {
        const pol_graphql_list *below = &s->members;
        int more = lists;
        pol_graphql_node *fragment = NULL;
        if (s->kind == POL_GRAPHQL_SPREAD) {
            fragment = (pol_graphql_node *)s->definition;
            if (!fragment || fragment->busy)
                continue;
            fragment->busy = true;
            below = &fragment->members;
        } else if (s->kind == POL_GRAPHQL_FIELD) {
            more += pol_string_is(s->name, "fields") ||
                    pol_string_is(s->name, "interfaces") ||
                    pol_string_is(s->name, "possibleTypes") ||
                    pol_string_is(s->name, "inputFields");
        }
        deep = more >= 3 || is_deep(check, below, more);
        if (fragment)
            fragment->busy = false;
    }
    pol_graphql_validate_leave(check);
    return deep;
}

static void introspection_depth(pol_graphql_check *check,
                                const pol_graphql_node *field)
{
    if ((pol_string_is(field->name, "__schema") ||
         pol_string_is(field->name, "__type")) &&
        is_deep(check, &field->members, 0))
        pol_graphql_complain(check, field,
                             "Maximum introspection depth exceeded");
}

static void leaf(pol_graphql_check *check, const pol_graphql_node *field)
{
    const pol_graphql_node *type = type_of(check, field->definition);
    if (!type)
        return;
    bool is_leaf = !pol_graphql_is_composite(type);
    if (is_leaf && field->members.count)
        pol_graphql_complain(check, field, "Field \"%.*s\" must not have a "
                             "selection since type \"%.*s\" has no subfields.",
                             TEXT(field->name), TEXT(type->name));
    if (is_leaf || field->members.count)
        return;
    pol_value text =
        pol_graphql_type_text(check->call, field->definition->type);
    pol_graphql_complain(check, field, "Field \"%.*s\" of type \"%.*s\" must "
                         "have a selection of subfields. Did you mean "
                         "\"%.*s { ... }\"?", TEXT(field->name), TEXT(text),
                         TEXT(field->name));
}

void pol_graphql_rule_field(pol_graphql_check *check,
                            const pol_graphql_node *field)
{
    known_field(check, field);
    if (field->definition && field->parent)
        known_arguments(check, field,
                        pol_call_printf(check->call, "field \"%.*s.%.*s\"",
                                        TEXT(field->parent->name),
                                        TEXT(field->name)));
    introspection_depth(check, field);
    if (check->operation)
        pol_graphql_rule_overlap(check, &field->members);
    if (field->definition) {
        required_arguments(check, field,
                           pol_call_printf(check->call, "Field \"%.*s\"",
                                           TEXT(field->name)));
        leaf(check, field);
    }
    unique_names(check, &field->arguments, "argument named \"");
}

/* ---- directives ---------------------------------------------------------- */

void pol_graphql_rule_directive(pol_graphql_check *check,
                                pol_graphql_node *directive,
                                const char *location)
{
    const pol_graphql_node *definition = directive->definition;
    pol_value place = pol_string(location, strlen(location));
    if (definition)
        known_arguments(check, directive,
                        pol_call_printf(check->call, "directive \"@%.*s\"",
                                        TEXT(directive->name)));
    if (!definition) {
        pol_graphql_complain(check, directive, "Unknown directive \"@%.*s\".",
                             TEXT(directive->name));
    } else if (!pol_graphql_named(&definition->members, place) &&
               !directive->mark) {
        directive->mark = 1; /* fragments are walked twice: say it once */
        pol_graphql_complain(check, directive, "Directive \"@%.*s\" may not be "
                             "used on %s.", TEXT(directive->name), location);
    }
    if (definition)
        required_arguments(check, directive,
                           pol_call_printf(check->call, "Directive \"@%.*s\"",
                                           TEXT(directive->name)));
    unique_names(check, &directive->arguments, "argument named \"");
}

void pol_graphql_rule_directives(pol_graphql_check *check,
                                 const pol_graphql_list *directives)
{
    pol_call_spend(check->call,
                   (uint64_t)directives->count * directives->count / 64);
    POL_GRAPHQL_EACH(directive, *directives) {
        bool repeatable = directive->definition && directive->definition->flag;
        if (!repeatable && uses_before(directives, directive))
            pol_graphql_complain(check, directive, "The directive \"@%.*s\" "
                                 "can only be used once at this location.",
                                 TEXT(directive->name));
    }
}

/* ---- fragments ----------------------------------------------------------- */

/* Has any type a place in both? */
static bool overlap(pol_graphql_check *check, const pol_graphql_node *a,
                    const pol_graphql_node *b)
{
    const pol_graphql_index *all = &check->schema->types;
    pol_call_spend(check->call, 1 + all->count / 4);
    for (size_t i = 0; i < all->count; i++)
        if (pol_graphql_is_possible(a, all->items[i]) &&
            pol_graphql_is_possible(b, all->items[i]))
            return true;
    return false;
}

/* `fragment` is "Fragment" or "Fragment "F"". */
static void possible_spread(pol_graphql_check *check,
                            const pol_graphql_node *at, pol_value condition,
                            pol_value fragment)
{
    const pol_graphql_node *type =
        pol_graphql_schema_type(check->schema, condition);
    const pol_graphql_node *parent = at->parent;
    if (!type || !parent || !pol_graphql_is_composite(type) ||
        !pol_graphql_is_composite(parent) || overlap(check, parent, type))
        return;
    pol_graphql_complain(check, at, "%.*s cannot be spread here as objects of "
                         "type \"%.*s\" can never be of type \"%.*s\".",
                         TEXT(fragment), TEXT(parent->name), TEXT(condition));
}

void pol_graphql_rule_spread(pol_graphql_check *check,
                             const pol_graphql_node *spread)
{
    pol_graphql_node *fragment = (pol_graphql_node *)spread->definition;
    if (!fragment) {
        pol_graphql_complain(check, spread, "Unknown fragment \"%.*s\".",
                             TEXT(spread->name));
        return;
    }
    if (!check->in_fragments)
        fragment->flag = true; /* used */
    possible_spread(check, spread, fragment->condition,
                    pol_call_printf(check->call, "Fragment \"%.*s\"",
                                    TEXT(spread->name)));
}

void pol_graphql_rule_inline(pol_graphql_check *check,
                             const pol_graphql_node *fragment)
{
    const pol_graphql_node *type =
        pol_graphql_schema_type(check->schema, fragment->condition);
    if (type && !pol_graphql_is_composite(type))
        pol_graphql_complain(check, fragment, "Fragment cannot condition on "
                             "non composite type \"%.*s\".",
                             TEXT(fragment->condition));
    if (!type && fragment->condition.len)
        pol_graphql_complain(check, fragment, "Unknown type \"%.*s\".",
                             TEXT(fragment->condition));
    pol_graphql_rule_overlap(check, &fragment->members);
    possible_spread(check, fragment, fragment->condition,
                    pol_literal("Fragment"));
}

void pol_graphql_rule_fragment(pol_graphql_check *check,
                               pol_graphql_node *fragment)
{
    const pol_graphql_node *type =
        pol_graphql_schema_type(check->schema, fragment->condition);
    if (type && !pol_graphql_is_composite(type))
        pol_graphql_complain(check, fragment, "Fragment \"%.*s\" cannot "
                             "condition on non composite type \"%.*s\".",
                             TEXT(fragment->name), TEXT(fragment->condition));
    if (!type) {
        pol_graphql_list all = {.first = NULL};
        for (size_t i = 0; i < check->schema->types.count; i++) {
            pol_graphql_node *copy =
                pol_graphql_new(check->call, POL_GRAPHQL_NAME);
            copy->name = check->schema->types.items[i]->name;
            pol_graphql_append(&all, copy);
        }
        pol_value hint = pol_graphql_suggest(check->call, "",
                                             fragment->condition, &all);
        pol_graphql_complain(check, fragment, "Unknown type \"%.*s\".%.*s",
                             TEXT(fragment->condition), TEXT(hint));
    }
    pol_graphql_rule_cycle(check, fragment);
    if (!pol_graphql_named(&check->document->variables, fragment->name)->flag)
        pol_graphql_complain(check, fragment, "Fragment \"%.*s\" is never "
                             "used.", TEXT(fragment->name));
    pol_graphql_rule_overlap(check, &fragment->members);
    if (uses_before(&check->document->variables, fragment) == 1)
        pol_graphql_complain(check, fragment, "There can be only one fragment "
                             "named \"%.*s\".", TEXT(fragment->name));
}

/* ---- operations ---------------------------------------------------------- */

void pol_graphql_rule_variable(pol_graphql_check *check,
                               const pol_graphql_node *variable)
{
    pol_value name = pol_graphql_type_name(variable->type);
    if (!pol_graphql_schema_type(check->schema, name))
        pol_graphql_complain(check, variable, "Unknown type \"%.*s\".",
                             TEXT(name));
}

static void used_variables(pol_graphql_check *check,
                           const pol_graphql_node *operation)
{
    POL_GRAPHQL_EACH(variable, operation->variables) {
        if (variable->mark == USED)
            continue;
        if (operation->name.len)
            pol_graphql_complain(check, variable, "Variable \"$%.*s\" is never "
                                 "used in operation \"%.*s\".",
                                 TEXT(variable->name), TEXT(operation->name));
        else
            pol_graphql_complain(check, variable, "Variable \"$%.*s\" is never "
                                 "used.", TEXT(variable->name));
    }
}

static void input_variables(pol_graphql_check *check,
                            const pol_graphql_node *operation)
{
    POL_GRAPHQL_EACH(variable, operation->variables) {
        const pol_graphql_node *type = type_of(check, variable);
        if (!type || !pol_graphql_is_composite(type))
            continue;
        pol_value text = pol_graphql_type_text(check->call, variable->type);
        pol_graphql_complain(check, variable, "Variable \"$%.*s\" cannot be "
                             "non-input type \"%.*s\".", TEXT(variable->name),
                             TEXT(text));
    }
}

/* The fields at the top of a subscription, one a name. */
static void top_fields(pol_graphql_check *check,
                       const pol_graphql_list *selections,
                       pol_graphql_list *fields)
{
    pol_graphql_validate_enter(check);
    POL_GRAPHQL_EACH(selection, *selections) {
        pol_graphql_node *fragment = (pol_graphql_node *)selection->definition;
        if (selection->kind == POL_GRAPHQL_INLINE) {
            top_fields(check, &selection->members, fields);
        } else if (selection->kind == POL_GRAPHQL_SPREAD) {
            if (!fragment)
                break; /* what stands behind it is not counted */
            if (fragment->seen == check->round)
                continue;
            fragment->seen = check->round;
            top_fields(check, &fragment->members, fields);
        } else if (!pol_graphql_named(fields, selection->name)) {
            pol_graphql_node *copy =
                pol_graphql_new(check->call, POL_GRAPHQL_FIELD);
            copy->name = selection->name;
            copy->line = selection->line;
            copy->column = selection->column;
            pol_graphql_append(fields, copy);
        }
    }
    pol_graphql_validate_leave(check);
}

static void single_field(pol_graphql_check *check,
                         const pol_graphql_node *operation)
{
    if (!pol_string_is(operation->alias, "subscription"))
        return;
    pol_value name = pol_literal("Anonymous Subscription");
    if (operation->name.len)
        name = pol_call_printf(check->call, "Subscription \"%.*s\"",
                               TEXT(operation->name));
    pol_graphql_list fields = {.first = NULL};
    top_fields(check, &operation->members, &fields);
    if (fields.count > 1)
        pol_graphql_complain(check, fields.first->next, "%.*s must select only "
                             "one top level field.", TEXT(name));
    POL_GRAPHQL_EACH(field, fields)
        if (field->name.len > 1 && memcmp(field->name.str, "__", 2) == 0)
            pol_graphql_complain(check, field, "%.*s must not select an "
                                 "introspection top level field.", TEXT(name));
}

void pol_graphql_rule_operation(pol_graphql_check *check,
                                const pol_graphql_node *operation)
{
    const pol_graphql_list *all = &check->document->members;
    if (!operation->parent)
        pol_graphql_complain(check, operation, "Schema does not support "
                             "operation type \"%.*s\"",
                             TEXT(operation->alias));
    if (!operation->name.len && all->count > 1)
        pol_graphql_complain(check, operation, "This anonymous operation must "
                             "be the only defined operation.");
    used_variables(check, operation);
    pol_graphql_rule_overlap(check, &operation->members);
    single_field(check, operation);
    if (uses_before(all, operation))
        pol_graphql_complain(check, operation, "There can be only one "
                             "operation named \"%.*s\".",
                             TEXT(operation->name));
    unique_names(check, &operation->variables, "variable named \"$");
    input_variables(check, operation);
}
