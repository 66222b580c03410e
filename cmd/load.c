/* SPDX-License-Identifier: Apache-2.0
 *
 * Loads modules and data; see load.h. */
#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "walk.h"

enum { LARGEST = 64 << 20, PATHS = 1024 };

void pol_load_init(pol_load *load, pol_modules *modules, pol_diags *diags)
{
    *load = (pol_load){.modules = modules, .diags = diags, .prefix = ""};
    load->arena = pol_arena_new(0);
}

void pol_load_done(pol_load *load)
{
    for (uint32_t i = 0; i < load->doc_count; i++)
        pol_doc_free(load->docs[i]);
    for (uint32_t i = 0; i < load->pack_count; i++)
        free(load->packs[i]);
    free(load->packs);
    free(load->docs);
    free(load->roots);
    pol_arena_free(load->arena);
}

static bool ends(const char *path, const char *ending)
{
    size_t a = strlen(path), b = strlen(ending);
    return a > b && !strcmp(path + a - b, ending);
}

bool pol_load_is_module(const char *path)
{
    return ends(path, ".rego") || ends(path, ".pol");
}

bool pol_load_is_document(const char *path)
{
    return ends(path, ".json") || ends(path, ".yaml") || ends(path, ".yml");
}

static bool report(pol_diags *diags, const char *code, const char *path,
                   const char *why)
{
    char text[PATHS + 256];
    snprintf(text, sizeof text, "%.640s: %.600s", path, why);
    pol_diags_report(diags, code, text, NULL);
    return false;
}

/* ---- texts ------------------------------------------------------------------ */

/* All of `fd`; NULL with errno set. */
static char *read_all(int fd, size_t *len)
{
    size_t room = 1 << 16, used = 0;
    char *text = malloc(room + 1);
    while (text) {
        ssize_t got = read(fd, text + used, room - used);
        if (got == 0)
            break;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 || (used += (size_t)got) > LARGEST) {
            errno = got < 0 ? errno : EFBIG;
            free(text);
            return NULL;
        }
        if (used == room) {
            room *= 2;
            char *more = realloc(text, room + 1);
            if (!more)
                free(text);
            text = more;
        }
    }
    if (text)
        text[used] = '\0';
    *len = used;
    return text;
}

char *pol_load_text(const char *path, size_t *len, pol_diags *diags)
{
    bool in = !strcmp(path, "-");
    int fd = in ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    char *text = fd < 0 ? NULL : read_all(fd, len);
    if (!text)
        report(diags, "P0901", path, strerror(errno));
    if (!in && fd >= 0)
        close(fd);
    return text;
}

bool pol_load_module(pol_load *load, const char *name, const char *text,
                     size_t len, bool v0)
{
    load->module_count++;
    return pol_modules_add(load->modules, name, text, len, v0 ? POL_V0 : 0,
                           load->diags);
}

static void load_module(pol_load *load, const char *path)
{
    size_t len;
    char *text = pol_load_text(path, &len, load->diags);
    if (text)
        pol_load_module(load, path, text, len,
                        load->v0 && ends(path, ".rego"));
    free(text);
}

/* ---- data ---------------------------------------------------------------------- */

/* Where two documents disagree: a path for the message. */
typedef struct where {
    pol_arena *arena;
    bool conflict;
    char path[PATHS];
} where;

/* Both objects, member by member. The depth is that of documents and folders,
 * which their readers bound. */
static pol_value merge(where *w, pol_value a, pol_value b, size_t path_len)
{
    if (a.tag != POL_OBJECT || b.tag != POL_OBJECT) {
        w->conflict = true;
        return a;
    }
    pol_builder builder;
    pol_builder_init(&builder, w->arena, POL_OBJECT);
    for (uint32_t i = 0; i < a.len; i++)
        pol_builder_put(&builder, pol_key_at(a, i), pol_value_at(a, i));
    for (uint32_t i = 0; i < b.len && !w->conflict; i++) {
        pol_value key = pol_key_at(b, i), value = pol_value_at(b, i);
        pol_value mine = pol_get(a, key);
        bool name = pol_is_string(key);
        int n = snprintf(w->path + path_len, PATHS - path_len, ".%.*s",
                         name ? (int)key.len : 1, name ? key.str : "?");
        size_t below = path_len + (size_t)n;
        if (pol_is_defined(mine))
            value = merge(w, mine, value, below < PATHS ? below : PATHS - 1);
        pol_builder_put(&builder, key, value);
    }
    return pol_builder_done(&builder);
}

/* `value` inside one object a part of `path`, outermost first; empty parts do
 * not count. */
static pol_value nested(pol_arena *arena, const char *path, size_t len,
                        char separator, pol_value value)
{
    const char *end = path + len;
    for (;;) {
        const char *start = end;
        while (start > path && start[-1] != separator)
            start--;
        if (start < end) {
            pol_value *pair = pol_items(arena, 2);
            pair[0] = pol_string_copy(arena, start, (size_t)(end - start));
            pair[1] = value;
            value = pol_object_of(arena, &pair[0], &pair[1], 1);
        }
        if (start == path)
            return value;
        end = start - 1;
    }
}

static void keep(pol_load *load, pol_doc *doc)
{
    size_t size = (load->doc_count + 1) * sizeof *load->docs;
    pol_doc **more = realloc(load->docs, size);
    if (!more)
        abort();
    load->docs = more;
    load->docs[load->doc_count++] = doc;
}

pol_value pol_load_root(pol_load *load, const char *name, const char *below,
                        const pol_doc *doc)
{
    const char *slash = strrchr(below, '/');
    if (pol_doc_count(doc) > 1)
        report(load->diags, "P0903", name,
               "several documents in one file cannot be data");
    if (pol_doc_count(doc) != 1)
        return pol_undefined();
    pol_value root = nested(load->arena, below,
                            slash ? (size_t)(slash - below) : 0, '/',
                            pol_doc_root(doc, 0));
    root = nested(load->arena, load->prefix, load->prefix_len, '.', root);
    if (root.tag == POL_OBJECT)
        return root;
    report(load->diags, "P0903", name, "data must be an object at its root");
    return pol_undefined();
}

static bool add_data(pol_load *load, const char *path, const char *below,
                     const pol_doc *doc)
{
    pol_value root = pol_load_root(load, path, below, doc);
    if (!pol_is_defined(root))
        return false;
    if (!pol_is_defined(load->data)) {
        load->data = root;
        return true;
    }
    where w = {.arena = load->arena, .path = "data"};
    pol_value merged = merge(&w, load->data, root, strlen(w.path));
    if (w.conflict) {
        char text[PATHS + 64];
        snprintf(text, sizeof text, "`%s` has a value in a file before it",
                 w.path);
        return report(load->diags, "P0902", path, text);
    }
    load->data = merged;
    return true;
}

bool pol_load_document(pol_load *load, const char *name, const char *below,
                       pol_doc *doc)
{
    if (!doc)
        return false;
    keep(load, doc);
    return add_data(load, name, below, doc);
}

static void load_data(pol_load *load, const char *path, const char *below)
{
    pol_doc_format format = ends(path, ".json") ? POL_DOC_JSON
                            : pol_load_is_document(path) ? POL_DOC_YAML
                                                         : POL_DOC_AUTO;
    pol_load_document(load, path, below,
                      pol_doc_read(path, format, POL_LAST_WINS, load->diags));
}

/* ---- paths ------------------------------------------------------------------------ */

bool pol_load_is_named_data(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    return !strcmp(name, "data.json") || !strcmp(name, "data.yaml") ||
           !strcmp(name, "data.yml");
}

/* Errors are in the diags; the walk goes on to find more. */
static bool visit(void *host, const char *path, const char *below)
{
    pol_load *load = host;
    if (pol_load_is_module(path)) {
        load_module(load, path);
        return true;
    }
    if (*below) {
        bool named = load->flags & POL_LOAD_DATA_ONLY_NAMED;
        if (load->flags & POL_LOAD_MODULES || !pol_load_is_document(path) ||
            (named && !pol_load_is_named_data(below)))
            return true;
    }
    load_data(load, path, below);
    return true;
}

bool pol_load_is_pack(const char *folder)
{
    char path[4200];
    int len = snprintf(path, sizeof path, "%s/pack.json", folder);
    return len < (int)sizeof path && access(path, F_OK) == 0;
}

static bool enter(void *host, const char *path)
{
    pol_load *load = host;
    if (!pol_load_is_pack(path))
        return true;
    size_t size = (load->pack_count + 1) * sizeof *load->packs;
    char **more = realloc(load->packs, size), *pack = strdup(path);
    if (!more || !pack)
        abort();
    load->packs = more;
    load->packs[load->pack_count++] = pack;
    return false;
}

/* The path without its prefix, which is everything before the first colon. */
static const char *split(pol_load *load, const char *path)
{
    const char *colon = strchr(path, ':');
    if (strncmp(path, "file://", 7) && colon > path) {
        load->prefix = path;
        load->prefix_len = (size_t)(colon - path);
        path = colon + 1;
    }
    return strncmp(path, "file://", 7) ? path : path + 7;
}

bool pol_load_path(pol_load *load, const char *path, unsigned flags)
{
    uint32_t before = pol_diags_errors(load->diags);
    load->flags = flags;
    load->prefix = "";
    load->prefix_len = 0;
    if (flags & POL_LOAD_PREFIX)
        path = split(load, path);
    pol_walk walk = {.host = load, .visit = visit,
                     .hidden = !(flags & POL_LOAD_VISIBLE)};
    if (flags & POL_LOAD_APART && !pol_load_is_pack(path))
        walk.enter = enter;
    bool ok = pol_walk_files(path, &walk, load->diags);
    return ok && pol_diags_errors(load->diags) == before;
}
