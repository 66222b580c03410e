/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing one chunk: instructions, labels, locals, the height of the operand
 * stack. Knows opcodes but nothing of trees. */
#ifndef POL_EMIT_H
#define POL_EMIT_H

#include "diag.h"
#include "program.h"

/* A place that jumps and fails go to; bound once. Until then the instructions
 * that refer to it are chained through their own target fields. */
typedef struct pol_emit_label {
    uint32_t at;    /* instruction index + 1 once bound */
    uint32_t chain; /* newest instruction that refers to it + 1 */
} pol_emit_label;

typedef struct pol_emit {
    pol_arena *arena;
    pol_instr *code;
    pol_span *spans;
    uint32_t count, room;
    uint32_t height, max_height; /* of the operand stack */
    uint32_t locals, max_locals;
    pol_span span;          /* given to what is emitted */
    pol_emit_label *fail;   /* where a failing instruction goes */
    bool uses_env;          /* some literal has `with` */
    uint32_t env;           /* the local with the environment in force */
} pol_emit;

/* Limits of the instruction format. */
enum { POL_EMIT_LOCALS = 60000, POL_EMIT_STACK = 60000 };

/* An empty chunk whose locals begin with `locals` that are taken. */
void pol_emit_init(pol_emit *emit, pol_arena *arena, uint32_t locals);

/* `count` fresh locals that follow each other: the first. */
uint32_t pol_emit_local(pol_emit *emit, uint32_t count);

/* One instruction; an opcode that can fail gets the label in `emit->fail`.
 * Returns its index. */
uint32_t pol_emit_op(pol_emit *emit, pol_opcode op, uint32_t a, uint32_t b,
                     uint32_t c);
void pol_emit_jump(pol_emit *emit, pol_emit_label *to);
/* An opcode that may go to `to` instead of on: AGAIN, SETTLED, AGREE. */
void pol_emit_branch(pol_emit *emit, pol_opcode op, uint32_t local,
                     pol_emit_label *to);

/* Binds the label here. The stack is empty at every label; in a chunk that uses
 * environments the one in force is made sure of, since a failure may come from
 * inside a `with`. */
void pol_emit_bind(pol_emit *emit, pol_emit_label *label);

/* True if the chunk fits the format and all labels that were referred to are
 * bound; then *out is filled. */
bool pol_emit_done(pol_emit *emit, uint32_t params, pol_chunk *out);

#endif
