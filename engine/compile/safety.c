/* SPDX-License-Identifier: Apache-2.0
 *
 * The safety pass: for every definition, the order in which its literals run.
 *
 * A head's terms are evaluated after the body with all variables bound. Where a
 * head itself binds some (`p[i] := input.xs[i]`), its terms become literals of
 * the body: afterwards heads hold bound variables only. */
#include "safety.h"

static void order_in(pol_safety *s, pol_node *body)
{
    s->depth++;
    pol_safety_order(s, body);
    s->depth--;
}

/* ---- heads --------------------------------------------------------------- */

static bool is_compound(const pol_node *term)
{
    return term->kind == POL_NODE_REF || term->kind == POL_NODE_CALL ||
           term->kind == POL_NODE_ARRAY || term->kind == POL_NODE_OBJECT ||
           term->kind == POL_NODE_SET;
}

/* Does a reference in the term have a variable in brackets? */
static bool may_bind(const pol_node *term)
{
    if (!is_compound(term))
        return false;
    const pol_node *child = term->child;
    if (term->kind == POL_NODE_REF || term->kind == POL_NODE_CALL) {
        if (term->kind == POL_NODE_REF && may_bind(child))
            return true;
        child = child->next;
    }
    for (; child; child = child->next) {
        if (term->kind == POL_NODE_REF &&
            ((child->kind == POL_NODE_VAR && child->slot >= 0) ||
             child->kind == POL_NODE_ARRAY || child->kind == POL_NODE_OBJECT))
            return true;
        if (may_bind(child))
            return true;
    }
    return false;
}

/* Appends `temp = term` to the body and leaves the variable in the head. */
static void move_to_body(pol_safety *s, pol_node *body, pol_node *term)
{
    pol_node *next = term->next;
    pol_node *moved = pol_ast_node(s->compile->arena, (pol_node_kind)term->kind,
                                   term->span);
    *moved = *term;
    moved->next = NULL;
    *term = *pol_safety_temp(s, term->span);
    term->next = next;
    pol_span span = body->span;
    pol_ast_add(body, pol_safety_bind(s, term, moved));
    body->span = span;
}

/* The terms of a head, in the order in which they are evaluated. */
typedef struct head {
    pol_node *first; /* linked by `next`, up to `end` */
    pol_node *end;
    pol_node *key, *value;
} head;

static pol_node *next_term(const head *h, const pol_node *term)
{
    if (term && term != h->key && term != h->value && term->next != h->end)
        return term->next;
    if (term == h->value && term)
        return NULL;
    if (term != h->key && h->key)
        return h->key;
    return h->value;
}

static pol_node *first_term(const head *h)
{
    return h->first != h->end ? h->first : next_term(h, NULL);
}

static bool try_head(pol_safety *s, const head *h)
{
    for (const pol_node *t = first_term(h); t; t = next_term(h, t)) {
        if (!pol_safety_try_term(s, t))
            return false;
    }
    return true;
}

/* The head's terms where the body binds all they need. What is unsafe in them is
 * reported as in any literal. */
static void check_head(pol_safety *s, const pol_node *body, const head *h)
{
    uint32_t start = s->trail_count;
    if (try_head(s, h) && s->trail_count == start) {
        for (pol_node *t = first_term(h); t; t = next_term(h, t))
            pol_safety_closures(s, t);
        return;
    }
    pol_safety_undo(s, start);
    pol_node *rest = pol_ast_node(s->compile->arena, POL_NODE_BODY, body->span);
    for (pol_node *t = first_term(h); t; t = next_term(h, t))
        move_to_body(s, rest, t);
    pol_safety_order(s, rest);
}

static void order_with_head(pol_safety *s, pol_node *body, const head *h)
{
    bool move = false;
    for (const pol_node *t = first_term(h); t; t = next_term(h, t))
        move |= may_bind(t);
    if (move) {
        for (pol_node *t = first_term(h); t; t = next_term(h, t)) {
            if (is_compound(t))
                move_to_body(s, body, t);
        }
    }
    pol_safety_order(s, body);
    check_head(s, body, h);
}

static void order_comprehension(pol_safety *s, pol_node *node)
{
    head h = {.first = node->child, .end = node->last};
    s->depth++;
    order_with_head(s, node->last, &h);
    s->depth--;
}

/* ---- closures ------------------------------------------------------------ */

static void close_children(pol_safety *s, pol_node *node)
{
    for (pol_node *child = node->child; child; child = child->next)
        pol_safety_closures(s, child);
    for (pol_node *w = node->withs; w; w = w->next)
        pol_safety_closures(s, w->last);
}

static void close_every(pol_safety *s, pol_node *literal)
{
    pol_node *var = literal->child;
    pol_safety_mark(s, var->slot);
    var = var->next;
    if (literal->flags & POL_NODE_KEYED) {
        pol_safety_mark(s, var->slot);
        var = var->next;
    }
    pol_safety_closures(s, var);
    order_in(s, literal->last);
}

static void close_operands(pol_safety *s, pol_node *literal)
{
    for (pol_node *child = literal->child; child; child = child->next) {
        if (child->kind == POL_NODE_BODY &&
            !(child->flags & POL_NODE_GENERATED))
            order_in(s, child);
        else
            pol_safety_closures(s, child);
    }
}

void pol_safety_closures(pol_safety *s, pol_node *node)
{
    switch ((pol_node_kind)node->kind) {
    case POL_NODE_NULL:
    case POL_NODE_BOOL:
    case POL_NODE_NUMBER:
    case POL_NODE_STRING:
    case POL_NODE_VAR:
        break;
    case POL_NODE_ARRAY_COMPR:
    case POL_NODE_SET_COMPR:
    case POL_NODE_OBJECT_COMPR:
        order_comprehension(s, node);
        break;
    case POL_NODE_EVERY:
        close_every(s, node);
        for (pol_node *w = node->withs; w; w = w->next)
            pol_safety_closures(s, w->last);
        break;
    case POL_NODE_NOT:
    case POL_NODE_AND:
    case POL_NODE_OR:
        close_operands(s, node);
        for (pol_node *w = node->withs; w; w = w->next)
            pol_safety_closures(s, w->last);
        break;
    default:
        close_children(s, node);
        break;
    }
}

/* ---- definitions --------------------------------------------------------- */

static void make_room(pol_safety *s, uint32_t slots)
{
    s->slots = slots;
    s->trail_count = 0;
    if (slots < s->room) {
        memset(s->safe, 0, slots);
        return;
    }
    uint32_t room = s->room ? s->room : 64;
    while (room <= slots)
        room *= 2;
    s->room = room;
    s->safe = arena_array(s->compile->arena, uint8_t, room);
    s->watch = arena_array(s->compile->arena, struct pol_watch *, room);
    memset(s->safe, 0, room);
    memset(s->watch, 0, room * sizeof *s->watch);
}

/* Every variable of a pattern counts as bound. If it stands where nothing binds
 * it, the rule is `unmatched` and never runs. */
static void bind_pattern(pol_safety *s, const pol_node *term)
{
    if (term->kind == POL_NODE_VAR && term->slot >= 0)
        pol_safety_mark(s, term->slot);
    else if (term->kind == POL_NODE_ARRAY || term->kind == POL_NODE_OBJECT ||
             term->kind == POL_NODE_SET)
        for (const pol_node *t = term->child; t; t = t->next)
            bind_pattern(s, t);
}

/* What is no pattern in a parameter must be known before. */
static void check_pattern(pol_safety *s, pol_node *term)
{
    if (term->kind == POL_NODE_VAR)
        return;
    if (term->kind == POL_NODE_ARRAY) {
        for (pol_node *t = term->child; t; t = t->next)
            check_pattern(s, t);
    } else if (term->kind == POL_NODE_OBJECT) {
        for (pol_node *key = term->child; key; key = key->next->next) {
            check_pattern(s, key);
            check_pattern(s, key->next);
        }
    } else {
        head h = {.value = term};
        pol_node *body =
            pol_ast_node(s->compile->arena, POL_NODE_BODY, term->span);
        uint32_t start = s->trail_count;
        if (pol_safety_try_term(s, term) && s->trail_count == start)
            return;
        pol_safety_undo(s, start);
        order_with_head(s, body, &h);
    }
}

static void order_alternative(pol_safety *s, pol_ast_rule *rule, bool first)
{
    head h = {.key = first ? rule->key : NULL, .value = rule->value};
    if (first && rule->ref && rule->ref->kind == POL_NODE_REF)
        h.first = rule->ref->child->next;
    if (!rule->body)
        rule->body =
            pol_ast_node(s->compile->arena, POL_NODE_BODY, rule->span);
    order_with_head(s, rule->body, &h);
}

static void order_rule(pol_safety *s, pol_ast_rule *rule)
{
    s->rule = rule;
    s->depth = 0;
    make_room(s, rule->slots);
    for (const pol_node *arg = rule->args; arg; arg = arg->next)
        bind_pattern(s, arg);
    for (pol_node *arg = rule->args; arg; arg = arg->next)
        check_pattern(s, arg);
    uint32_t start = s->trail_count;
    for (pol_ast_rule *a = rule; a; a = a->else_rule) {
        order_alternative(s, a, a == rule);
        pol_safety_undo(s, start);
    }
    rule->slots = s->slots;
}

static void order_rules(pol_safety *s, pol_ast_rule *rules)
{
    for (pol_ast_rule *rule = rules; rule; rule = rule->next)
        order_rule(s, rule);
}

void pol_safety_modules(pol_compile *compile)
{
    pol_safety s = {.compile = compile};
    for (pol_ast_module *m = compile->modules; m; m = m->next) {
        s.module = m;
        s.policy = NULL;
        order_rules(&s, m->rules);
        for (pol_ast_policy *p = m->policies; p; p = p->next) {
            s.policy = p;
            order_rules(&s, p->rules);
        }
    }
}

void pol_safety_query(pol_compile *compile, pol_node *body,
                      pol_ast_rule *holder)
{
    pol_safety s = {.compile = compile};
    holder->body = body;
    order_rule(&s, holder);
}
