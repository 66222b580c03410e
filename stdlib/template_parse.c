/* SPDX-License-Identifier: Apache-2.0
 *
 * The parser of templates: text and actions, and the grammar of pipelines. */
#include "gofmt.h"
#include "template_token.h"

/* ---- pipelines ------------------------------------------------------- */

static bool pipeline(pol_template_parser *p, pol_token_kind end,
                     const char *context, pol_template_pipe *pipe);

static bool in_scope(const pol_template_parser *p, pol_value name)
{
    for (size_t i = 0; i < p->variable_count; i++)
        if (pol_equal(p->variables[i], name))
            return true;
    return name.len == 1;
}

static bool declare(pol_template_parser *p, pol_value name)
{
    if (p->variable_count == sizeof(p->variables) / sizeof(*p->variables))
        return pol_token_fail(p, "too many variables");
    p->variables[p->variable_count++] = name;
    return true;
}

static bool name_operand(pol_template_parser *p, pol_operand *o)
{
    o->value = pol_token_text(p);
    o->kind = POL_OPERAND_LITERAL;
    if (pol_token_is(p, "true") || pol_token_is(p, "false")) {
        o->value = pol_bool(pol_token_is(p, "true"));
    } else if (pol_token_is(p, "nil")) {
        o->kind = POL_OPERAND_NIL;
    } else {
        o->kind = POL_OPERAND_FUNCTION;
        if (!pol_template_is_function(o->value))
            return pol_token_fail_part(p, "function \"", o->value,
                                       "\" not defined");
    }
    return pol_token_next(p);
}

static bool parenthesised(pol_template_parser *p, pol_operand *o)
{
    o->kind = POL_OPERAND_PIPE;
    o->pipe = pol_call_alloc(p->call, sizeof(*o->pipe));
    if (++p->depth > POL_TEMPLATE_DEPTH)
        return pol_token_fail(p, "nested too deep");
    if (!pol_token_next(p) ||
        !pipeline(p, POL_TOKEN_CLOSE, "parenthesized pipeline", o->pipe))
        return false;
    p->depth--;
    return pol_token_next(p);
}

/* Adds the field at hand. */
static bool field(pol_template_parser *p, pol_operand *o)
{
    pol_value *fields = pol_items(pol_call_arena(p->call), o->field_count + 1);
    if (o->field_count > 0)
        memcpy(fields, o->fields, o->field_count * sizeof(*fields));
    if (o->field_count <= 1)
        o->blame = p->token.from;
    fields[o->field_count++] =
        pol_token_slice(p, p->token.from + 1, p->token.to);
    o->fields = fields;
    return pol_token_next(p);
}

/* What an operand starts with; *found is false if there is none here. */
static bool term(pol_template_parser *p, pol_operand *o, bool *found)
{
    *found = true;
    switch (p->token.kind) {
    case POL_TOKEN_NAME: return name_operand(p, o);
    case POL_TOKEN_DOT: o->kind = POL_OPERAND_DOT; return pol_token_next(p);
    case POL_TOKEN_FIELD: o->kind = POL_OPERAND_DOT; return field(p, o);
    case POL_TOKEN_VARIABLE:
        o->kind = POL_OPERAND_VARIABLE;
        o->value = pol_token_text(p);
        if (!in_scope(p, o->value))
            return pol_token_fail_part(p, "undefined variable \"", o->value,
                                       "\"");
        return pol_token_next(p);
    case POL_TOKEN_NUMBER: return pol_token_number(p, o) && pol_token_next(p);
    case POL_TOKEN_CHARACTER:
        return pol_token_character(p, o) && pol_token_next(p);
    case POL_TOKEN_STRING:
    case POL_TOKEN_RAW:
        o->kind = POL_OPERAND_LITERAL;
        return pol_token_unquote(p, pol_token_text(p), &o->value) &&
               pol_token_next(p);
    case POL_TOKEN_OPEN: return parenthesised(p, o);
    default: *found = false; return true;
    }
}

/* One operand with the fields that stick to it. */
static bool operand(pol_template_parser *p, pol_operand *o, bool *found)
{
    *o = (pol_operand){.from = p->token.from, .blame = p->token.from};
    if (!term(p, o, found))
        return false;
    o->to = p->token.from - p->token.spaced;
    while (*found && p->token.kind == POL_TOKEN_FIELD && !p->token.spaced) {
        if (o->kind == POL_OPERAND_LITERAL || o->kind == POL_OPERAND_NIL ||
            o->kind == POL_OPERAND_INT || o->kind == POL_OPERAND_FLOAT)
            return pol_token_fail_part(p, "unexpected . after term ",
                                       pol_token_text(p), "");
        if (!field(p, o))
            return false;
    }
    return true;
}

static bool command(pol_template_parser *p, pol_command *c)
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
        pol_token_kind kind = p->token.kind;
        bool ends = p->token.spaced || kind == POL_TOKEN_END ||
                    kind == POL_TOKEN_BAR || kind == POL_TOKEN_CLOSE;
        if (!ends)
            return pol_token_fail_part(p, "unexpected <", pol_token_text(p),
                                       "> in operand");
    }
    while (c->to > c->from && pol_token_space_at(p, c->to - 1))
        c->to--;
    return c->count > 0 || pol_token_fail(p, "empty command");
}

/* "$a :=", "$a =" or "$a, $b :=" at the start of a pipeline, if it is there. */
static bool declarations(pol_template_parser *p, pol_template_pipe *pipe,
                         bool range)
{
    pol_template_parser before = *p;
    pol_value names[2];
    int count = 0;
    while (p->token.kind == POL_TOKEN_VARIABLE && count < 2) {
        names[count++] = pol_token_text(p);
        if (!pol_token_next(p))
            return false;
        if (p->token.kind != POL_TOKEN_COMMA || !range)
            break;
        if (count == 2)
            return pol_token_fail(p, "too many declarations in range");
        if (!pol_token_next(p))
            return false;
    }
    pol_token_kind kind = p->token.kind;
    if (count == 0 || (kind != POL_TOKEN_DECLARE && kind != POL_TOKEN_ASSIGN)) {
        *p = before;
        return true;
    }
    pipe->assigns = kind == POL_TOKEN_ASSIGN;
    pipe->variable_count = count;
    for (int i = 0; i < count; i++) {
        pipe->variables[i] = names[i];
        if (pipe->assigns && !in_scope(p, names[i]))
            return pol_token_fail_part(p, "undefined variable \"", names[i],
                                       "\"");
    }
    return pol_token_next(p);
}

static bool check_stages(pol_template_parser *p, const pol_template_pipe *pipe)
{
    int stage = 2;
    for (const pol_command *c = pipe->first->next; c; c = c->next, stage++) {
        pol_operand_kind kind = c->first->kind;
        bool constant = kind == POL_OPERAND_LITERAL ||
                        kind == POL_OPERAND_INT || kind == POL_OPERAND_FLOAT ||
                        kind == POL_OPERAND_NIL ||
                        (kind == POL_OPERAND_DOT && c->first->field_count == 0);
        if (constant) {
            pol_value text = pol_call_printf(p->call, "%d", stage);
            return pol_token_fail_part(
                p, "non executable command in pipeline stage ", text, "");
        }
    }
    return true;
}

/* Reads up to the token that ends it, which stays at hand. */
static bool pipeline(pol_template_parser *p, pol_token_kind end,
                     const char *context, pol_template_pipe *pipe)
{
    pol_command **last = &pipe->first;
    *pipe = (pol_template_pipe){.from = p->token.from};
    if (!declarations(p, pipe, strcmp(context, "range") == 0))
        return false;
    while (p->token.kind != end) {
        if (p->token.kind == POL_TOKEN_END)
            return pol_token_fail(p, "unclosed left paren");
        if (p->token.kind == POL_TOKEN_CLOSE)
            return pol_token_fail(p, "unexpected right paren");
        pol_command *c = pol_call_alloc(p->call, sizeof(*c));
        bool starts_command = p->token.kind < POL_TOKEN_CLOSE;
        if (!starts_command) {
            pol_bytes text;
            pol_bytes_init(&text, p->call, 16);
            pol_gofmt_quote(&text, pol_token_text(p), false);
            return pol_token_fail_part(p, "unexpected ", pol_bytes_done(&text),
                                       " in command");
        }
        if (!command(p, c))
            return false;
        *last = c;
        last = &c->next;
        if (p->token.kind == POL_TOKEN_BAR && !pol_token_next(p))
            return false;
    }
    pipe->to = p->token.from;
    while (pipe->to > pipe->from && pol_token_space_at(p, pipe->to - 1))
        pipe->to--;
    if (pipe->first == NULL)
        return pol_token_fail_part(p, "missing value for ",
                                   pol_string(context, strlen(context)), "");
    for (int i = 0; i < pipe->variable_count && !pipe->assigns; i++)
        if (!declare(p, pipe->variables[i]))
            return false;
    return check_stages(p, pipe);
}

/* ---- nodes ----------------------------------------------------------- */

/* What ended a list. */
typedef enum { LIST_EOF, LIST_END, LIST_ELSE } list_end;

static bool list(pol_template_parser *p, pol_template_node **body,
                 list_end *end);

static pol_template_node *new_node(pol_template_parser *p, pol_node_kind kind,
                                   size_t from)
{
    pol_template_node *n = pol_call_alloc(p->call, sizeof(*n));
    *n = (pol_template_node){.kind = kind, .from = from};
    return n;
}

static bool expect_end(pol_template_parser *p, const char *context)
{
    if (p->token.kind == POL_TOKEN_END)
        return true;
    pol_value behind = pol_call_printf(p->call, "> in %s", context);
    return pol_token_fail_part(p, "unexpected <", pol_token_text(p),
                               behind.str);
}

/* if, with and range; the keyword is behind. {{else if}} nests. */
static bool control(pol_template_parser *p, pol_template_node *n,
                    const char *context)
{
    size_t scope = p->variable_count;
    list_end end;
    if (++p->depth > POL_TEMPLATE_DEPTH)
        return pol_token_fail(p, "nested too deep");
    n->pipe = pol_call_alloc(p->call, sizeof(*n->pipe));
    if (!pipeline(p, POL_TOKEN_END, context, n->pipe))
        return false;
    p->ranges += n->kind == POL_NODE_RANGE;
    if (!list(p, &n->body, &end))
        return false;
    p->ranges -= n->kind == POL_NODE_RANGE;
    if (end == LIST_ELSE) {
        if (!pol_token_next(p))
            return false;
        bool chains = pol_token_is(p, context) && n->kind != POL_NODE_RANGE &&
                      p->token.kind == POL_TOKEN_NAME;
        if (chains) {
            n->other = new_node(p, n->kind, p->token.from);
            if (!pol_token_next(p) || !control(p, n->other, context))
                return false;
        } else if (!expect_end(p, "else") || !list(p, &n->other, &end)) {
            return false;
        } else if (end == LIST_ELSE) {
            return pol_token_fail(p, "expected end; found {{else}}");
        }
    }
    if (end == LIST_EOF)
        return pol_token_fail(p, "unexpected EOF");
    p->variable_count = scope;
    p->depth--;
    return true;
}

/* A name in quotes, for templates. */
static bool template_name(pol_template_parser *p, const char *context,
                          pol_value *name)
{
    if (p->token.kind == POL_TOKEN_STRING || p->token.kind == POL_TOKEN_RAW)
        return pol_token_unquote(p, pol_token_text(p), name) &&
               pol_token_next(p);
    pol_bytes text;
    pol_bytes_init(&text, p->call, 16);
    pol_gofmt_quote(&text, pol_token_text(p), false);
    pol_value behind = pol_call_printf(p->call, " in %s clause", context);
    return pol_token_fail_part(p, "unexpected ", pol_bytes_done(&text),
                               behind.str);
}

/* The body of a named template up to its {{end}}. Variables outside are out of
 * its scope. */
static bool definition(pol_template_parser *p, pol_value name)
{
    pol_template *t = pol_call_alloc(p->call, sizeof(*t));
    size_t scope = p->variable_count;
    int ranges = p->ranges;
    list_end end;
    *t = (pol_template){.name = name, .source = p->text};
    for (const pol_template *o = p->templates; o != NULL; o = o->next)
        if (pol_equal(o->name, name) && o->body != NULL)
            return pol_token_fail_part(
                p, "template: multiple definition of template \"", name, "\"");
    p->ranges = 0;
    if (!list(p, &t->body, &end))
        return false;
    if (end == LIST_EOF)
        return pol_token_fail(p, "unexpected EOF");
    if (end == LIST_ELSE)
        return pol_token_fail(p, "unexpected {{else}}");
    p->ranges = ranges;
    p->variable_count = scope;
    t->next = p->templates->next;
    p->templates->next = t;
    return true;
}

/* {{template "name" pipe}}, and {{block}}, which defines it as well. */
static bool call_template(pol_template_parser *p, pol_template_node *n,
                          const char *context)
{
    if (!template_name(p, context, &n->text))
        return false;
    if (p->token.kind == POL_TOKEN_END)
        return true;
    n->pipe = pol_call_alloc(p->call, sizeof(*n->pipe));
    return pipeline(p, POL_TOKEN_END, context, n->pipe);
}

static bool jump(pol_template_parser *p, pol_node_kind kind,
                 pol_template_node **out)
{
    const char *name = kind == POL_NODE_BREAK ? "break" : "continue";
    pol_value text = pol_string(name, strlen(name));
    if (p->ranges == 0)
        return pol_token_fail_part(p, "{{", text, "}} outside {{range}}");
    *out = new_node(p, kind, p->token.from);
    return pol_token_next(p) && expect_end(p, name);
}

/* An action that is none of a list's ends: *out its node, NULL for none. */
static bool action(pol_template_parser *p, size_t from, pol_template_node **out)
{
    static const struct {
        const char *word;
        pol_node_kind kind;
    } controls[] = {{"if", POL_NODE_IF},
                    {"with", POL_NODE_WITH},
                    {"range", POL_NODE_RANGE}};
    bool is_name = p->token.kind == POL_TOKEN_NAME;
    *out = NULL;
    for (size_t i = 0; i < 3 && is_name; i++)
        if (pol_token_is(p, controls[i].word)) {
            *out = new_node(p, controls[i].kind, from);
            return pol_token_next(p) && control(p, *out, controls[i].word);
        }
    if (is_name && pol_token_is(p, "break"))
        return jump(p, POL_NODE_BREAK, out);
    if (is_name && pol_token_is(p, "continue"))
        return jump(p, POL_NODE_CONTINUE, out);
    bool block = is_name && pol_token_is(p, "block");
    if (block || (is_name && pol_token_is(p, "template"))) {
        *out = new_node(p, POL_NODE_CALL, from);
        (*out)->from = p->token.to + 1;
        if (!pol_token_next(p) ||
            !call_template(p, *out, block ? "block" : "template"))
            return false;
        return !block || definition(p, (*out)->text);
    }
    if (is_name && pol_token_is(p, "define")) {
        pol_value name;
        return pol_token_next(p) && template_name(p, "define", &name) &&
               expect_end(p, "define clause") && definition(p, name);
    }
    *out = new_node(p, POL_NODE_ACTION, from);
    (*out)->pipe = pol_call_alloc(p->call, sizeof(*(*out)->pipe));
    return pipeline(p, POL_TOKEN_END, "command", (*out)->pipe);
}

/* Takes a comment behind "{{"; *found says whether there is one. */
static bool comment(pol_template_parser *p, bool *found)
{
    *found = pol_token_starts(p, "/*");
    if (!*found)
        return true;
    const char *from = p->text.str + p->at;
    const char *close = memmem(from, p->text.len - p->at, "*/", 2);
    if (close == NULL)
        return pol_token_fail(p, "unclosed comment");
    p->at = (size_t)(close - p->text.str) + 2;
    p->trims = pol_token_space_at(p, p->at) && p->text.len - p->at >= 4 &&
               memcmp(p->text.str + p->at + 1, "-}}", 3) == 0;
    if (!p->trims && !pol_token_starts(p, "}}"))
        return pol_token_fail(p, "comment ends before closing delimiter");
    p->at += p->trims ? 4 : 2;
    return true;
}

/* Text up to the next action,
    whose "{{" is taken; *open is false at the end. */
static bool text(pol_template_parser *p, pol_template_node ***last, bool *open)
{
    while (p->trims && pol_token_space_at(p, p->at))
        p->at++;
    p->trims = false;
    const char *from = p->text.str + p->at;
    size_t left = p->text.len - p->at;
    const char *mark = left > 0 ? memmem(from, left, "{{", 2) : NULL;
    size_t start = p->at,
           end = mark ? (size_t)(mark - p->text.str) : p->text.len;
    *open = mark != NULL;
    p->at = end;
    if (*open) {
        p->at += 2;
        bool trims =
            pol_token_starts(p, "-") && pol_token_space_at(p, p->at + 1);
        p->at += trims ? 2 : 0;
        while (trims && end > start && pol_token_space_at(p, end - 1))
            end--;
    }
    if (end > start) {
        pol_template_node *n = new_node(p, POL_NODE_TEXT, start);
        n->text = pol_token_slice(p, start, end);
        **last = n;
        *last = &n->next;
    }
    return true;
}

static bool list(pol_template_parser *p, pol_template_node **body,
                 list_end *end)
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
        if (!pol_token_next(p))
            return false;
        if (p->token.kind == POL_TOKEN_NAME && pol_token_is(p, "end")) {
            *end = LIST_END;
            return pol_token_next(p) && expect_end(p, "end");
        }
        if (p->token.kind == POL_TOKEN_NAME && pol_token_is(p, "else")) {
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
    pol_template_parser *p = pol_call_alloc(call, sizeof(*p));
    pol_template *whole = pol_call_alloc(call, sizeof(*whole));
    list_end end;
    *whole = (pol_template){.name = pol_literal("template"), .source = source};
    *p =
        (pol_template_parser){.call = call, .text = source, .templates = whole};
    if (!list(p, &whole->body, &end))
        return NULL;
    if (end != LIST_EOF) {
        pol_token_fail(p, end == LIST_END ? "unexpected {{end}}"
                                          : "unexpected {{else}}");
        return NULL;
    }
    return whole;
}
