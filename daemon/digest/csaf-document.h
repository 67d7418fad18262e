/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * CSAF 2.0 advisories of Red Hat and SUSE: which kernels and live patches a document releases, and what they fix.
 */

#include "core/facts.h"
#include "digest/csaf-advisory-id.h"
#include "format/json-read.h"

enum {
        CSAF_DOCUMENT_E_NOISE =
                        1,       /* releases neither a kernel nor a live patch of the base system */
        CSAF_DOCUMENT_E_REFUSED, /* it may release one, and cannot be used; the problem says why */
};

/* Without kernels and patches: one that was withdrawn, and takes earlier revisions with it. */
typedef struct CsafDocument {
        bool withdrawn;    /* not noise: it has an id */
        CsafVendor vendor; /* for noise where it is easily seen */
        const char *id;    /* RHSA-2024:5363; NULL for noise */
        UtcTime released; /* first publication; for noise where it is easily seen, else UTC_TIME_NONE */
        UtcTime revised; /* of this revision; UTC_TIME_NONE when not stated, INT64_MAX for a withdrawn one then */
        KernelFact *kernels;
        size_t n_kernels;
        PatchFact *patches;
        size_t n_patches;
} CsafDocument;

/* True for a whole document that is noise by its bytes: csaf_document_read() would say so and set `ret` so. */
bool csaf_document_is_noise(const char *text, size_t n_bytes, CsafDocument *ret);

/*
 * Reads a document by way of `json`, one after the other in the same memory: `n_bytes` and the byte behind them, which
 * are changed and not kept; what the result points to is in `pool`. The records' source is 0. All or nothing.
 * `ret->vendor` and `ret->released` are set for noise too; nothing is when the document is refused.
 * 0, CSAF_DOCUMENT_E_*, or -ENOMEM.
 */
int csaf_document_read(JsonText *json, char *text, size_t n_bytes, MemoryPool *pool,
                       CsafDocument *ret, JsonProblem *ret_problem);
