/* SPDX-License-Identifier: Apache-2.0
 *
 * The buffered writer behind all output; see out.h. */
#include "out.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void pol_out_init(pol_out *out, int fd)
{
    out->fd = fd;
    out->error = 0;
    out->used = 0;
    out->path = NULL;
    out->temporary = NULL;
}

/* A pipe or device cannot be renamed to, and what stands in /dev is often a
 * link to the output of the process: those are written as they are. */
static bool is_device(const char *path)
{
    struct stat info;
    if (!strncmp(path, "/dev/", 5))
        return true;
    return stat(path, &info) == 0 && !S_ISREG(info.st_mode) &&
           !S_ISDIR(info.st_mode);
}

static bool open_device(pol_out *out, const char *path)
{
    out->fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (out->fd < 0)
        out->error = errno;
    out->path = path;
    return out->fd >= 0;
}

bool pol_out_open(pol_out *out, const char *path)
{
    pol_out_init(out, -1);
    if (is_device(path))
        return open_device(out, path);
    size_t len = strlen(path);
    char *name = malloc(len + 8);
    if (!name) {
        out->error = ENOMEM;
        return false;
    }
    memcpy(name, path, len);
    memcpy(name + len, ".XXXXXX", 8);
    out->fd = mkstemp(name);
    if (out->fd < 0) {
        out->error = errno;
        free(name);
        return false;
    }
    /* mkstemp makes it 0600; a report is for whoever may read the folder. */
    mode_t mask = umask(0);
    umask(mask);
    if (fchmod(out->fd, 0666 & ~mask) != 0)
        out->error = errno;
    out->path = path;
    out->temporary = name;
    return true;
}

static void write_all(pol_out *out, const char *bytes, size_t len)
{
    while (len && !out->error) {
        ssize_t got = write(out->fd, bytes, len);
        if (got < 0 && errno != EINTR)
            out->error = errno;
        if (got > 0) {
            bytes += got;
            len -= (size_t)got;
        }
    }
}

void pol_out_flush(pol_out *out)
{
    write_all(out, out->bytes, out->used);
    out->used = 0;
}

void pol_out_write(pol_out *out, const char *bytes, size_t len)
{
    if (len > POL_OUT_BUFFER - out->used)
        pol_out_flush(out);
    if (len > POL_OUT_BUFFER) {
        write_all(out, bytes, len);
        return;
    }
    memcpy(out->bytes + out->used, bytes, len);
    out->used += len;
}

void pol_out_puts(pol_out *out, const char *text)
{
    pol_out_write(out, text, strlen(text));
}

void pol_out_printf(pol_out *out, const char *fmt, ...)
{
    char small[512];
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int len = vsnprintf(small, sizeof small, fmt, args);
    va_end(args);
    if (len >= 0 && (size_t)len < sizeof small) {
        pol_out_write(out, small, (size_t)len);
    } else if (len >= 0) {
        char *big = malloc((size_t)len + 1);
        if (big) {
            vsnprintf(big, (size_t)len + 1, fmt, again);
            pol_out_write(out, big, (size_t)len);
        } else {
            out->error = ENOMEM;
        }
        free(big);
    }
    va_end(again);
}

void pol_out_repeat(pol_out *out, char c, size_t times)
{
    for (; times; times--)
        pol_out_write(out, &c, 1);
}

/* The escape of an ASCII control character, NULL for the others. */
static const char *control_escape(unsigned char c, char scratch[8])
{
    switch (c) {
    case '\n': return "\\n";
    case '\t': return "\\t";
    case '\r': return "\\r";
    case '\b': return "\\b";
    case '\f': return "\\f";
    }
    if (c >= 0x20 && c != 0x7f)
        return NULL;
    snprintf(scratch, 8, "\\u%04x", c);
    return scratch;
}

/* Code points that are never written as they are: C1 controls, which steer
 * terminals as well, marks that turn the direction of text or end a line, so
 * that a report shows what stands in it, and what XML cannot hold. */
static bool is_hidden(uint32_t c)
{
    return (c >= 0x80 && c < 0xa0) || c == 0x061c || c == 0x200e ||
           c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xfffe || c == 0xffff;
}

/* The code point of a well-formed sequence of 2 or 3 bytes, 0 for others. */
static uint32_t code_point(const unsigned char *s, size_t n)
{
    if (n == 2)
        return (s[0] & 0x1fu) << 6 | (s[1] & 0x3fu);
    if (n == 3)
        return (s[0] & 0x0fu) << 12 | (s[1] & 0x3fu) << 6 | (s[2] & 0x3fu);
    return 0;
}

/* Length of the well-formed UTF-8 sequence at `s`, 0 if there is none. */
static size_t sequence(const unsigned char *s, size_t len)
{
    if (s[0] < 0x80)
        return 1;
    size_t n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    if (s[0] < 0xc2 || s[0] > 0xf4 || n > len)
        return 0;
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    }
    bool broken = (s[0] == 0xe0 && s[1] < 0xa0) ||
                  (s[0] == 0xed && s[1] > 0x9f) ||
                  (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f);
    return broken ? 0 : n;
}

void pol_out_escaped(pol_out *out, const char *bytes, size_t len,
                     pol_out_escape *special)
{
    for (size_t i = 0; i < len;) {
        const unsigned char *at = (const unsigned char *)bytes + i;
        size_t n = sequence(at, len - i);
        char scratch[8];
        const char *text = *at < 0x80 && special ? special(*at) : NULL;
        if (!text)
            text = control_escape(*at, scratch);
        uint32_t c = code_point(at, n);
        if (text)
            pol_out_puts(out, text);
        else if (is_hidden(c))
            pol_out_printf(out, "\\u%04x", c);
        else if (n == 0)
            pol_out_puts(out, "\xef\xbf\xbd");
        else
            pol_out_write(out, bytes + i, n);
        i += n ? n : 1;
    }
}

void pol_out_plain(pol_out *out, const char *bytes, size_t len)
{
    pol_out_escaped(out, bytes, len, NULL);
}

static const char *json_escape(unsigned char c)
{
    return c == '"' ? "\\\"" : c == '\\' ? "\\\\" : NULL;
}

void pol_out_json_string(pol_out *out, const char *bytes, size_t len)
{
    pol_out_write(out, "\"", 1);
    pol_out_escaped(out, bytes, len, json_escape);
    pol_out_write(out, "\"", 1);
}

void pol_out_indented(pol_out *out, const char *json, size_t len, int indent)
{
    while (len) {
        const char *eol = memchr(json, '\n', len);
        size_t n = eol ? (size_t)(eol - json) + 1 : len;
        pol_out_write(out, json, n);
        if (eol)
            pol_out_repeat(out, ' ', (size_t)indent);
        json += n;
        len -= n;
    }
}

bool pol_out_done(pol_out *out)
{
    pol_out_flush(out);
    if (!out->path)
        return out->error == 0;
    if (close(out->fd) != 0 && !out->error)
        out->error = errno;
    if (!out->temporary)
        return out->error == 0;
    if (!out->error && rename(out->temporary, out->path) != 0)
        out->error = errno;
    if (out->error)
        unlink(out->temporary);
    free(out->temporary);
    out->temporary = NULL;
    return out->error == 0;
}

bool pol_out_colored(int fd, pol_color mode)
{
    if (mode != POL_COLOR_AUTO)
        return mode == POL_COLOR_ALWAYS;
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    if ((no && *no) || (term && !strcmp(term, "dumb")))
        return false;
    return isatty(fd) == 1;
}
