/* SPDX-License-Identifier: Apache-2.0
 *
 * Policy declarations; see declaration.h. Each field is a row of a table: its
 * name and how its value is read. A wrong field does not stop the others from
 * being read, so that all mistakes of a declaration are said at once. The
 * schemas of `config` are read in config.c. */
#include "declaration.h"

typedef struct reading {
    pol_compile *compile;
    pol_policy *policy;
    const pol_ast_field *field;
    pol_value value; /* of the field; undefined for a bare word */
    pol_str word;    /* a bare word or string, len 0 if it is neither */
} reading;

static const char *text_of(const reading *r, pol_str s)
{
    return pol_str_copy(r->compile->arena, s).ptr;
}

/* ---- values -------------------------------------------------------------- */

static void wrong_value(const reading *r, const char *wanted)
{
    pol_diags *diags = r->compile->diags;
    pol_diag *diag =
        pol_diag_add(diags, POL_DIAG_P0403, r->field->value->span,
                     "`%s` must be %s", text_of(r, r->field->name), wanted);
    if (r->word.len && !pol_is_string(r->value))
        pol_diag_help(diags, diag, "put it in quotes: `\"%s\"`",
                      text_of(r, r->word));
}

static bool is_strings(pol_value v)
{
    if (v.tag != POL_ARRAY)
        return false;
    for (uint32_t i = 0; i < v.len; i++) {
        if (!pol_is_string(pol_at(v, i)))
            return false;
    }
    return true;
}

static bool read_string(const reading *r, pol_value *out)
{
    if (!pol_is_string(r->value)) {
        wrong_value(r, "a string");
        return false;
    }
    *out = r->value;
    return true;
}

static void read_strings(const reading *r, pol_value *out)
{
    if (is_strings(r->value))
        *out = r->value;
    else
        wrong_value(r, "an array of strings");
}

/* The index of the field's word among `words`, -1 after a report. */
static int read_word(const reading *r, const char *const *words, size_t count)
{
    pol_str names[8];
    pol_assert(count <= countof(names));
    for (size_t i = 0; i < count; i++) {
        names[i] = pol_str_of(words[i]);
        if (pol_str_eq(r->word, names[i]))
            return (int)i;
    }
    pol_diags *diags = r->compile->diags;
    pol_span span = r->field->value->span;
    if (!r->word.len) {
        wrong_value(r, "a bare word");
        return -1;
    }
    pol_diag *diag =
        pol_diag_add(diags, POL_DIAG_P0402, span, "unknown %s `%s`",
                     text_of(r, r->field->name), text_of(r, r->word));
    int best = pol_str_closest(r->word, names, count);
    if (best >= 0)
        pol_diag_help(diags, diag, "did you mean `%s`?", words[best]);
    else if (count == 4)
        pol_diag_help(diags, diag, "use `%s`, `%s`, `%s` or `%s`", words[0],
                      words[1], words[2], words[3]);
    else
        pol_diag_help(diags, diag, "use `%s` or `%s`", words[0], words[1]);
    return -1;
}

/* ---- the fields ---------------------------------------------------------- */

static void read_description(reading *r)
{
    pol_value text;
    if (read_string(r, &text))
        r->policy->description = (pol_str){text.str, text.len};
}

static void read_enforcement(reading *r)
{
    static const char *const words[] = {"disabled", "advisory", "mandatory",
                                        "remediate"};
    int word = read_word(r, words, countof(words));
    if (word >= 0)
        r->policy->enforcement = (pol_level)(POL_LEVEL_DISABLED + word);
}

static void read_severity(reading *r)
{
    static const char *const words[] = {"low", "medium", "high", "critical"};
    int word = read_word(r, words, countof(words));
    if (word >= 0)
        r->policy->severity = pol_string(words[word], strlen(words[word]));
}

static void read_scope(reading *r)
{
    static const char *const words[] = {"resource", "stack"};
    r->policy->stack_scope = read_word(r, words, countof(words)) == 1;
}

static bool is_type(pol_value type)
{
    for (uint32_t i = 0; i < type.len; i++) {
        if ((unsigned char)type.str[i] <= ' ')
            return false;
    }
    return type.len > 0;
}

static void read_resource(reading *r)
{
    pol_value types = r->value;
    if (pol_is_string(types)) {
        pol_value *items = pol_items(r->compile->arena, 1);
        items[0] = types;
        types = pol_array(items, 1);
    }
    if (!is_strings(types) || !types.len) {
        wrong_value(r, "a type or an array of types");
        return;
    }
    for (uint32_t i = 0; i < types.len; i++) {
        if (is_type(pol_at(types, i)))
            continue;
        pol_diag *diag =
            pol_diag_add(r->compile->diags, POL_DIAG_P0409,
                         r->field->value->span,
                         "a resource type is empty or holds white space");
        pol_diag_help(r->compile->diags, diag,
                      "write a type such as \"aws:s3/bucket:Bucket\", `*` "
                      "stands for any part");
        return;
    }
    r->policy->resource = types;
}

static void read_config(reading *r)
{
    pol_declaration_config(r->compile, r->policy, r->field->value, r->value);
}

static void read_title(reading *r)
{
    read_string(r, &r->policy->title);
}

static void read_url(reading *r)
{
    read_string(r, &r->policy->url);
}

static void read_tags(reading *r)
{
    read_strings(r, &r->policy->tags);
}

static bool is_framework(pol_value v)
{
    static const char *const known[] = {"name", "version", "reference"};
    if (v.tag != POL_OBJECT || !pol_is_string(pol_get_name(v, "name")))
        return false;
    for (uint32_t i = 0; i < v.len; i++) {
        pol_value key = pol_key_at(v, i);
        size_t k = 0;
        while (k < countof(known) &&
               !(pol_is_string(key) &&
                 pol_str_eq((pol_str){key.str, key.len}, pol_str_of(known[k]))))
            k++;
        if (k == countof(known) || !pol_is_string(pol_value_at(v, i)))
            return false;
    }
    return true;
}

static void read_frameworks(reading *r)
{
    bool good = r->value.tag == POL_ARRAY;
    for (uint32_t i = 0; good && i < r->value.len; i++)
        good = is_framework(pol_at(r->value, i));
    if (good)
        r->policy->frameworks = r->value;
    else
        wrong_value(r, "an array of objects with `name` and maybe `version` "
                       "and `reference`, all strings");
}

static void read_steps(reading *r)
{
    if (pol_is_string(r->value) || is_strings(r->value))
        r->policy->remediation_steps = r->value;
    else
        wrong_value(r, "a string or an array of strings");
}

static const struct {
    const char *name;
    void (*read)(reading *r);
} fields[] = {
    {"description", read_description}, {"enforcement", read_enforcement},
    {"severity", read_severity},       {"scope", read_scope},
    {"resource", read_resource},       {"config", read_config},
    {"title", read_title},             {"url", read_url},
    {"tags", read_tags},               {"frameworks", read_frameworks},
    {"remediation_steps", read_steps},
};

static void report_field(const reading *r)
{
    pol_str names[countof(fields)];
    for (size_t i = 0; i < countof(fields); i++)
        names[i] = pol_str_of(fields[i].name);
    pol_diags *diags = r->compile->diags;
    pol_diag *diag =
        pol_diag_add(diags, POL_DIAG_P0401, r->field->name_span,
                     "unknown field `%s`", text_of(r, r->field->name));
    int best = pol_str_closest(r->field->name, names, countof(names));
    if (best >= 0)
        pol_diag_help(diags, diag, "did you mean `%s`?", fields[best].name);
    else
        pol_diag_help(diags, diag,
                      "fields are description, enforcement, severity, scope, "
                      "resource, config, title, url, tags, frameworks and "
                      "remediation_steps; a rule is written with `:=`");
}

static void take_value(reading *r)
{
    const pol_node *term = r->field->value;
    r->word = (pol_str){"", 0};
    if (!pol_constant_term(r->compile->arena, term, &r->value))
        r->value = pol_undefined();
    if (term->kind == POL_NODE_VAR || term->kind == POL_NODE_STRING)
        r->word = term->text;
}

static void read_field(reading *r, uint32_t *seen)
{
    for (size_t i = 0; i < countof(fields); i++) {
        if (!pol_str_eq(r->field->name, pol_str_of(fields[i].name)))
            continue;
        if (*seen & 1u << i) {
            pol_diag_add(r->compile->diags, POL_DIAG_P0405, r->field->name_span,
                         "field `%s` given twice", fields[i].name);
            return;
        }
        *seen |= 1u << i;
        take_value(r);
        fields[i].read(r);
        return;
    }
    report_field(r);
}

static pol_str package_text(pol_compile *compile, const pol_tree *policy)
{
    pol_str path = pol_tree_path(compile->arena, policy->parent);
    return path.len > 5 ? (pol_str){path.ptr + 5, path.len - 5}
                        : (pol_str){"", 0};
}

void pol_declaration_add(pol_compile *compile, pol_ast_module *module,
                         pol_ast_policy *ast, pol_tree *node)
{
    pol_policy *policy = arena_new(compile->arena, pol_policy);
    *policy = (pol_policy){.name = ast->name, .ast = ast, .module = module,
                           .node = node,
                           .package = package_text(compile, node)};
    policy->config_defaults =
        pol_object_of(compile->arena, NULL, NULL, 0);
    ast->link = policy;
    reading r = {.compile = compile, .policy = policy};
    uint32_t seen = 0;
    for (r.field = ast->fields; r.field; r.field = r.field->next)
        read_field(&r, &seen);
    if (!(seen & 1)) {
        pol_diag *diag = pol_diag_add(compile->diags, POL_DIAG_P0404,
                                      ast->name_span,
                                      "policy \"%s\" has no description",
                                      text_of(&r, ast->name));
        pol_diag_help(compile->diags, diag,
                      "add `description: \"…\"` as its first line");
    }
    if (compile->last_policy)
        compile->last_policy->next = policy;
    else
        compile->policies = policy;
    compile->last_policy = policy;
    compile->policy_count++;
}

/* ---- rules with a meaning ------------------------------------------------ */

/* What is defined under the name, the rule or rules below it; NULL if nothing. */
static const pol_tree *defined(const pol_policy *policy, const char *name)
{
    const pol_tree *node = pol_tree_child(policy->node, pol_str_of(name));
    return node && (node->rule || node->child) ? node : NULL;
}

static pol_rule *rule_named(pol_compile *compile, const pol_policy *policy,
                            const char *name, pol_rule_kind kind)
{
    const pol_tree *node = defined(policy, name);
    if (!node)
        return NULL;
    if (node->rule && node->rule->kind == kind)
        return node->rule;
    while (!node->rule && node->child)
        node = node->child; /* `deny.x := …`: the first rule below */
    const pol_def *def = node->rule ? node->rule->defs : NULL;
    if (!def && node->rule)
        def = node->rule->fallback;
    pol_span span = def ? def->ast->head_span : policy->ast->name_span;
    pol_diag *diag = pol_diag_add(
        compile->diags, POL_DIAG_P0408, span, "`%s` of a policy must be %s",
        name, kind == POL_RULE_SET ? "a set" : "a single value");
    pol_diag_help(compile->diags, diag, "write `%s %s if …`", name,
                  kind == POL_RULE_SET ? "contains …" : ":= …");
    return NULL;
}

/* A policy without `deny` passes everything: its name may be mistyped. */
static void check_purpose(pol_compile *compile, const pol_policy *policy)
{
    if (defined(policy, "deny") || defined(policy, "remediate"))
        return;
    const pol_str names[] = {STR("deny"), STR("remediate")};
    pol_diag *diag =
        pol_diag_add(compile->diags, POL_DIAG_P0410, policy->ast->name_span,
                     "policy \"%s\" has neither `deny` nor `remediate`",
                     pol_str_copy(compile->arena, policy->name).ptr);
    for (const pol_ast_rule *a = policy->ast->rules; a; a = a->next) {
        const pol_node *name =
            a->ref->kind == POL_NODE_REF ? a->ref->child : a->ref;
        int best = pol_str_closest(name->text, names, countof(names));
        if (best < 0)
            continue;
        pol_diag_label(compile->diags, diag, name->span, "this is a helper");
        pol_diag_help(compile->diags, diag, "did you mean `%s`?",
                      names[best].ptr);
        return;
    }
    pol_diag_help(compile->diags, diag,
                  "write what violates it: `deny contains \"…\" if …`");
}

static void check_rules(pol_compile *compile, pol_policy *policy)
{
    static const char *const documents[] = {"resource", "stack", "config"};
    policy->deny = rule_named(compile, policy, "deny", POL_RULE_SET);
    policy->remediate =
        rule_named(compile, policy, "remediate", POL_RULE_COMPLETE);
    policy->not_applicable =
        rule_named(compile, policy, "not_applicable", POL_RULE_SET);
    check_purpose(compile, policy);
    if (policy->stack_scope && policy->remediate) {
        const pol_rule *rule = policy->remediate;
        const pol_def *def = rule->defs ? rule->defs : rule->fallback;
        pol_diag_add(compile->diags, POL_DIAG_P0408, def->ast->head_span,
                     "a stack policy has no resource to remediate");
    }
    for (size_t i = 0; i < countof(documents); i++) {
        for (const pol_ast_rule *a = policy->ast->rules; a; a = a->next) {
            const pol_node *name =
                a->ref->kind == POL_NODE_REF ? a->ref->child : a->ref;
            if (!pol_str_eq(name->text, pol_str_of(documents[i])))
                continue;
            pol_diag *diag = pol_diag_add(
                compile->diags, POL_DIAG_P0217, name->span,
                "rules of a policy must not shadow `%s`", documents[i]);
            pol_diag_help(compile->diags, diag, "use a different rule name");
            break;
        }
    }
}

/* Two policies may not share a name, since configuration goes by it. */
static void check_names(pol_compile *compile)
{
    uint32_t room = 16;
    while (room < compile->policy_count * 2)
        room *= 2;
    pol_policy **table = arena_array(compile->arena, pol_policy *, room);
    memset(table, 0, room * sizeof *table);
    for (pol_policy *p = compile->policies; p; p = p->next) {
        uint64_t at = pol_str_hash(p->name, (uint64_t)(uintptr_t)table);
        while (table[at & (room - 1)] &&
               !pol_str_eq(table[at & (room - 1)]->name, p->name))
            at++;
        const pol_policy *other = table[at & (room - 1)];
        if (!other) {
            table[at & (room - 1)] = p;
            continue;
        }
        pol_diag *diag = pol_diag_add(
            compile->diags, POL_DIAG_P0406, p->ast->name_span,
            "two policies are named \"%s\"",
            pol_str_copy(compile->arena, p->name).ptr);
        pol_diag_label(compile->diags, diag, other->ast->name_span,
                       "the first one");
    }
}

void pol_declaration_check(pol_compile *compile)
{
    for (pol_policy *p = compile->policies; p; p = p->next)
        check_rules(compile, p);
    if (compile->policy_count)
        check_names(compile);
}
