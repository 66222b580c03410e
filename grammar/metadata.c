/* SPDX-License-Identifier: Apache-2.0
 *
 * A block starts with a comment at column 1 whose text starts with METADATA and
 * takes in the comments of the lines directly below it, also at column 1. It
 * belongs to the next thing of the module. */
#include "metadata.h"

#include "buf.h"

static bool at_column_1(const pol_src *src, pol_span span)
{
    return span.off == 0 || src->text.ptr[span.off - 1] == '\n';
}

/* Whether `next` stands in the line below `before`. */
static bool below(const pol_src *src, pol_span before, pol_span next)
{
    uint32_t end = before.off + before.len;
    if (end < next.off && src->text.ptr[end] == '\r')
        end++;
    return end + 1 == next.off;
}

/* A comment without its `#` and one space. */
static pol_str content(const pol_src *src, pol_span span)
{
    pol_str text = {src->text.ptr + span.off + 1, span.len - 1};
    if (text.len && text.ptr[0] == ' ') {
        text.ptr++;
        text.len--;
    }
    return text;
}

static bool is_opening(const pol_src *src, pol_span span)
{
    static const pol_str word = {"METADATA", 8};
    if (!at_column_1(src, span))
        return false;
    pol_str text = content(src, span);
    while (text.len && (*text.ptr == ' ' || *text.ptr == '\t')) {
        text.ptr++;
        text.len--;
    }
    return text.len >= word.len && memcmp(text.ptr, word.ptr, word.len) == 0;
}

/* What follows, in the order of the source. */
typedef struct cursor {
    pol_ast_module *module;
    pol_ast_import *import;
    pol_ast_rule *rule;
    pol_ast_policy *policy;
    pol_ast_policy *inside; /* whose rules are being gone through */
    pol_ast_rule *inner;
} cursor;

/* Moves each part of the cursor to its first thing at or behind `off`. */
static void advance(cursor *c, uint32_t off)
{
    while (c->import && c->import->span.off < off)
        c->import = c->import->next;
    while (c->rule && c->rule->span.off < off)
        c->rule = c->rule->next;
    while (c->policy && c->policy->span.off < off)
        c->policy = c->policy->next;
    while (c->inside) {
        while (c->inner && c->inner->span.off < off)
            c->inner = c->inner->next;
        if (c->inner)
            break;
        c->inside = c->inside->next;
        c->inner = c->inside ? c->inside->rules : NULL;
    }
}

/* Hangs the block on the nearest of what the cursor shows. */
static void attach(const cursor *c, pol_ast_annotation *block)
{
    uint32_t nearest = UINT32_MAX;
    uint32_t off = block->span.off;
    if (c->module->package && c->module->package_span.off >= off) {
        block->before_package = true;
        return;
    }
    if (c->import) {
        nearest = c->import->span.off;
        block->before_import = true;
    }
    const pol_ast_rule *rules[] = {c->rule, c->inner};
    for (size_t i = 0; i < countof(rules); i++) {
        if (!rules[i] || rules[i]->span.off >= nearest)
            continue;
        nearest = rules[i]->span.off;
        block->rule = i ? c->inner : c->rule;
        block->before_import = false;
    }
    if (c->policy && c->policy->span.off < nearest) {
        block->policy = c->policy;
        block->rule = NULL;
        block->before_import = false;
    }
}

/* Reads the block that starts at `comment`; returns the comment behind it. */
static const pol_ast_comment *read_block(pol_arena *arena, const pol_src *src,
                                         const pol_ast_comment *comment,
                                         pol_ast_annotation *block)
{
    pol_buf yaml;
    pol_buf_init(&yaml, arena);
    block->span = comment->span;
    const pol_ast_comment *next = comment->next;
    for (; next && below(src, comment->span, next->span); next = next->next) {
        pol_buf_str(&yaml, content(src, next->span));
        pol_buf_char(&yaml, '\n');
        block->span = pol_span_join(block->span, next->span);
        comment = next;
    }
    block->yaml = pol_buf_done(&yaml);
    return next;
}

void pol_metadata_collect(pol_arena *arena, const pol_src *src,
                          pol_ast_module *module)
{
    cursor c = {.module = module,
                .import = module->imports,
                .rule = module->rules,
                .policy = module->policies,
                .inside = module->policies,
                .inner = module->policies ? module->policies->rules : NULL};
    pol_ast_annotation **tail = &module->annotations;
    const pol_ast_comment *comment = module->comments;
    while (comment) {
        if (!is_opening(src, comment->span)) {
            comment = comment->next;
            continue;
        }
        pol_ast_annotation *block = arena_new(arena, pol_ast_annotation);
        comment = read_block(arena, src, comment, block);
        advance(&c, block->span.off + block->span.len);
        attach(&c, block);
        *tail = block;
        tail = &block->next;
    }
}
