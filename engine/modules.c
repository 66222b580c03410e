/* SPDX-License-Identifier: Apache-2.0
 *
 * Looking at compiled modules through pol.h; compiling is in
 * compile/compile.c. */
#include "buf.h"
#include "compile.h"

uint32_t pol_modules_rule_count(const pol_modules *modules)
{
    return modules->compile.rule_count;
}

/* The name as the end of the path, which a NUL follows; the whole path when the
 * name stands there in quotes. */
static const char *last_part(const pol_rule *r)
{
    size_t len = r->node->name.len;
    const char *end = r->path.ptr + r->path.len;
    bool plain = r->path.len >= len &&
                 memcmp(end - len, r->node->name.ptr, len) == 0;
    return plain ? end - len : r->path.ptr;
}

pol_rule_view pol_modules_rule(const pol_modules *modules, uint32_t rule)
{
    const pol_rule *r = modules->compile.rules[rule];
    const pol_def *def = r->defs ? r->defs : r->fallback;
    pol_span span = def->ast->head_span.src ? def->ast->head_span
                                            : def->ast->span;
    const pol_src *src = pol_srcs_at(&modules->srcs, span.src);
    pol_place place = pol_src_place(src, span.off);
    return (pol_rule_view){.path = r->path.ptr,
                           .package = def->module->name.ptr,
                           .name = last_part(r),
                           .file = src->name.ptr,
                           .line = place.line,
                           .column = place.column,
                           .is_function = r->kind == POL_RULE_FUNCTION};
}

int pol_modules_find_rule(const pol_modules *modules, const char *path)
{
    pol_str want = pol_str_of(path);
    for (uint32_t i = 0; i < modules->compile.rule_count; i++)
        if (pol_str_eq(modules->compile.rules[i]->path, want))
            return (int)i;
    return -1;
}

const char *pol_modules_dump(const pol_modules *modules, uint32_t rule,
                             pol_arena *arena, size_t *len)
{
    pol_buf buf;
    pol_buf_init(&buf, arena);
    pol_program_dump(&modules->program, rule, &buf);
    pol_str text = pol_buf_done(&buf);
    *len = text.len;
    return text.ptr;
}

bool pol_modules_query_expression(const pol_modules *modules, int query,
                                  uint32_t i, const char **text, size_t *len,
                                  uint32_t *line, uint32_t *column)
{
    const pol_query_source *q = &modules->queries[query];
    const pol_node *literal = q->body->child;
    for (; literal; literal = literal->next)
        if (literal->kind != POL_NODE_SOME && !i--)
            break;
    if (!literal)
        return false;
    const pol_src *src = pol_srcs_at(&modules->srcs, literal->span.src);
    pol_place place = pol_src_place(src, literal->span.off);
    *text = src->text.ptr + literal->span.off;
    *len = literal->span.len;
    *line = place.line;
    *column = place.column;
    return true;
}
