/* SPDX-License-Identifier: Apache-2.0
 *
 * The place of a path in a document. In JSON the values help: strings point
 * into the text, so that any string of a value, or of one just before it, says
 * where to look, and nothing has to be scanned from the start. */
#include "json.h"
#include "locate.h"
#include "places.h"

/* How far to look for a string in a value, and for a sibling that has one. */
enum { HINT_DEPTH = 12, HINT_WIDTH = 8, HINT_SIBLINGS = 64 };

/* Position of a string inside a value: its opening quote, and how many
 * collections of the value are open there. */
typedef struct {
    const char *quote;
    size_t depth;
} hint;

static bool in_text(const pol_document *doc, pol_value v)
{
    return v.tag == POL_STRING && v.str > doc->text.ptr &&
           v.str <= doc->text.ptr + doc->text.len;
}

/* The n-th key of a shape as it was written. */
static uint32_t written(const pol_shape *shape, uint32_t n)
{
    return shape->order ? shape->order[n] : n;
}

/* The n-th part of a collection as it was written. */
static pol_value part(pol_value v, uint32_t n)
{
    return v.tag == POL_ARRAY ? v.items[n]
                              : v.obj->values[written(v.obj->shape, n)];
}

/* A string of `v` that is a run of the text; from behind if `last`. */
static bool find_hint(const pol_document *doc, pol_value v, bool last,
                      hint *out)
{
    if (in_text(doc, v)) {
        out->quote = v.str - 1;
        return true;
    }
    if ((v.tag != POL_ARRAY && v.tag != POL_OBJECT) ||
        out->depth == HINT_DEPTH)
        return false;
    uint32_t count = v.len < HINT_WIDTH ? v.len : HINT_WIDTH;
    out->depth++;
    for (uint32_t i = 0; i < count; i++)
        if (find_hint(doc, part(v, last ? v.len - 1 - i : i), last, out))
            return true;
    out->depth--;
    return false;
}

/* The opening quote of the string whose closing quote is at `p`. */
static const char *opening_quote(const char *p)
{
    for (p--;; p--) {
        if (*p != '"')
            continue;
        size_t slashes = 0;
        while (p[-1 - (ptrdiff_t)slashes] == '\\')
            slashes++;
        if (slashes % 2 == 0)
            return p;
    }
}

/* The bracket that opens the depth'th collection around `p`, which is outside
 * strings. Going backwards is as certain as forwards: a quote met outside a
 * string closes one. */
static const char *opening_bracket(const char *p, size_t depth)
{
    while (depth) {
        p--;
        if (*p == '"')
            p = opening_quote(p);
        else if (*p == '{' || *p == '[')
            depth--;
        else if (*p == '}' || *p == ']')
            depth++;
    }
    return p;
}

/* Where the text of `v` starts, or NULL. */
static const char *start_of(const pol_document *doc, pol_value v)
{
    hint h = {NULL, 0};
    if (!find_hint(doc, v, false, &h))
        return NULL;
    return opening_bracket(h.quote, h.depth);
}

/* Behind the text of `v`, or NULL. */
static const char *end_of(const pol_document *doc, pol_value v)
{
    hint h = {NULL, 0};
    const char *end = doc->text.ptr + doc->text.len;
    if (!find_hint(doc, v, true, &h))
        return NULL;
    return pol_json_climb(pol_json_skip(h.quote, end), end, h.depth);
}

/* The member of the array at `p` with that index. */
static const char *find_index(const pol_document *doc, const char *p,
                              pol_value array, uint32_t index)
{
    const char *end = doc->text.ptr + doc->text.len;
    uint32_t at = 0;
    p++;
    for (uint32_t back = 1; back <= HINT_SIBLINGS && back <= index; back++) {
        const char *behind = end_of(doc, pol_at(array, index - back));
        if (!behind)
            continue;
        p = pol_json_space(behind) + 1;
        at = index - back + 1;
        break;
    }
    for (; at < index && p < end; at++)
        p = pol_json_space(pol_json_skip(p, end)) + 1;
    return pol_json_space(p);
}

/* The value of the object at `p` behind its i-th key. */
static const char *find_key(const pol_document *doc, const char *p,
                            pol_value object, uint32_t i)
{
    const char *end = doc->text.ptr + doc->text.len, *first, *key = NULL;
    const pol_shape *shape = object.obj->shape;
    uint32_t n = 0;
    while (n < shape->count && written(shape, n) != i)
        n++;
    first = pol_json_space(p + 1);
    for (uint32_t back = 1; back <= HINT_SIBLINGS && back <= n; back++) {
        const char *behind =
            end_of(doc, pol_value_at(object, written(shape, n - back)));
        if (!behind)
            continue;
        behind = pol_json_space(behind);
        if (*behind == ',')
            key = pol_json_key(pol_json_space(behind + 1), end,
                               shape->keys[i]);
        break;
    }
    if (!key)
        key = pol_json_key(first, end, shape->keys[i]);
    if (!key)
        return NULL;
    return pol_json_space(pol_json_space(pol_json_skip(key, end)) + 1);
}

static const char *find_child(const pol_document *doc, const char *p,
                              pol_value v, pol_value key)
{
    int64_t i;
    if (v.tag == POL_ARRAY && pol_is_number(key) &&
        pol_number_int64(key, &i))
        return find_index(doc, p, v, (uint32_t)i);
    if (v.tag != POL_OBJECT)
        return NULL;
    i = pol_shape_find(v.obj->shape, key);
    return i < 0 ? NULL : find_key(doc, p, v, (uint32_t)i);
}

/* The value at the first `depth` elements of the path. */
static pol_value value_of(const pol_locating *l, size_t depth)
{
    pol_value v = l->doc->roots[l->root];
    for (size_t i = 0; i < depth; i++)
        v = pol_get(v, l->path[i]);
    return v;
}

/* The place of the first `depth` elements of the path: from the value itself,
 * else from its parent's place. */
static const char *place_of(const pol_locating *l, size_t depth)
{
    const pol_document *doc = l->doc;
    pol_value v, parent;
    size_t known = depth; /* elements of the path whose place `p` is */
    const char *p = NULL;
    /* From the inside out: the way from a string to where its value starts is
     * the shorter the smaller the value is. */
    for (; known; known--) {
        p = start_of(doc, value_of(l, known));
        if (p)
            break;
    }
    if (!p)
        p = doc->text.ptr + doc->starts[l->root];
    v = doc->roots[l->root];
    for (size_t i = 0; i < depth && p; i++) {
        parent = v;
        v = pol_get(v, l->path[i]);
        if (i >= known)
            p = find_child(doc, p, parent, l->path[i]);
    }
    return p;
}

void pol_locate_json(pol_locating *l)
{
    const pol_document *doc = l->doc;
    pol_value v = doc->roots[l->root];
    size_t depth = 0;
    while (depth < l->path_len) {
        v = pol_get(v, l->path[depth]);
        if (!pol_is_defined(v))
            break;
        depth++;
    }
    const char *p = place_of(l, depth);
    while (!p && depth)
        p = place_of(l, --depth);
    const char *end = doc->text.ptr + doc->text.len;
    l->depth = depth;
    l->off = (size_t)(p - doc->text.ptr);
    l->len = (size_t)(pol_json_skip(p, end) - p);
}

pol_location pol_document_locate(const pol_document *doc, uint32_t root,
                                 const pol_value *path, size_t path_len)
{
    if (root >= doc->count)
        return (pol_location){.found = false};
    pol_locating l = {.doc = doc, .root = root, .path = path,
                      .path_len = path_len, .off = doc->starts[root]};
    if (doc->format == POL_FORMAT_YAML)
        pol_locate_yaml(&l);
    else
        pol_locate_json(&l);
    pol_place place = pol_places_at(doc, l.off);
    return (pol_location){.found = l.depth == path_len,
                          .line = place.line, .column = place.column,
                          .off = l.off, .len = l.len};
}
