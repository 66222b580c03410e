/* SPDX-License-Identifier: Apache-2.0
 *
 * The choice between body and term follows OPA: a `{` behind something that
 * can end a term is a body; behind `if` it is a term only if its inside or what
 * follows it could not be a body; elsewhere it is a term, unless it is an
 * operand of `and`, `or` or the new `not`. */
#include "layout.h"

static const uint32_t NOWHERE = UINT32_MAX;

void pol_layout_init(pol_layout *layout, const pol_tokens *tokens,
                     pol_layout_kind base, uint32_t keywords)
{
    layout->tokens = tokens->items;
    layout->count = tokens->count;
    layout->at = layout->last = 0;
    layout->separated = layout->synced = NOWHERE;
    layout->depth = 0;
    layout->keywords = keywords;
    layout->virtual_semi = false;
    layout->given = 0;
    layout->frames[0] = (pol_layout_frame){.kind = (uint8_t)base};
}

static pol_layout_frame *top(pol_layout *layout)
{
    return &layout->frames[layout->depth];
}

static bool adjacent(const pol_token *token)
{
    return !(token->flags & POL_TOKEN_SPACE);
}

static int kind_before(const pol_layout *layout, uint32_t i)
{
    return i ? layout->tokens[i - 1].kind : 0;
}

static bool is_logic(int kind)
{
    return kind == POL_TK_LAND || kind == POL_TK_LOR;
}

/* Whether the pair at `i` is an operand of `and`, `or` or the new `not`. */
static bool is_operand(const pol_layout *layout, uint32_t i)
{
    int before = kind_before(layout, i);
    int behind = layout->tokens[layout->tokens[i].mate + 1].kind;
    if (is_logic(before))
        return true;
    if (before == POL_TK_NOT)
        return layout->keywords & POL_KEYWORD_NOT;
    bool starts = before == POL_TK_IF || before == POL_TK_SEMI ||
                  before == POL_TK_LBRACE || before == POL_TK_BAR ||
                  before == 0 ||
                  pol_token_breaks(&layout->tokens[i - 1], &layout->tokens[i]);
    return starts && is_logic(behind);
}

/* Whether `if {…}` holds one term: it goes on behind the brace, or its inside
 * is no list of literals. */
static bool is_term_behind_if(const pol_layout *layout, uint32_t i)
{
    const pol_token *open = &layout->tokens[i];
    if (open->form != POL_FORM_LIST)
        return true;
    const pol_token *behind = &layout->tokens[open->mate + 1];
    switch (behind->kind) {
    case POL_TK_DOT:
    case POL_TK_LBRACK:
        return adjacent(behind);
    case POL_TK_IN: case POL_TK_ASSIGN: case POL_TK_UNIFY: case POL_TK_COMMA:
    case POL_TK_EQ: case POL_TK_NE: case POL_TK_LT: case POL_TK_LE:
    case POL_TK_GT: case POL_TK_GE: case POL_TK_OR: case POL_TK_AND:
    case POL_TK_PLUS: case POL_TK_MINUS: case POL_TK_STAR: case POL_TK_SLASH:
    case POL_TK_PERCENT:
        return true;
    default:
        return false;
    }
}

static bool is_body(pol_layout *layout, uint32_t i)
{
    pol_layout_frame *frame = top(layout);
    int before = kind_before(layout, i);
    bool behind_term = pol_token_is(before, POL_TOKEN_ENDS);
    if (frame->every && behind_term)
        return true;
    if (frame->kind != POL_LAYOUT_ITEMS)
        return false;
    if (before == POL_TK_ELSE)
        return true;
    if (before == POL_TK_IF)
        return frame->alternative || !is_term_behind_if(layout, i);
    return behind_term;
}

static int label_brace(pol_layout *layout, uint32_t i, pol_layout_kind *holds)
{
    const pol_token *open = &layout->tokens[i];
    *holds = POL_LAYOUT_QUERY;
    if (open->form == POL_FORM_POLICY) {
        *holds = POL_LAYOUT_ITEMS;
        return POL_TK_LBRACE_POLICY;
    }
    if (!top(layout)->every && is_operand(layout, i))
        return POL_TK_LBRACE_OPERAND;
    if (is_body(layout, i)) {
        top(layout)->every = false;
        return POL_TK_LBRACE_BODY;
    }
    *holds = POL_LAYOUT_TERMS;
    switch (open->form) {
    case POL_FORM_COMPR:
        return POL_TK_LBRACE_SETC;
    case POL_FORM_OBJECT_COMPR:
        return POL_TK_LBRACE_OBJC;
    case POL_FORM_LIST:
        return POL_TK_LBRACE_SET;
    default:
        return POL_TK_LBRACE_OBJ;
    }
}

/* Whether the `(`, `[` or `.` at `i` stands behind the name of a rule: OPA takes
 * space there. */
static bool is_behind_name(pol_layout *layout, uint32_t i)
{
    if (top(layout)->kind != POL_LAYOUT_ITEMS ||
        kind_before(layout, i) != POL_TK_IDENT)
        return false;
    int before = kind_before(layout, i - 1);
    return before == 0 || before == POL_TK_DEFAULT ||
           before == POL_TK_LBRACE || pol_token_is(before, POL_TOKEN_ENDS);
}

/* The kind of the opener at `i`, and what it holds. */
static int label(pol_layout *layout, uint32_t i, pol_layout_kind *holds)
{
    const pol_token *open = &layout->tokens[i];
    bool suffix = i && adjacent(open) &&
                  pol_token_is(open[-1].kind, POL_TOKEN_ENDS);
    *holds = POL_LAYOUT_TERMS;
    switch (open->kind) {
    case POL_TK_LBRACE:
        return label_brace(layout, i, holds);
    case POL_TK_LBRACK:
        if (suffix || is_behind_name(layout, i))
            return POL_TK_LBRACK_IDX;
        return open->form == POL_FORM_COMPR ? POL_TK_LBRACK_COMPR
                                            : POL_TK_LBRACK;
    case POL_TK_LPAREN:
        if (suffix || is_behind_name(layout, i))
            return POL_TK_LPAREN_CALL;
        return open->form == POL_FORM_GROUP ? POL_TK_LPAREN_GROUP
                                            : POL_TK_LPAREN;
    default:
        return open->kind;
    }
}

/* Whether a new line in front of `i` ends the literal before it. */
static bool breaks_here(pol_layout *layout, uint32_t i)
{
    pol_layout_frame *frame = top(layout);
    const pol_token *token = &layout->tokens[i];
    if (frame->kind != POL_LAYOUT_QUERY || i == 0 ||
        (layout->depth && i == frame->open + 1))
        return false;
    if (frame->every && token->kind == POL_TK_LBRACE)
        return false;
    if (token->kind == POL_TK_MINUS && frame->whole == i)
        return token->flags & POL_TOKEN_NEWLINE;
    return pol_token_breaks(token - 1, token);
}

/* A `.` and the name behind it stand without space. */
static int label_dot(pol_layout *layout, uint32_t i)
{
    const pol_token *dot = &layout->tokens[i];
    bool behind = adjacent(dot) || is_behind_name(layout, i);
    return behind && adjacent(dot + 1) ? POL_TK_DOT : POL_TK_BAD;
}

static bool is_compr(int kind)
{
    return kind == POL_TK_LBRACK_COMPR || kind == POL_TK_LBRACE_SETC ||
           kind == POL_TK_LBRACE_OBJC;
}

/* The bracket pass marks bars by what stands inside alone; in a body or an
 * index such a bar is a union all the same. */
static int label_bar(pol_layout *layout)
{
    pol_layout_frame *frame = top(layout);
    if (!frame->compr)
        return POL_TK_OR;
    frame->compr = false;
    frame->kind = POL_LAYOUT_QUERY;
    return POL_TK_BAR;
}

/* A keyword in front of `.` or `[` is a name at the start of a literal, but not
 * where only a term may stand. */
static int label_name(const pol_layout *layout, uint32_t i)
{
    if (!(layout->tokens[i].flags & POL_TOKEN_WORD))
        return POL_TK_IDENT;
    switch (layout->given) {
    case POL_TK_OR:
    case POL_TK_LBRACE_SET:
    case POL_TK_LBRACE_SETC:
    case POL_TK_LBRACE_OBJ:
    case POL_TK_LBRACE_OBJC:
        return POL_TK_BAD;
    default:
        return POL_TK_IDENT;
    }
}

/* Behind `else`, up to the next rule, braces are bodies. */
static void watch_else(pol_layout *layout, uint32_t i)
{
    const pol_token *token = &layout->tokens[i];
    if (token->kind == POL_TK_ELSE)
        top(layout)->alternative = true;
    else if (token->kind == POL_TK_DEFAULT ||
             ((token->kind == POL_TK_IDENT || token->kind == POL_TK_LPAREN) &&
              !adjacent(token) &&
              pol_token_is(kind_before(layout, i), POL_TOKEN_ENDS)))
        top(layout)->alternative = false;
}

static int label_token(pol_layout *layout, uint32_t i)
{
    int kind = layout->tokens[i].kind;
    if (pol_token_is(kind, POL_TOKEN_CLOSES)) {
        int open = top(layout)->label;
        layout->depth--;
        if (open == POL_TK_LBRACE_BODY || open == POL_TK_LBRACE_OPERAND ||
            open == POL_TK_LPAREN_GROUP)
            top(layout)->whole = i + 1;
    }
    watch_else(layout, i);
    if (pol_token_is(kind, POL_TOKEN_OPENS)) {
        pol_layout_kind holds;
        kind = label(layout, i, &holds);
        layout->frames[++layout->depth] =
            (pol_layout_frame){.open = i,
                               .kind = (uint8_t)holds,
                               .label = (uint8_t)kind,
                               .compr = is_compr(kind)};
        return kind;
    }
    switch (kind) {
    case POL_TK_EVERY:
        top(layout)->every = true;
        return kind;
    case POL_TK_SEMI:
        top(layout)->every = false;
        return kind;
    case POL_TK_BAR:
        return label_bar(layout);
    case POL_TK_DOT:
        return label_dot(layout, i);
    case POL_TK_IDENT:
        return label_name(layout, i);
    default:
        return kind;
    }
}

int pol_layout_next(pol_layout *layout, const pol_token **token)
{
    uint32_t i = layout->at;
    *token = &layout->tokens[i];
    layout->last = i;
    layout->virtual_semi = false;
    if (i == layout->count)
        return 0;
    if (layout->separated != i && breaks_here(layout, i)) {
        layout->separated = i;
        layout->virtual_semi = true;
        top(layout)->every = false;
        return layout->given = POL_TK_SEMI;
    }
    layout->at++;
    return layout->given = label_token(layout, i);
}

/* --- going on behind an error --- */

/* Whether a member of a policy block seems to start at `i`. */
static bool starts_member(const pol_layout *layout, uint32_t i)
{
    const pol_token *token = &layout->tokens[i];
    if (!(token->flags & POL_TOKEN_NEWLINE))
        return false;
    if (token->kind == POL_TK_DEFAULT)
        return true;
    if (token->kind != POL_TK_IDENT)
        return false;
    switch (token[1].kind) {
    case POL_TK_COLON:
    case POL_TK_ASSIGN:
    case POL_TK_UNIFY:
    case POL_TK_CONTAINS:
    case POL_TK_IF:
    case POL_TK_LBRACE:
        return true;
    case POL_TK_LPAREN:
    case POL_TK_LBRACK:
    case POL_TK_DOT:
        return adjacent(token + 1);
    default:
        return false;
    }
}

/* Whether parsing may go on with the token at `i`. */
static bool is_sync_point(pol_layout *layout, uint32_t i)
{
    const pol_token *token = &layout->tokens[i];
    if (i == layout->count)
        return true;
    if (layout->depth && i == layout->tokens[top(layout)->open].mate)
        return true;
    if (i == layout->synced || token->kind == POL_TK_BAD)
        return false;
    if (top(layout)->kind == POL_LAYOUT_QUERY)
        return (token->kind == POL_TK_SEMI && i != layout->last) ||
               (layout->separated != i && breaks_here(layout, i));
    if (layout->depth)
        return starts_member(layout, i);
    return (token->flags & POL_TOKEN_COLUMN1) &&
           !pol_token_is(token->kind, POL_TOKEN_CLOSES);
}

/* The index behind the pair, or behind the whole template string. */
static uint32_t behind(const pol_layout *layout, uint32_t open)
{
    do
        open = layout->tokens[open].mate;
    while (pol_token_is(layout->tokens[open].kind, POL_TOKEN_OPENS));
    return open + 1;
}

/* Takes the last token back, as far as the frames go: the grammar did not
 * accept it. */
static void take_back(pol_layout *layout)
{
    if (layout->virtual_semi || layout->last == layout->count)
        return;
    int kind = layout->tokens[layout->last].kind;
    if (kind == POL_TK_BAR && layout->depth &&
        layout->tokens[top(layout)->open].form != POL_FORM_LIST)
        top(layout)->kind = POL_LAYOUT_TERMS;
    else if (kind == POL_TK_TSTR_MID)
        return;
    else if (pol_token_is(kind, POL_TOKEN_OPENS))
        layout->depth--;
    else if (pol_token_is(kind, POL_TOKEN_CLOSES))
        layout->depth++;
}

void pol_layout_sync(pol_layout *layout)
{
    take_back(layout);
    uint32_t i = layout->last;
    /* The closer at which parsing went on before is wrong itself: its pair is
     * left behind, or the same error would come for ever. */
    if (i == layout->synced && layout->depth &&
        i == layout->tokens[top(layout)->open].mate)
        i = behind(layout, layout->frames[layout->depth--].open);
    while (layout->depth && top(layout)->kind == POL_LAYOUT_TERMS)
        i = behind(layout, layout->frames[layout->depth--].open);
    while (!is_sync_point(layout, i)) {
        const pol_token *token = &layout->tokens[i];
        bool jump = pol_token_is(token->kind, POL_TOKEN_OPENS) &&
                    token->mate > i;
        i = jump ? behind(layout, i) : i + 1;
    }
    layout->at = layout->synced = i;
    layout->separated = NOWHERE;
    top(layout)->every = false;
}
