/* SPDX-License-Identifier: Apache-2.0
 *
 * Loading packs. All that is wrong with a pack is reported in one go; what was
 * loaded stays with the check until it is freed, because diagnostics point into
 * it. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy.h"

enum { DEEPEST_FOLDER = 16, PATH_ROOM = 4096 };

/* ---- reporting ----------------------------------------------------------- */

pol_diag *pol_policy_report(pol_diags *diags, pol_diag_code code,
                            const pol_document *document,
                            const pol_value *path, uint32_t path_len,
                            const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *text = NULL;
    int len = vasprintf(&text, fmt, args);
    va_end(args);
    const char *message = pol_arena_copy(diags->arena, len < 0 ? fmt : text,
                                         strlen(len < 0 ? fmt : text));
    if (len >= 0)
        free(text);
    pol_span span = POL_NO_SPAN;
    if (document && document->count) {
        pol_location at = pol_document_locate(document, 0, path, path_len);
        pol_srcs *srcs = arena_new(diags->arena, pol_srcs);
        pol_srcs_init(srcs, diags->arena);
        span.src = pol_srcs_add(srcs, document->name, document->text);
        span.off = (uint32_t)at.off;
        span.len = at.found && at.line ? (uint32_t)at.len : 1;
        diags->srcs = srcs;
    }
    return pol_diag_add(diags, code, span, "%s", message);
}

static bool fail(pol_diags *diags, const char *path, const char *why,
                 const char *help)
{
    pol_diag *d = pol_policy_report(diags, POL_DIAG_P0450, NULL, NULL, 0,
                                    "pack `%s`: %s", path, why);
    if (help)
        pol_diag_help(diags, d, "%s", help);
    return false;
}

/* ---- modules ------------------------------------------------------------- */

static bool ends(const char *name, const char *ending)
{
    size_t a = strlen(name), b = strlen(ending);
    return a > b && !strcmp(name + a - b, ending);
}

static bool is_module(const char *name)
{
    bool test = ends(name, "_test.pol") || ends(name, "_test.rego");
    return !test && (ends(name, ".pol") || ends(name, ".rego"));
}

/* All of a file; NULL with errno set. For the caller to free(). */
static char *read_file(const char *path, size_t *len)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0)
        return NULL;
    char *text = NULL;
    size_t used = 0;
    ssize_t got = 1;
    if (fstat(fd, &st) == 0 && st.st_size <= POL_LIMIT_SOURCE)
        text = malloc((size_t)st.st_size + 1);
    else
        errno = EFBIG;
    while (text && got > 0 && used < (size_t)st.st_size) {
        got = read(fd, text + used, (size_t)st.st_size - used);
        used += got > 0 ? (size_t)got : 0;
    }
    if (got < 0) {
        free(text);
        text = NULL;
    }
    int error = errno;
    close(fd);
    errno = error;
    *len = used;
    return text;
}

static void add_module(pol_policy_pack *pack, const char *path,
                       pol_diags *diags)
{
    size_t len;
    char *text = read_file(path, &len);
    if (!text) {
        pol_policy_report(diags, POL_DIAG_P0901, NULL, NULL, 0, "%s: %s", path,
                          strerror(errno));
        return;
    }
    bool v0 = pack->v0 && ends(path, ".rego");
    pol_modules_add(pack->modules, path, text, len, v0 ? POL_V0 : 0, diags);
    free(text);
}

typedef struct walking {
    pol_policy_pack *pack;
    pol_diags *diags;
    size_t root; /* length of the pack's path and the slash */
    pol_value globs;
    uint32_t found;
    char path[PATH_ROOM];
} walking;

static bool is_wanted(const walking *w)
{
    const char *below = w->path + w->root;
    if (!pol_is_defined(w->globs))
        return true;
    for (uint32_t i = 0; i < w->globs.len; i++) {
        pol_value glob = w->globs.items[i];
        char pattern[PATH_ROOM];
        snprintf(pattern, sizeof pattern, "%.*s", (int)glob.len, glob.str);
        int flags = strstr(pattern, "**") ? 0 : FNM_PATHNAME;
        if (fnmatch(pattern, below, flags) == 0)
            return true;
    }
    return false;
}

static void walk(walking *w, unsigned depth);

static void walk_entry(walking *w, const char *name, unsigned depth)
{
    size_t len = strlen(w->path);
    struct stat st;
    if (len + strlen(name) + 2 > sizeof w->path)
        return;
    snprintf(w->path + len, sizeof w->path - len, "%s%s",
             len && w->path[len - 1] == '/' ? "" : "/", name);
    if (lstat(w->path, &st) == 0 && S_ISDIR(st.st_mode)) {
        walk(w, depth + 1);
    } else if (is_module(name) && is_wanted(w)) {
        add_module(w->pack, w->path, w->diags);
        w->found++;
    }
    w->path[len] = '\0';
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void walk(walking *w, unsigned depth)
{
    struct dirent **entries;
    int n = depth > DEEPEST_FOLDER ? 0
                                   : scandir(w->path, &entries, NULL, by_bytes);
    if (n < 0) {
        pol_policy_report(w->diags, POL_DIAG_P0901, NULL, NULL, 0, "%s: %s",
                          w->path, strerror(errno));
        return;
    }
    for (int i = 0; i < n; i++) {
        if (entries[i]->d_name[0] != '.')
            walk_entry(w, entries[i]->d_name, depth);
        free(entries[i]);
    }
    if (depth <= DEEPEST_FOLDER)
        free(entries);
}

static void load_folder(pol_policy_pack *pack, pol_diags *diags)
{
    walking w = {.pack = pack, .diags = diags};
    w.globs = pol_get_name(pack->manifest->roots[0], "policies");
    snprintf(w.path, sizeof w.path, "%s", pack->path);
    w.root = strlen(w.path) + !ends(w.path, "/");
    uint32_t before = diags->errors;
    walk(&w, 0);
    if (!w.found && diags->errors == before)
        fail(diags, pack->path, "there is no module in it",
             "policies are in files named *.pol or *.rego");
}

/* ---- policies ------------------------------------------------------------ */

pol_policy_item *pol_policy_add(pol_check *check, const pol_policy_pack *pack)
{
    if (check->item_count == check->item_room) {
        uint32_t room = check->item_room ? check->item_room * 2 : 16;
        pol_policy_item *items =
            arena_array(&check->arena, pol_policy_item, room);
        if (check->item_count)
            memcpy(items, check->items, check->item_count * sizeof *items);
        check->items = items;
        check->item_room = room;
    }
    pol_policy_item *item = &check->items[check->item_count++];
    *item = (pol_policy_item){.pack = check->pack_count, .name = "",
                              .description = ""};
    (void)pack;
    return item;
}

static void add_declaration(pol_check *check, const pol_policy_pack *pack,
                            const pol_policy *p)
{
    pol_policy_item *item = pol_policy_add(check, pack);
    item->name = pol_arena_copy(&check->arena, p->name.ptr, p->name.len);
    item->description = pol_arena_copy(&check->arena, p->description.ptr,
                                       p->description.len);
    item->declared = p->enforcement;
    item->stack_scope = p->stack_scope;
    item->severity = p->severity;
    item->title = p->title;
    item->url = p->url;
    item->tags = p->tags;
    item->frameworks = p->frameworks;
    item->remediation_steps = p->remediation_steps;
    item->resource = p->resource;
    item->schemas = p->config;
    item->required = p->config_required;
    item->deny = p->deny;
    item->remediate = p->remediate;
    item->not_applicable = p->not_applicable;
    item->span = p->ast->name_span;
}

static int same_name(const void *a, const void *b)
{
    return strcmp((*(const pol_policy_item *const *)a)->name,
                  (*(const pol_policy_item *const *)b)->name);
}

/* Names are one in a pack, not only in a package: configuration goes by them. */
static void check_names(pol_check *check, const pol_policy_pack *pack,
                        pol_diags *diags)
{
    const pol_policy_item **sorted =
        arena_array(&check->arena, const pol_policy_item *, pack->count + 1);
    for (uint32_t i = 0; i < pack->count; i++)
        sorted[i] = &check->items[pack->first + i];
    qsort(sorted, pack->count, sizeof *sorted, same_name);
    diags->srcs = &pack->modules->srcs;
    for (uint32_t i = 0; i < pack->count; i++) {
        const pol_policy_item *item = sorted[i];
        if (!strcmp(item->name, "all"))
            pol_diag_add(diags, POL_DIAG_P0457, item->span,
                         "`all` cannot be the name of a policy");
        if (!i || strcmp(sorted[i - 1]->name, item->name))
            continue;
        pol_diag *d = pol_diag_add(diags, POL_DIAG_P0457, item->span,
                                   "two policies are named `%s`", item->name);
        pol_diag_label(diags, d, sorted[i - 1]->span, "the other one");
    }
}

static void add_policies(pol_check *check, pol_policy_pack *pack,
                         pol_diags *diags)
{
    pack->first = check->item_count;
    for (const pol_policy *p = pack->modules->compile.policies; p; p = p->next)
        add_declaration(check, pack, p);
    pol_policy_conventions(check, pack);
    pack->count = check->item_count - pack->first;
    if (!pack->count)
        fail(diags, pack->path, "there is no policy in it", NULL);
    check_names(check, pack, diags);
    pol_policy_references(pack, diags);
    pol_policy_reads(check, pack);
    for (uint32_t i = 0; i < pack->count; i++)
        pol_policy_hints(&check->arena, pack->modules,
                         &check->items[pack->first + i]);
}

/* ---- packs --------------------------------------------------------------- */

static pol_policy_pack *keep(pol_check *check, const char *path)
{
    if (check->pack_count == check->pack_room) {
        uint32_t room = check->pack_room ? check->pack_room * 2 : 8;
        pol_policy_pack **packs =
            arena_array(&check->arena, pol_policy_pack *, room);
        if (check->pack_count)
            memcpy(packs, check->packs, check->pack_count * sizeof *packs);
        check->packs = packs;
        check->pack_room = room;
    }
    pol_policy_pack *pack = arena_new(&check->arena, pol_policy_pack);
    check->packs[check->pack_count] = pack;
    pack->v0 = check->v0;
    pack->path = pol_arena_copy(&check->arena, path, strlen(path));
    pack->name = pack->version = pack->description = "";
    pack->modules = pol_modules_new(check->engine);
    return pack;
}

/* "a/b.pol" is the pack `b`. */
static void name_after_file(pol_check *check, pol_policy_pack *pack)
{
    const char *slash = strrchr(pack->path, '/');
    const char *name = slash ? slash + 1 : pack->path;
    const char *dot = strrchr(name, '.');
    size_t len = dot && dot > name ? (size_t)(dot - name) : strlen(name);
    pack->name = pol_arena_copy(&check->arena, name, len);
    pack->version = "0.0.0";
}

static bool load(pol_check *check, pol_policy_pack *pack, pol_diags *diags)
{
    struct stat st;
    if (stat(pack->path, &st) != 0)
        return fail(diags, pack->path, strerror(errno), NULL);
    if (!S_ISDIR(st.st_mode)) {
        if (!ends(pack->path, ".pol") && !ends(pack->path, ".rego"))
            return fail(diags, pack->path, "this is neither a folder nor a "
                        "module", "a pack is a folder with a pack.json");
        name_after_file(check, pack);
        add_module(pack, pack->path, diags);
        return true;
    }
    char path[PATH_ROOM];
    bool slash = ends(pack->path, "/");
    int len = snprintf(path, sizeof path, "%s%spack.json", pack->path,
                       slash ? "" : "/");
    if (len < 0 || (size_t)len >= sizeof path)
        return fail(diags, pack->path, "the path is too long", NULL);
    if (stat(path, &st) != 0)
        return fail(diags, pack->path,
                    errno == ENOENT ? "there is no pack.json in it"
                                    : strerror(errno),
                    "{\"name\": \"my-pack\", \"version\": \"0.1.0\"} is enough");
    if (!pol_policy_manifest(check, pack, path, diags))
        return false;
    load_folder(pack, diags);
    return true;
}

static bool is_second(const pol_check *check, const pol_policy_pack *pack,
                      pol_diags *diags)
{
    for (uint32_t i = 0; i < check->pack_count; i++) {
        const pol_policy_pack *other = check->packs[i];
        if (strcmp(other->name, pack->name))
            continue;
        pol_policy_report(diags, POL_DIAG_P0452, NULL, NULL, 0,
                          "pack `%s` is loaded twice: from %s and from %s",
                          pack->name, other->path, pack->path);
        return true;
    }
    return false;
}

void pol_check_set_v0(pol_check *check, bool v0)
{
    check->v0 = v0;
}

int pol_check_add_pack(pol_check *check, const char *path, pol_diags *diags)
{
    uint32_t before = diags->errors, items = check->item_count;
    pol_policy_pack *pack = keep(check, path);
    bool ok = pack->modules && load(check, pack, diags) &&
              diags->errors == before && !is_second(check, pack, diags) &&
              pol_modules_compile(pack->modules, NULL, diags);
    if (ok)
        add_policies(check, pack, diags);
    uint32_t number = check->pack_count++;
    if (diags->errors == before)
        return (int)number;
    check->item_count = items;
    pack->count = 0;
    return -1;
}
