/* SPDX-License-Identifier: Apache-2.0
 *
 * New values in a text: random documents and random changes. The text that comes
 * out must say what was wanted, and every line that no change concerns must be
 * there as it was. `POL_EDIT_CASES=100000 POL_EDIT_SEED=7` makes a longer run;
 * what fails is printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "document.h"
#include "edit.h"
#include "pol.h"
#include "random_text.h"

/* ---- changes ------------------------------------------------------------- */

static pol_value string(random_text *r, const char *text)
{
    return pol_string_copy(r->arena, text, strlen(text));
}

static pol_value new_value(random_text *r, unsigned depth)
{
    static const char *const texts[] = {
        "new",        "a b", "yes", "12", "",  "x: y", "- a",  "# c", "it's",
        "\xC3\xA9\n", "~",   "*a",  "&a", "[", " x ",  "a\tb", "null"};
    unsigned kind = random_below(r, depth ? 8 : 6);
    if (kind == 0)
        return pol_int((int64_t)random_below(r, 1000) - 500);
    if (kind == 1)
        return pol_bool(random_chance(r, 50));
    if (kind == 2 && random_chance(r, 30))
        return pol_null();
    if (kind < 6)
        return string(r, random_pick(r, texts));
    pol_builder b;
    pol_builder_init(&b, r->arena, kind == 6 ? POL_ARRAY : POL_OBJECT);
    for (unsigned n = random_below(r, 3); n; n--) {
        char name[16];
        snprintf(name, sizeof name, "n%u", r->names++);
        pol_value v = new_value(r, depth - 1);
        if (kind == 6)
            pol_builder_add(&b, v);
        else
            pol_builder_put(&b, string(r, name), v);
    }
    return pol_builder_done(&b);
}

/* Lines of the old text that a change may touch. */
typedef struct touched {
    const pol_document *doc;
    bool *lines;
    uint32_t count;
} touched;

/* The lines from `from` to `to`. */
static void touch(touched *t, size_t from, size_t to)
{
    uint32_t line = 0;
    for (size_t i = 0; i <= to; i++) {
        if (i >= from)
            t->lines[line] = true;
        line += i < t->doc->text.len && t->doc->text.ptr[i] == '\n';
    }
}

static void touch_node(touched *t, const pol_edit_node *n)
{
    touch(t, n->start, n->end);
}

/* What stands beside a dash comes behind it when its first member goes. */
static void touch_next(touched *t, const pol_edit_node *n, uint32_t i)
{
    if (i == 0 && n->count > 1)
        touch(t, n->items[1]->start, n->items[1]->start);
}

static pol_value with_item(random_text *r, pol_value v, uint32_t i,
                           pol_value item)
{
    pol_value *items = pol_items(r->arena, v.len + 1);
    if (v.len)
        memcpy(items, v.items, v.len * sizeof *items);
    items[i] = item;
    return pol_array(items, i < v.len ? v.len : v.len + 1);
}

static pol_value without_item(random_text *r, pol_value v, uint32_t i)
{
    pol_value *items = pol_items(r->arena, v.len);
    memcpy(items, v.items, i * sizeof *items);
    memcpy(items + i, v.items + i + 1, (v.len - i - 1) * sizeof *items);
    return pol_array(items, v.len - 1);
}

static pol_value less(random_text *r, touched *t, pol_value v,
                      const pol_edit_node *n)
{
    uint32_t i = random_below(r, n->count);
    touch_node(t, v.len == 1 ? n : n->items[i]);
    for (uint32_t k = 0; v.tag == POL_ARRAY && k < n->count; k++) {
        if (pol_equal(v.items[k],
                      v.items[i])) /* which of both cannot be told */
            touch_node(t, n->items[k]);
    }
    touch_next(t, n, i);
    if (!n->block && i) /* a comma goes as well */
        touch(t, n->items[i - 1]->end, n->items[i - 1]->end);
    return v.tag == POL_OBJECT
               ? pol_object_without(r->arena, v, n->items[i]->key)
               : without_item(r, v, i);
}

static pol_value more(random_text *r, touched *t, pol_value v,
                      const pol_edit_node *n)
{
    char name[16];
    pol_value item = new_value(r, 2);
    snprintf(name, sizeof name, "n%u", r->names++);
    if (!v.len)
        touch_node(t, n);
    else if (!n->block) /* a comma comes behind the last */
        touch(t, n->items[n->count - 1]->end, n->items[n->count - 1]->end);
    return v.tag == POL_OBJECT
               ? pol_object_with(r->arena, v, string(r, name), item)
               : with_item(r, v, v.len, item);
}

static pol_value changed(random_text *r, touched *t, pol_value v,
                         const pol_edit_node *n)
{
    bool object = v.tag == POL_OBJECT && n->kind == POL_EDIT_OBJECT;
    bool array = v.tag == POL_ARRAY && n->kind == POL_EDIT_ARRAY;
    bool full = (object || array) && n->count;
    if (full && random_chance(r, 70)) {
        uint32_t i = random_below(r, n->count);
        const pol_edit_node *c = n->items[i];
        pol_value old = object ? pol_get(v, c->key) : pol_at(v, i);
        pol_value part = changed(r, t, old, c);
        return object ? pol_object_with(r->arena, v, c->key, part)
                      : with_item(r, v, i, part);
    }
    if (full && random_chance(r, 40))
        return less(r, t, v, n);
    if ((object || array) && random_chance(r, 80))
        return more(r, t, v, n);
    touch_node(t, n);
    return new_value(r, 2);
}

/* ---- what has to hold ---------------------------------------------------- */

typedef struct totals {
    unsigned documents, edits, refused;
} totals;

static pol_str next_line(const pol_str *text, size_t *at)
{
    if (!*at && text->len >= 3 && !memcmp(text->ptr, "\xEF\xBB\xBF", 3))
        *at = 3;
    const char *start = text->ptr + *at;
    const char *end = memchr(start, '\n', text->len - *at);
    size_t len = end ? (size_t)(end - start) + 1 : text->len - *at;
    *at += len;
    while (len && strchr("\r\n", start[len - 1])) /* the last may get one */
        len--;
    return (pol_str){start, len};
}

/* The first line that should have stayed and did not; SIZE_MAX if none. */
static size_t lost_line(const touched *t, pol_str new)
{
    size_t old_at = 0, new_at = 0;
    for (uint32_t line = 0; old_at < t->doc->text.len; line++) {
        pol_str want = next_line(&t->doc->text, &old_at);
        if (t->lines[line] || !want.len)
            continue;
        bool found = false;
        while (!found && new_at < new.len)
            found = pol_str_eq(next_line(&new, &new_at), want);
        if (!found)
            return line;
    }
    return SIZE_MAX;
}

static bool show(const char *what, const pol_document *doc, pol_str new,
                 const pol_value *roots, uint64_t seed)
{
    pol_arena arena;
    pol_arena_init(&arena, 0, NULL);
    printf("==== %s (seed %llu)\n%.*s\n---- wanted\n", what,
           (unsigned long long)seed, (int)doc->text.len, doc->text.ptr);
    for (uint32_t i = 0; i < doc->count; i++) {
        size_t len;
        const char *text =
            pol_value_text(&arena, roots[i], POL_TEXT_JSON, &len);
        printf("%.*s\n", (int)len, text);
    }
    printf("---- became\n%.*s\n====\n", (int)new.len, new.ptr ? new.ptr : "");
    pol_arena_done(&arena);
    return false;
}

static bool try_change(random_text *r, const pol_document *doc, uint64_t seed,
                       totals *sum)
{
    pol_value *roots = pol_items(r->arena, doc->count);
    memcpy(roots, doc->roots, doc->count * sizeof *roots);
    touched t = {.doc = doc, .count = 2};
    for (size_t i = 0; i < doc->text.len; i++)
        t.count += doc->text.ptr[i] == '\n';
    t.lines = arena_array(r->arena, bool, t.count);
    memset(t.lines, 0, t.count);
    for (unsigned n = 1 + random_below(r, 2); n; n--) {
        uint32_t root = random_below(r, doc->count);
        const pol_edit_node *tree = pol_edit_tree(r->arena, doc, root);
        if (!tree || !pol_equal(roots[root], doc->roots[root]))
            continue;
        roots[root] = changed(r, &t, roots[root], tree);
    }
    pol_str text = pol_edit_text(r->arena, doc, roots);
    sum->edits++;
    if (!text.ptr) {
        sum->refused++;
        return r->marks || show("refused", doc, text, roots, seed);
    }
    size_t lost = lost_line(&t, text);
    if (lost != SIZE_MAX && !r->loose) {
        printf("line %zu is lost\n", lost + 1);
        return show("lost", doc, text, roots, seed);
    }
    pol_document again;
    pol_diags *diags = pol_diags_new();
    pol_read_options options = {.format = doc->format};
    bool ok = pol_document_read_text(&again, STR("again"), text, &options,
                                     diags, NULL);
    pol_diags_free(diags);
    for (uint32_t i = 0; ok && i < doc->count; i++)
        ok = again.count == doc->count && pol_equal(again.roots[i], roots[i]);
    if (ok) {
        pol_str twice = pol_edit_text(r->arena, &again, roots);
        ok = pol_str_eq(twice, text);
        pol_document_done(&again);
    }
    return ok || show("other value", doc, text, roots, seed);
}

static bool try_document(uint64_t seed, totals *sum)
{
    pol_arena arena;
    pol_arena_init(&arena, 0, NULL);
    random_text r = {.state = seed * 0x9E3779B97F4A7C15u + 1, .arena = &arena};
    pol_buf_init(&r.out, &arena);
    random_below(&r, 2);
    static const pol_format formats[] = {POL_FORMAT_JSON, POL_FORMAT_JSON_LINES,
                                         POL_FORMAT_YAML};
    static void (*const makers[])(random_text *) = {
        random_json, random_json_lines, random_yaml};
    unsigned which = random_chance(&r, 70) ? 2 : random_below(&r, 2);
    bool ok = true;
    makers[which](&r);
    pol_document doc;
    pol_diags *diags = pol_diags_new();
    pol_read_options options = {.format = formats[which]};
    if (pol_document_read_text(&doc, STR("test"), pol_buf_done(&r.out),
                               &options, diags, NULL)) {
        sum->documents++;
        for (int i = 0; ok && i < 4 && doc.count; i++)
            ok = try_change(&r, &doc, seed, sum);
        pol_document_done(&doc);
    }
    pol_diags_free(diags);
    pol_arena_done(&arena);
    return ok;
}

static uint64_t number_of(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 10) : otherwise;
}

static void test_changes(void **state)
{
    (void)state;
    uint64_t cases = number_of("POL_EDIT_CASES", 3000);
    uint64_t seed = number_of("POL_EDIT_SEED", 1);
    unsigned wrong = 0;
    totals sum = {0, 0, 0};
    for (uint64_t i = 0; i < cases && wrong < 10; i++)
        wrong += !try_document(seed + i, &sum);
    printf("%u documents: %u changes, %u refused, %u wrong\n", sum.documents,
           sum.edits, sum.refused, wrong);
    assert_int_equal(wrong, 0);
    assert_true(sum.documents > cases / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_changes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
