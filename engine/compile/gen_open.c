/* SPDX-License-Identifier: Apache-2.0
 *
 * What must run before a term can be pushed: loops that bind variables,
 * comprehensions, templates, relations; see gen.h. */
#include "gen.h"

static bool leaves_open(pol_gen *gen, const pol_node *term);

static bool any_open(pol_gen *gen, const pol_node *first)
{
    for (const pol_node *n = first; n; n = n->next)
        if (leaves_open(gen, n))
            return true;
    return false;
}

/* What stands in brackets is bound by the loop of its reference. */
static bool operand_open(pol_gen *gen, const pol_node *operand)
{
    if (operand->kind == POL_NODE_VAR) {
        if (!pol_gen_is_bound(gen, operand))
            pol_gen_bind(gen, operand);
        return false;
    }
    if (operand->kind == POL_NODE_ARRAY) {
        for (const pol_node *n = operand->child; n; n = n->next)
            if (operand_open(gen, n))
                return true;
        return false;
    }
    if (operand->kind == POL_NODE_OBJECT) {
        for (const pol_node *key = operand->child; key; key = key->next->next)
            if (leaves_open(gen, key) || operand_open(gen, key->next))
                return true;
        return false;
    }
    return leaves_open(gen, operand);
}

/* Follows what opening the term would do, binding on the way. */
static bool leaves_open(pol_gen *gen, const pol_node *term)
{
    if (term->temp)
        return false;
    switch ((pol_node_kind)term->kind) {
    case POL_NODE_VAR:
        return !pol_gen_is_bound(gen, term);
    case POL_NODE_REF:
        if (leaves_open(gen, term->child))
            return true;
        for (const pol_node *n = term->child->next; n; n = n->next)
            if (operand_open(gen, n))
                return true;
        return false;
    case POL_NODE_CALL:
        return any_open(gen, term->child->next);
    case POL_NODE_ARRAY:
    case POL_NODE_OBJECT:
    case POL_NODE_SET:
        return any_open(gen, term->child);
    default:
        return false;
    }
}

bool pol_gen_is_open(pol_gen *gen, const pol_node *term)
{
    uint32_t mark = gen->trail_count;
    bool open = leaves_open(gen, term);
    pol_gen_unbind(gen, mark);
    return open;
}

void pol_gen_to_temp(pol_gen *gen, pol_node *term)
{
    pol_gen_open(gen, term);
    if (term->temp)
        return;
    pol_gen_push(gen, term);
    uint32_t temp = pol_emit_local(&gen->emit, 1);
    pol_emit_op(&gen->emit, POL_OP_STORE, 0, temp, 0);
    term->temp = temp + 1;
}

/* Loops over the value on the stack and binds `operand` to the keys; pushes the
 * member. */
static void iterate_operand(pol_gen *gen, pol_node *operand)
{
    uint32_t it = pol_gen_loop(gen, false);
    pol_gen_match(gen, operand, it + 1);
    pol_emit_op(&gen->emit, POL_OP_LOAD, 0, it + 2, 0);
}

/* A reference with unbound variables in its brackets: nested loops. */
static void open_loops(pol_gen *gen, pol_node *ref)
{
    pol_gen_base base;
    const pol_node *operand = pol_gen_push_base(gen, ref, &base);
    for (; operand; operand = operand->next) {
        if (pol_gen_is_open(gen, operand))
            iterate_operand(gen, (pol_node *)operand);
        else
            pol_gen_member(gen, operand, base);
    }
    if (base == POL_GEN_BASE_VDOC)
        pol_emit_op(&gen->emit, POL_OP_FORCE, 0, 0, 0);
    uint32_t temp = pol_emit_local(&gen->emit, 1);
    pol_emit_op(&gen->emit, POL_OP_STORE, 0, temp, 0);
    ref->temp = temp + 1;
}

static void open_ref(pol_gen *gen, pol_node *ref)
{
    bool loops = false;
    if (ref->child->kind != POL_NODE_VAR)
        pol_gen_open(gen, ref->child);
    for (pol_node *n = ref->child->next; n; n = n->next) {
        pol_gen_open(gen, n);
        loops |= pol_gen_is_open(gen, n);
    }
    if (loops)
        open_loops(gen, ref);
}

static void open_children(pol_gen *gen, pol_node *first)
{
    for (pol_node *n = first; n; n = n->next)
        pol_gen_open(gen, n);
}

static bool is_relation(const pol_gen *gen, const pol_node *call)
{
    if (call->slot < 0)
        return false;
    const pol_registry *registry = gen->compile->registry;
    return pol_registry_at(registry, (uint32_t)call->slot)->row->flags &
           POL_RELATION;
}

static void open_call(pol_gen *gen, pol_node *call)
{
    open_children(gen, call->child->next);
    if (!is_relation(gen, call))
        return;
    pol_gen_push(gen, call);
    call->temp = pol_gen_loop(gen, true) + 2 + 1;
}

static void collect(pol_gen *gen, pol_node *term, uint32_t builder)
{
    pol_node *head = term->child;
    pol_gen_open(gen, head);
    if (term->kind == POL_NODE_OBJECT_COMPR)
        pol_gen_open(gen, head->next);
    pol_gen_push(gen, head);
    if (term->kind == POL_NODE_OBJECT_COMPR) {
        pol_gen_push(gen, head->next);
        pol_emit_op(&gen->emit, POL_OP_PUT, 0, builder, 0);
    } else {
        pol_emit_op(&gen->emit, POL_OP_APPEND, 0, builder, 0);
    }
}

static pol_tag builder_tag(const pol_node *term)
{
    return term->kind == POL_NODE_ARRAY_COMPR ? POL_ARRAY
           : term->kind == POL_NODE_OBJECT_COMPR ? POL_OBJECT
                                                 : POL_SET;
}

/* A builder that is filled once, in bounded evaluations once for each bound. */
static uint32_t begin_builder(pol_gen *gen, pol_tag tag, pol_emit_label *start)
{
    pol_emit *emit = &gen->emit;
    uint32_t builder = pol_emit_local(emit, 2);
    pol_emit_op(emit, POL_OP_UNSET, 0, builder + 1, 0);
    pol_emit_bind(emit, start);
    pol_emit_op(emit, POL_OP_BUILD, tag, builder, 0);
    return builder;
}

static void end_builder(pol_gen *gen, uint32_t builder, pol_emit_label *start,
                        pol_emit_label *end, pol_emit_label *outer)
{
    pol_emit *emit = &gen->emit;
    if (emit->fail != end)
        pol_emit_jump(emit, emit->fail);
    emit->fail = outer;
    pol_emit_bind(emit, end);
    pol_emit_op(emit, POL_OP_SEAL, 0, builder, 0);
    pol_emit_branch(emit, POL_OP_AGREE, builder, start);
}

static void open_comprehension(pol_gen *gen, pol_node *term)
{
    pol_emit *emit = &gen->emit;
    pol_emit_label *outer = emit->fail, start = {0}, end = {0};
    uint32_t mark = gen->trail_count;
    uint32_t builder = begin_builder(gen, builder_tag(term), &start);
    emit->fail = &end;
    pol_gen_body(gen, term->last);
    collect(gen, term, builder);
    end_builder(gen, builder, &start, &end, outer);
    term->temp = builder + 1;
    pol_gen_unbind(gen, mark);
}

/* A {…} of a template: the set of its values, empty when undefined. */
static uint32_t open_part(pol_gen *gen, pol_node *literal)
{
    pol_emit *emit = &gen->emit;
    pol_emit_label *outer = emit->fail, start = {0}, end = {0};
    uint32_t mark = gen->trail_count;
    uint32_t builder = begin_builder(gen, POL_SET, &start);
    emit->fail = &end;
    uint32_t env = pol_gen_enter(gen, literal);
    pol_gen_open(gen, literal->child);
    pol_gen_push(gen, literal->child);
    pol_emit_op(emit, POL_OP_APPEND, 0, builder, 0);
    pol_gen_leave(gen, literal, env);
    end_builder(gen, builder, &start, &end, outer);
    pol_gen_unbind(gen, mark);
    return builder;
}

static void open_template(pol_gen *gen, pol_node *term)
{
    pol_emit *emit = &gen->emit;
    for (pol_node *part = term->child; part; part = part->next)
        if (part->kind == POL_NODE_BODY)
            part->temp = open_part(gen, part->child) + 1;
    for (pol_node *part = term->child; part; part = part->next)
        pol_gen_push(gen, part);
    pol_emit_op(emit, POL_OP_ARRAY, 0, 0, term->count);
    int32_t builtin = pol_registry_find(gen->compile->registry,
                                        STR("internal.template_string"));
    pol_assert(builtin >= 0);
    pol_emit_op(emit, POL_OP_BUILTIN, 1, 0, (uint32_t)builtin);
    uint32_t temp = pol_emit_local(emit, 1);
    pol_emit_op(emit, POL_OP_STORE, 0, temp, 0);
    term->temp = temp + 1;
}

void pol_gen_open(pol_gen *gen, pol_node *term)
{
    if (term->temp)
        return;
    pol_span outer = gen->emit.span;
    gen->emit.span = term->span.src ? term->span : outer;
    switch ((pol_node_kind)term->kind) {
    case POL_NODE_REF:
        open_ref(gen, term);
        break;
    case POL_NODE_CALL:
        open_call(gen, term);
        break;
    case POL_NODE_ARRAY:
    case POL_NODE_OBJECT:
    case POL_NODE_SET:
        open_children(gen, term->child);
        break;
    case POL_NODE_ARRAY_COMPR:
    case POL_NODE_SET_COMPR:
    case POL_NODE_OBJECT_COMPR:
        open_comprehension(gen, term);
        break;
    case POL_NODE_TEMPLATE:
        open_template(gen, term);
        break;
    default:
        break;
    }
    gen->emit.span = outer;
}
