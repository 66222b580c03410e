/* SPDX-License-Identifier: Apache-2.0
 *
 * polc's side of W2: w2 FOLDER MILLISECONDS times data.bench.decision of each
 * policy of the folder, one thread, one evaluator: with the input parsed before,
 * and parsed from text each time. Prints the answers too. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "harness.h"

enum { BATCH = 50 };

/* One policy, ready to decide. */
typedef struct subject {
    pol_modules *modules;
    pol_evaluator *evaluator;
    uint32_t rule;
    char *text; /* of the input */
    size_t len;
    pol_doc *input;
    pol_diags *diags;
} subject;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void give_up(const char *what)
{
    fprintf(stderr, "w2: %s\n", what);
    exit(1);
}

static void prepare(subject *s, pol_engine *engine, const char *policy,
                    const char *input)
{
    size_t len;
    char *text = pol_harness_read(policy, &len);
    s->text = pol_harness_read(input, &s->len);
    if (!text || !s->text)
        give_up(policy);
    s->diags = pol_diags_new();
    s->modules = pol_modules_new(engine);
    if (!pol_modules_add(s->modules, policy, text, len, 0, s->diags) ||
        !pol_modules_compile(s->modules, NULL, s->diags))
        give_up(policy);
    free(text);
    int rule = pol_modules_find_rule(s->modules, "data.bench.decision");
    s->input = pol_doc_read_text(input, s->text, s->len, POL_DOC_JSON,
                                 POL_LAST_WINS, s->diags);
    s->evaluator = pol_evaluator_new(s->modules, NULL);
    if (rule < 0 || !s->input || !s->evaluator)
        give_up(input);
    s->rule = (uint32_t)rule;
}

static pol_value decide(subject *s, pol_value input)
{
    pol_value out = pol_undefined();
    pol_eval_documents documents = {.input = input};
    pol_evaluator_begin(s->evaluator, &documents);
    if (pol_evaluator_rule(s->evaluator, s->rule, &out) == POL_FAILED)
        give_up("an evaluation failed");
    return out;
}

static void decide_parsed(subject *s)
{
    decide(s, pol_doc_root(s->input, 0));
}

static void decide_text(subject *s)
{
    pol_doc *doc = pol_doc_read_text("input", s->text, s->len, POL_DOC_JSON,
                                     POL_LAST_WINS, s->diags);
    decide(s, pol_doc_root(doc, 0));
    pol_doc_free(doc);
}

/* Nanoseconds that `work` takes, from running it for about `span`. */
static double measure(subject *s, double span, void (*work)(subject *))
{
    double start = now(), end = start;
    uint32_t rounds = 0;
    while (end - start < span) {
        for (int i = 0; i < BATCH; i++)
            work(s);
        rounds += BATCH;
        end = now();
    }
    return (end - start) / rounds;
}

static void run(pol_engine *engine, const char *folder, const char *name,
                double span)
{
    char policy[1024], input[1024];
    int stem = (int)(strrchr(name, '.') - name);
    snprintf(policy, sizeof policy, "%s/%s", folder, name);
    snprintf(input, sizeof input, "%s/%.*s.json", folder, stem, name);
    subject s = {0};
    prepare(&s, engine, policy, input);
    pol_value out = decide(&s, pol_doc_root(s.input, 0));
    printf("%.*s answer %s\n", stem, name,
           pol_harness_json(pol_evaluator_arena(s.evaluator), out));
    printf("%.*s parsed %.0f\n", stem, name, measure(&s, span, decide_parsed));
    printf("%.*s text %.0f\n", stem, name, measure(&s, span, decide_text));
    pol_evaluator_free(s.evaluator);
    pol_doc_free(s.input);
    pol_modules_free(s.modules);
    pol_diags_free(s.diags);
    free(s.text);
}

static int is_policy(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && !strcmp(dot, ".rego");
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    pol_engine *engine = pol_harness_engine();
    struct dirent **entries;
    int n = scandir(argv[1], &entries, is_policy, alphasort);
    for (int i = 0; i < n; i++) {
        run(engine, argv[1], entries[i]->d_name, atof(argv[2]) * 1e6);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    pol_engine_free(engine);
    return n > 0 ? 0 : 1;
}
