/* SPDX-License-Identifier: Apache-2.0
 *
 * See ignore.h. The files are a stack: those of the folders above the walk, then
 * one for each folder that was entered. The last one that has a word on an entry
 * decides, and in it the last pattern that fits. How patterns match is in
 * ignore_match.c. */
#include "ignore.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LONGEST = 1 << 20 }; /* bytes of a file that are read */

typedef struct pattern {
    const char *text; /* without the marks below */
    bool negated, folders_only;
} pattern;

typedef struct rules {
    char *text; /* that the patterns point into; NULL: no file */
    pattern *patterns;
    uint32_t count;
    size_t base; /* length of the folder's path from the repository's root */
} rules;

struct pol_ignore {
    char *prefix; /* from the root to the folder of the walk: "" or "a/b/" */
    rules *stack;
    uint32_t count, room;
};

static void *checked(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

/* ---- files ------------------------------------------------------------------- */

/* Spaces at the end do not count, unless a backslash stands before. */
static void trim(char *line)
{
    size_t end = strlen(line), kept = 0;
    for (size_t i = 0; i < end; i++) {
        if (line[i] == '\\' && i + 1 < end)
            kept = ++i + 1;
        else if (line[i] != ' ')
            kept = i + 1;
    }
    line[kept] = '\0';
}

static void add_line(rules *r, char *line)
{
    size_t len = strlen(line);
    if (*line == '#')
        return;
    if (len && line[len - 1] == '\r')
        line[len - 1] = '\0';
    trim(line);
    pattern p = {.text = line};
    if (*line == '!') {
        p.negated = true;
        p.text++;
    }
    len = strlen(p.text);
    if (len && p.text[len - 1] == '/') {
        p.folders_only = true;
        ((char *)p.text)[len - 1] = '\0';
    }
    if (*p.text)
        r->patterns[r->count++] = p;
}

static void parse(rules *r)
{
    char *at = r->text;
    size_t lines = 1;
    for (const char *c = at; *c; c++)
        lines += *c == '\n';
    r->patterns = checked(calloc(lines, sizeof *r->patterns));
    if (!strncmp(at, "\xef\xbb\xbf", 3))
        at += 3;
    for (char *end = at; end; at = end + 1) {
        end = strchr(at, '\n');
        if (end)
            *end = '\0';
        add_line(r, at);
        if (!end)
            break;
    }
}

static bool report(const char *path, const char *why, pol_diags *diags)
{
    char text[4096 + 128];
    snprintf(text, sizeof text, "%.4000s: %s", path, why);
    pol_diags_report(diags, "P0901", text, NULL);
    return false;
}

/* A link is no such file, as with git. */
static bool read_text(rules *r, const char *path, pol_diags *diags)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOENT || errno == ELOOP || errno == ENOTDIR ||
               report(path, strerror(errno), diags);
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(fd);
        return true;
    }
    if (st.st_size > LONGEST) {
        close(fd);
        return report(path, "over 1 MiB of patterns", diags);
    }
    size_t room = (size_t)st.st_size, len = 0;
    char *text = checked(malloc(room + 1));
    ssize_t n = 1;
    while (len < room && (n = read(fd, text + len, room - len)) > 0)
        len += (size_t)n;
    int error = errno;
    close(fd);
    text[len] = '\0';
    r->text = text;
    return n >= 0 || report(path, strerror(error), diags);
}

static void push(pol_ignore *ignore, const char *folder, size_t base,
                 pol_diags *diags)
{
    if (ignore->count == ignore->room) {
        ignore->room = ignore->room ? ignore->room * 2 : 16;
        ignore->stack = checked(
            realloc(ignore->stack, ignore->room * sizeof *ignore->stack));
    }
    rules *r = &ignore->stack[ignore->count++];
    *r = (rules){.base = base};
    size_t room = strlen(folder) + sizeof "/.gitignore";
    char *path = checked(malloc(room));
    snprintf(path, room, "%s/.gitignore", folder);
    if (read_text(r, path, diags) && r->text)
        parse(r);
    free(path);
}

void pol_ignore_leave(pol_ignore *ignore)
{
    rules *r = &ignore->stack[--ignore->count];
    free(r->text);
    free(r->patterns);
}

/* ---- folders ----------------------------------------------------------------- */

static bool is_root(const char *folder)
{
    size_t room = strlen(folder) + sizeof "/.git";
    char *path = checked(malloc(room));
    snprintf(path, room, "%s/.git", folder);
    bool is = access(path, F_OK) == 0;
    free(path);
    return is;
}

/* The length of the repository's root in a real path; 0: there is none. */
static size_t root_of(const char *real)
{
    char *path = checked(strdup(real));
    size_t len = strlen(path);
    while (len && !is_root(path)) {
        while (len && path[--len] != '/')
            ;
        path[len] = '\0';
    }
    free(path);
    return len;
}

pol_ignore *pol_ignore_new(const char *folder, pol_diags *diags)
{
    pol_ignore *ignore = checked(calloc(1, sizeof *ignore));
    char *real = realpath(folder, NULL);
    size_t root = real ? root_of(real) : 0, len = real ? strlen(real) : 0;
    ignore->prefix = checked(calloc(1, len + 2));
    if (root && root < len) {
        sprintf(ignore->prefix, "%s/", real + root + 1);
        /* Each folder from the root to the one above `folder`. */
        for (size_t end = root; end < len; end++) {
            if (real[end] != '/')
                continue;
            real[end] = '\0';
            push(ignore, real, end > root ? end - root : 0, diags);
            real[end] = '/';
        }
    }
    free(real);
    return ignore;
}

void pol_ignore_free(pol_ignore *ignore)
{
    if (!ignore)
        return;
    while (ignore->count)
        pol_ignore_leave(ignore);
    free(ignore->stack);
    free(ignore->prefix);
    free(ignore);
}

void pol_ignore_enter(pol_ignore *ignore, const char *path, const char *below,
                      pol_diags *diags)
{
    size_t base = strlen(ignore->prefix);
    if (*below)
        base += strlen(below) + 1;
    push(ignore, path, base, diags);
}

bool pol_ignore_has(const pol_ignore *ignore, const char *below,
                    bool is_folder)
{
    size_t room = strlen(ignore->prefix) + strlen(below) + 1;
    char *path = checked(malloc(room));
    snprintf(path, room, "%s%s", ignore->prefix, below);
    const pattern *found = NULL;
    for (uint32_t i = ignore->count; i-- && !found;) {
        const rules *r = &ignore->stack[i];
        for (uint32_t k = r->count; k-- && !found;) {
            const pattern *p = &r->patterns[k];
            if ((is_folder || !p->folders_only) &&
                pol_ignore_fits(p->text, path + r->base))
                found = p;
        }
    }
    free(path);
    return found && !found->negated;
}
