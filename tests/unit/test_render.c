/* SPDX-License-Identifier: Apache-2.0
 *
 * What a person sees of a diagnostic: excerpts, carets, labels, cut lines, and
 * that nothing of a source reaches the terminal unseen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "diag.h"

typedef struct world {
    pol_trap trap;
    pol_arena arena;
    pol_srcs srcs;
    pol_diags diags;
} world;

static uint32_t start(world *w, const char *name, pol_str text)
{
    pol_arena_init(&w->arena, 0, &w->trap);
    pol_srcs_init(&w->srcs, &w->arena);
    pol_diag_init(&w->diags, &w->arena, &w->srcs);
    return pol_srcs_add(&w->srcs, pol_str_of(name), text);
}

static const char *shown(world *w, const pol_diag *diag, bool color)
{
    pol_buf out;
    pol_buf_init(&out, &w->arena);
    pol_diag_write(diag, color, &out);
    return pol_buf_done(&out).ptr;
}

/* One error at `off`+`len` of `text`, rendered. */
static void check(pol_str text, uint32_t off, uint32_t len, const char *want)
{
    world w;
    uint32_t src = start(&w, "a.pol", text);
    pol_diag *diag = pol_diag_add(&w.diags, POL_DIAG_P0102,
                                  (pol_span){src, off, len}, "wrong");
    assert_string_equal(shown(&w, diag, false), want);
    pol_arena_done(&w.arena);
}

static void test_full(void **state)
{
    (void)state;
    world w;
    uint32_t src = start(&w, "deploy.pol", STR("a\n    p := f(x)\nb\n"));
    pol_diag *diag =
        pol_diag_add(&w.diags, POL_DIAG_P0102, (pol_span){src, 11, 1},
                     "unknown function `%s`", "f");
    diag->label = "not defined";
    pol_diag_help(&w.diags, diag, "did you mean `g`?");
    assert_string_equal(shown(&w, diag, false),
                        "error[P0102]: unknown function `f`\n"
                        " --> deploy.pol:2:10\n"
                        "  |\n"
                        "2 |     p := f(x)\n"
                        "  |          ^ not defined\n"
                        "  = help: did you mean `g`?\n");
    pol_arena_done(&w.arena);
}

static void test_labels(void **state)
{
    (void)state;
    world w;
    uint32_t src = start(&w, "a.pol", STR("[1\n2\n3\n4 5}\n"));
    uint32_t other = pol_srcs_add(&w.srcs, STR("b.pol"), STR("x y"));
    pol_diag *diag = pol_diag_add(&w.diags, POL_DIAG_P0110,
                                  (pol_span){src, 10, 1}, "mismatched");
    pol_diag_label(&w.diags, diag, (pol_span){src, 0, 1}, "opened");
    pol_diag_label(&w.diags, diag, (pol_span){src, 7, 1}, "near");
    pol_diag_label(&w.diags, diag, (pol_span){other, 2, 1}, "there");
    assert_string_equal(shown(&w, diag, false), "error[P0110]: mismatched\n"
                                                " --> a.pol:4:4\n"
                                                "  |\n"
                                                "1 | [1\n"
                                                "  | - opened\n"
                                                "...\n"
                                                "4 | 4 5}\n"
                                                "  | - near\n"
                                                "  |    ^\n"
                                                " ::: b.pol:1:3\n"
                                                "  |\n"
                                                "1 | x y\n"
                                                "  |   - there\n");
    pol_arena_done(&w.arena);
}

static void test_places(void **state)
{
    (void)state;
    check(STR("ab\ncd"), 5, 0,
          "error[P0102]: wrong\n --> a.pol:2:3\n  |\n2 | cd\n  |   ^\n");
    check(STR(""), 0, 0,
          "error[P0102]: wrong\n --> a.pol:1:1\n  |\n1 |\n  | ^\n");
    check(STR("ab\r\ncd\r\n"), 1, 6,
          "error[P0102]: wrong\n --> a.pol:1:2\n  |\n1 | ab\n  |  ^\n");
    check(STR("\n\n\n\n\n\n\n\n\nx"), 9, 1,
          "error[P0102]: wrong\n  --> a.pol:10:1\n   |\n10 | x\n   | ^\n");
}

static void test_widths(void **state)
{
    (void)state;
    check(STR("\tx y"), 3, 1,
          "error[P0102]: wrong\n --> a.pol:1:4\n  |\n"
          "1 |     x y\n  |       ^\n");
    check(STR("\xC3\xA9 x"), 3, 1,
          "error[P0102]: wrong\n --> a.pol:1:3\n  |\n"
          "1 | \xC3\xA9 x\n  |   ^\n");
    check(STR("\xE6\xBC\xA2 x"), 4, 1,
          "error[P0102]: wrong\n --> a.pol:1:3\n  |\n"
          "1 | \xE6\xBC\xA2 x\n  |    ^\n");
}

static void test_hostile(void **state)
{
    (void)state;
    check(STR("\x1B[31m\0\x7F\xFF\xE2\x80\xAEx"), 11, 1,
          "error[P0102]: wrong\n --> a.pol:1:10\n  |\n"
          "1 | \\x1b[31m\\x00\\x7f\\xff\\u{202e}x\n"
          "  |                             ^\n");
    world w;
    uint32_t src = start(&w, "a\n\x1B.pol", STR("x"));
    pol_diag *diag = pol_diag_add(&w.diags, POL_DIAG_P0102,
                                  (pol_span){src, 0, 1}, "bad \x1B\n%s", "!");
    assert_string_equal(shown(&w, diag, false),
                        "error[P0102]: bad \\x1b\\x0a!\n"
                        " --> a\\x0a\\x1b.pol:1:1\n  |\n1 | x\n  | ^\n");
    pol_arena_done(&w.arena);
}

/* No line of the output is longer than the window and its gutter. */
static void test_long_lines(void **state)
{
    (void)state;
    static char text[1 << 20];
    memset(text, 'x', sizeof text);
    static const uint32_t offs[] = {0, 50, 99, 100, 500, sizeof text - 1};
    for (size_t i = 0; i < countof(offs); i++) {
        text[offs[i]] = '!';
        world w;
        uint32_t src = start(&w, "a.pol", (pol_str){text, sizeof text});
        pol_diag *diag = pol_diag_add(&w.diags, POL_DIAG_P0102,
                                      (pol_span){src, offs[i], 1}, "wrong");
        const char *out = shown(&w, diag, false);
        const char *line = strstr(out, "\n1 | ") + 5;
        const char *carets = strchr(line, '\n') + 5;
        size_t mark = strcspn(line, "!"), end = strcspn(line, "\n");
        assert_true(end <= 100 + 2 * strlen("…"));
        assert_true(mark < end);
        bool cut = strncmp(line, "…", strlen("…")) == 0;
        assert_int_equal(strcspn(carets, "^"), mark - (cut ? 2 : 0));
        pol_arena_done(&w.arena);
        text[offs[i]] = 'x';
    }
}

static void test_long_span(void **state)
{
    (void)state;
    static char text[4096];
    memset(text, 'x', sizeof text);
    world w;
    uint32_t src = start(&w, "a.pol", (pol_str){text, sizeof text});
    pol_diag *diag = pol_diag_add(&w.diags, POL_DIAG_P0102,
                                  (pol_span){src, 10, 4000}, "wrong");
    const char *carets = strchr(shown(&w, diag, false), '^');
    assert_int_equal(strspn(carets, "^"), 90);
    pol_arena_done(&w.arena);
}

static void test_no_place(void **state)
{
    (void)state;
    world w;
    start(&w, "a.pol", STR(""));
    pol_diag *diag =
        pol_diag_add(&w.diags, POL_DIAG_P0102, POL_NO_SPAN, "nowhere");
    pol_diag_help(&w.diags, diag, "look elsewhere");
    assert_string_equal(shown(&w, diag, false), "error[P0102]: nowhere\n"
                                                "  = help: look elsewhere\n");
    diag->srcs = NULL;
    diag->span = (pol_span){1, 0, 0};
    assert_string_equal(shown(&w, diag, false), "error[P0102]: nowhere\n"
                                                "  = help: look elsewhere\n");
    pol_arena_done(&w.arena);
}

static void test_color(void **state)
{
    (void)state;
    world w;
    uint32_t src = start(&w, "a.pol", STR("x"));
    pol_diag *diag = pol_diag_add(&w.diags, POL_DIAG_P0102,
                                  (pol_span){src, 0, 1}, "wrong");
    const char *out = shown(&w, diag, true);
    assert_non_null(strstr(out, "\x1b[1;31merror[P0102]\x1b[0m"));
    assert_non_null(strstr(out, "\x1b[1;31m^\x1b[0m"));
    pol_arena_done(&w.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_full),       cmocka_unit_test(test_labels),
        cmocka_unit_test(test_places),     cmocka_unit_test(test_widths),
        cmocka_unit_test(test_hostile),    cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_long_span),  cmocka_unit_test(test_no_place),
        cmocka_unit_test(test_color),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
