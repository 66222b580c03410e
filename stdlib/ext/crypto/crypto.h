/* SPDX-License-Identifier: Apache-2.0
 *
 * The functions of the extension library "crypto", for its table in module.c,
 * and what they share. Nothing of OpenSSL is held across an allocation in the
 * arena: keys and certificates travel as bytes and are opened for one use. */
#ifndef POL_CRYPTO_H
#define POL_CRYPTO_H

#include "base64.h"

/* Bytes in the arena or in an argument. */
typedef struct pol_blob {
    const unsigned char *at;
    size_t len;
} pol_blob;

static inline pol_blob pol_blob_of(pol_value text)
{
    return (pol_blob){(const unsigned char *)text.str, text.len};
}

/* ---- PEM ----------------------------------------------------------------- */

typedef struct pol_pem {
    pol_value type; /* what stands behind BEGIN */
    pol_blob der;
} pol_pem;

/* Takes the next block of *text and moves *text behind it, as Go's pem.Decode:
 * what is no block is skipped. False if there is none; *text is as it was. */
bool pol_pem_next(pol_call *call, pol_value *text, pol_pem *block);

/* ---- text ---------------------------------------------------------------- */

/* Bytes in padded base64, as Go marshals []byte. */
pol_value pol_blob_base64(pol_call *call, pol_blob bytes);
/* Lower-case hexadecimal digits. */
pol_value pol_blob_hex(pol_call *call, pol_blob bytes);
/* An unsigned number of big-endian bytes. */
pol_value pol_blob_number(pol_call *call, pol_blob bytes);

/* What Go's json.Decoder says about text that is no JSON: `EOF` where
 * encoding/json says "unexpected end of JSON input". NULL if it is JSON. */
const char *pol_crypto_json_complaint(pol_call *call, pol_value text);

/* ---- functions ----------------------------------------------------------- */

#define POL_CRYPTO_FUNCTION(name)                                              \
    pol_value pol_crypto_##name(pol_call *call, const pol_value *args)

POL_CRYPTO_FUNCTION(md5);
POL_CRYPTO_FUNCTION(sha1);
POL_CRYPTO_FUNCTION(sha256);
POL_CRYPTO_FUNCTION(hmac_md5);
POL_CRYPTO_FUNCTION(hmac_sha1);
POL_CRYPTO_FUNCTION(hmac_sha256);
POL_CRYPTO_FUNCTION(hmac_sha512);
POL_CRYPTO_FUNCTION(hmac_equal);
POL_CRYPTO_FUNCTION(parse_certificates);
POL_CRYPTO_FUNCTION(parse_and_verify);
POL_CRYPTO_FUNCTION(parse_and_verify_with);
POL_CRYPTO_FUNCTION(parse_request);
POL_CRYPTO_FUNCTION(parse_keypair);
POL_CRYPTO_FUNCTION(parse_rsa_private_key);
POL_CRYPTO_FUNCTION(parse_private_keys);
POL_CRYPTO_FUNCTION(jwt_decode);
POL_CRYPTO_FUNCTION(jwt_decode_verify);
POL_CRYPTO_FUNCTION(jwt_encode_sign);
POL_CRYPTO_FUNCTION(jwt_encode_sign_raw);
POL_CRYPTO_FUNCTION(jwt_verify_hs256);
POL_CRYPTO_FUNCTION(jwt_verify_hs384);
POL_CRYPTO_FUNCTION(jwt_verify_hs512);
POL_CRYPTO_FUNCTION(jwt_verify_rs256);
POL_CRYPTO_FUNCTION(jwt_verify_rs384);
POL_CRYPTO_FUNCTION(jwt_verify_rs512);
POL_CRYPTO_FUNCTION(jwt_verify_ps256);
POL_CRYPTO_FUNCTION(jwt_verify_ps384);
POL_CRYPTO_FUNCTION(jwt_verify_ps512);
POL_CRYPTO_FUNCTION(jwt_verify_es256);
POL_CRYPTO_FUNCTION(jwt_verify_es384);
POL_CRYPTO_FUNCTION(jwt_verify_es512);
POL_CRYPTO_FUNCTION(jwt_verify_eddsa);
POL_CRYPTO_FUNCTION(aws_sign);

#endif
