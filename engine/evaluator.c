/* SPDX-License-Identifier: Apache-2.0
 *
 * Evaluators of pol.h over the machine of vm.h. */
#include "compile.h"
#include "vm.h"

struct pol_evaluator {
    const pol_modules *modules;
    pol_vm *vm;
    void (*print)(void *host, const char *file, uint32_t line,
                  const char *text, size_t len);
    void *host;
};

/* The name and line of a span; "" and 0 without one. */
static void place_of(const pol_modules *modules, pol_span span,
                     const char **file, uint32_t *line, uint32_t *column)
{
    const pol_src *src = pol_srcs_at(&modules->srcs, span.src);
    pol_place place = {0, 0};
    if (src)
        place = pol_src_place(src, span.off);
    *file = src ? src->name.ptr : "";
    *line = place.line;
    *column = place.column;
}

static void print_line(void *host, pol_span span, const char *text, size_t len)
{
    pol_evaluator *evaluator = host;
    const char *file;
    uint32_t line, column;
    place_of(evaluator->modules, span, &file, &line, &column);
    evaluator->print(evaluator->host, file, line, text, len);
}

static pol_vm_options vm_options(pol_evaluator *evaluator,
                                 const pol_eval_options *options)
{
    return (pol_vm_options){
        .limits = {.instructions = options->max_instructions,
                   .memory = options->max_memory,
                   .depth = options->max_depth},
        .strict_builtin_errors = options->strict_builtin_errors,
        .around = {.allow_time = options->allow_time,
                   .allow_net = options->allow_net,
                   .hosts = options->hosts,
                   .now = options->now,
                   .seed = options->seed,
                   .runtime = options->runtime,
                   .print = options->print ? print_line : NULL,
                   .print_host = evaluator}};
}

pol_evaluator *pol_evaluator_new(const pol_modules *modules,
                                 const pol_eval_options *options)
{
    static const pol_eval_options defaults = {.max_depth = 0};
    pol_evaluator *evaluator = calloc(1, sizeof *evaluator);
    if (!evaluator)
        return NULL;
    if (!options)
        options = &defaults;
    evaluator->modules = modules;
    evaluator->print = options->print;
    evaluator->host = options->host;
    pol_vm_options inner = vm_options(evaluator, options);
    evaluator->vm = pol_vm_new(&modules->program, &inner);
    if (!evaluator->vm) {
        free(evaluator);
        return NULL;
    }
    return evaluator;
}

void pol_evaluator_free(pol_evaluator *evaluator)
{
    if (!evaluator)
        return;
    pol_vm_free(evaluator->vm);
    free(evaluator);
}

void pol_evaluator_begin(pol_evaluator *evaluator,
                         const pol_eval_documents *documents)
{
    pol_vm_roots roots = {.roots = {
        [POL_ROOT_INPUT] = documents->input,
        [POL_ROOT_DATA] = pol_is_defined(documents->data)
                              ? documents->data
                              : evaluator->modules->data,
        [POL_ROOT_RESOURCE] = documents->resource,
        [POL_ROOT_STACK] = documents->stack,
        [POL_ROOT_CONFIG] = documents->config,
    }};
    pol_vm_begin(evaluator->vm, &roots);
}

static pol_eval_status status_of(pol_vm_status status)
{
    return status == POL_VM_DEFINED     ? POL_DEFINED
           : status == POL_VM_UNDEFINED ? POL_UNDEFINED_RESULT
                                        : POL_FAILED;
}

pol_eval_status pol_evaluator_rule(pol_evaluator *evaluator, uint32_t rule,
                                   pol_value *out)
{
    return status_of(pol_vm_rule(evaluator->vm, rule, out));
}

pol_eval_status pol_evaluator_query(pol_evaluator *evaluator, int query,
                                    pol_value *out)
{
    uint32_t rule = evaluator->modules->queries[query].rule;
    pol_eval_status status = status_of(pol_vm_rule(evaluator->vm, rule, out));
    if (status == POL_DEFINED && out->len == 0)
        return POL_UNDEFINED_RESULT;
    return status;
}

static void view_error(const pol_evaluator *evaluator,
                       const pol_vm_error *error, pol_eval_error *out)
{
    *out = (pol_eval_error){.code = pol_diag_name(error->code),
                            .opa_code = pol_diag_opa(error->code),
                            .message = error->message,
                            .is_limit = error->is_limit};
    place_of(evaluator->modules, error->span, &out->file, &out->line,
             &out->column);
}

bool pol_evaluator_error(const pol_evaluator *evaluator, pol_eval_error *out)
{
    const pol_vm_error *error = pol_vm_last_error(evaluator->vm);
    if (error)
        view_error(evaluator, error, out);
    return error != NULL;
}

bool pol_evaluator_builtin_error(const pol_evaluator *evaluator, uint32_t i,
                                 pol_eval_error *out)
{
    uint32_t count;
    const pol_vm_error *errors = pol_vm_builtin_errors(evaluator->vm, &count);
    if (i >= count)
        return false;
    view_error(evaluator, &errors[i], out);
    return true;
}

pol_arena *pol_evaluator_arena(pol_evaluator *evaluator)
{
    return pol_vm_arena(evaluator->vm);
}

void pol_evaluator_interrupt(pol_evaluator *evaluator)
{
    pol_vm_interrupt(evaluator->vm);
}
