/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON text to values in one pass: no tokens, no tree between, no recursion.
 * Members of open collections gather on one stack and are copied into the arena
 * when the collection closes. What the speed comes from: vectors over string
 * bodies and space, keys compared with the ones predicted, shapes shared, one
 * allocation a collection. */
#include "json.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "decimal.h"
#include "limits.h"
#include "shape.h"
#include "utf8.h"

/* The keys of an object that left the tree. */
typedef struct pol_json_wide {
    pol_value *keys;
    uint32_t count, room;
} wide;

static void done_scratch(void *scratch)
{
    pol_arena_done(scratch);
}

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
    pol_keys_init(&json->keys, arena, &json->scratch);
    json->room = 512;
    json->stack = arena_array(&json->scratch, pol_value, json->room);
    json->frames = arena_array(&json->scratch, pol_json_frame,
                               POL_LIMIT_DOCUMENT_NESTING);
    return json;
}

void pol_json_done(pol_json *json)
{
    pol_arena_done(&json->scratch);
}

static bool fail(pol_json *json, pol_json_error error, const char *at)
{
    if (at >= json->end && error != POL_JSON_UTF8)
        error = POL_JSON_TRUNCATED;
    json->error = error;
    json->at = at;
    return false;
}

static bool fail_needs(pol_json *json, const char *at, const char *needs)
{
    json->needs = needs;
    return fail(json, POL_JSON_UNEXPECTED, at);
}

/* ---- runs of bytes ------------------------------------------------------------ */

static inline bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

#if defined(__SSE2__)
static const char *space_run(const char *p)
{
    for (;; p += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i s = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')),
                                 _mm_cmpeq_epi8(v, _mm_set1_epi8('\n')));
        __m128i t = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\r')),
                                 _mm_cmpeq_epi8(v, _mm_set1_epi8('\t')));
        unsigned other = (unsigned)_mm_movemask_epi8(_mm_or_si128(s, t)) ^ 0xFFFF;
        if (other)
            return p + __builtin_ctz(other);
    }
}

/* The first quote, backslash or control character at or behind `p`; *high is
 * set if bytes over 0x7F stand before it. */
static inline const char *string_run(const char *p, bool *high)
{
    unsigned above = 0;
    for (;; p += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1F)), v);
        __m128i stop = _mm_or_si128(
            _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')),
                         _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))),
            low);
        unsigned stops = (unsigned)_mm_movemask_epi8(stop);
        unsigned highs = (unsigned)_mm_movemask_epi8(v);
        if (stops) {
            above |= highs & (stops ^ (stops - 1));
            *high = above != 0;
            return p + __builtin_ctz(stops);
        }
        above |= highs;
    }
}

/* Are the `n` bytes at `a` and `b` the same? Both may be read 16 further. */
static inline bool same_bytes(const char *a, const char *b, uint32_t n)
{
    for (;; a += 16, b += 16, n -= 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)a);
        __m128i w = _mm_loadu_si128((const __m128i *)(const void *)b);
        unsigned differ = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, w)) ^ 0xFFFF;
        if (n <= 16)
            return (differ & ((1u << n) - 1)) == 0;
        if (differ)
            return false;
    }
}
#else
static const char *space_run(const char *p)
{
    while (is_space(*p))
        p++;
    return p;
}

static inline const char *string_run(const char *p, bool *high)
{
    unsigned char above = 0;
    for (; *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20; p++)
        above |= (unsigned char)*p;
    *high = above >= 0x80;
    return p;
}

static inline bool same_bytes(const char *a, const char *b, uint32_t n)
{
    return memcmp(a, b, n) == 0;
}
#endif

/* Compact text has no space and pretty text has runs: test before looping. */
static inline const char *skip_space(const char *p)
{
    return POL_LIKELY((unsigned char)*p > ' ') ? p : space_run(p);
}

const char *pol_json_space(const char *p)
{
    return skip_space(p);
}

/* ---- strings ------------------------------------------------------------------ */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (c | 0x20) - 'a' + 10;
    return -1;
}

/* Four hex digits at `p`, or -1. */
static int32_t hex4(const char *p)
{
    int32_t value = 0;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(p[i]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* The code point of the `\u` escape at *p, which moves behind it. A surrogate
 * without its other half is U+FFFD, as in Go. False if it is broken. */
static bool unicode_escape(const char **p, uint32_t *rune)
{
    int32_t first = hex4(*p + 2);
    if (first < 0)
        return false;
    *p += 6;
    *rune = (uint32_t)first;
    if (first < 0xD800 || first > 0xDFFF)
        return true;
    *rune = POL_UTF8_REPLACEMENT;
    if (first > 0xDBFF || (*p)[0] != '\\' || (*p)[1] != 'u')
        return true;
    int32_t second = hex4(*p + 2);
    if (second < 0xDC00 || second > 0xDFFF)
        return true; /* it is looked at again as an escape of its own */
    *p += 6;
    *rune = 0x10000 + ((uint32_t)(first - 0xD800) << 10) +
            (uint32_t)(second - 0xDC00);
    return true;
}

/* Decodes the escape at *p to *out; both move. False if there is none such. */
static bool one_escape(const char **p, char **out)
{
    static const char letters[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
    char letter = (*p)[1];
    if (letter == 'u') {
        uint32_t rune;
        if (!unicode_escape(p, &rune))
            return false;
        *out += pol_utf8_encode(rune, *out);
        return true;
    }
    const char *found = letter ? strchr(letters, letter) : NULL;
    if (!found)
        return false;
    *(*out)++ = bytes[found - letters];
    *p += 2;
    return true;
}

static bool check_utf8(pol_json *json, const char *p, const char *end)
{
    size_t good = pol_utf8_prefix(p, (size_t)(end - p));
    return p + good == end || fail(json, POL_JSON_UTF8, p + good);
}

/* The closing quote of a string with escapes, from its first backslash. */
static const char *closing_quote(pol_json *json, const char *p)
{
    bool high;
    for (;;) {
        p = string_run(p, &high);
        if (*p == '"')
            return p;
        if (*p != '\\') {
            fail(json, POL_JSON_CONTROL, p);
            return NULL;
        }
        if (p + 1 >= json->end) {
            fail(json, POL_JSON_TRUNCATED, json->end);
            return NULL;
        }
        p += 2;
    }
}

/* A string with escapes: decoded into the arena. [start, p) has none. */
static bool escaped_string(pol_json *json, const char *start, const char *p,
                           pol_value *out, const char **end)
{
    const char *quote = closing_quote(json, p);
    if (!quote || !check_utf8(json, start, quote))
        return false;
    char *text = pol_arena_alloc(json->arena, (size_t)(quote - start));
    char *to = text + (p - start);
    memcpy(text, start, (size_t)(p - start));
    while (p < quote) {
        if (!one_escape(&p, &to))
            return fail(json, POL_JSON_ESCAPE, p);
        bool high;
        const char *stop = string_run(p, &high);
        memcpy(to, p, (size_t)(stop - p));
        to += stop - p;
        p = stop;
    }
    *out = pol_string(text, (size_t)(to - text));
    *end = quote + 1;
    return true;
}

static inline bool read_string(pol_json *json, const char *p, pol_value *out,
                               const char **end)
{
    bool high;
    const char *start = p + 1, *stop = string_run(start, &high);
    if (POL_LIKELY(*stop == '"')) {
        if (POL_UNLIKELY(high) && !check_utf8(json, start, stop))
            return false;
        *out = pol_string(start, (size_t)(stop - start));
        *end = stop + 1;
        return true;
    }
    if (*stop == '\\')
        return escaped_string(json, start, stop, out, end);
    return fail(json, POL_JSON_CONTROL, stop);
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
        return fail(json, POL_JSON_NUMBER_SIZE, p);
    /* Only a text that ends within a number is cut off: `1.` may go on. */
    bool cut = stop == json->end && !is_digit(stop[-1]);
    return fail(json, POL_JSON_NUMBER, cut ? stop : p);
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

/* ---- finding things again -------------------------------------------------- */

/* Behind the token at `p`; adds what it opens and closes to *depth. */
static const char *skip_token(const char *p, const char *end, size_t *depth)
{
    bool high;
    switch (*p) {
    case '"':
        for (p = string_run(p + 1, &high); *p == '\\' && p < end;)
            p = string_run(p + 2, &high);
        return p + 1;
    case '{':
    case '[':
        ++*depth;
        return p + 1;
    case '}':
    case ']':
        --*depth;
        return p + 1;
    case ',':
    case ':':
        return p + 1;
    default:
        while (p < end && !strchr(" \n\r\t,:{}[]\"", *p))
            p++;
        return p;
    }
}

const char *pol_json_climb(const char *p, const char *end, size_t depth)
{
    while (depth && p < end)
        p = skip_token(skip_space(p), end, &depth);
    return p < end ? p : end;
}

const char *pol_json_skip(const char *p, const char *end)
{
    size_t depth = 0;
    p = skip_token(skip_space(p), end, &depth);
    return pol_json_climb(p, end, depth);
}

bool pol_json_is(const char *p, pol_value name)
{
    const char *want = name.str, *want_end = name.str + name.len;
    for (p++; *p != '"';) {
        char bytes[POL_UTF8_MAX] = {*p}, *to = bytes;
        if (*p != '\\') {
            to++;
            p++;
        } else if (!one_escape(&p, &to)) {
            return false;
        }
        size_t n = (size_t)(to - bytes);
        if ((size_t)(want_end - want) < n || memcmp(want, bytes, n))
            return false;
        want += n;
    }
    return want == want_end;
}

const char *pol_json_next(const char *p, const char *end)
{
    p = skip_space(pol_json_skip(p, end)); /* the key */
    p = skip_space(pol_json_skip(p + 1, end));
    return *p == ',' ? skip_space(p + 1) : p;
}

const char *pol_json_key(const char *p, const char *end, pol_value name)
{
    for (; p < end && *p == '"'; p = pol_json_next(p, end))
        if (pol_json_is(p, name))
            return p;
    return NULL;
}

static const char *nth_key(const char *object, const char *end, uint32_t n)
{
    const char *p = skip_space(object + 1);
    while (n-- && p < end)
        p = pol_json_next(p, end);
    return p;
}

/* ---- objects ------------------------------------------------------------------ */

static void add_wide(pol_json *json, wide *w, pol_value key)
{
    if (w->count == w->room) {
        uint32_t room = w->room * 2;
        pol_value *keys = arena_array(&json->scratch, pol_value, room);
        memcpy(keys, w->keys, w->count * sizeof *keys);
        w->keys = keys;
        w->room = room;
    }
    w->keys[w->count++] = key;
}

static void widen(pol_json *json, pol_json_frame *frame)
{
    wide *w = arena_new(&json->scratch, wide);
    w->room = POL_KEYS_DEEPEST * 4;
    w->keys = arena_array(&json->scratch, pol_value, w->room);
    w->count = frame->node->depth;
    pol_keys_path(frame->node, w->keys);
    frame->wide = w;
}

/* The key at `p` when it was not the predicted one. */
static bool read_key(pol_json *json, pol_json_frame *frame, const char *p,
                     const char **end)
{
    pol_value key;
    if (*p != '"')
        return fail_needs(json, p, "a key in double quotes");
    if (!read_string(json, p, &key, end))
        return false;
    bool quoted = key.str == p + 1;
    if (!frame->wide && frame->node->depth == POL_KEYS_DEEPEST)
        widen(json, frame);
    if (frame->wide) {
        add_wide(json, frame->wide, key);
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
    return fail(json, POL_JSON_DUPLICATE, p);
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

/* The object of a frame with keys of its own: sorted, duplicates found. */
static bool close_wide(pol_json *json, const pol_json_frame *frame,
                       pol_value *values, pol_value *out)
{
    wide *w = frame->wide;
    uint32_t count = w->count;
    pol_value *rows = pol_items(&json->scratch, (size_t)count * 2);
    uint32_t *order = arena_array(json->arena, uint32_t, count);
    pol_value *keys = pol_items(json->arena, count);
    for (uint32_t i = 0; i < count; i++) {
        rows[2 * i] = w->keys[i];
        rows[2 * i + 1] = pol_int(i);
    }
    pol_shape_sort(rows, count, 2);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t from = (uint32_t)rows[2 * i + 1].i;
        bool twice = kept && pol_equal(keys[kept - 1], rows[2 * i]);
        if (twice && !json->last_wins) {
            json->object = frame->start;
            return fail(json, POL_JSON_DUPLICATE,
                        nth_key(frame->start, json->end, from));
        }
        if (!twice)
            keys[kept++] = rows[2 * i];
        order[from] = kept - 1;
    }
    const pol_shape *shape =
        pol_shape_make(json->arena, keys, kept, kept == count ? order : NULL);
    pol_object *object = pol_shape_object(json->arena, shape);
    for (uint32_t i = 0; i < count; i++) /* in order: the last one stays */
        object->values[order[i]] = values[i];
    *out = pol_shape_value(object);
    return true;
}

/* ---- the loop ------------------------------------------------------------------- */

static void grow_stack(pol_json *json)
{
    if (json->room > UINT32_MAX / 2)
        pol_trap_raise(json->arena->trap, POL_TRAP_MEMORY, "collection size");
    pol_value *stack =
        arena_array(&json->scratch, pol_value, (size_t)json->room * 2);
    memcpy(stack, json->stack, json->room * sizeof *stack);
    json->stack = stack;
    json->room *= 2;
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
    pol_key_node *next = frame->node->last;
    if (POL_LIKELY(next && next->raw && !frame->wide && *p == '"' &&
                   same_bytes(p + 1, next->key, next->raw))) {
        frame->node = next;
        p += 1 + next->raw;
    } else if (!read_key(json, frame, p, &p)) {
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
    pol_value *members = json->stack + frame->base;
    if (frame->wide)
        return close_wide(json, frame, members, out);
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
        if (frame == first + POL_LIMIT_DOCUMENT_NESTING)
            return fail(json, POL_JSON_DEEP, p);
        *frame++ = (pol_json_frame){.base = top, .is_object = is_object,
                                    .node = json->keys.root, .start = p};
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
