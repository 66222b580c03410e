/* SPDX-License-Identifier: Apache-2.0
 *
 * A document is held against a schema as gojsonschema does it: errors in its
 * order, and for anyOf, oneOf and contains those of the alternative that came
 * closest, by its score. */
#include "schema_check.h"

#include <stdio.h>

#include "matcher.h"

typedef enum { STEP_ROOT, STEP_NAME, STEP_INDEX } step_kind;

/* The way to a part of the document. */
typedef struct place {
    const struct place *up;
    step_kind kind;
    pol_value name;
    uint32_t index;
} place;

typedef struct result {
    pol_builder errors;
    int64_t score;
} result;

typedef struct validation {
    pol_schema schema;
    int depth;
} validation;

static void validate(validation *v, pol_value schema, pol_value node,
                     const place *at, result *r);

static void result_init(validation *v, result *r)
{
    pol_builder_init(&r->errors, pol_call_arena(v->schema.call), POL_ARRAY);
    r->score = 0;
}

static void merge(result *into, const result *from)
{
    for (size_t i = 0; i < from->errors.count; i++)
        pol_builder_add(&into->errors, from->errors.items[i]);
    into->score += from->score;
}

/* ---- errors -------------------------------------------------------------- */

/* "a.0.b", or "(Root)". The places are collected first: the way leads up. */
static pol_value field_of(validation *v, const place *at)
{
    const place *way[POL_SCHEMA_DEPTH + 1];
    size_t count = 0;
    pol_bytes out;
    for (; at->kind != STEP_ROOT && count <= POL_SCHEMA_DEPTH; at = at->up)
        way[count++] = at;
    if (count == 0)
        return pol_literal("(Root)");
    pol_bytes_init(&out, v->schema.call, 32);
    while (count-- > 0) {
        char digits[16];
        const place *p = way[count];
        if (out.len > 0)
            pol_bytes_byte(&out, '.');
        if (p->kind == STEP_NAME) {
            pol_bytes_add(&out, p->name.str, p->name.len);
        } else {
            snprintf(digits, sizeof digits, "%u", p->index);
            pol_bytes_text(&out, digits);
        }
    }
    return pol_bytes_done(&out);
}

static void put(pol_builder *o, const char *name, pol_value v)
{
    pol_builder_put(o, pol_string(name, strlen(name)), v);
}

static void add_error(validation *v, result *r, const place *at,
                      const char *type, pol_value desc)
{
    pol_builder o;
    pol_value field = field_of(v, at);
    pol_builder_init(&o, pol_call_arena(v->schema.call), POL_OBJECT);
    put(&o, "desc", desc);
    put(&o, "error",
        pol_call_printf(v->schema.call, "%.*s: %.*s", (int)field.len, field.str,
                        (int)desc.len, desc.str));
    put(&o, "field", field);
    put(&o, "type", pol_string(type, strlen(type)));
    pol_builder_add(&r->errors, pol_builder_done(&o));
    r->score -= 2; /* a check that is done counts 1 */
}

#define ERROR(type, ...)                                                       \
    add_error(v, r, at, type, pol_call_printf(v->schema.call, __VA_ARGS__))

static const char *type_of(pol_value node)
{
    if (pol_is_number(node))
        return pol_number_is_whole(node) ? "integer" : "number";
    return pol_is_bool(node) ? "boolean" : pol_type_name(node);
}

static const char *json_of(validation *v, pol_value value)
{
    size_t len;
    return pol_value_text(pol_call_arena(v->schema.call), value,
                          POL_TEXT_JSON_RAW, &len);
}

/* A bound as Go prints a big.Float. */
static const char *bound_of(validation *v, pol_value n)
{
    return pol_call_printf(v->schema.call, "%.10g", pol_number_double(n)).str;
}

/* ---- types --------------------------------------------------------------- */

static bool is_named(pol_value type, pol_value node)
{
    const char *name = type_of(node);
    if (type.len == strlen(name) && memcmp(type.str, name, type.len) == 0)
        return true;
    return pol_string_is(type, "number") && pol_is_number(node);
}

/* The types that are wanted, as gojsonschema lists them. */
static pol_value wanted(validation *v, pol_value type)
{
    pol_bytes out;
    if (pol_is_string(type))
        return type;
    pol_bytes_init(&out, v->schema.call, 64);
    for (uint32_t i = 0; i < type.len; i++) {
        pol_bytes_byte(&out, i ? ',' : '[');
        pol_bytes_add(&out, pol_at(type, i).str, pol_at(type, i).len);
    }
    pol_bytes_byte(&out, ']');
    return type.len == 1 ? pol_at(type, 0) : pol_bytes_done(&out);
}

static bool type_fits(validation *v, pol_value schema, pol_value node,
                      const place *at, result *r)
{
    pol_value type = pol_get_name(schema, "type");
    if (!pol_is_defined(type) || (type.tag == POL_ARRAY && type.len == 0))
        return true;
    bool fits = pol_is_string(type) && is_named(type, node);
    for (uint32_t i = 0; type.tag == POL_ARRAY && i < type.len; i++)
        fits = fits || is_named(pol_at(type, i), node);
    if (fits)
        return true;
    pol_value names = wanted(v, type);
    ERROR("invalid_type", "Invalid type. Expected: %.*s, given: %s",
          (int)names.len, names.str, type_of(node));
    return false;
}

/* ---- combinations -------------------------------------------------------- */

static pol_value keyword(validation *v, pol_value schema, const char *name)
{
    return pol_schema_has(&v->schema, name) ? pol_get_name(schema, name)
                                            : pol_undefined();
}

/* Validates on the side; true if there were no errors. */
static bool attempt(validation *v, pol_value schema, pol_value node,
                    const place *at, result *out)
{
    result_init(v, out);
    validate(v, schema, node, at, out);
    return out->errors.count == 0;
}

/* How many of the schemas fit; *best is the attempt that came closest. */
static uint32_t count_fitting(validation *v, pol_value list, pol_value node,
                              const place *at, result *best)
{
    uint32_t fitting = 0;
    result_init(v, best);
    for (uint32_t i = 0, failed = 0; i < list.len; i++) {
        result one;
        if (attempt(v, pol_at(list, i), node, at, &one))
            fitting++;
        else if (failed++ == 0 || one.score > best->score)
            *best = one;
    }
    return fitting;
}

static void any_one_all(validation *v, pol_value schema, pol_value node,
                        const place *at, result *r)
{
    result best;
    pol_value any = pol_get_name(schema, "anyOf");
    pol_value one = pol_get_name(schema, "oneOf");
    pol_value all = pol_get_name(schema, "allOf");
    if (any.tag == POL_ARRAY && any.len > 0 &&
        count_fitting(v, any, node, at, &best) == 0) {
        ERROR("number_any_of", "Must validate at least one schema (anyOf)");
        merge(r, &best);
    }
    if (one.tag == POL_ARRAY && one.len > 0) {
        uint32_t fitting = count_fitting(v, one, node, at, &best);
        if (fitting != 1)
            ERROR("number_one_of",
                  "Must validate one and only one schema (oneOf)");
        if (fitting == 0)
            merge(r, &best);
    }
    bool good = true;
    for (uint32_t i = 0; all.tag == POL_ARRAY && i < all.len; i++) {
        result part;
        good = attempt(v, pol_at(all, i), node, at, &part) && good;
        merge(r, &part);
    }
    if (!good)
        ERROR("number_all_of", "Must validate all the schemas (allOf)");
}

static void dependencies(validation *v, pol_value schema, pol_value node,
                         const place *at, result *r)
{
    pol_value all = pol_get_name(schema, "dependencies");
    if (all.tag != POL_OBJECT || node.tag != POL_OBJECT)
        return;
    for (uint32_t i = 0; i < all.len; i++) {
        pol_value want = pol_value_at(all, i);
        if (!pol_is_defined(pol_get(node, pol_key_at(all, i))))
            continue;
        if (want.tag != POL_ARRAY) {
            validate(v, want, node, at, r);
            continue;
        }
        for (uint32_t k = 0; k < want.len; k++) {
            pol_value name = pol_at(want, k);
            if (!pol_is_defined(pol_get(node, name)))
                ERROR("missing_dependency", "Has a dependency on %.*s",
                      (int)name.len, name.str);
        }
    }
}

static void condition(validation *v, pol_value schema, pol_value node,
                      const place *at, result *r)
{
    pol_value test = keyword(v, schema, "if");
    result one;
    if (!pol_is_defined(test))
        return;
    bool holds = attempt(v, test, node, at, &one);
    pol_value next = keyword(v, schema, holds ? "then" : "else");
    if (!pol_is_defined(next) || attempt(v, next, node, at, &one))
        return;
    if (holds)
        ERROR("condition_then", "Must validate \"then\" as \"if\" was valid");
    else
        ERROR("condition_else",
              "Must validate \"else\" as \"if\" was not valid");
    merge(r, &one);
}

static void combinations(validation *v, pol_value schema, pol_value node,
                         const place *at, result *r)
{
    pol_value not = pol_get_name(schema, "not");
    result one;
    any_one_all(v, schema, node, at, r);
    if (pol_is_defined(not ) && attempt(v, not, node, at, &one))
        ERROR("number_not", "Must not validate the schema (not)");
    dependencies(v, schema, node, at, r);
    condition(v, schema, node, at, r);
    r->score++;
}

/* ---- what every value may have ------------------------------------------- */

static void common(validation *v, pol_value schema, pol_value node,
                   const place *at, result *r)
{
    pol_value only = keyword(v, schema, "const");
    pol_value list = pol_get_name(schema, "enum");
    pol_value field = field_of(v, at);
    if (pol_is_defined(only) && !pol_equal(only, node))
        ERROR("const", "%.*s does not match: %s", (int)field.len, field.str,
              json_of(v, only));
    if (list.tag == POL_ARRAY && list.len > 0 && !pol_has(list, node)) {
        pol_bytes all;
        pol_bytes_init(&all, v->schema.call, 64);
        for (uint32_t i = 0; i < list.len; i++) {
            if (i > 0)
                pol_bytes_text(&all, ", ");
            pol_bytes_text(&all, json_of(v, pol_at(list, i)));
        }
        ERROR("enum", "%.*s must be one of the following: %.*s", (int)field.len,
              field.str, (int)all.len, all.at);
    }
    r->score++;
}

static void format(validation *v, pol_value schema, pol_value node,
                   const place *at, result *r)
{
    pol_value name = pol_get_name(schema, "format");
    if (pol_is_string(name) && pol_is_string(node) &&
        !pol_schema_format(v->schema.call, name, node))
        ERROR("format", "Does not match format '%.*s'", (int)name.len,
              name.str);
}

/* ---- numbers and strings ------------------------------------------------- */

static bool is_multiple(validation *v, pol_value n, pol_value of)
{
    const char *error;
    pol_arena *arena = pol_call_arena(v->schema.call);
    /* Both are made whole by the same power of ten, so 0.3 is three times 0.1. */
    for (int i = 0;
         i < 40 && !(pol_number_is_whole(n) && pol_number_is_whole(of)); i++) {
        n = pol_number_arith(arena, POL_MUL, n, pol_int(10), &error);
        of = pol_number_arith(arena, POL_MUL, of, pol_int(10), &error);
    }
    pol_value rest = pol_number_arith(arena, POL_REM, n, of, &error);
    return pol_is_defined(rest) && pol_number_compare(rest, pol_int(0)) == 0;
}

static void bound(validation *v, pol_value schema, pol_value node,
                  const place *at, result *r, bool upper)
{
    pol_value limit = pol_get_name(schema, upper ? "maximum" : "minimum");
    pol_value strict =
        pol_get_name(schema, upper ? "exclusiveMaximum" : "exclusiveMinimum");
    bool excluded = strict.tag == POL_TRUE;
    for (int i = 0; i < 2; i++) {
        bool without = i == 1 || excluded;
        pol_value edge = i == 1 ? strict : limit;
        if (!pol_is_number(edge))
            continue;
        int order = pol_number_compare(node, edge) * (upper ? 1 : -1);
        if (order < 0 || (order == 0 && !without))
            continue;
        if (upper)
            ERROR(without ? "number_lt" : "number_lte",
                  "Must be less than %s%s", without ? "" : "or equal to ",
                  bound_of(v, edge));
        else
            ERROR(without ? "number_gt" : "number_gte",
                  "Must be greater than %s%s", without ? "" : "or equal to ",
                  bound_of(v, edge));
    }
}

static void number(validation *v, pol_value schema, pol_value node,
                   const place *at, result *r)
{
    pol_value of = pol_get_name(schema, "multipleOf");
    if (pol_is_number(of) && !is_multiple(v, node, of))
        ERROR("multiple_of", "Must be a multiple of %s", bound_of(v, of));
    bound(v, schema, node, at, r, true);
    bound(v, schema, node, at, r, false);
    r->score++;
}

/* A count of the schema, -1 if it says none. */
static int64_t count_of(pol_value schema, const char *name)
{
    int64_t n;
    pol_value value = pol_get_name(schema, name);
    return pol_is_number(value) && pol_number_int64(value, &n) ? n : -1;
}

static bool matches(validation *v, pol_value pattern, pol_value text)
{
    pol_matcher m;
    return pol_matcher_init(&m, v->schema.call, pattern) &&
           pol_matcher_test(&m, text);
}

static void string(validation *v, pol_value schema, pol_value node,
                   const place *at, result *r)
{
    int64_t least = count_of(schema, "minLength");
    int64_t most = count_of(schema, "maxLength");
    int64_t len = (int64_t)pol_rune_count(node.str, node.len);
    pol_value pattern = pol_get_name(schema, "pattern");
    if (least >= 0 && len < least)
        ERROR("string_gte",
              "String length must be greater than or equal to %lld",
              (long long)least);
    if (most >= 0 && len > most)
        ERROR("string_lte", "String length must be less than or equal to %lld",
              (long long)most);
    if (pol_is_string(pattern) && !matches(v, pattern, node))
        ERROR("pattern", "Does not match pattern '%.*s'", (int)pattern.len,
              pattern.str);
    format(v, schema, node, at, r);
    r->score++;
}

/* ---- arrays -------------------------------------------------------------- */

static void items(validation *v, pol_value schema, pol_value node,
                  const place *at, result *r)
{
    pol_value each = pol_get_name(schema, "items");
    pol_value more = pol_get_name(schema, "additionalItems");
    if (!pol_is_defined(each))
        return;
    uint32_t listed = each.tag == POL_ARRAY ? each.len : node.len;
    for (uint32_t i = 0; i < node.len; i++) {
        place here = {at, STEP_INDEX, pol_undefined(), i};
        if (i < listed) {
            validate(v, each.tag == POL_ARRAY ? pol_at(each, i) : each,
                     pol_at(node, i), &here, r);
        } else if (more.tag == POL_FALSE) {
            ERROR("array_no_additional_items",
                  "No additional items allowed on array");
            return;
        } else if (more.tag == POL_OBJECT) {
            validate(v, more, pol_at(node, i), &here, r);
        }
    }
}

static void unique(validation *v, pol_value node, const place *at, result *r)
{
    pol_call_spend(v->schema.call, (uint64_t)node.len * node.len / 16);
    for (uint32_t i = 1; i < node.len; i++)
        for (uint32_t k = i; k-- > 0;)
            if (pol_equal(pol_at(node, i), pol_at(node, k))) {
                ERROR("unique", "array items[%u,%u] must be unique", k, i);
                break;
            }
}

static void contains(validation *v, pol_value schema, pol_value node,
                     const place *at, result *r)
{
    pol_value want = keyword(v, schema, "contains");
    result best;
    if (!pol_is_defined(want))
        return;
    result_init(v, &best);
    for (uint32_t i = 0; i < node.len; i++) {
        result one;
        place here = {at, STEP_INDEX, pol_undefined(), i};
        if (attempt(v, want, pol_at(node, i), &here, &one))
            return;
        if (i == 0 || one.score > best.score)
            best = one;
    }
    ERROR("contains", "At least one of the items must match");
    merge(r, &best);
}

static void array(validation *v, pol_value schema, pol_value node,
                  const place *at, result *r)
{
    int64_t least = count_of(schema, "minItems");
    int64_t most = count_of(schema, "maxItems");
    items(v, schema, node, at, r);
    if (least >= 0 && node.len < least)
        ERROR("array_min_items", "Array must have at least %lld items",
              (long long)least);
    if (most >= 0 && node.len > most)
        ERROR("array_max_items", "Array must have at most %lld items",
              (long long)most);
    if (pol_get_name(schema, "uniqueItems").tag == POL_TRUE)
        unique(v, node, at, r);
    contains(v, schema, node, at, r);
    r->score++;
}

/* ---- objects ------------------------------------------------------------- */

/* Validates a member by the patterns that its name matches; is there one? */
static bool by_pattern(validation *v, pol_value schema, pol_value name,
                       pol_value member, const place *at, result *r)
{
    pol_value patterns = pol_get_name(schema, "patternProperties");
    place here = {at, STEP_NAME, name, 0};
    bool found = false;
    for (uint32_t i = 0; patterns.tag == POL_OBJECT && i < patterns.len; i++)
        if (matches(v, pol_key_at(patterns, i), name)) {
            found = true;
            validate(v, pol_value_at(patterns, i), member, &here, r);
        }
    r->score += found ? 1 : 0;
    return found;
}

static void members(validation *v, pol_value schema, pol_value node,
                    const place *at, result *r)
{
    pol_value known = pol_get_name(schema, "properties");
    pol_value more = pol_get_name(schema, "additionalProperties");
    for (uint32_t i = 0; i < node.len; i++) {
        pol_value name = pol_key_at(node, i);
        place here = {at, STEP_NAME, name, 0};
        bool listed =
            known.tag == POL_OBJECT && pol_is_defined(pol_get(known, name));
        bool found = by_pattern(v, schema, name, pol_value_at(node, i), at, r);
        if (listed || found)
            continue;
        if (more.tag == POL_FALSE)
            ERROR("additional_property_not_allowed",
                  "Additional property %.*s is not allowed", (int)name.len,
                  name.str);
        else if (more.tag == POL_OBJECT)
            validate(v, more, pol_value_at(node, i), &here, r);
    }
}

static void names(validation *v, pol_value schema, pol_value node,
                  const place *at, result *r)
{
    pol_value want = keyword(v, schema, "propertyNames");
    for (uint32_t i = 0; pol_is_defined(want) && i < node.len; i++) {
        result one;
        pol_value name = pol_key_at(node, i);
        if (attempt(v, want, name, at, &one))
            continue;
        ERROR("invalid_property_name",
              "Property name of \"%.*s\" does not match", (int)name.len,
              name.str);
        merge(r, &one);
    }
}

static void object(validation *v, pol_value schema, pol_value node,
                   const place *at, result *r)
{
    int64_t least = count_of(schema, "minProperties");
    int64_t most = count_of(schema, "maxProperties");
    pol_value required = pol_get_name(schema, "required");
    if (least >= 0 && node.len < least)
        ERROR("array_min_properties", "Must have at least %lld properties",
              (long long)least);
    if (most >= 0 && node.len > most)
        ERROR("array_max_properties", "Must have at most %lld properties",
              (long long)most);
    for (uint32_t i = 0; required.tag == POL_ARRAY && i < required.len; i++) {
        pol_value name = pol_at(required, i);
        if (pol_is_defined(pol_get(node, name)))
            r->score++;
        else
            ERROR("required", "%.*s is required", (int)name.len, name.str);
    }
    members(v, schema, node, at, r);
    names(v, schema, node, at, r);
    r->score++;
}

static void properties(validation *v, pol_value schema, pol_value node,
                       const place *at, result *r)
{
    pol_value known = pol_get_name(schema, "properties");
    for (uint32_t i = 0; known.tag == POL_OBJECT && i < known.len; i++) {
        pol_value name = pol_key_at(known, i);
        pol_value member = pol_get(node, name);
        place here = {at, STEP_NAME, name, 0};
        if (pol_is_defined(member))
            validate(v, pol_value_at(known, i), member, &here, r);
    }
}

/* ---- all together -------------------------------------------------------- */

static void by_object(validation *v, pol_value schema, pol_value node,
                      const place *at, result *r)
{
    const char *why;
    pol_value ref = pol_get_name(schema, "$ref");
    if (pol_is_string(ref)) {
        pol_value target = pol_schema_target(&v->schema, ref, &why);
        if (pol_is_defined(target))
            validate(v, target, node, at, r);
        return;
    }
    if (!type_fits(v, schema, node, at, r))
        return;
    combinations(v, schema, node, at, r);
    if (pol_is_number(node))
        number(v, schema, node, at, r);
    else if (pol_is_string(node))
        string(v, schema, node, at, r);
    else if (node.tag == POL_ARRAY)
        array(v, schema, node, at, r);
    else if (node.tag == POL_OBJECT)
        object(v, schema, node, at, r);
    common(v, schema, node, at, r);
    if (node.tag == POL_OBJECT)
        properties(v, schema, node, at, r);
    r->score++;
}

static void validate(validation *v, pol_value schema, pol_value node,
                     const place *at, result *r)
{
    pol_call_spend(v->schema.call, 20);
    if (v->depth == POL_SCHEMA_DEPTH)
        pol_call_limit(v->schema.call, "schema depth");
    v->depth++;
    if (schema.tag == POL_FALSE)
        ERROR("false", "False always fails validation");
    else if (schema.tag == POL_OBJECT)
        by_object(v, schema, node, at, r);
    v->depth--;
}

void pol_schema_match(const pol_schema *schema, pol_value document,
                      pol_builder *errors)
{
    static const place root = {.kind = STEP_ROOT};
    validation v = {.schema = *schema};
    result r;
    result_init(&v, &r);
    validate(&v, schema->root, document, &root, &r);
    *errors = r.errors;
}
