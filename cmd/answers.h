/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers to a query in the forms of `opa eval`: json, pretty, values, raw. */
#ifndef POL_ANSWERS_H
#define POL_ANSWERS_H

#include "out.h"
#include "pol.h"

typedef enum {
    POL_ANSWERS_JSON,
    POL_ANSWERS_PRETTY,
    POL_ANSWERS_VALUES,
    POL_ANSWERS_RAW
} pol_answers_form;

typedef struct pol_answers {
    const pol_modules *modules; /* has the texts of the query's expressions */
    int query;
    pol_value answers; /* of pol_evaluator_query; an empty array: undefined */
    pol_arena *arena;  /* for texts */
} pol_answers;

/* Writes them to `out`, ending with a line end. */
void pol_answers_write(const pol_answers *answers, pol_answers_form form,
                       pol_out *out);

/* {"errors": […]} as OPA writes it: of diagnostics, or of an evaluation that
 * failed. Each has OPA's code as "code" and ours as "polc_code". */
void pol_answers_write_diags(pol_diags *diags, pol_out *out);
void pol_answers_write_error(const pol_eval_error *error, pol_out *out);

#endif
