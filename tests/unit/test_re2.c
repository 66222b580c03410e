/* SPDX-License-Identifier: Apache-2.0
 *
 * Regular expressions inside: what is refused and why, what PCRE2 is given, and
 * that the automaton answers where a backtracker would not come back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "call.h"
#include "matcher.h"
#include "re2_emit.h"
#include "re2_nfa.h"

typedef struct fixture {
    pol_trap trap;
    pol_arena arena;
    pol_call call;
    pol_surroundings around;
    uint64_t budget;
} fixture;

static int set_up(void **state)
{
    static const pol_builtin row = {.name = "test", .signature = "() -> any"};
    static const pol_builtin_entry entry = {.row = &row};
    fixture *f = calloc(1, sizeof(*f));
    f->budget = 100000000;
    pol_arena_init(&f->arena, 0, &f->trap);
    pol_call_begin(&f->call, &f->arena, &f->around, &f->budget);
    f->call.entry = &entry;
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    pol_call_done(&f->call);
    pol_arena_done(&f->arena);
    free(f);
    return 0;
}

static pol_value text_of(const char *text)
{
    return pol_string(text, strlen(text));
}

static void test_refused(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *pattern, *what, *part;
    } cases[] = {
        {"a(?=b)", "invalid or unsupported Perl syntax", "(?="},
        {"(?<=a)b", "invalid named capture", "(?<=a)b"},
        {"(a)\\1", "invalid escape sequence", "\\1"},
        {"x(?P=n)", "invalid or unsupported Perl syntax", "(?P"},
        {"a++", "invalid nested repetition operator", "++"},
        {"(?>a)", "invalid or unsupported Perl syntax", "(?>"},
        {"(?R)", "invalid or unsupported Perl syntax", "(?R"},
        {"\\Kx", "invalid escape sequence", "\\K"},
        {"(*UTF)", "missing argument to repetition operator", "*"},
        {"(?C1)", "invalid or unsupported Perl syntax", "(?C"},
        {"x{1001}", "invalid repeat count", "{1001}"},
        {"(x{32}){32}", "invalid repeat count", "{32}"},
        {"[z-a]", "invalid character class range", "z-a"},
        {"[a", "missing closing ]", "[a"},
        {"(", "missing closing )", "("},
        {"\\", "trailing backslash at end of expression", ""},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        pol_re2 re;
        pol_re2_error error;
        assert_false(
            pol_re2_parse(&f->call, text_of(cases[i].pattern), &re, &error));
        assert_string_equal(error.what, cases[i].what);
        assert_int_equal(error.part.len, strlen(cases[i].part));
        assert_memory_equal(error.part.str, cases[i].part, error.part.len);
    }
}

static void test_emitted(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *pattern, *emitted; /* NULL: the automaton only */
    } cases[] = {
        {"a.c", "(?:a\\Nc)"},
        {"(?s).", "(?:.)"},
        {"^a$", "(?:\\Aa\\z)"},
        {"(?m)^a$", "(?:^a$)"},
        {"\\v", "(?:\\x{b})"},
        {"\\s", "(?:[\\x{9}-\\x{a}\\x{c}-\\x{d}\\x{20}])"},
        {"[^\\d]", "(?:[^0-9])"},
        {"(?i)a(?-i)b", "(?:(?i)a(?-i)b)"},
        {"(?P<n>a)|b", "(?:(?:((?:a)))|(?:b))"},
        {"a{2,}?", "(?:(?:a){2,}?)"},
        {"(?U)a*", "(?:(?:a){0,}?)"},
        {"\\Q(?=\\E", "(?:\\x{28}\\x{3f}\\x{3d})"},
        {"\\x{D800}", "(?:[^\\x{0}-\\x{10ffff}])"},
        {"[\\x{D000}-\\x{D900}]", "(?:[\\x{d000}-\\x{d7ff}])"},
        {"\\pL\\P{Greek}", "(?:[\\p{L}][\\P{sc:Greek}])"},
        {"(a*)*", NULL},
        {"(a|b*)+", NULL},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        pol_re2 re;
        pol_re2_error error;
        pol_bytes out;
        pol_bytes_init(&out, &f->call, 64);
        assert_true(
            pol_re2_parse(&f->call, text_of(cases[i].pattern), &re, &error));
        bool quick = pol_re2_emit(&re, &out);
        assert_int_equal(quick, cases[i].emitted != NULL);
        if (!quick)
            continue;
        pol_bytes_byte(&out, 0);
        assert_string_equal(out.at, cases[i].emitted);
    }
}

/* 40 letters and a mark that spoils the match: 2^40 ways to fail. */
static void test_no_backtracking(void **state)
{
    fixture *f = *state;
    pol_matcher m;
    const char *text = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!";
    assert_true(pol_matcher_init(&m, &f->call, text_of("(a+)+$")));
    assert_false(pol_matcher_test(&m, text_of(text)));
    assert_true(pol_matcher_init(&m, &f->call, text_of("(a+)+!$")));
    assert_true(pol_matcher_find(&m, text_of(text), 0));
    assert_int_equal(m.groups[0], 0);
    assert_int_equal(m.groups[3], 40);
    assert_true(f->budget > 50000000);
}

/* A text that is too long for the backtracker, and one that costs too much. */
static void test_long_text(void **state)
{
    fixture *f = *state;
    pol_matcher m;
    pol_bytes text;
    pol_bytes_init(&text, &f->call, 20000);
    pol_bytes_fill(&text, 'a', 20000);
    assert_true(pol_matcher_init(&m, &f->call, text_of("a.*b|a$")));
    assert_true(pol_matcher_test(&m, pol_bytes_done(&text)));
    f->budget = 1000;
    assert_true(pol_matcher_init(&m, &f->call, text_of("x.*y|b$")));
    if (setjmp(f->trap.env) == 0) {
        pol_matcher_test(&m, pol_bytes_done(&text));
        fail_msg("the budget did not end it");
    }
}

/* More patterns than the cache holds, each twice. */
static void test_cache(void **state)
{
    fixture *f = *state;
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 500; i++) {
            pol_matcher m;
            pol_value pattern = pol_call_printf(&f->call, "^x%d$", i);
            pol_value text = pol_call_printf(&f->call, "x%d", i);
            assert_true(pol_matcher_init(&m, &f->call, pattern));
            assert_true(pol_matcher_test(&m, text));
            assert_false(pol_matcher_test(&m, text_of("x")));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_emitted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_backtracking, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_long_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cache, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
