/* SPDX-License-Identifier: Apache-2.0
 *
 * Regular expressions: the builtins, with Go's rules for matches of nothing.
 * How a pattern is matched is decided in matcher.c. */
#include <unictype.h>

#include "matcher.h"
#include "operands.h"

/* ---- tests ----------------------------------------------------------- */

static pol_value match(pol_call *call, const pol_value *args)
{
    pol_matcher m;
    if (!pol_matcher_init(&m, call, args[0]))
        return pol_undefined();
    return pol_bool(pol_matcher_test(&m, args[1]));
}

static pol_value is_valid(pol_call *call, const pol_value *args)
{
    pol_re2 re;
    pol_re2_error error;
    return pol_bool(pol_is_string(args[0]) &&
                    pol_re2_parse(call, args[0], &re, &error));
}

/* ---- all matches ----------------------------------------------------- */

/* A walk over all matches in a text. */
typedef struct walk {
    pol_matcher *m;
    pol_value text;
    size_t at;   /* where the next search starts */
    size_t last; /* where the last match ended, SIZE_MAX before the first */
} walk;

/* The next match, in m->groups. A match of nothing right behind another does
 * not count. */
static bool next_match(walk *w)
{
    while (w->at <= w->text.len) {
        if (!pol_matcher_find(w->m, w->text, w->at))
            return false;
        size_t from = w->m->groups[0], to = w->m->groups[1];
        bool counts = to != w->at || from != w->last;
        if (to != w->at)
            w->at = to;
        else if (w->at < w->text.len)
            w->at += pol_rune_len(w->text.str[w->at]);
        else
            w->at++;
        w->last = to;
        if (counts)
            return true;
    }
    return false;
}

/* The part of the text that a group matched; empty if it took no part. */
static pol_value group_text(const pol_matcher *m, pol_value text,
                            uint32_t group)
{
    size_t from = m->groups[group * 2];
    if (from == SIZE_MAX)
        return pol_literal("");
    return pol_string(text.str + from, m->groups[group * 2 + 1] - from);
}

/* An array of a match and its groups. */
static pol_value submatches(const pol_matcher *m, pol_value text)
{
    pol_value *items = pol_items(pol_call_arena(m->call), m->captures + 1);
    for (uint32_t i = 0; i <= m->captures; i++)
        items[i] = group_text(m, text, i);
    return pol_array(items, m->captures + 1);
}

/* Up to n matches (all if n is negative), with their groups if `deep`. */
static pol_value find(pol_call *call, const pol_value *args, bool deep)
{
    int64_t n;
    pol_matcher m;
    if (!pol_operand_int(call, args, 2, &n) ||
        !pol_matcher_init(&m, call, args[0]))
        return pol_undefined();
    pol_builder all;
    pol_builder_init(&all, pol_call_arena(call), POL_ARRAY);
    walk w = {.m = &m, .text = args[1], .last = SIZE_MAX};
    while ((n < 0 || (int64_t)all.count < n) && next_match(&w))
        pol_builder_add(&all, deep ? submatches(&m, args[1])
                                   : group_text(&m, args[1], 0));
    return pol_builder_done(&all);
}

static pol_value find_n(pol_call *call, const pol_value *args)
{
    return find(call, args, false);
}

static pol_value find_all_string_submatch_n(pol_call *call,
                                            const pol_value *args)
{
    return find(call, args, true);
}

static pol_value split(pol_call *call, const pol_value *args)
{
    pol_matcher m;
    pol_value text = args[1];
    if (!pol_matcher_init(&m, call, args[0]))
        return pol_undefined();
    pol_builder parts;
    pol_builder_init(&parts, pol_call_arena(call), POL_ARRAY);
    if (args[0].len > 0 && text.len == 0)
        pol_builder_add(&parts, text);
    walk w = {.m = &m, .text = text, .last = SIZE_MAX};
    size_t begin = 0, end = 0;
    while (text.len > 0 && next_match(&w)) {
        end = m.groups[0];
        if (m.groups[1] != 0)
            pol_builder_add(&parts, pol_string(text.str + begin, end - begin));
        begin = m.groups[1];
    }
    if (end != text.len)
        pol_builder_add(&parts, pol_string(text.str + begin, text.len - begin));
    return pol_builder_done(&parts);
}

/* ---- replacing ------------------------------------------------------- */

static bool is_name_rune(uint32_t rune)
{
    return rune == '_' || uc_is_general_category_withtable(
                              rune, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_Nd);
}

/* The number that a name is, -1 if it is none. */
static int64_t name_number(pol_value name)
{
    int64_t number = 0;
    if (name.str[0] == '0' && name.len > 1)
        return -1;
    for (uint32_t i = 0; i < name.len; i++) {
        if (name.str[i] < '0' || name.str[i] > '9' || number >= 100000000)
            return -1;
        number = number * 10 + (name.str[i] - '0');
    }
    return number;
}

/* Reads name or {name} behind a `$` at `at`; the bytes it takes, 0 if there is
 * none. */
static size_t reference(pol_value with, size_t at, pol_value *name)
{
    size_t from = at;
    bool braces = at < with.len && with.str[at] == '{';
    at += braces;
    size_t start = at, size;
    while (at < with.len && is_name_rune(pol_rune_at(with.str + at, &size)))
        at += size;
    *name = pol_string(with.str + start, at - start);
    if (name->len == 0)
        return 0;
    if (!braces)
        return at - from;
    return at < with.len && with.str[at] == '}' ? at + 1 - from : 0;
}

/* Appends what the group of that name or number matched, if anything. */
static void add_group(pol_bytes *out, const pol_matcher *m, pol_value text,
                      pol_value name)
{
    int64_t number = name_number(name);
    for (uint32_t i = 1; number < 0 && i <= m->captures; i++) {
        bool named = pol_equal(pol_matcher_name(m, i), name);
        if (named && m->groups[i * 2] != SIZE_MAX)
            number = i;
    }
    if (number < 0 || number > m->captures)
        return;
    pol_value part = group_text(m, text, (uint32_t)number);
    pol_bytes_add(out, part.str, part.len);
}

/* Appends the replacement with its references filled in. */
static void expand(pol_bytes *out, const pol_matcher *m, pol_value text,
                   pol_value with)
{
    for (size_t i = 0; i < with.len;) {
        const char *from = with.str + i;
        const char *dollar = memchr(from, '$', with.len - i);
        size_t plain = dollar ? (size_t)(dollar - from) : with.len - i;
        pol_bytes_add(out, from, plain);
        i += plain;
        if (dollar == NULL)
            return;
        i++;
        pol_value name;
        size_t size = 0;
        if (i < with.len && with.str[i] == '$') {
            pol_bytes_byte(out, '$');
            i++;
        } else if ((size = reference(with, i, &name)) > 0) {
            add_group(out, m, text, name);
            i += size;
        } else {
            pol_bytes_byte(out, '$');
        }
    }
}

static pol_value replace(pol_call *call, const pol_value *args)
{
    pol_matcher m;
    pol_value text = args[0], with = args[2];
    if (!pol_matcher_init(&m, call, args[1]))
        return pol_undefined();
    pol_bytes out;
    pol_bytes_init(&out, call, text.len);
    size_t last = 0, at = 0;
    while (at <= text.len && pol_matcher_find(&m, text, at)) {
        size_t from = m.groups[0], to = m.groups[1];
        pol_bytes_add(&out, text.str + last, from - last);
        /* nothing is not replaced right behind another match */
        if (to > last || from == 0)
            expand(&out, &m, text, with);
        last = to;
        size_t step = at < text.len ? pol_rune_len(text.str[at]) : 1;
        at = at + step > to ? at + step : to;
    }
    pol_bytes_add(&out, text.str + last, text.len - last);
    return pol_bytes_done(&out);
}

/* ---- templates ------------------------------------------------------- */

/* Appends the text with all that means something in a pattern escaped. */
static void quote_meta(pol_bytes *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] != 0 && strchr("\\.+*?()|[]{}^$", text[i]) != NULL)
            pol_bytes_byte(out, '\\');
        pol_bytes_byte(out, text[i]);
    }
}

/* The place behind the part between delimiters that starts at `at`, 0 if it is
 * not closed. */
static size_t part_end(pol_value template, size_t at, char open, char close)
{
    size_t depth = 0;
    for (; at < template.len; at++) {
        if (template.str[at] == open)
            depth++;
        else if (template.str[at] == close && --depth == 0)
            return at + 1;
    }
    return 0;
}

static pol_value unbalanced(pol_call *call, pol_value template)
{
    return pol_call_error(call, "unbalanced braces in \"%.*s\"",
                          (int)template.len, template.str);
}

static bool delimiter(pol_call *call, pol_value text, const char *which)
{
    if (text.len == 1)
        return true;
    pol_call_error(call,
                   "%s delimiter has to be exactly one character long but is "
                   "%u long",
                   which, text.len);
    return false;
}

/* Each part must be a pattern for itself; undefined with the error if not. */
static bool check_part(pol_call *call, pol_value part)
{
    pol_matcher m;
    pol_bytes whole;
    pol_bytes_init(&whole, call, (size_t)part.len + 2);
    pol_bytes_byte(&whole, '^');
    pol_bytes_add(&whole, part.str, part.len);
    pol_bytes_byte(&whole, '$');
    return pol_matcher_init(&m, call, pol_bytes_done(&whole));
}

static pol_value template_match(pol_call *call, const pol_value *args)
{
    pol_value template = args[0];
    if (!delimiter(call, args[2], "start") || !delimiter(call, args[3], "end"))
        return pol_undefined();
    char open = args[2].str[0], close = args[3].str[0];
    pol_bytes pattern;
    pol_bytes_init(&pattern, call, (size_t) template.len * 2);
    pol_bytes_byte(&pattern, '^');
    for (size_t i = 0; i < template.len;) {
        size_t from = i;
        while (i < template.len && template.str[i] != open &&
               template.str[i] != close)
            i++;
        quote_meta(&pattern, template.str + from, i - from);
        if (i == template.len)
            break;
        size_t end =
            template.str[i] == open ? part_end(template, i, open, close) : 0;
        if (end == 0)
            return unbalanced(call, template);
        pol_value part = pol_string(template.str + i + 1, end - i - 2);
        if (!check_part(call, part))
            return pol_undefined();
        pol_bytes_byte(&pattern, '(');
        pol_bytes_add(&pattern, part.str, part.len);
        pol_bytes_byte(&pattern, ')');
        i = end;
    }
    pol_bytes_byte(&pattern, '$');
    pol_matcher m;
    if (!pol_matcher_init(&m, call, pol_bytes_done(&pattern)))
        return pol_undefined();
    return pol_bool(pol_matcher_test(&m, args[1]));
}

const pol_builtin pol_stdlib_regex[] = {
    {.name = "re_match",
     .fn = match,
     .flags = POL_DEPRECATED,
     .signature = "(string, string) -> boolean",
     .doc = "Does the pattern match a part of the string? Use regex.match."},
    {.name = "regex.find_all_string_submatch_n",
     .fn = find_all_string_submatch_n,
     .signature = "(string, string, number) -> array[array[string]]",
     .doc = "Up to n matches with their groups; all if n is negative."},
    {.name = "regex.find_n",
     .fn = find_n,
     .signature = "(string, string, number) -> array[string]",
     .doc = "Up to n matches; all if n is negative."},
    {.name = "regex.is_valid",
     .fn = is_valid,
     .flags = POL_UNCHECKED,
     .signature = "(string) -> boolean",
     .doc = "Is the string a regular expression?"},
    {.name = "regex.match",
     .fn = match,
     .signature = "(string, string) -> boolean",
     .doc = "Does the pattern match a part of the string?"},
    {.name = "regex.replace",
     .fn = replace,
     .signature = "(string, string, string) -> string",
     .doc = "Replaces all matches; $1 and ${name} stand for groups."},
    {.name = "regex.split",
     .fn = split,
     .signature = "(string, string) -> array[string]",
     .doc = "The parts of a string between matches."},
    {.name = "regex.template_match",
     .fn = template_match,
     .signature = "(string, string, string, string) -> boolean",
     .doc = "Matches a text with patterns between delimiters in it."},
    {.name = NULL},
};
