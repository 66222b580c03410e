/* SPDX-License-Identifier: Apache-2.0
 *
 * What holds in OPA's form of terms and bodies:
 *
 * - A wildcard is a variable `$n`; they are numbered over the module in the
 *   order of the text.
 * - Sets and objects are sorted by OPA's order of terms, without duplicates.
 * - An expression that is a call is an array: operator, then operands. Any
 *   other one is the term itself, an object for `some` and `every`. */
#include "parsed.h"

#include <stdlib.h>

/* ---- making objects ------------------------------------------------------ */

void pol_parsed_put(pol_parsed_record *r, const char *key, pol_value value)
{
    r->keys[r->count] = pol_string(key, strlen(key));
    r->values[r->count++] = value;
}

pol_value pol_parsed_finish(const pol_parsed *t, const pol_parsed_record *r)
{
    pol_value *keys = pol_items(t->arena, r->count);
    pol_value *values = pol_items(t->arena, r->count);
    memcpy(keys, r->keys, r->count * sizeof *keys);
    memcpy(values, r->values, r->count * sizeof *values);
    return pol_object_of(t->arena, keys, values, r->count);
}

pol_value pol_parsed_typed(const pol_parsed *t, const char *type,
                           pol_value value)
{
    pol_parsed_record r = {.count = 0};
    pol_parsed_put(&r, "type", pol_string(type, strlen(type)));
    pol_parsed_put(&r, "value", value);
    return pol_parsed_finish(t, &r);
}

static pol_value text_of(pol_str s)
{
    return pol_string(s.ptr, s.len);
}

/* ---- the order of terms -------------------------------------------------- */

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
 * tree, which pol_parsed_term() bounds. */
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
static pol_value sorted(const pol_parsed *t, pol_value *items, size_t count)
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

/* ---- terms --------------------------------------------------------------- */

static pol_value literal(pol_parsed *t, const pol_node *node, uint32_t index);

pol_value pol_parsed_terms(pol_parsed *t, const pol_node *first, uint32_t count)
{
    pol_value *items = pol_items(t->arena, count);
    for (uint32_t i = 0; i < count; i++, first = first->next)
        items[i] = pol_parsed_term(t, first);
    return pol_array(items, count);
}

pol_value pol_parsed_wildcard(pol_parsed *t)
{
    pol_value name = pol_call_printf(t->call, "$%u", t->wildcards++);
    return pol_parsed_typed(t, "var", name);
}

pol_value pol_parsed_variable(pol_parsed *t, const pol_node *node)
{
    if (node->text.len == 1 && node->text.ptr[0] == '_')
        return pol_parsed_wildcard(t);
    return pol_parsed_typed(t, "var", text_of(node->text));
}

/* The operator of a call is always a reference; of operators written in signs
 * the tree has the builtin's name as one text. */
pol_value pol_parsed_operator(pol_parsed *t, const pol_node *node)
{
    if (node->kind != POL_NODE_VAR)
        return pol_parsed_term(t, node);
    pol_builder parts;
    pol_builder_init(&parts, t->arena, POL_ARRAY);
    pol_str rest = node->text;
    for (;;) {
        const char *dot = memchr(rest.ptr, '.', rest.len);
        size_t len = dot ? (size_t)(dot - rest.ptr) : rest.len;
        const char *type = parts.count ? "string" : "var";
        pol_builder_add(&parts, pol_parsed_typed(t, type,
                                                 pol_string(rest.ptr, len)));
        if (!dot)
            return pol_parsed_typed(t, "ref", pol_builder_done(&parts));
        rest = (pol_str){dot + 1, rest.len - len - 1};
    }
}

static pol_value call_parts(pol_parsed *t, const pol_node *node)
{
    pol_value *items = pol_items(t->arena, node->count);
    const pol_node *child = node->child;
    items[0] = pol_parsed_operator(t, child);
    for (uint32_t i = 1; i < node->count; i++) {
        child = child->next;
        items[i] = pol_parsed_term(t, child);
    }
    return pol_array(items, node->count);
}

static pol_value object_pairs(pol_parsed *t, const pol_node *node)
{
    uint32_t count = node->count / 2;
    pol_value *items = pol_items(t->arena, count);
    const pol_node *key = node->child;
    for (uint32_t i = 0; i < count; i++, key = key->next->next)
        items[i] = pol_parsed_terms(t, key, 2);
    return sorted(t, items, count);
}

static pol_value comprehension(pol_parsed *t, const pol_node *node)
{
    pol_parsed_record r = {.count = 0};
    const pol_node *first = node->child;
    if (node->kind == POL_NODE_OBJECT_COMPR) {
        pol_parsed_put(&r, "key", pol_parsed_term(t, first));
        pol_parsed_put(&r, "value", pol_parsed_term(t, first->next));
        pol_parsed_put(&r, "body", pol_parsed_body(t, first->next->next));
        return pol_parsed_typed(t, "objectcomprehension",
                                pol_parsed_finish(t, &r));
    }
    bool array = node->kind == POL_NODE_ARRAY_COMPR;
    pol_parsed_put(&r, "term", pol_parsed_term(t, first));
    pol_parsed_put(&r, "body", pol_parsed_body(t, first->next));
    return pol_parsed_typed(
        t, array ? "arraycomprehension" : "setcomprehension",
        pol_parsed_finish(t, &r));
}

/* An expression, but for scalars, which stand as they are. */
static pol_value template_part(pol_parsed *t, const pol_node *part)
{
    if (part->kind != POL_NODE_BODY)
        return pol_parsed_term(t, part);
    const pol_node *only = part->child;
    if (only->kind == POL_NODE_EXPR && only->child->kind <= POL_NODE_STRING)
        return pol_parsed_term(t, only->child);
    return literal(t, only, 0);
}

static pol_value template_parts(pol_parsed *t, const pol_node *node)
{
    pol_value *items = pol_items(t->arena, node->count);
    const pol_node *part = node->child;
    for (uint32_t i = 0; i < node->count; i++, part = part->next)
        items[i] = template_part(t, part);
    pol_parsed_record r = {.count = 0};
    pol_parsed_put(&r, "parts",
        node->count ? pol_array(items, node->count) : pol_null());
    pol_parsed_put(&r, "multi_line", pol_bool(node->flags & POL_NODE_RAW));
    return pol_parsed_typed(t, "templatestring", pol_parsed_finish(t, &r));
}

static pol_value number(const pol_parsed *t, const pol_node *node)
{
    return pol_parsed_typed(t, "number",
                 pol_number_parse(t->arena, node->text.ptr, node->text.len));
}

/* Alone, the names of the documents are references. */
static pol_value name(pol_parsed *t, const pol_node *node)
{
    bool document = pol_str_eq(node->text, STR("input")) ||
                    pol_str_eq(node->text, STR("data"));
    return document ? pol_parsed_operator(t, node)
                    : pol_parsed_variable(t, node);
}

pol_value pol_parsed_ref(pol_parsed *t, const pol_node *node)
{
    pol_value *items = pol_items(t->arena, node->count);
    const pol_node *child = node->child;
    items[0] = child->kind == POL_NODE_VAR ? pol_parsed_variable(t, child)
                                           : pol_parsed_term(t, child);
    for (uint32_t i = 1; i < node->count; i++) {
        child = child->next;
        items[i] = pol_parsed_term(t, child);
    }
    return pol_array(items, node->count);
}

static pol_value bare_term(pol_parsed *t, const pol_node *node)
{
    switch ((pol_node_kind)node->kind) {
    case POL_NODE_NULL: {
        pol_parsed_record none = {.count = 0};
        return pol_parsed_typed(t, "null", pol_parsed_finish(t, &none));
    }
    case POL_NODE_BOOL:
        return pol_parsed_typed(t, "boolean",
                                pol_bool(node->text.ptr[0] == 't'));
    case POL_NODE_NUMBER: return number(t, node);
    case POL_NODE_STRING:
        return pol_parsed_typed(t, "string", text_of(node->text));
    case POL_NODE_VAR: return name(t, node);
    case POL_NODE_REF:
        return pol_parsed_typed(t, "ref", pol_parsed_ref(t, node));
    case POL_NODE_CALL: return pol_parsed_typed(t, "call", call_parts(t, node));
    case POL_NODE_ARRAY:
        return pol_parsed_typed(
            t, "array", pol_parsed_terms(t, node->child, node->count));
    case POL_NODE_OBJECT:
        return pol_parsed_typed(t, "object", object_pairs(t, node));
    case POL_NODE_SET: {
        pol_value items = pol_parsed_terms(t, node->child, node->count);
        return pol_parsed_typed(t, "set",
                     sorted(t, (pol_value *)items.items, items.len));
    }
    case POL_NODE_TEMPLATE: return template_parts(t, node);
    default: return comprehension(t, node);
    }
}

pol_value pol_parsed_term(pol_parsed *t, const pol_node *node)
{
    if (++t->depth > POL_PARSED_NESTING)
        pol_call_limit(t->call, "nesting");
    pol_value value = bare_term(t, node);
    t->depth--;
    return value;
}

/* ---- expressions --------------------------------------------------------- */

static pol_value infix(pol_parsed *t, const char *name, const pol_node *node)
{
    pol_value op = pol_parsed_typed(t, "var", pol_string(name, strlen(name)));
    pol_value *ref = pol_items(t->arena, 1), *items = pol_items(t->arena, 3);
    ref[0] = op;
    items[0] = pol_parsed_typed(t, "ref", pol_array(ref, 1));
    items[1] = pol_parsed_term(t, node->child);
    items[2] = pol_parsed_term(t, node->child->next);
    return pol_array(items, 3);
}

static pol_value some_in(pol_parsed *t, const pol_node *node)
{
    bool keyed = node->flags & POL_NODE_KEYED;
    pol_value *ref = pol_items(t->arena, 2);
    ref[0] = pol_parsed_typed(t, "var", pol_literal("internal"));
    ref[1] = pol_parsed_typed(t, "string",
                   keyed ? pol_literal("member_3") : pol_literal("member_2"));
    pol_value *items = pol_items(t->arena, node->count + 1);
    items[0] = pol_parsed_typed(t, "ref", pol_array(ref, 2));
    const pol_node *child = node->child;
    for (uint32_t i = 1; i <= node->count; i++, child = child->next)
        items[i] = pol_parsed_term(t, child);
    pol_value *symbols = pol_items(t->arena, 1);
    symbols[0] = pol_parsed_typed(t, "call", pol_array(items, node->count + 1));
    pol_parsed_record r = {.count = 0};
    pol_parsed_put(&r, "symbols", pol_array(symbols, 1));
    return pol_parsed_finish(t, &r);
}

static pol_value some(pol_parsed *t, const pol_node *node)
{
    pol_parsed_record r = {.count = 0};
    pol_parsed_put(&r, "symbols",
                   pol_parsed_terms(t, node->child, node->count));
    return pol_parsed_finish(t, &r);
}

static pol_value every(pol_parsed *t, const pol_node *node)
{
    pol_parsed_record r = {.count = 0};
    const pol_node *child = node->child;
    pol_value key = pol_null();
    if (node->flags & POL_NODE_KEYED) {
        key = pol_parsed_term(t, child);
        child = child->next;
    }
    pol_parsed_put(&r, "key", key);
    pol_parsed_put(&r, "value", pol_parsed_term(t, child));
    pol_parsed_put(&r, "domain", pol_parsed_term(t, child->next));
    pol_parsed_put(&r, "body", pol_parsed_body(t, child->next->next));
    return pol_parsed_finish(t, &r);
}

/* A body or a single literal, as a body. */
static pol_value operand(pol_parsed *t, const pol_node *node)
{
    if (node->kind == POL_NODE_BODY)
        return pol_parsed_body(t, node);
    pol_value *items = pol_items(t->arena, 1);
    items[0] = literal(t, node, 0);
    return pol_array(items, 1);
}

static bool is_explicit(const pol_node *node)
{
    return node->kind == POL_NODE_BODY && !(node->flags & POL_NODE_GENERATED);
}

static pol_value logic(pol_parsed *t, const pol_node *node)
{
    pol_parsed_record r = {.count = 0};
    const pol_node *left = node->child, *right = left->next;
    pol_parsed_put(&r, "type", node->kind == POL_NODE_AND ? pol_literal("and")
                                               : pol_literal("or"));
    pol_parsed_put(&r, "lhs", operand(t, left));
    pol_parsed_put(&r, "rhs", operand(t, right));
    if (is_explicit(left))
        pol_parsed_put(&r, "explicit_lhs", pol_bool(true));
    if (is_explicit(right))
        pol_parsed_put(&r, "explicit_rhs", pol_bool(true));
    return pol_parsed_finish(t, &r);
}

static pol_value not_body(pol_parsed *t, const pol_node *node)
{
    pol_parsed_record r = {.count = 0};
    pol_parsed_put(&r, "type", pol_literal("not"));
    pol_parsed_put(&r, "body", pol_parsed_body(t, node));
    pol_parsed_put(&r, "explicit_body", pol_bool(is_explicit(node)));
    return pol_parsed_finish(t, &r);
}

static pol_value literal_terms(pol_parsed *t, const pol_node *node)
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
    return only->kind == POL_NODE_CALL ? call_parts(t, only)
                                       : pol_parsed_term(t, only);
}

static pol_value withs(pol_parsed *t, const pol_node *first)
{
    pol_builder list;
    pol_builder_init(&list, t->arena, POL_ARRAY);
    for (const pol_node *with = first; with; with = with->next) {
        pol_parsed_record r = {.count = 0};
        const pol_node *target = with->child;
        pol_parsed_put(&r, "target", pol_parsed_term(t, target));
        pol_parsed_put(&r, "value", pol_parsed_term(t, target->next));
        pol_builder_add(&list, pol_parsed_finish(t, &r));
    }
    return pol_builder_done(&list);
}

static pol_value literal(pol_parsed *t, const pol_node *node, uint32_t index)
{
    pol_parsed_record r = {.count = 0};
    const pol_node *modifiers = node->withs;
    pol_parsed_put(&r, "index", pol_int(index));
    if (node->kind == POL_NODE_NOT && node->child->kind != POL_NODE_BODY) {
        pol_parsed_put(&r, "negated", pol_bool(true));
        node = node->child;
        modifiers = modifiers ? modifiers : node->withs;
    }
    pol_parsed_put(&r, "terms", literal_terms(t, node));
    if (modifiers)
        pol_parsed_put(&r, "with", withs(t, modifiers));
    return pol_parsed_finish(t, &r);
}

static pol_value generated(pol_parsed *t)
{
    pol_parsed_record r = {.count = 0};
    pol_parsed_put(&r, "generated", pol_bool(true));
    pol_parsed_put(&r, "index", pol_int(0));
    pol_parsed_put(&r, "terms", pol_parsed_typed(t, "boolean", pol_bool(true)));
    pol_value *items = pol_items(t->arena, 1);
    items[0] = pol_parsed_finish(t, &r);
    return pol_array(items, 1);
}

pol_value pol_parsed_body(pol_parsed *t, const pol_node *node)
{
    if (!node || !node->count)
        return generated(t);
    if (++t->depth > POL_PARSED_NESTING)
        pol_call_limit(t->call, "nesting");
    pol_value *items = pol_items(t->arena, node->count);
    const pol_node *child = node->child;
    for (uint32_t i = 0; i < node->count; i++, child = child->next)
        items[i] = literal(t, child, i);
    t->depth--;
    return pol_array(items, node->count);
}
