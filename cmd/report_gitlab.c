/* SPDX-License-Identifier: Apache-2.0
 *
 * The code quality report of GitLab: an array with an object a line. */
#include <inttypes.h>
#include <string.h>

#include "fingerprint.h"
#include "report.h"

static const char *severity_of(const pol_entry *e)
{
    static const char *const map[][2] = {{"critical", "blocker"},
                                         {"high", "critical"},
                                         {"medium", "major"},
                                         {"low", "minor"}};
    if (e->kind == POL_ENTRY_UNKNOWN)
        return "info";
    if (e->kind != POL_ENTRY_VIOLATION)
        return e->serious ? "critical" : "minor";
    for (int i = 0; i < 4; i++) {
        if (!strcmp(e->severity, map[i][0]))
            return map[i][1];
    }
    return e->serious ? "major" : "minor";
}

/* Path and line must be there. */
static void write_entry(const pol_entry *e, pol_fingerprint print,
                        pol_out *out)
{
    const char *file = pol_entry_file(e->place.file);
    pol_out_puts(out, "{\"description\": ");
    pol_out_json_string(out, e->message, e->message_len);
    pol_out_puts(out, ", \"check_name\": ");
    pol_out_json_string(out, e->rule, strlen(e->rule));
    pol_out_printf(out, ", \"fingerprint\": \"%016" PRIx64, print.hash);
    if (print.nth > 1)
        pol_out_printf(out, "-%u", print.nth);
    pol_out_printf(out, "\", \"severity\": \"%s\", \"location\": {\"path\": ",
                   severity_of(e));
    pol_out_json_string(out, *file ? file : ".", *file ? strlen(file) : 1);
    pol_out_printf(out, ", \"lines\": {\"begin\": %u}}}",
                   e->place.line ? e->place.line : 1);
}

void pol_report_gitlab(const pol_checking *c, pol_out *out)
{
    pol_fingerprints prints;
    pol_fingerprints_init(&prints);
    const char *before = "[\n";
    for (pol_entry e = {0}; pol_entry_next(c, &e); before = ",\n") {
        pol_out_puts(out, before);
        write_entry(&e, pol_fingerprint_next(&prints, &e), out);
    }
    pol_out_puts(out, *before == '[' ? "[]\n" : "\n]\n");
    pol_fingerprints_done(&prints);
}
