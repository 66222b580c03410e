/* SPDX-License-Identifier: Apache-2.0
 *
 * See lines.h. */
#include "lines.h"

#include <errno.h>

enum { FIRST_ROOM = 64 * 1024 };

const char *pol_line_reader_open(pol_line_reader *reader, const char *path)
{
    *reader = (pol_line_reader){.room = FIRST_ROOM};
    const char *why = pol_file_open(&reader->file, path);
    if (!why && !(reader->buffer = malloc(reader->room)))
        why = strerror(errno);
    if (why)
        pol_file_close(&reader->file);
    return why;
}

void pol_line_reader_close(pol_line_reader *reader)
{
    pol_file_close(&reader->file);
    free(reader->buffer);
    reader->buffer = NULL;
}

/* Gets more bytes behind those that wait. */
static const char *get(pol_line_reader *r)
{
    if (r->at) {
        memmove(r->buffer, r->buffer + r->at, r->len - r->at);
        r->len -= r->at;
        r->at = 0;
    }
    if (r->len == r->room) {
        char *larger = r->room < POL_FILE_LARGEST / 2
                           ? realloc(r->buffer, r->room * 2)
                           : NULL;
        if (!larger)
            return "a line is too long";
        r->buffer = larger;
        r->room *= 2;
    }
    size_t want = r->room - r->len;
    size_t got = pol_file_get(&r->file, r->buffer + r->len, want);
    if (got == SIZE_MAX)
        return strerror(errno);
    r->len += got;
    r->ended = got < want;
    if (r->ended && pol_file_changed(&r->file))
        return "it changed while it was read";
    return NULL;
}

bool pol_line_reader_next(pol_line_reader *r, pol_str *line, const char **why)
{
    size_t searched = 0;
    *why = NULL;
    for (;;) {
        size_t waiting = r->len - r->at;
        const char *start = r->buffer + r->at;
        const char *end =
            memchr(start + searched, '\n', waiting - searched);
        if (!end && !r->ended) {
            searched = waiting;
            *why = get(r);
            if (*why)
                return false;
            continue;
        }
        size_t len = end ? (size_t)(end - start) : waiting;
        r->at += len + (end != NULL);
        *line = (pol_str){start, len};
        r->line++;
        return end || len;
    }
}
