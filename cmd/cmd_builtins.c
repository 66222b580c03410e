/* SPDX-License-Identifier: Apache-2.0
 *
 * polc builtins: the table of built-in functions, from their own rows. */
#include <string.h>

#include "command.h"

typedef struct settings {
    int format;
} settings;

enum { FORMAT_TEXT, FORMAT_MARKDOWN, FORMAT_JSON };

static const pol_option options[] = {
    {"format", 'f', POL_OPTION_CHOICE, offsetof(settings, format),
     "text|markdown|json", "text (default), a Markdown table, or JSON"},
    {NULL, 0, 0, 0, NULL, NULL},
};

static bool wanted(const pol_builtin *row, const pol_operands *names)
{
    /* `internal.…` are what operators compile to. */
    if (!names->count)
        return strncmp(row->name, "internal.", 9) != 0;
    for (uint32_t i = 0; i < names->count; i++) {
        size_t len = strlen(names->items[i]);
        bool family = !strncmp(row->name, names->items[i], len) &&
                      (row->name[len] == '\0' || row->name[len] == '.');
        if (family)
            return true;
    }
    return false;
}

static const char *gate(const pol_builtin *row)
{
    return row->flags & POL_OUTSIDE   ? "needs --allow-net"
           : row->flags & POL_IMPURE  ? "depends on time or chance"
           : row->flags & POL_DEPRECATED ? "deprecated"
                                      : "";
}

static void escape_pipes(pol_out *out, const char *text)
{
    for (; *text; text++)
        pol_out_printf(out, "%s%c", *text == '|' ? "\\" : "", *text);
}

static void print_row(pol_out *out, const pol_builtin *row, int format,
                      bool first)
{
    switch (format) {
    case FORMAT_MARKDOWN:
        pol_out_printf(out, "| `%s` | `", row->name);
        escape_pipes(out, row->signature);
        pol_out_puts(out, "` | ");
        escape_pipes(out, row->doc);
        pol_out_printf(out, "%s%s |\n", *gate(row) ? "; " : "", gate(row));
        break;
    case FORMAT_JSON:
        pol_out_printf(out, "%s\n  {\"name\": ", first ? "" : ",");
        pol_out_json_string(out, row->name, strlen(row->name));
        pol_out_puts(out, ", \"signature\": ");
        pol_out_json_string(out, row->signature, strlen(row->signature));
        pol_out_puts(out, ", \"doc\": ");
        pol_out_json_string(out, row->doc, strlen(row->doc));
        pol_out_puts(out, "}");
        break;
    default:
        pol_out_printf(out, "%s%s\n    %s%s%s\n", row->name, row->signature,
                       row->doc, *gate(row) ? "; " : "", gate(row));
    }
}

static pol_exit run(pol_io *io, const void *given, const pol_operands *operands)
{
    const settings *set = given;
    pol_engine *engine = pol_command_engine();
    const pol_builtin *row;
    bool first = true;
    if (set->format == FORMAT_MARKDOWN)
        pol_out_puts(io->out, "| name | signature | |\n|---|---|---|\n");
    if (set->format == FORMAT_JSON)
        pol_out_puts(io->out, "[");
    for (uint32_t i = 0; (row = pol_engine_builtin(engine, i)); i++) {
        if (!wanted(row, operands))
            continue;
        print_row(io->out, row, set->format, first);
        first = false;
    }
    if (set->format == FORMAT_JSON)
        pol_out_puts(io->out, "\n]\n");
    pol_engine_free(engine);
    if (first && operands->count)
        return pol_command_usage(io, "no built-in function is named `%s`",
                                 operands->items[0]);
    return POL_EXIT_OK;
}

const pol_command pol_command_builtins = {
    .name = "builtins",
    .usage = "[--format text|markdown|json] [NAME]…",
    .summary = "list the built-in functions",
    .details = "Lists the built-in functions, or those of the families or names "
               "given\n(`strings`, `object.get`).\n",
    .options = options,
    .settings_size = sizeof(settings),
    .run = run,
};
