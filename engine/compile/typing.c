/* SPDX-License-Identifier: Apache-2.0
 *
 * Operations on static types; see typing.h. */
#include "typing.h"

enum { ANY_TAGS = (1 << (POL_SET + 1)) - (1 << POL_NULL) };

const pol_typing *pol_typing_scalar(pol_arena *arena, uint16_t tags)
{
    static const pol_typing common[] = {
        {.tags = 1 << POL_STRING}, {.tags = POL_TYPING_BOOL},
        {.tags = POL_TYPING_NUMBER}, {.tags = 1 << POL_NULL}};
    for (size_t i = 0; i < countof(common); i++) {
        if (common[i].tags == tags)
            return &common[i];
    }
    pol_typing *t = arena_new(arena, pol_typing);
    t->tags = tags;
    return t;
}

static bool is_any(const pol_typing *t)
{
    return !t;
}

/* ---- signatures ---------------------------------------------------------- */

static const pol_typing *of_plain(pol_arena *arena, const pol_type *type)
{
    uint16_t tags = type->tags & ANY_TAGS;
    if (tags == ANY_TAGS || !tags)
        return NULL;
    if (!(tags & POL_TYPING_COLLECTION))
        return pol_typing_scalar(arena, tags);
    pol_typing *t = arena_new(arena, pol_typing);
    t->tags = tags;
    if (type->tuple) {
        t->is_tuple = true;
        t->tuple_len = type->tuple_len;
        t->tuple = arena_array(arena, const pol_typing *, type->tuple_len);
        for (uint32_t i = 0; i < type->tuple_len; i++)
            t->tuple[i] = pol_typing_of(arena, type->tuple[i]);
    } else if (type->element) {
        t->element = t->member = pol_typing_of(arena, type->element);
    }
    return t; /* members of objects may always be more: not looked into */
}

const pol_typing *pol_typing_of(pol_arena *arena, const pol_type *type)
{
    if (!type)
        return NULL;
    if (type->other && type->tags == type->other->tags)
        return of_plain(arena, type);
    pol_type plain = *type;
    if (type->other) { /* alternatives: only which kinds there are */
        plain.element = NULL;
        plain.tuple = NULL;
    }
    return of_plain(arena, &plain);
}

/* ---- unions -------------------------------------------------------------- */

static const pol_typing *all_elements(pol_arena *arena, const pol_typing *t)
{
    if (!t->is_tuple)
        return t->element;
    if (!t->tuple_len)
        return NULL;
    const pol_typing *u = t->tuple[0];
    for (uint32_t i = 1; i < t->tuple_len; i++)
        u = pol_typing_union(arena, u, t->tuple[i]);
    return u;
}

static void unite_arrays(pol_arena *arena, pol_typing *u, const pol_typing *a,
                         const pol_typing *b)
{
    if (a->is_tuple && b->is_tuple && a->tuple_len == b->tuple_len) {
        u->is_tuple = true;
        u->tuple_len = a->tuple_len;
        u->tuple = arena_array(arena, const pol_typing *, a->tuple_len);
        for (uint32_t i = 0; i < a->tuple_len; i++)
            u->tuple[i] = pol_typing_union(arena, a->tuple[i], b->tuple[i]);
        return;
    }
    bool a_empty = a->is_tuple && !a->tuple_len;
    bool b_empty = b->is_tuple && !b->tuple_len;
    if (a_empty || b_empty)
        u->element = all_elements(arena, a_empty ? b : a);
    else
        u->element = pol_typing_union(arena, all_elements(arena, a),
                                      all_elements(arena, b));
}

static int find_name(const pol_typing *t, pol_value name)
{
    for (uint32_t i = 0; i < t->member_count; i++) {
        if (pol_equal(t->names[i], name))
            return (int)i;
    }
    return -1;
}

/* Records of the same names stay one; others are no longer looked into. */
static void unite_objects(pol_arena *arena, pol_typing *u, const pol_typing *a,
                          const pol_typing *b)
{
    bool same = a->is_record && b->is_record &&
                a->member_count == b->member_count;
    for (uint32_t i = 0; same && i < a->member_count; i++)
        same = find_name(b, a->names[i]) >= 0;
    if (!same) {
        if (!a->is_record && !b->is_record) {
            u->key = pol_typing_union(arena, a->key, b->key);
            u->value = pol_typing_union(arena, a->value, b->value);
        }
        return;
    }
    u->is_record = true;
    u->member_count = a->member_count;
    u->names = a->names;
    u->members = arena_array(arena, const pol_typing *, a->member_count);
    for (uint32_t i = 0; i < a->member_count; i++)
        u->members[i] = pol_typing_union(
            arena, a->members[i], b->members[find_name(b, a->names[i])]);
}

static void copy_array(pol_typing *u, const pol_typing *t)
{
    u->is_tuple = t->is_tuple;
    u->tuple_len = t->tuple_len;
    u->tuple = t->tuple;
    u->element = t->element;
}

static void copy_object(pol_typing *u, const pol_typing *t)
{
    u->is_record = t->is_record;
    u->member_count = t->member_count;
    u->names = t->names;
    u->members = t->members;
    u->key = t->key;
    u->value = t->value;
}

const pol_typing *pol_typing_union(pol_arena *arena, const pol_typing *a,
                                   const pol_typing *b)
{
    const uint16_t array = 1 << POL_ARRAY, object = 1 << POL_OBJECT,
                   set = 1 << POL_SET;
    if (is_any(a) || is_any(b) || a == b)
        return a == b ? a : NULL;
    if (a->tags == b->tags && !(a->tags & POL_TYPING_COLLECTION))
        return a;
    pol_typing *u = arena_new(arena, pol_typing);
    u->tags = a->tags | b->tags;
    if (a->tags & b->tags & array)
        unite_arrays(arena, u, a, b);
    else if (u->tags & array)
        copy_array(u, a->tags & array ? a : b);
    if (a->tags & b->tags & object)
        unite_objects(arena, u, a, b);
    else if (u->tags & object)
        copy_object(u, a->tags & object ? a : b);
    if (a->tags & b->tags & set) {
        u->is_filled = a->is_filled && b->is_filled;
        u->member = pol_typing_union(arena, a->member, b->member);
    } else if (u->tags & set) {
        u->is_filled = (a->tags & set ? a : b)->is_filled;
        u->member = (a->tags & set ? a : b)->member;
    }
    return u;
}

/* ---- equality ------------------------------------------------------------ */

static bool arrays_disjoint(const pol_typing *a, const pol_typing *b)
{
    if (!a->is_tuple && !b->is_tuple)
        return false; /* both may be empty */
    if (a->is_tuple && b->is_tuple && a->tuple_len != b->tuple_len)
        return true;
    uint32_t count = a->is_tuple ? a->tuple_len : b->tuple_len;
    for (uint32_t i = 0; i < count; i++) {
        if (pol_typing_disjoint(a->is_tuple ? a->tuple[i] : a->element,
                                b->is_tuple ? b->tuple[i] : b->element))
            return true;
    }
    return false;
}

static bool objects_disjoint(const pol_typing *a, const pol_typing *b)
{
    if (!a->is_record || !b->is_record)
        return false;
    if (a->member_count != b->member_count)
        return true;
    for (uint32_t i = 0; i < a->member_count; i++) {
        int other = find_name(b, a->names[i]);
        if (other < 0 || pol_typing_disjoint(a->members[i], b->members[other]))
            return true;
    }
    return false;
}

bool pol_typing_disjoint(const pol_typing *a, const pol_typing *b)
{
    if (is_any(a) || is_any(b))
        return false;
    uint16_t common = a->tags & b->tags;
    if (common & ~POL_TYPING_COLLECTION)
        return false;
    if (common & 1 << POL_ARRAY && !arrays_disjoint(a, b))
        return false;
    if (common & 1 << POL_OBJECT && !objects_disjoint(a, b))
        return false;
    if (common & 1 << POL_SET && !((a->is_filled || b->is_filled) &&
                                   pol_typing_disjoint(a->member, b->member)))
        return false;
    return true;
}

/* ---- arguments ----------------------------------------------------------- */

static bool fits_plain(const pol_typing *a, const pol_type *wanted);

static bool array_fits(const pol_typing *a, const pol_type *wanted)
{
    if (a->is_tuple && wanted->tuple && a->tuple_len != wanted->tuple_len)
        return false;
    if (!a->is_tuple)
        return wanted->tuple || !wanted->element ||
               pol_typing_fits(a->element, wanted->element);
    for (uint32_t i = 0; i < a->tuple_len; i++) {
        if (!pol_typing_fits(a->tuple[i], wanted->tuple ? wanted->tuple[i]
                                                        : wanted->element))
            return false;
    }
    return true;
}

static bool fits_plain(const pol_typing *a, const pol_type *wanted)
{
    uint16_t common = a->tags & wanted->tags;
    if (common & ~POL_TYPING_COLLECTION || common & 1 << POL_OBJECT)
        return true;
    if (common & 1 << POL_ARRAY && array_fits(a, wanted))
        return true;
    return common & 1 << POL_SET &&
           (!a->is_filled || pol_typing_fits(a->member, wanted->element));
}

bool pol_typing_fits(const pol_typing *a, const pol_type *wanted)
{
    if (is_any(a) || !wanted || (wanted->tags & ANY_TAGS) == ANY_TAGS)
        return true;
    /* Alternatives hang behind the type that holds all their tags; behind an
     * alternative hangs the next one. */
    uint16_t seen = 0;
    for (const pol_type *o = wanted->other; o; o = o->other)
        seen |= o->tags;
    bool is_head = wanted->other && seen == wanted->tags;
    if (!is_head)
        return fits_plain(a, wanted);
    for (const pol_type *o = wanted->other; o; o = o->other) {
        if (fits_plain(a, o))
            return true;
    }
    return false;
}

/* ---- elements ------------------------------------------------------------ */

bool pol_typing_elements(pol_arena *arena, const pol_typing *t,
                         const pol_typing **key, const pol_typing **value)
{
    *key = *value = NULL;
    if (is_any(t))
        return true;
    uint16_t kinds = t->tags & POL_TYPING_COLLECTION;
    if (kinds == 1 << POL_ARRAY) {
        *key = pol_typing_scalar(arena, POL_TYPING_NUMBER);
        *value = all_elements(arena, t);
        return !t->is_tuple || t->tuple_len > 0;
    }
    if (kinds == 1 << POL_SET) {
        *key = *value = t->member;
        return true;
    }
    if (kinds != 1 << POL_OBJECT)
        return kinds != 0;
    if (!t->is_record) {
        *key = t->key;
        *value = t->value;
        return true;
    }
    for (uint32_t i = 0; i < t->member_count; i++) {
        pol_value name = t->names[i];
        uint16_t tag = pol_is_number(name) ? POL_TYPING_NUMBER
                       : pol_is_bool(name)
                           ? POL_TYPING_BOOL
                           : (uint16_t)(1u << name.tag);
        const pol_typing *kind = pol_typing_scalar(arena, tag);
        *key = i ? pol_typing_union(arena, *key, kind) : kind;
        *value = i ? pol_typing_union(arena, *value, t->members[i])
                   : t->members[i];
    }
    return t->member_count > 0;
}

static bool index_number(pol_value key, int64_t *index)
{
    return key.tag == POL_INT && (*index = key.i, true);
}

static bool array_member(const pol_typing *t, pol_typing_key key,
                         const pol_typing **out)
{
    int64_t index;
    if (!key.constant)
        return is_any(key.type) || key.type->tags & POL_TYPING_NUMBER;
    if (!index_number(*key.constant, &index) || index < 0)
        return false;
    if (!t->is_tuple)
        *out = t->element;
    else if (index < (int64_t)t->tuple_len)
        *out = t->tuple[index];
    return !t->is_tuple || index < (int64_t)t->tuple_len;
}

static bool object_member(pol_arena *arena, const pol_typing *t,
                          pol_typing_key key, const pol_typing **out)
{
    const pol_typing *keys, *values;
    if (t->is_record && key.constant) {
        int at = find_name(t, *key.constant);
        *out = at >= 0 ? t->members[at] : NULL;
        return at >= 0;
    }
    if (!pol_typing_elements(arena, t, &keys, &values))
        return false;
    *out = values;
    return !pol_typing_disjoint(keys, key.type);
}

bool pol_typing_member(pol_arena *arena, const pol_typing *t,
                       pol_typing_key key, const pol_typing **out)
{
    *out = NULL;
    if (is_any(t))
        return true;
    uint16_t kinds = t->tags & POL_TYPING_COLLECTION;
    if (kinds == 1 << POL_ARRAY)
        return array_member(t, key, out);
    if (kinds == 1 << POL_OBJECT)
        return object_member(arena, t, key, out);
    if (kinds == 1 << POL_SET) {
        *out = t->member;
        return !pol_typing_disjoint(t->member, key.type);
    }
    return kinds != 0;
}
