/* SPDX-License-Identifier: Apache-2.0
 *
 * Finds and opens extension libraries. The folder follows from where the
 * program lies, never from the environment: who runs a policy must not be able
 * to slip code in. */
#include "extension.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The folder of the running program into `out` (PATH_MAX bytes). */
static bool program_folder(char *out)
{
    ssize_t len = readlink("/proc/self/exe", out, PATH_MAX - 1);
    if (len <= 0)
        return false;
    out[len] = '\0';
    char *slash = strrchr(out, '/');
    if (!slash)
        return false;
    *slash = '\0';
    return true;
}

void *pol_extension_open(const char *module)
{
    static const char *const places[] = {"lib/polc", "../lib/polc",
                                         "../../lib/polc"};
    char folder[PATH_MAX], path[2 * PATH_MAX];
    if (!program_folder(folder))
        return NULL;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        snprintf(path, sizeof path, "%s/%s/%s.so", folder, places[i], module);
        if (access(path, R_OK) == 0)
            return dlopen(path, RTLD_NOW | RTLD_LOCAL);
    }
    return NULL;
}

static const char *text_of(pol_arena *arena, const char *text)
{
    /* One byte more: a value's bytes need no NUL, an error text does. */
    return pol_string_copy(arena, text, strlen(text) + 1).str;
}

const pol_builtin *pol_extension_load(void *host, const char *module,
                                      pol_arena *arena, const char **error)
{
    (void)host;
    void *library = pol_extension_open(module);
    if (!library) {
        char text[256];
        const char *why = dlerror();
        snprintf(text, sizeof text, "extension library %s cannot be loaded: %s",
                 module, why ? why : "not found beside the program");
        *error = text_of(arena, text);
        return NULL;
    }
    const pol_builtin *(*table)(void) = NULL;
    void *symbol = dlsym(library, "pol_module");
    /* POSIX's way of turning what dlsym returns into a function pointer. */
    memcpy(&table, &symbol, sizeof table);
    if (!table) {
        *error = text_of(arena, "extension library without pol_module");
        return NULL;
    }
    return table();
}
