/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading a document: which format it is, and reporting what is wrong. */
#include "document.h"

#include <stdatomic.h>
#include <sys/mman.h>

#include "file.h"
#include "json.h"
#include "places.h"
#include "reading.h"
#include "utf8.h"

/* ---- for the readers -------------------------------------------------------- */

void pol_reading_root(pol_reading *reading, pol_value root, size_t off)
{
    pol_document *doc = reading->doc;
    if (doc->count == reading->room) {
        uint32_t room = reading->room ? reading->room * 2 : 4;
        pol_value *roots = pol_items(&doc->arena, room);
        uint32_t *starts = arena_array(&doc->arena, uint32_t, room);
        if (doc->count) {
            memcpy(roots, doc->roots, doc->count * sizeof *roots);
            memcpy(starts, doc->starts, doc->count * sizeof *starts);
        }
        doc->roots = roots;
        doc->starts = starts;
        reading->room = room;
    }
    doc->roots[doc->count] = root;
    doc->starts[doc->count++] = (uint32_t)off;
}

bool pol_reading_flaw(pol_reading *reading, pol_diag_code code, size_t off,
                      const char *message)
{
    reading->flaw = (pol_flaw){
        .code = code, .off = off, .len = 1, .message = message};
    return false;
}

size_t pol_reading_start(const pol_document *doc)
{
    bool marked = !doc->lines_before && doc->text.len >= 3 &&
                  !memcmp(doc->text.ptr, "\xEF\xBB\xBF", 3);
    return marked ? 3 : 0;
}

const char *pol_reading_name(pol_arena *arena, pol_str text, size_t off)
{
    if (off >= text.len)
        return "the end";
    const char *p = text.ptr + off;
    unsigned char c = (unsigned char)*p;
    if (c < 0x20 || c == 0x7F)
        return pol_arena_printf(arena, "U+%04X", c);
    uint32_t rune = pol_utf8_decode(&p, text.ptr + text.len);
    int width = (int)(p - (text.ptr + off));
    if (rune == POL_UTF8_REPLACEMENT && width == 1)
        return pol_arena_printf(arena, "the byte 0x%02X", c);
    return pol_arena_printf(arena, "`%.*s`", width, text.ptr + off);
}

/* ---- reporting ---------------------------------------------------------------- */

/* Texts below this are shown with the message; of larger ones only the place is
 * told. */
enum { SHOWN_WHOLE = 1 << 20 };

static pol_span span_of(const pol_document *doc, size_t off, size_t len)
{
    if (!doc->src)
        return POL_NO_SPAN;
    return (pol_span){doc->src, (uint32_t)off, (uint32_t)len};
}

static void report(const pol_reading *reading, pol_diags *diags, pol_srcs *srcs)
{
    pol_document *doc = reading->doc;
    const pol_flaw *flaw = &reading->flaw;
    if (doc->text.len < SHOWN_WHOLE && !doc->src && srcs)
        doc->src = pol_srcs_add_lines(srcs, doc->name, doc->text,
                                      doc->lines_before);
    pol_span span = span_of(doc, flaw->off, flaw->len);
    pol_diag *diag;
    if (doc->src) {
        diag = pol_diag_add(diags, flaw->code, span, "%s", flaw->message);
    } else {
        pol_place place = pol_places_at(doc, flaw->off);
        diag = pol_diag_add(diags, flaw->code, span,
                            "%s at line %u, column %u of `%.*s`",
                            flaw->message, place.line, place.column,
                            (int)doc->name.len, doc->name.ptr);
    }
    diag->label = flaw->label;
    if (flaw->help)
        pol_diag_help(diags, diag, "%s", flaw->help);
    if (flaw->other && doc->src)
        pol_diag_label(diags, diag,
                       span_of(doc, flaw->other_off, flaw->other_len), "%s",
                       flaw->other);
}

void pol_document_unreadable(pol_str name, const char *why, pol_diags *diags)
{
    pol_diag *diag = pol_diag_add(diags, POL_DIAG_P0901, POL_NO_SPAN,
                                  "`%.*s`: %s", (int)name.len, name.ptr, why);
    if (!strcmp(why, "it is a folder"))
        pol_diag_help(diags, diag, "name the files in it");
}

static void report_trap(const pol_document *doc, pol_diags *diags)
{
    pol_diag *diag = pol_diag_add(
        diags, POL_DIAG_P0612, POL_NO_SPAN, "`%.*s` needs more %s than allowed",
        (int)doc->name.len, doc->name.ptr,
        doc->trap.limit ? doc->trap.limit : "memory");
    pol_diag_help(diags, diag, "raise the memory limit or split the document");
}

/* ---- formats -------------------------------------------------------------------- */

static bool has_ending(pol_str name, const char *ending)
{
    size_t len = strlen(ending);
    return name.len >= len &&
           !memcmp(name.ptr + name.len - len, ending, len);
}

/* What cannot be read in any format is told apart first: a picture is not
 * "malformed JSON". */
static bool is_text(pol_reading *reading)
{
    pol_document *doc = reading->doc;
    enum { LOOK = 8192 };
    size_t look = doc->text.len < LOOK ? doc->text.len : LOOK;
    const char *nul = look ? memchr(doc->text.ptr, '\0', look) : NULL;
    if (!nul)
        return true;
    bool good = pol_reading_flaw(reading, POL_DIAG_P0609,
                                 (size_t)(nul - doc->text.ptr),
                                 "the document is no text: it has NUL bytes");
    reading->flaw.help = "documents are UTF-8; UTF-16 must be converted first";
    return good;
}

static bool read_as(pol_reading *reading, pol_format format)
{
    reading->doc->format = format;
    reading->doc->count = 0;
    switch (format) {
    case POL_FORMAT_JSON:
        return pol_reading_json(reading);
    case POL_FORMAT_JSON_LINES:
        return pol_reading_jsonl(reading);
    case POL_FORMAT_YAML:
    case POL_FORMAT_AUTO:
        break;
    }
    return pol_reading_yaml(reading);
}

/* JSON, or several values when one follows on a later line. */
static bool read_json_or_lines(pol_reading *reading)
{
    if (read_as(reading, POL_FORMAT_JSON))
        return true;
    if (reading->flaw.code != POL_DIAG_P0605)
        return false;
    reading->loose = true;
    return read_as(reading, POL_FORMAT_JSON_LINES);
}

static bool read_auto(pol_reading *reading)
{
    const pol_document *doc = reading->doc;
    char first = *pol_json_space(doc->text.ptr + pol_reading_start(doc));
    bool json = has_ending(doc->name, ".json");
    bool yaml = has_ending(doc->name, ".yaml") || has_ending(doc->name, ".yml");
    if (has_ending(doc->name, ".jsonl") || has_ending(doc->name, ".ndjson"))
        return read_as(reading, POL_FORMAT_JSON_LINES);
    if (!json && (!first || !strchr("{[\"0123456789-tfn", first)))
        return read_as(reading, POL_FORMAT_YAML);
    if (read_json_or_lines(reading))
        return true;
    if (json)
        return false;
    /* A flow mapping of YAML, or a plain scalar like `name: x`. The error of
     * the format that the text looks like is the useful one. */
    pol_flaw flaw = reading->flaw;
    if (read_as(reading, POL_FORMAT_YAML))
        return true;
    if (!yaml && (first == '{' || first == '['))
        reading->flaw = flaw;
    return false;
}

static bool read_roots(pol_reading *reading)
{
    if (!is_text(reading))
        return false;
    if (reading->options->format == POL_FORMAT_AUTO)
        return read_auto(reading);
    return read_as(reading, reading->options->format);
}

/* ---- documents -------------------------------------------------------------------- */

static void begin(pol_document *doc, const pol_read_options *options)
{
    *doc = (pol_document){.lines_before = options->lines_before};
    pol_arena_init(&doc->arena, options->memory, &doc->trap);
}

/* Copies the name and the text; false when it is a file that cannot be read. */
static const char *take_text(pol_document *doc, pol_str text)
{
    if (text.len > POL_FILE_LARGEST)
        return "it is larger than 4 GiB";
    char *copy = pol_arena_alloc(&doc->arena, text.len + POL_JSON_PAD);
    if (text.len)
        memcpy(copy, text.ptr, text.len);
    memset(copy + text.len, 0, POL_JSON_PAD);
    doc->text = (pol_str){copy, text.len};
    return NULL;
}

typedef struct {
    pol_document *doc;
    const char *path; /* NULL: the text is given */
    pol_str name, text;
    const pol_read_options *options;
    pol_diags *diags;
    pol_srcs *srcs;
} request;

/* What may raise the document's trap. */
static bool read_document(const request *r)
{
    pol_document *doc = r->doc;
    doc->name = pol_str_copy(&doc->arena, r->name);
    const char *why =
        r->path ? pol_file_read(doc, r->path) : take_text(doc, r->text);
    pol_reading reading = {.doc = doc, .options = r->options};
    bool good = !why && read_roots(&reading);
    doc->arena.trap = NULL;
    if (why)
        pol_document_unreadable(doc->name, why, r->diags);
    else if (!good)
        report(&reading, r->diags, r->srcs);
    return good && !why;
}

static bool run(const request *r)
{
    pol_document *doc = r->doc;
    begin(doc, r->options);
    bool good = false;
    if (setjmp(doc->trap.env) == 0) {
        good = read_document(r);
    } else {
        doc->arena.trap = NULL;
        report_trap(doc, r->diags);
    }
    if (!good)
        pol_document_done(doc);
    return good;
}

bool pol_document_read_file(pol_document *doc, const char *path,
                            const pol_read_options *options, pol_diags *diags,
                            pol_srcs *srcs)
{
    pol_str name = pol_str_of(strcmp(path, "-") ? path : "<stdin>");
    return run(&(request){.doc = doc, .path = path, .name = name,
                          .options = options, .diags = diags, .srcs = srcs});
}

bool pol_document_read_text(pol_document *doc, pol_str name, pol_str text,
                            const pol_read_options *options, pol_diags *diags,
                            pol_srcs *srcs)
{
    return run(&(request){.doc = doc, .name = name, .text = text,
                          .options = options, .diags = diags, .srcs = srcs});
}

void pol_document_done(pol_document *doc)
{
    if (doc->pages)
        munmap(doc->pages, doc->pages_len);
    pol_places_free(atomic_load(&doc->places));
    pol_arena_done(&doc->arena);
    doc->pages = NULL;
    doc->text = doc->name = (pol_str){NULL, 0};
    doc->roots = NULL;
    doc->count = 0;
    atomic_store(&doc->places, NULL);
}
