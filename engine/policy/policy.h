/* SPDX-License-Identifier: Apache-2.0
 *
 * Packs and their policies from the inside: what the files of this folder
 * share. A *policy* here is anything that says deny: a declaration, or a rule of
 * a Rego package that is one by its name.
 *
 *   pack.c        a folder or module -> pol_policy_pack, compiled
 *   convention.c  rules of Rego packages as policies
 *   config.c      levels and configuration; schema.c: JSON Schema
 *   dispatch.c    resource type -> the policies that look at it
 *   reference.c   what a pack refers to outside of itself
 *   reads.c       which documents a policy looks at
 *   hint.c        which property a violation is about
 *   check.c       packs and machines; running.c, remedy.c: documents
 *   finding.c     what policies say -> report.c: what was found */
#ifndef POL_POLICY_H
#define POL_POLICY_H

#include "compile.h"
#include "pol_check.h"
#include "resource.h"
#include "vm.h"

/* Where the property that decides stands for violations whose message is, or
 * begins with, a text. */
typedef struct pol_policy_hint {
    pol_str text;   /* what is constant at the head of the message */
    bool whole;     /* the message is this text */
    pol_value path; /* array of names; a set: of one of them */
} pol_policy_hint;

typedef struct pol_policy_item {
    uint32_t pack;    /* number of its pack */
    const char *name; /* NUL-terminated, as `description` */
    const char *description;
    pol_level declared; /* UNSET if the policy says nothing */
    pol_level level;    /* in force, once settled */
    bool stack_scope;
    bool by_convention; /* sees input with __type and the rest */
    pol_value severity, title, url, tags, frameworks, remediation_steps;
    pol_value resource; /* array of type patterns; undefined: every type */
    pol_value schemas;  /* of `config`: object name -> schema, or undefined */
    pol_value required; /* array of names, or undefined */
    pol_value config;   /* in force: an object */
    const pol_rule *deny, *remediate, *not_applicable; /* NULL: not there */
    pol_span span;      /* in the pack's sources */
    uint32_t reads;     /* bit a pol_root; see reads.c */
    pol_policy_hint *hints;
    uint32_t hint_count;
} pol_policy_item;

typedef struct pol_policy_pack {
    const char *path, *name, *version, *description;
    pol_level level;    /* of pack.json, UNSET if it says nothing */
    pol_value defaults; /* `config` of pack.json, or undefined */
    pol_document *manifest; /* NULL: a pack of one module */
    const pol_document *config; /* what the user gave, or NULL */
    pol_modules *modules;
    uint32_t first, count; /* its policies among pol_check.items */
    bool v0;               /* its .rego files are Rego v0 */
    uint32_t enabled;      /* of those, not disabled; once ready */
    pol_vm *vm;      /* once ready */
    pol_vm *careful; /* for documents with unknowns and secrets; made when the
                        first one comes */
    bool fresh;      /* `vm` has not seen the document at hand yet */
} pol_policy_pack;

struct pol_check {
    pol_arena arena;
    pol_engine *engine;
    pol_eval_options options;
    bool v0; /* packs to come are Rego v0 */
    pol_policy_pack **packs;
    uint32_t pack_count, pack_room;
    pol_policy_item *items;
    uint32_t item_count, item_room;
    bool ready;
    bool excerpts;   /* of what violations point at are wanted */
    bool rewrites;   /* the text of what was remediated is wanted */
    bool remediates; /* some policy is at level remediate and has a remedy */
    struct pol_dispatch *dispatch;
};

/* ---- pack.c -------------------------------------------------------------- */

/* Appends a policy to the pack that is being loaded. */
pol_policy_item *pol_policy_add(pol_check *check, const pol_policy_pack *pack);

/* Reads pack.json into the pack. False: reported. In manifest.c, as the next. */
bool pol_policy_manifest(pol_check *check, pol_policy_pack *pack,
                         const char *path, pol_diags *diags);

/* advisory, mandatory, remediate, disabled; UNSET if `v` is none of them. */
pol_level pol_policy_level(pol_value v);

/* Reports something about a place in a document, with an excerpt. */
pol_diag *pol_policy_report(pol_diags *diags, pol_diag_code code,
                            const pol_document *document,
                            const pol_value *path, uint32_t path_len,
                            const char *fmt, ...) POL_PRINTF(6, 7);

/* ---- check.c ------------------------------------------------------------- */

/* A place in a pack's modules, for people. */
pol_check_place pol_policy_place(const pol_modules *modules, pol_span span);

/* A machine for a pack. `careful`: built-in functions search their arguments for
 * unknown and secret values. NULL without memory. */
pol_vm *pol_policy_machine(pol_check *check, const pol_policy_pack *pack,
                           bool careful);

/* ---- convention.c -------------------------------------------------------- */

/* Adds the policies of all packages that have no declarations. */
void pol_policy_conventions(pol_check *check, const pol_policy_pack *pack);

/* ---- config.c ------------------------------------------------------------ */

/* Settles level and configuration of the pack's policies. False: reported. */
bool pol_policy_configure(pol_check *check, const pol_policy_pack *pack,
                          pol_diags *diags);

/* ---- reference.c, reads.c, hint.c ---------------------------------------- */

/* Reports imports and references to data that the pack does not have. */
void pol_policy_references(const pol_policy_pack *pack, pol_diags *diags);
/* Sets `reads` of the pack's policies. */
void pol_policy_reads(pol_check *check, const pol_policy_pack *pack);
/* Finds what a policy's violations are about. */
void pol_policy_hints(pol_arena *arena, const pol_modules *modules,
                      pol_policy_item *item);
/* The path for a message (a string), in `arena`; an empty array if there is
 * none. */
pol_value pol_policy_path(pol_arena *arena, const pol_policy_item *item,
                          pol_value message, pol_value props);
/* The same for what may be said: of a property that is not known, if one is. */
pol_value pol_policy_unknown_path(pol_arena *arena, const pol_policy_item *item,
                                  pol_value message, pol_value props);

/* ---- dispatch.c ---------------------------------------------------------- */

typedef struct pol_dispatch pol_dispatch;

/* The policies that look at a type: numbers in order, `count` of them. */
typedef struct pol_dispatch_list {
    const uint32_t *items;
    uint32_t count;
} pol_dispatch_list;

/* Of the policies with resource scope that are not disabled. */
pol_dispatch *pol_dispatch_new(pol_check *check);
/* Worked out once a type. */
pol_dispatch_list pol_dispatch_find(pol_dispatch *dispatch, pol_value type);
/* The stack policies that are not disabled. */
pol_dispatch_list pol_dispatch_stack(const pol_dispatch *dispatch);
/* Does one of the policy's patterns match the type? */
bool pol_dispatch_matches(const pol_policy_item *item, pol_value type);

/* ---- report.c ------------------------------------------------------------ */

/* Where an entry belongs when the report is sorted. */
typedef struct pol_report_key {
    uint32_t document, resource;
    uint32_t sequence; /* of adding; set by the list */
} pol_report_key;

typedef struct pol_report_list {
    void *entries;        /* of pol_report_key, then the entry itself */
    uint32_t count, room;
} pol_report_list;

struct pol_check_report {
    pol_arena arena;
    const pol_check *check;
    pol_check_counts counts;
    pol_report_list violations, unknowns, errors, remedies;
    pol_check_text rewritten; /* of the document checked last */
    const char *file;         /* its name; documents of one file share it */
};

/* A new, zeroed entry of each list for the caller to fill in; it stays where it
 * is until the next one is added. */
pol_check_finding *pol_report_violation(pol_check_report *report,
                                        pol_report_key key);
pol_check_finding *pol_report_unknown(pol_check_report *report,
                                      pol_report_key key);
pol_check_failure *pol_report_error(pol_check_report *report,
                                    pol_report_key key);
pol_check_remedy *pol_report_remedy(pol_check_report *report,
                                    pol_report_key key);

#endif
