/* SPDX-License-Identifier: Apache-2.0
 *
 * Time. Moments are nanoseconds since 1970 in 64 bits; a moment may come with
 * the name of a zone whose clock and calendar it is asked about. */
#include "duration.h"
#include "golayout.h"
#include "golayout_part.h"
#include "operands.h"

enum { SECOND = 1000000000 };

/* ---- operands -------------------------------------------------------- */

/* A moment with what its zone says about it. */
typedef struct moment {
    int64_t nanoseconds;
    const pol_zone *zone;
    pol_zone_offset offset;
    pol_value layout; /* of [ns, zone, layout]; else empty */
} moment;

static pol_value fail_range(pol_call *call)
{
    return pol_call_error(call, "time outside of valid range");
}

static int64_t whole_seconds(int64_t nanoseconds)
{
    return nanoseconds / SECOND - (nanoseconds % SECOND < 0);
}

/* Is element `index` of an operand, where there is one, a string? */
static bool read_string(pol_call *call, pol_value list, uint32_t index,
                        int operand, pol_value *out)
{
    *out = index < list.len ? pol_at(list, index) : pol_literal("");
    if (pol_is_string(*out))
        return true;
    pol_call_type_error(call, operand, "string", pol_type_name(*out));
    return false;
}

/* Reads a number, or an array of a number, a zone and a layout. False with the
 * error recorded. */
static bool read_moment(pol_call *call, const pol_value *args, int index,
                        moment *m)
{
    pol_value v = args[index], zone = pol_literal("");
    m->layout = zone;
    bool list = v.tag == POL_ARRAY && v.len > 0;
    if (!list && !pol_is_number(v)) {
        pol_call_type_error(call, index + 1,
                            "either number (ns) or [number (ns), string (tz)]",
                            pol_type_name(v));
        return false;
    }
    if (list) {
        if (!pol_is_number(pol_at(v, 0))) {
            pol_call_type_error(call, index + 1, "number",
                                pol_type_name(pol_at(v, 0)));
            return false;
        }
        if (!read_string(call, v, 1, index + 1, &zone) ||
            !read_string(call, v, 2, index + 1, &m->layout))
            return false;
        v = pol_at(v, 0);
    }
    m->zone = pol_zone_find(call, zone);
    if (m->zone == NULL)
        return false;
    if (!pol_number_int64(v, &m->nanoseconds)) {
        pol_call_error(call, "timestamp too big");
        return false;
    }
    m->offset = pol_zone_at(m->zone, whole_seconds(m->nanoseconds));
    return true;
}

static pol_civil civil_of(const moment *m)
{
    int64_t seconds = whole_seconds(m->nanoseconds);
    pol_civil c = pol_civil_of(seconds + m->offset.seconds);
    /* taking whole seconds away would overflow at the very beginning */
    c.nanosecond = (int)((m->nanoseconds % SECOND + SECOND) % SECOND);
    return c;
}

/* The result for seconds and nanoseconds, or the error. */
static pol_value nanoseconds_of(pol_call *call, int64_t seconds,
                                int64_t nanoseconds)
{
    __int128 all = (__int128)seconds * SECOND + nanoseconds;
    if (all > INT64_MAX || all < INT64_MIN)
        return fail_range(call);
    return pol_int((int64_t)all);
}

static pol_value numbers(pol_call *call, const int64_t *values, size_t count)
{
    pol_value *items = pol_items(pol_call_arena(call), count);
    for (size_t i = 0; i < count; i++)
        items[i] = pol_int(values[i]);
    return pol_array(items, count);
}

/* ---- asking ---------------------------------------------------------- */

static pol_value date(pol_call *call, const pol_value *args)
{
    moment m;
    if (!read_moment(call, args, 0, &m))
        return pol_undefined();
    pol_civil c = civil_of(&m);
    return numbers(call, (int64_t[]){c.year, c.month, c.day}, 3);
}

static pol_value clock_(pol_call *call, const pol_value *args)
{
    moment m;
    if (!read_moment(call, args, 0, &m))
        return pol_undefined();
    pol_civil c = civil_of(&m);
    return numbers(call, (int64_t[]){c.hour, c.minute, c.second}, 3);
}

static pol_value weekday(pol_call *call, const pol_value *args)
{
    moment m;
    if (!read_moment(call, args, 0, &m))
        return pol_undefined();
    const char *name = pol_part_weekdays[civil_of(&m).weekday];
    return pol_string(name, strlen(name));
}

static pol_value now_ns(pol_call *call, const pol_value *args)
{
    (void)args;
    return pol_int(pol_call_now(call));
}

static pol_value format(pol_call *call, const pol_value *args)
{
    moment m;
    if (!read_moment(call, args, 0, &m))
        return pol_undefined();
    pol_value layout = m.layout.len > 0 ? m.layout : pol_literal("RFC3339Nano");
    pol_civil c = civil_of(&m);
    pol_bytes out;
    pol_bytes_init(&out, call, 64);
    pol_golayout_format(&out, pol_golayout_named(layout), &c, &m.offset);
    return pol_bytes_done(&out);
}

/* ---- reading --------------------------------------------------------- */

static pol_value parse(pol_call *call, pol_value layout, pol_value text)
{
    int64_t seconds, nanoseconds;
    if (!pol_golayout_parse(call, layout, text, &seconds, &nanoseconds))
        return pol_undefined();
    return nanoseconds_of(call, seconds, nanoseconds);
}

static pol_value parse_ns(pol_call *call, const pol_value *args)
{
    return parse(call, pol_golayout_named(args[0]), args[1]);
}

static pol_value parse_rfc3339_ns(pol_call *call, const pol_value *args)
{
    return parse(call, pol_golayout_named(pol_literal("RFC3339")), args[0]);
}

static pol_value parse_duration_ns(pol_call *call, const pol_value *args)
{
    int64_t nanoseconds;
    if (!pol_duration_parse(call, args[0], &nanoseconds))
        return pol_undefined();
    return pol_int(nanoseconds);
}

/* ---- reckoning ------------------------------------------------------- */

/* The offset that holds when the zone's clocks show `shown`: that of the moment
 * which it would be in UTC, or where this leads to another one, that one. */
static int64_t offset_of(const moment *m, int64_t shown)
{
    int64_t guess = pol_zone_at(m->zone, shown).seconds;
    return pol_zone_at(m->zone, shown - guess).seconds;
}

/* More years, months or days than any result can be apart. */
enum { FAR = 1000000 };

static pol_value add_date(pol_call *call, const pol_value *args)
{
    moment m;
    int64_t added[3];
    if (!read_moment(call, args, 0, &m))
        return pol_undefined();
    for (int i = 0; i < 3; i++)
        if (!pol_operand_int(call, args, i + 1, &added[i]))
            return pol_undefined();
    for (int i = 0; i < 3; i++)
        if (added[i] > FAR || added[i] < -FAR)
            return fail_range(call);
    pol_civil c = civil_of(&m);
    int64_t days =
        pol_civil_days(c.year + added[0], c.month + added[1], c.day + added[2]);
    int64_t clock = c.hour * 3600 + c.minute * 60 + c.second;
    int64_t shown = days * POL_DAY_SECONDS + clock;
    return nanoseconds_of(call, shown - offset_of(&m, shown), c.nanosecond);
}

/* Both as the first one's zone shows them; from the earlier to the later. */
static pol_value diff(pol_call *call, const pol_value *args)
{
    moment a, b;
    /* the first once more: its zone may have left the cache for the second's */
    if (!read_moment(call, args, 0, &a) || !read_moment(call, args, 1, &b) ||
        !read_moment(call, args, 0, &a))
        return pol_undefined();
    b.offset = pol_zone_at(a.zone, whole_seconds(b.nanoseconds));
    bool swap = a.nanoseconds > b.nanoseconds;
    pol_civil from = civil_of(swap ? &b : &a), to = civil_of(swap ? &a : &b);
    int64_t d[6] = {to.year - from.year,     to.month - from.month,
                    to.day - from.day,       to.hour - from.hour,
                    to.minute - from.minute, to.second - from.second};
    const int wrap[6] = {0,  12, pol_civil_days_in(from.year, from.month),
                         24, 60, 60};
    for (int i = 5; i > 0; i--)
        if (d[i] < 0) {
            d[i] += wrap[i];
            d[i - 1]--;
        }
    return numbers(call, d, 6);
}

#define MOMENT "any<number | [number, string]>"

const pol_builtin pol_stdlib_time[] = {
    {.name = "time.add_date",
     .fn = add_date,
     .flags = POL_UNCHECKED,
     .signature = "(number, number, number, number) -> number",
     .doc = "The moment so many years, months and days later."},
    {.name = "time.clock",
     .fn = clock_,
     .flags = POL_UNCHECKED,
     .signature = "(" MOMENT ") -> [number, number, number]",
     .doc = "Hour, minute and second of a moment."},
    {.name = "time.date",
     .fn = date,
     .flags = POL_UNCHECKED,
     .signature = "(" MOMENT ") -> [number, number, number]",
     .doc = "Year, month and day of a moment."},
    {.name = "time.diff",
     .fn = diff,
     .flags = POL_UNCHECKED,
     .signature = "(" MOMENT ", " MOMENT ") -> "
                  "[number, number, number, number, number, number]",
     .doc = "Years, months, days, hours, minutes, seconds between moments."},
    {.name = "time.format",
     .fn = format,
     .flags = POL_UNCHECKED,
     .signature = "(any<number | [number, string] | [number, string, string]>)"
                  " -> string",
     .doc = "A moment as text: RFC 3339, or by a layout of Go."},
    {.name = "time.now_ns",
     .fn = now_ns,
     .flags = POL_IMPURE,
     .signature = "() -> number",
     .doc = "Now, in nanoseconds since 1970; one value for the evaluation."},
    {.name = "time.parse_duration_ns",
     .fn = parse_duration_ns,
     .signature = "(string) -> number",
     .doc = "A duration such as \"1h30m\" or \"2d\" in nanoseconds."},
    {.name = "time.parse_ns",
     .fn = parse_ns,
     .signature = "(string, string) -> number",
     .doc = "The moment that a text says by a layout of Go."},
    {.name = "time.parse_rfc3339_ns",
     .fn = parse_rfc3339_ns,
     .signature = "(string) -> number",
     .doc = "The moment that a text in RFC 3339 says."},
    {.name = "time.weekday",
     .fn = weekday,
     .flags = POL_UNCHECKED,
     .signature = "(" MOMENT ") -> string",
     .doc = "The English name of a moment's day of the week."},
    {.name = NULL},
};
