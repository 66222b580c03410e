/* SPDX-License-Identifier: Apache-2.0
 *
 * The ways in which OPA takes certificates and keys. */
#include "pem_input.h"
#include "der.h"

static bool starts_block(pol_value text)
{
    static const char begin[] = "-----BEGIN";
    return text.len >= sizeof begin - 1 &&
           memcmp(text.str, begin, sizeof begin - 1) == 0;
}

const char *pol_pem_input_read(pol_call *call, pol_value text,
                               pol_pem_input *input)
{
    pol_bytes out;
    size_t bad;
    input->bytes = text;
    input->is_pem = starts_block(text);
    if (input->is_pem)
        return NULL;
    pol_bytes_init(&out, call, text.len);
    if (!pol_base64_decode(&out, text, 0, &bad))
        return pol_call_printf(call, "illegal base64 data at input byte %zu",
                               bad)
            .str;
    input->bytes = pol_bytes_done(&out);
    input->is_pem = starts_block(input->bytes);
    return NULL;
}

static void add(pol_call *call, pol_blobs *list, size_t *room, pol_blob der)
{
    if (list->count == *room) {
        *room = *room ? 2 * *room : 4;
        pol_blob *more = pol_call_alloc(call, *room * sizeof *more);
        if (list->count)
            memcpy(more, list->at, list->count * sizeof *more);
        list->at = more;
    }
    list->at[list->count++] = der;
}

const char *pol_pem_input_certificates(pol_call *call, pol_value text,
                                       pol_blobs *list)
{
    pol_pem_input input;
    pol_pem block;
    pol_der element;
    size_t room = 0;
    *list = (pol_blobs){NULL, 0};
    const char *why = pol_pem_input_read(call, text, &input);
    if (why)
        return why;
    while (input.is_pem && pol_pem_next(call, &input.bytes, &block)) {
        if (!pol_string_is(block.type, "CERTIFICATE"))
            return pol_call_printf(call,
                                   "PEM block type is '%.*s', expected "
                                   "CERTIFICATE",
                                   (int)block.type.len, block.type.str)
                .str;
        add(call, list, &room, block.der);
    }
    pol_blob der = pol_blob_of(input.bytes);
    while (!input.is_pem && der.len > 0) {
        if (!pol_der_take(&der, DER_SEQUENCE, &element))
            return "x509: malformed certificate";
        add(call, list, &room, element.whole);
    }
    return NULL;
}
