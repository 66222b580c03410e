/* SPDX-License-Identifier: Apache-2.0
 *
 * json.patch: the operations of RFC 6902 on values, sets among them, with OPA's
 * words where one fails. Values are immutable: a change copies the collections
 * on its way. */
#include <limits.h>
#include <string.h>

#include "jsonpath.h"

/* ---- one step down a path ----------------------------------------------- */

static const char *rego(pol_call *call, pol_value v)
{
    size_t len;
    return pol_value_text(pol_call_arena(call), v, POL_TEXT_REGO, &len);
}

static const char *go_type(pol_value v)
{
    if (pol_is_number(v))
        return "ast.Number";
    if (v.tag == POL_STRING)
        return "ast.String";
    return v.tag == POL_NULL ? "ast.Null" : "ast.Boolean";
}

static bool no_collection(pol_call *call, pol_value v)
{
    pol_call_error(call, "expected composite type, found value: %s (type: %s)",
                   rego(call, v), go_type(v));
    return false;
}

static bool index_of_text(pol_call *call, pol_value key, int64_t *out)
{
    const char *text = key.str;
    uint32_t start = key.len && (text[0] == '-' || text[0] == '+');
    bool bad = key.len == start || key.len - start > 18;
    int64_t value = 0;
    for (uint32_t i = start; i < key.len && !bad; i++) {
        bad = text[i] < '0' || text[i] > '9';
        value = value * 10 + (text[i] - '0');
    }
    if (bad) {
        pol_call_error(call, "invalid string for indexing");
        return false;
    }
    if (key.len > 1 && text[0] == '0') {
        pol_call_error(call, "leading zeros are not allowed in JSON paths");
        return false;
    }
    *out = text[0] == '-' ? -value : value;
    return true;
}

/* The index that a key means in an array; it may be out of range. */
static bool array_index(pol_call *call, pol_value array, pol_value key,
                        int64_t *out)
{
    if (pol_string_is(key, "-")) {
        *out = array.len;
        return true;
    }
    if (key.tag == POL_STRING)
        return index_of_text(call, key, out);
    if (!pol_is_number(key))
        pol_call_error(call, "invalid type for indexing");
    else if (!pol_number_int64(key, out))
        pol_call_error(call, "invalid number type for indexing");
    else
        return true;
    return false;
}

/* collection[key]; undefined with the error recorded. */
static pol_value child_at(pol_call *call, pol_value v, pol_value key)
{
    int64_t index = 0;
    if (!pol_is_collection(v))
        return pol_call_error(
            call,
            "expected composite type for path %s, found value: %s (type: %s)",
            rego(call, key), rego(call, v), go_type(v));
    if (v.tag == POL_ARRAY) {
        if (!array_index(call, v, key, &index))
            return pol_undefined();
        if (index >= 0 && index < v.len)
            return pol_at(v, (uint32_t)index);
        key = pol_int(index);
    } else {
        pol_value child = pol_get(v, key);
        if (pol_is_defined(child))
            return child;
    }
    bool bare = v.tag == POL_SET && key.tag == POL_STRING;
    return pol_call_error(call, "path %.*s does not exist in %s term %s",
                          bare ? (int)key.len : INT_MAX,
                          bare ? key.str : rego(call, key), pol_type_name(v),
                          rego(call, v));
}

static pol_value value_at_path(pol_call *call, pol_value v, pol_value path)
{
    for (uint32_t i = 0; i < path.len && pol_is_defined(v); i++)
        v = child_at(call, v, pol_at(path, i));
    return v;
}

/* ---- changing a collection ---------------------------------------------- */

/* What happens to an array at `index`: `drop` elements give way to `item`,
 * which may be undefined. */
typedef struct edit {
    int64_t index;
    uint32_t drop;
    pol_value item;
} edit;

static pol_value splice(pol_call *call, pol_value array, edit e)
{
    uint32_t index = (uint32_t)e.index;
    pol_builder out;
    pol_builder_init(&out, pol_call_arena(call), POL_ARRAY);
    for (uint32_t i = 0; i < index; i++)
        pol_builder_add(&out, pol_at(array, i));
    if (pol_is_defined(e.item))
        pol_builder_add(&out, e.item);
    for (uint32_t i = index + e.drop; i < array.len; i++)
        pol_builder_add(&out, pol_at(array, i));
    return pol_builder_done(&out);
}

/* A copy of a set without one member and with another; either may be
 * undefined. */
static pol_value swap_member(pol_call *call, pol_value set, pol_value without,
                             pol_value with)
{
    pol_builder out;
    pol_builder_init(&out, pol_call_arena(call), POL_SET);
    for (uint32_t i = 0; i < set.len; i++)
        if (!pol_is_defined(without) || !pol_equal(pol_at(set, i), without))
            pol_builder_add(&out, pol_at(set, i));
    if (pol_is_defined(with))
        pol_builder_add(&out, with);
    return pol_builder_done(&out);
}

/* `v` with its child at `key`, which exists, replaced. */
static pol_value with_child(pol_call *call, pol_value v, pol_value key,
                            pol_value child)
{
    int64_t index = 0;
    if (v.tag == POL_OBJECT)
        return pol_object_with(pol_call_arena(call), v, key, child);
    if (v.tag == POL_SET)
        return swap_member(call, v, key, child);
    if (!array_index(call, v, key, &index))
        return pol_undefined();
    return splice(call, v, (edit){index, 1, child});
}

static pol_value insert(pol_call *call, pol_value v, pol_value key,
                        pol_value item)
{
    int64_t index = 0;
    if (!pol_is_collection(v))
        return no_collection(call, v), pol_undefined();
    if (v.tag == POL_OBJECT)
        return pol_object_with(pol_call_arena(call), v, key, item);
    if (v.tag == POL_SET && !pol_equal(key, item))
        return pol_call_error(
            call, "set key %s does not equal value to be inserted %s",
            rego(call, key), rego(call, item));
    if (v.tag == POL_SET)
        return swap_member(call, v, pol_undefined(), item);
    if (!array_index(call, v, key, &index))
        return pol_undefined();
    if (index < 0 || index > v.len)
        return pol_call_error(call,
                              "index for array insertion out of bounds");
    return splice(call, v, (edit){index, 0, item});
}

static pol_value delete_child(pol_call *call, pol_value v, pol_value key,
                              pol_value unused)
{
    (void)unused;
    int64_t index = 0;
    if (!pol_is_collection(v))
        return no_collection(call, v), pol_undefined();
    if (v.tag == POL_ARRAY) {
        if (!array_index(call, v, key, &index))
            return pol_undefined();
        if (index < 0 || index >= v.len)
            return pol_call_error(call,
                                  "index for array delete out of bounds");
        return splice(call, v, (edit){index, 1, pol_undefined()});
    }
    if (!pol_is_defined(pol_get(v, key)))
        return pol_call_error(call,
                              "cannot delete child key %s that does not exist",
                              rego(call, key));
    if (v.tag == POL_SET)
        return swap_member(call, v, key, pol_undefined());
    return pol_object_without(pol_call_arena(call), v, key);
}

typedef pol_value (*change_fn)(pol_call *call, pol_value v, pol_value key,
                               pol_value item);

typedef struct change {
    change_fn fn;
    pol_value path; /* not empty */
    pol_value item;
} change;

/* The value with the change made at the end of the path. */
static pol_value change_at(pol_call *call, pol_value v, const change *c,
                           uint32_t depth)
{
    pol_value key = pol_at(c->path, depth);
    if (depth > POL_JSONPATH_DEPTH)
        pol_call_limit(call, "nesting of a value");
    pol_call_spend(call, v.len / 4 + 1);
    if (depth + 1 == c->path.len)
        return c->fn(call, v, key, c->item);
    pol_value child = child_at(call, v, key);
    if (!pol_is_defined(child))
        return child;
    child = change_at(call, child, c, depth + 1);
    return pol_is_defined(child) ? with_child(call, v, key, child) : child;
}

/* ---- operations --------------------------------------------------------- */

typedef struct patch {
    pol_value path, from, value;
} patch;

static pol_value add_at(pol_call *call, pol_value v, pol_value path,
                        pol_value item)
{
    const change c = {insert, path, item};
    return path.len == 0 ? item : change_at(call, v, &c, 0);
}

static pol_value remove_at(pol_call *call, pol_value v, pol_value path)
{
    const change c = {delete_child, path, pol_undefined()};
    if (path.len == 0)
        return pol_call_error(call, "cannot remove the whole document");
    return change_at(call, v, &c, 0);
}

static pol_value op_add(pol_call *call, pol_value v, const patch *p)
{
    return add_at(call, v, p->path, p->value);
}

static pol_value op_remove(pol_call *call, pol_value v, const patch *p)
{
    return remove_at(call, v, p->path);
}

static pol_value op_replace(pol_call *call, pol_value v, const patch *p)
{
    if (p->path.len > 0)
        v = remove_at(call, v, p->path);
    return pol_is_defined(v) ? add_at(call, v, p->path, p->value) : v;
}

static pol_value op_copy(pol_call *call, pol_value v, const patch *p)
{
    pol_value item = value_at_path(call, v, p->from);
    return pol_is_defined(item) ? add_at(call, v, p->path, item) : item;
}

static pol_value op_move(pol_call *call, pol_value v, const patch *p)
{
    pol_value item = value_at_path(call, v, p->from);
    if (!pol_is_defined(item) || p->path.len == 0)
        return item;
    v = remove_at(call, v, p->from);
    return pol_is_defined(v) ? add_at(call, v, p->path, item) : v;
}

static pol_value op_test(pol_call *call, pol_value v, const patch *p)
{
    pol_value item = value_at_path(call, v, p->path);
    if (!pol_is_defined(item) || pol_equal(item, p->value))
        return pol_is_defined(item) ? v : item;
    return pol_call_error(call,
                          "value from EditTree != patch value.\n\nExpected: "
                          "%s\n\nFound: %s",
                          rego(call, p->value), rego(call, item));
}

static const struct operation {
    const char *name;
    bool needs_value, needs_from;
    pol_value (*fn)(pol_call *call, pol_value v, const patch *p);
} operations[] = {
    {"add", true, false, op_add},     {"remove", false, false, op_remove},
    {"replace", true, false, op_replace}, {"move", false, true, op_move},
    {"copy", false, true, op_copy},   {"test", true, false, op_test},
};

static pol_value attribute(pol_call *call, pol_value object, const char *name)
{
    pol_value v = pol_get_name(object, name);
    if (!pol_is_defined(v))
        pol_call_error(call, "missing required attribute '%s'", name);
    return v;
}

static pol_value path_attribute(pol_call *call, pol_value object,
                                const char *name)
{
    pol_value v = attribute(call, object, name);
    return pol_is_defined(v) ? pol_jsonpath_read(call, v) : v;
}

static const struct operation *find_operation(pol_call *call, pol_value name)
{
    if (name.tag != POL_STRING) {
        pol_call_error(call, "attribute 'op' must be a string but found: %s",
                       pol_type_name(name));
        return NULL;
    }
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (name.len == strlen(operations[i].name) &&
            memcmp(name.str, operations[i].name, name.len) == 0)
            return &operations[i];
    pol_call_error(call, "unrecognized op: '%.*s'", (int)name.len, name.str);
    return NULL;
}

/* Reads the attributes in OPA's order, for the error of the first bad one. */
static const struct operation *read_patch(pol_call *call, pol_value object,
                                          patch *p)
{
    if (object.tag != POL_OBJECT) {
        pol_call_error(call, "must be an array of JSON-Patch objects, but at "
                             "least one element is not an object");
        return NULL;
    }
    pol_value name = attribute(call, object, "op");
    if (!pol_is_defined(name))
        return NULL;
    p->path = path_attribute(call, object, "path");
    if (!pol_is_defined(p->path))
        return NULL;
    const struct operation *op = find_operation(call, name);
    if (op && op->needs_from)
        p->from = path_attribute(call, object, "from");
    if (op && op->needs_value)
        p->value = attribute(call, object, "value");
    bool lacks = op && ((op->needs_from && !pol_is_defined(p->from)) ||
                        (op->needs_value && !pol_is_defined(p->value)));
    return lacks ? NULL : op;
}

static pol_value apply(pol_call *call, pol_value v, pol_value object)
{
    patch p = {.path = pol_undefined()};
    const struct operation *op = read_patch(call, object, &p);
    return op ? op->fn(call, v, &p) : pol_undefined();
}

static pol_value json_patch(pol_call *call, const pol_value *args)
{
    pol_value v = args[0];
    for (uint32_t i = 0; i < args[1].len && pol_is_defined(v); i++)
        v = apply(call, v, pol_at(args[1], i));
    return v;
}

const pol_builtin pol_stdlib_jsonpatch[] = {
    {"json.patch",
     "(any, array[object{op: string, path: any, any: any}]) -> any", json_patch,
     POL_PURE, "the value after the operations of a JSON Patch (RFC 6902)",
     NULL},
    {0},
};
