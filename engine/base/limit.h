/* SPDX-License-Identifier: Apache-2.0
 *
 * Every fixed limit, with its reason. Each has a test on both sides of it. What
 * an embedder may change at run time starts from these numbers (pol_eval_options). */
#ifndef POL_LIMIT_H
#define POL_LIMIT_H

/* Policy text: nesting of brackets and bodies. Recursion in the passes of the
 * compiler is bounded by it; 512 levels fit a 256 KiB stack. */
#define POL_LIMIT_NESTING 512
/* Policy text: bytes of one file. Spans are 32 bits; people write kilobytes. */
#define POL_LIMIT_SOURCE (16u << 20)
/* Digits and exponent of a number literal, as OPA: |exponent| > 100,000 would
 * let a short text demand a long computation. */
#define POL_LIMIT_NUMBER_DIGITS 10000
#define POL_LIMIT_NUMBER_EXPONENT 100000
/* Documents: nesting of JSON and YAML. Readers are iterative, but whatever
 * walks values afterwards recurses. */
#define POL_LIMIT_DOCUMENT_NESTING 1024
/* YAML: nodes after aliases are expanded, per byte of text and at least. */
#define POL_LIMIT_YAML_NODES 10000000
/* Evaluation defaults: instructions, arena bytes, call depth. */
#define POL_LIMIT_INSTRUCTIONS 1000000000ull
#define POL_LIMIT_MEMORY (4ull << 30)
#define POL_LIMIT_DEPTH 1000

#endif
