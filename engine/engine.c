/* SPDX-License-Identifier: Apache-2.0
 *
 * The engine of pol.h: the builtins that modules may call. */
#include "compile.h"
#include "parse_module.h"

const char *pol_version(void)
{
    return "0.1.0";
}

/* What only the compiler knows; it replaces the calls by constants, so these
 * bodies run for calls that it cannot place: in a query, or by a mock. */
static pol_value no_rule(pol_call *call, const pol_value *args)
{
    (void)args;
    return pol_call_error(call, "there is no rule here");
}

static const pol_builtin own_builtins[] = {
    {"rego.metadata.chain", "() -> array[any]", no_rule, POL_PURE,
     "the annotations that apply to this rule, from it outward to its packages",
     NULL},
    {"rego.metadata.rule", "() -> any", no_rule, POL_PURE,
     "the annotations of this rule itself", NULL},
    {"rego.parse_module", "(string, string) -> object{string: any}",
     pol_parse_module_builtin, POL_PURE,
     "the syntax tree of a module, given its file name and text", NULL},
    {NULL, NULL, NULL, 0, NULL, NULL},
};

static const pol_builtin *load_module(void *host, const char *module,
                                      pol_arena *arena, const char **error)
{
    const pol_engine_options *options = host;
    return options->load(options->host, module, arena, error);
}

static int by_name(const void *a, const void *b)
{
    const pol_builtin *const *left = a, *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

static void sort_builtins(pol_engine *engine)
{
    uint32_t count = engine->registry.count;
    engine->sorted =
        arena_array(&engine->arena, const pol_builtin *, count + 1);
    for (uint32_t i = 0; i < count; i++)
        engine->sorted[i] = pol_registry_at(&engine->registry, i)->row;
    qsort(engine->sorted, count, sizeof *engine->sorted, by_name);
    engine->sorted[count] = NULL;
}

pol_engine *pol_engine_new(const pol_engine_options *options)
{
    pol_engine *engine = malloc(sizeof *engine);
    if (!engine)
        return NULL;
    *engine = (pol_engine){.sorted = NULL};
    pol_arena_init(&engine->arena, 0, NULL);
    pol_registry_init(&engine->registry, &engine->arena);
    if (options->load) {
        pol_engine_options *kept =
            arena_new(&engine->arena, pol_engine_options);
        *kept = *options;
        engine->registry.loader = load_module;
        engine->registry.loader_host = kept;
    }
    pol_registry_add(&engine->registry, own_builtins);
    for (const pol_builtin *const *table = options->builtins; *table; table++)
        pol_registry_add(&engine->registry, *table);
    sort_builtins(engine);
    return engine;
}

void pol_engine_free(pol_engine *engine)
{
    if (!engine)
        return;
    pol_arena_done(&engine->arena);
    free(engine);
}

const pol_builtin *pol_engine_builtin(const pol_engine *engine, uint32_t i)
{
    return i < engine->registry.count ? engine->sorted[i] : NULL;
}
