/* SPDX-License-Identifier: Apache-2.0
 *
 * A document being checked: what running.c (evaluation), remedy.c (remediation)
 * and finding.c (what goes into the report) share. */
#ifndef POL_RUNNING_H
#define POL_RUNNING_H

#include "policy.h"

/* A document being checked. */
typedef struct pol_running {
    pol_check *check;
    pol_check_report *report;
    pol_arena scratch; /* of what is made for one resource */
    pol_resources set;
    pol_report_key key;
    /* of the resource at hand */
    pol_resource *resource; /* NULL: the stack */
    pol_check_subject subject;
    bool copied; /* the subject is in the report's arena */
    pol_value convention_input;
    bool unknowns, careful;
    const char *file; /* in the report's arena */
} pol_running;

/* What a rule says: for certain, and at most. `possible` is `sure` where nothing
 * is unknown. */
typedef struct pol_running_answer {
    pol_value sure, possible;
} pol_running_answer;

/* ---- running.c ----------------------------------------------------------- */

/* Begins the evaluation of a policy on the resource at hand (NULL: the stack);
 * returns its machine. */
pol_vm *pol_running_begin(pol_running *j, const pol_policy_item *item);
/* Asks for a rule, NULL being undefined. False: an error ended the
 * evaluation. */
bool pol_running_ask(pol_running *j, pol_vm *vm, const pol_rule *rule,
                     pol_running_answer *out);
/* Sets the resource at hand. */
void pol_running_turn_to(pol_running *j, pol_resource *resource);

/* ---- remedy.c ------------------------------------------------------------ */

/* Changes the properties of the resource at hand as a policy at level remediate
 * wants it, and reports that. */
void pol_running_remediate(pol_running *j, uint32_t policy);

/* ---- rewrite.c ----------------------------------------------------------- */

/* Makes the remediated text of the document for the report. */
void pol_running_rewrite(pol_running *j);

/* ---- excerpt.c ----------------------------------------------------------- */

/* The text at a path into the properties of a resource, for people: in the
 * report's arena, undefined where there is none that may show. */
pol_value pol_running_excerpt(pol_running *j, pol_resource *resource,
                              pol_value path);

/* ---- finding.c ----------------------------------------------------------- */

/* `member`: of `deny`. Of an unknown: what the policy may say; it tells where the
 * value stands and, in a stack policy, of which resource it is. */
void pol_running_violation(pol_running *j, uint32_t policy, pol_value member);
void pol_running_unknown(pol_running *j, uint32_t policy, pol_value member);
/* The resource that a member is about, NULL if none. */
const pol_resource *pol_running_about(pol_running *j, uint32_t policy,
                                      pol_value member);
void pol_running_error(pol_running *j, uint32_t policy,
                       const pol_vm_error *error);
/* Of properties: both are copied. */
void pol_running_remedy(pol_running *j, uint32_t policy, pol_value before,
                        pol_value after);

#endif
