/* SPDX-License-Identifier: Apache-2.0
 *
 * Verbs of Go's fmt: how one operand is written under flags, width and
 * precision. sprintf.c reads the format and picks operands. */
#ifndef POL_STDLIB_GOFMT_H
#define POL_STDLIB_GOFMT_H

#include "bytes.h"

/* One directive's state, and where it writes to. */
typedef struct pol_gofmt {
    pol_bytes *out;
    bool minus, plus, sharp, space, zero;
    bool plus_v, sharp_v; /* `+` and `#` of a %v, which mean something else */
    bool has_width, has_precision;
    size_t width, precision; /* at most some 10,000,000, as in Go */
} pol_gofmt;

/* What an operand is to fmt. */
typedef enum {
    POL_GOFMT_INT,   /* int64 */
    POL_GOFMT_BIG,   /* *big.Int */
    POL_GOFMT_FLOAT, /* float64 */
    POL_GOFMT_STRING
} pol_gofmt_kind;

typedef struct pol_gofmt_operand {
    pol_gofmt_kind kind;
    pol_value value; /* the number; the string */
    double number;   /* of POL_GOFMT_FLOAT */
} pol_gofmt_operand;

/* The operand that a value is: whole numbers as such, composite values as the
 * text of a term. Composite text is made in the arena. */
pol_gofmt_operand pol_gofmt_operand_of(pol_call *call, pol_value v);

/* Writes an operand under a verb; what the verb cannot show becomes
 * "%!verb(type=value)". */
void pol_gofmt_write(pol_gofmt *fmt, const pol_gofmt_operand *operand,
                     uint32_t verb);

/* Go's name of the operand's type, constant. */
const char *pol_gofmt_type(const pol_gofmt_operand *operand);

/* A string in double quotes as Go writes it; `ascii` escapes all above. */
void pol_gofmt_quote(pol_bytes *out, pol_value s, bool ascii);

#endif
