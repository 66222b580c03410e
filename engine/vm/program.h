/* SPDX-License-Identifier: Apache-2.0
 *
 * A compiled program: chunks of instructions, constants, the rule tree. It
 * holds no address of anything outside itself but the names of builtins (bound
 * by index when it is made or loaded), is immutable, and may be evaluated by any
 * number of threads at once. */
#ifndef POL_PROGRAM_H
#define POL_PROGRAM_H

#include "pol_value.h"
#include "registry.h"
#include "src.h"

typedef enum {
#define OP(name, pops, pushes, operands, meaning) POL_OP_##name,
#include "opcode.def"
#undef OP
    POL_OP_COUNT
} pol_opcode;

typedef struct pol_instr {
    uint8_t op;
    uint8_t a;
    uint16_t b;
    uint32_t c;
    uint32_t fail; /* index of an instruction of the same chunk */
} pol_instr;

/* The documents of an environment. */
typedef enum {
    POL_ROOT_INPUT, POL_ROOT_DATA, POL_ROOT_RESOURCE, POL_ROOT_STACK,
    POL_ROOT_CONFIG, POL_ROOTS
} pol_root;

/* Bits of ENV_MOCK and ENV_VALUE operand a. */
enum {
    POL_MOCK_RULE = 1,   /* the mocked function is a rule, else a builtin */
    POL_MOCK_BY_RULE = 2 /* the replacement is a rule, else a builtin */
};

/* The code of one rule or query. Locals 0 … params-1 are the arguments; all
 * other locals are undefined at entry. */
typedef struct pol_chunk {
    const pol_instr *code;
    const pol_span *spans; /* the source of each instruction */
    uint32_t count;
    uint16_t params;
    uint16_t locals; /* parameters included */
    uint16_t stack;  /* most operands on the stack at any time */
} pol_chunk;

typedef enum {
    POL_PROGRAM_COMPLETE, POL_PROGRAM_SET, POL_PROGRAM_OBJECT,
    POL_PROGRAM_FUNCTION, POL_PROGRAM_QUERY
} pol_program_kind;

typedef struct pol_program_rule {
    pol_str path; /* "data.a.b", for messages */
    pol_program_kind kind;
    uint32_t node; /* its tree node */
    /* A string: the rule's value is only the member of the document at `node`
     * that has this key, made without the others. Undefined for all others. */
    pol_value key;
    bool nested; /* OBJECT: a member may be gathered from several solutions */
    pol_span span; /* the first definition's head */
    pol_chunk chunk;
} pol_program_rule;

/* A node of the rule tree. Its children stand together, sorted by name. */
typedef struct pol_program_node {
    pol_value name; /* string */
    uint32_t parent;
    uint32_t first_child, child_count; /* in pol_program.nodes */
    int32_t rule; /* -1 if none */
} pol_program_node;

typedef struct pol_program {
    pol_program_rule *rules;
    uint32_t rule_count;
    pol_program_node *nodes; /* 0 is data */
    uint32_t node_count;
    pol_value *consts;
    uint64_t *const_hashes; /* pol_string_hash of string constants, else 0 */
    uint32_t const_count;
    const pol_registry *registry;
    const pol_srcs *srcs; /* for messages; may be NULL in a stripped pack */
} pol_program;

/* "FIELD" and the like, constant. */
const char *pol_opcode_name(pol_opcode op);
/* Pops, pushes, operand letters of opcode.def. */
int pol_opcode_pops(const pol_instr *instr);
int pol_opcode_pushes(const pol_instr *instr);
const char *pol_opcode_operands(pol_opcode op);

/* Checks everything that the virtual machine relies on: known opcodes, operands
 * in range, targets inside the chunk with an empty operand stack, stack heights
 * equal at joins and at most chunk.stack, locals that hold what is asked of them
 * (value, iterator, builder, environment) on every path, argument counts, code
 * that cannot run off its end, well-formed constants and tree. NULL if sound,
 * else a message in `arena`. A program that passes cannot make the machine
 * misbehave, whatever made it. */
const char *pol_program_verify(const pol_program *program, pol_arena *arena);

/* Writes a rule's code for people: index, opcode, operands, targets, source
 * line. */
struct pol_buf;
void pol_program_dump(const pol_program *program, uint32_t rule,
                      struct pol_buf *out);

#endif
