/* SPDX-License-Identifier: Apache-2.0
 *
 * A reader of zone files (RFC 8536). libc knows one zone a process, through
 * global state and the environment, so it is of no use to an engine in a
 * library; the format is small, and the files are the system's. Files are
 * checked when they are read: what is kept can be looked up without care. */
#include "zone.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "calendar.h"

enum {
    ZONES = 8,          /* kept by an evaluator */
    NAME_ROOM = 64,     /* of a zone, as in the database */
    MAX_FILE = 1 << 18, /* bytes */
    HEADER = 44
};

/* When daylight saving begins or ends. */
typedef struct change {
    char form; /* 'M' month.week.day, 'J' day without 29 February, '0' day */
    int month, week, day;
    int32_t time; /* seconds after midnight, may be negative */
} change;

/* The rule for what comes after the last transition of a file. */
typedef struct rule {
    bool there, saves;
    pol_zone_offset standard, daylight;
    change begin, end;
} rule;

struct pol_zone {
    char name[NAME_ROOM];
    unsigned char *file;
    const unsigned char *times, *indices, *types, *names;
    uint32_t time_count, type_count, name_bytes;
    rule after;
};

typedef struct cache {
    pol_zone zones[ZONES];
    size_t next; /* to be replaced */
} cache;

static void cache_done(void *state)
{
    cache *c = state;
    for (size_t i = 0; i < ZONES; i++)
        free(c->zones[i].file);
}

static const pol_state_class cache_class = {sizeof(cache), cache_done};

/* ---- rules (POSIX TZ) ------------------------------------------------ */

/* A number of up to four digits; false if there is none or it is beyond max. */
static bool number(const char **at, int max, int *out)
{
    int value = 0, digits = 0;
    while (**at >= '0' && **at <= '9' && digits < 4) {
        value = value * 10 + (*(*at)++ - '0');
        digits++;
    }
    *out = value;
    return digits > 0 && value <= max;
}

/* [+-]hh[:mm[:ss]] as seconds. */
static bool clock_time(const char **at, int32_t *out)
{
    int parts[3] = {0, 0, 0};
    bool negative = **at == '-';
    *at += **at == '-' || **at == '+';
    if (!number(at, 167, &parts[0]))
        return false;
    for (int i = 1; i < 3 && **at == ':'; i++) {
        (*at)++;
        if (!number(at, 59, &parts[i]))
            return false;
    }
    int32_t seconds = parts[0] * 3600 + parts[1] * 60 + parts[2];
    *out = negative ? -seconds : seconds;
    return true;
}

static bool zone_name(const char **at, char out[16])
{
    bool quoted = **at == '<';
    size_t len = 0;
    *at += quoted;
    for (;; (*at)++) {
        char c = **at, lower = c | 0x20;
        bool letter = lower >= 'a' && lower <= 'z';
        bool part = quoted ? c != '>' && c != 0 : letter;
        if (!part)
            break;
        if (len == 15)
            return false;
        out[len++] = c;
    }
    out[len] = 0;
    if (quoted && *(*at)++ != '>')
        return false;
    return len > 0;
}

static bool read_change(const char **at, change *c)
{
    bool fine;
    if (*(*at)++ != ',')
        return false;
    c->form = **at == 'M' || **at == 'J' ? *(*at)++ : '0';
    if (c->form == 'M') {
        fine = number(at, 12, &c->month) && c->month > 0 && *(*at)++ == '.' &&
               number(at, 5, &c->week) && c->week > 0 && *(*at)++ == '.' &&
               number(at, 6, &c->day);
    } else {
        fine = number(at, 365, &c->day) && (c->form == '0' || c->day > 0);
    }
    c->time = 2 * 3600;
    if (!fine || **at != '/')
        return fine;
    (*at)++;
    return clock_time(at, &c->time);
}

/* Reads "CET-1CEST,M3.5.0,M10.5.0/3" (NUL-terminated). */
static bool read_rule(const char *at, rule *r)
{
    int32_t west;
    *r = (rule){.there = true};
    if (!zone_name(&at, r->standard.name) || !clock_time(&at, &west))
        return false;
    r->standard.seconds = -west;
    if (*at == 0)
        return true;
    r->saves = true;
    r->daylight.seconds = r->standard.seconds + 3600;
    if (!zone_name(&at, r->daylight.name))
        return false;
    if (*at != ',' && *at != 0) {
        if (!clock_time(&at, &west))
            return false;
        r->daylight.seconds = -west;
    }
    if (*at == 0)
        at = ",M3.2.0,M11.1.0";
    return read_change(&at, &r->begin) && read_change(&at, &r->end) && *at == 0;
}

/* Seconds after the start of the year, in UTC, of a change under an offset. */
static int64_t change_at(const change *c, int64_t year, int32_t offset)
{
    int64_t day = c->day;
    bool leap = pol_civil_is_leap(year);
    if (c->form == 'J') {
        day += -1 + (leap && c->day > 59);
    } else if (c->form == 'M') {
        int before = pol_civil_days_before(year, c->month);
        int64_t first = pol_civil_days(year, c->month, 1);
        int weekday = pol_civil_of(first * POL_DAY_SECONDS).weekday;
        int of_month = (c->day - weekday + 7) % 7 + (c->week - 1) * 7;
        while (of_month >= pol_civil_days_in(year, c->month))
            of_month -= 7;
        day = before + of_month;
    }
    return day * POL_DAY_SECONDS + c->time - offset;
}

static pol_zone_offset rule_at(const rule *r, int64_t seconds)
{
    if (!r->saves)
        return r->standard;
    int64_t year = pol_civil_of(seconds).year;
    int64_t start = pol_civil_days(year, 1, 1) * POL_DAY_SECONDS;
    int64_t now = seconds - start;
    int64_t begin = change_at(&r->begin, year, r->standard.seconds);
    int64_t end = change_at(&r->end, year, r->daylight.seconds);
    bool saving =
        begin < end ? now >= begin && now < end : now >= begin || now < end;
    return saving ? r->daylight : r->standard;
}

/* ---- files ----------------------------------------------------------- */

static uint32_t read32(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
           (uint32_t)at[2] << 8 | at[3];
}

static int64_t read64(const unsigned char *at)
{
    return (int64_t)((uint64_t)read32(at) << 32 | read32(at + 4));
}

/* The sizes of a block, from its header. */
typedef struct block {
    uint32_t utc, standard, leaps, times, types, names;
} block;

static bool read_header(const unsigned char *at, size_t left, block *b)
{
    if (left < HEADER || memcmp(at, "TZif", 4) != 0)
        return false;
    *b = (block){read32(at + 20), read32(at + 24), read32(at + 28),
                 read32(at + 32), read32(at + 36), read32(at + 40)};
    return b->utc <= MAX_FILE && b->standard <= MAX_FILE &&
           b->leaps <= MAX_FILE && b->times <= MAX_FILE &&
           b->types <= MAX_FILE && b->names <= MAX_FILE;
}

/* Bytes of a block behind its header, with times of `width` bytes. */
static size_t block_size(const block *b, size_t width)
{
    return (size_t)b->times * (width + 1) + (size_t)b->types * 6 + b->names +
           (size_t)b->leaps * (width + 4) + b->standard + b->utc;
}

/* Are all numbers of the second block within bounds? */
static bool check_block(const pol_zone *z)
{
    if (z->type_count == 0 || z->name_bytes == 0 ||
        z->names[z->name_bytes - 1] != 0)
        return false;
    for (uint32_t i = 0; i < z->time_count; i++)
        if (z->indices[i] >= z->type_count)
            return false;
    for (uint32_t i = 0; i < z->type_count; i++)
        if (z->types[i * 6 + 5] >= z->name_bytes)
            return false;
    return true;
}

/* Finds the parts of a file of `len` bytes, which ends with a NUL of ours. The
 * first block, with times of 32 bits, is passed over. */
static bool read_file(pol_zone *z, size_t len)
{
    const unsigned char *at = z->file, *end = z->file + len;
    block b;
    if (!read_header(at, len, &b) || at[4] < '2')
        return false;
    at += HEADER;
    if (block_size(&b, 4) > (size_t)(end - at))
        return false;
    at += block_size(&b, 4);
    if (!read_header(at, (size_t)(end - at), &b))
        return false;
    at += HEADER;
    if (block_size(&b, 8) > (size_t)(end - at))
        return false;
    z->times = at;
    z->indices = z->times + (size_t)b.times * 8;
    z->types = z->indices + b.times;
    z->names = z->types + (size_t)b.types * 6;
    z->time_count = b.times;
    z->type_count = b.types;
    z->name_bytes = b.names;
    at += block_size(&b, 8);
    unsigned char *newline = memchr(at + (at < end), '\n', (size_t)(end - at));
    if (newline != NULL && at < end && *at == '\n') {
        *newline = 0;
        if (at[1] != 0 && !read_rule((const char *)at + 1, &z->after))
            return false;
    }
    return check_block(z);
}

/* Reads the bytes of a file into z->file, behind them a NUL. NULL, or what went
 * wrong. */
static const char *load(pol_zone *z, const char *path, size_t *len)
{
    struct stat info;
    const char *error = "malformed time zone information";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return "";
    ssize_t got = -1;
    if (fstat(fd, &info) == 0 && S_ISDIR(info.st_mode))
        error = "is a directory";
    else if (S_ISREG(info.st_mode) && info.st_size <= MAX_FILE &&
             (z->file = malloc(MAX_FILE + 1)) != NULL)
        got = read(fd, z->file, MAX_FILE);
    close(fd);
    if (got < 0)
        return error;
    z->file[got] = 0;
    *len = (size_t)got;
    return read_file(z, *len) ? NULL : error;
}

/* ---- finding --------------------------------------------------------- */

static bool is_bad_name(pol_value name)
{
    bool dots = memmem(name.str, name.len, "..", 2) != NULL;
    return dots || name.str[0] == '/' || name.str[0] == '\\';
}

/* Reads the zone into the next place of the cache. */
static const pol_zone *read_zone(pol_call *call, cache *c, pol_value name)
{
    char path[32 + NAME_ROOM];
    pol_zone fresh = {.file = NULL};
    const char *error = "";
    size_t len;
    if (name.len < NAME_ROOM) {
        memcpy(fresh.name, name.str, name.len);
        snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", fresh.name);
        error = load(&fresh, path, &len);
    }
    if (error != NULL) {
        free(fresh.file);
        if (*error != 0)
            pol_call_error(call, "%s", error);
        else
            pol_call_error(call, "unknown time zone %.*s", (int)name.len,
                           name.str);
        return NULL;
    }
    pol_zone *place = &c->zones[c->next];
    c->next = (c->next + 1) % ZONES;
    free(place->file);
    *place = fresh;
    return place;
}

const pol_zone *pol_zone_find(pol_call *call, pol_value name)
{
    static const pol_zone utc = {
        .after = {.there = true, .standard = {.name = "UTC"}}};
    if (name.len == 0 || pol_string_is(name, "UTC") ||
        pol_string_is(name, "Local"))
        return &utc;
    if (is_bad_name(name)) {
        pol_call_error(call, "time: invalid location name");
        return NULL;
    }
    if (memchr(name.str, 0, name.len) != NULL) {
        pol_call_error(call, "invalid argument");
        return NULL;
    }
    cache *c = pol_call_state(call, &cache_class);
    for (size_t i = 0; i < ZONES; i++) {
        const pol_zone *z = &c->zones[i];
        if (z->file != NULL && strlen(z->name) == name.len &&
            memcmp(z->name, name.str, name.len) == 0)
            return z;
    }
    return read_zone(call, c, name);
}

/* ---- looking up ------------------------------------------------------ */

static pol_zone_offset type_offset(const pol_zone *z, uint32_t type)
{
    const unsigned char *at = z->types + (size_t)type * 6;
    pol_zone_offset offset = {.seconds = (int32_t)read32(at)};
    snprintf(offset.name, sizeof(offset.name), "%s",
             (const char *)z->names + at[5]);
    return offset;
}

static bool is_daylight(const pol_zone *z, uint32_t type)
{
    return z->types[(size_t)type * 6 + 4] != 0;
}

/* What holds before the first transition: a type of its own, or the standard
 * time nearest to it. */
static uint32_t first_type(const pol_zone *z)
{
    if (memchr(z->indices, 0, z->time_count) == NULL)
        return 0;
    if (z->time_count > 0 && is_daylight(z, z->indices[0]))
        for (uint32_t i = z->indices[0]; i-- > 0;)
            if (!is_daylight(z, i))
                return i;
    for (uint32_t i = 0; i < z->type_count; i++)
        if (!is_daylight(z, i))
            return i;
    return 0;
}

pol_zone_offset pol_zone_at(const pol_zone *z, int64_t seconds)
{
    if (z->file == NULL)
        return z->after.standard;
    uint32_t low = 0, high = z->time_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (read64(z->times + (size_t)middle * 8) <= seconds)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == z->time_count && z->after.there)
        return rule_at(&z->after, seconds);
    return type_offset(z, low == 0 ? first_type(z) : z->indices[low - 1]);
}
