/* SPDX-License-Identifier: Apache-2.0
 *
 * The constants of a program and its rule tree; see gen.h. */
#include "gen.h"

static uint64_t hash_const(pol_value v)
{
    switch (v.tag) {
    case POL_STRING:
        return pol_string_hash(v.str, v.len);
    case POL_INT:
        return (uint64_t)v.i * 0x9E3779B97F4A7C15u + 1;
    case POL_NUMBER:
        return pol_string_hash(v.num->text, v.num->len) + 2;
    default:
        return v.tag;
    }
}

/* Scalars that may share a constant: 1 and 1.0 are two. */
static bool same_const(pol_value a, pol_value b)
{
    if (a.tag != b.tag)
        return false;
    if (a.tag == POL_NUMBER)
        return a.num->len == b.num->len &&
               memcmp(a.num->text, b.num->text, a.num->len) == 0;
    return pol_equal(a, b);
}

static void grow_consts(pol_gen *gen)
{
    pol_program *program = gen->program;
    uint32_t room = gen->const_room ? gen->const_room * 2 : 64;
    pol_value *consts = arena_array(gen->arena, pol_value, room);
    uint64_t *hashes = arena_array(gen->arena, uint64_t, room);
    if (program->const_count) {
        memcpy(consts, program->consts, program->const_count * sizeof *consts);
        memcpy(hashes, program->const_hashes,
               program->const_count * sizeof *hashes);
    }
    program->consts = consts;
    program->const_hashes = hashes;
    gen->const_room = room;
    gen->const_mask = room * 2 - 1;
    gen->const_slots = arena_array(gen->arena, uint32_t, room * 2);
    memset(gen->const_slots, 0, room * 2 * sizeof *gen->const_slots);
    for (uint32_t i = 0; i < program->const_count; i++) {
        if (consts[i].tag >= POL_ARRAY)
            continue;
        uint32_t at = (uint32_t)hash_const(consts[i]) & gen->const_mask;
        while (gen->const_slots[at])
            at = (at + 1) & gen->const_mask;
        gen->const_slots[at] = i + 1;
    }
}

static uint32_t append_const(pol_gen *gen, pol_value value, uint64_t hash)
{
    pol_program *program = gen->program;
    uint32_t index = program->const_count++;
    program->consts[index] = value;
    program->const_hashes[index] = value.tag == POL_STRING ? hash : 0;
    return index;
}

uint32_t pol_gen_const(pol_gen *gen, pol_value value)
{
    pol_program *program = gen->program;
    if (program->const_count == gen->const_room)
        grow_consts(gen);
    if (value.tag >= POL_ARRAY)
        return append_const(gen, value, 0);
    uint64_t hash = hash_const(value);
    uint32_t at = (uint32_t)hash & gen->const_mask;
    for (; gen->const_slots[at]; at = (at + 1) & gen->const_mask)
        if (same_const(program->consts[gen->const_slots[at] - 1], value))
            return gen->const_slots[at] - 1;
    gen->const_slots[at] = program->const_count + 1;
    return append_const(gen, value, hash);
}

uint32_t pol_gen_name(pol_gen *gen, pol_str name)
{
    return pol_gen_const(gen, pol_string_copy(gen->arena, name.ptr, name.len));
}

static uint32_t visible_children(const pol_tree *node)
{
    uint32_t count = 0;
    for (const pol_tree *c = node->child; c; c = c->next)
        count += !c->hidden;
    return count;
}

void pol_gen_tree(pol_gen *gen)
{
    pol_program *program = gen->program;
    uint32_t total = gen->compile->node_count;
    pol_program_node *nodes = arena_array(gen->arena, pol_program_node, total);
    pol_tree **queue = arena_array(gen->arena, pol_tree *, total);
    uint32_t count = 1;
    queue[0] = gen->compile->root;
    gen->compile->root->id = 0;
    nodes[0] = (pol_program_node){.name = pol_literal("data"), .rule = -1};
    for (uint32_t i = 0; i < count; i++) {
        pol_tree *node = queue[i];
        nodes[i].first_child = count;
        nodes[i].child_count = visible_children(node);
        for (pol_tree *c = node->child; c; c = c->next) {
            if (c->hidden)
                continue;
            pol_assert(count < total);
            c->id = count;
            queue[count] = c;
            nodes[count++] = (pol_program_node){
                .name = pol_string_copy(gen->arena, c->name.ptr, c->name.len),
                .parent = i,
                .rule = c->rule ? (int32_t)c->rule->id : -1};
        }
    }
    program->nodes = nodes;
    program->node_count = count;
}
