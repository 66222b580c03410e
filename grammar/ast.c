/* SPDX-License-Identifier: Apache-2.0
 *
 * Making, copying and showing the tree. Recursion is bounded: the bracket pass
 * lets no tree through that is higher than POL_LIMIT_NESTING statements. */
#include "ast.h"

#include "buf.h"

pol_node *pol_ast_node(pol_arena *arena, pol_node_kind kind, pol_span span)
{
    pol_node *node = arena_new(arena, pol_node);
    node->kind = (uint8_t)kind;
    node->span = span;
    return node;
}

pol_node *pol_ast_text(pol_arena *arena, pol_node_kind kind, pol_span span,
                       pol_str text)
{
    pol_node *node = pol_ast_node(arena, kind, span);
    node->text = text;
    return node;
}

pol_node *pol_ast_add(pol_node *parent, pol_node *child)
{
    child->next = NULL;
    if (parent->last)
        parent->last->next = child;
    else
        parent->child = child;
    parent->last = child;
    parent->count++;
    parent->span = pol_span_join(parent->span, child->span);
    return parent;
}

pol_node *pol_ast_child(const pol_node *node, uint32_t n)
{
    pol_node *child = node->child;
    while (n-- > 0)
        child = child->next;
    return child;
}

pol_node *pol_ast_copy(pol_arena *arena, const pol_node *node)
{
    pol_node *copy = pol_ast_text(arena, node->kind, node->span, node->text);
    copy->flags = node->flags;
    for (const pol_node *child = node->child; child; child = child->next)
        pol_ast_add(copy, pol_ast_copy(arena, child));
    pol_node list = {0};
    for (const pol_node *with = node->withs; with; with = with->next)
        pol_ast_add(&list, pol_ast_copy(arena, with));
    copy->withs = list.child;
    copy->span = node->span;
    return copy;
}

const char *pol_ast_kind_name(pol_node_kind kind)
{
    static const char *const names[] = {
#define NODE(name, children) #name,
#include "ast.def"
#undef NODE
    };
    return names[kind];
}

/* --- dump --- */

static void indent(pol_buf *out, unsigned depth)
{
    for (unsigned i = 0; i < depth; i++)
        pol_buf_cstr(out, "  ");
}

/* Text as in a string literal. */
static void write_quoted(pol_buf *out, pol_str text)
{
    pol_buf_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '"' || c == '\\')
            pol_buf_printf(out, "\\%c", c);
        else if (c < 0x20 || c == 0x7F)
            pol_buf_printf(out, "\\x%02x", c);
        else
            pol_buf_char(out, (char)c);
    }
    pol_buf_char(out, '"');
}

static void write_flags(pol_buf *out, const pol_node *node)
{
    static const struct {
        uint8_t flag;
        const char *name;
    } FLAGS[] = {{POL_NODE_DOT, "dot"},     {POL_NODE_INFIX, "infix"},
                 {POL_NODE_KEYED, "keyed"}, {POL_NODE_RAW, "raw"},
                 {POL_NODE_PAREN, "paren"}, {POL_NODE_GENERATED, "generated"}};
    for (size_t i = 0; i < countof(FLAGS); i++)
        if (node->flags & FLAGS[i].flag)
            pol_buf_printf(out, " %s", FLAGS[i].name);
}

static void dump_node(const pol_node *node, unsigned depth, pol_buf *out)
{
    indent(out, depth);
    pol_buf_cstr(out, pol_ast_kind_name(node->kind));
    if (node->kind == POL_NODE_STRING) {
        pol_buf_char(out, ' ');
        write_quoted(out, node->text);
    } else if (node->text.len) {
        pol_buf_char(out, ' ');
        pol_buf_str(out, node->text);
    }
    write_flags(out, node);
    pol_buf_char(out, '\n');
    for (const pol_node *child = node->child; child; child = child->next)
        dump_node(child, depth + 1, out);
    for (const pol_node *with = node->withs; with; with = with->next)
        dump_node(with, depth + 1, out);
}

void pol_ast_dump_node(const pol_node *node, pol_buf *out)
{
    dump_node(node, 0, out);
}

static void dump_part(const char *name, const pol_node *node, unsigned depth,
                      pol_buf *out)
{
    if (!node)
        return;
    indent(out, depth);
    pol_buf_printf(out, "%s\n", name);
    for (; node; node = node->next)
        dump_node(node, depth + 1, out);
}

static void dump_rule(const pol_ast_rule *rule, unsigned depth, pol_buf *out)
{
    static const char *const kinds[] = {
        [POL_RULE_COMPLETE] = "complete",
        [POL_RULE_SET] = "set",
        [POL_RULE_OBJECT] = "object",
        [POL_RULE_FUNCTION] = "function",
    };
    indent(out, depth);
    pol_buf_printf(out, "rule %s%s%s%s\n", kinds[rule->kind],
                   rule->is_default ? " default" : "",
                   rule->is_assign ? " assign" : "",
                   rule->is_test ? " test" : "");
    dump_part("ref", rule->ref, depth + 1, out);
    dump_part("args", rule->args, depth + 1, out);
    dump_part("key", rule->key, depth + 1, out);
    dump_part("value", rule->value, depth + 1, out);
    dump_part("body", rule->generated_body ? NULL : rule->body, depth + 1, out);
    for (const pol_ast_rule *other = rule->else_rule; other;
         other = other->else_rule) {
        indent(out, depth + 1);
        pol_buf_printf(out, "else%s\n", other->is_assign ? " assign" : "");
        dump_part("value", other->value, depth + 2, out);
        dump_part("body", other->generated_body ? NULL : other->body, depth + 2,
                  out);
    }
}

static void dump_policy(const pol_ast_policy *policy, pol_buf *out)
{
    pol_buf_cstr(out, "policy ");
    write_quoted(out, policy->name);
    pol_buf_char(out, '\n');
    for (const pol_ast_field *field = policy->fields; field;
         field = field->next) {
        pol_buf_cstr(out, "  field ");
        pol_buf_str(out, field->name);
        pol_buf_char(out, '\n');
        dump_node(field->value, 2, out);
    }
    for (const pol_ast_rule *rule = policy->rules; rule; rule = rule->next)
        dump_rule(rule, 1, out);
}

static void dump_annotation(const pol_ast_annotation *block, pol_buf *out)
{
    pol_buf_printf(out, "metadata %s ",
                   block->rule             ? "rule"
                   : block->policy         ? "policy"
                   : block->before_package ? "package"
                   : block->before_import  ? "import"
                                           : "nothing");
    write_quoted(out, block->yaml);
    pol_buf_char(out, '\n');
}

void pol_ast_dump(const pol_ast_module *module, pol_buf *out)
{
    dump_part("package", module->package, 0, out);
    for (const pol_ast_import *import = module->imports; import;
         import = import->next) {
        pol_buf_cstr(out, "import");
        if (import->alias.len) {
            pol_buf_cstr(out, " as ");
            pol_buf_str(out, import->alias);
        }
        pol_buf_char(out, '\n');
        dump_node(import->path, 1, out);
    }
    for (const pol_ast_rule *rule = module->rules; rule; rule = rule->next)
        dump_rule(rule, 0, out);
    for (const pol_ast_policy *policy = module->policies; policy;
         policy = policy->next)
        dump_policy(policy, out);
    for (const pol_ast_annotation *block = module->annotations; block;
         block = block->next)
        dump_annotation(block, out);
}
