/* SPDX-License-Identifier: Apache-2.0
 *
 * Extensions of certificates: each known one fills its fields. */
#include "gofmt.h"
#include "gourl.h"
#include "x509.h"

#include <arpa/inet.h>

#define OID_PKIX "\x2B\x06\x01\x05\x05\x07"
#define OID_USAGE OID_PKIX "\x03"
#define OID_MICROSOFT "\x2B\x06\x01\x04\x01\x82\x37"

static void put_list(pol_builder *out, const char *name, pol_builder *list)
{
    if (list->count > 0)
        pol_x509_put(out, name, pol_builder_done(list));
}

static void list_init(pol_x509_fields *f, pol_builder *list)
{
    pol_builder_init(list, pol_call_arena(f->call), POL_ARRAY);
}

static pol_value text_of(pol_x509_fields *f, pol_blob b)
{
    return pol_rune_clean(f->call, (const char *)b.at, b.len);
}

/* ---- names --------------------------------------------------------------- */

static pol_value address(pol_x509_fields *f, pol_blob b)
{
    char text[INET6_ADDRSTRLEN];
    static const unsigned char mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    bool four = b.len == 4;
    if (b.len == 16 && memcmp(b.at, mapped, 12) == 0) {
        b = (pol_blob){b.at + 12, 4};
        four = true;
    }
    inet_ntop(four ? AF_INET : AF_INET6, b.at, text, sizeof text);
    return pol_call_printf(f->call, "%s", text);
}

static pol_value url_object(pol_x509_fields *f, const pol_gourl *url)
{
    pol_builder o;
    pol_builder_init(&o, pol_call_arena(f->call), POL_OBJECT);
    pol_x509_put(&o, "ForceQuery", pol_bool(url->force_query));
    pol_x509_put(&o, "Fragment", url->fragment);
    pol_x509_put(&o, "Host", url->host);
    pol_x509_put(&o, "OmitHost", pol_bool(false));
    pol_x509_put(&o, "Opaque", url->opaque);
    pol_x509_put(&o, "Path", url->path);
    pol_x509_put(&o, "RawFragment", url->raw_fragment);
    pol_x509_put(&o, "RawPath", url->raw_path);
    pol_x509_put(&o, "RawQuery", url->raw_query);
    pol_x509_put(&o, "Scheme", url->scheme);
    pol_value none = pol_object_of(pol_call_arena(f->call), NULL, NULL, 0);
    pol_x509_put(&o, "User", url->has_user ? none : pol_null());
    return pol_builder_done(&o);
}

/* A URI as Go prints it again: what must not stand in one is escaped. */
static pol_value printed(pol_x509_fields *f, pol_value uri)
{
    static const char digits[] = "0123456789ABCDEF";
    pol_bytes out;
    pol_bytes_init(&out, f->call, uri.len);
    for (uint32_t i = 0; i < uri.len; i++) {
        unsigned char c = (unsigned char)uri.str[i];
        bool plain = c > ' ' && c < 0x7F && !strchr("\"<>\\^`{|}", c);
        if (!plain) {
            pol_bytes_byte(&out, '%');
            pol_bytes_byte(&out, digits[c >> 4]);
            pol_bytes_byte(&out, digits[c & 15]);
        } else {
            pol_bytes_byte(&out, uri.str[i]);
        }
    }
    return pol_bytes_done(&out);
}

static const char *add_uri(pol_x509_fields *f, pol_blob body, pol_builder *uris,
                           pol_builder *strings)
{
    pol_gourl url;
    pol_value text = text_of(f, body);
    const char *why = pol_gourl_parse(f->call, text, &url);
    if (!why) {
        pol_builder_add(uris, url_object(f, &url));
        pol_builder_add(strings, printed(f, text));
        return NULL;
    }
    pol_bytes out;
    pol_bytes_init(&out, f->call, 64);
    pol_bytes_text(&out, "x509: cannot parse URI ");
    pol_gofmt_quote(&out, text, false);
    pol_bytes_text(&out, ": parse ");
    pol_gofmt_quote(&out, text, false);
    pol_bytes_text(&out, ": ");
    pol_bytes_text(&out, why);
    pol_bytes_byte(&out, '\0');
    return out.at;
}

static bool is_ia5(pol_blob b)
{
    for (size_t i = 0; i < b.len; i++)
        if (b.at[i] >= 0x80)
            return false;
    return true;
}

static const char *subject_names(pol_x509_fields *f, pol_blob in, bool *handled)
{
    pol_builder dns, mail, ip, uris, strings;
    list_init(f, &dns);
    list_init(f, &mail);
    list_init(f, &ip);
    list_init(f, &uris);
    list_init(f, &strings);
    pol_der all, e;
    if (!pol_der_take(&in, DER_SEQUENCE, &all))
        return "x509: invalid subject alternative names";
    while (all.body.len > 0) {
        if (!pol_der_next(&all.body, &e))
            return "x509: invalid subject alternative name";
        unsigned kind = e.tag & 0x1F;
        if ((kind == 1 || kind == 2 || kind == 6) && !is_ia5(e.body))
            return "x509: SAN is malformed";
        if (kind == 7 && e.body.len != 4 && e.body.len != 16)
            return "x509: cannot parse IP address of length "
                   "that is neither 4 nor 16";
        const char *why = NULL;
        if (kind == 1)
            pol_builder_add(&mail, text_of(f, e.body));
        else if (kind == 2)
            pol_builder_add(&dns, text_of(f, e.body));
        else if (kind == 7)
            pol_builder_add(&ip, address(f, e.body));
        else if (kind == 6)
            why = add_uri(f, e.body, &uris, &strings);
        if (why)
            return why;
    }
    *handled = dns.count + mail.count + ip.count + uris.count > 0;
    put_list(f->out, "DNSNames", &dns);
    put_list(f->out, "EmailAddresses", &mail);
    put_list(f->out, "IPAddresses", &ip);
    put_list(f->out, "URIs", &uris);
    if (f->strings)
        put_list(f->out, "URIStrings", &strings);
    return NULL;
}

/* ---- name constraints ---------------------------------------------------- */

static pol_value ip_range(pol_x509_fields *f, pol_blob b)
{
    pol_builder o;
    pol_blob ip = {b.at, b.len / 2}, mask = {b.at + b.len / 2, b.len / 2};
    pol_builder_init(&o, pol_call_arena(f->call), POL_OBJECT);
    pol_x509_put(&o, "IP", address(f, ip));
    pol_x509_put(&o, "Mask", pol_blob_base64(f->call, mask));
    return pol_builder_done(&o);
}

static const char *subtrees(pol_x509_fields *f, pol_blob in, bool permitted,
                            bool *handled)
{
    static const char *const names[2][4] = {
        {"ExcludedEmailAddresses", "ExcludedDNSDomains", "ExcludedURIDomains",
         "ExcludedIPRanges"},
        {"PermittedEmailAddresses", "PermittedDNSDomains",
         "PermittedURIDomains", "PermittedIPRanges"}};
    pol_builder list[4];
    for (int i = 0; i < 4; i++)
        list_init(f, &list[i]);
    while (in.len > 0) {
        pol_der tree, base;
        if (!pol_der_take(&in, DER_SEQUENCE, &tree) ||
            !pol_der_next(&tree.body, &base))
            return "x509: invalid NameConstraints extension";
        unsigned kind = base.tag & 0x1F;
        int at = kind == 1   ? 0
                 : kind == 2 ? 1
                 : kind == 6 ? 2
                 : kind == 7 ? 3
                             : -1;
        if (at == 3 && base.body.len != 8 && base.body.len != 32)
            return "x509: IP constraint contained value of wrong length";
        if (at >= 0 && at < 3 && !is_ia5(base.body))
            return "x509: invalid constraint value";
        if (at < 0)
            *handled = false;
        else
            pol_builder_add(&list[at], at == 3 ? ip_range(f, base.body)
                                               : text_of(f, base.body));
    }
    for (int i = 0; i < 4; i++)
        put_list(f->out, names[permitted][i], &list[i]);
    return NULL;
}

static const char *name_constraints(pol_x509_fields *f, pol_blob in,
                                    bool critical, bool *handled)
{
    pol_der all, permitted, excluded;
    if (!pol_der_take(&in, DER_SEQUENCE, &all) || in.len > 0)
        return "x509: invalid NameConstraints extension";
    bool has_permitted =
        pol_der_maybe(&all.body, DER_CONTEXT_MADE | 0, &permitted);
    bool has_excluded =
        pol_der_maybe(&all.body, DER_CONTEXT_MADE | 1, &excluded);
    if (all.body.len > 0 || (!has_permitted && !has_excluded))
        return "x509: invalid NameConstraints extension";
    pol_x509_put(f->out, "PermittedDNSDomainsCritical", pol_bool(critical));
    const char *why = NULL;
    if (has_permitted)
        why = subtrees(f, permitted.body, true, handled);
    if (!why && has_excluded)
        why = subtrees(f, excluded.body, false, handled);
    return why;
}

/* ---- usage --------------------------------------------------------------- */

static const char *key_usage(pol_x509_fields *f, pol_blob in)
{
    pol_der bits;
    int64_t usage = 0;
    if (!pol_der_take(&in, DER_BITS, &bits) || bits.body.len == 0)
        return "x509: invalid key usage";
    for (size_t i = 0; i < 9 && 1 + i / 8 < bits.body.len; i++)
        if (bits.body.at[1 + i / 8] & 0x80 >> i % 8)
            usage |= 1 << i;
    pol_x509_put(f->out, "KeyUsage", pol_int(usage));
    return NULL;
}

static int known_usage(pol_blob oid)
{
    static const struct {
        const char *oid;
        size_t len;
        int number;
    } all[] = {
        {"\x55\x1D\x25\x00", 4, 0},
        {OID_USAGE "\x01", 8, 1},
        {OID_USAGE "\x02", 8, 2},
        {OID_USAGE "\x03", 8, 3},
        {OID_USAGE "\x04", 8, 4},
        {OID_USAGE "\x05", 8, 5},
        {OID_USAGE "\x06", 8, 6},
        {OID_USAGE "\x07", 8, 7},
        {OID_USAGE "\x08", 8, 8},
        {OID_USAGE "\x09", 8, 9},
        {OID_MICROSOFT "\x0A\x03\x03", 10, 10},
        {"\x60\x86\x48\x01\x86\xF8\x42\x04\x01", 9, 11},
        {OID_MICROSOFT "\x02\x01\x16", 10, 12},
        {OID_MICROSOFT "\x3D\x01\x01", 10, 13},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (oid.len == all[i].len && memcmp(oid.at, all[i].oid, oid.len) == 0)
            return all[i].number;
    return -1;
}

static const char *extended_usage(pol_x509_fields *f, pol_blob in)
{
    pol_builder known, unknown;
    pol_der all, e;
    list_init(f, &known);
    list_init(f, &unknown);
    if (!pol_der_take(&in, DER_SEQUENCE, &all))
        return "x509: invalid extended key usages";
    while (all.body.len > 0) {
        if (!pol_der_take(&all.body, DER_OID, &e))
            return "x509: invalid extended key usages";
        int number = known_usage(e.body);
        pol_value oid = pol_der_oid(f->call, e.body);
        if (number >= 0)
            pol_builder_add(&known, pol_int(number));
        else if (pol_is_defined(oid))
            pol_builder_add(&unknown, oid);
    }
    put_list(f->out, "ExtKeyUsage", &known);
    put_list(f->out, "UnknownExtKeyUsage", &unknown);
    return NULL;
}

static const char *basic_constraints(pol_x509_fields *f, pol_blob in)
{
    pol_der all, e;
    int64_t len = -1;
    bool ca = false;
    if (!pol_der_take(&in, DER_SEQUENCE, &all))
        return "x509: invalid basic constraints";
    if (pol_der_maybe(&all.body, DER_BOOLEAN, &e)) {
        if (e.body.len != 1 || (e.body.at[0] != 0 && e.body.at[0] != 0xFF))
            return "x509: invalid basic constraints";
        ca = e.body.at[0] != 0;
    }
    if (pol_der_maybe(&all.body, DER_INTEGER, &e) &&
        !pol_der_small(e.body, &len))
        return "x509: invalid basic constraints";
    pol_x509_put(f->out, "BasicConstraintsValid", pol_bool(true));
    pol_x509_put(f->out, "IsCA", pol_bool(ca));
    pol_x509_put(f->out, "MaxPathLen", pol_int(len));
    pol_x509_put(f->out, "MaxPathLenZero", pol_bool(len == 0));
    return NULL;
}

/* ---- policies ------------------------------------------------------------ */

static pol_value dotted(pol_x509_fields *f, pol_value oid)
{
    pol_bytes out;
    char digits[24];
    size_t len;
    pol_bytes_init(&out, f->call, 32);
    for (uint32_t i = 0; i < oid.len; i++) {
        const char *text = pol_number_text(pol_at(oid, i), digits, &len);
        if (i > 0)
            pol_bytes_byte(&out, '.');
        pol_bytes_add(&out, text, len);
    }
    return pol_bytes_done(&out);
}

static const char *policies(pol_x509_fields *f, pol_blob in)
{
    pol_builder texts, numbers;
    pol_der all, policy, e;
    list_init(f, &texts);
    list_init(f, &numbers);
    if (!pol_der_take(&in, DER_SEQUENCE, &all))
        return "x509: invalid certificate policies";
    while (all.body.len > 0) {
        if (!pol_der_take(&all.body, DER_SEQUENCE, &policy) ||
            !pol_der_take(&policy.body, DER_OID, &e))
            return "x509: invalid certificate policies";
        pol_value oid = pol_der_oid(f->call, e.body);
        if (!pol_is_defined(oid))
            return "x509: invalid certificate policies";
        pol_builder_add(&numbers, oid);
        pol_builder_add(&texts, dotted(f, oid));
    }
    put_list(f->out, "PolicyIdentifiers", &numbers);
    put_list(f->out, "Policies", &texts);
    return NULL;
}

static const char *policy_mappings(pol_x509_fields *f, pol_blob in)
{
    pol_builder list;
    pol_der all, pair, from, to;
    list_init(f, &list);
    if (!pol_der_take(&in, DER_SEQUENCE, &all))
        return "x509: invalid policy mappings extension";
    while (all.body.len > 0) {
        if (!pol_der_take(&all.body, DER_SEQUENCE, &pair) ||
            !pol_der_take(&pair.body, DER_OID, &from) ||
            !pol_der_take(&pair.body, DER_OID, &to))
            return "x509: invalid policy mappings extension";
        pol_value a = pol_der_oid(f->call, from.body);
        pol_value b = pol_der_oid(f->call, to.body);
        if (!pol_is_defined(a) || !pol_is_defined(b))
            return "x509: invalid policy mappings extension";
        pol_builder o;
        pol_builder_init(&o, pol_call_arena(f->call), POL_OBJECT);
        pol_x509_put(&o, "IssuerDomainPolicy", dotted(f, a));
        pol_x509_put(&o, "SubjectDomainPolicy", dotted(f, b));
        pol_builder_add(&list, pol_builder_done(&o));
    }
    put_list(f->out, "PolicyMappings", &list);
    return NULL;
}

/* A count of certificates, and whether it is a zero that was said. */
static bool put_count(pol_x509_fields *f, const char *name, const char *zero,
                      pol_blob body)
{
    int64_t n;
    if (!pol_der_small(body, &n))
        return false;
    pol_x509_put(f->out, name, pol_int(n));
    pol_x509_put(f->out, zero, pol_bool(n == 0));
    return true;
}

static const char *policy_constraints(pol_x509_fields *f, pol_blob in)
{
    pol_der all, e;
    static const char wrong[] = "x509: invalid policy constraints extension";
    if (!pol_der_take(&in, DER_SEQUENCE, &all))
        return wrong;
    if (pol_der_maybe(&all.body, DER_CONTEXT | 0, &e) &&
        !put_count(f, "RequireExplicitPolicy", "RequireExplicitPolicyZero",
                   e.body))
        return wrong;
    if (pol_der_maybe(&all.body, DER_CONTEXT | 1, &e) &&
        !put_count(f, "InhibitPolicyMapping", "InhibitPolicyMappingZero",
                   e.body))
        return wrong;
    return NULL;
}

/* ---- places -------------------------------------------------------------- */

static const char *crl_points(pol_x509_fields *f, pol_blob in)
{
    static const char wrong[] = "x509: invalid CRL distribution point";
    pol_builder list;
    pol_der all, point, name, full, e;
    list_init(f, &list);
    if (!pol_der_take(&in, DER_SEQUENCE, &all))
        return "x509: invalid CRL distribution points";
    while (all.body.len > 0) {
        if (!pol_der_take(&all.body, DER_SEQUENCE, &point))
            return wrong;
        if (!pol_der_maybe(&point.body, DER_CONTEXT_MADE | 0, &name))
            continue;
        if (!pol_der_take(&name.body, DER_CONTEXT_MADE | 0, &full))
            return wrong;
        while (pol_der_maybe(&full.body, DER_CONTEXT | 6, &e))
            pol_builder_add(&list, text_of(f, e.body));
    }
    put_list(f->out, "CRLDistributionPoints", &list);
    return NULL;
}

static const char *information_access(pol_x509_fields *f, pol_blob in)
{
    static const char wrong[] = "x509: invalid authority info access";
    pol_builder ocsp, issuers;
    pol_der all, entry, method, place;
    list_init(f, &ocsp);
    list_init(f, &issuers);
    if (!pol_der_take(&in, DER_SEQUENCE, &all))
        return wrong;
    while (all.body.len > 0) {
        if (!pol_der_take(&all.body, DER_SEQUENCE, &entry) ||
            !pol_der_take(&entry.body, DER_OID, &method))
            return wrong;
        if (!pol_der_maybe(&entry.body, DER_CONTEXT | 6, &place))
            continue;
        if (pol_der_oid_is(method.body, OID_PKIX "\x30\x01"))
            pol_builder_add(&ocsp, text_of(f, place.body));
        else if (pol_der_oid_is(method.body, OID_PKIX "\x30\x02"))
            pol_builder_add(&issuers, text_of(f, place.body));
    }
    put_list(f->out, "OCSPServer", &ocsp);
    put_list(f->out, "IssuingCertificateURL", &issuers);
    return NULL;
}

static const char *key_identifier(pol_x509_fields *f, pol_blob in, bool own)
{
    pol_der all, id;
    if (own) {
        if (!pol_der_take(&in, DER_OCTETS, &id))
            return "x509: invalid subject key identifier";
        pol_x509_put(f->out, "SubjectKeyId", pol_blob_base64(f->call, id.body));
        return NULL;
    }
    if (!pol_der_take(&in, DER_SEQUENCE, &all))
        return "x509: invalid authority key identifier";
    if (pol_der_maybe(&all.body, DER_CONTEXT | 0, &id))
        pol_x509_put(f->out, "AuthorityKeyId",
                     pol_blob_base64(f->call, id.body));
    return NULL;
}

/* ---- all of them --------------------------------------------------------- */

/* One of arc 2.5.29. */
static const char *standard(pol_x509_fields *f, unsigned number, pol_blob value,
                            bool *handled)
{
    pol_der e;
    bool critical = *handled; /* the caller's word for it */
    *handled = true;
    switch (number) {
    case 14: return key_identifier(f, value, true);
    case 15: return key_usage(f, value);
    case 17: return subject_names(f, value, handled);
    case 19: return basic_constraints(f, value);
    case 30: return name_constraints(f, value, critical, handled);
    case 31: return crl_points(f, value);
    case 32: return policies(f, value);
    case 33: return policy_mappings(f, value);
    case 35: return key_identifier(f, value, false);
    case 36: return policy_constraints(f, value);
    case 37: return extended_usage(f, value);
    case 54:
        return pol_der_take(&value, DER_INTEGER, &e) &&
                       put_count(f, "InhibitAnyPolicy", "InhibitAnyPolicyZero",
                                 e.body)
                   ? NULL
                   : "x509: invalid inhibit any policy extension";
    default: *handled = false; return NULL;
    }
}

static const char *read_value(pol_x509_fields *f, pol_blob oid, pol_blob value,
                              bool critical)
{
    bool handled = critical;
    const char *why = NULL;
    bool is_standard = oid.len == 3 && oid.at[0] == 0x55 && oid.at[1] == 0x1D;
    if (f->names_only)
        return is_standard && oid.at[2] == 17
                   ? subject_names(f, value, &handled)
                   : NULL;
    if (is_standard)
        why = standard(f, oid.at[2], value, &handled);
    else if (pol_der_oid_is(oid, OID_PKIX "\x01\x01"))
        why = information_access(f, value);
    else
        handled = false;
    if (!why && critical && !handled)
        pol_builder_add(&f->unhandled, pol_der_oid(f->call, oid));
    return why;
}

const char *pol_x509_extension(pol_x509_fields *f, pol_blob body)
{
    pol_der oid, flag, value;
    bool critical = false;
    if (!pol_der_take(&body, DER_OID, &oid))
        return "x509: malformed extension OID field";
    if (pol_der_maybe(&body, DER_BOOLEAN, &flag)) {
        if (flag.body.len != 1)
            return "x509: malformed extension critical field";
        critical = flag.body.at[0] != 0;
    }
    if (!pol_der_take(&body, DER_OCTETS, &value))
        return "x509: malformed extension value field";
    pol_value id = pol_der_oid(f->call, oid.body);
    if (!pol_is_defined(id))
        return "x509: malformed extension OID field";
    pol_builder o;
    pol_builder_init(&o, pol_call_arena(f->call), POL_OBJECT);
    pol_x509_put(&o, "Critical", pol_bool(critical));
    pol_x509_put(&o, "Id", id);
    pol_x509_put(&o, "Value", pol_blob_base64(f->call, value.body));
    pol_builder_add(&f->extensions, pol_builder_done(&o));
    return read_value(f, oid.body, value.body, critical);
}
