/* SPDX-License-Identifier: Apache-2.0
 *
 * Which documents a policy can look at, read off its code and that of all rules
 * it may call. `resource` and `stack` cost something to make; most policies get
 * by with the properties. */
#include "policy.h"

enum { EVERYTHING = (1 << POL_ROOTS) - 1 };

typedef struct reading {
    const pol_program *program;
    uint8_t *visited;
    uint32_t *pending; /* rules to be looked at */
    uint32_t count;
} reading;

static void need(reading *r, uint32_t rule)
{
    if (rule < r->program->rule_count && !r->visited[rule]) {
        r->visited[rule] = 1;
        r->pending[r->count++] = rule;
    }
}

/* What one rule reads by itself; rules that it calls become pending. A virtual
 * document, or a replaced function, may lead anywhere. */
static uint32_t own_reads(reading *r, uint32_t rule)
{
    const pol_chunk *chunk = &r->program->rules[rule].chunk;
    uint32_t mask = 0;
    for (uint32_t i = 0; i < chunk->count; i++) {
        const pol_instr *instr = &chunk->code[i];
        switch (instr->op) {
        case POL_OP_ROOT:
            mask |= 1u << instr->a;
            break;
        case POL_OP_RULE:
        case POL_OP_CALL:
            need(r, instr->c);
            break;
        case POL_OP_VDOC:
        case POL_OP_ENV_MOCK:
            return EVERYTHING;
        }
    }
    return mask;
}

static uint32_t reads_of(reading *r, const pol_rule *rule)
{
    if (!rule)
        return 0;
    memset(r->visited, 0, r->program->rule_count);
    r->count = 0;
    uint32_t mask = 0;
    need(r, rule->id);
    while (r->count && mask != EVERYTHING)
        mask |= own_reads(r, r->pending[--r->count]);
    return mask;
}

void pol_policy_reads(pol_check *check, const pol_policy_pack *pack)
{
    reading r = {.program = &pack->modules->program};
    pol_arena scratch;
    pol_arena_init(&scratch, 0, NULL);
    r.visited = arena_array(&scratch, uint8_t, r.program->rule_count + 1);
    r.pending = arena_array(&scratch, uint32_t, r.program->rule_count + 1);
    for (uint32_t i = 0; i < pack->count; i++) {
        pol_policy_item *item = &check->items[pack->first + i];
        item->reads = reads_of(&r, item->deny) | reads_of(&r, item->remediate) |
                      reads_of(&r, item->not_applicable);
    }
    pol_arena_done(&scratch);
}
