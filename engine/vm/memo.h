/* SPDX-License-Identifier: Apache-2.0
 *
 * What rules evaluated to: one slot a rule and environment.
 *
 * The root environment has an array of slots that outlives evaluations; a slot
 * belongs to the running evaluation only if its epoch says so, which makes
 * forgetting free. Environments of `with` have few entries: a small table that
 * grows in the evaluation's arena. Slots do not move. */
#ifndef POL_MEMO_H
#define POL_MEMO_H

#include "arena.h"
#include "pol_value.h"

typedef enum {
    POL_MEMO_EMPTY,
    POL_MEMO_BUSY, /* the rule is being evaluated */
    POL_MEMO_DONE  /* value holds, POL_UNDEFINED included */
} pol_memo_state;

typedef struct pol_memo_slot {
    pol_value value;
    uint32_t epoch; /* the evaluation that it belongs to */
    uint16_t state; /* pol_memo_state */
    uint16_t unsure; /* bounded evaluations: the value is only possible */
} pol_memo_slot;

/* The table of a `with` environment; all zero is empty. Open addressing. */
typedef struct pol_memo {
    struct pol_memo_entry *entries;
    uint32_t count, room; /* room is 0 or a power of two */
} pol_memo;

/* The slot of a rule, made (empty, of `epoch`) if there is none. */
pol_memo_slot *pol_memo_at(pol_memo *memo, pol_arena *arena, uint32_t rule,
                           uint32_t epoch);

#endif
