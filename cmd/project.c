/* SPDX-License-Identifier: Apache-2.0
 *
 * See project.h. */
#include "project.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ignore.h"
#include "options.h"

enum {
    HIGHEST = 64, /* folders above the current one */
    LONGEST_PATTERN = 1023
};

static const char *const fields[] = {"packs", "exclude", "failOn", "unknown"};
enum { FIELDS = sizeof fields / sizeof *fields };

static const char *field_at(const void *host, uint32_t i)
{
    (void)host;
    return fields[i];
}

/* Reports with the place of a member. */
static bool wrong(const pol_project *p, pol_value key, const char *help,
                  pol_diags *diags, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
static bool wrong(const pol_project *p, pol_value key, const char *help,
                  pol_diags *diags, const char *fmt, ...)
{
    char text[1024], whole[1400];
    uint32_t line = 1, column = 1;
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    pol_doc_locate(p->doc, 0, &key, pol_is_defined(key), &line, &column);
    snprintf(whole, sizeof whole, "%.300s:%u:%u: %s", pol_doc_name(p->doc), line,
             column, text);
    pol_diags_report(diags, "P0951", whole, help);
    return false;
}

static char *joined(const pol_project *p, pol_value path)
{
    bool absolute = path.len && path.str[0] == '/';
    size_t len = absolute ? 0 : strlen(p->folder);
    char *text = malloc(len + path.len + 1);
    if (!text)
        abort();
    memcpy(text, p->folder, len);
    memcpy(text + len, path.str, path.len);
    text[len + path.len] = '\0';
    return text;
}

static bool add_pack(pol_project *p, pol_value v, pol_diags *diags)
{
    pol_value path = v, config = pol_undefined();
    if (v.tag == POL_OBJECT) {
        path = pol_get_name(v, "path");
        config = pol_get_name(v, "config");
    }
    if (!pol_is_string(path) ||
        (pol_is_defined(config) && !pol_is_string(config)))
        return wrong(p, pol_literal("packs"),
                     "write \"policies/aws\" or {\"path\": \"policies/aws\", "
                     "\"config\": \"aws.json\"}",
                     diags, "a pack must be a path or an object with one");
    p->packs[p->pack_count++] = (pol_project_pack){
        joined(p, path), pol_is_defined(config) ? joined(p, config) : NULL};
    return true;
}

static bool read_packs(pol_project *p, pol_value v, pol_diags *diags)
{
    if (v.tag != POL_ARRAY)
        return wrong(p, pol_literal("packs"), NULL, diags,
                     "`packs` must be an array");
    p->packs = calloc(v.len + 1, sizeof *p->packs);
    if (!p->packs)
        abort();
    bool ok = true;
    for (uint32_t i = 0; i < v.len; i++)
        ok = add_pack(p, pol_at(v, i), diags) && ok;
    return ok;
}

static bool read_exclude(pol_project *p, pol_value v, pol_diags *diags)
{
    bool ok = v.tag == POL_ARRAY;
    for (uint32_t i = 0; ok && i < v.len; i++)
        ok = pol_is_string(pol_at(v, i)) && pol_at(v, i).len <= LONGEST_PATTERN;
    if (!ok)
        return wrong(p, pol_literal("exclude"), NULL, diags,
                     "`exclude` must be an array of strings, each of %d bytes "
                     "at most", LONGEST_PATTERN);
    p->exclude = v;
    return true;
}

/* One of two words. */
static bool read_word(pol_project *p, const char *name, const char *words,
                      pol_value v, pol_diags *diags)
{
    const char *at = words;
    while (pol_is_string(v) && *at) {
        size_t n = strcspn(at, "|");
        if (n == v.len && !memcmp(at, v.str, n))
            return true;
        at += n + (at[n] == '|');
    }
    return wrong(p, pol_string(name, strlen(name)), NULL, diags,
                 "`%s` must be one of %s", name, words);
}

static bool read_field(pol_project *p, pol_value key, pol_value v,
                       pol_diags *diags)
{
    char name[64], help[128];
    snprintf(name, sizeof name, "%.*s", (int)key.len, key.str);
    if (!strcmp(name, "packs"))
        return read_packs(p, v, diags);
    if (!strcmp(name, "exclude"))
        return read_exclude(p, v, diags);
    if (!strcmp(name, "failOn")) {
        p->fail_on = v;
        return read_word(p, "failOn", "mandatory|advisory|never", v, diags);
    }
    if (!strcmp(name, "unknown")) {
        p->unknown = v;
        return read_word(p, "unknown", "pass|fail", v, diags);
    }
    const char *near = pol_options_suggest(name, field_at, NULL, FIELDS);
    snprintf(help, sizeof help, "did you mean `%s`?", near ? near : "");
    return wrong(p, key, near ? help : NULL, diags, "unknown field `%s`", name);
}

/* Goes up until the file is there. */
static bool find(pol_project *p)
{
    char path[sizeof p->folder + 16];
    for (int up = 0; up < HIGHEST; up++) {
        snprintf(path, sizeof path, "%spolc.json", p->folder);
        if (access(path, F_OK) == 0)
            return true;
        char here[16 + sizeof p->folder];
        snprintf(here, sizeof here, "%s.", p->folder);
        char *real = realpath(here, NULL);
        bool top = !real || !strcmp(real, "/");
        free(real);
        if (top)
            return false;
        if (strlen(p->folder) + 4 > sizeof p->folder)
            return false; /* deeper than a path can say */
        memmove(p->folder + 3, p->folder, strlen(p->folder) + 1);
        memcpy(p->folder, "../", 3);
    }
    return false;
}

/* Where folders cannot be told, nothing is excluded. */
static void set_root(pol_project *p)
{
    char path[sizeof p->folder + 16];
    snprintf(path, sizeof path, "%s.", p->folder);
    char *here = realpath(".", NULL), *root = realpath(path, NULL);
    p->here = calloc(here ? strlen(here) + 2 : 1, 1);
    if (!p->here)
        abort();
    if (here && root) {
        if (!strcmp(root, "/"))
            *root = '\0';
        sprintf(p->here, "%s/", here + strlen(root));
        p->root = root;
        root = NULL;
    }
    free(here);
    free(root);
}

bool pol_project_init(pol_project *p, pol_diags *diags)
{
    memset(p, 0, sizeof *p);
    if (!find(p))
        return true;
    char path[sizeof p->folder + 16];
    snprintf(path, sizeof path, "%spolc.json", p->folder);
    p->doc = pol_doc_read(path, POL_DOC_JSON, 0, diags);
    if (!p->doc)
        return false;
    set_root(p);
    pol_value root = pol_doc_root(p->doc, 0);
    if (root.tag != POL_OBJECT)
        return wrong(p, pol_undefined(), NULL, diags,
                     "polc.json must hold an object");
    bool ok = true;
    for (uint32_t i = 0; i < root.len; i++)
        ok = read_field(p, pol_key_at(root, i), pol_value_at(root, i), diags) &&
             ok;
    return ok;
}

void pol_project_done(pol_project *p)
{
    for (uint32_t i = 0; i < p->pack_count; i++) {
        free(p->packs[i].path);
        free(p->packs[i].config);
    }
    free(p->packs);
    free(p->root);
    free(p->here);
    pol_doc_free(p->doc);
}

/* ---- exclusion ----------------------------------------------------------- */

/* A pattern against the path itself and the folders above it. */
static bool excludes(pol_value glob, char *path, bool is_folder)
{
    char pattern[LONGEST_PATTERN + 1];
    bool folders = glob.len && glob.str[glob.len - 1] == '/';
    bool here = glob.len > 1 && !memcmp(glob.str, "./", 2);
    snprintf(pattern, sizeof pattern, "%.*s", (int)(glob.len - folders - here),
             glob.str + here);
    for (;;) {
        if ((is_folder || !folders) && pol_ignore_fits(pattern, path))
            return true;
        char *slash = strrchr(path, '/');
        if (!slash)
            return false;
        *slash = '\0';
        is_folder = true;
    }
}

/* Appends the names of `path` to the `*at` bytes in `out`. False: it leads out of
 * the project, or is too long. */
static bool append(char out[4096], size_t *at, const char *path)
{
    while (*path) {
        size_t n = strcspn(path, "/");
        bool up = n == 2 && !memcmp(path, "..", 2);
        if (*at + n + 2 > 4096 || (up && !*at))
            return false;
        while (up && *at && out[--*at] != '/')
            ;
        if (!up && n && !(n == 1 && *path == '.')) {
            out[*at] = '/';
            *at += *at > 0;
            memcpy(out + *at, path, n);
            *at += n;
        }
        path += n;
        path += *path == '/';
    }
    out[*at] = '\0';
    return true;
}

/* The path from the project's folder, without `.` and `..`. */
static bool from_root(const pol_project *p, const char *path, char out[4096])
{
    size_t len = strlen(p->root), at = 0;
    if (*path != '/')
        return append(out, &at, p->here) && append(out, &at, path);
    return !strncmp(path, p->root, len) && path[len] == '/' &&
           append(out, &at, path + len);
}

bool pol_project_excludes(const pol_project *p, const char *path,
                          bool is_folder)
{
    char whole[4096], part[4096];
    if (!p->root || p->exclude.tag != POL_ARRAY || !from_root(p, path, whole))
        return false;
    for (uint32_t i = 0; i < p->exclude.len; i++) {
        strcpy(part, whole);
        if (excludes(pol_at(p->exclude, i), part, is_folder))
            return true;
    }
    return false;
}
