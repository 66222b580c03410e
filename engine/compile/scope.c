/* SPDX-License-Identifier: Apache-2.0
 *
 * Scopes of local variables; see scope.h. Names are interned, each holds a stack
 * of what it is bound to, so that a use costs one look into a hash table however
 * large a body is. */
#include "scope.h"

void pol_scope_init(pol_scopes *scopes, pol_arena *arena)
{
    *scopes = (pol_scopes){.arena = arena, .mask = 255};
    scopes->names = arena_array(arena, pol_name *, 256);
    memset(scopes->names, 0, 256 * sizeof *scopes->names);
    /* Where an arena lies is random enough for a table of one compilation. */
    scopes->seed = (uint64_t)(uintptr_t)scopes->names;
}

static void grow_names(pol_scopes *scopes)
{
    uint32_t room = (scopes->mask + 1) * 2;
    pol_name **names = arena_array(scopes->arena, pol_name *, room);
    memset(names, 0, room * sizeof *names);
    for (uint32_t i = 0; i <= scopes->mask; i++) {
        pol_name *name = scopes->names[i];
        if (!name)
            continue;
        uint64_t at = pol_str_hash(name->text, scopes->seed);
        while (names[at & (room - 1)])
            at++;
        names[at & (room - 1)] = name;
    }
    scopes->names = names;
    scopes->mask = room - 1;
}

pol_name *pol_scope_name(pol_scopes *scopes, pol_str text)
{
    uint64_t at = pol_str_hash(text, scopes->seed);
    for (; scopes->names[at & scopes->mask]; at++) {
        pol_name *name = scopes->names[at & scopes->mask];
        if (pol_str_eq(name->text, text))
            return name;
    }
    if (scopes->name_count * 2 >= scopes->mask) {
        grow_names(scopes);
        at = pol_str_hash(text, scopes->seed);
        while (scopes->names[at & scopes->mask])
            at++;
    }
    pol_name *name = arena_new(scopes->arena, pol_name);
    name->text = text;
    name->id = scopes->name_count++;
    scopes->names[at & scopes->mask] = name;
    return name;
}

void pol_scope_begin(pol_scopes *scopes, uint32_t arity)
{
    pol_assert(!scopes->scope);
    scopes->slots = arity;
    scopes->serial = 0;
    scopes->implicits = NULL;
    scopes->implicit_count = 0;
    scopes->declarations = 0;
}

void pol_scope_push(pol_scopes *scopes, uint16_t depth)
{
    pol_scope *scope = arena_new(scopes->arena, pol_scope);
    scope->outer = scopes->scope;
    scope->serial = scopes->serial++;
    scope->depth = depth;
    scopes->scope = scope;
}

void pol_scope_pop(pol_scopes *scopes,
                   void (*visit)(void *context, const pol_binding *binding),
                   void *context)
{
    pol_scope *scope = scopes->scope;
    scope->end = scopes->serial;
    pol_binding *next;
    for (pol_binding *b = scope->bindings; b; b = next) {
        next = b->next;
        if (visit)
            visit(context, b);
        pol_assert(b->name->top == b);
        b->name->top = b->outer;
        b->next = scopes->spare;
        scopes->spare = b;
    }
    scope->bindings = NULL;
    scopes->scope = scope->outer;
}

/* Bindings of a scope are listed newest first, so that popping in that order
 * uncovers what lies below. */
static pol_binding *bind(pol_scopes *scopes, pol_name *name,
                         pol_binding_kind kind)
{
    pol_binding *b = scopes->spare;
    if (b)
        scopes->spare = b->next;
    else
        b = arena_new(scopes->arena, pol_binding);
    *b = (pol_binding){.kind = kind, .name = name, .scope = scopes->scope,
                       .outer = name->top, .next = scopes->scope->bindings,
                       .slot = -1};
    name->top = b;
    scopes->scope->bindings = b;
    return b;
}

void pol_scope_later(pol_scopes *scopes, pol_name *name)
{
    if (!name->top || name->top->scope != scopes->scope)
        bind(scopes, name, POL_BIND_LATER);
}

/* Parameters and the rule's own body count as one place for declarations. */
static bool same_place(const pol_scopes *scopes, const pol_binding *b)
{
    return b->scope == scopes->scope ||
           (b->kind == POL_BIND_ARG && scopes->scope->depth == 0);
}

/* `some x`: uses get their slot when it is known which body is theirs. */
static void give_number(pol_scopes *scopes, pol_binding *b, pol_node *node)
{
    b->declaration = ++scopes->declarations;
    b->span = node->span;
    node->slot = -1;
}

static void give_slot(pol_scopes *scopes, pol_binding *b, pol_node *node,
                      int32_t slot)
{
    b->slot = slot >= 0 ? slot : (int32_t)scopes->slots++;
    b->depth = scopes->scope->depth;
    b->span = node->span;
    node->slot = b->slot;
    node->mark = b->depth;
}

void pol_scope_declare_arg(pol_scopes *scopes, pol_name *name, pol_node *node,
                           int32_t slot)
{
    give_slot(scopes, bind(scopes, name, POL_BIND_ARG), node, slot);
}

/* What a declaration collides with. That a local of an outer body was used here
 * before is fine: it keeps its meaning, `x := 1; y := [x | x > 0; x := 2]`. A
 * parameter is not, as in OPA. */
static pol_binding *obstacle_at(const pol_scopes *scopes, pol_binding *b)
{
    if (!b || !same_place(scopes, b))
        return NULL;
    bool outer = b->kind == POL_BIND_SEEN && b->origin &&
                 b->origin->kind != POL_BIND_ARG;
    return outer ? NULL : b;
}

pol_binding *pol_scope_declare(pol_scopes *scopes, pol_name *name,
                               pol_binding_kind kind, pol_node *node)
{
    pol_binding *obstacle = NULL;
    pol_binding *b = name->top;
    if (b && b->kind == POL_BIND_LATER && b->scope == scopes->scope) {
        if (b->outer && b->outer->kind == POL_BIND_ARG &&
            same_place(scopes, b->outer))
            obstacle = b->outer;
        b->kind = kind;
    } else {
        obstacle = obstacle_at(scopes, b);
        b = bind(scopes, name, kind);
    }
    if (kind == POL_BIND_DECLARED)
        give_number(scopes, b, node);
    else
        give_slot(scopes, b, node, -1);
    return obstacle;
}

static void mark_seen(pol_scopes *scopes, pol_name *name, pol_binding *origin)
{
    if (name->top && name->top->scope == scopes->scope &&
        name->top->kind != POL_BIND_LATER)
        return;
    pol_binding *seen = bind(scopes, name, POL_BIND_SEEN);
    seen->origin = origin;
}

/* Notes a use in the innermost body, whose binding of the name is on top. */
static void add_use(pol_scopes *scopes, pol_name *name, pol_node *node,
                    uint32_t declaration)
{
    pol_binding *here = name->top;
    if (!here->implicit) {
        pol_implicit *implicit = arena_new(scopes->arena, pol_implicit);
        *implicit = (pol_implicit){.name = name, .declaration = declaration,
                                   .scope = scopes->scope,
                                   .next = scopes->implicits};
        scopes->implicits = implicit;
        scopes->implicit_count++;
        here->implicit = implicit;
    }
    node->slot = -1;
    node->link = here->implicit->nodes;
    here->implicit->nodes = node;
}

bool pol_scope_use(pol_scopes *scopes, pol_name *name, pol_node *node,
                   bool *hidden)
{
    *hidden = false;
    pol_binding *b = name->top;
    for (; b && b->kind == POL_BIND_LATER; b = b->outer)
        *hidden = true;
    if (b && b->kind == POL_BIND_SEEN) {
        *hidden |= !b->origin;
        b = b->origin;
    }
    if (!b)
        return false;
    b->used = true;
    mark_seen(scopes, name, b);
    if (b->kind == POL_BIND_DECLARED) {
        add_use(scopes, name, node, b->declaration);
    } else {
        node->slot = b->slot;
        node->mark = b->depth;
    }
    return true;
}

void pol_scope_implicit(pol_scopes *scopes, pol_name *name, pol_node *node)
{
    mark_seen(scopes, name, NULL);
    add_use(scopes, name, node, 0);
}

void pol_scope_fresh(pol_scopes *scopes, pol_node *node)
{
    node->slot = (int32_t)scopes->slots++;
    node->mark = scopes->scope->depth;
}

static int by_name_and_place(const void *a, const void *b)
{
    const pol_implicit *x = *(pol_implicit *const *)a;
    const pol_implicit *y = *(pol_implicit *const *)b;
    if (x->name != y->name)
        return x->name->id < y->name->id ? -1 : 1;
    if (x->declaration != y->declaration)
        return x->declaration < y->declaration ? -1 : 1;
    return (x->scope->serial > y->scope->serial) -
           (x->scope->serial < y->scope->serial);
}

static void set_slot(pol_implicit *implicit, int32_t slot, uint16_t depth)
{
    pol_node *next;
    for (pol_node *node = implicit->nodes; node; node = next) {
        next = (pol_node *)node->link;
        node->link = NULL;
        node->slot = slot;
        node->mark = depth;
    }
}

/* Numbers of scopes nest, so in their order an outermost body comes just before
 * those inside it. */
void pol_scope_finish(pol_scopes *scopes)
{
    uint32_t count = scopes->implicit_count;
    if (!count)
        return;
    pol_implicit **all = arena_array(scopes->arena, pol_implicit *, count);
    uint32_t n = 0;
    for (pol_implicit *i = scopes->implicits; i; i = i->next)
        all[n++] = i;
    qsort(all, count, sizeof *all, by_name_and_place);
    const pol_implicit *owner = NULL;
    int32_t slot = -1;
    for (uint32_t i = 0; i < count; i++) {
        if (!owner || owner->name != all[i]->name ||
            owner->declaration != all[i]->declaration ||
            all[i]->scope->serial >= owner->scope->end) {
            owner = all[i];
            slot = (int32_t)scopes->slots++;
        }
        set_slot(all[i], slot, owner->scope->depth);
    }
}
