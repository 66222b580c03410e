/* SPDX-License-Identifier: Apache-2.0
 *
 * A checker of JSON text that words its complaints as Go's encoding/json does.
 * The engine's reader decides what a text says; this only explains. */
#include "gojson.h"

#include <stdio.h>

#include "gofmt.h"

/* As in Go: deeper text is refused. */
enum { MAX_DEPTH = 10000 };

typedef struct checker {
    pol_bytes *out;
    pol_value text;
    size_t at;
    pol_bytes open; /* '{' and '[' of what is not closed yet */
} checker;

static bool complain(checker *c, const char *where)
{
    if (c->at >= c->text.len) {
        pol_bytes_text(c->out, "unexpected EOF");
        return false;
    }
    char byte = c->text.str[c->at];
    pol_bytes_text(c->out, "invalid character ");
    if (byte == '\'') {
        pol_bytes_text(c->out, "'\\''");
    } else if (byte == '"') {
        pol_bytes_text(c->out, "'\"'");
    } else {
        pol_bytes quoted;
        pol_bytes_init(&quoted, c->out->call, 16);
        pol_bytes_rune(&quoted, (unsigned char)byte);
        size_t start = c->out->len;
        pol_gofmt_quote(c->out, pol_bytes_done(&quoted), false);
        c->out->at[start] = c->out->at[c->out->len - 1] = '\'';
    }
    pol_bytes_byte(c->out, ' ');
    pol_bytes_text(c->out, where);
    return false;
}

static char peek(const checker *c)
{
    return c->at < c->text.len ? c->text.str[c->at] : 0;
}

static void spaces(checker *c)
{
    while (c->at < c->text.len && strchr(" \t\r\n", peek(c)) != NULL &&
           peek(c) != 0)
        c->at++;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool digits(checker *c, const char *where)
{
    if (!is_digit(peek(c)))
        return complain(c, where);
    while (is_digit(peek(c)))
        c->at++;
    return true;
}

static bool number(checker *c)
{
    if (peek(c) == '-')
        c->at++;
    if (peek(c) == '0')
        c->at++;
    else if (!digits(c, "in numeric literal"))
        return false;
    if (peek(c) == '.') {
        c->at++;
        if (!digits(c, "after decimal point in numeric literal"))
            return false;
    }
    if (peek(c) == 'e' || peek(c) == 'E') {
        c->at++;
        if (peek(c) == '+' || peek(c) == '-')
            c->at++;
        if (!digits(c, "in exponent of numeric literal"))
            return false;
    }
    return true;
}

static bool escape(checker *c)
{
    c->at++;
    char mark = peek(c);
    if (mark == 0 || strchr("bfnrtu\\/\"", mark) == NULL)
        return complain(c, "in string escape code");
    c->at++;
    for (int i = 0; mark == 'u' && i < 4; i++) {
        char hex = peek(c);
        if (hex == 0 || strchr("0123456789abcdefABCDEF", hex) == NULL)
            return complain(c, "in \\u hexadecimal character escape");
        c->at++;
    }
    return true;
}

static bool string(checker *c)
{
    c->at++;
    while (c->at < c->text.len && peek(c) != '"') {
        if ((unsigned char)peek(c) < ' ')
            return complain(c, "in string literal");
        if (peek(c) != '\\')
            c->at++;
        else if (!escape(c))
            return false;
    }
    if (c->at >= c->text.len)
        return complain(c, "");
    c->at++;
    return true;
}

static bool literal(checker *c, const char *word)
{
    char where[64];
    for (const char *w = word; *w != 0; w++, c->at++) {
        snprintf(where, sizeof(where), "in literal %s (expecting '%c')", word,
                 *w);
        if (peek(c) != *w)
            return complain(c, where);
    }
    return true;
}

/* A scalar, or the opening bracket of a collection. */
static bool begin_value(checker *c)
{
    char first = peek(c);
    if (first == '-' || is_digit(first))
        return number(c);
    switch (first) {
    case '"': return string(c);
    case 't': return literal(c, "true");
    case 'f': return literal(c, "false");
    case 'n': return literal(c, "null");
    case '{':
    case '[':
        c->at++;
        pol_bytes_byte(&c->open, first);
        return true;
    default: return complain(c, "looking for beginning of value");
    }
}

static bool key(checker *c)
{
    spaces(c);
    if (peek(c) != '"')
        return complain(c, "looking for beginning of object key string");
    if (!string(c))
        return false;
    spaces(c);
    if (peek(c) != ':')
        return complain(c, "after object key");
    c->at++;
    return true;
}

/* Behind a whole value: closes collections until one goes on or none is open.
 * Sets *done at the end of the outermost value. */
static bool end_value(checker *c, bool *done)
{
    while (c->open.len > 0) {
        bool object = c->open.at[c->open.len - 1] == '{';
        spaces(c);
        if (peek(c) == ',') {
            c->at++;
            return !object || key(c);
        }
        if (peek(c) != (object ? '}' : ']'))
            return complain(c, object ? "after object key:value pair"
                                      : "after array element");
        c->at++;
        c->open.len--;
    }
    *done = true;
    return true;
}

static bool value(checker *c)
{
    bool done = false;
    while (!done) {
        spaces(c);
        size_t depth = c->open.len;
        if (!begin_value(c))
            return false;
        bool ended = c->open.len == depth;
        if (!ended) {
            bool object = c->open.at[depth] == '{';
            if (c->open.len > MAX_DEPTH) {
                pol_bytes_text(c->out, "exceeded max depth");
                return false;
            }
            spaces(c);
            ended = peek(c) == (object ? '}' : ']');
            c->at += ended;
            c->open.len -= ended;
            if (!ended && object && !key(c))
                return false;
        }
        if (ended && !end_value(c, &done))
            return false;
    }
    return true;
}

bool pol_gojson_complaint(pol_bytes *out, pol_value text)
{
    checker c = {.out = out, .text = text};
    pol_bytes_init(&c.open, out->call, 64);
    spaces(&c);
    if (c.at == text.len) {
        pol_bytes_text(out, "EOF");
        return true;
    }
    if (!value(&c))
        return true;
    spaces(&c);
    if (c.at == text.len)
        return false;
    char next = peek(&c);
    if (next != 0 && strchr("{[\"-0123456789tfn", next) != NULL) {
        pol_bytes_text(out, "error: ");
        complain(&c, "after top-level value");
    } else {
        complain(&c, "looking for beginning of value");
    }
    return true;
}
