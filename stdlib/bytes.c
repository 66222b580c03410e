/* SPDX-License-Identifier: Apache-2.0
 *
 * Growing byte strings and code points for the standard library. Growth doubles
 * in the arena: the buffers left behind cost at most as much again and die with
 * the evaluation. */
#include "bytes.h"

void pol_bytes_init(pol_bytes *out, pol_call *call, size_t room)
{
    out->call = call;
    out->len = 0;
    out->room = room < 16 ? 16 : room;
    if (out->room > POL_BYTES_MAX)
        pol_call_limit(call, "string length");
    out->at = pol_call_alloc(call, out->room);
}

void pol_bytes_reserve(pol_bytes *out, size_t more)
{
    if (more <= out->room - out->len)
        return;
    if (more > POL_BYTES_MAX - out->len)
        pol_call_limit(out->call, "string length");
    size_t room = out->room * 2;
    if (room < out->len + more)
        room = out->len + more;
    if (room > POL_BYTES_MAX)
        room = POL_BYTES_MAX;
    /* a unit of work is the time in which some 512 bytes are copied */
    pol_call_spend(out->call, room / 512);
    char *at = pol_call_alloc(out->call, room);
    memcpy(at, out->at, out->len);
    out->at = at;
    out->room = room;
}

void pol_bytes_fill(pol_bytes *out, char byte, size_t count)
{
    pol_bytes_reserve(out, count);
    memset(out->at + out->len, byte, count);
    out->len += count;
}

void pol_bytes_rune(pol_bytes *out, uint32_t rune)
{
    if (rune > 0x10FFFF || (rune >= 0xD800 && rune <= 0xDFFF))
        rune = 0xFFFD;
    if (rune < 0x80) {
        pol_bytes_byte(out, (char)rune);
    } else if (rune < 0x800) {
        pol_bytes_byte(out, (char)(0xC0 | rune >> 6));
        pol_bytes_byte(out, (char)(0x80 | (rune & 0x3F)));
    } else if (rune < 0x10000) {
        pol_bytes_byte(out, (char)(0xE0 | rune >> 12));
        pol_bytes_byte(out, (char)(0x80 | (rune >> 6 & 0x3F)));
        pol_bytes_byte(out, (char)(0x80 | (rune & 0x3F)));
    } else {
        pol_bytes_byte(out, (char)(0xF0 | rune >> 18));
        pol_bytes_byte(out, (char)(0x80 | (rune >> 12 & 0x3F)));
        pol_bytes_byte(out, (char)(0x80 | (rune >> 6 & 0x3F)));
        pol_bytes_byte(out, (char)(0x80 | (rune & 0x3F)));
    }
}

uint32_t pol_rune_at(const char *at, size_t *size)
{
    const unsigned char *s = (const unsigned char *)at;
    *size = pol_rune_len(*at);
    switch (*size) {
    case 1: return s[0];
    case 2: return (uint32_t)((s[0] & 0x1F) << 6 | (s[1] & 0x3F));
    case 3:
        return (uint32_t)((s[0] & 0x0F) << 12 | (s[1] & 0x3F) << 6 |
                          (s[2] & 0x3F));
    default:
        return (uint32_t)((s[0] & 0x07) << 18 | (s[1] & 0x3F) << 12 |
                          (s[2] & 0x3F) << 6 | (s[3] & 0x3F));
    }
}

size_t pol_rune_count(const char *bytes, size_t len)
{
    size_t count = 0;
    for (size_t i = 0; i < len; i++)
        count += ((unsigned char)bytes[i] & 0xC0) != 0x80;
    return count;
}

/* Bytes of the valid code point at `s`, 0 if there is none. */
static size_t valid_len(const unsigned char *s, size_t left)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    if (s[0] < 0x80)
        return 1;
    if (s[0] < 0xC2 || s[0] > 0xF4)
        return 0;
    size_t size = pol_rune_len((char)s[0]);
    if (size > left)
        return 0;
    for (size_t i = 1; i < size; i++)
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    uint32_t rune = pol_rune_at((const char *)s, &size);
    bool fits = rune >= least[size] && rune <= 0x10FFFF &&
                (rune < 0xD800 || rune > 0xDFFF);
    return fits ? size : 0;
}

bool pol_rune_valid(const char *bytes, size_t len)
{
    for (size_t i = 0; i < len;) {
        size_t size = valid_len((const unsigned char *)bytes + i, len - i);
        if (size == 0)
            return false;
        i += size;
    }
    return true;
}

pol_value pol_rune_clean(pol_call *call, const char *bytes, size_t len)
{
    if (pol_rune_valid(bytes, len))
        return pol_string(bytes, len);
    pol_bytes out;
    pol_bytes_init(&out, call, len + len / 2);
    for (size_t i = 0; i < len;) {
        size_t size = valid_len((const unsigned char *)bytes + i, len - i);
        if (size == 0)
            pol_bytes_rune(&out, 0xFFFD);
        else
            pol_bytes_add(&out, bytes + i, size);
        i += size == 0 ? 1 : size;
    }
    return pol_bytes_done(&out);
}
