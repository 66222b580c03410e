/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables of memo slots; see memo.h. */
#include "memo.h"

enum { FIRST_ROOM = 8 };

typedef struct pol_memo_entry {
    uint32_t rule;
    pol_memo_slot *slot; /* NULL: a free entry */
} pol_memo_entry;

/* Where `rule` is or belongs; the table always has a free entry. */
static pol_memo_entry *probe(const pol_memo *memo, uint32_t rule)
{
    uint32_t at = rule * 0x9E3779B1u;
    for (;; at++) {
        pol_memo_entry *entry = &memo->entries[at & (memo->room - 1)];
        if (!entry->slot || entry->rule == rule)
            return entry;
    }
}

static void grow(pol_memo *memo, pol_arena *arena)
{
    pol_memo old = *memo;
    memo->room = old.room ? old.room * 2 : FIRST_ROOM;
    memo->entries = arena_array(arena, pol_memo_entry, memo->room);
    memset(memo->entries, 0, memo->room * sizeof *memo->entries);
    for (uint32_t i = 0; i < old.room; i++)
        if (old.entries[i].slot)
            *probe(memo, old.entries[i].rule) = old.entries[i];
}

pol_memo_slot *pol_memo_at(pol_memo *memo, pol_arena *arena, uint32_t rule,
                           uint32_t epoch)
{
    if (memo->count >= memo->room / 2)
        grow(memo, arena);
    pol_memo_entry *entry = probe(memo, rule);
    if (!entry->slot) {
        entry->slot = arena_new(arena, pol_memo_slot);
        entry->slot->epoch = epoch;
        entry->rule = rule;
        memo->count++;
    }
    return entry->slot;
}
