/* SPDX-License-Identifier: Apache-2.0
 *
 * `with`: the target is a path below a document, or a function. Nothing may be
 * replaced below a rule, and the functions that the engine itself is made of may
 * not be replaced at all. */
#include "resolve.h"

static void report_target(pol_resolver *r, const pol_node *target)
{
    pol_diag *diag = pol_diag_add(
        r->compile->diags, POL_DIAG_P0225, target->span,
        "the target of `with` must be input, data or a function that exists");
    pol_diag_help(r->compile->diags, diag,
                  "write `input…`, `data…`, or the name of a rule, function or "
                  "import");
}

static int32_t builtin_named(pol_resolver *r, const pol_node *term)
{
    pol_str name = pol_resolve_dotted(r, term);
    return name.len ? pol_registry_find(r->compile->registry, name) : -1;
}

static bool may_replace(pol_resolver *r, const pol_node *target)
{
    const pol_builtin *row =
        pol_registry_at(r->compile->registry, (uint32_t)target->slot)->row;
    const char *why = NULL;
    if (strcmp(row->name, "eq") == 0)
        why = "it is what `=` is made of";
    else if (strncmp(row->name, "internal.", 9) == 0)
        why = "it is internal";
    else if (row->flags & POL_RELATION)
        why = "it is a relation";
    if (!why)
        return true;
    pol_diag_add(r->compile->diags, POL_DIAG_P0227, target->span,
                 "built-in function `%s` cannot be replaced: %s", row->name, why);
    return false;
}

/* A path into data: a rule, a function or something that no rule is above of. */
static void check_data_target(pol_resolver *r, pol_node *target)
{
    pol_tree *node = r->compile->root;
    const pol_node *part =
        target->kind == POL_NODE_REF ? target->child->next : NULL;
    for (; part && part->kind == POL_NODE_STRING; part = part->next) {
        node = pol_tree_child(node, part->text);
        if (!node)
            return;
        if (!node->rule)
            continue;
        if (!part->next && node->rule->kind == POL_RULE_FUNCTION) {
            target->slot = POL_SLOT_RULE;
            target->link = node->rule;
            target->mark = POL_TARGET_FUNCTION;
        } else if (part->next) {
            pol_diag *diag = pol_diag_add(
                r->compile->diags, POL_DIAG_P0226, target->span,
                "`with` cannot replace a part of rule `%s`",
                node->rule->path.ptr);
            pol_diag_help(r->compile->diags, diag, "replace the whole rule");
            return;
        }
    }
    pol_resolve_depend(r, node, NULL);
}

/* The path of a target is constant. */
static void resolve_operands(pol_resolver *r, pol_node *rest)
{
    for (; rest; rest = rest->next) {
        pol_value value;
        pol_resolve_term(r, rest);
        if (pol_constant_term(r->compile->arena, rest, &value))
            continue;
        pol_diag *diag = pol_diag_add(
            r->compile->diags, POL_DIAG_P0201, rest->span,
            "the target of `with` has a part that is no constant");
        pol_diag_help(r->compile->diags, diag,
                      "write the path in constants, or replace what lies above");
    }
}

static bool put_document(pol_node *var)
{
    static const struct {
        const char *name;
        int32_t slot;
    } documents[] = {{"resource", POL_SLOT_RESOURCE},
                     {"stack", POL_SLOT_STACK},
                     {"config", POL_SLOT_CONFIG}};
    for (size_t i = 0; i < countof(documents); i++) {
        if (pol_str_eq(var->text, pol_str_of(documents[i].name))) {
            var->slot = documents[i].slot;
            return true;
        }
    }
    return false;
}

static void resolve_target(pol_resolver *r, pol_node *target)
{
    pol_node *var = target->kind == POL_NODE_REF ? target->child : target;
    pol_node *rest = target->kind == POL_NODE_REF ? var->next : NULL;
    if (var->kind != POL_NODE_VAR) {
        report_target(r, target);
        return;
    }
    if (pol_resolve_head(r, target)) {
        resolve_operands(r, rest);
        var = target->kind == POL_NODE_REF ? target->child : target;
        if (var->slot == POL_SLOT_CONFIG)
            var->link = NULL;
        if (var->slot == POL_SLOT_DATA)
            check_data_target(r, target);
        return;
    }
    const pol_name *name = pol_scope_name(&r->scopes, var->text);
    const pol_binding *top = name->top;
    if (top && (top->kind != POL_BIND_SEEN || top->origin)) {
        report_target(r, target);
        return;
    }
    if (put_document(var)) {
        resolve_operands(r, rest);
        return;
    }
    target->slot = builtin_named(r, target);
    if (target->slot < 0)
        report_target(r, target);
    else if (may_replace(r, target))
        target->mark = POL_TARGET_FUNCTION;
}

static uint32_t arity_of(const pol_resolver *r, const pol_node *function)
{
    return function->slot == POL_SLOT_RULE
               ? ((const pol_rule *)function->link)->arity
               : pol_registry_at(r->compile->registry,
                                 (uint32_t)function->slot)->arity;
}

/* Does the value of a replaced function name a function itself? It is marked as
 * the target is. */
static bool resolve_function_value(pol_resolver *r, pol_node *value)
{
    pol_node *var = value->kind == POL_NODE_REF ? value->child : value;
    if ((value->kind != POL_NODE_REF && value->kind != POL_NODE_VAR) ||
        var->kind != POL_NODE_VAR)
        return false;
    pol_name *name = pol_scope_name(&r->scopes, var->text);
    if (name->top)
        return false;
    pol_global global = pol_resolve_global(r, name);
    if (!global) {
        value->slot = builtin_named(r, value);
        value->mark = value->slot >= 0 ? POL_TARGET_FUNCTION : 0;
        return value->slot >= 0;
    }
    if (global != POL_GLOBAL_RULE && global != POL_GLOBAL_IMPORT &&
        global != POL_GLOBAL_DATA)
        return false;
    pol_resolve_head(r, value);
    var = value->kind == POL_NODE_REF ? value->child : value;
    if (var->slot != POL_SLOT_DATA)
        return false;
    const pol_tree *node = pol_resolve_path(r, value);
    if (!node || !node->rule || node->rule->kind != POL_RULE_FUNCTION)
        return false;
    pol_resolve_depend(r, node, NULL);
    value->slot = POL_SLOT_RULE;
    value->link = node->rule;
    value->mark = POL_TARGET_FUNCTION;
    return true;
}

/* A function in place of a rule is no value. OPA has that undefined, and so has
 * an element that an empty array does not have. */
static bool replace_function_value(pol_resolver *r, pol_node *value)
{
    pol_node probe = *value;
    if (!resolve_function_value(r, &probe) || probe.slot != POL_SLOT_RULE)
        return false;
    pol_arena *arena = r->compile->arena;
    pol_node *next = value->next;
    pol_node *ref = pol_ast_node(arena, POL_NODE_REF, value->span);
    ref->flags = POL_NODE_GENERATED;
    pol_ast_add(ref, pol_ast_node(arena, POL_NODE_ARRAY, value->span));
    pol_ast_add(ref, pol_ast_text(arena, POL_NODE_NUMBER, value->span, STR("0")));
    *value = *ref;
    value->next = next;
    return true;
}

/* What pol_resolve_head already rewrote must not be resolved again: its head is
 * `data`, which resolves to itself, so only operands count. */
void pol_resolve_with(pol_resolver *r, pol_node *with)
{
    pol_node *target = with->child;
    pol_node *value = target->next;
    r->compile->any_with = true;
    resolve_target(r, target);
    with->mark = target->mark;
    bool function = target->mark == POL_TARGET_FUNCTION;
    if (!function && replace_function_value(r, value))
        return;
    if (!function || !resolve_function_value(r, value)) {
        pol_resolve_term(r, value);
        return;
    }
    if (arity_of(r, target) != arity_of(r, value))
        pol_diag_add(r->compile->diags, POL_DIAG_P0204, value->span,
                     "a function of %u argument%s cannot replace one of %u",
                     arity_of(r, value), arity_of(r, value) == 1 ? "" : "s",
                     arity_of(r, target));
}
