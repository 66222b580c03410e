/* SPDX-License-Identifier: Apache-2.0
 *
 * Indexing a document, whatever its format; see resource.h. */
#include "resource.h"

/* In the order in which they are tried; the last one takes everything. */
static const pol_resource_format *const formats[] = {
    &pol_resource_pulumi,         &pol_resource_terraform,
    &pol_resource_kubernetes,     &pol_resource_cloudformation,
    &pol_resource_plain,
};

static const pol_resource_format *const forced[] = {
    [POL_CHECK_AUTO] = NULL,
    [POL_CHECK_PULUMI] = &pol_resource_pulumi,
    [POL_CHECK_TERRAFORM] = &pol_resource_terraform,
    [POL_CHECK_CLOUDFORMATION] = &pol_resource_cloudformation,
    [POL_CHECK_KUBERNETES] = &pol_resource_kubernetes,
    [POL_CHECK_PLAIN] = &pol_resource_plain,
};

static const char *wrong_format(const pol_resource_format *format)
{
    if (format == &pol_resource_pulumi)
        return "this is no Pulumi preview, stack export or checkpoint";
    if (format == &pol_resource_terraform)
        return "this is no Terraform plan or state in JSON";
    if (format == &pol_resource_cloudformation)
        return "this is no CloudFormation template";
    return "this is no Kubernetes manifest";
}

static const pol_resource_format *recognised(pol_value root)
{
    size_t i = 0;
    while (!formats[i]->recognise(root))
        i++;
    return formats[i];
}

bool pol_resources_init(pol_resources *set, pol_arena *arena,
                        const pol_document *document, pol_check_input input,
                        const char **error)
{
    *set = (pol_resources){
        .arena = arena, .scratch = arena, .document = document};
    set->roots = arena_array(arena, pol_resource_root, document->count);
    for (uint32_t i = 0; i < document->count; i++) {
        pol_value root = document->roots[i];
        const pol_resource_format *format = forced[input];
        /* An empty YAML document between two `---` says nothing. */
        bool empty = root.tag == POL_NULL && document->count > 1;
        if (format && !empty && !format->recognise(root)) {
            *error = wrong_format(format);
            return false;
        }
        if (!format)
            format = recognised(root);
        set->roots[i] = (pol_resource_root){format, NULL};
        if (!empty)
            format->collect(set, i);
    }
    for (uint32_t i = 0; i < set->count; i++)
        set->checked += set->items[i].role == POL_ROLE_RESOURCE;
    return true;
}

pol_resource *pol_resource_add(pol_resources *set,
                               const pol_resource_format *format, uint32_t root)
{
    if (set->count == set->room) {
        uint32_t room = set->room ? set->room * 2 : 16;
        pol_resource *items = arena_array(set->arena, pol_resource, room);
        if (set->count)
            memcpy(items, set->items, set->count * sizeof *items);
        set->items = items;
        set->room = room;
    }
    pol_resource *resource = &set->items[set->count++];
    *resource = (pol_resource){.format = format, .root = root};
    resource->type = resource->name = resource->urn = pol_literal("");
    return resource;
}

pol_resource_node *pol_resource_below(pol_resources *set,
                                      const pol_resource_node *parent,
                                      pol_value key)
{
    pol_resource_node *node = arena_new(set->arena, pol_resource_node);
    node->parent = parent;
    node->key = key;
    node->depth = parent ? parent->depth + 1 : 1;
    return node;
}

pol_resource_node *pol_resource_below_names(pol_resources *set,
                                            const char *const *names)
{
    pol_resource_node *node = NULL;
    for (; *names; names++)
        node = pol_resource_below(set, node,
                                  pol_string(*names, strlen(*names)));
    return node;
}

pol_value pol_resource_member(pol_value value, const char *const *names)
{
    for (; *names && value.tag == POL_OBJECT; names++)
        value = pol_get_name(value, *names);
    return *names ? pol_undefined() : value;
}

static void put_urns(pol_resources *set, int role)
{
    for (uint32_t i = 0; i < set->count; i++) {
        if (set->items[i].role == role)
            pol_string_map_put(set->urns, set->items[i].urn, i);
    }
}

pol_resource *pol_resource_find(pol_resources *set, pol_value urn)
{
    if (!set->urns) {
        set->urns = pol_string_map_new(set->arena, set->count);
        /* What is there goes before what is deleted under the same name. */
        for (int role = POL_ROLE_RESOURCE; role <= POL_ROLE_DATA; role++)
            put_urns(set, role);
    }
    if (!pol_is_string(urn))
        return NULL;
    uint32_t i = pol_string_map_get(set->urns, urn);
    return i == UINT32_MAX ? NULL : &set->items[i];
}

pol_value pol_resource_props(pol_resources *set, pol_resource *resource)
{
    if (!resource->resolved) {
        resource->resolved = true;
        if (resource->format->resolve)
            resource->props = resource->format->resolve(set, resource);
    }
    return resource->props;
}
