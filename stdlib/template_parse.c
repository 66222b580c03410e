/* SPDX-License-Identifier: Apache-2.0
 *
 * The parser of templates: text and actions, the tokens of an action, and the
 * grammar of pipelines, in this order. */
#include "template.h"

#include <unictype.h>

#include "gofmt.h"

typedef enum {
    TOKEN_END, /* of the action */
    TOKEN_NAME,
    TOKEN_FIELD,    /* .name */
    TOKEN_VARIABLE, /* $name */
    TOKEN_DOT,
    TOKEN_NUMBER,
    TOKEN_CHARACTER,
    TOKEN_STRING,
    TOKEN_RAW,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_BAR,
    TOKEN_COMMA,
    TOKEN_DECLARE,
    TOKEN_ASSIGN,
    TOKEN_OTHER
} token_kind;

typedef struct token {
    token_kind kind;
    bool spaced; /* a space stands before it */
    size_t from, to;
} token;

typedef struct parser {
    pol_call *call;
    pol_value text;
    size_t at;
    token token;     /* the one at hand */
    bool trims;      /* the last action cuts the space behind it */
    bool failed;
    int depth, ranges;
    pol_template *templates;
    pol_value variables[256]; /* in scope */
    size_t variable_count;
} parser;

/* ---- errors and texts --------------------------------------------------------------- */

static pol_value slice(const parser *p, size_t from, size_t to)
{
    return pol_string(p->text.str + from, to - from);
}

static bool fail_part(parser *p, const char *before, pol_value part,
                      const char *behind)
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

static bool fail(parser *p, const char *what)
{
    return fail_part(p, what, pol_literal(""), "");
}

static bool starts(const parser *p, const char *what)
{
    size_t len = strlen(what);
    return len <= p->text.len - p->at &&
           memcmp(p->text.str + p->at, what, len) == 0;
}

static bool is_space_at(const parser *p, size_t at)
{
    char c = at < p->text.len ? p->text.str[at] : 0;
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool token_is(const parser *p, const char *word)
{
    size_t len = strlen(word);
    return p->token.to - p->token.from == len &&
           memcmp(p->text.str + p->token.from, word, len) == 0;
}

static pol_value token_text(const parser *p)
{
    return slice(p, p->token.from, p->token.to);
}

/* ---- tokens ---------------------------------------------------------------------------- */

static bool is_name_rune(uint32_t rune)
{
    return rune == '_' ||
           uc_is_general_category_withtable(
               rune, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_Nd);
}

static void skip_name(parser *p)
{
    size_t size;
    while (p->at < p->text.len &&
           is_name_rune(pol_rune_at(p->text.str + p->at, &size)))
        p->at += size;
}

/* A text in quotes, with escapes if the quote is none of `. */
static bool quoted(parser *p, token_kind kind, const char *complaint)
{
    char quote = p->text.str[p->at++];
    p->token.kind = kind;
    while (p->at < p->text.len && p->text.str[p->at] != quote) {
        if (p->text.str[p->at] == '\n' && quote != '`')
            return fail(p, complaint);
        p->at += p->text.str[p->at] == '\\' && quote != '`' ? 2 : 1;
    }
    if (p->at >= p->text.len) {
        p->at = p->text.len;
        return fail(p, complaint);
    }
    p->at++;
    return true;
}

static bool is_number_start(const parser *p)
{
    char c = p->text.str[p->at];
    char next = p->at + 1 < p->text.len ? p->text.str[p->at + 1] : 0;
    bool sign = c == '+' || c == '-';
    return (c >= '0' && c <= '9') ||
           ((sign || c == '.') && next >= '0' && next <= '9');
}

static void skip_number(parser *p)
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
    p->token.kind = TOKEN_NUMBER;
}

/* A mark of one character or two. */
static bool mark(parser *p)
{
    static const struct {
        const char *text;
        token_kind kind;
    } marks[] = {{":=", TOKEN_DECLARE}, {"=", TOKEN_ASSIGN}, {"|", TOKEN_BAR},
                 {",", TOKEN_COMMA},    {"(", TOKEN_OPEN},   {")", TOKEN_CLOSE}};
    for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
        if (starts(p, marks[i].text)) {
            p->token.kind = marks[i].kind;
            p->at += strlen(marks[i].text);
            return true;
        }
    return false;
}

static bool bad_character(parser *p)
{
    size_t size;
    uint32_t rune = pol_rune_at(p->text.str + p->at, &size);
    pol_bytes text;
    pol_bytes_init(&text, p->call, 32);
    pol_gofmt fmt = {.out = &text, .sharp = true};
    pol_gofmt_operand operand = {.kind = POL_GOFMT_INT, .value = pol_int(rune)};
    pol_gofmt_write(&fmt, &operand, 'U');
    return fail_part(p, "bad character ", pol_bytes_done(&text), "");
}

/* A name, field or variable; what follows must be able to end it. */
static bool word(parser *p, token_kind kind, size_t skip)
{
    p->token.kind = kind;
    p->at += skip;
    skip_name(p);
    if (kind == TOKEN_FIELD && p->at == p->token.from + 1)
        p->token.kind = TOKEN_DOT;
    bool ends = p->at == p->text.len || is_space_at(p, p->at) ||
                starts(p, "}}") || strchr(".,|:()=", p->text.str[p->at]);
    return ends || bad_character(p);
}

/* The end of the action: "}}", or "-}}" behind a space. */
static bool action_end(parser *p)
{
    bool trims = p->token.spaced && starts(p, "-}}");
    if (!trims && !starts(p, "}}"))
        return false;
    p->token.kind = TOKEN_END;
    p->trims = trims;
    p->at += trims ? 3 : 2;
    return true;
}

/* Reads the next token of an action. False on error. */
static bool next(parser *p)
{
    size_t before = p->at, size;
    while (is_space_at(p, p->at))
        p->at++;
    p->token = (token){.spaced = p->at > before, .from = p->at};
    if (p->at == p->text.len)
        return fail(p, "unclosed action");
    char c = p->text.str[p->at];
    bool fine = true;
    if (action_end(p))
        return true;
    if (c == '"')
        fine = quoted(p, TOKEN_STRING, "unterminated quoted string");
    else if (c == '`')
        fine = quoted(p, TOKEN_RAW, "unterminated raw quoted string");
    else if (c == '\'')
        fine = quoted(p, TOKEN_CHARACTER, "unterminated character constant");
    else if (is_number_start(p))
        skip_number(p);
    else if (c == '.' || c == '$')
        fine = word(p, c == '.' ? TOKEN_FIELD : TOKEN_VARIABLE, 1);
    else if (is_name_rune(pol_rune_at(p->text.str + p->at, &size)))
        fine = word(p, TOKEN_NAME, 0);
    else if (!mark(p)) {
        if ((unsigned char)c <= ' ' || (unsigned char)c > 0x7E)
            return bad_character(p);
        p->token.kind = TOKEN_OTHER;
        p->at++;
    }
    p->token.to = p->at;
    return fine;
}

/* ---- literals ------------------------------------------------------------------------------ */

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
static bool unquote(parser *p, pol_value literal, pol_value *out)
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
            return fail_part(p, "invalid syntax: ", literal, "");
        pol_bytes_rune(&text, (uint32_t)rune);
    }
    *out = pol_bytes_done(&text);
    return true;
}

static bool character(parser *p, pol_operand *o)
{
    pol_value text, literal = token_text(p);
    if (!unquote(p, literal, &text))
        return false;
    size_t size = text.len > 0 ? pol_rune_len(text.str[0]) : 0;
    if (size == 0 || size != text.len)
        return fail_part(p, "malformed character constant: ", literal, "");
    o->kind = POL_OPERAND_INT;
    o->value = pol_int(pol_rune_at(text.str, &size));
    return true;
}

static bool bad_number(parser *p, const char *what)
{
    pol_bytes text;
    pol_bytes_init(&text, p->call, 32);
    pol_gofmt_quote(&text, token_text(p), false);
    return fail_part(p, what, pol_bytes_done(&text), "");
}

/* A whole number in the base that its prefix says. */
static bool whole(parser *p, pol_value digits, pol_operand *o)
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

static bool number(parser *p, pol_operand *o)
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

/* ---- pipelines -------------------------------------------------------------------------------- */

static bool pipeline(parser *p, token_kind end, const char *context,
                     pol_template_pipe *pipe);

static bool in_scope(const parser *p, pol_value name)
{
    for (size_t i = 0; i < p->variable_count; i++)
        if (pol_equal(p->variables[i], name))
            return true;
    return name.len == 1;
}

static bool declare(parser *p, pol_value name)
{
    if (p->variable_count == sizeof(p->variables) / sizeof(*p->variables))
        return fail(p, "too many variables");
    p->variables[p->variable_count++] = name;
    return true;
}

static bool name_operand(parser *p, pol_operand *o)
{
    o->value = token_text(p);
    o->kind = POL_OPERAND_LITERAL;
    if (token_is(p, "true") || token_is(p, "false")) {
        o->value = pol_bool(token_is(p, "true"));
    } else if (token_is(p, "nil")) {
        o->kind = POL_OPERAND_NIL;
    } else {
        o->kind = POL_OPERAND_FUNCTION;
        if (!pol_template_is_function(o->value))
            return fail_part(p, "function \"", o->value, "\" not defined");
    }
    return next(p);
}

static bool parenthesised(parser *p, pol_operand *o)
{
    o->kind = POL_OPERAND_PIPE;
    o->pipe = pol_call_alloc(p->call, sizeof(*o->pipe));
    if (++p->depth > POL_TEMPLATE_DEPTH)
        return fail(p, "nested too deep");
    if (!next(p) || !pipeline(p, TOKEN_CLOSE, "parenthesized pipeline", o->pipe))
        return false;
    p->depth--;
    return next(p);
}

/* Adds the field at hand. */
static bool field(parser *p, pol_operand *o)
{
    pol_value *fields = pol_items(pol_call_arena(p->call), o->field_count + 1);
    if (o->field_count > 0)
        memcpy(fields, o->fields, o->field_count * sizeof(*fields));
    if (o->field_count <= 1)
        o->blame = p->token.from;
    fields[o->field_count++] = slice(p, p->token.from + 1, p->token.to);
    o->fields = fields;
    return next(p);
}

/* What an operand starts with; *found is false if there is none here. */
static bool term(parser *p, pol_operand *o, bool *found)
{
    *found = true;
    switch (p->token.kind) {
    case TOKEN_NAME:
        return name_operand(p, o);
    case TOKEN_DOT:
        o->kind = POL_OPERAND_DOT;
        return next(p);
    case TOKEN_FIELD:
        o->kind = POL_OPERAND_DOT;
        return field(p, o);
    case TOKEN_VARIABLE:
        o->kind = POL_OPERAND_VARIABLE;
        o->value = token_text(p);
        if (!in_scope(p, o->value))
            return fail_part(p, "undefined variable \"", o->value, "\"");
        return next(p);
    case TOKEN_NUMBER:
        return number(p, o) && next(p);
    case TOKEN_CHARACTER:
        return character(p, o) && next(p);
    case TOKEN_STRING:
    case TOKEN_RAW:
        o->kind = POL_OPERAND_LITERAL;
        return unquote(p, token_text(p), &o->value) && next(p);
    case TOKEN_OPEN:
        return parenthesised(p, o);
    default:
        *found = false;
        return true;
    }
}

/* One operand with the fields that stick to it. */
static bool operand(parser *p, pol_operand *o, bool *found)
{
    *o = (pol_operand){.from = p->token.from, .blame = p->token.from};
    if (!term(p, o, found))
        return false;
    o->to = p->token.from - p->token.spaced;
    while (*found && p->token.kind == TOKEN_FIELD && !p->token.spaced) {
        if (o->kind == POL_OPERAND_LITERAL || o->kind == POL_OPERAND_NIL ||
            o->kind == POL_OPERAND_INT || o->kind == POL_OPERAND_FLOAT)
            return fail_part(p, "unexpected . after term ", token_text(p), "");
        if (!field(p, o))
            return false;
    }
    return true;
}

static bool command(parser *p, pol_command *c)
{
    pol_operand **last = &c->first;
    *c = (pol_command){.from = p->token.from};
    for (;;) {
        pol_operand *o = pol_call_alloc(p->call, sizeof(*o));
        bool found;
        size_t end = p->token.from;
        if (!operand(p, o, &found))
            return false;
        if (!found) {
            c->to = end;
            break;
        }
        *last = o;
        last = &o->next;
        c->count++;
        token_kind kind = p->token.kind;
        bool ends = p->token.spaced || kind == TOKEN_END || kind == TOKEN_BAR ||
                    kind == TOKEN_CLOSE;
        if (!ends)
            return fail_part(p, "unexpected <", token_text(p), "> in operand");
    }
    while (c->to > c->from && is_space_at(p, c->to - 1))
        c->to--;
    return c->count > 0 || fail(p, "empty command");
}

/* "$a :=", "$a =" or "$a, $b :=" at the start of a pipeline, if it is there. */
static bool declarations(parser *p, pol_template_pipe *pipe, bool range)
{
    parser before = *p;
    pol_value names[2];
    int count = 0;
    while (p->token.kind == TOKEN_VARIABLE && count < 2) {
        names[count++] = token_text(p);
        if (!next(p))
            return false;
        if (p->token.kind != TOKEN_COMMA || !range)
            break;
        if (count == 2)
            return fail(p, "too many declarations in range");
        if (!next(p))
            return false;
    }
    token_kind kind = p->token.kind;
    if (count == 0 || (kind != TOKEN_DECLARE && kind != TOKEN_ASSIGN)) {
        *p = before;
        return true;
    }
    pipe->assigns = kind == TOKEN_ASSIGN;
    pipe->variable_count = count;
    for (int i = 0; i < count; i++) {
        pipe->variables[i] = names[i];
        if (pipe->assigns && !in_scope(p, names[i]))
            return fail_part(p, "undefined variable \"", names[i], "\"");
    }
    return next(p);
}

static bool check_stages(parser *p, const pol_template_pipe *pipe)
{
    int stage = 2;
    for (const pol_command *c = pipe->first->next; c; c = c->next, stage++) {
        pol_operand_kind kind = c->first->kind;
        bool constant = kind == POL_OPERAND_LITERAL || kind == POL_OPERAND_INT ||
                        kind == POL_OPERAND_FLOAT || kind == POL_OPERAND_NIL ||
                        (kind == POL_OPERAND_DOT && c->first->field_count == 0);
        if (constant) {
            pol_value text = pol_call_printf(p->call, "%d", stage);
            return fail_part(p, "non executable command in pipeline stage ",
                             text, "");
        }
    }
    return true;
}

/* Reads up to the token that ends it, which stays at hand. */
static bool pipeline(parser *p, token_kind end, const char *context,
                     pol_template_pipe *pipe)
{
    pol_command **last = &pipe->first;
    *pipe = (pol_template_pipe){.from = p->token.from};
    if (!declarations(p, pipe, strcmp(context, "range") == 0))
        return false;
    while (p->token.kind != end) {
        if (p->token.kind == TOKEN_END)
            return fail(p, "unclosed left paren");
        if (p->token.kind == TOKEN_CLOSE)
            return fail(p, "unexpected right paren");
        pol_command *c = pol_call_alloc(p->call, sizeof(*c));
        bool starts_command = p->token.kind < TOKEN_CLOSE;
        if (!starts_command) {
            pol_bytes text;
            pol_bytes_init(&text, p->call, 16);
            pol_gofmt_quote(&text, token_text(p), false);
            return fail_part(p, "unexpected ", pol_bytes_done(&text),
                             " in command");
        }
        if (!command(p, c))
            return false;
        *last = c;
        last = &c->next;
        if (p->token.kind == TOKEN_BAR && !next(p))
            return false;
    }
    pipe->to = p->token.from;
    while (pipe->to > pipe->from && is_space_at(p, pipe->to - 1))
        pipe->to--;
    if (pipe->first == NULL)
        return fail_part(p, "missing value for ",
                         pol_string(context, strlen(context)), "");
    for (int i = 0; i < pipe->variable_count && !pipe->assigns; i++)
        if (!declare(p, pipe->variables[i]))
            return false;
    return check_stages(p, pipe);
}

/* ---- nodes ------------------------------------------------------------------------------------- */

/* What ended a list. */
typedef enum { LIST_EOF, LIST_END, LIST_ELSE } list_end;

static bool list(parser *p, pol_template_node **body, list_end *end);

static pol_template_node *new_node(parser *p, pol_node_kind kind, size_t from)
{
    pol_template_node *n = pol_call_alloc(p->call, sizeof(*n));
    *n = (pol_template_node){.kind = kind, .from = from};
    return n;
}

static bool expect_end(parser *p, const char *context)
{
    if (p->token.kind == TOKEN_END)
        return true;
    pol_value behind = pol_call_printf(p->call, "> in %s", context);
    return fail_part(p, "unexpected <", token_text(p), behind.str);
}

/* if, with and range; the keyword is behind. {{else if}} nests. */
static bool control(parser *p, pol_template_node *n, const char *context)
{
    size_t scope = p->variable_count;
    list_end end;
    if (++p->depth > POL_TEMPLATE_DEPTH)
        return fail(p, "nested too deep");
    n->pipe = pol_call_alloc(p->call, sizeof(*n->pipe));
    if (!pipeline(p, TOKEN_END, context, n->pipe))
        return false;
    p->ranges += n->kind == POL_NODE_RANGE;
    if (!list(p, &n->body, &end))
        return false;
    p->ranges -= n->kind == POL_NODE_RANGE;
    if (end == LIST_ELSE) {
        if (!next(p))
            return false;
        bool chains = token_is(p, context) && n->kind != POL_NODE_RANGE &&
                      p->token.kind == TOKEN_NAME;
        if (chains) {
            n->other = new_node(p, n->kind, p->token.from);
            if (!next(p) || !control(p, n->other, context))
                return false;
        } else if (!expect_end(p, "else") || !list(p, &n->other, &end)) {
            return false;
        } else if (end == LIST_ELSE) {
            return fail(p, "expected end; found {{else}}");
        }
    }
    if (end == LIST_EOF)
        return fail(p, "unexpected EOF");
    p->variable_count = scope;
    p->depth--;
    return true;
}

/* A name in quotes, for templates. */
static bool template_name(parser *p, const char *context, pol_value *name)
{
    if (p->token.kind == TOKEN_STRING || p->token.kind == TOKEN_RAW)
        return unquote(p, token_text(p), name) && next(p);
    pol_bytes text;
    pol_bytes_init(&text, p->call, 16);
    pol_gofmt_quote(&text, token_text(p), false);
    pol_value behind = pol_call_printf(p->call, " in %s clause", context);
    return fail_part(p, "unexpected ", pol_bytes_done(&text), behind.str);
}

/* The body of a named template up to its {{end}}. Variables outside are out of
 * its scope. */
static bool definition(parser *p, pol_value name)
{
    pol_template *t = pol_call_alloc(p->call, sizeof(*t));
    size_t scope = p->variable_count;
    int ranges = p->ranges;
    list_end end;
    *t = (pol_template){.name = name, .source = p->text};
    for (const pol_template *o = p->templates; o != NULL; o = o->next)
        if (pol_equal(o->name, name) && o->body != NULL)
            return fail_part(p, "template: multiple definition of template \"",
                             name, "\"");
    p->ranges = 0;
    if (!list(p, &t->body, &end))
        return false;
    if (end == LIST_EOF)
        return fail(p, "unexpected EOF");
    if (end == LIST_ELSE)
        return fail(p, "unexpected {{else}}");
    p->ranges = ranges;
    p->variable_count = scope;
    t->next = p->templates->next;
    p->templates->next = t;
    return true;
}

/* {{template "name" pipe}}, and {{block}}, which defines it as well. */
static bool call_template(parser *p, pol_template_node *n, const char *context)
{
    if (!template_name(p, context, &n->text))
        return false;
    if (p->token.kind == TOKEN_END)
        return true;
    n->pipe = pol_call_alloc(p->call, sizeof(*n->pipe));
    return pipeline(p, TOKEN_END, context, n->pipe);
}

static bool jump(parser *p, pol_node_kind kind, pol_template_node **out)
{
    const char *name = kind == POL_NODE_BREAK ? "break" : "continue";
    pol_value text = pol_string(name, strlen(name));
    if (p->ranges == 0)
        return fail_part(p, "{{", text, "}} outside {{range}}");
    *out = new_node(p, kind, p->token.from);
    return next(p) && expect_end(p, name);
}

/* An action that is none of a list's ends: *out its node, NULL for none. */
static bool action(parser *p, size_t from, pol_template_node **out)
{
    static const struct {
        const char *word;
        pol_node_kind kind;
    } controls[] = {{"if", POL_NODE_IF},
                    {"with", POL_NODE_WITH},
                    {"range", POL_NODE_RANGE}};
    bool is_name = p->token.kind == TOKEN_NAME;
    *out = NULL;
    for (size_t i = 0; i < 3 && is_name; i++)
        if (token_is(p, controls[i].word)) {
            *out = new_node(p, controls[i].kind, from);
            return next(p) && control(p, *out, controls[i].word);
        }
    if (is_name && token_is(p, "break"))
        return jump(p, POL_NODE_BREAK, out);
    if (is_name && token_is(p, "continue"))
        return jump(p, POL_NODE_CONTINUE, out);
    bool block = is_name && token_is(p, "block");
    if (block || (is_name && token_is(p, "template"))) {
        *out = new_node(p, POL_NODE_CALL, from);
        (*out)->from = p->token.to + 1;
        if (!next(p) || !call_template(p, *out, block ? "block" : "template"))
            return false;
        return !block || definition(p, (*out)->text);
    }
    if (is_name && token_is(p, "define")) {
        pol_value name;
        return next(p) && template_name(p, "define", &name) &&
               expect_end(p, "define clause") && definition(p, name);
    }
    *out = new_node(p, POL_NODE_ACTION, from);
    (*out)->pipe = pol_call_alloc(p->call, sizeof(*(*out)->pipe));
    return pipeline(p, TOKEN_END, "command", (*out)->pipe);
}

/* Takes a comment behind "{{"; *found says whether there is one. */
static bool comment(parser *p, bool *found)
{
    *found = starts(p, "/*");
    if (!*found)
        return true;
    const char *from = p->text.str + p->at;
    const char *close = memmem(from, p->text.len - p->at, "*/", 2);
    if (close == NULL)
        return fail(p, "unclosed comment");
    p->at = (size_t)(close - p->text.str) + 2;
    p->trims = is_space_at(p, p->at) && p->text.len - p->at >= 4 &&
               memcmp(p->text.str + p->at + 1, "-}}", 3) == 0;
    if (!p->trims && !starts(p, "}}"))
        return fail(p, "comment ends before closing delimiter");
    p->at += p->trims ? 4 : 2;
    return true;
}

/* Text up to the next action, whose "{{" is taken; *open is false at the end. */
static bool text(parser *p, pol_template_node ***last, bool *open)
{
    while (p->trims && is_space_at(p, p->at))
        p->at++;
    p->trims = false;
    const char *from = p->text.str + p->at;
    size_t left = p->text.len - p->at;
    const char *mark = left > 0 ? memmem(from, left, "{{", 2) : NULL;
    size_t start = p->at, end = mark ? (size_t)(mark - p->text.str) : p->text.len;
    *open = mark != NULL;
    p->at = end;
    if (*open) {
        p->at += 2;
        bool trims = starts(p, "-") && is_space_at(p, p->at + 1);
        p->at += trims ? 2 : 0;
        while (trims && end > start && is_space_at(p, end - 1))
            end--;
    }
    if (end > start) {
        pol_template_node *n = new_node(p, POL_NODE_TEXT, start);
        n->text = slice(p, start, end);
        **last = n;
        *last = &n->next;
    }
    return true;
}

static bool list(parser *p, pol_template_node **body, list_end *end)
{
    pol_template_node **last = body, *n;
    bool open, found;
    *body = NULL;
    for (;;) {
        text(p, &last, &open);
        *end = LIST_EOF;
        if (!open)
            return true;
        size_t from = p->at;
        if (!comment(p, &found))
            return false;
        if (found)
            continue;
        if (!next(p))
            return false;
        if (p->token.kind == TOKEN_NAME && token_is(p, "end")) {
            *end = LIST_END;
            return next(p) && expect_end(p, "end");
        }
        if (p->token.kind == TOKEN_NAME && token_is(p, "else")) {
            *end = LIST_ELSE;
            return true;
        }
        if (!action(p, from, &n))
            return false;
        if (n != NULL) {
            n->to = p->at;
            *last = n;
            last = &n->next;
        }
    }
}

pol_template *pol_template_parse(pol_call *call, pol_value source)
{
    parser *p = pol_call_alloc(call, sizeof(*p));
    pol_template *whole = pol_call_alloc(call, sizeof(*whole));
    list_end end;
    *whole = (pol_template){.name = pol_literal("template"), .source = source};
    *p = (parser){.call = call, .text = source, .templates = whole};
    if (!list(p, &whole->body, &end))
        return NULL;
    if (end != LIST_EOF) {
        fail(p, end == LIST_END ? "unexpected {{end}}" : "unexpected {{else}}");
        return NULL;
    }
    return whole;
}
