/* SPDX-License-Identifier: Apache-2.0
 *
 * Paths of json.filter, json.remove and json.patch: a string as in RFC 6901,
 * whose leading `/` may be missing, or an array of keys. */
#ifndef POL_STDLIB_JSONPATH_H
#define POL_STDLIB_JSONPATH_H

#include "pol_stdlib.h"

/* Nesting of a value on the way of a path: the way recurses. */
enum { POL_JSONPATH_DEPTH = 1024 };

/* The keys of a path as an array, in the evaluation's arena or borrowed from
 * `path`; undefined with the error of operand 2 recorded. */
pol_value pol_jsonpath_read(pol_call *call, pol_value path);

#endif
