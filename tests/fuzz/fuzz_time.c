/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes time: a layout or duration, a NUL, a text. What was read must be
 * written and read again as the same moment where the layout tells all. */
#include <stdlib.h>

#include "duration.h"
#include "golayout.h"
#include "stdlib_call.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Writes the moment in full and reads it back. */
static void round_trip(pol_call *call, int64_t seconds, int64_t nanoseconds)
{
    const pol_zone_offset utc = {.name = "UTC"};
    pol_value layout = pol_golayout_named(pol_literal("RFC3339Nano"));
    pol_civil c = pol_civil_of(seconds);
    c.nanosecond = (int)nanoseconds;
    int64_t again, rest;
    pol_bytes out;
    pol_bytes_init(&out, call, 64);
    pol_golayout_format(&out, layout, &c, &utc);
    /* a zone's offset may have led out of the years that layouts know */
    if (c.year < 0 || c.year > 9999)
        return;
    if (!pol_golayout_parse(call, layout, pol_bytes_done(&out), &again,
                            &rest) ||
        again != seconds || rest != nanoseconds)
        abort();
}

static void run(pol_call *call, const fuzz_texts *texts)
{
    int64_t seconds, nanoseconds;
    pol_duration_parse(call, texts->first, &nanoseconds);
    pol_value layout = pol_golayout_named(texts->first);
    if (pol_golayout_parse(call, layout, texts->second, &seconds, &nanoseconds))
        round_trip(call, seconds, nanoseconds);
    const pol_zone *zone = pol_zone_find(call, texts->second);
    if (zone == NULL)
        return;
    pol_zone_offset offset = pol_zone_at(zone, (int64_t)texts->first.len << 24);
    pol_civil c = pol_civil_of(offset.seconds);
    pol_bytes out;
    pol_bytes_init(&out, call, 64);
    pol_golayout_format(&out, layout, &c, &offset);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static pol_call call;
    fuzz_texts texts;
    if (size <= 1000 && fuzz_split(data, size, &texts))
        fuzz_call(&call, &texts, run);
    return 0;
}
