/* SPDX-License-Identifier: Apache-2.0
 *
 * Defaults: values that are there without evaluating anything but closures. What
 * arguments a default may have is the parser's matter. */
#include "default.h"

static void report(pol_diags *diags, const pol_node *term, const char *word)
{
    pol_diag *diag =
        pol_diag_add(diags, POL_DIAG_P0229, term->span,
                     "the value of a default cannot contain %s", word);
    pol_diag_help(diags, diag, "write a constant");
}

static void check_value(pol_diags *diags, const pol_node *term)
{
    switch ((pol_node_kind)term->kind) {
    case POL_NODE_VAR:
        report(diags, term, "a variable");
        break;
    case POL_NODE_REF:
        report(diags, term, "a reference");
        break;
    case POL_NODE_CALL:
        report(diags, term, "a call");
        break;
    case POL_NODE_ARRAY:
    case POL_NODE_OBJECT:
    case POL_NODE_SET:
        for (const pol_node *t = term->child; t; t = t->next)
            check_value(diags, t);
        break;
    default:
        break;
    }
}

void pol_default_check(pol_diags *diags, const pol_ast_rule *rule)
{
    if (rule->value)
        check_value(diags, rule->value);
}
