/* SPDX-License-Identifier: Apache-2.0
 *
 * Values with marks laid over them. Terraform says what is unknown or sensitive
 * by a second value of the same shape that has `true` there; unknown members are
 * missing in the value itself.
 *
 * Resources of a type mostly have the same members and the same marks, so how
 * two shapes merge is worked out once. Recursion is bounded by the nesting of
 * documents. */
#include "shape.h"
#include "terraform.h"

typedef struct pol_terraform_merge merge;
struct pol_terraform_merge {
    const pol_shape *value, *marks; /* what was merged */
    const pol_shape *shape;
    const int64_t (*from)[2]; /* of each key: index in value and marks, or -1 */
};

enum { MERGES = 256 };

typedef struct overlay {
    pol_arena *arena;
    merge **merges;
    pol_value (*mark)(struct overlay *overlay, pol_value v);
} overlay;

static pol_value overlaid(overlay *o, pol_value v, pol_value marks, bool *any);

static merge *make_merge(pol_arena *arena, const pol_shape *value,
                         const pol_shape *marks)
{
    merge *m = arena_new(arena, merge);
    *m = (merge){.value = value, .marks = marks};
    uint32_t room = value->count + marks->count, n = 0;
    pol_value *keys = pol_items(arena, room);
    int64_t(*from)[2] = pol_arena_alloc(arena, room * sizeof *from);
    for (uint32_t i = 0, k = 0; i < value->count || k < marks->count; n++) {
        int order = i == value->count   ? 1
                    : k == marks->count ? -1
                                        : pol_compare(value->keys[i],
                                                      marks->keys[k]);
        keys[n] = order <= 0 ? value->keys[i] : marks->keys[k];
        from[n][0] = order <= 0 ? (int64_t)i++ : -1;
        from[n][1] = order >= 0 ? (int64_t)k++ : -1;
    }
    m->from = (const int64_t(*)[2])from;
    m->shape = pol_shape_make(arena, keys, n, NULL);
    return m;
}

static merge *merge_of(overlay *o, const pol_shape *value,
                       const pol_shape *marks)
{
    uintptr_t hash = ((uintptr_t)value >> 4) * 31 + ((uintptr_t)marks >> 4);
    merge **slot = &o->merges[hash % MERGES];
    if (!*slot || (*slot)->value != value || (*slot)->marks != marks)
        *slot = make_merge(o->arena, value, marks);
    return *slot;
}

/* The object without members that turned out undefined: marks that mark nothing
 * where there is nothing. */
static pol_value compacted(pol_arena *arena, pol_object *object)
{
    pol_builder builder;
    pol_builder_init(&builder, arena, POL_OBJECT);
    for (uint32_t i = 0; i < object->shape->count; i++) {
        if (pol_is_defined(object->values[i]))
            pol_builder_put(&builder, object->shape->keys[i],
                            object->values[i]);
    }
    return pol_builder_done(&builder);
}

static pol_value overlaid_object(overlay *o, pol_value v, pol_value marks,
                                 bool *any)
{
    merge *m = merge_of(o, v.obj->shape, marks.obj->shape);
    pol_object *object = pol_shape_object(o->arena, m->shape);
    bool changed = false, gaps = false;
    for (uint32_t i = 0; i < m->shape->count; i++) {
        pol_value now = m->from[i][0] < 0 ? pol_undefined()
                                          : v.obj->values[m->from[i][0]];
        if (m->from[i][1] >= 0)
            now = overlaid(o, now, marks.obj->values[m->from[i][1]], &changed);
        gaps |= !pol_is_defined(now);
        object->values[i] = now;
    }
    *any |= changed;
    if (!changed)
        return v;
    return gaps ? compacted(o->arena, object) : pol_shape_value(object);
}

static pol_value overlaid_array(overlay *o, pol_value v, pol_value marks,
                                bool *any)
{
    uint32_t len = v.len > marks.len ? v.len : marks.len;
    pol_value *items = pol_items(o->arena, len);
    bool changed = false;
    for (uint32_t i = 0; i < len; i++) {
        items[i] = i < v.len ? v.items[i] : pol_undefined();
        if (i < marks.len)
            items[i] = overlaid(o, items[i], marks.items[i], &changed);
        if (!pol_is_defined(items[i]))
            items[i] = pol_null();
    }
    *any |= changed;
    return changed ? pol_array(items, len) : v;
}

static pol_value overlaid(overlay *o, pol_value v, pol_value marks, bool *any)
{
    bool nothing = !pol_is_defined(v) || v.tag == POL_NULL;
    if (marks.tag == POL_TRUE) {
        pol_value now = o->mark(o, v);
        *any |= pol_is_defined(now);
        return now;
    }
    if (marks.tag == POL_OBJECT && marks.len &&
        (v.tag == POL_OBJECT || nothing)) {
        pol_value base = nothing ? pol_object_of(o->arena, NULL, NULL, 0)
                                 : v;
        bool changed = false;
        pol_value now = overlaid_object(o, base, marks, &changed);
        *any |= changed;
        return changed ? now : v;
    }
    if (marks.tag == POL_ARRAY && marks.len &&
        (v.tag == POL_ARRAY || nothing)) {
        bool changed = false;
        pol_value base = nothing ? pol_array(NULL, 0) : v;
        pol_value now = overlaid_array(o, base, marks, &changed);
        *any |= changed;
        return changed ? now : v;
    }
    return v;
}

static pol_value as_unknown(overlay *o, pol_value v)
{
    (void)o;
    return (pol_value){.tag = POL_UNKNOWN, .flags = v.flags};
}

static pol_value as_secret(overlay *o, pol_value v)
{
    return pol_is_defined(v) ? pol_resource_secret(o->arena, v) : v;
}

static bool marks_something(pol_value marks)
{
    if (marks.tag != POL_ARRAY && marks.tag != POL_OBJECT)
        return marks.tag == POL_TRUE;
    const pol_value *parts =
        marks.tag == POL_ARRAY ? marks.items : marks.obj->values;
    for (uint32_t i = 0; i < marks.len; i++) {
        if (marks_something(parts[i]))
            return true;
    }
    return false;
}

static pol_value laid(pol_resources *set, uint32_t root, overlay *o,
                      pol_terraform_laying *laying)
{
    if (!marks_something(laying->marks))
        return laying->value;
    pol_terraform_state *state = pol_terraform_state_of(set, root);
    if (!state->merges) {
        state->merges = arena_array(set->arena, merge *, MERGES);
        memset(state->merges, 0, MERGES * sizeof *state->merges);
    }
    o->merges = state->merges;
    return overlaid(o, laying->value, laying->marks, &laying->any);
}

pol_value pol_terraform_unknown(pol_resources *set, uint32_t root,
                                pol_terraform_laying *laying)
{
    overlay o = {.arena = set->arena, .mark = as_unknown};
    return laid(set, root, &o, laying);
}

pol_value pol_terraform_sensitive(pol_resources *set, uint32_t root,
                                  pol_terraform_laying *laying)
{
    overlay o = {.arena = set->arena, .mark = as_secret};
    return laid(set, root, &o, laying);
}
