/* libs: -larchive */
/* SPDX-License-Identifier: Apache-2.0
 *
 * The extension library "archive": reads a .tar.gz with libarchive, within the
 * bounds of unpack.h. Only tar and gzip are switched on, so that no other of
 * libarchive's readers sees the input. Links, devices and paths that leave the
 * archive are refused, not skipped: whoever made such an archive meant harm. */
#include "unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { BLOCK = 1 << 16 };

/* The reading of one archive. */
typedef struct state {
    struct archive *archive;
    pol_unpack *unpack;
    int64_t room; /* bytes that may still be unpacked */
    uint32_t files;
} state;

static bool refuse(pol_unpack *u, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static bool refuse(pol_unpack *u, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(u->error, sizeof u->error, fmt, args);
    va_end(args);
    return false;
}

static bool too_much(pol_unpack *u, const char *what)
{
    u->is_limit = true;
    return refuse(u, "%s", what);
}

/* ---- entries ---------------------------------------------------------------- */

/* `name` without `.` and empty parts. A leading slash is the root of the
 * archive, as in those `opa build` writes. */
static bool clean(pol_unpack *u, const char *name, char out[POL_UNPACK_PATH])
{
    size_t used = 0;
    while (*name) {
        size_t len = strcspn(name, "/");
        bool here = len == 0 || (len == 1 && *name == '.');
        if (len == 2 && !memcmp(name, "..", 2))
            return refuse(u, "an entry's path has `..`");
        if (used + len + 2 > POL_UNPACK_PATH)
            return too_much(u, "an entry's path is too long");
        if (!here) {
            if (used)
                out[used++] = '/';
            memcpy(out + used, name, len);
            used += len;
        }
        name += len + (name[len] == '/');
    }
    out[used] = '\0';
    return true;
}

/* All of the entry's `size` bytes, and a NUL. */
static char *read_text(state *s, size_t size, size_t *len)
{
    char *text = malloc(size + 1);
    size_t used = 0;
    while (text && used < size) {
        la_ssize_t got =
            archive_read_data(s->archive, text + used, size - used);
        if (got == 0)
            break;
        if (got < 0) {
            const char *why = archive_error_string(s->archive);
            refuse(s->unpack, "%.400s", why ? why : "broken archive");
            free(text);
            return NULL;
        }
        used += (size_t)got;
    }
    if (!text)
        refuse(s->unpack, "%s", strerror(ENOMEM));
    else
        text[used] = '\0';
    *len = used;
    return text;
}

/* Of each entry, read or not: what is skipped is unpacked all the same. */
static bool within(state *s, struct archive_entry *entry)
{
    int64_t size = archive_entry_size(entry);
    if (++s->files > POL_UNPACK_FILES)
        return too_much(s->unpack, "more than 65536 entries");
    if (size < 0)
        return refuse(s->unpack, "an entry of negative size");
    if (size > POL_UNPACK_FILE)
        return too_much(s->unpack, "an entry of more than 64 MiB");
    if (size > s->room)
        return too_much(s->unpack, "unpacks to more than 512 MiB, or more "
                                   "than 200 times its size");
    s->room -= size;
    return true;
}

static bool one_entry(state *s, struct archive_entry *entry)
{
    char path[POL_UNPACK_PATH];
    pol_unpack *u = s->unpack;
    /* Names in the locale `C` are bytes; those of pax headers are UTF-8. */
    const char *name = archive_entry_pathname_utf8(entry);
    if (!name)
        name = archive_entry_pathname(entry);
    if (!name)
        return refuse(u, "an entry's name is not UTF-8");
    if (!clean(u, name, path) || !within(s, entry))
        return false;
    if (archive_entry_hardlink(entry) || archive_entry_symlink(entry))
        return refuse(u, "`%.300s` is a link", path);
    if (archive_entry_filetype(entry) == AE_IFDIR)
        return true;
    if (archive_entry_filetype(entry) != AE_IFREG)
        return refuse(u, "`%.300s` is neither a file nor a folder", path);
    if (!u->wanted(u->host, path))
        return true;
    size_t len;
    char *text = read_text(s, (size_t)archive_entry_size(entry), &len);
    return text && u->file(u->host, path, text, len);
}

/* ---- archives ------------------------------------------------------------------ */

static bool all_entries(state *s)
{
    struct archive_entry *entry;
    for (;;) {
        int got = archive_read_next_header(s->archive, &entry);
        if (got == ARCHIVE_EOF)
            return true;
        if (got != ARCHIVE_OK && got != ARCHIVE_WARN) {
            const char *why = archive_error_string(s->archive);
            return refuse(s->unpack, "%.400s", why ? why : "broken archive");
        }
        if (!one_entry(s, entry))
            return false;
    }
}

/* Plain tar and empty files are no gzip; libarchive would take them. */
static bool is_gzip(const char *path, int64_t *size)
{
    unsigned char magic[2];
    struct stat st;
    FILE *file = fopen(path, "rbe");
    bool ok = file && fread(magic, 1, 2, file) == 2 && magic[0] == 0x1f &&
              magic[1] == 0x8b && fstat(fileno(file), &st) == 0;
    if (ok)
        *size = st.st_size;
    if (file)
        fclose(file);
    return ok;
}

__attribute__((visibility("default"))) pol_unpack_function pol_unpack_file;

bool pol_unpack_file(const char *path, pol_unpack *u)
{
    int64_t size = 0;
    u->error[0] = '\0';
    u->is_limit = false;
    if (!is_gzip(path, &size))
        return refuse(u, "not a .tar.gz");
    state s = {.archive = archive_read_new(), .unpack = u,
               .room = POL_UNPACK_TOTAL};
    if (!s.archive)
        return refuse(u, "%s", strerror(ENOMEM));
    if (size < POL_UNPACK_TOTAL / POL_UNPACK_RATIO &&
        POL_UNPACK_FREE + size * POL_UNPACK_RATIO < s.room)
        s.room = POL_UNPACK_FREE + size * POL_UNPACK_RATIO;
    archive_read_support_filter_gzip(s.archive);
    archive_read_support_format_tar(s.archive);
    bool ok;
    if (archive_read_open_filename(s.archive, path, BLOCK) == ARCHIVE_OK) {
        ok = all_entries(&s);
    } else {
        const char *why = archive_error_string(s.archive);
        ok = refuse(u, "%.400s", why ? why : "cannot be read");
    }
    archive_read_free(s.archive);
    return ok;
}
