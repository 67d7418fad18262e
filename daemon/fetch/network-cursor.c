/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Cursors of feeds over the network, as JSON. A cursor only saves work, so whatever is odd about one
 * makes it count as none.
 */

#include "base/error.h"
#include "fetch/cursor-text.h"
#include "fetch/network-cursor.h"
#include "format/json-write.h"

#define CURSOR_VERSION 1

static const struct {
        const char *key;
        size_t offset;
        JsonPresence presence;
} keys[] = {
        { "type", offsetof(NetworkCursor, type), JSON_REQUIRED },
        { "url", offsetof(NetworkCursor, url), JSON_REQUIRED },
        { "tool", offsetof(NetworkCursor, tool), JSON_REQUIRED },
        { "vendor", offsetof(NetworkCursor, vendor), JSON_NULLABLE },
        { "etag", offsetof(NetworkCursor, etag), JSON_NULLABLE },
        { "modified", offsetof(NetworkCursor, modified), JSON_NULLABLE },
        { "content", offsetof(NetworkCursor, content), JSON_NULLABLE },
        { "text", offsetof(NetworkCursor, text), JSON_NULLABLE },
};

static const char **member(const NetworkCursor *cursor, size_t index) {
        return (const char **) ((char *) cursor + keys[index].offset);
}

static bool read_root(const JsonValue *root, MemoryPool *pool, void *cursor) {
        NetworkCursor *ret = cursor;
        JsonValue version;

        if (!json_member(root, "network-cursor", JSON_INTEGER, JSON_REQUIRED, &version) ||
            json_integer(&version) != CURSOR_VERSION)
                return false;
        for (size_t i = 0; i < ELEMENTS(keys); i++) {
                const char *text;

                if (!json_member_string(root, keys[i].key, keys[i].presence, &text))
                        return false;
                *member(ret, i) = memory_pool_text(pool, text);
        }
        return true;
}

int network_cursor_read(const char *text, size_t n_bytes, MemoryPool *pool, NetworkCursor *ret) {
        NetworkCursor cursor = {};
        int r;

        r = cursor_text_read(text, n_bytes, pool, read_root, &cursor);
        if (r == 0)
                *ret = cursor;
        return r < 0 ? error_trace(r) : r ? NETWORK_CURSOR_E_REFUSED : 0;
}

int network_cursor_write(const NetworkCursor *cursor, MemoryPool *pool, const char **ret) {
        _cleanup_(json_writer_clear) JsonWriter writer = json_writer_new();
        int r;

        json_writer_number(&writer, "network-cursor", CURSOR_VERSION);
        for (size_t i = 0; i < ELEMENTS(keys); i++)
                json_writer_text(&writer, keys[i].key, *member(cursor, i));
        r = json_writer_finish(&writer, pool, ret);
        return r ? error_fold(r) : 0;
}
