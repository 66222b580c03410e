/* SPDX-License-Identifier: Apache-2.0
 *
 * http.send and net.lookup_ip_addr against a server of this process on the
 * loopback interface: responses, redirects, failures, and which hosts may be
 * reached. What they do without a network stands in tests/stdlib/http.txt. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "call.h"
#include "extension.h"
#include "pol_stdlib.h"

/* ---- the server ------------------------------------------------------------- */

typedef struct server {
    int listener;
    int port;
    pthread_t thread;
} server;

static const struct {
    const char *path, *response;
} pages[] = {
    {"/json", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-A: 1\r\n"
              "X-A: 2\r\nContent-Length: 7\r\n\r\n{\"a\":1}"},
    {"/bad", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
             "Content-Length: 4\r\n\r\n{\"a\""},
    {"/yaml", "HTTP/1.1 200 OK\r\nContent-Type: application/yaml\r\n"
              "Content-Length: 6\r\n\r\na: [1]"},
    {"/text", "HTTP/1.1 404 Not Found\r\nContent-Length: 7\r\n\r\n{\"b\":2}"},
    {"/there", "HTTP/1.1 302 Found\r\nLocation: /json\r\n"
               "Content-Length: 0\r\n\r\n"},
    {"/loop", "HTTP/1.1 302 Found\r\nLocation: /loop\r\n"
              "Content-Length: 0\r\n\r\n"},
    {"/away", "HTTP/1.1 302 Found\r\nLocation: http://localhost:1/x\r\n"
              "Content-Length: 0\r\n\r\n"},
    {"/ftp", "HTTP/1.1 302 Found\r\nLocation: ftp://127.0.0.1/x\r\n"
             "Content-Length: 0\r\n\r\n"},
    {"/bytes", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\xFF\xFE"},
    {"/slow", NULL}, /* never answers */
};

/* The request itself, as text. */
static void echo(int fd, const char *request)
{
    char head[128];
    size_t len = strlen(request);
    int n = snprintf(head, sizeof head,
                     "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", len);
    if (write(fd, head, (size_t)n) < 0 || write(fd, request, len) < 0)
        perror("echo");
}

static bool whole(const char *request, size_t len)
{
    const char *body = strstr(request, "\r\n\r\n");
    const char *length = strcasestr(request, "content-length: ");
    size_t want = length ? strtoul(length + 16, NULL, 10) : 0;
    return body && len - (size_t)(body + 4 - request) >= want;
}

static void serve_one(int fd)
{
    char request[8192] = "";
    size_t len = 0;
    ssize_t got;
    while (!whole(request, len) &&
           (got = read(fd, request + len, sizeof request - 1 - len)) > 0) {
        len += (size_t)got;
        request[len] = '\0';
    }
    const char *path = strchr(request, ' ');
    if (!path)
        return;
    path++;
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        size_t n = strlen(pages[i].path);
        if (strncmp(path, pages[i].path, n) != 0 || path[n] != ' ')
            continue;
        const char *text = pages[i].response;
        if (!text)
            sleep(1);
        else if (write(fd, text, strlen(text)) < 0)
            perror("page");
        return;
    }
    echo(fd, request);
}

static void *serve(void *user)
{
    server *s = user;
    int fd;
    while ((fd = accept(s->listener, NULL, NULL)) >= 0) {
        serve_one(fd);
        shutdown(fd, SHUT_RDWR);
        close(fd);
    }
    return NULL;
}

static server running;

static int start(void **state)
{
    (void)state;
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    running.listener = socket(AF_INET, SOCK_STREAM, 0);
    if (running.listener < 0 ||
        bind(running.listener, (struct sockaddr *)&at, len) != 0 ||
        listen(running.listener, 16) != 0 ||
        getsockname(running.listener, (struct sockaddr *)&at, &len) != 0)
        return -1;
    running.port = ntohs(at.sin_port);
    return pthread_create(&running.thread, NULL, serve, &running);
}

static int stop(void **state)
{
    (void)state;
    shutdown(running.listener, SHUT_RDWR);
    close(running.listener);
    return pthread_join(running.thread, NULL);
}

/* ---- calls ----------------------------------------------------------------------- */

typedef struct bench {
    pol_arena arena;
    pol_trap trap;
    pol_registry registry;
    pol_call call;
    pol_surroundings around;
    uint64_t budget;
} bench;

static const char *const loopback[] = {"127.0.0.1", NULL};

static void bench_init(bench *b)
{
    memset(b, 0, sizeof *b);
    pol_arena_init(&b->arena, 64 << 20, &b->trap);
    pol_registry_init(&b->registry, &b->arena);
    b->registry.loader = pol_extension_load;
    for (const pol_builtin *const *f = pol_stdlib(); *f; f++)
        pol_registry_add(&b->registry, *f);
    b->around = (pol_surroundings){.allow_net = true, .hosts = loopback};
    b->budget = 10000000;
    pol_call_begin(&b->call, &b->arena, &b->around, &b->budget);
}

static void bench_done(bench *b)
{
    pol_call_done(&b->call);
    pol_arena_done(&b->arena);
}

/* Calls with an argument in JSON in which every `@` is the server. The result
 * as text, or the error. */
static const char *ask(bench *b, const char *name, const char *json)
{
    char text[1024] = "", url[32];
    size_t len = 0, at;
    const char *error;
    snprintf(url, sizeof url, "http://127.0.0.1:%d", running.port);
    for (const char *c = json; *c && len < sizeof text - 40; c++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%.*s",
                                *c == '@' ? 31 : 1, *c == '@' ? url : c);
    pol_value arg =
        pol_value_parse_json(&b->arena, text, len, false, &error, &at);
    assert_true(pol_is_defined(arg));
    int32_t index = pol_registry_find(&b->registry, pol_str_of(name));
    pol_value v =
        pol_call_run(&b->call, &b->registry, (uint32_t)index, &arg, 1);
    if (b->call.status != POL_CALL_OK)
        return b->call.message;
    return pol_value_text(&b->arena, v, POL_TEXT_JSON, &len);
}

static void expect(const char *json, const char *want)
{
    bench b;
    bench_init(&b);
    assert_string_equal(ask(&b, "http.send", json), want);
    bench_done(&b);
}

static void expect_part(const char *json, const char *part)
{
    bench b;
    bench_init(&b);
    const char *got = ask(&b, "http.send", json);
    if (!strstr(got, part))
        fail_msg("%s\nhas no %s", got, part);
    bench_done(&b);
}

/* ---- tests --------------------------------------------------------------------------- */

static void test_responses(void **state)
{
    (void)state;
    expect("{\"method\": \"get\", \"url\": \"@/json\"}",
           "{\"body\":{\"a\":1},\"headers\":{\"content-length\":[\"7\"],"
           "\"content-type\":[\"application/json\"],\"x-a\":[\"1\",\"2\"]},"
           "\"raw_body\":\"{\\\"a\\\":1}\",\"status\":\"200 OK\","
           "\"status_code\":200}");
    expect("{\"method\": \"get\", \"url\": \"@/text\"}",
           "{\"body\":null,\"headers\":{\"content-length\":[\"7\"]},"
           "\"raw_body\":\"{\\\"b\\\":2}\",\"status\":\"404 Not Found\","
           "\"status_code\":404}");
    expect_part("{\"method\": \"get\", \"url\": \"@/bad\"}", "{\"body\":null,");
    expect_part("{\"method\": \"get\", \"url\": \"@/yaml\"}",
                "{\"body\":{\"a\":[1]},");
    expect_part("{\"method\": \"get\", \"url\": \"@/text\", "
                "\"force_json_decode\": true}",
                "{\"body\":{\"b\":2},");
    expect_part("{\"method\": \"get\", \"url\": \"@/text\", "
                "\"force_yaml_decode\": true}",
                "{\"body\":{\"b\":2},");
    expect_part("{\"method\": \"get\", \"url\": \"@/bytes\"}",
                "\"raw_body\":\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

static void test_requests(void **state)
{
    (void)state;
    expect_part("{\"method\": \"post\", \"url\": \"@/e?q=1\", "
                "\"body\": {\"k\": [1]}}",
                "POST /e?q=1 HTTP/1.1\\r\\n");
    expect_part("{\"method\": \"post\", \"url\": \"@/e\", "
                "\"body\": {\"k\": [1]}}",
                "Content-Length: 9\\r\\n\\r\\n{\\\"k\\\":[1]}");
    expect_part("{\"method\": \"PUT\", \"url\": \"@/e\", "
                "\"body\": 1, \"raw_body\": \"raw\"}",
                "\\r\\n\\r\\nraw");
    expect_part("{\"method\": \"get\", \"url\": \"@/e\", "
                "\"headers\": {\"X-Y\": \"z\", \"User-Agent\": \"me\"}}",
                "User-Agent: me\\r\\nX-Y: z\\r\\n");
    expect_part("{\"method\": \"get\", \"url\": \"@/e\"}",
                "User-Agent: polc\\r\\n\\r\\n");
    expect("{\"method\": \"get\", \"url\": \"@/e\", "
           "\"headers\": {\"A\": \"x\\r\\nB: y\"}}",
           "http.send: net/http: invalid header field value for \"A\"");
    expect("{\"method\": \"a b\", \"url\": \"@/e\"}",
           "http.send: net/http: invalid method \"A B\"");
    expect("{\"method\": \"get\", \"url\": \"@/e\", \"zz\": 1, \"bad\": 2}",
           "http.send: operand 1 invalid request parameters(s): "
           "{\"bad\", \"zz\"}");
    expect("{\"url\": \"@/e\"}",
           "http.send: operand 1 missing required request parameters(s): "
           "{\"method\"}");
}

static void test_redirects(void **state)
{
    (void)state;
    expect_part("{\"method\": \"get\", \"url\": \"@/there\"}",
                "\"status_code\":302");
    expect_part("{\"method\": \"post\", \"url\": \"@/there\", \"body\": 1, "
                "\"enable_redirect\": true}",
                "{\"body\":{\"a\":1},");
    expect_part("{\"method\": \"get\", \"url\": \"@/loop\", "
                "\"enable_redirect\": true}",
                "stopped after 10 redirects");
    expect("{\"method\": \"get\", \"url\": \"@/away\", "
           "\"enable_redirect\": true, \"raise_error\": false}",
           "http.send: host `localhost` is not allowed");
    expect_part("{\"method\": \"get\", \"url\": \"@/ftp\", "
                "\"enable_redirect\": true}",
                "no host");
}

static void test_failures(void **state)
{
    (void)state;
    expect("{\"method\": \"get\", \"url\": \"http://127.0.0.1:1/\"}",
           "http.send: Get \"http://127.0.0.1:1/\": dial tcp 127.0.0.1:1: "
           "connect: connection refused");
    expect("{\"method\": \"get\", \"url\": \"http://127.0.0.1:1/\", "
           "\"raise_error\": false, \"max_retry_attempts\": 1}",
           "{\"error\":{\"code\":\"eval_http_send_network_error\",\"message\":"
           "\"Get \\\"http://127.0.0.1:1/\\\": dial tcp 127.0.0.1:1: connect: "
           "connection refused\"},\"status_code\":0}");
    expect_part("{\"method\": \"get\", \"url\": \"@/slow\", "
                "\"timeout\": \"100ms\"}",
                "/slow: request timed out");
    expect("{\"method\": \"get\", \"url\": \"ftp://127.0.0.1/\"}",
           "http.send: Get \"ftp://127.0.0.1/\": unsupported protocol scheme "
           "\"ftp\"");
    expect("{\"method\": \"get\", \"url\": \"file:///etc/passwd\"}",
           "http.send: Get \"file:///etc/passwd\": unsupported protocol scheme "
           "\"file\"");
    expect("{\"method\": \"get\", \"url\": \"::\"}",
           "http.send: parse \"::\": missing protocol scheme");
    expect("{\"method\": \"get\", \"url\": "
           "\"http://127.0.0.1\\u0040localhost:1/\"}",
           "http.send: host `localhost` is not allowed");
}

static void test_hosts(void **state)
{
    (void)state;
    bench b;
    bench_init(&b);
    assert_string_equal(ask(&b, "net.lookup_ip_addr", "\"127.0.0.1\""),
                        "[\"127.0.0.1\"]");
    assert_string_equal(ask(&b, "net.lookup_ip_addr", "\"::1\""),
                        "net.lookup_ip_addr: host `::1` is not allowed");
    b.around.hosts = NULL;
    assert_string_equal(ask(&b, "net.lookup_ip_addr", "\"::ffff:1.2.3.4\""),
                        "[\"1.2.3.4\"]");
    assert_string_equal(ask(&b, "net.lookup_ip_addr", "\"1.2.3\""),
                        "net.lookup_ip_addr: lookup 1.2.3: no such host");
    b.around.allow_net = false;
    assert_string_equal(
        ask(&b, "http.send", "{\"method\": \"get\", \"url\": \"@/json\"}"),
        "http.send: the network is off in this evaluation");
    bench_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_responses), cmocka_unit_test(test_requests),
        cmocka_unit_test(test_redirects), cmocka_unit_test(test_failures),
        cmocka_unit_test(test_hosts),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
