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

/* ---- machines ------------------------------------------------------------------ */

typedef struct printing {
    const pol_check *check;
    const pol_modules *modules;
} printing;

static pol_check_place source_place(const pol_modules *modules, pol_span span)
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
    pol_check_place at = source_place(p->modules, span);
    p->check->options.print(p->check->options.host, at.file, at.line, text,
                            len);
}

/* `careful`: built-in functions search their arguments for unknown and secret
 * values. */
static pol_vm *machine(pol_check *check, const pol_policy_pack *pack,
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
            item->place = source_place(pack->modules, item->span);
        }
        pack->vm = machine(check, pack, false);
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
        .config = item->config,
        .file = item->place.file,
        .line = item->place.line,
        .column = item->place.column};
}

/* ---- one document ---------------------------------------------------------------- */

/* A document being checked. */
typedef struct job {
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
} job;

static pol_value kept(job *j, pol_value text)
{
    return pol_string_copy(&j->report->arena, text.str, text.len);
}

static pol_check_subject subject_of(job *j, const pol_resource *r)
{
    return (pol_check_subject){kept(j, r->type), kept(j, r->name),
                               kept(j, r->urn)};
}

/* Of the resource at hand; copied once. */
static pol_check_subject subject(job *j)
{
    if (!j->copied) {
        j->copied = true;
        j->subject = j->resource
                         ? subject_of(j, j->resource)
                         : (pol_check_subject){pol_literal(""), pol_literal(""),
                                               pol_literal("")};
    }
    return j->subject;
}

static pol_check_place place_of(job *j, const pol_resource *r, pol_value path)
{
    if (!r)
        return (pol_check_place){j->file, 0, 0};
    pol_location at =
        pol_resource_locate(&j->set, r, path.items, path.len);
    return (pol_check_place){j->file, at.line, at.column};
}

/* ---- findings ------------------------------------------------------------------------ */

/* A message as text: secrets and unknown values do not show. */
static pol_value message_text(job *j, pol_value v)
{
    size_t len;
    if (v.tag == POL_UNKNOWN && v.str && !(v.flags & POL_SECRET))
        return kept(j, pol_string(v.str, v.len));
    if (v.tag == POL_UNKNOWN)
        return pol_literal("<unknown>");
    if (v.tag == POL_STRING && !(v.flags & POL_SECRET))
        return kept(j, v);
    if (v.tag == POL_STRING)
        return pol_literal("[secret]");
    const char *text =
        pol_value_text(&j->report->arena, v, POL_TEXT_JSON, &len);
    return pol_string(text, len);
}

static bool is_path(pol_value v)
{
    for (uint32_t i = 0; v.tag == POL_ARRAY && i < v.len; i++) {
        if (v.items[i].tag != POL_STRING && v.items[i].tag != POL_INT)
            return false;
    }
    return v.tag == POL_ARRAY;
}

static bool is_severity(pol_value v)
{
    return pol_string_is(v, "low") || pol_string_is(v, "medium") ||
           pol_string_is(v, "high") || pol_string_is(v, "critical");
}

/* What one member of `deny` says. */
typedef struct said {
    pol_value message, path, severity;
    pol_resource *resource; /* that a stack policy names */
} said;

static said read_member(job *j, const pol_policy_item *item, pol_value v)
{
    said s = {.message = v, .path = pol_undefined(),
              .severity = item->severity, .resource = j->resource};
    if (v.tag == POL_TRUE) /* `deny := true` of a Rego package */
        s.message = pol_literal("");
    if (v.tag != POL_OBJECT)
        return s;
    pol_value text = pol_get_name(v, "message");
    if (!pol_is_defined(text))
        text = pol_get_name(v, "msg");
    if (!pol_is_defined(text))
        return s;
    s.message = text;
    pol_value severity = pol_get_name(v, "severity");
    pol_value path = pol_get_name(v, "path");
    if (is_severity(severity))
        s.severity = severity;
    if (is_path(path))
        s.path = path;
    if (!j->resource)
        s.resource = pol_resource_find(&j->set, pol_get_name(v, "resource"));
    return s;
}

static pol_check_level level_of(const pol_policy_item *item)
{
    return item->level == POL_LEVEL_ADVISORY ? POL_CHECK_ADVISORY
                                             : POL_CHECK_MANDATORY;
}

static void fill(job *j, pol_check_finding *f, uint32_t policy, const said *s)
{
    const pol_policy_item *item = &j->check->items[policy];
    pol_value path = s->path;
    if (!pol_is_defined(path))
        path = s->resource && s->resource == j->resource
                   ? pol_policy_path(item, s->message, s->resource->props)
                   : pol_array(NULL, 0);
    *f = (pol_check_finding){
        .policy = policy,
        .level = level_of(item),
        .severity = pol_is_string(s->severity) ? kept(j, s->severity)
                                               : pol_undefined(),
        .message = message_text(j, s->message),
        .resource = s->resource == j->resource ? subject(j)
                                               : subject_of(j, s->resource),
        .path = pol_copy(&j->report->arena, path),
        .place = place_of(j, s->resource, path)};
}

static void add_violation(job *j, uint32_t policy, pol_value member)
{
    said s = read_member(j, &j->check->items[policy], member);
    pol_report_key key = j->key;
    if (s.resource)
        key.resource = (uint32_t)(s.resource - j->set.items);
    fill(j, pol_report_violation(j->report, key), policy, &s);
}

/* `member` is what the policy may say: it tells where the value stands and, in a
 * stack policy, of which resource it is. */
static void add_unknown(job *j, uint32_t policy, pol_value member)
{
    said s = read_member(j, &j->check->items[policy], member);
    pol_report_key key = j->key;
    if (s.resource)
        key.resource = (uint32_t)(s.resource - j->set.items);
    if (!pol_is_defined(s.path) && s.resource && s.resource == j->resource)
        s.path = pol_policy_path(&j->check->items[policy], s.message,
                                 s.resource->props);
    s.message = pol_literal("depends on a value that is not known yet");
    fill(j, pol_report_unknown(j->report, key), policy, &s);
}

static void add_error(job *j, uint32_t policy, const pol_vm_error *error)
{
    const pol_policy_item *item = &j->check->items[policy];
    const pol_modules *modules = j->check->packs[item->pack]->modules;
    pol_arena *arena = &j->report->arena;
    pol_check_failure *f = pol_report_error(j->report, j->key);
    *f = (pol_check_failure){
        .policy = policy,
        .code = pol_diag_name(error->code),
        .message = pol_arena_copy(arena, error->message,
                                  strlen(error->message)),
        .is_limit = error->is_limit,
        .is_internal = error->code == POL_DIAG_P0505,
        .resource = subject(j),
        .place = place_of(j, j->resource, pol_array(NULL, 0)),
        .source = source_place(modules, error->span)};
}

/* ---- evaluation ---------------------------------------------------------------------------- */

/* The properties plus what Rego packages for Pulumi expect beside them. */
static pol_value convention_input(job *j)
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
static pol_vm_roots roots_of(job *j, const pol_policy_item *item)
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
static void look_for_marks(job *j, const pol_policy_item *item)
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

/* Begins the evaluation of a policy; returns its machine. */
static pol_vm *begin(job *j, const pol_policy_item *item)
{
    pol_policy_pack *pack = j->check->packs[item->pack];
    pol_vm_roots roots = roots_of(j, item);
    look_for_marks(j, item);
    roots.unknowns = j->unknowns;
    pol_vm *vm = pack->vm;
    if (j->careful && !pack->careful)
        pack->careful = machine(j->check, pack, true);
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

static void add_violations(job *j, uint32_t policy, pol_value deny)
{
    bool many = deny.tag == POL_SET || deny.tag == POL_ARRAY;
    if (!says_something(deny))
        return;
    if (!many)
        add_violation(j, policy, deny);
    for (uint32_t i = 0; many && i < deny.len; i++)
        add_violation(j, policy, deny.items[i]);
}

/* Errors of built-in functions make expressions undefined, so that a policy may
 * pass because of them: they are errors of the policy. */
static void add_builtin_errors(job *j, pol_vm *vm, uint32_t policy)
{
    uint32_t count;
    const pol_vm_error *errors = pol_vm_builtin_errors(vm, &count);
    if (count && !j->check->options.strict_builtin_errors)
        add_error(j, policy, &errors[0]);
}

/* What a rule says: for certain, and at most. `possible` is `sure` where nothing
 * is unknown. False: an error ended the evaluation. */
typedef struct answer {
    pol_value sure, possible;
} answer;

static bool ask(job *j, pol_vm *vm, const pol_rule *rule, answer *out)
{
    *out = (answer){pol_undefined(), pol_undefined()};
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
    return status != POL_VM_ERROR;
}

static bool is_many(pol_value v)
{
    return v.tag == POL_SET || v.tag == POL_ARRAY;
}

/* May the rule say something that it does not say for certain? */
static bool is_open(const answer *a)
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
static void add_unknowns(job *j, uint32_t policy, const answer *deny)
{
    if (!is_many(deny->possible)) {
        add_unknown(j, policy, deny->possible);
        return;
    }
    bool *seen = arena_array(&j->scratch, bool, j->set.count + 1);
    memset(seen, 0, j->set.count + 1);
    for (uint32_t i = 0; i < deny->possible.len; i++) {
        pol_value member = deny->possible.items[i];
        if (is_many(deny->sure) && pol_has(deny->sure, member))
            continue;
        const pol_resource *r =
            read_member(j, &j->check->items[policy], member).resource;
        bool *mine = &seen[r ? (uint32_t)(r - j->set.items) : j->set.count];
        if (!*mine)
            add_unknown(j, policy, member);
        *mine = true;
    }
}

static void evaluate(job *j, uint32_t policy)
{
    const pol_policy_item *item = &j->check->items[policy];
    answer left_out, deny = {pol_undefined(), pol_undefined()};
    pol_vm *vm = begin(j, item);
    j->report->counts.evaluations++;
    bool ok = ask(j, vm, item->not_applicable, &left_out);
    bool applies = !says_something(left_out.sure);
    if (ok && applies)
        ok = ask(j, vm, item->deny, &deny);
    if (!ok) {
        add_error(j, policy, pol_vm_last_error(vm));
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

static void check_resource(job *j, pol_resource *r)
{
    pol_dispatch_list list = pol_dispatch_find(j->check->dispatch, r->type);
    if (!list.count)
        return;
    j->resource = r;
    j->copied = false;
    j->convention_input = pol_undefined();
    j->key.resource = (uint32_t)(r - j->set.items);
    pol_resource_props(&j->set, r);
    for (uint32_t i = 0; i < list.count; i++)
        evaluate(j, list.items[i]);
    pol_resource_forget(r);
    pol_arena_reset(&j->scratch);
}

/* A stack policy with `resource` types runs when one of them is there. */
static bool concerns(const job *j, const pol_policy_item *item)
{
    if (!pol_is_defined(item->resource))
        return true;
    for (uint32_t i = 0; i < j->set.count; i++) {
        if (pol_dispatch_matches(item, j->set.items[i].type))
            return true;
    }
    return false;
}

static void check_stack(job *j)
{
    pol_dispatch_list list = pol_dispatch_stack(j->check->dispatch);
    j->resource = NULL;
    j->copied = false;
    j->key.resource = UINT32_MAX;
    for (uint32_t i = 0; i < list.count; i++) {
        if (concerns(j, &j->check->items[list.items[i]]))
            evaluate(j, list.items[i]);
    }
}

/* Documents of the formats that describe no stack are looked at resource by
 * resource. */
static void check_all(job *j)
{
    for (uint32_t i = 0; i < j->set.count; i++) {
        if (j->set.items[i].role == POL_ROLE_RESOURCE)
            check_resource(j, &j->set.items[i]);
    }
    if (pol_dispatch_stack(j->check->dispatch).count) {
        pol_resource_stack(&j->set);
        check_stack(j);
    }
}

bool pol_check_document(pol_check *check, const pol_doc *doc,
                        pol_check_input input, pol_check_report *report,
                        pol_diags *diags)
{
    const pol_document *document = pol_doc_document(doc);
    pol_arena arena;
    pol_arena_init(&arena, 0, NULL);
    job j = {.check = check, .report = report};
    pol_arena_init(&j.scratch, 0, NULL);
    const char *error;
    bool ok = pol_resources_init(&j.set, &arena, document, input, &error);
    if (ok) {
        j.key.document = report->counts.documents++;
        report->counts.resources += j.set.checked;
        j.file = pol_arena_copy(&report->arena, document->name.ptr,
                                document->name.len);
        for (uint32_t i = 0; i < check->pack_count; i++)
            check->packs[i]->fresh = true;
        j.set.scratch = &j.scratch;
        check_all(&j);
    } else {
        pol_policy_report(diags, POL_DIAG_P0650, document, NULL, 0, "%s",
                          error);
    }
    pol_arena_done(&j.scratch);
    pol_arena_done(&arena);
    return ok;
}
