/* SPDX-License-Identifier: Apache-2.0
 *
 * Environments; see env.h. */
#include "env.h"

pol_env *pol_env_copy(pol_arena *arena, const pol_env *from)
{
    pol_env *env = arena_new(arena, pol_env);
    memcpy(env->roots, from->roots, sizeof env->roots);
    env->targets = from->targets;
    /* Mocks are copied because `without` belongs to one environment. */
    pol_env_mock **end = &env->mocks;
    for (const pol_env_mock *m = from->mocks; m; m = m->next) {
        *end = arena_new(arena, pol_env_mock);
        **end = *m;
        (*end)->without = NULL;
        end = &(*end)->next;
    }
    return env;
}

static pol_value empty_object(pol_arena *arena)
{
    return pol_object_of(arena, NULL, NULL, 0);
}

/* `doc` with `value` at the path: the objects along it are copied, what is no
 * object gives way to one. */
static pol_value replace(pol_arena *arena, pol_value doc, pol_value path,
                         pol_value value)
{
    pol_value *along = pol_items(arena, (size_t)path.len + 1);
    uint32_t count = 0;
    for (; count < path.len && doc.tag != POL_UNKNOWN; count++) {
        along[count] = doc.tag == POL_OBJECT ? doc : empty_object(arena);
        doc = pol_get(along[count], pol_at(path, count));
    }
    if (count < path.len)
        value = doc;
    for (uint32_t i = count; i-- > 0;)
        value = pol_object_with(arena, along[i], pol_at(path, i), value);
    return value;
}

int64_t pol_env_child(const pol_program *program, uint32_t node,
                      pol_value name)
{
    const pol_program_node *of = &program->nodes[node];
    uint32_t low = of->first_child, high = low + of->child_count;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        int order = pol_compare(program->nodes[mid].name, name);
        if (order == 0)
            return mid;
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return -1;
}

/* The node at a path of names, -1 if the tree does not reach that far. */
static int64_t node_at(const pol_program *program, pol_value path)
{
    int64_t node = program->node_count ? 0 : -1;
    for (uint32_t i = 0; i < path.len && node >= 0; i++)
        node = pol_env_child(program, (uint32_t)node, pol_at(path, i));
    return node;
}

bool pol_env_set(pol_env *env, pol_arena *arena, const pol_program *program,
                 pol_root root, pol_value path, pol_value value)
{
    for (uint32_t i = 0; i < path.len; i++)
        if (!pol_is_string(pol_at(path, i)))
            return false;
    env->roots[root] = replace(arena, env->roots[root], path, value);
    int64_t node = root == POL_ROOT_DATA ? node_at(program, path) : -1;
    if (node < 0)
        return true;
    pol_env_target *target = arena_new(arena, pol_env_target);
    *target = (pol_env_target){env->targets, (uint32_t)node};
    env->targets = target;
    return true;
}

void pol_env_mock_add(pol_env *env, pol_arena *arena, pol_env_mock mock)
{
    pol_env_mock *added = arena_new(arena, pol_env_mock);
    *added = mock;
    added->next = env->mocks;
    env->mocks = added;
}

pol_env_mock *pol_env_mock_of(const pol_env *env, bool is_rule,
                              uint32_t function)
{
    for (pol_env_mock *m = env->mocks; m; m = m->next)
        if (m->function == function && m->is_rule == is_rule)
            return m;
    return NULL;
}

pol_env *pol_env_without(pol_env *env, pol_env_mock *mock, pol_arena *arena)
{
    if (mock->without)
        return mock->without;
    pol_env *without = pol_env_copy(arena, env);
    without->mocks = NULL;
    mock->without = without;
    return without;
}

bool pol_env_hides(const pol_env *env, const pol_program *program,
                   uint32_t node)
{
    for (const pol_env_target *t = env->targets; t; t = t->next) {
        /* Parents have smaller numbers than their children. */
        uint32_t at = node;
        while (at > t->node)
            at = program->nodes[at].parent;
        if (at == t->node)
            return true;
    }
    return false;
}

pol_value pol_env_base(const pol_env *env, const pol_program *program,
                       uint32_t node, pol_arena *arena)
{
    uint32_t depth = 0;
    for (uint32_t at = node; at; at = program->nodes[at].parent)
        depth++;
    uint32_t *path = arena_array(arena, uint32_t, depth);
    for (uint32_t at = node, i = depth; at; at = program->nodes[at].parent)
        path[--i] = at;
    pol_value doc = env->roots[POL_ROOT_DATA];
    for (uint32_t i = 0; i < depth && pol_is_defined(doc) &&
                         doc.tag != POL_UNKNOWN; i++)
        doc = pol_get(doc, program->nodes[path[i]].name);
    return doc;
}
