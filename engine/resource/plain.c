/* SPDX-License-Identifier: Apache-2.0
 *
 * Documents that are nothing else: each is one resource of type `document`,
 * named after its file. */
#include "resource.h"

static bool recognise(pol_value root)
{
    (void)root;
    return true;
}

static bool collect(pol_resources *set, uint32_t root)
{
    static const char *const rest[] = {NULL};
    pol_str name = set->document->name;
    pol_resource *r = pol_resource_add(set, &pol_resource_plain, root);
    r->type = pol_literal("document");
    r->name = r->urn = pol_string(name.ptr, name.len);
    r->item = r->props = set->document->roots[root];
    r->rest = rest;
    return true;
}

const pol_resource_format pol_resource_plain = {
    .name = "plain",
    .recognise = recognise,
    .collect = collect,
};
