/* SPDX-License-Identifier: Apache-2.0
 *
 * The first walk over the tokens: matches brackets, notes at each opener what
 * stands inside, tells the `|` of a comprehension from that of a union, and
 * settles which keywords are mere names. The decisions that need to see ahead
 * are made here, so that the grammar is LALR(1). */
#ifndef POL_BRACKETS_H
#define POL_BRACKETS_H

#include "lex.h"

/* Keywords that are on. */
enum {
    POL_KEYWORD_IF = 1,
    POL_KEYWORD_CONTAINS = 2,
    POL_KEYWORD_IN = 4,
    POL_KEYWORD_EVERY = 8,
    POL_KEYWORD_AND = 16,
    POL_KEYWORD_OR = 32,
    POL_KEYWORD_NOT = 64, /* `not { … }`, improved negation */
    POL_KEYWORD_LOGIC = 112,
    POL_KEYWORD_STRICT = 128, /* rules must be written as v1 demands */
    POL_KEYWORD_V1 = 143
};

/* Refines the tokens of `lex` in place. `keywords` are those that are on at the
 * start; imports of the text add to them. Returns all that were on at the end.
 * `items`: the text holds rules, not literals.
 * Unbalanced brackets are reported; the damaged rules become POL_TK_BAD.
 * Nesting over the limit is reported, and every token from there on dropped;
 * the height of any tree built from what remains is bounded by the limit too. */
uint32_t pol_brackets_run(pol_lex *lex, uint32_t keywords, bool items);

#endif
