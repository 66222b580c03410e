/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding the parts of a layout. */
#include "golayout_part.h"

const char *const pol_part_months[12] = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
const char *const pol_part_weekdays[7] = {"Sunday",    "Monday",   "Tuesday",
                                          "Wednesday", "Thursday", "Friday",
                                          "Saturday"};

/* Parts with a fixed text. Longer ones stand before their beginnings. */
static const struct {
    const char *text;
    pol_part_kind kind;
    bool whole_word; /* no lower-case letter may follow */
} fixed_parts[] = {
    {"January", POL_PART_LONG_MONTH, false},
    {"Jan", POL_PART_MONTH, true},
    {"Monday", POL_PART_LONG_WEEKDAY, false},
    {"Mon", POL_PART_WEEKDAY, true},
    {"MST", POL_PART_ABBREVIATION, false},
    {"01", POL_PART_ZERO_MONTH, false},
    {"02", POL_PART_ZERO_DAY, false},
    {"03", POL_PART_ZERO_HOUR12, false},
    {"04", POL_PART_ZERO_MINUTE, false},
    {"05", POL_PART_ZERO_SECOND, false},
    {"06", POL_PART_YEAR, false},
    {"002", POL_PART_ZERO_YEARDAY, false},
    {"15", POL_PART_HOUR, false},
    {"1", POL_PART_NUM_MONTH, false},
    {"2006", POL_PART_LONG_YEAR, false},
    {"2", POL_PART_DAY, false},
    {"_2", POL_PART_UNDER_DAY, false},
    {"__2", POL_PART_UNDER_YEARDAY, false},
    {"3", POL_PART_HOUR12, false},
    {"4", POL_PART_MINUTE, false},
    {"5", POL_PART_SECOND, false},
    {"PM", POL_PART_PM, false},
    {"pm", POL_PART_LOWER_PM, false},
};

static const struct {
    const char *text; /* behind `-` or `Z` */
    int fields;
    bool colons;
} offset_parts[] = {
    {"070000", 3, false}, {"07:00:00", 3, true}, {"0700", 2, false},
    {"07:00", 2, true},   {"07", 1, false},
};

static bool starts(pol_value s, size_t at, const char *with)
{
    size_t len = strlen(with);
    return len <= s.len - at && memcmp(s.str + at, with, len) == 0;
}

static bool is_lower(pol_value s, size_t at)
{
    return at < s.len && s.str[at] >= 'a' && s.str[at] <= 'z';
}

static bool fixed_part(pol_value layout, pol_part *part)
{
    /* in "_2006" the line is itself and the year follows */
    if (starts(layout, part->from, "_2006"))
        return false;
    for (size_t i = 0; i < sizeof(fixed_parts) / sizeof(*fixed_parts); i++) {
        size_t end = part->from + strlen(fixed_parts[i].text);
        if (!starts(layout, part->from, fixed_parts[i].text) ||
            (fixed_parts[i].whole_word && is_lower(layout, end)))
            continue;
        part->kind = fixed_parts[i].kind;
        part->to = end;
        return true;
    }
    return false;
}

static bool offset_part(pol_value layout, pol_part *part)
{
    char sign = layout.str[part->from];
    if (sign != '-' && sign != 'Z')
        return false;
    for (size_t i = 0; i < sizeof(offset_parts) / sizeof(*offset_parts); i++) {
        if (!starts(layout, part->from + 1, offset_parts[i].text))
            continue;
        part->kind = POL_PART_OFFSET;
        part->to = part->from + 1 + strlen(offset_parts[i].text);
        part->zulu = sign == 'Z';
        part->fields = offset_parts[i].fields;
        part->colons = offset_parts[i].colons;
        return true;
    }
    return false;
}

/* A point or comma with zeros or nines behind it, and no other digit. */
static bool fraction_part(pol_value layout, pol_part *part)
{
    char point = layout.str[part->from];
    size_t at = part->from + 1;
    if ((point != '.' && point != ',') || at == layout.len)
        return false;
    char digit = layout.str[at];
    if (digit != '0' && digit != '9')
        return false;
    while (at < layout.len && layout.str[at] == digit)
        at++;
    if (at < layout.len && layout.str[at] >= '0' && layout.str[at] <= '9')
        return false;
    part->kind = digit == '0' ? POL_PART_FRACTION0 : POL_PART_FRACTION9;
    part->digits = at - part->from - 1;
    part->to = at;
    return true;
}

pol_part pol_part_next(pol_value layout, size_t at)
{
    for (; at < layout.len; at++) {
        pol_part part = {.from = at};
        if (fixed_part(layout, &part) || offset_part(layout, &part) ||
            fraction_part(layout, &part))
            return part;
    }
    return (pol_part){.kind = POL_PART_NONE, .from = at, .to = at};
}
