/* SPDX-License-Identifier: Apache-2.0
 *
 * What refers to what in a Terraform plan. The configuration has expressions
 * with `references` such as "aws_s3_bucket.logs.id"; they are followed to the
 * resources of the same module. An address with count or for_each stands for
 * all its instances, unless one of them has the key of the resource itself.
 * `var.x` leads to the call of the module, `module.m.x` to an output of it, and
 * `each.value` to what for_each goes over. Locals are not in a plan: what comes
 * through one has no references. */
#include "buf.h"
#include "terraform.h"

enum {
    NESTED_MODULES = 256,
    NESTED_BLOCKS = 64,
    HOPS = 64 /* from module to module on the way to one resource */
};

/* ---- the configuration's resources by address without keys --------------- */

typedef struct gathering {
    pol_resources *set;
    pol_terraform_state *state;
    pol_value *names; /* of the blocks */
    uint32_t room;
} gathering;

static void add_block(gathering *g, pol_str prefix, pol_value block)
{
    pol_value address = pol_get_name(block, "address");
    pol_terraform_state *s = g->state;
    if (!pol_is_string(address))
        return;
    if (s->block_count == g->room) {
        uint32_t room = g->room ? g->room * 2 : 16;
        pol_value *blocks = pol_items(g->set->arena, room);
        pol_value *names = pol_items(g->set->arena, room);
        if (g->room) {
            memcpy(blocks, s->blocks, g->room * sizeof *blocks);
            memcpy(names, g->names, g->room * sizeof *names);
        }
        s->blocks = blocks;
        g->names = names;
        g->room = room;
    }
    size_t len = prefix.len + address.len;
    char *name = pol_arena_alloc(g->set->arena, len);
    memcpy(name, prefix.ptr, prefix.len);
    memcpy(name + prefix.len, address.str, address.len);
    g->names[s->block_count] = pol_string(name, len);
    s->blocks[s->block_count++] = block;
}

static void gather(gathering *g, pol_str prefix, pol_value module,
                   unsigned depth)
{
    pol_value resources = pol_get_name(module, "resources");
    for (uint32_t i = 0; resources.tag == POL_ARRAY && i < resources.len; i++)
        add_block(g, prefix, resources.items[i]);
    pol_value calls = pol_get_name(module, "module_calls");
    if (calls.tag != POL_OBJECT || depth == NESTED_MODULES)
        return;
    for (uint32_t i = 0; i < calls.len; i++) {
        pol_value name = pol_key_at(calls, i);
        char *below = pol_arena_printf(g->set->arena, "%.*smodule.%.*s.",
                                       (int)prefix.len, prefix.ptr,
                                       (int)name.len, name.str);
        gather(g, pol_str_of(below),
               pol_get_name(pol_value_at(calls, i), "module"), depth + 1);
    }
}

static void make_index(pol_resources *set, uint32_t root,
                       pol_terraform_state *state)
{
    static const char *const place[] = {"configuration", "root_module", NULL};
    gathering g = {.set = set, .state = state};
    gather(&g, STR(""),
           pol_resource_member(set->document->roots[root], place), 0);
    state->configured = pol_string_map_new(set->arena, state->block_count);
    for (uint32_t i = 0; i < state->block_count; i++)
        pol_string_map_put(state->configured, g.names[i], i);
}

/* ---- addresses ----------------------------------------------------------- */

/* The end of a key in brackets that begins at `i`. */
static uint32_t behind_key(pol_value text, uint32_t i)
{
    bool quoted = false;
    for (i++; i < text.len; i++) {
        if (quoted && text.str[i] == '\\')
            i++;
        else if (text.str[i] == '"')
            quoted = !quoted;
        else if (text.str[i] == ']' && !quoted)
            return i + 1;
    }
    return text.len;
}

/* An address without the keys of count and for_each. */
static pol_value without_keys(pol_arena *arena, pol_value address)
{
    if (!address.len || !memchr(address.str, '[', address.len))
        return address;
    char *text = pol_arena_alloc(arena, address.len);
    uint32_t len = 0;
    for (uint32_t i = 0; i < address.len;) {
        if (address.str[i] == '[')
            i = behind_key(address, i);
        else
            text[len++] = address.str[i++];
    }
    return pol_string(text, len);
}

/* Where the last `type.name[key]` of an address begins, and its key if any. */
static uint32_t own_part(pol_value address, pol_value *key)
{
    uint32_t dots[2] = {0, 0}, seen = 0;
    *key = pol_undefined();
    for (uint32_t i = 0; i < address.len;) {
        if (address.str[i] == '[') {
            uint32_t end = behind_key(address, i);
            *key = end == address.len
                       ? pol_string(address.str + i, end - i)
                       : pol_undefined();
            i = end;
            continue;
        }
        if (address.str[i] == '.') {
            dots[0] = dots[1];
            dots[1] = i + 1;
            seen++;
        }
        i++;
    }
    uint32_t start = seen >= 2 ? dots[0] : 0;
    if (start >= 5 && !memcmp(address.str + start - 5, "data.", 5))
        start -= 5;
    return start;
}

/* `type.name` or `type.name[key]` at the head of a reference; length 0 if it
 * refers to no resource. */
static pol_value target_of(pol_value reference)
{
    static const char *const others[] = {"var.", "local.", "each.", "count.",
                                         "module.", "path.", "self.",
                                         "terraform."};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        size_t len = strlen(others[i]);
        if (reference.len > len && !memcmp(reference.str, others[i], len))
            return pol_literal("");
    }
    unsigned parts = reference.len > 5 && !memcmp(reference.str, "data.", 5)
                         ? 3 : 2;
    uint32_t i = 0;
    while (i < reference.len) {
        if (reference.str[i] == '.' && --parts == 0)
            break;
        if (reference.str[i] == '[') {
            i = parts == 1 ? behind_key(reference, i) : i;
            break;
        }
        i++;
    }
    return parts <= 1 ? pol_string(reference.str, i) : pol_literal("");
}

/* ---- following ----------------------------------------------------------- */

typedef struct following {
    pol_resources *set;
    const pol_resource *from;
    pol_value module; /* prefix of its module: "module.a." */
    pol_value key;    /* of the resource or module itself, or undefined */
    pol_value each;   /* the expression of its for_each, or undefined */
    unsigned hops;
    pol_builder *all, *one;
} following;

static void found(following *f, const pol_resource *target)
{
    if (!target || target == f->from)
        return;
    pol_builder_add(f->all, target->urn);
    pol_builder_add(f->one, target->urn);
}

/* The resources at module + target + key. */
static pol_resource *at(following *f, pol_value target, pol_value key)
{
    uint32_t key_len = pol_is_defined(key) ? key.len : 0;
    size_t len = (size_t)f->module.len + target.len + key_len;
    char *text = pol_arena_alloc(f->set->scratch, len);
    memcpy(text, f->module.str, f->module.len);
    memcpy(text + f->module.len, target.str, target.len);
    if (key_len)
        memcpy(text + f->module.len + target.len, key.str, key_len);
    return pol_resource_find(f->set, pol_string(text, len));
}

/* Instances are numbered without gaps, or lie together under their names. */
static void follow_instances(following *f, pol_value target)
{
    pol_resource *r = NULL;
    if (pol_is_defined(f->key))
        r = at(f, target, f->key);
    if (r) {
        found(f, r);
        return;
    }
    for (uint32_t i = 0; i < f->set->count; i++) {
        const pol_resource *other = &f->set->items[i];
        uint32_t len = f->module.len + target.len;
        if (other->role != POL_ROLE_DRIFT && other->urn.len > len &&
            other->urn.str[len] == '[' &&
            !memcmp(other->urn.str, f->module.str, f->module.len) &&
            !memcmp(other->urn.str + f->module.len, target.str, target.len))
            found(f, other);
    }
}

static void follow_resource(following *f, pol_value reference)
{
    pol_value target = target_of(reference);
    if (!target.len)
        return;
    pol_resource *r = at(f, target, pol_undefined());
    if (r)
        found(f, r);
    else if (target.str[target.len - 1] != ']')
        follow_instances(f, target);
}

/* ---- from module to module ----------------------------------------------- */

/* Where a module stands in the configuration, by the prefix of its resources. */
typedef struct module_place {
    pol_value config;
    pol_value call;  /* the `module` block that calls it; undefined: the root */
    uint32_t parent; /* length of the prefix of the module that calls it */
    pol_value key;   /* of its count or for_each, or undefined */
} module_place;

/* Where a name ends that begins at `i`. */
static uint32_t behind_name(pol_value text, uint32_t i)
{
    while (i < text.len && text.str[i] != '.' && text.str[i] != '[')
        i++;
    return i;
}

static module_place module_at(const following *f, pol_value prefix)
{
    static const char *const place[] = {"configuration", "root_module", NULL};
    const pol_value root = f->set->document->roots[f->from->root];
    module_place p = {.config = pol_resource_member(root, place)};
    for (uint32_t i = 0; i < prefix.len;) {
        uint32_t start = i + (uint32_t)strlen("module."), end;
        p.parent = i;
        end = behind_name(prefix, start);
        p.call = pol_get(pol_get_name(p.config, "module_calls"),
                         pol_string(prefix.str + start, end - start));
        p.config = pol_get_name(p.call, "module");
        i = end < prefix.len && prefix.str[end] == '[' ? behind_key(prefix, end)
                                                       : end;
        p.key = i > end ? pol_string(prefix.str + end, i - end)
                        : pol_undefined();
        i++; /* the dot */
    }
    return p;
}

static void follow_expression(following *f, pol_value v, unsigned depth);

/* var.NAME: what the call of the module gives. */
static void follow_variable(following *f, pol_value reference)
{
    uint32_t start = (uint32_t)strlen("var.");
    uint32_t end = behind_name(reference, start);
    module_place p = module_at(f, f->module);
    following up = *f;
    up.module = pol_string(f->module.str, p.parent);
    up.key = p.key;
    up.each = pol_get_name(p.call, "for_each_expression");
    up.hops++;
    follow_expression(&up,
                      pol_get(pol_get_name(p.call, "expressions"),
                              pol_string(reference.str + start, end - start)),
                      0);
}

/* module.NAME.OUTPUT, the module with or without a key. */
static void follow_output(following *f, pol_value reference)
{
    uint32_t end = behind_name(reference, (uint32_t)strlen("module."));
    if (end < reference.len && reference.str[end] == '[')
        end = behind_key(reference, end);
    if (end >= reference.len)
        return;
    uint32_t start = end + 1, stop = behind_name(reference, start);
    const char *prefix = pol_arena_printf(
        f->set->scratch, "%.*s%.*s", (int)f->module.len, f->module.str,
        (int)start, reference.str);
    following down = *f;
    down.module = pol_string(prefix, strlen(prefix));
    down.key = down.each = pol_undefined();
    down.hops++;
    pol_value output =
        pol_get(pol_get_name(module_at(f, down.module).config, "outputs"),
                pol_string(reference.str + start, stop - start));
    follow_expression(&down, pol_get_name(output, "expression"), 0);
}

static bool begins(pol_value text, const char *with)
{
    size_t len = strlen(with);
    return text.len > len && !memcmp(text.str, with, len);
}

static void follow(following *f, pol_value reference)
{
    if (f->hops == HOPS)
        return;
    if (begins(reference, "var.")) {
        follow_variable(f, reference);
    } else if (begins(reference, "module.")) {
        follow_output(f, reference);
    } else if (begins(reference, "each.")) {
        following over = *f;
        over.each = pol_undefined(); /* it cannot refer to itself */
        over.hops++;
        follow_expression(&over, f->each, 0);
    } else {
        follow_resource(f, reference);
    }
}

/* Does `whole` go on where `part` ends: a.b["k"].id behind a.b? */
static bool goes_on(pol_value whole, pol_value part)
{
    return whole.len > part.len && !memcmp(whole.str, part.str, part.len) &&
           (whole.str[part.len] == '.' || whole.str[part.len] == '[');
}

/* A reference is followed by what it is part of: a.b["k"].id, a.b["k"], a.b. */
static void follow_list(following *f, pol_value references)
{
    pol_value last = pol_literal("");
    for (uint32_t i = 0; i < references.len; i++) {
        pol_value reference = references.items[i];
        if (!pol_is_string(reference))
            continue;
        if (!goes_on(last, reference)) {
            follow(f, reference);
            last = reference;
        }
    }
}

/* All references of an expression or block below. */
static void follow_expression(following *f, pol_value v, unsigned depth)
{
    if (depth == NESTED_BLOCKS)
        return;
    if (v.tag == POL_ARRAY) {
        for (uint32_t i = 0; i < v.len; i++)
            follow_expression(f, v.items[i], depth + 1);
        return;
    }
    if (v.tag != POL_OBJECT)
        return;
    pol_value references = pol_get_name(v, "references");
    if (references.tag == POL_ARRAY) {
        follow_list(f, references);
        return;
    }
    for (uint32_t i = 0; i < v.len; i++)
        follow_expression(f, pol_value_at(v, i), depth + 1);
}

pol_value pol_terraform_block(pol_resources *set, const pol_resource *r)
{
    pol_terraform_state *state = pol_terraform_state_of(set, r->root);
    if (!state->configured)
        make_index(set, r->root, state);
    uint32_t i = pol_string_map_get(state->configured,
                                    without_keys(set->arena, r->urn));
    return i == UINT32_MAX ? pol_undefined() : state->blocks[i];
}

pol_value pol_terraform_listed(pol_arena *arena, pol_value set)
{
    pol_value *items = pol_items(arena, set.len);
    if (set.len)
        memcpy(items, set.items, set.len * sizeof *items);
    return pol_array(items, set.len);
}

/* What a state has: addresses without keys, as written in the configuration. */
static void stated(following *f, pol_value names)
{
    for (uint32_t i = 0; i < names.len; i++) {
        pol_resource *r = pol_is_string(names.items[i])
                              ? pol_resource_find(f->set, names.items[i])
                              : NULL;
        if (r)
            found(f, r);
        else if (pol_is_string(names.items[i]))
            follow(f, names.items[i]);
    }
}

/* References of the properties. Their names make a shape of their own, so they
 * stay with the document. */
static pol_value follow_properties(following *f, pol_value expressions)
{
    pol_builder properties;
    pol_builder_init(&properties, f->set->arena, POL_OBJECT);
    for (uint32_t i = 0; i < expressions.len; i++) {
        pol_builder one;
        pol_builder_init(&one, f->set->scratch, POL_SET);
        f->one = &one;
        follow_expression(f, pol_value_at(expressions, i), 0);
        if (one.count)
            pol_builder_put(&properties, pol_key_at(expressions, i),
                            pol_terraform_listed(f->set->scratch,
                                                 pol_builder_done(&one)));
    }
    return properties.count ? pol_builder_done(&properties) : pol_undefined();
}

void pol_terraform_references(pol_resources *set, const pol_resource *r,
                              pol_value *all, pol_value *by_property)
{
    pol_builder everything, rest;
    pol_builder_init(&everything, set->scratch, POL_SET);
    pol_builder_init(&rest, set->scratch, POL_SET);
    following f = {.set = set, .from = r, .all = &everything};
    f.module = pol_string(r->urn.str, own_part(r->urn, &f.key));
    pol_value block = pol_terraform_block(set, r);
    pol_value expressions = pol_get_name(block, "expressions");
    f.each = pol_get_name(block, "for_each_expression");
    if (expressions.tag == POL_OBJECT)
        *by_property = follow_properties(&f, expressions);
    f.one = &rest;
    pol_value depends = pol_get_name(r->item, "depends_on");
    if (depends.tag == POL_ARRAY)
        stated(&f, depends);
    depends = pol_get_name(block, "depends_on");
    for (uint32_t i = 0; depends.tag == POL_ARRAY && i < depends.len; i++) {
        if (pol_is_string(depends.items[i]))
            follow(&f, depends.items[i]);
    }
    if (everything.count)
        *all = pol_terraform_listed(set->scratch, pol_builder_done(&everything));
}
