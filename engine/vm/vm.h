/* SPDX-License-Identifier: Apache-2.0
 *
 * The stack machine: evaluates rules of a program in an environment.
 *
 * One machine belongs to one thread and is used for many evaluations; programs
 * and documents are shared. An evaluation begins with pol_vm_begin, may ask for
 * several rules (they share memos), and ends with the next begin. Values that
 * come out live in the machine's arena until then. */
#ifndef POL_VM_H
#define POL_VM_H

#include "call.h"
#include "diag.h"
#include "program.h"

typedef struct pol_vm pol_vm;

typedef struct pol_vm_limits {
    uint64_t instructions; /* per evaluation; 0 = POL_LIMIT_INSTRUCTIONS */
    size_t memory;         /* bytes of the arena; 0 = POL_LIMIT_MEMORY */
    uint32_t depth;        /* frames; 0 = POL_LIMIT_DEPTH */
} pol_vm_limits;

typedef struct pol_vm_options {
    pol_vm_limits limits;
    bool strict_builtin_errors; /* a builtin error ends the evaluation */
    pol_surroundings around;
} pol_vm_options;

/* The documents of an evaluation; undefined where there is none. They must
 * outlive the evaluation. */
typedef struct pol_vm_roots {
    pol_value roots[POL_ROOTS];
    /* A promise that makes field access faster: every document that this and
     * the previous evaluation of the machine could reach is still alive, as when
     * the resources of one document are evaluated one after the other. */
    bool documents_kept;
    /* A document holds unknown values: rules are evaluated in bounds. */
    bool unknowns;
} pol_vm_roots;

typedef enum {
    POL_VM_DEFINED,
    POL_VM_UNDEFINED,
    POL_VM_ERROR /* pol_vm_error says which */
} pol_vm_status;

/* What ended an evaluation, or what a builtin said. `code` is P05xx; `message`
 * is without the code: "count: operand 1 must be …", "complete rule must not
 * produce multiple outputs". Lives until the next begin. */
typedef struct pol_vm_error {
    pol_diag_code code;
    const char *message;
    pol_span span;
    bool is_limit; /* a bound was hit; the message names it */
} pol_vm_error;

/* NULL without memory. */
pol_vm *pol_vm_new(const pol_program *program, const pol_vm_options *options);
void pol_vm_free(pol_vm *vm);

/* Starts an evaluation: forgets memos (in constant time), results, errors and
 * interrupts. Data that is undefined is the empty object. */
void pol_vm_begin(pol_vm *vm, const pol_vm_roots *roots);

/* Evaluates a rule (no function). DEFINED: *out is its value. After an error
 * other rules can still be asked for; what is left of a limit is shared. */
pol_vm_status pol_vm_rule(pol_vm *vm, uint32_t rule, pol_value *out);
/* In an evaluation that began with unknowns pol_vm_rule gives what holds
 * whatever they turn out to be; this gives what may hold. In any other both are
 * the same. */
pol_vm_status pol_vm_rule_possible(pol_vm *vm, uint32_t rule, pol_value *out);
/* Evaluates a function rule; `count` must be its number of parameters. */
pol_vm_status pol_vm_function(pol_vm *vm, uint32_t rule, const pol_value *args,
                              uint32_t count, pol_value *out);

/* The error of the last POL_VM_ERROR; NULL if there was none. */
const pol_vm_error *pol_vm_last_error(const pol_vm *vm);
/* Builtin errors that made expressions undefined in this evaluation, in order,
 * at most 100 kept. */
const pol_vm_error *pol_vm_builtin_errors(const pol_vm *vm, uint32_t *count);

/* Steps of the budget (loop steps, jumps backwards, calls, a builtin's own work)
 * and bytes that this evaluation has used. */
void pol_vm_stats(const pol_vm *vm, uint64_t *instructions, size_t *bytes);
/* Asks a running evaluation to end with POL_TRAP_INTERRUPT; from any thread or
 * signal handler. */
void pol_vm_interrupt(pol_vm *vm);
/* The arena of the running evaluation, for values made beside it. */
pol_arena *pol_vm_arena(pol_vm *vm);

#endif
