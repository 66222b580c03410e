/* SPDX-License-Identifier: Apache-2.0
 *
 * The bridge between number values and what computes with them: decimals, GMP
 * integers, floating point. GMP's memory never outlives a call: whoever holds
 * an mpz_t allocates from an arena only through pol_integer_take. */
#ifndef POL_INTEGER_H
#define POL_INTEGER_H

#include <gmp.h>

#include "arena.h"
#include "extended.h"
#include "pol_value.h"

/* A POL_NUMBER with that text, which is not the canonical text of an int64. */
pol_value pol_integer_text(pol_arena *arena, const char *text, size_t len);

/* The decimal of a number. It looks into `scratch` (POL_INT) or into the value;
 * `scratch` may be NULL for POL_NUMBER. */
void pol_integer_decimal(pol_value v, char scratch[24], pol_decimal *d);

/* Initialises `z` to the whole part of `v` (towards zero). */
void pol_integer_set(mpz_t z, pol_value v);

/* The value of `z`, which is cleared, also when the trap is raised. */
pol_value pol_integer_take(pol_arena *arena, mpz_t z);

/* The digits of `z` in `base` (2..36), NUL-terminated; `z` is cleared. */
const char *pol_integer_digits(pol_arena *arena, mpz_t z, int base,
                               size_t *len);

#endif
