/* SPDX-License-Identifier: Apache-2.0
 *
 * Command-line options, declared as tables. An option writes into a field of
 * the command's settings struct; --help is printed from the same rows. */
#ifndef POL_OPTIONS_H
#define POL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "out.h"

typedef enum {
    POL_OPTION_FLAG,   /* bool: set to true */
    POL_OPTION_TEXT,   /* const char *: the last one counts */
    POL_OPTION_LIST,   /* pol_option_list: each one is kept */
    POL_OPTION_NUMBER, /* uint64_t; takes the suffixes k, M, G (of 1024) */
    POL_OPTION_CHOICE, /* int: index of the word within `value`, "a|b|c" */
    POL_OPTION_ANSWER  /* int: the same from 1 on; 0 when it was not given */
} pol_option_kind;

/* A repeated option. `order[i]` is the position on the command line, so that
 * options of two lists can be put in order. Owned: pol_options_free. */
typedef struct pol_option_list {
    const char **items;
    uint32_t *order;
    uint32_t count;
} pol_option_list;

typedef struct pol_option {
    const char *name; /* without dashes */
    char letter;      /* 0: no short form */
    pol_option_kind kind;
    size_t offset;     /* of the field in the settings */
    const char *value; /* "FILE", or the words of a choice; NULL for flags */
    const char *help;  /* one line; NULL: a synonym that help does not show */
} pol_option;

/* What is no option, in order; owned: pol_options_free. */
typedef struct pol_operands {
    const char **items;
    uint32_t count;
} pol_operands;

/* Reads argv[0 … argc) into `settings`. `rows` ends with a row whose name is
 * NULL. "--" ends the options, "-" is an operand. False on wrong usage, with
 * one line (maybe with a "did you mean") in `error`. */
bool pol_options_parse(const pol_option *rows, int argc, char **argv,
                       void *settings, pol_operands *operands,
                       char error[256]);
void pol_options_free(const pol_option *rows, void *settings,
                      pol_operands *operands);

/* The table as the lower part of a --help text. */
void pol_options_help(const pol_option *rows, pol_out *out);

/* The one of `count` names that is at most two edits from `name`, NULL if there
 * is none. `at(host, i)` gives the names. */
const char *pol_options_suggest(const char *name,
                                const char *(*at)(const void *host, uint32_t i),
                                const void *host, uint32_t count);

#endif
