/* SPDX-License-Identifier: Apache-2.0
 *
 * Signatures for requests to cloud providers: in the extension library
 * "crypto". */
#include "pol_stdlib.h"

const pol_builtin pol_stdlib_providers[] = {
    {.name = "providers.aws.sign_req",
     .signature = "(object{string: any}, object{string: any}, number) -> "
                  "object{any: any}",
     .doc = "A request with an AWS signature of version 4.",
     .module = "crypto"},
    {.name = NULL},
};
