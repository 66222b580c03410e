/* SPDX-License-Identifier: Apache-2.0
 *
 * The tokens of a template's actions, and the state of its parser. */
#ifndef POL_STDLIB_TEMPLATE_TOKEN_H
#define POL_STDLIB_TEMPLATE_TOKEN_H

#include "template.h"

typedef enum {
    POL_TOKEN_END, /* of the action */
    POL_TOKEN_NAME,
    POL_TOKEN_FIELD,    /* .name */
    POL_TOKEN_VARIABLE, /* $name */
    POL_TOKEN_DOT,
    POL_TOKEN_NUMBER,
    POL_TOKEN_CHARACTER,
    POL_TOKEN_STRING,
    POL_TOKEN_RAW,
    POL_TOKEN_OPEN,
    POL_TOKEN_CLOSE,
    POL_TOKEN_BAR,
    POL_TOKEN_COMMA,
    POL_TOKEN_DECLARE,
    POL_TOKEN_ASSIGN,
    POL_TOKEN_OTHER
} pol_token_kind;

typedef struct pol_token {
    pol_token_kind kind;
    bool spaced; /* a space stands before it */
    size_t from, to;
} pol_token;

typedef struct pol_template_parser {
    pol_call *call;
    pol_value text;
    size_t at;
    pol_token token; /* the one at hand */
    bool trims;      /* the last action cuts the space behind it */
    bool failed;
    int depth, ranges;
    pol_template *templates;
    pol_value variables[256]; /* in scope */
    size_t variable_count;
} pol_template_parser;

static inline pol_value pol_token_slice(const pol_template_parser *p,
                                        size_t from, size_t to)
{
    return pol_string(p->text.str + from, to - from);
}

static inline bool pol_token_starts(const pol_template_parser *p,
                                    const char *what)
{
    size_t len = strlen(what);
    return len <= p->text.len - p->at &&
           memcmp(p->text.str + p->at, what, len) == 0;
}

static inline bool pol_token_space_at(const pol_template_parser *p, size_t at)
{
    char c = at < p->text.len ? p->text.str[at] : 0;
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static inline bool pol_token_is(const pol_template_parser *p, const char *word)
{
    size_t len = strlen(word);
    return p->token.to - p->token.from == len &&
           memcmp(p->text.str + p->token.from, word, len) == 0;
}

static inline pol_value pol_token_text(const pol_template_parser *p)
{
    return pol_token_slice(p, p->token.from, p->token.to);
}

/* Records the error, once, with the line: a text, or a part between two. False,
 * for `return`. */
bool pol_token_fail(pol_template_parser *p, const char *what);
bool pol_token_fail_part(pol_template_parser *p, const char *before,
                         pol_value part, const char *behind);

/* Reads the next token of an action. False on error. */
bool pol_token_next(pol_template_parser *p);

/* The text of a literal in quotes, without them and escapes. */
bool pol_token_unquote(pol_template_parser *p, pol_value literal,
                       pol_value *out);

/* The operand that the token at hand, a character or number, is. */
bool pol_token_character(pol_template_parser *p, pol_operand *o);
bool pol_token_number(pol_template_parser *p, pol_operand *o);

#endif
