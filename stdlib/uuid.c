/* SPDX-License-Identifier: Apache-2.0
 *
 * UUIDs of RFC 4122 (9562). */
#include <string.h>
#include <strings.h>

#include "pol_stdlib.h"

enum { BYTES = 16 };

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Reads 16 bytes with `dashes` after 4, 6, 8 and 10 of them, or without any. */
static bool read_bytes(const char *at, bool dashes, uint8_t out[BYTES])
{
    for (int i = 0; i < BYTES; i++) {
        if (dashes && (i == 4 || i == 6 || i == 8 || i == 10) && *at++ != '-')
            return false;
        int high = hex_digit(at[0]), low = hex_digit(at[1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
        at += 2;
    }
    return true;
}

/* The forms that OPA takes: plain, without dashes, as a URN, and with one
 * character around it, whatever that is. */
static bool read_uuid(pol_value v, uint8_t out[BYTES])
{
    switch (v.len) {
    case 32:
        return read_bytes(v.str, false, out);
    case 36:
        return read_bytes(v.str, true, out);
    case 38:
        return read_bytes(v.str + 1, true, out);
    case 45:
        return strncasecmp(v.str, "urn:uuid:", 9) == 0 &&
               read_bytes(v.str + 9, true, out);
    default:
        return false;
    }
}

static pol_value variant_name(uint8_t byte)
{
    if ((byte & 0xC0) == 0x80)
        return pol_literal("RFC4122");
    if ((byte & 0xE0) == 0xC0)
        return pol_literal("Microsoft");
    return (byte & 0xE0) == 0xE0 ? pol_literal("Future")
                                 : pol_literal("Reserved");
}

static pol_value mac_variables(uint8_t byte)
{
    static const char *const names[] = {"global:unicast", "global:multicast",
                                        "local:unicast", "local:multicast"};
    const char *name = names[byte & 3];
    return pol_string(name, strlen(name));
}

static pol_value domain_name(pol_call *call, uint8_t domain)
{
    static const char *const names[] = {"Person", "Group", "Org"};
    if (domain < 3)
        return pol_string(names[domain], strlen(names[domain]));
    return pol_call_printf(call, "Domain%d", domain);
}

static void put(pol_builder *out, const char *name, pol_value v)
{
    pol_builder_put(out, pol_string(name, strlen(name)), v);
}

/* Versions 1 and 2 hold a time in units of 100 ns since 1582-10-15 and a
 * network address. The multiplication wraps, as Go's does. */
static void put_time(pol_call *call, pol_builder *out, const uint8_t u[BYTES])
{
    const uint64_t epoch = 122192928000000000u;
    uint64_t low = (uint64_t)u[0] << 24 | u[1] << 16 | u[2] << 8 | u[3];
    uint64_t mid = (uint64_t)u[4] << 8 | u[5];
    uint64_t high = (uint64_t)(u[6] & 0x0F) << 8 | u[7];
    uint64_t time = (low | mid << 32 | high << 48) - epoch;
    put(out, "time", pol_int((int64_t)(time * 100)));
    put(out, "clocksequence", pol_int((u[8] & 0x3F) << 8 | u[9]));
    put(out, "nodeid",
        pol_call_printf(call, "%02x-%02x-%02x-%02x-%02x-%02x", u[10], u[11],
                        u[12], u[13], u[14], u[15]));
    put(out, "macvariables", mac_variables(u[10]));
}

static pol_value parse(pol_call *call, const pol_value *args)
{
    uint8_t u[BYTES];
    if (!read_uuid(args[0], u))
        return pol_undefined();
    int version = u[6] >> 4;
    pol_builder out;
    pol_builder_init(&out, pol_call_arena(call), POL_OBJECT);
    put(&out, "version", pol_int(version));
    put(&out, "variant", variant_name(u[8]));
    if (version == 1 || version == 2)
        put_time(call, &out, u);
    if (version == 2) {
        int64_t id = (int64_t)u[0] << 24 | u[1] << 16 | u[2] << 8 | u[3];
        put(&out, "id", pol_int(id));
        put(&out, "domain", domain_name(call, u[9]));
    }
    return pol_builder_done(&out);
}

static pol_value rfc4122(pol_call *call, const pol_value *args)
{
    (void)args;
    uint8_t u[BYTES];
    for (int i = 0; i < BYTES; i += 8) {
        uint64_t bits = pol_call_random(call);
        memcpy(u + i, &bits, 8);
    }
    u[6] = (u[6] & 0x0F) | 0x40;
    u[8] = (u[8] & 0x3F) | 0x80;
    return pol_call_printf(call,
                           "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
                           "%02x%02x%02x%02x%02x%02x",
                           u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7],
                           u[8], u[9], u[10], u[11], u[12], u[13], u[14],
                           u[15]);
}

const pol_builtin pol_stdlib_uuid[] = {
    {"uuid.parse", "(string) -> object{string: any}", parse, POL_PURE,
     "version, variant and parts of a UUID; undefined if it is none", NULL},
    {"uuid.rfc4122", "(string) -> string", rfc4122,
     POL_IMPURE | POL_UNCHECKED,
     "a random UUID of version 4; the same text gives the same UUID within an "
     "evaluation",
     NULL},
    {0},
};
