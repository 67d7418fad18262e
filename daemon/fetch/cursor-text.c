/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Reading cursors. A cursor only saves work, so whatever is odd about one makes it count as none.
 */

#include "base/error.h"
#include "fetch/cursor-text.h"

#define MAX_KEYS 16

int cursor_text_read(const char *text, size_t n_bytes, MemoryPool *pool, CursorTextRead read,
                     void *ret) {
        _cleanup_(json_text_freep) JsonText *json = NULL;
        JsonProblem problem;
        JsonValue root;
        int r;

        r = json_text_new(&json, text, n_bytes, MAX_KEYS, &problem);
        if (r < 0)
                return error_trace(r);
        if (r || !json_root(json, JSON_OBJECT, &root) || !read(&root, pool, ret))
                return CURSOR_TEXT_E_REFUSED;
        return memory_pool_exhausted(pool) ? error_origin(-ENOMEM) : 0;
}
