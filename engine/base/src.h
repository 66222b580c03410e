/* SPDX-License-Identifier: Apache-2.0
 *
 * Source texts and spans in them. A span is 12 bytes; line and column are
 * computed only when something is shown to a person. */
#ifndef POL_SRC_H
#define POL_SRC_H

#include "str.h"

/* A run of bytes of one source. `src` 0 means "no place"; the first text added
 * to a pol_srcs has number 1. */
typedef struct pol_span {
    uint32_t src;
    uint32_t off;
    uint32_t len;
} pol_span;

#define POL_NO_SPAN ((pol_span){0, 0, 0})

/* One text. `text` is followed by a readable NUL byte, which the lexers use as
 * their sentinel; it is not part of the text. */
typedef struct pol_src {
    pol_str name; /* as the user wrote it, for messages */
    pol_str text;
    uint32_t lines_before; /* the text, in what bears the name */
} pol_src;

/* A growing table of texts that spans refer to. */
typedef struct pol_srcs {
    pol_arena *arena;
    pol_src *items;
    uint32_t count, room;
} pol_srcs;

/* A place for a person: both count from 1, the column in code points. */
typedef struct pol_place {
    uint32_t line;
    uint32_t column;
} pol_place;

void pol_srcs_init(pol_srcs *srcs, pol_arena *arena);

/* Adds a text and returns its number. Name and text are copied into the arena;
 * texts over 4 GiB must be refused before. */
uint32_t pol_srcs_add(pol_srcs *srcs, pol_str name, pol_str text);
/* The same for a part of a text that has so many lines in front of it. */
uint32_t pol_srcs_add_lines(pol_srcs *srcs, pol_str name, pol_str text,
                            uint32_t lines_before);

/* The text with that number, borrowed; NULL for 0 and unknown numbers. */
const pol_src *pol_srcs_at(const pol_srcs *srcs, uint32_t number);

/* Line and column of a byte offset (clamped to the text). */
pol_place pol_src_place(const pol_src *src, size_t off);

/* The line that holds `off`, without its line end. */
pol_str pol_src_line(const pol_src *src, size_t off);

/* The smallest span that covers both; either may be POL_NO_SPAN. */
static inline pol_span pol_span_join(pol_span a, pol_span b)
{
    if (!a.src)
        return b;
    if (!b.src || a.src != b.src)
        return a;
    uint32_t start = a.off < b.off ? a.off : b.off;
    uint32_t a_end = a.off + a.len, b_end = b.off + b.len;
    uint32_t end = a_end > b_end ? a_end : b_end;
    return (pol_span){a.src, start, end - start};
}

#endif
