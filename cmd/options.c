/* SPDX-License-Identifier: Apache-2.0
 *
 * The option parser; see options.h. */
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LONGEST = 64 }; /* names that suggestions are made for */

/* ---- suggestions ------------------------------------------------------------ */

/* Edits (insert, delete, replace, swap of neighbours) from a to b. */
static size_t distance(const char *a, const char *b)
{
    size_t la = strlen(a), lb = strlen(b);
    size_t rows[3][LONGEST + 1];
    if (la >= LONGEST || lb >= LONGEST)
        return LONGEST;
    for (size_t j = 0; j <= lb; j++)
        rows[0][j] = rows[2][j] = j;
    for (size_t i = 1; i <= la; i++) {
        size_t *now = rows[i % 3], *up = rows[(i - 1) % 3];
        const size_t *up2 = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            size_t best = up[j - 1] + (a[i - 1] != b[j - 1]);
            if (up[j] + 1 < best)
                best = up[j] + 1;
            if (now[j - 1] + 1 < best)
                best = now[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                up2[j - 2] + 1 < best)
                best = up2[j - 2] + 1;
            now[j] = best;
        }
    }
    return rows[la % 3][lb];
}

const char *pol_options_suggest(const char *name,
                                const char *(*at)(const void *host, uint32_t i),
                                const void *host, uint32_t count)
{
    const char *best = NULL;
    size_t least = 3;
    for (uint32_t i = 0; i < count; i++) {
        const char *other = at(host, i);
        size_t edits = distance(name, other);
        if (edits < least && edits < strlen(name)) {
            least = edits;
            best = other;
        }
    }
    return best;
}

static const char *row_name(const void *host, uint32_t i)
{
    return ((const pol_option *)host)[i].name;
}

/* ---- values -------------------------------------------------------------------- */

static void *field(void *settings, const pol_option *row)
{
    return (char *)settings + row->offset;
}

/* Lists and operands grow by doubling at powers of two; running out of memory
 * for a command line leaves nothing to do but stop. */
static void *grown(void *items, uint32_t count, size_t size)
{
    if (count & (count - 1))
        return items;
    void *more = realloc(items, (count ? 2 * (size_t)count : 1) * size);
    if (!more)
        abort();
    return more;
}

static void append(pol_option_list *list, const char *text, uint32_t order)
{
    list->items = grown(list->items, list->count, sizeof *list->items);
    list->order = grown(list->order, list->count, sizeof *list->order);
    list->items[list->count] = text;
    list->order[list->count++] = order;
}

static bool number(const char *text, uint64_t *out)
{
    char *end;
    errno = 0;
    if (*text < '0' || *text > '9')
        return false;
    uint64_t n = strtoull(text, &end, 10);
    int shift = *end == 'k' ? 10 : *end == 'M' ? 20 : *end == 'G' ? 30 : 0;
    if (errno || end[shift != 0] != '\0' || n > UINT64_MAX >> shift)
        return false;
    *out = n << shift;
    return true;
}

/* The index of `text` among the words of "a|b|c"; -1 if it is none. */
static int choice(const char *words, const char *text)
{
    size_t len = strlen(text);
    for (int i = 0; *words; i++) {
        size_t n = strcspn(words, "|");
        if (n == len && !memcmp(words, text, n))
            return i;
        words += n + (words[n] == '|');
    }
    return -1;
}

static bool set(const pol_option *row, const char *text, uint32_t order,
                void *settings, char error[256])
{
    void *at = field(settings, row);
    switch (row->kind) {
    case POL_OPTION_FLAG:
        *(bool *)at = true;
        return true;
    case POL_OPTION_TEXT:
        *(const char **)at = text;
        return true;
    case POL_OPTION_LIST:
        append(at, text, order);
        return true;
    case POL_OPTION_NUMBER:
        if (number(text, at))
            return true;
        snprintf(error, 256, "--%s needs a number, not `%.60s`", row->name,
                 text);
        return false;
    case POL_OPTION_CHOICE:
    case POL_OPTION_ANSWER:
        *(int *)at = choice(row->value, text);
        if (*(int *)at >= 0) {
            *(int *)at += row->kind == POL_OPTION_ANSWER;
            return true;
        }
        snprintf(error, 256, "--%s is one of %s, not `%.60s`", row->name,
                 row->value, text);
        return false;
    }
    return false;
}

/* ---- parsing --------------------------------------------------------------------- */

static const pol_option *find_long(const pol_option *rows, const char *name,
                                   size_t len)
{
    for (; rows->name; rows++) {
        if (strlen(rows->name) == len && !memcmp(rows->name, name, len))
            return rows;
    }
    return NULL;
}

static const pol_option *find_short(const pol_option *rows, char letter)
{
    for (; rows->name; rows++) {
        if (rows->letter == letter)
            return rows;
    }
    return NULL;
}

static void unknown(const pol_option *rows, const char *arg, char error[256])
{
    char name[LONGEST];
    uint32_t count = 0;
    while (rows[count].name)
        count++;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(arg, "="), arg);
    const char *near = arg[1] == '-'
                           ? pol_options_suggest(name + 2, row_name, rows, count)
                           : NULL;
    if (near)
        snprintf(error, 256, "unknown option `%s`, did you mean `--%s`?", name,
                 near);
    else if (access(arg, F_OK) == 0)
        snprintf(error, 256, "unknown option `%s`; for the file, write `./%s`",
                 name, name);
    else
        snprintf(error, 256, "unknown option `%s`", name);
}

/* One argument that starts with a dash; *i moves when its value is the next
 * one. */
static bool parse_option(const pol_option *rows, int argc, char **argv, int *i,
                         void *settings, char error[256])
{
    const char *arg = argv[*i], *value = NULL;
    uint32_t order = (uint32_t)*i;
    const pol_option *row;
    if (arg[1] == '-') {
        size_t len = strcspn(arg + 2, "=");
        row = find_long(rows, arg + 2, len);
        value = arg[2 + len] ? arg + 3 + len : NULL;
    } else {
        row = find_short(rows, arg[1]);
        value = arg[2] ? arg + 2 + (arg[2] == '=') : NULL;
    }
    bool flag = row && row->kind == POL_OPTION_FLAG;
    if (!row || (flag && value && arg[1] != '-')) {
        unknown(rows, arg, error);
        return false;
    }
    if (flag && value) {
        snprintf(error, 256, "--%s takes no value", row->name);
        return false;
    }
    if (!flag && !value) {
        if (*i + 1 >= argc) {
            snprintf(error, 256, "--%s needs a value: %s", row->name,
                     row->value);
            return false;
        }
        value = argv[++*i];
    }
    return set(row, value, order, settings, error);
}

bool pol_options_parse(const pol_option *rows, int argc, char **argv,
                       void *settings, pol_operands *operands, char error[256])
{
    bool options = true;
    for (int i = 0; i < argc; i++) {
        if (options && !strcmp(argv[i], "--")) {
            options = false;
        } else if (options && argv[i][0] == '-' && argv[i][1]) {
            if (!parse_option(rows, argc, argv, &i, settings, error))
                return false;
        } else {
            operands->items = grown(operands->items, operands->count,
                                    sizeof *operands->items);
            operands->items[operands->count++] = argv[i];
        }
    }
    return true;
}

void pol_options_free(const pol_option *rows, void *settings,
                      pol_operands *operands)
{
    for (; rows->name; rows++) {
        if (rows->kind != POL_OPTION_LIST)
            continue;
        pol_option_list *list = field(settings, rows);
        free(list->items);
        free(list->order);
        *list = (pol_option_list){0};
    }
    free(operands->items);
    *operands = (pol_operands){0};
}

void pol_options_help(const pol_option *rows, pol_out *out)
{
    for (; rows->name; rows++) {
        if (!rows->help)
            continue;
        char left[96];
        int len = snprintf(left, sizeof left, "%s--%s%s%s",
                           rows->letter ? "-x, " : "    ", rows->name,
                           rows->value ? " " : "", rows->value ? rows->value : "");
        if (rows->letter)
            left[1] = rows->letter;
        if (len <= 28)
            pol_out_printf(out, "  %-28s  %s\n", left, rows->help);
        else
            pol_out_printf(out, "  %s\n  %28s  %s\n", left, "", rows->help);
    }
}
