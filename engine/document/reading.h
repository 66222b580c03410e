/* SPDX-License-Identifier: Apache-2.0
 *
 * What the readers of the formats share. A reader fills the roots of a document
 * or describes one flaw; whether the flaw is reported or another format tried
 * is decided by document.c. */
#ifndef POL_READING_H
#define POL_READING_H

#include "document.h"

/* What is wrong with a text, with offsets into it. */
typedef struct pol_flaw {
    pol_diag_code code;
    size_t off, len;
    const char *message;
    const char *label; /* NULL for none */
    const char *help;  /* NULL for none */
    size_t other_off, other_len;
    const char *other; /* text of the second label, NULL for none */
} pol_flaw;

typedef struct pol_reading {
    pol_document *doc;
    const pol_read_options *options;
    uint32_t room; /* of roots and starts */
    bool loose;    /* values of JSON Lines may go over several lines */
    pol_flaw flaw; /* after a reader returned false */
} pol_reading;

/* Appends a root whose text begins at `off`. */
void pol_reading_root(pol_reading *reading, pol_value root, size_t off);

/* Notes a flaw and returns false, for `return pol_reading_flaw(…)`. */
bool pol_reading_flaw(pol_reading *reading, pol_diag_code code, size_t off,
                      const char *message);

/* One JSON value, and nothing behind it. */
bool pol_reading_json(pol_reading *reading);
/* JSON values, each on a line of its own (`loose`: beginning on one); blank lines
 * do not count. None at all is fine. */
bool pol_reading_jsonl(pol_reading *reading);
/* YAML documents; none at all is fine. */
bool pol_reading_yaml(pol_reading *reading);

/* The same for the plain sort of YAML, without libyaml; false, and nothing said,
 * if the text is not of that sort. */
bool pol_reading_block(pol_reading *reading);

/* Where the text proper starts: behind a byte order mark. */
size_t pol_reading_start(const pol_document *doc);

/* How the character at `off` is called in a message: `x`, a code, the end. */
const char *pol_reading_name(pol_arena *arena, pol_str text, size_t off);

#endif
