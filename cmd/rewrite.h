/* SPDX-License-Identifier: Apache-2.0
 *
 * Putting a new text in the place of a file. */
#ifndef POL_REWRITE_H
#define POL_REWRITE_H

#include "pol.h"

/* The text that the file which `doc` was read from gets. */
typedef struct pol_rewrite {
    const char *path;
    const pol_doc *doc;
    const char *text;
    size_t len;
} pol_rewrite;

/* Writes the text beside the file and renames it, so that the file is the old
 * or the new one at any time; its mode and owner are kept, a link to it stays
 * one. False (reported, P0952) when the file has changed since it was read, may
 * not be written, or that fails. */
bool pol_rewrite_file(const pol_rewrite *rewrite, pol_diags *diags);

/* Reports why a file stays as it is. Returns false. */
bool pol_rewrite_refuse(const char *path, const char *why, pol_diags *diags);

#endif
