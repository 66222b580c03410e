/* SPDX-License-Identifier: Apache-2.0
 *
 * Patterns of .gitignore files. A pattern without a slash is held against the
 * name, one with a slash against the whole path, segment by segment. Both loops
 * go back to the last star alone: an earlier one could not do better, because
 * what stands between two stars fits best where it fits first. */
#include <ctype.h>
#include <string.h>

#include "ignore.h"

typedef struct text {
    const char *at, *end;
} text;

/* ---- classes ----------------------------------------------------------------- */

static int is_blank(int c)
{
    return c == ' ' || c == '\t';
}

/* Is `c` in the class that is called so? -1: there is no such class. */
static int in_named(const char *name, size_t len, unsigned char c)
{
    static const struct {
        const char *name;
        int (*has)(int);
    } classes[] = {{"alnum", isalnum}, {"alpha", isalpha}, {"blank", is_blank},
                   {"cntrl", iscntrl}, {"digit", isdigit}, {"graph", isgraph},
                   {"lower", islower}, {"print", isprint}, {"punct", ispunct},
                   {"space", isspace}, {"upper", isupper}, {"xdigit", isxdigit}};
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        if (strlen(classes[i].name) == len &&
            !memcmp(classes[i].name, name, len))
            return c < 128 && classes[i].has(c);
    }
    return -1;
}

/* The end of `[:name:]` at `p`, NULL if it is none. */
static const char *named_end(const char *p, const char *end)
{
    if (end - p < 4 || p[1] != ':')
        return NULL;
    const char *close = memchr(p + 2, ']', (size_t)(end - p - 2));
    return close && close > p + 2 && close[-1] == ':' ? close + 1 : NULL;
}

/* One byte of a class, with its backslash. */
static const char *member(const char *p, const char *end, unsigned char *out)
{
    if (*p == '\\' && p + 1 < end)
        p++;
    *out = (unsigned char)*p;
    return p + 1;
}

/* Reads the class at `p`, which is a `[`. NULL: it is broken. */
static const char *class_fits(const char *p, const char *end, unsigned char c,
                              bool *fits)
{
    bool negated = ++p < end && (*p == '!' || *p == '^'), in = false;
    p += negated;
    for (const char *first = p; p < end && (*p != ']' || p == first);) {
        const char *close = *p == '[' ? named_end(p, end) : NULL;
        if (close) {
            int has = in_named(p + 2, (size_t)(close - p) - 4, c);
            if (has < 0)
                return NULL;
            in |= has;
            p = close;
            continue;
        }
        unsigned char low, high;
        p = member(p, end, &low);
        high = low;
        if (end - p > 1 && p[0] == '-' && p[1] != ']')
            p = member(p + 1, end, &high);
        in |= c == low || (low <= c && c <= high);
    }
    *fits = in != negated;
    return p < end ? p + 1 : NULL;
}

/* ---- segments ---------------------------------------------------------------- */

/* What stands at `p` and is no star, against a byte. NULL: broken. */
static const char *one_fits(const char *p, const char *end, char c, bool *fits)
{
    if (*p == '[')
        return class_fits(p, end, (unsigned char)c, fits);
    bool escaped = *p == '\\';
    if (escaped && ++p == end)
        return NULL;
    *fits = *p == c || (*p == '?' && !escaped);
    return p + 1;
}

static bool segment_fits(text pattern, text name)
{
    const char *star = NULL, *from = NULL, *p = pattern.at, *c = name.at;
    for (;;) {
        if (p < pattern.end && *p == '*') {
            star = ++p;
            from = c;
            continue;
        }
        if (c == name.end && p == pattern.end)
            return true;
        bool fits = false;
        const char *next = NULL;
        if (p < pattern.end && c < name.end &&
            !(next = one_fits(p, pattern.end, *c, &fits)))
            return false;
        if (fits) {
            p = next;
            c++;
        } else if (star && from < name.end) {
            p = star;
            c = ++from;
        } else {
            return false;
        }
    }
}

/* The end of a segment of a pattern: a slash outside of classes. A backslash
 * before the slash belongs to neither side. */
static const char *pattern_end(const char *p, const char **next)
{
    const char *end = p + strlen(p);
    while (*p && *p != '/') {
        bool fits;
        if (p[0] == '\\' && p[1] == '/') {
            *next = p + 2;
            return p;
        }
        const char *after = *p == '[' ? class_fits(p, end, 0, &fits) : NULL;
        p = after ? after : p + 1 + (*p == '\\' && p[1]);
    }
    *next = *p ? p + 1 : NULL;
    return p;
}

/* Two stars or more and nothing else: any number of folders. */
static bool is_any(text pattern)
{
    return pattern.end - pattern.at > 1 &&
           strspn(pattern.at, "*") >= (size_t)(pattern.end - pattern.at);
}

static bool path_fits(const char *p, const char *path)
{
    const char *any = NULL, *from = NULL;
    while (path) {
        const char *next = NULL;
        text pattern = {p, p ? pattern_end(p, &next) : NULL};
        if (p && is_any(pattern)) {
            if (!next)
                return true;
            p = any = next;
            from = path;
            continue;
        }
        text name = {path, path + strcspn(path, "/")};
        const char *rest = *name.end ? name.end + 1 : NULL;
        if (p && segment_fits(pattern, name) && (next || !rest)) {
            p = next;
            path = rest;
        } else if (any) {
            from = strchr(from, '/');
            path = from = from ? from + 1 : NULL;
            p = any;
        } else {
            return false;
        }
    }
    return !p;
}

bool pol_ignore_fits(const char *pattern, const char *path)
{
    if (strchr(pattern, '/'))
        return path_fits(pattern + (*pattern == '/'), path);
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    return segment_fits((text){pattern, pattern + strlen(pattern)},
                        (text){name, name + strlen(name)});
}
