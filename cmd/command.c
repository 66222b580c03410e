/* SPDX-License-Identifier: Apache-2.0
 *
 * What the commands share; see command.h. */
#include "command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "extension.h"
#include "pol_stdlib.h"

pol_exit pol_command_usage(pol_io *io, const char *fmt, ...)
{
    char text[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    pol_out_puts(io->err, "polc: ");
    pol_out_plain(io->err, text, strlen(text));
    pol_out_puts(io->err, "\n");
    return POL_EXIT_USAGE;
}

pol_engine *pol_command_engine(void)
{
    pol_engine *engine = pol_engine_new(&(pol_engine_options){
        .builtins = pol_stdlib(), .load = pol_extension_load});
    if (!engine) {
        fputs("polc: out of memory\n", stderr);
        exit(POL_EXIT_INTERNAL);
    }
    return engine;
}

void pol_command_diags(pol_io *io, pol_diags *diags)
{
    if (!pol_diags_count(diags))
        return;
    pol_arena *arena = pol_arena_new(0);
    size_t len;
    const char *text = pol_diags_text(diags, arena, io->color_err, &len);
    pol_out_write(io->err, text, len);
    if (len && text[len - 1] != '\n')
        pol_out_puts(io->err, "\n");
    pol_arena_free(arena);
}

pol_exit pol_command_diags_exit(pol_diags *diags)
{
    pol_exit worst = POL_EXIT_OK;
    pol_diag_view d;
    for (uint32_t i = 0; pol_diags_at(diags, i, &d); i++) {
        bool input = !strncmp(d.code, "P06", 3) || !strncmp(d.code, "P09", 3);
        if (d.is_error)
            worst = pol_exit_worse(worst,
                                   input ? POL_EXIT_INPUT : POL_EXIT_POLICY);
    }
    return worst;
}

pol_exit pol_command_error_exit(const pol_eval_error *error)
{
    if (error->is_limit)
        return POL_EXIT_LIMIT;
    return strcmp(error->code, "P0505") == 0 ? POL_EXIT_INTERNAL
                                             : POL_EXIT_POLICY;
}

void pol_command_limits_apply(const pol_command_limits *limits,
                              const char **hosts, pol_eval_options *options)
{
    options->allow_time = limits->allow_time || limits->now;
    options->now = limits->now > INT64_MAX ? INT64_MAX : (int64_t)limits->now;
    options->allow_net = limits->allow_net || limits->allow_hosts.count;
    options->max_instructions = limits->max_instructions;
    options->max_memory = limits->max_memory;
    options->max_depth = limits->max_depth > UINT32_MAX
                             ? UINT32_MAX
                             : (uint32_t)limits->max_depth;
    options->seed = limits->seed;
    if (!limits->allow_hosts.count)
        return;
    for (uint32_t i = 0; i < limits->allow_hosts.count; i++)
        hosts[i] = limits->allow_hosts.items[i];
    hosts[limits->allow_hosts.count] = NULL;
    options->hosts = hosts;
}
