/* SPDX-License-Identifier: Apache-2.0
 *
 * Reports. Each format is one file report_<name>.c with one function and a row in
 * report.c. They read a report that is finished and write it whole. */
#ifndef POL_REPORT_H
#define POL_REPORT_H

#include "checking.h"

typedef struct pol_report_format {
    const char *name; /* as in --format */
    bool tells_of_run; /* diagnostics are entries of it, so it is written even
                          if nothing could be checked */
    void (*write)(const pol_checking *c, pol_out *out);
} pol_report_format;

/* The format of that name, of `len` bytes; NULL if there is none. */
const pol_report_format *pol_report_find(const char *name, size_t len);
/* The name of a format that is close to `name`, else NULL. */
const char *pol_report_suggest(const char *name);
/* All names as "text, json". */
const char *pol_report_names(void);

/* The formats: each writes the whole report of a run that is over. */
void pol_report_text(const pol_checking *c, pol_out *out);
void pol_report_json(const pol_checking *c, pol_out *out);
void pol_report_sarif(const pol_checking *c, pol_out *out);
void pol_report_junit(const pol_checking *c, pol_out *out);
void pol_report_github(const pol_checking *c, pol_out *out);
void pol_report_gitlab(const pol_checking *c, pol_out *out);
void pol_report_azure(const pol_checking *c, pol_out *out);
void pol_report_tap(const pol_checking *c, pol_out *out);
void pol_report_markdown(const pol_checking *c, pol_out *out);

#endif
