/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers: the operators, rounding, ranges, bits, format_int and rand.intn.
 * `-` is also the difference of sets. */
#include <string.h>

#include "operands.h"
#include "pol_stdlib.h"

/* ---- operators ---------------------------------------------------------- */

static pol_value arith(pol_call *call, const pol_value *args, pol_arith op)
{
    const char *error = NULL;
    pol_value v = pol_number_arith(pol_call_arena(call), op, args[0], args[1],
                                   &error);
    if (!pol_is_defined(v))
        return pol_call_error(call, "%s", error);
    return v;
}

static pol_value plus(pol_call *call, const pol_value *args)
{
    return arith(call, args, POL_ADD);
}

static pol_value difference(pol_call *call, pol_value a, pol_value b)
{
    pol_builder out;
    pol_builder_init(&out, pol_call_arena(call), POL_SET);
    for (uint32_t i = 0; i < a.len; i++)
        if (!pol_has(b, pol_at(a, i)))
            pol_builder_add(&out, pol_at(a, i));
    return pol_builder_done(&out);
}

static pol_value minus(pol_call *call, const pol_value *args)
{
    bool number = pol_is_number(args[0]);
    if (!number && args[0].tag != POL_SET)
        return pol_call_type_error(call, 1, "one of {number, set}",
                                   pol_type_name(args[0]));
    if (number ? !pol_is_number(args[1]) : args[1].tag != POL_SET)
        return pol_call_type_error(
            call, 2, pol_is_number(args[1]) ? "set" : "number",
            pol_type_name(args[1]));
    return number ? arith(call, args, POL_SUB)
                  : difference(call, args[0], args[1]);
}

static pol_value mul(pol_call *call, const pol_value *args)
{
    return arith(call, args, POL_MUL);
}

static pol_value divide(pol_call *call, const pol_value *args)
{
    return arith(call, args, POL_DIV);
}

static pol_value rem(pol_call *call, const pol_value *args)
{
    return arith(call, args, POL_REM);
}

static pol_value absolute(pol_call *call, const pol_value *args)
{
    return pol_number_round(pol_call_arena(call), POL_ABS, args[0]);
}

static pol_value ceiling(pol_call *call, const pol_value *args)
{
    return pol_number_round(pol_call_arena(call), POL_CEIL, args[0]);
}

static pol_value floor_of(pol_call *call, const pol_value *args)
{
    return pol_number_round(pol_call_arena(call), POL_FLOOR, args[0]);
}

static pol_value round_of(pol_call *call, const pol_value *args)
{
    return pol_number_round(pol_call_arena(call), POL_ROUND, args[0]);
}

/* ---- whole operands of any size ----------------------------------------- */

static bool is_whole(pol_call *call, const pol_value *args, int index)
{
    pol_value v = args[index];
    if (!pol_is_number(v))
        pol_call_type_error(call, index + 1, "integer", pol_type_name(v));
    else if (!pol_number_is_whole(v))
        pol_call_type_error(call, index + 1, "integer number",
                            "floating-point number");
    else
        return true;
    return false;
}

static pol_value bits(pol_call *call, const pol_value *args, pol_bitop op)
{
    bool shift = op == POL_BIT_LSH || op == POL_BIT_RSH;
    if (!is_whole(call, args, 0))
        return pol_undefined();
    if (op != POL_BIT_NOT && !is_whole(call, args, 1))
        return pol_undefined();
    if (shift && pol_number_compare(args[1], pol_int(0)) < 0)
        return pol_call_type_error(call, 2, "an unsigned integer number",
                                   "a negative integer");
    pol_value v = pol_number_bits(pol_call_arena(call), op, args[0],
                                  op == POL_BIT_NOT ? args[0] : args[1]);
    if (!pol_is_defined(v))
        pol_call_limit(call, "bits of a number");
    return v;
}

static pol_value bits_and(pol_call *call, const pol_value *args)
{
    return bits(call, args, POL_BIT_AND);
}

static pol_value bits_or(pol_call *call, const pol_value *args)
{
    return bits(call, args, POL_BIT_OR);
}

static pol_value bits_xor(pol_call *call, const pol_value *args)
{
    return bits(call, args, POL_BIT_XOR);
}

static pol_value bits_lsh(pol_call *call, const pol_value *args)
{
    return bits(call, args, POL_BIT_LSH);
}

static pol_value bits_rsh(pol_call *call, const pol_value *args)
{
    return bits(call, args, POL_BIT_RSH);
}

static pol_value bits_negate(pol_call *call, const pol_value *args)
{
    return bits(call, args, POL_BIT_NOT);
}

/* ---- ranges ------------------------------------------------------------- */

/* Every element is paid for, so that a range of a billion ends at the budget or
 * the memory cap and not at the user's patience. */
static pol_value range(pol_call *call, pol_value from, pol_value to,
                       pol_value step)
{
    pol_arena *arena = pol_call_arena(call);
    bool up = pol_number_compare(from, to) <= 0;
    const char *error = NULL;
    pol_builder out;
    pol_builder_init(&out, arena, POL_ARRAY);
    pol_value at = pol_number_arith(arena, POL_ADD, from, pol_int(0), &error);
    while (up ? pol_number_compare(at, to) <= 0
              : pol_number_compare(at, to) >= 0) {
        pol_call_spend(call, 1);
        pol_builder_add(&out, at);
        at = pol_number_arith(arena, up ? POL_ADD : POL_SUB, at, step, &error);
    }
    return pol_builder_done(&out);
}

static pol_value numbers_range(pol_call *call, const pol_value *args)
{
    if (!is_whole(call, args, 0) || !is_whole(call, args, 1))
        return pol_undefined();
    return range(call, args[0], args[1], pol_int(1));
}

static pol_value numbers_range_step(pol_call *call, const pol_value *args)
{
    for (int i = 0; i < 3; i++)
        if (!is_whole(call, args, i))
            return pol_undefined();
    if (pol_number_compare(args[2], pol_int(0)) <= 0)
        return pol_call_error(
            call, "numbers.range_step: step must be a positive integer");
    return range(call, args[0], args[1], args[2]);
}

/* ---- the rest ----------------------------------------------------------- */

static pol_value format_int(pol_call *call, const pol_value *args)
{
    int64_t base = args[1].tag == POL_INT ? args[1].i : 0;
    if (base != 2 && base != 8 && base != 10 && base != 16)
        return pol_call_type_error(call, 2, "one of {2, 8, 10, 16}", NULL);
    size_t len;
    const char *text =
        pol_number_base(pol_call_arena(call), args[0], (int)base, &len);
    return pol_string(text, len);
}

/* A draw below `bound` without bias: values of the incomplete last round of
 * `bound` are drawn again. */
static uint64_t draw(pol_call *call, uint64_t bound)
{
    uint64_t rest = (UINT64_MAX % bound + 1) % bound;
    uint64_t value;
    do
        value = pol_call_random(call);
    while (value > UINT64_MAX - rest);
    return value % bound;
}

static pol_value rand_intn(pol_call *call, const pol_value *args)
{
    int64_t bound;
    if (!pol_operand_int(call, args, 1, &bound))
        return pol_undefined();
    if (bound == 0)
        return pol_int(0);
    uint64_t size = bound < 0 ? 0 - (uint64_t)bound : (uint64_t)bound;
    return pol_int((int64_t)draw(call, size));
}

#define NUMBERS_TO_NUMBER "(number, number) -> number"
#define NUMBER_TO_NUMBER "(number) -> number"

const pol_builtin pol_stdlib_arithmetic[] = {
    {"abs", NUMBER_TO_NUMBER, absolute, POL_PURE,
     "the number without its sign", NULL},
    {"bits.and", NUMBERS_TO_NUMBER, bits_and, POL_PURE | POL_UNCHECKED,
     "the bitwise AND of two integers", NULL},
    {"bits.lsh", NUMBERS_TO_NUMBER, bits_lsh, POL_PURE | POL_UNCHECKED,
     "the first integer shifted left by the second", NULL},
    {"bits.negate", NUMBER_TO_NUMBER, bits_negate, POL_PURE | POL_UNCHECKED,
     "the integer with every bit flipped", NULL},
    {"bits.or", NUMBERS_TO_NUMBER, bits_or, POL_PURE | POL_UNCHECKED,
     "the bitwise OR of two integers", NULL},
    {"bits.rsh", NUMBERS_TO_NUMBER, bits_rsh, POL_PURE | POL_UNCHECKED,
     "the first integer shifted right by the second, keeping its sign", NULL},
    {"bits.xor", NUMBERS_TO_NUMBER, bits_xor, POL_PURE | POL_UNCHECKED,
     "the bitwise exclusive OR of two integers", NULL},
    {"ceil", NUMBER_TO_NUMBER, ceiling, POL_PURE,
     "the least integer that is not below the number", NULL},
    {"div", NUMBERS_TO_NUMBER, divide, POL_PURE,
     "the quotient, `/`; an error when the divisor is 0", NULL},
    {"floor", NUMBER_TO_NUMBER, floor_of, POL_PURE,
     "the greatest integer that is not above the number", NULL},
    {"format_int", "(number, number) -> string", format_int, POL_PURE,
     "the whole part of the number in base 2, 8, 10 or 16", NULL},
    {"minus",
     "(any<number | set[any]>, any<number | set[any]>) -> "
     "any<number | set[any]>",
     minus, POL_PURE | POL_UNCHECKED,
     "the difference of two numbers or of two sets, `-`", NULL},
    {"mul", NUMBERS_TO_NUMBER, mul, POL_PURE, "the product, `*`", NULL},
    {"numbers.range", "(number, number) -> array[number]", numbers_range,
     POL_PURE | POL_UNCHECKED,
     "the integers from the first to the last, both included, up or down",
     NULL},
    {"numbers.range_step", "(number, number, number) -> array[number]",
     numbers_range_step, POL_PURE | POL_UNCHECKED,
     "the integers from the first towards the last in steps of the third",
     NULL},
    {"plus", NUMBERS_TO_NUMBER, plus, POL_PURE, "the sum, `+`", NULL},
    {"rand.intn", "(string, number) -> number", rand_intn, POL_IMPURE,
     "an integer from 0 to below the absolute bound; the same text and bound "
     "give the same integer within an evaluation",
     NULL},
    {"rem", NUMBERS_TO_NUMBER, rem, POL_PURE,
     "the remainder of integers with the sign of the dividend, `%`", NULL},
    {"round", NUMBER_TO_NUMBER, round_of, POL_PURE,
     "the nearest integer, halves away from zero", NULL},
    {0},
};
