/* SPDX-License-Identifier: Apache-2.0
 *
 * Lines of large texts; see places.h. The table is built by whichever thread
 * asks first; should two build it at once, one of them throws its own away. */
#include "places.h"

#include <stdatomic.h>

#include "reading.h"

enum { BLOCK = 2 * 1024, WITHOUT_TABLE = 32 * 1024 };

struct pol_places {
    size_t count;
    pol_place blocks[]; /* the place at which every block begins */
};

static void advance(pol_place *place, const char *p, const char *end)
{
    while (p < end) {
        const char *line_end = memchr(p, '\n', (size_t)(end - p));
        const char *stop = line_end ? line_end : end;
        uint32_t continuation = 0;
        for (const char *q = p; q < stop; q++)
            continuation += ((unsigned char)*q & 0xC0) == 0x80;
        place->column += (uint32_t)(stop - p) - continuation;
        p = stop;
        if (line_end) {
            place->line++;
            place->column = 1;
            p++;
        }
    }
}

static pol_places *build(pol_str text)
{
    size_t count = text.len / BLOCK + 1;
    pol_places *places =
        malloc(sizeof *places + count * sizeof places->blocks[0]);
    if (!places)
        return NULL;
    places->count = count;
    pol_place place = {1, 1};
    for (size_t i = 0; i < count; i++) {
        size_t from = i * BLOCK;
        size_t to = text.len - from < BLOCK ? text.len : from + BLOCK;
        places->blocks[i] = place;
        advance(&place, text.ptr + from, text.ptr + to);
    }
    return places;
}

static const pol_places *table(const pol_document *doc)
{
    /* The table is a cache: making it does not change the document. */
    struct pol_places *_Atomic *slot =
        &((pol_document *)(uintptr_t)doc)->places;
    pol_places *places = atomic_load(slot), *none = NULL;
    if (places)
        return places;
    places = build(doc->text);
    if (places && !atomic_compare_exchange_strong(slot, &none, places)) {
        free(places);
        places = none;
    }
    return places;
}

pol_place pol_places_at(const pol_document *doc, size_t off)
{
    pol_place place = {1, 1};
    size_t from = 0;
    if (off > doc->text.len)
        off = doc->text.len;
    const pol_places *places = off > WITHOUT_TABLE ? table(doc) : NULL;
    if (places) {
        from = off / BLOCK * BLOCK;
        place = places->blocks[off / BLOCK];
    }
    advance(&place, doc->text.ptr + from, doc->text.ptr + off);
    /* A byte order mark is no character that anybody sees. */
    place.column -= place.line == 1 && off >= 3 && pol_reading_start(doc);
    place.line += doc->lines_before;
    return place;
}

void pol_places_free(pol_places *places)
{
    free(places);
}
