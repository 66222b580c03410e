/* SPDX-License-Identifier: Apache-2.0
 *
 * Distinguished names, as the fields that Go has for them and as a list. */
#include "x509.h"

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
    static const char *const nulls[] = {"Country",       "ExtraNames",
                                        "Locality",      "Names",
                                        "Organization",  "OrganizationalUnit",
                                        "PostalCode",    "Province",
                                        "StreetAddress", NULL};
    pol_arena *arena = pol_call_arena(call);
    pol_builder empty;
    name_parts n = {.call = call};
    pol_builder_init(&empty, arena, POL_OBJECT);
    pol_x509_put_nulls(&empty, nulls);
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
