/* SPDX-License-Identifier: Apache-2.0
 *
 * From parts to OpenSSL's keys, and signatures with them. */
#include "key.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

const pol_algorithm *pol_algorithm_named(pol_value name)
{
    static const pol_algorithm all[] = {
        {"HS256", POL_KEY_OCT, POL_SHA256, false},
        {"HS384", POL_KEY_OCT, POL_SHA384, false},
        {"HS512", POL_KEY_OCT, POL_SHA512, false},
        {"RS256", POL_KEY_RSA, POL_SHA256, false},
        {"RS384", POL_KEY_RSA, POL_SHA384, false},
        {"RS512", POL_KEY_RSA, POL_SHA512, false},
        {"PS256", POL_KEY_RSA, POL_SHA256, true},
        {"PS384", POL_KEY_RSA, POL_SHA384, true},
        {"PS512", POL_KEY_RSA, POL_SHA512, true},
        {"ES256", POL_KEY_EC, POL_SHA256, false},
        {"ES384", POL_KEY_EC, POL_SHA384, false},
        {"ES512", POL_KEY_EC, POL_SHA512, false},
        {"EdDSA", POL_KEY_OKP, POL_SHA512, false},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (name.len == strlen(all[i].name) &&
            memcmp(name.str, all[i].name, name.len) == 0)
            return &all[i];
    return NULL;
}

static const EVP_MD *digest_of(const pol_algorithm *algorithm)
{
    switch (algorithm->digest) {
    case POL_SHA256: return EVP_sha256();
    case POL_SHA384: return EVP_sha384();
    default: return EVP_sha512();
    }
}

/* ---- opening ------------------------------------------------------------- */

typedef struct curve {
    const char *name, *group;
    size_t size;
} curve;

static const curve *curve_of(pol_value name)
{
    static const curve all[] = {
        {"P-256", "prime256v1", 32},
        {"P-384", "secp384r1", 48},
        {"P-521", "secp521r1", 66},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (name.len == strlen(all[i].name) &&
            memcmp(name.str, all[i].name, name.len) == 0)
            return &all[i];
    return NULL;
}

size_t pol_key_curve_size(pol_value name)
{
    const curve *c = curve_of(name);
    return c ? c->size : 0;
}

/* The numbers of a key under construction, freed together. */
typedef struct parts {
    OSSL_PARAM_BLD *bld;
    BIGNUM *number[POL_KEY_PARTS];
} parts;

/* Loads a part as a number; one that is not given stays NULL. */
static bool load(parts *p, const pol_key *key, int part)
{
    pol_blob b = key->part[part];
    if (b.len == 0)
        return true;
    p->number[part] = BN_bin2bn(b.at, (int)b.len, NULL);
    return p->number[part] != NULL;
}

/* What of the three numbers for signing with primes is not given is computed:
 * OpenSSL takes all of them or none (and leaks what it refuses). */
static bool compute(parts *p)
{
    BIGNUM **n = p->number;
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *less = BN_new();
    bool ok = ctx && less;
    static const int of[] = {POL_KEY_P, POL_KEY_Q};
    static const int exponent[] = {POL_KEY_DP, POL_KEY_DQ};
    for (int i = 0; ok && i < 2; i++) {
        if (n[exponent[i]])
            continue;
        n[exponent[i]] = BN_new();
        ok = n[exponent[i]] && BN_sub(less, n[of[i]], BN_value_one()) &&
             !BN_is_zero(less) &&
             BN_mod(n[exponent[i]], n[POL_KEY_D], less, ctx);
    }
    if (ok && !n[POL_KEY_QI]) {
        n[POL_KEY_QI] = BN_mod_inverse(NULL, n[POL_KEY_Q], n[POL_KEY_P], ctx);
        ok = n[POL_KEY_QI] != NULL;
    }
    BN_free(less);
    BN_CTX_free(ctx);
    return ok;
}

static bool push_rsa(parts *p, const pol_key *key)
{
    static const struct {
        int part;
        const char *name;
    } all[] = {{POL_KEY_N, OSSL_PKEY_PARAM_RSA_N},
               {POL_KEY_E, OSSL_PKEY_PARAM_RSA_E},
               {POL_KEY_D, OSSL_PKEY_PARAM_RSA_D},
               {POL_KEY_P, OSSL_PKEY_PARAM_RSA_FACTOR1},
               {POL_KEY_Q, OSSL_PKEY_PARAM_RSA_FACTOR2},
               {POL_KEY_DP, OSSL_PKEY_PARAM_RSA_EXPONENT1},
               {POL_KEY_DQ, OSSL_PKEY_PARAM_RSA_EXPONENT2},
               {POL_KEY_QI, OSSL_PKEY_PARAM_RSA_COEFFICIENT1}};
    size_t wanted = key->is_private ? 8 : 2;
    for (size_t i = 0; i < wanted; i++)
        if (!load(p, key, all[i].part))
            return false;
    if (key->is_private && (!p->number[POL_KEY_D] || !p->number[POL_KEY_P] ||
                            !p->number[POL_KEY_Q] || !compute(p)))
        return false;
    for (size_t i = 0; i < wanted; i++)
        if (!p->number[all[i].part] ||
            !OSSL_PARAM_BLD_push_BN(p->bld, all[i].name,
                                    p->number[all[i].part]))
            return false;
    return true;
}

static bool push_ec(parts *p, const pol_key *key, unsigned char point[133])
{
    const curve *c = curve_of(key->curve);
    pol_blob x = key->part[POL_KEY_X], y = key->part[POL_KEY_Y];
    if (!c || x.len != c->size || y.len != c->size)
        return false;
    point[0] = POINT_CONVERSION_UNCOMPRESSED;
    memcpy(point + 1, x.at, x.len);
    memcpy(point + 1 + x.len, y.at, y.len);
    return OSSL_PARAM_BLD_push_utf8_string(p->bld, OSSL_PKEY_PARAM_GROUP_NAME,
                                           c->group, 0) &&
           OSSL_PARAM_BLD_push_octet_string(p->bld, OSSL_PKEY_PARAM_PUB_KEY,
                                            point, 1 + 2 * c->size) &&
           load(p, key, POL_KEY_D) &&
           (!p->number[POL_KEY_D] ||
            OSSL_PARAM_BLD_push_BN(p->bld, OSSL_PKEY_PARAM_PRIV_KEY,
                                   p->number[POL_KEY_D]));
}

static EVP_PKEY *from_data(const char *type, OSSL_PARAM_BLD *bld, int selection)
{
    EVP_PKEY *pkey = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(bld);
    if (ctx && params && EVP_PKEY_fromdata_init(ctx) > 0)
        EVP_PKEY_fromdata(ctx, &pkey, selection, params);
    OSSL_PARAM_free(params);
    EVP_PKEY_CTX_free(ctx);
    return pkey;
}

static EVP_PKEY *from_parts(const pol_key *key)
{
    unsigned char point[133];
    parts p = {.bld = OSSL_PARAM_BLD_new()};
    bool is_rsa = key->kind == POL_KEY_RSA;
    EVP_PKEY *pkey = NULL;
    if (p.bld && (is_rsa ? push_rsa(&p, key) : push_ec(&p, key, point)))
        pkey =
            from_data(is_rsa ? "RSA" : "EC", p.bld,
                      key->is_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY);
    OSSL_PARAM_BLD_free(p.bld);
    for (int i = 0; i < POL_KEY_PARTS; i++)
        BN_clear_free(p.number[i]);
    return pkey;
}

static EVP_PKEY *open_key(const pol_key *key)
{
    if (key->spki.at) {
        const unsigned char *at = key->spki.at;
        return d2i_PUBKEY(NULL, &at, (long)key->spki.len);
    }
    if (key->kind != POL_KEY_OKP)
        return from_parts(key);
    if (!pol_string_is(key->curve, "Ed25519"))
        return NULL;
    pol_blob raw = key->part[key->is_private ? POL_KEY_D : POL_KEY_X];
    return key->is_private ? EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519,
                                                          NULL, raw.at, raw.len)
                           : EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
                                                         raw.at, raw.len);
}

bool pol_key_is_on_curve(const pol_key *key)
{
    pol_key public = *key;
    public.is_private = false;
    public.part[POL_KEY_D].len = 0;
    EVP_PKEY *pkey = open_key(&public);
    ERR_clear_error();
    EVP_PKEY_free(pkey);
    return pkey != NULL;
}

bool pol_key_of_spki(pol_blob der, pol_key *key)
{
    const unsigned char *at = der.at;
    EVP_PKEY *pkey = d2i_PUBKEY(NULL, &at, (long)der.len);
    int id = pkey ? EVP_PKEY_get_base_id(pkey) : 0;
    EVP_PKEY_free(pkey);
    ERR_clear_error();
    key->kind = id == EVP_PKEY_RSA       ? POL_KEY_RSA
                : id == EVP_PKEY_EC      ? POL_KEY_EC
                : id == EVP_PKEY_ED25519 ? POL_KEY_OKP
                                         : POL_KEY_OCT;
    key->spki = der;
    return key->kind != POL_KEY_OCT;
}

/* ---- signatures ---------------------------------------------------------- */

/* r and s side by side, as JWS has them, in DER; the caller frees *der with
 * OPENSSL_free. Its length, or 0. */
static int to_der(pol_blob raw, unsigned char **der)
{
    size_t half = raw.len / 2;
    ECDSA_SIG *sig = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw.at, (int)half, NULL);
    BIGNUM *s = BN_bin2bn(raw.at + half, (int)half, NULL);
    int len = 0;
    if (sig && r && s && ECDSA_SIG_set0(sig, r, s)) {
        len = i2d_ECDSA_SIG(sig, der);
    } else {
        BN_free(r);
        BN_free(s);
    }
    ECDSA_SIG_free(sig);
    return len > 0 ? len : 0;
}

/* The other way round, in place; each half has `size` bytes. */
static bool from_der(unsigned char *at, size_t *len, size_t size)
{
    const unsigned char *der = at;
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)*len);
    bool ok = sig && BN_bn2binpad(ECDSA_SIG_get0_r(sig), at, (int)size) > 0 &&
              BN_bn2binpad(ECDSA_SIG_get0_s(sig), at + size, (int)size) > 0;
    ECDSA_SIG_free(sig);
    *len = 2 * size;
    return ok;
}

static bool set_padding(EVP_PKEY_CTX *ctx, const pol_algorithm *algorithm,
                        int salt)
{
    if (!algorithm->pss)
        return true;
    return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) > 0 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, salt) > 0;
}

static bool verify_with(EVP_PKEY *pkey, const pol_algorithm *algorithm,
                        pol_blob text, pol_blob signature)
{
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    EVP_PKEY_CTX *ctx = NULL;
    const EVP_MD *digest =
        algorithm->kind == POL_KEY_OKP ? NULL : digest_of(algorithm);
    bool ok = md && EVP_DigestVerifyInit(md, &ctx, digest, NULL, pkey) > 0 &&
              set_padding(ctx, algorithm, RSA_PSS_SALTLEN_AUTO) &&
              EVP_DigestVerify(md, signature.at, signature.len, text.at,
                               text.len) == 1;
    EVP_MD_CTX_free(md);
    return ok;
}

static bool verify_hmac(const pol_key *key, const pol_algorithm *algorithm,
                        pol_blob text, pol_blob signature)
{
    pol_digest_bytes mac =
        pol_digest_hmac(algorithm->digest, key->part[POL_KEY_K], text);
    return mac.len > 0 && mac.len == signature.len &&
           CRYPTO_memcmp(mac.at, signature.at, mac.len) == 0;
}

bool pol_key_verify(const pol_key *whole, const pol_algorithm *algorithm,
                    pol_blob text, pol_blob signature)
{
    pol_key public = *whole;
    const pol_key *key = &public;
    public.is_private = false;
    public.part[POL_KEY_D].len = 0;
    if (key->kind != algorithm->kind || signature.len == 0)
        return false;
    if (key->kind == POL_KEY_OCT)
        return verify_hmac(key, algorithm, text, signature);
    unsigned char *der = NULL;
    EVP_PKEY *pkey = open_key(key);
    bool ok = pkey != NULL;
    if (ok && key->kind == POL_KEY_EC) {
        size_t size = ((size_t)EVP_PKEY_get_bits(pkey) + 7) / 8;
        ok = signature.len == 2 * size;
        signature.len = ok ? (size_t)to_der(signature, &der) : 0;
        signature.at = der;
    }
    ok = ok && signature.len > 0 &&
         verify_with(pkey, algorithm, text, signature);
    EVP_PKEY_free(pkey);
    OPENSSL_free(der);
    ERR_clear_error();
    return ok;
}

/* Why an RSA key cannot sign what another of its size could. */
static const char *rsa_complaint(EVP_PKEY *pkey, const pol_algorithm *algorithm)
{
    int need = EVP_MD_get_size(digest_of(algorithm));
    int have = (EVP_PKEY_get_bits(pkey) + 7) / 8;
    if (algorithm->pss && have < 2 * need + 2)
        return "crypto/rsa: message too long for RSA key size";
    return "crypto/rsa: invalid key";
}

static const char *sign_with(EVP_PKEY *pkey, const pol_algorithm *algorithm,
                             pol_blob text, unsigned char *out, size_t *len)
{
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    EVP_PKEY_CTX *ctx = NULL;
    const EVP_MD *digest =
        algorithm->kind == POL_KEY_OKP ? NULL : digest_of(algorithm);
    *len = POL_KEY_SIGNATURE_MAX;
    bool ok = EVP_PKEY_get_size(pkey) <= POL_KEY_SIGNATURE_MAX && md &&
              EVP_DigestSignInit(md, &ctx, digest, NULL, pkey) > 0 &&
              set_padding(ctx, algorithm, RSA_PSS_SALTLEN_DIGEST) &&
              EVP_DigestSign(md, out, len, text.at, text.len) == 1;
    EVP_MD_CTX_free(md);
    if (ok)
        return NULL;
    return algorithm->kind == POL_KEY_RSA ? rsa_complaint(pkey, algorithm)
                                          : "the key cannot sign";
}

/* Do the parts of a private key belong together? OpenSSL signs with whatever it
 * is given. */
static const char *check(EVP_PKEY *pkey, const pol_key *key)
{
    if (key->kind == POL_KEY_OKP) {
        unsigned char x[32];
        size_t len = sizeof x;
        pol_blob want = key->part[POL_KEY_X];
        bool same = EVP_PKEY_get_raw_public_key(pkey, x, &len) == 1 &&
                    want.len == len && memcmp(x, want.at, len) == 0;
        return same ? NULL : "ed25519: invalid x value given d value";
    }
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey, NULL);
    bool ok = ctx && EVP_PKEY_pairwise_check(ctx) == 1;
    EVP_PKEY_CTX_free(ctx);
    if (ok)
        return NULL;
    return key->kind == POL_KEY_RSA ? "crypto/rsa: invalid private key"
                                    : "ecdsa: invalid private key";
}

const char *pol_key_sign(const pol_key *key, const pol_algorithm *algorithm,
                         pol_blob text,
                         unsigned char out[POL_KEY_SIGNATURE_MAX], size_t *len)
{
    if (key->kind == POL_KEY_OCT) {
        pol_digest_bytes mac =
            pol_digest_hmac(algorithm->digest, key->part[POL_KEY_K], text);
        memcpy(out, mac.at, mac.len);
        *len = mac.len;
        return mac.len ? NULL : "the hash is not available";
    }
    EVP_PKEY *pkey = open_key(key);
    const char *why = "invalid private key";
    if (pkey)
        why = check(pkey, key);
    if (!why)
        why = sign_with(pkey, algorithm, text, out, len);
    if (!why && key->kind == POL_KEY_EC &&
        !from_der(out, len, pol_key_curve_size(key->curve)))
        why = "the key cannot sign";
    EVP_PKEY_free(pkey);
    ERR_clear_error();
    return why;
}
