/* SPDX-License-Identifier: Apache-2.0
 *
 * Pulumi: the preview (`pulumi preview --json`), and the state of a stack as
 * `pulumi stack export` or a checkpoint has it. */
#include "pulumi_value.h"
#include "resource.h"

static const char *const in_preview[] = {"newState", "inputs", NULL};
static const char *const in_old_state[] = {"oldState", "inputs", NULL};
static const char *const in_state[] = {"inputs", NULL};

/* Where a document has its resources. */
static const char *const places[][4] = {
    {"deployment", "resources", NULL},
    {"checkpoint", "latest", "resources", NULL},
    {"latest", "resources", NULL}, /* checkpoints of 2017 */
};

static bool is_step(pol_value v)
{
    return v.tag == POL_OBJECT && pol_is_string(pol_get_name(v, "op")) &&
           pol_is_string(pol_get_name(v, "urn"));
}

static bool is_preview(pol_value root)
{
    pol_value steps = pol_get_name(root, "steps");
    if (steps.tag != POL_ARRAY)
        return false;
    if (steps.len)
        return is_step(steps.items[0]);
    return pol_is_defined(pol_get_name(root, "changeSummary"));
}

static const char *const *state_place(pol_value root)
{
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (pol_resource_member(root, places[i]).tag == POL_ARRAY)
            return places[i];
    }
    return NULL;
}

/* A stack without resources has none of the places, but a manifest. */
static bool is_empty_state(pol_value root)
{
    static const char *const manifest[] = {"deployment", "manifest", NULL};
    return pol_resource_member(root, manifest).tag == POL_OBJECT;
}

static bool recognise(pol_value root)
{
    return root.tag == POL_OBJECT &&
           (is_preview(root) || state_place(root) || is_empty_state(root));
}

/* ---- names --------------------------------------------------------------- */

/* The rest of a URN behind its n-th `::`. */
static bool behind(pol_value urn, unsigned n, pol_value *out)
{
    for (uint32_t i = 0; i + 1 < urn.len; i++) {
        if (urn.str[i] != ':' || urn.str[i + 1] != ':')
            continue;
        if (--n == 0) {
            *out = pol_string(urn.str + i + 2, urn.len - i - 2);
            return true;
        }
        i++;
    }
    return false;
}

/* The part between the n-th `::` (0: behind `urn:pulumi:`) and the next. */
static pol_value part(pol_value urn, unsigned n)
{
    pol_value rest = urn, next;
    if (n == 0) {
        if (urn.len < 11 || memcmp(urn.str, "urn:pulumi:", 11))
            return pol_undefined();
        rest = pol_string(urn.str + 11, urn.len - 11);
    } else if (!behind(urn, n, &rest)) {
        return pol_undefined();
    }
    if (behind(rest, 1, &next))
        rest.len = (uint32_t)(next.str - 2 - rest.str);
    return rest;
}

static pol_value name_of(pol_value urn)
{
    pol_value name;
    return behind(urn, 3, &name) ? name : urn;
}

static pol_value type_of(pol_value urn)
{
    pol_value type = part(urn, 2);
    if (!pol_is_defined(type))
        return pol_literal("");
    for (uint32_t i = type.len; i; i--) {
        if (type.str[i - 1] == '$')
            return pol_string(type.str + i, type.len - i);
    }
    return type;
}

/* ---- indexing ------------------------------------------------------------ */

static pol_resource *add(pol_resources *set, uint32_t root, pol_value state,
                         pol_value urn)
{
    pol_resource *r = pol_resource_add(set, &pol_resource_pulumi, root);
    pol_value type = pol_get_name(state, "type");
    r->urn = urn;
    r->name = name_of(urn);
    r->type = pol_is_string(type) ? type : type_of(urn);
    r->props = pol_get_name(state, "inputs");
    if (r->props.tag != POL_OBJECT)
        r->props = pol_object_of(set->arena, NULL, NULL, 0);
    return r;
}

/* What becomes of a step: -1 when it is no resource of its own. A replacement
 * comes as several steps, of which the one that creates counts. */
static int role_of(pol_value op)
{
    static const struct {
        const char *op;
        int role;
    } roles[] = {
        {"same", POL_ROLE_RESOURCE},   {"create", POL_ROLE_RESOURCE},
        {"update", POL_ROLE_RESOURCE}, {"import", POL_ROLE_RESOURCE},
        {"create-replacement", POL_ROLE_RESOURCE},
        {"import-replacement", POL_ROLE_RESOURCE},
        {"replace", POL_ROLE_RESOURCE}, {"delete", POL_ROLE_DELETED},
        {"read", POL_ROLE_DATA},       {"read-replacement", POL_ROLE_DATA},
    };
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        if (strlen(roles[i].op) == op.len &&
            !memcmp(roles[i].op, op.str, op.len))
            return roles[i].role;
    }
    return -1;
}

static bool creates_replacement(pol_value op)
{
    return pol_string_is(op, "create-replacement") ||
           pol_string_is(op, "import-replacement");
}

/* URNs of the steps that create a replacement: their `replace` steps tell the
 * same once more. */
static pol_value replacements(pol_resources *set, pol_value steps)
{
    pol_builder builder;
    pol_builder_init(&builder, set->arena, POL_SET);
    for (uint32_t i = 0; i < steps.len; i++) {
        if (is_step(steps.items[i]) &&
            creates_replacement(pol_get_name(steps.items[i], "op")))
            pol_builder_add(&builder, pol_get_name(steps.items[i], "urn"));
    }
    return pol_builder_done(&builder);
}

static void add_step(pol_resources *set, uint32_t root, pol_value step,
                     pol_value replaced)
{
    pol_value op = pol_get_name(step, "op"), urn = pol_get_name(step, "urn");
    int role = role_of(op);
    if (role < 0 || (pol_string_is(op, "replace") && pol_has(replaced, urn)))
        return;
    bool old = role == POL_ROLE_DELETED;
    pol_value state = pol_get_name(step, old ? "oldState" : "newState");
    if (state.tag != POL_OBJECT)
        return;
    pol_resource *r = add(set, root, state, urn);
    r->role = (uint8_t)role;
    r->rest = old ? in_old_state : in_preview;
}

static void collect_steps(pol_resources *set, uint32_t root, pol_value steps)
{
    static const char *const names[] = {"steps", NULL};
    pol_resource_node *container = pol_resource_below_names(set, names);
    pol_value replaced = replacements(set, steps);
    for (uint32_t i = 0; i < steps.len; i++) {
        uint32_t before = set->count;
        if (is_step(steps.items[i]))
            add_step(set, root, steps.items[i], replaced);
        if (set->count == before)
            continue;
        pol_resource *r = &set->items[before];
        r->item = steps.items[i];
        r->container = container;
        r->key = pol_int(i);
    }
}

static void collect_state(pol_resources *set, uint32_t root,
                          const char *const *place)
{
    pol_value all = pol_resource_member(set->document->roots[root], place);
    pol_resource_node *container = pol_resource_below_names(set, place);
    for (uint32_t i = 0; i < all.len; i++) {
        pol_value state = all.items[i];
        pol_value urn = pol_get_name(state, "urn");
        if (!pol_is_string(urn))
            continue;
        pol_resource *r = add(set, root, state, urn);
        r->item = state;
        r->container = container;
        r->key = pol_int(i);
        r->rest = in_state;
        if (pol_get_name(state, "delete").tag == POL_TRUE)
            r->role = POL_ROLE_DELETED;
        else if (pol_get_name(state, "external").tag == POL_TRUE)
            r->role = POL_ROLE_DATA;
    }
}

static bool collect(pol_resources *set, uint32_t root)
{
    pol_value document = set->document->roots[root];
    const char *const *place = state_place(document);
    if (is_preview(document))
        collect_steps(set, root, pol_get_name(document, "steps"));
    else if (place)
        collect_state(set, root, place);
    return true;
}

/* ---- what policies see --------------------------------------------------- */

/* The text of the document is searched once. */
static pol_pulumi_marks marks_of(pol_resources *set)
{
    pol_resource_root *first = &set->roots[0];
    if (!first->state || first->format != &pol_resource_pulumi) {
        pol_pulumi_marks *marks = arena_new(set->arena, pol_pulumi_marks);
        *marks = pol_pulumi_marks_of(set->document);
        if (first->format != &pol_resource_pulumi)
            return *marks;
        first->state = marks;
    }
    return *(pol_pulumi_marks *)first->state;
}

static pol_value resolve(pol_resources *set, pol_resource *r)
{
    pol_pulumi_marks found;
    pol_value props =
        pol_pulumi_value(set->arena, marks_of(set), r->props, &found);
    r->has_unknown = found.unknowns;
    r->has_secret = found.secrets;
    return props;
}

/* The state that describes the resource as it will be. */
static pol_value state_of(const pol_resource *r)
{
    if (r->rest == in_preview)
        return pol_get_name(r->item, "newState");
    if (r->rest == in_old_state)
        return pol_get_name(r->item, "oldState");
    return r->item;
}

static pol_value options_of(pol_resources *set, pol_value state)
{
    static const char *const names[] = {
        "additionalSecretOutputs", "aliases", "customTimeouts",
        "deleteBeforeReplace", "deletedWith", "external", "ignoreChanges",
        "importID", "protect", "replaceOnChanges", "replaceWith",
        "retainOnDelete",
    };
    pol_value values[sizeof names / sizeof *names];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        values[i] = pol_get_name(state, names[i]);
    return pol_resource_record(set, names, values,
                               sizeof names / sizeof *names);
}

/* A reference is `<urn>::<id>`; ids of previews are unknown. */
static pol_value provider_of(pol_resources *set, pol_resource *of,
                             pol_value reference)
{
    if (!pol_is_string(reference) || !reference.len)
        return pol_undefined();
    pol_value urn = reference, name = name_of(reference), id;
    if (behind(name, 1, &id)) {
        name.len = (uint32_t)(id.str - 2 - name.str);
        urn.len = (uint32_t)(id.str - 2 - urn.str);
    }
    static const char *const names[] = {"name", "props", "type", "urn"};
    pol_value values[] = {name, pol_resource_record(set, names, NULL, 0),
                          type_of(urn), urn};
    pol_resource *provider = pol_resource_find(set, urn);
    if (provider && provider != of) {
        values[1] = pol_resource_props(set, provider);
        of->has_unknown |= provider->has_unknown;
        of->has_secret |= provider->has_secret;
    }
    return pol_resource_record(set, names, values, 4);
}

/* A further part of the resource. */
static pol_value marked(pol_resources *set, pol_resource *r, pol_value v)
{
    pol_pulumi_marks found;
    v = pol_pulumi_value(set->arena, marks_of(set), v, &found);
    r->has_unknown |= found.unknowns;
    r->has_secret |= found.secrets;
    return v;
}

static void describe(pol_resources *set, pol_resource *r,
                     pol_resource_facts *out)
{
    pol_value state = state_of(r);
    out->options = options_of(set, state);
    out->provider = provider_of(set, r, pol_get_name(state, "provider"));
    pol_value parent = pol_get_name(state, "parent");
    if (pol_is_string(parent) && parent.len)
        out->parent = parent;
    out->dependencies = pol_get_name(state, "dependencies");
    out->property_dependencies = pol_get_name(state, "propertyDependencies");
    pol_value outputs = pol_get_name(state, "outputs");
    /* Of a step that changes something the outputs are those of before. */
    bool valid = r->rest == in_state ||
                 pol_string_is(pol_get_name(r->item, "op"), "same");
    if (outputs.tag == POL_OBJECT && valid)
        out->outputs = marked(set, r, outputs);
    if (r->rest == in_state)
        return;
    out->operation = pol_get_name(r->item, "op");
    pol_value old = pol_get_name(pol_get_name(r->item, "oldState"), "inputs");
    if (old.tag == POL_OBJECT)
        out->old = marked(set, r, old);
}

static void stack(pol_resources *set, uint32_t root,
                  pol_resource_stack_facts *out)
{
    for (uint32_t i = 0; i < set->count; i++) {
        if (set->items[i].root != root)
            continue;
        out->name = part(set->items[i].urn, 0);
        out->project = part(set->items[i].urn, 1);
        return;
    }
}

const pol_resource_format pol_resource_pulumi = {
    .name = "pulumi",
    .recognise = recognise,
    .collect = collect,
    .resolve = resolve,
    .describe = describe,
    .stack = stack,
};
