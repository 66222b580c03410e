/* SPDX-License-Identifier: Apache-2.0
 *
 * uri.parse and uri.is_valid: URLs as Go's net/url reads them. */
#include "gofmt.h"
#include "gourl.h"

/* Reads a URL; on failure the error is recorded as Go words it. */
static bool parse(pol_call *call, pol_value text, pol_gourl *url)
{
    const char *why = pol_gourl_parse(call, text, url);
    if (why == NULL)
        return true;
    /* Go shows the fragment only if that is what is wrong */
    pol_value shown = text;
    const char *mark = text.len ? memchr(text.str, '#', text.len) : NULL;
    if (mark != NULL) {
        pol_gourl rest;
        shown = pol_string(text.str, (size_t)(mark - text.str));
        if (pol_gourl_parse(call, shown, &rest) == NULL)
            shown = text;
    }
    pol_bytes out;
    pol_bytes_init(&out, call, (size_t)shown.len + 16);
    pol_gofmt_quote(&out, shown, false);
    pol_call_error(call, "parse %.*s: %s", (int)out.len, out.at, why);
    return false;
}

static pol_value uri_parse(pol_call *call, const pol_value *args)
{
    pol_gourl url;
    pol_value port;
    if (!parse(call, args[0], &url))
        return pol_undefined();
    pol_value hostname = pol_gourl_hostname(&url, &port);
    const struct {
        const char *name;
        pol_value value;
    } parts[] = {
        {"scheme", url.scheme},
        {"hostname", hostname},
        {"port", port},
        {"path", url.path},
        {"raw_path", url.raw_path.len > 0 ? url.raw_path : url.path},
        {"raw_query", url.raw_query},
        {"fragment", url.fragment},
    };
    pol_builder result;
    pol_builder_init(&result, pol_call_arena(call), POL_OBJECT);
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
        if (parts[i].value.len > 0)
            pol_builder_put(&result,
                            pol_string(parts[i].name, strlen(parts[i].name)),
                            parts[i].value);
    return pol_builder_done(&result);
}

static pol_value uri_is_valid(pol_call *call, const pol_value *args)
{
    pol_gourl url;
    if (!pol_is_string(args[0]) || args[0].len == 0)
        return pol_bool(false);
    return pol_bool(pol_gourl_parse(call, args[0], &url) == NULL);
}

const pol_builtin pol_stdlib_uri[] = {
    {.name = "uri.is_valid",
     .fn = uri_is_valid,
     .flags = POL_UNCHECKED,
     .signature = "(string) -> boolean",
     .doc = "Is the string a URI?"},
    {.name = "uri.parse",
     .fn = uri_parse,
     .signature = "(string) -> object{string: string}",
     .doc = "The parts of a URI that it has."},
    {.name = NULL},
};
