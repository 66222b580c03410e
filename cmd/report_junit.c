/* SPDX-License-Identifier: Apache-2.0
 *
 * JUnit's XML: a suite for each pack; in it a test case for each entry, and one
 * that passes for each policy without. A violation is a failure, a policy that
 * failed while it ran an error, what could not be decided is skipped. What was
 * wrong with the run itself is a suite "polc". */
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "report_entry.h"

typedef struct sums {
    uint32_t tests, failures, errors, skipped;
} sums;

typedef struct page {
    const pol_checking *c;
    pol_out *out;
    uint32_t *tally; /* entries of each policy */
    sums *suites;    /* of each pack, then of the run */
    uint32_t packs;
} page;

/* Control characters that XML forbids are shown as \u001b by the writer. */
static const char *xml(unsigned char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\n': return "&#10;";
    case '\r': return "&#13;";
    case '\t': return "&#9;";
    }
    return NULL;
}

static void write_text(page *p, const char *text)
{
    pol_out_escaped(p->out, text, strlen(text), xml);
}

/* ---- counting ------------------------------------------------------------ */

static uint32_t suite_of(const page *p, const pol_entry *e)
{
    return e->kind == POL_ENTRY_DIAGNOSTIC
               ? p->packs
               : pol_check_policy(p->c->check, e->policy).pack;
}

static bool is_skipped(const pol_entry *e)
{
    return e->kind == POL_ENTRY_UNKNOWN && !e->fails;
}

static bool is_failure(const pol_entry *e)
{
    return !is_skipped(e) &&
           (e->kind <= POL_ENTRY_UNKNOWN || !e->serious);
}

static void count_all(page *p)
{
    uint32_t count = pol_check_policy_count(p->c->check);
    for (pol_entry e = {0}; pol_entry_next(p->c, &e);) {
        sums *s = &p->suites[suite_of(p, &e)];
        s->tests++;
        s->skipped += is_skipped(&e);
        s->failures += is_failure(&e);
        s->errors += !is_skipped(&e) && !is_failure(&e);
    }
    for (uint32_t i = 0; i < count; i++) {
        pol_check_policy_view view = pol_check_policy(p->c->check, i);
        if (!p->tally[i] && view.level != POL_CHECK_DISABLED)
            p->suites[view.pack].tests++;
    }
}

/* ---- writing ------------------------------------------------------------- */

static void write_sums(page *p, const sums *s)
{
    pol_out_printf(p->out,
                   " tests=\"%u\" failures=\"%u\" errors=\"%u\" "
                   "skipped=\"%u\">\n",
                   s->tests, s->failures, s->errors, s->skipped);
}

static void write_case(page *p, const pol_entry *e)
{
    const char *file = pol_entry_file(e->place.file);
    pol_out_puts(p->out, "    <testcase name=\"");
    write_text(p, e->rule);
    if (pol_is_string(e->resource.name) && e->resource.name.len)
        pol_out_puts(p->out, ": ");
    pol_entry_resource(e, p->out, xml);
    pol_out_puts(p->out, "\" classname=\"");
    write_text(p, e->pack);
    if (*file) {
        pol_out_puts(p->out, "\" file=\"");
        write_text(p, file);
    }
    if (e->place.line)
        pol_out_printf(p->out, "\" line=\"%u", e->place.line);
    pol_out_puts(p->out, "\">\n");
}

/* What stands below the message: where it is, and what the policy is for. */
static void write_details(page *p, const pol_entry *e)
{
    if (*e->place.file) {
        write_text(p, e->place.file);
        if (e->place.line)
            pol_out_printf(p->out, ":%u:%u", e->place.line, e->place.column);
        pol_out_puts(p->out, "\n");
    }
    if (*e->severity)
        pol_out_printf(p->out, "severity: %s\n", e->severity);
    write_text(p, e->description);
}

static void write_entry(page *p, const pol_entry *e)
{
    const char *tag = is_skipped(e) ? "skipped"
                      : is_failure(e) ? "failure"
                                      : "error";
    write_case(p, e);
    pol_out_printf(p->out, "      <%s message=\"", tag);
    pol_out_escaped(p->out, e->message, e->message_len, xml);
    if (is_skipped(e)) {
        pol_out_puts(p->out, "\"/>\n    </testcase>\n");
        return;
    }
    pol_out_printf(p->out, "\" type=\"%s\">", *e->code ? e->code : e->label);
    write_details(p, e);
    pol_out_printf(p->out, "</%s>\n    </testcase>\n", tag);
}

static void write_passed(page *p, uint32_t suite)
{
    uint32_t count = pol_check_policy_count(p->c->check);
    for (uint32_t i = 0; i < count; i++) {
        pol_check_policy_view view = pol_check_policy(p->c->check, i);
        if (view.pack != suite || p->tally[i] ||
            view.level == POL_CHECK_DISABLED)
            continue;
        pol_out_puts(p->out, "    <testcase name=\"");
        write_text(p, view.name);
        pol_out_puts(p->out, "\" classname=\"");
        write_text(p, pol_check_pack(p->c->check, suite).name);
        pol_out_puts(p->out, "\"/>\n");
    }
}

static void write_suite(page *p, uint32_t suite)
{
    if (suite == p->packs && !p->suites[suite].tests)
        return;
    pol_out_puts(p->out, "  <testsuite name=\"");
    write_text(p, suite == p->packs ? "polc"
                                    : pol_check_pack(p->c->check, suite).name);
    pol_out_puts(p->out, "\"");
    write_sums(p, &p->suites[suite]);
    for (pol_entry e = {0}; pol_entry_next(p->c, &e);) {
        if (suite_of(p, &e) == suite)
            write_entry(p, &e);
    }
    if (suite < p->packs)
        write_passed(p, suite);
    pol_out_puts(p->out, "  </testsuite>\n");
}

void pol_report_junit(const pol_checking *c, pol_out *out)
{
    page p = {c, out, pol_entry_tally(c), NULL, pol_check_pack_count(c->check)};
    sums all = {0, 0, 0, 0};
    p.suites = calloc(p.packs + 1, sizeof *p.suites);
    if (!p.suites)
        abort();
    count_all(&p);
    for (uint32_t i = 0; i <= p.packs; i++) {
        all.tests += p.suites[i].tests;
        all.failures += p.suites[i].failures;
        all.errors += p.suites[i].errors;
        all.skipped += p.suites[i].skipped;
    }
    pol_out_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                      "<testsuites name=\"polc check\"");
    write_sums(&p, &all);
    for (uint32_t i = 0; i <= p.packs; i++)
        write_suite(&p, i);
    pol_out_puts(out, "</testsuites>\n");
    free(p.suites);
    free(p.tally);
}
