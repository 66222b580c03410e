/* SPDX-License-Identifier: Apache-2.0
 *
 * Static types: what is known of a value before anything is evaluated. They
 * are sets of possible values, always too large rather than too small: a term is
 * refused only if no value of its type can do. NULL stands for "anything". */
#ifndef POL_TYPING_H
#define POL_TYPING_H

#include "tree.h"

typedef struct pol_typing pol_typing;
struct pol_typing {
    uint16_t tags; /* as pol_type.tags */
    /* arrays: either a tuple or elements of one type */
    bool is_tuple;
    uint32_t tuple_len;
    const pol_typing **tuple;
    const pol_typing *element;
    /* objects: either exactly these members, or keys and values of a type */
    bool is_record;
    uint32_t member_count;
    pol_value *names; /* scalars */
    const pol_typing **members;
    const pol_typing *key, *value;
    /* sets */
    bool is_filled; /* a set that has a member for sure */
    const pol_typing *member;
};

enum {
    POL_TYPING_BOOL = 1 << POL_FALSE | 1 << POL_TRUE,
    POL_TYPING_NUMBER = 1 << POL_INT | 1 << POL_NUMBER,
    POL_TYPING_COLLECTION = 1 << POL_ARRAY | 1 << POL_OBJECT | 1 << POL_SET,
    /* Larger literals are not looked into. */
    POL_TYPING_MOST = 64
};

/* A type of scalars, constant. */
const pol_typing *pol_typing_scalar(pol_arena *arena, uint16_t tags);
/* What a signature says. */
const pol_typing *pol_typing_of(pol_arena *arena, const pol_type *type);
/* Either of the two. */
const pol_typing *pol_typing_union(pol_arena *arena, const pol_typing *a,
                                   const pol_typing *b);
/* Can no value of the one equal a value of the other? */
bool pol_typing_disjoint(const pol_typing *a, const pol_typing *b);
/* Could a value of type `a` be an argument of that type? */
bool pol_typing_fits(const pol_typing *a, const pol_type *wanted);

/* What an element of a collection of type `t` may be and by which key; both
 * NULL where that is not known. False if there is no element for sure. */
bool pol_typing_elements(pol_arena *arena, const pol_typing *t,
                         const pol_typing **key, const pol_typing **value);
/* What is in brackets: its type, and its value if that is known (else NULL). */
typedef struct pol_typing_key {
    const pol_typing *type;
    const pol_value *constant;
} pol_typing_key;

/* The type of t[key]. False if there is no such member for sure. */
bool pol_typing_member(pol_arena *arena, const pol_typing *t,
                       pol_typing_key key, const pol_typing **out);

#endif
