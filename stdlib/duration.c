/* SPDX-License-Identifier: Apache-2.0
 *
 * Durations. Sums are kept unsigned, up to 2^63: the smallest duration has no
 * positive counterpart. */
#include "duration.h"

#include <stdio.h>
#include <string.h>

#include "golayout.h"

#define LIMIT ((uint64_t)1 << 63)

typedef struct unit {
    const char *name;
    uint64_t size; /* in nanoseconds */
    bool calendar; /* not known to Go */
} unit;

#define HOUR (3600 * (uint64_t)1000000000)
#define DAY (24 * HOUR)
static const unit units[] = {
    {"ns", 1, false},
    {"us", 1000, false},
    {"\xC2\xB5s", 1000, false}, /* the micro sign */
    {"\xCE\xBCs", 1000, false}, /* the Greek letter */
    {"ms", 1000000, false},
    {"s", 1000000000, false},
    {"m", 60 * (uint64_t)1000000000, false},
    {"h", HOUR, false},
    {"d", DAY, true},
    {"w", 7 * DAY, true},
    {"y", 365 * DAY, true},
};

/* One number with its unit. */
typedef struct amount {
    pol_value number, unit; /* texts */
    uint64_t whole;
    uint64_t fraction; /* / scale */
    double scale;
    bool overflow;
} amount;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static void add_digit(amount *a, char c, bool behind)
{
    uint64_t digit = (uint64_t)(c - '0');
    if (!behind) {
        a->overflow |= a->whole > LIMIT / 10;
        a->whole = a->overflow ? 0 : a->whole * 10 + digit;
        a->overflow |= a->whole > LIMIT;
    } else if (a->fraction <= (LIMIT - 1) / 10) {
        a->fraction = a->fraction * 10 + digit;
        a->scale *= 10;
    }
}

/* Reads a number and its unit at byte `at`; the place behind, 0 if there is no
 * number. */
static size_t read_amount(pol_value text, size_t at, amount *a)
{
    size_t start = at, digits = 0;
    bool behind = false;
    *a = (amount){.scale = 1};
    for (; at < text.len; at++) {
        char c = text.str[at];
        if (c == '.' && !behind) {
            behind = true;
        } else if (is_digit(c)) {
            add_digit(a, c, behind);
            digits++;
        } else {
            break;
        }
    }
    if (digits == 0)
        return 0;
    a->number = pol_string(text.str + start, at - start);
    start = at;
    while (at < text.len && text.str[at] != '.' && !is_digit(text.str[at]))
        at++;
    a->unit = pol_string(text.str + start, at - start);
    return at;
}

static const unit *find_unit(pol_value name, bool beginning)
{
    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
        size_t len = strlen(units[i].name);
        bool fits = beginning ? len <= name.len : len == name.len;
        if (fits && memcmp(units[i].name, name.str, len) == 0)
            return &units[i];
    }
    return NULL;
}

/* The amount in nanoseconds; more than LIMIT if it is too large. */
static uint64_t size_of(pol_call *call, const amount *a, const unit *u)
{
    if (a->overflow || a->whole > LIMIT / u->size)
        return LIMIT + 1;
    uint64_t size = a->whole * u->size;
    if (a->fraction == 0)
        return size;
    double part = (double)a->fraction * ((double)u->size / a->scale);
    if (u->calendar) {
        /* OPA makes hours of it first, so the rounding of that shows */
        pol_value text =
            pol_call_printf(call, "0%.*s0", (int)a->number.len, a->number.str);
        size_t skip = 0;
        while (skip + 1 < text.len && is_digit(text.str[skip + 1]) &&
               text.str[skip] == '0')
            skip++;
        pol_value number = pol_number_parse(pol_call_arena(call),
                                            text.str + skip, text.len - skip);
        if (!pol_is_defined(number))
            return LIMIT + 1;
        size = 0;
        part =
            pol_number_double(number) * (double)(u->size / HOUR) * (double)HOUR;
        if (part >= (double)LIMIT)
            return LIMIT + 1;
    }
    return size + (uint64_t)part;
}

static bool fail(pol_call *call, const char *what, pol_value part,
                 pol_value text)
{
    pol_bytes out;
    pol_bytes_init(&out, call, (size_t)text.len + 64);
    pol_bytes_text(&out, "time: ");
    pol_bytes_text(&out, what);
    if (pol_is_defined(part)) {
        pol_golayout_quote(&out, part);
        pol_bytes_text(&out, " in duration ");
    }
    pol_golayout_quote(&out, text);
    pol_call_error(call, "%.*s", (int)out.len, out.at);
    return false;
}

/* Explains an amount without a unit that is known. OPA takes the units that Go
 * does not know apart first, and is then less exact. */
static bool fail_unit(pol_call *call, const amount *a, pol_value text)
{
    bool calendar = false;
    for (uint32_t i = 0; i < text.len; i++)
        calendar |= strchr("dwy", text.str[i]) != NULL && text.str[i] != 0;
    if (calendar && (a->unit.len == 0 || find_unit(a->unit, true) != NULL))
        return fail(call, "invalid duration ", pol_undefined(), text);
    if (a->unit.len == 0)
        return fail(call, "missing unit in duration ", pol_undefined(), text);
    return fail(call, "unknown unit ", a->unit, text);
}

bool pol_duration_parse(pol_call *call, pol_value text, int64_t *nanoseconds)
{
    size_t at = text.len > 0 && (text.str[0] == '-' || text.str[0] == '+');
    bool negative = at > 0 && text.str[0] == '-';
    uint64_t sum = 0;
    bool zero = text.len == at + 1 && text.str[at] == '0';
    bool fine = text.len > at;
    while (fine && !zero && at < text.len) {
        amount a;
        at = read_amount(text, at, &a);
        fine = at > 0 && !a.overflow;
        if (!fine)
            break;
        const unit *u = find_unit(a.unit, false);
        if (u == NULL)
            return fail_unit(call, &a, text);
        uint64_t size = size_of(call, &a, u);
        fine = size <= LIMIT && sum + size <= LIMIT;
        sum += size;
    }
    if (!fine || (sum == LIMIT && !negative))
        return fail(call, "invalid duration ", pol_undefined(), text);
    *nanoseconds = (int64_t)(negative ? 0 - sum : sum);
    return true;
}
