/* SPDX-License-Identifier: Apache-2.0
 *
 * json.match_schema and json.verify_schema. */
#include "pol_stdlib.h"
#include "schema_check.h"

/* The value that JSON text stands for; anything else stands for itself, with
 * its sets as arrays. */
static bool load(pol_call *call, pol_value given, pol_value *out,
                 const char **why)
{
    const char *error;
    size_t at, len;
    pol_value text = given;
    if (given.tag == POL_OBJECT || given.tag == POL_ARRAY) {
        const char *json = pol_value_text(pol_call_arena(call), given,
                                          POL_TEXT_JSON_RAW, &len);
        text = pol_string(json, len);
    } else if (!pol_is_string(given)) {
        *why = "wrong type, expected string or object";
        return false;
    }
    *why = "invalid JSON string";
    *out = pol_value_parse_json(pol_call_arena(call), text.str, text.len, true,
                                &error, &at);
    return pol_is_defined(*out);
}

static pol_value pair(pol_call *call, pol_value a, pol_value b)
{
    pol_value *both = pol_items(pol_call_arena(call), 2);
    both[0] = a;
    both[1] = b;
    return pol_array(both, 2);
}

static pol_value match_schema(pol_call *call, const pol_value *args)
{
    pol_schema schema = {.call = call};
    pol_value document;
    pol_builder errors;
    const char *why;
    if (!load(call, args[0], &document, &why) ||
        !load(call, args[1], &schema.root, &why))
        return pol_call_error(call, "%s", why);
    why = pol_schema_check(&schema);
    if (why)
        return pol_call_error(call, "%s", why);
    pol_schema_match(&schema, document, &errors);
    bool good = errors.count == 0;
    return pair(call, pol_bool(good), pol_builder_done(&errors));
}

static pol_value verify_schema(pol_call *call, const pol_value *args)
{
    pol_schema schema = {.call = call};
    const char *why;
    if (load(call, args[0], &schema.root, &why))
        why = pol_schema_check(&schema);
    return pair(call, pol_bool(!why),
                why ? pol_call_printf(call, "jsonschema: %s", why)
                    : pol_null());
}

const pol_builtin pol_stdlib_schema[] = {
    {.name = "json.match_schema",
     .fn = match_schema,
     .flags = POL_UNCHECKED,
     .signature = "(any<string | object{any: any}>, any<string | object{any: "
                  "any}>) -> [boolean, array[object{desc: string, error: "
                  "string, field: string, type: string}]]",
     .doc = "Whether a document fits a JSON schema, and what does not."},
    {.name = "json.verify_schema",
     .fn = verify_schema,
     .flags = POL_UNCHECKED,
     .signature = "(any<string | object{any: any}>) -> [boolean, any<null | "
                  "string>]",
     .doc = "Whether a value is a JSON schema, and why not."},
    {.name = NULL},
};
