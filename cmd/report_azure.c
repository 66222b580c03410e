/* SPDX-License-Identifier: Apache-2.0
 *
 * Logging commands of Azure Pipelines: an issue a line, and the result of the
 * task at the end. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "report_entry.h"

/* The message of a command. */
static const char *data(unsigned char c)
{
    return c == '%' ? "%AZP25" : pol_entry_blank(c);
}

static const char *property(unsigned char c)
{
    return c == ';' ? "%3B" : c == ']' ? "%5D" : data(c);
}

/* The service wants whole paths. */
static void write_place(const pol_entry *e, pol_out *out)
{
    char whole[PATH_MAX];
    if (!pol_entry_has_file(e))
        return;
    const char *file = realpath(e->place.file, whole);
    if (!file)
        file = e->place.file;
    pol_out_puts(out, "sourcepath=");
    pol_out_escaped(out, file, strlen(file), property);
    if (e->place.line)
        pol_out_printf(out, ";linenumber=%u;columnnumber=%u", e->place.line,
                       e->place.column);
    pol_out_puts(out, ";");
}

static void write_entry(const pol_entry *e, pol_out *out)
{
    pol_out_printf(out, "##vso[task.logissue type=%s;",
                   e->serious ? "error" : "warning");
    write_place(e, out);
    pol_out_puts(out, "code=");
    pol_out_escaped(out, e->rule, strlen(e->rule), property);
    pol_out_puts(out, ";]");
    if (e->kind == POL_ENTRY_UNKNOWN)
        pol_out_puts(out, "unknown: ");
    if (e->kind == POL_ENTRY_ERROR)
        pol_out_printf(out, "%s: ", e->code);
    pol_entry_command(e, out, data);
}

void pol_report_azure(const pol_checking *c, pol_out *out)
{
    bool any = false, fails = false;
    for (pol_entry e = {0}; pol_entry_next(c, &e);) {
        write_entry(&e, out);
        any = true;
        fails = fails || e.fails;
    }
    if (any)
        pol_out_printf(out, "##vso[task.complete result=%s;]\n",
                       fails ? "Failed" : "SucceededWithIssues");
}
