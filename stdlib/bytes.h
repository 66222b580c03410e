/* SPDX-License-Identifier: Apache-2.0
 *
 * A growing byte string in an evaluation's arena, and code points in UTF-8.
 *
 * Every builtin that makes text of a size it does not know writes through
 * pol_bytes: growth is counted against the evaluation's budget and ends at
 * POL_BYTES_MAX, so no builtin can be talked into endless output. */
#ifndef POL_STDLIB_BYTES_H
#define POL_STDLIB_BYTES_H

#include <string.h>

#include "pol_ext.h"

/* Longest string that a builtin makes: far above what policies need, far below
 * the 32 bits of a string's length. */
#define POL_BYTES_MAX ((size_t)512 << 20)

typedef struct pol_bytes {
    pol_call *call;
    char *at;
    size_t len, room;
} pol_bytes;

/* An empty string with room for `room` bytes. */
void pol_bytes_init(pol_bytes *out, pol_call *call, size_t room);
/* Makes room for `more` bytes behind `len`; ends the evaluation (limit "string
 * length") beyond POL_BYTES_MAX. */
void pol_bytes_reserve(pol_bytes *out, size_t more);
/* Appends `count` times the byte. */
void pol_bytes_fill(pol_bytes *out, char byte, size_t count);
/* Appends a code point; what is none (a surrogate, beyond U+10FFFF) becomes
 * U+FFFD, so that the text stays valid. */
void pol_bytes_rune(pol_bytes *out, uint32_t rune);

static inline void pol_bytes_add(pol_bytes *out, const char *bytes, size_t len)
{
    if (len > out->room - out->len)
        pol_bytes_reserve(out, len);
    if (len > 0)
        memcpy(out->at + out->len, bytes, len);
    out->len += len;
}

/* Appends a NUL-terminated string. */
static inline void pol_bytes_text(pol_bytes *out, const char *text)
{
    pol_bytes_add(out, text, strlen(text));
}

static inline void pol_bytes_byte(pol_bytes *out, char byte)
{
    if (out->len == out->room)
        pol_bytes_reserve(out, 1);
    out->at[out->len++] = byte;
}

/* The string as a value. The buffer is given up. */
static inline pol_value pol_bytes_done(const pol_bytes *out)
{
    return pol_string(out->at, out->len);
}

/* ---- code points ----------------------------------------------------- */

/* Bytes of the code point that starts with `lead`. Strings of values are valid
 * UTF-8, so the lead byte tells. */
static inline size_t pol_rune_len(char lead)
{
    unsigned char c = (unsigned char)lead;
    return c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

/* The code point at `at` < len of valid UTF-8; sets *size to its bytes. */
uint32_t pol_rune_at(const char *at, size_t *size);

/* Code points in `len` bytes of valid UTF-8. */
size_t pol_rune_count(const char *bytes, size_t len);

/* Is the text valid UTF-8 (no surrogates, nothing overlong)? For bytes that a
 * builtin decoded. */
bool pol_rune_valid(const char *bytes, size_t len);

/* `bytes` as a string value: as they are if valid UTF-8, else a copy in which
 * each offending byte is U+FFFD, as Go shows such strings. */
pol_value pol_rune_clean(pol_call *call, const char *bytes, size_t len);

#endif
