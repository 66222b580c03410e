/* SPDX-License-Identifier: Apache-2.0
 *
 * Running builtins: what happens before and after a body, and the services of
 * pol_ext.h that bodies use. */
#include "call.h"

#include <stdarg.h>
#include <strings.h>
#include <time.h>

#include "limit.h"
#include "pol_unknown.h"

/* ---- life of a pol_call ------------------------------------------------- */

struct pol_call_state_entry {
    pol_call_state_entry *next;
    const pol_state_class *cls;
    _Alignas(16) char state[];
};

static const pol_surroundings nothing;

void pol_call_begin(pol_call *call, pol_arena *arena,
                    const pol_surroundings *around, uint64_t *budget)
{
    *call = (pol_call){.arena = arena,
                       .around = around ? around : &nothing,
                       .budget = budget,
                       .states = call->states};
}

void pol_call_done(pol_call *call)
{
    pol_call_state_entry *entry = call->states;
    while (entry) {
        pol_call_state_entry *next = entry->next;
        if (entry->cls->done)
            entry->cls->done(entry->state);
        free(entry);
        entry = next;
    }
    *call = (pol_call){0};
}

/* ---- errors ------------------------------------------------------------- */

static const char *format(pol_arena *arena, size_t *len, const char *fmt,
                          va_list args)
{
    va_list again;
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, fmt, args);
    pol_assert(size >= 0);
    char *text = pol_arena_alloc(arena, (size_t)size + 1);
    vsnprintf(text, (size_t)size + 1, fmt, again);
    va_end(again);
    *len = (size_t)size;
    return text;
}

/* Only the first error of a call counts: it is what OPA would have met. */
static bool fail(pol_call *call, pol_call_status status)
{
    if (call->status != POL_CALL_OK)
        return false;
    call->status = status;
    return true;
}

pol_value pol_call_error(pol_call *call, const char *fmt, ...)
{
    if (!fail(call, POL_CALL_BUILTIN_ERROR))
        return pol_undefined();
    size_t len;
    va_list args;
    va_start(args, fmt);
    const char *text = format(call->arena, &len, fmt, args);
    va_end(args);
    call->message =
        pol_arena_printf(call->arena, "%s: %s", call->entry->row->name, text);
    return pol_undefined();
}

pol_value pol_call_type_error(pol_call *call, int operand, const char *wanted,
                              const char *got)
{
    if (!fail(call, POL_CALL_TYPE_ERROR))
        return pol_undefined();
    const char *name = call->entry->row->name;
    if (operand == 0)
        call->message = pol_arena_printf(call->arena, "%s: %s", name, wanted);
    else
        call->message = pol_arena_printf(
            call->arena, "%s: operand %d must be %s%s%s", name, operand, wanted,
            got ? " but got " : "", got ? got : "");
    return pol_undefined();
}

pol_value pol_call_unknown(pol_call *call)
{
    const pol_builtin_entry *entry = call->entry;
    call->may_fail = true;
    if (entry->is_void || entry->row->flags & POL_RELATION)
        return pol_unknown();
    return pol_unknown_of(entry->result->tags);
}

void pol_call_limit(pol_call *call, const char *limit)
{
    pol_trap_raise(call->arena->trap, POL_TRAP_WORK, limit);
}

void pol_call_spend(pol_call *call, uint64_t work)
{
    if (!call->budget)
        return;
    if (*call->budget < work) {
        *call->budget = 0;
        pol_trap_raise(call->arena->trap, POL_TRAP_INSTRUCTIONS,
                       "instructions");
    }
    *call->budget -= work;
}

/* ---- memory and state --------------------------------------------------- */

pol_arena *pol_call_arena(pol_call *call)
{
    return call->arena;
}

void *pol_call_alloc(pol_call *call, size_t size)
{
    return pol_arena_alloc(call->arena, size);
}

pol_value pol_call_printf(pol_call *call, const char *fmt, ...)
{
    size_t len;
    va_list args;
    va_start(args, fmt);
    const char *text = format(call->arena, &len, fmt, args);
    va_end(args);
    return pol_string(text, len);
}

void pol_call_defer(pol_call *call, void (*fn)(void *), void *ptr)
{
    pol_arena_defer(call->arena, fn, ptr);
}

void *pol_call_state(pol_call *call, const pol_state_class *cls)
{
    for (pol_call_state_entry *e = call->states; e; e = e->next)
        if (e->cls == cls)
            return e->state;
    pol_call_state_entry *entry = calloc(1, sizeof *entry + cls->size);
    if (!entry)
        pol_trap_raise(call->arena->trap, POL_TRAP_MEMORY, "memory");
    entry->cls = cls;
    entry->next = call->states;
    call->states = entry;
    return entry->state;
}

/* ---- surroundings ------------------------------------------------------- */

/* A builtin cannot go on sensibly without a time, but its signature has no room
 * for "none": the recorded error makes the result undefined whatever it
 * does. */
int64_t pol_call_now(pol_call *call)
{
    if (call->now)
        return call->now;
    if (call->around->now) {
        call->now = call->around->now;
    } else if (!call->around->allow_time) {
        pol_call_error(call, "the clock is off in this evaluation");
    } else {
        struct timespec ts;
        clock_gettime(CLOCK_REALTIME, &ts);
        call->now = (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
    }
    return call->now;
}

/* splitmix64: any seed is as good as another, 0 included. */
uint64_t pol_call_random(pol_call *call)
{
    uint64_t z = call->random += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

bool pol_call_may_reach(pol_call *call, const char *host)
{
    if (!call->around->allow_net)
        return false;
    const char *const *allowed = call->around->hosts;
    if (!allowed || !host)
        return true;
    for (; *allowed; allowed++)
        if (strcasecmp(*allowed, host) == 0)
            return true;
    return false;
}

void pol_call_print(pol_call *call, const char *line, size_t len)
{
    if (call->around->print)
        call->around->print(call->around->print_host, call->span, line, len);
}

pol_value pol_call_runtime(pol_call *call)
{
    if (pol_is_defined(call->around->runtime))
        return call->around->runtime;
    return pol_object_of(call->arena, NULL, NULL, 0);
}

/* ---- what lies inside arguments ----------------------------------------- */

typedef enum { SEEK_UNKNOWN, SEEK_SECRET } sought;

static bool is_sought(pol_value v, sought what)
{
    return what == SEEK_UNKNOWN ? v.tag == POL_UNKNOWN
                                : (v.flags & POL_SECRET) != 0;
}

/* Documents are at most POL_LIMIT_DOCUMENT_NESTING deep; what rules pile on top
 * of that is cut off with an error rather than a guess. */
static bool holds(pol_call *call, pol_value v, sought what, uint32_t depth)
{
    if (is_sought(v, what))
        return true;
    if (!pol_is_collection(v))
        return false;
    if (depth > 2 * POL_LIMIT_DOCUMENT_NESTING)
        pol_trap_raise(call->arena->trap, POL_TRAP_DEPTH, "nesting of a value");
    pol_call_spend(call, v.len / 8);
    for (uint32_t i = 0; i < v.len; i++) {
        if (v.tag != POL_OBJECT) {
            if (holds(call, pol_at(v, i), what, depth + 1))
                return true;
        } else if (holds(call, pol_key_at(v, i), what, depth + 1) ||
                   holds(call, pol_value_at(v, i), what, depth + 1)) {
            return true;
        }
    }
    return false;
}

static bool any_holds(pol_call *call, const pol_value *args, uint32_t count,
                      sought what)
{
    bool deep = what == SEEK_UNKNOWN ? call->around->unknowns
                                     : call->around->secrets;
    deep = deep && !(call->entry->row->flags & POL_LENIENT);
    for (uint32_t i = 0; i < count; i++)
        if (deep ? holds(call, args[i], what, 0) : is_sought(args[i], what))
            return true;
    return false;
}

/* Marks a result made from a secret. Every part is marked, because a part may
 * be taken out and shown alone; order and shape do not depend on the mark. */
static pol_value secret(pol_call *call, pol_value v, uint32_t depth)
{
    if (depth > 2 * POL_LIMIT_DOCUMENT_NESTING)
        pol_trap_raise(call->arena->trap, POL_TRAP_DEPTH, "nesting of a value");
    if (v.tag == POL_UNDEFINED || v.tag == POL_NULL || pol_is_bool(v))
        return v;
    if (pol_is_collection(v)) {
        pol_value *items = pol_items(call->arena, v.len);
        pol_value *keys =
            v.tag == POL_OBJECT ? pol_items(call->arena, v.len) : NULL;
        for (uint32_t i = 0; i < v.len; i++) {
            if (keys) {
                keys[i] = secret(call, pol_key_at(v, i), depth + 1);
                items[i] = secret(call, pol_value_at(v, i), depth + 1);
            } else {
                items[i] = secret(call, pol_at(v, i), depth + 1);
            }
        }
        if (keys)
            v = pol_object_of(call->arena, keys, items, v.len);
        else
            v.items = items;
    }
    v.flags |= POL_SECRET;
    return v;
}

/* ---- running ------------------------------------------------------------ */

static void set_functions(const pol_registry *registry, const char *module,
                          const pol_builtin *table)
{
    for (; table->name; table++) {
        int32_t index = pol_registry_find(registry, pol_str_of(table->name));
        if (index < 0)
            continue;
        pol_builtin_entry *entry = &registry->entries[index];
        if (entry->row->module && strcmp(entry->row->module, module) == 0)
            entry->fn = table->fn;
    }
}

static pol_builtin_fn function_of(pol_call *call, const pol_registry *registry)
{
    pol_builtin_fn fn = call->entry->fn;
    const char *module = call->entry->row->module;
    if (fn || !module)
        return fn;
    const char *error = "no extension libraries in this program";
    const pol_builtin *table = NULL;
    if (registry->loader)
        table = registry->loader(registry->loader_host, module, call->arena,
                                 &error);
    if (!table)
        pol_call_error(call, "cannot load %s: %s", module, error);
    else
        set_functions(registry, module, table);
    return call->entry->fn;
}

static bool check_arguments(pol_call *call, const pol_value *args,
                            uint32_t count)
{
    const pol_builtin_entry *entry = call->entry;
    if (entry->variadic || entry->row->flags & POL_UNCHECKED)
        return true;
    for (uint32_t i = 0; i < count; i++) {
        const pol_type *type = entry->params[i];
        if (type->tags & 1u << args[i].tag || args[i].tag == POL_UNKNOWN)
            continue;
        pol_call_type_error(call, (int)i + 1, pol_type_words(type, call->arena),
                            pol_type_name(args[i]));
        return false;
    }
    return true;
}

static bool makes_unknown(pol_call *call, const pol_value *args,
                          uint32_t count)
{
    const pol_builtin_entry *entry = call->entry;
    if (!(entry->row->flags & POL_LENIENT))
        return any_holds(call, args, count, SEEK_UNKNOWN);
    if (entry->row->flags & POL_RANGES)
        return false;
    for (uint32_t i = 0; !entry->variadic && i < count; i++)
        if (args[i].tag == POL_UNKNOWN &&
            !(entry->params[i]->tags & 1 << POL_UNKNOWN))
            return true;
    return false;
}

/* Every call of a builtin with POL_IMPURE draws from its own sequence, given by
 * the seed and the arguments: the same call gives the same answer however often
 * and in which order it is made. */
static uint64_t seed_of(pol_call *call, const pol_value *args, uint32_t count)
{
    uint64_t seed = call->around->seed;
    seed = pol_str_hash(pol_str_of(call->entry->row->name), seed);
    for (uint32_t i = 0; i < count; i++) {
        size_t len;
        const char *text =
            pol_value_text(call->arena, args[i], POL_TEXT_REGO, &len);
        seed = pol_str_hash((pol_str){text, len}, seed);
    }
    return seed;
}

/* A message may quote the argument it complains about. */
static void hide_message(pol_call *call)
{
    call->message =
        pol_arena_printf(call->arena, "%s: failed on a secret value",
                         call->entry->row->name);
}

static pol_value mark(pol_call *call, pol_value result)
{
    bool is_count = strcmp(call->entry->row->name, "count") == 0;
    return is_count ? result : secret(call, result, 0);
}

pol_value pol_call_run(pol_call *call, const pol_registry *registry,
                       uint32_t index, const pol_value *args, uint32_t count)
{
    const pol_builtin_entry *entry = pol_registry_at(registry, index);
    pol_assert(entry->variadic || entry->arity == count);
    call->entry = entry;
    call->status = POL_CALL_OK;
    call->message = NULL;
    call->may_fail = false;
    uint32_t flags = entry->row->flags;
    /* A wrong type is wrong whatever another argument turns out to be. */
    if (!check_arguments(call, args, count))
        return pol_undefined();
    if (makes_unknown(call, args, count))
        return pol_call_unknown(call);
    if (flags & POL_OUTSIDE && !call->around->allow_net)
        return pol_call_error(call, "the network is off in this evaluation");
    if (flags & POL_IMPURE)
        call->random = seed_of(call, args, count);
    pol_builtin_fn fn = function_of(call, registry);
    if (!fn)
        return pol_undefined();
    pol_value list = entry->variadic ? pol_array(args, count) : pol_undefined();
    pol_value result = fn(call, entry->variadic ? &list : args);
    bool marks = any_holds(call, args, count, SEEK_SECRET);
    if (marks && call->status != POL_CALL_OK)
        hide_message(call);
    if (call->status != POL_CALL_OK)
        return pol_undefined();
    return marks ? mark(call, result) : result;
}
