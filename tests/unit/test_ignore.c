/* SPDX-License-Identifier: Apache-2.0
 *
 * Patterns of .gitignore files. The answers are those of `git check-ignore`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ignore.h"

typedef struct {
    const char *pattern, *path;
} example;

static void fits(void **state)
{
    (void)state;
    static const example examples[] = {
        {"a", "a"}, {"a", "x/y/a"}, {"*.json", "x/b.json"}, {"*", ".a"},
        {"?.y", "a.y"}, {"/a", "a"}, {"x/a", "x/a"}, {"/x/*", "x/a"},
        {"**/a", "a"}, {"**/a", "x/y/a"}, {"a/**", "a/b/c"},
        {"a/**/b", "a/b"}, {"a/**/b", "a/x/y/b"}, {"/**", "q"},
        {"a/**/b/**/c", "a/b/b/x/c"}, {"**/*a*/b", "x/ya/zab/b"},
        {"[a-c]x", "bx"}, {"[!a]x", "bx"}, {"[^a]x", "bx"}, {"[]]", "]"},
        {"[]-]", "-"}, {"[a\\]]", "]"}, {"[[:digit:]]", "7"}, {"[[:]", ":"},
        {"[\\a-c]", "b"}, {"\\*", "*"}, {"\\!a", "!a"}, {"\\?", "?"},
        {"a\\/b", "a/b"}, {"a[x/y]b/c", "ayb/c"}, {"a**b/c", "axxb/c"},
        {"a*b*c", "aXbYbZc"}, {"***/a", "x/y/a"}, {"[--0]", "."},
    };
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        if (!pol_ignore_fits(examples[i].pattern, examples[i].path))
            fail_msg("%s should fit %s", examples[i].pattern,
                     examples[i].path);
    }
}

static void fits_not(void **state)
{
    (void)state;
    static const example examples[] = {
        {"a", "ab"}, {"a", "A"}, {"/a", "x/a"}, {"x/a", "y/x/a"},
        {"x/*", "x/y/z"}, {"a/**", "a"}, {"a**/b", "a/x/b"},
        {"a/**b", "a/x/b"}, {"[a-c]x", "dx"}, {"[!a]x", "ax"},
        {"a[/]b", "a/b"}, {"x?y/z", "x/y/z"}, {"\\*", "a"}, {"\\?", "a"},
        {"a//b", "a/b"}, {"[[:digit:]]", "a"}, {"**/a/b", "a/x/b"},
        {"a/*/b", "a/b"}, {"?", "ab"}, {"[c-a]", "b"},
    };
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        if (pol_ignore_fits(examples[i].pattern, examples[i].path))
            fail_msg("%s should not fit %s", examples[i].pattern,
                     examples[i].path);
    }
}

static void broken_patterns_fit_nothing(void **state)
{
    (void)state;
    static const char *const broken[] = {
        "[", "[a", "[]", "[!]", "a\\", "[[:digit:]", "[[:none:]]", "[[::]]",
        "*[", "**/[", "[a-", "[\\", "",
    };
    static const char *const paths[] = {"[", "a", "[a", "]", "\\", "a\\", "[]"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        for (size_t k = 0; k < sizeof paths / sizeof *paths; k++)
            assert_false(pol_ignore_fits(broken[i], paths[k]));
    }
}

/* Backtracking over every star would not end. */
static void many_stars_take_no_time(void **state)
{
    (void)state;
    enum { N = 4000 };
    char *pattern = malloc(2 * N + 4), *path = malloc(2 * N + 4);
    for (int i = 0; i < N; i++) {
        memcpy(pattern + 2 * i, "*a", 2);
        memcpy(path + 2 * i, "aa", 2);
    }
    strcpy(pattern + 2 * N, "b");
    strcpy(path + 2 * N, "c");
    assert_false(pol_ignore_fits(pattern, path));
    strcpy(path + 2 * N, "b");
    assert_true(pol_ignore_fits(pattern, path));
    for (int i = 0; i < N; i++)
        memcpy(path + 2 * i, "a/", 2);
    strcpy(path + 2 * N, "c");
    assert_false(pol_ignore_fits("**/a/**/a/**/a/**/a/**/b", path));
    free(pattern);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fits),
        cmocka_unit_test(fits_not),
        cmocka_unit_test(broken_patterns_fit_nothing),
        cmocka_unit_test(many_stars_take_no_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
