/* SPDX-License-Identifier: Apache-2.0
 *
 * The tokens of a template's actions and the literals of Go among them. */
#include "template_token.h"

#include <unictype.h>

#include "gofmt.h"

/* ---- errors and texts ------------------------------------------------ */

bool pol_token_fail_part(pol_template_parser *p, const char *before,
                         pol_value part, const char *behind)
{
    size_t line = 1;
    if (p->failed)
        return false;
    for (size_t i = 0; i < p->at && i < p->text.len; i++)
        line += p->text.str[i] == '\n';
    p->failed = true;
    pol_call_error(p->call, "template: template:%zu: %s%.*s%s", line, before,
                   (int)part.len, part.str, behind);
    return false;
}

bool pol_token_fail(pol_template_parser *p, const char *what)
{
    return pol_token_fail_part(p, what, pol_literal(""), "");
}

/* ---- tokens ---------------------------------------------------------- */

static bool is_name_rune(uint32_t rune)
{
    return rune == '_' || uc_is_general_category_withtable(
                              rune, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_Nd);
}

static void skip_name(pol_template_parser *p)
{
    size_t size;
    while (p->at < p->text.len &&
           is_name_rune(pol_rune_at(p->text.str + p->at, &size)))
        p->at += size;
}

/* A text in quotes, with escapes if the quote is none of `. */
static bool quoted(pol_template_parser *p, pol_token_kind kind,
                   const char *complaint)
{
    char quote = p->text.str[p->at++];
    p->token.kind = kind;
    while (p->at < p->text.len && p->text.str[p->at] != quote) {
        if (p->text.str[p->at] == '\n' && quote != '`')
            return pol_token_fail(p, complaint);
        p->at += p->text.str[p->at] == '\\' && quote != '`' ? 2 : 1;
    }
    if (p->at >= p->text.len) {
        p->at = p->text.len;
        return pol_token_fail(p, complaint);
    }
    p->at++;
    return true;
}

static bool is_number_start(const pol_template_parser *p)
{
    char c = p->text.str[p->at];
    char next = p->at + 1 < p->text.len ? p->text.str[p->at + 1] : 0;
    bool sign = c == '+' || c == '-';
    return (c >= '0' && c <= '9') ||
           ((sign || c == '.') && next >= '0' && next <= '9');
}

static void skip_number(pol_template_parser *p)
{
    size_t from = p->at++;
    for (; p->at < p->text.len; p->at++) {
        char c = p->text.str[p->at], before = p->text.str[p->at - 1];
        bool hex = p->at > from + 1 && (p->text.str[from + 1] | 0x20) == 'x';
        bool exponent = (before | 0x20) == 'e' && !hex;
        bool part = (c >= '0' && c <= '9') || c == '.' || c == '_' ||
                    ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
                    ((c == '+' || c == '-') && exponent);
        if (!part)
            break;
    }
    p->token.kind = POL_TOKEN_NUMBER;
}

/* A mark of one character or two. */
static bool mark(pol_template_parser *p)
{
    static const struct {
        const char *text;
        pol_token_kind kind;
    } marks[] = {{":=", POL_TOKEN_DECLARE}, {"=", POL_TOKEN_ASSIGN},
                 {"|", POL_TOKEN_BAR},      {",", POL_TOKEN_COMMA},
                 {"(", POL_TOKEN_OPEN},     {")", POL_TOKEN_CLOSE}};
    for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
        if (pol_token_starts(p, marks[i].text)) {
            p->token.kind = marks[i].kind;
            p->at += strlen(marks[i].text);
            return true;
        }
    return false;
}

static bool bad_character(pol_template_parser *p)
{
    size_t size;
    uint32_t rune = pol_rune_at(p->text.str + p->at, &size);
    pol_bytes text;
    pol_bytes_init(&text, p->call, 32);
    pol_gofmt fmt = {.out = &text, .sharp = true};
    pol_gofmt_operand operand = {.kind = POL_GOFMT_INT, .value = pol_int(rune)};
    pol_gofmt_write(&fmt, &operand, 'U');
    return pol_token_fail_part(p, "bad character ", pol_bytes_done(&text), "");
}

/* A name, field or variable; what follows must be able to end it. */
static bool word(pol_template_parser *p, pol_token_kind kind, size_t skip)
{
    p->token.kind = kind;
    p->at += skip;
    skip_name(p);
    if (kind == POL_TOKEN_FIELD && p->at == p->token.from + 1)
        p->token.kind = POL_TOKEN_DOT;
    bool ends = p->at == p->text.len || pol_token_space_at(p, p->at) ||
                pol_token_starts(p, "}}") ||
                strchr(".,|:()=", p->text.str[p->at]);
    return ends || bad_character(p);
}

/* The end of the action: "}}", or "-}}" behind a space. */
static bool action_end(pol_template_parser *p)
{
    bool trims = p->token.spaced && pol_token_starts(p, "-}}");
    if (!trims && !pol_token_starts(p, "}}"))
        return false;
    p->token.kind = POL_TOKEN_END;
    p->trims = trims;
    p->at += trims ? 3 : 2;
    p->token.to = p->at;
    return true;
}

/* Reads the next token of an action. False on error. */
bool pol_token_next(pol_template_parser *p)
{
    size_t before = p->at, size;
    while (pol_token_space_at(p, p->at))
        p->at++;
    p->token =
        (pol_token){.spaced = p->at > before, .from = p->at, .to = p->at};
    if (p->at == p->text.len)
        return pol_token_fail(p, "unclosed action");
    char c = p->text.str[p->at];
    bool fine = true;
    if (action_end(p))
        return true;
    if (c == '"')
        fine = quoted(p, POL_TOKEN_STRING, "unterminated quoted string");
    else if (c == '`')
        fine = quoted(p, POL_TOKEN_RAW, "unterminated raw quoted string");
    else if (c == '\'')
        fine =
            quoted(p, POL_TOKEN_CHARACTER, "unterminated character constant");
    else if (is_number_start(p))
        skip_number(p);
    else if (c == '.' || c == '$')
        fine = word(p, c == '.' ? POL_TOKEN_FIELD : POL_TOKEN_VARIABLE, 1);
    else if (is_name_rune(pol_rune_at(p->text.str + p->at, &size)))
        fine = word(p, POL_TOKEN_NAME, 0);
    else if (!mark(p)) {
        if ((unsigned char)c <= ' ' || (unsigned char)c > 0x7E)
            return bad_character(p);
        p->token.kind = POL_TOKEN_OTHER;
        p->at++;
    }
    p->token.to = p->at;
    return fine;
}

/* ---- literals -------------------------------------------------------- */

static int hex_value(char c)
{
    char lower = c | 0x20;
    if (c >= '0' && c <= '9')
        return c - '0';
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* An escape of Go's literals behind the backslash; -1 if it is none. */
static int64_t escape(pol_value s, size_t *at, char quote)
{
    static const char named[] = "a\ab\bf\fn\nr\rt\tv\v\\\\";
    char c = s.str[(*at)++];
    if (c == quote)
        return c;
    for (size_t i = 0; i + 1 < sizeof(named); i += 2)
        if (c == named[i])
            return named[i + 1];
    bool octal = c >= '0' && c <= '7';
    int count = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : octal ? 3 : 0;
    int64_t rune = 0;
    *at -= octal;
    for (int i = 0; i < count; i++) {
        int digit = *at < s.len ? hex_value(s.str[*at]) : -1;
        if (digit < 0 || (octal && digit > 7))
            return -1;
        rune = rune * (octal ? 8 : 16) + digit;
        ++*at;
    }
    return count == 0 ? -1 : rune;
}

/* The text of a literal without quotes and escapes. */
bool pol_token_unquote(pol_template_parser *p, pol_value literal,
                       pol_value *out)
{
    char quote = literal.str[0];
    pol_value inner = pol_string(literal.str + 1, literal.len - 2);
    if (quote == '`') {
        *out = inner;
        return true;
    }
    pol_bytes text;
    pol_bytes_init(&text, p->call, inner.len);
    for (size_t i = 0; i < inner.len;) {
        if (inner.str[i] != '\\') {
            pol_bytes_byte(&text, inner.str[i++]);
            continue;
        }
        i++;
        int64_t rune = escape(inner, &i, quote);
        if (rune < 0)
            return pol_token_fail_part(p, "invalid syntax: ", literal, "");
        pol_bytes_rune(&text, (uint32_t)rune);
    }
    *out = pol_bytes_done(&text);
    return true;
}

bool pol_token_character(pol_template_parser *p, pol_operand *o)
{
    pol_value text, literal = pol_token_text(p);
    if (!pol_token_unquote(p, literal, &text))
        return false;
    size_t size = text.len > 0 ? pol_rune_len(text.str[0]) : 0;
    if (size == 0 || size != text.len)
        return pol_token_fail_part(p, "malformed character constant: ", literal,
                                   "");
    o->kind = POL_OPERAND_INT;
    o->value = pol_int(pol_rune_at(text.str, &size));
    return true;
}

static bool bad_number(pol_template_parser *p, const char *what)
{
    pol_bytes text;
    pol_bytes_init(&text, p->call, 32);
    pol_gofmt_quote(&text, pol_token_text(p), false);
    return pol_token_fail_part(p, what, pol_bytes_done(&text), "");
}

/* A whole number in the base that its prefix says. */
static bool whole(pol_template_parser *p, pol_value digits, pol_operand *o)
{
    size_t sign = digits.str[0] == '-' || digits.str[0] == '+';
    const char *at = digits.str + sign;
    size_t len = digits.len - sign;
    char mark = len > 1 && at[0] == '0' ? (char)(at[1] | 0x20) : 0;
    int base = mark == 'x' ? 16 : mark == 'b' ? 2 : mark == 'o' ? 8 : 10;
    size_t skip = base == 10 ? 0 : 2;
    if (base == 10 && len > 1 && at[0] == '0')
        base = 8;
    pol_arena *arena = pol_call_arena(p->call);
    pol_value v = pol_number_of_base(arena, at + skip, len - skip, base);
    if (pol_is_defined(v) && digits.str[0] == '-')
        v = pol_number_round(arena, POL_NEG, v);
    int64_t fits;
    if (!pol_is_defined(v))
        return bad_number(p, "bad number syntax: ");
    if (!pol_number_int64(v, &fits))
        return bad_number(p, "integer overflow: ");
    o->kind = POL_OPERAND_INT;
    o->value = pol_int(fits);
    return true;
}

bool pol_token_number(pol_template_parser *p, pol_operand *o)
{
    pol_bytes text;
    pol_bytes_init(&text, p->call, 32);
    bool fraction = false, hex = false;
    for (size_t i = p->token.from; i < p->token.to; i++) {
        char c = p->text.str[i], lower = c | 0x20;
        hex |= lower == 'x';
        fraction |= c == '.' || (lower == 'e' && !hex);
        /* JSON wants a digit before the point */
        if (c == '.' && (text.len == 0 || text.at[text.len - 1] < '0'))
            pol_bytes_byte(&text, '0');
        if (c != '_' && !(c == '+' && text.len == 0))
            pol_bytes_byte(&text, c);
        if (c == '.' && (i + 1 == p->token.to || p->text.str[i + 1] > '9'))
            pol_bytes_byte(&text, '0');
    }
    if (!fraction)
        return text.len > 0 ? whole(p, pol_bytes_done(&text), o)
                            : bad_number(p, "bad number syntax: ");
    pol_arena *arena = pol_call_arena(p->call);
    pol_value v = pol_number_parse(arena, text.at, text.len);
    if (!pol_is_defined(v))
        return bad_number(p, "bad number syntax: ");
    o->value = pol_number_of_double(arena, pol_number_double(v));
    if (!pol_is_defined(o->value))
        return bad_number(p, "illegal number syntax: ");
    o->kind = POL_OPERAND_FLOAT;
    return true;
}
