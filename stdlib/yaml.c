/* SPDX-License-Identifier: Apache-2.0
 *
 * YAML text and back. Reading is the engine's; writing lays values out as the
 * Kubernetes tools do: keys in natural order, lists indented below their keys,
 * numbers as doubles where they are not whole. */
#include <math.h>
#include <stdlib.h>

#include "gofloat.h"
#include "yaml_scalar.h"

enum { MAX_DEPTH = 4096 };

/* ---- writing --------------------------------------------------------- */

/* Characters that may not stand in JSON text when it is read as YAML, as OPA
 * does on the way. */
static bool is_forbidden(uint32_t rune)
{
    return rune == 0x7F || (rune >= 0x80 && rune < 0xA0 && rune != 0x85) ||
           rune == 0xFFFE || rune == 0xFFFF;
}

static bool has_forbidden(pol_value s)
{
    for (size_t i = 0, size; i < s.len; i += size)
        if (is_forbidden(pol_rune_at(s.str + i, &size)))
            return true;
    return false;
}

/* A member of a mapping, its key as a string. */
typedef struct member {
    pol_value key, value;
} member;

static int by_key(const void *a, const void *b)
{
    const member *x = a, *y = b;
    return pol_yaml_key_order(x->key, y->key);
}

typedef struct emitter {
    pol_bytes out;
    pol_call *call;
    bool forbidden;
} emitter;

static void new_line(emitter *e, size_t indent)
{
    if (e->out.len > 0 && e->out.at[e->out.len - 1] != '\n')
        pol_bytes_byte(&e->out, '\n');
    pol_bytes_fill(&e->out, ' ', indent);
}

static void write_string(emitter *e, pol_value s, size_t indent, bool key)
{
    e->forbidden |= has_forbidden(s);
    pol_yaml_scalar(&e->out, s, indent, key);
}

static void write_number(emitter *e, pol_value v)
{
    size_t len;
    char scratch[24];
    const char *text = pol_number_text(v, scratch, &len);
    bool whole = strcspn(text, ".eE") >= len && len <= 19;
    double d = pol_number_double(v);
    if (whole || isinf(d)) { /* beyond doubles the text stays */
        bool zero = len == 2 && memcmp(text, "-0", 2) == 0;
        pol_bytes_add(&e->out, text + zero, len - zero);
        return;
    }
    pol_bytes number;
    pol_bytes_init(&number, e->call, 32);
    pol_gofloat_write(&number, d, 'g', -1);
    size_t skip = number.at[0] == '+';
    pol_bytes_add(&e->out, number.at + skip, number.len - skip);
}

static void write_value(emitter *e, pol_value v, size_t indent, size_t depth);

/* A list whose first item goes on the line at hand. */
static void write_list(emitter *e, pol_value v, size_t indent, size_t depth)
{
    for (uint32_t i = 0; i < v.len; i++) {
        if (i > 0)
            new_line(e, indent);
        pol_bytes_text(&e->out, "- ");
        write_value(e, pol_at(v, i), indent + 2, depth + 1);
    }
}

static pol_value key_text(emitter *e, pol_value key)
{
    size_t len;
    if (pol_is_string(key))
        return key;
    const char *text =
        pol_value_text(pol_call_arena(e->call), key, POL_TEXT_JSON_RAW, &len);
    return pol_string(text, len);
}

/* Keys of several lines and long ones stand behind a question mark. */
static bool is_simple_key(pol_value key)
{
    return key.len <= 128 && !pol_yaml_has_break(key);
}

static void write_mapping(emitter *e, pol_value v, size_t indent, size_t depth)
{
    member *members = pol_call_alloc(e->call, v.len * sizeof(*members));
    for (uint32_t i = 0; i < v.len; i++)
        members[i] =
            (member){key_text(e, pol_key_at(v, i)), pol_value_at(v, i)};
    qsort(members, v.len, sizeof(*members), by_key);
    for (uint32_t i = 0; i < v.len; i++) {
        pol_value value = members[i].value;
        bool nested = pol_is_collection(value) && value.len > 0;
        bool simple = is_simple_key(members[i].key);
        if (i > 0)
            new_line(e, indent);
        if (!simple)
            pol_bytes_text(&e->out, "? ");
        write_string(e, members[i].key, indent + 2, simple);
        if (!simple)
            new_line(e, indent);
        pol_bytes_byte(&e->out, ':');
        if (nested && simple)
            new_line(e, indent + 2);
        else
            pol_bytes_byte(&e->out, ' ');
        write_value(e, value, indent + 2, depth + 1);
    }
}

/* Writes a value; lines that it begins are indented by `indent`. */
static void write_value(emitter *e, pol_value v, size_t indent, size_t depth)
{
    if (depth > MAX_DEPTH)
        pol_call_limit(e->call, "nesting of a value");
    switch (v.tag) {
    case POL_TRUE:
    case POL_FALSE:
        pol_bytes_text(&e->out, v.tag == POL_TRUE ? "true" : "false");
        break;
    case POL_INT:
    case POL_NUMBER: write_number(e, v); break;
    case POL_STRING: write_string(e, v, indent == 0 ? 2 : indent, false); break;
    case POL_ARRAY:
    case POL_SET:
        if (v.len == 0)
            pol_bytes_text(&e->out, "[]");
        else
            write_list(e, v, indent, depth);
        break;
    case POL_OBJECT:
        if (v.len == 0)
            pol_bytes_text(&e->out, "{}");
        else
            write_mapping(e, v, indent, depth);
        break;
    default: pol_bytes_text(&e->out, "null");
    }
}

static pol_value yaml_marshal(pol_call *call, const pol_value *args)
{
    emitter e = {.call = call};
    pol_bytes_init(&e.out, call, 256);
    write_value(&e, args[0], 0, 0);
    if (e.forbidden)
        return pol_call_error(call, "yaml: control characters are not allowed");
    new_line(&e, 0);
    return pol_bytes_done(&e.out);
}

/* ---- reading --------------------------------------------------------- */

static pol_value yaml_unmarshal(pol_call *call, const pol_value *args)
{
    const char *error = NULL;
    size_t at, line = 1;
    pol_value v = pol_value_parse_yaml(pol_call_arena(call), args[0].str,
                                       args[0].len, &error, &at);
    if (pol_is_defined(v))
        return v;
    for (size_t i = 0; i < at && i < args[0].len; i++)
        line += args[0].str[i] == '\n';
    return pol_call_error(call, "yaml: line %zu: %s", line, error);
}

static pol_value yaml_is_valid(pol_call *call, const pol_value *args)
{
    const char *error;
    size_t at;
    if (!pol_is_string(args[0]))
        return pol_bool(false);
    pol_value v = pol_value_parse_yaml(pol_call_arena(call), args[0].str,
                                       args[0].len, &error, &at);
    return pol_bool(pol_is_defined(v));
}

const pol_builtin pol_stdlib_yaml[] = {
    {.name = "yaml.is_valid",
     .fn = yaml_is_valid,
     .flags = POL_UNCHECKED,
     .signature = "(string) -> boolean",
     .doc = "Is the text YAML?"},
    {.name = "yaml.marshal",
     .fn = yaml_marshal,
     .signature = "(any) -> string",
     .doc = "The value as YAML text."},
    {.name = "yaml.unmarshal",
     .fn = yaml_unmarshal,
     .signature = "(string) -> any",
     .doc = "The value that the first document of YAML text says."},
    {.name = NULL},
};
