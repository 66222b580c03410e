/* SPDX-License-Identifier: Apache-2.0
 *
 * Calls: which rule or builtin an operator names, and does the number of
 * arguments fit. A literal that is a call may have one argument more, which is
 * unified with the result; that becomes a UNIFY here. */
#include "resolve.h"

#include "buf.h"

pol_str pol_resolve_dotted(const pol_resolver *r, const pol_node *term)
{
    if (term->kind == POL_NODE_VAR)
        return term->text;
    pol_buf out;
    pol_buf_init(&out, r->compile->arena);
    for (const pol_node *part = term->child; part; part = part->next) {
        if (part->kind != POL_NODE_STRING && part->kind != POL_NODE_VAR)
            return (pol_str){"", 0};
        if (part != term->child)
            pol_buf_char(&out, '.');
        pol_buf_str(&out, part->text);
    }
    return pol_buf_done(&out);
}

/* ---- unknown functions --------------------------------------------------- */

/* The function of the package, or the builtin, that is meant most likely. */
static pol_str closest_function(pol_resolver *r, pol_str name)
{
    uint32_t count = 0, room = 0;
    const pol_tree *first = r->package ? r->package->child : NULL;
    for (const pol_tree *c = first; c; c = c->next)
        room += c->rule && c->rule->kind == POL_RULE_FUNCTION;
    pol_str *names = arena_array(r->compile->arena, pol_str, room + 1);
    for (const pol_tree *c = first; c; c = c->next) {
        if (c->rule && c->rule->kind == POL_RULE_FUNCTION)
            names[count++] = c->name;
    }
    int best = pol_str_closest(name, names, count);
    return best >= 0 ? names[best]
                     : pol_registry_closest(r->compile->registry, name);
}

static void report_unknown(pol_resolver *r, const pol_node *op, pol_str name)
{
    pol_diag *diag = pol_diag_add(r->compile->diags, POL_DIAG_P0203, op->span,
                                  "undefined function `%.*s`", (int)name.len,
                                  name.ptr);
    if (pol_str_eq(name, STR("set")))
        return;
    pol_str meant = closest_function(r, name);
    if (meant.len)
        pol_diag_help(r->compile->diags, diag, "did you mean `%.*s`?",
                      (int)meant.len, meant.ptr);
}

/* ---- operators ----------------------------------------------------------- */

static bool has_arity(pol_resolver *r, const pol_node *call, uint32_t arity,
                      bool output)
{
    uint32_t given = call->count - 1;
    if (given == arity || (output && given == arity + 1))
        return true;
    pol_str name = call->slot == POL_SLOT_RULE
                       ? ((const pol_rule *)call->link)->path
                       : pol_resolve_dotted(r, call->child);
    pol_diag_add(r->compile->diags, POL_DIAG_P0204, call->span,
                 "function `%.*s` has arity %u, got %u argument%s",
                 (int)name.len, name.ptr, arity, given, given == 1 ? "" : "s");
    return false;
}

static bool resolve_rule_call(pol_resolver *r, pol_node *call, pol_tree *node,
                              bool output)
{
    pol_node *op = call->child;
    if (!node || !node->rule) {
        pol_str name = pol_resolve_dotted(r, op);
        report_unknown(r, op, name);
        return false;
    }
    const pol_rule *rule = node->rule;
    if (rule->kind != POL_RULE_FUNCTION) {
        if (call->count == 1) {
            report_unknown(r, op, rule->path);
            return false;
        }
        pol_diag *diag = pol_diag_add(
            r->compile->diags, POL_DIAG_P0204, call->span,
            "function `%s` has arity 0, got %u argument%s", rule->path.ptr,
            call->count - 1, call->count == 2 ? "" : "s");
        pol_diag_help(r->compile->diags, diag,
                      "it is no function: leave out the parentheses");
        return false;
    }
    call->slot = POL_SLOT_RULE;
    call->link = rule;
    pol_resolve_depend(r, node, NULL);
    return has_arity(r, call, rule->arity, output);
}

static void check_builtin(pol_resolver *r, const pol_node *call, bool statement)
{
    const pol_builtin_entry *entry =
        pol_registry_at(r->compile->registry, (uint32_t)call->slot);
    if ((entry->row->flags & POL_DEPRECATED) && !r->lenient)
        pol_diag_add(r->compile->diags, POL_DIAG_P0228, call->span,
                     "deprecated built-in function `%s`", entry->row->name);
    if (entry->is_void && !statement)
        pol_diag_add(r->compile->diags, POL_DIAG_P0231, call->span,
                     "`%s` has no value and is used as one", entry->row->name);
}

static bool resolve_builtin_call(pol_resolver *r, pol_node *call, bool output)
{
    pol_str name = pol_resolve_dotted(r, call->child);
    int32_t index =
        name.len ? pol_registry_find(r->compile->registry, name) : -1;
    if (index < 0) {
        report_unknown(r, call->child, name);
        return false;
    }
    call->slot = index;
    check_builtin(r, call, output);
    const pol_builtin_entry *entry =
        pol_registry_at(r->compile->registry, (uint32_t)index);
    return entry->variadic || has_arity(r, call, entry->arity, output);
}

/* Finds what the operator names. False when the call is wrong. */
static bool resolve_operator(pol_resolver *r, pol_node *call, bool output)
{
    pol_node *op = call->child;
    call->slot = POL_SLOT_NONE;
    pol_node *var = op->kind == POL_NODE_REF ? op->child : op;
    if (var->kind != POL_NODE_VAR) {
        report_unknown(r, op, STR("?"));
        return false;
    }
    pol_name *name = pol_scope_name(&r->scopes, var->text);
    bool hidden;
    if (pol_scope_use(&r->scopes, name, var, &hidden) || hidden) {
        report_unknown(r, op, pol_resolve_dotted(r, op));
        return false;
    }
    pol_global global = pol_resolve_global(r, name);
    if (global == POL_GLOBAL_NONE)
        return resolve_builtin_call(r, call, output);
    if (global == POL_GLOBAL_RULE && op->kind == POL_NODE_VAR)
        return resolve_rule_call(r, call, (pol_tree *)name->target, output);
    pol_str written = pol_resolve_dotted(r, op);
    pol_resolve_head(r, op);
    var = op->kind == POL_NODE_REF ? op->child : op;
    if (var->slot != POL_SLOT_DATA) {
        report_unknown(r, op, written);
        return false;
    }
    return resolve_rule_call(r, call, pol_resolve_path(r, op), output);
}

static void resolve_arguments(pol_resolver *r, pol_node *call)
{
    for (pol_node *arg = call->child->next; arg; arg = arg->next)
        pol_resolve_term(r, arg);
}

void pol_resolve_call(pol_resolver *r, pol_node *call)
{
    resolve_operator(r, call, false);
    resolve_arguments(r, call);
}

/* ---- calls as literals --------------------------------------------------- */

static bool is_print(pol_resolver *r, const pol_node *call)
{
    if (call->child->kind != POL_NODE_VAR ||
        !pol_str_eq(call->child->text, STR("print")))
        return false;
    pol_name *name = pol_scope_name(&r->scopes, STR("print"));
    return !name->top && pol_resolve_global(r, name) == POL_GLOBAL_NONE &&
           pol_registry_find(r->compile->registry, STR("internal.print")) >= 0;
}

static pol_node *new_node(pol_resolver *r, pol_node_kind kind, pol_span span)
{
    pol_node *node = pol_ast_node(r->compile->arena, kind, span);
    node->flags = POL_NODE_GENERATED;
    return node;
}

/* {x | x = arg}: empty where the argument is undefined. */
static pol_node *print_argument(pol_resolver *r, pol_node *arg)
{
    pol_span span = arg->span;
    pol_scopes *scopes = &r->scopes;
    pol_node *var = new_node(r, POL_NODE_VAR, span);
    var->text = STR("$print");
    var->slot = (int32_t)scopes->slots++;
    var->mark = (uint16_t)(r->depth + 1);
    pol_node *head = new_node(r, POL_NODE_VAR, span);
    head->text = var->text;
    head->slot = var->slot;
    head->mark = var->mark;
    pol_node *unify = new_node(r, POL_NODE_UNIFY, span);
    pol_ast_add(pol_ast_add(unify, var), arg);
    pol_node *body = pol_ast_add(new_node(r, POL_NODE_BODY, span), unify);
    pol_node *set = new_node(r, POL_NODE_SET_COMPR, span);
    return pol_ast_add(pol_ast_add(set, head), body);
}

/* print(a, b) becomes internal.print([{x | x = a}, {x | x = b}]). */
static void rewrite_print(pol_resolver *r, pol_node *call)
{
    r->depth++; /* the arguments will stand in comprehensions */
    resolve_arguments(r, call);
    r->depth--;
    pol_node *sets = new_node(r, POL_NODE_ARRAY, call->span);
    pol_node *next;
    for (pol_node *arg = call->child->next; arg; arg = next) {
        next = arg->next;
        pol_ast_add(sets, print_argument(r, arg));
    }
    call->child->text = STR("internal.print");
    call->child->next = NULL;
    call->last = call->child;
    call->count = 1;
    pol_ast_add(call, sets);
    call->slot = pol_registry_find(r->compile->registry, STR("internal.print"));
}

/* f(x, y) where f takes one argument: y = f(x). */
static void split_output(pol_node *literal, pol_node *call)
{
    pol_node *before = call->child;
    while (before->next != call->last)
        before = before->next;
    pol_node *output = call->last;
    before->next = NULL;
    call->last = before;
    call->count--;
    literal->kind = POL_NODE_UNIFY;
    literal->child = literal->last = NULL;
    literal->count = 0;
    pol_ast_add(pol_ast_add(literal, output), call);
}

void pol_resolve_statement(pol_resolver *r, pol_node *literal)
{
    pol_node *call = literal->child;
    if (is_print(r, call)) {
        rewrite_print(r, call);
        return;
    }
    bool known = resolve_operator(r, call, true);
    resolve_arguments(r, call);
    if (!known)
        return;
    uint32_t arity = call->slot == POL_SLOT_RULE
                         ? ((const pol_rule *)call->link)->arity
                         : pol_registry_at(r->compile->registry,
                                           (uint32_t)call->slot)->arity;
    bool variadic = call->slot >= 0 &&
                    pol_registry_at(r->compile->registry,
                                    (uint32_t)call->slot)->variadic;
    if (!variadic && call->count == arity + 2)
        split_output(literal, call);
}
