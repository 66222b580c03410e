/* SPDX-License-Identifier: Apache-2.0
 *
 * What polc said in W3, as the peers print it: w3_answer REPORT reads the JSON
 * of `polc check` or of `polc eval` and prints how many violations there are and
 * the sum of their messages' FNV-1a hashes. */
#include <inttypes.h>
#include <stdio.h>

#include "harness.h"

static uint64_t hash(pol_value message)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (uint32_t i = 0; i < message.len; i++)
        h = (h ^ (unsigned char)message.str[i]) * 0x100000001b3u;
    return h;
}

/* The messages: of a report or of the first answer to a query. */
static pol_value found(pol_value root)
{
    pol_value violations = pol_get_name(root, "violations");
    if (pol_is_defined(violations))
        return violations;
    pol_value answers = pol_get_name(root, "result");
    if (!answers.len)
        return pol_array(NULL, 0);
    pol_value expressions = pol_get_name(pol_at(answers, 0), "expressions");
    return pol_get_name(pol_at(expressions, 0), "value");
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    pol_diags *diags = pol_diags_new();
    pol_doc *doc = pol_doc_read(argv[1], POL_DOC_JSON, 0, diags);
    if (!doc)
        return 1;
    pol_value all = found(pol_doc_root(doc, 0));
    uint64_t sum = 0;
    for (uint32_t i = 0; i < all.len; i++) {
        pol_value one = pol_at(all, i);
        sum += hash(pol_is_string(one) ? one : pol_get_name(one, "message"));
    }
    printf("%u %016" PRIx64 "\n", all.len, sum);
    pol_doc_free(doc);
    pol_diags_free(diags);
    return 0;
}
