/* SPDX-License-Identifier: Apache-2.0
 *
 * Places of paths: for every value of a document the text at its place must
 * read as that value again. */
#include "reading_test.h"

#include "limit.h"

static pol_document doc;

static void open_text(const char *name, const char *text, size_t len)
{
    pol_read_options options = {.format = POL_FORMAT_AUTO};
    start_over();
    if (!pol_document_read_text(&doc, pol_str_of(name), (pol_str){text, len},
                                &options, &diags, &srcs))
        fail_msg("%s", diags.first->message);
}

/* The place of a path that is given as a JSON array. */
static pol_location locate(uint32_t root, const char *path)
{
    const char *error;
    size_t at;
    pol_value v = pol_value_parse_json(&arena, path, strlen(path), false,
                                       &error, &at);
    return pol_document_locate(&doc, root, v.items, v.len);
}

static void expect_place(uint32_t root, const char *path, uint32_t line,
                         uint32_t column, const char *text)
{
    pol_location place = locate(root, path);
    if (!place.found)
        fail_msg("%s was not found", path);
    if (place.line != line || place.column != column ||
        place.len != strlen(text) ||
        memcmp(doc.text.ptr + place.off, text, place.len))
        fail_msg("%s is at %u:%u `%.*s`", path, place.line, place.column,
                 (int)place.len, doc.text.ptr + place.off);
}

static void expect_missing(const char *path, uint32_t line, uint32_t column)
{
    pol_location place = locate(0, path);
    assert_false(place.found);
    if (place.line != line || place.column != column)
        fail_msg("%s is at %u:%u", path, place.line, place.column);
}

static void test_json(void **state)
{
    (void)state;
    static const char text[] = "{\n"
                               "  \"b\": [1, \"\xC3\xA9\", {\"x\": null}],\n"
                               "  \"a\": {\"k\\u0041\": true, \"z\": \"v\"},\n"
                               "  \"e\": []\n"
                               "}\n";
    open_text("t", text, sizeof text - 1);
    expect_place(0, "[\"b\"]", 2, 8, "[1, \"\xC3\xA9\", {\"x\": null}]");
    expect_place(0, "[\"b\",0]", 2, 9, "1");
    expect_place(0, "[\"b\",1]", 2, 12, "\"\xC3\xA9\"");
    expect_place(0, "[\"b\",2,\"x\"]", 2, 23, "null");
    expect_place(0, "[\"a\",\"kA\"]", 3, 20, "true");
    expect_place(0, "[\"a\",\"z\"]", 3, 31, "\"v\"");
    expect_place(0, "[\"e\"]", 4, 8, "[]");
    pol_location whole = locate(0, "[]");
    assert_true(whole.found && whole.line == 1 && whole.len == sizeof text - 2);
    expect_missing("[\"b\",7]", 2, 8);
    expect_missing("[\"b\",2,\"x\",\"deep\"]", 2, 23);
    expect_missing("[\"nothing\"]", 1, 1);
    assert_false(locate(1, "[]").found);
    pol_document_done(&doc);
}

static void test_lines(void **state)
{
    (void)state;
    static const char text[] = "{\"a\":1}\n{\"a\":[2,{}]}\n";
    open_text("t.jsonl", text, sizeof text - 1);
    expect_place(0, "[\"a\"]", 1, 6, "1");
    expect_place(1, "[\"a\",1]", 2, 9, "{}");
    pol_document_done(&doc);
}

/* Strings full of quotes and brackets, walked over forwards and backwards. */
static void test_confusing_strings(void **state)
{
    (void)state;
    static const char text[] =
        "{\"x\":[\"]}{[\",\"\\\\\",\"\\\"]\",{\"\\\\\":\"{\",\"q\":5}],"
        "\"y\":{\"a\":\"\\\\\\\"\",\"b\":\"plain\",\"c\":{\"d\":[\"]\"]}}}";
    open_text("t", text, sizeof text - 1);
    expect_place(0, "[\"x\",3,\"q\"]", 1, 39, "5");
    expect_place(0, "[\"y\",\"b\"]", 1, 63, "\"plain\"");
    expect_place(0, "[\"y\",\"c\"]", 1, 75, "{\"d\":[\"]\"]}");
    expect_place(0, "[\"y\",\"c\",\"d\"]", 1, 80, "[\"]\"]");
    pol_document_done(&doc);
}

/* Every value of `v`, which is at `path`, is where it is said to be. */
static void check_all(uint32_t root, pol_value v, pol_value *path, size_t len)
{
    const char *error;
    size_t at;
    pol_location place = pol_document_locate(&doc, root, path, len);
    assert_true(place.found);
    pol_value again =
        pol_value_parse_json(&arena, doc.text.ptr + place.off, place.len, false,
                             &error, &at);
    assert_true(pol_is_defined(again) && pol_equal(again, v));
    if (v.tag != POL_ARRAY && v.tag != POL_OBJECT)
        return;
    for (uint32_t i = 0; i < v.len; i++) {
        bool array = v.tag == POL_ARRAY;
        path[len] = array ? pol_int(i) : pol_key_at(v, i);
        check_all(root, array ? pol_at(v, i) : pol_value_at(v, i), path, len + 1);
    }
}

static void add_random(pol_buf *out, uint32_t *seed, int depth)
{
    *seed = *seed * 1664525 + 1013904223;
    uint32_t pick = (*seed >> 16) % 12, count = (*seed >> 8) % 5;
    static const char *const scalars[] = {
        "1", "null", "\"text\"", "\"\\n\"", "\"]\"", "\"\"", "-2.5", "\"{,\\\\\""};
    if (pick < 8 || depth > 6 || out->len > 6000) {
        pol_buf_cstr(out, scalars[pick % 8]);
        return;
    }
    if ((*seed >> 4) % 17 == 0)
        count += 80; /* wide */
    pol_buf_cstr(out, pick < 10 ? "[" : "{");
    for (uint32_t i = 0; i < count; i++) {
        pol_buf_cstr(out, i ? " ,\n" : " ");
        if (pick >= 10)
            pol_buf_printf(out, "\"%c%u\" : ", 'a' + (int)((i * 7 + pick) % 26), i);
        add_random(out, seed, depth + 1);
    }
    pol_buf_cstr(out, pick < 10 ? "]" : "}");
}

static void test_random_documents(void **state)
{
    (void)state;
    pol_value path[64];
    for (uint32_t seed = 1; seed < 400; seed++) {
        pol_arena local;
        pol_buf text;
        uint32_t random = seed * 7919;
        pol_arena_init(&local, 0, NULL);
        pol_buf_init(&text, &local);
        pol_buf_cstr(&text, "{\"root\":[");
        for (int i = 0; i < 8; i++) {
            pol_buf_cstr(&text, i ? "," : "");
            add_random(&text, &random, 0);
        }
        pol_buf_cstr(&text, "]}");
        open_text("t.json", text.ptr, text.len);
        check_all(0, doc.roots[0], path, 0);
        pol_document_done(&doc);
        pol_arena_done(&local);
    }
}

static void test_large(void **state)
{
    (void)state;
    pol_arena local;
    pol_buf text;
    pol_arena_init(&local, 0, NULL);
    pol_buf_init(&text, &local);
    pol_buf_cstr(&text, "{\"list\":[\n");
    for (int i = 0; i < 50000; i++)
        pol_buf_printf(&text, "%s{\"name\":\"\xC3\xA9%05d\",\"n\":%d}",
                       i ? ",\n" : "", i, i % 10);
    pol_buf_cstr(&text, "],\"last\":false}");
    open_text("t.json", text.ptr, text.len);
    expect_place(0, "[\"last\"]", 50001, 33, "false");
    for (int i = 0; i < 50000; i += 7) {
        pol_value path[] = {pol_literal("list"), pol_int(i), pol_literal("n")};
        pol_location place = pol_document_locate(&doc, 0, path, 3);
        assert_true(place.found);
        assert_int_equal(place.line, i + 2);
        assert_int_equal(place.column, 22);
        assert_int_equal(doc.text.ptr[place.off], '0' + i % 10);
    }
    pol_document_done(&doc);
    pol_arena_done(&local);
}

static void test_yaml(void **state)
{
    (void)state;
    static const char text[] = "# comment\n"
                               "a: 1\n"
                               "\xC3\xA9: [x, {y: 'z'}]\n"
                               "list:\n"
                               "- name: one\n"
                               "  deep:\n"
                               "    k: |\n"
                               "      text\n"
                               "- two\n"
                               "---\n"
                               "b: \"second\"\n";
    open_text("t.yaml", text, sizeof text - 1);
    expect_place(0, "[\"a\"]", 2, 4, "1");
    expect_place(0, "[\"\xC3\xA9\"]", 3, 4, "[x, {y: 'z'}]");
    expect_place(0, "[\"\xC3\xA9\",1,\"y\"]", 3, 12, "'z'");
    expect_place(0, "[\"list\",0]", 5, 3,
                 "name: one\n  deep:\n    k: |\n      text");
    expect_place(0, "[\"list\",0,\"name\"]", 5, 9, "one");
    expect_place(0, "[\"list\",1]", 9, 3, "two");
    expect_place(1, "[\"b\"]", 11, 4, "\"second\"");
    expect_missing("[\"list\",0,\"nothing\"]", 5, 3);
    expect_missing("[\"list\",5]", 5, 1);
    expect_missing("[\"a\",\"b\"]", 2, 4);
    pol_document_done(&doc);
}

static void test_yaml_aliases(void **state)
{
    (void)state;
    static const char text[] = "base: &b\n"
                               "  k: old\n"
                               "x: &b {k: 1, m: [2]}\n"
                               "y: *b\n"
                               "z:\n"
                               "  <<: *b\n"
                               "  k: 3\n"
                               "w:\n"
                               "  <<: [{p: 4}, *b]\n";
    open_text("t.yaml", text, sizeof text - 1);
    expect_place(0, "[\"y\",\"k\"]", 3, 11, "1");
    expect_place(0, "[\"z\",\"k\"]", 7, 6, "3");
    expect_place(0, "[\"z\",\"m\",0]", 3, 18, "2");
    expect_place(0, "[\"w\",\"p\"]", 9, 12, "4");
    expect_place(0, "[\"w\",\"k\"]", 3, 11, "1");
    expect_missing("[\"w\",\"q\"]", 9, 3);
    pol_document_done(&doc);
}

static void test_yaml_functions(void **state)
{
    (void)state;
    static const char text[] = "a: !Ref x\n"
                               "b: !GetAtt r.Arn\n"
                               "c: !Sub\n"
                               "  - t\n"
                               "  - v: !Ref y\n";
    open_text("t.yaml", text, sizeof text - 1);
    expect_place(0, "[\"a\"]", 1, 4, "!Ref x");
    expect_place(0, "[\"a\",\"Ref\"]", 1, 4, "!Ref x");
    expect_place(0, "[\"b\",\"Fn::GetAtt\",1]", 2, 4, "!GetAtt r.Arn");
    expect_place(0, "[\"c\",\"Fn::Sub\",1,\"v\",\"Ref\"]", 5, 8, "!Ref y");
    pol_document_done(&doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_confusing_strings),
        cmocka_unit_test(test_random_documents),
        cmocka_unit_test(test_large),
        cmocka_unit_test(test_yaml),
        cmocka_unit_test(test_yaml_aliases),
        cmocka_unit_test(test_yaml_functions),
    };
    return cmocka_run_group_tests(tests, NULL, finish);
}
