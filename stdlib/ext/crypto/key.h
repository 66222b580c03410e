/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys and signatures of JSON Web Algorithms. A key is its bytes; OpenSSL's
 * object lives within one call of these functions, none of which allocates. */
#ifndef POL_CRYPTO_KEY_H
#define POL_CRYPTO_KEY_H

#include "digest.h"

typedef enum { POL_KEY_OCT, POL_KEY_RSA, POL_KEY_EC, POL_KEY_OKP } pol_key_kind;

enum { /* parts of a key, in the order in which a missing one is reported */
       POL_KEY_D,
       POL_KEY_E,
       POL_KEY_K,
       POL_KEY_N,
       POL_KEY_P,
       POL_KEY_Q,
       POL_KEY_DP,
       POL_KEY_DQ,
       POL_KEY_QI,
       POL_KEY_X,
       POL_KEY_Y,
       POL_KEY_PARTS
};

typedef struct pol_key {
    pol_key_kind kind;
    bool is_private;
    pol_value kid, alg; /* undefined, or strings */
    pol_value curve;    /* of EC and OKP */
    pol_blob part[POL_KEY_PARTS];
    pol_blob spki; /* a public key in DER instead of the parts; at = NULL */
} pol_key;

typedef struct pol_algorithm {
    const char *name; /* "RS256" */
    pol_key_kind kind;
    pol_digest digest;
    bool pss;
} pol_algorithm;

/* The algorithm of a name; NULL if there is none. */
const pol_algorithm *pol_algorithm_named(pol_value name);

/* Bytes of a coordinate of the curve, 0 if it is unknown. */
size_t pol_key_curve_size(pol_value curve);
/* Do the parts make a point on the key's curve? */
bool pol_key_is_on_curve(const pol_key *key);

/* Sets kind and spki from a public key (SubjectPublicKeyInfo) in DER. False if
 * it is none of these kinds. */
bool pol_key_of_spki(pol_blob der, pol_key *key);

/* Is `signature` that of `text`? False for a key of another kind. */
bool pol_key_verify(const pol_key *key, const pol_algorithm *algorithm,
                    pol_blob text, pol_blob signature);

enum { POL_KEY_SIGNATURE_MAX = 2048 };
/* Signs; sets *len. NULL, or what is wrong (constant). */
const char *pol_key_sign(const pol_key *key, const pol_algorithm *algorithm,
                         pol_blob text,
                         unsigned char out[POL_KEY_SIGNATURE_MAX], size_t *len);

#endif
