/* SPDX-License-Identifier: Apache-2.0
 *
 * Bodies and their literals; see gen.h. */
#include "gen.h"
#include "safety.h"

pol_emit_label *pol_gen_label(pol_gen *gen)
{
    return arena_new(gen->arena, pol_emit_label);
}

uint32_t pol_gen_loop(pol_gen *gen, bool relation)
{
    pol_emit *emit = &gen->emit;
    pol_emit_label *next = pol_gen_label(gen);
    uint32_t it = pol_emit_local(emit, 3);
    pol_emit_op(emit, POL_OP_ITER, relation ? 2 : 0, it, 0);
    pol_emit_bind(emit, next);
    pol_emit_op(emit, POL_OP_NEXT, 0, it, 0);
    emit->fail = next;
    return it;
}

/* ---- tests --------------------------------------------------------------- */

typedef struct {
    const char *builtin;
    pol_opcode op;
} test_row;

static const test_row tests[] = {
    {"equal", POL_OP_EQ}, {"neq", POL_OP_NE}, {"lt", POL_OP_LT},
    {"lte", POL_OP_LE},   {"gt", POL_OP_GT},  {"gte", POL_OP_GE},
    {"internal.member_2", POL_OP_IN},
};

static bool is_constant(pol_gen *gen, const pol_node *term, pol_value *value)
{
    return !term->temp && pol_constant_term(gen->arena, term, value);
}

/* Fails unless two opened terms are equal. */
static void test_equal(pol_gen *gen, const pol_node *a, const pol_node *b)
{
    pol_value constant;
    if (is_constant(gen, a, &constant)) {
        const pol_node *swap = a;
        a = b;
        b = swap;
    }
    pol_gen_push(gen, a);
    if (is_constant(gen, b, &constant)) {
        pol_emit_op(&gen->emit, POL_OP_EQK, 0, 0, pol_gen_const(gen, constant));
        return;
    }
    pol_gen_push(gen, b);
    pol_emit_op(&gen->emit, POL_OP_EQ, 0, 0, 0);
}

static bool is_void(const pol_gen *gen, const pol_node *term)
{
    if (term->kind != POL_NODE_CALL || term->slot < 0)
        return false;
    const pol_registry *registry = gen->compile->registry;
    return pol_registry_at(registry, (uint32_t)term->slot)->is_void;
}

static void test_term(pol_gen *gen, pol_node *term)
{
    pol_gen_open(gen, term);
    for (size_t i = 0; i < countof(tests) && !term->temp; i++) {
        if (!pol_gen_calls(gen, term, tests[i].builtin))
            continue;
        pol_node *left = term->child->next;
        if (tests[i].op == POL_OP_EQ) {
            test_equal(gen, left, left->next);
            return;
        }
        pol_gen_push(gen, left);
        if (tests[i].op == POL_OP_IN)
            pol_gen_push_domain(gen, left->next);
        else
            pol_gen_push(gen, left->next);
        pol_emit_op(&gen->emit, tests[i].op, 0, 0, 0);
        return;
    }
    pol_gen_push(gen, term);
    pol_emit_op(&gen->emit, is_void(gen, term) ? POL_OP_POP : POL_OP_TEST, 0, 0,
                0);
}

/* ---- unification ------------------------------------------------------------ */

static void match_array(pol_gen *gen, pol_node *pattern, uint32_t local)
{
    pol_emit *emit = &gen->emit;
    pol_emit_op(emit, POL_OP_IS_ARRAY, 0, local, pattern->count);
    uint32_t i = 0;
    for (pol_node *n = pattern->child; n; n = n->next, i++) {
        uint32_t element = pol_emit_local(emit, 1);
        pol_emit_op(emit, POL_OP_ELEMENT, 0, local, i);
        pol_emit_op(emit, POL_OP_STORE, 0, element, 0);
        pol_gen_match(gen, n, element);
    }
}

static void match_object(pol_gen *gen, pol_node *pattern, uint32_t local)
{
    pol_emit *emit = &gen->emit;
    pol_emit_op(emit, POL_OP_IS_OBJECT, 0, local, pattern->count / 2);
    for (pol_node *key = pattern->child; key; key = key->next->next) {
        uint32_t member = pol_emit_local(emit, 1);
        pol_gen_open(gen, key);
        pol_emit_op(emit, POL_OP_LOAD, 0, local, 0);
        pol_gen_member(gen, key, POL_GEN_BASE_VALUE);
        pol_emit_op(emit, POL_OP_STORE, 0, member, 0);
        pol_gen_match(gen, key->next, member);
    }
}

void pol_gen_match(pol_gen *gen, pol_node *pattern, uint32_t local)
{
    pol_emit *emit = &gen->emit;
    if (!pol_gen_is_open(gen, pattern)) {
        pol_value constant;
        pol_gen_open(gen, pattern);
        pol_emit_op(emit, POL_OP_LOAD, 0, local, 0);
        if (is_constant(gen, pattern, &constant)) {
            pol_emit_op(emit, POL_OP_EQK, 0, 0, pol_gen_const(gen, constant));
            return;
        }
        pol_gen_push(gen, pattern);
        pol_emit_op(emit, POL_OP_EQ, 0, 0, 0);
    } else if (pattern->kind == POL_NODE_VAR) {
        pol_gen_bind(gen, pattern);
        pol_emit_op(emit, POL_OP_LOAD, 0, local, 0);
        pol_emit_op(emit, POL_OP_STORE, 0, (uint32_t)pattern->slot, 0);
    } else if (pattern->kind == POL_NODE_ARRAY) {
        match_array(gen, pattern, local);
    } else if (pattern->kind == POL_NODE_OBJECT) {
        match_object(gen, pattern, local);
    } else {
        pol_diag_add(gen->compile->diags, POL_DIAG_P0201, pattern->span,
                     "this term holds a variable that nothing binds");
        pol_emit_jump(emit, emit->fail);
    }
}

/* Pairs of terms that must be equal, taken apart as far as both are patterns. */
typedef struct pair {
    pol_node *left, *right;
    struct pair *next;
} pair;

typedef struct {
    pair *first, **end;
    bool impossible; /* two patterns that can never be equal */
} pair_list;

static void add_pair(pol_gen *gen, pair_list *list, pol_node *l, pol_node *r);

static void add_object_pairs(pol_gen *gen, pair_list *list, pol_node *l,
                             pol_node *r)
{
    list->impossible |= l->count != r->count;
    for (pol_node *key = l->child; key; key = key->next->next) {
        pol_value want, have;
        pol_node *other = r->child;
        bool constant = pol_constant_term(gen->arena, key, &want);
        while (constant && other &&
               !(pol_constant_term(gen->arena, other, &have) &&
                 pol_equal(want, have)))
            other = other->next->next;
        if (other && constant)
            add_pair(gen, list, key->next, other->next);
        else
            list->impossible = true;
    }
}

/* Both objects are open, and their keys are the same constants and variables. */
static void add_same_keys(pol_gen *gen, pair_list *list, pol_node *l,
                          pol_node *r)
{
    for (pol_node *key = l->child; key; key = key->next->next)
        add_pair(gen, list, key->next, (pol_node *)pol_safety_member(r, key));
}

static bool has_constant_keys(pol_gen *gen, const pol_node *object)
{
    pol_value value;
    for (pol_node *key = object->child; key; key = key->next->next)
        if (!pol_constant_term(gen->arena, key, &value))
            return false;
    return true;
}

static void add_pair(pol_gen *gen, pair_list *list, pol_node *l, pol_node *r)
{
    if (l->kind == POL_NODE_ARRAY && r->kind == POL_NODE_ARRAY) {
        list->impossible |= l->count != r->count;
        for (pol_node *a = l->child, *b = r->child; a && b;
             a = a->next, b = b->next)
            add_pair(gen, list, a, b);
        return;
    }
    if (l->kind == POL_NODE_OBJECT && r->kind == POL_NODE_OBJECT &&
        has_constant_keys(gen, l) && has_constant_keys(gen, r)) {
        add_object_pairs(gen, list, l, r);
        return;
    }
    if (l->kind == POL_NODE_OBJECT && pol_safety_same_shape(l, r) &&
        pol_gen_is_open(gen, l) && pol_gen_is_open(gen, r)) {
        add_same_keys(gen, list, l, r);
        return;
    }
    pair *p = arena_new(gen->arena, pair);
    *p = (pair){l, r, NULL};
    *list->end = p;
    list->end = &p->next;
}

/* Unifies a pattern with a term that is no open pattern. */
static void unify_with(pol_gen *gen, pol_node *pattern, pol_node *term)
{
    pol_gen_open(gen, term); /* may bind what the pattern holds */
    if (!pol_gen_is_open(gen, pattern)) {
        pol_gen_open(gen, pattern);
        test_equal(gen, pattern, term);
        return;
    }
    if (pattern->kind == POL_NODE_VAR) {
        pol_gen_push(gen, term);
        pol_gen_bind(gen, pattern);
        pol_emit_op(&gen->emit, POL_OP_STORE, 0, (uint32_t)pattern->slot, 0);
        return;
    }
    uint32_t local;
    if (term->kind == POL_NODE_VAR && term->slot >= 0 && !term->temp) {
        local = (uint32_t)term->slot;
    } else {
        pol_gen_push(gen, term);
        local = pol_emit_local(&gen->emit, 1);
        pol_emit_op(&gen->emit, POL_OP_STORE, 0, local, 0);
    }
    pol_gen_match(gen, pattern, local);
}

static bool unify_one(pol_gen *gen, pair *p)
{
    if (!pol_gen_is_open(gen, p->right))
        unify_with(gen, p->left, p->right);
    else if (!pol_gen_is_open(gen, p->left))
        unify_with(gen, p->right, p->left);
    else
        return false;
    return true;
}

static void unify(pol_gen *gen, pol_node *left, pol_node *right)
{
    pair_list list = {.end = &list.first};
    add_pair(gen, &list, left, right);
    if (list.impossible) {
        pol_emit_jump(&gen->emit, gen->emit.fail);
        return;
    }
    while (list.first) {
        pair **at = &list.first;
        while (*at && !unify_one(gen, *at))
            at = &(*at)->next;
        if (!*at) {
            pol_diag_add(gen->compile->diags, POL_DIAG_P0201, left->span,
                         "neither side of this unification is bound");
            return;
        }
        *at = (*at)->next;
    }
}

/* ---- negation ------------------------------------------------------------------ */

static bool is_plain(const pol_node *term)
{
    return term->kind <= POL_NODE_STRING || term->kind == POL_NODE_VAR ||
           term->kind == POL_NODE_TEMPLATE ||
           term->kind == POL_NODE_ARRAY_COMPR ||
           term->kind == POL_NODE_SET_COMPR ||
           term->kind == POL_NODE_OBJECT_COMPR;
}

/* The brackets of a reference, evaluated outside the `not`. */
static void hoist_brackets(pol_gen *gen, pol_node *ref)
{
    for (pol_node *n = ref->child; n; n = n->next)
        if (!is_plain(n))
            pol_gen_to_temp(gen, n);
}

static void hoist_operand(pol_gen *gen, pol_node *term)
{
    if (term->kind == POL_NODE_REF)
        hoist_brackets(gen, term);
    else if (!is_plain(term))
        pol_gen_to_temp(gen, term);
}

/* OPA evaluates nested calls, arguments of calls and parts of composites before
 * the `not`: where one is undefined, the whole literal is undefined. Nothing is
 * hoisted out of a BODY, which `import future.keywords.not` makes of every
 * operand. */
static void hoist_out_of_not(pol_gen *gen, pol_node *literal)
{
    pol_node *term = literal->child;
    if (literal->kind == POL_NODE_UNIFY) {
        hoist_operand(gen, term);
        hoist_operand(gen, term->next);
    } else if (literal->kind != POL_NODE_EXPR) {
        return;
    } else if (pol_gen_calls(gen, term, "equal")) {
        hoist_operand(gen, term->child->next);
        hoist_operand(gen, term->last);
    } else if (term->kind == POL_NODE_CALL) {
        for (pol_node *n = term->child->next; n; n = n->next)
            if (!is_plain(n))
                pol_gen_to_temp(gen, n);
    } else {
        hoist_operand(gen, term);
    }
}

static void gen_operand(pol_gen *gen, pol_node *operand)
{
    if (operand->kind == POL_NODE_BODY)
        pol_gen_body(gen, operand);
    else
        pol_gen_literal(gen, operand);
}

static void gen_not(pol_gen *gen, pol_node *literal)
{
    pol_emit *emit = &gen->emit;
    hoist_out_of_not(gen, literal->child);
    pol_emit_label *outer = emit->fail, after = {0};
    uint32_t mark = gen->trail_count;
    emit->fail = &after;
    pol_emit_op(emit, POL_OP_FLIP, 0, 0, 0);
    gen_operand(gen, literal->child);
    pol_emit_op(emit, POL_OP_FLIP, 0, 0, 0);
    pol_emit_jump(emit, outer);
    emit->fail = outer;
    pol_emit_bind(emit, &after);
    pol_emit_op(emit, POL_OP_FLIP, 0, 0, 0);
    pol_gen_unbind(gen, mark);
}

/* ---- and, or --------------------------------------------------------------------- */

static void gen_and(pol_gen *gen, pol_node *literal)
{
    pol_emit_label *outer = gen->emit.fail;
    uint32_t mark = gen->trail_count;
    for (pol_node *n = literal->child; n; n = n->next) {
        gen_operand(gen, n);
        gen->emit.fail = outer; /* one solution of each operand is enough */
        pol_gen_unbind(gen, mark);
    }
}

static void gen_or(pol_gen *gen, pol_node *literal)
{
    pol_emit *emit = &gen->emit;
    pol_emit_label *outer = emit->fail, right = {0}, done = {0};
    uint32_t mark = gen->trail_count;
    emit->fail = &right;
    gen_operand(gen, literal->child);
    pol_emit_jump(emit, &done);
    pol_gen_unbind(gen, mark);
    emit->fail = outer;
    pol_emit_bind(emit, &right);
    gen_operand(gen, literal->last);
    emit->fail = outer;
    pol_gen_unbind(gen, mark);
    pol_emit_bind(emit, &done);
}

/* ---- some, every -------------------------------------------------------------------- */

static void gen_some_in(pol_gen *gen, pol_node *literal)
{
    bool keyed = literal->flags & POL_NODE_KEYED;
    pol_node *domain = literal->last;
    pol_gen_open(gen, domain);
    pol_gen_push_domain(gen, domain);
    uint32_t it = pol_gen_loop(gen, false);
    if (keyed)
        pol_gen_match(gen, literal->child, it + 1);
    pol_gen_match(gen, keyed ? literal->child->next : literal->child, it + 2);
}

static void gen_every(pol_gen *gen, pol_node *literal)
{
    pol_emit *emit = &gen->emit;
    bool keyed = literal->flags & POL_NODE_KEYED;
    pol_node *value = keyed ? literal->child->next : literal->child;
    pol_gen_open(gen, value->next);
    pol_gen_push(gen, value->next);
    pol_emit_label *outer = emit->fail, loop = {0}, done = {0};
    uint32_t mark = gen->trail_count;
    uint32_t it = pol_emit_local(emit, 3);
    pol_emit_op(emit, POL_OP_ITER, 1, it, 0);
    pol_emit_bind(emit, &loop);
    emit->fail = &done;
    pol_emit_op(emit, POL_OP_NEXT, 0, it, 0);
    emit->fail = outer;
    if (keyed)
        pol_gen_match(gen, literal->child, it + 1);
    pol_gen_match(gen, value, it + 2);
    pol_gen_body(gen, literal->last);
    pol_emit_jump(emit, &loop);
    emit->fail = outer;
    pol_emit_bind(emit, &done);
    pol_gen_unbind(gen, mark);
}

/* ---- with ---------------------------------------------------------------------------- */

static pol_root target_root(const pol_node *head)
{
    switch (head->slot) {
    case POL_SLOT_INPUT:
        return POL_ROOT_INPUT;
    case POL_SLOT_RESOURCE:
        return POL_ROOT_RESOURCE;
    case POL_SLOT_STACK:
        return POL_ROOT_STACK;
    case POL_SLOT_CONFIG:
        return POL_ROOT_CONFIG;
    default:
        pol_assert(head->slot == POL_SLOT_DATA);
        return POL_ROOT_DATA;
    }
}

static void set_document(pol_gen *gen, const pol_node *target,
                         const pol_node *value, uint32_t env)
{
    const pol_node *head = target;
    pol_value path = pol_array(NULL, 0);
    if (target->kind == POL_NODE_REF) {
        head = target->child;
        pol_value *keys = pol_items(gen->arena, target->count);
        uint32_t count = 0;
        for (const pol_node *n = head->next; n; n = n->next)
            if (pol_constant_term(gen->arena, n, &keys[count]))
                count++;
        path = pol_array(keys, count);
    }
    pol_gen_push(gen, value);
    pol_emit_op(&gen->emit, POL_OP_ENV_SET, target_root(head), env,
                pol_gen_const(gen, path));
}

static bool is_function(const pol_node *node)
{
    return node->mark == POL_TARGET_FUNCTION;
}

static uint32_t function_number(const pol_node *node)
{
    return node->slot == POL_SLOT_RULE ? ((const pol_rule *)node->link)->id
                                       : (uint32_t)node->slot;
}

static void set_function(pol_gen *gen, const pol_node *target,
                         const pol_node *value, uint32_t env)
{
    pol_emit *emit = &gen->emit;
    uint32_t kind = target->slot == POL_SLOT_RULE ? POL_MOCK_RULE : 0;
    uint32_t number = function_number(target);
    if (!is_function(value)) {
        pol_gen_push(gen, value);
        pol_emit_op(emit, POL_OP_ENV_VALUE, kind, env, number);
        return;
    }
    if (value->slot == POL_SLOT_RULE)
        kind |= POL_MOCK_BY_RULE;
    uint32_t at = pol_emit_op(emit, POL_OP_ENV_MOCK, kind, env, number);
    emit->code[at].fail = function_number(value);
}

uint32_t pol_gen_enter(pol_gen *gen, const pol_node *literal)
{
    pol_emit *emit = &gen->emit;
    uint32_t before = emit->env;
    if (!literal->withs)
        return before;
    for (const pol_node *w = literal->withs; w; w = w->next)
        if (!is_function(w->last))
            pol_gen_to_temp(gen, w->last);
    uint32_t env = pol_emit_local(emit, 1);
    pol_emit_op(emit, POL_OP_ENV_NEW, 0, env, 0);
    for (const pol_node *w = literal->withs; w; w = w->next) {
        if (is_function(w->child))
            set_function(gen, w->child, w->last, env);
        else
            set_document(gen, w->child, w->last, env);
    }
    pol_emit_op(emit, POL_OP_ENV_USE, 0, env, 0);
    emit->env = env;
    return before;
}

void pol_gen_leave(pol_gen *gen, const pol_node *literal, uint32_t env)
{
    if (!literal->withs)
        return;
    gen->emit.env = env;
    pol_emit_op(&gen->emit, POL_OP_ENV_USE, 0, env, 0);
}

/* ---- literals --------------------------------------------------------------------------- */

static void gen_statement(pol_gen *gen, pol_node *literal)
{
    switch ((pol_node_kind)literal->kind) {
    case POL_NODE_EXPR:
        test_term(gen, literal->child);
        break;
    case POL_NODE_ASSIGN:
    case POL_NODE_UNIFY:
        unify(gen, literal->child, literal->last);
        break;
    case POL_NODE_NOT:
        gen_not(gen, literal);
        break;
    case POL_NODE_AND:
        gen_and(gen, literal);
        break;
    case POL_NODE_OR:
        gen_or(gen, literal);
        break;
    case POL_NODE_SOME_IN:
        gen_some_in(gen, literal);
        break;
    case POL_NODE_EVERY:
        gen_every(gen, literal);
        break;
    default:
        pol_assert(literal->kind == POL_NODE_SOME);
    }
}

void pol_gen_literal(pol_gen *gen, pol_node *literal)
{
    pol_span outer = gen->emit.span;
    gen->emit.span = literal->span;
    uint32_t env = pol_gen_enter(gen, literal);
    gen_statement(gen, literal);
    pol_gen_leave(gen, literal, env);
    gen->emit.span = outer;
}

void pol_gen_body(pol_gen *gen, pol_node *body)
{
    for (pol_node *n = body->child; n; n = n->next)
        pol_gen_literal(gen, n);
}
