/* SPDX-License-Identifier: Apache-2.0
 *
 * Reports: lists that are filled in any order and sorted once. */
#include "policy.h"

/* The key is first in every entry of a list. */
typedef struct keyed_finding {
    pol_report_key key;
    pol_check_finding finding;
} keyed_finding;
typedef struct keyed_failure {
    pol_report_key key;
    pol_check_failure failure;
} keyed_failure;
typedef struct keyed_remedy {
    pol_report_key key;
    pol_check_remedy remedy;
} keyed_remedy;

pol_check_report *pol_check_report_new(const pol_check *check)
{
    pol_check_report *report = calloc(1, sizeof *report);
    if (!report)
        return NULL;
    pol_arena_init(&report->arena, 0, NULL);
    report->check = check;
    for (uint32_t i = 0; i < check->item_count; i++)
        report->counts.policies +=
            check->items[i].level != POL_LEVEL_DISABLED;
    return report;
}

void pol_check_report_free(pol_check_report *report)
{
    if (!report)
        return;
    pol_arena_done(&report->arena);
    free(report);
}

static void *append(pol_check_report *report, pol_report_list *list,
                    size_t size, pol_report_key key)
{
    if (list->count == list->room) {
        uint32_t room = list->room ? list->room * 2 : 16;
        void *entries = pol_arena_array_bytes(&report->arena, room, size);
        if (list->count)
            memcpy(entries, list->entries, list->count * size);
        list->entries = entries;
        list->room = room;
    }
    char *entry = (char *)list->entries + list->count++ * size;
    memset(entry, 0, size);
    key.sequence = list->count;
    memcpy(entry, &key, sizeof key);
    return entry;
}

pol_check_finding *pol_report_violation(pol_check_report *report,
                                        pol_report_key key)
{
    keyed_finding *e =
        append(report, &report->violations, sizeof(keyed_finding), key);
    return &e->finding;
}

pol_check_finding *pol_report_unknown(pol_check_report *report,
                                      pol_report_key key)
{
    keyed_finding *e =
        append(report, &report->unknowns, sizeof(keyed_finding), key);
    return &e->finding;
}

pol_check_failure *pol_report_error(pol_check_report *report,
                                    pol_report_key key)
{
    keyed_failure *e =
        append(report, &report->errors, sizeof(keyed_failure), key);
    return &e->failure;
}

pol_check_remedy *pol_report_remedy(pol_check_report *report,
                                    pol_report_key key)
{
    keyed_remedy *e =
        append(report, &report->remedies, sizeof(keyed_remedy), key);
    return &e->remedy;
}

/* ---- order --------------------------------------------------------------- */

static int by_key(const pol_report_key *a, const pol_report_key *b)
{
    if (a->document != b->document)
        return a->document < b->document ? -1 : 1;
    return (a->resource > b->resource) - (a->resource < b->resource);
}

static int by_policy(const pol_check *check, uint32_t a, uint32_t b)
{
    const pol_policy_item *left = &check->items[a], *right = &check->items[b];
    if (left->pack != right->pack)
        return left->pack < right->pack ? -1 : 1;
    int order = strcmp(left->name, right->name);
    return order ? order : (a > b) - (a < b);
}

static int by_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

static int by_finding(const void *a, const void *b, void *check)
{
    const keyed_finding *left = a, *right = b;
    const pol_check_finding *l = &left->finding, *r = &right->finding;
    int order = by_key(&left->key, &right->key);
    if (!order) /* mandatory before advisory */
        order = (int)r->level - (int)l->level;
    if (!order)
        order = by_policy(check, l->policy, r->policy);
    if (!order)
        order = pol_compare(l->message, r->message);
    if (!order)
        order = pol_compare(l->resource.urn, r->resource.urn);
    return order ? order : pol_compare(l->path, r->path);
}

static int by_failure(const void *a, const void *b, void *check)
{
    const keyed_failure *left = a, *right = b;
    int order = by_key(&left->key, &right->key);
    if (!order)
        order = by_policy(check, left->failure.policy, right->failure.policy);
    return order ? order
                 : by_text(left->failure.message, right->failure.message);
}

static int by_remedy(const void *a, const void *b, void *check)
{
    const keyed_remedy *left = a, *right = b;
    int order = by_key(&left->key, &right->key);
    /* Within a resource they stay in the order in which they were applied. */
    (void)check;
    return order ? order
                 : (left->key.sequence > right->key.sequence) -
                       (left->key.sequence < right->key.sequence);
}

static void sort(pol_report_list *list, size_t size, const pol_check *check,
                 int (*order)(const void *, const void *, void *))
{
    if (list->count > 1)
        qsort_r(list->entries, list->count, size, order, (void *)check);
}

void pol_check_report_finish(pol_check_report *report)
{
    sort(&report->violations, sizeof(keyed_finding), report->check, by_finding);
    sort(&report->unknowns, sizeof(keyed_finding), report->check, by_finding);
    sort(&report->errors, sizeof(keyed_failure), report->check, by_failure);
    sort(&report->remedies, sizeof(keyed_remedy), report->check, by_remedy);
}

/* ---- looking ------------------------------------------------------------- */

pol_check_counts pol_check_report_counts(const pol_check_report *report)
{
    pol_check_counts counts = report->counts;
    const keyed_finding *entries = report->violations.entries;
    for (uint32_t i = 0; i < report->violations.count; i++) {
        if (entries[i].finding.level == POL_CHECK_MANDATORY)
            counts.mandatory++;
        else
            counts.advisory++;
    }
    counts.unknown = report->unknowns.count;
    counts.errors = report->errors.count;
    counts.remediated = report->remedies.count;
    return counts;
}

const pol_check_finding *pol_check_report_violation(
    const pol_check_report *report, uint32_t i)
{
    const keyed_finding *entries = report->violations.entries;
    return i < report->violations.count ? &entries[i].finding : NULL;
}

const pol_check_finding *pol_check_report_unknown(
    const pol_check_report *report, uint32_t i)
{
    const keyed_finding *entries = report->unknowns.entries;
    return i < report->unknowns.count ? &entries[i].finding : NULL;
}

const pol_check_failure *pol_check_report_error(const pol_check_report *report,
                                                uint32_t i)
{
    const keyed_failure *entries = report->errors.entries;
    return i < report->errors.count ? &entries[i].failure : NULL;
}

const pol_check_remedy *pol_check_report_remedy(const pol_check_report *report,
                                                uint32_t i)
{
    const keyed_remedy *entries = report->remedies.entries;
    return i < report->remedies.count ? &entries[i].remedy : NULL;
}
