/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading DER. */
#include "der.h"

/* The length at at[1]; false if it is malformed. Sets the size of the header. */
static bool length_of(pol_blob in, size_t *header, size_t *len)
{
    unsigned first = in.at[1];
    *header = 2;
    *len = first;
    if (first < 0x80)
        return true;
    size_t count = first & 0x7F;
    if (count == 0 || count > 4 || in.len < 2 + count)
        return false;
    *len = 0;
    for (size_t i = 0; i < count; i++)
        *len = *len << 8 | in.at[2 + i];
    *header = 2 + count;
    /* DER wants the shortest form. */
    return *len >= 0x80 && in.at[2] != 0;
}

bool pol_der_next(pol_blob *in, pol_der *e)
{
    size_t header, len;
    if (in->len < 2 || (in->at[0] & 0x1F) == 0x1F ||
        !length_of(*in, &header, &len) || len > in->len - header)
        return false;
    e->tag = in->at[0];
    e->body = (pol_blob){in->at + header, len};
    e->whole = (pol_blob){in->at, header + len};
    in->at += header + len;
    in->len -= header + len;
    return true;
}

bool pol_der_take(pol_blob *in, unsigned tag, pol_der *e)
{
    return pol_der_next(in, e) && e->tag == tag;
}

bool pol_der_maybe(pol_blob *in, unsigned tag, pol_der *e)
{
    return in->len > 0 && in->at[0] == tag && pol_der_next(in, e);
}

pol_value pol_der_oid(pol_call *call, pol_blob body)
{
    pol_builder out;
    pol_builder_init(&out, pol_call_arena(call), POL_ARRAY);
    int64_t arc = 0;
    if (body.len == 0 || body.at[body.len - 1] & 0x80)
        return pol_undefined();
    for (size_t i = 0; i < body.len; i++) {
        if (arc > INT32_MAX >> 7)
            return pol_undefined();
        arc = arc << 7 | (body.at[i] & 0x7F);
        if (body.at[i] & 0x80)
            continue;
        if (out.count == 0) {
            int64_t first = arc < 80 ? arc / 40 : 2;
            pol_builder_add(&out, pol_int(first));
            arc -= first * 40;
        }
        pol_builder_add(&out, pol_int(arc));
        arc = 0;
    }
    return pol_builder_done(&out);
}

bool pol_der_small(pol_blob body, int64_t *out)
{
    if (body.len == 0 || body.len > 5 || body.at[0] & 0x80)
        return false;
    *out = 0;
    for (size_t i = 0; i < body.len; i++)
        *out = *out << 8 | body.at[i];
    return true;
}

bool pol_der_bits(pol_blob body, pol_blob *out)
{
    if (body.len == 0 || body.at[0] != 0)
        return false;
    *out = (pol_blob){body.at + 1, body.len - 1};
    return true;
}
