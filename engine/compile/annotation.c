/* SPDX-License-Identifier: Apache-2.0
 *
 * Annotations as values; see annotation.h. The blocks are YAML, so they are read
 * as documents are, once. */
#include "annotation.h"

#include "document.h"

typedef enum {
    SCOPE_RULE, SCOPE_DOCUMENT, SCOPE_PACKAGE, SCOPE_SUBPACKAGES
} annotation_scope;

typedef struct entry entry;
struct entry {
    const pol_ast_module *module;
    const pol_ast_rule *rule; /* NULL: of the package */
    annotation_scope scope;
    pol_value value;
    entry *next;
};

struct pol_annotations {
    entry *first, **end;
};

/* ---- the form of the values ------------------------------------------------- */

/* "Ann Smith <ann@example.com>" as {"name": …, "email": …}. */
static pol_value author(pol_arena *arena, pol_value text)
{
    const char *open = NULL;
    for (uint32_t i = 0; i < text.len; i++)
        if (text.str[i] == '<')
            open = text.str + i;
    pol_builder object;
    pol_builder_init(&object, arena, POL_OBJECT);
    size_t name = text.len;
    if (open && text.str[text.len - 1] == '>') {
        size_t start = (size_t)(open - text.str) + 1;
        pol_builder_put(&object, pol_literal("email"),
                        pol_string(text.str + start, text.len - start - 1));
        name = start - 1;
        while (name && text.str[name - 1] == ' ')
            name--;
    }
    if (name)
        pol_builder_put(&object, pol_literal("name"),
                        pol_string(text.str, name));
    return pol_builder_done(&object);
}

static pol_value reference(pol_arena *arena, pol_value text)
{
    pol_builder object;
    pol_builder_init(&object, arena, POL_OBJECT);
    pol_builder_put(&object, pol_literal("ref"), text);
    return pol_builder_done(&object);
}

/* Strings of a list become objects. */
static pol_value expand(pol_arena *arena, pol_value annotations,
                        const char *field,
                        pol_value (*of)(pol_arena *, pol_value))
{
    pol_value list = pol_get_name(annotations, field);
    if (list.tag != POL_ARRAY)
        return annotations;
    pol_value *items = pol_items(arena, list.len);
    for (uint32_t i = 0; i < list.len; i++) {
        pol_value item = pol_at(list, i);
        items[i] = pol_is_string(item) && item.len ? of(arena, item) : item;
    }
    return pol_object_with(arena, annotations,
                           pol_string(field, strlen(field)),
                           pol_array(items, list.len));
}

static const char *const scope_names[] = {"rule", "document", "package",
                                          "subpackages"};

static annotation_scope scope_of(const pol_ast_annotation *annotation,
                               pol_value value)
{
    pol_value scope = pol_get_name(value, "scope");
    for (size_t i = 0; pol_is_string(scope) && i < countof(scope_names); i++)
        if (scope.len == strlen(scope_names[i]) &&
            memcmp(scope.str, scope_names[i], scope.len) == 0)
            return (annotation_scope)i;
    if (!annotation->rule)
        return SCOPE_PACKAGE;
    return pol_get_name(value, "entrypoint").tag == POL_TRUE ? SCOPE_DOCUMENT
                                                             : SCOPE_RULE;
}

static pol_value read_yaml(pol_compile *compile,
                           const pol_ast_annotation *annotation)
{
    pol_document doc = {0};
    pol_read_options options = {.format = POL_FORMAT_YAML};
    pol_diags ignored;
    pol_srcs srcs;
    pol_srcs_init(&srcs, compile->arena);
    pol_diag_init(&ignored, compile->arena, &srcs);
    pol_value value = pol_undefined();
    if (pol_document_read_text(&doc, STR("metadata"), annotation->yaml,
                               &options, &ignored, &srcs)) {
        if (doc.count == 1 && doc.roots[0].tag == POL_OBJECT)
            value = pol_copy(compile->arena, doc.roots[0]);
        pol_document_done(&doc);
    }
    if (!pol_is_defined(value)) {
        pol_diag *diag = pol_diag_add(compile->diags, POL_DIAG_P0232,
                                      annotation->span,
                                      "this METADATA block is no YAML object");
        pol_diag_help(compile->diags, diag, "write `# key: value` lines%s",
                      ignored.first ? "" : " behind `# METADATA`");
    }
    return value;
}

static void add_entry(pol_compile *compile, const pol_ast_module *module,
                      const pol_ast_annotation *annotation)
{
    pol_value value = read_yaml(compile, annotation);
    if (!pol_is_defined(value))
        return;
    entry *e = arena_new(compile->arena, entry);
    e->module = module;
    e->rule = annotation->rule;
    e->scope = scope_of(annotation, value);
    value = expand(compile->arena, value, "authors", author);
    value = expand(compile->arena, value, "related_resources", reference);
    const char *scope = scope_names[e->scope];
    e->value = pol_object_with(compile->arena, value, pol_literal("scope"),
                               pol_string(scope, strlen(scope)));
    *compile->annotations->end = e;
    compile->annotations->end = &e->next;
}

void pol_annotation_read(pol_compile *compile)
{
    compile->annotations = arena_new(compile->arena, pol_annotations);
    compile->annotations->end = &compile->annotations->first;
    for (const pol_ast_module *m = compile->modules; m; m = m->next)
        for (const pol_ast_annotation *a = m->annotations; a; a = a->next)
            add_entry(compile, m, a);
}

static const entry *entries(const pol_compile *compile)
{
    return compile->annotations->first;
}

/* ---- looking them up ------------------------------------------------------------ */

pol_value pol_annotation_rule(pol_compile *compile, const pol_def *def)
{
    for (const entry *e = entries(compile); e; e = e->next)
        if (e->scope == SCOPE_RULE && e->rule == def->ast)
            return e->value;
    return pol_undefined();
}

static bool is_of_rule(const entry *e, const pol_rule *rule)
{
    for (const pol_def *def = rule->defs; def; def = def->next)
        if (def->ast == e->rule)
            return true;
    return rule->fallback && rule->fallback->ast == e->rule;
}

/* How many parts of `package` the module's package path covers from the start;
 * 0 if it is no ancestor (nor the package itself). */
static uint32_t covers(const pol_node *ancestor, const pol_node *package)
{
    if (ancestor->count > package->count)
        return 0;
    const pol_node *b = package->child;
    for (const pol_node *a = ancestor->child; a; a = a->next, b = b->next)
        if (!pol_str_eq(a->text, b->text))
            return 0;
    return ancestor->count;
}

/* The parts behind `data` of a REF or node path as an array of strings. */
static pol_value package_path(pol_arena *arena, const pol_node *package,
                              uint32_t count)
{
    pol_value *items = pol_items(arena, count);
    const pol_node *n = package->child->next;
    for (uint32_t i = 1; i < count; i++, n = n->next)
        items[i - 1] = pol_string(n->text.ptr, n->text.len);
    return pol_array(items, count - 1);
}

static pol_value node_path(pol_arena *arena, const pol_tree *node)
{
    uint32_t depth = 0;
    for (const pol_tree *n = node; n->parent; n = n->parent)
        depth++;
    pol_value *items = pol_items(arena, depth);
    uint32_t i = depth;
    for (const pol_tree *n = node; n->parent; n = n->parent)
        items[--i] = pol_string(n->name.ptr, n->name.len);
    return pol_array(items, depth);
}

static void add_link(pol_builder *chain, pol_value path, pol_value annotations)
{
    pol_builder link;
    pol_builder_init(&link, chain->arena, POL_OBJECT);
    pol_builder_put(&link, pol_literal("path"), path);
    if (pol_is_defined(annotations))
        pol_builder_put(&link, pol_literal("annotations"), annotations);
    pol_builder_add(chain, pol_builder_done(&link));
}

pol_value pol_annotation_chain(pol_compile *compile, const pol_def *def)
{
    pol_arena *arena = compile->arena;
    const pol_node *package = def->module->package;
    pol_value own = node_path(arena, def->rule->node);
    pol_builder chain;
    pol_builder_init(&chain, arena, POL_ARRAY);
    add_link(&chain, own, pol_annotation_rule(compile, def));
    for (const entry *e = entries(compile); e; e = e->next)
        if (e->scope == SCOPE_DOCUMENT && e->rule && is_of_rule(e, def->rule))
            add_link(&chain, own, e->value);
    for (const entry *e = entries(compile); e; e = e->next)
        if (e->scope == SCOPE_PACKAGE &&
            e->module->package->count == package->count &&
            covers(e->module->package, package))
            add_link(&chain, package_path(arena, package, package->count),
                     e->value);
    for (uint32_t depth = package->count; depth > 1; depth--)
        for (const entry *e = entries(compile); e; e = e->next)
            if (e->scope == SCOPE_SUBPACKAGES &&
                covers(e->module->package, package) == depth)
                add_link(&chain, package_path(arena, package, depth),
                         e->value);
    return pol_builder_done(&chain);
}

pol_value pol_annotation_call(pol_compile *compile, const pol_def *def,
                            pol_str builtin)
{
    bool rule = pol_str_eq(builtin, STR("rego.metadata.rule"));
    if (!rule && !pol_str_eq(builtin, STR("rego.metadata.chain")))
        return pol_undefined();
    if (!rule)
        return def ? pol_annotation_chain(compile, def) : pol_array(NULL, 0);
    pol_value value = def ? pol_annotation_rule(compile, def) : pol_undefined();
    return pol_is_defined(value) ? value
                                 : pol_object_of(compile->arena, NULL, NULL, 0);
}
