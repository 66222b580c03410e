/* SPDX-License-Identifier: Apache-2.0
 *
 * Environments: the documents that a rule sees, what `with` replaced, and the
 * memos that hold under it.
 *
 * The root environment belongs to the machine. `with` makes copies in the
 * evaluation's arena, which are changed until they are first used and never
 * afterwards. */
#ifndef POL_ENV_H
#define POL_ENV_H

#include "memo.h"
#include "program.h"

typedef struct pol_env pol_env;

/* `with data.…` replaced the tree node and everything below: rules there are
 * hidden behind the environment's base document. */
typedef struct pol_env_target pol_env_target;
struct pol_env_target {
    pol_env_target *next;
    uint32_t node;
};

/* `with f as …`. */
typedef struct pol_env_mock pol_env_mock;
struct pol_env_mock {
    pol_env_mock *next;
    uint32_t function; /* a rule, else a builtin */
    bool is_rule;
    bool by_rule;      /* `target` is a rule, else a builtin */
    uint32_t target;
    pol_value value;   /* the constant result if defined; no target then */
    pol_env *without;  /* where the replacement runs: it sees no replacements */
};

struct pol_env {
    pol_value roots[POL_ROOTS];
    pol_memo_slot *slots; /* the root's, by rule; NULL in others */
    pol_memo memo;        /* of the others */
    pol_env_target *targets;
    pol_env_mock *mocks;
};

/* A copy with empty memos. */
pol_env *pol_env_copy(pol_arena *arena, const pol_env *from);

/* Replaces what stands at `path` (an array of keys) of a document, making
 * objects on the way; what is unknown on the way stays unknown as a whole. False
 * if a key is no string: there is no such place. */
bool pol_env_set(pol_env *env, pol_arena *arena, const pol_program *program,
                 pol_root root, pol_value path, pol_value value);

/* Adds a replacement; it goes before those that stand already. */
void pol_env_mock_add(pol_env *env, pol_arena *arena, pol_env_mock mock);

/* The replacement of a function, NULL if there is none. */
pol_env_mock *pol_env_mock_of(const pol_env *env, bool is_rule,
                              uint32_t function);

/* The environment for the body of a replacement, which sees the originals of all
 * functions: `env` without replacements. */
pol_env *pol_env_without(pol_env *env, pol_env_mock *mock, pol_arena *arena);

/* Is the node at or below a target of `with`? */
bool pol_env_hides(const pol_env *env, const pol_program *program,
                   uint32_t node);

/* The base document at a node's path, undefined if there is none. Unknown: it
 * lies in an unknown value, so that it may be there or not. */
pol_value pol_env_base(const pol_env *env, const pol_program *program,
                       uint32_t node, pol_arena *arena);

/* The child of a node with that name, -1 if there is none. */
int64_t pol_env_child(const pol_program *program, uint32_t node,
                      pol_value name);

#endif
