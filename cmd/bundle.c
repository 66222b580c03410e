/* SPDX-License-Identifier: Apache-2.0
 *
 * Loads bundles; see bundle.h. All files are read before the first is parsed,
 * because the manifest may come last in an archive. */
#include "bundle.h"

#include <dlfcn.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "extension.h"
#include "unpack.h"
#include "walk.h"

enum { PATHS = POL_UNPACK_PATH };

typedef struct file {
    char *path; /* in the bundle: "a/data.json" */
    char *text;
    size_t len;
} file;

/* A part of `data` that a bundle owns: "a/b", "" for all. */
struct pol_bundle_root {
    const char *bundle, *path; /* borrowed; of the load's arena */
};

/* The bundle that is being loaded. */
typedef struct bundle {
    pol_load *load;
    const char *path;
    file *files;
    uint32_t count, room;
    uint32_t first_root; /* its own are the last ones of load->roots */
    pol_doc *doc;
    pol_value manifest; /* an object, {} without a .manifest */
} bundle;

static bool complain(bundle *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static bool complain(bundle *b, const char *fmt, ...)
{
    char text[3 * PATHS];
    int n = snprintf(text, sizeof text, "bundle %.900s: ", b->path);
    va_list args;
    va_start(args, fmt);
    vsnprintf(text + n, sizeof text - (size_t)n, fmt, args);
    va_end(args);
    pol_diags_report(b->load->diags, "P0905", text, NULL);
    return false;
}

/* ---- files ------------------------------------------------------------------- */

static bool wanted(void *host, const char *path)
{
    (void)host;
    return pol_load_is_module(path) || pol_load_is_named_data(path) ||
           !strcmp(path, ".manifest") || !strcmp(path, "patch.json");
}

/* Takes `text`. */
static bool keep(void *host, const char *path, char *text, size_t len)
{
    bundle *b = host;
    if (b->count == b->room) {
        b->room = b->room ? 2 * b->room : 64;
        b->files = realloc(b->files, b->room * sizeof *b->files);
    }
    char *copy = strdup(path);
    if (!b->files || !copy)
        abort();
    b->files[b->count++] = (file){copy, text, len};
    return true;
}

static bool visit(void *host, const char *path, const char *below)
{
    bundle *b = host;
    size_t len;
    if (!wanted(NULL, below))
        return true;
    char *text = pol_load_text(path, &len, b->load->diags);
    return text && keep(b, below, text, len);
}

static bool unpack(bundle *b)
{
    void *library = pol_extension_open("archive");
    void *symbol = library ? dlsym(library, "pol_unpack_file") : NULL;
    const char *why = symbol ? NULL : dlerror();
    pol_unpack_function *read_archive;
    if (!symbol)
        return complain(b, "archives cannot be read: %s",
                        why ? why : "lib/polc/archive.so is not beside the "
                                    "program");
    memcpy(&read_archive, &symbol, sizeof symbol); /* as POSIX has it */
    pol_unpack u = {.host = b, .wanted = wanted, .file = keep};
    if (read_archive(b->path, &u))
        return true;
    if (!u.is_limit)
        return complain(b, "%s", u.error);
    char text[PATHS + sizeof u.error];
    snprintf(text, sizeof text, "%.900s: %s", b->path, u.error);
    pol_diags_report(b->load->diags, "P0906", text, NULL);
    return false;
}

static bool read_files(bundle *b)
{
    struct stat st;
    if (stat(b->path, &st) == 0 && !S_ISDIR(st.st_mode))
        return unpack(b);
    pol_walk walk = {.host = b, .visit = visit, .hidden = true};
    return pol_walk_files(b->path, &walk, b->load->diags);
}

static const file *find(const bundle *b, const char *path)
{
    for (uint32_t i = 0; i < b->count; i++) {
        if (!strcmp(b->files[i].path, path))
            return &b->files[i];
    }
    return NULL;
}

/* ---- roots --------------------------------------------------------------------- */

/* Does `path` lie at or below `root`? */
static bool under(const char *path, const char *root)
{
    size_t len = strlen(root);
    return !len || (!strncmp(path, root, len) &&
                    (path[len] == '\0' || path[len] == '/'));
}

static bool overlap(bundle *b, const struct pol_bundle_root *mine)
{
    for (uint32_t i = 0; i < b->load->root_count; i++) {
        const struct pol_bundle_root *other = &b->load->roots[i];
        if (!under(mine->path, other->path) && !under(other->path, mine->path))
            continue;
        if (other->bundle == mine->bundle)
            return !complain(b, "its roots `%.500s` and `%.500s` overlap",
                             other->path, mine->path);
        return !complain(b, "its root `%.500s` overlaps with `%.500s` of "
                            "bundle %.500s", mine->path, other->path,
                         other->bundle);
    }
    return false;
}

static const char *text_of(pol_load *load, const char *text, size_t len)
{
    char *copy = (char *)pol_items(load->arena, len / sizeof(pol_value) + 1);
    memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

static bool add_root(bundle *b, const char *text, size_t len)
{
    pol_load *load = b->load;
    while (len && text[0] == '/') {
        text++;
        len--;
    }
    while (len && text[len - 1] == '/')
        len--;
    if (len >= PATHS || memchr(text, '\0', len))
        return complain(b, "a root is too long or holds a NUL");
    struct pol_bundle_root root = {b->path, text_of(load, text, len)};
    if (overlap(b, &root))
        return false;
    load->roots = realloc(load->roots,
                          (load->root_count + 1) * sizeof *load->roots);
    if (!load->roots)
        abort();
    load->roots[load->root_count++] = root;
    return true;
}

/* `*within`: the path lies under a root. Else: does a root lie below it? */
static bool meets_root(const bundle *b, const char *path, bool *within)
{
    bool below = false;
    *within = false;
    for (uint32_t i = b->first_root; i < b->load->root_count; i++) {
        const char *root = b->load->roots[i].path;
        *within = *within || under(path, root);
        below = below || !*path || under(root, path);
    }
    return *within || below;
}

/* Everything in `v`, which lies at path[0..len), under a root? Goes no deeper
 * than the roots do, and no path is longer than PATHS. */
static bool permitted(bundle *b, pol_value v, char *path, size_t len)
{
    bool within;
    if (!meets_root(b, path, &within) || (!within && v.tag != POL_OBJECT))
        return complain(b, "its roots do not permit data at `/%.900s`", path);
    for (uint32_t i = 0; !within && i < v.len; i++) {
        pol_value key = pol_key_at(v, i);
        int n = snprintf(path + len, PATHS - len, "%s%.*s", len ? "/" : "",
                         (int)key.len, key.str);
        /* A slash within a name is none between two. */
        bool plain = pol_is_string(key) &&
                     !memchr(key.str, '/', key.len) &&
                     !memchr(key.str, '\0', key.len);
        if (!plain || len + (size_t)n >= PATHS) {
            path[len] = '\0';
            return complain(b, "its roots do not permit data at `/%.900s`",
                            path);
        }
        if (!permitted(b, pol_value_at(v, i), path, len + (size_t)n))
            return false;
    }
    path[len] = '\0';
    return true;
}

/* ---- the manifest ------------------------------------------------------------------ */

static bool number(pol_value v, int64_t *out)
{
    return pol_is_number(v) && pol_number_int64(v, out);
}

static bool is_version(pol_value v)
{
    int64_t n;
    return !pol_is_defined(v) || (number(v, &n) && n >= 0 && n <= 2);
}

static bool check_versions(bundle *b)
{
    pol_value files = pol_get_name(b->manifest, "file_rego_versions");
    if (!is_version(pol_get_name(b->manifest, "rego_version")))
        return complain(b, ".manifest: `rego_version` is 0 or 1");
    if (pol_is_defined(files) && files.tag != POL_OBJECT)
        return complain(b, ".manifest: `file_rego_versions` is an object");
    for (uint32_t i = 0; pol_is_defined(files) && i < files.len; i++) {
        if (!is_version(pol_value_at(files, i)))
            return complain(b, ".manifest: a version in `file_rego_versions` "
                               "is 0 or 1");
    }
    return true;
}

static bool read_roots(bundle *b)
{
    pol_value roots = pol_get_name(b->manifest, "roots");
    b->first_root = b->load->root_count;
    if (!pol_is_defined(roots) || roots.tag == POL_NULL)
        return add_root(b, "", 0);
    if (roots.tag != POL_ARRAY)
        return complain(b, ".manifest: `roots` is an array of strings");
    for (uint32_t i = 0; i < roots.len; i++) {
        pol_value root = pol_at(roots, i);
        if (!pol_is_string(root))
            return complain(b, ".manifest: `roots` is an array of strings");
        if (!add_root(b, root.str, root.len))
            return false;
    }
    return true;
}

static bool read_manifest(bundle *b)
{
    const file *f = find(b, ".manifest");
    b->manifest = pol_object_of(b->load->arena, NULL, NULL, 0);
    if (f) {
        char name[2 * PATHS];
        snprintf(name, sizeof name, "%.900s/.manifest", b->path);
        b->doc = pol_doc_read_text(name, f->text, f->len, POL_DOC_JSON,
                                   POL_LAST_WINS, b->load->diags);
        if (!b->doc)
            return false;
        if (pol_doc_count(b->doc) == 1)
            b->manifest = pol_doc_root(b->doc, 0);
        if (b->manifest.tag != POL_OBJECT)
            return complain(b, ".manifest is not an object");
    }
    return check_versions(b) && read_roots(b);
}

/* ---- contents ------------------------------------------------------------------------ */

/* Is the module at `path` Rego v0? That of the first pattern that matches, of
 * the bundle, of the command line. */
static bool is_v0(const bundle *b, const char *path)
{
    pol_value files = pol_get_name(b->manifest, "file_rego_versions");
    pol_value version = pol_get_name(b->manifest, "rego_version");
    char name[PATHS + 4097];
    snprintf(name, sizeof name, "/%s", path);
    for (uint32_t i = 0; pol_is_defined(files) && i < files.len; i++) {
        pol_value key = pol_key_at(files, i);
        char pattern[PATHS];
        snprintf(pattern, sizeof pattern, "%.*s", (int)key.len, key.str);
        int how = strstr(pattern, "**") ? 0 : FNM_PATHNAME;
        if (!fnmatch(pattern, name, how) || !fnmatch(pattern, name + 1, how)) {
            version = pol_value_at(files, i);
            break;
        }
    }
    int64_t n = 1;
    if (!pol_is_defined(version) || !number(version, &n))
        return b->load->v0;
    return n == 0;
}

static bool load_module(bundle *b, const file *f, const char *name)
{
    char path[PATHS];
    const char *part;
    size_t len, used = 0;
    bool within;
    size_t plen = strlen(f->path);
    bool rego = plen > 5 && !strcmp(f->path + plen - 5, ".rego");
    if (!pol_load_module(b->load, name, f->text, f->len,
                         rego && is_v0(b, f->path)))
        return false;
    path[0] = '\0';
    for (uint32_t i = 0;
         pol_modules_package_part(b->load->modules, i, &part, &len); i++) {
        if (used + len + 2 > PATHS)
            return complain(b, "the package of %.900s is too long", f->path);
        if (i)
            path[used++] = '/';
        memcpy(path + used, part, len);
        used += len;
        path[used] = '\0';
    }
    meets_root(b, path, &within);
    return within || complain(b, "its roots do not permit package `%.900s` of "
                                 "%.900s", path, f->path);
}

static bool load_document(bundle *b, const file *f, const char *name)
{
    size_t len = strlen(f->path);
    bool json = !strcmp(f->path + len - 5, ".json");
    char path[PATHS] = "";
    pol_doc *doc = pol_doc_read_text(name, f->text, f->len,
                                     json ? POL_DOC_JSON : POL_DOC_YAML,
                                     POL_LAST_WINS, b->load->diags);
    if (!doc)
        return false;
    pol_value root = pol_load_root(b->load, name, f->path, doc);
    if (pol_is_defined(root) && permitted(b, root, path, 0))
        return pol_load_document(b->load, name, f->path, doc);
    /* The diagnostics point into nothing of it. */
    pol_doc_free(doc);
    return false;
}

static void load_files(bundle *b)
{
    for (uint32_t i = 0; i < b->count; i++) {
        const file *f = &b->files[i];
        char name[PATHS + 4097];
        size_t len = strlen(b->path);
        bool slash = len && b->path[len - 1] == '/';
        snprintf(name, sizeof name, "%.1000s%s%s", b->path, slash ? "" : "/",
                 f->path);
        if (pol_load_is_module(f->path))
            load_module(b, f, name);
        else if (pol_load_is_named_data(f->path))
            load_document(b, f, name);
    }
}

bool pol_bundle_load(pol_load *load, const char *path)
{
    bundle b = {.load = load, .path = path};
    uint32_t before = pol_diags_errors(load->diags);
    load->prefix_len = 0;
    if (read_files(&b)) {
        if (find(&b, "patch.json"))
            complain(&b, "a delta bundle (patch.json) changes one that is "
                         "there already");
        else if (read_manifest(&b))
            load_files(&b);
    }
    for (uint32_t i = 0; i < b.count; i++) {
        free(b.files[i].path);
        free(b.files[i].text);
    }
    free(b.files);
    pol_doc_free(b.doc);
    return pol_diags_errors(load->diags) == before;
}

bool pol_bundle_is_archive(const char *path)
{
    size_t len = strlen(path);
    return len > 7 && !strcmp(path + len - 7, ".tar.gz");
}
