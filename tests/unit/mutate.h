/* SPDX-License-Identifier: Apache-2.0
 *
 * Mutated programs: what the verifier accepts must run without harm, whatever
 * it computes. Shared by the unit test (a fixed stream of numbers) and the fuzz
 * target. */
#ifndef MUTATE_H
#define MUTATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Makes the seed program, changes it as the bytes say, verifies it and, if it
 * is accepted, evaluates all of its rules. True if it was accepted. */
bool mutate_and_run(const uint8_t *bytes, size_t len);

#endif
