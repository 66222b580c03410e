/* SPDX-License-Identifier: Apache-2.0
 *
 * Matching with regular expressions, whichever way is the best for one. */
#ifndef POL_STDLIB_MATCHER_H
#define POL_STDLIB_MATCHER_H

#include "re2_syntax.h"

typedef struct pol_matcher_pattern pol_matcher_pattern;

/* A pattern ready to search one or more texts within one call of a builtin. */
typedef struct pol_matcher {
    pol_call *call;
    pol_value pattern;
    struct pol_matcher_cache *cache; /* the evaluator's */
    pol_matcher_pattern *compiled;   /* in it */
    struct pol_re2_nfa *nfa;         /* once it was needed */
    uint32_t captures;
    size_t *groups; /* of the last match: start and end of it and of each
                       capture, SIZE_MAX where one took no part */
} pol_matcher;

/* Compiles the pattern or finds it compiled. False, with the error recorded as
 * Go words it, if it is none. One pattern at a time: the next one may push this
 * one out of the cache. */
bool pol_matcher_init(pol_matcher *m, pol_call *call, pol_value pattern);

/* Is there a match at all? */
bool pol_matcher_test(pol_matcher *m, pol_value text);

/* The first match from byte `from` on, in m->groups. */
bool pol_matcher_find(pol_matcher *m, pol_value text, size_t from);

/* The name of a capture from 1; empty if it has none. Borrowed. */
pol_value pol_matcher_name(const pol_matcher *m, uint32_t capture);

/* The text of the complaint about a pattern that pol_re2_parse refused. */
pol_value pol_matcher_complaint(pol_call *call, const pol_re2_error *error);

#endif
