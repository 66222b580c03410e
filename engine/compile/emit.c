/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing one chunk; see emit.h. */
#include "emit.h"

void pol_emit_init(pol_emit *emit, pol_arena *arena, uint32_t locals)
{
    *emit = (pol_emit){.arena = arena, .locals = locals, .max_locals = locals};
}

uint32_t pol_emit_local(pol_emit *emit, uint32_t count)
{
    uint32_t first = emit->locals;
    emit->locals += count;
    if (emit->locals > emit->max_locals)
        emit->max_locals = emit->locals;
    return first;
}

static void grow(pol_emit *emit)
{
    uint32_t room = emit->room ? emit->room * 2 : 64;
    pol_instr *code = arena_array(emit->arena, pol_instr, room);
    pol_span *spans = arena_array(emit->arena, pol_span, room);
    if (emit->count) {
        memcpy(code, emit->code, emit->count * sizeof *code);
        memcpy(spans, emit->spans, emit->count * sizeof *spans);
    }
    emit->code = code;
    emit->spans = spans;
    emit->room = room;
}

/* The field of an instruction that holds its target. */
static uint32_t *target_field(pol_instr *instr)
{
    return strchr(pol_opcode_operands((pol_opcode)instr->op), 'j')
               ? &instr->c
               : &instr->fail;
}

static void refer(pol_emit *emit, uint32_t index, pol_emit_label *label)
{
    uint32_t *field = target_field(&emit->code[index]);
    if (label->at) {
        *field = label->at - 1;
    } else {
        *field = label->chain;
        label->chain = index + 1;
    }
}

static bool can_fail(pol_opcode op)
{
    return strchr(pol_opcode_operands(op), 'F') != NULL;
}

uint32_t pol_emit_op(pol_emit *emit, pol_opcode op, uint32_t a, uint32_t b,
                     uint32_t c)
{
    if (emit->count == emit->room)
        grow(emit);
    uint32_t index = emit->count++;
    pol_instr *instr = &emit->code[index];
    *instr = (pol_instr){.op = (uint8_t)op, .a = (uint8_t)a,
                         .b = (uint16_t)b, .c = c};
    emit->spans[index] = emit->span;
    pol_assert(a <= UINT8_MAX);
    if (can_fail(op))
        refer(emit, index, emit->fail);
    emit->height -= (uint32_t)pol_opcode_pops(instr);
    emit->height += (uint32_t)pol_opcode_pushes(instr);
    if (emit->height > emit->max_height)
        emit->max_height = emit->height;
    return index;
}

void pol_emit_branch(pol_emit *emit, pol_opcode op, uint32_t local,
                     pol_emit_label *to)
{
    uint32_t index = pol_emit_op(emit, op, 0, local, 0);
    refer(emit, index, to);
}

void pol_emit_jump(pol_emit *emit, pol_emit_label *to)
{
    pol_emit_branch(emit, POL_OP_JUMP, 0, to);
}

void pol_emit_bind(pol_emit *emit, pol_emit_label *label)
{
    pol_assert(!label->at && emit->height == 0);
    label->at = emit->count + 1;
    for (uint32_t at = label->chain; at;) {
        uint32_t *field = target_field(&emit->code[at - 1]);
        at = *field;
        *field = label->at - 1;
    }
    label->chain = 0;
    if (emit->uses_env)
        pol_emit_op(emit, POL_OP_ENV_USE, 0, emit->env, 0);
}

bool pol_emit_done(pol_emit *emit, uint32_t params, pol_chunk *out)
{
    if (emit->max_locals > POL_EMIT_LOCALS || emit->max_height > POL_EMIT_STACK)
        return false;
    *out = (pol_chunk){.code = emit->code,
                       .spans = emit->spans,
                       .count = emit->count,
                       .params = (uint16_t)params,
                       .locals = (uint16_t)emit->max_locals,
                       .stack = (uint16_t)emit->max_height};
    return true;
}
