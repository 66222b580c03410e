/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes certificates, requests and keys: the bytes as they are and, since most
 * of what goes wrong lies below the base64, as DER in PEM of each kind. */
#include <stdio.h>

#include "fuzz_builtin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void all(fuzz_bench *bench, pol_value text)
{
    static const char *const names[] = {
        "crypto.x509.parse_certificates",
        "crypto.x509.parse_and_verify_certificates",
        "crypto.x509.parse_certificate_request",
        "crypto.x509.parse_rsa_private_key", "crypto.parse_private_keys"};
    pol_value args[2] = {text, text};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        fuzz_call(bench, names[i], args, 1);
    fuzz_call(bench, "crypto.x509.parse_keypair", args, 2);
}

static pol_value pem(fuzz_bench *bench, const char *type, pol_value base64)
{
    size_t room = base64.len + 2 * strlen(type) + 64;
    char *at = pol_arena_alloc(&bench->arena, room);
    int len = snprintf(at, room, "-----BEGIN %s-----\n%.*s\n-----END %s-----\n",
                       type, (int)base64.len, base64.str, type);
    return pol_string(at, (size_t)len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const types[] = {"CERTIFICATE", "CERTIFICATE REQUEST",
                                        "RSA PRIVATE KEY", "PRIVATE KEY",
                                        "EC PRIVATE KEY"};
    fuzz_bench *bench = fuzz_begin();
    if (size > 0 && setjmp(bench->trap.env) == 0) {
        pol_value text = fuzz_text(bench, data + 1, size - 1);
        all(bench, text);
        pol_value der = fuzz_base64(bench, data + 1, size - 1);
        all(bench, der);
        pol_value one = pem(bench, types[data[0] % 5], der);
        all(bench, one);
        char *twice = pol_arena_alloc(&bench->arena, 2 * (size_t)one.len);
        memcpy(twice, one.str, one.len);
        memcpy(twice + one.len, one.str, one.len);
        all(bench, pol_string(twice, 2 * (size_t)one.len));
    }
    fuzz_end(bench);
    return 0;
}
