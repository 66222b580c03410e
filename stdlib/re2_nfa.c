/* SPDX-License-Identifier: Apache-2.0
 *
 * Regular expressions as automata. Threads advance in step through the text, in
 * the order in which backtracking would try them; two threads in one state are
 * one, so a step costs at most the automaton's size. */
#include "re2_nfa.h"

/* Instructions of one automaton. Go allows more, but a policy that needs this
 * many has lost its way. */
enum { MAX_CODE = 200000 };

typedef enum {
    OP_NODE,   /* consume a code point as the node says */
    OP_ASSERT, /* go on if the node's assertion holds here */
    OP_SAVE,   /* remember the place in `slot` */
    OP_SPLIT,  /* try `to`, then `other` */
    OP_JUMP,   /* go on at `to` */
    OP_MATCH
} opcode;

typedef struct instruction {
    opcode op;
    uint32_t to, other; /* SAVE: `to` is the slot */
    const pol_re2_node *node;
} instruction;

typedef struct program {
    pol_call *call;
    instruction *code;
    uint32_t count, room;
    uint32_t slots; /* two a group */
} program;

/* ---- compiling ------------------------------------------------------- */

static uint32_t add(program *p, instruction i)
{
    if (p->count == MAX_CODE)
        pol_call_limit(p->call, "regular expression size");
    if (p->count == p->room) {
        p->room = p->room < 32 ? 32 : p->room * 2;
        instruction *code = pol_call_alloc(p->call, p->room * sizeof(*code));
        if (p->count > 0)
            memcpy(code, p->code, p->count * sizeof(*code));
        p->code = code;
    }
    p->code[p->count] = i;
    return p->count++;
}

static void compile(program *p, const pol_re2_node *n);

/* Makes the split at `at` prefer the instruction that follows, or `other`. */
static void set_split(program *p, uint32_t at, uint32_t other, bool prefer_next)
{
    uint32_t next = at + 1;
    p->code[at].to = prefer_next ? next : other;
    p->code[at].other = prefer_next ? other : next;
}

static void compile_optional(program *p, const pol_re2_node *n, int32_t times)
{
    if (times == 0)
        return;
    uint32_t first = p->count;
    for (int32_t i = 0; i < times; i++) {
        add(p, (instruction){.op = OP_SPLIT, .other = UINT32_MAX});
        compile(p, n->first);
    }
    uint32_t end = p->count;
    /* each split of this row leaves at the end; nested rows are set already */
    for (uint32_t at = first; at < end; at++)
        if (p->code[at].op == OP_SPLIT && p->code[at].other == UINT32_MAX)
            set_split(p, at, end, n->greedy);
}

/* One or more: the body, then back to it or on. */
static void compile_plus(program *p, const pol_re2_node *n)
{
    uint32_t body = p->count;
    compile(p, n->first);
    uint32_t split = add(p, (instruction){.op = OP_SPLIT});
    p->code[split].to = n->greedy ? body : split + 1;
    p->code[split].other = n->greedy ? split + 1 : body;
}

/* Any number. A body that can be empty is entered as (body+)? so that the order
 * of tries stays that of backtracking. */
static void compile_star(program *p, const pol_re2_node *n)
{
    uint32_t split = add(p, (instruction){.op = OP_SPLIT});
    if (pol_re2_nullable(n->first)) {
        compile_plus(p, n);
    } else {
        compile(p, n->first);
        add(p, (instruction){.op = OP_JUMP, .to = split});
    }
    set_split(p, split, p->count, n->greedy);
}

static void compile_repeat(program *p, const pol_re2_node *n)
{
    int32_t copies = n->max < 0 && n->min > 0 ? n->min - 1 : n->min;
    for (int32_t i = 0; i < copies; i++)
        compile(p, n->first);
    if (n->max >= 0)
        compile_optional(p, n, n->max - n->min);
    else if (n->min > 0)
        compile_plus(p, n);
    else
        compile_star(p, n);
}

static void compile_alternate(program *p, const pol_re2_node *n)
{
    uint32_t last_jump = UINT32_MAX;
    for (const pol_re2_node *c = n->first; c != NULL; c = c->next) {
        uint32_t split = 0;
        if (c->next != NULL)
            split = add(p, (instruction){.op = OP_SPLIT});
        compile(p, c);
        if (c->next == NULL)
            break;
        /* the jumps to the end are chained through `to` until it is known */
        last_jump = add(p, (instruction){.op = OP_JUMP, .to = last_jump});
        set_split(p, split, p->count, true);
    }
    while (last_jump != UINT32_MAX) {
        uint32_t before = p->code[last_jump].to;
        p->code[last_jump].to = p->count;
        last_jump = before;
    }
}

static void compile(program *p, const pol_re2_node *n)
{
    switch (n->op) {
    case POL_RE2_EMPTY: break;
    case POL_RE2_LITERAL:
    case POL_RE2_CLASS:
    case POL_RE2_ANY:
    case POL_RE2_NOT_NEWLINE:
        add(p, (instruction){.op = OP_NODE, .node = n});
        break;
    case POL_RE2_CAPTURE:
        add(p, (instruction){.op = OP_SAVE, .to = n->capture * 2});
        compile(p, n->first);
        add(p, (instruction){.op = OP_SAVE, .to = n->capture * 2 + 1});
        break;
    case POL_RE2_CONCAT:
        for (const pol_re2_node *c = n->first; c != NULL; c = c->next)
            compile(p, c);
        break;
    case POL_RE2_ALTERNATE: compile_alternate(p, n); break;
    case POL_RE2_REPEAT: compile_repeat(p, n); break;
    default: add(p, (instruction){.op = OP_ASSERT, .node = n});
    }
}

static void compile_all(program *p, const pol_re2 *re)
{
    add(p, (instruction){.op = OP_SAVE, .to = 0});
    compile(p, re->root);
    add(p, (instruction){.op = OP_SAVE, .to = 1});
    add(p, (instruction){.op = OP_MATCH});
}

/* ---- running --------------------------------------------------------- */

/* Threads in order; thread i has its slots at saved + i * slots. */
typedef struct threads {
    uint32_t *at;
    size_t *saved;
    uint32_t count;
} threads;

/* Something to do while a thread is followed through what consumes nothing. */
typedef struct task {
    uint32_t at; /* an instruction, or UINT32_MAX: put `old` back in `slot` */
    uint32_t slot;
    size_t old;
} task;

struct pol_re2_nfa {
    program program;
    pol_value text;
    size_t pos;
    uint64_t step; /* over all searches */
    threads now, next;
    uint64_t *seen; /* by instruction: the step in which it was last reached */
    size_t *slots;
    task *tasks;
};

typedef pol_re2_nfa machine;

static bool is_word(char c)
{
    char lower = c | 0x20;
    return (c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'z') || c == '_';
}

static bool holds(const machine *m, pol_re2_op op)
{
    const char *s = m->text.str;
    bool first = m->pos == 0, last = m->pos == m->text.len;
    bool edge =
        (!first && is_word(s[m->pos - 1])) != (!last && is_word(s[m->pos]));
    switch (op) {
    case POL_RE2_BEGIN_TEXT: return first;
    case POL_RE2_END_TEXT: return last;
    case POL_RE2_BEGIN_LINE: return first || s[m->pos - 1] == '\n';
    case POL_RE2_END_LINE: return last || s[m->pos] == '\n';
    case POL_RE2_WORD_EDGE: return edge;
    default: return !edge;
    }
}

static bool consumes(const pol_re2_node *n, uint32_t rune)
{
    switch (n->op) {
    case POL_RE2_LITERAL:
        return n->rune == rune ||
               (n->fold && pol_re2_fold(n->rune) == pol_re2_fold(rune));
    case POL_RE2_CLASS: return pol_re2_class_has(n->set, rune, n->fold);
    case POL_RE2_NOT_NEWLINE: return rune != '\n';
    default: return true;
    }
}

static void put_thread(machine *m, threads *into, uint32_t at)
{
    uint32_t slots = m->program.slots;
    into->at[into->count] = at;
    memcpy(into->saved + (size_t)into->count * slots, m->slots,
           slots * sizeof(size_t));
    into->count++;
}

/* Follows a thread at `start` to the instructions where it waits, with the
 * machine's slots as its own. */
static void follow(machine *m, threads *into, uint32_t start)
{
    size_t count = 0;
    m->tasks[count++] = (task){.at = start};
    while (count > 0) {
        task t = m->tasks[--count];
        if (t.at == UINT32_MAX) {
            m->slots[t.slot] = t.old;
            continue;
        }
        if (m->seen[t.at] == m->step)
            continue;
        m->seen[t.at] = m->step;
        const instruction *i = &m->program.code[t.at];
        switch (i->op) {
        case OP_JUMP: m->tasks[count++] = (task){.at = i->to}; break;
        case OP_SPLIT:
            m->tasks[count++] = (task){.at = i->other};
            m->tasks[count++] = (task){.at = i->to};
            break;
        case OP_SAVE:
            m->tasks[count++] = (task){UINT32_MAX, i->to, m->slots[i->to]};
            m->slots[i->to] = m->pos;
            m->tasks[count++] = (task){.at = t.at + 1};
            break;
        case OP_ASSERT:
            if (holds(m, i->node->op))
                m->tasks[count++] = (task){.at = t.at + 1};
            break;
        case OP_NODE:
        case OP_MATCH: put_thread(m, into, t.at); break;
        }
    }
}

static void init_threads(pol_call *call, threads *t, const program *p)
{
    t->count = 0;
    t->at = pol_call_alloc(call, p->count * sizeof(*t->at));
    t->saved =
        pol_call_alloc(call, (size_t)p->count * p->slots * sizeof(*t->saved));
}

pol_re2_nfa *pol_re2_nfa_of(pol_call *call, const pol_re2 *re)
{
    machine *m = pol_call_alloc(call, sizeof(*m));
    *m = (machine){.program = {.call = call, .slots = (re->captures + 1) * 2}};
    program *p = &m->program;
    compile_all(p, re);
    init_threads(call, &m->now, p);
    init_threads(call, &m->next, p);
    m->seen = pol_call_alloc(call, p->count * sizeof(*m->seen));
    memset(m->seen, 0, p->count * sizeof(*m->seen));
    m->slots = pol_call_alloc(call, p->slots * sizeof(*m->slots));
    /* an instruction is followed once a step and leaves at most two tasks */
    m->tasks =
        pol_call_alloc(call, ((size_t)p->count * 2 + 2) * sizeof(*m->tasks));
    return m;
}

static void clear_slots(machine *m)
{
    for (uint32_t i = 0; i < m->program.slots; i++)
        m->slots[i] = SIZE_MAX;
}

/* Advances all threads over `rune` of `size` bytes (0: the end). True when one
 * has matched; then those behind it, which backtracking would not have tried,
 * are gone. */
static bool advance(machine *m, uint32_t rune, size_t size, size_t *groups)
{
    const program *p = &m->program;
    threads now = m->now;
    bool matched = false;
    m->next.count = 0;
    m->pos += size;
    m->step++;
    for (uint32_t i = 0; i < now.count && !matched; i++) {
        const instruction *at = &p->code[now.at[i]];
        const size_t *saved = now.saved + (size_t)i * p->slots;
        if (at->op == OP_MATCH) {
            if (groups != NULL)
                memcpy(groups, saved, p->slots * sizeof(*groups));
            matched = true;
        } else if (size > 0 && consumes(at->node, rune)) {
            memcpy(m->slots, saved, p->slots * sizeof(*saved));
            follow(m, &m->next, now.at[i] + 1);
        }
    }
    m->now = m->next;
    m->next = now;
    return matched;
}

bool pol_re2_nfa_search(pol_re2_nfa *m, pol_value text, size_t from,
                        size_t *groups)
{
    bool matched = false;
    m->text = text;
    m->pos = from;
    m->now.count = 0;
    m->step++;
    for (;;) {
        if (!matched) {
            clear_slots(m);
            follow(m, &m->now, 0);
        }
        if (m->now.count == 0 && (matched || m->pos == text.len))
            return matched;
        pol_call_spend(m->program.call, 1 + m->now.count / 2);
        bool end = m->pos == text.len;
        size_t size = 0;
        uint32_t rune = end ? 0 : pol_rune_at(text.str + m->pos, &size);
        matched |= advance(m, rune, size, groups);
        if (end || (matched && groups == NULL))
            return matched;
    }
}
