/* SPDX-License-Identifier: Apache-2.0
 *
 * YAML documents as values. libyaml gives events; members of open collections
 * gather on a stack with their places, so that a key that stands twice can be
 * shown twice. Aliases share the anchor's value, which costs nothing here, but
 * the nodes that a walk over the result would see are counted and bounded. */
#include "anchors.h"
#include "events.h"
#include "keys.h"
#include "limit.h"
#include "reading.h"
#include "scalar.h"
#include "shape.h"
#include "utf8.h"

#define BINARY_TAG "tag:yaml.org,2002:binary"

/* A member of an open collection. In objects keys and values take turns; the
 * key of a merge (`<<`) is undefined. */
typedef struct {
    pol_value v;
    uint32_t off, len;
} slot;

typedef struct {
    uint32_t base; /* of the slots */
    bool is_map, merges;
    uint64_t nodes;
    uint32_t height;      /* of the highest member so far */
    const char *anchor;   /* NULL for none */
    const char *function; /* what the tag stands for, NULL for none */
} frame;

typedef struct {
    pol_reading *reading;
    pol_arena *arena;  /* of the document */
    pol_arena scratch; /* of the reader */
    pol_events events;
    pol_keys keys;
    pol_anchors anchors;
    slot *slots;
    uint32_t top, room;
    frame *frames;
    uint32_t depth;
    uint32_t levels; /* open collections with the objects that tags make */
    size_t start; /* of the text behind a byte order mark */
    uint64_t nodes;
    pol_value root; /* when depth is 0 again */
    bool is_empty;  /* the root is nothing at all */
} yaml;

static bool flaw(yaml *y, pol_diag_code code, const char *message)
{
    size_t start = pol_events_start(&y->events);
    size_t end = pol_events_end(&y->events);
    pol_reading_flaw(y->reading, code, y->start + start, message);
    y->reading->flaw.len = end > start ? end - start : 1;
    return false;
}

static bool flaw_help(yaml *y, pol_diag_code code, const char *message,
                      const char *help)
{
    flaw(y, code, message);
    y->reading->flaw.help = help;
    return false;
}

/* ---- errors of libyaml --------------------------------------------------------- */

static bool line_has(pol_str text, size_t off, const char *what)
{
    size_t start = off, end = off;
    while (start && text.ptr[start - 1] != '\n')
        start--;
    while (end < text.len && text.ptr[end] != '\n')
        end++;
    return memmem(text.ptr + start, end - start, what, strlen(what)) != NULL;
}

static const char *syntax_help(const yaml *y, size_t off)
{
    pol_str text = y->reading->doc->text;
    if (line_has(text, off, "{{"))
        return "this looks like a template; check what it renders to";
    if (off < text.len && text.ptr[off] == '\t')
        return "YAML indents with blanks, not with tabs";
    if (off < text.len && (text.ptr[off] == '@' || text.ptr[off] == '`' ||
                           text.ptr[off] == '%'))
        return "put the value in quotes";
    return NULL;
}

static bool parser_flaw(yaml *y)
{
    const yaml_parser_t *parser = &y->events.parser;
    pol_arena *arena = y->arena;
    if (parser->error == YAML_MEMORY_ERROR)
        pol_trap_raise(arena->trap, POL_TRAP_MEMORY, "memory");
    if (parser->error == YAML_READER_ERROR)
        return pol_reading_flaw(y->reading, POL_DIAG_P0601,
                                y->start + parser->problem_offset,
                                "control characters are not allowed in YAML");
    size_t off = y->start + pol_events_offset(&y->events, parser->problem_mark);
    bool cut = strstr(parser->problem, "end of stream") != NULL;
    const char *context = parser->context ? parser->context : "";
    pol_reading_flaw(y->reading, cut ? POL_DIAG_P0602 : POL_DIAG_P0601, off,
                     pol_arena_printf(arena, "%s%s%s", parser->problem,
                                      *context ? " " : "", context));
    pol_flaw *f = &y->reading->flaw;
    f->help = syntax_help(y, off);
    if (*context && parser->context_mark.index != parser->problem_mark.index) {
        f->other_off =
            y->start + pol_events_offset(&y->events, parser->context_mark);
        f->other_len = 1;
        f->other = "it started here";
    }
    return false;
}

/* ---- strings and tags ------------------------------------------------------------ */

/* The scalar's text, where possible as a run of the document. */
static pol_value scalar_string(yaml *y)
{
    const char *value = (const char *)y->events.event.data.scalar.value;
    size_t len = y->events.event.data.scalar.length;
    bool plain =
        y->events.event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    size_t off = pol_events_start(&y->events) + !plain;
    pol_str text = y->events.text;
    if (off <= text.len && len <= text.len - off &&
        !memcmp(text.ptr + off, value, len))
        return pol_string(text.ptr + off, len);
    return pol_string_copy(y->arena, value, len);
}

/* An object with one member. */
static pol_value single(yaml *y, const char *key, pol_value value)
{
    uint32_t twice;
    pol_key_node *node = pol_keys_child(&y->keys, y->keys.root, key,
                                        (uint32_t)strlen(key), false, &twice);
    pol_object *object =
        pol_shape_object(y->arena, pol_keys_shape(&y->keys, node));
    object->values[0] = value;
    return pol_shape_value(object);
}

/* What a tag of CloudFormation makes of its value; !GetAtt a.b is a list. */
static pol_value apply(yaml *y, const char *function, pol_value v)
{
    const char *dot;
    if (!strcmp(function, "Fn::GetAtt") && v.tag == POL_STRING &&
        (dot = memchr(v.str, '.', v.len)) != NULL) {
        pol_value *parts = pol_items(y->arena, 2);
        size_t left = (size_t)(dot - v.str);
        parts[0] = pol_string(v.str, left);
        parts[1] = pol_string(dot + 1, v.len - left - 1);
        v = pol_array(parts, 2);
    }
    return single(y, function, v);
}

static bool resolve(yaml *y, pol_value *out)
{
    const char *text = (const char *)y->events.event.data.scalar.value;
    size_t len = y->events.event.data.scalar.length;
    switch (pol_scalar_resolve(y->arena, text, len, out)) {
    case POL_SCALAR_STRING:
        *out = scalar_string(y);
        return true;
    case POL_SCALAR_VALUE:
        return true;
    case POL_SCALAR_INFINITE:
        return flaw_help(y, POL_DIAG_P0611,
                         "infinities and NaN are no values of JSON",
                         "quote it if a string is meant");
    case POL_SCALAR_LARGE:
        break;
    }
    return flaw(y, POL_DIAG_P0607,
                "the number has too many digits or too large an exponent");
}

/* Is `v` what the tag of its scalar says? */
static bool fits_tag(const char *tag, pol_value v)
{
    if (!strcmp(tag, YAML_INT_TAG))
        return pol_is_number(v) && pol_number_is_whole(v);
    if (!strcmp(tag, YAML_FLOAT_TAG))
        return pol_is_number(v);
    return strcmp(tag, YAML_BOOL_TAG) ? v.tag == POL_NULL : pol_is_bool(v);
}

static bool scalar_value(yaml *y, pol_value *out)
{
    const char *tag = pol_events_tag(&y->events);
    if (pol_events_is_typed(&y->events)) {
        if (!resolve(y, out))
            return false;
        return !tag || fits_tag(tag, *out) ||
               flaw(y, POL_DIAG_P0601, "the value does not fit its tag");
    }
    if (tag && !strcmp(tag, BINARY_TAG))
        return flaw_help(y, POL_DIAG_P0611, "`!!binary` is not supported",
                         "write the base64 text as a string");
    *out = scalar_string(y);
    const char *function = pol_events_function(tag);
    if (function)
        *out = apply(y, function, *out);
    return true;
}

/* ---- members ------------------------------------------------------------------------ */

static void push(yaml *y, pol_value v)
{
    if (y->top == y->room) {
        uint32_t room = y->room * 2;
        slot *slots = arena_array(&y->scratch, slot, room);
        memcpy(slots, y->slots, y->top * sizeof *slots);
        y->slots = slots;
        y->room = room;
    }
    size_t start = pol_events_start(&y->events);
    size_t end = pol_events_end(&y->events);
    y->slots[y->top++] =
        (slot){v, (uint32_t)start, (uint32_t)(end - start)};
}

/* The innermost collection is a mapping that wants a key. There must be one. */
static bool expects_key(const yaml *y)
{
    const frame *f = &y->frames[y->depth - 1];
    return f->is_map && (y->top - f->base) % 2 == 0;
}

static bool count_nodes(yaml *y, uint64_t nodes)
{
    y->nodes += nodes;
    if (y->depth)
        y->frames[y->depth - 1].nodes += nodes;
    if (y->nodes <= POL_LIMIT_YAML_NODES)
        return true;
    return flaw(y, POL_DIAG_P0610, "the aliases of the document expand to too "
                                   "many values");
}

/* A member of that height goes into the innermost collection. Aliases and tags
 * nest values deeper than the brackets of the text do. */
static bool add_height(yaml *y, uint32_t height)
{
    if (y->levels + height > POL_LIMIT_DOCUMENT_NESTING)
        return flaw(y, POL_DIAG_P0606,
                    "mappings and lists are nested too deep");
    if (y->depth && y->frames[y->depth - 1].height < height)
        y->frames[y->depth - 1].height = height;
    return true;
}

static bool add_key(yaml *y, pol_value key, bool merge)
{
    if (merge) {
        y->frames[y->depth - 1].merges = true;
        push(y, pol_undefined());
        return true;
    }
    if (key.tag == POL_NULL)
        return flaw_help(y, POL_DIAG_P0611, "null cannot be a key",
                         "quote the key, or write it before the `:`");
    if (pol_is_collection(key))
        return flaw(y, POL_DIAG_P0611, "a collection cannot be a key");
    push(y, pol_scalar_key(y->arena, key));
    return true;
}

/* Can `v` stand behind `<<`? */
static bool is_mergeable(pol_value v)
{
    if (v.tag == POL_OBJECT)
        return true;
    if (v.tag != POL_ARRAY)
        return false;
    for (uint32_t i = 0; i < v.len; i++)
        if (pol_at(v, i).tag != POL_OBJECT)
            return false;
    return true;
}

/* Hands a finished value to the collection around it. */
static bool add_value(yaml *y, pol_value v)
{
    if (!y->depth) {
        y->root = v;
        return true;
    }
    frame *f = &y->frames[y->depth - 1];
    if (f->is_map && !pol_is_defined(y->slots[y->top - 1].v) &&
        !is_mergeable(v))
        return flaw(y, POL_DIAG_P0601,
                    "`<<` needs a mapping or a list of mappings");
    push(y, v);
    return true;
}

/* ---- objects -------------------------------------------------------------------------- */

static bool duplicate(yaml *y, const slot *first, const slot *again)
{
    pol_flaw *f = &y->reading->flaw;
    *f = (pol_flaw){
        .code = POL_DIAG_P0603,
        .off = y->start + again->off,
        .len = again->len,
        .message = pol_arena_printf(
            y->arena, "the mapping has the key `%.*s` twice",
            again->v.len > 80 ? 80 : (int)again->v.len, again->v.str),
        .help = "remove one of them; which one counts differs between readers",
        .other_off = y->start + first->off,
        .other_len = first->len,
        .other = "first one here",
    };
    return false;
}

/* The usual object: few keys, no merge. False with *out undefined means that it
 * has to be built the other way. */
static bool small_object(yaml *y, const slot *members, uint32_t count,
                         pol_value *out)
{
    pol_key_node *node = y->keys.root;
    *out = pol_undefined();
    for (uint32_t i = 0; i < count; i++) {
        uint32_t twice;
        const slot *key = &members[2 * i];
        node = pol_keys_child(&y->keys, node, key->v.str, key->v.len, false,
                              &twice);
        if (!node && !y->reading->options->last_wins)
            return duplicate(y, &members[2 * twice], key);
        if (!node)
            return true;
    }
    const pol_shape *shape = pol_keys_shape(&y->keys, node);
    pol_object *object = pol_shape_object(y->arena, shape);
    for (uint32_t i = 0; i < count; i++)
        object->values[shape->order ? shape->order[i] : i] =
            members[2 * i + 1].v;
    *out = pol_shape_value(object);
    return true;
}

static bool find_duplicate(yaml *y, const slot *members, uint32_t count)
{
    pol_value *rows = pol_items(&y->scratch, (size_t)count * 2);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (!pol_is_defined(members[2 * i].v))
            continue;
        rows[2 * kept] = members[2 * i].v;
        rows[2 * kept++ + 1] = pol_int(i);
    }
    pol_shape_sort(rows, kept, 2);
    for (uint32_t i = 1; i < kept; i++)
        if (pol_equal(rows[2 * i - 2], rows[2 * i]))
            return duplicate(y, &members[2 * rows[2 * i - 1].i],
                             &members[2 * rows[2 * i + 1].i]);
    return true;
}

static bool merge_one(yaml *y, pol_builder *builder, pol_value from)
{
    if (!count_nodes(y, from.len))
        return false;
    for (uint32_t i = 0; i < from.len; i++)
        pol_builder_put(builder, pol_key_at(from, i), pol_value_at(from, i));
    return true;
}

/* What is merged comes first, the last of it first: what is put later wins, and
 * of two merges the earlier one counts. */
static bool merge_all(yaml *y, pol_builder *builder, const slot *members,
                      uint32_t count)
{
    for (uint32_t i = count; i-- > 0;) {
        pol_value from = members[2 * i + 1].v;
        if (pol_is_defined(members[2 * i].v))
            continue;
        if (from.tag == POL_OBJECT) {
            if (!merge_one(y, builder, from))
                return false;
            continue;
        }
        for (uint32_t k = from.len; k-- > 0;)
            if (!merge_one(y, builder, pol_at(from, k)))
                return false;
    }
    return true;
}

static bool large_object(yaml *y, const slot *members, uint32_t count,
                         pol_value *out)
{
    pol_builder builder;
    if (!y->reading->options->last_wins && !find_duplicate(y, members, count))
        return false;
    pol_builder_init(&builder, y->arena, POL_OBJECT);
    if (!merge_all(y, &builder, members, count))
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (pol_is_defined(members[2 * i].v))
            pol_builder_put(&builder, members[2 * i].v, members[2 * i + 1].v);
    *out = pol_builder_done(&builder);
    return true;
}

/* ---- events ------------------------------------------------------------------------------ */

static bool open_collection(yaml *y, bool is_map, const yaml_char_t *anchor)
{
    const char *tag = pol_events_tag(&y->events);
    if (tag && !strcmp(tag, BINARY_TAG))
        return flaw(y, POL_DIAG_P0611, "`!!binary` is not supported");
    if (y->depth && expects_key(y)) {
        size_t off = y->start + pol_events_start(&y->events);
        return flaw_help(y, POL_DIAG_P0611, "a collection cannot be a key",
                         syntax_help(y, off));
    }
    const char *function = pol_events_function(tag);
    if (!add_height(y, function ? 2 : 1))
        return false;
    frame *f = &y->frames[y->depth];
    *f = (frame){.base = y->top, .is_map = is_map, .function = function};
    y->levels += function ? 2 : 1;
    if (anchor) {
        f->anchor = pol_arena_copy(&y->scratch, (const char *)anchor,
                                   strlen((const char *)anchor));
        pol_anchors_find(&y->anchors, f->anchor, true);
    }
    y->depth++;
    return count_nodes(y, 1);
}

static bool collect(yaml *y, const frame *f, pol_value *out)
{
    const slot *members = y->slots + f->base;
    uint32_t count = y->top - f->base;
    if (f->is_map) {
        count /= 2;
        *out = pol_undefined();
        if (count <= POL_KEYS_DEEPEST && !f->merges &&
            !small_object(y, members, count, out))
            return false;
        return pol_is_defined(*out) || large_object(y, members, count, out);
    }
    pol_value *items = pol_items(y->arena, count);
    for (uint32_t i = 0; i < count; i++)
        items[i] = members[i].v;
    *out = pol_array(items, count);
    return true;
}

/* Gives an anchor its value; `made` has no name yet. */
static void set_anchor(yaml *y, const char *name, pol_anchor made)
{
    pol_anchor *anchor = pol_anchors_find(&y->anchors, name, true);
    made.name = anchor->name;
    *anchor = made;
}

static bool close_collection(yaml *y)
{
    frame f = y->frames[y->depth - 1];
    pol_value v;
    if (!collect(y, &f, &v))
        return false;
    uint64_t nodes = y->frames[--y->depth].nodes;
    uint32_t own = f.function ? 2 : 1, height = f.height + own;
    y->top = f.base;
    y->levels -= own;
    if (f.function)
        v = apply(y, f.function, v);
    if (f.anchor)
        set_anchor(y, f.anchor, (pol_anchor){.value = v, .nodes = nodes,
                                             .height = height});
    if (y->depth)
        y->frames[y->depth - 1].nodes += nodes;
    return add_height(y, height) && add_value(y, v);
}

static bool add_scalar(yaml *y)
{
    const yaml_event_t *event = &y->events.event;
    const char *name = (const char *)event->data.scalar.anchor;
    pol_value v;
    if (!scalar_value(y, &v) || !count_nodes(y, 1))
        return false;
    uint32_t height = v.tag != POL_OBJECT ? 0
                      : pol_value_at(v, 0).tag == POL_ARRAY ? 2 : 1;
    if (!add_height(y, height))
        return false;
    if (name)
        set_anchor(y, name,
                   (pol_anchor){.value = v, .nodes = 1, .height = height});
    if (!y->depth)
        y->is_empty = !event->data.scalar.length && !name &&
                      !event->data.scalar.tag &&
                      event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    if (y->depth && expects_key(y))
        return add_key(y, v, pol_events_is_merge(&y->events));
    return add_value(y, v);
}

static bool add_alias(yaml *y)
{
    const char *name = (const char *)y->events.event.data.alias.anchor;
    const pol_anchor *anchor = pol_anchors_find(&y->anchors, name, false);
    if (!anchor)
        return flaw(y, POL_DIAG_P0601, "there is no anchor of that name");
    if (!pol_is_defined(anchor->value))
        return flaw(y, POL_DIAG_P0601,
                    "the alias stands for a value that it is part of");
    pol_value v = anchor->value;
    if (!count_nodes(y, anchor->nodes) || !add_height(y, anchor->height))
        return false;
    if (y->depth && expects_key(y))
        return add_key(y, v, false);
    return add_value(y, v);
}

static void end_document(yaml *y, size_t off)
{
    if (!y->is_empty)
        pol_reading_root(y->reading, y->root, y->start + off);
    y->is_empty = false;
}

static bool read_event(yaml *y, size_t *off)
{
    const yaml_event_t *event = &y->events.event;
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        *off = pol_events_start(&y->events);
        pol_anchors_init(&y->anchors, &y->scratch);
        return true;
    case YAML_DOCUMENT_END_EVENT:
        end_document(y, *off);
        return true;
    case YAML_ALIAS_EVENT:
        return add_alias(y);
    case YAML_SCALAR_EVENT:
        return add_scalar(y);
    case YAML_SEQUENCE_START_EVENT:
        return open_collection(y, false, event->data.sequence_start.anchor);
    case YAML_MAPPING_START_EVENT:
        return open_collection(y, true, event->data.mapping_start.anchor);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return close_collection(y);
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
        return true;
    }
    return true;
}

static bool read_events(yaml *y)
{
    size_t off = 0;
    do {
        if (!pol_events_next(&y->events))
            return parser_flaw(y);
        if (!read_event(y, &off))
            return false;
    } while (y->events.event.type != YAML_STREAM_END_EVENT);
    return true;
}

static void done(void *data)
{
    yaml *y = data;
    pol_events_done(&y->events);
    pol_arena_done(&y->scratch);
}

bool pol_reading_yaml(pol_reading *reading)
{
    pol_document *doc = reading->doc;
    size_t start = pol_reading_start(doc);
    pol_str text = {doc->text.ptr + start, doc->text.len - start};
    size_t good = pol_utf8_prefix(text.ptr, text.len);
    if (good < text.len)
        return pol_reading_flaw(reading, POL_DIAG_P0604, start + good,
                                "the text is not valid UTF-8");
    if (pol_reading_block(reading))
        return true;
    doc->count = 0;
    yaml *y = arena_new(&doc->arena, yaml);
    y->reading = reading;
    y->arena = &doc->arena;
    y->start = start;
    pol_arena_defer(&doc->arena, done, y);
    pol_arena_init(&y->scratch, doc->arena.cap, doc->arena.trap);
    pol_keys_init(&y->keys, &doc->arena, &y->scratch);
    y->room = 64;
    y->slots = arena_array(&y->scratch, slot, y->room);
    y->frames = arena_array(&y->scratch, frame, POL_LIMIT_DOCUMENT_NESTING);
    if (!pol_events_init(&y->events, text))
        pol_trap_raise(doc->arena.trap, POL_TRAP_MEMORY, "memory");
    bool read = read_events(y);
    done(y);
    return read;
}
