/* SPDX-License-Identifier: Apache-2.0
 *
 * Documents held against packs: what `polc check`, and `polc eval` without a
 * query, have in common. */
#ifndef POL_CHECKING_H
#define POL_CHECKING_H

#include "command.h"
#include "pol_check.h"

/* One run. */
typedef struct pol_checking {
    pol_io *io;
    pol_diags *diags;
    pol_engine *engine;
    pol_check *check;
    pol_check_report *report; /* once ready */
    pol_doc **configs; /* of the packs; they outlive the check */
    uint32_t config_count;
    const char **hosts;
    pol_check_input input; /* --input-format */
    bool write; /* --write */
    bool fail_on_advisory, never_fail, fail_on_unknown;
    uint32_t passed_over; /* files of folders that are no documents */
} pol_checking;

/* `c` is given up with pol_checking_done, whatever happened in between. */
void pol_checking_init(pol_checking *c, pol_io *io,
                       const pol_command_limits *limits);
void pol_checking_done(pol_checking *c);

/* Loads a pack; `config` NULL: none. False: c->diags has why. */
bool pol_checking_pack(pol_checking *c, const char *path, const char *config);
/* The packs of the command line, each with the configuration behind it. */
bool pol_checking_packs(pol_checking *c, const pol_option_list *packs,
                        const pol_option_list *configs);
/* To be called once after the packs. False: c->diags has why. */
bool pol_checking_ready(pol_checking *c);

/* Checks a file (`-`: standard input). What is no document is an error when
 * `named`, else passed over. */
void pol_checking_file(pol_checking *c, const char *path, bool named);

/* The exit code for all that was found, diagnostics included. */
pol_exit pol_checking_exit(const pol_checking *c);

/* polc eval without a query: the JSON report for one input. */
pol_exit pol_checking_eval(pol_io *io, const pol_option_list *packs,
                           const char *input, const pol_command_limits *limits);

#endif
