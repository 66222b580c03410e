/* SPDX-License-Identifier: Apache-2.0
 *
 * Defaults: values that are there without evaluating anything but closures, and
 * arguments that take everything. */
#include "default.h"

static const char *word_of(const pol_node *term)
{
    switch ((pol_node_kind)term->kind) {
    case POL_NODE_VAR:
        return "var";
    case POL_NODE_REF:
        return "ref";
    case POL_NODE_CALL:
        return "call";
    case POL_NODE_NULL:
        return "null";
    case POL_NODE_BOOL:
        return "boolean";
    case POL_NODE_NUMBER:
        return "number";
    case POL_NODE_STRING:
        return "string";
    case POL_NODE_ARRAY:
        return "array";
    case POL_NODE_OBJECT:
        return "object";
    case POL_NODE_SET:
        return "set";
    default:
        return "term";
    }
}

static void report(pol_diags *diags, const pol_node *term, const char *what,
                   const char *help)
{
    pol_diag *diag = pol_diag_add(diags, POL_DIAG_P0229, term->span,
                                  "a default's %s cannot contain %s", what,
                                  word_of(term));
    pol_diag_help(diags, diag, "%s", help);
}

static void check_value(pol_diags *diags, const pol_node *term)
{
    switch ((pol_node_kind)term->kind) {
    case POL_NODE_VAR:
    case POL_NODE_REF:
    case POL_NODE_CALL:
        report(diags, term, "value", "write a constant");
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

static void check_args(pol_diags *diags, const pol_ast_rule *rule)
{
    for (const pol_node *arg = rule->args; arg; arg = arg->next) {
        if (arg->kind != POL_NODE_VAR) {
            report(diags, arg, "arguments", "write a variable, or `_`");
            continue;
        }
        const pol_node *other = rule->args;
        while (other != arg && !pol_str_eq(other->text, arg->text))
            other = other->next;
        if (other == arg || pol_str_eq(arg->text, STR("_")))
            continue;
        pol_diag *diag =
            pol_diag_add(diags, POL_DIAG_P0229, arg->span,
                         "a default's arguments cannot be repeated");
        pol_diag_help(diags, diag, "use another name, or `_`");
    }
}

void pol_default_check(pol_diags *diags, const pol_ast_rule *rule)
{
    if (rule->value)
        check_value(diags, rule->value);
    check_args(diags, rule);
}
