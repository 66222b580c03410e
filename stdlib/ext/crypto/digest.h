/* SPDX-License-Identifier: Apache-2.0
 *
 * Hashes and HMACs of bytes. */
#ifndef POL_CRYPTO_DIGEST_H
#define POL_CRYPTO_DIGEST_H

#include "crypto.h"

typedef enum {
    POL_MD5,
    POL_SHA1,
    POL_SHA256,
    POL_SHA384,
    POL_SHA512
} pol_digest;

typedef struct pol_digest_bytes {
    unsigned char at[64];
    size_t len; /* 0: the library has no such hash (it may be set to FIPS) */
} pol_digest_bytes;

pol_digest_bytes pol_digest_of(pol_digest which, pol_blob text);
pol_digest_bytes pol_digest_hmac(pol_digest which, pol_blob key, pol_blob text);

#endif
