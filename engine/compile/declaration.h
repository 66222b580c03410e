/* SPDX-License-Identifier: Apache-2.0
 *
 * Policy declarations: from their fields to a pol_policy. */
#ifndef POL_DECLARATION_H
#define POL_DECLARATION_H

#include "tree.h"

/* Reads the fields of a declaration whose rules stand at `node` and appends it
 * to compile->policies. Wrong fields are reported and left unset. */
void pol_declaration_add(pol_compile *compile, pol_ast_module *module,
                         pol_ast_policy *ast, pol_tree *node);

/* Reads the field `config` (`node`, with the value `config`, undefined if it is
 * no constant): config, config_required and config_defaults of the policy. */
void pol_declaration_config(pol_compile *compile, pol_policy *policy,
                            const pol_node *node, pol_value config);

/* Once the tree is linked: finds deny, remediate and not_applicable of every
 * policy and reports those of a wrong shape, and names that occur twice. */
void pol_declaration_check(pol_compile *compile);

#endif
