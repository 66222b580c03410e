/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers: what OPA 1.22 answers, character by character. The tables were
 * filled by asking it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "arena.h"
#include "limit.h"
#include "pol_value.h"

static pol_arena arena;

static pol_value num(const char *text)
{
    pol_value v = pol_number_parse(&arena, text, strlen(text));
    if (!pol_is_defined(v))
        fail_msg("%s is no number", text);
    return v;
}

static void expect(pol_value v, const char *want, const char *what)
{
    size_t len;
    const char *text =
        pol_is_defined(v) ? pol_value_text(&arena, v, POL_TEXT_JSON, &len) : "-";
    if (strcmp(text, want))
        fail_msg("%s: %s, wanted %s", what, text, want);
}

static const struct {
    const char *a;
    char op;
    const char *b, *want;
} arithmetic[] = {
    {"0.1", '+', "0.2", "0.3"},
    {"1", '/', "3", "0.33333333333333333334"},
    {"1", '/', "7", "0.14285714285714285714"},
    {"1.1", '-', "1", "0.10000000000000000002"},
    {"7", '/', "2", "3.5"},
    {"10", '/', "2", "5"},
    {"10", '/', "-5", "-2"},
    {"1234567.5", '*', "1", "1.2345675e+06"},
    {"123456.5", '*', "1", "123456.5"},
    {"1000000.5", '*', "1", "1.0000005e+06"},
    {"1e-7", '*', "1", "1e-07"},
    {"0.0001", '*', "1", "0.0001"},
    {"0.00001", '*', "1", "1e-05"},
    {"1e18", '/', "3", "3.3333333333333333334e+17"},
    {"1e21", '+', "1", "1000000000000000000001"},
    {"12345678901234567890.5", '+', "0", "12345678901234567890"},
    {"2.0", '*', "1", "2"},
    {"5", '/', "2.5", "2"},
    {"99999999999999999999999", '/', "3", "33333333333333333334000"},
    {"18446744073709551617", '/', "1", "18446744073709551616"},
    {"9007199254740993", '/', "1", "9007199254740993"},
    {"9223372036854775807", '+', "1", "9223372036854775808"},
    {"-9223372036854775807", '-', "1", "-9223372036854775808"},
    {"-9223372036854775808", '/', "-1", "9223372036854775808"},
    {"9223372036854775807", '*', "9223372036854775807",
     "85070591730234615847396907784232501249"},
    {"123456789012345678901234567890", '*', "1.0",
     "123456789012345678901234567890"},
    {"123456789012345678901234567890", '*', "1.5",
     "185185183518518518350000000000"},
    {"123456789012345678901234567890", '+', "0.5",
     "123456789012345678900000000000"},
    {"99999999999999999.5", '*', "1", "9.99999999999999995e+16"},
    {"3.141592653589793238462643383279", '*', "1", "3.1415926535897932385"},
    {"1e-400", '/', "1e399", "9.9999999999999999993e-800"},
    {"1e-30000", '*', "1e-30000", "1.0000000000000000001e-60000"},
    {"1e400", '/', "1e399", "10"},
    /* the sign of zero */
    {"0", '/', "-5", "-0"},
    {"-0", '/', "5", "-0"},
    {"0.0", '/', "5", "0"},
    {"0", '*', "-5", "0"},
    {"0.5", '*', "-0", "-0"},
    {"-0.5", '+', "0.5", "0"},
    {"-0.0", '+', "0", "0"},
    /* remainders take the sign of the dividend */
    {"-7", '%', "3", "-1"},
    {"7", '%', "-3", "1"},
    {"7.0", '%', "2", "1"},
    {"1e3", '%', "7", "6"},
    {"123456789012345678901234567890", '%', "97", "52"},
    {"-9223372036854775808", '%', "-1", "0"},
};

static pol_arith operation(char op)
{
    switch (op) {
    case '+':
        return POL_ADD;
    case '-':
        return POL_SUB;
    case '*':
        return POL_MUL;
    case '/':
        return POL_DIV;
    default:
        return POL_REM;
    }
}

static void test_arithmetic(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(arithmetic); i++) {
        const char *error;
        pol_value v = pol_number_arith(
            &arena, operation(arithmetic[i].op), num(arithmetic[i].a),
            num(arithmetic[i].b), &error);
        expect(v, arithmetic[i].want, arithmetic[i].a);
    }
}

static void test_arithmetic_errors(void **state)
{
    (void)state;
    static const struct {
        const char *a;
        char op;
        const char *b, *error;
    } rows[] = {
        {"1", '/', "0", "divide by zero"},
        {"1.5", '/', "0.0", "divide by zero"},
        {"1", '%', "0", "modulo by zero"},
        {"5", '%', "0.0", "modulo by zero"},
        {"5.5", '%', "0", "modulo on floating-point number"},
        {"1", '%', "2.5", "modulo on floating-point number"},
    };
    for (size_t i = 0; i < countof(rows); i++) {
        const char *error = NULL;
        pol_value v = pol_number_arith(&arena, operation(rows[i].op),
                                       num(rows[i].a), num(rows[i].b), &error);
        assert_false(pol_is_defined(v));
        assert_string_equal(error, rows[i].error);
    }
}

static void test_long_results(void **state)
{
    (void)state;
    const char *error;
    size_t len;
    pol_value v = pol_number_arith(&arena, POL_MUL, num("1e400"), pol_int(2),
                                   &error);
    const char *text = pol_value_text(&arena, v, POL_TEXT_JSON, &len);
    assert_int_equal(len, 401);
    assert_int_equal(text[0], '2');
    assert_int_equal(strspn(text + 1, "0"), 400);
}

static void test_rounding(void **state)
{
    (void)state;
    static const struct {
        pol_rounding how;
        const char *v, *want;
    } rows[] = {
        {POL_ROUND, "2.5", "3"},
        {POL_ROUND, "-2.5", "-3"},
        {POL_ROUND, "0.49999999999999999999999", "1"},
        {POL_ROUND, "-0.2", "0"},
        {POL_ROUND, "14731929665184119549", "14731929665184119550"},
        {POL_ROUND, "123456789012345678901234567890.5",
         "123456789012345678899921813504"},
        {POL_CEIL, "2.5", "3"},
        {POL_CEIL, "-2.5", "-2"},
        {POL_CEIL, "-0.2", "1"}, /* sic */
        {POL_CEIL, "18446744073709551617", "18446744073709551616"},
        {POL_CEIL, "1e3", "1000"},
        {POL_FLOOR, "2.5", "2"},
        {POL_FLOOR, "-2.5", "-3"},
        {POL_FLOOR, "-0.2", "0"}, /* sic */
        {POL_FLOOR, "-1.0", "-1"},
        {POL_ABS, "-2.50", "2.5"},
        {POL_ABS, "1.50", "1.5"},
        {POL_ABS, "-9223372036854775808", "9223372036854775808"},
        {POL_ABS, "-123456789012345678901234567890",
         "123456789012345678900000000000"},
        {POL_ABS, "-0.0", "0"},
        {POL_NEG, "2.50", "-2.5"},
        {POL_NEG, "-9223372036854775808", "9223372036854775808"},
        {POL_NEG, "123456789012345678901234567890",
         "-123456789012345678901234567890"},
    };
    for (size_t i = 0; i < countof(rows); i++)
        expect(pol_number_round(&arena, rows[i].how, num(rows[i].v)),
               rows[i].want, rows[i].v);
}

static void test_text_is_kept(void **state)
{
    (void)state;
    static const char *const kept[] = {"3.0", "1.50", "1e3", "1E+5", "0.10",
                                       "-0", "-0.0", "1e400", "0e999999"};
    for (size_t i = 0; i < countof(kept); i++) {
        assert_int_equal(num(kept[i]).tag, POL_NUMBER);
        expect(num(kept[i]), kept[i], kept[i]);
    }
    static const char *const ints[] = {"0", "-1", "9223372036854775807",
                                       "-9223372036854775808"};
    for (size_t i = 0; i < countof(ints); i++) {
        assert_int_equal(num(ints[i]).tag, POL_INT);
        expect(num(ints[i]), ints[i], ints[i]);
    }
    assert_int_equal(num("9223372036854775808").tag, POL_NUMBER);
    assert_int_equal(num("-9223372036854775809").tag, POL_NUMBER);
}

static void test_no_numbers(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", "-", "+1", "01", "-01", ".5", "5.", "1.e3", "1e", "1e+", "0x10",
        "1_0", " 1", "1 ", "Inf", "NaN", "1..2", "--1", "1e1.5"};
    for (size_t i = 0; i < countof(bad); i++)
        if (pol_is_defined(pol_number_parse(&arena, bad[i], strlen(bad[i]))))
            fail_msg("`%s` was read", bad[i]);
    assert_false(pol_is_defined(pol_number_parse(&arena, "1\0", 2)));
}

static void test_limits(void **state)
{
    (void)state;
    static const char *const good[] = {"9e30102", "1e-30103", "0e99999999999"};
    static const char *const bad[] = {"1e30103", "1e-30200", "1e99999999999",
                                      "12345678901234567890e30100"};
    for (size_t i = 0; i < countof(good); i++)
        num(good[i]);
    for (size_t i = 0; i < countof(bad); i++)
        if (pol_is_defined(pol_number_parse(&arena, bad[i], strlen(bad[i]))))
            fail_msg("`%s` was read", bad[i]);
    char digits[POL_LIMIT_NUMBER_DIGITS + 2];
    memset(digits, '7', sizeof digits);
    assert_true(pol_is_defined(
        pol_number_parse(&arena, digits, POL_LIMIT_NUMBER_DIGITS)));
    assert_false(pol_is_defined(
        pol_number_parse(&arena, digits, POL_LIMIT_NUMBER_DIGITS + 1)));
}

/* Results are bounded, too: squaring on and on raises the trap. */
static void test_limit_of_results(void **state)
{
    (void)state;
    static pol_trap trap;
    const char *error;
    arena.trap = &trap;
    if (setjmp(trap.env) == 0) {
        pol_value v = num("9e30102");
        for (int i = 0; i < 10; i++)
            v = pol_number_arith(&arena, POL_MUL, v, v, &error);
        fail();
    }
    assert_int_equal(trap.kind, POL_TRAP_WORK);
    arena.trap = NULL;
}

static void test_order(void **state)
{
    (void)state;
    static const char *const ascending[] = {
        "-1e30102", "-123456789012345678901234567890.1",
        "-123456789012345678901234567890", "-1e18", "-1.5", "-1", "-1e-30000",
        "0", "1e-30000", "1e-29999", "0.1", "0.100000000000000000000000001",
        "1", "1.5", "2", "1e18", "9223372036854775807", "9223372036854775808",
        "1e30102"};
    for (size_t i = 0; i < countof(ascending); i++)
        for (size_t k = 0; k < countof(ascending); k++) {
            int order = pol_compare(num(ascending[i]), num(ascending[k]));
            int want = (i > k) - (i < k);
            if ((order > 0) - (order < 0) != want)
                fail_msg("%s against %s", ascending[i], ascending[k]);
        }
    static const char *const equal[][2] = {
        {"1", "1.0"}, {"1", "1e0"}, {"0", "-0"}, {"0", "0.00"}, {"0e5", "-0.0"},
        {"1000", "1e3"}, {"0.1", "0.10"}, {"1e100", "1E+100"},
        {"0.001e3", "1"}, {"123.456", "123456e-3"}};
    for (size_t i = 0; i < countof(equal); i++)
        if (!pol_equal(num(equal[i][0]), num(equal[i][1])))
            fail_msg("%s is not %s", equal[i][0], equal[i][1]);
}

static void test_int64(void **state)
{
    (void)state;
    int64_t i;
    assert_true(pol_number_int64(num("2.0"), &i) && i == 2);
    assert_true(pol_number_int64(num("1e3"), &i) && i == 1000);
    assert_true(pol_number_int64(num("-12.50e1"), &i) && i == -125);
    assert_true(pol_number_int64(num("-9.223372036854775808e18"), &i) &&
                i == INT64_MIN);
    assert_true(pol_number_int64(num("-0"), &i) && i == 0);
    assert_false(pol_number_int64(num("9223372036854775808"), &i));
    assert_false(pol_number_int64(num("1e19"), &i));
    assert_false(pol_number_int64(num("1.5"), &i));
    assert_false(pol_number_int64(num("1e30102"), &i));
    assert_true(pol_number_is_whole(num("1e30102")));
    assert_true(pol_number_is_whole(num("1.0")));
    assert_false(pol_number_is_whole(num("1e-1")));
}

static void test_double(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double want;
    } rows[] = {
        {"0.1", 0.1}, {"1e23", 1e23}, {"9007199254740993", 9007199254740992.0},
        {"2.2250738585072011e-308", 2.2250738585072011e-308},
        {"4.9e-324", 4.9e-324}, {"2.4703282292062327208e-324", 0.0},
        {"2.4703282292062328e-324", 4.9e-324},
        {"1.7976931348623157e308", 1.7976931348623157e308},
        {"1e309", __builtin_inf()}, {"-1.5", -1.5},
        {"9007199254740992.99999999999999999999", 9007199254740992.0}};
    for (size_t i = 0; i < countof(rows); i++)
        if (pol_number_double(num(rows[i].text)) != rows[i].want)
            fail_msg("%s: %.17g", rows[i].text,
                     pol_number_double(num(rows[i].text)));
    static const struct {
        double d;
        const char *want;
    } texts[] = {
        {0.1, "0.1"}, {1.0, "1"}, {-2.5, "-2.5"},
        {5e-324, "5e-324"}, {9007199254740992.0, "9007199254740992"},
        {1.0 / 3, "0.3333333333333333"}, {0x1p-1022, "2.2250738585072014e-308"},
        {1e22, "10000000000000000000000"}, {123456789.5, "1.234567895e+08"}};
    for (size_t i = 0; i < countof(texts); i++)
        expect(pol_number_of_double(&arena, texts[i].d), texts[i].want,
               texts[i].want);
    assert_false(pol_is_defined(pol_number_of_double(&arena, __builtin_inf())));
    assert_false(pol_is_defined(pol_number_of_double(&arena, __builtin_nan(""))));
}

static void test_doubles_come_back(void **state)
{
    (void)state;
    uint64_t bits = 88172645463325252u;
    for (int i = 0; i < 20000; i++) {
        double d;
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        memcpy(&d, &bits, sizeof d);
        if (!__builtin_isfinite(d))
            continue;
        pol_value v = pol_number_of_double(&arena, d);
        if (pol_number_double(v) != d)
            fail_msg("%a", d);
    }
}

static void test_bits(void **state)
{
    (void)state;
    static const struct {
        pol_bitop op;
        const char *a, *b, *want;
    } rows[] = {
        {POL_BIT_LSH, "9223372036854775807", "1", "18446744073709551614"},
        {POL_BIT_AND, "-1", "123456789012345678901234567890",
         "123456789012345678901234567890"},
        {POL_BIT_OR, "-5", "3", "-5"},
        {POL_BIT_XOR, "-5", "3", "-8"},
        {POL_BIT_NOT, "5", "0", "-6"},
        {POL_BIT_RSH, "-5", "1", "-3"},
        {POL_BIT_RSH, "5", "100", "0"},
        {POL_BIT_LSH, "-5", "3", "-40"},
        {POL_BIT_AND, "1.0", "3", "1"},
        {POL_BIT_AND, "1.5", "1", "-"},
        {POL_BIT_LSH, "1", "-1", "-"},
        {POL_BIT_LSH, "1", "1000001", "-"},
        {POL_BIT_LSH, "0", "99999999999999999999", "0"},
        {POL_BIT_RSH, "7", "99999999999999999999", "0"},
    };
    for (size_t i = 0; i < countof(rows); i++)
        expect(pol_number_bits(&arena, rows[i].op, num(rows[i].a),
                               num(rows[i].b)),
               rows[i].want, rows[i].a);
}

static void test_bases(void **state)
{
    (void)state;
    static const struct {
        const char *v;
        int base;
        const char *want;
    } rows[] = {
        {"255", 16, "ff"}, {"-255.9", 16, "-ff"}, {"8", 8, "10"},
        {"-0.5", 10, "0"}, {"5", 2, "101"},
        {"123456789012345678901234567890", 10,
         "123456789012345678901234567890"},
        {"123456789012345678901234567890.5", 10,
         "123456789012345678899921813504"},
        {"270e40", 10, "2699999999999999999966387668948034827321344"},
    };
    for (size_t i = 0; i < countof(rows); i++) {
        size_t len;
        const char *text =
            pol_number_base(&arena, num(rows[i].v), rows[i].base, &len);
        assert_string_equal(text, rows[i].want);
        assert_int_equal(len, strlen(rows[i].want));
    }
    expect(pol_number_of_base(&arena, "-fF", 3, 16), "-255", "hex");
    expect(pol_number_of_base(&arena, "+101", 4, 2), "5", "binary");
    expect(pol_number_of_base(&arena, "zz", 2, 36), "1295", "36");
    expect(pol_number_of_base(&arena, "12", 2, 2), "-", "digit too large");
    expect(pol_number_of_base(&arena, "-", 1, 10), "-", "no digit");
    expect(pol_number_of_base(&arena, " 1", 2, 10), "-", "blank");
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
        cmocka_unit_test(test_arithmetic),
        cmocka_unit_test(test_arithmetic_errors),
        cmocka_unit_test(test_long_results),
        cmocka_unit_test(test_rounding),
        cmocka_unit_test(test_text_is_kept),
        cmocka_unit_test(test_no_numbers),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_limit_of_results),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_int64),
        cmocka_unit_test(test_double),
        cmocka_unit_test(test_doubles_come_back),
        cmocka_unit_test(test_bits),
        cmocka_unit_test(test_bases),
    };
    return cmocka_run_group_tests(tests, NULL, done);
}
