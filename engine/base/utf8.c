/* SPDX-License-Identifier: Apache-2.0
 *
 * UTF-8 as Go reads it. ASCII runs are skipped eight bytes at a time; the rest
 * goes through one decoder, so that checking, counting and decoding cannot
 * disagree. */
#include "utf8.h"

static const uint64_t HIGH_BITS = 0x8080808080808080u;

/* How many bytes of ASCII stand at `text`, up to `len`. */
static size_t ascii_run(const char *text, size_t len)
{
    size_t at = 0;
    while (len - at >= 8) {
        uint64_t word;
        memcpy(&word, text + at, 8);
        if (word & HIGH_BITS)
            break;
        at += 8;
    }
    while (at < len && (unsigned char)text[at] < 0x80)
        at++;
    return at;
}

/* The width of the well-formed sequence at `p` (1..4), or 0. `left` > 0. */
static size_t sequence(const unsigned char *p, size_t left, uint32_t *rune)
{
    unsigned char lead = p[0];
    if (lead < 0x80) {
        *rune = lead;
        return 1;
    }
    size_t width = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || left < width)
        return 0;
    uint32_t value = lead & (0x7Fu >> width);
    for (size_t i = 1; i < width; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
        value = value << 6 | (p[i] & 0x3Fu);
    }
    bool overlong = (width == 3 && value < 0x800) ||
                    (width == 4 && value < 0x10000);
    if (overlong || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return 0;
    *rune = value;
    return width;
}

size_t pol_utf8_prefix(const char *text, size_t len)
{
    size_t at = 0;
    for (;;) {
        at += ascii_run(text + at, len - at);
        if (at == len)
            return len;
        uint32_t rune;
        size_t width =
            sequence((const unsigned char *)text + at, len - at, &rune);
        if (!width)
            return at;
        at += width;
    }
}

bool pol_utf8_valid(const char *text, size_t len)
{
    return pol_utf8_prefix(text, len) == len;
}

uint32_t pol_utf8_decode(const char **at, const char *end)
{
    uint32_t rune;
    size_t width =
        sequence((const unsigned char *)*at, (size_t)(end - *at), &rune);
    if (!width) {
        *at += 1;
        return POL_UTF8_REPLACEMENT;
    }
    *at += width;
    return rune;
}

size_t pol_utf8_encode(uint32_t rune, char *out)
{
    if (rune > 0x10FFFF || (rune >= 0xD800 && rune <= 0xDFFF))
        rune = POL_UTF8_REPLACEMENT;
    if (rune < 0x80) {
        out[0] = (char)rune;
        return 1;
    }
    size_t width = rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
    for (size_t i = width - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (rune & 0x3F));
        rune >>= 6;
    }
    out[0] = (char)((0xF00u >> width & 0xFF) | rune);
    return width;
}

size_t pol_utf8_count(const char *text, size_t len)
{
    size_t count = 0, at = 0;
    while (at < len) {
        size_t run = ascii_run(text + at, len - at);
        count += run;
        at += run;
        if (at == len)
            break;
        uint32_t rune;
        size_t width =
            sequence((const unsigned char *)text + at, len - at, &rune);
        at += width ? width : 1;
        count++;
    }
    return count;
}
