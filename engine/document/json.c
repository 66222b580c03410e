/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON text to values in one pass: no tokens, no tree between, no recursion.
 * Members of open collections gather on one stack and are copied into the arena
 * when the collection closes. What the speed comes from: vectors over string
 * bodies and space, keys compared with the ones predicted, shapes shared, one
 * allocation a collection. */
#include "json.h"

#include "decimal.h"
#include "json_scan.h"
#include "limit.h"
#include "shape.h"

static void done_scratch(void *scratch)
{
    pol_arena_done(scratch);
}

/* What reading a small document takes, so that it costs no more allocations than
 * the document itself. */
enum { WORKSPACE = 4096, FIRST_STACK = 64, FIRST_FRAMES = 16 };

/* Below this size objects are so few that finding shapes to share takes longer
 * than making new ones. */
enum { SMALL = 4096 };

pol_json *pol_json_new(pol_arena *arena, const char *text, const char *end,
                       bool last_wins)
{
    pol_json *json = arena_new(arena, pol_json);
    json->arena = arena;
    json->text = text;
    json->end = end;
    json->last_wins = last_wins;
    pol_arena_defer(arena, done_scratch, &json->scratch);
    pol_arena_init(&json->scratch, arena->cap, arena->trap);
    json->scratch.at = pol_arena_alloc(arena, WORKSPACE);
    json->scratch.end = json->scratch.at + WORKSPACE;
    json->is_small = end - text < SMALL;
    if (!json->is_small)
        pol_keys_init(&json->keys, arena, &json->scratch);
    json->room = FIRST_STACK;
    json->stack = arena_array(&json->scratch, pol_value, FIRST_STACK);
    json->name_room = FIRST_STACK / 2;
    json->names = arena_array(&json->scratch, pol_value, json->name_room);
    json->frame_room = FIRST_FRAMES;
    json->frames = arena_array(&json->scratch, pol_json_frame, FIRST_FRAMES);
    return json;
}

void pol_json_done(pol_json *json)
{
    pol_arena_done(&json->scratch);
}

static bool fail_needs(pol_json *json, const char *at, const char *needs)
{
    json->needs = needs;
    return pol_json_fail(json, POL_JSON_UNEXPECTED, at);
}

const char *pol_json_space(const char *p)
{
    return skip_space(p);
}

/* ---- strings ------------------------------------------------------------------ */

static inline bool read_string(pol_json *json, const char *p, pol_value *out,
                               const char **end)
{
    bool high;
    const char *start = p + 1, *stop = string_run(start, &high);
    if (POL_LIKELY(*stop == '"')) {
        if (POL_UNLIKELY(high) && !pol_json_check(json, start, stop))
            return false;
        *out = pol_string(start, (size_t)(stop - start));
        *end = stop + 1;
        return true;
    }
    if (*stop == '\\')
        return pol_json_escaped(json, start, stop, out, end);
    return pol_json_fail(json, POL_JSON_CONTROL, stop);
}

bool pol_json_string(pol_json *json, const char *p, pol_value *out,
                     const char **end)
{
    return read_string(json, p, out, end);
}

/* ---- numbers ------------------------------------------------------------------ */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A number that is more than 18 digits: with a fraction, an exponent or long. */
static bool long_number(pol_json *json, const char *p, pol_value *out,
                        const char **end)
{
    const char *stop = p;
    while (is_digit(*stop) || *stop == '.' || *stop == '-' || *stop == '+' ||
           *stop == 'e' || *stop == 'E')
        stop++;
    size_t len = (size_t)(stop - p);
    *out = pol_number_parse(json->arena, p, len);
    *end = stop;
    if (pol_is_defined(*out))
        return true;
    pol_decimal d;
    if (pol_decimal_scan(&d, p, len))
        return pol_json_fail(json, POL_JSON_NUMBER_SIZE, p);
    /* Only a text that ends within a number is cut off: `1.` may go on. */
    bool cut = stop == json->end && !is_digit(stop[-1]);
    return pol_json_fail(json, POL_JSON_NUMBER, cut ? stop : p);
}

static inline bool read_number(pol_json *json, const char *p, pol_value *out,
                               const char **end)
{
    enum { FITS = 18 };
    const char *q = p + (*p == '-');
    const char *digits = q;
    int64_t value = 0;
    while (is_digit(*q) && q - digits < FITS)
        value = value * 10 + (*q++ - '0');
    bool zero = *digits == '0';
    if (POL_UNLIKELY(q == digits || is_digit(*q) || *q == '.' ||
                     (*q | 0x20) == 'e' ||
                     (zero && (q - digits > 1 || digits != p))))
        return long_number(json, p, out, end);
    *out = pol_int(digits != p ? -value : value);
    *end = q;
    return true;
}

/* ---- objects ------------------------------------------------------------------ */

static void grow_stack(pol_json *json)
{
    if (json->room > UINT32_MAX / 2)
        pol_trap_raise(json->arena->trap, POL_TRAP_MEMORY, "collection size");
    size_t room = (size_t)json->room * 2;
    pol_value *stack = arena_array(&json->scratch, pol_value, room);
    memcpy(stack, json->stack, json->room * sizeof *stack);
    json->stack = stack;
    json->room = (uint32_t)room;
}

/* Makes room for `more` names. */
static void reserve_names(pol_json *json, uint32_t more)
{
    if (more <= json->name_room - json->name_count)
        return;
    size_t room = (size_t)json->name_room * 2 + more;
    if (room > UINT32_MAX)
        pol_trap_raise(json->arena->trap, POL_TRAP_MEMORY, "collection size");
    pol_value *names = arena_array(&json->scratch, pol_value, room);
    memcpy(names, json->names, json->name_count * sizeof *names);
    json->names = names;
    json->name_room = (uint32_t)room;
}

/* Moves the keys of an object that has become too wide for the tree. */
static void leave_tree(pol_json *json, pol_json_frame *frame)
{
    reserve_names(json, POL_KEYS_DEEPEST);
    pol_keys_path(frame->node, json->names + json->name_count);
    json->name_count += POL_KEYS_DEEPEST;
    frame->own = true;
}

/* The key at `p` when it was not the predicted one. */
static bool read_key(pol_json *json, pol_json_frame *frame, const char **at)
{
    pol_value key;
    const char *p = *at;
    if (*p != '"')
        return fail_needs(json, p, "a key in double quotes");
    if (!read_string(json, p, &key, at))
        return false;
    bool quoted = key.str == p + 1;
    if (!frame->own && frame->node->depth == POL_KEYS_DEEPEST)
        leave_tree(json, frame);
    if (frame->own) {
        reserve_names(json, 1);
        json->names[json->name_count++] = key;
        return true;
    }
    pol_key_node *node = pol_keys_child(&json->keys, frame->node, key.str,
                                        key.len, quoted, &frame->replaced);
    if (node) {
        frame->node = node;
        return true;
    }
    if (json->last_wins) {
        frame->replaces = true;
        return true;
    }
    json->object = frame->start;
    return pol_json_fail(json, POL_JSON_DUPLICATE, p);
}

/* The object of a closed frame whose values are at `values`. */
static pol_value close_object(pol_json *json, const pol_json_frame *frame,
                              const pol_value *values)
{
    const pol_shape *shape = frame->node->shape;
    if (POL_UNLIKELY(!shape))
        shape = pol_keys_shape(&json->keys, frame->node);
    pol_object *object = pol_shape_object(json->arena, shape);
    const uint32_t *order = shape->order;
    uint32_t count = shape->count;
    if (order)
        for (uint32_t i = 0; i < count; i++)
            object->values[order[i]] = values[i];
    else
        for (uint32_t i = 0; i < count; i++)
            object->values[i] = values[i];
    return pol_shape_value(object);
}

/* Sorts the indices of up to a few keys by inserting one after the other. */
static void sort_few(const pol_value *names, uint32_t *at, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t low = 0, high = i;
        if (!i || pol_compare(names[at[i - 1]], names[i]) <= 0)
            low = i;
        while (low < high) {
            uint32_t middle = (low + high) / 2;
            if (pol_compare(names[at[middle]], names[i]) <= 0)
                low = middle + 1;
            else
                high = middle;
        }
        memmove(at + low + 1, at + low, (i - low) * sizeof *at);
        at[low] = i;
    }
}

static void sort_many(pol_json *json, const pol_value *names, uint32_t *at,
                      uint32_t count)
{
    pol_value *rows = pol_items(&json->scratch, (size_t)count * 2);
    for (uint32_t i = 0; i < count; i++) {
        rows[2 * i] = names[i];
        rows[2 * i + 1] = pol_int(i);
    }
    pol_shape_sort(rows, count, 2);
    for (uint32_t i = 0; i < count; i++)
        at[i] = (uint32_t)rows[2 * i + 1].i;
}

/* Fills `keys` with the sorted names, each once, and `order` with where each
 * went. Returns how many there are; 0 if one is there twice and must not. */
static uint32_t unique_keys(pol_json *json, const pol_json_frame *frame,
                            uint32_t count, pol_value *keys, uint32_t *order)
{
    const pol_value *names = json->names + frame->names;
    uint32_t few[POL_KEYS_DEEPEST], *at = few, kept = 0;
    if (count <= countof(few)) {
        sort_few(names, few, count);
    } else {
        at = arena_array(&json->scratch, uint32_t, count);
        sort_many(json, names, at, count);
    }
    for (uint32_t i = 0; i < count; i++) {
        bool twice = kept && pol_equal(keys[kept - 1], names[at[i]]);
        if (twice && !json->last_wins) {
            json->object = frame->start;
            pol_json_fail(json, POL_JSON_DUPLICATE,
                 pol_json_nth(frame->start, json->end, at[i]));
            return 0;
        }
        if (!twice)
            keys[kept++] = names[at[i]];
        order[at[i]] = kept - 1;
    }
    return kept;
}

/* The object of a frame with keys of its own. There is at least one. */
static bool close_own(pol_json *json, const pol_json_frame *frame,
                      uint32_t count, pol_value *out)
{
    const pol_value *values = json->stack + frame->base;
    uint32_t *order = arena_array(json->arena, uint32_t, count);
    pol_value *keys = pol_items(json->arena, count);
    uint32_t kept = unique_keys(json, frame, count, keys, order);
    if (!kept)
        return false;
    bool moved = false;
    for (uint32_t i = 0; i < count; i++)
        moved = moved || order[i] != i;
    const pol_shape *shape = pol_shape_make(
        json->arena, keys, kept, kept == count && moved ? order : NULL);
    pol_object *object = pol_shape_object(json->arena, shape);
    for (uint32_t i = 0; i < count; i++) /* in order: the last one stays */
        object->values[order[i]] = values[i];
    *out = pol_shape_value(object);
    json->name_count = frame->names;
    return true;
}

/* ---- the loop ------------------------------------------------------------------- */

/* Doubles the room of the frames, which are all in use; returns the next. */
static pol_json_frame *grow_frames(pol_json *json)
{
    uint32_t used = json->frame_room;
    pol_json_frame *frames =
        arena_array(&json->scratch, pol_json_frame, used * 2);
    memcpy(frames, json->frames, used * sizeof *frames);
    json->frames = frames;
    json->frame_room = used * 2;
    return frames + used;
}

/* The frame of the bracket at `p`. */
static inline pol_json_frame opened(const pol_json *json, const char *p,
                                    uint32_t top)
{
    return (pol_json_frame){.base = top,
                            .is_object = *p == '{',
                            .own = *p == '{' && json->is_small,
                            .names = json->name_count,
                            .node = json->keys.root,
                            .start = p};
}

static inline bool read_word(pol_json *json, const char **p, const char *word,
                             size_t len)
{
    if (!memcmp(*p, word, len)) {
        *p += len;
        return true;
    }
    const char *q = *p;
    while (*word && *q == *word) {
        q++;
        word++;
    }
    return fail_needs(json, q >= json->end ? q : *p, "a value");
}

/* A value that is no object or array. */
static inline bool read_scalar(pol_json *json, const char **p, pol_value *out)
{
    switch (**p) {
    case '"':
        return read_string(json, *p, out, p);
    case 't':
        *out = pol_bool(true);
        return read_word(json, p, "true", 4);
    case 'f':
        *out = pol_bool(false);
        return read_word(json, p, "false", 5);
    case 'n':
        *out = pol_null();
        return read_word(json, p, "null", 4);
    case '-':
    case '0': case '1': case '2': case '3': case '4':
    case '5': case '6': case '7': case '8': case '9':
        return read_number(json, *p, out, p);
    default:
        return fail_needs(json, *p, "a value");
    }
}

/* Moves behind a key and its colon. */
static inline bool enter_key(pol_json *json, pol_json_frame *frame,
                             const char **at)
{
    const char *p = *at;
    pol_key_node *next = frame->own ? NULL : frame->node->last;
    if (POL_LIKELY(next && next->raw && *p == '"' &&
                   same_bytes(p + 1, next->key, next->raw))) {
        frame->node = next;
        p += 1 + next->raw;
    } else if (!read_key(json, frame, &p)) {
        return false;
    }
    p = skip_space(p);
    if (*p != ':')
        return fail_needs(json, p, "`:`");
    *at = skip_space(p + 1);
    return true;
}

static bool close_frame(pol_json *json, const pol_json_frame *frame,
                        uint32_t top, pol_value *out)
{
    const pol_value *members = json->stack + frame->base;
    if (frame->is_object && top == frame->base) {
        if (!pol_is_defined(json->nothing))
            json->nothing = pol_object_of(json->arena, NULL, NULL, 0);
        *out = json->nothing; /* all empty objects are one */
        return true;
    }
    if (frame->own)
        return close_own(json, frame, top - frame->base, out);
    if (frame->is_object) {
        *out = close_object(json, frame, members);
        return true;
    }
    uint32_t count = top - frame->base;
    pol_value *items = pol_items(json->arena, count);
    if (count)
        memcpy(items, members, count * sizeof *items);
    *out = pol_array(items, count);
    return true;
}

bool pol_json_read(pol_json *json, const char **at, pol_value *out)
{
    const char *p = skip_space(*at);
    pol_json_frame *frame = json->frames, *first = frame;
    uint32_t top = 0;
    pol_value v;
value:
    if (*p == '{' || *p == '[') {
        bool is_object = *p == '{';
        if (POL_UNLIKELY(frame == first + json->frame_room)) {
            if (json->frame_room >= POL_LIMIT_DOCUMENT_NESTING)
                return pol_json_fail(json, POL_JSON_DEEP, p);
            frame = grow_frames(json);
            first = json->frames;
        }
        *frame++ = opened(json, p, top);
        p = skip_space(p + 1);
        if (*p == (is_object ? '}' : ']'))
            goto close;
        if (is_object && !enter_key(json, frame - 1, &p))
            return false;
        goto value;
    }
    if (!read_scalar(json, &p, &v))
        return false;
member:
    if (frame == first) {
        *out = v;
        *at = p;
        return true;
    }
    if (POL_UNLIKELY(frame[-1].replaces)) {
        json->stack[frame[-1].base + frame[-1].replaced] = v;
        frame[-1].replaces = false;
    } else {
        if (POL_UNLIKELY(top == json->room))
            grow_stack(json);
        json->stack[top++] = v;
    }
    p = skip_space(p);
    if (POL_LIKELY(*p == ',')) {
        p = skip_space(p + 1);
        if (frame[-1].is_object && !enter_key(json, frame - 1, &p))
            return false;
        goto value;
    }
    if (*p != (frame[-1].is_object ? '}' : ']'))
        return fail_needs(json, p,
                          frame[-1].is_object ? "`,` or `}`" : "`,` or `]`");
close:
    frame--;
    if (!close_frame(json, frame, top, &v))
        return false;
    top = frame->base;
    p++;
    goto member;
}

const char *pol_json_message(const pol_json *json)
{
    static const char *const messages[] = {
        [POL_JSON_OK] = "no error",
        [POL_JSON_UNEXPECTED] = "unexpected character",
        [POL_JSON_TRUNCATED] = "the text ends too early",
        [POL_JSON_DUPLICATE] = "duplicate key",
        [POL_JSON_UTF8] = "invalid UTF-8",
        [POL_JSON_CONTROL] = "control character in a string",
        [POL_JSON_ESCAPE] = "invalid escape",
        [POL_JSON_DEEP] = "nesting too deep",
        [POL_JSON_NUMBER] = "malformed number",
        [POL_JSON_NUMBER_SIZE] = "number too large",
    };
    return messages[json->error];
}

pol_value pol_value_parse_json(pol_arena *arena, const char *text, size_t len,
                               bool last_wins, const char **error,
                               size_t *error_at)
{
    char *copy = pol_arena_alloc(arena, len + POL_JSON_PAD);
    if (len)
        memcpy(copy, text, len);
    memset(copy + len, 0, POL_JSON_PAD);
    pol_json *json = pol_json_new(arena, copy, copy + len, last_wins);
    const char *at = copy;
    pol_value v;
    if (pol_json_read(json, &at, &v)) {
        at = skip_space(at);
        if (at == copy + len) {
            pol_json_done(json);
            return v;
        }
        json->at = at;
        *error = "text after the value";
    } else {
        *error = pol_json_message(json);
    }
    *error_at = (size_t)(json->at - copy);
    pol_json_done(json);
    return pol_undefined();
}
