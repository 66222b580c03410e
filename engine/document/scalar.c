/* SPDX-License-Identifier: Apache-2.0
 *
 * Plain scalars of YAML; see scalar.h. */
#include "scalar.h"

#include "decimal.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_one_of(const char *text, size_t len, const char *const *words)
{
    for (; *words; words++)
        if (strlen(*words) == len && !memcmp(*words, text, len))
            return true;
    return false;
}

/* Null and the booleans; told by the first letter, since most scalars are none
 * of them. */
static bool word(const char *text, size_t len, pol_value *out)
{
    static const char *const nulls[] = {"~", "null", "Null", "NULL", NULL};
    static const char *const trues[] = {"true", "True", "TRUE", NULL};
    static const char *const falses[] = {"false", "False", "FALSE", NULL};
    *out = pol_null();
    if (!len)
        return true;
    switch (text[0]) {
    case '~':
    case 'n':
    case 'N':
        return is_one_of(text, len, nulls);
    case 't':
    case 'T':
        *out = pol_bool(true);
        return is_one_of(text, len, trues);
    case 'f':
    case 'F':
        *out = pol_bool(false);
        return is_one_of(text, len, falses);
    default:
        return false;
    }
}

static bool is_infinite(const char *text, size_t len)
{
    static const char *const words[] = {
        ".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN", NULL};
    bool sign = *text == '-' || *text == '+';
    if (len != (sign ? 5 : 4) || text[sign] != '.')
        return false;
    if (sign && (text[2] | 0x20) != 'i')
        return false;
    return is_one_of(text + sign, len - sign, words);
}

/* A whole number that is not written as JSON writes it: with a sign, a base,
 * or, as in C, octal behind a zero. `digits` has no underscores. */
static pol_value whole_number(pol_arena *arena, const char *digits, size_t len)
{
    bool negative = *digits == '-';
    size_t at = negative || *digits == '+';
    int base = 10;
    if (len - at >= 2 && digits[at] == '0') {
        char letter = (char)(digits[at + 1] | 0x20);
        base = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 0;
        at += base ? 2 : 1;
        base = base ? base : 8;
    }
    if (at == len || digits[at] == '+' || digits[at] == '-')
        return pol_undefined();
    pol_value v = pol_number_of_base(arena, digits + at, len - at, base);
    if (!pol_is_defined(v) || !negative)
        return v;
    return pol_number_round(arena, POL_NEG, v);
}

/* A float in the looser form of YAML (+1.5, .5, 1.) written as JSON; the length
 * of the text in `out` (room for len + 2), or 0. */
static size_t json_float(const char *text, size_t len, char *out)
{
    size_t at = 0, to = 0, whole = 0, fraction = 0;
    if (at < len && (text[at] == '-' || text[at] == '+')) {
        if (text[at] == '-')
            out[to++] = '-';
        at++;
    }
    while (at + 1 < len && text[at] == '0' && is_digit(text[at + 1]))
        at++;
    for (; at < len && is_digit(text[at]); whole++)
        out[to++] = text[at++];
    if (!whole)
        out[to++] = '0';
    if (at < len && text[at] == '.') {
        size_t dot = to;
        out[to++] = text[at++];
        for (; at < len && is_digit(text[at]); fraction++)
            out[to++] = text[at++];
        if (!fraction)
            to = dot;
    }
    if (!whole && !fraction)
        return 0;
    while (at < len) /* the exponent is checked as JSON's */
        out[to++] = text[at++];
    return to;
}

/* Longer texts are numbers only in the form of JSON. */
enum { LONGEST = 256 };

static pol_scalar number(pol_arena *arena, const char *text, size_t len,
                         pol_value *out)
{
    char plain[LONGEST + 1], json[LONGEST + 3];
    size_t n = 0;
    pol_decimal d;
    *out = pol_number_parse(arena, text, len);
    if (pol_is_defined(*out))
        return POL_SCALAR_VALUE;
    if (len > LONGEST)
        return pol_decimal_scan(&d, text, len) ? POL_SCALAR_LARGE
                                               : POL_SCALAR_STRING;
    for (size_t i = 0; i < len; i++)
        if (text[i] != '_')
            plain[n++] = text[i];
    *out = whole_number(arena, plain, n);
    if (pol_is_defined(*out))
        return POL_SCALAR_VALUE;
    size_t json_len = json_float(plain, n, json);
    *out = pol_number_parse(arena, json, json_len);
    if (pol_is_defined(*out))
        return POL_SCALAR_VALUE;
    /* Either no number at all, or one that only its size excludes. */
    return pol_decimal_scan(&d, json, json_len) ? POL_SCALAR_LARGE
                                                : POL_SCALAR_STRING;
}

/* Characters that a number can have, to tell most strings at once. */
static bool may_be_number(const char *text, size_t len)
{
    char first = text[0];
    if (!is_digit(first) && first != '-' && first != '+' && first != '.')
        return false;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        bool letter = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') ||
                      c == 'x' || c == 'X' || c == 'o' || c == 'O';
        if (!is_digit(c) && !letter && !strchr("+-._", c))
            return false;
    }
    return true;
}

pol_scalar pol_scalar_resolve(pol_arena *arena, const char *text, size_t len,
                              pol_value *out)
{
    if (len <= 5 && word(text, len, out))
        return POL_SCALAR_VALUE;
    if (len <= 5 && is_infinite(text, len))
        return POL_SCALAR_INFINITE;
    if (!may_be_number(text, len))
        return POL_SCALAR_STRING;
    return number(arena, text, len, out);
}

pol_value pol_scalar_key(pol_arena *arena, pol_value v)
{
    char scratch[24];
    size_t len;
    int64_t i;
    if (pol_is_bool(v))
        return v.tag == POL_TRUE ? pol_literal("true") : pol_literal("false");
    if (!pol_is_number(v))
        return v.tag == POL_NULL ? pol_undefined() : v;
    if (pol_number_int64(v, &i)) /* 1.0 and 1e0 are the key 1 */
        v = pol_int(i);
    const char *text = pol_number_text(v, scratch, &len);
    return pol_string_copy(arena, text, len);
}
