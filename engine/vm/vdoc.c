/* SPDX-License-Identifier: Apache-2.0
 *
 * Virtual documents; see vdoc.h. */
#include "vdoc.h"

#include "bounds.h"

/* One member: a child of the node, or a base value that no child shadows. */
typedef struct member {
    pol_value key;
    pol_value base;
    uint32_t child; /* 0: none, the root is nobody's child */
} member;

typedef struct iter {
    member *members;
    uint32_t count, next;
} iter;

static bool is_function(const pol_vm *vm, const pol_program_node *node)
{
    return node->rule >= 0 &&
           vm->program->rules[node->rule].kind == POL_PROGRAM_FUNCTION;
}

static bool hidden(const pol_vm *vm, const pol_env *env, uint32_t node)
{
    return env->targets && pol_env_hides(env, vm->program, node);
}

static pol_value base_of(pol_vm *vm, const pol_env *env, uint32_t node)
{
    pol_value v = pol_env_base(env, vm->program, node, &vm->arena);
    return v.tag == POL_UNKNOWN && !vm->high ? pol_undefined() : v;
}

/* A child as a value that is not forced yet. `base` is what stands beside it. */
static pol_value child_value(pol_vm *vm, pol_env *env, uint32_t node,
                             pol_value base)
{
    const pol_program_node *n = &vm->program->nodes[node];
    if (hidden(vm, env, node) || is_function(vm, n))
        return base;
    if (n->rule >= 0)
        return pol_machine_rule(vm, env, (uint32_t)n->rule);
    return pol_vdoc_of(node);
}

/* A number finds the base value of its text, but no rule or package. */
static pol_value base_member(pol_vm *vm, pol_env *env, uint32_t node,
                             pol_value key)
{
    return pol_machine_get_base(vm, env, base_of(vm, env, node), key);
}

pol_value pol_vdoc_get(pol_vm *vm, pol_env *env, uint32_t node, pol_value key)
{
    if (hidden(vm, env, node))
        return base_member(vm, env, node, key);
    int64_t child = pol_is_string(key)
                        ? pol_env_child(vm->program, node, key)
                        : -1;
    if (child < 0)
        return base_member(vm, env, node, key);
    const pol_program_node *n = &vm->program->nodes[child];
    pol_value base = pol_undefined();
    if (env->targets || is_function(vm, n))
        base = base_of(vm, env, (uint32_t)child);
    return child_value(vm, env, (uint32_t)child, base);
}

/* The members of a node in key order: children merged with base members. */
static uint32_t members_of(pol_vm *vm, uint32_t node, pol_value base,
                           member **out)
{
    const pol_program_node *n = &vm->program->nodes[node];
    uint32_t bases = base.tag == POL_OBJECT ? base.len : 0;
    member *members =
        arena_array(&vm->arena, member, (size_t)bases + n->child_count);
    uint32_t count = 0, b = 0, c = 0;
    while (b < bases || c < n->child_count) {
        uint32_t child = n->first_child + c;
        int order = b == bases            ? 1
                    : c == n->child_count ? -1
                                          : pol_compare(
                                                pol_key_at(base, b),
                                                vm->program->nodes[child].name);
        member *m = &members[count++];
        *m = (member){.base = pol_undefined()};
        if (order <= 0) {
            m->key = pol_key_at(base, b);
            m->base = pol_value_at(base, b++);
        }
        if (order >= 0) {
            m->key = vm->program->nodes[child].name;
            m->child = child;
            c++;
        }
    }
    *out = members;
    return count;
}

bool pol_vdoc_iter(pol_vm *vm, pol_env *env, uint32_t node, pol_value *l)
{
    pol_value base = base_of(vm, env, node);
    if (hidden(vm, env, node))
        return pol_machine_iter(vm, env, l, base, POL_MACHINE_SOME);
    iter *it = arena_new(&vm->arena, iter);
    it->count = members_of(vm, node, base, &it->members);
    l[0] = (pol_value){.tag = POL_MACHINE_ITER_VDOC, .ptr = it};
    return true;
}

bool pol_vdoc_next(pol_vm *vm, pol_env *env, pol_value *l)
{
    iter *it = (iter *)(uintptr_t)l->ptr;
    while (it->next < it->count) {
        const member *m = &it->members[it->next++];
        pol_value v =
            m->child ? child_value(vm, env, m->child, m->base) : m->base;
        if (!pol_is_defined(v))
            continue;
        l[1] = m->key;
        l[2] = v;
        return true;
    }
    return false;
}

static pol_value force(pol_vm *vm, pol_env *env, uint32_t node, pol_value base);

/* Like the rest of the tree but for data.system, which `data` does not show. */
static bool shown(uint32_t parent, const member *m)
{
    return parent != 0 || !pol_string_is(m->key, "system");
}

static pol_value force_node(pol_vm *vm, pol_env *env, uint32_t node,
                            pol_value base)
{
    const pol_program_node *n = &vm->program->nodes[node];
    if (n->rule >= 0 && !is_function(vm, n))
        return pol_machine_rule(vm, env, (uint32_t)n->rule);
    if (is_function(vm, n))
        return base;
    member *members;
    uint32_t count = members_of(vm, node, base, &members);
    pol_value *keys = pol_items(&vm->arena, count);
    pol_value *values = pol_items(&vm->arena, count);
    uint32_t made = 0;
    for (uint32_t i = 0; i < count; i++) {
        const member *m = &members[i];
        if (!shown(node, m))
            continue;
        pol_value v = m->child ? force(vm, env, m->child, m->base) : m->base;
        if (!pol_is_defined(v))
            continue;
        keys[made] = m->key;
        values[made++] = v;
    }
    /* Base data that is no object shows where no rule covers it. */
    if (!made && pol_is_defined(base) && base.tag != POL_OBJECT)
        return base;
    return pol_object_of(&vm->arena, keys, values, made);
}

static pol_value force(pol_vm *vm, pol_env *env, uint32_t node, pol_value base)
{
    if (hidden(vm, env, node))
        return base;
    if (++vm->nested > POL_MACHINE_NESTED)
        pol_machine_limit(vm, POL_TRAP_DEPTH, POL_NO_SPAN);
    pol_value v = force_node(vm, env, node, base);
    vm->nested--;
    return pol_unknown_plain(v);
}

static pol_value force_in(pol_vm *vm, pol_env *env, uint32_t node, bool high)
{
    bool before = vm->high;
    vm->high = high;
    pol_value v = force(vm, env, node, base_of(vm, env, node));
    vm->high = before;
    return v;
}

pol_value pol_vdoc_force(pol_vm *vm, pol_env *env, uint32_t node)
{
    if (!vm->bounded)
        return force(vm, env, node, base_of(vm, env, node));
    pol_value low = force_in(vm, env, node, false);
    return pol_bounds_both(vm, low, force_in(vm, env, node, true));
}
