/* SPDX-License-Identifier: Apache-2.0
 *
 * pol_check.h as a host uses it: reports outlive documents, one check serves many
 * of them, what is wrong comes back as a value. Runs in the project's folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "pol_check.h"
#include "pol_stdlib.h"

static pol_engine *engine;
static pol_diags *diags;

static const char bucket[] =
    "{\"steps\": [{\"op\": \"create\", \"urn\": \"urn:pulumi:a::b::aws:s3/"
    "bucket:Bucket::site\", \"newState\": {\"type\": \"aws:s3/bucket:Bucket\","
    "\"inputs\": {\"acl\": \"%s\"}}}]}";

static bool check_bucket(pol_check *check, pol_check_report *report,
                         const char *acl)
{
    char text[512];
    int len = snprintf(text, sizeof text, bucket, acl);
    pol_doc *doc = pol_doc_read_text("b.json", text, (size_t)len, POL_DOC_AUTO,
                                     0, diags);
    bool ok = pol_check_document(check, doc, POL_CHECK_AUTO, report, diags);
    pol_doc_free(doc);
    memset(text, 'x', sizeof text);
    return ok;
}

static pol_check *ready_check(const char *config)
{
    pol_check *check = pol_check_new(engine, NULL);
    int pack = pol_check_add_pack(check, "packs/aws-typescript", diags);
    assert_int_equal(pack, 0);
    if (config) {
        pol_doc *doc = pol_doc_read_text("c.json", config, strlen(config),
                                         POL_DOC_JSON, 0, diags);
        assert_true(pol_check_configure(check, pack, doc, diags));
        assert_true(pol_check_ready(check, diags));
        pol_doc_free(doc); /* it has been read */
    } else {
        assert_true(pol_check_ready(check, diags));
    }
    return check;
}

static void test_report_outlives_documents(void **state)
{
    (void)state;
    pol_check *check = ready_check(NULL);
    pol_check_report *report = pol_check_report_new(check);
    assert_true(check_bucket(check, report, "private"));
    assert_true(check_bucket(check, report, "public-read"));
    assert_true(check_bucket(check, report, "public-read-write"));
    pol_check_report_finish(report);
    pol_check_counts n = pol_check_report_counts(report);
    assert_int_equal(n.documents, 3);
    assert_int_equal(n.resources, 3);
    assert_int_equal(n.mandatory, 2);
    const pol_check_finding *f = pol_check_report_violation(report, 0);
    assert_true(pol_string_is(f->resource.name, "site"));
    assert_true(pol_string_is(f->resource.type, "aws:s3/bucket:Bucket"));
    assert_string_equal(f->place.file, "b.json");
    assert_int_equal(f->place.line, 1);
    assert_int_equal(f->path.len, 1);
    assert_true(pol_string_is(pol_at(f->path, 0), "acl"));
    assert_string_equal(pol_check_policy(check, f->policy).name,
                        "s3-no-public-read");
    assert_null(pol_check_report_violation(report, 2));
    assert_null(pol_check_report_error(report, 0));
    pol_check_report_free(report);
    pol_check_free(check);
}

static void test_levels(void **state)
{
    (void)state;
    pol_check *check = ready_check("{\"all\": \"disabled\"}");
    pol_check_report *report = pol_check_report_new(check);
    assert_true(check_bucket(check, report, "public-read"));
    pol_check_report_finish(report);
    assert_null(pol_check_report_violation(report, 0));
    assert_int_equal(pol_check_policy_count(check), 1);
    assert_int_equal(pol_check_policy(check, 0).level, POL_CHECK_DISABLED);
    assert_int_equal(pol_check_pack(check, 0).policies, 0);
    assert_string_equal(pol_check_level_name(POL_CHECK_DISABLED), "disabled");
    pol_check_report_free(report);
    pol_check_free(check);
}

static void test_faults_are_values(void **state)
{
    (void)state;
    pol_check *check = pol_check_new(engine, NULL);
    assert_int_equal(pol_check_add_pack(check, "packs/none", diags), -1);
    pol_diag_view d;
    assert_true(pol_diags_at(diags, 0, &d));
    assert_string_equal(d.code, "P0450");
    pol_check_free(check);
    check = ready_check(NULL);
    pol_check_report *report = pol_check_report_new(check);
    pol_doc *doc =
        pol_doc_read_text("d", "{}", 2, POL_DOC_AUTO, 0, diags);
    assert_false(pol_check_document(check, doc, POL_CHECK_TERRAFORM, report,
                                    diags));
    assert_int_equal(pol_check_report_counts(report).documents, 0);
    pol_doc_free(doc);
    pol_check_report_free(report);
    pol_check_free(check);
    pol_check_free(NULL);
    pol_check_report_free(NULL);
}

static int begin(void **state)
{
    (void)state;
    engine = pol_engine_new(&(pol_engine_options){.builtins = pol_stdlib()});
    diags = pol_diags_new();
    return engine && diags ? 0 : 1;
}

static int end(void **state)
{
    (void)state;
    pol_diags_free(diags);
    pol_engine_free(engine);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_report_outlives_documents),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_faults_are_values),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
