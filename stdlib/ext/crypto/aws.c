/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests with an AWS signature of version 4. */
#include <stdio.h>
#include <time.h>

#include "digest.h"
#include "gofmt.h"
#include "gourl.h"

/* One signing: what goes into it. */
typedef struct signing {
    pol_call *call;
    pol_value request, config;
    pol_value given;   /* the request's own headers */
    pol_value headers; /* of the result, without Authorization */
    pol_gourl url;
    char date[24]; /* 20151228T140825Z */
    pol_value body_hash;
} signing;

static pol_value text(const char *s)
{
    return pol_string(s, strlen(s));
}

static pol_value hex(pol_call *call, pol_digest_bytes d)
{
    return pol_blob_hex(call, (pol_blob){d.at, d.len});
}

static void add(pol_bytes *out, pol_value v)
{
    pol_bytes_add(out, v.str, v.len);
}

/* ---- checks -------------------------------------------------------------- */

/* Fails with `what` and the set of names, if there are any. */
static bool complain(pol_call *call, int operand, const char *what,
                     pol_builder *names)
{
    size_t len;
    if (names->count == 0)
        return false;
    const char *shown = pol_value_text(
        pol_call_arena(call), pol_builder_done(names), POL_TEXT_REGO, &len);
    pol_call_type_error(
        call, 0,
        pol_call_printf(call, "operand %d %s: %s", operand, what, shown).str,
        NULL);
    return true;
}

/* Are the names there, and strings? `what` names the kind of parameter. */
static bool check_names(pol_call *call, int operand, pol_value object,
                        const char *const *names, const char *what)
{
    pol_builder missing, wrong;
    pol_builder_init(&missing, pol_call_arena(call), POL_SET);
    pol_builder_init(&wrong, pol_call_arena(call), POL_SET);
    for (; *names; names++) {
        pol_value v = pol_get(object, text(*names));
        if (!pol_is_defined(v))
            pol_builder_add(&missing, text(*names));
        else if (!pol_is_string(v))
            pol_builder_add(&wrong, text(*names));
    }
    const char *absent =
        pol_call_printf(call, "missing required %s parameters(s)", what).str;
    const char *invalid =
        pol_call_printf(call, "invalid values for required %s parameters(s)",
                        what)
            .str;
    return !complain(call, operand, absent, &missing) &&
           !complain(call, operand, invalid, &wrong);
}

static bool is_request_key(pol_value name)
{
    static const char known[] =
        " url method body enable_redirect force_json_decode force_yaml_decode"
        " headers raw_body tls_use_system_certs tls_ca_cert tls_ca_cert_file"
        " tls_ca_cert_env_variable tls_client_cert tls_client_cert_file"
        " tls_client_cert_env_variable tls_client_key tls_client_key_file"
        " tls_client_key_env_variable tls_insecure_skip_verify tls_server_name"
        " timeout cache force_cache force_cache_duration_seconds raise_error"
        " caching_mode max_retry_attempts cache_ignored_headers ";
    char word[48];
    if (!pol_is_string(name) || name.len == 0 || name.len > 40 ||
        memchr(name.str, ' ', name.len) || memchr(name.str, '\0', name.len))
        return false;
    snprintf(word, sizeof word, " %.*s ", (int)name.len, name.str);
    return strstr(known, word) != NULL;
}

static bool check_request(pol_call *call, pol_value request)
{
    static const char *const names[] = {"method", "url", NULL};
    pol_builder unknown;
    pol_builder_init(&unknown, pol_call_arena(call), POL_SET);
    for (uint32_t i = 0; i < request.len; i++)
        if (!is_request_key(pol_key_at(request, i)))
            pol_builder_add(&unknown, pol_key_at(request, i));
    return !complain(call, 1, "invalid request parameters(s)", &unknown) &&
           check_names(call, 1, request, names, "request");
}

static bool check_config(pol_call *call, pol_value config)
{
    static const char *const names[] = {"aws_access_key", "aws_region",
                                        "aws_secret_access_key", "aws_service",
                                        NULL};
    if (!check_names(call, 2, config, names, "AWS config"))
        return false;
    pol_value v = pol_get_name(config, "disable_payload_signing");
    if (!pol_is_defined(v) || pol_is_bool(v))
        return true;
    pol_call_type_error(call, 0,
                        "operand 2 invalid value for 'disable_payload_signing' "
                        "in AWS config",
                        NULL);
    return false;
}

/* ---- the canonical request ----------------------------------------------- */

static pol_value body_of(const signing *s)
{
    size_t len;
    pol_value raw = pol_get_name(s->request, "raw_body");
    pol_value body = pol_get_name(s->request, "body");
    if (pol_is_defined(raw))
        return pol_is_string(raw) ? raw : pol_literal("");
    if (!pol_is_defined(body))
        return pol_literal("");
    const char *json =
        pol_value_text(pol_call_arena(s->call), body, POL_TEXT_JSON_RAW, &len);
    return pol_string(json, len);
}

static void set_header(signing *s, const char *name, pol_value v)
{
    s->headers =
        pol_object_with(pol_call_arena(s->call), s->headers, text(name), v);
}

static pol_value config_text(const signing *s, const char *name)
{
    return pol_get_name(s->config, name);
}

/* The request's own headers; a value that is no string counts as empty. */
static bool take_headers(signing *s)
{
    pol_value given = pol_get_name(s->request, "headers");
    pol_builder out;
    pol_builder_init(&out, pol_call_arena(s->call), POL_OBJECT);
    if (pol_is_defined(given) && given.tag != POL_OBJECT) {
        pol_call_type_error(s->call, 0,
                            pol_call_printf(s->call,
                                            "operand 0 must be object but got "
                                            "%s",
                                            pol_type_name(given))
                                .str,
                            NULL);
        return false;
    }
    for (uint32_t i = 0; pol_is_defined(given) && i < given.len; i++) {
        pol_value v = pol_value_at(given, i);
        if (pol_is_string(pol_key_at(given, i)))
            pol_builder_put(&out, pol_key_at(given, i),
                            pol_is_string(v) ? v : pol_literal(""));
    }
    s->given = s->headers = pol_builder_done(&out);
    return true;
}

static void add_headers(signing *s)
{
    pol_value service = config_text(s, "aws_service");
    pol_value token = config_text(s, "aws_session_token");
    bool unsigned_body =
        config_text(s, "disable_payload_signing").tag == POL_TRUE;
    pol_digest_bytes hash = pol_digest_of(POL_SHA256, pol_blob_of(body_of(s)));
    s->body_hash =
        unsigned_body ? pol_literal("UNSIGNED-PAYLOAD") : hex(s->call, hash);
    set_header(s, "host", s->url.host);
    set_header(s, "x-amz-date", pol_call_printf(s->call, "%s", s->date));
    if (pol_string_is(service, "s3") || pol_string_is(service, "glacier"))
        set_header(s, "x-amz-content-sha256", s->body_hash);
    if (pol_is_string(token))
        set_header(s, "x-amz-security-token", token);
}

static pol_value lower(pol_call *call, pol_value v)
{
    char *at = pol_call_alloc(call, (size_t)v.len + 1);
    for (uint32_t i = 0; i < v.len; i++)
        at[i] = (char)(v.str[i] >= 'A' && v.str[i] <= 'Z' ? v.str[i] | 0x20
                                                          : v.str[i]);
    return pol_string(at, v.len);
}

static void put_signed(pol_builder *out, pol_call *call, pol_value headers)
{
    for (uint32_t i = 0; i < headers.len; i++) {
        pol_value name = lower(call, pol_key_at(headers, i));
        if (!pol_string_is(name, "authorization") &&
            !pol_string_is(name, "user-agent") &&
            !pol_string_is(name, "x-amzn-trace-id"))
            pol_builder_put(out, name, pol_value_at(headers, i));
    }
}

/* The headers that are signed, by their names in lower case. As in OPA, what
 * the request said of `host` and the like is signed, though the result has what
 * it should have said. */
static pol_value signed_headers(const signing *s)
{
    pol_builder out;
    pol_builder_init(&out, pol_call_arena(s->call), POL_OBJECT);
    put_signed(&out, s->call, s->headers);
    put_signed(&out, s->call, s->given);
    return pol_builder_done(&out);
}

static pol_value canonical_hash(const signing *s, pol_value headers,
                                pol_value names)
{
    pol_bytes out;
    pol_bytes_init(&out, s->call, 512);
    add(&out, pol_get_name(s->request, "method"));
    pol_bytes_byte(&out, '\n');
    add(&out, pol_gourl_escaped_path(s->call, &s->url));
    pol_bytes_byte(&out, '\n');
    add(&out, s->url.raw_query);
    pol_bytes_byte(&out, '\n');
    for (uint32_t i = 0; i < headers.len; i++) {
        add(&out, pol_key_at(headers, i));
        pol_bytes_byte(&out, ':');
        add(&out, pol_value_at(headers, i));
        pol_bytes_byte(&out, '\n');
    }
    pol_bytes_byte(&out, '\n');
    add(&out, names);
    pol_bytes_byte(&out, '\n');
    add(&out, s->body_hash);
    return hex(s->call,
               pol_digest_of(POL_SHA256, pol_blob_of(pol_bytes_done(&out))));
}

/* ---- the signature ------------------------------------------------------- */

static pol_digest_bytes chained(pol_digest_bytes key, pol_value v)
{
    return pol_digest_hmac(POL_SHA256, (pol_blob){key.at, key.len},
                           pol_blob_of(v));
}

static pol_value signature(const signing *s, pol_value scope, pol_value hash)
{
    pol_bytes secret, out;
    pol_value day = pol_string(s->date, 8);
    pol_bytes_init(&secret, s->call, 64);
    pol_bytes_text(&secret, "AWS4");
    add(&secret, config_text(s, "aws_secret_access_key"));
    pol_digest_bytes key = pol_digest_hmac(
        POL_SHA256, pol_blob_of(pol_bytes_done(&secret)), pol_blob_of(day));
    key = chained(key, config_text(s, "aws_region"));
    key = chained(key, config_text(s, "aws_service"));
    key = chained(key, pol_literal("aws4_request"));
    pol_bytes_init(&out, s->call, 256);
    pol_bytes_text(&out, "AWS4-HMAC-SHA256\n");
    pol_bytes_text(&out, s->date);
    pol_bytes_byte(&out, '\n');
    add(&out, scope);
    pol_bytes_byte(&out, '\n');
    add(&out, hash);
    return hex(s->call, chained(key, pol_bytes_done(&out)));
}

static pol_value authorization(const signing *s)
{
    pol_bytes names, scope, out;
    pol_value headers = signed_headers(s);
    pol_bytes_init(&names, s->call, 64);
    for (uint32_t i = 0; i < headers.len; i++) {
        if (i > 0)
            pol_bytes_byte(&names, ';');
        add(&names, pol_key_at(headers, i));
    }
    pol_bytes_init(&scope, s->call, 64);
    pol_bytes_add(&scope, s->date, 8);
    pol_bytes_byte(&scope, '/');
    add(&scope, config_text(s, "aws_region"));
    pol_bytes_byte(&scope, '/');
    add(&scope, config_text(s, "aws_service"));
    pol_bytes_text(&scope, "/aws4_request");
    pol_value hash = canonical_hash(s, headers, pol_bytes_done(&names));
    pol_bytes_init(&out, s->call, 256);
    pol_bytes_text(&out, "AWS4-HMAC-SHA256 Credential=");
    add(&out, config_text(s, "aws_access_key"));
    pol_bytes_byte(&out, '/');
    add(&out, pol_bytes_done(&scope));
    pol_bytes_text(&out, ",SignedHeaders=");
    add(&out, pol_bytes_done(&names));
    pol_bytes_text(&out, ",Signature=");
    add(&out, signature(s, pol_bytes_done(&scope), hash));
    return pol_bytes_done(&out);
}

static bool set_date(signing *s, pol_value at)
{
    int64_t ns;
    struct tm tm;
    /* As in OPA, 1.0 is a whole number and 1e0 is not. */
    bool plain = at.tag == POL_INT || !strpbrk(at.num->text, "eE");
    if (plain && pol_number_int64(at, &ns)) {
        time_t seconds = ns / 1000000000 - (ns % 1000000000 < 0);
        if (gmtime_r(&seconds, &tm) &&
            strftime(s->date, sizeof s->date, "%Y%m%dT%H%M%SZ", &tm) > 0)
            return true;
    }
    pol_call_type_error(s->call, 0,
                        "operand 3 could not convert time_ns value into a unix "
                        "timestamp",
                        NULL);
    return false;
}

static bool read_url(signing *s)
{
    pol_value url = pol_get_name(s->request, "url");
    const char *why = pol_gourl_parse(s->call, url, &s->url);
    if (!why)
        return true;
    pol_bytes out;
    pol_bytes_init(&out, s->call, 64);
    pol_gofmt_quote(&out, url, false);
    pol_call_error(s->call, "parse %.*s: %s", (int)out.len, out.at, why);
    return false;
}

POL_CRYPTO_FUNCTION(aws_sign)
{
    signing s = {.call = call, .request = args[0], .config = args[1]};
    if (!check_request(call, args[0]) || !check_config(call, args[1]) ||
        !set_date(&s, args[2]) || !take_headers(&s) || !read_url(&s))
        return pol_undefined();
    add_headers(&s);
    pol_value sign = authorization(&s);
    set_header(&s, "Authorization", sign);
    return pol_object_with(pol_call_arena(call), args[0],
                           pol_literal("headers"), s.headers);
}
