/* SPDX-License-Identifier: Apache-2.0
 *
 * Workflow commands of GitHub Actions: an annotation a line, nothing else. */
#include <string.h>

#include "report.h"
#include "report_entry.h"

/* The message of a command. */
static const char *data(unsigned char c)
{
    return c == '%' ? "%25" : pol_entry_blank(c);
}

static const char *property(unsigned char c)
{
    return c == ':' ? "%3A" : c == ',' ? "%2C" : data(c);
}

static void write_place(const pol_entry *e, pol_out *out)
{
    if (!pol_entry_has_file(e))
        return;
    const char *file = pol_entry_file(e->place.file);
    pol_out_puts(out, "file=");
    pol_out_escaped(out, file, strlen(file), property);
    if (e->place.line)
        pol_out_printf(out, ",line=%u,col=%u", e->place.line,
                       e->place.column);
    pol_out_puts(out, ",");
}

static void write_entry(const pol_entry *e, pol_out *out)
{
    bool notice = e->kind == POL_ENTRY_UNKNOWN && !e->serious;
    pol_out_printf(out, "::%s ", e->serious ? "error"
                                 : notice   ? "notice"
                                            : "warning");
    write_place(e, out);
    pol_out_puts(out, "title=");
    pol_out_escaped(out, e->rule, strlen(e->rule), property);
    pol_out_puts(out, " (");
    pol_out_escaped(out, e->pack, strlen(e->pack), property);
    pol_out_printf(out, " v%s)::", e->version);
    if (e->kind == POL_ENTRY_ERROR)
        pol_out_printf(out, "%s: ", e->code);
    pol_entry_command(e, out, data);
}

/* Ten of a kind are shown per step: what is serious goes first. */
void pol_report_github(const pol_checking *c, pol_out *out)
{
    for (int pass = 0; pass < 2; pass++) {
        for (pol_entry e = {0}; pol_entry_next(c, &e);) {
            if (e.serious == !pass)
                write_entry(&e, out);
        }
    }
}
