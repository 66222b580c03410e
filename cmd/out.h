/* SPDX-License-Identifier: Apache-2.0
 *
 * Output. One buffered writer for stdout, stderr and report files. Errors of
 * writing (a full disk, a closed pipe) are remembered and reported once by
 * pol_out_done, so callers just write. A report file appears whole or not at
 * all: it is written beside its place and renamed at the end. */
#ifndef POL_OUT_H
#define POL_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { POL_OUT_BUFFER = 1 << 15 };

typedef struct pol_out {
    int fd;
    int error;        /* errno of the first write that failed, 0 if none */
    size_t used;      /* bytes in `bytes` */
    const char *path; /* of a report file, borrowed; NULL for a stream */
    char *temporary;  /* where it is written meanwhile; owned */
    char bytes[POL_OUT_BUFFER];
} pol_out;

/* A writer to an open descriptor, which stays open. */
void pol_out_init(pol_out *out, int fd);
/* A writer to a file that appears at pol_out_done; to a device or pipe it writes
 * as it goes. False with `error` set. */
bool pol_out_open(pol_out *out, const char *path);

/* Bytes, a text, formatted text, one byte `times` times: as they are. */
void pol_out_write(pol_out *out, const char *bytes, size_t len);
void pol_out_puts(pol_out *out, const char *text);
void pol_out_printf(pol_out *out, const char *fmt, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;
void pol_out_repeat(pol_out *out, char c, size_t times);

/* What is written for an ASCII character, NULL for what pol_out_escaped does
 * by itself. Constant. */
typedef const char *pol_out_escape(unsigned char c);
/* A text in a notation of its own. What `special` leaves alone stands as it is,
 * but for control characters and marks that turn the direction of text, which
 * become \n, \t or \u001b, and for broken UTF-8, which becomes U+FFFD. */
void pol_out_escaped(pol_out *out, const char *bytes, size_t len,
                     pol_out_escape *special);
/* The same without a notation, so that what comes from documents can neither
 * steer a terminal nor look like something else. */
void pol_out_plain(pol_out *out, const char *bytes, size_t len);
/* A text as a JSON string, quotes included. Broken UTF-8 becomes U+FFFD. */
void pol_out_json_string(pol_out *out, const char *bytes, size_t len);
/* JSON text that was printed with line breaks, its lines after the first
 * indented by `indent` more spaces. */
void pol_out_indented(pol_out *out, const char *json, size_t len, int indent);

/* Writes what is buffered. */
void pol_out_flush(pol_out *out);
/* Flushes; a report file gets its name, or vanishes when anything failed. False
 * when something was not written: `error` says why. */
bool pol_out_done(pol_out *out);

/* --color. */
typedef enum { POL_COLOR_AUTO, POL_COLOR_ALWAYS, POL_COLOR_NEVER } pol_color;
/* Should output to `fd` be coloured? POL_COLOR_AUTO: when it is a terminal,
 * TERM is not "dumb" and NO_COLOR is not set to something. */
bool pol_out_colored(int fd, pol_color mode);

#endif
