/* SPDX-License-Identifier: Apache-2.0
 *
 * What Pulumi writes in place of values: texts that stand for unknown values,
 * objects with a signature for secrets. */
#ifndef POL_PULUMI_VALUE_H
#define POL_PULUMI_VALUE_H

#include "document.h"

typedef struct pol_pulumi_marks {
    bool unknowns, secrets;
} pol_pulumi_marks;

/* What may occur in a document at all: its text is searched, so that documents
 * without pay almost nothing. */
pol_pulumi_marks pol_pulumi_marks_of(const pol_document *document);

/* `v` with unknown and secret values marked. A secret whose content is not shown
 * is an unknown secret. *found says what there was. */
pol_value pol_pulumi_value(pol_arena *arena, pol_pulumi_marks marks,
                           pol_value v, pol_pulumi_marks *found);

#endif
