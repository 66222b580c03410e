/* SPDX-License-Identifier: Apache-2.0
 *
 * Validation of values. Every keyword is a row: its name, and the function that
 * holds a value against it. Keywords say nothing about values of types that they
 * are not about. That schemas are well formed has been seen to where they are
 * declared. */
#include "schema.h"

#include <stdarg.h>

#include "buf.h"
#include "call.h"
#include "limit.h"
#include "utf8.h"

typedef void keyword_fn(pol_schema *s, pol_value operand, pol_value value,
                        pol_value schema);

static void validate(pol_schema *s, pol_value schema, pol_value value);

/* ---- saying what is wrong ------------------------------------------------ */

static void problem(pol_schema *s, const char *fmt, ...) POL_PRINTF(2, 3);
static void problem(pol_schema *s, const char *fmt, ...)
{
    s->fits = false;
    if (s->quiet)
        return;
    char text[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    uint32_t depth =
        s->depth < POL_SCHEMA_NESTING ? s->depth : POL_SCHEMA_NESTING;
    s->sink.problem(s->sink.host, s->path, depth,
                    pol_arena_copy(s->arena, text, strlen(text)));
}

static const char *shown(pol_schema *s, pol_value v)
{
    size_t len;
    const char *text = pol_value_text(s->arena, v, POL_TEXT_JSON, &len);
    return len <= 80 ? text : pol_arena_printf(s->arena, "%.77s...", text);
}

static bool fits(pol_schema *s, pol_value schema, pol_value value)
{
    pol_schema inner = *s;
    inner.quiet = true;
    inner.fits = true;
    validate(&inner, schema, value);
    return inner.fits;
}

static void below(pol_schema *s, pol_value key, pol_value schema,
                  pol_value value)
{
    if (s->depth < POL_SCHEMA_NESTING)
        s->path[s->depth] = key;
    s->depth++;
    validate(s, schema, value);
    s->depth--;
}

/* ---- any type ------------------------------------------------------------ */

static bool is_type(pol_value v, pol_value name)
{
    if (pol_string_is(name, "integer"))
        return pol_is_number(v) && pol_number_is_whole(v);
    const char *type = pol_type_name(v);
    return pol_is_string(name) && strlen(type) == name.len &&
           !memcmp(type, name.str, name.len);
}

static void type(pol_schema *s, pol_value operand, pol_value v, pol_value schema)
{
    (void)schema;
    if (pol_is_string(operand)) {
        bool vowel = strchr("aio", operand.str[0]) != NULL;
        if (!is_type(v, operand))
            problem(s, "must be %s %.*s, not %s", vowel ? "an" : "a",
                    (int)operand.len, operand.str, shown(s, v));
        return;
    }
    for (uint32_t i = 0; i < operand.len; i++) {
        if (is_type(v, operand.items[i]))
            return;
    }
    problem(s, "must be one of the types %s, not %s", shown(s, operand),
            shown(s, v));
}

static void enumeration(pol_schema *s, pol_value operand, pol_value v,
                        pol_value schema)
{
    (void)schema;
    if (!pol_has(operand, v))
        problem(s, "must be one of %s, not %s", shown(s, operand), shown(s, v));
}

static void constant(pol_schema *s, pol_value operand, pol_value v,
                     pol_value schema)
{
    (void)schema;
    if (!pol_equal(operand, v))
        problem(s, "must be %s, not %s", shown(s, operand), shown(s, v));
}

static void all_of(pol_schema *s, pol_value operand, pol_value v,
                   pol_value schema)
{
    (void)schema;
    for (uint32_t i = 0; i < operand.len; i++)
        validate(s, operand.items[i], v);
}

static uint32_t matching(pol_schema *s, pol_value schemas, pol_value v)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < schemas.len; i++)
        n += fits(s, schemas.items[i], v);
    return n;
}

static void any_of(pol_schema *s, pol_value operand, pol_value v,
                   pol_value schema)
{
    (void)schema;
    if (!matching(s, operand, v))
        problem(s, "fits none of the alternatives of anyOf");
}

static void one_of(pol_schema *s, pol_value operand, pol_value v,
                   pol_value schema)
{
    (void)schema;
    uint32_t n = matching(s, operand, v);
    if (n != 1)
        problem(s, "fits %u of the alternatives of oneOf", n);
}

static void none_of(pol_schema *s, pol_value operand, pol_value v,
                    pol_value schema)
{
    (void)schema;
    if (fits(s, operand, v))
        problem(s, "must not fit the schema of `not`");
}

/* ---- numbers ------------------------------------------------------------- */

/* In draft 4 exclusiveMinimum was a flag beside minimum; the number form is
 * meant here, the flag is honoured where the bound is checked. */
static void bound(pol_schema *s, pol_value operand, pol_value v,
                  pol_value exclusive, int side)
{
    if (!pol_is_number(v) || !pol_is_number(operand))
        return;
    int order = pol_compare(v, operand) * side;
    bool strict = exclusive.tag == POL_TRUE;
    if (order < 0 || (strict && order == 0))
        problem(s, "must be %s %s%s, not %s", strict ? (side > 0 ? "over"
                                                                 : "under")
                                                     : "at",
                strict ? "" : side > 0 ? "least " : "most ",
                shown(s, operand), shown(s, v));
}

static void minimum(pol_schema *s, pol_value operand, pol_value v,
                    pol_value schema)
{
    bound(s, operand, v, pol_get_name(schema, "exclusiveMinimum"), 1);
}

static void maximum(pol_schema *s, pol_value operand, pol_value v,
                    pol_value schema)
{
    bound(s, operand, v, pol_get_name(schema, "exclusiveMaximum"), -1);
}

static void above(pol_schema *s, pol_value operand, pol_value v,
                  pol_value schema)
{
    (void)schema;
    bound(s, operand, v, pol_bool(true), 1);
}

static void under(pol_schema *s, pol_value operand, pol_value v,
                  pol_value schema)
{
    (void)schema;
    bound(s, operand, v, pol_bool(true), -1);
}

static void multiple_of(pol_schema *s, pol_value operand, pol_value v,
                        pol_value schema)
{
    (void)schema;
    if (!pol_is_number(v))
        return;
    const char *error;
    pol_value ratio = pol_number_arith(s->arena, POL_DIV, v, operand, &error);
    if (!pol_is_defined(ratio) || !pol_number_is_whole(ratio))
        problem(s, "must be a multiple of %s, not %s", shown(s, operand),
                shown(s, v));
}

/* ---- lengths ------------------------------------------------------------- */

/* Characters of a string, elements, members; -1 if `v` is not of that type. */
static int64_t length_of(pol_value v, pol_tag tag)
{
    if (v.tag != tag)
        return -1;
    if (tag != POL_STRING)
        return v.len;
    int64_t n = 0;
    for (uint32_t i = 0; i < v.len; i++)
        n += ((unsigned char)v.str[i] & 0xC0) != 0x80;
    return n;
}

static void size(pol_schema *s, pol_value operand, int64_t len, bool least)
{
    int64_t limit;
    if (len < 0 || !pol_number_int64(operand, &limit))
        return;
    if (least ? len < limit : len > limit)
        problem(s, "must have at %s length %lld, not %lld",
                least ? "least" : "most", (long long)limit, (long long)len);
}

#define SIZE(name, tag, least)                                             \
    static void name(pol_schema *s, pol_value operand, pol_value v,        \
                     pol_value schema)                                     \
    {                                                                      \
        (void)schema;                                                      \
        size(s, operand, length_of(v, tag), least);                        \
    }
SIZE(min_length, POL_STRING, true)
SIZE(max_length, POL_STRING, false)
SIZE(min_items, POL_ARRAY, true)
SIZE(max_items, POL_ARRAY, false)
SIZE(min_properties, POL_OBJECT, true)
SIZE(max_properties, POL_OBJECT, false)
#undef SIZE

/* ---- strings ------------------------------------------------------------- */

/* By the builtin regex.match: 1, 0, or -1 if the pattern is none. */
static int match(pol_schema *s, pol_value pattern, pol_value text)
{
    int32_t index = pol_registry_find(s->registry, STR("regex.match"));
    if (index < 0)
        return -1;
    pol_surroundings around = {.allow_time = false};
    uint64_t budget = POL_LIMIT_INSTRUCTIONS;
    pol_call call = {.arena = NULL};
    pol_call_begin(&call, s->arena, &around, &budget);
    pol_value args[] = {pattern, text};
    pol_value result =
        pol_call_run(&call, s->registry, (uint32_t)index, args, 2);
    pol_call_done(&call);
    return !pol_is_defined(result) ? -1 : result.tag == POL_TRUE;
}

static void pattern(pol_schema *s, pol_value operand, pol_value v,
                    pol_value schema)
{
    (void)schema;
    int matched = pol_is_string(v) ? match(s, operand, v) : 1;
    if (matched < 0)
        problem(s, "cannot be held against %s, which is no regular expression",
                shown(s, operand));
    else if (!matched)
        problem(s, "must match the pattern %s, not %s", shown(s, operand),
                shown(s, v));
}

/* ---- arrays -------------------------------------------------------------- */

static void items(pol_schema *s, pol_value operand, pol_value v,
                  pol_value schema)
{
    if (v.tag != POL_ARRAY)
        return;
    pol_value rest = pol_get_name(schema, "additionalItems");
    for (uint32_t i = 0; i < v.len; i++) {
        pol_value one = operand;
        if (operand.tag == POL_ARRAY)
            one = i < operand.len ? operand.items[i] : rest;
        if (one.tag == POL_FALSE)
            problem(s, "must have at most %u elements", i);
        else if (one.tag == POL_OBJECT)
            below(s, pol_int(i), one, v.items[i]);
    }
}

static void unique_items(pol_schema *s, pol_value operand, pol_value v,
                         pol_value schema)
{
    (void)schema;
    if (v.tag != POL_ARRAY || operand.tag != POL_TRUE)
        return;
    pol_value *copy = pol_items(s->arena, v.len);
    if (v.len)
        memcpy(copy, v.items, v.len * sizeof *copy);
    if (pol_set(copy, v.len).len != v.len)
        problem(s, "must not hold an element twice");
}

static void contains(pol_schema *s, pol_value operand, pol_value v,
                     pol_value schema)
{
    (void)schema;
    for (uint32_t i = 0; v.tag == POL_ARRAY && i < v.len; i++) {
        if (fits(s, operand, v.items[i]))
            return;
    }
    if (v.tag == POL_ARRAY)
        problem(s, "must hold an element that fits %s", shown(s, operand));
}

/* ---- objects ------------------------------------------------------------- */

static void required(pol_schema *s, pol_value operand, pol_value v,
                     pol_value schema)
{
    (void)schema;
    for (uint32_t i = 0; v.tag == POL_OBJECT && i < operand.len; i++) {
        pol_value name = operand.items[i];
        if (!pol_is_defined(pol_get(v, name)))
            problem(s, "must have the property `%.*s`", (int)name.len,
                    name.str);
    }
}

/* Is the key covered by `properties` or `patternProperties`? Validates against
 * the latter on the way. */
static bool by_pattern(pol_schema *s, pol_value schema, pol_value key,
                       pol_value value)
{
    pol_value patterns = pol_get_name(schema, "patternProperties");
    bool found = false;
    for (uint32_t i = 0; patterns.tag == POL_OBJECT && i < patterns.len; i++) {
        if (match(s, pol_key_at(patterns, i), key) != 1)
            continue;
        found = true;
        below(s, key, pol_value_at(patterns, i), value);
    }
    return found;
}

static void properties(pol_schema *s, pol_value v, pol_value schema)
{
    pol_value known = pol_get_name(schema, "properties");
    pol_value rest = pol_get_name(schema, "additionalProperties");
    pol_value names = pol_get_name(schema, "propertyNames");
    for (uint32_t i = 0; v.tag == POL_OBJECT && i < v.len; i++) {
        pol_value key = pol_key_at(v, i), value = pol_value_at(v, i);
        pol_value one = known.tag == POL_OBJECT ? pol_get(known, key)
                                                : pol_undefined();
        bool covered = by_pattern(s, schema, key, value);
        if (names.tag == POL_OBJECT && !fits(s, names, key))
            problem(s, "must not have a property named `%.*s`", (int)key.len,
                    key.str);
        if (pol_is_defined(one))
            below(s, key, one, value);
        else if (!covered && rest.tag == POL_FALSE)
            problem(s, "must not have the property `%.*s`", (int)key.len,
                    key.str);
        else if (!covered && rest.tag == POL_OBJECT)
            below(s, key, rest, value);
    }
}

static void dependencies(pol_schema *s, pol_value operand, pol_value v,
                         pol_value schema)
{
    for (uint32_t i = 0; v.tag == POL_OBJECT && i < operand.len; i++) {
        pol_value needs = pol_value_at(operand, i);
        if (!pol_is_defined(pol_get(v, pol_key_at(operand, i))))
            continue;
        if (needs.tag == POL_ARRAY)
            required(s, needs, v, schema);
        else
            validate(s, needs, v);
    }
}

/* ---- keywords ------------------------------------------------------------ */

static const struct keyword {
    const char *name;
    keyword_fn *apply;
} keywords[] = {
    {"type", type},
    {"enum", enumeration},
    {"const", constant},
    {"allOf", all_of},
    {"anyOf", any_of},
    {"oneOf", one_of},
    {"not", none_of},
    {"multipleOf", multiple_of},
    {"minimum", minimum},
    {"maximum", maximum},
    {"exclusiveMinimum", above},
    {"exclusiveMaximum", under},
    {"minLength", min_length},
    {"maxLength", max_length},
    {"pattern", pattern},
    {"items", items},
    {"minItems", min_items},
    {"maxItems", max_items},
    {"uniqueItems", unique_items},
    {"contains", contains},
    {"required", required},
    {"dependencies", dependencies},
    {"minProperties", min_properties},
    {"maxProperties", max_properties},
};
enum { KEYWORDS = sizeof keywords / sizeof *keywords };

static void validate(pol_schema *s, pol_value schema, pol_value value)
{
    if (schema.tag == POL_FALSE)
        problem(s, "must not be there");
    if (schema.tag != POL_OBJECT || s->depth > POL_SCHEMA_NESTING)
        return;
    for (int i = 0; i < KEYWORDS; i++) {
        pol_value operand = pol_get_name(schema, keywords[i].name);
        if (pol_is_defined(operand))
            keywords[i].apply(s, operand, value, schema);
    }
    properties(s, value, schema);
}

bool pol_schema_validate(pol_schema *state, pol_value schema, pol_value value)
{
    state->fits = true;
    state->depth = 0;
    validate(state, schema, value);
    return state->fits;
}
