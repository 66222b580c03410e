/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON Web Tokens: in the extension library "crypto". */
#include "pol_stdlib.h"

#define KEY "a certificate, public key or JWK"
#define VERIFY(name_, algorithm, key, flags_)                                  \
    {.name = name_,                                                            \
     .signature = "(string, string) -> boolean",                               \
     .flags = flags_,                                                          \
     .doc = "Is a token's signature right by " algorithm " under " key "?",    \
     .module = "crypto"}

const pol_builtin pol_stdlib_jwt[] = {
    {.name = "io.jwt.decode",
     .signature = "(string) -> [object{any: any}, object{any: any}, "
                  "string]",
     .doc = "Header, payload and signature of a token, which is not "
            "verified.",
     .module = "crypto"},
    {.name = "io.jwt.decode_verify",
     .signature = "(string, object{string: any}) -> [boolean, "
                  "object{any: any}, object{any: any}]",
     .flags = POL_IMPURE | POL_UNCHECKED,
     .doc = "Whether a token holds under constraints; its header and "
            "payload.",
     .module = "crypto"},
    {.name = "io.jwt.encode_sign",
     .signature = "(object{string: any}, object{string: any}, "
                  "object{string: any}) -> string",
     .flags = POL_IMPURE,
     .doc = "A token of header and payload, signed with a JWK.",
     .module = "crypto"},
    {.name = "io.jwt.encode_sign_raw",
     .signature = "(string, string, string) -> string",
     .flags = POL_IMPURE,
     .doc = "A token of JSON texts, signed with a JWK.",
     .module = "crypto"},
    VERIFY("io.jwt.verify_eddsa", "EdDSA", KEY, POL_UNCHECKED),
    VERIFY("io.jwt.verify_es256", "ES256", KEY, POL_UNCHECKED),
    VERIFY("io.jwt.verify_es384", "ES384", KEY, POL_UNCHECKED),
    VERIFY("io.jwt.verify_es512", "ES512", KEY, POL_UNCHECKED),
    VERIFY("io.jwt.verify_hs256", "HS256", "a secret", 0),
    VERIFY("io.jwt.verify_hs384", "HS384", "a secret", 0),
    VERIFY("io.jwt.verify_hs512", "HS512", "a secret", 0),
    VERIFY("io.jwt.verify_ps256", "PS256", KEY, POL_UNCHECKED),
    VERIFY("io.jwt.verify_ps384", "PS384", KEY, POL_UNCHECKED),
    VERIFY("io.jwt.verify_ps512", "PS512", KEY, POL_UNCHECKED),
    VERIFY("io.jwt.verify_rs256", "RS256", KEY, POL_UNCHECKED),
    VERIFY("io.jwt.verify_rs384", "RS384", KEY, POL_UNCHECKED),
    VERIFY("io.jwt.verify_rs512", "RS512", KEY, POL_UNCHECKED),
    {.name = NULL},
};
