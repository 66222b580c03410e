/* SPDX-License-Identifier: Apache-2.0
 *
 * polc check: is everything right with these files? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checking.h"
#include "project.h"
#include "report.h"
#include "targets.h"

typedef struct settings {
    pol_option_list packs, configs, formats;
    int input_format, fail_on, unknown;
    bool write, excerpt;
    bool v0;
    pol_command_limits limits;
} settings;

/* Unset choices are 0, so that polc.json can tell what was not said. */
enum { UNSET, MANDATORY, ADVISORY, NEVER };
enum { PASS = 1, FAIL };

static const pol_option options[] = {
    {"pack", 'p', POL_OPTION_LIST, offsetof(settings, packs), "DIR|FILE",
     "policies to check with; may be repeated"},
    {"pack-config", 0, POL_OPTION_LIST, offsetof(settings, configs), "FILE",
     "configuration of the pack named before it"},
    {"policy-pack", 0, POL_OPTION_LIST, offsetof(settings, packs), "DIR|FILE",
     NULL},
    {"policy-pack-config", 0, POL_OPTION_LIST, offsetof(settings, configs),
     "FILE", NULL},
    {"input-format", 0, POL_OPTION_CHOICE, offsetof(settings, input_format),
     "auto|pulumi|terraform|cloudformation|kubernetes|plain",
     "what the documents are (auto: by content)"},
    {"format", 'f', POL_OPTION_LIST, offsetof(settings, formats),
     "NAME[=FILE]",
     "text, json, sarif, junit, github, gitlab, azure, tap, markdown"},
    {"fail-on", 0, POL_OPTION_ANSWER, offsetof(settings, fail_on),
     "mandatory|advisory|never",
     "the lowest level that makes the exit code 1 (mandatory)"},
    {"unknown", 0, POL_OPTION_ANSWER, offsetof(settings, unknown),
     "pass|fail",
     "whether what cannot be decided yet makes the exit code 1 (pass)"},
    POL_COMMAND_V0(settings),
    {"excerpt", 0, POL_OPTION_FLAG, offsetof(settings, excerpt), NULL,
     "show what stands where violations point, in the text report"},
    {"write", 0, POL_OPTION_FLAG, offsetof(settings, write), NULL,
     "put remediations into the files: Kubernetes, plain JSON and YAML"},
    POL_COMMAND_LIMITS(settings),
    {NULL, 0, 0, 0, NULL, NULL},
};

/* All that lives while the command runs. */
typedef struct job {
    pol_io *io;
    const settings *set;
    pol_checking checking;
    pol_project project;
    pol_targets targets;
    pol_targets_kept *compiled;
} job;

/* ---- settings ------------------------------------------------------------ */

static int word(pol_value v, const char *first, const char *second)
{
    if (pol_is_string(v) && strlen(first) == v.len &&
        !memcmp(v.str, first, v.len))
        return 1;
    if (pol_is_string(v) && strlen(second) == v.len &&
        !memcmp(v.str, second, v.len))
        return 2;
    return pol_is_defined(v) ? 3 : 0;
}

static void settle(job *j)
{
    int fail_on = j->set->fail_on, unknown = j->set->unknown;
    if (fail_on == UNSET)
        fail_on = word(j->project.fail_on, "mandatory", "advisory");
    if (unknown == UNSET)
        unknown = word(j->project.unknown, "pass", "fail");
    j->checking.fail_on_advisory = fail_on == ADVISORY;
    j->checking.never_fail = fail_on == NEVER;
    j->checking.fail_on_unknown = unknown == FAIL;
    j->checking.write = j->set->write;
    if (j->set->excerpt)
        pol_check_excerpts(j->checking.check);
    if (j->set->write)
        pol_check_rewrite(j->checking.check);
    j->checking.input = (pol_check_input)j->set->input_format;
}

/* `name` or `name=FILE`. */
static const pol_report_format *format_of(const char *text, const char **file)
{
    const char *equal = strchr(text, '=');
    *file = equal ? equal + 1 : NULL;
    return pol_report_find(text, equal ? (size_t)(equal - text) : strlen(text));
}

static bool formats_are_known(job *j)
{
    const pol_option_list *list = &j->set->formats;
    uint32_t streams = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        const char *file;
        if (format_of(list->items[i], &file)) {
            streams += !file;
            continue;
        }
        char name[64];
        snprintf(name, sizeof name, "%.*s",
                 (int)strcspn(list->items[i], "="), list->items[i]);
        const char *near = pol_report_suggest(name);
        if (near)
            pol_command_usage(j->io, "unknown format `%s`, did you mean `%s`?",
                              name, near);
        else
            pol_command_usage(j->io, "unknown format `%s`; there are %s", name,
                              pol_report_names());
        return false;
    }
    if (streams > 1)
        pol_command_usage(j->io, "one report can go to standard output; give "
                                 "the others a file: --format json=FILE");
    return streams <= 1;
}

/* ---- reports ------------------------------------------------------------- */

static bool write_file(job *j, const pol_report_format *format,
                       const char *path)
{
    pol_out *out = malloc(sizeof *out);
    if (!out)
        abort();
    bool ok = pol_out_open(out, path);
    if (ok) {
        format->write(&j->checking, out);
        ok = pol_out_done(out);
    }
    if (!ok) {
        char text[1024];
        snprintf(text, sizeof text, "%.600s: cannot be written: %s", path,
                 strerror(out->error));
        pol_out_puts(j->io->err, "polc: ");
        pol_out_plain(j->io->err, text, strlen(text));
        pol_out_puts(j->io->err, "\n");
    }
    free(out);
    return ok;
}

/* A run that did not come to checking: the reports that tell of the run
 * itself. */
static bool write_failed_run(job *j)
{
    const pol_option_list *list = &j->set->formats;
    bool ok = true;
    for (uint32_t i = 0; i < list->count; i++) {
        const char *file;
        const pol_report_format *format = format_of(list->items[i], &file);
        if (!format->tells_of_run)
            continue;
        if (!j->checking.report && !pol_checking_ready(&j->checking))
            return ok;
        if (file)
            ok = write_file(j, format, file) && ok;
        else
            format->write(&j->checking, j->io->out);
    }
    return ok;
}

static bool write_reports(job *j)
{
    const pol_option_list *list = &j->set->formats;
    bool ok = true;
    if (!list->count)
        pol_report_text(&j->checking, j->io->out);
    for (uint32_t i = 0; i < list->count; i++) {
        const char *file;
        const pol_report_format *format = format_of(list->items[i], &file);
        if (file)
            ok = write_file(j, format, file) && ok;
        else
            format->write(&j->checking, j->io->out);
    }
    return ok;
}

/* ---- the work ------------------------------------------------------------ */

static void find_targets(job *j, const pol_operands *operands)
{
    pol_diags *diags = j->checking.diags;
    if (!operands->count)
        pol_targets_add(&j->targets, ".", &j->project, diags);
    for (uint32_t i = 0; i < operands->count; i++)
        pol_targets_add(&j->targets, operands->items[i], &j->project, diags);
    j->checking.passed_over = j->targets.passed_over;
}

/* False: a pack is broken. */
static bool load_packs(job *j)
{
    pol_checking *c = &j->checking;
    bool ok = true;
    if (j->set->packs.count) {
        ok = pol_checking_packs(c, &j->set->packs, &j->set->configs);
    } else {
        for (uint32_t i = 0; i < j->project.pack_count; i++)
            ok = pol_checking_pack(c, j->project.packs[i].path,
                                   j->project.packs[i].config) && ok;
    }
    return ok && pol_checking_ready(c);
}

/* The files that configure packs are no resources. */
static bool is_config(const job *j, const char *path)
{
    for (uint32_t i = 0; i < j->set->configs.count; i++) {
        if (!strcmp(j->set->configs.items[i], path))
            return true;
    }
    return false;
}

static void check_documents(job *j)
{
    for (uint32_t i = 0; i < j->targets.document_count; i++) {
        const pol_target *t = &j->targets.documents[i];
        if (t->named || !is_config(j, t->path))
            pol_checking_file(&j->checking, t->path, t->named);
    }
    pol_check_report_finish(j->checking.report);
}

static pol_exit no_packs(job *j)
{
    pol_command_usage(j->io, "nothing to check with: name a pack with --pack, "
                             "or in the `packs` of a polc.json");
    return pol_exit_worse(POL_EXIT_USAGE,
                          pol_command_diags_exit(j->checking.diags));
}

static pol_exit run_job(job *j, const pol_operands *operands)
{
    pol_checking *c = &j->checking;
    bool fine = pol_project_init(&j->project, c->diags);
    settle(j);
    find_targets(j, operands);
    j->compiled = pol_targets_compile(&j->targets, c->engine, c->diags);
    bool packs = j->set->packs.count || j->project.pack_count;
    /* With nothing to read there may still be packs to be tried out. */
    if (!j->targets.document_count && !j->set->packs.count) {
        bool told = write_failed_run(j);
        pol_command_diags(j->io, c->diags);
        return pol_exit_worse(pol_command_diags_exit(c->diags),
                              told ? POL_EXIT_OK : POL_EXIT_INTERNAL);
    }
    if (!packs && fine) {
        pol_command_diags(j->io, c->diags);
        return no_packs(j);
    }
    bool written = true;
    if (fine && load_packs(j)) {
        check_documents(j);
        written = write_reports(j);
    } else {
        written = write_failed_run(j);
    }
    pol_command_diags(j->io, c->diags);
    if (c->passed_over)
        pol_out_printf(j->io->err, "polc: %u file%s passed over\n",
                       c->passed_over, c->passed_over == 1 ? "" : "s");
    pol_exit code = pol_checking_exit(c);
    return written ? code : pol_exit_worse(code, POL_EXIT_INTERNAL);
}

/* A --pack-config needs a --pack before it. */
static bool configs_have_packs(const settings *set)
{
    return !set->configs.count ||
           (set->packs.count && set->packs.order[0] < set->configs.order[0]);
}

static pol_exit run(pol_io *io, const void *given, const pol_operands *operands)
{
    const settings *set = given;
    job j = {.io = io, .set = set};
    if (!configs_have_packs(set))
        return pol_command_usage(io, "--pack-config belongs to the --pack before "
                                     "it, and there is none");
    if (!formats_are_known(&j))
        return POL_EXIT_USAGE;
    pol_checking_init(&j.checking, io, &set->limits);
    pol_check_set_v0(j.checking.check, set->v0);
    j.targets.v0 = set->v0;
    pol_exit code = run_job(&j, operands);
    pol_targets_free(j.compiled);
    pol_targets_done(&j.targets);
    pol_checking_done(&j.checking);
    pol_project_done(&j.project);
    return code;
}

const pol_command pol_command_check = {
    .name = "check",
    .usage = "[--pack DIR]… [--pack-config FILE]… [--format F]… [PATH|-]…",
    .summary = "check resources against policies, and policies themselves",
    .details =
        "Policies (.pol, .rego) are compiled and their problems reported. Other "
        "files and\nfolders are read as documents: Pulumi previews and stack "
        "exports, Terraform plans\nand states, CloudFormation templates, "
        "Kubernetes manifests, any JSON or YAML.\nWithout PATH: the current "
        "folder. Without --pack: the packs that polc.json names.\n\n"
        "  pulumi preview --json | polc check --pack packs/aws-guard -\n"
        "  terraform show -json plan.out | polc check --pack packs/aws-guard -\n",
    .options = options,
    .settings_size = sizeof(settings),
    .run = run,
};
