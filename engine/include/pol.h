/* SPDX-License-Identifier: Apache-2.0
 *
 * polc as a library: compile modules, read documents, evaluate.
 *
 * The law of ownership. Functions named `…_new` and `…_read` return something
 * that you own: give it to its `…_free` (NULL is fine). Every other pointer is
 * borrowed from the object it came from and dies with it. Strings are UTF-8 with
 * a length, unless a parameter is named `path` or `name` and typed
 * `const char *`: those are NUL-terminated. Nothing here prints, exits or keeps
 * global state.
 *
 * Threads. An engine, and modules that are compiled, may be used by any number
 * of threads at once; documents too. An evaluator belongs to one thread.
 *
 * An evaluation in full:
 *
 *     pol_engine *engine = pol_engine_new(&(pol_engine_options){pol_stdlib()});
 *     pol_diags *diags = pol_diags_new();
 *     pol_modules *modules = pol_modules_new(engine);
 *     pol_modules_add(modules, "a.rego", text, len, 0, diags);
 *     int query = pol_modules_add_query(modules, "data.a.allow", 12, 0,
 *                                       diags);
 *     if (pol_modules_compile(modules, NULL, diags)) {
 *         pol_evaluator *evaluator = pol_evaluator_new(modules, NULL);
 *         pol_evaluator_begin(evaluator, &documents);
 *         pol_value answer;
 *         if (pol_evaluator_query(evaluator, query, &answer) == POL_DEFINED) …
 */
#ifndef POL_H
#define POL_H

#include "pol_ext.h"
#include "pol_value.h"

/* "0.1.0", constant. */
const char *pol_version(void);

/* ---- arenas: memory for values of your own -------------------------------- */

/* An arena that ends the process with status 6 when memory runs out. */
pol_arena *pol_arena_new(size_t cap);
void pol_arena_free(pol_arena *arena);

/* ---- diagnostics ------------------------------------------------------------- */

/* What was wrong with modules borrows their texts: read it before they are
 * freed. What was wrong with a document does not. */
typedef struct pol_diags pol_diags;

pol_diags *pol_diags_new(void);
void pol_diags_free(pol_diags *diags);
/* All that was reported / errors among it. */
uint32_t pol_diags_count(const pol_diags *diags);
uint32_t pol_diags_errors(const pol_diags *diags);
/* Adds a diagnostic without a place, for hosts: `code` is a row of the table
 * such as "P0901"; `help` may be NULL. */
void pol_diags_report(pol_diags *diags, const char *code, const char *message,
                      const char *help);

/* One diagnostic. Texts are borrowed. `line` 0: no place. */
typedef struct pol_diag_view {
    const char *code;     /* "P0201" */
    const char *opa_code; /* "rego_unsafe_var_error", "" if OPA has none */
    bool is_error;
    const char *message;
    const char *help;     /* NULL if none */
    const char *file;
    uint32_t line, column, end_line, end_column;
} pol_diag_view;
/* The i-th of the kept ones (at most 100), sorted by file and place. False past
 * the end. */
bool pol_diags_at(pol_diags *diags, uint32_t i, pol_diag_view *out);
/* All of them as a person reads them, with excerpts; a text of `arena`. */
const char *pol_diags_text(pol_diags *diags, pol_arena *arena, bool color,
                           size_t *len);

/* ---- engine -------------------------------------------------------------------- */

typedef struct pol_engine pol_engine;

typedef struct pol_engine_options {
    const pol_builtin *const *builtins; /* tables, NULL-terminated; borrowed */
    /* Loads an extension library by name; NULL: none can be. Returns its table
     * or NULL with *error set to a text of `arena`. */
    const pol_builtin *(*load)(void *host, const char *module, pol_arena *arena,
                               const char **error);
    void *host;
} pol_engine_options;

/* NULL without memory. */
pol_engine *pol_engine_new(const pol_engine_options *options);
void pol_engine_free(pol_engine *engine);
/* The builtins, sorted by name: the i-th row, NULL past the end. */
const pol_builtin *pol_engine_builtin(const pol_engine *engine, uint32_t i);

/* ---- modules ---------------------------------------------------------------------- */

typedef struct pol_modules pol_modules;

enum { POL_V0 = 1 /* this text is Rego v0 */ };

typedef struct pol_compile_settings {
    bool strict; /* unused locals and imports are errors */
} pol_compile_settings;

pol_modules *pol_modules_new(pol_engine *engine);
void pol_modules_free(pol_modules *modules);

/* Parses a module; the text is copied. False: `diags` has why; what was
 * understood is kept so that one run shows the errors of every file. */
bool pol_modules_add(pol_modules *modules, const char *name, const char *text,
                     size_t len, unsigned flags, pol_diags *diags);
/* The package of the module added last: its i-th part, "a" of `package a.b`.
 * False past the end, or when the module has none. Borrowed from the modules. */
bool pol_modules_package_part(const pol_modules *modules, uint32_t i,
                              const char **text, size_t *len);
/* Parses a query; flags as of pol_modules_add. Returns its number, -1 when it is
 * broken. */
int pol_modules_add_query(pol_modules *modules, const char *text, size_t len,
                          unsigned flags, pol_diags *diags);
/* Base documents that all evaluations see as `data` and that the compiler checks
 * rules against; optional; must outlive the modules. */
void pol_modules_set_data(pol_modules *modules, pol_value data);

/* Compiles all that was added, once. False: `diags` has why. */
bool pol_modules_compile(pol_modules *modules,
                         const pol_compile_settings *settings,
                         pol_diags *diags);

/* A rule of compiled modules. */
typedef struct pol_rule_view {
    const char *path;    /* "data.a.b.test_x", NUL-terminated */
    const char *package; /* "a.b" (inside a policy: of its module) */
    const char *name;    /* last part of the path */
    const char *file;
    uint32_t line, column;
    bool is_function;
} pol_rule_view;
uint32_t pol_modules_rule_count(const pol_modules *modules);
pol_rule_view pol_modules_rule(const pol_modules *modules, uint32_t rule);
/* The number of the rule at "data.a.b"; -1 if there is none. */
int pol_modules_find_rule(const pol_modules *modules, const char *path);
/* The rule's instructions for people; a text of `arena`. */
const char *pol_modules_dump(const pol_modules *modules, uint32_t rule,
                             pol_arena *arena, size_t *len);

/* ---- documents ------------------------------------------------------------------------- */

typedef struct pol_doc pol_doc;

typedef enum {
    POL_DOC_AUTO, /* by content and name */
    POL_DOC_JSON,
    POL_DOC_JSON_LINES,
    POL_DOC_YAML
} pol_doc_format;

enum { POL_LAST_WINS = 1 /* of duplicate keys, as OPA; else they are errors */ };

/* Reads a file (`-`: standard input) or a text (copied). NULL on failure, said
 * in `diags` with file, line and column. */
pol_doc *pol_doc_read(const char *path, pol_doc_format format, unsigned flags,
                      pol_diags *diags);
pol_doc *pol_doc_read_text(const char *name, const char *text, size_t len,
                           pol_doc_format format, unsigned flags,
                           pol_diags *diags);
void pol_doc_free(pol_doc *doc);
const char *pol_doc_name(const pol_doc *doc);
/* Documents in the file (YAML and JSON Lines may hold several) and the i-th. */
uint32_t pol_doc_count(const pol_doc *doc);
pol_value pol_doc_root(const pol_doc *doc, uint32_t i);
/* Line and column (from 1) of the value at a path of keys and indices; false
 * when the path leaves the text: then of the deepest part that is there. */
bool pol_doc_locate(const pol_doc *doc, uint32_t i, const pol_value *path,
                    size_t path_len, uint32_t *line, uint32_t *column);
/* Is the file that was read still the same, and nobody has written to it? */
bool pol_doc_is_current(const pol_doc *doc);

/* A file of JSON Lines, read line by line: memory holds the longest one. Every
 * line is a document of its own, with places that count the lines before it. */
typedef struct pol_lines pol_lines;

/* `-`: standard input. NULL, said in `diags`, when it cannot be read. */
pol_lines *pol_lines_open(const char *path, pol_diags *diags);
void pol_lines_close(pol_lines *lines);
/* The next document, for the caller to free; NULL at the end. Lines that are
 * blank are skipped, as are broken ones, which `diags` tells of: of the first
 * twenty what is wrong, of the others how many there are. */
pol_doc *pol_lines_next(pol_lines *lines, pol_diags *diags);

/* ---- evaluation -------------------------------------------------------------------------- */

typedef struct pol_evaluator pol_evaluator;

typedef struct pol_eval_options {
    uint64_t max_instructions; /* 0: the default (limit.h), as all here */
    size_t max_memory;
    uint32_t max_depth;
    bool strict_builtin_errors;
    bool allow_time; /* time.now_ns and what depends on the clock */
    bool allow_net;  /* http.send, net.lookup_ip_addr */
    const char *const *hosts; /* that may be reached, NULL-terminated; NULL: any */
    int64_t now;     /* a fixed clock; 0: the machine's */
    uint64_t seed;   /* of rand.intn and uuid.rfc4122 */
    pol_value runtime; /* of opa.runtime(); undefined: {} */
    /* Gets what print() writes; NULL: dropped. */
    void (*print)(void *host, const char *file, uint32_t line,
                  const char *text, size_t len);
    void *host;
} pol_eval_options;

typedef enum { POL_DEFINED, POL_UNDEFINED_RESULT, POL_FAILED } pol_eval_status;

/* The documents of an evaluation; leave undefined what there is not. They must
 * outlive the evaluation. `data` undefined: that of pol_modules_set_data. */
typedef struct pol_eval_documents {
    pol_value input, data, resource, stack, config;
} pol_eval_documents;

/* Of compiled modules, which must outlive it; NULL without memory. Options may
 * be NULL. */
pol_evaluator *pol_evaluator_new(const pol_modules *modules,
                                 const pol_eval_options *options);
void pol_evaluator_free(pol_evaluator *evaluator);

/* Starts an evaluation; values of the one before die. */
void pol_evaluator_begin(pol_evaluator *evaluator,
                         const pol_eval_documents *documents);
/* The value of a rule. */
pol_eval_status pol_evaluator_rule(pol_evaluator *evaluator, uint32_t rule,
                                   pol_value *out);
/* All answers to a query: an array of {"expressions": [v, …], "bindings":
 * {name: v, …}}, one an answer, deduplicated, in order of evaluation;
 * POL_UNDEFINED_RESULT when there is none. */
pol_eval_status pol_evaluator_query(pol_evaluator *evaluator, int query,
                                    pol_value *out);
/* The text and place of the i-th expression of a query, for reports: false past
 * the end. */
bool pol_modules_query_expression(const pol_modules *modules, int query,
                                  uint32_t i, const char **text, size_t *len,
                                  uint32_t *line, uint32_t *column);

typedef struct pol_eval_error {
    const char *code;     /* "P0501" … "P0505" */
    const char *opa_code; /* "eval_conflict_error", … */
    const char *message;  /* without the code */
    const char *file;     /* "" if unknown */
    uint32_t line, column;
    bool is_limit;
} pol_eval_error;
/* What ended the evaluation with POL_FAILED. */
bool pol_evaluator_error(const pol_evaluator *evaluator, pol_eval_error *out);
/* The i-th builtin error that only made an expression undefined. */
bool pol_evaluator_builtin_error(const pol_evaluator *evaluator, uint32_t i,
                                 pol_eval_error *out);
/* The arena of the running evaluation. */
pol_arena *pol_evaluator_arena(pol_evaluator *evaluator);
void pol_evaluator_interrupt(pol_evaluator *evaluator);

#endif
