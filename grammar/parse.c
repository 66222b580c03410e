/* SPDX-License-Identifier: Apache-2.0
 *
 * Drives lexer, bracket pass, layout and grammar. After a syntax error the
 * layout goes to the end of the broken statement or rule, and parsing goes on
 * there: one run reports every independent mistake. */
#include "parse.h"

#include "item.h"
#include "metadata.h"
#include "syntax.h"

static void free_scratch(void *scratch)
{
    pol_arena_done(scratch);
}

/* The arena for tokens and stacks. It is given back at the end of the parse, or
 * with the tree's arena if a trap is raised before. */
static pol_arena *new_scratch(pol_arena *arena)
{
    pol_arena *scratch = arena_new(arena, pol_arena);
    size_t left = arena->cap > arena->total ? arena->cap - arena->total : 1;
    pol_arena_init(scratch, arena->cap ? left : 0, arena->trap);
    pol_arena_defer(arena, free_scratch, scratch);
    return scratch;
}

/* Feeds the grammar up to the end of the text, or until no more errors are
 * kept. */
static void feed(pol_build *build, int opening)
{
    void *parser = pol_arena_alloc(build->lex->scratch, pol_syntax_size());
    pol_layout *layout = build->layout;
    pol_syntaxInit(parser, build);
    pol_syntax(parser, opening, &layout->tokens[0]);
    uint32_t most = build->errors_before + POL_DIAGS_KEPT;
    int kind;
    do {
        const pol_token *token;
        kind = pol_layout_next(layout, &token);
        pol_syntax(parser, kind, token);
        if (build->failed && kind) {
            build->failed = false;
            pol_layout_sync(layout);
            pol_syntax(parser, POL_TK_SYNC, &layout->tokens[layout->at]);
            pol_syntax_calm(parser);
        }
    } while (kind && !build->overflowed && build->diags->errors < most);
}

/* Reports a text that is too long; its span is the first byte over the limit. */
static bool too_large(pol_diags *diags, uint32_t src, const pol_src *text)
{
    if (text->text.len <= POL_LIMIT_SOURCE)
        return false;
    pol_span span = {src, POL_LIMIT_SOURCE, 1};
    pol_diag *diag = pol_diag_add(diags, POL_DIAG_P0302, span,
                                  "the text is longer than %u MiB",
                                  POL_LIMIT_SOURCE >> 20);
    pol_diag_help(diags, diag, "split it over several files");
    return true;
}

/* Lexes and parses into `build`, whose arena, diags, module and src are set. */
static void run(pol_build *build, const pol_src *text, bool query,
                uint32_t keywords)
{
    pol_arena *scratch = new_scratch(build->arena);
    pol_lex *lex = arena_new(scratch, pol_lex);
    lex->arena = build->arena;
    lex->scratch = scratch;
    lex->diags = build->diags;
    lex->src = build->src;
    lex->text = text->text;
    build->lex = lex;
    build->errors_before = build->diags->errors;
    pol_lex_run(lex);
    build->keywords = pol_brackets_run(lex, keywords, !query);
    build->layout = pol_arena_alloc(scratch, sizeof *build->layout);
    pol_layout_init(build->layout, &lex->tokens,
                    query ? POL_LAYOUT_QUERY : POL_LAYOUT_ITEMS,
                    build->keywords);
    build->module->comments = lex->comments;
    build->module->v0 = !(build->keywords & POL_KEYWORD_STRICT);
    if (!query || lex->tokens.count)
        feed(build, query ? POL_TK_QUERY : POL_TK_MODULE);
    if (!query)
        pol_item_finish(build);
    pol_arena_done(scratch);
}

static uint32_t keywords_of(const pol_parse_options *options)
{
    return options && options->v0 ? 0 : POL_KEYWORD_V1;
}

pol_ast_module *pol_parse_module(pol_arena *arena, pol_diags *diags,
                                 uint32_t src, const pol_parse_options *options)
{
    const pol_src *text = pol_srcs_at(diags->srcs, src);
    pol_ast_module *module = arena_new(arena, pol_ast_module);
    module->src = src;
    pol_build build = {.arena = arena,
                       .diags = diags,
                       .src = src,
                       .module = module,
                       .v0 = options && options->v0};
    if (too_large(diags, src, text))
        return module;
    run(&build, text, false, keywords_of(options));
    pol_metadata_collect(arena, text, module);
    return module;
}

pol_node *pol_parse_query(pol_arena *arena, pol_diags *diags, uint32_t src,
                          const pol_parse_options *options)
{
    const pol_src *text = pol_srcs_at(diags->srcs, src);
    pol_ast_module module = {.src = src};
    pol_build build = {.arena = arena,
                       .diags = diags,
                       .src = src,
                       .module = &module,
                       .v0 = options && options->v0};
    if (too_large(diags, src, text))
        return NULL;
    run(&build, text, true, keywords_of(options));
    if (diags->errors > build.errors_before)
        return NULL;
    if (!build.query) {
        pol_span span = {src, 0, 0};
        pol_diag_add(diags, POL_DIAG_P0130, span, "the query is empty");
    }
    return build.query;
}
