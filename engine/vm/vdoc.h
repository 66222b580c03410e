/* SPDX-License-Identifier: Apache-2.0
 *
 * Virtual documents: a node of the rule tree seen as a value, rules and base
 * data in one. Nothing is evaluated before it is asked for. Where `with` hid
 * the rules, a virtual document is the base document alone. */
#ifndef POL_VDOC_H
#define POL_VDOC_H

#include "machine.h"

static inline pol_value pol_vdoc_of(uint32_t node)
{
    return (pol_value){.tag = POL_MACHINE_VDOC, .len = node};
}

/* A member: the value of a rule, another virtual document or a base value;
 * POL_UNDEFINED if there is none. */
pol_value pol_vdoc_get(pol_vm *vm, pol_env *env, uint32_t node, pol_value key);

/* The whole document; POL_UNDEFINED if there is none. */
pol_value pol_vdoc_force(pol_vm *vm, pol_env *env, uint32_t node);

/* Begins iterating: writes an iterator to *it, or false if the document is no
 * collection. Steps: key and value in the order of the keys, rules that are
 * undefined and functions left out. */
bool pol_vdoc_iter(pol_vm *vm, pol_env *env, uint32_t node, pol_value *l);
bool pol_vdoc_next(pol_vm *vm, pol_env *env, pol_value *l);

#endif
