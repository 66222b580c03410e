/* SPDX-License-Identifier: Apache-2.0
 *
 * Putting a new text in the place of a file. */
#ifndef POL_REWRITE_H
#define POL_REWRITE_H

#include "pol.h"

/* Writes the text beside the file and renames it, so that the file is the old
 * or the new one at any time; its mode is kept, a link to it stays one. False
 * (reported, P0952) when the file may not be written or that fails. */
bool pol_rewrite_file(const char *path, const char *text, size_t len,
                      pol_diags *diags);

/* Reports why a file stays as it is. Returns false. */
bool pol_rewrite_refuse(const char *path, const char *why, pol_diags *diags);

#endif
