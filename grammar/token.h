/* SPDX-License-Identifier: Apache-2.0
 *
 * What the lexer gives and the bracket pass refines: one 16-byte entry a token,
 * in one array, so that every later step may look ahead and jump from a bracket
 * to its partner. Kinds are the terminals of grammar.y. */
#ifndef POL_TOKEN_H
#define POL_TOKEN_H

#include "grammar.h"
#include "src.h"

enum {
    POL_TOKEN_NEWLINE = 1, /* a line ended between the last token and this */
    POL_TOKEN_SPACE = 2,   /* something stood between them */
    POL_TOKEN_COLUMN1 = 4, /* first in its line, without indentation */
    POL_TOKEN_ESCAPES = 8, /* string: may hold escape sequences */
    POL_TOKEN_RAW = 16,    /* part of a template in back quotes */
    POL_TOKEN_FLAWED = 32, /* was reported already; errors at it are silent */
    POL_TOKEN_WORD = 64    /* a keyword, a name at the start of a literal only */
};

/* What the bracket pass found inside a pair; kept at its opener. */
typedef enum {
    POL_FORM_LIST,
    POL_FORM_EMPTY,
    POL_FORM_COMPR,
    POL_FORM_OBJECT,
    POL_FORM_OBJECT_COMPR,
    POL_FORM_GROUP, /* parentheses around `and`, `or`, `not`, `with` */
    POL_FORM_POLICY
} pol_form;

typedef struct pol_token {
    uint32_t off;
    uint32_t len;
    uint32_t mate; /* bracket: index of its partner; 0 if none */
    uint8_t kind;  /* POL_TK_… */
    uint8_t flags; /* POL_TOKEN_… */
    uint8_t form;  /* pol_form */
} pol_token;

typedef struct pol_tokens {
    pol_token *items;
    uint32_t count, room;
} pol_tokens;

/* Properties of kinds. */
enum {
    POL_TOKEN_ENDS = 1,    /* a literal or rule may end with it */
    POL_TOKEN_STARTS = 2,  /* and start with it; `-` does not count, since it
                              continues what stands before it */
    POL_TOKEN_OPENS = 4,   /* a bracket */
    POL_TOKEN_CLOSES = 8,
    POL_TOKEN_KEYWORD = 16 /* one of Rego's reserved words */
};

/* One entry a kind. */
extern const struct pol_token_traits {
    uint8_t traits; /* POL_TOKEN_ENDS … */
    const char *name;
} pol_token_kinds[];

static inline bool pol_token_is(int kind, int trait)
{
    return pol_token_kinds[kind].traits & trait;
}

/* How messages call it: "`in`", "a string", "the end of the file". */
static inline const char *pol_token_name(int kind)
{
    return pol_token_kinds[kind].name;
}

/* Whether a new line between the two (neighbours) separates literals. */
static inline bool pol_token_breaks(const pol_token *before,
                                    const pol_token *token)
{
    return (token->flags & POL_TOKEN_NEWLINE) &&
           pol_token_is(before->kind, POL_TOKEN_ENDS) &&
           pol_token_is(token->kind, POL_TOKEN_STARTS);
}

#endif
