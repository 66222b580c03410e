/* SPDX-License-Identifier: Apache-2.0
 *
 * Encodings: base64, hex and URL queries. What is decoded to bytes that are no
 * UTF-8 shows U+FFFD for each of them: values hold text only. */
#include <stdio.h>

#include "base64.h"
#include "gofmt.h"

/* ---- base64 ---------------------------------------------------------- */

static pol_value encode64(pol_call *call, pol_value s, bool url, bool padded)
{
    pol_bytes out;
    pol_bytes_init(&out, call, ((size_t)s.len + 2) / 3 * 4);
    pol_base64_encode(&out, s.str, s.len,
                      (url ? POL_BASE64_URL : 0) |
                          (padded ? 0 : POL_BASE64_RAW));
    return pol_bytes_done(&out);
}

static pol_value base64_decode(pol_call *call, const pol_value *args)
{
    pol_bytes out;
    size_t bad;
    pol_bytes_init(&out, call, (size_t)args[0].len / 4 * 3);
    if (!pol_base64_decode(&out, args[0], 0, &bad))
        return pol_call_error(call, "illegal base64 data at input byte %zu",
                              bad);
    return pol_rune_clean(call, out.at, out.len);
}

static pol_value base64_is_valid(pol_call *call, const pol_value *args)
{
    pol_bytes out;
    size_t bad;
    if (!pol_is_string(args[0]))
        return pol_bool(false);
    pol_bytes_init(&out, call, (size_t)args[0].len / 4 * 3);
    return pol_bool(pol_base64_decode(&out, args[0], 0, &bad));
}

static pol_value base64_encode(pol_call *call, const pol_value *args)
{
    return encode64(call, args[0], false, true);
}

static pol_value base64url_encode(pol_call *call, const pol_value *args)
{
    return encode64(call, args[0], true, true);
}

static pol_value base64url_encode_no_pad(pol_call *call, const pol_value *args)
{
    return encode64(call, args[0], true, false);
}

/* Padding may be left out. */
static pol_value base64url_decode(pol_call *call, const pol_value *args)
{
    pol_bytes out;
    pol_bytes_init(&out, call, (size_t)args[0].len / 4 * 3 + 3);
    const char *why = pol_base64_token(&out, args[0]);
    if (why)
        return pol_call_error(call, "%s", why);
    return pol_rune_clean(call, out.at, out.len);
}

/* ---- hex ------------------------------------------------------------- */

static void hex_byte(pol_bytes *out, unsigned char c, const char *digits)
{
    pol_bytes_byte(out, digits[c >> 4]);
    pol_bytes_byte(out, digits[c & 15]);
}

/* The value of a hexadecimal digit, -1 if it is none. */
static int unhex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static pol_value hex_encode(pol_call *call, const pol_value *args)
{
    pol_bytes out;
    pol_bytes_init(&out, call, (size_t)args[0].len * 2);
    for (size_t i = 0; i < args[0].len; i++)
        hex_byte(&out, (unsigned char)args[0].str[i], "0123456789abcdef");
    return pol_bytes_done(&out);
}

static pol_value bad_hex(pol_call *call, char byte)
{
    pol_bytes text;
    pol_bytes_init(&text, call, 32);
    pol_gofmt fmt = {.out = &text, .sharp = true};
    pol_gofmt_operand operand = {.kind = POL_GOFMT_INT,
                                 .value = pol_int((unsigned char)byte)};
    pol_gofmt_write(&fmt, &operand, 'U');
    return pol_call_error(call, "encoding/hex: invalid byte: %.*s",
                          (int)text.len, text.at);
}

static pol_value hex_decode(pol_call *call, const pol_value *args)
{
    pol_value s = args[0];
    pol_bytes out;
    pol_bytes_init(&out, call, s.len / 2);
    for (size_t i = 0; i < s.len; i++)
        if (unhex(s.str[i]) < 0)
            return bad_hex(call, s.str[i]);
    if (s.len % 2 != 0)
        return pol_call_error(call, "encoding/hex: odd length hex string");
    for (size_t i = 0; i < s.len; i += 2)
        pol_bytes_byte(&out,
                       (char)(unhex(s.str[i]) << 4 | unhex(s.str[i + 1])));
    return pol_rune_clean(call, out.at, out.len);
}

/* ---- URL queries ----------------------------------------------------- */

static void escape(pol_bytes *out, pol_value s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.str[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                     (c >= 'a' && c <= 'z') ||
                     (c != 0 && strchr("-_.~", c) != NULL);
        if (plain) {
            pol_bytes_byte(out, (char)c);
        } else if (c == ' ') {
            pol_bytes_byte(out, '+');
        } else {
            pol_bytes_byte(out, '%');
            hex_byte(out, c, "0123456789ABCDEF");
        }
    }
}

/* The text without escapes; undefined, with the error recorded, if one of them
 * is none. */
static pol_value unescape(pol_call *call, pol_value s)
{
    pol_bytes out;
    pol_bytes_init(&out, call, s.len);
    for (size_t i = 0; i < s.len; i++) {
        char c = s.str[i];
        if (c == '+')
            c = ' ';
        if (c != '%') {
            pol_bytes_byte(&out, c);
            continue;
        }
        size_t left = s.len - i;
        if (left < 3 || unhex(s.str[i + 1]) < 0 || unhex(s.str[i + 2]) < 0) {
            pol_value rest =
                pol_rune_clean(call, s.str + i, left < 3 ? left : 3);
            out.len = 0;
            pol_gofmt_quote(&out, rest, false);
            return pol_call_error(call, "invalid URL escape %.*s", (int)out.len,
                                  out.at);
        }
        pol_bytes_byte(&out,
                       (char)(unhex(s.str[i + 1]) << 4 | unhex(s.str[i + 2])));
        i += 2;
    }
    return pol_rune_clean(call, out.at, out.len);
}

static pol_value urlquery_encode(pol_call *call, const pol_value *args)
{
    pol_bytes out;
    pol_bytes_init(&out, call, args[0].len);
    escape(&out, args[0]);
    return pol_bytes_done(&out);
}

static pol_value urlquery_decode(pol_call *call, const pol_value *args)
{
    return unescape(call, args[0]);
}

static void add_pair(pol_bytes *out, pol_value key, pol_value value)
{
    if (out->len > 0)
        pol_bytes_byte(out, '&');
    escape(out, key);
    pol_bytes_byte(out, '=');
    escape(out, value);
}

/* Is the value of a name one that can stand in a query? */
static bool is_query_value(pol_value value)
{
    if (value.tag != POL_ARRAY)
        return pol_is_string(value);
    for (uint32_t i = 0; i < value.len; i++)
        if (!pol_is_string(pol_at(value, i)))
            return false;
    return true;
}

/* The object as JSON has it: names are strings, those that become the same text
 * are one. */
static pol_value as_json(pol_call *call, pol_value object)
{
    const char *error;
    size_t len, at;
    const char *text =
        pol_value_text(pol_call_arena(call), object, POL_TEXT_JSON_RAW, &len);
    return pol_value_parse_json(pol_call_arena(call), text, len, true, &error,
                                &at);
}

static pol_value urlquery_encode_object(pol_call *call, const pol_value *args)
{
    pol_value object = as_json(call, args[0]);
    pol_bytes out;
    pol_bytes_init(&out, call, (size_t)object.len * 32);
    for (uint32_t i = 0; i < object.len; i++) {
        pol_value key = pol_key_at(object, i);
        pol_value value = pol_value_at(object, i);
        if (!is_query_value(value))
            return pol_call_type_error(call, 0,
                                       "operand 1 values must be string, "
                                       "array[string], or set[string]",
                                       NULL);
        if (pol_is_string(value))
            add_pair(&out, key, value);
        else
            for (uint32_t j = 0; j < value.len; j++)
                add_pair(&out, key, pol_at(value, j));
    }
    return pol_bytes_done(&out);
}

/* One key of a query with its values, kept in the order of first appearance
 * until the object is built. */
typedef struct pair {
    pol_value key, value;
} pair;

/* Builds {key: [values]} from pairs in order: the object's own sorting brings
 * equal keys together, so the pairs are grouped through an object of builders. */
static pol_value grouped(pol_call *call, const pair *pairs, size_t count)
{
    pol_arena *arena = pol_call_arena(call);
    pol_value *keys = pol_items(arena, count);
    pol_value *none = pol_items(arena, count);
    for (size_t i = 0; i < count; i++) {
        keys[i] = pairs[i].key;
        none[i] = pol_null();
    }
    pol_value object = pol_object_of(arena, keys, none, count);
    pol_builder *lists = pol_call_alloc(call, object.len * sizeof(*lists));
    for (uint32_t i = 0; i < object.len; i++)
        pol_builder_init(&lists[i], arena, POL_ARRAY);
    for (size_t i = 0; i < count; i++) {
        int64_t at = pol_shape_find(object.obj->shape, pairs[i].key);
        pol_builder_add(&lists[at], pairs[i].value);
    }
    pol_builder result;
    pol_builder_init(&result, arena, POL_OBJECT);
    for (uint32_t i = 0; i < object.len; i++)
        pol_builder_put(&result, pol_key_at(object, i),
                        pol_builder_done(&lists[i]));
    return pol_builder_done(&result);
}

static pol_value urlquery_decode_object(pol_call *call, const pol_value *args)
{
    pol_value query = args[0];
    size_t count = 0, most = 1;
    for (size_t i = 0; i < query.len; i++)
        most += query.str[i] == '&';
    pair *pairs = pol_call_alloc(call, most * sizeof(*pairs));
    for (size_t from = 0; from < query.len;) {
        const char *part = query.str + from;
        const char *end = memchr(part, '&', query.len - from);
        size_t len = end ? (size_t)(end - part) : query.len - from;
        from += len + 1;
        if (len == 0)
            continue;
        if (memchr(part, ';', len) != NULL)
            return pol_call_error(call, "invalid semicolon separator in query");
        const char *equals = memchr(part, '=', len);
        size_t key_len = equals ? (size_t)(equals - part) : len;
        size_t skip = key_len + (equals != NULL);
        pair p;
        p.key = unescape(call, pol_string(part, key_len));
        if (!pol_is_defined(p.key))
            return p.key;
        p.value = unescape(call, pol_string(part + skip, len - skip));
        if (!pol_is_defined(p.value))
            return p.value;
        pairs[count++] = p;
    }
    return grouped(call, pairs, count);
}

const pol_builtin pol_stdlib_encoding[] = {
    {.name = "base64.decode",
     .fn = base64_decode,
     .signature = "(string) -> string",
     .doc = "The text that base64 with padding stands for."},
    {.name = "base64.encode",
     .fn = base64_encode,
     .signature = "(string) -> string",
     .doc = "The text in base64 with padding."},
    {.name = "base64.is_valid",
     .fn = base64_is_valid,
     .flags = POL_UNCHECKED,
     .signature = "(string) -> boolean",
     .doc = "Is the text base64 with padding?"},
    {.name = "base64url.decode",
     .fn = base64url_decode,
     .signature = "(string) -> string",
     .doc = "The text that URL-safe base64 stands for, padded or not."},
    {.name = "base64url.encode",
     .fn = base64url_encode,
     .signature = "(string) -> string",
     .doc = "The text in URL-safe base64 with padding."},
    {.name = "base64url.encode_no_pad",
     .fn = base64url_encode_no_pad,
     .signature = "(string) -> string",
     .doc = "The text in URL-safe base64 without padding."},
    {.name = "hex.decode",
     .fn = hex_decode,
     .signature = "(string) -> string",
     .doc = "The text that hexadecimal digits stand for."},
    {.name = "hex.encode",
     .fn = hex_encode,
     .signature = "(string) -> string",
     .doc = "The text's bytes as hexadecimal digits."},
    {.name = "urlquery.decode",
     .fn = urlquery_decode,
     .signature = "(string) -> string",
     .doc = "A part of a URL query without escapes."},
    {.name = "urlquery.decode_object",
     .fn = urlquery_decode_object,
     .signature = "(string) -> object{string: array[string]}",
     .doc = "The names of a URL query with their values."},
    {.name = "urlquery.encode",
     .fn = urlquery_encode,
     .signature = "(string) -> string",
     .doc = "The text as a part of a URL query."},
    {.name = "urlquery.encode_object",
     .fn = urlquery_encode_object,
     .signature = "(object{string: any<string | array[string] | set[string]>})"
                  " -> string",
     .doc = "Names with one value or several as a URL query."},
    {.name = NULL},
};
