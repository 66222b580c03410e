/* SPDX-License-Identifier: Apache-2.0
 *
 * polc: the table of subcommands, their help, and the end of the program. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"

static const pol_command *const commands[] = {
    &pol_command_check, &pol_command_eval, &pol_command_test,
    &pol_command_builtins, &pol_command_version,
};
enum { COMMANDS = sizeof commands / sizeof *commands };

/* Options of every command; they come before the command's own rows. */
typedef struct general {
    bool help;
    int color;
} general;

static const pol_option general_options[] = {
    {"color", 0, POL_OPTION_CHOICE, offsetof(general, color),
     "auto|always|never", "colour the output; NO_COLOR is honoured too"},
    {"help", 'h', POL_OPTION_FLAG, offsetof(general, help), NULL,
     "show this text"},
    {NULL, 0, 0, 0, NULL, NULL},
};

static const char *command_name(const void *host, uint32_t i)
{
    (void)host;
    return commands[i]->name;
}

static const pol_command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        if (!strcmp(commands[i]->name, name))
            return commands[i];
    }
    return NULL;
}

static void print_overview(pol_out *out)
{
    pol_out_printf(out,
                   "polc %s: checks resources against policies.\n\n"
                   "Usage: polc COMMAND [OPTION]… [OPERAND]…\n\nCommands:\n",
                   pol_version());
    for (size_t i = 0; i < COMMANDS; i++)
        pol_out_printf(out, "  %-10s %s\n", commands[i]->name,
                       commands[i]->summary);
    pol_out_puts(out,
                 "\n`polc COMMAND --help` says more about a command.\n"
                 "\nExit codes: 0 fine, 1 violations, 2 wrong usage, 3 a policy "
                 "does not compile or\nfailed, 4 unreadable input, 5 a limit was "
                 "hit, 6 an internal error, 7 a pack\nfailed verification. Where "
                 "several apply, the highest.\n");
}

static void print_help(const pol_command *command, pol_out *out)
{
    pol_out_printf(out, "Usage: polc %s %s\n\n%s\n", command->name,
                   command->usage, command->details);
    pol_out_puts(out, "Options:\n");
    pol_options_help(command->options, out);
    pol_options_help(general_options, out);
}

/* The general options and those of a command as one table. The settings of the
 * command lie behind the general ones in one block. */
static pol_option *joined_options(const pol_command *command)
{
    size_t n = 0, g = sizeof general_options / sizeof *general_options - 1;
    while (command->options[n].name)
        n++;
    pol_option *rows = calloc(n + g + 1, sizeof *rows);
    if (!rows)
        abort();
    memcpy(rows, general_options, g * sizeof *rows);
    memcpy(rows + g, command->options, n * sizeof *rows);
    for (size_t i = g; i < g + n; i++)
        rows[i].offset += sizeof(max_align_t);
    return rows;
}

static pol_exit run_parsed(const pol_command *command, pol_io *io,
                           const general *settings, const void *own,
                           const pol_operands *operands)
{
    if (settings->help) {
        print_help(command, io->out);
        return POL_EXIT_OK;
    }
    pol_color color = (pol_color)settings->color;
    io->color_out = pol_out_colored(io->out->fd, color);
    io->color_err = pol_out_colored(io->err->fd, color);
    return command->run(io, own, operands);
}

static pol_exit run_command(const pol_command *command, pol_io *io, int argc,
                            char **argv)
{
    _Static_assert(sizeof(general) <= sizeof(max_align_t), "room");
    pol_option *rows = joined_options(command);
    char *block = calloc(1, sizeof(max_align_t) + command->settings_size);
    if (!block)
        abort();
    pol_operands operands = {0};
    char error[256];
    pol_exit code;
    if (pol_options_parse(rows, argc, argv, block, &operands, error)) {
        code = run_parsed(command, io, (general *)(void *)block,
                          block + sizeof(max_align_t), &operands);
    } else {
        code = pol_command_usage(io, "%s", error);
        pol_out_printf(io->err, "usage: polc %s %s\n", command->name,
                       command->usage);
    }
    pol_options_free(rows, block, &operands);
    free(block);
    free(rows);
    return code;
}

static pol_exit unknown_command(pol_io *io, const char *name)
{
    const char *near = pol_options_suggest(name, command_name, NULL, COMMANDS);
    if (name[0] == '-')
        return pol_command_usage(io, "unknown option `%s`; options stand "
                                     "behind the command", name);
    if (near)
        return pol_command_usage(io, "unknown command `%s`, did you mean `%s`?",
                                 name, near);
    return pol_command_usage(io, "unknown command `%s`; `polc help` lists them",
                             name);
}

static pol_exit dispatch(pol_io *io, int argc, char **argv)
{
    if (argc < 2) {
        print_overview(io->err);
        return POL_EXIT_USAGE;
    }
    const char *name = argv[1];
    bool help = !strcmp(name, "help");
    if (!strcmp(name, "--help") || !strcmp(name, "-h") || (help && argc < 3)) {
        print_overview(io->out);
        return POL_EXIT_OK;
    }
    if (!strcmp(name, "--version"))
        name = "version";
    const pol_command *command = find_command(help ? argv[2] : name);
    if (!command)
        return unknown_command(io, help ? argv[2] : name);
    if (help) {
        print_help(command, io->out);
        return POL_EXIT_OK;
    }
    return run_command(command, io, argc - 2, argv + 2);
}

/* Flushes both streams. A reader that went away is no news to it. */
static pol_exit finish(pol_io *io, pol_exit code)
{
    if (!pol_out_done(io->out)) {
        code = pol_exit_worse(code, POL_EXIT_INTERNAL);
        if (io->out->error != EPIPE)
            pol_out_printf(io->err, "polc: the output cannot be written: %s\n",
                           strerror(io->out->error));
    }
    if (!pol_out_done(io->err))
        code = pol_exit_worse(code, POL_EXIT_INTERNAL);
    return code;
}

int main(int argc, char **argv)
{
    pol_out *streams = malloc(2 * sizeof *streams);
    if (!streams) {
        fputs("polc: out of memory\n", stderr);
        return POL_EXIT_INTERNAL;
    }
    /* A closed pipe is an error of writing, not a death without a word. */
    signal(SIGPIPE, SIG_IGN);
    pol_io io = {.out = &streams[0], .err = &streams[1]};
    pol_out_init(io.out, STDOUT_FILENO);
    pol_out_init(io.err, STDERR_FILENO);
    pol_exit code = finish(&io, dispatch(&io, argc, argv));
    free(streams);
    return code;
}
