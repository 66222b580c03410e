/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading YAML as OPA does, stricter where a mistake would pass unseen. */
#include "reading_test.h"

#include "limit.h"

/* Simple texts are read without libyaml; a tab in a comment before the text
 * forces the other way, which must find the same. */
static void expect_same(const char *text)
{
    char copy[4096] = "#\t\n";
    pol_read_options yaml = {.format = POL_FORMAT_YAML};
    assert_true(strlen(text) + 4 < sizeof copy);
    strcat(copy, text);
    char *other = strdup(read_text(copy, strlen(copy), yaml));
    const char *got = read_text(text, strlen(text), yaml);
    if (*got == 'P') { /* a diagnostic: the line differs */
        assert_int_equal(*other, 'P');
        assert_string_equal(strchr(got, ':'), strchr(other, ':'));
    } else {
        assert_string_equal(got, other);
    }
    free(other);
}

static void test_both_readers(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "a: |\n  x\n\n   y\n \nb: |-\n  z\n\n\nc: |+\n  t\n\n\nd: 1\n",
        "a: |\n\n\n  x\n    y\n  \nb: 1\n",
        "a: |\n  x",
        "a: |\nb: 1\n",
        "a: |\n    \n  x\nb: 1\n",
        "a: |2\n   x\n",
        "a: >\n  x\n  y\n",
        "- |\n x\n- - |\n   y\n  - z\n",
        "a: | # c\n x\n# d\nb: 2\n",
        "- - a\n  - b: c\n    d:\n    - e\n-\n- f\n",
        "a:\n- b\n- c\nd:\n  - e\nf:\n",
        "a:\n  - b\n  -\n    c: d\n  - - e\n",
        "a:\n  - b\n - c\n",
        "a: b\n   c\nd: e\n",
        "a: b\n c: d\n",
        "- a\n  b\n",
        "- a: 1\n  b: 2\n -c: 3\n",
        "a: [x, \"y\", 1, 'z' , 2.5,]\nb: {}\nc: []\nd: [ ]\n",
        "a: [x y]\n",
        "a: [x, [y]]\n",
        "a: {b: c}\n",
        "a: [x\n  , y]\n",
        "\"k e\": 'v' # c\nfoo bar: baz qux # z\n'l': x#y\n",
        "a: \"b\\n\"\nc: 'it''s'\n",
        "a: \"b\"x\n",
        "a: 'b' : c\n",
        "a: b: c\n",
        "a: http://x:80/#y #z\n",
        "a : b\n",
        "true: x\n",
        "null: x\n",
        "a: x\na: y\n",
        "a:\tb\n",
        "a: b\r\nc: d\r\n",
        "a: \xC2\x85 b\n",
        "\xC3\xA9: \xC3\xA9\nb: \xE2\x80\xA8\n",
        "a: - b\n",
        "- -a\n- --- b\n- ...\n",
        "--- a\n",
        "---\n---\n# x\n---\na: 1\n...\nb: 2\n",
        "---   # c\na:   # d\n  # e\n  b: 1\n",
        "%YAML 1.1\n---\na: 1\n",
        "&x a: *x\n",
        "a: !!str 5\n",
        "x\n",
        "a: ?\n",
        "a: @b\n",
        "a: .inf\n",
        "<<: {a: 1}\n",
        "a: <<\n",
        "1: a\n-1: b\n",
    };
    for (size_t i = 0; i < countof(texts); i++)
        expect_same(texts[i]);
    expect_read(YAML, "a: |\n  x\n\n   y\n \nb: |-\n  z\n\nc: |+\n  t\n\nd: 1\n",
                "{\"a\":\"x\\n\\n y\\n\",\"b\":\"z\",\"c\":\"t\\n\\n\",\"d\":1}");
}

static void test_scalars(void **state)
{
    (void)state;
    expect_read(YAML, "[yes, No, on, off, y, n]",
                "[\"yes\",\"No\",\"on\",\"off\",\"y\",\"n\"]");
    expect_read(YAML, "[true, True, TRUE, false, tRUE]",
                "[true,true,true,false,\"tRUE\"]");
    expect_read(YAML, "[~, null, Null, NULL, nULL]",
                "[null,null,null,null,\"nULL\"]");
    expect_read(YAML, "a:\nb: ''\n", "{\"a\":null,\"b\":\"\"}");
    expect_read(YAML, "[2001-01-01, 1:30, 10.0.0.1, 1.2.3, 0o8, -, ., +, _1]",
                "[\"2001-01-01\",\"1:30\",\"10.0.0.1\",\"1.2.3\",\"0o8\",\"-\","
                "\".\",\"+\",\"_1\"]");
    expect_read(YAML, "- '1'\n- \"true\"\n- |\n  1\n- >-\n  a\n  b\n",
                "[\"1\",\"true\",\"1\\n\",\"a b\"]");
    expect_read(YAML, "\"\\u00e9\\x41\\0\"", "\"\xC3\xA9" "A\\u0000\"");
}

static void test_numbers(void **state)
{
    (void)state;
    expect_read(YAML, "[0o17, 017, 0644, 0x1f, -0x1F, 0b11, 1_000, +1, 08]",
                "[15,15,420,31,-31,3,1000,1,8]");
    expect_read(YAML, "[1.50, .5, -.5, 1., 1e3, 1E+5, 685_230.15, 012.5]",
                "[1.50,0.5,-0.5,1,1e3,1E+5,685230.15,12.5]");
    expect_read(YAML, "[12345678901234567890123, 9007199254740993]",
                "[12345678901234567890123,9007199254740993]");
    expect_read(YAML, "0xFFFFFFFFFFFFFFFFFF", "4722366482869645213695");
    expect_read(YAML, "a: .inf",
                "P0611 1:4 infinities and NaN are no values of JSON");
    expect_read(YAML, "a: .NaN",
                "P0611 1:4 infinities and NaN are no values of JSON");
    expect_read(YAML, "a: 1e99999999",
                "P0607 1:4 the number has too many digits or too large an "
                "exponent");
}

static void test_documents(void **state)
{
    (void)state;
    expect_read(YAML, "", "");
    expect_read(YAML, "# only this\n\n", "");
    expect_read(YAML, "---\na: 1\n---\n[b]\n...\n---\nc\n",
                "{\"a\":1} [\"b\"] \"c\"");
    /* Nothing between separators is no document; a null is. */
    expect_read(YAML, "---\n---\na: 1\n---\n# x\n---\nnull\n---\n",
                "{\"a\":1} null");
    expect_read(YAML, "\xEF\xBB\xBF" "a: 1", "{\"a\":1}");
    expect_read(YAML, "%YAML 1.2\n---\na: 1", "{\"a\":1}");
}

static void test_keys(void **state)
{
    (void)state;
    expect_read(YAML, "1: a\n1.5: b\ntrue: c\nFALSE: d\n0x10: e\n1e1: f\n",
                "{\"1\":\"a\",\"1.5\":\"b\",\"10\":\"f\",\"16\":\"e\","
                "\"false\":\"d\",\"true\":\"c\"}");
    expect_read(YAML, "? a\n: b\n? c\n", "{\"a\":\"b\",\"c\":null}");
    expect_read(YAML, "&k key: 1\nb: *k\n", "{\"b\":\"key\",\"key\":1}");
    expect_read(YAML, "null: 1", "P0611 1:1 null cannot be a key");
    expect_read(YAML, "a: {~: 1}", "P0611 1:5 null cannot be a key");
    expect_read(YAML, "[1]: 1", "P0611 1:1 a collection cannot be a key");
    expect_read(YAML, "? {a: 1}\n: 1", "P0611 1:3 a collection cannot be a key");
    expect_read(YAML, "x: &a [1]\n*a : 1",
                "P0611 2:1 a collection cannot be a key");
}

static void test_duplicate_keys(void **state)
{
    (void)state;
    pol_read_options lenient = {.format = POL_FORMAT_YAML, .last_wins = true};
    expect_read(YAML, "\xC3\xA9: 0\na: 1\nb:\n  c: 1\na: 2\n",
                "P0603 5:1 the mapping has the key `a` twice");
    assert_int_equal(diags.first->labels[0].span.off, 6);
    expect_read(YAML, "1: a\n\"1\": b\n",
                "P0603 2:1 the mapping has the key `1` twice");
    assert_string_equal(read_text("{a: 1, b: 2, a: 3}", 18, lenient),
                        "{\"a\":3,\"b\":2}");
}

/* More keys than the shape tree takes, with one twice and without. */
static void test_wide_mappings(void **state)
{
    (void)state;
    for (int twice = 0; twice < 2; twice++) {
        pol_arena local;
        pol_buf text;
        pol_arena_init(&local, 0, NULL);
        pol_buf_init(&text, &local);
        for (int i = 100; i-- > 0;)
            pol_buf_printf(&text, "k%d: %d\n", i, i);
        if (twice)
            pol_buf_cstr(&text, "k42: 0\n");
        const char *got = read_text(text.ptr, text.len,
                                    (pol_read_options){POL_FORMAT_YAML, 0, 0, 0});
        if (twice)
            assert_string_equal(
                got, "P0603 101:1 the mapping has the key `k42` twice");
        else
            assert_non_null(strstr(got, "\"k42\":42,\"k43\":43"));
        pol_arena_done(&local);
    }
}

static void test_anchors(void **state)
{
    (void)state;
    expect_read(YAML, "a: &x {k: [1]}\nb: *x\nc: [*x, *x]\n",
                "{\"a\":{\"k\":[1]},\"b\":{\"k\":[1]},"
                "\"c\":[{\"k\":[1]},{\"k\":[1]}]}");
    expect_read(YAML, "- &x 1\n- *x\n- &x 2\n- *x\n", "[1,1,2,2]");
    expect_read(YAML, "a: *y", "P0601 1:4 there is no anchor of that name");
    expect_read(YAML, "&a [1, *a]",
                "P0601 1:8 the alias stands for a value that it is part of");
    /* Anchors end with their document. */
    expect_read(YAML, "&x a\n--- \n*x\n",
                "P0601 3:1 there is no anchor of that name");
}

static void test_merge(void **state)
{
    (void)state;
    expect_read(YAML, "x: &a {k: 1, m: 2}\ny:\n  <<: *a\n  k: 3\n",
                "{\"x\":{\"k\":1,\"m\":2},\"y\":{\"k\":3,\"m\":2}}");
    expect_read(YAML, "y:\n  k: 9\n  <<: {k: 1, j: 2}\n",
                "{\"y\":{\"j\":2,\"k\":9}}");
    expect_read(YAML, "- &a {k: 1}\n- &b {k: 2, n: 5}\n- {<<: [*a, *b], q: 1}\n",
                "[{\"k\":1},{\"k\":2,\"n\":5},{\"k\":1,\"n\":5,\"q\":1}]");
    expect_read(YAML, "<<: {a: 1}\n<<: {b: 2}\n", "{\"a\":1,\"b\":2}");
    expect_read(YAML, "\"<<\": {k: 1}", "{\"<<\":{\"k\":1}}");
    expect_read(YAML, "<<: 3",
                "P0601 1:5 `<<` needs a mapping or a list of mappings");
    expect_read(YAML, "<<: [{a: 1}, 2]\n",
                "P0601 1:15 `<<` needs a mapping or a list of mappings");
    expect_read(YAML, "<<: {a: 1}\nb: 1\nb: 2\n",
                "P0603 3:1 the mapping has the key `b` twice");
}

static void test_tags(void **state)
{
    (void)state;
    expect_read(YAML, "[!!str 5, !!int \"5\", !!float 5, !!bool \"true\", "
                      "!!null '', ! 5, !foo 5, !foo {a: 1}]",
                "[\"5\",5,5,true,null,5,\"5\",{\"a\":1}]");
    expect_read(YAML, "!!set {x, y}", "{\"x\":null,\"y\":null}");
    expect_read(YAML, "a: !!int abc",
                "P0601 1:4 the value does not fit its tag");
    expect_read(YAML, "a: !!int 1.5",
                "P0601 1:4 the value does not fit its tag");
    expect_read(YAML, "a: !!binary aGVsbG8=",
                "P0611 1:4 `!!binary` is not supported");
}

static void test_cloudformation(void **state)
{
    (void)state;
    expect_read(YAML, "- !Ref Bucket\n- !Ref 5\n- !Condition Prod\n",
                "[{\"Ref\":\"Bucket\"},{\"Ref\":\"5\"},"
                "{\"Condition\":\"Prod\"}]");
    expect_read(YAML, "- !GetAtt a.b.c\n- !GetAtt [a, b]\n",
                "[{\"Fn::GetAtt\":[\"a\",\"b.c\"]},"
                "{\"Fn::GetAtt\":[\"a\",\"b\"]}]");
    expect_read(YAML, "!Sub\n- ${x}\n- x: !Select [0, !GetAZs '']\n",
                "{\"Fn::Sub\":[\"${x}\",{\"x\":{\"Fn::Select\":[0,"
                "{\"Fn::GetAZs\":\"\"}]}}]}");
    expect_read(YAML, "!If [c, &a !Ref x, *a]",
                "{\"Fn::If\":[\"c\",{\"Ref\":\"x\"},{\"Ref\":\"x\"}]}");
    expect_read(YAML, "!Fn::Sub x", "\"x\"");
}

static void test_errors(void **state)
{
    (void)state;
    expect_read(YAML, "a: [1\nb: 2",
                "P0601 2:2 did not find expected ',' or ']' while parsing a "
                "flow sequence");
    assert_string_equal(diags.first->labels[0].text, "it started here");
    assert_int_equal(diags.first->labels[0].span.off, 3);
    expect_read(YAML, "a:\n\tb: 1",
                "P0601 2:1 found character that cannot start any token while "
                "scanning for the next token");
    assert_string_equal(diags.first->help,
                        "YAML indents with blanks, not with tabs");
    read_text("a: {{ .Values.x }}\n{{ end }}", 28,
              (pol_read_options){.format = POL_FORMAT_YAML});
    assert_non_null(strstr(diags.first->help, "template"));
    expect_read(YAML, "a: \"x",
                "P0602 1:6 found unexpected end of stream while scanning a "
                "quoted scalar");
    expect_read(YAML, "a: \xFF", "P0604 1:4 the text is not valid UTF-8");
    expect_read(YAML, "a: \x07", "P0601 1:4 control characters are not allowed "
                                 "in YAML");
    expect_read(YAML, "a\0b",
                "P0609 1:2 the document is no text: it has NUL bytes");
}

static void test_formats(void **state)
{
    (void)state;
    expect_read(AUTO, "{\"a\": 1}", "{\"a\":1}");
    expect_read(AUTO, "{a: 1}", "{\"a\":1}");
    expect_read(AUTO, "name: x", "{\"name\":\"x\"}");
    expect_read(AUTO, "- 1", "[1]");
    expect_read(AUTO, "# x\n{\"a\": 1}", "{\"a\":1}");
    /* Two errors: that of the format that it looks like. */
    expect_read(AUTO, "{\"a\": [}", "P0601 1:8 expected a value, found `}`");
    /* A name that says JSON is held to it. */
    pol_read_options options = {.format = POL_FORMAT_AUTO};
    pol_document doc;
    assert_false(pol_document_read_text(&doc, STR("a.json"), STR("{a: 1}"),
                                        &options, &diags, &srcs));
    assert_false(pol_document_read_text(&doc, STR("a.json"), STR("{\"a\":1,}"),
                                        &options, &diags, &srcs));
    assert_true(pol_document_read_text(&doc, STR("a.yaml"), STR("{\"a\":1}"),
                                       &options, &diags, &srcs));
    pol_document_done(&doc);
}

static void test_alias_bomb(void **state)
{
    (void)state;
    pol_buf text;
    pol_arena local;
    pol_arena_init(&local, 0, NULL);
    pol_buf_init(&text, &local);
    pol_buf_cstr(&text, "a0: &a0 [x]\n");
    for (int i = 1; i < 30; i++)
        pol_buf_printf(&text, "a%d: &a%d [*a%d, *a%d]\n", i, i, i - 1, i - 1);
    const char *got = read_text(text.ptr, text.len,
                                (pol_read_options){POL_FORMAT_YAML, 0, 0, 0});
    assert_non_null(strstr(got, "P0610"));
    /* Below the limit sharing costs nothing. */
    text.len = 0;
    pol_buf_cstr(&text, "a0: &a0 [x]\n");
    for (int i = 1; i < 20; i++)
        pol_buf_printf(&text, "a%d: &a%d [*a%d, *a%d]\n", i, i, i - 1, i - 1);
    pol_document doc;
    pol_read_options tight = {.format = POL_FORMAT_YAML, .memory = 1 << 20};
    assert_true(pol_document_read_text(&doc, STR("t"), pol_buf_done(&text),
                                       &tight, &diags, &srcs));
    pol_document_done(&doc);
    pol_arena_done(&local);
}

static void test_nesting_limit(void **state)
{
    (void)state;
    pol_arena local;
    pol_arena_init(&local, 0, NULL);
    for (int over = 0; over < 2; over++) {
        pol_buf text;
        pol_buf_init(&text, &local);
        for (int i = 0; i < POL_LIMIT_DOCUMENT_NESTING + over; i++)
            pol_buf_char(&text, '[');
        for (int i = 0; i < POL_LIMIT_DOCUMENT_NESTING + over; i++)
            pol_buf_char(&text, ']');
        const char *got = read_text(text.ptr, text.len,
                                    (pol_read_options){POL_FORMAT_YAML, 0, 0, 0});
        if (over)
            assert_string_equal(
                got, "P0606 1:1025 mappings and lists are nested too deep");
        else
            assert_int_equal(got[0], '[');
    }
    pol_arena_done(&local);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_readers),
        cmocka_unit_test(test_scalars),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_documents),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_duplicate_keys),
        cmocka_unit_test(test_wide_mappings),
        cmocka_unit_test(test_anchors),
        cmocka_unit_test(test_merge),
        cmocka_unit_test(test_tags),
        cmocka_unit_test(test_cloudformation),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_alias_bomb),
        cmocka_unit_test(test_nesting_limit),
    };
    return cmocka_run_group_tests(tests, NULL, finish);
}
