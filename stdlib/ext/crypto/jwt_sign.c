/* SPDX-License-Identifier: Apache-2.0
 *
 * Making JSON Web Tokens. */
#include "jwk.h"

enum { SIGN_WORK = 20000 /* units of pol_call_spend for one signature */ };

static pol_value fail(pol_call *call, const char *why)
{
    return pol_call_error(call, "%s", why);
}

/* Why a key cannot sign with the algorithm, in the words of OPA's library. */
static const char *wrong_kind(pol_call *call, const pol_key *key,
                              const pol_algorithm *algorithm)
{
    static const char *const wanted[][2] = {
        [POL_KEY_OCT] = {"[]byte", "keyconv: failed to produce []byte"},
        [POL_KEY_RSA] = {"*rsa.PrivateKey", "failed to produce rsa.PrivateKey"},
        [POL_KEY_EC] = {"*ecdsa.PrivateKey",
                        "keyconv: failed to produce ecdsa.PrivateKey"},
        [POL_KEY_OKP] = {"ed25519.PrivateKey",
                         "failed to produce ed25519.PrivateKey"}};
    const char *type = pol_jwk_type(key);
    const char *const *want = wanted[algorithm->kind];
    return pol_call_printf(call,
                           "jwsbb.Sign: invalid key type %s. %s is required: "
                           "%s from %s: jwk.Export: no suitable exporter found "
                           "for key type '%s'",
                           type, want[0], want[1], type, type)
        .str;
}

static pol_value no_alg(pol_call *call, pol_value alg)
{
    if (!pol_is_defined(alg))
        return fail(call, "missing or invalid 'alg' header: jwsbb: header "
                          "\"alg\" not found");
    const char *type = alg.tag == POL_TRUE    ? "true"
                       : alg.tag == POL_FALSE ? "false"
                                              : pol_type_name(alg);
    return pol_call_error(call,
                          "missing or invalid 'alg' header: value doesn't "
                          "contain string; it contains %s",
                          type);
}

static pol_value token_of(pol_call *call, pol_value signed_text,
                          pol_blob signature)
{
    pol_bytes out;
    pol_bytes_init(&out, call, signed_text.len + 2 * signature.len + 1);
    pol_bytes_add(&out, signed_text.str, signed_text.len);
    pol_bytes_byte(&out, '.');
    pol_base64_encode(&out, (const char *)signature.at, signature.len,
                      POL_BASE64_URL | POL_BASE64_RAW);
    return pol_bytes_done(&out);
}

static pol_value signed_token(pol_call *call, pol_value header,
                              pol_value payload, const pol_key *key,
                              const pol_algorithm *algorithm)
{
    unsigned char signature[POL_KEY_SIGNATURE_MAX];
    size_t len;
    bool fits = key->kind == algorithm->kind &&
                (key->is_private || key->kind == POL_KEY_OCT);
    if (!fits)
        return fail(call, wrong_kind(call, key, algorithm));
    if (key->kind == POL_KEY_RSA &&
        (key->part[POL_KEY_P].len == 0 || key->part[POL_KEY_Q].len == 0))
        return fail(call,
                    "jwsbb.Sign: invalid key type *jwk.rsaPrivateKey. "
                    "*rsa.PrivateKey is required: failed to produce "
                    "rsa.PrivateKey from *jwk.rsaPrivateKey: jwk.Export: "
                    "failed to export jwk.Key to raw format: missing \"q\" "
                    "value");
    pol_bytes text;
    unsigned form = POL_BASE64_URL | POL_BASE64_RAW;
    pol_bytes_init(&text, call, ((size_t)header.len + payload.len) * 4 / 3 + 8);
    pol_base64_encode(&text, header.str, header.len, form);
    pol_bytes_byte(&text, '.');
    pol_base64_encode(&text, payload.str, payload.len, form);
    pol_value whole = pol_bytes_done(&text);
    pol_call_spend(call, SIGN_WORK);
    const char *why =
        pol_key_sign(key, algorithm, pol_blob_of(whole), signature, &len);
    return why ? fail(call, why)
               : token_of(call, whole, (pol_blob){signature, len});
}

/* A `typ` that is missing or no string counts as JWT. */
static bool wants_json(pol_value object)
{
    pol_value typ = pol_get_name(object, "typ");
    return !pol_is_string(typ) || pol_string_is(typ, "JWT");
}

static bool is_json(pol_call *call, pol_value text)
{
    const char *error;
    size_t at;
    return pol_is_defined(pol_value_parse_json(pol_call_arena(call), text.str,
                                               text.len, true, &error, &at));
}

static pol_value make(pol_call *call, pol_value header_text, pol_value payload,
                      const pol_keys *keys)
{
    const char *error;
    size_t at;
    if (keys->count == 0)
        return fail(call, "no keys found in JWK set");
    pol_value header =
        pol_value_parse_json(pol_call_arena(call), header_text.str,
                             header_text.len, true, &error, &at);
    if (!pol_is_defined(header))
        return pol_call_error(call,
                              "missing or invalid 'alg' header: cannot parse "
                              "JSON: %s",
                              error);
    pol_value alg = header.tag == POL_OBJECT ? pol_get_name(header, "alg")
                                             : pol_undefined();
    if (!pol_is_string(alg))
        return no_alg(call, alg);
    const pol_algorithm *algorithm = pol_algorithm_named(alg);
    if (!algorithm)
        return pol_call_error(call, "unknown JWS algorithm: %.*s", (int)alg.len,
                              alg.str);
    if (wants_json(header) && !is_json(call, payload))
        return fail(call, "type is JWT but payload is not JSON");
    return signed_token(call, header_text, payload, &keys->at[0], algorithm);
}

static pol_value marshalled(pol_call *call, pol_value v)
{
    size_t len;
    const char *text =
        pol_value_text(pol_call_arena(call), v, POL_TEXT_JSON_RAW, &len);
    return pol_string(text, len);
}

POL_CRYPTO_FUNCTION(jwt_encode_sign)
{
    pol_keys keys;
    const char *why = pol_jwk_read(call, args[2], &keys);
    if (why)
        return pol_call_error(call, "jwk.Parse: %s", why);
    return make(call, marshalled(call, args[0]), marshalled(call, args[1]),
                &keys);
}

POL_CRYPTO_FUNCTION(jwt_encode_sign_raw)
{
    pol_keys keys;
    const char *why = pol_jwk_parse(call, args[2], &keys);
    if (why)
        return pol_call_error(call, "jwk.Parse: %s", why);
    return make(call, args[0], args[1], &keys);
}
