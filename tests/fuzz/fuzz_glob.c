/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes globs: a glob, a NUL, a text. A quoted text must match itself only, and
 * the two kinds of globs must answer without a crash. */
#include <stdlib.h>

#include "pol_stdlib.h"
#include "stdlib_call.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static pol_value apply(pol_call *call, const pol_builtin *table,
                       const char *name, const pol_value *args)
{
    while (strcmp(table->name, name) != 0)
        table++;
    call->status = POL_CALL_OK;
    return table->fn(call, args);
}

static void run(pol_call *call, const fuzz_texts *texts)
{
    pol_value delimiters = pol_array(&texts->second, 1);
    pol_value args[3] = {texts->first, pol_array(NULL, 0), texts->second};
    apply(call, pol_stdlib_glob, "glob.match", args);
    args[1] = pol_null();
    apply(call, pol_stdlib_glob, "glob.match", args);
    args[1] = delimiters;
    apply(call, pol_stdlib_glob, "glob.match", args);
    args[1] = pol_null();
    args[0] = apply(call, pol_stdlib_glob, "glob.quote_meta", &texts->first);
    pol_value same = apply(call, pol_stdlib_glob, "glob.match", args);
    if (call->status != POL_CALL_OK ||
        (same.tag == POL_TRUE) != pol_equal(texts->first, texts->second))
        abort();
    args[0] = texts->first;
    args[1] = texts->second;
    pol_value one = apply(call, pol_stdlib_globs, "regex.globs_match", args);
    args[0] = texts->second;
    args[1] = texts->first;
    pol_value other = apply(call, pol_stdlib_globs, "regex.globs_match", args);
    if (one.tag != other.tag)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static pol_call call;
    fuzz_texts texts;
    if (size <= 400 && fuzz_split(data, size, &texts))
        fuzz_call(&call, &texts, run);
    return 0;
}
