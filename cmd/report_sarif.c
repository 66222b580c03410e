/* SPDX-License-Identifier: Apache-2.0
 *
 * SARIF 2.1.0, as code scanning of GitHub reads it. Every policy is a rule, a
 * violation a result, what could not be decided a result of kind "open".
 * Errors are notifications of the run. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fingerprint.h"
#include "report.h"

enum {
    HELP_LONGEST = 1000, /* bytes; GitHub takes 1024 characters */
    TAGS = 20            /* of a rule, GitHub's limit */
};

typedef struct page {
    const pol_checking *c;
    pol_out *out;
    pol_fingerprints prints;
} page;

static void write_string(page *p, const char *text)
{
    pol_out_json_string(p->out, text, strlen(text));
}

static void write_message(page *p, const char *name, const char *text,
                          size_t len)
{
    pol_out_printf(p->out, "\"%s\": {\"text\": ", name);
    pol_out_json_string(p->out, text, len);
    pol_out_puts(p->out, "}");
}

/* Cut where GitHub would refuse it. */
static void write_help(page *p, const char *name, const char *text, size_t len)
{
    size_t shown = len < HELP_LONGEST ? len : HELP_LONGEST;
    while (shown < len && shown && ((unsigned char)text[shown] & 0xc0) == 0x80)
        shown--;
    write_message(p, name, text, shown);
}

/* ---- places -------------------------------------------------------------- */

/* What may stand in the path of a URI as it is. */
static bool is_plain(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || (c && strchr("-._~/", c));
}

static void write_uri(page *p, const char *file)
{
    pol_out_puts(p->out, file[0] == '/' ? "\"file://" : "\"");
    for (; *file; file++) {
        unsigned char c = (unsigned char)*file;
        if (is_plain(c))
            pol_out_write(p->out, file, 1);
        else
            pol_out_printf(p->out, "%%%02X", c);
    }
    pol_out_puts(p->out, "\"");
}

static void write_physical(page *p, pol_check_place at)
{
    pol_out_puts(p->out, "\"physicalLocation\": {\"artifactLocation\": "
                         "{\"uri\": ");
    write_uri(p, pol_entry_file(at.file));
    pol_out_puts(p->out, "}");
    if (at.line)
        pol_out_printf(p->out,
                       ", \"region\": {\"startLine\": %u, "
                       "\"startColumn\": %u}",
                       at.line, at.column ? at.column : 1);
    pol_out_puts(p->out, "}");
}

static void write_resource(page *p, const pol_check_subject *r)
{
    pol_out_puts(p->out, "\"logicalLocations\": [{\"name\": ");
    pol_out_json_string(p->out, r->name.str, r->name.len);
    pol_out_puts(p->out, ", \"fullyQualifiedName\": ");
    pol_out_json_string(p->out, r->urn.str, r->urn.len);
    pol_out_puts(p->out, ", \"kind\": \"resource\"}]");
}

static void write_locations(page *p, const pol_entry *e)
{
    bool file = *e->place.file;
    bool resource = pol_is_string(e->resource.urn) && e->resource.urn.len &&
                    pol_is_string(e->resource.name);
    if (!file && !resource)
        return;
    pol_out_puts(p->out, ", \"locations\": [{");
    if (file)
        write_physical(p, e->place);
    if (resource) {
        pol_out_puts(p->out, file ? ", " : "");
        write_resource(p, &e->resource);
    }
    pol_out_puts(p->out, "}]");
}

/* ---- rules --------------------------------------------------------------- */

/* "9.0" and the like: the middle of what GitHub calls by that name. */
static const char *security_severity(pol_value severity)
{
    static const char *const map[][2] = {{"critical", "9.5"},
                                         {"high", "8.0"},
                                         {"medium", "5.5"},
                                         {"low", "2.0"}};
    for (int i = 0; i < 4 && pol_is_string(severity); i++) {
        if (severity.len == strlen(map[i][0]) &&
            !memcmp(severity.str, map[i][0], severity.len))
            return map[i][1];
    }
    return NULL;
}

static void write_id(page *p, const char *pack, const char *policy)
{
    size_t head = strlen(pack), len = head + 1 + strlen(policy);
    char *text = malloc(len + 1);
    if (!text)
        abort();
    memcpy(text, pack, head);
    text[head] = '/';
    strcpy(text + head + 1, policy);
    pol_out_json_string(p->out, text, len);
    free(text);
}

/* Without the tag "security" GitHub does not read the severity. */
static void write_tags(page *p, const pol_check_policy_view *view, bool secure)
{
    uint32_t left = TAGS;
    const char *before = "";
    pol_out_puts(p->out, "\"tags\": [");
    if (secure) {
        pol_out_puts(p->out, "\"security\"");
        before = ", ";
        left--;
    }
    uint32_t count = view->tags.tag == POL_ARRAY ? view->tags.len : 0;
    for (uint32_t i = 0; i < count && left; i++) {
        pol_value tag = pol_at(view->tags, i);
        bool again = secure && pol_is_string(tag) && tag.len == 8 &&
                     !memcmp(tag.str, "security", 8);
        if (!pol_is_string(tag) || again)
            continue;
        pol_out_puts(p->out, before);
        pol_out_json_string(p->out, tag.str, tag.len);
        before = ", ";
        left--;
    }
    pol_out_puts(p->out, "]");
}

static void write_rule_texts(page *p, const pol_check_policy_view *view)
{
    const char *full = *view->description ? view->description : view->name;
    pol_value title = view->title, steps = view->remediation_steps;
    bool titled = pol_is_string(title) && title.len;
    write_help(p, "shortDescription", titled ? title.str : full,
               titled ? title.len : strlen(full));
    pol_out_puts(p->out, ", ");
    write_help(p, "fullDescription", full, strlen(full));
    pol_out_puts(p->out, ", ");
    if (pol_is_string(steps) && steps.len)
        write_help(p, "help", steps.str, steps.len);
    else
        write_help(p, "help", full, strlen(full));
}

/* A reader may refuse what is no URI. */
static bool is_uri(pol_value v)
{
    bool fine = pol_is_string(v) && v.len > 8 &&
                (!memcmp(v.str, "https://", 8) || !memcmp(v.str, "http://", 7));
    for (uint32_t i = 0; fine && i < v.len; i++) {
        unsigned char c = (unsigned char)v.str[i];
        fine = c > 0x20 && c < 0x7f && !strchr("\"<>\\^`{|}", c);
    }
    return fine;
}

static void write_rule(page *p, uint32_t policy)
{
    pol_check_policy_view view = pol_check_policy(p->c->check, policy);
    pol_check_pack_view pack = pol_check_pack(p->c->check, view.pack);
    const char *score = security_severity(view.severity);
    pol_out_puts(p->out, "{\"id\": ");
    write_id(p, pack.name, view.name);
    pol_out_puts(p->out, ", \"name\": ");
    write_string(p, view.name);
    pol_out_puts(p->out, ", ");
    write_rule_texts(p, &view);
    if (is_uri(view.url)) {
        pol_out_puts(p->out, ", \"helpUri\": ");
        pol_out_json_string(p->out, view.url.str, view.url.len);
    }
    pol_out_printf(p->out, ", \"defaultConfiguration\": {\"level\": \"%s\"%s}",
                   view.level == POL_CHECK_ADVISORY ? "warning" : "error",
                   view.level == POL_CHECK_DISABLED ? ", \"enabled\": false"
                                                    : "");
    pol_out_puts(p->out, ", \"properties\": {\"precision\": \"high\", ");
    if (score)
        pol_out_printf(p->out, "\"security-severity\": \"%s\", ", score);
    write_tags(p, &view, score != NULL);
    pol_out_puts(p->out, "}}");
}

static void write_driver(page *p)
{
    uint32_t count = pol_check_policy_count(p->c->check);
    pol_out_printf(p->out,
                   " \"tool\": {\"driver\": {\"name\": \"polc\", "
                   "\"version\": \"%s\", \"semanticVersion\": \"%s\",\n"
                   "  \"rules\": [",
                   pol_version(), pol_version());
    for (uint32_t i = 0; i < count; i++) {
        pol_out_puts(p->out, i ? ",\n   " : "\n   ");
        write_rule(p, i);
    }
    pol_out_puts(p->out, "]}},\n");
}

/* ---- notifications and results ------------------------------------------- */

static void write_notification(page *p, const pol_entry *e)
{
    pol_out_printf(p->out,
                   "\n   {\"descriptor\": {\"id\": \"%s\"}, "
                   "\"level\": \"%s\", ",
                   e->code, e->serious ? "error" : "warning");
    write_message(p, "message", e->message, e->message_len);
    if (e->kind == POL_ENTRY_ERROR) {
        pol_out_puts(p->out, ", \"associatedRule\": {\"id\": ");
        write_id(p, e->pack, e->rule);
        pol_out_printf(p->out, ", \"index\": %u}", e->policy);
    }
    write_locations(p, e);
    pol_out_puts(p->out, "}");
}

static void write_invocation(page *p)
{
    const char *before = "";
    bool fine = true;
    for (pol_entry e = {0}; pol_entry_next(p->c, &e);)
        fine = fine && (e.kind < POL_ENTRY_ERROR || !e.serious);
    pol_out_printf(p->out,
                   " \"invocations\": [{\"executionSuccessful\": %s, "
                   "\"exitCode\": %d,\n"
                   "  \"toolExecutionNotifications\": [",
                   fine ? "true" : "false", (int)pol_checking_exit(p->c));
    for (pol_entry e = {0}; pol_entry_next(p->c, &e);) {
        if (e.kind < POL_ENTRY_ERROR)
            continue;
        pol_out_puts(p->out, before);
        write_notification(p, &e);
        before = ",";
    }
    pol_out_puts(p->out, "]}],\n");
}

static void write_result(page *p, const pol_entry *e)
{
    bool open = e->kind == POL_ENTRY_UNKNOWN;
    pol_fingerprint print = pol_fingerprint_next(&p->prints, e);
    pol_out_puts(p->out, "\n  {\"ruleId\": ");
    write_id(p, e->pack, e->rule);
    pol_out_printf(p->out,
                   ", \"ruleIndex\": %u, \"kind\": \"%s\", \"level\": \"%s\", ",
                   e->policy, open ? "open" : "fail",
                   open                             ? "none"
                   : strcmp(e->label, "mandatory") ? "warning"
                                                    : "error");
    write_message(p, "message", e->message, e->message_len);
    write_locations(p, e);
    pol_out_printf(p->out,
                   ", \"partialFingerprints\": {\"primaryLocationLineHash\": "
                   "\"%016" PRIx64 ":%u\"}",
                   print.hash, print.nth);
    pol_out_printf(p->out, ", \"properties\": {\"enforcement\": \"%s\"",
                   e->label);
    if (*e->severity)
        pol_out_printf(p->out, ", \"severity\": \"%s\"", e->severity);
    pol_out_puts(p->out, "}}");
}

static void write_results(page *p)
{
    const char *before = "";
    pol_out_puts(p->out, " \"results\": [");
    for (pol_entry e = {0}; pol_entry_next(p->c, &e);) {
        if (e.kind >= POL_ENTRY_ERROR)
            continue;
        pol_out_puts(p->out, before);
        write_result(p, &e);
        before = ",";
    }
    pol_out_puts(p->out, "]}]}\n");
}

void pol_report_sarif(const pol_checking *c, pol_out *out)
{
    page p = {.c = c, .out = out};
    pol_fingerprints_init(&p.prints);
    pol_out_puts(out,
                 "{\"$schema\": \"https://json.schemastore.org/"
                 "sarif-2.1.0.json\",\n"
                 "\"version\": \"2.1.0\", \"runs\": [{\n");
    write_driver(&p);
    write_invocation(&p);
    pol_out_puts(out, " \"columnKind\": \"unicodeCodePoints\",\n");
    write_results(&p);
    pol_fingerprints_done(&p.prints);
}
