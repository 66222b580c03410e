/* SPDX-License-Identifier: Apache-2.0
 *
 * What rules say for certain and what they may say when the input holds unknown
 * values: one row a construct of the language. In the input, the string "?" is
 * an unknown value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "compile.h"
#include "pol_stdlib.h"
#include "vm.h"

typedef struct row {
    const char *rules; /* the body of package t */
    const char *input;
    const char *sure;     /* of data.t.r, as JSON; "-" undefined */
    const char *possible; /* "=" as sure */
} row;

static const row rows[] = {
    /* tests */
    {"r if input.a == 1", "{\"a\": \"?\"}", "-", "true"},
    {"r if input.a != 1", "{\"a\": \"?\"}", "-", "true"},
    {"r if input.a > 1", "{\"a\": \"?\"}", "-", "true"},
    {"r if input.a", "{\"a\": \"?\"}", "-", "true"},
    {"r if input.a in [1, 2]", "{\"a\": \"?\"}", "-", "true"},
    {"r if 3 in input.a", "{\"a\": [\"?\", 3]}", "true", "="},
    {"r if 3 in input.a", "{\"a\": [\"?\", 4]}", "-", "true"},
    {"r if input.a == [1, 2]", "{\"a\": [\"?\", 3]}", "-", "="},
    {"r if input.a == [1, 2]", "{\"a\": [\"?\", 2]}", "-", "true"},
    {"r if input.a == {\"x\": 1}", "{\"a\": {\"y\": \"?\"}}", "-", "="},
    {"r if startswith(input.a, \"x\")", "{\"a\": \"?\"}", "-", "true"},
    {"r if input.a + 1 > 0", "{\"a\": \"?\"}", "-", "true"},
    {"r if input.a.b.c == 1", "{\"a\": \"?\"}", "-", "true"},
    /* a known condition decides wherever it stands */
    {"r if {input.a == 1; input.b == 2}", "{\"a\": \"?\", \"b\": 3}", "-", "="},
    {"r if {input.b == 2; input.a == 1}", "{\"a\": \"?\", \"b\": 3}", "-", "="},
    {"r if {input.b == 3; input.a == 1}", "{\"a\": \"?\", \"b\": 3}", "-",
     "true"},
    /* negation */
    {"r if not input.a == 1", "{\"a\": \"?\"}", "-", "true"},
    {"r if not input.a", "{\"a\": \"?\"}", "-", "true"},
    {"r if {not input.a == 1; input.b == 1}", "{\"a\": \"?\", \"b\": 2}", "-",
     "="},
    {"r if not p\np if not input.a == 1", "{\"a\": \"?\"}", "-", "true"},
    {"r if not p\np if {input.a == 1; false}", "{\"a\": \"?\"}", "true", "="},
    /* iteration */
    {"r if {some x in input.a; x == 1}", "{\"a\": [\"?\", 1]}", "true", "="},
    {"r if {some x in input.a; x == 1}", "{\"a\": [\"?\", 2]}", "-", "true"},
    {"r if {some x in input.a; x == 1}", "{\"a\": \"?\"}", "-", "true"},
    {"r if input.a[_].b == 1", "{\"a\": [{\"b\": \"?\"}, {\"b\": 2}]}", "-",
     "true"},
    {"r if every x in input.a {x > 0}", "{\"a\": [\"?\", 1]}", "-", "true"},
    {"r if every x in input.a {x > 0}", "{\"a\": [\"?\", 0]}", "-", "="},
    {"r if every x in input.a {x > 0}", "{\"a\": \"?\"}", "-", "true"},
    {"r if not p\np if every x in input.a {x > 0}", "{\"a\": [0, \"?\"]}", "true",
     "="},
    /* sets and messages */
    {"r contains \"m\" if input.a == 1", "{\"a\": \"?\"}", "[]", "[\"m\"]"},
    {"r contains x if {some x in input.a; x > 1}", "{\"a\": [2, \"?\"]}", "[2]",
     "[2,\"<unknown>\"]"},
    {"r contains x if {some x in p}\np contains 1 if input.a\np contains 2",
     "{\"a\": \"?\"}", "[2]", "[1,2]"},
    {"r if 2 in p\np contains 1 if input.a\np contains 2", "{\"a\": \"?\"}",
     "true", "="},
    {"r if p[1]\np contains 1 if input.a\np contains 2", "{\"a\": \"?\"}", "-",
     "true"},
    {"r := count(p)\np contains 1 if input.a\np contains 2", "{\"a\": \"?\"}",
     "\"<unknown>\"", "="},
    {"r if count(p) == 0\np contains 1 if input.a\np contains 2",
     "{\"a\": \"?\"}", "-", "="},
    {"r := count(p)\np contains 1 if {input.a; false}\np contains 2",
     "{\"a\": \"?\"}", "1", "="},
    {"r if count(p) > 0\np contains 1 if input.a", "{\"a\": \"?\"}", "-",
     "true"},
    {"r := p.x\np[k] := 1 if {some k in input.a}", "{\"a\": [\"x\", \"?\"]}",
     "1", "="},
    /* types do not depend on what lies inside */
    {"r if is_array(input.a)", "{\"a\": [\"?\"]}", "true", "="},
    {"r if is_string(input.a)", "{\"a\": [\"?\"]}", "-", "="},
    {"r := type_name(input.a)", "{\"a\": {\"b\": \"?\"}}", "\"object\"",
     "="},
    {"r if is_array(input.a)", "{\"a\": \"?\"}", "-", "true"},
    /* comprehensions */
    {"r if count([x | some x in input.a; x > 1]) == 1", "{\"a\": [2, \"?\"]}",
     "-", "true"},
    {"r if count([x | some x in input.a; x > 1]) == 1", "{\"a\": [2, 0]}",
     "true", "="},
    {"r := [x | some x in input.a; x < 0]", "{\"a\": [\"?\"]}",
     "\"<unknown>\"", "="},
    {"r := {x | some x in input.a; input.b == 1}",
     "{\"a\": [\"?\"], \"b\": 2}", "[]", "="},
    /* what an unknown condition leaves open is known in part */
    {"r if count([1 | some x in [1, 2]; x > input.a]) < 1", "{\"a\": \"?\"}",
     "-", "true"},
    {"r if count([1 | some x in [1, 2]; x > input.a]) > 2", "{\"a\": \"?\"}",
     "-", "="},
    {"r if count([x | some x in [0, 7]; f(x)]) > 0\nf(7)\nf(x) if x > input.a",
     "{\"a\": \"?\"}", "true", "="},
    {"r if 2 in p\np contains 1 if input.a", "{\"a\": \"?\"}", "-", "="},
    {"r if {x := {y | some y in [1, 2]; y > input.a}; x[3]}",
     "{\"a\": \"?\"}", "-", "="},
    {"r if {x := {y: 1 | some y in [1, 2]; y > input.a}; x[2] == 2}",
     "{\"a\": \"?\"}", "-", "="},
    {"r if every x in [y | some y in [1, 2]; y > input.a] {x > 0}",
     "{\"a\": \"?\"}", "true", "="},
    {"r if every x in p {x > 1}\np contains 1\np contains 0 if input.a",
     "{\"a\": \"?\"}", "-", "="},
    {"r if every x in p {x > 0}\np contains 1\np contains 0 if input.a",
     "{\"a\": \"?\"}", "-", "true"},
    {"r := x[0] if x := [y | some y in [1, 2]; y > input.a]",
     "{\"a\": \"?\"}", "-", "\"<unknown>\""},
    {"r := i if some i, 2 in [y | some y in [1, 2]; y > input.a]",
     "{\"a\": \"?\"}", "-", "\"<unknown>\""},
    /* how many elements there are is not known where unknown ones are folded */
    {"r if count([x | some x in p]) == 1\np contains x if some x in input.a",
     "{\"a\": [\"?\", \"?\"]}", "-", "true"},
    {"r if count([x | some x in {input.a, 1}]) == 2", "{\"a\": \"?\"}", "-",
     "true"},
    {"r if count([x | some x in [y | some y in input.a]]) < 2",
     "{\"a\": \"?\"}", "-", "true"},
    {"r if count([x | some x in [1]; y := [z | some z in input.a]]) == 1",
     "{\"a\": \"?\"}", "true", "="},
    /* types of what is unknown */
    {"r if input.a + 1 == input.b", "{\"a\": \"?\", \"b\": \"x\"}", "-", "="},
    {"r if input.a + 1 > input.b", "{\"a\": \"?\", \"b\": \"x\"}", "-", "="},
    {"r if (input.a == 1) == input.b", "{\"a\": \"?\", \"b\": 2}", "-", "="},
    {"r if (input.a == 1) == input.b", "{\"a\": \"?\", \"b\": false}", "-",
     "true"},
    {"r if p\np := 1 if input.a else := \"x\"", "{\"a\": \"?\"}", "true",
     "="},
    {"r if p\np := 1 if input.a else := false", "{\"a\": \"?\"}", "-",
     "true"},
    {"r if p > 2\np := 1 if input.a else := 2", "{\"a\": \"?\"}", "-", "="},
    {"r if p\np := count(input.a) % 2 if input.b else := input.a",
     "{\"a\": \"?\", \"b\": \"?\"}", "-", "true"},
    {"r if is_array(input.a)", "{\"a\": [\"?\"]}", "true", "="},
    {"r if is_array(input.a)", "{\"a\": \"?\"}", "-", "true"},
    {"r if is_number(input.a * 2)", "{\"a\": \"?\"}", "-", "true"},
    {"r if is_string(input.a * 2)", "{\"a\": \"?\"}", "-", "="},
    {"r := type_name(input.a)", "{\"a\": [\"?\"]}", "\"array\"", "="},
    /* one of few */
    {"r if {\"x\": 1}[input.a] == 2", "{\"a\": \"?\"}", "-", "="},
    {"r if {\"x\": 1, \"y\": 2}[input.a] > 1", "{\"a\": \"?\"}", "-",
     "true"},
    {"r if 0, 1 in input.a", "{\"a\": [1, \"?\"]}", "true", "="},
    {"r if 1, 1 in input.a", "{\"a\": [1, \"?\"]}", "-", "true"},
    {"r if 0, 1 in input.a", "{\"a\": [2, \"?\"]}", "-", "="},
    {"r if input.b, 1 in [2]", "{\"b\": \"?\"}", "-", "="},
    {"r if max(input.a) != null", "{\"a\": [\"?\", 1]}", "-", "true"},
    {"r if {max(input.a); false}", "{\"a\": [\"?\", 1]}", "-", "="},
    {"r contains 1 if max(input.a) == max(input.b)",
     "{\"a\": [\"?\"], \"b\": []}", "[]", "="},
    /* complete rules, else, default, functions */
    {"default r := 1\nr := 2 if input.a", "{\"a\": \"?\"}", "\"<unknown>\"",
     "="},
    {"default r := 1\nr := 1 if input.a", "{\"a\": \"?\"}", "1", "="},
    {"default r := 1\nr := 2 if {input.a; false}", "{\"a\": \"?\"}", "1", "="},
    {"r := 1 if input.a else := 2", "{\"a\": \"?\"}", "\"<unknown>\"", "="},
    {"r := 1 if input.b else := 2 if input.a", "{\"a\": \"?\", \"b\": 1}", "1",
     "="},
    {"r := 1 if input.a else := 1", "{\"a\": \"?\"}", "1", "="},
    {"r := 1 if input.a else := 2 if false", "{\"a\": \"?\"}", "-", "1"},
    {"r := f(input.a)\nf(x) := 1 if x > 1\nf(x) := 2 if x <= 1",
     "{\"a\": \"?\"}", "-", "\"<unknown>\""},
    {"r := f(input.a)\nf(x) := 1 if x > 1 else := 1", "{\"a\": \"?\"}", "1",
     "="},
    {"r if f(input.a)\nf(x) if x == 1", "{\"a\": \"?\"}", "-", "true"},
    {"r if f(input.a)\nf(\"x\") := true", "{\"a\": \"?\"}", "-", "true"},
    {"r if p == 2\ndefault p := 1\np := 2 if input.a", "{\"a\": \"?\"}", "-",
     "true"},
    {"r if p == 3\ndefault p := 1\np := 2 if {input.a; input.b}",
     "{\"a\": \"?\", \"b\": false}", "-", "="},
    /* the order of definitions does not matter to what is sure */
    {"r := 2\nr := 1 if input.a == 1 else := 2", "{\"a\": \"?\"}",
     "\"<unknown>\"", "="},
    {"r := 2\nr := 2 if input.a == 1 else := 2", "{\"a\": \"?\"}", "2", "="},
    /* keys */
    {"r if p.x == 1\np[k] := 1 if some k in input.a", "{\"a\": [\"?\"]}", "-",
     "true"},
    {"r if {y := {\"x\": 1, input.a: 2}; y.x == 1}", "{\"a\": \"?\"}", "-",
     "true"},
    {"r if {y := {k: 1 | some k in input.a}; y.x}", "{\"a\": [\"?\"]}", "-",
     "true"},
    {"r := {k: v | some [k, v] in [[\"a\", input.a], [\"a\", 1]]}",
     "{\"a\": \"?\"}", "\"<unknown>\"", "="},
    {"r if data.t.q[input.a] == 1\nq.x := 1", "{\"a\": \"?\"}", "-", "true"},
    {"r if count(data.t.q) == 1\nq.x := 1\nq.y := 2 if input.a",
     "{\"a\": \"?\"}", "-", "true"},
    /* members that are gathered from several solutions */
    {"r if {some k in [\"a\"]; count(p[k]) == 1}\n"
     "p[k] contains x if {some k in [\"a\"]; some x in [1, 2]; x <= input.a}\n"
     "p.a contains 1",
     "{\"a\": \"?\"}", "-", "true"},
    {"r if {some k, v in p; not v.z}\np[k].y := 1 if some k in [\"a\"]\n"
     "p.a.z := 1 if input.a",
     "{\"a\": \"?\"}", "-", "true"},
    {"r := p.b\np[k] := 1 if some k in [\"x\"]\np.b := 1 if input.a else := 2",
     "{\"a\": \"?\"}", "\"<unknown>\"", "="},
    {"r if {some k, v in p; v == 2}\np[k] := 1 if some k in [\"x\"]\n"
     "p.b := 1 if input.a else := 2",
     "{\"a\": \"?\"}", "-", "true"},
    /* built-in functions on partly known values */
    {"r if {walk(input, [p, 1]); p[1] == \"x\"}", "{\"a\": \"?\"}", "-",
     "true"},
    {"r if {walk(input, [p, 1]); p[0] == \"b\"}", "{\"a\": \"?\", \"b\": 1}",
     "true", "="},
    {"r := count([1 | walk(input, _)])", "{\"a\": \"?\"}",
     "\"<unknown>\"", "="},
    {"r := count(array.flatten([input.a]))", "{\"a\": \"?\"}", "-",
     "\"<unknown>\""},
    {"r if object.remove({\"x\": 1}, [input.a]) == {\"x\": 1}",
     "{\"a\": \"?\"}", "-", "true"},
    {"r if object.filter({\"x\": 1}, [input.a]) == {}", "{\"a\": \"?\"}", "-",
     "true"},
    {"r if object.union({\"x\": input.a}, {\"x\": {\"y\": 1}}) == "
     "{\"x\": {\"y\": 1}}",
     "{\"a\": \"?\"}", "-", "true"},
    {"r := object.get(input, [\"a\", \"b\"], 1)", "{\"a\": \"?\"}",
     "\"<unknown>\"", "="},
    {"r if count({[x] | some x in input.a}) == 2", "{\"a\": [\"?\", 1]}", "-",
     "true"},
    {"r := 1 if upper(input.a) else := 2", "{\"a\": [\"?\"]}", "2", "="},
    /* order and equality of what is partly known */
    {"r if [1, input.a] < [2]", "{\"a\": \"?\"}", "true", "="},
    {"r if [1, input.a] < [1, 2]", "{\"a\": \"?\"}", "-", "true"},
    {"r if [1, input.a] > \"x\"", "{\"a\": \"?\"}", "true", "="},
    {"r if {1, input.a} == {2, 3}", "{\"a\": \"?\"}", "-", "="},
    {"r if {1, input.a} == {1, 3}", "{\"a\": \"?\"}", "-", "true"},
    /* with */
    {"r if input.a.c == 1 with input.a.b as 2", "{\"a\": \"?\"}", "-", "true"},
    {"r if input.a.c == 1 with input.a.b as 2", "{\"a\": {\"c\": 1}}", "true",
     "="},
    /* messages may hold unknowns */
    {"r := sprintf(\"a is %v\", [input.a])", "{\"a\": \"?\"}",
     "\"a is <unknown>\"", "="},
    {"r := $\"a is {input.a}\"", "{\"a\": \"?\"}", "\"a is <unknown>\"", "="},
    /* destructuring */
    {"r := x if [x, 1] = input.a", "{\"a\": [5, \"?\"]}", "-", "5"},
    {"r := x if [x, 1] = input.a", "{\"a\": [5, 2, \"?\"]}", "-", "="},
    {"r := x if {\"k\": x} = input.a", "{\"a\": {\"k\": \"?\"}}",
     "\"<unknown>\"", "="},
};

/* The input with "?" replaced. */
static pol_value mark(pol_arena *arena, pol_value v)
{
    pol_builder b;
    if (pol_string_is(v, "?"))
        return (pol_value){.tag = POL_UNKNOWN};
    if (v.tag != POL_ARRAY && v.tag != POL_OBJECT)
        return v;
    pol_builder_init(&b, arena, (pol_tag)v.tag);
    for (uint32_t i = 0; i < v.len; i++) {
        if (v.tag == POL_ARRAY)
            pol_builder_add(&b, mark(arena, pol_at(v, i)));
        else
            pol_builder_put(&b, pol_key_at(v, i),
                            mark(arena, pol_value_at(v, i)));
    }
    return pol_builder_done(&b);
}

static const char *show(pol_arena *arena, pol_vm_status status, pol_value v)
{
    size_t len;
    if (status == POL_VM_ERROR)
        return "error";
    return status == POL_VM_DEFINED
               ? pol_value_text(arena, v, POL_TEXT_JSON, &len)
               : "-";
}

static bool run(pol_engine *engine, const row *r)
{
    pol_diags *diags = pol_diags_new();
    pol_arena *arena = pol_arena_new(0);
    pol_modules *modules = pol_modules_new(engine);
    char text[1024];
    int len = snprintf(text, sizeof text, "package t\n%s\n", r->rules);
    bool good = pol_modules_add(modules, "t", text, (size_t)len, 0, diags) &&
                pol_modules_compile(modules, NULL, diags);
    const char *sure = "no program", *possible = sure, *error;
    size_t at;
    if (good) {
        int rule = pol_modules_find_rule(modules, "data.t.r");
        pol_vm *vm = pol_vm_new(&modules->program, NULL);
        pol_vm_roots roots = {.unknowns = true};
        pol_value v;
        roots.roots[POL_ROOT_INPUT] =
            mark(arena, pol_value_parse_json(arena, r->input, strlen(r->input),
                                             false, &error, &at));
        pol_vm_begin(vm, &roots);
        pol_vm_status status = pol_vm_rule(vm, (uint32_t)rule, &v);
        sure = show(arena, status, v);
        status = pol_vm_rule_possible(vm, (uint32_t)rule, &v);
        possible = show(arena, status, v);
        pol_vm_free(vm);
    }
    const char *wanted = r->possible[0] == '=' ? r->sure : r->possible;
    good = strcmp(sure, r->sure) == 0 && strcmp(possible, wanted) == 0;
    if (!good)
        print_error("%s\n  with %s\n  wants %s, %s\n  got   %s, %s\n", r->rules,
                    r->input, r->sure, wanted, sure, possible);
    pol_modules_free(modules);
    pol_arena_free(arena);
    pol_diags_free(diags);
    return good;
}

static void test_rows(void **state)
{
    (void)state;
    pol_engine_options options = {.builtins = pol_stdlib()};
    pol_engine *engine = pol_engine_new(&options);
    unsigned bad = 0;
    for (size_t i = 0; i < countof(rows); i++)
        bad += !run(engine, &rows[i]);
    pol_engine_free(engine);
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
