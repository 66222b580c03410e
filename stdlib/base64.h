/* SPDX-License-Identifier: Apache-2.0
 *
 * Base64 in its four forms, as Go's encoding/base64 reads and writes it: line
 * feeds are skipped, and an error is known by its byte. */
#ifndef POL_STDLIB_BASE64_H
#define POL_STDLIB_BASE64_H

#include "bytes.h"

enum {
    POL_BASE64_URL = 1, /* the alphabet with - and _ */
    POL_BASE64_RAW = 2  /* no padding */
};

/* Appends `len` bytes in base64. */
void pol_base64_encode(pol_bytes *out, const char *bytes, size_t len,
                       unsigned form);

/* Appends the bytes that `text` stands for; false, with *bad the offset of what
 * is wrong, if it is not of that form. */
bool pol_base64_decode(pol_bytes *out, pol_value text, unsigned form,
                       size_t *bad);

/* The URL form with or without padding, as the parts of a token have it. NULL,
 * or Go's complaint, NUL-terminated in the arena. */
const char *pol_base64_token(pol_bytes *out, pol_value text);

#endif
