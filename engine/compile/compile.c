/* SPDX-License-Identifier: Apache-2.0
 *
 * The order of the compiler's passes; see compile.h. A pass that reports errors
 * is the last one to run, as in OPA: what follows would report consequences. */
#include "compile.h"

#include "annotation.h"
#include "buf.h"

pol_modules *pol_modules_new(pol_engine *engine)
{
    pol_modules *modules = malloc(sizeof *modules);
    if (!modules)
        return NULL;
    *modules = (pol_modules){.engine = engine};
    pol_arena_init(&modules->arena, 0, &modules->trap);
    pol_srcs_init(&modules->srcs, &modules->arena);
    modules->compile = (pol_compile){.arena = &modules->arena,
                                     .srcs = &modules->srcs,
                                     .registry = &engine->registry};
    return modules;
}

void pol_modules_free(pol_modules *modules)
{
    if (!modules)
        return;
    pol_arena_done(&modules->arena);
    free(modules);
}

/* Reports running out of memory; the modules cannot be used any more. */
static void report_trap(pol_modules *modules, pol_diags *diags)
{
    modules->broken = true;
    pol_diag_add(diags, POL_DIAG_P0504, POL_NO_SPAN, "out of %s",
                 modules->trap.limit ? modules->trap.limit : "resources");
}

bool pol_modules_add(pol_modules *modules, const char *name, const char *text,
                     size_t len, unsigned flags, pol_diags *diags)
{
    uint32_t before = diags->errors;
    if (setjmp(modules->trap.env)) {
        report_trap(modules, diags);
        return false;
    }
    diags->srcs = &modules->srcs;
    if (len > POL_LIMIT_SOURCE) {
        pol_diag *d = pol_diag_add(diags, POL_DIAG_P0302, POL_NO_SPAN,
                                   "`%s` has %zu bytes, more than %u", name,
                                   len, POL_LIMIT_SOURCE);
        pol_diag_help(diags, d, "split it into several files");
        modules->broken = true;
        return false;
    }
    uint32_t src = pol_srcs_add(&modules->srcs, pol_str_of(name),
                                (pol_str){text, len});
    pol_parse_options options = {.v0 = flags & POL_V0};
    pol_ast_module *module =
        pol_parse_module(&modules->arena, diags, src, &options);
    if (modules->compile.last_module)
        modules->compile.last_module->next = module;
    else
        modules->compile.modules = module;
    modules->compile.last_module = module;
    modules->broken |= diags->errors != before;
    return diags->errors == before;
}

bool pol_modules_package_part(const pol_modules *modules, uint32_t i,
                              const char **text, size_t *len)
{
    const pol_ast_module *module = modules->compile.last_module;
    if (!module || !module->package || i + 1 >= module->package->count)
        return false;
    const pol_node *part = module->package->child->next;
    for (; i; i--)
        part = part->next;
    *text = part->text.ptr;
    *len = part->text.len;
    return true;
}

static void grow_queries(pol_modules *modules)
{
    if (modules->query_count < modules->query_room)
        return;
    uint32_t room = modules->query_room ? modules->query_room * 2 : 4;
    pol_query_source *queries =
        arena_array(&modules->arena, pol_query_source, room);
    if (modules->query_count)
        memcpy(queries, modules->queries,
               modules->query_count * sizeof *queries);
    modules->queries = queries;
    modules->query_room = room;
}

int pol_modules_add_query(pol_modules *modules, const char *text, size_t len,
                          unsigned flags, pol_diags *diags)
{
    if (setjmp(modules->trap.env)) {
        report_trap(modules, diags);
        return -1;
    }
    diags->srcs = &modules->srcs;
    uint32_t src =
        pol_srcs_add(&modules->srcs, STR("query"), (pol_str){text, len});
    pol_parse_options options = {.v0 = flags & POL_V0};
    pol_node *body = pol_parse_query(&modules->arena, diags, src, &options);
    if (!body) {
        modules->broken = true;
        return -1;
    }
    grow_queries(modules);
    modules->queries[modules->query_count] =
        (pol_query_source){.body = body, .src = src, .v0 = options.v0};
    return (int)modules->query_count++;
}

void pol_modules_set_data(pol_modules *modules, pol_value data)
{
    modules->data = data;
}

/* The packages' names as people write them. */
static void name_packages(pol_compile *compile)
{
    for (pol_ast_module *m = compile->modules; m; m = m->next) {
        pol_buf buf;
        pol_buf_init(&buf, compile->arena);
        for (const pol_node *n = m->package->child->next; n; n = n->next) {
            if (buf.len)
                pol_buf_char(&buf, '.');
            pol_buf_str(&buf, n->text);
        }
        m->name = pol_buf_done(&buf);
    }
}

typedef void (*compile_pass)(pol_compile *compile);

static const compile_pass passes[] = {
    name_packages,      pol_tree_build,  pol_annotation_read, pol_resolve_modules,
    pol_safety_modules, pol_graph_check, pol_types_check,
};

/* A query has no definition of its own; this one carries its variables. */
static void analyse_query(pol_modules *modules, pol_query_source *query,
                          pol_gen_query *out)
{
    pol_compile *compile = &modules->compile;
    pol_ast_rule *holder = arena_new(&modules->arena, pol_ast_rule);
    uint32_t errors = compile->diags->errors;
    holder->body = query->body;
    holder->span = query->body->span;
    pol_resolve_query(compile, query->body, holder, query->v0);
    if (compile->diags->errors == errors)
        pol_safety_query(compile, query->body, holder);
    if (compile->diags->errors == errors)
        pol_types_query(compile, query->body, holder->slots);
    *out = (pol_gen_query){.body = query->body, .slots = holder->slots};
}

/* The machine trusts its code, so our own is verified too: a fault is reported,
 * never run. */
static bool verify(pol_modules *modules, pol_diags *diags)
{
    const char *fault = pol_program_verify(&modules->program, &modules->arena);
    if (!fault)
        return true;
    if (strstr(fault, "too large")) {
        pol_diag *diag =
            pol_diag_add(diags, POL_DIAG_P0303, POL_NO_SPAN, "%s", fault);
        pol_diag_help(diags, diag, "split the rule into several");
    } else {
        pol_diag_add(diags, POL_DIAG_P0505, POL_NO_SPAN,
                     "the compiler made unsound code: %s", fault);
    }
    return false;
}

static bool compile_modules(pol_modules *modules, pol_diags *diags)
{
    pol_compile *compile = &modules->compile;
    uint32_t errors = diags->errors;
    for (size_t i = 0; i < countof(passes); i++) {
        passes[i](compile);
        if (diags->errors != errors)
            return false;
    }
    pol_gen_query *queries =
        arena_array(&modules->arena, pol_gen_query, modules->query_count);
    for (uint32_t i = 0; i < modules->query_count; i++)
        analyse_query(modules, &modules->queries[i], &queries[i]);
    if (diags->errors != errors)
        return false;
    if (!pol_gen_program(compile, queries, modules->query_count,
                         &modules->program))
        return false;
    for (uint32_t i = 0; i < modules->query_count; i++)
        modules->queries[i].rule = queries[i].rule;
    return verify(modules, diags);
}

bool pol_modules_compile(pol_modules *modules,
                         const pol_compile_settings *settings,
                         pol_diags *diags)
{
    if (modules->broken || modules->compiled)
        return modules->compiled;
    if (setjmp(modules->trap.env)) {
        report_trap(modules, diags);
        return false;
    }
    diags->srcs = &modules->srcs;
    modules->compile.diags = diags;
    modules->compile.strict = settings && settings->strict;
    modules->compiled = compile_modules(modules, diags);
    modules->broken = !modules->compiled;
    return modules->compiled;
}
