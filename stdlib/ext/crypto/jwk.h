/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON Web Keys and sets of them, with the words of OPA's library for what is
 * wrong with one. */
#ifndef POL_CRYPTO_JWK_H
#define POL_CRYPTO_JWK_H

#include "key.h"

typedef struct pol_keys {
    pol_key *at;
    size_t count;
} pol_keys;

/* The keys of a JSON value: a key, or an object with an array `keys`. NULL, or
 * the complaint in the arena ("failed to parse sole key: …"). */
const char *pol_jwk_read(pol_call *call, pol_value json, pol_keys *keys);

/* The same from JSON text. */
const char *pol_jwk_parse(pol_call *call, pol_value text, pol_keys *keys);

/* The keys that may verify: of a PEM block (a certificate or public key, alone)
 * or JSON text. NULL, or the complaint. */
const char *pol_jwk_verifiers(pol_call *call, pol_value text, pol_keys *keys);

/* Go's type of the key ("*jwk.rsaPublicKey"), constant. */
const char *pol_jwk_type(const pol_key *key);

#endif
