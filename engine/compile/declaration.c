/* SPDX-License-Identifier: Apache-2.0
 *
 * Policy declarations; see declaration.h. */
#include "declaration.h"

void pol_declaration_add(pol_compile *compile, pol_ast_module *module,
                         pol_ast_policy *ast, pol_tree *node)
{
    pol_policy *policy = arena_new(compile->arena, pol_policy);
    policy->name = ast->name;
    policy->ast = ast;
    policy->module = module;
    policy->node = node;
    if (compile->last_policy)
        compile->last_policy->next = policy;
    else
        compile->policies = policy;
    compile->last_policy = policy;
    compile->policy_count++;
}

void pol_declaration_check(pol_compile *compile)
{
    for (pol_policy *p = compile->policies; p; p = p->next) {
        const pol_tree *node = pol_tree_child(p->node, STR("deny"));
        p->deny = node ? node->rule : NULL;
    }
}
