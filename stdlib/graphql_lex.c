/* SPDX-License-Identifier: Apache-2.0
 *
 * Columns count code points. Two rules look odd and are kept because messages
 * show them: the token of a string lies behind its opening quotes, and of "\r\n"
 * only the first byte ends the line, so the second is in column 1. */
#include "graphql_lex.h"

const char *pol_graphql_token_name(pol_graphql_token_kind kind)
{
    static const char *const names[] = {
        "<Invalid>", "<EOF>", "!", "$", "&", "(", ")", "...", ":", "=", "@",
        "[", "]", "{", "}", "|", "Name", "Int", "Float", "String",
        "BlockString", "Comment"};
    return names[kind];
}

void pol_graphql_lex_init(pol_graphql_lex *lex, pol_call *call, pol_value text)
{
    *lex = (pol_graphql_lex){
        .call = call, .text = text.str, .len = text.len, .line = 1};
}

/* The byte `ahead` of the place, 0 behind the end. */
static unsigned char peek(const pol_graphql_lex *lex, size_t ahead)
{
    return ahead < lex->len - lex->at
               ? (unsigned char)lex->text[lex->at + ahead]
               : 0;
}

static bool at_end(const pol_graphql_lex *lex)
{
    return lex->at == lex->len;
}

/* Over `count` ASCII characters. */
static void skip(pol_graphql_lex *lex, size_t count)
{
    lex->at += count;
    lex->runes += count;
}

static void skip_rune(pol_graphql_lex *lex)
{
    lex->at += pol_rune_len(lex->text[lex->at]);
    lex->runes++;
}

/* Over a line end. */
static void skip_line(pol_graphql_lex *lex)
{
    bool pair = peek(lex, 0) == '\r' && peek(lex, 1) == '\n';
    skip(lex, 1);
    lex->line++;
    lex->line_start = lex->runes;
    if (pair)
        skip(lex, 1);
}

static bool is_blank(const pol_graphql_lex *lex)
{
    unsigned char c = peek(lex, 0);
    return c == ' ' || c == '\t' || c == ',' ||
           (c == 0xEF && peek(lex, 1) == 0xBB && peek(lex, 2) == 0xBF);
}

static void skip_blanks(pol_graphql_lex *lex)
{
    while (!at_end(lex)) {
        if (is_blank(lex))
            skip_rune(lex);
        else if (peek(lex, 0) == '\n' || peek(lex, 0) == '\r')
            skip_line(lex);
        else
            return;
    }
}

/* A token that begins at code point `start`. */
static pol_graphql_token token(const pol_graphql_lex *lex,
                               pol_graphql_token_kind kind, size_t start)
{
    return (pol_graphql_token){
        .kind = kind,
        .line = lex->line,
        .column = (int32_t)((int64_t)start - (int64_t)lex->line_start) + 1,
        .text = pol_literal("")};
}

static pol_graphql_token invalid(const pol_graphql_lex *lex)
{
    return token(lex, POL_GRAPHQL_TOKEN_INVALID, lex->runes);
}

static pol_graphql_token spanning(const pol_graphql_lex *lex,
                                  pol_graphql_token_kind kind, size_t from,
                                  size_t start)
{
    pol_graphql_token t = token(lex, kind, start);
    t.text = pol_string(lex->text + from, lex->at - from);
    return t;
}

static pol_graphql_token comment(pol_graphql_lex *lex)
{
    size_t from = lex->at, start = lex->runes;
    while (!at_end(lex) && (peek(lex, 0) >= 0x20 || peek(lex, 0) == '\t'))
        skip_rune(lex);
    return spanning(lex, POL_GRAPHQL_TOKEN_COMMENT, from, start);
}

static bool is_name(unsigned char c, bool first)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (!first && c >= '0' && c <= '9');
}

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

static bool digits(pol_graphql_lex *lex)
{
    if (!is_digit(peek(lex, 0)))
        return false;
    while (is_digit(peek(lex, 0)))
        skip(lex, 1);
    return true;
}

static pol_graphql_token number(pol_graphql_lex *lex)
{
    size_t from = lex->at, start = lex->runes;
    pol_graphql_token_kind kind = POL_GRAPHQL_TOKEN_INT;
    if (peek(lex, 0) == '-')
        skip(lex, 1);
    if (peek(lex, 0) == '0') {
        skip(lex, 1);
        if (is_digit(peek(lex, 0)))
            return invalid(lex);
    } else if (!digits(lex)) {
        return invalid(lex);
    }
    if (peek(lex, 0) == '.') {
        kind = POL_GRAPHQL_TOKEN_FLOAT;
        skip(lex, 1);
        if (!digits(lex))
            return invalid(lex);
    }
    if ((peek(lex, 0) | 0x20) == 'e') {
        kind = POL_GRAPHQL_TOKEN_FLOAT;
        skip(lex, 1);
        if (peek(lex, 0) == '+' || peek(lex, 0) == '-')
            skip(lex, 1);
        if (!digits(lex))
            return invalid(lex);
    }
    return spanning(lex, kind, from, start);
}

/* ---- strings ------------------------------------------------------------- */

/* Four hexadecimal digits behind `\u`; -1 if there are none. */
static int32_t hex4(const pol_graphql_lex *lex)
{
    int32_t rune = 0;
    for (size_t i = 2; i < 6; i++) {
        unsigned char c = peek(lex, i), low = c | 0x20;
        if (!is_digit(c) && !(low >= 'a' && low <= 'f'))
            return -1;
        rune = rune * 16 + (is_digit(c) ? c - '0' : low - 'a' + 10);
    }
    return rune;
}

/* Decodes an escape; false if it is none, with the place behind `\`. */
static bool escape(pol_graphql_lex *lex, pol_bytes *out)
{
    static const char from[] = "\"/\\bfnrt", to[] = "\"/\\\b\f\n\r\t";
    unsigned char c = peek(lex, 1);
    int32_t rune = c == 'u' ? hex4(lex) : -1;
    const char *simple = c ? strchr(from, c) : NULL;
    if (rune < 0 && !simple) {
        skip(lex, 1);
        return false;
    }
    if (simple)
        pol_bytes_byte(out, to[simple - from]);
    else
        pol_bytes_rune(out, (uint32_t)rune);
    skip(lex, simple ? 2 : 6);
    return true;
}

static pol_graphql_token string(pol_graphql_lex *lex)
{
    pol_bytes out;
    pol_bytes_init(&out, lex->call, 16);
    skip(lex, 1);
    size_t start = lex->runes;
    for (;;) {
        unsigned char c = peek(lex, 0);
        if (at_end(lex) || (c < 0x20 && c != '\t'))
            return invalid(lex);
        if (c == '"')
            break;
        if (c == '\\') {
            if (!escape(lex, &out))
                return invalid(lex);
            continue;
        }
        size_t from = lex->at;
        skip_rune(lex);
        pol_bytes_add(&out, lex->text + from, lex->at - from);
    }
    pol_graphql_token t = token(lex, POL_GRAPHQL_TOKEN_STRING, start);
    t.text = pol_bytes_done(&out);
    skip(lex, 1);
    return t;
}

/* A line of a block string, without its line end. */
typedef struct block_line {
    const char *at;
    size_t len, indent; /* indent == len: nothing but white space */
} block_line;

static block_line line_at(const pol_bytes *raw, size_t from)
{
    block_line line = {.at = raw->at + from};
    while (from + line.len < raw->len && line.at[line.len] != '\n')
        line.len++;
    while (line.indent < line.len && (line.at[line.indent] == ' ' ||
                                      line.at[line.indent] == '\t'))
        line.indent++;
    return line;
}

static size_t common_indent(const pol_bytes *raw)
{
    size_t common = SIZE_MAX;
    block_line line;
    for (size_t from = 0; from <= raw->len; from += line.len + 1) {
        line = line_at(raw, from);
        if (line.indent < line.len && line.indent < common)
            common = line.indent;
    }
    return common == SIZE_MAX ? 0 : common;
}

/* The value of a block string without blank lines at both ends and without the
 * common indent. The specification leaves the first line out of that; the Go
 * library lets it count but does not cut it. */
static pol_value dedent(pol_call *call, const pol_bytes *raw)
{
    size_t common = common_indent(raw), end = 0;
    bool first = true, any = false;
    pol_bytes out;
    pol_bytes_init(&out, call, raw->len);
    block_line line;
    for (size_t from = 0; from <= raw->len; from += line.len + 1) {
        line = line_at(raw, from);
        size_t cut = first ? 0 : common < line.len ? common : line.len;
        first = false;
        if (!any && line.indent == line.len)
            continue;
        if (any)
            pol_bytes_byte(&out, '\n');
        any = true;
        pol_bytes_add(&out, line.at + cut, line.len - cut);
        if (line.indent < line.len)
            end = out.len;
    }
    out.len = end;
    return pol_bytes_done(&out);
}

static bool quotes(const pol_graphql_lex *lex, size_t ahead)
{
    return peek(lex, ahead) == '"' && peek(lex, ahead + 1) == '"' &&
           peek(lex, ahead + 2) == '"';
}

static pol_graphql_token block_string(pol_graphql_lex *lex)
{
    pol_bytes raw;
    pol_bytes_init(&raw, lex->call, 64);
    skip(lex, 3);
    size_t start = lex->runes;
    for (;;) {
        unsigned char c = peek(lex, 0);
        if (at_end(lex) || (c < 0x20 && !strchr("\t\n\r", c)) || !c)
            return invalid(lex);
        if (quotes(lex, 0) && !quotes(lex, 1))
            break;
        size_t from = lex->at;
        if (c == '\\' && quotes(lex, 1)) {
            skip(lex, 4);
            pol_bytes_add(&raw, "\"\"\"", 3);
        } else if (c == '\n' || c == '\r') {
            skip_line(lex);
            pol_bytes_byte(&raw, '\n');
        } else {
            skip_rune(lex);
            pol_bytes_add(&raw, lex->text + from, lex->at - from);
        }
    }
    pol_graphql_token t = token(lex, POL_GRAPHQL_TOKEN_BLOCK_STRING, start);
    t.text = dedent(lex->call, &raw);
    skip(lex, 3);
    return t;
}

/* ---- tokens -------------------------------------------------------------- */

static pol_graphql_token punctuation(pol_graphql_lex *lex)
{
    static const char signs[] = "!$&():=@[]{}|";
    static const uint8_t kinds[] = {
        POL_GRAPHQL_TOKEN_BANG, POL_GRAPHQL_TOKEN_DOLLAR,
        POL_GRAPHQL_TOKEN_AMP, POL_GRAPHQL_TOKEN_PAREN_L,
        POL_GRAPHQL_TOKEN_PAREN_R, POL_GRAPHQL_TOKEN_COLON,
        POL_GRAPHQL_TOKEN_EQUALS, POL_GRAPHQL_TOKEN_AT,
        POL_GRAPHQL_TOKEN_BRACKET_L, POL_GRAPHQL_TOKEN_BRACKET_R,
        POL_GRAPHQL_TOKEN_BRACE_L, POL_GRAPHQL_TOKEN_BRACE_R,
        POL_GRAPHQL_TOKEN_PIPE};
    unsigned char c = peek(lex, 0);
    const char *sign = c ? strchr(signs, c) : NULL;
    bool spread = c == '.' && peek(lex, 1) == '.' && peek(lex, 2) == '.';
    if (!sign && !spread)
        return invalid(lex);
    pol_graphql_token t =
        token(lex, spread ? POL_GRAPHQL_TOKEN_SPREAD : kinds[sign - signs],
              lex->runes);
    skip(lex, spread ? 3 : 1);
    return t;
}

pol_graphql_token pol_graphql_lex_next(pol_graphql_lex *lex)
{
    skip_blanks(lex);
    if (at_end(lex))
        return token(lex, POL_GRAPHQL_TOKEN_EOF, lex->runes);
    unsigned char c = peek(lex, 0);
    if (c == '#')
        return comment(lex);
    if (is_digit(c) || c == '-')
        return number(lex);
    if (c == '"')
        return quotes(lex, 0) ? block_string(lex) : string(lex);
    if (!is_name(c, true))
        return punctuation(lex);
    size_t from = lex->at, start = lex->runes;
    while (is_name(peek(lex, 0), false))
        skip(lex, 1);
    return spanning(lex, POL_GRAPHQL_TOKEN_NAME, from, start);
}
