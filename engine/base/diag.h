/* SPDX-License-Identifier: Apache-2.0
 *
 * Diagnostics: what is wrong, where, and what to do about it.
 *
 * Every kind of diagnostic is one row of diag.def. Messages are written as
 * rustc's are: they start in lower case, end without a full stop, names stand
 * in `backticks`, and only the help line says how to mend it. */
#ifndef POL_DIAG_H
#define POL_DIAG_H

#include "src.h"

typedef enum {
#define DIAG(code, severity, opa, title) POL_DIAG_##code,
#include "diag.def"
#undef DIAG
    POL_DIAG_KINDS
} pol_diag_code;

typedef enum { POL_SEVERITY_ERROR, POL_SEVERITY_WARNING } pol_severity;

/* A second place with its text, in the arena of the list. */
typedef struct pol_label {
    pol_span span;
    const char *text;
} pol_label;

enum { POL_DIAG_LABELS = 3 }; /* more would be a page a diagnostic */

/* One diagnostic; its texts are in the arena of the list. */
typedef struct pol_diag pol_diag;
struct pol_diag {
    pol_diag_code code;
    pol_span span;
    const pol_srcs *srcs; /* where its spans point; may be NULL */
    const char *message;
    const char *label; /* beside the carets; NULL for none */
    const char *help;  /* NULL for none */
    pol_label labels[POL_DIAG_LABELS];
    uint32_t label_count;
    pol_diag *next;
};

/* A list in the order of reporting. Beyond `POL_DIAGS_KEPT` entries it only
 * counts. */
enum { POL_DIAGS_KEPT = 100 };

typedef struct pol_diags pol_diags;
struct pol_diags {
    pol_arena *arena;
    const pol_srcs *srcs; /* where spans of what is added point; may change */
    pol_srcs *own;        /* texts that the list keeps itself; NULL: none yet */
    pol_diag *first, *last;
    uint32_t count;  /* all that were reported */
    uint32_t errors; /* those of them that are errors */
};

/* An empty list. Both are borrowed; `srcs` may be NULL until spans are added. */
void pol_diag_init(pol_diags *diags, pol_arena *arena, const pol_srcs *srcs);

/* Appends a diagnostic; its severity is the row's. Returns it for
 * pol_diag_help and pol_diag_label. Never NULL. The same code twice at the same
 * span is kept once. */
pol_diag *pol_diag_add(pol_diags *diags, pol_diag_code code, pol_span span,
                       const char *fmt, ...) POL_PRINTF(4, 5);

/* Sets the one help line. */
void pol_diag_help(pol_diags *diags, pol_diag *diag, const char *fmt, ...)
    POL_PRINTF(3, 4);

/* Adds a labelled second place; the fourth and later ones are dropped. */
void pol_diag_label(pol_diags *diags, pol_diag *diag, pol_span span,
                    const char *fmt, ...) POL_PRINTF(4, 5);

/* "P0123", constant. */
const char *pol_diag_name(pol_diag_code code);
/* "rego_parse_error" and the like, constant; "" where OPA has none. */
const char *pol_diag_opa(pol_diag_code code);
/* The row's one-line title, constant. */
const char *pol_diag_title(pol_diag_code code);
/* The row's severity. */
pol_severity pol_diag_severity(pol_diag_code code);

/* Sorts the kept diagnostics by source, offset, code. */
void pol_diag_sort(pol_diags *diags);

/* Renders one as a person reads it: header line, place, excerpt with carets,
 * help. Control characters of the source are shown escaped. `color` adds ANSI
 * colours. */
struct pol_buf;
void pol_diag_write(const pol_diag *diag, bool color, struct pol_buf *out);

#endif
