/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of report formats. */
#include "report.h"

#include <string.h>

static const pol_report_format formats[] = {
    {"text", pol_report_text},
    {"json", pol_report_json},
    {"sarif", pol_report_sarif},
    {"junit", pol_report_junit},
    {"github", pol_report_github},
    {"gitlab", pol_report_gitlab},
    {"azure", pol_report_azure},
    {"tap", pol_report_tap},
    {"markdown", pol_report_markdown},
};
enum { FORMATS = sizeof formats / sizeof *formats };

const pol_report_format *pol_report_find(const char *name, size_t len)
{
    for (int i = 0; i < FORMATS; i++) {
        if (strlen(formats[i].name) == len &&
            !memcmp(formats[i].name, name, len))
            return &formats[i];
    }
    return NULL;
}

static const char *name_at(const void *host, uint32_t i)
{
    (void)host;
    return formats[i].name;
}

const char *pol_report_suggest(const char *name)
{
    return pol_options_suggest(name, name_at, NULL, FORMATS);
}

const char *pol_report_names(void)
{
    return "text, json, sarif, junit, github, gitlab, azure, tap, markdown";
}
