/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes a module as OPA does: rules, imports, comments. A rule's head has
 * `name` and `key` beside `ref` for readers that are older than rules with
 * references, in cases that head_names() lists. */
#include "parse_module.h"

#include "buf.h"
#include "call.h"
#include "limits.h"
#include "parse.h"
#include "parsed.h"

/* What the alternatives of a rule share. One without a value of its own counts
 * as written with the operator of the first. */
typedef struct head {
    pol_value ref, args, key, name;
    pol_value value; /* of the first */
    bool is_assign;
} head;

/* ---- rules --------------------------------------------------------------- */

/* `name` stands beside a reference of one part, and of two parts where OPA's
 * parser first took the head for `p[k] := v` or a function's; `key` where the
 * second part is a variable or reference or nothing but a value follows. */
static void head_names(head *h, const pol_ast_rule *rule)
{
    uint32_t parts = h->ref.len;
    bool valued = rule->value && !(rule->value->flags & POL_NODE_GENERATED);
    bool has_body = rule->body && rule->body->count;
    if (parts == 1)
        h->name = pol_get_name(pol_at(h->ref, 0), "value");
    if (parts != 2 || rule->kind == POL_RULE_SET || rule->is_default)
        return;
    if (rule->kind == POL_RULE_FUNCTION ? has_body : valued)
        h->name = pol_get_name(pol_at(h->ref, 0), "value");
    if (rule->kind == POL_RULE_FUNCTION)
        return;
    pol_value type = pol_get_name(pol_at(h->ref, 1), "type");
    bool open = pol_string_is(type, "var") || pol_string_is(type, "ref");
    if (open || (valued && !has_body))
        h->key = pol_at(h->ref, 1);
}

static pol_value head_value(const pol_parsed *t, const head *h, pol_value value,
                            bool is_assign)
{
    pol_parsed_record r = {.count = 0};
    if (pol_is_defined(h->name))
        pol_parsed_put(&r, "name", h->name);
    pol_parsed_put(&r, "ref", h->ref);
    if (pol_is_defined(h->args))
        pol_parsed_put(&r, "args", h->args);
    if (pol_is_defined(h->key))
        pol_parsed_put(&r, "key", h->key);
    if (pol_is_defined(value))
        pol_parsed_put(&r, "value", value);
    if (is_assign)
        pol_parsed_put(&r, "assign", pol_bool(true));
    return pol_parsed_finish(t, &r);
}

/* One alternative without those behind it. */
static pol_parsed_record alternative(pol_parsed *t, const head *h,
                                     const pol_ast_rule *rule)
{
    pol_parsed_record r = {.count = 0};
    pol_value value =
        rule->value ? pol_parsed_term(t, rule->value) : pol_undefined();
    bool is_assign = rule->value && (rule->value->flags & POL_NODE_GENERATED)
                         ? h->is_assign
                         : rule->is_assign;
    pol_parsed_put(&r, "head", head_value(t, h, value, is_assign));
    pol_parsed_put(&r, "body", pol_parsed_body(t, rule->body));
    if (rule->is_default)
        pol_parsed_put(&r, "default", pol_bool(true));
    return r;
}

static head make_head(pol_parsed *t, const pol_ast_rule *rule)
{
    head h = {.name = pol_undefined(), .is_assign = rule->is_assign};
    const pol_node *ref = rule->ref;
    if (ref->kind == POL_NODE_REF) {
        h.ref = pol_parsed_ref(t, ref);
    } else {
        pol_value *only = pol_items(t->arena, 1);
        only[0] = pol_parsed_variable(t, ref);
        h.ref = pol_array(only, 1);
    }
    if (rule->kind == POL_RULE_FUNCTION)
        h.args = pol_parsed_terms(t, rule->args, rule->arg_count);
    head_names(&h, rule);
    if (rule->key)
        h.key = pol_parsed_term(t, rule->key);
    return h;
}

/* A repeated head: arguments that are wildcards get new numbers, wildcards
 * inside of arguments do not. */
static void renew_wildcards(pol_parsed *t, head *h)
{
    if (!pol_is_defined(h->args))
        return;
    pol_value *args = pol_items(t->arena, h->args.len);
    for (uint32_t i = 0; i < h->args.len; i++) {
        args[i] = pol_at(h->args, i);
        pol_value text = pol_get_name(args[i], "value");
        if (pol_is_string(text) && text.len && text.str[0] == '$' &&
            pol_string_is(pol_get_name(args[i], "type"), "var"))
            args[i] = pol_parsed_wildcard(t);
    }
    h->args = pol_array(args, h->args.len);
}

/* `p if {a} {b}` is two rules; the second has the first's head again. */
static bool is_repeated(const pol_ast_rule *rule, const pol_ast_rule *before)
{
    return before && before->ref->span.off == rule->ref->span.off;
}

static pol_value repeated_rule(pol_parsed *t, const pol_ast_rule *rule, head *h)
{
    pol_parsed_record r = {.count = 0};
    pol_parsed_put(&r, "body", pol_parsed_body(t, rule->body));
    renew_wildcards(t, h);
    pol_parsed_put(&r, "head", head_value(t, h, h->value, h->is_assign));
    return pol_parsed_finish(t, &r);
}

/* The rule, and in *shared what a repetition takes from it. */
static pol_value rule_value(pol_parsed *t, const pol_ast_rule *first,
                            head *shared)
{
    *shared = make_head(t, first);
    head h = *shared;
    uint32_t count = 0, depth = t->depth;
    for (const pol_ast_rule *rule = first; rule; rule = rule->else_rule)
        count++;
    if (count > POL_PARSED_NESTING)
        pol_call_limit(t->call, "nesting");
    pol_parsed_record *parts = arena_array(t->arena, pol_parsed_record, count);
    uint32_t i = 0;
    for (const pol_ast_rule *rule = first; rule; rule = rule->else_rule) {
        t->depth = depth + i;
        if (i)
            renew_wildcards(t, &h);
        parts[i] = alternative(t, &h, rule);
        if (i++ == 0)
            shared->value = pol_get_name(parts[0].values[0], "value");
    }
    t->depth = depth;
    while (--i)
        pol_parsed_put(&parts[i - 1], "else", pol_parsed_finish(t, &parts[i]));
    return pol_parsed_finish(t, &parts[0]);
}

/* ---- the module ---------------------------------------------------------- */

static pol_value import_value(pol_parsed *t, const pol_ast_import *import)
{
    pol_parsed_record r = {.count = 0};
    pol_parsed_put(&r, "path", pol_parsed_operator(t, import->path));
    if (import->alias.len)
        pol_parsed_put(&r, "alias",
                       pol_string(import->alias.ptr, import->alias.len));
    return pol_parsed_finish(t, &r);
}

static pol_value base64(const pol_parsed *t, pol_str s)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t len = (s.len + 2) / 3 * 4;
    char *out = pol_arena_alloc(t->arena, len), *at = out;
    for (size_t i = 0; i < s.len; i += 3) {
        uint32_t group = 0;
        for (size_t j = 0; j < 3; j++)
            group = group << 8 | (i + j < s.len ? (uint8_t)s.ptr[i + j] : 0);
        for (size_t j = 0; j < 4; j++)
            *at++ = i + j > s.len ? '=' : digits[group >> (18 - 6 * j) & 63];
    }
    return pol_string(out, len);
}

/* The text is what stands behind `#`, in base64 as Go writes bytes. */
static pol_value comment_value(pol_parsed *t, const pol_ast_comment *comment)
{
    pol_place place = pol_src_place(t->src, comment->span.off);
    pol_parsed_record where = {.count = 0}, r = {.count = 0};
    pol_parsed_put(&where, "file",
                   pol_string(t->src->name.ptr, t->src->name.len));
    pol_parsed_put(&where, "row", pol_int(place.line));
    pol_parsed_put(&where, "col", pol_int(place.column));
    pol_parsed_put(&r, "Location", pol_parsed_finish(t, &where));
    const char *text = t->src->text.ptr + comment->span.off + 1;
    size_t len = comment->span.len - 1;
    while (len && text[len - 1] == '\r')
        len--;
    /* Go has nothing, and not an empty text, where it took "\r" off. */
    bool nothing = !len && comment->span.len > 1;
    pol_parsed_put(&r, "Text",
                   nothing ? pol_null() : base64(t, (pol_str){text, len}));
    return pol_parsed_finish(t, &r);
}

static void put_lists(pol_parsed *t, const pol_ast_module *module,
                      pol_parsed_record *r)
{
    pol_builder rules, imports, comments;
    pol_builder_init(&rules, t->arena, POL_ARRAY);
    pol_builder_init(&imports, t->arena, POL_ARRAY);
    pol_builder_init(&comments, t->arena, POL_ARRAY);
    for (const pol_ast_import *i = module->imports; i; i = i->next)
        pol_builder_add(&imports, import_value(t, i));
    const pol_ast_rule *before = NULL;
    head shared;
    for (const pol_ast_rule *rule = module->rules; rule; rule = rule->next) {
        pol_builder_add(&rules, is_repeated(rule, before)
                                    ? repeated_rule(t, rule, &shared)
                                    : rule_value(t, rule, &shared));
        before = rule;
    }
    for (const pol_ast_comment *c = module->comments; c; c = c->next)
        pol_builder_add(&comments, comment_value(t, c));
    if (imports.count)
        pol_parsed_put(r, "imports", pol_builder_done(&imports));
    if (rules.count)
        pol_parsed_put(r, "rules", pol_builder_done(&rules));
    if (comments.count)
        pol_parsed_put(r, "comments", pol_builder_done(&comments));
}

static pol_value module_value(pol_parsed *t, const pol_ast_module *module)
{
    pol_parsed_record package = {.count = 0}, r = {.count = 0};
    const pol_node *path = module->package;
    pol_parsed_put(&package, "path", pol_parsed_ref(t, path));
    pol_parsed_put(&r, "package", pol_parsed_finish(t, &package));
    put_lists(t, module, &r);
    return pol_parsed_finish(t, &r);
}

/* ---- errors -------------------------------------------------------------- */

/* OPA's form: the line, and a caret below the place. At the end of the text it
 * speaks of its token for that. */
static void write_error(const pol_src *src, const pol_diag *diag, pol_buf *out)
{
    size_t off = diag->span.off, len = src->text.len;
    while (len && strchr(" \t\r\n", src->text.ptr[len - 1]))
        len--;
    bool at_end = off >= len && diag->code != POL_DIAG_P0111;
    if (at_end && len)
        off = len - 1;
    pol_place place = pol_src_place(src, off);
    pol_str line = pol_src_line(src, off);
    const char *what = diag->message;
    if (at_end)
        what = src->text.ptr[off] == '.'
                   ? "unexpected eof token: expected identifier"
                   : "unexpected eof token";
    pol_buf_printf(out, "%.*s:%u: rego_parse_error: %s\n\t%.*s\n\t%*s^",
                   (int)src->name.len, src->name.ptr, place.line, what,
                   (int)line.len, line.ptr, (int)place.column - 1, "");
}

static pol_value parse_errors(pol_call *call, const pol_src *src,
                              const pol_diags *diags)
{
    pol_buf out;
    pol_buf_init(&out, call->arena);
    bool one = diags->errors == 1;
    if (one)
        pol_buf_cstr(&out, "1 error occurred: ");
    else
        pol_buf_printf(&out, "%u errors occurred:", diags->errors);
    for (const pol_diag *d = diags->first; d; d = d->next) {
        if (pol_diag_severity(d->code) != POL_SEVERITY_ERROR)
            continue;
        if (!one)
            pol_buf_char(&out, '\n');
        write_error(src, d, &out);
    }
    return pol_call_error(call, "%s", pol_buf_done(&out).ptr);
}

/* Is there nothing but white space and comments? */
static bool is_empty(pol_str text)
{
    bool comment = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\n')
            comment = false;
        else if (c == '#')
            comment = true;
        else if (!comment && !strchr(" \t\r", c))
            return false;
    }
    return true;
}

pol_value pol_parse_module_builtin(pol_call *call, const pol_value *args)
{
    pol_srcs srcs;
    pol_diags diags;
    pol_srcs_init(&srcs, call->arena);
    pol_diag_init(&diags, call->arena, &srcs);
    pol_str name = {args[0].str, args[0].len};
    pol_str text = {args[1].str, args[1].len};
    uint32_t number_of = pol_srcs_add(&srcs, name, text);
    const pol_src *src = pol_srcs_at(&srcs, number_of);
    if (is_empty(src->text))
        return pol_call_error(call, "%.*s:0: rego_parse_error: empty module",
                              (int)src->name.len, src->name.ptr);
    pol_parse_options options = {.v0 = false};
    pol_ast_module *module =
        pol_parse_module(call->arena, &diags, number_of, &options);
    pol_diag_sort(&diags);
    if (diags.errors)
        return parse_errors(call, src, &diags);
    if (module->policies)
        return pol_call_error(call, "%.*s:%u: rego_parse_error: `policy` has "
                              "no form in this tree", (int)src->name.len,
                              src->name.ptr,
                              pol_src_place(src, module->policies->span.off)
                                  .line);
    pol_parsed t = {.call = call, .arena = call->arena, .src = src};
    return module_value(&t, module);
}
