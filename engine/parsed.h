/* SPDX-License-Identifier: Apache-2.0
 *
 * Terms and bodies of a module as the values in which OPA shows them. */
#ifndef POL_PARSED_H
#define POL_PARSED_H

#include "ast.h"
#include "pol_ext.h"

/* Nesting of terms. A level is up to five of the value's, and what walks values
 * recurses. */
enum { POL_PARSED_NESTING = 200, POL_PARSED_MEMBERS = 8 };

/* A walk over one module. */
typedef struct pol_parsed {
    pol_call *call;
    pol_arena *arena;
    const pol_src *src;
    uint32_t wildcards; /* numbered so far */
    uint32_t depth;
} pol_parsed;

/* An object in the making: up to POL_PARSED_MEMBERS members. */
typedef struct pol_parsed_record {
    uint32_t count;
    pol_value keys[POL_PARSED_MEMBERS], values[POL_PARSED_MEMBERS];
} pol_parsed_record;

/* Adds a member; `key` is constant. */
void pol_parsed_put(pol_parsed_record *r, const char *key, pol_value value);
pol_value pol_parsed_finish(const pol_parsed *t, const pol_parsed_record *r);
/* {"type": type, "value": value} */
pol_value pol_parsed_typed(const pol_parsed *t, const char *type,
                           pol_value value);

/* A term. Nesting over POL_PARSED_NESTING ends the evaluation. */
pol_value pol_parsed_term(pol_parsed *t, const pol_node *node);
/* `count` terms from `first` on, as an array. */
pol_value pol_parsed_terms(pol_parsed *t, const pol_node *first,
                           uint32_t count);
/* The next wildcard. */
pol_value pol_parsed_wildcard(pol_parsed *t);
/* A VAR, whatever its name is. */
pol_value pol_parsed_variable(pol_parsed *t, const pol_node *node);
/* A VAR or REF as a reference. */
pol_value pol_parsed_operator(pol_parsed *t, const pol_node *node);
/* The parts of a REF, without the type around them. */
pol_value pol_parsed_ref(pol_parsed *t, const pol_node *node);
/* A body: an array; that of NULL or an empty one is the generated `true`. */
pol_value pol_parsed_body(pol_parsed *t, const pol_node *node);

#endif
