/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The look into repomd.xml: what it finds are plain names in repodata/, with a whole hash; else it says why not.
 */

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "fetch/repomd-index.h"
#include "fuzz-target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        _cleanup_free_ char *text = malloc(n_bytes + 1);
        const char *reason = NULL;
        RepomdIndex index = {};
        int r;

        fuzz_require(text && memory_pool_new(&pool) == 0);
        memcpy(text, data, n_bytes);
        text[n_bytes] = '\0';
        r = repomd_index_read(text, pool, &index, &reason);
        fuzz_require(r >= 0 && (r == 0 || (reason && text_is_utf8(reason, strlen(reason)))));
        fuzz_require(r != 0 || (index.n_items > 0 && index.n_items <= 3));
        for (size_t i = 0; r == 0 && i < index.n_items; i++) {
                const RepomdFile *file = &index.items[i];

                fuzz_require(strspn(file->sha256, "0123456789abcdef") == 64 && !file->sha256[64]);
                fuzz_require(!strchr(file->name, '/') && file->name[0] != '.' &&
                             file->name[0] != '-');
                fuzz_require(text_starts_with(file->location, "repodata/") &&
                             strcmp(file->location + strlen("repodata/"), file->name) == 0);
        }
        return 0;
}
