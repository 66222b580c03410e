/* SPDX-License-Identifier: Apache-2.0
 *
 * Random policies; see random_policy.h.
 *
 * A grammar is a table of texts. In a text stand for
 *   %T %K    a term, a constant        %C %A %O  a collection, array, object
 *   %R       a reference, of any type
 *   %V       a variable that is bound, or a constant
 *   %B %S    conditions, one simple condition
 *   %1 %2    a variable of this text; from %! on others may use it
 *   %^       the variables stay bound behind the text
 *   %%       a percent sign
 * The first texts of a table, before the empty one, are leaves: nothing in them
 * goes deeper. */
#include "random_policy.h"

enum { MOST_VARS = 12, MOST_TEXTS = 128 };

typedef struct gen {
    pol_random *random;
    pol_buf *out;
    unsigned vars[MOST_VARS], count; /* bound variables */
    unsigned next;                   /* number of the next variable */
    unsigned rules;                  /* so many helpers may be used */
    bool braces;                     /* `not {…}`, `and`, `or` */
} gen;

pol_random pol_random_of(uint64_t seed)
{
    return (pol_random){seed * 0x9e3779b97f4a7c15u | 1};
}

uint32_t pol_random_pick(pol_random *r, uint32_t n)
{
    r->state ^= r->state >> 12;
    r->state ^= r->state << 25;
    r->state ^= r->state >> 27;
    return (uint32_t)((r->state * 0x2545f4914f6cdd1du) >> 33) % n;
}

static const char *const constants[] = {"0",    "1",    "2",     "\"a\"",
                                        "\"x\"", "true", "false", "null",
                                        "\"ab\"", "-1"};

const char *pol_random_constant(pol_random *r)
{
    return constants[pol_random_pick(r, countof(constants))];
}

/* ---- the grammar --------------------------------------------------------- */

static const char *const terms[] = {
    "%K", "%K", "%V", "%V", "input.a", "input.b", "input.d.x", "input.d.y",
    "input.c[0]", "input.c[1]", "input.e[0].k", "input.e[1].v", "input.n.m.x",
    "input.n.m.y", "",
    "%R + 1", "%R - %R", "%R * 2", "%R %% 2", "1 / %R", "0 - %R",
    "(%R == %T)", "(%T != %T)", "(%T < %T)", "(%R in %C)", "(%R, %T in %C)",
    "[%T, %T]", "{\"x\": %T}", "{\"x\": %T, \"y\": %T}", "{%T, %T}",
    "{\"x\": 1, %T: %T}", "%C", "input.d[%T]", "input.c[%T]",
    "input[%T][%T]", "input.n", "input.n.m", "input", "$\"m {%T}\"",
    "$\"{%T} {%T}\"", "count(%C)", "count(%R)", "sum(input.c)", "sum([%R, %R])", "max(%A)", "min(%A)",
    "product([%R, 2])", "object.get(%O, %T, %T)",
    "object.get(input, [\"n\", \"m\", %T], %K)", "object.get(%O, [%T, %T], %T)",
    "type_name(%T)", "is_array(%T)", "is_object(%T)", "is_string(%T)",
    "is_number(%T)", "is_set(%T)", "is_null(%T)", "is_boolean(%T)",
    "startswith(%R, \"a\")", "endswith(%R, %R)", "contains(%R, \"a\")",
    "concat(\"-\", input.c)", "concat(\"-\", [%R, %R])", "sprintf(\"%%v %%v\", [%T, %T])", "sprintf(%R, [%T])",
    "sprintf(\"%%d\", [%T])", "upper(%R)", "trim(%R, \"a\")",
    "substring(%R, 0, 1)", "regex.match(\"^a\", %R)", "to_number(%R)",
    "format_int(%R, 10)", "abs(%R)", "json.marshal(%T)", "object.subset(%O, %O)",
    "object.subset(%A, %A)", "strings.any_prefix_match(%R, input.c)", "replace(%R, \"a\", \"x\")",
    "ceil(%R)", "indexof(%R, \"b\")",
    "@0h", "@0h", "@1g", "@2f(%T)", "@2f(%T)", "@3f2(%T, %T)", "@3f3([%T, %T])",
    "@4count(p)", "@4p[%R]", "@4p", "@5q[%R]", "@5q.x", "@5q.y", "@5q", "@6s.x",
    "@6s[%R]", "@6count(s[%R])", "@6count(s.x)", "@6s.x[%R]", "@6s",
    "@7w[%R]", "@7w.x.y", "@7w.x", "@7w",
    "@7v.x", "@7v[%R]", "@7v.b", "@0data.u.r", "@0data.u[%R]", "@0data.u.k[%R]", "@0count(data.u)",
    "@0count(data.u.k)", "@0data.u", NULL};

/* Of no type that the compiler knows. */
static const char *const refs[] = {
    "input.a", "input.b", "input.d.x", "input.d.y", "input.c[0]", "input.c[1]",
    "input.e[0].k", "input.e[1].v", "input.n.m.x", "input.n.m", "input.c",
    "input.d", "input.e", "",
    "input.d[%T]", "input.c[%T]", "input[%T][%T]", "input.e[%T].k",
    "input.n.m[%T]", "object.get(input, [\"n\", \"m\", %T], %K)",
    "object.get(input, %T, %T)", NULL};

static const char *const arrays[] = {
    "input.c", "input.e", "[%K, %V]", "",
    "[%T, %T]", "[%T]", "[%1 | some %1 in %C;%! %S]", "[%T | some %1 in %C;%! %S]",
    "[%1 | some %2, %1 in %C;%! %S]", "[%1 | some [%1, %2] in [%R, [%T, %K]];%! %S]",
    "[%1 | %1 := %T;%! %S]", "[%1 | input.c[%2] = %1;%! %S]", "array.concat(%A, %A)",
    "array.slice(%A, 0, 1)", "array.slice(%A, 1, 5)", "array.reverse(%A)",
    "array.flatten(%A)", "sort(%C)", "split(%R, \"a\")", "numbers.range(0, 2)",
    "[%1 | walk(%T, [%1, _]);%! %S]", "[%1 | walk(%T, [_, %1]);%! %S]", NULL};

static const char *const objects[] = {
    "input.d", "input.n", "input.n.m", "{\"x\": %K, \"y\": %V}", "",
    "{\"x\": %T}", "{\"x\": %T, \"a\": %T}", "{%T: %T}",
    "{%1: %2 | some %1, %2 in %C;%! %S}", "{%1: %T | some %1 in %C;%! %S}",
    "{%1.k: %1.v | some %1 in input.e;%! %S}", "object.union(%O, %O)",
    "object.union_n([%O, %O])", "object.remove(%O, %C)", "object.filter(%O, %C)",
    "json.filter(%O, [\"x\"])", "json.remove(%O, [\"m/x\"])",
    "json.patch(%O, [{\"op\": \"add\", \"path\": \"x\", \"value\": %T}])",
    "@5q", "@6s", "@7w", "input", NULL};

static const char *const sets[] = {
    "{%K, %V}", "object.keys(input.d)", "",
    "{%T, %T}", "{%1 | some %1 in %C;%! %S}", "{%T | some %1 in %C;%! %S}",
    "{%1 | some %1, %2 in %C;%! %S}", "{%1 | input.d[%1] = %2;%! %S}",
    "{%1.v | some %1 in input.e;%! %1.k == %T}", "object.keys(%O)", "(%C | {%K})",
    "({%1 | some %1 in %C%!} & {%T, %T})", "({%1 | some %1 in %C%!} - {%T})",
    "union({{%T}, {%T}})", "@4p", "@4p", "@6s.x", "@0data.u.k",
    "intersection({{%T, 1}, {1, %T}})", NULL};

static const char *const simple[] = {
    "%R == %T", "%R == %T", "%T != %T", "%T < %T", "%T >= %T", "%T",
    "%R in %C", "%R = %T", "not %R == %T", "not %T", "not %R in %C",
    "not %T < %T", "%R == %V", "%V != %T", "%R == %K", "not %R == %K",
    "%R, %T in %C", "is_string(%T)", "not is_object(%T)", "count(%C) > 0",
    "not startswith(%R, \"a\")", "@0h", "@1g", "@1not g", "@0not h", "@2not f(%T)",
    "@2f(%T)", "@4%R in p", "@4not %R in p", "@4p[%R]", "@4not p[%R]",
    "@5not q.x", "@6not %R in s.x", "input.e[_].k == %T", "input.c[_] == %T",
    "input.d[_] == %T", NULL};

static const char *const conditions[] = {
    "%S", "%S", "%S", "some %1 in %C%!%^", "some %1 in %C%!%^",
    "some %1 in %A%!%^", "some %1, %2 in %C%!%^", "some %1, %2 in %O%!%^",
    "some [%1, %2] in [%R, [%T, %K]]%!%^", "some {\"k\": %1, \"v\": %2} in input.e%!%^",
    "some {\"k\": %K, \"v\": %2} in input.e%!%^", "every %1 in %C {%! %1 != %K; %B }",
    "every %1 in %C {%! %S; %1 != \"no\" }",
    "every %1, %2 in %C {%! %1 != %2; %S }", "%1 := %T%!%^", "%1 = %T%!%^",
    "[%1, %2] = %R%!%^", "[%1, %K] = %R%!%^", "{\"x\": %1} = %R%!%^",
    "{\"x\": %1, \"y\": %2} = %R%!%^", "[%1, [%2]] := %R%!%^",
    "walk(%T, [%1, %2])%!%^", "walk(%T, [%1, %K])%!%^",
    "some %1; input.e[%1].k == %T%!%^", "some %1; input.d[%1] == %T%!%^",
    "some %1; input.c[%1]%!%^", "some %1, %2; input[%1][%2] == %T%!%^",
    "@4some %1; p[%1]%!%^", "@5some %1; q[%1] == %R%!%^", "@5some %1, %2 in q%!%^",
    "@6some %1, %2; s[%1][%2]%!%^", "@6some %1, %2 in s%!%^", "@7some %1, %2 in w%!%^",
    "@7some %1; %2 = w[%1].y%!%^", "@7some %1, %2 in v%!%^",
    "@0some %1; data.u[%1] == %R%!%^", "@0some %1, %2 in data.u%!%^",
    "%S with input.a as %T", "%S with input.n.m as %T", "%S with input.d as %O",
    "%S with input.d.x.y as %T", "%S with input as {\"a\": %T, \"c\": %A}",
    "@0%S with data.u.r as %T", "@0%S with data.u as %T", "%S with count as 2",
    "@2%S with f as is_string", "@3%S with f2 as 1", "%S with is_string as is_number",
    "{not { %B }", "{not { %B }", "{(%R == %T) or (%T)", "{(%T) and (%T < %T)",
    "{(%R in %C) or %T", NULL};

/* ---- drawing --------------------------------------------------------------- */

static void text(gen *g, const char *s)
{
    pol_buf_cstr(g->out, s);
}

/* What a text begins with says when it may be drawn: @n with n helpers or more,
 * { only with braces. */
static const char *usable(const gen *g, const char *s)
{
    if (*s == '@')
        return g->rules > (unsigned)(s[1] - '0') ? s + 2 : NULL;
    if (*s == '{' && strncmp(s, "{not", 4) != 0 && strncmp(s, "{(", 2) != 0)
        return s;
    if (*s == '{')
        return g->braces ? s + 1 : NULL;
    return s;
}

static void draw(gen *g, const char *const *table, unsigned depth);

static void collection(gen *g, unsigned depth)
{
    static const char *const *const kinds[] = {arrays, arrays, objects, sets};
    draw(g, kinds[pol_random_pick(g->random, countof(kinds))], depth);
}

static void bound_var(gen *g)
{
    unsigned n = g->count < MOST_VARS ? g->count : MOST_VARS;
    if (n)
        pol_buf_printf(g->out, "x%u", g->vars[pol_random_pick(g->random, n)]);
    else
        text(g, pol_random_constant(g->random));
}

static void body(gen *g, unsigned depth, const char *between)
{
    for (uint32_t n = 1 + pol_random_pick(g->random, depth ? 3 : 2); n; n--) {
        draw(g, conditions, pol_random_pick(g->random, depth + 1));
        if (n > 1)
            text(g, between);
    }
}

/* A body within a text: what it binds is forgotten behind it. */
static void inner_body(gen *g, unsigned depth)
{
    unsigned count = g->count;
    body(g, depth, "; ");
    g->count = count;
}

static void bind(gen *g, const unsigned *own)
{
    for (int i = 0; i < 2; i++)
        if (own[i] && g->count < MOST_VARS)
            g->vars[g->count++] = own[i];
}

static void own_var(gen *g, unsigned *own)
{
    if (!*own)
        *own = g->next++;
    pol_buf_printf(g->out, "x%u", *own);
}

static void expand(gen *g, const char *s, unsigned depth)
{
    unsigned own[2] = {0, 0}, count = g->count, down = depth ? depth - 1 : 0;
    bool keep = false;
    for (; *s; s++) {
        if (*s != '%') {
            pol_buf_add(g->out, s, 1);
            continue;
        }
        switch (*++s) {
        case 'T': draw(g, terms, down); break;
        case 'R': draw(g, refs, down); break;
        case 'K': text(g, pol_random_constant(g->random)); break;
        case 'V': bound_var(g); break;
        case 'C': collection(g, down); break;
        case 'A': draw(g, arrays, down); break;
        case 'O': draw(g, objects, down); break;
        case 'B': inner_body(g, down); break;
        case 'S': draw(g, simple, depth); break;
        case '1': own_var(g, &own[0]); break;
        case '2': own_var(g, &own[1]); break;
        case '!': bind(g, own); break;
        case '^': keep = true; break;
        default: text(g, "%"); break;
        }
    }
    if (!keep)
        g->count = count;
}

static void draw(gen *g, const char *const *table, unsigned depth)
{
    const char *found[MOST_TEXTS];
    uint32_t n = 0;
    for (; *table; table++) {
        if (!**table && depth == 0)
            break;
        const char *s = **table ? usable(g, *table) : NULL;
        if (s)
            found[n++] = s;
    }
    expand(g, found[pol_random_pick(g->random, n)], depth);
}

/* ---- rules ---------------------------------------------------------------------- */

static uint32_t pick(gen *g, uint32_t n)
{
    return pol_random_pick(g->random, n);
}

/* "head if { … }": the head is drawn behind the body, whose variables it may
 * use. The first `args` variables are bound before. */
static void rule(gen *g, const char *head, unsigned args, const char *end)
{
    pol_buf *out = g->out, inner;
    pol_buf_init(&inner, out->arena);
    g->count = 0;
    g->next = args ? args : 1; /* 0 is no own variable of a text */
    while (g->count < args) {
        g->vars[g->count] = g->count;
        g->count++;
    }
    g->out = &inner;
    body(g, 1 + pick(g, 3), "\n  ");
    g->out = out;
    expand(g, head, 2);
    text(g, " if {\n  ");
    pol_buf_str(out, pol_buf_done(&inner));
    text(g, "\n}");
    text(g, end);
    g->count = 0;
}

/* One to three alternatives of a definition. */
static void definition(gen *g, const char *head, unsigned args)
{
    uint32_t more = pick(g, 3) ? 0 : 1 + pick(g, 2);
    rule(g, head, args, "");
    for (; more; more--)
        rule(g, " else := %T", args, "");
    if (pick(g, 8) == 0)
        expand(g, " else := %K", 0);
    text(g, "\n");
}

static void functions(gen *g)
{
    static const char *const heads[] = {"f(x0) := %T", "f(x0) := %T",
                                        "f([x0, x1]) := %T",
                                        "f({\"x\": x0}) := %T", "f(x0)"};
    static const unsigned args[] = {1, 1, 2, 1, 1};
    if (pick(g, 4) == 0)
        expand(g, "default f(_) := %K\n", 0);
    for (uint32_t n = 1 + pick(g, 2); n; n--) {
        uint32_t i = pick(g, countof(heads));
        definition(g, heads[i], args[i]);
    }
    if (pick(g, 3) == 0)
        expand(g, "f(%K) := %T\n", 0);
    g->rules = 3;
    definition(g, "f2(x0, x1) := %T", 2);
    if (pick(g, 2))
        expand(g, "f2(%K, _) := %K\n", 0);
    definition(g, "f3([x0, x1]) := %T", 2);
    g->rules = 4;
}

static void partial_rules(gen *g)
{
    for (uint32_t n = 1 + pick(g, 2); n; n--)
        rule(g, "p contains %T", 0, "\n");
    g->rules = 5;
    rule(g, pick(g, 2) ? "q[%R] := %T" : "q.y := %R", 0, "\n");
    if (pick(g, 2))
        rule(g, pick(g, 2) ? "q[%R] := %T" : "q.x := %R", 0, "\n");
    g->rules = 6;
    rule(g, "s[%R] contains %T", 0, "\n");
    if (pick(g, 2))
        rule(g, "s.x contains %T", 0, "\n");
    g->rules = 7;
    rule(g, "w[%R].y := %T", 0, "\n");
    if (pick(g, 2))
        rule(g, "w.x.y := %T", 0, "\n");
    rule(g, "v[%R] := %T", 0, "\n");
    if (pick(g, 2))
        definition(g, "v.b := %T", 0);
    g->rules = 8;
}

static void module_t(gen *g)
{
    text(g, "package t\n");
    if (g->braces)
        text(g, "import future.keywords.not\nimport future.keywords.or\n"
                "import future.keywords.and\n");
    if (pick(g, 2))
        expand(g, "default h := %K\n", 0);
    for (uint32_t n = 1 + pick(g, 2); n; n--)
        definition(g, "h := %T", 0);
    g->rules = 1;
    if (pick(g, 2))
        expand(g, "default g := false\n", 0);
    rule(g, "g", 0, "\n");
    g->rules = 2;
    functions(g);
    partial_rules(g);
    rule(g, "deny contains \"m\"", 0, "\n");
    if (pick(g, 2))
        rule(g, "deny contains %T", 0, "\n");
    if (pick(g, 4) == 0)
        rule(g, "deny contains sprintf(\"%%v\", [%T])", 0, "\n");
}

static void module_u(gen *g)
{
    text(g, "package u\n");
    rule(g, "r := %T", 0, "\n");
    rule(g, "k contains %T", 0, "\n");
    if (pick(g, 2))
        rule(g, "l := %T", 0, "\n");
}

const char *const pol_random_rules[] = {"h", "g", "p", "q",    "s",
                                        "w", "v", "deny", NULL};

void pol_random_policy(pol_random *r, pol_buf *t, pol_buf *u)
{
    gen g = {.random = r, .out = u};
    module_u(&g);
    g = (gen){.random = r, .out = t, .braces = pol_random_pick(r, 3) == 0};
    module_t(&g);
}
