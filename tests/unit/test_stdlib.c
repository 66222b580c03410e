/* SPDX-License-Identifier: Apache-2.0
 *
 * The standard library, driven by the case files of tests/stdlib: see the
 * README there for their format. Builtins run straight from the registry. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <glob.h>

#include "call.h"
#include "extension.h"
#include "limit.h"
#include "pol_stdlib.h"
#include "utf8.h"

enum { MEMORY = 64 << 20, BUDGET = 20000000, MOST_FAILURES = 25 };

/* ---- reading terms ------------------------------------------------------ */

typedef struct reader {
    pol_arena *arena;
    const char *at;
    bool bad;
} reader;

static void skip_space(reader *r)
{
    while (*r->at == ' ')
        r->at++;
}

static bool eat(reader *r, const char *text)
{
    skip_space(r);
    size_t len = strlen(text);
    if (strncmp(r->at, text, len) != 0)
        return false;
    r->at += len;
    return true;
}

static pol_value bad(reader *r)
{
    r->bad = true;
    return pol_null();
}

static pol_value read_string(reader *r)
{
    const char *start = r->at++;
    while (*r->at && *r->at != '"')
        r->at += *r->at == '\\' && r->at[1] ? 2 : 1;
    if (*r->at != '"')
        return bad(r);
    r->at++;
    const char *error;
    size_t error_at;
    pol_value v =
        pol_value_parse_json(r->arena, start, (size_t)(r->at - start), false,
                             &error, &error_at);
    return pol_is_defined(v) ? v : bad(r);
}

static pol_value read_number(reader *r)
{
    const char *start = r->at;
    r->at += strspn(r->at, "+-.0123456789eE");
    pol_value v =
        pol_number_parse(r->arena, start, (size_t)(r->at - start));
    return pol_is_defined(v) ? v : bad(r);
}

static pol_value read_term(reader *r);

static pol_value read_array(reader *r, const char *close)
{
    pol_builder items;
    pol_builder_init(&items, r->arena, POL_ARRAY);
    while (!r->bad && !eat(r, close)) {
        if (items.count && !eat(r, ","))
            return bad(r);
        pol_builder_add(&items, read_term(r));
    }
    return pol_builder_done(&items);
}

static pol_value read_braces(reader *r)
{
    pol_builder out;
    pol_builder_init(&out, r->arena, POL_OBJECT);
    if (eat(r, "}"))
        return pol_builder_done(&out);
    pol_value first = read_term(r);
    bool is_object = eat(r, ":");
    pol_builder_init(&out, r->arena, is_object ? POL_OBJECT : POL_SET);
    if (is_object)
        pol_builder_put(&out, first, read_term(r));
    else
        pol_builder_add(&out, first);
    while (!r->bad && !eat(r, "}")) {
        if (!eat(r, ","))
            return bad(r);
        pol_value item = read_term(r);
        if (!is_object)
            pol_builder_add(&out, item);
        else if (eat(r, ":"))
            pol_builder_put(&out, item, read_term(r));
        else
            return bad(r);
    }
    return pol_builder_done(&out);
}

static pol_value read_term(reader *r)
{
    skip_space(r);
    if (*r->at == '"')
        return read_string(r);
    if (eat(r, "["))
        return read_array(r, "]");
    if (eat(r, "{"))
        return read_braces(r);
    if (eat(r, "set()"))
        return pol_set(NULL, 0);
    if (eat(r, "null"))
        return pol_null();
    if (eat(r, "true"))
        return pol_bool(true);
    if (eat(r, "false"))
        return pol_bool(false);
    if (eat(r, "$unknown"))
        return (pol_value){.tag = POL_UNKNOWN};
    if (eat(r, "$secret")) {
        pol_value v = read_term(r);
        v.flags |= POL_SECRET;
        return v;
    }
    return read_number(r);
}

/* ---- running a case ----------------------------------------------------- */

typedef struct bench {
    pol_arena arena, case_arena;
    pol_trap trap;
    pol_registry registry;
    pol_call call;
    char *seen; /* by index: has a case */
    const char *file;
    int line;
    int failures;
    char printed[256];
} bench;

static void on_print(void *host, pol_span span, const char *line, size_t len)
{
    (void)span;
    bench *b = host;
    size_t at = strlen(b->printed);
    snprintf(b->printed + at, sizeof b->printed - at, "%s%.*s", at ? "\n" : "",
             (int)len, line);
}

static void complain(bench *b, const char *text, const char *got)
{
    if (++b->failures <= MOST_FAILURES)
        print_error("%s:%d: %s\n    got  %s\n", b->file, b->line, text, got);
}

static const char *text_of(bench *b, pol_value v)
{
    size_t len;
    return pol_value_text(&b->case_arena, v, POL_TEXT_REGO, &len);
}

/* A case is one line, so a line feed in a message stands there as `\n`. */
static const char *one_line(pol_arena *arena, const char *text)
{
    const char *feed;
    while ((feed = strchr(text, '\n')))
        text = pol_arena_printf(arena, "%.*s\\n%s", (int)(feed - text), text,
                                feed + 1);
    return text;
}

/* What happened, in the words of a case. */
static const char *outcome(bench *b, uint32_t index, pol_value args)
{
    const pol_surroundings around = {.allow_time = true,
                                     .unknowns = true,
                                     .secrets = true,
                                     .now = 1600000000000000000,
                                     .seed = 1,
                                     .print = on_print,
                                     .print_host = b};
    uint64_t budget = BUDGET;
    b->printed[0] = '\0';
    pol_call_begin(&b->call, &b->case_arena, &around, &budget);
    pol_value v = pol_call_run(&b->call, &b->registry, index, args.items,
                               args.len);
    pol_arena *arena = &b->case_arena;
    size_t name = strlen(pol_registry_at(&b->registry, index)->row->name);
    if (b->call.status != POL_CALL_OK)
        return pol_arena_printf(
            arena, "error %s: %s",
            b->call.status == POL_CALL_TYPE_ERROR ? "type" : "builtin",
            one_line(arena, b->call.message + name + 2));
    if (!pol_is_defined(v))
        return "undefined";
    if (b->printed[0])
        return pol_arena_printf(
            arena, "prints %s",
            text_of(b, pol_string(b->printed, strlen(b->printed))));
    return text_of(b, v);
}

/* The expected words in the same form. */
static const char *expected(bench *b, reader *r)
{
    skip_space(r);
    const char *words[] = {"error ", "undefined", "limit", "prints "};
    for (size_t i = 0; i < countof(words); i++)
        if (strncmp(r->at, words[i], strlen(words[i])) == 0)
            return r->at;
    pol_value v = read_term(r);
    if (*r->at)
        r->bad = true;
    return text_of(b, v);
}

static bool read_call(bench *b, reader *r, int32_t *index, pol_value *args)
{
    size_t name = strcspn(r->at, "(");
    if (!r->at[name])
        return false;
    *index = pol_registry_find(&b->registry, (pol_str){r->at, name});
    r->at += name + 1;
    *args = read_array(r, ")");
    return !r->bad && eat(r, "=>");
}

static void run_case(bench *b, const char *line)
{
    reader r = {&b->case_arena, line, false};
    if (line[0] == '!' && line[1] == ' ')
        r.at += 2;
    int32_t index;
    pol_value args;
    if (!read_call(b, &r, &index, &args)) {
        complain(b, line, "a line that is no case");
        return;
    }
    const char *want = expected(b, &r);
    if (r.bad || index < 0) {
        complain(b, line, r.bad ? "a bad result" : "no such builtin");
        return;
    }
    const pol_builtin_entry *entry = pol_registry_at(&b->registry, index);
    if (!entry->variadic && entry->arity != args.len) {
        complain(b, line, "a wrong number of arguments");
        return;
    }
    b->seen[index] = 1;
    const char *got = outcome(b, (uint32_t)index, args);
    if (strcmp(got, want) != 0)
        complain(b, line, got);
}

static void run_line(bench *b, const char *line)
{
    pol_arena_init(&b->case_arena, MEMORY, &b->trap);
    if (setjmp(b->trap.env) == 0)
        run_case(b, line);
    else if (!strstr(line, "=> limit"))
        complain(b, line, b->trap.limit);
    pol_arena_done(&b->case_arena);
}

/* ---- tests -------------------------------------------------------------- */

static void add_families(bench *b)
{
    pol_registry_init(&b->registry, &b->arena);
    b->registry.loader = pol_extension_load;
    for (const pol_builtin *const *f = pol_stdlib(); *f; f++)
        pol_registry_add(&b->registry, *f);
    b->seen = pol_arena_zalloc(&b->arena, b->registry.count);
}

static void run_file(bench *b, const char *path)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    b->file = path;
    b->line = 0;
    while ((len = getline(&line, &room, file)) >= 0) {
        b->line++;
        if (len > 0 && line[len - 1] == '\n')
            line[len - 1] = '\0';
        if (line[0] && line[0] != '#')
            run_line(b, line);
    }
    free(line);
    fclose(file);
}

/* POL_STDLIB_CASES names one family's file, for work on that family. */
static void test_cases(void **state)
{
    (void)state;
    const char *only = getenv("POL_STDLIB_CASES");
    bench b = {0};
    pol_arena_init(&b.arena, 0, NULL);
    add_families(&b);
    glob_t files;
    assert_int_equal(
        glob(only ? only : "tests/stdlib/*.txt", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++)
        run_file(&b, files.gl_pathv[i]);
    globfree(&files);
    for (uint32_t i = 0; !only && i < b.registry.count; i++)
        if (!b.seen[i]) {
            b.file = "tests/stdlib";
            complain(&b, pol_registry_at(&b.registry, i)->row->name,
                     "no case at all");
        }
    pol_call_done(&b.call);
    pol_arena_done(&b.arena);
    assert_int_equal(b.failures, 0);
}

static void test_signatures(void **state)
{
    (void)state;
    bench b = {0};
    pol_arena_init(&b.arena, 0, NULL);
    add_families(&b);
    for (uint32_t i = 0; i < b.registry.count; i++) {
        const pol_builtin_entry *e = pol_registry_at(&b.registry, i);
        const char *text = e->variadic ? "(...any" : "(";
        for (uint32_t k = 0; k < e->arity; k++)
            text = pol_arena_printf(&b.arena, "%s%s%s", text, k ? ", " : "",
                                    pol_type_text(e->params[k], &b.arena));
        text = pol_arena_printf(&b.arena, "%s) -> %s", text,
                                pol_type_text(e->result, &b.arena));
        assert_string_equal(text, e->row->signature);
        assert_true(e->row->doc && strlen(e->row->doc) > 10);
    }
    pol_arena_done(&b.arena);
}

static void test_find(void **state)
{
    (void)state;
    bench b = {0};
    pol_arena_init(&b.arena, 0, NULL);
    add_families(&b);
    for (uint32_t i = 0; i < b.registry.count; i++) {
        const char *name = pol_registry_at(&b.registry, i)->row->name;
        assert_int_equal(pol_registry_find(&b.registry, pol_str_of(name)), i);
    }
    assert_int_equal(pol_registry_find(&b.registry, STR("nothing")), -1);
    pol_str close = pol_registry_closest(&b.registry, STR("object.gte"));
    assert_true(pol_str_eq(close, STR("object.get")));
    close = pol_registry_closest(&b.registry, STR("quite_other"));
    assert_int_equal(close.len, 0);
    pol_arena_done(&b.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signatures),
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
