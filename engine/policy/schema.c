/* SPDX-License-Identifier: Apache-2.0
 *
 * Validation of values. Every keyword is a row: what its operand must be, and
 * the function that holds a value against it. Keywords say nothing about values
 * of types that they are not about. */
#include "schema.h"

#include <stdarg.h>

#include "buf.h"
#include "call.h"
#include "limits.h"
#include "utf8.h"

typedef void keyword_fn(pol_schema *s, pol_value operand, pol_value value,
                        pol_value schema);

static void validate(pol_schema *s, pol_value schema, pol_value value);

/* ---- saying what is wrong -------------------------------------------------------- */

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

/* ---- any type ---------------------------------------------------------------------- */

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

/* ---- numbers ------------------------------------------------------------------------- */

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

/* ---- lengths -------------------------------------------------------------------------- */

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

/* ---- strings ---------------------------------------------------------------------------- */

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
    if (pol_is_string(v) && match(s, operand, v) == 0)
        problem(s, "must match the pattern %s, not %s", shown(s, operand),
                shown(s, v));
}

/* ---- arrays -------------------------------------------------------------------------------- */

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

/* ---- objects --------------------------------------------------------------------------------- */

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

/* ---- keywords ----------------------------------------------------------------------------------- */

/* What an operand must be. */
typedef enum {
    ANYTHING, STRING, BOOLEAN, NUMBER, COUNT, SCHEMA, SCHEMAS, SCHEMA_OR_FLAG,
    SCHEMA_OR_SCHEMAS, SCHEMA_BY_NAME, NAMES, ARRAY, TYPES, BOUND, NEEDS
} operand_kind;

static const struct keyword {
    const char *name;
    operand_kind operand;
    keyword_fn *apply; /* NULL: says nothing by itself */
} keywords[] = {
    {"type", TYPES, type},
    {"enum", ARRAY, enumeration},
    {"const", ANYTHING, constant},
    {"allOf", SCHEMAS, all_of},
    {"anyOf", SCHEMAS, any_of},
    {"oneOf", SCHEMAS, one_of},
    {"not", SCHEMA, none_of},
    {"multipleOf", NUMBER, multiple_of},
    {"minimum", NUMBER, minimum},
    {"maximum", NUMBER, maximum},
    {"exclusiveMinimum", BOUND, above},
    {"exclusiveMaximum", BOUND, under},
    {"minLength", COUNT, min_length},
    {"maxLength", COUNT, max_length},
    {"pattern", STRING, pattern},
    {"items", SCHEMA_OR_SCHEMAS, items},
    {"additionalItems", SCHEMA_OR_FLAG, NULL},
    {"minItems", COUNT, min_items},
    {"maxItems", COUNT, max_items},
    {"uniqueItems", BOOLEAN, unique_items},
    {"contains", SCHEMA, contains},
    {"required", NAMES, required},
    {"properties", SCHEMA_BY_NAME, NULL},
    {"patternProperties", SCHEMA_BY_NAME, NULL},
    {"additionalProperties", SCHEMA_OR_FLAG, NULL},
    {"propertyNames", SCHEMA, NULL},
    {"dependencies", NEEDS, dependencies},
    {"minProperties", COUNT, min_properties},
    {"maxProperties", COUNT, max_properties},
    {"default", ANYTHING, NULL},
    {"title", STRING, NULL},
    {"description", STRING, NULL},
    {"examples", ARRAY, NULL},
    {"format", STRING, NULL},
    {"$comment", STRING, NULL},
    {"secret", BOOLEAN, NULL},
};
enum { KEYWORDS = sizeof keywords / sizeof *keywords };

static void validate(pol_schema *s, pol_value schema, pol_value value)
{
    if (schema.tag == POL_FALSE)
        problem(s, "must not be there");
    if (schema.tag != POL_OBJECT || s->depth > POL_SCHEMA_NESTING)
        return;
    for (int i = 0; i < KEYWORDS; i++) {
        pol_value operand = keywords[i].apply
                                ? pol_get_name(schema, keywords[i].name)
                                : pol_undefined();
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

/* ---- schemas themselves ---------------------------------------------------------------------------- */

static void check(pol_schema *s, pol_value schema);

static void check_below(pol_schema *s, pol_value key, pol_value schema)
{
    if (s->depth < POL_SCHEMA_NESTING)
        s->path[s->depth] = key;
    s->depth++;
    check(s, schema);
    s->depth--;
}

/* The parts of an array or object that must be schemas (or, for `dependencies`,
 * arrays of names). */
static void check_parts(pol_schema *s, pol_value v, operand_kind kind)
{
    for (uint32_t i = 0; i < v.len; i++) {
        pol_value key = v.tag == POL_ARRAY ? pol_int(i) : pol_key_at(v, i);
        pol_value part = v.tag == POL_ARRAY ? v.items[i] : pol_value_at(v, i);
        if (kind != NEEDS || part.tag != POL_ARRAY)
            check_below(s, key, part);
    }
}

static bool all_strings(pol_value v)
{
    for (uint32_t i = 0; v.tag == POL_ARRAY && i < v.len; i++) {
        if (!pol_is_string(v.items[i]))
            return false;
    }
    return v.tag == POL_ARRAY;
}

static bool is_type_name(pol_value v)
{
    static const char *const names[] = {"null",  "boolean", "number", "integer",
                                        "string", "array",  "object"};
    for (size_t i = 0; i < countof(names); i++) {
        if (pol_is_string(v) && strlen(names[i]) == v.len &&
            !memcmp(names[i], v.str, v.len))
            return true;
    }
    return false;
}

static bool are_types(pol_value v)
{
    if (v.tag != POL_ARRAY)
        return is_type_name(v);
    for (uint32_t i = 0; i < v.len; i++) {
        if (!is_type_name(v.items[i]))
            return false;
    }
    return v.len > 0;
}

static bool is_count(pol_value v)
{
    int64_t n;
    return pol_is_number(v) && pol_number_int64(v, &n) && n >= 0;
}

/* Is the operand of the right type? Goes into schemas in it. */
static bool check_operand(pol_schema *s, operand_kind kind, pol_value v)
{
    bool many = v.tag == POL_ARRAY;
    switch (kind) {
    case ANYTHING:
        return true;
    case STRING:
        return pol_is_string(v);
    case BOOLEAN:
        return pol_is_bool(v);
    case NUMBER:
        return pol_is_number(v);
    case BOUND:
        return pol_is_number(v) || pol_is_bool(v);
    case COUNT:
        return is_count(v);
    case NAMES:
        return all_strings(v);
    case ARRAY:
        return many;
    case TYPES:
        return are_types(v);
    case SCHEMA:
    case SCHEMA_OR_FLAG:
        if (kind == SCHEMA_OR_FLAG && pol_is_bool(v))
            return true;
        check(s, v);
        return true;
    case SCHEMAS:
    case SCHEMA_OR_SCHEMAS:
        if (many)
            check_parts(s, v, kind);
        else if (kind == SCHEMA_OR_SCHEMAS)
            check(s, v);
        return many || kind == SCHEMA_OR_SCHEMAS;
    case SCHEMA_BY_NAME:
    case NEEDS:
        if (v.tag == POL_OBJECT)
            check_parts(s, v, kind);
        return v.tag == POL_OBJECT;
    }
    return false;
}

static const char *const wanted[] = {
    [ANYTHING] = "", [STRING] = "a string", [BOOLEAN] = "true or false",
    [NUMBER] = "a number", [COUNT] = "a whole number from 0",
    [SCHEMA] = "a schema", [SCHEMAS] = "an array of schemas",
    [SCHEMA_OR_FLAG] = "a schema, true or false",
    [SCHEMA_OR_SCHEMAS] = "a schema or an array of schemas",
    [SCHEMA_BY_NAME] = "an object of schemas",
    [NAMES] = "an array of strings", [ARRAY] = "an array",
    [TYPES] = "null, boolean, number, integer, string, array, object, or an "
              "array of those",
    [BOUND] = "a number", [NEEDS] = "an object of schemas or arrays of names",
};

static void unknown_keyword(pol_schema *s, pol_value key)
{
    pol_str names[KEYWORDS];
    for (int i = 0; i < KEYWORDS; i++)
        names[i] = pol_str_of(keywords[i].name);
    int near = pol_str_closest((pol_str){key.str, key.len}, names, KEYWORDS);
    if (near >= 0)
        problem(s, "unknown keyword `%.*s`, did you mean `%s`?", (int)key.len,
                key.str, keywords[near].name);
    else
        problem(s, "unknown keyword `%.*s`", (int)key.len, key.str);
}

static void check_keyword(pol_schema *s, pol_value key, pol_value operand)
{
    int i = 0;
    while (i < KEYWORDS && !(strlen(keywords[i].name) == key.len &&
                             !memcmp(keywords[i].name, key.str, key.len)))
        i++;
    if (i == KEYWORDS)
        unknown_keyword(s, key);
    else if (!check_operand(s, keywords[i].operand, operand))
        problem(s, "`%s` must be %s", keywords[i].name,
                wanted[keywords[i].operand]);
    else if (keywords[i].apply == pattern &&
             match(s, operand, pol_literal("")) < 0)
        problem(s, "`pattern` is no regular expression: %s", shown(s, operand));
}

static void check(pol_schema *s, pol_value schema)
{
    if (pol_is_bool(schema))
        return;
    if (s->depth >= POL_SCHEMA_NESTING) {
        problem(s, "schemas are nested too deep");
        return;
    }
    if (schema.tag != POL_OBJECT) {
        problem(s, "must be a schema, not %s", shown(s, schema));
        return;
    }
    for (uint32_t i = 0; i < schema.len; i++) {
        s->path[s->depth++] = pol_key_at(schema, i);
        check_keyword(s, pol_key_at(schema, i), pol_value_at(schema, i));
        s->depth--;
    }
}

bool pol_schema_check(pol_schema *state, pol_value name, pol_value schema)
{
    state->fits = true;
    state->depth = 0;
    check_below(state, name, schema);
    return state->fits;
}
