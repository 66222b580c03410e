/* SPDX-License-Identifier: Apache-2.0
 *
 * http.send: the exchange, redirects, and what is made of the response.
 *
 * Other than OPA, which keeps responses between evaluations as HTTP's rules for
 * caches say, nothing is kept beyond one: equal requests of one evaluation get
 * one answer, and the caching members of a request are checked only. */
#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "gofmt.h"
#include "gourl.h"
#include "net.h"
#include "pol_stdlib.h"

enum { MOST_REDIRECTS = 10 };

static pol_value text(const char *s)
{
    return pol_string(s, strlen(s));
}

static void put(pol_builder *out, const char *name, pol_value v)
{
    pol_builder_put(out, text(name), v);
}

/* ---- failures ------------------------------------------------------------ */

static pol_value failed(pol_call *call, const pol_net_request *request,
                        const char *code, const char *message)
{
    if (request->raise_error)
        return pol_call_error(call, "%s", message);
    pol_builder error, out;
    pol_builder_init(&error, pol_call_arena(call), POL_OBJECT);
    pol_builder_init(&out, pol_call_arena(call), POL_OBJECT);
    put(&error, "code", text(code));
    put(&error, "message", text(message));
    put(&out, "error", pol_builder_done(&error));
    put(&out, "status_code", pol_int(0));
    return pol_builder_done(&out);
}

/* "Get", "Post": how Go names the method in its errors. */
static const char *verb(pol_call *call, const char *method)
{
    size_t len = strlen(method);
    char *out = pol_call_alloc(call, len + 1);
    memcpy(out, method, len + 1);
    for (size_t i = 1; i < len; i++)
        if (out[i] >= 'A' && out[i] <= 'Z')
            out[i] = (char)(out[i] | 0x20);
    return out;
}

static const char *cause(pol_call *call, const pol_net_request *request,
                         const pol_net_reply *reply)
{
    char host[256] = "", port[8] = "";
    pol_net_host(request->url, host, port);
    switch (reply->failure) {
    case CURLE_OPERATION_TIMEDOUT:
        return "context deadline exceeded (Client.Timeout exceeded while "
               "awaiting headers)";
    case CURLE_COULDNT_RESOLVE_HOST:
        return pol_call_printf(call, "dial tcp: lookup %s: no such host", host)
            .str;
    case CURLE_COULDNT_CONNECT:
        return pol_call_printf(call, "dial tcp %s%s%s:%s: connect: %s",
                               strchr(host, ':') ? "[" : "", host,
                               strchr(host, ':') ? "]" : "", port,
                               reply->os_error == ECONNREFUSED
                                   ? "connection refused"
                                   : "cannot connect")
            .str;
    case CURLE_GOT_NOTHING: return "EOF";
    default:
        return reply->too_large ? "the response is too large"
                                : pol_call_printf(call, "%s", reply->text).str;
    }
}

static pol_value no_answer(pol_call *call, const pol_net_request *request,
                           const pol_net_reply *reply)
{
    const char *get = verb(call, request->method);
    if (reply->failure == CURLE_OPERATION_TIMEDOUT && request->raise_error)
        return pol_call_error(call, "%s %s: request timed out", get,
                              request->url);
    return failed(call, request, "eval_http_send_network_error",
                  pol_call_printf(call, "%s \"%s\": %s", get, request->url,
                                  cause(call, request, reply))
                      .str);
}

/* ---- the response -------------------------------------------------------- */

static pol_value lower(pol_call *call, const char *at, size_t len)
{
    char *out = pol_call_alloc(call, len + 1);
    for (size_t i = 0; i < len; i++)
        out[i] = (char)(at[i] >= 'A' && at[i] <= 'Z' ? at[i] | 0x20 : at[i]);
    return pol_rune_clean(call, out, len);
}

static pol_value with_header(pol_call *call, pol_value headers, pol_value name,
                             pol_value v)
{
    pol_arena *arena = pol_call_arena(call);
    pol_value old = pol_get(headers, name);
    uint32_t have = old.tag == POL_ARRAY ? old.len : 0;
    pol_value *items = pol_items(arena, have + 1u);
    if (have)
        memcpy(items, old.items, have * sizeof *items);
    items[have] = v;
    return pol_object_with(arena, headers, name, pol_array(items, have + 1u));
}

/* The headers of a response's head, names in lower case. */
static pol_value headers_of(pol_call *call, const char *at, const char *end)
{
    pol_value headers = pol_object_of(pol_call_arena(call), NULL, NULL, 0);
    while (at < end) {
        const char *feed = memchr(at, '\n', (size_t)(end - at));
        const char *stop = feed ? feed : end;
        const char *next = feed ? feed + 1 : end;
        while (stop > at && (stop[-1] == '\r' || stop[-1] == ' '))
            stop--;
        const char *colon = memchr(at, ':', (size_t)(stop - at));
        if (colon) {
            const char *v = colon + 1;
            while (v < stop && (*v == ' ' || *v == '\t'))
                v++;
            size_t len = (size_t)(stop - v);
            pol_value value = pol_string_copy(pol_call_arena(call), v, len);
            headers = with_header(call, headers,
                                  lower(call, at, (size_t)(colon - at)),
                                  pol_rune_clean(call, value.str, value.len));
        }
        at = next;
    }
    return headers;
}

/* "200 OK" of "HTTP/1.1 200 OK\r\n". */
static pol_value status_of(pol_call *call, const pol_net_reply *reply)
{
    const char *at = reply->head, *end = at + reply->head_len;
    const char *feed = at ? memchr(at, '\n', (size_t)(end - at)) : NULL;
    const char *stop = feed ? feed : end;
    const char *space = at ? memchr(at, ' ', (size_t)(stop - at)) : NULL;
    if (!space)
        return pol_call_printf(call, "%ld", reply->status);
    while (stop > space && (stop[-1] == '\r' || stop[-1] == ' '))
        stop--;
    size_t len = stop > space ? (size_t)(stop - space - 1) : 0;
    pol_value v = pol_string_copy(pol_call_arena(call), space + 1, len);
    return pol_rune_clean(call, v.str, v.len);
}

static bool is_type(pol_value headers, const char *const *types)
{
    pol_value all = pol_get_name(headers, "content-type");
    for (uint32_t i = 0; all.tag == POL_ARRAY && i < all.len; i++)
        for (const char *const *t = types; *t; t++)
            if (memmem(pol_at(all, i).str, pol_at(all, i).len, *t, strlen(*t)))
                return true;
    return false;
}

static pol_builtin_fn yaml_function(const char *name)
{
    for (const pol_builtin *row = pol_stdlib_yaml; row->name; row++)
        if (strcmp(row->name, name) == 0)
            return row->fn;
    return NULL;
}

/* The body as a value; null if it is none. */
static pol_value decoded(pol_call *call, const pol_net_request *request,
                         pol_value headers, pol_value raw)
{
    static const char *const json[] = {"application/json", NULL};
    static const char *const yaml[] = {"application/yaml", "application/x-yaml",
                                       NULL};
    const char *error;
    size_t at;
    if (request->force_json || is_type(headers, json)) {
        pol_value v = pol_value_parse_json(pol_call_arena(call), raw.str,
                                           raw.len, true, &error, &at);
        return pol_is_defined(v) ? v : pol_null();
    }
    if (!request->force_yaml && !is_type(headers, yaml))
        return pol_null();
    pol_builtin_fn valid = yaml_function("yaml.is_valid");
    pol_builtin_fn read = yaml_function("yaml.unmarshal");
    if (!valid || !read || valid(call, &raw).tag != POL_TRUE)
        return pol_null();
    return read(call, &raw);
}

static pol_value answer(pol_call *call, const pol_net_request *request,
                        const pol_net_reply *reply)
{
    pol_value head =
        headers_of(call, reply->head, reply->head + reply->head_len);
    pol_value copy = pol_string_copy(
        pol_call_arena(call), reply->body ? reply->body : "", reply->body_len);
    pol_value raw = pol_rune_clean(call, copy.str, copy.len);
    pol_builder out;
    pol_builder_init(&out, pol_call_arena(call), POL_OBJECT);
    put(&out, "status", status_of(call, reply));
    put(&out, "status_code", pol_int(reply->status));
    put(&out, "headers", head);
    put(&out, "raw_body", raw);
    put(&out, "body", decoded(call, request, head, raw));
    return pol_builder_done(&out);
}

/* ---- the exchange -------------------------------------------------------- */

static int64_t now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Memory of one reply that is freed with the evaluation. */
static pol_net_reply *new_reply(pol_call *call)
{
    pol_net_reply *reply = calloc(1, sizeof *reply);
    if (!reply)
        pol_call_limit(call, "memory");
    pol_call_defer(call, pol_net_reply_free, reply);
    return reply;
}

/* May the request go where it wants to? */
static bool check_host(pol_call *call, const pol_net_request *request)
{
    char host[256], port[8];
    if (!pol_net_host(request->url, host, port)) {
        pol_call_error(call, "%s \"%s\": no host", verb(call, request->method),
                       request->url);
        return false;
    }
    if (pol_call_may_reach(call, host))
        return true;
    pol_call_error(call, "host `%s` is not allowed", host);
    return false;
}

static bool is_header(const char *line, const char *name)
{
    size_t len = strlen(name);
    return strncasecmp(line, name, len) == 0 && line[len] == ':';
}

/* The headers that the request keeps on its way to another host, or to the URL
 * of another. */
static bool is_kept(const char *line, bool same_host, bool relative)
{
    bool secret = is_header(line, "authorization") ||
                  is_header(line, "www-authenticate") ||
                  is_header(line, "cookie");
    return (same_host || !secret) && (relative || !is_header(line, "host"));
}

static void keep_headers(pol_call *call, pol_net_request *request,
                         bool same_host, bool relative)
{
    size_t count = 0, kept = 0;
    while (request->lines[count])
        count++;
    const char **lines = pol_call_alloc(call, (count + 1) * sizeof *lines);
    for (size_t i = 0; i < count; i++)
        if (is_kept(request->lines[i], same_host, relative))
            lines[kept++] = request->lines[i];
    lines[kept] = NULL;
    request->lines = lines;
}

static void redirected(pol_call *call, pol_net_request *request,
                       const pol_net_reply *reply)
{
    char from[256] = "", to[256] = "", port[8];
    const char *url = pol_call_printf(call, "%s", reply->redirect).str;
    pol_net_host(request->url, from, port);
    pol_net_host(url, to, port);
    keep_headers(call, request, strcasecmp(from, to) == 0,
                 reply->relative);
    request->url = url;
    bool keeps = reply->status == 307 || reply->status == 308;
    if (!keeps && strcmp(request->method, "HEAD") != 0) {
        request->method = "GET";
        request->body = pol_undefined();
    }
}

/* Sends, again after a failure if the request says so. */
static pol_net_reply *sent(pol_call *call, const pol_net_request *request)
{
    pol_net_reply *reply = new_reply(call);
    for (int64_t attempt = 0;; attempt++) {
        pol_net_send(request, reply);
        if (reply->failure == 0 || attempt == request->retries)
            return reply;
        struct timespec pause = {0, 100000000}; /* 0.1 s */
        nanosleep(&pause, NULL);
        reply->head_len = reply->body_len = 0;
        reply->too_large = false;
    }
}

static const char *url_complaint(pol_call *call, const char *url,
                                 bool *is_scheme)
{
    pol_gourl parsed;
    const char *why = pol_gourl_parse(call, text(url), &parsed);
    *is_scheme = false;
    if (why) {
        pol_bytes out;
        pol_bytes_init(&out, call, 64);
        pol_bytes_text(&out, "parse ");
        pol_gofmt_quote(&out, text(url), false);
        pol_bytes_text(&out, ": ");
        pol_bytes_text(&out, why);
        pol_bytes_byte(&out, '\0');
        return out.at;
    }
    *is_scheme = true;
    if (pol_string_is(parsed.scheme, "http") ||
        pol_string_is(parsed.scheme, "https"))
        return NULL;
    return pol_call_printf(call, "unsupported protocol scheme \"%.*s\"",
                           (int)parsed.scheme.len, parsed.scheme.str)
        .str;
}

pol_value pol_net_http_send(pol_call *call, const pol_value *args)
{
    pol_net_request request;
    bool is_scheme;
    if (!pol_net_request_read(call, args[0], &request))
        return pol_undefined();
    const char *why = url_complaint(call, request.url, &is_scheme);
    if (why && is_scheme)
        return failed(call, &request, "eval_http_send_network_error",
                      pol_call_printf(call, "%s \"%s\": %s",
                                      verb(call, request.method), request.url,
                                      why)
                          .str);
    if (why)
        return failed(call, &request, "eval_http_send_internal_error", why);
    int64_t end = now_ms() + request.timeout_ms;
    for (int hops = 0;; hops++) {
        if (!check_host(call, &request))
            return pol_undefined();
        pol_net_reply *reply = sent(call, &request);
        if (reply->failure == CURLE_SSL_CERTPROBLEM)
            return pol_call_error(call, "tls: %s", reply->text);
        if (reply->failure != 0)
            return no_answer(call, &request, reply);
        if (!request.redirect || !reply->redirect)
            return answer(call, &request, reply);
        if (hops == MOST_REDIRECTS)
            return failed(call, &request, "eval_http_send_network_error",
                          pol_call_printf(call,
                                          "%s \"%s\": stopped after %d "
                                          "redirects",
                                          verb(call, request.method),
                                          request.url, MOST_REDIRECTS)
                              .str);
        redirected(call, &request, reply);
        int64_t left = end - now_ms();
        request.timeout_ms = left > 0 ? left : 1;
    }
}
