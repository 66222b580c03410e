/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes a module's tree as OPA does. What holds in OPA's form:
 *
 * - A wildcard is a variable `$n`; they are numbered over the module in the
 *   order of the text.
 * - Sets and objects are sorted by OPA's order of terms, without duplicates.
 * - An expression that is a call is an array: operator, then operands. Any other
 *   one is the term itself, an object for `some` and `every`.
 * - A rule's head has `name` and `key` beside `ref` for readers that are older
 *   than rules with references, in cases that head_names() lists. */
#include "parse_module.h"

#include "buf.h"
#include "call.h"
#include "limit.h"
#include "parse.h"

enum { NESTING = 200, MOST_PAIRS = 8 };

/* What the alternatives of a rule share. One without a value of its own counts
 * as written with the operator of the first. */
typedef struct head {
    pol_value ref, args, key, name;
    bool is_assign;
} head;

typedef struct tree {
    pol_call *call;
    pol_arena *arena;
    const pol_src *src;
    uint32_t wildcards;
    uint32_t depth;
    head head; /* of the last rule, and its value */
    pol_value value;
} tree;

/* ---- making objects -------------------------------------------------------- */

typedef struct record {
    uint32_t count;
    pol_value keys[MOST_PAIRS], values[MOST_PAIRS];
} record;

static void put(record *r, const char *key, pol_value value)
{
    r->keys[r->count] = pol_string(key, strlen(key));
    r->values[r->count++] = value;
}

static pol_value finish(const tree *t, const record *r)
{
    pol_value *keys = pol_items(t->arena, r->count);
    pol_value *values = pol_items(t->arena, r->count);
    memcpy(keys, r->keys, r->count * sizeof *keys);
    memcpy(values, r->values, r->count * sizeof *values);
    return pol_object_of(t->arena, keys, values, r->count);
}

static pol_value typed(const tree *t, const char *type, pol_value value)
{
    record r = {.count = 0};
    put(&r, "type", pol_string(type, strlen(type)));
    put(&r, "value", value);
    return finish(t, &r);
}

static pol_value text_of(pol_str s)
{
    return pol_string(s.ptr, s.len);
}

/* ---- the order of terms ----------------------------------------------------- */

static int rank(pol_value term)
{
    static const char *const order[] = {
        "null", "boolean", "number", "string", "var", "ref", "array", "object",
        "set", "arraycomprehension", "objectcomprehension", "setcomprehension",
        "call", "templatestring"};
    pol_value type = pol_get_name(term, "type");
    int i = 0;
    while (i < (int)countof(order) - 1 &&
           !pol_equal(type, pol_string(order[i], strlen(order[i]))))
        i++;
    return i;
}

/* Parts are terms or, in an object, pairs of them. The depth is that of the
 * tree, which term() bounds. */
static int compare(pol_value a, pol_value b)
{
    if (a.tag == POL_OBJECT) {
        int left = rank(a), right = rank(b);
        if (left != right)
            return left - right;
        a = pol_get_name(a, "value");
        b = pol_get_name(b, "value");
    }
    if (a.tag != POL_ARRAY || b.tag != POL_ARRAY)
        return pol_compare(a, b);
    for (uint32_t i = 0; i < a.len && i < b.len; i++) {
        int order = compare(pol_at(a, i), pol_at(b, i));
        if (order)
            return order;
    }
    return (a.len > b.len) - (a.len < b.len);
}

/* A pair of an object goes by its key alone. */
static int by_key(const void *a, const void *b)
{
    const pol_value *left = a, *right = b;
    if (left->tag == POL_ARRAY)
        return compare(pol_at(*left, 0), pol_at(*right, 0));
    return compare(*left, *right);
}

static int by_place(const void *a, const void *b)
{
    const pol_value *const *left = a, *const *right = b;
    int order = by_key(*left, *right);
    return order ? order : (*left > *right) - (*left < *right);
}

/* Sorts; of equal ones the last stays, as it does in an object. */
static pol_value sorted(const tree *t, pol_value *items, size_t count)
{
    const pol_value **places = arena_array(t->arena, const pol_value *, count);
    for (size_t i = 0; i < count; i++)
        places[i] = &items[i];
    qsort(places, count, sizeof *places, by_place);
    pol_value *out = pol_items(t->arena, count);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept && by_key(&out[kept - 1], places[i]) == 0)
            kept--;
        out[kept++] = *places[i];
    }
    return pol_array(out, kept);
}

/* ---- terms --------------------------------------------------------------------- */

static pol_value term(tree *t, const pol_node *node);
static pol_value body(tree *t, const pol_node *node);
static pol_value literal(tree *t, const pol_node *node, uint32_t index);

static pol_value terms(tree *t, const pol_node *first, uint32_t count)
{
    pol_value *items = pol_items(t->arena, count);
    for (uint32_t i = 0; i < count; i++, first = first->next)
        items[i] = term(t, first);
    return pol_array(items, count);
}

static pol_value wildcard(tree *t)
{
    return typed(t, "var", pol_call_printf(t->call, "$%u", t->wildcards++));
}

static pol_value variable(tree *t, const pol_node *node)
{
    if (node->text.len == 1 && node->text.ptr[0] == '_')
        return wildcard(t);
    return typed(t, "var", text_of(node->text));
}

/* The operator of a call is always a reference; of operators written in signs
 * the tree has the builtin's name as one text. */
static pol_value operator_of(tree *t, const pol_node *node)
{
    if (node->kind != POL_NODE_VAR)
        return term(t, node);
    pol_builder parts;
    pol_builder_init(&parts, t->arena, POL_ARRAY);
    pol_str rest = node->text;
    for (;;) {
        const char *dot = memchr(rest.ptr, '.', rest.len);
        size_t len = dot ? (size_t)(dot - rest.ptr) : rest.len;
        pol_builder_add(&parts, typed(t, parts.count ? "string" : "var",
                                      pol_string(rest.ptr, len)));
        if (!dot)
            return typed(t, "ref", pol_builder_done(&parts));
        rest = (pol_str){dot + 1, rest.len - len - 1};
    }
}

static pol_value call_parts(tree *t, const pol_node *node)
{
    pol_value *items = pol_items(t->arena, node->count);
    const pol_node *child = node->child;
    items[0] = operator_of(t, child);
    for (uint32_t i = 1; i < node->count; i++) {
        child = child->next;
        items[i] = term(t, child);
    }
    return pol_array(items, node->count);
}

static pol_value object_pairs(tree *t, const pol_node *node)
{
    uint32_t count = node->count / 2;
    pol_value *items = pol_items(t->arena, count);
    const pol_node *key = node->child;
    for (uint32_t i = 0; i < count; i++, key = key->next->next)
        items[i] = terms(t, key, 2);
    return sorted(t, items, count);
}

static pol_value comprehension(tree *t, const pol_node *node)
{
    record r = {.count = 0};
    const pol_node *first = node->child;
    if (node->kind == POL_NODE_OBJECT_COMPR) {
        put(&r, "key", term(t, first));
        put(&r, "value", term(t, first->next));
        put(&r, "body", body(t, first->next->next));
        return typed(t, "objectcomprehension", finish(t, &r));
    }
    bool array = node->kind == POL_NODE_ARRAY_COMPR;
    put(&r, "term", term(t, first));
    put(&r, "body", body(t, first->next));
    return typed(t, array ? "arraycomprehension" : "setcomprehension",
                 finish(t, &r));
}

/* An expression, but for scalars, which stand as they are. */
static pol_value template_part(tree *t, const pol_node *part)
{
    if (part->kind != POL_NODE_BODY)
        return term(t, part);
    const pol_node *only = part->child;
    if (only->kind == POL_NODE_EXPR && only->child->kind <= POL_NODE_STRING)
        return term(t, only->child);
    return literal(t, only, 0);
}

static pol_value template_parts(tree *t, const pol_node *node)
{
    pol_value *items = pol_items(t->arena, node->count);
    const pol_node *part = node->child;
    for (uint32_t i = 0; i < node->count; i++, part = part->next)
        items[i] = template_part(t, part);
    record r = {.count = 0};
    put(&r, "parts",
        node->count ? pol_array(items, node->count) : pol_null());
    put(&r, "multi_line", pol_bool(node->flags & POL_NODE_RAW));
    return typed(t, "templatestring", finish(t, &r));
}

static pol_value number(const tree *t, const pol_node *node)
{
    return typed(t, "number",
                 pol_number_parse(t->arena, node->text.ptr, node->text.len));
}

/* Alone, the names of the documents are references. */
static pol_value name(tree *t, const pol_node *node)
{
    bool document = pol_str_eq(node->text, STR("input")) ||
                    pol_str_eq(node->text, STR("data"));
    return document ? operator_of(t, node) : variable(t, node);
}

static pol_value ref_parts(tree *t, const pol_node *node)
{
    pol_value *items = pol_items(t->arena, node->count);
    const pol_node *child = node->child;
    items[0] = child->kind == POL_NODE_VAR ? variable(t, child)
                                           : term(t, child);
    for (uint32_t i = 1; i < node->count; i++) {
        child = child->next;
        items[i] = term(t, child);
    }
    return pol_array(items, node->count);
}

static pol_value bare_term(tree *t, const pol_node *node)
{
    switch ((pol_node_kind)node->kind) {
    case POL_NODE_NULL: {
        record none = {.count = 0};
        return typed(t, "null", finish(t, &none));
    }
    case POL_NODE_BOOL:
        return typed(t, "boolean", pol_bool(node->text.ptr[0] == 't'));
    case POL_NODE_NUMBER: return number(t, node);
    case POL_NODE_STRING: return typed(t, "string", text_of(node->text));
    case POL_NODE_VAR: return name(t, node);
    case POL_NODE_REF: return typed(t, "ref", ref_parts(t, node));
    case POL_NODE_CALL: return typed(t, "call", call_parts(t, node));
    case POL_NODE_ARRAY:
        return typed(t, "array", terms(t, node->child, node->count));
    case POL_NODE_OBJECT: return typed(t, "object", object_pairs(t, node));
    case POL_NODE_SET: {
        pol_value items = terms(t, node->child, node->count);
        return typed(t, "set",
                     sorted(t, (pol_value *)items.items, items.len));
    }
    case POL_NODE_TEMPLATE: return template_parts(t, node);
    default: return comprehension(t, node);
    }
}

static pol_value term(tree *t, const pol_node *node)
{
    if (++t->depth > NESTING)
        pol_call_limit(t->call, "nesting");
    pol_value value = bare_term(t, node);
    t->depth--;
    return value;
}

/* ---- expressions ---------------------------------------------------------------- */

static pol_value infix(tree *t, const char *name, const pol_node *node)
{
    pol_value op = typed(t, "var", pol_string(name, strlen(name)));
    pol_value *ref = pol_items(t->arena, 1), *items = pol_items(t->arena, 3);
    ref[0] = op;
    items[0] = typed(t, "ref", pol_array(ref, 1));
    items[1] = term(t, node->child);
    items[2] = term(t, node->child->next);
    return pol_array(items, 3);
}

static pol_value some_in(tree *t, const pol_node *node)
{
    bool keyed = node->flags & POL_NODE_KEYED;
    pol_value *ref = pol_items(t->arena, 2);
    ref[0] = typed(t, "var", pol_literal("internal"));
    ref[1] = typed(t, "string",
                   keyed ? pol_literal("member_3") : pol_literal("member_2"));
    pol_value *items = pol_items(t->arena, node->count + 1);
    items[0] = typed(t, "ref", pol_array(ref, 2));
    const pol_node *child = node->child;
    for (uint32_t i = 1; i <= node->count; i++, child = child->next)
        items[i] = term(t, child);
    pol_value *symbols = pol_items(t->arena, 1);
    symbols[0] = typed(t, "call", pol_array(items, node->count + 1));
    record r = {.count = 0};
    put(&r, "symbols", pol_array(symbols, 1));
    return finish(t, &r);
}

static pol_value some(tree *t, const pol_node *node)
{
    record r = {.count = 0};
    put(&r, "symbols", terms(t, node->child, node->count));
    return finish(t, &r);
}

static pol_value every(tree *t, const pol_node *node)
{
    record r = {.count = 0};
    const pol_node *child = node->child;
    pol_value key = pol_null();
    if (node->flags & POL_NODE_KEYED) {
        key = term(t, child);
        child = child->next;
    }
    put(&r, "key", key);
    put(&r, "value", term(t, child));
    put(&r, "domain", term(t, child->next));
    put(&r, "body", body(t, child->next->next));
    return finish(t, &r);
}

/* A body or a single literal, as a body. */
static pol_value operand(tree *t, const pol_node *node)
{
    if (node->kind == POL_NODE_BODY)
        return body(t, node);
    pol_value *items = pol_items(t->arena, 1);
    items[0] = literal(t, node, 0);
    return pol_array(items, 1);
}

static bool is_explicit(const pol_node *node)
{
    return node->kind == POL_NODE_BODY && !(node->flags & POL_NODE_GENERATED);
}

static pol_value logic(tree *t, const pol_node *node)
{
    record r = {.count = 0};
    const pol_node *left = node->child, *right = left->next;
    put(&r, "type", node->kind == POL_NODE_AND ? pol_literal("and")
                                               : pol_literal("or"));
    put(&r, "lhs", operand(t, left));
    put(&r, "rhs", operand(t, right));
    if (is_explicit(left))
        put(&r, "explicit_lhs", pol_bool(true));
    if (is_explicit(right))
        put(&r, "explicit_rhs", pol_bool(true));
    return finish(t, &r);
}

static pol_value not_body(tree *t, const pol_node *node)
{
    record r = {.count = 0};
    put(&r, "type", pol_literal("not"));
    put(&r, "body", body(t, node));
    put(&r, "explicit_body", pol_bool(is_explicit(node)));
    return finish(t, &r);
}

static pol_value literal_terms(tree *t, const pol_node *node)
{
    switch ((pol_node_kind)node->kind) {
    case POL_NODE_ASSIGN: return infix(t, "assign", node);
    case POL_NODE_UNIFY: return infix(t, "eq", node);
    case POL_NODE_NOT: return not_body(t, node->child);
    case POL_NODE_SOME: return some(t, node);
    case POL_NODE_SOME_IN: return some_in(t, node);
    case POL_NODE_EVERY: return every(t, node);
    case POL_NODE_AND:
    case POL_NODE_OR: return logic(t, node);
    default: break;
    }
    const pol_node *only = node->child;
    return only->kind == POL_NODE_CALL ? call_parts(t, only) : term(t, only);
}

static pol_value withs(tree *t, const pol_node *first)
{
    pol_builder list;
    pol_builder_init(&list, t->arena, POL_ARRAY);
    for (const pol_node *with = first; with; with = with->next) {
        record r = {.count = 0};
        const pol_node *target = with->child;
        put(&r, "target", term(t, target));
        put(&r, "value", term(t, target->next));
        pol_builder_add(&list, finish(t, &r));
    }
    return pol_builder_done(&list);
}

static pol_value literal(tree *t, const pol_node *node, uint32_t index)
{
    record r = {.count = 0};
    const pol_node *modifiers = node->withs;
    put(&r, "index", pol_int(index));
    if (node->kind == POL_NODE_NOT && node->child->kind != POL_NODE_BODY) {
        put(&r, "negated", pol_bool(true));
        node = node->child;
        modifiers = modifiers ? modifiers : node->withs;
    }
    put(&r, "terms", literal_terms(t, node));
    if (modifiers)
        put(&r, "with", withs(t, modifiers));
    return finish(t, &r);
}

static pol_value generated(tree *t)
{
    record r = {.count = 0};
    put(&r, "generated", pol_bool(true));
    put(&r, "index", pol_int(0));
    put(&r, "terms", typed(t, "boolean", pol_bool(true)));
    pol_value *items = pol_items(t->arena, 1);
    items[0] = finish(t, &r);
    return pol_array(items, 1);
}

static pol_value body(tree *t, const pol_node *node)
{
    if (!node || !node->count)
        return generated(t);
    if (++t->depth > NESTING)
        pol_call_limit(t->call, "nesting");
    pol_value *items = pol_items(t->arena, node->count);
    const pol_node *child = node->child;
    for (uint32_t i = 0; i < node->count; i++, child = child->next)
        items[i] = literal(t, child, i);
    t->depth--;
    return pol_array(items, node->count);
}

/* ---- rules ------------------------------------------------------------------------- */

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

static pol_value head_value(const tree *t, const head *h, pol_value value,
                            bool is_assign)
{
    record r = {.count = 0};
    if (pol_is_defined(h->name))
        put(&r, "name", h->name);
    put(&r, "ref", h->ref);
    if (pol_is_defined(h->args))
        put(&r, "args", h->args);
    if (pol_is_defined(h->key))
        put(&r, "key", h->key);
    if (pol_is_defined(value))
        put(&r, "value", value);
    if (is_assign)
        put(&r, "assign", pol_bool(true));
    return finish(t, &r);
}

/* One alternative without those behind it. */
static record alternative(tree *t, const head *h, const pol_ast_rule *rule)
{
    record r = {.count = 0};
    pol_value value = rule->value ? term(t, rule->value) : pol_undefined();
    bool is_assign = rule->value && (rule->value->flags & POL_NODE_GENERATED)
                         ? h->is_assign
                         : rule->is_assign;
    put(&r, "head", head_value(t, h, value, is_assign));
    put(&r, "body", body(t, rule->body));
    if (rule->is_default)
        put(&r, "default", pol_bool(true));
    return r;
}

static head make_head(tree *t, const pol_ast_rule *rule)
{
    head h = {.name = pol_undefined(), .is_assign = rule->is_assign};
    const pol_node *ref = rule->ref;
    if (ref->kind == POL_NODE_REF) {
        h.ref = ref_parts(t, ref);
    } else {
        pol_value *only = pol_items(t->arena, 1);
        only[0] = variable(t, ref);
        h.ref = pol_array(only, 1);
    }
    if (rule->kind == POL_RULE_FUNCTION)
        h.args = terms(t, rule->args, rule->arg_count);
    head_names(&h, rule);
    if (rule->key)
        h.key = term(t, rule->key);
    return h;
}

/* A repeated head: arguments that are wildcards get new numbers, wildcards
 * inside of arguments do not. */
static void renew_wildcards(tree *t, head *h)
{
    if (!pol_is_defined(h->args))
        return;
    pol_value *args = pol_items(t->arena, h->args.len);
    for (uint32_t i = 0; i < h->args.len; i++) {
        args[i] = pol_at(h->args, i);
        pol_value text = pol_get_name(args[i], "value");
        if (pol_is_string(text) && text.len && text.str[0] == '$' &&
            pol_string_is(pol_get_name(args[i], "type"), "var"))
            args[i] = wildcard(t);
    }
    h->args = pol_array(args, h->args.len);
}

/* `p if {a} {b}` is two rules; the second has the first's head again. */
static bool is_repeated(const pol_ast_rule *rule, const pol_ast_rule *before)
{
    return before && before->ref->span.off == rule->ref->span.off;
}

static pol_value repeated_rule(tree *t, const pol_ast_rule *rule)
{
    record r = {.count = 0};
    put(&r, "body", body(t, rule->body));
    renew_wildcards(t, &t->head);
    put(&r, "head",
        head_value(t, &t->head, t->value, t->head.is_assign));
    return finish(t, &r);
}

static pol_value rule_value(tree *t, const pol_ast_rule *first)
{
    t->head = make_head(t, first);
    head h = t->head;
    uint32_t count = 0, depth = t->depth;
    for (const pol_ast_rule *rule = first; rule; rule = rule->else_rule)
        count++;
    if (count > NESTING)
        pol_call_limit(t->call, "nesting");
    record *parts = arena_array(t->arena, record, count);
    uint32_t i = 0;
    for (const pol_ast_rule *rule = first; rule; rule = rule->else_rule) {
        t->depth = depth + i;
        if (i)
            renew_wildcards(t, &h);
        parts[i] = alternative(t, &h, rule);
        if (i++ == 0)
            t->value = pol_get_name(parts[0].values[0], "value");
    }
    t->depth = depth;
    while (--i)
        put(&parts[i - 1], "else", finish(t, &parts[i]));
    return finish(t, &parts[0]);
}

/* ---- the module --------------------------------------------------------------------- */

static pol_value import_value(tree *t, const pol_ast_import *import)
{
    record r = {.count = 0};
    put(&r, "path", operator_of(t, import->path));
    if (import->alias.len)
        put(&r, "alias", text_of(import->alias));
    return finish(t, &r);
}

static pol_value base64(const tree *t, pol_str s)
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
static pol_value comment_value(tree *t, const pol_ast_comment *comment)
{
    pol_place place = pol_src_place(t->src, comment->span.off);
    record where = {.count = 0}, r = {.count = 0};
    put(&where, "file", text_of(t->src->name));
    put(&where, "row", pol_int(place.line));
    put(&where, "col", pol_int(place.column));
    put(&r, "Location", finish(t, &where));
    const char *text = t->src->text.ptr + comment->span.off + 1;
    size_t len = comment->span.len - 1;
    while (len && text[len - 1] == '\r')
        len--;
    put(&r, "Text", base64(t, (pol_str){text, len}));
    return finish(t, &r);
}

static void put_lists(tree *t, const pol_ast_module *module, record *r)
{
    pol_builder rules, imports, comments;
    pol_builder_init(&rules, t->arena, POL_ARRAY);
    pol_builder_init(&imports, t->arena, POL_ARRAY);
    pol_builder_init(&comments, t->arena, POL_ARRAY);
    for (const pol_ast_import *i = module->imports; i; i = i->next)
        pol_builder_add(&imports, import_value(t, i));
    const pol_ast_rule *before = NULL;
    for (const pol_ast_rule *rule = module->rules; rule; rule = rule->next) {
        pol_builder_add(&rules, is_repeated(rule, before)
                                    ? repeated_rule(t, rule)
                                    : rule_value(t, rule));
        before = rule;
    }
    for (const pol_ast_comment *c = module->comments; c; c = c->next)
        pol_builder_add(&comments, comment_value(t, c));
    if (imports.count)
        put(r, "imports", pol_builder_done(&imports));
    if (rules.count)
        put(r, "rules", pol_builder_done(&rules));
    if (comments.count)
        put(r, "comments", pol_builder_done(&comments));
}

static pol_value module_value(tree *t, const pol_ast_module *module)
{
    record package = {.count = 0}, r = {.count = 0};
    const pol_node *path = module->package;
    put(&package, "path", ref_parts(t, path));
    put(&r, "package", finish(t, &package));
    put_lists(t, module, &r);
    return finish(t, &r);
}

/* ---- errors ---------------------------------------------------------------------------- */

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
    uint32_t number_of = pol_srcs_add(&srcs, (pol_str){args[0].str, args[0].len},
                                      (pol_str){args[1].str, args[1].len});
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
    tree t = {.call = call, .arena = call->arena, .src = src};
    return module_value(&t, module);
}
