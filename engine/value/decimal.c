/* SPDX-License-Identifier: Apache-2.0
 *
 * Number texts taken apart; see decimal.h. */
#include "decimal.h"

static const int64_t FAR = 1000000000000000;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Reads an optional exponent at `p`; NULL if it is broken. */
static const char *scan_exponent(const char *p, const char *end, int64_t *value)
{
    *value = 0;
    if (p == end || (*p != 'e' && *p != 'E'))
        return p;
    p++;
    bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    if (p == end)
        return NULL;
    for (; p < end && is_digit(*p); p++)
        if (*value < FAR)
            *value = *value * 10 + (*p - '0');
    if (!is_digit(p[-1]))
        return NULL;
    if (negative)
        *value = -*value;
    return p;
}

/* Notes the significant digits of [p, end), which are digits and at most one
 * point, the whole part having `whole` digits. */
static void significant(pol_decimal *d, const char *p, const char *end,
                        size_t whole)
{
    size_t skipped = 0, count = 0, kept = 0;
    for (; p < end && (*p == '0' || *p == '.'); p++)
        skipped += *p == '0';
    d->first = p;
    for (; p < end; p++) {
        if (*p == '.')
            continue;
        count++;
        if (*p != '0')
            kept = count;
    }
    d->count = (uint32_t)kept;
    d->point += (int64_t)whole - (int64_t)skipped;
    if (!kept)
        d->point = 0;
}

bool pol_decimal_scan(pol_decimal *d, const char *text, size_t len)
{
    const char *p = text, *end = text + len;
    if (len > UINT32_MAX)
        return false;
    *d = (pol_decimal){.negative = len && *p == '-'};
    p += d->negative;
    const char *start = p;
    while (p < end && is_digit(*p))
        p++;
    size_t whole = (size_t)(p - start);
    if (!whole || (whole > 1 && *start == '0'))
        return false;
    d->plain = p == end;
    size_t fraction = 0;
    if (p < end && *p == '.') {
        const char *dot = p++;
        while (p < end && is_digit(*p))
            p++;
        fraction = (size_t)(p - dot) - 1;
        if (!fraction)
            return false;
    }
    const char *mantissa_end = p;
    p = scan_exponent(p, end, &d->point);
    if (p != end)
        return false;
    d->written = (uint32_t)(whole + fraction);
    significant(d, start, mantissa_end, whole);
    return true;
}

static int compare_digits(const pol_decimal *a, const pol_decimal *b)
{
    const char *p = a->first, *q = b->first;
    uint32_t common = a->count < b->count ? a->count : b->count;
    for (uint32_t i = 0; i < common; i++, p++, q++) {
        p += *p == '.';
        q += *q == '.';
        if (*p != *q)
            return *p < *q ? -1 : 1;
    }
    return (a->count > b->count) - (a->count < b->count);
}

int pol_decimal_compare(const pol_decimal *a, const pol_decimal *b)
{
    int a_sign = !a->count ? 0 : a->negative ? -1 : 1;
    int b_sign = !b->count ? 0 : b->negative ? -1 : 1;
    if (a_sign != b_sign || !a_sign)
        return a_sign - b_sign;
    int order = a->point != b->point ? (a->point < b->point ? -1 : 1)
                                     : compare_digits(a, b);
    return a_sign * order;
}

void pol_decimal_digits(const pol_decimal *d, char *out)
{
    const char *p = d->first;
    for (uint32_t i = 0; i < d->count; i++, p++) {
        p += *p == '.';
        out[i] = *p;
    }
    out[d->count] = '\0';
}

bool pol_decimal_int64(const pol_decimal *d, int64_t *out)
{
    if (!pol_decimal_is_whole(d) || d->point > 19)
        return false;
    const char *p = d->first;
    int64_t value = 0;
    for (int64_t i = 0; i < d->point; i++) {
        int digit = 0;
        if (i < (int64_t)d->count) {
            p += *p == '.';
            digit = *p++ - '0';
        }
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, digit, &value))
            return false;
    }
    if (!d->negative && __builtin_sub_overflow((int64_t)0, value, &value))
        return false;
    *out = value;
    return true;
}
