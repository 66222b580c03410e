/* SPDX-License-Identifier: Apache-2.0
 *
 * Is a value a schema? Keywords are looked at in gojsonschema's order, and the
 * first fault is reported as it does. */
#include "schema_check.h"

#include <stdio.h>

#include "re2_syntax.h"

const char *const pol_schema_types[] = {"array",  "boolean", "integer", "null",
                                        "number", "object",  "string",  NULL};

/* ---- drafts -------------------------------------------------------------- */

static pol_draft draft_of(pol_value root)
{
    static const char *const names[] = {"draft-04", "draft-06", "draft-07"};
    pol_value v = root.tag == POL_OBJECT ? pol_get_name(root, "$schema")
                                         : pol_undefined();
    for (int i = 0; i < 3 && pol_is_string(v); i++) {
        char url[64];
        int len = snprintf(url, sizeof url, "http://json-schema.org/%s/schema",
                           names[i]);
        bool hash = v.len == (uint32_t)len + 1 && v.str[len] == '#';
        if ((hash || v.len == (uint32_t)len) &&
            memcmp(v.str, url, (size_t)len) == 0)
            return (pol_draft)(POL_DRAFT_4 + i);
    }
    return POL_DRAFT_HYBRID;
}

static bool is_one_of(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(*words, word) == 0)
            return true;
    return false;
}

bool pol_schema_has(const pol_schema *s, const char *keyword)
{
    static const char *const six[] = {"const", "contains", "propertyNames",
                                      "$id", NULL};
    static const char *const seven[] = {"if", "then", "else", NULL};
    if (s->draft == POL_DRAFT_HYBRID)
        return true;
    if (is_one_of(keyword, six))
        return s->draft >= POL_DRAFT_6;
    if (is_one_of(keyword, seven))
        return s->draft >= POL_DRAFT_7;
    return strcmp(keyword, "id") != 0 || s->draft == POL_DRAFT_4;
}

/* ---- checks -------------------------------------------------------------- */

/* A check: the objects that were seen, so that references end. */
typedef struct check {
    pol_schema *s;
    const void **seen;
    size_t count, room;
    int depth;
} check;

static const char *schema(check *c, pol_value v);

static const char *invalid_type(check *c, const char *expected,
                                const char *given)
{
    return pol_call_printf(c->s->call, "Invalid type. Expected: %s, given: %s",
                           expected, given)
        .str;
}

static const char *must_be(check *c, const char *what, const char *type)
{
    return pol_call_printf(c->s->call, "%s must be of %s", what, type).str;
}

static bool is_schema(const check *c, pol_value v)
{
    return v.tag == POL_OBJECT ||
           (pol_is_bool(v) && c->s->draft != POL_DRAFT_4);
}

static pol_value keyword(const check *c, pol_value v, const char *name)
{
    return pol_schema_has(c->s, name) ? pol_get_name(v, name) : pol_undefined();
}

static const char *check_strings(check *c, pol_value v)
{
    static const char *const before[] = {"id", "$id", NULL};
    for (const char *const *n = before; *n; n++) {
        pol_value text = keyword(c, v, *n);
        if (pol_is_defined(text) && !pol_is_string(text))
            return invalid_type(c, "string", *n);
    }
    return NULL;
}

static const char *check_definitions(check *c, pol_value v)
{
    pol_value all = pol_get_name(v, "definitions");
    if (!pol_is_defined(all))
        return NULL;
    if (all.tag != POL_OBJECT)
        return invalid_type(c, "Array Of Schemas", "definitions");
    for (uint32_t i = 0; i < all.len; i++) {
        if (!is_schema(c, pol_value_at(all, i)))
            return invalid_type(c, "Array Of Schemas", "definitions");
        const char *why = schema(c, pol_value_at(all, i));
        if (why)
            return why;
    }
    return NULL;
}

static const char *check_type_name(check *c, pol_value name)
{
    for (const char *const *t = pol_schema_types; *t; t++)
        if (name.len == strlen(*t) && memcmp(name.str, *t, name.len) == 0)
            return NULL;
    return pol_call_printf(c->s->call,
                           "has a primitive type that is NOT VALID -- given: "
                           "/%.*s/ Expected valid values are:[array boolean "
                           "integer number null object string]",
                           (int)name.len, name.str)
        .str;
}

static const char *check_type(check *c, pol_value v)
{
    pol_value type = pol_get_name(v, "type");
    if (!pol_is_defined(type))
        return NULL;
    if (pol_is_string(type))
        return check_type_name(c, type);
    if (type.tag != POL_ARRAY)
        return invalid_type(c, "type", "string/Array Of Strings");
    for (uint32_t i = 0; i < type.len; i++) {
        pol_value name = pol_at(type, i);
        if (!pol_is_string(name))
            return invalid_type(c, "type", "string/Array Of Strings");
        const char *why = check_type_name(c, name);
        if (why)
            return why;
        for (uint32_t k = 0; k < i; k++)
            if (pol_equal(name, pol_at(type, k)))
                return pol_call_printf(c->s->call, "%.*s type is duplicated",
                                       (int)name.len, name.str)
                    .str;
    }
    return NULL;
}

/* The schemas of an object's members. */
static const char *each_member(check *c, pol_value members)
{
    for (uint32_t i = 0; i < members.len; i++) {
        const char *why = schema(c, pol_value_at(members, i));
        if (why)
            return why;
    }
    return NULL;
}

static const char *check_pattern_properties(check *c, pol_value v)
{
    pol_value patterns = pol_get_name(v, "patternProperties");
    if (!pol_is_defined(patterns))
        return NULL;
    if (patterns.tag != POL_OBJECT)
        return invalid_type(c, "Valid Schema", "patternProperties");
    for (uint32_t i = 0; i < patterns.len; i++) {
        pol_re2 re;
        pol_re2_error error;
        pol_value name = pol_key_at(patterns, i);
        if (!pol_re2_parse(c->s->call, name, &re, &error))
            return pol_call_printf(c->s->call, "Invalid regex pattern '%.*s'",
                                   (int)name.len, name.str)
                .str;
    }
    return each_member(c, patterns);
}

static const char *check_dependency(check *c, pol_value v)
{
    static const char wrong[] =
        "Dependency must be of type Schema Or Array Of Strings";
    if (is_schema(c, v))
        return schema(c, v);
    if (v.tag != POL_ARRAY)
        return wrong;
    for (uint32_t i = 0; i < v.len; i++)
        if (!pol_is_string(pol_at(v, i)))
            return wrong;
    return NULL;
}

static const char *check_members(check *c, pol_value v)
{
    pol_value properties = pol_get_name(v, "properties");
    pol_value additional = pol_get_name(v, "additionalProperties");
    pol_value names = keyword(c, v, "propertyNames");
    pol_value dependencies = pol_get_name(v, "dependencies");
    const char *why = NULL;
    if (pol_is_defined(properties))
        why = properties.tag == POL_OBJECT
                  ? each_member(c, properties)
                  : "Properties must be of type object";
    if (!why && pol_is_defined(additional))
        why = pol_is_bool(additional) || additional.tag == POL_OBJECT
                  ? schema(c, additional)
                  : invalid_type(c, "boolean/Valid Schema",
                                 "additionalProperties");
    if (!why)
        why = check_pattern_properties(c, v);
    if (!why && pol_is_defined(names))
        why = is_schema(c, names)
                  ? schema(c, names)
                  : invalid_type(c, "Valid Schema", "patternProperties");
    if (why || !pol_is_defined(dependencies))
        return why;
    if (dependencies.tag != POL_OBJECT)
        return must_be(c, "dependencies", "type object");
    for (uint32_t i = 0; !why && i < dependencies.len; i++)
        why = check_dependency(c, pol_value_at(dependencies, i));
    return why;
}

static const char *check_items(check *c, pol_value v)
{
    static const char expected[] = "Valid Schema/Array Of Schemas";
    pol_value items = pol_get_name(v, "items");
    pol_value additional = pol_get_name(v, "additionalItems");
    const char *why = NULL;
    if (items.tag == POL_ARRAY) {
        for (uint32_t i = 0; !why && i < items.len; i++)
            why = is_schema(c, pol_at(items, i))
                      ? schema(c, pol_at(items, i))
                      : invalid_type(c, expected, "items");
    } else if (pol_is_defined(items)) {
        why = is_schema(c, items) ? schema(c, items)
                                  : invalid_type(c, expected, "items");
    }
    if (why || !pol_is_defined(additional))
        return why;
    return pol_is_bool(additional) || additional.tag == POL_OBJECT
               ? schema(c, additional)
               : invalid_type(c, "boolean/Valid Schema", "additionalItems");
}

/* ---- numbers ------------------------------------------------------------- */

static const char *check_exclusive(check *c, pol_value v, const char *exclusive,
                                   const char *plain)
{
    pol_value e = pol_get_name(v, exclusive);
    bool may_bool = c->s->draft <= POL_DRAFT_4;
    bool may_number = c->s->draft != POL_DRAFT_4;
    if (!pol_is_defined(e) || (may_number && pol_is_number(e)))
        return NULL;
    if (!may_bool || !pol_is_bool(e))
        return invalid_type(c,
                            !may_bool    ? "number"
                            : may_number ? "boolean/number"
                                         : "boolean",
                            exclusive);
    if (!pol_is_defined(pol_get_name(v, plain)))
        return pol_call_printf(c->s->call, "%s cannot be used without %s",
                               exclusive, plain)
            .str;
    return NULL;
}

static const char *check_numbers(check *c, pol_value v)
{
    pol_value multiple = pol_get_name(v, "multipleOf");
    pol_value most = pol_get_name(v, "maximum"),
              least = pol_get_name(v, "minimum");
    if (pol_is_defined(multiple) && !pol_is_number(multiple))
        return invalid_type(c, "Number", "multipleOf");
    if (pol_is_defined(multiple) &&
        pol_number_compare(multiple, pol_int(0)) <= 0)
        return "multipleOf must be strictly greater than 0";
    if (pol_is_defined(most) && !pol_is_number(most))
        return must_be(c, "maximum", "a Number");
    const char *why = check_exclusive(c, v, "exclusiveMaximum", "maximum");
    if (why)
        return why;
    if (pol_is_defined(least) && !pol_is_number(least))
        return must_be(c, "minimum", "a Number");
    return check_exclusive(c, v, "exclusiveMinimum", "minimum");
}

/* A count that is an integer from 0 on. */
static const char *check_count(check *c, pol_value v, const char *name)
{
    pol_value n = pol_get_name(v, name);
    if (!pol_is_defined(n))
        return NULL;
    if (!pol_is_number(n) || !pol_number_is_whole(n))
        return must_be(c, name, "an integer");
    if (pol_number_compare(n, pol_int(0)) < 0)
        return pol_call_printf(c->s->call,
                               "%s must be greater than or equal to 0", name)
            .str;
    return NULL;
}

static const char *check_range(check *c, pol_value v, const char *least,
                               const char *most)
{
    const char *why = check_count(c, v, least);
    if (!why)
        why = check_count(c, v, most);
    pol_value a = pol_get_name(v, least), b = pol_get_name(v, most);
    if (why || !pol_is_defined(a) || !pol_is_defined(b) ||
        pol_number_compare(a, b) <= 0 || strcmp(least, "minItems") == 0)
        return why;
    return pol_call_printf(c->s->call, "%s cannot be greater than %s", least,
                           most)
        .str;
}

/* ---- texts, arrays, combinations ----------------------------------------- */

static const char *check_texts(check *c, pol_value v)
{
    pol_value pattern = pol_get_name(v, "pattern");
    pol_value format = pol_get_name(v, "format");
    pol_re2 re;
    pol_re2_error error;
    const char *why = check_range(c, v, "minLength", "maxLength");
    if (why)
        return why;
    if (pol_is_defined(pattern) && !pol_is_string(pattern))
        return invalid_type(c, "string", "pattern");
    if (pol_is_defined(pattern) &&
        !pol_re2_parse(c->s->call, pattern, &re, &error))
        return "pattern must be a valid regex";
    if (pol_is_defined(format) && !pol_is_string(format))
        return invalid_type(c, "string", "format");
    return NULL;
}

static bool has_twice(pol_value list)
{
    for (uint32_t i = 0; i < list.len; i++)
        for (uint32_t k = 0; k < i; k++)
            if (pol_equal(pol_at(list, i), pol_at(list, k)))
                return true;
    return false;
}

static const char *check_required(check *c, pol_value v)
{
    pol_value list = pol_get_name(v, "required");
    if (!pol_is_defined(list))
        return NULL;
    if (list.tag != POL_ARRAY)
        return must_be(c, "required", "an array");
    for (uint32_t i = 0; i < list.len; i++)
        if (!pol_is_string(pol_at(list, i)))
            return invalid_type(c, "string", "required");
    pol_call_spend(c->s->call, (uint64_t)list.len * list.len / 8);
    return has_twice(list) ? "required items must be unique" : NULL;
}

static const char *check_arrays(check *c, pol_value v)
{
    pol_value unique = pol_get_name(v, "uniqueItems");
    pol_value contains = keyword(c, v, "contains");
    pol_value list = pol_get_name(v, "enum");
    const char *why = check_range(c, v, "minItems", "maxItems");
    if (!why && pol_is_defined(unique) && !pol_is_bool(unique))
        why = must_be(c, "uniqueItems", "a boolean");
    if (!why && pol_is_defined(contains))
        why = schema(c, contains);
    if (why || !pol_is_defined(list))
        return why;
    if (list.tag != POL_ARRAY)
        return must_be(c, "enum", "an array");
    pol_call_spend(c->s->call, (uint64_t)list.len * list.len / 8);
    return has_twice(list) ? "enum items must be unique" : NULL;
}

static const char *check_combinations(check *c, pol_value v)
{
    static const char *const lists[] = {"oneOf", "anyOf", "allOf", NULL};
    static const char *const single[] = {"not", "if", "then", "else", NULL};
    for (const char *const *n = lists; *n; n++) {
        pol_value list = pol_get_name(v, *n);
        if (!pol_is_defined(list))
            continue;
        if (list.tag != POL_ARRAY)
            return must_be(c, *n, "an array");
        for (uint32_t i = 0; i < list.len; i++) {
            const char *why = schema(c, pol_at(list, i));
            if (why)
                return why;
        }
    }
    for (const char *const *n = single; *n; n++) {
        pol_value one = keyword(c, v, *n);
        if (!pol_is_defined(one))
            continue;
        const char *why =
            is_schema(c, one) ? schema(c, one) : must_be(c, *n, "an object");
        if (why)
            return why;
    }
    return NULL;
}

static const char *check_reference(check *c, pol_value ref)
{
    const char *why;
    if (!pol_is_string(ref))
        return invalid_type(c, "string", "$ref");
    pol_value target = pol_schema_target(c->s, ref, &why);
    return why ? why : schema(c, target);
}

static bool was_seen(check *c, const void *object)
{
    pol_call_spend(c->s->call, 1 + c->count / 16);
    for (size_t i = 0; i < c->count; i++)
        if (c->seen[i] == object)
            return true;
    if (c->count == c->room) {
        c->room = c->room ? 2 * c->room : 32;
        const void **more = pol_call_alloc(c->s->call, c->room * sizeof *more);
        if (c->count)
            memcpy(more, c->seen, c->count * sizeof *more);
        c->seen = more;
    }
    c->seen[c->count++] = object;
    return false;
}

static const char *check_object(check *c, pol_value v)
{
    static const char *const texts[] = {"title", "description", NULL};
    const char *why = check_strings(c, v);
    if (!why)
        why = check_definitions(c, v);
    for (const char *const *n = texts; !why && *n; n++) {
        pol_value text = pol_get_name(v, *n);
        if (pol_is_defined(text) && !pol_is_string(text))
            why = invalid_type(c, "string", *n);
    }
    pol_value ref = pol_get_name(v, "$ref");
    if (!why && pol_is_defined(ref))
        return check_reference(c, ref);
    if (why || (why = check_type(c, v)) || (why = check_members(c, v)) ||
        (why = check_items(c, v)) || (why = check_numbers(c, v)) ||
        (why = check_texts(c, v)) ||
        (why = check_range(c, v, "minProperties", "maxProperties")) ||
        (why = check_required(c, v)) || (why = check_arrays(c, v)))
        return why;
    return check_combinations(c, v);
}

static const char *schema(check *c, pol_value v)
{
    if (pol_is_bool(v) && c->s->draft != POL_DRAFT_4)
        return NULL;
    if (v.tag != POL_OBJECT)
        return "Expected: Valid Schema, given: Invalid JSON";
    if (was_seen(c, v.obj))
        return NULL;
    if (c->depth == POL_SCHEMA_DEPTH)
        return "schema is nested too deeply";
    c->depth++;
    const char *why = check_object(c, v);
    c->depth--;
    return why;
}

const char *pol_schema_check(pol_schema *s)
{
    check c = {.s = s};
    if (s->root.tag != POL_OBJECT && !pol_is_bool(s->root))
        return "schema is invalid";
    pol_value name = s->root.tag == POL_OBJECT
                         ? pol_get_name(s->root, "$schema")
                         : pol_undefined();
    if (pol_is_defined(name) && !pol_is_string(name))
        return "$schema must be of type string";
    s->draft = draft_of(s->root);
    return schema(&c, s->root);
}
