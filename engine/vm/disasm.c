/* SPDX-License-Identifier: Apache-2.0
 *
 * Showing code to people. */
#include "buf.h"
#include "program.h"

static void add_const(const pol_program *program, uint32_t index, pol_buf *out)
{
    if (index >= program->const_count)
        return;
    size_t len;
    const char *text = pol_value_text(out->arena, program->consts[index],
                                      POL_TEXT_REGO, &len);
    pol_buf_cstr(out, " ");
    pol_buf_add(out, text, len);
}

static void add_rule(const pol_program *program, uint32_t rule, pol_buf *out)
{
    if (rule >= program->rule_count)
        return;
    pol_buf_cstr(out, " ");
    pol_buf_str(out, program->rules[rule].path);
}

static void add_builtin(const pol_program *program, uint32_t index,
                        pol_buf *out)
{
    if (index < program->registry->count)
        pol_buf_printf(out, " %s",
                       pol_registry_at(program->registry, index)->row->name);
}

static void add_function(const pol_program *program, bool is_rule,
                         uint32_t index, pol_buf *out)
{
    if (is_rule)
        add_rule(program, index, out);
    else
        add_builtin(program, index, out);
}

static void add_operand(const pol_program *program, const pol_instr *in,
                        char letter, pol_buf *out)
{
    switch (letter) {
    case 'a':
        pol_buf_printf(out, " %u", in->a);
        break;
    case 'l':
    case 'L':
        pol_buf_printf(out, " l%u", in->b);
        break;
    case 'k':
        add_const(program, in->c, out);
        break;
    case 'd':
        if (in->c)
            add_const(program, in->c - 1, out);
        break;
    case 'n':
    case 't':
        pol_buf_printf(out, " %u", in->c);
        break;
    case 'r':
        add_rule(program, in->c, out);
        break;
    case 'f':
        add_builtin(program, in->c, out);
        break;
    case 'c':
        add_function(program, in->a & POL_MOCK_RULE, in->c, out);
        if (in->op == POL_OP_ENV_MOCK)
            add_function(program, in->a & POL_MOCK_BY_RULE, in->fail, out);
        break;
    case 'j':
        pol_buf_printf(out, " -> %u", in->c);
        break;
    case 'F':
        pol_buf_printf(out, " else %u", in->fail);
        break;
    default:
        break;
    }
}

static void add_line(const pol_program *program, pol_span span, pol_buf *out)
{
    const pol_src *src =
        program->srcs ? pol_srcs_at(program->srcs, span.src) : NULL;
    if (src)
        pol_buf_printf(out, "  ; line %u", pol_src_place(src, span.off).line);
}

void pol_program_dump(const pol_program *program, uint32_t rule, pol_buf *out)
{
    const pol_program_rule *r = &program->rules[rule];
    const pol_chunk *chunk = &r->chunk;
    pol_buf_str(out, r->path);
    pol_buf_printf(out, ": %u parameters, %u locals, %u operands\n",
                   chunk->params, chunk->locals, chunk->stack);
    for (uint32_t i = 0; i < chunk->count; i++) {
        const pol_instr *in = &chunk->code[i];
        if (in->op >= POL_OP_COUNT) {
            pol_buf_printf(out, "%5u  ?%u\n", i, in->op);
            continue;
        }
        pol_buf_printf(out, "%5u  %-10s", i,
                       pol_opcode_name((pol_opcode)in->op));
        const char *letters = pol_opcode_operands((pol_opcode)in->op);
        for (; *letters; letters++)
            add_operand(program, in, *letters, out);
        if (chunk->spans)
            add_line(program, chunk->spans[i], out);
        pol_buf_char(out, '\n');
    }
}
