/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the values of a document stand in its text; see edit.h. */
#include "edit.h"
#include "events.h"
#include "reading.h"
#include "scalar.h"

enum { DEEPEST = 512 };

typedef struct tree {
    pol_arena *arena;
    pol_str text;
    size_t at;   /* JSON: next byte */
    size_t base; /* YAML: offset of the events' text */
    pol_events events;
} tree;

static pol_edit_node *new_node(tree *t, size_t off)
{
    pol_edit_node *n = arena_new(t->arena, pol_edit_node);
    *n = (pol_edit_node){
        .off = off, .start = off, .after = off, .kind = POL_EDIT_SCALAR};
    return n;
}

static void append(tree *t, pol_edit_node *parent, pol_edit_node *child)
{
    if (parent->count == parent->room) {
        uint32_t room = parent->room ? parent->room * 2 : 8;
        pol_edit_node **items = arena_array(t->arena, pol_edit_node *, room);
        if (parent->count)
            memcpy(items, parent->items, parent->count * sizeof *items);
        parent->items = items;
        parent->room = room;
    }
    parent->items[parent->count++] = child;
}

/* ---- JSON: the text is known to be right ------------------------------------- */

static void space(tree *t)
{
    while (t->at < t->text.len && strchr(" \t\r\n,:", t->text.ptr[t->at]))
        t->at++;
}

static void scalar(tree *t)
{
    const char *p = t->text.ptr;
    if (p[t->at] != '"') {
        while (t->at < t->text.len && !strchr(" \t\r\n,:]}", p[t->at]))
            t->at++;
        return;
    }
    for (t->at++; p[t->at] != '"'; t->at++)
        t->at += p[t->at] == '\\';
    t->at++;
}

static pol_edit_node *json_node(tree *t, unsigned depth)
{
    space(t);
    pol_edit_node *n = new_node(t, t->at);
    char open = t->text.ptr[t->at];
    if (open != '{' && open != '[') {
        scalar(t);
        n->end = t->at;
        return n;
    }
    if (depth == DEEPEST)
        return NULL;
    n->kind = open == '{' ? POL_EDIT_OBJECT : POL_EDIT_ARRAY;
    t->at++;
    for (space(t); !strchr("]}", t->text.ptr[t->at]); space(t)) {
        size_t start = t->at;
        pol_value key = pol_undefined();
        if (open == '{') {
            const char *error;
            size_t where;
            scalar(t);
            key = pol_value_parse_json(t->arena, t->text.ptr + start,
                                       t->at - start, true, &error, &where);
        }
        pol_edit_node *child = json_node(t, depth + 1);
        if (!child)
            return NULL;
        child->key = key;
        child->start = start;
        append(t, n, child);
    }
    n->end = ++t->at;
    return n;
}

/* ---- YAML ---------------------------------------------------------------- */

static size_t trimmed(const tree *t, size_t start, size_t end)
{
    while (end > start && strchr(" \t\r\n", t->text.ptr[end - 1]))
        end--;
    return end;
}

static pol_value key_of(tree *t)
{
    const yaml_event_t *e = &t->events.event;
    const char *text = (const char *)e->data.scalar.value;
    size_t len = e->data.scalar.length;
    pol_value v;
    if (pol_events_is_typed(&t->events) &&
        pol_scalar_resolve(t->arena, text, len, &v) == POL_SCALAR_VALUE)
        return pol_scalar_key(t->arena, v);
    return pol_string_copy(t->arena, text, len);
}

static pol_edit_node *yaml_node(tree *t, unsigned depth);

/* Behind the colon of a key that ends at `off`; there may be none. */
static size_t behind_colon(const tree *t, size_t off)
{
    size_t at = off;
    while (at < t->text.len && strchr(" \t\r\n", t->text.ptr[at]))
        at++;
    return at < t->text.len && t->text.ptr[at] == ':' ? at + 1 : off;
}

static bool yaml_children(tree *t, pol_edit_node *n, unsigned depth)
{
    yaml_event_type_t last = n->kind == POL_EDIT_OBJECT
                                 ? YAML_MAPPING_END_EVENT
                                 : YAML_SEQUENCE_END_EVENT;
    while (pol_events_next(&t->events) && t->events.event.type != last) {
        pol_value key = pol_undefined();
        size_t start = t->base + pol_events_start(&t->events), after = 0;
        if (n->kind == POL_EDIT_OBJECT) {
            if (t->events.event.type != YAML_SCALAR_EVENT ||
                pol_events_is_merge(&t->events))
                return false;
            key = key_of(t);
            after = behind_colon(t, t->base + pol_events_end(&t->events));
            if (!pol_events_next(&t->events))
                return false;
        } else if (n->block) {
            while (start > n->off && t->text.ptr[start - 1] != '-')
                start--;
            after = start;
            start -= start > n->off;
        }
        pol_edit_node *child = yaml_node(t, depth + 1);
        if (!child)
            return false;
        child->key = key;
        child->start = start;
        child->after = after ? after : child->off;
        append(t, n, child);
    }
    return t->events.has_event && t->events.event.type == last;
}

/* The end of a literal or folded scalar, in front of a line break: empty lines
 * that follow belong to it when it keeps them, or when one has spaces. */
static size_t end_of_lines(const tree *t, const pol_edit_node *n)
{
    const char *text = t->text.ptr;
    size_t at = n->off + 1, end = n->end;
    while (at < n->end && text[at] >= '0' && text[at] <= '9')
        at++;
    bool belong = text[at] == '+';
    for (at = n->end; at < t->text.len && strchr(" \r\n", text[at]); at++) {
        belong |= text[at] == ' ';
        if (text[at] == '\n')
            end = text[at - 1] == '\r' ? at - 1 : at;
    }
    return belong ? end : n->end;
}

static pol_edit_node *yaml_node(tree *t, unsigned depth)
{
    const yaml_event_t *e = &t->events.event;
    pol_edit_node *n = new_node(t, t->base + pol_events_start(&t->events));
    n->end = t->base + pol_events_end(&t->events);
    bool marked = e->type == YAML_ALIAS_EVENT || pol_events_tag(&t->events);
    bool in_lines = false;
    if (e->type == YAML_MAPPING_START_EVENT) {
        n->kind = POL_EDIT_OBJECT;
        n->block = e->data.mapping_start.style != YAML_FLOW_MAPPING_STYLE;
        marked |= e->data.mapping_start.anchor != NULL;
    } else if (e->type == YAML_SEQUENCE_START_EVENT) {
        n->kind = POL_EDIT_ARRAY;
        n->block = e->data.sequence_start.style != YAML_FLOW_SEQUENCE_STYLE;
        marked |= e->data.sequence_start.anchor != NULL;
    } else if (e->type == YAML_SCALAR_EVENT) {
        marked |= e->data.scalar.anchor != NULL;
        in_lines = e->data.scalar.style == YAML_LITERAL_SCALAR_STYLE ||
                   e->data.scalar.style == YAML_FOLDED_SCALAR_STYLE;
    }
    if (n->kind != POL_EDIT_SCALAR) {
        if (depth == DEEPEST || !yaml_children(t, n, depth))
            return NULL;
        n->end = t->base + pol_events_end(&t->events);
        /* The mark stands where the next thing begins: comments lie between. */
        if (n->block && n->count)
            n->end = n->items[n->count - 1]->end;
    }
    if (!n->block || !n->count)
        n->end = trimmed(t, n->off, n->end);
    if (in_lines)
        n->end = end_of_lines(t, n);
    if (marked)
        n->kind = POL_EDIT_OTHER;
    return n;
}

pol_edit_node *pol_edit_tree(pol_arena *arena, const pol_document *doc,
                             uint32_t root)
{
    tree t = {.arena = arena, .text = doc->text, .at = doc->starts[root]};
    if (doc->format != POL_FORMAT_YAML)
        return json_node(&t, 0);
    size_t base = t.at, start = pol_reading_start(doc);
    while (base > start && t.text.ptr[base - 1] != '\n')
        base--;
    t.base = base;
    pol_edit_node *n = NULL;
    pol_str text = {t.text.ptr + base, t.text.len - base};
    if (pol_events_init(&t.events, text) && pol_events_next(&t.events) &&
        pol_events_next(&t.events) && pol_events_next(&t.events))
        n = yaml_node(&t, 0);
    pol_events_done(&t.events);
    return n;
}
