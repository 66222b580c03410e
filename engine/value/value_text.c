/* SPDX-License-Identifier: Apache-2.0
 *
 * Values as text: JSON, indented JSON, and terms as OPA prints them. Depth
 * costs memory of the arena, not stack. */
#include "buf.h"
#include "pol_value.h"
#include "utf8.h"

/* A collection that is being written. Objects whose keys are not all strings
 * have been replaced by ones with the keys' texts before (JSON only). */
typedef struct {
    pol_value v;
    uint32_t at;
} frame;

typedef struct {
    pol_buf out;
    pol_text_form form;
    bool in_key; /* writes the JSON text of a key, which Go escapes as for HTML */
    frame *frames;
    size_t depth, room;
} writer;

static bool is_rego(const writer *w)
{
    return w->form == POL_TEXT_REGO || w->form == POL_TEXT_REGO_RAW;
}

/* ---- strings ------------------------------------------------------------------ */

static const struct {
    uint32_t first, last;
} printable[] = {
#include "printable.def"
};

static bool is_printable(uint32_t rune)
{
    size_t low = 0, high = countof(printable);
    if (rune < 0x7F)
        return rune >= 0x20;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (rune < printable[middle].first)
            high = middle;
        else if (rune > printable[middle].last)
            low = middle + 1;
        else
            return true;
    }
    return false;
}

/* The letter of a two-character escape, 0 if there is none. */
static char short_escape(const writer *w, uint32_t rune)
{
    switch (rune) {
    case '"':
    case '\\':
        return (char)rune;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    case '\a':
        return is_rego(w) ? 'a' : '\0';
    case '\v':
        return is_rego(w) ? 'v' : '\0';
    default:
        return '\0';
    }
}

static bool needs_escape(const writer *w, uint32_t rune)
{
    if (rune == '"' || rune == '\\')
        return true;
    if (is_rego(w))
        return !is_printable(rune);
    if ((w->form == POL_TEXT_JSON_RAW || w->in_key) &&
        (rune == '<' || rune == '>' || rune == '&'))
        return true;
    return rune < 0x20 || rune == 0x2028 || rune == 0x2029;
}

static void write_escape(writer *w, uint32_t rune)
{
    char letter = short_escape(w, rune);
    if (letter) {
        pol_buf_char(&w->out, '\\');
        pol_buf_char(&w->out, letter);
    } else if (is_rego(w) && rune < 0x80) {
        pol_buf_printf(&w->out, "\\x%02x", (unsigned)rune);
    } else if (rune < 0x10000) {
        pol_buf_printf(&w->out, "\\u%04x", (unsigned)rune);
    } else {
        pol_buf_printf(&w->out, "\\U%08x", (unsigned)rune);
    }
}

/* A broken byte, which only a host can have put there. */
static void write_broken(writer *w, unsigned char byte)
{
    if (is_rego(w))
        pol_buf_printf(&w->out, "\\x%02x", byte);
    else
        pol_buf_cstr(&w->out, "\\ufffd");
}

/* Bytes that every form writes as they are. */
static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x7F && c != '"' && c != '\\' && c != '<' &&
           c != '>' && c != '&';
}

static void write_string(writer *w, const char *text, size_t len)
{
    const char *p = text, *end = text + len, *run = text;
    pol_buf_char(&w->out, '"');
    while (p < end) {
        if (is_plain((unsigned char)*p)) {
            p++;
            continue;
        }
        const char *start = p;
        uint32_t rune = pol_utf8_decode(&p, end);
        bool broken = rune == POL_UTF8_REPLACEMENT && p - start == 1;
        if (!broken && !needs_escape(w, rune))
            continue;
        pol_buf_add(&w->out, run, (size_t)(start - run));
        run = p;
        if (broken)
            write_broken(w, (unsigned char)*start);
        else
            write_escape(w, rune);
    }
    pol_buf_add(&w->out, run, (size_t)(end - run));
    pol_buf_char(&w->out, '"');
}

/* ---- scalars ------------------------------------------------------------------ */

static void write_hidden(writer *w, const char *text)
{
    pol_buf_cstr(&w->out, is_rego(w) ? "" : "\"");
    pol_buf_cstr(&w->out, text);
    pol_buf_cstr(&w->out, is_rego(w) ? "" : "\"");
}

static bool is_hidden(const writer *w, pol_value v)
{
    return (v.flags & POL_SECRET) && w->form != POL_TEXT_JSON_RAW &&
           w->form != POL_TEXT_REGO_RAW;
}

static void write_scalar(writer *w, pol_value v)
{
    char scratch[24];
    size_t len;
    const char *text;
    switch (v.tag) {
    case POL_NULL:
        pol_buf_cstr(&w->out, "null");
        break;
    case POL_FALSE:
        pol_buf_cstr(&w->out, "false");
        break;
    case POL_TRUE:
        pol_buf_cstr(&w->out, "true");
        break;
    case POL_INT:
    case POL_NUMBER:
        text = pol_number_text(v, scratch, &len);
        pol_buf_add(&w->out, text, len);
        break;
    case POL_STRING:
        write_string(w, v.str, v.len);
        break;
    case POL_UNDEFINED:
        write_hidden(w, "<undefined>");
        break;
    default:
        if (v.tag == POL_UNKNOWN && v.len)
            write_string(w, v.str, v.len);
        else
            write_hidden(w, "<unknown>");
        break;
    }
}

static pol_str run(writer *w, pol_value v);

/* ---- objects with other keys ---------------------------------------------------- */

static bool needs_text_keys(const writer *w, pol_value v)
{
    if (v.tag != POL_OBJECT || is_rego(w))
        return false;
    for (uint32_t i = 0; i < v.len; i++)
        if (pol_key_at(v, i).tag != POL_STRING ||
            is_hidden(w, pol_key_at(v, i)))
            return true;
    return false;
}

/* The key of a JSON object that stands for `key`: a string itself, else its
 * JSON text. */
static pol_value text_key(const writer *w, pol_value key)
{
    if (is_hidden(w, key))
        return pol_literal("[secret]");
    if (key.tag == POL_STRING)
        return key;
    bool raw = w->form == POL_TEXT_JSON_RAW;
    writer inner = {.form = raw ? POL_TEXT_JSON_RAW : POL_TEXT_JSON,
                    .in_key = true};
    pol_buf_init(&inner.out, w->out.arena);
    pol_str text = run(&inner, key);
    return pol_string(text.ptr, text.len);
}

/* Keys that become the same text: the value of the last one stays. */
static pol_value with_text_keys(const writer *w, pol_value v)
{
    pol_value *keys = pol_items(w->out.arena, v.len);
    pol_value *values = pol_items(w->out.arena, v.len);
    for (uint32_t i = 0; i < v.len; i++) {
        keys[i] = text_key(w, pol_key_at(v, i));
        values[i] = pol_value_at(v, i);
    }
    return pol_object_of(w->out.arena, keys, values, v.len);
}

/* ---- collections ----------------------------------------------------------------- */

static void push(writer *w, pol_value v)
{
    if (w->depth == w->room) {
        size_t room = w->room ? w->room * 2 : 16;
        frame *frames = arena_array(w->out.arena, frame, room);
        if (w->depth)
            memcpy(frames, w->frames, w->depth * sizeof *frames);
        w->frames = frames;
        w->room = room;
    }
    w->frames[w->depth++] = (frame){v, 0};
}

static char opening(const writer *w, pol_value v)
{
    return v.tag == POL_OBJECT || (v.tag == POL_SET && is_rego(w)) ? '{' : '[';
}

static void write_value(writer *w, pol_value v)
{
    if (is_hidden(w, v)) {
        write_hidden(w, "[secret]");
        return;
    }
    if (!pol_is_collection(v)) {
        write_scalar(w, v);
        return;
    }
    if (!v.len && v.tag == POL_SET && is_rego(w)) {
        pol_buf_cstr(&w->out, "set()");
        return;
    }
    if (needs_text_keys(w, v))
        v = with_text_keys(w, v);
    pol_buf_char(&w->out, opening(w, v));
    push(w, v);
}

static void break_line(writer *w, size_t depth)
{
    if (w->form != POL_TEXT_PRETTY)
        return;
    pol_buf_char(&w->out, '\n');
    memset(pol_buf_reserve(&w->out, depth * 2), ' ', depth * 2);
    w->out.len += depth * 2;
}

/* A key of a Rego object may be a collection: it goes through a text of its
 * own, since the frame's turn is the value's. */
static void write_key(writer *w, pol_value key)
{
    if (key.tag == POL_STRING && !is_hidden(w, key)) {
        write_string(w, key.str, key.len);
    } else {
        size_t len;
        const char *text = pol_value_text(w->out.arena, key, w->form, &len);
        pol_buf_add(&w->out, text, len);
    }
    pol_buf_char(&w->out, ':');
    if (is_rego(w) || w->form == POL_TEXT_PRETTY)
        pol_buf_char(&w->out, ' ');
}

/* Writes one member of the innermost collection, or its end. */
static void step(writer *w)
{
    frame *top = &w->frames[w->depth - 1];
    pol_value v = top->v;
    uint32_t at = top->at++;
    if (at == v.len) {
        w->depth--;
        if (v.len)
            break_line(w, w->depth);
        pol_buf_char(&w->out, opening(w, v) == '{' ? '}' : ']');
        return;
    }
    if (at)
        pol_buf_add(&w->out, ", ", is_rego(w) ? 2 : 1);
    break_line(w, w->depth);
    if (v.tag == POL_OBJECT) {
        write_key(w, pol_key_at(v, at));
        write_value(w, pol_value_at(v, at));
    } else {
        write_value(w, pol_at(v, at));
    }
}

static pol_str run(writer *w, pol_value v)
{
    write_value(w, v);
    while (w->depth)
        step(w);
    return pol_buf_done(&w->out);
}

const char *pol_value_text(pol_arena *arena, pol_value v, pol_text_form form,
                           size_t *len)
{
    writer w = {.form = form};
    pol_buf_init(&w.out, arena);
    pol_str text = run(&w, v);
    *len = text.len;
    return text.ptr;
}
