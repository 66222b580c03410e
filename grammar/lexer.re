/* SPDX-License-Identifier: Apache-2.0
 *
 * The lexer (re2c). The only file that looks at characters of policy text.
 *
 * Template strings make it a stack machine: `$"a{` opens one, and the `}` that
 * closes the expression goes on with the string. A new line is no token but a
 * flag of the token behind it. */
#include "lex.h"
#include "utf8.h"

enum { QUOTE = '"', BACKTICK = '`' };

static pol_span span_of(const pol_lex *lex, const unsigned char *from,
                        const unsigned char *to)
{
    const unsigned char *text = (const unsigned char *)lex->text.ptr;
    return (pol_span){lex->src, (uint32_t)(from - text), (uint32_t)(to - from)};
}

static void push(pol_lex *lex, int kind)
{
    pol_tokens *tokens = &lex->tokens;
    if (tokens->count == tokens->room) {
        uint32_t room = tokens->room * 2;
        pol_token *items = arena_array(lex->scratch, pol_token, room);
        memcpy(items, tokens->items, tokens->count * sizeof *items);
        tokens->items = items;
        tokens->room = room;
    }
    const unsigned char *text = (const unsigned char *)lex->text.ptr;
    uint8_t flags = lex->flags;
    if (lex->start == text || lex->start[-1] == '\n')
        flags |= POL_TOKEN_COLUMN1;
    tokens->items[tokens->count++] = (pol_token){
        .off = (uint32_t)(lex->start - text),
        .len = (uint32_t)(lex->at - lex->start),
        .kind = (uint8_t)kind,
        .flags = flags,
    };
    lex->flags = 0;
}

static void add_comment(pol_lex *lex)
{
    pol_ast_comment *comment = arena_new(lex->arena, pol_ast_comment);
    const unsigned char *end = lex->at;
    if (end > lex->start && end[-1] == '\r')
        end--;
    comment->span = span_of(lex, lex->start, end);
    if (lex->last_comment)
        lex->last_comment->next = comment;
    else
        lex->comments = comment;
    lex->last_comment = comment;
}

static int unterminated(pol_lex *lex, int kind, const char *closer)
{
    pol_diag *diag =
        pol_diag_add(lex->diags, POL_DIAG_P0103,
                     span_of(lex, lex->start, lex->start + 1),
                     "unterminated string");
    pol_diag_help(lex->diags, diag, "close it with %s%s", closer,
                  *closer == '`' && closer[1] == '"'
                      ? "; text of several lines goes into back quotes"
                      : "");
    lex->flags |= POL_TOKEN_FLAWED;
    return kind;
}

static int malformed(pol_lex *lex, const char *problem, const char *help)
{
    pol_diag *diag = pol_diag_add(lex->diags, POL_DIAG_P0107,
                                  span_of(lex, lex->start, lex->at),
                                  "malformed number: %s", problem);
    if (help)
        pol_diag_help(lex->diags, diag, "%s", help);
    lex->flags |= POL_TOKEN_FLAWED;
    return POL_TK_NUMBER;
}

/* The decimal exponent behind `e`, held within +-10^8. */
static int64_t read_exponent(const unsigned char *p, const unsigned char *end)
{
    bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    int64_t value = 0;
    for (; p < end && value < 100000000; p++)
        value = value * 10 + (*p - '0');
    return negative ? -value : value;
}

/* Numbers whose binary exponent is over the limit would let a short text demand
 * a long computation. log2(10) is 3.32193; the leading digit decides. */
static int check_number(pol_lex *lex)
{
    const unsigned char *p = lex->start;
    int64_t digits = 0, point = 0, leading_zeros = 0, exponent = 0;
    bool fraction = false, seen = false;
    for (; p < lex->at; p++) {
        if (*p == '.') {
            fraction = true;
        } else if (*p == 'e' || *p == 'E') {
            exponent = read_exponent(p + 1, lex->at);
            break;
        } else {
            digits++;
            point += !fraction;
            seen = seen || *p != '0';
            leading_zeros += !seen;
        }
    }
    int64_t magnitude = point - leading_zeros - 1 + exponent;
    int64_t bits = magnitude * 332193 / 100000;
    bool big = digits > POL_LIMIT_NUMBER_DIGITS;
    if (seen && (bits > POL_LIMIT_NUMBER_EXPONENT - 1 ||
                 bits < -POL_LIMIT_NUMBER_EXPONENT - 1))
        big = true;
    if (big) {
        pol_diag_add(lex->diags, POL_DIAG_P0108,
                     span_of(lex, lex->start, lex->at), "number too big");
        lex->flags |= POL_TOKEN_FLAWED;
    }
    return POL_TK_NUMBER;
}

/* Goes over the characters of a template string up to `{` or its end. */
static bool template_text(pol_lex *lex, unsigned char quote)
{
    for (; lex->at < lex->limit; lex->at++) {
        unsigned char c = *lex->at;
        if (c == quote || c == '{')
            return true;
        if (c == '\n' && quote == QUOTE)
            return false;
        if (c == '\\' && lex->at + 1 < lex->limit &&
            (quote == QUOTE ? lex->at[1] != '\n' : lex->at[1] == '{'))
            lex->at++;
    }
    return false;
}

/* One part of a template string; `lex->at` is behind its opening `$"` or `}`. */
static int template_part(pol_lex *lex, bool begin)
{
    unsigned char quote = begin ? lex->at[-1]
                                : lex->quotes[lex->templates - 1];
    int end = begin ? POL_TK_TSTR : POL_TK_TSTR_END;
    lex->flags |= POL_TOKEN_ESCAPES;
    if (quote == BACKTICK)
        lex->flags |= POL_TOKEN_RAW;
    if (!template_text(lex, quote)) {
        lex->templates -= !begin;
        return unterminated(lex, end, quote == QUOTE ? "`\"`" : "a back quote");
    }
    if (*lex->at++ == quote) {
        lex->templates -= !begin;
        return end;
    }
    if (!begin)
        return POL_TK_TSTR_MID;
    if (lex->templates == POL_LIMIT_NESTING) {
        pol_diag_add(lex->diags, POL_DIAG_P0301,
                     span_of(lex, lex->start, lex->at),
                     "nesting is deeper than %d levels", POL_LIMIT_NESTING);
        lex->gave_up = true;
        return POL_TK_BAD;
    }
    lex->quotes[lex->templates] = quote;
    lex->braces[lex->templates++] = 0;
    return POL_TK_TSTR_BEGIN;
}

static int open_brace(pol_lex *lex)
{
    if (lex->templates)
        lex->braces[lex->templates - 1]++;
    return POL_TK_LBRACE;
}

static int close_brace(pol_lex *lex)
{
    if (!lex->templates)
        return POL_TK_RBRACE;
    uint32_t *open = &lex->braces[lex->templates - 1];
    if (*open == 0)
        return template_part(lex, false);
    (*open)--;
    return POL_TK_RBRACE;
}

/* Characters that start no token; a run of them is one mistake. */
static int bad_character(pol_lex *lex)
{
    const char *at = (const char *)lex->start;
    uint32_t rune = pol_utf8_decode(&at, (const char *)lex->limit);
    size_t len = (size_t)(at - (const char *)lex->start);
    lex->at = lex->start + len;
    lex->flags |= POL_TOKEN_FLAWED;
    if (rune == 0 || (rune == POL_UTF8_REPLACEMENT && len == 1))
        return POL_TK_BAD; /* NUL and bad UTF-8 have errors of their own */
    pol_span span = span_of(lex, lex->start, lex->at);
    bool plain = rune > 0x20 && rune < 0x7F;
    pol_diag *diag =
        plain ? pol_diag_add(lex->diags, POL_DIAG_P0101, span,
                             "unexpected character `%c`", (int)rune)
              : pol_diag_add(lex->diags, POL_DIAG_P0101, span,
                             "unexpected character U+%04X", (unsigned)rune);
    if (rune == '\'')
        pol_diag_help(lex->diags, diag, "strings stand in double quotes");
    else if (rune == '!')
        pol_diag_help(lex->diags, diag, "negation is written `not`");
    else if (rune == '$')
        pol_diag_help(lex->diags, diag, "a template string is `$\"…\"`");
    else if (!plain)
        pol_diag_help(lex->diags, diag,
                      "names are ASCII; other characters go into strings");
    return POL_TK_BAD;
}

/* The next token's kind; 0 at the end. Sets `start`, `at` and `flags`. */
static int scan(pol_lex *lex)
{
    const unsigned char *at = lex->at, *limit = lex->limit;
again:
    lex->start = at;
/*!re2c
    re2c:define:YYCTYPE = "unsigned char";
    re2c:define:YYCURSOR = at;
    re2c:define:YYLIMIT = limit;
    re2c:yyfill:enable = 0;
    re2c:eof = 0;

    digits = [0-9]+;
    exponent = [eE] [+-]? digits;
    name = [A-Za-z_] [A-Za-z0-9_]*;
    number = (digits ("." digits)? | "." digits) exponent?;

    $            { lex->at = at; return 0; }
    [ \t\r]+     { lex->flags |= POL_TOKEN_SPACE; goto again; }
    [ \t\r]* "\n" [ \t\r\n]* {
        lex->flags |= POL_TOKEN_SPACE | POL_TOKEN_NEWLINE;
        goto again;
    }
    "#" [^\n]*   {
        lex->at = at;
        add_comment(lex);
        lex->flags |= POL_TOKEN_SPACE;
        goto again;
    }

    "package"    { lex->at = at; return POL_TK_PACKAGE; }
    "import"     { lex->at = at; return POL_TK_IMPORT; }
    "as"         { lex->at = at; return POL_TK_AS; }
    "default"    { lex->at = at; return POL_TK_DEFAULT; }
    "else"       { lex->at = at; return POL_TK_ELSE; }
    "if"         { lex->at = at; return POL_TK_IF; }
    "contains"   { lex->at = at; return POL_TK_CONTAINS; }
    "not"        { lex->at = at; return POL_TK_NOT; }
    "some"       { lex->at = at; return POL_TK_SOME; }
    "every"      { lex->at = at; return POL_TK_EVERY; }
    "in"         { lex->at = at; return POL_TK_IN; }
    "with"       { lex->at = at; return POL_TK_WITH; }
    "true"       { lex->at = at; return POL_TK_TRUE; }
    "false"      { lex->at = at; return POL_TK_FALSE; }
    "null"       { lex->at = at; return POL_TK_NULL; }
    "and"        { lex->at = at; return POL_TK_LAND; }
    "or"         { lex->at = at; return POL_TK_LOR; }
    name         { lex->at = at; return POL_TK_IDENT; }

    "0" digits ("." digits)? exponent? {
        lex->at = at;
        return malformed(lex, "leading zero", "take the leading zeros off");
    }
    number       { lex->at = at; return check_number(lex); }
    digits "."   {
        lex->at = at;
        return malformed(lex, "no digits behind the point", NULL);
    }
    (digits ("." digits)? | "." digits) [eE] [+-]? {
        lex->at = at;
        return malformed(lex, "no digits in the exponent", NULL);
    }
    number name  {
        lex->at = at;
        return malformed(lex, "letters behind the digits",
                         "names cannot start with a digit");
    }

    "\"" [^"\\\n]* "\""  { lex->at = at; return POL_TK_STRING; }
    "\"" ([^"\\\n] | "\\" [^\n])* "\"" {
        lex->at = at;
        lex->flags |= POL_TOKEN_ESCAPES;
        return POL_TK_STRING;
    }
    "\"" ([^"\\\n] | "\\" [^\n])* "\\"? {
        lex->at = at;
        return unterminated(lex, POL_TK_STRING, "`\"`");
    }
    "`" [^`]* "`"  { lex->at = at; return POL_TK_RAW; }
    "`" [^`]*      {
        lex->at = at;
        return unterminated(lex, POL_TK_RAW, "a back quote");
    }
    "$" ["`]     { lex->at = at; return template_part(lex, true); }

    "("          { lex->at = at; return POL_TK_LPAREN; }
    ")"          { lex->at = at; return POL_TK_RPAREN; }
    "["          { lex->at = at; return POL_TK_LBRACK; }
    "]"          { lex->at = at; return POL_TK_RBRACK; }
    "{"          { lex->at = at; return open_brace(lex); }
    "}"          { lex->at = at; return close_brace(lex); }
    "."          { lex->at = at; return POL_TK_DOT; }
    ","          { lex->at = at; return POL_TK_COMMA; }
    ";"          { lex->at = at; return POL_TK_SEMI; }
    ":"          { lex->at = at; return POL_TK_COLON; }
    ":="         { lex->at = at; return POL_TK_ASSIGN; }
    "="          { lex->at = at; return POL_TK_UNIFY; }
    "=="         { lex->at = at; return POL_TK_EQ; }
    "!="         { lex->at = at; return POL_TK_NE; }
    "<"          { lex->at = at; return POL_TK_LT; }
    "<="         { lex->at = at; return POL_TK_LE; }
    ">"          { lex->at = at; return POL_TK_GT; }
    ">="         { lex->at = at; return POL_TK_GE; }
    "|"          { lex->at = at; return POL_TK_OR; }
    "&"          { lex->at = at; return POL_TK_AND; }
    "+"          { lex->at = at; return POL_TK_PLUS; }
    "-"          { lex->at = at; return POL_TK_MINUS; }
    "*"          { lex->at = at; return POL_TK_STAR; }
    "/"          { lex->at = at; return POL_TK_SLASH; }
    "%"          { lex->at = at; return POL_TK_PERCENT; }
    *            { lex->at = at; return bad_character(lex); }
*/
}

/* NUL bytes and broken UTF-8 are looked for before, over the whole text: the
 * rules above then need not care. The first of each is reported. */
static void check_bytes(pol_lex *lex)
{
    const unsigned char *text = (const unsigned char *)lex->text.ptr;
    const unsigned char *nul = memchr(text, 0, lex->text.len);
    if (nul)
        pol_diag_add(lex->diags, POL_DIAG_P0106, span_of(lex, nul, nul + 1),
                     "the text holds a NUL byte");
    size_t good = pol_utf8_prefix(lex->text.ptr, lex->text.len);
    if (good < lex->text.len) {
        pol_diag *diag = pol_diag_add(
            lex->diags, POL_DIAG_P0105,
            span_of(lex, text + good, text + good + 1),
            "invalid UTF-8: byte 0x%02X", text[good]);
        pol_diag_help(lex->diags, diag, "policies are UTF-8 text");
    }
}

void pol_lex_run(pol_lex *lex)
{
    check_bytes(lex);
    lex->at = (const unsigned char *)lex->text.ptr;
    lex->limit = lex->at + lex->text.len;
    if (lex->text.len >= 3 && memcmp(lex->at, "\xEF\xBB\xBF", 3) == 0)
        lex->at += 3; /* a byte order mark */
    lex->tokens.room = (uint32_t)(lex->text.len / 4 + 16);
    lex->tokens.items = arena_array(lex->scratch, pol_token, lex->tokens.room);
    lex->tokens.count = 0;
    uint32_t most = lex->diags->errors + POL_DIAGS_KEPT;
    int kind;
    do {
        kind = scan(lex);
        push(lex, kind);
    } while (kind && !lex->gave_up && lex->diags->errors < most);
    lex->tokens.count--; /* the end stands behind the last token */
    if (kind) {
        lex->tokens.items[0].kind = 0;
        lex->tokens.count = 0;
    }
}

pol_str pol_lex_text(const pol_lex *lex, const pol_token *token)
{
    return (pol_str){lex->text.ptr + token->off, token->len};
}

bool pol_lex_reserved(pol_str text)
{
    static const char *const words[] = {
        "as",   "contains", "data",    "default", "else", "every",
        "false", "if",      "import",  "in",      "input", "not",
        "null", "package",  "some",    "true",    "with"};
    for (size_t i = 0; i < countof(words); i++)
        if (pol_str_eq(text, pol_str_of(words[i])))
            return true;
    return false;
}

/* --- the content of strings --- */

/* Four hexadecimal digits at `p`, or -1. */
static int32_t hex4(const char *p, const char *end)
{
    if (end - p < 4)
        return -1;
    int32_t value = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return -1;
        value = value << 4 | digit;
    }
    return value;
}

/* `p` is behind `\u`. Returns behind the digits, or NULL. */
static const char *unescape_unicode(const char *p, const char *end, char **out)
{
    int32_t unit = hex4(p, end);
    if (unit < 0)
        return NULL;
    p += 4;
    uint32_t rune = (uint32_t)unit;
    if (unit >= 0xD800 && unit < 0xDC00 && end - p >= 6 && p[0] == '\\' &&
        p[1] == 'u') {
        int32_t low = hex4(p + 2, end);
        if (low >= 0xDC00 && low < 0xE000) {
            rune = 0x10000u + ((uint32_t)(unit - 0xD800) << 10) +
                   (uint32_t)(low - 0xDC00);
            p += 6;
        }
    }
    *out += pol_utf8_encode(rune, *out);
    return p;
}

static void bad_escape(pol_lex *lex, const char *from, const char *to)
{
    const char *text = lex->text.ptr;
    pol_span span = {lex->src, (uint32_t)(from - text), (uint32_t)(to - from)};
    pol_diag *diag = pol_diag_add(lex->diags, POL_DIAG_P0104, span,
                                  "unknown escape sequence");
    pol_diag_help(lex->diags, diag,
                  "write `\\\\` for a backslash; known are \\\" \\\\ \\/ \\b "
                  "\\f \\n \\r \\t \\uXXXX, and \\{ in template strings");
}

/* Where decoding a string stands. */
typedef struct decoding {
    const char *at, *end;
    char *out;
    bool template; /* `\{` is known */
} decoding;

/* At a backslash: writes what it means and moves behind it. */
static void unescape(pol_lex *lex, decoding *text)
{
    static const char from[] = "\"\\/bfnrt{", to[] = "\"\\/\b\f\n\r\t{";
    const char *p = text->at, *end = text->end;
    char letter = p + 1 < end ? p[1] : 0;
    if (letter == 'u') {
        const char *behind = unescape_unicode(p + 2, end, &text->out);
        if (behind) {
            text->at = behind;
            return;
        }
    }
    const char *found = letter ? strchr(from, letter) : NULL;
    if (found && (letter != '{' || text->template)) {
        *text->out++ = to[found - from];
        text->at += 2;
        return;
    }
    text->at++;
    if (text->at < end)
        pol_utf8_decode(&text->at, end);
    bad_escape(lex, p, text->at);
}

/* Resolves what backslashes mean: in raw templates only `\{`. */
static pol_str decode(pol_lex *lex, pol_str body, const pol_token *token)
{
    char *start = pol_arena_alloc(lex->arena, body.len + 1);
    bool raw = token->flags & POL_TOKEN_RAW;
    decoding text = {body.ptr, body.ptr + body.len, start,
                     token->kind != POL_TK_STRING};
    while (text.at < text.end) {
        size_t left = (size_t)(text.end - text.at);
        const char *slash = memchr(text.at, '\\', left);
        size_t run = slash ? (size_t)(slash - text.at) : left;
        memcpy(text.out, text.at, run);
        text.out += run;
        text.at += run;
        if (text.at == text.end)
            break;
        if (raw) {
            text.at += text.at + 1 < text.end && text.at[1] == '{';
            *text.out++ = *text.at++;
        } else {
            unescape(lex, &text);
        }
    }
    *text.out = 0;
    return (pol_str){start, (size_t)(text.out - start)};
}

pol_str pol_lex_string(pol_lex *lex, const pol_token *token)
{
    if (token->flags & POL_TOKEN_FLAWED)
        return STR("");
    bool dollar =
        token->kind == POL_TK_TSTR || token->kind == POL_TK_TSTR_BEGIN;
    size_t front = dollar ? 2 : 1;
    pol_str body = {lex->text.ptr + token->off + front, token->len - front - 1};
    return token->flags & POL_TOKEN_ESCAPES ? decode(lex, body, token) : body;
}
