/* SPDX-License-Identifier: Apache-2.0
 *
 * The few spellings that every unit shares: checked casts of the language to
 * what the project means. The only file that may use compiler extensions. */
#ifndef POL_COMMON_H
#define POL_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Number of elements of a true array (not of a pointer). */
#define countof(array) (sizeof(array) / sizeof((array)[0]))

#if defined(__GNUC__)
#define POL_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define POL_NORETURN __attribute__((noreturn))
#define POL_LIKELY(x) __builtin_expect(!!(x), 1)
#define POL_UNLIKELY(x) __builtin_expect(!!(x), 0)
#else
#define POL_PRINTF(fmt, args)
#define POL_NORETURN
#define POL_LIKELY(x) (x)
#define POL_UNLIKELY(x) (x)
#endif

/* An assertion is for our bugs only, never for user input: it stays in release
 * builds, because a wrong verdict is worse than a crash. */
#define pol_assert(cond) \
    ((cond) ? (void)0 : pol_assert_failed(#cond, __FILE__, __LINE__))

POL_NORETURN void pol_assert_failed(const char *cond, const char *file,
                                    int line);

#endif
