/* SPDX-License-Identifier: Apache-2.0
 *
 * strings.render_template: the evaluator of templates. What a map does not have
 * shows as <undefined>. Every node counts against the evaluation's budget. */
#include "template.h"

#include "gojson.h"

/* A variable in scope. */
typedef struct variable {
    pol_value name;
    pol_datum value;
} variable;

typedef enum { FLOW_ON, FLOW_BREAK, FLOW_CONTINUE, FLOW_FAILED } flow;

typedef struct evaluator {
    pol_call *call;
    pol_bytes out;
    const pol_template *templates;
    const pol_template *now;
    variable *variables;
    size_t count, room;
    int depth;
} evaluator;

/* ---- errors ---------------------------------------------------------- */

/* Fails at byte `at`, showing the bytes from..to of the template. */
static bool fail_at(evaluator *e, const size_t where[3], const char *what)
{
    const char *text = e->now->source.str;
    size_t line = 1, column = where[0];
    for (size_t i = 0; i < where[0]; i++)
        if (text[i] == '\n') {
            line++;
            column = where[0] - i - 1;
        }
    pol_call_error(e->call,
                   "template: template:%zu:%zu: executing \"%.*s\" at <%.*s>: "
                   "%s",
                   line, column, (int)e->now->name.len, e->now->name.str,
                   (int)(where[2] - where[1]), text + where[1], what);
    return false;
}

static bool fail_operand(evaluator *e, const pol_operand *o, const char *what)
{
    size_t to = o->to;
    for (size_t i = 0; i < o->field_count; i++) {
        const char *end = o->fields[i].str + o->fields[i].len;
        to = (size_t)(end - e->now->source.str);
    }
    return fail_at(e, (size_t[]){o->blame, o->from, to}, what);
}

static bool fail_command(evaluator *e, const pol_command *c, const char *what)
{
    return fail_at(e, (size_t[]){c->from, c->from, c->to}, what);
}

/* ---- variables ------------------------------------------------------- */

static void push(evaluator *e, pol_value name, pol_datum value)
{
    if (e->count == e->room) {
        e->room *= 2;
        variable *all = pol_call_alloc(e->call, e->room * sizeof(*all));
        memcpy(all, e->variables, e->count * sizeof(*all));
        e->variables = all;
    }
    e->variables[e->count++] = (variable){name, value};
}

static variable *find_variable(evaluator *e, pol_value name)
{
    for (size_t i = e->count; i-- > 0;)
        if (pol_equal(e->variables[i].name, name))
            return &e->variables[i];
    return NULL;
}

/* ---- operands -------------------------------------------------------- */

static bool eval_pipe(evaluator *e, const pol_template_pipe *pipe,
                      pol_datum dot, pol_datum *out);

/* Follows the fields of an operand from a value. */
static bool eval_fields(evaluator *e, const pol_operand *o, pol_datum *d)
{
    for (size_t i = 0; i < o->field_count; i++) {
        pol_value name = o->fields[i];
        if (d->kind == POL_DATUM_MISSING)
            return true;
        bool map = d->kind == POL_DATUM_VALUE && d->v.tag == POL_OBJECT;
        if (!map) {
            bool nil = d->kind == POL_DATUM_VALUE && d->v.tag == POL_NULL;
            pol_value text = pol_call_printf(
                e->call,
                nil ? "nil pointer evaluating interface {}.%.*s"
                    : "can't evaluate field %.*s in type interface {}",
                (int)name.len, name.str);
            return fail_operand(e, o, text.str);
        }
        pol_value v = pol_get(d->v, name);
        *d = pol_is_defined(v) ? (pol_datum){POL_DATUM_VALUE, v}
                               : (pol_datum){POL_DATUM_MISSING, pol_null()};
    }
    return true;
}

static bool eval_function(evaluator *e, const pol_command *c, pol_datum dot,
                          const pol_datum *final, pol_datum *out);

/* An operand that is no function with arguments. */
static bool eval_operand(evaluator *e, const pol_operand *o, pol_datum dot,
                         pol_datum *out)
{
    const variable *v;
    pol_command alone;
    switch (o->kind) {
    case POL_OPERAND_DOT: *out = dot; break;
    case POL_OPERAND_NIL:
        *out = (pol_datum){POL_DATUM_MISSING, pol_null()};
        break;
    case POL_OPERAND_LITERAL:
        *out = (pol_datum){POL_DATUM_VALUE, o->value};
        break;
    case POL_OPERAND_INT: *out = (pol_datum){POL_DATUM_INT, o->value}; break;
    case POL_OPERAND_FLOAT:
        *out = (pol_datum){POL_DATUM_FLOAT, o->value};
        break;
    case POL_OPERAND_VARIABLE:
        v = find_variable(e, o->value);
        if (v == NULL)
            return fail_operand(e, o, "undefined variable");
        *out = v->value;
        break;
    case POL_OPERAND_FUNCTION:
        alone = (pol_command){(pol_operand *)o, 1, o->from, o->to, NULL};
        return eval_function(e, &alone, dot, NULL, out) &&
               eval_fields(e, o, out);
    case POL_OPERAND_PIPE:
        if (!eval_pipe(e, o->pipe, dot, out))
            return false;
        break;
    }
    return eval_fields(e, o, out);
}

/* ---- commands -------------------------------------------------------- */

/* and, or: arguments are evaluated until one decides. */
static bool eval_logic(evaluator *e, const pol_command *c, pol_datum dot,
                       const pol_datum *final, pol_datum *out)
{
    bool stops = pol_string_is(c->first->value, "or");
    for (const pol_operand *o = c->first->next; o != NULL; o = o->next) {
        if (!eval_operand(e, o, dot, out))
            return false;
        if (pol_datum_truth(*out) == stops)
            return true;
    }
    if (final != NULL)
        *out = *final;
    return true;
}

/* Calls the function that a command starts with; `final` is what the pipeline
 * hands on, NULL for nothing. */
static bool eval_function(evaluator *e, const pol_command *c, pol_datum dot,
                          const pol_datum *final, pol_datum *out)
{
    pol_value name = c->first->value;
    size_t count = c->count - 1 + (final != NULL), done = 0;
    const char *why = pol_template_check_count(e->call, name, count);
    if (why != NULL)
        return fail_operand(e, c->first, why);
    if (pol_string_is(name, "and") || pol_string_is(name, "or"))
        return eval_logic(e, c, dot, final, out);
    pol_datum *args = pol_call_alloc(e->call, (count + 1) * sizeof(*args));
    for (const pol_operand *o = c->first->next;
         o != NULL && done < c->count - 1; o = o->next) {
        if (!eval_operand(e, o, dot, &args[done]))
            return false;
        bool format = done == 0 && pol_string_is(name, "printf");
        if (format &&
            (args[0].kind != POL_DATUM_VALUE || !pol_is_string(args[0].v))) {
            pol_bytes what;
            pol_bytes_init(&what, e->call, 64);
            pol_bytes_text(&what, "expected string; found ");
            pol_datum_print(&what, args[0]);
            pol_bytes_byte(&what, 0);
            return fail_operand(e, o, what.at);
        }
        done++;
    }
    if (final != NULL)
        args[done++] = *final;
    if (pol_string_is(name, "printf") && !pol_is_string(args[0].v))
        return fail_command(e, c, "wrong type for value; expected string");
    why = pol_template_call(e->call, name, args, done, out);
    if (why == NULL)
        return true;
    pol_value text = pol_call_printf(e->call, "error calling %.*s: %s",
                                     (int)name.len, name.str, why);
    return fail_command(e, c, text.str);
}

/* Complains about arguments given to what takes none. */
static bool fail_arguments(evaluator *e, const pol_operand *o)
{
    pol_value text;
    if (o->field_count > 0) {
        pol_value last = o->fields[o->field_count - 1];
        text =
            pol_call_printf(e->call, "%.*s is not a method but has arguments",
                            (int)last.len, last.str);
    } else {
        text = pol_call_printf(
            e->call, "can't give argument to non-function %.*s",
            (int)(o->to - o->from), e->now->source.str + o->from);
    }
    return fail_operand(e, o, text.str);
}

static bool eval_command(evaluator *e, const pol_command *c, pol_datum dot,
                         const pol_datum *final, pol_datum *out)
{
    const pol_operand *o = c->first;
    if (o->kind == POL_OPERAND_FUNCTION)
        return eval_function(e, c, dot, final, out) && eval_fields(e, o, out);
    if (c->count > 1 || final != NULL)
        return fail_arguments(e, o);
    if (o->kind == POL_OPERAND_NIL)
        return fail_operand(e, o, "nil is not a command");
    return eval_operand(e, o, dot, out);
}

static bool eval_pipe(evaluator *e, const pol_template_pipe *pipe,
                      pol_datum dot, pol_datum *out)
{
    pol_datum before;
    const pol_datum *final = NULL;
    for (const pol_command *c = pipe->first; c != NULL; c = c->next) {
        pol_call_spend(e->call, 4);
        if (!eval_command(e, c, dot, final, out))
            return false;
        before = *out;
        final = &before;
    }
    for (int i = 0; i < pipe->variable_count; i++) {
        variable *v = find_variable(e, pipe->variables[i]);
        if (!pipe->assigns)
            push(e, pipe->variables[i], *out);
        else if (v != NULL)
            v->value = *out;
    }
    return true;
}

/* ---- nodes ----------------------------------------------------------- */

static flow run_list(evaluator *e, const pol_template_node *n, pol_datum dot);

/* Sets the variables of a range for one step; they were declared last. */
static void set_step(evaluator *e, const pol_template_pipe *pipe, pol_datum key,
                     pol_datum element)
{
    int count = pipe->variable_count;
    for (int i = 0; i < count; i++) {
        variable *v = find_variable(e, pipe->variables[i]);
        if (v != NULL)
            v->value = i == count - 1 ? element : key;
    }
}

/* The i-th step of a range: its key and element. */
static void step_of(pol_datum d, uint32_t i, pol_datum *key, pol_datum *element)
{
    *key = (pol_datum){POL_DATUM_INT, pol_int(i)};
    *element = *key;
    if (d.kind != POL_DATUM_VALUE)
        return;
    element->kind = POL_DATUM_VALUE;
    if (d.v.tag == POL_OBJECT) {
        *key = (pol_datum){POL_DATUM_VALUE, pol_key_at(d.v, i)};
        element->v = pol_value_at(d.v, i);
    } else {
        element->v = pol_at(d.v, i);
    }
}

/* How many steps a range over the value has; false if it has none to have. */
static bool range_length(pol_datum d, uint32_t *count)
{
    *count = 0;
    if (d.kind == POL_DATUM_MISSING || d.v.tag == POL_NULL)
        return true;
    if (d.kind == POL_DATUM_INT) {
        int64_t most = d.v.i < 0 ? 0 : d.v.i;
        *count = most > UINT32_MAX ? UINT32_MAX : (uint32_t)most;
        return true;
    }
    *count = d.v.len;
    return d.kind == POL_DATUM_VALUE && pol_is_collection(d.v);
}

static flow run_range(evaluator *e, const pol_template_node *n, pol_datum dot)
{
    pol_datum d;
    uint32_t count;
    if (!eval_pipe(e, n->pipe, dot, &d))
        return FLOW_FAILED;
    if (!range_length(d, &count)) {
        const pol_operand *o = n->pipe->first->first;
        pol_bytes what;
        pol_bytes_init(&what, e->call, 64);
        pol_bytes_text(&what, "range can't iterate over ");
        pol_datum_print(&what, d);
        pol_bytes_byte(&what, 0);
        fail_operand(e, o, what.at);
        return FLOW_FAILED;
    }
    if (count == 0)
        return run_list(e, n->other, dot);
    size_t scope = e->count;
    for (uint32_t i = 0; i < count; i++) {
        pol_datum key, element;
        step_of(d, i, &key, &element);
        set_step(e, n->pipe, key, element);
        pol_call_spend(e->call, 4);
        flow f = run_list(e, n->body, element);
        e->count = scope;
        if (f == FLOW_FAILED || f == FLOW_BREAK)
            return f == FLOW_FAILED ? f : FLOW_ON;
    }
    return FLOW_ON;
}

static flow run_condition(evaluator *e, const pol_template_node *n,
                          pol_datum dot)
{
    pol_datum d;
    if (!eval_pipe(e, n->pipe, dot, &d))
        return FLOW_FAILED;
    if (!pol_datum_truth(d))
        return run_list(e, n->other, dot);
    return run_list(e, n->body, n->kind == POL_NODE_WITH ? d : dot);
}

/* A template called by name sees its argument and no variables. */
static flow run_call(evaluator *e, const pol_template_node *n, pol_datum dot)
{
    const pol_template *t = e->templates, *before = e->now;
    pol_datum d = {POL_DATUM_MISSING, pol_null()};
    const size_t where[3] = {n->from, n->from - sizeof("{{template"), n->to};
    while (t != NULL && !pol_equal(t->name, n->text))
        t = t->next;
    if (t == NULL) {
        pol_value text =
            pol_call_printf(e->call, "template \"%.*s\" not defined",
                            (int)n->text.len, n->text.str);
        fail_at(e, where, text.str);
        return FLOW_FAILED;
    }
    if (n->pipe != NULL && !eval_pipe(e, n->pipe, dot, &d))
        return FLOW_FAILED;
    if (e->depth >= POL_TEMPLATE_RUN_DEPTH) {
        fail_at(e, where, "exceeded maximum template depth (1000)");
        return FLOW_FAILED;
    }
    variable *variables = e->variables;
    size_t count = e->count, room = e->room;
    e->variables = pol_call_alloc(e->call, 8 * sizeof(*e->variables));
    e->count = 0;
    e->room = 8;
    push(e, pol_literal("$"), d);
    e->now = t;
    flow f = run_list(e, t->body, d);
    e->now = before;
    e->variables = variables;
    e->count = count;
    e->room = room;
    return f;
}

static flow run_action(evaluator *e, const pol_template_node *n, pol_datum dot)
{
    pol_datum d;
    if (!eval_pipe(e, n->pipe, dot, &d))
        return FLOW_FAILED;
    if (n->pipe->variable_count > 0)
        return FLOW_ON;
    if (d.kind == POL_DATUM_MISSING || d.v.tag == POL_NULL)
        pol_bytes_text(&e->out, "<undefined>");
    else
        pol_datum_print(&e->out, d);
    return FLOW_ON;
}

static flow run_node(evaluator *e, const pol_template_node *n, pol_datum dot)
{
    size_t scope = e->count;
    flow f = FLOW_ON;
    switch (n->kind) {
    case POL_NODE_TEXT:
        pol_bytes_add(&e->out, n->text.str, n->text.len);
        return FLOW_ON;
    case POL_NODE_ACTION: return run_action(e, n, dot);
    case POL_NODE_BREAK: return FLOW_BREAK;
    case POL_NODE_CONTINUE: return FLOW_CONTINUE;
    case POL_NODE_IF:
    case POL_NODE_WITH: f = run_condition(e, n, dot); break;
    case POL_NODE_RANGE: f = run_range(e, n, dot); break;
    case POL_NODE_CALL: return run_call(e, n, dot);
    }
    e->count = scope;
    return f;
}

static flow run_list(evaluator *e, const pol_template_node *n, pol_datum dot)
{
    flow f = FLOW_ON;
    /* blocks alone cannot nest as deep; see run_call */
    if (n != NULL && e->depth == POL_TEMPLATE_RUN_DEPTH + POL_TEMPLATE_DEPTH)
        pol_call_limit(e->call, "template depth");
    e->depth++;
    for (; n != NULL && f == FLOW_ON; n = n->next) {
        pol_call_spend(e->call, 2);
        f = run_node(e, n, dot);
    }
    e->depth--;
    return f;
}

/* OPA reads the variables' own text as JSON, which sets, keys that are no strings
 * and odd characters are not. False with the error recorded. */
static bool is_json(pol_call *call, pol_value variables)
{
    size_t len;
    const char *text =
        pol_value_text(pol_call_arena(call), variables, POL_TEXT_REGO_RAW,
                       &len);
    pol_bytes why;
    pol_bytes_init(&why, call, 64);
    if (!pol_gojson_complaint(&why, pol_string(text, len)))
        return true;
    pol_call_error(call, "%.*s", (int)why.len, why.at);
    return false;
}

static pol_value render_template(pol_call *call, const pol_value *args)
{
    if (!is_json(call, args[1]))
        return pol_undefined();
    evaluator e = {.call = call, .room = 16};
    pol_datum dot = {POL_DATUM_VALUE, args[1]};
    e.templates = pol_template_parse(call, args[0]);
    if (e.templates == NULL)
        return pol_undefined();
    e.now = e.templates;
    e.variables = pol_call_alloc(call, e.room * sizeof(*e.variables));
    pol_bytes_init(&e.out, call, (size_t)args[0].len + 64);
    push(&e, pol_literal("$"), dot);
    if (run_list(&e, e.now->body, dot) == FLOW_FAILED)
        return pol_undefined();
    return pol_bytes_done(&e.out);
}

const pol_builtin pol_stdlib_template[] = {
    {.name = "strings.render_template",
     .fn = render_template,
     .signature = "(string, object{string: any}) -> string",
     .doc = "The text that a template of Go makes of the variables."},
    {.name = NULL},
};
