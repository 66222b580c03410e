/* SPDX-License-Identifier: Apache-2.0
 *
 * One exchange through libcurl. Nothing here allocates in the arena, so nothing
 * can leave a transfer half done. */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

#include "net.h"

/* Longest head and body that are taken. */
enum { MOST_HEAD = 1 << 20, MOST_BODY = 64 << 20 };

/* ---- URLs ---------------------------------------------------------------- */

bool pol_net_host(const char *url, char host[256], char port[8])
{
    CURLU *u = curl_url();
    char *text = NULL, *number = NULL, *scheme = NULL;
    bool ok = u && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
              curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
              curl_url_get(u, CURLUPART_HOST, &text, 0) == CURLUE_OK &&
              curl_url_get(u, CURLUPART_PORT, &number, CURLU_DEFAULT_PORT) ==
                  CURLUE_OK &&
              (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0) &&
              strlen(text) < 256 && strlen(number) < 8;
    if (ok) {
        size_t len = strlen(text);
        bool brackets = text[0] == '[' && len > 1;
        snprintf(host, 256, "%.*s", (int)(brackets ? len - 2 : len),
                 text + (brackets ? 1 : 0));
        snprintf(port, 8, "%s", number);
    }
    curl_free(scheme);
    curl_free(text);
    curl_free(number);
    curl_url_cleanup(u);
    return ok;
}

/* ---- receiving ----------------------------------------------------------- */

static size_t append(char **at, size_t *len, const char *data, size_t size,
                     size_t most)
{
    if (size > most - *len)
        return 0;
    char *more = realloc(*at, *len + size + 1);
    if (!more)
        return 0;
    memcpy(more + *len, data, size);
    *at = more;
    *len += size;
    more[*len] = '\0';
    return size;
}

static size_t on_body(char *data, size_t one, size_t count, void *user)
{
    pol_net_reply *reply = user;
    size_t size = one * count;
    size_t taken =
        append(&reply->body, &reply->body_len, data, size, MOST_BODY);
    reply->too_large = reply->too_large || taken != size;
    return taken;
}

static size_t on_head(char *data, size_t one, size_t count, void *user)
{
    pol_net_reply *reply = user;
    size_t size = one * count;
    /* A response such as 100 Continue comes before the one that counts. */
    if (size > 5 && memcmp(data, "HTTP/", 5) == 0)
        reply->head_len = 0;
    size_t taken =
        append(&reply->head, &reply->head_len, data, size, MOST_HEAD);
    reply->too_large = reply->too_large || taken != size;
    return taken;
}

void pol_net_reply_free(void *at)
{
    pol_net_reply *reply = at;
    free(reply->head);
    free(reply->body);
    reply->head = reply->body = NULL;
    reply->head_len = reply->body_len = 0;
    free(reply);
}

/* ---- sending ------------------------------------------------------------- */

static void set_blob(CURL *curl, CURLoption option, pol_value pem)
{
    struct curl_blob blob = {(void *)(uintptr_t)pem.str, pem.len,
                             CURL_BLOB_NOCOPY};
    if (pol_is_defined(pem))
        curl_easy_setopt(curl, option, &blob);
}

static void set_tls(CURL *curl, const pol_net_request *request)
{
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, request->insecure ? 0L : 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, request->insecure ? 0L : 2L);
    if (!request->system_certs) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, NULL);
        curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    }
    set_blob(curl, CURLOPT_CAINFO_BLOB, request->ca);
    set_blob(curl, CURLOPT_SSLCERT_BLOB, request->client_cert);
    set_blob(curl, CURLOPT_SSLKEY_BLOB, request->client_key);
    if (pol_is_defined(request->client_cert))
        curl_easy_setopt(curl, CURLOPT_SSLCERTTYPE, "PEM");
}

/* A connection to the URL's host that speaks to, and checks, another name: the
 * URL gets the name, and the name leads to the host. */
static struct curl_slist *set_server_name(CURL *curl,
                                          const pol_net_request *request)
{
    char host[256], port[8], entry[640];
    CURLU *u;
    if (!request->server_name || !pol_net_host(request->url, host, port))
        return NULL;
    snprintf(entry, sizeof entry, "%.255s:%s:%s%s%s:%s", request->server_name,
             port, strchr(host, ':') ? "[" : "", host,
             strchr(host, ':') ? "]" : "", port);
    u = curl_url();
    if (u && curl_url_set(u, CURLUPART_URL, request->url, 0) == CURLUE_OK &&
        curl_url_set(u, CURLUPART_HOST, request->server_name, 0) == CURLUE_OK) {
        char *url = NULL;
        if (curl_url_get(u, CURLUPART_URL, &url, 0) == CURLUE_OK)
            curl_easy_setopt(curl, CURLOPT_URL, url);
        curl_free(url);
    }
    curl_url_cleanup(u);
    return curl_slist_append(NULL, entry);
}

static void set_request(CURL *curl, const pol_net_request *request)
{
    curl_easy_setopt(curl, CURLOPT_URL, request->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    /* The environment must not send requests elsewhere. */
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
    if (pol_is_defined(request->body)) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                         (curl_off_t)request->body.len);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body.str);
    }
    if (strcmp(request->method, "HEAD") == 0)
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
}

static void collect(CURL *curl, pol_net_reply *reply)
{
    char *next = NULL;
    long os_error = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply->status);
    curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &os_error);
    curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &next);
    reply->os_error = (int)os_error;
    if (next && strlen(next) < sizeof reply->redirect)
        snprintf(reply->redirect, sizeof reply->redirect, "%s", next);
}

void pol_net_send(const pol_net_request *request, pol_net_reply *reply)
{
    char text[CURL_ERROR_SIZE] = "";
    CURL *curl = curl_easy_init();
    struct curl_slist *lines = NULL, *connect = NULL;
    reply->failure = CURLE_FAILED_INIT;
    if (!curl)
        return;
    for (size_t i = 0; request->lines[i]; i++)
        lines = curl_slist_append(lines, request->lines[i]);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, text);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, lines);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, reply);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_head);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, reply);
    set_request(curl, request);
    set_tls(curl, request);
    connect = set_server_name(curl, request);
    if (connect)
        curl_easy_setopt(curl, CURLOPT_CONNECT_TO, connect);
    reply->failure = (int)curl_easy_perform(curl);
    const char *why =
        text[0] ? text : curl_easy_strerror((CURLcode)reply->failure);
    snprintf(reply->text, sizeof reply->text, "%s", why);
    collect(curl, reply);
    curl_easy_cleanup(curl);
    curl_slist_free_all(lines);
    curl_slist_free_all(connect);
}
