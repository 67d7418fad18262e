/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Records of kernels and live patches, as what a document offers becomes them.
 */

#include "digest/csaf-document.h"
#include "digest/csaf-offer.h"

/* What all records of a document have in common. */
typedef struct CsafRecordContext {
        MemoryPool *pool;        /* of the records */
        const TextList *targets; /* kernels that the document's notes name as targets of its patches */
        Severity severity; /* of the document; unknown = the highest of a record's CVEs is its own */
} CsafRecordContext;

/* Appends to `document`, whose id and dates are known, the record of what `release` offers so. The pool remembers. */
void csaf_record_add(const CsafRecordContext *context, CsafDocument *document,
                     const CsafRelease *release, const CsafOffer *offer);
