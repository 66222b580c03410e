/* SPDX-License-Identifier: Apache-2.0
 *
 * Verifying what code refers to: constants, the rule tree, the rules' own
 * words. */
#include "limit.h"
#include "utf8.h"
#include "verify.h"

/* ---- constants ------------------------------------------------------------------- */

static const char *check_value(pol_value v, uint32_t depth, pol_arena *arena);

static const char *check_items(pol_value v, uint32_t depth, pol_arena *arena)
{
    for (uint32_t i = 0; i < v.len; i++) {
        const char *error = check_value(pol_at(v, i), depth + 1, arena);
        if (error)
            return error;
        if (v.tag == POL_SET && i &&
            pol_compare(pol_at(v, i - 1), pol_at(v, i)) >= 0)
            return "a set is not sorted";
    }
    return NULL;
}

/* The table of a shape must find every key and end every search. */
static const char *check_slots(const pol_shape *shape)
{
    if (!shape->mask)
        return NULL;
    uint64_t room = (uint64_t)shape->mask + 1, used = 0;
    if (!shape->slots || !shape->hashes || (room & shape->mask))
        return "a shape's table is malformed";
    for (uint64_t i = 0; i < room; i++) {
        if (shape->slots[i] > shape->count)
            return "a shape's table is malformed";
        used += shape->slots[i] != 0;
    }
    return used < room ? NULL : "a shape's table is full";
}

static const char *check_shape(const pol_shape *shape, uint32_t depth,
                               pol_arena *arena)
{
    const char *error = check_slots(shape);
    for (uint32_t i = 0; i < shape->count && !error; i++) {
        error = check_value(shape->keys[i], depth + 1, arena);
        if (!error && i &&
            pol_compare(shape->keys[i - 1], shape->keys[i]) >= 0)
            error = "keys are not sorted";
        if (!error && shape->order && shape->order[i] >= shape->count)
            error = "a shape's order is malformed";
    }
    for (uint32_t i = 0; i < shape->count && !error; i++)
        if (pol_shape_find(shape, shape->keys[i]) != i)
            error = "a shape's table misses a key";
    return error;
}

static const char *check_object(pol_value v, uint32_t depth, pol_arena *arena)
{
    const pol_shape *shape = v.obj->shape;
    if (shape->count != v.len)
        return "an object differs from its shape";
    const char *error = check_shape(shape, depth, arena);
    for (uint32_t i = 0; i < v.len && !error; i++)
        error = check_value(pol_value_at(v, i), depth + 1, arena);
    return error;
}

static bool number_is_sound(const pol_number *num, pol_arena *arena)
{
    return num->text[num->len] == '\0' &&
           pol_is_defined(pol_number_parse(arena, num->text, num->len));
}

static const char *check_value(pol_value v, uint32_t depth, pol_arena *arena)
{
    if (depth > POL_LIMIT_DOCUMENT_NESTING)
        return "a constant is nested too deeply";
    switch (v.tag) {
    case POL_NULL:
    case POL_FALSE:
    case POL_TRUE:
    case POL_INT:
        return NULL;
    case POL_NUMBER:
        return number_is_sound(v.num, arena) ? NULL
                                             : "a constant is no number";
    case POL_STRING:
        return pol_utf8_valid(v.str, v.len) ? NULL
                                            : "a constant is not UTF-8";
    case POL_ARRAY:
    case POL_SET:
        return check_items(v, depth, arena);
    case POL_OBJECT:
        return check_object(v, depth, arena);
    default:
        return "a constant is no value";
    }
}

static const char *check_consts(const pol_program *program, pol_arena *arena)
{
    for (uint32_t i = 0; i < program->const_count; i++) {
        pol_value v = program->consts[i];
        const char *error = check_value(v, 0, arena);
        if (error)
            return pol_arena_printf(arena, "constant %u: %s", i, error);
        if (v.tag == POL_STRING &&
            program->const_hashes[i] != pol_string_hash(v.str, v.len))
            return pol_arena_printf(arena, "constant %u: wrong hash", i);
    }
    return NULL;
}

/* ---- the tree ---------------------------------------------------------------------- */

static const char *check_node(const pol_program *program, uint32_t index)
{
    const pol_program_node *nodes = program->nodes, *node = &nodes[index];
    uint32_t first = node->first_child, count = node->child_count;
    if (node->rule >= 0 &&
        ((uint32_t)node->rule >= program->rule_count ||
         program->rules[node->rule].node != index))
        return "its rule stands elsewhere";
    if (count && (first <= index || first > program->node_count ||
                  count > program->node_count - first))
        return "its children are out of range";
    for (uint32_t i = 0; i < count; i++) {
        const pol_program_node *child = &nodes[first + i];
        if (child->parent != index)
            return "a child has another parent";
        if (i && pol_compare(child[-1].name, child->name) >= 0)
            return "its children are not sorted";
    }
    return NULL;
}

/* Each node but the root is the child of one: children have their parent right,
 * so counting them suffices. */
static const char *check_tree(const pol_program *program, pol_arena *arena)
{
    uint64_t children = 0;
    if (!program->node_count)
        return "the rule tree has no root";
    for (uint32_t i = 0; i < program->node_count; i++) {
        pol_value name = program->nodes[i].name;
        const char *error = NULL;
        if (i && (name.tag != POL_STRING ||
                  !pol_utf8_valid(name.str, name.len)))
            error = "its name is no string";
        if (!error)
            error = check_node(program, i);
        if (error)
            return pol_arena_printf(arena, "tree node %u: %s", i, error);
        children += program->nodes[i].child_count;
    }
    return children + 1 == program->node_count ? NULL
                                               : "the rule tree has loose nodes";
}

/* ---- rules ------------------------------------------------------------------------- */

static const char *check_rule(const pol_program *program,
                              const pol_program_rule *rule)
{
    const pol_chunk *chunk = &rule->chunk;
    if (rule->node >= program->node_count)
        return "its tree node is out of range";
    if ((unsigned)rule->kind > POL_PROGRAM_QUERY)
        return "its kind is unknown";
    if (!chunk->count || !chunk->code)
        return "it has no code";
    if (chunk->params > chunk->locals ||
        (chunk->params && rule->kind != POL_PROGRAM_FUNCTION))
        return "it has too many parameters";
    return NULL;
}

const char *pol_verify_tables(const pol_program *program, pol_arena *arena)
{
    const char *error = check_consts(program, arena);
    if (!error)
        error = check_tree(program, arena);
    for (uint32_t i = 0; i < program->rule_count && !error; i++) {
        error = check_rule(program, &program->rules[i]);
        if (error)
            error = pol_arena_printf(arena, "rule %u: %s", i, error);
    }
    return error;
}
