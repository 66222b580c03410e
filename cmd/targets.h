/* SPDX-License-Identifier: Apache-2.0
 *
 * What the operands of `polc check` stand for: modules to compile and documents
 * to hold against packs. */
#ifndef POL_TARGETS_H
#define POL_TARGETS_H

#include "project.h"

typedef struct pol_target {
    char *path;  /* owned */
    bool named;  /* by the user, not found in a folder */
} pol_target;

typedef struct pol_targets {
    pol_target *documents;
    uint32_t document_count, document_room;
    char **modules; /* each once */
    uint32_t module_count, module_room;
    bool v0;              /* modules (.rego) are Rego v0 */
    uint32_t passed_over; /* files in folders that are neither */
} pol_targets;

/* Adds a file or all of a folder. Folders and files whose names begin with a dot
 * and what the project excludes are left out of folders. False: the path cannot
 * be read, said in `diags`. A folder in which there is nothing is reported,
 * too. */
bool pol_targets_add(pol_targets *targets, const char *path,
                     const pol_project *project, pol_diags *diags);
void pol_targets_done(pol_targets *targets);

/* Compiles the modules and reports what is wrong with them: those of a pack
 * (a folder with a pack.json above them) with all of the pack, the others
 * together. What is returned must live as long as the diagnostics, which point
 * into it: give it to pol_targets_free afterwards. */
typedef struct pol_targets_kept pol_targets_kept;
pol_targets_kept *pol_targets_compile(const pol_targets *targets,
                                      pol_engine *engine, pol_diags *diags);
void pol_targets_free(pol_targets_kept *kept);

#endif
