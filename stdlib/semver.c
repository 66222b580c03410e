/* SPDX-License-Identifier: Apache-2.0
 *
 * Semantic versions 2.0.0. As in OPA a leading `v` is allowed and the three
 * numbers must fit into 64 bits. */
#include <string.h>

#include "pol_stdlib.h"

typedef struct part {
    const char *at;
    size_t len;
} part;

typedef struct version {
    int64_t numbers[3];
    part pre; /* what stands behind `-`; len 0 = none */
} version;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_ident_byte(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           c == '-';
}

static bool is_numeric(part p)
{
    for (size_t i = 0; i < p.len; i++)
        if (!is_digit(p.at[i]))
            return false;
    return true;
}

/* Takes the identifier up to the next dot off `list`. */
static part next_ident(part *list)
{
    const char *dot = memchr(list->at, '.', list->len);
    size_t len = dot ? (size_t)(dot - list->at) : list->len;
    part ident = {list->at, len};
    list->at += dot ? len + 1 : len;
    list->len -= dot ? len + 1 : len;
    return ident;
}

/* Dot-separated identifiers, none empty; numeric ones without leading zeros if
 * `strict`. */
static bool are_idents(part list, bool strict)
{
    if (list.len == 0 || list.at[list.len - 1] == '.')
        return false;
    while (list.len > 0) {
        part ident = next_ident(&list);
        for (size_t i = 0; i < ident.len; i++)
            if (!is_ident_byte(ident.at[i]))
                return false;
        bool zeros = ident.len > 1 && ident.at[0] == '0' && is_numeric(ident);
        if (ident.len == 0 || (strict && zeros))
            return false;
    }
    return true;
}

static bool read_number(part *text, int64_t *out)
{
    size_t len = 0;
    uint64_t value = 0;
    while (len < text->len && is_digit(text->at[len])) {
        value = value * 10 + (uint64_t)(text->at[len++] - '0');
        if (len > 19 || value > INT64_MAX)
            return false;
    }
    if (len == 0 || (len > 1 && text->at[0] == '0'))
        return false;
    text->at += len;
    text->len -= len;
    *out = (int64_t)value;
    return true;
}

static bool read_version(pol_value v, version *out)
{
    part text = {v.str, v.len};
    *out = (version){0};
    if (text.len && text.at[0] == 'v')
        text = (part){text.at + 1, text.len - 1};
    for (int i = 0; i < 3; i++) {
        if (i > 0 && (text.len == 0 || text.at[0] != '.'))
            return false;
        if (i > 0)
            text = (part){text.at + 1, text.len - 1};
        if (!read_number(&text, &out->numbers[i]))
            return false;
    }
    const char *plus = text.len ? memchr(text.at, '+', text.len) : NULL;
    if (plus) {
        size_t before = (size_t)(plus - text.at);
        if (!are_idents((part){plus + 1, text.len - before - 1}, false))
            return false;
        text.len = before;
    }
    if (text.len == 0)
        return true;
    out->pre = (part){text.at + 1, text.len - 1};
    return text.at[0] == '-' && are_idents(out->pre, true);
}

static int compare_bytes(part a, part b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = memcmp(a.at, b.at, len);
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* Without leading zeros the longer number is the greater one. */
static int compare_idents(part a, part b)
{
    bool numeric = is_numeric(a);
    if (numeric != is_numeric(b))
        return numeric ? -1 : 1;
    if (numeric && a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return compare_bytes(a, b);
}

static int compare_pre(part a, part b)
{
    if (a.len == 0 || b.len == 0)
        return (a.len == 0) - (b.len == 0);
    while (a.len > 0 && b.len > 0) {
        int order = compare_idents(next_ident(&a), next_ident(&b));
        if (order)
            return order < 0 ? -1 : 1;
    }
    return (a.len > 0) - (b.len > 0);
}

static bool read_operand(pol_call *call, const pol_value *args, int index,
                         version *out)
{
    if (read_version(args[index], out))
        return true;
    size_t len;
    const char *text = pol_value_text(pol_call_arena(call), args[index],
                                      POL_TEXT_REGO, &len);
    pol_call_error(call, "operand %d: string %s is not a valid SemVer",
                   index + 1, text);
    return false;
}

static pol_value compare(pol_call *call, const pol_value *args)
{
    version a, b;
    if (!read_operand(call, args, 0, &a) || !read_operand(call, args, 1, &b))
        return pol_undefined();
    for (int i = 0; i < 3; i++)
        if (a.numbers[i] != b.numbers[i])
            return pol_int(a.numbers[i] < b.numbers[i] ? -1 : 1);
    return pol_int(compare_pre(a.pre, b.pre));
}

static pol_value is_valid(pol_call *call, const pol_value *args)
{
    (void)call;
    version v;
    return pol_bool(pol_is_string(args[0]) && read_version(args[0], &v));
}

const pol_builtin pol_stdlib_semver[] = {
    {"semver.compare", "(string, string) -> number", compare, POL_PURE,
     "-1, 0 or 1: the order of two semantic versions", NULL},
    {"semver.is_valid", "(any) -> boolean", is_valid, POL_PURE,
     "whether the value is a string that is a semantic version", NULL},
    {0},
};
