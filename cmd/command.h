/* SPDX-License-Identifier: Apache-2.0
 *
 * A subcommand is one const row: what main.c needs to parse its options, print
 * its help and run it. Adding one: a cmd_<name>.c with such a row, and a line in
 * main.c. */
#ifndef POL_COMMAND_H
#define POL_COMMAND_H

#include "exit.h"
#include "options.h"
#include "pol.h"

/* Where a command writes: results to `out`, what is about the run to `err`.
 * main.c flushes both and reports what could not be written. */
typedef struct pol_io {
    pol_out *out, *err;
    bool color_out, color_err;
} pol_io;

typedef struct pol_command {
    const char *name;
    const char *usage;         /* the operands and options in one line */
    const char *summary;       /* one line for `polc help` */
    const char *details;       /* paragraphs for --help; "" for none */
    const pol_option *options; /* ends with a NULL name */
    size_t settings_size;      /* of the struct the options write into, which
                                  starts zeroed */
    pol_exit (*run)(pol_io *io, const void *settings,
                    const pol_operands *operands);
} pol_command;

extern const pol_command pol_command_check;
extern const pol_command pol_command_eval;
extern const pol_command pol_command_test;
extern const pol_command pol_command_builtins;
extern const pol_command pol_command_version;

/* "polc: …" on io->err; returns POL_EXIT_USAGE. */
pol_exit pol_command_usage(pol_io *io, const char *fmt, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;

/* An engine with the standard library and its extensions. Ends the process with
 * POL_EXIT_INTERNAL when there is no memory. */
pol_engine *pol_command_engine(void);

/* All diagnostics on io->err, as a person reads them. Nothing if there are
 * none. */
void pol_command_diags(pol_io *io, pol_diags *diags);

/* The exit code for diagnostics that are errors: POL_EXIT_INPUT if one is of a
 * document or file (P06, P09), POL_EXIT_POLICY for the others, POL_EXIT_OK if
 * there are none. */
pol_exit pol_command_diags_exit(pol_diags *diags);

/* The exit code for an evaluation that failed: a limit, our fault, or the
 * policy's. */
pol_exit pol_command_error_exit(const pol_eval_error *error);

/* ---- settings that several commands share ----------------------------------- */

/* The option row that sets the bool `v0` in the settings struct `type`. */
#define POL_COMMAND_V0(type)                                                   \
    {"v0-compatible", 0, POL_OPTION_FLAG, offsetof(type, v0), NULL,            \
     "modules (.rego) are written in Rego v0"}

/* What an evaluation may do and how much of it; see pol_eval_options. */
typedef struct pol_command_limits {
    bool allow_time, allow_net;
    pol_option_list allow_hosts;
    uint64_t max_instructions, max_memory, max_depth, seed, now;
} pol_command_limits;

/* Option rows that fill the pol_command_limits named `limits` in the settings
 * struct `type`. */
#define POL_COMMAND_LIMITS(type)                                               \
    {"allow-time", 0, POL_OPTION_FLAG, offsetof(type, limits.allow_time),      \
     NULL, "let policies see the clock"},                                      \
    {"allow-net", 0, POL_OPTION_FLAG, offsetof(type, limits.allow_net), NULL,  \
     "let policies use the network"},                                          \
    {"allow-host", 0, POL_OPTION_LIST, offsetof(type, limits.allow_hosts),     \
     "HOST", "let policies reach this host alone; may be repeated"},           \
    {"max-instructions", 0, POL_OPTION_NUMBER,                                 \
     offsetof(type, limits.max_instructions), "N",                             \
     "instructions an evaluation may take"},                                   \
    {"max-memory", 0, POL_OPTION_NUMBER, offsetof(type, limits.max_memory),    \
     "BYTES", "memory of an evaluation; k, M, G"},                             \
    {"max-depth", 0, POL_OPTION_NUMBER, offsetof(type, limits.max_depth), "N", \
     "depth of calls"},                                                        \
    {"seed", 0, POL_OPTION_NUMBER, offsetof(type, limits.seed), "N",           \
     "of rand.intn and uuid.rfc4122"},                                         \
    {"now", 0, POL_OPTION_NUMBER, offsetof(type, limits.now), "NS",            \
     "let policies see this time, nanoseconds since 1970"}

/* Fills the fields of `options` that the settings stand for. `hosts`, which has
 * room for one pointer more than limits->allow_hosts.count, must live as long as
 * `options`. */
void pol_command_limits_apply(const pol_command_limits *limits,
                              const char **hosts, pol_eval_options *options);

#endif
