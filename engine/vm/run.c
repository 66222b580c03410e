/* SPDX-License-Identifier: Apache-2.0
 *
 * The loop that runs instructions.
 *
 * It trusts verified code: no bounds, types or heights are checked here. What is
 * hot and decided by a few loads stands in the loop, everything else is called
 * (machine.c, vdoc.c), so that registers stay free. The budget and the flag of
 * pol_vm_interrupt are looked at where code can repeat: NEXT, jumps backwards,
 * calls. A fail target that lies backwards leads to a NEXT (the verifier sees to
 * that). */
#include "bounds.h"

#include "vdoc.h"

/* Most strings that policies compare are short and of one length with what they
 * are compared to only when equal: a call costs more than the comparison. */
static inline bool same_bytes(const char *a, const char *b, size_t len)
{
    uint64_t x, y;
    if (len < sizeof x) {
        for (size_t i = 0; i < len; i++)
            if (a[i] != b[i])
                return false;
        return true;
    }
    for (size_t i = 0; i < len - sizeof x; i += sizeof x) {
        memcpy(&x, a + i, sizeof x);
        memcpy(&y, b + i, sizeof y);
        if (x != y)
            return false;
    }
    memcpy(&x, a + len - sizeof x, sizeof x);
    memcpy(&y, b + len - sizeof y, sizeof y);
    return x == y;
}

enum { DIFFERENT, SAME, UNDECIDED };

/* Equality at a glance. */
static inline int glance(const pol_value *a, const pol_value *b)
{
    if (a->tag != b->tag) {
        bool numbers = pol_is_number(*a) && pol_is_number(*b);
        return numbers || a->tag >= POL_UNKNOWN || b->tag >= POL_UNKNOWN
                   ? UNDECIDED
                   : DIFFERENT;
    }
    if (a->tag == POL_STRING) {
        if (a->len != b->len)
            return DIFFERENT;
        return a->str == b->str || same_bytes(a->str, b->str, a->len);
    }
    if (a->tag == POL_INT)
        return a->i == b->i;
    return a->tag <= POL_TRUE ? SAME : UNDECIDED;
}

static inline bool both_int(pol_value a, pol_value b)
{
    return a.tag == POL_INT && b.tag == POL_INT;
}

/* Whole-number arithmetic that stays within 64 bits, into *a; division and
 * remainder are rarer and go the long way. */
static inline bool quick_arith(unsigned op, pol_value *a, const pol_value *b)
{
    int64_t x = a->i, y = b->i;
    switch (op) {
    case POL_ADD:
        if ((y > 0 && x > INT64_MAX - y) || (y < 0 && x < INT64_MIN - y))
            return false;
        a->i = x + y;
        break;
    case POL_SUB:
        if ((y < 0 && x > INT64_MAX + y) || (y > 0 && x < INT64_MIN + y))
            return false;
        a->i = x - y;
        break;
    case POL_MUL:
        if (x != (int32_t)x || y != (int32_t)y)
            return false;
        a->i = x * y;
        break;
    default:
        return false;
    }
    a->flags |= b->flags;
    return true;
}

static inline bool holds(unsigned how, int order)
{
    switch (how) {
    case 0:
        return order == 0;
    case 1:
        return order != 0;
    case 2:
        return order < 0;
    case 3:
        return order <= 0;
    case 4:
        return order > 0;
    default:
        return order >= 0;
    }
}

/* Replacements of `with`: what the call of a function really calls. */
typedef struct callee {
    bool is_rule;
    uint32_t index;
    pol_value value; /* defined: the result, without a call */
    pol_env *env;
} callee;

static callee resolve(pol_vm *vm, pol_env *env, bool is_rule, uint32_t index)
{
    pol_env_mock *mock = pol_env_mock_of(env, is_rule, index);
    if (!mock)
        return (callee){is_rule, index, pol_undefined(), env};
    if (pol_is_defined(mock->value))
        return (callee){.value = mock->value};
    return (callee){mock->by_rule, mock->target, pol_undefined(),
                    pol_env_without(env, mock, &vm->arena)};
}

/* A rule that was marked busy but got no frame can be asked for again. */
static POL_NORETURN void too_deep(pol_vm *vm, pol_memo_slot *slot,
                                  pol_span span)
{
    if (slot)
        slot->state = POL_MEMO_EMPTY;
    pol_machine_limit(vm, POL_TRAP_DEPTH, span);
}

#if defined(__GNUC__)
#define DISPATCH() goto *labels[ip->op]
#define CASE(name) op_##name
#else
#define DISPATCH() goto dispatch
#define CASE(name) case POL_OP_##name
#endif

#define STEP()      \
    do {            \
        ip++;       \
        DISPATCH(); \
    } while (0)
#define GO(target)            \
    do {                      \
        ip = code + (target); \
        DISPATCH();           \
    } while (0)
/* The short form for hot tests, whose branch predictor entries stay their own;
 * the shared one elsewhere. */
#define FAIL_HERE()  \
    do {             \
        sp = base;   \
        GO(ip->fail); \
    } while (0)
#define FAIL() goto fail
#define SPAN() pol_machine_span(chunk, ip)
#define CHARGE()                                                     \
    do {                                                             \
        if (POL_UNLIKELY(vm->budget == 0 ||                          \
                         atomic_load_explicit(&vm->interrupted,      \
                                              memory_order_relaxed))) \
            goto spent;                                              \
        vm->budget--;                                                \
    } while (0)
/* What is taken out of a secret is secret. Rare, and a store of one byte would
 * hold up the next load of the whole value, hence the branch. */
#define INHERIT(part, whole)                   \
    do {                                       \
        if (POL_UNLIKELY((whole).flags))       \
            (part).flags |= (whole).flags;     \
    } while (0)
/* A test of two operands by order. */
#define ORDER_TEST(op, how)                         \
    do {                                            \
        sp -= 2;                                    \
        if (POL_LIKELY(both_int(sp[0], sp[1]))) {   \
            if (sp[0].i op sp[1].i)                 \
                STEP();                             \
            FAIL_HERE();                            \
        }                                           \
        if (pol_machine_holds(vm, how, sp[0], sp[1])) \
            STEP();                                 \
        FAIL();                                     \
    } while (0)
/* A test of two operands for equality. */
#define EQUAL_TEST(a, b)                               \
    do {                                               \
        int seen = glance(a, b);                       \
        if (seen == SAME)                              \
            STEP();                                    \
        if (POL_LIKELY(seen == DIFFERENT))             \
            FAIL_HERE();                               \
        if (pol_machine_holds(vm, POL_MACHINE_EQ, *(a), *(b))) \
            STEP();                                    \
        FAIL();                                        \
    } while (0)
/* Member c of the object `v`, which takes the place of *(to). */
#define OBJECT_FIELD(to)                                                   \
    do {                                                                   \
        const pol_shape *shape = v.obj->shape;                             \
        pol_machine_cache *cache =                                         \
            &vm->caches[((uintptr_t)ip >> 2) & vm->cache_mask];            \
        uint32_t at = cache->index;                                        \
        if (POL_UNLIKELY(cache->shape != shape ||                          \
                         cache->key != (vm->cache_epoch | ip->c)))         \
            at = pol_machine_find(vm, cache, shape, ip->c);                \
        if (at == UINT32_MAX)                                              \
            FAIL_HERE();                                                   \
        *(to) = v.obj->values[at];                                         \
        INHERIT(*(to), v);                                                 \
    } while (0)

pol_value pol_machine_run(pol_vm *vm, uint32_t rule, pol_env *env,
                          pol_memo_slot *slot, const pol_value *args)
{
#if defined(__GNUC__)
    static const void *const labels[] = {
#define OP(name, pops, pushes, operands, meaning) &&op_##name,
#include "opcode.def"
#undef OP
    };
#endif
    const pol_program *const program = vm->program;
    const pol_value *const consts = program->consts;
    const pol_chunk *chunk = NULL, *entered = &program->rules[rule].chunk;
    const pol_instr *ip = NULL, *code = NULL;
    pol_value *fp = NULL, *sp = vm->top, *base;
    pol_value v;
    bool calls_rule = false;

    if (++vm->nested > POL_MACHINE_NESTED)
        too_deep(vm, slot, POL_NO_SPAN);
    pol_value *locals = sp;
    pol_env *entered_env = env;

enter: {
    /* Into `entered`, with the arguments at `locals`: on the caller's stack, or
     * still in `args` of C. */
    if (POL_UNLIKELY(vm->depth == vm->max_depth))
        too_deep(vm, slot, ip ? SPAN() : POL_NO_SPAN);
    vm->frames[vm->depth++] =
        (pol_machine_frame){ip, fp, sp, vm->limit, chunk, env, slot};
    size_t need = (size_t)entered->locals + entered->stack;
    const pol_value *from = ip ? locals : args;
    if (POL_UNLIKELY(need > (size_t)(vm->limit - locals)))
        locals = pol_machine_room(vm, need);
    if (from != locals)
        for (uint32_t i = 0; i < entered->params; i++)
            locals[i] = from[i];
    for (uint32_t i = entered->params; i < entered->locals; i++)
        locals[i] = (pol_value){.tag = POL_UNDEFINED};
    chunk = entered;
    env = entered_env;
    fp = locals;
    sp = base = fp + chunk->locals;
    ip = code = chunk->code;
    DISPATCH();
}

fail:
    FAIL_HERE();

spent:
    pol_machine_limit(
        vm, vm->budget ? POL_TRAP_INTERRUPT : POL_TRAP_INSTRUCTIONS, SPAN());

#if !defined(__GNUC__)
dispatch:
    switch ((pol_opcode)ip->op) {
    case POL_OP_COUNT:
#endif

    /* ---- constants, locals, documents ---- */
    CASE(CONST) : *sp++ = consts[ip->c];
    STEP();
    CASE(LOAD) : *sp++ = fp[ip->b];
    STEP();
    CASE(STORE) : fp[ip->b] = *--sp;
    STEP();
    CASE(UNSET) : fp[ip->b] = pol_undefined();
    STEP();
    CASE(POP) : sp--;
    STEP();
    CASE(ROOT) : v = env->roots[ip->a];
    if (POL_UNLIKELY(!pol_is_defined(v))) {
        if (!ip->c)
            FAIL();
        v = consts[ip->c - 1];
    }
    *sp++ = v;
    STEP();
    CASE(VDOC) : *sp++ = pol_vdoc_of(ip->c);
    STEP();
    CASE(FORCE) : if (sp[-1].tag == POL_MACHINE_VDOC)
    {
        vm->top = sp;
        sp[-1] = pol_vdoc_force(vm, env, sp[-1].len);
        if (!pol_is_defined(sp[-1]))
            FAIL();
    }
    STEP();

    /* ---- access ---- */
    CASE(FIELDL) : v = fp[ip->b];
    if (POL_LIKELY(v.tag == POL_OBJECT)) {
        OBJECT_FIELD(sp);
        sp++;
        STEP();
    }
    sp++;
    goto field;
    CASE(FIELD) : v = sp[-1];
    if (POL_LIKELY(v.tag == POL_OBJECT)) {
        OBJECT_FIELD(sp - 1);
        STEP();
    }
field:
    vm->top = sp;
    sp[-1] = pol_machine_get(vm, env, v, consts[ip->c]);
    if (!pol_is_defined(sp[-1]))
        FAIL();
    STEP();
    CASE(INDEX) : sp--;
    v = sp[-1];
    if (v.tag == POL_ARRAY && sp[0].tag == POL_INT) {
        if ((uint64_t)sp[0].i >= v.len)
            FAIL();
        sp[-1] = v.items[sp[0].i];
        INHERIT(sp[-1], v);
        STEP();
    }
    vm->top = sp + 1;
    sp[-1] = ip->a ? pol_machine_get_base(vm, env, v, sp[0])
                   : pol_machine_get(vm, env, v, sp[0]);
    if (!pol_is_defined(sp[-1]))
        FAIL();
    STEP();
    CASE(ELEMENT) : v = fp[ip->b];
    if (POL_UNLIKELY(v.tag == POL_UNKNOWN)) {
        *sp++ = pol_unknown();
        STEP();
    }
    if (POL_UNLIKELY(v.tag != POL_ARRAY || ip->c >= v.len))
        pol_machine_error(vm, POL_DIAG_P0505, SPAN(),
                          "element of what is no such array");
    *sp = v.items[ip->c];
    INHERIT(*sp, v);
    sp++;
    STEP();

    /* ---- tests ---- */
    CASE(TEST) : v = *--sp;
    if (v.tag == POL_FALSE)
        FAIL_HERE();
    if (POL_UNLIKELY(v.tag == POL_UNKNOWN) &&
        pol_unknown_types(v) & 1 << POL_FALSE)
        goto undecided;
    STEP();
    CASE(EQ) : sp -= 2;
    EQUAL_TEST(&sp[0], &sp[1]);
    CASE(EQK) : sp--;
    EQUAL_TEST(sp, &consts[ip->c]);
    CASE(NE) : sp -= 2;
    {
        int seen = glance(&sp[0], &sp[1]);
        if (seen == UNDECIDED)
            seen = !pol_machine_holds(vm, POL_MACHINE_NE, sp[0], sp[1]);
        if (seen)
            FAIL();
        STEP();
    }
    CASE(LT) : ORDER_TEST(<, POL_MACHINE_LT);
    CASE(LE) : ORDER_TEST(<=, POL_MACHINE_LE);
    CASE(GT) : ORDER_TEST(>, POL_MACHINE_GT);
    CASE(GE) : ORDER_TEST(>=, POL_MACHINE_GE);
    CASE(IN) : sp -= 2;
    v = pol_machine_member(vm, sp[0], sp[1]);
    if (POL_UNLIKELY(v.tag == POL_UNKNOWN))
        goto undecided;
    if (v.tag != POL_TRUE)
        FAIL();
    STEP();
    CASE(IS_ARRAY) : v = fp[ip->b];
    if (POL_UNLIKELY(v.tag == POL_UNKNOWN)) {
        if (!(pol_unknown_types(v) & 1 << POL_ARRAY))
            FAIL();
        goto undecided;
    }
    if (v.tag != POL_ARRAY || v.len != ip->c)
        FAIL();
    STEP();
    CASE(IS_OBJECT) : v = fp[ip->b];
    if (POL_UNLIKELY(v.tag == POL_UNKNOWN)) {
        if (!(pol_unknown_types(v) & 1 << POL_OBJECT))
            FAIL();
        goto undecided;
    }
    if (v.tag != POL_OBJECT || v.len != ip->c)
        FAIL();
    STEP();
    CASE(IF_SURE) : if (POL_UNLIKELY(vm->bounded && !fp[ip->b].aux)) FAIL();
    /* fall through */
    CASE(IF_SET) : if (fp[ip->b].tag == POL_UNDEFINED) FAIL();
    STEP();
    CASE(JUMP) : if (code + ip->c <= ip) CHARGE();
    GO(ip->c);

    /* ---- computing ---- */
    CASE(COMPARE) : sp--;
    if (POL_LIKELY(both_int(sp[-1], sp[0])))
        v = pol_bool(
            holds(ip->a, (sp[-1].i > sp[0].i) - (sp[-1].i < sp[0].i)));
    else
        v = pol_machine_compare(vm, ip->a, sp[-1], sp[0]);
    sp[-1] = v;
    STEP();
    CASE(ARITH) : sp--;
    if (POL_LIKELY(both_int(sp[-1], sp[0]) &&
                   quick_arith(ip->a, &sp[-1], &sp[0])))
        STEP();
    v = pol_machine_arith(vm, ip->a, sp - 1, SPAN());
    if (!pol_is_defined(v))
        FAIL();
    sp[-1] = v;
    STEP();
    CASE(MEMBER) : sp--;
    sp[-1] = pol_machine_member(vm, sp[-1], sp[0]);
    STEP();
    CASE(ARRAY) : {
        pol_value *items = pol_items(&vm->arena, ip->c);
        sp -= ip->c;
        memcpy(items, sp, ip->c * sizeof *items);
        if (POL_UNLIKELY(vm->bounded))
            pol_bounds_plain(items, ip->c);
        *sp++ = pol_array(items, ip->c);
    }
    STEP();
    CASE(SET) : {
        pol_value *items = pol_items(&vm->arena, ip->c);
        sp -= ip->c;
        memcpy(items, sp, ip->c * sizeof *items);
        if (POL_UNLIKELY(vm->bounded))
            pol_bounds_plain(items, ip->c);
        *sp++ = pol_set(items, ip->c);
    }
    STEP();
    CASE(OBJECT) : sp -= 2 * (size_t)ip->c;
    *sp = pol_machine_object(vm, sp, ip->c);
    sp++;
    STEP();
    CASE(BUILTIN) : CHARGE();
    sp -= ip->a;
    if (POL_UNLIKELY(env->mocks != NULL)) {
        calls_rule = false;
        goto mocked;
    }
    v = pol_machine_builtin(vm, ip->c, sp, ip->a, SPAN());
    if (!pol_is_defined(v))
        FAIL();
    *sp++ = v;
    STEP();
    CASE(CALL) : CHARGE();
    sp -= ip->a;
    if (POL_UNLIKELY(env->mocks != NULL)) {
        calls_rule = true;
        goto mocked;
    }
    if (POL_UNLIKELY(vm->bounded)) {
        vm->top = sp + ip->a;
        v = pol_bounds_call(vm, env, ip->c, sp);
        if (!pol_is_defined(v))
            FAIL();
        *sp++ = v;
        STEP();
    }
    entered = &program->rules[ip->c].chunk;
    entered_env = env;
    slot = NULL;
    locals = sp;
    goto enter;
    CASE(RULE) : if (POL_LIKELY(env->slots != NULL))
    {
        slot = &env->slots[ip->c];
        if (slot->epoch == vm->epoch && slot->state == POL_MEMO_DONE &&
            pol_is_defined(slot->value)) {
            *sp++ = slot->value;
            STEP();
        }
    }
    CHARGE();
    if (POL_UNLIKELY(vm->bounded)) {
        vm->top = sp;
        v = pol_bounds_rule(vm, env, ip->c, ip->a);
        if (!pol_is_defined(v))
            FAIL();
        *sp++ = v;
        STEP();
    }
    slot = pol_machine_slot(vm, env, ip->c, SPAN());
    if (slot->state == POL_MEMO_DONE) {
        if (!pol_is_defined(slot->value))
            FAIL();
        *sp++ = slot->value;
        STEP();
    }
    entered = &program->rules[ip->c].chunk;
    entered_env = env;
    locals = sp;
    goto enter;

    /* ---- loops ---- */
    CASE(ITER) : vm->top = sp;
    if (!pol_machine_iter(vm, env, &fp[ip->b], *--sp, ip->a))
        FAIL();
    STEP();
    CASE(NEXT) : {
        pol_value *l = &fp[ip->b];
        CHARGE();
        if (POL_LIKELY(l->tag == POL_MACHINE_ITER_ARRAY)) {
            if (!l->len)
                FAIL_HERE();
            l->len--;
            l[1] = pol_int((int64_t)((uint64_t)l[1].i + 1));
            l[2] = *l->items++;
            INHERIT(l[2], *l);
            STEP();
        }
        if (l->tag == POL_MACHINE_ITER_OBJECT) {
            const pol_shape *shape = l->obj->shape;
            if (l->len >= shape->count)
                FAIL();
            l[1] = shape->keys[l->len];
            l[2] = l->obj->values[l->len++];
            INHERIT(l[1], *l);
            INHERIT(l[2], *l);
            STEP();
        }
        vm->top = sp;
        if (!pol_machine_next(vm, env, l))
            FAIL();
        STEP();
    }

    /* ---- building ---- */
    CASE(BUILD) : fp[ip->b] = (pol_value){
        .tag = POL_MACHINE_COLLECT,
        .aux = vm->folded,
        .ptr = pol_collect_new(&vm->arena, (pol_tag)ip->a, vm->bounded)};
    vm->folded = false;
    STEP();
#define COLLECT() ((pol_collect *)(uintptr_t)fp[ip->b].ptr)
#define PC() ((uint32_t)(ip - code))
    CASE(APPEND) : pol_collect_append(COLLECT(), *--sp);
    STEP();
    CASE(PUT) : sp -= 2;
    pol_collect_put(COLLECT(), sp[0], sp[1], PC());
    STEP();
    CASE(PUT_PATH) : sp -= (size_t)ip->a + 1;
    pol_collect_put_path(COLLECT(), sp, ip->a, false, PC());
    STEP();
    CASE(PUT_MEMBER) : sp -= (size_t)ip->a + 1;
    pol_collect_put_path(COLLECT(), sp, ip->a, true, PC());
    STEP();
    CASE(SEAL) : {
        uint32_t pc = 0;
        v = pol_collect_seal(COLLECT(), &pc);
        if (POL_UNLIKELY(vm->bounded))
            v = pol_bounds_sealed(vm, v, fp[ip->b].aux);
        if (POL_UNLIKELY(!pol_is_defined(v)))
            pol_machine_error(vm, POL_DIAG_P0501,
                              pol_machine_span(chunk, code + pc),
                              "object keys must be unique");
        fp[ip->b] = v;
    }
    STEP();

    /* ---- results ---- */
    CASE(RESULT) : v = *--sp;
    if (POL_UNLIKELY(vm->bounded)) {
        uint16_t place = PC() < UINT16_MAX ? (uint16_t)(PC() + 1) : UINT16_MAX;
        if (!pol_bounds_result(vm, &fp[ip->b], v, place))
            pol_machine_conflict(vm, chunk, ip, fp[ip->b], v);
        STEP();
    }
    if (POL_LIKELY(!pol_is_defined(fp[ip->b]))) {
        v.aux = PC() < UINT16_MAX ? (uint16_t)(PC() + 1) : 0;
        fp[ip->b] = v;
    } else if (!pol_equal(fp[ip->b], v)) {
        pol_machine_conflict(vm, chunk, ip, fp[ip->b], v);
    }
    STEP();
    CASE(RETURN) : {
        v = fp[ip->b];
        bool sure = v.aux != 0;
        v.aux = 0;
        const pol_machine_frame *f = &vm->frames[--vm->depth];
        if (f->slot) {
            f->slot->value = v;
            f->slot->state = POL_MEMO_DONE;
        }
        vm->limit = f->limit;
        ip = f->ip;
        if (!ip) {
            vm->nested--;
            vm->sure = sure; /* of bounded evaluations; they all pass here */
            return v;
        }
        fp = f->fp;
        sp = f->sp;
        chunk = f->chunk;
        code = chunk->code;
        env = f->env;
        base = fp + chunk->locals;
        if (!pol_is_defined(v))
            FAIL();
        *sp++ = v;
        STEP();
    }

    /* ---- bounds ---- */
    CASE(FLIP) : vm->high ^= vm->bounded;
    STEP();
    CASE(LOWER) : vm->high = false;
    STEP();
    CASE(AGAIN) : if (POL_UNLIKELY(vm->bounded && !vm->high))
    {
        CHARGE();
        vm->high = true;
        GO(ip->c);
    }
    STEP();
    CASE(SETTLED) : if (POL_UNLIKELY(vm->high)) STEP();
    GO(ip->c);
    CASE(AGREE) : if (POL_UNLIKELY(vm->bounded))
    {
        CHARGE();
        if (pol_bounds_again(vm, &fp[ip->b]))
            GO(ip->c);
    }
    STEP();

    /* ---- environments ---- */
#define ENV() ((pol_env *)(uintptr_t)fp[ip->b].ptr)
    CASE(ENV_SAVE) : fp[ip->b] =
        (pol_value){.tag = POL_MACHINE_ENV, .ptr = env};
    STEP();
    CASE(ENV_NEW) : fp[ip->b] =
        (pol_value){.tag = POL_MACHINE_ENV,
                    .ptr = pol_env_copy(&vm->arena, env)};
    STEP();
    CASE(ENV_SET) : v = pol_unknown_plain(*--sp);
    if (!pol_env_set(ENV(), &vm->arena, program, (pol_root)ip->a,
                     consts[ip->c], v))
        pol_machine_error(vm, POL_DIAG_P0501, SPAN(), "bad document path");
    STEP();
    CASE(ENV_MOCK) : pol_env_mock_add(
        ENV(), &vm->arena,
        (pol_env_mock){.function = ip->c,
                       .is_rule = ip->a & POL_MOCK_RULE,
                       .by_rule = ip->a & POL_MOCK_BY_RULE,
                       .target = ip->fail});
    STEP();
    CASE(ENV_VALUE) : v = pol_unknown_plain(*--sp);
    pol_env_mock_add(ENV(), &vm->arena,
                     (pol_env_mock){.function = ip->c,
                                    .is_rule = ip->a & POL_MOCK_RULE,
                                    .value = v});
    STEP();
    CASE(ENV_USE) : env = ENV();
    STEP();
#if !defined(__GNUC__)
    }
#endif

undecided:
    if (vm->high)
        STEP();
    FAIL();

mocked: {
    /* A call with the arguments at sp under replacements. */
    callee to = resolve(vm, env, calls_rule, ip->c);
    v = to.value;
    if (!pol_is_defined(v) && to.is_rule && vm->bounded) {
        vm->top = sp + ip->a;
        v = pol_bounds_call(vm, to.env, to.index, sp);
        if (!pol_is_defined(v))
            FAIL();
    }
    if (!pol_is_defined(v) && to.is_rule) {
        entered = &program->rules[to.index].chunk;
        entered_env = to.env;
        slot = NULL;
        locals = sp;
        goto enter;
    }
    if (!pol_is_defined(v))
        v = pol_machine_builtin(vm, to.index, sp, ip->a, SPAN());
    if (!pol_is_defined(v))
        FAIL();
    *sp++ = v;
    STEP();
}
}
