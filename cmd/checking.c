/* SPDX-License-Identifier: Apache-2.0
 *
 * See checking.h. */
#include "checking.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "rewrite.h"

static void print_line(void *host, const char *file, uint32_t line,
                       const char *text, size_t len)
{
    pol_out *err = host;
    pol_out_printf(err, "%s:%u: ", file, line);
    pol_out_plain(err, text, len);
    pol_out_puts(err, "\n");
}

void pol_checking_init(pol_checking *c, pol_io *io,
                       const pol_command_limits *limits)
{
    *c = (pol_checking){.io = io};
    c->diags = pol_diags_new();
    c->engine = pol_command_engine();
    c->hosts = calloc(limits->allow_hosts.count + 1, sizeof *c->hosts);
    pol_eval_options options = {.print = print_line, .host = io->err};
    if (c->hosts)
        pol_command_limits_apply(limits, c->hosts, &options);
    c->check = c->hosts && c->diags ? pol_check_new(c->engine, &options) : NULL;
    if (!c->check)
        abort();
}

void pol_checking_done(pol_checking *c)
{
    pol_check_report_free(c->report);
    pol_check_free(c->check);
    for (uint32_t i = 0; i < c->config_count; i++)
        pol_doc_free(c->configs[i]);
    free(c->configs);
    free(c->hosts);
    pol_engine_free(c->engine);
    pol_diags_free(c->diags);
}

/* ---- packs --------------------------------------------------------------- */

static bool configure(pol_checking *c, int pack, const char *path)
{
    pol_doc *doc = pol_doc_read(path, POL_DOC_AUTO, 0, c->diags);
    if (!doc)
        return false;
    size_t size = (c->config_count + 1) * sizeof *c->configs;
    pol_doc **more = realloc(c->configs, size);
    if (!more)
        abort();
    c->configs = more;
    c->configs[c->config_count++] = doc;
    return pol_check_configure(c->check, pack, doc, c->diags);
}

bool pol_checking_pack(pol_checking *c, const char *path, const char *config)
{
    int pack = pol_check_add_pack(c->check, path, c->diags);
    return pack >= 0 && (!config || configure(c, pack, config));
}

/* The configuration that stands behind the i-th pack and before the next. */
static bool config_of(pol_checking *c, const pol_option_list *packs, uint32_t i,
                      const pol_option_list *configs, const char **out)
{
    uint32_t from = packs->order[i];
    uint32_t to = i + 1 < packs->count ? packs->order[i + 1] : UINT32_MAX;
    *out = NULL;
    for (uint32_t k = 0; k < configs->count; k++) {
        if (configs->order[k] < from || configs->order[k] > to)
            continue;
        if (*out) {
            pol_command_usage(c->io, "two --pack-config for --pack %s",
                              packs->items[i]);
            return false;
        }
        *out = configs->items[k];
    }
    return true;
}

bool pol_checking_packs(pol_checking *c, const pol_option_list *packs,
                        const pol_option_list *configs)
{
    bool ok = true;
    for (uint32_t i = 0; i < packs->count; i++) {
        const char *config;
        ok = config_of(c, packs, i, configs, &config) &&
             pol_checking_pack(c, packs->items[i], config) && ok;
    }
    return ok;
}

bool pol_checking_ready(pol_checking *c)
{
    if (!pol_check_ready(c->check, c->diags))
        return false;
    c->report = pol_check_report_new(c->check);
    return c->report != NULL;
}

/* ---- documents ----------------------------------------------------------- */

/* --write: the file gets what remediation made of it. */
static void rewrite(pol_checking *c, const pol_doc *doc, const char *path)
{
    pol_check_text new = pol_check_rewritten(c->report);
    if (new.refusal)
        pol_rewrite_refuse(path, new.refusal, c->diags);
    else if (new.text && !strcmp(path, "-"))
        pol_rewrite_refuse(path, "standard input is no file", c->diags);
    else if (new.text)
        pol_rewrite_file(&(pol_rewrite){path, doc, new.text, new.len},
                         c->diags);
}

static bool is_collection(const pol_doc *doc)
{
    for (uint32_t i = 0; i < pol_doc_count(doc); i++) {
        if (pol_is_collection(pol_doc_root(doc, i)))
            return true;
    }
    return false;
}

/* The file holds nothing that could be a resource. */
static void no_document(pol_checking *c, const char *path, bool named)
{
    char text[1024];
    if (!named) {
        c->passed_over++;
        return;
    }
    snprintf(text, sizeof text, "%.900s: this is no resource document", path);
    pol_diags_report(c->diags, "P0650", text,
                     "documents are objects in JSON or YAML");
}

static bool is_lines(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && (!strcmp(dot, ".jsonl") || !strcmp(dot, ".ndjson"));
}

static void check_lines(pol_checking *c, const char *path, bool named)
{
    uint32_t before = pol_diags_errors(c->diags);
    bool any = false, ok = true;
    pol_lines *lines = pol_lines_open(path, c->diags);
    for (pol_doc *doc; ok && lines && (doc = pol_lines_next(lines, c->diags));) {
        if (pol_doc_root(doc, 0).tag != POL_NULL)
            ok = pol_check_document(c->check, doc, c->input, c->report,
                                    c->diags);
        any |= is_collection(doc);
        pol_doc_free(doc);
    }
    pol_lines_close(lines);
    if (!any && pol_diags_errors(c->diags) == before)
        no_document(c, path, named);
}

void pol_checking_file(pol_checking *c, const char *path, bool named)
{
    bool whole = c->write || pol_check_sees_stack(c->check);
    if (!whole && is_lines(path)) {
        check_lines(c, path, named);
        return;
    }
    pol_doc *doc = pol_doc_read(path, POL_DOC_AUTO, 0, c->diags);
    if (!doc)
        return;
    if (!is_collection(doc))
        no_document(c, path, named);
    else if (pol_check_document(c->check, doc, c->input, c->report, c->diags) &&
             c->write)
        rewrite(c, doc, path);
    pol_doc_free(doc);
}

/* ---- verdict ------------------------------------------------------------- */

static pol_exit errors_exit(const pol_check_report *report)
{
    pol_exit code = POL_EXIT_OK;
    const pol_check_failure *f;
    for (uint32_t i = 0; (f = pol_check_report_error(report, i)); i++) {
        pol_exit one = f->is_internal ? POL_EXIT_INTERNAL
                       : f->is_limit  ? POL_EXIT_LIMIT
                                      : POL_EXIT_POLICY;
        code = pol_exit_worse(code, one);
    }
    return code;
}

pol_exit pol_checking_exit(const pol_checking *c)
{
    pol_exit code = pol_command_diags_exit(c->diags);
    if (!c->report)
        return code;
    pol_check_counts n = pol_check_report_counts(c->report);
    bool violated = n.mandatory || (c->fail_on_advisory && n.advisory) ||
                    (c->fail_on_unknown && n.unknown);
    if (violated && !c->never_fail)
        code = pol_exit_worse(code, POL_EXIT_VIOLATION);
    return pol_exit_worse(code, errors_exit(c->report));
}

pol_exit pol_checking_eval(pol_io *io, const pol_option_list *packs,
                           const char *input, const pol_command_limits *limits)
{
    static const pol_option_list none = {NULL, NULL, 0};
    pol_checking c;
    pol_checking_init(&c, io, limits);
    if (pol_checking_packs(&c, packs, &none) && pol_checking_ready(&c)) {
        pol_checking_file(&c, input, true);
        pol_check_report_finish(c.report);
        pol_report_json(&c, io->out);
    }
    pol_command_diags(io, c.diags);
    pol_exit code = pol_checking_exit(&c);
    pol_checking_done(&c);
    return code;
}
