/* SPDX-License-Identifier: Apache-2.0
 *
 * The bytes of a file. They are copied, never mapped: what somebody writes into
 * the file later changes no document, and a file that is cut short ends no
 * process. */
#ifndef POL_FILE_H
#define POL_FILE_H

#include "document.h"

/* The largest text that a document can have: offsets are 32 bits wide. */
#define POL_FILE_LARGEST ((size_t)UINT32_MAX - 65536u)

/* A file that is open for reading. */
typedef struct pol_file {
    int fd; /* -1: closed */
    bool regular, at_start;
    pol_file_stamp stamp; /* when it was opened */
} pol_file;

/* Opens `path`, `-` being standard input. A folder or a device is refused. NULL,
 * or what is wrong: it goes behind "`path`: " and lives until errno changes its
 * mind. */
const char *pol_file_open(pol_file *file, const char *path);
/* Reads up to `room` bytes; returns how many, fewer only at the end. SIZE_MAX on
 * error, which is in errno. */
size_t pol_file_get(const pol_file *file, char *to, size_t room);
/* Has somebody written to it since it was opened? */
bool pol_file_changed(const pol_file *file);
/* For pol_arena_defer, too. */
void pol_file_close(void *file);

/* Is what `path` names now the file of the stamp, and nobody has written to
 * it? */
bool pol_file_is(const char *path, const pol_file_stamp *stamp);

/* Sets text and stamp of `doc` from `path`, with POL_JSON_PAD zero bytes behind
 * the text. NULL, or what is wrong, as above. */
const char *pol_file_read(pol_document *doc, const char *path);

#endif
