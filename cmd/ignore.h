/* SPDX-License-Identifier: Apache-2.0
 *
 * What the .gitignore files of a repository ignore, for a walk through one of
 * its folders. A folder that is ignored is not entered, so a pattern is held
 * against an entry alone and never against the folders above it. */
#ifndef POL_IGNORE_H
#define POL_IGNORE_H

#include "pol.h"

typedef struct pol_ignore pol_ignore;

/* Starts a walk of `folder`: reads the files of the folders above it, up to the
 * one that has a `.git`; of none when there is no such folder. A file that is
 * there and cannot be read is reported in `diags` (P0901), here and below. */
pol_ignore *pol_ignore_new(const char *folder, pol_diags *diags);
void pol_ignore_free(pol_ignore *ignore);

/* The walk enters a folder: `path` is how to open it, `below` its path from the
 * folder of the walk ("" for that itself). */
void pol_ignore_enter(pol_ignore *ignore, const char *path, const char *below,
                      pol_diags *diags);
/* It leaves the folder entered last. */
void pol_ignore_leave(pol_ignore *ignore);

/* Is the entry at `below` ignored? It lies in the folder entered last. */
bool pol_ignore_has(const pol_ignore *ignore, const char *below,
                    bool is_folder);

/* Does a pattern of such a file, without `!` and the slash at its end, fit the
 * path from the file's folder? A broken pattern fits nothing. Takes time of the
 * product of both lengths at most, whatever the pattern. */
bool pol_ignore_fits(const char *pattern, const char *path);

#endif
