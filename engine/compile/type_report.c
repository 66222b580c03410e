/* SPDX-License-Identifier: Apache-2.0
 *
 * What is said about terms whose types cannot do. */
#include "types.h"

void pol_type_report_match(pol_checker *checker, pol_span span)
{
    if (!checker->refs_only)
        pol_diag_add(checker->compile->diags, POL_DIAG_P0206, span,
                     "match error: the two sides can never be equal");
}

static bool holds(const pol_typing *t, pol_typing_kind kind)
{
    if (t->kind != POL_TYPING_UNION)
        return t->kind == kind;
    for (uint32_t i = 0; i < t->count; i++) {
        if (t->parts[i]->kind == kind)
            return true;
    }
    return false;
}

/* "number or string" */
static const char *words(pol_checker *checker, const pol_typing *t)
{
    static const struct {
        pol_typing_kind kind;
        const char *word;
    } kinds[] = {{POL_TYPING_NULL, "null"},     {POL_TYPING_BOOL, "boolean"},
                 {POL_TYPING_NUMBER, "number"}, {POL_TYPING_STRING, "string"},
                 {POL_TYPING_ARRAY, "array"},   {POL_TYPING_OBJECT, "object"},
                 {POL_TYPING_SET, "set"}};
    const char *all = "";
    for (size_t i = 0; t && i < countof(kinds); i++) {
        if (holds(t, kinds[i].kind))
            all = *all ? pol_arena_printf(checker->arena, "%s or %s", all,
                                          kinds[i].word)
                       : kinds[i].word;
    }
    return *all ? all : "any";
}

void pol_type_report_argument(pol_checker *checker, const pol_node *call,
                              uint32_t number, const pol_typing *got)
{
    pol_compile *compile = checker->compile;
    if (checker->refs_only)
        return;
    const pol_builtin_entry *entry =
        call->slot >= 0
            ? pol_registry_at(compile->registry, (uint32_t)call->slot)
            : NULL;
    const char *name = entry ? entry->row->name
                             : ((const pol_rule *)call->link)->path.ptr;
    pol_diag *diag = pol_diag_add(compile->diags, POL_DIAG_P0205, call->span,
                                  "%s: invalid argument(s)", name);
    const pol_node *arg = pol_ast_child(call, number);
    pol_diag_label(compile->diags, diag, arg->span,
                   "argument %u is of type %s", number, words(checker, got));
    if (entry)
        pol_diag_help(compile->diags, diag, "it must be %s",
                      pol_type_text(number <= entry->arity
                                        ? entry->params[number - 1]
                                        : entry->result,
                                    checker->arena));
}

void pol_type_report_ref(pol_checker *checker, pol_span span)
{
    pol_diag_add(checker->compile->diags, POL_DIAG_P0207, span,
                 "undefined ref: what stands in front of it has no such "
                 "member");
}
