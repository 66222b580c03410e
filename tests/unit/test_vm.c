/* SPDX-License-Identifier: Apache-2.0
 *
 * The virtual machine, run on hand-written programs. Every program is verified
 * before it runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>

#include "assemble.h"
#include "vm.h"

static assembly as;
static pol_vm *vm;
static pol_vm_roots roots;
static pol_vm_options options;

static int setup(void **state)
{
    (void)state;
    assemble_init(&as);
    vm = NULL;
    roots = (pol_vm_roots){0};
    options = (pol_vm_options){0};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    pol_vm_free(vm);
    assemble_done(&as);
    return 0;
}

static void begin(void)
{
    const char *error = pol_program_verify(&as.program, &as.arena);
    if (error)
        fail_msg("%s", error);
    if (!vm)
        vm = pol_vm_new(&as.program, &options);
    assert_non_null(vm);
    pol_vm_begin(vm, &roots);
}

/* The rule's value as text; "undefined"; an error's message. */
static const char *ask(uint32_t rule)
{
    pol_value out = pol_undefined();
    size_t len;
    switch (pol_vm_rule(vm, rule, &out)) {
    case POL_VM_DEFINED:
        return pol_value_text(&as.arena, out, POL_TEXT_REGO, &len);
    case POL_VM_UNDEFINED:
        assert_null(pol_vm_last_error(vm));
        return "undefined";
    default:
        return pol_vm_last_error(vm)->message;
    }
}

static const char *eval(uint32_t rule)
{
    begin();
    return ask(rule);
}

static void input(const char *json)
{
    roots.roots[POL_ROOT_INPUT] = assemble_value(&as, json);
}

static void data(const char *json)
{
    roots.roots[POL_ROOT_DATA] = assemble_value(&as, json);
}

static pol_diag_code error_code(void)
{
    return pol_vm_last_error(vm)->code;
}

/* ---- access and tests ------------------------------------------------------------- */

/* input.<name> == constant */
static uint32_t add_field_rule(const char *name, const char *wanted)
{
    uint32_t field = assemble_json(&as, name), k = assemble_json(&as, wanted);
    uint32_t yes = assemble_const(&as, pol_bool(true));
    pol_instr code[] = {
        I(ROOT, POL_ROOT_INPUT, 0, 0, 5), I(FIELD, 0, 0, field, 5),
        I(EQK, 0, 0, k, 5), I(CONST, 0, 0, yes, 0),
        I(RESULT, 0, 0, 0, 0), I(RETURN, 0, 0, 0, 0)};
    return ASSEMBLE_RULE(&as, COMPLETE, "data.t.p", 0, code);
}

static void test_field(void **state)
{
    (void)state;
    uint32_t rule = add_field_rule("\"x\"", "1");
    assert_string_equal(eval(rule), "undefined");
    input("{\"a\": 0, \"x\": 1}");
    assert_string_equal(eval(rule), "true");
    assert_string_equal(eval(rule), "true");
    input("{\"x\": 1.0}");
    assert_string_equal(eval(rule), "true");
    input("{\"x\": \"1\"}");
    assert_string_equal(eval(rule), "undefined");
    input("{\"y\": 1}");
    assert_string_equal(eval(rule), "undefined");
    input("\"x\"");
    assert_string_equal(eval(rule), "undefined");
}

/* The cache must not believe shapes that died: the same memory holds an object
 * with other keys in the next evaluation. */
static void test_field_after_reuse(void **state)
{
    (void)state;
    uint32_t rule = add_field_rule("\"x\"", "1");
    begin();
    for (int i = 0; i < 8; i++) {
        const char *error;
        size_t at;
        pol_arena beside = {0};
        const char *text = i % 2 ? "{\"a\": 1, \"x\": 2}" : "{\"x\":1, \"z\":2}";
        roots.roots[POL_ROOT_INPUT] = pol_value_parse_json(
            &beside, text, strlen(text), false, &error, &at);
        pol_vm_begin(vm, &roots);
        assert_string_equal(ask(rule), i % 2 ? "undefined" : "true");
        pol_arena_done(&beside);
    }
}

static void test_documents_kept(void **state)
{
    (void)state;
    uint32_t rule = add_field_rule("\"x\"", "1");
    input("{\"x\": 1}");
    roots.documents_kept = true;
    for (int i = 0; i < 4; i++)
        assert_string_equal(eval(rule), "true");
    roots.roots[POL_ROOT_INPUT] = assemble_value(&as, "{\"w\": 1, \"x\": 3}");
    assert_string_equal(eval(rule), "undefined");
}

static uint32_t add_index_rule(const char *of, const char *key)
{
    pol_instr code[] = {I(CONST, 0, 0, assemble_json(&as, of), 0),
                        I(CONST, 0, 0, assemble_json(&as, key), 0),
                        I(INDEX, 0, 0, 0, 4), I(RESULT, 0, 0, 0, 0),
                        I(RETURN, 0, 0, 0, 0)};
    return ASSEMBLE_RULE(&as, COMPLETE, "data.t.p", 0, code);
}

static void test_index(void **state)
{
    (void)state;
    uint32_t rule = add_index_rule("[10, 20]", "1");
    assert_string_equal(eval(rule), "20");
    pol_value *key = &as.consts[1];
    *key = pol_int(2);
    assert_string_equal(eval(rule), "undefined");
    *key = pol_int(-1);
    assert_string_equal(eval(rule), "undefined");
    *key = assemble_value(&as, "1.0");
    assert_string_equal(eval(rule), "20");
    *key = assemble_value(&as, "\"1\"");
    as.hashes[1] = pol_string_hash("1", 1);
    assert_string_equal(eval(rule), "undefined");
    as.consts[0] = assemble_value(&as, "{\"1\": true}");
    assert_string_equal(eval(rule), "true");
    /* In data a number finds the key that is its text. */
    *key = pol_int(1);
    assert_string_equal(eval(rule), "undefined");
    pol_instr *index = (pol_instr *)(uintptr_t)&as.rules[rule].chunk.code[2];
    index->a = 1;
    assert_string_equal(eval(rule), "true");
    as.consts[0] = assemble_value(&as, "\"111\"");
    as.hashes[0] = pol_string_hash("111", 3);
    assert_string_equal(eval(rule), "undefined");
}

/* Every test against every kind of outcome: the rule is true or undefined. */
static const char *test_pair(pol_opcode op, const char *a, const char *b)
{
    assembly *at = &as;
    at->program.rule_count = at->program.const_count = 0;
    pol_instr code[] = {I(CONST, 0, 0, assemble_json(at, a), 0),
                        I(CONST, 0, 0, assemble_json(at, b), 0),
                        {(uint8_t)op, 0, 0, 0, 5},
                        I(CONST, 0, 0, assemble_json(at, "true"), 0),
                        I(RESULT, 0, 0, 0, 0),
                        I(RETURN, 0, 0, 0, 0)};
    pol_vm_free(vm);
    vm = NULL;
    return eval(ASSEMBLE_RULE(at, COMPLETE, "data.t.p", 0, code));
}

static void test_tests(void **state)
{
    (void)state;
    static const struct {
        pol_opcode op;
        const char *a, *b;
        bool holds;
    } cases[] = {
        {POL_OP_EQ, "1", "1", true},         {POL_OP_EQ, "1", "2", false},
        {POL_OP_EQ, "1", "1.0", true},       {POL_OP_EQ, "1.5", "1.50", true},
        {POL_OP_EQ, "\"a\"", "\"a\"", true}, {POL_OP_EQ, "\"a\"", "\"b\"", false},
        {POL_OP_EQ, "null", "null", true},   {POL_OP_EQ, "null", "false", false},
        {POL_OP_EQ, "[1]", "[1.0]", true},   {POL_OP_EQ, "[1]", "[2]", false},
        {POL_OP_EQ, "[]", "{}", false},      {POL_OP_NE, "1", "2", true},
        {POL_OP_NE, "1", "1.0", false},      {POL_OP_NE, "\"a\"", "1", true},
        {POL_OP_NE, "[1]", "[1]", false},    {POL_OP_LT, "1", "2", true},
        {POL_OP_LT, "2", "2", false},        {POL_OP_LT, "2", "\"a\"", true},
        {POL_OP_LE, "2", "2", true},         {POL_OP_LE, "\"b\"", "\"a\"", false},
        {POL_OP_GT, "2", "1.5", true},       {POL_OP_GT, "1", "2", false},
        {POL_OP_GE, "2", "2", true},         {POL_OP_GE, "1", "2", false},
        {POL_OP_IN, "1", "[3, 1]", true},    {POL_OP_IN, "1", "[3]", false},
        {POL_OP_IN, "1", "{\"a\": 1}", true}, {POL_OP_IN, "1", "1", false},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        const char *got = test_pair(cases[i].op, cases[i].a, cases[i].b);
        if (strcmp(got, cases[i].holds ? "true" : "undefined") != 0)
            fail_msg("%s %s %s: %s", cases[i].a,
                     pol_opcode_name(cases[i].op), cases[i].b, got);
    }
}

/* ---- computing ---------------------------------------------------------------------- */

static uint32_t add_binary(pol_opcode op, uint8_t a, pol_value x, pol_value y)
{
    as.program.rule_count = as.program.const_count = 0;
    pol_instr code[] = {I(CONST, 0, 0, assemble_const(&as, x), 0),
                        I(CONST, 0, 0, assemble_const(&as, y), 0),
                        {(uint8_t)op, a, 0, 0, 4},
                        I(RESULT, 0, 0, 0, 0),
                        I(RETURN, 0, 0, 0, 0)};
    pol_vm_free(vm);
    vm = NULL;
    return ASSEMBLE_RULE(&as, COMPLETE, "data.t.p", 0, code);
}

static const char *arith(pol_arith op, const char *x, const char *y)
{
    return eval(add_binary(POL_OP_ARITH, (uint8_t)op, assemble_value(&as, x),
                           assemble_value(&as, y)));
}

static void test_arith(void **state)
{
    (void)state;
    assert_string_equal(arith(POL_ADD, "2", "3"), "5");
    assert_string_equal(arith(POL_SUB, "2", "3"), "-1");
    assert_string_equal(arith(POL_MUL, "-2", "3"), "-6");
    assert_string_equal(arith(POL_DIV, "6", "3"), "2");
    assert_string_equal(arith(POL_REM, "-7", "3"), "-1");
    assert_string_equal(arith(POL_ADD, "9223372036854775807", "1"),
                        "9223372036854775808");
    assert_string_equal(arith(POL_SUB, "-9223372036854775808", "1"),
                        "-9223372036854775809");
    assert_string_equal(arith(POL_SUB, "0", "-9223372036854775808"),
                        "9223372036854775808");
    assert_string_equal(arith(POL_MUL, "4294967296", "4294967296"),
                        "18446744073709551616");
    assert_string_equal(arith(POL_ADD, "0.1", "0.2"), "0.3");
}

static void test_arith_errors(void **state)
{
    (void)state;
    uint32_t count;
    assert_string_equal(arith(POL_DIV, "1", "0"), "undefined");
    const pol_vm_error *errors = pol_vm_builtin_errors(vm, &count);
    assert_int_equal(count, 1);
    assert_string_equal(errors->message, "div: divide by zero");
    assert_int_equal(errors->code, POL_DIAG_P0503);
    assert_string_equal(arith(POL_ADD, "\"a\"", "1"), "undefined");
    errors = pol_vm_builtin_errors(vm, &count);
    assert_string_equal(errors->message,
                        "plus: operand 1 must be number but got string");
    assert_int_equal(errors->code, POL_DIAG_P0502);
    assert_int_equal(errors->span.off, 2);
    options.strict_builtin_errors = true;
    assert_string_equal(arith(POL_REM, "1", "0"), "rem: modulo by zero");
    assert_int_equal(error_code(), POL_DIAG_P0503);
}

static void test_set_difference(void **state)
{
    (void)state;
    pol_value a[] = {pol_int(1), pol_int(2)}, b[] = {pol_int(1)};
    pol_value x = pol_set(a, 2), y = pol_set(b, 1);
    assert_string_equal(eval(add_binary(POL_OP_ARITH, POL_SUB, x, y)), "{2}");
}

static void test_compare(void **state)
{
    (void)state;
    static const char *const wanted[] = {"false", "true", "true",
                                         "true",  "false", "false"};
    for (uint8_t how = 0; how < 6; how++) {
        uint32_t rule =
            add_binary(POL_OP_COMPARE, how, pol_int(1), pol_int(2));
        assert_string_equal(eval(rule), wanted[how]);
        rule = add_binary(POL_OP_COMPARE, how, pol_int(1), pol_literal("a"));
        assert_string_equal(eval(rule), wanted[how]);
    }
}

static void test_secrets_spread(void **state)
{
    (void)state;
    pol_value secret = pol_int(4);
    secret.flags = POL_SECRET;
    pol_value out;
    uint32_t rule = add_binary(POL_OP_ARITH, POL_ADD, secret, pol_int(1));
    begin();
    assert_int_equal(pol_vm_rule(vm, rule, &out), POL_VM_DEFINED);
    assert_int_equal(out.flags, POL_SECRET);
    pol_value array = assemble_value(&as, "[7]");
    array.flags = POL_SECRET;
    rule = add_binary(POL_OP_INDEX, 0, array, pol_int(0));
    begin();
    assert_int_equal(pol_vm_rule(vm, rule, &out), POL_VM_DEFINED);
    assert_int_equal(out.i, 7);
    assert_int_equal(out.flags, POL_SECRET);
}

static void test_literals(void **state)
{
    (void)state;
    uint32_t k = assemble_json(&as, "\"k\""), one = assemble_json(&as, "1"),
             two = assemble_json(&as, "2");
    pol_instr code[] = {
        I(CONST, 0, 0, two, 0), I(CONST, 0, 0, one, 0), I(CONST, 0, 0, one, 0),
        I(SET, 0, 0, 3, 0), I(CONST, 0, 0, k, 0), I(CONST, 0, 0, one, 0),
        I(CONST, 0, 0, k, 0), I(CONST, 0, 0, two, 0), I(OBJECT, 0, 0, 2, 0),
        I(ARRAY, 0, 0, 0, 0), I(ARRAY, 0, 0, 3, 0), I(RESULT, 0, 0, 0, 0),
        I(RETURN, 0, 0, 0, 0)};
    uint32_t rule = ASSEMBLE_RULE(&as, COMPLETE, "data.t.p", 0, code);
    assert_string_equal(eval(rule), "[{1, 2}, {\"k\": 2}, []]");
}

/* ---- loops and builders --------------------------------------------------------------- */

/* [[k, v] | some k, v in input] */
static uint32_t add_pairs_rule(void)
{
    pol_instr code[] = {
        I(BUILD, POL_ARRAY, 0, 0, 0), I(ROOT, POL_ROOT_INPUT, 0, 0, 9),
        I(ITER, 0, 1, 0, 9),          I(NEXT, 0, 1, 0, 9),
        I(LOAD, 0, 2, 0, 0),          I(LOAD, 0, 3, 0, 0),
        I(ARRAY, 0, 0, 2, 0),         I(APPEND, 0, 0, 0, 0),
        I(JUMP, 0, 0, 3, 0),          I(SEAL, 0, 0, 0, 0),
        I(RETURN, 0, 0, 0, 0)};
    return ASSEMBLE_RULE(&as, COMPLETE, "data.t.p", 0, code);
}

static void test_iteration(void **state)
{
    (void)state;
    uint32_t rule = add_pairs_rule();
    assert_string_equal(eval(rule), "[]");
    input("[]");
    assert_string_equal(eval(rule), "[]");
    input("[5, 6]");
    assert_string_equal(eval(rule), "[[0, 5], [1, 6]]");
    input("{\"b\": 1, \"a\": 2}");
    assert_string_equal(eval(rule), "[[\"a\", 2], [\"b\", 1]]");
    input("3");
    assert_string_equal(eval(rule), "[]");
    pol_value members[] = {pol_int(9), pol_int(8)};
    roots.roots[POL_ROOT_INPUT] = pol_set(members, 2);
    assert_string_equal(eval(rule), "[[8, 8], [9, 9]]");
}

/* {v: k | some k, v in input}, with PUT or PUT_PATH of length one. */
static uint32_t add_invert_rule(pol_opcode put)
{
    pol_instr code[] = {
        I(BUILD, POL_OBJECT, 0, 0, 0), I(ROOT, POL_ROOT_INPUT, 0, 0, 8),
        I(ITER, 0, 1, 0, 8),           I(NEXT, 0, 1, 0, 8),
        I(LOAD, 0, 3, 0, 0),           I(LOAD, 0, 2, 0, 0),
        {(uint8_t)put, 1, 0, 0, 0},    I(JUMP, 0, 0, 3, 0),
        I(SEAL, 0, 0, 0, 0),           I(RETURN, 0, 0, 0, 0)};
    return ASSEMBLE_RULE(&as, COMPLETE, "data.t.p", 0, code);
}

static void test_put(void **state)
{
    (void)state;
    static const pol_opcode ops[] = {POL_OP_PUT, POL_OP_PUT_PATH};
    for (size_t i = 0; i < countof(ops); i++) {
        uint32_t rule = add_invert_rule(ops[i]);
        pol_vm_free(vm);
        vm = NULL;
        input("[]");
        assert_string_equal(eval(rule), "{}");
        input("[\"x\", \"y\"]");
        assert_string_equal(eval(rule), "{\"x\": 0, \"y\": 1}");
        input("[\"x\", \"y\", \"x\"]");
        assert_string_equal(eval(rule), "object keys must be unique");
        assert_int_equal(error_code(), POL_DIAG_P0501);
        assert_int_equal(pol_vm_last_error(vm)->span.off, 6);
    }
}

/* Puts the pairs [path, value] of input, members where `member`. */
static uint32_t add_paths_rule(void)
{
    uint32_t zero = assemble_json(&as, "0"), one = assemble_json(&as, "1"),
             two = assemble_json(&as, "2");
    pol_instr code[] = {
        I(BUILD, POL_OBJECT, 0, 0, 0), I(ROOT, POL_ROOT_INPUT, 0, 0, 22),
        I(ITER, 0, 1, 0, 22),          I(NEXT, 0, 1, 0, 22),
        I(IS_ARRAY, 0, 3, 2, 8),       I(ELEMENT, 0, 3, 0, 0),
        I(ELEMENT, 0, 3, 1, 0),        I(PUT, 0, 0, 0, 0),
        I(IS_ARRAY, 0, 3, 3, 13),      I(ELEMENT, 0, 3, 0, 0),
        I(ELEMENT, 0, 3, 1, 0),        I(ELEMENT, 0, 3, 2, 0),
        I(PUT_PATH, 2, 0, 0, 0),       I(IS_ARRAY, 0, 3, 4, 21),
        I(LOAD, 0, 3, 0, 0),           I(FIELD, 0, 0, zero, 3),
        I(LOAD, 0, 3, 0, 0),           I(FIELD, 0, 0, one, 3),
        I(LOAD, 0, 3, 0, 0),           I(FIELD, 0, 0, two, 3),
        I(PUT_MEMBER, 2, 0, 0, 0),     I(JUMP, 0, 0, 3, 0),
        I(SEAL, 0, 0, 0, 0),           I(RETURN, 0, 0, 0, 0)};
    return ASSEMBLE_RULE(&as, COMPLETE, "data.t.p", 0, code);
}

static void test_paths(void **state)
{
    (void)state;
    static const struct {
        const char *puts, *wanted;
    } cases[] = {
        {"[[\"a\",\"b\",1],[\"a\",\"c\",2],[\"d\",3]]",
         "{\"a\": {\"b\": 1, \"c\": 2}, \"d\": 3}"},
        {"[[\"d\",3],[\"a\",\"b\",1],[\"a\",\"b\",1]]",
         "{\"a\": {\"b\": 1}, \"d\": 3}"},
        {"[[\"a\",\"b\",1],[\"a\",\"b\",2]]", "object keys must be unique"},
        {"[[\"a\",{\"c\":1}],[\"a\",\"b\",2]]", "object keys must be unique"},
        {"[[\"a\",\"b\",2],[\"a\",{}]]", "object keys must be unique"},
        {"[[\"a\",\"s\",1,0],[\"a\",\"s\",2,0],[\"a\",\"s\",1,0]]",
         "{\"a\": {\"s\": {1, 2}}}"},
        {"[[\"a\",\"s\",1,0],[\"a\",\"s\",2]]", "object keys must be unique"},
        {"[[\"a\",\"s\",2],[\"a\",\"s\",1,0]]", "object keys must be unique"},
        {"[[1.0,[2],1],[1,[3],1]]", "{1.0: {[2]: 1, [3]: 1}}"},
    };
    uint32_t rule = add_paths_rule();
    for (size_t i = 0; i < countof(cases); i++) {
        input(cases[i].puts);
        assert_string_equal(eval(rule), cases[i].wanted);
    }
}

/* ---- rules, functions, conflicts --------------------------------------------------------- */

/* A result twice, from constants. */
static uint32_t add_two_results(pol_program_kind kind, const char *a,
                                const char *b)
{
    pol_instr code[] = {I(CONST, 0, 0, assemble_json(&as, a), 0),
                        I(RESULT, 0, 0, 0, 0),
                        I(CONST, 0, 0, assemble_json(&as, b), 0),
                        I(RESULT, 0, 0, 0, 0), I(RETURN, 0, 0, 0, 0)};
    return assemble_rule(&as, kind, "data.t.p", 0, code, countof(code));
}

static void test_conflicts(void **state)
{
    (void)state;
    uint32_t same = add_two_results(POL_PROGRAM_COMPLETE, "1", "1.0");
    uint32_t rule = add_two_results(POL_PROGRAM_COMPLETE, "1", "[2]");
    uint32_t function = add_two_results(POL_PROGRAM_FUNCTION, "1", "2");
    assert_string_equal(eval(same), "1");
    assert_string_equal(eval(rule),
                        "complete rules must not produce multiple outputs: "
                        "rule data.t.p produced conflicting values:\n"
                        "  1 at test.rego:2\n  [2] at test.rego:4");
    assert_int_equal(error_code(), POL_DIAG_P0501);
    assert_int_equal(pol_vm_last_error(vm)->span.off, 3);
    pol_value out;
    assert_int_equal(pol_vm_function(vm, function, NULL, 0, &out),
                     POL_VM_ERROR);
    assert_string_equal(
        pol_vm_last_error(vm)->message,
        "functions must not produce multiple outputs for same inputs: "
        "function data.t.p produced conflicting values for the same inputs:\n"
        "  1 at test.rego:2\n  2 at test.rego:4");
    /* The error is the rule's own: others can be asked for. */
    assert_string_equal(ask(same), "1");
}

/* f(x, y) := x + y */
static uint32_t add_sum_function(void)
{
    pol_instr code[] = {I(LOAD, 0, 0, 0, 0), I(LOAD, 0, 1, 0, 0),
                        I(ARITH, POL_ADD, 0, 0, 4), I(RESULT, 0, 2, 0, 0),
                        I(RETURN, 0, 2, 0, 0)};
    uint32_t rule = ASSEMBLE_RULE(&as, FUNCTION, "data.t.f", 0, code);
    assemble_needs(&as, rule, 2, 3, 2);
    return rule;
}

static void test_call(void **state)
{
    (void)state;
    uint32_t f = add_sum_function();
    uint32_t one = assemble_json(&as, "1"), text = assemble_json(&as, "\"a\"");
    pol_instr good[] = {
        I(CONST, 0, 0, one, 0),  I(CONST, 0, 0, one, 0),
        I(CONST, 0, 0, one, 0),  I(CALL, 2, 0, f, 6),
        I(CALL, 2, 0, f, 6),     I(RESULT, 0, 0, 0, 0),
        I(RETURN, 0, 0, 0, 0)};
    pol_instr bad[] = {
        I(CONST, 0, 0, one, 0),  I(CONST, 0, 0, one, 0),
        I(CONST, 0, 0, text, 0), I(CALL, 2, 0, f, 6),
        I(CALL, 2, 0, f, 6),     I(RESULT, 0, 0, 0, 0),
        I(RETURN, 0, 0, 0, 0)};
    uint32_t p = ASSEMBLE_RULE(&as, COMPLETE, "data.t.p", 0, good);
    uint32_t q = ASSEMBLE_RULE(&as, COMPLETE, "data.t.q", 0, bad);
    assert_string_equal(eval(p), "3");
    assert_string_equal(ask(q), "undefined");
    pol_value args[2] = {pol_int(20), pol_int(22)}, out;
    assert_int_equal(pol_vm_function(vm, f, args, 2, &out), POL_VM_DEFINED);
    assert_int_equal(out.i, 42);
}

/* A frame that does not fit the stack segment gets another, whatever is in
 * between. */
static void test_large_frames(void **state)
{
    (void)state;
    uint32_t one = assemble_json(&as, "1");
    uint32_t f = add_sum_function();
    assemble_needs(&as, f, 2, 60000, 60000);
    pol_instr code[] = {I(CONST, 0, 0, one, 0),  I(CONST, 0, 0, one, 0),
                        I(CALL, 2, 0, f, 6),     I(CONST, 0, 0, one, 0),
                        I(CALL, 2, 0, f, 6),     I(RESULT, 0, 0, 0, 0),
                        I(RETURN, 0, 0, 0, 0)};
    uint32_t p = ASSEMBLE_RULE(&as, COMPLETE, "data.t.p", 0, code);
    for (int i = 0; i < 3; i++)
        assert_string_equal(eval(p), "3");
}

static void test_memo(void **state)
{
    (void)state;
    uint32_t one = assemble_json(&as, "1");
    uint32_t b = assemble_builtin(&as, "spin");
    pol_instr once[] = {I(CONST, 0, 0, one, 0), I(BUILTIN, 1, 0, b, 3),
                        I(RESULT, 0, 0, 0, 0), I(RETURN, 0, 0, 0, 0)};
    pol_instr thrice[] = {
        I(RULE, 0, 0, 0, 5),   I(RULE, 0, 0, 0, 5),  I(RULE, 0, 0, 0, 5),
        I(ARRAY, 0, 0, 3, 0),  I(RESULT, 0, 0, 0, 0), I(RETURN, 0, 0, 0, 0)};
    ASSEMBLE_RULE(&as, COMPLETE, "data.t.once", 0, once);
    uint32_t p = ASSEMBLE_RULE(&as, COMPLETE, "data.t.p", 0, thrice);
    uint64_t first, second;
    size_t bytes;
    assert_string_equal(eval(p), "[1, 1, 1]");
    pol_vm_stats(vm, &first, &bytes);
    assert_string_equal(ask(p), "[1, 1, 1]");
    pol_vm_stats(vm, &second, &bytes);
    assert_int_equal(first, second);
    /* RULE, BUILTIN, spin's unit: once in the evaluation. */
    assert_int_equal(first, 3);
    assert_string_equal(eval(p), "[1, 1, 1]");
}

static void test_recursion(void **state)
{
    (void)state;
    pol_instr self[] = {I(RULE, 0, 0, 0, 2), I(RESULT, 0, 0, 0, 0),
                        I(RETURN, 0, 0, 0, 0)};
    uint32_t p = ASSEMBLE_RULE(&as, COMPLETE, "data.t.p", 0, self);
    for (int i = 0; i < 2; i++) {
        assert_string_equal(eval(p), "rule data.t.p depends on itself");
        assert_int_equal(error_code(), POL_DIAG_P0505);
        /* Not busy for ever: the same answer again. */
        assert_string_equal(ask(p), "rule data.t.p depends on itself");
    }
}

/* ---- with ------------------------------------------------------------------------------- */

/* q := input.x; p := [q, q with input.x as 2, q] */
static void test_with_input(void **state)
{
    (void)state;
    uint32_t x = assemble_json(&as, "\"x\""), two = assemble_json(&as, "2"),
             path = assemble_json(&as, "[\"x\"]");
    pol_instr q[] = {I(ROOT, POL_ROOT_INPUT, 0, 0, 3), I(FIELD, 0, 0, x, 3),
                     I(RESULT, 0, 0, 0, 0), I(RETURN, 0, 0, 0, 0)};
    pol_instr code[] = {
        I(RULE, 0, 0, 0, 11),      I(ENV_SAVE, 0, 1, 0, 0),
        I(ENV_NEW, 0, 2, 0, 0),    I(CONST, 0, 0, two, 0),
        I(ENV_SET, POL_ROOT_INPUT, 2, path, 0), I(ENV_USE, 0, 2, 0, 0),
        I(RULE, 0, 0, 0, 11),      I(ENV_USE, 0, 1, 0, 0),
        I(RULE, 0, 0, 0, 11),      I(ARRAY, 0, 0, 3, 0),
        I(RESULT, 0, 0, 0, 0),     I(RETURN, 0, 0, 0, 0)};
    ASSEMBLE_RULE(&as, COMPLETE, "data.t.q", 0, q);
    uint32_t p = ASSEMBLE_RULE(&as, COMPLETE, "data.t.p", 0, code);
    input("{\"x\": 1, \"y\": 7}");
    assert_string_equal(eval(p), "[1, 2, 1]");
    /* What is no object gives way to one; a key that is no string does not. */
    uint32_t deep = assemble_json(&as, "[\"x\", \"x\"]");
    as.rules[p].chunk = (pol_chunk){as.rules[p].chunk.code, NULL, 12, 0, 8, 8};
    ((pol_instr *)(uintptr_t)as.rules[p].chunk.code)[4].c = deep;
    assert_string_equal(eval(p), "[1, {\"x\": 2}, 1]");
    uint32_t bad = assemble_json(&as, "[0]");
    ((pol_instr *)(uintptr_t)as.rules[p].chunk.code)[4].c = bad;
    assert_string_equal(eval(p), "bad document path");
    assert_int_equal(error_code(), POL_DIAG_P0501);
}

/* data.t: b := 1; c := b + 1; f is a function; package u with v := 7. */
typedef struct tree {
    uint32_t t, b, c, f, u, v; /* nodes */
    uint32_t rule_b, rule_c, rule_f, rule_v;
} tree;

static tree add_tree(void)
{
    tree n;
    n.t = assemble_node(&as, 0, "t");
    n.b = assemble_node(&as, n.t, "b");
    n.c = assemble_node(&as, n.t, "c");
    n.f = assemble_node(&as, n.t, "f");
    n.u = assemble_node(&as, n.t, "u");
    n.v = assemble_node(&as, n.u, "v");
    uint32_t one = assemble_json(&as, "1"), seven = assemble_json(&as, "7");
    pol_instr b[] = {I(CONST, 0, 0, one, 0), I(RESULT, 0, 0, 0, 0),
                     I(RETURN, 0, 0, 0, 0)};
    pol_instr v[] = {I(CONST, 0, 0, seven, 0), I(RESULT, 0, 0, 0, 0),
                     I(RETURN, 0, 0, 0, 0)};
    n.rule_b = ASSEMBLE_RULE(&as, COMPLETE, "data.t.b", n.b, b);
    n.rule_v = ASSEMBLE_RULE(&as, COMPLETE, "data.t.u.v", n.v, v);
    pol_instr c[] = {I(RULE, 0, 0, n.rule_b, 4), I(CONST, 0, 0, one, 0),
                     I(ARITH, POL_ADD, 0, 0, 4), I(RESULT, 0, 0, 0, 0),
                     I(RETURN, 0, 0, 0, 0)};
    n.rule_c = ASSEMBLE_RULE(&as, COMPLETE, "data.t.c", n.c, c);
    n.rule_f = add_sum_function();
    as.rules[n.rule_f].node = n.f;
    as.nodes[n.f].rule = (int32_t)n.rule_f;
    return n;
}

/* The value of `read` with data at `path` replaced. */
static uint32_t add_with_data(const char *path, const char *value,
                              pol_instr read)
{
    pol_instr code[] = {
        I(ENV_NEW, 0, 2, 0, 0),
        I(CONST, 0, 0, assemble_json(&as, value), 0),
        I(ENV_SET, POL_ROOT_DATA, 2, assemble_json(&as, path), 0),
        I(ENV_USE, 0, 2, 0, 0),
        read,
        I(FORCE, 0, 0, 0, 7),
        I(RESULT, 0, 0, 0, 0),
        I(RETURN, 0, 0, 0, 0)};
    return ASSEMBLE_RULE(&as, QUERY, "query", 0, code);
}

static void test_with_data(void **state)
{
    (void)state;
    tree n = add_tree();
    pol_instr c = I(RULE, 0, 0, n.rule_c, 7), b = I(RULE, 0, 0, n.rule_b, 7),
              v = I(RULE, 0, 0, n.rule_v, 7), t = I(VDOC, 0, 0, n.t, 0),
              all = I(VDOC, 0, 0, 0, 0);
    const struct {
        const char *path, *value;
        pol_instr read;
        const char *wanted;
    } cases[] = {
        {"[\"t\", \"b\"]", "3", c, "4"},
        {"[\"t\", \"z\"]", "3", c, "2"},
        {"[\"t\"]", "{\"b\": 9}", b, "9"},
        {"[\"t\"]", "{\"b\": 9}", c, "undefined"},
        {"[\"t\"]", "{\"b\": 9}", t, "{\"b\": 9}"},
        {"[]", "{}", c, "undefined"},
        {"[]", "5", all, "5"},
        {"[\"t\", \"u\", \"v\"]", "9", v, "9"},
        {"[\"t\", \"u\"]", "9", t, "{\"b\": 1, \"c\": 2, \"u\": 9}"},
        {"[\"t\", \"z\"]", "3", t,
         "{\"b\": 1, \"c\": 2, \"u\": {\"v\": 7}, \"z\": 3}"},
    };
    uint32_t base = as.program.rule_count, consts = as.program.const_count;
    for (size_t i = 0; i < countof(cases); i++) {
        as.program.rule_count = base;
        as.program.const_count = consts;
        uint32_t p =
            add_with_data(cases[i].path, cases[i].value, cases[i].read);
        pol_vm_free(vm);
        vm = NULL;
        assert_string_equal(eval(p), cases[i].wanted);
    }
}

/* g(x, y) := f(x, y) * 10; calls f under a replacement. */
static void test_mocks(void **state)
{
    (void)state;
    uint32_t f = add_sum_function();
    uint32_t one = assemble_json(&as, "1"), ten = assemble_json(&as, "10"),
             five = assemble_json(&as, "5");
    pol_instr g[] = {I(LOAD, 0, 0, 0, 0), I(LOAD, 0, 1, 0, 0),
                     I(CALL, 2, 0, f, 6), I(CONST, 0, 0, ten, 0),
                     I(ARITH, POL_MUL, 0, 0, 6), I(RESULT, 0, 2, 0, 0),
                     I(RETURN, 0, 2, 0, 0)};
    uint32_t rule_g = ASSEMBLE_RULE(&as, FUNCTION, "data.t.g", 0, g);
    assemble_needs(&as, rule_g, 2, 3, 2);
    uint32_t join = assemble_builtin(&as, "join"),
             mul = assemble_builtin(&as, "mul");
    pol_instr code[] = {
        I(ENV_NEW, 0, 2, 0, 0),
        I(ENV_MOCK, POL_MOCK_RULE | POL_MOCK_BY_RULE, 2, f, rule_g),
        I(ENV_MOCK, 0, 2, join, mul),
        I(ENV_USE, 0, 2, 0, 0),
        I(CONST, 0, 0, one, 0), I(CONST, 0, 0, one, 0), I(CALL, 2, 0, f, 16),
        I(CONST, 0, 0, five, 0), I(CONST, 0, 0, five, 0),
        I(BUILTIN, 2, 0, join, 16),
        I(CONST, 0, 0, one, 0), I(CONST, 0, 0, one, 0),
        I(CALL, 2, 0, rule_g, 16),
        I(ARRAY, 0, 0, 3, 0), I(RESULT, 0, 0, 0, 0), I(RETURN, 0, 0, 0, 0),
        I(RETURN, 0, 0, 0, 0)};
    uint32_t p = ASSEMBLE_RULE(&as, QUERY, "query", 0, code);
    /* Inside the replacement the original is called; g itself sees it
     * replaced. */
    assert_string_equal(eval(p), "[20, 25, 200]");
    pol_instr value[] = {
        I(ENV_NEW, 0, 2, 0, 0), I(CONST, 0, 0, five, 0),
        I(ENV_VALUE, POL_MOCK_RULE, 2, f, 0), I(ENV_USE, 0, 2, 0, 0),
        I(CONST, 0, 0, one, 0), I(CONST, 0, 0, one, 0), I(CALL, 2, 0, f, 8),
        I(RESULT, 0, 0, 0, 0), I(RETURN, 0, 0, 0, 0)};
    pol_vm_free(vm);
    vm = NULL;
    uint32_t q = ASSEMBLE_RULE(&as, QUERY, "query", 0, value);
    assert_string_equal(eval(q), "5");
}

/* ---- virtual documents ------------------------------------------------------------------ */

static uint32_t add_force(uint32_t node)
{
    pol_instr code[] = {I(VDOC, 0, 0, node, 0), I(FORCE, 0, 0, 0, 3),
                        I(RESULT, 0, 0, 0, 0), I(RETURN, 0, 0, 0, 0)};
    return ASSEMBLE_RULE(&as, QUERY, "query", 0, code);
}

static void test_force(void **state)
{
    (void)state;
    tree n = add_tree();
    uint32_t t = add_force(n.t), all = add_force(0), f = add_force(n.f);
    assert_string_equal(eval(t), "{\"b\": 1, \"c\": 2, \"u\": {\"v\": 7}}");
    assert_string_equal(ask(f), "undefined");
    data("{\"t\": {\"z\": 0, \"u\": {\"w\": 8}}, \"a\": [], \"system\": 1}");
    assert_string_equal(eval(all),
                        "{\"a\": [], \"t\": {\"b\": 1, \"c\": 2, "
                        "\"u\": {\"v\": 7, \"w\": 8}, \"z\": 0}}");
    data("{\"t\": 5}");
    assert_string_equal(eval(t), "{\"b\": 1, \"c\": 2, \"u\": {\"v\": 7}}");
}

static void test_empty_package(void **state)
{
    (void)state;
    uint32_t node = assemble_node(&as, 0, "e");
    uint32_t e = add_force(node);
    assert_string_equal(eval(e), "{}");
    data("{\"e\": 4}");
    assert_string_equal(eval(e), "4");
}

/* data.t[input], forced. */
static void test_vdoc_index(void **state)
{
    (void)state;
    tree n = add_tree();
    pol_instr code[] = {
        I(VDOC, 0, 0, n.t, 0), I(ROOT, POL_ROOT_INPUT, 0, 0, 5),
        I(INDEX, 0, 0, 0, 5),  I(FORCE, 0, 0, 0, 5),
        I(RESULT, 0, 0, 0, 0), I(RETURN, 0, 0, 0, 0)};
    uint32_t p = ASSEMBLE_RULE(&as, QUERY, "query", 0, code);
    data("{\"t\": {\"z\": 0, \"f\": 3}}");
    static const char *const cases[][2] = {
        {"\"b\"", "1"}, {"\"c\"", "2"},         {"\"u\"", "{\"v\": 7}"},
        {"\"z\"", "0"}, {"\"y\"", "undefined"}, {"1", "undefined"},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        input(cases[i][0]);
        assert_string_equal(eval(p), cases[i][1]);
    }
}

/* [[k, v] | some k, v in data.t] */
static void test_vdoc_iteration(void **state)
{
    (void)state;
    tree n = add_tree();
    pol_instr code[] = {
        I(BUILD, POL_ARRAY, 0, 0, 0), I(VDOC, 0, 0, n.t, 0),
        I(ITER, 0, 1, 0, 10),         I(NEXT, 0, 1, 0, 10),
        I(LOAD, 0, 2, 0, 0),          I(LOAD, 0, 3, 0, 0),
        I(FORCE, 0, 0, 0, 3),         I(ARRAY, 0, 0, 2, 0),
        I(APPEND, 0, 0, 0, 0),        I(JUMP, 0, 0, 3, 0),
        I(SEAL, 0, 0, 0, 0),          I(RETURN, 0, 0, 0, 0)};
    uint32_t p = ASSEMBLE_RULE(&as, QUERY, "query", 0, code);
    data("{\"t\": {\"bb\": 0}}");
    assert_string_equal(eval(p), "[[\"b\", 1], [\"bb\", 0], [\"c\", 2], "
                                 "[\"u\", {\"v\": 7}]]");
}

/* ---- limits ------------------------------------------------------------------------------ */

/* loops for ever */
static uint32_t add_endless(void)
{
    pol_instr code[] = {I(JUMP, 0, 0, 0, 0)};
    return ASSEMBLE_RULE(&as, COMPLETE, "data.t.p", 0, code);
}

static void test_instruction_limit(void **state)
{
    (void)state;
    options.limits.instructions = 1000;
    uint32_t endless = add_endless();
    uint32_t many = assemble_json(&as, "1000"), few = assemble_json(&as, "999");
    uint32_t b = assemble_builtin(&as, "spin");
    pol_instr spin[] = {I(CONST, 0, 0, many, 0), I(BUILTIN, 1, 0, b, 3),
                        I(RESULT, 0, 0, 0, 0), I(RETURN, 0, 0, 0, 0)};
    uint32_t over = ASSEMBLE_RULE(&as, COMPLETE, "data.t.q", 0, spin);
    spin[0].c = few;
    uint32_t exact = ASSEMBLE_RULE(&as, COMPLETE, "data.t.r", 0, spin);
    assert_string_equal(eval(endless), "limit reached: 1000 instructions");
    assert_int_equal(error_code(), POL_DIAG_P0504);
    assert_true(pol_vm_last_error(vm)->is_limit);
    assert_string_equal(eval(over), "limit reached: 1000 instructions");
    assert_string_equal(eval(exact), "999");
}

static void test_memory_limit(void **state)
{
    (void)state;
    options.limits.memory = 1 << 20;
    uint32_t one = assemble_json(&as, "1");
    pol_instr code[] = {I(BUILD, POL_ARRAY, 0, 0, 0), I(CONST, 0, 0, one, 0),
                        I(APPEND, 0, 0, 0, 0), I(JUMP, 0, 0, 1, 0)};
    uint32_t p = ASSEMBLE_RULE(&as, COMPLETE, "data.t.p", 0, code);
    assert_string_equal(eval(p), "limit reached: 1048576 bytes of memory");
    assert_int_equal(error_code(), POL_DIAG_P0504);
}

/* f(x) := f(x) */
static void test_depth_limit(void **state)
{
    (void)state;
    options.limits.depth = 50;
    pol_instr code[] = {I(LOAD, 0, 0, 0, 0), I(CALL, 1, 0, 0, 3),
                        I(RESULT, 0, 1, 0, 0), I(RETURN, 0, 1, 0, 0)};
    uint32_t f = ASSEMBLE_RULE(&as, FUNCTION, "data.t.f", 0, code);
    assemble_needs(&as, f, 1, 2, 1);
    pol_value arg = pol_int(1), out;
    begin();
    assert_int_equal(pol_vm_function(vm, f, &arg, 1, &out), POL_VM_ERROR);
    assert_string_equal(pol_vm_last_error(vm)->message,
                        "limit reached: call depth 50");
}

/* A chain of ten rules, each reading the next, takes ten frames. */
static void test_depth_is_exact(void **state)
{
    (void)state;
    uint32_t one = assemble_json(&as, "1");
    for (uint32_t i = 0; i < 9; i++) {
        pol_instr code[] = {I(RULE, 0, 0, i + 1, 2), I(RESULT, 0, 0, 0, 0),
                            I(RETURN, 0, 0, 0, 0)};
        ASSEMBLE_RULE(&as, COMPLETE, "data.t.p", 0, code);
    }
    pol_instr last[] = {I(CONST, 0, 0, one, 0), I(RESULT, 0, 0, 0, 0),
                        I(RETURN, 0, 0, 0, 0)};
    ASSEMBLE_RULE(&as, COMPLETE, "data.t.p", 0, last);
    options.limits.depth = 10;
    assert_string_equal(eval(0), "1");
    pol_vm_free(vm);
    vm = NULL;
    options.limits.depth = 9;
    assert_string_equal(eval(0), "limit reached: call depth 9");
    /* Nothing stays busy: the inner rules still answer. */
    assert_string_equal(ask(5), "1");
}

static void *interrupt_later(void *arg)
{
    (void)arg;
    struct timespec pause = {0, 20000000};
    nanosleep(&pause, NULL);
    pol_vm_interrupt(vm);
    return NULL;
}

static void test_interrupt(void **state)
{
    (void)state;
    options.limits.instructions = UINT64_MAX;
    uint32_t p = add_endless();
    begin();
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, interrupt_later, NULL), 0);
    assert_string_equal(ask(p), "evaluation interrupted");
    pthread_join(thread, NULL);
    assert_int_equal(error_code(), POL_DIAG_P0504);
    assert_false(pol_vm_last_error(vm)->is_limit);
}

static void test_builtin_errors_kept(void **state)
{
    (void)state;
    uint32_t b = assemble_builtin(&as, "fails");
    pol_instr code[] = {I(ROOT, POL_ROOT_INPUT, 0, 0, 6), I(ITER, 0, 1, 0, 6),
                        I(NEXT, 0, 1, 0, 6), I(LOAD, 0, 3, 0, 0),
                        I(BUILTIN, 1, 0, b, 2), I(RESULT, 0, 0, 0, 0),
                        I(RETURN, 0, 0, 0, 0)};
    uint32_t p = ASSEMBLE_RULE(&as, COMPLETE, "data.t.p", 0, code);
    char many[1024] = "[0";
    for (int i = 0; i < 150; i++)
        strcat(many, ",1");
    strcat(many, "]");
    uint32_t count;
    input("[1, 2, 3, 4, 5]");
    assert_string_equal(eval(p), "undefined");
    const pol_vm_error *errors = pol_vm_builtin_errors(vm, &count);
    assert_int_equal(count, 5);
    assert_string_equal(errors[4].message, "fails: always");
    input(many);
    assert_string_equal(eval(p), "undefined");
    pol_vm_builtin_errors(vm, &count);
    assert_int_equal(count, 100);
    begin();
    pol_vm_builtin_errors(vm, &count);
    assert_int_equal(count, 0);
}

/* ---- threads ------------------------------------------------------------------------------ */

enum { EVALUATIONS = 20000 };

static void *evaluate_many(void *arg)
{
    uint32_t rule = *(uint32_t *)arg;
    pol_vm *own = pol_vm_new(&as.program, &options);
    uintptr_t wrong = own == NULL;
    for (int i = 0; i < EVALUATIONS && !wrong; i++) {
        pol_value out;
        pol_vm_begin(own, &roots);
        wrong = pol_vm_rule(own, rule, &out) != POL_VM_DEFINED ||
                out.tag != POL_ARRAY || out.len != 4;
    }
    pol_vm_free(own);
    return (void *)wrong;
}

static void test_threads(void **state)
{
    (void)state;
    tree n = add_tree();
    pol_instr code[] = {
        I(BUILD, POL_ARRAY, 0, 0, 0), I(VDOC, 0, 0, n.t, 0),
        I(ITER, 0, 1, 0, 8),          I(NEXT, 0, 1, 0, 8),
        I(LOAD, 0, 3, 0, 0),          I(FORCE, 0, 0, 0, 3),
        I(APPEND, 0, 0, 0, 0),        I(JUMP, 0, 0, 3, 0),
        I(SEAL, 0, 0, 0, 0),          I(RETURN, 0, 0, 0, 0)};
    uint32_t rule = ASSEMBLE_RULE(&as, QUERY, "query", 0, code);
    data("{\"t\": {\"z\": 0}}");
    begin();
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, evaluate_many, &rule), 0);
    for (int i = 0; i < 2; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        assert_null(wrong);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_field),
        TEST(test_field_after_reuse),
        TEST(test_documents_kept),
        TEST(test_index),
        TEST(test_tests),
        TEST(test_arith),
        TEST(test_arith_errors),
        TEST(test_set_difference),
        TEST(test_compare),
        TEST(test_secrets_spread),
        TEST(test_literals),
        TEST(test_iteration),
        TEST(test_put),
        TEST(test_paths),
        TEST(test_conflicts),
        TEST(test_call),
        TEST(test_large_frames),
        TEST(test_memo),
        TEST(test_recursion),
        TEST(test_with_input),
        TEST(test_with_data),
        TEST(test_mocks),
        TEST(test_force),
        TEST(test_empty_package),
        TEST(test_vdoc_index),
        TEST(test_vdoc_iteration),
        TEST(test_instruction_limit),
        TEST(test_memory_limit),
        TEST(test_depth_limit),
        TEST(test_depth_is_exact),
        TEST(test_interrupt),
        TEST(test_builtin_errors_kept),
        TEST(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
