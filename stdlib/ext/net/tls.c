/* SPDX-License-Identifier: Apache-2.0
 *
 * TLS of an exchange: whom to trust, who we are, the name that the server has to
 * show, and Go's words for what goes wrong. Nothing here allocates in the arena. */
#include <curl/curl.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>

#include "net.h"

static void set_blob(CURL *curl, CURLoption option, pol_value pem)
{
    struct curl_blob blob = {(void *)(uintptr_t)pem.str, pem.len,
                             CURL_BLOB_NOCOPY};
    if (pol_is_defined(pem))
        curl_easy_setopt(curl, option, &blob);
}

static void set_trust(CURL *curl, const pol_net_request *request)
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

/* The URL with the name in place of its host; false if it cannot be one. */
static bool set_named_url(CURL *curl, const pol_net_request *request)
{
    char *url = NULL;
    CURLU *u = curl_url();
    bool ok = u &&
              curl_url_set(u, CURLUPART_URL, request->url, 0) == CURLUE_OK &&
              curl_url_set(u, CURLUPART_HOST, request->server_name, 0) ==
                  CURLUE_OK &&
              curl_url_get(u, CURLUPART_URL, &url, 0) == CURLUE_OK &&
              curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK;
    curl_free(url);
    curl_url_cleanup(u);
    return ok;
}

static bool has_host(const struct curl_slist *lines)
{
    for (; lines; lines = lines->next)
        if (strncasecmp(lines->data, "host:", 5) == 0)
            return true;
    return false;
}

/* libcurl asks for, and checks, the name in the URL. So the URL gets the name,
 * the name leads to the host, and the header still says the host. */
static bool set_name(CURL *curl, const pol_net_request *request,
                     pol_net_lists *lists)
{
    char host[256], port[8], text[640];
    if (!request->server_name || strncasecmp(request->url, "https:", 6) != 0)
        return true;
    if (!pol_net_host(request->url, host, port) || !set_named_url(curl, request))
        return false;
    const char *open = strchr(host, ':') ? "[" : "", *shut = *open ? "]" : "";
    snprintf(text, sizeof text, "%.255s:%s:%s%s%s:%s", request->server_name,
             port, open, host, shut, port);
    lists->connect = curl_slist_append(NULL, text);
    curl_easy_setopt(curl, CURLOPT_CONNECT_TO, lists->connect);
    if (has_host(lists->lines))
        return true;
    bool usual = strcmp(port, "443") == 0;
    snprintf(text, sizeof text, "Host: %s%s%s%s%s", open, host, shut,
             usual ? "" : ":", usual ? "" : port);
    lists->lines = curl_slist_append(lists->lines, text);
    return true;
}

bool pol_net_tls_set(void *curl, const pol_net_request *request,
                     pol_net_lists *lists)
{
    set_trust(curl, request);
    return set_name(curl, request, lists);
}

/* ---- what went wrong ----------------------------------------------------- */

static const char *verify_words(long code)
{
    switch (code) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return "certificate has expired or is not yet valid";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        return "certificate signed by unknown authority";
    }
    return NULL;
}

/* "certificate required" of "…: tlsv13 alert certificate required, errno 0". */
static bool alert_words(const char *text, char *out, size_t size)
{
    const char *alert = strstr(text, " alert ");
    if (!alert)
        return false;
    alert += strlen(" alert ");
    snprintf(out, size, "remote error: tls: %.*s", (int)strcspn(alert, ","),
             alert);
    return true;
}

void pol_net_tls_words(const pol_net_request *request, pol_net_reply *reply,
                       long verified)
{
    char words[sizeof reply->text], host[256] = "", port[8];
    const char *why = verify_words(verified);
    if (reply->failure == CURLE_PEER_FAILED_VERIFICATION && why) {
        snprintf(words, sizeof words,
                 "tls: failed to verify certificate: x509: %s", why);
    } else if (reply->failure == CURLE_PEER_FAILED_VERIFICATION &&
               !strstr(reply->text, "certificate problem")) {
        pol_net_host(request->url, host, port);
        snprintf(words, sizeof words,
                 "tls: failed to verify certificate: x509: certificate is not "
                 "valid for %.150s",
                 request->server_name ? request->server_name : host);
    } else if (reply->failure == CURLE_SEND_ERROR) {
        /* A server that refuses us hangs up, perhaps before it was heard. */
        snprintf(words, sizeof words, "write: broken pipe");
    } else if (!alert_words(reply->text, words, sizeof words)) {
        return;
    }
    memcpy(reply->text, words, sizeof words);
}
