/* SPDX-License-Identifier: Apache-2.0
 *
 * Which property a violation is about, read off the policy's text: the first
 * `input.a.b` in the message, else in the conditions, through local variables,
 * helper rules and functions. It costs nothing while a policy runs; a policy
 * that knows better says so with `path` in its message. */
#include "policy.h"

enum {
    NESTED_RULES = 6,   /* helpers in helpers that are followed */
    KNOWN = 64,         /* variables of a definition that are followed */
    LONGEST_PATH = 16,
    MOST_HINTS = 64     /* definitions of a policy */
};

/* A path into the properties. */
typedef struct way {
    pol_value keys[LONGEST_PATH];
    uint32_t len;
    bool is_input; /* starts at the properties at all */
    bool ended;    /* what follows is inside an element of a collection */
} way;

typedef struct frame {
    struct {
        int32_t slot;
        way to;             /* is_input: the variable is a part of the input */
        pol_value constant; /* … or this, if defined */
    } known[KNOWN];
    uint32_t count;
    unsigned depth;
} frame;

typedef struct search {
    pol_arena *arena;
    pol_tree *root;
    way best;
    bool found;
} search;

static void look(search *s, frame *f, const pol_node *node);
static void look_rule(search *s, const frame *f, const pol_rule *rule,
                      const pol_node *call);

/* ---- ways ---------------------------------------------------------------- */

static const way *known_way(const frame *f, int32_t slot)
{
    for (uint32_t i = 0; i < f->count; i++) {
        if (f->known[i].slot == slot && f->known[i].to.is_input)
            return &f->known[i].to;
    }
    return NULL;
}

/* The value of a rule that is one constant. */
static bool rule_constant(search *s, const pol_node *ref, pol_value *out)
{
    uint32_t used;
    const pol_tree *at = pol_tree_walk(s->root, ref, &used);
    const pol_rule *rule = at && used + 1 == ref->count ? at->rule : NULL;
    const pol_def *def = rule ? rule->defs : NULL;
    const pol_ast_rule *ast = def ? def->ast : NULL;
    return ast && rule->def_count == 1 && rule->kind == POL_RULE_COMPLETE &&
           !rule->fallback && !ast->else_rule && ast->value &&
           (!ast->body || !ast->body->count) &&
           pol_constant_term(s->arena, ast->value, out);
}

/* The constant that an operand stands for: written there, a variable's, a
 * rule's, or an argument. A set is one of its members. */
static bool constant_of(search *s, const frame *f, const pol_node *operand,
                        pol_value *out)
{
    if (operand->kind == POL_NODE_REF) {
        const pol_node *head = operand->child;
        return head->kind == POL_NODE_VAR && head->slot == POL_SLOT_DATA &&
               rule_constant(s, operand, out);
    }
    for (uint32_t i = 0; operand->kind == POL_NODE_VAR && i < f->count; i++) {
        if (f->known[i].slot != operand->slot)
            continue;
        *out = f->known[i].constant;
        return pol_is_defined(*out);
    }
    return operand->kind != POL_NODE_VAR &&
           pol_constant_term(s->arena, operand, out);
}

static void remember(frame *f, const pol_node *var, const way *to,
                     pol_value constant)
{
    if (var->kind != POL_NODE_VAR || var->slot < 0 || f->count == KNOWN)
        return;
    f->known[f->count].slot = var->slot;
    f->known[f->count].to = to ? *to : (way){.is_input = false};
    f->known[f->count++].constant = constant;
}

/* The way that a variable or reference is; false if it is none. `resource.props`
 * is the properties, too. */
static bool way_of(search *s, const frame *f, const pol_node *node, way *out)
{
    const pol_node *head = node->kind == POL_NODE_REF ? node->child : node;
    const pol_node *operand = node->kind == POL_NODE_REF ? head->next : NULL;
    if (head->kind != POL_NODE_VAR)
        return false;
    *out = (way){.is_input = true};
    if (head->slot == POL_SLOT_RESOURCE) {
        if (!operand || operand->kind != POL_NODE_STRING ||
            !pol_str_eq(operand->text, STR("props")))
            return false;
        operand = operand->next;
    } else if (head->slot >= 0 && known_way(f, head->slot)) {
        *out = *known_way(f, head->slot);
    } else if (head->slot != POL_SLOT_INPUT) {
        return false;
    }
    for (; operand && !out->ended; operand = operand->next) {
        pol_value key;
        if (out->len == LONGEST_PATH || !constant_of(s, f, operand, &key))
            out->ended = true;
        else
            out->keys[out->len++] = key;
    }
    return true;
}

static bool found(search *s, const way *to)
{
    if (!to->len || s->found)
        return false;
    s->best = *to;
    s->found = true;
    return true;
}

/* ---- terms and literals -------------------------------------------------- */

/* `object.get(input, "a", …)` and `object.get(input, ["a", "b"], …)`. */
static bool look_get(search *s, const frame *f, const pol_node *call)
{
    const pol_node *name = call->child, *of = name->next;
    way to;
    pol_value key;
    if (name->kind != POL_NODE_REF || name->count != 2 || !of || !of->next ||
        !pol_str_eq(name->child->text, STR("object")) ||
        !pol_str_eq(name->last->text, STR("get")) || !way_of(s, f, of, &to) ||
        !constant_of(s, f, of->next, &key))
        return false;
    uint32_t n = key.tag == POL_ARRAY ? key.len : 1;
    for (uint32_t i = 0; i < n && to.len < LONGEST_PATH && !to.ended; i++)
        to.keys[to.len++] = key.tag == POL_ARRAY ? key.items[i] : key;
    return found(s, &to);
}

static void look_children(search *s, frame *f, const pol_node *node)
{
    for (const pol_node *n = node->child; n && !s->found; n = n->next)
        look(s, f, n);
}

/* A reference into the rule tree: what the rule looks at. */
static void look_ref(search *s, frame *f, const pol_node *node)
{
    const pol_node *head = node->child;
    if (head->kind == POL_NODE_VAR && head->slot == POL_SLOT_DATA) {
        uint32_t used;
        const pol_tree *at = pol_tree_walk(s->root, node, &used);
        if (at && at->rule)
            look_rule(s, f, at->rule, NULL);
        for (const pol_node *n = head->next; n && !s->found; n = n->next)
            look(s, f, n);
        return;
    }
    look_children(s, f, node);
}

/* Names that a literal binds to a part of the properties. True: the literal does
 * nothing else. */
static bool binds(search *s, frame *f, const pol_node *node)
{
    const pol_node *left = node->child;
    way to;
    pol_value constant;
    if (node->kind == POL_NODE_ASSIGN || node->kind == POL_NODE_UNIFY) {
        bool var = left->kind == POL_NODE_VAR;
        if (var && way_of(s, f, left->next, &to))
            remember(f, left, &to, pol_undefined());
        else if (var && constant_of(s, f, left->next, &constant))
            remember(f, left, NULL, constant);
        else
            return false;
        return true;
    }
    bool some = node->kind == POL_NODE_SOME_IN;
    if (!some && node->kind != POL_NODE_EVERY)
        return false;
    const pol_node *value = node->flags & POL_NODE_KEYED ? left->next : left;
    if (way_of(s, f, value->next, &to)) {
        to.ended = true;
        remember(f, value, &to, pol_undefined());
    } else if (constant_of(s, f, value->next, &constant) &&
               (constant.tag == POL_ARRAY || constant.tag == POL_SET)) {
        pol_value *items = pol_items(s->arena, constant.len);
        memcpy(items, constant.items, constant.len * sizeof *items);
        remember(f, value, NULL, pol_set(items, constant.len));
        return some;
    }
    return some && to.len == 0;
}

static void look(search *s, frame *f, const pol_node *node)
{
    way to;
    if (s->found)
        return;
    switch ((pol_node_kind)node->kind) {
    case POL_NODE_VAR:
    case POL_NODE_REF:
        if (way_of(s, f, node, &to) && found(s, &to))
            return;
        if (node->kind == POL_NODE_REF)
            look_ref(s, f, node);
        return;
    case POL_NODE_CALL:
        if (look_get(s, f, node))
            return;
        if (node->slot == POL_SLOT_RULE && node->link)
            look_rule(s, f, node->link, node);
        for (const pol_node *n = node->child->next; n && !s->found; n = n->next)
            look(s, f, n);
        return;
    default:
        if (!binds(s, f, node))
            look_children(s, f, node);
    }
}

/* Bindings first, so that the message and early conditions can use them. */
static void learn(search *s, frame *f, const pol_node *body)
{
    for (const pol_node *n = body->child; n; n = n->next)
        binds(s, f, n);
}

/* ---- rules --------------------------------------------------------------- */

static void look_definition(search *s, frame *f, const pol_ast_rule *ast)
{
    for (; ast && !s->found; ast = ast->else_rule) {
        if (ast->body) {
            learn(s, f, ast->body);
            look_children(s, f, ast->body);
        }
        if (!s->found && ast->value)
            look(s, f, ast->value);
    }
}

static void look_rule(search *s, const frame *outer, const pol_rule *rule,
                      const pol_node *call)
{
    if (outer->depth == NESTED_RULES)
        return;
    for (const pol_def *def = rule->defs; def && !s->found; def = def->next) {
        frame *f = arena_new(s->arena, frame);
        f->depth = outer->depth + 1;
        const pol_node *arg = call ? call->child->next : NULL;
        for (const pol_node *param = def->ast->args; param && arg;
             param = param->next, arg = arg->next) {
            way to;
            pol_value constant = pol_undefined();
            if (way_of(s, outer, arg, &to))
                remember(f, param, &to, constant);
            else if (constant_of(s, outer, arg, &constant))
                remember(f, param, NULL, constant);
        }
        look_definition(s, f, def->ast);
    }
}

/* ---- what the message looks like ----------------------------------------- */

/* The member `message` or `msg` of a message object. */
static const pol_node *text_of(const pol_node *key)
{
    if (key->kind != POL_NODE_OBJECT)
        return key;
    for (const pol_node *n = key->child; n && n->next; n = n->next->next) {
        if (n->kind == POL_NODE_STRING && (pol_str_eq(n->text, STR("message")) ||
                                           pol_str_eq(n->text, STR("msg"))))
            return n->next;
    }
    return key;
}

static bool is_sprintf(const pol_node *call)
{
    const pol_node *name = call->child;
    return pol_str_eq(name->kind == POL_NODE_REF ? name->child->text
                                                 : name->text,
                      STR("sprintf"));
}

static void describe(const pol_node *key, pol_policy_hint *hint)
{
    const pol_node *text = text_of(key);
    if (text->kind == POL_NODE_STRING) {
        hint->text = text->text;
        hint->whole = true;
    } else if (text->kind == POL_NODE_TEMPLATE && text->child &&
               text->child->kind == POL_NODE_STRING) {
        hint->text = text->child->text;
    } else if (text->kind == POL_NODE_CALL && text->child->next &&
               text->child->next->kind == POL_NODE_STRING && is_sprintf(text)) {
        hint->text = text->child->next->text;
        const char *percent =
            hint->text.len ? memchr(hint->text.ptr, '%', hint->text.len) : NULL;
        if (percent)
            hint->text.len = (size_t)(percent - hint->text.ptr);
    }
}

/* The value that a message variable is given in the body: `msg := "…"`. */
static const pol_node *message_of(const pol_ast_rule *ast)
{
    const pol_node *key = ast->key ? ast->key : ast->value;
    if (!key || key->kind != POL_NODE_VAR || !ast->body)
        return key;
    for (const pol_node *n = ast->body->child; n; n = n->next) {
        if ((n->kind == POL_NODE_ASSIGN || n->kind == POL_NODE_UNIFY) &&
            n->child->kind == POL_NODE_VAR && n->child->slot == key->slot)
            return n->child->next;
    }
    return key;
}

static void hint_of(pol_arena *arena, const pol_modules *modules,
                    const pol_ast_rule *ast, pol_policy_hint *out)
{
    pol_arena scratch;
    pol_arena_init(&scratch, 0, NULL);
    search s = {.arena = &scratch, .root = modules->compile.root};
    frame *f = arena_new(&scratch, frame);
    const pol_node *message = message_of(ast);
    *out = (pol_policy_hint){.whole = false};
    if (message) {
        describe(message, out);
        if (ast->body)
            learn(&s, f, ast->body);
        look(&s, f, message);
    }
    if (!s.found)
        look_definition(&s, f, ast);
    pol_value *keys = pol_items(arena, s.best.len);
    for (uint32_t i = 0; s.found && i < s.best.len; i++)
        keys[i] = pol_copy(arena, s.best.keys[i]);
    out->path = pol_array(keys, s.found ? s.best.len : 0);
    pol_arena_done(&scratch);
}

void pol_policy_hints(pol_arena *arena, const pol_modules *modules,
                      pol_policy_item *item)
{
    uint32_t count = 0;
    for (const pol_def *def = item->deny ? item->deny->defs : NULL; def;
         def = def->next)
        count++;
    count = count < MOST_HINTS ? count : MOST_HINTS;
    item->hints = arena_array(arena, pol_policy_hint, count + 1);
    for (const pol_def *def = count ? item->deny->defs : NULL;
         item->hint_count < count; def = def->next)
        hint_of(arena, modules, def->ast, &item->hints[item->hint_count++]);
}

/* ---- choosing ------------------------------------------------------------ */

/* How well a definition fits a message: -1 not at all. */
static int64_t fit(const pol_policy_hint *hint, pol_value message)
{
    if (hint->text.len > message.len || !pol_is_string(message) ||
        (hint->whole && hint->text.len != message.len))
        return hint->text.len ? -1 : 0;
    if (memcmp(hint->text.ptr ? hint->text.ptr : "", message.str,
               hint->text.len))
        return -1;
    return (int64_t)hint->text.len * 2 + hint->whole;
}

/* Of the keys that it may be the one that is there, and that the message
 * mentions if one does. */
static pol_value choose(pol_value keys, pol_value props, pol_value message)
{
    pol_value best = pol_undefined();
    for (uint32_t i = keys.len; i-- > 0;) {
        pol_value key = keys.items[i];
        if (!pol_is_defined(pol_get(props, key)))
            continue;
        best = key;
        if (pol_is_string(key) && pol_is_string(message) && key.len &&
            memmem(message.str, message.len, key.str, key.len))
            break;
    }
    return best;
}

/* The hint's path in these properties; false when it is not there as a whole. */
static bool follow(pol_arena *arena, const pol_policy_hint *hint,
                   pol_value message, pol_value props, pol_value *path)
{
    pol_value *keys = pol_items(arena, hint->path.len);
    uint32_t n = 0;
    for (; n < hint->path.len; n++) {
        pol_value key = hint->path.items[n];
        if (key.tag == POL_SET)
            key = choose(key, props, message);
        if (!pol_is_defined(key))
            break;
        props = pol_get(props, key);
        keys[n] = key;
    }
    *path = pol_array(keys, n);
    return n == hint->path.len && pol_is_defined(props);
}

pol_value pol_policy_path(pol_arena *arena, const pol_policy_item *item,
                          pol_value message, pol_value props)
{
    pol_value best = pol_array(NULL, 0), path;
    int64_t best_fit = -1;
    bool best_there = false;
    for (uint32_t i = 0; i < item->hint_count; i++) {
        const pol_policy_hint *hint = &item->hints[i];
        int64_t how = fit(hint, message);
        if (how < 0 || how < best_fit)
            continue;
        bool there = follow(arena, hint, message, props, &path);
        if (how == best_fit && (best_there || !there))
            continue;
        best = path;
        best_fit = how;
        best_there = there;
    }
    return best;
}

static bool has_unknown(pol_value v)
{
    for (uint32_t i = 0; pol_is_collection(v) && i < v.len; i++) {
        pol_value part = v.tag == POL_OBJECT ? pol_value_at(v, i) : pol_at(v, i);
        if (part.tag == POL_UNKNOWN)
            return true;
    }
    return v.tag == POL_UNKNOWN;
}

pol_value pol_policy_unknown_path(pol_arena *arena, const pol_policy_item *item,
                                  pol_value message, pol_value props)
{
    for (uint32_t i = 0; i < item->hint_count; i++) {
        pol_value path, v = props;
        if (!follow(arena, &item->hints[i], message, props, &path) || !path.len)
            continue;
        for (uint32_t k = 0; k < path.len; k++)
            v = pol_get(v, path.items[k]);
        if (has_unknown(v))
            return path;
    }
    return pol_policy_path(arena, item, message, props);
}
