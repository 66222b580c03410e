/* SPDX-License-Identifier: Apache-2.0
 *
 * Fields that share a response name must be the same field with the same
 * arguments, or belong to different object types and have types that go
 * together. Fragments are compared pairwise once; what was compared is
 * remembered, so cycles end. */
#include "graphql_validate.h"

#define TEXT POL_GRAPHQL_TEXT

/* What a selection set selects, inline fragments opened: fields in the order of
 * their response names' first use, and fragments. */
typedef struct selected {
    const pol_graphql_node **fields;
    size_t field_count, field_room;
    const pol_graphql_node **spreads;
    size_t spread_count, spread_room;
} selected;

/* Fragments that one set of fields was compared with. */
typedef struct compared {
    const pol_graphql_node **items;
    size_t count, room;
} compared;

/* Two fields that are being compared, and the ones that led there: fragments
 * that spread themselves lead back to where they were. */
typedef struct frame frame;
struct frame {
    const pol_graphql_node *a, *b;
    const frame *up;
};

typedef struct overlap {
    pol_graphql_check *check;
    compared compared;
    const frame *stack;
} overlap;

/* Conflicts below one pair of fields, as their reasons; at the top each is
 * reported when it is found. */
typedef struct reasons {
    pol_bytes text;
    bool any, top;
} reasons;

static void push(pol_call *call, const pol_graphql_node ***items, size_t *count,
                 size_t *room)
{
    if (*count < *room)
        return;
    size_t more = *room ? 2 * *room : 8;
    const pol_graphql_node **grown =
        pol_call_alloc(call, more * sizeof(pol_graphql_node *));
    if (*count)
        memcpy(grown, *items, *count * sizeof *grown);
    *items = grown;
    *room = more;
}

/* ---- selection sets ------------------------------------------------------ */

static void gather(overlap *o, selected *s, const pol_graphql_list *selections)
{
    pol_graphql_validate_enter(o->check);
    POL_GRAPHQL_EACH(selection, *selections) {
        pol_call_spend(o->check->call, 1);
        if (selection->kind == POL_GRAPHQL_INLINE) {
            gather(o, s, &selection->members);
        } else if (selection->kind == POL_GRAPHQL_FIELD) {
            push(o->check->call, &s->fields, &s->field_count, &s->field_room);
            s->fields[s->field_count++] = selection;
        } else {
            push(o->check->call, &s->spreads, &s->spread_count,
                 &s->spread_room);
            s->spreads[s->spread_count++] = selection;
        }
    }
    pol_graphql_validate_leave(o->check);
}

static bool same_key(const pol_graphql_node *a, const pol_graphql_node *b)
{
    return pol_equal(a->alias, b->alias);
}

/* Puts fields with one response name together, where the first of them is. */
static void group(const selected *s)
{
    for (size_t i = 0; i + 1 < s->field_count; i++) {
        size_t end = i + 1;
        for (size_t j = i + 1; j < s->field_count; j++) {
            if (!same_key(s->fields[i], s->fields[j]))
                continue;
            const pol_graphql_node *field = s->fields[j];
            memmove(s->fields + end + 1, s->fields + end,
                    (j - end) * sizeof *s->fields);
            s->fields[end++] = field;
        }
        i = end - 1;
    }
}

static selected select_from(overlap *o, const pol_graphql_list *selections)
{
    selected s = {.fields = NULL};
    gather(o, &s, selections);
    pol_call_spend(o->check->call,
                   (uint64_t)s.field_count * s.field_count / 16);
    group(&s);
    return s;
}

/* ---- two fields ---------------------------------------------------------- */

/* Members of objects may stand in any order. */
static bool same_value(pol_call *call, const pol_graphql_node *a,
                       const pol_graphql_node *b)
{
    if (a->number != b->number || !pol_equal(a->condition, b->condition) ||
        a->members.count != b->members.count)
        return false;
    pol_call_spend(call, 1 + a->members.count / 16);
    const pol_graphql_node *other = b->members.first;
    POL_GRAPHQL_EACH(child, a->members) {
        const pol_graphql_node *same =
            a->number == POL_GRAPHQL_OBJECT
                ? pol_graphql_named(&b->members, child->name)
                : other;
        if (!same || !same_value(call, child->value, same->value))
            return false;
        other = other->next;
    }
    return true;
}

static bool same_arguments(pol_call *call, const pol_graphql_node *a,
                           const pol_graphql_node *b)
{
    if (a->arguments.count != b->arguments.count)
        return false;
    POL_GRAPHQL_EACH(argument, a->arguments) {
        const pol_graphql_node *other =
            pol_graphql_named(&b->arguments, argument->name);
        if (!other || !same_value(call, argument->value, other->value))
            return false;
    }
    return true;
}

/* Lists that may be null go with those that may not. */
static bool types_conflict(const pol_graphql_check *check,
                           const pol_graphql_node *a, const pol_graphql_node *b)
{
    for (; a->type || b->type; a = a->type, b = b->type)
        if (!a->type || !b->type)
            return true;
    if (a->flag != b->flag)
        return true;
    const pol_graphql_node *left =
        pol_graphql_schema_type(check->schema, a->name);
    const pol_graphql_node *right =
        pol_graphql_schema_type(check->schema, b->name);
    bool leaf = left && right &&
                !pol_graphql_is_composite(left) &&
                !pol_graphql_is_composite(right);
    return leaf && !pol_equal(a->name, b->name);
}

static void between_sets(overlap *o, bool exclusive, const selected pair[2],
                         reasons *found);

/* Can no object have both? Only of fields that exist that is known. */
static bool are_exclusive(const pol_graphql_node *a, const pol_graphql_node *b)
{
    return a->definition && b->definition &&
           !pol_equal(a->parent->name, b->parent->name) &&
           pol_graphql_is(a->parent, "OBJECT") &&
           pol_graphql_is(b->parent, "OBJECT");
}

static pol_value reason_below(overlap *o, bool exclusive,
                              const pol_graphql_node *a,
                              const pol_graphql_node *b)
{
    pol_call *call = o->check->call;
    const frame here = {.a = a, .b = b, .up = o->stack};
    for (const frame *f = o->stack; f; f = f->up)
        if (f->a == a && f->b == b)
            return pol_undefined();
    reasons below = {.any = false};
    pol_bytes_init(&below.text, call, 64);
    selected pair[2] = {select_from(o, &a->members),
                        select_from(o, &b->members)};
    compared outer = o->compared;
    pol_graphql_validate_enter(o->check);
    o->stack = &here;
    between_sets(o, exclusive, pair, &below);
    o->stack = here.up;
    pol_graphql_validate_leave(o->check);
    o->compared = outer;
    return below.any ? pol_bytes_done(&below.text) : pol_undefined();
}

/* The reason why two fields with one response name conflict; undefined if they
 * do not. */
static pol_value reason(overlap *o, bool exclusive, const pol_graphql_node *a,
                        const pol_graphql_node *b)
{
    pol_call *call = o->check->call;
    if (!a->parent || !b->parent)
        return pol_undefined();
    exclusive = exclusive || are_exclusive(a, b);
    if (!exclusive && !pol_equal(a->name, b->name))
        return pol_call_printf(call, "\"%.*s\" and \"%.*s\" are different "
                               "fields", TEXT(a->name), TEXT(b->name));
    if (!exclusive && !same_arguments(call, a, b))
        return pol_literal("they have differing arguments");
    if (a->definition && b->definition &&
        types_conflict(o->check, a->definition->type, b->definition->type)) {
        pol_value left = pol_graphql_type_text(call, a->definition->type);
        pol_value right = pol_graphql_type_text(call, b->definition->type);
        return pol_call_printf(call, "they return conflicting types \"%.*s\" "
                               "and \"%.*s\"", TEXT(left), TEXT(right));
    }
    if (!a->members.count || !b->members.count)
        return pol_undefined();
    return reason_below(o, exclusive, a, b);
}

static void compare(overlap *o, bool exclusive, const pol_graphql_node *a,
                    const pol_graphql_node *b, reasons *found)
{
    pol_call_spend(o->check->call, 1);
    if (a == b)
        return;
    pol_value why = reason(o, exclusive, a, b);
    if (!pol_is_defined(why))
        return;
    if (found->top) {
        pol_graphql_complain(o->check, b, "Fields \"%.*s\" conflict because "
                             "%.*s. Use different aliases on the fields to "
                             "fetch both if this was intentional.",
                             TEXT(a->alias), TEXT(why));
        return;
    }
    pol_bytes_text(&found->text,
                   found->any ? " and subfields \"" : "subfields \"");
    pol_bytes_add(&found->text, a->alias.str, a->alias.len);
    pol_bytes_text(&found->text, "\" conflict because ");
    pol_bytes_add(&found->text, why.str, why.len);
    found->any = true;
}

/* ---- two sets ------------------------------------------------------------ */

static void within(overlap *o, const selected *s, reasons *found)
{
    pol_call_spend(o->check->call,
                   (uint64_t)s->field_count * s->field_count / 16);
    for (size_t i = 0; i < s->field_count; i++)
        for (size_t j = i + 1; j < s->field_count; j++)
            if (same_key(s->fields[i], s->fields[j]))
                compare(o, false, s->fields[i], s->fields[j], found);
}

static void between(overlap *o, bool exclusive, const selected *a,
                    const selected *b, reasons *found)
{
    pol_call_spend(o->check->call,
                   (uint64_t)a->field_count * b->field_count / 16);
    for (size_t i = 0; i < a->field_count; i++)
        for (size_t j = 0; j < b->field_count; j++)
            if (same_key(a->fields[i], b->fields[j]))
                compare(o, exclusive, a->fields[i], b->fields[j], found);
}

static bool was_compared(overlap *o, const pol_graphql_node *fragment)
{
    compared *c = &o->compared;
    pol_call_spend(o->check->call, 1 + c->count / 16);
    for (size_t i = 0; i < c->count; i++)
        if (c->items[i] == fragment)
            return true;
    push(o->check->call, &c->items, &c->count, &c->room);
    c->items[c->count++] = fragment;
    return false;
}

/* The same fields, as when a fragment meets itself. */
static bool same_fields(const selected *a, const selected *b)
{
    return a->field_count == b->field_count &&
           (!a->field_count ||
            memcmp(a->fields, b->fields,
                   a->field_count * sizeof *a->fields) == 0);
}

static void with_fragment(overlap *o, bool exclusive, const selected *fields,
                          const pol_graphql_node *spread, reasons *found)
{
    const pol_graphql_node *fragment = spread->definition;
    if (!fragment || was_compared(o, fragment))
        return;
    selected inner = select_from(o, &fragment->members);
    if (same_fields(fields, &inner))
        return;
    pol_graphql_validate_enter(o->check);
    between(o, exclusive, fields, &inner, found);
    for (size_t i = 0; i < inner.spread_count; i++)
        with_fragment(o, exclusive, fields, inner.spreads[i], found);
    pol_graphql_validate_leave(o->check);
}

/* Remembers a pair; was it there? One that was compared as not exclusive counts
 * for both. */
static bool had_pair(pol_graphql_check *check, const pol_graphql_node *a,
                     const pol_graphql_node *b, bool exclusive)
{
    pol_call_spend(check->call, 1 + check->pair_count / 16);
    for (size_t i = 0; i < check->pair_count; i++) {
        pol_graphql_pair *p = &check->pairs[i];
        if (!((p->a == a && p->b == b) || (p->a == b && p->b == a)))
            continue;
        bool done = exclusive || !p->exclusive;
        p->exclusive = p->exclusive && exclusive;
        return done;
    }
    if (check->pair_count == check->pair_room) {
        size_t room = check->pair_room ? 2 * check->pair_room : 16;
        pol_graphql_pair *pairs =
            pol_call_alloc(check->call, room * sizeof *pairs);
        if (check->pair_count)
            memcpy(pairs, check->pairs, check->pair_count * sizeof *pairs);
        check->pairs = pairs;
        check->pair_room = room;
    }
    check->pairs[check->pair_count++] = (pol_graphql_pair){a, b, exclusive};
    return false;
}

static void between_fragments(overlap *o, bool exclusive,
                              const pol_graphql_node *spreads[2],
                              reasons *found)
{
    const pol_graphql_node *a = spreads[0]->definition;
    const pol_graphql_node *b = spreads[1]->definition;
    if (!a || !b || a == b || had_pair(o->check, a, b, exclusive))
        return;
    pol_graphql_validate_enter(o->check);
    selected left = select_from(o, &a->members);
    selected right = select_from(o, &b->members);
    between(o, exclusive, &left, &right, found);
    for (size_t i = 0; i < right.spread_count; i++) {
        const pol_graphql_node *pair[2] = {spreads[0], right.spreads[i]};
        between_fragments(o, exclusive, pair, found);
    }
    for (size_t i = 0; i < left.spread_count; i++) {
        const pol_graphql_node *pair[2] = {left.spreads[i], spreads[1]};
        between_fragments(o, exclusive, pair, found);
    }
    pol_graphql_validate_leave(o->check);
}

static void between_sets(overlap *o, bool exclusive, const selected pair[2],
                         reasons *found)
{
    between(o, exclusive, &pair[0], &pair[1], found);
    o->compared = (compared){.count = 0};
    for (size_t i = 0; i < pair[1].spread_count; i++)
        with_fragment(o, exclusive, &pair[0], pair[1].spreads[i], found);
    o->compared = (compared){.count = 0};
    for (size_t i = 0; i < pair[0].spread_count; i++)
        with_fragment(o, exclusive, &pair[1], pair[0].spreads[i], found);
    for (size_t i = 0; i < pair[0].spread_count; i++)
        for (size_t j = 0; j < pair[1].spread_count; j++) {
            const pol_graphql_node *both[2] = {pair[0].spreads[i],
                                               pair[1].spreads[j]};
            between_fragments(o, exclusive, both, found);
        }
}

void pol_graphql_rule_overlap(pol_graphql_check *check,
                              const pol_graphql_list *selections)
{
    if (!selections->count)
        return;
    overlap o = {.check = check};
    reasons found = {.top = true};
    selected s = select_from(&o, selections);
    within(&o, &s, &found);
    for (size_t i = 0; i < s.spread_count; i++) {
        with_fragment(&o, false, &s, s.spreads[i], &found);
        for (size_t j = i + 1; j < s.spread_count; j++) {
            const pol_graphql_node *pair[2] = {s.spreads[i], s.spreads[j]};
            between_fragments(&o, false, pair, &found);
        }
    }
}
