/* SPDX-License-Identifier: Apache-2.0
 *
 * The JSON reader from the inside: text straight to values in one pass. Whoever
 * has text with POL_JSON_PAD readable zero bytes behind it may read values from
 * it; strings without escapes point into the text. */
#ifndef POL_JSON_H
#define POL_JSON_H

#include "keys.h"

/* Bytes that must be readable behind the text, the first of them NUL. */
enum { POL_JSON_PAD = 64 };

typedef enum {
    POL_JSON_OK,
    POL_JSON_UNEXPECTED, /* some other character was needed there */
    POL_JSON_TRUNCATED,  /* the text ends inside a value */
    POL_JSON_DUPLICATE,  /* a key occurs twice in an object */
    POL_JSON_UTF8,
    POL_JSON_CONTROL, /* a raw control character in a string */
    POL_JSON_ESCAPE,  /* no such escape */
    POL_JSON_DEEP,
    POL_JSON_NUMBER,  /* not how a number is written */
    POL_JSON_NUMBER_SIZE
} pol_json_error;

typedef struct pol_json_frame {
    uint32_t base;      /* where the members start on the stack */
    bool is_object;
    bool replaces;      /* the next value replaces an earlier one */
    uint32_t replaced;  /* … this one */
    bool own;           /* the object's keys gather on the stack of names … */
    uint32_t names;     /* … from here */
    pol_key_node *node; /* else: the keys so far */
    const char *start;
} pol_json_frame;

typedef struct pol_json {
    pol_arena *arena;   /* values */
    pol_arena scratch;  /* gone after reading */
    pol_keys keys;
    const char *text, *end;
    bool last_wins;
    bool is_small;      /* too small for sharing shapes to pay */
    pol_value nothing;  /* the empty object, once there is one */
    pol_value *stack;   /* members of open collections */
    uint32_t room;
    pol_value *names;   /* keys of open objects with `own` */
    uint32_t name_count, name_room;
    uint32_t frame_room;
    pol_json_frame *frames;
    pol_json_error error;
    const char *at;    /* where the error is */
    const char *needs; /* UNEXPECTED: what belongs there; constant */
    const char *object; /* DUPLICATE: where the object starts */
} pol_json;

/* Prepares reading [text, end). The reader lives in `arena` until then; call
 * pol_json_done when it is not needed any more (the arena does it, too, when a
 * trap is raised). */
pol_json *pol_json_new(pol_arena *arena, const char *text, const char *end,
                       bool last_wins);
void pol_json_done(pol_json *json);

/* Reads the value at or behind *at (space is skipped) and moves *at behind it.
 * False on error, which the reader then describes. */
bool pol_json_read(pol_json *json, const char **at, pol_value *out);

/* Behind the space at `p`; stops at the NUL behind the text. */
const char *pol_json_space(const char *p);

/* The string whose opening quote is at `p`, as a value in `arena` or in the
 * text; *end is set behind the closing quote. False on error. */
bool pol_json_string(pol_json *json, const char *p, pol_value *out,
                     const char **end);

/* ---- for the reader's own files ------------------------------------------------ */

/* Notes an error at `at` and returns false; at the end it is TRUNCATED. */
bool pol_json_fail(pol_json *json, pol_json_error error, const char *at);

/* Fails unless [p, end) is UTF-8. */
bool pol_json_check(pol_json *json, const char *p, const char *end);

/* Decodes the escape at *p to *out; both move. False if there is none such. */
bool pol_json_escape(const char **p, char **out);

/* The string that begins at `start` (behind its quote) and whose first escape is
 * at `p`: decoded into the arena. As pol_json_string. */
bool pol_json_escaped(pol_json *json, const char *start, const char *p,
                      pol_value *out, const char **end);

/* ---- walking over text that has been read well --------------------------------- */

/* Behind the value at `p` (space before it is skipped), whose brackets and
 * strings read well. */
const char *pol_json_skip(const char *p, const char *end);

/* Behind `depth` closing brackets from `p`, which is outside strings. */
const char *pol_json_climb(const char *p, const char *end, size_t depth);

/* Is the string whose opening quote is at `p` the string `name`? */
bool pol_json_is(const char *p, pol_value name);

/* The next key, from the opening quote of one; at the closing bracket behind
 * the last one. */
const char *pol_json_next(const char *p, const char *end);

/* The opening quote of the first key that is `name`, from the key at `p` on;
 * NULL if there is none. */
const char *pol_json_key(const char *p, const char *end, pol_value name);

/* The n-th key of the object at `object`. */
const char *pol_json_nth(const char *object, const char *end, uint32_t n);

/* One sentence on an error, constant, without place. */
const char *pol_json_message(const pol_json *json);

#endif
