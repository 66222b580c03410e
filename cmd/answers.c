/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes answers; see answers.h. */
#include "answers.h"

#include <stdlib.h>
#include <string.h>

static pol_value expressions(pol_value answer)
{
    return pol_get_name(answer, "expressions");
}

static pol_value bindings(pol_value answer)
{
    return pol_get_name(answer, "bindings");
}

static void write_pretty_value(const pol_answers *a, pol_value v, int indent,
                               pol_out *out)
{
    size_t len;
    const char *text = pol_value_text(a->arena, v, POL_TEXT_PRETTY, &len);
    pol_out_indented(out, text, len, indent);
}

/* ---- json -------------------------------------------------------------------- */

static void write_expression(const pol_answers *a, uint32_t i, pol_value v,
                             pol_out *out)
{
    const char *text = "";
    size_t len = 0;
    uint32_t line = 1, column = 1;
    pol_modules_query_expression(a->modules, a->query, i, &text, &len, &line,
                                 &column);
    pol_out_puts(out, "        {\n          \"value\": ");
    write_pretty_value(a, v, 10, out);
    pol_out_puts(out, ",\n          \"text\": ");
    pol_out_json_string(out, text, len);
    pol_out_printf(out,
                   ",\n          \"location\": {\n            \"row\": %u,\n"
                   "            \"col\": %u\n          }\n        }",
                   line, column);
}

static void write_json_answer(const pol_answers *a, pol_value answer,
                              pol_out *out)
{
    pol_value values = expressions(answer), names = bindings(answer);
    pol_out_puts(out, "    {\n      \"expressions\": [\n");
    for (uint32_t i = 0; i < values.len; i++) {
        write_expression(a, i, pol_at(values, i), out);
        pol_out_puts(out, i + 1 < values.len ? ",\n" : "\n");
    }
    pol_out_puts(out, "      ]");
    if (names.len) {
        pol_out_puts(out, ",\n      \"bindings\": ");
        write_pretty_value(a, names, 6, out);
    }
    pol_out_puts(out, "\n    }");
}

static void write_json(const pol_answers *a, pol_out *out)
{
    if (!a->answers.len) {
        pol_out_puts(out, "{}\n");
        return;
    }
    pol_out_puts(out, "{\n  \"result\": [\n");
    for (uint32_t i = 0; i < a->answers.len; i++) {
        write_json_answer(a, pol_at(a->answers, i), out);
        pol_out_puts(out, i + 1 < a->answers.len ? ",\n" : "\n");
    }
    pol_out_puts(out, "  ]\n}\n");
}

/* ---- values and raw ------------------------------------------------------------- */

static void write_values(const pol_answers *a, pol_out *out)
{
    for (uint32_t i = 0; i < a->answers.len; i++) {
        write_pretty_value(a, expressions(pol_at(a->answers, i)), 0, out);
        pol_out_puts(out, "\n");
    }
}

static void write_raw(const pol_answers *a, pol_out *out)
{
    for (uint32_t i = 0; i < a->answers.len; i++) {
        pol_value values = expressions(pol_at(a->answers, i));
        for (uint32_t k = 0; k < values.len; k++) {
            pol_value v = pol_at(values, k);
            size_t len = v.len;
            const char *text = v.str;
            if (!pol_is_string(v) || v.flags & POL_SECRET)
                text = pol_value_text(a->arena, v, POL_TEXT_JSON, &len);
            pol_out_puts(out, k ? " " : "");
            pol_out_write(out, text, len);
        }
        pol_out_puts(out, "\n");
    }
}

/* ---- pretty ------------------------------------------------------------------------ */

enum { CELL = 80 }; /* columns of a cell before it is cut */

typedef struct cell {
    const char *text;
    size_t len, width; /* bytes, columns */
} cell;

/* Columns: one a code point. What is cut ends with "...". */
static cell cell_of(const pol_answers *a, const char *text, size_t len)
{
    size_t width = 0, at = 0, cut = 0;
    for (; at < len; at++) {
        if (((unsigned char)text[at] & 0xc0) == 0x80)
            continue;
        if (width == CELL - 3)
            cut = at;
        if (++width > CELL) {
            size_t values = (cut + 3) / sizeof(pol_value) + 1;
            char *shorter = (char *)pol_items(a->arena, values);
            memcpy(shorter, text, cut);
            memcpy(shorter + cut, "...", 3);
            return (cell){shorter, cut + 3, CELL};
        }
    }
    return (cell){text, len, width};
}

static cell value_cell(const pol_answers *a, pol_value v)
{
    size_t len;
    const char *text = pol_value_text(a->arena, v, POL_TEXT_JSON, &len);
    return cell_of(a, text, len);
}

/* A column of the table: a binding, or an expression that is not just true. */
typedef struct column {
    cell title;
    pol_value name; /* of a binding; undefined: an expression */
    uint32_t expression;
    size_t width;
} column;

static int by_title(const void *left, const void *right)
{
    const cell *a = &((const column *)left)->title;
    const cell *b = &((const column *)right)->title;
    size_t len = a->len < b->len ? a->len : b->len;
    int order = len ? memcmp(a->text, b->text, len) : 0;
    return order ? order : (a->len > b->len) - (a->len < b->len);
}

static bool always_true(const pol_answers *a, uint32_t expression)
{
    for (uint32_t i = 0; i < a->answers.len; i++) {
        pol_value v = pol_at(expressions(pol_at(a->answers, i)), expression);
        if (v.tag != POL_TRUE)
            return false;
    }
    return true;
}

static cell cell_at(const pol_answers *a, const column *c, uint32_t row)
{
    pol_value answer = pol_at(a->answers, row);
    if (pol_is_defined(c->name))
        return value_cell(a, pol_get(bindings(answer), c->name));
    return value_cell(a, pol_at(expressions(answer), c->expression));
}

/* Fills `columns`, sorted by title; returns how many. */
static uint32_t find_columns(const pol_answers *a, column *columns)
{
    pol_value first = pol_at(a->answers, 0);
    pol_value names = bindings(first), values = expressions(first);
    uint32_t n = 0;
    for (uint32_t i = 0; i < names.len; i++) {
        pol_value name = pol_key_at(names, i);
        columns[n++] = (column){cell_of(a, name.str, name.len), name, 0, 0};
    }
    for (uint32_t i = 0; i < values.len; i++) {
        const char *text = "";
        size_t len = 0;
        uint32_t line, place;
        if (always_true(a, i) && (names.len || values.len > 1))
            continue;
        pol_modules_query_expression(a->modules, a->query, i, &text, &len,
                                     &line, &place);
        columns[n++] = (column){cell_of(a, text, len), pol_undefined(), i, 0};
    }
    if (n)
        qsort(columns, n, sizeof *columns, by_title);
    for (uint32_t i = 0; i < n; i++) {
        columns[i].width = columns[i].title.width;
        for (uint32_t row = 0; row < a->answers.len; row++) {
            size_t width = cell_at(a, &columns[i], row).width;
            if (width > columns[i].width)
                columns[i].width = width;
        }
    }
    return n;
}

static void rule_line(const column *columns, uint32_t n, const char *left,
                      const char *cross, const char *right, pol_out *out)
{
    for (uint32_t i = 0; i < n; i++) {
        pol_out_puts(out, i ? cross : left);
        for (size_t k = 0; k < columns[i].width + 2; k++)
            pol_out_puts(out, "─");
    }
    pol_out_puts(out, right);
    pol_out_puts(out, "\n");
}

static void put_cell(const cell *c, size_t width, bool center, pol_out *out)
{
    size_t left = center ? (width - c->width) / 2 : 0;
    pol_out_puts(out, "│ ");
    pol_out_repeat(out, ' ', left);
    pol_out_plain(out, c->text, c->len);
    pol_out_repeat(out, ' ', width - c->width - left + 1);
}

static void write_table(const pol_answers *a, const column *columns, uint32_t n,
                        pol_out *out)
{
    rule_line(columns, n, "┌", "┬", "┐", out);
    for (uint32_t i = 0; i < n; i++)
        put_cell(&columns[i].title, columns[i].width, true, out);
    pol_out_puts(out, "│\n");
    rule_line(columns, n, "├", "┼", "┤", out);
    for (uint32_t row = 0; row < a->answers.len; row++) {
        for (uint32_t i = 0; i < n; i++) {
            cell c = cell_at(a, &columns[i], row);
            put_cell(&c, columns[i].width, false, out);
        }
        pol_out_puts(out, "│\n");
    }
    rule_line(columns, n, "└", "┴", "┘", out);
}

static void write_pretty(const pol_answers *a, pol_out *out)
{
    if (!a->answers.len) {
        pol_out_puts(out, "undefined\n");
        return;
    }
    pol_value first = pol_at(a->answers, 0), values = expressions(first);
    uint32_t names = bindings(first).len;
    if (a->answers.len == 1 && values.len == 1 && !names) {
        write_pretty_value(a, pol_at(values, 0), 0, out);
        pol_out_puts(out, "\n");
        return;
    }
    column *columns = calloc(names + values.len + 1, sizeof *columns);
    if (!columns)
        abort();
    uint32_t n = find_columns(a, columns);
    if (n)
        write_table(a, columns, n, out);
    else
        pol_out_puts(out, "true\n");
    free(columns);
}

void pol_answers_write(const pol_answers *answers, pol_answers_form form,
                       pol_out *out)
{
    switch (form) {
    case POL_ANSWERS_JSON: write_json(answers, out); break;
    case POL_ANSWERS_PRETTY: write_pretty(answers, out); break;
    case POL_ANSWERS_VALUES: write_values(answers, out); break;
    case POL_ANSWERS_RAW: write_raw(answers, out); break;
    }
}

/* ---- errors ------------------------------------------------------------------------- */

static void write_failure(const pol_diag_view *d, pol_out *out)
{
    pol_out_puts(out, "    {\n      \"message\": ");
    pol_out_json_string(out, d->message, strlen(d->message));
    if (*d->opa_code) {
        pol_out_puts(out, ",\n      \"code\": ");
        pol_out_json_string(out, d->opa_code, strlen(d->opa_code));
    }
    pol_out_puts(out, ",\n      \"polc_code\": ");
    pol_out_json_string(out, d->code, strlen(d->code));
    if (d->line) {
        pol_out_puts(out, ",\n      \"location\": {\n        \"file\": ");
        pol_out_json_string(out, d->file, strlen(d->file));
        pol_out_printf(out,
                       ",\n        \"row\": %u,\n        \"col\": %u\n      }",
                       d->line, d->column);
    }
    pol_out_puts(out, "\n    }");
}

void pol_answers_write_diags(pol_diags *diags, pol_out *out)
{
    pol_diag_view d;
    bool first = true;
    pol_out_puts(out, "{\n  \"errors\": [\n");
    for (uint32_t i = 0; pol_diags_at(diags, i, &d); i++) {
        if (!d.is_error)
            continue;
        pol_out_puts(out, first ? "" : ",\n");
        write_failure(&d, out);
        first = false;
    }
    pol_out_puts(out, "\n  ]\n}\n");
}

void pol_answers_write_error(const pol_eval_error *error, pol_out *out)
{
    pol_diag_view d = {.code = error->code,
                       .opa_code = error->opa_code,
                       .message = error->message,
                       .file = error->file,
                       .line = error->line,
                       .column = error->column};
    pol_out_puts(out, "{\n  \"errors\": [\n");
    write_failure(&d, out);
    pol_out_puts(out, "\n  ]\n}\n");
}
