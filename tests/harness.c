/* SPDX-License-Identifier: Apache-2.0
 *
 * What the runners share; see harness.h. */
#include "harness.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "extension.h"
#include "pol_stdlib.h"

char *pol_harness_read(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    size_t room = 4096, used = 0;
    char *text = malloc(room + 1);
    while (text) {
        size_t got = fread(text + used, 1, room - used, file);
        used += got;
        if (used < room)
            break;
        room *= 2;
        text = realloc(text, room + 1);
    }
    fclose(file);
    if (text)
        text[used] = '\0';
    if (len)
        *len = used;
    return text;
}

pol_engine *pol_harness_engine(void)
{
    pol_engine *engine = pol_engine_new(&(pol_engine_options){
        .builtins = pol_stdlib(), .load = pol_extension_load});
    if (!engine) {
        puts("no memory for an engine");
        exit(1);
    }
    return engine;
}

void pol_harness_fail(pol_harness_count *count, const char *name,
                      const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    printf("FAIL %s: ", name);
    vprintf(fmt, args);
    putchar('\n');
    va_end(args);
    count->failed++;
}

int pol_harness_end(const pol_harness_count *count)
{
    printf("%u passed, %u failed, %u skipped\n", count->passed, count->failed,
           count->skipped);
    return count->failed ? 1 : 0;
}

static char watched[512];

static void died(int sig)
{
    const char *why = sig == SIGALRM ? ": no end in sight\n" : ": crashed\n";
    ssize_t done = write(1, "FAIL ", 5);
    done += write(1, watched, strlen(watched));
    done += write(1, why, strlen(why));
    (void)done;
    if (sig == SIGALRM)
        _exit(1);
    raise(sig); /* SA_RESETHAND: the sanitizer or the shell says the rest */
}

void pol_harness_watch(const char *name, unsigned seconds)
{
    static const int signals[] = {SIGALRM, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
    snprintf(watched, sizeof watched, "%s", name);
    struct sigaction action = {.sa_handler = died};
    action.sa_flags = (int)SA_RESETHAND;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
    alarm(seconds);
}

const char *pol_harness_json(pol_arena *arena, pol_value v)
{
    size_t len;
    return pol_value_text(arena, v, POL_TEXT_JSON, &len);
}

pol_value pol_harness_value(pol_arena *arena, const char *text, size_t len)
{
    const char *error;
    size_t at;
    return pol_value_parse_json(arena, text, len, true, &error, &at);
}
