/* SPDX-License-Identifier: Apache-2.0
 *
 * CloudFormation templates, in JSON and YAML. Intrinsic functions are computed
 * as far as the template alone says (parameters with defaults, mappings,
 * conditions of those); the rest is unknown. What a property refers to is among
 * the dependencies. */
#include "cloudformation.h"

static bool has_type(pol_value v)
{
    return pol_is_string(pol_get_name(v, "Type"));
}

static bool recognise(pol_value root)
{
    pol_value resources = pol_get_name(root, "Resources");
    if (resources.tag != POL_OBJECT)
        return false;
    if (pol_is_defined(pol_get_name(root, "AWSTemplateFormatVersion")))
        return true;
    for (uint32_t i = 0; i < resources.len; i++) {
        if (has_type(pol_value_at(resources, i)))
            return true;
    }
    return false;
}

/* The n-th key as written in the source. */
static uint32_t written(pol_value object, uint32_t n)
{
    const pol_shape *shape = object.obj->shape;
    return shape->order ? shape->order[n] : n;
}

static bool collect(pol_resources *set, uint32_t root)
{
    static const char *const names[] = {"Resources", NULL};
    static const char *const rest[] = {"Properties", NULL};
    pol_resource_node *container = pol_resource_below_names(set, names);
    pol_value all = pol_get_name(set->document->roots[root], "Resources");
    for (uint32_t n = 0; n < all.len; n++) {
        uint32_t i = written(all, n);
        pol_value item = pol_value_at(all, i);
        if (!has_type(item))
            continue;
        pol_resource *r =
            pol_resource_add(set, &pol_resource_cloudformation, root);
        r->type = pol_get_name(item, "Type");
        r->name = r->urn = r->key = pol_key_at(all, i);
        r->item = item;
        r->container = container;
        r->rest = rest;
        r->props = pol_get_name(item, "Properties");
        if (r->props.tag != POL_OBJECT)
            r->props = pol_object_of(set->arena, NULL, NULL, 0);
        if (pol_cloudformation_absent(set, root, item))
            set->count--;
    }
    return true;
}

static pol_value resolve(pol_resources *set, pol_resource *r)
{
    return pol_cloudformation_value(set, r->root, r->props, &r->has_unknown,
                                    &r->has_secret);
}

static pol_value options_of(pol_resources *set, pol_value item)
{
    static const char *const names[] = {"Condition", "CreationPolicy",
                                        "DeletionPolicy", "Metadata",
                                        "UpdatePolicy", "UpdateReplacePolicy"};
    pol_value values[sizeof names / sizeof *names];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        values[i] = pol_get_name(item, names[i]);
    return pol_resource_record(set, names, values,
                               sizeof names / sizeof *names);
}

static void describe(pol_resources *set, pol_resource *r,
                     pol_resource_facts *out)
{
    out->options = options_of(set, r->item);
    pol_cloudformation_references(set, r, &out->dependencies,
                                  &out->property_dependencies);
}

const pol_resource_format pol_resource_cloudformation = {
    .name = "cloudformation",
    .recognise = recognise,
    .collect = collect,
    .resolve = resolve,
    .describe = describe,
};
