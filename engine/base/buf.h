/* SPDX-License-Identifier: Apache-2.0
 *
 * A growing run of bytes in an arena. Growth copies and leaves the old bytes to
 * the arena, so the whole waste is at most the final size. */
#ifndef POL_BUF_H
#define POL_BUF_H

#include "str.h"

typedef struct pol_buf {
    pol_arena *arena;
    char *ptr;
    size_t len;
    size_t room;
} pol_buf;

/* An empty buffer that allocates from `arena`. */
void pol_buf_init(pol_buf *buf, pol_arena *arena);

/* Makes room for `more` bytes behind the end and returns where they go; the
 * caller adds what it wrote to `len`. */
char *pol_buf_reserve(pol_buf *buf, size_t more);

/* Append bytes, a text, a literal of C, one byte, formatted text. */
void pol_buf_add(pol_buf *buf, const char *bytes, size_t len);
void pol_buf_str(pol_buf *buf, pol_str s);
void pol_buf_cstr(pol_buf *buf, const char *text);
void pol_buf_char(pol_buf *buf, char c);
void pol_buf_printf(pol_buf *buf, const char *fmt, ...) POL_PRINTF(2, 3);

/* What was gathered so far, borrowed; a NUL stands behind it. */
pol_str pol_buf_done(pol_buf *buf);

#endif
