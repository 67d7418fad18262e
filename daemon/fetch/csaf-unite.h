/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What was known of a provider's advisories, and what its archive and its new documents say, become one digest.
 */

#include "core/facts.h"
#include "fetch/csaf-rows.h"

/* Whose word it is. */
typedef enum CsafTeller {
        CSAF_TELLER_HELD,
        CSAF_TELLER_ARCHIVE,
        CSAF_TELLER_FRESH, /* documents fetched one by one */
        _CSAF_TELLER_MAX,
} CsafTeller;

/* A digest, and what it says; both NULL = nothing is. */
typedef struct CsafWord {
        const char *digest;
        size_t n_digest;
        const Facts *facts;
} CsafWord;

typedef struct CsafUnion {
        CsafWord words[_CSAF_TELLER_MAX];
        const CsafRows *read;    /* the documents that the fresh word comes of */
        const TextList *deleted; /* paths whose advisories are to be forgotten */
        const char *shown;       /* the provider's directory, for notes */
        UtcTime latest;          /* what was published later is of the future */
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

/* True when some record is of the advisory of the document at `path`. */
bool csaf_facts_know(const Facts *facts, const char *path);
