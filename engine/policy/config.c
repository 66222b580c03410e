/* SPDX-License-Identifier: Apache-2.0
 *
 * Levels and configuration. Layers, low to high: advisory, the pack's level, the
 * policy's level, `config` of pack.json, the user's file; in each of the last
 * two `all` comes before the policy's own entry. Properties of a higher layer
 * replace those of a lower one; the result is validated, so a wrong default is
 * found, too. Everything that is wrong is reported. */
#include <stdarg.h>

#include "policy.h"
#include "schema.h"

/* One configuration document being applied to a pack. */
typedef struct layer {
    pol_check *check;
    const pol_policy_pack *pack;
    pol_diags *diags;
    const pol_document *doc;
    pol_value root;       /* its object */
    pol_value prefix;     /* the member of the document it is, or undefined */
    pol_policy_item *item; /* while a policy is configured */
} layer;

/* Reports at a path of up to 3 names below the layer's object. */
static pol_diag *report(layer *l, pol_diag_code code, pol_value policy,
                        pol_value property, const char *text)
{
    pol_value path[3];
    uint32_t n = 0;
    if (pol_is_defined(l->prefix))
        path[n++] = l->prefix;
    if (pol_is_defined(policy))
        path[n++] = policy;
    if (pol_is_defined(property))
        path[n++] = property;
    return pol_policy_report(l->diags, code, l->doc, path, n, "%s", text);
}

static const char *format(layer *l, const char *fmt, ...) POL_PRINTF(2, 3);
static const char *format(layer *l, const char *fmt, ...)
{
    char text[768];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return pol_arena_copy(l->diags->arena, text, strlen(text));
}

static pol_policy_item *find(const layer *l, pol_value name)
{
    for (uint32_t i = 0; i < l->pack->count; i++) {
        pol_policy_item *item = &l->check->items[l->pack->first + i];
        if (strlen(item->name) == name.len &&
            !memcmp(item->name, name.str, name.len))
            return item;
    }
    return NULL;
}

/* ---- names that are not there -------------------------------------------- */

static void suggest(layer *l, pol_diag *diag, pol_value name, pol_str *names,
                    uint32_t count)
{
    int near = pol_str_closest((pol_str){name.str, name.len}, names, count);
    if (near >= 0)
        pol_diag_help(l->diags, diag, "did you mean `%.*s`?",
                      (int)names[near].len, names[near].ptr);
}

static void unknown_policy(layer *l, pol_value name)
{
    pol_diag *d = report(l, POL_DIAG_P0453, name, pol_undefined(),
                         format(l, "pack `%s` has no policy `%.*s`",
                                l->pack->name, (int)name.len, name.str));
    if (pol_string_is(name, "environments")) {
        pol_diag_help(l->diags, d, "environments of Pulumi Cloud are not read; "
                                   "write their policyConfig here");
        return;
    }
    uint32_t count = l->pack->count;
    pol_str *names = arena_array(l->diags->arena, pol_str, count + 1);
    for (uint32_t i = 0; i < count; i++)
        names[i] = pol_str_of(l->check->items[l->pack->first + i].name);
    names[count] = STR("all");
    suggest(l, d, name, names, count + 1);
}

static void unknown_property(layer *l, pol_value property)
{
    pol_value schemas = l->item->schemas;
    pol_value policy = pol_string(l->item->name, strlen(l->item->name));
    pol_diag *d = report(l, POL_DIAG_P0455, policy, property,
                         format(l, "policy `%s` has no property `%.*s`",
                                l->item->name, (int)property.len,
                                property.str));
    uint32_t count = schemas.tag == POL_OBJECT ? schemas.len : 0;
    pol_str *names = arena_array(l->diags->arena, pol_str, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        pol_value key = pol_key_at(schemas, i);
        names[i] = (pol_str){key.str, key.len};
    }
    names[count] = STR("enforcementLevel");
    suggest(l, d, property, names, count + 1);
}

/* ---- one layer ----------------------------------------------------------- */

/* UNSET with a report when it is no level. */
static pol_level level_of(layer *l, pol_value policy, pol_value property,
                          pol_value v)
{
    pol_level level = pol_policy_level(v);
    if (level != POL_LEVEL_UNSET)
        return level;
    size_t len;
    const char *text = pol_value_text(l->diags->arena, v, POL_TEXT_JSON, &len);
    pol_diag *d = report(l, POL_DIAG_P0454, policy, property,
                         format(l, "policy `%.*s`: %.80s is not a level",
                                (int)policy.len, policy.str, text));
    pol_diag_help(l->diags, d,
                  "levels are advisory, mandatory, remediate, disabled");
    return level;
}

static void apply_all(layer *l, pol_value v)
{
    pol_value name = pol_literal("all"), at = pol_undefined();
    if (v.tag == POL_OBJECT) {
        at = pol_literal("enforcementLevel");
        for (uint32_t i = 0; i < v.len; i++) {
            if (!pol_equal(pol_key_at(v, i), at))
                report(l, POL_DIAG_P0455, name, pol_key_at(v, i),
                       "`all` takes a level and no properties");
        }
        v = pol_get(v, at);
        if (!pol_is_defined(v))
            return;
    }
    pol_level level = level_of(l, name, at, v);
    for (uint32_t i = 0; level != POL_LEVEL_UNSET && i < l->pack->count; i++)
        l->check->items[l->pack->first + i].level = level;
}

static void apply_property(layer *l, pol_value key, pol_value v)
{
    pol_policy_item *item = l->item;
    pol_value policy = pol_string(item->name, strlen(item->name));
    if (pol_string_is(key, "enforcementLevel")) {
        pol_level level = level_of(l, policy, key, v);
        if (level != POL_LEVEL_UNSET)
            item->level = level;
        return;
    }
    bool known = item->schemas.tag == POL_OBJECT &&
                 pol_is_defined(pol_get(item->schemas, key));
    if (!known)
        unknown_property(l, key);
    else
        item->config =
            pol_object_with(&l->check->arena, item->config, key,
                            pol_copy(&l->check->arena, v));
}

static void apply_policy(layer *l, pol_value name, pol_value v)
{
    l->item = find(l, name);
    if (!l->item) {
        unknown_policy(l, name);
        return;
    }
    if (v.tag != POL_OBJECT) {
        pol_level level = v.tag == POL_STRING
                              ? level_of(l, name, pol_undefined(), v)
                              : POL_LEVEL_UNSET;
        if (level != POL_LEVEL_UNSET)
            l->item->level = level;
        else if (v.tag != POL_STRING)
            report(l, POL_DIAG_P0458, name, pol_undefined(),
                   format(l, "policy `%s`: must be a level or an object",
                          l->item->name));
        return;
    }
    for (uint32_t i = 0; i < v.len; i++)
        apply_property(l, pol_key_at(v, i), pol_value_at(v, i));
}

static void apply(layer *l)
{
    if (l->root.tag != POL_OBJECT) {
        report(l, POL_DIAG_P0458, pol_undefined(), pol_undefined(),
               "configuration must be an object");
        return;
    }
    pol_value all = pol_get_name(l->root, "all");
    if (pol_is_defined(all))
        apply_all(l, all);
    for (uint32_t i = 0; i < l->root.len; i++) {
        pol_value key = pol_key_at(l->root, i);
        if (!pol_string_is(key, "all"))
            apply_policy(l, key, pol_value_at(l->root, i));
    }
}

/* ---- validation ---------------------------------------------------------- */

/* "allow[1].name" */
static const char *path_text(pol_arena *arena, const pol_value *path,
                             uint32_t len)
{
    char text[256] = "";
    size_t n = 0;
    for (uint32_t i = 0; i < len && n < sizeof text; i++) {
        pol_value key = path[i];
        if (key.tag == POL_STRING)
            n += (size_t)snprintf(text + n, sizeof text - n, "%s%.*s",
                                  i ? "." : "", (int)key.len, key.str);
        else
            n += (size_t)snprintf(text + n, sizeof text - n, "[%lld]",
                                  (long long)key.i);
    }
    return pol_arena_copy(arena, text, strlen(text));
}

/* A problem of the user's value is shown in the user's file, one of a default
 * where the policy is declared. */
static void value_problem(void *host, const pol_value *path, uint32_t path_len,
                          const char *text)
{
    layer *l = host;
    pol_policy_item *item = l->item;
    const char *where = path_text(l->diags->arena, path, path_len);
    pol_value whole[POL_SCHEMA_NESTING + 1];
    whole[0] = pol_string(item->name, strlen(item->name));
    memcpy(whole + 1, path, path_len * sizeof *path);
    pol_value mine = l->doc && l->doc->count
                         ? pol_get(l->doc->roots[0], whole[0])
                         : pol_undefined();
    if (path_len && pol_is_defined(pol_get(mine, path[0]))) {
        pol_policy_report(l->diags, POL_DIAG_P0456, l->doc, whole, path_len + 1,
                          "policy `%s`: `%s` %s", item->name, where, text);
        return;
    }
    l->diags->srcs = &l->pack->modules->srcs;
    pol_diag_add(l->diags, POL_DIAG_P0456, item->span, "policy `%s`: `%s` %s",
                 item->name, where, text);
}

/* Each schema hangs below the name of its property. */
static pol_value as_object_schema(pol_arena *arena, const pol_policy_item *item)
{
    pol_builder b;
    pol_builder_init(&b, arena, POL_OBJECT);
    pol_builder_put(&b, pol_literal("properties"), item->schemas);
    return pol_builder_done(&b);
}

static void check_required(layer *l)
{
    pol_policy_item *item = l->item;
    for (uint32_t i = 0;
         item->required.tag == POL_ARRAY && i < item->required.len; i++) {
        pol_value name = item->required.items[i];
        if (pol_is_defined(pol_get(item->config, name)))
            continue;
        pol_value policy = pol_string(item->name, strlen(item->name));
        const char *text =
            format(l, "policy `%s`: the property `%.*s` must be configured",
                   item->name, (int)name.len, name.str);
        pol_diag *d;
        if (l->doc) {
            d = report(l, POL_DIAG_P0456, policy, pol_undefined(), text);
        } else {
            l->diags->srcs = &l->pack->modules->srcs;
            d = pol_diag_add(l->diags, POL_DIAG_P0456, item->span, "%s", text);
        }
        pol_diag_help(l->diags, d, "give a file with --pack-config");
    }
}

static void validate(layer *l)
{
    pol_policy_item *item = l->item;
    if (item->level == POL_LEVEL_DISABLED)
        return;
    check_required(l);
    if (item->schemas.tag != POL_OBJECT)
        return;
    pol_schema s = {.arena = &l->check->arena,
                    .registry = &l->check->engine->registry,
                    .sink = {l, value_problem}};
    pol_schema_validate(&s, as_object_schema(&l->check->arena, item),
                        item->config);
}

/* Properties whose schema says `secret` show nowhere. */
static void hide_secrets(pol_arena *arena, pol_policy_item *item)
{
    pol_value schemas = item->schemas;
    for (uint32_t i = 0; schemas.tag == POL_OBJECT && i < schemas.len; i++) {
        pol_value key = pol_key_at(schemas, i), v = pol_get(item->config, key);
        pol_value secret = pol_get_name(pol_value_at(schemas, i), "secret");
        if (secret.tag == POL_TRUE && pol_is_defined(v))
            item->config = pol_object_with(arena, item->config, key,
                                           pol_resource_secret(arena, v));
    }
}

/* ---- all of a pack ------------------------------------------------------- */

/* Defaults of the properties, level of the policy or the pack. */
static void start(pol_check *check, const pol_policy_pack *pack,
                  pol_policy_item *item)
{
    item->level = item->declared != POL_LEVEL_UNSET ? item->declared
                  : pack->level != POL_LEVEL_UNSET  ? pack->level
                                                    : POL_LEVEL_ADVISORY;
    pol_builder b;
    pol_builder_init(&b, &check->arena, POL_OBJECT);
    pol_value schemas = item->schemas;
    for (uint32_t i = 0; schemas.tag == POL_OBJECT && i < schemas.len; i++) {
        pol_value v = pol_get_name(pol_value_at(schemas, i), "default");
        if (pol_is_defined(v))
            pol_builder_put(&b, pol_key_at(schemas, i), v);
    }
    item->config = pol_builder_done(&b);
}

bool pol_policy_configure(pol_check *check, const pol_policy_pack *pack,
                          pol_diags *diags)
{
    uint32_t before = diags->errors;
    layer l = {.check = check, .pack = pack, .diags = diags};
    for (uint32_t i = 0; i < pack->count; i++)
        start(check, pack, &check->items[pack->first + i]);
    if (pol_is_defined(pack->defaults)) {
        l.doc = pack->manifest;
        l.root = pack->defaults;
        l.prefix = pol_literal("config");
        apply(&l);
    }
    l.doc = pack->config;
    l.prefix = pol_undefined();
    if (pack->config && pack->config->count) {
        l.root = pack->config->roots[0];
        apply(&l);
    }
    for (uint32_t i = 0; i < pack->count; i++) {
        l.item = &check->items[pack->first + i];
        validate(&l);
        hide_secrets(&check->arena, l.item);
    }
    return diags->errors == before;
}
