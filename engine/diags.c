/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of diagnostics of pol.h over the one of diag.h. */
#include "buf.h"
#include "diag.h"
#include "pol.h"

pol_diags *pol_diags_new(void)
{
    pol_arena *arena = pol_arena_new(0);
    if (!arena)
        return NULL;
    pol_diags *diags = arena_new(arena, pol_diags);
    pol_diag_init(diags, arena, NULL);
    return diags;
}

void pol_diags_free(pol_diags *diags)
{
    if (diags)
        pol_arena_free(diags->arena);
}

uint32_t pol_diags_count(const pol_diags *diags)
{
    return diags->count;
}

uint32_t pol_diags_errors(const pol_diags *diags)
{
    return diags->errors;
}

static pol_diag_code code_of(const char *name)
{
    for (int i = 0; i < POL_DIAG_KINDS; i++)
        if (strcmp(pol_diag_name((pol_diag_code)i), name) == 0)
            return (pol_diag_code)i;
    return POL_DIAG_P0505;
}

void pol_diags_report(pol_diags *diags, const char *code, const char *message,
                      const char *help)
{
    pol_diag *diag =
        pol_diag_add(diags, code_of(code), POL_NO_SPAN, "%s", message);
    if (help)
        pol_diag_help(diags, diag, "%s", help);
}

static void set_place(const pol_diag *diag, pol_diag_view *out)
{
    pol_span span = diag->span;
    const pol_src *src = diag->srcs ? pol_srcs_at(diag->srcs, span.src) : NULL;
    out->file = "";
    if (!src)
        return;
    pol_place start = pol_src_place(src, span.off);
    pol_place end = pol_src_place(src, (size_t)span.off + span.len);
    out->file = src->name.ptr;
    out->line = start.line;
    out->column = start.column;
    out->end_line = end.line;
    out->end_column = end.column;
}

bool pol_diags_at(pol_diags *diags, uint32_t i, pol_diag_view *out)
{
    if (i == 0)
        pol_diag_sort(diags);
    const pol_diag *diag = diags->first;
    while (diag && i--)
        diag = diag->next;
    if (!diag)
        return false;
    *out = (pol_diag_view){
        .code = pol_diag_name(diag->code),
        .opa_code = pol_diag_opa(diag->code),
        .is_error = pol_diag_severity(diag->code) == POL_SEVERITY_ERROR,
        .message = diag->message,
        .help = diag->help};
    set_place(diag, out);
    return true;
}

const char *pol_diags_text(pol_diags *diags, pol_arena *arena, bool color,
                           size_t *len)
{
    pol_buf buf;
    pol_buf_init(&buf, arena);
    pol_diag_sort(diags);
    for (const pol_diag *d = diags->first; d; d = d->next) {
        pol_diag_write(d, color, &buf);
        pol_buf_char(&buf, '\n');
    }
    if (diags->count > POL_DIAGS_KEPT)
        pol_buf_printf(&buf, "%u more not shown\n",
                       diags->count - POL_DIAGS_KEPT);
    pol_str text = pol_buf_done(&buf);
    *len = text.len;
    return text.ptr;
}
