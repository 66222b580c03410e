/* SPDX-License-Identifier: Apache-2.0
 *
 * Taking a literal apart. In `x + xs[x] > 2` the reference binds what stands
 * left of it, in `[f(x), x] = y` the pattern does: evaluated from left to right
 * neither works, evaluated as several literals both do. That is rare, so it is
 * done only to literals that need it, in two steps. Calls inside of others are
 * literals like those of the source: what the references in one bind may be what
 * another literal waits for. The rest stays together. */
#include "safety.h"

typedef struct pieces {
    pol_safety *safety;
    pol_node **items;
    uint32_t count, room;
    bool calls; /* calls alone are moved */
} pieces;

static void add_piece(pieces *p, pol_node *literal)
{
    if (p->count == p->room) {
        uint32_t room = p->room ? p->room * 2 : 8;
        pol_node **items =
            arena_array(p->safety->compile->arena, pol_node *, room);
        if (p->count)
            memcpy(items, p->items, p->count * sizeof *items);
        p->items = items;
        p->room = room;
    }
    p->items[p->count++] = literal;
}

static void grow(pol_safety *s)
{
    uint32_t room = s->room * 2;
    uint8_t *safe = arena_array(s->compile->arena, uint8_t, room);
    struct pol_watch **watch =
        arena_array(s->compile->arena, struct pol_watch *, room);
    memset(safe, 0, room);
    memset(watch, 0, room * sizeof *watch);
    memcpy(safe, s->safe, s->room);
    memcpy(watch, s->watch, s->room * sizeof *watch);
    s->safe = safe;
    s->watch = watch;
    s->room = room;
}

pol_node *pol_safety_temp(pol_safety *s, pol_span span)
{
    if (s->slots == s->room)
        grow(s);
    pol_node *var = pol_ast_text(s->compile->arena, POL_NODE_VAR, span,
                                 STR("$value"));
    var->flags = POL_NODE_GENERATED;
    var->slot = (int32_t)s->slots++;
    var->mark = s->depth;
    return var;
}

static pol_node *again(pol_safety *s, const pol_node *var)
{
    pol_node *copy = pol_ast_text(s->compile->arena, POL_NODE_VAR, var->span,
                                  var->text);
    copy->flags = var->flags;
    copy->slot = var->slot;
    copy->mark = var->mark;
    return copy;
}

pol_node *pol_safety_bind(pol_safety *s, const pol_node *temp, pol_node *term)
{
    pol_node *literal =
        pol_ast_node(s->compile->arena, POL_NODE_UNIFY, term->span);
    literal->flags = POL_NODE_GENERATED;
    pol_ast_add(literal, again(s, temp));
    pol_ast_add(literal, term);
    return literal;
}

static void note_open(pol_safety_visitor *v, const pol_node *var)
{
    *(bool *)v->context |= !v->safety->safe[var->slot];
}

static bool is_open(pol_safety *s, const pol_node *term)
{
    bool open = false;
    pol_safety_visitor v = {.visit = note_open, .safety = s, .context = &open,
                            .limit = s->depth};
    pol_safety_visit(&v, term);
    return open;
}

static bool is_movable(const pieces *p, const pol_node *term)
{
    if (p->calls)
        return term->kind == POL_NODE_CALL;
    return term->kind == POL_NODE_REF || term->kind == POL_NODE_CALL ||
           term->kind == POL_NODE_ARRAY_COMPR ||
           term->kind == POL_NODE_SET_COMPR ||
           term->kind == POL_NODE_OBJECT_COMPR ||
           term->kind == POL_NODE_TEMPLATE;
}

/* Makes the term a variable that a new piece binds to what the term was. The
 * node stays where it is among its siblings. */
static void move_out(pieces *p, pol_node *term)
{
    pol_safety *s = p->safety;
    pol_node *moved = pol_ast_node(s->compile->arena, (pol_node_kind)term->kind,
                                   term->span);
    pol_node *next = term->next;
    *moved = *term;
    moved->next = NULL;
    *term = *pol_safety_temp(s, term->span);
    term->next = next;
    add_piece(p, pol_safety_bind(s, term, moved));
}

static void split_term(pieces *p, pol_node *term, bool top)
{
    bool inside = term->kind == POL_NODE_REF || term->kind == POL_NODE_CALL ||
                  term->kind == POL_NODE_ARRAY ||
                  term->kind == POL_NODE_OBJECT || term->kind == POL_NODE_SET;
    if (inside) {
        pol_node *child = term->child;
        if (term->kind == POL_NODE_CALL)
            child = child->next;
        for (; child; child = child->next)
            split_term(p, child, false);
    }
    if (!top && is_movable(p, term) && is_open(p->safety, term))
        move_out(p, term);
}

static pol_node *pair(pol_safety *s, pol_node *a, pol_node *b)
{
    pol_node *literal =
        pol_ast_node(s->compile->arena, POL_NODE_UNIFY, a->span);
    literal->flags = POL_NODE_GENERATED;
    a->next = b->next = NULL;
    return pol_ast_add(pol_ast_add(literal, a), b);
}

/* [a, b] = [c, d] is a = c; b = d. A variable among the keys of objects stays
 * needed: some piece still reads it. */
static void split_pairs(pieces *p, pol_node *literal)
{
    pol_node *a = literal->child, *b = literal->last;
    if (!pol_safety_same_shape(a, b)) {
        add_piece(p, literal);
        return;
    }
    bool is_object = a->kind == POL_NODE_OBJECT;
    uint32_t count = is_object ? a->count / 2 : a->count;
    pol_node **pairs =
        arena_array(p->safety->compile->arena, pol_node *, 2 * count + 1);
    uint32_t n = 0;
    const pol_node *y = b->child;
    for (pol_node *x = a->child; x; n++) {
        if (is_object && x->kind == POL_NODE_VAR)
            add_piece(p, pol_safety_bind(p->safety,
                                         pol_safety_temp(p->safety, x->span),
                                         again(p->safety, x)));
        pairs[2 * n] = is_object ? x->next : x;
        pairs[2 * n + 1] = (pol_node *)(is_object ? pol_safety_member(b, x) : y);
        x = is_object ? x->next->next : x->next;
        y = is_object ? y : y->next;
    }
    for (uint32_t i = 0; i < n; i++)
        split_pairs(p, pair(p->safety, pairs[2 * i], pairs[2 * i + 1]));
}

static pol_node **result_of(const pieces *p, const pol_node *literal,
                            uint32_t *count)
{
    bool whole = p->count == 1 && p->items[0] == literal;
    *count = whole ? 0 : p->count;
    if (!*count)
        return NULL;
    for (uint32_t i = 0; i < p->count; i++)
        p->items[i]->withs = literal->withs;
    return p->items;
}

pol_node **pol_safety_calls(pol_safety *s, pol_node *literal, uint32_t *count)
{
    pieces p = {.safety = s, .calls = true};
    if (literal->kind == POL_NODE_UNIFY)
        split_term(&p, literal->child, true);
    if (literal->kind == POL_NODE_UNIFY || literal->kind == POL_NODE_EXPR ||
        literal->kind == POL_NODE_ASSIGN)
        split_term(&p, literal->last, true);
    add_piece(&p, literal);
    return result_of(&p, literal, count);
}

pol_node **pol_safety_flatten(pol_safety *s, pol_node *literal, uint32_t *count)
{
    pieces p = {.safety = s};
    bool is_pair = literal->kind == POL_NODE_UNIFY;
    if (is_pair) {
        split_term(&p, literal->child, true);
        split_term(&p, literal->last, true);
        split_pairs(&p, literal);
    } else if (literal->kind == POL_NODE_EXPR ||
               literal->kind == POL_NODE_ASSIGN) {
        split_term(&p, literal->last, true);
        add_piece(&p, literal);
    }
    return result_of(&p, literal, count);
}
