/* SPDX-License-Identifier: Apache-2.0
 *
 * Mutated programs; see mutate.h. */
#include "mutate.h"

#include "assemble.h"
#include "vm.h"

enum { RULES = 6, SMALL = 24 };

static uint32_t add(assembly *as, pol_program_kind kind, uint32_t node,
                    const pol_instr *code, size_t count)
{
    uint32_t rule = assemble_rule(as, kind, "data.t", node, code, count);
    if (kind == POL_PROGRAM_FUNCTION)
        assemble_needs(as, rule, 2, 8, 8);
    return rule;
}

#define ADD(kind, node, code) \
    add(as, POL_PROGRAM_##kind, node, code, countof(code))

static void add_constants(assembly *as)
{
    static const char *const texts[] = {
        "1",       "\"x\"", "[\"x\"]", "{\"x\": 1, \"y\": [1, 2]}",
        "[1, [2]]", "true",  "1.5",     "[\"t\", \"b\"]"};
    for (size_t i = 0; i < countof(texts); i++)
        assemble_json(as, texts[i]);
}

/* Rules that use every opcode, so that a change of one byte meets each check. */
static void add_rules(assembly *as, uint32_t b, uint32_t c)
{
    uint32_t join = assemble_builtin(as, "join");
    uint32_t twice = assemble_builtin(as, "twice");
    pol_instr loop[] = {
        I(BUILD, POL_SET, 0, 0, 0), I(CONST, 0, 0, 3, 0),
        I(ITER, 0, 1, 0, 14),       I(NEXT, 0, 1, 0, 14),
        I(LOAD, 0, 2, 0, 0),        I(CONST, 0, 0, 1, 0),
        I(NE, 0, 0, 0, 3),          I(IS_ARRAY, 0, 3, 2, 3),
        I(ELEMENT, 0, 3, 1, 0),     I(CONST, 0, 0, 0, 0),
        I(ARITH, 0, 0, 0, 3),       I(APPEND, 0, 0, 0, 0),
        I(IS_OBJECT, 0, 3, 2, 3),   I(JUMP, 0, 0, 3, 0),
        I(SEAL, 0, 0, 0, 0),        I(RETURN, 0, 0, 0, 0)};
    pol_instr paths[] = {
        I(BUILD, POL_OBJECT, 0, 0, 0), I(CONST, 0, 0, 0, 0),
        I(CONST, 0, 0, 1, 0),          I(PUT, 0, 0, 0, 0),
        I(CONST, 0, 0, 1, 0),          I(CONST, 0, 0, 6, 0),
        I(CONST, 0, 0, 2, 0),          I(PUT_PATH, 2, 0, 0, 0),
        I(CONST, 0, 0, 2, 0),          I(CONST, 0, 0, 2, 0),
        I(PUT_MEMBER, 1, 0, 0, 0),     I(SEAL, 0, 0, 0, 0),
        I(LOAD, 0, 0, 0, 0),           I(STORE, 0, 1, 0, 0),
        I(UNSET, 0, 2, 0, 0),          I(RETURN, 0, 1, 0, 0)};
    pol_instr with[] = {
        I(ENV_SAVE, 0, 1, 0, 0),    I(ENV_NEW, 0, 2, 0, 0),
        I(CONST, 0, 0, 0, 0),       I(ENV_SET, POL_ROOT_DATA, 2, 7, 0),
        I(ENV_MOCK, POL_MOCK_RULE, 2, 5, join), I(CONST, 0, 0, 0, 0),
        I(ENV_VALUE, 0, 2, twice, 0), I(ENV_USE, 0, 2, 0, 0),
        I(VDOC, 0, 0, 1, 0),        I(FORCE, 0, 0, 0, 15),
        I(FIELD, 0, 0, 1, 15),      I(POP, 0, 0, 0, 0),
        I(CONST, 0, 0, 1, 0),       I(BUILTIN, 1, 0, twice, 15),
        I(RESULT, 0, 0, 0, 0),      I(ENV_USE, 0, 1, 0, 0),
        I(RETURN, 0, 0, 0, 0)};
    pol_instr calls[] = {
        I(CONST, 0, 0, 0, 0),     I(CONST, 0, 0, 6, 0),
        I(CALL, 2, 0, 5, 17),     I(RULE, 0, 0, 0, 17),
        I(ARRAY, 0, 0, 2, 0),     I(CONST, 0, 0, 1, 0),
        I(CONST, 0, 0, 0, 0),     I(OBJECT, 0, 0, 1, 0),
        I(SET, 0, 0, 2, 0),       I(CONST, 0, 0, 0, 0),
        I(COMPARE, 2, 0, 0, 0),   I(TEST, 0, 0, 0, 17),
        I(ROOT, POL_ROOT_INPUT, 0, 0, 17), I(STORE, 0, 1, 0, 0),
        I(FIELDL, 0, 1, 1, 17),   I(EQK, 0, 0, 0, 17),
        I(IF_SET, 0, 0, 0, 17),   I(RETURN, 0, 0, 0, 0)};
    pol_instr vdoc[] = {
        I(VDOC, 0, 0, 1, 0),      I(ITER, 0, 1, 0, 12),
        I(NEXT, 0, 1, 0, 12),     I(LOAD, 0, 3, 0, 0),
        I(FORCE, 0, 0, 0, 2),     I(CONST, 0, 0, 3, 0),
        I(IN, 0, 0, 0, 2),        I(VDOC, 0, 0, 1, 0),
        I(LOAD, 0, 2, 0, 0),      I(INDEX, 0, 0, 0, 2),
        I(FORCE, 0, 0, 0, 2),     I(RESULT, 0, 0, 0, 0),
        I(RETURN, 0, 0, 0, 0)};
    pol_instr function[] = {
        I(LOAD, 0, 0, 0, 0),      I(LOAD, 0, 1, 0, 0),
        I(MEMBER, 0, 0, 0, 0),    I(LOAD, 0, 0, 0, 0),
        I(LOAD, 0, 1, 0, 0),      I(LT, 0, 0, 0, 10),
        I(LOAD, 0, 0, 0, 0),      I(EQ, 0, 0, 0, 10),
        I(CONST, 0, 0, 0, 0),     I(RESULT, 0, 3, 0, 0),
        I(RETURN, 0, 3, 0, 0)};
    ADD(SET, 0, loop);
    ADD(OBJECT, b, paths);
    ADD(COMPLETE, 0, with);
    ADD(COMPLETE, c, calls);
    ADD(QUERY, 0, vdoc);
    ADD(FUNCTION, 0, function);
}

/* Four bytes a change: which rule, instruction, field, and to what. */
static void mutate(assembly *as, const uint8_t *bytes, size_t len)
{
    for (; len >= 4; bytes += 4, len -= 4) {
        pol_chunk *chunk = &as->rules[bytes[0] % RULES].chunk;
        pol_instr *in =
            (pol_instr *)(uintptr_t)&chunk->code[bytes[1] % chunk->count];
        uint8_t to = bytes[3];
        switch (bytes[2] % 8) {
        case 0:
            in->op = (uint8_t)(to % (POL_OP_COUNT + 1));
            break;
        case 1:
            in->a = to % SMALL;
            break;
        case 2:
            in->b = to % SMALL;
            break;
        case 3:
            in->c = to % SMALL;
            break;
        case 4:
            in->fail = to % SMALL;
            break;
        case 5:
            in->b ^= (uint16_t)(1u << (to % 16));
            break;
        case 6:
            in->c ^= 1u << (to % 32);
            break;
        default:
            in->fail ^= 1u << (to % 32);
            break;
        }
    }
}

static void evaluate(assembly *as)
{
    pol_vm_options options = {
        .limits = {.instructions = 2000, .memory = 4 << 20, .depth = 40}};
    pol_vm *vm = pol_vm_new(&as->program, &options);
    pol_assert(vm);
    pol_vm_roots roots = {0};
    roots.roots[POL_ROOT_INPUT] = as->consts[3];
    roots.roots[POL_ROOT_DATA] = assemble_value(as, "{\"t\": {\"z\": [1]}}");
    pol_vm_begin(vm, &roots);
    pol_value args[2] = {pol_int(1), as->consts[4]}, out;
    for (uint32_t i = 0; i < RULES; i++) {
        pol_vm_status status = as->rules[i].kind == POL_PROGRAM_FUNCTION
                                   ? pol_vm_function(vm, i, args, 2, &out)
                                   : pol_vm_rule(vm, i, &out);
        size_t size;
        if (status == POL_VM_DEFINED)
            pol_value_text(&as->arena, out, POL_TEXT_REGO, &size);
    }
    pol_vm_free(vm);
}

bool mutate_and_run(const uint8_t *bytes, size_t len)
{
    assembly as;
    assemble_init(&as);
    uint32_t t = assemble_node(&as, 0, "t");
    uint32_t b = assemble_node(&as, t, "b");
    uint32_t c = assemble_node(&as, t, "c");
    add_constants(&as);
    add_rules(&as, b, c);
    mutate(&as, bytes, len);
    bool accepted = pol_program_verify(&as.program, &as.arena) == NULL;
    if (accepted)
        evaluate(&as);
    assemble_done(&as);
    return accepted;
}
