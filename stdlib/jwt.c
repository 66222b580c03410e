/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON Web Tokens: in the extension library "crypto". */
#include "pol_stdlib.h"

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
    {.name = "io.jwt.verify_eddsa",
     .signature = "(string, string) -> boolean",
     .flags = POL_UNCHECKED,
     .doc = "Is a token's signature right by EdDSA under a certificate, "
            "public key or JWK?",
     .module = "crypto"},
    {.name = "io.jwt.verify_es256",
     .signature = "(string, string) -> boolean",
     .flags = POL_UNCHECKED,
     .doc = "Is a token's signature right by ES256 under a certificate, "
            "public key or JWK?",
     .module = "crypto"},
    {.name = "io.jwt.verify_es384",
     .signature = "(string, string) -> boolean",
     .flags = POL_UNCHECKED,
     .doc = "Is a token's signature right by ES384 under a certificate, "
            "public key or JWK?",
     .module = "crypto"},
    {.name = "io.jwt.verify_es512",
     .signature = "(string, string) -> boolean",
     .flags = POL_UNCHECKED,
     .doc = "Is a token's signature right by ES512 under a certificate, "
            "public key or JWK?",
     .module = "crypto"},
    {.name = "io.jwt.verify_hs256",
     .signature = "(string, string) -> boolean",
     .doc = "Is a token's signature right by HS256 under a secret?",
     .module = "crypto"},
    {.name = "io.jwt.verify_hs384",
     .signature = "(string, string) -> boolean",
     .doc = "Is a token's signature right by HS384 under a secret?",
     .module = "crypto"},
    {.name = "io.jwt.verify_hs512",
     .signature = "(string, string) -> boolean",
     .doc = "Is a token's signature right by HS512 under a secret?",
     .module = "crypto"},
    {.name = "io.jwt.verify_ps256",
     .signature = "(string, string) -> boolean",
     .flags = POL_UNCHECKED,
     .doc = "Is a token's signature right by PS256 under a certificate, "
            "public key or JWK?",
     .module = "crypto"},
    {.name = "io.jwt.verify_ps384",
     .signature = "(string, string) -> boolean",
     .flags = POL_UNCHECKED,
     .doc = "Is a token's signature right by PS384 under a certificate, "
            "public key or JWK?",
     .module = "crypto"},
    {.name = "io.jwt.verify_ps512",
     .signature = "(string, string) -> boolean",
     .flags = POL_UNCHECKED,
     .doc = "Is a token's signature right by PS512 under a certificate, "
            "public key or JWK?",
     .module = "crypto"},
    {.name = "io.jwt.verify_rs256",
     .signature = "(string, string) -> boolean",
     .flags = POL_UNCHECKED,
     .doc = "Is a token's signature right by RS256 under a certificate, "
            "public key or JWK?",
     .module = "crypto"},
    {.name = "io.jwt.verify_rs384",
     .signature = "(string, string) -> boolean",
     .flags = POL_UNCHECKED,
     .doc = "Is a token's signature right by RS384 under a certificate, "
            "public key or JWK?",
     .module = "crypto"},
    {.name = "io.jwt.verify_rs512",
     .signature = "(string, string) -> boolean",
     .flags = POL_UNCHECKED,
     .doc = "Is a token's signature right by RS512 under a certificate, "
            "public key or JWK?",
     .module = "crypto"},
    {.name = NULL},
};
