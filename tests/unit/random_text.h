/* SPDX-License-Identifier: Apache-2.0
 *
 * Random documents for tests, the same ones for the same seed: YAML in all its
 * layouts, JSON, and JSON Lines. */
#ifndef POL_RANDOM_TEXT_H
#define POL_RANDOM_TEXT_H

#include "buf.h"

typedef struct random_text {
    uint64_t state; /* set this, the arena and the buffer */
    pol_arena *arena;
    pol_buf out;
    /* what the text has come to hold */
    const char *eol;
    bool marks; /* anchors, tags, merge keys: changes may be refused */
    bool anchored; /* `&a` stands in the text */
    bool comments;
    bool lines; /* literal or folded scalars */
    bool loose; /* empty lines may count: values depend on what follows them */
    unsigned names;
} random_text;

/* A number below n. */
unsigned random_below(random_text *r, unsigned n);
bool random_chance(random_text *r, unsigned percent);
#define random_pick(r, list) \
    ((list)[random_below(r, sizeof(list) / sizeof *(list))])

/* Each adds a document, or several, to the buffer. */
void random_yaml(random_text *r);
void random_json(random_text *r);
void random_json_lines(random_text *r);

#endif
