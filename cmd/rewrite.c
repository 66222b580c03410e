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

static bool put(int fd, const char *text, size_t len, mode_t mode)
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
    return fchmod(fd, mode & 07777) == 0 && fsync(fd) == 0;
}

static bool put_beside(const char *path, mode_t mode, const char *text,
                       size_t len)
{
    size_t room = strlen(path) + sizeof ".XXXXXX";
    char *temp = malloc(room);
    if (!temp)
        abort();
    snprintf(temp, room, "%s.XXXXXX", path);
    int fd = mkstemp(temp);
    bool ok = fd >= 0 && put(fd, text, len, mode);
    int error = errno;
    if (fd >= 0) {
        ok = close(fd) == 0 && ok && rename(temp, path) == 0;
        error = ok ? 0 : errno ? errno : error;
        if (!ok)
            unlink(temp);
    }
    free(temp);
    errno = error;
    return ok;
}

bool pol_rewrite_file(const char *path, const char *text, size_t len,
                      pol_diags *diags)
{
    struct stat st;
    char *real = realpath(path, NULL);
    bool ok = real && stat(real, &st) == 0;
    if (ok && (!S_ISREG(st.st_mode) || !(st.st_mode & 0222) ||
               access(real, W_OK) != 0)) {
        ok = pol_rewrite_refuse(path, "the file is read-only", diags);
    } else if (!ok || !put_beside(real, st.st_mode, text, len)) {
        ok = pol_rewrite_refuse(path, strerror(errno), diags);
    }
    free(real);
    return ok;
}
