/* SPDX-License-Identifier: Apache-2.0
 *
 * Written here, and not on a library: the C ones parse queries alone, know an
 * older GraphQL, and none validates; and messages and the tree's form are those
 * of the Go library that OPA uses. */
#include "graphql_parse.h"

#include "gofmt.h"

const pol_graphql_token_kind pol_graphql_parens[2] = {
    POL_GRAPHQL_TOKEN_PAREN_L, POL_GRAPHQL_TOKEN_PAREN_R};
const pol_graphql_token_kind pol_graphql_braces[2] = {
    POL_GRAPHQL_TOKEN_BRACE_L, POL_GRAPHQL_TOKEN_BRACE_R};

/* ---- tokens -------------------------------------------------------------- */

/* Reads the next token; comments before it become its group. */
static void advance(pol_graphql_parser *p)
{
    p->comments = NULL;
    for (;;) {
        p->token = pol_graphql_lex_next(&p->lex);
        if (p->token.kind != POL_GRAPHQL_TOKEN_COMMENT)
            return;
        if (!p->comments)
            p->comments = pol_graphql_new(p->call, POL_GRAPHQL_COMMENTS);
        pol_graphql_node *comment =
            pol_graphql_new(p->call, POL_GRAPHQL_COMMENT);
        comment->name = p->token.text;
        pol_graphql_append(&p->comments->members, comment);
        p->last = p->token;
    }
}

void pol_graphql_parse_start(pol_graphql_parser *p, pol_call *call,
                             pol_value text)
{
    *p = (pol_graphql_parser){.call = call};
    p->error.message = pol_undefined();
    pol_graphql_lex_init(&p->lex, call, text);
    advance(p);
}

void pol_graphql_parse_next(pol_graphql_parser *p)
{
    if (pol_graphql_parse_failed(p))
        return;
    p->last = p->token;
    advance(p);
}

bool pol_graphql_parse_skip(pol_graphql_parser *p, pol_graphql_token_kind kind)
{
    if (pol_graphql_parse_failed(p) || p->token.kind != kind)
        return false;
    pol_graphql_parse_next(p);
    return true;
}

bool pol_graphql_parse_is_word(const pol_graphql_parser *p, const char *word)
{
    return p->token.kind == POL_GRAPHQL_TOKEN_NAME &&
           pol_equal(p->token.text, pol_string(word, strlen(word)));
}

/* ---- errors -------------------------------------------------------------- */

static void fail(pol_graphql_parser *p, const pol_graphql_token *token,
                 pol_value message)
{
    if (pol_graphql_parse_failed(p))
        return;
    p->error.message = message;
    p->error.line = token->line;
    p->error.column = token->column;
}

/* A token with its text, as a message shows it. */
static pol_value shown(pol_graphql_parser *p, const pol_graphql_token *token)
{
    pol_bytes out;
    pol_bytes_init(&out, p->call, 32);
    pol_bytes_text(&out, pol_graphql_token_name(token->kind));
    if (token->text.len) {
        pol_bytes_byte(&out, ' ');
        pol_gofmt_quote(&out, token->text, false);
    }
    return pol_bytes_done(&out);
}

void pol_graphql_parse_unexpected(pol_graphql_parser *p,
                                  const pol_graphql_token *token)
{
    pol_value what = shown(p, token);
    fail(p, token, pol_call_printf(p->call, "Unexpected %.*s", (int)what.len,
                                   what.str));
}

void pol_graphql_parse_expect(pol_graphql_parser *p,
                              pol_graphql_token_kind kind)
{
    if (pol_graphql_parse_failed(p) || pol_graphql_parse_skip(p, kind))
        return;
    fail(p, &p->token,
         pol_call_printf(p->call, "Expected %s, found %s",
                         pol_graphql_token_name(kind),
                         pol_graphql_token_name(p->token.kind)));
}

void pol_graphql_parse_expect_word(pol_graphql_parser *p, const char *word)
{
    if (pol_graphql_parse_failed(p))
        return;
    if (pol_graphql_parse_is_word(p, word)) {
        pol_graphql_parse_next(p);
        return;
    }
    pol_value what = shown(p, &p->token);
    fail(p, &p->token,
         pol_call_printf(p->call, "Expected \"%s\", found %.*s", word,
                         (int)what.len, what.str));
}

void pol_graphql_parse_empty(pol_graphql_parser *p)
{
    fail(p, &p->token,
         pol_call_printf(p->call, "expected at least one definition, found %s",
                         pol_graphql_token_name(p->token.kind)));
}

/* ---- what both grammars have --------------------------------------------- */

pol_value pol_graphql_parse_name(pol_graphql_parser *p)
{
    pol_value name = p->token.text;
    pol_graphql_parse_expect(p, POL_GRAPHQL_TOKEN_NAME);
    return name;
}

pol_graphql_node *pol_graphql_parse_node(pol_graphql_parser *p,
                                         pol_graphql_kind kind)
{
    pol_graphql_node *node = pol_graphql_new(p->call, kind);
    node->line = p->token.line;
    node->column = p->token.column;
    return node;
}

static void enter(pol_graphql_parser *p)
{
    if (++p->depth > POL_GRAPHQL_NESTING)
        pol_call_limit(p->call, "nesting");
}

void pol_graphql_parse_some(pol_graphql_parser *p,
                            const pol_graphql_token_kind brackets[2],
                            pol_graphql_parse_item item,
                            pol_graphql_list *list)
{
    if (!pol_graphql_parse_skip(p, brackets[0]))
        return;
    enter(p);
    while (!pol_graphql_parse_failed(p) && p->token.kind != brackets[1])
        pol_graphql_append(list, item(p));
    p->depth--;
    if (!list->count)
        pol_graphql_parse_empty(p);
    pol_graphql_parse_next(p);
}

pol_graphql_node *pol_graphql_parse_type(pol_graphql_parser *p)
{
    pol_graphql_node *type = pol_graphql_parse_node(p, POL_GRAPHQL_TYPE);
    if (pol_graphql_parse_skip(p, POL_GRAPHQL_TOKEN_BRACKET_L)) {
        type->line = p->token.line;
        type->column = p->token.column;
        enter(p);
        type->type = pol_graphql_parse_type(p);
        p->depth--;
        pol_graphql_parse_expect(p, POL_GRAPHQL_TOKEN_BRACKET_R);
    } else {
        type->name = pol_graphql_parse_name(p);
    }
    type->flag = pol_graphql_parse_skip(p, POL_GRAPHQL_TOKEN_BANG);
    return type;
}

/* Elements of a list or members of an object value. */
static void children(pol_graphql_parser *p, pol_graphql_node *value,
                     bool constant)
{
    bool object = p->token.kind == POL_GRAPHQL_TOKEN_BRACE_L;
    pol_graphql_token_kind end = object ? POL_GRAPHQL_TOKEN_BRACE_R
                                        : POL_GRAPHQL_TOKEN_BRACKET_R;
    value->number = object ? POL_GRAPHQL_OBJECT : POL_GRAPHQL_LIST;
    value->after = p->comments;
    pol_graphql_parse_next(p);
    enter(p);
    while (!pol_graphql_parse_failed(p) && p->token.kind != end) {
        pol_graphql_node *child = pol_graphql_parse_node(p, POL_GRAPHQL_CHILD);
        if (object) {
            child->after = p->comments;
            child->name = pol_graphql_parse_name(p);
            pol_graphql_parse_expect(p, POL_GRAPHQL_TOKEN_COLON);
        }
        child->value = pol_graphql_parse_value(p, constant);
        pol_graphql_append(&value->members, child);
    }
    p->depth--;
    pol_graphql_parse_next(p);
}

static pol_graphql_value_kind word_kind(pol_value word)
{
    if (pol_string_is(word, "true") || pol_string_is(word, "false"))
        return POL_GRAPHQL_BOOLEAN;
    return pol_string_is(word, "null") ? POL_GRAPHQL_NULL : POL_GRAPHQL_ENUM;
}

pol_graphql_node *pol_graphql_parse_value(pol_graphql_parser *p, bool constant)
{
    pol_graphql_node *value = pol_graphql_parse_node(p, POL_GRAPHQL_VALUE);
    if (pol_graphql_parse_failed(p))
        return value;
    switch (p->token.kind) {
    case POL_GRAPHQL_TOKEN_BRACKET_L:
    case POL_GRAPHQL_TOKEN_BRACE_L:
        children(p, value, constant);
        return value;
    case POL_GRAPHQL_TOKEN_DOLLAR:
        if (constant)
            break;
        pol_graphql_parse_next(p);
        value->number = POL_GRAPHQL_VARIABLE_VALUE;
        value->condition = pol_graphql_parse_name(p);
        return value;
    case POL_GRAPHQL_TOKEN_INT:
    case POL_GRAPHQL_TOKEN_FLOAT:
    case POL_GRAPHQL_TOKEN_STRING:
    case POL_GRAPHQL_TOKEN_BLOCK_STRING:
        value->number = (int64_t)p->token.kind - POL_GRAPHQL_TOKEN_INT +
                        POL_GRAPHQL_INT;
        value->condition = p->token.text;
        pol_graphql_parse_next(p);
        return value;
    case POL_GRAPHQL_TOKEN_NAME:
        value->number = word_kind(p->token.text);
        value->condition = p->token.text;
        pol_graphql_parse_next(p);
        return value;
    default: break;
    }
    pol_graphql_parse_unexpected(p, &p->token);
    return value;
}

static pol_graphql_node *argument(pol_graphql_parser *p, bool constant)
{
    pol_graphql_node *node = pol_graphql_parse_node(p, POL_GRAPHQL_ARGUMENT);
    node->after = p->comments;
    node->name = pol_graphql_parse_name(p);
    pol_graphql_parse_expect(p, POL_GRAPHQL_TOKEN_COLON);
    node->value = pol_graphql_parse_value(p, constant);
    return node;
}

static pol_graphql_node *constant_argument(pol_graphql_parser *p)
{
    return argument(p, true);
}

static pol_graphql_node *open_argument(pol_graphql_parser *p)
{
    return argument(p, false);
}

void pol_graphql_parse_arguments(pol_graphql_parser *p, pol_graphql_list *list,
                                 bool constant)
{
    pol_graphql_parse_some(p, pol_graphql_parens,
                           constant ? constant_argument : open_argument, list);
}

void pol_graphql_parse_directives(pol_graphql_parser *p,
                                  pol_graphql_list *list, bool constant)
{
    while (pol_graphql_parse_skip(p, POL_GRAPHQL_TOKEN_AT)) {
        pol_graphql_node *node =
            pol_graphql_parse_node(p, POL_GRAPHQL_DIRECTIVE);
        node->name = pol_graphql_parse_name(p);
        pol_graphql_parse_arguments(p, &node->arguments, constant);
        pol_graphql_append(list, node);
    }
}
