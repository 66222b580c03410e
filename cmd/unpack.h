/* SPDX-License-Identifier: Apache-2.0
 *
 * What the library lib/polc/archive.so offers: the files of a .tar.gz. It is
 * opened by pol_extension_open only when an archive is named, so that libarchive
 * is not part of any other run. Nothing is ever written to a file system. */
#ifndef POL_UNPACK_H
#define POL_UNPACK_H

#include <stdbool.h>
#include <stddef.h>

/* What an archive may hold. Its size unpacked may be POL_UNPACK_TOTAL, and no
 * more than POL_UNPACK_FREE and POL_UNPACK_RATIO times its own. */
enum {
    POL_UNPACK_FILES = 65536,
    POL_UNPACK_FILE = 64 << 20,
    POL_UNPACK_TOTAL = 512 << 20,
    POL_UNPACK_FREE = 16 << 20,
    POL_UNPACK_RATIO = 200,
    POL_UNPACK_PATH = 1024
};

typedef struct pol_unpack {
    void *host;
    /* Is this file to be read? Others are skipped. Paths are relative to the
     * archive, without `.` and empty parts; one with `..` never gets here. */
    bool (*wanted)(void *host, const char *path);
    /* Takes the text, which is freed with free(). False ends the reading, with
     * `error` left to the host. */
    bool (*file)(void *host, const char *path, char *text, size_t len);
    char error[512]; /* why it failed; "" */
    bool is_limit;   /* … because a limit above was hit */
} pol_unpack;

/* The type of the symbol `pol_unpack_file`. False: `unpack->error` has why. The
 * limits hold before memory is taken for what would pass them. */
typedef bool pol_unpack_function(const char *path, pol_unpack *unpack);

#endif
