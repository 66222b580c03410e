/* SPDX-License-Identifier: Apache-2.0
 *
 * The files of a folder, in an order that does not depend on the file system. */
#ifndef POL_WALK_H
#define POL_WALK_H

#include "pol.h"

typedef struct pol_walk {
    void *host;
    /* Gets each file: its path, and the part of it below the folder that was
     * asked for ("" when that was the file itself). Borrowed. False ends the
     * walk. */
    bool (*visit)(void *host, const char *path, const char *below);
    /* Shall a folder below be entered? NULL: all are. */
    bool (*enter)(void *host, const char *path);
    bool hidden; /* names that start with a dot too */
    bool gitignore; /* leave out what .gitignore files ignore */
} pol_walk;

/* Visits the file, or every file below the folder, sorted by name. Folders that
 * are symbolic links are visited only when named by `path` itself, so there are
 * no loops. What cannot be read is reported in `diags` (P0901, P0904) and makes
 * the result false, as an ended walk does; the others are visited all the same. */
bool pol_walk_files(const char *path, const pol_walk *walk, pol_diags *diags);

#endif
