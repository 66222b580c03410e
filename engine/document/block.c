/* SPDX-License-Identifier: Apache-2.0
 *
 * The YAML that most files consist of, read straight from the lines: block
 * mappings and lists, plain and simply quoted scalars of one line, literals,
 * short lists in brackets. It is many times faster than libyaml. Whatever is
 * not surely understood (anchors, tags, escapes, folding, tabs, every mistake)
 * makes it give up, and the text is read again by yaml.c, which also finds the
 * words for errors. So all that has to hold here is: what it accepts, yaml.c
 * accepts with the same values. The fuzz target of YAML checks that. */
#include "keys.h"
#include "reading.h"
#include "scalar.h"
#include "shape.h"
#include "utf8.h"

enum { DEEPEST = 64, LONGEST_KEY = 512 };

typedef struct {
    uint32_t base; /* of the members on the stack */
    int32_t indent;
    bool is_map;
    bool pending; /* a key or a dash waits for its value */
    pol_key_node *node;
} frame;

typedef struct {
    pol_reading *reading;
    pol_arena *arena;  /* of the document */
    pol_arena scratch; /* of the reader */
    pol_keys keys;
    const char *text, *end;
    const char *p;    /* what is read next */
    const char *line; /* start of the current line */
    const char *stop; /* its end */
    pol_value *stack;
    uint32_t top, room;
    frame frames[DEEPEST];
    uint32_t depth;
    pol_value root;
    const char *start; /* of the current document; NULL before it */
} block;

/* ---- characters ----------------------------------------------------------------- */

/* Characters that libyaml would take for line ends or refuse are left to it. */
static bool is_simple_rune(uint32_t rune)
{
    return rune >= 0xA0 && rune != 0x2028 && rune != 0x2029 && rune != 0xFEFF &&
           rune != 0xFFFE && rune != 0xFFFF && rune != POL_UTF8_REPLACEMENT;
}

static bool is_simple_text(const char *p, const char *end)
{
    while (p < end) {
        unsigned char c = (unsigned char)*p;
        if (c < 0x80) {
            if (c != '\n' && (c < 0x20 || c == 0x7F))
                return false;
            p++;
        } else if (!is_simple_rune(pol_utf8_decode(&p, end))) {
            return false;
        }
    }
    return true;
}

static bool is_letter(char c)
{
    return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' || c == '/';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void skip_blanks(block *b)
{
    while (b->p < b->stop && *b->p == ' ')
        b->p++;
}

/* Nothing but a comment up to the end of the line, which is skipped then. What
 * stands before `p` is a blank or the line's start. */
static bool at_line_end(block *b)
{
    const char *before = b->p;
    skip_blanks(b);
    if (b->p == b->stop)
        return true;
    if (*b->p != '#' || (b->p == before && b->p > b->line && b->p[-1] != ' '))
        return false;
    b->p = b->stop;
    return true;
}

/* ---- values ---------------------------------------------------------------------- */

static void push(block *b, pol_value v)
{
    if (b->top == b->room) {
        pol_value *stack =
            arena_array(&b->scratch, pol_value, (size_t)b->room * 2);
        memcpy(stack, b->stack, b->room * sizeof *stack);
        b->stack = stack;
        b->room *= 2;
    }
    b->stack[b->top++] = v;
}

/* Gives the innermost collection the value that it waits for. */
static void give(block *b, pol_value v)
{
    if (!b->depth) {
        b->root = v;
        return;
    }
    push(b, v);
    b->frames[b->depth - 1].pending = false;
}

static pol_value object_of(block *b, const frame *f)
{
    const pol_shape *shape = pol_keys_shape(&b->keys, f->node);
    pol_object *object = pol_shape_object(b->arena, shape);
    const pol_value *values = b->stack + f->base;
    for (uint32_t i = 0; i < shape->count; i++)
        object->values[shape->order ? shape->order[i] : i] = values[i];
    return pol_shape_value(object);
}

static pol_value array_of(block *b, const pol_value *from, uint32_t count)
{
    pol_value *items = pol_items(b->arena, count);
    if (count)
        memcpy(items, from, count * sizeof *items);
    return pol_array(items, count);
}

static void close_frame(block *b)
{
    frame *f = &b->frames[b->depth - 1];
    if (f->pending)
        give(b, pol_null());
    pol_value v = f->is_map
                      ? object_of(b, f)
                      : array_of(b, b->stack + f->base, b->top - f->base);
    b->top = f->base;
    b->depth--;
    give(b, v);
}

static bool open_frame(block *b, bool is_map, int32_t indent)
{
    if (b->depth == DEEPEST)
        return false;
    b->frames[b->depth++] = (frame){.base = b->top, .indent = indent,
                                    .is_map = is_map, .node = b->keys.root};
    return true;
}

/* ---- scalars --------------------------------------------------------------------- */

/* A quoted string of one line without escapes. */
static bool quoted(block *b, pol_value *out)
{
    char quote = *b->p++;
    const char *start = b->p;
    const char *close = memchr(start, quote, (size_t)(b->stop - start));
    if (!close)
        return false;
    if (quote == '"' && memchr(start, '\\', (size_t)(close - start)))
        return false;
    b->p = close + 1;
    if (quote == '\'' && b->p < b->stop && *b->p == '\'')
        return false;
    *out = pol_string(start, (size_t)(close - start));
    return true;
}

static bool resolve(block *b, const char *start, const char *end, pol_value *out)
{
    size_t len = (size_t)(end - start);
    switch (pol_scalar_resolve(b->arena, start, len, out)) {
    case POL_SCALAR_VALUE:
        return true;
    case POL_SCALAR_STRING:
        *out = pol_string(start, len);
        return true;
    case POL_SCALAR_INFINITE:
    case POL_SCALAR_LARGE:
        break;
    }
    return false;
}

static bool starts_plain(const block *b)
{
    char c = *b->p;
    if (is_letter(c) || is_digit(c) || (unsigned char)c >= 0x80)
        return true;
    if (c == '-')
        return b->p + 1 < b->stop && b->p[1] != ' ';
    return strchr(".$(+^<=;~", c) != NULL;
}

/* A plain scalar that takes the rest of the line but for a comment. */
static bool plain(block *b, pol_value *out)
{
    const char *start = b->p, *end = b->p;
    if (!starts_plain(b))
        return false;
    for (; b->p < b->stop; b->p++) {
        char c = *b->p;
        if (c == ':' && (b->p + 1 == b->stop || b->p[1] == ' '))
            return false;
        if (c == '#' && b->p[-1] == ' ')
            break;
        if (c != ' ')
            end = b->p + 1;
    }
    b->p = b->stop;
    return resolve(b, start, end, out);
}

/* An item of a list in brackets: quoted, or made of letters, digits and the
 * signs that mean nothing in brackets. */
static bool flow_item(block *b, pol_value *out)
{
    const char *start = b->p;
    if (*b->p == '"' || *b->p == '\'')
        return quoted(b, out);
    while (b->p < b->stop && (is_letter(*b->p) || is_digit(*b->p) ||
                              *b->p == '.' || *b->p == '-'))
        b->p++;
    if (b->p == start || *start == '-')
        return false;
    return resolve(b, start, b->p, out);
}

static bool flow_list(block *b, pol_value *out)
{
    uint32_t base = b->top;
    bool good = true;
    b->p++;
    skip_blanks(b);
    while (good && b->p < b->stop && *b->p != ']') {
        pol_value item;
        if (!flow_item(b, &item))
            return false;
        push(b, item);
        skip_blanks(b);
        good = b->p < b->stop && (*b->p == ']' || *b->p == ',');
        if (good && *b->p == ',') {
            b->p++;
            skip_blanks(b);
        }
    }
    if (!good || b->p == b->stop)
        return false;
    b->p++;
    *out = array_of(b, b->stack + base, b->top - base);
    b->top = base;
    return true;
}

/* ---- literals --------------------------------------------------------------------- */

static const char *line_end(const block *b, const char *p)
{
    const char *stop = memchr(p, '\n', (size_t)(b->end - p));
    return stop ? stop : b->end;
}

static int32_t blanks(const char *p, const char *stop)
{
    const char *q = p;
    while (q < stop && *q == ' ')
        q++;
    return (int32_t)(q - p);
}

/* Drops line ends as `|` (keeps one), `|-` (none) or `|+` (all) says. */
static size_t chomp(const char *text, size_t len, char how)
{
    size_t kept = len;
    while (kept && text[kept - 1] == '\n')
        kept--;
    if (how == '+')
        return len;
    return how == '-' || !kept ? kept : kept + 1;
}

/* The lines of a literal. */
typedef struct {
    const char *from, *to; /* `to` is behind the last line end */
    int32_t indent;        /* of its first line with text; -1 before that */
} extent;

/* Finds the lines of a literal from e->from on; `outer` is the indent of the
 * collection around it. */
static bool literal_extent(const block *b, int32_t outer, extent *e)
{
    int32_t widest = 0; /* of the blank lines before the first with text */
    e->indent = -1;
    for (const char *p = e->from; p < b->end; p = e->to) {
        const char *stop = line_end(b, p);
        int32_t n = blanks(p, stop);
        bool is_blank = p + n == stop;
        if (stop == b->end)
            return false; /* what an unended last line means is left alone */
        if (is_blank && e->indent < 0 && n > widest)
            widest = n;
        if (!is_blank && e->indent < 0) {
            if (n <= outer || n < widest)
                return false;
            e->indent = n;
        }
        if (!is_blank && n < e->indent)
            break;
        e->to = stop + 1;
    }
    return e->indent >= 0;
}

static pol_value literal_text(block *b, const extent *e, char how)
{
    char *text = pol_arena_alloc(b->arena, (size_t)(e->to - e->from)), *to = text;
    for (const char *p = e->from; p < e->to;) {
        const char *stop = line_end(b, p);
        if (stop - p > e->indent) {
            size_t len = (size_t)(stop - p - e->indent);
            memcpy(to, p + e->indent, len);
            to += len;
        }
        *to++ = '\n';
        p = stop + 1;
    }
    return pol_string(text, chomp(text, (size_t)(to - text), how));
}

static bool literal(block *b, int32_t outer, pol_value *out)
{
    char how = ' ';
    b->p++;
    if (b->p < b->stop && (*b->p == '-' || *b->p == '+'))
        how = *b->p++;
    if (!at_line_end(b) || b->stop == b->end)
        return false;
    extent e = {.from = b->stop + 1, .to = b->stop + 1};
    if (!literal_extent(b, outer, &e))
        return false;
    *out = literal_text(b, &e, how);
    b->p = b->stop = e.to - 1;
    return true;
}

/* ---- lines ------------------------------------------------------------------------- */

/* The value behind a key or a dash; nothing means that it may follow. */
static bool value(block *b)
{
    pol_value v;
    bool good;
    const frame *f = &b->frames[b->depth - 1];
    switch (*b->p) {
    case '"':
    case '\'':
        good = quoted(b, &v);
        break;
    case '[':
        good = flow_list(b, &v);
        break;
    case '{':
        good = b->p + 1 < b->stop && b->p[1] == '}';
        b->p += 2;
        if (good)
            v = pol_shape_value(pol_shape_object(
                b->arena, pol_keys_shape(&b->keys, b->keys.root)));
        break;
    case '|':
        good = literal(b, f->indent, &v);
        break;
    default:
        good = plain(b, &v);
        break;
    }
    if (!good || !at_line_end(b))
        return false;
    give(b, v);
    return true;
}

/* The key at `p` if there is one, with its colon. */
static bool key(block *b, const char **bytes, uint32_t *len)
{
    const char *p = b->p;
    pol_value v;
    if (*p == '"' || *p == '\'') {
        if (!quoted(b, &v))
            return false;
        p = b->p;
        *bytes = v.str;
        *len = v.len;
    } else {
        if (!is_letter(*p))
            return false;
        while (p < b->stop && !(*p == ':' && (p + 1 == b->stop || p[1] == ' ')) &&
               !(*p == ' ' && p + 1 < b->stop && (p[1] == '#' || p[1] == ':')))
            p++;
        *bytes = b->p;
        *len = (uint32_t)(p - b->p);
        if (*len <= 5 && (!resolve(b, b->p, p, &v) || v.tag != POL_STRING))
            return false;
    }
    if (p == b->stop || *p != ':' || *len > LONGEST_KEY ||
        (p + 1 < b->stop && p[1] != ' '))
        return false;
    b->p = p + 1;
    return true;
}

static bool enter_key(block *b, frame *f, const char *bytes, uint32_t len)
{
    pol_key_node *next = f->node->last;
    uint32_t twice;
    if (f->pending)
        give(b, pol_null());
    if (!next || next->len != len || memcmp(next->key, bytes, len)) {
        if (f->node->depth == POL_KEYS_DEEPEST)
            return false;
        next = pol_keys_child(&b->keys, f->node, bytes, len, false, &twice);
        if (!next)
            return false;
    }
    f->node = next;
    f->pending = true;
    return true;
}

/* May a collection open at `indent`, as the value that is waited for? A list may
 * stand at the indent of the mapping that it belongs to. */
static bool may_open(const block *b, bool is_map, int32_t indent)
{
    if (!b->depth)
        return !pol_is_defined(b->root);
    const frame *f = &b->frames[b->depth - 1];
    return f->pending && (indent > f->indent ||
                          (!is_map && f->is_map && indent == f->indent));
}

/* A dash in column `indent`: an item of the list there, or of a new one. */
static bool dash(block *b, int32_t indent)
{
    const frame *f = b->depth ? &b->frames[b->depth - 1] : NULL;
    if (f && !f->is_map && f->indent == indent) {
        if (f->pending)
            give(b, pol_null());
    } else if (!may_open(b, false, indent) || !open_frame(b, false, indent)) {
        return false;
    }
    b->frames[b->depth - 1].pending = true;
    b->p++;
    return true;
}

/* A key in column `indent` and what is behind it. */
static bool member(block *b, int32_t indent, const char *bytes, uint32_t len)
{
    const frame *f = b->depth ? &b->frames[b->depth - 1] : NULL;
    if (!f || !f->is_map || f->indent != indent)
        if (!may_open(b, true, indent) || !open_frame(b, true, indent))
            return false;
    if (!enter_key(b, &b->frames[b->depth - 1], bytes, len))
        return false;
    return at_line_end(b) || value(b);
}

static bool is_dash(const block *b)
{
    return *b->p == '-' && (b->p + 1 == b->stop || b->p[1] == ' ');
}

/* What stands at `p`, in column `indent`: dashes, then a key or a value. */
static bool node(block *b, int32_t indent)
{
    const char *start = b->p - indent, *bytes;
    bool dashed = false;
    uint32_t len;
    while (is_dash(b)) {
        dashed = true;
        if (!dash(b, (int32_t)(b->p - start)))
            return false;
        if (at_line_end(b))
            return true;
    }
    const char *at = b->p;
    if (key(b, &bytes, &len))
        return member(b, (int32_t)(at - start), bytes, len);
    b->p = at; /* a lone value, which counts only as an item of a list */
    return dashed && value(b);
}

static void end_document(block *b)
{
    while (b->depth)
        close_frame(b);
    if (pol_is_defined(b->root))
        pol_reading_root(b->reading, b->root, (size_t)(b->start - b->text));
    b->root = pol_undefined();
    b->start = NULL;
}

/* A line of three dashes; false if there is something behind them. */
static bool separator(block *b)
{
    end_document(b);
    b->start = b->p;
    b->p += 3;
    return at_line_end(b);
}

static bool read_line(block *b)
{
    int32_t indent = blanks(b->p, b->stop);
    b->p += indent;
    if (at_line_end(b))
        return true;
    size_t left = (size_t)(b->stop - b->p);
    if (!indent && left >= 3 && (left == 3 || b->p[3] == ' ')) {
        if (!memcmp(b->p, "---", 3))
            return separator(b);
        if (!memcmp(b->p, "...", 3))
            return false;
    }
    if (!b->start)
        b->start = b->p;
    while (b->depth) {
        const frame *f = &b->frames[b->depth - 1];
        if (f->indent < indent ||
            (f->indent == indent && (f->is_map || is_dash(b))))
            break;
        close_frame(b);
    }
    return node(b, indent);
}

static bool read_lines(block *b)
{
    while (b->p < b->end) {
        b->line = b->p;
        b->stop = line_end(b, b->p);
        if (!read_line(b) || b->p != b->stop)
            return false;
        b->p = b->stop + (b->stop < b->end);
    }
    end_document(b);
    return true;
}

static void done_scratch(void *scratch)
{
    pol_arena_done(scratch);
}

bool pol_reading_block(pol_reading *reading)
{
    pol_document *doc = reading->doc;
    const char *start = doc->text.ptr + pol_reading_start(doc);
    const char *end = doc->text.ptr + doc->text.len;
    if (!is_simple_text(start, end))
        return false;
    block *b = arena_new(&doc->arena, block);
    b->reading = reading;
    b->arena = &doc->arena;
    b->text = doc->text.ptr;
    b->p = start;
    b->end = end;
    pol_arena_defer(&doc->arena, done_scratch, &b->scratch);
    pol_arena_init(&b->scratch, doc->arena.cap, doc->arena.trap);
    pol_keys_init(&b->keys, &doc->arena, &b->scratch);
    b->room = 64;
    b->stack = arena_array(&b->scratch, pol_value, b->room);
    bool good = read_lines(b);
    pol_arena_done(&b->scratch);
    return good;
}
