/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of findings; see fingerprint.h. A table of hashes, as reports may have
 * hundreds of thousands of entries. */
#include "fingerprint.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST = 64 /* slots */ };

/* FNV-1a; the length goes first so that two texts are never one. */
static uint64_t mix(uint64_t hash, const char *bytes, size_t len)
{
    static const uint64_t prime = 0x100000001b3;
    for (size_t n = len; n; n >>= 8)
        hash = (hash ^ (n & 0xff)) * prime;
    hash = (hash ^ 0xff) * prime;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * prime;
    return hash;
}

static uint64_t hash_of(const pol_entry *e, pol_arena *arena)
{
    const char *file = pol_entry_file(e->place.file), *path = "";
    size_t path_len = 0;
    if (pol_is_defined(e->path))
        path = pol_value_text(arena, e->path, POL_TEXT_JSON, &path_len);
    const char kind = (char)('0' + e->kind);
    const pol_value urn = e->resource.urn;
    bool named = pol_is_string(urn);
    uint64_t hash = mix(0xcbf29ce484222325, &kind, 1);
    hash = mix(hash, e->pack, strlen(e->pack));
    hash = mix(hash, e->rule, strlen(e->rule));
    hash = mix(hash, file, strlen(file));
    hash = mix(hash, named ? urn.str : "", named ? urn.len : 0);
    hash = mix(hash, path, path_len);
    return mix(hash, e->message, e->message_len);
}

static pol_fingerprint *slot_of(const pol_fingerprints *f, uint64_t hash)
{
    size_t at = (size_t)hash & (f->capacity - 1);
    while (f->slots[at].nth && f->slots[at].hash != hash)
        at = (at + 1) & (f->capacity - 1);
    return &f->slots[at];
}

static void resize(pol_fingerprints *f, size_t capacity)
{
    pol_fingerprint *old = f->slots;
    size_t count = f->capacity;
    f->capacity = capacity;
    f->slots = calloc(capacity, sizeof *f->slots);
    if (!f->slots)
        abort();
    for (size_t i = 0; i < count; i++) {
        if (old[i].nth)
            *slot_of(f, old[i].hash) = old[i];
    }
    free(old);
}

void pol_fingerprints_init(pol_fingerprints *f)
{
    *f = (pol_fingerprints){.arena = pol_arena_new(0)};
    resize(f, FIRST);
}

void pol_fingerprints_done(pol_fingerprints *f)
{
    pol_arena_free(f->arena);
    free(f->slots);
}

pol_fingerprint pol_fingerprint_next(pol_fingerprints *f, const pol_entry *e)
{
    if (2 * f->used >= f->capacity)
        resize(f, 2 * f->capacity);
    uint64_t hash = hash_of(e, f->arena);
    pol_fingerprint *slot = slot_of(f, hash);
    f->used += !slot->nth;
    *slot = (pol_fingerprint){hash, slot->nth + 1};
    return *slot;
}
