/* SPDX-License-Identifier: Apache-2.0
 *
 * Checking resource documents against packs of policies: what `polc check` is
 * made of, for other hosts too.
 *
 *     pol_check *check = pol_check_new(engine, NULL);
 *     int pack = pol_check_add_pack(check, "packs/aws-guard", diags);
 *     pol_check_configure(check, pack, config, diags);
 *     if (pol_check_ready(check, diags)) {
 *         pol_check_report *report = pol_check_report_new(check);
 *         pol_check_document(check, doc, POL_CHECK_AUTO, report);
 *         pol_check_report_finish(report);
 *         … pol_check_report_violation(report, i) …
 *
 * Ownership and threads are those of pol.h: `…_new` is yours, all else is
 * borrowed. A pol_check belongs to one thread; it holds packs, configuration
 * and machines, and checks any number of documents. A report copies what it
 * shows, so documents may be freed as soon as they were checked; it needs its
 * pol_check to live.
 *
 * One policy never stops another: an error of a policy is an entry of the
 * report, and such a policy counts as neither passed nor failed. */
#ifndef POL_CHECK_H
#define POL_CHECK_H

#include "pol.h"

/* What kind of document it is. POL_CHECK_AUTO looks at the content. */
typedef enum {
    POL_CHECK_AUTO,
    POL_CHECK_PULUMI,         /* preview, stack export, checkpoint */
    POL_CHECK_TERRAFORM,      /* plan, state */
    POL_CHECK_CLOUDFORMATION, /* template */
    POL_CHECK_KUBERNETES,     /* manifests, List, AdmissionReview */
    POL_CHECK_PLAIN           /* each document is one resource */
} pol_check_input;

typedef enum {
    POL_CHECK_UNSET,
    POL_CHECK_DISABLED,
    POL_CHECK_ADVISORY,
    POL_CHECK_MANDATORY,
    POL_CHECK_REMEDIATE
} pol_check_level;

/* "mandatory" and the like, constant; "" for POL_CHECK_UNSET. */
const char *pol_check_level_name(pol_check_level level);

typedef struct pol_check pol_check;
typedef struct pol_check_report pol_check_report;

/* Options are those of an evaluation and hold for each policy on each resource
 * by itself; NULL: the defaults. The engine must outlive it. NULL without
 * memory. */
pol_check *pol_check_new(pol_engine *engine, const pol_eval_options *options);
void pol_check_free(pol_check *check);

/* ---- packs --------------------------------------------------------------- */

/* Loads and compiles a pack: a folder with a pack.json, or one module, which is
 * then a pack of its own named after the file, version 0.0.0. Returns its
 * number, -1 when it is broken (`diags` says all that is wrong). The same pack
 * name twice is an error. */
int pol_check_add_pack(pol_check *check, const char *path, pol_diags *diags);

/* Whether the .rego files of packs added from now on are Rego v0; they are not. */
void pol_check_set_v0(pol_check *check, bool v0);

/* Sets the configuration of a pack: {"all": level, policy: level or {…}}. The
 * document must live until pol_check_ready, and as long as `diags` is shown. Once
 * a pack; all that is wrong is reported. */
bool pol_check_configure(pol_check *check, int pack, const pol_doc *config,
                         pol_diags *diags);

/* To be called once, when all packs are there and configured: settles levels,
 * validates configurations, makes machines. */
bool pol_check_ready(pol_check *check, pol_diags *diags);

typedef struct pol_check_pack_view {
    const char *name, *version, *path, *description; /* "" if not given */
    uint32_t policies; /* that are not disabled */
} pol_check_pack_view;
uint32_t pol_check_pack_count(const pol_check *check);
pol_check_pack_view pol_check_pack(const pol_check *check, uint32_t pack);

typedef struct pol_check_policy_view {
    const char *name, *description;
    uint32_t pack;
    pol_check_level level; /* that is in force */
    bool stack_scope;
    pol_value severity, title, url, tags, frameworks, remediation_steps;
    pol_value resource; /* array of types; undefined: all */
    pol_value config;   /* validated, defaults filled in */
} pol_check_policy_view;
/* All policies, the disabled ones too, by pack and then as in the source. Valid
 * after pol_check_ready. */
uint32_t pol_check_policy_count(const pol_check *check);
pol_check_policy_view pol_check_policy(const pol_check *check, uint32_t policy);

/* A place in a document or module; line 0: none. */
typedef struct pol_check_place {
    const char *file;
    uint32_t line, column;
} pol_check_place;

/* Where a policy is declared. Counts lines: not for every violation. */
pol_check_place pol_check_policy_place(const pol_check *check, uint32_t policy);

/* ---- checking ------------------------------------------------------------ */

/* NULL without memory. */
pol_check_report *pol_check_report_new(const pol_check *check);
void pol_check_report_free(pol_check_report *report);

/* Checks all resources of a document and adds to the report. False when the
 * document is not what `input` claims or breaks a limit, said in `diags`. */
bool pol_check_document(pol_check *check, const pol_doc *doc,
                        pol_check_input input, pol_check_report *report,
                        pol_diags *diags);

/* Does what is said about a document depend on the others in its file? That is
 * so when a policy in force looks at the stack. Valid after pol_check_ready. */
bool pol_check_sees_stack(const pol_check *check);

/* From now on violations have an excerpt of their document. */
void pol_check_excerpts(pol_check *check);

/* From now on the report has what remediation made of each document's text. */
void pol_check_rewrite(pol_check *check);

/* The text of the document checked last with its remediations in it: only the
 * nodes that changed differ. NULL when nothing changed or, with `refusal` saying
 * why, when its format does not allow it. Lives as long as the report. */
typedef struct pol_check_text {
    const char *text;
    size_t len;
    const char *refusal; /* constant; NULL: none */
} pol_check_text;
pol_check_text pol_check_rewritten(const pol_check_report *report);

/* The resource that an entry of the report is about. For a stack policy that
 * names none all three are empty. */
typedef struct pol_check_subject {
    pol_value type, name, urn; /* strings */
} pol_check_subject;

/* A violation, or (in the list of unknowns) a policy whose outcome depends on
 * what the document does not know; then `message` says so. */
typedef struct pol_check_finding {
    uint32_t policy;       /* number of the policy */
    pol_check_level level; /* ADVISORY or MANDATORY (REMEDIATE counts as it) */
    pol_value severity;    /* string; undefined if none */
    pol_value message;     /* string; secrets show as [secret] */
    pol_check_subject resource;
    pol_value path; /* array of keys and indices into the properties that
                       decided; empty: the resource as a whole */
    pol_check_place place;
    pol_value excerpt; /* string: the key and value at the place, on one line;
                          undefined if not asked for, if the value is no scalar,
                          or if it is secret or unknown */
} pol_check_finding;

/* A policy that could not be evaluated on a resource. */
typedef struct pol_check_failure {
    uint32_t policy;
    const char *code;    /* "P0503" */
    const char *message; /* without the code */
    bool is_limit, is_internal;
    pol_check_subject resource;
    pol_check_place place;  /* of the resource */
    pol_check_place source; /* in the policy */
} pol_check_failure;

/* A remediation: properties before and after. */
typedef struct pol_check_remedy {
    uint32_t policy;
    pol_check_subject resource;
    pol_value before, after; /* secrets marked as such */
    pol_check_place place;
} pol_check_remedy;

/* Sorts what was found: documents in the order of checking, resources in the
 * order of the document, then level, policy, message. Call it before reading
 * and after the last document. */
void pol_check_report_finish(pol_check_report *report);

typedef struct pol_check_counts {
    uint32_t documents, resources; /* that were looked at */
    uint32_t policies;             /* not disabled */
    uint32_t mandatory, advisory, unknown, errors, remediated;
    uint32_t evaluations;    /* policies on resources they apply to */
    uint32_t not_applicable; /* of those, such as said so themselves */
} pol_check_counts;
pol_check_counts pol_check_report_counts(const pol_check_report *report);

/* The i-th entry of each list, NULL past the end. */
const pol_check_finding *pol_check_report_violation(
    const pol_check_report *report, uint32_t i);
const pol_check_finding *pol_check_report_unknown(
    const pol_check_report *report, uint32_t i);
const pol_check_failure *pol_check_report_error(const pol_check_report *report,
                                                uint32_t i);
const pol_check_remedy *pol_check_report_remedy(const pol_check_report *report,
                                                uint32_t i);

#endif
