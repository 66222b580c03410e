/* SPDX-License-Identifier: Apache-2.0
 *
 * Certificates and requests: fields in the order in which they stand. */
#include "x509.h"

#include <time.h>

void pol_x509_put(pol_builder *out, const char *name, pol_value v)
{
    pol_builder_put(out, pol_string(name, strlen(name)), v);
}

void pol_x509_put_nulls(pol_builder *out, const char *const *names)
{
    for (; *names; names++)
        pol_x509_put(out, *names, pol_null());
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
    static const char *const nulls[] = {"AuthorityKeyId",
                                        "CRLDistributionPoints",
                                        "DNSNames",
                                        "EmailAddresses",
                                        "ExcludedDNSDomains",
                                        "ExcludedEmailAddresses",
                                        "ExcludedIPRanges",
                                        "ExcludedURIDomains",
                                        "ExtKeyUsage",
                                        "Extensions",
                                        "ExtraExtensions",
                                        "IPAddresses",
                                        "IssuingCertificateURL",
                                        "OCSPServer",
                                        "PermittedDNSDomains",
                                        "PermittedEmailAddresses",
                                        "PermittedIPRanges",
                                        "PermittedURIDomains",
                                        "Policies",
                                        "PolicyIdentifiers",
                                        "PolicyMappings",
                                        "SubjectKeyId",
                                        "URIs",
                                        "UnhandledCriticalExtensions",
                                        "UnknownExtKeyUsage",
                                        NULL};
    static const char *const falses[] = {"BasicConstraintsValid",
                                         "InhibitAnyPolicyZero",
                                         "InhibitPolicyMappingZero",
                                         "IsCA",
                                         "MaxPathLenZero",
                                         "PermittedDNSDomainsCritical",
                                         "RequireExplicitPolicyZero",
                                         NULL};
    static const char *const zeros[] = {
        "InhibitAnyPolicy", "InhibitPolicyMapping",  "KeyUsage",
        "MaxPathLen",       "RequireExplicitPolicy", NULL};
    pol_x509_put_nulls(out, nulls);
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
        "Attributes",      "DNSNames",    "EmailAddresses", "Extensions",
        "ExtraExtensions", "IPAddresses", "URIs",           NULL};
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
    pol_x509_put_nulls(&out, nulls);
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
