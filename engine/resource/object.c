/* SPDX-License-Identifier: Apache-2.0
 *
 * What policies see as `resource` and `stack`, and where it stands in the
 * source. Made when a policy asks: most look at the properties alone. */
#include "resource.h"

pol_value *pol_resource_path(pol_resources *set, const pol_resource *r,
                             size_t more, size_t *len)
{
    size_t depth = r->container ? r->container->depth : 0, n = depth;
    bool keyed = pol_is_defined(r->key);
    size_t rest = 0;
    while (r->rest[rest])
        rest++;
    *len = depth + keyed + rest;
    pol_value *path = pol_items(set->arena, *len + more);
    for (const pol_resource_node *at = r->container; at; at = at->parent)
        path[--n] = at->key;
    if (keyed)
        path[depth] = r->key;
    for (size_t i = 0; i < rest; i++)
        path[depth + keyed + i] = pol_string(r->rest[i], strlen(r->rest[i]));
    return path;
}

pol_location pol_resource_locate(pol_resources *set, const pol_resource *r,
                                 const pol_value *path, size_t path_len)
{
    size_t len;
    pol_value *whole = pol_resource_path(set, r, path_len, &len);
    if (path_len)
        memcpy(whole + len, path, path_len * sizeof *path);
    return pol_document_locate(set->document, r->root, whole, len + path_len);
}

/* ---- resource --------------------------------------------------------------- */

static void put(pol_builder *builder, const char *name, pol_value v)
{
    if (pol_is_defined(v))
        pol_builder_put(builder, pol_string(name, strlen(name)), v);
}

static pol_value or_empty(pol_arena *arena, pol_value v, pol_tag tag)
{
    if (v.tag == tag)
        return v;
    return tag == POL_ARRAY ? pol_array(NULL, 0)
                            : pol_object_of(arena, NULL, NULL, 0);
}

static pol_value source_of(pol_resources *set, const pol_resource *r)
{
    size_t len;
    const pol_value *path = pol_resource_path(set, r, 0, &len);
    pol_value *keys = pol_items(set->arena, 3);
    pol_value *values = pol_items(set->arena, 3);
    keys[0] = pol_literal("file");
    values[0] = pol_string(set->document->name.ptr, set->document->name.len);
    keys[1] = pol_literal("document");
    values[1] = pol_int(r->root);
    keys[2] = pol_literal("path");
    values[2] = pol_array(path, len);
    return pol_object_of(set->arena, keys, values, 3);
}

static pol_value object_of(pol_resources *set, pol_resource *r, pol_value props,
                           const pol_resource_facts *facts)
{
    pol_builder b;
    pol_builder_init(&b, set->arena, POL_OBJECT);
    put(&b, "type", r->type);
    put(&b, "name", r->name);
    put(&b, "urn", r->urn);
    put(&b, "props", props);
    put(&b, "provider", facts->provider);
    put(&b, "options", or_empty(set->arena, facts->options, POL_OBJECT));
    put(&b, "parent", facts->parent);
    put(&b, "dependencies",
        or_empty(set->arena, facts->dependencies, POL_ARRAY));
    put(&b, "property_dependencies",
        or_empty(set->arena, facts->property_dependencies, POL_OBJECT));
    put(&b, "operation", facts->operation);
    put(&b, "old", facts->old);
    put(&b, "source", source_of(set, r));
    return pol_builder_done(&b);
}

static pol_resource_facts facts_of(pol_resources *set, pol_resource *r)
{
    pol_resource_facts facts = {.provider = pol_undefined()};
    if (r->format->describe)
        r->format->describe(set, r, &facts);
    if (r->role == POL_ROLE_DELETED && !pol_is_defined(facts.operation))
        facts.operation = pol_literal("delete");
    return facts;
}

pol_value pol_resource_object(pol_resources *set, pol_resource *r)
{
    if (!pol_is_defined(r->object)) {
        pol_resource_facts facts = facts_of(set, r);
        r->object = object_of(set, r, pol_resource_props(set, r), &facts);
    }
    return r->object;
}

/* ---- stack --------------------------------------------------------------------- */

/* The resource as stack policies see it: with what it puts out, if known. */
static pol_value member_of(pol_resources *set, pol_resource *r)
{
    pol_resource_facts facts = facts_of(set, r);
    if (!pol_is_defined(facts.outputs))
        return pol_resource_object(set, r);
    return object_of(set, r, facts.outputs, &facts);
}

static pol_value members(pol_resources *set, int role)
{
    pol_value *items = pol_items(set->arena, set->count);
    size_t n = 0;
    for (uint32_t i = 0; i < set->count; i++) {
        if (set->items[i].role == role)
            items[n++] = member_of(set, &set->items[i]);
    }
    return pol_array(items, n);
}

pol_value pol_resource_stack(pol_resources *set)
{
    if (pol_is_defined(set->stack))
        return set->stack;
    pol_str file = set->document->name;
    pol_value name = pol_string(file.ptr, file.len);
    pol_value project = pol_undefined(), tags = pol_undefined();
    const pol_resource_format *format =
        set->document->count ? set->roots[0].format : NULL;
    if (format && format->stack)
        format->stack(set, 0, &name, &project, &tags);
    pol_builder b;
    pol_builder_init(&b, set->arena, POL_OBJECT);
    put(&b, "name", name);
    put(&b, "project", project);
    put(&b, "tags", or_empty(set->arena, tags, POL_OBJECT));
    put(&b, "resources", members(set, POL_ROLE_RESOURCE));
    put(&b, "deleted", members(set, POL_ROLE_DELETED));
    put(&b, "data", members(set, POL_ROLE_DATA));
    set->stack = pol_builder_done(&b);
    return set->stack;
}
