/* SPDX-License-Identifier: Apache-2.0
 *
 * The proleptic Gregorian calendar and the clock, without time zones. */
#ifndef POL_STDLIB_CALENDAR_H
#define POL_STDLIB_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

enum { POL_DAY_SECONDS = 86400 };

/* A moment as a calendar and a clock show it. */
typedef struct pol_civil {
    int64_t year;
    int month, day;           /* from 1 */
    int hour, minute, second; /* from 0 */
    int nanosecond;
    int weekday; /* 0 = Sunday */
    int yearday; /* from 1 */
} pol_civil;

bool pol_civil_is_leap(int64_t year);

/* Days of a month 1..12. */
int pol_civil_days_in(int64_t year, int month);

/* Days of a year before a month 1..13. */
int pol_civil_days_before(int64_t year, int month);

/* Days from 1970-01-01 to a date; `month` may be any small number (13 is the
 * next January), `day` any number. For years within a million of 1970. */
int64_t pol_civil_days(int64_t year, int64_t month, int64_t day);

/* What is shown `seconds` after 1970-01-01T00:00:00. */
pol_civil pol_civil_of(int64_t seconds);

#endif
