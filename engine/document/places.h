/* SPDX-License-Identifier: Apache-2.0
 *
 * Line and column of a byte offset, quickly also when it is asked for thousands
 * of times in a large text: a table of what every block begins with is made
 * once. */
#ifndef POL_PLACES_H
#define POL_PLACES_H

#include "document.h"

typedef struct pol_places pol_places;

/* Line and column, as pol_src_place; any number of threads. */
pol_place pol_places_at(const pol_document *doc, size_t off);

/* Gives the table back. */
void pol_places_free(pol_places *places);

#endif
