/* SPDX-License-Identifier: Apache-2.0
 *
 * `config` of a policy declaration: an object of property schemas. What is
 * checked here is that the schemas are well formed, as far as polc reads JSON
 * Schema, and that defaults fit them in type and enumeration; values given by
 * users are validated when a pack is configured. */
#include "declaration.h"

typedef struct schemas {
    pol_compile *compile;
    const pol_node *node; /* the place for messages */
    bool good;
} schemas;

static void fault(schemas *s, const char *name, const char *what)
{
    s->good = false;
    pol_diag_add(s->compile->diags, POL_DIAG_P0407, s->node->span,
                 "schema of `%s`: %s", name, what);
}

static const char *name_of(const schemas *s, pol_value key)
{
    if (!pol_is_string(key))
        return "?";
    return pol_str_copy(s->compile->arena, (pol_str){key.str, key.len}).ptr;
}

/* ---- types --------------------------------------------------------------- */

static bool is_of_type(pol_value v, pol_value type)
{
    if (pol_string_is(type, "null"))
        return v.tag == POL_NULL;
    if (pol_string_is(type, "boolean"))
        return pol_is_bool(v);
    if (pol_string_is(type, "integer"))
        return pol_is_number(v) && pol_number_is_whole(v);
    if (pol_string_is(type, "number"))
        return pol_is_number(v);
    if (pol_string_is(type, "string"))
        return pol_is_string(v);
    if (pol_string_is(type, "array"))
        return v.tag == POL_ARRAY;
    return pol_string_is(type, "object") && v.tag == POL_OBJECT;
}

static bool is_type_name(pol_value type)
{
    static const char *const names[] = {
        "null", "boolean", "integer", "number", "string", "array", "object"};
    for (size_t i = 0; i < countof(names) && pol_is_string(type); i++) {
        if (pol_str_eq((pol_str){type.str, type.len}, pol_str_of(names[i])))
            return true;
    }
    return false;
}

static void check_type(schemas *s, const char *name, pol_value type)
{
    bool good = is_type_name(type);
    if (type.tag == POL_ARRAY) {
        good = type.len > 0;
        for (uint32_t i = 0; i < type.len; i++)
            good &= is_type_name(pol_at(type, i));
    }
    if (!good)
        fault(s, name,
              "`type` must be null, boolean, integer, number, string, array or "
              "object");
}

static bool fits_type(pol_value v, pol_value type)
{
    if (type.tag != POL_ARRAY)
        return is_of_type(v, type);
    for (uint32_t i = 0; i < type.len; i++) {
        if (is_of_type(v, pol_at(type, i)))
            return true;
    }
    return false;
}

/* ---- one schema ---------------------------------------------------------- */

typedef enum {
    ANY, NUMBER, COUNT, STRING, BOOL, SCHEMA, SCHEMAS, NAMES, ARRAY
} shape;

static const struct {
    const char *name;
    shape shape;
} keywords[] = {
    {"type", ANY},           {"default", ANY},
    {"description", STRING}, {"title", STRING},
    {"enum", ARRAY},         {"const", ANY},
    {"items", SCHEMA},       {"properties", SCHEMAS},
    {"required", NAMES},     {"additionalProperties", ANY},
    {"minimum", NUMBER},     {"maximum", NUMBER},
    {"exclusiveMinimum", ANY}, {"exclusiveMaximum", ANY},
    {"multipleOf", NUMBER},  {"minLength", COUNT},
    {"maxLength", COUNT},    {"minItems", COUNT},
    {"maxItems", COUNT},     {"minProperties", COUNT},
    {"maxProperties", COUNT}, {"uniqueItems", BOOL},
    {"pattern", STRING},     {"format", STRING},
    {"examples", ARRAY},
};

static bool is_names(pol_value v)
{
    for (uint32_t i = 0; v.tag == POL_ARRAY && i < v.len; i++) {
        if (!pol_is_string(pol_at(v, i)))
            return false;
    }
    return v.tag == POL_ARRAY;
}

static bool has_shape(pol_value v, shape want)
{
    int64_t count;
    switch (want) {
    case ANY:
        return true;
    case NUMBER:
        return pol_is_number(v);
    case COUNT:
        return pol_number_is_whole(v) && pol_number_int64(v, &count) &&
               count >= 0;
    case STRING:
        return pol_is_string(v);
    case BOOL:
        return pol_is_bool(v);
    case SCHEMA:
    case SCHEMAS:
        return v.tag == POL_OBJECT;
    case NAMES:
        return is_names(v);
    case ARRAY:
        return v.tag == POL_ARRAY;
    }
    return false;
}

static void check_schema(schemas *s, const char *name, pol_value schema);

static void check_keyword(schemas *s, const char *name, size_t keyword,
                          pol_value v)
{
    pol_arena *arena = s->compile->arena;
    if (!has_shape(v, keywords[keyword].shape)) {
        fault(s, name, pol_arena_printf(arena, "`%s` has a wrong value",
                                        keywords[keyword].name));
        return;
    }
    if (strcmp(keywords[keyword].name, "type") == 0)
        check_type(s, name, v);
    else if (keywords[keyword].shape == SCHEMA)
        check_schema(s, pol_arena_printf(arena, "%s[]", name), v);
    for (uint32_t i = 0; keywords[keyword].shape == SCHEMAS && i < v.len; i++)
        check_schema(s, pol_arena_printf(arena, "%s.%s", name,
                                         name_of(s, pol_key_at(v, i))),
                     pol_value_at(v, i));
}

/* A keyword that JSON Schema does not have is allowed there; one that is nearly
 * one is a mistake. */
static void check_unknown(schemas *s, const char *name, pol_value key)
{
    pol_str names[countof(keywords)];
    for (size_t i = 0; i < countof(keywords); i++)
        names[i] = pol_str_of(keywords[i].name);
    int best = pol_is_string(key)
                   ? pol_str_closest((pol_str){key.str, key.len}, names,
                                     countof(names))
                   : -1;
    if (best < 0)
        return;
    s->good = false;
    pol_diag *diag = pol_diag_add(s->compile->diags, POL_DIAG_P0407,
                                  s->node->span,
                                  "schema of `%s`: unknown keyword `%s`", name,
                                  name_of(s, key));
    pol_diag_help(s->compile->diags, diag, "did you mean `%s`?",
                  keywords[best].name);
}

static void check_default(schemas *s, const char *name, pol_value schema)
{
    pol_value v = pol_get_name(schema, "default");
    pol_value type = pol_get_name(schema, "type");
    pol_value allowed = pol_get_name(schema, "enum");
    if (!pol_is_defined(v))
        return;
    if (pol_is_defined(type) && !fits_type(v, type))
        fault(s, name, "the default has another type");
    else if (allowed.tag == POL_ARRAY && !pol_has(allowed, v))
        fault(s, name, "the default is none of `enum`");
}

static void check_schema(schemas *s, const char *name, pol_value schema)
{
    if (schema.tag != POL_OBJECT) {
        fault(s, name, "a schema is an object such as {\"type\": \"string\"}");
        return;
    }
    for (uint32_t i = 0; i < schema.len; i++) {
        pol_value key = pol_key_at(schema, i);
        size_t k = 0;
        while (k < countof(keywords) &&
               !(pol_is_string(key) &&
                 pol_str_eq((pol_str){key.str, key.len},
                            pol_str_of(keywords[k].name))))
            k++;
        if (k < countof(keywords))
            check_keyword(s, name, k, pol_value_at(schema, i));
        else
            check_unknown(s, name, key);
    }
    if (s->good)
        check_default(s, name, schema);
}

/* ---- the field ----------------------------------------------------------- */

/* The place of a property: its key in the source. */
static const pol_node *key_node(const pol_node *config, pol_value key)
{
    for (const pol_node *k = config->child; k; k = k->next->next) {
        if (k->kind == POL_NODE_STRING && pol_is_string(key) &&
            pol_str_eq(k->text, (pol_str){key.str, key.len}))
            return k;
    }
    return config;
}

static void check_required(schemas *s, pol_policy *policy)
{
    pol_value names = policy->config_required;
    for (uint32_t i = 0; i < names.len; i++) {
        if (!pol_is_defined(pol_get(policy->config, pol_at(names, i))))
            fault(s, "required", pol_arena_printf(
                                     s->compile->arena, "no property is named "
                                     "`%s`", name_of(s, pol_at(names, i))));
    }
}

static void add_property(schemas *s, pol_policy *policy, pol_value key,
                         pol_value schema)
{
    s->good = true;
    if (!pol_is_string(key)) {
        fault(s, "config", "names are strings");
        return;
    }
    if (pol_string_is(key, "required") && is_names(schema)) {
        policy->config_required = schema;
        policy->config = pol_object_without(s->compile->arena, policy->config,
                                            key);
        return;
    }
    if (pol_string_is(key, "enforcementLevel")) {
        fault(s, "enforcementLevel",
              "this name sets the level in a configuration");
        return;
    }
    check_schema(s, name_of(s, key), schema);
    pol_value value = schema.tag == POL_OBJECT ? pol_get_name(schema, "default")
                                               : pol_undefined();
    if (s->good && pol_is_defined(value))
        policy->config_defaults = pol_object_with(
            s->compile->arena, policy->config_defaults, key, value);
}

void pol_declaration_config(pol_compile *compile, pol_policy *policy,
                            const pol_node *node, pol_value config)
{
    schemas s = {.compile = compile, .node = node, .good = true};
    if (config.tag != POL_OBJECT) {
        pol_diag_add(compile->diags, POL_DIAG_P0403, node->span,
                     "`config` must be an object of property schemas");
        return;
    }
    policy->config = config;
    for (uint32_t i = 0; i < config.len; i++) {
        s.node = key_node(node, pol_key_at(config, i));
        add_property(&s, policy, pol_key_at(config, i),
                     pol_value_at(config, i));
    }
    s.node = key_node(node, pol_literal("required"));
    check_required(&s, policy);
}
