/* SPDX-License-Identifier: Apache-2.0
 *
 * Binary floating point with a 64-bit mantissa and a wide exponent: what OPA
 * computes with when a number is not whole. Round to nearest, ties to even.
 * There are no infinities and no NaN: callers exclude division by zero, and
 * sizes are bounded by POL_EXTENDED_LARGEST. */
#ifndef POL_EXTENDED_H
#define POL_EXTENDED_H

#include "decimal.h"

typedef struct pol_extended {
    bool negative;
    uint64_t mantissa; /* the top bit is set; 0 for zero */
    int64_t exponent;  /* value = mantissa * 2^exponent */
} pol_extended;

/* Beyond this binary exponent results are refused: printing them would take
 * work out of proportion. */
enum { POL_EXTENDED_LARGEST = 1000000 };

pol_extended pol_extended_of_int(int64_t i);
pol_extended pol_extended_of_decimal(const pol_decimal *d);
/* The nearest double, correctly rounded from the decimal itself. */
double pol_extended_double(const pol_decimal *d);

pol_extended pol_extended_add(pol_extended a, pol_extended b);
pol_extended pol_extended_mul(pol_extended a, pol_extended b);
/* `b` is not zero. */
pol_extended pol_extended_div(pol_extended a, pol_extended b);

bool pol_extended_is_whole(pol_extended x);

/* The shortest digits that identify mantissa * 2^exponent among its neighbours
 * of the same precision: value = 0.DIGITS * 10^*point. `narrow`: the lower
 * neighbour is half as far (a double that is a power of two). `digits` has room
 * for POL_EXTENDED_DIGITS; returns their number. The mantissa is not 0. */
enum { POL_EXTENDED_DIGITS = 32 };
size_t pol_extended_shortest(pol_extended x, bool narrow, char *digits,
                             int64_t *point);

#endif
