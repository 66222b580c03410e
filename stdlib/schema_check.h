/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON Schema of drafts 4, 6 and 7 as gojsonschema, OPA's validator, reads it:
 * with its words, its order of errors, and its idea of which keyword counts.
 * No C library of Debian does this; schemas are values, so is the validator
 * small. References lead into the schema itself only: nothing is fetched. */
#ifndef POL_STDLIB_SCHEMA_CHECK_H
#define POL_STDLIB_SCHEMA_CHECK_H

#include "bytes.h"

typedef enum {
    POL_DRAFT_HYBRID, /* no $schema, or one that is not known: all keywords */
    POL_DRAFT_4,
    POL_DRAFT_6,
    POL_DRAFT_7
} pol_draft;

typedef struct pol_schema {
    pol_call *call;
    pol_value root;
    pol_draft draft;
} pol_schema;

enum {
    POL_SCHEMA_DEPTH = 200 /* of schemas within schemas, and of documents that a
                              recursive schema follows: bounds the C stack */
};

/* Checks that the root is a schema and sets the draft. NULL, or what is wrong,
 * in the arena. */
const char *pol_schema_check(pol_schema *schema);

/* The target of a reference; undefined with *why set if there is none. */
pol_value pol_schema_target(const pol_schema *schema, pol_value reference,
                            const char **why);

/* Holds a document against a schema that was checked. The errors, an array of
 * objects {desc, error, field, type}, are not done yet. Ends the evaluation
 * (limit "schema depth") where document and schema go too deep. */
void pol_schema_match(const pol_schema *schema, pol_value document,
                      pol_builder *errors);

/* Does the keyword count in the draft? */
bool pol_schema_has(const pol_schema *schema, const char *keyword);

/* Is the text of the format? True for a format that is not known. */
bool pol_schema_format(pol_call *call, pol_value format, pol_value text);

/* The type names of JSON Schema, sorted, ending with NULL. */
extern const char *const pol_schema_types[];

#endif
