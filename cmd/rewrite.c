/* SPDX-License-Identifier: Apache-2.0
 *
 * See rewrite.h. */
#include "rewrite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool pol_rewrite_refuse(const char *path, const char *why, pol_diags *diags)
{
    char text[4096 + 256];
    snprintf(text, sizeof text,
             "%.4000s: the remediation cannot be written: %.200s", path, why);
    pol_diags_report(diags, "P0952", text, NULL);
    return false;
}

static bool put(int fd, const char *text, size_t len)
{
    while (len) {
        ssize_t n = write(fd, text, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        text += n;
        len -= (size_t)n;
    }
    return true;
}

/* The owner comes before the mode: changing it takes bits from the mode. */
static bool dress(int fd, const struct stat *like)
{
    struct stat own;
    if (fstat(fd, &own))
        return false;
    bool other = own.st_uid != like->st_uid || own.st_gid != like->st_gid;
    return (!other || fchown(fd, like->st_uid, like->st_gid) == 0) &&
           fchmod(fd, like->st_mode & 07777) == 0 && fsync(fd) == 0;
}

static const char *const changed = "the file has changed since it was read";

/* NULL, or why not. */
static const char *put_beside(const pol_rewrite *r, const char *real,
                              const struct stat *like, char *temp)
{
    int fd = mkstemp(temp);
    if (fd < 0)
        return strerror(errno);
    const char *why = NULL;
    if (!put(fd, r->text, r->len))
        why = strerror(errno);
    else if (!dress(fd, like))
        why = errno == EPERM ? "its owner would change" : strerror(errno);
    if (close(fd) && !why)
        why = strerror(errno);
    if (!why && !pol_doc_is_current(r->doc))
        why = changed;
    if (!why && rename(temp, real))
        why = strerror(errno);
    if (why)
        unlink(temp);
    return why;
}

static const char *replace(const pol_rewrite *r, const char *real)
{
    struct stat st;
    if (stat(real, &st))
        return strerror(errno);
    if (!S_ISREG(st.st_mode) || !(st.st_mode & 0222) || access(real, W_OK))
        return "the file is read-only";
    size_t room = strlen(real) + sizeof ".XXXXXX";
    char *temp = malloc(room);
    if (!temp)
        abort();
    snprintf(temp, room, "%s.XXXXXX", real);
    const char *why = put_beside(r, real, &st, temp);
    free(temp);
    return why;
}

bool pol_rewrite_file(const pol_rewrite *r, pol_diags *diags)
{
    char *real = realpath(r->path, NULL);
    const char *why = real ? replace(r, real) : changed;
    free(real);
    return !why || pol_rewrite_refuse(r->path, why, diags);
}
