/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The stored book of alerts: one JSON object, replaced atomically. It refuses to guess: a book of which one
 * alert cannot be read is none, is kept for whoever wants to look, and what is still the matter is raised anew.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/atomic-file.h"
#include "base/bounded-read.h"
#include "base/error.h"
#include "base/text.h"
#include "format/json-read.h"
#include "format/json-write.h"
#include "store/alert-store.h"

#define VERSION 1
#define FILE_NAME "alerts"
#define MAX_KEYS 64
#define MAX_BYTES ((size_t) 1024 * 1024)
#define TEXT_BYTES 4096

struct AlertStore {
        int fd;
        bool keep;  /* what is there must not be written over */
        char *held; /* what is known to be stored; NULL = not known */
};

int alert_store_open(const char *path, MemoryPool *pool, AlertStore **ret,
                     const char **ret_message) {
        _cleanup_(alert_store_freep) AlertStore *store = NULL;

        store = calloc(1, sizeof(*store));
        if (!store)
                return error_origin(-ENOMEM);
        store->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (store->fd < 0) {
                *ret_message = memory_pool_format(pool, "%s: cannot be opened: %s", path,
                                                  strerror(errno));
                return ALERT_STORE_E_REFUSED;
        }
        *ret = TAKE(store);
        return 0;
}

AlertStore *alert_store_free(AlertStore *store) {
        if (!store)
                return NULL;

        if (store->fd >= 0)
                close(store->fd);
        free(store->held);
        free(store);
        return NULL;
}

/* --- Reading */

static bool read_text(const JsonValue *object, const char *key, MemoryPool *pool,
                      const char **ret) {
        const char *text;

        if (!json_member_string(object, key, JSON_NULLABLE, &text))
                return false;
        *ret = text_printable(pool, text, TEXT_BYTES);
        return true;
}

static bool read_time(const JsonValue *object, const char *key, UtcTime *ret) {
        const char *text;

        if (!json_member_string(object, key, JSON_NULLABLE, &text))
                return false;
        *ret = UTC_TIME_NONE;
        return !text || utc_time_parse(text, ret) == 0 ||
               json_refuse(object, "'%s' is no time", key);
}

static bool read_day(const JsonValue *object, const char *key, UtcDay *ret) {
        const char *text;

        if (!json_member_string(object, key, JSON_NULLABLE, &text))
                return false;
        *ret = UTC_DAY_NONE;
        return !text || utc_day_parse(text, ret) == 0 || json_refuse(object, "'%s' is no day", key);
}

static bool read_level(const JsonValue *object, const char *key, AlertLevel *ret) {
        const char *text;

        return json_member_string(object, key, JSON_REQUIRED, &text) &&
               (alert_level_from_text(text, ret) == 0 ||
                json_refuse(object, "'%s' is no level", key));
}

static bool read_names(const JsonValue *object, const char *key, MemoryPool *pool, TextList *ret) {
        JsonValue array, item;

        if (!json_member(object, key, JSON_ARRAY, JSON_OPTIONAL, &array))
                return false;
        for (size_t i = 0; i < json_array_length(&array); i++) {
                const char *name;

                if (!json_item(&array, i, JSON_OBJECT, &item) ||
                    !json_member_string(&item, "name", JSON_REQUIRED, &name))
                        return false;
                text_list_add(ret, pool, text_printable(pool, name, TEXT_BYTES));
        }
        return true;
}

static bool read_entry(const JsonValue *item, MemoryPool *pool, AlertBook *book) {
        AlertEntry entry = { .used = true };
        const char *kind, *news;

        if (!json_member_string(item, "class", JSON_REQUIRED, &kind))
                return false;
        if (alert_class_from_text(kind, &entry.kind) != 0)
                return json_refuse(item, "'%s' is no class of alerts",
                                   text_printable(pool, kind, 64));
        if (book->entries[entry.kind].used)
                return json_refuse(item, "'%s' is there twice", kind);
        if (!read_level(item, "level", &entry.alert.level) ||
            !read_text(item, "text", pool, &entry.alert.text) ||
            !read_text(item, "action", pool, &entry.alert.action) ||
            !read_text(item, "kernel", pool, &entry.alert.kernel) ||
            !read_text(item, "patch", pool, &entry.alert.patch) ||
            !read_text(item, "feed", pool, &entry.alert.feed) ||
            !read_day(item, "coverage_end", &entry.alert.coverage_end) ||
            !read_names(item, "cves", pool, &entry.alert.cves) ||
            !read_names(item, "objects", pool, &entry.alert.objects) ||
            !read_day(item, "reminder", &entry.alert.reminder) ||
            !read_time(item, "since", &entry.since) ||
            !read_time(item, "cleared", &entry.cleared) ||
            !read_level(item, "told", &entry.told_level) ||
            !read_time(item, "lower_since", &entry.lower_since) ||
            !read_time(item, "tell_at", &entry.tell_at) ||
            !read_day(item, "reminded", &entry.reminded) ||
            !read_level(item, "acknowledged", &entry.acknowledged_level) ||
            !read_time(item, "snoozed_until", &entry.snoozed_until) ||
            !json_member_string(item, "news", JSON_NULLABLE, &news))
                return false;
        if (news && alert_news_from_text(news, &entry.news) != 0)
                return json_refuse(item, "'news' is no word for news");
        if (entry.alert.level == ALERT_LEVEL_OK || !entry.alert.text || !entry.alert.action ||
            entry.since == UTC_TIME_NONE)
                return json_refuse(item, "the alert '%s' is not whole", kind);
        entry.open = entry.cleared == UTC_TIME_NONE;
        book->entries[entry.kind] = entry;
        return true;
}

static bool read_failure(const JsonValue *item, MemoryPool *pool, AlertBook *book) {
        PatchFailure failure;
        const char *patch;

        if (!json_member_string(item, "patch", JSON_REQUIRED, &patch) ||
            !read_text(item, "reason", pool, &failure.reason) ||
            !read_time(item, "at", &failure.at))
                return false;
        if (book->n_failures == ALERT_FAILURES_MAX)
                return json_refuse(item, "too many failures");
        failure.patch = text_printable(pool, patch, TEXT_BYTES);
        book->failures[book->n_failures++] = failure;
        return true;
}

static bool read_root(const JsonValue *root, MemoryPool *pool, AlertBook *ret, bool *ret_newer) {
        JsonValue version, entries, failures, item;

        if (!json_member(root, "alerts", JSON_INTEGER, JSON_REQUIRED, &version))
                return false;
        if (json_integer(&version) != VERSION) {
                *ret_newer = json_integer(&version) > VERSION;
                return json_refuse(&version, "version %lld", (long long) json_integer(&version));
        }
        if (!read_text(root, "kernel", pool, &ret->kernel) ||
            !read_day(root, "told_end", &ret->told_end) ||
            !json_member(root, "failures", JSON_ARRAY, JSON_OPTIONAL, &failures) ||
            !json_member(root, "entries", JSON_ARRAY, JSON_OPTIONAL, &entries))
                return false;
        for (size_t i = 0; i < json_array_length(&failures); i++)
                if (!json_item(&failures, i, JSON_OBJECT, &item) || !read_failure(&item, pool, ret))
                        return false;
        for (size_t i = 0; i < json_array_length(&entries); i++)
                if (!json_item(&entries, i, JSON_OBJECT, &item) || !read_entry(&item, pool, ret))
                        return false;
        return true;
}

static void set_aside(AlertStore *store, MemoryPool *pool, const char *reason, bool newer,
                      const char **ret_message) {
        const char *aside = newer ? FILE_NAME ".newer" : FILE_NAME ".corrupt";

        reason = text_printable(pool, reason, 512);
        if (renameat(store->fd, FILE_NAME, store->fd, aside) == 0) {
                *ret_message = memory_pool_format(
                                pool,
                                FILE_NAME ": %s; it is set aside as %s, and alerts begin anew",
                                reason, aside);
                return;
        }
        store->keep = true;
        *ret_message = memory_pool_format(pool,
                                          FILE_NAME
                                          ": %s; it is left as it is (%s), and alerts are "
                                          "not kept over a restart",
                                          reason, strerror(errno));
}

int alert_store_load(AlertStore *store, MemoryPool *pool, AlertBook *ret,
                     const char **ret_message) {
        _cleanup_(json_text_freep) JsonText *json = NULL;
        _cleanup_free_ char *text = NULL;
        AlertBook book = alert_book_empty();
        bool newer = false;
        JsonProblem problem;
        JsonValue root;
        size_t n_bytes;
        int r;

        *ret = book;
        *ret_message = NULL;
        r = bounded_read(store->fd, FILE_NAME, MAX_BYTES, &text, &n_bytes);
        if (r < 0)
                return error_trace(r);
        if (r == BOUNDED_READ_E_MISSING)
                return 0;
        if (r) {
                set_aside(store, pool,
                          r == BOUNDED_READ_E_TOO_LARGE ? "too large" : strerror(errno), false,
                          ret_message);
        } else {
                r = json_text_new(&json, text, n_bytes, MAX_KEYS, &problem);
                if (r < 0)
                        return error_trace(r);
                if (r)
                        set_aside(store, pool, problem.reason, false, ret_message);
                else if (json_root(json, JSON_OBJECT, &root) &&
                         read_root(&root, pool, &book, &newer)) {
                        *ret = book;
                        store->held = TAKE(text);
                } else
                        set_aside(store, pool, json_text_problem(json)->reason, newer, ret_message);
        }
        return memory_pool_exhausted(pool) ? error_origin(-ENOMEM) : 0;
}

/* --- Writing */

static void write_day(JsonWriter *writer, const char *key, UtcDay day) {
        char buffer[UTC_DAY_TEXT_BYTES];

        json_writer_text(writer, key, day == UTC_DAY_NONE ? NULL : utc_day_format(day, buffer));
}

static void write_names(JsonWriter *writer, const char *key, const TextList *list) {
        json_writer_array(writer, key);
        for (size_t i = 0; i < list->n_items; i++) {
                _cleanup_(json_writer_clear) JsonWriter item = json_writer_new();

                json_writer_text(&item, "name", list->items[i]);
                json_writer_append(writer, key, &item);
        }
}

static void write_entry(JsonWriter *writer, const AlertEntry *entry) {
        _cleanup_(json_writer_clear) JsonWriter item = json_writer_new();
        const Alert *alert = &entry->alert;

        json_writer_text(&item, "class", alert_class_to_text(entry->kind));
        json_writer_text(&item, "level", alert_level_to_text(alert->level));
        json_writer_text(&item, "text", alert->text);
        json_writer_text(&item, "action", alert->action);
        json_writer_text(&item, "kernel", alert->kernel);
        json_writer_text(&item, "patch", alert->patch);
        json_writer_text(&item, "feed", alert->feed);
        write_day(&item, "coverage_end", alert->coverage_end);
        write_names(&item, "cves", &alert->cves);
        write_names(&item, "objects", &alert->objects);
        write_day(&item, "reminder", alert->reminder);
        json_writer_time(&item, "since", entry->since);
        json_writer_time(&item, "cleared", entry->cleared);
        json_writer_text(&item, "told", alert_level_to_text(entry->told_level));
        json_writer_time(&item, "lower_since", entry->lower_since);
        json_writer_time(&item, "tell_at", entry->tell_at);
        write_day(&item, "reminded", entry->reminded);
        json_writer_text(&item, "acknowledged", alert_level_to_text(entry->acknowledged_level));
        json_writer_time(&item, "snoozed_until", entry->snoozed_until);
        json_writer_text(&item, "news", alert_news_to_text(entry->news));
        json_writer_append(writer, "entries", &item);
}

static int write_book(const AlertBook *book, MemoryPool *pool, const char **ret) {
        _cleanup_(json_writer_clear) JsonWriter writer = json_writer_new();
        int r;

        json_writer_number(&writer, "alerts", VERSION);
        json_writer_text(&writer, "kernel", book->kernel);
        write_day(&writer, "told_end", book->told_end);
        json_writer_array(&writer, "failures");
        for (size_t i = 0; i < book->n_failures; i++) {
                _cleanup_(json_writer_clear) JsonWriter item = json_writer_new();

                json_writer_text(&item, "patch", book->failures[i].patch);
                json_writer_text(&item, "reason", book->failures[i].reason);
                json_writer_time(&item, "at", book->failures[i].at);
                json_writer_append(&writer, "failures", &item);
        }
        json_writer_array(&writer, "entries");
        for (AlertClass kind = 0; kind < _ALERT_CLASS_MAX; kind++)
                if (book->entries[kind].used)
                        write_entry(&writer, &book->entries[kind]);
        r = json_writer_finish(&writer, pool, ret);
        return r ? error_fold(r) : 0;
}

int alert_store_save(AlertStore *store, const AlertBook *book, MemoryPool *pool,
                     const char **ret_message) {
        const char *text;
        char *copy;
        int r;

        if (store->keep)
                return 0;
        r = write_book(book, pool, &text);
        if (r)
                return error_fold(r);
        if (text_equal(store->held, text))
                return 0;
        if (atomic_file_write(store->fd, FILE_NAME, text, strlen(text), 0644) != 0) {
                *ret_message = memory_pool_format(pool, FILE_NAME ": cannot be written: %s",
                                                  strerror(errno));
                return memory_pool_exhausted(pool) ? error_origin(-ENOMEM) : ALERT_STORE_E_REFUSED;
        }
        copy = strdup(text);
        if (!copy)
                return error_origin(-ENOMEM);
        free(store->held);
        store->held = copy;
        return 0;
}
