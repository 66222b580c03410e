/* SPDX-License-Identifier: Apache-2.0
 *
 * Values against JSON Schema: each keyword with a value that fits and one that
 * does not, and what is said then. */
#include "reading_test.h"

#include "pol.h"
#include "pol_stdlib.h"
#include "compile.h"
#include "schema.h"

static pol_engine *engine;
static pol_buf said;

static void note(void *host, const pol_value *path, uint32_t path_len,
                 const char *text)
{
    (void)host;
    if (said.len)
        pol_buf_cstr(&said, "; ");
    for (uint32_t i = 0; i < path_len; i++) {
        if (path[i].tag == POL_STRING)
            pol_buf_printf(&said, "%.*s ", (int)path[i].len, path[i].str);
        else
            pol_buf_printf(&said, "%d ", (int)path[i].i);
    }
    pol_buf_cstr(&said, text);
}

static pol_value parse(const char *text)
{
    const char *error;
    size_t at;
    pol_value v = pol_value_parse_json(&arena, text, strlen(text), false,
                                       &error, &at);
    if (!pol_is_defined(v))
        fail_msg("%s: %s", text, error);
    return v;
}

/* `problems` "" means that the value fits. */
static void expect(const char *schema, const char *value, const char *problems)
{
    start_over();
    pol_buf_init(&said, &arena);
    pol_schema s = {.arena = &arena, .registry = &engine->registry,
                    .sink = {NULL, note}};
    bool fits = pol_schema_validate(&s, parse(schema), parse(value));
    assert_string_equal(pol_buf_done(&said).ptr, problems);
    assert_int_equal(fits, !*problems);
}

static void test_types(void **state)
{
    (void)state;
    expect("{\"type\": \"integer\"}", "3", "");
    expect("{\"type\": \"integer\"}", "3.0", "");
    expect("{\"type\": \"integer\"}", "3.5", "must be an integer, not 3.5");
    expect("{\"type\": \"string\"}", "[1]", "must be a string, not [1]");
    expect("{\"type\": [\"null\", \"array\"]}", "null", "");
    expect("{\"type\": [\"null\", \"array\"]}", "1",
           "must be one of the types [\"null\",\"array\"], not 1");
    expect("{\"enum\": [1, \"a\"]}", "\"a\"", "");
    expect("{\"enum\": [1, \"a\"]}", "2", "must be one of [1,\"a\"], not 2");
    expect("{\"const\": {\"a\": 1}}", "{\"a\": 1.0}", "");
    expect("{\"const\": 1}", "2", "must be 1, not 2");
}

static void test_numbers(void **state)
{
    (void)state;
    expect("{\"minimum\": 1, \"maximum\": 3}", "1", "");
    expect("{\"minimum\": 1}", "0.5", "must be at least 1, not 0.5");
    expect("{\"maximum\": 3}", "4", "must be at most 3, not 4");
    expect("{\"exclusiveMinimum\": 1}", "1", "must be over 1, not 1");
    expect("{\"maximum\": 3, \"exclusiveMaximum\": true}", "3",
           "must be under 3, not 3");
    expect("{\"minimum\": 1}", "\"x\"", "");
    expect("{\"multipleOf\": 0.1}", "0.3", "");
    expect("{\"multipleOf\": 2}", "3", "must be a multiple of 2, not 3");
}

static void test_strings(void **state)
{
    (void)state;
    expect("{\"minLength\": 2, \"maxLength\": 2}", "\"\\u00e4\\u00f6\"", "");
    expect("{\"maxLength\": 2}", "\"abc\"",
           "must have at most length 2, not 3");
    expect("{\"pattern\": \"^a+$\"}", "\"aa\"", "");
    expect("{\"pattern\": \"^a+$\"}", "\"ab\"",
           "must match the pattern \"^a+$\", not \"ab\"");
    expect("{\"pattern\": \"(\"}", "\"ab\"",
           "cannot be held against \"(\", which is no regular expression");
}

static void test_arrays(void **state)
{
    (void)state;
    expect("{\"items\": {\"type\": \"string\"}}", "[\"a\", 1, 2]",
           "1 must be a string, not 1; 2 must be a string, not 2");
    expect("{\"items\": [{\"type\": \"string\"}], \"additionalItems\": false}",
           "[\"a\", 1]", "must have at most 1 elements");
    expect("{\"minItems\": 1}", "[]", "must have at least length 1, not 0");
    expect("{\"uniqueItems\": true}", "[1, 1.0]",
           "must not hold an element twice");
    expect("{\"contains\": {\"const\": 1}}", "[2, 1]", "");
    expect("{\"contains\": {\"const\": 1}}", "[2]",
           "must hold an element that fits {\"const\":1}");
}

static void test_objects(void **state)
{
    (void)state;
    expect("{\"required\": [\"a\", \"b\"]}", "{\"a\": 1}",
           "must have the property `b`");
    expect("{\"properties\": {\"a\": {\"properties\": {\"b\": {\"type\":"
           "\"null\"}}}}}", "{\"a\": {\"b\": 1}}",
           "a b must be a null, not 1");
    expect("{\"properties\": {\"a\": true}, \"additionalProperties\": false,"
           "\"patternProperties\": {\"^x-\": {\"type\": \"string\"}}}",
           "{\"a\": 1, \"x-b\": 2, \"c\": 3}",
           "must not have the property `c`; x-b must be a string, not 2");
    expect("{\"additionalProperties\": {\"type\": \"string\"}}", "{\"a\": 1}",
           "a must be a string, not 1");
    expect("{\"propertyNames\": {\"maxLength\": 1}}", "{\"ab\": 1}",
           "must not have a property named `ab`");
    expect("{\"dependencies\": {\"a\": [\"b\"]}}", "{\"a\": 1}",
           "must have the property `b`");
    expect("{\"minProperties\": 2}", "{\"a\": 1}",
           "must have at least length 2, not 1");
}

static void test_combinations(void **state)
{
    (void)state;
    expect("{\"allOf\": [{\"minimum\": 2}, {\"maximum\": 0}]}", "1",
           "must be at least 2, not 1; must be at most 0, not 1");
    expect("{\"anyOf\": [{\"type\": \"string\"}, {\"minimum\": 1}]}", "1", "");
    expect("{\"anyOf\": [{\"type\": \"string\"}, {\"minimum\": 1}]}", "0",
           "fits none of the alternatives of anyOf");
    expect("{\"oneOf\": [{\"minimum\": 0}, {\"minimum\": 1}]}", "1",
           "fits 2 of the alternatives of oneOf");
    expect("{\"not\": {\"type\": \"string\"}}", "\"a\"",
           "must not fit the schema of `not`");
    expect("{\"properties\": {\"a\": false}}", "{\"a\": 1}",
           "a must not be there");
}

static int begin(void **state)
{
    (void)state;
    engine = pol_engine_new(&(pol_engine_options){.builtins = pol_stdlib()});
    return engine ? 0 : 1;
}

static int end(void **state)
{
    pol_engine_free(engine);
    return finish(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),   cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_strings), cmocka_unit_test(test_arrays),
        cmocka_unit_test(test_objects), cmocka_unit_test(test_combinations),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
