/* SPDX-License-Identifier: Apache-2.0
 *
 * One value from a collection: count, sum, product, max, min, sort, all and
 * any. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pol_stdlib.h"
#include "pol_unknown.h"

static size_t count_runes(pol_value text)
{
    size_t count = 0;
    for (uint32_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.str[i] & 0xC0) != 0x80;
    return count;
}

/* The size of a collection is known though its elements are not, but for a set:
 * an unknown member may equal another one. That of a range lies in a range. */
static pol_value count(pol_call *call, const pol_value *args)
{
    pol_value v = args[0];
    if (v.tag == POL_STRING)
        return pol_int((int64_t)count_runes(v));
    if (pol_is_collection(v) || v.tag == POL_UNKNOWN) {
        pol_value n = pol_unknown_count(pol_call_arena(call), v);
        return pol_is_defined(n) ? n : pol_call_unknown(call);
    }
    return pol_call_type_error(call, 1,
                               "one of {array, object, set, string}",
                               pol_type_name(v));
}

static bool are_numbers(pol_call *call, pol_value v)
{
    const char *kind = pol_type_name(v);
    for (uint32_t i = 0; i < v.len; i++) {
        if (pol_is_number(pol_at(v, i)))
            continue;
        pol_value wanted = pol_call_printf(call, "%s of numbers", kind);
        pol_value got = pol_call_printf(call, "%s containing %s", kind,
                                        pol_type_name(pol_at(v, i)));
        pol_call_type_error(call, 1, wanted.str, got.str);
        return false;
    }
    return true;
}

static pol_value fold(pol_call *call, pol_value v, pol_arith op, int64_t start)
{
    const char *error;
    pol_value result = pol_int(start);
    for (uint32_t i = 0; i < v.len; i++) {
        pol_call_spend(call, 1);
        result = pol_number_arith(pol_call_arena(call), op, result,
                                  pol_at(v, i), &error);
    }
    return result;
}

static pol_value sum(pol_call *call, const pol_value *args)
{
    if (!are_numbers(call, args[0]))
        return pol_undefined();
    return fold(call, args[0], POL_ADD, 0);
}

/* The number that is exactly a double: mantissa times a power of two. */
static pol_value exact(pol_arena *arena, double d)
{
    const char *error;
    int exponent;
    double fraction = frexp(d, &exponent);
    pol_value mantissa = pol_int((int64_t)ldexp(fraction, 53));
    exponent -= 53;
    pol_value power = pol_number_bits(arena, POL_BIT_LSH, pol_int(1),
                                      pol_int(abs(exponent)));
    return pol_number_arith(arena, exponent < 0 ? POL_DIV : POL_MUL, mantissa,
                            power, &error);
}

/* a * b rounded once to a double, where b has the 64 bits of OPA's numbers: its
 * double and what that leaves over. */
static double multiply(pol_arena *arena, double a, pol_value b)
{
    const char *error;
    double high = pol_number_double(b);
    if (!isfinite(high))
        return high;
    pol_value rest = pol_number_arith(arena, POL_SUB, b, exact(arena, high),
                                      &error);
    double low = pol_number_double(rest);
    double result = a * high;
    return result + (fma(a, high, -result) + a * low);
}

/* OPA rounds a product to a double after each factor as soon as one factor is
 * not whole. Undefined beyond doubles. */
static pol_value double_product(pol_call *call, pol_value v)
{
    pol_arena *arena = pol_call_arena(call);
    double result = 1;
    for (uint32_t i = 0; i < v.len; i++) {
        pol_call_spend(call, 2);
        result = multiply(arena, result, pol_at(v, i));
        if (!isfinite(result) || fabs(result) < DBL_MIN)
            return pol_undefined();
    }
    return pol_number_of_double(arena, result);
}

static pol_value product(pol_call *call, const pol_value *args)
{
    pol_value result = pol_undefined();
    bool whole = true;
    if (!are_numbers(call, args[0]))
        return result;
    for (uint32_t i = 0; i < args[0].len; i++)
        whole = whole && pol_number_is_whole(pol_at(args[0], i));
    if (!whole)
        result = double_product(call, args[0]);
    return pol_is_defined(result) ? result : fold(call, args[0], POL_MUL, 1);
}

/* Of equal elements (1 and 1.0) the last one counts, as in OPA. */
static pol_value extreme(pol_value v, int sign)
{
    if (v.len == 0)
        return pol_undefined();
    pol_value best = pol_at(v, 0);
    for (uint32_t i = 1; i < v.len; i++)
        if (sign * pol_compare(pol_at(v, i), best) >= 0)
            best = pol_at(v, i);
    return best;
}

/* One of the elements, where it depends on unknown ones which. What a secret has
 * a part in is secret. */
static pol_value extreme_of(pol_call *call, pol_value v, int sign)
{
    pol_call_spend(call, v.len / 8);
    pol_value best = extreme(v, sign);
    if (pol_unknown_in(v))
        best = pol_unknown();
    for (uint32_t i = 0; i < v.len; i++)
        best.flags |= pol_at(v, i).flags;
    return best;
}

static pol_value max(pol_call *call, const pol_value *args)
{
    return extreme_of(call, args[0], 1);
}

static pol_value min(pol_call *call, const pol_value *args)
{
    return extreme_of(call, args[0], -1);
}

/* Bottom-up merge sort: stable, so 1.0 and 1 keep their order. */
static const pol_value *merge_sort(pol_call *call, pol_value v)
{
    size_t count = v.len;
    pol_value *from = pol_items(pol_call_arena(call), count);
    pol_value *to = pol_items(pol_call_arena(call), count);
    if (count)
        memcpy(from, v.items, count * sizeof *from);
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t low = 0; low < count; low += 2 * width) {
            size_t mid = low + width < count ? low + width : count;
            size_t high = mid + width < count ? mid + width : count;
            size_t a = low, b = mid;
            for (size_t k = low; k < high; k++) {
                bool left = a < mid && (b >= high ||
                                        pol_compare(from[a], from[b]) <= 0);
                to[k] = left ? from[a++] : from[b++];
            }
        }
        pol_call_spend(call, count / 4 + 1);
        pol_value *swap = from;
        from = to;
        to = swap;
    }
    return from;
}

static pol_value sort(pol_call *call, const pol_value *args)
{
    if (args[0].tag == POL_SET)
        return pol_array(args[0].items, args[0].len);
    return pol_array(merge_sort(call, args[0]), args[0].len);
}

static pol_value all(pol_call *call, const pol_value *args)
{
    if (args[0].tag != POL_ARRAY && args[0].tag != POL_SET)
        return pol_call_type_error(call, 1, "one of {array, set}",
                                   pol_type_name(args[0]));
    for (uint32_t i = 0; i < args[0].len; i++)
        if (pol_at(args[0], i).tag != POL_TRUE)
            return pol_bool(false);
    return pol_bool(true);
}

static pol_value any(pol_call *call, const pol_value *args)
{
    if (args[0].tag != POL_ARRAY && args[0].tag != POL_SET)
        return pol_call_type_error(call, 1, "one of {array, set}",
                                   pol_type_name(args[0]));
    for (uint32_t i = 0; i < args[0].len; i++)
        if (pol_at(args[0], i).tag == POL_TRUE)
            return pol_bool(true);
    return pol_bool(false);
}

const pol_builtin pol_stdlib_aggregates[] = {
    {"all", "(any<array[any] | set[any]>) -> boolean", all,
     POL_PURE | POL_DEPRECATED | POL_UNCHECKED,
     "whether every element is true; use `every` instead", NULL},
    {"any", "(any<array[any] | set[any]>) -> boolean", any,
     POL_PURE | POL_DEPRECATED | POL_UNCHECKED,
     "whether an element is true; use `true in` instead", NULL},
    {"count",
     "(any<string | array[any] | object{any: any} | set[any]>) -> number",
     count, POL_PURE | POL_UNCHECKED | POL_LENIENT | POL_RANGES,
     "the number of elements, members, or code points of a string", NULL},
    {"max", "(any<array[any] | set[any]>) -> any", max, POL_LENIENT,
     "the greatest element in the order of all values; undefined if empty",
     NULL},
    {"min", "(any<array[any] | set[any]>) -> any", min, POL_LENIENT,
     "the least element in the order of all values; undefined if empty", NULL},
    {"product", "(any<array[number] | set[number]>) -> number", product,
     POL_PURE, "the product of the numbers; 1 if empty", NULL},
    {"sort", "(any<array[any] | set[any]>) -> array[any]", sort, POL_PURE,
     "the elements as an array in the order of all values", NULL},
    {"sum", "(any<array[number] | set[number]>) -> number", sum, POL_PURE,
     "the sum of the numbers; 0 if empty", NULL},
    {0},
};
