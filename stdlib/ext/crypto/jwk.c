/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads keys. Whoever mistypes a key gets the words that OPA would use, so the
 * nested prefixes of its library are kept. */
#include "jwk.h"
#include "x509.h"

#include <stdio.h>

#define SOLE "failed to parse sole key: "

static const char *const part_names[POL_KEY_PARTS] = {
    "d", "e", "k", "n", "p", "q", "dp", "dq", "qi", "x", "y"};

const char *pol_jwk_type(const pol_key *key)
{
    switch (key->kind) {
    case POL_KEY_RSA:
        return key->is_private ? "*jwk.rsaPrivateKey" : "*jwk.rsaPublicKey";
    case POL_KEY_EC:
        return key->is_private ? "*jwk.ecdsaPrivateKey" : "*jwk.ecdsaPublicKey";
    case POL_KEY_OKP:
        return key->is_private ? "*jwk.okpPrivateKey" : "*jwk.okpPublicKey";
    case POL_KEY_OCT: break;
    }
    return "*jwk.symmetricKey";
}

static const char *text(pol_call *call, const char *a, const char *b)
{
    return pol_call_printf(call, "%s%s", a, b).str;
}

/* A complaint about what a member of the key holds. */
static const char *member(pol_call *call, const pol_key *key, const char *name,
                          const char *what)
{
    const char *type = pol_jwk_type(key);
    const char *how =
        what ? "failed to decode value for key " : "required field ";
    return pol_call_printf(call,
                           "failed to unmarshal JSON into key (%s): failed to "
                           "unmarshal JSON into key (%s): %s%s%s%s",
                           type, type, how, name, what ? ": " : " is missing",
                           what ? what : "")
        .str;
}

static const char *go_type(pol_value v)
{
    return pol_is_bool(v) ? "bool" : pol_type_name(v);
}

static const char *no_string(pol_call *call, pol_value v, const char *before)
{
    return pol_call_printf(call,
                           "%sjson: cannot unmarshal %s into Go value of type "
                           "string",
                           before, go_type(v))
        .str;
}

/* Any of the four forms of base64. */
static bool decode(pol_call *call, pol_value v, pol_blob *out)
{
    pol_bytes plain, der;
    size_t bad;
    pol_bytes_init(&plain, call, v.len);
    for (uint32_t i = 0; i < v.len; i++)
        pol_bytes_byte(&plain, v.str[i] == '+'   ? '-'
                               : v.str[i] == '/' ? '_'
                                                 : v.str[i]);
    while (plain.len > 0 && plain.at[plain.len - 1] == '=')
        plain.len--;
    pol_bytes_init(&der, call, v.len / 4 * 3 + 3);
    bool ok = pol_base64_decode(&der, pol_bytes_done(&plain),
                                POL_BASE64_URL | POL_BASE64_RAW, &bad);
    *out = (pol_blob){(const unsigned char *)der.at, der.len};
    return ok;
}

static const char *read_parts(pol_call *call, pol_value json, pol_key *key)
{
    for (int i = 0; i < POL_KEY_PARTS; i++) {
        pol_value v = pol_get_name(json, part_names[i]);
        if (!pol_is_defined(v) || v.tag == POL_NULL)
            continue;
        if (!pol_is_string(v))
            return member(call, key, part_names[i],
                          no_string(call, v, "error reading next value: "));
        if (!decode(call, v, &key->part[i]))
            return member(call, key, part_names[i],
                          "expected base64 encoded []byte (string)");
    }
    return NULL;
}

static bool is_key_algorithm(pol_value v)
{
    static const char others[] =
        " none ES256K ECDH-ES ECDH-ES+A128KW ECDH-ES+A192KW ECDH-ES+A256KW"
        " A128KW A192KW A256KW A128GCMKW A192GCMKW A256GCMKW dir RSA1_5"
        " RSA-OAEP RSA-OAEP-256 RSA-OAEP-384 RSA-OAEP-512 PBES2-HS256+A128KW"
        " PBES2-HS384+A192KW PBES2-HS512+A256KW ";
    char name[32];
    if (pol_algorithm_named(v))
        return true;
    if (v.len == 0 || v.len > 24 || memchr(v.str, ' ', v.len) ||
        memchr(v.str, '\0', v.len))
        return false;
    snprintf(name, sizeof name, " %.*s ", (int)v.len, v.str);
    return strstr(others, name) != NULL;
}

static const char *read_labels(pol_call *call, pol_value json, pol_key *key)
{
    static const char *const names[] = {"alg", "kid", "use"};
    for (int i = 0; i < 3; i++) {
        pol_value v = pol_get_name(json, names[i]);
        if (!pol_is_defined(v) || v.tag == POL_NULL)
            continue;
        if (!pol_is_string(v))
            return member(
                call, key, names[i],
                no_string(call, v, i ? "error reading next value: " : ""));
        if (i == 0 && !is_key_algorithm(v))
            return member(call, key, "alg",
                          pol_call_printf(call,
                                          "invalid key value: \"%.*s\": "
                                          "invalid key algorithm",
                                          (int)v.len, v.str)
                              .str);
        *(i == 0 ? &key->alg : &key->kid) = i < 2 ? v : key->kid;
    }
    return NULL;
}

static const char *read_curve(pol_call *call, pol_value json, pol_key *key)
{
    pol_value v = pol_get_name(json, "crv");
    if (key->kind == POL_KEY_RSA || key->kind == POL_KEY_OCT)
        return NULL;
    if (!pol_is_string(v))
        return pol_is_defined(v)
                   ? member(call, key, "crv", no_string(call, v, ""))
                   : member(call, key, "crv", NULL);
    key->curve = v;
    bool known = key->kind == POL_KEY_EC ? pol_key_curve_size(v) > 0
                                         : pol_string_is(v, "Ed25519") ||
                                               pol_string_is(v, "Ed448") ||
                                               pol_string_is(v, "X25519") ||
                                               pol_string_is(v, "X448");
    if (known)
        return NULL;
    return member(call, key, "crv",
                  pol_call_printf(call,
                                  "unknown EllipticCurveAlgorithm: \"%.*s\"",
                                  (int)v.len, v.str)
                      .str);
}

static const char *missing(pol_call *call, pol_value json, const pol_key *key)
{
    static const char *const wanted[] = {[POL_KEY_OCT] = "k",
                                         [POL_KEY_RSA] = "en",
                                         [POL_KEY_EC] = "xy",
                                         [POL_KEY_OKP] = "x"};
    for (const char *name = wanted[key->kind]; *name; name++) {
        const char field[2] = {*name, '\0'};
        if (!pol_is_defined(pol_get_name(json, field)))
            return member(call, key, field, NULL);
    }
    return NULL;
}

/* ---- what parts have to be ----------------------------------------------- */

static const char *invalid(pol_call *call, const pol_key *key, const char *what)
{
    static const char *const names[][2] = {
        [POL_KEY_OCT] = {"SymmetricKey", "SymmetricKey"},
        [POL_KEY_RSA] = {"RSAPublicKey", "RSAPrivateKey"},
        [POL_KEY_EC] = {"ECDSAPublicKey", "ECDSAPrivateKey"},
        [POL_KEY_OKP] = {"OKPPublicKey", "OKPPrivateKey"}};
    return pol_call_printf(call,
                           "jwk.Parse: key validation failed: key validation "
                           "failed: jwk.%s: %s",
                           names[key->kind][key->is_private], what)
        .str;
}

static const char *check_ec(pol_call *call, const pol_key *key)
{
    static const int coordinates[] = {POL_KEY_X, POL_KEY_Y, POL_KEY_D};
    size_t size = pol_key_curve_size(key->curve);
    for (int i = 0; i < (key->is_private ? 3 : 2); i++) {
        size_t len = key->part[coordinates[i]].len;
        if (len != size)
            return invalid(call, key,
                           pol_call_printf(call,
                                           "invalid \"%s\" length (%zu) for "
                                           "curve \"%.*s\"",
                                           part_names[coordinates[i]], len,
                                           (int)key->curve.len, key->curve.str)
                               .str);
    }
    if (!pol_key_is_on_curve(key))
        return invalid(call, key,
                       pol_call_printf(call,
                                       "invalid ECDSA public key: P%zu point "
                                       "not on curve",
                                       size == 66 ? (size_t)521 : size * 8)
                           .str);
    return NULL;
}

static const char *check(pol_call *call, const pol_key *key)
{
    if (key->kind == POL_KEY_EC)
        return check_ec(call, key);
    if (key->kind == POL_KEY_OCT && key->part[POL_KEY_K].len == 0)
        return invalid(call, key, "missing \"k\" field");
    if (key->kind == POL_KEY_RSA && key->part[POL_KEY_N].len == 0)
        return invalid(call, key, "missing \"n\" value");
    if (key->kind == POL_KEY_RSA && key->part[POL_KEY_E].len == 0)
        return invalid(call, key, "missing \"e\" value");
    if (key->kind != POL_KEY_OKP || !pol_string_is(key->curve, "Ed25519"))
        return NULL;
    if (key->part[POL_KEY_X].len != 32)
        return invalid(call, key, "ed25519: wrong public key size");
    if (key->is_private && key->part[POL_KEY_D].len != 32)
        return invalid(call, key, "ed25519: wrong private key size");
    return NULL;
}

/* ---- keys and sets ------------------------------------------------------- */

static bool kind_of(pol_value kty, pol_key_kind *kind)
{
    static const char *const names[] = {[POL_KEY_OCT] = "oct",
                                        [POL_KEY_RSA] = "RSA",
                                        [POL_KEY_EC] = "EC",
                                        [POL_KEY_OKP] = "OKP"};
    for (int i = 0; i < 4; i++)
        if (kty.len == strlen(names[i]) &&
            memcmp(kty.str, names[i], kty.len) == 0) {
            *kind = (pol_key_kind)i;
            return true;
        }
    return false;
}

/* What a value is that should have been a key. */
static const char *no_key(pol_call *call, pol_value json)
{
    static const char probe[] =
        "jwk.Parse: failed to probe data: probe: failed to unmarshal data: "
        "json: cannot unmarshal ";
    static const char shape[] =
        " into Go value of type struct { Kty string \"json:\\\"kty\\\"\"; D "
        "json.RawMessage \"json:\\\"d,omitempty\\\"\" }";
    if (json.tag != POL_OBJECT)
        return pol_call_printf(call, "%s%s%s", probe, go_type(json), shape).str;
    pol_value kty = pol_get_name(json, "kty");
    if (pol_is_defined(kty) && kty.tag != POL_NULL && !pol_is_string(kty))
        return pol_call_printf(call,
                               "%s%s into Go struct field .kty of type string",
                               probe, go_type(kty))
            .str;
    return pol_call_printf(call, "invalid key type from JSON (%.*s)",
                           pol_is_string(kty) ? (int)kty.len : 0,
                           pol_is_string(kty) ? kty.str : "")
        .str;
}

static const char *read_key(pol_call *call, pol_value json, pol_key *key)
{
    *key = (pol_key){.kind = POL_KEY_OCT};
    pol_value kty =
        json.tag == POL_OBJECT ? pol_get_name(json, "kty") : pol_undefined();
    const char *why;
    if (!pol_is_string(kty) || !kind_of(kty, &key->kind))
        return text(call, "jwk.ParseKey: ", no_key(call, json));
    key->is_private =
        key->kind != POL_KEY_OCT && pol_is_defined(pol_get_name(json, "d"));
    if ((why = read_curve(call, json, key)) ||
        (why = read_labels(call, json, key)) ||
        (why = read_parts(call, json, key)) ||
        (why = missing(call, json, key)) || (why = check(call, key)))
        return text(call, "jwk.ParseKey: ", why);
    return NULL;
}

static const char *read_set(pol_call *call, pol_value list, pol_keys *keys)
{
    if (list.tag != POL_ARRAY)
        return pol_call_printf(call,
                               "failed to unmarshal JWK set: failed to decode "
                               "\"keys\": expected '[' but got %s",
                               list.tag == POL_OBJECT ? "{" : go_type(list))
            .str;
    keys->at = pol_call_alloc(call, (list.len + 1) * sizeof *keys->at);
    keys->count = list.len;
    for (uint32_t i = 0; i < list.len; i++) {
        const char *why = read_key(call, pol_at(list, i), &keys->at[i]);
        if (why)
            return pol_call_printf(call,
                                   "failed to unmarshal JWK set: failed to "
                                   "decode key #%u in \"keys\": %s",
                                   (unsigned)i, why)
                .str;
    }
    return NULL;
}

const char *pol_jwk_read(pol_call *call, pol_value json, pol_keys *keys)
{
    if (json.tag == POL_OBJECT) {
        pol_value list = pol_get_name(json, "keys");
        if (pol_is_defined(list))
            return read_set(call, list, keys);
    }
    keys->at = pol_call_alloc(call, sizeof *keys->at);
    keys->count = 1;
    const char *why = read_key(call, json, keys->at);
    return why ? text(call, SOLE, why) : NULL;
}

const char *pol_jwk_parse(pol_call *call, pol_value source, pol_keys *keys)
{
    const char *error;
    size_t at;
    pol_value json = pol_value_parse_json(pol_call_arena(call), source.str,
                                          source.len, true, &error, &at);
    if (pol_is_defined(json))
        return pol_jwk_read(call, json, keys);
    const char *why = pol_crypto_json_complaint(call, source);
    return text(call,
                SOLE "jwk.ParseKey: jwk.Parse: failed to probe data: probe: "
                     "failed to unmarshal data: ",
                why ? why : error);
}

static const char *of_pem(pol_call *call, const pol_pem *block, pol_keys *keys)
{
    pol_blob spki = block->der;
    keys->at = pol_call_alloc(call, sizeof *keys->at);
    *keys->at = (pol_key){.kind = POL_KEY_OCT};
    keys->count = 1;
    if (pol_string_is(block->type, "CERTIFICATE")) {
        const char *why = pol_x509_spki(block->der, &spki);
        if (why)
            return text(call, "failed to parse a PEM certificate: ", why);
    } else if (!pol_string_is(block->type, "PUBLIC KEY")) {
        return "failed to extract a Key from the PEM certificate";
    }
    /* A key of a kind that tokens do not know verifies nothing. */
    if (pol_key_of_spki(spki, keys->at) ||
        pol_string_is(block->type, "CERTIFICATE"))
        return NULL;
    return text(call, "failed to parse a PEM public key: ",
                pol_x509_is_spki(spki) ? "x509: unknown public key algorithm"
                                       : "asn1: syntax error: truncated tag or "
                                         "length");
}

const char *pol_jwk_verifiers(pol_call *call, pol_value source, pol_keys *keys)
{
    pol_value rest = source;
    pol_pem block;
    if (pol_pem_next(call, &rest, &block)) {
        if (rest.len > 0)
            return "extra data after a PEM certificate block";
        return of_pem(call, &block, keys);
    }
    const char *why = pol_jwk_parse(call, source, keys);
    return why ? text(call,
                      "failed to parse a JWK key (set): jwk.ParseString: "
                      "failed to parse string: jwk.Parse: ",
                      why)
               : NULL;
}
