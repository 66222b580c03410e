/* SPDX-License-Identifier: Apache-2.0
 *
 * Go's forms of floating-point numbers. The digits come from libc, which rounds
 * exactly; only its digit characters are read, so the process's locale and its
 * decimal point do not matter. */
#include "gofloat.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* 0.d1d2d3… * 10^point; zero is "0" with point 1. */
typedef struct digits {
    char *at;
    int count, point;
} digits;

/* The digits of libc's "%.*e" with `count` of them. */
static digits rounded(pol_call *call, double d, int count)
{
    size_t room = (size_t)count + 32;
    char *text = pol_call_alloc(call, room);
    int len = snprintf(text, room, "%.*e", count - 1, d);
    digits all = {.at = text};
    int i = 0;
    for (; i < len && text[i] != 'e'; i++)
        if (text[i] >= '0' && text[i] <= '9')
            text[all.count++] = text[i];
    all.point = d == 0 ? 1 : atoi(text + i + 1) + 1;
    return all;
}

/* The shortest digits that read back as `d`: those of its text as a number. */
static digits shortest(pol_call *call, double d)
{
    char scratch[24];
    size_t len;
    pol_value number = pol_number_of_double(pol_call_arena(call), d);
    const char *text = pol_number_text(number, scratch, &len);
    digits all = {.at = pol_call_alloc(call, len + 1)};
    bool fraction = false;
    size_t i = 0;
    for (; i < len && text[i] != 'e' && text[i] != 'E'; i++) {
        if (text[i] == '.') {
            fraction = true;
        } else if (all.count > 0 || text[i] != '0') {
            all.at[all.count++] = text[i];
            all.point += !fraction;
        } else {
            all.point -= fraction;
        }
    }
    if (i < len)
        all.point += atoi(text + i + 1);
    while (all.count > 1 && all.at[all.count - 1] == '0')
        all.count--;
    if (all.count == 0) {
        all.at[all.count++] = '0';
        all.point = 1;
    }
    return all;
}

static void exponent(pol_bytes *out, char mark, int exp)
{
    char text[16];
    snprintf(text, sizeof(text), "%c%c%02d", mark, exp < 0 ? '-' : '+',
             abs(exp));
    pol_bytes_text(out, text);
}

/* d.ddde±dd with `fraction` digits behind the point. */
static void write_e(pol_bytes *out, digits all, int fraction, char mark)
{
    pol_bytes_byte(out, all.at[0]);
    if (fraction > 0) {
        pol_bytes_byte(out, '.');
        int have = all.count - 1 < fraction ? all.count - 1 : fraction;
        pol_bytes_add(out, all.at + 1, (size_t)have);
        pol_bytes_fill(out, '0', (size_t)(fraction - have));
    }
    exponent(out, mark, all.at[0] == '0' ? 0 : all.point - 1);
}

/* ddd.ddd with exactly the digits there are. */
static void write_f(pol_bytes *out, digits all)
{
    if (all.point <= 0) {
        pol_bytes_text(out, "0.");
        pol_bytes_fill(out, '0', (size_t)-all.point);
        pol_bytes_add(out, all.at, (size_t)all.count);
        return;
    }
    int whole = all.count < all.point ? all.count : all.point;
    pol_bytes_add(out, all.at, (size_t)whole);
    pol_bytes_fill(out, '0', (size_t)(all.point - whole));
    if (all.count > whole) {
        pol_bytes_byte(out, '.');
        pol_bytes_add(out, all.at + whole, (size_t)(all.count - whole));
    }
}

/* libc's "%.*f" with a point of our own. */
static void write_fixed(pol_bytes *out, double d, int precision)
{
    size_t room = (size_t)precision + 330;
    char *text = pol_call_alloc(out->call, room);
    size_t len = (size_t)snprintf(text, room, "%.*f", precision, d);
    size_t whole = 0;
    while (whole < len && text[whole] >= '0' && text[whole] <= '9')
        whole++;
    pol_bytes_add(out, text, whole);
    if (precision > 0) {
        pol_bytes_byte(out, '.');
        pol_bytes_add(out, text + len - precision, (size_t)precision);
    }
}

/* %e for small and large exponents, else %f, without trailing zeros. The
 * shortest form decides as if it had this precision. */
enum { SHORTEST_G = 6 };
static void write_g(pol_bytes *out, double d, int precision, char mark)
{
    int limit = precision == 0 ? 1 : precision;
    digits all =
        precision < 0 ? shortest(out->call, d) : rounded(out->call, d, limit);
    while (all.count > 1 && all.at[all.count - 1] == '0')
        all.count--;
    if (precision < 0)
        limit = SHORTEST_G;
    int exp = all.point - 1;
    if (exp < -4 || exp >= limit)
        write_e(out, all, all.count - 1, mark);
    else
        write_f(out, all);
}

/* 0x1.8p+00: the mantissa is kept with its leading one at bit 60. */
static void write_x(pol_bytes *out, uint64_t mantissa, int exp, int precision)
{
    static const char hex[] = "0123456789abcdef";
    const uint64_t one = (uint64_t)1 << 60;
    while (mantissa != 0 && (mantissa & one) == 0) {
        mantissa <<= 1;
        exp--;
    }
    if (mantissa == 0)
        exp = 0;
    if (precision >= 0 && precision < 15) {
        int shift = precision * 4;
        uint64_t extra = (mantissa << shift) & (one - 1);
        mantissa >>= 60 - shift;
        if ((extra | (mantissa & 1)) > one >> 1)
            mantissa++;
        mantissa <<= 60 - shift;
        if ((mantissa & one << 1) != 0) {
            mantissa >>= 1;
            exp++;
        }
    }
    pol_bytes_text(out, "0x");
    pol_bytes_byte(out, hex[mantissa >> 60 & 1]);
    mantissa <<= 4;
    if (precision > 0 || (precision < 0 && mantissa != 0))
        pol_bytes_byte(out, '.');
    for (int i = 0; precision < 0 ? mantissa != 0 : i < precision; i++) {
        pol_bytes_byte(out, hex[mantissa >> 60]);
        mantissa <<= 4;
    }
    exponent(out, 'p', exp);
}

/* The two forms that show the bits. */
static void write_bits(pol_bytes *out, double d, char form, int precision)
{
    uint64_t bits;
    memcpy(&bits, &d, sizeof(bits));
    uint64_t mantissa = bits & (((uint64_t)1 << 52) - 1);
    int exp = (int)(bits >> 52 & 0x7FF);
    if (exp == 0)
        exp = 1;
    else
        mantissa |= (uint64_t)1 << 52;
    exp -= 1023;
    if (form == 'b') {
        char text[48];
        snprintf(text, sizeof(text), "%llup%+d", (unsigned long long)mantissa,
                 exp - 52);
        pol_bytes_text(out, text);
        return;
    }
    size_t start = out->len;
    write_x(out, mantissa << 8, exp, precision);
    for (size_t i = start; form == 'X' && i < out->len; i++)
        if (out->at[i] >= 'a' && out->at[i] <= 'z')
            out->at[i] ^= 0x20;
}

void pol_gofloat_write(pol_bytes *out, double d, char form, int precision)
{
    pol_bytes_byte(out, signbit(d) ? '-' : '+');
    d = fabs(d);
    digits all;
    switch (form) {
    case 'e':
    case 'E':
        all = precision < 0 ? shortest(out->call, d)
                            : rounded(out->call, d, precision + 1);
        write_e(out, all, precision < 0 ? all.count - 1 : precision, form);
        break;
    case 'f':
    case 'F':
        if (precision < 0)
            write_f(out, shortest(out->call, d));
        else
            write_fixed(out, d, precision);
        break;
    case 'g':
    case 'G': write_g(out, d, precision, form == 'g' ? 'e' : 'E'); break;
    default: write_bits(out, d, form, precision);
    }
}
