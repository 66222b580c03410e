/* SPDX-License-Identifier: Apache-2.0
 *
 * What a literal needs and what it binds, by trying it: the terms are walked in
 * the order in which they are evaluated, and a variable that is met where a value
 * is needed before anything bound it ends the try. References bind the variables
 * in their brackets, patterns bind theirs; calls, comparisons, negation and
 * closures bind nothing. */
#include "safety.h"

void pol_safety_mark(pol_safety *s, int32_t slot)
{
    if (s->safe[slot])
        return;
    s->safe[slot] = 1;
    if (s->trail_count == s->trail_room) {
        uint32_t room = s->trail_room ? s->trail_room * 2 : 64;
        uint32_t *trail = arena_array(s->compile->arena, uint32_t, room);
        if (s->trail_count)
            memcpy(trail, s->trail, s->trail_count * sizeof *trail);
        s->trail = trail;
        s->trail_room = room;
    }
    s->trail[s->trail_count++] = (uint32_t)slot;
}

void pol_safety_undo(pol_safety *s, uint32_t count)
{
    while (s->trail_count > count)
        s->safe[s->trail[--s->trail_count]] = 0;
}

/* ---- closures: all they use from outside must be there ------------------- */

static bool is_closed(const pol_safety *s, const pol_node *node)
{
    if (node->kind == POL_NODE_VAR)
        return node->slot < 0 || node->mark > s->depth || s->safe[node->slot];
    if (node->kind == POL_NODE_WITH && node->mark == POL_TARGET_FUNCTION)
        return node->last->mark == POL_TARGET_FUNCTION ||
               is_closed(s, node->last);
    const pol_node *child = node->child;
    if (node->kind == POL_NODE_CALL)
        child = child->next;
    for (; child; child = child->next) {
        if (!is_closed(s, child))
            return false;
    }
    for (const pol_node *w = node->withs; w; w = w->next) {
        if (!is_closed(s, w))
            return false;
    }
    return true;
}

/* ---- values -------------------------------------------------------------- */

static bool match(pol_safety *s, const pol_node *pattern);
static bool eval(pol_safety *s, const pol_node *term, bool bind);

static bool eval_operand(pol_safety *s, const pol_node *operand, bool bind)
{
    if (bind && (operand->kind == POL_NODE_VAR ||
                 operand->kind == POL_NODE_ARRAY ||
                 operand->kind == POL_NODE_OBJECT))
        return match(s, operand);
    return eval(s, operand, bind);
}

static bool eval_template(pol_safety *s, const pol_node *node)
{
    for (const pol_node *part = node->child; part; part = part->next) {
        if (part->kind != POL_NODE_BODY)
            continue;
        for (const pol_node *l = part->child; l; l = l->next) {
            if (!is_closed(s, l))
                return false;
        }
    }
    return true;
}

static bool eval_list(pol_safety *s, const pol_node *term, bool bind)
{
    for (; term; term = term->next) {
        if (!eval(s, term, bind))
            return false;
    }
    return true;
}

static bool eval(pol_safety *s, const pol_node *term, bool bind)
{
    switch ((pol_node_kind)term->kind) {
    case POL_NODE_VAR:
        return term->slot < 0 || s->safe[term->slot];
    case POL_NODE_REF:
        if (!eval(s, term->child, bind))
            return false;
        for (const pol_node *t = term->child->next; t; t = t->next) {
            if (!eval_operand(s, t, bind))
                return false;
        }
        return true;
    case POL_NODE_CALL:
        return eval_list(s, term->child->next, bind);
    case POL_NODE_ARRAY:
    case POL_NODE_OBJECT:
    case POL_NODE_SET:
        return eval_list(s, term->child, bind);
    case POL_NODE_ARRAY_COMPR:
    case POL_NODE_SET_COMPR:
    case POL_NODE_OBJECT_COMPR:
        return is_closed(s, term);
    case POL_NODE_TEMPLATE:
        return eval_template(s, term);
    default:
        return true;
    }
}

static bool match(pol_safety *s, const pol_node *pattern)
{
    if (pattern->kind == POL_NODE_VAR) {
        if (pattern->slot >= 0)
            pol_safety_mark(s, pattern->slot);
        return true;
    }
    if (pattern->kind == POL_NODE_ARRAY) {
        for (const pol_node *t = pattern->child; t; t = t->next) {
            if (!match(s, t))
                return false;
        }
        return true;
    }
    if (pattern->kind == POL_NODE_OBJECT) {
        for (const pol_node *key = pattern->child; key; key = key->next->next) {
            if (!eval(s, key, false) || !match(s, key->next))
                return false;
        }
        return true;
    }
    return eval(s, pattern, true);
}

/* ---- unification --------------------------------------------------------- */

static bool is_scalar(const pol_node *term)
{
    return term->kind == POL_NODE_NULL || term->kind == POL_NODE_BOOL ||
           term->kind == POL_NODE_NUMBER || term->kind == POL_NODE_STRING ||
           term->kind == POL_NODE_TEMPLATE;
}

static bool is_comprehension(const pol_node *term)
{
    return term->kind == POL_NODE_ARRAY_COMPR ||
           term->kind == POL_NODE_SET_COMPR ||
           term->kind == POL_NODE_OBJECT_COMPR;
}

/* The literal that makes what a comprehension makes and may hold patterns. */
static int made_by(const pol_node *comprehension)
{
    switch ((pol_node_kind)comprehension->kind) {
    case POL_NODE_ARRAY_COMPR:
        return POL_NODE_ARRAY;
    case POL_NODE_OBJECT_COMPR:
        return POL_NODE_OBJECT;
    default:
        return -1;
    }
}

/* What kind of value a literal makes, 0 if that is not written in it. */
static int shape_of(const pol_node *term)
{
    switch ((pol_node_kind)term->kind) {
    case POL_NODE_ARRAY:
        return 1;
    case POL_NODE_OBJECT:
        return 2;
    case POL_NODE_SET:
        return 3;
    case POL_NODE_TEMPLATE:
        return 0; /* is computed */
    default:
        return is_scalar(term) ? 4 : is_comprehension(term) ? 5 : 0;
    }
}

static bool same_key(const pol_node *a, const pol_node *b)
{
    return a->kind == b->kind && pol_str_eq(a->text, b->text) &&
           a->kind != POL_NODE_TEMPLATE &&
           (a->kind != POL_NODE_VAR || a->slot == b->slot) &&
           (is_scalar(a) || a->kind == POL_NODE_VAR);
}

const pol_node *pol_safety_member(const pol_node *object, const pol_node *key)
{
    for (const pol_node *k = object->child; k; k = k->next->next) {
        if (same_key(k, key))
            return k->next;
    }
    return NULL;
}

bool pol_safety_same_shape(const pol_node *a, const pol_node *b)
{
    if (a->kind != b->kind || a->count != b->count)
        return false;
    if (a->kind == POL_NODE_ARRAY)
        return true;
    if (a->kind != POL_NODE_OBJECT)
        return false;
    for (const pol_node *k = a->child; k; k = k->next->next) {
        if (!pol_safety_member(b, k))
            return false;
    }
    return true;
}

/* Is it written in the two terms that they are never equal? Then nothing is
 * bound by saying that they are. */
static bool never_equal(const pol_node *a, const pol_node *b)
{
    int x = shape_of(a), y = shape_of(b);
    if (!x || !y)
        return false;
    if (is_comprehension(a) ? b->kind == made_by(a)
                            : a->kind == POL_NODE_ARRAY && is_comprehension(b))
        return false; /* these bind in OPA */
    if (x != y || x == 4)
        return true;
    /* of different lengths or keys, else they were of one shape */
    return a->kind == POL_NODE_ARRAY || a->kind == POL_NODE_OBJECT;
}

static bool are_objects(const pol_node *a, const pol_node *b)
{
    return a->kind == POL_NODE_OBJECT && b->kind == POL_NODE_OBJECT &&
           a->count == b->count;
}

static bool unify(pol_safety *s, const pol_node *a, const pol_node *b);

/* Objects of as many members but not the same keys: what stands at the keys
 * that both have is bound all the same. */
static bool unify_common(pol_safety *s, const pol_node *a, const pol_node *b)
{
    for (const pol_node *k = a->child; k; k = k->next->next) {
        const pol_node *other = pol_safety_member(b, k);
        if (!eval(s, k, true) || !(other ? unify(s, k->next, other)
                                         : eval(s, k->next, true)))
            return false;
    }
    for (const pol_node *k = b->child; k; k = k->next->next) {
        if (!eval(s, k, true) ||
            (!pol_safety_member(a, k) && !eval(s, k->next, true)))
            return false;
    }
    return true;
}

static bool unify(pol_safety *s, const pol_node *a, const pol_node *b)
{
    if (pol_safety_same_shape(a, b)) {
        bool is_object = a->kind == POL_NODE_OBJECT;
        const pol_node *x = a->child, *y = b->child;
        while (x) {
            if (is_object)
                y = pol_safety_member(b, x);
            if (is_object && !eval(s, x, false))
                return false;
            if (!unify(s, is_object ? x->next : x, y))
                return false;
            x = is_object ? x->next->next : x->next;
            y = y->next;
        }
        return true;
    }
    uint32_t start = s->trail_count;
    if (are_objects(a, b))
        return unify_common(s, a, b);
    if (never_equal(a, b))
        return eval(s, a, true) && eval(s, b, true);
    if (eval(s, a, true) && match(s, b))
        return true;
    pol_safety_undo(s, start);
    return eval(s, b, true) && match(s, a);
}

static bool assign(pol_safety *s, const pol_node *pattern, const pol_node *value)
{
    if (pattern->kind != POL_NODE_VAR &&
        !pol_safety_same_shape(pattern, value)) {
        if (are_objects(pattern, value))
            return unify_common(s, pattern, value);
        if (never_equal(pattern, value))
            return false;
    }
    return eval(s, value, true) && match(s, pattern);
}

/* ---- literals ------------------------------------------------------------ */

/* Of an EVERY. */
static const pol_node *domain_of(const pol_node *literal)
{
    const pol_node *domain = literal->child->next;
    return literal->flags & POL_NODE_KEYED ? domain->next : domain;
}

static bool has_closed(const pol_safety *s, const pol_node *term)
{
    if (is_comprehension(term))
        return is_closed(s, term);
    if (term->kind == POL_NODE_TEMPLATE)
        return true;
    for (const pol_node *n = term->child; n; n = n->next) {
        if (!has_closed(s, n))
            return false;
    }
    return true;
}

bool pol_safety_closed(const pol_safety *safety, const pol_node *literal)
{
    switch ((pol_node_kind)literal->kind) {
    case POL_NODE_EXPR:
    case POL_NODE_ASSIGN:
    case POL_NODE_UNIFY:
    case POL_NODE_SOME_IN:
        return has_closed(safety, literal);
    case POL_NODE_EVERY:
        return has_closed(safety, domain_of(literal));
    default:
        return true;
    }
}

static bool try_some_in(pol_safety *s, const pol_node *literal)
{
    if (!eval(s, literal->last, true))
        return false;
    for (const pol_node *t = literal->child; t != literal->last; t = t->next) {
        if (!match(s, t))
            return false;
    }
    return true;
}

static bool try_every(pol_safety *s, const pol_node *literal)
{
    return eval(s, domain_of(literal), true) && is_closed(s, literal->last);
}

static bool try_withs(pol_safety *s, const pol_node *literal)
{
    for (const pol_node *w = literal->withs; w; w = w->next) {
        if (w->mark != POL_TARGET_FUNCTION && !eval(s, w->child, false))
            return false;
        if (w->last->mark != POL_TARGET_FUNCTION && !eval(s, w->last, true))
            return false;
    }
    return true;
}

static bool try_parts(pol_safety *s, const pol_node *literal)
{
    switch ((pol_node_kind)literal->kind) {
    case POL_NODE_EXPR:
        return eval(s, literal->child, true);
    case POL_NODE_ASSIGN:
        return assign(s, literal->child, literal->last);
    case POL_NODE_UNIFY:
        return unify(s, literal->child, literal->last);
    case POL_NODE_NOT:
    case POL_NODE_AND:
    case POL_NODE_OR:
        return is_closed(s, literal->child) && is_closed(s, literal->last);
    case POL_NODE_SOME_IN:
        return try_some_in(s, literal);
    case POL_NODE_EVERY:
        return try_every(s, literal);
    default: /* SOME */
        return true;
    }
}

bool pol_safety_try(pol_safety *s, const pol_node *literal)
{
    uint32_t start = s->trail_count;
    if (try_withs(s, literal) && try_parts(s, literal))
        return true;
    pol_safety_undo(s, start);
    return false;
}

bool pol_safety_try_term(pol_safety *s, const pol_node *term)
{
    return eval(s, term, true);
}

/* ---- visiting variables -------------------------------------------------- */

static void visit_as(pol_safety_visitor *v, const pol_node *node, bool binds)
{
    bool before = v->binds;
    v->binds = binds && !v->no_binding;
    pol_safety_visit(v, node);
    v->binds = before;
}

/* A pattern: its variables are bound by it, the keys of its objects are not. */
static void visit_pattern(pol_safety_visitor *v, const pol_node *node)
{
    if (node->kind == POL_NODE_VAR) {
        visit_as(v, node, true);
    } else if (node->kind == POL_NODE_ARRAY) {
        for (const pol_node *t = node->child; t; t = t->next)
            visit_pattern(v, t);
    } else if (node->kind == POL_NODE_OBJECT) {
        for (const pol_node *key = node->child; key; key = key->next->next) {
            visit_as(v, key, false);
            visit_pattern(v, key->next);
        }
    } else {
        visit_as(v, node, false);
    }
}

static void visit_ref(pol_safety_visitor *v, const pol_node *ref)
{
    visit_as(v, ref->child, false);
    for (const pol_node *t = ref->child->next; t; t = t->next)
        visit_pattern(v, t);
}

static void visit_closed(pol_safety_visitor *v, const pol_node *node)
{
    bool before = v->no_binding;
    v->no_binding = true;
    for (const pol_node *t = node->child; t; t = t->next)
        visit_as(v, t, false);
    v->no_binding = before;
}

static void visit_children(pol_safety_visitor *v, const pol_node *node)
{
    bool binds = node->kind == POL_NODE_UNIFY || node->kind == POL_NODE_ASSIGN ||
                 node->kind == POL_NODE_SOME_IN;
    const pol_node *child = node->child;
    if (node->kind == POL_NODE_CALL)
        child = child->next;
    for (; child; child = child->next) {
        bool value = node->kind != POL_NODE_UNIFY && !child->next;
        if (binds && !value && !v->no_binding)
            visit_pattern(v, child);
        else
            visit_as(v, child, false);
    }
    for (const pol_node *w = node->withs; w; w = w->next) {
        if (w->mark != POL_TARGET_FUNCTION)
            visit_as(v, w->child, false);
        if (w->last->mark != POL_TARGET_FUNCTION)
            visit_as(v, w->last, false);
    }
}

void pol_safety_visit(pol_safety_visitor *v, const pol_node *node)
{
    switch ((pol_node_kind)node->kind) {
    case POL_NODE_VAR:
        if (node->slot >= 0 && node->mark <= v->limit)
            v->visit(v, node);
        break;
    case POL_NODE_REF:
        visit_ref(v, node);
        break;
    case POL_NODE_TEMPLATE:
    case POL_NODE_NOT:
    case POL_NODE_AND:
    case POL_NODE_OR:
    case POL_NODE_ARRAY_COMPR:
    case POL_NODE_SET_COMPR:
    case POL_NODE_OBJECT_COMPR:
        visit_closed(v, node);
        for (const pol_node *w = node->withs; w; w = w->next)
            visit_as(v, w->last, false);
        break;
    default:
        visit_children(v, node);
        break;
    }
}
