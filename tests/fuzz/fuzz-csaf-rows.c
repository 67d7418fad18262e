/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Lists of documents (changes.csv, deletions.csv): what is read is sorted, each path once, leads nowhere, and is the same
 * when it is written and read again.
 */

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "fetch/csaf-rows.h"
#include "fuzz-target.h"

static bool leads_nowhere(const char *path) {
        const char *slash = strchr(path, '/');

        return path[0] != '/' && path[0] != '.' && !strstr(path, "/.") &&
               (!slash || !strchr(slash + 1, '/')) &&
               strspn(path,
                      "/-_.+ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") ==
                               strlen(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        _cleanup_free_ char *text = malloc(n_bytes + 1), *written = NULL;
        CsafRows rows, again;
        size_t n_written;

        fuzz_require(text && memory_pool_new(&pool) == 0);
        memcpy(text, data, n_bytes);
        text[n_bytes] = '\0';
        fuzz_require(csaf_rows_read(text, pool, &rows) == 0);
        for (size_t i = 0; i < rows.n_items; i++) {
                fuzz_require(leads_nowhere(rows.items[i].path));
                fuzz_require(i == 0 || strcmp(rows.items[i - 1].path, rows.items[i].path) < 0);
                fuzz_require(csaf_rows_find(&rows, rows.items[i].path) == &rows.items[i]);
        }
        fuzz_require(csaf_rows_write(rows.items, rows.n_items, &written, &n_written) == 0);
        fuzz_require(csaf_rows_read(written, pool, &again) == 0);
        fuzz_require(again.n_items == rows.n_items && again.n_odd == 0);
        for (size_t i = 0; i < rows.n_items; i++)
                fuzz_require(strcmp(again.items[i].path, rows.items[i].path) == 0 &&
                             again.items[i].time == rows.items[i].time);
        if (rows.n_items > 0)
                (void) csaf_path_is_of(rows.items[0].path, text);
        csaf_rows_sort_by_time(rows.items, rows.n_items);
        for (size_t i = 1; i < rows.n_items; i++)
                fuzz_require(rows.items[i - 1].time <= rows.items[i].time);
        return 0;
}
