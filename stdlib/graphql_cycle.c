/* SPDX-License-Identifier: Apache-2.0
 *
 * The rule that no fragment spreads itself, over others or not. Each fragment is
 * searched once a document; a cycle is reported at the spread that closes it. */
#include "graphql_validate.h"

#define TEXT POL_GRAPHQL_TEXT

/* Spreads from the fragment that the search began with to where it is. */
typedef struct path {
    pol_graphql_check *check;
    const pol_graphql_node *spreads[POL_GRAPHQL_NESTING];
    const pol_graphql_node *fragments[POL_GRAPHQL_NESTING];
    size_t count;
} path;

static void report_cycle(const path *p, size_t from,
                         const pol_graphql_node *last)
{
    pol_bytes via;
    pol_bytes_init(&via, p->check->call, 32);
    for (size_t i = from; i + 1 < p->count; i++) {
        pol_bytes_text(&via, i == from ? " via \"" : ", \"");
        pol_bytes_add(&via, p->spreads[i]->name.str, p->spreads[i]->name.len);
        pol_bytes_byte(&via, '"');
    }
    pol_value text = pol_bytes_done(&via);
    pol_graphql_complain(p->check, last, "Cannot spread fragment \"%.*s\" "
                         "within itself%.*s.", TEXT(last->name), TEXT(text));
}

/* Selection sets still to look through, and what was found there. */
typedef struct spreads {
    const pol_graphql_list **sets;
    const pol_graphql_node **items;
    size_t set_count, set_room, count, room;
} spreads;

static void *grown(pol_call *call, void *old, size_t count, size_t *room)
{
    if (count < *room)
        return old;
    *room = *room ? 2 * *room : 8;
    void *grown = pol_call_alloc(call, *room * sizeof(void *));
    if (count)
        memcpy(grown, old, count * sizeof(void *));
    return grown;
}

/* All spreads in a fragment, those of a set together, the last set found
 * first. */
static spreads find_spreads(pol_call *call, const pol_graphql_node *fragment)
{
    spreads s = {.sets = NULL};
    const pol_graphql_list *set = &fragment->members;
    for (;;) {
        POL_GRAPHQL_EACH(selection, *set) {
            pol_call_spend(call, 1);
            if (selection->kind == POL_GRAPHQL_SPREAD) {
                s.items = grown(call, s.items, s.count, &s.room);
                s.items[s.count++] = selection;
            } else if (selection->members.count) {
                s.sets = grown(call, s.sets, s.set_count, &s.set_room);
                s.sets[s.set_count++] = &selection->members;
            }
        }
        if (!s.set_count)
            return s;
        set = s.sets[--s.set_count];
    }
}

static void search(path *p, pol_graphql_node *fragment)
{
    if (fragment->number)
        return;
    fragment->number = 1; /* searched */
    if (p->count == POL_GRAPHQL_NESTING)
        pol_call_limit(p->check->call, "nesting");
    p->fragments[p->count++] = fragment;
    spreads s = find_spreads(p->check->call, fragment);
    for (size_t i = 0; i < s.count; i++) {
        pol_graphql_node *next = pol_graphql_named(
            &p->check->document->variables, s.items[i]->name);
        if (!next)
            continue;
        p->spreads[p->count - 1] = s.items[i];
        size_t at = 0;
        while (at < p->count && p->fragments[at] != next)
            at++;
        if (at < p->count)
            report_cycle(p, at, s.items[i]);
        else
            search(p, next);
    }
    p->count--;
}

void pol_graphql_rule_cycle(pol_graphql_check *check,
                            pol_graphql_node *fragment)
{
    path p;
    p.check = check;
    p.count = 0;
    search(&p, fragment);
}
