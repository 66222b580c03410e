/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON and JSON Lines as documents: the reader's errors become flaws with help,
 * and several values of a file become several roots. */
#include "json.h"
#include "reading.h"
#include "utf8.h"

static size_t offset(const pol_reading *reading, const char *at)
{
    return (size_t)(at - reading->doc->text.ptr);
}

/* Help for what people write who think of JavaScript or Python. */
static const char *syntax_help(const pol_json *json)
{
    char c = *json->at;
    const char *before = json->at;
    while (before > json->text && strchr(" \t\r\n", before[-1]))
        before--;
    bool comma = before > json->text && before[-1] == ',';
    if (c == '\'')
        return "strings and keys take double quotes";
    if ((c == '}' || c == ']') && comma)
        return "remove the comma before the bracket";
    if (c == '/' || c == '#')
        return "JSON has no comments; YAML has";
    if (!strncmp(json->at, "NaN", 3) || !strncmp(json->at, "Infinity", 8) ||
        !strncmp(json->at, "-Infinity", 9))
        return "JSON has no such number; write null or a string";
    if (!strncmp(json->at, "True", 4) || !strncmp(json->at, "False", 5) ||
        !strncmp(json->at, "None", 4))
        return "JSON writes true, false and null";
    return NULL;
}

static void describe_syntax(pol_reading *reading, const pol_json *json)
{
    pol_flaw *flaw = &reading->flaw;
    pol_arena *arena = &reading->doc->arena;
    flaw->code = POL_DIAG_P0601;
    flaw->help = syntax_help(json);
    const char *found =
        pol_reading_name(arena, reading->doc->text, flaw->off);
    switch (json->error) {
    case POL_JSON_UNEXPECTED:
        flaw->message = pol_arena_printf(arena, "expected %s, found %s",
                                         json->needs, found);
        break;
    case POL_JSON_CONTROL:
        flaw->message = pol_arena_printf(
            arena, "a string holds a raw control character %s", found);
        flaw->help = "write it as an escape such as \\n or \\u0007";
        break;
    case POL_JSON_ESCAPE:
        flaw->message = "unknown or broken escape in a string";
        flaw->len = 2;
        break;
    default:
        flaw->message = "this is not how JSON writes a number";
        break;
    }
}

/* Where in the object the key of the value `name` stands first. */
static void label_first(pol_reading *reading, pol_json *json)
{
    pol_flaw *flaw = &reading->flaw;
    const char *end, *first;
    pol_value name;
    if (!pol_json_string(json, json->at, &name, &end))
        return;
    flaw->len = (size_t)(end - json->at);
    flaw->message = pol_arena_printf(
        &reading->doc->arena, "the object has the key %.*s twice",
        flaw->len > 80 ? 80 : (int)flaw->len, json->at);
    first = pol_json_key(pol_json_space(json->object + 1), json->end, name);
    if (!first)
        return;
    flaw->other_off = offset(reading, first);
    flaw->other_len = (size_t)(pol_json_skip(first, json->end) - first);
    flaw->other = "first one here";
}

static bool describe(pol_reading *reading, pol_json *json)
{
    pol_flaw *flaw = &reading->flaw;
    *flaw = (pol_flaw){.off = offset(reading, json->at), .len = 1};
    switch (json->error) {
    case POL_JSON_TRUNCATED:
        flaw->code = POL_DIAG_P0602;
        flaw->message = "the document ends inside a value";
        flaw->len = 0;
        break;
    case POL_JSON_DUPLICATE:
        flaw->code = POL_DIAG_P0603;
        label_first(reading, json);
        flaw->help = "remove one of them; which one counts differs between "
                     "readers";
        break;
    case POL_JSON_UTF8:
        flaw->code = POL_DIAG_P0604;
        flaw->message = "a string is not valid UTF-8";
        break;
    case POL_JSON_DEEP:
        flaw->code = POL_DIAG_P0606;
        flaw->message = "objects and arrays are nested too deep";
        break;
    case POL_JSON_NUMBER_SIZE:
        flaw->code = POL_DIAG_P0607;
        flaw->message = "the number has too many digits or too large an "
                        "exponent";
        break;
    default:
        describe_syntax(reading, json);
        break;
    }
    return false;
}

static pol_json *start(pol_reading *reading, const char **at)
{
    pol_document *doc = reading->doc;
    *at = pol_json_space(doc->text.ptr + pol_reading_start(doc));
    return pol_json_new(&doc->arena, doc->text.ptr,
                        doc->text.ptr + doc->text.len,
                        reading->options->last_wins);
}

bool pol_reading_json(pol_reading *reading)
{
    const char *at, *end = reading->doc->text.ptr + reading->doc->text.len;
    pol_json *json = start(reading, &at);
    if (at == end)
        return pol_reading_flaw(reading, POL_DIAG_P0608, 0,
                                "the document is empty");
    size_t off = offset(reading, at);
    pol_value root;
    bool good = pol_json_read(json, &at, &root);
    if (!good) {
        describe(reading, json);
    } else {
        pol_reading_root(reading, root, off);
        at = pol_json_space(at);
        good = at == end ||
               pol_reading_flaw(reading, POL_DIAG_P0605, offset(reading, at),
                                "there is text after the document");
    }
    pol_json_done(json);
    return good;
}

/* Is there a line end between two values? */
static bool line_between(const char *from, const char *to)
{
    return memchr(from, '\n', (size_t)(to - from)) != NULL;
}

static bool cut_flaw(pol_reading *reading, size_t off)
{
    bool good = pol_reading_flaw(reading, POL_DIAG_P0602, off,
                                 "the line ends inside a value");
    reading->flaw.len = 0;
    reading->flaw.help = "in JSON Lines a document stands on one line";
    return good;
}

/* Is there a value at `at` that its line holds? Moves behind it. */
static bool line_value(pol_reading *reading, pol_json *json, const char **at)
{
    const char *start = *at;
    size_t off = offset(reading, start);
    pol_value root;
    bool good = pol_json_read(json, at, &root);
    if (!good && !reading->loose && json->error == POL_JSON_TRUNCATED)
        return cut_flaw(reading, offset(reading, json->at));
    if (!good)
        return describe(reading, json);
    const char *line_end = reading->loose
                               ? NULL
                               : memchr(start, '\n', (size_t)(*at - start));
    if (line_end)
        return cut_flaw(reading, offset(reading, line_end));
    pol_reading_root(reading, root, off);
    return true;
}

bool pol_reading_jsonl(pol_reading *reading)
{
    const char *at, *end = reading->doc->text.ptr + reading->doc->text.len;
    pol_json *json = start(reading, &at);
    bool good = true;
    while (good && at < end) {
        good = line_value(reading, json, &at);
        if (!good)
            break;
        const char *next = pol_json_space(at);
        if (next < end && !line_between(at, next))
            good = pol_reading_flaw(reading, POL_DIAG_P0605,
                                    offset(reading, next),
                                    "there is text after the value on its line");
        at = next;
    }
    pol_json_done(json);
    return good;
}
