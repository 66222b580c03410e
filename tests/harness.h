/* SPDX-License-Identifier: Apache-2.0
 *
 * What the runners share: texts, an engine with the standard library, counting,
 * and a way to know which case was running when the process died. */
#ifndef POL_HARNESS_H
#define POL_HARNESS_H

#include "pol.h"

/* The file's text, NUL-terminated, for the caller to free(); NULL if it cannot
 * be read. `len` may be NULL. */
char *pol_harness_read(const char *path, size_t *len);

/* An engine with all builtins and extensions; ends the process when there is no
 * memory. */
pol_engine *pol_harness_engine(void);

typedef struct pol_harness_count {
    uint32_t passed, failed, skipped;
} pol_harness_count;

/* Says why a case fails on stdout and counts it. */
void pol_harness_fail(pol_harness_count *count, const char *name,
                      const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* "N passed, N failed, N skipped" on stdout; the exit status that follows. */
int pol_harness_end(const pol_harness_count *count);

/* Names the case that is running: a crash or `seconds` without a sign of life
 * end the process with that name on stdout. */
void pol_harness_watch(const char *name, unsigned seconds);

/* The JSON text of `v` as polc prints it, in `arena`. */
const char *pol_harness_json(pol_arena *arena, pol_value v);
/* The value that a JSON text stands for; undefined when it is none. */
pol_value pol_harness_value(pol_arena *arena, const char *text, size_t len);

#endif
