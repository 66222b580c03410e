/* SPDX-License-Identifier: Apache-2.0
 *
 * Imports of a module: names for references into `data` and `input`. The others
 * (`rego.v1`, `future.keywords`) were read by the parser. */
#include "resolve.h"

static const pol_node *head_of(const pol_ast_import *import)
{
    const pol_node *path = import->path;
    return path->kind == POL_NODE_REF ? path->child : path;
}

static bool gives_name(const pol_ast_import *import)
{
    const pol_node *head = head_of(import);
    return pol_str_eq(head->text, STR("data")) ||
           pol_str_eq(head->text, STR("input"));
}

pol_str pol_imports_name(const pol_ast_import *import)
{
    if (!gives_name(import))
        return (pol_str){"", 0};
    if (import->alias.len)
        return import->alias;
    const pol_node *path = import->path;
    if (path->kind != POL_NODE_REF)
        return (pol_str){"", 0}; /* `import data` names what it is */
    return path->last->text;
}

static void check_head(pol_resolver *r, const pol_ast_import *import)
{
    const pol_node *head = head_of(import);
    if (gives_name(import) || pol_str_eq(head->text, STR("rego")) ||
        pol_str_eq(head->text, STR("future")))
        return;
    pol_diag_add(r->compile->diags, POL_DIAG_P0102, import->path->span,
                 "an import begins with `data`, `input`, `future` or `rego`");
}

void pol_imports_enter(pol_resolver *r, const pol_ast_module *module)
{
    for (pol_ast_import *i = module->imports; i; i = i->next) {
        check_head(r, i);
        pol_str text = pol_imports_name(i);
        if (!text.len)
            continue;
        pol_name *name = pol_scope_name(&r->scopes, text);
        if (name->imported == r->module_epoch && !r->lenient) {
            pol_diag *diag = pol_diag_add(
                r->compile->diags, POL_DIAG_P0224, i->span,
                "import must not shadow the import of the same name `%.*s`",
                (int)text.len, text.ptr);
            pol_diag_label(r->compile->diags, diag, name->import->span,
                           "the first one");
            pol_diag_help(r->compile->diags, diag,
                          "remove one, or rename it with `as`");
            continue;
        }
        name->imported = r->module_epoch;
        name->import = i;
        name->import_used = false;
    }
}

void pol_imports_leave(pol_resolver *r, const pol_ast_module *module)
{
    if (!r->compile->strict)
        return;
    for (const pol_ast_import *i = module->imports; i; i = i->next) {
        pol_str text = pol_imports_name(i);
        if (!text.len)
            continue;
        const pol_name *name = pol_scope_name(&r->scopes, text);
        if (name->import != i || name->import_used)
            continue;
        pol_diag *diag =
            pol_diag_add(r->compile->diags, POL_DIAG_P0223, i->span,
                         "import `%.*s` unused", (int)text.len, text.ptr);
        pol_diag_help(r->compile->diags, diag, "remove it");
    }
}
