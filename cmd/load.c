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
    *load = (pol_load){.modules = modules, .diags = diags};
    load->arena = pol_arena_new(0);
}

void pol_load_done(pol_load *load)
{
    for (uint32_t i = 0; i < load->doc_count; i++)
        pol_doc_free(load->docs[i]);
    free(load->docs);
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

static bool load_module(pol_load *load, const char *path)
{
    size_t len;
    char *text = pol_load_text(path, &len, load->diags);
    if (!text)
        return false;
    bool ok = pol_modules_add(load->modules, path, text, len, 0, load->diags);
    free(text);
    load->module_count++;
    return ok;
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

/* `value` inside one object a folder of `below`, outermost first. */
static pol_value nested(pol_arena *arena, const char *below, pol_value value)
{
    const char *end = strrchr(below, '/');
    while (end) {
        const char *start = end;
        while (start > below && start[-1] != '/')
            start--;
        if (start < end) {
            pol_value *pair = pol_items(arena, 2);
            pair[0] = pol_string_copy(arena, start, (size_t)(end - start));
            pair[1] = value;
            value = pol_object_of(arena, &pair[0], &pair[1], 1);
        }
        end = start > below ? start - 1 : NULL;
    }
    return value;
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

static bool add_data(pol_load *load, const char *path, const char *below,
                     pol_doc *doc)
{
    if (pol_doc_count(doc) > 1)
        return report(load->diags, "P0903", path,
                      "several documents in one file cannot be data");
    if (pol_doc_count(doc) == 0)
        return true;
    pol_value root = nested(load->arena, below, pol_doc_root(doc, 0));
    if (root.tag != POL_OBJECT)
        return report(load->diags, "P0903", path,
                      "data must be an object at its root");
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

static bool load_data(pol_load *load, const char *path, const char *below)
{
    pol_doc_format format = ends(path, ".json") ? POL_DOC_JSON
                            : pol_load_is_document(path) ? POL_DOC_YAML
                                                         : POL_DOC_AUTO;
    pol_doc *doc = pol_doc_read(path, format, POL_LAST_WINS, load->diags);
    if (!doc)
        return false;
    keep(load, doc);
    return add_data(load, path, below, doc);
}

/* ---- paths ------------------------------------------------------------------------ */

static bool named_data(const char *below)
{
    const char *slash = strrchr(below, '/');
    const char *name = slash ? slash + 1 : below;
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
            (named && !named_data(below)))
            return true;
    }
    load_data(load, path, below);
    return true;
}

bool pol_load_path(pol_load *load, const char *path, unsigned flags)
{
    uint32_t before = pol_diags_errors(load->diags);
    load->flags = flags;
    pol_walk walk = {load, visit, !(flags & POL_LOAD_VISIBLE)};
    bool ok = pol_walk_files(path, &walk, load->diags);
    return ok && pol_diags_errors(load->diags) == before;
}
