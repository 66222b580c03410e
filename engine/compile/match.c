/* SPDX-License-Identifier: Apache-2.0
 *
 * Terms against types. A variable about which nothing is known yet takes the
 * type that it stands for; what is known of one is never narrowed. */
#include "safety.h"
#include "types.h"

/* Inside of a collection that is matched with a union or with `any`, variables
 * become what they were or the other type: so does OPA. */
typedef struct matching {
    pol_checker *checker;
    bool widens;
} matching;

static bool match(matching m, pol_node *term, const pol_typing *own,
                  const pol_typing *t);

/* ---- variables ----------------------------------------------------------- */

void pol_match_set(pol_checker *checker, int32_t slot, const pol_typing *t)
{
    if (checker->trail_count == checker->trail_room) {
        uint32_t room = checker->trail_room ? checker->trail_room * 2 : 64;
        pol_inferred *trail = arena_array(checker->arena, pol_inferred, room);
        if (checker->trail_count)
            memcpy(trail, checker->trail,
                   checker->trail_count * sizeof *trail);
        checker->trail = trail;
        checker->trail_room = room;
    }
    checker->trail[checker->trail_count++] =
        (pol_inferred){(uint32_t)slot, checker->env[slot]};
    checker->env[slot] = t;
}

void pol_match_widen(pol_checker *checker, const pol_node *term)
{
    if (term->kind == POL_NODE_VAR && term->slot >= 0)
        pol_match_set(checker, term->slot, &pol_typing_any);
}

void pol_match_undo(pol_checker *checker, uint32_t count)
{
    while (checker->trail_count > count) {
        pol_inferred last = checker->trail[--checker->trail_count];
        checker->env[last.slot] = last.before;
    }
}

static bool match_var(matching m, const pol_node *var, const pol_typing *t)
{
    pol_checker *c = m.checker;
    if (var->slot < 0) /* a document */
        return true;
    const pol_typing *known = c->env[var->slot];
    if (m.widens)
        pol_match_set(c, var->slot, pol_typing_union(c->arena, known, t));
    else if (!known)
        pol_match_set(c, var->slot, t);
    else
        return pol_typing_overlap(c->arena, known, t);
    return true;
}

static void widen_collection(pol_checker *c, const pol_node *term)
{
    if (!pol_infer_is_collection(term))
        return;
    for (const pol_node *n = term->child; n; n = n->next) {
        pol_match_widen(c, n);
        widen_collection(c, n);
    }
}

static void widen_call(pol_checker *c, const pol_node *node)
{
    if (node->kind == POL_NODE_CALL) {
        for (const pol_node *n = node->child->next; n; n = n->next)
            widen_collection(c, n);
    } else if (node->kind == POL_NODE_TEMPLATE) {
        for (const pol_node *n = node->child; n; n = n->next) {
            if (n->kind == POL_NODE_BODY)
                pol_match_widen(c, n->child->child);
        }
    }
}

void pol_match_calls(pol_checker *checker, const pol_node *term)
{
    if (term->kind == POL_NODE_TEMPLATE || term->kind == POL_NODE_ARRAY_COMPR ||
        term->kind == POL_NODE_SET_COMPR || term->kind == POL_NODE_OBJECT_COMPR)
        return;
    for (const pol_node *n = term->child; n; n = n->next) {
        pol_match_calls(checker, n);
        widen_call(checker, n);
    }
}

/* ---- collections --------------------------------------------------------- */

/* What was inferred for an element of a literal array. */
static const pol_typing *element_of(const pol_typing *own, uint32_t i)
{
    return own && own->kind == POL_TYPING_ARRAY && i < own->count
               ? own->parts[i]
               : &pol_typing_any;
}

/* … for a member of a literal object. */
static const pol_typing *member_of(matching m, const pol_typing *own,
                                   pol_node *key)
{
    pol_value name;
    if (!own || own->kind != POL_TYPING_OBJECT ||
        !pol_constant_term(m.checker->arena, key, &name))
        return &pol_typing_any;
    for (uint32_t i = 0; i < own->count; i++) {
        if (pol_equal(own->names[i], name))
            return own->parts[i];
    }
    return &pol_typing_any;
}

static bool match_array(matching m, pol_node *term, const pol_typing *own,
                        const pol_typing *t)
{
    uint32_t i = 0;
    if (term->count != t->count && !t->rest)
        return false;
    for (pol_node *n = term->child; n; n = n->next, i++) {
        const pol_typing *wanted = i < t->count ? t->parts[i] : t->rest;
        if (!wanted || !match(m, n, element_of(own, i), wanted))
            return false;
    }
    return true;
}

static bool match_object(matching m, pol_node *term, const pol_typing *own,
                         const pol_typing *t)
{
    pol_arena *arena = m.checker->arena;
    if (term->count / 2 != t->count && !t->rest)
        return false;
    for (pol_node *key = term->child; key; key = key->next->next) {
        pol_value name;
        const pol_typing *wanted = &pol_typing_any;
        if (pol_constant_term(arena, key, &name))
            wanted = pol_typing_select(arena, t, name);
        else if (m.widens)
            match(m, key, &pol_typing_any, &pol_typing_any);
        if (!wanted ||
            !match(m, key->next, member_of(m, own, key), wanted))
            return false;
    }
    return true;
}

/* The type of a set does not tell which member is of which type. */
static bool match_set(matching m, pol_node *term, const pol_typing *t)
{
    for (pol_node *n = term->child; n && t; n = n->next) {
        if (!match(m, n, pol_infer_outline(m.checker, n), t))
            return false;
    }
    return true;
}

static bool match_any(matching m, pol_node *term, const pol_typing *own)
{
    m.widens = true;
    switch ((pol_node_kind)term->kind) {
    case POL_NODE_ARRAY: {
        pol_typing all = {.kind = POL_TYPING_ARRAY, .rest = &pol_typing_any};
        return match_array(m, term, own, &all);
    }
    case POL_NODE_OBJECT: {
        pol_typing all = {.kind = POL_TYPING_OBJECT,
                          .key = &pol_typing_any,
                          .rest = &pol_typing_any};
        return match_object(m, term, own, &all);
    }
    default:
        return match_set(m, term, &pol_typing_any);
    }
}

static bool match_collection(matching m, pol_node *term, const pol_typing *own,
                             const pol_typing *t)
{
    static const pol_typing_kind kinds[] = {
        [POL_NODE_ARRAY] = POL_TYPING_ARRAY,
        [POL_NODE_OBJECT] = POL_TYPING_OBJECT,
        [POL_NODE_SET] = POL_TYPING_SET};
    if (t->kind == POL_TYPING_ANY)
        return match_any(m, term, own);
    if (t->kind == POL_TYPING_UNION) {
        bool good = false;
        m.widens = true;
        for (uint32_t i = 0; i < t->count; i++)
            good |= match(m, term, own, t->parts[i]);
        return good;
    }
    if (t->kind != kinds[term->kind])
        return false;
    switch (t->kind) {
    case POL_TYPING_ARRAY:
        return match_array(m, term, own, t);
    case POL_TYPING_OBJECT:
        return match_object(m, term, own, t);
    default:
        return match_set(m, term, t->rest);
    }
}

/* ---- terms --------------------------------------------------------------- */

static bool match(matching m, pol_node *term, const pol_typing *own,
                  const pol_typing *t)
{
    switch ((pol_node_kind)term->kind) {
    case POL_NODE_VAR:
        return match_var(m, term, t);
    case POL_NODE_ARRAY:
    case POL_NODE_OBJECT:
    case POL_NODE_SET:
        return match_collection(m, term, own, t);
    default: /* anything computed is a variable that has its value */
        return (m.widens && !pol_infer_is_scalar(term)) ||
               pol_typing_overlap(m.checker->arena, own, t);
    }
}

bool pol_match_term(pol_checker *checker, pol_node *term, const pol_typing *own,
                    const pol_typing *t)
{
    matching m = {.checker = checker};
    return match(m, term, own, t);
}

static bool is_open(const pol_typing *own)
{
    return !own || own->partial;
}

/* A set in which no member's type is known: another type tells it. */
static bool is_open_set(const pol_node *term, const pol_typing *own)
{
    return term->kind == POL_NODE_SET && !own->rest;
}

static bool match_arrays(pol_checker *checker, pol_node *a,
                         const pol_typing *of_a, pol_node *b,
                         const pol_typing *of_b)
{
    pol_node *y = b->child;
    uint32_t i = 0;
    if (a->count != b->count)
        return false;
    for (pol_node *x = a->child; x; x = x->next, y = y->next, i++) {
        if (!pol_match_terms(checker, x, element_of(of_a, i), y,
                             element_of(of_b, i)))
            return false;
    }
    return true;
}

static bool match_objects(pol_checker *checker, pol_node *a,
                          const pol_typing *of_a, pol_node *b,
                          const pol_typing *of_b)
{
    matching m = {.checker = checker};
    if (a->count != b->count)
        return false;
    for (pol_node *key = a->child; key; key = key->next->next) {
        pol_node *other = (pol_node *)pol_safety_member(b, key);
        if (other && !pol_match_terms(checker, key->next,
                                      member_of(m, of_a, key), other,
                                      member_of(m, of_b, key)))
            return false;
    }
    return true;
}

/* A term against one in which nothing tells what the parts are. */
static bool match_unknown(pol_checker *checker, pol_node *term,
                          const pol_typing *own, const pol_typing *other)
{
    return pol_match_term(checker, term, own,
                          term->kind == POL_NODE_VAR
                              ? pol_infer_filled(checker, other)
                              : &pol_typing_any);
}

bool pol_match_terms(pol_checker *checker, pol_node *a, const pol_typing *of_a,
                     pol_node *b, const pol_typing *of_b)
{
    bool a_open = is_open(of_a), b_open = is_open(of_b);
    if (!a_open && !b_open && is_open_set(a, of_a))
        return pol_match_term(checker, a, of_a, of_b);
    if (!a_open && !b_open && is_open_set(b, of_b))
        return pol_match_term(checker, b, of_b, of_a);
    if (!a_open && !b_open)
        return pol_typing_overlap(checker->arena, of_a, of_b);
    if (!b_open)
        return pol_match_term(checker, a, of_a, of_b);
    if (!a_open)
        return pol_match_term(checker, b, of_b, of_a);
    if (a->kind == POL_NODE_ARRAY && b->kind == POL_NODE_ARRAY)
        return match_arrays(checker, a, of_a, b, of_b);
    if (a->kind == POL_NODE_OBJECT && b->kind == POL_NODE_OBJECT)
        return match_objects(checker, a, of_a, b, of_b);
    return match_unknown(checker, a, of_a, of_b) &&
           match_unknown(checker, b, of_b, of_a);
}
