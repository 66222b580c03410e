/* SPDX-License-Identifier: Apache-2.0
 *
 * Policies and rules. The forms of v0 are told from those of v1 here: the
 * grammar takes both. */
#include "item.h"

/* --- policies --- */

void pol_item_policy(pol_build *build, const pol_token *token,
                     const pol_token *name)
{
    pol_ast_policy *policy = arena_new(build->arena, pol_ast_policy);
    policy->name = pol_lex_string(build->lex, name);
    policy->name_span = pol_build_span(build, name);
    policy->span = pol_span_join(pol_build_span(build, token),
                                 policy->name_span);
    pol_item_need_package(build, policy->span);
    if (build->last_policy)
        build->last_policy->next = policy;
    else
        build->module->policies = policy;
    build->last_policy = build->policy = policy;
    build->last_field = NULL;
    build->last_module_rule = build->last_rule;
    build->last_rule = NULL;
}

void pol_item_field(pol_build *build, const pol_token *name, pol_node *value)
{
    pol_ast_field *field = arena_new(build->arena, pol_ast_field);
    field->name = pol_lex_text(build->lex, name);
    field->name_span = pol_build_span(build, name);
    field->value = value;
    if (build->policy->rules) {
        pol_diag *diag = pol_diag_add(build->diags, POL_DIAG_P0121,
                                      field->name_span,
                                      "field `%.*s` stands behind a rule",
                                      POL_BUILD_ARGS(field->name));
        pol_diag_help(build->diags, diag,
                      "put the fields in front of the rules; a rule is "
                      "written with `:=`");
    }
    if (build->last_field)
        build->last_field->next = field;
    else
        build->policy->fields = field;
    build->last_field = field;
}

void pol_item_policy_end(pol_build *build, const pol_token *close)
{
    build->policy->span =
        pol_span_join(build->policy->span, pol_build_span(build, close));
    build->policy = NULL;
    build->last_rule = build->last_module_rule;
}

/* --- heads --- */

static void bad_head(pol_build *build, pol_span span)
{
    const pol_diag *last = build->diags->last;
    if (last && last->span.src == build->src && last->span.off == span.off)
        return; /* an unterminated string, for example */
    pol_str text = pol_build_excerpt(build, span);
    pol_diag *diag = pol_diag_add(build->diags, POL_DIAG_P0118, span,
                                  "`%.*s` cannot be the name of a rule",
                                  POL_BUILD_ARGS(text));
    pol_diag_help(build->diags, diag,
                  build->head_form != POL_HEAD_PLAIN
                      ? "no space may stand behind the name of a rule"
                      : "a rule starts with a name: `p := …`, "
                        "`p contains …`, `f(x) := …`");
}

/* Whether a reference in a head has an operand that is no string constant. */
static bool is_dynamic(const pol_node *ref)
{
    if (ref->kind == POL_NODE_REF)
        for (const pol_node *part = ref->child->next; part; part = part->next)
            if (part->kind != POL_NODE_STRING)
                return true;
    return false;
}

static bool starts_with(pol_str text, pol_str prefix)
{
    return text.len >= prefix.len &&
           memcmp(text.ptr, prefix.ptr, prefix.len) == 0;
}

static void check_name(pol_build *build, const pol_node *name)
{
    if (!(build->keywords & POL_KEYWORD_CONTAINS) ||
        !pol_str_eq(name->text, STR("contains")))
        return;
    pol_diag_add(build->diags, POL_DIAG_P0115, name->span,
                 "`contains` is a keyword and cannot name a rule");
}

static pol_head_form form_of(const pol_build *build, const pol_node *ref)
{
    const char *text = build->lex->text.ptr;
    if (text[ref->span.off] == '(')
        return POL_HEAD_PAREN;
    bool call = ref->kind == POL_NODE_CALL && !(ref->flags & POL_NODE_INFIX);
    if (!call && ref->kind != POL_NODE_REF)
        return POL_HEAD_PLAIN;
    const pol_node *name = ref->child;
    if (call && name->kind == POL_NODE_REF)
        name = name->child;
    char behind = text[name->span.off + name->span.len];
    return behind == '(' || behind == '[' || behind == '.' ? POL_HEAD_PLAIN
                                                           : POL_HEAD_SPACED;
}

/* Parentheses around a head are fine in `(x) := 1` only, space behind its name
 * where a body or `contains` follows or `default` stands in front. */
static void check_form(pol_build *build, pol_ast_rule *rule, bool has_body)
{
    bool good = build->head_form == POL_HEAD_PLAIN ||
                (build->head_form == POL_HEAD_SPACED
                     ? has_body || rule->is_default ||
                           rule->kind == POL_RULE_SET
                     : rule->value && !has_body && !rule->is_default);
    if (!good)
        bad_head(build, rule->head_span);
}

/* A rule from what stands in front of its value: names and arguments. */
static pol_ast_rule *new_rule(pol_build *build, pol_node *ref)
{
    pol_ast_rule *rule = arena_new(build->arena, pol_ast_rule);
    rule->span = rule->head_span = ref->span;
    rule->ref = ref;
    pol_item_need_package(build, ref->span);
    build->head_form = form_of(build, ref);
    bool call = ref->kind == POL_NODE_CALL && !(ref->flags & POL_NODE_INFIX);
    if (call) {
        rule->ref = ref->child;
        rule->args = ref->child->next;
        rule->arg_count = ref->count - 1;
        rule->ref->next = NULL;
    }
    const pol_node *name =
        rule->ref->kind == POL_NODE_REF ? rule->ref->child : rule->ref;
    if (name->kind != POL_NODE_VAR) {
        bad_head(build, ref->span);
    } else {
        if (name == rule->ref)
            check_name(build, name);
        rule->is_test = starts_with(name->text, STR("test_"));
    }
    if (rule->arg_count)
        rule->kind = POL_RULE_FUNCTION;
    else
        rule->kind = is_dynamic(rule->ref) ? POL_RULE_OBJECT
                                           : POL_RULE_COMPLETE;
    return rule;
}

/* The value of a rule that names none. */
static pol_node *generated_true(pol_build *build, pol_span span)
{
    pol_node *value =
        pol_ast_text(build->arena, POL_NODE_BOOL, span, STR("true"));
    value->flags |= POL_NODE_GENERATED;
    return value;
}

static void set_value(pol_ast_rule *rule, const pol_value *value)
{
    rule->value = value->term;
    rule->is_assign = value->assign->kind == POL_TK_ASSIGN;
    rule->head_span = pol_span_join(rule->head_span, value->term->span);
    rule->span = rule->head_span;
}

pol_ast_rule *pol_item_head(pol_build *build, pol_node *ref,
                            const pol_value *value)
{
    pol_ast_rule *rule = new_rule(build, ref);
    if (value)
        set_value(rule, value);
    return rule;
}

pol_ast_rule *pol_item_set(pol_build *build, pol_node *ref, pol_node *key)
{
    pol_ast_rule *rule = new_rule(build, ref);
    if (rule->kind == POL_RULE_FUNCTION) {
        pol_diag *diag = pol_diag_add(build->diags, POL_DIAG_P0118, ref->span,
                                      "a function cannot be a partial set");
        pol_diag_help(build->diags, diag,
                      "let it return a set: `f(x) := {y | …}`");
    }
    rule->kind = POL_RULE_SET;
    rule->key = key;
    rule->head_span = pol_span_join(rule->head_span, key->span);
    rule->span = rule->head_span;
    return rule;
}

/* --- bodies --- */

pol_body pol_item_body(pol_build *build, pol_node *literal)
{
    return (pol_body){pol_build_body(build, literal), false};
}

static void append(pol_build *build, pol_ast_rule *rule)
{
    pol_ast_rule **first = build->policy ? &build->policy->rules
                                         : &build->module->rules;
    if (build->last_rule)
        build->last_rule->next = rule;
    else
        *first = rule;
    build->last_rule = rule;
}

static void set_body(pol_build *build, pol_ast_rule *rule, pol_node *body)
{
    rule->body = body;
    if (body) {
        rule->span = pol_span_join(rule->span, body->span);
        return;
    }
    rule->generated_body = true;
    rule->body = pol_ast_node(build->arena, POL_NODE_BODY, rule->span);
    rule->body->flags |= POL_NODE_GENERATED;
}

/* v0: `p[x]` and `p.x`, without a value and without `if`, are sets. */
static bool is_old_set(const pol_ast_rule *rule, pol_body body)
{
    return rule->kind != POL_RULE_SET && !rule->value && !rule->args &&
           (!body.node || body.bare) && rule->ref->kind == POL_NODE_REF &&
           rule->ref->count == 2;
}

/* A body in braces without `if`, as v0 has it. What v0 means by `p[x] {` needs
 * more than an `if`: with that alone it would map x to true. */
static void check_bare(pol_build *build, const pol_ast_rule *rule, pol_body body)
{
    if (!body.bare || !(build->keywords & POL_KEYWORD_STRICT))
        return;
    pol_span span = {build->src, body.node->span.off, 1};
    pol_diag *diag = pol_diag_add(build->diags, POL_DIAG_P0113, span,
                                  "missing `if` before the body");
    if (!rule->ref || !is_old_set(rule, body) || rule->kind != POL_RULE_OBJECT) {
        pol_diag_help(build->diags, diag, "write `if {`");
        return;
    }
    pol_str name = pol_build_excerpt(build, rule->ref->child->span);
    pol_str key = pol_build_excerpt(build, rule->ref->last->span);
    pol_diag_help(build->diags, diag, "write `%.*s contains %.*s if {`",
                  POL_BUILD_ARGS(name), POL_BUILD_ARGS(key));
}

/* Whether the statement before it on the line was no rule, and so reported. */
static bool is_behind_bare(const pol_build *build, const pol_ast_rule *rule)
{
    return build->bare_end && rule->span.off <= build->bare_end + 1;
}

static void make_old_set(pol_build *build, pol_ast_rule *rule)
{
    if ((build->keywords & POL_KEYWORD_STRICT) &&
        !is_behind_bare(build, rule)) {
        pol_diag *diag = pol_diag_add(build->diags, POL_DIAG_P0114,
                                      rule->head_span,
                                      "missing `contains` in a partial set");
        pol_str name = pol_build_excerpt(build, rule->ref->child->span);
        pol_str key = pol_build_excerpt(build, rule->ref->last->span);
        pol_diag_help(build->diags, diag, "write `%.*s contains %.*s`",
                      POL_BUILD_ARGS(name), POL_BUILD_ARGS(key));
    }
    rule->kind = POL_RULE_SET;
    rule->key = rule->ref->last;
    rule->ref = rule->ref->child;
    rule->ref->next = NULL;
}

/* What to do about a name alone. v0: `p if x` reads as three names; says which
 * import makes it a rule. */
static const char *advice(const pol_build *build, pol_span span)
{
    const pol_token *next = &build->layout->tokens[build->layout->last];
    pol_str word = pol_lex_text(build->lex, next);
    if (!(build->keywords & POL_KEYWORD_IF) && pol_str_eq(word, STR("if")))
        return "`import rego.v1` makes `if` a keyword";
    if (!(build->keywords & POL_KEYWORD_CONTAINS) &&
        pol_str_eq(word, STR("contains")))
        return "`import rego.v1` makes `contains` a keyword";
    pol_str name = pol_build_excerpt(build, span);
    if (pol_str_eq(name, STR("policy")))
        return "the name of a policy is a string: `policy \"name\" {`";
    if (pol_str_eq(name, STR("and")) || pol_str_eq(name, STR("or")))
        return "statements that must all hold stand in `{ … }`, one a line; "
               "alternatives are rules of one name";
    if (build->policy)
        return "a field is written `name: value`; a rule has a value (`:=`), an "
               "element (`contains`) or a condition (`if`)";
    return "give it a value (`:=`), an element (`contains`) or a condition "
           "(`if`)";
}

static void bare_term(pol_build *build, const pol_ast_rule *rule)
{
    const pol_node *name =
        rule->ref->kind == POL_NODE_REF ? rule->ref->child : rule->ref;
    bool reported = is_behind_bare(build, rule);
    build->bare_end = rule->span.off + rule->span.len;
    if (name->kind != POL_NODE_VAR || (rule->ref->flags & POL_NODE_PAREN))
        return; /* its head was reported */
    if (reported) /* so was the one before it */
        return;
    pol_str text = pol_build_excerpt(build, rule->span);
    pol_diag *diag = pol_diag_add(build->diags, POL_DIAG_P0119, rule->span,
                                  "`%.*s` alone is no rule",
                                  POL_BUILD_ARGS(text));
    pol_diag_help(build->diags, diag, "%s", advice(build, rule->span));
}

/* What both `p := 1` and `p := 1 if …` need once the head is read. */
static void finish_head(pol_build *build, pol_ast_rule *rule, pol_body body)
{
    bool strict_body = body.node && (build->keywords & POL_KEYWORD_STRICT);
    check_form(build, rule, body.node);
    check_bare(build, rule, body);
    if (is_old_set(rule, body) && !strict_body)
        make_old_set(build, rule);
    else if (!body.node && !rule->value && !rule->args &&
             rule->kind != POL_RULE_SET)
        bare_term(build, rule);
    if (rule->kind != POL_RULE_SET && !rule->value)
        rule->value = generated_true(build, rule->head_span);
}

void pol_item_rule(pol_build *build, pol_ast_rule *rule, pol_body body)
{
    finish_head(build, rule, body);
    set_body(build, rule, body.node);
    append(build, rule);
}

void pol_item_chain(pol_build *build, pol_ast_rule *rule, pol_body body,
                    pol_node *chain)
{
    pol_item_rule(build, rule, body);
    for (pol_node *next, *block = chain->child; block; block = next) {
        next = block->next;
        block->next = NULL;
        pol_ast_rule *again = arena_new(build->arena, pol_ast_rule);
        *again = *rule;
        again->next = NULL;
        again->ref = pol_ast_copy(build->arena, rule->ref);
        again->key = rule->key ? pol_ast_copy(build->arena, rule->key) : NULL;
        again->value =
            rule->value ? pol_ast_copy(build->arena, rule->value) : NULL;
        pol_node args = {0};
        for (pol_node *arg = rule->args; arg; arg = arg->next)
            pol_ast_add(&args, pol_ast_copy(build->arena, arg));
        again->args = args.child;
        again->span = again->head_span;
        set_body(build, again, block);
        append(build, again);
    }
}

/* --- else --- */

pol_ast_rule *pol_item_alternative(pol_build *build, const pol_token *token,
                                   const pol_value *value, pol_body body)
{
    pol_ast_rule *rule = arena_new(build->arena, pol_ast_rule);
    rule->span = rule->head_span = pol_build_span(build, token);
    if (value)
        set_value(rule, value);
    else
        rule->value = generated_true(build, rule->span);
    check_bare(build, rule, body);
    set_body(build, rule, body.node);
    return rule;
}

pol_rule_list pol_item_append(pol_build *build, pol_rule_list list,
                              pol_ast_rule *rule)
{
    if (list.last->generated_body) {
        pol_span span = {build->src, rule->span.off, 4};
        pol_diag *diag = pol_diag_add(build->diags, POL_DIAG_P0120, span,
                                      "this `else` can never be reached");
        pol_diag_help(build->diags, diag,
                      "only the last alternative may stand without a body");
    }
    list.last->else_rule = rule;
    list.last = rule;
    return list;
}

static bool has_var(const pol_node *node)
{
    if (node->kind == POL_NODE_VAR)
        return true;
    for (const pol_node *child = node->child; child; child = child->next)
        if (has_var(child))
            return true;
    return false;
}

static void check_else(pol_build *build, const pol_ast_rule *rule)
{
    const char *why = NULL;
    if (rule->kind == POL_RULE_SET)
        why = "a partial set has no `else`";
    else if (rule->ref->kind == POL_NODE_REF)
        for (const pol_node *part = rule->ref->child->next; part && !why;
             part = part->next)
            if (has_var(part))
                why = "a rule with a variable in its name has no `else`";
    if (!why)
        return;
    pol_span span = rule->else_rule->span;
    span.len = 4;
    pol_diag *diag =
        pol_diag_add(build->diags, POL_DIAG_P0120, span, "%s", why);
    pol_diag_help(build->diags, diag,
                  "write a second rule whose condition excludes the first");
}

void pol_item_else(pol_build *build, pol_ast_rule *rule, pol_body body,
                   pol_rule_list alternatives)
{
    pol_item_rule(build, rule, body);
    for (pol_ast_rule *other = alternatives.first; other;
         other = other->else_rule) {
        other->kind = rule->kind;
        other->ref = rule->ref;
        other->args = rule->args;
        other->arg_count = rule->arg_count;
        rule->span = pol_span_join(rule->span, other->span);
    }
    rule->else_rule = alternatives.first;
    check_else(build, rule);
}

/* --- default --- */

static void check_default_args(pol_build *build, const pol_ast_rule *rule)
{
    enum { MOST = 100 }; /* more are not compared with each other */
    for (const pol_node *arg = rule->args; arg; arg = arg->next) {
        if (arg->kind != POL_NODE_VAR) {
            pol_diag *diag = pol_diag_add(
                build->diags, POL_DIAG_P0128, arg->span,
                "arguments of a default function must be variables");
            pol_diag_help(build->diags, diag,
                          "write `_` for an argument that does not matter");
            continue;
        }
        bool skip = pol_str_eq(arg->text, STR("_")) || rule->arg_count > MOST;
        for (const pol_node *other = rule->args; !skip && other != arg;
             other = other->next)
            if (other->kind == POL_NODE_VAR &&
                pol_str_eq(other->text, arg->text)) {
                pol_diag_add(build->diags, POL_DIAG_P0128, arg->span,
                             "argument `%.*s` stands twice",
                             POL_BUILD_ARGS(arg->text));
                break;
            }
    }
}

void pol_item_default(pol_build *build, const pol_token *token, pol_node *ref,
                      const pol_value *value)
{
    pol_ast_rule *rule = pol_item_head(build, ref, value);
    rule->is_default = true;
    check_form(build, rule, false);
    check_default_args(build, rule);
    if (!value && rule->ref->kind == POL_NODE_REF && !rule->args) {
        pol_diag *diag = pol_diag_add(build->diags, POL_DIAG_P0229, rule->span,
                                      "a default needs a value");
        pol_diag_help(build->diags, diag, "write `:=` and a constant");
    }
    if (!value)
        rule->value = generated_true(build, rule->head_span);
    rule->span = pol_span_join(pol_build_span(build, token), rule->span);
    set_body(build, rule, NULL);
    append(build, rule);
}

void pol_item_finish(pol_build *build)
{
    if (build->module->package || build->diags->errors > build->errors_before)
        return;
    pol_span span = {build->src, 0, 0};
    pol_diag *diag =
        pol_diag_add(build->diags, POL_DIAG_P0130, span, "the file is empty");
    pol_diag_help(build->diags, diag,
                  "start it with a declaration such as `package main`");
}
