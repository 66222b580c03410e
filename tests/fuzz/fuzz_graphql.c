/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes GraphQL: a query, a NUL, a schema. What parses must be readable from
 * the value that shows it, and show the same again. */
#include <stdlib.h>

#include "graphql_validate.h"
#include "stdlib_call.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Of a schema only: OPA's reading of queries from values takes all selections
 * for fields, and so does ours. */
static void round_trip(pol_call *call, const pol_graphql_node *schema)
{
    pol_value error, shown = pol_graphql_show(call, schema);
    const pol_graphql_node *again =
        pol_graphql_read(call, POL_GRAPHQL_SCHEMA, shown, &error);
    if (!again || !pol_equal(shown, pol_graphql_show(call, again)))
        abort();
}

static void run(pol_call *call, const fuzz_texts *texts)
{
    pol_graphql_parser parser;
    pol_graphql_node *query =
        pol_graphql_parse_query(&parser, call, texts->first);
    pol_graphql_node *document =
        pol_graphql_parse_schema(&parser, call, texts->second);
    pol_value error_text;
    if (query)
        pol_graphql_read(call, POL_GRAPHQL_QUERY,
                         pol_graphql_show(call, query), &error_text);
    if (!document)
        return;
    round_trip(call, document);
    pol_graphql_schema schema;
    pol_graphql_error error;
    if (pol_graphql_schema_build(&schema, call, document, &error) && query)
        pol_graphql_validate(call, &schema, query, &error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static pol_call call;
    fuzz_texts texts;
    if (size <= 4000 && fuzz_split(data, size, &texts))
        fuzz_call(&call, &texts, run);
    return 0;
}
