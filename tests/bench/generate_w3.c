/* SPDX-License-Identifier: Apache-2.0
 *
 * Makes the documents and policies of W3: generate_w3 FOLDER [RESOURCES]
 *
 *     plan.json      a Terraform plan as `terraform show -json` writes it, of
 *                    30 types; 60,000 resources are 99.5 MB
 *     plain.rego     120 rules over input.resource_changes, 4 for each type
 *     pack/          the same 120 as policy declarations
 *
 * The same numbers come every time: the generator is seeded with a constant.
 * About 0.95 of the four policies of a resource find something. */
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { TYPES = 30, NAMES = 8, RESOURCES = 60000, IN_MODULE = 10 };

static const char *const types[TYPES] = {
    "aws_s3_bucket", "aws_instance", "aws_security_group", "aws_db_instance",
    "aws_ebs_volume", "aws_lambda_function", "aws_iam_role", "aws_kms_key",
    "aws_sqs_queue", "aws_sns_topic", "aws_dynamodb_table", "aws_lb",
    "aws_lb_listener", "aws_eks_cluster", "aws_ecs_service", "aws_ecr_repository",
    "aws_cloudtrail", "aws_cloudfront_distribution", "aws_efs_file_system",
    "aws_elasticache_cluster", "aws_redshift_cluster", "aws_rds_cluster",
    "aws_subnet", "aws_vpc", "aws_nat_gateway", "aws_route_table",
    "aws_api_gateway_rest_api", "aws_secretsmanager_secret", "aws_kinesis_stream",
    "aws_msk_cluster"};

/* What the types call their attributes. */
static const char *const flags[NAMES] = {
    "encrypted", "enable_logging", "deletion_protection", "multi_az",
    "enable_key_rotation", "point_in_time_recovery", "monitoring",
    "drop_invalid_header_fields"};
static const char *const modes[NAMES] = {
    "acl", "exposure", "visibility", "access_mode", "endpoint_type",
    "authentication", "publicity", "scheme"};
static const char *const blocks[NAMES] = {"ingress", "rule", "access_rule",
                                          "listener", "allow", "inbound",
                                          "entry", "permission"};
static const char *const values[] = {"private", "internal", "restricted",
                                     "public-read", "public-read-write",
                                     "team"};

static uint64_t state = 0x9e3779b97f4a7c15u;

/* xorshift64*: a number below `n`. */
static uint32_t pick(uint32_t n)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (uint32_t)((state * 0x2545f4914f6cdd1du) >> 33) % n;
}

static FILE *open_file(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    if (!file) {
        perror(path);
        exit(1);
    }
    return file;
}

static void close_file(FILE *file)
{
    if (ferror(file) || fclose(file) != 0) {
        perror("generate_w3");
        exit(1);
    }
}

/* ---- the plan --------------------------------------------------------------- */

/* One resource: what the three parts of the plan that mention it agree on. */
typedef struct resource {
    uint32_t number, type;
    bool flag, public, owned, open;
    uint32_t mode, size, port, salt;
} resource;

static resource make_resource(uint32_t number)
{
    resource r = {.number = number, .type = pick(TYPES)};
    r.flag = pick(100) >= 25;
    r.public = pick(100) < 25;
    r.mode = r.public ? 3 + pick(2) : pick(2) ? pick(3) : 5;
    r.owned = pick(100) >= 25;
    r.open = pick(100) < 20;
    r.size = 1 + pick(500);
    r.port = 1024 + pick(40000);
    r.salt = pick(1u << 30);
    return r;
}

static void put_address(FILE *f, const resource *r)
{
    fprintf(f, "\"address\":\"%s%s.r%05u\"",
            r->number % IN_MODULE ? "" : "module.shared.", types[r->type],
            r->number);
}

static void put_head(FILE *f, const resource *r)
{
    putc('{', f);
    put_address(f, r);
    fprintf(f,
            ",\"mode\":\"managed\",\"type\":\"%s\",\"name\":\"r%05u\","
            "\"provider_name\":\"provider.example/hashicorp/aws\"",
            types[r->type], r->number);
}

static void put_values(FILE *f, const resource *r)
{
    uint32_t t = r->type;
    fprintf(f,
            "{\"%s\":%s,\"%s\":\"%s\",\"size\":%u,\"description\":\"resource "
            "%u of the platform team, made for measuring, not for use by us.\",\"%s\":[{\"cidr_"
            "blocks\":[\"10.%u.0.0/16\",\"%s\"],\"from_port\":%u,\"to_port\":%u,"
            "\"protocol\":\"tcp\"},{\"cidr_blocks\":[\"10.%u.0.0/16\"],\"from_"
            "port\":%u,\"to_port\":%u,\"protocol\":\"tcp\"}],",
            flags[t % NAMES], r->flag ? "true" : "false", modes[t % NAMES],
            values[r->mode], r->size, r->number, blocks[t % NAMES],
            r->salt % 256, r->open ? "0.0.0.0/0" : "192.168.0.0/24",
            r->open ? 20 : 443, r->open ? 25 : 443, (r->salt >> 8) % 256,
            r->port, r->port + 10);
    fprintf(f,
            "\"tags\":{\"environment\":\"%s\",%s\"cost-center\":\"cc-%04u\"},"
            "\"timeouts\":null,\"kms_key_id\":\"key/%08x-%04x\"}",
            r->salt & 1 ? "production" : "staging",
            r->owned ? "\"owner\":\"platform\"," : "", r->salt % 10000, r->salt,
            r->number & 0xffff);
}

static void put_planned(FILE *f, const resource *r)
{
    put_head(f, r);
    fputs(",\"schema_version\":1,\"values\":", f);
    put_values(f, r);
    fputs(",\"sensitive_values\":{\"tags\":{}}}", f);
}

static void put_change(FILE *f, const resource *r)
{
    put_head(f, r);
    fputs(",\"change\":{\"actions\":[\"create\"],\"before\":null,\"after\":", f);
    put_values(f, r);
    fputs(",\"after_unknown\":{\"arn\":true,\"id\":true},"
          "\"before_sensitive\":false,\"after_sensitive\":{\"tags\":{}}}}", f);
}

static void put_configuration(FILE *f, const resource *r)
{
    putc('{', f);
    put_address(f, r);
    fprintf(f,
            ",\"mode\":\"managed\",\"type\":\"%s\",\"name\":\"r%05u\",\"provider_"
            "config_key\":\"aws\",\"expressions\":{\"size\":{\"constant_value\":"
            "%u},\"tags\":{\"references\":[\"var.tags\"]}},\"schema_version\":1}",
            types[r->type], r->number, r->size);
}

/* All resources, or those in (or outside) the module. */
static void put_all(FILE *f, const resource *all, uint32_t count, int module,
                    void (*put)(FILE *, const resource *))
{
    bool first = true;
    putc('[', f);
    for (uint32_t i = 0; i < count; i++) {
        if (module >= 0 && (i % IN_MODULE == 0) != module)
            continue;
        if (!first)
            putc(',', f);
        put(f, &all[i]);
        first = false;
    }
    putc(']', f);
}

static void write_plan(const char *folder, uint32_t count)
{
    resource *all = calloc(count, sizeof *all);
    if (!all)
        exit(1);
    for (uint32_t i = 0; i < count; i++)
        all[i] = make_resource(i);
    FILE *f = open_file(folder, "plan.json");
    fputs("{\"format_version\":\"1.2\",\"terraform_version\":\"1.9.0\","
          "\"planned_values\":{\"root_module\":{\"resources\":", f);
    put_all(f, all, count, 0, put_planned);
    fputs(",\"child_modules\":[{\"address\":\"module.shared\",\"resources\":", f);
    put_all(f, all, count, 1, put_planned);
    fputs("}]}},\"resource_changes\":", f);
    put_all(f, all, count, -1, put_change);
    fputs(",\"configuration\":{\"root_module\":{\"resources\":", f);
    put_all(f, all, count, -1, put_configuration);
    fputs("}},\"timestamp\":\"2024-01-01T00:00:00Z\"}\n", f);
    close_file(f);
    free(all);
}

/* ---- policies ------------------------------------------------------------------ */

/* The four conditions on the properties `at` of type `t`. */
static void put_condition(FILE *f, uint32_t t, int which, const char *at)
{
    switch (which) {
    case 0:
        fprintf(f, "    not %s.%s\n", at, flags[t % NAMES]);
        break;
    case 1:
        fprintf(f, "    %s.%s in public_modes\n", at, modes[t % NAMES]);
        break;
    case 2:
        fprintf(f,
                "    some rule in %s.%s\n    rule.from_port <= 22\n"
                "    rule.to_port >= 22\n    \"0.0.0.0/0\" in rule.cidr_blocks\n",
                at, blocks[t % NAMES]);
        break;
    default:
        fprintf(f, "    not %s.tags.owner\n", at);
    }
}

static const char *const says[] = {"is not protected", "is public",
                                   "lets anybody in", "has no owner"};

static void write_plain(const char *folder)
{
    FILE *f = open_file(folder, "plain.rego");
    fputs("package bench\n\n"
          "public_modes := {\"public-read\", \"public-read-write\"}\n", f);
    for (uint32_t t = 0; t < TYPES; t++) {
        for (int which = 0; which < 4; which++) {
            fprintf(f,
                    "\ndeny contains msg if {\n"
                    "    some r in input.resource_changes\n"
                    "    r.type == \"%s\"\n", types[t]);
            put_condition(f, t, which, "r.change.after");
            fprintf(f, "    msg := sprintf(\"%%s %s\", [r.address])\n}\n",
                    says[which]);
        }
    }
    close_file(f);
}

static void write_pack(const char *folder)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/pack", folder);
    mkdir(path, 0777);
    FILE *f = open_file(path, "pack.json");
    fputs("{\"name\": \"bench\", \"version\": \"1.0.0\", "
          "\"description\": \"W3\", \"enforcement\": \"mandatory\"}\n", f);
    close_file(f);
    f = open_file(path, "w3.pol");
    fputs("package bench\n\n"
          "public_modes := {\"public-read\", \"public-read-write\"}\n", f);
    for (uint32_t t = 0; t < TYPES; t++) {
        for (int which = 0; which < 4; which++) {
            fprintf(f,
                    "\npolicy \"%s-%d\" {\n    description: \"A resource that "
                    "%s.\"\n    resource: \"%s\"\n\n"
                    "    deny contains $\"{resource.urn} %s\" if {\n",
                    types[t], which, says[which], types[t], says[which]);
            put_condition(f, t, which, "input");
            fputs("    }\n}\n", f);
        }
    }
    close_file(f);
}

int main(int argc, char **argv)
{
    if (argc < 2 || argv[1][0] == '-')
        return 2;
    long count = argc > 2 ? strtol(argv[2], NULL, 10) : RESOURCES;
    if (count < 1 || count > 10000000)
        return 2;
    mkdir(argv[1], 0777);
    write_plan(argv[1], (uint32_t)count);
    write_plain(argv[1]);
    write_pack(argv[1]);
    return 0;
}
