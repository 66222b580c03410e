/* SPDX-License-Identifier: Apache-2.0
 *
 * Floating point with a 64-bit mantissa; see extended.h. Everything goes
 * through an unrounded number of 128 bits and a sticky flag, rounded once. */
#include "extended.h"

#include <gmp.h>

__extension__ typedef unsigned __int128 u128;

/* (mantissa + something below 1, 0 if not sticky) * 2^exponent. */
typedef struct {
    bool negative, sticky;
    u128 mantissa;
    int64_t exponent;
} wide;

static int leading_zeros(u128 x)
{
    uint64_t high = (uint64_t)(x >> 64);
    return high ? __builtin_clzll(high) : 64 + __builtin_clzll((uint64_t)x);
}

/* Rounds to `bits` (1..64) of mantissa; the result has its top bit at bit
 * `bits` - 1 or, after a carry, one above. */
static uint64_t round_bits(wide w, int bits, int64_t *exponent)
{
    int drop = 128 - leading_zeros(w.mantissa) - bits;
    *exponent = w.exponent + drop;
    if (drop <= 0)
        return (uint64_t)(w.mantissa << -drop);
    u128 rest = w.mantissa & (((u128)1 << drop) - 1);
    u128 half = (u128)1 << (drop - 1);
    u128 kept = w.mantissa >> drop;
    if (rest > half || (rest == half && (w.sticky || (kept & 1))))
        kept++;
    if (kept >> bits) {
        kept >>= 1;
        *exponent += 1;
    }
    return (uint64_t)kept;
}

static pol_extended rounded(wide w)
{
    pol_extended x = {.negative = w.negative};
    if (w.mantissa)
        x.mantissa = round_bits(w, 64, &x.exponent);
    return x;
}

/* a / b for normalised mantissas, to at least 127 bits. */
static wide quotient(uint64_t a, uint64_t b)
{
    u128 high = ((u128)a << 63) / b, rest = ((u128)a << 63) % b;
    u128 low = (rest << 64) / b;
    wide w = {.exponent = -127, .sticky = (rest << 64) % b != 0};
    w.mantissa = high << 64 | low; /* high < 2^64, since a / b < 2 */
    return w;
}

/* ---- from decimals --------------------------------------------------------- */

enum { EXACT_POWERS = 28 }; /* 5^27 fits 64 bits */

static uint64_t power_of_five(unsigned n)
{
    uint64_t power = 1;
    while (n--)
        power *= 5;
    return power;
}

/* digits * 10^scale where both fit one word. */
static wide small_decimal(uint64_t digits, int64_t scale)
{
    if (scale >= 0) {
        uint64_t power = power_of_five((unsigned)scale);
        return (wide){.mantissa = (u128)digits * power, .exponent = scale};
    }
    uint64_t power = power_of_five((unsigned)-scale);
    int a = __builtin_clzll(digits), b = __builtin_clzll(power);
    wide w = quotient(digits << a, power << b);
    w.exponent += b - a + scale;
    return w;
}

/* The top 128 bits of z, which is cleared; z is positive. */
static wide take_top(mpz_t z, bool sticky)
{
    wide w = {.sticky = sticky};
    size_t bits = mpz_sizeinbase(z, 2);
    if (bits > 128) {
        w.exponent = (int64_t)(bits - 128);
        w.sticky = sticky || mpz_scan1(z, 0) < bits - 128;
        mpz_tdiv_q_2exp(z, z, bits - 128);
    }
    uint64_t words[2] = {0, 0};
    mpz_export(words, NULL, -1, sizeof words[0], 0, 0, z);
    w.mantissa = (u128)words[1] << 64 | words[0];
    mpz_clear(z);
    return w;
}

static void set_digits(mpz_t z, const pol_decimal *d)
{
    char small[512];
    char *text = d->count < sizeof small ? small : malloc(d->count + 1u);
    if (!text)
        abort(); /* as GMP itself does without memory */
    pol_decimal_digits(d, text);
    mpz_init_set_str(z, text, 10);
    if (text != small)
        free(text);
}

static wide big_decimal(const pol_decimal *d, int64_t scale)
{
    mpz_t number, power;
    set_digits(number, d);
    mpz_init(power);
    mpz_ui_pow_ui(power, 5, (unsigned long)(scale < 0 ? -scale : scale));
    bool sticky = false;
    int64_t shift = 0;
    if (scale >= 0) {
        mpz_mul(number, number, power);
    } else {
        size_t have = mpz_sizeinbase(number, 2);
        size_t want = mpz_sizeinbase(power, 2) + 130;
        shift = have < want ? (int64_t)(want - have) : 0;
        mpz_mul_2exp(number, number, (mp_bitcnt_t)shift);
        mpz_t rest;
        mpz_init(rest);
        mpz_tdiv_qr(number, rest, number, power);
        sticky = mpz_sgn(rest) != 0;
        mpz_clear(rest);
    }
    mpz_clear(power);
    wide w = take_top(number, sticky);
    w.exponent += scale - shift;
    return w;
}

/* Beyond it a decimal is as good as infinite or zero to every caller, who
 * refuses it: 10^400000 is over POL_EXTENDED_LARGEST. */
static const int64_t FURTHEST = 400000;

static wide wide_of_decimal(const pol_decimal *d)
{
    wide w = {.negative = d->negative};
    if (!d->count)
        return w;
    if (d->point > FURTHEST || d->point < -FURTHEST) {
        w.mantissa = 1;
        w.exponent = d->point > 0 ? INT32_MAX : INT32_MIN;
        return w;
    }
    int64_t scale = d->point - (int64_t)d->count;
    if (d->count <= 19 && scale < EXACT_POWERS && scale > -EXACT_POWERS) {
        char digits[20];
        pol_decimal_digits(d, digits);
        uint64_t number = 0;
        for (uint32_t i = 0; i < d->count; i++)
            number = number * 10 + (uint64_t)(digits[i] - '0');
        w = small_decimal(number, scale);
    } else {
        w = big_decimal(d, scale);
    }
    w.negative = d->negative;
    return w;
}

pol_extended pol_extended_of_decimal(const pol_decimal *d)
{
    return rounded(wide_of_decimal(d));
}

pol_extended pol_extended_of_int(int64_t i)
{
    uint64_t magnitude = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
    return rounded((wide){.negative = i < 0, .mantissa = magnitude});
}

double pol_extended_double(const pol_decimal *d)
{
    wide w = wide_of_decimal(d);
    double sign = d->negative ? -1.0 : 1.0;
    if (!w.mantissa)
        return sign * 0.0;
    int64_t top = w.exponent + 127 - leading_zeros(w.mantissa);
    if (top > 1024)
        return sign * __builtin_inf();
    if (top < -1076)
        return sign * 0.0;
    int bits = top >= -1022 ? 53 : (int)(top + 1075);
    int64_t exponent;
    if (bits < 1) { /* below half of the least subnormal, or just above */
        bool up = bits == 0 && ((w.mantissa & (w.mantissa - 1)) || w.sticky);
        return sign * (up ? __builtin_ldexp(1.0, -1074) : 0.0);
    }
    uint64_t mantissa = round_bits(w, bits, &exponent);
    return sign * __builtin_ldexp((double)mantissa, (int)exponent);
}

/* ---- arithmetic ------------------------------------------------------------ */

pol_extended pol_extended_add(pol_extended a, pol_extended b)
{
    if (!a.mantissa || !b.mantissa) {
        if (a.mantissa || (!b.mantissa && !a.negative))
            return a;
        return b; /* zero plus zero is negative only if both are */
    }
    if (a.exponent < b.exponent ||
        (a.exponent == b.exponent && a.mantissa < b.mantissa)) {
        pol_extended swap = a;
        a = b;
        b = swap;
    }
    /* Two free bits on top for the carry, 62 guard bits below: cancellation of
     * more than two bits happens only where nothing was shifted out. */
    int64_t shift = a.exponent - b.exponent;
    u128 large = (u128)a.mantissa << 62, small = (u128)b.mantissa << 62;
    bool sticky = shift >= 128 || (small & (((u128)1 << shift) - 1)) != 0;
    small = shift >= 128 ? 0 : small >> shift;
    wide w = {.negative = a.negative, .sticky = sticky,
              .exponent = a.exponent - 62};
    if (a.negative == b.negative)
        w.mantissa = large + small;
    else
        w.mantissa = large - small - (sticky ? 1 : 0);
    if (!w.mantissa)
        w.negative = false;
    return rounded(w);
}

pol_extended pol_extended_mul(pol_extended a, pol_extended b)
{
    return rounded((wide){.negative = a.negative != b.negative,
                          .mantissa = (u128)a.mantissa * b.mantissa,
                          .exponent = a.exponent + b.exponent});
}

pol_extended pol_extended_div(pol_extended a, pol_extended b)
{
    bool negative = a.negative != b.negative;
    if (!a.mantissa)
        return (pol_extended){.negative = negative};
    wide w = quotient(a.mantissa, b.mantissa);
    w.negative = negative;
    w.exponent += a.exponent - b.exponent;
    return rounded(w);
}

bool pol_extended_is_whole(pol_extended x)
{
    return !x.mantissa || x.exponent >= 0 ||
           (x.exponent > -64 && __builtin_ctzll(x.mantissa) >= -x.exponent);
}

/* ---- shortest digits --------------------------------------------------------- */

/* Decimal digits of z * 2^exponent as a malloc'ed text; its point goes to
 * *point. z is given up. */
static char *exact_digits(mpz_t z, int64_t exponent, int64_t *point)
{
    if (exponent >= 0) {
        mpz_mul_2exp(z, z, (mp_bitcnt_t)exponent);
    } else {
        mpz_t power;
        mpz_init(power);
        mpz_ui_pow_ui(power, 5, (unsigned long)-exponent);
        mpz_mul(z, z, power);
        mpz_clear(power);
    }
    char *text = mpz_get_str(NULL, 10, z);
    mpz_clear(z);
    *point = (int64_t)strlen(text) + (exponent < 0 ? exponent : 0);
    return text;
}

static char *scaled_digits(uint64_t mantissa, int add, int64_t exponent,
                           int64_t *point)
{
    mpz_t z;
    mpz_init(z);
    mpz_import(z, 1, -1, sizeof mantissa, 0, 0, &mantissa);
    mpz_mul_2exp(z, z, 2);
    if (add < 0)
        mpz_sub_ui(z, z, (unsigned long)-add);
    else
        mpz_add_ui(z, z, (unsigned long)add);
    return exact_digits(z, exponent - 2, point);
}

/* Adds one to the last of `count` digits; a carry out of the first makes it
 * "1" and moves the point. */
static size_t round_up(char *digits, size_t count, int64_t *point)
{
    while (count && digits[count - 1] == '9')
        count--;
    if (count) {
        digits[count - 1]++;
        return count;
    }
    digits[0] = '1';
    *point += 1;
    return 1;
}

/* Is rounding the digits of `x` behind `n` up the nearer choice (ties to
 * even)? */
static bool nearer_up(const char *x, size_t n)
{
    if (!x[n] || x[n] != '5' || strspn(x + n + 1, "0") != strlen(x + n + 1))
        return x[n] >= '5';
    return (x[n - 1] - '0') % 2 == 1;
}

/* Walks the digits of x until what is cut off stays between `low` and `high`,
 * the middles to the neighbours. */
static size_t cut(const char *low, const char *x, const char *high,
                  bool inclusive, char *digits, int64_t *point)
{
    size_t low_len = strlen(low), high_len = strlen(high), len = strlen(x);
    while (low_len > 1 && low[low_len - 1] == '0')
        low_len--;
    while (high_len > 1 && high[high_len - 1] == '0')
        high_len--;
    for (size_t i = 0; i < len && i + 1 < POL_EXTENDED_DIGITS; i++) {
        char l = i < low_len ? low[i] : '0', u = i < high_len ? high[i] : '0';
        bool down = l != x[i] || (inclusive && i + 1 == low_len);
        bool up = u != x[i] &&
                  (inclusive || x[i] + 1 < u || i + 1 < high_len);
        digits[i] = x[i];
        if (!down && !up)
            continue;
        if (up && (!down || nearer_up(x, i + 1)))
            return round_up(digits, i + 1, point);
        return i + 1;
    }
    return len < POL_EXTENDED_DIGITS ? len : POL_EXTENDED_DIGITS - 1;
}

size_t pol_extended_shortest(pol_extended x, bool narrow, char *digits,
                             int64_t *point)
{
    int64_t low_point, high_point;
    char *low = scaled_digits(x.mantissa, narrow ? -1 : -2, x.exponent,
                              &low_point);
    char *exact = scaled_digits(x.mantissa, 0, x.exponent, point);
    char *high = scaled_digits(x.mantissa, 2, x.exponent, &high_point);
    size_t count =
        cut(low, exact, high, x.mantissa % 2 == 0, digits, point);
    free(low);
    free(exact);
    free(high);
    while (count > 1 && digits[count - 1] == '0')
        count--;
    return count;
}
