/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Vendors' documents. All or nothing: what is refused gives no record, and what is read makes a digest that can be read.
 */

#include <stdlib.h>
#include <string.h>

#include "digest/csaf-document.h"
#include "format/digest-read.h"
#include "format/digest-write.h"
#include "fuzz-target.h"

static void write_and_read(const CsafDocument *document) {
        DigestHeader header = { .vendor = "redhat" };
        FactSource source = { .name = "fuzz", .vendor = "redhat" };
        char reason[DIGEST_READ_REASON_BYTES], *text;
        Facts *facts = NULL, *again = NULL;
        TextList notes = {};
        size_t n_bytes;
        int r;

        fuzz_require(facts_new(&facts) == 0 && facts_new(&again) == 0);
        facts->sources = &source;
        facts->n_sources = 1;
        facts->kernels = document->kernels;
        facts->n_kernels = document->n_kernels;
        facts->patches = document->patches;
        facts->n_patches = document->n_patches;
        r = digest_write(facts, &header, &notes, facts->pool, &text, &n_bytes);
        fuzz_require(r >= 0);
        /* What contradicts itself, which is said. */
        if (r > 0)
                fuzz_require(notes.n_items > 0);
        else {
                fuzz_require(digest_read(again, "fuzz", FEED_KIND_FILE, text, n_bytes, reason) ==
                             0);
                free(text);
        }
        facts_free(again);
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
