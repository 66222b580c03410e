/* SPDX-License-Identifier: Apache-2.0
 *
 * The findings of a run as one list; see report_entry.h. */
#include "report_entry.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const pol_check_place nowhere = {"", 0, 0};

static pol_check_place place_of(pol_check_place at)
{
    return at.file ? at : nowhere;
}

/* Severities are constant words, so that they can be borrowed as C strings. */
static const char *severity_of(pol_value v)
{
    static const char *const words[] = {"low", "medium", "high", "critical"};
    for (int i = 0; i < 4 && pol_is_string(v); i++) {
        if (v.len == strlen(words[i]) && !memcmp(v.str, words[i], v.len))
            return words[i];
    }
    return "";
}

/* ---- one entry of each kind ---------------------------------------------- */

static void of_policy(const pol_checking *c, pol_entry *e, uint32_t policy)
{
    pol_check_policy_view view = pol_check_policy(c->check, policy);
    pol_check_pack_view pack = pol_check_pack(c->check, view.pack);
    e->policy = policy;
    e->pack = pack.name;
    e->version = pack.version;
    e->rule = view.name;
    e->description = view.description;
    e->severity = severity_of(view.severity);
}

static void of_finding(const pol_checking *c, pol_entry *e,
                       const pol_check_finding *f)
{
    bool unknown = e->kind == POL_ENTRY_UNKNOWN;
    bool mandatory = f->level != POL_CHECK_ADVISORY;
    of_policy(c, e, f->policy);
    e->label = unknown     ? "unknown"
               : mandatory ? "mandatory"
                           : "advisory";
    e->fails = unknown ? c->fail_on_unknown : mandatory || c->fail_on_advisory;
    e->fails = e->fails && !c->never_fail;
    e->serious = e->fails || (!unknown && mandatory);
    if (pol_is_string(f->severity))
        e->severity = severity_of(f->severity);
    bool said = pol_is_string(f->message) && f->message.len;
    e->message = said ? f->message.str : *e->description ? e->description
                                                         : e->rule;
    e->message_len = said ? f->message.len : strlen(e->message);
    e->resource = f->resource;
    e->path = f->path;
    e->place = place_of(f->place);
}

static void of_failure(const pol_checking *c, pol_entry *e,
                       const pol_check_failure *f)
{
    of_policy(c, e, f->policy);
    e->label = "error";
    e->serious = e->fails = true;
    e->code = f->code;
    e->message = *f->message ? f->message : f->code;
    e->message_len = strlen(e->message);
    e->resource = f->resource;
    e->place = place_of(f->place);
    e->source = place_of(f->source);
}

static void of_diagnostic(pol_entry *e, const pol_diag_view *d)
{
    e->pack = "polc";
    e->version = pol_version();
    e->rule = e->code = d->code;
    e->description = d->help ? d->help : "";
    e->label = d->is_error ? "error" : "warning";
    e->serious = e->fails = d->is_error;
    e->message = *d->message ? d->message : d->code;
    e->message_len = strlen(e->message);
    if (d->file)
        e->place = (pol_check_place){d->file, d->line, d->column};
}

/* ---- all of them --------------------------------------------------------- */

/* The entry e->next of the list e->kind. */
static bool entry_at(const pol_checking *c, pol_entry *e)
{
    pol_diag_view diag;
    const pol_check_finding *found = NULL;
    const pol_check_failure *failed = NULL;
    switch (e->kind) {
    case POL_ENTRY_VIOLATION:
        found = pol_check_report_violation(c->report, e->next);
        break;
    case POL_ENTRY_UNKNOWN:
        found = pol_check_report_unknown(c->report, e->next);
        break;
    case POL_ENTRY_ERROR:
        failed = pol_check_report_error(c->report, e->next);
        break;
    case POL_ENTRY_DIAGNOSTIC:
        if (!pol_diags_at(c->diags, e->next, &diag))
            return false;
        of_diagnostic(e, &diag);
        return true;
    }
    if (found)
        of_finding(c, e, found);
    if (failed)
        of_failure(c, e, failed);
    return found || failed;
}

bool pol_entry_next(const pol_checking *c, pol_entry *e)
{
    uint32_t next = e->begun ? e->next + 1 : 0;
    for (int kind = e->kind; kind <= POL_ENTRY_DIAGNOSTIC; kind++) {
        *e = (pol_entry){.kind = (pol_entry_kind)kind, .next = next,
                         .begun = true, .severity = "", .description = "",
                         .code = "", .place = nowhere, .source = nowhere};
        if (entry_at(c, e))
            return true;
        next = 0;
    }
    return false;
}

uint32_t *pol_entry_tally(const pol_checking *c)
{
    uint32_t count = pol_check_policy_count(c->check);
    uint32_t *tally = calloc(count ? count : 1, sizeof *tally);
    if (!tally)
        abort();
    for (pol_entry e = {0}; pol_entry_next(c, &e);) {
        if (e.kind != POL_ENTRY_DIAGNOSTIC)
            tally[e.policy]++;
    }
    return tally;
}

/* ---- parts --------------------------------------------------------------- */

const char *pol_entry_file(const char *file)
{
    char here[PATH_MAX];
    while (file[0] == '.' && file[1] == '/' && file[2])
        file += 2;
    if (file[0] != '/' || !getcwd(here, sizeof here))
        return file;
    size_t len = strlen(here);
    if (!strncmp(file, here, len) && file[len] == '/' && file[len + 1])
        return file + len + 1;
    return file;
}

bool pol_entry_has_file(const pol_entry *e)
{
    return *e->place.file && strcmp(e->place.file, "<stdin>") != 0;
}

void pol_entry_resource(const pol_entry *e, pol_out *out,
                        pol_out_escape *special)
{
    pol_value name = e->resource.name, type = e->resource.type;
    if (!pol_is_string(name) || !pol_is_string(type) || !(name.len + type.len))
        return;
    pol_out_escaped(out, name.str, name.len, special);
    pol_out_escaped(out, " (", 2, special);
    pol_out_escaped(out, type.str, type.len, special);
    pol_out_escaped(out, ")", 1, special);
}

const char *pol_entry_blank(unsigned char c)
{
    switch (c) {
    case '\r': return "%0D";
    case '\n': return "%0A";
    case '\t': return "\t";
    }
    return NULL;
}

void pol_entry_command(const pol_entry *e, pol_out *out,
                       pol_out_escape *special)
{
    pol_out_escaped(out, e->message, e->message_len, special);
    if (pol_is_string(e->resource.name) && e->resource.name.len)
        pol_out_puts(out, "%0A");
    pol_entry_resource(e, out, special);
    pol_out_puts(out, "\n");
}
