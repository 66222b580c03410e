/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON Schema, as far as the configuration of policies goes: the keywords of
 * draft 7 without references. */
#ifndef POL_SCHEMA_H
#define POL_SCHEMA_H

#include "arena.h"
#include "pol_value.h"
#include "registry.h"

enum { POL_SCHEMA_NESTING = 32 }; /* of schemas, and of paths in messages */

/* Gets one problem: where it is (a path in the value, and what hangs below the
 * schema's root), and a sentence without the path: "must be a string, not a
 * number". */
typedef struct pol_schema_sink {
    void *host;
    void (*problem)(void *host, const pol_value *path, uint32_t path_len,
                    const char *text);
} pol_schema_sink;

typedef struct pol_schema {
    pol_arena *arena;
    const pol_registry *registry; /* has regex.match for `pattern` */
    pol_schema_sink sink;
    pol_value path[POL_SCHEMA_NESTING];
    uint32_t depth;
    bool quiet; /* only whether it fits matters */
    bool fits;
} pol_schema;

/* Reports every way in which `value` breaks `schema`. True if there is none. */
bool pol_schema_validate(pol_schema *state, pol_value schema, pol_value value);

#endif
