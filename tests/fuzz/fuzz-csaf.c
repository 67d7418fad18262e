/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Vendors' documents. All or nothing: what is refused gives no record, and what is read makes a digest that can be read.
 */

#include <stdlib.h>
#include <string.h>

#include "digest/csaf-document.h"
#include "fuzz-round-trip.h"
#include "fuzz-target.h"

static void write_and_read(const CsafDocument *document) {
        Facts *facts = NULL;

        fuzz_require(facts_new(&facts) == 0);
        facts->kernels = document->kernels;
        facts->n_kernels = document->n_kernels;
        facts->patches = document->patches;
        facts->n_patches = document->n_patches;
        fuzz_round_trip(facts, "redhat", 0);
        facts_free(facts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes) {
        JsonProblem problem = {};
        CsafDocument document = {};
        MemoryPool *pool = NULL;
        JsonText *json = NULL;
        char *text;
        int r;

        fuzz_require(memory_pool_new(&pool) == 0 && json_text_new_empty(&json) == 0);
        text = malloc(n_bytes + 1);
        fuzz_require(text);
        if (n_bytes > 0)
                memcpy(text, data, n_bytes);
        r = csaf_document_read(json, text, n_bytes, pool, &document, &problem);
        fuzz_require(r >= 0);
        if (r > 0)
                fuzz_require(document.n_kernels == 0 && document.n_patches == 0);
        else
                write_and_read(&document);
        memory_pool_free(pool);
        json_text_free(json);
        free(text);
        return 0;
}
