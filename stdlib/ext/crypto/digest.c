/* SPDX-License-Identifier: Apache-2.0
 *
 * Hashes and HMACs as hexadecimal text. */
#include "digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

static const EVP_MD *algorithm(pol_digest which)
{
    switch (which) {
    case POL_MD5: return EVP_md5();
    case POL_SHA1: return EVP_sha1();
    case POL_SHA256: return EVP_sha256();
    case POL_SHA384: return EVP_sha384();
    case POL_SHA512: break;
    }
    return EVP_sha512();
}

pol_digest_bytes pol_digest_of(pol_digest which, pol_blob text)
{
    pol_digest_bytes out = {.len = 0};
    unsigned len = 0;
    if (EVP_Digest(text.at, text.len, out.at, &len, algorithm(which), NULL) ==
        1)
        out.len = len;
    return out;
}

pol_digest_bytes pol_digest_hmac(pol_digest which, pol_blob key, pol_blob text)
{
    pol_digest_bytes out = {.len = 0};
    unsigned len = 0;
    /* OpenSSL takes NULL for "the key of before". */
    const void *bytes = key.len ? (const void *)key.at : "";
    if (HMAC(algorithm(which), bytes, (int)key.len, text.at, text.len, out.at,
             &len))
        out.len = len;
    return out;
}

static pol_value hex_of(pol_call *call, pol_digest_bytes digest)
{
    if (digest.len == 0)
        return pol_call_error(call, "the hash is not available");
    return pol_blob_hex(call, (pol_blob){digest.at, digest.len});
}

static pol_value hash(pol_call *call, const pol_value *args, pol_digest which)
{
    return hex_of(call, pol_digest_of(which, pol_blob_of(args[0])));
}

static pol_value hmac(pol_call *call, const pol_value *args, pol_digest which)
{
    return hex_of(call, pol_digest_hmac(which, pol_blob_of(args[1]),
                                        pol_blob_of(args[0])));
}

POL_CRYPTO_FUNCTION(md5)
{
    return hash(call, args, POL_MD5);
}

POL_CRYPTO_FUNCTION(sha1)
{
    return hash(call, args, POL_SHA1);
}

POL_CRYPTO_FUNCTION(sha256)
{
    return hash(call, args, POL_SHA256);
}

POL_CRYPTO_FUNCTION(hmac_md5)
{
    return hmac(call, args, POL_MD5);
}

POL_CRYPTO_FUNCTION(hmac_sha1)
{
    return hmac(call, args, POL_SHA1);
}

POL_CRYPTO_FUNCTION(hmac_sha256)
{
    return hmac(call, args, POL_SHA256);
}

POL_CRYPTO_FUNCTION(hmac_sha512)
{
    return hmac(call, args, POL_SHA512);
}

POL_CRYPTO_FUNCTION(hmac_equal)
{
    (void)call;
    return pol_bool(args[0].len == args[1].len &&
                    CRYPTO_memcmp(args[0].str, args[1].str, args[0].len) == 0);
}
