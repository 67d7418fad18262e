/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What klpwatchd and klpwatch-fetch say to each other, and the cursor: a text that is taken for one of
 * them is written again and is then the same.
 */

#include <string.h>

#include "base/text.h"
#include "fetch/fetch-cursor.h"
#include "format/fetch-message.h"
#include "fuzz-target.h"

static void read_answer(const char *text, size_t n_bytes, MemoryPool *pool) {
        FetchAnswer answer, again;
        const char *reason = NULL;
        int r;

        r = fetch_answer_read(text, n_bytes, pool, &answer, &reason);
        fuzz_require(r >= 0 && (r == 0 || (reason && text_is_utf8(reason, strlen(reason)))));
        if (r)
                return;
        fuzz_require(fetch_answer_write(&answer, pool, &text) == 0);
        fuzz_require(fetch_answer_read(text, strlen(text), pool, &again, &reason) == 0);
        fuzz_require(again.outcome == answer.outcome && text_equal(again.text, answer.text));
}

static void read_request(const char *text, size_t n_bytes, MemoryPool *pool) {
        FetchRequest request, again;
        const char *reason = NULL;
        int r;

        r = fetch_request_read(text, n_bytes, pool, &request, &reason);
        fuzz_require(r >= 0 && (r == 0 || reason));
        if (r)
                return;
        fuzz_require(fetch_request_write(&request, pool, &text) == 0);
        fuzz_require(fetch_request_read(text, strlen(text), pool, &again, &reason) == 0);
        fuzz_require(again.digest == request.digest && again.cursor == request.cursor);
        fuzz_require(!again.location == !request.location && !again.vendor == !request.vendor);
}

static void read_cursor(const char *text, size_t n_bytes, MemoryPool *pool) {
        FetchCursor cursor, again;

        if (fetch_cursor_read(text, n_bytes, pool, &cursor) != 0)
                return;
        fuzz_require(fetch_cursor_write(&cursor, pool, &text) == 0);
        fuzz_require(fetch_cursor_read(text, strlen(text), pool, &again) == 0);
        fuzz_require(again.n_folders == cursor.n_folders && again.empty == cursor.empty);
        for (size_t i = 0; i < cursor.n_folders; i++)
                fuzz_require(text_equal(again.folders[i].path, cursor.folders[i].path) &&
                             text_equal(again.folders[i].fingerprint,
                                        cursor.folders[i].fingerprint) &&
                             again.folders[i].result == cursor.folders[i].result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;

        fuzz_require(memory_pool_new(&pool) == 0);
        read_answer((const char *) data, n_bytes, pool);
        read_request((const char *) data, n_bytes, pool);
        read_cursor((const char *) data, n_bytes, pool);
        return 0;
}
