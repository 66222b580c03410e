/* SPDX-License-Identifier: Apache-2.0
 *
 * One walk, constant work a token. Each open bracket has a level that watches
 * the tokens directly inside it; when the bracket closes, the level knows
 * whether they form a list, an object or a comprehension, as OPA would decide
 * by trying:
 *   - a comprehension has one single term (no operator) in front of its first
 *     `|`, and behind it no comma but those of `k, v in xs` and of
 *     declarations;
 *   - otherwise that `|` is a union. */
#include "brackets.h"

/* How many times broken brackets may make us start again behind the damage;
 * each time the rest is read anew, so this keeps the walk linear. */
enum { RESTARTS = 16 };

/* What was seen of the term at the start of a level. */
typedef enum { TERM_NONE, TERM_ONE, TERM_MORE } term_state;

typedef struct level {
    uint32_t open;  /* index of the opener; the base level has none */
    uint32_t bar;   /* `|` behind a single term, or 0 */
    uint32_t colon; /* first `:`, or 0 */
    uint32_t height, tallest; /* of the tree of this statement, of all */
    uint8_t term;
    bool item;     /* holds rules, not terms: the base and policy blocks */
    bool listed;   /* a comma in front of the bar */
    bool union_;   /* what follows the bar is no query */
    bool query;    /* a `;` behind the bar: it can be nothing else */
    bool declares; /* in a `some` or `every` literal */
    bool every;    /* `every` whose body has not come yet */
    bool logic, negates, modifies; /* holds `and` or `or`, `not`, `with` */
    bool in_seen;
    uint32_t commas;
} level;

typedef struct walk {
    pol_lex *lex;
    pol_token *tokens;
    uint32_t count;
    uint32_t keywords;
    uint32_t depth; /* of the innermost level in `levels` */
    uint32_t item;  /* where the current rule starts */
    uint32_t restarts;
    bool stopped;
    level levels[POL_LIMIT_NESTING + 1];
} walk;

static pol_span span_at(const walk *w, uint32_t i)
{
    const pol_token *token = &w->tokens[i];
    uint32_t len = pol_token_is(token->kind, POL_TOKEN_CLOSES) ? 1 : token->len;
    return (pol_span){w->lex->src, token->off, len};
}

static bool word_is(const walk *w, uint32_t i, const char *word)
{
    return i < w->count && w->tokens[i].kind == POL_TK_IDENT &&
           pol_str_eq(pol_lex_text(w->lex, &w->tokens[i]), pol_str_of(word));
}

static bool adjacent(const pol_token *token)
{
    return !(token->flags & POL_TOKEN_SPACE);
}

/* --- keywords --- */

/* `import future.keywords[.x]`, `import rego.v1|v2`, at `i` = `import`. */
static void read_import(walk *w, uint32_t i)
{
    static const struct {
        uint8_t kind;
        uint8_t keyword;
    } NAMES[] = {{POL_TK_IF, POL_KEYWORD_IF},
                 {POL_TK_CONTAINS, POL_KEYWORD_CONTAINS},
                 {POL_TK_IN, POL_KEYWORD_IN},
                 {POL_TK_EVERY, POL_KEYWORD_EVERY | POL_KEYWORD_IN},
                 {POL_TK_LAND, POL_KEYWORD_AND},
                 {POL_TK_LOR, POL_KEYWORD_OR},
                 {POL_TK_NOT, POL_KEYWORD_NOT}};
    const pol_token *tokens = w->tokens;
    if (i + 3 >= w->count || tokens[i + 2].kind != POL_TK_DOT)
        return;
    if (word_is(w, i + 1, "rego")) {
        if (word_is(w, i + 3, "v1"))
            w->keywords |= POL_KEYWORD_V1;
        if (word_is(w, i + 3, "v2"))
            w->keywords |= POL_KEYWORD_V1 | POL_KEYWORD_LOGIC;
        return;
    }
    if (!word_is(w, i + 1, "future") || !word_is(w, i + 3, "keywords"))
        return;
    bool one = i + 5 < w->count && tokens[i + 4].kind == POL_TK_DOT;
    for (size_t n = 0; n < countof(NAMES); n++)
        if (!one || tokens[i + 5].kind == NAMES[n].kind)
            w->keywords |= NAMES[n].keyword;
}

/* Whether the keyword of this kind is on. */
static bool is_on(const walk *w, int kind)
{
    switch (kind) {
    case POL_TK_IF:
        return w->keywords & POL_KEYWORD_IF;
    case POL_TK_CONTAINS:
        return w->keywords & POL_KEYWORD_CONTAINS;
    case POL_TK_IN:
        return w->keywords & POL_KEYWORD_IN;
    case POL_TK_EVERY:
        return w->keywords & POL_KEYWORD_EVERY;
    case POL_TK_LAND:
        return w->keywords & POL_KEYWORD_AND;
    case POL_TK_LOR:
        return w->keywords & POL_KEYWORD_OR;
    default:
        return true;
    }
}

/* Whether a rule or literal may start at `i`, as far as its left side tells. */
static bool at_start(const walk *w, uint32_t i)
{
    if (i == 0)
        return true;
    const pol_token *before = &w->tokens[i - 1], *token = &w->tokens[i];
    switch (before->kind) {
    case POL_TK_IF:
    case POL_TK_DEFAULT:
    case POL_TK_SEMI:
    case POL_TK_LBRACE:
    case POL_TK_OR:
        return true;
    default:
        return pol_token_is(before->kind, POL_TOKEN_ENDS) &&
               ((token->flags & POL_TOKEN_NEWLINE) ||
                (w->levels[w->depth].item && token->kind != POL_TK_IN &&
                 token->kind != POL_TK_AS));
    }
}

/* Whether the number starts with its point: `.5`. */
static bool is_fraction(const walk *w, const pol_token *token)
{
    return token->kind == POL_TK_NUMBER &&
           pol_lex_text(w->lex, token).ptr[0] == '.';
}

/* Whether the keyword at `i` is no more than a name there: `input.if`,
 * `package a.in`, and in front of `.` or `[` (`not.x`, `default["x"]`). */
static bool is_name(const walk *w, uint32_t i)
{
    const pol_token *token = &w->tokens[i], *next = token + 1;
    const pol_token *before = i ? token - 1 : NULL;
    if (before && (before->kind == POL_TK_PACKAGE ||
                   (before->kind == POL_TK_DOT && adjacent(token))))
        return true;
    if (!is_on(w, token->kind))
        return true;
    bool continues = adjacent(next) &&
                     (next->kind == POL_TK_DOT || next->kind == POL_TK_LBRACK ||
                      is_fraction(w, next));
    if (token->kind == POL_TK_CONTAINS) {
        bool operator= w->levels[w->depth].item && before &&
                       pol_token_is(before->kind, POL_TOKEN_ENDS);
        return !operator || ((token->flags & POL_TOKEN_NEWLINE) && continues);
    }
    return continues && at_start(w, i);
}

static void settle_word(walk *w, uint32_t i)
{
    pol_token *token = &w->tokens[i];
    bool item = w->levels[w->depth].item;
    if (pol_token_is(token->kind, POL_TOKEN_KEYWORD) && is_name(w, i)) {
        if (is_on(w, token->kind) && token->kind != POL_TK_CONTAINS &&
            (i == 0 || token[-1].kind != POL_TK_DOT))
            token->flags |= POL_TOKEN_WORD;
        token->kind = POL_TK_IDENT;
    } else if (token->kind == POL_TK_IMPORT && w->depth == 0) {
        read_import(w, i);
    } else if (item && token->kind == POL_TK_IDENT && i + 2 < w->count &&
               (token[1].kind == POL_TK_STRING ||
                token[1].kind == POL_TK_RAW) &&
               token[2].kind == POL_TK_LBRACE && word_is(w, i, "policy")) {
        token->kind = POL_TK_POLICY;
        token[2].form = POL_FORM_POLICY;
    }
}

/* --- what stands inside a bracket --- */

/* A part of a literal ends: one comma is fine if an `in` followed it. */
static void end_part(level *l)
{
    if (l->bar && !l->declares &&
        (l->commas > 1 || (l->commas == 1 && !l->in_seen)))
        l->union_ = true;
    l->commas = 0;
    l->in_seen = false;
}

static void end_height(level *l)
{
    if (l->height > l->tallest)
        l->tallest = l->height;
    l->height = 0;
}

static void end_literal(level *l)
{
    end_part(l);
    end_height(l);
    l->declares = false;
    l->every = false;
}

/* Tokens behind the bar: is it a query? */
static void watch_query(level *l, const pol_token *token)
{
    switch (token->kind) {
    case POL_TK_SEMI:
        l->query = true;
        break;
    case POL_TK_COMMA:
        l->commas++;
        break;
    case POL_TK_IN:
        l->in_seen = l->commas > 0;
        break;
    case POL_TK_COLON:
        l->union_ = true;
        break;
    case POL_TK_SOME:
    case POL_TK_EVERY:
        l->declares = true;
        break;
    case POL_TK_ASSIGN:
    case POL_TK_UNIFY:
    case POL_TK_WITH:
    case POL_TK_AS:
    case POL_TK_LAND:
    case POL_TK_LOR:
        end_part(l);
        break;
    default:
        break;
    }
}

/* Whether the token lets the term before it go on: `.name`, `[…]`, `(…)`. */
static bool continues_term(const pol_token *token)
{
    switch (token->kind) {
    case POL_TK_DOT:
        return true;
    case POL_TK_IDENT:
        return token[-1].kind == POL_TK_DOT;
    case POL_TK_LBRACK:
    case POL_TK_LPAREN:
        return adjacent(token);
    default:
        return false;
    }
}

/* Tokens in front of the bar: is it one single term? */
static void watch_term(level *l, const pol_token *token, uint32_t i)
{
    if (token->kind == POL_TK_COMMA) {
        l->listed = true;
        l->term = TERM_MORE;
    } else if (token->kind == POL_TK_COLON && !l->colon) {
        l->colon = i;
        l->term = l->listed ? TERM_MORE : TERM_NONE;
    } else if (l->term == TERM_NONE) {
        if (pol_token_is(token->kind, POL_TOKEN_STARTS) &&
            token->kind != POL_TK_NOT)
            l->term = TERM_ONE;
        else if (token->kind != POL_TK_MINUS)
            l->term = TERM_MORE;
    } else if (l->term == TERM_ONE && token->kind == POL_TK_OR) {
        l->bar = i;
    } else if (!continues_term(token)) {
        l->term = TERM_MORE;
    }
}

/* The height of the tree: operators build chains to the left. */
static void watch_height(level *l, const pol_token *token)
{
    switch (token->kind) {
    case POL_TK_EQ: case POL_TK_NE: case POL_TK_LT: case POL_TK_LE:
    case POL_TK_GT: case POL_TK_GE: case POL_TK_OR: case POL_TK_AND:
    case POL_TK_PLUS: case POL_TK_MINUS: case POL_TK_STAR: case POL_TK_SLASH:
    case POL_TK_PERCENT: case POL_TK_IN: case POL_TK_LAND: case POL_TK_LOR:
    case POL_TK_LPAREN:
        l->height++;
        break;
    case POL_TK_COMMA:
    case POL_TK_COLON:
    case POL_TK_ASSIGN:
    case POL_TK_UNIFY:
    case POL_TK_WITH:
        end_height(l);
        break;
    case POL_TK_IF:
    case POL_TK_ELSE:
    case POL_TK_CONTAINS:
        if (l->item)
            end_height(l);
        break;
    default:
        break;
    }
}

/* Takes note of the token at `i`, directly inside the current level. Closers
 * are none: their openers stood for them. */
static void watch(walk *w, uint32_t i)
{
    level *l = &w->levels[w->depth];
    const pol_token *token = &w->tokens[i];
    bool body = l->every && token->kind == POL_TK_LBRACE && i &&
                pol_token_is(token[-1].kind, POL_TOKEN_ENDS);
    if (body)
        l->every = false;
    else if (token->kind == POL_TK_SEMI ||
             (i && pol_token_breaks(token - 1, token)))
        end_literal(l);
    if (token->kind == POL_TK_EVERY)
        l->every = true;
    if (token->kind == POL_TK_LAND || token->kind == POL_TK_LOR)
        l->logic = true;
    if (token->kind == POL_TK_NOT)
        l->negates = true;
    if (token->kind == POL_TK_WITH)
        l->modifies = true;
    watch_height(l, token);
    if (l->bar)
        watch_query(l, token);
    else
        watch_term(l, token, i);
}

/* --- brackets --- */

static void too_deep(walk *w, uint32_t i)
{
    pol_diag *diag = pol_diag_add(w->lex->diags, POL_DIAG_P0301, span_at(w, i),
                                  "nesting is deeper than %d levels",
                                  POL_LIMIT_NESTING);
    pol_diag_help(w->lex->diags, diag,
                  "split the expression over several rules");
    w->stopped = true;
    w->count = i;
}

static void open_level(walk *w, uint32_t i)
{
    if (w->depth == POL_LIMIT_NESTING) {
        too_deep(w, i);
        return;
    }
    level *l = &w->levels[++w->depth];
    *l = (level){.open = i, .item = w->tokens[i].form == POL_FORM_POLICY};
}

/* Whether parentheses hold a literal instead of a term, which is possible once
 * one of `and`, `or` and the new `not` is imported. */
static bool is_group(const walk *w, const level *l, uint32_t close)
{
    const pol_token *tokens = w->tokens, *inner = &tokens[l->open + 1];
    int before = l->open ? tokens[l->open - 1].kind : 0;
    int behind = tokens[close + 1].kind;
    if (before == POL_TK_NOT && !(w->keywords & POL_KEYWORD_NOT))
        return false;
    if (l->logic)
        return true;
    if (!(w->keywords & POL_KEYWORD_LOGIC))
        return false;
    if (l->negates || (inner->kind == POL_TK_LPAREN &&
                       inner->mate + 1 == close &&
                       inner->form == POL_FORM_GROUP))
        return true;
    return l->modifies && (before == POL_TK_LAND || before == POL_TK_LOR ||
                           before == POL_TK_NOT || behind == POL_TK_LAND ||
                           behind == POL_TK_LOR);
}

/* What the closed pair was. */
static pol_form form_of(const walk *w, const level *l, uint32_t close)
{
    const pol_token *open = &w->tokens[l->open];
    if (open->form == POL_FORM_POLICY)
        return POL_FORM_POLICY;
    if (open->kind == POL_TK_LPAREN)
        return is_group(w, l, close) ? POL_FORM_GROUP : POL_FORM_LIST;
    if (close == l->open + 1)
        return POL_FORM_EMPTY;
    bool query = l->bar && (l->query || !l->union_);
    if (l->colon && open->kind == POL_TK_LBRACE)
        return query ? POL_FORM_OBJECT_COMPR : POL_FORM_OBJECT;
    return query ? POL_FORM_COMPR : POL_FORM_LIST;
}

static void close_level(walk *w, uint32_t i)
{
    level *l = &w->levels[w->depth];
    end_literal(l);
    pol_token *open = &w->tokens[l->open];
    open->mate = i;
    w->tokens[i].mate = l->open;
    pol_form form = form_of(w, l, i);
    open->form = (uint8_t)form;
    if (form == POL_FORM_COMPR || form == POL_FORM_OBJECT_COMPR)
        w->tokens[l->bar].kind = POL_TK_BAR;
    level *outer = &w->levels[--w->depth];
    if (outer->height < l->tallest + 1)
        outer->height = l->tallest + 1;
}

static bool fits(int open, int close)
{
    switch (close) {
    case POL_TK_RPAREN:
        return open == POL_TK_LPAREN;
    case POL_TK_RBRACK:
        return open == POL_TK_LBRACK;
    case POL_TK_RBRACE:
        return open == POL_TK_LBRACE;
    default:
        return open == POL_TK_TSTR_BEGIN || open == POL_TK_TSTR_MID;
    }
}

/* The first token from `i` on that stands at column 1 and may start a rule. */
static uint32_t next_item(const walk *w, uint32_t i)
{
    while (i < w->count && (!(w->tokens[i].flags & POL_TOKEN_COLUMN1) ||
                            pol_token_is(w->tokens[i].kind, POL_TOKEN_CLOSES)))
        i++;
    return i;
}

/* Gives up the rule around the damage and starts again at `next`. */
static uint32_t abandon(walk *w, uint32_t next)
{
    if (++w->restarts > RESTARTS)
        next = w->count;
    for (uint32_t i = w->item; i < next; i++) {
        w->tokens[i].kind = POL_TK_BAD;
        w->tokens[i].flags |= POL_TOKEN_FLAWED;
    }
    w->depth = 0;
    w->levels[0] = (level){.item = w->levels[0].item};
    w->item = next;
    return next;
}

static uint32_t mismatched(walk *w, uint32_t i)
{
    pol_diags *diags = w->lex->diags;
    const char *name = pol_token_name(w->tokens[i].kind);
    if (w->depth == 0) {
        pol_diag_add(diags, POL_DIAG_P0110, span_at(w, i),
                     "unexpected %s: nothing is open here", name);
    } else {
        uint32_t open = w->levels[w->depth].open;
        pol_diag *diag = pol_diag_add(diags, POL_DIAG_P0110, span_at(w, i),
                                      "mismatched %s", name);
        pol_diag_label(diags, diag, span_at(w, open), "this %s is still open",
                       pol_token_name(w->tokens[open].kind));
    }
    return abandon(w, next_item(w, i + 1));
}

static uint32_t unclosed(walk *w)
{
    uint32_t outermost = w->levels[1].open, open = w->levels[w->depth].open;
    if (next_item(w, outermost + 1) < open)
        open = outermost; /* what is open inside belongs to later rules */
    bool template = w->tokens[open].kind == POL_TK_TSTR_BEGIN ||
                    w->tokens[open].kind == POL_TK_TSTR_MID;
    pol_span span = span_at(w, open);
    if (template) {
        span.off += w->tokens[open].len - 1;
        span.len = 1;
    }
    pol_diag *diag = pol_diag_add(w->lex->diags, POL_DIAG_P0109, span,
                                  "unclosed %s",
                                  template ? "`{` of a template string"
                                           : pol_token_name(
                                                 w->tokens[open].kind));
    pol_diag_help(w->lex->diags, diag, "close it with `%s`",
                  w->tokens[open].kind == POL_TK_LPAREN   ? ")"
                  : w->tokens[open].kind == POL_TK_LBRACK ? "]"
                                                          : "}");
    return abandon(w, next_item(w, outermost + 1));
}

/* One token; returns the index of the next. */
static uint32_t step(walk *w, uint32_t i)
{
    pol_token *token = &w->tokens[i];
    if (token->kind == POL_TK_BAR) /* of the walk before a restart */
        token->kind = POL_TK_OR;
    if (token->kind == POL_TK_IDENT ||
        pol_token_is(token->kind, POL_TOKEN_KEYWORD))
        settle_word(w, i);
    if (w->depth == 0 && (token->flags & POL_TOKEN_COLUMN1))
        w->item = i;
    if (pol_token_is(token->kind, POL_TOKEN_CLOSES)) {
        if (w->depth == 0 ||
            !fits(w->tokens[w->levels[w->depth].open].kind, token->kind))
            return mismatched(w, i);
        close_level(w, i);
    } else {
        watch(w, i);
    }
    if (pol_token_is(token->kind, POL_TOKEN_OPENS))
        open_level(w, i);
    if (!w->stopped && w->levels[w->depth].height > POL_LIMIT_NESTING)
        too_deep(w, i);
    return i + 1;
}

uint32_t pol_brackets_run(pol_lex *lex, uint32_t keywords, bool items)
{
    walk *w = pol_arena_alloc(lex->scratch, sizeof *w);
    *w = (walk){.lex = lex,
                .tokens = lex->tokens.items,
                .count = lex->tokens.count,
                .keywords = keywords};
    w->levels[0].item = items;
    uint32_t i = 0;
    for (;;) {
        while (i < w->count)
            i = step(w, i);
        if (w->depth == 0 || w->stopped)
            break;
        i = unclosed(w);
    }
    if (w->stopped) {
        w->count = w->item;
        w->tokens[w->count].kind = 0;
    }
    lex->tokens.count = w->count;
    return w->keywords;
}
