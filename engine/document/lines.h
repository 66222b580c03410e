/* SPDX-License-Identifier: Apache-2.0
 *
 * The lines of a file, one after another: of a file of any size there is one line
 * in memory, the longest one being the bound. */
#ifndef POL_LINES_H
#define POL_LINES_H

#include "file.h"

typedef struct pol_line_reader {
    pol_file file;
    char *buffer;        /* from malloc */
    size_t room;
    size_t at, len;      /* of the bytes that wait, and where they end */
    bool ended;
    uint32_t line;       /* number of the line that was read last */
} pol_line_reader;

/* Opens `path`, `-` being standard input. NULL, or what is wrong, as of
 * pol_file_open; then there is nothing to close. */
const char *pol_line_reader_open(pol_line_reader *reader, const char *path);
void pol_line_reader_close(pol_line_reader *reader);

/* The next line without its end, borrowed until the next call. False at the end
 * of the file; with *why set when it could not be read to there, or changed
 * meanwhile. */
bool pol_line_reader_next(pol_line_reader *reader, pol_str *line,
                          const char **why);

#endif
