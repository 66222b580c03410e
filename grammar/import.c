/* SPDX-License-Identifier: Apache-2.0
 *
 * The top of a module: its package and its imports. */
#include "item.h"

void pol_item_need_package(pol_build *build, pol_span span)
{
    if (build->module->package || build->packageless)
        return;
    build->packageless = true;
    pol_diag *diag = pol_diag_add(build->diags, POL_DIAG_P0111, span,
                                  "missing `package`");
    pol_diag_help(build->diags, diag,
                  "start the file with a declaration such as `package main`");
}

/* Whether it is a name, or a name and string constants behind it; else the
 * first node that breaks this comes back. */
static const pol_node *broken_path(const pol_node *ref)
{
    if (ref->kind == POL_NODE_VAR)
        return ref->flags & POL_NODE_PAREN ? ref : NULL;
    if (ref->kind != POL_NODE_REF || ref->child->kind != POL_NODE_VAR)
        return ref;
    for (const pol_node *part = ref->child->next; part; part = part->next)
        if (part->kind != POL_NODE_STRING)
            return part;
    return NULL;
}

void pol_item_package(pol_build *build, const pol_token *token, pol_node *ref)
{
    pol_ast_module *module = build->module;
    pol_span span = pol_span_join(pol_build_span(build, token), ref->span);
    if (module->package || build->packageless) {
        pol_diag *diag =
            pol_diag_add(build->diags, POL_DIAG_P0112,
                         pol_build_span(build, token), "unexpected `package`");
        if (module->package)
            pol_diag_label(build->diags, diag, module->package_span,
                           "the package of this file");
        return;
    }
    const pol_node *wrong = broken_path(ref);
    if (wrong) {
        pol_diag *diag = pol_diag_add(build->diags, POL_DIAG_P0127, wrong->span,
                                      "a package path is made of names");
        pol_diag_help(build->diags, diag,
                      "other words go into quotes: `package a[\"b-c\"]`");
    }
    pol_node *path = pol_ast_node(build->arena, POL_NODE_REF, POL_NO_SPAN);
    pol_node *first = ref->kind == POL_NODE_REF ? ref->child : ref;
    pol_node *rest = first->next;
    pol_ast_add(path, pol_ast_text(build->arena, POL_NODE_VAR, ref->span,
                                   STR("data")));
    first->kind = POL_NODE_STRING;
    pol_ast_add(path, first);
    while (rest) {
        pol_node *next = rest->next;
        pol_ast_add(path, rest);
        rest = next;
    }
    module->package = path;
    module->package_span = span;
}

/* --- imports --- */

static void bad_import(pol_build *build, pol_span span, const char *help)
{
    pol_diag *diag = pol_diag_add(build->diags, POL_DIAG_P0116, span,
                                  "this cannot be imported");
    pol_diag_help(build->diags, diag, "%s", help);
}

static bool text_at(const pol_node *ref, uint32_t n, const char *text)
{
    return n < ref->count &&
           pol_str_eq(pol_ast_child(ref, n)->text, pol_str_of(text));
}

/* `import rego.v1` and its kin. */
static void check_feature(pol_build *build, const pol_node *ref,
                          const pol_token *alias)
{
    static const char *const keywords[] = {"and", "contains", "every", "if",
                                           "in",  "not",      "or"};
    const pol_node *first = ref->kind == POL_NODE_REF ? ref->child : ref;
    bool good;
    const char *help;
    if (pol_str_eq(first->text, STR("rego"))) {
        good = ref->count == 2 && (text_at(ref, 1, "v1") ||
                                   text_at(ref, 1, "v2"));
        help = "known are `rego.v1` and `rego.v2`";
    } else {
        good = text_at(ref, 1, "keywords") && ref->count <= 3;
        bool known = ref->count < 3;
        for (size_t i = 0; good && i < countof(keywords); i++)
            known = known || text_at(ref, 2, keywords[i]);
        good = good && known;
        help = "known are `future.keywords` and, behind it, `and`, `contains`, "
               "`every`, `if`, `in`, `not`, `or`";
    }
    if (!good)
        bad_import(build, ref->span, help);
    else if (alias)
        pol_diag_add(build->diags, POL_DIAG_P0117, pol_build_span(build, alias),
                     "`%.*s` imports have no alias",
                     POL_BUILD_ARGS(first->text));
}

static void check_import(pol_build *build, const pol_node *ref,
                         const pol_token *alias)
{
    const pol_node *wrong = broken_path(ref);
    if (wrong) {
        bad_import(build, wrong->span,
                   "a path is made of names and strings: "
                   "`data.a.b`, `input[\"c\"]`");
        return;
    }
    const pol_node *first = ref->kind == POL_NODE_REF ? ref->child : ref;
    if (pol_str_eq(first->text, STR("rego")) ||
        pol_str_eq(first->text, STR("future"))) {
        check_feature(build, ref, alias);
        return;
    }
    if (!pol_str_eq(first->text, STR("data")) &&
        !pol_str_eq(first->text, STR("input"))) {
        bad_import(build, first->span,
                   "paths begin with `data`, `input`, `future` or `rego`");
        return;
    }
    pol_str name = ref->kind == POL_NODE_REF ? ref->last->text : STR("");
    bool open = pol_str_eq(name, STR("data")) || pol_str_eq(name, STR("input"));
    if (!alias && pol_lex_reserved(name) && !open) {
        pol_diag *diag = pol_diag_add(build->diags, POL_DIAG_P0116,
                                      ref->last->span,
                                      "the path ends with the keyword `%.*s`",
                                      POL_BUILD_ARGS(name));
        pol_diag_help(build->diags, diag, "give it a name with `as`");
    }
}

void pol_item_import(pol_build *build, const pol_token *token, pol_node *ref,
                     const pol_token *alias)
{
    pol_ast_import *import = arena_new(build->arena, pol_ast_import);
    import->span = pol_span_join(pol_build_span(build, token), ref->span);
    import->path = ref;
    pol_item_need_package(build, pol_build_span(build, token));
    if (alias) {
        import->alias = pol_lex_text(build->lex, alias);
        import->alias_span = pol_build_span(build, alias);
        import->span = pol_span_join(import->span, import->alias_span);
        bool contains = (build->keywords & POL_KEYWORD_CONTAINS) &&
                        pol_str_eq(import->alias, STR("contains"));
        if (contains || pol_str_eq(import->alias, STR("data")) ||
            pol_str_eq(import->alias, STR("input")))
            pol_diag_add(build->diags, POL_DIAG_P0117, import->alias_span,
                         "`%.*s` cannot be an alias",
                         POL_BUILD_ARGS(import->alias));
    }
    check_import(build, ref, alias);
    if (build->last_import)
        build->last_import->next = import;
    else
        build->module->imports = import;
    build->last_import = import;
}
