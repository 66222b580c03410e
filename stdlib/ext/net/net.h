/* SPDX-License-Identifier: Apache-2.0
 *
 * The extension library "net": what http.send and net.lookup_ip_addr share. The
 * engine refuses both unless the network is allowed; hosts are checked here,
 * every one that a redirect leads to as well. */
#ifndef POL_NET_H
#define POL_NET_H

#include "bytes.h"

/* Where a request goes and what it says, checked. Texts are NUL-terminated and
 * live in the arena. */
typedef struct pol_net_request {
    const char *url;
    const char *method;       /* upper case */
    pol_value body;           /* undefined: none */
    const char *const *lines; /* headers as "Name: value", ending with NULL */
    int64_t timeout_ms;
    int64_t retries;
    bool redirect, force_json, force_yaml, raise_error;
    bool insecure, system_certs;
    const char *server_name; /* that TLS asks for and checks; NULL: the URL's
                                host */
    pol_value ca, client_cert, client_key; /* PEM, undefined if not given */
} pol_net_request;

/* Reads and checks a request. False with the error recorded. */
bool pol_net_request_read(pol_call *call, pol_value object,
                          pol_net_request *out);

/* What came back; of malloc, freed by pol_net_reply_free. */
typedef struct pol_net_reply {
    char *head, *body;
    size_t head_len, body_len;
    long status;
    bool too_large;
    int failure;         /* a CURLcode, 0 = a response came */
    int os_error;        /* errno of a connection that failed */
    char text[256];      /* libcurl's words about the failure */
    char *redirect;      /* where a redirect leads, whole; NULL: nowhere */
    bool relative;       /* the response gave no scheme for it */
} pol_net_reply;

/* Sends the request once, follows nothing. Does not allocate in the arena. */
void pol_net_send(const pol_net_request *request, pol_net_reply *reply);

/* Lists of libcurl that a transfer reads, freed after it. */
typedef struct pol_net_lists {
    struct curl_slist *lines;   /* headers */
    struct curl_slist *connect; /* where a name leads */
} pol_net_lists;

/* Sets what TLS needs of a CURL handle that has the request's URL; adds to the
 * lists. False when no server can have the name that is asked for. */
bool pol_net_tls_set(void *curl, const pol_net_request *request,
                     pol_net_lists *lists);
/* Puts Go's words for a failure of TLS into `text`; `verified` is what the
 * library said about the certificate, X509_V_…. Other failures keep theirs. */
void pol_net_tls_words(const pol_net_request *request, pol_net_reply *reply,
                       long verified);
void pol_net_reply_free(void *reply);

/* The host of an http or https URL as libcurl reads it, into `host`; sets the
 * port. False if it has none. */
bool pol_net_host(const char *url, char host[256], char port[8]);

pol_value pol_net_http_send(pol_call *call, const pol_value *args);
pol_value pol_net_lookup(pol_call *call, const pol_value *args);

#endif
