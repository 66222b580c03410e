/* SPDX-License-Identifier: Apache-2.0
 *
 * Remediation: an object is merged into the properties, a set or array is a JSON
 * Patch. Each works on what the one before it left. Values that are secret or
 * unknown stay so, because the rest is taken over as it is, and what comes to stand
 * where a secret stood is one. A remedy that hangs
 * on an unknown value is not applied. */
#include "call.h"
#include "running.h"

enum { NESTED = 64 };

/* Recursive, as object.union of Rego; other values are replaced. */
static pol_value merged(pol_arena *arena, pol_value a, pol_value b,
                        unsigned depth)
{
    if (a.tag != POL_OBJECT || b.tag != POL_OBJECT || depth == NESTED)
        return b;
    for (uint32_t i = 0; i < b.len; i++) {
        pol_value key = pol_key_at(b, i), value = pol_value_at(b, i);
        pol_value mine = pol_get(a, key);
        if (pol_is_defined(mine))
            value = merged(arena, mine, value, depth + 1);
        a = pol_object_with(arena, a, key, value);
    }
    return a;
}

/* By the builtin json.patch. Undefined with *error set when it does not apply. */
static pol_value patched(pol_running *j, pol_value props, pol_value patch,
                         const char **error)
{
    const pol_registry *registry = &j->check->engine->registry;
    int32_t index = pol_registry_find(registry, STR("json.patch"));
    *error = "json.patch is not there";
    if (index < 0)
        return pol_undefined();
    pol_surroundings around = {.allow_time = false};
    uint64_t budget = POL_LIMIT_INSTRUCTIONS;
    pol_call call = {.arena = NULL};
    pol_call_begin(&call, j->set.arena, &around, &budget);
    pol_value args[] = {props, patch};
    pol_value out = pol_call_run(&call, registry, (uint32_t)index, args, 2);
    *error = call.message ? call.message : "json.patch: the patch does not apply";
    pol_call_done(&call);
    return out;
}

static void fail(pol_running *j, uint32_t policy, const char *message)
{
    const pol_rule *rule = j->check->items[policy].remediate;
    pol_span span = rule->defs ? rule->defs->ast->head_span : POL_NO_SPAN;
    pol_vm_error error = {POL_DIAG_P0503, message, span, false};
    pol_running_error(j, policy, &error);
}

static void apply(pol_running *j, uint32_t policy, pol_value remedy)
{
    pol_resource *r = j->resource;
    pol_value before = r->props, after;
    const char *error;
    /* The machine's values die with the next evaluation. */
    remedy = pol_resource_as_json(j->set.arena, pol_copy(j->set.arena, remedy));
    if (remedy.tag == POL_OBJECT) {
        after = merged(j->set.arena, before, remedy, 0);
    } else {
        after = patched(j, before, remedy, &error);
        if (after.tag != POL_OBJECT) {
            fail(j, policy, pol_is_defined(after)
                                ? "remediate: the patch leaves no object"
                                : error);
            return;
        }
    }
    if (pol_equal(before, after))
        return;
    after = pol_resource_secret_like(j->set.arena, before, after);
    if (r->format->hide)
        after = r->format->hide(j->set.arena, after, &r->has_secret);
    pol_running_remedy(j, policy, before, after);
    r->props = after;
    r->remedied = true;
    pol_resource_forget(r);
    j->convention_input = pol_undefined();
}

static bool is_remedy(pol_value v)
{
    return v.tag == POL_OBJECT || v.tag == POL_SET || v.tag == POL_ARRAY;
}

void pol_running_remediate(pol_running *j, uint32_t policy)
{
    const pol_policy_item *item = &j->check->items[policy];
    pol_vm *vm = pol_running_begin(j, item);
    pol_running_answer left_out, remedy;
    if (!pol_running_ask(j, vm, item->not_applicable, &left_out) ||
        !pol_running_ask(j, vm, item->remediate, &remedy)) {
        pol_running_error(j, policy, pol_vm_last_error(vm));
        return;
    }
    bool applies = !pol_is_defined(left_out.possible) || !left_out.possible.len;
    bool sure = pol_is_defined(remedy.sure) == pol_is_defined(remedy.possible) &&
                (!pol_is_defined(remedy.sure) ||
                 pol_equal(remedy.sure, remedy.possible));
    if (!applies)
        return;
    if (!sure || remedy.sure.tag == POL_UNKNOWN)
        pol_running_unknown(j, policy, pol_literal("remediate"));
    else if (is_remedy(remedy.sure))
        apply(j, policy, remedy.sure);
    else if (pol_is_defined(remedy.sure))
        fail(j, policy, "remediate: must be an object, a set or an array");
}
