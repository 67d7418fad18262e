/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Cursors as JSON. A cursor only saves work, so whatever is odd about one makes it count as none.
 */

#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "fetch/cursor-text.h"
#include "fetch/fetch-cursor.h"
#include "format/json-write.h"

#define CURSOR_VERSION 1

static const char *const results[_FOLDER_RESULT_MAX] = {
        [FOLDER_READ] = "read",
        [FOLDER_NOISE] = "noise",
        [FOLDER_REFUSED] = "refused",
        [FOLDER_UNREADABLE] = "unreadable",
};

static bool read_folder(const JsonValue *item, MemoryPool *pool, FetchCursor *cursor) {
        const char *path, *fingerprint, *result;
        CursorFolder *folder;

        if (!json_member_string(item, "path", JSON_REQUIRED, &path) ||
            !json_member_string(item, "fingerprint", JSON_NULLABLE, &fingerprint) ||
            !json_member_string(item, "result", JSON_REQUIRED, &result))
                return false;
        for (size_t i = 0; i < ELEMENTS(results); i++) {
                if (strcmp(results[i], result) != 0)
                        continue;
                folder = memory_pool_append(pool, cursor->folders, cursor->n_folders);
                if (folder)
                        *folder = (CursorFolder){ memory_pool_text(pool, path),
                                                  memory_pool_text(pool, fingerprint),
                                                  (FolderResult) i };
                return true;
        }
        return false;
}

static bool read_root(const JsonValue *root, MemoryPool *pool, void *cursor) {
        FetchCursor *ret = cursor;
        const char *tool, *vendor, *outcome, *text;
        JsonValue version, folders;

        if (!json_member(root, "cursor", JSON_INTEGER, JSON_REQUIRED, &version) ||
            json_integer(&version) != CURSOR_VERSION ||
            !json_member_string(root, "tool", JSON_REQUIRED, &tool) ||
            !json_member_string(root, "vendor", JSON_NULLABLE, &vendor) ||
            !json_member_string(root, "outcome", JSON_REQUIRED, &outcome) ||
            !json_member_string(root, "text", JSON_NULLABLE, &text) ||
            !json_member(root, "folders", JSON_ARRAY, JSON_REQUIRED, &folders))
                return false;
        ret->tool = memory_pool_text(pool, tool);
        ret->vendor = memory_pool_text(pool, vendor);
        ret->empty = strcmp(outcome, "empty") == 0;
        ret->text = memory_pool_text(pool, text);
        for (size_t i = 0; i < json_array_length(&folders); i++) {
                JsonValue item;

                if (!json_item(&folders, i, JSON_OBJECT, &item) || !read_folder(&item, pool, ret))
                        return false;
        }
        return true;
}

int fetch_cursor_read(const char *text, size_t n_bytes, MemoryPool *pool, FetchCursor *ret) {
        FetchCursor cursor = {};
        int r;

        r = cursor_text_read(text, n_bytes, pool, read_root, &cursor);
        if (r == 0)
                *ret = cursor;
        return r < 0 ? error_trace(r) : r ? FETCH_CURSOR_E_REFUSED : 0;
}

int fetch_cursor_write(const FetchCursor *cursor, MemoryPool *pool, const char **ret) {
        _cleanup_(json_writer_clear) JsonWriter writer = json_writer_new();
        int r;

        json_writer_number(&writer, "cursor", CURSOR_VERSION);
        json_writer_text(&writer, "tool", cursor->tool);
        json_writer_text(&writer, "vendor", cursor->vendor);
        json_writer_text(&writer, "outcome", cursor->empty ? "empty" : "changed");
        json_writer_text(&writer, "text", cursor->text);
        json_writer_array(&writer, "folders");
        for (size_t i = 0; i < cursor->n_folders; i++) {
                JsonWriter folder = json_writer_new();

                json_writer_text(&folder, "path", cursor->folders[i].path);
                json_writer_text(&folder, "fingerprint", cursor->folders[i].fingerprint);
                json_writer_text(&folder, "result", results[cursor->folders[i].result]);
                json_writer_append(&writer, "folders", &folder);
        }
        r = json_writer_finish(&writer, pool, ret);
        return r ? error_fold(r) : 0;
}
