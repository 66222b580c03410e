/* SPDX-License-Identifier: Apache-2.0
 *
 * Kubernetes manifests: objects with `apiVersion` and `kind`, also inside a List
 * and inside an AdmissionReview. The properties are the whole object. */
#include "resource.h"

enum { NESTED_LISTS = 8 };

static const char *const rest[] = {NULL};

/* Types that were put together, so that one string serves all objects alike. */
typedef struct kind_name kind_name;
struct kind_name {
    pol_value version, name, type;
    kind_name *next;
};

typedef struct state {
    kind_name *kinds;
} state;

static bool is_object(pol_value v)
{
    return v.tag == POL_OBJECT && pol_is_string(pol_get_name(v, "kind")) &&
           pol_is_string(pol_get_name(v, "apiVersion"));
}

static bool recognise(pol_value root)
{
    return is_object(root);
}

static pol_value joined(pol_arena *arena, pol_value a, char between, pol_value b)
{
    size_t len = (size_t)a.len + 1 + b.len;
    char *text = pol_arena_alloc(arena, len);
    memcpy(text, a.str, a.len);
    text[a.len] = between;
    memcpy(text + a.len + 1, b.str, b.len);
    return pol_string(text, len);
}

static pol_value type_of(pol_resources *set, uint32_t root, pol_value object)
{
    pol_value version = pol_get_name(object, "apiVersion");
    pol_value name = pol_get_name(object, "kind");
    /* The kinds of a file are shared by all its documents. */
    pol_resource_root *first = &set->roots[0];
    if (first->format != &pol_resource_kubernetes)
        first = &set->roots[root];
    if (!first->state)
        first->state = arena_new(set->arena, state);
    state *s = first->state;
    for (kind_name *k = s->kinds; k; k = k->next) {
        if (pol_equal(k->name, name) && pol_equal(k->version, version))
            return k->type;
    }
    kind_name *k = arena_new(set->arena, kind_name);
    *k = (kind_name){version, name, joined(set->arena, version, '/', name),
                     s->kinds};
    s->kinds = k;
    return k->type;
}

static pol_value name_of(pol_resources *set, pol_value object)
{
    pol_value metadata = pol_get_name(object, "metadata");
    if (metadata.tag != POL_OBJECT)
        return pol_literal("");
    pol_value name = pol_get_name(metadata, "name");
    if (!pol_is_string(name))
        name = pol_get_name(metadata, "generateName");
    if (!pol_is_string(name))
        return pol_literal("");
    pol_value space = pol_get_name(metadata, "namespace");
    return pol_is_string(space) && space.len
               ? joined(set->arena, space, '/', name)
               : name;
}

static void add(pol_resources *set, uint32_t root, pol_value object,
                pol_resource_node *container, pol_value key)
{
    pol_resource *r = pol_resource_add(set, &pol_resource_kubernetes, root);
    r->type = type_of(set, root, object);
    r->name = r->urn = name_of(set, object);
    r->item = r->props = object;
    r->container = container;
    r->key = key;
    r->rest = rest;
}

static bool is_list(pol_value object)
{
    pol_value kind = pol_get_name(object, "kind");
    return kind.len >= 4 && !memcmp(kind.str + kind.len - 4, "List", 4) &&
           pol_get_name(object, "items").tag == POL_ARRAY;
}

static void add_list(pol_resources *set, uint32_t root, pol_value list,
                     const pol_resource_node *node, unsigned depth)
{
    pol_value items = pol_get_name(list, "items");
    pol_resource_node *below =
        pol_resource_below(set, node, pol_literal("items"));
    for (uint32_t i = 0; i < items.len; i++) {
        pol_value item = items.items[i], key = pol_int(i);
        if (!is_object(item))
            continue;
        if (is_list(item) && depth < NESTED_LISTS)
            add_list(set, root, item, pol_resource_below(set, below, key),
                     depth + 1);
        else
            add(set, root, item, below, key);
    }
}

static bool add_review(pol_resources *set, uint32_t root, pol_value request)
{
    pol_value object = pol_get_name(request, "object");
    const char *key = "object";
    bool deleted = !is_object(object);
    if (deleted) {
        key = "oldObject";
        object = pol_get_name(request, key);
    }
    if (!is_object(object))
        return false;
    static const char *const names[] = {"request", NULL};
    add(set, root, object, pol_resource_below_names(set, names),
        pol_string(key, strlen(key)));
    if (deleted)
        set->items[set->count - 1].role = POL_ROLE_DELETED;
    return true;
}

static bool collect(pol_resources *set, uint32_t root)
{
    pol_value object = set->document->roots[root];
    pol_value kind = pol_get_name(object, "kind");
    pol_value request = pol_get_name(object, "request");
    if (pol_string_is(kind, "AdmissionReview") && request.tag == POL_OBJECT &&
        add_review(set, root, request))
        return true;
    if (is_list(object))
        add_list(set, root, object, NULL, 0);
    else
        add(set, root, object, NULL, pol_undefined());
    return true;
}

/* The data of a Secret can be tested and is never shown. */
static pol_value hide_data(pol_arena *arena, pol_value object, bool *any)
{
    static const char *const hidden[] = {"data", "stringData"};
    if (!pol_string_is(pol_get_name(object, "kind"), "Secret"))
        return object;
    for (int i = 0; i < 2; i++) {
        pol_value data = pol_get_name(object, hidden[i]);
        if (!pol_is_defined(data))
            continue;
        *any = true;
        object = pol_object_with(arena, object,
                                 pol_string(hidden[i], strlen(hidden[i])),
                                 pol_resource_secret(arena, data));
    }
    return object;
}

static pol_value resolve(pol_resources *set, pol_resource *r)
{
    return hide_data(set->arena, r->props, &r->has_secret);
}

static pol_value lower(pol_arena *arena, pol_value text)
{
    char *copy = pol_arena_copy(arena, text.str, text.len);
    for (uint32_t i = 0; i < text.len; i++) {
        if (copy[i] >= 'A' && copy[i] <= 'Z')
            copy[i] = (char)(copy[i] - 'A' + 'a');
    }
    return pol_string(copy, text.len);
}

static void describe(pol_resources *set, pol_resource *r,
                     pol_resource_facts *out)
{
    pol_value request =
        pol_get_name(set->document->roots[r->root], "request");
    if (request.tag != POL_OBJECT || !r->container)
        return;
    pol_value operation = pol_get_name(request, "operation");
    if (pol_is_string(operation))
        out->operation = lower(set->arena, operation);
    pol_value old = pol_get_name(request, "oldObject");
    if (old.tag == POL_OBJECT)
        out->old = hide_data(set->arena, old, &r->has_secret);
}

const pol_resource_format pol_resource_kubernetes = {
    .name = "kubernetes",
    .recognise = recognise,
    .collect = collect,
    .resolve = resolve,
    .hide = hide_data,
    .describe = describe,
};
