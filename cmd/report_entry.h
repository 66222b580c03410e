/* SPDX-License-Identifier: Apache-2.0
 *
 * What reports for other programs have in common: all that a run found, of
 * whatever kind, as one list of entries. */
#ifndef POL_REPORT_ENTRY_H
#define POL_REPORT_ENTRY_H

#include "checking.h"

typedef enum {
    POL_ENTRY_VIOLATION,
    POL_ENTRY_UNKNOWN,   /* what could not be decided */
    POL_ENTRY_ERROR,     /* a policy failed while it ran */
    POL_ENTRY_DIAGNOSTIC /* of the run: a file that cannot be read, … */
} pol_entry_kind;

/* Texts are borrowed from the run. */
typedef struct pol_entry {
    pol_entry_kind kind;
    uint32_t next;           /* of pol_entry_next */
    bool begun;              /* of pol_entry_next */
    uint32_t policy;         /* its number; not of a diagnostic */
    const char *pack, *version, *rule; /* of a diagnostic: "polc", its version
                                          and the code */
    const char *label;       /* "mandatory", "advisory", "unknown", "error",
                                "warning" */
    bool serious;            /* an error of the run, mandatory, or makes the
                                run fail */
    bool fails;              /* makes the run fail */
    const char *severity;    /* "low", "medium", "high", "critical", "" */
    const char *description; /* of the policy; "" if none */
    const char *code;        /* of an error or diagnostic, else "" */
    const char *message;     /* never empty */
    size_t message_len;
    pol_check_subject resource; /* strings, empty if there is none */
    pol_value path;             /* undefined: none */
    pol_check_place place, source; /* file "" : none. source: in the policy */
} pol_entry;

/* The next entry: violations, unknowns, errors, diagnostics; it starts with a
 * zeroed one. False past the end. */
bool pol_entry_next(const pol_checking *c, pol_entry *e);

/* A file as seen from the current folder: a part of `file`. */
const char *pol_entry_file(const char *file);
/* Is it a file, and not standard input or nothing? */
bool pol_entry_has_file(const pol_entry *e);

/* "name (type)" of the resource, escaped; nothing if there is none. */
void pol_entry_resource(const pol_entry *e, pol_out *out,
                        pol_out_escape *special);

/* Blanks as workflow commands take them: a line break as its %XX, a tab as it is,
 * else NULL. */
const char *pol_entry_blank(unsigned char c);
/* The message of a workflow command, with the resource below it, and the end of
 * the line. */
void pol_entry_command(const pol_entry *e, pol_out *out,
                       pol_out_escape *special);

/* How many entries each policy has, by its number; malloc'd, yours. */
uint32_t *pol_entry_tally(const pol_checking *c);

#endif
