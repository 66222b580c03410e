/* SPDX-License-Identifier: Apache-2.0
 *
 * polc.json: what a project checks with, so that nobody has to type it.
 *
 *     {"packs": ["policies/aws", {"path": "p", "config": "p.json"}],
 *      "exclude": ["testdata/", "*.generated.json"],
 *      "failOn": "mandatory", "unknown": "pass"}
 *
 * Paths are relative to the file. It is looked for in the current folder and
 * the folders above it. */
#ifndef POL_PROJECT_H
#define POL_PROJECT_H

#include "pol.h"

typedef struct pol_project_pack {
    char *path, *config; /* config NULL: none; both owned */
} pol_project_pack;

typedef struct pol_project {
    pol_doc *doc; /* NULL: there is no polc.json */
    char folder[4096]; /* "" or ending in a slash: put before its paths */
    char *root;        /* its folder as a real path, "" for that of all */
    char *here;        /* the current one, from there */
    pol_project_pack *packs;
    uint32_t pack_count;
    pol_value exclude; /* array of strings; undefined: none */
    pol_value fail_on, unknown; /* strings; undefined: not said */
} pol_project;

/* Finds and reads the file. False: it is there and wrong; `diags` has why. */
bool pol_project_init(pol_project *project, pol_diags *diags);
void pol_project_done(pol_project *project);

/* Is a file or folder, or anything above it, among those that `exclude` names?
 * Its patterns are those of .gitignore files in the project's folder, but `!` is
 * no mark. Outside of the folder nothing is. */
bool pol_project_excludes(const pol_project *project, const char *path,
                          bool is_folder);

#endif
