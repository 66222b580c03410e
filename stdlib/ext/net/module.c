/* libs: -lcurl */
/* SPDX-License-Identifier: Apache-2.0
 *
 * The extension library "net". Signatures stand in stdlib/http.c. */
#include "net.h"

__attribute__((visibility("default"))) const pol_builtin *pol_module(void);

const pol_builtin *pol_module(void)
{
    static const pol_builtin rows[] = {
        {.name = "http.send", .fn = pol_net_http_send},
        {.name = "net.lookup_ip_addr", .fn = pol_net_lookup},
        {.name = NULL},
    };
    return rows;
}
