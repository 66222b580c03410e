/* SPDX-License-Identifier: Apache-2.0
 *
 * The analysis passes: which diagnostics a snippet gets and where, and what the
 * trees look like when names are resolved and literals are in order. Modules of
 * one snippet are divided by lines of `---`; the line `package t` stands in front
 * of a module that has none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "buf.h"
#include "parse.h"
#include "pol_stdlib.h"
#include "tree.h"

typedef struct run {
    pol_trap trap;
    pol_arena arena;
    pol_srcs srcs;
    pol_diags diags;
    pol_registry registry;
    pol_compile compile;
} run;

static void add_module(run *r, const char *text, size_t len)
{
    pol_buf source;
    pol_buf_init(&source, &r->arena);
    if (len < 7 || memcmp(text, "package", 7) != 0)
        pol_buf_cstr(&source, "package t\n");
    pol_buf_add(&source, text, len);
    uint32_t src = pol_srcs_add(&r->srcs, STR("m"), pol_buf_done(&source));
    pol_parse_options options = {.v0 = false};
    pol_ast_module *m = pol_parse_module(&r->arena, &r->diags, src, &options);
    if (r->compile.last_module)
        r->compile.last_module->next = m;
    else
        r->compile.modules = m;
    r->compile.last_module = m;
}

static void analyse(run *r, const char *volatile text, bool strict)
{
    static void (*const passes[])(pol_compile *) = {
        pol_tree_build, pol_resolve_modules, pol_safety_modules,
        pol_graph_check, pol_types_check};
    memset(r, 0, sizeof *r);
    pol_arena_init(&r->arena, 0, &r->trap);
    if (setjmp(r->trap.env))
        fail_msg("out of memory");
    pol_srcs_init(&r->srcs, &r->arena);
    pol_diag_init(&r->diags, &r->arena, &r->srcs);
    pol_registry_init(&r->registry, &r->arena);
    for (const pol_builtin *const *t = pol_stdlib(); *t; t++)
        pol_registry_add(&r->registry, *t);
    r->compile = (pol_compile){.arena = &r->arena, .diags = &r->diags,
                               .srcs = &r->srcs, .registry = &r->registry,
                               .strict = strict};
    for (const char *end; (end = strstr(text, "---\n")); text = end + 4)
        add_module(r, text, (size_t)(end - text));
    add_module(r, text, strlen(text));
    for (size_t i = 0; i < countof(passes) && !r->diags.errors; i++)
        passes[i](&r->compile);
    pol_diag_sort(&r->diags);
}

/* "P0201 2:8, P0202 3:1"; the line counts from `package t`. */
static const char *findings(run *r)
{
    pol_buf out;
    pol_buf_init(&out, &r->arena);
    for (const pol_diag *d = r->diags.first; d; d = d->next) {
        pol_place at = pol_src_place(pol_srcs_at(&r->srcs, d->span.src),
                                     d->span.off);
        pol_buf_printf(&out, "%s%s %u:%u", out.len ? ", " : "",
                       pol_diag_name(d->code), at.line, at.column);
    }
    return pol_buf_done(&out).ptr;
}

typedef struct finding_case {
    const char *text, *want;
} finding_case;

static void check_findings(const finding_case *cases, size_t count, bool strict)
{
    run r;
    for (size_t i = 0; i < count; i++) {
        analyse(&r, cases[i].text, strict);
        const char *got = findings(&r);
        if (strcmp(got ? got : "", cases[i].want) != 0)
            fail_msg("%s\nwants `%s`, got `%s`", cases[i].text, cases[i].want,
                     got);
        pol_arena_done(&r.arena);
    }
}

#define CHECK(cases, strict) check_findings(cases, countof(cases), strict)

/* ---- rules -------------------------------------------------------------------- */

static void test_rules(void **state)
{
    (void)state;
    static const finding_case cases[] = {
        {"p := 1\np := 2", ""},
        {"p := 1\np contains 2", "P0209 2:1"},
        {"p contains 1\np[x] := 2 if x := 1", "P0209 2:1"},
        {"p[x] contains 1 if x := 1\np[x] := 2 if x := 1", "P0209 2:1"},
        {"p[x] contains 1 if x := 1\np.a := 2", ""},
        {"f(x) := x\nf(x, y) := x", "P0209 2:1"},
        {"f(x) := x\nf := 1", "P0209 2:1"},
        {"f() := 1\na := f", ""},
        {"p := 1\np.q := 2", "P0212 2:1"},
        {"p[1] := 1\np := 2", "P0212 3:1"},
        {"p.a := 1\np[x] := 2 if x := \"b\"", ""},
        {"p.a := 1\np.b contains 2", ""},
        {"default p := 1\np := 2", ""},
        {"default p := 1\ndefault p := 1", "P0210 3:9"},
        {"default p := 1\np contains 2", "P0209 2:9"},
        {"default p := x", "P0229 2:14"},
        {"default p := {\"a\": [input.x]}", "P0229 2:21"},
        {"default p := [x | x := input.x]", ""},
        {"default f(_, _) := 2", ""},
        {"a := 1\n---\npackage t.a", "P0211 1:1"},
        {"a.c := 1\n---\npackage t.a\nb := 2", ""},
        {"a[x] := 1 if x := 1\n---\npackage t.a\nb := 2", ""},
        {"input := 1", "P0217 2:1"},
        {"data.x := 1", "P0217 2:1"},
    };
    CHECK(cases, false);
}

/* ---- names --------------------------------------------------------------------- */

static void test_declarations(void **state)
{
    (void)state;
    static const finding_case cases[] = {
        {"a if { x := 1; x := 2 }", "P0213 2:16"},
        {"a if { [x, x] := [1, 1] }", "P0213 2:12"},
        {"a if { x > 0; x := 2 }", "P0214 2:15"},
        {"a if { x := x }", "P0214 2:8"},
        {"a if { some x; some x; x = 1 }", "P0215 2:21"},
        {"a if { some x in [1]; x := 2 }", "P0215 2:23"},
        {"a if { some x, x in [0] }", ""},
        {"a if every x in [1] { x := 2 }", "P0215 2:23"},
        {"f(x) if x := 1", "P0216 2:9"},
        {"f(x) if { x > 0; x := 1 }", "P0216 2:18"},
        {"f(x) := [x | x := 1]", ""},
        {"a := y if { x := 1; y := [x | x := 2] }", ""},
        {"a := y if { y := [x | x := 2]; x := 1; x }", ""},
        {"a if input := 1", "P0217 2:6"},
        {"f(data) := 1", "P0217 2:3"},
        {"a if { some input; input = 1 }", ""},
        {"a if 1 := 1", "P0218 2:6"},
        {"a if [1, x] := [1, 2]", "P0218 2:7"},
        {"a if input.x := 1", "P0218 2:6"},
        {"a if not x := 1", "P0219 2:10"},
        {"a if { some x; true }", "P0220 2:13"},
        {"a if { some x in [1]; true }", ""},
        {"a if every x in [1] { true }", "P0220 2:12"},
        {"f(input.x) := 1", "P0201 2:3"},
        {"f(x, x.y) := 1", ""},
        {"f(x, x) := 1", ""},
    };
    CHECK(cases, false);
}

static void test_strict(void **state)
{
    (void)state;
    static const finding_case cases[] = {
        {"import data.foo\na := 1", "P0223 2:1"},
        {"import data.foo\na := foo.x", ""},
        {"import data.foo\na if 1 with foo as 1", ""},
        {"import rego.v1\na := 1", ""},
        {"a if x := 1", "P0221 2:6"},
        {"a if { x := 1; print(x) }", ""},
        {"a if { x := 1; $\"{x}\" }", ""},
        {"a if x = 1", ""},
        {"f(x) := 1", "P0222 2:3"},
        {"f(_) := 1", ""},
        {"f(x) := 1 if some y in [1]\nelse := x", ""},
    };
    CHECK(cases, true);
}

static void test_calls(void **state)
{
    (void)state;
    static const finding_case cases[] = {
        {"a := foo(1)", "P0203 2:6"},
        {"a := strings.foo(1)", "P0203 2:6"},
        {"a := data.x.f(1)", "P0203 2:6"},
        {"a if { count := 1; count([2]) }", "P0203 2:20"},
        {"a := f.g(1)\nf.g(x) := x", ""},
        {"a := data.t.f(1)\nf(x) := x", ""},
        {"import data.lib\na := lib.f(1)\n---\npackage lib\nf(x) := x", ""},
        {"a := count()", "P0204 2:6"},
        {"a := f(1, 2, 3)\nf(x) := x", "P0204 2:6"},
        {"a := x if x := count([1], 1)", "P0204 2:16"},
        {"a := x if count([1], x)", ""},
        {"a := x if f(1, x)\nf(y) := y", ""},
        {"a := b(1)\nb := 2", "P0204 2:6"},
        {"a := f\nf(x) := x", "P0208 2:6"},
        {"count(x) := 1\na := count(2)", ""},
        {"a := any([true])", "P0228 2:6"},
        {"a := print(1)", "P0231 2:6"},
        {"a if print(1)", ""},
    };
    CHECK(cases, false);
}

static void test_imports_and_with(void **state)
{
    (void)state;
    static const finding_case cases[] = {
        {"import data.a.foo\nimport input.foo\na := 1", "P0224 3:1"},
        {"import data.a.foo\nimport input.foo as bar\na := foo + bar", ""},
        {"a if 1 with x as 1", "P0225 2:13"},
        {"a if { x := 1; x with x as 1 }", "P0225 2:23"},
        {"a if 1 with f as 1\nf(x) := x", ""},
        {"a if 1 with count as 1", ""},
        {"a if 1 with count as f\nf(x) := x", ""},
        {"a if 1 with count as f\nf(x, y) := x", "P0204 2:22"},
        {"a if 1 with p.q as 1\np := {}", "P0226 2:13"},
        {"a if 1 with p.q.r as 1\np.q.s := 1", ""},
        {"a if 1 with walk as 1", "P0227 2:13"},
        {"a if { k := \"x\"; 1 with input[k] as 1 }", "P0201 2:31"},
        {"a if 1 with resource as {}", ""},
        {"a if 1 with p as f\np := 1\nf(x) := x", ""},
    };
    CHECK(cases, false);
}

/* ---- safety ---------------------------------------------------------------------- */

static void test_safety(void **state)
{
    (void)state;
    static const finding_case cases[] = {
        {"a := nope", "P0201 2:6"},
        {"a if { y := nope; z := y; z > 1 }", "P0201 2:13"},
        {"a if { x > 1; y > 2 }", "P0201 2:8, P0201 2:15"},
        {"a if { z = y + 1; y = x[0]; x = [1, 2] }", ""},
        {"a if x = y", "P0201 2:6, P0201 2:10"},
        {"a if { x > 1; x = input.y }", ""},
        {"a if not x > 1", "P0201 2:10"},
        {"a if { not x; x = false }", ""},
        {"a if not input[_] == 1", "P0201 2:16"},
        {"a if [x] = [1, 2]", "P0201 2:7"},
        {"a if {\"a\": x} = {\"b\": 1}", "P0201 2:12"},
        {"a if [y, x] = [x, 1]", ""},
        {"a if {x: 1} = input", "P0201 2:7"},
        {"a if {x} = {1}", "P0201 2:7"},
        {"a if input[x] + x > 2", ""},
        {"a if x + input[x] > 2", ""},
        {"a if [f(x), x] = input\nf(x) := x", ""},
        {"a if { y := [z | z := x[_]]; x := [1] }", "P0201 2:23"},
        {"a if { y = [x | x = z]; z = 1 }", ""},
        {"a := [x | y := 1]", "P0201 2:7"},
        {"a := [input.x[i], i]", ""},
        {"p[i] := input.xs[i]", ""},
        {"p contains input.xs[i] if i > 0", ""},
        {"p[x] := 1", "P0201 2:3"},
        {"a if every x in input.a[i] { x > i }", ""},
        {"a if every x in [1] { x < y }", "P0201 2:27"},
        {"a if { walk(input, [p, v]); v == 1; count(p) > 1 }", ""},
        {"a if { input == 1 with input as x; x = [1][_] }", ""},
        {"a := 1 if false\nelse := x", "P0201 3:9"},
        {"a := $\"{x}\"", "P0201 2:9"},
        {"a := $\"{input[_]}\"", "P0230 2:15"},
        {"a := $\"{input[i]}\" if i = 1", ""},
        {"a if print(x)", "P0230 2:12"},
        {"a if print([x | x := input[_]])", ""},
        {"import future.keywords.or\na if { x = 1 or x = 2 }",
         "P0201 3:8"},
        {"import future.keywords.not\na if not { x := 1; x > 2 }", ""},
        {"f($\"{x}!\") := x if x = \"a\"", ""},
    };
    CHECK(cases, false);
}

/* ---- recursion and types ------------------------------------------------------------ */

static void test_recursion(void **state)
{
    (void)state;
    static const finding_case cases[] = {
        {"a := a", "P0202 2:1"},
        {"a := b\nb := c\nc := 1", ""},
        {"a := b\nb := a", "P0202 2:1, P0202 3:1"},
        {"f(x) := f(x - 1)", "P0202 2:1"},
        {"a contains 1\na contains 2 if a[1]", "P0202 3:1"},
        {"a.p := a.q\na.q := 1", ""},
        {"a.p := count(a)\na.q := 1", "P0202 2:1"},
        {"a := count(data.t)", "P0202 2:1"},
        {"a := data.t[input.x]", "P0202 2:1"},
        {"a := data.t[x] if x := \"b\"\nb := 1", ""},
        {"a := data.t[x] if some x in [\"b\", \"c\"]\nb := 1", ""},
        {"a := data.t[x] if some x in [\"a\", \"c\"]\nc := 1", "P0202 2:1"},
        {"a := data[x].b if x := input\nb := 1", ""},
        {"a := data.t[1]", ""},
        {"a if b with data.t.c as 1\nb := 1\nc := a", "P0202 2:1, P0202 4:1"},
        {"a := 1 if not a", "P0202 2:1"},
    };
    CHECK(cases, false);
}

static void test_types(void **state)
{
    (void)state;
    static const finding_case cases[] = {
        {"a := upper(1)", "P0205 2:6"},
        {"a := upper(x) if x := [1, \"a\"][_]", ""},
        {"a := 1 + \"a\"", "P0205 2:6"},
        {"a := 1 < \"a\"", ""},
        {"b := 1\na := upper(b)", "P0205 3:6"},
        {"b := 1\nb := input.x\na := upper(b)", ""},
        {"a := upper(x) if some x in [1, 2]", "P0205 2:6"},
        {"f([x, y]) := x\na := f(1)", "P0205 3:6"},
        {"f([x, y]) := x\nf(1) := 2\na := f(1)", ""},
        {"a := concat(\",\", [1])", "P0205 2:6"},
        {"a := concat(\",\", [input.x])", ""},
        {"a if 1 == \"a\"", "P0206 2:6"},
        {"a if { x := input.x; x == 1; upper(x) == \"A\" }", ""},
        {"a := \"1\" in {1}", "P0206 2:6"},
        {"a := 1 in []", ""},
        {"a if some x in 1", "P0206 2:6"},
        {"a if every x in [1] { upper(x) == \"a\" }", ""},
        {"b := {\"x\": 1}\na := b.y", "P0207 3:6"},
        {"b := {\"x\": 1}\na := b[k] if k := input.k", ""},
        {"b := {\"x\": 1}\na := b.x.y", "P0207 3:6"},
        {"a := [1, 2][5]", "P0207 2:6"},
        {"a := data.t.nope", ""},
        {"b := 1\na := upper(b) with data.t.b as \"x\"", "P0102 3:15"},
        {"b := 1\na if upper(b) == \"X\" with data.t.b as \"x\"", ""},
    };
    CHECK(cases, false);
}

/* ---- policies ------------------------------------------------------------------------- */

static void test_policies(void **state)
{
    (void)state;
#define BEGIN "policy \"p\" {\n    description: \"d\"\n"
#define POLICY(body) BEGIN body "\n    deny contains \"d\"\n}"
    static const finding_case cases[] = {
        {POLICY("    deny contains \"m\" if config.x"), ""},
        {POLICY("    deny contains resource.name if stack.name"), ""},
        {"policy \"p\" {\n    deny contains \"m\"\n}", "P0404 2:8"},
        {POLICY("    severitty: high"), "P0401 4:5"},
        {POLICY("    severity: hihg"), "P0402 4:15"},
        {POLICY("    severity: high"), ""},
        {POLICY("    enforcement: mandatory\n    scope: stack"), ""},
        {POLICY("    enforcement: 3"), "P0403 4:18"},
        {POLICY("    tags: [1]"), "P0403 4:11"},
        {POLICY("    title: input.x"), "P0403 4:12"},
        {POLICY("    title: \"a\"\n    title: \"b\""), "P0405 5:5"},
        {POLICY("") "\n" POLICY(""), "P0406 7:8"},
        {POLICY("    config: {\"n\": {\"type\": \"int\"}}"), "P0407 4:14"},
        {POLICY("    config: {\"n\": {\"type\": \"integer\", "
                "\"default\": \"x\"}}"),
         "P0407 4:14"},
        {POLICY("    config: {\"n\": {\"defualt\": 1}}"), "P0407 4:14"},
        {POLICY("    config: {\"n\": {}, \"required\": [\"m\"]}"),
         "P0407 4:23"},
        {POLICY("    config: {\"n\": {}, \"required\": [\"n\"]}"), ""},
        {BEGIN "    deny := 1\n}", "P0408 4:5"},
        {POLICY("    remediate contains 1"), "P0408 4:5"},
        {POLICY("    scope: stack\n    remediate := {}"), "P0408 5:5"},
        {POLICY("    resource: \"\""), "P0409 4:15"},
        {POLICY("    resource: [\"aws:s3/*:Bucket\"]"), ""},
        {POLICY("    config := 1"), "P0217 4:5"},
        {"a := resource.x", "P0201 2:6"},
        {"h := 1\n" POLICY("    h := 2\n    deny contains h"), ""},
        {POLICY("    h := 2") "\na := h", "P0201 7:6"},
        {POLICY("    a := data.t.p.b\n    b := a"),
         "P0202 4:5, P0202 5:5"},
        {BEGIN "    dney contains 1\n}", "P0410 2:8"},
        {BEGIN "    remediate := {}\n}", ""},
    };
#undef POLICY
#undef BEGIN
    CHECK(cases, false);
}

static void test_policy_values(void **state)
{
    (void)state;
    run r;
    analyse(&r,
            "package a.b\n"
            "policy \"s3\" {\n"
            "    description: \"d\"\n"
            "    enforcement: remediate\n"
            "    severity: low\n"
            "    resource: \"aws:s3/bucket:Bucket\"\n"
            "    config: {\"x\": {\"type\": \"number\", \"default\": 3},\n"
            "        \"y\": {}, \"required\": [\"y\"]}\n"
            "    deny contains \"m\"\n"
            "    remediate := {}\n"
            "}\n",
            false);
    assert_int_equal(r.diags.errors, 0);
    const pol_policy *p = r.compile.policies;
    assert_int_equal(r.compile.policy_count, 1);
    assert_true(pol_str_eq(p->name, STR("s3")));
    assert_true(pol_str_eq(p->package, STR("a.b")));
    assert_int_equal(p->enforcement, POL_LEVEL_REMEDIATE);
    assert_true(pol_string_is(p->severity, "low"));
    assert_int_equal(p->resource.len, 1);
    assert_int_equal(p->config.len, 2);
    assert_int_equal(p->config_required.len, 1);
    assert_int_equal(p->config_defaults.len, 1);
    assert_true(pol_equal(pol_get_name(p->config_defaults, "x"), pol_int(3)));
    assert_non_null(p->deny);
    assert_true(pol_str_eq(p->deny->path, STR("data.a.b.s3.deny")));
    assert_non_null(p->remediate);
    assert_null(p->not_applicable);
    pol_arena_done(&r.arena);
}

/* ---- what the trees become --------------------------------------------------------------- */

static void write_node(pol_buf *out, const pol_node *n);

static void write_list(pol_buf *out, const pol_node *n, const char *divider)
{
    for (const char *d = ""; n; n = n->next, d = divider) {
        pol_buf_cstr(out, d);
        write_node(out, n);
    }
}

/* Variables as name#slot, documents by name, calls of rules as f!. */
static void write_node(pol_buf *out, const pol_node *n)
{
    static const char *const open[POL_NODE_KINDS] = {
        [POL_NODE_ARRAY] = "[", [POL_NODE_OBJECT] = "{", [POL_NODE_SET] = "<",
        [POL_NODE_NOT] = "not(", [POL_NODE_SOME] = "some(",
        [POL_NODE_SOME_IN] = "in(", [POL_NODE_EVERY] = "every(",
        [POL_NODE_ARRAY_COMPR] = "[|", [POL_NODE_SET_COMPR] = "<|",
        [POL_NODE_BODY] = "(", [POL_NODE_UNIFY] = "=(",
        [POL_NODE_ASSIGN] = ":=(", [POL_NODE_EXPR] = "", [POL_NODE_REF] = "",
        [POL_NODE_CALL] = ""};
    static const char *const close[POL_NODE_KINDS] = {
        [POL_NODE_ARRAY] = "]", [POL_NODE_OBJECT] = "}", [POL_NODE_SET] = ">",
        [POL_NODE_ARRAY_COMPR] = "]", [POL_NODE_SET_COMPR] = ">",
        [POL_NODE_EXPR] = "", [POL_NODE_REF] = "", [POL_NODE_CALL] = ""};
    if (n->kind == POL_NODE_VAR && n->slot >= 0) {
        pol_buf_printf(out, "%.*s#%d", (int)n->text.len, n->text.ptr, n->slot);
    } else if (n->kind == POL_NODE_CALL) {
        pol_buf_str(out, n->slot == POL_SLOT_RULE
                             ? ((const pol_rule *)n->link)->path
                             : n->child->text);
        pol_buf_char(out, '(');
        write_list(out, n->child->next, ", ");
        pol_buf_char(out, ')');
    } else if (n->child || open[n->kind]) {
        pol_buf_cstr(out, open[n->kind] ? open[n->kind] : "?(");
        write_list(out, n->child, n->kind == POL_NODE_REF    ? "."
                                  : n->kind == POL_NODE_BODY ? "; "
                                                             : ", ");
        pol_buf_cstr(out, close[n->kind] ? close[n->kind] : ")");
    } else {
        pol_buf_str(out, n->text);
    }
}

static const char *written(run *r, const char *name)
{
    pol_buf out;
    pol_buf_init(&out, &r->arena);
    for (uint32_t i = 0; i < r->compile.rule_count; i++) {
        const pol_rule *rule = r->compile.rules[i];
        if (!pol_str_eq(rule->path, pol_str_of(name)))
            continue;
        for (const pol_def *d = rule->defs; d; d = d->next) {
            const pol_node *head = d->ast->key ? d->ast->key : d->ast->value;
            pol_buf_cstr(&out, out.len ? " | " : "");
            write_node(&out, head);
            pol_buf_cstr(&out, " ");
            write_node(&out, d->ast->body);
        }
    }
    return pol_buf_done(&out).ptr;
}

static void test_resolved(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"a := b\nb := 1", "data.t.b ()"},
        {"import input.x as y\na := y.z", "input.x.z ()"},
        {"import data.q.r\na := r", "data.q.r ()"},
        {"a := f(2)\nf(x) := x", "data.t.f(2) ()"},
        {"a := x if x := input", "x#0 (:=(x#0, input))"},
        /* one slot a body; the same name in a closure is another variable */
        {"a := y if { x := 1; y := [x | x := 2]; x }",
         "y#2 (:=(x#0, 1); :=(y#2, [|x#1, (:=(x#1, 2))]); x#0)"},
        /* undeclared: shared with the body that uses it, else apart */
        {"a := y if { y = [x | x = 1]; x = 2 }",
         "y#0 (=(x#1, 2); =(y#0, [|x#1, (=(x#1, 1))]))"},
        {"a := [[x | x = 1], [x | x = 2]]",
         "[[|x#0, (=(x#0, 1))], [|x#1, (=(x#1, 2))]] ()"},
        /* order */
        {"a := z if { z = y + 1; y = x; x = 1 }",
         "z#0 (=(x#2, 1); =(y#1, x#2); =(z#0, plus(y#1, 1)))"},
        {"a if { count([1], n); n > 0 }",
         "true (=(n#0, count([1])); gt(n#0, 0))"},
        {"a contains input[i] if i > 0",
         "$value#1 (=($value#1, input.i#0); gt(i#0, 0))"},
        {"a if print(input.x)",
         "true (internal.print([<|$print#0, (=($print#0, input.x))>]))"},
        {"a if x + input[x] > 2", "true (=($value#2, input.x#0); "
                                  "=($value#1, plus(x#0, $value#2)); "
                                  "gt($value#1, 2))"},
    };
    run r;
    for (size_t i = 0; i < countof(cases); i++) {
        analyse(&r, cases[i].text, false);
        assert_string_equal(r.diags.errors ? findings(&r) : "", "");
        const char *got = written(&r, "data.t.a");
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("%s\nwants `%s`,\n  got `%s`", cases[i].text,
                     cases[i].want, got);
        pol_arena_done(&r.arena);
    }
}

static void test_dynamic_rules(void **state)
{
    (void)state;
    run r;
    analyse(&r,
            "p[x] := 1 if some x in [\"a\"]\np.b := 2\np.c.d contains 3\n"
            "---\npackage t.p.e\nq := 4\n",
            false);
    assert_int_equal(r.diags.errors, 0);
    assert_int_equal(r.compile.rule_count, 1);
    const pol_rule *rule = r.compile.rules[0];
    assert_int_equal(rule->kind, POL_RULE_OBJECT);
    assert_int_equal(rule->def_count, 4);
    uint32_t want[] = {1, 1, 1, 1}, n = 0;
    for (const pol_def *d = rule->defs; d; d = d->next)
        assert_int_equal(d->suffix, want[n++]);
    /* the rule of the package below: its head got the package's last name */
    assert_int_equal(rule->last->ast->ref->count, 3);
    const pol_tree *e = pol_tree_child(rule->node, STR("e"));
    assert_non_null(e);
    assert_true(e->hidden && !pol_tree_child(e, STR("q"))->rule);
    pol_arena_done(&r.arena);
}

static void test_help(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"allowed := 1\na := alowed", "did you mean `allowed`?"},
        {"a := cuont([1])", "did you mean `count`?"},
        {"a if { name := input.n; nmae > 1 }", "did you mean `name`?"},
        {"a := count", "`count` is a function: call it"},
        {"a := resource.x", "`resource` is known inside a policy only"},
    };
    run r;
    for (size_t i = 0; i < countof(cases); i++) {
        analyse(&r, cases[i].text, false);
        assert_non_null(r.diags.first);
        assert_string_equal(r.diags.first->help, cases[i].want);
        pol_arena_done(&r.arena);
    }
}

/* Ten thousand literals in the worst order, as many rules in a chain: no pass
 * may look at all pairs. */
static void test_size(void **state)
{
    (void)state;
    enum { COUNT = 10000 };
    pol_trap trap;
    pol_arena arena;
    pol_arena_init(&arena, 0, &trap);
    if (setjmp(trap.env))
        fail_msg("out of memory");
    pol_buf text;
    pol_buf_init(&text, &arena);
    pol_buf_cstr(&text, "a if {\n");
    for (int i = 0; i < COUNT; i++)
        pol_buf_printf(&text, "    x%d = x%d\n", i, i + 1);
    pol_buf_printf(&text, "    x%d = 1\n}\n", COUNT);
    for (int i = 0; i < COUNT; i++)
        pol_buf_printf(&text, "r%d := r%d\n", i, i + 1);
    pol_buf_printf(&text, "r%d := 1\n", COUNT);
    run r;
    clock_t start = clock();
    analyse(&r, pol_buf_done(&text).ptr, false);
    assert_int_equal(r.diags.errors, 0);
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 5);
    pol_arena_done(&r.arena);
    pol_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_declarations),
        cmocka_unit_test(test_strict),
        cmocka_unit_test(test_calls),
        cmocka_unit_test(test_imports_and_with),
        cmocka_unit_test(test_safety),
        cmocka_unit_test(test_recursion),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_policies),
        cmocka_unit_test(test_policy_values),
        cmocka_unit_test(test_resolved),
        cmocka_unit_test(test_dynamic_rules),
        cmocka_unit_test(test_help),
        cmocka_unit_test(test_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
