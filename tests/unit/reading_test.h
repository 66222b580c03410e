/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading texts in tests: what came out as JSON, or which diagnostic. */
#ifndef POL_READING_TEST_H
#define POL_READING_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "buf.h"
#include "document.h"

static pol_arena arena;
static pol_srcs srcs;
static pol_diags diags;

static inline void start_over(void)
{
    pol_arena_done(&arena);
    pol_srcs_init(&srcs, &arena);
    pol_diag_init(&diags, &arena, &srcs);
}

static inline int finish(void **state)
{
    (void)state;
    pol_arena_done(&arena);
    return 0;
}

/* All roots as JSON, blanks between them; "P0601 2:5 message" on failure. */
static inline const char *read_text(const char *text, size_t len,
                                    pol_read_options options)
{
    pol_document doc;
    pol_buf out;
    start_over();
    pol_buf_init(&out, &arena);
    if (!pol_document_read_text(&doc, STR("test"), (pol_str){text, len},
                                &options, &diags, &srcs)) {
        const pol_diag *diag = diags.first;
        pol_place place = {0, 0};
        if (diag->span.src)
            place = pol_src_place(pol_srcs_at(&srcs, diag->span.src),
                                  diag->span.off);
        return pol_arena_printf(&arena, "%s %u:%u %s", pol_diag_name(diag->code),
                                place.line, place.column, diag->message);
    }
    for (uint32_t i = 0; i < doc.count; i++) {
        size_t n;
        const char *json =
            pol_value_text(&arena, doc.roots[i], POL_TEXT_JSON, &n);
        pol_buf_add(&out, " ", i > 0);
        pol_buf_add(&out, json, n);
    }
    pol_document_done(&doc);
    return pol_buf_done(&out).ptr;
}

#define expect_read(format_, text, want)                                   \
    assert_string_equal(                                                   \
        read_text(text, sizeof(text) - 1,                                  \
                  (pol_read_options){.format = POL_FORMAT_##format_}),     \
        want)

#endif
