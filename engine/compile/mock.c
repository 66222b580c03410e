/* SPDX-License-Identifier: Apache-2.0
 *
 * What `with` makes of types. The value is one more that a rule may have; what
 * depends on it can be anything. A place in the input or the base documents is
 * known to be an object on the way there, and nothing is known at its end. */
#include "types.h"

static const pol_tree *target_node(pol_checker *c, const pol_node *target)
{
    uint32_t used;
    if (target->mark == POL_TARGET_FUNCTION)
        return target->slot == POL_SLOT_RULE
                   ? ((const pol_rule *)target->link)->node
                   : NULL;
    if (target->kind == POL_NODE_VAR)
        return target->slot == POL_SLOT_DATA ? c->compile->root : NULL;
    if (target->child->slot != POL_SLOT_DATA)
        return NULL;
    const pol_tree *node = pol_tree_walk(c->compile->root, target, &used);
    return used + 1 == target->count || node->rule ? node : NULL;
}

void pol_mock_add(pol_checker *checker, const pol_node *with,
                  const pol_typing *value)
{
    const pol_node *target = with->child;
    const pol_tree *node = target_node(checker, target);
    if (!node && target->mark == POL_TARGET_FUNCTION)
        return; /* of a builtin: its signature stays */
    pol_mock *mock = arena_new(checker->arena, pol_mock);
    *mock = (pol_mock){node, target, value, checker->mocks};
    checker->mocks = mock;
}

const pol_typing *pol_mock_rule(pol_checker *checker, const pol_tree *node,
                                const pol_typing *t)
{
    for (const pol_mock *m = checker->mocks; m; m = m->outer) {
        if (m->node && m->node != node)
            return &pol_typing_any;
        if (m->node)
            t = pol_typing_union(checker->arena, t, m->value);
    }
    return t;
}

bool pol_mock_changes(const pol_checker *checker, const pol_tree *function)
{
    for (const pol_mock *m = checker->mocks; m; m = m->outer) {
        if (m->node && m->node != function)
            return true;
    }
    return false;
}

/* ---- documents ----------------------------------------------------------- */

/* Only that many objects on the way to a place have their keys looked at. */
enum { OBJECTS = 2 };

static bool same_operand(pol_checker *c, const pol_node *a, const pol_node *b)
{
    pol_value x, y;
    return pol_infer_is_scalar(a) && pol_infer_is_scalar(b) &&
           pol_constant_term(c->arena, a, &x) &&
           pol_constant_term(c->arena, b, &y) && pol_equal(x, y);
}

/* Do the target and `from` have their first `depth` operands in common? Those
 * of the target if it has fewer. *rest is what the target goes on with. */
static bool leads_along(pol_checker *c, const pol_node *target,
                        const pol_node *from, uint32_t depth,
                        const pol_node **rest)
{
    const pol_node *n = target->child->next;
    for (; depth && n; depth--, n = n->next, from = from->next) {
        if (!same_operand(c, n, from))
            return false;
    }
    *rest = n;
    return true;
}

static const pol_typing *add_name(pol_checker *c, const pol_typing *t,
                                  const pol_node *operand)
{
    pol_value *name = pol_items(c->arena, 1);
    static const pol_typing *const any = &pol_typing_any;
    if (t || !pol_constant_term(c->arena, operand, name))
        return t;
    pol_typing shape = {.kind = POL_TYPING_OBJECT,
                        .count = 1,
                        .names = name,
                        .parts = &any,
                        .key = &pol_typing_string,
                        .rest = &pol_typing_any};
    return pol_typing_make(c->arena, shape);
}

/* The object at depth `depth` below `from`; NULL if nothing is known of it. */
static const pol_typing *at_depth(pol_checker *c, int32_t head,
                                  const pol_node *from, uint32_t depth)
{
    const pol_typing *t = NULL;
    for (const pol_mock *m = c->mocks; m; m = m->outer) {
        if (m->node)
            continue;
        if (m->target->kind == POL_NODE_VAR) {
            if (m->target->slot == head)
                return NULL; /* all of it is replaced */
        } else if (m->target->child->slot == head) {
            const pol_node *n;
            if (!leads_along(c, m->target, from, depth, &n))
                continue;
            if (!n)
                return NULL;
            t = add_name(c, t, n);
        }
    }
    return t;
}

const pol_typing *pol_mock_document(pol_checker *checker, int32_t head,
                                    pol_node **rest)
{
    const pol_node *from = *rest;
    const pol_typing *t = at_depth(checker, head, from, 0), *next;
    uint32_t depth = 0;
    for (; t && *rest && pol_infer_is_scalar(*rest); *rest = (*rest)->next) {
        next = at_depth(checker, head, from, ++depth);
        if (!next && depth <= OBJECTS)
            return t;
        t = next;
    }
    return t ? t : &pol_typing_any;
}
