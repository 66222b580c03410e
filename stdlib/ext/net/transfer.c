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

/* The memory that a text of `len` bytes and its NUL get: doubling, so that a body
 * in small pieces is not copied for each. */
static size_t room_of(size_t len)
{
    size_t room = 1024;
    while (room <= len)
        room *= 2;
    return room;
}

static size_t append(char **at, size_t *len, const char *data, size_t size,
                     size_t most)
{
    if (size > most - *len)
        return 0;
    size_t room = room_of(*len + size);
    if (!*at || room != room_of(*len)) {
        char *more = realloc(*at, room);
        if (!more)
            return 0;
        *at = more;
    }
    memcpy(*at + *len, data, size);
    *len += size;
    (*at)[*len] = '\0';
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
    free(reply->redirect);
    reply->head = reply->body = NULL;
    reply->head_len = reply->body_len = 0;
    free(reply);
}

/* ---- sending ------------------------------------------------------------- */

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

/* Where the header Location leads, seen from the request's own URL: that of the
 * handle may have another name in it. */
static void set_redirect(CURL *curl, const pol_net_request *request,
                         pol_net_reply *reply)
{
    struct curl_header *location = NULL;
    long status = reply->status;
    bool leads = status == 301 || status == 302 || status == 303 ||
                 status == 307 || status == 308;
    if (!leads || curl_easy_header(curl, "Location", 0, CURLH_HEADER, -1,
                                   &location) != CURLHE_OK)
        return;
    char *url = NULL;
    CURLU *u = curl_url();
    reply->relative = curl_url_set(u, CURLUPART_URL, location->value, 0) ==
                      CURLUE_BAD_SCHEME;
    if (curl_url_set(u, CURLUPART_URL, request->url, 0) == CURLUE_OK &&
        curl_url_set(u, CURLUPART_URL, location->value,
                     CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
        curl_url_get(u, CURLUPART_URL, &url, 0) == CURLUE_OK)
        reply->redirect = strdup(url);
    curl_free(url);
    curl_url_cleanup(u);
}

static void collect(CURL *curl, const pol_net_request *request,
                    pol_net_reply *reply)
{
    long os_error = 0, verified = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply->status);
    curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &os_error);
    curl_easy_getinfo(curl, CURLINFO_SSL_VERIFYRESULT, &verified);
    reply->os_error = (int)os_error;
    if (!reply->failure)
        set_redirect(curl, request, reply);
    else
        pol_net_tls_words(request, reply, verified);
}

void pol_net_send(const pol_net_request *request, pol_net_reply *reply)
{
    char text[CURL_ERROR_SIZE] = "";
    CURL *curl = curl_easy_init();
    pol_net_lists lists = {NULL, NULL};
    reply->failure = CURLE_FAILED_INIT;
    if (!curl)
        return;
    for (size_t i = 0; request->lines[i]; i++)
        lists.lines = curl_slist_append(lists.lines, request->lines[i]);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, text);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, reply);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_head);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, reply);
    set_request(curl, request);
    reply->failure = CURLE_PEER_FAILED_VERIFICATION;
    if (pol_net_tls_set(curl, request, &lists)) {
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, lists.lines);
        reply->failure = (int)curl_easy_perform(curl);
    }
    const char *why =
        text[0] ? text : curl_easy_strerror((CURLcode)reply->failure);
    snprintf(reply->text, sizeof reply->text, "%s", why);
    collect(curl, request, reply);
    curl_easy_cleanup(curl);
    curl_slist_free_all(lists.lines);
    curl_slist_free_all(lists.connect);
}
