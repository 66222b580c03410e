/* SPDX-License-Identifier: Apache-2.0
 *
 * The parts of a layout, shared by writing and reading. */
#ifndef POL_STDLIB_GOLAYOUT_PART_H
#define POL_STDLIB_GOLAYOUT_PART_H

#include "bytes.h"

typedef enum {
    POL_PART_NONE, /* the layout ends */
    POL_PART_LONG_MONTH,
    POL_PART_MONTH,
    POL_PART_NUM_MONTH,
    POL_PART_ZERO_MONTH,
    POL_PART_LONG_WEEKDAY,
    POL_PART_WEEKDAY,
    POL_PART_DAY,
    POL_PART_UNDER_DAY,
    POL_PART_ZERO_DAY,
    POL_PART_UNDER_YEARDAY,
    POL_PART_ZERO_YEARDAY,
    POL_PART_HOUR,
    POL_PART_HOUR12,
    POL_PART_ZERO_HOUR12,
    POL_PART_MINUTE,
    POL_PART_ZERO_MINUTE,
    POL_PART_SECOND,
    POL_PART_ZERO_SECOND,
    POL_PART_LONG_YEAR,
    POL_PART_YEAR,
    POL_PART_PM,
    POL_PART_LOWER_PM,
    POL_PART_ABBREVIATION,
    POL_PART_OFFSET,    /* see `offset` */
    POL_PART_FRACTION0, /* exactly `digits` */
    POL_PART_FRACTION9  /* up to `digits` */
} pol_part_kind;

/* Forms of an offset: with Z for UTC, with colons, down to hours, minutes or
 * seconds. */
typedef struct pol_part {
    pol_part_kind kind;
    size_t from, to; /* in the layout */
    bool zulu, colons;
    int fields; /* 1 hours, 2 and minutes, 3 and seconds */
    size_t digits;
} pol_part;

/* The first part of the layout from byte `at` on. POL_PART_NONE: `from` and `to`
 * are the end. */
pol_part pol_part_next(pol_value layout, size_t at);

extern const char *const pol_part_months[12];
extern const char *const pol_part_weekdays[7];

#endif
