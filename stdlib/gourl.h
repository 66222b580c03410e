/* SPDX-License-Identifier: Apache-2.0
 *
 * URLs as Go's net/url takes them apart. */
#ifndef POL_STDLIB_GOURL_H
#define POL_STDLIB_GOURL_H

#include "bytes.h"

/* Parts are without escapes where Go has them so; those that are absent are
 * empty strings. */
typedef struct pol_gourl {
    pol_value scheme; /* lower case */
    pol_value opaque; /* behind the scheme, when there is no slash */
    pol_value user;   /* with password and escapes, as written */
    pol_value host;   /* with the port */
    pol_value path;
    pol_value raw_path; /* the path as written, if Go would write another */
    pol_value raw_query;
    pol_value fragment;
    pol_value raw_fragment;
    bool has_user, force_query;
} pol_gourl;

/* NULL, or Go's complaint in the arena (what follows `parse "…": `). */
const char *pol_gourl_parse(pol_call *call, pol_value text, pol_gourl *url);

/* The path with escapes: as written if it was right, else as Go writes it. */
pol_value pol_gourl_escaped_path(pol_call *call, const pol_gourl *url);

/* The host without port and brackets; *port is the port, empty if none. */
pol_value pol_gourl_hostname(const pol_gourl *url, pol_value *port);

#endif
