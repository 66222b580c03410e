/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes tokens: what stands before the first line feed is the token, the rest
 * is the key, which is tried as a secret, as a key set and as PEM. */
#include "fuzz_builtin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {
        "io.jwt.verify_hs256", "io.jwt.verify_rs256", "io.jwt.verify_ps256",
        "io.jwt.verify_es256", "io.jwt.verify_eddsa"};
    fuzz_bench *bench = fuzz_begin();
    if (setjmp(bench->trap.env) == 0) {
        pol_value args[3], text = fuzz_text(bench, data, size);
        const char *feed = size ? memchr(text.str, '\n', text.len) : NULL;
        size_t len = feed ? (size_t)(feed - text.str) : text.len;
        args[0] = pol_string(text.str, len);
        args[1] = feed ? pol_string(feed + 1, text.len - len - 1)
                       : pol_literal("secret");
        fuzz_call(bench, "io.jwt.decode", args, 1);
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            fuzz_call(bench, names[i], args, 2);
        args[2] = args[1];
        fuzz_call(bench, "io.jwt.encode_sign_raw", args, 3);
        fuzz_call(bench, "io.jwt.encode_sign_raw",
                  (pol_value[]){pol_literal("{\"alg\":\"RS256\"}"),
                                pol_literal("{}"), args[1]},
                  3);
        pol_value *key = pol_items(&bench->arena, 1);
        pol_value *value = pol_items(&bench->arena, 1);
        key[0] = pol_literal("cert");
        value[0] = args[1];
        args[1] = pol_object_of(&bench->arena, key, value, 1);
        fuzz_call(bench, "io.jwt.decode_verify", args, 2);
    }
    fuzz_end(bench);
    return 0;
}
