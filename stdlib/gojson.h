/* SPDX-License-Identifier: Apache-2.0
 *
 * What Go's encoding/json says about text that is no JSON. */
#ifndef POL_STDLIB_GOJSON_H
#define POL_STDLIB_GOJSON_H

#include "bytes.h"

/* Appends the complaint about `text`; false, with nothing written, if the text
 * is one JSON value. Does not recurse. */
bool pol_gojson_complaint(pol_bytes *out, pol_value text);

#endif
