/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The reader of digests: the one parser of outside data inside the daemon. What is refused must leave no
 * trace; what is accepted must be assessable facts.
 */

#include <stdlib.h>

#include "core/cve-index.h"
#include "core/fact-revision.h"
#include "format/digest-read.h"
#include "fuzz-target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes) {
        char reason[DIGEST_READ_REASON_BYTES] = "";
        Facts *facts = NULL;
        int r;

        fuzz_require(facts_new(&facts) == 0);
        r = digest_read(facts, "fuzz", FEED_KIND_FILE, (const char *) data, n_bytes, reason);
        fuzz_require(r >= 0);
        if (r > 0)
                fuzz_require(facts->n_sources == 0 && facts->n_kernels == 0 &&
                             facts->n_patches == 0 && facts->n_windows == 0 && reason[0] != '\0');
        else {
                size_t n = facts->n_kernels + facts->n_patches + facts->n_windows +
                           facts->n_withdrawn;

                fuzz_require(facts->n_sources == 1 && facts_drop_superseded(facts) == 0);
                fuzz_require(facts->n_kernels + facts->n_patches + facts->n_windows +
                                             facts->n_withdrawn + facts->sources[0].n_superseded ==
                             n);
                fuzz_require(facts_index(facts) == 0);
                fuzz_require(facts->cve_index->n_groups <= facts->cve_index->n_mentions);
        }
        facts_free(facts);
        return 0;
}
