/* SPDX-License-Identifier: Apache-2.0
 *
 * Verifying code by abstract interpretation: what kinds of things each local and
 * operand can be. Kinds only grow where paths meet, so it ends; in practice each
 * instruction is looked at once or twice. */
#include "verify.h"

/* Kinds, as bits: a local may be one of several. */
enum {
    UNSET = 1,
    VALUE = 2,
    VDOC = 4,       /* a virtual document: no value until FORCE */
    ITER = 8,       /* over a value */
    ITER_VDOC = 16, /* may yield virtual documents */
    IN_ARRAY = 32,  /* builders */
    IN_SET = 64,
    IN_OBJECT = 128,
    ENV = 256,
    ENV_FRESH = 512 /* not used yet, may still be changed */
};

enum { MOST_STATES = 64 << 20 /* bytes of states of one chunk */ };

typedef uint16_t kinds;

typedef struct verifier {
    const pol_program *program;
    const pol_chunk *chunk;
    pol_arena *arena;
    uint32_t rule;
    const char *error;
    kinds **states;  /* by instruction: kinds of the locals, if a target */
    bool *targets;
    uint32_t *work;  /* targets whose state grew */
    bool *waits;
    uint32_t work_count;
    /* the path that is followed */
    uint32_t at;
    kinds *locals;
    kinds *stack;
    uint32_t height;
    bool ends;
} verifier;

static bool refuse(verifier *v, const char *why)
{
    pol_str path = v->program->rules[v->rule].path;
    uint8_t op = v->chunk->code[v->at].op;
    if (!v->error)
        v->error = pol_arena_printf(
            v->arena, "%.*s: instruction %u (%s): %s", (int)path.len, path.ptr,
            v->at, op < POL_OP_COUNT ? pol_opcode_name((pol_opcode)op) : "?",
            why);
    return false;
}

/* ---- what can be seen of an instruction alone ------------------------------------ */

static uint32_t arity_of(const pol_program *program, bool is_rule,
                         uint32_t function, bool *variadic)
{
    *variadic = false;
    if (is_rule)
        return program->rules[function].chunk.params;
    const pol_builtin_entry *e = pol_registry_at(program->registry, function);
    *variadic = e->variadic;
    return e->arity;
}

static bool is_function(const pol_program *program, bool is_rule, uint32_t c)
{
    if (is_rule)
        return c < program->rule_count &&
               program->rules[c].kind == POL_PROGRAM_FUNCTION;
    return c < program->registry->count;
}

static bool check_mock(verifier *v, const pol_instr *in)
{
    const pol_program *program = v->program;
    bool is_rule = in->a & POL_MOCK_RULE, by_rule = in->a & POL_MOCK_BY_RULE;
    if (!is_function(program, is_rule, in->c))
        return refuse(v, "no such function");
    if (in->op == POL_OP_ENV_VALUE)
        return true;
    if (!is_function(program, by_rule, in->fail))
        return refuse(v, "no such replacement");
    bool any, by_any;
    uint32_t arity = arity_of(program, is_rule, in->c, &any);
    uint32_t by_arity = arity_of(program, by_rule, in->fail, &by_any);
    return any == by_any && arity == by_arity
               ? true
               : refuse(v, "the replacement has another arity");
}

static bool check_call(verifier *v, const pol_instr *in)
{
    bool is_rule = in->op == POL_OP_CALL, variadic;
    if (!is_function(v->program, is_rule, in->c))
        return refuse(v, "no such function");
    uint32_t arity = arity_of(v->program, is_rule, in->c, &variadic);
    return variadic || arity == in->a ? true
                                      : refuse(v, "wrong number of arguments");
}

static bool require(verifier *v, bool holds, const char *why)
{
    return holds ? true : refuse(v, why);
}

/* Operands whose meaning is the opcode's own. */
static bool check_special(verifier *v, const pol_instr *in)
{
    const pol_program *program = v->program;
    switch ((pol_opcode)in->op) {
    case POL_OP_ROOT:
        return require(v, in->a < POL_ROOTS, "no such document") &&
               require(v, in->c <= v->program->const_count,
                       "no such constant");
    case POL_OP_COMPARE:
        return require(v, in->a <= 5, "no such comparison");
    case POL_OP_ARITH:
        return require(v, in->a <= POL_REM, "no such operator");
    case POL_OP_BUILD:
        return require(v,
                       in->a == POL_ARRAY || in->a == POL_SET ||
                           in->a == POL_OBJECT,
                       "no such builder");
    case POL_OP_ARRAY:
    case POL_OP_SET:
    case POL_OP_OBJECT:
        return require(v, in->c <= UINT16_MAX, "too many elements");
    case POL_OP_PUT_PATH:
    case POL_OP_PUT_MEMBER:
        return require(v, in->a > 0, "empty path");
    case POL_OP_AGREE:
        return require(v, in->b + 1u < v->chunk->locals, "no such locals");
    case POL_OP_RULE:
        return require(v, program->rules[in->c].kind != POL_PROGRAM_FUNCTION,
                       "a function is called, not read");
    case POL_OP_CALL:
    case POL_OP_BUILTIN:
        return check_call(v, in);
    case POL_OP_ENV_MOCK:
    case POL_OP_ENV_VALUE:
        return check_mock(v, in);
    case POL_OP_ENV_SET:
        return require(v, in->a < POL_ROOTS, "no such document") &&
               require(v, program->consts[in->c].tag == POL_ARRAY,
                       "the path is no array");
    default:
        return true;
    }
}

/* A failure that goes back must meet a NEXT, which spends budget. */
static bool leads_to_next(const pol_chunk *chunk, uint32_t at)
{
    while (at < chunk->count && chunk->code[at].op == POL_OP_ENV_USE)
        at++;
    return at < chunk->count && chunk->code[at].op == POL_OP_NEXT;
}

static bool check_operand(verifier *v, const pol_instr *in, char letter)
{
    const pol_chunk *chunk = v->chunk;
    const pol_program *program = v->program;
    switch (letter) {
    case 'l':
        return require(v, in->b < chunk->locals, "no such local");
    case 'L':
        return require(v, in->b + 2u < chunk->locals, "no such locals");
    case 'k':
        return require(v, in->c < program->const_count, "no such constant");
    case 'r':
        return require(v, in->c < program->rule_count, "no such rule");
    case 't':
        return require(v, in->c < program->node_count, "no such tree node");
    case 'j':
        if (in->c < chunk->count)
            v->targets[in->c] = true;
        return require(v, in->c < chunk->count, "jump out of the code");
    case 'F':
        if (in->fail < chunk->count)
            v->targets[in->fail] = true;
        return require(v, in->fail < chunk->count, "target out of the code") &&
               require(v,
                       in->fail > v->at || leads_to_next(chunk, in->fail),
                       "a failure goes back to what is no NEXT");
    default:
        return true;
    }
}

static bool check_alone(verifier *v)
{
    for (v->at = 0; v->at < v->chunk->count; v->at++) {
        const pol_instr *in = &v->chunk->code[v->at];
        if (in->op >= POL_OP_COUNT)
            return refuse(v, "unknown opcode");
        const char *letters = pol_opcode_operands((pol_opcode)in->op);
        for (; *letters; letters++)
            if (!check_operand(v, in, *letters))
                return false;
        if (!check_special(v, in))
            return false;
    }
    v->at = 0;
    return true;
}

/* ---- paths ------------------------------------------------------------------------- */

/* The kinds at a target grow by those of the current path. */
static void flow(verifier *v, uint32_t target)
{
    uint32_t count = v->chunk->locals;
    kinds *state = v->states[target];
    bool grew = false;
    if (!state) {
        state = arena_array(v->arena, kinds, count);
        memcpy(state, v->locals, count * sizeof *state);
        v->states[target] = state;
        grew = true;
    } else {
        for (uint32_t i = 0; i < count; i++) {
            kinds joined = (kinds)(state[i] | v->locals[i]);
            grew |= joined != state[i];
            state[i] = joined;
        }
    }
    if (grew && !v->waits[target]) {
        v->waits[target] = true;
        v->work[v->work_count++] = target;
    }
}

static bool push(verifier *v, unsigned what)
{
    if (v->height == v->chunk->stack)
        return refuse(v, "the operand stack is too small");
    v->stack[v->height++] = (kinds)what;
    return true;
}

/* The popped operand, 0 and an error if it is not one of `allowed`. */
static unsigned pop(verifier *v, unsigned allowed)
{
    if (!v->height) {
        refuse(v, "the operand stack is empty");
        return 0;
    }
    unsigned what = v->stack[--v->height];
    if (what & ~allowed) {
        refuse(v, "a virtual document where a value is needed");
        return 0;
    }
    return what;
}

static bool pop_values(verifier *v, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (!pop(v, VALUE))
            return false;
    return true;
}

/* Does local b hold one of `allowed` on every path? */
static bool local(verifier *v, uint32_t index, unsigned allowed)
{
    return v->locals[index] & ~allowed
               ? refuse(v, "the local may hold something else")
               : true;
}

/* Part of something that may be a virtual document. */
static unsigned part_of(unsigned whole)
{
    return whole & VDOC ? VALUE | VDOC : VALUE;
}

static bool step_stack(verifier *v, const pol_instr *in)
{
    kinds *l = &v->locals[in->b];
    unsigned what;
    switch ((pol_opcode)in->op) {
    case POL_OP_LOAD:
        return local(v, in->b, VALUE | VDOC) && push(v, *l);
    case POL_OP_STORE:
        what = pop(v, VALUE | VDOC);
        *l = (kinds)what;
        return what != 0;
    case POL_OP_UNSET:
        *l = UNSET;
        return true;
    case POL_OP_POP:
        return pop(v, VALUE | VDOC) != 0;
    case POL_OP_VDOC:
        return push(v, VDOC);
    case POL_OP_FORCE:
        return pop(v, VALUE | VDOC) && push(v, VALUE);
    case POL_OP_FIELD:
        what = pop(v, VALUE | VDOC);
        return what && push(v, part_of(what));
    case POL_OP_FIELDL:
        return local(v, in->b, VALUE | VDOC) && push(v, part_of(*l));
    case POL_OP_INDEX:
        if (!pop(v, VALUE))
            return false;
        what = pop(v, VALUE | VDOC);
        return what && push(v, part_of(what));
    case POL_OP_ELEMENT:
        return local(v, in->b, VALUE) && push(v, VALUE);
    case POL_OP_IS_ARRAY:
    case POL_OP_IS_OBJECT:
        return local(v, in->b, VALUE);
    default:
        /* Values in, values out. */
        if (!pop_values(v, (uint32_t)pol_opcode_pops(in)))
            return false;
        return pol_opcode_pushes(in) ? push(v, VALUE) : true;
    }
}

static bool step_loop(verifier *v, const pol_instr *in)
{
    kinds *l = &v->locals[in->b];
    if (in->op == POL_OP_NEXT) {
        if (!local(v, in->b, ITER | ITER_VDOC))
            return false;
        flow(v, in->fail);
        l[1] = VALUE;
        l[2] = (kinds)(l[0] & ITER_VDOC ? VALUE | VDOC : VALUE);
        return true;
    }
    unsigned what = pop(v, VALUE | VDOC);
    l[0] = l[1] = l[2] = UNSET;
    flow(v, in->fail);
    l[0] = what & VDOC ? ITER_VDOC : ITER;
    return what != 0;
}

static unsigned builder_kind(uint8_t tag)
{
    return tag == POL_ARRAY ? IN_ARRAY : tag == POL_SET ? IN_SET : IN_OBJECT;
}

static bool step_build(verifier *v, const pol_instr *in)
{
    kinds *l = &v->locals[in->b];
    switch ((pol_opcode)in->op) {
    case POL_OP_BUILD:
        *l = (kinds)builder_kind(in->a);
        return true;
    case POL_OP_APPEND:
        return pop_values(v, 1) && local(v, in->b, IN_ARRAY | IN_SET);
    case POL_OP_SEAL:
        if (!local(v, in->b, IN_ARRAY | IN_SET | IN_OBJECT))
            return false;
        *l = VALUE;
        return true;
    case POL_OP_RESULT:
        if (!pop_values(v, 1) || !local(v, in->b, UNSET | VALUE))
            return false;
        *l = VALUE;
        return true;
    case POL_OP_RETURN:
        v->ends = true;
        return local(v, in->b, UNSET | VALUE);
    default: /* PUT, PUT_PATH, PUT_MEMBER */
        return pop_values(v, (uint32_t)pol_opcode_pops(in)) &&
               local(v, in->b, IN_OBJECT);
    }
}

static bool step_env(verifier *v, const pol_instr *in)
{
    kinds *l = &v->locals[in->b];
    switch ((pol_opcode)in->op) {
    case POL_OP_ENV_SAVE:
        *l = ENV;
        return true;
    case POL_OP_ENV_NEW:
        *l = ENV_FRESH;
        return true;
    case POL_OP_ENV_USE:
        if (!local(v, in->b, ENV | ENV_FRESH))
            return false;
        *l = ENV;
        return true;
    default: /* ENV_SET, ENV_MOCK, ENV_VALUE */
        return pop_values(v, (uint32_t)pol_opcode_pops(in)) &&
               local(v, in->b, ENV_FRESH);
    }
}

/* Both edges of IF_SET know more than what came in. */
static bool step_if_set(verifier *v, const pol_instr *in)
{
    kinds *l = &v->locals[in->b], before = *l;
    if (!local(v, in->b, UNSET | VALUE | VDOC))
        return false;
    *l = in->op == POL_OP_IF_SET ? UNSET : before;
    if (before & UNSET || in->op == POL_OP_IF_SURE)
        flow(v, in->fail);
    *l = (kinds)(before & ~UNSET);
    v->ends = *l == 0;
    return true;
}

static bool step_jump(verifier *v, const pol_instr *in)
{
    v->ends = true;
    if (v->height)
        return refuse(v, "operands are left at a jump");
    flow(v, in->c);
    return true;
}

/* Jumps that may also fall through. */
static bool step_bound(verifier *v, const pol_instr *in)
{
    kinds *l = &v->locals[in->b];
    if (v->height)
        return refuse(v, "operands are left at a jump");
    if (in->op == POL_OP_SETTLED && in->c <= v->at)
        return refuse(v, "a jump backwards that the budget does not see");
    if (in->op == POL_OP_AGREE) {
        if (!local(v, in->b, VALUE) || !local(v, in->b + 1u, UNSET | VALUE))
            return false;
        l[1] = UNSET | VALUE;
    }
    flow(v, in->c);
    return true;
}

static bool step(verifier *v)
{
    const pol_instr *in = &v->chunk->code[v->at];
    switch ((pol_opcode)in->op) {
    case POL_OP_IF_SET:
    case POL_OP_IF_SURE:
        return step_if_set(v, in);
    case POL_OP_AGAIN:
    case POL_OP_SETTLED:
    case POL_OP_AGREE:
        return step_bound(v, in);
    case POL_OP_JUMP:
        return step_jump(v, in);
    case POL_OP_ITER:
    case POL_OP_NEXT:
        return step_loop(v, in);
    case POL_OP_BUILD:
    case POL_OP_APPEND:
    case POL_OP_PUT:
    case POL_OP_PUT_PATH:
    case POL_OP_PUT_MEMBER:
    case POL_OP_SEAL:
    case POL_OP_RESULT:
    case POL_OP_RETURN:
        return step_build(v, in);
    case POL_OP_ENV_SAVE:
    case POL_OP_ENV_NEW:
    case POL_OP_ENV_SET:
    case POL_OP_ENV_MOCK:
    case POL_OP_ENV_VALUE:
    case POL_OP_ENV_USE:
        return step_env(v, in);
    default:
        if (strchr(pol_opcode_operands((pol_opcode)in->op), 'F'))
            flow(v, in->fail);
        return step_stack(v, in);
    }
}

/* Follows the code from a target to the next one. */
static bool follow(verifier *v, uint32_t from)
{
    memcpy(v->locals, v->states[from], v->chunk->locals * sizeof *v->locals);
    v->height = 0;
    v->ends = false;
    for (v->at = from;; v->at++) {
        if (v->at == v->chunk->count) {
            v->at--;
            return refuse(v, "the code runs off its end");
        }
        if (v->at != from && v->targets[v->at]) {
            if (v->height)
                return refuse(v, "operands are left at a target");
            flow(v, v->at);
            return true;
        }
        if (!step(v))
            return false;
        if (v->ends)
            return true;
    }
}

static bool prepare(verifier *v)
{
    const pol_chunk *chunk = v->chunk;
    v->targets = arena_array(v->arena, bool, chunk->count);
    memset(v->targets, 0, chunk->count);
    if (!check_alone(v))
        return false;
    v->targets[0] = true;
    size_t states = 0;
    for (uint32_t i = 0; i < chunk->count; i++)
        states += v->targets[i];
    if (chunk->locals && states > MOST_STATES / sizeof(kinds) / chunk->locals)
        return refuse(v, "the code is too large to verify");
    v->states = arena_array(v->arena, kinds *, chunk->count);
    memset(v->states, 0, chunk->count * sizeof(kinds *));
    v->work = arena_array(v->arena, uint32_t, chunk->count);
    v->waits = arena_array(v->arena, bool, chunk->count);
    memset(v->waits, 0, chunk->count);
    v->locals = arena_array(v->arena, kinds, chunk->locals);
    v->stack = arena_array(v->arena, kinds, chunk->stack);
    for (uint32_t i = 0; i < chunk->locals; i++)
        v->locals[i] = i < chunk->params ? VALUE : UNSET;
    return true;
}

const char *pol_verify_code(const pol_program *program, uint32_t rule,
                            pol_arena *arena)
{
    verifier v = {.program = program,
                  .chunk = &program->rules[rule].chunk,
                  .arena = arena,
                  .rule = rule};
    if (!prepare(&v))
        return v.error;
    flow(&v, 0);
    while (v.work_count && !v.error) {
        uint32_t from = v.work[--v.work_count];
        v.waits[from] = false;
        follow(&v, from);
    }
    return v.error;
}

const char *pol_program_verify(const pol_program *program, pol_arena *arena)
{
    const char *error = pol_verify_tables(program, arena);
    for (uint32_t i = 0; i < program->rule_count && !error; i++)
        error = pol_verify_code(program, i, arena);
    return error;
}
