/* SPDX-License-Identifier: Apache-2.0
 *
 * One compiled program and one document, many threads: every one gets the same
 * answers, and nothing is shared that changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <string.h>

#include "pol.h"
#include "pol_stdlib.h"

enum { THREADS = 8, ROUNDS = 200 };

static const char module[] =
    "package a\n"
    "big := {sprintf(\"%s-%d\", [name, n]) |\n"
    "    some name in input.names\n"
    "    some n in numbers.range(1, 20)\n"
    "}\n"
    "matches contains x if { some x in big; regex.match(`^a-1[0-9]$`, x) }\n"
    "total := sum([n | some n in data.numbers])\n"
    "deep if data.numbers[_] == 7 with data.numbers as [7]\n"
    "answer := [matches, total, deep]\n";

static const char input_text[] = "{\"names\": [\"a\", \"b\", \"c\"]}";
static const char data_text[] = "{\"numbers\": [1, 2.5, 3e2]}";
static const char expected[] =
    "[[\"a-10\",\"a-11\",\"a-12\",\"a-13\",\"a-14\",\"a-15\",\"a-16\","
    "\"a-17\",\"a-18\",\"a-19\"],303.5,true]";

typedef struct shared {
    const pol_modules *modules;
    uint32_t rule;
    pol_eval_documents documents;
} shared;

static void *evaluate(void *host)
{
    const shared *s = host;
    size_t bad = 0;
    pol_evaluator *evaluator = pol_evaluator_new(s->modules, NULL);
    for (int i = 0; i < ROUNDS; i++) {
        pol_value out = pol_undefined();
        size_t len = 0;
        pol_evaluator_begin(evaluator, &s->documents);
        const char *text = "";
        if (pol_evaluator_rule(evaluator, s->rule, &out) == POL_DEFINED)
            text = pol_value_text(pol_evaluator_arena(evaluator), out,
                                  POL_TEXT_JSON, &len);
        bad += strcmp(text, expected) != 0;
    }
    pol_evaluator_free(evaluator);
    return (void *)bad;
}

static void test_threads(void **state)
{
    (void)state;
    pol_diags *diags = pol_diags_new();
    pol_engine *engine = pol_engine_new(
        &(pol_engine_options){.builtins = pol_stdlib()});
    pol_modules *modules = pol_modules_new(engine);
    assert_true(pol_modules_add(modules, "a.rego", module, strlen(module), 0,
                                diags));
    assert_true(pol_modules_compile(modules, NULL, diags));
    int rule = pol_modules_find_rule(modules, "data.a.answer");
    assert_true(rule >= 0);
    pol_doc *input = pol_doc_read_text("input", input_text, strlen(input_text),
                                       POL_DOC_JSON, 0, diags);
    pol_doc *data = pol_doc_read_text("data", data_text, strlen(data_text),
                                      POL_DOC_JSON, 0, diags);
    shared s = {modules, (uint32_t)rule,
                {.input = pol_doc_root(input, 0),
                 .data = pol_doc_root(data, 0)}};
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, evaluate, &s), 0);
    for (int i = 0; i < THREADS; i++) {
        void *bad = NULL;
        pthread_join(threads[i], &bad);
        assert_null(bad);
    }
    pol_doc_free(data);
    pol_doc_free(input);
    pol_modules_free(modules);
    pol_engine_free(engine);
    pol_diags_free(diags);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_threads)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
