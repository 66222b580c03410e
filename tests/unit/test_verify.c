/* SPDX-License-Identifier: Apache-2.0
 *
 * The verifier: each bad program is refused for its own reason, the good one
 * beside it is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "assemble.h"
#include "buf.h"
#include "mutate.h"

static assembly as;

static int setup(void **state)
{
    (void)state;
    assemble_init(&as);
    assemble_json(&as, "1");
    assemble_json(&as, "[\"x\"]");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    assemble_done(&as);
    return 0;
}

static void refused(const pol_instr *code, size_t count, const char *why)
{
    as.program.rule_count = 1;
    assemble_rule(&as, POL_PROGRAM_COMPLETE, "data.t.p", 0, code, count);
    const char *error = pol_program_verify(&as.program, &as.arena);
    if (!error && why)
        fail_msg("accepted, but: %s", why);
    if (error && !why)
        fail_msg("refused: %s", error);
    if (error && !strstr(error, why))
        fail_msg("refused for \"%s\", not \"%s\"", error, why);
}

#define REFUSED(why, ...)                            \
    do {                                             \
        const pol_instr code[] = {__VA_ARGS__};      \
        refused(code, countof(code), why);           \
    } while (0)
#define ACCEPTED(...) REFUSED(NULL, __VA_ARGS__)

#define RET I(RETURN, 0, 0, 0, 0)
#define ONE I(CONST, 0, 0, 0, 0)

/* Rule 0 of every program: f(x) := x. */
static void add_function(void)
{
    pol_instr code[] = {I(LOAD, 0, 0, 0, 0), I(RESULT, 0, 1, 0, 0),
                        I(RETURN, 0, 1, 0, 0)};
    ASSEMBLE_RULE(&as, FUNCTION, "data.t.f", 0, code);
    assemble_needs(&as, 0, 1, 2, 1);
}

static void test_operands(void **state)
{
    (void)state;
    add_function();
    uint32_t twice = assemble_builtin(&as, "twice");
    uint32_t join = assemble_builtin(&as, "join");
    ACCEPTED(RET);
    REFUSED("unknown opcode", {POL_OP_COUNT, 0, 0, 0, 0}, RET);
    REFUSED("no such local", I(RETURN, 0, 8, 0, 0));
    REFUSED("no such locals", ONE, I(ITER, 0, 6, 0, 2), RET);
    ACCEPTED(ONE, I(ITER, 0, 5, 0, 2), RET);
    REFUSED("no such constant", I(CONST, 0, 0, 2, 0), RET);
    REFUSED("no such rule", I(RULE, 0, 0, 2, 1), RET);
    REFUSED("no such tree node", I(VDOC, 0, 0, 1, 0), RET);
    REFUSED("jump out of the code", I(JUMP, 0, 0, 1, 0));
    REFUSED("target out of the code", I(ROOT, 0, 0, 0, 2), RET);
    REFUSED("no such document", I(ROOT, POL_ROOTS, 0, 0, 1), RET);
    REFUSED("no such comparison", ONE, ONE, I(COMPARE, 6, 0, 0, 0), RET);
    REFUSED("no such operator", ONE, ONE, I(ARITH, 5, 0, 0, 3), RET);
    REFUSED("no such builder", I(BUILD, POL_STRING, 0, 0, 0), RET);
    REFUSED("too many elements", I(ARRAY, 0, 0, 65536, 0), RET);
    REFUSED("too many elements", I(OBJECT, 0, 0, 0x80000000u, 0), RET);
    REFUSED("a function is called, not read", I(RULE, 0, 0, 0, 1), RET);
    REFUSED("no such function", ONE, I(CALL, 1, 0, 1, 2), RET);
    REFUSED("no such function", ONE, I(BUILTIN, 1, 0, 99, 2), RET);
    REFUSED("wrong number of arguments", ONE, ONE, I(CALL, 2, 0, 0, 3), RET);
    REFUSED("wrong number of arguments", ONE, I(BUILTIN, 1, 0, join, 2), RET);
    ACCEPTED(ONE, I(CALL, 1, 0, 0, 3), I(RESULT, 0, 0, 0, 0), RET);
    ACCEPTED(ONE, I(BUILTIN, 1, 0, twice, 3), I(RESULT, 0, 0, 0, 0), RET);
    REFUSED("empty path", I(BUILD, POL_OBJECT, 0, 0, 0), ONE,
            I(PUT_PATH, 0, 0, 0, 0), I(SEAL, 0, 0, 0, 0), RET);
}

static void test_stack(void **state)
{
    (void)state;
    add_function();
    REFUSED("operand stack is empty", I(POP, 0, 0, 0, 0), RET);
    REFUSED("operand stack is empty", ONE, I(EQ, 0, 0, 0, 2), RET);
    REFUSED("too small", ONE, ONE, ONE, ONE, ONE, ONE, ONE, ONE, ONE, RET);
    ACCEPTED(ONE, ONE, ONE, ONE, ONE, ONE, ONE, ONE, RET);
    REFUSED("left at a jump", ONE, I(JUMP, 0, 0, 2, 0), RET);
    REFUSED("left at a target", I(ROOT, 0, 0, 0, 1), RET);
    REFUSED("runs off its end", ONE);
    REFUSED("budget does not see", I(SETTLED, 0, 0, 0, 0), RET);
    REFUSED("runs off its end", I(JUMP, 0, 0, 2, 0), RET,
            I(UNSET, 0, 0, 0, 0));
    /* What cannot be reached cannot do harm. */
    ACCEPTED(I(JUMP, 0, 0, 2, 0), I(POP, 0, 0, 0, 0), RET);
}

static void test_virtual_documents(void **state)
{
    (void)state;
    add_function();
    pol_instr vdoc = I(VDOC, 0, 0, 0, 0);
    const char *why = "virtual document where a value";
    REFUSED(why, vdoc, I(RESULT, 0, 0, 0, 0), RET);
    REFUSED(why, vdoc, ONE, I(EQ, 0, 0, 0, 3), RET);
    REFUSED(why, vdoc, I(CALL, 1, 0, 0, 2), RET);
    REFUSED(why, vdoc, I(ARRAY, 0, 0, 1, 0), I(RESULT, 0, 0, 0, 0), RET);
    REFUSED(why, vdoc, I(FIELD, 0, 0, 0, 3), I(RESULT, 0, 0, 0, 0), RET);
    REFUSED(why, vdoc, I(STORE, 0, 1, 0, 0), I(LOAD, 0, 1, 0, 0),
            I(TEST, 0, 0, 0, 4), RET);
    REFUSED(why, vdoc, I(ITER, 0, 1, 0, 5), I(NEXT, 0, 1, 0, 5),
            I(LOAD, 0, 3, 0, 0), I(RESULT, 0, 0, 0, 0), RET);
    ACCEPTED(vdoc, I(ITER, 0, 1, 0, 6), I(NEXT, 0, 1, 0, 6),
             I(LOAD, 0, 3, 0, 0), I(FORCE, 0, 0, 0, 2),
             I(RESULT, 0, 0, 0, 0), RET);
    ACCEPTED(vdoc, I(STORE, 0, 1, 0, 0), I(FIELDL, 0, 1, 0, 5),
             I(FORCE, 0, 0, 0, 5), I(RESULT, 0, 0, 0, 0), RET);
}

static void test_locals(void **state)
{
    (void)state;
    add_function();
    const char *why = "the local may hold something else";
    REFUSED(why, I(LOAD, 0, 0, 0, 0), I(RESULT, 0, 0, 0, 0), RET);
    REFUSED(why, I(ELEMENT, 0, 1, 0, 0), I(RESULT, 0, 0, 0, 0), RET);
    REFUSED(why, I(NEXT, 0, 1, 0, 1), RET);
    REFUSED(why, I(SEAL, 0, 0, 0, 0), RET);
    REFUSED(why, I(BUILD, POL_SET, 0, 0, 0), RET);
    REFUSED(why, I(BUILD, POL_SET, 0, 0, 0), ONE, I(RESULT, 0, 0, 0, 0), RET);
    REFUSED(why, I(BUILD, POL_SET, 0, 0, 0), I(LOAD, 0, 0, 0, 0), RET);
    REFUSED(why, I(BUILD, POL_SET, 1, 0, 0), ONE, ONE, I(PUT, 0, 1, 0, 0),
            RET);
    REFUSED(why, I(BUILD, POL_OBJECT, 1, 0, 0), ONE, I(APPEND, 0, 1, 0, 0),
            RET);
    ACCEPTED(I(BUILD, POL_OBJECT, 0, 0, 0), ONE, ONE, I(PUT, 0, 0, 0, 0),
             I(SEAL, 0, 0, 0, 0), RET);
    /* Set on one path only. */
    REFUSED(why, I(ROOT, 0, 0, 0, 2), I(STORE, 0, 1, 0, 0),
            I(LOAD, 0, 1, 0, 0), I(RESULT, 0, 0, 0, 0), RET);
    ACCEPTED(I(ROOT, 0, 0, 0, 2), I(STORE, 0, 1, 0, 0),
             I(IF_SET, 0, 1, 0, 5), I(LOAD, 0, 1, 0, 0),
             I(RESULT, 0, 0, 0, 0), RET);
    /* Unset again in a loop. */
    REFUSED(why, ONE, I(STORE, 0, 1, 0, 0), I(LOAD, 0, 1, 0, 0),
            I(POP, 0, 0, 0, 0), I(UNSET, 0, 1, 0, 0), I(JUMP, 0, 0, 2, 0));
}

static void test_environments(void **state)
{
    (void)state;
    add_function();
    uint32_t join = assemble_builtin(&as, "join"),
             mul = assemble_builtin(&as, "mul"),
             twice = assemble_builtin(&as, "twice");
    const char *why = "the local may hold something else";
    REFUSED(why, I(ENV_USE, 0, 1, 0, 0), RET);
    REFUSED(why, ONE, I(STORE, 0, 1, 0, 0), I(ENV_USE, 0, 1, 0, 0), RET);
    REFUSED(why, I(ENV_SAVE, 0, 1, 0, 0), ONE, I(ENV_SET, 0, 1, 1, 0), RET);
    REFUSED(why, I(ENV_NEW, 0, 1, 0, 0), I(ENV_USE, 0, 1, 0, 0), ONE,
            I(ENV_SET, 0, 1, 1, 0), RET);
    ACCEPTED(I(ENV_NEW, 0, 1, 0, 0), ONE, I(ENV_SET, 0, 1, 1, 0),
             I(ENV_MOCK, 0, 1, join, mul),
             I(ENV_MOCK, POL_MOCK_BY_RULE, 1, twice, 0), ONE,
             I(ENV_VALUE, POL_MOCK_RULE, 1, 0, 0), I(ENV_USE, 0, 1, 0, 0),
             RET);
    REFUSED("the path is no array", I(ENV_NEW, 0, 1, 0, 0), ONE,
            I(ENV_SET, 0, 1, 0, 0), RET);
    REFUSED("another arity", I(ENV_NEW, 0, 1, 0, 0),
            I(ENV_MOCK, 0, 1, join, twice), RET);
    REFUSED("another arity", I(ENV_NEW, 0, 1, 0, 0),
            I(ENV_MOCK, POL_MOCK_RULE, 1, 0, join), RET);
    REFUSED("no such replacement", I(ENV_NEW, 0, 1, 0, 0),
            I(ENV_MOCK, POL_MOCK_RULE | POL_MOCK_BY_RULE, 1, 0, 1), RET);
    REFUSED("no such function", I(ENV_NEW, 0, 1, 0, 0), ONE,
            I(ENV_VALUE, POL_MOCK_RULE, 1, 7, 0), RET);
}

/* Every cycle spends budget: a failure goes back to a NEXT only. */
static void test_cycles(void **state)
{
    (void)state;
    add_function();
    REFUSED("goes back", I(ROOT, 0, 0, 0, 0), I(POP, 0, 0, 0, 0), RET);
    ACCEPTED(ONE, I(ITER, 0, 1, 0, 5), I(NEXT, 0, 1, 0, 5),
             I(LOAD, 0, 3, 0, 0), I(TEST, 0, 0, 0, 2), RET);
    ACCEPTED(I(ENV_SAVE, 0, 0, 0, 0), ONE, I(ITER, 0, 1, 0, 7),
             I(ENV_USE, 0, 0, 0, 0), I(NEXT, 0, 1, 0, 7),
             I(LOAD, 0, 3, 0, 0), I(TEST, 0, 0, 0, 3),
             I(RETURN, 0, 7, 0, 0));
}

static void test_tables(void **state)
{
    (void)state;
    add_function();
    ACCEPTED(RET);
    as.hashes[assemble_json(&as, "\"s\"")]++;
    REFUSED("wrong hash", RET);
    as.program.const_count--;
    assemble_const(&as, pol_undefined());
    REFUSED("no value", RET);
    as.program.const_count--;
    assemble_const(&as, pol_literal("\xff"));
    REFUSED("not UTF-8", RET);
    as.program.const_count--;
    static const pol_value unsorted[] = {{.tag = POL_INT, .i = 2},
                                         {.tag = POL_INT, .i = 1}};
    assemble_const(&as, (pol_value){.tag = POL_SET, .len = 2,
                                    .items = unsorted});
    REFUSED("not sorted", RET);
    as.program.const_count--;
    as.rules[0].node = 1;
    REFUSED("out of range", RET);
    as.rules[0].node = 0;
    as.rules[0].chunk.params = 3;
    REFUSED("too many parameters", RET);
}

static void test_tree(void **state)
{
    (void)state;
    add_function();
    uint32_t a = assemble_node(&as, 0, "a");
    uint32_t b = assemble_node(&as, 0, "b");
    ACCEPTED(RET);
    as.nodes[b].parent = a;
    REFUSED("another parent", RET);
    as.nodes[b].parent = 0;
    as.nodes[b].name = pol_literal("A");
    REFUSED("not sorted", RET);
    as.nodes[b].name = pol_literal("b");
    as.nodes[a].name = pol_int(1);
    REFUSED("no string", RET);
    as.nodes[a].name = pol_literal("a");
    as.nodes[b].rule = 0;
    REFUSED("stands elsewhere", RET);
    as.nodes[b].rule = -1;
    as.nodes[b].first_child = 1;
    as.nodes[b].child_count = 1;
    REFUSED("out of range", RET);
    as.nodes[b].child_count = 0;
    as.nodes[0].child_count = 1;
    REFUSED("loose nodes", RET);
}

static void test_dump(void **state)
{
    (void)state;
    add_function();
    pol_buf out;
    pol_buf_init(&out, &as.arena);
    pol_program_dump(&as.program, 0, &out);
    assert_string_equal(pol_buf_done(&out).ptr,
                        "data.t.f: 1 parameters, 2 locals, 1 operands\n"
                        "    0  LOAD       l0  ; line 1\n"
                        "    1  RESULT     l1  ; line 2\n"
                        "    2  RETURN     l1  ; line 3\n");
}

/* What is accepted runs: sanitizers and assertions are the judges. */
static void test_mutations(void **state)
{
    (void)state;
    assert_true(mutate_and_run(NULL, 0));
    uint64_t random = 1;
    unsigned accepted = 0, rounds = 20000;
    for (unsigned i = 0; i < rounds; i++) {
        uint8_t bytes[8];
        random = random * 6364136223846793005u + 1442695040888963407u;
        for (size_t j = 0; j < sizeof bytes; j++)
            bytes[j] = (uint8_t)((random ^ (random >> 29)) >> (8 * j));
        accepted += mutate_and_run(bytes, i % 2 ? 4 : 8);
    }
    /* Both outcomes must be common for this to test anything. */
    assert_in_range(accepted, rounds / 20, rounds * 19 / 20);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_operands),     TEST(test_stack),
        TEST(test_virtual_documents), TEST(test_locals),
        TEST(test_environments), TEST(test_cycles),
        TEST(test_tables),       TEST(test_tree),
        TEST(test_dump),         TEST(test_mutations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
