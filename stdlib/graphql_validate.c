/* SPDX-License-Identifier: Apache-2.0
 *
 * The walk. It goes depth first; the rules of a node run after those of what it
 * holds. A fragment is walked where an operation spreads it first, and once more
 * on its own. */
#include "graphql_validate.h"

#include <stdarg.h>
#include <stdio.h>

void pol_graphql_validate_enter(pol_graphql_check *check)
{
    pol_call_spend(check->call, 1);
    if (++check->depth > POL_GRAPHQL_DEPTH)
        pol_call_limit(check->call, "nesting");
}

void pol_graphql_complain(pol_graphql_check *check, const pol_graphql_node *at,
                          const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    if (!check->failed) {
        check->line = at->line;
        check->column = at->column;
    } else {
        char place[64];
        if (at->line)
            snprintf(place, sizeof place, "input:%d:%d: ", at->line,
                     at->column);
        else
            snprintf(place, sizeof place, "input: ");
        pol_bytes_text(&check->out, place);
    }
    check->failed = true;
    int len = vsnprintf(NULL, 0, fmt, args);
    pol_bytes_reserve(&check->out, (size_t)len + 1);
    vsnprintf(check->out.at + check->out.len, (size_t)len + 1, fmt, again);
    check->out.len += (size_t)len;
    pol_bytes_byte(&check->out, '\n');
    va_end(again);
    va_end(args);
}

/* ---- values and directives ----------------------------------------------- */

/* Where a value of a definition's type goes. */
static pol_graphql_slot slot_of(const pol_graphql_check *check,
                                const pol_graphql_node *definition)
{
    pol_graphql_slot slot = {.expected = NULL};
    if (!definition)
        return slot;
    slot.expected = definition->type;
    slot.type = pol_graphql_schema_type(
        check->schema, pol_graphql_type_name(definition->type));
    slot.has_default = definition->value &&
                       definition->value->number != POL_GRAPHQL_NULL;
    return slot;
}

static void walk_value(pol_graphql_check *check, pol_graphql_node *value,
                       const pol_graphql_slot *slot)
{
    pol_graphql_validate_enter(check);
    if (value->number == POL_GRAPHQL_VARIABLE_VALUE && check->operation) {
        pol_graphql_node *variable =
            pol_graphql_named(&check->operation->variables, value->condition);
        value->definition = variable;
        if (variable)
            variable->mark = 1;
    }
    POL_GRAPHQL_EACH(child, value->members) {
        pol_graphql_slot inner = {.expected = NULL};
        if (value->number == POL_GRAPHQL_OBJECT && slot->type)
            inner = slot_of(check, pol_graphql_named(&slot->type->members,
                                                     child->name));
        if (value->number == POL_GRAPHQL_LIST && slot->expected &&
            slot->expected->type)
            inner = (pol_graphql_slot){slot->expected->type, slot->type, false};
        walk_value(check, child->value, &inner);
    }
    pol_graphql_rule_value(check, value, slot);
    pol_graphql_validate_leave(check);
}

/* Arguments of a field or directive that is defined by `definition` or by
 * nothing. */
static void walk_arguments(pol_graphql_check *check,
                           const pol_graphql_list *arguments,
                           const pol_graphql_node *definition)
{
    POL_GRAPHQL_EACH(argument, *arguments) {
        const pol_graphql_node *wanted =
            definition ? pol_graphql_named(&definition->arguments,
                                           argument->name)
                       : NULL;
        pol_graphql_slot slot = slot_of(check, wanted);
        walk_value(check, argument->value, &slot);
    }
}

static void walk_directives(pol_graphql_check *check,
                            const pol_graphql_list *directives,
                            const char *location)
{
    POL_GRAPHQL_EACH(directive, *directives) {
        directive->definition =
            pol_graphql_schema_directive(check->schema, directive->name);
        walk_arguments(check, &directive->arguments, directive->definition);
        pol_graphql_rule_directive(check, directive, location);
    }
    pol_graphql_rule_directives(check, directives);
}

/* ---- selections ---------------------------------------------------------- */

static void walk_selections(pol_graphql_check *check,
                            const pol_graphql_list *selections,
                            const pol_graphql_node *parent);

static const pol_graphql_node *
field_definition(const pol_graphql_check *check, const pol_graphql_node *field,
                 const pol_graphql_node *parent)
{
    if (pol_string_is(field->name, "__typename"))
        return check->typename;
    return parent ? pol_graphql_named(&parent->members, field->name) : NULL;
}

static void walk_field(pol_graphql_check *check, pol_graphql_node *field,
                       const pol_graphql_node *parent)
{
    const pol_graphql_node *definition = field_definition(check, field, parent);
    field->definition = definition;
    field->parent = parent;
    pol_graphql_slot slot = slot_of(check, definition);
    walk_arguments(check, &field->arguments, definition);
    walk_directives(check, &field->directives, "FIELD");
    walk_selections(check, &field->members, slot.type);
    pol_graphql_rule_field(check, field);
}

static void walk_spread(pol_graphql_check *check, pol_graphql_node *spread,
                        const pol_graphql_node *parent)
{
    pol_graphql_node *fragment =
        pol_graphql_named(&check->document->variables, spread->name);
    spread->definition = fragment;
    spread->parent = parent;
    walk_directives(check, &spread->directives, "FRAGMENT_SPREAD");
    if (fragment && fragment->mark != check->round) {
        fragment->mark = check->round;
        walk_directives(check, &fragment->directives, "FRAGMENT_DEFINITION");
        walk_selections(check, &fragment->members,
                        pol_graphql_schema_type(check->schema,
                                                fragment->condition));
    }
    pol_graphql_rule_spread(check, spread);
}

static void walk_inline(pol_graphql_check *check, pol_graphql_node *fragment,
                        const pol_graphql_node *parent)
{
    const pol_graphql_node *type = parent;
    if (fragment->condition.len)
        type = pol_graphql_schema_type(check->schema, fragment->condition);
    fragment->parent = parent;
    walk_directives(check, &fragment->directives, "INLINE_FRAGMENT");
    walk_selections(check, &fragment->members, type);
    pol_graphql_rule_inline(check, fragment);
}

static void walk_selections(pol_graphql_check *check,
                            const pol_graphql_list *selections,
                            const pol_graphql_node *parent)
{
    pol_graphql_validate_enter(check);
    POL_GRAPHQL_EACH(selection, *selections) {
        if (selection->kind == POL_GRAPHQL_FIELD)
            walk_field(check, selection, parent);
        else if (selection->kind == POL_GRAPHQL_SPREAD)
            walk_spread(check, selection, parent);
        else
            walk_inline(check, selection, parent);
    }
    pol_graphql_validate_leave(check);
}

/* ---- documents ----------------------------------------------------------- */

static void walk_operation(pol_graphql_check *check,
                           pol_graphql_node *operation)
{
    int root = 0;
    const char *location = "QUERY";
    if (pol_string_is(operation->alias, "mutation")) {
        root = 1;
        location = "MUTATION";
    } else if (pol_string_is(operation->alias, "subscription")) {
        root = 2;
        location = "SUBSCRIPTION";
    }
    check->operation = operation;
    check->round++;
    POL_GRAPHQL_EACH(variable, operation->variables)
        pol_graphql_rule_variable(check, variable);
    POL_GRAPHQL_EACH(variable, operation->variables) {
        pol_graphql_slot slot = slot_of(check, variable);
        slot.has_default = false;
        if (variable->value)
            walk_value(check, variable->value, &slot);
        walk_directives(check, &variable->directives, "VARIABLE_DEFINITION");
    }
    const pol_graphql_node *type = check->schema->roots[root];
    operation->parent = type;
    walk_directives(check, &operation->directives, location);
    walk_selections(check, &operation->members, type);
    pol_graphql_rule_operation(check, operation);
    check->operation = NULL;
}

static void walk_fragment(pol_graphql_check *check, pol_graphql_node *fragment)
{
    check->round++;
    walk_directives(check, &fragment->directives, "FRAGMENT_DEFINITION");
    walk_selections(check, &fragment->members,
                    pol_graphql_schema_type(check->schema,
                                            fragment->condition));
    pol_graphql_rule_fragment(check, fragment);
    check->in_fragments = true;
}

bool pol_graphql_validate(pol_call *call, const pol_graphql_schema *schema,
                          const pol_graphql_node *document,
                          pol_graphql_error *error)
{
    pol_graphql_check check = {
        .call = call, .schema = schema, .document = document};
    pol_bytes_init(&check.out, call, 256);
    check.typename = pol_graphql_new(call, POL_GRAPHQL_FIELD_DEF);
    check.typename->name = pol_literal("__typename");
    check.typename->type = pol_graphql_new(call, POL_GRAPHQL_TYPE);
    check.typename->type->name = pol_literal("String");
    POL_GRAPHQL_EACH(operation, document->members)
        walk_operation(&check, operation);
    POL_GRAPHQL_EACH(fragment, document->variables)
        walk_fragment(&check, fragment);
    *error = (pol_graphql_error){.message = pol_bytes_done(&check.out),
                                 .line = check.line,
                                 .column = check.column};
    return !check.failed;
}
