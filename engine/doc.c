/* SPDX-License-Identifier: Apache-2.0
 *
 * Documents of pol.h over document.h. */
#include "document.h"
#include "file.h"
#include "lines.h"
#include "pol.h"

struct pol_doc {
    pol_document document;
    char *name;
};

static pol_read_options read_options(pol_doc_format format, unsigned flags)
{
    static const pol_format formats[] = {
        [POL_DOC_AUTO] = POL_FORMAT_AUTO,
        [POL_DOC_JSON] = POL_FORMAT_JSON,
        [POL_DOC_JSON_LINES] = POL_FORMAT_JSON_LINES,
        [POL_DOC_YAML] = POL_FORMAT_YAML,
    };
    return (pol_read_options){.format = formats[format],
                              .last_wins = flags & POL_LAST_WINS};
}

/* Keeps the document if reading went well, else gives everything back. */
static pol_doc *finish(pol_doc *doc, bool read)
{
    if (!read) {
        free(doc->name);
        free(doc);
        return NULL;
    }
    return doc;
}

static pol_doc *new_doc(const char *name, pol_diags *diags)
{
    pol_doc *doc = calloc(1, sizeof *doc);
    if (doc)
        doc->name = strdup(name);
    if (!doc || !doc->name) {
        free(doc);
        pol_diag_add(diags, POL_DIAG_P0504, POL_NO_SPAN, "out of memory");
        return NULL;
    }
    return doc;
}

/* A table for the document's text that the diagnostics own: they outlive a
 * document that could not be read. */
static pol_srcs *sources(pol_diags *diags)
{
    if (!diags->own) {
        diags->own = arena_new(diags->arena, pol_srcs);
        pol_srcs_init(diags->own, diags->arena);
    }
    diags->srcs = diags->own;
    return diags->own;
}

pol_doc *pol_doc_read(const char *path, pol_doc_format format, unsigned flags,
                      pol_diags *diags)
{
    pol_doc *doc = new_doc(path, diags);
    if (!doc)
        return NULL;
    pol_read_options options = read_options(format, flags);
    return finish(doc, pol_document_read_file(&doc->document, doc->name,
                                              &options, diags,
                                              sources(diags)));
}

pol_doc *pol_doc_read_text(const char *name, const char *text, size_t len,
                           pol_doc_format format, unsigned flags,
                           pol_diags *diags)
{
    pol_doc *doc = new_doc(name, diags);
    if (!doc)
        return NULL;
    pol_read_options options = read_options(format, flags);
    return finish(doc, pol_document_read_text(
                           &doc->document, pol_str_of(doc->name),
                           (pol_str){text, len}, &options, diags,
                           sources(diags)));
}

void pol_doc_free(pol_doc *doc)
{
    if (!doc)
        return;
    pol_document_done(&doc->document);
    free(doc->name);
    free(doc);
}

const char *pol_doc_name(const pol_doc *doc)
{
    return doc->name;
}

uint32_t pol_doc_count(const pol_doc *doc)
{
    return doc->document.count;
}

pol_value pol_doc_root(const pol_doc *doc, uint32_t i)
{
    return i < doc->document.count ? doc->document.roots[i] : pol_undefined();
}

bool pol_doc_locate(const pol_doc *doc, uint32_t i, const pol_value *path,
                    size_t path_len, uint32_t *line, uint32_t *column)
{
    pol_location at = pol_document_locate(&doc->document, i, path, path_len);
    *line = at.line;
    *column = at.column;
    return at.found;
}

bool pol_doc_is_current(const pol_doc *doc)
{
    return pol_file_is(doc->name, &doc->document.stamp);
}

const pol_document *pol_doc_document(const pol_doc *doc)
{
    return &doc->document;
}

/* ---- JSON Lines ---------------------------------------------------------- */

/* Broken lines of a file that are shown; the others are counted. */
enum { SHOWN = 20 };

struct pol_lines {
    pol_line_reader reader;
    char *name;
    uint32_t broken;
};

pol_lines *pol_lines_open(const char *path, pol_diags *diags)
{
    pol_lines *lines = calloc(1, sizeof *lines);
    if (lines)
        lines->name = strdup(strcmp(path, "-") ? path : "<stdin>");
    if (!lines || !lines->name) {
        free(lines);
        pol_diag_add(diags, POL_DIAG_P0504, POL_NO_SPAN, "out of memory");
        return NULL;
    }
    const char *why = pol_line_reader_open(&lines->reader, path);
    if (!why)
        return lines;
    pol_document_unreadable(pol_str_of(path), why, diags);
    free(lines->name);
    free(lines);
    return NULL;
}

void pol_lines_close(pol_lines *lines)
{
    if (!lines)
        return;
    pol_line_reader_close(&lines->reader);
    free(lines->name);
    free(lines);
}

/* NULL: the line is broken. */
static pol_doc *read_line(pol_lines *lines, pol_str line, pol_diags *diags)
{
    pol_read_options options = {.format = POL_FORMAT_JSON_LINES,
                                .lines_before = lines->reader.line - 1};
    pol_doc *doc = new_doc(lines->name, diags);
    if (!doc)
        return NULL;
    bool shown = lines->broken < SHOWN;
    pol_diags *unseen = shown ? NULL : pol_diags_new();
    pol_diags *to = unseen ? unseen : diags;
    bool read = pol_document_read_text(&doc->document, pol_str_of(lines->name),
                                       line, &options, to, sources(to));
    pol_diags_free(unseen);
    lines->broken += !read;
    return finish(doc, read);
}

static void tell_the_rest(const pol_lines *lines, const char *why,
                          pol_diags *diags)
{
    pol_str name = pol_str_of(lines->name);
    if (lines->broken > SHOWN)
        pol_diag_add(diags, POL_DIAG_P0601, POL_NO_SPAN,
                     "`%.*s`: %u more lines are broken", (int)name.len, name.ptr,
                     lines->broken - SHOWN);
    if (why)
        pol_document_unreadable(name, why, diags);
}

pol_doc *pol_lines_next(pol_lines *lines, pol_diags *diags)
{
    pol_str line;
    const char *why;
    while (pol_line_reader_next(&lines->reader, &line, &why)) {
        pol_doc *doc = read_line(lines, line, diags);
        if (doc && pol_doc_count(doc))
            return doc;
        pol_doc_free(doc); /* blank */
    }
    tell_the_rest(lines, why, diags);
    return NULL;
}
