/* SPDX-License-Identifier: Apache-2.0
 *
 * Matching a regular expression in time linear in the text, whatever the
 * pattern: a simulation of its automaton as RE2 does it. It is the judge of what
 * a match is; PCRE2 is faster where it can be trusted to come to the same. */
#ifndef POL_STDLIB_RE2_NFA_H
#define POL_STDLIB_RE2_NFA_H

#include "re2_syntax.h"

typedef struct pol_re2_nfa pol_re2_nfa;

/* Compiles into the arena, with all the room that searches need; ends the
 * evaluation if the automaton would be too large. */
pol_re2_nfa *pol_re2_nfa_of(pol_call *call, const pol_re2 *re);

/* Searches `text` from byte `from` on. On a match fills `groups` with the start
 * and end of the match and of each group (SIZE_MAX: took no part); with NULL
 * it only says whether there is a match, which is quicker. */
bool pol_re2_nfa_search(pol_re2_nfa *nfa, pol_value text, size_t from,
                        size_t *groups);

#endif
