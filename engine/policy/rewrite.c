/* SPDX-License-Identifier: Apache-2.0
 *
 * What remediation makes of the text of a document. Manifests and plain
 * documents say what is; the other formats are records of what a tool computed,
 * and a record that was changed would be wrong. */
#include "edit.h"
#include "running.h"

static bool is_source(const pol_resource *r)
{
    return r->format == &pol_resource_plain ||
           r->format == &pol_resource_kubernetes;
}

/* `whole` with `v` at the path, which is there. */
static pol_value placed(pol_arena *arena, pol_value whole, const pol_value *path,
                        size_t len, pol_value v)
{
    if (!len)
        return v;
    pol_value part = placed(arena, pol_get(whole, *path), path + 1, len - 1, v);
    if (whole.tag == POL_OBJECT)
        return pol_object_with(arena, whole, *path, part);
    pol_value *items = pol_items(arena, whole.len);
    memcpy(items, whole.items, whole.len * sizeof *items);
    items[path->i] = part;
    return pol_array(items, whole.len);
}

void pol_running_rewrite(pol_running *j)
{
    pol_check_report *report = j->report;
    const pol_document *doc = j->set.document;
    pol_value *roots = pol_items(j->set.arena, doc->count + 1);
    bool any = false;
    report->rewritten = (pol_check_text){NULL, 0, NULL};
    memcpy(roots, doc->roots, doc->count * sizeof *roots);
    for (uint32_t i = 0; i < j->set.count; i++) {
        const pol_resource *r = &j->set.items[i];
        size_t len;
        if (!r->remedied)
            continue;
        if (!is_source(r)) {
            report->rewritten.refusal =
                "only Kubernetes manifests and plain documents can be";
            return;
        }
        pol_value *path = pol_resource_path(&j->set, r, 0, &len);
        roots[r->root] =
            placed(j->set.arena, roots[r->root], path, len, r->props);
        any = true;
    }
    if (!any)
        return;
    pol_str text = pol_edit_text(j->set.arena, doc, roots);
    if (!text.ptr) {
        report->rewritten.refusal = "what changes has an anchor, a merge key, a "
                                    "tag or no place of its own";
        return;
    }
    report->rewritten.text = pol_arena_copy(&report->arena, text.ptr, text.len);
    report->rewritten.len = text.len;
}

void pol_check_rewrite(pol_check *check)
{
    check->rewrites = true;
}

pol_check_text pol_check_rewritten(const pol_check_report *report)
{
    return report->rewritten;
}
