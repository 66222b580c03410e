/* SPDX-License-Identifier: Apache-2.0
 *
 * polc version. */
#include "command.h"

typedef struct settings {
    int format;
} settings;

static const pol_option options[] = {
    {"format", 'f', POL_OPTION_CHOICE, offsetof(settings, format), "text|json",
     "text (default) or json"},
    {NULL, 0, 0, 0, NULL, NULL},
};

static pol_exit run(pol_io *io, const void *given, const pol_operands *operands)
{
    const settings *set = given;
    if (operands->count)
        return pol_command_usage(io, "version takes no operand");
    if (set->format)
        pol_out_printf(io->out,
                       "{\"version\": \"%s\", \"rego\": \"v1\", "
                       "\"opa\": \"1.22\"}\n",
                       pol_version());
    else
        pol_out_printf(io->out, "polc %s (Rego v1 as of OPA 1.22)\n",
                       pol_version());
    return POL_EXIT_OK;
}

const pol_command pol_command_version = {
    .name = "version",
    .usage = "[--format text|json]",
    .summary = "show the version",
    .details = "Shows the version of polc and of the Rego it follows.\n",
    .options = options,
    .settings_size = sizeof(settings),
    .run = run,
};
