/* SPDX-License-Identifier: Apache-2.0
 *
 * Algorithms by Go's numbers, and public keys as its structures. */
#include "x509.h"

#define OID_RSA "\x2A\x86\x48\x86\xF7\x0D\x01\x01"
#define OID_ECDSA "\x2A\x86\x48\xCE\x3D\x04"

/* The hash that RSASSA-PSS parameters name, by its last arc; 0 if none. */
static unsigned pss_hash(pol_blob parameters)
{
    pol_der all, tagged, algorithm, oid;
    if (!pol_der_take(&parameters, DER_SEQUENCE, &all) ||
        !pol_der_maybe(&all.body, DER_CONTEXT_MADE | 0, &tagged) ||
        !pol_der_take(&tagged.body, DER_SEQUENCE, &algorithm) ||
        !pol_der_take(&algorithm.body, DER_OID, &oid) || oid.body.len != 9 ||
        memcmp(oid.body.at, "\x60\x86\x48\x01\x65\x03\x04\x02", 8) != 0)
        return 0;
    return oid.body.at[8];
}

int64_t pol_x509_signature_algorithm(pol_blob sequence)
{
    static const struct {
        const char *oid;
        size_t len;
        int number;
    } all[] = {
        {OID_RSA "\x02", 9, 1},
        {OID_RSA "\x04", 9, 2},
        {OID_RSA "\x05", 9, 3},
        {"\x2B\x0E\x03\x02\x1D", 5, 3},
        {OID_RSA "\x0B", 9, 4},
        {OID_RSA "\x0C", 9, 5},
        {OID_RSA "\x0D", 9, 6},
        {"\x2A\x86\x48\xCE\x38\x04\x03", 7, 7},
        {"\x60\x86\x48\x01\x65\x03\x04\x03\x02", 9, 8},
        {OID_ECDSA "\x01", 7, 9},
        {OID_ECDSA "\x03\x02", 8, 10},
        {OID_ECDSA "\x03\x03", 8, 11},
        {OID_ECDSA "\x03\x04", 8, 12},
        {"\x2B\x65\x70", 3, 16},
    };
    pol_der oid;
    if (!pol_der_take(&sequence, DER_OID, &oid))
        return 0;
    if (pol_der_oid_is(oid.body, OID_RSA "\x0A")) {
        unsigned hash = pss_hash(sequence);
        return hash >= 1 && hash <= 3 ? 12 + (int64_t)hash : 0;
    }
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (oid.body.len == all[i].len &&
            memcmp(oid.body.at, all[i].oid, all[i].len) == 0)
            return all[i].number;
    return 0;
}

/* Bytes of a coordinate of a named curve that Go knows, 0 for another. */
static size_t curve_size(pol_blob oid)
{
    if (pol_der_oid_is(oid, "\x2B\x81\x04\x00\x21"))
        return 28;
    if (pol_der_oid_is(oid, "\x2A\x86\x48\xCE\x3D\x03\x01\x07"))
        return 32;
    if (pol_der_oid_is(oid, "\x2B\x81\x04\x00\x22"))
        return 48;
    return pol_der_oid_is(oid, "\x2B\x81\x04\x00\x23") ? 66 : 0;
}

static const char *rsa_key(pol_call *call, pol_blob bits, pol_builder *key)
{
    pol_der all, n, e;
    int64_t exponent;
    if (!pol_der_take(&bits, DER_SEQUENCE, &all) ||
        !pol_der_take(&all.body, DER_INTEGER, &n))
        return "x509: invalid RSA modulus";
    if (!pol_der_take(&all.body, DER_INTEGER, &e) ||
        !pol_der_small(e.body, &exponent))
        return "x509: invalid RSA public exponent";
    if (n.body.len == 0 || n.body.at[0] & 0x80)
        return "x509: RSA modulus is not a positive number";
    if (exponent <= 0)
        return "x509: RSA public exponent is not a positive number";
    pol_x509_put(key, "N", pol_blob_number(call, n.body));
    pol_x509_put(key, "E", pol_int(exponent));
    return NULL;
}

static const char *ec_key(pol_call *call, pol_blob parameters, pol_blob bits,
                          pol_builder *key)
{
    pol_der oid;
    if (!pol_der_take(&parameters, DER_OID, &oid))
        return "x509: invalid ECDSA parameters";
    size_t size = curve_size(oid.body);
    if (size == 0)
        return "x509: unsupported elliptic curve";
    if (bits.len != 1 + 2 * size || bits.at[0] != 4)
        return "x509: failed to unmarshal elliptic curve point";
    pol_x509_put(key, "Curve",
                 pol_object_of(pol_call_arena(call), NULL, NULL, 0));
    pol_x509_put(key, "X",
                 pol_blob_number(call, (pol_blob){bits.at + 1, size}));
    pol_x509_put(key, "Y",
                 pol_blob_number(call, (pol_blob){bits.at + 1 + size, size}));
    return NULL;
}

static const char *dsa_key(pol_call *call, pol_blob parameters, pol_blob bits,
                           pol_builder *key)
{
    static const char *const names[] = {"P", "Q", "G"};
    pol_der all, number;
    if (!pol_der_take(&bits, DER_INTEGER, &number))
        return "x509: invalid DSA public key";
    pol_x509_put(key, "Y", pol_blob_number(call, number.body));
    if (!pol_der_take(&parameters, DER_SEQUENCE, &all))
        return "x509: invalid DSA parameters";
    for (int i = 0; i < 3; i++) {
        if (!pol_der_take(&all.body, DER_INTEGER, &number))
            return "x509: invalid DSA parameters";
        pol_x509_put(key, names[i], pol_blob_number(call, number.body));
    }
    return NULL;
}

const char *pol_x509_public_key(pol_call *call, pol_blob spki, pol_builder *out)
{
    pol_der all, algorithm, oid, bits;
    pol_blob body;
    pol_builder key;
    pol_builder_init(&key, pol_call_arena(call), POL_OBJECT);
    if (!pol_der_take(&spki, DER_SEQUENCE, &all) ||
        !pol_der_take(&all.body, DER_SEQUENCE, &algorithm) ||
        !pol_der_take(&algorithm.body, DER_OID, &oid))
        return "x509: malformed public key algorithm identifier";
    if (!pol_der_take(&all.body, DER_BITS, &bits) ||
        !pol_der_bits(bits.body, &body))
        return "x509: malformed subjectPublicKey";
    const char *why = NULL;
    int kind = 0;
    if (pol_der_oid_is(oid.body, OID_RSA "\x01")) {
        why = rsa_key(call, body, &key);
        kind = 1;
    } else if (pol_der_oid_is(oid.body, "\x2A\x86\x48\xCE\x38\x04\x01")) {
        why = dsa_key(call, algorithm.body, body, &key);
        kind = 2;
    } else if (pol_der_oid_is(oid.body, "\x2A\x86\x48\xCE\x3D\x02\x01")) {
        why = ec_key(call, algorithm.body, body, &key);
        kind = 3;
    } else if (pol_der_oid_is(oid.body, "\x2B\x65\x70")) {
        if (body.len != 32)
            return "x509: wrong Ed25519 public key size";
        pol_x509_put(out, "PublicKey", pol_blob_base64(call, body));
        pol_x509_put(out, "PublicKeyAlgorithm", pol_int(4));
        return NULL;
    }
    pol_x509_put(out, "PublicKey", kind ? pol_builder_done(&key) : pol_null());
    pol_x509_put(out, "PublicKeyAlgorithm", pol_int(kind));
    return why;
}

bool pol_x509_is_spki(pol_blob der)
{
    pol_der all, algorithm, bits;
    return pol_der_take(&der, DER_SEQUENCE, &all) &&
           pol_der_take(&all.body, DER_SEQUENCE, &algorithm) &&
           pol_der_take(&all.body, DER_BITS, &bits);
}
