/* SPDX-License-Identifier: Apache-2.0
 *
 * What a plain scalar of YAML stands for: as OPA (and Kubernetes' tools) read
 * it. YAML 1.2's core schema (yes, no, on and off are strings) plus the older
 * whole numbers 017, 0b11 and 1_000, which file modes rely on. Timestamps are
 * strings. Numbers are exact. */
#ifndef POL_SCALAR_H
#define POL_SCALAR_H

#include "arena.h"
#include "pol_value.h"

typedef enum {
    POL_SCALAR_STRING,
    POL_SCALAR_VALUE,    /* null, boolean, number: in *out */
    POL_SCALAR_INFINITE, /* .inf, .nan: no value of JSON */
    POL_SCALAR_LARGE     /* a number beyond the limits */
} pol_scalar;

pol_scalar pol_scalar_resolve(pol_arena *arena, const char *text, size_t len,
                              pol_value *out);

/* The key of an object that a resolved value makes: "true", "1", "1.5".
 * POL_UNDEFINED for null, which is none. */
pol_value pol_scalar_key(pol_arena *arena, pol_value v);

#endif
