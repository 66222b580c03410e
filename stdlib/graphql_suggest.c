/* SPDX-License-Identifier: Apache-2.0
 *
 * "Did you mean …?": names by their edit distance, case aside. */
#include "graphql_validate.h"

enum { MOST = 5, LONGEST = 64 };

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* Insertions, deletions and changes; 1 if only the case differs. Names are
 * ASCII; too long ones are far from everything. */
static uint32_t distance(pol_value a, pol_value b)
{
    uint32_t row[LONGEST + 1];
    if (a.len > LONGEST || b.len > LONGEST)
        return UINT32_MAX;
    for (uint32_t i = 0; i <= b.len; i++)
        row[i] = i;
    for (uint32_t i = 0; i < a.len; i++) {
        uint32_t corner = row[0];
        row[0] = i + 1;
        for (uint32_t j = 0; j < b.len; j++) {
            uint32_t above = row[j + 1];
            uint32_t best =
                corner + (lower(a.str[i]) != lower(b.str[j]));
            if (above + 1 < best)
                best = above + 1;
            if (row[j] + 1 < best)
                best = row[j] + 1;
            row[j + 1] = best;
            corner = above;
        }
    }
    return row[b.len] || pol_equal(a, b) ? row[b.len] : 1;
}

pol_value pol_graphql_or_list(pol_call *call, const char *what,
                              const pol_value *names, size_t count)
{
    pol_bytes out;
    pol_bytes_init(&out, call, 64);
    if (!count)
        return pol_bytes_done(&out);
    pol_bytes_text(&out, " Did you mean ");
    pol_bytes_text(&out, what);
    if (count > MOST)
        count = MOST;
    for (size_t i = 0; i < count; i++) {
        if (i)
            pol_bytes_text(&out, count == 2 ? " or "
                                 : i + 1 == count ? ", or "
                                                  : ", ");
        pol_bytes_byte(&out, '"');
        pol_bytes_add(&out, names[i].str, names[i].len);
        pol_bytes_byte(&out, '"');
    }
    pol_bytes_byte(&out, '?');
    return pol_bytes_done(&out);
}

/* The best ones in order; of equals the first. */
typedef struct ranking {
    pol_value names[MOST];
    uint32_t ranks[MOST];
    size_t count;
} ranking;

static void consider(ranking *r, pol_value name, uint32_t rank)
{
    size_t at = r->count;
    while (at && r->ranks[at - 1] > rank)
        at--;
    if (at == MOST)
        return;
    if (r->count < MOST)
        r->count++;
    for (size_t i = r->count - 1; i > at; i--) {
        r->names[i] = r->names[i - 1];
        r->ranks[i] = r->ranks[i - 1];
    }
    r->names[at] = name;
    r->ranks[at] = rank;
}

pol_value pol_graphql_suggest(pol_call *call, const char *what, pol_value name,
                              const pol_graphql_list *options)
{
    ranking r = {.count = 0};
    uint32_t most = name.len * 2 / 5 + 1;
    POL_GRAPHQL_EACH(option, *options) {
        uint32_t rank = distance(name, option->name);
        pol_call_spend(call, 1 + name.len / 8);
        if (rank <= most)
            consider(&r, option->name, rank);
    }
    return pol_graphql_or_list(call, what, r.names, r.count);
}
