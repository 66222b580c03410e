/* SPDX-License-Identifier: Apache-2.0
 *
 * rego.parse_module: a module's syntax tree as a value. It stands here and not
 * in the standard library because only the engine sees the parser. */
#ifndef POL_PARSE_MODULE_H
#define POL_PARSE_MODULE_H

#include "pol_ext.h"

/* The builtin: file name and text to the tree in the form in which OPA prints
 * it as JSON. A text that does not parse is an error of the call; its words are
 * those of the engine's own diagnostics. Terms nested over 200 deep end the
 * evaluation: every level is several of the value's. */
pol_value pol_parse_module_builtin(pol_call *call, const pol_value *args);

#endif
