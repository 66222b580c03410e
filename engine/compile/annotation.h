/* SPDX-License-Identifier: Apache-2.0
 *
 * Annotations (`# METADATA` blocks) as values, in the form that OPA gives them:
 * `scope` always there, authors and organizations as objects. */
#ifndef POL_ANNOTATION_H
#define POL_ANNOTATION_H

#include "tree.h"

/* Reads all blocks; those that are no YAML object are errors (P0232). A pass of
 * the compiler; the others here may be asked at any time after it. */
void pol_annotation_read(pol_compile *compile);

/* The annotations of a definition itself (scope `rule`): an object, undefined if
 * there are none. */
pol_value pol_annotation_rule(pol_compile *compile, const pol_def *def);

/* The annotations that apply to a definition, as rego.metadata.chain() has them:
 * an array of {"path", "annotations"} from the rule outward. */
pol_value pol_annotation_chain(pol_compile *compile, const pol_def *def);

/* The constant for a call of rego.metadata.rule or rego.metadata.chain in the
 * definition (NULL: in a query); undefined if the builtin is neither. */
pol_value pol_annotation_call(pol_compile *compile, const pol_def *def,
                            pol_str builtin);

#endif
