/* SPDX-License-Identifier: Apache-2.0
 *
 * The parts of the type check.
 *
 *   types.c        rules, definitions, bodies, literals
 *   infer.c        the type of a term
 *   match.c        a term against a type: what it says of the term's variables
 *   extent.c       the types of `data`: rules with ref heads, packages
 *   mock.c         what `with` makes of types
 *   type_report.c  what is said about errors
 *   typing.c, overlap.c  the types themselves */
#ifndef POL_TYPES_H
#define POL_TYPES_H

#include "typing.h"

/* What is below a rule with dynamic heads; see extent.c. */
typedef struct pol_extent pol_extent;

typedef struct pol_rule_types {
    const pol_typing *result;  /* never NULL once known */
    const pol_typing **params; /* FUNCTION; NULL: not known */
    pol_extent *extent;        /* OBJECT */
    bool known, busy;
} pol_rule_types;

/* A place that a `with` of the literal at hand replaces. */
typedef struct pol_mock pol_mock;
struct pol_mock {
    const pol_tree *node;   /* a rule or package; else NULL, and then: */
    const pol_node *target; /* a place in the input or the base documents */
    const pol_typing *value;
    const pol_mock *outer;
};

typedef struct pol_signature {
    const pol_typing **params;
    const pol_typing *result;
} pol_signature;

typedef struct pol_inferred {
    uint32_t slot;
    const pol_typing *before;
} pol_inferred;

typedef struct pol_checker {
    pol_compile *compile;
    pol_arena *arena;
    pol_rule_types *rules;      /* by id */
    const pol_typing **extents; /* by id of a tree node; NULL: not asked yet */
    pol_signature *signatures;  /* by index of a builtin; filled when asked */
    const pol_typing **env;     /* by slot of the definition at hand */
    pol_inferred *trail;        /* what was inferred, to be taken back */
    uint32_t trail_count, trail_room;
    const pol_mock *mocks;
    uint32_t depth; /* of rules that are needed by one another */
    bool is_query;  /* in which `==` is a call like others */
    bool refs_only; /* in the body of an `every` */
} pol_checker;

/* ---- types.c */

/* Checks a body, and everything it learns about variables stays. */
void pol_types_body(pol_checker *checker, pol_node *body);
/* Checks the literal of a template's part, whose value is used. */
void pol_types_value(pol_checker *checker, pol_node *literal);
/* Looks into the references and comprehensions of a literal or term, and at
 * nothing else. */
void pol_types_refs(pol_checker *checker, pol_node *node);
const pol_rule_types *pol_types_of_rule(pol_checker *checker,
                                        const pol_rule *rule);

/* ---- infer.c */

/* Checks a term. Its type; NULL where nothing is inferred yet. A term in which
 * an error was reported can be anything. */
const pol_typing *pol_infer_term(pol_checker *checker, pol_node *term);
/* The same, and where nothing is inferred, it can be anything from now on. */
const pol_typing *pol_infer_settled(pol_checker *checker, pol_node *term);
/* The type with `any` wherever nothing is inferred, NULL itself included. */
const pol_typing *pol_infer_filled(pol_checker *checker, const pol_typing *t);
/* A type of a term that was checked already, without what is inside of it. */
const pol_typing *pol_infer_outline(pol_checker *checker, pol_node *term);
/* What a member of something of type `t` is, `operand` being in the brackets;
 * NULL if there is none. */
const pol_typing *pol_infer_member(pol_checker *checker, const pol_typing *t,
                                   pol_node *operand);
/* Is it a literal of one value that is no collection? */
bool pol_infer_is_scalar(const pol_node *term);
/* Is it an array, an object or a set, written out? */
bool pol_infer_is_collection(const pol_node *term);
/* Is the term a call of that builtin? */
bool pol_infer_calls(const pol_checker *checker, const pol_node *term,
                     const char *name);

/* ---- match.c */

void pol_match_set(pol_checker *checker, int32_t slot, const pol_typing *t);
/* If the term is a variable, it can be anything from now on. */
void pol_match_widen(pol_checker *checker, const pol_node *term);
/* The calls and templates inside of a term are evaluated before the rest of it:
 * variables in collections that are their arguments can be anything. */
void pol_match_calls(pol_checker *checker, const pol_node *term);
/* Takes back what was inferred since the trail had `count` entries. */
void pol_match_undo(pol_checker *checker, uint32_t count);
/* Can the term, of which pol_infer_term said `own`, have a value of type `t`?
 * Its variables that nothing was known about are what `t` says. */
bool pol_match_term(pol_checker *checker, pol_node *term, const pol_typing *own,
                    const pol_typing *t);
/* Can the two terms be equal? Each says what the other's variables are. */
bool pol_match_terms(pol_checker *checker, pol_node *a, const pol_typing *of_a,
                     pol_node *b, const pol_typing *of_b);

/* ---- extent.c */

/* Adds a definition of an OBJECT rule whose heads end in values of type
 * `value`. */
void pol_extent_add(pol_checker *checker, pol_extent **extent,
                    const pol_def *def, const pol_typing *value);
/* The type of what the first operands of a reference from `data` lead to, as
 * far as it is found by name; *rest is the first of the other operands. */
const pol_typing *pol_extent_base(pol_checker *checker, pol_node *ref,
                                  pol_node **rest);

/* ---- mock.c */

/* Notes what a `with` replaces, by a value of a type. */
void pol_mock_add(pol_checker *checker, const pol_node *with,
                  const pol_typing *value);
/* What the mocks make of the type of the document of a node. */
const pol_typing *pol_mock_rule(pol_checker *checker, const pol_tree *node,
                                const pol_typing *t);
/* Says whether a mock may have changed what a function gives. */
bool pol_mock_changes(const pol_checker *checker, const pol_tree *function);
/* The type of the input (`head` is its slot) or the base documents, where
 * *rest leads to as far as mocks are on the way; *rest is what is left. */
const pol_typing *pol_mock_document(pol_checker *checker, int32_t head,
                                    pol_node **rest);

/* ---- type_report.c */

void pol_type_report_match(pol_checker *checker, pol_span span);
/* `number` counts from 1; `wanted` may be NULL. */
void pol_type_report_argument(pol_checker *checker, const pol_node *call,
                              uint32_t number, const pol_typing *got);
void pol_type_report_ref(pol_checker *checker, pol_span span);

#endif
