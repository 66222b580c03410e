/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading moments by a layout. What is wrong is worded as Go's time package
 * does. */
#include "golayout.h"
#include "golayout_part.h"

/* What has been read; -1 for what has not. */
typedef struct reader {
    pol_value text;
    size_t at;
    const char *range; /* set when a number is out of its range */
    int year, month, day, yearday;
    int hour, minute, second;
    int64_t nanosecond;
    bool pm, am;
    int64_t offset;
} reader;

static size_t left(const reader *r)
{
    return r->text.len - r->at;
}

/* The byte `ahead`, 0 behind the end. */
static char peek(const reader *r, size_t ahead)
{
    return ahead < left(r) ? r->text.str[r->at + ahead] : 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* One digit or two; two if `fixed`. */
static bool number(reader *r, bool fixed, int *out)
{
    if (!is_digit(peek(r, 0)) || (fixed && !is_digit(peek(r, 1))))
        return false;
    *out = peek(r, 0) - '0';
    if (is_digit(peek(r, 1)))
        *out = *out * 10 + peek(r, 1) - '0';
    r->at += is_digit(peek(r, 1)) ? 2 : 1;
    return true;
}

/* As many digits as `count`. */
static bool digits(reader *r, size_t count, int *out)
{
    *out = 0;
    for (size_t i = 0; i < count; i++) {
        if (!is_digit(peek(r, i)))
            return false;
        *out = *out * 10 + peek(r, i) - '0';
    }
    r->at += count;
    return true;
}

static bool bounded(reader *r, bool fixed, int most, int *out)
{
    const char *range = most == 59 ? "minute" : "hour";
    if (!number(r, fixed, out))
        return false;
    if (*out > most)
        r->range = range;
    return true;
}

/* A name of a list, or its first `len` letters; letter case does not count. */
static bool lookup(reader *r, const char *const *names, int count, size_t len)
{
    for (int i = 0; i < count; i++) {
        size_t size = len ? len : strlen(names[i]), same = 0;
        while (same < size && same < left(r) &&
               (peek(r, same) | 0x20) == (names[i][same] | 0x20))
            same++;
        if (same < size)
            continue;
        r->at += size;
        if (count == 12)
            r->month = i + 1;
        return true;
    }
    return false;
}

/* Takes the digits of a fraction, whose point is at the place, as far as they
 * go; ten bytes count. */
static bool fraction(reader *r, size_t bytes)
{
    int64_t value = 0;
    size_t counted = bytes < 10 ? bytes : 10;
    if ((peek(r, 0) != '.' && peek(r, 0) != ',') || bytes > left(r))
        return false;
    for (size_t i = 1; i < 10; i++) {
        if (i < counted && !is_digit(peek(r, i)))
            return false;
        value = value * 10 + (i < counted ? peek(r, i) - '0' : 0);
    }
    r->nanosecond = value;
    r->at += bytes;
    return true;
}

/* A point and all digits behind it; false if there is no such thing. */
static bool is_fraction(const reader *r, size_t *bytes)
{
    if ((peek(r, 0) != '.' && peek(r, 0) != ',') || !is_digit(peek(r, 1)))
        return false;
    for (*bytes = 2; is_digit(peek(r, *bytes));)
        ++*bytes;
    return true;
}

/* Seconds may be followed by a fraction that the layout does not have. */
static bool second(reader *r, const pol_part *part, pol_part_kind next)
{
    size_t bytes;
    if (!number(r, part->kind == POL_PART_ZERO_SECOND, &r->second))
        return false;
    if (r->second > 59) {
        r->range = "second";
        return true;
    }
    if (next == POL_PART_FRACTION0 || next == POL_PART_FRACTION9 ||
        !is_fraction(r, &bytes))
        return true;
    return fraction(r, bytes);
}

/* ---- zones ----------------------------------------------------------- */

static bool offset(reader *r, const pol_part *part)
{
    int fields[3] = {0, 0, 0};
    if (part->zulu && peek(r, 0) == 'Z') {
        r->at++;
        return true;
    }
    size_t step = part->colons ? 3 : 2;
    size_t bytes = 1 + step * (size_t)part->fields - part->colons;
    if (left(r) < bytes)
        return false;
    char sign = peek(r, 0);
    size_t start = r->at;
    for (int i = 0; i < part->fields; i++) {
        r->at = start + 1 + step * (size_t)i;
        if (part->colons && i > 0 && r->text.str[r->at - 1] != ':')
            return false;
        if (!number(r, true, &fields[i]))
            return false;
    }
    r->at = start + bytes;
    if (fields[0] > 24)
        r->range = "time zone offset hour";
    else if (fields[1] > 60)
        r->range = "time zone offset minute";
    else if (fields[2] > 60)
        r->range = "time zone offset second";
    r->offset = (fields[0] * 60 + fields[1]) * 60 + fields[2];
    if (sign == '-')
        r->offset = -r->offset;
    return sign == '+' || sign == '-';
}

/* Bytes of "+3" or "-11" at `ahead`, 0 if there is none up to 23. */
static size_t signed_hours(const reader *r, size_t ahead)
{
    int hours = 0;
    size_t at = ahead + 1;
    if (peek(r, ahead) != '+' && peek(r, ahead) != '-')
        return 0;
    while (is_digit(peek(r, at))) {
        hours = hours * 10 + peek(r, at) - '0';
        if (hours > 23)
            return 0;
        at++;
    }
    return at == ahead + 1 ? 0 : at - ahead;
}

static bool starts(const reader *r, const char *text)
{
    size_t len = strlen(text);
    return len <= left(r) && memcmp(r->text.str + r->at, text, len) == 0;
}

/* What looks like an abbreviation of a zone. */
static bool abbreviation(reader *r)
{
    size_t upper = 0, size = 0;
    while (upper < 6 && peek(r, upper) >= 'A' && peek(r, upper) <= 'Z')
        upper++;
    if (left(r) < 3)
        return false;
    if (starts(r, "UTC"))
        size = 3;
    else if (starts(r, "ChST") || starts(r, "MeST"))
        size = 4;
    else if (starts(r, "GMT"))
        size = 3 + signed_hours(r, 3);
    else if (peek(r, 0) == '+' || peek(r, 0) == '-')
        size = signed_hours(r, 0);
    else if (upper == 5 && peek(r, 4) == 'T')
        size = 5;
    else if (upper == 4 && (peek(r, 3) == 'T' || starts(r, "WITA")))
        size = 4;
    else if (upper == 3)
        size = 3;
    r->at += size;
    return size > 0;
}

/* ---- parts ----------------------------------------------------------- */

static bool read_year(reader *r, pol_part_kind kind)
{
    if (kind == POL_PART_LONG_YEAR)
        return digits(r, 4, &r->year);
    if (!digits(r, 2, &r->year))
        return false;
    r->year += r->year >= 69 ? 1900 : 2000;
    return true;
}

static bool read_month(reader *r, bool fixed)
{
    if (!number(r, fixed, &r->month))
        return false;
    if (r->month < 1 || r->month > 12)
        r->range = "month";
    return true;
}

static bool read_yearday(reader *r, bool fixed)
{
    for (int i = 0; i < 2 && !fixed; i++)
        r->at += peek(r, 0) == ' ';
    size_t count = 0;
    while (count < 3 && is_digit(peek(r, count)))
        count++;
    if (count == 0 || (fixed && count < 3))
        return false;
    return digits(r, count, &r->yearday);
}

static bool read_pm(reader *r, const char *pm, const char *am)
{
    r->pm |= starts(r, pm);
    r->am |= starts(r, am);
    bool either = starts(r, pm) || starts(r, am);
    r->at += either ? 2 : 0;
    return either;
}

static bool read_fraction(reader *r, const pol_part *part)
{
    size_t bytes;
    if (part->kind == POL_PART_FRACTION0)
        return fraction(r, 1 + part->digits);
    return !is_fraction(r, &bytes) || fraction(r, bytes);
}

/* Reads one part; `next` is the kind of the one behind it. */
static bool read_part(reader *r, const pol_part *part, pol_part_kind next)
{
    switch (part->kind) {
    case POL_PART_YEAR:
    case POL_PART_LONG_YEAR: return read_year(r, part->kind);
    case POL_PART_MONTH:
    case POL_PART_LONG_MONTH:
        return lookup(r, pol_part_months, 12,
                      part->kind == POL_PART_MONTH ? 3 : 0);
    case POL_PART_NUM_MONTH:
    case POL_PART_ZERO_MONTH:
        return read_month(r, part->kind == POL_PART_ZERO_MONTH);
    case POL_PART_WEEKDAY:
    case POL_PART_LONG_WEEKDAY:
        return lookup(r, pol_part_weekdays, 7,
                      part->kind == POL_PART_WEEKDAY ? 3 : 0);
    case POL_PART_UNDER_DAY:
        r->at += peek(r, 0) == ' ';
        /* fall through */
    case POL_PART_DAY:
    case POL_PART_ZERO_DAY:
        return number(r, part->kind == POL_PART_ZERO_DAY, &r->day);
    case POL_PART_UNDER_YEARDAY:
    case POL_PART_ZERO_YEARDAY:
        return read_yearday(r, part->kind == POL_PART_ZERO_YEARDAY);
    case POL_PART_HOUR: return bounded(r, false, 23, &r->hour);
    case POL_PART_HOUR12:
    case POL_PART_ZERO_HOUR12:
        return bounded(r, part->kind == POL_PART_ZERO_HOUR12, 12, &r->hour);
    case POL_PART_MINUTE:
    case POL_PART_ZERO_MINUTE:
        return bounded(r, part->kind == POL_PART_ZERO_MINUTE, 59, &r->minute);
    case POL_PART_SECOND:
    case POL_PART_ZERO_SECOND: return second(r, part, next);
    case POL_PART_PM: return read_pm(r, "PM", "AM");
    case POL_PART_LOWER_PM: return read_pm(r, "pm", "am");
    case POL_PART_ABBREVIATION: return abbreviation(r);
    case POL_PART_OFFSET: return offset(r, part);
    default: return read_fraction(r, part);
    }
}

/* ---- the whole ------------------------------------------------------- */

/* Takes the text between parts; spaces match any number of them. On failure
 * *from is where in the layout. */
static bool skip(reader *r, pol_value layout, size_t *from, size_t to)
{
    while (*from < to) {
        char c = layout.str[*from];
        if (c == ' ') {
            if (left(r) > 0 && peek(r, 0) != ' ')
                return false;
            while (*from < to && layout.str[*from] == ' ')
                ++*from;
            while (peek(r, 0) == ' ')
                r->at++;
            continue;
        }
        if (left(r) == 0 || peek(r, 0) != c)
            return false;
        ++*from;
        r->at++;
    }
    return true;
}

static bool complain(pol_call *call, pol_value text, const char *what,
                     const char *behind)
{
    pol_bytes out;
    pol_bytes_init(&out, call, (size_t)text.len + 64);
    pol_bytes_text(&out, "parsing time ");
    pol_golayout_quote(&out, text);
    pol_bytes_text(&out, ": ");
    pol_bytes_text(&out, what);
    pol_bytes_text(&out, behind);
    pol_call_error(call, "%.*s", (int)out.len, out.at);
    return false;
}

/* Says that the text from `at` on does not fit a part of the layout. */
static bool mismatch(pol_call *call, const reader *r, pol_value layout,
                     pol_value part)
{
    pol_bytes out;
    pol_bytes_init(&out, call, (size_t)r->text.len + layout.len + 64);
    pol_bytes_text(&out, "parsing time ");
    pol_golayout_quote(&out, r->text);
    pol_bytes_text(&out, " as ");
    pol_golayout_quote(&out, layout);
    pol_bytes_text(&out, ": cannot parse ");
    pol_golayout_quote(&out, pol_string(r->text.str + r->at, left(r)));
    pol_bytes_text(&out, " as ");
    pol_golayout_quote(&out, part);
    pol_call_error(call, "%.*s", (int)out.len, out.at);
    return false;
}

static bool read_all(pol_call *call, reader *r, pol_value layout)
{
    size_t at = 0;
    for (;;) {
        pol_part part = pol_part_next(layout, at);
        size_t from = at;
        if (!skip(r, layout, &from, part.from))
            return mismatch(call, r, layout,
                            pol_string(layout.str + at, part.from - at));
        at = part.to;
        if (part.kind == POL_PART_NONE)
            break;
        size_t hold = r->at;
        pol_part_kind next = pol_part_next(layout, at).kind;
        bool fits = read_part(r, &part, next);
        if (r->range != NULL)
            return complain(call, r->text, r->range, " out of range");
        if (!fits) {
            r->at = hold;
            return mismatch(
                call, r, layout,
                pol_string(layout.str + part.from, part.to - part.from));
        }
    }
    if (left(r) == 0)
        return true;
    pol_bytes rest;
    pol_bytes_init(&rest, call, left(r) + 8);
    pol_golayout_quote(&rest, pol_string(r->text.str + r->at, left(r)));
    pol_bytes_byte(&rest, 0);
    return complain(call, r->text, "extra text: ", rest.at);
}

/* Month and day from the day of the year, or the first of what is missing. */
static bool settle_date(pol_call *call, reader *r)
{
    if (r->yearday < 0) {
        r->month = r->month < 0 ? 1 : r->month;
        r->day = r->day < 0 ? 1 : r->day;
    } else {
        int month = 1, days = pol_civil_days_before(r->year, 13);
        if (r->yearday < 1 || r->yearday > days)
            return complain(call, r->text, "day-of-year", " out of range");
        while (pol_civil_days_before(r->year, month + 1) < r->yearday)
            month++;
        int day = r->yearday - pol_civil_days_before(r->year, month);
        if (r->month >= 0 && r->month != month)
            return complain(call, r->text, "day-of-year",
                            " does not match month");
        if (r->day >= 0 && r->day != day)
            return complain(call, r->text, "day-of-year",
                            " does not match day");
        r->month = month;
        r->day = day;
    }
    if (r->day < 1 || r->day > pol_civil_days_in(r->year, r->month))
        return complain(call, r->text, "day", " out of range");
    return true;
}

bool pol_golayout_parse(pol_call *call, pol_value layout, pol_value text,
                        int64_t *seconds, int64_t *nanoseconds)
{
    reader r = {.text = text, .month = -1, .day = -1, .yearday = -1};
    if (!read_all(call, &r, layout))
        return false;
    if (r.pm && r.hour < 12)
        r.hour += 12;
    else if (r.am && r.hour == 12)
        r.hour = 0;
    if (!settle_date(call, &r))
        return false;
    *seconds = pol_civil_days(r.year, r.month, r.day) * POL_DAY_SECONDS +
               r.hour * 3600 + r.minute * 60 + r.second - r.offset;
    *nanoseconds = r.nanosecond;
    return true;
}
