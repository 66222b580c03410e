/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of families. A new family is one line here, one in pol_stdlib.h and
 * one file of cases in tests/stdlib. */
#include "pol_stdlib.h"

const pol_builtin *const *pol_stdlib(void)
{
    static const pol_builtin *const families[] = {
        pol_stdlib_aggregates,
        pol_stdlib_arithmetic,
        pol_stdlib_arrays,
        pol_stdlib_compare,
        pol_stdlib_crypto,
        pol_stdlib_encoding,
        pol_stdlib_glob,
        pol_stdlib_globs,
        pol_stdlib_graph,
        pol_stdlib_graphql,
        pol_stdlib_http,
        pol_stdlib_json,
        pol_stdlib_jsonpatch,
        pol_stdlib_jsonpath,
        pol_stdlib_jwt,
        pol_stdlib_net,
        pol_stdlib_objects,
        pol_stdlib_providers,
        pol_stdlib_regex,
        pol_stdlib_runtime,
        pol_stdlib_schema,
        pol_stdlib_semver,
        pol_stdlib_sets,
        pol_stdlib_sprintf,
        pol_stdlib_strings,
        pol_stdlib_template,
        pol_stdlib_time,
        pol_stdlib_types,
        pol_stdlib_units,
        pol_stdlib_unknown,
        pol_stdlib_uri,
        pol_stdlib_uuid,
        pol_stdlib_walk,
        pol_stdlib_yaml,
        NULL,
    };
    return families;
}
