/* SPDX-License-Identifier: Apache-2.0
 *
 * The order of a body's literals. Most bodies are in order as they are: each
 * literal is tried where it stands. From the first that must wait on, literals
 * are kept in a heap by (round, place) and each waits at the variables that it
 * lacks, so that nothing is tried without need: in every round the literals that
 * have become able to run do so in the order of the source, as OPA does it. One
 * that cannot run as it stands is taken apart: its inner calls become items of
 * their own, then what is left runs as pieces, all of them or none. */
#include "safety.h"

typedef struct item item;
struct item {
    pol_node *literal;
    pol_node **pieces; /* the literal taken apart, NULL if it is not */
    uint32_t piece_count;
    uint32_t place, part; /* in the source, and of the literal there */
    uint32_t round;
    bool done, queued, watching, split, flat;
    item *next; /* in the order of the source */
};

typedef struct pol_watch pol_watch;
struct pol_watch {
    item *item;
    pol_watch *next;
};

typedef struct order {
    pol_safety *safety;
    pol_node *body;
    pol_node **out; /* the literals in their new order */
    uint32_t out_count, out_room;
    item *items;
    uint32_t left;
    item **heap;
    uint32_t heap_count, heap_room;
    uint32_t *touched; /* slots with watches */
    uint32_t touched_count, touched_room;
} order;

/* ---- the result ---------------------------------------------------------- */

static void emit(order *o, pol_node *literal)
{
    if (o->out_count == o->out_room) {
        uint32_t room = o->out_room ? o->out_room * 2 : 8;
        pol_node **out =
            arena_array(o->safety->compile->arena, pol_node *, room);
        if (o->out_count)
            memcpy(out, o->out, o->out_count * sizeof *out);
        o->out = out;
        o->out_room = room;
    }
    o->out[o->out_count++] = literal;
}

static void link_body(const order *o)
{
    pol_node *body = o->body;
    body->child = o->out_count ? o->out[0] : NULL;
    body->last = o->out_count ? o->out[o->out_count - 1] : NULL;
    body->count = o->out_count;
    for (uint32_t i = 0; i < o->out_count; i++)
        o->out[i]->next = i + 1 < o->out_count ? o->out[i + 1] : NULL;
}

/* ---- the heap ------------------------------------------------------------ */

static bool stands_before(const item *a, const item *b)
{
    return a->place != b->place ? a->place < b->place : a->part < b->part;
}

static bool earlier(const item *a, const item *b)
{
    return a->round != b->round ? a->round < b->round : stands_before(a, b);
}

static void swap(item **a, item **b)
{
    item *t = *a;
    *a = *b;
    *b = t;
}

static void enqueue(order *o, item *it, uint32_t round)
{
    if (it->done || it->queued)
        return;
    it->queued = true;
    it->round = round;
    if (o->heap_count == o->heap_room) {
        uint32_t room = o->heap_room ? o->heap_room * 2 : 16;
        item **heap = arena_array(o->safety->compile->arena, item *, room);
        if (o->heap_count)
            memcpy(heap, o->heap, o->heap_count * sizeof *heap);
        o->heap = heap;
        o->heap_room = room;
    }
    uint32_t at = o->heap_count++;
    o->heap[at] = it;
    while (at && earlier(o->heap[at], o->heap[(at - 1) / 2])) {
        swap(&o->heap[at], &o->heap[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
}

static item *dequeue(order *o)
{
    item *first = o->heap[0];
    o->heap[0] = o->heap[--o->heap_count];
    for (uint32_t at = 0;;) {
        uint32_t low = at, left = 2 * at + 1;
        for (uint32_t c = left; c < left + 2 && c < o->heap_count; c++) {
            if (earlier(o->heap[c], o->heap[low]))
                low = c;
        }
        if (low == at)
            break;
        swap(&o->heap[at], &o->heap[low]);
        at = low;
    }
    first->queued = false;
    return first;
}

/* ---- waiting ------------------------------------------------------------- */

static void touch(order *o, uint32_t slot)
{
    if (o->touched_count == o->touched_room) {
        uint32_t room = o->touched_room ? o->touched_room * 2 : 16;
        uint32_t *touched =
            arena_array(o->safety->compile->arena, uint32_t, room);
        if (o->touched_count)
            memcpy(touched, o->touched, o->touched_count * sizeof *touched);
        o->touched = touched;
        o->touched_room = room;
    }
    o->touched[o->touched_count++] = slot;
}

typedef struct waiter {
    order *order;
    item *item;
} waiter;

static void watch(pol_safety_visitor *v, const pol_node *var)
{
    waiter *w = v->context;
    pol_safety *s = v->safety;
    if (s->safe[var->slot])
        return;
    pol_watch *entry = s->watch[var->slot];
    if (entry && entry->item == w->item)
        return;
    if (!entry)
        touch(w->order, (uint32_t)var->slot);
    entry = arena_new(s->compile->arena, pol_watch);
    *entry = (pol_watch){.item = w->item, .next = s->watch[var->slot]};
    s->watch[var->slot] = entry;
}

static void wait_for(order *o, item *it)
{
    if (it->watching)
        return;
    it->watching = true;
    waiter w = {o, it};
    pol_safety_visitor v = {.visit = watch, .safety = o->safety, .context = &w,
                            .limit = o->safety->depth};
    if (!it->pieces)
        pol_safety_visit(&v, it->literal);
    for (uint32_t i = 0; i < it->piece_count; i++)
        pol_safety_visit(&v, it->pieces[i]);
}

/* Queues what waited for the variables bound since the trail had `start`
 * entries. */
static void wake(order *o, const item *by, uint32_t start)
{
    pol_safety *s = o->safety;
    for (uint32_t i = start; i < s->trail_count; i++) {
        for (pol_watch *w = s->watch[s->trail[i]]; w; w = w->next)
            enqueue(o, w->item,
                    stands_before(by, w->item) ? by->round : by->round + 1);
    }
}

/* ---- trying -------------------------------------------------------------- */

/* Runs the pieces of a literal as a small body of their own: all or none. */
static bool try_pieces(order *o, item *it)
{
    pol_safety *s = o->safety;
    uint32_t start = s->trail_count, kept = o->out_count, done = 0;
    bool *placed = arena_array(s->compile->arena, bool, it->piece_count);
    memset(placed, 0, it->piece_count);
    for (bool progress = true; progress;) {
        progress = false;
        for (uint32_t i = 0; i < it->piece_count; i++) {
            if (placed[i] || !pol_safety_try(s, it->pieces[i]))
                continue;
            emit(o, it->pieces[i]);
            placed[i] = progress = true;
            done++;
        }
    }
    if (done == it->piece_count)
        return true;
    pol_safety_undo(s, start);
    o->out_count = kept;
    return false;
}

static void close_over(order *o, uint32_t from)
{
    for (uint32_t i = from; i < o->out_count; i++)
        pol_safety_closures(o->safety, o->out[i]);
}

/* Makes items of the literal's inner calls and of what is left of it. False if
 * there are none. */
static bool split_calls(order *o, item *it)
{
    uint32_t count, round = it->round;
    pol_node **parts = pol_safety_calls(o->safety, it->literal, &count);
    item *rest = it->next;
    it->split = true;
    for (uint32_t i = 0; i < count; i++) {
        if (i) {
            it->next = arena_new(o->safety->compile->arena, item);
            *it->next = (item){.place = it->place, .part = i, .split = true};
            it = it->next;
            o->left++;
        }
        it->literal = parts[i];
        it->next = rest;
        enqueue(o, it, round);
    }
    return count;
}

static void try_item(order *o, item *it)
{
    pol_safety *s = o->safety;
    uint32_t start = s->trail_count, from = o->out_count;
    if (it->pieces) {
        it->done = try_pieces(o, it);
    } else if (!pol_safety_closed(s, it->literal)) {
        it->done = false;
    } else if (pol_safety_try(s, it->literal)) {
        emit(o, it->literal);
        it->done = true;
    } else if (!it->split && split_calls(o, it)) {
        return;
    } else if (!it->flat) {
        it->flat = true;
        it->pieces = pol_safety_flatten(s, it->literal, &it->piece_count);
        it->done = it->pieces && try_pieces(o, it);
    }
    if (!it->done) {
        wait_for(o, it);
        return;
    }
    o->left--;
    wake(o, it, start);
    close_over(o, from);
}

static void run(order *o)
{
    while (o->heap_count)
        try_item(o, dequeue(o));
}

/* ---- what never becomes safe --------------------------------------------- */

/* Notes which variables the stuck literals would bind if they could run. */
static void note_binding(pol_safety_visitor *v, const pol_node *var)
{
    if (v->binds)
        ((uint8_t *)v->context)[var->slot] = 1;
}

typedef struct reporter {
    order *order;
    const uint8_t *could; /* by slot: report the others alone; or NULL */
    bool needed;          /* not what the literal would bind itself */
    const pol_node *literal;
    uint32_t reported;
} reporter;

static void report(pol_safety_visitor *v, const pol_node *var)
{
    reporter *rep = v->context;
    pol_safety *s = v->safety;
    if (s->safe[var->slot] || (rep->could && rep->could[var->slot]) ||
        (rep->needed && v->binds))
        return;
    pol_safety_report(s, rep->literal, var);
    pol_safety_mark(s, var->slot);
    rep->reported++;
}

static void visit_item(const item *it, pol_safety_visitor *v, reporter *rep)
{
    for (uint32_t i = 0; i < (it->pieces ? it->piece_count : 1); i++) {
        const pol_node *literal = it->pieces ? it->pieces[i] : it->literal;
        if (rep)
            rep->literal = literal;
        pol_safety_visit(v, literal);
    }
}

/* Reports the variables that nothing stuck could bind; where all wait for one
 * another, those of the first literal. They count as bound from then on, so that
 * one mistake is said once. */
static void report_stuck(order *o)
{
    pol_safety *s = o->safety;
    uint8_t *could = arena_array(s->compile->arena, uint8_t, s->slots);
    memset(could, 0, s->slots);
    pol_safety_visitor v = {.visit = note_binding, .safety = s,
                            .context = could, .limit = s->depth};
    item *first = NULL;
    for (item *it = o->items; it; it = it->next) {
        if (it->done)
            continue;
        visit_item(it, &v, NULL);
        if (!first)
            first = it;
    }
    uint32_t start = s->trail_count;
    reporter rep = {.order = o, .could = could};
    v = (pol_safety_visitor){.visit = report, .safety = s, .context = &rep,
                             .limit = s->depth};
    for (const item *it = o->items; it; it = it->next) {
        if (!it->done)
            visit_item(it, &v, &rep);
    }
    rep.could = NULL;
    for (int all = 0; all < 2 && !rep.reported; all++) {
        rep.needed = !all;
        visit_item(first, &v, &rep);
    }
    if (!rep.reported) { /* only what was taken apart lacks something */
        first->done = true;
        o->left--;
        return;
    }
    item none = {.round = 0};
    wake(o, &none, start);
}

/* ---- bodies -------------------------------------------------------------- */

static void begin_slow(order *o, pol_node *from)
{
    item **end = &o->items;
    for (pol_node *l = from; l; l = l->next) {
        item *it = arena_new(o->safety->compile->arena, item);
        *it = (item){.literal = l, .place = ++o->left};
        *end = it;
        end = &it->next;
    }
    for (item *it = o->items; it; it = it->next)
        enqueue(o, it, 1);
}

void pol_safety_order(pol_safety *s, pol_node *body)
{
    pol_node *literal = body->child;
    for (; literal && pol_safety_closed(s, literal) &&
           pol_safety_try(s, literal);
         literal = literal->next)
        pol_safety_closures(s, literal);
    if (!literal)
        return;
    order o = {.safety = s, .body = body};
    for (pol_node *l = body->child; l != literal; l = l->next)
        emit(&o, l);
    begin_slow(&o, literal);
    run(&o);
    while (o.left) {
        report_stuck(&o);
        run(&o);
    }
    link_body(&o);
    for (uint32_t i = 0; i < o.touched_count; i++)
        s->watch[o.touched[i]] = NULL;
}
