/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes the YAML reader: what it takes must come back the same from its own
 * text, and every value must have a place. Simple texts are read without
 * libyaml; a tab in a comment before them forces the other way, which must find
 * the same. */
#include <stdlib.h>
#include <string.h>

#include "pol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const pol_doc *doc, uint32_t i)
{
    pol_arena *arena = pol_arena_new(0);
    pol_value root = pol_doc_root(doc, i);
    size_t len, at;
    const char *error;
    const char *text = pol_value_text(arena, root, POL_TEXT_JSON, &len);
    pol_value again = pol_value_parse_json(arena, text, len, false, &error, &at);
    if (!pol_is_defined(again))
        abort();
    const char *twice = pol_value_text(arena, again, POL_TEXT_JSON, &at);
    if (at != len || memcmp(text, twice, len) != 0)
        abort();
    uint32_t line = 0, column = 0;
    pol_value path[2] = {pol_literal("a"), pol_int(0)};
    pol_doc_locate(doc, i, path, 2, &line, &column);
    if (root.tag == POL_OBJECT && root.len && pol_is_string(pol_key_at(root, 0))) {
        path[0] = pol_key_at(root, root.len - 1);
        if (!pol_doc_locate(doc, i, path, 1, &line, &column) || !line)
            abort();
    }
    pol_arena_free(arena);
}

static void compare(const pol_doc *doc, const char *text, size_t len,
                    unsigned flags)
{
    static const char prefix[] = "#\t\n";
    size_t at = sizeof prefix - 1;
    if (len >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3))
        return;
    char *copy = malloc(len + at);
    if (!copy)
        abort();
    memcpy(copy, prefix, at);
    if (len)
        memcpy(copy + at, text, len);
    pol_diags *diags = pol_diags_new();
    pol_doc *other = pol_doc_read_text("fuzz", copy, len + at, POL_DOC_YAML,
                                       flags, diags);
    if (!other || pol_doc_count(doc) != pol_doc_count(other))
        abort();
    for (uint32_t i = 0; i < pol_doc_count(doc); i++)
        if (!pol_equal(pol_doc_root(doc, i), pol_doc_root(other, i)))
            abort();
    pol_doc_free(other);
    pol_diags_free(diags);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    /* The first byte chooses the flags. */
    unsigned flags = data[0] & 1 ? POL_LAST_WINS : 0;
    pol_doc_format format = POL_DOC_YAML;
    pol_diags *diags = pol_diags_new();
    pol_doc *doc = pol_doc_read_text("fuzz", (const char *)data + 1, size - 1,
                                     format, flags, diags);
    if (!doc && !pol_diags_errors(diags))
        abort();
    if (doc)
        compare(doc, (const char *)data + 1, size - 1, flags);
    for (uint32_t i = 0; doc && i < pol_doc_count(doc) && i < 8; i++)
        check(doc, i);
    pol_arena *arena = pol_arena_new(0);
    size_t shown;
    pol_diags_text(diags, arena, false, &shown);
    pol_arena_free(arena);
    pol_doc_free(doc);
    pol_diags_free(diags);
    return 0;
}
