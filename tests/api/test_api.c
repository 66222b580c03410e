/* SPDX-License-Identifier: Apache-2.0
 *
 * pol.h as an embedder uses it: the whole way, what happens on each failure,
 * and that everything can be freed at any point. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "pol.h"
#include "pol_stdlib.h"

typedef struct fixture {
    pol_engine *engine;
    pol_modules *modules;
    pol_diags *diags;
    char printed[256];
} fixture;

static int set_up(void **state)
{
    static fixture f;
    f = (fixture){0};
    f.engine =
        pol_engine_new(&(pol_engine_options){.builtins = pol_stdlib()});
    f.modules = pol_modules_new(f.engine);
    f.diags = pol_diags_new();
    *state = &f;
    return f.engine && f.modules && f.diags ? 0 : -1;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    pol_modules_free(f->modules);
    pol_engine_free(f->engine);
    pol_diags_free(f->diags);
    return 0;
}

static bool add(fixture *f, const char *text)
{
    return pol_modules_add(f->modules, "m.rego", text, strlen(text), 0,
                           f->diags);
}

static pol_evaluator *begin(fixture *f, const pol_eval_options *options)
{
    pol_evaluator *evaluator = pol_evaluator_new(f->modules, options);
    pol_evaluator_begin(evaluator, &(pol_eval_documents){0});
    return evaluator;
}

static void test_free_of_null(void **state)
{
    (void)state;
    pol_evaluator_free(NULL);
    pol_modules_free(NULL);
    pol_engine_free(NULL);
    pol_diags_free(NULL);
    pol_doc_free(NULL);
}

static void test_rule_and_query(void **state)
{
    fixture *f = *state;
    assert_true(add(f, "package a\nx := 1\ny contains v if some v in [2, 3]\n"));
    int query = pol_modules_add_query(f->modules, "some v in data.a.y", 18,
                                      0, f->diags);
    assert_true(query >= 0);
    assert_true(pol_modules_compile(f->modules, NULL, f->diags));
    int rule = pol_modules_find_rule(f->modules, "data.a.x");
    assert_true(rule >= 0);
    assert_int_equal(pol_modules_find_rule(f->modules, "data.a.none"), -1);
    pol_evaluator *evaluator = begin(f, NULL);
    pol_value out = pol_undefined();
    assert_int_equal(pol_evaluator_rule(evaluator, (uint32_t)rule, &out),
                     POL_DEFINED);
    assert_true(pol_equal(out, pol_int(1)));
    assert_int_equal(pol_evaluator_query(evaluator, query, &out), POL_DEFINED);
    assert_int_equal(out.len, 2);
    pol_value second = pol_get_name(pol_at(out, 1), "bindings");
    assert_true(pol_equal(pol_get_name(second, "v"), pol_int(3)));
    pol_evaluator_free(evaluator);
}

static void test_views(void **state)
{
    fixture *f = *state;
    assert_true(add(f, "package a.b\n\ntest_x if true\nf(x) := x\n"));
    assert_true(pol_modules_compile(f->modules, NULL, f->diags));
    assert_int_equal(pol_modules_rule_count(f->modules), 2);
    int rule = pol_modules_find_rule(f->modules, "data.a.b.test_x");
    pol_rule_view view = pol_modules_rule(f->modules, (uint32_t)rule);
    assert_string_equal(view.path, "data.a.b.test_x");
    assert_string_equal(view.package, "a.b");
    assert_string_equal(view.name, "test_x");
    assert_string_equal(view.file, "m.rego");
    assert_int_equal(view.line, 3);
    assert_int_equal(view.column, 1);
    assert_false(view.is_function);
}

static void test_broken_module(void **state)
{
    fixture *f = *state;
    assert_false(add(f, "package a\nx := [1,\ny := }\n"));
    assert_true(pol_diags_errors(f->diags) >= 1);
    pol_diag_view view;
    assert_true(pol_diags_at(f->diags, 0, &view));
    assert_string_equal(view.file, "m.rego");
    assert_string_equal(view.opa_code, "rego_parse_error");
    assert_true(view.line >= 2 && view.column >= 1);
    assert_false(pol_diags_at(f->diags, 1000, &view));
    pol_arena *arena = pol_arena_new(0);
    size_t len = 0;
    const char *text = pol_diags_text(f->diags, arena, false, &len);
    assert_non_null(strstr(text, "--> m.rego:"));
    assert_null(strchr(text, '\x1b'));
    assert_non_null(strchr(pol_diags_text(f->diags, arena, true, &len),
                           '\x1b'));
    pol_arena_free(arena);
}

static void test_errors_of_two_files(void **state)
{
    fixture *f = *state;
    assert_true(add(f, "package a\np := x\n"));
    assert_true(add(f, "package b\np := y\n"));
    assert_false(pol_modules_compile(f->modules, NULL, f->diags));
    assert_int_equal(pol_diags_errors(f->diags), 2);
}

static void test_broken_query(void **state)
{
    fixture *f = *state;
    assert_int_equal(pol_modules_add_query(f->modules, "1 +", 3, 0, f->diags), -1);
    assert_int_equal(pol_modules_add_query(f->modules, "", 0, 0, f->diags), -1);
    assert_true(pol_diags_errors(f->diags) >= 2);
}

static void test_hosts_diagnostic(void **state)
{
    fixture *f = *state;
    pol_diags_report(f->diags, "P0901", "x.rego: no such file", "look again");
    pol_diag_view view;
    assert_true(pol_diags_at(f->diags, 0, &view));
    assert_string_equal(view.code, "P0901");
    assert_string_equal(view.message, "x.rego: no such file");
    assert_string_equal(view.help, "look again");
    assert_int_equal(view.line, 0);
}

static void test_documents(void **state)
{
    fixture *f = *state;
    static const char text[] = "{\"a\": [1,\n  {\"b\": true}]}";
    pol_doc *doc = pol_doc_read_text("t.json", text, sizeof text - 1,
                                     POL_DOC_JSON, 0, f->diags);
    assert_non_null(doc);
    assert_int_equal(pol_doc_count(doc), 1);
    pol_value path[] = {pol_literal("a"), pol_int(1), pol_literal("b")};
    uint32_t line = 0, column = 0;
    assert_true(pol_doc_locate(doc, 0, path, 3, &line, &column));
    assert_int_equal(line, 2);
    assert_int_equal(column, 9);
    path[2] = pol_literal("none");
    assert_false(pol_doc_locate(doc, 0, path, 3, &line, &column));
    assert_int_equal(line, 2);
    assert_int_equal(column, 3);
    pol_doc_free(doc);
    static const char twice[] = "{\"a\": 1, \"a\": 2}";
    assert_null(pol_doc_read_text("t.json", twice, sizeof twice - 1,
                                  POL_DOC_JSON, 0, f->diags));
    doc = pol_doc_read_text("t.json", twice, sizeof twice - 1, POL_DOC_JSON,
                            POL_LAST_WINS, f->diags);
    assert_true(pol_equal(pol_get_name(pol_doc_root(doc, 0), "a"), pol_int(2)));
    pol_doc_free(doc);
    assert_null(pol_doc_read("no/such/file.json", POL_DOC_AUTO, 0, f->diags));
}

static void print_line(void *host, const char *file, uint32_t line,
                       const char *text, size_t len)
{
    fixture *f = host;
    (void)file;
    (void)line;
    memcpy(f->printed, text, len < 200 ? len : 200);
}

static void test_print(void **state)
{
    fixture *f = *state;
    assert_true(add(f, "package a\np if print(\"hello\", {1})\n"));
    assert_true(pol_modules_compile(f->modules, NULL, f->diags));
    pol_eval_options options = {.print = print_line, .host = f};
    pol_evaluator *evaluator = begin(f, &options);
    pol_value out;
    assert_int_equal(pol_evaluator_rule(evaluator, 0, &out), POL_DEFINED);
    assert_string_equal(f->printed, "hello {1}");
    pol_evaluator_free(evaluator);
}

/* An evaluation that fails leaves the evaluator usable. */
static void test_failure_and_after(void **state)
{
    fixture *f = *state;
    assert_true(add(f, "package a\nbad := 1\nbad := 2 if true\ngood := 3\n"
                       "slow if {\n    some i in numbers.range(1, 3000)\n"
                       "    some j in numbers.range(1, 3000)\n"
                       "    i * j == -1\n}\nzero := 1 / 0\n"));
    assert_true(pol_modules_compile(f->modules, NULL, f->diags));
    pol_eval_options options = {.max_instructions = 100000};
    pol_evaluator *evaluator = begin(f, &options);
    pol_eval_documents none = {0};
    pol_value out;
    pol_eval_error error;
    int bad = pol_modules_find_rule(f->modules, "data.a.bad");
    int good = pol_modules_find_rule(f->modules, "data.a.good");
    int slow = pol_modules_find_rule(f->modules, "data.a.slow");
    int zero = pol_modules_find_rule(f->modules, "data.a.zero");
    assert_int_equal(pol_evaluator_rule(evaluator, (uint32_t)bad, &out),
                     POL_FAILED);
    assert_true(pol_evaluator_error(evaluator, &error));
    assert_string_equal(error.code, "P0501");
    assert_string_equal(error.opa_code, "eval_conflict_error");
    assert_false(error.is_limit);
    pol_evaluator_begin(evaluator, &none);
    assert_false(pol_evaluator_error(evaluator, &error));
    assert_int_equal(pol_evaluator_rule(evaluator, (uint32_t)slow, &out),
                     POL_FAILED);
    assert_true(pol_evaluator_error(evaluator, &error) && error.is_limit);
    assert_non_null(strstr(error.message, "instructions"));
    pol_evaluator_begin(evaluator, &none);
    assert_int_equal(pol_evaluator_rule(evaluator, (uint32_t)zero, &out),
                     POL_UNDEFINED_RESULT);
    assert_true(pol_evaluator_builtin_error(evaluator, 0, &error));
    assert_non_null(strstr(error.message, "divide by zero"));
    pol_evaluator_begin(evaluator, &none);
    assert_int_equal(pol_evaluator_rule(evaluator, (uint32_t)good, &out),
                     POL_DEFINED);
    assert_true(pol_equal(out, pol_int(3)));
    pol_evaluator_free(evaluator);
}

static void test_builtins(void **state)
{
    fixture *f = *state;
    uint32_t count = 0;
    const pol_builtin *row, *last = NULL;
    for (; (row = pol_engine_builtin(f->engine, count)); count++) {
        assert_true(!last || strcmp(last->name, row->name) < 0);
        assert_non_null(row->signature);
        assert_true(row->doc && *row->doc);
        last = row;
    }
    assert_true(count > 100);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_free_of_null),        TEST(test_rule_and_query),
        TEST(test_views),               TEST(test_broken_module),
        TEST(test_errors_of_two_files), TEST(test_broken_query),
        TEST(test_hosts_diagnostic),    TEST(test_documents),
        TEST(test_print),               TEST(test_failure_and_after),
        TEST(test_builtins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
