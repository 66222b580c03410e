/* SPDX-License-Identifier: Apache-2.0
 *
 * What opcode.def says of each opcode, as tables. */
#include "program.h"

typedef struct row {
    const char *name;
    const char *operands;
    int8_t pops, pushes;
} row;

static const row rows[POL_OP_COUNT] = {
#define OP(name, pops, pushes, operands, meaning) \
    {#name, operands, pops, pushes},
#include "opcode.def"
#undef OP
};

const char *pol_opcode_name(pol_opcode op)
{
    return rows[op].name;
}

const char *pol_opcode_operands(pol_opcode op)
{
    return rows[op].operands;
}

int pol_opcode_pops(const pol_instr *instr)
{
    switch ((pol_opcode)instr->op) {
    case POL_OP_ARRAY:
    case POL_OP_SET:
        return (int)instr->c;
    case POL_OP_OBJECT:
        return (int)(2 * instr->c);
    case POL_OP_PUT_PATH:
    case POL_OP_PUT_MEMBER:
        return instr->a + 1;
    case POL_OP_BUILTIN:
    case POL_OP_CALL:
        return instr->a;
    default:
        return rows[instr->op].pops;
    }
}

int pol_opcode_pushes(const pol_instr *instr)
{
    return rows[instr->op].pushes;
}
