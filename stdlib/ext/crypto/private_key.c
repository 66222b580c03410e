/* SPDX-License-Identifier: Apache-2.0
 *
 * Private keys: PKCS 1, PKCS 8 and SEC 1, as JWK, as Go's own structures, and
 * as one half of a key pair. */
#include "key.h"
#include "pem_input.h"
#include "x509.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>

static const char truncated[] = "asn1: syntax error: truncated tag or length";
static const char mismatch[] = "asn1: structure error: tags don't match";

/* ---- reading ------------------------------------------------------------- */

static pol_blob unsigned_of(pol_blob number)
{
    while (number.len > 1 && number.at[0] == 0) {
        number.at++;
        number.len--;
    }
    return number;
}

static const char *read_pkcs1(pol_blob in, pol_key *key)
{
    static const int order[] = {POL_KEY_N, POL_KEY_E,  POL_KEY_D,  POL_KEY_P,
                                POL_KEY_Q, POL_KEY_DP, POL_KEY_DQ, POL_KEY_QI};
    pol_der all, e;
    if (!pol_der_next(&in, &all))
        return truncated;
    if (all.tag != DER_SEQUENCE || !pol_der_take(&all.body, DER_INTEGER, &e))
        return mismatch;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        if (!pol_der_take(&all.body, DER_INTEGER, &e) || e.body.len == 0)
            return mismatch;
        if (e.body.at[0] & 0x80)
            return "x509: private key contains zero or negative value";
        key->part[order[i]] = unsigned_of(e.body);
    }
    key->kind = POL_KEY_RSA;
    key->is_private = true;
    return NULL;
}

static pol_value curve_name(pol_blob oid)
{
    if (pol_der_oid_is(oid, "\x2A\x86\x48\xCE\x3D\x03\x01\x07"))
        return pol_literal("P-256");
    if (pol_der_oid_is(oid, "\x2B\x81\x04\x00\x22"))
        return pol_literal("P-384");
    return pol_der_oid_is(oid, "\x2B\x81\x04\x00\x23") ? pol_literal("P-521")
                                                       : pol_undefined();
}

/* The public half of a private key in DER. It may stand in the key or not, so
 * OpenSSL is asked. The length, 0 if it cannot be known. */
static size_t public_half(pol_blob der, unsigned char out[133])
{
    const unsigned char *at = der.at;
    size_t len = 0;
    EVP_PKEY *pkey = d2i_AutoPrivateKey(NULL, &at, (long)der.len);
    if (pkey &&
        (EVP_PKEY_set_utf8_string_param(
             pkey, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
             "uncompressed") == 1 ||
         true) &&
        EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PUB_KEY, out, 133,
                                        &len) != 1)
        len = 0;
    EVP_PKEY_free(pkey);
    ERR_clear_error();
    return len;
}

/* The private number of `size` bytes: DER may have it shorter or longer. */
static pol_blob padded(pol_call *call, pol_blob number, size_t size)
{
    number = unsigned_of(number);
    if (number.len >= size)
        return number;
    unsigned char *at = pol_call_alloc(call, size);
    memset(at, 0, size - number.len);
    memcpy(at + size - number.len, number.at, number.len);
    return (pol_blob){at, size};
}

static void set_point(pol_call *call, pol_key *key, const unsigned char *point,
                      size_t size)
{
    unsigned char *at = pol_call_alloc(call, 2 * size);
    memcpy(at, point + 1, 2 * size);
    key->part[POL_KEY_X] = (pol_blob){at, size};
    key->part[POL_KEY_Y] = (pol_blob){at + size, size};
}

/* `whole` is what OpenSSL can read; `oid` the curve that PKCS 8 names, or
 * empty. */
static const char *read_sec1(pol_call *call, pol_blob in, pol_blob oid,
                             pol_blob whole, pol_key *key)
{
    pol_der all, version, number, tagged, e;
    if (!pol_der_next(&in, &all))
        return "x509: failed to parse EC private key: asn1: syntax error: "
               "truncated tag or length";
    if (all.tag != DER_SEQUENCE ||
        !pol_der_take(&all.body, DER_INTEGER, &version) ||
        !pol_der_take(&all.body, DER_OCTETS, &number))
        return "x509: failed to parse EC private key: asn1: structure error: "
               "tags don't match";
    if (pol_der_maybe(&all.body, DER_CONTEXT_MADE | 0, &tagged) &&
        pol_der_take(&tagged.body, DER_OID, &e) && oid.len == 0)
        oid = e.body;
    key->curve = curve_name(oid);
    size_t size =
        pol_is_defined(key->curve) ? pol_key_curve_size(key->curve) : 0;
    if (size == 0)
        return "x509: unknown elliptic curve";
    unsigned char point[133];
    if (public_half(whole, point) != 1 + 2 * size)
        return "x509: invalid elliptic curve private key value";
    key->kind = POL_KEY_EC;
    key->is_private = true;
    key->part[POL_KEY_D] = padded(call, number.body, size);
    set_point(call, key, point, size);
    return NULL;
}

static const char *read_okp(pol_call *call, pol_blob whole, pol_blob octets,
                            const char *curve, pol_key *key)
{
    unsigned char public[133];
    pol_der seed;
    if (!pol_der_take(&octets, DER_OCTETS, &seed) || seed.body.len != 32)
        return "x509: invalid Ed25519 private key length";
    if (public_half(whole, public) != 32)
        return "x509: invalid Ed25519 private key";
    unsigned char *at = pol_call_alloc(call, 32);
    memcpy(at, public, 32);
    key->kind = POL_KEY_OKP;
    key->is_private = true;
    key->curve = pol_string(curve, strlen(curve));
    key->part[POL_KEY_D] = seed.body;
    key->part[POL_KEY_X] = (pol_blob){at, 32};
    return NULL;
}

static const char *read_pkcs8(pol_call *call, pol_blob in, pol_key *key)
{
    pol_blob whole = in;
    pol_der all, e, algorithm, oid, octets, curve = {.body = {NULL, 0}};
    if (!pol_der_next(&in, &all))
        return truncated;
    if (all.tag != DER_SEQUENCE || !pol_der_take(&all.body, DER_INTEGER, &e) ||
        !pol_der_take(&all.body, DER_SEQUENCE, &algorithm) ||
        !pol_der_take(&algorithm.body, DER_OID, &oid) ||
        !pol_der_take(&all.body, DER_OCTETS, &octets))
        return mismatch;
    if (pol_der_oid_is(oid.body, "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01"))
        return read_pkcs1(octets.body, key);
    if (pol_der_oid_is(oid.body, "\x2A\x86\x48\xCE\x3D\x02\x01")) {
        if (!pol_der_take(&algorithm.body, DER_OID, &curve))
            return "x509: unknown elliptic curve";
        return read_sec1(call, octets.body, curve.body, whole, key);
    }
    if (pol_der_oid_is(oid.body, "\x2B\x65\x70"))
        return read_okp(call, whole, octets.body, "Ed25519", key);
    if (pol_der_oid_is(oid.body, "\x2B\x65\x6E"))
        return read_okp(call, whole, octets.body, "X25519", key);
    return "x509: PKCS#8 wrapping contained private key with unknown algorithm";
}

/* ---- as values ----------------------------------------------------------- */

static void put_part(pol_call *call, pol_builder *out, const char *name,
                     pol_blob part)
{
    pol_bytes text;
    pol_bytes_init(&text, call, part.len * 4 / 3 + 4);
    pol_base64_encode(&text, (const char *)part.at, part.len,
                      POL_BASE64_URL | POL_BASE64_RAW);
    pol_x509_put(out, name, pol_bytes_done(&text));
}

static pol_value jwk_of(pol_call *call, const pol_key *key)
{
    static const char *const names[POL_KEY_PARTS] = {
        "d", "e", "k", "n", "p", "q", "dp", "dq", "qi", "x", "y"};
    pol_builder out;
    pol_builder_init(&out, pol_call_arena(call), POL_OBJECT);
    pol_x509_put(&out, "kty",
                 key->kind == POL_KEY_RSA  ? pol_literal("RSA")
                 : key->kind == POL_KEY_EC ? pol_literal("EC")
                                           : pol_literal("OKP"));
    if (key->kind != POL_KEY_RSA)
        pol_x509_put(&out, "crv", key->curve);
    for (int i = 0; i < POL_KEY_PARTS; i++)
        if (key->part[i].len > 0)
            put_part(call, &out, names[i], key->part[i]);
    return pol_builder_done(&out);
}

static void put_number(pol_call *call, pol_builder *out, const char *name,
                       pol_blob part)
{
    pol_x509_put(out, name, pol_blob_number(call, part));
}

static pol_value rsa_of(pol_call *call, const pol_key *key)
{
    pol_arena *arena = pol_call_arena(call);
    pol_builder computed, out;
    pol_value *primes = pol_items(arena, 2);
    primes[0] = pol_blob_number(call, key->part[POL_KEY_P]);
    primes[1] = pol_blob_number(call, key->part[POL_KEY_Q]);
    pol_builder_init(&computed, arena, POL_OBJECT);
    pol_x509_put(&computed, "CRTValues", pol_array(NULL, 0));
    put_number(call, &computed, "Dp", key->part[POL_KEY_DP]);
    put_number(call, &computed, "Dq", key->part[POL_KEY_DQ]);
    put_number(call, &computed, "Qinv", key->part[POL_KEY_QI]);
    pol_builder_init(&out, arena, POL_OBJECT);
    put_number(call, &out, "D", key->part[POL_KEY_D]);
    put_number(call, &out, "E", key->part[POL_KEY_E]);
    put_number(call, &out, "N", key->part[POL_KEY_N]);
    pol_x509_put(&out, "Primes", pol_array(primes, 2));
    pol_x509_put(&out, "Precomputed", pol_builder_done(&computed));
    return pol_builder_done(&out);
}

/* What Go's encoding/json makes of the key. */
static pol_value structure_of(pol_call *call, const pol_key *key)
{
    pol_arena *arena = pol_call_arena(call);
    pol_value empty = pol_object_of(arena, NULL, NULL, 0);
    if (key->kind == POL_KEY_RSA)
        return rsa_of(call, key);
    if (key->kind == POL_KEY_OKP && pol_string_is(key->curve, "X25519"))
        return empty;
    if (key->kind == POL_KEY_OKP) {
        unsigned char both[64];
        memcpy(both, key->part[POL_KEY_D].at, 32);
        memcpy(both + 32, key->part[POL_KEY_X].at, 32);
        return pol_blob_base64(call, (pol_blob){both, sizeof both});
    }
    pol_builder out;
    pol_builder_init(&out, arena, POL_OBJECT);
    pol_x509_put(&out, "Curve", empty);
    put_number(call, &out, "D", key->part[POL_KEY_D]);
    put_number(call, &out, "X", key->part[POL_KEY_X]);
    put_number(call, &out, "Y", key->part[POL_KEY_Y]);
    return pol_builder_done(&out);
}

/* ---- functions ----------------------------------------------------------- */

/* The next private key of the blocks; sets *found. NULL, or what is wrong. */
static const char *next_key(pol_call *call, pol_value *text, pol_key *key,
                            bool *found)
{
    pol_pem block;
    *found = false;
    while (pol_pem_next(call, text, &block)) {
        pol_blob none = {NULL, 0};
        *key = (pol_key){.kind = POL_KEY_OCT};
        *found = true;
        if (pol_string_is(block.type, "RSA PRIVATE KEY"))
            return read_pkcs1(block.der, key);
        if (pol_string_is(block.type, "PRIVATE KEY"))
            return read_pkcs8(call, block.der, key);
        if (pol_string_is(block.type, "EC PRIVATE KEY"))
            return read_sec1(call, block.der, none, block.der, key);
        *found = false;
    }
    return NULL;
}

POL_CRYPTO_FUNCTION(parse_rsa_private_key)
{
    pol_pem_input input;
    pol_key key;
    bool found = false;
    if (args[0].len == 0)
        return pol_call_error(call, "input PEM data was empty");
    const char *why = pol_pem_input_read(call, args[0], &input);
    if (!why)
        why = next_key(call, &input.bytes, &key, &found);
    if (why)
        return pol_call_error(call, "%s", why);
    return found ? jwk_of(call, &key) : pol_null();
}

POL_CRYPTO_FUNCTION(parse_private_keys)
{
    pol_pem_input input;
    pol_key key;
    bool found = true;
    pol_builder out;
    pol_builder_init(&out, pol_call_arena(call), POL_ARRAY);
    if (args[0].len == 0)
        return pol_null();
    if (pol_pem_input_read(call, args[0], &input))
        return pol_builder_done(&out);
    while (found) {
        const char *why = next_key(call, &input.bytes, &key, &found);
        if (why)
            return pol_call_error(call, "%s", why);
        if (found)
            pol_builder_add(&out, structure_of(call, &key));
    }
    return pol_builder_done(&out);
}

/* ---- key pairs ----------------------------------------------------------- */

static bool ends_with(pol_value text, const char *end)
{
    size_t len = strlen(end);
    return text.len >= len && memcmp(text.str + text.len - len, end, len) == 0;
}

static void note_type(pol_bytes *types, pol_value type)
{
    if (types->len > 0)
        pol_bytes_byte(types, ' ');
    pol_bytes_add(types, type.str, type.len);
}

static const char *pair_certificates(pol_call *call, pol_value text,
                                     pol_blobs *ders)
{
    pol_pem_input input;
    pol_pem block;
    pol_bytes types;
    const char *why = pol_pem_input_read(call, text, &input);
    if (why)
        return why;
    if (!input.is_pem) {
        ders->at = pol_call_alloc(call, sizeof *ders->at);
        ders->at[0] = pol_blob_of(input.bytes);
        ders->count = 1;
        return NULL;
    }
    pol_bytes_init(&types, call, 64);
    size_t room = input.bytes.len / 20 + 1; /* a block has more bytes */
    ders->at = pol_call_alloc(call, room * sizeof *ders->at);
    ders->count = 0;
    bool has_key = false;
    while (pol_pem_next(call, &input.bytes, &block)) {
        if (pol_string_is(block.type, "CERTIFICATE")) {
            ders->at[ders->count++] = block.der;
        } else {
            has_key = types.len == 0 && ends_with(block.type, "PRIVATE KEY");
            note_type(&types, block.type);
        }
    }
    if (ders->count > 0)
        return NULL;
    if (types.len == 0)
        return "tls: failed to find any PEM data in certificate input";
    if (has_key)
        return "tls: failed to find certificate PEM data in certificate input, "
               "but did find a private key; PEM inputs may have been switched";
    return pol_call_printf(call,
                           "tls: failed to find \"CERTIFICATE\" PEM block in "
                           "certificate input after skipping PEM blocks of the "
                           "following types: [%.*s]",
                           (int)types.len, types.at)
        .str;
}

static const char *any_key(pol_call *call, pol_blob der, pol_key *key)
{
    pol_blob none = {NULL, 0};
    *key = (pol_key){.kind = POL_KEY_OCT};
    if (!read_pkcs1(der, key))
        return NULL;
    *key = (pol_key){.kind = POL_KEY_OCT};
    if (!read_pkcs8(call, der, key))
        return NULL;
    *key = (pol_key){.kind = POL_KEY_OCT};
    if (!read_sec1(call, der, none, der, key))
        return NULL;
    return "tls: failed to parse private key";
}

/* The bytes of the private key of a pair. */
static const char *pair_key(pol_call *call, pol_value text, pol_blob *der)
{
    pol_pem_input input;
    pol_pem block;
    pol_bytes types;
    const char *why = pol_pem_input_read(call, text, &input);
    if (why)
        return why;
    if (!input.is_pem) {
        *der = pol_blob_of(input.bytes);
        return NULL;
    }
    pol_bytes_init(&types, call, 64);
    bool has_certificate = false;
    while (pol_pem_next(call, &input.bytes, &block)) {
        if (pol_string_is(block.type, "PRIVATE KEY") ||
            ends_with(block.type, " PRIVATE KEY")) {
            *der = block.der;
            return NULL;
        }
        has_certificate =
            types.len == 0 && pol_string_is(block.type, "CERTIFICATE");
        note_type(&types, block.type);
    }
    if (types.len == 0)
        return "tls: failed to find any PEM data in key input";
    if (has_certificate)
        return "tls: found a certificate rather than a key in the PEM for the "
               "private key";
    return pol_call_printf(call,
                           "tls: failed to find PEM block with type ending in "
                           "\"PRIVATE KEY\" in key input after skipping PEM "
                           "blocks of the following types: [%.*s]",
                           (int)types.len, types.at)
        .str;
}

/* Is the key the one that the certificate speaks of? */
static const char *match(pol_call *call, pol_value leaf, const pol_key *key)
{
    static const int64_t kinds[] = {[POL_KEY_OCT] = 0,
                                    [POL_KEY_RSA] = 1,
                                    [POL_KEY_EC] = 3,
                                    [POL_KEY_OKP] = 4};
    pol_value public = pol_get_name(leaf, "PublicKey");
    pol_value kind = pol_get_name(leaf, "PublicKeyAlgorithm");
    if (!pol_equal(kind, pol_int(kinds[key->kind])))
        return "tls: private key type does not match public key type";
    pol_value mine = structure_of(call, key);
    bool same;
    if (key->kind == POL_KEY_OKP)
        same = pol_equal(public, pol_blob_base64(call, key->part[POL_KEY_X]));
    else if (key->kind == POL_KEY_RSA)
        same = pol_equal(pol_get_name(public, "N"), pol_get_name(mine, "N"));
    else
        same = pol_equal(pol_get_name(public, "X"), pol_get_name(mine, "X")) &&
               pol_equal(pol_get_name(public, "Y"), pol_get_name(mine, "Y"));
    return same ? NULL : "tls: private key does not match public key";
}

POL_CRYPTO_FUNCTION(parse_keypair)
{
    pol_blobs ders;
    pol_blob key_der;
    pol_key key;
    pol_value leaf;
    const char *why = pair_certificates(call, args[0], &ders);
    if (!why)
        why = pair_key(call, args[1], &key_der);
    if (!why)
        why = pol_x509_certificate(call, ders.at[0], false, &leaf);
    if (!why)
        why = any_key(call, key_der, &key);
    if (!why)
        why = match(call, leaf, &key);
    if (why)
        return pol_call_error(call, "%s", why);
    pol_value *list = pol_items(pol_call_arena(call), ders.count);
    for (size_t i = 0; i < ders.count; i++)
        list[i] = pol_blob_base64(call, ders.at[i]);
    pol_builder out;
    pol_builder_init(&out, pol_call_arena(call), POL_OBJECT);
    pol_x509_put(&out, "Certificate", pol_array(list, ders.count));
    pol_x509_put(&out, "Leaf", leaf);
    pol_x509_put(&out, "OCSPStaple", pol_null());
    pol_x509_put(&out, "PrivateKey", structure_of(call, &key));
    pol_x509_put(&out, "SignedCertificateTimestamps", pol_null());
    pol_x509_put(&out, "SupportedSignatureAlgorithms", pol_null());
    return pol_builder_done(&out);
}
