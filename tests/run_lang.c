/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs tests that are modules with expectations in comments, and the examples
 * of SPEC.md: run_lang [-v] [--bless] PATH…, where a PATH is a folder of .pol
 * and .rego files, one such file, or a Markdown file.
 *
 *     #@ input: JSON          #@ data: JSON          documents of the test
 *     #@ expect data.x: JSON  #@ undefined data.x    what a query answers
 *     #@ error data.x: P0501: text                   how its evaluation fails
 *     #@ strict                                      builtin errors are errors
 *     #@ strict-compile                              unused names are errors
 *     #@ v0                                          the modules are Rego v0
 *     #@ module                                      the next module begins
 *     #@ limit: instructions 1000 (memory, depth)    a bound of the evaluation
 *     #@ skip: reason                                is not run, but counted
 *     x := y  #! P0201        #! 6: P0201            a compile error here
 *     #!+1 P0102                                     … on the next line
 *
 * A diagnostic that no comment announces fails the test, and one that does not
 * come fails it too. When <name>.txt lies beside the module, the diagnostics as
 * a person sees them must be that text; --bless rewrites it.
 *
 * In Markdown, a ```rego or ```pol block is such a module; a ```json block right
 * after it (blank lines between) is what its package must answer, and a ```text
 * block is what its diagnostics look like. ```json before a module that begins
 * with the line `<!-- input -->` is its input. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness.h"

enum { MAX_CHECKS = 256, MAX_NOTES = 128, MAX_MODULES = 32, MAX_SECONDS = 60 };

typedef enum { WANT_VALUE, WANT_UNDEFINED, WANT_ERROR } want_kind;

/* A borrowed run of bytes. */
typedef struct slice {
    const char *text;
    size_t len;
} slice;

/* What a query must come to. */
typedef struct check {
    want_kind kind;
    slice path;
    slice want; /* JSON, or text of the error */
    char code[8];
    int query;
} check;

/* A diagnostic that must come. */
typedef struct note {
    uint32_t line, column; /* column 0: any */
    char code[8];
    bool seen;
} note;

typedef struct test {
    const char *name;
    slice text;
    slice input, data;
    const char *golden; /* what the diagnostics must look like; NULL: any */
    bool strict_compile, v0, skip;
    pol_eval_options options;
    check checks[MAX_CHECKS];
    note notes[MAX_NOTES];
    const char *starts[MAX_MODULES + 1];
    uint32_t check_count, note_count, module_count;
    const char *broken; /* what is wrong with the test itself */
} test;

static pol_harness_count count;
static pol_engine *engine;
static bool verbose, bless;

/* ---- reading expectations --------------------------------------------------- */

static slice trim(slice s)
{
    while (s.len && strchr(" \t\r", *s.text))
        s.text++, s.len--;
    while (s.len && strchr(" \t\r", s.text[s.len - 1]))
        s.len--;
    return s;
}

static bool starts(slice s, const char *word)
{
    return s.len >= strlen(word) && !memcmp(s.text, word, strlen(word));
}

static slice after(slice s, size_t n)
{
    return trim((slice){s.text + n, s.len - n});
}

/* Splits at the first ": "; false when there is none. */
static bool split(slice s, slice *left, slice *right)
{
    for (size_t i = 0; i + 1 < s.len; i++) {
        if (s.text[i] == ':' && s.text[i + 1] == ' ') {
            *left = (slice){s.text, i};
            *right = after(s, i + 1);
            return true;
        }
    }
    return false;
}

static bool is_code(slice s)
{
    return s.len >= 5 && s.text[0] == 'P' &&
           strspn(s.text + 1, "0123456789") == 4;
}

static void add_check(test *t, want_kind kind, slice rest)
{
    if (t->check_count == MAX_CHECKS) {
        t->broken = "too many expectations";
        return;
    }
    check *c = &t->checks[t->check_count++];
    *c = (check){.kind = kind, .path = rest};
    if (kind == WANT_UNDEFINED)
        return;
    if (!split(rest, &c->path, &c->want))
        t->broken = "an expectation without `: `";
    if (kind == WANT_VALUE)
        return;
    if (!is_code(c->want)) {
        t->broken = "#@ error without a code";
        return;
    }
    memcpy(c->code, c->want.text, 5);
    c->want = after(c->want, 5);
    if (starts(c->want, ":"))
        c->want = after(c->want, 1);
}

static void set_limit(test *t, slice s)
{
    char *end;
    if (starts(s, "instructions "))
        t->options.max_instructions = strtoull(s.text + 13, &end, 10);
    else if (starts(s, "memory "))
        t->options.max_memory = strtoull(s.text + 7, &end, 10);
    else if (starts(s, "depth "))
        t->options.max_depth = (uint32_t)strtoul(s.text + 6, &end, 10);
    else
        t->broken = "unknown limit";
}

/* `line` is what stands behind `#@`. */
static void read_directive(test *t, slice line)
{
    slice s = trim(line);
    if (starts(s, "expect "))
        add_check(t, WANT_VALUE, after(s, 7));
    else if (starts(s, "undefined "))
        add_check(t, WANT_UNDEFINED, after(s, 10));
    else if (starts(s, "error "))
        add_check(t, WANT_ERROR, after(s, 6));
    else if (starts(s, "input: "))
        t->input = after(s, 7);
    else if (starts(s, "data: "))
        t->data = after(s, 6);
    else if (starts(s, "limit: "))
        set_limit(t, after(s, 7));
    else if (starts(s, "v0"))
        t->v0 = true;
    else if (starts(s, "strict-compile"))
        t->strict_compile = true;
    else if (starts(s, "strict"))
        t->options.strict_builtin_errors = true;
    else if (starts(s, "skip: "))
        t->skip = true;
    else
        t->broken = "unknown `#@` line";
}

/* `s` is what stands behind `#!`. False: no expectation, just a comment. */
static bool read_note(test *t, slice s, uint32_t line)
{
    uint32_t column = 0;
    if (starts(s, "+1"))
        line++, s = after(s, 2);
    s = trim(s);
    size_t digits = 0;
    while (digits < s.len && s.text[digits] >= '0' && s.text[digits] <= '9')
        column = column * 10 + (uint32_t)(s.text[digits++] - '0');
    if (digits && digits < s.len && s.text[digits] == ':')
        s = after(s, digits + 1);
    if (!is_code(s))
        return false;
    if (t->note_count == MAX_NOTES) {
        t->broken = "too many expectations";
        return true;
    }
    note *n = &t->notes[t->note_count++];
    *n = (note){.line = line, .column = column};
    memcpy(n->code, s.text, 5);
    return true;
}

static void read_line(test *t, slice line, uint32_t number)
{
    if (starts(line, "#@ module")) {
        if (t->module_count == MAX_MODULES)
            t->broken = "too many modules";
        else
            t->starts[t->module_count++] = line.text + line.len;
        return;
    }
    if (starts(line, "#@")) {
        read_directive(t, after(line, 2));
        return;
    }
    for (size_t i = 0; i + 2 < line.len; i++) {
        if (line.text[i] == '#' && line.text[i + 1] == '!')
            read_note(t, (slice){line.text + i + 2, line.len - i - 2}, number);
    }
}

static void read_test(test *t)
{
    const char *at = t->text.text, *end = at + t->text.len;
    t->starts[t->module_count++] = at;
    for (uint32_t number = 1; at < end; number++) {
        const char *eol = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)((eol ? eol : end) - at);
        read_line(t, (slice){at, len}, number);
        at += len + 1;
    }
    t->starts[t->module_count] = end;
}

/* ---- running ------------------------------------------------------------------ */

/* Adds the n-th module with as many empty lines in front of it as stand there
 * in the file, so that diagnostics have the file's lines. */
static bool add_module(const test *t, uint32_t n, pol_modules *modules,
                       pol_diags *diags)
{
    const char *from = t->starts[n], *to = t->starts[n + 1];
    size_t lines = 0;
    for (const char *p = t->text.text; p < from; p++)
        lines += *p == '\n';
    size_t len = lines + (size_t)(to - from);
    char *text = malloc(len + 1);
    memset(text, '\n', lines);
    memcpy(text + lines, from, (size_t)(to - from));
    text[len] = '\0';
    bool ok = pol_modules_add(modules, t->name, text, len,
                              t->v0 ? POL_V0 : 0, diags);
    free(text);
    return ok;
}

/* `value = path`, so that a false value is an answer and not a failed query. */
static void add_query(check *c, pol_modules *modules, pol_diags *diags)
{
    char *text = malloc(c->path.len + 16);
    int len = sprintf(text, "value = %.*s", (int)c->path.len, c->path.text);
    c->query = pol_modules_add_query(modules, text, (size_t)len, 0, diags);
    free(text);
}

static bool announced(test *t, const pol_diag_view *d)
{
    bool found = false;
    for (uint32_t i = 0; i < t->note_count; i++) {
        note *n = &t->notes[i];
        if (n->line == d->line && !strcmp(n->code, d->code) &&
            (!n->column || n->column == d->column))
            found = n->seen = true;
    }
    return found;
}

static bool check_diags(test *t, pol_diags *diags)
{
    pol_diag_view d;
    for (uint32_t i = 0; pol_diags_at(diags, i, &d); i++) {
        if (!announced(t, &d) && !t->golden) {
            pol_harness_fail(&count, t->name, "line %u:%u: unexpected %s: %s",
                             d.line, d.column, d.code, d.message);
            return false;
        }
    }
    for (uint32_t i = 0; i < t->note_count; i++) {
        const note *n = &t->notes[i];
        if (!n->seen) {
            pol_harness_fail(&count, t->name, "line %u: no %s came", n->line,
                             n->code);
            return false;
        }
    }
    return true;
}

static bool same_json(pol_arena *arena, slice want, pol_value got)
{
    pol_value v = pol_harness_value(arena, want.text, want.len);
    return pol_is_defined(v) && !strcmp(pol_harness_json(arena, v),
                                        pol_harness_json(arena, got));
}

static bool check_error(const test *t, const check *c, pol_evaluator *evaluator)
{
    pol_eval_error error;
    if (!pol_evaluator_error(evaluator, &error)) {
        pol_harness_fail(&count, t->name, "failed without an error");
        return false;
    }
    char want[256];
    snprintf(want, sizeof want, "%.*s", (int)c->want.len, c->want.text);
    if (!strcmp(error.code, c->code) && strstr(error.message, want))
        return true;
    pol_harness_fail(&count, t->name, "%.*s failed with %s: %s",
                     (int)c->path.len, c->path.text, error.code, error.message);
    return false;
}

static bool run_check(const test *t, const check *c, pol_evaluator *evaluator)
{
    pol_value out = pol_undefined(), got = pol_undefined();
    pol_eval_status status = pol_evaluator_query(evaluator, c->query, &out);
    int len = (int)c->path.len;
    if (status == POL_FAILED && c->kind == WANT_ERROR)
        return check_error(t, c, evaluator);
    pol_eval_error error;
    if (status == POL_FAILED && pol_evaluator_error(evaluator, &error)) {
        pol_harness_fail(&count, t->name, "%.*s failed: %s: %s", len,
                         c->path.text, error.code, error.message);
        return false;
    }
    pol_arena *arena = pol_evaluator_arena(evaluator);
    if (status == POL_DEFINED)
        got = pol_get_name(pol_get_name(pol_at(out, 0), "bindings"), "value");
    if (status == POL_DEFINED
            ? c->kind == WANT_VALUE && out.len == 1 && same_json(arena, c->want, got)
            : c->kind == WANT_UNDEFINED)
        return true;
    pol_harness_fail(&count, t->name, "%.*s is %s", len, c->path.text,
                     status == POL_DEFINED ? pol_harness_json(arena, got)
                                           : "undefined");
    return false;
}

static pol_doc *read_doc(test *t, slice text, const char *what, pol_diags *diags)
{
    if (!text.text)
        return NULL;
    pol_doc *doc = pol_doc_read_text(what, text.text, text.len, POL_DOC_JSON,
                                     POL_LAST_WINS, diags);
    if (!doc)
        t->broken = what;
    return doc;
}

static bool run_checks(test *t, pol_modules *modules, pol_diags *diags)
{
    pol_doc *input = read_doc(t, t->input, "bad `#@ input`", diags);
    pol_doc *data = read_doc(t, t->data, "bad `#@ data`", diags);
    pol_eval_documents documents = {
        .input = input ? pol_doc_root(input, 0) : pol_undefined(),
        .data = data ? pol_doc_root(data, 0) : pol_undefined()};
    pol_evaluator *evaluator = pol_evaluator_new(modules, &t->options);
    bool ok = !t->broken;
    for (uint32_t i = 0; ok && i < t->check_count; i++) {
        pol_evaluator_begin(evaluator, &documents);
        ok = run_check(t, &t->checks[i], evaluator);
    }
    pol_evaluator_free(evaluator);
    pol_doc_free(data);
    pol_doc_free(input);
    if (t->broken)
        pol_harness_fail(&count, t->name, "%s", t->broken);
    return ok;
}

static bool check_golden(const test *t, pol_diags *diags)
{
    if (!t->golden)
        return true;
    pol_arena *arena = pol_arena_new(0);
    size_t len;
    const char *text = pol_diags_text(diags, arena, false, &len);
    slice got = trim((slice){text, len});
    while (got.len && got.text[got.len - 1] == '\n')
        got.len--;
    size_t want = strlen(t->golden);
    while (want && t->golden[want - 1] == '\n')
        want--;
    bool ok = got.len == want && !memcmp(got.text, t->golden, want);
    if (!ok)
        pol_harness_fail(&count, t->name, "its diagnostics are\n%.*s",
                         (int)got.len, got.text);
    pol_arena_free(arena);
    return ok;
}

static bool compile_and_run(test *t, pol_modules *modules, pol_diags *diags)
{
    bool ok = true;
    for (uint32_t i = 0; i < t->module_count; i++)
        ok &= add_module(t, i, modules, diags);
    for (uint32_t i = 0; i < t->check_count; i++)
        add_query(&t->checks[i], modules, diags);
    pol_compile_settings settings = {.strict = t->strict_compile};
    ok = pol_modules_compile(modules, &settings, diags) && ok;
    if (!check_diags(t, diags) || !check_golden(t, diags))
        return false;
    if (ok)
        return run_checks(t, modules, diags);
    if (t->check_count && !t->note_count) {
        pol_harness_fail(&count, t->name, "does not compile, says nothing");
        return false;
    }
    return true;
}

static void run_test(test *t)
{
    read_test(t);
    if (!t->broken && !t->check_count && !t->note_count && !t->golden)
        t->broken = "a test without an expectation";
    if (t->skip) {
        count.skipped++;
        return;
    }
    if (t->broken) {
        pol_harness_fail(&count, t->name, "%s", t->broken);
        return;
    }
    pol_harness_watch(t->name, MAX_SECONDS);
    pol_diags *diags = pol_diags_new();
    pol_modules *modules = pol_modules_new(engine);
    if (compile_and_run(t, modules, diags)) {
        count.passed++;
        if (verbose)
            printf("ok %s\n", t->name);
    }
    pol_modules_free(modules);
    pol_diags_free(diags);
}

/* ---- Markdown ------------------------------------------------------------------- */

/* The text between the fences at `at` (which begins with ```); NULL: not closed.
 * `*end` is the line after the block. */
static slice block_at(const char *at, const char **end)
{
    const char *body = strchr(at, '\n');
    const char *close = body ? strstr(body, "\n```") : NULL;
    if (!close)
        return (slice){NULL, 0};
    const char *next = strchr(close + 1, '\n');
    *end = next ? next + 1 : close + strlen(close);
    return (slice){body + 1, close > body ? (size_t)(close - body) : 0};
}

static bool fence(const char *at, const char *language)
{
    size_t len = strlen(language);
    return !strncmp(at, "```", 3) && !strncmp(at + 3, language, len) &&
           (at[3 + len] == '\n' || at[3 + len] == '\r');
}

/* The package's path as a query, from the first line that declares one. */
static void package_path(slice module, char out[256])
{
    const char *at = module.text, *end = at + module.len;
    while (at < end && strncmp(at, "package ", 8) != 0) {
        at = memchr(at, '\n', (size_t)(end - at));
        at = at ? at + 1 : end;
    }
    size_t len = at < end ? strcspn(at + 8, " \t\r\n#;") : 0;
    snprintf(out, 256, "data.%.*s", (int)len, at < end ? at + 8 : "");
}

/* A module of a Markdown file with the block that follows it. */
static void run_example(const char *name, slice input, slice module,
                        const char *next)
{
    static test t;
    char path[256];
    const char *end;
    char *golden = NULL;
    t = (test){.name = name, .text = module, .input = input};
    while (*next == '\n')
        next++;
    if (fence(next, "json")) {
        package_path(module, path);
        slice want = block_at(next, &end);
        t.checks[t.check_count++] = (check){
            .kind = WANT_VALUE, .path = {path, strlen(path)}, .want = want};
    } else if (fence(next, "text")) {
        slice want = block_at(next, &end);
        golden = strndup(want.text, want.len);
        t.golden = golden;
    } else if (!memmem(module.text, module.len, "#@ ", 3) &&
               !memmem(module.text, module.len, "#! P", 4)) {
        /* Shown, not run: but it has to compile. */
        static const char none[] = "";
        t.golden = none;
    }
    run_test(&t);
    free(golden);
}

static void run_markdown(const char *file, const char *text)
{
    slice input = {NULL, 0};
    uint32_t line = 1;
    for (const char *at = text; *at;) {
        const char *next = strchr(at, '\n');
        next = next ? next + 1 : at + strlen(at);
        bool module = fence(at, "rego") || fence(at, "pol");
        if (!strncmp(at, "<!-- input -->", 14) && fence(next, "json")) {
            input = block_at(next, &next);
        } else if (module) {
            char name[512];
            snprintf(name, sizeof name, "%s:%u", file, line);
            slice body = block_at(at, &next);
            run_example(name, input, body, next);
            input = (slice){NULL, 0};
        } else if (!strncmp(at, "```", 3)) {
            block_at(at, &next);
        }
        for (; at < next; at++)
            line += *at == '\n';
    }
}

/* ---- files ------------------------------------------------------------------------- */

static bool ends(const char *name, const char *ending)
{
    size_t a = strlen(name), b = strlen(ending);
    return a > b && !strcmp(name + a - b, ending);
}

static void write_golden(const char *path, slice text, const char *name)
{
    pol_diags *diags = pol_diags_new();
    pol_modules *modules = pol_modules_new(engine);
    pol_arena *arena = pol_arena_new(0);
    pol_modules_add(modules, name, text.text, text.len, 0, diags);
    pol_modules_compile(modules, NULL, diags);
    size_t len;
    const char *out = pol_diags_text(diags, arena, false, &len);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(out, 1, len, file) != len || fclose(file) != 0)
        pol_harness_fail(&count, name, "its text cannot be written");
    pol_arena_free(arena);
    pol_modules_free(modules);
    pol_diags_free(diags);
}

static void run_file(const char *path)
{
    static test t;
    size_t len;
    char *text = pol_harness_read(path, &len);
    if (!text) {
        pol_harness_fail(&count, path, "cannot be read");
        return;
    }
    if (ends(path, ".md")) {
        run_markdown(path, text);
        free(text);
        return;
    }
    char beside[1024];
    const char *dot = strrchr(path, '.');
    snprintf(beside, sizeof beside, "%.*s.txt", (int)(dot - path), path);
    char *golden = pol_harness_read(beside, NULL);
    if (golden && bless) {
        write_golden(beside, (slice){text, len}, path);
        free(golden);
        golden = pol_harness_read(beside, NULL);
    }
    t = (test){.name = path, .text = {text, len}, .golden = golden};
    run_test(&t);
    free(golden);
    free(text);
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* Folders of the project, so the depth is that of the tree. */
static void run_path(const char *path)
{
    struct stat st;
    if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode)) {
        run_file(path);
        return;
    }
    struct dirent **entries;
    int n = scandir(path, &entries, visible, alphasort);
    if (n < 0)
        pol_harness_fail(&count, path, "cannot be read");
    for (int i = 0; i < n; i++) {
        char below[1024];
        snprintf(below, sizeof below, "%s/%s", path, entries[i]->d_name);
        if (stat(below, &st) == 0 && S_ISDIR(st.st_mode))
            run_path(below);
        else if (ends(below, ".pol") || ends(below, ".rego"))
            run_file(below);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
}

int main(int argc, char **argv)
{
    engine = pol_harness_engine();
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "-v"))
            verbose = true;
        else if (!strcmp(argv[i], "--bless"))
            bless = true;
        else
            run_path(argv[i]);
    }
    pol_engine_free(engine);
    return pol_harness_end(&count);
}
