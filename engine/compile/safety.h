/* SPDX-License-Identifier: Apache-2.0
 *
 * The parts of the safety pass.
 *
 *   safety.c   definitions, closures, heads
 *   order.c    the order of a body's literals
 *   binding.c  what a literal needs and binds
 *   flatten.c  literals taken apart when no order within them works
 *   unsafe.c   what is said about unsafe variables */
#ifndef POL_SAFETY_H
#define POL_SAFETY_H

#include "tree.h"

/* The state for one definition. `safe` tells by slot which variables are bound;
 * what was bound since some moment stands in `trail`, so that a try can be taken
 * back. */
typedef struct pol_safety {
    pol_compile *compile;
    const pol_ast_module *module; /* for "did you mean"; may be NULL */
    const pol_ast_policy *policy;
    pol_ast_rule *rule;
    uint8_t *safe;
    struct pol_watch **watch; /* by slot: literals that wait for it */
    uint32_t room;            /* of both */
    uint32_t slots;           /* of the definition, grows */
    uint32_t *trail;
    uint32_t trail_count, trail_room;
    uint16_t depth;           /* of the body at hand */
} pol_safety;

/* ---- binding.c */

void pol_safety_mark(pol_safety *safety, int32_t slot);
/* Takes back what was bound since the trail had `count` entries. */
void pol_safety_undo(pol_safety *safety, uint32_t count);

/* Is all bound that the comprehensions of a literal use from outside? What the
 * literal binds itself does not count. */
bool pol_safety_closed(const pol_safety *safety, const pol_node *literal);
/* Can the literal run when just the safe variables are bound, its terms from
 * left to right? Then what it binds is safe afterwards; else nothing changes. */
bool pol_safety_try(pol_safety *safety, const pol_node *literal);
/* The same for a term that is used for its value; nothing is taken back. */
bool pol_safety_try_term(pol_safety *safety, const pol_node *term);

/* Do two literals of arrays, or of objects with the same keys (scalars and
 * variables), match element by element? */
bool pol_safety_same_shape(const pol_node *a, const pol_node *b);
/* The value at such a key of an object literal, NULL if there is none. */
const pol_node *pol_safety_member(const pol_node *object, const pol_node *key);

/* Calls `visit` for every variable of the literal or term that belongs to the
 * body at hand or one outside of it. */
typedef struct pol_safety_visitor pol_safety_visitor;
struct pol_safety_visitor {
    void (*visit)(pol_safety_visitor *visitor, const pol_node *var);
    pol_safety *safety;
    void *context;
    uint16_t limit;   /* depth of the body at hand */
    bool binds;       /* out: the place binds variables (reference, pattern) */
    bool no_binding;  /* out: inside a template or print argument */
};
void pol_safety_visit(pol_safety_visitor *visitor, const pol_node *node);

/* ---- flatten.c */

/* Literals that together mean the same, the given one, which is changed, among
 * them; NULL if there is nothing to take apart. *count is how many.
 * _calls moves calls out of other terms, _flatten references and all else too. */
pol_node **pol_safety_calls(pol_safety *safety, pol_node *literal,
                            uint32_t *count);
pol_node **pol_safety_flatten(pol_safety *safety, pol_node *literal,
                              uint32_t *count);
/* A new variable of the body at hand. */
pol_node *pol_safety_temp(pol_safety *safety, pol_span span);
/* `temp = term` as a literal. */
pol_node *pol_safety_bind(pol_safety *safety, const pol_node *temp,
                          pol_node *term);

/* ---- order.c */

/* Puts the literals of a body in an order in which each runs, goes into the
 * bodies inside them, and reports what never becomes safe. */
void pol_safety_order(pol_safety *safety, pol_node *body);

/* ---- safety.c */

/* Goes into the closures of a literal or term that was found safe. */
void pol_safety_closures(pol_safety *safety, pol_node *node);

/* ---- unsafe.c */

void pol_safety_report(pol_safety *safety, const pol_node *literal,
                       const pol_node *var);

#endif
