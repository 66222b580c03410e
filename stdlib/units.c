/* SPDX-License-Identifier: Apache-2.0
 *
 * Amounts with units, such as "1.5Gi" and "100m". An amount is an integer of
 * digits with a decimal point somewhere. units.parse computes exactly on the
 * digits, units.parse_bytes as `*` does, because that is how OPA's differ. */
#include <string.h>

#include "bytes.h"
#include "pol_stdlib.h"

/* Digits and exponent of an amount: more is no quantity of anything. */
enum { MOST_DIGITS = 1000, MOST_EXPONENT = 1000, FRACTION = 10 };

static const struct {
    const char *name;
    int power;    /* of `base` */
    int base;
} units[] = {
    {"", 0, 10},   {"m", -3, 10}, {"k", 3, 10},  {"ki", 10, 2},
    {"M", 6, 10},  {"mi", 20, 2}, {"Mi", 20, 2}, {"g", 9, 10},
    {"gi", 30, 2}, {"t", 12, 10}, {"ti", 40, 2}, {"p", 15, 10},
    {"pi", 50, 2}, {"e", 18, 10}, {"ei", 60, 2},
};

/* An operand, split and read. */
typedef struct amount {
    pol_call *call;
    const char *kind;  /* "" or "byte ", for messages */
    const char *name;  /* of the builtin, which OPA says twice */
    pol_value text;    /* without quotes */
    size_t number_len; /* of the number, the unit follows */
    char *digits;      /* with a sign */
    size_t digit_count;
    int64_t exponent; /* decimal, of the last digit */
} amount;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool fail(amount *a, const char *text)
{
    pol_call_error(a->call, "%s: %s", a->name, text);
    return false;
}

static bool unquote(amount *a, pol_value v)
{
    pol_bytes out;
    pol_bytes_init(&out, a->call, v.len);
    for (uint32_t i = 0; i < v.len; i++) {
        if (v.str[i] == ' ')
            return fail(a, "spaces not allowed in resource strings");
        if (v.str[i] != '"')
            pol_bytes_byte(&out, v.str[i]);
    }
    a->text = pol_bytes_done(&out);
    return true;
}

/* The number ends where a unit begins; `e` belongs to the number only before a
 * digit or a sign, else it is the unit exa. */
static void split(amount *a)
{
    const char *text = a->text.str;
    size_t i = 0;
    for (; i < a->text.len; i++) {
        char c = text[i];
        char next = i + 1 < a->text.len ? text[i + 1] : '\0';
        bool exponent = lower(c) == 'e' &&
                        (is_digit(next) || next == '+' || next == '-');
        if (!is_digit(c) && !strchr(".+-", c) && !exponent)
            break;
        if (c == '\0')
            break;
    }
    a->number_len = i;
}

static bool read_exponent(amount *a, size_t i)
{
    const char *text = a->text.str;
    bool minus = text[i] == '-';
    int64_t value = 0;
    i += text[i] == '-' || text[i] == '+';
    if (i == a->number_len)
        return false;
    for (; i < a->number_len; i++) {
        if (!is_digit(text[i]) || value > MOST_EXPONENT)
            return false;
        value = value * 10 + (text[i] - '0');
    }
    a->exponent += minus ? -value : value;
    return true;
}

static bool read_number(amount *a)
{
    const char *text = a->text.str;
    size_t i = 0, count = 0;
    bool point = false;
    a->digits = pol_call_alloc(a->call, a->number_len + 1);
    if (text[0] == '+' || text[0] == '-') {
        if (text[i++] == '-')
            a->digits[a->digit_count++] = '-';
    }
    for (; i < a->number_len && lower(text[i]) != 'e'; i++) {
        if (text[i] == '.' && !point) {
            point = true;
            continue;
        }
        if (!is_digit(text[i]))
            return false;
        a->digits[a->digit_count++] = text[i];
        a->exponent -= point;
        count++;
    }
    if (count == 0 || count > MOST_DIGITS)
        return false;
    return i == a->number_len || read_exponent(a, i + 1);
}

/* ---- arithmetic on digits ----------------------------------------------- */

static pol_value int_power(amount *a, int base, int64_t power)
{
    pol_arena *arena = pol_call_arena(a->call);
    if (base == 2)
        return pol_number_bits(arena, POL_BIT_LSH, pol_int(1), pol_int(power));
    char *text = pol_call_alloc(a->call, (size_t)power + 1);
    memset(text, '0', (size_t)power + 1);
    text[0] = '1';
    return pol_number_of_base(arena, text, (size_t)power + 1, 10);
}

/* amount * base^power as an integer; the exponent that is left is never
 * positive. */
static pol_value scale(amount *a, int base, int power)
{
    pol_arena *arena = pol_call_arena(a->call);
    const char *error;
    pol_value v = pol_number_of_base(arena, a->digits, a->digit_count, 10);
    if (base == 10)
        a->exponent += power;
    else
        v = pol_number_arith(arena, POL_MUL, v, int_power(a, base, power),
                             &error);
    if (a->exponent > 0) {
        v = pol_number_arith(arena, POL_MUL, v, int_power(a, 10, a->exponent),
                             &error);
        a->exponent = 0;
    }
    return v;
}

/* The digits with at least one before the point: 5 of exponent -3 is 0005. */
typedef struct decimal {
    bool minus;
    const char *digits;
    size_t whole; /* digits before the point */
    size_t fraction;
} decimal;

static decimal place_point(amount *a, const char *text, size_t len)
{
    decimal d = {.minus = len && text[0] == '-'};
    text += d.minus;
    len -= d.minus;
    d.fraction = (size_t)-a->exponent;
    size_t padding = len > d.fraction ? 0 : d.fraction + 1 - len;
    char *digits = pol_call_alloc(a->call, padding + len);
    memset(digits, '0', padding);
    memcpy(digits + padding, text, len);
    d.digits = digits;
    d.whole = padding + len - d.fraction;
    return d;
}

static bool is_zero(const char *digits, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (digits[i] != '0')
            return false;
    return true;
}

static pol_value whole_part(amount *a, decimal d)
{
    pol_arena *arena = pol_call_arena(a->call);
    pol_value v = pol_number_of_base(arena, d.digits, d.whole, 10);
    return d.minus ? pol_number_round(arena, POL_NEG, v) : v;
}

/* Ten digits behind the point, halves away from zero. */
static pol_value rounded(amount *a, decimal d)
{
    size_t kept = d.whole + FRACTION;
    char *text = pol_call_alloc(a->call, kept + 4);
    char *to = text;
    *to++ = '0'; /* for a carry */
    for (size_t i = 0; i < kept; i++)
        *to++ = i < d.whole + d.fraction ? d.digits[i] : '0';
    bool up = d.fraction > FRACTION && d.digits[kept] >= '5';
    for (char *at = to; up; ) {
        at--;
        up = *at == '9';
        *at = up ? '0' : (char)(*at + 1);
    }
    memmove(to - FRACTION + 1, to - FRACTION, FRACTION);
    to[-FRACTION] = '.';
    const char *start = text;
    while (start[0] == '0' && start[1] != '.')
        start++;
    size_t len = (size_t)(to + 1 - start);
    if (d.minus) {
        memmove(text + 1, start, len);
        text[0] = '-';
        start = text;
        len++;
    }
    return pol_number_parse(pol_call_arena(a->call), start, len);
}

/* ---- the builtins ------------------------------------------------------- */

static bool read_amount(amount *a, pol_value v)
{
    if (!unquote(a, v))
        return false;
    split(a);
    if (a->number_len == 0) {
        pol_call_error(a->call, "%s: no %samount provided", a->name, a->kind);
        return false;
    }
    if (!read_number(a)) {
        pol_call_error(a->call, "%s: could not parse %samount to a number",
                       a->name, a->kind);
        return false;
    }
    return true;
}

/* The unit in lower case, but for the first letter if `keep_first`. */
static const char *unit_of(amount *a, bool keep_first, size_t *len)
{
    const char *from = a->text.str + a->number_len;
    *len = a->text.len - a->number_len;
    char *unit = pol_call_alloc(a->call, *len + 1);
    for (size_t i = 0; i < *len; i++)
        unit[i] = keep_first && i == 0 ? from[i] : lower(from[i]);
    unit[*len] = '\0';
    return unit;
}

/* In units.parse only m and M differ by case; bytes have no milli, and their
 * `b` may be left out behind a prefix. */
static int find_unit(const char *unit, size_t len, bool bytes)
{
    char name[3] = {0};
    if (bytes && len > 1 && unit[len - 1] == 'b')
        len--;
    if (len > 2 || strlen(unit) < len)
        return -1;
    memcpy(name, unit, len);
    bool mega = len == 1 && name[0] == (bytes ? 'm' : 'M');
    name[0] = mega ? 'M' : name[0];
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        bool same = mega || (len == 1 && name[0] == 'm')
                        ? strcmp(units[i].name, name) == 0
                        : units[i].name[0] == lower(name[0]) &&
                              strcmp(units[i].name + (len > 0),
                                     name + (len > 0)) == 0;
        if (same)
            return (int)i;
    }
    return -1;
}

/* The index of the operand's unit, -1 with the error recorded. */
static int read_operand(amount *a, pol_value v, bool bytes)
{
    if (!read_amount(a, v))
        return -1;
    size_t len;
    const char *unit = unit_of(a, !bytes, &len);
    int found = find_unit(unit, len, bytes);
    if (found < 0)
        pol_call_error(a->call, "%s: %sunit %s not recognized", a->name,
                       a->kind, unit);
    return found;
}

static pol_value parse(pol_call *call, const pol_value *args)
{
    amount a = {.call = call, .kind = "", .name = "units.parse"};
    int unit = read_operand(&a, args[0], false);
    if (unit < 0)
        return pol_undefined();
    pol_value v = scale(&a, units[unit].base, units[unit].power);
    size_t len;
    const char *digits = pol_number_base(pol_call_arena(call), v, 10, &len);
    decimal d = place_point(&a, digits, len);
    bool whole = is_zero(d.digits + d.whole, d.fraction);
    bool milli = units[unit].power < 0 && !is_zero(d.digits, d.whole);
    if (whole && !milli) /* OPA shows 1000m as 1.0000000000 */
        return whole_part(&a, d);
    return rounded(&a, d);
}

static pol_value parse_bytes(pol_call *call, const pol_value *args)
{
    pol_arena *arena = pol_call_arena(call);
    amount a = {.call = call, .kind = "byte ", .name = "units.parse_bytes"};
    int unit = read_operand(&a, args[0], true);
    if (unit < 0)
        return pol_undefined();
    pol_value v = scale(&a, 10, 0);
    if (a.exponent < 0) {
        size_t len;
        const char *digits = pol_number_base(arena, v, 10, &len);
        pol_value text =
            pol_call_printf(call, "%se%d", digits, (int)a.exponent);
        v = pol_number_parse(arena, text.str, text.len);
    }
    const char *error;
    pol_value size = int_power(&a, units[unit].base, units[unit].power);
    v = pol_number_arith(arena, POL_MUL, v, size, &error);
    bool minus = pol_number_compare(v, pol_int(0)) < 0;
    v = pol_number_round(arena, POL_FLOOR, pol_number_round(arena, POL_ABS, v));
    return minus ? pol_number_round(arena, POL_NEG, v) : v;
}

const pol_builtin pol_stdlib_units[] = {
    {"units.parse", "(string) -> number", parse, POL_PURE,
     "the number that an amount such as \"10Ki\", \"1.5G\" or \"100m\" stands "
     "for",
     NULL},
    {"units.parse_bytes", "(string) -> number", parse_bytes, POL_PURE,
     "the number of bytes that an amount such as \"10KB\" or \"1.5GiB\" stands "
     "for",
     NULL},
    {0},
};
