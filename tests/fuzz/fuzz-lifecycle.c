/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Lists of support ends. All or nothing, and what counts is fit for a digest.
 */

#include <stdlib.h>

#include "digest/lifecycle-list.h"
#include "format/digest-record.h"
#include "fuzz-target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes) {
        char reason[LIFECYCLE_LIST_REASON_BYTES] = "";
        const char *text = (const char *) data;
        LifecycleList list = {};
        MemoryPool *pool = NULL;
        int r;

        fuzz_require(memory_pool_new(&pool) == 0);
        lifecycle_list_looks_like_one("fuzz.csv", text, n_bytes);
        r = lifecycle_list_read("lists/fuzz.lifecycle", text, n_bytes, pool, &list, reason);
        fuzz_require(r >= 0);
        if (r > 0)
                fuzz_require(list.n_windows == 0 && list.notes.n_items == 0 && reason[0] != '\0');
        for (size_t i = 0; i < list.n_windows; i++) {
                fuzz_require(digest_is_kernel(list.windows[i].kernel));
                fuzz_require(digest_is_id(list.windows[i].package));
        }
        memory_pool_free(pool);
        return 0;
}
