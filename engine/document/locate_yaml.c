/* SPDX-License-Identifier: Apache-2.0
 *
 * The place of a path in YAML: the events of the document are read again and
 * everything beside the path is skipped. An alias leads to its anchor, which
 * stands before it, a merge key to what it merges; each such hop reads the
 * document once more, so hops are bounded. */
#include "anchors.h"
#include "events.h"
#include "locate.h"
#include "reading.h"
#include "scalar.h"

enum { MOST_HOPS = 64 };

typedef struct {
    pol_locating *l;
    pol_str text;     /* from the root's start */
    size_t base;      /* offset of that in the document */
    pol_events events;
    pol_arena arena;     /* gone after the search */
    pol_anchors anchors; /* the scalars among them, as keys */
    unsigned hops;       /* left */
} walk;

static bool find_at(walk *w, size_t off, size_t depth);

static bool is_node(const yaml_event_t *event)
{
    return event->type == YAML_SCALAR_EVENT ||
           event->type == YAML_ALIAS_EVENT ||
           event->type == YAML_SEQUENCE_START_EVENT ||
           event->type == YAML_MAPPING_START_EVENT;
}

/* The key that the current event, a scalar, makes; as the reader does. */
static pol_value key_of(walk *w)
{
    const yaml_event_t *event = &w->events.event;
    const char *text = (const char *)event->data.scalar.value;
    size_t len = event->data.scalar.length;
    pol_value v;
    if (pol_events_is_typed(&w->events) &&
        pol_scalar_resolve(&w->arena, text, len, &v) == POL_SCALAR_VALUE)
        return pol_scalar_key(&w->arena, v);
    return pol_string(text, len);
}

static bool next(walk *w)
{
    const yaml_event_t *event = &w->events.event;
    if (!pol_events_next(&w->events) ||
        event->type == YAML_DOCUMENT_END_EVENT ||
        event->type == YAML_STREAM_END_EVENT)
        return false;
    if (event->type == YAML_SCALAR_EVENT && event->data.scalar.anchor)
        pol_anchors_find(&w->anchors, (const char *)event->data.scalar.anchor,
                         true)->value = pol_copy(&w->arena, key_of(w));
    return true;
}

/* From the first event of a node to its last. */
static bool skip_node(walk *w)
{
    size_t depth = 0;
    for (;;) {
        yaml_event_type_t type = w->events.event.type;
        if (type == YAML_SEQUENCE_START_EVENT ||
            type == YAML_MAPPING_START_EVENT)
            depth++;
        if (type == YAML_SEQUENCE_END_EVENT || type == YAML_MAPPING_END_EVENT)
            depth--;
        if (!depth)
            return true;
        if (!next(w))
            return false;
    }
}

/* Notes the node at the current event as the place of `depth` elements. */
static void note(walk *w, size_t depth)
{
    size_t start = pol_events_start(&w->events);
    size_t end = pol_events_end(&w->events);
    if (depth < w->l->depth)
        return;
    w->l->depth = depth;
    w->l->off = w->base + start;
    w->l->len = end > start ? end - start : 0;
}

/* The node that was noted ends with the current event. */
static void note_end(walk *w, size_t start)
{
    size_t end = pol_events_end(&w->events);
    while (end > start && strchr(" \t\r\n", w->text.ptr[end - 1]))
        end--;
    if (w->l->off == w->base + start)
        w->l->len = end - start;
}

/* Is the current event the key that the path asks for? */
static bool is_key(walk *w, pol_value key)
{
    const yaml_event_t *event = &w->events.event;
    if (event->type == YAML_SCALAR_EVENT)
        return pol_equal(key_of(w), key);
    if (event->type != YAML_ALIAS_EVENT)
        return false;
    const pol_anchor *anchor = pol_anchors_find(
        &w->anchors, (const char *)event->data.alias.anchor, false);
    return anchor && pol_equal(anchor->value, key);
}

/* The start of the last node before `limit` with an anchor, SIZE_MAX if there
 * is none. Reads the document anew; the events are spent. */
static size_t find_anchor(walk *w, const char *name, size_t limit)
{
    size_t found = SIZE_MAX;
    while (next(w)) {
        const yaml_event_t *event = &w->events.event;
        const yaml_char_t *anchor = NULL;
        if (event->type == YAML_SCALAR_EVENT)
            anchor = event->data.scalar.anchor;
        else if (event->type == YAML_SEQUENCE_START_EVENT)
            anchor = event->data.sequence_start.anchor;
        else if (event->type == YAML_MAPPING_START_EVENT)
            anchor = event->data.mapping_start.anchor;
        size_t start = pol_events_start(&w->events);
        if (start >= limit)
            break;
        if (anchor && !strcmp((const char *)anchor, name))
            found = start;
    }
    return found;
}

static bool restart(walk *w)
{
    pol_events_done(&w->events);
    if (!w->hops)
        return false;
    w->hops--;
    pol_anchors_init(&w->anchors, &w->arena);
    if (pol_events_init(&w->events, w->text) && pol_events_next(&w->events) &&
        pol_events_next(&w->events)) /* the stream, the document */
        return true;
    pol_events_done(&w->events);
    return false;
}

static bool find_alias(walk *w, size_t depth)
{
    char name[256];
    const char *alias = (const char *)w->events.event.data.alias.anchor;
    size_t limit = pol_events_start(&w->events), len = strlen(alias);
    if (len >= sizeof name)
        return false;
    memcpy(name, alias, len + 1);
    if (!restart(w))
        return false;
    size_t off = find_anchor(w, name, limit);
    return off != SIZE_MAX && find_at(w, off, depth);
}

/* Looks for the key in what stands behind `<<`. If it is not there, the mapping
 * that merges it remains the best place. */
static bool find_merged(walk *w, size_t off, size_t depth)
{
    pol_locating *l = w->l;
    size_t best_off = l->off, best_len = l->len;
    if (find_at(w, off, depth))
        return true;
    if (l->depth == depth) {
        l->off = best_off;
        l->len = best_len;
    }
    return false;
}

/* Members of the mapping whose start is the current event. What is merged is
 * looked through when no key of its own is the one. */
static bool find_member(walk *w, size_t depth)
{
    size_t merges[MOST_HOPS], count = 0, start = pol_events_start(&w->events);
    while (next(w) && w->events.event.type != YAML_MAPPING_END_EVENT) {
        bool merge = pol_events_is_merge(&w->events);
        bool wanted = !merge && is_key(w, w->l->path[depth]);
        if (!skip_node(w) || !next(w))
            return false;
        size_t off = pol_events_start(&w->events);
        if (wanted)
            return find_at(w, off, depth + 1);
        if (merge && count < countof(merges))
            merges[count++] = off;
        if (!skip_node(w))
            return false;
    }
    note_end(w, start);
    for (size_t i = 0; i < count; i++)
        if (find_merged(w, merges[i], depth))
            return true;
    return false;
}

/* Items of the sequence whose start is the current event. A sequence behind
 * `<<` is looked through for the key. */
static bool find_item(walk *w, size_t depth)
{
    pol_value key = w->l->path[depth];
    size_t items[MOST_HOPS], count = 0, start = pol_events_start(&w->events);
    int64_t index = -1, i = 0;
    bool merged = key.tag == POL_STRING;
    if (!merged && (!pol_is_number(key) || !pol_number_int64(key, &index)))
        return false;
    for (; next(w) && w->events.event.type != YAML_SEQUENCE_END_EVENT; i++) {
        size_t off = pol_events_start(&w->events);
        if (i == index)
            return find_at(w, off, depth + 1);
        if (merged && count < countof(items))
            items[count++] = off;
        if (!skip_node(w))
            return false;
    }
    note_end(w, start);
    for (size_t k = 0; k < count; k++)
        if (find_merged(w, items[k], depth))
            return true;
    return false;
}

/* A tag of CloudFormation adds an object around its node, and !GetAtt a.b makes
 * two strings of one; neither has a place of its own. */
static size_t enter_function(const walk *w, size_t depth)
{
    const pol_locating *l = w->l;
    const char *name = pol_events_function(pol_events_tag(&w->events));
    if (!name || depth == l->path_len || l->path[depth].tag != POL_STRING ||
        l->path[depth].len != strlen(name) ||
        memcmp(l->path[depth].str, name, strlen(name)))
        return depth;
    depth++;
    bool parts = !strcmp(name, "Fn::GetAtt") && depth < l->path_len &&
                 w->events.event.type == YAML_SCALAR_EVENT;
    return depth + parts;
}

/* The node at the current event stands for `depth` elements of the path. */
static bool find_node(walk *w, size_t depth)
{
    note(w, depth);
    size_t entered = enter_function(w, depth);
    if (entered > depth)
        note(w, entered);
    depth = entered;
    size_t start = pol_events_start(&w->events);
    yaml_event_type_t type = w->events.event.type;
    if (type == YAML_ALIAS_EVENT)
        return depth == w->l->path_len || find_alias(w, depth);
    if (depth == w->l->path_len) {
        if (skip_node(w))
            note_end(w, start);
        return true;
    }
    if (type == YAML_MAPPING_START_EVENT)
        return find_member(w, depth);
    return type == YAML_SEQUENCE_START_EVENT && find_item(w, depth);
}

/* Goes to the node that starts at `off`. Recursion is as deep as the path and
 * the hops together. */
static bool find_at(walk *w, size_t off, size_t depth)
{
    bool here = w->events.has_event && is_node(&w->events.event) &&
                pol_events_start(&w->events) == off;
    if (!here) {
        if (!restart(w))
            return false;
        do {
            if (!next(w))
                return false;
        } while (!is_node(&w->events.event) ||
                 pol_events_start(&w->events) != off);
    }
    return find_node(w, depth);
}

void pol_locate_yaml(pol_locating *l)
{
    pol_str text = l->doc->text;
    size_t base = l->doc->starts[l->root], start = pol_reading_start(l->doc);
    /* From the start of the line, since columns count. */
    while (base > start && text.ptr[base - 1] != '\n' && text.ptr[base - 1] != '\r')
        base--;
    pol_trap trap;
    walk w = {.l = l, .base = base, .hops = MOST_HOPS,
              .text = {text.ptr + base, text.len - base}};
    pol_arena_init(&w.arena, 0, &trap);
    /* Without memory the best place so far has to do. */
    if (!setjmp(trap.env) && restart(&w) && next(&w))
        find_node(&w, 0);
    pol_events_done(&w.events);
    pol_arena_done(&w.arena);
}
