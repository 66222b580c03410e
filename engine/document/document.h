/* SPDX-License-Identifier: Apache-2.0
 *
 * Documents: JSON, JSON Lines and YAML text as values.
 *
 * A document owns its text and an arena with its values; strings without
 * escapes point into the text. It is immutable once read, so any number of
 * threads may look at it. Positions are not stored: pol_document_locate finds
 * the place of a path again by scanning the text, which costs nothing until a
 * violation is shown.
 */
#ifndef POL_DOCUMENT_H
#define POL_DOCUMENT_H

#include "diag.h"
#include "pol_value.h"

typedef enum {
    POL_FORMAT_AUTO, /* by content: JSON if the first byte that is no space is
                        one of { [ " digit - t f n and it reads as JSON or JSON
                        Lines, else YAML; the name's ending breaks ties */
    POL_FORMAT_JSON,
    POL_FORMAT_JSON_LINES,
    POL_FORMAT_YAML
} pol_format;

/* What tells whether a file is still the one that was read. */
typedef struct pol_file_stamp {
    uint64_t device, inode, size;
    int64_t seconds, nanoseconds; /* of the last change */
} pol_file_stamp;

typedef struct pol_document {
    pol_arena arena;
    pol_trap trap;
    pol_str name; /* for messages */
    pol_str text; /* followed by a readable NUL; in the arena or in pages */
    uint32_t lines_before; /* it, in its file: a line of JSON Lines */
    pol_file_stamp stamp;  /* of the file; zero if it was none */
    void *pages;           /* of a large text; NULL: none */
    size_t pages_len;
    pol_format format;
    pol_value *roots; /* one a document of the file */
    uint32_t *starts; /* byte offset at which the n-th root's text begins */
    uint32_t count;
    uint32_t src; /* number of the text in the diags' sources, set only when
                     something had to be reported or located */
    struct pol_places *_Atomic places; /* lines of a large text, made when the
                                          first place is asked for */
} pol_document;

/* Limits and leniency of reading; zero is the strict default. */
typedef struct pol_read_options {
    pol_format format;
    bool last_wins; /* duplicate keys: the last one, as OPA; else an error */
    size_t memory;  /* cap of the arena; 0 = none */
    uint32_t lines_before; /* the text, in its file */
} pol_read_options;

/* Reads a file (`-` is standard input) or a text (copied). On success true. On
 * failure a diagnostic with file, line and column (P06xx; P0901 when the file
 * cannot be read) is added and false returned; `doc` is then done. A file that
 * changes while it is read, a folder, or a device is an error. The
 * sources table gets the text (at most 64 KiB around the place) only when
 * something is reported. */
bool pol_document_read_file(pol_document *doc, const char *path,
                            const pol_read_options *options, pol_diags *diags,
                            pol_srcs *srcs);
bool pol_document_read_text(pol_document *doc, pol_str name, pol_str text,
                            const pol_read_options *options, pol_diags *diags,
                            pol_srcs *srcs);
/* Reports that the file `name` cannot be read (P0901). */
void pol_document_unreadable(pol_str name, const char *why, pol_diags *diags);
void pol_document_done(pol_document *doc);

typedef struct pol_location {
    bool found;
    uint32_t line, column; /* from 1, columns in code points */
    size_t off, len;       /* bytes in the text */
} pol_location;

/* The place of the value at `path` (`path[i]` string keys or array indices) in
 * the root'th document: of the value (not its key). When the path goes deeper
 * than the text, the deepest part that is there, with found = false. */
pol_location pol_document_locate(const pol_document *doc, uint32_t root,
                                 const pol_value *path, size_t path_len);

/* The document of a handle of pol.h, borrowed. */
struct pol_doc;
const pol_document *pol_doc_document(const struct pol_doc *doc);

#endif
