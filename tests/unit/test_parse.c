/* SPDX-License-Identifier: Apache-2.0
 *
 * The front end: snippets and the trees they give, broken snippets and the
 * codes and places of all their errors. OPA accepts and rejects the same
 * modules; where a tree may surprise, OPA's reading was compared.
 *
 * A tree is shown as pol_ast_dump gives it, with parentheses in place of
 * indentation. An error is shown as code@offset+length. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "limit.h"
#include "parse.h"

typedef enum { V1, V0, QUERY } mode;

typedef struct row {
    mode mode;
    const char *text;
    const char *want;
} row;

typedef struct world {
    pol_trap trap;
    pol_arena arena;
    pol_srcs srcs;
    pol_diags diags;
} world;

static void start(world *w)
{
    pol_arena_init(&w->arena, 0, &w->trap);
    pol_srcs_init(&w->srcs, &w->arena);
    pol_diag_init(&w->diags, &w->arena, &w->srcs);
}

/* Parses into a dump; modules get `package a` in front. */
static pol_str parse(world *w, mode how, pol_str text)
{
    pol_buf source, dump;
    pol_buf_init(&source, &w->arena);
    pol_buf_init(&dump, &w->arena);
    if (how != QUERY)
        pol_buf_cstr(&source, "package a\n");
    pol_buf_str(&source, text);
    uint32_t src = pol_srcs_add(&w->srcs, STR("test"), pol_buf_done(&source));
    if (how == QUERY) {
        pol_node *query = pol_parse_query(&w->arena, &w->diags, src, NULL);
        if (query)
            pol_ast_dump_node(query, &dump);
        return pol_buf_done(&dump);
    }
    pol_parse_options options = {.v0 = how == V0};
    pol_ast_module *module =
        pol_parse_module(&w->arena, &w->diags, src, &options);
    module->package = NULL; /* always the same */
    pol_ast_dump(module, &dump);
    return pol_buf_done(&dump);
}

/* Turns the indentation of a dump into parentheses. */
static pol_str in_one_line(world *w, pol_str dump)
{
    pol_buf out;
    pol_buf_init(&out, &w->arena);
    size_t depth = 0;
    for (const char *p = dump.ptr, *end = p + dump.len; p < end; p++) {
        size_t level = 0;
        for (; *p == ' '; p += 2)
            level++;
        if (out.len && level > depth)
            pol_buf_char(&out, '(');
        for (; depth > level; depth--)
            pol_buf_char(&out, ')');
        if (out.len && out.ptr[out.len - 1] != '(')
            pol_buf_char(&out, ' ');
        depth = level;
        for (; *p != '\n'; p++)
            pol_buf_char(&out, *p);
    }
    for (; depth > 0; depth--)
        pol_buf_char(&out, ')');
    return pol_buf_done(&out);
}

static pol_str all_errors(world *w)
{
    pol_buf out;
    pol_buf_init(&out, &w->arena);
    pol_diag_sort(&w->diags);
    for (const pol_diag *diag = w->diags.first; diag; diag = diag->next)
        pol_buf_printf(&out, "%s%s@%u+%u", out.len ? " " : "",
                       pol_diag_name(diag->code), (unsigned)diag->span.off,
                       (unsigned)diag->span.len);
    return pol_buf_done(&out);
}

static void check_rows(const row *rows, size_t count, bool broken)
{
    for (size_t i = 0; i < count; i++) {
        world w;
        start(&w);
        pol_str dump = parse(&w, rows[i].mode, pol_str_of(rows[i].text));
        pol_str got = all_errors(&w);
        if (!broken && got.len == 0)
            got = in_one_line(&w, dump);
        if (!pol_str_eq(got, pol_str_of(rows[i].want)))
            fail_msg("%s\n gives %s\n not   %s", rows[i].text, got.ptr,
                     rows[i].want);
        pol_arena_done(&w.arena);
    }
}

static const row HEADS_TREES[] = {
    {V1, "p := 1",
     "rule complete assign(ref(VAR p) value(NUMBER 1))"},
    {V1, "p = 1",
     "rule complete(ref(VAR p) value(NUMBER 1))"},
    {V1, "p if x",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(EXPR(VAR"
     " x))))"},
    {V1, "p contains x if y",
     "rule set(ref(VAR p) key(VAR x) body(BODY(EXPR(VAR y))))"},
    {V1, "p.q contains x",
     "rule set(ref(REF(VAR p STRING \"q\" dot)) key(VAR x))"},
    {V1, "p[x] := y",
     "rule object assign(ref(REF(VAR p VAR x)) value(VAR y))"},
    {V1, "p[\"x\"].y := 1",
     "rule complete assign(ref(REF(VAR p STRING \"x\" STRING \"y\" dot)) val"
     "ue(NUMBER 1))"},
    {V1, "p[x] if y",
     "rule object(ref(REF(VAR p VAR x)) value(BOOL true generated) body(BODY"
     "(EXPR(VAR y))))"},
    {V1, "f(x, [1, _]) := x if y",
     "rule function assign(ref(VAR f) args(VAR x ARRAY(NUMBER 1 VAR _)) valu"
     "e(VAR x) body(BODY(EXPR(VAR y))))"},
    {V1, "f()  := 1",
     "rule complete assign(ref(VAR f) value(NUMBER 1))"},
    {V1, "a.f(x)",
     "rule function(ref(REF(VAR a STRING \"f\" dot)) args(VAR x) value(BOOL "
     "true generated))"},
    {V1, "test_p if x",
     "rule complete test(ref(VAR test_p) value(BOOL true generated) body(BOD"
     "Y(EXPR(VAR x))))"},
    {V1, "default p := 1",
     "rule complete default assign(ref(VAR p) value(NUMBER 1))"},
    {V1, "default f(_) := 1",
     "rule function default assign(ref(VAR f) args(VAR _) value(NUMBER 1))"},
    {V1, "default p",
     "rule complete default(ref(VAR p) value(BOOL true generated))"},
    {V1, "p.if.default := 1",
     "rule complete assign(ref(REF(VAR p STRING \"if\" dot STRING \"default"
     "\" dot)) value(NUMBER 1))"},
    {V1, "not.x := 1",
     "rule complete assign(ref(REF(VAR not STRING \"x\" dot)) value(NUMBER 1"
     "))"},
    {V1, "p := 1 q := 2",
     "rule complete assign(ref(VAR p) value(NUMBER 1)) rule complete assign("
     "ref(VAR q) value(NUMBER 2))"},
    {V1, "p if { x } { y; z }",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(EXPR(VAR"
     " x)))) rule complete(ref(VAR p) value(BOOL true generated) body(BODY(E"
     "XPR(VAR y) EXPR(VAR z))))"},
    {V1, "p contains x if { y } { z }",
     "rule set(ref(VAR p) key(VAR x) body(BODY(EXPR(VAR y)))) rule set(ref(V"
     "AR p) key(VAR x) body(BODY(EXPR(VAR z))))"},
    {V1, "policy := 1",
     "rule complete assign(ref(VAR policy) value(NUMBER 1))"},
};

static void test_heads_trees(void **state)
{
    (void)state;
    check_rows(HEADS_TREES, countof(HEADS_TREES), false);
}

static const row ELSE_TREES[] = {
    {V1, "p if x else := 1",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(EXPR(VAR"
     " x))) else assign(value(NUMBER 1)))"},
    {V1, "p := 1 if { x } else = 2 if y else if { z }",
     "rule complete assign(ref(VAR p) value(NUMBER 1) body(BODY(EXPR(VAR x))"
     ") else(value(NUMBER 2) body(BODY(EXPR(VAR y)))) else(value(BOOL true g"
     "enerated) body(BODY(EXPR(VAR z)))))"},
    {V1, "f(x) if x else := 2",
     "rule function(ref(VAR f) args(VAR x) value(BOOL true generated) body(B"
     "ODY(EXPR(VAR x))) else assign(value(NUMBER 2)))"},
};

static void test_else_trees(void **state)
{
    (void)state;
    check_rows(ELSE_TREES, countof(ELSE_TREES), false);
}

static const row LITERALS_TREES[] = {
    {V1, "p if {\nx\ny; z\n}",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(EXPR(VAR"
     " x) EXPR(VAR y) EXPR(VAR z))))"},
    {V1, "p if {\nx\n-1\n}",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(EXPR(CAL"
     "L infix(VAR minus VAR x NUMBER 1)))))"},
    {V1, "p if {\nx\n[1]\n(2)\n}",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(EXPR(VAR"
     " x) EXPR(ARRAY(NUMBER 1)) EXPR(NUMBER 2 paren))))"},
    {V1, "p if {\nnot x\n}",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(NOT(EXPR"
     "(VAR x)))))"},
    {V1, "p if {\nnot x == y\n}",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(NOT(EXPR"
     "(CALL infix(VAR equal VAR x VAR y))))))"},
    {V1, "p if {\nx := y in z\n}",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(ASSIGN(V"
     "AR x CALL infix(VAR internal.member_2 VAR y VAR z)))))"},
    {V1, "p if {\na, b in c\n}",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(EXPR(CAL"
     "L infix(VAR internal.member_3 VAR a VAR b VAR c)))))"},
    {V1, "p if {\nx = y\n}",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(UNIFY(VA"
     "R x VAR y))))"},
    {V1, "p if {\nsome x, y\n}",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(SOME(VAR"
     " x VAR y))))"},
    {V1, "p if {\nsome x in y\n}",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(SOME_IN("
     "VAR x VAR y))))"},
    {V1, "p if {\nsome k, [v] in y\n}",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(SOME_IN "
     "keyed(VAR k ARRAY(VAR v) VAR y))))"},
    {V1, "p if {\nsome x in y in z\n}",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(SOME_IN("
     "CALL infix(VAR internal.member_2 VAR x VAR y) VAR z))))"},
    {V1, "p if {\nevery x in y { z }\n}",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(EVERY(VA"
     "R x VAR y BODY(EXPR(VAR z))))))"},
    {V1, "p if {\nevery k, v in {1} { z\nw }\n}",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(EVERY ke"
     "yed(VAR k VAR v SET(NUMBER 1) BODY(EXPR(VAR z) EXPR(VAR w))))))"},
    {V1, "p if {\nevery x in y\n{ z }\n{ w }\n}",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(EVERY(VA"
     "R x VAR y BODY(EXPR(VAR z))) EXPR(SET(VAR w)))))"},
    {V1, "p if {\nx with input as 1 with data.a as 2, y in z\n}",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(EXPR(VAR"
     " x WITH(VAR input NUMBER 1) WITH(REF(VAR data STRING \"a\" dot) CALL i"
     "nfix(VAR internal.member_3 NUMBER 2 VAR y VAR z))))))"},
    {V1, "p if {\nsome.x == 1\n}",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(EXPR(CAL"
     "L infix(VAR equal REF(VAR some STRING \"x\" dot) NUMBER 1)))))"},
    {V1, "p if {\nnot.x\nin.y\n}",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(EXPR(REF"
     "(VAR not STRING \"x\" dot)) EXPR(REF(VAR in STRING \"y\" dot)))))"},
    {V1, "p if {\nx :=\n1\ny\n}",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(ASSIGN(V"
     "AR x NUMBER 1) EXPR(VAR y))))"},
};

static void test_literals_trees(void **state)
{
    (void)state;
    check_rows(LITERALS_TREES, countof(LITERALS_TREES), false);
}

static const row IF_TREES[] = {
    {V1, "p if {1}",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(EXPR(NUM"
     "BER 1))))"},
    {V1, "p if {}",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(EXPR(OBJ"
     "ECT))))"},
    {V1, "p if {1} == x",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(EXPR(CAL"
     "L infix(VAR equal SET(NUMBER 1) VAR x)))))"},
    {V1, "p if {x | y}",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(EXPR(SET"
     "_COMPR(VAR x BODY(EXPR(VAR y)))))))"},
    {V1, "p if {\"a\": 1}",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(EXPR(OBJ"
     "ECT(STRING \"a\" NUMBER 1)))))"},
    {V1, "p if {x}.y",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(EXPR(REF"
     "(SET(VAR x) STRING \"y\" dot)))))"},
    {V1, "p if { x } q := 1",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(EXPR(VAR"
     " x)))) rule complete assign(ref(VAR q) value(NUMBER 1))"},
    {V1, "p if contains(\"a\", \"b\")",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(EXPR(CAL"
     "L(VAR contains STRING \"a\" STRING \"b\")))))"},
    {V1, "p if x in y",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(EXPR(CAL"
     "L infix(VAR internal.member_2 VAR x VAR y)))))"},
    {V1, "p if {a}\nin b",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(EXPR(CAL"
     "L infix(VAR internal.member_2 SET(VAR a) VAR b)))))"},
};

static void test_if_trees(void **state)
{
    (void)state;
    check_rows(IF_TREES, countof(IF_TREES), false);
}

static const row TERMS_TREES[] = {
    {V1, "p := null",
     "rule complete assign(ref(VAR p) value(NULL null))"},
    {V1, "p := true",
     "rule complete assign(ref(VAR p) value(BOOL true))"},
    {V1, "p := -1",
     "rule complete assign(ref(VAR p) value(NUMBER -1))"},
    {V1, "p := - 1",
     "rule complete assign(ref(VAR p) value(NUMBER -1))"},
    {V1, "p := -x.y",
     "rule complete assign(ref(VAR p) value(CALL infix(VAR minus NUMBER 0 ge"
     "nerated REF(VAR x STRING \"y\" dot))))"},
    {V1, "p := 1 - -1",
     "rule complete assign(ref(VAR p) value(CALL infix(VAR minus NUMBER 1 NU"
     "MBER -1)))"},
    {V1, "p := 1 + 2 * 3 - 4",
     "rule complete assign(ref(VAR p) value(CALL infix(VAR minus CALL infix("
     "VAR plus NUMBER 1 CALL infix(VAR mul NUMBER 2 NUMBER 3)) NUMBER 4)))"},
    {V1, "p := a & b | c == d < e",
     "rule complete assign(ref(VAR p) value(CALL infix(VAR lt CALL infix(VAR"
     " equal CALL infix(VAR or CALL infix(VAR and VAR a VAR b) VAR c) VAR d)"
     " VAR e)))"},
    {V1, "p := a in b in c",
     "rule complete assign(ref(VAR p) value(CALL infix(VAR internal.member_2"
     " CALL infix(VAR internal.member_2 VAR a VAR b) VAR c)))"},
    {V1, "p := a, b in c",
     "rule complete assign(ref(VAR p) value(CALL infix(VAR internal.member_3"
     " VAR a VAR b VAR c)))"},
    {V1, "p := (a)",
     "rule complete assign(ref(VAR p) value(VAR a paren))"},
    {V1, "p := a.b[\"c\"][d]",
     "rule complete assign(ref(VAR p) value(REF(VAR a STRING \"b\" dot STRIN"
     "G \"c\" VAR d)))"},
    {V1, "p := f(x).y[0]",
     "rule complete assign(ref(VAR p) value(REF(CALL(VAR f VAR x) STRING \"y"
     "\" dot NUMBER 0)))"},
    {V1, "p := (a, b in c)[d]",
     "rule complete assign(ref(VAR p) value(REF(CALL infix paren(VAR interna"
     "l.member_3 VAR a VAR b VAR c) VAR d)))"},
    {V1, "p := [a in b, c,]",
     "rule complete assign(ref(VAR p) value(ARRAY(CALL infix(VAR internal.me"
     "mber_2 VAR a VAR b) VAR c)))"},
    {V1, "p := {1, 2,}",
     "rule complete assign(ref(VAR p) value(SET(NUMBER 1 NUMBER 2)))"},
    {V1, "p := {\"a\": 1, b: c in d,}",
     "rule complete assign(ref(VAR p) value(OBJECT(STRING \"a\" NUMBER 1 VAR"
     " b CALL infix(VAR internal.member_2 VAR c VAR d))))"},
    {V1, "p := {}",
     "rule complete assign(ref(VAR p) value(OBJECT))"},
    {V1, "p := set()",
     "rule complete assign(ref(VAR p) value(SET))"},
    {V1, "p := set( )[x]",
     "rule complete assign(ref(VAR p) value(REF(SET VAR x)))"},
    {V1, "p := []",
     "rule complete assign(ref(VAR p) value(ARRAY))"},
    {V1, "p := f(a,)",
     "rule complete assign(ref(VAR p) value(CALL(VAR f VAR a)))"},
    {V1, "p := \"a\\\"\\u00e9\\ud83d\\ude00\\ud800\\u0000\"",
     "rule complete assign(ref(VAR p) value(STRING \"a\\\"é😀�\\x00\"))"},
    {V1, "p := `a\\n\"`",
     "rule complete assign(ref(VAR p) value(STRING \"a\\\\n\\\"\" raw))"},
    {V1, "p := .5",
     "rule complete assign(ref(VAR p) value(NUMBER 0.5))"},
    {V1, "p := 1E+5",
     "rule complete assign(ref(VAR p) value(NUMBER 1E+5))"},
    {V1, "p := contains",
     "rule complete assign(ref(VAR p) value(VAR contains))"},
    {V1, "p := {$\"a\": 1}",
     "rule complete assign(ref(VAR p) value(OBJECT(TEMPLATE(STRING \"a\") NU"
     "MBER 1)))"},
    {V1, "p := data.policy",
     "rule complete assign(ref(VAR p) value(REF(VAR data STRING \"policy\" d"
     "ot)))"},
};

static void test_terms_trees(void **state)
{
    (void)state;
    check_rows(TERMS_TREES, countof(TERMS_TREES), false);
}

static const row COMPREHENSIONS_TREES[] = {
    {V1, "p := [x | y]",
     "rule complete assign(ref(VAR p) value(ARRAY_COMPR(VAR x BODY(EXPR(VAR "
     "y)))))"},
    {V1, "p := {x | y; z\nw}",
     "rule complete assign(ref(VAR p) value(SET_COMPR(VAR x BODY(EXPR(VAR y)"
     " EXPR(VAR z) EXPR(VAR w)))))"},
    {V1, "p := {x: y | z}",
     "rule complete assign(ref(VAR p) value(OBJECT_COMPR(VAR x VAR y BODY(EX"
     "PR(VAR z)))))"},
    {V1, "p := {a + 1: b | c}",
     "rule complete assign(ref(VAR p) value(OBJECT_COMPR(CALL infix(VAR plus"
     " VAR a NUMBER 1) VAR b BODY(EXPR(VAR c)))))"},
    {V1, "p := {-x | y}",
     "rule complete assign(ref(VAR p) value(SET_COMPR(CALL infix(VAR minus N"
     "UMBER 0 generated VAR x) BODY(EXPR(VAR y)))))"},
    {V1, "p := {f(x)[0].y | z}",
     "rule complete assign(ref(VAR p) value(SET_COMPR(REF(CALL(VAR f VAR x) "
     "NUMBER 0 STRING \"y\" dot) BODY(EXPR(VAR z)))))"},
    {V1, "p := {(a + b) | c}",
     "rule complete assign(ref(VAR p) value(SET_COMPR(CALL infix paren(VAR p"
     "lus VAR a VAR b) BODY(EXPR(VAR c)))))"},
    {V1, "p := [x | a, b in c]",
     "rule complete assign(ref(VAR p) value(ARRAY_COMPR(VAR x BODY(EXPR(CALL"
     " infix(VAR internal.member_3 VAR a VAR b VAR c))))))"},
    {V1, "p := [x | some a, b; c]",
     "rule complete assign(ref(VAR p) value(ARRAY_COMPR(VAR x BODY(SOME(VAR "
     "a VAR b) EXPR(VAR c)))))"},
    {V1, "p := [x | some a, b in c\nd, e in f]",
     "rule complete assign(ref(VAR p) value(ARRAY_COMPR(VAR x BODY(SOME_IN k"
     "eyed(VAR a VAR b VAR c) EXPR(CALL infix(VAR internal.member_3 VAR d VA"
     "R e VAR f))))))"},
    {V1, "p := [a | b, c]",
     "rule complete assign(ref(VAR p) value(ARRAY(CALL infix(VAR or VAR a VA"
     "R b) VAR c)))"},
    {V1, "p := {a | b, c}",
     "rule complete assign(ref(VAR p) value(SET(CALL infix(VAR or VAR a VAR "
     "b) VAR c)))"},
    {V1, "p := {a | b, c in d, e}",
     "rule complete assign(ref(VAR p) value(SET(CALL infix(VAR or VAR a VAR "
     "b) CALL infix(VAR internal.member_2 VAR c VAR d) VAR e)))"},
    {V1, "p := {a: b | c, d: e}",
     "rule complete assign(ref(VAR p) value(OBJECT(VAR a CALL infix(VAR or V"
     "AR b VAR c) VAR d VAR e)))"},
    {V1, "p := {a: b | c, d in e}",
     "rule complete assign(ref(VAR p) value(OBJECT_COMPR(VAR a VAR b BODY(EX"
     "PR(CALL infix(VAR internal.member_3 VAR c VAR d VAR e))))))"},
    {V1, "p := [a + 1 | b]",
     "rule complete assign(ref(VAR p) value(ARRAY(CALL infix(VAR or CALL inf"
     "ix(VAR plus VAR a NUMBER 1) VAR b))))"},
    {V1, "p := {a in b | c}",
     "rule complete assign(ref(VAR p) value(SET(CALL infix(VAR internal.memb"
     "er_2 VAR a CALL infix(VAR or VAR b VAR c)))))"},
    {V1, "p := {a | b | c}",
     "rule complete assign(ref(VAR p) value(SET_COMPR(VAR a BODY(EXPR(CALL i"
     "nfix(VAR or VAR b VAR c))))))"},
    {V1, "p := {{a | b} | c}",
     "rule complete assign(ref(VAR p) value(SET_COMPR(SET_COMPR(VAR a BODY(E"
     "XPR(VAR b))) BODY(EXPR(VAR c)))))"},
    {V1, "p := {a, b | c}",
     "rule complete assign(ref(VAR p) value(SET(VAR a CALL infix(VAR or VAR "
     "b VAR c))))"},
    {V1, "p := [x | f(a, b)]",
     "rule complete assign(ref(VAR p) value(ARRAY_COMPR(VAR x BODY(EXPR(CALL"
     "(VAR f VAR a VAR b))))))"},
    {V1, "p := [x | y := [a, b]]",
     "rule complete assign(ref(VAR p) value(ARRAY_COMPR(VAR x BODY(ASSIGN(VA"
     "R y ARRAY(VAR a VAR b))))))"},
};

static void test_comprehensions_trees(void **state)
{
    (void)state;
    check_rows(COMPREHENSIONS_TREES, countof(COMPREHENSIONS_TREES), false);
}

static const row TEMPLATES_TREES[] = {
    {V1, "p := $\"\"",
     "rule complete assign(ref(VAR p) value(TEMPLATE))"},
    {V1, "p := $\"a{x}b{y + 1}\"",
     "rule complete assign(ref(VAR p) value(TEMPLATE(STRING \"a\" BODY(EXPR("
     "VAR x)) STRING \"b\" BODY(EXPR(CALL infix(VAR plus VAR y NUMBER 1)))))"
     ")"},
    {V1, "p := $`a\\{{x}\n`",
     "rule complete assign(ref(VAR p) value(TEMPLATE raw(STRING \"a{\" BODY("
     "EXPR(VAR x)) STRING \"\\x0a\")))"},
    {V1, "p := $\"\\{{ $\"b{`c`}\" }}\"",
     "rule complete assign(ref(VAR p) value(TEMPLATE(STRING \"{\" BODY(EXPR("
     "TEMPLATE(STRING \"b\" BODY(EXPR(STRING \"c\" raw))))) STRING \"}\")))"},
    {V1, "p := $\"{{1}}{x with input as 1}\"",
     "rule complete assign(ref(VAR p) value(TEMPLATE(BODY(EXPR(SET(NUMBER 1)"
     ")) BODY(EXPR(VAR x WITH(VAR input NUMBER 1))))))"},
    {V1, "p := $\"{x\n}\"",
     "rule complete assign(ref(VAR p) value(TEMPLATE(BODY(EXPR(VAR x)))))"},
    {V1, "p := $\"{[a | b]}\"",
     "rule complete assign(ref(VAR p) value(TEMPLATE(BODY(EXPR(ARRAY_COMPR(V"
     "AR a BODY(EXPR(VAR b))))))))"},
};

static void test_templates_trees(void **state)
{
    (void)state;
    check_rows(TEMPLATES_TREES, countof(TEMPLATES_TREES), false);
}

static const row IMPORTS_TREES[] = {
    {V1, "import data.x\nimport input.y as z\nimport data[\"a b\"].if as c",
     "import(REF(VAR data STRING \"x\" dot)) import as z(REF(VAR input STRIN"
     "G \"y\" dot)) import as c(REF(VAR data STRING \"a b\" STRING \"if\" do"
     "t))"},
    {V1, "import rego.v1",
     "import(REF(VAR rego STRING \"v1\" dot))"},
    {V1, "import future.keywords.in",
     "import(REF(VAR future STRING \"keywords\" dot STRING \"in\" dot))"},
    {V1, "import input",
     "import(VAR input)"},
};

static void test_imports_trees(void **state)
{
    (void)state;
    check_rows(IMPORTS_TREES, countof(IMPORTS_TREES), false);
}

static const row LOGIC_TREES[] = {
    {V1, "import rego.v2\np if { x and y or z }",
     "import(REF(VAR rego STRING \"v2\" dot)) rule complete(ref(VAR p) value"
     "(BOOL true generated) body(BODY(OR(AND(EXPR(VAR x) EXPR(VAR y)) EXPR(V"
     "AR z)))))"},
    {V1, "import rego.v2\np if { not x }",
     "import(REF(VAR rego STRING \"v2\" dot)) rule complete(ref(VAR p) value"
     "(BOOL true generated) body(BODY(NOT(BODY generated(EXPR(VAR x))))))"},
    {V1, "import rego.v2\np if { not { x; y } }",
     "import(REF(VAR rego STRING \"v2\" dot)) rule complete(ref(VAR p) value"
     "(BOOL true generated) body(BODY(NOT(BODY(EXPR(VAR x) EXPR(VAR y))))))"},
    {V1, "import rego.v2\np if { {x; y} or not {z} }",
     "import(REF(VAR rego STRING \"v2\" dot)) rule complete(ref(VAR p) value"
     "(BOOL true generated) body(BODY(OR(BODY(EXPR(VAR x) EXPR(VAR y)) NOT(B"
     "ODY(EXPR(VAR z)))))))"},
    {V1, "import rego.v2\np if { (x or y) and z }",
     "import(REF(VAR rego STRING \"v2\" dot)) rule complete(ref(VAR p) value"
     "(BOOL true generated) body(BODY(AND(OR(EXPR(VAR x) EXPR(VAR y)) EXPR(V"
     "AR z)))))"},
    {V1, "import rego.v2\np if { (x with input as 1) and y with data.a as 2 }",
     "import(REF(VAR rego STRING \"v2\" dot)) rule complete(ref(VAR p) value"
     "(BOOL true generated) body(BODY(AND(EXPR(VAR x WITH(VAR input NUMBER 1"
     ")) EXPR(VAR y) WITH(REF(VAR data STRING \"a\" dot) NUMBER 2)))))"},
    {V1, "import rego.v2\np if { x or (not y and z) }",
     "import(REF(VAR rego STRING \"v2\" dot)) rule complete(ref(VAR p) value"
     "(BOOL true generated) body(BODY(OR(EXPR(VAR x) AND(NOT(BODY generated("
     "EXPR(VAR y))) EXPR(VAR z))))))"},
    {V1, "import rego.v2\np if { {x} == y }",
     "import(REF(VAR rego STRING \"v2\" dot)) rule complete(ref(VAR p) value"
     "(BOOL true generated) body(BODY(EXPR(CALL infix(VAR equal SET(VAR x) V"
     "AR y)))))"},
    {V1, "import rego.v2\np if { [a | b or c] }",
     "import(REF(VAR rego STRING \"v2\" dot)) rule complete(ref(VAR p) value"
     "(BOOL true generated) body(BODY(EXPR(ARRAY_COMPR(VAR a BODY(OR(EXPR(VA"
     "R b) EXPR(VAR c))))))))"},
    {V1, "import rego.v2\np if { not (x or y) }",
     "import(REF(VAR rego STRING \"v2\" dot)) rule complete(ref(VAR p) value"
     "(BOOL true generated) body(BODY(NOT(BODY generated(OR(EXPR(VAR x) EXPR"
     "(VAR y)))))))"},
    {V1, "import rego.v2\np if { x\nand y }",
     "import(REF(VAR rego STRING \"v2\" dot)) rule complete(ref(VAR p) value"
     "(BOOL true generated) body(BODY(AND(EXPR(VAR x) EXPR(VAR y)))))"},
    {V1, "and := 1\nor := and",
     "rule complete assign(ref(VAR and) value(NUMBER 1)) rule complete assig"
     "n(ref(VAR or) value(VAR and))"},
    {V1, "import rego.v2\np if {x} or y",
     "import(REF(VAR rego STRING \"v2\" dot)) rule complete(ref(VAR p) value"
     "(BOOL true generated) body(BODY(OR(BODY(EXPR(VAR x)) EXPR(VAR y)))))"},
};

static void test_logic_trees(void **state)
{
    (void)state;
    check_rows(LOGIC_TREES, countof(LOGIC_TREES), false);
}

static const row V0_TREES[] = {
    {V0, "p { x }",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(EXPR(VAR"
     " x))))"},
    {V0, "p[x] { y }",
     "rule set(ref(VAR p) key(VAR x) body(BODY(EXPR(VAR y))))"},
    {V0, "p.x",
     "rule set(ref(VAR p) key(STRING \"x\" dot))"},
    {V0, "p[x] = y { z }",
     "rule object(ref(REF(VAR p VAR x)) value(VAR y) body(BODY(EXPR(VAR z)))"
     ")"},
    {V0, "p.q[x] { y }",
     "rule object(ref(REF(VAR p STRING \"q\" dot VAR x)) value(BOOL true gen"
     "erated) body(BODY(EXPR(VAR y))))"},
    {V0, "p { x } else = 1 { y }",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(EXPR(VAR"
     " x))) else(value(NUMBER 1) body(BODY(EXPR(VAR y)))))"},
    {V0, "p { x } else { y }",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(EXPR(VAR"
     " x))) else(value(BOOL true generated) body(BODY(EXPR(VAR y)))))"},
    {V0, "if := in",
     "rule complete assign(ref(VAR if) value(VAR in))"},
    {V0, "p { contains := every }",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(ASSIGN(V"
     "AR contains VAR every))))"},
    {V0, "import future.keywords.if\np if x\np[x] if y",
     "import(REF(VAR future STRING \"keywords\" dot STRING \"if\" dot)) rule"
     " complete(ref(VAR p) value(BOOL true generated) body(BODY(EXPR(VAR x))"
     ")) rule object(ref(REF(VAR p VAR x)) value(BOOL true generated) body(B"
     "ODY(EXPR(VAR y))))"},
    {V0, "import rego.v1\np contains x if y",
     "import(REF(VAR rego STRING \"v1\" dot)) rule set(ref(VAR p) key(VAR x)"
     " body(BODY(EXPR(VAR y))))"},
    {V0, "import future.keywords.every\np { every x in y { z } }",
     "import(REF(VAR future STRING \"keywords\" dot STRING \"every\" dot)) r"
     "ule complete(ref(VAR p) value(BOOL true generated) body(BODY(EVERY(VAR"
     " x VAR y BODY(EXPR(VAR z))))))"},
    {V0, "p {x | y}",
     "rule complete(ref(VAR p) value(BOOL true generated) body(BODY(EXPR(CAL"
     "L infix(VAR or VAR x VAR y)))))"},
    {V0, "import input as in",
     "import as in(VAR input)"},
    {V0, "p[x]\n{ y }",
     "rule set(ref(VAR p) key(VAR x) body(BODY(EXPR(VAR y))))"},
};

static void test_v0_trees(void **state)
{
    (void)state;
    check_rows(V0_TREES, countof(V0_TREES), false);
}

static const row QUERIES_TREES[] = {
    {QUERY, "x",
     "BODY(EXPR(VAR x))"},
    {QUERY, "data.a.b = x; x > 1",
     "BODY(UNIFY(REF(VAR data STRING \"a\" dot STRING \"b\" dot) VAR x) EXPR"
     "(CALL infix(VAR gt VAR x NUMBER 1)))"},
    {QUERY, "x\ny",
     "BODY(EXPR(VAR x) EXPR(VAR y))"},
    {QUERY, "{1}",
     "BODY(EXPR(SET(NUMBER 1)))"},
    {QUERY, "{x | y}",
     "BODY(EXPR(SET_COMPR(VAR x BODY(EXPR(VAR y)))))"},
    {QUERY, "some x in y",
     "BODY(SOME_IN(VAR x VAR y))"},
    {QUERY, "every x in y { z }",
     "BODY(EVERY(VAR x VAR y BODY(EXPR(VAR z))))"},
    {QUERY, "if.x",
     "BODY(EXPR(REF(VAR if STRING \"x\" dot)))"},
    {QUERY, "[1]\n[2]",
     "BODY(EXPR(ARRAY(NUMBER 1)) EXPR(ARRAY(NUMBER 2)))"},
};

static void test_queries_trees(void **state)
{
    (void)state;
    check_rows(QUERIES_TREES, countof(QUERIES_TREES), false);
}

static const row POLICIES_TREES[] = {
    {V1, "policy \"a\" {\n  description: \"d\"\n  enforcement: mandatory\n  conf"
     "ig: {\"a\": [1]}\n  deny contains \"m\" if {\n    x\n  }\n  p := 1\n}"
     "\nq := 1",
     "rule complete assign(ref(VAR q) value(NUMBER 1)) policy \"a\"(field de"
     "scription(STRING \"d\") field enforcement(VAR mandatory) field config("
     "OBJECT(STRING \"a\" ARRAY(NUMBER 1))) rule set(ref(VAR deny) key(STRIN"
     "G \"m\") body(BODY(EXPR(VAR x)))) rule complete assign(ref(VAR p) valu"
     "e(NUMBER 1)))"},
    {V1, "policy `a b` { x: -1 }",
     "policy \"a b\"(field x(NUMBER -1))"},
    {V1, "policy \"a\" {}",
     "policy \"a\""},
    {V1, "policy \"a\" {\n contains.x := 1\n p contains contains\n}\npolicy \"b"
     "\" { f(x) if { x } { y } }",
     "policy \"a\"(rule complete assign(ref(REF(VAR contains STRING \"x\" do"
     "t)) value(NUMBER 1)) rule set(ref(VAR p) key(VAR contains))) policy \""
     "b\"(rule function(ref(VAR f) args(VAR x) value(BOOL true generated) bo"
     "dy(BODY(EXPR(VAR x)))) rule function(ref(VAR f) args(VAR x) value(BOOL"
     " true generated) body(BODY(EXPR(VAR y)))))"},
};

static void test_policies_trees(void **state)
{
    (void)state;
    check_rows(POLICIES_TREES, countof(POLICIES_TREES), false);
}

static const row METADATA_TREES[] = {
    {V1, "# METADATA\n# title: t\n#   x: y\n#z\np := 1",
     "rule complete assign(ref(VAR p) value(NUMBER 1)) metadata rule \"title"
     ": t\\x0a  x: y\\x0az\\x0a\""},
    {V1, "# METADATA\n# a\n\n# b\nimport data.x",
     "import(REF(VAR data STRING \"x\" dot)) metadata import \"a\\x0a\""},
    {V1, "# METADATA\n# a\npolicy \"a\" {\n# METADATA\n# b\n  p := 1\n}\n# METAD"
     "ATA\n",
     "policy \"a\"(rule complete assign(ref(VAR p) value(NUMBER 1))) metadat"
     "a policy \"a\\x0a\" metadata rule \"b\\x0a\" metadata nothing \"\""},
    {V1, " # METADATA\n # a\np := 1",
     "rule complete assign(ref(VAR p) value(NUMBER 1))"},
    {V1, "#  METADATA x\n# a\n# b\n\np := 1\n# METADATA\n# c\nq := 1",
     "rule complete assign(ref(VAR p) value(NUMBER 1)) rule complete assign("
     "ref(VAR q) value(NUMBER 1)) metadata rule \"a\\x0ab\\x0a\" metadata ru"
     "le \"c\\x0a\""},
};

static void test_metadata_trees(void **state)
{
    (void)state;
    check_rows(METADATA_TREES, countof(METADATA_TREES), false);
}

static const row TEXT_ERRORS[] = {
    {V1, "p := a @ b",
     "P0101@17+1"},
    {V1, "p := 1 !\nq := ?",
     "P0101@17+1 P0101@24+1"},
    {V1, "p := é",
     "P0101@15+2"},
    {V1, "p := \"a\nq := 1",
     "P0103@15+1"},
    {V1, "p := `a",
     "P0103@15+1"},
    {V1, "p := \"\\x\\u12\\ud83d\"",
     "P0104@16+2 P0104@18+2"},
    {V1, "p := \"\\{\"",
     "P0104@16+2"},
    {V1, "p := $\"\\}\"",
     "P0104@17+2"},
    {V1, "p := $\"a\n",
     "P0103@15+1"},
    {V1, "p := $\"{x",
     "P0109@17+1"},
    {V1, "p := 01",
     "P0107@15+2"},
    {V1, "p := 1.",
     "P0107@15+2"},
    {V1, "p := 1e",
     "P0107@15+2"},
    {V1, "p := 12ab",
     "P0107@15+4"},
    {V1, "p := 1e30102\nq := 1e30103\nr := 1e-30103\ns := 1e-30104",
     "P0108@28+7 P0108@55+8"},
};

static void test_text_errors(void **state)
{
    (void)state;
    check_rows(TEXT_ERRORS, countof(TEXT_ERRORS), true);
}

static const row BRACKETS_ERRORS[] = {
    {V1, "p := [1",
     "P0109@15+1"},
    {V1, "p := )",
     "P0110@15+1"},
    {V1, "p := [1}\nq := (2",
     "P0110@17+1 P0109@24+1"},
    {V1, "p if {\n x := [1, 2\n}\nq := 1\nr := ]",
     "P0110@29+1 P0110@43+1"},
    {V1, "p if { x\n\nq if { y }\n",
     "P0109@15+1"},
    {V1, "p := $\"{(}\"\nq := 1 2",
     "P0110@19+1 P0118@29+1"},
};

static void test_brackets_errors(void **state)
{
    (void)state;
    check_rows(BRACKETS_ERRORS, countof(BRACKETS_ERRORS), true);
}

static const row STATEMENTS_ERRORS[] = {
    {V1, "p := := 1\nq := +\nr := 1",
     "P0102@15+2 P0102@25+1"},
    {V1, "p if {\n x == == 1\n y z\n fine\n not not w\n}\nq := = 1",
     "P0102@23+2 P0102@31+1 P0115@44+3 P0102@57+1"},
    {V1, "p if { x; }",
     "P0102@20+1"},
    {V1, "p if { ;x }",
     "P0102@17+1"},
    {V1, "p if { x;; y }",
     "P0102@19+1"},
    {V1, "p := f (x)",
     "P0118@17+3"},
    {V1, "p := a [x]",
     "P0118@17+3"},
    {V1, "p := a. b",
     "P0102@16+1"},
    {V1, "p := a .b",
     "P0102@17+1"},
    {V1, "p if (x with input as y)",
     "P0102@18+4"},
    {V1, "p if x == y == z = 1 = 2",
     "P0102@31+1"},
    {V1, "p := [,]",
     "P0102@17+1"},
    {V1, "p := [, 1]; q := {, 1}",
     "P0102@20+1"},
    {V1, "p := [,, 1]",
     "P0102@17+1"},
    {V1, "p := count(, 1)",
     "P0102@21+1"},
    {V1, "p := [x | m{}]\nq := {x | m n; y}\nr := {x: y | z 1}",
     "P0102@21+1 P0102@37+1 P0102@58+1"},
    {V1, "p := {\"a\": 1, b}",
     "P0102@25+1"},
    {V1, "p if {1, 2}",
     "P0102@20+1"},
    {V1, "p := x with input as y",
     "P0102@17+4"},
    {V1, "p := 1; q := 2",
     "P0102@16+1"},
};

static void test_statements_errors(void **state)
{
    (void)state;
    check_rows(STATEMENTS_ERRORS, countof(STATEMENTS_ERRORS), true);
}

static const row HEADS_ERRORS[] = {
    {V1, "p",
     "P0119@10+1"},
    {V1, "p.q",
     "P0114@10+3"},
    {V1, "p[x]",
     "P0114@10+4"},
    {V1, "1 := 2",
     "P0118@10+1"},
    {V1, "\"a\"",
     "P0118@10+3"},
    {V1, "[x] := 1",
     "P0118@10+3"},
    {V1, "f(x).y := 1",
     "P0118@10+6"},
    {V1, "(p) := 1\n(q.r) = 2\n((f(x))) := x",
     ""},
    {V1, "(p) := 1 if true",
     "P0118@10+8"},
    {V1, "(p) if true",
     "P0118@10+3"},
    {V1, "(p) contains 1",
     "P0118@10+14"},
    {V1, "default (p) := 1",
     "P0118@18+8"},
    {V1, "f (x) if x\nf\n(x) := 2 if x > 1\ndefault f (_) := 3",
     ""},
    {V1, "f (x) := x",
     "P0118@10+10"},
    {V1, "f (x)",
     "P0118@10+5"},
    {V1, "f.g (x) if x",
     "P0114@10+3 P0118@14+3"},
    {V1, "default p.q",
     "P0229@18+3"},
    {V1, "default p[\"q\"]",
     "P0229@18+6"},
    {V1, "default p\ndefault f.g(x)",
     ""},
    {V1, "p if true else := 1 if {}",
     "P0126@33+2"},
    {V1, "p if true else := 1 if {\"a\": 1}",
     "P0102@37+1"},
    {V1, "p if true else := {} if {1}\nq if {\"a\": 1}",
     ""},
    {V1, "contains := 1",
     "P0115@10+8"},
    {V1, "every := 1",
     "P0115@10+5"},
    {V1, "p { x }",
     "P0113@12+1"},
    {V1, "p[x] { y }",
     "P0113@15+1"},
    {V1, "f(x) { y }",
     "P0113@15+1"},
    {V1, "f(x) contains y",
     "P0118@10+4"},
    {V1, "p contains x if y else := 1",
     "P0120@28+4"},
    {V1, "p[x] if y else := 1",
     "P0120@20+4"},
    {V1, "p[0] if y else := 1",
     ""},
    {V1, "p := 1\nelse := 2",
     "P0102@17+4"},
    {V1, "p if x else := 1 else := 2",
     "P0120@27+4"},
    {V1, "p if { x } { y } else := 1",
     "P0102@27+4"},
    {V1, "p if { x } else { y }",
     "P0113@26+1"},
    {V1, "default f([x]) := 1",
     "P0128@20+3"},
    {V1, "default f(x, x) := 1",
     "P0128@23+1"},
    {V1, "default p contains 1",
     "P0102@20+8"},
    {V1, "p if every x in y {}",
     "P0126@28+2"},
    {V1, "x == y",
     "P0119@10+1"},
};

static void test_heads_errors(void **state)
{
    (void)state;
    check_rows(HEADS_ERRORS, countof(HEADS_ERRORS), true);
}

static const row TERMS_ERRORS[] = {
    {V1, "p := null.x",
     "P0123@15+4"},
    {V1, "p := [true[0]]",
     "P0123@16+4"},
    {V1, "p := \"a\".b",
     "P0123@15+3"},
    {V1, "p := 1[0]",
     "P0123@15+1"},
    {V1, "p := $\"a\"[0]",
     "P0123@15+4"},
    {V1, "p := \"f\"(x)",
     "P0123@15+3"},
    {V1, "p := f(x)(y)",
     "P0123@15+4"},
    {V1, "p := f(x).g(y)",
     "P0123@15+4"},
    {V1, "p := (a.b).c",
     "P0123@15+5"},
    {V1, "p := -\"a\"",
     "P0129@15+1"},
    {V1, "p := -[1]",
     "P0129@15+1"},
    {V1, "p := --1",
     "P0102@16+1"},
    {V1, "p := every",
     "P0115@15+5"},
    {V1, "p := a[b := c]",
     "P0102@19+2"},
    {V1, "p := a[b, c]",
     "P0102@21+1"},
    {V1, "p := $\"{}\"",
     "P0102@18+1"},
    {V1, "p := $\"{x := 1}\"",
     "P0122@18+6"},
    {V1, "p := $\"{not x}\"",
     "P0122@18+5"},
    {V1, "p := $\"{x; y}\"",
     "P0102@19+1"},
    {V1, "p := $\"{x, y}\"",
     "P0102@22+1"},
};

static void test_terms_errors(void **state)
{
    (void)state;
    check_rows(TERMS_ERRORS, countof(TERMS_ERRORS), true);
}

static const row LITERALS_ERRORS[] = {
    {V1, "p if { some x.y }",
     "P0124@22+3"},
    {V1, "p if { some \"a\" }",
     "P0124@22+3"},
    {V1, "p if { some x, y, z in w }",
     "P0124@28+1"},
    {V1, "p if { some x with input as 1 }",
     "P0102@24+4"},
    {V1, "p if { x with 1 as 2 }",
     "P0125@24+1"},
    {V1, "p if { x with (y).z as 2 }",
     "P0125@24+5"},
    {V1, "p if { x with f(x) as 2 }",
     "P0125@24+4"},
    {V1, "p if { every [x] in y { z } }",
     "P0102@23+1"},
    {V1, "p if { every x, y, z in w { v } }",
     "P0102@27+1"},
    {V1, "p if { not some x in y }",
     "P0115@21+4"},
    {V1, "p if { every x in y }",
     "P0102@30+1"},
    {V1, "p if { some x in[1]; 2 in[2]; every y in[3] { y } }",
     "P0115@24+2 P0115@33+2 P0115@48+2"},
    {V1, "p if { some k, v in[1]; 1, 2 in[2]; every x, y in[3] { x } }",
     ""},
    {V1, "p := 1 if.5",
     "P0119@17+2 P0118@19+2"},
    {V1, "p := {1} | in[2]",
     "P0102@21+2"},
    {V1, "p := {not.x}",
     "P0102@16+3"},
    {V1, "p if {not.x}\nq := [x | in.x]\nif[1] := 2",
     ""},
    {V1, "p if { every x in y { x }\n - 1 }",
     ""},
    {V1, "p if { every x in y { x } - 1 }",
     "P0102@36+1"},
};

static void test_literals_errors(void **state)
{
    (void)state;
    check_rows(LITERALS_ERRORS, countof(LITERALS_ERRORS), true);
}

static const row LOGIC_ERRORS[] = {
    {V1, "import rego.v2\np if { {x, y} and z }",
     "P0102@37+1"},
    {V1, "import rego.v2\np if { {} and z }",
     "P0126@32+2"},
    {V1, "import rego.v2\np if { not {x | y} }",
     "P0131@36+1"},
    {V1, "import rego.v2\np := x and y",
     "P0102@32+3"},
    {V1, "import rego.v2\np if { x with input as 1 and y }",
     "P0102@50+3"},
    {V1, "import rego.v2\np if { some x in y and z }",
     "P0102@44+3"},
    {V1, "import rego.v2\np if { {1}[0] or x; x or y and {\"a\": 1}.a }",
     "P0131@32+1 P0102@60+1 P0102@64+1"},
    {V1, "import rego.v2\np if { ({1}[0]) or x; x or { y } and z; { x } and y or z;"
     " (x == {2} with input as 1) or x }",
     ""},
    {V1, "import rego.v2\np if { ({1} == {2} with input as 1) or x }",
     "P0131@33+1"},
    {V1, "import rego.v2\np if { (x or y)\n - 1\n not { x }\n - 2\n"
     " x or { y }\n - 3 }",
     ""},
};

static void test_logic_errors(void **state)
{
    (void)state;
    check_rows(LOGIC_ERRORS, countof(LOGIC_ERRORS), true);
}

static const row ITEMS_ERRORS[] = {
    {V1, "package b",
     "P0112@10+7"},
    {V1, "package a[\"b\"][\"c\"]",
     "P0112@10+7"},
    {V1, "import foo",
     "P0116@17+3"},
    {V1, "import rego.v3",
     "P0116@17+7"},
    {V1, "import rego.v1 as x",
     "P0117@28+1"},
    {V1, "import future.keywords.foo",
     "P0116@17+19"},
    {V1, "import data.if",
     "P0116@22+2"},
    {V1, "import data.if as x",
     ""},
    {V1, "import data.x as input",
     "P0117@27+5"},
    {V1, "import data[x]",
     "P0116@22+1"},
    {V1, "import data.f(x)",
     "P0116@17+9"},
    {V1, "policy \"a\" {\n p := 1\n x: 2\n}",
     "P0121@32+1"},
    {V1, "policy \"a\" {\n enforcement mandatory\n x: := 1\n fine := 1\n p { x }"
     "\n}",
     "P0119@24+11 P0102@50+2 P0113@69+1"},
    {V1, "policy \"a\" { import data.x }",
     "P0115@23+6"},
};

static void test_items_errors(void **state)
{
    (void)state;
    check_rows(ITEMS_ERRORS, countof(ITEMS_ERRORS), true);
}

static const row V0_ERRORS[] = {
    {V0, "p if x",
     "P0119@10+1"},
    {V0, "p contains x",
     "P0119@10+1"},
    {V0, "p { x in y }",
     "P0102@16+2"},
    {V0, "import rego.v1\np { x }",
     "P0113@27+1"},
    {V0, "p[x] { y } else = 1",
     "P0120@21+4"},
    {V0, "p { }",
     "P0126@12+3"},
};

static void test_v0_errors(void **state)
{
    (void)state;
    check_rows(V0_ERRORS, countof(V0_ERRORS), true);
}

static const row QUERIES_ERRORS[] = {
    {QUERY, "",
     "P0130@0+0"},
    {QUERY, "# x",
     "P0130@0+0"},
    {QUERY, "x y",
     "P0102@2+1"},
    {QUERY, "x ==",
     "P0102@4+0"},
    {QUERY, "p := 1 if x",
     "P0102@7+2"},
    {QUERY, "x\n)",
     "P0110@2+1"},
};

static void test_queries_errors(void **state)
{
    (void)state;
    check_rows(QUERIES_ERRORS, countof(QUERIES_ERRORS), true);
}

/* `count` times `part`, with the rest around it; the errors it gives. */
static pol_str errors_of(world *w, const char *front, const char *part,
                         unsigned count, const char *back)
{
    pol_buf text;
    pol_buf_init(&text, &w->arena);
    pol_buf_cstr(&text, front);
    for (unsigned i = 0; i < count; i++)
        pol_buf_cstr(&text, part);
    pol_buf_cstr(&text, back);
    parse(w, V1, pol_buf_done(&text));
    return all_errors(w);
}

static void check_limit(const char *front, const char *part, unsigned most,
                        const char *code)
{
    world w;
    start(&w);
    assert_string_equal(errors_of(&w, front, part, most, "").ptr, "");
    pol_str errors = errors_of(&w, front, part, most + 1, "");
    assert_memory_equal(errors.ptr, code, 5);
    assert_int_equal(w.diags.errors, 1);
    pol_arena_done(&w.arena);
}

static void test_nesting_limit(void **state)
{
    (void)state;
    world w;
    start(&w);
    pol_buf text;
    pol_buf_init(&text, &w.arena);
    pol_buf_cstr(&text, "p := ");
    for (int i = 0; i < POL_LIMIT_NESTING; i++)
        pol_buf_char(&text, '[');
    for (int i = 0; i < POL_LIMIT_NESTING; i++)
        pol_buf_char(&text, ']');
    parse(&w, V1, pol_buf_done(&text));
    assert_int_equal(w.diags.errors, 0);
    pol_str errors = errors_of(&w, "p := ", "{", 1000000, "");
    assert_string_equal(errors.ptr, "P0301@527+1");
    pol_arena_done(&w.arena);
}

static void test_operator_limit(void **state)
{
    (void)state;
    check_limit("p := 1", " + 1", POL_LIMIT_NESTING, "P0301");
    check_limit("p if x", " in x", POL_LIMIT_NESTING, "P0301");
}

static void test_number_limit(void **state)
{
    (void)state;
    check_limit("p := ", "1", POL_LIMIT_NUMBER_DIGITS, "P0108");
}

static void test_source_limit(void **state)
{
    (void)state;
    check_limit("#", "1234567890123456", POL_LIMIT_SOURCE / 16 - 1, "P0302");
}

static void test_bytes(void **state)
{
    (void)state;
    static const struct {
        pol_str text;
        const char *want;
    } rows[] = {
        {{"p := \"\xFF\"", 8}, "P0105@16+1"},
        {{"# \xED\xA0\x80\np := 1", 12}, "P0105@12+1"},
        {{"p := \"a\0b\"", 10}, "P0106@17+1"},
        {{"p := \0 1", 8}, "P0106@15+1"},
        {{"p\t:=\r\n1\r\n", 9}, ""},
        {{"p := \"\xC3\xA9\"", 9}, ""},
        {{"p\v := 1", 7}, "P0119@10+1 P0101@11+1"},
    };
    for (size_t i = 0; i < countof(rows); i++) {
        world w;
        start(&w);
        parse(&w, V1, rows[i].text);
        assert_string_equal(all_errors(&w).ptr, rows[i].want);
        pol_arena_done(&w.arena);
    }
}

static void test_missing_package(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"", "P0130@0+0"},
        {"# only a comment\n", "P0130@0+0"},
        {"p := 1\nq := 2", "P0111@0+1"},
        {"import data.x\npackage a", "P0111@0+6 P0112@14+7"},
        {"package", "P0102@7+0"},
        {"package a[x]", "P0127@10+1"},
        {"\xEF\xBB\xBFpackage if.contains[\"x y\"]", ""},
    };
    for (size_t i = 0; i < countof(rows); i++) {
        world w;
        start(&w);
        uint32_t src =
            pol_srcs_add(&w.srcs, STR("test"), pol_str_of(rows[i].text));
        pol_parse_module(&w.arena, &w.diags, src, NULL);
        assert_string_equal(all_errors(&w).ptr, rows[i].want);
        pol_arena_done(&w.arena);
    }
}

static void test_template_limit(void **state)
{
    (void)state;
    world w;
    start(&w);
    pol_str errors = errors_of(&w, "p := ", "$\"{", 100000, "");
    assert_memory_equal(errors.ptr, "P0301", 5);
    assert_int_equal(w.diags.errors, 1);
    pol_arena_done(&w.arena);
}

static void test_copy(void **state)
{
    (void)state;
    world w;
    start(&w);
    uint32_t src = pol_srcs_add(
        &w.srcs, STR("test"), STR("some x in [1, {y | z with input as 2}]"));
    pol_node *query = pol_parse_query(&w.arena, &w.diags, src, NULL);
    pol_buf one, two;
    pol_buf_init(&one, &w.arena);
    pol_buf_init(&two, &w.arena);
    pol_ast_dump_node(query, &one);
    pol_ast_dump_node(pol_ast_copy(&w.arena, query), &two);
    assert_true(pol_str_eq(pol_buf_done(&one), pol_buf_done(&two)));
    pol_arena_done(&w.arena);
}

/* Running out of memory anywhere leaves through the trap and leaks nothing. */
static void test_out_of_memory(void **state)
{
    (void)state;
    static const char text[] =
        "package a\nimport data.b\n# METADATA\n# t: x\np contains $\"{x}\" if {"
        "\n some x in [1, \"\\n\"]\n not y with input as {z | w}\n}\n)";
    for (volatile size_t cap = 1024; cap < 600000; cap += 4099) {
        world w;
        start(&w);
        w.arena.cap = cap;
        if (setjmp(w.trap.env) == 0) {
            uint32_t src =
                pol_srcs_add(&w.srcs, STR("test"), pol_str_of(text));
            pol_parse_module(&w.arena, &w.diags, src, NULL);
        }
        pol_arena_done(&w.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_heads_trees),
        cmocka_unit_test(test_else_trees),
        cmocka_unit_test(test_literals_trees),
        cmocka_unit_test(test_if_trees),
        cmocka_unit_test(test_terms_trees),
        cmocka_unit_test(test_comprehensions_trees),
        cmocka_unit_test(test_templates_trees),
        cmocka_unit_test(test_imports_trees),
        cmocka_unit_test(test_logic_trees),
        cmocka_unit_test(test_v0_trees),
        cmocka_unit_test(test_queries_trees),
        cmocka_unit_test(test_policies_trees),
        cmocka_unit_test(test_metadata_trees),
        cmocka_unit_test(test_text_errors),
        cmocka_unit_test(test_brackets_errors),
        cmocka_unit_test(test_statements_errors),
        cmocka_unit_test(test_heads_errors),
        cmocka_unit_test(test_terms_errors),
        cmocka_unit_test(test_literals_errors),
        cmocka_unit_test(test_logic_errors),
        cmocka_unit_test(test_items_errors),
        cmocka_unit_test(test_v0_errors),
        cmocka_unit_test(test_queries_errors),
        cmocka_unit_test(test_nesting_limit),
        cmocka_unit_test(test_operator_limit),
        cmocka_unit_test(test_number_limit),
        cmocka_unit_test(test_source_limit),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_missing_package),
        cmocka_unit_test(test_template_limit),
        cmocka_unit_test(test_copy),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
