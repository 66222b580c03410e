/* SPDX-License-Identifier: Apache-2.0
 *
 * What happens around a builtin: checks before it, errors and marks after it,
 * and the services it uses. The builtins here are made for that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "call.h"

static int calls, freed;

static pol_value echo(pol_call *call, const pol_value *args)
{
    (void)call;
    calls++;
    return args[0];
}

static pol_value fails(pol_call *call, const pol_value *args)
{
    pol_call_error(call, "bad value %.*s", (int)args[0].len, args[0].str);
    return pol_call_error(call, "a second error");
}

static pol_value now(pol_call *call, const pol_value *args)
{
    (void)args;
    return pol_int(pol_call_now(call));
}

static pol_value draw(pol_call *call, const pol_value *args)
{
    (void)args;
    return pol_int((int64_t)(pol_call_random(call) >> 1));
}

static pol_value spend(pol_call *call, const pol_value *args)
{
    pol_call_spend(call, (uint64_t)args[0].i);
    return pol_bool(true);
}

static pol_value limit(pol_call *call, const pol_value *args)
{
    (void)args;
    pol_call_limit(call, "made-up steps");
}

static void count_free(void *state)
{
    freed += *(int *)state;
}

static const pol_state_class counter = {sizeof(int), count_free};

static pol_value counted(pol_call *call, const pol_value *args)
{
    (void)args;
    int *count = pol_call_state(call, &counter);
    return pol_int(++*count);
}

static pol_value total(pol_call *call, const pol_value *args)
{
    (void)call;
    return pol_int(args[0].len);
}

static const pol_builtin table[] = {
    {"echo", "(any) -> any", echo, POL_PURE, "", NULL},
    {"echo_text", "(string) -> string", echo, POL_PURE, "", NULL},
    {"echo_list", "(any<array[any] | set[any]>) -> any", echo, POL_PURE, "",
     NULL},
    {"lenient", "(any) -> any", echo, POL_LENIENT, "", NULL},
    {"lenient_text", "(any<string | array[any]>) -> any", echo, POL_LENIENT,
     "", NULL},
    {"unchecked", "(string) -> any", echo, POL_UNCHECKED, "", NULL},
    {"outside", "(any) -> any", echo, POL_OUTSIDE, "", NULL},
    {"fails", "(string) -> any", fails, POL_PURE, "", NULL},
    {"now", "(any) -> number", now, POL_IMPURE, "", NULL},
    {"draw", "(any) -> number", draw, POL_IMPURE, "", NULL},
    {"spend", "(number) -> boolean", spend, POL_PURE, "", NULL},
    {"limit", "(any) -> boolean", limit, POL_PURE, "", NULL},
    {"counted", "(any) -> number", counted, POL_PURE, "", NULL},
    {"count", "(any) -> number", total, POL_PURE, "", NULL},
    {"all_of", "(...any) -> any", echo, POL_PURE, "", NULL},
    {"elsewhere", "(any) -> any", NULL, POL_PURE, "", "module"},
    {"nowhere", "(any) -> any", NULL, POL_PURE, "", "missing"},
    {0},
};

static const pol_builtin module_table[] = {
    {"elsewhere", "(any) -> any", echo, POL_PURE, "", NULL},
    {"echo", "(any) -> any", fails, POL_PURE, "", NULL},
    {0},
};

static const pol_builtin *load(void *host, const char *module, pol_arena *arena,
                               const char **error)
{
    ++*(int *)host;
    if (strcmp(module, "module") == 0)
        return module_table;
    *error = pol_arena_printf(arena, "no file %s", module);
    return NULL;
}

typedef struct fixture {
    pol_arena arena;
    pol_trap trap;
    pol_registry registry;
    pol_call call;
    pol_surroundings around;
    uint64_t budget;
    int loads;
} fixture;

static void start(fixture *f)
{
    f->budget = 1000;
    pol_call_begin(&f->call, &f->arena, &f->around, &f->budget);
}

static int setup(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    pol_arena_init(&f->arena, 0, &f->trap);
    pol_registry_init(&f->registry, &f->arena);
    pol_registry_add(&f->registry, table);
    f->registry.loader = load;
    f->registry.loader_host = &f->loads;
    calls = freed = 0;
    start(f);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    pol_call_done(&f->call);
    pol_arena_done(&f->arena);
    free(f);
    return 0;
}

static pol_value run(fixture *f, const char *name, pol_value arg)
{
    int32_t index = pol_registry_find(&f->registry, pol_str_of(name));
    assert_true(index >= 0);
    return pol_call_run(&f->call, &f->registry, (uint32_t)index, &arg, 1);
}

static pol_value list_of(fixture *f, pol_value item)
{
    pol_value *items = pol_items(&f->arena, 1);
    items[0] = item;
    return pol_array(items, 1);
}

static pol_value secret_text(void)
{
    pol_value v = pol_literal("hunter2");
    v.flags |= POL_SECRET;
    return v;
}

static const pol_value unknown = {.tag = POL_UNKNOWN};

static void test_types(void **state)
{
    fixture *f = *state;
    assert_int_equal(run(f, "echo_text", pol_literal("a")).tag, POL_STRING);
    assert_int_equal(run(f, "echo_text", pol_int(1)).tag, POL_UNDEFINED);
    assert_int_equal(f->call.status, POL_CALL_TYPE_ERROR);
    assert_string_equal(f->call.message,
                        "echo_text: operand 1 must be string but got number");
    run(f, "echo_list", pol_null());
    assert_string_equal(
        f->call.message,
        "echo_list: operand 1 must be one of {set, array} but got null");
    assert_int_equal(calls, 1);
    assert_int_equal(run(f, "unchecked", pol_int(1)).tag, POL_INT);
    assert_int_equal(f->call.status, POL_CALL_OK);
    pol_value all = run(f, "all_of", pol_int(7));
    assert_int_equal(all.tag, POL_ARRAY);
    assert_int_equal(pol_at(all, 0).i, 7);
}

static void test_first_error_counts(void **state)
{
    fixture *f = *state;
    assert_int_equal(run(f, "fails", pol_literal("x")).tag, POL_UNDEFINED);
    assert_int_equal(f->call.status, POL_CALL_BUILTIN_ERROR);
    assert_string_equal(f->call.message, "fails: bad value x");
}

static void test_unknown(void **state)
{
    fixture *f = *state;
    pol_value inside = list_of(f, unknown);
    assert_int_equal(run(f, "echo", unknown).tag, POL_UNKNOWN);
    assert_int_equal(calls, 0);
    assert_int_equal(run(f, "echo", inside).tag, POL_ARRAY);
    f->around.unknowns = true;
    assert_int_equal(run(f, "echo", inside).tag, POL_UNKNOWN);
    assert_int_equal(run(f, "lenient", inside).tag, POL_ARRAY);
    calls = 0;
    assert_int_equal(run(f, "lenient_text", unknown).tag, POL_UNKNOWN);
    assert_int_equal(calls, 0);
    run(f, "lenient", unknown);
    assert_int_equal(calls, 1);
}

static void test_secret(void **state)
{
    fixture *f = *state;
    pol_value inside = list_of(f, secret_text());
    assert_int_equal(run(f, "echo", secret_text()).flags, POL_SECRET);
    pol_value v = list_of(f, pol_literal("part"));
    v.flags |= POL_SECRET;
    v = run(f, "echo", v);
    assert_int_equal(pol_at(v, 0).flags, POL_SECRET);
    assert_int_equal(run(f, "count", secret_text()).flags, 0);
    assert_int_equal(run(f, "echo", inside).flags, 0);
    f->around.secrets = true;
    assert_int_equal(run(f, "echo", inside).flags, POL_SECRET);
    assert_int_equal(run(f, "lenient", inside).flags, 0);
    run(f, "fails", secret_text());
    assert_string_equal(f->call.message, "fails: failed on a secret value");
}

static void test_surroundings(void **state)
{
    fixture *f = *state;
    assert_int_equal(run(f, "now", pol_null()).tag, POL_UNDEFINED);
    assert_int_equal(f->call.status, POL_CALL_BUILTIN_ERROR);
    f->around.now = 42;
    assert_int_equal(run(f, "now", pol_null()).i, 42);
    f->around = (pol_surroundings){.allow_time = true};
    start(f);
    int64_t first = run(f, "now", pol_null()).i;
    assert_true(first > 1500000000000000000);
    assert_int_equal(run(f, "now", pol_null()).i, first);

    static const char *const hosts[] = {"Example.com", NULL};
    assert_int_equal(run(f, "outside", pol_null()).tag, POL_UNDEFINED);
    assert_false(pol_call_may_reach(&f->call, NULL));
    f->around.allow_net = true;
    assert_int_equal(run(f, "outside", pol_null()).tag, POL_NULL);
    assert_true(pol_call_may_reach(&f->call, "other.org"));
    f->around.hosts = hosts;
    assert_false(pol_call_may_reach(&f->call, "other.org"));
    assert_true(pol_call_may_reach(&f->call, "example.com"));
    assert_int_equal(pol_call_runtime(&f->call).tag, POL_OBJECT);
}

static void test_random(void **state)
{
    fixture *f = *state;
    int64_t a = run(f, "draw", pol_int(1)).i, b = run(f, "draw", pol_int(2)).i;
    assert_true(a != b);
    assert_int_equal(run(f, "draw", pol_int(1)).i, a);
    f->around.seed = 1;
    assert_true(run(f, "draw", pol_int(1)).i != a);
}

static void test_bounds(void **state)
{
    fixture *f = *state;
    assert_int_equal(run(f, "spend", pol_int(1000)).tag, POL_TRUE);
    if (setjmp(f->trap.env) == 0) {
        run(f, "spend", pol_int(1));
        fail_msg("more than the budget was spent");
    }
    assert_int_equal(f->trap.kind, POL_TRAP_INSTRUCTIONS);
    if (setjmp(f->trap.env) == 0) {
        run(f, "limit", pol_null());
        fail_msg("a limit was passed");
    }
    assert_int_equal(f->trap.kind, POL_TRAP_WORK);
    assert_string_equal(f->trap.limit, "made-up steps");
}

static void test_state(void **state)
{
    fixture *f = *state;
    run(f, "counted", pol_null());
    start(f);
    assert_int_equal(run(f, "counted", pol_null()).i, 2);
    pol_call_done(&f->call);
    assert_int_equal(freed, 2);
}

static void test_module(void **state)
{
    fixture *f = *state;
    assert_int_equal(run(f, "elsewhere", pol_int(5)).i, 5);
    assert_int_equal(run(f, "elsewhere", pol_int(6)).i, 6);
    assert_int_equal(f->loads, 1);
    assert_int_equal(run(f, "echo", pol_int(5)).i, 5); /* not the module's */
    run(f, "nowhere", pol_int(5));
    assert_string_equal(f->call.message,
                        "nowhere: cannot load missing: no file missing");
}

int main(void)
{
#define CASE(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(test_types),        CASE(test_first_error_counts),
        CASE(test_unknown),      CASE(test_secret),
        CASE(test_surroundings), CASE(test_random),
        CASE(test_bounds),       CASE(test_state),
        CASE(test_module),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
