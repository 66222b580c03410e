/* SPDX-License-Identifier: Apache-2.0
 *
 * The type check. Every definition is walked once, in the order in which its
 * literals run, with what is known of its variables; what its head comes to is
 * kept for the rules that refer to it, which is why a rule may be walked in the
 * middle of another. */
#include "types.h"

/* Rules that are needed by one another deeper than this are not known. */
enum { DEEPEST = 64 };

static void check_literal(pol_checker *c, pol_node *literal);

/* ---- literals ------------------------------------------------------------ */

static void check_equal(pol_checker *c, pol_node *literal, pol_node *a,
                        pol_node *b)
{
    pol_match_calls(c, b);
    pol_match_calls(c, a);
    const pol_typing *of_b = pol_infer_term(c, b);
    const pol_typing *of_a = pol_infer_term(c, a);
    if (!pol_match_terms(c, a, of_a, b, of_b))
        pol_type_report_match(c, literal->span);
}

static void check_expr(pol_checker *c, pol_node *literal)
{
    pol_node *term = literal->child;
    if (!c->is_query && term->count == 3 && pol_infer_calls(c, term, "equal")) {
        check_equal(c, literal, term->child->next, term->last);
        return;
    }
    pol_match_calls(c, term);
    pol_infer_term(c, term);
}

/* `some k, v in xs` means v = xs[k]. */
static void check_some_in(pol_checker *c, pol_node *literal)
{
    static const pol_node wildcard = {.kind = POL_NODE_VAR,
                                      .slot = POL_SLOT_NONE};
    pol_node *domain = literal->last, *value = literal->child;
    pol_node key = wildcard, *by = &key;
    if (literal->flags & POL_NODE_KEYED) {
        by = value;
        value = value->next;
    }
    const pol_typing *xs = pol_infer_settled(c, domain);
    if (pol_infer_is_scalar(domain)) {
        pol_type_report_match(c, literal->span);
        return;
    }
    const pol_typing *t = pol_infer_member(c, xs, by);
    if (!t)
        pol_type_report_ref(c, literal->span);
    else if (!pol_match_term(c, value, pol_infer_term(c, value), t))
        pol_type_report_match(c, literal->span);
}

/* Like OPA, does not look for more than references in the bodies of `every`,
 * of `not { … }`, and in the operands of `and` and `or`. */
static void check_inner(pol_checker *c, pol_node *node)
{
    bool refs_only = c->refs_only;
    c->refs_only = true;
    pol_types_refs(c, node);
    c->refs_only = refs_only;
}

static void check_every(pol_checker *c, pol_node *literal)
{
    for (pol_node *n = literal->child; n->next; n = n->next) {
        if (!n->next->next) /* the domain */
            pol_infer_settled(c, n);
    }
    check_inner(c, literal->last);
}

static void check_parts(pol_checker *c, pol_node *literal)
{
    switch ((pol_node_kind)literal->kind) {
    case POL_NODE_EXPR:
        check_expr(c, literal);
        break;
    case POL_NODE_ASSIGN:
    case POL_NODE_UNIFY:
        check_equal(c, literal, literal->child, literal->last);
        break;
    case POL_NODE_NOT:
        if (literal->child->kind == POL_NODE_BODY)
            check_inner(c, literal->child);
        else
            check_literal(c, literal->child);
        break;
    case POL_NODE_AND:
    case POL_NODE_OR:
        for (pol_node *n = literal->child; n; n = n->next)
            check_inner(c, n);
        break;
    case POL_NODE_SOME_IN:
        check_some_in(c, literal);
        break;
    case POL_NODE_EVERY:
        check_every(c, literal);
        break;
    default: /* SOME */
        break;
    }
}

/* No value sees what another `with` of its literal replaces. */
static void add_mocks(pol_checker *c, const pol_node *literal)
{
    const pol_mock *outer = c->mocks;
    for (pol_node *w = literal->withs; w; w = w->next) {
        const pol_mock *added = c->mocks;
        const pol_typing *value = &pol_typing_any;
        c->mocks = outer;
        if (w->last->mark != POL_TARGET_FUNCTION)
            value = pol_infer_filled(c, pol_infer_term(c, w->last));
        c->mocks = added;
        pol_mock_add(c, w, value);
    }
}

static void check_literal(pol_checker *c, pol_node *literal)
{
    const pol_mock *before = c->mocks;
    add_mocks(c, literal);
    check_parts(c, literal);
    c->mocks = before;
}

void pol_types_value(pol_checker *checker, pol_node *literal)
{
    const pol_mock *before = checker->mocks;
    add_mocks(checker, literal);
    pol_infer_term(checker, literal->child);
    checker->mocks = before;
}

void pol_types_body(pol_checker *checker, pol_node *body)
{
    for (pol_node *n = body->child; n; n = n->next)
        check_literal(checker, n);
}

void pol_types_refs(pol_checker *checker, pol_node *node)
{
    switch ((pol_node_kind)node->kind) {
    case POL_NODE_REF:
    case POL_NODE_TEMPLATE:
    case POL_NODE_ARRAY_COMPR:
    case POL_NODE_SET_COMPR:
    case POL_NODE_OBJECT_COMPR:
        pol_infer_term(checker, node);
        return;
    case POL_NODE_SOME_IN:
        if (node->last->kind == POL_NODE_VAR || node->last->kind == POL_NODE_REF)
            check_some_in(checker, node);
        else
            pol_types_refs(checker, node->last);
        return;
    case POL_NODE_CALL: /* not the operator */
        for (pol_node *n = node->child->next; n; n = n->next)
            pol_types_refs(checker, n);
        return;
    default:
        for (pol_node *n = node->child; n; n = n->next)
            pol_types_refs(checker, n);
        for (pol_node *w = node->withs; w; w = w->next)
            pol_types_refs(checker, w->last);
    }
}

/* ---- rules --------------------------------------------------------------- */

/* Adds what the arguments of a function are in one of its definitions. */
static void add_params(pol_checker *c, const pol_def *def,
                       pol_rule_types *types)
{
    uint32_t i = 0;
    for (pol_node *arg = def->ast->args; arg; arg = arg->next, i++)
        types->params[i] = pol_typing_union(c->arena, types->params[i],
                                            pol_infer_settled(c, arg));
}

/* The value that a definition or one of its alternatives gives its rule. What
 * is computed for it is looked at before the arguments are settled; what is
 * only put together, afterwards. */
static bool is_computed(const pol_node *value)
{
    switch ((pol_node_kind)value->kind) {
    case POL_NODE_CALL:
    case POL_NODE_ARRAY_COMPR:
    case POL_NODE_SET_COMPR:
    case POL_NODE_OBJECT_COMPR:
        return true;
    default:
        return false;
    }
}

static const pol_typing *value_type(pol_checker *c, const pol_def *def,
                                    pol_ast_rule *ast, pol_rule_types *types)
{
    pol_node *value = ast->key ? ast->key : ast->value;
    const pol_typing *t = NULL;
    if (value && is_computed(value))
        t = pol_infer_settled(c, value);
    if (types->params)
        add_params(c, def, types);
    if (!t)
        t = value ? pol_infer_settled(c, value) : &pol_typing_any;
    return ast->key ? pol_typing_set(c->arena, t) : t;
}

/* Walks a definition with its alternatives and adds its types to the rule's. */
static void check_definition(pol_checker *c, const pol_def *def,
                             pol_rule_types *types)
{
    pol_checker outer = *c;
    uint32_t slots = def->ast->slots;
    c->mocks = NULL;
    c->refs_only = c->is_query = false;
    c->env = arena_array(c->arena, const pol_typing *, slots);
    memset(c->env, 0, slots * sizeof *c->env);
    for (pol_ast_rule *a = def->ast; a; a = a->else_rule) {
        uint32_t before = c->trail_count;
        if (a->body)
            pol_types_body(c, a->body);
        const pol_typing *t = value_type(c, def, a, types);
        if (def->rule->kind == POL_RULE_OBJECT)
            pol_extent_add(c, &types->extent, def, t);
        types->result = pol_typing_union(c->arena, types->result, t);
        pol_match_undo(c, before);
    }
    c->env = outer.env;
    c->mocks = outer.mocks;
    c->refs_only = outer.refs_only;
    c->is_query = outer.is_query;
}

static void check_rule(pol_checker *c, const pol_rule *rule,
                       pol_rule_types *types)
{
    if (rule->kind == POL_RULE_FUNCTION) {
        types->params =
            arena_array(c->arena, const pol_typing *, rule->arity);
        memset(types->params, 0, rule->arity * sizeof *types->params);
    }
    for (const pol_def *def = rule->defs; def; def = def->next)
        check_definition(c, def, types);
    if (rule->fallback)
        check_definition(c, rule->fallback, types);
    if (!types->result)
        types->result = &pol_typing_any;
}

const pol_rule_types *pol_types_of_rule(pol_checker *checker,
                                        const pol_rule *rule)
{
    static const pol_rule_types unknown = {.result = &pol_typing_any};
    pol_rule_types *types = &checker->rules[rule->id];
    if (types->known)
        return types;
    if (types->busy || checker->depth >= DEEPEST)
        return &unknown;
    types->busy = true;
    checker->depth++;
    check_rule(checker, rule, types);
    checker->depth--;
    types->busy = false;
    types->known = true;
    return types;
}

/* ---- modules and queries ------------------------------------------------- */

static void *zeroed(pol_arena *arena, size_t count, size_t size)
{
    return memset(pol_arena_array_bytes(arena, count, size), 0, count * size);
}

static pol_checker begin(pol_compile *compile)
{
    pol_arena *arena = compile->arena;
    pol_checker c = {.compile = compile, .arena = arena};
    c.rules = zeroed(arena, compile->rule_count, sizeof *c.rules);
    c.extents = zeroed(arena, compile->node_count, sizeof *c.extents);
    c.signatures =
        zeroed(arena, compile->registry->count, sizeof *c.signatures);
    return c;
}

void pol_types_query(pol_compile *compile, pol_node *body, uint32_t slots)
{
    pol_checker c = begin(compile);
    c.is_query = true;
    c.env = zeroed(c.arena, slots, sizeof *c.env);
    pol_types_body(&c, body);
}

void pol_types_check(pol_compile *compile)
{
    pol_checker c = begin(compile);
    for (uint32_t i = 0; i < compile->rule_count; i++)
        pol_types_of_rule(&c, compile->rules[i]);
}
