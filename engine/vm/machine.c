/* SPDX-License-Identifier: Apache-2.0
 *
 * The slow side of the machine: whatever an instruction needs beyond a few
 * loads and compares; see machine.h. */
#include "bounds.h"

#include "buf.h"
#include "vdoc.h"

/* ---- rules --------------------------------------------------------------------- */

static POL_NORETURN void recursion(pol_vm *vm, uint32_t rule, pol_span span)
{
    pol_str path = vm->program->rules[rule].path;
    pol_machine_error(vm, POL_DIAG_P0505, span,
                      pol_arena_printf(&vm->arena,
                                       "rule %.*s depends on itself",
                                       (int)path.len, path.ptr));
}

/* Partial rules have a value in each bound. */
static uint32_t memo_key(const pol_vm *vm, uint32_t rule)
{
    pol_program_kind kind = vm->program->rules[rule].kind;
    bool upper = vm->high && kind != POL_PROGRAM_COMPLETE;
    return rule | (uint32_t)upper << 31;
}

pol_memo_slot *pol_machine_slot(pol_vm *vm, pol_env *env, uint32_t rule,
                                pol_span span)
{
    pol_memo_slot *slot =
        env->slots ? &env->slots[rule]
                   : pol_memo_at(&env->memo, &vm->arena, memo_key(vm, rule),
                         vm->epoch);
    if (slot->epoch != vm->epoch)
        *slot = (pol_memo_slot){.epoch = vm->epoch};
    if (slot->state == POL_MEMO_DONE)
        return slot;
    if (slot->state == POL_MEMO_BUSY)
        recursion(vm, rule, span);
    const pol_program_rule *r = &vm->program->rules[rule];
    if (env->targets && pol_env_hides(env, vm->program, r->node)) {
        slot->value = pol_env_base(env, vm->program, r->node, &vm->arena);
        slot->unsure = slot->value.tag == POL_UNKNOWN;
        if (pol_is_defined(r->key) && !slot->unsure)
            slot->value = pol_get(slot->value, r->key);
        slot->state = POL_MEMO_DONE;
    } else {
        slot->state = POL_MEMO_BUSY;
    }
    return slot;
}

pol_value pol_machine_rule(pol_vm *vm, pol_env *env, uint32_t rule)
{
    if (vm->bounded)
        return pol_bounds_rule(vm, env, rule, true);
    pol_memo_slot *slot = pol_machine_slot(vm, env, rule, POL_NO_SPAN);
    if (slot->state == POL_MEMO_DONE)
        return slot->value;
    return pol_machine_run(vm, rule, env, slot, NULL);
}

/* ---- stack --------------------------------------------------------------------- */

static POL_NORETURN void out_of_memory(pol_vm *vm)
{
    pol_trap_raise(&vm->trap, POL_TRAP_MEMORY, "memory");
}

static pol_machine_segment *add_segment(pol_vm *vm, size_t need)
{
    enum { FIRST = 4096 }; /* values: 64 KiB */
    size_t room = need > FIRST ? need : FIRST;
    size_t bytes = room * sizeof(pol_value);
    if (vm->segment_bytes + bytes > vm->options.limits.memory)
        out_of_memory(vm);
    pol_machine_segment *segments =
        realloc(vm->segments, (vm->segment_count + 1) * sizeof *segments);
    if (!segments)
        out_of_memory(vm);
    vm->segments = segments;
    pol_value *start = malloc(bytes);
    if (!start)
        out_of_memory(vm);
    pol_machine_segment *added = &segments[vm->segment_count++];
    *added = (pol_machine_segment){start, start + room};
    vm->segment_bytes += bytes;
    return added;
}

/* Segments behind the current one are free: frames leave in order. */
pol_value *pol_machine_room(pol_vm *vm, size_t need)
{
    uint32_t at = 0;
    while (vm->limit && at < vm->segment_count &&
           vm->segments[at++].end != vm->limit) {
    }
    pol_machine_segment *s = NULL;
    for (; at < vm->segment_count && !s; at++)
        if ((size_t)(vm->segments[at].end - vm->segments[at].start) >= need)
            s = &vm->segments[at];
    if (!s)
        s = add_segment(vm, need);
    vm->limit = s->end;
    return s->start;
}

/* ---- access -------------------------------------------------------------------- */

/* The index that the instruction met last is tried before the hash table. */
static uint32_t find(const pol_vm *vm, const pol_shape *shape,
                     uint32_t constant, uint32_t guess)
{
    pol_value key = vm->program->consts[constant];
    if (guess < shape->count) {
        pol_value there = shape->keys[guess];
        if (there.tag == POL_STRING && there.len == key.len &&
            memcmp(there.str, key.str, key.len) == 0)
            return guess;
    }
    int64_t at = pol_shape_find_string(shape, key.str, key.len,
                                       vm->program->const_hashes[constant]);
    return at < 0 ? UINT32_MAX : (uint32_t)at;
}

uint32_t pol_machine_find(pol_vm *vm, pol_machine_cache *cache,
                          const pol_shape *shape, uint32_t constant)
{
    pol_value key = vm->program->consts[constant];
    if (key.tag != POL_STRING) {
        int64_t at = pol_shape_find(shape, key);
        return at < 0 ? UINT32_MAX : (uint32_t)at;
    }
    uint32_t at = find(vm, shape, constant, cache->index);
    bool lasts = !pol_arena_owns(&vm->arena, shape);
    if (lasts || at != UINT32_MAX)
        *cache = (pol_machine_cache){lasts ? shape : NULL,
                                     vm->cache_epoch | constant, at};
    return at;
}

pol_value pol_machine_text(pol_vm *vm, pol_value number)
{
    char scratch[24];
    size_t len;
    const char *text = pol_number_text(number, scratch, &len);
    return pol_string_copy(&vm->arena, text, len);
}

/* What an unknown key may find; undefined: nothing. */
static pol_value get_any(pol_vm *vm, pol_value of, pol_value key)
{
    enum { MOST = 64 };
    pol_value v = pol_undefined();
    if (of.len > MOST)
        return pol_unknown();
    for (uint32_t i = 0; i < of.len; i++) {
        pol_value k = of.tag == POL_OBJECT  ? pol_key_at(of, i)
                      : of.tag == POL_ARRAY ? pol_int(i)
                                            : pol_at(of, i);
        if (!pol_unknown_equal(k, key))
            continue;
        k = of.tag == POL_OBJECT ? pol_value_at(of, i) : pol_at(of, i);
        v = pol_is_defined(v) ? pol_unknown_either(&vm->arena, v, k) : k;
    }
    return v;
}

static pol_value get_bounded(pol_vm *vm, pol_value of, pol_value key);

/* Which element of an array has the index is not known. */
static pol_value get_range(pol_vm *vm, const pol_unknown_range *range,
                           pol_value key)
{
    pol_value of = vm->high ? range->high : range->low;
    if (of.tag != POL_ARRAY)
        return get_bounded(vm, of, key);
    bool may = vm->high && (range->open || pol_unknown_in(key));
    return may || pol_is_defined(pol_get(of, key)) ? pol_unknown()
                                                   : pol_undefined();
}

/* A member that may be there or not is possible only. */
static pol_value get_bounded(pol_vm *vm, pol_value of, pol_value key)
{
    pol_value possible = vm->high ? pol_unknown() : pol_undefined();
    if (of.tag == POL_MACHINE_VDOC)
        return possible;
    const pol_unknown_range *range = pol_unknown_range_of(of);
    if (range)
        return get_range(vm, range, key);
    if (of.tag == POL_UNKNOWN)
        return pol_unknown_types(of) & POL_UNKNOWN_COLLECTION ? possible
                                                              : pol_undefined();
    if (!pol_unknown_in(key)) {
        pol_value v = pol_get(of, key);
        if (pol_is_defined(v) || of.tag != POL_SET)
            return v;
        return pol_unknown_has(of, key) ? possible : v;
    }
    return pol_is_collection(of) && vm->high ? get_any(vm, of, key)
                                             : pol_undefined();
}

pol_value pol_machine_get(pol_vm *vm, pol_env *env, pol_value of,
                          pol_value key)
{
    pol_value v;
    if (of.tag == POL_MACHINE_VDOC && !(vm->bounded && pol_unknown_in(key)))
        v = pol_vdoc_get(vm, env, of.len, key);
    else if (POL_UNLIKELY(vm->bounded))
        v = get_bounded(vm, of, key);
    else
        v = pol_get(of, key);
    if (pol_is_defined(v))
        v.flags |= of.flags;
    return v;
}

pol_value pol_machine_get_base(pol_vm *vm, pol_env *env, pol_value of,
                               pol_value key)
{
    pol_value v = pol_machine_get(vm, env, of, key);
    if (!pol_is_defined(v) && pol_is_number(key))
        v = pol_machine_get(vm, env, of, pol_machine_text(vm, key));
    return v;
}

/* ---- comparing ------------------------------------------------------------------ */

static unsigned order_of(const pol_vm *vm, pol_value a, pol_value b)
{
    if (POL_UNLIKELY(vm->bounded))
        return pol_unknown_order(a, b);
    int order = pol_compare(a, b);
    return order < 0 ? POL_LESS : order > 0 ? POL_MORE : POL_SAME;
}

pol_value pol_machine_compare(const pol_vm *vm, unsigned how, pol_value a,
                              pol_value b)
{
    static const uint8_t wanted[] = {
        [POL_MACHINE_EQ] = POL_SAME, [POL_MACHINE_NE] = POL_LESS | POL_MORE,
        [POL_MACHINE_LT] = POL_LESS, [POL_MACHINE_LE] = POL_LESS | POL_SAME,
        [POL_MACHINE_GT] = POL_MORE, [POL_MACHINE_GE] = POL_MORE | POL_SAME};
    unsigned may = order_of(vm, a, b);
    if (!(may & ~wanted[how]))
        return pol_bool(true);
    return may & wanted[how] ? pol_unknown_of(POL_UNKNOWN_BOOLEAN)
                             : pol_bool(false);
}

bool pol_machine_holds(const pol_vm *vm, unsigned how, pol_value a, pol_value b)
{
    pol_value v = pol_machine_compare(vm, how, a, b);
    return v.tag == POL_TRUE || (v.tag == POL_UNKNOWN && vm->high);
}

pol_value pol_machine_member(const pol_vm *vm, pol_value x, pol_value v)
{
    if (POL_UNLIKELY(vm->bounded)) {
        int has = pol_unknown_has(v, x);
        return has < 0 ? pol_unknown_of(POL_UNKNOWN_BOOLEAN) : pol_bool(has);
    }
    return pol_bool(pol_has(v, x));
}

/* ---- calls ---------------------------------------------------------------------- */

static void record(pol_vm *vm, const pol_vm_error *error)
{
    if (vm->builtin_error_count == POL_MACHINE_ERRORS)
        return;
    if (vm->builtin_error_count == vm->builtin_error_room) {
        uint32_t room = vm->builtin_error_room ? POL_MACHINE_ERRORS : 4;
        pol_vm_error *errors = arena_array(&vm->arena, pol_vm_error, room);
        if (vm->builtin_error_count)
            memcpy(errors, vm->builtin_errors,
                   vm->builtin_error_count * sizeof *errors);
        vm->builtin_errors = errors;
        vm->builtin_error_room = room;
    }
    vm->builtin_errors[vm->builtin_error_count++] = *error;
}

static void builtin_failed(pol_vm *vm)
{
    pol_diag_code code = vm->call.status == POL_CALL_TYPE_ERROR
                             ? POL_DIAG_P0502
                             : POL_DIAG_P0503;
    if (vm->options.strict_builtin_errors)
        pol_machine_error(vm, code, vm->call.span, vm->call.message);
    record(vm, &(pol_vm_error){code, vm->call.message, vm->call.span, false});
}

/* Only few know what to do with a range. */
static const pol_value *plain_arguments(pol_vm *vm, uint32_t builtin,
                                        const pol_value *args, uint32_t count)
{
    const pol_registry *registry = vm->program->registry;
    if (pol_registry_at(registry, builtin)->row->flags & POL_RANGES)
        return args;
    pol_value *plain = pol_items(&vm->arena, count);
    for (uint32_t i = 0; i < count; i++)
        plain[i] = pol_unknown_plain(args[i]);
    return plain;
}

pol_value pol_machine_builtin(pol_vm *vm, uint32_t builtin,
                              const pol_value *args, uint32_t count,
                              pol_span span)
{
    vm->call.span = span;
    vm->call.status = POL_CALL_OK;
    if (POL_UNLIKELY(vm->bounded))
        args = plain_arguments(vm, builtin, args, count);
    pol_value v = pol_call_run(&vm->call, vm->program->registry, builtin, args,
                               count);
    if (!pol_is_defined(v) && vm->call.status != POL_CALL_OK)
        builtin_failed(vm);
    /* The call might fail for the value that an unknown one turns out to be. */
    if (POL_UNLIKELY(v.tag == POL_UNKNOWN) && vm->call.may_fail && !vm->high)
        return pol_undefined();
    return v;
}

/* Whatever is no plain result goes to the builtin of the operator, which knows
 * the words of every error and the difference of sets. */
pol_value pol_machine_arith(pol_vm *vm, unsigned op, const pol_value *operands,
                            pol_span span)
{
    pol_value a = operands[0], b = operands[1];
    if (pol_is_number(a) && pol_is_number(b)) {
        const char *error = NULL;
        pol_value v =
            pol_number_arith(&vm->arena, (pol_arith)op, a, b, &error);
        v.flags |= (a.flags | b.flags) & POL_SECRET;
        if (pol_is_defined(v) || vm->arith[op] < 0)
            return v;
    }
    if (vm->arith[op] < 0)
        return pol_undefined();
    /* of unknown operands too: possible only */
    return pol_machine_builtin(vm, (uint32_t)vm->arith[op], operands, 2, span);
}

/* ---- loops ------------------------------------------------------------------------ */

/* What surely is in a range stands for LOW, what may be in it for HIGH; `every`
 * holds of the more, the fewer there are. */
static bool iter_unknown(pol_vm *vm, pol_value *l, pol_value v, unsigned how)
{
    const pol_unknown_range *range = pol_unknown_range_of(v);
    bool every = how == POL_MACHINE_EVERY;
    vm->folded |= !range || range->open;
    if (!(pol_unknown_types(v) & POL_UNKNOWN_COLLECTION))
        return false;
    if (!range) {
        l[0] = (pol_value){.tag = POL_MACHINE_ITER_UNKNOWN, .len = !every};
        return vm->high;
    }
    if (!pol_machine_iter(vm, NULL, l,
                          vm->high != every ? range->high : range->low, how))
        return false;
    if (l[0].tag == POL_MACHINE_ITER_ARRAY)
        l[0].tag = POL_MACHINE_ITER_RANGE;
    return true;
}

bool pol_machine_iter(pol_vm *vm, pol_env *env, pol_value *l, pol_value v,
                      unsigned how)
{
    l[1] = (pol_value){.tag = POL_UNDEFINED, .i = -1};
    l[2] = pol_undefined();
    l[0] = v;
    l[0].aux = 0;
    switch (v.tag) {
    case POL_ARRAY:
        l[0].tag = POL_MACHINE_ITER_ARRAY;
        if (how == POL_MACHINE_RELATION && !vm->high && v.len &&
            pol_at(v, v.len - 1).tag == POL_UNKNOWN)
            l[0].len--;
        if (how == POL_MACHINE_RELATION)
            vm->folded = true;
        return true;
    case POL_SET:
        l[0].tag = POL_MACHINE_ITER_SET;
        vm->folded |= vm->bounded && pol_unknown_in(v);
        return true;
    case POL_OBJECT:
        l[0].tag = POL_MACHINE_ITER_OBJECT;
        l[0].len = 0;
        return true;
    case POL_MACHINE_VDOC:
        return pol_vdoc_iter(vm, env, v.len, l);
    case POL_UNKNOWN:
        if (iter_unknown(vm, l, v, how))
            return true;
        break;
    default:
        break;
    }
    l[0] = pol_undefined();
    return false;
}

bool pol_machine_next(pol_vm *vm, pol_env *env, pol_value *l)
{
    switch (l->tag) {
    case POL_MACHINE_ITER_SET:
        if (!l->len)
            return false;
        l->len--;
        l[1] = l[2] = *l->items++;
        break;
    case POL_MACHINE_ITER_RANGE:
        if (!l->len)
            return false;
        l->len--;
        l[1] = pol_unknown();
        l[2] = *l->items++;
        break;
    case POL_MACHINE_ITER_VDOC:
        return pol_vdoc_next(vm, env, l);
    case POL_MACHINE_ITER_UNKNOWN:
        if (!l->len)
            return false;
        l->len--;
        l[1] = l[2] = pol_unknown();
        return true;
    default:
        return false;
    }
    l[1].flags |= l->flags;
    l[2].flags |= l->flags;
    return true;
}

/* ---- making ------------------------------------------------------------------------ */

pol_value pol_machine_object(pol_vm *vm, const pol_value *pairs,
                             uint32_t count)
{
    pol_value *keys = pol_items(&vm->arena, count);
    pol_value *values = pol_items(&vm->arena, count);
    for (uint32_t i = 0; i < count; i++) {
        keys[i] = pairs[2 * i];
        values[i] = pol_unknown_plain(pairs[2 * i + 1]);
        if (POL_UNLIKELY(vm->bounded) && pol_unknown_in(keys[i]))
            return pol_unknown(); /* no object has an unknown key */
    }
    return pol_object_of(&vm->arena, keys, values, count);
}

/* ---- errors ------------------------------------------------------------------------- */

void pol_machine_error(pol_vm *vm, pol_diag_code code, pol_span span,
                       const char *message)
{
    vm->failed = true;
    vm->error = (pol_vm_error){code, message, span, false};
    pol_trap_raise(&vm->trap, POL_TRAP_ERROR, NULL);
}

void pol_machine_limit(pol_vm *vm, pol_trap_kind kind, pol_span span)
{
    vm->at = span;
    pol_trap_raise(&vm->trap, kind, NULL);
}

/* "\n  1 at FILE:2", the place left out if it is not known. */
static void add_value(pol_vm *vm, pol_buf *buf, pol_value v, pol_span span)
{
    size_t len;
    const char *text = pol_value_text(&vm->arena, v, POL_TEXT_REGO, &len);
    pol_buf_cstr(buf, "\n  ");
    pol_buf_add(buf, text, len);
    const pol_src *src =
        vm->program->srcs ? pol_srcs_at(vm->program->srcs, span.src) : NULL;
    if (!src)
        return;
    pol_buf_cstr(buf, " at ");
    pol_buf_str(buf, src->name);
    pol_buf_printf(buf, ":%u", pol_src_place(src, span.off).line);
}

void pol_machine_conflict(pol_vm *vm, const pol_chunk *chunk,
                          const pol_instr *ip, pol_value first,
                          pol_value second)
{
    const pol_program_rule *rule = vm->program->rules;
    while (&rule->chunk != chunk)
        rule++;
    bool function = rule->kind == POL_PROGRAM_FUNCTION;
    pol_buf buf;
    pol_buf_init(&buf, &vm->arena);
    pol_buf_cstr(&buf, function ? "functions must not produce multiple outputs "
                                  "for same inputs: function "
                                : "complete rules must not produce multiple "
                                  "outputs: rule ");
    pol_buf_str(&buf, rule->path);
    pol_buf_cstr(&buf, " produced conflicting values");
    pol_buf_cstr(&buf, function ? " for the same inputs:" : ":");
    pol_span span = pol_machine_span(chunk, ip);
    /* aux is the first one's instruction + 1, 0 if it did not fit; it is of
     * another chunk if the value was not set by a RESULT. */
    pol_span before = first.aux && first.aux <= chunk->count
                          ? pol_machine_span(chunk, chunk->code + first.aux - 1)
                          : POL_NO_SPAN;
    add_value(vm, &buf, first, before);
    add_value(vm, &buf, second, span);
    pol_machine_error(vm, POL_DIAG_P0501, span, pol_buf_done(&buf).ptr);
}
