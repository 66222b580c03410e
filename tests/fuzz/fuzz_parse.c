/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes lexer, parser, dump and rendering. The first byte chooses what the
 * rest is: a v1 module, a v0 module or a query. Every span must lie in the
 * text, and a text that parses must give a complete tree. */
#include "buf.h"
#include "parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_span(const pol_src *src, pol_span span)
{
    pol_assert(span.src == 0 ||
               (size_t)span.off + span.len <= src->text.len + 1);
}

static void check_node(const pol_src *src, const pol_node *node, unsigned depth)
{
    uint32_t count = 0;
    pol_assert(depth < 8 * 512);
    check_span(src, node->span);
    for (const pol_node *child = node->child; child; child = child->next) {
        check_node(src, child, depth + 1);
        count++;
    }
    pol_assert(count == node->count);
    for (const pol_node *with = node->withs; with; with = with->next)
        check_node(src, with, depth + 1);
}

static void check_rules(const pol_src *src, const pol_ast_rule *rule)
{
    for (; rule; rule = rule->next) {
        pol_assert((rule->kind == POL_RULE_SET) == (rule->key != NULL));
        pol_assert((rule->kind == POL_RULE_SET) == (rule->value == NULL));
        check_span(src, rule->span);
        check_node(src, rule->ref, 0);
        check_node(src, rule->body, 0);
    }
}

static void check_module(const pol_src *src, const pol_ast_module *module)
{
    pol_assert(module->package);
    check_rules(src, module->rules);
    for (const pol_ast_policy *policy = module->policies; policy;
         policy = policy->next)
        check_rules(src, policy->rules);
}

static void parse(pol_arena *arena, char mode, pol_str text)
{
    pol_srcs srcs;
    pol_diags diags;
    pol_buf out;
    pol_srcs_init(&srcs, arena);
    pol_diag_init(&diags, arena, &srcs);
    pol_buf_init(&out, arena);
    uint32_t number = pol_srcs_add(&srcs, STR("fuzz.pol"), text);
    const pol_src *src = pol_srcs_at(&srcs, number);
    if (mode % 3 == 2) {
        pol_node *query = pol_parse_query(arena, &diags, number, NULL);
        pol_assert((query == NULL) == (diags.errors > 0));
        if (query) {
            check_node(src, query, 0);
            pol_ast_dump_node(query, &out);
        }
    } else {
        pol_parse_options options = {.v0 = mode % 3 == 1};
        pol_ast_module *module =
            pol_parse_module(arena, &diags, number, &options);
        if (!diags.errors)
            check_module(src, module);
        pol_ast_dump(module, &out);
    }
    uint32_t shown = 0; /* rendering is slow under the sanitizers */
    for (const pol_diag *diag = diags.first; diag; diag = diag->next) {
        check_span(src, diag->span);
        if (shown++ < 5)
            pol_diag_write(diag, false, &out);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static pol_trap trap;
    static pol_arena arena;
    pol_arena_init(&arena, 256u << 20, &trap);
    if (size > 0 && setjmp(trap.env) == 0)
        parse(&arena, (char)data[0] & 0x7F,
              (pol_str){(const char *)data + 1, size - 1});
    pol_arena_done(&arena);
    return 0;
}
