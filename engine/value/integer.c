/* SPDX-License-Identifier: Apache-2.0
 *
 * Whole numbers of any size; see integer.h. */
#include "integer.h"

void pol_integer_set(mpz_t z, pol_value v)
{
    if (v.tag == POL_INT) {
        uint64_t magnitude = v.i < 0 ? 0 - (uint64_t)v.i : (uint64_t)v.i;
        mpz_init(z);
        mpz_import(z, 1, -1, sizeof magnitude, 0, 0, &magnitude);
        if (v.i < 0)
            mpz_neg(z, z);
        return;
    }
    pol_decimal d;
    pol_integer_decimal(v, NULL, &d);
    if (d.point <= 0 || !d.count) {
        mpz_init(z);
        return;
    }
    char small[512];
    char *text = d.count < sizeof small ? small : malloc(d.count + 1u);
    if (!text)
        abort(); /* as GMP itself does without memory */
    pol_decimal_digits(&d, text);
    int64_t zeros = d.point - (int64_t)d.count;
    if (zeros < 0)
        text[d.point] = '\0';
    mpz_init_set_str(z, text, 10);
    if (text != small)
        free(text);
    if (zeros > 0) {
        mpz_t power;
        mpz_init(power);
        mpz_ui_pow_ui(power, 10, (unsigned long)zeros);
        mpz_mul(z, z, power);
        mpz_clear(power);
    }
    if (d.negative)
        mpz_neg(z, z);
}

/* Allocates while `z` is alive: if the trap is raised, z is cleared on the
 * way. */
static char *alloc_beside(pol_arena *arena, size_t size, mpz_t z)
{
    pol_trap here, *outer = arena->trap;
    if (setjmp(here.env)) {
        arena->trap = outer;
        mpz_clear(z);
        pol_trap_raise(outer, here.kind, here.limit);
    }
    arena->trap = &here;
    char *room = pol_arena_alloc(arena, size);
    arena->trap = outer;
    return room;
}

const char *pol_integer_digits(pol_arena *arena, mpz_t z, int base,
                               size_t *len)
{
    char *text = alloc_beside(arena, mpz_sizeinbase(z, base) + 2, z);
    mpz_get_str(text, base, z);
    mpz_clear(z);
    *len = strlen(text);
    return text;
}

static bool fits(const mpz_t z, int64_t *out)
{
    if (mpz_sizeinbase(z, 2) > 63) {
        *out = INT64_MIN;
        return mpz_sgn(z) < 0 && mpz_sizeinbase(z, 2) == 64 &&
               mpz_scan1(z, 0) == 63;
    }
    uint64_t magnitude = 0;
    mpz_export(&magnitude, NULL, -1, sizeof magnitude, 0, 0, z);
    *out = mpz_sgn(z) < 0 ? -(int64_t)magnitude : (int64_t)magnitude;
    return true;
}

pol_value pol_integer_take(pol_arena *arena, mpz_t z)
{
    int64_t i;
    if (fits(z, &i)) {
        mpz_clear(z);
        return pol_int(i);
    }
    size_t room = mpz_sizeinbase(z, 10) + 2;
    pol_number *num =
        (pol_number *)(void *)alloc_beside(arena, sizeof *num + room, z);
    mpz_get_str(num->text, 10, z);
    mpz_clear(z);
    num->len = (uint32_t)strlen(num->text);
    return (pol_value){.tag = POL_NUMBER, .num = num};
}
