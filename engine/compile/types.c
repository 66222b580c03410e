/* SPDX-License-Identifier: Apache-2.0
 *
 * The type check. Every definition is walked once, in the order in which its
 * literals run, with what is known of its variables; what its head comes to is
 * kept for the rules that refer to it, which is why a rule may be walked in the
 * middle of another. Bodies of `every` are not looked into, as in OPA. */
#include "typing.h"

/* Rules that are needed by one another deeper than this are not known. */
enum { DEEPEST = 64 };

/* In `env`: bound to something unknown. NULL there is a variable that was not
 * met yet, whose first meeting says what it is. */
static const pol_typing unknown_value;

typedef struct rule_types {
    const pol_typing *result;
    const pol_typing **params; /* FUNCTION */
    bool known, busy;
    bool begun; /* a definition was walked: the types above hold something */
} rule_types;

typedef struct checker {
    pol_compile *compile;
    rule_types *rules; /* by id */
    const pol_typing **env; /* by slot of the definition at hand */
    uint32_t depth;
    bool quiet; /* a `with` may have changed what is known */
} checker;

static const pol_typing *type_of(checker *c, pol_node *term);
static void bind(checker *c, pol_node *pattern, const pol_typing *t);
static void check_body(checker *c, pol_node *body);
static const rule_types *types_of_rule(checker *c, const pol_rule *rule);

static const pol_typing *scalar(checker *c, unsigned tags)
{
    return pol_typing_scalar(c->compile->arena, (uint16_t)tags);
}

/* ---- reports ------------------------------------------------------------- */

static void report_match(checker *c, pol_span span)
{
    if (!c->quiet)
        pol_diag_add(c->compile->diags, POL_DIAG_P0206, span,
                     "match error: the two sides can never be equal");
}

static const char *words(checker *c, const pol_typing *t)
{
    static const struct {
        uint16_t tag;
        const char *word;
    } kinds[] = {{1 << POL_NULL, "null"},      {POL_TYPING_BOOL, "boolean"},
                 {POL_TYPING_NUMBER, "number"}, {1 << POL_STRING, "string"},
                 {1 << POL_ARRAY, "array"},    {1 << POL_OBJECT, "object"},
                 {1 << POL_SET, "set"}};
    const char *all = "";
    for (size_t i = 0; t && i < countof(kinds); i++) {
        if (t->tags & kinds[i].tag)
            all = *all ? pol_arena_printf(c->compile->arena, "%s or %s", all,
                                          kinds[i].word)
                       : kinds[i].word;
    }
    return t ? all : "any";
}

static void report_argument(checker *c, const pol_node *call, uint32_t number,
                            const pol_typing *got)
{
    if (c->quiet)
        return;
    const pol_builtin_entry *entry =
        call->slot >= 0 ? pol_registry_at(c->compile->registry,
                                          (uint32_t)call->slot)
                        : NULL;
    const char *name = entry ? entry->row->name
                             : ((const pol_rule *)call->link)->path.ptr;
    pol_diag *diag =
        pol_diag_add(c->compile->diags, POL_DIAG_P0205, call->span,
                     "%s: invalid argument(s)", name);
    const pol_node *arg = pol_ast_child(call, number);
    pol_diag_label(c->compile->diags, diag, arg->span,
                   "argument %u is of type %s", number, words(c, got));
    if (!entry)
        return;
    pol_diag_help(c->compile->diags, diag, "it must be %s",
                  pol_type_text(entry->params[number - 1], c->compile->arena));
}

static void report_ref(checker *c, const pol_node *ref)
{
    if (!c->quiet)
        pol_diag_add(c->compile->diags, POL_DIAG_P0207, ref->span,
                     "undefined ref: what stands in front of it has no such "
                     "member");
}

/* ---- collections --------------------------------------------------------- */

static const pol_typing *array_type(checker *c, const pol_node *term)
{
    pol_arena *arena = c->compile->arena;
    pol_typing *t = arena_new(arena, pol_typing);
    t->tags = 1 << POL_ARRAY;
    t->is_tuple = term->count <= POL_TYPING_MOST;
    if (t->is_tuple)
        t->tuple = arena_array(arena, const pol_typing *, term->count);
    for (pol_node *n = term->child; n; n = n->next) {
        const pol_typing *element = type_of(c, n);
        if (t->is_tuple)
            t->tuple[t->tuple_len++] = element;
    }
    return t;
}

static const pol_typing *set_type(checker *c, const pol_node *term)
{
    pol_typing *t = arena_new(c->compile->arena, pol_typing);
    t->tags = 1 << POL_SET;
    t->is_filled = term->count > 0;
    for (pol_node *n = term->child; n; n = n->next) {
        const pol_typing *member = type_of(c, n);
        t->member = n == term->child
                        ? member
                        : pol_typing_union(c->compile->arena, t->member, member);
    }
    return t;
}

static bool is_scalar(const pol_node *term)
{
    return term->kind == POL_NODE_STRING || term->kind == POL_NODE_NUMBER ||
           term->kind == POL_NODE_BOOL || term->kind == POL_NODE_NULL;
}

static const pol_typing *object_type(checker *c, const pol_node *term)
{
    pol_arena *arena = c->compile->arena;
    pol_typing *t = arena_new(arena, pol_typing);
    uint32_t count = term->count / 2;
    t->tags = 1 << POL_OBJECT;
    t->is_record = count <= POL_TYPING_MOST;
    if (t->is_record) {
        t->names = pol_items(arena, count);
        t->members = arena_array(arena, const pol_typing *, count);
    }
    for (pol_node *key = term->child; key; key = key->next->next) {
        type_of(c, key);
        const pol_typing *value = type_of(c, key->next);
        t->is_record = t->is_record && is_scalar(key) &&
                       pol_constant_term(arena, key,
                                         &t->names[t->member_count]);
        if (t->is_record)
            t->members[t->member_count++] = value;
    }
    return t;
}

static const pol_typing *comprehension_type(checker *c, pol_node *term)
{
    check_body(c, term->last);
    pol_typing *t = arena_new(c->compile->arena, pol_typing);
    const pol_typing *first = type_of(c, term->child);
    if (term->kind == POL_NODE_OBJECT_COMPR) {
        t->tags = 1 << POL_OBJECT;
        t->key = first;
        t->value = type_of(c, term->child->next);
    } else {
        t->tags = term->kind == POL_NODE_SET_COMPR ? 1 << POL_SET
                                                   : 1 << POL_ARRAY;
        t->element = t->member = first;
    }
    return t;
}

/* ---- references ---------------------------------------------------------- */

/* The type of what stands in front of the operands that are left, *rest. */
static const pol_typing *base_type(checker *c, pol_node *ref, pol_node **rest)
{
    pol_node *head = ref->child;
    *rest = head->next;
    if (head->kind != POL_NODE_VAR || head->slot != POL_SLOT_DATA)
        return type_of(c, head);
    uint32_t used;
    const pol_tree *node = pol_tree_walk(c->compile->root, ref, &used);
    for (; used; used--)
        *rest = (*rest)->next;
    if (!node->rule || node->rule->kind == POL_RULE_FUNCTION)
        return NULL;
    return types_of_rule(c, node->rule)->result;
}

static const pol_typing *ref_type(checker *c, pol_node *ref)
{
    pol_arena *arena = c->compile->arena;
    pol_node *rest;
    if (ref->flags & POL_NODE_GENERATED && ref->child->kind == POL_NODE_ARRAY)
        return NULL; /* undefined on purpose: see withs.c */
    const pol_typing *t = base_type(c, ref, &rest);
    bool good = true;
    for (; rest; rest = rest->next) {
        pol_value constant;
        bool known = is_scalar(rest) && pol_constant_term(arena, rest, &constant);
        const pol_typing *key = type_of(c, rest), *keys, *values;
        if (!known && pol_typing_elements(arena, t, &keys, &values))
            bind(c, rest, keys);
        const pol_typing *next = NULL;
        pol_typing_key by = {key, known ? &constant : NULL};
        if (good && !pol_typing_member(arena, t, by, &next)) {
            report_ref(c, ref);
            good = false;
        } else if (good && !known && !next) {
            pol_typing_elements(arena, t, &keys, &next);
        }
        t = good ? next : NULL;
    }
    return t;
}

/* ---- calls --------------------------------------------------------------- */

static bool calls(const checker *c, const pol_node *call, const char *name)
{
    return call->kind == POL_NODE_CALL && call->slot >= 0 &&
           strcmp(pol_registry_at(c->compile->registry, (uint32_t)call->slot)
                      ->row->name,
                  name) == 0;
}

/* `x in xs`: can any element be x? */
static void check_member(checker *c, const pol_node *call, const pol_typing *x,
                         const pol_typing *xs)
{
    const pol_typing *key, *value;
    if (!xs || xs->tags & ~POL_TYPING_COLLECTION ||
        !pol_typing_elements(c->compile->arena, xs, &key, &value))
        return;
    if (pol_typing_disjoint(x, value))
        report_match(c, call->span);
}

static const pol_typing *builtin_type(checker *c, pol_node *call)
{
    const pol_builtin_entry *entry =
        pol_registry_at(c->compile->registry, (uint32_t)call->slot);
    const pol_typing *args[2] = {NULL, NULL};
    uint32_t number = 0;
    for (pol_node *arg = call->child->next; arg; arg = arg->next) {
        const pol_typing *t = type_of(c, arg);
        if (number < 2)
            args[number] = t;
        number++;
        if (!entry->variadic && number <= entry->arity &&
            !pol_typing_fits(t, entry->params[number - 1]))
            report_argument(c, call, number, t);
    }
    if (calls(c, call, "internal.member_2"))
        check_member(c, call, args[0], args[1]);
    return entry->is_void ? NULL
                          : pol_typing_of(c->compile->arena, entry->result);
}

static const pol_typing *function_type(checker *c, pol_node *call)
{
    const pol_rule *rule = call->link;
    const rule_types *types = types_of_rule(c, rule);
    uint32_t number = 0;
    for (pol_node *arg = call->child->next; arg; arg = arg->next, number++) {
        const pol_typing *t = type_of(c, arg);
        if (types->params && number < rule->arity &&
            pol_typing_disjoint(t, types->params[number]))
            report_argument(c, call, number + 1, t);
    }
    return types->result;
}

static const pol_typing *call_type(checker *c, pol_node *call)
{
    if (call->slot >= 0)
        return builtin_type(c, call);
    return call->slot == POL_SLOT_RULE ? function_type(c, call) : NULL;
}

/* ---- terms --------------------------------------------------------------- */

static void check_literal(checker *c, pol_node *literal);

static const pol_typing *template_type(checker *c, const pol_node *term)
{
    for (pol_node *part = term->child; part; part = part->next) {
        if (part->kind == POL_NODE_BODY)
            check_body(c, part);
    }
    return scalar(c, 1 << POL_STRING);
}

static const pol_typing *type_of(checker *c, pol_node *term)
{
    switch ((pol_node_kind)term->kind) {
    case POL_NODE_NULL:
        return scalar(c, 1 << POL_NULL);
    case POL_NODE_BOOL:
        return scalar(c, POL_TYPING_BOOL);
    case POL_NODE_NUMBER:
        return scalar(c, POL_TYPING_NUMBER);
    case POL_NODE_STRING:
        return scalar(c, 1 << POL_STRING);
    case POL_NODE_TEMPLATE:
        return template_type(c, term);
    case POL_NODE_VAR:
        return term->slot >= 0 && c->env[term->slot] != &unknown_value
                   ? c->env[term->slot]
                   : NULL;
    case POL_NODE_REF:
        return ref_type(c, term);
    case POL_NODE_CALL:
        return call_type(c, term);
    case POL_NODE_ARRAY:
        return array_type(c, term);
    case POL_NODE_OBJECT:
        return object_type(c, term);
    case POL_NODE_SET:
        return set_type(c, term);
    case POL_NODE_ARRAY_COMPR:
    case POL_NODE_SET_COMPR:
    case POL_NODE_OBJECT_COMPR:
        return comprehension_type(c, term);
    default:
        return NULL;
    }
}

/* ---- literals ------------------------------------------------------------ */

static void bind_unknown(checker *c, const pol_node *pattern)
{
    if (pattern->kind == POL_NODE_VAR && pattern->slot >= 0 &&
        !c->env[pattern->slot])
        c->env[pattern->slot] = &unknown_value;
    if (pattern->kind == POL_NODE_ARRAY || pattern->kind == POL_NODE_OBJECT)
        for (const pol_node *n = pattern->child; n; n = n->next)
            bind_unknown(c, n);
}

/* Learns from a value of type `t` what the pattern's variables are. What was
 * met already is not narrowed. */
static void bind(checker *c, pol_node *pattern, const pol_typing *t)
{
    if (!t) {
        bind_unknown(c, pattern);
        return;
    }
    if (pattern->kind == POL_NODE_VAR) {
        if (pattern->slot >= 0 && !c->env[pattern->slot])
            c->env[pattern->slot] = t;
    } else if (pattern->kind == POL_NODE_ARRAY && t->tags & 1 << POL_ARRAY) {
        uint32_t i = 0;
        if (t->is_tuple && t->tuple_len != pattern->count)
            return;
        for (pol_node *n = pattern->child; n; n = n->next, i++)
            bind(c, n, t->is_tuple ? t->tuple[i] : t->element);
    } else if (pattern->kind == POL_NODE_OBJECT && t->tags & 1 << POL_OBJECT) {
        for (pol_node *key = pattern->child; key; key = key->next->next) {
            pol_value name;
            const pol_typing *member;
            pol_typing_key by = {NULL, &name};
            if (is_scalar(key) &&
                pol_constant_term(c->compile->arena, key, &name) &&
                t->tags == 1 << POL_OBJECT &&
                pol_typing_member(c->compile->arena, t, by, &member))
                bind(c, key->next, member);
        }
    }
}

static void check_unify(checker *c, pol_node *literal, pol_node *a, pol_node *b)
{
    const pol_typing *y = type_of(c, b);
    const pol_typing *x = type_of(c, a);
    if (pol_typing_disjoint(x, y))
        report_match(c, literal->span);
    bind(c, a, y);
    bind(c, b, x);
}

static void check_some_in(checker *c, pol_node *literal)
{
    pol_node *domain = literal->last, *pattern = literal->child;
    const pol_typing *t = type_of(c, domain), *key, *value;
    if (t && !(t->tags & POL_TYPING_COLLECTION)) {
        report_match(c, literal->span);
        return;
    }
    if (!pol_typing_elements(c->compile->arena, t, &key, &value)) {
        report_ref(c, literal);
        return;
    }
    if (literal->flags & POL_NODE_KEYED) {
        if (pol_typing_disjoint(type_of(c, pattern), key))
            report_match(c, literal->span);
        bind(c, pattern, key);
        pattern = pattern->next;
    }
    if (pol_typing_disjoint(type_of(c, pattern), value))
        report_match(c, literal->span);
    bind(c, pattern, value);
}

static void check_expr(checker *c, pol_node *literal)
{
    pol_node *term = literal->child;
    if (calls(c, term, "equal"))
        check_unify(c, literal, term->child->next, term->last);
    else
        type_of(c, term);
}

static void check_parts(checker *c, pol_node *literal)
{
    switch ((pol_node_kind)literal->kind) {
    case POL_NODE_EXPR:
        check_expr(c, literal);
        break;
    case POL_NODE_ASSIGN:
    case POL_NODE_UNIFY:
        check_unify(c, literal, literal->child, literal->last);
        break;
    case POL_NODE_NOT:
    case POL_NODE_AND:
    case POL_NODE_OR:
        for (pol_node *n = literal->child; n; n = n->next) {
            if (n->kind == POL_NODE_BODY)
                check_body(c, n);
            else
                check_literal(c, n);
        }
        break;
    case POL_NODE_SOME_IN:
        check_some_in(c, literal);
        break;
    default: /* SOME, EVERY */
        break;
    }
}

static void check_literal(checker *c, pol_node *literal)
{
    bool before = c->quiet;
    for (pol_node *w = literal->withs; w; w = w->next) {
        const pol_node *target = w->child;
        if (target->kind == POL_NODE_REF)
            target = target->child;
        if (w->last->mark != POL_TARGET_FUNCTION)
            type_of(c, w->last);
        c->quiet |= target->slot != POL_SLOT_INPUT;
    }
    check_parts(c, literal);
    c->quiet = before;
}

static void check_body(checker *c, pol_node *body)
{
    for (pol_node *literal = body->child; literal; literal = literal->next)
        check_literal(c, literal);
}

/* ---- rules --------------------------------------------------------------- */

/* What a parameter's pattern takes. */
static const pol_typing *pattern_type(checker *c, pol_node *arg)
{
    return arg->kind == POL_NODE_VAR ? NULL : type_of(c, arg);
}

static const pol_typing *value_type(checker *c, const pol_def *def)
{
    const pol_rule *rule = def->rule;
    pol_ast_rule *ast = def->ast;
    pol_typing *t;
    switch (rule->kind) {
    case POL_RULE_SET:
        t = arena_new(c->compile->arena, pol_typing);
        t->tags = 1 << POL_SET;
        t->member = type_of(c, ast->key);
        return t;
    case POL_RULE_OBJECT: {
        pol_node *key = pol_ast_child(ast->ref, def->suffix);
        const pol_typing *value = ast->value ? type_of(c, ast->value) : NULL;
        if (ast->key)
            type_of(c, ast->key);
        t = arena_new(c->compile->arena, pol_typing);
        t->tags = 1 << POL_OBJECT;
        t->key = type_of(c, key);
        t->value = key->next || !ast->value ? NULL : value;
        return t;
    }
    case POL_RULE_COMPLETE:
    case POL_RULE_FUNCTION:
        break;
    }
    return ast->value ? type_of(c, ast->value) : NULL;
}

/* Walks a definition with its alternatives and adds its types to the rule's. */
static void check_definition(checker *c, const pol_def *def, rule_types *types)
{
    pol_arena *arena = c->compile->arena;
    const pol_typing **env = c->env;
    bool quiet = c->quiet;
    c->quiet = false;
    c->env = arena_array(arena, const pol_typing *, def->ast->slots);
    memset(c->env, 0, def->ast->slots * sizeof *c->env);
    uint32_t number = 0;
    for (pol_node *arg = def->ast->args; arg && types->params;
         arg = arg->next, number++) {
        bind_unknown(c, arg);
        const pol_typing *t = pattern_type(c, arg);
        types->params[number] =
            types->begun ? pol_typing_union(arena, types->params[number], t) : t;
    }
    for (pol_ast_rule *a = def->ast; a; a = a->else_rule) {
        if (a->body)
            check_body(c, a->body);
        const pol_typing *t = a == def->ast ? value_type(c, def)
                              : a->value    ? type_of(c, a->value)
                                            : NULL;
        types->result =
            types->begun ? pol_typing_union(arena, types->result, t) : t;
        types->begun = true;
    }
    c->env = env;
    c->quiet = quiet;
}

static const rule_types *types_of_rule(checker *c, const pol_rule *rule)
{
    static const rule_types unknown;
    rule_types *types = &c->rules[rule->id];
    if (types->known)
        return types;
    if (types->busy || c->depth >= DEEPEST)
        return &unknown;
    types->busy = true;
    c->depth++;
    if (rule->kind == POL_RULE_FUNCTION)
        types->params = arena_array(c->compile->arena, const pol_typing *,
                                    rule->arity);
    for (const pol_def *def = rule->defs; def; def = def->next)
        check_definition(c, def, types);
    if (rule->fallback)
        check_definition(c, rule->fallback, types);
    c->depth--;
    types->busy = false;
    types->known = true;
    return types;
}

static checker begin(pol_compile *compile)
{
    checker c = {.compile = compile};
    c.rules = arena_array(compile->arena, rule_types, compile->rule_count);
    memset(c.rules, 0, compile->rule_count * sizeof *c.rules);
    return c;
}

void pol_types_query(pol_compile *compile, pol_node *body, uint32_t slots)
{
    checker c = begin(compile);
    c.env = arena_array(compile->arena, const pol_typing *, slots);
    memset(c.env, 0, slots * sizeof *c.env);
    check_body(&c, body);
}

void pol_types_check(pol_compile *compile)
{
    checker c = begin(compile);
    for (uint32_t i = 0; i < compile->rule_count; i++)
        types_of_rule(&c, compile->rules[i]);
}
