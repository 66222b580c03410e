/* SPDX-License-Identifier: Apache-2.0
 *
 * regex.globs_match: do two patterns have a string in common that is not empty?
 * They consist of characters, `.`, [sets], `*` and `+`. The answer is exact: a
 * search through the pairs of places in the two patterns. */
#include "bytes.h"

typedef struct span {
    uint32_t from, to;
} span;

/* What one character may be, and how often it stands. */
typedef struct token {
    span *spans;
    size_t count;
    char flag; /* 0, '*' or '+' */
} token;

typedef struct reader {
    pol_call *call;
    pol_value text;
    size_t at;    /* byte */
    size_t place; /* code points read */
    bool failed;
    token *tokens;
    size_t count;
} reader;

/* ---- reading --------------------------------------------------------- */

static bool more(const reader *r)
{
    return r->at < r->text.len;
}

static char peek(const reader *r)
{
    return more(r) ? r->text.str[r->at] : 0;
}

static bool fail(reader *r, size_t place, const char *what)
{
    pol_call_error(r->call,
                   "input:%.*s, pos:%zu, %s: the input provided is invalid",
                   (int)r->text.len, r->text.str, place, what);
    r->failed = true;
    return false;
}

static uint32_t next_rune(reader *r)
{
    size_t size;
    uint32_t rune = pol_rune_at(r->text.str + r->at, &size);
    r->at += size;
    r->place++;
    return rune;
}

/* A character, or the one behind a backslash. */
static bool character(reader *r, uint32_t *rune)
{
    if (peek(r) == '\\') {
        next_rune(r);
        if (!more(r))
            return fail(r, r->place - 1,
                        "input ends with a \\ (escape) character");
    }
    *rune = next_rune(r);
    return true;
}

static void add_span(token *t, uint32_t from, uint32_t to)
{
    t->spans[t->count++] = (span){from, to};
}

/* The `-` of a range, behind it its end; `have` says that a character that is
 * part of no range stands before. */
static bool range(reader *r, token *t, bool have)
{
    next_rune(r);
    if (!have)
        return fail(r, r->place,
                    "range character '-' must be preceded by a "
                    "Unicode character");
    if (!more(r) || peek(r) == ']')
        return fail(r, r->place,
                    "range character '-' must be followed by a "
                    "Unicode character");
    if (peek(r) == '-' || peek(r) == '[')
        return fail(r, r->place + 1,
                    "range character '-' cannot be followed "
                    "by a special symbol");
    size_t start = r->at;
    uint32_t high;
    if (!character(r, &high))
        return false;
    span *last = &t->spans[t->count - 1];
    if (high < last->from) {
        size_t skip = r->text.str[start] == '\\';
        pol_bytes what;
        pol_bytes_init(&what, r->call, 80);
        pol_bytes_text(&what, "range is out of order: '");
        pol_bytes_add(&what, r->text.str + start + skip, r->at - start - skip);
        pol_bytes_text(&what, "' comes before '");
        pol_bytes_rune(&what, last->from);
        pol_bytes_add(&what, "' in Unicode", sizeof("' in Unicode"));
        return fail(r, r->place, what.at);
    }
    last->to = high;
    return true;
}

static bool set(reader *r, token *t)
{
    bool have = false;
    next_rune(r);
    /* a span takes at least one byte */
    t->spans =
        pol_call_alloc(r->call, (r->text.len - r->at + 1) * sizeof(span));
    while (more(r) && peek(r) != ']') {
        uint32_t rune;
        if (peek(r) == '-') {
            if (!range(r, t, have))
                return false;
            have = false;
            continue;
        }
        if (!character(r, &rune))
            return false;
        add_span(t, rune, rune);
        have = true;
    }
    if (!more(r))
        return fail(r, r->place, "found [ without matching ]");
    next_rune(r);
    return true;
}

static bool one_token(reader *r, token *t)
{
    char c = peek(r);
    uint32_t rune;
    *t = (token){.spans = NULL};
    if (c == '[')
        return set(r, t);
    if (c == ']')
        return fail(r, r->place + 1, "set-close ']' with no preceding '['");
    if (c == '*')
        return fail(r, r->place + 1, "flag '*' must be preceded by a non-flag");
    if (c == '+')
        return fail(r, r->place + 1, "flag '+' must be preceded by a non-flag");
    if (!character(r, &rune))
        return false;
    t->spans = pol_call_alloc(r->call, sizeof(span));
    if (c == '.')
        add_span(t, 0, 0x10FFFF);
    else
        add_span(t, rune, rune);
    return true;
}

/* Reads a pattern. `x+` becomes x and x*. */
static bool read_pattern(reader *r, pol_call *call, pol_value text)
{
    *r = (reader){.call = call, .text = text};
    r->tokens = pol_call_alloc(call, ((size_t)text.len + 1) * sizeof(token));
    while (more(r)) {
        token t;
        if (!one_token(r, &t))
            return false;
        if (peek(r) == '*' || peek(r) == '+')
            t.flag = (char)next_rune(r);
        if (t.flag == '+') {
            r->tokens[r->count] = t;
            r->tokens[r->count++].flag = 0;
            t.flag = '*';
        }
        r->tokens[r->count++] = t;
    }
    return true;
}

/* ---- searching ------------------------------------------------------- */

static bool overlap(const token *a, const token *b)
{
    for (size_t i = 0; i < a->count; i++)
        for (size_t j = 0; j < b->count; j++)
            if (a->spans[i].from <= b->spans[j].to &&
                b->spans[j].from <= a->spans[i].to)
                return true;
    return false;
}

/* The pairs of places that were reached, and those still to look at. A pair is
 * reached with or without a character before it. */
typedef struct search {
    const reader *a, *b;
    unsigned char *seen;
    size_t *todo;
    size_t count;
} search;

static void reach(search *s, size_t i, size_t j, size_t any)
{
    size_t state = (i * (s->b->count + 1) + j) * 2 + any;
    if (s->seen[state])
        return;
    s->seen[state] = 1;
    s->todo[s->count++] = state;
}

static void follow(search *s, size_t i, size_t j, size_t any)
{
    const token *x = i < s->a->count ? &s->a->tokens[i] : NULL;
    const token *y = j < s->b->count ? &s->b->tokens[j] : NULL;
    if (x != NULL && x->flag == '*')
        reach(s, i + 1, j, any);
    if (y != NULL && y->flag == '*')
        reach(s, i, j + 1, any);
    if (x != NULL && y != NULL && overlap(x, y))
        reach(s, i + (x->flag == 0), j + (y->flag == 0), 1);
}

static bool intersect(pol_call *call, const reader *a, const reader *b)
{
    size_t states = (a->count + 1) * (b->count + 1) * 2;
    pol_call_spend(call, states / 4);
    search s = {.a = a, .b = b};
    s.seen = pol_call_alloc(call, states);
    memset(s.seen, 0, states);
    s.todo = pol_call_alloc(call, states * sizeof(*s.todo));
    reach(&s, 0, 0, 0);
    while (s.count > 0) {
        size_t state = s.todo[--s.count], any = state % 2;
        size_t i = state / 2 / (b->count + 1), j = state / 2 % (b->count + 1);
        if (i == a->count && j == b->count && any)
            return true;
        pol_call_spend(call, 1);
        follow(&s, i, j, any);
    }
    return false;
}

static pol_value globs_match(pol_call *call, const pol_value *args)
{
    reader a, b;
    if (!read_pattern(&a, call, args[0]) || !read_pattern(&b, call, args[1]))
        return pol_undefined();
    bool empty = args[0].len == 0 && args[1].len == 0;
    return pol_bool(empty || intersect(call, &a, &b));
}

const pol_builtin pol_stdlib_globs[] = {
    {.name = "regex.globs_match",
     .fn = globs_match,
     .signature = "(string, string) -> boolean",
     .doc = "Do two patterns of . * + [ ] match a common string?"},
    {.name = NULL},
};
