/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs of bytes, sixteen at a time where the machine can: space, string bodies,
 * equal keys. All may read up to 16 bytes beyond what they look for, which
 * POL_JSON_PAD allows. */
#ifndef POL_JSON_SCAN_H
#define POL_JSON_SCAN_H

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "common.h"

static inline bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

#if defined(__SSE2__)
static inline const char *space_run(const char *p)
{
    for (;; p += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i s = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')),
                                 _mm_cmpeq_epi8(v, _mm_set1_epi8('\n')));
        __m128i t = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\r')),
                                 _mm_cmpeq_epi8(v, _mm_set1_epi8('\t')));
        unsigned other = (unsigned)_mm_movemask_epi8(_mm_or_si128(s, t)) ^ 0xFFFF;
        if (other)
            return p + __builtin_ctz(other);
    }
}

/* The first quote, backslash or control character at or behind `p`; *high is
 * set if bytes over 0x7F stand before it. */
static inline const char *string_run(const char *p, bool *high)
{
    unsigned above = 0;
    for (;; p += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1F)), v);
        __m128i stop = _mm_or_si128(
            _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')),
                         _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))),
            low);
        unsigned stops = (unsigned)_mm_movemask_epi8(stop);
        unsigned highs = (unsigned)_mm_movemask_epi8(v);
        if (stops) {
            above |= highs & (stops ^ (stops - 1));
            *high = above != 0;
            return p + __builtin_ctz(stops);
        }
        above |= highs;
    }
}

/* Are the `n` bytes at `a` and `b` the same? Both may be read 16 further. */
static inline bool same_bytes(const char *a, const char *b, uint32_t n)
{
    for (;; a += 16, b += 16, n -= 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)a);
        __m128i w = _mm_loadu_si128((const __m128i *)(const void *)b);
        unsigned differ = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, w)) ^ 0xFFFF;
        if (n <= 16)
            return (differ & ((1u << n) - 1)) == 0;
        if (differ)
            return false;
    }
}
#else
static inline const char *space_run(const char *p)
{
    while (is_space(*p))
        p++;
    return p;
}

static inline const char *string_run(const char *p, bool *high)
{
    unsigned char above = 0;
    for (; *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20; p++)
        above |= (unsigned char)*p;
    *high = above >= 0x80;
    return p;
}

static inline bool same_bytes(const char *a, const char *b, uint32_t n)
{
    return memcmp(a, b, n) == 0;
}
#endif

/* Compact text has no space and pretty text has runs: test before looping. */
static inline const char *skip_space(const char *p)
{
    return POL_LIKELY((unsigned char)*p > ' ') ? p : space_run(p);
}

#endif
