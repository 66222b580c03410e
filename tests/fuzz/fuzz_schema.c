/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes JSON Schema: the text before the first line feed is the document, the
 * rest is the schema. */
#include "fuzz_builtin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_bench *bench = fuzz_begin();
    if (setjmp(bench->trap.env) == 0) {
        pol_value args[2], text = fuzz_text(bench, data, size);
        const char *feed = size ? memchr(text.str, '\n', text.len) : NULL;
        size_t len = feed ? (size_t)(feed - text.str) : text.len;
        args[0] = pol_string(text.str, len);
        args[1] = feed ? pol_string(feed + 1, text.len - len - 1) : args[0];
        fuzz_call(bench, "json.verify_schema", &args[1], 1);
        fuzz_call(bench, "json.match_schema", args, 2);
    }
    fuzz_end(bench);
    return 0;
}
