/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The union of what several sources say: one record of each thing. It is the same in whatever order and
 * however often the sources come, so a merged digest may be merged again.
 */

#include "core/facts.h"

enum {
        DIGEST_UNION_E_CONTRADICTION =
                        1, /* two sources cannot both be right; the last note says so */
};

/*
 * Appends the union of the records of `facts` to `united`, which borrows from `facts` and has no
 * sources of its own. Where sources differ in a way that somebody should know, a sentence about it is added to
 * `notes` (in `notes_pool`). 0, DIGEST_UNION_E_CONTRADICTION, or -ENOMEM.
 */
int digest_union(const Facts *facts, Facts *united, TextList *notes, MemoryPool *notes_pool);
