/* SPDX-License-Identifier: Apache-2.0
 *
 * Which policies look at a resource type. A type has other names, too:
 * `apps/v1/Deployment` is `Deployment` and, in Pulumi,
 * `kubernetes:apps/v1:Deployment`. Each distinct type is matched against all
 * patterns once; afterwards a policy that does not apply costs nothing. */
#include "policy.h"

enum { ALIASES = 4, LONGEST_TYPE = 512 };

struct pol_dispatch {
    pol_check *check;
    pol_string_map *types; /* -> index in lists */
    pol_dispatch_list *lists;
    uint32_t count, room;
    uint32_t *scratch; /* room for all policies */
    pol_dispatch_list resource_policies, stack_policies;
};

/* ---- matching ------------------------------------------------------------ */

/* `*` is any run of characters; nothing else is special. Linear: only the last
 * star is ever reconsidered. */
static bool glob(pol_str pattern, pol_str text)
{
    size_t p = 0, t = 0, star = SIZE_MAX, mark = 0;
    while (t < text.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            mark = t;
        } else if (p < pattern.len && pattern.ptr[p] == text.ptr[t]) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*')
        p++;
    return p == pattern.len;
}

typedef struct names {
    pol_str items[ALIASES];
    uint32_t count;
    char text[2 * LONGEST_TYPE];
} names;

static void add(names *out, pol_str name)
{
    out->items[out->count++] = name;
}

/* kubernetes:apps/v1:Deployment -> apps/v1/Deployment, Deployment; core/v1 is
 * v1 in manifests. */
static void add_pulumi(names *out, pol_str type)
{
    pol_str rest = {type.ptr + 11, type.len - 11};
    const char *colon = memchr(rest.ptr, ':', rest.len);
    if (!colon)
        return;
    size_t len = (size_t)(colon - rest.ptr);
    pol_str kind = {colon + 1, rest.len - len - 1};
    int n = snprintf(out->text, LONGEST_TYPE, "%.*s/%.*s", (int)len, rest.ptr,
                     (int)kind.len, kind.ptr);
    pol_str name = {out->text, (size_t)n};
    if (n >= LONGEST_TYPE)
        return;
    add(out, name);
    if (name.len > 5 && !memcmp(name.ptr, "core/", 5))
        add(out, (pol_str){name.ptr + 5, name.len - 5});
    add(out, kind);
}

/* apps/v1/Deployment -> kubernetes:apps/v1:Deployment, Deployment. */
static void add_manifest(names *out, pol_str type)
{
    const char *slash = memrchr(type.ptr, '/', type.len);
    if (!slash)
        return;
    size_t len = (size_t)(slash - type.ptr);
    pol_str kind = {slash + 1, type.len - len - 1};
    bool core = !memchr(type.ptr, '/', len);
    int n = snprintf(out->text, LONGEST_TYPE, "kubernetes:%s%.*s:%.*s",
                     core ? "core/" : "", (int)len, type.ptr, (int)kind.len,
                     kind.ptr);
    if (n >= LONGEST_TYPE)
        return;
    add(out, (pol_str){out->text, (size_t)n});
    add(out, kind);
}

static void names_of(pol_value type, names *out)
{
    pol_str text = {type.str, type.len};
    out->count = 0;
    add(out, text);
    if (text.len > 11 && !memcmp(text.ptr, "kubernetes:", 11))
        add_pulumi(out, text);
    else if (text.len && !memchr(text.ptr, ':', text.len))
        add_manifest(out, text);
}

static bool matches(const pol_policy_item *item, const names *type)
{
    if (!pol_is_defined(item->resource))
        return true;
    for (uint32_t i = 0; i < item->resource.len; i++) {
        pol_value pattern = item->resource.items[i];
        for (uint32_t k = 0; k < type->count; k++) {
            if (glob((pol_str){pattern.str, pattern.len}, type->items[k]))
                return true;
        }
    }
    return false;
}

bool pol_dispatch_matches(const pol_policy_item *item, pol_value type)
{
    names all;
    names_of(type, &all);
    return matches(item, &all);
}

/* ---- lists --------------------------------------------------------------- */

static pol_dispatch_list running(pol_check *check, bool stack_scope)
{
    uint32_t *items = arena_array(&check->arena, uint32_t,
                                  check->item_count + 1);
    uint32_t n = 0;
    for (uint32_t i = 0; i < check->item_count; i++) {
        const pol_policy_item *item = &check->items[i];
        if (item->stack_scope == stack_scope &&
            item->level != POL_LEVEL_DISABLED)
            items[n++] = i;
    }
    return (pol_dispatch_list){items, n};
}

pol_dispatch *pol_dispatch_new(pol_check *check)
{
    pol_dispatch *d = arena_new(&check->arena, pol_dispatch);
    d->check = check;
    d->types = pol_string_map_new(&check->arena, 64);
    d->resource_policies = running(check, false);
    d->stack_policies = running(check, true);
    d->scratch = arena_array(&check->arena, uint32_t, check->item_count + 1);
    return d;
}

static pol_dispatch_list list_of(pol_dispatch *d, pol_value type)
{
    uint32_t n = 0;
    names all;
    names_of(type, &all);
    for (uint32_t i = 0; i < d->resource_policies.count; i++) {
        uint32_t policy = d->resource_policies.items[i];
        if (matches(&d->check->items[policy], &all))
            d->scratch[n++] = policy;
    }
    uint32_t *items = arena_array(&d->check->arena, uint32_t, n);
    memcpy(items, d->scratch, n * sizeof *items);
    return (pol_dispatch_list){items, n};
}

pol_dispatch_list pol_dispatch_find(pol_dispatch *d, pol_value type)
{
    uint32_t at = pol_string_map_get(d->types, type);
    if (at != UINT32_MAX)
        return d->lists[at];
    if (d->count == d->room) {
        uint32_t room = d->room ? d->room * 2 : 64;
        pol_dispatch_list *lists =
            arena_array(&d->check->arena, pol_dispatch_list, room);
        if (d->count)
            memcpy(lists, d->lists, d->count * sizeof *lists);
        d->lists = lists;
        d->room = room;
    }
    d->lists[d->count] = list_of(d, type);
    pol_string_map_put(d->types,
                       pol_string_copy(&d->check->arena, type.str, type.len),
                       d->count);
    return d->lists[d->count++];
}

pol_dispatch_list pol_dispatch_stack(const pol_dispatch *d)
{
    return d->stack_policies;
}
