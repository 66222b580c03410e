/* SPDX-License-Identifier: Apache-2.0
 *
 * Building character classes of regular expressions. */
#ifndef POL_STDLIB_RE2_CLASS_H
#define POL_STDLIB_RE2_CLASS_H

#include "re2_syntax.h"

/* A class under construction, in the arena. */
typedef struct pol_re2_set {
    pol_call *call;
    pol_re2_range *ranges;
    size_t count, room;
    pol_re2_property *properties;
    size_t property_count, property_room;
} pol_re2_set;

/* Adds from..to. */
void pol_re2_set_add(pol_re2_set *set, uint32_t from, uint32_t to);

/* Adds an ASCII class by the name in [:name:] or the letter of \d \s \w, or what
 * is not in it. With `fold` the class is closed over letter case first, as Go
 * does before it negates. False if there is no such class. */
bool pol_re2_set_ascii(pol_re2_set *set, pol_value name, bool negated,
                       bool fold);

/* Adds \p{name}: Any, ASCII, Assigned, a general category or a script; spaces,
 * `_`, `-` and letter case of a category's name do not count. False if there is
 * none. */
bool pol_re2_set_property(pol_re2_set *set, pol_value name, bool negated,
                          bool fold);

/* The class; the set is given up. */
const pol_re2_class *pol_re2_set_done(pol_re2_set *set, bool negated);

#endif
