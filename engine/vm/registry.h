/* SPDX-License-Identifier: Apache-2.0
 *
 * The builtins an engine knows: rows of tables with their signatures parsed
 * once. Filled before anything is compiled, read-only afterwards (but for the
 * function pointers of extension libraries, which are set once, atomically). */
#ifndef POL_REGISTRY_H
#define POL_REGISTRY_H

#include "arena.h"
#include "pol_ext.h"
#include "str.h"

/* A parsed type of a signature: a set of alternatives. */
typedef struct pol_type pol_type;
struct pol_type {
    uint16_t tags;           /* bit (1 << pol_tag) for each type allowed; true
                                and false both for boolean, INT and NUMBER both
                                for number; all bits = any */
    const pol_type *element; /* of array and set; NULL = any */
    const pol_type *key, *value;  /* of object; NULL = any */
    const pol_str *names;         /* of object: members named in the signature */
    const pol_type *const *members; /* their types; `value` is for the others */
    uint32_t member_count;
    const pol_type *const *tuple; /* array of fixed length, NULL if not */
    uint32_t tuple_len;
    /* `any<string | array[number]>`: one struct whose `tags` are the union and
     * whose `other` is the first alternative; alternatives link on to the next
     * one. NULL in a type that is no union. */
    const pol_type *other;
};

typedef struct pol_builtin_entry {
    const pol_builtin *row;
    _Atomic(pol_builtin_fn) fn; /* NULL until an extension library is loaded */
    uint32_t arity;    /* of a variadic builtin: 0 */
    bool variadic;
    bool is_void;
    const pol_type *const *params;
    const pol_type *result;
} pol_builtin_entry;

/* Loads an extension library: returns its table, or NULL with *error set to a
 * text that lives in `arena`. Given by the host (cmd). */
typedef const pol_builtin *(*pol_module_loader)(void *host, const char *module,
                                                pol_arena *arena,
                                                const char **error);

typedef struct pol_registry {
    pol_arena *arena;
    pol_builtin_entry *entries;
    uint32_t count, room;
    uint32_t *slots; /* hash table name -> index + 1 */
    uint32_t mask;
    pol_module_loader loader;
    void *loader_host;
} pol_registry;

void pol_registry_init(pol_registry *registry, pol_arena *arena);

/* Adds all rows of a table. A signature that does not parse is our bug
 * (assertion). Two rows of one name: the later wins. */
void pol_registry_add(pol_registry *registry, const pol_builtin *table);

/* Index of a builtin, -1 if there is none of that name. */
int32_t pol_registry_find(const pol_registry *registry, pol_str name);
static inline const pol_builtin_entry *pol_registry_at(
    const pol_registry *registry, uint32_t index)
{
    return &registry->entries[index];
}

/* The closest name, for "did you mean"; len 0 if none is close. */
pol_str pol_registry_closest(const pol_registry *registry, pol_str name);

/* Does `v` fit the type, whatever lies inside it included? Unknown values fit
 * every type. Members that a signature names may be absent. */
bool pol_type_accepts(const pol_type *type, pol_value v);

/* The words of OPA's type errors for a type: "number", "one of {string, set,
 * array}" (mostly in that order: null, boolean, number, string, object, set,
 * array). In the arena, NUL-terminated. */
const char *pol_type_words(const pol_type *type, pol_arena *arena);
/* A type as in a signature: "array[string]", "any<number | set[any]>". */
const char *pol_type_text(const pol_type *type, pol_arena *arena);

#endif
