/* SPDX-License-Identifier: Apache-2.0
 *
 * The parser of regular expressions: one pass over the pattern, one function
 * per kind of thing that Go's syntax has, failing with Go's words. */
#include "re2_syntax.h"

#include "re2_class.h"

typedef struct parser {
    pol_call *call;
    pol_value text;
    size_t at;
    bool fold, multi_line, dot_newline, swap_greed; /* (?imsU) */
    uint32_t captures;
    pol_builder names;
    pol_re2_error *error;
} parser;

/* ---- small things ---------------------------------------------------- */

static bool more(const parser *p)
{
    return p->at < p->text.len;
}

/* The byte `ahead` of the place, 0 at the end. */
static char peek(const parser *p, size_t ahead)
{
    return ahead < p->text.len - p->at ? p->text.str[p->at + ahead] : 0;
}

static bool looking_at(const parser *p, const char *text)
{
    size_t len = strlen(text);
    return len <= p->text.len - p->at &&
           memcmp(p->text.str + p->at, text, len) == 0;
}

static uint32_t next_rune(parser *p)
{
    size_t size;
    uint32_t rune = pol_rune_at(p->text.str + p->at, &size);
    p->at += size;
    return rune;
}

/* Fails about the bytes from..to of the pattern. */
static bool fail(parser *p, const char *what, size_t from, size_t to)
{
    p->error->what = what;
    p->error->part = pol_string(p->text.str + from, to - from);
    return false;
}

static pol_re2_node *node(parser *p, pol_re2_op op)
{
    pol_re2_node *n = pol_call_alloc(p->call, sizeof(*n));
    *n = (pol_re2_node){.op = op, .height = 1};
    return n;
}

static void append(pol_re2_node *parent, pol_re2_node *child)
{
    if (parent->last == NULL)
        parent->first = child;
    else
        parent->last->next = child;
    parent->last = child;
    if (child->height >= parent->height)
        parent->height = (uint16_t)(child->height + 1);
}

static const char range_error[] = "invalid character class range";
static const char escape_error[] = "invalid escape sequence";
static const char perl_error[] = "invalid or unsupported Perl syntax";

/* ---- escapes --------------------------------------------------------- */

static int digit(char c, int base)
{
    int value = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : base;
    return value < base ? value : -1;
}

/* The digits of \x.. or \x{…}, behind the x. */
static bool hex_escape(parser *p, size_t from, uint32_t *rune)
{
    *rune = 0;
    if (!more(p))
        return fail(p, escape_error, from, p->at);
    if (peek(p, 0) != '{') {
        int high = digit((char)peek(p, 0), 16);
        next_rune(p);
        if (high < 0 || !more(p))
            return fail(p, escape_error, from, p->at);
        int low = digit((char)peek(p, 0), 16);
        next_rune(p);
        if (low < 0)
            return fail(p, escape_error, from, p->at);
        *rune = (uint32_t)(high * 16 + low);
        return true;
    }
    size_t first = ++p->at;
    while (more(p)) {
        char c = peek(p, 0);
        next_rune(p);
        if (c == '}' && p->at - 1 > first)
            return true;
        if (digit(c, 16) < 0)
            break;
        *rune = *rune * 16 + (uint32_t)digit(c, 16);
        if (*rune > 0x10FFFF)
            break;
    }
    return fail(p, escape_error, from, p->at);
}

/* An escape that stands for one code point; `at` is on the backslash. */
static bool escape(parser *p, uint32_t *rune)
{
    static const char named[] = "a\af\fn\nr\rt\tv\v";
    size_t from = p->at++;
    if (!more(p))
        return fail(p, "trailing backslash at end of expression", p->at, p->at);
    char c = peek(p, 0);
    uint32_t first = next_rune(p);
    bool octal = digit(c, 8) >= 0;
    if (octal && (c == '0' || digit(peek(p, 0), 8) >= 0)) {
        *rune = (uint32_t)digit(c, 8);
        for (int i = 1; i < 3 && digit(peek(p, 0), 8) >= 0; i++)
            *rune = *rune * 8 + (uint32_t)digit((char)next_rune(p), 8);
        return true;
    }
    if (c == 'x')
        return hex_escape(p, from, rune);
    for (size_t i = 0; i + 1 < sizeof(named); i += 2)
        if (c == named[i]) {
            *rune = (unsigned char)named[i + 1];
            return true;
        }
    bool plain = first < 0x80 && digit(c, 10) < 0 &&
                 ((first | 0x20) < 'a' || (first | 0x20) > 'z');
    if (!plain)
        return fail(p, escape_error, from, p->at);
    *rune = first;
    return true;
}

/* ---- classes --------------------------------------------------------- */

/* \p{…} or \pX; `at` is on the backslash. */
static bool unicode_class(parser *p, pol_re2_set *set)
{
    size_t from = p->at, name_from, name_to;
    bool negated = peek(p, 1) == 'P';
    p->at += 2;
    if (!more(p))
        return fail(p, range_error, from, p->at);
    if (peek(p, 0) == '{') {
        const char *open = p->text.str + p->at;
        const char *close = memchr(open, '}', p->text.len - p->at);
        if (close == NULL)
            return fail(p, range_error, from, p->text.len);
        name_from = p->at + 1;
        name_to = (size_t)(close - p->text.str);
        p->at = name_to + 1;
    } else {
        name_from = p->at;
        next_rune(p);
        name_to = p->at;
    }
    pol_value name = pol_string(p->text.str + name_from, name_to - name_from);
    if (!pol_re2_set_property(set, name, negated, p->fold))
        return fail(p, range_error, from, p->at);
    return true;
}

static bool is_perl_class(const parser *p)
{
    char letter = peek(p, 1);
    return peek(p, 0) == '\\' && letter != 0 && strchr("dDsSwW", letter);
}

static void perl_class(parser *p, pol_re2_set *set)
{
    char letter = peek(p, 1);
    char lower = letter | 0x20;
    p->at += 2;
    pol_re2_set_ascii(set, pol_string(&lower, 1), letter != lower, p->fold);
}

static bool is_unicode_class(const parser *p)
{
    return peek(p, 0) == '\\' && (peek(p, 1) == 'p' || peek(p, 1) == 'P');
}

/* [:name:] within a class, if there is one: *found. */
static bool posix_class(parser *p, pol_re2_set *set, bool *found)
{
    *found = false;
    if (!looking_at(p, "[:"))
        return true;
    const char *open = p->text.str + p->at + 2;
    const char *close = memmem(open, p->text.len - p->at - 2, ":]", 2);
    if (close == NULL)
        return true;
    size_t from = p->at, to = (size_t)(close - p->text.str);
    bool negated = close > open && *open == '^';
    pol_value name =
        pol_string(open + negated, (size_t)(close - open) - negated);
    p->at = to + 2;
    *found = true;
    bool known = name.len > 1 && pol_re2_set_ascii(set, name, negated, p->fold);
    return known || fail(p, range_error, from, p->at);
}

/* One end of a range. */
static bool class_rune(parser *p, size_t class_from, uint32_t *rune)
{
    if (!more(p))
        return fail(p, "missing closing ]", class_from, p->text.len);
    if (peek(p, 0) == '\\')
        return escape(p, rune);
    *rune = next_rune(p);
    return true;
}

static bool class_range(parser *p, pol_re2_set *set, size_t class_from)
{
    size_t from = p->at;
    uint32_t low, high;
    if (!class_rune(p, class_from, &low))
        return false;
    high = low;
    if (peek(p, 0) == '-' && p->at + 1 < p->text.len && peek(p, 1) != ']') {
        p->at++;
        if (!class_rune(p, class_from, &high))
            return false;
        if (high < low)
            return fail(p, range_error, from, p->at);
    }
    pol_re2_set_add(set, low, high);
    return true;
}

static pol_re2_node *class_node(parser *p, pol_re2_set *set, bool negated)
{
    pol_re2_node *n = node(p, POL_RE2_CLASS);
    n->fold = p->fold;
    n->set = pol_re2_set_done(set, negated);
    return n;
}

/* A whole [class]; `at` is on the bracket. */
static bool bracket_class(parser *p, pol_re2_node *into)
{
    size_t from = p->at++;
    pol_re2_set set = {.call = p->call};
    bool negated = peek(p, 0) == '^';
    p->at += negated;
    for (bool first = true; !more(p) || peek(p, 0) != ']' || first;
         first = false) {
        bool found;
        if (!posix_class(p, &set, &found))
            return false;
        if (found)
            continue;
        if (is_unicode_class(p)) {
            if (!unicode_class(p, &set))
                return false;
        } else if (is_perl_class(p)) {
            perl_class(p, &set);
        } else if (!class_range(p, &set, from)) {
            return false;
        }
    }
    p->at++;
    append(into, class_node(p, &set, negated));
    return true;
}

/* ---- repetition ------------------------------------------------------ */

/* A count of {n,m}: -1 if there is none, more than any allowed if too large. */
static int32_t count(parser *p)
{
    if (digit(peek(p, 0), 10) < 0)
        return -1;
    if (peek(p, 0) == '0' && digit(peek(p, 1), 10) >= 0)
        return -1;
    int32_t n = 0;
    for (; digit(peek(p, 0), 10) >= 0; p->at++)
        if (n <= POL_RE2_MAX_REPEAT)
            n = n * 10 + digit(peek(p, 0), 10);
    return n;
}

/* Reads {n}, {n,} or {n,m}; false, with the place unchanged, if it is none and
 * so a literal. */
static bool counts(parser *p, int32_t *min, int32_t *max)
{
    size_t from = p->at++;
    *min = count(p);
    *max = *min;
    if (*min >= 0 && peek(p, 0) == ',') {
        p->at++;
        *max = peek(p, 0) == '}' ? -1 : count(p);
        if (*max < 0 && peek(p, 0) != '}')
            *min = -1;
    }
    if (*min >= 0 && peek(p, 0) == '}') {
        p->at++;
        return true;
    }
    p->at = from;
    return false;
}

/* Do the repetitions within `n` multiply to no more than `limit`? */
static bool repeats_fit(const pol_re2_node *n, int32_t limit)
{
    if (n->op == POL_RE2_REPEAT && (n->min > 1 || n->max > 1)) {
        int32_t times = n->max < 0 ? n->min : n->max;
        if (times > limit)
            return false;
        limit /= times;
    }
    if (n->op == POL_RE2_REPEAT && n->max == 0)
        return true;
    for (const pol_re2_node *c = n->first; c != NULL; c = c->next)
        if (!repeats_fit(c, limit))
            return false;
    return true;
}

/* What a repetition at `from` says: its bounds. A `{` that begins none is a
 * literal. */
static bool repeat_bounds(parser *p, pol_re2_node *bounds)
{
    char c = peek(p, 0);
    bounds->min = c == '+';
    bounds->max = c == '?' ? 1 : -1;
    if (c == '{')
        return counts(p, &bounds->min, &bounds->max);
    p->at++;
    return true;
}

/* Applies a repetition, read from `from` on, to the last of `into`. `before` is
 * where a repetition that stands right before began. */
static bool repeat(parser *p, pol_re2_node *into, pol_re2_node bounds,
                   const size_t span[2])
{
    size_t from = span[0], before = span[1];
    bool counted = p->text.str[from] == '{';
    bool wrong = bounds.min > POL_RE2_MAX_REPEAT ||
                 bounds.max > POL_RE2_MAX_REPEAT ||
                 (bounds.max >= 0 && bounds.min > bounds.max);
    if (counted && wrong)
        return fail(p, "invalid repeat count", from, p->at);
    bool lazy = peek(p, 0) == '?';
    p->at += lazy;
    if (before != SIZE_MAX)
        return fail(p, "invalid nested repetition operator", before, p->at);
    if (into->last == NULL)
        return fail(p, "missing argument to repetition operator", from, p->at);
    pol_re2_node *last = into->last, *inner = node(p, POL_RE2_EMPTY);
    *inner = *last;
    *last = (pol_re2_node){.op = POL_RE2_REPEAT,
                           .min = bounds.min,
                           .max = bounds.max,
                           .greedy = lazy == p->swap_greed,
                           .height = (uint16_t)(inner->height + 1),
                           .first = inner,
                           .last = inner};
    if (last->height >= into->height)
        into->height = (uint16_t)(last->height + 1);
    if (into->height > POL_RE2_MAX_DEPTH)
        return fail(p, "expression nests too deeply", 0, p->text.len);
    if (counted && !repeats_fit(last, POL_RE2_MAX_REPEAT))
        return fail(p, "invalid repeat count", from, p->at);
    return true;
}

/* ---- atoms ----------------------------------------------------------- */

static void literal(parser *p, pol_re2_node *into, uint32_t rune)
{
    pol_re2_node *n = node(p, POL_RE2_LITERAL);
    n->fold = p->fold;
    n->rune = rune;
    append(into, n);
}

/* \Q…\E: the text as it is, to the end if it is not closed. */
static void quoted(parser *p, pol_re2_node *into)
{
    p->at += 2;
    while (more(p) && !looking_at(p, "\\E"))
        literal(p, into, next_rune(p));
    if (more(p))
        p->at += 2;
}

static bool backslash(parser *p, pol_re2_node *into)
{
    static const struct {
        char letter;
        pol_re2_op op;
    } assertions[] = {{'A', POL_RE2_BEGIN_TEXT},
                      {'b', POL_RE2_WORD_EDGE},
                      {'B', POL_RE2_NO_WORD_EDGE},
                      {'z', POL_RE2_END_TEXT}};
    for (size_t i = 0; i < sizeof(assertions) / sizeof(*assertions); i++)
        if (peek(p, 1) == assertions[i].letter) {
            p->at += 2;
            append(into, node(p, assertions[i].op));
            return true;
        }
    if (peek(p, 1) == 'Q') {
        quoted(p, into);
        return true;
    }
    pol_re2_set set = {.call = p->call};
    if (is_unicode_class(p) || is_perl_class(p)) {
        if (is_perl_class(p))
            perl_class(p, &set);
        else if (!unicode_class(p, &set))
            return false;
        append(into, class_node(p, &set, false));
        return true;
    }
    uint32_t rune;
    if (!escape(p, &rune))
        return false;
    literal(p, into, rune);
    return true;
}

/* An atom that is no group: `at` is on it. */
static bool atom(parser *p, pol_re2_node *into)
{
    switch (peek(p, 0)) {
    case '[': return bracket_class(p, into);
    case '\\': return backslash(p, into);
    case '^':
        p->at++;
        append(into, node(p, p->multi_line ? POL_RE2_BEGIN_LINE
                                           : POL_RE2_BEGIN_TEXT));
        return true;
    case '$':
        p->at++;
        append(into,
               node(p, p->multi_line ? POL_RE2_END_LINE : POL_RE2_END_TEXT));
        return true;
    case '.':
        p->at++;
        append(into,
               node(p, p->dot_newline ? POL_RE2_ANY : POL_RE2_NOT_NEWLINE));
        return true;
    default: literal(p, into, next_rune(p)); return true;
    }
}

/* ---- groups ---------------------------------------------------------- */

/* (?P<name> or (?<name>: leaves the place behind the `>`. */
static bool capture_name(parser *p, pol_value *name)
{
    size_t from = p->at;
    const char *start = memchr(p->text.str + from, '<', p->text.len - from) + 1;
    const char *end = p->text.str + p->text.len;
    const char *close = memchr(start, '>', (size_t)(end - start));
    if (close == NULL)
        return fail(p, "invalid named capture", from, p->text.len);
    p->at = (size_t)(close + 1 - p->text.str);
    *name = pol_string(start, (size_t)(close - start));
    bool valid = name->len > 0;
    for (uint32_t i = 0; i < name->len; i++) {
        char c = name->str[i], lower = c | 0x20;
        valid &=
            c == '_' || digit(c, 10) >= 0 || (lower >= 'a' && lower <= 'z');
    }
    return valid || fail(p, "invalid named capture", from, p->at);
}

/* The flags behind "(?"; sets *group if they end with `:` and so open one. */
static bool flags(parser *p, bool *group)
{
    size_t from = p->at;
    parser now = *p;
    bool on = true, seen = false;
    for (now.at += 2; more(&now);) {
        char c = peek(&now, 0);
        bool *flag = c == 'i'   ? &now.fold
                     : c == 'm' ? &now.multi_line
                     : c == 's' ? &now.dot_newline
                     : c == 'U' ? &now.swap_greed
                                : NULL;
        next_rune(&now);
        if (flag != NULL) {
            *flag = on;
            seen = true;
        } else if (c == '-' && on) {
            on = false;
            seen = false;
        } else if ((c == ':' || c == ')') && (on || seen)) {
            *group = c == ':';
            *p = now;
            return true;
        } else {
            break;
        }
    }
    return fail(p, perl_error, from, now.at);
}

typedef struct group {
    pol_re2_node *all; /* alternatives so far */
    pol_re2_node *now; /* the one being read */
} group;

static bool alternatives(parser *p, int depth, pol_re2_node **out);

/* A group or flags; `at` is on the parenthesis. */
static bool parenthesis(parser *p, pol_re2_node *into, int depth)
{
    parser outer = *p;
    bool opens = true, captures = true;
    pol_value name = pol_literal("");
    if (looking_at(p, "(?P<") || looking_at(p, "(?<")) {
        if (!capture_name(p, &name))
            return false;
    } else if (looking_at(p, "(?")) {
        captures = false;
        if (!flags(p, &opens))
            return false;
    } else {
        p->at++;
    }
    if (!opens)
        return true;
    pol_re2_node *inner, *n;
    uint32_t number = 0;
    if (captures) {
        number = ++p->captures;
        pol_builder_add(&p->names, name);
    }
    if (!alternatives(p, depth + 1, &inner))
        return false;
    if (!more(p))
        return fail(p, "missing closing )", 0, p->text.len);
    p->at++;
    p->fold = outer.fold;
    p->multi_line = outer.multi_line;
    p->dot_newline = outer.dot_newline;
    p->swap_greed = outer.swap_greed;
    n = inner;
    if (captures) {
        n = node(p, POL_RE2_CAPTURE);
        n->capture = number;
        append(n, inner);
    }
    append(into, n);
    return true;
}

/* Ends the current alternative and begins another. */
static void bar(parser *p, group *g)
{
    p->at++;
    if (g->all == NULL)
        g->all = node(p, POL_RE2_ALTERNATE);
    append(g->all, g->now);
    g->now = node(p, POL_RE2_CONCAT);
}

/* Reads up to the closing parenthesis or the end. */
static bool alternatives(parser *p, int depth, pol_re2_node **out)
{
    if (depth > POL_RE2_MAX_DEPTH)
        return fail(p, "expression nests too deeply", 0, p->text.len);
    group g = {.now = node(p, POL_RE2_CONCAT)};
    size_t span[2] = {0, SIZE_MAX};
    while (more(p) && peek(p, 0) != ')') {
        char c = peek(p, 0);
        span[0] = p->at;
        pol_re2_node bounds = {.min = 0};
        bool repeats =
            strchr("*+?{", c) != NULL && c != 0 && repeat_bounds(p, &bounds);
        bool fine = true;
        if (repeats)
            fine = repeat(p, g.now, bounds, span);
        else if (c == '|')
            bar(p, &g);
        else if (c == '(')
            fine = parenthesis(p, g.now, depth);
        else
            fine = atom(p, g.now);
        if (!fine)
            return false;
        span[1] = repeats ? span[0] : SIZE_MAX;
    }
    if (g.all != NULL)
        append(g.all, g.now);
    *out = g.all != NULL ? g.all : g.now;
    if ((*out)->height > POL_RE2_MAX_DEPTH)
        return fail(p, "expression nests too deeply", 0, p->text.len);
    return true;
}

bool pol_re2_parse(pol_call *call, pol_value pattern, pol_re2 *re,
                   pol_re2_error *error)
{
    parser p = {.call = call, .text = pattern, .error = error};
    pol_re2_node *root;
    pol_builder_init(&p.names, pol_call_arena(call), POL_ARRAY);
    pol_builder_add(&p.names, pol_literal(""));
    if (!alternatives(&p, 0, &root))
        return false;
    if (more(&p))
        return fail(&p, "unexpected )", 0, pattern.len);
    re->root = root;
    re->captures = p.captures;
    re->names = p.names.items;
    return true;
}

bool pol_re2_nullable(const pol_re2_node *n)
{
    switch (n->op) {
    case POL_RE2_LITERAL:
    case POL_RE2_CLASS:
    case POL_RE2_ANY:
    case POL_RE2_NOT_NEWLINE: return false;
    case POL_RE2_REPEAT: return n->min == 0 || pol_re2_nullable(n->first);
    case POL_RE2_CAPTURE: return pol_re2_nullable(n->first);
    case POL_RE2_CONCAT:
        for (const pol_re2_node *c = n->first; c != NULL; c = c->next)
            if (!pol_re2_nullable(c))
                return false;
        return true;
    case POL_RE2_ALTERNATE:
        for (const pol_re2_node *c = n->first; c != NULL; c = c->next)
            if (pol_re2_nullable(c))
                return true;
        return false;
    default: return true;
    }
}
