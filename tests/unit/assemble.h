/* SPDX-License-Identifier: Apache-2.0
 *
 * A small assembler for tests of the virtual machine: programs as tables of
 * instructions. All memory is of one arena without a cap. */
#ifndef ASSEMBLE_H
#define ASSEMBLE_H

#include "arena.h"
#include "program.h"

/* One instruction. */
#define I(op, a, b, c, fail) {POL_OP_##op, a, b, c, fail}

enum { ASSEMBLE_RULES = 16, ASSEMBLE_NODES = 16, ASSEMBLE_CONSTS = 32 };

typedef struct assembly {
    pol_arena arena;
    pol_srcs srcs;
    pol_registry registry;
    pol_program_rule rules[ASSEMBLE_RULES];
    pol_program_node nodes[ASSEMBLE_NODES];
    pol_value consts[ASSEMBLE_CONSTS];
    uint64_t hashes[ASSEMBLE_CONSTS];
    pol_program program;
} assembly;

/* Empty but for node 0 and these builtins: plus, minus, mul, div, rem (numbers;
 * minus also of sets); twice(number); fails(any): an error; spin(number): spends
 * budget; join(string, string). */
void assemble_init(assembly *as);
void assemble_done(assembly *as);

uint32_t assemble_const(assembly *as, pol_value v);
/* A constant from JSON text. */
uint32_t assemble_json(assembly *as, const char *json);
/* A value from JSON text. */
pol_value assemble_value(assembly *as, const char *json);

/* A tree node; children of one parent must be added in a row, sorted, and
 * after their parent. Returns its number. */
uint32_t assemble_node(assembly *as, uint32_t parent, const char *name);

/* A rule; `node` 0 is none. Every instruction has span {1, index, 1}. */
uint32_t assemble_rule(assembly *as, pol_program_kind kind, const char *path,
                       uint32_t node, const pol_instr *code, size_t count);
/* Sets what a chunk needs; 0 parameters, 8 locals and 8 operands before. */
void assemble_needs(assembly *as, uint32_t rule, uint16_t params,
                    uint16_t locals, uint16_t stack);

/* The index of a builtin. */
uint32_t assemble_builtin(const assembly *as, const char *name);

#define ASSEMBLE_RULE(as, kind, path, node, code) \
    assemble_rule(as, POL_PROGRAM_##kind, path, node, code, countof(code))

#endif
