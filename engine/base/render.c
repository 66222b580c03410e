/* SPDX-License-Identifier: Apache-2.0
 *
 * Diagnostics as a person reads them: header, place, excerpt with carets, help.
 *
 * Nothing of a source reaches a terminal unseen: control characters, broken
 * UTF-8 and characters that change the direction of text are written as
 * escapes. Work a diagnostic is bounded, however long the line is. */
#include "buf.h"
#include "diag.h"
#include "utf8.h"

enum {
    WIDTH = 100,    /* columns of source that are shown at most */
    BEFORE = 40,    /* of them in front of the span when a line is cut */
    NEAR = 4 * 128, /* bytes looked at on each side of the span */
    TAB = 4
};

typedef struct style {
    const char *error, *warning, *gutter, *note, *bold, *reset;
} style;

static const style PLAIN = {"", "", "", "", "", ""};
static const style COLOR = {"\x1b[1;31m", "\x1b[1;33m", "\x1b[1;34m",
                            "\x1b[1;36m", "\x1b[1m",    "\x1b[0m"};

/* A marked place of the excerpt. */
typedef struct mark {
    pol_span span;
    const pol_src *src;
    pol_place place;
    const char *text;
    bool primary;
} mark;

typedef struct render {
    pol_buf *out;
    const style *style;
    const char *accent; /* colour of the severity */
    int gutter;         /* digits of the largest line number */
} render;

/* --- characters --- */

static bool is_hidden(uint32_t rune)
{
    return rune < 0x20 || (rune >= 0x7F && rune < 0xA0) || rune == 0xAD ||
           (rune >= 0x200B && rune <= 0x200F) ||
           (rune >= 0x2028 && rune <= 0x202E) ||
           (rune >= 0x2060 && rune <= 0x206F) || rune == 0xFEFF ||
           (rune >= 0xE0000 && rune <= 0xE0FFF);
}

static int columns_of(uint32_t rune)
{
    static const uint32_t wide[][2] = {
        {0x1100, 0x115F},   {0x2E80, 0xA4CF},   {0xAC00, 0xD7A3},
        {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},
        {0xFFE0, 0xFFE6},   {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}};
    if ((rune >= 0x300 && rune <= 0x36F) || (rune >= 0xFE00 && rune <= 0xFE0F))
        return 0;
    for (size_t i = 0; i < countof(wide); i++)
        if (rune >= wide[i][0] && rune <= wide[i][1])
            return 2;
    return 1;
}

/* Writes one character of `at`..`end` in a form that is safe to see and moves
 * `at`. Returns its columns. `out` has room for 16 bytes and gets a NUL. */
static int show(const char **at, const char *end, char *out)
{
    const char *start = *at;
    uint32_t rune = pol_utf8_decode(at, end);
    size_t len = (size_t)(*at - start);
    if (rune == '\t')
        return snprintf(out, 16, "%*s", TAB, "");
    if (rune == POL_UTF8_REPLACEMENT && len == 1)
        return snprintf(out, 16, "\\x%02x", (unsigned char)*start);
    if (rune < 0x80 && is_hidden(rune))
        return snprintf(out, 16, "\\x%02x", (unsigned)rune);
    if (is_hidden(rune))
        return snprintf(out, 16, "\\u{%x}", (unsigned)rune);
    memcpy(out, start, len);
    out[len] = 0;
    return columns_of(rune);
}

static void write_safe(pol_buf *out, pol_str text)
{
    char shown[16];
    const char *at = text.ptr, *end = text.ptr + text.len;
    while (at < end) {
        show(&at, end, shown);
        pol_buf_cstr(out, shown);
    }
}

/* --- excerpts --- */

/* The bytes of the span's line that are looked at. */
static pol_str near_line(const pol_src *src, pol_span span, bool *cut_front,
                         bool *cut_back)
{
    const char *text = src->text.ptr;
    size_t len = src->text.len;
    size_t off = span.off < len ? span.off : len;
    size_t from = off, to = off;
    while (from > 0 && off - from < NEAR && text[from - 1] != '\n')
        from--;
    size_t stop = (size_t)off + (span.len < NEAR ? span.len : NEAR) + NEAR;
    while (to < len && to < stop && text[to] != '\n')
        to++;
    *cut_front = from > 0 && text[from - 1] != '\n';
    *cut_back = to < len && text[to] != '\n';
    while (*cut_front && from < off &&
           ((unsigned char)text[from] & 0xC0) == 0x80)
        from++;
    if (!*cut_back && to > from && text[to - 1] == '\r')
        to--;
    return (pol_str){text + from, to - from};
}

/* Columns that a piece of a line takes. */
static int measure(const char *at, const char *end, const char *line_end)
{
    char shown[16];
    int columns = 0;
    while (at < end)
        columns += show(&at, line_end, shown);
    return columns;
}

/* What of the line is shown: the columns `first` to `last`. */
typedef struct window {
    pol_str line;
    bool cut_front, cut_back;
    int first, last;
    int from, to; /* the span's columns */
} window;

static window frame(const mark *m)
{
    window w = {.first = 0};
    w.line = near_line(m->src, m->span, &w.cut_front, &w.cut_back);
    const char *text = m->src->text.ptr, *end = w.line.ptr + w.line.len;
    const char *start = text + m->span.off;
    start = start < end ? start : end;
    const char *stop = start;
    if (m->span.len > 0)
        stop = (size_t)(end - start) < m->span.len ? end : start + m->span.len;
    w.from = measure(w.line.ptr, start, end);
    w.to = w.from + measure(start, stop, end);
    int total = measure(w.line.ptr, end, end);
    if (total > WIDTH || w.cut_front || w.cut_back) {
        if (w.from > BEFORE)
            w.first = w.from - BEFORE;
        if (!w.cut_front && w.to <= WIDTH)
            w.first = 0;
        w.last = w.first + WIDTH;
        w.cut_back = w.cut_back || total > w.last;
        w.cut_front = w.cut_front || w.first > 0;
    } else {
        w.last = total;
    }
    if (w.to > w.last)
        w.to = w.last;
    if (w.to <= w.from)
        w.to = w.from + 1;
    return w;
}

static void gutter(const render *r, uint32_t line)
{
    const style *s = r->style;
    if (line)
        pol_buf_printf(r->out, "%s%*u |%s", s->gutter, r->gutter,
                       (unsigned)line, s->reset);
    else
        pol_buf_printf(r->out, "%s%*s |%s", s->gutter, r->gutter, "", s->reset);
}

static void write_line(const render *r, const mark *m, const window *w)
{
    pol_buf *out = r->out;
    gutter(r, m->place.line);
    const char *at = w->line.ptr, *end = at + w->line.len;
    if (at < end || w->cut_front)
        pol_buf_char(out, ' ');
    if (w->cut_front)
        pol_buf_cstr(out, "…");
    for (int column = 0; at < end && column < w->last;) {
        char shown[16];
        int columns = show(&at, end, shown);
        if (column >= w->first && column + columns <= w->last)
            pol_buf_cstr(out, shown);
        else if (column < w->first && column + columns > w->first)
            pol_buf_printf(out, "%*s", column + columns - w->first, "");
        column += columns;
    }
    if (w->cut_back)
        pol_buf_cstr(out, "…");
    pol_buf_char(out, '\n');
}

static void write_carets(const render *r, const mark *m, const window *w)
{
    pol_buf *out = r->out;
    gutter(r, 0);
    int indent = w->from - w->first + (w->cut_front ? 1 : 0);
    pol_buf_printf(out, " %*s%s", indent, "",
                   m->primary ? r->accent : r->style->gutter);
    for (int i = w->from; i < w->to; i++)
        pol_buf_char(out, m->primary ? '^' : '-');
    if (m->text && *m->text) {
        pol_buf_char(out, ' ');
        write_safe(out, pol_str_of(m->text));
    }
    pol_buf_printf(out, "%s\n", r->style->reset);
}

static void write_place(const render *r, const mark *m, const char *arrow)
{
    pol_buf_printf(r->out, "%*s%s%s%s ", r->gutter, "", r->style->gutter, arrow,
                   r->style->reset);
    write_safe(r->out, m->src->name);
    pol_buf_printf(r->out, ":%u:%u\n", (unsigned)m->place.line,
                   (unsigned)m->place.column);
}

/* Order: the primary's source first, then by source and place. */
static int order(const mark *a, const mark *b, uint32_t first_src)
{
    bool a_first = a->span.src == first_src, b_first = b->span.src == first_src;
    if (a_first != b_first)
        return a_first ? -1 : 1;
    if (a->span.src != b->span.src)
        return a->span.src < b->span.src ? -1 : 1;
    return (a->span.off > b->span.off) - (a->span.off < b->span.off);
}

static uint32_t gather(const pol_diag *diag, mark *marks)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i <= diag->label_count; i++) {
        mark m = {.primary = i == 0};
        m.span = i ? diag->labels[i - 1].span : diag->span;
        m.text = i ? diag->labels[i - 1].text : diag->label;
        m.src = diag->srcs ? pol_srcs_at(diag->srcs, m.span.src) : NULL;
        if (!m.src)
            continue;
        m.place = pol_src_place(m.src, m.span.off);
        uint32_t at = count++;
        while (at > 0 && order(&m, &marks[at - 1], diag->span.src) < 0) {
            marks[at] = marks[at - 1];
            at--;
        }
        marks[at] = m;
    }
    return count;
}

static int digits(uint32_t number)
{
    int count = 1;
    while (number /= 10)
        count++;
    return count;
}

static void write_marks(const render *r, const mark *marks, uint32_t count)
{
    const mark *before = NULL;
    for (uint32_t i = 0; i < count; i++) {
        const mark *m = &marks[i];
        bool same = before && before->src == m->src;
        if (!same) {
            const mark *shown = m;
            for (uint32_t k = 0; k < count; k++)
                if (marks[k].primary && marks[k].src == m->src)
                    shown = &marks[k];
            write_place(r, shown, before ? ":::" : "-->");
            gutter(r, 0);
            pol_buf_char(r->out, '\n');
        } else if (m->place.line > before->place.line + 1) {
            pol_buf_printf(r->out, "%s...%s\n", r->style->gutter,
                           r->style->reset);
        }
        window w = frame(m);
        if (!same || m->place.line != before->place.line || w.cut_front ||
            w.cut_back)
            write_line(r, m, &w);
        write_carets(r, m, &w);
        before = m;
    }
}

void pol_diag_write(const pol_diag *diag, bool color, pol_buf *out)
{
    const style *s = color ? &COLOR : &PLAIN;
    bool error = pol_diag_severity(diag->code) == POL_SEVERITY_ERROR;
    render r = {out, s, error ? s->error : s->warning, 1};
    pol_buf_printf(out, "%s%s[%s]%s%s: ", r.accent, error ? "error" : "warning",
                   pol_diag_name(diag->code), s->reset, s->bold);
    write_safe(out, pol_str_of(diag->message));
    pol_buf_printf(out, "%s\n", s->reset);
    mark marks[POL_DIAG_LABELS + 1];
    uint32_t count = gather(diag, marks);
    for (uint32_t i = 0; i < count; i++)
        if (digits(marks[i].place.line) > r.gutter)
            r.gutter = digits(marks[i].place.line);
    write_marks(&r, marks, count);
    if (!diag->help)
        return;
    pol_buf_printf(out, "%*s %s=%s %shelp%s: ", r.gutter, "", s->gutter,
                   s->reset, s->note, s->reset);
    write_safe(out, pol_str_of(diag->help));
    pol_buf_char(out, '\n');
}
