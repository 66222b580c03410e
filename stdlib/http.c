/* SPDX-License-Identifier: Apache-2.0
 *
 * What reaches outside: in the extension library "net", and refused unless the
 * host allows it. */
#include "pol_stdlib.h"

const pol_builtin pol_stdlib_http[] = {
    {.name = "http.send",
     .signature = "(object{string: any}) -> object{any: any}",
     .flags = POL_IMPURE | POL_OUTSIDE,
     .doc = "The response to an HTTP request.",
     .module = "net"},
    {.name = "net.lookup_ip_addr",
     .signature = "(string) -> set[string]",
     .flags = POL_IMPURE | POL_OUTSIDE,
     .doc = "The addresses of a host name.",
     .module = "net"},
    {.name = NULL},
};
