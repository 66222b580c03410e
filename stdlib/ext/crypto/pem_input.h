/* SPDX-License-Identifier: Apache-2.0
 *
 * The ways in which OPA takes certificates and keys: PEM, PEM in base64, DER in
 * base64. */
#ifndef POL_CRYPTO_PEM_INPUT_H
#define POL_CRYPTO_PEM_INPUT_H

#include "crypto.h"

typedef struct pol_pem_input {
    pol_value bytes;
    bool is_pem;
} pol_pem_input;

/* NULL, or Go's complaint about the base64. */
const char *pol_pem_input_read(pol_call *call, pol_value text,
                               pol_pem_input *input);

typedef struct pol_blobs {
    pol_blob *at;
    size_t count;
} pol_blobs;

/* The certificates of an input in DER: of each block, or DER put together. */
const char *pol_pem_input_certificates(pol_call *call, pol_value text,
                                       pol_blobs *certificates);

#endif
