/* SPDX-License-Identifier: Apache-2.0
 *
 * The types of `data`. A name that nobody defines can be anything, since there
 * may be base documents; so can the members of a package besides its rules.
 *
 * A rule with ref heads is a tree of its own: operands that are scalars lead
 * down in it by themselves, up to the first other one; from there on each
 * stands for members of one type. Where both kinds meet, all are taken for one
 * object of keys and values, as OPA does. */
#include "limit.h"
#include "types.h"

struct pol_extent {
    pol_value name;
    pol_extent *child, *next;
    const pol_typing *leaf; /* what ends here; NULL if nothing does */
    bool unknown;           /* has too many children to be looked into */
};

/* ---- rules with ref heads ------------------------------------------------ */

static pol_extent *find_child(const pol_extent *extent, pol_value name)
{
    for (pol_extent *e = extent->child; e; e = e->next) {
        if (pol_equal(e->name, name))
            return e;
    }
    return NULL;
}

static pol_extent *child_of(pol_checker *c, pol_extent *extent, pol_value name)
{
    pol_extent *child = find_child(extent, name);
    uint32_t count = 0;
    if (child || extent->unknown)
        return child;
    for (pol_extent *e = extent->child; e; e = e->next)
        count++;
    if (count == POL_TYPING_SIZE) {
        extent->unknown = true;
        return NULL;
    }
    child = arena_new(c->arena, pol_extent);
    child->name = name;
    child->next = extent->child;
    extent->child = child;
    return child;
}

/* The type of what the operands from `operand` on lead to `value` in. */
static const pol_typing *nested(pol_checker *c, pol_node *operand,
                                const pol_typing *value)
{
    const pol_typing *keys[POL_LIMIT_NESTING];
    uint32_t count = 0;
    for (; operand; operand = operand->next) {
        if (count == countof(keys))
            return &pol_typing_any;
        keys[count++] = pol_infer_settled(c, operand);
    }
    while (count)
        value = pol_typing_object(c->arena, keys[--count], value);
    return value;
}

/* Definitions of the same place: objects become one. */
static const pol_typing *merge(pol_checker *c, const pol_typing *a,
                               const pol_typing *b)
{
    if (!a || a->kind != POL_TYPING_OBJECT || b->kind != POL_TYPING_OBJECT ||
        a->count || b->count)
        return pol_typing_union(c->arena, a, b);
    return pol_typing_object(c->arena, pol_typing_union(c->arena, a->key, b->key),
                             pol_typing_union(c->arena, a->rest, b->rest));
}

void pol_extent_add(pol_checker *checker, pol_extent **extent,
                    const pol_def *def, const pol_typing *value)
{
    pol_node *operand = NULL;
    if (!*extent)
        *extent = arena_new(checker->arena, pol_extent);
    pol_extent *at = *extent;
    if (def->ast->ref->kind == POL_NODE_REF &&
        def->suffix < def->ast->ref->count)
        operand = pol_ast_child(def->ast->ref, def->suffix);
    for (; operand && pol_infer_is_scalar(operand); operand = operand->next) {
        pol_value name;
        pol_constant_term(checker->arena, operand, &name);
        at = child_of(checker, at, name);
        if (!at)
            return;
    }
    at->leaf = merge(checker, at->leaf, nested(checker, operand, value));
}

/* All that is in it as one object. */
static const pol_typing *folded(pol_checker *c, const pol_extent *extent)
{
    const pol_typing *t = extent->leaf;
    if (extent->unknown)
        return &pol_typing_any;
    for (const pol_extent *e = extent->child; e; e = e->next)
        t = merge(c, t,
                  pol_typing_object(c->arena,
                                    pol_typing_of_value(c->arena, e->name),
                                    folded(c, e)));
    return t;
}

static int extent_order(const void *a, const void *b)
{
    return pol_compare((*(const pol_extent *const *)a)->name,
                       (*(const pol_extent *const *)b)->name);
}

static const pol_typing *extent_type(pol_checker *c, const pol_extent *extent)
{
    uint32_t count = 0;
    if (extent->unknown)
        return &pol_typing_any;
    if (extent->leaf || !extent->child)
        return folded(c, extent);
    for (const pol_extent *e = extent->child; e; e = e->next)
        count++;
    const pol_extent **sorted =
        arena_array(c->arena, const pol_extent *, count);
    pol_value *names = pol_items(c->arena, count);
    const pol_typing **parts = arena_array(c->arena, const pol_typing *, count);
    count = 0;
    for (const pol_extent *e = extent->child; e; e = e->next)
        sorted[count++] = e;
    qsort(sorted, count, sizeof *sorted, extent_order);
    for (uint32_t i = 0; i < count; i++) {
        names[i] = sorted[i]->name;
        parts[i] = extent_type(c, sorted[i]);
    }
    pol_typing shape = {.kind = POL_TYPING_OBJECT,
                        .count = count,
                        .names = names,
                        .parts = parts,
                        .key = &pol_typing_string,
                        .rest = &pol_typing_any};
    return pol_typing_make(c->arena, shape);
}

/* Goes down by the operands that are scalars. */
static const pol_typing *find(pol_checker *c, const pol_extent *extent,
                              pol_node **rest)
{
    for (; *rest && pol_infer_is_scalar(*rest); *rest = (*rest)->next) {
        pol_value name;
        pol_constant_term(c->arena, *rest, &name);
        const pol_extent *child = find_child(extent, name);
        if (!child && !extent->leaf)
            return &pol_typing_any;
        if (!child)
            break;
        extent = child;
    }
    return *rest && pol_infer_is_collection(*rest) && !extent->leaf
               ? &pol_typing_any /* as for a name that nobody defines */
               : extent_type(c, extent);
}

/* ---- packages ------------------------------------------------------------ */

static const pol_typing *type_of_node(pol_checker *c, const pol_tree *node);

/* A package and the rules in it. Functions are no documents. */
static const pol_typing *package_type(pol_checker *c, const pol_tree *node)
{
    uint32_t count = 0;
    for (const pol_tree *n = node->child; n; n = n->next)
        count++;
    pol_value *names = pol_items(c->arena, count);
    const pol_typing **parts = arena_array(c->arena, const pol_typing *, count);
    pol_typing shape = {.kind = POL_TYPING_OBJECT,
                        .names = names,
                        .parts = parts,
                        .key = &pol_typing_string,
                        .rest = &pol_typing_any};
    for (const pol_tree *n = node->child; n; n = n->next) {
        const pol_typing *t = n->hidden ? NULL : type_of_node(c, n);
        if (!t)
            continue;
        names[shape.count] = pol_string(n->name.ptr, n->name.len);
        parts[shape.count++] = t;
    }
    return shape.count ? pol_typing_make(c->arena, shape) : NULL;
}

/* NULL if there is no document. */
static const pol_typing *type_of_node(pol_checker *c, const pol_tree *node)
{
    if (node->rule) {
        const pol_rule_types *types = pol_types_of_rule(c, node->rule);
        if (node->rule->kind == POL_RULE_FUNCTION)
            return NULL;
        return types->extent ? extent_type(c, types->extent) : types->result;
    }
    if (!c->extents[node->id]) {
        const pol_typing *t = package_type(c, node);
        c->extents[node->id] = t ? t : &pol_typing_any;
    }
    return c->extents[node->id];
}

/* ---- references ---------------------------------------------------------- */

/* Is the operand behind a package the name of something else than its rules? A
 * collection counts as one too, but not directly below the root: so does OPA. */
static bool leads_beside(const pol_checker *c, const pol_tree *package,
                         const pol_node *operand)
{
    return pol_infer_is_scalar(operand) ||
           (pol_infer_is_collection(operand) &&
            package->parent != c->compile->root);
}

const pol_typing *pol_extent_base(pol_checker *checker, pol_node *ref,
                                  pol_node **rest)
{
    uint32_t used;
    const pol_tree *node =
        pol_tree_walk(checker->compile->root, ref, &used);
    for (*rest = ref->child->next; used; used--)
        *rest = (*rest)->next;
    if (node->rule && node->rule->kind == POL_RULE_FUNCTION)
        return &pol_typing_any;
    if (node == checker->compile->root)
        return pol_mock_document(checker, POL_SLOT_DATA, rest);
    if (!node->rule && *rest && leads_beside(checker, node, *rest))
        return &pol_typing_any; /* perhaps a base document */
    const pol_typing *t;
    if (node->rule && node->rule->kind == POL_RULE_OBJECT) {
        const pol_rule_types *types = pol_types_of_rule(checker, node->rule);
        t = types->extent ? find(checker, types->extent, rest)
                          : &pol_typing_any;
    } else {
        t = type_of_node(checker, node);
    }
    return pol_mock_rule(checker, node, t ? t : &pol_typing_any);
}
