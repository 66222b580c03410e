/* SPDX-License-Identifier: Apache-2.0
 *
 * The report for programs: one object; every entry of a list is a line. */
#include <string.h>

#include "report.h"

typedef struct page {
    pol_out *out;
    const pol_check *check;
    pol_arena *arena; /* for the texts of values */
} page;

static void write_text(page *p, const char *text)
{
    pol_out_json_string(p->out, text, strlen(text));
}

static void write_string(page *p, pol_value v)
{
    if (pol_is_string(v))
        pol_out_json_string(p->out, v.str, v.len);
    else
        pol_out_puts(p->out, "null");
}

static void write_value(page *p, pol_value v)
{
    size_t len;
    const char *text = pol_value_text(p->arena, v, POL_TEXT_JSON, &len);
    pol_out_write(p->out, text, len);
}

static void write_packs(page *p)
{
    uint32_t count = pol_check_pack_count(p->check);
    pol_out_puts(p->out, " \"packs\": [");
    for (uint32_t i = 0; i < count; i++) {
        pol_check_pack_view pack = pol_check_pack(p->check, i);
        pol_out_puts(p->out, i ? ",\n  {\"name\": " : "\n  {\"name\": ");
        write_text(p, pack.name);
        pol_out_puts(p->out, ", \"version\": ");
        write_text(p, pack.version);
        pol_out_puts(p->out, ", \"path\": ");
        write_text(p, pack.path);
        pol_out_printf(p->out, ", \"policies\": %u}", pack.policies);
    }
    pol_out_puts(p->out, "],\n");
}

static void write_summary(page *p, const pol_check_report *report)
{
    pol_check_counts n = pol_check_report_counts(report);
    pol_out_printf(p->out,
                   " \"summary\": {\"resources\": %u, \"policies\": %u, "
                   "\"mandatory\": %u, \"advisory\": %u, \"unknown\": %u, "
                   "\"errors\": %u, \"remediated\": %u},\n",
                   n.resources, n.policies, n.mandatory, n.advisory, n.unknown,
                   n.errors, n.remediated);
}

/* ---- parts of entries ---------------------------------------------------- */

static void write_policy(page *p, uint32_t policy)
{
    pol_check_policy_view view = pol_check_policy(p->check, policy);
    pol_check_pack_view pack = pol_check_pack(p->check, view.pack);
    pol_out_puts(p->out, "\n  {\"pack\": ");
    write_text(p, pack.name);
    pol_out_puts(p->out, ", \"pack_version\": ");
    write_text(p, pack.version);
    pol_out_puts(p->out, ", \"policy\": ");
    write_text(p, view.name);
}

static void write_resource(page *p, const pol_check_subject *resource)
{
    pol_out_puts(p->out, ", \"resource\": {\"type\": ");
    write_string(p, resource->type);
    pol_out_puts(p->out, ", \"name\": ");
    write_string(p, resource->name);
    pol_out_puts(p->out, ", \"urn\": ");
    write_string(p, resource->urn);
    pol_out_puts(p->out, "}");
}

/* Line 0: the file alone is known. */
static void write_place(page *p, const char *name, pol_check_place at)
{
    pol_out_printf(p->out, ", \"%s\": ", name);
    if (!at.file || !*at.file) {
        pol_out_puts(p->out, "null");
        return;
    }
    pol_out_puts(p->out, "{\"file\": ");
    write_text(p, at.file);
    if (at.line)
        pol_out_printf(p->out, ", \"line\": %u, \"column\": %u", at.line,
                       at.column);
    pol_out_puts(p->out, "}");
}

/* ---- entries ------------------------------------------------------------- */

static void write_finding(page *p, const pol_check_finding *f)
{
    write_policy(p, f->policy);
    pol_out_printf(p->out, ", \"enforcement\": \"%s\", \"severity\": ",
                   pol_check_level_name(f->level));
    write_string(p, f->severity);
    pol_out_puts(p->out, ", \"description\": ");
    write_text(p, pol_check_policy(p->check, f->policy).description);
    pol_out_puts(p->out, ", \"message\": ");
    write_string(p, f->message);
    write_resource(p, &f->resource);
    pol_out_puts(p->out, ", \"path\": ");
    write_value(p, f->path);
    write_place(p, "location", f->place);
    pol_out_puts(p->out, "}");
}

static void write_failure(page *p, const pol_check_failure *f)
{
    write_policy(p, f->policy);
    pol_out_printf(p->out, ", \"code\": \"%s\", \"limit\": %s, \"message\": ",
                   f->code, f->is_limit ? "true" : "false");
    write_text(p, f->message);
    write_resource(p, &f->resource);
    write_place(p, "location", f->place);
    write_place(p, "source", f->source);
    pol_out_puts(p->out, "}");
}

static void write_remedy(page *p, const pol_check_remedy *r)
{
    write_policy(p, r->policy);
    write_resource(p, &r->resource);
    pol_out_puts(p->out, ", \"before\": ");
    write_value(p, r->before);
    pol_out_puts(p->out, ", \"after\": ");
    write_value(p, r->after);
    write_place(p, "location", r->place);
    pol_out_puts(p->out, "}");
}

typedef const pol_check_finding *finding_at(const pol_check_report *report,
                                            uint32_t i);

static void write_findings(page *p, const char *name,
                           const pol_check_report *report, finding_at *at)
{
    const pol_check_finding *f;
    pol_out_printf(p->out, " \"%s\": [", name);
    for (uint32_t i = 0; (f = at(report, i)); i++) {
        pol_out_puts(p->out, i ? "," : "");
        write_finding(p, f);
    }
    pol_out_puts(p->out, "],\n");
}

void pol_report_json(const pol_checking *c, pol_out *out)
{
    page p = {out, c->check, pol_arena_new(0)};
    const pol_check_failure *f;
    const pol_check_remedy *r;
    pol_out_puts(out, "{\"version\": 1,\n");
    write_packs(&p);
    write_summary(&p, c->report);
    write_findings(&p, "violations", c->report, pol_check_report_violation);
    write_findings(&p, "unknown", c->report, pol_check_report_unknown);
    pol_out_puts(out, " \"errors\": [");
    for (uint32_t i = 0; (f = pol_check_report_error(c->report, i)); i++) {
        pol_out_puts(out, i ? "," : "");
        write_failure(&p, f);
    }
    pol_out_puts(out, "],\n \"remediations\": [");
    for (uint32_t i = 0; (r = pol_check_report_remedy(c->report, i)); i++) {
        pol_out_puts(out, i ? "," : "");
        write_remedy(&p, r);
    }
    pol_out_puts(out, "]}\n");
    pol_arena_free(p.arena);
}
