/* SPDX-License-Identifier: Apache-2.0
 *
 * The assembler of the virtual machine's tests; see assemble.h. */
#include "assemble.h"

/* ---- builtins ------------------------------------------------------------------- */

static pol_value arith(pol_call *call, pol_arith op, const pol_value *args)
{
    const char *error = NULL;
    pol_value v =
        pol_number_arith(pol_call_arena(call), op, args[0], args[1], &error);
    return error ? pol_call_error(call, "%s", error) : v;
}

static pol_value plus(pol_call *call, const pol_value *args)
{
    return arith(call, POL_ADD, args);
}

static pol_value minus(pol_call *call, const pol_value *args)
{
    if (args[0].tag != POL_SET)
        return arith(call, POL_SUB, args);
    pol_builder rest;
    pol_builder_init(&rest, pol_call_arena(call), POL_SET);
    for (uint32_t i = 0; i < args[0].len; i++)
        if (!pol_has(args[1], pol_at(args[0], i)))
            pol_builder_add(&rest, pol_at(args[0], i));
    return pol_builder_done(&rest);
}

static pol_value mul(pol_call *call, const pol_value *args)
{
    return arith(call, POL_MUL, args);
}

static pol_value quotient(pol_call *call, const pol_value *args)
{
    return arith(call, POL_DIV, args);
}

static pol_value remainder_of(pol_call *call, const pol_value *args)
{
    return arith(call, POL_REM, args);
}

static pol_value twice(pol_call *call, const pol_value *args)
{
    pol_value both[2] = {args[0], args[0]};
    return arith(call, POL_ADD, both);
}

static pol_value fails(pol_call *call, const pol_value *args)
{
    (void)args;
    return pol_call_error(call, "always");
}

static pol_value spin(pol_call *call, const pol_value *args)
{
    pol_call_spend(call, (uint64_t)args[0].i);
    return args[0];
}

static pol_value join(pol_call *call, const pol_value *args)
{
    return pol_call_printf(call, "%.*s%.*s", (int)args[0].len, args[0].str,
                           (int)args[1].len, args[1].str);
}

static const pol_builtin builtins[] = {
    {"plus", "(number, number) -> number", plus, 0, "", NULL},
    {"minus", "(any<number | set[any]>, any<number | set[any]>) -> any", minus,
     0, "", NULL},
    {"mul", "(number, number) -> number", mul, 0, "", NULL},
    {"div", "(number, number) -> number", quotient, 0, "", NULL},
    {"rem", "(number, number) -> number", remainder_of, 0, "", NULL},
    {"twice", "(number) -> number", twice, 0, "", NULL},
    {"fails", "(any) -> any", fails, 0, "", NULL},
    {"spin", "(number) -> number", spin, 0, "", NULL},
    {"join", "(string, string) -> string", join, 0, "", NULL},
    {NULL, NULL, NULL, 0, NULL, NULL}};

/* ---- programs --------------------------------------------------------------------- */

void assemble_init(assembly *as)
{
    memset(as, 0, sizeof *as);
    pol_arena_init(&as->arena, 0, NULL);
    pol_srcs_init(&as->srcs, &as->arena);
    pol_srcs_add(&as->srcs, STR("test.rego"), STR("\n\n\n\n\n\n\n\n\n\n\n\n"));
    pol_registry_init(&as->registry, &as->arena);
    pol_registry_add(&as->registry, builtins);
    as->nodes[0].rule = -1;
    as->program = (pol_program){.rules = as->rules,
                                .nodes = as->nodes,
                                .node_count = 1,
                                .consts = as->consts,
                                .const_hashes = as->hashes,
                                .registry = &as->registry,
                                .srcs = &as->srcs};
}

void assemble_done(assembly *as)
{
    pol_arena_done(&as->arena);
}

uint32_t assemble_const(assembly *as, pol_value v)
{
    uint32_t index = as->program.const_count++;
    pol_assert(index < ASSEMBLE_CONSTS);
    as->consts[index] = v;
    as->hashes[index] =
        v.tag == POL_STRING ? pol_string_hash(v.str, v.len) : 0;
    return index;
}

pol_value assemble_value(assembly *as, const char *json)
{
    const char *error = NULL;
    size_t at = 0;
    pol_value v = pol_value_parse_json(&as->arena, json, strlen(json), false,
                                       &error, &at);
    pol_assert(pol_is_defined(v));
    return v;
}

uint32_t assemble_json(assembly *as, const char *json)
{
    return assemble_const(as, assemble_value(as, json));
}

uint32_t assemble_node(assembly *as, uint32_t parent, const char *name)
{
    uint32_t index = as->program.node_count++;
    pol_assert(index < ASSEMBLE_NODES);
    pol_program_node *above = &as->nodes[parent];
    if (!above->child_count++)
        above->first_child = index;
    as->nodes[index] =
        (pol_program_node){.name = pol_string(name, strlen(name)),
                           .parent = parent,
                           .rule = -1};
    return index;
}

uint32_t assemble_rule(assembly *as, pol_program_kind kind, const char *path,
                       uint32_t node, const pol_instr *code, size_t count)
{
    uint32_t index = as->program.rule_count++;
    pol_assert(index < ASSEMBLE_RULES);
    pol_instr *copy = arena_array(&as->arena, pol_instr, count);
    pol_span *spans = arena_array(&as->arena, pol_span, count);
    memcpy(copy, code, count * sizeof *copy);
    for (size_t i = 0; i < count; i++)
        spans[i] = (pol_span){1, (uint32_t)i, 1};
    as->rules[index] = (pol_program_rule){
        .path = pol_str_of(path),
        .kind = kind,
        .node = node,
        .chunk = {copy, spans, (uint32_t)count, 0, 8, 8}};
    if (node)
        as->nodes[node].rule = (int32_t)index;
    return index;
}

void assemble_needs(assembly *as, uint32_t rule, uint16_t params,
                    uint16_t locals, uint16_t stack)
{
    pol_chunk *chunk = &as->rules[rule].chunk;
    chunk->params = params;
    chunk->locals = locals;
    chunk->stack = stack;
}

uint32_t assemble_builtin(const assembly *as, const char *name)
{
    int32_t index = pol_registry_find(&as->registry, pol_str_of(name));
    pol_assert(index >= 0);
    return (uint32_t)index;
}
