/* SPDX-License-Identifier: Apache-2.0
 *
 * Files and folders as modules and data, the way `-d` of `opa eval` does it:
 * .rego and .pol files are modules; the roots of .json, .yaml and .yml files are
 * merged into `data`, below the folder that was named as its subfolders say.
 * Bundles are the business of bundle.h. */
#ifndef POL_LOAD_H
#define POL_LOAD_H

#include "exit.h"
#include "pol.h"

enum {
    POL_LOAD_MODULES = 1,   /* no data: of a folder, modules alone */
    POL_LOAD_DATA_ONLY_NAMED = 2, /* of a folder, data.json and data.yaml alone */
    POL_LOAD_VISIBLE = 4,   /* no files or folders that start with a dot */
    POL_LOAD_APART = 16,    /* of a folder that is no pack, no packs below it:
                               they are named in load->packs */
    POL_LOAD_PREFIX = 8     /* the path may be `a.b:PATH`: its data lies at
                               data.a.b; and start with file:// */
};

typedef struct pol_load {
    pol_modules *modules; /* borrowed */
    pol_diags *diags;     /* borrowed */
    pol_arena *arena;     /* of merged data */
    pol_value data;       /* an object; undefined when no data was loaded */
    pol_doc **docs;       /* that `data` points into */
    uint32_t doc_count;
    uint32_t module_count;
    char **packs; /* that were left out */
    uint32_t pack_count;
    unsigned flags; /* of the path that is being loaded */
    const char *prefix; /* … "a.b", of prefix_len bytes */
    size_t prefix_len;
    bool v0; /* modules are Rego v0, unless a bundle's manifest knows better */
    struct pol_bundle_root *roots; /* of the bundles so far; see bundle.c */
    uint32_t root_count;
} pol_load;

void pol_load_init(pol_load *load, pol_modules *modules, pol_diags *diags);
/* Frees the data too. */
void pol_load_done(pol_load *load);

/* Loads a file or folder. False when anything was wrong with it, which
 * load->diags says; the rest of it is loaded nevertheless, so that one run shows
 * all errors. */
bool pol_load_path(pol_load *load, const char *path, unsigned flags);

/* What pol_load_path does with a module and a document, for texts that come
 * from elsewhere. `name` is for messages; `v0`: Rego v0. */
bool pol_load_module(pol_load *load, const char *name, const char *text,
                     size_t len, bool v0);
/* Takes `doc`, which may be NULL. `below` is the path of its file, "a/data.json"
 * for one that lies at data.a. */
bool pol_load_document(pol_load *load, const char *name, const char *below,
                       pol_doc *doc);
/* The document as the object that is merged into `data`; undefined when it holds
 * none, or with the reason in load->diags. */
pol_value pol_load_root(pol_load *load, const char *name, const char *below,
                        const pol_doc *doc);

/* A whole file (`-`: standard input) of at most 64 MiB, for the caller to
 * free(); NULL with P0901 in `diags`. */
char *pol_load_text(const char *path, size_t *len, pol_diags *diags);

/* Is this the name of a module, or of a JSON or YAML file? */
bool pol_load_is_module(const char *path);
bool pol_load_is_document(const char *path);
/* Is the folder a pack: is there a pack.json in it? */
bool pol_load_is_pack(const char *folder);
/* Is this the name of one that bundles and tests read: data.json, data.yaml? */
bool pol_load_is_named_data(const char *path);

#endif
