/* SPDX-License-Identifier: Apache-2.0
 *
 * Mutated programs: whatever the verifier accepts runs without harm. */
#include "mutate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mutate_and_run(data, size);
    return 0;
}
