/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests and conversions of types. */
#include <string.h>

#include "pol_stdlib.h"
#include "pol_unknown.h"

/* ---- tests -------------------------------------------------------------- */

/* An unknown value may be known to have one of these types, or none. */
static pol_value is_of(pol_value v, unsigned types)
{
    unsigned may = pol_unknown_types(v);
    if ((may & types) && (may & ~types))
        return pol_unknown_of(POL_UNKNOWN_BOOLEAN);
    return pol_bool(may & types);
}

static pol_value is_array(pol_call *call, const pol_value *args)
{
    (void)call;
    return is_of(args[0], 1 << POL_ARRAY);
}

static pol_value is_boolean(pol_call *call, const pol_value *args)
{
    (void)call;
    return is_of(args[0], POL_UNKNOWN_BOOLEAN);
}

static pol_value is_null(pol_call *call, const pol_value *args)
{
    (void)call;
    return is_of(args[0], 1 << POL_NULL);
}

static pol_value is_number(pol_call *call, const pol_value *args)
{
    (void)call;
    return is_of(args[0], POL_UNKNOWN_NUMBER);
}

static pol_value is_object(pol_call *call, const pol_value *args)
{
    (void)call;
    return is_of(args[0], 1 << POL_OBJECT);
}

static pol_value is_set(pol_call *call, const pol_value *args)
{
    (void)call;
    return is_of(args[0], 1 << POL_SET);
}

static pol_value is_string(pol_call *call, const pol_value *args)
{
    (void)call;
    return is_of(args[0], 1 << POL_STRING);
}

static pol_value type_name(pol_call *call, const pol_value *args)
{
    (void)call;
    if (args[0].tag == POL_UNKNOWN)
        return pol_unknown_of(1 << POL_STRING);
    const char *name = pol_type_name(args[0]);
    return pol_string(name, strlen(name));
}

/* ---- casts -------------------------------------------------------------- */

static pol_value cast(pol_call *call, pol_value v, bool fits,
                      const char *wanted)
{
    if (!fits)
        return pol_call_type_error(call, 1, wanted, pol_type_name(v));
    return v;
}

static pol_value cast_array(pol_call *call, const pol_value *args)
{
    if (args[0].tag == POL_SET)
        return pol_array(args[0].items, args[0].len);
    return cast(call, args[0], args[0].tag == POL_ARRAY, "one of {array, set}");
}

static pol_value cast_set(pol_call *call, const pol_value *args)
{
    if (args[0].tag != POL_ARRAY)
        return cast(call, args[0], args[0].tag == POL_SET,
                    "one of {array, set}");
    pol_value *items = pol_items(pol_call_arena(call), args[0].len);
    if (args[0].len)
        memcpy(items, args[0].items, args[0].len * sizeof *items);
    return pol_set(items, args[0].len);
}

static pol_value cast_boolean(pol_call *call, const pol_value *args)
{
    return cast(call, args[0], pol_is_bool(args[0]), "boolean");
}

static pol_value cast_null(pol_call *call, const pol_value *args)
{
    return cast(call, args[0], args[0].tag == POL_NULL, "null");
}

static pol_value cast_object(pol_call *call, const pol_value *args)
{
    return cast(call, args[0], args[0].tag == POL_OBJECT, "object");
}

static pol_value cast_string(pol_call *call, const pol_value *args)
{
    return cast(call, args[0], pol_is_string(args[0]), "string");
}

/* ---- to_number ---------------------------------------------------------- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name_of(pol_value text, const char *name)
{
    uint32_t start = text.len && (text.str[0] == '+' || text.str[0] == '-');
    if (text.len - start != strlen(name))
        return false;
    for (uint32_t i = start; i < text.len; i++)
        if ((text.str[i] | 0x20) != name[i - start])
            return false;
    return true;
}

/* Copies digits, leaving out underscores between two of them. */
static const char *copy_digits(const char *at, const char *end, char **out)
{
    const char *start = at;
    while (at < end && (is_digit(*at) || *at == '_')) {
        bool between = at > start && at + 1 < end && is_digit(at[-1]) &&
                       is_digit(at[1]);
        if (*at != '_')
            *(*out)++ = *at;
        else if (!between)
            return at;
        at++;
    }
    return at;
}

/* Go's strconv.ParseFloat takes more than JSON: a plus sign, leading zeros, a
 * missing whole or fractional part, underscores. Writes the JSON form to `out`
 * (room for len + 3) and returns its length, 0 if the text is no number. */
static size_t json_form(pol_value text, char *out)
{
    const char *at = text.str, *end = text.str + text.len;
    char *to = out;
    if (at < end && (*at == '+' || *at == '-') && *at++ == '-')
        *to++ = '-';
    char *whole = to;
    at = copy_digits(at, end, &to);
    size_t digits = (size_t)(to - whole);
    while (to - whole > 1 && *whole == '0')
        memmove(whole, whole + 1, (size_t)(--to - whole));
    if (digits == 0)
        *to++ = '0';
    if (at < end && *at == '.') {
        *to++ = '.';
        char *fraction = to;
        at = copy_digits(at + 1, end, &to);
        digits += (size_t)(to - fraction);
        if (to == fraction)
            to--;
    }
    if (digits == 0)
        return 0;
    if (at < end && (*at == 'e' || *at == 'E')) {
        *to++ = *at++;
        if (at < end && (*at == '+' || *at == '-'))
            *to++ = *at++;
        char *exponent = to;
        at = copy_digits(at, end, &to);
        if (to == exponent)
            return 0;
    }
    return at == end ? (size_t)(to - out) : 0;
}

static pol_value quoted(pol_call *call, pol_value text)
{
    size_t len;
    const char *bytes =
        pol_value_text(pol_call_arena(call), text, POL_TEXT_REGO, &len);
    return pol_string(bytes, len);
}

static pol_value number_of_text(pol_call *call, pol_value text)
{
    static const char *const specials[] = {"inf", "infinity", "nan"};
    for (size_t i = 0; i < sizeof specials / sizeof *specials; i++)
        if (is_name_of(text, specials[i]))
            return pol_call_type_error(call, 1, "valid number string",
                                       "string");
    char *form = pol_call_alloc(call, (size_t)text.len + 3);
    size_t len = json_form(text, form);
    if (len == 0)
        return pol_call_error(call,
                              "strconv.ParseFloat: parsing %s: invalid syntax",
                              quoted(call, text).str);
    pol_value v = pol_number_parse(pol_call_arena(call), form, len);
    double d = pol_is_defined(v) ? pol_number_double(v) : 0;
    if (!pol_is_defined(v) || d - d != 0)
        return pol_call_error(
            call, "strconv.ParseFloat: parsing %s: value out of range",
            quoted(call, text).str);
    return v;
}

static pol_value to_number(pol_call *call, const pol_value *args)
{
    pol_value v = args[0];
    if (v.tag == POL_STRING)
        return number_of_text(call, v);
    if (v.tag == POL_NULL || pol_is_bool(v))
        return pol_int(v.tag == POL_TRUE);
    return v;
}

#define TEST "(any) -> boolean"
#define OF_TYPE (POL_PURE | POL_LENIENT | POL_RANGES)
#define CAST (POL_PURE | POL_DEPRECATED)

const pol_builtin pol_stdlib_types[] = {
    {"cast_array", "(any) -> array[any]", cast_array, CAST,
     "an array as it is, a set as an array", NULL},
    {"cast_boolean", "(any) -> boolean", cast_boolean, CAST,
     "a boolean as it is, an error for anything else", NULL},
    {"cast_null", "(any) -> null", cast_null, CAST,
     "null as it is, an error for anything else", NULL},
    {"cast_object", "(any) -> object{any: any}", cast_object, CAST,
     "an object as it is, an error for anything else", NULL},
    {"cast_set", "(any) -> set[any]", cast_set, CAST,
     "a set as it is, an array as a set", NULL},
    {"cast_string", "(any) -> string", cast_string, CAST,
     "a string as it is, an error for anything else", NULL},
    {"is_array", TEST, is_array, OF_TYPE, "whether the value is an array",
     NULL},
    {"is_boolean", TEST, is_boolean, OF_TYPE, "whether the value is a boolean",
     NULL},
    {"is_null", TEST, is_null, OF_TYPE, "whether the value is null", NULL},
    {"is_number", TEST, is_number, OF_TYPE, "whether the value is a number",
     NULL},
    {"is_object", TEST, is_object, OF_TYPE, "whether the value is an object",
     NULL},
    {"is_set", TEST, is_set, OF_TYPE, "whether the value is a set", NULL},
    {"is_string", TEST, is_string, OF_TYPE, "whether the value is a string",
     NULL},
    {"to_number", "(any<null | boolean | number | string>) -> number",
     to_number, POL_PURE,
     "the number a string stands for; null and false are 0, true is 1", NULL},
    {"type_name", "(any) -> string", type_name, OF_TYPE,
     "the name of the value's type: null, boolean, number, string, array, "
     "object or set",
     NULL},
    {0},
};
