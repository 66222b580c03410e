/* SPDX-License-Identifier: Apache-2.0
 *
 * Values that unknown ones may turn out to be; see value_pool.h. */
#include "value_pool.h"

#include "common.h"
#include "pol_unknown.h"

static bool has_set(pol_value v)
{
    if (v.tag == POL_SET)
        return true;
    for (uint32_t i = 0; pol_is_collection(v) && i < v.len; i++)
        if (v.tag == POL_OBJECT
                ? has_set(pol_key_at(v, i)) || has_set(pol_value_at(v, i))
                : has_set(pol_at(v, i)))
            return true;
    return false;
}

static bool has_string_keys(pol_value v)
{
    for (uint32_t i = 0; pol_is_collection(v) && i < v.len; i++) {
        if (v.tag == POL_OBJECT && !pol_is_string(pol_key_at(v, i)))
            return false;
        if (!has_string_keys(v.tag == POL_OBJECT ? pol_value_at(v, i)
                                                 : pol_at(v, i)))
            return false;
    }
    return true;
}

static void add_one(pol_value_pool *pool, pol_value v)
{
    if (v.tag == POL_SET)
        v = pol_array(v.items, v.len);
    if (pool->count == POL_VALUE_POOL_ROOM || pol_unknown_in(v) ||
        has_set(v) || !has_string_keys(v))
        return;
    for (uint32_t i = 0; i < pool->count; i++)
        if (pol_equal(pool->items[i], v))
            return;
    pool->items[pool->count++] = pol_copy(pool->arena, v);
}

void pol_value_pool_add(pol_value_pool *pool, pol_value v)
{
    if (!pol_is_defined(v))
        return;
    for (uint32_t i = 0; pol_is_collection(v) && i < v.len; i++) {
        if (v.tag == POL_OBJECT)
            add_one(pool, pol_key_at(v, i));
        pol_value_pool_add(pool, v.tag == POL_OBJECT ? pol_value_at(v, i)
                                                     : pol_at(v, i));
    }
    add_one(pool, v);
}

static pol_value one_of(const pol_value_pool *pool, pol_random *random)
{
    return pool->items[pol_random_pick(random, pool->count)];
}

static pol_value object(const pol_value_pool *pool, pol_random *random)
{
    static const char *const names[][2] = {
        {"x", "y"}, {"k", "v"}, {"m", "x"}, {"x", "a"}, {"a", "b"}, {"y", "m"}};
    const char *const *pair = names[pol_random_pick(random, countof(names))];
    pol_builder b;
    pol_builder_init(&b, pool->arena, POL_OBJECT);
    for (uint32_t i = 0; i < 2; i++)
        if (i == 0 || pol_random_pick(random, 2))
            pol_builder_put(&b, pol_string(pair[i], strlen(pair[i])),
                            one_of(pool, random));
    return pol_builder_done(&b);
}

pol_value pol_value_pool_draw(const pol_value_pool *pool, pol_random *random)
{
    uint32_t how = pol_random_pick(random, 8);
    if (how < 5)
        return one_of(pool, random);
    if (how == 5)
        return object(pool, random);
    pol_builder b;
    pol_builder_init(&b, pool->arena, POL_ARRAY);
    for (uint32_t n = 1 + pol_random_pick(random, 2); n; n--)
        pol_builder_add(&b, pol_random_pick(random, 4)
                                ? one_of(pool, random)
                                : object(pool, random));
    return pol_builder_done(&b);
}
