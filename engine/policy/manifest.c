/* SPDX-License-Identifier: Apache-2.0
 *
 * pack.json: reading and checking its fields. */
#include "policy.h"

enum { LONGEST_NAME = 100 };

/* ---- pack.json ----------------------------------------------------------- */

typedef enum { TEXT, TEXTS, OBJECT } member_kind;

static const struct {
    const char *name;
    member_kind kind;
} members[] = {
    {"name", TEXT},        {"version", TEXT},    {"description", TEXT},
    {"enforcement", TEXT}, {"displayName", TEXT}, {"tags", TEXTS},
    {"readme", TEXT},      {"repository", TEXT}, {"config", OBJECT},
    {"policies", TEXTS},
};
enum { MEMBERS = sizeof members / sizeof *members };

static bool is_kind(pol_value v, member_kind kind)
{
    if (kind == TEXT)
        return v.tag == POL_STRING;
    if (kind == OBJECT)
        return v.tag == POL_OBJECT;
    for (uint32_t i = 0; v.tag == POL_ARRAY && i < v.len; i++) {
        if (v.items[i].tag != POL_STRING)
            return false;
    }
    return v.tag == POL_ARRAY;
}

static void unknown_member(pol_diags *diags, const pol_document *doc,
                           pol_value key)
{
    pol_str names[MEMBERS], name = {key.str, key.len};
    for (int i = 0; i < MEMBERS; i++)
        names[i] = pol_str_of(members[i].name);
    pol_diag *d = pol_policy_report(diags, POL_DIAG_P0451, doc, &key, 1,
                                    "unknown field `%.*s`", (int)key.len,
                                    key.str);
    int near = pol_str_closest(name, names, MEMBERS);
    if (near >= 0)
        pol_diag_help(diags, d, "did you mean `%s`?", members[near].name);
}

static void check_members(pol_diags *diags, const pol_document *doc)
{
    static const char *const words[] = {"a string", "an array of strings",
                                        "an object"};
    pol_value root = doc->roots[0];
    for (uint32_t i = 0; i < root.len; i++) {
        pol_value key = pol_key_at(root, i);
        int m = 0;
        while (m < MEMBERS && !(strlen(members[m].name) == key.len &&
                                !memcmp(members[m].name, key.str, key.len)))
            m++;
        if (m == MEMBERS)
            unknown_member(diags, doc, key);
        else if (!is_kind(pol_value_at(root, i), members[m].kind))
            pol_policy_report(diags, POL_DIAG_P0451, doc, &key, 1,
                              "`%s` must be %s", members[m].name,
                              words[members[m].kind]);
    }
}

static bool is_name(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                    (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
        if (!word)
            return false;
    }
    return len >= 1 && len <= LONGEST_NAME;
}

/* One number of a version: no leading zero. */
static const char *behind_number(const char *p, const char *end)
{
    const char *start = p;
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return p == start || (*start == '0' && p - start > 1) ? NULL : p;
}

/* Dot-separated words behind `-` or `+`. */
static const char *behind_words(const char *p, const char *end, bool numbers)
{
    for (;;) {
        const char *start = p;
        bool digits = true;
        while (p < end && (*p == '-' || is_name(p, 1)) && *p != '.' &&
               *p != '_') {
            digits = digits && *p >= '0' && *p <= '9';
            p++;
        }
        if (p == start || (numbers && digits && *start == '0' && p - start > 1))
            return NULL;
        if (p == end || *p != '.')
            return p;
        p++;
    }
}

static bool is_semver(pol_value v)
{
    const char *p = v.str, *end = v.str + v.len;
    for (int i = 0; i < 3; i++) {
        p = p < end ? behind_number(p, end) : NULL;
        if (!p || (i < 2 && (p == end || *p++ != '.')))
            return false;
    }
    if (p < end && *p == '-')
        p = behind_words(p + 1, end, true);
    if (p && p < end && *p == '+')
        p = behind_words(p + 1, end, false);
    return p == end;
}

static const char *text_of(pol_check *check, pol_value v)
{
    return v.tag == POL_STRING ? pol_arena_copy(&check->arena, v.str, v.len)
                               : "";
}

pol_level pol_policy_level(pol_value v)
{
    if (pol_string_is(v, "advisory"))
        return POL_LEVEL_ADVISORY;
    if (pol_string_is(v, "mandatory"))
        return POL_LEVEL_MANDATORY;
    if (pol_string_is(v, "remediate"))
        return POL_LEVEL_REMEDIATE;
    if (pol_string_is(v, "disabled"))
        return POL_LEVEL_DISABLED;
    return POL_LEVEL_UNSET;
}

static void read_name(pol_check *check, pol_policy_pack *pack, pol_diags *diags)
{
    pol_value root = pack->manifest->roots[0];
    pol_value name = pol_get_name(root, "name");
    pol_value version = pol_get_name(root, "version");
    pol_value name_at = pol_literal("name"), version_at = pol_literal("version");
    if (!pol_is_defined(name))
        pol_policy_report(diags, POL_DIAG_P0451, pack->manifest, NULL, 0,
                          "`name` is missing");
    else if (name.tag == POL_STRING && !is_name(name.str, name.len))
        pol_diag_help(diags,
                      pol_policy_report(diags, POL_DIAG_P0451, pack->manifest,
                                        &name_at, 1, "not a name for a pack"),
                      "1 to 100 letters, digits, `-`, `_` and `.`");
    if (!pol_is_defined(version))
        pol_policy_report(diags, POL_DIAG_P0451, pack->manifest, NULL, 0,
                          "`version` is missing");
    else if (version.tag == POL_STRING && !is_semver(version))
        pol_diag_help(diags,
                      pol_policy_report(diags, POL_DIAG_P0451, pack->manifest,
                                        &version_at, 1, "not a version"),
                      "versions are semantic ones, such as 1.0.0");
    pack->name = text_of(check, name);
    pack->version = text_of(check, version);
}

static void read_level(pol_policy_pack *pack, pol_diags *diags)
{
    pol_value level = pol_get_name(pack->manifest->roots[0], "enforcement");
    pol_value at = pol_literal("enforcement");
    pack->level = pol_policy_level(level);
    if (level.tag == POL_STRING && pack->level == POL_LEVEL_UNSET)
        pol_diag_help(diags,
                      pol_policy_report(diags, POL_DIAG_P0451, pack->manifest,
                                        &at, 1, "unknown level `%.*s`",
                                        (int)level.len, level.str),
                      "levels are advisory, mandatory, remediate, disabled");
}

bool pol_policy_manifest(pol_check *check, pol_policy_pack *pack,
                         const char *path, pol_diags *diags)
{
    uint32_t before = diags->errors;
    pol_srcs *srcs = arena_new(diags->arena, pol_srcs);
    pol_srcs_init(srcs, diags->arena);
    diags->srcs = srcs;
    pol_document *doc = arena_new(&check->arena, pol_document);
    pol_read_options options = {.format = POL_FORMAT_JSON};
    if (!pol_document_read_file(doc, path, &options, diags, srcs))
        return false;
    pack->manifest = doc;
    if (doc->count != 1 || doc->roots[0].tag != POL_OBJECT) {
        pol_policy_report(diags, POL_DIAG_P0451, doc, NULL, 0,
                          "pack.json must hold one object");
        return false;
    }
    check_members(diags, doc);
    read_name(check, pack, diags);
    read_level(pack, diags);
    pol_value config = pol_get_name(doc->roots[0], "config");
    if (config.tag == POL_OBJECT)
        pack->defaults = config;
    pack->description =
        text_of(check, pol_get_name(doc->roots[0], "description"));
    return diags->errors == before;
}
