/* SPDX-License-Identifier: Apache-2.0
 *
 * Strings: searching, cutting, trimming, replacing. Positions and lengths count
 * code points, as Go's runes do; bytes are compared, never normalised. Letter
 * case and white space come from libunistring, which reads its own tables: the
 * result does not depend on the process's locale. */
#include <unicase.h>
#include <unictype.h>

#include "bytes.h"
#include "operands.h"

static bool has_prefix(pol_value s, pol_value prefix)
{
    return prefix.len <= s.len && memcmp(s.str, prefix.str, prefix.len) == 0;
}

static bool has_suffix(pol_value s, pol_value suffix)
{
    return suffix.len <= s.len &&
           memcmp(s.str + s.len - suffix.len, suffix.str, suffix.len) == 0;
}

/* The first `what` in `s` from byte `from` on, NULL if there is none. */
static const char *find(pol_value s, size_t from, pol_value what)
{
    if (what.len == 0)
        return s.str + from;
    return memmem(s.str + from, s.len - from, what.str, what.len);
}

/* ---- joining and splitting ------------------------------------------- */

static pol_value concat(pol_call *call, const pol_value *args)
{
    pol_value parts = args[1];
    if (!pol_operand_strings(call, args, 1))
        return pol_undefined();
    pol_bytes out;
    pol_bytes_init(&out, call, (size_t)parts.len * 16);
    for (uint32_t i = 0; i < parts.len; i++) {
        pol_value part = pol_at(parts, i);
        if (i > 0)
            pol_bytes_add(&out, args[0].str, args[0].len);
        pol_bytes_add(&out, part.str, part.len);
    }
    return pol_bytes_done(&out);
}

/* How many times `what` is in `s` without overlap; between code points if it is
 * empty. */
static size_t occurrences(pol_value s, pol_value what)
{
    if (what.len == 0)
        return pol_rune_count(s.str, s.len) + 1;
    size_t count = 0;
    const char *at = find(s, 0, what);
    while (at != NULL) {
        count++;
        at = find(s, (size_t)(at - s.str) + what.len, what);
    }
    return count;
}

static pol_value split_runes(pol_call *call, pol_value s)
{
    size_t count = pol_rune_count(s.str, s.len), done = 0;
    pol_value *items = pol_items(pol_call_arena(call), count);
    for (size_t i = 0; i < s.len; done++) {
        size_t size = pol_rune_len(s.str[i]);
        items[done] = pol_string(s.str + i, size);
        i += size;
    }
    return pol_array(items, done);
}

static pol_value split(pol_call *call, const pol_value *args)
{
    pol_value s = args[0], by = args[1];
    if (by.len == 0)
        return split_runes(call, s);
    size_t count = occurrences(s, by) + 1, from = 0;
    pol_value *items = pol_items(pol_call_arena(call), count);
    for (size_t i = 0; i + 1 < count; i++) {
        size_t at = (size_t)(find(s, from, by) - s.str);
        items[i] = pol_string(s.str + from, at - from);
        from = at + by.len;
    }
    items[count - 1] = pol_string(s.str + from, s.len - from);
    return pol_array(items, count);
}

/* The first n parts, or for a negative n the last -n. */
static pol_value split_n(pol_call *call, const pol_value *args)
{
    int64_t n;
    if (!pol_operand_int(call, args, 2, &n))
        return pol_undefined();
    pol_value parts = split(call, args);
    if (n >= 0)
        return pol_array(parts.items, n < parts.len ? (size_t)n : parts.len);
    if (n <= -(int64_t)parts.len)
        return parts;
    return pol_array(parts.items + parts.len + n, (size_t)-n);
}

/* ---- searching ------------------------------------------------------- */

static pol_value contains(pol_call *call, const pol_value *args)
{
    (void)call;
    return pol_bool(find(args[0], 0, args[1]) != NULL);
}

static pol_value startswith(pol_call *call, const pol_value *args)
{
    (void)call;
    return pol_bool(has_prefix(args[0], args[1]));
}

static pol_value endswith(pol_call *call, const pol_value *args)
{
    (void)call;
    return pol_bool(has_suffix(args[0], args[1]));
}

static pol_value indexof(pol_call *call, const pol_value *args)
{
    if (args[1].len == 0)
        return pol_call_error(call, "empty search character");
    const char *at = find(args[0], 0, args[1]);
    if (at == NULL)
        return pol_int(-1);
    size_t before = pol_rune_count(args[0].str, (size_t)(at - args[0].str));
    return pol_int((int64_t)before);
}

/* Overlapping occurrences count: each search goes on one code point further. */
static pol_value indexof_n(pol_call *call, const pol_value *args)
{
    pol_value s = args[0];
    if (args[1].len == 0)
        return pol_call_error(call, "empty search character");
    pol_builder all;
    pol_builder_init(&all, pol_call_arena(call), POL_ARRAY);
    size_t from = 0, index = 0;
    const char *at;
    while ((at = find(s, from, args[1])) != NULL) {
        size_t pos = (size_t)(at - s.str);
        index += pol_rune_count(s.str + from, pos - from);
        pol_builder_add(&all, pol_int((int64_t)index));
        index++;
        from = pos + pol_rune_len(*at);
        pol_call_spend(call, 1);
    }
    return pol_builder_done(&all);
}

static pol_value count(pol_call *call, const pol_value *args)
{
    (void)call;
    return pol_int((int64_t)occurrences(args[0], args[1]));
}

typedef bool (*affix_test)(pol_value s, pol_value affix);

/* Does any string of the first operand have any of the affixes of the second?
 * Either may be one string. */
static pol_value any_affix(pol_call *call, const pol_value *args,
                           affix_test test)
{
    if (!pol_operand_strings(call, args, 0) ||
        !pol_operand_strings(call, args, 1))
        return pol_undefined();
    const pol_value *subjects = pol_is_string(args[0]) ? args : args[0].items;
    const pol_value *affixes =
        pol_is_string(args[1]) ? args + 1 : args[1].items;
    uint32_t subject_count = pol_is_string(args[0]) ? 1 : args[0].len;
    uint32_t affix_count = pol_is_string(args[1]) ? 1 : args[1].len;
    for (uint32_t i = 0; i < subject_count; i++) {
        pol_call_spend(call, affix_count / 8);
        for (uint32_t j = 0; j < affix_count; j++) {
            if (test(subjects[i], affixes[j]))
                return pol_bool(true);
        }
    }
    return pol_bool(false);
}

static pol_value any_prefix_match(pol_call *call, const pol_value *args)
{
    return any_affix(call, args, has_prefix);
}

static pol_value any_suffix_match(pol_call *call, const pol_value *args)
{
    return any_affix(call, args, has_suffix);
}

/* ---- cutting --------------------------------------------------------- */

/* The byte at which `runes` code points from byte `from` on end. */
static size_t skip_runes(pol_value s, size_t from, int64_t runes)
{
    while (runes > 0 && from < s.len) {
        from += pol_rune_len(s.str[from]);
        runes--;
    }
    return from;
}

static pol_value substring(pol_call *call, const pol_value *args)
{
    int64_t offset, length;
    if (!pol_operand_int(call, args, 1, &offset))
        return pol_undefined();
    if (!pol_operand_int(call, args, 2, &length))
        return pol_undefined();
    if (offset < 0)
        return pol_call_error(call, "negative offset");
    pol_value s = args[0];
    size_t from = skip_runes(s, 0, offset);
    size_t to = length < 0 ? s.len : skip_runes(s, from, length);
    return pol_string(s.str + from, to - from);
}

static bool in_cutset(pol_value cutset, const char *rune, size_t size)
{
    return memmem(cutset.str, cutset.len, rune, size) != NULL;
}

static bool is_space(const char *rune)
{
    size_t size;
    return uc_is_property_white_space(pol_rune_at(rune, &size));
}

/* `cutset` without a type means white space. */
static bool is_cut(pol_value cutset, const char *rune, size_t size)
{
    return cutset.tag == POL_STRING ? in_cutset(cutset, rune, size)
                                    : is_space(rune);
}

static pol_value cut_left(pol_value s, pol_value cutset)
{
    size_t from = 0;
    while (from < s.len) {
        size_t size = pol_rune_len(s.str[from]);
        if (!is_cut(cutset, s.str + from, size))
            break;
        from += size;
    }
    return pol_string(s.str + from, s.len - from);
}

static pol_value cut_right(pol_value s, pol_value cutset)
{
    size_t to = s.len;
    while (to > 0) {
        size_t at = to - 1;
        while (((unsigned char)s.str[at] & 0xC0) == 0x80)
            at--;
        if (!is_cut(cutset, s.str + at, to - at))
            break;
        to = at;
    }
    return pol_string(s.str, to);
}

static pol_value trim(pol_call *call, const pol_value *args)
{
    (void)call;
    return cut_right(cut_left(args[0], args[1]), args[1]);
}

static pol_value trim_left(pol_call *call, const pol_value *args)
{
    (void)call;
    return cut_left(args[0], args[1]);
}

static pol_value trim_right(pol_call *call, const pol_value *args)
{
    (void)call;
    return cut_right(args[0], args[1]);
}

static pol_value trim_space(pol_call *call, const pol_value *args)
{
    (void)call;
    return cut_right(cut_left(args[0], pol_undefined()), pol_undefined());
}

static pol_value trim_prefix(pol_call *call, const pol_value *args)
{
    (void)call;
    size_t cut = has_prefix(args[0], args[1]) ? args[1].len : 0;
    return pol_string(args[0].str + cut, args[0].len - cut);
}

static pol_value trim_suffix(pol_call *call, const pol_value *args)
{
    (void)call;
    size_t cut = has_suffix(args[0], args[1]) ? args[1].len : 0;
    return pol_string(args[0].str, args[0].len - cut);
}

/* ---- changing -------------------------------------------------------- */

typedef ucs4_t (*case_map)(ucs4_t rune);

/* Maps code point by code point, as Go does: no context, no lengthening. */
static pol_value map_case(pol_call *call, pol_value s, char first, case_map map)
{
    pol_bytes out;
    pol_bytes_init(&out, call, s.len);
    for (size_t i = 0; i < s.len;) {
        char c = s.str[i];
        size_t size = 1;
        if ((unsigned char)c >= 0x80)
            pol_bytes_rune(&out, map(pol_rune_at(s.str + i, &size)));
        else
            pol_bytes_byte(&out, c >= first && c < first + 26 ? c ^ 0x20 : c);
        i += size;
    }
    return pol_bytes_done(&out);
}

static pol_value lower(pol_call *call, const pol_value *args)
{
    return map_case(call, args[0], 'A', uc_tolower);
}

static pol_value upper(pol_call *call, const pol_value *args)
{
    return map_case(call, args[0], 'a', uc_toupper);
}

static pol_value reverse(pol_call *call, const pol_value *args)
{
    pol_value s = args[0];
    char *out = pol_call_alloc(call, s.len);
    for (size_t i = 0; i < s.len;) {
        size_t size = pol_rune_len(s.str[i]);
        memcpy(out + s.len - i - size, s.str + i, size);
        i += size;
    }
    return pol_string(out, s.len);
}

/* `with` before every byte, even in the middle of a code point, and at the end. */
static pol_value replace_empty(pol_call *call, pol_value s, pol_value with)
{
    pol_bytes out;
    pol_bytes_init(&out, call, s.len);
    for (size_t i = 0; i < s.len; i++) {
        pol_bytes_add(&out, with.str, with.len);
        pol_bytes_byte(&out, s.str[i]);
    }
    pol_bytes_add(&out, with.str, with.len);
    return pol_rune_clean(call, out.at, out.len);
}

static pol_value replace(pol_call *call, const pol_value *args)
{
    pol_value s = args[0], old = args[1], with = args[2];
    if (old.len == 0)
        return replace_empty(call, s, with);
    const char *at = find(s, 0, old);
    if (at == NULL)
        return s;
    pol_bytes out;
    pol_bytes_init(&out, call, s.len);
    size_t from = 0;
    for (; at != NULL; at = find(s, from, old)) {
        pol_bytes_add(&out, s.str + from, (size_t)(at - s.str) - from);
        pol_bytes_add(&out, with.str, with.len);
        from = (size_t)(at - s.str) + old.len;
    }
    pol_bytes_add(&out, s.str + from, s.len - from);
    return pol_bytes_done(&out);
}

/* The pattern that replace_n takes at byte `at`: the first in key order that
 * fits. -1 if none does. `first` has where the patterns begin that start with a
 * byte. */
static int64_t pattern_at(pol_call *call, pol_value patterns,
                          const uint32_t first[257], pol_value rest)
{
    unsigned char c = (unsigned char)rest.str[0];
    pol_call_spend(call, (first[c + 1] - first[c]) / 8);
    for (uint32_t i = first[c]; i < first[c + 1]; i++)
        if (has_prefix(rest, pol_key_at(patterns, i)))
            return i;
    return -1;
}

static void index_patterns(pol_value patterns, uint32_t first[257])
{
    uint32_t i = 0;
    while (i < patterns.len && pol_key_at(patterns, i).len == 0)
        i++;
    for (unsigned c = 0; c < 256; c++) {
        first[c] = i;
        while (i < patterns.len &&
               (unsigned char)pol_key_at(patterns, i).str[0] == c)
            i++;
    }
    first[256] = i;
}

/* Are all keys and values strings? False with the error recorded. */
static bool pattern_strings(pol_call *call, pol_value patterns)
{
    for (uint32_t i = 0; i < patterns.len; i++) {
        bool key = pol_is_string(pol_key_at(patterns, i));
        if (key && pol_is_string(pol_value_at(patterns, i)))
            continue;
        pol_call_type_error(call, 0,
                            key ? "operand 1 non-string value found in pattern "
                                  "object"
                                : "operand 1 non-string key found in pattern "
                                  "object",
                            NULL);
        return false;
    }
    return true;
}

/* An empty pattern is the first in order: it is taken before each byte, even in
 * the middle of a code point, which is none after that; and what stands there may
 * then be replaced by another. */
static pol_value replace_n(pol_call *call, const pol_value *args)
{
    pol_value patterns = args[0], s = args[1];
    if (!pattern_strings(call, patterns))
        return pol_undefined();
    uint32_t first[257];
    index_patterns(patterns, first);
    pol_value between =
        first[0] > 0 ? pol_value_at(patterns, 0) : pol_literal("");
    pol_bytes out;
    pol_bytes_init(&out, call, s.len);
    for (size_t i = 0; i < s.len;) {
        pol_value rest = pol_string(s.str + i, s.len - i);
        pol_bytes_add(&out, between.str, between.len);
        int64_t hit = pattern_at(call, patterns, first, rest);
        size_t size = 1;
        if (hit >= 0) {
            pol_value with = pol_value_at(patterns, (uint32_t)hit);
            pol_bytes_add(&out, with.str, with.len);
            size = pol_key_at(patterns, (uint32_t)hit).len;
        } else {
            pol_bytes_byte(&out, s.str[i]);
        }
        i += size;
    }
    pol_bytes_add(&out, between.str, between.len);
    return pol_rune_clean(call, out.at, out.len);
}

#define STRINGS "any<string | array[string] | set[string]>"

const pol_builtin pol_stdlib_strings[] = {
    {.name = "concat",
     .fn = concat,
     .signature = "(string, any<array[string] | set[string]>) -> string",
     .doc = "Joins strings with a delimiter."},
    {.name = "contains",
     .fn = contains,
     .signature = "(string, string) -> boolean",
     .doc = "Is the second string a part of the first?"},
    {.name = "endswith",
     .fn = endswith,
     .signature = "(string, string) -> boolean",
     .doc = "Does the first string end with the second?"},
    {.name = "indexof",
     .fn = indexof,
     .signature = "(string, string) -> number",
     .doc = "The position of the second string in the first, -1 if absent."},
    {.name = "indexof_n",
     .fn = indexof_n,
     .signature = "(string, string) -> array[number]",
     .doc = "All positions of the second string in the first."},
    {.name = "lower",
     .fn = lower,
     .signature = "(string) -> string",
     .doc = "The string in lower case."},
    {.name = "replace",
     .fn = replace,
     .signature = "(string, string, string) -> string",
     .doc = "Replaces every occurrence of the second string by the third."},
    {.name = "split",
     .fn = split,
     .signature = "(string, string) -> array[string]",
     .doc = "The parts of a string between the delimiters."},
    {.name = "startswith",
     .fn = startswith,
     .signature = "(string, string) -> boolean",
     .doc = "Does the first string start with the second?"},
    {.name = "strings.any_prefix_match",
     .fn = any_prefix_match,
     .signature = "(" STRINGS ", " STRINGS ") -> boolean",
     .doc = "Does any of the strings start with any of the prefixes?"},
    {.name = "strings.any_suffix_match",
     .fn = any_suffix_match,
     .signature = "(" STRINGS ", " STRINGS ") -> boolean",
     .doc = "Does any of the strings end with any of the suffixes?"},
    {.name = "strings.count",
     .fn = count,
     .signature = "(string, string) -> number",
     .doc = "How often the second string is in the first, without overlap."},
    {.name = "strings.replace_n",
     .fn = replace_n,
     .signature = "(object{string: string}, string) -> string",
     .doc = "Replaces each key of the object by its value in one pass."},
    {.name = "strings.reverse",
     .fn = reverse,
     .signature = "(string) -> string",
     .doc = "The code points of the string in reverse order."},
    {.name = "strings.split_n",
     .fn = split_n,
     .signature = "(string, string, number) -> array[string]",
     .doc = "The first n parts of split; the last -n if n is negative."},
    {.name = "substring",
     .fn = substring,
     .signature = "(string, number, number) -> string",
     .doc = "A part by offset and length; a negative length takes the rest."},
    {.name = "trim",
     .fn = trim,
     .signature = "(string, string) -> string",
     .doc = "Cuts the second string's characters from both ends."},
    {.name = "trim_left",
     .fn = trim_left,
     .signature = "(string, string) -> string",
     .doc = "Cuts the second string's characters from the start."},
    {.name = "trim_prefix",
     .fn = trim_prefix,
     .signature = "(string, string) -> string",
     .doc = "Cuts the prefix if it is there."},
    {.name = "trim_right",
     .fn = trim_right,
     .signature = "(string, string) -> string",
     .doc = "Cuts the second string's characters from the end."},
    {.name = "trim_space",
     .fn = trim_space,
     .signature = "(string) -> string",
     .doc = "Cuts white space from both ends."},
    {.name = "trim_suffix",
     .fn = trim_suffix,
     .signature = "(string, string) -> string",
     .doc = "Cuts the suffix if it is there."},
    {.name = "upper",
     .fn = upper,
     .signature = "(string) -> string",
     .doc = "The string in upper case."},
    {.name = NULL},
};
