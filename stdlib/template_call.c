/* SPDX-License-Identifier: Apache-2.0
 *
 * The functions of templates, and how their values show. Numbers of the
 * variables are json.Number to Go, a kind of string, and compare as such. */
#include "template.h"

#include <stdio.h>

#include "gofmt.h"
#include "sprintf.h"

/* ---- values ---------------------------------------------------------- */

bool pol_datum_truth(pol_datum d)
{
    int64_t i;
    if (d.kind == POL_DATUM_MISSING)
        return false;
    if (d.kind != POL_DATUM_VALUE)
        return !(pol_number_int64(d.v, &i) && i == 0);
    switch (d.v.tag) {
    case POL_TRUE:
    case POL_INT:
    case POL_NUMBER: return true;
    case POL_STRING:
    case POL_ARRAY:
    case POL_OBJECT:
    case POL_SET: return d.v.len > 0;
    default: return false;
    }
}

static bool is_nil(pol_datum d)
{
    return d.kind == POL_DATUM_MISSING || d.v.tag == POL_NULL;
}

/* Is it a string to Go? */
static bool is_text(pol_datum d)
{
    return d.kind == POL_DATUM_VALUE &&
           (pol_is_string(d.v) || pol_is_number(d.v));
}

/* The text of a string or json.Number. */
static pol_value text_of(pol_call *call, pol_datum d)
{
    char scratch[24];
    size_t len;
    if (pol_is_string(d.v))
        return d.v;
    const char *text = pol_number_text(d.v, scratch, &len);
    return pol_call_printf(call, "%.*s", (int)len, text);
}

const char *pol_datum_type(pol_datum d)
{
    if (d.kind == POL_DATUM_INT)
        return "int";
    if (d.kind == POL_DATUM_FLOAT)
        return "float64";
    if (is_nil(d))
        return "<nil>";
    if (pol_is_bool(d.v))
        return "bool";
    if (pol_is_string(d.v))
        return "string";
    if (pol_is_number(d.v))
        return "json.Number";
    return d.v.tag == POL_OBJECT ? "map[string]interface {}" : "[]interface {}";
}

static void print_value(pol_bytes *out, pol_value v)
{
    size_t len;
    switch (v.tag) {
    case POL_ARRAY:
    case POL_SET:
        pol_bytes_byte(out, '[');
        for (uint32_t i = 0; i < v.len; i++) {
            pol_bytes_text(out, i > 0 ? " " : "");
            print_value(out, pol_at(v, i));
        }
        pol_bytes_byte(out, ']');
        break;
    case POL_OBJECT:
        pol_bytes_text(out, "map[");
        for (uint32_t i = 0; i < v.len; i++) {
            pol_bytes_text(out, i > 0 ? " " : "");
            print_value(out, pol_key_at(v, i));
            pol_bytes_byte(out, ':');
            print_value(out, pol_value_at(v, i));
        }
        pol_bytes_byte(out, ']');
        break;
    case POL_STRING: pol_bytes_add(out, v.str, v.len); break;
    case POL_NULL: pol_bytes_text(out, "<nil>"); break;
    default: {
        pol_arena *arena = pol_call_arena(out->call);
        const char *text = pol_value_text(arena, v, POL_TEXT_JSON_RAW, &len);
        pol_bytes_add(out, text, len);
    }
    }
}

void pol_datum_print(pol_bytes *out, pol_datum d)
{
    pol_gofmt fmt = {.out = out};
    if (d.kind == POL_DATUM_MISSING) {
        pol_bytes_text(out, "<nil>");
    } else if (d.kind == POL_DATUM_FLOAT) {
        pol_gofmt_operand o = {POL_GOFMT_FLOAT, d.v, pol_number_double(d.v)};
        pol_gofmt_write(&fmt, &o, 'v');
    } else {
        print_value(out, d.v);
    }
}

/* ---- texts ----------------------------------------------------------- */

/* Sprint: spaces between operands of which neither is a string. */
static pol_value print_all(pol_call *call, const pol_datum *args, size_t count,
                           bool line)
{
    pol_bytes out;
    pol_bytes_init(&out, call, 64);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && (line || (!is_text(args[i - 1]) && !is_text(args[i]))))
            pol_bytes_byte(&out, ' ');
        pol_datum_print(&out, args[i]);
    }
    if (line)
        pol_bytes_byte(&out, '\n');
    return pol_bytes_done(&out);
}

static pol_value print_formatted(pol_call *call, const pol_datum *args,
                                 size_t count)
{
    pol_value *operands = pol_items(pol_call_arena(call), count);
    for (size_t i = 1; i < count; i++) {
        pol_datum d = args[i];
        bool plain = d.kind == POL_DATUM_INT || d.v.tag == POL_STRING;
        operands[i] = d.v;
        if (d.kind == POL_DATUM_FLOAT) {
            /* 1.0 is no whole number here, whatever its text */
            pol_value text = print_all(call, &d, 1, false);
            pol_value dot =
                pol_call_printf(call, "%.*s%s", (int)text.len, text.str,
                                memchr(text.str, '.', text.len) ||
                                        memchr(text.str, 'e', text.len)
                                    ? ""
                                    : ".0");
            operands[i] =
                pol_number_parse(pol_call_arena(call), dot.str, dot.len);
        } else if (!plain) {
            operands[i] = print_all(call, &d, 1, false);
        }
    }
    pol_bytes out;
    pol_bytes_init(&out, call, 64);
    pol_sprintf(&out, args[0].v, operands + 1, count - 1);
    return pol_bytes_done(&out);
}

static pol_value escape_html(pol_call *call, pol_value s)
{
    pol_bytes out;
    pol_bytes_init(&out, call, s.len);
    for (uint32_t i = 0; i < s.len; i++) {
        static const char *const escapes[] = {"&&amp;", "<&lt;", ">&gt;",
                                              "\"&#34;", "'&#39;"};
        const char *escape = NULL;
        for (size_t j = 0; j < 5; j++)
            if (s.str[i] == escapes[j][0])
                escape = escapes[j] + 1;
        if (escape != NULL)
            pol_bytes_text(&out, escape);
        else if (s.str[i] == 0)
            pol_bytes_rune(&out, 0xFFFD);
        else
            pol_bytes_byte(&out, s.str[i]);
    }
    return pol_bytes_done(&out);
}

static pol_value escape_js(pol_call *call, pol_value s)
{
    pol_bytes out;
    char text[8];
    pol_bytes_init(&out, call, s.len);
    for (uint32_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.str[i];
        if (c == '\\' || c == '\'' || c == '"') {
            pol_bytes_byte(&out, '\\');
            pol_bytes_byte(&out, (char)c);
        } else if (c < ' ' || (c != 0 && strchr("<>&=", c) != NULL)) {
            snprintf(text, sizeof(text), "\\u%04X", c);
            pol_bytes_text(&out, text);
        } else {
            pol_bytes_byte(&out, (char)c);
        }
    }
    return pol_bytes_done(&out);
}

static pol_value escape_query(pol_call *call, pol_value s)
{
    static const char hex[] = "0123456789ABCDEF";
    pol_bytes out;
    pol_bytes_init(&out, call, s.len);
    for (uint32_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.str[i], lower = c | 0x20;
        bool plain = (c >= '0' && c <= '9') ||
                     (lower >= 'a' && lower <= 'z' && c < 0x80) ||
                     (c != 0 && strchr("-_.~", c) != NULL);
        if (plain || c == ' ') {
            pol_bytes_byte(&out, plain ? (char)c : '+');
        } else {
            pol_bytes_byte(&out, '%');
            pol_bytes_byte(&out, hex[c >> 4]);
            pol_bytes_byte(&out, hex[c & 15]);
        }
    }
    return pol_bytes_done(&out);
}

/* ---- collections ----------------------------------------------------- */

static bool is_list(pol_datum d)
{
    return d.kind == POL_DATUM_VALUE &&
           (d.v.tag == POL_ARRAY || d.v.tag == POL_SET);
}

static const char *length(pol_call *call, pol_datum d, pol_datum *result)
{
    uint32_t len = d.v.len;
    if (is_nil(d))
        return "reflect: call of reflect.Value.Type on zero Value";
    if (d.kind != POL_DATUM_VALUE || pol_is_bool(d.v))
        return pol_call_printf(call, "len of type %s", pol_datum_type(d)).str;
    if (is_text(d))
        len = text_of(call, d).len;
    *result = (pol_datum){POL_DATUM_INT, pol_int(len)};
    return NULL;
}

/* A literal as an index up to `most`. */
static const char *read_index(pol_call *call, pol_datum d, uint32_t most,
                              uint32_t *out)
{
    if (is_nil(d))
        return "cannot index slice/array with nil";
    if (d.kind != POL_DATUM_INT)
        return pol_call_printf(call, "cannot index slice/array with type %s",
                               pol_datum_type(d))
            .str;
    if (d.v.i < 0 || d.v.i > most)
        return pol_call_printf(call, "index out of range: %lld",
                               (long long)d.v.i)
            .str;
    *out = (uint32_t)d.v.i;
    return NULL;
}

static const char *index_one(pol_call *call, pol_datum *d, pol_datum index)
{
    uint32_t i = 0;
    if (is_nil(*d))
        return "index of untyped nil";
    if (is_text(*d) || is_list(*d)) {
        pol_value s = is_list(*d) ? d->v : text_of(call, *d);
        const char *why = read_index(call, index, s.len, &i);
        if (why == NULL && i == s.len)
            why = pol_call_printf(call, "index out of range: %u", i).str;
        if (why != NULL)
            return why;
        *d = is_list(*d)
                 ? (pol_datum){POL_DATUM_VALUE, pol_at(s, i)}
                 : (pol_datum){POL_DATUM_INT, pol_int((unsigned char)s.str[i])};
        return NULL;
    }
    if (d->kind != POL_DATUM_VALUE || d->v.tag != POL_OBJECT)
        return pol_call_printf(call, "can't index item of type %s",
                               pol_datum_type(*d))
            .str;
    if (!is_text(index))
        return pol_call_printf(call, "value has type %s; should be string",
                               pol_datum_type(index))
            .str;
    pol_value v = pol_get(d->v, text_of(call, index));
    d->kind = pol_is_defined(v) ? POL_DATUM_VALUE : POL_DATUM_MISSING;
    d->v = pol_is_defined(v) ? v : pol_null();
    return NULL;
}

static const char *slice(pol_call *call, const pol_datum *args, size_t count,
                         pol_datum *result)
{
    pol_datum d = args[0];
    uint32_t bounds[2] = {0, 0};
    if (is_nil(d))
        return "slice of untyped nil";
    if (!is_text(d) && !is_list(d))
        return pol_call_printf(call, "can't slice item of type %s",
                               pol_datum_type(d))
            .str;
    if (count > (is_text(d) ? 3u : 4u))
        return "cannot 3-index slice a string";
    pol_value s = is_list(d) ? d.v : text_of(call, d);
    bounds[1] = s.len;
    for (size_t i = 1; i < count && i < 3; i++) {
        const char *why = read_index(call, args[i], s.len, &bounds[i - 1]);
        if (why != NULL)
            return why;
    }
    if (bounds[0] > bounds[1])
        return pol_call_printf(call, "invalid slice index: %u > %u", bounds[0],
                               bounds[1])
            .str;
    result->kind = POL_DATUM_VALUE;
    result->v =
        is_list(d)
            ? pol_array(s.items + bounds[0], bounds[1] - bounds[0])
            : pol_rune_clean(call, s.str + bounds[0], bounds[1] - bounds[0]);
    return NULL;
}

/* ---- comparing ------------------------------------------------------- */

typedef enum {
    BASIC_NONE,
    BASIC_BOOL,
    BASIC_INT,
    BASIC_FLOAT,
    BASIC_TEXT
} basic;

static basic basic_of(pol_datum d)
{
    if (d.kind == POL_DATUM_INT)
        return BASIC_INT;
    if (d.kind == POL_DATUM_FLOAT)
        return BASIC_FLOAT;
    if (is_text(d))
        return BASIC_TEXT;
    return d.kind == POL_DATUM_VALUE && pol_is_bool(d.v) ? BASIC_BOOL
                                                         : BASIC_NONE;
}

static const char *incompatible(pol_call *call, pol_datum a, pol_datum b)
{
    return pol_call_printf(call, "incompatible types for comparison: %s and %s",
                           pol_datum_type(a), pol_datum_type(b))
        .str;
}

static const char *check_comparable(pol_call *call, pol_datum d)
{
    if (is_nil(d) || basic_of(d) != BASIC_NONE)
        return NULL;
    pol_value text = print_all(call, &d, 1, false);
    return pol_call_printf(call, "non-comparable type %.*s: %s", (int)text.len,
                           text.str, pol_datum_type(d))
        .str;
}

static const char *equal(pol_call *call, pol_datum a, pol_datum b, bool *out)
{
    const char *why = check_comparable(call, a);
    if (why == NULL)
        why = check_comparable(call, b);
    if (why != NULL)
        return why;
    if (is_nil(a) || is_nil(b)) {
        *out = is_nil(a) && is_nil(b);
        return NULL;
    }
    if (basic_of(a) != basic_of(b))
        return incompatible(call, a, b);
    *out = is_text(a) ? pol_equal(text_of(call, a), text_of(call, b))
                      : pol_equal(a.v, b.v);
    return NULL;
}

static const char *less(pol_call *call, pol_datum a, pol_datum b, bool *out)
{
    if (basic_of(a) == BASIC_NONE || basic_of(b) == BASIC_NONE)
        return "invalid type for comparison";
    if (basic_of(a) != basic_of(b))
        return incompatible(call, a, b);
    if (basic_of(a) == BASIC_BOOL)
        return "invalid type for comparison";
    *out = is_text(a) ? pol_compare(text_of(call, a), text_of(call, b)) < 0
                      : pol_compare(a.v, b.v) < 0;
    return NULL;
}

/* eq, ne, lt, le, gt, ge by name. */
static const char *compare(pol_call *call, const char *name,
                           const pol_datum *args, size_t count, bool *out)
{
    const char *why = NULL;
    bool same = false, before = false;
    if (strcmp(name, "eq") == 0) {
        if (count < 2)
            return "missing argument for comparison";
        for (size_t i = 1; i < count && why == NULL && !same; i++)
            why = equal(call, args[0], args[i], &same);
        *out = same;
        return why;
    }
    bool orders = strcmp(name, "ne") != 0;
    if (orders)
        why = less(call, args[0], args[1], &before);
    bool needs_same = !orders || strcmp(name, "lt") != 0;
    needs_same &= strcmp(name, "ge") != 0;
    if (why == NULL && needs_same)
        why = equal(call, args[0], args[1], &same);
    if (!orders)
        *out = !same;
    else if (name[0] == 'l')
        *out = before || (name[1] == 'e' && same);
    else
        *out = !before && (name[1] == 'e' || !same);
    return why;
}

/* ---- all of them ----------------------------------------------------- */

static const struct {
    const char *name;
    size_t least, most; /* arguments; most 0: any number */
} functions[] = {
    {"and", 1, 0},     {"or", 1, 0},    {"not", 1, 1},   {"len", 1, 1},
    {"index", 1, 0},   {"slice", 1, 0}, {"print", 0, 0}, {"printf", 1, 0},
    {"println", 0, 0}, {"html", 0, 0},  {"js", 0, 0},    {"urlquery", 0, 0},
    {"eq", 1, 0},      {"ne", 2, 2},    {"lt", 2, 2},    {"le", 2, 2},
    {"gt", 2, 2},      {"ge", 2, 2},    {"call", 1, 0},
};

static size_t function_of(pol_value name)
{
    size_t i = 0, count = sizeof(functions) / sizeof(*functions);
    while (i < count && (strlen(functions[i].name) != name.len ||
                         memcmp(functions[i].name, name.str, name.len) != 0))
        i++;
    return i;
}

bool pol_template_is_function(pol_value name)
{
    return function_of(name) < sizeof(functions) / sizeof(*functions);
}

const char *pol_template_check_count(pol_call *call, pol_value name,
                                     size_t count)
{
    size_t i = function_of(name);
    size_t least = functions[i].least, most = functions[i].most;
    if (count >= least && (most == 0 || count <= most))
        return NULL;
    return pol_call_printf(
               call, "wrong number of args for %s: want %s%zu got %zu",
               functions[i].name, most == 0 ? "at least " : "", least, count)
        .str;
}

/* The operands as those that escape print them: what is nil is a string. */
static const pol_datum *named(pol_call *call, const pol_datum *args,
                              size_t count)
{
    pol_datum *out = pol_call_alloc(call, (count + 1) * sizeof *out);
    for (size_t i = 0; i < count; i++)
        out[i] = is_nil(args[i])
                     ? (pol_datum){POL_DATUM_VALUE, pol_literal("<no value>")}
                     : args[i];
    return out;
}

/* The functions that make a text. False if it is none of them. */
static bool make_text(pol_call *call, const char *name, const pol_datum *args,
                      size_t count, pol_value *out)
{
    if (strcmp(name, "printf") == 0) {
        *out = print_formatted(call, args, count);
        return true;
    }
    bool line = strcmp(name, "println") == 0;
    if (line || strcmp(name, "print") == 0) {
        *out = print_all(call, args, count, line);
        return true;
    }
    pol_value (*escape)(pol_call *, pol_value) =
        strcmp(name, "html") == 0       ? escape_html
        : strcmp(name, "js") == 0       ? escape_js
        : strcmp(name, "urlquery") == 0 ? escape_query
                                        : NULL;
    if (escape == NULL)
        return false;
    *out = escape(call, print_all(call, named(call, args, count), count, false));
    return true;
}

const char *pol_template_call(pol_call *call, pol_value name,
                              const pol_datum *args, size_t count,
                              pol_datum *result)
{
    const char *own = functions[function_of(name)].name, *why = NULL;
    result->kind = POL_DATUM_VALUE;
    if (make_text(call, own, args, count, &result->v))
        return NULL;
    if (strcmp(own, "not") == 0) {
        result->v = pol_bool(!pol_datum_truth(args[0]));
        return NULL;
    }
    if (strcmp(own, "len") == 0)
        return length(call, args[0], result);
    if (strcmp(own, "slice") == 0)
        return slice(call, args, count, result);
    if (strcmp(own, "call") == 0)
        return is_nil(args[0])
                   ? "call of nil"
                   : pol_call_printf(call, "non-function of type %s",
                                     pol_datum_type(args[0]))
                         .str;
    if (strcmp(own, "index") == 0) {
        *result = args[0];
        for (size_t i = 1; i < count && why == NULL; i++)
            why = index_one(call, result, args[i]);
        return why;
    }
    bool truth = false;
    why = compare(call, own, args, count, &truth);
    result->v = pol_bool(truth);
    return why;
}
