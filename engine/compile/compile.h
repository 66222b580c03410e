/* SPDX-License-Identifier: Apache-2.0
 *
 * Compiling a set of modules: parse, analyse, generate. Everything of one
 * compilation lives in one arena, which the modules own. */
#ifndef POL_COMPILE_H
#define POL_COMPILE_H

#include "gen.h"
#include "limit.h"
#include "parse.h"
#include "pol.h"

struct pol_engine {
    pol_arena arena;
    pol_registry registry;
    const pol_builtin **sorted; /* rows by name */
};

typedef struct pol_query_source {
    pol_node *body;
    uint32_t src;
    bool v0;
    uint32_t rule; /* in the program, once compiled */
} pol_query_source;

struct pol_modules {
    pol_arena arena;
    pol_trap trap;
    pol_engine *engine;
    pol_srcs srcs;
    pol_compile compile; /* tree, rules, policies: pol_policy in source order */
    pol_program program;
    pol_query_source *queries;
    uint32_t query_count, query_room;
    pol_value data;
    bool broken;   /* something did not parse */
    bool compiled; /* the program is there */
};

#endif
