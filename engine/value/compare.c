/* SPDX-License-Identifier: Apache-2.0
 *
 * Rego's total order. Scalars are compared at once; collections with an
 * explicit stack, since policies can build values deeper than the C stack. The
 * first levels live in the frame of pol_compare; deeper ones, which next to
 * nothing has, in memory from malloc that is given back before returning. */
#include "common.h"
#include "pol_value.h"
#include "trap.h"

enum { SHALLOW = 32 };

/* Two collections being compared. Objects count their keys and values in turn:
 * element 2i is the i-th key, 2i + 1 its value. */
typedef struct {
    pol_value a, b;
    uint32_t at, count;
} level;

typedef struct {
    level *levels;
    size_t count, room;
    level shallow[SHALLOW];
} comparison;

static int rank(pol_value v)
{
    return v.tag == POL_NUMBER ? POL_INT : v.tag;
}

static int compare_strings(pol_value a, pol_value b)
{
    uint32_t n = a.len < b.len ? a.len : b.len;
    int order = n ? memcmp(a.str, b.str, n) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* Decides without looking into collections; true if *order says it all. */
static inline bool decide(pol_value a, pol_value b, int *order)
{
    if (a.tag != b.tag) {
        int difference = rank(a) - rank(b);
        *order = difference ? difference : pol_number_compare(a, b);
        return true;
    }
    switch (a.tag) {
    case POL_INT:
        *order = (a.i > b.i) - (a.i < b.i);
        return true;
    case POL_STRING:
    case POL_UNKNOWN: /* messages that show differently are two */
        *order = compare_strings(a, b);
        return true;
    case POL_NUMBER:
        *order = pol_number_compare(a, b);
        return true;
    case POL_ARRAY:
    case POL_OBJECT:
    case POL_SET:
        *order = 0;
        return a.items == b.items && a.len == b.len;
    default:
        *order = 0;
        return true;
    }
}

static void push(comparison *c, pol_value a, pol_value b)
{
    if (c->count == c->room) {
        size_t room = c->room * 4;
        level *levels = malloc(room * sizeof *levels);
        if (!levels)
            pol_trap_raise(NULL, POL_TRAP_MEMORY, "memory");
        memcpy(levels, c->levels, c->count * sizeof *levels);
        if (c->levels != c->shallow)
            free(c->levels);
        c->levels = levels;
        c->room = room;
    }
    uint32_t count = a.len < b.len ? a.len : b.len;
    if (a.tag == POL_OBJECT)
        count = count > UINT32_MAX / 2 ? UINT32_MAX : count * 2;
    c->levels[c->count++] = (level){a, b, 0, count};
}

static inline pol_value element(pol_value v, uint32_t at)
{
    if (v.tag != POL_OBJECT)
        return v.items[at];
    return at % 2 ? v.obj->values[at / 2] : v.obj->shape->keys[at / 2];
}

/* Keys that two objects share need no look: skip to the next value. */
static inline bool same_keys(const level *top)
{
    return top->a.tag == POL_OBJECT && top->at % 2 == 0 &&
           top->a.obj->shape == top->b.obj->shape;
}

static int compare_deep(comparison *c)
{
    while (c->count) {
        level *top = &c->levels[c->count - 1];
        if (top->at == top->count) {
            if (top->a.len != top->b.len)
                return top->a.len < top->b.len ? -1 : 1;
            c->count--;
            continue;
        }
        if (same_keys(top)) {
            top->at++;
            continue;
        }
        pol_value a = element(top->a, top->at), b = element(top->b, top->at);
        top->at++;
        int order;
        if (!decide(a, b, &order))
            push(c, a, b);
        else if (order)
            return order;
    }
    return 0;
}

static int compare_collections(pol_value a, pol_value b)
{
    comparison c;
    c.levels = c.shallow;
    c.count = 0;
    c.room = SHALLOW;
    push(&c, a, b);
    int order = compare_deep(&c);
    if (c.levels != c.shallow)
        free(c.levels);
    return order;
}

int pol_compare(pol_value a, pol_value b)
{
    int order;
    return decide(a, b, &order) ? order : compare_collections(a, b);
}

bool pol_equal(pol_value a, pol_value b)
{
    if (a.tag == b.tag) {
        if (a.tag == POL_STRING)
            return a.len == b.len &&
                   (a.str == b.str || !memcmp(a.str, b.str, a.len));
        if (pol_is_collection(a) && a.len != b.len)
            return false;
    }
    int order;
    return (decide(a, b, &order) ? order : compare_collections(a, b)) == 0;
}
