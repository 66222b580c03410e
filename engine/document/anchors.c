/* SPDX-License-Identifier: Apache-2.0
 *
 * Anchors by name; see anchors.h. */
#include "anchors.h"

void pol_anchors_init(pol_anchors *anchors, pol_arena *arena)
{
    *anchors = (pol_anchors){.arena = arena};
}

static pol_anchor *slot_of(pol_anchor *slots, uint32_t room, pol_str name)
{
    uint32_t at = (uint32_t)pol_string_hash(name.ptr, name.len) & (room - 1);
    while (slots[at].name.len && !pol_str_eq(slots[at].name, name))
        at = (at + 1) & (room - 1);
    return &slots[at];
}

static void grow(pol_anchors *anchors)
{
    uint32_t room = anchors->room ? anchors->room * 2 : 16;
    size_t bytes = room * sizeof(pol_anchor);
    pol_anchor *slots = pol_arena_zalloc(anchors->arena, bytes);
    for (uint32_t i = 0; i < anchors->room; i++)
        if (anchors->slots[i].name.len)
            *slot_of(slots, room, anchors->slots[i].name) = anchors->slots[i];
    anchors->slots = slots;
    anchors->room = room;
}

pol_anchor *pol_anchors_find(pol_anchors *anchors, const char *name, bool make)
{
    pol_str key = pol_str_of(name);
    if (make && anchors->count >= anchors->room / 2)
        grow(anchors);
    if (!anchors->room)
        return NULL;
    pol_anchor *slot = slot_of(anchors->slots, anchors->room, key);
    if (!make)
        return slot->name.len ? slot : NULL;
    if (!slot->name.len) {
        anchors->count++;
        slot->name = pol_str_copy(anchors->arena, key);
    }
    slot->value = pol_undefined();
    slot->nodes = 0;
    slot->height = 0;
    return slot;
}
