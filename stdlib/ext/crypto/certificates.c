/* SPDX-License-Identifier: Apache-2.0
 *
 * Listing certificates and requests, and checking chains. The chain is built by
 * OpenSSL, with what Go asks of it beyond that: names, usages, hashes. */
#include "pem_input.h"
#include "x509.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

static const char *list_all(pol_call *call, const pol_blobs *ders, bool strings,
                            pol_value *out)
{
    pol_value *items = pol_items(pol_call_arena(call), ders->count + 1);
    for (size_t i = 0; i < ders->count; i++) {
        const char *why =
            pol_x509_certificate(call, ders->at[i], strings, &items[i]);
        if (why)
            return why;
    }
    *out = pol_array(items, ders->count);
    return NULL;
}

POL_CRYPTO_FUNCTION(parse_certificates)
{
    pol_blobs ders;
    pol_value list;
    const char *why = pol_pem_input_certificates(call, args[0], &ders);
    if (!why)
        why = list_all(call, &ders, true, &list);
    return why ? pol_call_error(call, "%s", why) : list;
}

static bool is_request(const pol_pem *block)
{
    return pol_string_is(block->type, "CERTIFICATE REQUEST") ||
           pol_string_is(block->type, "NEW CERTIFICATE REQUEST");
}

static const char *request_der(pol_call *call, pol_value text, pol_blob *der)
{
    pol_value rest = text;
    pol_pem block;
    if (!pol_pem_next(call, &rest, &block) || !is_request(&block)) {
        pol_bytes out;
        size_t bad;
        pol_bytes_init(&out, call, text.len);
        if (!pol_base64_decode(&out, text, 0, &bad))
            return pol_call_printf(call,
                                   "illegal base64 data at input byte %zu", bad)
                .str;
        rest = pol_bytes_done(&out);
        block.der = pol_blob_of(rest);
        if (rest.len < 10 || memcmp(rest.str, "-----BEGIN", 10) != 0) {
            *der = block.der;
            return NULL;
        }
        if (!pol_pem_next(call, &rest, &block) || !is_request(&block))
            return "invalid PEM-encoded certificate signing request";
    }
    *der = block.der;
    return NULL;
}

POL_CRYPTO_FUNCTION(parse_request)
{
    pol_blob der;
    pol_value out;
    const char *why = request_der(call, args[0], &der);
    if (!why)
        why = pol_x509_request(call, der, &out);
    return why ? pol_call_error(call, "%s", why) : out;
}

/* ---- chains -------------------------------------------------------------- */

enum { ANY_USAGE = 0, SERVER_USAGE = 1, USAGES = 14, VERIFY_WORK = 20000 };

typedef struct options {
    pol_value host;  /* undefined: any */
    int64_t now;     /* nanoseconds; negative: the evaluation's */
    uint32_t usages; /* bits by Go's numbers */
    bool strings;    /* list URIStrings too */
} options;

/* OpenSSL's view of a chain, freed as one. */
typedef struct chain {
    X509_STORE *store;
    X509_STORE_CTX *ctx;
    STACK_OF(X509) * between;
    X509 *leaf;
} chain;

static X509 *open_one(pol_blob der)
{
    const unsigned char *at = der.at;
    return d2i_X509(NULL, &at, (long)der.len);
}

static bool chain_load(chain *c, const pol_blobs *ders)
{
    X509 *root = open_one(ders->at[0]);
    c->store = X509_STORE_new();
    c->ctx = X509_STORE_CTX_new();
    c->between = sk_X509_new_null();
    c->leaf = open_one(ders->at[ders->count - 1]);
    bool ok = root && c->store && c->ctx && c->between && c->leaf &&
              X509_STORE_add_cert(c->store, root) == 1;
    X509_free(root);
    for (size_t i = 1; ok && i + 1 < ders->count; i++) {
        X509 *one = open_one(ders->at[i]);
        ok = one && sk_X509_push(c->between, one) > 0;
        if (!ok)
            X509_free(one);
    }
    return ok;
}

static void chain_free(chain *c)
{
    X509_STORE_CTX_free(c->ctx);
    X509_STORE_free(c->store);
    sk_X509_pop_free(c->between, X509_free);
    X509_free(c->leaf);
    ERR_clear_error();
}

static bool host_fits(X509 *leaf, const char *host)
{
    size_t len = strlen(host);
    unsigned char ip[16];
    char inner[INET6_ADDRSTRLEN];
    if (len > 2 && len - 2 < sizeof inner && host[0] == '[' &&
        host[len - 1] == ']') {
        memcpy(inner, host + 1, len - 2);
        inner[len - 2] = '\0';
        host = inner;
    }
    if (inet_pton(AF_INET, host, ip) == 1)
        return X509_check_ip(leaf, ip, 4, 0) == 1;
    if (inet_pton(AF_INET6, host, ip) == 1)
        return X509_check_ip(leaf, ip, 16, 0) == 1;
    /* A root at the end is the same name. */
    if (len > 1 && host[len - 1] == '.')
        len--;
    return X509_check_host(leaf, host, len,
                           X509_CHECK_FLAG_NEVER_CHECK_SUBJECT |
                               X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS,
                           NULL) == 1;
}

/* Marks in `order` which certificates make the chain, the leaf first; their
 * number, 0 if there is none that holds. */
static size_t verified(const pol_blobs *ders, const options *o,
                       const char *host, size_t *order)
{
    chain c = {NULL, NULL, NULL, NULL};
    size_t count = 0;
    bool ok = chain_load(&c, ders) &&
              X509_STORE_CTX_init(c.ctx, c.store, c.leaf, c.between) == 1;
    if (ok) {
        X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(c.ctx);
        X509_VERIFY_PARAM_set_time(param, (time_t)(o->now / 1000000000));
        X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
        ok = X509_verify_cert(c.ctx) == 1 && (!host || host_fits(c.leaf, host));
    }
    STACK_OF(X509) *found = ok ? X509_STORE_CTX_get0_chain(c.ctx) : NULL;
    for (int i = 0; found && i < sk_X509_num(found); i++) {
        X509 *one = sk_X509_value(found, i);
        for (size_t k = ders->count; k-- > 0;) {
            X509 *mine = open_one(ders->at[k]);
            bool same = mine && X509_cmp(mine, one) == 0;
            X509_free(mine);
            if (same) {
                order[count++] = k;
                break;
            }
        }
    }
    chain_free(&c);
    return count;
}

/* Go takes no chain whose signatures rest on a broken hash or on DSA. */
static bool is_weak(pol_value certificate)
{
    int64_t algorithm = 0;
    pol_number_int64(pol_get_name(certificate, "SignatureAlgorithm"),
                     &algorithm);
    return algorithm < 4 || (algorithm >= 7 && algorithm <= 9);
}

/* Which of the wanted usages does every certificate of the chain allow? */
static uint32_t narrowed(pol_value certificate, uint32_t usages)
{
    pol_value known = pol_get_name(certificate, "ExtKeyUsage");
    pol_value unknown = pol_get_name(certificate, "UnknownExtKeyUsage");
    if (known.tag != POL_ARRAY)
        return unknown.tag == POL_ARRAY ? 0 : usages;
    uint32_t has = 0;
    for (uint32_t i = 0; i < known.len; i++) {
        int64_t number = 0;
        pol_number_int64(pol_at(known, i), &number);
        if (number == ANY_USAGE)
            return usages;
        has |= 1u << number;
    }
    return usages & has;
}

static pol_value answer(pol_call *call, bool ok, pol_value list)
{
    pol_value *items = pol_items(pol_call_arena(call), 2);
    items[0] = pol_bool(ok);
    items[1] = ok ? list : pol_array(NULL, 0);
    return pol_array(items, 2);
}

static pol_value check_chain(pol_call *call, const pol_blobs *ders,
                             const options *o)
{
    pol_value all, none = pol_array(NULL, 0);
    /* Certificates that Go would not read are no chain. */
    if (ders->count < 2 || list_all(call, ders, o->strings, &all))
        return answer(call, false, none);
    size_t *order = pol_call_alloc(call, ders->count * sizeof *order);
    pol_value *chosen = pol_items(pol_call_arena(call), ders->count);
    const char *host = NULL;
    if (pol_is_defined(o->host) && o->host.len > 0)
        host = pol_call_printf(call, "%.*s", (int)o->host.len, o->host.str).str;
    pol_call_spend(call, VERIFY_WORK * ders->count);
    size_t count = verified(ders, o, host, order);
    uint32_t usages = o->usages;
    bool ok = count > 0;
    for (size_t i = 0; i < count; i++) {
        chosen[i] = pol_at(all, (uint32_t)order[i]);
        ok = ok && (i + 1 == count || !is_weak(chosen[i]));
        if (!(usages & 1u << ANY_USAGE))
            usages = narrowed(chosen[i], usages);
    }
    return answer(call, ok && usages != 0, pol_array(chosen, count));
}

static pol_value check_ders(pol_call *call, pol_blobs *ders, options *o)
{
    if (o->now < 0)
        o->now = pol_call_now(call);
    return check_chain(call, ders, o);
}

POL_CRYPTO_FUNCTION(parse_and_verify)
{
    options o = {pol_undefined(), -1, 1u << SERVER_USAGE, true};
    pol_blobs ders;
    if (pol_pem_input_certificates(call, args[0], &ders))
        return answer(call, false, pol_array(NULL, 0));
    return check_ders(call, &ders, &o);
}

/* ---- options ------------------------------------------------------------- */

static int usage_named(pol_value name)
{
    static const char *const names[USAGES] = {"Any",
                                              "ServerAuth",
                                              "ClientAuth",
                                              "CodeSigning",
                                              "EmailProtection",
                                              "IPSECEndSystem",
                                              "IPSECTunnel",
                                              "IPSECUser",
                                              "TimeStamping",
                                              "OCSPSigning",
                                              "MicrosoftServerGatedCrypto",
                                              "NetscapeServerGatedCrypto",
                                              "MicrosoftCommercialCodeSigning",
                                              "MicrosoftKernelCodeSigning"};
    static const char prefix[] = "KeyUsage";
    size_t skip = sizeof prefix - 1;
    if (!pol_is_string(name) || name.len < skip ||
        memcmp(name.str, prefix, skip) != 0)
        return -1;
    for (int i = 0; i < USAGES; i++)
        if (name.len - skip == strlen(names[i]) &&
            memcmp(name.str + skip, names[i], name.len - skip) == 0)
            return i;
    return -1;
}

static const char *read_usages(pol_call *call, pol_value v, options *o)
{
    pol_bytes wrong;
    if (v.tag != POL_ARRAY && v.tag != POL_SET)
        return "'KeyUsages' should be an Array or Set";
    pol_bytes_init(&wrong, call, 64);
    uint32_t usages = 0;
    for (uint32_t i = 0; i < v.len; i++) {
        pol_value name = pol_at(v, i);
        int usage = usage_named(name);
        if (usage >= 0) {
            usages |= 1u << usage;
        } else if (pol_is_string(name)) {
            if (wrong.len > 0)
                pol_bytes_byte(&wrong, ' ');
            pol_bytes_add(&wrong, name.str, name.len);
        }
    }
    if (usages)
        o->usages = usages;
    if (wrong.len == 0)
        return NULL;
    return pol_call_printf(call,
                           "invalid entries for 'KeyUsages' found: [%.*s]",
                           (int)wrong.len, wrong.at)
        .str;
}

static const char *read_option(pol_call *call, pol_value name, pol_value v,
                               options *o)
{
    if (pol_string_is(name, "DNSName")) {
        o->host = v;
        return pol_is_string(v) ? NULL : "'DNSName' should be a string";
    }
    if (pol_string_is(name, "CurrentTime")) {
        if (!pol_is_number(v))
            return "'CurrentTime' should be a number";
        bool plain = v.tag == POL_INT || !strpbrk(v.num->text, "eE");
        return plain && pol_number_int64(v, &o->now)
                   ? NULL
                   : "'CurrentTime' should be a valid int64 number";
    }
    if (pol_string_is(name, "MaxConstraintComparisons"))
        return pol_is_number(v)
                   ? NULL
                   : "'MaxConstraintComparisons' should be a number";
    if (pol_string_is(name, "KeyUsages"))
        return read_usages(call, v, o);
    return "invalid key option";
}

POL_CRYPTO_FUNCTION(parse_and_verify_with)
{
    options o = {pol_undefined(), -1, 1u << SERVER_USAGE, false};
    pol_value object = args[1];
    pol_blobs ders;
    if (pol_pem_input_certificates(call, args[0], &ders))
        return answer(call, false, pol_array(NULL, 0));
    for (uint32_t i = 0; i < object.len; i++) {
        const char *why = read_option(call, pol_key_at(object, i),
                                      pol_value_at(object, i), &o);
        if (why)
            return pol_call_error(call, "%s", why);
    }
    return check_ders(call, &ders, &o);
}
