/* SPDX-License-Identifier: Apache-2.0
 *
 * One evaluation as builtins see it, behind the opaque pol_call of pol_ext.h:
 * where they allocate, how they fail, what they may reach. The virtual machine
 * owns one and sets `entry` and `span` before each call. */
#ifndef POL_CALL_H
#define POL_CALL_H

#include "registry.h"
#include "src.h"

typedef enum {
    POL_CALL_OK,
    POL_CALL_TYPE_ERROR,   /* eval_type_error */
    POL_CALL_BUILTIN_ERROR /* eval_builtin_error */
} pol_call_status;

typedef struct pol_call_state_entry pol_call_state_entry;

/* What a host allows and gives; all zero is: nothing outside, time 0, seed 0. */
typedef struct pol_surroundings {
    bool allow_time;  /* time.now_ns and what depends on it */
    bool allow_net;   /* builtins with POL_OUTSIDE */
    bool unknowns;    /* documents hold unknown values: arguments are searched */
    bool secrets;     /* the same for secret values */
    const char *const *hosts; /* allow-list, NULL-terminated; NULL = every host */
    int64_t now;      /* 0: the clock at the first question */
    uint64_t seed;
    pol_value runtime; /* of opa.runtime(); undefined = {} */
    void (*print)(void *host, pol_span span, const char *line, size_t len);
    void *print_host;
} pol_surroundings;

struct pol_call {
    pol_arena *arena;
    const pol_builtin_entry *entry; /* the builtin that runs */
    pol_span span;                  /* the call in the source */
    pol_call_status status;         /* of the last call */
    bool may_fail; /* an unknown result is only possible */
    const char *message;            /* with a status other than OK: "name: …" */
    const pol_surroundings *around;
    int64_t now;                    /* 0 = not asked yet */
    uint64_t random;
    uint64_t *budget; /* instructions left; pol_call_spend takes from it */
    pol_call_state_entry *states;   /* outlive evaluations; malloc-owned */
};

/* Prepares for an evaluation; `states` is kept from the one before. */
void pol_call_begin(pol_call *call, pol_arena *arena,
                    const pol_surroundings *around, uint64_t *budget);
/* Frees the states; the call is zeroed. */
void pol_call_done(pol_call *call);

/* Checks the types of the arguments (not of what lies inside them) against the
 * signature unless the row says POL_UNCHECKED, loads the extension library if
 * need be, and runs the builtin. Result POL_UNDEFINED: look at call->status.
 *
 * An argument that is unknown makes the result unknown without a call, and so
 * does one that holds an unknown if `around->unknowns` is set. With POL_LENIENT
 * only those do that are themselves unknown where the signature wants a type.
 * An argument that is secret (or holds one, with `around->secrets`) makes the
 * result secret in all its parts, but for booleans and the number of count().
 * With POL_LENIENT the body sees to secrets that lie inside arguments. */
pol_value pol_call_run(pol_call *call, const pol_registry *registry,
                       uint32_t index, const pol_value *args, uint32_t count);

#endif
