/* SPDX-License-Identifier: Apache-2.0
 *
 * Strings as scalars of YAML, in the style that go-yaml gives them. */
#ifndef POL_STDLIB_YAML_SCALAR_H
#define POL_STDLIB_YAML_SCALAR_H

#include "bytes.h"

/* Appends the string so that it reads back as a string. Lines of a block are
 * indented by `indent`; in a `key` there are none. */
void pol_yaml_scalar(pol_bytes *out, pol_value s, size_t indent, bool key);

/* Has the text a character that YAML 1.1 takes for the end of a line? */
bool pol_yaml_has_break(pol_value s);

/* The order in which go-yaml writes keys: numbers within them count as such.
 * <0, 0, >0. */
int pol_yaml_key_order(pol_value a, pol_value b);

#endif
