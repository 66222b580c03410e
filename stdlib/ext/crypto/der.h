/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading DER: a cursor over bytes, one element at a time. Definite lengths of
 * up to four bytes in their shortest form and tags of one byte, which is what
 * certificates are made of. Nothing recurses. */
#ifndef POL_CRYPTO_DER_H
#define POL_CRYPTO_DER_H

#include "crypto.h"

enum {
    DER_BOOLEAN = 0x01,
    DER_INTEGER = 0x02,
    DER_BITS = 0x03,
    DER_OCTETS = 0x04,
    DER_NULL = 0x05,
    DER_OID = 0x06,
    DER_UTF8 = 0x0C,
    DER_NUMERIC = 0x12,
    DER_PRINTABLE = 0x13,
    DER_T61 = 0x14,
    DER_IA5 = 0x16,
    DER_UTCTIME = 0x17,
    DER_TIME = 0x18,
    DER_BMP = 0x1E,
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31,
    DER_CONTEXT = 0x80,
    DER_CONTEXT_MADE = 0xA0
};

/* An element: its tag, what it holds, and all of it. */
typedef struct pol_der {
    unsigned tag;
    pol_blob body, whole;
} pol_der;

/* Takes the next element off *in; false if there is none that is right. */
bool pol_der_next(pol_blob *in, pol_der *element);

/* The same, but it must have the tag. */
bool pol_der_take(pol_blob *in, unsigned tag, pol_der *element);

/* Takes the next element if it has the tag. */
bool pol_der_maybe(pol_blob *in, unsigned tag, pol_der *element);

/* An object identifier as an array of numbers; undefined if it is none. */
pol_value pol_der_oid(pol_call *call, pol_blob body);

/* Has the identifier the bytes of the C literal? */
#define pol_der_oid_is(blob, text)                                             \
    ((blob).len == sizeof(text) - 1 &&                                         \
     memcmp((blob).at, text, sizeof(text) - 1) == 0)

/* A small integer that is not negative; false if it is none. */
bool pol_der_small(pol_blob body, int64_t *out);

/* The bytes of a bit string without unused bits; false if it has some. */
bool pol_der_bits(pol_blob body, pol_blob *out);

#endif
