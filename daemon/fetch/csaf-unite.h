/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What was known of a provider's advisories, and what its new documents say, become one digest.
 */

#include "core/facts.h"
#include "fetch/csaf-rows.h"

typedef struct CsafUnion {
        const char *known; /* a digest; NULL = none */
        size_t n_known;
        const char *fresh; /* another one; NULL = none */
        size_t n_fresh;
        const CsafRows *read;     /* the documents that `fresh` comes of */
        const TextList *replaced; /* paths whose advisories `known` is to forget */
        MemoryPool *pool;
        TextList *notes;
} CsafUnion;

enum {
        CSAF_UNION_E_REFUSED =
                        1, /* a digest cannot be read, or they do not fit together; the reason says why */
};

typedef struct CsafUnited {
        char *digest; /* allocated, the caller's to free() */
        size_t n_digest;
        const char *vendor;
        UtcTime complete_to;
} CsafUnited;

/* 0, CSAF_UNION_E_REFUSED or -ENOMEM. */
int csaf_unite(const CsafUnion *job, CsafUnited *ret, const char **ret_reason);

/* True when two digests have the same records of the advisory of the document at `path`. */
bool csaf_facts_agree(const Facts *a, const Facts *b, const char *path);

/* True when some record is of the advisory of the document at `path`. */
bool csaf_facts_know(const Facts *facts, const char *path);
