/* SPDX-License-Identifier: Apache-2.0
 *
 * OPA bundles: a folder or a .tar.gz of modules (*.rego, *.pol), data (the
 * files data.json, data.yaml and data.yml alone, each at the path of its folder)
 * and a .manifest that says which part of `data` is the bundle's (`roots`; all
 * of it without one) and which Rego its modules are written in. */
#ifndef POL_BUNDLE_H
#define POL_BUNDLE_H

#include "load.h"

/* Loads a bundle as pol_load_path does a folder. Everything in it must lie under
 * its roots, and those must not overlap with the roots of bundles before. False
 * when anything was wrong, which load->diags says (P0905; P0906 an archive
 * beyond the bounds of unpack.h). Signatures are not verified, as `opa eval`
 * does not either. */
bool pol_bundle_load(pol_load *load, const char *path);

/* Is this the name of an archive? */
bool pol_bundle_is_archive(const char *path);

#endif
