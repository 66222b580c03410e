/* SPDX-License-Identifier: Apache-2.0
 *
 * From what policies say to entries of the report: messages, places, levels. All
 * of an entry is copied, so that documents can be forgotten. */
#include "running.h"

static pol_value kept(pol_running *j, pol_value text)
{
    return pol_string_copy(&j->report->arena, text.str, text.len);
}

static pol_check_subject subject_of(pol_running *j, const pol_resource *r)
{
    return (pol_check_subject){kept(j, r->type), kept(j, r->name),
                               kept(j, r->urn)};
}

/* Of the resource at hand; copied once. */
static pol_check_subject subject(pol_running *j)
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

static pol_check_place place_of(pol_running *j, const pol_resource *r, pol_value path)
{
    if (!r)
        return (pol_check_place){j->file, 0, 0};
    pol_location at =
        pol_resource_locate(&j->set, r, path.items, path.len);
    return (pol_check_place){j->file, at.line, at.column};
}

/* ---- findings ------------------------------------------------------------ */

/* A message as text: secrets and unknown values do not show. */
static pol_value message_text(pol_running *j, pol_value v)
{
    size_t len;
    if (v.tag == POL_UNKNOWN && v.len && !(v.flags & POL_SECRET))
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

static said read_member(pol_running *j, const pol_policy_item *item, pol_value v)
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

static void fill(pol_running *j, pol_check_finding *f, uint32_t policy, const said *s)
{
    const pol_policy_item *item = &j->check->items[policy];
    pol_value path = s->path;
    if (!pol_is_defined(path))
        path = s->resource && s->resource == j->resource
                   ? pol_policy_path(&j->scratch, item, s->message,
                                     s->resource->props)
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
        .place = place_of(j, s->resource, path),
        .excerpt = pol_running_excerpt(j, s->resource, path)};
}

void pol_running_violation(pol_running *j, uint32_t policy, pol_value member)
{
    said s = read_member(j, &j->check->items[policy], member);
    pol_report_key key = j->key;
    if (s.resource)
        key.resource = (uint32_t)(s.resource - j->set.items);
    fill(j, pol_report_violation(j->report, key), policy, &s);
}

void pol_running_unknown(pol_running *j, uint32_t policy, pol_value member)
{
    said s = read_member(j, &j->check->items[policy], member);
    pol_report_key key = j->key;
    if (s.resource)
        key.resource = (uint32_t)(s.resource - j->set.items);
    if (!pol_is_defined(s.path) && s.resource && s.resource == j->resource)
        s.path = pol_policy_unknown_path(&j->scratch, &j->check->items[policy],
                                         s.message, s.resource->props);
    s.message = pol_literal("depends on a value that is not known yet");
    fill(j, pol_report_unknown(j->report, key), policy, &s);
}

void pol_running_error(pol_running *j, uint32_t policy,
                       const pol_vm_error *error)
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
        .source = pol_policy_place(modules, error->span)};
}

const pol_resource *pol_running_about(pol_running *j, uint32_t policy,
                                      pol_value member)
{
    return read_member(j, &j->check->items[policy], member).resource;
}

void pol_running_remedy(pol_running *j, uint32_t policy, pol_value before,
                        pol_value after)
{
    pol_arena *arena = &j->report->arena;
    pol_check_remedy *r = pol_report_remedy(j->report, j->key);
    *r = (pol_check_remedy){
        .policy = policy,
        .resource = subject(j),
        .before = pol_copy(arena, before),
        .after = pol_copy(arena, after),
        .place = place_of(j, j->resource, pol_array(NULL, 0))};
}
