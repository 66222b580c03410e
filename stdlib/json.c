/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON text and back. The engine reads and writes JSON; here is what Go's
 * encoding/json adds to it: escapes for HTML, indentation, its error texts. */
#include "bytes.h"
#include "gojson.h"

/* JSON text in which <, >, & and the two line separators of Unicode are
 * escaped. They occur within strings only. */
static pol_value compact(pol_call *call, pol_value v)
{
    size_t len;
    const char *text =
        pol_value_text(pol_call_arena(call), v, POL_TEXT_JSON_RAW, &len);
    pol_bytes out;
    pol_bytes_init(&out, call, len + 16);
    for (size_t i = 0; i < len; i++) {
        const char *rest = text + i;
        bool line = len - i >= 3 && memcmp(rest, "\xE2\x80", 2) == 0 &&
                    (rest[2] == '\xA8' || rest[2] == '\xA9');
        if (line) {
            pol_bytes_text(&out, rest[2] == '\xA8' ? "\\u2028" : "\\u2029");
            i += 2;
        } else if (*rest == '<') {
            pol_bytes_text(&out, "\\u003c");
        } else if (*rest == '>') {
            pol_bytes_text(&out, "\\u003e");
        } else if (*rest == '&') {
            pol_bytes_text(&out, "\\u0026");
        } else {
            pol_bytes_byte(&out, *rest);
        }
    }
    return pol_bytes_done(&out);
}

static pol_value json_marshal(pol_call *call, const pol_value *args)
{
    return compact(call, args[0]);
}

/* ---- indentation ----------------------------------------------------- */

typedef struct layout {
    pol_bytes out;
    pol_value prefix, indent;
    size_t depth;
} layout;

static void new_line(layout *l)
{
    pol_bytes_byte(&l->out, '\n');
    pol_bytes_add(&l->out, l->prefix.str, l->prefix.len);
    for (size_t i = 0; i < l->depth; i++)
        pol_bytes_add(&l->out, l->indent.str, l->indent.len);
}

/* Copies the string that starts at `at`; the place behind it. */
static size_t copy_string(layout *l, pol_value text, size_t at)
{
    size_t end = at + 1;
    while (text.str[end] != '"')
        end += text.str[end] == '\\' ? 2 : 1;
    pol_bytes_add(&l->out, text.str + at, end + 1 - at);
    return end + 1;
}

/* Lays out compact JSON text. Empty collections stay on their line. */
static void indented(layout *l, pol_value text)
{
    for (size_t i = 0; i < text.len;) {
        char c = text.str[i];
        if (c == '"') {
            i = copy_string(l, text, i);
            continue;
        }
        bool empty = (c == '{' || c == '[') &&
                     (text.str[i + 1] == '}' || text.str[i + 1] == ']');
        if (empty) {
            pol_bytes_add(&l->out, text.str + i, 2);
            i += 2;
            continue;
        }
        if (c == '}' || c == ']') {
            l->depth--;
            new_line(l);
        }
        pol_bytes_byte(&l->out, c);
        if (c == '{' || c == '[')
            l->depth++;
        if (c == '{' || c == '[' || c == ',')
            new_line(l);
        if (c == ':')
            pol_bytes_byte(&l->out, ' ');
        i++;
    }
}

/* Reads the options into `l`; *laid_out says whether layout is wanted. False
 * with the error recorded. */
static bool read_options(pol_call *call, pol_value options, layout *l,
                         bool *laid_out)
{
    for (uint32_t i = 0; i < options.len; i++) {
        pol_value key = pol_key_at(options, i);
        pol_value value = pol_value_at(options, i);
        bool prefix = pol_string_is(key, "prefix");
        bool pretty = pol_string_is(key, "pretty");
        if (!prefix && !pretty && !pol_string_is(key, "indent")) {
            size_t len;
            const char *text =
                pol_value_text(pol_call_arena(call), key, POL_TEXT_REGO, &len);
            pol_value what = pol_call_printf(
                call, "operand 2 object contained unknown key %s", text);
            pol_call_type_error(call, 0, what.str, NULL);
            return false;
        }
        if (pretty ? !pol_is_bool(value) : !pol_is_string(value)) {
            pol_value what = pol_call_printf(
                call, "operand 2 key \"%.*s\" failed cast to %s", (int)key.len,
                key.str, pretty ? "bool" : "string");
            pol_call_type_error(call, 0, what.str, NULL);
            return false;
        }
        if (!pretty)
            *(prefix ? &l->prefix : &l->indent) = value;
        *laid_out |= !pretty;
    }
    pol_value pretty = pol_get_name(options, "pretty");
    if (pol_is_defined(pretty))
        *laid_out = pretty.tag == POL_TRUE;
    return true;
}

/* Naming an indent or prefix asks for layout, unless `pretty` says no. */
static pol_value json_marshal_with_options(pol_call *call,
                                           const pol_value *args)
{
    bool laid_out = false;
    layout l = {.prefix = pol_literal(""), .indent = pol_literal("\t")};
    if (!read_options(call, args[1], &l, &laid_out))
        return pol_undefined();
    pol_value text = compact(call, args[0]);
    if (!laid_out)
        return text;
    pol_bytes_init(&l.out, call, (size_t)text.len * 2);
    pol_bytes_add(&l.out, l.prefix.str, l.prefix.len);
    indented(&l, text);
    return pol_bytes_done(&l.out);
}

/* ---- reading --------------------------------------------------------- */

static pol_value json_unmarshal(pol_call *call, const pol_value *args)
{
    const char *error = NULL;
    size_t at;
    pol_value v = pol_value_parse_json(pol_call_arena(call), args[0].str,
                                       args[0].len, true, &error, &at);
    if (pol_is_defined(v))
        return v;
    pol_bytes text;
    pol_bytes_init(&text, call, 64);
    if (!pol_gojson_complaint(&text, args[0]))
        pol_bytes_text(&text, error);
    return pol_call_error(call, "%.*s", (int)text.len, text.at);
}

static pol_value json_is_valid(pol_call *call, const pol_value *args)
{
    pol_bytes text;
    if (!pol_is_string(args[0]))
        return pol_bool(false);
    pol_bytes_init(&text, call, 64);
    return pol_bool(!pol_gojson_complaint(&text, args[0]));
}

const pol_builtin pol_stdlib_json[] = {
    {.name = "json.is_valid",
     .fn = json_is_valid,
     .flags = POL_UNCHECKED,
     .signature = "(string) -> boolean",
     .doc = "Is the text one JSON value?"},
    {.name = "json.marshal",
     .fn = json_marshal,
     .signature = "(any) -> string",
     .doc = "The value as JSON text."},
    {.name = "json.marshal_with_options",
     .fn = json_marshal_with_options,
     .signature = "(any, object{indent: string, prefix: string, "
                  "pretty: boolean, string: any}) -> string",
     .doc = "The value as JSON text, laid out by the options."},
    {.name = "json.unmarshal",
     .fn = json_unmarshal,
     .signature = "(string) -> any",
     .doc = "The value that JSON text says."},
    {.name = NULL},
};
