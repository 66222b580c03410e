/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs cases taken from OPA's own test data:
 *
 *     run_conformance [--failing] [--bless] [--case NAME] FOLDER
 *
 * passing.txt beside this file lists the cases that pass. A listed case that
 * does not pass, and a passing case that is not listed, make the run fail, so
 * that no change goes unnoticed in either direction; --bless rewrites the list.
 * --failing prints why each case does not pass. Each case runs in a process of
 * its own, so that a crash is one failing case; --case NAME runs one in this
 * process. Without the folder the run is skipped. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

enum { SECONDS = 30, TEXT = 1024 };
static const char list_path[] = "tests/conformance/passing.txt";

static pol_engine *engine;
static bool show_failing, bless;
static const char *only;

/* ---- the list of passing cases -------------------------------------------- */

typedef struct names {
    char **items;
    size_t count, room;
} names;

static void names_add(names *list, const char *name)
{
    if (list->count == list->room) {
        list->room = list->room ? 2 * list->room : 256;
        list->items = realloc(list->items, list->room * sizeof *list->items);
    }
    list->items[list->count++] = strdup(name);
}

static int order(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The list must be sorted. */
static bool names_has(const names *list, const char *name)
{
    return list->count && bsearch(&name, list->items, list->count,
                                  sizeof *list->items, order);
}

static void names_sort(names *list)
{
    if (list->count)
        qsort(list->items, list->count, sizeof *list->items, order);
}

static void names_free(names *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
}

static void names_read(names *list, const char *path)
{
    char *text = pol_harness_read(path, NULL);
    char *rest = text;
    for (char *line; rest && (line = strsep(&rest, "\n"));) {
        if (*line)
            names_add(list, line);
    }
    free(text);
    names_sort(list);
}

static bool names_write(const names *list, const char *path)
{
    FILE *file = fopen(path, "wb");
    if (!file)
        return false;
    for (size_t i = 0; i < list->count; i++)
        fprintf(file, "%s\n", list->items[i]);
    return fclose(file) == 0;
}

/* ---- one case ------------------------------------------------------------------ */

/* What a case needs while it runs. `why` says why it does not pass. */
typedef struct run {
    pol_value spec; /* the case */
    pol_arena *arena;
    pol_diags *diags;
    pol_modules *modules;
    int query, term; /* `term` -1: no input_term */
    char why[TEXT];
} run;

static const char *c_text(pol_arena *arena, pol_value string)
{
    char *out = (char *)pol_items(arena, string.len / sizeof(pol_value) + 1);
    memcpy(out, string.str, string.len);
    out[string.len] = '\0';
    return out;
}

static pol_value field(const run *r, const char *name)
{
    return pol_get_name(r->spec, name);
}

static bool wants_error(const run *r)
{
    return pol_is_defined(field(r, "want_error_code")) ||
           pol_is_defined(field(r, "want_error"));
}

/* Does an error with that code and text (as OPA prints it) satisfy the case? */
static bool error_fits(run *r, const char *opa_code, const char *text)
{
    pol_value code = field(r, "want_error_code");
    pol_value part = field(r, "want_error");
    if (pol_is_defined(code) && strcmp(c_text(r->arena, code), opa_code) != 0) {
        snprintf(r->why, TEXT, "fails with %s: %.900s", opa_code, text);
        return false;
    }
    if (pol_is_defined(part) && !strstr(text, c_text(r->arena, part))) {
        snprintf(r->why, TEXT, "fails with the text: %.900s", text);
        return false;
    }
    return true;
}

static bool compile_failed(run *r)
{
    pol_diag_view d;
    if (!pol_diags_at(r->diags, 0, &d)) {
        snprintf(r->why, TEXT, "does not compile and does not say why");
        return false;
    }
    snprintf(r->why, TEXT, "does not compile: %s:%u: %s %s", d.file, d.line,
             d.code, d.message);
    return false;
}

static bool compile(run *r)
{
    pol_value modules = field(r, "modules");
    bool ok = true;
    for (uint32_t i = 0; i < modules.len; i++) {
        char name[32];
        snprintf(name, sizeof name, "test-%u.rego", i);
        pol_value text = pol_at(modules, i);
        ok &= pol_modules_add(r->modules, name, text.str, text.len, 0, r->diags);
    }
    pol_value query = field(r, "query"), term = field(r, "input_term");
    r->query = pol_modules_add_query(r->modules, query.str, query.len, 0,
                                     r->diags);
    r->term = -1;
    if (pol_is_defined(term)) {
        char *text = malloc(term.len + 16);
        int len = sprintf(text, "x = %.*s", (int)term.len, term.str);
        r->term = pol_modules_add_query(r->modules, text, (size_t)len, 0,
                                        r->diags);
        free(text);
    }
    return ok && r->query >= 0 &&
           pol_modules_compile(r->modules, NULL, r->diags);
}

static pol_value binding(pol_value answers, uint32_t i)
{
    return pol_get_name(pol_at(answers, i), "bindings");
}

/* The input: JSON, or what the term evaluates to. */
static pol_value input_of(run *r, pol_evaluator *evaluator)
{
    pol_value answers;
    if (r->term < 0)
        return field(r, "input");
    pol_evaluator_begin(evaluator, &(pol_eval_documents){0});
    if (pol_evaluator_query(evaluator, r->term, &answers) != POL_DEFINED)
        return pol_undefined();
    return pol_copy(r->arena, pol_get_name(binding(answers, 0), "x"));
}

static int by_value(const void *a, const void *b)
{
    return pol_compare(*(const pol_value *)a, *(const pol_value *)b);
}

static pol_value sorted_array(pol_arena *arena, pol_value array)
{
    pol_value *items = pol_items(arena, array.len);
    if (array.len) {
        memcpy(items, array.items, array.len * sizeof *items);
        qsort(items, array.len, sizeof *items, by_value);
    }
    return pol_array(items, array.len);
}

/* One answer in the form in which the case has it: as JSON, arrays that are
 * bound to a variable sorted where the case says so. */
static pol_value comparable(run *r, pol_value bindings, bool sort)
{
    const char *text = pol_harness_json(r->arena, bindings);
    pol_value v = pol_harness_value(r->arena, text, strlen(text));
    if (!sort || v.tag != POL_OBJECT)
        return v;
    pol_builder builder;
    pol_builder_init(&builder, r->arena, POL_OBJECT);
    for (uint32_t i = 0; i < v.len; i++) {
        pol_value item = pol_value_at(v, i);
        if (item.tag == POL_ARRAY)
            item = sorted_array(r->arena, item);
        pol_builder_put(&builder, pol_key_at(v, i), item);
    }
    return pol_builder_done(&builder);
}

static bool result_fits(run *r, pol_value answers)
{
    pol_value want = field(r, "want_result");
    bool sort = field(r, "sort_bindings").tag == POL_TRUE;
    pol_value *a = pol_items(r->arena, want.len + 1);
    pol_value *b = pol_items(r->arena, answers.len + 1);
    for (uint32_t i = 0; i < want.len; i++)
        a[i] = comparable(r, pol_at(want, i), sort);
    for (uint32_t i = 0; i < answers.len; i++)
        b[i] = comparable(r, binding(answers, i), sort);
    pol_value left = sorted_array(r->arena, pol_array(a, want.len));
    pol_value right = sorted_array(r->arena, pol_array(b, answers.len));
    if (pol_equal(left, right))
        return true;
    snprintf(r->why, TEXT, "wants %.400s, got %.400s",
             pol_harness_json(r->arena, left),
             pol_harness_json(r->arena, right));
    return false;
}

static bool evaluate(run *r, pol_evaluator *evaluator)
{
    pol_value answers = pol_array(NULL, 0);
    pol_eval_documents documents = {.input = input_of(r, evaluator),
                                    .data = field(r, "data")};
    pol_evaluator_begin(evaluator, &documents);
    pol_eval_status status =
        pol_evaluator_query(evaluator, r->query, &answers);
    if (status == POL_FAILED) {
        pol_eval_error e = {0};
        char text[TEXT];
        pol_evaluator_error(evaluator, &e);
        snprintf(text, TEXT, "%s:%u: %s: %s", e.file, e.line, e.opa_code,
                 e.message);
        if (wants_error(r))
            return error_fits(r, e.opa_code, text);
        snprintf(r->why, TEXT, "failed: %.900s", text);
        return false;
    }
    if (status == POL_UNDEFINED_RESULT)
        answers = pol_array(NULL, 0);
    if (!wants_error(r))
        return result_fits(r, answers);
    snprintf(r->why, TEXT, "does not fail, got %.400s",
             pol_harness_json(r->arena, answers));
    return false;
}

static bool run_case(run *r)
{
    r->arena = pol_arena_new(0);
    r->diags = pol_diags_new();
    r->modules = pol_modules_new(engine);
    bool ok;
    if (compile(r)) {
        pol_eval_options options = {
            .strict_builtin_errors = field(r, "strict_error").tag == POL_TRUE,
            .allow_time = true,
            .allow_net = true};
        pol_evaluator *evaluator = pol_evaluator_new(r->modules, &options);
        ok = evaluate(r, evaluator);
        pol_evaluator_free(evaluator);
    } else {
        ok = compile_failed(r);
    }
    pol_modules_free(r->modules);
    pol_diags_free(r->diags);
    pol_arena_free(r->arena);
    return ok;
}

/* Runs the case in a child; `why` comes back through a pipe, empty = passed. */
static bool run_apart(run *r, const char *name)
{
    int ends[2];
    if (pipe(ends) != 0)
        return false;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        alarm(SECONDS);
        bool ok = run_case(r);
        size_t len = ok ? 0 : strlen(r->why);
        _exit(write(ends[1], r->why, len) == (ssize_t)len && ok ? 0 : 1);
    }
    close(ends[1]);
    size_t used = 0;
    for (ssize_t got; used < TEXT - 1 &&
                      (got = read(ends[0], r->why + used, TEXT - 1 - used)) > 0;)
        used += (size_t)got;
    r->why[used] = '\0';
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (!used && status != 0)
        snprintf(r->why, TEXT, "%.900s died with signal %d", name,
                 WIFSIGNALED(status) ? WTERMSIG(status) : 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* ---- all cases -------------------------------------------------------------------- */

typedef struct totals {
    names listed, passing, failing;
    size_t lost, gained; /* against the list */
} totals;

/* The case's name; equal names of one file get " #2", " #3", … */
static void name_of(pol_value cases, uint32_t i, char out[TEXT])
{
    pol_value note = pol_get_name(pol_at(cases, i), "note");
    uint32_t nth = 1;
    for (uint32_t k = 0; k < i; k++)
        nth += pol_equal(pol_get_name(pol_at(cases, k), "note"), note);
    int len = snprintf(out, TEXT, "%.*s", (int)note.len, note.str);
    if (nth > 1)
        snprintf(out + len, TEXT - (size_t)len, " #%u", nth);
}

static void count_case(totals *t, const char *name, bool ok, const char *why)
{
    bool listed = names_has(&t->listed, name);
    names_add(ok ? &t->passing : &t->failing, name);
    if (ok == listed) {
        if (!ok && show_failing)
            printf("  %s: %s\n", name, why);
        return;
    }
    if (ok)
        t->gained++;
    else
        t->lost++;
    if (!bless)
        printf("FAIL %s: %s%s\n", name,
               ok ? "passes but is not listed: run make conformance-bless"
                  : "passed before: ",
               ok ? "" : why);
    else if (!ok)
        printf("lost %s: %s\n", name, why);
}

static void run_group(totals *t, const char *group, pol_value cases)
{
    uint32_t passed = 0;
    for (uint32_t i = 0; i < cases.len; i++) {
        char name[TEXT];
        name_of(cases, i, name);
        if (only && strcmp(only, name) != 0)
            continue;
        run r = {.spec = pol_at(cases, i)};
        bool ok = only ? run_case(&r) : run_apart(&r, name);
        if (only)
            printf("%s: %s\n", name, ok ? "passed" : r.why);
        else
            count_case(t, name, ok, r.why);
        passed += ok;
    }
    if (!only)
        printf("%-30s %4u of %4u\n", group, passed, cases.len);
}

static int json_file(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);
    return len > 5 && !strcmp(entry->d_name + len - 5, ".json");
}

static bool run_folder(totals *t, const char *folder)
{
    struct dirent **entries;
    int n = scandir(folder, &entries, json_file, alphasort);
    for (int i = 0; i < n; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        pol_diags *diags = pol_diags_new();
        pol_doc *doc = pol_doc_read(path, POL_DOC_JSON, POL_LAST_WINS, diags);
        if (doc)
            run_group(t, entries[i]->d_name,
                      pol_get_name(pol_doc_root(doc, 0), "cases"));
        else
            printf("FAIL %s: cannot be read\n", path), t->lost++;
        pol_doc_free(doc);
        pol_diags_free(diags);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    return n > 0;
}

static int report(totals *t)
{
    if (!show_failing && t->failing.count) {
        printf("not passing yet:\n");
        for (size_t i = 0; i < t->failing.count; i++)
            printf("  %s\n", t->failing.items[i]);
    }
    if (bless) {
        names_sort(&t->passing);
        if (!names_write(&t->passing, list_path)) {
            printf("%s cannot be written\n", list_path);
            return 1;
        }
    }
    /* Cases that never passed count as skipped: they are the work to come. */
    size_t failed = bless ? 0 : t->lost + t->gained;
    printf("conformance: %zu of %zu cases pass, %zu lost, %zu new\n",
           t->passing.count, t->passing.count + t->failing.count, t->lost,
           t->gained);
    printf("%zu passed, %zu failed, %zu skipped\n",
           t->passing.count - (bless ? 0 : t->gained), failed,
           t->failing.count - (bless ? 0 : t->lost));
    return failed ? 1 : 0;
}

int main(int argc, char **argv)
{
    const char *folder = NULL;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--failing"))
            show_failing = true;
        else if (!strcmp(argv[i], "--bless"))
            bless = true;
        else if (!strcmp(argv[i], "--case") && i + 1 < argc)
            only = argv[++i];
        else
            folder = argv[i];
    }
    if (!folder || access(folder, R_OK) != 0) {
        printf("conformance cases are not here: skipped\n"
               "0 passed, 0 failed, 1 skipped\n");
        return 0;
    }
    engine = pol_harness_engine();
    totals t = {0};
    names_read(&t.listed, list_path);
    if (!run_folder(&t, folder))
        printf("no cases in %s\n", folder);
    int status = only ? 0 : report(&t);
    names_free(&t.listed);
    names_free(&t.passing);
    names_free(&t.failing);
    pol_engine_free(engine);
    return status;
}
