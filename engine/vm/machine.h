/* SPDX-License-Identifier: Apache-2.0
 *
 * The inside of a machine, shared by the files of this folder: its state, what
 * its internal values are, and what the loop of run.c leaves to machine.c. */
#ifndef POL_MACHINE_H
#define POL_MACHINE_H

#include <stdatomic.h>

#include "collect.h"
#include "env.h"
#include "vm.h"

/* Tags of internal values. They stand in locals, virtual documents also on the
 * operand stack; the verifier keeps them apart from values. Iterators are the
 * rest of what they iterate: for arrays and sets `items` moves and `len` shrinks,
 * for objects `len` is the next index. The index of an array's element is kept
 * in the key local itself (its `i`). */
enum {
    POL_MACHINE_VDOC = POL_INTERNAL, /* len: the tree node */
    POL_MACHINE_ITER_ARRAY,
    POL_MACHINE_ITER_SET,
    POL_MACHINE_ITER_OBJECT,
    POL_MACHINE_ITER_VDOC, /* ptr: pol_vdoc_iter */
    POL_MACHINE_ITER_UNKNOWN, /* len: elements that are left */
    POL_MACHINE_ITER_RANGE, /* of arrays: elements without an index */
    POL_MACHINE_COLLECT,   /* ptr: pol_collect */
    POL_MACHINE_ENV        /* ptr: pol_env */
};

/* A field access remembered at its instruction: in this shape the key (constant
 * and epoch in one word) has this index. Trusted only for the shapes of
 * documents that live on, and as a guess to be checked otherwise. */
typedef struct pol_machine_cache {
    const pol_shape *shape;
    uint64_t key;
    uint32_t index; /* UINT32_MAX: the shape has no such key */
} pol_machine_cache;

/* What a call saves of its caller. */
typedef struct pol_machine_frame {
    const pol_instr *ip; /* the call; NULL: return to C */
    pol_value *fp, *sp;
    pol_value *limit;    /* end of the caller's stack segment */
    const pol_chunk *chunk;
    pol_env *env;
    pol_memo_slot *slot; /* where the callee's value goes, or NULL */
} pol_machine_frame;

/* The value stack is a list of segments; a frame never spans two. */
typedef struct pol_machine_segment {
    pol_value *start, *end;
} pol_machine_segment;

enum {
    POL_MACHINE_ERRORS = 100, /* builtin errors kept */
    POL_MACHINE_NESTED = 500, /* evaluations inside C code inside evaluations:
                                 each takes about 500 bytes of the C stack */
    POL_MACHINE_LIMIT_TEXT = 128
};

struct pol_vm {
    /* what the loop reads */
    const pol_program *program;
    pol_machine_cache *caches;
    uintptr_t cache_mask;
    uint64_t cache_epoch; /* in the upper half; the lower is the constant */
    uint64_t budget;
    _Atomic bool interrupted;
    bool bounded; /* the documents hold unknown values (bounds.h) */
    bool unknowing; /* the program makes some itself */
    bool high;    /* the bound in force */
    bool folded;  /* the iterations since the last BUILD (bounds.h) */
    bool sure;    /* the last rule that was left has a result that holds in LOW */
    uint32_t epoch; /* of memos */
    uint32_t depth, max_depth;
    uint32_t nested;
    pol_machine_frame *frames; /* max_depth */
    pol_value *top;   /* where a nested evaluation may put its frame */
    pol_value *limit; /* end of the current segment */
    pol_env root;
    pol_memo_slot *slots; /* of the root environment, by rule */
    pol_call call;
    pol_arena arena;
    /* the rest */
    pol_trap trap;
    pol_vm_options options;
    pol_machine_segment *segments;
    uint32_t segment_count;
    size_t segment_bytes;
    int32_t arith[5]; /* the builtins of ARITH, -1 if the registry lacks one */
    bool failed;
    pol_vm_error error;
    pol_span at; /* of the last limit that an instruction ran into */
    pol_vm_error *builtin_errors;
    uint32_t builtin_error_count, builtin_error_room;
    char limit_text[POL_MACHINE_LIMIT_TEXT];
};

static inline pol_span pol_machine_span(const pol_chunk *chunk,
                                        const pol_instr *ip)
{
    return chunk->spans ? chunk->spans[ip - chunk->code] : POL_NO_SPAN;
}

/* ---- run.c ------------------------------------------------------------------ */

/* Runs a rule's chunk in an environment, arguments (`params` of them) copied
 * in; the result goes to `slot` too, if there is one. POL_UNDEFINED if it has
 * none. Frames start at vm->top. May not return. */
pol_value pol_machine_run(pol_vm *vm, uint32_t rule, pol_env *env,
                          pol_memo_slot *slot, const pol_value *args);

/* ---- machine.c: what may be slow ----------------------------------------------- */

/* The slot of a rule. If its state is POL_MEMO_EMPTY, the caller runs the rule:
 * the slot is marked busy. Rules hidden by `with` are done at once. A rule that
 * is busy already is an error. */
pol_memo_slot *pol_machine_slot(pol_vm *vm, pol_env *env, uint32_t rule,
                                pol_span span);

/* The value of a rule for C code; POL_UNDEFINED if it has none. */
pol_value pol_machine_rule(pol_vm *vm, pol_env *env, uint32_t rule);

/* Room for `need` values in a segment other than the current one, which becomes
 * the current one. */
pol_value *pol_machine_room(pol_vm *vm, size_t need);

/* Member `constant` of an object that the cache does not know. The index or
 * UINT32_MAX. */
uint32_t pol_machine_find(pol_vm *vm, pol_machine_cache *cache,
                          const pol_shape *shape, uint32_t constant);
/* collection[key] for what is no object with a string key: virtual documents,
 * unknowns, arrays, sets. */
pol_value pol_machine_get(pol_vm *vm, pol_env *env, pol_value of,
                          pol_value key);
/* The same for base data, where a number finds the key that is its text. */
pol_value pol_machine_get_base(pol_vm *vm, pol_env *env, pol_value of,
                               pol_value key);
/* A number's text as a string. */
pol_value pol_machine_text(pol_vm *vm, pol_value number);

/* COMPARE, any operands: TRUE, FALSE or UNKNOWN; `how` is operand a. */
enum {
    POL_MACHINE_EQ, POL_MACHINE_NE, POL_MACHINE_LT, POL_MACHINE_LE,
    POL_MACHINE_GT, POL_MACHINE_GE
};
pol_value pol_machine_compare(const pol_vm *vm, unsigned how, pol_value a,
                              pol_value b);
/* The same in the bound in force. */
bool pol_machine_holds(const pol_vm *vm, unsigned how, pol_value a,
                       pol_value b);
/* ARITH; POL_UNDEFINED with the error recorded. */
pol_value pol_machine_arith(pol_vm *vm, unsigned op, const pol_value *operands,
                            pol_span span);
/* Is x a value of v: TRUE, FALSE or UNKNOWN. */
pol_value pol_machine_member(const pol_vm *vm, pol_value x, pol_value v);

/* A call of a builtin; POL_UNDEFINED with the error, if any, recorded. */
pol_value pol_machine_builtin(pol_vm *vm, uint32_t builtin,
                              const pol_value *args, uint32_t count,
                              pol_span span);

/* Begins iterating v with locals at `l`; false if it is no collection. An
 * unknown one has one unknown element in the upper bound, none at all for
 * `every`; a range has the elements of the bound in force, those of the other
 * for `every`. `how` is operand a of ITER. */
enum { POL_MACHINE_SOME, POL_MACHINE_EVERY, POL_MACHINE_RELATION };
bool pol_machine_iter(pol_vm *vm, pol_env *env, pol_value *l, pol_value v,
                      unsigned how);
/* Steps an iterator that the loop does not step itself. */
bool pol_machine_next(pol_vm *vm, pol_env *env, pol_value *l);

/* OBJECT: `count` pairs. */
pol_value pol_machine_object(pol_vm *vm, const pol_value *pairs,
                             uint32_t count);

/* ---- errors: these do not return ------------------------------------------------- */

POL_NORETURN void pol_machine_error(pol_vm *vm, pol_diag_code code,
                                    pol_span span, const char *message);
/* RESULT met `second` where `first` (with its instruction in aux) stands. */
POL_NORETURN void pol_machine_conflict(pol_vm *vm, const pol_chunk *chunk,
                                       const pol_instr *ip, pol_value first,
                                       pol_value second);
POL_NORETURN void pol_machine_limit(pol_vm *vm, pol_trap_kind kind,
                                    pol_span span);

#endif
