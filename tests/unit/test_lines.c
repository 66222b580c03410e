/* SPDX-License-Identifier: Apache-2.0
 *
 * Files read line by line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "lines.h"

static char path[64];

static void put(const char *mode, const char *text, size_t len)
{
    FILE *f = fopen(path, mode);
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

static void open_with(pol_line_reader *reader, const char *text, size_t len)
{
    snprintf(path, sizeof path, "%s/polc-lines-XXXXXX", P_tmpdir);
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    put("w", text, len);
    assert_null(pol_line_reader_open(reader, path));
}

static void expect_line(pol_line_reader *reader, const char *want)
{
    pol_str line;
    const char *why;
    assert_true(pol_line_reader_next(reader, &line, &why));
    assert_int_equal(line.len, strlen(want));
    assert_memory_equal(line.ptr, want, line.len);
}

static void expect_end(pol_line_reader *reader, const char *want)
{
    pol_str line;
    const char *why;
    assert_false(pol_line_reader_next(reader, &line, &why));
    if (want)
        assert_string_equal(why, want);
    else
        assert_null(why);
    pol_line_reader_close(reader);
    unlink(path);
}

static void test_lines(void **state)
{
    (void)state;
    pol_line_reader reader;
    open_with(&reader, "", 0);
    expect_end(&reader, NULL);
    open_with(&reader, "a\n\nb\r\nc", 7);
    expect_line(&reader, "a");
    expect_line(&reader, "");
    expect_line(&reader, "b\r");
    assert_int_equal(reader.line, 3);
    expect_line(&reader, "c");
    expect_end(&reader, NULL);
    open_with(&reader, "a\n", 2);
    expect_line(&reader, "a");
    expect_end(&reader, NULL);
}

/* Lines around the size of the buffer, which grows with the longest alone. */
static void test_long_lines(void **state)
{
    (void)state;
    for (size_t len = 65534; len <= 65538; len++) {
        pol_line_reader reader;
        char *text = malloc(3 * len + 4);
        memset(text, 'x', 3 * len + 4);
        text[len] = text[2 * len + 1] = text[3 * len + 2] = '\n';
        text[3 * len + 3] = '\0';
        open_with(&reader, text, 3 * len + 3);
        text[len] = '\0';
        for (int i = 0; i < 3; i++)
            expect_line(&reader, text);
        assert_true(reader.room <= 131072);
        expect_end(&reader, NULL);
        free(text);
    }
}

static void test_changes(void **state)
{
    (void)state;
    pol_line_reader reader;
    open_with(&reader, "a\nb\n", 4);
    put("a", "c\n", 2);
    expect_end(&reader, "it changed while it was read");
    assert_string_equal(pol_line_reader_open(&reader, "/"), "it is a folder");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
