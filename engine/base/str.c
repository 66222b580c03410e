/* SPDX-License-Identifier: Apache-2.0
 *
 * Hashing and closeness of names; see str.h. */
#include "str.h"

enum { LONGEST_NAME = 64 };

unsigned pol_str_distance(pol_str a, pol_str b, unsigned max)
{
    unsigned rows[3][LONGEST_NAME + 1];
    if (a.len > LONGEST_NAME || b.len > LONGEST_NAME)
        return max + 1;
    for (size_t j = 0; j <= b.len; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a.len; i++) {
        unsigned *before = rows[(i + 1) % 3], *above = rows[(i + 2) % 3];
        unsigned *row = rows[i % 3];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b.len; j++) {
            unsigned cost = a.ptr[i - 1] != b.ptr[j - 1];
            unsigned best = above[j - 1] + cost;
            if (above[j] + 1 < best)
                best = above[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] &&
                a.ptr[i - 2] == b.ptr[j - 1] && before[j - 2] + cost < best)
                best = before[j - 2] + cost;
            row[j] = best;
        }
    }
    unsigned distance = rows[a.len % 3][b.len];
    return distance > max ? max + 1 : distance;
}

int pol_str_closest(pol_str name, const pol_str *candidates, size_t count)
{
    unsigned best = name.len < 3 ? 2 : 3; /* one more than is allowed */
    int found = -1;
    for (size_t i = 0; i < count; i++) {
        unsigned distance = pol_str_distance(name, candidates[i], best - 1);
        if (distance < best && distance < candidates[i].len) {
            best = distance;
            found = (int)i;
        }
        if (best == 0)
            break;
    }
    return found;
}

uint64_t pol_str_hash(pol_str s, uint64_t seed)
{
    const uint64_t prime = 0x9E3779B97F4A7C15u;
    uint64_t hash = seed ^ (s.len * prime);
    const char *p = s.ptr;
    size_t left = s.len;
    for (; left >= 8; p += 8, left -= 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        hash = (hash ^ word) * prime;
        hash ^= hash >> 29;
    }
    uint64_t tail = 0;
    if (left)
        memcpy(&tail, p, left);
    hash = (hash ^ tail) * prime;
    return hash ^ (hash >> 32);
}
