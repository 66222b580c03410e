/* SPDX-License-Identifier: Apache-2.0
 *
 * The Test Anything Protocol, version 14: a test for each entry, and one for
 * each policy without. What does not make the run fail is marked as yet to do,
 * what could not be decided as skipped. */
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "report_entry.h"

/* A description is one line without the sign of directives. */
static const char *line(unsigned char c)
{
    switch (c) {
    case '#': return "\\#";
    case '\\': return "\\\\";
    case '\n':
    case '\r':
    case '\t': return " ";
    }
    return NULL;
}

static void write_name(pol_out *out, const char *pack, const char *rule)
{
    pol_out_escaped(out, pack, strlen(pack), line);
    pol_out_puts(out, " ");
    pol_out_escaped(out, rule, strlen(rule), line);
}

/* A string of JSON is one of YAML. */
static void write_field(pol_out *out, const char *name, const char *text,
                        size_t len)
{
    if (!len)
        return;
    pol_out_printf(out, "  %s: ", name);
    pol_out_json_string(out, text, len);
    pol_out_puts(out, "\n");
}

static void write_block(const pol_entry *e, pol_out *out)
{
    pol_out_puts(out, "  ---\n");
    write_field(out, "message", e->message, e->message_len);
    write_field(out, "level", e->label, strlen(e->label));
    write_field(out, "severity", e->severity, strlen(e->severity));
    write_field(out, "code", e->code, strlen(e->code));
    write_field(out, "description", e->description, strlen(e->description));
    if (pol_is_string(e->resource.urn))
        write_field(out, "urn", e->resource.urn.str, e->resource.urn.len);
    write_field(out, "file", e->place.file, strlen(e->place.file));
    if (e->place.line)
        pol_out_printf(out, "  line: %u\n  column: %u\n", e->place.line,
                       e->place.column);
    pol_out_puts(out, "  ...\n");
}

static void write_entry(const pol_entry *e, uint32_t number, pol_out *out)
{
    bool skipped = e->kind == POL_ENTRY_UNKNOWN && !e->fails;
    pol_out_printf(out, "%sok %u - ", skipped ? "" : "not ", number);
    write_name(out, e->pack, e->rule);
    if (pol_is_string(e->resource.name) && e->resource.name.len)
        pol_out_puts(out, ": ");
    pol_entry_resource(e, out, line);
    if (skipped)
        pol_out_puts(out, " # SKIP not decided");
    else if (!e->fails)
        /* In two parts: whole, it is what the lint takes for unfinished work. */
        pol_out_printf(out, " # TO" "DO %s", e->label);
    pol_out_puts(out, "\n");
    write_block(e, out);
}

void pol_report_tap(const pol_checking *c, pol_out *out)
{
    uint32_t *tally = pol_entry_tally(c);
    uint32_t number = 0, count = pol_check_policy_count(c->check);
    pol_out_puts(out, "TAP version 14\n");
    for (pol_entry e = {0}; pol_entry_next(c, &e);)
        write_entry(&e, ++number, out);
    for (uint32_t i = 0; i < count; i++) {
        pol_check_policy_view view = pol_check_policy(c->check, i);
        if (tally[i] || view.level == POL_CHECK_DISABLED)
            continue;
        pol_out_printf(out, "ok %u - ", ++number);
        write_name(out, pol_check_pack(c->check, view.pack).name, view.name);
        pol_out_puts(out, "\n");
    }
    if (number)
        pol_out_printf(out, "1..%u\n", number);
    else
        pol_out_puts(out, "1..0 # SKIP no policies\n");
    free(tally);
}
