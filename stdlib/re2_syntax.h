/* SPDX-License-Identifier: Apache-2.0
 *
 * Regular expressions in RE2's syntax, as Go's regexp reads it: text to tree.
 *
 * The tree has only what both matchers behind it understand alike (regex.c): no
 * lookaround, no backreferences, no recursion. Whatever Go refuses is refused
 * with Go's words. */
#ifndef POL_STDLIB_RE2_SYNTAX_H
#define POL_STDLIB_RE2_SYNTAX_H

#include "bytes.h"

/* Height of the tree, two for a group; the passes over the tree recurse. Go has
 * 1000, which no pattern written by people comes near to. */
enum { POL_RE2_MAX_DEPTH = 500 };
/* Largest count in {n,m}, also of repetitions within repetitions: as in Go. */
enum { POL_RE2_MAX_REPEAT = 1000 };

typedef struct pol_re2_range {
    uint32_t from, to;
} pol_re2_range;

/* A Unicode property: a general category or a script. */
typedef struct pol_re2_property {
    bool negated;
    uint32_t mask;      /* of general categories, as libunistring's; or */
    const void *script; /* libunistring's uc_script_t */
    const char *name;   /* as PCRE2 knows it, constant */
} pol_re2_property;

/* A character class: what is in a range or has a property, or the rest. */
typedef struct pol_re2_class {
    bool negated;
    pol_re2_range *ranges; /* sorted, apart from each other */
    size_t range_count;
    pol_re2_property *properties;
    size_t property_count;
} pol_re2_class;

typedef enum {
    POL_RE2_EMPTY,
    POL_RE2_LITERAL,
    POL_RE2_CLASS,
    POL_RE2_ANY,         /* every code point */
    POL_RE2_NOT_NEWLINE, /* every one but \n */
    POL_RE2_BEGIN_LINE,
    POL_RE2_END_LINE,
    POL_RE2_BEGIN_TEXT,
    POL_RE2_END_TEXT,
    POL_RE2_WORD_EDGE,
    POL_RE2_NO_WORD_EDGE,
    POL_RE2_CAPTURE, /* one child */
    POL_RE2_CONCAT,
    POL_RE2_ALTERNATE,
    POL_RE2_REPEAT /* one child */
} pol_re2_op;

typedef struct pol_re2_node pol_re2_node;
struct pol_re2_node {
    pol_re2_op op;
    bool fold;       /* literal, class: letter case does not count */
    bool greedy;     /* repetition */
    uint16_t height; /* of the tree below, at most POL_RE2_MAX_DEPTH */
    uint32_t rune;
    int32_t min, max; /* repetition; max -1: no end */
    uint32_t capture; /* number from 1 */
    const pol_re2_class *set;
    pol_re2_node *first, *last; /* children */
    pol_re2_node *next;         /* sibling */
};

typedef struct pol_re2 {
    const pol_re2_node *root;
    uint32_t captures; /* groups, without the whole match */
    pol_value *names;  /* of the groups, from index 1; empty = none */
} pol_re2;

/* What is wrong with a pattern: "missing closing ]" and the part it is about. */
typedef struct pol_re2_error {
    const char *what; /* constant */
    pol_value part;   /* borrowed from the pattern */
} pol_re2_error;

/* Reads a pattern into the evaluation's arena. False with *error set. */
bool pol_re2_parse(pol_call *call, pol_value pattern, pol_re2 *re,
                   pol_re2_error *error);

/* Is the node able to match the empty string? */
bool pol_re2_nullable(const pol_re2_node *node);

/* Is the code point in the class? `fold` ignores letter case. */
bool pol_re2_class_has(const pol_re2_class *set, uint32_t rune, bool fold);

/* One representative of the code points that differ in letter case only. */
uint32_t pol_re2_fold(uint32_t rune);

#endif
