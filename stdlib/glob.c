/* SPDX-License-Identifier: Apache-2.0
 *
 * Globs: `*` is a run without delimiters, `**` any run, `?` one character that
 * is no delimiter, [abc] [!abc] [a-c] a class, {a,b*} alternatives, `\` takes
 * the next character as it is. A glob matches the whole string.
 *
 * A glob is rewritten as a regular expression, so matching inherits the cache of
 * compiled patterns and the bound on work of matcher.c. */
#include <stdio.h>

#include "matcher.h"
#include "operands.h"

typedef struct translator {
    pol_call *call;
    pol_value glob;
    size_t at;
    size_t open; /* braces that are not closed yet */
    pol_bytes out;
    pol_value separated; /* "[^…]" of the delimiters, or "." */
} translator;

static void emit_rune(pol_bytes *out, uint32_t rune)
{
    char text[16];
    uint32_t lower = rune | 0x20;
    bool plain = rune < 0x80 && lower >= 'a' && lower <= 'z';
    snprintf(text, sizeof(text), plain ? "%c" : "\\x{%x}", rune);
    pol_bytes_text(out, text);
}

/* Fails at byte `at` + 1 as OPA counts. */
static bool fail(translator *t, size_t at, const char *what)
{
    pol_call_error(t->call, "glob: syntax error at %zu: %s", at, what);
    return false;
}

static bool fail_end(translator *t)
{
    return fail(t, t->glob.len, "unexpected end of input");
}

static bool more(const translator *t)
{
    return t->at < t->glob.len;
}

static char peek(const translator *t, size_t ahead)
{
    return ahead < t->glob.len - t->at ? t->glob.str[t->at + ahead] : 0;
}

static uint32_t next_rune(translator *t)
{
    size_t size;
    uint32_t rune = pol_rune_at(t->glob.str + t->at, &size);
    t->at += size;
    return rune;
}

/* x-y] behind the first character and the `-`. */
static bool range(translator *t, uint32_t low)
{
    t->at++;
    if (!more(t))
        return fail_end(t);
    uint32_t high = next_rune(t);
    if (!more(t))
        return fail_end(t);
    if (peek(t, 0) != ']') {
        next_rune(t);
        return fail(t, t->at, "expected close range character");
    }
    t->at++;
    if (high < low)
        return fail(t, t->at, "range hi character is less than lo");
    emit_rune(&t->out, low);
    pol_bytes_byte(&t->out, '-');
    emit_rune(&t->out, high);
    return true;
}

/* A class: one range or a list of characters. A `-` that does not follow the
 * first character means itself, and `\` counts in lists only. */
static bool class(translator *t)
{
    t->at++;
    bool negated = peek(t, 0) == '!';
    t->at += negated;
    pol_bytes_text(&t->out, negated ? "[^" : "[");
    if (!more(t))
        return fail_end(t);
    size_t start = t->at;
    uint32_t low = next_rune(t);
    if (low == ']')
        return fail(t, t->at, "could not parse range");
    if (peek(t, 0) == '-') {
        if (!range(t, low))
            return false;
        pol_bytes_byte(&t->out, ']');
        return true;
    }
    for (t->at = start; peek(t, 0) != ']' || !more(t);) {
        if (peek(t, 0) == '\\')
            t->at++;
        if (!more(t))
            return fail_end(t);
        emit_rune(&t->out, next_rune(t));
    }
    t->at++;
    pol_bytes_byte(&t->out, ']');
    return true;
}

static void star(translator *t)
{
    size_t stars = 0;
    while (peek(t, 0) == '*') {
        stars++;
        t->at++;
    }
    if (stars > 1)
        pol_bytes_byte(&t->out, '.');
    else
        pol_bytes_add(&t->out, t->separated.str, t->separated.len);
    pol_bytes_byte(&t->out, '*');
}

/* One thing of the glob. */
static bool item(translator *t)
{
    char c = peek(t, 0);
    bool within = t->open > 0;
    if (c == '[')
        return class(t);
    if (c == '*') {
        star(t);
        return true;
    }
    if (c == '?') {
        t->at++;
        pol_bytes_add(&t->out, t->separated.str, t->separated.len);
    } else if (c == '{') {
        t->at++;
        t->open++;
        pol_bytes_text(&t->out, "(?:");
    } else if (c == '}' && within) {
        t->at++;
        t->open--;
        pol_bytes_byte(&t->out, ')');
    } else if (c == ',' && within) {
        t->at++;
        pol_bytes_byte(&t->out, '|');
    } else {
        t->at += c == '\\';
        if (!more(t))
            return fail(t, t->at, "trailing backslash");
        emit_rune(&t->out, next_rune(t));
    }
    return true;
}

/* What one character between delimiters is: delimiters are single characters,
 * none are given by null, and no delimiters at all mean a dot. False with the
 * error recorded. */
static bool read_delimiters(translator *t, const pol_value *args)
{
    pol_value delimiters = args[1];
    t->separated = pol_literal(".");
    if (delimiters.tag == POL_NULL)
        return true;
    if (!pol_operand_strings(t->call, args, 1))
        return false;
    pol_bytes text;
    pol_bytes_init(&text, t->call, 16 + (size_t)delimiters.len * 8);
    pol_bytes_text(&text, "[^");
    if (delimiters.len == 0)
        emit_rune(&text, '.');
    for (uint32_t i = 0; i < delimiters.len; i++) {
        pol_value d = pol_at(delimiters, i);
        size_t size = 0;
        uint32_t rune = d.len > 0 ? pol_rune_at(d.str, &size) : 0;
        if (d.len == 0 || size != d.len) {
            pol_call_type_error(t->call, 2, "array of runes",
                                "array containing string");
            return false;
        }
        emit_rune(&text, rune);
    }
    pol_bytes_byte(&text, ']');
    t->separated = pol_bytes_done(&text);
    return true;
}

static pol_value match(pol_call *call, const pol_value *args)
{
    translator t = {.call = call, .glob = args[0]};
    pol_matcher m;
    if (!read_delimiters(&t, args))
        return pol_undefined();
    pol_bytes_init(&t.out, call, (size_t)args[0].len * 4 + 16);
    pol_bytes_text(&t.out, "(?s)\\A(?:");
    while (more(&t))
        if (!item(&t))
            return pol_undefined();
    if (t.open > 0) {
        fail(&t, t.glob.len, "unclosed `{`");
        return pol_undefined();
    }
    pol_bytes_text(&t.out, ")\\z");
    if (!pol_matcher_init(&m, call, pol_bytes_done(&t.out)))
        return pol_undefined();
    return pol_bool(pol_matcher_test(&m, args[2]));
}

static pol_value quote_meta(pol_call *call, const pol_value *args)
{
    pol_bytes out;
    pol_bytes_init(&out, call, (size_t)args[0].len * 2);
    for (size_t i = 0; i < args[0].len; i++) {
        char c = args[0].str[i];
        if (c != 0 && strchr("*?\\[]{}", c) != NULL)
            pol_bytes_byte(&out, '\\');
        pol_bytes_byte(&out, c);
    }
    return pol_bytes_done(&out);
}

const pol_builtin pol_stdlib_glob[] = {
    {.name = "glob.match",
     .fn = match,
     .signature = "(string, any<null | array[string]>, string) -> boolean",
     .doc =
         "Does the glob match the whole string? [] means the delimiter `.`."},
    {.name = "glob.quote_meta",
     .fn = quote_meta,
     .signature = "(string) -> string",
     .doc = "The string as a glob that matches nothing else."},
    {.name = NULL},
};
