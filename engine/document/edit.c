/* SPDX-License-Identifier: Apache-2.0
 *
 * Changing values in a text; see edit.h. It goes in rounds: in each, every
 * collection that differs gets one member more or less at most, so that edits
 * never overlap; then the text is read again. Each round brings the values
 * nearer, or the text is given up. */
#include "edit.h"

#include "buf.h"
#include "edit_write.h"
#include "pol.h"
#include "reading.h"

enum { MOST_ROUNDS = 4096 };

typedef struct editing {
    pol_arena *arena;
    const pol_document *doc;
    pol_buf out;
    size_t first;  /* byte of the text proper */
    size_t copied; /* bytes of the text that are in `out` or dropped */
    bool broken;
    bool yaml;
} editing;

static char byte_at(const editing *e, size_t off)
{
    return off < e->doc->text.len ? e->doc->text.ptr[off] : '\0';
}

/* Replaces [from, to) by what the caller adds to e->out next. */
static void replace(editing *e, size_t from, size_t to)
{
    if (from < e->copied) {
        e->broken = true;
        return;
    }
    pol_buf_add(&e->out, e->doc->text.ptr + e->copied, from - e->copied);
    e->copied = to;
}

static size_t line_start(const editing *e, size_t off)
{
    while (off > e->first && byte_at(e, off - 1) != '\n')
        off--;
    return off;
}

/* Behind the line break, or the end of the text. */
static size_t line_end(const editing *e, size_t off)
{
    while (off < e->doc->text.len && byte_at(e, off) != '\n')
        off++;
    return off < e->doc->text.len ? off + 1 : off;
}

static void line_break(editing *e)
{
    pol_str text = e->doc->text;
    const char *first = memchr(text.ptr, '\n', text.len);
    bool crlf = first && first > text.ptr && first[-1] == '\r';
    pol_buf_cstr(&e->out, crlf ? "\r\n" : "\n");
}

static bool is_alone(const editing *e, size_t off)
{
    size_t start = line_start(e, off);
    while (start < off && strchr(" \t", byte_at(e, start)))
        start++;
    return start == off;
}

/* ---- one edit ------------------------------------------------------------------ */

/* A block gives way to a value behind its key or dash; comments between the two
 * stay. */
static void put_for_block(editing *e, const pol_edit_node *n, pol_value v)
{
    size_t line = line_start(e, n->off);
    bool apart = line > n->after &&
                 memchr(e->doc->text.ptr + n->after, '#', line - n->after);
    replace(e, n->after, apart ? n->after : n->end);
    pol_buf_cstr(&e->out, n->after == n->off ? "" : " ");
    pol_edit_write(&e->out, v, 'a');
    if (apart)
        replace(e, line, line_end(e, n->end));
}

/* Where there is nothing, or just a key in a flow mapping: null. */
static void put_for_nothing(editing *e, const pol_edit_node *n, pol_value v)
{
    char before = n->after ? byte_at(e, n->after - 1) : '\0';
    bool dash = before == '-', colon = before == ':';
    replace(e, n->after, n->after);
    pol_buf_cstr(&e->out, dash || colon ? " " : ": ");
    pol_edit_write(&e->out, v, 'a');
}

static void put_value(editing *e, const pol_edit_node *n, pol_value v)
{
    if (n->block && n->kind != POL_EDIT_SCALAR) {
        put_for_block(e, n, v);
    } else if (n->off == n->end) {
        put_for_nothing(e, n, v);
    } else {
        replace(e, n->off, n->end);
        if (e->yaml && n->off == n->after && n->off != n->start)
            pol_buf_char(&e->out, ' ');
        pol_edit_write(&e->out, v, e->yaml ? byte_at(e, n->off) : '"');
    }
}

static void put_member(editing *e, pol_value key, pol_value v, bool compact)
{
    if (pol_is_defined(key)) {
        pol_edit_write(&e->out, key, e->yaml ? 'a' : '"');
        pol_buf_cstr(&e->out, compact ? ":" : ": ");
    }
    pol_edit_write(&e->out, v, e->yaml ? 'a' : '"');
}

/* Is there no space behind the colons and commas of the collection? */
static bool is_compact(const editing *e, const pol_edit_node *n)
{
    const pol_edit_node *c = n->items[0];
    return !e->yaml && pol_is_defined(c->key) && byte_at(e, c->off - 1) == ':';
}

static void copy_indent(editing *e, size_t off)
{
    size_t start = line_start(e, off), end = start;
    while (end < off && strchr(" \t", byte_at(e, end)))
        end++;
    pol_buf_add(&e->out, e->doc->text.ptr + start, end - start);
}

/* Behind the last item. */
static void append_flow(editing *e, const pol_edit_node *n, pol_value key,
                        pol_value v)
{
    if (!n->count) {
        replace(e, n->off + 1, n->off + 1);
        put_member(e, key, v, false);
        return;
    }
    const pol_edit_node *last = n->items[n->count - 1];
    bool own_line = line_start(e, last->start) > n->off;
    bool compact = is_compact(e, n);
    replace(e, last->end, last->end);
    pol_buf_char(&e->out, ',');
    if (own_line) {
        line_break(e);
        copy_indent(e, last->start);
    } else if (!compact) {
        pol_buf_char(&e->out, ' ');
    }
    put_member(e, key, v, compact);
}

static void append_block(editing *e, const pol_edit_node *n, pol_value key,
                         pol_value v)
{
    const pol_edit_node *first = n->items[0], *last = n->items[n->count - 1];
    size_t column = first->start - line_start(e, first->start);
    size_t at = line_end(e, last->end);
    bool ended = at && byte_at(e, at - 1) == '\n';
    replace(e, at, at);
    if (!ended)
        line_break(e);
    for (size_t i = 0; i < column; i++)
        pol_buf_char(&e->out, ' ');
    if (!pol_is_defined(key))
        pol_buf_cstr(&e->out, "- ");
    put_member(e, key, v, false);
    if (ended)
        line_break(e);
}

static void append(editing *e, const pol_edit_node *n, pol_value key,
                   pol_value v)
{
    if (n->block)
        append_block(e, n, key, v);
    else
        append_flow(e, n, key, v);
}

/* The first of a block that begins in the line of its dash. The next one comes to
 * the dash, unless there are comments between them. */
static void remove_beside_dash(editing *e, const pol_edit_node *c, size_t next)
{
    size_t end = line_end(e, c->end), start = c->start;
    if (end >= next || !memchr(e->doc->text.ptr + end, '#', next - end)) {
        replace(e, start, next);
        return;
    }
    while (start > e->first && byte_at(e, start - 1) == ' ')
        start--;
    replace(e, start, end);
    line_break(e);
}

/* Does the item have its lines for itself, with the comma behind it? */
static bool has_lines(const editing *e, const pol_edit_node *n, uint32_t i)
{
    const pol_edit_node *c = n->items[i];
    size_t comma = c->end;
    while (byte_at(e, comma) == ' ')
        comma++;
    return is_alone(e, c->start) && byte_at(e, comma) == ',' &&
           i + 1 < n->count && n->items[i + 1]->start >= line_end(e, c->end);
}

/* Of the two commas around the item, the one goes that keeps the lines of its
 * neighbours as they are. */
static void remove_in_brackets(editing *e, const pol_edit_node *n, uint32_t i)
{
    const pol_edit_node *c = n->items[i];
    const pol_edit_node *before = i ? n->items[i - 1] : NULL;
    const pol_edit_node *next = i + 1 < n->count ? n->items[i + 1] : NULL;
    bool ends_line = next && line_start(e, next->start) > c->end;
    if (has_lines(e, n, i))
        replace(e, line_start(e, c->start), line_end(e, c->end));
    else if (next && !(before && ends_line))
        replace(e, c->start, next->start);
    else
        replace(e, before->end, c->end);
}

static void remove_at(editing *e, const pol_edit_node *n, uint32_t i)
{
    const pol_edit_node *c = n->items[i];
    if (n->count == 1) {
        pol_value empty = {.tag = n->kind == POL_EDIT_ARRAY ? POL_ARRAY
                                                            : POL_OBJECT};
        put_value(e, n, empty);
    } else if (!n->block) {
        remove_in_brackets(e, n, i);
    } else if (is_alone(e, c->start)) {
        replace(e, line_start(e, c->start), line_end(e, c->end));
    } else if (i + 1 < n->count) {
        remove_beside_dash(e, c, n->items[i + 1]->start);
    } else {
        e->broken = true;
    }
}

/* ---- a round ------------------------------------------------------------------- */

static void change(editing *e, const pol_edit_node *n, pol_value old,
                   pol_value v);

static const pol_edit_node *find(const pol_edit_node *n, pol_value key,
                                 uint32_t *at)
{
    for (*at = 0; *at < n->count; ++*at) {
        if (pol_equal(n->items[*at]->key, key))
            return n->items[*at];
    }
    return NULL;
}

static void change_object(editing *e, const pol_edit_node *n, pol_value old,
                          pol_value v)
{
    uint32_t at;
    for (uint32_t i = 0; i < old.len; i++) {
        pol_value key = pol_key_at(old, i);
        if (pol_is_defined(pol_get(v, key)))
            continue;
        if (find(n, key, &at))
            remove_at(e, n, at);
        else
            e->broken = true;
        return;
    }
    for (uint32_t i = 0; i < n->count; i++) {
        const pol_edit_node *c = n->items[i];
        change(e, c, pol_get(old, c->key), pol_get(v, c->key));
    }
    for (uint32_t i = 0; i < v.len; i++) {
        pol_value key = pol_key_at(v, i);
        if (!pol_is_defined(pol_get(old, key))) {
            append(e, n, key, pol_value_at(v, i));
            return;
        }
    }
}

static void change_array(editing *e, const pol_edit_node *n, pol_value old,
                         pol_value v)
{
    if (n->count != old.len) {
        e->broken = true;
        return;
    }
    for (uint32_t i = 0; i < old.len; i++) {
        bool same = i < v.len && pol_equal(old.items[i], v.items[i]);
        bool gone = i >= v.len || (v.len < old.len && i + 1 < old.len &&
                                   pol_equal(old.items[i + 1], v.items[i]));
        if (!same && gone) {
            remove_at(e, n, i);
            return;
        }
        if (!same)
            change(e, n->items[i], old.items[i], v.items[i]);
    }
    if (v.len > old.len)
        append(e, n, pol_undefined(), v.items[old.len]);
}

static void change(editing *e, const pol_edit_node *n, pol_value old,
                   pol_value v)
{
    if (e->broken || pol_equal(old, v))
        return;
    bool objects = old.tag == POL_OBJECT && v.tag == POL_OBJECT;
    bool arrays = old.tag == POL_ARRAY && v.tag == POL_ARRAY;
    if (n->kind == POL_EDIT_OTHER)
        e->broken = true;
    else if (objects && n->kind == POL_EDIT_OBJECT)
        change_object(e, n, old, v);
    else if (arrays && n->kind == POL_EDIT_ARRAY)
        change_array(e, n, old, v);
    else
        put_value(e, n, v);
}

/* False: nothing could be changed. */
static bool round_of(editing *e, const pol_value *roots)
{
    pol_buf_init(&e->out, e->arena);
    for (uint32_t i = 0; i < e->doc->count && !e->broken; i++) {
        if (pol_equal(e->doc->roots[i], roots[i]))
            continue;
        pol_edit_node *tree = pol_edit_tree(e->arena, e->doc, i);
        if (!tree)
            return false;
        change(e, tree, e->doc->roots[i], roots[i]);
    }
    bool any = e->out.len || e->copied;
    replace(e, e->doc->text.len, e->doc->text.len);
    return any && !e->broken;
}

static bool is_done(const pol_document *doc, const pol_value *roots)
{
    for (uint32_t i = 0; i < doc->count; i++) {
        if (!pol_equal(doc->roots[i], roots[i]))
            return false;
    }
    return true;
}

static void done(void *doc)
{
    pol_document_done(doc);
}

pol_str pol_edit_text(pol_arena *arena, const pol_document *doc,
                      const pol_value *roots)
{
    const pol_read_options options = {.format = doc->format};
    pol_diags *diags = pol_diags_new();
    uint32_t count = doc->count;
    pol_str text = {NULL, 0};
    for (int i = 0; diags && i < MOST_ROUNDS && doc->count == count; i++) {
        if (is_done(doc, roots)) {
            text = doc->text;
            break;
        }
        editing e = {.arena = arena, .doc = doc,
                     .first = pol_reading_start(doc),
                     .yaml = doc->format == POL_FORMAT_YAML};
        pol_document *next = arena_new(arena, pol_document);
        if (!round_of(&e, roots) ||
            !pol_document_read_text(next, doc->name, pol_buf_done(&e.out),
                                    &options, diags, NULL))
            break;
        pol_arena_defer(arena, done, next);
        doc = next;
    }
    pol_diags_free(diags);
    return text;
}
