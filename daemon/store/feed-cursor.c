/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Feeds' cursors in the store. They save work and tell an administrator how it went; no answer about
 * the host hangs on them. So a broken one is as good as none, and is overwritten by the next attempt.
 */

#include <errno.h>
#include <string.h>

#include "base/atomic-file.h"
#include "base/bounded-read.h"
#include "base/error.h"
#include "base/text.h"
#include "format/json-read.h"
#include "format/json-write.h"
#include "store/feed-cursor.h"

#define VERSION 1
#define MAX_KEYS 16
#define MAX_BYTES ((size_t) 2 * 1024 * 1024)

static bool read_time(const JsonValue *root, const char *key, UtcTime *ret) {
        const char *text;

        if (!json_member_string(root, key, JSON_NULLABLE, &text))
                return false;
        *ret = UTC_TIME_NONE;
        return !text || utc_time_parse(text, ret) == 0 || json_refuse(root, "'%s' is no time", key);
}

static bool read_root(const JsonValue *root, MemoryPool *pool, FeedCursor *ret) {
        const char *error, *host, *cursor;
        JsonValue version, failures;

        if (!json_member(root, "feed", JSON_INTEGER, JSON_REQUIRED, &version))
                return false;
        if (json_integer(&version) != VERSION)
                return json_refuse(&version, "version %lld", (long long) json_integer(&version));
        if (!read_time(root, "last_attempt", &ret->last_attempt) ||
            !read_time(root, "last_success", &ret->last_success) ||
            !read_time(root, "not_before", &ret->not_before) ||
            !json_member(root, "failures", JSON_INTEGER, JSON_OPTIONAL, &failures) ||
            !json_member_string(root, "error", JSON_NULLABLE, &error) ||
            !json_member_string(root, "host", JSON_NULLABLE, &host) ||
            !json_member_string(root, "cursor", JSON_NULLABLE, &cursor))
                return false;
        if (failures.cell && json_integer(&failures) > 0)
                ret->n_failures = (unsigned) (json_integer(&failures) & INT32_MAX);
        ret->error = text_printable(pool, error, 4096);
        ret->host = memory_pool_text(pool, host);
        ret->cursor = memory_pool_text(pool, cursor);
        return true;
}

static int refuse(MemoryPool *pool, const char *file, const char *reason, const char **ret) {
        *ret = memory_pool_format(pool, "%s: %s", file, text_printable(pool, reason, 512));
        return memory_pool_exhausted(pool) ? error_origin(-ENOMEM) : FEED_CURSOR_E_REFUSED;
}

int feed_cursor_load(const DigestStore *store, const char *name, MemoryPool *pool, FeedCursor *ret,
                     const char **ret_message) {
        const char *file = memory_pool_format(pool, "%s.feed", name);
        _cleanup_(json_text_freep) JsonText *json = NULL;
        _cleanup_free_ char *text = NULL;
        FeedCursor cursor = {};
        JsonProblem problem;
        JsonValue root;
        size_t n_bytes;
        int r;

        r = bounded_read(digest_store_fd(store), file, MAX_BYTES, &text, &n_bytes);
        if (r < 0)
                return error_trace(r);
        if (r == BOUNDED_READ_E_MISSING)
                return FEED_CURSOR_E_MISSING;
        if (r)
                return refuse(pool, file,
                              r == BOUNDED_READ_E_TOO_LARGE ? "too large" : strerror(errno),
                              ret_message);
        r = json_text_new(&json, text, n_bytes, MAX_KEYS, &problem);
        if (r < 0)
                return error_trace(r);
        if (r)
                return refuse(pool, file, problem.reason, ret_message);
        if (!json_root(json, JSON_OBJECT, &root) || !read_root(&root, pool, &cursor))
                return refuse(pool, file, json_text_problem(json)->reason, ret_message);
        if (memory_pool_exhausted(pool))
                return error_origin(-ENOMEM);
        *ret = cursor;
        return 0;
}

int feed_cursor_save(const DigestStore *store, const char *name, const FeedCursor *cursor,
                     MemoryPool *pool, const char **ret_message) {
        _cleanup_(json_writer_clear) JsonWriter writer = json_writer_new();
        const char *file = memory_pool_format(pool, "%s.feed", name), *text;
        int r;

        json_writer_number(&writer, "feed", VERSION);
        json_writer_time(&writer, "last_attempt", cursor->last_attempt);
        json_writer_time(&writer, "last_success", cursor->last_success);
        json_writer_time(&writer, "not_before", cursor->not_before);
        json_writer_number(&writer, "failures", cursor->n_failures);
        json_writer_text(&writer, "error", cursor->error);
        json_writer_text(&writer, "host", cursor->host);
        json_writer_text(&writer, "cursor", cursor->cursor);
        r = json_writer_finish(&writer, pool, &text);
        if (r)
                return error_fold(r);
        if (atomic_file_write(digest_store_fd(store), file, text, strlen(text), 0644) != 0)
                return refuse(pool, file, strerror(errno), ret_message);
        return 0;
}
