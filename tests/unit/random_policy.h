/* SPDX-License-Identifier: Apache-2.0
 *
 * Random policies that use every construct of the language in which an unknown
 * value may meet a rule, and the documents that they are about.
 *
 * Everything is drawn from one sequence: a seed gives the same policies and
 * documents everywhere. */
#ifndef POL_TEST_RANDOM_POLICY_H
#define POL_TEST_RANDOM_POLICY_H

#include "buf.h"

typedef struct pol_random {
    uint64_t state;
} pol_random;

/* Begins the sequence of a seed. */
pol_random pol_random_of(uint64_t seed);
/* 0 … n - 1. */
uint32_t pol_random_pick(pol_random *r, uint32_t n);

/* The rules of package `t` that a policy may have, helpers first, in the order
 * in which they may use each other; NULL at the end. Package `u` has more. */
extern const char *const pol_random_rules[];

/* Two modules, `t` and `u`. Most of them compile. */
void pol_random_policy(pol_random *r, pol_buf *t, pol_buf *u);

/* A constant, in the language and in JSON. */
const char *pol_random_constant(pol_random *r);

#endif
