/* SPDX-License-Identifier: Apache-2.0
 *
 * Walks folders; see walk.h. */
#include "walk.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ignore.h"

enum { DEEPEST = 64 }; /* folders within folders */

typedef struct state {
    const pol_walk *walk;
    pol_diags *diags;
    pol_ignore *ignore; /* NULL: nothing is ignored */
    bool failed; /* something could not be read */
    size_t root; /* length of the path that was asked for, with its slash */
    char path[4096];
} state;

/* The walk goes on. */
static bool refuse(state *s, const char *code, const char *why)
{
    char text[4096 + 128];
    snprintf(text, sizeof text, "%s: %s", s->path, why);
    pol_diags_report(s->diags, code, text, NULL);
    s->failed = true;
    return true;
}

static const char *below(const state *s)
{
    size_t len = strlen(s->path);
    return s->path + (s->root < len ? s->root : len);
}

static bool visit(state *s)
{
    return s->walk->visit(s->walk->host, s->path, below(s));
}

static bool is_ignored(const state *s, mode_t mode)
{
    return s->ignore && pol_ignore_has(s->ignore, below(s), S_ISDIR(mode));
}

static bool walk_folder(state *s, int depth);

static bool may_enter(const state *s)
{
    return !s->walk->enter || s->walk->enter(s->walk->host, s->path);
}

/* A link to a file is one; sockets, devices, links to nothing and to folders are
 * not. */
static bool is_file(const state *s, const struct stat *entry)
{
    struct stat st;
    if (S_ISLNK(entry->st_mode))
        return stat(s->path, &st) == 0 && S_ISREG(st.st_mode);
    return S_ISREG(entry->st_mode);
}

/* The entry `name` of the folder that s->path names. */
static bool walk_entry(state *s, const char *name, int depth)
{
    size_t len = strlen(s->path);
    bool slash = len && s->path[len - 1] == '/';
    int n = snprintf(s->path + len, sizeof s->path - len, "%s%s",
                     slash ? "" : "/", name);
    bool ok = true;
    struct stat st;
    if (n < 0 || (size_t)n >= sizeof s->path - len) {
        s->path[len] = '\0';
        return refuse(s, "P0904", "the path below is too long");
    }
    if (lstat(s->path, &st) != 0)
        ok = refuse(s, "P0901", strerror(errno));
    else if (is_ignored(s, st.st_mode))
        ok = true;
    else if (S_ISDIR(st.st_mode))
        ok = !may_enter(s) || walk_folder(s, depth + 1);
    else if (is_file(s, &st))
        ok = visit(s);
    s->path[len] = '\0';
    return ok;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool walk_folder(state *s, int depth)
{
    struct dirent **entries;
    if (depth > DEEPEST)
        return refuse(s, "P0904", "more than 64 folders deep");
    int n = scandir(s->path, &entries, NULL, by_bytes);
    if (n < 0)
        return refuse(s, "P0901", strerror(errno));
    bool ok = true;
    if (s->ignore)
        pol_ignore_enter(s->ignore, s->path, below(s), s->diags);
    for (int i = 0; i < n; i++) {
        const char *name = entries[i]->d_name;
        bool self = !strcmp(name, ".") || !strcmp(name, "..");
        if (ok && !self && (*name != '.' || s->walk->hidden))
            ok = walk_entry(s, name, depth);
        free(entries[i]);
    }
    free(entries);
    if (s->ignore)
        pol_ignore_leave(s->ignore);
    return ok;
}

bool pol_walk_files(const char *path, const pol_walk *walk, pol_diags *diags)
{
    state s = {.walk = walk, .diags = diags};
    struct stat st;
    size_t len = strlen(path);
    snprintf(s.path, sizeof s.path, "%s", path);
    if (len >= sizeof s.path)
        refuse(&s, "P0904", "the path is too long");
    else if (stat(path, &st) != 0)
        refuse(&s, "P0901", strerror(errno));
    if (s.failed)
        return false;
    s.root = len;
    if (!S_ISDIR(st.st_mode))
        return visit(&s);
    s.root = len + !(len && path[len - 1] == '/');
    if (walk->gitignore)
        s.ignore = pol_ignore_new(path, diags);
    bool ok = walk_folder(&s, 0);
    pol_ignore_free(s.ignore);
    return ok && !s.failed;
}
