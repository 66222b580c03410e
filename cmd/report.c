/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of report formats. */
#include "report.h"

#include <string.h>

static const pol_report_format formats[] = {
    {"text", false, pol_report_text},
    {"json", false, pol_report_json},
    {"sarif", true, pol_report_sarif},
    {"junit", true, pol_report_junit},
    {"github", true, pol_report_github},
    {"gitlab", true, pol_report_gitlab},
    {"azure", true, pol_report_azure},
    {"tap", true, pol_report_tap},
    {"markdown", true, pol_report_markdown},
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
