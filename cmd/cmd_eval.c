/* SPDX-License-Identifier: Apache-2.0
 *
 * polc eval: answers a query. */
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "bundle.h"
#include "checking.h"
#include "load.h"

typedef struct settings {
    pol_option_list data, bundles, packs;
    const char *input;
    bool stdin_input, fail, fail_defined, strict, strict_builtin_errors,
        v0;
    int format;
    pol_command_limits limits;
} settings;

static const pol_option options[] = {
    {"data", 'd', POL_OPTION_LIST, offsetof(settings, data), "PATH",
     "modules and data; a file or folder; may be repeated"},
    {"bundle", 'b', POL_OPTION_LIST, offsetof(settings, bundles), "PATH",
     "an OPA bundle; a folder or .tar.gz; may be repeated"},
    {"pack", 0, POL_OPTION_LIST, offsetof(settings, packs), "DIR",
     "the modules of a pack; may be repeated"},
    {"input", 'i', POL_OPTION_TEXT, offsetof(settings, input), "FILE",
     "the input document, JSON or YAML; - is standard input"},
    {"stdin-input", 'I', POL_OPTION_FLAG, offsetof(settings, stdin_input), NULL,
     "the same as --input -"},
    {"format", 'f', POL_OPTION_CHOICE, offsetof(settings, format),
     "json|pretty|values|raw", "how the answer is written (json)"},
    {"fail", 0, POL_OPTION_FLAG, offsetof(settings, fail), NULL,
     "exit with 1 when the query is undefined"},
    {"fail-defined", 0, POL_OPTION_FLAG, offsetof(settings, fail_defined), NULL,
     "exit with 1 when the query is defined"},
    {"strict", 'S', POL_OPTION_FLAG, offsetof(settings, strict), NULL,
     "unused names are errors"},
    {"strict-builtin-errors", 0, POL_OPTION_FLAG,
     offsetof(settings, strict_builtin_errors), NULL,
     "errors of built-in functions end the evaluation"},
    POL_COMMAND_V0(settings),
    POL_COMMAND_LIMITS(settings),
    {NULL, 0, 0, 0, NULL, NULL},
};

/* All that lives while the command runs. */
typedef struct job {
    pol_io *io;
    const settings *set;
    pol_diags *diags;
    pol_modules *modules;
    pol_doc *input;
    pol_load load;
    int query;
} job;

static void print_line(void *host, const char *file, uint32_t line,
                       const char *text, size_t len)
{
    (void)file;
    (void)line;
    pol_out *err = host;
    pol_out_plain(err, text, len);
    pol_out_puts(err, "\n");
}

/* JSON goes to stdout as OPA's does; all other forms tell a person. */
static void show_diags(job *j)
{
    if (j->set->format == POL_ANSWERS_JSON && pol_diags_errors(j->diags))
        pol_answers_write_diags(j->diags, j->io->out);
    else
        pol_command_diags(j->io, j->diags);
}

static pol_exit failed(job *j, const pol_evaluator *evaluator)
{
    pol_eval_error error = {.code = "P0505", .opa_code = "eval_internal_error",
                            .message = "no reason given", .file = ""};
    pol_evaluator_error(evaluator, &error);
    if (j->set->format == POL_ANSWERS_JSON) {
        pol_answers_write_error(&error, j->io->out);
    } else {
        pol_out_printf(j->io->err, "error[%s]: ", error.code);
        pol_out_plain(j->io->err, error.message, strlen(error.message));
        pol_out_puts(j->io->err, "\n");
        if (error.line)
            pol_out_printf(j->io->err, "  --> %s:%u:%u\n", error.file,
                           error.line, error.column);
    }
    return pol_command_error_exit(&error);
}

static pol_exit answer(job *j, pol_evaluator *evaluator)
{
    pol_value answers = pol_array(NULL, 0);
    pol_eval_documents documents = {
        .input = j->input ? pol_doc_root(j->input, 0) : pol_undefined()};
    pol_evaluator_begin(evaluator, &documents);
    pol_eval_status status =
        pol_evaluator_query(evaluator, j->query, &answers);
    if (status == POL_FAILED)
        return failed(j, evaluator);
    if (status == POL_UNDEFINED_RESULT)
        answers = pol_array(NULL, 0);
    pol_answers out = {j->modules, j->query, answers,
                       pol_evaluator_arena(evaluator)};
    pol_answers_write(&out, (pol_answers_form)j->set->format, j->io->out);
    bool defined = answers.len > 0;
    return (j->set->fail && !defined) || (j->set->fail_defined && defined)
               ? POL_EXIT_VIOLATION
               : POL_EXIT_OK;
}

static pol_exit evaluate(job *j)
{
    const char **hosts = calloc(j->set->limits.allow_hosts.count + 1,
                                sizeof *hosts);
    pol_eval_options how = {
        .strict_builtin_errors = j->set->strict_builtin_errors,
        .print = print_line,
        .host = j->io->err};
    pol_command_limits_apply(&j->set->limits, hosts, &how);
    pol_evaluator *evaluator =
        hosts ? pol_evaluator_new(j->modules, &how) : NULL;
    pol_exit code = evaluator ? answer(j, evaluator) : POL_EXIT_INTERNAL;
    pol_evaluator_free(evaluator);
    free(hosts);
    return code;
}

static void load_all(job *j)
{
    const settings *set = j->set;
    j->load.v0 = set->v0;
    for (uint32_t i = 0; i < set->bundles.count; i++)
        pol_bundle_load(&j->load, set->bundles.items[i]);
    for (uint32_t i = 0; i < set->data.count; i++) {
        if (pol_bundle_is_archive(set->data.items[i]))
            pol_bundle_load(&j->load, set->data.items[i]);
        else
            pol_load_path(&j->load, set->data.items[i], POL_LOAD_PREFIX);
    }
    for (uint32_t i = 0; i < set->packs.count; i++)
        pol_load_path(&j->load, set->packs.items[i],
                      POL_LOAD_MODULES | POL_LOAD_VISIBLE);
    if (pol_is_defined(j->load.data))
        pol_modules_set_data(j->modules, j->load.data);
}

/* The input: a document, the first one of a file that holds several being an
 * error, because the others would go unseen. */
static void read_input(job *j)
{
    const char *path = j->set->stdin_input ? "-" : j->set->input;
    if (!path)
        return;
    j->input = pol_doc_read(path, POL_DOC_AUTO, POL_LAST_WINS, j->diags);
    if (j->input && pol_doc_count(j->input) != 1)
        pol_diags_report(j->diags, "P0903", "the input is not one document",
                         "polc check reads files with several");
}

static pol_exit run_job(job *j, const char *query)
{
    load_all(j);
    read_input(j);
    j->query = pol_modules_add_query(j->modules, query, strlen(query),
                                     j->set->v0 ? POL_V0 : 0, j->diags);
    pol_compile_settings how = {.strict = j->set->strict};
    bool ok = !pol_diags_errors(j->diags) &&
              pol_modules_compile(j->modules, &how, j->diags);
    if (!ok || pol_diags_errors(j->diags)) {
        show_diags(j);
        return pol_command_diags_exit(j->diags);
    }
    pol_command_diags(j->io, j->diags); /* warnings */
    return evaluate(j);
}

/* Without a query: the report of `polc check` for the input. */
static pol_exit report_packs(pol_io *io, const settings *set)
{
    const char *input = set->stdin_input ? "-" : set->input;
    if (!input)
        return pol_command_usage(io, "eval needs a QUERY, or an --input for "
                                     "the packs");
    return pol_checking_eval(io, &set->packs, input, &set->limits);
}

static pol_exit run(pol_io *io, const void *given, const pol_operands *operands)
{
    const settings *set = given;
    if (set->input && set->stdin_input)
        return pol_command_usage(io, "--input and --stdin-input exclude each "
                                     "other");
    if (!operands->count && set->packs.count)
        return report_packs(io, set);
    if (operands->count != 1)
        return pol_command_usage(io, "eval needs one QUERY, got %u",
                                 operands->count);
    pol_engine *engine = pol_command_engine();
    job j = {.io = io, .set = set, .diags = pol_diags_new()};
    j.modules = pol_modules_new(engine);
    pol_load_init(&j.load, j.modules, j.diags);
    pol_exit code = run_job(&j, operands->items[0]);
    pol_modules_free(j.modules);
    pol_load_done(&j.load);
    pol_doc_free(j.input);
    pol_diags_free(j.diags);
    pol_engine_free(engine);
    return code;
}

const pol_command pol_command_eval = {
    .name = "eval",
    .usage = "[-d PATH]… [-b BUNDLE]… [--pack DIR]… [-i INPUT] "
             "[--format json|pretty|values|raw] [QUERY]",
    .summary = "answer a query",
    .details =
        "Answers a query as `opa eval` does. Files and folders given with -d are\n"
        "modules (.rego, .pol) and data (.json, .yaml, .yml); the data of a "
        "folder lies\nwhere its subfolders say, that of -d a.b:PATH below "
        "data.a.b. Of a bundle (-b),\nonly data.json and data.yaml are data, "
        "and a .manifest bounds them. Without QUERY,\nwith packs, it prints the "
        "report of `polc check --format json` for the input.\n\n"
        "  polc eval '1 + 1'\n"
        "  polc eval -d policies -i input.json data.app.allow\n",
    .options = options,
    .settings_size = sizeof(settings),
    .run = run,
};
