/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing moments by a layout. */
#include "golayout.h"

#include <stdio.h>
#include <stdlib.h>

#include "golayout_part.h"

pol_value pol_golayout_named(pol_value layout)
{
    static const struct {
        const char *name, *layout;
    } constants[] = {
        {"ANSIC", "Mon Jan _2 15:04:05 2006"},
        {"UnixDate", "Mon Jan _2 15:04:05 MST 2006"},
        {"RubyDate", "Mon Jan 02 15:04:05 -0700 2006"},
        {"RFC822", "02 Jan 06 15:04 MST"},
        {"RFC822Z", "02 Jan 06 15:04 -0700"},
        {"RFC850", "Monday, 02-Jan-06 15:04:05 MST"},
        {"RFC1123", "Mon, 02 Jan 2006 15:04:05 MST"},
        {"RFC1123Z", "Mon, 02 Jan 2006 15:04:05 -0700"},
        {"RFC3339", "2006-01-02T15:04:05Z07:00"},
        {"RFC3339Nano", "2006-01-02T15:04:05.999999999Z07:00"},
    };
    for (size_t i = 0; i < sizeof(constants) / sizeof(*constants); i++)
        if (strlen(constants[i].name) == layout.len &&
            memcmp(constants[i].name, layout.str, layout.len) == 0)
            return pol_string(constants[i].layout, strlen(constants[i].layout));
    return layout;
}

void pol_golayout_quote(pol_bytes *out, pol_value text)
{
    char hex[8];
    pol_bytes_byte(out, '"');
    for (uint32_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.str[i];
        if (c < ' ' || c >= 0x80) {
            snprintf(hex, sizeof(hex), "\\x%02x", c);
            pol_bytes_text(out, hex);
            continue;
        }
        if (c == '"' || c == '\\')
            pol_bytes_byte(out, '\\');
        pol_bytes_byte(out, (char)c);
    }
    pol_bytes_byte(out, '"');
}

/* A number of at least `width` places, filled with `fill` on the left. */
static void add_number(pol_bytes *out, int64_t value, int width, char fill)
{
    char text[32];
    snprintf(text, sizeof(text), fill == '0' ? "%0*lld" : "%*lld", width,
             (long long)value);
    pol_bytes_text(out, text);
}

static void add_offset(pol_bytes *out, const pol_part *part, int32_t seconds)
{
    if (part->zulu && seconds == 0) {
        pol_bytes_byte(out, 'Z');
        return;
    }
    /* the sign is that of the whole minutes, as in Go */
    int32_t size = abs(seconds);
    int fields[3] = {size / 3600, size / 60 % 60, size % 60};
    pol_bytes_byte(out, seconds / 60 < 0 ? '-' : '+');
    for (int i = 0; i < part->fields; i++) {
        if (i > 0 && part->colons)
            pol_bytes_byte(out, ':');
        add_number(out, fields[i], 2, '0');
    }
}

/* The fraction of a second with the point that the layout has. */
static void add_fraction(pol_bytes *out, pol_value layout, const pol_part *part,
                         int nanosecond)
{
    char digits[16];
    snprintf(digits, sizeof(digits), "%09d", nanosecond);
    size_t len = part->digits < 9 ? part->digits : 9;
    if (part->kind == POL_PART_FRACTION9) {
        while (len > 0 && digits[len - 1] == '0')
            len--;
        if (len == 0)
            return;
    }
    pol_bytes_byte(out, layout.str[part->from]);
    pol_bytes_add(out, digits, len);
}

static void add_date(pol_bytes *out, pol_part_kind kind, const pol_civil *c)
{
    switch (kind) {
    case POL_PART_LONG_MONTH:
        pol_bytes_text(out, pol_part_months[c->month - 1]);
        break;
    case POL_PART_MONTH:
        pol_bytes_add(out, pol_part_months[c->month - 1], 3);
        break;
    case POL_PART_NUM_MONTH:
    case POL_PART_ZERO_MONTH:
        add_number(out, c->month, kind == POL_PART_NUM_MONTH ? 1 : 2, '0');
        break;
    case POL_PART_LONG_WEEKDAY:
        pol_bytes_text(out, pol_part_weekdays[c->weekday]);
        break;
    case POL_PART_WEEKDAY:
        pol_bytes_add(out, pol_part_weekdays[c->weekday], 3);
        break;
    case POL_PART_DAY: add_number(out, c->day, 1, '0'); break;
    case POL_PART_UNDER_DAY:
    case POL_PART_ZERO_DAY:
        add_number(out, c->day, 2, kind == POL_PART_ZERO_DAY ? '0' : ' ');
        break;
    case POL_PART_UNDER_YEARDAY:
    case POL_PART_ZERO_YEARDAY:
        add_number(out, c->yearday, 3,
                   kind == POL_PART_ZERO_YEARDAY ? '0' : ' ');
        break;
    case POL_PART_LONG_YEAR: add_number(out, c->year, 4, '0'); break;
    default: /* POL_PART_YEAR */ add_number(out, c->year % 100, 2, '0');
    }
}

/* False if the part is none of a clock. */
static bool add_clock(pol_bytes *out, pol_part_kind kind, const pol_civil *c)
{
    int hour12 = c->hour % 12 == 0 ? 12 : c->hour % 12;
    switch (kind) {
    case POL_PART_HOUR: add_number(out, c->hour, 2, '0'); return true;
    case POL_PART_HOUR12:
    case POL_PART_ZERO_HOUR12:
        add_number(out, hour12, kind == POL_PART_HOUR12 ? 1 : 2, '0');
        return true;
    case POL_PART_MINUTE:
    case POL_PART_ZERO_MINUTE:
        add_number(out, c->minute, kind == POL_PART_MINUTE ? 1 : 2, '0');
        return true;
    case POL_PART_SECOND:
    case POL_PART_ZERO_SECOND:
        add_number(out, c->second, kind == POL_PART_SECOND ? 1 : 2, '0');
        return true;
    case POL_PART_PM:
        pol_bytes_text(out, c->hour >= 12 ? "PM" : "AM");
        return true;
    case POL_PART_LOWER_PM:
        pol_bytes_text(out, c->hour >= 12 ? "pm" : "am");
        return true;
    default: return false;
    }
}

void pol_golayout_format(pol_bytes *out, pol_value layout, const pol_civil *c,
                         const pol_zone_offset *offset)
{
    for (size_t at = 0; at < layout.len;) {
        pol_part part = pol_part_next(layout, at);
        pol_bytes_add(out, layout.str + at, part.from - at);
        at = part.to;
        if (part.kind == POL_PART_NONE)
            return;
        if (part.kind == POL_PART_OFFSET)
            add_offset(out, &part, offset->seconds);
        else if (part.kind == POL_PART_ABBREVIATION)
            pol_bytes_text(out, offset->name);
        else if (part.kind == POL_PART_FRACTION0 ||
                 part.kind == POL_PART_FRACTION9)
            add_fraction(out, layout, &part, c->nanosecond);
        else if (!add_clock(out, part.kind, c))
            add_date(out, part.kind, c);
    }
}
