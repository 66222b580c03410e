/* SPDX-License-Identifier: Apache-2.0
 *
 * Computing with numbers exactly as OPA does: whole numbers exactly at any
 * size; everything else, and every division that is not exact in 64 bits, with
 * a 64-bit mantissa, printed as its shortest digits. Results of over about a
 * million digits raise the trap: a chain of multiplications must not eat the
 * machine. */
#include "buf.h"
#include "integer.h"

static pol_extended extended_of(pol_value v)
{
    if (v.tag == POL_INT)
        return pol_extended_of_int(v.i);
    pol_decimal d;
    pol_integer_decimal(v, NULL, &d);
    return pol_extended_of_decimal(&d);
}

/* As Go's %g: an exponent below -4 and from 6 on is written out. */
static void write_digits(pol_buf *out, const char *digits, size_t count,
                         int64_t point)
{
    int64_t exponent = point - 1;
    if (exponent < -4 || exponent >= 6) {
        pol_buf_char(out, digits[0]);
        if (count > 1) {
            pol_buf_char(out, '.');
            pol_buf_add(out, digits + 1, count - 1);
        }
        pol_buf_printf(out, "e%c%02lld", exponent < 0 ? '-' : '+',
                       (long long)(exponent < 0 ? -exponent : exponent));
        return;
    }
    if (point <= 0) {
        pol_buf_cstr(out, "0.");
        for (; point < 0; point++)
            pol_buf_char(out, '0');
        pol_buf_add(out, digits, count);
        return;
    }
    pol_buf_add(out, digits, (size_t)point);
    pol_buf_char(out, '.');
    pol_buf_add(out, digits + point, count - (size_t)point);
}

static void write_whole(pol_buf *out, const char *digits, size_t count,
                        int64_t point)
{
    size_t zeros = (size_t)point - count;
    pol_buf_add(out, digits, count);
    memset(pol_buf_reserve(out, zeros), '0', zeros);
    out->len += zeros;
}

static void refuse_large(pol_arena *arena, pol_extended x)
{
    if (x.exponent > POL_EXTENDED_LARGEST || x.exponent < -POL_EXTENDED_LARGEST)
        pol_trap_raise(arena->trap, POL_TRAP_WORK, "size of a number");
}

/* A whole result of fewer than 64 bits needs no digits. */
static bool small_whole(pol_extended x, int64_t *out)
{
    if (!x.mantissa) {
        *out = 0;
        return !x.negative;
    }
    if (x.negative && x.exponent == 0 && x.mantissa == (uint64_t)1 << 63) {
        *out = INT64_MIN;
        return true;
    }
    if (x.exponent > -1 || x.exponent < -63)
        return false;
    uint64_t magnitude = x.mantissa >> -x.exponent;
    *out = x.negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return true;
}

static pol_value value_of(pol_arena *arena, pol_extended x, bool narrow)
{
    int64_t i, point;
    bool whole = pol_extended_is_whole(x);
    if (whole && small_whole(x, &i))
        return pol_int(i);
    if (!x.mantissa)
        return pol_integer_text(arena, "-0", 2);
    refuse_large(arena, x);
    char digits[POL_EXTENDED_DIGITS];
    size_t count = pol_extended_shortest(x, narrow, digits, &point);
    pol_buf out;
    pol_buf_init(&out, arena);
    if (x.negative)
        pol_buf_char(&out, '-');
    if (whole)
        write_whole(&out, digits, count, point);
    else
        write_digits(&out, digits, count, point);
    return pol_integer_text(arena, out.ptr, out.len);
}

/* ---- the four operations ------------------------------------------------------ */

static bool int_arith(pol_arith op, int64_t a, int64_t b, int64_t *out)
{
    switch (op) {
    case POL_ADD:
        return !__builtin_add_overflow(a, b, out);
    case POL_SUB:
        return !__builtin_sub_overflow(a, b, out);
    case POL_MUL:
        return !__builtin_mul_overflow(a, b, out);
    case POL_DIV: /* 0 / -5 is -0, which is no int64 */
        if (!b || b == -1 || (!a && b < 0) || a % b)
            return false;
        *out = a / b;
        return true;
    case POL_REM:
        if (!b)
            return false;
        *out = b == -1 ? 0 : a % b;
        return true;
    }
    return false;
}

static pol_value whole_arith(pol_arena *arena, pol_arith op, pol_value a,
                             pol_value b)
{
    mpz_t x, y;
    pol_integer_set(x, a);
    pol_integer_set(y, b);
    bool large = op == POL_MUL &&
                 mpz_sizeinbase(x, 2) + mpz_sizeinbase(y, 2) >
                     POL_EXTENDED_LARGEST;
    if (op == POL_ADD)
        mpz_add(x, x, y);
    else if (op == POL_SUB)
        mpz_sub(x, x, y);
    else if (op == POL_REM)
        mpz_tdiv_r(x, x, y);
    else if (!large)
        mpz_mul(x, x, y);
    mpz_clear(y);
    if (large) {
        mpz_clear(x);
        pol_trap_raise(arena->trap, POL_TRAP_WORK, "size of a number");
    }
    return pol_integer_take(arena, x);
}

static pol_value float_arith(pol_arena *arena, pol_arith op, pol_value a,
                             pol_value b)
{
    pol_extended x = extended_of(a), y = extended_of(b);
    if (op == POL_SUB)
        y.negative = !y.negative;
    if (op == POL_MUL)
        x = pol_extended_mul(x, y);
    else if (op == POL_DIV)
        x = pol_extended_div(x, y);
    else
        x = pol_extended_add(x, y);
    return value_of(arena, x, false);
}

static bool is_zero(pol_value v)
{
    if (v.tag == POL_INT)
        return v.i == 0;
    pol_decimal d;
    pol_integer_decimal(v, NULL, &d);
    return d.count == 0;
}

pol_value pol_number_arith(pol_arena *arena, pol_arith op, pol_value a,
                           pol_value b, const char **error)
{
    int64_t i;
    if (a.tag == POL_INT && b.tag == POL_INT && int_arith(op, a.i, b.i, &i))
        return pol_int(i);
    bool whole = pol_number_is_whole(a) && pol_number_is_whole(b);
    *error = NULL;
    if (op == POL_REM && !whole)
        *error = "modulo on floating-point number";
    else if (op == POL_REM && is_zero(b))
        *error = "modulo by zero";
    else if (op == POL_DIV && is_zero(b))
        *error = "divide by zero";
    if (*error)
        return pol_undefined();
    if (whole && op != POL_DIV)
        return whole_arith(arena, op, a, b);
    return float_arith(arena, op, a, b);
}

/* ---- rounding ------------------------------------------------------------------ */

/* Initialises z to the whole part of x. */
static void set_extended(mpz_t z, pol_extended x)
{
    mpz_init(z);
    mpz_import(z, 1, -1, sizeof x.mantissa, 0, 0, &x.mantissa);
    if (x.exponent >= 0)
        mpz_mul_2exp(z, z, (mp_bitcnt_t)x.exponent);
    else
        mpz_tdiv_q_2exp(z, z, (mp_bitcnt_t)-x.exponent);
    if (x.negative)
        mpz_neg(z, z);
}

/* As OPA: the number becomes a float of 64 bits first, so large integers lose
 * their last digits; a half is added to whole numbers, too, which tells from
 * 2^63 on; and -0.2, whose whole part has no sign, has the ceiling 1 and the
 * floor 0. */
static pol_value round_extended(pol_arena *arena, pol_rounding how,
                                pol_extended x)
{
    refuse_large(arena, x);
    bool whole = pol_extended_is_whole(x);
    if (x.mantissa && how == POL_ROUND) {
        pol_extended half = {x.negative, (uint64_t)1 << 63, -64};
        x = pol_extended_add(x, half);
    }
    mpz_t z;
    set_extended(z, x);
    if (!whole && how == POL_CEIL && mpz_sgn(z) >= 0)
        mpz_add_ui(z, z, 1);
    if (!whole && how == POL_FLOOR && mpz_sgn(z) < 0)
        mpz_sub_ui(z, z, 1);
    return pol_integer_take(arena, z);
}

pol_value pol_number_round(pol_arena *arena, pol_rounding how, pol_value v)
{
    const char *error;
    if (how == POL_NEG)
        return pol_number_arith(arena, POL_SUB, pol_int(0), v, &error);
    if (v.tag == POL_INT && (how != POL_ABS || v.i >= 0))
        return v;
    pol_extended x = extended_of(v);
    if (how != POL_ABS)
        return round_extended(arena, how, x);
    x.negative = false;
    return value_of(arena, x, false);
}

/* ---- doubles and bases ---------------------------------------------------------- */

pol_value pol_number_of_double(pol_arena *arena, double d)
{
    if (!__builtin_isfinite(d))
        return pol_undefined();
    int exponent;
    double fraction = __builtin_frexp(__builtin_fabs(d), &exponent);
    pol_extended x = {.negative = __builtin_signbit(d) != 0 && d != 0};
    if (d == 0)
        return pol_int(0);
    /* The precision is told by the mantissa: 53 bits, fewer if subnormal. */
    int bits = exponent > -1022 ? 53 : exponent + 1074;
    x.mantissa = (uint64_t)__builtin_ldexp(fraction, bits);
    x.exponent = exponent - bits;
    bool narrow = fraction == 0.5 && exponent > -1021;
    int64_t i;
    if (pol_extended_is_whole(x) && __builtin_fabs(d) < 0x1p63) {
        i = (int64_t)d;
        return pol_int(i);
    }
    return value_of(arena, x, narrow);
}

enum { MOST_BITS = 1000000 };

/* A shift by `by` bits; false when it is negative or the result too large. */
static bool shift(mpz_t x, pol_bitop op, pol_value by)
{
    int64_t bits;
    if (!pol_number_int64(by, &bits)) /* far beyond every limit */
        bits = is_zero(by) ? 0 : INT64_MAX;
    pol_decimal d;
    char scratch[24];
    pol_integer_decimal(by, scratch, &d);
    if (d.negative && d.count)
        return false;
    if (op == POL_BIT_RSH) {
        mpz_fdiv_q_2exp(x, x, (mp_bitcnt_t)bits);
        return true;
    }
    if (mpz_sgn(x) && bits > MOST_BITS - (int64_t)mpz_sizeinbase(x, 2))
        return false;
    if (mpz_sgn(x))
        mpz_mul_2exp(x, x, (mp_bitcnt_t)bits);
    return true;
}

pol_value pol_number_bits(pol_arena *arena, pol_bitop op, pol_value a,
                          pol_value b)
{
    if (!pol_number_is_whole(a) ||
        (op != POL_BIT_NOT && !pol_number_is_whole(b)))
        return pol_undefined();
    mpz_t x, y;
    bool good = true;
    pol_integer_set(x, a);
    if (op == POL_BIT_NOT) {
        mpz_com(x, x);
    } else if (op == POL_BIT_LSH || op == POL_BIT_RSH) {
        good = shift(x, op, b);
    } else {
        pol_integer_set(y, b);
        if (op == POL_BIT_AND)
            mpz_and(x, x, y);
        else if (op == POL_BIT_OR)
            mpz_ior(x, x, y);
        else
            mpz_xor(x, x, y);
        mpz_clear(y);
    }
    if (!good) {
        mpz_clear(x);
        return pol_undefined();
    }
    return pol_integer_take(arena, x);
}

/* Written as digits alone: OPA keeps those exact, and sends 27e40 through a
 * float. */
static bool is_plain(pol_value v)
{
    if (v.tag == POL_INT)
        return true;
    pol_decimal d;
    pol_integer_decimal(v, NULL, &d);
    return d.plain;
}

const char *pol_number_base(pol_arena *arena, pol_value v, int base,
                            size_t *len)
{
    mpz_t z;
    if (is_plain(v)) {
        pol_integer_set(z, v);
        return pol_integer_digits(arena, z, base, len);
    }
    pol_extended x = extended_of(v);
    refuse_large(arena, x);
    set_extended(z, x);
    return pol_integer_digits(arena, z, base, len);
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'Z')
        return c - 'A' + 10;
    return 99;
}

pol_value pol_number_of_base(pol_arena *arena, const char *digits, size_t len,
                             int base)
{
    size_t sign = len && (digits[0] == '-' || digits[0] == '+');
    if (len == sign || len > POL_EXTENDED_LARGEST)
        return pol_undefined();
    for (size_t i = sign; i < len; i++)
        if (digit_of(digits[i]) >= base)
            return pol_undefined();
    char *copy = pol_arena_copy(arena, digits + sign, len - sign);
    mpz_t z;
    mpz_init_set_str(z, copy, base);
    if (digits[0] == '-')
        mpz_neg(z, z);
    return pol_integer_take(arena, z);
}
