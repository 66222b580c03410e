/* libs: -lcrypto */
/* SPDX-License-Identifier: Apache-2.0
 *
 * The extension library "crypto": hashes, certificates, tokens, request
 * signatures. Signatures and documentation stand in the tables of stdlib that
 * name this module; here are the functions only. */
#include "crypto.h"

__attribute__((visibility("default"))) const pol_builtin *pol_module(void);

#define ROW(text, function)                                                    \
    {                                                                          \
        .name = text, .fn = pol_crypto_##function                              \
    }

const pol_builtin *pol_module(void)
{
    static const pol_builtin rows[] = {
        ROW("crypto.md5", md5),
        ROW("crypto.sha1", sha1),
        ROW("crypto.sha256", sha256),
        ROW("crypto.hmac.md5", hmac_md5),
        ROW("crypto.hmac.sha1", hmac_sha1),
        ROW("crypto.hmac.sha256", hmac_sha256),
        ROW("crypto.hmac.sha512", hmac_sha512),
        ROW("crypto.hmac.equal", hmac_equal),
        ROW("crypto.parse_private_keys", parse_private_keys),
        ROW("crypto.x509.parse_and_verify_certificates", parse_and_verify),
        ROW("crypto.x509.parse_and_verify_certificates_with_options",
            parse_and_verify_with),
        ROW("crypto.x509.parse_certificate_request", parse_request),
        ROW("crypto.x509.parse_certificates", parse_certificates),
        ROW("crypto.x509.parse_keypair", parse_keypair),
        ROW("crypto.x509.parse_rsa_private_key", parse_rsa_private_key),
        ROW("io.jwt.decode", jwt_decode),
        ROW("io.jwt.decode_verify", jwt_decode_verify),
        ROW("io.jwt.encode_sign", jwt_encode_sign),
        ROW("io.jwt.encode_sign_raw", jwt_encode_sign_raw),
        ROW("io.jwt.verify_eddsa", jwt_verify_eddsa),
        ROW("io.jwt.verify_es256", jwt_verify_es256),
        ROW("io.jwt.verify_es384", jwt_verify_es384),
        ROW("io.jwt.verify_es512", jwt_verify_es512),
        ROW("io.jwt.verify_hs256", jwt_verify_hs256),
        ROW("io.jwt.verify_hs384", jwt_verify_hs384),
        ROW("io.jwt.verify_hs512", jwt_verify_hs512),
        ROW("io.jwt.verify_ps256", jwt_verify_ps256),
        ROW("io.jwt.verify_ps384", jwt_verify_ps384),
        ROW("io.jwt.verify_ps512", jwt_verify_ps512),
        ROW("io.jwt.verify_rs256", jwt_verify_rs256),
        ROW("io.jwt.verify_rs384", jwt_verify_rs384),
        ROW("io.jwt.verify_rs512", jwt_verify_rs512),
        ROW("providers.aws.sign_req", aws_sign),
        {.name = NULL},
    };
    return rows;
}
