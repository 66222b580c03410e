/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes regular expressions: a pattern, a NUL, a text. PCRE2, which sees what
 * re2_emit.c wrote, and the automaton must find the same matches with the same
 * groups, and a valid pattern must be one for PCRE2 unless it is too large. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

#include "re2_emit.h"
#include "re2_nfa.h"
#include "stdlib_call.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Steps of PCRE2 at one place, so that a pattern that makes it try everything
 * costs one text, not the run. */
enum { STEPS = 100000 };

static pcre2_compile_context *context;
static pcre2_match_context *limits;

static pcre2_code *compile(const pol_bytes *pattern)
{
    const uint32_t options = PCRE2_UTF | PCRE2_DOTALL | PCRE2_MULTILINE |
                             PCRE2_ALT_CIRCUMFLEX | PCRE2_NEVER_UCP |
                             PCRE2_NEVER_BACKSLASH_C;
    int error;
    size_t at;
    if (context == NULL) {
        context = pcre2_compile_context_create(NULL);
        pcre2_set_newline(context, PCRE2_NEWLINE_LF);
        pcre2_set_parens_nest_limit(context, 4 * POL_RE2_MAX_DEPTH);
        limits = pcre2_match_context_create(NULL);
        pcre2_set_match_limit(limits, STEPS);
    }
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern->at, pattern->len,
                                     options, &error, &at, context);
    if (code == NULL && error != PCRE2_ERROR_PATTERN_TOO_LARGE &&
        error != PCRE2_ERROR_PATTERN_TOO_COMPLICATED)
        abort();
    return code;
}

/* Compares both at every place where a search may start. */
static void compare(pol_call *call, const pol_re2 *re, const pcre2_code *code,
                    pol_value text)
{
    pol_re2_nfa *nfa = pol_re2_nfa_of(call, re);
    size_t count = ((size_t)re->captures + 1) * 2;
    size_t *groups = pol_call_alloc(call, count * sizeof(*groups));
    pcre2_match_data *match = pcre2_match_data_create_from_pattern(code, NULL);
    pol_call_defer(call, (void (*)(void *))pcre2_match_data_free, match);
    for (size_t at = 0, size = 1; at <= text.len; at += size) {
        const char *subject = text.len ? text.str : "";
        bool found = pol_re2_nfa_search(nfa, text, at, groups);
        int rc = pcre2_match(code, (PCRE2_SPTR)subject, text.len, at, 0, match,
                             limits);
        if (rc < 0 && rc != PCRE2_ERROR_NOMATCH)
            return; /* it ran into its limits */
        if (found != (rc > 0))
            abort();
        const PCRE2_SIZE *pairs = pcre2_get_ovector_pointer(match);
        for (size_t i = 0; found && i < count; i++)
            if (groups[i] != (pairs[i] == PCRE2_UNSET ? SIZE_MAX : pairs[i]))
                abort();
        if (at < text.len)
            pol_rune_at(text.str + at, &size);
        else
            size = 1;
    }
}

static void run(pol_call *call, const fuzz_texts *texts)
{
    pol_re2 re;
    pol_re2_error error;
    pol_bytes emitted;
    if (texts->first.len > 200 || texts->second.len > 200 ||
        !pol_re2_parse(call, texts->first, &re, &error))
        return;
    pol_bytes_init(&emitted, call, 256);
    if (!pol_re2_emit(&re, &emitted))
        return;
    pcre2_code *code = compile(&emitted);
    if (code == NULL)
        return;
    pol_call_defer(call, (void (*)(void *))pcre2_code_free, code);
    compare(call, &re, code, texts->second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static pol_call call;
    fuzz_texts texts;
    if (fuzz_split(data, size, &texts))
        fuzz_call(&call, &texts, run);
    return 0;
}
