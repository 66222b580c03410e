/* SPDX-License-Identifier: Apache-2.0
 *
 * What a `default` definition may be. */
#ifndef POL_DEFAULT_H
#define POL_DEFAULT_H

#include "ast.h"
#include "diag.h"

/* Reports what the value of a default must not contain. */
void pol_default_check(pol_diags *diags, const pol_ast_rule *rule);

#endif
