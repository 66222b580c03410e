/* SPDX-License-Identifier: Apache-2.0
 *
 * Code generation: annotated trees to a program.
 *
 * Rego needs no backtracking machine. Once safety has ordered a body, it is
 * known at compile time which variables are bound where, so that every
 * unification has a direction, and failure is always a jump to a label that is
 * known too: the NEXT of the innermost open loop, or the next alternative.
 *
 *   gen_rule.c   a rule's definitions, else chains, defaults, queries
 *   gen_body.c   literals: tests, unification, not, every, some, with
 *   gen_term.c   terms and references: what pushes one value
 *   gen_open.c   what must run before a term: loops, comprehensions
 *   gen_const.c  the program's constants and its rule tree
 *
 * What opens a loop, and what has code of its own (comprehensions, templates),
 * is *opened* before the expression it stands in: its value then lies in a
 * local (pol_node.temp), and the operand stack is empty wherever a loop begins.
 * Loops need no closing: their exit is the fail label that was in force. */
#ifndef POL_GEN_H
#define POL_GEN_H

#include "emit.h"
#include "tree.h"

/* What the members of a reference are looked up in. */
typedef enum pol_gen_base {
    POL_GEN_BASE_VALUE,
    POL_GEN_BASE_DATA, /* a document of `data` where the rule tree has none */
    POL_GEN_BASE_VDOC  /* perhaps a virtual document, to be forced at the end */
} pol_gen_base;

/* One member of a rule with dynamic heads, compiled as a rule of its own: what
 * `p.a` needs of p. Other members may then refer to it, and their conflicts do
 * not matter to it, as in OPA. Or one definition of it with `else`, whose value
 * is that of a complete rule. */
typedef struct pol_gen_member_rule pol_gen_member_rule;
struct pol_gen_member_rule {
    const pol_rule *rule;
    pol_str key;
    const pol_def *chain; /* NULL: the member `key` */
    uint32_t number; /* in the program */
    pol_gen_member_rule *next;
};

typedef struct pol_gen {
    pol_compile *compile;
    pol_arena *arena;
    pol_program *program;
    pol_emit emit;       /* the chunk that is being written */
    uint8_t *bound;      /* by slot: is the variable bound here? */
    uint32_t *trail;     /* slots in the order in which they were bound */
    uint32_t trail_count;
    uint32_t slot_room;
    bool *mocked;        /* by builtin: is it the target of some `with`? */
    const pol_def *def;  /* the definition, NULL for a query */
    bool domain;         /* what is pushed next is only iterated or searched */
    pol_gen_member_rule *members, **last_member;
    uint32_t next_rule; /* number of the next member rule */
    /* constants */
    uint32_t const_room;
    uint32_t *const_slots; /* hash table: index + 1 */
    uint32_t const_mask;
} pol_gen;

/* ---- gen_const.c ---------------------------------------------------------- */

/* The number of a constant; equal scalars share one. */
uint32_t pol_gen_const(pol_gen *gen, pol_value value);
/* A string constant whose bytes are copied. */
uint32_t pol_gen_name(pol_gen *gen, pol_str name);
/* Fills program->nodes from the rule tree and numbers pol_tree.id anew so that
 * children stand together. */
void pol_gen_tree(pol_gen *gen);

/* ---- gen_open.c ------------------------------------------------------------- */

/* Runs whatever of `term` opens loops or has code of its own; afterwards
 * pol_gen_push(term) is straight code. Binds the variables that loops bind. */
void pol_gen_open(pol_gen *gen, pol_node *term);
/* Does the term hold a variable that is not bound here and that opening it would
 * not bind? A reference binds what stands in its brackets for the terms behind
 * it as well: `f(xs[i], i)` is not open. */
bool pol_gen_is_open(pol_gen *gen, const pol_node *term);
/* Evaluates the term into a fresh local now. */
void pol_gen_to_temp(pol_gen *gen, pol_node *term);

/* ---- gen_term.c --------------------------------------------------------------- */

/* Pushes the value of an opened term; goes to the fail label if undefined. */
void pol_gen_push(pol_gen *gen, const pol_node *term);
/* The same for a collection that is iterated or searched, not used as a value. */
void pol_gen_push_domain(pol_gen *gen, const pol_node *term);
/* Pushes the head and the first operands of a reference: as many as lead through
 * the rule tree, at least none. Returns the first operand that is left, NULL if
 * none. */
const pol_node *pol_gen_push_base(pol_gen *gen, const pol_node *ref,
                                  pol_gen_base *base);
/* Pops a value of a reference with the base, pushes its member at `operand`. */
void pol_gen_member(pol_gen *gen, const pol_node *operand, pol_gen_base base);
/* Is the call of the builtin `name`, and never of a mock? */
bool pol_gen_calls(const pol_gen *gen, const pol_node *call, const char *name);

/* Variables: whether one is bound here, binding it, and forgetting all that
 * was bound since `mark` (a former trail_count) when a scope ends. */
bool pol_gen_is_bound(const pol_gen *gen, const pol_node *var);
void pol_gen_bind(pol_gen *gen, const pol_node *var);
void pol_gen_unbind(pol_gen *gen, uint32_t mark);

/* ---- gen_body.c ------------------------------------------------------------------ */

/* The literals of a BODY in order. Afterwards emit.fail is the innermost loop:
 * the caller emits what success means, then (to see all solutions) a jump to
 * emit.fail, and restores the fail label. */
void pol_gen_body(pol_gen *gen, pol_node *body);
void pol_gen_literal(pol_gen *gen, pol_node *literal);
/* Puts the environment of a literal's `with` modifiers in force; returns the one
 * to give to pol_gen_leave. */
uint32_t pol_gen_enter(pol_gen *gen, const pol_node *literal);
void pol_gen_leave(pol_gen *gen, const pol_node *literal, uint32_t env);
/* A fresh label that outlives the caller. */
pol_emit_label *pol_gen_label(pol_gen *gen);
/* Pops a collection and opens a loop over it: emit.fail is its NEXT afterwards.
 * Returns the iterator's local; key and value are the two behind it. `relation`:
 * it is what a relation gave. */
uint32_t pol_gen_loop(pol_gen *gen, bool relation);
/* Unifies a pattern with the value of a local. */
void pol_gen_match(pol_gen *gen, pol_node *pattern, uint32_t local);

/* The number of the rule that is member `key` of `rule`; made if need be. */
uint32_t pol_gen_member_number(pol_gen *gen, const pol_rule *rule, pol_str key);
/* The same of the complete rule that is one definition with `else`. */
uint32_t pol_gen_chain_number(pol_gen *gen, const pol_rule *rule,
                              const pol_def *chain);

/* ---- gen_rule.c -------------------------------------------------------------------- */

/* A query to be compiled as a rule of its own. */
typedef struct pol_gen_query {
    pol_node *body;
    uint32_t slots;
    uint32_t rule; /* out: its number in the program */
} pol_gen_query;

/* Generates the whole program into `program` (zeroed). False when a rule does
 * not fit the format; diagnostics say which. */
bool pol_gen_program(pol_compile *compile, pol_gen_query *queries,
                     uint32_t query_count, pol_program *program);

#endif
