/* SPDX-License-Identifier: Apache-2.0
 *
 * The standard library: all families of builtins. */
#ifndef POL_STDLIB_H
#define POL_STDLIB_H

#include "pol_ext.h"

/* The families, each a table that ends with a NULL name; the list ends with
 * NULL. Constant. Give it to pol_engine_new. */
const pol_builtin *const *pol_stdlib(void);

/* One family a file of stdlib/; extern for stdlib.c only. */
extern const pol_builtin pol_stdlib_aggregates[];
extern const pol_builtin pol_stdlib_arithmetic[]; /* numbers, bits, rand */
extern const pol_builtin pol_stdlib_arrays[];
extern const pol_builtin pol_stdlib_compare[]; /* equal, lt, … as functions */
extern const pol_builtin pol_stdlib_crypto[];
extern const pol_builtin pol_stdlib_encoding[]; /* base64, hex, urlquery */
extern const pol_builtin pol_stdlib_glob[];
extern const pol_builtin pol_stdlib_globs[]; /* regex.globs_match */
extern const pol_builtin pol_stdlib_graph[];
extern const pol_builtin pol_stdlib_graphql[];
extern const pol_builtin pol_stdlib_http[]; /* http.send, net.lookup_ip_addr */
extern const pol_builtin pol_stdlib_json[]; /* json.marshal, unmarshal, … */
extern const pol_builtin pol_stdlib_jsonpatch[]; /* json.patch */
extern const pol_builtin pol_stdlib_jsonpath[]; /* json.filter, remove */
extern const pol_builtin pol_stdlib_jwt[];
extern const pol_builtin pol_stdlib_net[]; /* net.cidr_* */
extern const pol_builtin pol_stdlib_objects[];
extern const pol_builtin pol_stdlib_providers[];
extern const pol_builtin pol_stdlib_regex[];
extern const pol_builtin pol_stdlib_runtime[]; /* opa.runtime, print, trace */
extern const pol_builtin pol_stdlib_schema[]; /* json.match_schema, verify_schema */
extern const pol_builtin pol_stdlib_semver[];
extern const pol_builtin pol_stdlib_sets[];
extern const pol_builtin pol_stdlib_sprintf[];
extern const pol_builtin pol_stdlib_strings[];
extern const pol_builtin pol_stdlib_template[]; /* strings.render_template */
extern const pol_builtin pol_stdlib_time[];
extern const pol_builtin pol_stdlib_types[]; /* is_*, type_name, casts, to_number */
extern const pol_builtin pol_stdlib_units[];
extern const pol_builtin pol_stdlib_unknown[]; /* polc.unknown, … */
extern const pol_builtin pol_stdlib_uri[];
extern const pol_builtin pol_stdlib_uuid[];
extern const pol_builtin pol_stdlib_walk[];
extern const pol_builtin pol_stdlib_yaml[];

#endif
