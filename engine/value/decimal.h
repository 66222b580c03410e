/* SPDX-License-Identifier: Apache-2.0
 *
 * Number texts taken apart. A decimal looks at the text of a JSON number
 * without copying or computing: 0.DIGITS times ten to the power of `point`,
 * where DIGITS are the significant ones. Two decimals compare exactly whatever
 * their size. */
#ifndef POL_DECIMAL_H
#define POL_DECIMAL_H

#include "common.h"

typedef struct pol_decimal {
    bool negative;     /* a minus stands there, also in -0 */
    bool plain;        /* no fraction and no exponent in the text */
    uint32_t count;    /* significant digits; 0: the value is zero */
    uint32_t written;  /* digits of mantissa as written */
    int64_t point;     /* value = 0.DIGITS * 10^point */
    const char *first; /* first significant digit; a `.` may stand between */
} pol_decimal;

/* Takes `text` apart. False if it is no JSON number. Exponents saturate at
 * about +-10^15, far beyond every limit. */
bool pol_decimal_scan(pol_decimal *d, const char *text, size_t len);

/* Exact order. */
int pol_decimal_compare(const pol_decimal *a, const pol_decimal *b);

/* Copies the `count` significant digits to `out` and ends them with NUL. */
void pol_decimal_digits(const pol_decimal *d, char *out);

static inline bool pol_decimal_is_whole(const pol_decimal *d)
{
    return d->point >= (int64_t)d->count;
}

/* The value as a 64-bit integer if it is whole and fits. */
bool pol_decimal_int64(const pol_decimal *d, int64_t *out);

#endif
