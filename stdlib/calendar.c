/* SPDX-License-Identifier: Apache-2.0
 *
 * The calendar. Days are counted in eras of 400 years that begin on 1 March, so
 * that the leap day is the last of a year. */
#include "calendar.h"

enum { ERA_DAYS = 146097, ERA_TO_1970 = 719468 };

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

bool pol_civil_is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int pol_civil_days_before(int64_t year, int month)
{
    static const int before[] = {0,   31,  59,  90,  120, 151, 181,
                                 212, 243, 273, 304, 334, 365};
    return before[month - 1] + (month > 2 && pol_civil_is_leap(year));
}

int pol_civil_days_in(int64_t year, int month)
{
    return pol_civil_days_before(year, month + 1) -
           pol_civil_days_before(year, month);
}

int64_t pol_civil_days(int64_t year, int64_t month, int64_t day)
{
    year += floor_div(month - 1, 12);
    month = month - 1 - floor_div(month - 1, 12) * 12 + 1;
    year -= month <= 2;
    int64_t era = floor_div(year, 400), of_era = year - era * 400;
    int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5;
    int64_t days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    return era * ERA_DAYS + days - ERA_TO_1970 + day - 1;
}

pol_civil pol_civil_of(int64_t seconds)
{
    int64_t days = floor_div(seconds, POL_DAY_SECONDS);
    int clock = (int)(seconds - days * POL_DAY_SECONDS);
    int64_t shifted = days + ERA_TO_1970;
    int64_t era = floor_div(shifted, ERA_DAYS);
    int64_t of_era = shifted - era * ERA_DAYS;
    int64_t year =
        (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153;
    pol_civil c = {.year = year + era * 400,
                   .day = (int)(of_year - (153 * month + 2) / 5 + 1),
                   .month = (int)(month < 10 ? month + 3 : month - 9),
                   .hour = clock / 3600,
                   .minute = clock / 60 % 60,
                   .second = clock % 60};
    c.year += c.month <= 2;
    c.weekday = (int)(days + 4 - floor_div(days + 4, 7) * 7);
    c.yearday = pol_civil_days_before(c.year, c.month) + c.day;
    return c;
}
