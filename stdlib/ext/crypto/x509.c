/* SPDX-License-Identifier: Apache-2.0
 *
 * Certificates and requests: fields in the order in which they stand. */
#include "x509.h"

#include <time.h>

void pol_x509_put(pol_builder *out, const char *name, pol_value v)
{
    pol_builder_put(out, pol_string(name, strlen(name)), v);
}

static void put_nulls(pol_builder *out, const char *const *names)
{
    for (; *names; names++)
        pol_x509_put(out, *names, pol_null());
}

/* ---- names --------------------------------------------------------------- */

static pol_value latin_or_utf8(pol_call *call, pol_blob b)
{
    return pol_rune_clean(call, (const char *)b.at, b.len);
}

static pol_value from_bmp(pol_call *call, pol_blob b)
{
    pol_bytes out;
    pol_bytes_init(&out, call, b.len);
    for (size_t i = 0; i + 1 < b.len; i += 2) {
        uint32_t unit = (uint32_t)b.at[i] << 8 | b.at[i + 1];
        if (unit == 0 && i + 2 == b.len)
            break; /* a terminator, which some writers add */
        if (unit >> 10 == 0x36 && i + 3 < b.len && b.at[i + 2] >> 2 == 0x37) {
            uint32_t low = (uint32_t)b.at[i + 2] << 8 | b.at[i + 3];
            unit = 0x10000 + ((unit & 0x3FF) << 10) + (low & 0x3FF);
            i += 2;
        }
        pol_bytes_rune(&out, unit);
    }
    return pol_bytes_done(&out);
}

static bool is_printable(pol_blob b)
{
    for (size_t i = 0; i < b.len; i++) {
        unsigned char c = b.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      (c >= '0' && c <= '9');
        if (!letter && (c == 0 || !strchr(" '()+,-./:=?*&", c)))
            return false;
    }
    return true;
}

static const char *string_of(pol_call *call, const pol_der *e, pol_value *out)
{
    switch (e->tag) {
    case DER_BMP:
        if (e->body.len % 2)
            return "x509: invalid RDNSequence: invalid attribute value: "
                   "invalid BMPString";
        *out = from_bmp(call, e->body);
        return NULL;
    case DER_PRINTABLE:
        if (!is_printable(e->body))
            return "x509: invalid RDNSequence: invalid attribute value: "
                   "invalid PrintableString";
        break;
    case DER_UTF8:
        if (!pol_rune_valid((const char *)e->body.at, e->body.len))
            return "x509: invalid RDNSequence: invalid attribute value: "
                   "invalid UTF-8 string";
        break;
    case DER_T61:
    case DER_IA5:
    case DER_NUMERIC: break;
    default:
        return pol_call_printf(call,
                               "x509: invalid RDNSequence: invalid attribute "
                               "value: unsupported string type: %u",
                               e->tag)
            .str;
    }
    *out = latin_or_utf8(call, e->body);
    return NULL;
}

/* The field of a name that an attribute type fills, NULL if none does. */
static const char *field_of(pol_blob oid, bool *is_list)
{
    *is_list = true;
    if (oid.len != 3 || oid.at[0] != 0x55 || oid.at[1] != 0x04)
        return NULL;
    switch (oid.at[2]) {
    case 3: *is_list = false; return "CommonName";
    case 5: *is_list = false; return "SerialNumber";
    case 6: return "Country";
    case 7: return "Locality";
    case 8: return "Province";
    case 9: return "StreetAddress";
    case 10: return "Organization";
    case 11: return "OrganizationalUnit";
    case 17: return "PostalCode";
    default: return NULL;
    }
}

/* A name under construction: its lists by field, found by name. */
typedef struct name_parts {
    pol_call *call;
    pol_value object;
    pol_builder names;
} name_parts;

static void add_to_field(name_parts *n, const char *field, bool is_list,
                         pol_value v)
{
    pol_arena *arena = pol_call_arena(n->call);
    pol_value key = pol_string(field, strlen(field));
    if (is_list) {
        pol_value old = pol_get(n->object, key);
        uint32_t have = old.tag == POL_ARRAY ? old.len : 0;
        pol_value *items = pol_items(arena, have + 1u);
        if (have)
            memcpy(items, old.items, have * sizeof *items);
        items[have] = v;
        v = pol_array(items, have + 1u);
    }
    n->object = pol_object_with(arena, n->object, key, v);
}

static const char *add_attribute(name_parts *n, pol_blob body)
{
    pol_der oid, text;
    pol_value v;
    bool is_list;
    if (!pol_der_take(&body, DER_OID, &oid) || !pol_der_next(&body, &text))
        return "x509: invalid RDNSequence: invalid attribute";
    const char *why = string_of(n->call, &text, &v);
    pol_value type = pol_der_oid(n->call, oid.body);
    if (why || !pol_is_defined(type))
        return why ? why : "x509: invalid RDNSequence: invalid attribute type";
    pol_builder o;
    pol_builder_init(&o, pol_call_arena(n->call), POL_OBJECT);
    pol_x509_put(&o, "Type", type);
    pol_x509_put(&o, "Value", v);
    pol_builder_add(&n->names, pol_builder_done(&o));
    const char *field = field_of(oid.body, &is_list);
    if (field)
        add_to_field(n, field, is_list, v);
    return NULL;
}

const char *pol_x509_name(pol_call *call, pol_blob der, pol_value *out)
{
    static const char *const nulls[] = {
        "Country", "ExtraNames", "Locality", "Names", "Organization",
        "OrganizationalUnit", "PostalCode", "Province", "StreetAddress", NULL};
    pol_arena *arena = pol_call_arena(call);
    pol_builder empty;
    name_parts n = {.call = call};
    pol_builder_init(&empty, arena, POL_OBJECT);
    put_nulls(&empty, nulls);
    pol_x509_put(&empty, "CommonName", pol_literal(""));
    pol_x509_put(&empty, "SerialNumber", pol_literal(""));
    n.object = pol_builder_done(&empty);
    pol_builder_init(&n.names, arena, POL_ARRAY);
    pol_der all, set, attribute;
    if (!pol_der_take(&der, DER_SEQUENCE, &all))
        return "x509: invalid RDNSequence";
    while (all.body.len > 0) {
        if (!pol_der_take(&all.body, DER_SET, &set))
            return "x509: invalid RDNSequence";
        while (set.body.len > 0) {
            if (!pol_der_take(&set.body, DER_SEQUENCE, &attribute))
                return "x509: invalid RDNSequence: invalid attribute";
            const char *why = add_attribute(&n, attribute.body);
            if (why)
                return why;
        }
    }
    if (n.names.count > 0)
        n.object = pol_object_with(arena, n.object, pol_literal("Names"),
                                   pol_builder_done(&n.names));
    *out = n.object;
    return NULL;
}

/* ---- algorithms ---------------------------------------------------------- */

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
        {OID_RSA "\x02", 9, 1}, {OID_RSA "\x04", 9, 2}, {OID_RSA "\x05", 9, 3},
        {"\x2B\x0E\x03\x02\x1D", 5, 3},
        {OID_RSA "\x0B", 9, 4}, {OID_RSA "\x0C", 9, 5}, {OID_RSA "\x0D", 9, 6},
        {"\x2A\x86\x48\xCE\x38\x04\x03", 7, 7},
        {"\x60\x86\x48\x01\x65\x03\x04\x03\x02", 9, 8},
        {OID_ECDSA "\x01", 7, 9}, {OID_ECDSA "\x03\x02", 8, 10},
        {OID_ECDSA "\x03\x03", 8, 11}, {OID_ECDSA "\x03\x04", 8, 12},
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
    pol_x509_put(key, "Curve", pol_object_of(pol_call_arena(call), NULL, NULL, 0));
    pol_x509_put(key, "X", pol_blob_number(call, (pol_blob){bits.at + 1, size}));
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

/* ---- certificates -------------------------------------------------------- */

static const char *moment(pol_call *call, pol_blob *in, pol_value *out)
{
    pol_der e;
    if (!pol_der_next(in, &e) || (e.tag != DER_UTCTIME && e.tag != DER_TIME))
        return "x509: unsupported time format";
    size_t year = e.tag == DER_TIME ? 4 : 2;
    pol_blob b = e.body;
    bool right = b.len == year + 11 && b.at[b.len - 1] == 'Z';
    for (size_t i = 0; right && i + 1 < b.len; i++)
        right = b.at[i] >= '0' && b.at[i] <= '9';
    if (!right)
        return "x509: malformed UTCTime";
    char digits[16];
    memcpy(digits, b.at, b.len - 1);
    const char *d = digits + year;
    const char *century = year == 4 ? "" : digits[0] < '5' ? "20" : "19";
    struct tm tm = {.tm_mon = (d[0] - '0') * 10 + d[1] - '1',
                    .tm_mday = (d[2] - '0') * 10 + d[3] - '0',
                    .tm_year = year == 4 ? 0 : 100,
                    .tm_hour = (d[4] - '0') * 10 + d[5] - '0',
                    .tm_min = (d[6] - '0') * 10 + d[7] - '0',
                    .tm_sec = (d[8] - '0') * 10 + d[9] - '0'};
    if (tm.tm_mon < 0 || tm.tm_mon > 11 || tm.tm_mday < 1 || tm.tm_mday > 31 ||
        tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 59)
        return "x509: malformed UTCTime";
    *out = pol_call_printf(call, "%s%.*s-%.2s-%.2sT%.2s:%.2s:%.2sZ", century,
                           (int)year, digits, d, d + 2, d + 4, d + 6, d + 8);
    return NULL;
}

static const char *validity(pol_call *call, pol_blob in, pol_builder *out)
{
    pol_value from, to;
    const char *why = moment(call, &in, &from);
    if (!why)
        why = moment(call, &in, &to);
    if (why)
        return why;
    pol_x509_put(out, "NotBefore", from);
    pol_x509_put(out, "NotAfter", to);
    return NULL;
}

/* The parts of a certificate as they stand. */
typedef struct outline {
    pol_blob raw, tbs, issuer, subject, spki, extensions, signature, serial;
    pol_blob validity, algorithm;
    int64_t version;
} outline;

static const char *read_tbs(pol_blob in, outline *o)
{
    pol_der e, number;
    o->version = 1;
    if (pol_der_maybe(&in, DER_CONTEXT_MADE | 0, &e)) {
        if (!pol_der_take(&e.body, DER_INTEGER, &number) ||
            !pol_der_small(number.body, &o->version))
            return "x509: malformed version";
        o->version++;
        if (o->version > 3)
            return "x509: invalid version";
    }
    if (!pol_der_take(&in, DER_INTEGER, &e) || e.body.len == 0)
        return "x509: malformed serial number";
    if (e.body.at[0] & 0x80)
        return "x509: negative serial number";
    o->serial = e.body;
    if (!pol_der_take(&in, DER_SEQUENCE, &e))
        return "x509: malformed signature algorithm identifier";
    if (!pol_der_take(&in, DER_SEQUENCE, &e))
        return "x509: malformed issuer";
    o->issuer = e.whole;
    if (!pol_der_take(&in, DER_SEQUENCE, &e))
        return "x509: malformed validity";
    o->validity = e.body;
    if (!pol_der_take(&in, DER_SEQUENCE, &e))
        return "x509: malformed issuer";
    o->subject = e.whole;
    if (!pol_der_take(&in, DER_SEQUENCE, &e))
        return "x509: malformed spki";
    o->spki = e.whole;
    pol_der_maybe(&in, DER_CONTEXT | 1, &e);
    pol_der_maybe(&in, DER_CONTEXT | 2, &e);
    if (o->version == 3 && pol_der_maybe(&in, DER_CONTEXT_MADE | 3, &e))
        o->extensions = e.body;
    return NULL;
}

/* The frame that certificates and requests share. */
static const char *read_frame(pol_blob der, outline *o, pol_blob *inner)
{
    static const char wrong[] = "x509: malformed certificate";
    pol_der all, tbs, algorithm, signature;
    *o = (outline){.version = 0};
    if (!pol_der_take(&der, DER_SEQUENCE, &all))
        return wrong;
    if (der.len > 0)
        return "x509: trailing data";
    if (!pol_der_take(&all.body, DER_SEQUENCE, &tbs))
        return "x509: malformed tbs certificate";
    if (!pol_der_take(&all.body, DER_SEQUENCE, &algorithm))
        return "x509: malformed algorithm identifier";
    if (!pol_der_take(&all.body, DER_BITS, &signature) ||
        !pol_der_bits(signature.body, &o->signature))
        return "x509: malformed signature";
    o->raw = all.whole;
    o->tbs = tbs.whole;
    o->algorithm = algorithm.body;
    *inner = tbs.body;
    return NULL;
}

static const char *read_outline(pol_blob der, outline *o)
{
    pol_blob inner;
    const char *why = read_frame(der, o, &inner);
    return why ? why : read_tbs(inner, o);
}

const char *pol_x509_spki(pol_blob der, pol_blob *spki)
{
    outline o;
    const char *why = read_outline(der, &o);
    if (!why)
        *spki = o.spki;
    return why;
}

static void put_raw(pol_call *call, pol_builder *out, const char *name,
                    pol_blob b)
{
    pol_x509_put(out, name, pol_blob_base64(call, b));
}

static void defaults(pol_builder *out, bool strings)
{
    static const char *const nulls[] = {
        "AuthorityKeyId", "CRLDistributionPoints", "DNSNames", "EmailAddresses",
        "ExcludedDNSDomains", "ExcludedEmailAddresses", "ExcludedIPRanges",
        "ExcludedURIDomains", "ExtKeyUsage", "Extensions", "ExtraExtensions",
        "IPAddresses", "IssuingCertificateURL", "OCSPServer",
        "PermittedDNSDomains", "PermittedEmailAddresses", "PermittedIPRanges",
        "PermittedURIDomains", "Policies", "PolicyIdentifiers",
        "PolicyMappings", "SubjectKeyId", "URIs", "UnhandledCriticalExtensions",
        "UnknownExtKeyUsage", NULL};
    static const char *const falses[] = {
        "BasicConstraintsValid", "InhibitAnyPolicyZero",
        "InhibitPolicyMappingZero", "IsCA", "MaxPathLenZero",
        "PermittedDNSDomainsCritical", "RequireExplicitPolicyZero", NULL};
    static const char *const zeros[] = {"InhibitAnyPolicy",
                                        "InhibitPolicyMapping", "KeyUsage",
                                        "MaxPathLen", "RequireExplicitPolicy",
                                        NULL};
    put_nulls(out, nulls);
    for (const char *const *n = falses; *n; n++)
        pol_x509_put(out, *n, pol_bool(false));
    for (const char *const *n = zeros; *n; n++)
        pol_x509_put(out, *n, pol_int(0));
    if (strings)
        pol_x509_put(out, "URIStrings", pol_null());
}

static const char *read_extensions(pol_x509_fields *f, pol_blob in)
{
    pol_der all, e;
    pol_arena *arena = pol_call_arena(f->call);
    pol_builder_init(&f->extensions, arena, POL_ARRAY);
    pol_builder_init(&f->unhandled, arena, POL_ARRAY);
    if (!pol_der_take(&in, DER_SEQUENCE, &all))
        return "x509: malformed extensions";
    while (all.body.len > 0) {
        if (!pol_der_take(&all.body, DER_SEQUENCE, &e))
            return "x509: malformed extension";
        const char *why = pol_x509_extension(f, e.body);
        if (why)
            return why;
    }
    if (f->extensions.count > 0)
        pol_x509_put(f->out, "Extensions", pol_builder_done(&f->extensions));
    if (f->unhandled.count > 0)
        pol_x509_put(f->out, "UnhandledCriticalExtensions",
                     pol_builder_done(&f->unhandled));
    return NULL;
}

static const char *put_name(pol_call *call, pol_builder *out, const char *name,
                            pol_blob der)
{
    pol_value v;
    const char *why = pol_x509_name(call, der, &v);
    if (!why)
        pol_x509_put(out, name, v);
    return why;
}

const char *pol_x509_certificate(pol_call *call, pol_blob der, bool strings,
                                 pol_value *result)
{
    outline o;
    pol_builder out;
    const char *why = read_outline(der, &o);
    if (why)
        return why;
    pol_builder_init(&out, pol_call_arena(call), POL_OBJECT);
    defaults(&out, strings);
    if ((why = put_name(call, &out, "Issuer", o.issuer)) ||
        (why = validity(call, o.validity, &out)) ||
        (why = put_name(call, &out, "Subject", o.subject)) ||
        (why = pol_x509_public_key(call, o.spki, &out)))
        return why;
    pol_x509_fields fields = {.call = call, .out = &out, .strings = strings};
    if (o.extensions.len > 0 && (why = read_extensions(&fields, o.extensions)))
        return why;
    pol_x509_put(&out, "Version", pol_int(o.version));
    pol_x509_put(&out, "SerialNumber", pol_blob_number(call, o.serial));
    pol_x509_put(&out, "SignatureAlgorithm",
                 pol_int(pol_x509_signature_algorithm(o.algorithm)));
    put_raw(call, &out, "Raw", o.raw);
    put_raw(call, &out, "RawTBSCertificate", o.tbs);
    put_raw(call, &out, "RawSubjectPublicKeyInfo", o.spki);
    put_raw(call, &out, "RawSubject", o.subject);
    put_raw(call, &out, "RawIssuer", o.issuer);
    put_raw(call, &out, "Signature", o.signature);
    *result = pol_builder_done(&out);
    return NULL;
}

/* ---- requests ------------------------------------------------------------ */

/* Go lists a request's attributes of the extension kind as
 * [[{Type, Value}, …]] with the value in base64, and leaves out those that have
 * another shape. */
static const char *read_attribute(pol_x509_fields *f, pol_blob body,
                                  pol_builder *attributes)
{
    pol_der oid, set, all, e, id, value;
    pol_arena *arena = pol_call_arena(f->call);
    if (!pol_der_take(&body, DER_OID, &oid) ||
        !pol_der_take(&body, DER_SET, &set))
        return "asn1: structure error: tags don't match";
    if (!pol_der_oid_is(oid.body, "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x0E") ||
        !pol_der_take(&set.body, DER_SEQUENCE, &all))
        return NULL;
    pol_blob extensions = all.whole;
    pol_builder list;
    pol_builder_init(&list, arena, POL_ARRAY);
    bool plain = true;
    while (all.body.len > 0) {
        if (!pol_der_take(&all.body, DER_SEQUENCE, &e) ||
            !pol_der_take(&e.body, DER_OID, &id))
            return "asn1: structure error: tags don't match";
        /* One with a critical flag does not have the shape. */
        if (!pol_der_take(&e.body, DER_OCTETS, &value)) {
            plain = false;
            break;
        }
        pol_builder o;
        pol_builder_init(&o, arena, POL_OBJECT);
        pol_x509_put(&o, "Type", pol_der_oid(f->call, id.body));
        pol_x509_put(&o, "Value", pol_blob_base64(f->call, value.body));
        pol_builder_add(&list, pol_builder_done(&o));
    }
    if (plain && list.count > 0) {
        pol_value *outer = pol_items(arena, 1);
        outer[0] = pol_builder_done(&list);
        pol_builder o;
        pol_builder_init(&o, arena, POL_OBJECT);
        pol_x509_put(&o, "Type", pol_der_oid(f->call, oid.body));
        pol_x509_put(&o, "Value", pol_array(outer, 1));
        pol_builder_add(attributes, pol_builder_done(&o));
    }
    return read_extensions(f, extensions);
}

static const char *read_attributes(pol_x509_fields *f, pol_blob in)
{
    pol_der all, e;
    pol_builder attributes;
    pol_builder_init(&attributes, pol_call_arena(f->call), POL_ARRAY);
    if (!pol_der_maybe(&in, DER_CONTEXT_MADE | 0, &all))
        return NULL;
    while (all.body.len > 0) {
        if (!pol_der_take(&all.body, DER_SEQUENCE, &e))
            return "asn1: structure error: tags don't match";
        const char *why = read_attribute(f, e.body, &attributes);
        if (why)
            return why;
    }
    if (attributes.count > 0)
        pol_x509_put(f->out, "Attributes", pol_builder_done(&attributes));
    return NULL;
}

/* Go reads requests with asn1.Unmarshal, which has words of its own. */
static const char *frame_complaint(pol_blob der)
{
    pol_der all;
    if (der.len == 0)
        return "asn1: syntax error: sequence truncated";
    if (!pol_der_next(&der, &all))
        return "asn1: syntax error: truncated tag or length";
    if (all.tag == DER_SEQUENCE && der.len > 0)
        return "asn1: syntax error: trailing data";
    return "asn1: structure error: tags don't match";
}

const char *pol_x509_request(pol_call *call, pol_blob der, pol_value *result)
{
    static const char *const nulls[] = {
        "Attributes", "DNSNames", "EmailAddresses", "Extensions",
        "ExtraExtensions", "IPAddresses", "URIs", NULL};
    outline o;
    pol_blob in;
    pol_der version, subject, spki;
    if (read_frame(der, &o, &in))
        return frame_complaint(der);
    if (!pol_der_take(&in, DER_INTEGER, &version) ||
        !pol_der_small(version.body, &o.version) ||
        !pol_der_take(&in, DER_SEQUENCE, &subject) ||
        !pol_der_take(&in, DER_SEQUENCE, &spki))
        return "asn1: structure error: tags don't match";
    pol_builder out;
    pol_builder_init(&out, pol_call_arena(call), POL_OBJECT);
    put_nulls(&out, nulls);
    pol_x509_fields fields = {.call = call, .out = &out, .names_only = true};
    const char *why = put_name(call, &out, "Subject", subject.whole);
    if (!why)
        why = pol_x509_public_key(call, spki.whole, &out);
    if (!why)
        why = read_attributes(&fields, in);
    if (why)
        return why;
    pol_x509_put(&out, "Version", pol_int(o.version));
    pol_x509_put(&out, "SignatureAlgorithm",
                 pol_int(pol_x509_signature_algorithm(o.algorithm)));
    put_raw(call, &out, "Raw", o.raw);
    put_raw(call, &out, "RawTBSCertificateRequest", o.tbs);
    put_raw(call, &out, "RawSubjectPublicKeyInfo", spki.whole);
    put_raw(call, &out, "RawSubject", subject.whole);
    put_raw(call, &out, "Signature", o.signature);
    *result = pol_builder_done(&out);
    return NULL;
}
