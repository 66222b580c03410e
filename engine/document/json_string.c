/* SPDX-License-Identifier: Apache-2.0
 *
 * The rarer strings of JSON: escapes, bytes beyond ASCII, mistakes. */
#include "json.h"
#include "json_scan.h"
#include "utf8.h"

bool pol_json_fail(pol_json *json, pol_json_error error, const char *at)
{
    if (at >= json->end && error != POL_JSON_UTF8)
        error = POL_JSON_TRUNCATED;
    json->error = error;
    json->at = at;
    return false;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (c | 0x20) - 'a' + 10;
    return -1;
}

/* Four hex digits at `p`, or -1. */
static int32_t hex4(const char *p)
{
    int32_t value = 0;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(p[i]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* The code point of the `\u` escape at *p, which moves behind it. A surrogate
 * without its other half is U+FFFD, as in Go. False if it is broken. */
static bool unicode_escape(const char **p, uint32_t *rune)
{
    int32_t first = hex4(*p + 2);
    if (first < 0)
        return false;
    *p += 6;
    *rune = (uint32_t)first;
    if (first < 0xD800 || first > 0xDFFF)
        return true;
    *rune = POL_UTF8_REPLACEMENT;
    if (first > 0xDBFF || (*p)[0] != '\\' || (*p)[1] != 'u')
        return true;
    int32_t second = hex4(*p + 2);
    if (second < 0xDC00 || second > 0xDFFF)
        return true; /* it is looked at again as an escape of its own */
    *p += 6;
    *rune = 0x10000 + ((uint32_t)(first - 0xD800) << 10) +
            (uint32_t)(second - 0xDC00);
    return true;
}

bool pol_json_escape(const char **p, char **out)
{
    static const char letters[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
    char letter = (*p)[1];
    if (letter == 'u') {
        uint32_t rune;
        if (!unicode_escape(p, &rune))
            return false;
        *out += pol_utf8_encode(rune, *out);
        return true;
    }
    const char *found = letter ? strchr(letters, letter) : NULL;
    if (!found)
        return false;
    *(*out)++ = bytes[found - letters];
    *p += 2;
    return true;
}

bool pol_json_check(pol_json *json, const char *p, const char *end)
{
    size_t good = pol_utf8_prefix(p, (size_t)(end - p));
    return p + good == end || pol_json_fail(json, POL_JSON_UTF8, p + good);
}

/* The closing quote of a string with escapes, from its first backslash. */
static const char *closing_quote(pol_json *json, const char *p)
{
    bool high;
    for (;;) {
        p = string_run(p, &high);
        if (*p == '"')
            return p;
        if (*p != '\\') {
            pol_json_fail(json, POL_JSON_CONTROL, p);
            return NULL;
        }
        if (p + 1 >= json->end) {
            pol_json_fail(json, POL_JSON_TRUNCATED, json->end);
            return NULL;
        }
        p += 2;
    }
}

bool pol_json_escaped(pol_json *json, const char *start, const char *p,
                      pol_value *out, const char **end)
{
    const char *quote = closing_quote(json, p);
    if (!quote || !pol_json_check(json, start, quote))
        return false;
    char *text = pol_arena_alloc(json->arena, (size_t)(quote - start));
    char *to = text + (p - start);
    memcpy(text, start, (size_t)(p - start));
    while (p < quote) {
        if (!pol_json_escape(&p, &to))
            return pol_json_fail(json, POL_JSON_ESCAPE, p);
        bool high;
        const char *stop = string_run(p, &high);
        memcpy(to, p, (size_t)(stop - p));
        to += stop - p;
        p = stop;
    }
    *out = pol_string(text, (size_t)(to - text));
    *end = quote + 1;
    return true;
}
