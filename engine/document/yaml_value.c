/* SPDX-License-Identifier: Apache-2.0
 *
 * YAML text as one value, for builtins: the reader of documents over an arena of
 * its own, out of which the value is copied. */
#include "reading.h"

static void done(void *arena)
{
    pol_arena_done(arena);
}

pol_value pol_value_parse_yaml(pol_arena *arena, const char *text, size_t len,
                               const char **error, size_t *error_at)
{
    const pol_read_options options = {.format = POL_FORMAT_YAML,
                                      .last_wins = true};
    pol_document *doc = arena_new(arena, pol_document);
    pol_arena_init(&doc->arena, arena->cap, arena->trap);
    pol_arena_defer(arena, done, &doc->arena);
    doc->text = (pol_str){pol_arena_copy(&doc->arena, text, len), len};
    pol_reading reading = {.doc = doc, .options = &options};
    pol_value v = pol_undefined();
    if (pol_reading_yaml(&reading)) {
        v = doc->count ? pol_copy(arena, doc->roots[0]) : pol_null();
    } else {
        const char *message = reading.flaw.message;
        *error = pol_arena_copy(arena, message, strlen(message));
        *error_at = reading.flaw.off;
    }
    done(&doc->arena);
    return v;
}
