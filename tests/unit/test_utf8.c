/* SPDX-License-Identifier: Apache-2.0
 *
 * UTF-8: every code point goes there and back, and everything that Go calls
 * broken is broken here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "utf8.h"

static void test_round_trip(void **state)
{
    (void)state;
    for (uint32_t rune = 0; rune <= 0x10FFFF; rune++) {
        char bytes[POL_UTF8_MAX];
        size_t len = pol_utf8_encode(rune, bytes);
        const char *at = bytes;
        uint32_t back = pol_utf8_decode(&at, bytes + len);
        bool surrogate = rune >= 0xD800 && rune <= 0xDFFF;
        uint32_t want = surrogate ? (uint32_t)POL_UTF8_REPLACEMENT : rune;
        if (back != want || at != bytes + len ||
            !pol_utf8_valid(bytes, len) || pol_utf8_count(bytes, len) != 1)
            fail_msg("U+%04X", rune);
    }
}

static const struct {
    const char *bytes;
    size_t len, prefix, runes;
} TEXTS[] = {
    {"", 0, 0, 0},
    {"plain ascii text", 16, 16, 16},
    {"a\0b", 3, 3, 3},
    {"gr\xC3\xBC\xC3\x9F" "e", 7, 7, 5},
    {"\xF0\x9F\x98\x80", 4, 4, 1},
    {"\x80", 1, 0, 1},                   /* lone continuation */
    {"\xC0\x80", 2, 0, 2},               /* overlong NUL */
    {"\xC1\xBF", 2, 0, 2},               /* overlong */
    {"\xE0\x9F\xBF", 3, 0, 3},           /* overlong */
    {"\xF0\x8F\xBF\xBF", 4, 0, 4},       /* overlong */
    {"\xED\xA0\x80", 3, 0, 3},           /* surrogate */
    {"\xF4\x90\x80\x80", 4, 0, 4},       /* over U+10FFFF */
    {"\xF5\x80\x80\x80", 4, 0, 4},       /* no lead byte */
    {"12345678\xE2\x82", 10, 8, 10},     /* cut short */
    {"\xE2\x82" "abcdefghij", 12, 0, 12} /* cut short in the middle */
};

static void test_broken(void **state)
{
    (void)state;
    for (size_t i = 0; i < countof(TEXTS); i++) {
        const char *bytes = TEXTS[i].bytes;
        size_t len = TEXTS[i].len;
        assert_int_equal(pol_utf8_prefix(bytes, len), TEXTS[i].prefix);
        assert_int_equal(pol_utf8_valid(bytes, len), TEXTS[i].prefix == len);
        assert_int_equal(pol_utf8_count(bytes, len), TEXTS[i].runes);
        size_t steps = 0;
        for (const char *at = bytes; at < bytes + len; steps++)
            pol_utf8_decode(&at, bytes + len);
        assert_int_equal(steps, TEXTS[i].runes);
    }
}

static void test_decode_bad_byte(void **state)
{
    (void)state;
    const char *text = "\xE2\x82x", *at = text;
    assert_int_equal(pol_utf8_decode(&at, text + 3), 0xFFFD);
    assert_ptr_equal(at, text + 1);
    assert_int_equal(pol_utf8_decode(&at, text + 3), 0xFFFD);
    assert_int_equal(pol_utf8_decode(&at, text + 3), 'x');
}

static void test_encode_out_of_range(void **state)
{
    (void)state;
    char bytes[POL_UTF8_MAX];
    assert_int_equal(pol_utf8_encode(0x110000, bytes), 3);
    assert_memory_equal(bytes, "\xEF\xBF\xBD", 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_decode_bad_byte),
        cmocka_unit_test(test_encode_out_of_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
