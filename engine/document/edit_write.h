/* SPDX-License-Identifier: Apache-2.0
 *
 * Values as text that goes into a document. */
#ifndef POL_EDIT_WRITE_H
#define POL_EDIT_WRITE_H

#include "buf.h"
#include "pol_value.h"

/* Adds the value on one line, secrets in full. `style` is the first byte of what
 * it replaces: `"` asks for JSON; after any other, strings that YAML reads as
 * such stand without quotes, after a single quote in such. */
void pol_edit_write(pol_buf *out, pol_value v, char style);

#endif
