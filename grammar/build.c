/* SPDX-License-Identifier: Apache-2.0
 *
 * Terms and literals. What a node's children are stands in ast.def. */
#include "build.h"

#include "keys.h"

pol_span pol_build_span(const pol_build *build, const pol_token *token)
{
    return (pol_span){build->src, token->off, token->len};
}

pol_str pol_build_excerpt(const pol_build *build, pol_span span)
{
    enum { MOST = 40 };
    pol_str text = {build->lex->text.ptr + span.off, span.len};
    const char *newline = memchr(text.ptr, '\n', text.len);
    if (newline)
        text.len = (size_t)(newline - text.ptr);
    if (text.len > MOST)
        text.len = MOST;
    return text;
}

static pol_node *new_node(pol_build *build, pol_node_kind kind)
{
    return pol_ast_node(build->arena, kind, POL_NO_SPAN);
}

pol_node *pol_build_list(pol_build *build, pol_node *first)
{
    return pol_ast_add(new_node(build, POL_NODE_ARRAY), first);
}

/* --- terms --- */

pol_node *pol_build_leaf(pol_build *build, pol_node_kind kind,
                         const pol_token *token)
{
    return pol_ast_text(build->arena, kind, pol_build_span(build, token),
                        pol_lex_text(build->lex, token));
}

pol_node *pol_build_number(pol_build *build, const pol_token *token)
{
    pol_node *node = pol_build_leaf(build, POL_NODE_NUMBER, token);
    if (node->text.ptr[0] == '.') { /* readers of numbers want the zero */
        node->text.ptr = pol_arena_printf(build->arena, "0%.*s",
                                          POL_BUILD_ARGS(node->text));
        node->text.len++;
    }
    return node;
}

pol_node *pol_build_string(pol_build *build, const pol_token *token)
{
    pol_node *node = pol_ast_text(build->arena, POL_NODE_STRING,
                                  pol_build_span(build, token),
                                  pol_lex_string(build->lex, token));
    if (token->kind == POL_TK_RAW)
        node->flags |= POL_NODE_RAW;
    return node;
}

/* A call written as an operator: the operator is a name of a builtin. */
static pol_node *operator_call(pol_build *build, const pol_token *token,
                               const char *name)
{
    pol_node *call = new_node(build, POL_NODE_CALL);
    call->flags |= POL_NODE_INFIX;
    return pol_ast_add(call, pol_ast_text(build->arena, POL_NODE_VAR,
                                          pol_build_span(build, token),
                                          pol_str_of(name)));
}

static bool is_named(const pol_node *term)
{
    const pol_node *name = term;
    if (name->kind == POL_NODE_CALL && !(name->flags & POL_NODE_INFIX))
        name = name->child;
    if (name->kind == POL_NODE_REF)
        name = name->child;
    return !(term->flags & POL_NODE_PAREN) &&
           (name->kind == POL_NODE_VAR || name->kind == POL_NODE_CALL);
}

pol_node *pol_build_minus(pol_build *build, const pol_token *minus,
                          pol_node *term)
{
    pol_span span = pol_build_span(build, minus);
    if (term->kind == POL_NODE_NUMBER && !(term->flags & POL_NODE_PAREN)) {
        term->text = (pol_str){
            pol_arena_printf(build->arena, "-%.*s", POL_BUILD_ARGS(term->text)),
            term->text.len + 1};
        term->span = pol_span_join(span, term->span);
        return term;
    }
    if (!is_named(term)) {
        pol_diag *diag = pol_diag_add(build->diags, POL_DIAG_P0129, span,
                                      "`-` needs a number or a name behind it");
        pol_diag_help(build->diags, diag, "subtract from zero: `0 - %.*s`",
                      POL_BUILD_ARGS(pol_build_excerpt(build, term->span)));
        return term;
    }
    pol_node *zero =
        pol_ast_text(build->arena, POL_NODE_NUMBER, span, STR("0"));
    zero->flags |= POL_NODE_GENERATED;
    pol_node *call = operator_call(build, minus, "minus");
    return pol_ast_add(pol_ast_add(call, zero), term);
}

static const char *builtin_of(int kind)
{
    switch (kind) {
    case POL_TK_EQ: return "equal";
    case POL_TK_NE: return "neq";
    case POL_TK_LT: return "lt";
    case POL_TK_LE: return "lte";
    case POL_TK_GT: return "gt";
    case POL_TK_GE: return "gte";
    case POL_TK_OR: case POL_TK_BAR: return "or";
    case POL_TK_AND: return "and";
    case POL_TK_PLUS: return "plus";
    case POL_TK_MINUS: return "minus";
    case POL_TK_STAR: return "mul";
    case POL_TK_SLASH: return "div";
    default: return "rem";
    }
}

pol_node *pol_build_infix(pol_build *build, const pol_token *operator,
                          pol_node *left, pol_node *right)
{
    pol_node *call =
        operator_call(build, operator, builtin_of(operator->kind));
    return pol_ast_add(pol_ast_add(call, left), right);
}

/* OPA reads `in[` as an index into something called `in`, except in
 * `k, v in[…]`. */
static void check_in(pol_build *build, const pol_node *domain)
{
    const char *text = build->lex->text.ptr + domain->span.off;
    if ((text[0] != '[' && text[0] != '.') || text[-1] != 'n')
        return;
    pol_span in = {build->src, domain->span.off - 2, 2};
    pol_diag *diag = pol_diag_add(build->diags, POL_DIAG_P0115, in,
                                  "`in%c` is read as a name", text[0]);
    pol_diag_help(build->diags, diag, "put a space behind `in`");
}

pol_node *pol_build_member(pol_build *build, const pol_token *in,
                           pol_node *key, pol_node *value, pol_node *domain)
{
    if (!key)
        check_in(build, domain);
    pol_node *call = operator_call(
        build, in, key ? "internal.member_3" : "internal.member_2");
    if (key)
        pol_ast_add(call, key);
    return pol_ast_add(pol_ast_add(call, value), domain);
}

/* What a message calls a term of this kind. */
static const char *noun(const pol_node *term)
{
    switch (term->kind) {
    case POL_NODE_STRING: return "a string";
    case POL_NODE_NUMBER: return "a number";
    case POL_NODE_TEMPLATE: return "a template string";
    case POL_NODE_NULL: return "`null`";
    case POL_NODE_BOOL: return "a boolean";
    case POL_NODE_REF: return "a reference";
    case POL_NODE_CALL: return "a call";
    case POL_NODE_ARRAY: case POL_NODE_ARRAY_COMPR: return "an array";
    case POL_NODE_SET: case POL_NODE_SET_COMPR: return "a set";
    case POL_NODE_OBJECT: case POL_NODE_OBJECT_COMPR: return "an object";
    default: return "this term";
    }
}

/* `base` as a REF that takes one more operand. */
static pol_node *open_ref(pol_build *build, pol_node *base)
{
    bool paren = base->flags & POL_NODE_PAREN;
    if (base->kind == POL_NODE_REF && !paren)
        return base;
    if (base->kind == POL_NODE_REF || base->kind == POL_NODE_STRING ||
        base->kind == POL_NODE_NUMBER || base->kind == POL_NODE_TEMPLATE ||
        base->kind == POL_NODE_NULL || base->kind == POL_NODE_BOOL) {
        pol_diag *diag = pol_diag_add(
            build->diags, POL_DIAG_P0123, base->span, "%s%s cannot be indexed",
            noun(base), base->kind == POL_NODE_REF ? " in parentheses" : "");
        pol_diag_help(build->diags, diag,
                      base->kind == POL_NODE_REF
                          ? "take the parentheses off"
                          : "assign it to a variable first");
    }
    return pol_ast_add(new_node(build, POL_NODE_REF), base);
}

pol_node *pol_build_dot(pol_build *build, pol_node *base, const pol_token *name)
{
    pol_node *operand = pol_build_leaf(build, POL_NODE_STRING, name);
    operand->flags |= POL_NODE_DOT;
    return pol_ast_add(open_ref(build, base), operand);
}

static pol_node *close_at(const pol_build *build, pol_node *node,
                          const pol_token *close)
{
    node->span = pol_span_join(node->span, pol_build_span(build, close));
    return node;
}

pol_node *pol_build_index(pol_build *build, pol_node *base, pol_node *operand,
                          const pol_token *close)
{
    pol_node *ref = pol_ast_add(open_ref(build, base), operand);
    return close_at(build, ref, close);
}

pol_node *pol_build_call(pol_build *build, pol_node *callee, pol_node *list,
                         const pol_token *close)
{
    const pol_node *name =
        callee->kind == POL_NODE_REF ? callee->child : callee;
    if (name->kind != POL_NODE_VAR) {
        pol_diag_add(build->diags, POL_DIAG_P0123, name->span,
                     "%s cannot be called", noun(name));
    } else if (!list && callee == name && pol_str_eq(name->text, STR("set"))) {
        callee->kind = POL_NODE_SET;
        callee->text = STR("");
        return close_at(build, callee, close);
    }
    pol_node *call = pol_ast_add(new_node(build, POL_NODE_CALL), callee);
    if (list) {
        callee->next = list->child;
        call->last = list->last;
        call->count += list->count;
    }
    return close_at(build, call, close);
}

pol_node *pol_build_paren(pol_build *build, const pol_token *open,
                          pol_node *term, const pol_token *close)
{
    term->flags |= POL_NODE_PAREN;
    term->span = pol_span_join(pol_build_span(build, open), term->span);
    return close_at(build, term, close);
}

pol_node *pol_build_collection(pol_build *build, pol_node_kind kind,
                               const pol_token *open, pol_node *list,
                               const pol_token *close)
{
    pol_node *node = list ? list : new_node(build, kind);
    node->kind = (uint8_t)kind;
    node->span = pol_build_span(build, open);
    if (kind == POL_NODE_OBJECT)
        pol_keys_merge(build->lex->scratch, node);
    return close_at(build, node, close);
}

pol_node *pol_build_compr_head(pol_build *build, pol_node_kind kind,
                               const pol_token *open, pol_node *term)
{
    pol_node *node =
        pol_ast_node(build->arena, kind, pol_build_span(build, open));
    return pol_ast_add(node, term);
}

pol_node *pol_build_compr(pol_build *build, pol_node *head, pol_node *body,
                          const pol_token *close)
{
    return close_at(build, pol_ast_add(head, body), close);
}

/* --- template strings --- */

static void add_text(pol_build *build, pol_node *template,
                     const pol_token *token)
{
    pol_str text = pol_lex_string(build->lex, token);
    pol_span span = pol_build_span(build, token);
    template->span = pol_span_join(template->span, span);
    if (text.len)
        pol_ast_add(template, pol_ast_text(build->arena, POL_NODE_STRING, span,
                                           text));
}

static void add_expression(pol_build *build, pol_node *template,
                           pol_node *literal)
{
    static const char *const words[POL_NODE_KINDS] = {
        [POL_NODE_ASSIGN] = "`:=`",     [POL_NODE_UNIFY] = "`=`",
        [POL_NODE_NOT] = "`not`",       [POL_NODE_SOME] = "`some`",
        [POL_NODE_SOME_IN] = "`some`",  [POL_NODE_EVERY] = "`every`",
        [POL_NODE_AND] = "`and`",       [POL_NODE_OR] = "`or`"};
    if (words[literal->kind]) {
        pol_diag *diag = pol_diag_add(
            build->diags, POL_DIAG_P0122, literal->span,
            "%s has no value to put into a template string",
            words[literal->kind]);
        pol_diag_help(build->diags, diag,
                      "do that before the string and name its result here");
    }
    pol_ast_add(template, pol_build_body(build, literal));
}

pol_node *pol_build_template(pol_build *build, const pol_token *token,
                             pol_node *literal)
{
    pol_node *template = new_node(build, POL_NODE_TEMPLATE);
    if (build->v0) {
        pol_diag *diag = pol_diag_add(build->diags, POL_DIAG_P0102,
                                      pol_build_span(build, token),
                                      "unexpected template string");
        pol_diag_help(build->diags, diag,
                      "Rego v0 has none, whatever it imports; use `sprintf`");
    }
    if (token->flags & POL_TOKEN_RAW)
        template->flags |= POL_NODE_RAW;
    add_text(build, template, token);
    if (literal)
        add_expression(build, template, literal);
    return template;
}

pol_node *pol_build_template_mid(pol_build *build, pol_node *template,
                                 const pol_token *token, pol_node *literal)
{
    add_text(build, template, token);
    add_expression(build, template, literal);
    return template;
}

pol_node *pol_build_template_end(pol_build *build, pol_node *template,
                                 const pol_token *token)
{
    add_text(build, template, token);
    return template;
}

/* --- literals and bodies --- */

pol_node *pol_build_body(pol_build *build, pol_node *literal)
{
    return pol_ast_add(new_node(build, POL_NODE_BODY), literal);
}

pol_node *pol_build_enclose(pol_build *build, const pol_token *open,
                            pol_node *body, const pol_token *close)
{
    body->span = pol_span_join(pol_build_span(build, open), body->span);
    return close_at(build, body, close);
}

pol_node *pol_build_braced(pol_build *build, const pol_token *open,
                           pol_node *body, const pol_token *close)
{
    if (open->form == POL_FORM_COMPR) {
        pol_diag *diag = pol_diag_add(
            build->diags, POL_DIAG_P0131, pol_build_span(build, open),
            "`{ … | … }` could be a comprehension or a body with a union");
        pol_diag_help(build->diags, diag,
                      "write `({ … | … })` for the comprehension, "
                      "`{( … | … )}` for the union");
    }
    return pol_build_enclose(build, open, body, close);
}

pol_node *pol_build_empty(pol_build *build, const pol_token *open,
                          const pol_token *close)
{
    pol_node *body = pol_build_enclose(build, open,
                                       new_node(build, POL_NODE_BODY), close);
    pol_diag *diag =
        pol_diag_add(build->diags, POL_DIAG_P0126, body->span, "empty body");
    pol_diag_help(build->diags, diag, "a body that always holds is `{ true }`");
    return body;
}

pol_node *pol_build_broken(pol_build *build, const pol_token *at)
{
    pol_span span = {build->src, at->off, 0};
    return pol_ast_node(build->arena, POL_NODE_BODY, span);
}

void pol_build_query(pol_build *build, pol_node *body)
{
    build->query = body;
}

pol_node *pol_build_expr(pol_build *build, pol_node *term)
{
    return pol_ast_add(new_node(build, POL_NODE_EXPR), term);
}

pol_node *pol_build_pair(pol_build *build, pol_node_kind kind, pol_node *left,
                         pol_node *right)
{
    return pol_ast_add(pol_ast_add(new_node(build, kind), left), right);
}

pol_node *pol_build_not(pol_build *build, const pol_token *not,
                        pol_node *operand)
{
    pol_node *node =
        pol_ast_node(build->arena, POL_NODE_NOT, pol_build_span(build, not));
    /* With the new `not`, `not x` means what `not { x }` means. */
    if ((build->keywords & POL_KEYWORD_NOT) && operand->kind != POL_NODE_BODY) {
        operand = pol_build_body(build, operand);
        operand->flags |= POL_NODE_GENERATED;
    }
    return pol_ast_add(node, operand);
}

/* What starts with a brace but is no body: OPA would have taken it for one. In
 * a chain the inner pair was looked at before. */
static void check_operand(pol_build *build, const pol_node *operand)
{
    if (operand->kind == POL_NODE_BODY || operand->kind == POL_NODE_AND ||
        operand->kind == POL_NODE_OR ||
        build->lex->text.ptr[operand->span.off] != '{')
        return;
    pol_diag *diag = pol_diag_add(
        build->diags, POL_DIAG_P0131,
        (pol_span){build->src, operand->span.off, 1},
        "an operand of `and` or `or` that starts with `{` is a body");
    pol_diag_help(build->diags, diag, "put the operand in parentheses");
}

pol_node *pol_build_group(pol_build *build, const pol_token *open,
                          pol_node *literal, const pol_token *close)
{
    check_operand(build, literal);
    return pol_build_enclose(build, open, literal, close);
}

pol_node *pol_build_logic(pol_build *build, pol_node_kind kind, pol_node *left,
                          pol_node *right)
{
    check_operand(build, left);
    check_operand(build, right);
    return pol_build_pair(build, kind, left, right);
}

pol_node *pol_build_some(pol_build *build, const pol_token *some,
                         pol_node *names)
{
    for (pol_node *name = names->child; name; name = name->next) {
        if (name->kind == POL_NODE_VAR && !(name->flags & POL_NODE_PAREN))
            continue;
        pol_diag *diag = pol_diag_add(build->diags, POL_DIAG_P0124, name->span,
                                      "`some` declares names, not %s",
                                      noun(name));
        pol_diag_help(build->diags, diag,
                      "to match elements, write `some … in …`");
    }
    names->kind = POL_NODE_SOME;
    names->span = pol_span_join(pol_build_span(build, some), names->span);
    return names;
}

pol_node *pol_build_some_in(pol_build *build, const pol_token *some,
                            pol_node *names, pol_node *domain)
{
    if (names->count > 2) {
        pol_node *third = pol_ast_child(names, 2);
        pol_diag *diag = pol_diag_add(build->diags, POL_DIAG_P0124, third->span,
                                      "`some … in` takes a key and a value");
        pol_diag_help(build->diags, diag,
                      "match a tuple with an array: `some [a, b, c] in …`");
    }
    names->kind = POL_NODE_SOME_IN;
    if (names->count == 2)
        names->flags |= POL_NODE_KEYED;
    else
        check_in(build, domain);
    names->span = pol_span_join(pol_build_span(build, some), names->span);
    return pol_ast_add(names, domain);
}

pol_node *pol_build_some_on(pol_build *build, pol_node *some,
                            const pol_token *in, pol_node *domain)
{
    pol_node *key = NULL, *value = some->child, *inner = value->next;
    if (some->flags & POL_NODE_KEYED) {
        key = value;
        value = inner;
        inner = value->next;
    }
    check_in(build, domain);
    pol_node *pattern = pol_build_member(build, in, key, value, inner);
    pol_node *node = pol_ast_node(build->arena, POL_NODE_SOME_IN, some->span);
    return pol_ast_add(pol_ast_add(node, pattern), domain);
}

pol_node *pol_build_every(pol_build *build, const pol_token *every,
                          const pol_token *value, const pol_token *key,
                          pol_node *domain)
{
    pol_node *node = pol_ast_node(build->arena, POL_NODE_EVERY,
                                  pol_build_span(build, every));
    if (key) {
        node->flags |= POL_NODE_KEYED;
        pol_ast_add(node, pol_build_leaf(build, POL_NODE_VAR, key));
    } else {
        check_in(build, domain);
    }
    pol_ast_add(node, pol_build_leaf(build, POL_NODE_VAR, value));
    return pol_ast_add(node, domain);
}

pol_node *pol_build_modifier(pol_build *build, const pol_token *with,
                             pol_node *target, pol_node *value)
{
    const pol_node *name =
        target->kind == POL_NODE_REF ? target->child : target;
    if (name->kind != POL_NODE_VAR ||
        ((target->flags | name->flags) & POL_NODE_PAREN)) {
        pol_diag *diag = pol_diag_add(build->diags, POL_DIAG_P0125,
                                      target->span,
                                      "`with` replaces a name, not %s",
                                      noun(target));
        pol_diag_help(build->diags, diag,
                      "name `input`, `data`, a path in them, or a function");
    }
    pol_node *node =
        pol_ast_node(build->arena, POL_NODE_WITH, pol_build_span(build, with));
    return pol_ast_add(pol_ast_add(node, target), value);
}

pol_node *pol_build_with(pol_node *literal, pol_node *list)
{
    literal->withs = list->child;
    literal->span = pol_span_join(literal->span, list->span);
    return literal;
}
