/* SPDX-License-Identifier: Apache-2.0
 *
 * Terms and references: straight code that pushes one value; see gen.h. */
#include "gen.h"
#include "annotation.h"

bool pol_gen_is_bound(const pol_gen *gen, const pol_node *var)
{
    return var->slot < 0 || gen->bound[var->slot];
}

void pol_gen_bind(pol_gen *gen, const pol_node *var)
{
    if (gen->bound[var->slot])
        return;
    gen->bound[var->slot] = 1;
    gen->trail[gen->trail_count++] = (uint32_t)var->slot;
}

void pol_gen_unbind(pol_gen *gen, uint32_t mark)
{
    while (gen->trail_count > mark)
        gen->bound[gen->trail[--gen->trail_count]] = 0;
}

bool pol_gen_calls(const pol_gen *gen, const pol_node *call, const char *name)
{
    if (call->kind != POL_NODE_CALL || call->slot < 0 ||
        gen->mocked[call->slot])
        return false;
    const pol_builtin_entry *entry =
        pol_registry_at(gen->compile->registry, (uint32_t)call->slot);
    return strcmp(entry->row->name, name) == 0;
}

static void push_const(pol_gen *gen, pol_value value)
{
    pol_emit_op(&gen->emit, POL_OP_CONST, 0, 0, pol_gen_const(gen, value));
}

static void push_root(pol_gen *gen, pol_root root, const pol_node *var)
{
    uint32_t fallback = 0;
    const pol_policy *policy = var->link;
    if (root == POL_ROOT_CONFIG && policy)
        fallback = 1 + pol_gen_const(gen, policy->config_defaults);
    pol_emit_op(&gen->emit, POL_OP_ROOT, root, 0, fallback);
}

static void push_var(pol_gen *gen, const pol_node *var)
{
    switch (var->slot) {
    case POL_SLOT_INPUT:
        push_root(gen, POL_ROOT_INPUT, var);
        return;
    case POL_SLOT_DATA:
        pol_emit_op(&gen->emit, POL_OP_VDOC, 0, 0, 0);
        pol_emit_op(&gen->emit, POL_OP_FORCE, 0, 0, 0);
        return;
    case POL_SLOT_RESOURCE:
        push_root(gen, POL_ROOT_RESOURCE, var);
        return;
    case POL_SLOT_STACK:
        push_root(gen, POL_ROOT_STACK, var);
        return;
    case POL_SLOT_CONFIG:
        push_root(gen, POL_ROOT_CONFIG, var);
        return;
    default:
        pol_assert(var->slot >= 0);
        pol_emit_op(&gen->emit, POL_OP_LOAD, 0, (uint32_t)var->slot, 0);
    }
}

static const pol_tree *visible_child(const pol_tree *node, pol_str name)
{
    const pol_tree *child = node->child;
    while (child && !pol_str_eq(child->name, name))
        child = child->next;
    return child && !child->hidden ? child : NULL;
}

/* Pushes the base document at a tree node's path. */
static void push_base_document(pol_gen *gen, const pol_tree *node)
{
    if (!node->parent) {
        pol_emit_op(&gen->emit, POL_OP_ROOT, POL_ROOT_DATA, 0, 0);
        return;
    }
    push_base_document(gen, node->parent);
    pol_emit_op(&gen->emit, POL_OP_FIELD, 0, 0, pol_gen_name(gen, node->name));
}

static uint32_t add_member(pol_gen *gen, pol_gen_member_rule member)
{
    pol_gen_member_rule *added = arena_new(gen->arena, pol_gen_member_rule);
    *added = member;
    added->number = gen->next_rule++;
    *gen->last_member = added;
    gen->last_member = &added->next;
    return added->number;
}

uint32_t pol_gen_member_number(pol_gen *gen, const pol_rule *rule, pol_str key)
{
    for (pol_gen_member_rule *m = gen->members; m; m = m->next)
        if (m->rule == rule && !m->chain && pol_str_eq(m->key, key))
            return m->number;
    return add_member(gen, (pol_gen_member_rule){.rule = rule, .key = key});
}

uint32_t pol_gen_chain_number(pol_gen *gen, const pol_rule *rule,
                              const pol_def *chain)
{
    for (pol_gen_member_rule *m = gen->members; m; m = m->next)
        if (m->chain == chain)
            return m->number;
    return add_member(gen, (pol_gen_member_rule){.rule = rule, .chain = chain});
}

/* Pushes the value of a rule, or of the one member of it that is asked for. */
static const pol_node *push_rule(pol_gen *gen, const pol_rule *rule,
                                 const pol_node *operand)
{
    uint32_t number = rule->id;
    if (rule->kind == POL_RULE_OBJECT && operand &&
        operand->kind == POL_NODE_STRING) {
        number = pol_gen_member_number(gen, rule, operand->text);
        operand = operand->next;
    }
    bool whole = !operand && !gen->domain;
    pol_emit_op(&gen->emit, POL_OP_RULE, whole, 0, number);
    return operand;
}

/* The part of a reference to `data` that the rule tree decides. */
static const pol_node *push_data(pol_gen *gen, const pol_node *operand,
                                 pol_gen_base *base)
{
    const pol_tree *node = gen->compile->root;
    while (operand && operand->kind == POL_NODE_STRING) {
        const pol_tree *child = visible_child(node, operand->text);
        if (!child) {
            push_base_document(gen, node);
            *base = POL_GEN_BASE_DATA;
            return operand;
        }
        node = child;
        operand = operand->next;
        if (node->rule && node->rule->kind != POL_RULE_FUNCTION)
            return push_rule(gen, node->rule, operand);
    }
    pol_emit_op(&gen->emit, POL_OP_VDOC, 0, 0, node->id);
    *base = POL_GEN_BASE_VDOC;
    return operand;
}

const pol_node *pol_gen_push_base(pol_gen *gen, const pol_node *ref,
                                  pol_gen_base *base)
{
    const pol_node *head = ref->child, *operand = head->next;
    *base = POL_GEN_BASE_VALUE;
    if (head->kind == POL_NODE_VAR && !head->temp) {
        if (head->slot == POL_SLOT_DATA)
            return push_data(gen, operand, base);
        if (head->slot >= 0 && operand && operand->kind == POL_NODE_STRING) {
            pol_emit_op(&gen->emit, POL_OP_FIELDL, 0, (uint32_t)head->slot,
                        pol_gen_name(gen, operand->text));
            return operand->next;
        }
    }
    pol_gen_push(gen, head);
    return operand;
}

void pol_gen_member(pol_gen *gen, const pol_node *operand, pol_gen_base base)
{
    if (operand->kind == POL_NODE_STRING) {
        pol_emit_op(&gen->emit, POL_OP_FIELD, 0, 0,
                    pol_gen_name(gen, operand->text));
        return;
    }
    pol_gen_push(gen, operand);
    pol_emit_op(&gen->emit, POL_OP_INDEX, base == POL_GEN_BASE_DATA, 0, 0);
}

static void push_ref(pol_gen *gen, const pol_node *ref)
{
    pol_gen_base base;
    const pol_node *operand = pol_gen_push_base(gen, ref, &base);
    for (; operand; operand = operand->next)
        pol_gen_member(gen, operand, base);
    if (base == POL_GEN_BASE_VDOC)
        pol_emit_op(&gen->emit, POL_OP_FORCE, 0, 0, 0);
}

static uint32_t push_children(pol_gen *gen, const pol_node *first)
{
    uint32_t count = 0;
    for (const pol_node *n = first; n; n = n->next, count++)
        pol_gen_push(gen, n);
    return count;
}

static const char *const arith_names[] = {"plus", "minus", "mul", "div", "rem"};
static const char *const compare_names[] = {"equal", "neq", "lt",
                                            "lte",   "gt",  "gte"};

/* Operators with instructions of their own; their arguments are pushed. */
static bool emit_operator(pol_gen *gen, const pol_node *call)
{
    for (uint32_t i = 0; i < countof(arith_names); i++)
        if (pol_gen_calls(gen, call, arith_names[i])) {
            pol_emit_op(&gen->emit, POL_OP_ARITH, i, 0, 0);
            return true;
        }
    for (uint32_t i = 0; i < countof(compare_names); i++)
        if (pol_gen_calls(gen, call, compare_names[i])) {
            pol_emit_op(&gen->emit, POL_OP_COMPARE, i, 0, 0);
            return true;
        }
    if (pol_gen_calls(gen, call, "internal.member_2")) {
        pol_emit_op(&gen->emit, POL_OP_MEMBER, 0, 0, 0);
        return true;
    }
    return false;
}

static void push_call(pol_gen *gen, const pol_node *call)
{
    if (call->slot >= 0) {
        const pol_builtin_entry *entry =
            pol_registry_at(gen->compile->registry, (uint32_t)call->slot);
        pol_value known = pol_annotation_call(gen->compile, gen->def,
                                            pol_str_of(entry->row->name));
        if (pol_is_defined(known)) {
            push_const(gen, known);
            return;
        }
    }
    uint32_t count = push_children(gen, call->child->next);
    if (call->slot == POL_SLOT_RULE) {
        const pol_rule *rule = call->link;
        pol_emit_op(&gen->emit, POL_OP_CALL, count, 0, rule->id);
    } else if (!emit_operator(gen, call)) {
        pol_emit_op(&gen->emit, POL_OP_BUILTIN, count, 0,
                    (uint32_t)call->slot);
    }
}

/* The pairs whose key is constant, or the others. OPA puts constant keys first,
 * so that of two equal keys a computed one wins. */
static void push_pairs(pol_gen *gen, const pol_node *object, bool constant)
{
    pol_value key;
    for (const pol_node *n = object->child; n; n = n->next->next) {
        if (pol_constant_term(gen->arena, n, &key) != constant)
            continue;
        pol_gen_push(gen, n);
        pol_gen_push(gen, n->next);
    }
}

static void push_composite(pol_gen *gen, const pol_node *term)
{
    pol_value constant;
    if (pol_constant_term(gen->arena, term, &constant)) {
        push_const(gen, constant);
        return;
    }
    if (term->kind == POL_NODE_OBJECT) {
        push_pairs(gen, term, true);
        push_pairs(gen, term, false);
        pol_emit_op(&gen->emit, POL_OP_OBJECT, 0, 0, term->count / 2);
        return;
    }
    uint32_t count = push_children(gen, term->child);
    if (term->kind == POL_NODE_ARRAY)
        pol_emit_op(&gen->emit, POL_OP_ARRAY, 0, 0, count);
    else
        pol_emit_op(&gen->emit, POL_OP_SET, 0, 0, count);
}

static void push_scalar(pol_gen *gen, const pol_node *term)
{
    pol_value value;
    bool constant = pol_constant_term(gen->arena, term, &value);
    pol_assert(constant);
    push_const(gen, value);
}

void pol_gen_push(pol_gen *gen, const pol_node *term)
{
    pol_span outer = gen->emit.span;
    gen->emit.span = term->span.src ? term->span : outer;
    if (term->temp) {
        pol_emit_op(&gen->emit, POL_OP_LOAD, 0, term->temp - 1, 0);
    } else {
        switch ((pol_node_kind)term->kind) {
        case POL_NODE_VAR:
            push_var(gen, term);
            break;
        case POL_NODE_REF:
            push_ref(gen, term);
            break;
        case POL_NODE_CALL:
            push_call(gen, term);
            break;
        case POL_NODE_ARRAY:
        case POL_NODE_OBJECT:
        case POL_NODE_SET:
            push_composite(gen, term);
            break;
        default:
            push_scalar(gen, term);
        }
    }
    gen->emit.span = outer;
}

void pol_gen_push_domain(pol_gen *gen, const pol_node *term)
{
    /* Only the reference itself: what stands in its brackets is a value. */
    gen->domain = term->kind == POL_NODE_REF && !term->temp &&
                  term->last->kind == POL_NODE_STRING;
    pol_gen_push(gen, term);
    gen->domain = false;
}
