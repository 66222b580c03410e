/* SPDX-License-Identifier: Apache-2.0
 *
 * Values: what policies compute with and documents consist of.
 *
 * A value is 16 bytes, passed by copy. It is immutable: what it points to never
 * changes after construction, so sharing is free, there are no cycles, and any
 * number of threads may read it. The bytes behind a value belong to the arena
 * it was made in (or, for strings of a document, to the document's text) and
 * must live as long as the value is used.
 *
 * Read fields through the functions below; the struct is open so that they can
 * be inlined. */
#ifndef POL_VALUE_H
#define POL_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct pol_arena pol_arena;

/* In the order in which Rego sorts values of different types. */
typedef enum {
    POL_UNDEFINED = 0, /* no value; never inside a collection */
    POL_NULL,
    POL_FALSE,
    POL_TRUE,
    POL_INT,    /* a whole number of 64 bits whose canonical text it is */
    POL_NUMBER, /* any other number: its text is kept */
    POL_STRING,
    POL_ARRAY,
    POL_OBJECT,
    POL_SET,
    POL_UNKNOWN, /* known to exist only: a value that a plan does not know yet,
                    or a message made from one */
    POL_INTERNAL /* this and above: of the virtual machine, never seen outside */
} pol_tag;

enum {
    POL_SECRET = 1 /* shows as [secret] wherever it would be printed */
};

typedef struct pol_object pol_object;
typedef struct pol_shape pol_shape;
typedef struct pol_number pol_number;

/* One value, passed by value. What it points at is immutable and belongs to the
 * arena it was made in, or to one that outlives that. */
typedef struct pol_value pol_value;
struct pol_value {
    uint8_t tag;   /* pol_tag */
    uint8_t flags; /* POL_SECRET */
    uint16_t aux;  /* of the virtual machine; 0 elsewhere */
    uint32_t len;  /* bytes of a string, elements of a collection, else 0 */
    union {
        int64_t i;               /* POL_INT */
        const char *str;         /* POL_STRING: UTF-8, no NUL at the end;
                                    POL_UNKNOWN: how it shows, NULL with len 0
                                    for "<unknown>" */
        const pol_number *num;   /* POL_NUMBER */
        const pol_value *items;  /* POL_ARRAY in order, POL_SET sorted, unique */
        const pol_object *obj;   /* POL_OBJECT */
        const void *ptr;         /* POL_INTERNAL; POL_UNKNOWN with len 0: NULL
                                    or a range (pol_unknown.h) */
    };
};

/* A number that is no POL_INT. `text` is a JSON number in the form in which it
 * shows: what a document or literal said (3.0, 1e3, 0.10) or what arithmetic
 * printed. Equality and order go by the exact decimal value, not by the text. */
struct pol_number {
    uint32_t len;
    char text[]; /* NUL-terminated */
};

/* The keys of an object, shared by all objects of a document that have the same
 * keys. Sorted by pol_compare. */
struct pol_shape {
    uint32_t count;
    uint32_t mask;         /* size of `slots` - 1; 0 if there is no table */
    const pol_value *keys; /* `count`, sorted */
    const uint32_t *slots; /* open-addressed by pol_string_hash of string keys:
                              index + 1, 0 = empty; linear probing */
    const uint32_t *hashes; /* low 32 bits of the keys' hashes, by index; NULL
                               without `slots` */
    const uint32_t *order;  /* index of the n-th key as written in the source,
                               NULL = as sorted or not from a source */
};

/* A value for each key of the shape. Immutable once it is part of a value. */
struct pol_object {
    const pol_shape *shape;
    pol_value values[]; /* of the sorted keys */
};

/* ---- making and reading scalars ---------------------------------------- */

/* Values without memory behind them. */
static inline pol_value pol_undefined(void)
{
    return (pol_value){.tag = POL_UNDEFINED};
}

static inline pol_value pol_null(void)
{
    return (pol_value){.tag = POL_NULL};
}

static inline pol_value pol_bool(bool b)
{
    return (pol_value){.tag = b ? POL_TRUE : POL_FALSE};
}

static inline pol_value pol_int(int64_t i)
{
    return (pol_value){.tag = POL_INT, .i = i};
}

/* A string that borrows `bytes`, which must be valid UTF-8 and outlive it. */
static inline pol_value pol_string(const char *bytes, size_t len)
{
    return (pol_value){.tag = POL_STRING, .len = (uint32_t)len, .str = bytes};
}

/* A string of a C literal. */
#define pol_literal(text) pol_string("" text, sizeof(text) - 1)

/* A string whose bytes are copied into `arena`. */
pol_value pol_string_copy(pol_arena *arena, const char *bytes, size_t len);

/* Questions about the type. A value that is unknown is defined, and of none. */
static inline bool pol_is_defined(pol_value v)
{
    return v.tag != POL_UNDEFINED;
}

static inline bool pol_is_bool(pol_value v)
{
    return v.tag == POL_FALSE || v.tag == POL_TRUE;
}

static inline bool pol_is_number(pol_value v)
{
    return v.tag == POL_INT || v.tag == POL_NUMBER;
}

static inline bool pol_is_string(pol_value v)
{
    return v.tag == POL_STRING;
}

static inline bool pol_is_collection(pol_value v)
{
    return v.tag == POL_ARRAY || v.tag == POL_OBJECT || v.tag == POL_SET;
}

/* True when the string has exactly the bytes of the C literal. */
#define pol_string_is(v, text)                                  \
    ((v).tag == POL_STRING && (v).len == sizeof(text) - 1 &&    \
     memcmp((v).str, "" text, sizeof(text) - 1) == 0)

/* "null", "boolean", "number", "string", "array", "object", "set": constant. */
const char *pol_type_name(pol_value v);

/* The process's hash of a string's bytes: seeded at random once, so collisions
 * cannot be aimed at. Never shows in output. */
uint64_t pol_string_hash(const char *bytes, size_t len);

/* ---- order ---------------------------------------------------------------- */

/* Rego's total order: null < false < true < numbers < strings (by bytes) <
 * arrays < objects < sets. Numbers compare by exact value. <0, 0, >0. */
int pol_compare(pol_value a, pol_value b);
/* Is the order 0? */
bool pol_equal(pol_value a, pol_value b);

/* ---- collections: reading --------------------------------------------------- */

/* The i-th element of an array or set (in order), i < len. */
static inline pol_value pol_at(pol_value collection, uint32_t i)
{
    return collection.items[i];
}

/* The i-th key of an object in key order, i < len. */
static inline pol_value pol_key_at(pol_value object, uint32_t i)
{
    return object.obj->shape->keys[i];
}

/* Its value. */
static inline pol_value pol_value_at(pol_value object, uint32_t i)
{
    return object.obj->values[i];
}

/* The index of a key in a shape, -1 if absent. The string form is the fast one
 * (`hash` from pol_string_hash). */
int64_t pol_shape_find(const pol_shape *shape, pol_value key);
int64_t pol_shape_find_string(const pol_shape *shape, const char *bytes,
                              size_t len, uint64_t hash);

/* object[key], array[index] (whole numbers in range only, 1.0 counts as 1) or
 * set[member] (the member itself); POL_UNDEFINED when there is none or the
 * value is no collection. */
pol_value pol_get(pol_value collection, pol_value key);
/* object["name"] for a string of C, POL_UNDEFINED when absent. */
pol_value pol_get_name(pol_value object, const char *name);
/* Is `member` in the set (binary search), a value of the array or object? */
bool pol_has(pol_value collection, pol_value member);

/* ---- collections: making ------------------------------------------------------ */

/* An array over `items`, which the caller allocated (pol_items) and gives up. */
static inline pol_value pol_array(const pol_value *items, size_t count)
{
    return (pol_value){.tag = POL_ARRAY, .len = (uint32_t)count, .items = items};
}

/* Room for `count` values in the arena, not initialised. */
pol_value *pol_items(pol_arena *arena, size_t count);

/* A set of `items`, which the caller gives up: sorted and deduplicated in
 * place. */
pol_value pol_set(pol_value *items, size_t count);

/* An object of `count` pairs in any order; both arrays are given up. Equal keys:
 * the last pair wins. */
pol_value pol_object_of(pol_arena *arena, pol_value *keys, pol_value *values,
                        size_t count);

/* Growing collections. `pol_builder_done` sorts once; the builder is spent
 * then. */
typedef struct pol_builder {
    pol_arena *arena;
    pol_value *keys; /* objects only */
    pol_value *items;
    size_t count, room;
    pol_tag tag;
} pol_builder;

/* `tag` is POL_ARRAY, POL_SET or POL_OBJECT. */
void pol_builder_init(pol_builder *builder, pol_arena *arena, pol_tag tag);
void pol_builder_add(pol_builder *builder, pol_value item); /* array, set */
void pol_builder_put(pol_builder *builder, pol_value key, pol_value value);
pol_value pol_builder_done(pol_builder *builder);

/* A copy of the object with one member set / without one. */
pol_value pol_object_with(pol_arena *arena, pol_value object, pol_value key,
                          pol_value value);
pol_value pol_object_without(pol_arena *arena, pol_value object, pol_value key);

/* A deep copy into `arena`, sharing nothing with the original. Strings too. */
pol_value pol_copy(pol_arena *arena, pol_value v);

/* ---- numbers -------------------------------------------------------------------- */

/* Integers are exact at any size; other results have a 64-bit mantissa, as
 * OPA's (Go's big.Float with precision 64), and print as its shortest text. */

/* The number that a JSON number text stands for: POL_INT when the text is the
 * canonical form of a 64-bit integer, else POL_NUMBER with the text kept.
 * POL_UNDEFINED if the text is no JSON number, has over POL_LIMIT_NUMBER_DIGITS
 * digits or an exponent beyond POL_LIMIT_NUMBER_EXPONENT. */
pol_value pol_number_parse(pol_arena *arena, const char *text, size_t len);

/* The shortest number for a double; POL_UNDEFINED for NaN and infinities. */
pol_value pol_number_of_double(pol_arena *arena, double d);

/* Text as it shows in JSON. For POL_INT it is written into `scratch` (24 bytes);
 * else borrowed from the value. Sets *len. */
const char *pol_number_text(pol_value v, char scratch[24], size_t *len);

/* The value as a 64-bit integer if it is whole and fits (2.0 and 1e3 do). */
bool pol_number_int64(pol_value v, int64_t *out);
/* The nearest double. */
double pol_number_double(pol_value v);
/* Is the value whole (1.0, 1e3)? */
bool pol_number_is_whole(pol_value v);
/* Exact order of two numbers. */
int pol_number_compare(pol_value a, pol_value b);

/* Operators of pol_number_arith. */
typedef enum {
    POL_ADD, POL_SUB, POL_MUL,
    POL_DIV, /* whole only when exact */
    POL_REM  /* whole operands only; sign of the dividend */
} pol_arith;

/* Arithmetic. POL_UNDEFINED with *error set to OPA's words ("divide by zero",
 * "modulo by zero", "modulo on floating-point number") when there is no
 * result. */
pol_value pol_number_arith(pol_arena *arena, pol_arith op, pol_value a,
                           pol_value b, const char **error);

typedef enum { POL_ROUND, POL_CEIL, POL_FLOOR, POL_ABS, POL_NEG } pol_rounding;
/* round (half away from zero), ceil, floor: whole; abs and neg: exact. */
pol_value pol_number_round(pol_arena *arena, pol_rounding how, pol_value v);

typedef enum {
    POL_BIT_AND, POL_BIT_OR, POL_BIT_XOR, POL_BIT_LSH, POL_BIT_RSH, POL_BIT_NOT
} pol_bitop;
/* Bit operations on whole numbers of any size as if in two's complement; `b` is
 * ignored for POL_BIT_NOT. POL_UNDEFINED when an operand is not whole, a shift
 * is negative or the result would have over 1,000,000 bits. */
pol_value pol_number_bits(pol_arena *arena, pol_bitop op, pol_value a,
                          pol_value b);

/* The whole part of `v` in base 2, 8, 10 or 16 with lower-case digits and a
 * leading `-`; NUL-terminated, *len its length. */
const char *pol_number_base(pol_arena *arena, pol_value v, int base,
                            size_t *len);
/* A whole number from digits of a base 2..36 with an optional sign;
 * POL_UNDEFINED on any other character or none. */
pol_value pol_number_of_base(pol_arena *arena, const char *digits, size_t len,
                             int base);

/* ---- text -------------------------------------------------------------------------- */

/* How a value is written. */
typedef enum {
    POL_TEXT_JSON,   /* compact JSON as encoding/json of Go writes it without
                        HTML escapes; sets as arrays, non-string keys of objects
                        as the JSON text of the key with <, > and & escaped,
                        secrets as "[secret]", unknowns as "<unknown>" */
    POL_TEXT_PRETTY, /* the same, indented by 2 */
    POL_TEXT_REGO,   /* as OPA prints a term: sets as {1, 2}, set(), objects with
                        ", " and ": " */
    POL_TEXT_REGO_RAW, /* the same, with secrets shown: as POL_TEXT_JSON_RAW only
                          for values that go back into a policy */
    POL_TEXT_JSON_RAW /* what json.marshal gives: as POL_TEXT_JSON, but with <, >
                         and & escaped, and secrets shown: only for values that
                         go back into a policy */
} pol_text_form;

/* Writes `v` and returns the text, NUL-terminated, in the arena. */
const char *pol_value_text(pol_arena *arena, pol_value v, pol_text_form form,
                           size_t *len);

/* Reads one JSON value (strict: as resource documents, duplicate keys refused
 * unless `last_wins`). POL_UNDEFINED on error; then *error is a constant text
 * and *error_at the byte offset. Strings are copied into the arena. */
pol_value pol_value_parse_json(pol_arena *arena, const char *text, size_t len,
                               bool last_wins, const char **error,
                               size_t *error_at);

/* Reads the first document of a YAML text as resource documents are read, but
 * of equal keys the last one wins; null if there is none. POL_UNDEFINED on
 * error; then *error is a text in the arena and *error_at the byte offset. The
 * value is copied into the arena. */
pol_value pol_value_parse_yaml(pol_arena *arena, const char *text, size_t len,
                               const char **error, size_t *error_at);

#endif
