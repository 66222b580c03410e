/* SPDX-License-Identifier: Apache-2.0
 *
 * Static types; see tree.h. */
#include "tree.h"

void pol_types_check(pol_compile *compile)
{
    (void)compile;
}
