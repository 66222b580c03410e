/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes as text and numbers, and PEM as Go reads it: lines that are no block
 * are skipped, a block may have headers, a broken one is as if it were not
 * there. */
#include "crypto.h"
#include "gojson.h"

pol_value pol_blob_base64(pol_call *call, pol_blob bytes)
{
    pol_bytes out;
    pol_bytes_init(&out, call, (bytes.len + 2) / 3 * 4);
    pol_base64_encode(&out, (const char *)bytes.at, bytes.len, 0);
    return pol_bytes_done(&out);
}

pol_value pol_blob_hex(pol_call *call, pol_blob bytes)
{
    static const char digits[] = "0123456789abcdef";
    pol_bytes out;
    pol_bytes_init(&out, call, 2 * bytes.len);
    for (size_t i = 0; i < bytes.len; i++) {
        pol_bytes_byte(&out, digits[bytes.at[i] >> 4]);
        pol_bytes_byte(&out, digits[bytes.at[i] & 15]);
    }
    return pol_bytes_done(&out);
}

pol_value pol_blob_number(pol_call *call, pol_blob bytes)
{
    pol_value digits = pol_blob_hex(call, bytes);
    return pol_number_of_base(pol_call_arena(call), digits.str, digits.len, 16);
}

const char *pol_crypto_json_complaint(pol_call *call, pol_value text)
{
    static const char end[] = "unexpected end of JSON input";
    static const char behind[] = " after top-level value";
    pol_bytes out;
    pol_bytes_init(&out, call, 64);
    if (!pol_gojson_complaint(&out, text))
        return NULL;
    if (out.len == sizeof end - 1 && memcmp(out.at, end, out.len) == 0) {
        for (uint32_t i = 0; i < text.len; i++)
            if (!strchr(" \t\r\n", text.str[i]) || !text.str[i])
                return "unexpected EOF";
        return "EOF";
    }
    size_t keep = sizeof behind - 1;
    if (out.len > keep && memcmp(out.at + out.len - keep, behind, keep) == 0) {
        out.len -= keep;
        pol_bytes_text(&out, " looking for beginning of value");
    }
    pol_bytes_byte(&out, '\0');
    return out.at;
}

/* ---- PEM ----------------------------------------------------------------- */

static const char *find(const char *at, const char *end, const char *text)
{
    return at > end ? NULL : memmem(at, (size_t)(end - at), text, strlen(text));
}

/* The end of the line that starts at `at`: its line feed or `end`. */
static const char *line_end(const char *at, const char *end)
{
    const char *feed = memchr(at, '\n', (size_t)(end - at));
    return feed ? feed : end;
}

/* A line without blanks at its end. */
static size_t trimmed(const char *at, const char *end)
{
    while (end > at && strchr(" \t\r", end[-1]) && end[-1])
        end--;
    return (size_t)(end - at);
}

/* Behind the headers of a block, if it has any: lines with a colon. */
static const char *body_of(const char *at, const char *end)
{
    for (;;) {
        const char *stop = line_end(at, end);
        const char *colon = memchr(at, ':', (size_t)(stop - at));
        if (stop == end || !colon)
            return at;
        at = stop + 1;
    }
}

static bool decode(pol_call *call, const char *at, const char *end,
                   pol_blob *out)
{
    pol_bytes text, der;
    size_t bad;
    pol_bytes_init(&text, call, (size_t)(end - at));
    for (; at < end; at++)
        if (*at != ' ' && *at != '\t')
            pol_bytes_byte(&text, *at);
    pol_bytes_init(&der, call, text.len / 4 * 3 + 3);
    if (!pol_base64_decode(&der, pol_bytes_done(&text), 0, &bad))
        return false;
    *out = (pol_blob){(const unsigned char *)der.at, der.len};
    return true;
}

/* The block whose type starts at `at`; NULL, or what stands behind it. */
static const char *block_at(pol_call *call, const char *at, const char *end,
                            pol_pem *block)
{
    const char *stop = line_end(at, end);
    size_t len = trimmed(at, stop);
    if (stop == end || len < 5 || memcmp(at + len - 5, "-----", 5) != 0)
        return NULL;
    block->type = pol_string(at, len - 5);
    const char *body = body_of(stop + 1, end);
    /* The end line may follow at once when there is nothing in between. */
    const char *last = find(body - 1, end, "\n-----END ");
    if (!last)
        return NULL;
    const char *name = last + 10;
    stop = line_end(name, end);
    len = trimmed(name, stop);
    if (len != block->type.len + 5u ||
        memcmp(name, block->type.str, len - 5) != 0 ||
        memcmp(name + len - 5, "-----", 5) != 0)
        return NULL;
    if (!decode(call, body, last < body ? body : last, &block->der))
        return NULL;
    return stop == end ? end : stop + 1;
}

bool pol_pem_next(pol_call *call, pol_value *text, pol_pem *block)
{
    static const char begin[] = "-----BEGIN ";
    const char *start = text->str, *end = start + text->len;
    for (const char *at = start; (at = find(at, end, begin)) != NULL;) {
        bool is_line = at == start || at[-1] == '\n';
        at += sizeof begin - 1;
        const char *rest = is_line ? block_at(call, at, end, block) : NULL;
        if (rest) {
            *text = pol_string(rest, (size_t)(end - rest));
            return true;
        }
    }
    return false;
}
