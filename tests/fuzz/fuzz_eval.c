/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes the whole way: the bytes are a module, and behind a NUL the input as
 * JSON. Whatever compiles is evaluated under small bounds, every rule twice, and
 * must say the same both times. */
#include <stdlib.h>
#include <string.h>

#include "pol.h"
#include "pol_stdlib.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static pol_engine *engine;

static void check_twice(pol_evaluator *evaluator, uint32_t rule,
                        const pol_eval_documents *documents)
{
    pol_arena *arena = pol_arena_new(0);
    pol_value first = pol_undefined(), second = pol_undefined();
    pol_evaluator_begin(evaluator, documents);
    pol_eval_status a = pol_evaluator_rule(evaluator, rule, &first);
    if (a == POL_DEFINED)
        first = pol_copy(arena, first);
    pol_evaluator_begin(evaluator, documents);
    pol_eval_status b = pol_evaluator_rule(evaluator, rule, &second);
    if (a != b || (a == POL_DEFINED && !pol_equal(first, second)))
        abort();
    pol_arena_free(arena);
}

static void run(pol_modules *modules, pol_doc *input)
{
    pol_eval_options options = {.max_instructions = 20000,
                                .max_memory = 16u << 20,
                                .max_depth = 50};
    pol_eval_documents documents = {0};
    if (input && pol_doc_count(input))
        documents.input = pol_doc_root(input, 0);
    pol_evaluator *evaluator = pol_evaluator_new(modules, &options);
    if (!evaluator)
        return;
    uint32_t count = pol_modules_rule_count(modules);
    for (uint32_t i = 0; i < count && i < 50; i++) {
        if (!pol_modules_rule(modules, i).is_function)
            check_twice(evaluator, i, &documents);
    }
    pol_evaluator_free(evaluator);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!engine)
        engine = pol_engine_new(
            &(pol_engine_options){.builtins = pol_stdlib()});
    const char *text = (const char *)data;
    const char *nul = size ? memchr(text, '\0', size) : NULL;
    size_t len = nul ? (size_t)(nul - text) : size;
    pol_diags *diags = pol_diags_new();
    pol_modules *modules = pol_modules_new(engine);
    bool ok = pol_modules_add(modules, "fuzz.pol", text, len, 0, diags);
    /* Even what is broken must compile to nothing but diagnostics. */
    ok = pol_modules_compile(modules, NULL, diags) && ok;
    pol_arena *arena = pol_arena_new(0);
    size_t shown;
    pol_diags_text(diags, arena, false, &shown);
    pol_arena_free(arena);
    if (ok) {
        pol_doc *input = nul ? pol_doc_read_text("input", nul + 1,
                                                 size - len - 1, POL_DOC_JSON,
                                                 POL_LAST_WINS, diags)
                             : NULL;
        run(modules, input);
        pol_doc_free(input);
    }
    pol_modules_free(modules);
    pol_diags_free(diags);
    return 0;
}
