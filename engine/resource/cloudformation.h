/* SPDX-License-Identifier: Apache-2.0
 *
 * Intrinsic functions of CloudFormation. In cloudformation_value.c. */
#ifndef POL_CLOUDFORMATION_H
#define POL_CLOUDFORMATION_H

#include "resource.h"

/* Does the resource's Condition say for certain that it is not made? */
bool pol_cloudformation_absent(pol_resources *set, uint32_t root,
                               pol_value item);

/* `v` with its functions computed; what cannot be is unknown, what comes from a
 * parameter with NoEcho secret. */
pol_value pol_cloudformation_value(pol_resources *set, uint32_t root,
                                   pol_value v, bool *has_unknown,
                                   bool *has_secret);

/* Logical ids that the resource refers to: all, and by property. */
void pol_cloudformation_references(pol_resources *set, const pol_resource *r,
                                   pol_value *all, pol_value *by_property);

#endif
