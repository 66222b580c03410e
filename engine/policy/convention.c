/* SPDX-License-Identifier: Apache-2.0
 *
 * Rego packages as policies: in a package without declarations, rules named
 * deny, violation, warn (also with a suffix: deny_public) and stack_deny,
 * stack_warn are policies. Annotations say the rest. */
#include "annotation.h"
#include "policy.h"

static const struct {
    const char *name;
    pol_level level;
    bool stack;
} names[] = {
    {"deny", POL_LEVEL_MANDATORY, false},
    {"violation", POL_LEVEL_MANDATORY, false},
    {"warn", POL_LEVEL_ADVISORY, false},
    {"stack_deny", POL_LEVEL_MANDATORY, true},
    {"stack_violation", POL_LEVEL_MANDATORY, true},
    {"stack_warn", POL_LEVEL_ADVISORY, true},
};
enum { NAMES = sizeof names / sizeof *names };

/* The convention that a rule's name follows, -1 if none. */
static int convention_of(pol_str name)
{
    for (int i = 0; i < NAMES; i++) {
        size_t len = strlen(names[i].name);
        if (name.len >= len && !memcmp(name.ptr, names[i].name, len) &&
            (name.len == len || name.ptr[len] == '_'))
            return i;
    }
    return -1;
}

static bool has_declarations(const pol_compile *compile, const pol_tree *package)
{
    for (const pol_policy *p = compile->policies; p; p = p->next) {
        if (p->node->parent == package)
            return true;
    }
    return false;
}

/* `data.a.b.deny` -> `a.b.deny`. */
static const char *name_of(pol_arena *arena, const pol_rule *rule)
{
    size_t skip = rule->path.len > 5 ? 5 : 0;
    return pol_arena_copy(arena, rule->path.ptr + skip, rule->path.len - skip);
}

static void read_annotations(pol_arena *arena, pol_compile *compile,
                             pol_policy_item *item)
{
    const pol_def *def = item->deny->defs;
    pol_value notes = def ? pol_annotation_rule(compile, def) : pol_undefined();
    pol_value custom = pol_get_name(notes, "custom");
    pol_value title = pol_get_name(notes, "title");
    pol_value description = pol_get_name(notes, "description");
    pol_value severity = pol_get_name(custom, "severity");
    if (pol_is_string(title))
        item->title = title;
    if (!pol_is_string(description))
        description = title;
    if (pol_is_string(description))
        item->description =
            pol_arena_copy(arena, description.str, description.len);
    if (pol_is_string(severity))
        item->severity = severity;
    pol_level level =
        pol_policy_level(pol_get_name(custom, "enforcement_level"));
    if (level != POL_LEVEL_UNSET)
        item->declared = level;
}

static void add_rule(pol_check *check, const pol_policy_pack *pack,
                     const pol_rule *rule, int convention)
{
    pol_policy_item *item = pol_policy_add(check, pack);
    item->name = name_of(&check->arena, rule);
    item->declared = names[convention].level;
    item->stack_scope = names[convention].stack;
    item->by_convention = true;
    item->deny = rule;
    if (rule->defs)
        item->span = rule->defs->ast->head_span;
    read_annotations(&check->arena, &pack->modules->compile, item);
}

void pol_policy_conventions(pol_check *check, const pol_policy_pack *pack)
{
    pol_compile *compile = &pack->modules->compile;
    for (uint32_t i = 0; i < compile->rule_count; i++) {
        const pol_rule *rule = compile->rules[i];
        int convention = convention_of(rule->node->name);
        bool declared = rule->defs && rule->defs->policy;
        if (convention < 0 || declared || rule->kind == POL_RULE_FUNCTION ||
            !rule->node->parent->is_package ||
            has_declarations(compile, rule->node->parent))
            continue;
        add_rule(check, pack, rule, convention);
    }
}
