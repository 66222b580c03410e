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
    const char *server_name;               /* NULL: the URL's */
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
    char redirect[2048]; /* where a redirect leads, or empty */
} pol_net_reply;

/* Sends the request once, follows nothing. Does not allocate in the arena. */
void pol_net_send(const pol_net_request *request, pol_net_reply *reply);
void pol_net_reply_free(void *reply);

/* The host of an http or https URL as libcurl reads it, into `host`; sets the
 * port. False if it has none. */
bool pol_net_host(const char *url, char host[256], char port[8]);

pol_value pol_net_http_send(pol_call *call, const pol_value *args);
pol_value pol_net_lookup(pol_call *call, const pol_value *args);

#endif
