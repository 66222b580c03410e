/* SPDX-License-Identifier: Apache-2.0
 *
 * Certificates and their parts as what Go's encoding/json makes of its x509
 * structures. All functions return NULL, or the complaint (constant or in the
 * arena) in Go's words. */
#ifndef POL_CRYPTO_X509_H
#define POL_CRYPTO_X509_H

#include "der.h"

/* The SubjectPublicKeyInfo of a certificate. */
const char *pol_x509_spki(pol_blob der, pol_blob *spki);
/* Is it shaped as a SubjectPublicKeyInfo at all? */
bool pol_x509_is_spki(pol_blob der);

/* A certificate as an object. With `strings` it has URIStrings too, which only
 * OPA's own listing has. */
const char *pol_x509_certificate(pol_call *call, pol_blob der, bool strings,
                                 pol_value *out);

/* A certificate request as an object. */
const char *pol_x509_request(pol_call *call, pol_blob der, pol_value *out);

/* ---- shared by the two --------------------------------------------------- */

void pol_x509_put(pol_builder *out, const char *name, pol_value v);
/* Puts null under each name of a list that ends with NULL. */
void pol_x509_put_nulls(pol_builder *out, const char *const *names);
/* A distinguished name (`der` is its SEQUENCE with header). */
const char *pol_x509_name(pol_call *call, pol_blob der, pol_value *out);
/* Puts PublicKey and PublicKeyAlgorithm. */
const char *pol_x509_public_key(pol_call *call, pol_blob spki,
                                pol_builder *out);
/* Go's number of a signature algorithm, 0 if unknown. */
int64_t pol_x509_signature_algorithm(pol_blob sequence);

typedef struct pol_x509_fields {
    pol_call *call;
    pol_builder *out;       /* fields go here */
    pol_builder extensions; /* all of them */
    pol_builder unhandled;  /* identifiers of critical ones that Go ignores */
    bool strings;
    bool names_only; /* of a request: subject names are all that is read */
} pol_x509_fields;

/* One extension: a SEQUENCE's body. */
const char *pol_x509_extension(pol_x509_fields *fields, pol_blob body);

#endif
