/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading a request of http.send: every member is checked before anything is
 * sent. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "duration.h"
#include "gofmt.h"
#include "net.h"

enum { DEFAULT_TIMEOUT_MS = 5000, MOST_RETRIES = 10, MOST_FILE = 1 << 20 };

static const char *const keys[] = {"body",
                                   "cache",
                                   "cache_ignored_headers",
                                   "caching_mode",
                                   "enable_redirect",
                                   "force_cache",
                                   "force_cache_duration_seconds",
                                   "force_json_decode",
                                   "force_yaml_decode",
                                   "headers",
                                   "max_retry_attempts",
                                   "method",
                                   "raise_error",
                                   "raw_body",
                                   "timeout",
                                   "tls_ca_cert",
                                   "tls_ca_cert_env_variable",
                                   "tls_ca_cert_file",
                                   "tls_client_cert",
                                   "tls_client_cert_env_variable",
                                   "tls_client_cert_file",
                                   "tls_client_key",
                                   "tls_client_key_env_variable",
                                   "tls_client_key_file",
                                   "tls_insecure_skip_verify",
                                   "tls_server_name",
                                   "tls_use_system_certs",
                                   "url",
                                   NULL};

/* One reading: fails once, with the error recorded. */
typedef struct reading {
    pol_call *call;
    pol_value object;
    bool failed;
} reading;

static void fail(reading *r, const char *why, const char *name)
{
    if (!r->failed)
        pol_call_error(r->call, why, name);
    r->failed = true;
}

static const char *c_text(pol_call *call, pol_value v)
{
    return pol_call_printf(call, "%.*s", (int)v.len, v.str).str;
}

/* ---- keys ---------------------------------------------------------------- */

static bool is_key(pol_value name)
{
    for (const char *const *k = keys; *k && pol_is_string(name); k++)
        if (name.len == strlen(*k) && memcmp(name.str, *k, name.len) == 0)
            return true;
    return false;
}

static bool complain(pol_call *call, const char *what, pol_builder *names)
{
    size_t len;
    if (names->count == 0)
        return false;
    const char *set = pol_value_text(
        pol_call_arena(call), pol_builder_done(names), POL_TEXT_REGO, &len);
    pol_call_type_error(
        call, 0, pol_call_printf(call, "operand 1 %s: %s", what, set).str,
        NULL);
    return true;
}

static bool check_keys(pol_call *call, pol_value object)
{
    pol_builder unknown, missing;
    pol_builder_init(&unknown, pol_call_arena(call), POL_SET);
    pol_builder_init(&missing, pol_call_arena(call), POL_SET);
    for (uint32_t i = 0; i < object.len; i++)
        if (!is_key(pol_key_at(object, i)))
            pol_builder_add(&unknown, pol_key_at(object, i));
    if (!pol_is_defined(pol_get_name(object, "method")))
        pol_builder_add(&missing, pol_literal("method"));
    if (!pol_is_defined(pol_get_name(object, "url")))
        pol_builder_add(&missing, pol_literal("url"));
    return !complain(call, "invalid request parameters(s)", &unknown) &&
           !complain(call, "missing required request parameters(s)", &missing);
}

/* ---- members ------------------------------------------------------------- */

/* A string member; undefined if it is not there. */
static pol_value string_of(reading *r, const char *name)
{
    pol_value v = pol_get_name(r->object, name);
    if (pol_is_defined(v) && !pol_is_string(v))
        fail(r, "\"%s\" must be a string", name);
    return pol_is_string(v) ? v : pol_undefined();
}

/* A member that is true; it has to be a boolean. */
static bool flag_of(reading *r, const char *name)
{
    pol_value v = pol_get_name(r->object, name);
    if (pol_is_defined(v) && !pol_is_bool(v))
        fail(r, "invalid value for \"%s\" field", name);
    return v.tag == POL_TRUE;
}

/* A member that OPA reads from its JSON with Go's ParseBool: 1 and 0 are
 * booleans, too. `absent`: its value if it is not there. */
static bool switch_of(reading *r, const char *name, bool absent)
{
    size_t len;
    pol_value v = pol_get_name(r->object, name);
    if (!pol_is_defined(v) || pol_is_bool(v))
        return pol_is_defined(v) ? v.tag == POL_TRUE : absent;
    const char *json =
        pol_value_text(pol_call_arena(r->call), v, POL_TEXT_JSON_RAW, &len);
    if (len == 1 && (*json == '1' || *json == '0'))
        return *json == '1';
    pol_bytes quoted;
    pol_bytes_init(&quoted, r->call, len + 2);
    pol_gofmt_quote(&quoted, pol_string(json, len), false);
    pol_bytes_byte(&quoted, '\0');
    fail(r, "strconv.ParseBool: parsing %s: invalid syntax", quoted.at);
    return false;
}

static bool is_token(pol_value v)
{
    for (uint32_t i = 0; i < v.len; i++) {
        unsigned char c = (unsigned char)v.str[i];
        if (c <= ' ' || c >= 0x7F || strchr("()<>@,;:\\\"/[]?={}", c))
            return false;
    }
    return v.len > 0;
}

static const char *method_of(reading *r)
{
    pol_value v = string_of(r, "method");
    if (!pol_is_defined(v) || v.len == 0)
        return "GET";
    char *upper = pol_call_alloc(r->call, (size_t)v.len + 1);
    for (uint32_t i = 0; i < v.len; i++)
        upper[i] = (char)(v.str[i] >= 'a' && v.str[i] <= 'z' ? v.str[i] & ~0x20
                                                             : v.str[i]);
    upper[v.len] = '\0';
    if (!is_token(v))
        fail(r, "net/http: invalid method \"%s\"", upper);
    return upper;
}

static pol_value body_of(reading *r)
{
    size_t len;
    pol_value raw = string_of(r, "raw_body");
    pol_value body = pol_get_name(r->object, "body");
    if (pol_is_defined(raw) || !pol_is_defined(body))
        return raw;
    const char *json =
        pol_value_text(pol_call_arena(r->call), body, POL_TEXT_JSON_RAW, &len);
    return pol_string(json, len);
}

static bool is_header_value(pol_value v)
{
    for (uint32_t i = 0; i < v.len; i++)
        if (((unsigned char)v.str[i] < ' ' && v.str[i] != '\t') ||
            v.str[i] == 0x7F)
            return false;
    return true;
}

static const char *header_line(reading *r, pol_value name, pol_value v)
{
    if (!pol_is_string(v)) {
        size_t len;
        fail(r, "invalid type for headers value \"%s\"",
             pol_value_text(pol_call_arena(r->call), v, POL_TEXT_REGO, &len));
        return "";
    }
    if (!pol_is_string(name) || !is_token(name))
        fail(r, "net/http: invalid header field name%s", "");
    else if (!is_header_value(v))
        fail(r, "net/http: invalid header field value for \"%s\"",
             c_text(r->call, name));
    /* libcurl drops a header without a value unless it ends with a semicolon. */
    return pol_call_printf(r->call, v.len ? "%.*s: %.*s" : "%.*s;%.*s",
                           (int)name.len, name.str, (int)v.len, v.str)
        .str;
}

/* Headers that libcurl would add by itself are switched off first, so that
 * those given count. */
static const char *const *headers_of(reading *r)
{
    static const char *const off[] = {
        "Accept:", "Expect:", "Content-Type:", "User-Agent: polc"};
    pol_value given = pol_get_name(r->object, "headers");
    uint32_t count = given.tag == POL_OBJECT ? given.len : 0;
    if (pol_is_defined(given) && given.tag != POL_OBJECT)
        fail(r, "invalid type for headers %s", "key");
    const char **lines = pol_call_alloc(r->call, (count + 5) * sizeof *lines);
    size_t n = 0;
    for (size_t i = 0; i < 4; i++) {
        size_t name = (size_t)(strchr(off[i], ':') - off[i]);
        bool is_given = false;
        for (uint32_t k = 0; k < count; k++) {
            pol_value key = pol_key_at(given, k);
            is_given = is_given || (pol_is_string(key) && key.len == name &&
                                    strncasecmp(key.str, off[i], name) == 0);
        }
        if (!is_given)
            lines[n++] = off[i];
    }
    for (uint32_t i = 0; i < count && !r->failed; i++)
        lines[n++] =
            header_line(r, pol_key_at(given, i), pol_value_at(given, i));
    lines[n] = NULL;
    return lines;
}

static int64_t timeout_of(reading *r)
{
    pol_value v = pol_get_name(r->object, "timeout");
    int64_t ns = (int64_t)DEFAULT_TIMEOUT_MS * 1000000;
    if (!pol_is_defined(v))
        return DEFAULT_TIMEOUT_MS;
    if (pol_is_string(v)) {
        /* A number in quotes counts nanoseconds, as one without. */
        pol_value n = pol_number_parse(pol_call_arena(r->call), v.str, v.len);
        if (pol_is_defined(n))
            v = n;
        else if (!pol_duration_parse(r->call, v, &ns))
            fail(r, "invalid timeout value \"%s\"", c_text(r->call, v));
    }
    if (pol_is_number(v) && !pol_number_int64(v, &ns))
        fail(r, "invalid %s value", "timeout");
    if (!pol_is_number(v) && !pol_is_string(v)) {
        pol_call_type_error(r->call, 0,
                            pol_call_printf(r->call,
                                            "operand 1 'timeout' must be one "
                                            "of {string, number} but got %s",
                                            pol_type_name(v))
                                .str,
                            NULL);
        r->failed = true;
    }
    return ns <= 0 ? DEFAULT_TIMEOUT_MS : ns / 1000000 + 1;
}

static int64_t retries_of(reading *r)
{
    size_t len;
    pol_value v = pol_get_name(r->object, "max_retry_attempts");
    int64_t n = 0;
    if (!pol_is_defined(v))
        return 0;
    if (!pol_is_number(v) || !pol_number_int64(v, &n) || n < 0)
        fail(r, "invalid value %s for field \"max_retry_attempts\"",
             pol_value_text(pol_call_arena(r->call), v, POL_TEXT_REGO, &len));
    return n < MOST_RETRIES ? n : MOST_RETRIES;
}

static void check_cache(reading *r)
{
    pol_value seconds = pol_get_name(r->object, "force_cache_duration_seconds");
    int64_t n;
    flag_of(r, "cache");
    if (!flag_of(r, "force_cache"))
        return;
    if (!pol_is_defined(seconds))
        fail(r, "'force_cache' set but '%s' parameter is missing",
             "force_cache_duration_seconds");
    else if (!pol_is_number(seconds) || !pol_number_int64(seconds, &n))
        fail(r, "'%s' must be a whole number", "force_cache_duration_seconds");
}

/* ---- TLS ----------------------------------------------------------------- */

/* A file's bytes; undefined, with the error recorded, if it cannot be read. */
static pol_value read_file(reading *r, const char *path)
{
    char *bytes = pol_call_alloc(r->call, MOST_FILE);
    FILE *file = fopen(path, "re");
    if (!file) {
        const char *why =
            errno == ENOENT ? "no such file or directory" : "cannot be read";
        fail(r, "open %s", pol_call_printf(r->call, "%s: %s", path, why).str);
        return pol_undefined();
    }
    size_t len = fread(bytes, 1, MOST_FILE, file);
    fclose(file);
    return pol_string(bytes, len);
}

static pol_value read_variable(reading *r, const char *name)
{
    const char *found = getenv(name);
    return found
               ? pol_string_copy(pol_call_arena(r->call), found, strlen(found))
               : pol_literal("");
}

/* The three places where PEM may stand: the member itself, a file, a variable of
 * the environment. Undefined where it does not. */
typedef struct sources {
    pol_value text, file, variable;
} sources;

static sources sources_of(reading *r, const char *name)
{
    const char *file = pol_call_printf(r->call, "%s_file", name).str;
    const char *env = pol_call_printf(r->call, "%s_env_variable", name).str;
    sources s = {string_of(r, name), string_of(r, file), string_of(r, env)};
    if (!r->failed && pol_is_defined(s.file))
        s.file = read_file(r, c_text(r->call, s.file));
    if (!r->failed && pol_is_defined(s.variable))
        s.variable = read_variable(r, c_text(r->call, s.variable));
    return s;
}

/* The first of them. */
static pol_value pem_of(reading *r, const char *name)
{
    sources s = sources_of(r, name);
    return pol_is_defined(s.text)   ? s.text
           : pol_is_defined(s.file) ? s.file
                                    : s.variable;
}

static bool has_block(pol_value pem)
{
    return pem.len > 0 && memmem(pem.str, pem.len, "-----BEGIN ", 11) != NULL;
}

/* All authorities that are named anywhere; undefined if none is. */
static pol_value authorities_of(reading *r)
{
    const sources s = sources_of(r, "tls_ca_cert");
    const pol_value all[] = {s.text, s.file, s.variable};
    pol_bytes out;
    pol_bytes_init(&out, r->call, 4096);
    for (int i = 0; i < 3 && !r->failed; i++) {
        /* As in OPA, an empty text says nothing, an empty file is an error. */
        if (!pol_is_defined(all[i]) || (i == 0 && all[i].len == 0))
            continue;
        if (!has_block(all[i]))
            fail(r, "could not append certificates%s", "");
        pol_bytes_add(&out, all[i].str, all[i].len);
        pol_bytes_byte(&out, '\n');
    }
    return out.len ? pol_string(out.at, out.len) : pol_undefined();
}

static bool is_given(reading *r, const char *a, const char *b)
{
    return pol_is_defined(pol_get_name(r->object, a)) &&
           pol_is_defined(pol_get_name(r->object, b));
}

/* The header Host speaks for the server, too. */
static const char *server_name_of(reading *r, const pol_net_request *out)
{
    pol_value name = string_of(r, "tls_server_name");
    if (pol_is_defined(name) && name.len)
        return c_text(r->call, name);
    for (size_t i = 0; out->lines[i]; i++)
        if (strncasecmp(out->lines[i], "host: ", 6) == 0)
            return out->lines[i] + 6;
    return NULL;
}

static void read_tls(reading *r, pol_net_request *out)
{
    out->insecure = switch_of(r, "tls_insecure_skip_verify", false);
    out->server_name = server_name_of(r, out);
    out->ca = authorities_of(r);
    bool system = switch_of(r, "tls_use_system_certs", false);
    out->system_certs = !pol_is_defined(out->ca) || system;
    out->client_cert = out->client_key = pol_undefined();
    /* As in OPA, half a pair counts for nothing. */
    if (!is_given(r, "tls_client_cert", "tls_client_key") &&
        !is_given(r, "tls_client_cert_file", "tls_client_key_file") &&
        !is_given(r, "tls_client_cert_env_variable",
                  "tls_client_key_env_variable"))
        return;
    out->client_cert = pem_of(r, "tls_client_cert");
    out->client_key = pem_of(r, "tls_client_key");
    if (!r->failed && !has_block(out->client_cert))
        fail(r, "tls: failed to find any PEM data in %s input", "certificate");
    if (!r->failed && !has_block(out->client_key))
        fail(r, "tls: failed to find any PEM data in %s input", "key");
}

bool pol_net_request_read(pol_call *call, pol_value object,
                          pol_net_request *out)
{
    reading r = {.call = call, .object = object};
    if (!check_keys(call, object))
        return false;
    *out = (pol_net_request){.raise_error = true};
    pol_value url = string_of(&r, "url");
    pol_value raise = pol_get_name(object, "raise_error");
    if (pol_is_defined(raise) && !pol_is_bool(raise))
        fail(&r, "invalid value for %s field", "raise_error");
    out->raise_error = raise.tag != POL_FALSE;
    out->method = method_of(&r);
    out->url = pol_is_defined(url) ? c_text(call, url) : "";
    if (pol_is_defined(url) && strlen(out->url) != url.len)
        fail(&r, "net/url: invalid control character in %s", "URL");
    out->body = body_of(&r);
    out->lines = headers_of(&r);
    out->redirect = switch_of(&r, "enable_redirect", false);
    out->force_json = flag_of(&r, "force_json_decode");
    out->force_yaml = flag_of(&r, "force_yaml_decode");
    out->timeout_ms = timeout_of(&r);
    out->retries = retries_of(&r);
    check_cache(&r);
    read_tls(&r, out);
    return !r.failed;
}
