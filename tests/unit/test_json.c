/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading JSON and JSON Lines: strictness, exactness, places of errors, shapes,
 * limits, files. */
#include "reading_test.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "limit.h"

/* Small documents are read without sharing shapes; blanks before the text make
 * it a large one, which must read the same. */
#define expect_both(text, want)                                            \
    do {                                                                   \
        static char padded[8192 + sizeof(text)];                           \
        pol_read_options json_only = {.format = POL_FORMAT_JSON};          \
        expect_read(JSON, text, want);                                     \
        memset(padded, '\n', 8192);                                        \
        memcpy(padded + 8192, text, sizeof(text));                         \
        const char *got =                                                  \
            read_text(padded, sizeof padded - 1, json_only);               \
        if (*got != 'P')                                                   \
            assert_string_equal(got, want);                                \
        else /* the line differs */                                        \
            assert_string_equal(strchr(got, ':'), strchr(want, ':'));      \
    } while (0)

static void test_values(void **state)
{
    (void)state;
    expect_read(JSON, "null", "null");
    expect_read(JSON, " [ true , false ] ", "[true,false]");
    expect_read(JSON, "{}", "{}");
    expect_read(JSON, "[]", "[]");
    expect_read(JSON, "\"\"", "\"\"");
    expect_read(JSON, "\t{\"b\" : [1, {\"x\":[[]]}],\r\n\"a\":\"y\"}\n",
                "{\"a\":\"y\",\"b\":[1,{\"x\":[[]]}]}");
    expect_read(JSON, "\xEF\xBB\xBF{\"a\":1}", "{\"a\":1}");
}

static void test_numbers(void **state)
{
    (void)state;
    expect_read(JSON, "[0,-1,12345678901234567,123456789012345678]",
                "[0,-1,12345678901234567,123456789012345678]");
    expect_read(JSON, "[9223372036854775807,-9223372036854775808]",
                "[9223372036854775807,-9223372036854775808]");
    expect_read(JSON, "[9223372036854775808,9007199254740993,1.0,1e3,-0,0.10]",
                "[9223372036854775808,9007199254740993,1.0,1e3,-0,0.10]");
    expect_read(JSON, "[01]", "P0601 1:2 this is not how JSON writes a number");
    expect_read(JSON, "[1.]", "P0601 1:2 this is not how JSON writes a number");
    expect_read(JSON, "[-]", "P0601 1:2 this is not how JSON writes a number");
    expect_read(JSON, "[1e999999]",
                "P0607 1:2 the number has too many digits or too large an "
                "exponent");
    expect_read(JSON, "[+1]", "P0601 1:2 expected a value, found `+`");
    expect_read(JSON, "[.5]", "P0601 1:2 expected a value, found `.`");
    expect_read(JSON, "1.", "P0602 1:3 the document ends inside a value");
}

static void test_strings(void **state)
{
    (void)state;
    expect_read(JSON, "\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\"",
                "\"a\\\"\\\\/\\b\\f\\n\\r\\tA\xC3\xA9\"");
    expect_read(JSON, "\"\\ud83d\\ude00\"", "\"\xF0\x9F\x98\x80\"");
    /* Halves of surrogate pairs, as Go reads them. */
    expect_read(JSON, "\"\\ud800\"", "\"\xEF\xBF\xBD\"");
    expect_read(JSON, "\"\\ud800x\\udc00\"",
                "\"\xEF\xBF\xBDx\xEF\xBF\xBD\"");
    expect_read(JSON, "\"\\ud800\\ud83d\\ude00\"",
                "\"\xEF\xBF\xBD\xF0\x9F\x98\x80\"");
    /* NUL is a character like any other. */
    expect_read(JSON, "{\"a\\u0000b\":\"x\\u0000\",\"a\":1}",
                "{\"a\":1,\"a\\u0000b\":\"x\\u0000\"}");
    expect_read(JSON, "\"\xC3\xA9 and a text of more than thirty-two bytes\"",
                "\"\xC3\xA9 and a text of more than thirty-two bytes\"");
}

static void test_broken_strings(void **state)
{
    (void)state;
    expect_read(JSON, "\"a\nb\"",
                "P0601 1:3 a string holds a raw control character U+000A");
    expect_read(JSON, "[\"\\x41\"]",
                "P0601 1:3 unknown or broken escape in a string");
    expect_read(JSON, "\"\\u12g4\"",
                "P0601 1:2 unknown or broken escape in a string");
    expect_read(JSON, "\"abc", "P0602 1:5 the document ends inside a value");
    expect_read(JSON, "\"abc\\", "P0602 1:6 the document ends inside a value");
    expect_read(JSON, "[\"ok\",\"a\xC0\x80\"]",
                "P0604 1:9 a string is not valid UTF-8");
    expect_read(JSON, "\"\xED\xA0\x80\"",
                "P0604 1:2 a string is not valid UTF-8");
    expect_read(JSON, "\"\\n\xFF\"", "P0604 1:4 a string is not valid UTF-8");
    expect_read(JSON, "{\"\x80\":1}", "P0604 1:3 a string is not valid UTF-8");
}

static void test_syntax(void **state)
{
    (void)state;
    expect_read(JSON, "{\"a\" 1}", "P0601 1:6 expected `:`, found `1`");
    expect_read(JSON, "{\"a\":1 \"b\":2}",
                "P0601 1:8 expected `,` or `}`, found `\"`");
    expect_read(JSON, "[1 2]", "P0601 1:4 expected `,` or `]`, found `2`");
    expect_read(JSON, "[1}", "P0601 1:3 expected `,` or `]`, found `}`");
    expect_read(JSON, "{a:1}",
                "P0601 1:2 expected a key in double quotes, found `a`");
    expect_read(JSON, "[1,]", "P0601 1:4 expected a value, found `]`");
    assert_string_equal(diags.first->help,
                        "remove the comma before the bracket");
    expect_read(JSON, "{\"a\":1,}",
                "P0601 1:8 expected a key in double quotes, found `}`");
    expect_read(JSON, "[nul]", "P0601 1:2 expected a value, found `n`");
    expect_read(JSON, "[\xC3\xA9]", "P0601 1:2 expected a value, found `\xC3\xA9`");
    expect_read(JSON, "[NaN]", "P0601 1:2 expected a value, found `N`");
    assert_string_equal(diags.first->help,
                        "JSON has no such number; write null or a string");
    expect_read(JSON, "tru", "P0602 1:4 the document ends inside a value");
    expect_read(JSON, "[1,", "P0602 1:4 the document ends inside a value");
    expect_read(JSON, "{\"a\":{", "P0602 1:7 the document ends inside a value");
    expect_read(JSON, "1 2", "P0605 1:3 there is text after the document");
    expect_read(JSON, "[]]", "P0605 1:3 there is text after the document");
    expect_read(JSON, " \n ", "P0608 1:1 the document is empty");
    expect_read(JSON, "[1]\0", "P0609 1:4 the document is no text: it has NUL "
                               "bytes");
}

static void test_duplicate_keys(void **state)
{
    (void)state;
    pol_read_options lenient = {.format = POL_FORMAT_JSON, .last_wins = true};
    expect_read(JSON, "{\"b\":0,\n\"a\":{\"x\":1},\n \"a\":2}",
                "P0603 3:2 the object has the key \"a\" twice");
    assert_int_equal(diags.first->label_count, 1);
    assert_int_equal(diags.first->labels[0].span.off, 8);
    assert_int_equal(diags.first->labels[0].span.len, 3);
    /* The same key written in two ways. */
    expect_both("{\"a\":1,\"\\u0061\":2}",
                "P0603 1:8 the object has the key \"\\u0061\" twice");
    assert_int_equal(diags.first->labels[0].span.off, 8192 + 1);
    expect_both("[{\"a\":1},{\"a\":1},{\"A\":1,\"a\":2}]",
                "[{\"a\":1},{\"a\":1},{\"A\":1,\"a\":2}]");
    const char text[] = "{\"a\":1,\"b\":[2],\"a\":{\"c\":3,\"c\":4},\"d\":5}";
    assert_string_equal(read_text(text, sizeof text - 1, lenient),
                        "{\"a\":{\"c\":4},\"b\":[2],\"d\":5}");
}

/* Objects of more keys than the shape tree takes. */
static void test_wide_objects(void **state)
{
    (void)state;
    for (int count = 60; count <= 200; count += 5) {
        pol_arena local;
        pol_buf text;
        pol_arena_init(&local, 0, NULL);
        pol_buf_init(&text, &local);
        if (count % 2) /* not a small document */
            memset(pol_buf_reserve(&text, 5000), ' ', 5000);
        text.len += count % 2 ? 5000 : 0;
        for (int i = 0; i < count; i++)
            pol_buf_printf(&text, "%s\"k%03d\":%d", i ? "," : "{",
                           i * 7 % count, i);
        pol_buf_cstr(&text, "}");
        const char *json = pol_buf_done(&text).ptr;
        pol_value v;
        const char *error;
        size_t at;
        v = pol_value_parse_json(&local, json, text.len, false, &error, &at);
        if (count % 7) { /* every key once */
            assert_true(pol_is_defined(v));
            assert_int_equal(v.len, count);
            for (int i = 0; i < count; i++)
                assert_int_equal(
                    pol_get_name(v, pol_arena_printf(&local, "k%03d",
                                                     i * 7 % count)).i, i);
        } else {
            assert_false(pol_is_defined(v));
            assert_string_equal(error, "duplicate key");
            assert_memory_equal(json + at, "\"k000\"", 6);
            v = pol_value_parse_json(&local, json, text.len, true, &error, &at);
            assert_int_equal(v.len, count / 7);
            assert_int_equal(pol_get_name(v, "k000").i, count - count / 7);
        }
        pol_arena_done(&local);
    }
}

static void test_shapes_are_shared(void **state)
{
    (void)state;
    start_over();
    const char *error;
    size_t at;
    static const char objects[] =
        "[{\"b\":1,\"a\":2},{\"b\":3,\"a\":4},{\"a\":5,\"b\":6},{\"b\":7}]";
    static char text[8192 + sizeof objects];
    memset(text, ' ', sizeof text);
    memcpy(text, objects, sizeof objects - 1);
    pol_value v = pol_value_parse_json(&arena, text, sizeof text, false, &error,
                                       &at);
    const pol_shape *first = pol_at(v, 0).obj->shape;
    assert_ptr_equal(first, pol_at(v, 1).obj->shape);
    assert_ptr_not_equal(first, pol_at(v, 2).obj->shape);
    assert_int_equal(pol_get_name(pol_at(v, 1), "a").i, 4);
    /* Keys are sorted; the order in which they were written is kept. */
    assert_true(pol_string_is(first->keys[0], "a"));
    assert_int_equal(first->order[0], 1);
    assert_int_equal(first->order[1], 0);
    assert_null(pol_at(v, 2).obj->shape->order);
    assert_true(pol_equal(pol_at(v, 1),
                          pol_value_parse_json(&arena, "{\"a\":4,\"b\":3}", 13,
                                               false, &error, &at)));
}

/* A key that merely looks like the predicted one in raw bytes is another. */
static void test_predicted_keys(void **state)
{
    (void)state;
    expect_both("[{\"a\\\\b\":1},{\"a\\b\":2},{\"a\\\\b\":3}]",
                "[{\"a\\\\b\":1},{\"a\\b\":2},{\"a\\\\b\":3}]");
    expect_both("[{\"abc\":1},{\"ab\":2},{\"abcd\":3},{\"abc\":4}]",
                "[{\"abc\":1},{\"ab\":2},{\"abcd\":3},{\"abc\":4}]");
    expect_both("[{\"a\\\"\":1},{\"a\"\":2}]",
                "P0601 1:16 expected `:`, found `\"`");
    expect_both(
                "[{\"a_key_of_more_than_sixteen_bytes\":1},"
                "{\"a_key_of_more_than_sixteen_bites\":2}]",
                "[{\"a_key_of_more_than_sixteen_bytes\":1},"
                "{\"a_key_of_more_than_sixteen_bites\":2}]");
}

static char *repeat(const char *a, const char *b, const char *c, size_t n)
{
    pol_buf text;
    static pol_arena local;
    pol_arena_done(&local);
    pol_buf_init(&text, &local);
    for (size_t i = 0; i < n; i++)
        pol_buf_cstr(&text, a);
    pol_buf_cstr(&text, b);
    for (size_t i = 0; i < n; i++)
        pol_buf_cstr(&text, c);
    pol_buf_done(&text);
    return text.ptr;
}

static void test_nesting_limit(void **state)
{
    (void)state;
    pol_read_options json = {.format = POL_FORMAT_JSON};
    const char *deep = repeat("[", "1", "]", POL_LIMIT_DOCUMENT_NESTING);
    assert_string_equal(read_text(deep, strlen(deep), json), deep);
    deep = repeat("{\"a\":", "1", "}", POL_LIMIT_DOCUMENT_NESTING);
    assert_string_equal(read_text(deep, strlen(deep), json), deep);
    deep = repeat("[", "1", "]", POL_LIMIT_DOCUMENT_NESTING + 1);
    assert_string_equal(read_text(deep, strlen(deep), json),
                        "P0606 1:1025 objects and arrays are nested too deep");
    /* Of a large text the message tells the place. */
    deep = repeat("[", "", "", 2000000);
    assert_string_equal(read_text(deep, strlen(deep), json),
                        "P0606 0:0 objects and arrays are nested too deep at "
                        "line 1, column 1025 of `test`");
}

static void test_memory_limit(void **state)
{
    (void)state;
    const char *many = repeat("[1],", "1", "", 100000);
    char *text = pol_arena_printf(&arena, "[%s]", many);
    pol_read_options tight = {.format = POL_FORMAT_JSON, .memory = 1 << 20};
    pol_document doc;
    assert_false(pol_document_read_text(&doc, STR("test"), pol_str_of(text),
                                        &tight, &diags, &srcs));
    assert_string_equal(pol_diag_name(diags.last->code), "P0612");
    tight.memory = 64 << 20;
    assert_true(pol_document_read_text(&doc, STR("test"), pol_str_of(text),
                                       &tight, &diags, &srcs));
    pol_document_done(&doc);
}

static void test_lines(void **state)
{
    (void)state;
    expect_read(JSON_LINES, "{\"a\":1}\n\n[2]\r\n 3 \n", "{\"a\":1} [2] 3");
    expect_read(JSON_LINES, "", "");
    expect_read(JSON_LINES, "1\n2", "1 2");
    expect_read(JSON_LINES, "1 2\n",
                "P0605 1:3 there is text after the value on its line");
    expect_read(JSON_LINES, "1\n{\"a\":}",
                "P0601 2:6 expected a value, found `}`");
    expect_read(AUTO, "{\"a\":1}\n{\"a\":2}\n", "{\"a\":1} {\"a\":2}");
    expect_read(AUTO, "[1,\n2}", "P0601 2:2 expected `,` or `]`, found `}`");
}

static void test_embedded(void **state)
{
    (void)state;
    start_over();
    const char *error = NULL;
    size_t at = 0;
    char text[] = "{\"key\": \"value\"} x";
    pol_value v = pol_value_parse_json(&arena, text, sizeof text - 3, false,
                                       &error, &at);
    assert_true(pol_is_defined(v));
    memset(text, '#', sizeof text);
    assert_true(pol_string_is(pol_get_name(v, "key"), "value"));
    assert_false(pol_is_defined(
        pol_value_parse_json(&arena, "[1] x", 5, false, &error, &at)));
    assert_string_equal(error, "text after the value");
    assert_int_equal(at, 4);
    assert_false(pol_is_defined(
        pol_value_parse_json(&arena, "", 0, false, &error, &at)));
    assert_string_equal(error, "the text ends too early");
    assert_false(pol_is_defined(
        pol_value_parse_json(&arena, "{\"a\":1,\"a\":1}", 13, false, &error, &at)));
    assert_string_equal(error, "duplicate key");
    assert_int_equal(at, 7);
}

static char *file_with(const char *bytes, size_t len)
{
    static char path[] = "/tmp/test_json_XXXXXX";
    memcpy(path + sizeof path - 7, "XXXXXX", 6);
    int fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, bytes, len) == (ssize_t)len);
    close(fd);
    return path;
}

static void expect_no_file(const char *path, const char *want)
{
    pol_document doc;
    pol_read_options options = {.format = POL_FORMAT_AUTO};
    start_over();
    assert_false(pol_document_read_file(&doc, path, &options, &diags, &srcs));
    assert_string_equal(pol_diag_name(diags.first->code), "P0901");
    assert_non_null(strstr(diags.first->message, want));
}

static void test_files(void **state)
{
    (void)state;
    pol_document doc;
    pol_read_options options = {.format = POL_FORMAT_AUTO};
    expect_no_file("/nowhere/at/all", "No such file");
    expect_no_file("/", "it is a folder");
    expect_no_file("/dev/null", "it is a device");
    start_over();
    char *path = file_with("{\"a\":[1]}", 9);
    assert_true(pol_document_read_file(&doc, path, &options, &diags, &srcs));
    assert_int_equal(doc.count, 1);
    assert_int_equal(doc.format, POL_FORMAT_JSON);
    assert_null(doc.pages);
    pol_document_done(&doc);
    unlink(path);
}

/* Files with pages of their own, also when they end where a page does; what is
 * written into them later changes no document. */
static void test_large_files(void **state)
{
    (void)state;
    pol_read_options options = {.format = POL_FORMAT_AUTO};
    for (size_t size = 409600 - 2; size <= 409600 + 2; size++) {
        pol_document doc;
        char *text = malloc(size);
        memset(text, 'x', size);
        memcpy(text, "[\"", 2);
        memcpy(text + size - 2, "\"]", 2);
        char *path = file_with(text, size);
        start_over();
        assert_true(pol_document_read_file(&doc, path, &options, &diags, &srcs));
        assert_non_null(doc.pages);
        assert_int_equal(pol_at(doc.roots[0], 0).len, size - 4);
        assert_true(pol_file_is(path, &doc.stamp));
        assert_int_equal(truncate(path, (off_t)size - 1), 0);
        assert_int_equal(pol_at(doc.roots[0], 0).str[size - 5], 'x');
        assert_false(pol_file_is(path, &doc.stamp));
        pol_document_done(&doc);
        assert_false(pol_document_read_file(&doc, path, &options, &diags, &srcs));
        assert_string_equal(pol_diag_name(diags.first->code), "P0602");
        unlink(path);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_broken_strings),
        cmocka_unit_test(test_syntax),
        cmocka_unit_test(test_duplicate_keys),
        cmocka_unit_test(test_wide_objects),
        cmocka_unit_test(test_shapes_are_shared),
        cmocka_unit_test(test_predicted_keys),
        cmocka_unit_test(test_nesting_limit),
        cmocka_unit_test(test_memory_limit),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_embedded),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_large_files),
    };
    return cmocka_run_group_tests(tests, NULL, finish);
}
