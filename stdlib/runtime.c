/* SPDX-License-Identifier: Apache-2.0
 *
 * What looks at the evaluation itself: opa.runtime, print, trace, and what the
 * compiler makes of print and of template strings. Parts of a text that are
 * undefined show as <undefined>. */
#include <string.h>

#include "marks.h"
#include "bytes.h"
#include "pol_stdlib.h"

static const char undefined[] = "<undefined>";

/* Strings as they are, everything else as Rego. A secret string would show, so
 * it goes through the writer, which hides it. */
static void add_shown(pol_bytes *out, pol_value v)
{
    if (pol_is_string(v) && !(v.flags & POL_SECRET)) {
        pol_bytes_add(out, v.str, v.len);
        return;
    }
    size_t len;
    const char *text =
        pol_value_text(pol_call_arena(out->call), v, POL_TEXT_REGO, &len);
    pol_bytes_add(out, text, len);
}

/* A part of a template: a secret string keeps its content, as the result is
 * marked and does not show. */
static void add_part(pol_bytes *out, pol_value v)
{
    if (pol_is_string(v))
        pol_bytes_add(out, v.str, v.len);
    else
        add_shown(out, v);
}

static pol_value runtime(pol_call *call, const pol_value *args)
{
    (void)args;
    return pol_call_runtime(call);
}

static pol_value trace(pol_call *call, const pol_value *args)
{
    (void)call;
    (void)args;
    return pol_bool(true);
}

/* The choice of one value from each set, as indices; an empty set counts as one
 * of a single undefined value. */
typedef struct choice {
    pol_value sets;
    uint32_t *at;
} choice;

static void print_choice(pol_call *call, const choice *c)
{
    pol_bytes line;
    pol_bytes_init(&line, call, 64);
    for (uint32_t i = 0; i < c->sets.len; i++) {
        pol_value set = pol_at(c->sets, i);
        if (i > 0)
            pol_bytes_byte(&line, ' ');
        if (set.len == 0)
            pol_bytes_text(&line, undefined);
        else
            add_shown(&line, pol_at(set, c->at[i]));
    }
    pol_call_spend(call, 1 + c->sets.len);
    pol_call_print(call, line.at, line.len);
}

/* Counts up, the last set first; false after the last choice. */
static bool next_choice(choice *c)
{
    for (uint32_t i = c->sets.len; i > 0; i--) {
        if (++c->at[i - 1] < pol_at(c->sets, i - 1).len)
            return true;
        c->at[i - 1] = 0;
    }
    return false;
}

static pol_value print_choices(pol_call *call, const pol_value *args)
{
    choice c = {.sets = args[0]};
    for (uint32_t i = 0; i < c.sets.len; i++)
        if (pol_at(c.sets, i).tag != POL_SET)
            return pol_call_error(call, "invalid argument(s)");
    c.at = pol_call_alloc(call, c.sets.len * sizeof *c.at);
    if (c.sets.len)
        memset(c.at, 0, c.sets.len * sizeof *c.at);
    do
        print_choice(call, &c);
    while (next_choice(&c));
    return pol_bool(true);
}

static pol_value print(pol_call *call, const pol_value *args)
{
    pol_bytes line;
    pol_bytes_init(&line, call, 64);
    for (uint32_t i = 0; i < args[0].len; i++) {
        if (i > 0)
            pol_bytes_byte(&line, ' ');
        add_shown(&line, pol_at(args[0], i));
    }
    pol_call_print(call, line.at, line.len);
    return pol_bool(true);
}

/* Parts are texts, other scalars, and sets with the values of an expression:
 * none if it is undefined. */
static pol_value template_string(pol_call *call, const pol_value *args)
{
    pol_bytes out;
    pol_bytes_init(&out, call, 64);
    for (uint32_t i = 0; i < args[0].len; i++) {
        pol_value part = pol_at(args[0], i);
        if (part.tag == POL_SET && part.len > 1)
            return pol_call_error(
                call, "template-strings must not produce multiple outputs");
        if (part.tag == POL_ARRAY || part.tag == POL_OBJECT)
            return pol_call_error(call, "illegal argument type: %s",
                                  pol_type_name(part));
        if (part.tag == POL_SET && part.len == 0)
            pol_bytes_text(&out, undefined);
        else
            add_part(&out, part.tag == POL_SET ? pol_at(part, 0) : part);
    }
    return pol_marks_of(call, pol_bytes_done(&out), args[0]);
}

static pol_value test_case(pol_call *call, const pol_value *args)
{
    (void)call;
    (void)args;
    return pol_bool(true);
}

const pol_builtin pol_stdlib_runtime[] = {
    {"internal.print", "(array[set[any]]) -> void", print_choices,
     POL_VOID | POL_LENIENT,
     "prints a line for every choice of one value from each set", NULL},
    {"internal.template_string", "(array[any]) -> string", template_string,
     POL_LENIENT, "the text of a template string from its parts", NULL},
    {"internal.test_case", "(array[any]) -> void", test_case,
     POL_VOID | POL_LENIENT, "names the case of a test with several", NULL},
    {"opa.runtime", "() -> object{string: any}", runtime, POL_PURE,
     "what the host tells about itself: an object, empty unless it gives one",
     NULL},
    {"print", "(...any) -> void", print, POL_VOID | POL_LENIENT,
     "prints the values with a space between them; always true", NULL},
    {"trace", "(string) -> boolean", trace, POL_PURE,
     "a note for the evaluation's trace; always true", NULL},
    {0},
};
