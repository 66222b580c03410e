/* SPDX-License-Identifier: Apache-2.0
 *
 * A verdict on a document with unknown values holds whatever they turn out to
 * be: random policies on random documents, each checked against every way to
 * replace the unknown values by values of a domain that has all types, what
 * policies compare with, and what they never name. Where these agree, more are
 * drawn from the policy's constants, its results and the document.
 *
 *   a violation that is sure   must be there for every replacement
 *   a pass                     must have no violation for any replacement
 *   the value of any rule      where it is sure, must be that of every
 *                              replacement; where it is possible, must cover it
 *   an error                   must be one for every replacement
 *
 * Replacements that make an evaluation error are left out. How many of the
 * `unknown` verdicts were needless, because all replacements agree, is printed.
 * POL_UNKNOWN_CASES and POL_UNKNOWN_SEED set the number of documents and the
 * seed; POL_UNKNOWN_SHOW=n prints the first n needless ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "compile.h"
#include "pol_stdlib.h"
#include "random_policy.h"
#include "value_pool.h"
#include "vm.h"

enum {
    CASES = 2000, DOCUMENTS = 4, MOST_UNKNOWN = 3, MOST_RULES = 8,
    MOST_WRONG = 5, DOMAIN = 15, FEW = 6, DRAWN = 400
};

/* What an unknown value may turn out to be; three at once are of the FEW. */
static const char *const domain[DOMAIN] = {
    "\"a\"", "0", "{\"x\": 1, \"y\": \"a\"}", "[\"a\", [1, 0]]", "false",
    "\"fresh\"", "1", "true", "null", "7.5", "[]", "{}", "\"ab\"",
    "[{\"k\": \"x\", \"v\": 1}, {\"k\": \"a\", \"v\": 2}]",
    "{\"m\": {\"x\": \"b\"}, \"k\": \"a\", \"v\": 0}"};

/* ---- documents ------------------------------------------------------------ */

/* What stands in the places of a document. */
typedef enum shape { LEAF, LEAVES, ITEM, ITEMS, MEMBERS } shape;

typedef struct document {
    pol_arena *arena;
    pol_random random;
    unsigned unknown; /* how many there are */
    bool replaced;    /* by `values`, else POL_UNKNOWN */
    pol_value values[MOST_UNKNOWN];
    shape shapes[MOST_UNKNOWN];
    const pol_value_pool *pool; /* where leaves come from, or NULL */
} document;

static uint32_t pick(document *d, uint32_t n)
{
    return pol_random_pick(&d->random, n);
}

static pol_value json(pol_arena *arena, const char *s)
{
    const char *error;
    size_t at;
    return pol_value_parse_json(arena, s, strlen(s), false, &error, &at);
}

static pol_value value_of(document *d, shape form);

/* One of n is unknown. */
static pol_value place(document *d, shape form, uint32_t n)
{
    if (pick(d, n) != 0 || d->unknown == MOST_UNKNOWN)
        return value_of(d, form);
    unsigned i = d->unknown++;
    d->shapes[i] = form;
    return d->replaced ? d->values[i] : (pol_value){.tag = POL_UNKNOWN};
}

static void put(pol_builder *b, const char *key, pol_value v)
{
    pol_builder_put(b, pol_string(key, strlen(key)), v);
}

static pol_value members(document *d, const char *first, const char *second)
{
    pol_builder b;
    pol_builder_init(&b, d->arena, POL_OBJECT);
    put(&b, first, place(d, LEAF, 8));
    if (pick(d, 3))
        put(&b, second, place(d, LEAF, 8));
    return pol_builder_done(&b);
}

static pol_value list(document *d, shape of, uint32_t n)
{
    pol_builder b;
    pol_builder_init(&b, d->arena, POL_ARRAY);
    for (uint32_t count = pick(d, 4); count; count--)
        pol_builder_add(&b, place(d, of, n));
    return pol_builder_done(&b);
}

static pol_value value_of(document *d, shape form)
{
    switch (form) {
    case LEAVES:
        return list(d, LEAF, 5);
    case ITEM:
        return members(d, "k", "v");
    case ITEMS:
        return list(d, ITEM, 12);
    case MEMBERS:
        return members(d, "x", "y");
    default:
        break;
    }
    if (d->pool)
        return pol_value_pool_draw(d->pool, &d->random);
    const char *constant = pol_random_constant(&d->random);
    return json(d->arena, constant);
}

static pol_value nested(document *d)
{
    pol_builder b;
    pol_builder_init(&b, d->arena, POL_OBJECT);
    put(&b, "m", place(d, MEMBERS, 8));
    return pol_builder_done(&b);
}

/* The same choices for the same `d->random`. */
static pol_value input_of(document *d)
{
    pol_random kept = d->random;
    pol_builder b;
    d->unknown = 0;
    pol_builder_init(&b, d->arena, POL_OBJECT);
    put(&b, "a", place(d, LEAF, 8));
    if (pick(d, 4))
        put(&b, "b", place(d, LEAF, 8));
    put(&b, "c", place(d, LEAVES, 8));
    put(&b, "d", place(d, MEMBERS, 8));
    put(&b, "e", place(d, ITEMS, 8));
    put(&b, "n", nested(d));
    d->random = kept;
    return pol_builder_done(&b);
}

/* ---- values that stand for others ----------------------------------------------- */

static bool covers(pol_value v, pol_value real);

/* The same of the i-th members of sets or objects. */
static bool covers_member(pol_value v, uint32_t i, pol_value real, uint32_t k)
{
    if (v.tag == POL_SET)
        return covers(pol_at(v, i), pol_at(real, k));
    return covers(pol_key_at(v, i), pol_key_at(real, k)) &&
           covers(pol_value_at(v, i), pol_value_at(real, k));
}

/* Each member of `v` has its like in `real`. */
static bool covers_all(pol_value v, pol_value real)
{
    for (uint32_t i = 0; i < v.len; i++) {
        bool found = false;
        for (uint32_t k = 0; k < real.len; k++)
            found |= covers_member(v, i, real, k);
        if (!found)
            return false;
    }
    return true;
}

static bool all_covered(pol_value v, pol_value real)
{
    for (uint32_t k = 0; k < real.len; k++) {
        bool found = false;
        for (uint32_t i = 0; i < v.len; i++)
            found |= covers_member(v, i, real, k);
        if (!found)
            return false;
    }
    return true;
}

/* Is `real` what `v`, with unknown parts, may turn out to be? */
static bool covers(pol_value v, pol_value real)
{
    if (v.tag == POL_UNKNOWN)
        return !v.len || real.tag == POL_STRING;
    if (v.tag != real.tag || !pol_is_collection(v))
        return pol_equal(v, real);
    if (v.tag == POL_SET)
        return covers_all(v, real) && all_covered(v, real);
    bool all = v.len == real.len;
    for (uint32_t i = 0; all && i < v.len; i++) {
        if (v.tag == POL_ARRAY)
            all = covers(pol_at(v, i), pol_at(real, i));
        else
            all = pol_equal(pol_key_at(v, i), pol_key_at(real, i)) &&
                  covers(pol_value_at(v, i), pol_value_at(real, i));
    }
    return all;
}

/* ---- answers ------------------------------------------------------------------ */

typedef struct answer {
    bool failed;
    pol_value value; /* undefined if there is none */
} answer;

/* A policy and its machines. */
typedef struct policy {
    const char *text, *other;
    const pol_modules *modules;
    int rules[MOST_RULES]; /* in the program, -1 if absent */
    unsigned count;        /* the last is `deny` */
    pol_vm *bounded, *plain;
} policy;

typedef struct counts {
    unsigned documents, exact, unknown, needless, wrong, skipped, errors;
    unsigned policies, broken;
} counts;

typedef struct bounds {
    answer sure, possible;
    bool partial; /* a set or object has its own members in each bound */
} bounds;

static answer answer_of(pol_vm_status status, pol_value v)
{
    return (answer){status == POL_VM_ERROR,
                    status == POL_VM_DEFINED ? v : pol_undefined()};
}

static void ask(policy *p, pol_value input, bounds *out)
{
    pol_vm_roots roots = {.unknowns = true};
    roots.roots[POL_ROOT_INPUT] = input;
    pol_vm_begin(p->bounded, &roots);
    for (unsigned i = 0; i < p->count; i++) {
        pol_value v = pol_undefined();
        uint32_t rule = (uint32_t)p->rules[i];
        pol_program_kind kind = p->modules->program.rules[rule].kind;
        out[i].partial = kind == POL_PROGRAM_SET || kind == POL_PROGRAM_OBJECT;
        pol_vm_status status = pol_vm_rule(p->bounded, rule, &v);
        out[i].sure = answer_of(status, v);
        status = pol_vm_rule_possible(p->bounded, rule, &v);
        out[i].possible = answer_of(status, v);
    }
}

static void ask_plain(policy *p, pol_value input, answer *out)
{
    pol_vm_roots roots = {.unknowns = false};
    roots.roots[POL_ROOT_INPUT] = input;
    pol_vm_begin(p->plain, &roots);
    for (unsigned i = 0; i < p->count; i++) {
        pol_value v = pol_undefined();
        out[i] = answer_of(pol_vm_rule(p->plain, (uint32_t)p->rules[i], &v), v);
    }
}

/* What is wrong with the bounds of a rule beside its real value; NULL: nothing.
 * Partial rules have a set or object in each bound. */
static const char *fault(const bounds *b, pol_value real)
{
    pol_value sure = b->sure.value, possible = b->possible.value;
    if (b->sure.failed || b->possible.failed)
        return NULL;
    if (pol_is_defined(sure) && !pol_is_defined(real))
        return "sure, but not there";
    if (!pol_is_defined(possible) && pol_is_defined(real))
        return "there, but not possible";
    if (b->partial && sure.tag != POL_UNKNOWN && !covers_all(sure, real))
        return "a sure member is not there";
    if (b->partial && possible.tag != POL_UNKNOWN &&
        !all_covered(possible, real))
        return "a member is not possible";
    if (!b->partial && pol_is_defined(sure) && !covers(sure, real))
        return "another value than the sure one";
    if (!b->partial && pol_is_defined(real) && !covers(possible, real))
        return "another value than the possible one";
    return NULL;
}

static bool violates(answer a)
{
    return a.value.tag == POL_SET && a.value.len > 0;
}

/* ---- the check ---------------------------------------------------------------------- */

static const char *shown(pol_arena *arena, pol_value v)
{
    size_t len;
    return pol_is_defined(v) ? pol_value_text(arena, v, POL_TEXT_REGO, &len)
                             : "undefined";
}

static void show(const policy *p, pol_arena *arena, pol_value input)
{
    fprintf(stderr, "%s%s\ninput %s\n", p->other, p->text, shown(arena, input));
}

static void show_fault(const policy *p, pol_arena *arena, unsigned i,
                       const bounds *b, pol_value real)
{
    const pol_program *program = &p->modules->program;
    pol_str path = program->rules[p->rules[i]].path;
    fprintf(stderr, "%.*s: sure %s, possible %s, real %s\n", (int)path.len,
                path.ptr, shown(arena, b->sure.value),
                shown(arena, b->possible.value), shown(arena, real));
}

/* One document against its replacements. */
typedef struct trial {
    policy *policy;
    document *document;
    pol_value input; /* with the unknown values */
    bounds bounds[MOST_RULES];
    unsigned passes, violations, errors[MOST_RULES], ways;
    bool wrong;
    pol_value_pool pool;
} trial;

static bool is_exact(const trial *t)
{
    const bounds *deny = &t->bounds[t->policy->count - 1];
    return violates(deny->sure) || !violates(deny->possible);
}

static bool is_needless(const trial *t)
{
    return !is_exact(t) && (!t->passes || !t->violations);
}

static void against(trial *t, pol_value input)
{
    answer real[MOST_RULES];
    policy *p = t->policy;
    ask_plain(p, input, real);
    t->ways++;
    for (unsigned i = 0; i < p->count; i++) {
        t->errors[i] += real[i].failed;
        if (real[i].failed)
            continue;
        pol_value_pool_add(&t->pool, real[i].value);
        const char *what = fault(&t->bounds[i], real[i].value);
        if (what && !t->wrong) {
            show(p, t->document->arena, t->input);
            fprintf(stderr, "%s, against %s\n", what,
                        shown(t->document->arena, input));
            show_fault(p, t->document->arena, i, &t->bounds[i], real[i].value);
        }
        t->wrong |= what != NULL;
    }
    answer deny = real[p->count - 1];
    if (!deny.failed)
        *(violates(deny) ? &t->violations : &t->passes) += 1;
}

/* All replacements, of a smaller domain where there would be too many. */
static void replace_all(trial *t)
{
    document *d = t->document;
    unsigned unknowns = d->unknown, size = unknowns > 2 ? FEW : DOMAIN, ways = 1;
    for (unsigned i = 0; i < unknowns; i++)
        ways *= size;
    d->replaced = true;
    for (unsigned way = 0; way < ways; way++) {
        for (unsigned i = 0, rest = way; i < unknowns; i++, rest /= size)
            d->values[i] = json(d->arena, domain[rest % size]);
        against(t, input_of(d));
    }
}

static void fill_pool(trial *t)
{
    const pol_program *program = &t->policy->modules->program;
    for (uint32_t i = 0; i < program->const_count; i++)
        pol_value_pool_add(&t->pool, program->consts[i]);
    pol_value_pool_add(&t->pool, t->input);
}

/* Other values, of the policy's own, as long as all replacements agree. */
static void draw_more(trial *t)
{
    document *d = t->document;
    document drawn = {.arena = d->arena,
                      .random = pol_random_of(d->random.state),
                      .unknown = MOST_UNKNOWN, /* no more */
                      .pool = &t->pool};
    for (unsigned n = 0; n < DRAWN && is_needless(t); n++) {
        for (unsigned i = 0; i < d->unknown; i++)
            d->values[i] = value_of(&drawn, pick(&drawn, 4) ? d->shapes[i]
                                                            : LEAF);
        against(t, input_of(d));
    }
}

static void false_errors(trial *t, counts *c)
{
    for (unsigned i = 0; i < t->policy->count; i++) {
        const bounds *b = &t->bounds[i];
        if (!(b->sure.failed || b->possible.failed) || t->errors[i] == t->ways)
            continue;
        c->errors++;
        if (getenv("POL_UNKNOWN_ERRORS") && c->errors < 5) {
            show(t->policy, t->document->arena, t->input);
            fprintf(stderr, "rule %u: %s\n", i,
                        pol_vm_last_error(t->policy->bounded)
                            ? pol_vm_last_error(t->policy->bounded)->message
                            : "?");
        }
    }
}

static unsigned number_of(const char *name, unsigned otherwise)
{
    const char *given = getenv(name);
    return given ? (unsigned)strtoul(given, NULL, 10) : otherwise;
}

static void count(trial *t, counts *c)
{
    const bounds *deny = &t->bounds[t->policy->count - 1];
    false_errors(t, c);
    c->wrong += t->wrong;
    if (deny->sure.failed || deny->possible.failed ||
        t->passes + t->violations == 0) {
        c->skipped++;
        return;
    }
    bool exact = is_exact(t), needless = is_needless(t);
    c->documents++;
    c->exact += exact;
    c->unknown += !exact;
    c->needless += needless;
    if (needless && c->needless <= number_of("POL_UNKNOWN_SHOW", 0)) {
        show(t->policy, t->document->arena, t->input);
        for (unsigned i = 0; i < t->policy->count; i++)
            show_fault(t->policy, t->document->arena, i, &t->bounds[i],
                       pol_undefined());
    }
}

static void check(policy *p, pol_random *random, counts *c)
{
    document d = {.arena = pol_arena_new(0), .random = *random};
    pol_random_pick(random, 2);
    trial t = {.policy = p, .document = &d, .pool = {.arena = d.arena}};
    t.input = input_of(&d);
    if (d.unknown) {
        ask(p, t.input, t.bounds);
        fill_pool(&t);
        replace_all(&t);
        draw_more(&t);
        count(&t, c);
    }
    pol_arena_free(d.arena);
}

static void find_rules(policy *p)
{
    char name[16];
    for (unsigned i = 0; pol_random_rules[i]; i++) {
        snprintf(name, sizeof name, "data.t.%s", pol_random_rules[i]);
        int rule = pol_modules_find_rule(p->modules, name);
        if (rule >= 0)
            p->rules[p->count++] = rule;
    }
}

static void run_policy(pol_engine *engine, pol_random *random, counts *c)
{
    pol_diags *diags = pol_diags_new();
    pol_arena *arena = pol_arena_new(0);
    pol_modules *modules = pol_modules_new(engine);
    pol_vm_options options = {.limits = {.instructions = 200000}};
    pol_buf buf_t, buf_u;
    pol_buf_init(&buf_t, arena);
    pol_buf_init(&buf_u, arena);
    pol_random_policy(random, &buf_t, &buf_u);
    pol_str t = pol_buf_done(&buf_t), u = pol_buf_done(&buf_u);
    policy p = {.text = t.ptr, .other = u.ptr, .modules = modules};
    c->policies++;
    if (pol_modules_add(modules, "t", t.ptr, t.len, 0, diags) &&
        pol_modules_add(modules, "u", u.ptr, u.len, 0, diags) &&
        pol_modules_compile(modules, NULL, diags)) {
        find_rules(&p);
        p.bounded = pol_vm_new(&modules->program, &options);
        p.plain = pol_vm_new(&modules->program, &options);
        for (int i = 0; i < DOCUMENTS; i++)
            check(&p, random, c);
        pol_vm_free(p.bounded);
        pol_vm_free(p.plain);
    } else {
        size_t len;
        c->broken++;
        if (getenv("POL_UNKNOWN_BROKEN"))
            fprintf(stderr, "%s%s%s\n", u.ptr, t.ptr,
                          pol_diags_text(diags, arena, false, &len));
    }
    pol_modules_free(modules);
    pol_arena_free(arena);
    pol_diags_free(diags);
}

static void test_no_verdict_is_overturned(void **unused)
{
    (void)unused;
    pol_engine_options options = {.builtins = pol_stdlib()};
    pol_engine *engine = pol_engine_new(&options);
    unsigned wanted = number_of("POL_UNKNOWN_CASES", CASES);
    pol_random random = pol_random_of(number_of("POL_UNKNOWN_SEED", 1));
    counts c = {0};
    while (c.documents < wanted && c.wrong < MOST_WRONG)
        run_policy(engine, &random, &c);
    print_message("%u documents: %u exact, %u unknown (%u needless), %u wrong, "
                  "%u false errors; %u skipped, %u of %u policies do not "
                  "compile\n",
                  c.documents, c.exact, c.unknown, c.needless, c.wrong,
                  c.errors, c.skipped, c.broken, c.policies);
    pol_engine_free(engine);
    assert_int_equal(c.wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_verdict_is_overturned)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
