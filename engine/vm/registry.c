/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of builtins. Signatures are parsed here, once, by a small recursive
 * reader: they are our own text, so what does not parse is an assertion. */
#include "registry.h"

enum { ALL_TAGS = 0xFFFF, FIRST_ROOM = 64 };
enum {
    TAG_BOOLEAN = 1 << POL_FALSE | 1 << POL_TRUE,
    TAG_NUMBER = 1 << POL_INT | 1 << POL_NUMBER
};

/* The words of a signature in the order in which OPA's errors list them. */
static const struct {
    const char *name;
    uint16_t tags;
} words[] = {
    {"null", 1 << POL_NULL},     {"boolean", TAG_BOOLEAN},
    {"number", TAG_NUMBER},      {"string", 1 << POL_STRING},
    {"object", 1 << POL_OBJECT}, {"set", 1 << POL_SET},
    {"array", 1 << POL_ARRAY},   {"any", ALL_TAGS},
};

/* ---- reading signatures ------------------------------------------------- */

typedef struct reader {
    pol_arena *arena;
    const char *at;
} reader;

static bool eat(reader *r, const char *text)
{
    size_t len = strlen(text);
    if (strncmp(r->at, text, len) != 0)
        return false;
    r->at += len;
    return true;
}

static void want(reader *r, const char *text)
{
    pol_assert(eat(r, text));
}

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || c == '_';
}

static pol_str read_name(reader *r)
{
    const char *start = r->at;
    while (is_name_byte(*r->at))
        r->at++;
    return (pol_str){start, (size_t)(r->at - start)};
}

static uint16_t word_tags(pol_str name)
{
    for (size_t i = 0; i < countof(words); i++)
        if (pol_str_eq(name, pol_str_of(words[i].name)))
            return words[i].tags;
    return 0;
}

static pol_type *read_type(reader *r);

/* A list of types up to `close`, whose opening was read. */
static const pol_type *const *read_list(reader *r, const char *close,
                                        uint32_t *count)
{
    enum { MOST = 16 };
    const pol_type *list[MOST];
    *count = 0;
    while (!eat(r, close)) {
        if (*count)
            want(r, ", ");
        pol_assert(*count < MOST);
        list[(*count)++] = read_type(r);
    }
    const pol_type **copy = arena_array(r->arena, const pol_type *, *count);
    if (*count)
        memcpy(copy, list, *count * sizeof *list);
    return copy;
}

/* `{op: string, path: any, any: any}`: a key that is the name of a type is the
 * type of all other keys, any other name a member. */
static void read_members(reader *r, pol_type *type)
{
    enum { MOST = 8 };
    pol_str *names = arena_array(r->arena, pol_str, MOST);
    const pol_type **members = arena_array(r->arena, const pol_type *, MOST);
    bool first = true;
    while (!eat(r, "}")) {
        if (!first)
            want(r, ", ");
        first = false;
        pol_str name = read_name(r);
        want(r, ": ");
        if (word_tags(name)) {
            pol_type *key = arena_new(r->arena, pol_type);
            key->tags = word_tags(name);
            type->key = key;
            type->value = read_type(r);
        } else {
            pol_assert(type->member_count < MOST);
            names[type->member_count] = name;
            members[type->member_count++] = read_type(r);
        }
    }
    type->names = names;
    type->members = members;
}

static void read_alternatives(reader *r, pol_type *type)
{
    const pol_type **link = &type->other;
    type->tags = 0;
    do {
        pol_type *other = read_type(r);
        type->tags |= other->tags;
        *link = other;
        link = &other->other;
    } while (eat(r, " | "));
    want(r, ">");
}

static pol_type *read_type(reader *r)
{
    pol_type *type = arena_new(r->arena, pol_type);
    if (eat(r, "[")) {
        type->tags = 1 << POL_ARRAY;
        type->tuple = read_list(r, "]", &type->tuple_len);
        return type;
    }
    type->tags = word_tags(read_name(r));
    pol_assert(type->tags);
    if (type->tags == ALL_TAGS && eat(r, "<")) {
        read_alternatives(r, type);
    } else if (type->tags == 1 << POL_OBJECT && eat(r, "{")) {
        read_members(r, type);
    } else if (eat(r, "[")) {
        type->element = read_type(r);
        want(r, "]");
    }
    return type;
}

static void read_signature(pol_arena *arena, pol_builtin_entry *entry)
{
    reader r = {arena, entry->row->signature};
    want(&r, "(");
    entry->variadic = eat(&r, "...");
    entry->params = read_list(&r, ")", &entry->arity);
    if (entry->variadic)
        entry->arity = 0;
    want(&r, " -> ");
    entry->is_void = eat(&r, "void");
    entry->result = entry->is_void ? arena_new(arena, pol_type) : read_type(&r);
    pol_assert(*r.at == '\0');
}

/* ---- the table ---------------------------------------------------------- */

/* Names come from our tables, so nobody can aim collisions: no seed. */
static uint32_t slot_of(const pol_registry *registry, pol_str name)
{
    uint32_t i = (uint32_t)pol_str_hash(name, 0) & registry->mask;
    while (registry->slots[i]) {
        const pol_builtin *row = registry->entries[registry->slots[i] - 1].row;
        if (pol_str_eq(pol_str_of(row->name), name))
            break;
        i = (i + 1) & registry->mask;
    }
    return i;
}

static void grow(pol_registry *registry, uint32_t room)
{
    pol_builtin_entry *entries =
        arena_array(registry->arena, pol_builtin_entry, room);
    for (uint32_t i = 0; i < registry->count; i++)
        entries[i] = registry->entries[i];
    registry->entries = entries;
    registry->room = room;
    registry->mask = room * 2 - 1;
    registry->slots = pol_arena_zalloc(
        registry->arena, (size_t)room * 2 * sizeof *registry->slots);
    for (uint32_t i = 0; i < registry->count; i++)
        registry->slots[slot_of(registry, pol_str_of(entries[i].row->name))] =
            i + 1;
}

void pol_registry_init(pol_registry *registry, pol_arena *arena)
{
    *registry = (pol_registry){.arena = arena};
    grow(registry, FIRST_ROOM);
}

static void add_row(pol_registry *registry, const pol_builtin *row)
{
    if (registry->count == registry->room)
        grow(registry, registry->room * 2);
    uint32_t slot = slot_of(registry, pol_str_of(row->name));
    if (!registry->slots[slot])
        registry->slots[slot] = ++registry->count;
    pol_builtin_entry *entry = &registry->entries[registry->slots[slot] - 1];
    *entry = (pol_builtin_entry){.row = row, .fn = row->fn};
    read_signature(registry->arena, entry);
}

void pol_registry_add(pol_registry *registry, const pol_builtin *table)
{
    for (; table->name; table++)
        add_row(registry, table);
}

int32_t pol_registry_find(const pol_registry *registry, pol_str name)
{
    uint32_t index = registry->slots[slot_of(registry, name)];
    return (int32_t)index - 1;
}

pol_str pol_registry_closest(const pol_registry *registry, pol_str name)
{
    unsigned best = name.len < 3 ? 1 : 2;
    pol_str found = {"", 0};
    for (uint32_t i = 0; i < registry->count; i++) {
        pol_str candidate = pol_str_of(registry->entries[i].row->name);
        if (strncmp(candidate.ptr, "internal.", 9) == 0)
            continue;
        unsigned distance = pol_str_distance(name, candidate, best);
        if (distance > best || (distance == best && found.len))
            continue;
        best = distance;
        found = candidate;
    }
    return found;
}

/* ---- types -------------------------------------------------------------- */

static bool accepts_items(const pol_type *type, pol_value v)
{
    if (type->tuple && v.len != type->tuple_len)
        return false;
    for (uint32_t i = 0; i < v.len; i++) {
        const pol_type *item = type->tuple ? type->tuple[i] : type->element;
        if (item && !pol_type_accepts(item, pol_at(v, i)))
            return false;
    }
    return true;
}

static const pol_type *member_type(const pol_type *type, pol_value key)
{
    for (uint32_t i = 0; i < type->member_count; i++)
        if (key.tag == POL_STRING &&
            pol_str_eq(type->names[i], (pol_str){key.str, key.len}))
            return type->members[i];
    return type->value;
}

static bool accepts_object(const pol_type *type, pol_value v)
{
    for (uint32_t i = 0; i < v.len; i++) {
        pol_value key = pol_key_at(v, i);
        const pol_type *value = member_type(type, key);
        if (value == type->value && type->key &&
            !pol_type_accepts(type->key, key))
            return false;
        if (value && !pol_type_accepts(value, pol_value_at(v, i)))
            return false;
    }
    return true;
}

/* The recursion is as deep as the type, which is our own text. */
static bool accepts_inside(const pol_type *type, pol_value v)
{
    if (!(type->tags & 1u << v.tag))
        return false;
    if (v.tag == POL_ARRAY || v.tag == POL_SET)
        return !(type->tuple || type->element) || accepts_items(type, v);
    if (v.tag == POL_OBJECT)
        return !(type->key || type->names) || accepts_object(type, v);
    return true;
}

bool pol_type_accepts(const pol_type *type, pol_value v)
{
    if (v.tag == POL_UNKNOWN)
        return true;
    if (!(type->tags & 1u << v.tag))
        return false;
    if (!type->other)
        return accepts_inside(type, v);
    for (const pol_type *o = type->other; o; o = o->other)
        if (accepts_inside(o, v))
            return true;
    return false;
}

const char *pol_type_words(const pol_type *type, pol_arena *arena)
{
    if (type->tags == ALL_TAGS)
        return "any";
    const char *text = NULL;
    bool several = false;
    for (size_t i = 0; i + 1 < countof(words); i++) {
        if (!(type->tags & words[i].tags))
            continue;
        several = text != NULL;
        text = text ? pol_arena_printf(arena, "%s, %s", text, words[i].name)
                    : words[i].name;
    }
    if (!text)
        return "void";
    return several ? pol_arena_printf(arena, "one of {%s}", text) : text;
}

static const char *object_text(const pol_type *type, pol_arena *arena)
{
    const char *text = "";
    for (uint32_t i = 0; i < type->member_count; i++)
        text = pol_arena_printf(arena, "%s%s%.*s: %s", text, i ? ", " : "",
                                (int)type->names[i].len, type->names[i].ptr,
                                pol_type_text(type->members[i], arena));
    if (type->key)
        text = pol_arena_printf(arena, "%s%s%s: %s", text, *text ? ", " : "",
                                pol_type_text(type->key, arena),
                                pol_type_text(type->value, arena));
    return *text ? pol_arena_printf(arena, "object{%s}", text) : "object";
}

static const char *tuple_text(const pol_type *type, pol_arena *arena)
{
    const char *text = "";
    for (uint32_t i = 0; i < type->tuple_len; i++)
        text = pol_arena_printf(arena, "%s%s%s", text, i ? ", " : "",
                                pol_type_text(type->tuple[i], arena));
    return pol_arena_printf(arena, "[%s]", text);
}

static const char *single_text(const pol_type *type, pol_arena *arena)
{
    if (type->tags == 1 << POL_OBJECT)
        return object_text(type, arena);
    if (type->tuple)
        return tuple_text(type, arena);
    const char *text = pol_type_words(type, arena);
    if (!type->element)
        return text;
    return pol_arena_printf(arena, "%s[%s]", text,
                            pol_type_text(type->element, arena));
}

const char *pol_type_text(const pol_type *type, pol_arena *arena)
{
    if (!type->other)
        return single_text(type, arena);
    const char *text = NULL;
    for (const pol_type *o = type->other; o; o = o->other)
        text = pol_arena_printf(arena, "%s%s%s", text ? text : "",
                                text ? " | " : "", single_text(o, arena));
    return pol_arena_printf(arena, "any<%s>", text);
}
