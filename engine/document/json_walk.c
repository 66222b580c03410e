/* SPDX-License-Identifier: Apache-2.0
 *
 * Walking over JSON text that has been read well before: skipping values,
 * finding members again. */
#include "json.h"
#include "json_scan.h"
#include "utf8.h"

/* Behind the token at `p`; adds what it opens and closes to *depth. */
static const char *skip_token(const char *p, const char *end, size_t *depth)
{
    bool high;
    switch (*p) {
    case '"':
        for (p = string_run(p + 1, &high); *p == '\\' && p < end;)
            p = string_run(p + 2, &high);
        return p + 1;
    case '{':
    case '[':
        ++*depth;
        return p + 1;
    case '}':
    case ']':
        --*depth;
        return p + 1;
    case ',':
    case ':':
        return p + 1;
    default:
        while (p < end && !strchr(" \n\r\t,:{}[]\"", *p))
            p++;
        return p;
    }
}

const char *pol_json_climb(const char *p, const char *end, size_t depth)
{
    while (depth && p < end)
        p = skip_token(skip_space(p), end, &depth);
    return p < end ? p : end;
}

const char *pol_json_skip(const char *p, const char *end)
{
    size_t depth = 0;
    p = skip_token(skip_space(p), end, &depth);
    return pol_json_climb(p, end, depth);
}

bool pol_json_is(const char *p, pol_value name)
{
    const char *want = name.str, *want_end = name.str + name.len;
    for (p++; *p != '"';) {
        char bytes[POL_UTF8_MAX] = {*p}, *to = bytes;
        if (*p != '\\') {
            to++;
            p++;
        } else if (!pol_json_escape(&p, &to)) {
            return false;
        }
        size_t n = (size_t)(to - bytes);
        if ((size_t)(want_end - want) < n || memcmp(want, bytes, n))
            return false;
        want += n;
    }
    return want == want_end;
}

const char *pol_json_next(const char *p, const char *end)
{
    p = skip_space(pol_json_skip(p, end)); /* the key */
    p = skip_space(pol_json_skip(p + 1, end));
    return *p == ',' ? skip_space(p + 1) : p;
}

const char *pol_json_key(const char *p, const char *end, pol_value name)
{
    for (; p < end && *p == '"'; p = pol_json_next(p, end))
        if (pol_json_is(p, name))
            return p;
    return NULL;
}

const char *pol_json_nth(const char *object, const char *end, uint32_t n)
{
    const char *p = skip_space(object + 1);
    while (n-- && p < end)
        p = pol_json_next(p, end);
    return p;
}
