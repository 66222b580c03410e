/* SPDX-License-Identifier: Apache-2.0
 *
 * Terms are compared as written, but numbers by value and sets and objects
 * without regard to order. A hash finds the candidates. */
#include "keys.h"

/* Sets and objects in a key with more members than this are compared in the
 * order in which they are written. */
enum { MOST_MEMBERS = 64 };

/* A decimal as the digits between its outermost non-zero ones, and the power of
 * ten that the last of them counts. */
typedef struct decimal {
    bool negative;
    const char *first, *last; /* both NULL: zero */
    long power;
} decimal;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The exponent behind `e`; so far off that no other number has it when it is
 * longer than a power of ten can be. */
static long read_exponent(const char *p, const char *end)
{
    enum { FAR = 1000000000 };
    bool negative = p < end && *p == '-';
    long value = 0;
    for (; p < end; p++)
        if (is_digit(*p) && value < FAR)
            value = value * 10 + (*p - '0');
    return negative ? -value : value;
}

static decimal read_decimal(pol_str text)
{
    const char *p = text.ptr, *end = p + text.len, *point = NULL;
    decimal d = {.negative = text.len && *p == '-'};
    for (; p < end && *p != 'e' && *p != 'E'; p++) {
        if (*p == '.')
            point = p;
        if (!is_digit(*p) || *p == '0')
            continue;
        if (!d.first)
            d.first = p;
        d.last = p;
    }
    if (!d.first)
        return (decimal){0};
    if (!point)
        point = p;
    d.power = (long)(point - d.last) - (point > d.last);
    if (p < end)
        d.power += read_exponent(p + 1, end);
    return d;
}

static bool same_number(pol_str x, pol_str y)
{
    decimal a = read_decimal(x), b = read_decimal(y);
    if (!a.first || !b.first)
        return a.first == b.first;
    if (a.negative != b.negative || a.power != b.power)
        return false;
    const char *p = a.first, *q = b.first;
    for (; p <= a.last && q <= b.last; p++, q++) {
        p += *p == '.';
        q += *q == '.';
        if (*p != *q)
            return false;
    }
    return p > a.last && q > b.last;
}

/* ---- hashes: equal for terms that are the same ----------------------------- */

static uint64_t mix(uint64_t hash, uint64_t next)
{
    return (hash ^ next) * 0x100000001b3u;
}

static uint64_t hash_number(pol_str text)
{
    decimal d = read_decimal(text);
    uint64_t hash = (uint64_t)d.power * 2 + d.negative;
    if (d.first)
        for (const char *p = d.first; p <= d.last; p++)
            if (*p != '.')
                hash = mix(hash, (unsigned char)*p);
    return hash;
}

static uint64_t hash_term(const pol_node *term)
{
    uint64_t hash = mix(0xcbf29ce484222325u, term->kind);
    if (term->kind == POL_NODE_NUMBER)
        return mix(hash, hash_number(term->text));
    for (size_t i = 0; i < term->text.len; i++)
        hash = mix(hash, (unsigned char)term->text.ptr[i]);
    if (term->kind != POL_NODE_SET && term->kind != POL_NODE_OBJECT)
        for (const pol_node *t = term->child; t; t = t->next)
            hash = mix(hash, hash_term(t));
    return hash;
}

/* ---- the same term ----------------------------------------------------------- */

static bool same_term(const pol_node *a, const pol_node *b);

static bool same_list(const pol_node *a, const pol_node *b)
{
    for (; a && b; a = a->next, b = b->next)
        if (!same_term(a, b))
            return false;
    return a == b;
}

/* Whether each member of `a`, of `step` nodes, is one of `b`. */
static bool is_within(const pol_node *a, const pol_node *b, int step)
{
    for (const pol_node *x = a->child; x; x = step == 2 ? x->next->next : x->next) {
        bool found = false;
        for (const pol_node *y = b->child; y && !found;
             y = step == 2 ? y->next->next : y->next)
            found = same_term(x, y) &&
                    (step == 1 || same_term(x->next, y->next));
        if (!found)
            return false;
    }
    return true;
}

static bool same_term(const pol_node *a, const pol_node *b)
{
    if (a->kind != b->kind || ((a->flags ^ b->flags) & POL_NODE_KEYED))
        return false;
    if (a->kind == POL_NODE_NUMBER)
        return same_number(a->text, b->text);
    if (a->kind == POL_NODE_VAR && pol_str_eq(a->text, STR("_")))
        return false; /* each is a variable of its own */
    if ((a->kind == POL_NODE_SET || a->kind == POL_NODE_OBJECT) &&
        a->count <= MOST_MEMBERS && b->count <= MOST_MEMBERS) {
        int step = a->kind == POL_NODE_SET ? 1 : 2;
        return is_within(a, b, step) && is_within(b, a, step);
    }
    return pol_str_eq(a->text, b->text) && same_list(a->child, b->child) &&
           same_list(a->withs, b->withs);
}

/* ---- merging ------------------------------------------------------------------ */

/* A table of keys by hash. */
typedef struct keys {
    pol_node **slots;
    uint64_t *hashes;
    uint32_t mask;
} keys;

static keys new_keys(pol_arena *scratch, uint32_t count)
{
    uint32_t room = 8;
    while (room < count)
        room *= 2;
    room *= 2;
    return (keys){.slots = pol_arena_zalloc(scratch, room * sizeof(pol_node *)),
                  .hashes = arena_array(scratch, uint64_t, room),
                  .mask = room - 1};
}

/* The same key if there is one, else NULL, and `key` is put there. */
static pol_node *find_or_put(keys *k, pol_node *key)
{
    uint64_t hash = hash_term(key);
    uint32_t i = (uint32_t)(hash ^ hash >> 32) & k->mask;
    for (; k->slots[i]; i = (i + 1) & k->mask)
        if (k->hashes[i] == hash && same_term(k->slots[i], key))
            return k->slots[i];
    k->slots[i] = key;
    k->hashes[i] = hash;
    return NULL;
}

void pol_keys_merge(pol_arena *scratch, pol_node *object)
{
    if (object->count < 4)
        return;
    keys k = new_keys(scratch, object->count / 2);
    pol_node *end = NULL; /* the value of the last pair that stays */
    for (pol_node *next, *key = object->child; key; key = next) {
        pol_node *value = key->next, *same = find_or_put(&k, key);
        next = value->next;
        if (!same) {
            end = value;
            continue;
        }
        end->next = next;
        object->count -= 2;
        value->next = same->next->next;
        if (same->next == end)
            end = value;
        same->next = value;
    }
    object->last = end;
}
