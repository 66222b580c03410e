/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes templates: a template, a NUL, and JSON for its variables. */
#include "pol_stdlib.h"
#include "stdlib_call.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run(pol_call *call, const fuzz_texts *texts)
{
    const char *error;
    size_t at;
    pol_value args[2] = {texts->first};
    args[1] = pol_value_parse_json(pol_call_arena(call), texts->second.str,
                                   texts->second.len, true, &error, &at);
    if (args[1].tag != POL_OBJECT)
        args[1] = pol_object_of(pol_call_arena(call), NULL, NULL, 0);
    pol_stdlib_template[0].fn(call, args);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static pol_call call;
    fuzz_texts texts;
    if (size <= 2000 && fuzz_split(data, size, &texts))
        fuzz_call(&call, &texts, run);
    return 0;
}
