/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The advisories of one run: each once, in its latest revision.
 */

#include "digest/csaf-document.h"

enum {
        DOCUMENT_SET_E_OLDER = 1,     /* a later revision is there already: this one was dropped */
        DOCUMENT_SET_E_CONTRADICTION, /* the same revision with another content is there already */
};

typedef struct DocumentSet DocumentSet;

/* 0, or -ENOMEM. */
int document_set_new(DocumentSet **ret);
DocumentSet *document_set_free(DocumentSet *set);
DEFINE_CLEANUP(DocumentSet, document_set_free);

/* The pool that what is added must live in. */
MemoryPool *document_set_pool(DocumentSet *set);

/* Adds a document; 0 also when the very same is there already. 0, DOCUMENT_SET_E_*, or -ENOMEM. */
int document_set_add(DocumentSet *set, const CsafDocument *document);

/* All records, appended to `facts`, which may point into the set from then on. 0, or -ENOMEM. */
int document_set_collect(const DocumentSet *set, Facts *facts);
