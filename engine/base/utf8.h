/* SPDX-License-Identifier: Apache-2.0
 *
 * UTF-8: check, decode, encode, count. A bad byte decodes as U+FFFD of width
 * one, as Go does, so that lengths and slices of broken strings agree with
 * OPA's. Overlong forms, surrogates and values over U+10FFFF are bad. */
#ifndef POL_UTF8_H
#define POL_UTF8_H

#include "common.h"

/* U+FFFD, and the most bytes that one code point takes. */
enum { POL_UTF8_REPLACEMENT = 0xFFFD, POL_UTF8_MAX = 4 };

/* Whether all `len` bytes are well-formed UTF-8. NUL is a character. */
bool pol_utf8_valid(const char *text, size_t len);

/* The length of the longest well-formed prefix. */
size_t pol_utf8_prefix(const char *text, size_t len);

/* The code point at `*at`, which must be before `end`; moves `*at` behind it.
 * A byte that starts no well-formed sequence gives U+FFFD and moves by 1. */
uint32_t pol_utf8_decode(const char **at, const char *end);

/* Writes `rune` to `out` (room for POL_UTF8_MAX bytes) and returns the number
 * of bytes. Surrogates and values out of range are written as U+FFFD. */
size_t pol_utf8_encode(uint32_t rune, char *out);

/* Number of code points, a bad byte counting as one. */
size_t pol_utf8_count(const char *text, size_t len);

#endif
