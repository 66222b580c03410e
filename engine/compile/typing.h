/* SPDX-License-Identifier: Apache-2.0
 *
 * Static types: what is known of a value before anything is evaluated. A type
 * is a set of possible values, and two types overlap unless they certainly do
 * not. They are as coarse as OPA's, which decides what is an error.
 *
 * Types are immutable and live in the compile arena. A NULL pointer is not a
 * type: it stands where nothing was inferred yet, as for a parameter that was
 * not used so far. A type that would get too large is replaced by one that
 * holds more, so that no operation takes longer than POL_TYPING_SIZE squared. */
#ifndef POL_TYPING_H
#define POL_TYPING_H

#include "tree.h"

typedef enum {
    POL_TYPING_ANY,
    POL_TYPING_NULL,
    POL_TYPING_BOOL,
    POL_TYPING_NUMBER,
    POL_TYPING_STRING,
    POL_TYPING_ARRAY,  /* `parts`, and further elements of type `rest` */
    POL_TYPING_OBJECT, /* `names` with `parts`, and further members */
    POL_TYPING_SET,    /* members of type `rest`; NULL: none, or not inferred */
    POL_TYPING_UNION   /* any of `parts` */
} pol_typing_kind;

typedef struct pol_typing pol_typing;
struct pol_typing {
    pol_typing_kind kind;
    bool partial;           /* some part of it is NULL */
    uint32_t size;          /* types in it, itself included */
    uint32_t count;         /* of parts */
    const pol_value *names; /* OBJECT: constants, sorted */
    const pol_typing *const *parts;
    /* Of further elements. NULL: there are none, or, as of comprehensions of a
     * parameter, their type was not inferred. */
    const pol_typing *key, *rest;
};

enum {
    POL_TYPING_SIZE = 400,   /* larger ones are made coarser */
    POL_TYPING_UNION_MOST = 32
};

extern const pol_typing pol_typing_any, pol_typing_null, pol_typing_bool,
    pol_typing_number, pol_typing_string;

/* ---- typing.c: making types */

/* A type with the size and the rest that follow from the given fields, which
 * are borrowed. */
const pol_typing *pol_typing_make(pol_arena *arena, pol_typing shape);
/* An array of elements, an object of members, a set of one type of member; any
 * of the arguments may be NULL. */
const pol_typing *pol_typing_array(pol_arena *arena, const pol_typing *element);
const pol_typing *pol_typing_object(pol_arena *arena, const pol_typing *key,
                                    const pol_typing *value);
const pol_typing *pol_typing_set(pol_arena *arena, const pol_typing *member);
/* What a signature says; members that it names are not looked into. */
const pol_typing *pol_typing_of(pol_arena *arena, const pol_type *type);
const pol_typing *pol_typing_of_value(pol_arena *arena, pol_value v);
/* Either of the two; NULL is neutral. */
const pol_typing *pol_typing_union(pol_arena *arena, const pol_typing *a,
                                   const pol_typing *b);

/* ---- overlap.c: asking them */

/* Could a value of the one equal a value of the other? Parts not inferred yet
 * could. */
bool pol_typing_overlap(pol_arena *arena, const pol_typing *a,
                        const pol_typing *b);
/* What stands in brackets behind a value of type `t`, and what it leads to;
 * NULL if there can be nothing (an array without elements has keys). */
const pol_typing *pol_typing_keys(pol_arena *arena, const pol_typing *t);
const pol_typing *pol_typing_values(pol_arena *arena, const pol_typing *t);
/* What a constant in brackets leads to; NULL if to nothing. */
const pol_typing *pol_typing_select(pol_arena *arena, const pol_typing *t,
                                    pol_value key);

#endif
