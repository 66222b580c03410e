/* SPDX-License-Identifier: Apache-2.0
 *
 * The second walk: hands the tokens to the grammar one by one, tells bodies
 * from terms, and puts a `;` where a new line separates two literals. Knows the
 * stack of open brackets, so that parsing can go on behind an error. */
#ifndef POL_LAYOUT_H
#define POL_LAYOUT_H

#include "brackets.h"

/* What an open bracket holds. */
typedef enum {
    POL_LAYOUT_ITEMS, /* rules */
    POL_LAYOUT_QUERY, /* literals: new lines separate */
    POL_LAYOUT_TERMS  /* anything else: new lines are nothing */
} pol_layout_kind;

typedef struct pol_layout_frame {
    uint32_t open;  /* index of the opener; unused in the base frame */
    uint8_t kind;   /* pol_layout_kind */
    uint8_t label;  /* the kind the grammar got for the opener */
    bool every;     /* an `every` waits for its body */
    uint32_t whole; /* index behind a closer that ends its literal; or 0 */
    bool alternative; /* behind the `else` of a rule, up to the next rule */
    bool compr;     /* a comprehension whose bar has not come yet */
} pol_layout_frame;

typedef struct pol_layout {
    const pol_token *tokens;
    uint32_t count;
    uint32_t at;        /* the token that comes next */
    uint32_t last;      /* the token handed out last */
    uint32_t separated; /* token in front of which a `;` was put; or none */
    uint32_t synced;    /* where the last pol_layout_sync stopped; or none */
    uint32_t depth;
    uint32_t keywords;
    int given;         /* kind of the token handed out last */
    bool virtual_semi; /* the last token handed out was an invented `;` */
    pol_layout_frame frames[POL_LIMIT_NESTING + 1];
} pol_layout;

/* Starts at the first token of `tokens`; `base` is what a text holds. */
void pol_layout_init(pol_layout *layout, const pol_tokens *tokens,
                     pol_layout_kind base, uint32_t keywords);

/* The next token and, as the result, the kind the grammar wants for it. At the
 * end 0 again and again. For an invented `;`, `token` is the one behind it. */
int pol_layout_next(pol_layout *layout, const pol_token **token);

/* After a syntax error at the last token handed out: goes on to the end of the
 * statement or rule around it, so that what comes next is a `;`, the end of the
 * body or the start of a rule. */
void pol_layout_sync(pol_layout *layout);

#endif
