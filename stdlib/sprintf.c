/* SPDX-License-Identifier: Apache-2.0
 *
 * sprintf with the directives of Go's fmt, its complaints included: they are
 * part of the result ("%!d(string=x)", "%!v(MISSING)"), not errors. */
#include "sprintf.h"

#include "gofmt.h"
#include "marks.h"

/* The format being read and the operands being picked. */
typedef struct directive {
    pol_gofmt fmt;
    pol_value format;
    size_t at; /* in the format */
    const pol_value *operands;
    size_t count, next;
    bool good;      /* the index in brackets, if any, was one */
    bool reordered; /* one was used: operands left over are then no error */
} directive;

/* Go refuses numbers above a million, but looks before the last digit. */
enum { LIMIT = 1000000 };

static char peek(const directive *d)
{
    return d->at < d->format.len ? d->format.str[d->at] : 0;
}

/* Digits at `at`; false, and behind the format, if there are too many. */
static bool number(directive *d, size_t *out)
{
    bool any = false;
    *out = 0;
    while (peek(d) >= '0' && peek(d) <= '9') {
        if (*out > LIMIT) {
            d->at = d->format.len;
            return false;
        }
        *out = *out * 10 + (size_t)(peek(d) - '0');
        any = true;
        d->at++;
    }
    return any;
}

static void flags(directive *d)
{
    d->fmt = (pol_gofmt){.out = d->fmt.out};
    for (;; d->at++) {
        switch (peek(d)) {
        case '#': d->fmt.sharp = true; break;
        case '0': d->fmt.zero = true; break;
        case '+': d->fmt.plus = true; break;
        case '-': d->fmt.minus = true; break;
        case ' ': d->fmt.space = true; break;
        default: return;
        }
    }
}

/* "[n]" at `at`: the operand to take next. True if there is one (a bad one
 * too, which shows in `good`). */
static bool index_of(directive *d)
{
    if (peek(d) != '[')
        return false;
    d->reordered = true;
    const char *open = d->format.str + d->at;
    const char *close = memchr(open, ']', d->format.len - d->at);
    if (close == NULL) {
        d->good = false;
        d->at++;
        return false;
    }
    size_t end = (size_t)(close - d->format.str), index;
    d->at++;
    bool whole = number(d, &index) && d->at == end;
    d->at = end + 1;
    d->good = whole && index >= 1 && index <= d->count;
    if (d->good)
        d->next = index - 1;
    return d->good;
}

/* The operand of a `*`: a whole number that is not too large. */
static bool star(directive *d, int64_t *out)
{
    d->at++;
    if (d->next >= d->count)
        return false;
    pol_value v = d->operands[d->next++];
    if (v.tag != POL_INT || v.i > LIMIT || v.i < -LIMIT)
        return false;
    *out = v.i;
    return true;
}

/* Reads the width; `indexed` says that an index stands right before. */
static bool width(directive *d, bool indexed)
{
    pol_gofmt *fmt = &d->fmt;
    int64_t n;
    if (peek(d) != '*') {
        fmt->has_width = number(d, &fmt->width);
        if (!fmt->has_width)
            fmt->width = 0;
        if (indexed && fmt->has_width)
            d->good = false;
        return indexed;
    }
    fmt->has_width = star(d, &n);
    if (!fmt->has_width) {
        pol_bytes_text(fmt->out, "%!(BADWIDTH)");
        return false;
    }
    if (n < 0) {
        fmt->minus = true;
        fmt->zero = false;
    }
    fmt->width = (size_t)(n < 0 ? -n : n);
    return false;
}

static bool precision(directive *d, bool indexed)
{
    pol_gofmt *fmt = &d->fmt;
    int64_t n;
    if (peek(d) != '.' || d->at + 1 >= d->format.len)
        return indexed;
    d->at++;
    if (indexed)
        d->good = false;
    indexed = index_of(d);
    if (peek(d) != '*') {
        if (!number(d, &fmt->precision))
            fmt->precision = 0;
        fmt->has_precision = true;
        return indexed;
    }
    fmt->has_precision = star(d, &n) && n >= 0;
    if (!fmt->has_precision)
        pol_bytes_text(fmt->out, "%!(BADPREC)");
    else
        fmt->precision = (size_t)n;
    return false;
}

static void complain(directive *d, uint32_t verb, const char *what)
{
    pol_bytes_text(d->fmt.out, "%!");
    pol_bytes_rune(d->fmt.out, verb);
    pol_bytes_text(d->fmt.out, what);
}

static void operand(directive *d, pol_value v, uint32_t verb)
{
    pol_gofmt *fmt = &d->fmt;
    if (v.tag == POL_UNKNOWN) {
        pol_bytes_text(fmt->out, "<unknown>");
        return;
    }
    if (verb == 'v') {
        fmt->plus_v = fmt->plus;
        fmt->sharp_v = fmt->sharp;
        fmt->plus = fmt->sharp = false;
    }
    pol_gofmt_operand o = pol_gofmt_operand_of(fmt->out->call, v);
    pol_gofmt_write(fmt, &o, verb);
}

/* One directive; `at` is behind its `%`. */
static void directive_run(directive *d)
{
    d->good = true;
    flags(d);
    bool indexed = width(d, index_of(d));
    indexed = precision(d, indexed);
    if (!indexed)
        index_of(d);
    if (d->at >= d->format.len) {
        pol_bytes_text(d->fmt.out, "%!(NOVERB)");
        return;
    }
    size_t size;
    uint32_t verb = pol_rune_at(d->format.str + d->at, &size);
    d->at += size;
    if (verb == '%')
        pol_bytes_byte(d->fmt.out, '%');
    else if (!d->good)
        complain(d, verb, "(BADINDEX)");
    else if (d->next >= d->count)
        complain(d, verb, "(MISSING)");
    else
        operand(d, d->operands[d->next++], verb);
}

/* Names the operands that no directive took. */
static void extra(directive *d)
{
    pol_bytes *out = d->fmt.out;
    pol_bytes_text(out, "%!(EXTRA ");
    for (size_t i = d->next; i < d->count; i++) {
        pol_gofmt plain = {.out = out};
        pol_gofmt_operand o = pol_gofmt_operand_of(out->call, d->operands[i]);
        if (i > d->next)
            pol_bytes_text(out, ", ");
        pol_bytes_text(out, pol_gofmt_type(&o));
        pol_bytes_byte(out, '=');
        pol_gofmt_write(&plain, &o, 'v');
    }
    pol_bytes_byte(out, ')');
}

void pol_sprintf(pol_bytes *out, pol_value format, const pol_value *operands,
                 size_t count)
{
    directive d = {
        .fmt.out = out, .format = format, .operands = operands, .count = count};
    while (d.at < format.len) {
        const char *from = format.str + d.at;
        const char *mark = memchr(from, '%', format.len - d.at);
        size_t plain = mark ? (size_t)(mark - from) : format.len - d.at;
        pol_bytes_add(out, from, plain);
        d.at += plain + 1;
        if (mark == NULL)
            break;
        directive_run(&d);
    }
    if (!d.reordered && d.next < count)
        extra(&d);
}

static pol_value sprintf_(pol_call *call, const pol_value *args)
{
    pol_bytes out;
    pol_bytes_init(&out, call, args[0].len + (size_t)args[1].len * 16);
    pol_sprintf(&out, args[0], args[1].items, args[1].len);
    return pol_marks_of(call, pol_bytes_done(&out), args[1]);
}

const pol_builtin pol_stdlib_sprintf[] = {
    {.name = "sprintf",
     .fn = sprintf_,
     .signature = "(string, array[any]) -> string",
     .flags = POL_LENIENT,
     .doc = "Formats values with the directives of Go's fmt."},
    {.name = NULL},
};
