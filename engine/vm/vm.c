/* SPDX-License-Identifier: Apache-2.0
 *
 * Machines and their evaluations: making, beginning, asking, ending. The only
 * place that arms the trap. */
#include "vm.h"

#include "bounds.h"
#include "limit.h"

/* ---- making ------------------------------------------------------------------- */

static const char *const arith_names[5] = {"plus", "minus", "mul", "div",
                                           "rem"};

static void set_limits(pol_vm *vm)
{
    pol_vm_limits *limits = &vm->options.limits;
    if (!limits->instructions)
        limits->instructions = POL_LIMIT_INSTRUCTIONS;
    if (!limits->memory)
        limits->memory = POL_LIMIT_MEMORY;
    if (!limits->depth)
        limits->depth = POL_LIMIT_DEPTH;
    vm->max_depth = limits->depth;
}

/* About one cache entry for four instructions: every fourth is a FIELD. */
static size_t cache_size(const pol_program *program)
{
    enum { SMALLEST = 64, LARGEST = 8192 };
    size_t code = 0, size = SMALLEST;
    for (uint32_t i = 0; i < program->rule_count; i++)
        code += program->rules[i].chunk.count;
    while (size < LARGEST && size < code / 4)
        size *= 2;
    return size;
}

static bool allocate(pol_vm *vm)
{
    enum { FIRST_SEGMENT = 2048 }; /* values: 32 KiB */
    size_t caches = cache_size(vm->program);
    vm->cache_mask = caches - 1;
    vm->caches = calloc(caches, sizeof *vm->caches);
    vm->frames = calloc(vm->max_depth, sizeof *vm->frames);
    vm->slots = calloc((size_t)vm->program->rule_count + 1, sizeof *vm->slots);
    vm->segments = malloc(sizeof *vm->segments);
    pol_value *stack = malloc(FIRST_SEGMENT * sizeof *stack);
    if (!vm->segments || !stack) {
        free(stack);
        return false;
    }
    vm->segments[0] = (pol_machine_segment){stack, stack + FIRST_SEGMENT};
    vm->segment_count = 1;
    vm->segment_bytes = FIRST_SEGMENT * sizeof *stack;
    return vm->caches && vm->frames && vm->slots;
}

/* Can a call make an unknown value where the documents hold none? */
static bool calls_unknowing(const pol_program *program)
{
    for (uint32_t i = 0; i < program->rule_count; i++) {
        const pol_chunk *chunk = &program->rules[i].chunk;
        for (uint32_t k = 0; k < chunk->count; k++) {
            const pol_instr *instr = &chunk->code[k];
            if (instr->op == POL_OP_BUILTIN &&
                pol_registry_at(program->registry, instr->c)->row->flags &
                    POL_UNKNOWING)
                return true;
        }
    }
    return false;
}

pol_vm *pol_vm_new(const pol_program *program, const pol_vm_options *options)
{
    pol_vm *vm = calloc(1, sizeof *vm);
    if (!vm)
        return NULL;
    vm->program = program;
    if (options)
        vm->options = *options;
    vm->unknowing = calls_unknowing(program);
    set_limits(vm);
    atomic_init(&vm->interrupted, false);
    pol_arena_init(&vm->arena, vm->options.limits.memory, NULL);
    for (size_t i = 0; i < countof(arith_names); i++)
        vm->arith[i] =
            pol_registry_find(program->registry, pol_str_of(arith_names[i]));
    if (!allocate(vm)) {
        pol_vm_free(vm);
        return NULL;
    }
    pol_vm_begin(vm, &(pol_vm_roots){0});
    return vm;
}

void pol_vm_free(pol_vm *vm)
{
    if (!vm)
        return;
    pol_arena_done(&vm->arena);
    pol_call_done(&vm->call);
    for (uint32_t i = 0; i < vm->segment_count; i++)
        free(vm->segments[i].start);
    free(vm->segments);
    free(vm->slots);
    free(vm->frames);
    free(vm->caches);
    free(vm);
}

/* ---- evaluations ------------------------------------------------------------------ */

static const pol_shape no_keys;
static const pol_object no_members = {&no_keys};

/* Epochs tell this evaluation's entries from older ones; when one runs over,
 * everything is forgotten the slow way. */
static void next_epochs(pol_vm *vm, bool documents_kept)
{
    if (++vm->epoch == 0) {
        memset(vm->slots, 0, vm->program->rule_count * sizeof *vm->slots);
        vm->epoch = 1;
    }
    if (documents_kept)
        return;
    vm->cache_epoch += (uint64_t)1 << 32;
    if (vm->cache_epoch == 0) {
        memset(vm->caches, 0, (vm->cache_mask + 1) * sizeof *vm->caches);
        vm->cache_epoch = (uint64_t)1 << 32;
    }
}

void pol_vm_begin(pol_vm *vm, const pol_vm_roots *roots)
{
    pol_arena_reset(&vm->arena);
    next_epochs(vm, roots->documents_kept);
    memcpy(vm->root.roots, roots->roots, sizeof vm->root.roots);
    if (!pol_is_defined(vm->root.roots[POL_ROOT_DATA]))
        vm->root.roots[POL_ROOT_DATA] =
            (pol_value){.tag = POL_OBJECT, .obj = &no_members};
    vm->budget = vm->options.limits.instructions;
    vm->failed = vm->high = vm->sure = false;
    vm->bounded = roots->unknowns || vm->unknowing;
    vm->options.around.unknowns = vm->bounded;
    /* In bounds a rule may have two values: no slot a rule, a table. */
    vm->root.slots = vm->bounded ? NULL : vm->slots;
    vm->root.memo = (pol_memo){0};
    vm->builtin_errors = NULL;
    vm->builtin_error_count = vm->builtin_error_room = 0;
    atomic_store_explicit(&vm->interrupted, false, memory_order_relaxed);
    pol_call_begin(&vm->call, &vm->arena, &vm->options.around, &vm->budget);
}

/* The words for a trap that is no recorded error. */
static void describe(pol_vm *vm)
{
    const pol_vm_limits *limits = &vm->options.limits;
    char *text = vm->limit_text;
    size_t room = sizeof vm->limit_text;
    const char *name = vm->trap.limit ? vm->trap.limit : "work";
    switch (vm->trap.kind) {
    case POL_TRAP_INSTRUCTIONS:
        snprintf(text, room, "limit reached: %llu instructions",
                 (unsigned long long)limits->instructions);
        break;
    case POL_TRAP_MEMORY:
        snprintf(text, room, "limit reached: %zu bytes of memory",
                 limits->memory);
        break;
    case POL_TRAP_DEPTH:
        snprintf(text, room, "limit reached: call depth %u", limits->depth);
        break;
    case POL_TRAP_INTERRUPT:
        snprintf(text, room, "evaluation interrupted");
        break;
    default:
        snprintf(text, room, "limit reached: %s", name);
        break;
    }
}

/* After a trap: rules that were being evaluated may be asked for again. */
static pol_vm_status trapped(pol_vm *vm)
{
    for (uint32_t i = 0; i < vm->depth; i++)
        if (vm->frames[i].slot)
            vm->frames[i].slot->state = POL_MEMO_EMPTY;
    if (vm->trap.kind == POL_TRAP_ERROR && vm->failed)
        return POL_VM_ERROR;
    describe(vm);
    pol_span span = vm->trap.kind == POL_TRAP_WORK ? vm->call.span : vm->at;
    vm->failed = true;
    vm->error =
        (pol_vm_error){POL_DIAG_P0504, vm->limit_text, span,
                       vm->trap.kind != POL_TRAP_INTERRUPT};
    return POL_VM_ERROR;
}

/* What may leave through the trap; locals of the caller of setjmp would be lost
 * when it does. */
static pol_value run(pol_vm *vm, uint32_t rule, const pol_value *args)
{
    if (vm->program->rules[rule].kind == POL_PROGRAM_FUNCTION)
        return pol_machine_run(vm, rule, &vm->root, NULL, args);
    if (vm->bounded)
        return pol_bounds_rule(vm, &vm->root, rule, false);
    return pol_machine_rule(vm, &vm->root, rule);
}

static pol_vm_status evaluate(pol_vm *vm, uint32_t rule, const pol_value *args,
                              pol_value *out)
{
    pol_trap *const outer = vm->arena.trap;
    vm->depth = vm->nested = 0;
    vm->top = vm->segments[0].start;
    vm->limit = vm->segments[0].end;
    vm->at = POL_NO_SPAN;
    vm->failed = vm->sure = vm->folded = false;
    vm->trap.kind = POL_TRAP_NONE;
    vm->arena.trap = &vm->trap;
    pol_vm_status status;
    if (setjmp(vm->trap.env)) {
        status = trapped(vm);
    } else {
        *out = pol_unknown_plain(run(vm, rule, args));
        status = pol_is_defined(*out) ? POL_VM_DEFINED : POL_VM_UNDEFINED;
    }
    vm->arena.trap = outer;
    return status;
}

static bool is_no_function(const pol_vm *vm, uint32_t rule)
{
    return rule < vm->program->rule_count &&
           vm->program->rules[rule].kind != POL_PROGRAM_FUNCTION;
}

pol_vm_status pol_vm_rule(pol_vm *vm, uint32_t rule, pol_value *out)
{
    pol_assert(is_no_function(vm, rule));
    vm->high = false; /* an error may have left the other bound in force */
    return evaluate(vm, rule, NULL, out);
}

pol_vm_status pol_vm_rule_possible(pol_vm *vm, uint32_t rule, pol_value *out)
{
    pol_assert(is_no_function(vm, rule));
    vm->high = vm->bounded;
    return evaluate(vm, rule, NULL, out);
}

pol_vm_status pol_vm_function(pol_vm *vm, uint32_t rule, const pol_value *args,
                              uint32_t count, pol_value *out)
{
    pol_assert(rule < vm->program->rule_count &&
               vm->program->rules[rule].kind == POL_PROGRAM_FUNCTION &&
               vm->program->rules[rule].chunk.params == count);
    return evaluate(vm, rule, args, out);
}

/* ---- asking ------------------------------------------------------------------------- */

const pol_vm_error *pol_vm_last_error(const pol_vm *vm)
{
    return vm->failed ? &vm->error : NULL;
}

const pol_vm_error *pol_vm_builtin_errors(const pol_vm *vm, uint32_t *count)
{
    *count = vm->builtin_error_count;
    return vm->builtin_errors;
}

void pol_vm_stats(const pol_vm *vm, uint64_t *instructions, size_t *bytes)
{
    *instructions = vm->options.limits.instructions - vm->budget;
    *bytes = vm->arena.total;
}

void pol_vm_interrupt(pol_vm *vm)
{
    atomic_store_explicit(&vm->interrupted, true, memory_order_relaxed);
}

pol_arena *pol_vm_arena(pol_vm *vm)
{
    return &vm->arena;
}
