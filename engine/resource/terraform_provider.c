/* SPDX-License-Identifier: Apache-2.0
 *
 * Providers of a Terraform plan: what the configuration says of each. Values of
 * expressions are shown only where they are constant. */
#include "terraform.h"

static pol_value provider_configs(pol_resources *set, uint32_t root)
{
    static const char *const place[] = {"configuration", "provider_config",
                                        NULL};
    return pol_resource_member(set->document->roots[root], place);
}

/* ---- of one resource ----------------------------------------------------- */

/* Found once: plans have few providers and many resources. */
struct pol_terraform_provider {
    pol_value name, props;
    struct pol_terraform_provider *next;
};

static pol_value make_provider(pol_resources *set, uint32_t root,
                               pol_value name)
{
    pol_builder builder;
    pol_builder_init(&builder, set->arena, POL_OBJECT);
    pol_value all = provider_configs(set, root);
    for (uint32_t i = 0; all.tag == POL_OBJECT && i < all.len; i++) {
        pol_value config = pol_value_at(all, i);
        pol_value expressions = pol_get_name(config, "expressions");
        if (!pol_equal(pol_get_name(config, "full_name"), name) ||
            pol_is_defined(pol_get_name(config, "alias")))
            continue;
        for (uint32_t k = 0; k < expressions.len; k++) {
            pol_value constant =
                pol_get_name(pol_value_at(expressions, k), "constant_value");
            if (pol_is_defined(constant))
                pol_builder_put(&builder, pol_key_at(expressions, k), constant);
        }
    }
    return pol_builder_done(&builder);
}

pol_value pol_terraform_provider(pol_resources *set, uint32_t root,
                                 pol_value name)
{
    pol_terraform_state *state = pol_terraform_state_of(set, root);
    struct pol_terraform_provider *p = state->providers;
    while (p && !pol_equal(p->name, name))
        p = p->next;
    if (!p) {
        p = arena_new(set->arena, struct pol_terraform_provider);
        *p = (struct pol_terraform_provider){
            name, make_provider(set, root, name), state->providers};
        state->providers = p;
    }
    return p->props;
}

/* ---- of the stack -------------------------------------------------------- */

pol_value pol_terraform_providers(pol_resources *set, uint32_t root)
{
    static const char *const names[] = {"alias", "module", "name", "source",
                                        "version"};
    static const char *const from[] = {"alias", "module_address", "name",
                                       "full_name", "version_constraint"};
    pol_value all = provider_configs(set, root);
    if (all.tag != POL_OBJECT)
        return pol_undefined();
    pol_value *items = pol_items(set->arena, all.len);
    for (uint32_t i = 0; i < all.len; i++) {
        pol_value values[sizeof names / sizeof *names];
        for (size_t k = 0; k < sizeof names / sizeof *names; k++)
            values[k] = pol_get_name(pol_value_at(all, i), from[k]);
        items[i] = pol_resource_record(set, names, values,
                                       sizeof names / sizeof *names);
    }
    return pol_array(items, all.len);
}
