/* SPDX-License-Identifier: Apache-2.0
 *
 * A regular expression as a pattern for PCRE2. */
#ifndef POL_STDLIB_RE2_EMIT_H
#define POL_STDLIB_RE2_EMIT_H

#include "re2_syntax.h"

/* Writes a pattern of ASCII letters, escapes and groups that PCRE2, under the
 * options UTF, DOTALL, MULTILINE, ALT_CIRCUMFLEX and newline LF, matches as Go
 * matches the tree. False, with rubbish written, if there is none: in loops
 * over what can be empty the two differ. */
bool pol_re2_emit(const pol_re2 *re, pol_bytes *out);

#endif
