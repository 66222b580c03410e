/* SPDX-License-Identifier: Apache-2.0
 *
 * See targets.h. */
#include "targets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "load.h"
#include "pol_check.h"
#include "walk.h"

static void *grown(void *items, uint32_t count, uint32_t *room, size_t size)
{
    if (count < *room)
        return items;
    *room = *room ? *room * 2 : 16;
    items = realloc(items, *room * size);
    if (!items)
        abort();
    return items;
}

static char *copy(const char *text)
{
    char *c = strdup(text);
    if (!c)
        abort();
    return c;
}

static void add_document(pol_targets *t, const char *path, bool named)
{
    t->documents = grown(t->documents, t->document_count, &t->document_room,
                         sizeof *t->documents);
    t->documents[t->document_count++] = (pol_target){copy(path), named};
}

static void add_module(pol_targets *t, const char *path)
{
    for (uint32_t i = 0; i < t->module_count; i++) {
        if (!strcmp(t->modules[i], path))
            return;
    }
    t->modules =
        grown(t->modules, t->module_count, &t->module_room, sizeof *t->modules);
    t->modules[t->module_count++] = copy(path);
}

/* ---- folders ------------------------------------------------------------- */

static bool has_ending(const char *path)
{
    static const char *const endings[] = {".json",  ".yaml",   ".yml",
                                          ".jsonl", ".ndjson", ".template"};
    size_t len = strlen(path);
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t n = strlen(endings[i]);
        if (len > n && !strcmp(path + len - n, endings[i]))
            return true;
    }
    return false;
}

/* Files of our own that lie among the documents. */
static bool is_ours(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    return !strcmp(name, "pack.json") || !strcmp(name, "polc.json");
}

typedef struct adding {
    pol_targets *targets;
    const pol_project *project;
} adding;

static bool enter(void *host, const char *path)
{
    const adding *a = host;
    return !pol_project_excludes(a->project, path, true);
}

static bool visit(void *host, const char *path, const char *below)
{
    adding *a = host;
    bool named = !*below;
    while (!strncmp(path, "./", 2) && path[2])
        path += 2;
    if (!named && pol_project_excludes(a->project, path, false))
        return true;
    if (pol_load_is_module(path))
        add_module(a->targets, path);
    else if (named || (has_ending(path) && !is_ours(path)))
        add_document(a->targets, path, named);
    else if (!is_ours(path))
        a->targets->passed_over++;
    return true;
}

bool pol_targets_add(pol_targets *t, const char *path,
                     const pol_project *project, pol_diags *diags)
{
    if (!strcmp(path, "-")) {
        add_document(t, path, true);
        return true;
    }
    uint32_t documents = t->document_count, modules = t->module_count;
    adding a = {t, project};
    pol_walk walk = {
        .host = &a, .visit = visit, .enter = enter, .gitignore = true};
    if (!pol_walk_files(path, &walk, diags))
        return false;
    if (t->document_count > documents || t->module_count > modules)
        return true;
    char text[1024];
    snprintf(text, sizeof text, "%.900s: no resource document in this folder",
             path);
    pol_diags_report(diags, "P0950", text,
                     "documents are files named *.json, *.yaml, *.yml, "
                     "*.jsonl, *.ndjson or *.template");
    return false;
}

void pol_targets_done(pol_targets *t)
{
    for (uint32_t i = 0; i < t->document_count; i++)
        free(t->documents[i].path);
    for (uint32_t i = 0; i < t->module_count; i++)
        free(t->modules[i]);
    free(t->documents);
    free(t->modules);
}

/* ---- modules ------------------------------------------------------------- */

struct pol_targets_kept {
    pol_modules **modules;
    uint32_t count, room;
    pol_check *check;
    bool v0;
};

/* Modules that are compiled together. */
static pol_modules *group(pol_targets_kept *k, pol_engine *engine)
{
    pol_modules *m = pol_modules_new(engine);
    if (!m)
        abort();
    k->modules = grown(k->modules, k->count, &k->room, sizeof *k->modules);
    k->modules[k->count++] = m;
    return m;
}

/* The pack that a module belongs to: the folder above it that has a pack.json. */
static bool pack_of(const char *module, char *out, size_t room)
{
    if ((size_t)snprintf(out, room, "%s", module) >= room)
        return false;
    for (;;) {
        char *slash = strrchr(out, '/');
        if (slash)
            *slash = '\0';
        else
            snprintf(out, room, ".");
        if (pol_load_is_pack(out))
            return true;
        if (!slash || slash == out)
            return false;
    }
}

static void load(const pol_targets_kept *k, pol_modules *modules,
                 const char *path, pol_diags *diags)
{
    pol_load loader;
    pol_load_init(&loader, modules, diags);
    loader.v0 = k->v0;
    pol_load_path(&loader, path, POL_LOAD_MODULES | POL_LOAD_VISIBLE);
    pol_load_done(&loader);
}

/* The pack's modules with their tests; and the pack as such. */
static void compile_pack(pol_targets_kept *k, const char *pack,
                         pol_engine *engine, pol_diags *diags)
{
    uint32_t before = pol_diags_errors(diags);
    pol_modules *m = group(k, engine);
    load(k, m, pack, diags);
    if (pol_diags_errors(diags) == before)
        pol_modules_compile(m, NULL, diags);
    if (pol_diags_errors(diags) == before)
        pol_check_add_pack(k->check, pack, diags);
}

static bool seen(char **packs, uint32_t count, const char *pack)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!strcmp(packs[i], pack))
            return true;
    }
    return false;
}

pol_targets_kept *pol_targets_compile(const pol_targets *t, pol_engine *engine,
                                      pol_diags *diags)
{
    pol_targets_kept *k = calloc(1, sizeof *k);
    char **packs = calloc(t->module_count + 1, sizeof *packs);
    if (!k || !packs || !(k->check = pol_check_new(engine, NULL)))
        abort();
    k->v0 = t->v0;
    pol_check_set_v0(k->check, t->v0);
    uint32_t pack_count = 0, before = pol_diags_errors(diags);
    pol_modules *loose = NULL;
    for (uint32_t i = 0; i < t->module_count; i++) {
        char pack[4096];
        if (pack_of(t->modules[i], pack, sizeof pack)) {
            if (!seen(packs, pack_count, pack))
                packs[pack_count++] = copy(pack);
            continue;
        }
        if (!loose)
            loose = group(k, engine);
        load(k, loose, t->modules[i], diags);
    }
    if (loose && pol_diags_errors(diags) == before)
        pol_modules_compile(loose, NULL, diags);
    for (uint32_t i = 0; i < pack_count; i++) {
        compile_pack(k, packs[i], engine, diags);
        free(packs[i]);
    }
    free(packs);
    return k;
}

void pol_targets_free(pol_targets_kept *k)
{
    if (!k)
        return;
    for (uint32_t i = 0; i < k->count; i++)
        pol_modules_free(k->modules[i]);
    free(k->modules);
    pol_check_free(k->check);
    free(k);
}
