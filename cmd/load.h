/* SPDX-License-Identifier: Apache-2.0
 *
 * Files and folders as modules and data, the way `-d` of `opa eval` does it:
 * .rego and .pol files are modules; the roots of .json, .yaml and .yml files are
 * merged into `data`, below the folder that was named as its subfolders say. */
#ifndef POL_LOAD_H
#define POL_LOAD_H

#include "exit.h"
#include "pol.h"

enum {
    POL_LOAD_MODULES = 1,   /* no data: of a folder, modules alone */
    POL_LOAD_DATA_ONLY_NAMED = 2, /* of a folder, data.json and data.yaml alone */
    POL_LOAD_VISIBLE = 4    /* no files or folders that start with a dot */
};

typedef struct pol_load {
    pol_modules *modules; /* borrowed */
    pol_diags *diags;     /* borrowed */
    pol_arena *arena;     /* of merged data */
    pol_value data;       /* an object; undefined when no data was loaded */
    pol_doc **docs;       /* that `data` points into */
    uint32_t doc_count;
    uint32_t module_count;
    unsigned flags; /* of the path that is being loaded */
} pol_load;

void pol_load_init(pol_load *load, pol_modules *modules, pol_diags *diags);
/* Frees the data too. */
void pol_load_done(pol_load *load);

/* Loads a file or folder. False when anything was wrong with it, which
 * load->diags says; the rest of it is loaded nevertheless, so that one run shows
 * all errors. */
bool pol_load_path(pol_load *load, const char *path, unsigned flags);

/* A whole file (`-`: standard input) of at most 64 MiB, for the caller to
 * free(); NULL with P0901 in `diags`. */
char *pol_load_text(const char *path, size_t *len, pol_diags *diags);

/* Is this the name of a module, or of a JSON or YAML file? */
bool pol_load_is_module(const char *path);
bool pol_load_is_document(const char *path);

#endif
