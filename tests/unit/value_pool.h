/* SPDX-License-Identifier: Apache-2.0
 *
 * Values that an unknown value may turn out to be: what a policy and its document
 * hold, what rules make of them, and small collections of those. Only values that
 * a document can have: no sets. */
#ifndef POL_TEST_VALUE_POOL_H
#define POL_TEST_VALUE_POOL_H

#include "pol_value.h"
#include "random_policy.h"

enum { POL_VALUE_POOL_ROOM = 96 };

typedef struct pol_value_pool {
    pol_arena *arena;
    pol_value items[POL_VALUE_POOL_ROOM];
    uint32_t count;
} pol_value_pool;

/* Adds a copy of a value and of its parts, as long as there is room; sets as the
 * arrays of their members, nothing of what is unknown. */
void pol_value_pool_add(pol_value_pool *pool, pol_value v);

/* One of the values, or a collection of such. There is one. */
pol_value pol_value_pool_draw(const pol_value_pool *pool, pol_random *random);

#endif
