/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers as text: reading, showing, comparing, converting. What computes new
 * numbers is in arith.c. */
#include "arena.h"
#include "extended.h"
#include "integer.h"
#include "limit.h"
#include "pol_value.h"

/* OPA refuses a number whose binary exponent is over 100,000, so that a short
 * text cannot demand a long computation. Most texts are far from it. */
static bool is_in_range(const pol_decimal *d)
{
    enum { SURELY = 30000 };
    if (d->written > POL_LIMIT_NUMBER_DIGITS)
        return false;
    if (!d->count || (d->point < SURELY && d->point > -SURELY))
        return true;
    pol_extended x = pol_extended_of_decimal(d);
    int64_t exponent = x.exponent + 64;
    return exponent <= POL_LIMIT_NUMBER_EXPONENT &&
           exponent >= -POL_LIMIT_NUMBER_EXPONENT;
}

pol_value pol_integer_text(pol_arena *arena, const char *text, size_t len)
{
    pol_number *num = pol_arena_alloc(arena, sizeof *num + len + 1);
    num->len = (uint32_t)len;
    memcpy(num->text, text, len);
    num->text[len] = '\0';
    return (pol_value){.tag = POL_NUMBER, .num = num};
}

pol_value pol_number_parse(pol_arena *arena, const char *text, size_t len)
{
    pol_decimal d;
    if (!pol_decimal_scan(&d, text, len) || !is_in_range(&d))
        return pol_undefined();
    int64_t i;
    bool canonical = d.plain && !(d.negative && !d.count);
    if (canonical && pol_decimal_int64(&d, &i))
        return pol_int(i);
    return pol_integer_text(arena, text, len);
}

/* Writes an integer from behind; returns where it starts in `scratch`. */
static const char *write_int(int64_t i, char scratch[24], size_t *len)
{
    char *end = scratch + 23, *p = end;
    uint64_t rest = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
    *p = '\0';
    do {
        *--p = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (i < 0)
        *--p = '-';
    *len = (size_t)(end - p);
    return p;
}

const char *pol_number_text(pol_value v, char scratch[24], size_t *len)
{
    if (v.tag == POL_INT)
        return write_int(v.i, scratch, len);
    *len = v.num->len;
    return v.num->text;
}

void pol_integer_decimal(pol_value v, char scratch[24], pol_decimal *d)
{
    size_t len;
    const char *text = pol_number_text(v, scratch, &len);
    bool good = pol_decimal_scan(d, text, len);
    pol_assert(good);
}

bool pol_number_int64(pol_value v, int64_t *out)
{
    if (v.tag == POL_INT) {
        *out = v.i;
        return true;
    }
    pol_decimal d;
    pol_integer_decimal(v, NULL, &d);
    return pol_decimal_int64(&d, out);
}

double pol_number_double(pol_value v)
{
    if (v.tag == POL_INT)
        return (double)v.i;
    pol_decimal d;
    pol_integer_decimal(v, NULL, &d);
    return pol_extended_double(&d);
}

bool pol_number_is_whole(pol_value v)
{
    if (v.tag == POL_INT)
        return true;
    pol_decimal d;
    pol_integer_decimal(v, NULL, &d);
    return pol_decimal_is_whole(&d);
}

int pol_number_compare(pol_value a, pol_value b)
{
    if (a.tag == POL_INT && b.tag == POL_INT)
        return (a.i > b.i) - (a.i < b.i);
    char a_scratch[24], b_scratch[24];
    pol_decimal a_decimal, b_decimal;
    pol_integer_decimal(a, a_scratch, &a_decimal);
    pol_integer_decimal(b, b_scratch, &b_decimal);
    return pol_decimal_compare(&a_decimal, &b_decimal);
}
