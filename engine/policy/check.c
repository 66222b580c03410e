/* SPDX-License-Identifier: Apache-2.0
 *
 * A check: its packs, what they are configured to, and the machines that will
 * run them; see pol_check.h. Running is in running.c. */
#include "policy.h"

_Static_assert((int)POL_CHECK_REMEDIATE == (int)POL_LEVEL_REMEDIATE &&
                   (int)POL_CHECK_DISABLED == (int)POL_LEVEL_DISABLED,
               "levels inside and outside");

const char *pol_check_level_name(pol_check_level level)
{
    static const char *const names[] = {"", "disabled", "advisory",
                                        "mandatory", "remediate"};
    return names[level];
}

pol_check *pol_check_new(pol_engine *engine, const pol_eval_options *options)
{
    pol_check *check = calloc(1, sizeof *check);
    if (!check)
        return NULL;
    pol_arena_init(&check->arena, 0, NULL);
    check->engine = engine;
    if (options)
        check->options = *options;
    return check;
}

void pol_check_free(pol_check *check)
{
    if (!check)
        return;
    for (uint32_t i = 0; i < check->pack_count; i++) {
        pol_policy_pack *pack = check->packs[i];
        pol_vm_free(pack->vm);
        pol_vm_free(pack->careful);
        pol_modules_free(pack->modules);
        if (pack->manifest)
            pol_document_done(pack->manifest);
    }
    pol_arena_done(&check->arena);
    free(check);
}

/* ---- machines ------------------------------------------------------------ */

typedef struct printing {
    const pol_check *check;
    const pol_modules *modules;
} printing;

pol_check_place pol_policy_place(const pol_modules *modules,
                                 pol_span span)
{
    const pol_src *src = pol_srcs_at(&modules->srcs, span.src);
    if (!src)
        return (pol_check_place){"", 0, 0};
    pol_place place = pol_src_place(src, span.off);
    return (pol_check_place){src->name.ptr, place.line, place.column};
}

static void print_line(void *host, pol_span span, const char *text, size_t len)
{
    const printing *p = host;
    pol_check_place at = pol_policy_place(p->modules, span);
    p->check->options.print(p->check->options.host, at.file, at.line, text,
                            len);
}

pol_vm *pol_policy_machine(pol_check *check, const pol_policy_pack *pack,
                           bool careful)
{
    const pol_eval_options *o = &check->options;
    printing *p = arena_new(&check->arena, printing);
    *p = (printing){check, pack->modules};
    pol_vm_options options = {
        .limits = {o->max_instructions, o->max_memory, o->max_depth},
        .strict_builtin_errors = o->strict_builtin_errors,
        .around = {.allow_time = o->allow_time,
                   .allow_net = o->allow_net,
                   .unknowns = careful,
                   .secrets = careful,
                   .hosts = o->hosts,
                   .now = o->now,
                   .seed = o->seed,
                   .runtime = o->runtime,
                   .print = o->print ? print_line : NULL,
                   .print_host = p}};
    return pol_vm_new(&pack->modules->program, &options);
}

bool pol_check_configure(pol_check *check, int pack, const pol_doc *config,
                         pol_diags *diags)
{
    pol_policy_pack *p = check->packs[pack];
    if (p->config) {
        pol_policy_report(diags, POL_DIAG_P0458, NULL, NULL, 0,
                          "pack `%s` is configured twice", p->name);
        return false;
    }
    p->config = pol_doc_document(config);
    if (p->config->count <= 1)
        return true;
    pol_policy_report(diags, POL_DIAG_P0458, p->config, NULL, 0,
                      "configuration must be one document");
    return false;
}

bool pol_check_ready(pol_check *check, pol_diags *diags)
{
    uint32_t before = diags->errors;
    for (uint32_t i = 0; i < check->pack_count; i++) {
        pol_policy_pack *pack = check->packs[i];
        if (!pack->count)
            continue;
        pol_policy_configure(check, pack, diags);
        for (uint32_t k = 0; k < pack->count; k++) {
            pol_policy_item *item = &check->items[pack->first + k];
            pack->enabled += item->level != POL_LEVEL_DISABLED;
            check->remediates |=
                item->level == POL_LEVEL_REMEDIATE && item->remediate;
        }
        pack->vm = pol_policy_machine(check, pack, false);
        if (!pack->vm)
            pol_policy_report(diags, POL_DIAG_P0504, NULL, NULL, 0,
                              "out of memory");
    }
    check->dispatch = pol_dispatch_new(check);
    check->ready = diags->errors == before;
    return check->ready;
}

uint32_t pol_check_pack_count(const pol_check *check)
{
    return check->pack_count;
}

pol_check_pack_view pol_check_pack(const pol_check *check, uint32_t pack)
{
    const pol_policy_pack *p = check->packs[pack];
    return (pol_check_pack_view){p->name, p->version, p->path, p->description,
                                 p->enabled};
}

bool pol_check_sees_stack(const pol_check *check)
{
    for (uint32_t i = 0; i < check->item_count; i++) {
        const pol_policy_item *item = &check->items[i];
        if (item->level != POL_LEVEL_DISABLED &&
            (item->stack_scope || item->reads & 1u << POL_ROOT_STACK))
            return true;
    }
    return false;
}

uint32_t pol_check_policy_count(const pol_check *check)
{
    return check->item_count;
}

pol_check_policy_view pol_check_policy(const pol_check *check, uint32_t policy)
{
    const pol_policy_item *item = &check->items[policy];
    return (pol_check_policy_view){
        .name = item->name,
        .description = item->description,
        .pack = item->pack,
        .level = (pol_check_level)item->level,
        .stack_scope = item->stack_scope,
        .severity = item->severity,
        .title = item->title,
        .url = item->url,
        .tags = item->tags,
        .frameworks = item->frameworks,
        .remediation_steps = item->remediation_steps,
        .resource = item->resource,
        .config = item->config};
}

pol_check_place pol_check_policy_place(const pol_check *check, uint32_t policy)
{
    const pol_policy_item *item = &check->items[policy];
    return pol_policy_place(check->packs[item->pack]->modules, item->span);
}
