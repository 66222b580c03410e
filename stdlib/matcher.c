/* SPDX-License-Identifier: Apache-2.0
 *
 * Regular expressions: the cache of compiled patterns, and which matcher does
 * the work.
 *
 * PCRE2 with its JIT is the quick way. It backtracks, so it gets few steps and
 * short texts; beyond these, and for the patterns that re2_emit.c does not give
 * it, the automaton of re2_nfa.c answers in linear time and its work is counted
 * against the evaluation's budget. So no pattern is slow and none ends in an
 * error because of its shape. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "matcher.h"

#include <pcre2.h>
#include <stdlib.h>

#include "re2_emit.h"
#include "re2_nfa.h"

enum {
    SLOTS = 256,      /* of the cache */
    MOST = 192,       /* patterns in it; it is emptied when one more comes */
    LONG_TEXT = 8192, /* bytes; a backtracker is quadratic at its best */
    MOST_STEPS = 100000,
    ALL_STEPS = 4000000, /* over all the places of a text where a match can
                            start: some 40 ms */
    JIT_STACK = 1 << 20
};

struct pol_matcher_pattern {
    char *text; /* NULL: the slot is free */
    size_t len;
    uint64_t hash;
    pcre2_code *code; /* NULL: the automaton only */
    pcre2_match_data *match;
    uint32_t captures;
    pol_value *names; /* captures + 1; their bytes lie in `text` */
};

typedef struct pol_matcher_cache {
    pol_matcher_pattern slots[SLOTS];
    size_t count;
    pcre2_compile_context *compile;
    pcre2_match_context *match;
    pcre2_jit_stack *stack;
} cache;

/* ---- the cache ------------------------------------------------------- */

static void drop(pol_matcher_pattern *p)
{
    pcre2_match_data_free(p->match);
    pcre2_code_free(p->code);
    free(p->names);
    free(p->text);
    *p = (pol_matcher_pattern){.text = NULL};
}

static void empty(cache *c)
{
    for (size_t i = 0; i < SLOTS; i++)
        drop(&c->slots[i]);
    c->count = 0;
}

static void cache_done(void *state)
{
    cache *c = state;
    empty(c);
    pcre2_jit_stack_free(c->stack);
    pcre2_match_context_free(c->match);
    pcre2_compile_context_free(c->compile);
}

static const pol_state_class cache_class = {sizeof(cache), cache_done};

static void out_of_memory(pol_call *call)
{
    pol_call_limit(call, "memory");
}

/* What all patterns share. The JIT's stack may be missing: then it makes do with
 * 32 KiB of the machine's. */
static void cache_init(pol_call *call, cache *c)
{
    if (c->compile == NULL)
        c->compile = pcre2_compile_context_create(NULL);
    if (c->compile == NULL)
        out_of_memory(call);
    pcre2_set_newline(c->compile, PCRE2_NEWLINE_LF);
    pcre2_set_parens_nest_limit(c->compile, 4 * POL_RE2_MAX_DEPTH);
    c->match = pcre2_match_context_create(NULL);
    if (c->match == NULL)
        out_of_memory(call);
    c->stack = pcre2_jit_stack_create(32 * 1024, JIT_STACK, NULL);
    if (c->stack != NULL)
        pcre2_jit_stack_assign(c->match, NULL, c->stack);
}

static cache *cache_of(pol_call *call)
{
    cache *c = pol_call_state(call, &cache_class);
    if (c->match == NULL)
        cache_init(call, c);
    return c;
}

/* The slot with the pattern, or the free one where it belongs. */
static pol_matcher_pattern *slot_of(cache *c, pol_value pattern, uint64_t hash)
{
    for (uint64_t i = hash;; i++) {
        pol_matcher_pattern *p = &c->slots[i % SLOTS];
        bool same = p->text != NULL && p->hash == hash &&
                    p->len == pattern.len &&
                    memcmp(p->text, pattern.str, pattern.len) == 0;
        if (p->text == NULL || same)
            return p;
    }
}

/* ---- compiling ------------------------------------------------------- */

/* Copies what must outlive the evaluation. False without memory. */
static bool keep(pol_matcher_pattern *p, pol_value pattern, const pol_re2 *re)
{
    p->text = malloc((size_t)pattern.len + 1);
    p->names = calloc((size_t)re->captures + 1, sizeof(*p->names));
    if (p->text == NULL || p->names == NULL)
        return false;
    memcpy(p->text, pattern.str, pattern.len);
    p->len = pattern.len;
    p->captures = re->captures;
    for (uint32_t i = 1; i <= re->captures; i++) {
        pol_value name = re->names[i];
        const char *at = name.len ? p->text + (name.str - pattern.str) : "";
        p->names[i] = pol_string(at, name.len);
    }
    return true;
}

/* Gives the pattern to PCRE2. When that refuses, for size, the automaton is
 * left. */
static void quicken(cache *c, pol_matcher_pattern *p, const pol_bytes *emitted)
{
    const uint32_t options = PCRE2_UTF | PCRE2_DOTALL | PCRE2_MULTILINE |
                             PCRE2_ALT_CIRCUMFLEX | PCRE2_NEVER_UCP |
                             PCRE2_NEVER_BACKSLASH_C | PCRE2_NO_UTF_CHECK;
    int error;
    size_t at;
    p->code = pcre2_compile((PCRE2_SPTR)emitted->at, emitted->len, options,
                            &error, &at, c->compile);
    if (p->code == NULL)
        return;
    p->match = pcre2_match_data_create_from_pattern(p->code, NULL);
    if (p->match == NULL) {
        pcre2_code_free(p->code);
        p->code = NULL;
        return;
    }
    /* without the JIT pcre2_match interprets, to the same end */
    pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE);
}

pol_value pol_matcher_complaint(pol_call *call, const pol_re2_error *error)
{
    return pol_call_printf(call, "error parsing regexp: %s: `%.*s`",
                           error->what, (int)error->part.len, error->part.str);
}

/* Compiles the pattern into the cache. False with the error recorded. */
static bool fill(pol_call *call, cache *c, pol_value pattern, uint64_t hash)
{
    pol_re2 re;
    pol_re2_error error;
    pol_bytes emitted;
    if (!pol_re2_parse(call, pattern, &re, &error)) {
        pol_value text = pol_matcher_complaint(call, &error);
        pol_call_error(call, "%.*s", (int)text.len, text.str);
        return false;
    }
    pol_bytes_init(&emitted, call, (size_t)pattern.len * 4);
    bool quick = pol_re2_emit(&re, &emitted);
    if (c->count == MOST)
        empty(c);
    /* no allocation from the arena from here on */
    pol_matcher_pattern *p = slot_of(c, pattern, hash);
    if (!keep(p, pattern, &re)) {
        drop(p);
        out_of_memory(call);
    }
    p->hash = hash;
    c->count++;
    if (quick)
        quicken(c, p, &emitted);
    return true;
}

bool pol_matcher_init(pol_matcher *m, pol_call *call, pol_value pattern)
{
    cache *c = cache_of(call);
    uint64_t hash = pol_string_hash(pattern.str, pattern.len);
    pol_matcher_pattern *p = slot_of(c, pattern, hash);
    if (p->text == NULL) {
        if (!fill(call, c, pattern, hash))
            return false;
        p = slot_of(c, pattern, hash);
    }
    *m = (pol_matcher){.call = call,
                       .pattern = pattern,
                       .cache = c,
                       .compiled = p,
                       .captures = p->captures};
    m->groups = pol_call_alloc(call, ((size_t)p->captures + 1) * 2 *
                                         sizeof(*m->groups));
    return true;
}

/* ---- matching -------------------------------------------------------- */

static bool search_automaton(pol_matcher *m, pol_value text, size_t from,
                             size_t *groups)
{
    if (m->nfa == NULL) {
        pol_re2 re;
        pol_re2_error error;
        pol_re2_parse(m->call, m->pattern, &re, &error);
        m->nfa = pol_re2_nfa_of(m->call, &re);
    }
    return pol_re2_nfa_search(m->nfa, text, from, groups);
}

/* PCRE2's answer: 1 a match, 0 none, -1 it gave up. */
static int search_quick(pol_matcher *m, pol_value text, size_t from)
{
    pol_matcher_pattern *p = m->compiled;
    uint32_t steps = (uint32_t)(ALL_STEPS / (text.len - from + 1));
    pcre2_set_match_limit(m->cache->match,
                          steps < MOST_STEPS ? steps : MOST_STEPS);
    int rc = pcre2_match(p->code, (PCRE2_SPTR)text.str, text.len, from,
                         PCRE2_NO_UTF_CHECK, p->match, m->cache->match);
    if (rc > 0)
        return 1;
    return rc == PCRE2_ERROR_NOMATCH ? 0 : -1;
}

static void copy_groups(pol_matcher *m)
{
    const PCRE2_SIZE *pairs = pcre2_get_ovector_pointer(m->compiled->match);
    for (size_t i = 0; i < ((size_t)m->captures + 1) * 2; i++)
        m->groups[i] = pairs[i] == PCRE2_UNSET ? SIZE_MAX : pairs[i];
}

static bool search(pol_matcher *m, pol_value text, size_t from, size_t *groups)
{
    bool quick = m->compiled->code != NULL && m->nfa == NULL &&
                 text.len - from <= LONG_TEXT;
    if (quick) {
        pol_call_spend(m->call, 1 + (text.len - from) / 128);
        int found = search_quick(m, text, from);
        if (found > 0 && groups != NULL)
            copy_groups(m);
        if (found >= 0)
            return found > 0;
        pol_call_spend(m->call, ALL_STEPS / 10);
    }
    return search_automaton(m, text, from, groups);
}

bool pol_matcher_test(pol_matcher *m, pol_value text)
{
    return search(m, text, 0, NULL);
}

bool pol_matcher_find(pol_matcher *m, pol_value text, size_t from)
{
    return search(m, text, from, m->groups);
}

pol_value pol_matcher_name(const pol_matcher *m, uint32_t capture)
{
    return m->compiled->names[capture];
}
