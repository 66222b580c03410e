/* SPDX-License-Identifier: Apache-2.0
 *
 * The resolver: walks every definition in the order in which names come into
 * being. Parameters, then a body's literals, then the head's terms, which see
 * the body's variables. Each `else` alternative has a body of its own and shares
 * the parameters only. */
#include "resolve.h"

#include "default.h"

/* ---- declarations -------------------------------------------------------- */

static bool is_wildcard(const pol_node *var)
{
    return pol_str_eq(var->text, STR("_"));
}

static void report_obstacle(pol_resolver *r, const pol_node *var,
                            const pol_binding *obstacle)
{
    static const struct {
        pol_diag_code code;
        const char *message, *label;
    } kinds[] = {
        [POL_BIND_LATER] = {POL_DIAG_P0214, "", ""},
        [POL_BIND_SEEN] = {POL_DIAG_P0214, "var `%.*s` referenced above",
                           "used before it is declared"},
        [POL_BIND_ARG] = {POL_DIAG_P0216, "arg `%.*s` redeclared",
                          "the argument"},
        [POL_BIND_ASSIGNED] = {POL_DIAG_P0213, "var `%.*s` assigned above",
                               "assigned here"},
        [POL_BIND_DECLARED] = {POL_DIAG_P0215, "var `%.*s` declared above",
                               "declared here"},
        [POL_BIND_MEMBER] = {POL_DIAG_P0215, "var `%.*s` declared above",
                             "declared here"},
        [POL_BIND_EVERY] = {POL_DIAG_P0215, "var `%.*s` declared above",
                            "declared here"},
    };
    if (obstacle->kind == POL_BIND_SEEN && obstacle->origin &&
        obstacle->origin->kind == POL_BIND_ARG && r->depth == 0)
        obstacle = obstacle->origin;
    pol_diags *diags = r->compile->diags;
    pol_diag *diag =
        pol_diag_add(diags, kinds[obstacle->kind].code, var->span,
                     kinds[obstacle->kind].message, (int)var->text.len,
                     var->text.ptr);
    if (obstacle->span.src)
        pol_diag_label(diags, diag, obstacle->span, "%s",
                       kinds[obstacle->kind].label);
    pol_diag_help(diags, diag, obstacle->kind == POL_BIND_SEEN
                                   ? "declare it before its first use"
                                   : "use another name, or compare with `==`");
}

static void declare(pol_resolver *r, pol_node *var, pol_binding_kind kind)
{
    if (is_wildcard(var)) {
        pol_scope_fresh(&r->scopes, var);
        return;
    }
    pol_name *name = pol_scope_name(&r->scopes, var->text);
    pol_binding *obstacle = pol_scope_declare(&r->scopes, name, kind, var);
    if (!obstacle)
        return;
    report_obstacle(r, var, obstacle);
    obstacle->used = name->top->used = true; /* one mistake is said once */
}

static const char *words_of(const pol_node *term)
{
    switch ((pol_node_kind)term->kind) {
    case POL_NODE_NULL:
        return "null";
    case POL_NODE_BOOL:
        return "boolean";
    case POL_NODE_NUMBER:
        return "number";
    case POL_NODE_STRING:
    case POL_NODE_TEMPLATE:
        return "string";
    case POL_NODE_REF:
        return "ref";
    case POL_NODE_CALL:
        return "call";
    case POL_NODE_ARRAY:
        return "array";
    case POL_NODE_OBJECT:
        return "object";
    case POL_NODE_SET:
        return "set";
    case POL_NODE_ARRAY_COMPR:
        return "arraycomprehension";
    case POL_NODE_SET_COMPR:
        return "setcomprehension";
    case POL_NODE_OBJECT_COMPR:
        return "objectcomprehension";
    default:
        return "term";
    }
}

static void report_shadowing(pol_resolver *r, const pol_node *var,
                             const char *what)
{
    pol_diag *diag = pol_diag_add(r->compile->diags, POL_DIAG_P0217, var->span,
                                  "%s must not shadow `%.*s`", what,
                                  (int)var->text.len, var->text.ptr);
    pol_diag_help(r->compile->diags, diag, "use a different variable name");
}

static bool is_document(const pol_node *var)
{
    return pol_str_eq(var->text, STR("input")) ||
           pol_str_eq(var->text, STR("data"));
}

/* A key in a pattern of `:=`: the variables of the body are not seen there, as in
 * OPA. */
static void resolve_key(pol_resolver *r, pol_node *key)
{
    if (key->kind == POL_NODE_VAR && !is_wildcard(key))
        pol_scope_implicit(&r->scopes, pol_scope_name(&r->scopes, key->text),
                           key);
    else
        pol_resolve_term(r, key);
}

/* The left side of `:=`. */
static void declare_assigned(pol_resolver *r, pol_node *term)
{
    if (term->kind == POL_NODE_VAR) {
        if (is_document(term) && !r->lenient)
            report_shadowing(r, term, "variables");
        declare(r, term, POL_BIND_ASSIGNED);
    } else if (term->kind == POL_NODE_ARRAY) {
        for (pol_node *t = term->child; t; t = t->next)
            declare_assigned(r, t);
    } else if (term->kind == POL_NODE_OBJECT) {
        for (pol_node *key = term->child; key; key = key->next->next) {
            resolve_key(r, key);
            declare_assigned(r, key->next);
        }
    } else {
        pol_resolve_term(r, term);
        pol_diag *diag =
            pol_diag_add(r->compile->diags, POL_DIAG_P0218, term->span,
                         "cannot assign to %s", words_of(term));
        pol_diag_help(r->compile->diags, diag, "compare with `==`");
    }
}

/* The pattern of `some … in`: what is no variable is compared. */
static void declare_pattern(pol_resolver *r, pol_node *term, pol_span literal)
{
    if (term->kind == POL_NODE_VAR) {
        const pol_name *name = pol_scope_name(&r->scopes, term->text);
        const pol_binding *b = name->top;
        if (b && b->kind == POL_BIND_MEMBER && b->scope == r->scopes.scope &&
            b->span.off >= literal.off && !is_wildcard(term)) {
            term->slot = b->slot; /* some x, x in xs: both are equal */
            term->mark = b->depth;
        } else {
            declare(r, term, POL_BIND_MEMBER);
        }
    } else if (term->kind == POL_NODE_ARRAY) {
        for (pol_node *t = term->child; t; t = t->next)
            declare_pattern(r, t, literal);
    } else if (term->kind == POL_NODE_OBJECT) {
        for (pol_node *key = term->child; key; key = key->next->next) {
            pol_resolve_term(r, key);
            declare_pattern(r, key->next, literal);
        }
    } else {
        pol_resolve_term(r, term);
    }
}

/* Names that a pattern will declare have no outside meaning before that. */
static void announce_pattern(pol_resolver *r, const pol_node *term)
{
    if (term->kind == POL_NODE_VAR) {
        if (!is_wildcard(term))
            pol_scope_later(&r->scopes, pol_scope_name(&r->scopes, term->text));
    } else if (term->kind == POL_NODE_ARRAY) {
        for (const pol_node *t = term->child; t; t = t->next)
            announce_pattern(r, t);
    } else if (term->kind == POL_NODE_OBJECT) {
        for (const pol_node *key = term->child; key; key = key->next->next)
            announce_pattern(r, key->next);
    }
}

static void announce(pol_resolver *r, const pol_node *body)
{
    for (const pol_node *l = body->child; l; l = l->next) {
        if (l->kind == POL_NODE_ASSIGN) {
            announce_pattern(r, l->child);
        } else if (l->kind == POL_NODE_SOME || l->kind == POL_NODE_SOME_IN) {
            for (const pol_node *t = l->child; t; t = t->next) {
                if (t->next || l->kind == POL_NODE_SOME) /* not the domain */
                    announce_pattern(r, t);
            }
        }
    }
}

/* ---- unused names -------------------------------------------------------- */

static void check_used(void *context, const pol_binding *b)
{
    pol_resolver *r = context;
    if (b->used || b->kind == POL_BIND_SEEN || b->kind == POL_BIND_LATER ||
        b->kind == POL_BIND_MEMBER)
        return;
    pol_diags *diags = r->compile->diags;
    pol_str text = b->name->text;
    if (b->kind == POL_BIND_DECLARED || b->kind == POL_BIND_EVERY) {
        pol_diag *diag =
            pol_diag_add(diags, POL_DIAG_P0220, b->span,
                         "declared var `%.*s` unused", (int)text.len, text.ptr);
        pol_diag_help(diags, diag, b->kind == POL_BIND_EVERY ? "write `_`"
                                                             : "remove it");
    } else if (r->compile->strict && b->kind == POL_BIND_ASSIGNED) {
        pol_diag *diag =
            pol_diag_add(diags, POL_DIAG_P0221, b->span,
                         "assigned var `%.*s` unused", (int)text.len, text.ptr);
        pol_diag_help(diags, diag, "remove it, or assign to `_`");
    } else if (r->compile->strict && b->kind == POL_BIND_ARG &&
               text.ptr[0] != '$') {
        pol_diag *diag =
            pol_diag_add(diags, POL_DIAG_P0222, b->span,
                         "unused argument `%.*s`", (int)text.len, text.ptr);
        pol_diag_help(diags, diag, "write `_`");
    }
}

/* ---- literals ------------------------------------------------------------ */

static void resolve_literals(pol_resolver *r, pol_node *body);
static void resolve_literal(pol_resolver *r, pol_node *literal);

static void open_body(pol_resolver *r)
{
    pol_scope_push(&r->scopes, ++r->depth);
}

static void close_body(pol_resolver *r)
{
    pol_scope_pop(&r->scopes, check_used, r);
    r->depth--;
}

void pol_resolve_comprehension(pol_resolver *r, pol_node *node)
{
    open_body(r);
    resolve_literals(r, node->last);
    for (pol_node *head = node->child; head != node->last; head = head->next)
        pol_resolve_term(r, head);
    close_body(r);
}

static void resolve_every(pol_resolver *r, pol_node *literal)
{
    pol_node *body = literal->last;
    pol_node *domain = literal->child;
    while (domain->next != body)
        domain = domain->next;
    pol_resolve_term(r, domain);
    open_body(r);
    for (pol_node *var = literal->child; var != domain; var = var->next)
        declare(r, var, POL_BIND_EVERY);
    resolve_literals(r, body);
    close_body(r);
}

/* A single literal in `not`, `and`, `or`: it binds nothing. */
static void resolve_operand_literal(pol_resolver *r, pol_node *literal,
                                    const char *where)
{
    if (literal->kind != POL_NODE_ASSIGN) {
        resolve_literal(r, literal);
        return;
    }
    pol_diag *diag =
        pol_diag_add(r->compile->diags, POL_DIAG_P0219, literal->span,
                     "cannot assign vars inside %s", where);
    pol_diag_help(r->compile->diags, diag,
                  "assign before, or compare with `==`");
}

/* An operand of `not`, `and`, `or`: a literal (the parser may have put a body
 * around it, which is then no scope) or a body in braces. */
static void resolve_operand(pol_resolver *r, pol_node *operand,
                            const char *where)
{
    if (operand->kind != POL_NODE_BODY) {
        resolve_operand_literal(r, operand, where);
    } else if (operand->flags & POL_NODE_GENERATED) {
        for (pol_node *l = operand->child; l; l = l->next)
            resolve_operand_literal(r, l, where);
    } else {
        open_body(r);
        resolve_literals(r, operand);
        close_body(r);
    }
}

static void resolve_some_in(pol_resolver *r, pol_node *literal)
{
    pol_resolve_term(r, literal->last);
    for (pol_node *t = literal->child; t != literal->last; t = t->next)
        declare_pattern(r, t, literal->span);
}

static void resolve_parts(pol_resolver *r, pol_node *literal)
{
    switch ((pol_node_kind)literal->kind) {
    case POL_NODE_EXPR:
        if (literal->child->kind == POL_NODE_CALL)
            pol_resolve_statement(r, literal);
        else
            pol_resolve_term(r, literal->child);
        break;
    case POL_NODE_ASSIGN:
        pol_resolve_term(r, literal->last);
        declare_assigned(r, literal->child);
        break;
    case POL_NODE_NOT:
        resolve_operand(r, literal->child, "negated expression");
        break;
    case POL_NODE_AND:
        resolve_operand(r, literal->child, "implicit and operand");
        resolve_operand(r, literal->last, "implicit and operand");
        break;
    case POL_NODE_OR:
        resolve_operand(r, literal->child, "implicit or operand");
        resolve_operand(r, literal->last, "implicit or operand");
        break;
    case POL_NODE_SOME:
        for (pol_node *var = literal->child; var; var = var->next)
            declare(r, var, POL_BIND_DECLARED);
        break;
    case POL_NODE_SOME_IN:
        resolve_some_in(r, literal);
        break;
    case POL_NODE_EVERY:
        resolve_every(r, literal);
        break;
    default: /* UNIFY */
        for (pol_node *t = literal->child; t; t = t->next)
            pol_resolve_term(r, t);
        break;
    }
}

static void resolve_literal(pol_resolver *r, pol_node *literal)
{
    for (pol_node *w = literal->withs; w; w = w->next)
        pol_resolve_with(r, w);
    resolve_parts(r, literal);
}

static void resolve_literals(pol_resolver *r, pol_node *body)
{
    announce(r, body);
    for (pol_node *l = body->child; l; l = l->next)
        resolve_literal(r, l);
}

/* ---- definitions --------------------------------------------------------- */

static void declare_arg(pol_resolver *r, pol_node *term, int32_t slot,
                        bool *unmatched);

/* Declares the variables of a set or of a key in a pattern. Nothing binds such a
 * variable: unless a parameter in front of it does, the pattern fits nothing. A
 * call or template there never does. */
static void declare_member(pol_resolver *r, pol_node *term, bool *unmatched)
{
    if (term->kind == POL_NODE_VAR && !is_document(term)) {
        *unmatched |= !pol_scope_name(&r->scopes, term->text)->top;
        declare_arg(r, term, -1, unmatched);
    } else if (term->kind == POL_NODE_ARRAY || term->kind == POL_NODE_SET ||
               term->kind == POL_NODE_OBJECT) {
        for (pol_node *t = term->child; t; t = t->next)
            declare_member(r, t, unmatched);
    } else if (term->kind == POL_NODE_CALL ||
               term->kind == POL_NODE_TEMPLATE) {
        *unmatched = true;
    }
}

/* Declares the variables of a parameter's pattern; `slot` -1 inside of one. */
static void declare_arg(pol_resolver *r, pol_node *term, int32_t slot,
                        bool *unmatched)
{
    if (term->kind == POL_NODE_VAR) {
        if (is_document(term))
            report_shadowing(r, term, "args");
        pol_name *name = pol_scope_name(&r->scopes, term->text);
        bool wildcard = is_wildcard(term);
        if (wildcard && slot < 0) {
            pol_scope_fresh(&r->scopes, term);
        } else if (wildcard) {
            term->slot = slot;
        } else if (name->top) { /* f(x, x): both are equal */
            name->top->used = true;
            term->slot = name->top->slot;
        } else {
            pol_scope_declare_arg(&r->scopes, name, term, slot);
        }
    } else if (term->kind == POL_NODE_ARRAY) {
        for (pol_node *t = term->child; t; t = t->next)
            declare_arg(r, t, -1, unmatched);
    } else if (term->kind == POL_NODE_OBJECT) {
        for (pol_node *key = term->child; key; key = key->next->next) {
            if (key->kind == POL_NODE_VAR && is_document(key))
                report_shadowing(r, key, "args");
            declare_member(r, key, unmatched);
            declare_arg(r, key->next, -1, unmatched);
        }
    } else if (term->kind == POL_NODE_SET) {
        declare_member(r, term, unmatched);
    }
}

static bool is_of_argument(pol_resolver *r, const pol_node *ref)
{
    return ref->child->kind == POL_NODE_VAR &&
           pol_scope_name(&r->scopes, ref->child->text)->top;
}

/* What is no pattern in a parameter is a value to compare with. It may not look
 * into documents: nothing is evaluated before the arguments are there. */
static void resolve_arg(pol_resolver *r, pol_node *term)
{
    if (term->kind == POL_NODE_CALL ||
        (term->kind == POL_NODE_REF && !is_of_argument(r, term))) {
        pol_diag *diag = pol_diag_add(
            r->compile->diags, POL_DIAG_P0201, term->span,
            "an argument cannot be a %s", words_of(term));
        pol_diag_help(r->compile->diags, diag,
                      "take a variable and compare it in the body");
        return;
    }
    if (term->kind == POL_NODE_VAR)
        return;
    if (term->kind == POL_NODE_ARRAY) {
        for (pol_node *t = term->child; t; t = t->next)
            resolve_arg(r, t);
    } else if (term->kind == POL_NODE_OBJECT) {
        for (pol_node *key = term->child; key; key = key->next->next) {
            pol_resolve_term(r, key);
            resolve_arg(r, key->next);
        }
    } else {
        pol_resolve_term(r, term);
    }
}

/* A template as a parameter may use variables of the body: it is compared there.
 * The parameter becomes a variable with a name that no source can have. */
static void move_template(pol_resolver *r, pol_ast_rule *rule, pol_node *arg,
                          int32_t number)
{
    pol_arena *arena = r->compile->arena;
    pol_str name = pol_str_of(pol_arena_printf(arena, "$argument%d", number));
    pol_node *template = pol_ast_copy(arena, arg);
    pol_node *next = arg->next;
    *arg = *pol_ast_text(arena, POL_NODE_VAR, arg->span, name);
    arg->flags = POL_NODE_GENERATED;
    arg->next = next;
    for (pol_ast_rule *a = rule; a; a = a->else_rule) {
        pol_node *unify = pol_ast_node(arena, POL_NODE_UNIFY, arg->span);
        unify->flags = POL_NODE_GENERATED;
        pol_ast_add(unify, pol_ast_text(arena, POL_NODE_VAR, arg->span, name));
        pol_ast_add(unify, pol_ast_copy(arena, template));
        pol_span span = a->body->span;
        pol_ast_add(a->body, unify);
        a->body->span = span;
    }
}

static void resolve_head(pol_resolver *r, pol_ast_rule *rule)
{
    if (rule->ref && rule->ref->kind == POL_NODE_REF) {
        for (pol_node *t = rule->ref->child->next; t; t = t->next)
            pol_resolve_term(r, t);
    }
    if (rule->key)
        pol_resolve_term(r, rule->key);
    if (rule->value)
        pol_resolve_term(r, rule->value);
}

static void resolve_alternative(pol_resolver *r, pol_ast_rule *rule, bool first)
{
    pol_scope_push(&r->scopes, 0);
    if (rule->body)
        resolve_literals(r, rule->body);
    if (first)
        resolve_head(r, rule);
    else if (rule->value)
        pol_resolve_term(r, rule->value);
    pol_scope_pop(&r->scopes, check_used, r);
}

static void keep_dependencies(pol_resolver *r, pol_ast_rule *rule)
{
    uint32_t count = r->dependency_count;
    if (!count)
        return;
    size_t bytes = count * sizeof *r->dependencies;
    pol_dependencies *all =
        pol_arena_alloc(r->compile->arena, sizeof *all + bytes);
    all->count = count;
    memcpy(all->items, r->dependencies, bytes);
    rule->link = all;
}

/* `count(x)` alone at the top of a module is a call that was meant for a body,
 * where `f(x)` defines a function. */
static void check_lone_call(pol_resolver *r, const pol_ast_rule *rule)
{
    bool lone = rule->args && rule->generated_body && !rule->is_default &&
                (rule->value->flags & POL_NODE_GENERATED);
    pol_str name = lone ? pol_resolve_dotted(r, rule->ref) : STR("");
    if (!name.len || pol_registry_find(r->compile->registry, name) < 0)
        return;
    pol_diag *diag = pol_diag_add(
        r->compile->diags, POL_DIAG_P0118, rule->span,
        "a rule of this form cannot have the name of built-in function `%.*s`",
        (int)name.len, name.ptr);
    pol_diag_help(r->compile->diags, diag,
                  "put the call into a body, or give the function a value");
}

static void resolve_rule(pol_resolver *r, pol_ast_rule *rule)
{
    check_lone_call(r, rule);
    r->depth = 0;
    r->dependency_count = 0;
    pol_scope_begin(&r->scopes, rule->arg_count);
    pol_scope_push(&r->scopes, 0);
    if (rule->is_default)
        pol_default_check(r->compile->diags, rule);
    int32_t number = 0;
    for (pol_node *arg = rule->args; arg; arg = arg->next, number++) {
        if (arg->kind == POL_NODE_TEMPLATE && rule->body)
            move_template(r, rule, arg, number);
        declare_arg(r, arg, number, &rule->unmatched);
    }
    for (pol_node *arg = rule->args; arg; arg = arg->next)
        resolve_arg(r, arg);
    for (pol_ast_rule *a = rule; a; a = a->else_rule)
        resolve_alternative(r, a, a == rule);
    pol_scope_pop(&r->scopes, check_used, r);
    pol_scope_finish(&r->scopes);
    rule->slots = r->scopes.slots;
    keep_dependencies(r, rule);
}

static void resolve_rules(pol_resolver *r, pol_ast_rule *rules)
{
    for (pol_ast_rule *rule = rules; rule; rule = rule->next)
        resolve_rule(r, rule);
}

static void enter_module(pol_resolver *r, const pol_ast_module *module)
{
    r->module_epoch = ++r->epoch;
    r->policy = NULL;
    r->package = pol_tree_package(r->compile->root, module);
    r->lenient = module->v0 && !r->compile->strict;
    pol_imports_enter(r, module);
}

void pol_resolve_modules(pol_compile *compile)
{
    pol_resolver r = {.compile = compile};
    pol_scope_init(&r.scopes, compile->arena);
    const pol_policy *policy = compile->policies;
    for (pol_ast_module *m = compile->modules; m; m = m->next) {
        enter_module(&r, m);
        resolve_rules(&r, m->rules);
        for (pol_ast_policy *ast = m->policies; ast; ast = ast->next) {
            /* Policies stand in compile->policies in this very order. */
            while (policy && policy->ast != ast)
                policy = policy->next;
            r.policy = policy;
            r.epoch++;
            resolve_rules(&r, ast->rules);
        }
        r.policy = NULL;
        pol_imports_leave(&r, m);
    }
}

void pol_resolve_query(pol_compile *compile, pol_node *body,
                       pol_ast_rule *holder, bool v0)
{
    pol_resolver r = {.compile = compile,
                      .lenient = v0 && !compile->strict,
                      .epoch = 1};
    pol_scope_init(&r.scopes, compile->arena);
    holder->body = body;
    holder->arg_count = 0;
    resolve_rule(&r, holder);
}
