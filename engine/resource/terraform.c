/* SPDX-License-Identifier: Apache-2.0
 *
 * Terraform and OpenTofu: plans and states as `terraform show -json` prints
 * them. A plan says what will be in `planned_values`, what happens to it and
 * what is not known yet in `resource_changes`, and what refers to what in
 * `configuration` (terraform_refs.c). */
#include "terraform.h"

enum { NESTED_MODULES = 256 };

static const char *const in_values[] = {"values", NULL};
static const char *const in_after[] = {"change", "after", NULL};
static const char *const in_before[] = {"change", "before", NULL};
static const char *const planned[] = {"planned_values", "root_module", NULL};
static const char *const stated[] = {"values", "root_module", NULL};

static bool recognise(pol_value root)
{
    if (root.tag != POL_OBJECT)
        return false;
    if (pol_get_name(root, "planned_values").tag == POL_OBJECT ||
        pol_resource_member(root, stated).tag == POL_OBJECT)
        return true;
    pol_value changes = pol_get_name(root, "resource_changes");
    if (changes.tag == POL_ARRAY)
        return true;
    /* An empty state. */
    return pol_is_string(pol_get_name(root, "format_version")) &&
           pol_is_string(pol_get_name(root, "terraform_version"));
}

/* ---- indexing ------------------------------------------------------------ */

static bool is_data(pol_value item)
{
    return pol_string_is(pol_get_name(item, "mode"), "data");
}

static void add(pol_resources *set, uint32_t root, pol_value item,
                const char *const *rest)
{
    pol_value type = pol_get_name(item, "type");
    pol_value address = pol_get_name(item, "address");
    pol_value name = pol_get_name(item, "name");
    if (!pol_is_string(type) || !pol_is_string(address))
        return;
    pol_resource *r = pol_resource_add(set, &pol_resource_terraform, root);
    r->type = type;
    r->urn = address;
    r->name = pol_is_string(name) ? name : address;
    r->item = item;
    r->rest = rest;
    r->props = pol_resource_member(item, rest);
    if (r->props.tag != POL_OBJECT)
        r->props = pol_object_of(set->arena, NULL, NULL, 0);
    if (is_data(item))
        r->role = POL_ROLE_DATA;
}

static void add_module(pol_resources *set, uint32_t root, pol_value module,
                       const pol_resource_node *node, unsigned depth)
{
    pol_value resources = pol_get_name(module, "resources");
    pol_value children = pol_get_name(module, "child_modules");
    pol_resource_node *below =
        pol_resource_below(set, node, pol_literal("resources"));
    for (uint32_t i = 0; resources.tag == POL_ARRAY && i < resources.len; i++) {
        uint32_t before = set->count;
        add(set, root, resources.items[i], in_values);
        if (set->count > before) {
            set->items[before].container = below;
            set->items[before].key = pol_int(i);
        }
    }
    if (children.tag != POL_ARRAY || depth == NESTED_MODULES)
        return;
    below = pol_resource_below(set, node, pol_literal("child_modules"));
    for (uint32_t i = 0; i < children.len; i++)
        add_module(set, root, children.items[i],
                   pol_resource_below(set, below, pol_int(i)), depth + 1);
}

pol_value pol_terraform_operation(pol_value change)
{
    pol_value actions = pol_get_name(change, "actions");
    if (actions.tag != POL_ARRAY || !actions.len)
        return pol_undefined();
    if (actions.len == 2)
        return pol_literal("replace");
    if (pol_string_is(actions.items[0], "no-op"))
        return pol_literal("same");
    return actions.items[0];
}

/* What a plan deletes, and what it makes where it has no planned values. */
static void add_changes(pol_resources *set, uint32_t root, pol_value changes,
                        bool all)
{
    static const char *const names[] = {"resource_changes", NULL};
    pol_resource_node *container = pol_resource_below_names(set, names);
    for (uint32_t i = 0; i < changes.len; i++) {
        pol_value item = changes.items[i];
        pol_value operation =
            pol_terraform_operation(pol_get_name(item, "change"));
        bool deleted = pol_string_is(operation, "delete");
        if ((!all && !deleted) || (deleted && is_data(item)))
            continue;
        uint32_t before = set->count;
        add(set, root, item, deleted ? in_before : in_after);
        if (set->count == before)
            continue;
        pol_resource *r = &set->items[before];
        r->container = container;
        r->key = pol_int(i);
        if (deleted)
            r->role = POL_ROLE_DELETED;
    }
}

/* What changed since the state was written, not by Terraform. */
static void add_drift(pol_resources *set, uint32_t root, pol_value drift)
{
    static const char *const names[] = {"resource_drift", NULL};
    pol_resource_node *container = pol_resource_below_names(set, names);
    for (uint32_t i = 0; i < drift.len; i++) {
        uint32_t before = set->count;
        if (!is_data(drift.items[i]))
            add(set, root, drift.items[i], in_after);
        if (set->count == before)
            continue;
        set->items[before].container = container;
        set->items[before].key = pol_int(i);
        set->items[before].role = POL_ROLE_DRIFT;
    }
}

static bool collect(pol_resources *set, uint32_t root)
{
    pol_value document = set->document->roots[root];
    pol_value module = pol_resource_member(document, planned);
    bool is_plan = pol_get_name(document, "planned_values").tag == POL_OBJECT;
    const char *const *place = planned;
    if (!is_plan) {
        place = stated;
        module = pol_resource_member(document, stated);
    }
    if (module.tag == POL_OBJECT)
        add_module(set, root, module, pol_resource_below_names(set, place), 0);
    pol_value changes = pol_get_name(document, "resource_changes");
    if (changes.tag == POL_ARRAY)
        add_changes(set, root, changes, !is_plan);
    pol_value drift = pol_get_name(document, "resource_drift");
    if (drift.tag == POL_ARRAY)
        add_drift(set, root, drift);
    return true;
}

/* ---- unknown and secret values ------------------------------------------- */

pol_terraform_state *pol_terraform_state_of(pol_resources *set, uint32_t root)
{
    pol_resource_root *at = &set->roots[root];
    if (at->state)
        return at->state;
    pol_terraform_state *state = arena_new(set->arena, pol_terraform_state);
    at->state = state;
    pol_value document = set->document->roots[root];
    state->changes = pol_get_name(document, "resource_changes");
    if (state->changes.tag != POL_ARRAY)
        state->changes = pol_array(NULL, 0);
    state->by_address = pol_string_map_new(set->arena, state->changes.len);
    for (uint32_t i = 0; i < state->changes.len; i++) {
        pol_value address = pol_get_name(state->changes.items[i], "address");
        if (pol_is_string(address))
            pol_string_map_put(state->by_address, address, i);
    }
    return state;
}

pol_value pol_terraform_change(pol_resources *set, const pol_resource *r)
{
    pol_value change = pol_get_name(r->item, "change");
    if (pol_is_defined(change))
        return change;
    pol_terraform_state *state = pol_terraform_state_of(set, r->root);
    uint32_t i = pol_string_map_get(state->by_address, r->urn);
    return i == UINT32_MAX ? pol_undefined()
                           : pol_get_name(state->changes.items[i], "change");
}

/* `sensitive_values` of a state or planned value, `after_sensitive` of a
 * change. */
static pol_value resolve(pol_resources *set, pol_resource *r)
{
    bool deleted = r->role == POL_ROLE_DELETED;
    pol_value change = pol_terraform_change(set, r);
    pol_terraform_laying unknown = {.value = r->props};
    if (!deleted)
        unknown.marks = pol_get_name(change, "after_unknown");
    pol_terraform_laying changed = {
        .value = pol_terraform_unknown(set, r->root, &unknown),
        .marks = pol_get_name(change, deleted ? "before_sensitive"
                                              : "after_sensitive")};
    pol_terraform_laying shown = {
        .value = pol_terraform_sensitive(set, r->root, &changed),
        .marks = pol_get_name(r->item, "sensitive_values")};
    pol_value props = pol_terraform_sensitive(set, r->root, &shown);
    r->has_unknown = unknown.any;
    r->has_secret = changed.any || shown.any;
    return props;
}

/* ---- what policies see --------------------------------------------------- */

static pol_value provider_of(pol_resources *set, const pol_resource *r)
{
    static const char *const names[] = {"name", "props"};
    pol_value values[2];
    values[0] = pol_get_name(r->item, "provider_name");
    if (!pol_is_string(values[0]))
        return pol_undefined();
    values[1] = pol_terraform_provider(set, r->root, values[0]);
    return pol_resource_record(set, names, values, 2);
}

static pol_value options_of(pol_resources *set, const pol_resource *r)
{
    static const char *const names[] = {"deposed_key", "index", "tainted"};
    pol_value values[3];
    for (size_t i = 0; i < 3; i++)
        values[i] = pol_get_name(r->item, names[i]);
    return pol_resource_record(set, names, values, 3);
}

static void describe(pol_resources *set, pol_resource *r,
                     pol_resource_facts *out)
{
    pol_value change = pol_terraform_change(set, r);
    out->operation = pol_terraform_operation(change);
    out->provider = provider_of(set, r);
    out->options = options_of(set, r);
    if (r->role != POL_ROLE_DELETED)
        out->computed = pol_terraform_computed(set, r);
    pol_terraform_references(set, r, &out->dependencies,
                             &out->property_dependencies);
    pol_terraform_laying old = {
        .value = pol_get_name(change, "before"),
        .marks = pol_get_name(change, "before_sensitive")};
    if (old.value.tag == POL_OBJECT)
        out->old = pol_terraform_sensitive(set, r->root, &old);
    r->has_secret |= old.any;
}

static void stack(pol_resources *set, uint32_t root,
                  pol_resource_stack_facts *out)
{
    out->providers = pol_terraform_providers(set, root);
}

const pol_resource_format pol_resource_terraform = {
    .name = "terraform",
    .recognise = recognise,
    .collect = collect,
    .resolve = resolve,
    .describe = describe,
    .stack = stack,
};
