/* SPDX-License-Identifier: Apache-2.0
 *
 * What policies see as `resource` and `stack`, and where it stands in the
 * source. Made when a policy asks: most look at the properties alone. */
#include "resource.h"
#include "shape.h"

pol_value *pol_resource_path(pol_resources *set, const pol_resource *r,
                             size_t more, size_t *len)
{
    size_t depth = r->container ? r->container->depth : 0, n = depth;
    bool keyed = pol_is_defined(r->key);
    size_t rest = 0;
    while (r->rest[rest])
        rest++;
    *len = depth + keyed + rest;
    pol_value *path = pol_items(set->scratch, *len + more);
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

/* ---- objects of fixed names ---------------------------------------------- */

/* A shape that was made for a table of names and the members that were there. */
struct pol_resource_record {
    const char *const *names;
    uint32_t mask;
    const pol_shape *shape;
    struct pol_resource_record *next;
};

static const pol_shape *shape_of(pol_resources *set, const char *const *names,
                                 uint32_t mask)
{
    for (struct pol_resource_record *r = set->records; r; r = r->next) {
        if (r->names == names && r->mask == mask)
            return r->shape;
    }
    pol_value *keys = pol_items(set->arena, 32);
    uint32_t n = 0;
    for (uint32_t i = 0; i < 32; i++) {
        if (mask & 1u << i)
            keys[n++] = pol_string(names[i], strlen(names[i]));
    }
    struct pol_resource_record *r =
        arena_new(set->arena, struct pol_resource_record);
    *r = (struct pol_resource_record){
        names, mask, pol_shape_make(set->arena, keys, n, NULL), set->records};
    set->records = r;
    return r->shape;
}

pol_value pol_resource_record(pol_resources *set, const char *const *names,
                              const pol_value *values, uint32_t count)
{
    uint32_t mask = 0, n = 0;
    for (uint32_t i = 0; i < count; i++)
        mask |= (uint32_t)pol_is_defined(values[i]) << i;
    pol_object *object =
        pol_shape_object(set->scratch, shape_of(set, names, mask));
    for (uint32_t i = 0; i < count; i++) {
        if (pol_is_defined(values[i]))
            object->values[n++] = values[i];
    }
    return pol_shape_value(object);
}

/* ---- resource ------------------------------------------------------------ */

static pol_value empty_object(pol_resources *set)
{
    return pol_resource_record(set, NULL, NULL, 0);
}

static pol_value or_empty(pol_resources *set, pol_value v, pol_tag tag)
{
    if (v.tag == tag)
        return v;
    return tag == POL_ARRAY ? pol_array(NULL, 0) : empty_object(set);
}

static pol_value source_of(pol_resources *set, const pol_resource *r)
{
    static const char *const names[] = {"document", "file", "path"};
    pol_str file = set->document->name;
    size_t len;
    const pol_value *path = pol_resource_path(set, r, 0, &len);
    pol_value values[] = {pol_int(r->root), pol_string(file.ptr, file.len),
                          pol_array(path, len)};
    return pol_resource_record(set, names, values, countof(values));
}

static pol_value object_of(pol_resources *set, pol_resource *r, pol_value props,
                           const pol_resource_facts *facts)
{
    static const char *const names[] = {
        "computed", "dependencies", "name", "old", "operation", "options", "parent",
        "property_dependencies", "props", "provider", "source", "type", "urn"};
    pol_value values[] = {
        or_empty(set, facts->computed, POL_ARRAY),
        or_empty(set, facts->dependencies, POL_ARRAY), r->name, facts->old,
        facts->operation, or_empty(set, facts->options, POL_OBJECT),
        facts->parent, or_empty(set, facts->property_dependencies, POL_OBJECT),
        props, facts->provider, source_of(set, r), r->type, r->urn};
    return pol_resource_record(set, names, values, countof(values));
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

/* ---- stack --------------------------------------------------------------- */

/* The resource as stack policies see it: with what it puts out, if known. */
static pol_value member_of(pol_resources *set, pol_resource *r)
{
    pol_value props = pol_resource_props(set, r);
    pol_resource_facts facts = facts_of(set, r);
    if (pol_is_defined(facts.outputs))
        props = facts.outputs;
    return object_of(set, r, props, &facts);
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

static pol_value stack_of(pol_resources *set)
{
    static const char *const names[] = {"data",      "deleted",   "drift",
                                        "name",      "project",   "providers",
                                        "resources", "tags"};
    pol_str file = set->document->name;
    pol_resource_stack_facts facts = {.name = pol_string(file.ptr, file.len)};
    const pol_resource_format *format =
        set->document->count ? set->roots[0].format : NULL;
    if (format && format->stack)
        format->stack(set, 0, &facts);
    pol_value values[] = {members(set, POL_ROLE_DATA),
                          members(set, POL_ROLE_DELETED),
                          members(set, POL_ROLE_DRIFT),
                          facts.name,
                          facts.project,
                          or_empty(set, facts.providers, POL_ARRAY),
                          members(set, POL_ROLE_RESOURCE),
                          or_empty(set, facts.tags, POL_OBJECT)};
    return pol_resource_record(set, names, values, countof(values));
}

pol_value pol_resource_stack(pol_resources *set)
{
    if (!pol_is_defined(set->stack)) {
        pol_arena *scratch = set->scratch;
        set->scratch = set->arena; /* it stays as long as the document */
        set->stack = stack_of(set);
        set->scratch = scratch;
    }
    return set->stack;
}
