/* SPDX-License-Identifier: Apache-2.0
 *
 * See random_text.h. */
#include "random_text.h"

#include <stdio.h>

unsigned random_below(random_text *r, unsigned n)
{
    r->state = r->state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(r->state >> 33) % n;
}

bool random_chance(random_text *r, unsigned percent)
{
    return random_below(r, 100) < percent;
}

static void put(random_text *r, const char *text)
{
    pol_buf_cstr(&r->out, text);
}

static void line_end(random_text *r)
{
    put(r, r->eol);
}

static void spaces(random_text *r, unsigned n)
{
    while (n--)
        put(r, " ");
}

static const char *const plain[] = {"a",
                                    "word",
                                    "two words",
                                    "1",
                                    "-2",
                                    "1.50",
                                    "true",
                                    "null",
                                    "~",
                                    "0x1F",
                                    "1e3",
                                    "x:y",
                                    "http://a/b#c",
                                    "a-b",
                                    "2001-01-01",
                                    "\xC3\xA9t\xC3\xA9",
                                    "yes",
                                    "a'b",
                                    "a\"b",
                                    "-x",
                                    "?x",
                                    "v1.2.3"};
static const char *const quoted[] = {"'it''s'", "\"a\\n\\u00e9\"", "''",
                                     "\"\"",    "'# no'",          "\"x: y\"",
                                     "'a'",     "\"true\"",        "'12'"};

/* ---- YAML ---------------------------------------------------------------- */

static void key(random_text *r)
{
    static const char *const odd[] = {"'k %u'", "\"k\\t%u\"", "\"%u\"",    "%u",
                                      "k %u",   "k/%u",       "\xC3\xA9%u"};
    char name[32];
    snprintf(name, sizeof name,
             random_chance(r, 70) ? "k%u" : random_pick(r, odd), r->names);
    r->names++;
    put(r, name);
}

static void comment(random_text *r)
{
    char text[32];
    snprintf(text, sizeof text, "# c%u: [x", r->names++);
    put(r, text);
}

/* What may stand between the lines of a block. */
static void gap(random_text *r, unsigned indent)
{
    while (r->comments && random_chance(r, 15)) {
        if (random_chance(r, 60)) {
            spaces(r,
                   random_chance(r, 70) ? indent : random_below(r, indent + 1));
            comment(r);
        } else if (random_chance(r, 10)) {
            spaces(r, random_below(r, 5));
            r->loose = true;
        }
        line_end(r);
    }
}

static void tail(random_text *r)
{
    if (r->comments && random_chance(r, 15)) {
        put(r, random_chance(r, 80) ? " " : "\t");
        comment(r);
    } else if (random_chance(r, 4)) {
        put(r, random_chance(r, 50) ? "  " : "\t");
    }
    line_end(r);
}

static void flow(random_text *r, unsigned depth, unsigned indent);

static void flow_space(random_text *r, unsigned indent)
{
    if (random_chance(r, 10)) {
        if (r->comments && random_chance(r, 30)) {
            put(r, " ");
            comment(r);
        }
        line_end(r);
        spaces(r, indent + 1 + random_below(r, 3));
    } else if (random_chance(r, 50)) {
        put(r, " ");
    }
}

static void flow(random_text *r, unsigned depth, unsigned indent)
{
    static const char *const words[] = {
        "a", "word", "1", "-2", "1.50", "true", "null", "two words", "a-b"};
    unsigned kind = depth ? random_below(r, 5) : 0;
    if (kind < 3) {
        put(r, random_chance(r, 60) ? random_pick(r, words)
                                    : random_pick(r, quoted));
        return;
    }
    put(r, kind == 3 ? "[" : "{");
    flow_space(r, indent);
    unsigned n = random_below(r, 4);
    for (unsigned i = 0; i < n; i++) {
        if (kind == 4) {
            char name[32];
            bool json = random_chance(r, 30);
            snprintf(name, sizeof name, json ? "\"k%u\":" : "k%u:", r->names++);
            put(r, name);
            put(r, json && random_chance(r, 50) ? "" : " ");
        }
        flow(r, depth - 1, indent);
        if (i + 1 < n || random_chance(r, 15)) {
            put(r, ",");
            flow_space(r, indent);
        }
    }
    flow_space(r, indent);
    put(r, kind == 3 ? "]" : "}");
}

/* Lines of a literal or folded scalar. */
static void lines(random_text *r, unsigned indent)
{
    static const char *const heads[] = {"|", "|-", "|+", ">", ">-", ">+"};
    static const char *const texts[] = {"some text", "# no comment", "a: b",
                                        "- x",       "more",         "'"};
    r->lines = true;
    const char *head = random_pick(r, heads);
    r->loose |= head[1] == '+';
    put(r, head);
    tail(r);
    unsigned n = 1 + random_below(r, 3);
    for (unsigned i = 0; i < n; i++) {
        if (i && random_chance(r, 20))
            line_end(r);
        spaces(r, indent);
        put(r, random_pick(r, texts));
        line_end(r);
    }
    if (random_chance(r, 15))
        line_end(r);
}

/* A scalar on the line, with its end. */
static void scalar(random_text *r, unsigned indent)
{
    unsigned how = random_below(r, 20);
    if (how == 0) {
        lines(r, indent);
        return;
    }
    if (how == 1) { /* over two lines */
        bool quotes = random_chance(r, 50);
        put(r, quotes ? "\"one" : "one");
        line_end(r);
        spaces(r, indent + random_below(r, 3));
        put(r, quotes ? "two\"" : "two");
    } else if (how == 2) {
        /* nothing: null */
    } else if (how < 6) {
        flow(r, 3, indent);
    } else {
        put(r, random_chance(r, 70) ? random_pick(r, plain)
                                    : random_pick(r, quoted));
    }
    tail(r);
}

static void block(random_text *r, unsigned depth, unsigned indent, bool begun);

/* Anchors, tags and aliases in front of a value; true: they are the value. */
static bool mark(random_text *r)
{
    if (!r->marks || !random_chance(r, 8))
        return false;
    if (r->anchored && random_chance(r, 40)) {
        put(r, " *a");
        tail(r);
        return true;
    }
    if (random_chance(r, 70)) {
        put(r, " &a");
        r->anchored = true;
    } else {
        put(r, " !!str");
        put(r, " x");
        tail(r);
        return true;
    }
    return false;
}

/* Behind a colon or a dash. */
static void value(random_text *r, unsigned depth, unsigned indent, bool dash)
{
    if (mark(r))
        return;
    if (!depth || random_chance(r, 55)) {
        spaces(r, random_chance(r, 90) ? 1 : 3);
        scalar(r, indent + 1);
        return;
    }
    unsigned deeper = indent + 1 + random_below(r, 4);
    bool anchored = r->out.len && r->out.ptr[r->out.len - 1] == 'a' &&
                    r->out.ptr[r->out.len - 2] == '&';
    if (dash && !anchored && random_chance(r, 70)) { /* "- a: 1", "- - 1" */
        unsigned gap_len = deeper - indent - 1;
        spaces(r, gap_len ? gap_len : 1);
        block(r, depth - 1, indent + 1 + (gap_len ? gap_len : 1), true);
        return;
    }
    tail(r);
    gap(r, deeper);
    block(r, depth - 1, deeper, false);
}

/* `begun`: the first line is, up to its column. */
static void block(random_text *r, unsigned depth, unsigned indent, bool begun)
{
    bool map = random_chance(r, 65);
    unsigned n = 1 + random_below(r, 4);
    for (unsigned i = 0; i < n; i++) {
        if (i || !begun) {
            if (i)
                gap(r, indent);
            spaces(r, indent);
        }
        if (!map) {
            put(r, "-");
            value(r, depth, indent, true);
            continue;
        }
        if (random_chance(r, 1)) { /* an explicit key */
            r->marks = r->loose = true;
            put(r, "? ");
            key(r);
            line_end(r);
            spaces(r, indent);
        } else {
            key(r);
        }
        put(r, ":");
        /* A sequence may stand in the column of its key. */
        if (depth && random_chance(r, 10)) {
            tail(r);
            for (unsigned k = 1 + random_below(r, 3); k; k--) {
                gap(r, indent);
                spaces(r, indent);
                put(r, "-");
                value(r, depth - 1, indent, true);
            }
            continue;
        }
        value(r, depth, indent, false);
    }
}

void random_yaml(random_text *r)
{
    unsigned documents = random_chance(r, 70) ? 1 : 1 + random_below(r, 3);
    r->eol = random_chance(r, 20) ? "\r\n" : "\n";
    r->comments = random_chance(r, 70);
    r->marks = random_chance(r, 20);
    if (random_chance(r, 10))
        put(r, "\xEF\xBB\xBF");
    for (unsigned i = 0; i < documents; i++) {
        bool directive = random_chance(r, 3),
             begun = i || directive || random_chance(r, 20);
        r->anchored = false;
        gap(r, 0);
        if (directive) {
            if (i) {
                put(r, "...");
                line_end(r);
            }
            put(r, "%YAML 1.2");
            line_end(r);
        }
        if (begun) {
            put(r, "---");
            tail(r);
            gap(r, 0);
        }
        if (random_chance(r, 5)) {
            flow(r, 3, 0);
            tail(r);
        } else {
            block(r, 3, random_chance(r, 90) ? 0 : 2, false);
        }
        gap(r, 0);
        if (random_chance(r, 5)) {
            put(r, "...");
            line_end(r);
        }
    }
    if (random_chance(r, 15) && !r->lines) { /* no line end */
        while (r->out.len && strchr("\r\n", r->out.ptr[r->out.len - 1]))
            r->out.len--;
    }
}

/* ---- JSON ---------------------------------------------------------------- */

typedef struct layout {
    const char *eol, *indent, *colon;
    unsigned broken; /* percent of collections on several lines */
} layout;

static void json(random_text *r, const layout *l, unsigned depth,
                 unsigned level)
{
    static const char *const scalars[] = {
        "1",         "-2.50",          "1e3",
        "true",      "null",           "\"\"",
        "\"a b\"",   "\"\\u00e9\\n\"", "\"\xC3\xA9\"",
        "\"[,]{:}\""};
    unsigned kind = depth ? random_below(r, 4) : 0;
    if (kind < 2 && depth < 4) {
        put(r, random_pick(r, scalars));
        return;
    }
    bool object = kind & 1, broken = random_chance(r, l->broken);
    unsigned n = random_below(r, 5);
    put(r, object ? "{" : "[");
    for (unsigned i = 0; i < n; i++) {
        put(r, broken ? l->eol : i && l->broken ? " " : "");
        for (unsigned k = 0; broken && k <= level; k++)
            put(r, l->indent);
        if (object) {
            char name[32];
            snprintf(name, sizeof name, "\"k%u\"", r->names++);
            put(r, name);
            put(r, l->colon);
        }
        json(r, l, depth - 1, level + 1);
        put(r, i + 1 < n ? "," : "");
    }
    if (n && broken) {
        put(r, l->eol);
        for (unsigned k = 0; k < level; k++)
            put(r, l->indent);
    }
    put(r, object ? "}" : "]");
}

void random_json(random_text *r)
{
    static const char *const eols[] = {"\n", "\r\n"};
    static const char *const indents[] = {"  ", "    ", "\t", ""};
    static const char *const colons[] = {": ", ":", " : "};
    layout l = {random_pick(r, eols), random_pick(r, indents),
                random_pick(r, colons),
                random_chance(r, 30) ? 0 : 40 + random_below(r, 60)};
    json(r, &l, 4, 0);
    put(r, random_chance(r, 80) ? l.eol : "");
}

void random_json_lines(random_text *r)
{
    static const char *const colons[] = {": ", ":"};
    layout l = {"\n", "", random_pick(r, colons), 0};
    for (unsigned n = 1 + random_below(r, 4); n; n--) {
        json(r, &l, 4, 0);
        put(r, n > 1 || random_chance(r, 80) ? l.eol : "");
    }
}
