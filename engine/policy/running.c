/* SPDX-License-Identifier: Apache-2.0
 *
 * Running policies: for each resource of a document the policies that look at
 * its type, then those of the stack. Every policy on every resource is an
 * evaluation of its own, with its own budget, so that none can stop, starve or
 * taint another.
 *
 * Unknown values. Where a document holds some, a policy is asked twice: what it
 * says for certain are violations; what it may say beyond that makes it unknown
 * for the resource. */
#include "running.h"

/* ---- evaluation ---------------------------------------------------------- */

/* The properties plus what Rego packages for Pulumi expect beside them. */
static pol_value convention_input(pol_running *j)
{
    pol_resource *r = j->resource;
    if (r->format == &pol_resource_plain ||
        r->format == &pol_resource_kubernetes)
        return r->props;
    if (pol_is_defined(j->convention_input))
        return j->convention_input;
    pol_value object = pol_resource_object(&j->set, r);
    static const char *const names[][2] = {
        {"__type", "type"}, {"__urn", "urn"}, {"__name", "name"},
        {"__options", "options"}, {"__provider", "provider"},
    };
    pol_value v = r->props;
    for (size_t i = 0; i < countof(names); i++) {
        pol_value part = pol_get_name(object, names[i][1]);
        if (pol_is_defined(part))
            v = pol_object_with(j->set.arena, v,
                                pol_string(names[i][0], strlen(names[i][0])),
                                part);
    }
    j->convention_input = v;
    return v;
}

/* The documents that a policy sees; what it does not read is not made. */
static pol_vm_roots roots_of(pol_running *j, const pol_policy_item *item)
{
    pol_vm_roots roots = {.documents_kept = false};
    pol_value *v = roots.roots;
    v[POL_ROOT_CONFIG] = item->config;
    v[POL_ROOT_DATA] = j->check->packs[item->pack]->modules->data;
    if (item->stack_scope || item->reads & 1u << POL_ROOT_STACK)
        v[POL_ROOT_STACK] = pol_resource_stack(&j->set);
    if (item->stack_scope)
        v[POL_ROOT_INPUT] = v[POL_ROOT_STACK];
    else if (item->by_convention)
        v[POL_ROOT_INPUT] = convention_input(j);
    else
        v[POL_ROOT_INPUT] = j->resource->props;
    if (j->resource && item->reads & 1u << POL_ROOT_RESOURCE)
        v[POL_ROOT_RESOURCE] = pol_resource_object(&j->set, j->resource);
    return roots;
}

/* Are there unknown and secret values in what the policy sees? Whoever sees the
 * stack sees all resources. */
static void look_for_marks(pol_running *j, const pol_policy_item *item)
{
    const pol_resource *r = j->resource;
    bool secrets = r && r->has_secret;
    j->unknowns = r && r->has_unknown;
    if (item->stack_scope || item->reads & 1u << POL_ROOT_STACK) {
        for (uint32_t i = 0; i < j->set.count; i++) {
            j->unknowns |= j->set.items[i].has_unknown;
            secrets |= j->set.items[i].has_secret;
        }
    }
    j->careful = j->unknowns || secrets;
}

pol_vm *pol_running_begin(pol_running *j, const pol_policy_item *item)
{
    pol_policy_pack *pack = j->check->packs[item->pack];
    pol_vm_roots roots = roots_of(j, item);
    look_for_marks(j, item);
    roots.unknowns = j->unknowns;
    pol_vm *vm = pack->vm;
    if (j->careful && !pack->careful)
        pack->careful = pol_policy_machine(j->check, pack, true);
    if (j->careful && pack->careful) {
        /* It may last have run on a document that is gone. */
        vm = pack->careful;
    } else {
        roots.documents_kept = !pack->fresh;
        pack->fresh = false;
    }
    pol_vm_begin(vm, &roots);
    return vm;
}

/* Is there anything in what a rule gave? */
static bool says_something(pol_value v)
{
    if (v.tag == POL_SET || v.tag == POL_ARRAY || v.tag == POL_OBJECT)
        return v.len > 0;
    return v.tag == POL_STRING || v.tag == POL_TRUE || v.tag == POL_UNKNOWN;
}

static void add_violations(pol_running *j, uint32_t policy, pol_value deny)
{
    bool many = deny.tag == POL_SET || deny.tag == POL_ARRAY;
    if (!says_something(deny))
        return;
    if (!many)
        pol_running_violation(j, policy, deny);
    for (uint32_t i = 0; many && i < deny.len; i++)
        pol_running_violation(j, policy, deny.items[i]);
}

/* Errors of built-in functions make expressions undefined, so that a policy may
 * pass because of them: they are errors of the policy. */
static void add_builtin_errors(pol_running *j, pol_vm *vm, uint32_t policy)
{
    uint32_t count;
    const pol_vm_error *errors = pol_vm_builtin_errors(vm, &count);
    if (count && !j->check->options.strict_builtin_errors)
        pol_running_error(j, policy, &errors[0]);
}

/* Unknown, and no message: it may turn out to say nothing. */
static bool is_open_value(pol_value v)
{
    return v.tag == POL_UNKNOWN && !v.len;
}

bool pol_running_ask(pol_running *j, pol_vm *vm, const pol_rule *rule,
                     pol_running_answer *out)
{
    *out = (pol_running_answer){pol_undefined(), pol_undefined()};
    if (!rule)
        return true;
    pol_vm_status status = pol_vm_rule(vm, rule->id, &out->sure);
    if (status != POL_VM_DEFINED)
        out->sure = pol_undefined();
    out->possible = out->sure;
    if (status == POL_VM_ERROR || !j->unknowns)
        return status != POL_VM_ERROR;
    status = pol_vm_rule_possible(vm, rule->id, &out->possible);
    if (status != POL_VM_DEFINED)
        out->possible = pol_undefined();
    if (is_open_value(out->sure))
        out->sure = pol_undefined();
    return status != POL_VM_ERROR;
}

static bool is_many(pol_value v)
{
    return v.tag == POL_SET || v.tag == POL_ARRAY;
}

/* May the rule say something that it does not say for certain? */
static bool is_open(const pol_running_answer *a)
{
    if (!says_something(a->possible))
        return false;
    if (!is_many(a->possible) || !is_many(a->sure))
        return !pol_is_defined(a->sure) || !pol_equal(a->sure, a->possible);
    for (uint32_t i = 0; i < a->possible.len; i++) {
        if (!pol_has(a->sure, a->possible.items[i]))
            return true;
    }
    return false;
}

/* One entry a resource, however many things may be said about it. */
static void add_unknowns(pol_running *j, uint32_t policy, const pol_running_answer *deny)
{
    if (!is_many(deny->possible)) {
        pol_running_unknown(j, policy, deny->possible);
        return;
    }
    bool *seen = arena_array(&j->scratch, bool, j->set.count + 1);
    memset(seen, 0, j->set.count + 1);
    for (uint32_t i = 0; i < deny->possible.len; i++) {
        pol_value member = deny->possible.items[i];
        if (is_many(deny->sure) && pol_has(deny->sure, member))
            continue;
        const pol_resource *r =
            pol_running_about(j, policy, member);
        bool *mine = &seen[r ? (uint32_t)(r - j->set.items) : j->set.count];
        if (!*mine)
            pol_running_unknown(j, policy, member);
        *mine = true;
    }
}

static void evaluate(pol_running *j, uint32_t policy)
{
    const pol_policy_item *item = &j->check->items[policy];
    pol_running_answer left_out, deny = {pol_undefined(), pol_undefined()};
    pol_vm *vm = pol_running_begin(j, item);
    j->report->counts.evaluations++;
    bool ok = pol_running_ask(j, vm, item->not_applicable, &left_out);
    bool applies = !says_something(left_out.sure);
    if (ok && applies)
        ok = pol_running_ask(j, vm, item->deny, &deny);
    if (!ok) {
        pol_running_error(j, policy, pol_vm_last_error(vm));
        return;
    }
    add_builtin_errors(j, vm, policy);
    if (!applies) {
        j->report->counts.not_applicable++;
        return;
    }
    if (is_open(&left_out)) /* perhaps it says nothing about this resource */
        deny.sure = pol_undefined();
    add_violations(j, policy, deny.sure);
    if (is_open(&deny))
        add_unknowns(j, policy, &deny);
}

void pol_running_turn_to(pol_running *j, pol_resource *r)
{
    if (j->resource)
        pol_resource_forget(j->resource);
    pol_arena_reset(&j->scratch);
    j->resource = r;
    j->copied = false;
    j->convention_input = pol_undefined();
    j->key.resource = r ? (uint32_t)(r - j->set.items) : UINT32_MAX;
    if (r)
        pol_resource_props(&j->set, r);
}

static void remediate_resource(pol_running *j, pol_resource *r)
{
    pol_dispatch_list list = pol_dispatch_find(j->check->dispatch, r->type);
    pol_running_turn_to(j, r);
    for (uint32_t i = 0; i < list.count; i++) {
        const pol_policy_item *item = &j->check->items[list.items[i]];
        if (item->level == POL_LEVEL_REMEDIATE && item->remediate)
            pol_running_remediate(j, list.items[i]);
    }
}

static void check_resource(pol_running *j, pol_resource *r)
{
    pol_dispatch_list list = pol_dispatch_find(j->check->dispatch, r->type);
    if (!list.count)
        return;
    pol_running_turn_to(j, r);
    for (uint32_t i = 0; i < list.count; i++)
        evaluate(j, list.items[i]);
}

/* A stack policy with `resource` types runs when one of them is there. */
static bool concerns(const pol_running *j, const pol_policy_item *item)
{
    if (!pol_is_defined(item->resource))
        return true;
    for (uint32_t i = 0; i < j->set.count; i++) {
        if (pol_dispatch_matches(item, j->set.items[i].type))
            return true;
    }
    return false;
}

static void check_stack(pol_running *j)
{
    pol_dispatch_list list = pol_dispatch_stack(j->check->dispatch);
    pol_running_turn_to(j, NULL);
    for (uint32_t i = 0; i < list.count; i++) {
        if (concerns(j, &j->check->items[list.items[i]]))
            evaluate(j, list.items[i]);
    }
}

static void each_resource(pol_running *j,
                          void (*visit)(pol_running *j, pol_resource *r))
{
    for (uint32_t i = 0; i < j->set.count; i++) {
        if (j->set.items[i].role == POL_ROLE_RESOURCE)
            visit(j, &j->set.items[i]);
    }
}

/* All remediations come before all validation: stack policies see what became of
 * every resource. */
static void check_all(pol_running *j)
{
    if (j->check->remediates)
        each_resource(j, remediate_resource);
    each_resource(j, check_resource);
    if (pol_dispatch_stack(j->check->dispatch).count)
        check_stack(j);
}

/* A copy in the report; the lines of a file need one alone. */
static const char *file_name(pol_check_report *report, pol_str name)
{
    if (!report->file || !pol_str_eq(pol_str_of(report->file), name))
        report->file = pol_arena_copy(&report->arena, name.ptr, name.len);
    return report->file;
}

bool pol_check_document(pol_check *check, const pol_doc *doc,
                        pol_check_input input, pol_check_report *report,
                        pol_diags *diags)
{
    const pol_document *document = pol_doc_document(doc);
    pol_arena arena;
    pol_arena_init(&arena, 0, NULL);
    pol_running j = {.check = check, .report = report};
    pol_arena_init(&j.scratch, 0, NULL);
    const char *error;
    bool ok = pol_resources_init(&j.set, &arena, document, input, &error);
    if (ok) {
        j.key.document = report->counts.documents++;
        report->counts.resources += j.set.checked;
        j.file = file_name(report, document->name);
        for (uint32_t i = 0; i < check->pack_count; i++)
            check->packs[i]->fresh = true;
        j.set.scratch = &j.scratch;
        check_all(&j);
        if (check->rewrites)
            pol_running_rewrite(&j);
    } else {
        pol_policy_report(diags, POL_DIAG_P0650, document, NULL, 0, "%s",
                          error);
    }
    pol_arena_done(&j.scratch);
    pol_arena_done(&arena);
    return ok;
}
