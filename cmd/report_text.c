/* SPDX-License-Identifier: Apache-2.0
 *
 * The report for people: the lines that users of Pulumi know. Texts from
 * documents and policies are written without control characters. */
#include <stdio.h>
#include <string.h>

#include "report.h"

enum { INDENT = 4, LONGEST = 200 /* bytes of a value that are shown */ };

typedef struct page {
    pol_out *out;
    const pol_check *check;
    bool color;
} page;

static const char *paint(const page *p, const char *code)
{
    return p->color ? code : "";
}

/* ---- packs --------------------------------------------------------------- */

static void write_packs(page *p)
{
    uint32_t count = pol_check_pack_count(p->check);
    size_t widest = strlen("Name");
    for (uint32_t i = 0; i < count; i++) {
        size_t len = strlen(pol_check_pack(p->check, i).name);
        widest = len > widest ? len : widest;
    }
    pol_out_printf(p->out, "Policy Packs run:\n    %-*s  Version\n",
                   (int)widest, "Name");
    for (uint32_t i = 0; i < count; i++) {
        pol_check_pack_view pack = pol_check_pack(p->check, i);
        pol_out_printf(p->out, "    %-*s  %s (", (int)widest, pack.name,
                       pack.version);
        pol_out_plain(p->out, pack.path, strlen(pack.path));
        pol_out_puts(p->out, ")\n");
    }
}

/* ---- entries ------------------------------------------------------------- */

/* Lines of a text, each indented. An empty text is no line. */
static void write_lines(page *p, const char *text, size_t len)
{
    while (len) {
        const char *eol = memchr(text, '\n', len);
        size_t n = eol ? (size_t)(eol - text) : len;
        pol_out_repeat(p->out, ' ', INDENT);
        pol_out_plain(p->out, text, n);
        pol_out_puts(p->out, "\n");
        n += eol != NULL;
        text += n;
        len -= n;
    }
}

static void write_place(page *p, pol_check_place at)
{
    if (!at.file || !*at.file)
        return;
    pol_out_printf(p->out, "      %s-->%s ", paint(p, "\033[36m"),
                   paint(p, "\033[0m"));
    pol_out_plain(p->out, at.file, strlen(at.file));
    if (at.line)
        pol_out_printf(p->out, ":%u:%u", at.line, at.column);
    pol_out_puts(p->out, "\n");
}

/* "    [mandatory]  pack v1.0.0  policy (name: type)" */
static void write_head(page *p, const char *label, const char *color,
                       uint32_t policy, const pol_check_subject *resource)
{
    pol_check_policy_view view = pol_check_policy(p->check, policy);
    pol_check_pack_view pack = pol_check_pack(p->check, view.pack);
    pol_out_printf(p->out, "    %s[%s]%s  %s v%s  ", paint(p, color), label,
                   paint(p, "\033[0m"), pack.name, pack.version);
    pol_out_plain(p->out, view.name, strlen(view.name));
    if (resource->type.len || resource->name.len) {
        pol_out_puts(p->out, " (");
        pol_out_plain(p->out, resource->name.str, resource->name.len);
        pol_out_puts(p->out, ": ");
        pol_out_plain(p->out, resource->type.str, resource->type.len);
        pol_out_puts(p->out, ")");
    }
    pol_out_puts(p->out, "\n");
}

static void write_finding(page *p, const pol_check_finding *f,
                          const char *label, const char *color)
{
    write_head(p, label, color, f->policy, &f->resource);
    const char *description = pol_check_policy(p->check, f->policy).description;
    write_lines(p, description, strlen(description));
    write_lines(p, f->message.str, f->message.len);
    write_place(p, f->place);
    if (!pol_is_string(f->excerpt))
        return;
    pol_out_printf(p->out, "      %4u | ", f->place.line);
    pol_out_plain(p->out, f->excerpt.str, f->excerpt.len);
    pol_out_puts(p->out, "\n");
}

static void write_violations(page *p, const pol_check_report *report)
{
    const pol_check_finding *f = pol_check_report_violation(report, 0);
    if (f)
        pol_out_puts(p->out, "\nPolicy Violations:\n");
    for (uint32_t i = 1; f; i++) {
        bool mandatory = f->level == POL_CHECK_MANDATORY;
        write_finding(p, f, pol_check_level_name(f->level),
                      mandatory ? "\033[31m" : "\033[33m");
        f = pol_check_report_violation(report, i);
        if (f)
            pol_out_puts(p->out, "\n");
    }
}

static void write_unknowns(page *p, const pol_check_report *report)
{
    const pol_check_finding *f = pol_check_report_unknown(report, 0);
    if (f)
        pol_out_puts(p->out, "\nNot decided:\n");
    for (uint32_t i = 1; f; i++) {
        write_finding(p, f, "unknown", "\033[35m");
        f = pol_check_report_unknown(report, i);
        if (f)
            pol_out_puts(p->out, "\n");
    }
}

static void write_error(page *p, const pol_check_failure *f)
{
    write_head(p, "error", "\033[31m", f->policy, &f->resource);
    pol_out_printf(p->out, "    %s: ", f->code);
    pol_out_plain(p->out, f->message, strlen(f->message));
    pol_out_puts(p->out, "\n");
    write_place(p, f->place);
    write_place(p, f->source);
}

static void write_errors(page *p, const pol_check_report *report)
{
    const pol_check_failure *f = pol_check_report_error(report, 0);
    if (f)
        pol_out_puts(p->out, "\nPolicy Errors:\n");
    for (uint32_t i = 1; f; i++) {
        write_error(p, f);
        f = pol_check_report_error(report, i);
        if (f)
            pol_out_puts(p->out, "\n");
    }
}

/* ---- remediations -------------------------------------------------------- */

/* Where a change stands: `spec.containers[0].image`. */
typedef struct trail {
    page *page;
    pol_arena *arena;
    char text[256];
    size_t len;
} trail;

/* "spec.acl: \"public-read\" -> \"private\"", shortened. */
static void write_change(const trail *t, pol_value before, pol_value after)
{
    pol_out *out = t->page->out;
    const pol_value sides[] = {before, after};
    pol_out_repeat(out, ' ', INDENT);
    pol_out_plain(out, t->text, t->len);
    for (int i = 0; i < 2; i++) {
        size_t len = strlen("(none)");
        const char *text = "(none)";
        if (pol_is_defined(sides[i]))
            text = pol_value_text(t->arena, sides[i], POL_TEXT_JSON, &len);
        pol_out_puts(out, i ? " -> " : ": ");
        pol_out_plain(out, text, len < LONGEST ? len : LONGEST);
        pol_out_puts(out, len < LONGEST ? "" : "…");
    }
    pol_out_puts(out, "\n");
}

static void write_changes(trail *t, pol_value before, pol_value after);

static bool is_name(pol_value key)
{
    for (uint32_t i = 0; i < key.len; i++) {
        char c = key.str[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
              c == '-' || (c >= '0' && c <= '9')))
            return false;
    }
    return key.len > 0;
}

/* One step deeper. A trail that becomes too long ends above: both sides are then
 * shown whole. */
static bool step(trail *t, pol_value key)
{
    size_t room = sizeof t->text - t->len, n;
    char *to = t->text + t->len;
    if (!pol_is_string(key)) {
        n = (size_t)snprintf(to, room, "[%lld]", (long long)key.i);
    } else if (is_name(key)) {
        n = (size_t)snprintf(to, room, "%s%.*s", t->len ? "." : "",
                             (int)key.len, key.str);
    } else {
        size_t len;
        const char *text = pol_value_text(t->arena, key, POL_TEXT_JSON, &len);
        n = (size_t)snprintf(to, room, "[%.*s]", (int)len, text);
    }
    if (n >= room)
        return false;
    t->len += n;
    return true;
}

static void write_member(trail *t, pol_value key, pol_value before,
                         pol_value after)
{
    size_t len = t->len;
    bool both = pol_is_defined(before) && pol_is_defined(after);
    if (both && pol_equal(before, after))
        return;
    if (step(t, key) && both)
        write_changes(t, before, after);
    else
        write_change(t, before, after);
    t->len = len;
}

/* Items at both ends that are the same are passed over. */
static void write_items(trail *t, pol_value before, pol_value after)
{
    uint32_t first = 0, b = before.len, a = after.len;
    while (first < b && first < a &&
           pol_equal(pol_at(before, first), pol_at(after, first)))
        first++;
    while (b > first && a > first &&
           pol_equal(pol_at(before, b - 1), pol_at(after, a - 1)))
        b--, a--;
    for (uint32_t i = first; i < b || i < a; i++)
        write_member(t, pol_int(i), i < b ? pol_at(before, i) : pol_undefined(),
                     i < a ? pol_at(after, i) : pol_undefined());
}

static void write_changes(trail *t, pol_value before, pol_value after)
{
    bool objects = before.tag == POL_OBJECT && after.tag == POL_OBJECT;
    if (before.tag == POL_ARRAY && after.tag == POL_ARRAY) {
        write_items(t, before, after);
        return;
    }
    if (!objects) {
        write_change(t, before, after);
        return;
    }
    for (uint32_t i = 0; i < after.len; i++) {
        pol_value key = pol_key_at(after, i);
        write_member(t, key, pol_get(before, key), pol_value_at(after, i));
    }
    for (uint32_t i = 0; i < before.len; i++) {
        pol_value key = pol_key_at(before, i);
        if (!pol_is_defined(pol_get(after, key)))
            write_member(t, key, pol_value_at(before, i), pol_undefined());
    }
}

static void write_remedy(page *p, const pol_check_remedy *r)
{
    trail t = {.page = p, .arena = pol_arena_new(0)};
    write_head(p, "remediate", "\033[32m", r->policy, &r->resource);
    write_changes(&t, r->before, r->after);
    write_place(p, r->place);
    pol_arena_free(t.arena);
}

static void write_remedies(page *p, const pol_check_report *report)
{
    const pol_check_remedy *r = pol_check_report_remedy(report, 0);
    if (r)
        pol_out_puts(p->out, "\nPolicy Remediations:\n");
    for (uint32_t i = 1; r; i++) {
        write_remedy(p, r);
        r = pol_check_report_remedy(report, i);
        if (r)
            pol_out_puts(p->out, "\n");
    }
}

static const char *plural(uint32_t n)
{
    return n == 1 ? "" : "s";
}

void pol_report_text(const pol_checking *c, pol_out *out)
{
    page p = {out, c->check, out == c->io->out && c->io->color_out};
    pol_check_counts n = pol_check_report_counts(c->report);
    write_packs(&p);
    write_remedies(&p, c->report);
    write_violations(&p, c->report);
    write_unknowns(&p, c->report);
    write_errors(&p, c->report);
    pol_out_printf(out, "\n%u mandatory, %u advisory, %u unknown", n.mandatory,
                   n.advisory, n.unknown);
    if (n.errors)
        pol_out_printf(out, ", %u error%s", n.errors, plural(n.errors));
    pol_out_printf(out, " in %u resource%s (%u polic%s)\n", n.resources,
                   plural(n.resources), n.policies,
                   n.policies == 1 ? "y" : "ies");
}
