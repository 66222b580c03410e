/* SPDX-License-Identifier: Apache-2.0
 *
 * A table in GitHub's Markdown, for summaries of jobs and comments. */
#include <string.h>

#include "report.h"
#include "report_entry.h"

enum { LONGEST = 1000 /* bytes of a cell: comments and summaries have limits */ };

/* A cell is one line; nothing in it is mark-up. GitHub looks for mentions and
 * numbers of issues when mark-up is gone, so what stands behind their signs is
 * a space of no width. */
static const char *cell(unsigned char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '@': return "@&#8203;";
    case '|': return "\\|";
    case '\\': return "\\\\";
    case '`': return "\\`";
    case '*': return "\\*";
    case '_': return "\\_";
    case '[': return "\\[";
    case ']': return "\\]";
    case '#': return "#&#8203;";
    case '~': return "\\~";
    case '$': return "\\$";
    case '\n': return "<br>";
    case '\r': return "";
    case '\t': return " ";
    }
    return NULL;
}

static void write_cell(pol_out *out, const char *text, size_t len)
{
    size_t shown = len;
    if (len > LONGEST) {
        shown = LONGEST;
        while (shown && ((unsigned char)text[shown] & 0xc0) == 0x80)
            shown--;
    }
    pol_out_escaped(out, text, shown, cell);
    pol_out_puts(out, shown < len ? "…" : "");
}

static void write_resource(const pol_entry *e, pol_out *out)
{
    pol_value name = e->resource.name, type = e->resource.type;
    if (!pol_is_string(name) || !pol_is_string(type) || !(name.len + type.len))
        return;
    write_cell(out, name.str, name.len);
    pol_out_puts(out, "<br>");
    write_cell(out, type.str, type.len);
}

static void write_row(const pol_entry *e, pol_out *out)
{
    const char *file = pol_entry_file(e->place.file);
    pol_out_printf(out, "| %s | ", e->label);
    if (*e->severity)
        pol_out_printf(out, "%s ", e->severity);
    pol_out_puts(out, "| ");
    write_cell(out, e->rule, strlen(e->rule));
    pol_out_puts(out, "<br>");
    write_cell(out, e->pack, strlen(e->pack));
    pol_out_printf(out, " v%s | ", e->version);
    write_resource(e, out);
    pol_out_puts(out, " | ");
    if (e->kind == POL_ENTRY_ERROR)
        pol_out_printf(out, "%s: ", e->code);
    write_cell(out, e->message, e->message_len);
    pol_out_puts(out, " | ");
    write_cell(out, file, strlen(file));
    if (e->place.line)
        pol_out_printf(out, ":%u:%u", e->place.line, e->place.column);
    pol_out_puts(out, " |\n");
}

void pol_report_markdown(const pol_checking *c, pol_out *out)
{
    pol_check_counts n = pol_check_report_counts(c->report);
    bool any = false;
    pol_out_printf(out,
                   "### Policies\n\n%u mandatory, %u advisory, %u unknown, "
                   "%u error%s in %u resource%s (%u polic%s)\n",
                   n.mandatory, n.advisory, n.unknown, n.errors,
                   n.errors == 1 ? "" : "s", n.resources,
                   n.resources == 1 ? "" : "s", n.policies,
                   n.policies == 1 ? "y" : "ies");
    for (pol_entry e = {0}; pol_entry_next(c, &e); any = true) {
        if (!any)
            pol_out_puts(out, "\n| Level | Severity | Policy | Resource | "
                              "Message | Place |\n"
                              "|---|---|---|---|---|---|\n");
        write_row(&e, out);
    }
}
