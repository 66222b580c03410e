/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a `$ref` leads: a JSON Pointer into the schema itself, read with
 * gojsonschema's words for what is not there. */
#include "schema_check.h"

#include <stdio.h>

/* One token of a pointer without its escapes (~1, ~0, %XX). */
static pol_value plain_token(pol_call *call, const char *at, size_t len)
{
    pol_bytes out;
    unsigned byte;
    pol_bytes_init(&out, call, len);
    for (size_t i = 0; i < len; i++) {
        if (at[i] == '~' && i + 1 < len &&
            (at[i + 1] == '0' || at[i + 1] == '1')) {
            pol_bytes_byte(&out, at[++i] == '0' ? '~' : '/');
        } else if (at[i] == '%' && len - i > 2 &&
                   sscanf(at + i + 1, "%2x", &byte) == 1) {
            pol_bytes_byte(&out, (char)byte);
            i += 2;
        } else {
            pol_bytes_byte(&out, at[i]);
        }
    }
    return pol_rune_clean(call, out.at, out.len);
}

static pol_value step(pol_call *call, pol_value v, pol_value token,
                      const char **why)
{
    if (v.tag == POL_OBJECT) {
        pol_value next = pol_get(v, token);
        if (!pol_is_defined(next))
            *why = pol_call_printf(call, "Object has no key '%.*s'",
                                   (int)token.len, token.str)
                       .str;
        return next;
    }
    if (v.tag == POL_ARRAY) {
        pol_value index =
            pol_number_parse(pol_call_arena(call), token.str, token.len);
        pol_value next =
            pol_is_defined(index) ? pol_get(v, index) : pol_undefined();
        if (!pol_is_defined(next))
            *why =
                pol_call_printf(call, "Out of bound array[0,%u] index '%.*s'",
                                v.len, (int)token.len, token.str)
                    .str;
        return next;
    }
    *why = pol_call_printf(call, "Invalid token reference '%.*s'",
                           (int)token.len, token.str)
               .str;
    return pol_undefined();
}

pol_value pol_schema_target(const pol_schema *s, pol_value ref,
                            const char **why)
{
    pol_value v = s->root;
    *why = NULL;
    if (ref.len == 0 || ref.str[0] != '#' ||
        (ref.len > 1 && ref.str[1] != '/')) {
        *why =
            pol_call_printf(s->call,
                            "references outside the schema are not followed: "
                            "%.*s",
                            (int)ref.len, ref.str)
                .str;
        return pol_undefined();
    }
    const char *end = ref.str + ref.len;
    const char *at = ref.str + (ref.len > 1 ? 2 : 1);
    while (ref.len > 1 && at <= end && pol_is_defined(v)) {
        const char *slash = memchr(at, '/', (size_t)(end - at));
        const char *stop = slash ? slash : end;
        v = step(s->call, v, plain_token(s->call, at, (size_t)(stop - at)),
                 why);
        at = stop + 1;
    }
    return v;
}
