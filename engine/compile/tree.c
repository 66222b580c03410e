/* SPDX-License-Identifier: Apache-2.0
 *
 * The rule tree: where every definition of a set of modules stands.
 *
 * Definitions are first put at the node of the string constants that their head
 * begins with. Conflicts are looked for in that state, as OPA does. Then rules
 * whose heads go on with variables take in the definitions below them, since
 * only evaluation can tell which of them meet. Children are found by one hash
 * table for the whole tree, so that a package may have any number of rules. */
#include "tree.h"

#include "declaration.h"
#include "limit.h"

struct pol_tree_index {
    pol_arena *arena;
    pol_tree **slots; /* open addressing over (parent, name) */
    uint32_t mask, count;
};

static uint64_t hash_child(const pol_tree *parent, pol_str name)
{
    return pol_str_hash(name, (uint64_t)(uintptr_t)parent);
}

static void grow_index(struct pol_tree_index *index)
{
    uint32_t room = index->slots ? (index->mask + 1) * 2 : 256;
    pol_tree **old = index->slots;
    uint32_t old_room = old ? index->mask + 1 : 0;
    index->slots = arena_array(index->arena, pol_tree *, room);
    memset(index->slots, 0, room * sizeof *index->slots);
    index->mask = room - 1;
    for (uint32_t i = 0; i < old_room; i++) {
        if (!old[i])
            continue;
        uint64_t at = hash_child(old[i]->parent, old[i]->name);
        while (index->slots[at & index->mask])
            at++;
        index->slots[at & index->mask] = old[i];
    }
}

pol_tree *pol_tree_child(const pol_tree *node, pol_str name)
{
    const struct pol_tree_index *index = node->index;
    uint64_t at = hash_child(node, name);
    for (; index->slots[at & index->mask]; at++) {
        pol_tree *found = index->slots[at & index->mask];
        if (found->parent == node && pol_str_eq(found->name, name))
            return found;
    }
    return NULL;
}

static pol_tree *add_child(pol_tree *parent, pol_str name)
{
    pol_tree *node = pol_tree_child(parent, name);
    if (node)
        return node;
    struct pol_tree_index *index = parent->index;
    if (index->count * 2 >= index->mask)
        grow_index(index);
    node = arena_new(index->arena, pol_tree);
    node->name = name;
    node->parent = parent;
    node->index = index;
    node->next = parent->child;
    parent->child = node;
    uint64_t at = hash_child(parent, name);
    while (index->slots[at & index->mask])
        at++;
    index->slots[at & index->mask] = node;
    index->count++;
    return node;
}

static pol_tree *new_root(pol_compile *compile)
{
    struct pol_tree_index *index =
        arena_new(compile->arena, struct pol_tree_index);
    index->arena = compile->arena;
    grow_index(index);
    pol_tree *root = arena_new(compile->arena, pol_tree);
    root->name = STR("data");
    root->index = index;
    return root;
}

pol_tree *pol_tree_package(const pol_tree *root, const pol_ast_module *module)
{
    if (!module || !module->package)
        return NULL;
    const pol_tree *node = root;
    const pol_node *part = module->package->child;
    for (part = part ? part->next : NULL; part && node; part = part->next)
        node = pol_tree_child(node, part->text);
    return (pol_tree *)node;
}

pol_tree *pol_tree_walk(pol_tree *root, const pol_node *ref, uint32_t *used)
{
    pol_tree *node = root;
    *used = 0;
    const pol_node *operand = ref->child ? ref->child->next : NULL;
    for (; operand && operand->kind == POL_NODE_STRING;
         operand = operand->next) {
        pol_tree *child = pol_tree_child(node, operand->text);
        if (!child || child->hidden)
            break;
        node = child;
        ++*used;
    }
    return node;
}

static uint32_t depth_of(const pol_tree *node)
{
    uint32_t depth = 0;
    for (; node->parent; node = node->parent)
        depth++;
    return depth;
}

/* The next node in pre-order, without recursion. */
static pol_tree *next_node(pol_tree *node)
{
    if (node->child)
        return node->child;
    while (node && !node->next)
        node = node->parent;
    return node ? node->next : NULL;
}

static bool is_plain(pol_str name)
{
    bool plain = name.len > 0;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        plain &= c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                 (i > 0 && c >= '0' && c <= '9');
    }
    return plain;
}

/* How many bytes a name takes: behind a dot, else in brackets and quotes. */
static size_t part_len(pol_str name)
{
    if (is_plain(name))
        return name.len + 1;
    size_t len = name.len + 4;
    for (size_t i = 0; i < name.len; i++)
        len += name.ptr[i] == '"' || name.ptr[i] == '\\';
    return len;
}

static void write_part(char *out, pol_str name)
{
    if (is_plain(name)) {
        *out = '.';
        memcpy(out + 1, name.ptr, name.len);
        return;
    }
    *out++ = '[';
    *out++ = '"';
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '"' || name.ptr[i] == '\\')
            *out++ = '\\';
        *out++ = name.ptr[i];
    }
    *out++ = '"';
    *out = ']';
}

/* Written from its end, as nodes know their parents only. */
pol_str pol_tree_path(pol_arena *arena, const pol_tree *node)
{
    size_t len = 4;
    for (const pol_tree *n = node; n->parent; n = n->parent)
        len += part_len(n->name);
    char *text = pol_arena_alloc(arena, len + 1);
    size_t at = len;
    for (const pol_tree *n = node; n->parent; n = n->parent) {
        at -= part_len(n->name);
        write_part(text + at, n->name);
    }
    memcpy(text, "data", 4);
    text[len] = '\0';
    return (pol_str){text, len};
}

/* ---- collecting ---------------------------------------------------------- */

static bool is_dynamic(const pol_def *def)
{
    return def->suffix < def->ast->ref->count;
}

static pol_rule *rule_at(pol_compile *compile, pol_tree *node)
{
    if (!node->rule) {
        node->rule = arena_new(compile->arena, pol_rule);
        node->rule->node = node;
    }
    return node->rule;
}

static void add_default(pol_compile *compile, pol_rule *rule, pol_def *def)
{
    if (!rule->fallback) {
        rule->fallback = def;
        return;
    }
    pol_str path = pol_tree_path(compile->arena, rule->node);
    pol_diag *diag = pol_diag_add(compile->diags, POL_DIAG_P0210,
                                  def->ast->head_span,
                                  "multiple default rules `%s` found",
                                  path.ptr);
    pol_diag_label(compile->diags, diag, rule->fallback->ast->head_span,
                   "the first one");
}

static void append_def(pol_rule *rule, pol_def *def)
{
    def->rule = rule;
    def->next = NULL;
    if (rule->last)
        rule->last->next = def;
    else
        rule->defs = def;
    rule->last = def;
    rule->def_count++;
}

/* Strict mode is as strict with v0 as v1 is always. */
static bool check_name(pol_compile *compile, const pol_ast_module *module,
                       const pol_node *name)
{
    if (module->v0 && !compile->strict)
        return true;
    bool is_input = pol_str_eq(name->text, STR("input"));
    if (!is_input && !pol_str_eq(name->text, STR("data")))
        return true;
    pol_diag *diag = pol_diag_add(compile->diags, POL_DIAG_P0217, name->span,
                                  "rules must not shadow `%s`",
                                  is_input ? "input" : "data");
    pol_diag_help(compile->diags, diag, "use a different rule name");
    return false;
}

/* Where a definition stands: its package or policy with the node of that. */
typedef struct place {
    pol_ast_module *module;
    pol_ast_policy *policy;
    pol_tree *node;
} place;

static void add_rule(pol_compile *compile, const place *in, pol_ast_rule *ast)
{
    const pol_node *head = ast->ref;
    const pol_node *part = head->kind == POL_NODE_REF ? head->child : head;
    if (!check_name(compile, in->module, part))
        return;
    if (head->count > POL_LIMIT_NESTING) {
        pol_diag_add(compile->diags, POL_DIAG_P0301, head->span,
                     "a path may have at most %d parts", POL_LIMIT_NESTING);
        return;
    }
    pol_def *def = arena_new(compile->arena, pol_def);
    *def = (pol_def){.ast = ast, .module = in->module, .policy = in->policy};
    pol_tree *node = add_child(in->node, part->text);
    node->named = true;
    def->suffix = 1;
    if (head->kind == POL_NODE_REF) {
        for (part = part->next; part && part->kind == POL_NODE_STRING;
             part = part->next, def->suffix++)
            node = add_child(node, part->text);
    }
    pol_rule *rule = rule_at(compile, node);
    if (ast->is_default && !is_dynamic(def)) {
        def->rule = rule;
        add_default(compile, rule, def);
    } else {
        append_def(rule, def);
    }
}

static pol_tree *add_package(pol_compile *compile, pol_ast_module *module)
{
    pol_tree *node = compile->root;
    if (module->package->count > POL_LIMIT_NESTING) {
        pol_diag_add(compile->diags, POL_DIAG_P0301, module->package->span,
                     "a path may have at most %d parts", POL_LIMIT_NESTING);
        return NULL;
    }
    const pol_node *part = module->package->child;
    for (part = part ? part->next : NULL; part; part = part->next)
        node = add_child(node, part->text);
    node->is_package = true;
    return node;
}

static void add_module(pol_compile *compile, pol_ast_module *module)
{
    if (!module->package)
        return;
    pol_tree *package = add_package(compile, module);
    if (!package)
        return;
    place in = {.module = module, .node = package};
    for (pol_ast_rule *rule = module->rules; rule; rule = rule->next)
        add_rule(compile, &in, rule);
    for (pol_ast_policy *ast = module->policies; ast; ast = ast->next) {
        in.policy = ast;
        in.node = add_child(package, ast->name);
        in.node->is_package = true;
        pol_declaration_add(compile, module, ast, in.node);
        for (pol_ast_rule *rule = ast->rules; rule; rule = rule->next)
            add_rule(compile, &in, rule);
    }
}

/* ---- conflicts ----------------------------------------------------------- */

static pol_rule_kind kind_of(const pol_ast_rule *ast)
{
    /* `f() := 1` has no parameters and is no function. */
    if (ast->kind == POL_RULE_FUNCTION && ast->arg_count == 0)
        return POL_RULE_COMPLETE;
    return ast->kind;
}

static const pol_def *first_def(const pol_rule *rule)
{
    return rule->fallback && (!rule->defs || rule->fallback->ast->span.off <
                                                 rule->defs->ast->span.off)
               ? rule->fallback
               : rule->defs;
}

/* Does the head go on with a number or the like, so that it is a longer path
 * and no pattern? */
static bool is_ground(const pol_def *def)
{
    const pol_node *operand = pol_ast_child(def->ast->ref, def->suffix);
    return operand->kind == POL_NODE_NUMBER || operand->kind == POL_NODE_BOOL ||
           operand->kind == POL_NODE_NULL;
}

static void report_kinds(pol_compile *compile, const pol_rule *rule,
                         const pol_def *a, const pol_def *b)
{
    pol_str path = pol_tree_path(compile->arena, rule->node);
    bool below = is_dynamic(a) != is_dynamic(b) &&
                 is_ground(is_dynamic(a) ? a : b);
    pol_diag *diag;
    if (below) {
        const pol_def *upper = is_dynamic(a) ? b : a;
        diag = pol_diag_add(compile->diags, POL_DIAG_P0212,
                            upper->ast->head_span,
                            "rule `%s` conflicts with a rule below it",
                            path.ptr);
        b = upper == a ? b : a;
    } else {
        diag = pol_diag_add(compile->diags, POL_DIAG_P0209, a->ast->head_span,
                            "conflicting rules `%s` found", path.ptr);
    }
    pol_diag_label(compile->diags, diag, b->ast->head_span,
                   "conflicts with this one");
    if (!below)
        pol_diag_help(compile->diags, diag,
                      "all definitions of a rule must have the same kind: "
                      "`contains`, `[key]`, a single value or the same number "
                      "of arguments");
}

/* All definitions at one node must be of one kind. */
static void check_kinds(pol_compile *compile, const pol_rule *rule)
{
    const pol_def *first = first_def(rule);
    const pol_def *def = rule->fallback && first != rule->fallback
                             ? rule->fallback
                             : rule->defs;
    for (; def; def = def == rule->fallback ? rule->defs : def->next) {
        if (kind_of(def->ast) != kind_of(first->ast) ||
            is_dynamic(def) != is_dynamic(first) ||
            def->ast->arg_count != first->ast->arg_count) {
            report_kinds(compile, rule, first, def);
            return;
        }
    }
}

static bool is_closed(const pol_rule *rule)
{
    return rule && !is_dynamic(first_def(rule));
}

/* Complete rules, sets and functions have no rules below them. */
static void check_below(pol_compile *compile, pol_tree *root)
{
    for (pol_tree *node = root; node; node = next_node(node)) {
        if (!node->rule)
            continue;
        const pol_tree *up = node->parent;
        while (up && !is_closed(up->rule))
            up = up->parent;
        if (!up)
            continue;
        pol_str upper = pol_tree_path(compile->arena, up);
        pol_str lower = pol_tree_path(compile->arena, node);
        pol_diag *diag = pol_diag_add(
            compile->diags, POL_DIAG_P0212, first_def(up->rule)->ast->head_span,
            "rule `%s` conflicts with rule `%s`", upper.ptr, lower.ptr);
        pol_diag_label(compile->diags, diag,
                       first_def(node->rule)->ast->head_span,
                       "lies below it");
    }
}

/* The place is the package line of the rule's module, as in OPA. */
static void check_packages(pol_compile *compile)
{
    for (pol_ast_module *m = compile->modules; m; m = m->next) {
        pol_tree *node = pol_tree_package(compile->root, m);
        if (!node || !is_closed(node->rule))
            continue;
        const pol_def *def = first_def(node->rule);
        pol_str path = pol_tree_path(compile->arena, node);
        pol_diag *diag = pol_diag_add(
            compile->diags, POL_DIAG_P0211, def->module->package_span,
            "package `%s` conflicts with a rule of that path", path.ptr + 5);
        pol_diag_label(compile->diags, diag, def->ast->head_span, "the rule");
        pol_diag_label(compile->diags, diag, m->package_span, "the package");
    }
    for (pol_policy *p = compile->policies; p; p = p->next) {
        if (!is_closed(p->node->rule))
            continue;
        pol_diag *diag = pol_diag_add(
            compile->diags, POL_DIAG_P0211, p->ast->name_span,
            "policy \"%s\" conflicts with a rule of that name",
            pol_str_copy(compile->arena, p->name).ptr);
        pol_diag_label(compile->diags, diag,
                       first_def(p->node->rule)->ast->head_span, "the rule");
    }
}

/* ---- linking ------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    const pol_tree *x = *(pol_tree *const *)a, *y = *(pol_tree *const *)b;
    return pol_str_cmp(x->name, y->name);
}

static void sort_children(pol_tree *node, pol_tree **scratch)
{
    size_t count = 0;
    for (pol_tree *c = node->child; c; c = c->next)
        scratch[count++] = c;
    if (count < 2)
        return;
    qsort(scratch, count, sizeof *scratch, by_name);
    for (size_t i = 0; i < count; i++)
        scratch[i]->next = i + 1 < count ? scratch[i + 1] : NULL;
    node->child = scratch[0];
}

/* A definition of a package that lies below a rule with a dynamic head: its
 * package's last names become operands of the head. */
static void lengthen_head(pol_compile *compile, pol_def *def,
                          const pol_tree *top, const pol_tree *package)
{
    const pol_node *old = def->ast->ref;
    const pol_node *rest = old->kind == POL_NODE_REF ? old->child : old;
    uint32_t count = 0;
    for (const pol_tree *n = package; n != top; n = n->parent)
        count++;
    pol_str *names = arena_array(compile->arena, pol_str, count + 1);
    names[count] = rest->text;
    for (uint32_t i = count; i > 0; i--, package = package->parent)
        names[i - 1] = package->name;
    pol_node *ref = pol_ast_node(compile->arena, POL_NODE_REF, old->span);
    ref->flags = POL_NODE_GENERATED;
    pol_ast_add(ref, pol_ast_text(compile->arena, POL_NODE_VAR, old->span,
                                  top->name));
    for (uint32_t i = 0; i <= count; i++)
        pol_ast_add(ref, pol_ast_text(compile->arena, POL_NODE_STRING,
                                      old->span, names[i]));
    for (rest = old->kind == POL_NODE_REF ? rest->next : NULL; rest;
         rest = rest->next)
        pol_ast_add(ref, pol_ast_copy(compile->arena, rest));
    def->ast->ref = ref;
    def->suffix = 1;
}

/* Moves the definitions of a rule to the rule with a dynamic head above it.
 * Defaults below such a rule have no effect (as in OPA). */
static void merge_rule(pol_compile *compile, pol_rule *into, pol_rule *from)
{
    uint32_t depth = depth_of(into->node);
    pol_def *next;
    for (pol_def *def = from->defs; def; def = next) {
        next = def->next;
        uint32_t names = def->suffix; /* of the head on the path to `from` */
        const pol_tree *package = from->node;
        for (uint32_t i = 0; i < names; i++)
            package = package->parent;
        uint32_t package_depth = depth_of(package);
        if (package_depth < depth)
            def->suffix = depth - package_depth;
        else
            lengthen_head(compile, def, into->node, package);
        append_def(into, def);
    }
    from->node->rule = NULL;
}

static int by_source(const void *a, const void *b)
{
    const pol_span *x = &(*(pol_def *const *)a)->ast->span;
    const pol_span *y = &(*(pol_def *const *)b)->ast->span;
    if (x->src != y->src)
        return x->src < y->src ? -1 : 1;
    return (x->off > y->off) - (x->off < y->off);
}

static void sort_defs(pol_compile *compile, pol_rule *rule)
{
    uint32_t count = rule->def_count;
    pol_def **defs = arena_array(compile->arena, pol_def *, count);
    uint32_t n = 0;
    for (pol_def *def = rule->defs; def; def = def->next)
        defs[n++] = def;
    qsort(defs, count, sizeof *defs, by_source);
    rule->defs = rule->last = NULL;
    rule->def_count = 0;
    for (uint32_t i = 0; i < count; i++)
        append_def(rule, defs[i]);
}

/* Hides what lies below rules with dynamic heads and takes it into them. */
static void link_dynamic(pol_compile *compile)
{
    for (pol_tree *node = compile->root; node; node = next_node(node)) {
        pol_tree *up = node->parent;
        if (!up || !(up->hidden || (up->rule && !is_closed(up->rule))))
            continue;
        node->hidden = true;
        if (!node->rule ||
            first_def(node->rule)->ast->kind == POL_RULE_FUNCTION)
            continue;
        while (up->hidden)
            up = up->parent;
        merge_rule(compile, up->rule, node->rule);
    }
}

static void link_rule(pol_compile *compile, pol_rule *rule)
{
    const pol_def *first = first_def(rule);
    rule->kind = kind_of(first->ast);
    rule->arity = first->ast->arg_count;
    bool dynamic = false;
    for (const pol_def *def = rule->defs; def; def = def->next)
        dynamic |= is_dynamic(def);
    if (dynamic) {
        rule->kind = POL_RULE_OBJECT;
        rule->fallback = NULL;
        sort_defs(compile, rule);
    }
    rule->path = pol_tree_path(compile->arena, rule->node);
    rule->id = compile->rule_count;
    compile->rules[compile->rule_count++] = rule;
}

static void link_nodes(pol_compile *compile)
{
    uint32_t count = compile->root->index->count + 1;
    pol_tree **scratch = arena_array(compile->arena, pol_tree *, count);
    compile->rules = arena_array(compile->arena, pol_rule *, count);
    compile->rule_room = count;
    compile->rule_count = compile->node_count = 0;
    for (pol_tree *node = compile->root; node; node = next_node(node)) {
        sort_children(node, scratch);
        node->id = compile->node_count++;
        if (node->rule)
            link_rule(compile, node->rule);
    }
}

void pol_tree_build(pol_compile *compile)
{
    compile->root = new_root(compile);
    for (pol_ast_module *m = compile->modules; m; m = m->next)
        add_module(compile, m);
    for (pol_tree *node = compile->root; node; node = next_node(node)) {
        if (node->rule)
            check_kinds(compile, node->rule);
    }
    check_below(compile, compile->root);
    check_packages(compile);
    link_dynamic(compile);
    link_nodes(compile);
    pol_declaration_check(compile);
}
