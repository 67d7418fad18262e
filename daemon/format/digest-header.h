/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The first line of a digest that is made of several.
 */

#include "format/digest-write.h"

enum {
        DIGEST_HEADER_E_REFUSED =
                        1, /* there is no source, or they are of several vendors; the problem says so */
};

/*
 * What a digest of all of `facts` says about itself: their one vendor, all origins, the newest time. Texts and problem are
 * in `pool` or borrowed from `facts`. 0, DIGEST_HEADER_E_REFUSED or -ENOMEM.
 */
int digest_header_unite(const Facts *facts, MemoryPool *pool, DigestHeader *ret,
                        const char **ret_problem);
