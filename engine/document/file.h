/* SPDX-License-Identifier: Apache-2.0
 *
 * The bytes of a file as the text of a document. */
#ifndef POL_FILE_H
#define POL_FILE_H

#include "document.h"

/* Sets the text of `doc` (and what is mapped) from `path`, `-` being standard
 * input, with POL_JSON_PAD zero bytes behind it. On failure a constant or
 * arena text says what is wrong: it goes behind "`path`: ". NULL on success. */
const char *pol_file_read(pol_document *doc, const char *path);

/* Has the file that was read changed its size since? Call once, when the text
 * has been parsed; closes it. */
bool pol_file_changed(pol_document *doc);

#endif
