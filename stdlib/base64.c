/* SPDX-License-Identifier: Apache-2.0
 *
 * Base64 with Go's idea of where an error is. */
#include "base64.h"

static const char alphabet[2][65] = {
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
};

void pol_base64_encode(pol_bytes *out, const char *bytes, size_t len,
                       unsigned form)
{
    const char *digits = alphabet[form & POL_BASE64_URL ? 1 : 0];
    for (size_t i = 0; i < len; i += 3) {
        uint32_t bits = 0;
        size_t have = len - i < 3 ? len - i : 3;
        for (size_t j = 0; j < 3; j++)
            bits = bits << 8 | (j < have ? (unsigned char)bytes[i + j] : 0u);
        for (size_t j = 0; j <= have; j++)
            pol_bytes_byte(out, digits[bits >> (18 - 6 * j) & 63]);
        if (!(form & POL_BASE64_RAW))
            pol_bytes_fill(out, '=', 3 - have);
    }
}

/* A decoder over `text`; `bad` is the offset of what is wrong. */
typedef struct decoder {
    pol_value text;
    size_t at;
    unsigned form;
    bool failed;
    size_t bad;
} decoder;

static void skip_newlines(decoder *d)
{
    while (d->at < d->text.len &&
           (d->text.str[d->at] == '\n' || d->text.str[d->at] == '\r'))
        d->at++;
}

static int fail(decoder *d, size_t bad)
{
    d->failed = true;
    d->bad = bad;
    return 0;
}

/* The padding of a quantum whose first `have` sextets were read; `at` is behind
 * the first `=`. Nothing may follow. */
static int padding(decoder *d, int have)
{
    if (have < 2 || d->form & POL_BASE64_RAW)
        return fail(d, d->at - 1);
    if (have == 2) {
        skip_newlines(d);
        if (d->at == d->text.len)
            return fail(d, d->at);
        if (d->text.str[d->at] != '=')
            return fail(d, d->at - 1);
        d->at++;
    }
    skip_newlines(d);
    return d->at < d->text.len ? fail(d, d->at) : have;
}

/* The end of the text behind `have` sextets of a quantum. */
static int at_end(decoder *d, int have)
{
    if (have == 0)
        return 0;
    if (d->form & POL_BASE64_RAW && have > 1)
        return have;
    return fail(d, d->at - have);
}

/* Reads up to four sextets into *bits; their number. */
static int quantum(decoder *d, uint32_t *bits)
{
    int have = 0;
    *bits = 0;
    while (have < 4) {
        skip_newlines(d);
        if (d->at == d->text.len)
            return at_end(d, have);
        char c = d->text.str[d->at++];
        const char *digits = alphabet[d->form & POL_BASE64_URL ? 1 : 0];
        const char *digit = c == 0 ? NULL : strchr(digits, c);
        if (digit != NULL) {
            *bits |= (uint32_t)(digit - digits) << (18 - 6 * have);
            have++;
        } else if (c == '=') {
            return padding(d, have);
        } else {
            return fail(d, d->at - 1);
        }
    }
    return have;
}

bool pol_base64_decode(pol_bytes *out, pol_value text, unsigned form,
                       size_t *bad)
{
    decoder d = {.text = text, .form = form};
    int have;
    uint32_t bits;
    while ((have = quantum(&d, &bits)) > 0)
        for (int i = 0; i + 1 < have; i++)
            pol_bytes_byte(out, (char)(bits >> (16 - 8 * i)));
    *bad = d.bad;
    return !d.failed;
}

static const char *complaint(pol_bytes *out, pol_value text)
{
    return pol_call_printf(out->call, "illegal base64url string: %.*s",
                           (int)text.len, text.str)
        .str;
}

const char *pol_base64_token(pol_bytes *out, pol_value text)
{
    size_t over = text.len % 4, bad;
    pol_value whole = text;
    if (over == 1 && text.str[text.len - 1] != '=')
        return complaint(out, text);
    if (over != 0 && text.str[text.len - 1] != '=') {
        pol_bytes padded;
        pol_bytes_init(&padded, out->call, (size_t)text.len + 2);
        pol_bytes_add(&padded, text.str, text.len);
        pol_bytes_fill(&padded, '=', 4 - over);
        whole = pol_bytes_done(&padded);
    }
    if (pol_base64_decode(out, whole, POL_BASE64_URL, &bad))
        return NULL;
    return pol_call_printf(out->call, "illegal base64 data at input byte %zu",
                           bad)
        .str;
}
