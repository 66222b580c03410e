/* SPDX-License-Identifier: Apache-2.0
 *
 * The type of a term: collections, references, calls. */
#include "types.h"

const pol_typing *pol_infer_filled(pol_checker *checker, const pol_typing *t)
{
    if (!t)
        return &pol_typing_any;
    if (!t->partial)
        return t;
    pol_typing shape = *t;
    const pol_typing **parts =
        arena_array(checker->arena, const pol_typing *, t->count);
    for (uint32_t i = 0; i < t->count; i++)
        parts[i] = pol_infer_filled(checker, t->parts[i]);
    shape.parts = parts;
    if (t->rest)
        shape.rest = pol_infer_filled(checker, t->rest);
    shape.partial = false;
    return pol_typing_make(checker->arena, shape);
}

const pol_typing *pol_infer_settled(pol_checker *checker, pol_node *term)
{
    const pol_typing *t = pol_infer_term(checker, term);
    if (t && !t->partial)
        return t;
    pol_match_term(checker, term, t, &pol_typing_any);
    return pol_infer_filled(checker, t);
}

/* ---- collections --------------------------------------------------------- */

static const pol_typing *array_type(pol_checker *c, const pol_node *term)
{
    const pol_typing **parts =
        arena_array(c->arena, const pol_typing *, term->count);
    uint32_t count = 0;
    for (pol_node *n = term->child; n; n = n->next)
        parts[count++] = pol_infer_term(c, n);
    pol_typing shape = {
        .kind = POL_TYPING_ARRAY, .count = count, .parts = parts};
    return pol_typing_make(c->arena, shape);
}

static const pol_typing *set_type(pol_checker *c, const pol_node *term)
{
    const pol_typing *member = NULL;
    for (pol_node *n = term->child; n; n = n->next)
        member = pol_typing_union(c->arena, member, pol_infer_term(c, n));
    return pol_typing_set(c->arena, member);
}

bool pol_infer_is_scalar(const pol_node *term)
{
    return term->kind == POL_NODE_STRING || term->kind == POL_NODE_NUMBER ||
           term->kind == POL_NODE_BOOL || term->kind == POL_NODE_NULL;
}

bool pol_infer_is_collection(const pol_node *term)
{
    return term->kind == POL_NODE_ARRAY || term->kind == POL_NODE_OBJECT ||
           term->kind == POL_NODE_SET;
}

typedef struct member {
    pol_value name;
    const pol_typing *value;
    uint32_t at; /* in the source: of equal names the last counts */
} member;

static int member_order(const void *a, const void *b)
{
    const member *x = a, *y = b;
    int order = pol_compare(x->name, y->name);
    return order ? order : (x->at > y->at) - (x->at < y->at);
}

/* Sorts what object_type collected into names and parts of the type. */
static void name_members(pol_checker *c, pol_typing *shape, member *members,
                         uint32_t count)
{
    pol_value *names = pol_items(c->arena, count);
    const pol_typing **parts = arena_array(c->arena, const pol_typing *, count);
    qsort(members, count, sizeof *members, member_order);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = shape->count;
        if (at && pol_equal(names[at - 1], members[i].name))
            at--;
        names[at] = members[i].name;
        parts[at] = members[i].value;
        shape->count = at + 1;
    }
    shape->names = names;
    shape->parts = parts;
}

static const pol_typing *object_type(pol_checker *c, const pol_node *term)
{
    pol_typing shape = {.kind = POL_TYPING_OBJECT};
    member *members = arena_array(c->arena, member, term->count / 2);
    uint32_t count = 0;
    for (pol_node *key = term->child; key; key = key->next->next) {
        const pol_typing *by = pol_infer_term(c, key);
        const pol_typing *value = pol_infer_term(c, key->next);
        member *m = &members[count];
        if (pol_constant_term(c->arena, key, &m->name)) {
            m->value = value;
            m->at = count++;
            continue;
        }
        shape.key = pol_typing_union(c->arena, shape.key, pol_infer_filled(c, by));
        shape.rest = pol_typing_union(c->arena, shape.rest, pol_infer_filled(c, value));
    }
    name_members(c, &shape, members, count);
    return pol_typing_make(c->arena, shape);
}

/* What is inferred in a comprehension does not hold outside of it. */
static const pol_typing *comprehension_type(pol_checker *c, pol_node *term)
{
    uint32_t before = c->trail_count;
    bool refs_only = c->refs_only;
    c->refs_only = false;
    pol_types_body(c, term->last);
    const pol_typing *t, *first = pol_infer_term(c, term->child);
    if (term->kind == POL_NODE_OBJECT_COMPR)
        t = pol_typing_object(c->arena, first,
                              pol_infer_term(c, term->child->next));
    else if (term->kind == POL_NODE_SET_COMPR)
        t = pol_typing_set(c->arena, first);
    else
        t = pol_typing_array(c->arena, first);
    pol_match_undo(c, before);
    c->refs_only = refs_only;
    return t;
}

/* In a part, `==` is an operator like others. A variable that is a part can be
 * anything afterwards. */
static const pol_typing *template_type(pol_checker *c, const pol_node *term)
{
    for (pol_node *part = term->child; part; part = part->next) {
        uint32_t before = c->trail_count;
        if (part->kind == POL_NODE_BODY)
            pol_types_value(c, part->child);
        pol_match_undo(c, before);
        if (part->kind == POL_NODE_BODY)
            pol_match_widen(c, part->child->child);
    }
    return &pol_typing_string;
}

/* ---- references ---------------------------------------------------------- */

/* In the body of an `every`, only variables have types. */
static const pol_typing *operand_type(pol_checker *c, pol_node *operand)
{
    if (!c->refs_only || operand->kind == POL_NODE_VAR ||
        pol_infer_is_scalar(operand))
        return pol_infer_term(c, operand);
    pol_types_refs(c, operand);
    return NULL;
}

const pol_typing *pol_infer_member(pol_checker *checker, const pol_typing *t,
                                   pol_node *operand)
{
    pol_value constant;
    const pol_typing *own = operand_type(checker, operand);
    if (pol_infer_is_scalar(operand) &&
        pol_constant_term(checker->arena, operand, &constant))
        return pol_typing_select(checker->arena, t, constant);
    const pol_typing *keys = pol_typing_keys(checker->arena, t);
    if (!keys || !pol_match_term(checker, operand, own, keys))
        return NULL;
    const pol_typing *values = pol_typing_values(checker->arena, t);
    return !values && t->kind == POL_TYPING_UNION ? &pol_typing_any : values;
}

/* The type of what stands in front of the operands that are left, *rest. */
static const pol_typing *base_type(pol_checker *c, pol_node *ref,
                                   pol_node **rest)
{
    pol_node *head = ref->child;
    *rest = head->next;
    if (head->kind == POL_NODE_VAR && head->slot == POL_SLOT_DATA)
        return pol_extent_base(c, ref, rest);
    if (head->kind == POL_NODE_VAR && head->slot == POL_SLOT_INPUT)
        return pol_mock_document(c, POL_SLOT_INPUT, rest);
    if (!c->refs_only || head->kind == POL_NODE_VAR)
        return pol_infer_settled(c, head);
    pol_types_refs(c, head);
    return &pol_typing_any;
}

static const pol_typing *ref_type(pol_checker *c, pol_node *ref)
{
    pol_node *rest;
    if (ref->flags & POL_NODE_GENERATED && ref->child->kind == POL_NODE_ARRAY)
        return &pol_typing_any; /* undefined on purpose: see withs.c */
    const pol_typing *t = base_type(c, ref, &rest);
    for (; rest; rest = rest->next) {
        const pol_typing *next = pol_infer_member(c, t, rest);
        if (!next && t->kind != POL_TYPING_ANY)
            pol_type_report_ref(c, ref->span);
        t = next ? next : &pol_typing_any;
    }
    return t;
}

/* ---- calls --------------------------------------------------------------- */

bool pol_infer_calls(const pol_checker *checker, const pol_node *term,
                     const char *name)
{
    return term->kind == POL_NODE_CALL && term->slot >= 0 &&
           strcmp(pol_registry_at(checker->compile->registry,
                                  (uint32_t)term->slot)
                      ->row->name,
                  name) == 0;
}

static const pol_signature *signature(pol_checker *c, int32_t index)
{
    pol_signature *s = &c->signatures[index];
    if (s->result)
        return s;
    const pol_builtin_entry *entry =
        pol_registry_at(c->compile->registry, (uint32_t)index);
    uint32_t count = entry->variadic ? 0 : entry->arity;
    s->params = arena_array(c->arena, const pol_typing *, count);
    for (uint32_t i = 0; i < count; i++)
        s->params[i] = pol_typing_of(c->arena, entry->params[i]);
    s->result = entry->is_void ? &pol_typing_any
                               : pol_typing_of(c->arena, entry->result);
    return s;
}

/* `x in xs`, `k, x in xs`: could xs have such a member? Members of which nothing
 * is inferred do not count. */
static void match_member(pol_checker *c, const pol_node *call,
                         const pol_typing *const *own)
{
    pol_node *x = call->child->next, *last = call->last;
    const pol_typing *xs = own[call->count - 2];
    if (!xs)
        xs = &pol_typing_any;
    const pol_typing *keys = pol_typing_keys(c->arena, xs);
    const pol_typing *values = pol_typing_values(c->arena, xs);
    bool good = true;
    if (x->next != last) {
        good = !keys || !values || pol_match_term(c, x, own[0], keys);
        x = x->next;
        own++;
    }
    if (good)
        good = !values || pol_match_term(c, x, own[0], values);
    if (!good)
        pol_type_report_match(c, call->span);
}

static void match_arguments(pol_checker *c, const pol_node *call,
                            const pol_typing *const *own,
                            const pol_typing *const *params, uint32_t arity,
                            const pol_typing *result)
{
    uint32_t i = 0;
    for (pol_node *arg = call->child->next; arg; arg = arg->next, i++) {
        const pol_typing *t = i < arity ? params[i] : result;
        bool overlap = !own[i] || own[i]->partial ||
                       pol_typing_overlap(c->arena, own[i], t);
        if (overlap && pol_match_term(c, arg, own[i], t))
            continue;
        pol_type_report_argument(c, call, i + 1, own[i]);
        return;
    }
}

static const pol_typing *call_type(pol_checker *c, pol_node *call)
{
    const pol_typing **own =
        arena_array(c->arena, const pol_typing *, call->count);
    uint32_t i = 0;
    for (pol_node *arg = call->child->next; arg; arg = arg->next)
        own[i++] = pol_infer_term(c, arg);
    if (call->slot >= 0) {
        const pol_builtin_entry *entry =
            pol_registry_at(c->compile->registry, (uint32_t)call->slot);
        const pol_signature *s = signature(c, call->slot);
        if (strncmp(entry->row->name, "internal.member_", 16) == 0)
            match_member(c, call, own);
        if (!entry->variadic)
            match_arguments(c, call, own, s->params, entry->arity, s->result);
        return s->result;
    }
    if (call->slot != POL_SLOT_RULE)
        return &pol_typing_any;
    const pol_rule *rule = call->link;
    const pol_rule_types *types = pol_types_of_rule(c, rule);
    if (pol_mock_changes(c, rule->node))
        return &pol_typing_any;
    if (types->params)
        match_arguments(c, call, own, types->params, rule->arity,
                        types->result);
    return types->result;
}

/* ---- terms --------------------------------------------------------------- */

static const pol_typing *result_type(pol_checker *c, const pol_node *call)
{
    if (call->slot >= 0)
        return signature(c, call->slot)->result;
    return call->slot == POL_SLOT_RULE
               ? pol_types_of_rule(c, call->link)->result
               : &pol_typing_any;
}

const pol_typing *pol_infer_outline(pol_checker *checker, pol_node *term)
{
    switch ((pol_node_kind)term->kind) {
    case POL_NODE_CALL:
        return result_type(checker, term);
    case POL_NODE_ARRAY:
    case POL_NODE_ARRAY_COMPR:
        return pol_typing_array(checker->arena, &pol_typing_any);
    case POL_NODE_OBJECT:
    case POL_NODE_OBJECT_COMPR:
        return pol_typing_object(checker->arena, &pol_typing_any,
                                 &pol_typing_any);
    case POL_NODE_SET:
    case POL_NODE_SET_COMPR:
        return pol_typing_set(checker->arena, &pol_typing_any);
    case POL_NODE_REF:
        return &pol_typing_any;
    default: /* scalars, variables, templates */
        return pol_infer_term(checker, term);
    }
}

static const pol_typing *var_type(pol_checker *c, const pol_node *var)
{
    if (var->slot >= 0)
        return c->env[var->slot];
    pol_node *rest = NULL;
    return var->slot == POL_SLOT_INPUT
               ? pol_mock_document(c, POL_SLOT_INPUT, &rest)
               : &pol_typing_any;
}

const pol_typing *pol_infer_term(pol_checker *checker, pol_node *term)
{
    switch ((pol_node_kind)term->kind) {
    case POL_NODE_NULL:
        return &pol_typing_null;
    case POL_NODE_BOOL:
        return &pol_typing_bool;
    case POL_NODE_NUMBER:
        return &pol_typing_number;
    case POL_NODE_STRING:
        return &pol_typing_string;
    case POL_NODE_TEMPLATE:
        return template_type(checker, term);
    case POL_NODE_VAR:
        return var_type(checker, term);
    case POL_NODE_REF:
        return ref_type(checker, term);
    case POL_NODE_CALL:
        return call_type(checker, term);
    case POL_NODE_ARRAY:
        return array_type(checker, term);
    case POL_NODE_OBJECT:
        return object_type(checker, term);
    case POL_NODE_SET:
        return set_type(checker, term);
    case POL_NODE_ARRAY_COMPR:
    case POL_NODE_SET_COMPR:
    case POL_NODE_OBJECT_COMPR:
        return comprehension_type(checker, term);
    default:
        return &pol_typing_any;
    }
}
