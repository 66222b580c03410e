/* SPDX-License-Identifier: Apache-2.0
 *
 * Values: order, collections, look-ups, copies and texts, as OPA 1.22 has
 * them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arena.h"
#include "pol_value.h"
#include "shape.h"

static pol_arena arena;

static pol_value json(const char *text)
{
    const char *error = "";
    size_t at;
    pol_value v = pol_value_parse_json(&arena, text, strlen(text), false,
                                       &error, &at);
    if (!pol_is_defined(v))
        fail_msg("%s: %s at %zu", text, error, at);
    return v;
}

/* A set of the members of a JSON array. */
static pol_value set(const char *text)
{
    pol_value array = json(text);
    pol_builder b;
    pol_builder_init(&b, &arena, POL_SET);
    for (uint32_t i = 0; i < array.len; i++)
        pol_builder_add(&b, pol_at(array, i));
    return pol_builder_done(&b);
}

static void expect(pol_value v, pol_text_form form, const char *want)
{
    size_t len;
    const char *text = pol_value_text(&arena, v, form, &len);
    assert_string_equal(text, want);
    assert_int_equal(len, strlen(want));
}

static void expect_order(pol_value a, pol_value b, int want)
{
    int order = pol_compare(a, b), back = pol_compare(b, a);
    assert_int_equal((order > 0) - (order < 0), want);
    assert_int_equal((back > 0) - (back < 0), -want);
    assert_int_equal(pol_equal(a, b), want == 0);
}

static void test_order_of_types(void **state)
{
    (void)state;
    pol_value ascending[] = {json("null"), json("false"), json("true"),
                             json("-5"), json("2.5"), json("\"\""),
                             json("\"B\""), json("\"a\""), json("\"aa\""),
                             json("[]"), json("[1]"), json("[1,2]"),
                             json("[2]"), json("{}"), json("{\"a\":1}"),
                             set("[]"), set("[1]")};
    for (size_t i = 0; i < countof(ascending); i++)
        for (size_t k = 0; k < countof(ascending); k++)
            expect_order(ascending[i], ascending[k], (i > k) - (i < k));
}

static void test_order_of_collections(void **state)
{
    (void)state;
    /* Objects: key and value in turn, then the number of keys. */
    expect_order(json("{\"a\":2,\"b\":0}"), json("{\"a\":1,\"c\":0}"), 1);
    expect_order(json("{\"a\":2}"), json("{\"a\":1,\"b\":1}"), 1);
    expect_order(json("{\"a\":1}"), json("{\"a\":1,\"b\":1}"), -1);
    expect_order(json("{\"b\":1}"), json("{\"a\":1,\"b\":1}"), 1);
    expect_order(json("{\"b\":1,\"a\":[1.0]}"), json("{\"a\":[1],\"b\":1}"), 0);
    expect_order(set("[2]"), set("[1,2]"), 1);
    expect_order(set("[1,3]"), set("[1,2,5]"), 1);
    expect_order(set("[3,1,3]"), set("[1,3]"), 0);
    expect_order(json("\"\\uffff\""), json("\"\\ud83d\\ude00\""), -1);
}

/* Arrays within arrays, `depth` of them around `inner`. */
static pol_value nest(pol_value inner, int depth)
{
    for (int i = 0; i < depth; i++) {
        pol_value *item = pol_items(&arena, 1);
        *item = inner;
        inner = pol_array(item, 1);
    }
    return inner;
}

static void test_depth_costs_no_stack(void **state)
{
    (void)state;
    enum { DEEP = 1000000 };
    pol_value a = nest(pol_int(1), DEEP), b = nest(pol_int(2), DEEP);
    size_t len;
    expect_order(a, b, -1);
    expect_order(a, pol_copy(&arena, a), 0);
    pol_value_text(&arena, a, POL_TEXT_JSON, &len);
    assert_int_equal(len, 2 * DEEP + 1);
}

static void test_sets(void **state)
{
    (void)state;
    expect(set("[3,1,2,1,3]"), POL_TEXT_JSON, "[1,2,3]");
    /* Of equal members the first stays. */
    expect(set("[1,1.0]"), POL_TEXT_JSON, "[1]");
    expect(set("[1.0,1]"), POL_TEXT_JSON, "[1.0]");
    expect(set("[[1.0],[1]]"), POL_TEXT_JSON, "[[1.0]]");
    assert_true(pol_has(set("[\"a\",\"b\"]"), json("\"b\"")));
    assert_false(pol_has(set("[\"a\",\"b\"]"), json("\"c\"")));
}

/* Large inputs in every order: sorted, stable, unique. */
static void test_sorting(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    for (uint32_t order = 0; order < 4; order++) {
        pol_value *rows = pol_items(&arena, 2 * COUNT);
        uint32_t random = 12345;
        for (uint32_t i = 0; i < COUNT; i++) {
            random = random * 1664525 + 1013904223;
            uint32_t key = order == 0   ? i / 3
                           : order == 1 ? (COUNT - i) / 3
                           : order == 2 ? random % (COUNT / 4)
                                        : i % 7;
            rows[2 * i] = pol_int(key);
            rows[2 * i + 1] = pol_int(i);
        }
        pol_shape_sort(rows, COUNT, 2);
        for (uint32_t i = 1; i < COUNT; i++) {
            assert_true(rows[2 * i - 2].i <= rows[2 * i].i);
            if (rows[2 * i - 2].i == rows[2 * i].i)
                assert_true(rows[2 * i - 1].i < rows[2 * i + 1].i);
        }
    }
}

static void test_objects(void **state)
{
    (void)state;
    pol_builder b;
    pol_builder_init(&b, &arena, POL_OBJECT);
    pol_builder_put(&b, pol_literal("z"), pol_int(1));
    pol_builder_put(&b, json("1.0"), pol_int(2));
    pol_builder_put(&b, pol_literal("a"), pol_int(3));
    pol_builder_put(&b, json("1"), pol_int(4));
    pol_value v = pol_builder_done(&b);
    /* Of equal keys the first stays, with the last value. */
    expect(v, POL_TEXT_REGO, "{1.0: 4, \"a\": 3, \"z\": 1}");
    assert_int_equal(pol_get(v, json("1")).i, 4);
    assert_int_equal(pol_get_name(v, "z").i, 1);
    assert_false(pol_is_defined(pol_get_name(v, "y")));
    expect(pol_object_with(&arena, v, pol_literal("b"), pol_null()),
           POL_TEXT_REGO, "{1.0: 4, \"a\": 3, \"b\": null, \"z\": 1}");
    expect(pol_object_with(&arena, v, pol_literal("z"), pol_null()),
           POL_TEXT_REGO, "{1.0: 4, \"a\": 3, \"z\": null}");
    expect(pol_object_without(&arena, v, pol_literal("a")), POL_TEXT_REGO,
           "{1.0: 4, \"z\": 1}");
    expect(pol_object_without(&arena, v, pol_literal("q")), POL_TEXT_REGO,
           "{1.0: 4, \"a\": 3, \"z\": 1}");
    expect(v, POL_TEXT_REGO, "{1.0: 4, \"a\": 3, \"z\": 1}");
}

static void test_many_keys(void **state)
{
    (void)state;
    enum { COUNT = 1000 };
    pol_builder b;
    pol_builder_init(&b, &arena, POL_OBJECT);
    for (int i = COUNT; i-- > 0;)
        pol_builder_put(
            &b, pol_string_copy(&arena, pol_arena_printf(&arena, "k%d", i),
                                strlen(pol_arena_printf(&arena, "k%d", i))),
            pol_int(i));
    pol_value v = pol_builder_done(&b);
    assert_non_null(v.obj->shape->slots);
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(
            pol_get_name(v, pol_arena_printf(&arena, "k%d", i)).i, i);
    assert_false(pol_is_defined(pol_get_name(v, "k1000")));
    assert_false(pol_is_defined(pol_get(v, pol_int(1))));
    pol_value copy = pol_copy(&arena, v);
    assert_true(pol_equal(v, copy));
    assert_int_equal(pol_get_name(copy, "k999").i, 999);
}

static void test_get(void **state)
{
    (void)state;
    pol_value a = json("[1,2,3]");
    assert_int_equal(pol_get(a, json("1.0")).i, 2);
    assert_int_equal(pol_get(a, json("2e0")).i, 3);
    assert_false(pol_is_defined(pol_get(a, json("3"))));
    assert_false(pol_is_defined(pol_get(a, json("-1"))));
    assert_false(pol_is_defined(pol_get(a, json("0.5"))));
    assert_false(pol_is_defined(pol_get(a, json("\"0\""))));
    assert_false(pol_is_defined(pol_get(json("\"abc\""), json("0"))));
    expect(pol_get(set("[1,2]"), json("1.0")), POL_TEXT_JSON, "1.0");
    assert_true(pol_has(json("{\"a\":[1]}"), json("[1.0]")));
    assert_false(pol_has(json("{\"a\":[1]}"), json("\"a\"")));
}

static void test_copy_shares_nothing(void **state)
{
    (void)state;
    pol_arena other;
    pol_arena_init(&other, 0, NULL);
    pol_value v = pol_copy(
        &other, json("{\"k\":[\"text\",1.50,{\"n\":null}],\"l\":[]}"));
    pol_value moved = pol_copy(&arena, v);
    memset((void *)(uintptr_t)pol_at(pol_get_name(v, "k"), 0).str, '#', 4);
    pol_arena_done(&other);
    expect(moved, POL_TEXT_JSON,
           "{\"k\":[\"text\",1.50,{\"n\":null}],\"l\":[]}");
}

static void test_json_text(void **state)
{
    (void)state;
    pol_value v = json("[\"<>&\\u2028\\u2029\\u0000\\u0007\\b\\f\\n\\r\\t\\u007f"
                       "\\u001f\\\"\\\\/\\u00e9\"]");
    expect(v, POL_TEXT_JSON,
           "[\"<>&\\u2028\\u2029\\u0000\\u0007\\b\\f\\n\\r\\t\x7F"
           "\\u001f\\\"\\\\/\xC3\xA9\"]");
    expect(v, POL_TEXT_JSON_RAW,
           "[\"\\u003c\\u003e\\u0026\\u2028\\u2029\\u0000\\u0007\\b\\f\\n\\r\\t"
           "\x7F\\u001f\\\"\\\\/\xC3\xA9\"]");
    expect(pol_string("a\xFFz", 3), POL_TEXT_JSON, "\"a\\ufffdz\"");
    expect(json("{\"a\":[1,{}],\"b\":{},\"c\":[],\"d\":{\"e\":1}}"),
           POL_TEXT_PRETTY,
           "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": {},\n  \"c\": [],\n"
           "  \"d\": {\n    \"e\": 1\n  }\n}");
}

static void test_rego_text(void **state)
{
    (void)state;
    pol_value items[] = {pol_int(1), json("\"a<\""),
                         json("{\"k\":[1,2.50,null,true]}"), set("[]"),
                         json("{}"), json("[]")};
    expect(pol_set(items, countof(items)), POL_TEXT_REGO,
           "{1, \"a<\", [], {}, {\"k\": [1, 2.50, null, true]}, set()}");
    expect(json("\"\\u0000\\u0007\\b\\f\\n\\r\\t\\u007f\\u00ad\\u200b\\ufeff"
                "\\ufffd\\u00e9\\ud83d\\ude00\\udb40\\udc01\\u000b\""),
           POL_TEXT_REGO,
           "\"\\x00\\a\\b\\f\\n\\r\\t\\x7f\\u00ad\\u200b\\ufeff\xEF\xBF\xBD"
           "\xC3\xA9\xF0\x9F\x98\x80\\U000e0001\\v\"");
}

static void test_other_keys(void **state)
{
    (void)state;
    pol_value keys[] = {pol_int(1), json("[1,\"x\"]"), json("true"),
                        json("null"), json("{\"a\":1}"), set("[1,2]"),
                        json("1.50"), pol_literal("s")};
    pol_value values[countof(keys)];
    for (size_t i = 0; i < countof(keys); i++)
        values[i] = pol_int((int64_t)i);
    pol_value v = pol_object_of(&arena, keys, values, countof(keys));
    expect(v, POL_TEXT_JSON,
           "{\"1\":0,\"1.50\":6,\"[1,\\\"x\\\"]\":1,\"[1,2]\":5,\"null\":3,"
           "\"s\":7,\"true\":2,\"{\\\"a\\\":1}\":4}");
    expect(v, POL_TEXT_REGO,
           "{null: 3, true: 2, 1: 0, 1.50: 6, \"s\": 7, [1, \"x\"]: 1, "
           "{\"a\": 1}: 4, {1, 2}: 5}");
    /* Keys of one text: the last in Rego's order counts. */
    pol_value same[] = {pol_literal("1"), pol_int(1)};
    pol_value which[] = {pol_literal("string"), pol_literal("number")};
    expect(pol_object_of(&arena, same, which, 2), POL_TEXT_JSON,
           "{\"1\":\"string\"}");
}

static void test_secrets(void **state)
{
    (void)state;
    pol_value secret = pol_literal("pass");
    secret.flags = POL_SECRET;
    pol_value unknown = {.tag = POL_UNKNOWN};
    pol_value items[] = {secret, unknown};
    pol_value v = pol_array(items, 2);
    expect(v, POL_TEXT_JSON, "[\"[secret]\",\"<unknown>\"]");
    expect(v, POL_TEXT_PRETTY,
           "[\n  \"[secret]\",\n  \"<unknown>\"\n]");
    expect(v, POL_TEXT_REGO, "[[secret], <unknown>]");
    expect(v, POL_TEXT_JSON_RAW, "[\"pass\",\"<unknown>\"]");
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(pol_type_name(pol_bool(true)), "boolean");
    assert_string_equal(pol_type_name(json("1.5")), "number");
    assert_string_equal(pol_type_name(set("[]")), "set");
    assert_int_equal(pol_string_hash("abcdefghijklmnopq", 17),
                     pol_string_hash("abcdefghijklmnopqr", 17));
    assert_int_not_equal(pol_string_hash("a", 1), pol_string_hash("b", 1));
    assert_int_not_equal(pol_string_hash("", 0), pol_string_hash("\0", 1));
}

static int done(void **state)
{
    (void)state;
    pol_arena_done(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_of_types),
        cmocka_unit_test(test_order_of_collections),
        cmocka_unit_test(test_depth_costs_no_stack),
        cmocka_unit_test(test_sets),
        cmocka_unit_test(test_sorting),
        cmocka_unit_test(test_objects),
        cmocka_unit_test(test_many_keys),
        cmocka_unit_test(test_get),
        cmocka_unit_test(test_copy_shares_nothing),
        cmocka_unit_test(test_json_text),
        cmocka_unit_test(test_rego_text),
        cmocka_unit_test(test_other_keys),
        cmocka_unit_test(test_secrets),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, done);
}
