/* SPDX-License-Identifier: Apache-2.0
 *
 * "unexpected X, expected Y": the message for a token that does not fit. What
 * could stand in its place is read off the tables of the grammar. */
#include "syntax.h"

#include "buf.h"

static const struct {
    uint8_t kind;
    const char *text;
} EXPECTED[] = {
    {POL_TK_IF, "`if`"},
    {POL_TK_RPAREN, "`)`"},
    {POL_TK_RBRACK, "`]`"},
    {POL_TK_RBRACE, "`}`"},
    {POL_TK_TSTR_END, "`}`"},
    {POL_TK_SEMI, "a new line"},
    {POL_TK_COLON, "`:`"},
    {POL_TK_AS, "`as`"},
    {POL_TK_LBRACE_BODY, "`{`"},
    {POL_TK_COMMA, "`,`"},
};

/* Writes what could follow, at most three of it; false if nothing is known. */
static bool write_expected(const void *parser, pol_buf *out)
{
    bool term = pol_syntax_accepts(parser, POL_TK_NUMBER);
    bool item = pol_syntax_accepts(parser, POL_TK_PACKAGE);
    if (item || pol_syntax_accepts(parser, POL_TK_DEFAULT)) {
        pol_buf_cstr(out, "a rule");
        return true;
    }
    if (term) {
        bool literal = pol_syntax_accepts(parser, POL_TK_EVERY);
        pol_buf_cstr(out, literal ? "a statement" : "an expression");
        return true;
    }
    if (pol_syntax_accepts(parser, POL_TK_IDENT)) {
        pol_buf_cstr(out, "a name");
        return true;
    }
    const char *found[3] = {"`in`"}; /* if nothing else is possible */
    uint32_t count = 0;
    for (size_t i = 0; i < countof(EXPECTED) && count < countof(found); i++)
        if (pol_syntax_accepts(parser, EXPECTED[i].kind))
            found[count++] = EXPECTED[i].text;
    if (count == 0 && pol_syntax_accepts(parser, POL_TK_IN))
        count = 1;
    for (uint32_t i = 0; i < count; i++)
        pol_buf_printf(out, "%s%s", i == 0           ? ""
                                    : i + 1 == count ? " or "
                                                     : ", ", found[i]);
    return count > 0;
}

/* What the message calls the token. */
static void write_found(const pol_build *build, int kind, pol_buf *out)
{
    const pol_layout *layout = build->layout;
    const pol_token *token = &layout->tokens[layout->last];
    pol_str text = pol_build_excerpt(build, pol_build_span(build, token));
    if (kind == 0)
        pol_buf_cstr(out, "end of file");
    else if (layout->virtual_semi)
        pol_buf_cstr(out, "new line");
    else if (kind == POL_TK_TSTR_MID || kind == POL_TK_TSTR_END)
        pol_buf_cstr(out, "`}`");
    else if (kind == POL_TK_STRING || kind == POL_TK_RAW ||
             kind == POL_TK_TSTR || kind == POL_TK_TSTR_BEGIN)
        pol_buf_cstr(out, "string");
    else
        pol_buf_printf(out, "`%.*s`", POL_BUILD_ARGS(text));
}

static pol_span span_of(const pol_build *build, int kind)
{
    const pol_layout *layout = build->layout;
    const pol_token *token = &layout->tokens[layout->last];
    pol_span span = pol_build_span(build, token);
    if (layout->virtual_semi && layout->last) {
        const pol_token *before = token - 1;
        return (pol_span){build->src, before->off + before->len, 0};
    }
    if (kind == POL_TK_TSTR_MID || kind == POL_TK_TSTR_END)
        span.len = 1;
    return span;
}

/* Whether `if` stands in front on the same line. */
static bool is_behind_if(const pol_layout *layout)
{
    for (uint32_t i = layout->last; i > 0; i--) {
        if (layout->tokens[i - 1].kind == POL_TK_IF)
            return true;
        if (layout->tokens[i].flags & POL_TOKEN_NEWLINE)
            return false;
    }
    return false;
}

/* One line of advice for mistakes that are made often, or NULL. */
static const char *advice(const pol_build *build, const void *parser, int kind)
{
    const pol_layout *layout = build->layout;
    uint32_t i = layout->last;
    const pol_token *token = &layout->tokens[i];
    int before = i ? token[-1].kind : 0;
    if (kind == POL_TK_BAD && token->kind == POL_TK_DOT)
        return "no space may stand around the `.` of a reference";
    if (kind == POL_TK_AND && before == POL_TK_AND)
        return "statements are combined by new lines or `;`, not by `&&`";
    if (kind == POL_TK_OR && before == POL_TK_OR)
        return "for `or`, write the rule twice, once for each alternative";
    if (kind == POL_TK_ELSE)
        return "`else` follows a single body";
    if (kind == POL_TK_UNIFY && i > 1 && token[-2].kind == POL_TK_SOME)
        return "`some x in …` iterates; `x := …` needs no `some`";
    if ((kind == POL_TK_ASSIGN || kind == POL_TK_UNIFY) &&
        (pol_token_is(before, POL_TOKEN_ENDS) || before == POL_TK_EQ ||
         before == POL_TK_UNIFY))
        return "values are compared with `==`";
    if (kind == POL_TK_WITH && pol_syntax_accepts(parser, POL_TK_DEFAULT))
        return "`with` belongs to a statement of a body";
    if (kind == POL_TK_NOT && before == POL_TK_NOT)
        return "give the inner condition a rule of its own and negate that";
    if ((kind == POL_TK_SOME || kind == POL_TK_EVERY) && before == POL_TK_NOT)
        return "give it a rule of its own and negate that";
    if (kind == POL_TK_SEMI && !layout->virtual_semi)
        return is_behind_if(layout)
                   ? "several statements behind `if` stand in `{ … }`"
                   : "take the `;` off";
    if (kind == POL_TK_RBRACE && before == POL_TK_SEMI)
        return "take the `;` in front of it off";
    if (kind == POL_TK_LPAREN && before == POL_TK_IDENT)
        return "no space may stand between a function and its `(`";
    if (kind == POL_TK_LBRACK && before == POL_TK_IDENT)
        return "no space may stand between a name and its `[`";
    return NULL;
}

/* v0: the word would be a keyword if it were imported. */
static const char *importable(const pol_build *build)
{
    static const struct {
        const char *word;
        uint32_t keyword;
    } WORDS[] = {{"in", POL_KEYWORD_IN}, {"every", POL_KEYWORD_EVERY},
                 {"and", POL_KEYWORD_AND}, {"or", POL_KEYWORD_OR}};
    const pol_layout *layout = build->layout;
    for (uint32_t back = 0; back < 2 && back <= layout->last; back++) {
        const pol_token *token = &layout->tokens[layout->last - back];
        pol_str text = pol_lex_text(build->lex, token);
        for (size_t i = 0; i < countof(WORDS); i++)
            if (!(build->keywords & WORDS[i].keyword) &&
                token->kind == POL_TK_IDENT &&
                pol_str_eq(text, pol_str_of(WORDS[i].word)))
                return WORDS[i].word;
    }
    return NULL;
}

/* Whether a keyword stands where a name could. */
static bool wants_name(const pol_build *build, const void *parser, int kind)
{
    const pol_token *token = &build->layout->tokens[build->layout->last];
    bool behind_term = build->layout->last &&
                       !(token->flags & POL_TOKEN_NEWLINE) &&
                       pol_token_is(token[-1].kind, POL_TOKEN_ENDS);
    return pol_token_is(kind, POL_TOKEN_KEYWORD) && kind != POL_TK_ELSE &&
           !behind_term && pol_syntax_accepts(parser, POL_TK_IDENT);
}

/* Whether what is wrong at this token was reported already. */
static bool is_silent(const pol_build *build, const pol_token *token)
{
    if (token->flags & POL_TOKEN_FLAWED)
        return true;
    if (build->layout->last == 0)
        return false;
    const pol_token *before = token - 1;
    return (before->kind == POL_TK_BAD && (before->flags & POL_TOKEN_FLAWED)) ||
           before->off + before->len == build->bare_end;
}

void pol_syntax_error(pol_build *build, const void *parser, int kind)
{
    const pol_layout *layout = build->layout;
    const pol_token *token = &layout->tokens[layout->last];
    build->failed = true;
    if (is_silent(build, token))
        return;
    pol_buf found, expected;
    pol_buf_init(&found, build->lex->scratch);
    pol_buf_init(&expected, build->lex->scratch);
    write_found(build, kind, &found);
    bool known = write_expected(parser, &expected);
    bool word = wants_name(build, parser, kind);
    pol_str a = pol_buf_done(&found), b = pol_buf_done(&expected);
    pol_diag *diag = pol_diag_add(
        build->diags, word ? POL_DIAG_P0115 : POL_DIAG_P0102,
        span_of(build, kind), "unexpected %s%.*s%s%.*s", word ? "keyword " : "",
        POL_BUILD_ARGS(a), known ? ", expected " : "",
        POL_BUILD_ARGS(known ? b : STR("")));
    const char *help = advice(build, parser, kind);
    const char *import = importable(build);
    if (help)
        pol_diag_help(build->diags, diag, "%s", help);
    else if (import)
        pol_diag_help(build->diags, diag,
                      "`import future.keywords.%s` makes it a keyword", import);
    else if (word)
        pol_diag_help(build->diags, diag, "keywords cannot be names");
}

void pol_syntax_overflow(pol_build *build)
{
    const pol_layout *layout = build->layout;
    build->overflowed = true;
    pol_diag_add(build->diags, POL_DIAG_P0301,
                 pol_build_span(build, &layout->tokens[layout->last]),
                 "nesting is too deep");
}
