/* SPDX-License-Identifier: Apache-2.0
 *
 * polc test: runs the rules named test_… of modules. */
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bundle.h"
#include "command.h"
#include "load.h"

typedef struct settings {
    pol_option_list bundles;
    bool verbose, v0;
    const char *run;
    int format;
    pol_command_limits limits;
} settings;

static const pol_option options[] = {
    {"verbose", 'v', POL_OPTION_FLAG, offsetof(settings, verbose), NULL,
     "show passing tests, and what they print"},
    {"run", 'r', POL_OPTION_TEXT, offsetof(settings, run), "REGEX",
     "only tests whose path (data.a.test_x) matches"},
    {"bundle", 'b', POL_OPTION_LIST, offsetof(settings, bundles), "PATH",
     "an OPA bundle; a folder or .tar.gz; may be repeated"},
    {"format", 'f', POL_OPTION_CHOICE, offsetof(settings, format), "text|json",
     "text (default) or json"},
    POL_COMMAND_V0(settings),
    POL_COMMAND_LIMITS(settings),
    {NULL, 0, 0, 0, NULL, NULL},
};

typedef enum { TEST_PASS, TEST_FAIL, TEST_ERROR, TEST_SKIP } outcome;

enum { PRINTED = 1 << 20, PARTS = 16 };

/* What print() wrote during one test. */
typedef struct printed {
    char *text; /* PRINTED bytes; what goes beyond is dropped */
    size_t len;
} printed;

typedef struct job {
    pol_io *io;
    const settings *set;
    pol_modules *modules;
    pol_evaluator *evaluator;
    printed printed;
    uint32_t counts[TEST_SKIP + 1];
    uint32_t shown; /* JSON: rows so far */
} job;

static void collect(void *host, const char *file, uint32_t line,
                    const char *text, size_t len)
{
    (void)file;
    (void)line;
    printed *p = host;
    if (len + 1 > PRINTED - p->len)
        return;
    memcpy(p->text + p->len, text, len);
    p->text[p->len + len] = '\n';
    p->len += len + 1;
}

/* A test: its number among the rules, and what is known of it. */
typedef struct test {
    uint32_t rule;
    pol_rule_view view;
    const char *name; /* last part of the path */
    bool todo;
} test;

/* ---- one test ----------------------------------------------------------------- */

/* True, or an object of named cases that are all true (`test_x[name] if …`).
 * Bounded: cases lie a few levels deep. */
static bool all_true(pol_value v, int depth)
{
    if (v.tag != POL_OBJECT)
        return v.tag == POL_TRUE;
    if (!v.len || depth == PARTS)
        return false;
    for (uint32_t i = 0; i < v.len; i++) {
        if (!all_true(pol_value_at(v, i), depth + 1))
            return false;
    }
    return true;
}

static outcome run_rule(job *j, uint32_t rule, pol_value *value)
{
    *value = pol_undefined();
    j->printed.len = 0;
    pol_evaluator_begin(j->evaluator, &(pol_eval_documents){0});
    switch (pol_evaluator_rule(j->evaluator, rule, value)) {
    case POL_DEFINED: return all_true(*value, 0) ? TEST_PASS : TEST_FAIL;
    case POL_UNDEFINED_RESULT: return TEST_FAIL;
    case POL_FAILED: return TEST_ERROR;
    }
    return TEST_ERROR;
}

/* ---- text ------------------------------------------------------------------------ */

static void put_error(pol_out *out, const char *lead, const pol_eval_error *e)
{
    pol_out_printf(out, "    %s: ", lead);
    pol_out_plain(out, e->message, strlen(e->message));
    if (e->line)
        pol_out_printf(out, " [%s] --> %s:%u:%u\n", e->code, e->file, e->line,
                       e->column);
    else
        pol_out_printf(out, " [%s]\n", e->code);
}

static void put_cases(pol_out *out, pol_value v)
{
    for (uint32_t i = 0; v.tag == POL_OBJECT && i < v.len; i++) {
        pol_value key = pol_key_at(v, i);
        if (!pol_is_string(key))
            continue;
        pol_out_puts(out, "    ");
        pol_out_plain(out, key.str, key.len);
        pol_out_printf(out, ": %s\n",
                       all_true(pol_value_at(v, i), 1) ? "PASS" : "FAIL");
    }
}

static void put_printed(pol_out *out, const printed *p)
{
    const char *at = p->text, *end = at + p->len;
    while (at < end) {
        const char *eol = memchr(at, '\n', (size_t)(end - at));
        pol_out_puts(out, "    | ");
        pol_out_plain(out, at, (size_t)(eol - at));
        pol_out_puts(out, "\n");
        at = eol + 1;
    }
}

static void show_text(job *j, const test *t, outcome got, pol_value value)
{
    const pol_rule_view *rule = &t->view;
    static const char *const words[] = {"PASS", "FAIL", "ERROR", "SKIPPED"};
    static const char *const colors[] = {"32", "31", "31", "33"};
    pol_out *out = j->io->out;
    if (got == TEST_PASS && !j->set->verbose)
        return;
    bool color = j->io->color_out;
    pol_out_printf(out, "%s:%u: %s: %s%s%s%s%s\n", rule->file, rule->line,
                   rule->path, color ? "\x1b[1;" : "",
                   color ? colors[got] : "", color ? "m" : "", words[got],
                   color ? "\x1b[0m" : "");
    pol_eval_error e;
    if (got == TEST_ERROR && pol_evaluator_error(j->evaluator, &e))
        put_error(out, "error", &e);
    for (uint32_t i = 0; got == TEST_FAIL && i < PARTS &&
                         pol_evaluator_builtin_error(j->evaluator, i, &e);
         i++)
        put_error(out, "undefined because of", &e);
    if (got != TEST_SKIP) {
        put_cases(out, value);
        put_printed(out, &j->printed);
    }
}

static void show_totals(job *j)
{
    const uint32_t *n = j->counts;
    uint32_t all = n[TEST_PASS] + n[TEST_FAIL] + n[TEST_ERROR] + n[TEST_SKIP];
    pol_out *out = j->io->out;
    if (!all) {
        pol_out_puts(j->io->err, "polc: no tests found\n");
        return;
    }
    if (j->set->verbose || n[TEST_PASS] != all)
        pol_out_puts(out, "----------------------------------------\n");
    pol_out_printf(out, "PASS: %u/%u\n", n[TEST_PASS], all);
    if (n[TEST_FAIL])
        pol_out_printf(out, "FAIL: %u/%u\n", n[TEST_FAIL], all);
    if (n[TEST_ERROR])
        pol_out_printf(out, "ERROR: %u/%u\n", n[TEST_ERROR], all);
    if (n[TEST_SKIP])
        pol_out_printf(out, "SKIPPED: %u/%u\n", n[TEST_SKIP], all);
}

/* ---- json ------------------------------------------------------------------------- */

static void put_string(pol_out *out, const char *lead, const char *text,
                       size_t len)
{
    pol_out_puts(out, lead);
    pol_out_json_string(out, text, len);
}

static void show_json(job *j, const test *t, outcome got)
{
    const pol_rule_view *rule = &t->view;
    static const char *const words[] = {"", "\n    \"fail\": true,",
                                        "\n    \"error\": true,",
                                        "\n    \"skip\": true,"};
    pol_out *out = j->io->out;
    pol_out_puts(out, j->shown++ ? ",\n  {" : "\n  {");
    pol_out_puts(out, words[got]);
    put_string(out, "\n    \"location\": {\"file\": ", rule->file,
               strlen(rule->file));
    pol_out_printf(out, ", \"row\": %u, \"col\": %u}", rule->line,
                   rule->column);
    char package[512];
    int len = snprintf(package, sizeof package, "data.%s", rule->package);
    put_string(out, ",\n    \"package\": ", package,
               len < (int)sizeof package ? (size_t)len : sizeof package - 1);
    put_string(out, ",\n    \"name\": ", t->name, strlen(t->name));
    pol_eval_error e;
    if (got == TEST_ERROR && pol_evaluator_error(j->evaluator, &e)) {
        put_string(out, ",\n    \"message\": ", e.message, strlen(e.message));
        put_string(out, ",\n    \"code\": ", e.code, strlen(e.code));
    }
    if (j->printed.len && got != TEST_SKIP)
        put_string(out, ",\n    \"output\": ", j->printed.text, j->printed.len);
    pol_out_puts(out, "\n  }");
}

/* ---- all tests --------------------------------------------------------------------- */

static void run_test(job *j, const test *t)
{
    pol_value value = pol_undefined();
    outcome got = t->todo ? TEST_SKIP : run_rule(j, t->rule, &value);
    j->counts[got]++;
    if (j->set->format)
        show_json(j, t, got);
    else
        show_text(j, t, got, value);
}

static int by_place(const void *left, const void *right)
{
    const test *a = left, *b = right;
    int order = strcmp(a->view.file, b->view.file);
    if (order)
        return order;
    if (a->view.line != b->view.line)
        return a->view.line < b->view.line ? -1 : 1;
    return a->rule < b->rule ? -1 : a->rule > b->rule;
}

/* Fills `tests` with those that are asked for, in the order of their files. */
static uint32_t find_tests(const job *j, const regex_t *only, test *tests)
{
    uint32_t found = 0, count = pol_modules_rule_count(j->modules);
    for (uint32_t i = 0; i < count; i++) {
        test t = {.rule = i, .view = pol_modules_rule(j->modules, i)};
        const char *dot = strrchr(t.view.path, '.');
        t.name = dot ? dot + 1 : t.view.path;
        t.todo = !strncmp(t.name, "todo_test_", 10);
        bool named = t.todo || !strncmp(t.name, "test_", 5);
        if (named && !t.view.is_function &&
            (!only || regexec(only, t.view.path, 0, NULL, 0) == 0))
            tests[found++] = t;
    }
    if (found)
        qsort(tests, found, sizeof *tests, by_place);
    return found;
}

static bool run_tests(job *j, const regex_t *only)
{
    uint32_t rules = pol_modules_rule_count(j->modules);
    test *tests = calloc(rules + (size_t)1, sizeof *tests);
    if (!tests)
        return false;
    uint32_t count = find_tests(j, only, tests);
    for (uint32_t i = 0; i < count; i++)
        run_test(j, &tests[i]);
    free(tests);
    return true;
}

/* Runs the tests of one program. */
static bool evaluate(job *j, pol_modules *modules, const pol_eval_options *how,
                     const regex_t *only)
{
    j->modules = modules;
    j->evaluator = pol_evaluator_new(modules, how);
    bool ok = j->evaluator && run_tests(j, only);
    pol_evaluator_free(j->evaluator);
    return ok;
}

/* ---- programs --------------------------------------------------------------------- */

/* What is compiled together: all that is named, and each pack below it. */
typedef struct program {
    pol_modules *modules;
    pol_load load;
} program;

static pol_exit evaluate_all(job *j, const program *programs, uint32_t count,
                             const regex_t *only)
{
    const char **hosts = calloc(j->set->limits.allow_hosts.count + 1,
                                sizeof *hosts);
    j->printed.text = malloc(PRINTED);
    pol_eval_options how = {.print = collect, .host = &j->printed};
    bool ok = hosts && j->printed.text;
    if (ok)
        pol_command_limits_apply(&j->set->limits, hosts, &how);
    if (j->set->format)
        pol_out_puts(j->io->out, "[");
    for (uint32_t i = 0; i < count && ok; i++)
        ok = evaluate(j, programs[i].modules, &how, only);
    if (j->set->format)
        pol_out_puts(j->io->out, j->shown ? "\n]\n" : "]\n");
    else if (ok)
        show_totals(j);
    free(j->printed.text);
    free(hosts);
    if (!ok)
        return POL_EXIT_INTERNAL;
    return j->counts[TEST_FAIL] || j->counts[TEST_ERROR] ? POL_EXIT_VIOLATION
                                                         : POL_EXIT_OK;
}

static void begin(const job *j, program *p, pol_engine *engine,
                  pol_diags *diags)
{
    p->modules = pol_modules_new(engine);
    pol_load_init(&p->load, p->modules, diags);
    p->load.v0 = j->set->v0;
}

/* Compiles what was loaded, unless there were errors. */
static void compile(program *p, pol_diags *diags, uint32_t errors_before)
{
    if (pol_is_defined(p->load.data))
        pol_modules_set_data(p->modules, p->load.data);
    if (pol_diags_errors(diags) == errors_before)
        pol_modules_compile(p->modules, NULL, diags);
}

/* Fills the first program with all that is named, and further ones with the
 * packs below it. Returns them, and their number in *count. */
static program *compile_all(const job *j, pol_engine *engine,
                            const pol_operands *paths, pol_diags *diags,
                            uint32_t *count)
{
    unsigned how = POL_LOAD_VISIBLE | POL_LOAD_DATA_ONLY_NAMED;
    program named;
    begin(j, &named, engine, diags);
    for (uint32_t i = 0; i < j->set->bundles.count; i++)
        pol_bundle_load(&named.load, j->set->bundles.items[i]);
    for (uint32_t i = 0; i < paths->count; i++)
        pol_load_path(&named.load, paths->items[i], how | POL_LOAD_APART);
    if (!paths->count && !j->set->bundles.count)
        pol_load_path(&named.load, ".", how | POL_LOAD_APART);
    compile(&named, diags, 0);
    *count = named.load.pack_count + 1;
    program *all = calloc(*count, sizeof *all);
    if (!all)
        abort();
    all[0] = named;
    for (uint32_t i = 1; i < *count; i++) {
        uint32_t before = pol_diags_errors(diags);
        begin(j, &all[i], engine, diags);
        pol_load_path(&all[i].load, named.load.packs[i - 1], how);
        compile(&all[i], diags, before);
    }
    return all;
}

static pol_exit run_paths(job *j, const pol_operands *paths,
                          const regex_t *only)
{
    uint32_t count;
    pol_engine *engine = pol_command_engine();
    pol_diags *diags = pol_diags_new();
    program *programs = compile_all(j, engine, paths, diags, &count);
    pol_command_diags(j->io, diags);
    pol_exit code = pol_diags_errors(diags)
                        ? pol_command_diags_exit(diags)
                        : evaluate_all(j, programs, count, only);
    for (uint32_t i = 0; i < count; i++) {
        pol_load_done(&programs[i].load);
        pol_modules_free(programs[i].modules);
    }
    free(programs);
    pol_diags_free(diags);
    pol_engine_free(engine);
    return code;
}

static pol_exit run(pol_io *io, const void *given, const pol_operands *operands)
{
    const settings *set = given;
    regex_t pattern;
    if (set->run &&
        regcomp(&pattern, set->run, REG_EXTENDED | REG_NOSUB) != 0)
        return pol_command_usage(io, "--run: `%s` is no regular expression",
                                 set->run);
    job j = {.io = io, .set = set};
    pol_exit code = run_paths(&j, operands, set->run ? &pattern : NULL);
    if (set->run)
        regfree(&pattern);
    return code;
}

const pol_command pol_command_test = {
    .name = "test",
    .usage = "[-v] [--run REGEX] [--format text|json] [-b BUNDLE]… [PATH]…",
    .summary = "run the tests of policies",
    .details =
        "Runs the rules named test_… in the modules at or below each PATH (the\n"
        "current folder without one or a bundle). A test passes when it is true, fails\n"
        "when it is false or undefined, errs when its evaluation fails. Rules named\n"
        "todo_test_… are skipped. Files data.json and data.yaml are the data of their\n"
        "folder. What is named is one program; each pack (a folder with a pack.json)\n"
        "below a PATH that is none is a program of its own.\n\n"
        "Exits with 1 when a test fails or errs, with 3 when a module does not "
        "compile.\n",
    .options = options,
    .settings_size = sizeof(settings),
    .run = run,
};
