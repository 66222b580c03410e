/* SPDX-License-Identifier: Apache-2.0
 *
 * Documents as resources: what is recognised as what, which resources there are,
 * what is unknown and secret in them, what refers to what. */
#include "reading_test.h"

#include "resource.h"

static pol_document doc;
static pol_resources set;
static const char *trouble;

static bool index_text(const char *text, pol_check_input input)
{
    pol_read_options options = {.format = POL_FORMAT_AUTO};
    pol_document_done(&doc);
    start_over();
    if (!pol_document_read_text(&doc, STR("test"), pol_str_of(text), &options,
                                &diags, &srcs))
        fail_msg("%s", diags.first->message);
    trouble = NULL;
    return pol_resources_init(&set, &arena, &doc, input, &trouble);
}

static const char *json(pol_value v)
{
    size_t len;
    return pol_value_text(&arena, v, POL_TEXT_JSON, &len);
}

/* "type name urn" of all resources; a role other than the usual in front. */
static const char *listed(void)
{
    static const char *const roles[] = {"", "-", "?"};
    pol_buf out;
    pol_buf_init(&out, &arena);
    for (uint32_t i = 0; i < set.count; i++) {
        const pol_resource *r = &set.items[i];
        pol_buf_printf(&out, "%s%s%.*s %.*s %.*s", i ? "|" : "",
                       roles[r->role], (int)r->type.len, r->type.str,
                       (int)r->name.len, r->name.str, (int)r->urn.len,
                       r->urn.str);
    }
    return pol_buf_done(&out).ptr;
}

static void expect_list(const char *text, const char *format, const char *want)
{
    assert_true(index_text(text, POL_CHECK_AUTO));
    assert_string_equal(set.roots[0].format->name, format);
    assert_string_equal(listed(), want);
}

static const char *props_of(uint32_t i)
{
    return json(pol_resource_props(&set, &set.items[i]));
}

static const char *member_of(uint32_t i, const char *name)
{
    pol_value object = pol_resource_object(&set, &set.items[i]);
    pol_value v = pol_get_name(object, name);
    return pol_is_defined(v) ? json(v) : "undefined";
}

/* ---- recognition --------------------------------------------------------- */

static void test_plain(void **state)
{
    (void)state;
    expect_list("{\"a\": 1}", "plain", "document test test");
    expect_list("[1, 2]", "plain", "document test test");
    expect_list("{\"steps\": []}", "plain", "document test test");
    expect_list("{\"Resources\": {\"a\": 1}}", "plain", "document test test");
    expect_list("{\"kind\": \"x\"}", "plain", "document test test");
    expect_list("{\"kind\": 1, \"apiVersion\": 2}", "plain",
                "document test test");
}

static void test_forced(void **state)
{
    (void)state;
    assert_true(index_text("{\"apiVersion\": \"v1\", \"kind\": \"Pod\"}",
                           POL_CHECK_PLAIN));
    assert_string_equal(set.roots[0].format->name, "plain");
    assert_false(index_text("{\"a\": 1}", POL_CHECK_KUBERNETES));
    assert_string_equal(trouble, "this is no Kubernetes manifest");
}

static void test_several(void **state)
{
    (void)state;
    expect_list("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\n---\n"
                "apiVersion: apps/v1\nkind: Deployment\n"
                "metadata: {name: b, namespace: n}\n",
                "kubernetes", "v1/Pod a a|apps/v1/Deployment n/b n/b");
}

/* ---- Pulumi -------------------------------------------------------------- */

#define URN "urn:pulumi:dev::shop::"
#define UNKNOWN "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
#define SIGNATURE "\"4dabf18193072939515e22adb298388d\": " \
                  "\"1b47061264138c4ac30d75fd1eb44270\""

static void test_preview(void **state)
{
    (void)state;
    expect_list(
        "{\"steps\": ["
        "{\"op\": \"create\", \"urn\": \"" URN "a:b:C::x::y\","
        " \"newState\": {\"type\": \"a:b:C\", \"inputs\": {\"p\": 1}}},"
        "{\"op\": \"delete\", \"urn\": \"" URN "t$a:b:C::old\","
        " \"oldState\": {\"inputs\": {\"q\": 2}}},"
        "{\"op\": \"read\", \"urn\": \"" URN "a:b:C::r\","
        " \"newState\": {\"type\": \"a:b:C\"}}]}",
        "pulumi",
        "a:b:C x::y " URN "a:b:C::x::y|-a:b:C old " URN "t$a:b:C::old"
        "|?a:b:C r " URN "a:b:C::r");
    assert_int_equal(set.checked, 1);
    assert_string_equal(props_of(0), "{\"p\":1}");
    assert_string_equal(props_of(1), "{\"q\":2}");
    assert_string_equal(props_of(2), "{}");
    assert_string_equal(member_of(0, "operation"), "\"create\"");
}

/* A replacement is one resource, though three steps tell of it. */
static void test_replacement(void **state)
{
    (void)state;
    expect_list(
        "{\"steps\": ["
        "{\"op\": \"create-replacement\", \"urn\": \"" URN "a:b:C::x\","
        " \"newState\": {\"type\": \"a:b:C\"}},"
        "{\"op\": \"replace\", \"urn\": \"" URN "a:b:C::x\","
        " \"newState\": {\"type\": \"a:b:C\"}},"
        "{\"op\": \"delete-replaced\", \"urn\": \"" URN "a:b:C::x\","
        " \"oldState\": {\"type\": \"a:b:C\"}}]}",
        "pulumi", "a:b:C x " URN "a:b:C::x");
}

static void test_export(void **state)
{
    (void)state;
    expect_list(
        "{\"version\": 3, \"deployment\": {\"resources\": ["
        "{\"urn\": \"" URN "pulumi:providers:aws::p\", \"type\": "
        "\"pulumi:providers:aws\", \"inputs\": {\"region\": \"r\"}},"
        "{\"urn\": \"" URN "a:b:C::x\", \"type\": \"a:b:C\", \"protect\": true,"
        " \"provider\": \"" URN "pulumi:providers:aws::p::id\","
        " \"parent\": \"" URN "s:s:S::s\","
        " \"dependencies\": [\"" URN "a:b:C::d\"],"
        " \"inputs\": {\"i\": 1}, \"outputs\": {\"o\": 2}},"
        "{\"urn\": \"" URN "a:b:C::gone\", \"delete\": true}]}}",
        "pulumi",
        "pulumi:providers:aws p " URN "pulumi:providers:aws::p"
        "|a:b:C x " URN "a:b:C::x|-a:b:C gone " URN "a:b:C::gone");
    assert_string_equal(props_of(1), "{\"i\":1}");
    assert_string_equal(member_of(1, "options"), "{\"protect\":true}");
    assert_string_equal(member_of(1, "parent"), "\"" URN "s:s:S::s\"");
    assert_string_equal(member_of(1, "dependencies"), "[\"" URN "a:b:C::d\"]");
    assert_string_equal(
        member_of(1, "provider"),
        "{\"name\":\"p\",\"props\":{\"region\":\"r\"},\"type\":"
        "\"pulumi:providers:aws\",\"urn\":\"" URN "pulumi:providers:aws::p\"}");
    pol_value stack = pol_resource_stack(&set);
    assert_string_equal(json(pol_get_name(stack, "name")), "\"dev\"");
    assert_string_equal(json(pol_get_name(stack, "project")), "\"shop\"");
    pol_value all = pol_get_name(stack, "resources");
    assert_int_equal(all.len, 2);
    assert_string_equal(json(pol_get_name(pol_at(all, 1), "props")),
                        "{\"o\":2}");
    assert_int_equal(pol_get_name(stack, "deleted").len, 1);
}

static void test_pulumi_marks(void **state)
{
    (void)state;
    assert_true(index_text(
        "{\"steps\": [{\"op\": \"create\", \"urn\": \"" URN "a:b:C::x\","
        "\"newState\": {\"type\": \"a:b:C\", \"inputs\": {"
        "\"known\": [1], \"u\": \"" UNKNOWN "\","
        "\"list\": [1, \"" UNKNOWN "\"],"
        "\"s\": {" SIGNATURE ", \"plaintext\": \"\\\"pw\\\"\"},"
        "\"c\": {" SIGNATURE ", \"ciphertext\": \"v1:x\"}}}}]}",
        POL_CHECK_AUTO));
    pol_value props = pol_resource_props(&set, &set.items[0]);
    assert_true(set.items[0].has_unknown);
    assert_true(set.items[0].has_secret);
    assert_int_equal(pol_get_name(props, "u").tag, POL_UNKNOWN);
    pol_value list = pol_get_name(props, "list");
    assert_int_equal(pol_at(list, 0).tag, POL_INT);
    assert_int_equal(pol_at(list, 1).tag, POL_UNKNOWN);
    pol_value secret = pol_get_name(props, "s");
    assert_true(pol_string_is(secret, "pw"));
    assert_int_equal(secret.flags, POL_SECRET);
    assert_int_equal(pol_get_name(props, "c").tag, POL_UNKNOWN);
    /* What is not marked is not copied. */
    static const char *const way[] = {"newState", "inputs", "known", NULL};
    pol_value known = pol_resource_member(set.items[0].item, way);
    assert_ptr_equal(pol_get_name(props, "known").items, known.items);
}

/* ---- Terraform ----------------------------------------------------------- */

static const char plan[] =
    "{\"planned_values\": {\"root_module\": {\"resources\": ["
    "{\"address\": \"b.one\", \"mode\": \"managed\", \"type\": \"b\","
    " \"name\": \"one\", \"provider_name\": \"x/aws\","
    " \"values\": {\"tags\": {\"a\": \"1\"}, \"list\": [{\"k\": 1}]}},"
    "{\"address\": \"data.b.two\", \"mode\": \"data\", \"type\": \"b\","
    " \"name\": \"two\", \"values\": {}}],"
    "\"child_modules\": [{\"address\": \"module.m\", \"resources\": ["
    "{\"address\": \"module.m.c.three[0]\", \"mode\": \"managed\","
    " \"type\": \"c\", \"name\": \"three\", \"index\": 0, \"values\": {}},"
    "{\"address\": \"module.m.d.four\", \"mode\": \"managed\","
    " \"type\": \"d\", \"name\": \"four\", \"values\": {}}]}]}},"
    "\"resource_changes\": ["
    "{\"address\": \"b.one\", \"type\": \"b\", \"name\": \"one\", \"change\": {"
    " \"actions\": [\"delete\", \"create\"], \"before\": {\"pw\": \"x\"},"
    " \"before_sensitive\": {\"pw\": true}, \"after\": {},"
    " \"after_unknown\": {\"id\": true, \"tags\": {\"b\": true},"
    "  \"list\": [{\"u\": true}, {\"v\": true}], \"none\": {}},"
    " \"after_sensitive\": {\"tags\": {\"a\": true}}}},"
    "{\"address\": \"b.gone\", \"type\": \"b\", \"name\": \"gone\","
    " \"change\": {\"actions\": [\"delete\"], \"before\": {\"z\": 1}}}],"
    "\"configuration\": {\"provider_config\": {\"aws\": {\"name\": \"aws\","
    "  \"full_name\": \"x/aws\", \"expressions\": {\"region\":"
    "  {\"constant_value\": \"r\"}, \"key\": {\"references\": [\"var.k\"]}}}},"
    " \"root_module\": {\"resources\": [{\"address\": \"b.one\"}],"
    "  \"module_calls\": {\"m\": {\"module\": {\"resources\": ["
    "   {\"address\": \"c.three\"},"
    "   {\"address\": \"d.four\", \"expressions\": {\"target\": {\"references\":"
    "    [\"c.three.id\", \"c.three\", \"var.x\"]},"
    "    \"block\": [{\"own\": {\"references\": [\"d.four.id\"]}}]}}]}}}}}}";

static void test_plan(void **state)
{
    (void)state;
    expect_list(plan, "terraform",
                "b one b.one|?b two data.b.two"
                "|c three module.m.c.three[0]|d four module.m.d.four"
                "|-b gone b.gone");
    assert_int_equal(set.checked, 3);
    assert_string_equal(member_of(0, "operation"), "\"replace\"");
    assert_string_equal(member_of(0, "old"), "{\"pw\":\"[secret]\"}");
    assert_string_equal(member_of(0, "provider"),
                        "{\"name\":\"x/aws\",\"props\":{\"region\":\"r\"}}");
    assert_string_equal(member_of(2, "options"), "{\"index\":0}");
    assert_string_equal(props_of(4), "{\"z\":1}");
    assert_string_equal(member_of(4, "operation"), "\"delete\"");
}

static void test_plan_marks(void **state)
{
    (void)state;
    assert_true(index_text(plan, POL_CHECK_AUTO));
    assert_string_equal(
        props_of(0),
        "{\"id\":\"<unknown>\",\"list\":[{\"k\":1,\"u\":\"<unknown>\"},"
        "{\"v\":\"<unknown>\"}],\"tags\":{\"a\":\"[secret]\","
        "\"b\":\"<unknown>\"}}");
    assert_true(set.items[0].has_unknown && set.items[0].has_secret);
    assert_string_equal(props_of(2), "{}");
    assert_false(set.items[2].has_unknown || set.items[2].has_secret);
}

static void test_plan_references(void **state)
{
    (void)state;
    assert_true(index_text(plan, POL_CHECK_AUTO));
    assert_string_equal(member_of(3, "dependencies"),
                        "[\"module.m.c.three[0]\"]");
    assert_string_equal(member_of(3, "property_dependencies"),
                        "{\"target\":[\"module.m.c.three[0]\"]}");
    assert_string_equal(member_of(2, "dependencies"), "[]");
}

/* A variable leads to the call of the module, an output into it, and each.value
 * to what for_each goes over, in the instance of the same key. */
static void test_plan_modules(void **state)
{
    (void)state;
    static const char text[] =
        "{\"planned_values\": {\"root_module\": {\"resources\": ["
        "{\"address\": \"t.a[\\\"x\\\"]\", \"type\": \"t\", \"values\": {}},"
        "{\"address\": \"t.a[\\\"y\\\"]\", \"type\": \"t\", \"values\": {}},"
        "{\"address\": \"t.out\", \"type\": \"t\", \"values\": {}}],"
        "\"child_modules\": [{\"resources\": [{\"address\":"
        "\"module.m[\\\"y\\\"].t.in\", \"type\": \"t\", \"values\": {}}]},"
        "{\"resources\": [{\"address\": \"module.n.t.c\","
        "\"type\": \"t\", \"values\": {}}]}]}},"
        "\"configuration\": {\"root_module\": {\"resources\": ["
        "{\"address\": \"t.a\"}, {\"address\": \"t.out\", \"expressions\": {"
        "\"one\": {\"references\": [\"t.a[\\\"x\\\"].id\", \"t.a[\\\"x\\\"]\","
        "\"t.a\"]}, \"two\": {\"references\": [\"module.n.id\","
        "\"module.n\"]}, \"three\": {\"references\": [\"local.l\"]}}}],"
        "\"module_calls\": {\"m\": {\"for_each_expression\": {\"references\":"
        "[\"t.a\"]}, \"expressions\": {\"v\": {\"references\":"
        "[\"each.value.id\", \"each.value\"]}}, \"module\": {\"resources\":"
        "[{\"address\": \"t.in\", \"expressions\": {\"p\": {\"references\":"
        "[\"var.v\"]}}}]}}, \"n\": {\"module\": {\"outputs\": {\"id\":"
        "{\"expression\": {\"references\": [\"t.c.id\", \"t.c\"]}}},"
        "\"resources\": [{\"address\": \"t.c\"}]}}}}}}";
    assert_true(index_text(text, POL_CHECK_AUTO));
    assert_string_equal(member_of(2, "property_dependencies"),
                        "{\"one\":[\"t.a[\\\"x\\\"]\"],"
                        "\"two\":[\"module.n.t.c\"]}");
    assert_string_equal(member_of(3, "property_dependencies"),
                        "{\"p\":[\"t.a[\\\"y\\\"]\"]}");
}

/* Set are: by an expression `a`, `tags`, `one.set`; by two blocks `many.x`. */
static void test_plan_computed(void **state)
{
    (void)state;
    static const char text[] =
        "{\"planned_values\": {\"root_module\": {\"resources\": ["
        "{\"address\": \"t.a[0]\", \"type\": \"t\", \"name\": \"a\","
        "\"values\": {}}]}}, \"resource_changes\": [{\"address\": \"t.a[0]\","
        "\"change\": {\"actions\": [\"create\"], \"after\": {},"
        "\"after_unknown\": {\"a\": true, \"id\": true, \"no\": false,"
        "\"tags\": {\"k\": true}, \"block\": true,"
        "\"one\": [{\"set\": true, \"unset\": true}],"
        "\"many\": [{\"x\": true, \"y\": true}, {\"x\": true, \"y\": true}]"
        "}}}], \"configuration\": {\"root_module\": {\"resources\": ["
        "{\"address\": \"t.a\", \"expressions\": {"
        "\"a\": {\"references\": [\"t.b.id\", \"t.b\"]}, \"tags\": {},"
        "\"one\": [{\"set\": {\"references\": [\"var.x\"]}}],"
        "\"many\": [{}, {\"x\": {\"constant_value\": 1}}]}}]}}}";
    assert_true(index_text(text, POL_CHECK_AUTO));
    assert_string_equal(member_of(0, "computed"),
                        "[\"block\",\"id\",\"many.y\",\"one.unset\"]");
    assert_true(index_text(plan, POL_CHECK_AUTO));
    assert_string_equal(member_of(2, "computed"), "[]");
}

static void test_plan_stack(void **state)
{
    (void)state;
    static const char text[] =
        "{\"planned_values\": {}, \"resource_drift\": [{\"address\": \"t.a\","
        "\"mode\": \"managed\", \"type\": \"t\", \"name\": \"a\", \"change\":"
        "{\"actions\": [\"update\"], \"before\": {\"p\": 1, \"w\": \"old\"},"
        "\"after\": {\"p\": 2, \"w\": \"new\"}, \"before_sensitive\":"
        "{\"w\": true}, \"after_sensitive\": {\"w\": true}}}, {\"address\":"
        "\"data.t.d\", \"mode\": \"data\", \"type\": \"t\", \"name\": \"d\","
        "\"change\": {}}], \"configuration\": {\"provider_config\": {"
        "\"module.m:x\": {\"name\": \"x\", \"full_name\": \"r/x\","
        "\"module_address\": \"module.m\"}, \"x.w\": {\"name\": \"x\","
        "\"alias\": \"w\", \"full_name\": \"r/x\", \"version_constraint\":"
        "\"~> 1\", \"expressions\": {\"key\": {\"constant_value\": \"k\"}}}}}}";
    assert_true(index_text(text, POL_CHECK_AUTO));
    assert_int_equal(set.checked, 0);
    pol_value stack = pol_resource_stack(&set);
    assert_string_equal(json(pol_get_name(stack, "providers")),
                        "[{\"module\":\"module.m\",\"name\":\"x\","
                        "\"source\":\"r/x\"},{\"alias\":\"w\",\"name\":\"x\","
                        "\"source\":\"r/x\",\"version\":\"~> 1\"}]");
    pol_value drift = pol_get_name(stack, "drift");
    assert_int_equal(drift.len, 1);
    assert_string_equal(json(pol_get_name(drift.items[0], "props")),
                        "{\"p\":2,\"w\":\"[secret]\"}");
    assert_string_equal(json(pol_get_name(drift.items[0], "old")),
                        "{\"p\":1,\"w\":\"[secret]\"}");
    assert_int_equal(pol_get_name(stack, "resources").len, 0);
}

static void test_changes_alone(void **state)
{
    (void)state;
    expect_list("{\"resource_changes\": [{\"address\": \"a.b\", \"type\": \"a\","
                "\"name\": \"b\", \"change\": {\"actions\": [\"create\"],"
                "\"after\": {\"k\": 1}}}]}",
                "terraform", "a b a.b");
    assert_string_equal(props_of(0), "{\"k\":1}");
    expect_list("{\"format_version\": \"1.0\", \"terraform_version\": \"1\"}",
                "terraform", "");
}

/* ---- CloudFormation ------------------------------------------------------ */

static void test_template(void **state)
{
    (void)state;
    static const char text[] =
        "Parameters:\n"
        "  Name: {Type: String, Default: site}\n"
        "  Size: {Type: Number}\n"
        "  Word: {Type: String, NoEcho: true, Default: pw}\n"
        "Conditions:\n"
        "  No: !Equals [!Ref Name, other]\n"
        "  Yes: !Not [!Condition No]\n"
        "Resources:\n"
        "  B:\n"
        "    Type: AWS::S3::Bucket\n"
        "    Properties:\n"
        "      Name: !Ref Name\n"
        "      Sub: !Sub 'x-${Name}-${!raw}'\n"
        "      Size: !Ref Size\n"
        "      If: !If [Yes, a, b]\n"
        "      Gone: !Ref AWS::NoValue\n"
        "      Join: !Join ['-', [a, !Ref Name]]\n"
        "      Word: !Ref Word\n"
        "  A:\n"
        "    Type: AWS::SNS::Topic\n"
        "    Properties: {Of: !GetAtt B.Arn, At: !Sub '${B}/x'}\n"
        "  Never: {Type: AWS::SNS::Topic, Condition: No}\n";
    expect_list(text, "cloudformation",
                "AWS::S3::Bucket B B|AWS::SNS::Topic A A");
    assert_string_equal(props_of(0),
                        "{\"If\":\"a\",\"Join\":\"a-site\",\"Name\":\"site\","
                        "\"Size\":\"<unknown>\",\"Sub\":\"x-site-${raw}\","
                        "\"Word\":\"[secret]\"}");
    assert_string_equal(props_of(1),
                        "{\"At\":\"<unknown>\",\"Of\":\"<unknown>\"}");
    assert_string_equal(member_of(1, "dependencies"), "[\"B\"]");
    assert_string_equal(member_of(1, "property_dependencies"),
                        "{\"At\":[\"B\"],\"Of\":[\"B\"]}");
    assert_true(set.items[0].has_unknown && set.items[0].has_secret);
}

/* A parameter that refers to itself through a function must end. */
static void test_template_cycle(void **state)
{
    (void)state;
    assert_true(index_text(
        "{\"Conditions\": {\"A\": {\"Condition\": \"B\"},"
        "\"B\": {\"Condition\": \"A\"}}, \"Resources\": {\"R\":"
        "{\"Type\": \"T\", \"Condition\": \"A\"}}}",
        POL_CHECK_AUTO));
    assert_int_equal(set.count, 1);
}

/* ---- Kubernetes ---------------------------------------------------------- */

static void test_kubernetes(void **state)
{
    (void)state;
    expect_list("{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": ["
                "{\"apiVersion\": \"v1\", \"kind\": \"Secret\", \"metadata\":"
                "{\"generateName\": \"g-\"}, \"data\": {\"k\": \"dg==\"}}, 3]}",
                "kubernetes", "v1/Secret g- g-");
    assert_string_equal(json(pol_get_name(
                            pol_resource_props(&set, &set.items[0]), "data")),
                        "{\"k\":\"[secret]\"}");
    expect_list("{\"apiVersion\": \"admission.k8s.io/v1\", \"kind\":"
                "\"AdmissionReview\", \"request\": {\"operation\": \"UPDATE\","
                "\"object\": {\"apiVersion\": \"v1\", \"kind\": \"Pod\","
                "\"metadata\": {\"name\": \"p\"}}, \"oldObject\": {\"a\": 1}}}",
                "kubernetes", "v1/Pod p p");
    assert_string_equal(member_of(0, "operation"), "\"update\"");
    assert_string_equal(member_of(0, "old"), "{\"a\":1}");
}

/* ---- places -------------------------------------------------------------- */

static void test_places(void **state)
{
    (void)state;
    assert_true(index_text(plan, POL_CHECK_AUTO));
    pol_value path[] = {pol_literal("tags"), pol_literal("a")};
    pol_location at = pol_resource_locate(&set, &set.items[0], path, 2);
    assert_true(at.found);
    assert_memory_equal(doc.text.ptr + at.off, "\"1\"", 3);
    path[0] = pol_literal("id"); /* is in the marks only */
    at = pol_resource_locate(&set, &set.items[0], path, 1);
    assert_false(at.found);
    assert_memory_equal(doc.text.ptr + at.off, "{\"tags\"", 7);
    at = pol_resource_locate(&set, &set.items[2], NULL, 0);
    assert_true(at.found);
    assert_memory_equal(doc.text.ptr + at.off - 10, "\"values\": {}", 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),
        cmocka_unit_test(test_forced),
        cmocka_unit_test(test_several),
        cmocka_unit_test(test_preview),
        cmocka_unit_test(test_replacement),
        cmocka_unit_test(test_export),
        cmocka_unit_test(test_pulumi_marks),
        cmocka_unit_test(test_plan),
        cmocka_unit_test(test_plan_marks),
        cmocka_unit_test(test_plan_references),
        cmocka_unit_test(test_plan_modules),
        cmocka_unit_test(test_plan_stack),
        cmocka_unit_test(test_plan_computed),
        cmocka_unit_test(test_changes_alone),
        cmocka_unit_test(test_template),
        cmocka_unit_test(test_template_cycle),
        cmocka_unit_test(test_kubernetes),
        cmocka_unit_test(test_places),
    };
    int status = cmocka_run_group_tests(tests, NULL, finish);
    pol_document_done(&doc);
    return status;
}
