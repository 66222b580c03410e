/* SPDX-License-Identifier: Apache-2.0
 *
 * Templates of Go's text/template as trees: what the parser builds and the
 * evaluator walks. All nodes live in the evaluation's arena; texts borrow from
 * the template. */
#ifndef POL_STDLIB_TEMPLATE_H
#define POL_STDLIB_TEMPLATE_H

#include "bytes.h"

/* Nesting of blocks and parentheses in the text; and while it runs, where
 * templates may call each other. */
enum { POL_TEMPLATE_DEPTH = 200, POL_TEMPLATE_RUN_DEPTH = 1000 };

typedef struct pol_template_pipe pol_template_pipe;
typedef struct pol_template_node pol_template_node;

typedef enum {
    POL_OPERAND_DOT, /* with fields: .a.b */
    POL_OPERAND_NIL,
    POL_OPERAND_LITERAL, /* string, boolean: in `value` */
    POL_OPERAND_INT,     /* in `value` */
    POL_OPERAND_FLOAT,   /* in `value` */
    POL_OPERAND_VARIABLE,
    POL_OPERAND_FUNCTION,
    POL_OPERAND_PIPE /* in parentheses */
} pol_operand_kind;

typedef struct pol_operand pol_operand;
struct pol_operand {
    pol_operand_kind kind;
    pol_value value; /* literal; name of a variable ("$x") or function */
    pol_template_pipe *pipe;
    pol_value *fields;
    size_t field_count;
    size_t from, to; /* in the template */
    size_t blame;    /* where an error about a field is */
    pol_operand *next;
};

typedef struct pol_command pol_command;
struct pol_command {
    pol_operand *first;
    size_t count;
    size_t from, to;
    pol_command *next;
};

struct pol_template_pipe {
    pol_value variables[2];
    int variable_count;
    bool assigns; /* `=` rather than `:=` */
    pol_command *first;
    size_t from, to;
};

typedef enum {
    POL_NODE_TEXT,
    POL_NODE_ACTION,
    POL_NODE_IF,
    POL_NODE_WITH,
    POL_NODE_RANGE,
    POL_NODE_CALL, /* {{template "name" pipe}} */
    POL_NODE_BREAK,
    POL_NODE_CONTINUE
} pol_node_kind;

struct pol_template_node {
    pol_node_kind kind;
    pol_value text; /* the text; the name of a template */
    pol_template_pipe *pipe;
    pol_template_node *body, *other; /* other: of {{else}} */
    size_t from, to;
    pol_template_node *next;
};

/* A template with a name; the first one is the whole text, "template". */
typedef struct pol_template pol_template;
struct pol_template {
    pol_value name, source;
    pol_template_node *body;
    pol_template *next;
};

/* Parses a template and those that it defines. NULL with the error recorded. */
pol_template *pol_template_parse(pol_call *call, pol_value source);

/* Is there a function of that name? */
bool pol_template_is_function(pol_value name);

/* ---- values while a template runs ------------------------------------ */

typedef enum {
    POL_DATUM_MISSING, /* what a map does not have */
    POL_DATUM_VALUE,   /* of the variables; numbers are json.Number */
    POL_DATUM_INT,     /* a literal, or what len gives */
    POL_DATUM_FLOAT
} pol_datum_kind;

typedef struct pol_datum {
    pol_datum_kind kind;
    pol_value v; /* a number too; null for nil */
} pol_datum;

/* Is it neither empty nor false nor nil? */
bool pol_datum_truth(pol_datum d);
/* Appends it as Go's %v. */
void pol_datum_print(pol_bytes *out, pol_datum d);
/* Go's name of its type, constant. */
const char *pol_datum_type(pol_datum d);

/* Calls a function other than and, or. NULL, or what is wrong, NUL-terminated. */
const char *pol_template_call(pol_call *call, pol_value name,
                              const pol_datum *args, size_t count,
                              pol_datum *result);

/* How many arguments a function wants: NULL if `count` will do, else the
 * complaint, in the arena. */
const char *pol_template_check_count(pol_call *call, pol_value name,
                                     size_t count);

#endif
