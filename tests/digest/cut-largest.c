/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The largest document that there is, cut at every 10,000th byte: always an error. In one process, since
 * starting the program two thousand times takes minutes. TAP.
 *
 *   cut-largest FILE
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "digest/csaf-document.h"
#include "digest/document-source.h"

#define STEP_BYTES 10000
#define LEAST_BYTES 19000000

/* Of a copy: a text is changed by reading. */
static int read_prefix(const char *text, size_t n_bytes, CsafDocument *ret, JsonProblem *problem) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        _cleanup_(json_text_freep) JsonText *json = NULL;
        _cleanup_free_ char *copy = malloc(n_bytes + 1);

        if (!copy || memory_pool_new(&pool) != 0 || json_text_new_empty(&json) != 0)
                return -1;
        memcpy(copy, text, n_bytes);
        return csaf_document_read(json, copy, n_bytes, pool, ret, problem);
}

int main(int argc, char *argv[]) {
        _cleanup_(document_source_freep) DocumentSource *source = NULL;
        char reason[DOCUMENT_SOURCE_REASON_BYTES];
        char *text;
        size_t n_bytes, n_cuts = 0, n_accepted = 0;
        Document document = {};
        CsafDocument whole = {};
        JsonProblem problem;

        puts("1..1");
        if (argc != 2 || access(argv[1], R_OK) != 0) {
                puts("ok 1 - the largest document cut anywhere is an error # SKIP the shared data "
                     "folder is not here");
                return EXIT_SUCCESS;
        }
        if (document_source_new(&source, &argv[1], 1, reason) != 0 ||
            document_source_next(source, &document, reason) != 0) {
                puts("Bail out! the document cannot be read");
                return EXIT_FAILURE;
        }
        text = document.text;
        n_bytes = document.n_bytes;
        while (n_bytes > 0 && text[n_bytes - 1] != '}')
                n_bytes--;
        if (n_bytes < LEAST_BYTES || read_prefix(text, n_bytes, &whole, &problem) != 0 ||
            whole.n_kernels != 1) {
                puts("Bail out! it is not the document that was meant");
                return EXIT_FAILURE;
        }

        for (size_t cut = 0; cut < n_bytes; cut += STEP_BYTES, n_cuts++) {
                CsafDocument ignored = {};

                if (read_prefix(text, cut, &ignored, &problem) == CSAF_DOCUMENT_E_REFUSED)
                        continue;
                printf("# cut at byte %zu it is accepted\n", cut);
                n_accepted++;
        }
        printf("%sok 1 - the largest document cut anywhere is an error (%zu cuts)\n",
               n_accepted == 0 ? "" : "not ", n_cuts);
        return n_accepted == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
