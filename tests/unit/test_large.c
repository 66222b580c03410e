/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules at the edge of what the instruction format holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pol.h"
#include "pol_stdlib.h"

/* Compiles a rule with `loops` loops, each with variables and temporaries of its
 * own; the code of the first error, "" if there was none. */
static void compile(unsigned loops, char code[8])
{
    pol_engine_options options = {.builtins = pol_stdlib()};
    pol_engine *engine = pol_engine_new(&options);
    pol_modules *modules = pol_modules_new(engine);
    pol_diags *diags = pol_diags_new();
    pol_diag_view view;
    size_t room = 64 + (size_t)loops * 40, len;
    char *text = malloc(room);
    len = (size_t)snprintf(text, room, "package t\np if {\n");
    for (unsigned i = 0; i < loops; i++)
        len += (size_t)snprintf(text + len, room - len,
                                "some x%u in input\n", i);
    len += (size_t)snprintf(text + len, room - len, "}\n");
    code[0] = '\0';
    if (pol_modules_add(modules, "t", text, len, 0, diags))
        pol_modules_compile(modules, NULL, diags);
    if (pol_diags_at(diags, 0, &view))
        snprintf(code, 8, "%s", view.code);
    free(text);
    pol_modules_free(modules);
    pol_diags_free(diags);
    pol_engine_free(engine);
}

static void test_variables(void **state)
{
    char code[8];
    (void)state;
    compile(2000, code);
    assert_string_equal(code, "");
    compile(20000, code);
    assert_string_equal(code, "P0303");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_variables)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
