/* SPDX-License-Identifier: Apache-2.0
 *
 * Collecting diagnostics; rendering them is in render.c. */
#include "diag.h"

#include <stdarg.h>

typedef struct {
    const char *name, *opa, *title;
    pol_severity severity;
} diag_row;

static const diag_row rows[] = {
#define DIAG(code, severity, opa, title) \
    {#code, opa, title, POL_SEVERITY_##severity},
#include "diag.def"
#undef DIAG
};

const char *pol_diag_name(pol_diag_code code)
{
    return rows[code].name;
}

const char *pol_diag_opa(pol_diag_code code)
{
    return rows[code].opa;
}

const char *pol_diag_title(pol_diag_code code)
{
    return rows[code].title;
}

pol_severity pol_diag_severity(pol_diag_code code)
{
    return rows[code].severity;
}

void pol_diag_init(pol_diags *diags, pol_arena *arena, const pol_srcs *srcs)
{
    *diags = (pol_diags){.arena = arena, .srcs = srcs};
}

static const char *format(pol_arena *arena, const char *fmt, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    pol_assert(len >= 0);
    char *text = pol_arena_alloc(arena, (size_t)len + 1);
    vsnprintf(text, (size_t)len + 1, fmt, args);
    return text;
}

static bool same_span(pol_span a, pol_span b)
{
    return a.src == b.src && a.off == b.off && a.len == b.len;
}

static pol_diag *find_same(const pol_diags *diags, pol_diag_code code,
                           pol_span span, const char *message)
{
    for (pol_diag *d = diags->first; d; d = d->next)
        if (d->code == code && d->srcs == diags->srcs &&
            same_span(d->span, span) &&
            (span.src || strcmp(d->message, message) == 0))
            return d;
    return NULL;
}

pol_diag *pol_diag_add(pol_diags *diags, pol_diag_code code, pol_span span,
                       const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    const char *message = format(diags->arena, fmt, args);
    va_end(args);
    pol_diag *diag = find_same(diags, code, span, message);
    if (diag)
        return diag;
    diag = arena_new(diags->arena, pol_diag);
    diag->code = code;
    diag->span = span;
    diag->srcs = diags->srcs;
    diag->message = message;
    diags->errors += rows[code].severity == POL_SEVERITY_ERROR;
    if (diags->count++ >= POL_DIAGS_KEPT)
        return diag;
    if (diags->last)
        diags->last->next = diag;
    else
        diags->first = diag;
    diags->last = diag;
    return diag;
}

void pol_diag_help(pol_diags *diags, pol_diag *diag, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    diag->help = format(diags->arena, fmt, args);
    va_end(args);
}

void pol_diag_label(pol_diags *diags, pol_diag *diag, pol_span span,
                    const char *fmt, ...)
{
    if (diag->label_count == POL_DIAG_LABELS)
        return;
    va_list args;
    va_start(args, fmt);
    diag->labels[diag->label_count++] =
        (pol_label){span, format(diags->arena, fmt, args)};
    va_end(args);
}

static bool comes_before(const pol_diag *a, const pol_diag *b)
{
    if (a->srcs != b->srcs)
        return false; /* texts of different tables stay in order of report */
    if (a->span.src != b->span.src)
        return a->span.src < b->span.src;
    if (a->span.off != b->span.off)
        return a->span.off < b->span.off;
    return a->code < b->code;
}

void pol_diag_sort(pol_diags *diags)
{
    pol_diag *sorted = NULL;
    for (pol_diag *d = diags->first, *next; d; d = next) {
        next = d->next;
        pol_diag **at = &sorted;
        while (*at && !comes_before(d, *at))
            at = &(*at)->next;
        d->next = *at;
        *at = d;
    }
    diags->first = diags->last = sorted;
    while (diags->last && diags->last->next)
        diags->last = diags->last->next;
}
