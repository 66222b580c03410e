/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding the place of a path again, one function a format. */
#ifndef POL_LOCATE_H
#define POL_LOCATE_H

#include "document.h"

/* What is looked for, and the best that was found: the place of the first
 * `depth` elements of the path. */
typedef struct pol_locating {
    const pol_document *doc;
    uint32_t root;
    const pol_value *path;
    size_t path_len;
    size_t depth;
    size_t off, len;
} pol_locating;

void pol_locate_json(pol_locating *locating);
void pol_locate_yaml(pol_locating *locating);

#endif
