/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules about values and variables where they are used. */
#include <stdlib.h>

#include "gofmt.h"
#include "graphql_validate.h"

#define TEXT POL_GRAPHQL_TEXT

/* ---- texts --------------------------------------------------------------- */

/* The value as it would be written in a query. */
static void write_value(pol_bytes *out, const pol_graphql_node *value)
{
    bool object = value->number == POL_GRAPHQL_OBJECT;
    switch (value->number) {
    case POL_GRAPHQL_VARIABLE_VALUE:
        pol_bytes_byte(out, '$');
        break;
    case POL_GRAPHQL_STRING:
    case POL_GRAPHQL_BLOCK_STRING:
        pol_gofmt_quote(out, value->condition, false);
        return;
    case POL_GRAPHQL_LIST:
    case POL_GRAPHQL_OBJECT:
        pol_bytes_byte(out, object ? '{' : '[');
        POL_GRAPHQL_EACH(child, value->members) {
            if (child != value->members.first)
                pol_bytes_byte(out, ',');
            if (object) {
                pol_bytes_add(out, child->name.str, child->name.len);
                pol_bytes_byte(out, ':');
            }
            write_value(out, child->value);
        }
        pol_bytes_byte(out, object ? '}' : ']');
        return;
    default: break;
    }
    pol_bytes_add(out, value->condition.str, value->condition.len);
}

static pol_value value_text(pol_call *call, const pol_graphql_node *value)
{
    pol_bytes out;
    pol_bytes_init(&out, call, 32);
    write_value(&out, value);
    return pol_bytes_done(&out);
}

/* ---- values of the right type -------------------------------------------- */

static bool is_one_of(pol_value name, const char *const *names)
{
    for (; *names; names++)
        if (pol_equal(name, pol_string(*names, strlen(*names))))
            return true;
    return false;
}

/* Does a number's text, with its sign, stay below a bound of whole numbers? */
static bool fits_int64(pol_value text)
{
    bool negative = text.len && text.str[0] == '-';
    uint64_t value = 0, most = (uint64_t)INT64_MAX + negative;
    for (uint32_t i = negative; i < text.len; i++) {
        uint64_t digit = (uint64_t)(text.str[i] - '0');
        if (digit > 9 || value > (most - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    return true;
}

static bool fits_double(pol_call *call, pol_value text)
{
    char *copy = pol_call_alloc(call, text.len + 1);
    memcpy(copy, text.str, text.len);
    copy[text.len] = '\0';
    double d = strtod(copy, NULL);
    return d - d == 0;
}

/* Can all numbers in it be read? */
static bool is_readable(pol_call *call, const pol_graphql_node *value)
{
    if (value->number == POL_GRAPHQL_INT)
        return fits_int64(value->condition);
    if (value->number == POL_GRAPHQL_FLOAT)
        return fits_double(call, value->condition);
    POL_GRAPHQL_EACH(child, value->members) {
        pol_call_spend(call, 1);
        if (!is_readable(call, child->value))
            return false;
    }
    return true;
}

/* What is said of a value of another type, by the expected one as written. */
static void complain_type(pol_graphql_check *check,
                          const pol_graphql_node *value,
                          const pol_graphql_slot *slot)
{
    pol_value wanted = pol_graphql_type_text(check->call, slot->expected);
    pol_value text = value_text(check->call, value);
    const char *says = NULL;
    if (pol_string_is(wanted, "Int") || pol_string_is(wanted, "Int!"))
        says = value->number == POL_GRAPHQL_INT
                   ? "Int cannot represent non 32-bit signed integer value"
                   : "Int cannot represent non-integer value";
    else if (pol_string_is(wanted, "String") ||
             pol_string_is(wanted, "String!") ||
             pol_string_is(wanted, "[String]"))
        says = "String cannot represent a non string value";
    else if (pol_string_is(wanted, "Boolean") ||
             pol_string_is(wanted, "Boolean!"))
        says = "Boolean cannot represent a non boolean value";
    else if (pol_string_is(wanted, "Float") || pol_string_is(wanted, "Float!"))
        says = "Float cannot represent non numeric value";
    else if (pol_string_is(wanted, "ID") || pol_string_is(wanted, "ID!"))
        says = "ID cannot represent a non-string and non-integer value";
    if (says)
        pol_graphql_complain(check, value, "%s: %.*s", says, TEXT(text));
    else if (pol_graphql_is(slot->type, "ENUM"))
        pol_graphql_complain(check, value, "Enum \"%.*s\" cannot represent "
                             "non-enum value: %.*s.", TEXT(wanted),
                             TEXT(text));
    else
        pol_graphql_complain(check, value, "Expected value of type \"%.*s\", "
                             "found %.*s.", TEXT(wanted), TEXT(text));
}

static void check_enum(pol_graphql_check *check, const pol_graphql_node *value,
                       const pol_graphql_slot *slot)
{
    if (!pol_graphql_is(slot->type, "ENUM")) {
        complain_type(check, value, slot);
        return;
    }
    if (pol_graphql_named(&slot->type->arguments, value->condition))
        return;
    pol_value wanted = pol_graphql_type_text(check->call, slot->expected);
    pol_value hint =
        pol_graphql_suggest(check->call, "the enum value ", value->condition,
                            &slot->type->arguments);
    pol_graphql_complain(check, value, "Value \"%.*s\" does not exist in "
                         "\"%.*s\" enum.%.*s", TEXT(value->condition),
                         TEXT(wanted), TEXT(hint));
}

static void check_string(pol_graphql_check *check,
                         const pol_graphql_node *value,
                         const pol_graphql_slot *slot)
{
    static const char *const good[] = {"String", "ID", NULL};
    if (!pol_graphql_is(slot->type, "ENUM")) {
        if (!is_one_of(slot->type->name, good))
            complain_type(check, value, slot);
        return;
    }
    pol_value wanted = pol_graphql_type_text(check->call, slot->expected);
    pol_value text = value_text(check->call, value);
    pol_value hint =
        pol_graphql_suggest(check->call, "the enum value ", value->condition,
                            &slot->type->arguments);
    pol_graphql_complain(check, value, "Enum \"%.*s\" cannot represent "
                         "non-enum value: %.*s.%.*s", TEXT(wanted), TEXT(text),
                         TEXT(hint));
}

static void check_object(pol_graphql_check *check,
                         const pol_graphql_node *value,
                         const pol_graphql_slot *slot)
{
    const pol_graphql_node *type = slot->type;
    POL_GRAPHQL_EACH(field, type->members) {
        if (!field->type->flag || field->value ||
            pol_graphql_named(&value->members, field->name))
            continue;
        pol_value wanted = pol_graphql_type_text(check->call, field->type);
        pol_graphql_complain(check, value, "Field \"%.*s.%.*s\" of required "
                             "type \"%.*s\" was not provided.",
                             TEXT(type->name), TEXT(field->name),
                             TEXT(wanted));
    }
    POL_GRAPHQL_EACH(child, value->members) {
        if (pol_graphql_named(&type->members, child->name))
            continue;
        pol_value hint = pol_graphql_suggest(check->call, "", child->name,
                                             &type->members);
        pol_graphql_complain(check, child, "Field \"%.*s\" is not defined by "
                             "type \"%.*s\".%.*s", TEXT(child->name),
                             TEXT(type->name), TEXT(hint));
    }
}

static void check_kind(pol_graphql_check *check, const pol_graphql_node *value,
                       const pol_graphql_slot *slot)
{
    static const char *const ints[] = {"Int", "Float", "ID", NULL};
    bool good = true;
    switch (value->number) {
    case POL_GRAPHQL_LIST: good = slot->expected->type; break;
    case POL_GRAPHQL_INT: good = is_one_of(slot->type->name, ints); break;
    case POL_GRAPHQL_FLOAT:
        good = pol_string_is(slot->type->name, "Float");
        break;
    case POL_GRAPHQL_BOOLEAN:
        good = pol_string_is(slot->type->name, "Boolean");
        break;
    case POL_GRAPHQL_STRING:
    case POL_GRAPHQL_BLOCK_STRING: check_string(check, value, slot); break;
    case POL_GRAPHQL_ENUM: check_enum(check, value, slot); break;
    case POL_GRAPHQL_OBJECT: check_object(check, value, slot); break;
    default: break;
    }
    if (!good)
        complain_type(check, value, slot);
}

static void check_type(pol_graphql_check *check, const pol_graphql_node *value,
                       const pol_graphql_slot *slot)
{
    static const char *const scalars[] = {"Int", "Float", "String", "Boolean",
                                          "ID", NULL};
    if (!slot->expected || !slot->type)
        return;
    if (value->number == POL_GRAPHQL_NULL && slot->expected->flag) {
        pol_value wanted = pol_graphql_type_text(check->call, slot->expected);
        pol_graphql_complain(check, value, "Expected value of type \"%.*s\", "
                             "found null.", TEXT(wanted));
    }
    if (pol_graphql_is(slot->type, "SCALAR") &&
        !is_one_of(slot->type->name, scalars))
        return;
    if (!is_readable(check->call, value))
        complain_type(check, value, slot);
    check_kind(check, value, slot);
}

/* ---- variables ----------------------------------------------------------- */

/* May a variable of type `type` stand where `wanted` is? `loose`: null at the
 * top is fine. */
static bool is_compatible(const pol_graphql_node *type,
                          const pol_graphql_node *wanted, bool loose)
{
    for (;; loose = false) {
        if (wanted->flag && !loose && !type->flag)
            return false;
        if (!type->type || !wanted->type)
            break;
        type = type->type;
        wanted = wanted->type;
    }
    return !type->type && !wanted->type && pol_equal(type->name, wanted->name);
}

static void check_position(pol_graphql_check *check,
                           const pol_graphql_node *value,
                           const pol_graphql_slot *slot)
{
    const pol_graphql_node *variable = value->definition;
    if (!slot->expected || !variable)
        return;
    bool has_default = variable->value &&
                       variable->value->number != POL_GRAPHQL_NULL;
    if (is_compatible(variable->type, slot->expected,
                      has_default || slot->has_default))
        return;
    pol_value type = pol_graphql_type_text(check->call, variable->type);
    pol_value wanted = pol_graphql_type_text(check->call, slot->expected);
    pol_graphql_complain(check, value, "Variable \"$%.*s\" of type \"%.*s\" "
                         "used in position expecting type \"%.*s\".",
                         TEXT(value->condition), TEXT(type), TEXT(wanted));
}

static void check_defined(pol_graphql_check *check,
                          const pol_graphql_node *value)
{
    if (value->definition)
        return;
    if (check->operation->name.len)
        pol_graphql_complain(check, value, "Variable \"$%.*s\" is not defined "
                             "by operation \"%.*s\".", TEXT(value->condition),
                             TEXT(check->operation->name));
    else
        pol_graphql_complain(check, value, "Variable \"$%.*s\" is not "
                             "defined.", TEXT(value->condition));
}

/* ---- all ----------------------------------------------------------------- */

static void check_members(pol_graphql_check *check,
                          const pol_graphql_node *value)
{
    pol_call_spend(check->call,
                   (uint64_t)value->members.count * value->members.count / 64);
    POL_GRAPHQL_EACH(child, value->members)
        if (pol_graphql_named(&value->members, child->name) != child)
            pol_graphql_complain(check, child, "There can be only one input "
                                 "field named \"%.*s\".", TEXT(child->name));
}

void pol_graphql_rule_value(pol_graphql_check *check,
                            const pol_graphql_node *value,
                            const pol_graphql_slot *slot)
{
    bool variable = value->number == POL_GRAPHQL_VARIABLE_VALUE;
    if (variable && check->operation)
        check_defined(check, value);
    if (value->number == POL_GRAPHQL_OBJECT)
        check_members(check, value);
    check_type(check, value, slot);
    if (variable && check->operation)
        check_position(check, value, slot);
}
