/* SPDX-License-Identifier: Apache-2.0
 *
 * Evaluates the cases of compare/, one JSON object a line:
 *
 *     {"modules": ["package …", …], "query": "data.p = x", "data": …,
 *      "input": …, "v0": false, "strict": false}
 *
 * `data` and `input` may be missing; `strict` makes errors of built-in functions
 * errors. The answer is a line each: {"result": [{name: value, …}, …]}, what the
 * variables of the query are bound to in every answer, or {"errors": [code, …],
 * "message": "…"} with OPA's codes of all errors and the text of the first; of errors
 * in modules also {"places": ["CODE FILE:LINE", …]}. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "extension.h"
#include "pol.h"
#include "pol_stdlib.h"

enum { MEMORY = 256 << 20, INSTRUCTIONS = 50000000 };

/* The clock of all evaluations, as in opa.go. */
#define NOW INT64_C(1600000000000000000)

typedef struct run {
    pol_value spec;
    pol_arena *arena;
    pol_diags *diags;
    pol_modules *modules;
    int query;
} run;

static void print_value(pol_arena *arena, pol_value v)
{
    size_t len;
    const char *text = pol_value_text(arena, v, POL_TEXT_JSON, &len);
    fwrite(text, 1, len, stdout);
}

static void print_message(pol_arena *arena, const char *text)
{
    printf("],\"message\":");
    print_value(arena, pol_string(text, strlen(text)));
    puts("}");
}

static void print_error(pol_arena *arena, const char *code, const char *text)
{
    printf("{\"errors\":[\"%s\"", code);
    print_message(arena, text);
}

static void print_answers(pol_arena *arena, pol_value answers)
{
    printf("{\"result\":[");
    for (uint32_t i = 0; i < answers.len; i++) {
        if (i)
            putchar(',');
        print_value(arena, pol_get_name(pol_at(answers, i), "bindings"));
    }
    puts("]}");
}

static bool is_set(const run *r, const char *name)
{
    return pol_get_name(r->spec, name).tag == POL_TRUE;
}

static bool compile(run *r)
{
    pol_value modules = pol_get_name(r->spec, "modules");
    unsigned flags = is_set(r, "v0") ? POL_V0 : 0;
    bool good = true;
    for (uint32_t i = 0; i < modules.len; i++) {
        char name[32];
        pol_value text = pol_at(modules, i);
        snprintf(name, sizeof name, "%u.rego", i);
        good &= pol_modules_add(r->modules, name, text.str, text.len, flags,
                                r->diags);
    }
    pol_value query = pol_get_name(r->spec, "query");
    r->query =
        pol_modules_add_query(r->modules, query.str, query.len, 0, r->diags);
    return good && r->query >= 0 &&
           pol_modules_compile(r->modules, NULL, r->diags);
}

static void print_diags(run *r)
{
    pol_diag_view d;
    const char *first = NULL;
    printf("{\"errors\":[");
    for (uint32_t i = 0; pol_diags_at(r->diags, i, &d); i++) {
        if (!d.is_error)
            continue;
        printf("%s\"%s\"", first ? "," : "", *d.opa_code ? d.opa_code : d.code);
        first = first ? first : d.message;
    }
    fputs("],\"places\":[", stdout);
    const char *comma = "";
    for (uint32_t i = 0; pol_diags_at(r->diags, i, &d); i++) {
        if (!d.is_error || !d.line)
            continue;
        printf("%s\"%s %s:%u\"", comma, d.code, d.file, d.line);
        comma = ",";
    }
    print_message(r->arena, first ? first : "");
}

static void evaluate(run *r)
{
    pol_eval_options options = {.max_memory = MEMORY,
                                .allow_time = true,
                                .now = NOW,
                                .max_instructions = INSTRUCTIONS,
                                .strict_builtin_errors = is_set(r, "strict")};
    pol_eval_documents documents = {.input = pol_get_name(r->spec, "input"),
                                    .data = pol_get_name(r->spec, "data")};
    pol_evaluator *evaluator = pol_evaluator_new(r->modules, &options);
    pol_evaluator_begin(evaluator, &documents);
    pol_value answers;
    pol_eval_error error;
    switch (pol_evaluator_query(evaluator, r->query, &answers)) {
    case POL_DEFINED:
        print_answers(r->arena, answers);
        break;
    case POL_UNDEFINED_RESULT:
        puts("{\"result\":[]}");
        break;
    case POL_FAILED:
        pol_evaluator_error(evaluator, &error);
        print_error(r->arena, *error.opa_code ? error.opa_code : error.code,
                    error.message);
        break;
    }
    pol_evaluator_free(evaluator);
}

static void run_line(pol_engine *engine, const char *line, size_t len)
{
    const char *error;
    size_t at;
    run r = {.arena = pol_arena_new(0)};
    r.spec = pol_value_parse_json(r.arena, line, len, true, &error, &at);
    r.diags = pol_diags_new();
    r.modules = pol_modules_new(engine);
    if (!pol_is_defined(r.spec))
        print_error(r.arena, "bad_case", error);
    else if (compile(&r))
        evaluate(&r);
    else
        print_diags(&r);
    fflush(stdout);
    pol_modules_free(r.modules);
    pol_diags_free(r.diags);
    pol_arena_free(r.arena);
}

int main(void)
{
    pol_engine *engine = pol_engine_new(&(pol_engine_options){
        .builtins = pol_stdlib(), .load = pol_extension_load});
    char *line = NULL;
    size_t room = 0;
    for (ssize_t len; (len = getline(&line, &room, stdin)) > 0;)
        run_line(engine, line, (size_t)len);
    free(line);
    pol_engine_free(engine);
    return 0;
}
