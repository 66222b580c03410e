/* SPDX-License-Identifier: Apache-2.0
 *
 * Rules and queries: definitions, else chains, defaults; see gen.h. */
#include "gen.h"

/* ---- what a definition needs before its code ------------------------------- */

static void clear_temps(pol_node *node)
{
    for (; node; node = node->next) {
        node->temp = 0;
        clear_temps(node->child);
        clear_temps(node->withs);
    }
}

static void clear_definition(pol_ast_rule *ast)
{
    clear_temps(ast->ref);
    clear_temps(ast->args);
    for (; ast; ast = ast->else_rule) {
        if (ast->key)
            clear_temps(ast->key);
        if (ast->value)
            clear_temps(ast->value);
        clear_temps(ast->body);
    }
}

/* Does the tree hold a `with`? Marks the builtins that are mocked. */
static bool scan_with(pol_gen *gen, const pol_node *node)
{
    bool found = false;
    for (; node; node = node->next) {
        for (const pol_node *w = node->withs; w; w = w->next) {
            const pol_node *target = w->child;
            found = true;
            if (target->mark == POL_TARGET_FUNCTION && target->slot >= 0)
                gen->mocked[target->slot] = true;
            scan_with(gen, w->child);
        }
        found |= scan_with(gen, node->child);
    }
    return found;
}

static bool scan_definition(pol_gen *gen, const pol_def *def)
{
    bool found = scan_with(gen, def->ast->args);
    found |= scan_with(gen, def->ast->ref);
    for (const pol_ast_rule *ast = def->ast; ast; ast = ast->else_rule) {
        found |= ast->body && scan_with(gen, ast->body);
        found |= ast->key && scan_with(gen, ast->key);
        found |= ast->value && scan_with(gen, ast->value);
    }
    return found;
}

static bool scan_rule(pol_gen *gen, const pol_rule *rule)
{
    bool found = false;
    for (const pol_def *def = rule->defs; def; def = def->next)
        found |= scan_definition(gen, def);
    if (rule->fallback)
        found |= scan_definition(gen, rule->fallback);
    return found;
}

static void reserve_slots(pol_gen *gen, uint32_t slots)
{
    if (slots > gen->slot_room) {
        gen->slot_room = slots + 64;
        gen->bound = arena_array(gen->arena, uint8_t, gen->slot_room);
        gen->trail = arena_array(gen->arena, uint32_t, gen->slot_room);
        gen->trail_count = 0;
        memset(gen->bound, 0, gen->slot_room);
    }
    pol_gen_unbind(gen, 0);
}

static void begin_chunk(pol_gen *gen, uint32_t slots, bool uses_env)
{
    reserve_slots(gen, slots);
    pol_emit_init(&gen->emit, gen->arena, slots);
    gen->emit.uses_env = uses_env;
    if (!uses_env)
        return;
    gen->emit.env = pol_emit_local(&gen->emit, 1);
    pol_emit_op(&gen->emit, POL_OP_ENV_SAVE, 0, gen->emit.env, 0);
}

/* ---- rules -------------------------------------------------------------------- */

typedef struct {
    const pol_rule *rule;
    uint32_t result;      /* the local with the result or builder */
    uint32_t base;        /* locals of a definition start here */
    bool first_wins;      /* every value is one constant: no more is needed */
    const pol_str *key;   /* only this member of an OBJECT is asked for */
    pol_emit_label end;   /* return */
} rule_code;

static bool constant_value(pol_gen *gen, const pol_ast_rule *ast,
                           pol_value *value)
{
    return ast->value && !ast->value->temp &&
           pol_constant_term(gen->arena, ast->value, value);
}

static bool is_valued(const pol_rule *rule)
{
    return rule->kind == POL_RULE_COMPLETE || rule->kind == POL_RULE_FUNCTION;
}

/* Do all definitions have the same constant value? */
static bool one_constant(pol_gen *gen, const pol_rule *rule)
{
    pol_value first = pol_undefined(), value;
    for (const pol_def *def = rule->defs; def; def = def->next) {
        if (def->ast->else_rule || !constant_value(gen, def->ast, &value))
            return false;
        if (pol_is_defined(first) && !pol_equal(first, value))
            return false;
        first = value;
    }
    return true;
}

static void gen_args(pol_gen *gen, const pol_ast_rule *ast)
{
    uint32_t local = 0;
    for (pol_node *arg = ast->args; arg; arg = arg->next, local++) {
        if (arg->kind == POL_NODE_VAR && arg->slot == (int32_t)local)
            pol_gen_bind(gen, arg);
        else
            pol_gen_match(gen, arg, local);
    }
}

/* The value of a complete rule or function goes to `local`. */
static void put_value(pol_gen *gen, pol_ast_rule *ast, uint32_t local)
{
    pol_gen_open(gen, ast->value);
    pol_gen_push(gen, ast->value);
    pol_emit_op(&gen->emit, POL_OP_RESULT, 0, local, 0);
}

static void put_member(pol_gen *gen, pol_ast_rule *ast, uint32_t local)
{
    pol_gen_open(gen, ast->key);
    pol_gen_push(gen, ast->key);
    pol_emit_op(&gen->emit, POL_OP_APPEND, 0, local, 0);
}

static pol_node *suffix_of(const pol_def *def)
{
    pol_node *operand = def->ast->ref->child;
    for (uint32_t i = 0; i < def->suffix; i++)
        operand = operand->next;
    return operand;
}

/* Keys from the head's suffix, then the value or set member behind them. */
static void put_path(pol_gen *gen, rule_code *code, const pol_def *def,
                     pol_ast_rule *ast)
{
    pol_node *leaf = ast->key ? ast->key : ast->value;
    pol_node *suffix = suffix_of(def);
    pol_gen_open(gen, leaf);
    for (pol_node *n = suffix; n; n = n->next)
        pol_gen_open(gen, n);
    uint32_t count = 0;
    if (code->key) {
        uint32_t key = pol_gen_name(gen, *code->key);
        pol_gen_push(gen, suffix);
        pol_emit_op(&gen->emit, POL_OP_EQK, 0, 0, key);
        pol_emit_op(&gen->emit, POL_OP_CONST, 0, 0, key);
        suffix = suffix->next;
        count = 1;
    }
    for (pol_node *n = suffix; n; n = n->next, count++)
        pol_gen_push(gen, n);
    pol_gen_push(gen, leaf);
    pol_emit_op(&gen->emit, ast->key ? POL_OP_PUT_MEMBER : POL_OP_PUT_PATH,
                count, code->result, 0);
}

static void put_result(pol_gen *gen, rule_code *code, const pol_def *def,
                       pol_ast_rule *ast)
{
    gen->emit.span = ast->head_span.src ? ast->head_span : ast->span;
    switch (code->rule->kind) {
    case POL_RULE_COMPLETE:
    case POL_RULE_FUNCTION:
        put_value(gen, ast, code->result);
        break;
    case POL_RULE_SET:
        put_member(gen, ast, code->result);
        break;
    case POL_RULE_OBJECT:
        put_path(gen, code, def, ast);
        break;
    }
}

/* One alternative: arguments, body and value. In a bounded evaluation a valued
 * rule tries it in the lower bound first, then in the upper. `settled` is where
 * a solution leads that makes more of them needless; NULL if none does. Returns
 * whether the loops go on after a solution. */
static bool gen_branch(pol_gen *gen, rule_code *code, const pol_def *def,
                       pol_ast_rule *ast, pol_emit_label *settled)
{
    pol_emit *emit = &gen->emit;
    pol_emit_label *end = emit->fail, *outer = &code->end, again = {0};
    pol_value constant;
    bool valued = is_valued(code->rule);
    if (valued) {
        pol_emit_op(emit, POL_OP_LOWER, 0, 0, 0);
        pol_emit_bind(emit, &again);
    }
    clear_temps(def->ast->args);
    gen_args(gen, def->ast);
    pol_gen_body(gen, ast->body);
    put_result(gen, code, def, ast);
    bool loops = emit->fail != end &&
                 !(valued && constant_value(gen, ast, &constant));
    if (loops)
        pol_emit_jump(emit, emit->fail);
    else if (settled)
        pol_emit_branch(emit, POL_OP_SETTLED, 0, settled);
    emit->fail = outer;
    pol_emit_bind(emit, end);
    if (valued)
        pol_emit_branch(emit, POL_OP_AGAIN, 0, &again);
    return loops;
}

/* Alternatives: the first that gives anything is the only one. A local of its
 * own tells whether one did whose loops went on. */
static void gen_else_chain(pol_gen *gen, rule_code *code, const pol_def *def,
                           pol_emit_label *def_end)
{
    pol_emit *emit = &gen->emit;
    pol_emit_label done = {0};
    uint32_t outer_result = code->result;
    uint32_t mark = gen->trail_count;
    code->result = pol_emit_local(emit, 1);
    pol_emit_op(emit, POL_OP_UNSET, 0, code->result, 0);
    for (pol_ast_rule *ast = def->ast; ast; ast = ast->else_rule) {
        pol_emit_label end = {0}, next = {0};
        emit->fail = &end;
        bool loops = gen_branch(gen, code, def, ast, &done);
        pol_gen_unbind(gen, mark);
        if (loops) {
            emit->fail = &next;
            pol_emit_op(emit, POL_OP_IF_SURE, 0, code->result, 0);
            pol_emit_jump(emit, &done);
            emit->fail = &code->end;
            pol_emit_bind(emit, &next);
        }
    }
    emit->fail = def_end;
    /* what was only possible counts too */
    pol_emit_op(emit, POL_OP_IF_SET, 0, code->result, 0);
    pol_emit_bind(emit, &done);
    pol_emit_op(emit, POL_OP_LOAD, 0, code->result, 0);
    pol_emit_op(emit, POL_OP_RESULT, 0, outer_result, 0);
    code->result = outer_result;
}

/* A chain of an object's member: its head is constant, and its value that of a
 * rule of its own. */
static void gen_member_chain(pol_gen *gen, rule_code *code, const pol_def *def)
{
    pol_emit *emit = &gen->emit;
    uint32_t count = 0, number = pol_gen_chain_number(gen, code->rule, def);
    for (pol_node *n = suffix_of(def); n; n = n->next, count++)
        pol_gen_push(gen, n);
    pol_emit_op(emit, POL_OP_RULE, 0, 0, number);
    pol_emit_op(emit, POL_OP_PUT_PATH, count, code->result, 0);
}

/* Can the definition give the member that is asked for? A variable in the head
 * is bound to its key before the body runs. */
static bool bind_key(pol_gen *gen, const rule_code *code, const pol_def *def)
{
    const pol_node *operand = suffix_of(def);
    if (operand->kind == POL_NODE_STRING)
        return pol_str_eq(operand->text, *code->key);
    if (operand->kind == POL_NODE_VAR && !pol_gen_is_bound(gen, operand)) {
        pol_emit_op(&gen->emit, POL_OP_CONST, 0, 0,
                    pol_gen_name(gen, *code->key));
        pol_emit_op(&gen->emit, POL_OP_STORE, 0, (uint32_t)operand->slot, 0);
        pol_gen_bind(gen, operand);
    }
    return true;
}

static void gen_definition(pol_gen *gen, rule_code *code, const pol_def *def)
{
    pol_emit *emit = &gen->emit;
    pol_emit_label end = {0};
    clear_definition(def->ast);
    gen->def = def;
    emit->locals = code->base;
    emit->span = def->ast->head_span;
    if (code->key && !bind_key(gen, code, def))
        return;
    emit->fail = &end;
    if (def->ast->else_rule && !is_valued(code->rule)) {
        gen_member_chain(gen, code, def);
        emit->fail = &code->end;
        pol_emit_bind(emit, &end);
    } else if (def->ast->else_rule) {
        gen_else_chain(gen, code, def, &end);
        emit->fail = &code->end;
        pol_emit_bind(emit, &end);
    } else {
        gen_branch(gen, code, def, def->ast,
                   code->first_wins ? &code->end : NULL);
    }
    pol_gen_unbind(gen, 0);
}

static void gen_default(pol_gen *gen, rule_code *code)
{
    pol_emit *emit = &gen->emit;
    const pol_def *def = code->rule->fallback;
    pol_emit_label missing = {0};
    clear_definition(def->ast);
    gen->def = def;
    emit->locals = code->base;
    emit->span = def->ast->span;
    emit->fail = &missing;
    pol_emit_op(emit, POL_OP_IF_SURE, 0, code->result, 0);
    pol_emit_jump(emit, &code->end);
    emit->fail = &code->end;
    pol_emit_bind(emit, &missing);
    pol_emit_op(emit, POL_OP_LOWER, 0, 0, 0);
    gen_args(gen, def->ast);
    put_value(gen, def->ast, code->result);
}

static uint32_t most_slots(const pol_rule *rule)
{
    uint32_t slots = rule->arity;
    for (const pol_def *def = rule->defs; def; def = def->next)
        if (def->ast->slots > slots)
            slots = def->ast->slots;
    if (rule->fallback && rule->fallback->ast->slots > slots)
        slots = rule->fallback->ast->slots;
    return slots;
}

/* Of the finished object only the member that is asked for is the result. */
static void pick_member(pol_gen *gen, rule_code *code)
{
    pol_emit *emit = &gen->emit;
    pol_emit_label none = {0};
    uint32_t object = code->result;
    code->result = pol_emit_local(emit, 1);
    pol_emit_op(emit, POL_OP_UNSET, 0, code->result, 0);
    emit->fail = &none;
    pol_emit_op(emit, POL_OP_FIELDL, 0, object, pol_gen_name(gen, *code->key));
    pol_emit_op(emit, POL_OP_STORE, 0, code->result, 0);
    emit->fail = NULL;
    pol_emit_bind(emit, &none);
}

/* `key`: only this member of a POL_RULE_OBJECT, NULL for the whole. */
static bool gen_rule(pol_gen *gen, const pol_rule *rule, const pol_str *key,
                     pol_chunk *out)
{
    pol_emit *emit = &gen->emit;
    rule_code code = {.rule = rule, .key = key};
    bool uses_env = gen->compile->any_with && scan_rule(gen, rule);
    begin_chunk(gen, most_slots(rule), uses_env);
    code.result = pol_emit_local(emit, 1);
    code.base = emit->locals;
    code.first_wins = is_valued(rule) && one_constant(gen, rule);
    if (!is_valued(rule))
        pol_emit_op(emit, POL_OP_BUILD,
                    rule->kind == POL_RULE_SET ? POL_SET : POL_OBJECT,
                    code.result, 0);
    for (const pol_def *def = rule->defs; def; def = def->next)
        if (!def->ast->unmatched)
            gen_definition(gen, &code, def);
    if (rule->fallback && is_valued(rule))
        gen_default(gen, &code);
    emit->fail = NULL;
    pol_emit_bind(emit, &code.end);
    if (!is_valued(rule))
        pol_emit_op(emit, POL_OP_SEAL, 0, code.result, 0);
    if (key)
        pick_member(gen, &code);
    pol_emit_op(emit, POL_OP_RETURN, 0, code.result, 0);
    return pol_emit_done(emit, rule->arity, out);
}

/* ---- queries --------------------------------------------------------------------- */

static void add_binding(pol_gen *gen, pol_builder *names, const pol_node *node)
{
    if (node->kind == POL_NODE_VAR && node->slot >= 0 &&
        !pol_str_eq(node->text, STR("_")) &&
        !(node->flags & POL_NODE_GENERATED) && gen->bound[node->slot])
        pol_builder_put(
            names, pol_string_copy(gen->arena, node->text.ptr, node->text.len),
            pol_int(node->slot));
    if (node->kind >= POL_NODE_ARRAY_COMPR && node->kind <= POL_NODE_BODY)
        return;
    if (node->kind == POL_NODE_NOT || node->kind == POL_NODE_EVERY ||
        node->kind == POL_NODE_TEMPLATE)
        return;
    const pol_node *first = node->child;
    if (node->kind == POL_NODE_CALL)
        first = first->next; /* the operator is no variable */
    for (const pol_node *n = first; n; n = n->next)
        add_binding(gen, names, n);
}

static void push_bindings(pol_gen *gen, const pol_node *body)
{
    pol_builder names;
    pol_builder_init(&names, gen->arena, POL_OBJECT);
    for (const pol_node *n = body->child; n; n = n->next)
        add_binding(gen, &names, n);
    pol_value bindings = pol_builder_done(&names);
    for (uint32_t i = 0; i < bindings.len; i++) {
        pol_emit_op(&gen->emit, POL_OP_CONST, 0, 0,
                    pol_gen_const(gen, pol_key_at(bindings, i)));
        pol_emit_op(&gen->emit, POL_OP_LOAD, 0,
                    (uint32_t)pol_value_at(bindings, i).i, 0);
    }
    pol_emit_op(&gen->emit, POL_OP_OBJECT, 0, 0, bindings.len);
}

/* One literal of a query; returns the local with the value of its expression. */
static uint32_t gen_query_literal(pol_gen *gen, pol_node *literal, bool alone)
{
    pol_emit *emit = &gen->emit;
    uint32_t value = pol_emit_local(emit, 1);
    emit->span = literal->span;
    if (literal->kind == POL_NODE_EXPR) {
        uint32_t env = pol_gen_enter(gen, literal);
        pol_gen_open(gen, literal->child);
        pol_gen_push(gen, literal->child);
        pol_emit_op(emit, POL_OP_STORE, 0, value, 0);
        if (!alone) {
            pol_emit_op(emit, POL_OP_LOAD, 0, value, 0);
            pol_emit_op(emit, POL_OP_TEST, 0, 0, 0);
        }
        pol_gen_leave(gen, literal, env);
        return value;
    }
    pol_gen_literal(gen, literal);
    pol_emit_op(emit, POL_OP_CONST, 0, 0, pol_gen_const(gen, pol_bool(true)));
    pol_emit_op(emit, POL_OP_STORE, 0, value, 0);
    return value;
}

static bool gen_query(pol_gen *gen, pol_gen_query *query, pol_chunk *out)
{
    pol_emit *emit = &gen->emit;
    pol_node *body = query->body;
    pol_emit_label end = {0};
    uint32_t *values = arena_array(gen->arena, uint32_t, body->count);
    uint32_t count = 0;
    gen->def = NULL;
    begin_chunk(gen, query->slots, scan_with(gen, body));
    uint32_t result = pol_emit_local(emit, 1);
    pol_emit_op(emit, POL_OP_BUILD, POL_ARRAY, result, 0);
    emit->fail = &end;
    for (pol_node *n = body->child; n; n = n->next)
        if (n->kind != POL_NODE_SOME) /* which only declares */
            values[count++] = gen_query_literal(gen, n, body->count == 1);
    pol_emit_op(emit, POL_OP_CONST, 0, 0, pol_gen_name(gen, STR("expressions")));
    for (uint32_t i = 0; i < count; i++)
        pol_emit_op(emit, POL_OP_LOAD, 0, values[i], 0);
    pol_emit_op(emit, POL_OP_ARRAY, 0, 0, count);
    pol_emit_op(emit, POL_OP_CONST, 0, 0, pol_gen_name(gen, STR("bindings")));
    push_bindings(gen, body);
    pol_emit_op(emit, POL_OP_OBJECT, 0, 0, 2);
    pol_emit_op(emit, POL_OP_APPEND, 0, result, 0);
    if (emit->fail != &end)
        pol_emit_jump(emit, emit->fail);
    emit->fail = NULL;
    pol_emit_bind(emit, &end);
    pol_emit_op(emit, POL_OP_SEAL, 0, result, 0);
    pol_emit_op(emit, POL_OP_RETURN, 0, result, 0);
    return pol_emit_done(emit, 0, out);
}

/* ---- the program -------------------------------------------------------------------- */

static pol_program_kind program_kind(pol_rule_kind kind)
{
    switch (kind) {
    case POL_RULE_SET:
        return POL_PROGRAM_SET;
    case POL_RULE_OBJECT:
        return POL_PROGRAM_OBJECT;
    case POL_RULE_FUNCTION:
        return POL_PROGRAM_FUNCTION;
    case POL_RULE_COMPLETE:
        break;
    }
    return POL_PROGRAM_COMPLETE;
}

/* Do solutions share a member of the object? */
static bool is_nested(const pol_rule *rule)
{
    for (const pol_def *def = rule->defs; def; def = def->next)
        if (rule->kind == POL_RULE_OBJECT &&
            (def->ast->key || suffix_of(def)->next))
            return true;
    return false;
}

static void report_large(pol_compile *compile, pol_span span)
{
    pol_diag *diag = pol_diag_add(compile->diags, POL_DIAG_P0303, span,
                                  "this rule needs more than %u variables and "
                                  "temporaries", POL_EMIT_LOCALS);
    pol_diag_help(compile->diags, diag, "split it into several rules");
}

static bool gen_all_rules(pol_gen *gen)
{
    bool fits = true;
    for (uint32_t i = 0; i < gen->compile->rule_count; i++) {
        const pol_rule *rule = gen->compile->rules[i];
        const pol_def *first = rule->defs ? rule->defs : rule->fallback;
        pol_program_rule *out = &gen->program->rules[i];
        *out = (pol_program_rule){.path = rule->path,
                                  .kind = program_kind(rule->kind),
                                  .node = rule->node->id,
                                  .nested = is_nested(rule),
                                  .span = first->ast->head_span};
        if (!gen_rule(gen, rule, NULL, &out->chunk)) {
            report_large(gen->compile, first->ast->head_span);
            fits = false;
        }
    }
    return fits;
}

static bool gen_all_queries(pol_gen *gen, pol_gen_query *queries,
                            uint32_t count)
{
    bool fits = true;
    for (uint32_t i = 0; i < count; i++) {
        queries[i].rule = gen->compile->rule_count + i;
        pol_program_rule *out = &gen->program->rules[queries[i].rule];
        *out = (pol_program_rule){.path = STR("query"),
                                  .kind = POL_PROGRAM_QUERY,
                                  .span = queries[i].body->span};
        if (!gen_query(gen, &queries[i], &out->chunk)) {
            report_large(gen->compile, queries[i].body->span);
            fits = false;
        }
    }
    return fits;
}

static void grow_rules(pol_gen *gen, uint32_t count)
{
    pol_program_rule *rules =
        arena_array(gen->arena, pol_program_rule, count);
    memcpy(rules, gen->program->rules,
           gen->program->rule_count * sizeof *rules);
    gen->program->rules = rules;
    gen->program->rule_count = count;
}

static bool gen_member_rule(pol_gen *gen, const pol_gen_member_rule *m,
                            pol_program_rule *out)
{
    *out = (pol_program_rule){
        .path = m->rule->path,
        .kind = POL_PROGRAM_OBJECT,
        .node = m->rule->node->id,
        .key = pol_string_copy(gen->arena, m->key.ptr, m->key.len),
        .span = m->rule->defs->ast->head_span};
    return gen_rule(gen, m->rule, &m->key, &out->chunk);
}

static bool gen_chain_rule(pol_gen *gen, const pol_gen_member_rule *m,
                           pol_program_rule *out)
{
    pol_def def = *m->chain;
    pol_rule rule = *m->rule;
    def.next = NULL;
    rule.kind = POL_RULE_COMPLETE;
    rule.defs = &def;
    rule.fallback = NULL;
    *out = (pol_program_rule){.path = rule.path,
                              .kind = POL_PROGRAM_COMPLETE,
                              .node = rule.node->id,
                              .span = def.ast->head_span};
    return gen_rule(gen, &rule, NULL, &out->chunk);
}

/* Generating a member may ask for more of them. */
static bool gen_all_members(pol_gen *gen)
{
    bool fits = true;
    for (pol_gen_member_rule *m = gen->members; m; m = m->next) {
        if (m->number >= gen->program->rule_count)
            grow_rules(gen, gen->next_rule);
        pol_program_rule *out = &gen->program->rules[m->number];
        if (m->chain ? !gen_chain_rule(gen, m, out)
                     : !gen_member_rule(gen, m, out)) {
            report_large(gen->compile, out->span);
            fits = false;
        }
    }
    return fits;
}

bool pol_gen_program(pol_compile *compile, pol_gen_query *queries,
                     uint32_t query_count, pol_program *program)
{
    pol_gen gen = {.compile = compile,
                   .arena = compile->arena,
                   .program = program};
    uint32_t builtins = compile->registry->count;
    gen.last_member = &gen.members;
    gen.next_rule = compile->rule_count + query_count;
    uint32_t errors = compile->diags->errors;
    gen.mocked = pol_arena_zalloc(compile->arena, builtins + 1);
    *program = (pol_program){.registry = compile->registry,
                             .srcs = compile->srcs,
                             .rule_count = compile->rule_count + query_count};
    program->rules =
        arena_array(compile->arena, pol_program_rule, program->rule_count);
    pol_gen_tree(&gen);
    for (uint32_t i = 0; compile->any_with && i < compile->rule_count; i++)
        scan_rule(&gen, compile->rules[i]);
    for (uint32_t i = 0; i < query_count; i++)
        scan_with(&gen, queries[i].body);
    bool fits = gen_all_rules(&gen);
    fits &= gen_all_queries(&gen, queries, query_count);
    fits &= gen_all_members(&gen);
    return fits && compile->diags->errors == errors;
}
