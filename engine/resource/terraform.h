/* SPDX-License-Identifier: Apache-2.0
 *
 * What the parts of the Terraform format share: values and changes
 * (terraform.c), references of the configuration (terraform_refs.c), what it
 * leaves to the provider (terraform_computed.c). */
#ifndef POL_TERRAFORM_H
#define POL_TERRAFORM_H

#include "resource.h"

typedef struct pol_terraform_state {
    pol_value changes;          /* resource_changes, an array */
    pol_string_map *by_address; /* into it */
    pol_string_map *configured; /* "module.a.aws_x.b" -> number, once made */
    pol_value *blocks;          /* the configuration's resources */
    uint32_t block_count;
    struct pol_terraform_merge **merges; /* see terraform_marks.c */
    struct pol_terraform_provider *providers; /* see terraform_provider.c */
} pol_terraform_state;

pol_terraform_state *pol_terraform_state_of(pol_resources *set, uint32_t root);

/* The `change` of a resource; undefined in a state. */
pol_value pol_terraform_change(pol_resources *set, const pol_resource *r);
/* create, update, delete, replace, same, read; undefined if unknown. */
pol_value pol_terraform_operation(pol_value change);
/* A value and the marks (true, or of the shape of the value) to be laid over
 * it. */
typedef struct pol_terraform_laying {
    pol_value value, marks;
    bool any; /* set when something was marked */
} pol_terraform_laying;
/* The value with what is marked unknown, or secret. In terraform_marks.c. */
pol_value pol_terraform_unknown(pol_resources *set, uint32_t root,
                                pol_terraform_laying *laying);
pol_value pol_terraform_sensitive(pol_resources *set, uint32_t root,
                                  pol_terraform_laying *laying);

/* The constant settings of the provider with that full name: an object. */
pol_value pol_terraform_provider(pol_resources *set, uint32_t root,
                                 pol_value name);
/* The configuration's block of a resource; undefined in a state. */
pol_value pol_terraform_block(pol_resources *set, const pol_resource *r);
/* The unknown properties that the configuration does not set, as an array of
 * paths ("root_block_device.encrypted"), in scratch; undefined in a state. In
 * terraform_computed.c. */
pol_value pol_terraform_computed(pol_resources *set, const pol_resource *r);
/* The members of a set as an array. */
pol_value pol_terraform_listed(pol_arena *arena, pol_value set);
/* Name, source, version constraint, alias and module of each provider of the
 * configuration: an array of objects. */
pol_value pol_terraform_providers(pol_resources *set, uint32_t root);
/* Addresses of the resources that this one refers to: all, and by property. */
void pol_terraform_references(pol_resources *set, const pol_resource *r,
                              pol_value *all, pol_value *by_property);

#endif
