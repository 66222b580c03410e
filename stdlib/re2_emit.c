/* SPDX-License-Identifier: Apache-2.0
 *
 * From the tree of a regular expression to PCRE2's syntax. Only constructs that
 * mean one thing are written: nothing of the original text passes through. */
#include "re2_emit.h"

#include <stdio.h>

typedef struct emitter {
    pol_bytes *out;
    bool fold; /* is (?i) on at this place of the output? */
} emitter;

static void emit_rune(emitter *e, uint32_t rune)
{
    char text[16];
    uint32_t lower = rune | 0x20;
    bool plain = (rune >= '0' && rune <= '9') ||
                 (rune < 0x80 && lower >= 'a' && lower <= 'z');
    snprintf(text, sizeof(text), plain ? "%c" : "\\x{%x}", rune);
    pol_bytes_text(e->out, text);
}

static void emit_fold(emitter *e, bool fold)
{
    if (fold != e->fold)
        pol_bytes_text(e->out, fold ? "(?i)" : "(?-i)");
    e->fold = fold;
}

/* What matches nothing. */
static const char never[] = "[^\\x{0}-\\x{10ffff}]";

static void emit_literal(emitter *e, const pol_re2_node *n)
{
    emit_fold(e, n->fold);
    if (n->rune >= 0xD800 && n->rune <= 0xDFFF)
        pol_bytes_text(e->out, never);
    else
        emit_rune(e, n->rune);
}

/* A range without the surrogates at its ends, which PCRE2 refuses and text
 * never has. False if nothing is left. */
static bool without_surrogates(pol_re2_range *range)
{
    if (range->from >= 0xD800 && range->from <= 0xDFFF)
        range->from = 0xE000;
    if (range->to >= 0xD800 && range->to <= 0xDFFF)
        range->to = 0xD7FF;
    return range->from <= range->to;
}

static void emit_class(emitter *e, const pol_re2_node *n)
{
    const pol_re2_class *set = n->set;
    emit_fold(e, n->fold);
    size_t start = e->out->len, empty;
    pol_bytes_text(e->out, set->negated ? "[^" : "[");
    empty = e->out->len;
    for (size_t i = 0; i < set->range_count; i++) {
        pol_re2_range range = set->ranges[i];
        if (!without_surrogates(&range))
            continue;
        emit_rune(e, range.from);
        if (range.to != range.from) {
            pol_bytes_byte(e->out, '-');
            emit_rune(e, range.to);
        }
    }
    for (size_t i = 0; i < set->property_count; i++) {
        const pol_re2_property *property = &set->properties[i];
        pol_bytes_text(e->out, property->negated ? "\\P{" : "\\p{");
        pol_bytes_text(e->out, property->script != NULL ? "sc:" : "");
        pol_bytes_text(e->out, property->name);
        pol_bytes_byte(e->out, '}');
    }
    if (e->out->len > empty) {
        pol_bytes_byte(e->out, ']');
        return;
    }
    e->out->len = start;
    pol_bytes_text(e->out, set->negated ? "." : never);
}

static bool emit(emitter *e, const pol_re2_node *n);

/* The children in a group with the given opening. */
static bool emit_group(emitter *e, const pol_re2_node *n, const char *open)
{
    bool fold = e->fold;
    pol_bytes_text(e->out, open);
    for (const pol_re2_node *c = n->first; c != NULL; c = c->next) {
        if (c != n->first && n->op == POL_RE2_ALTERNATE)
            pol_bytes_byte(e->out, '|');
        if (!emit(e, c))
            return false;
    }
    pol_bytes_byte(e->out, ')');
    e->fold = fold;
    return true;
}

static bool emit_repeat(emitter *e, const pol_re2_node *n)
{
    char text[40];
    bool loops = n->max < 0 || n->max > 1;
    if (loops && pol_re2_nullable(n->first))
        return false;
    if (!emit_group(e, n, "(?:"))
        return false;
    if (n->max < 0)
        snprintf(text, sizeof(text), "{%d,}", n->min);
    else
        snprintf(text, sizeof(text), "{%d,%d}", n->min, n->max);
    pol_bytes_text(e->out, text);
    pol_bytes_text(e->out, n->greedy ? "" : "?");
    return true;
}

static bool emit(emitter *e, const pol_re2_node *n)
{
    static const char *const plain[] = {
        [POL_RE2_EMPTY] = "",           [POL_RE2_ANY] = ".",
        [POL_RE2_NOT_NEWLINE] = "\\N",  [POL_RE2_BEGIN_LINE] = "^",
        [POL_RE2_END_LINE] = "$",       [POL_RE2_BEGIN_TEXT] = "\\A",
        [POL_RE2_END_TEXT] = "\\z",     [POL_RE2_WORD_EDGE] = "\\b",
        [POL_RE2_NO_WORD_EDGE] = "\\B",
    };
    switch (n->op) {
    case POL_RE2_LITERAL: emit_literal(e, n); return true;
    case POL_RE2_CLASS: emit_class(e, n); return true;
    case POL_RE2_CAPTURE: return emit_group(e, n, "(");
    case POL_RE2_CONCAT:
    case POL_RE2_ALTERNATE: return emit_group(e, n, "(?:");
    case POL_RE2_REPEAT: return emit_repeat(e, n);
    default: pol_bytes_text(e->out, plain[n->op]); return true;
    }
}

bool pol_re2_emit(const pol_re2 *re, pol_bytes *out)
{
    emitter e = {.out = out};
    return emit(&e, re->root);
}
