/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bounded-read.h"
#include "base/text.h"
#include "store/alert-store.h"
#include "unit-test.h"

typedef struct Place {
        char path[32];
        int fd;
        MemoryPool *pool;
        AlertStore *store;
} Place;

static void open_store(Place *place) {
        const char *message = NULL;

        place->store = alert_store_free(place->store);
        ck_assert_int_eq(alert_store_open(place->path, place->pool, &place->store, &message), 0);
}

static void place_new(Place *place) {
        *place = (Place){ .path = "/tmp/test-alert-store-XXXXXX" };
        ck_assert_ptr_nonnull(mkdtemp(place->path));
        place->fd = open(place->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        ck_assert_int_ge(place->fd, 0);
        ck_assert_int_eq(memory_pool_new(&place->pool), 0);
        open_store(place);
}

static void place_free(Place *place) {
        static const char *const names[] = { "alerts", "alerts.corrupt", "alerts.newer" };

        for (size_t i = 0; i < ELEMENTS(names); i++)
                unlinkat(place->fd, names[i], 0);
        ck_assert_int_eq(rmdir(place->path), 0);
        close(place->fd);
        alert_store_free(place->store);
        memory_pool_free(place->pool);
}

static void put(const Place *place, const char *text) {
        int fd = openat(place->fd, "alerts", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

        ck_assert_int_ge(fd, 0);
        ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t) strlen(text));
        close(fd);
}

static bool has(const Place *place, const char *name) {
        return faccessat(place->fd, name, F_OK, 0) == 0;
}

static AlertBook whole_book(MemoryPool *pool) {
        AlertBook book = alert_book_empty();
        AlertEntry *entry = &book.entries[ALERT_EXPOSURE];

        book.kernel = "5.14.0-427.13.1.el9_4.x86_64";
        book.told_end = 20208;
        book.failures[book.n_failures++] = (PatchFailure){ .patch = "p", .reason = NULL, .at = 5 };
        *entry = (AlertEntry){
                .used = true,
                .open = true,
                .kind = ALERT_EXPOSURE,
                .alert = { .level = ALERT_LEVEL_WARNING,
                           .text = "text",
                           .action = "action",
                           .kernel = "k",
                           .coverage_end = UTC_DAY_NONE,
                           .reminder = 20000 },
                .since = 1700000000 * USEC_PER_SEC,
                .cleared = UTC_TIME_NONE,
                .told_level = ALERT_LEVEL_CRITICAL,
                .lower_since = 1700000001 * USEC_PER_SEC,
                .tell_at = 1700000002 * USEC_PER_SEC,
                .reminded = 19999,
                .acknowledged_level = ALERT_LEVEL_CRITICAL,
                .snoozed_until = 1700000003 * USEC_PER_SEC,
                .news = ALERT_NEWS_WORSENED,
        };
        text_list_add(&entry->alert.cves, pool, "CVE-2024-1");
        text_list_add(&entry->alert.objects, pool, "k");
        text_list_add(&entry->alert.objects, pool, "CVE-2024-1");
        return book;
}

START_TEST(what_is_saved_is_loaded) {
        Place place;
        AlertBook book, read;
        const char *message;
        const AlertEntry *a, *b;

        place_new(&place);
        ck_assert_int_eq(alert_store_load(place.store, place.pool, &read, &message), 0);
        ck_assert_ptr_null(message);
        ck_assert(alert_book_level(&read, 0) == ALERT_LEVEL_OK && !read.kernel);

        book = whole_book(place.pool);
        ck_assert_int_eq(alert_store_save(place.store, &book, place.pool, &message), 0);
        open_store(&place);
        ck_assert_int_eq(alert_store_load(place.store, place.pool, &read, &message), 0);
        ck_assert_msg(!message, "%s", message);
        ck_assert(alert_books_equal(&book, &read));
        a = &book.entries[ALERT_EXPOSURE];
        b = &read.entries[ALERT_EXPOSURE];
        ck_assert(a->told_level == b->told_level && a->lower_since == b->lower_since &&
                  a->tell_at == b->tell_at && a->reminded == b->reminded && a->news == b->news &&
                  a->cleared == b->cleared && a->alert.reminder == b->alert.reminder);
        ck_assert(text_list_equal(&a->alert.objects, &b->alert.objects));
        ck_assert_str_eq(read.kernel, book.kernel);
        ck_assert_int_eq(read.told_end, book.told_end);
        ck_assert(read.n_failures == 1 && read.failures[0].at == 5 && !read.failures[0].reason);
        place_free(&place);
}
END_TEST

START_TEST(what_did_not_change_is_not_written) {
        Place place;
        struct stat before, after;
        AlertBook book;
        const char *message;

        place_new(&place);
        book = whole_book(place.pool);
        ck_assert_int_eq(alert_store_save(place.store, &book, place.pool, &message), 0);
        ck_assert_int_eq(fstatat(place.fd, "alerts", &before, 0), 0);
        ck_assert_int_eq(alert_store_save(place.store, &book, place.pool, &message), 0);
        ck_assert_int_eq(fstatat(place.fd, "alerts", &after, 0), 0);
        ck_assert_uint_eq(before.st_ino, after.st_ino);
        book.entries[ALERT_EXPOSURE].news = ALERT_NEWS_NONE;
        ck_assert_int_eq(alert_store_save(place.store, &book, place.pool, &message), 0);
        ck_assert_int_eq(fstatat(place.fd, "alerts", &after, 0), 0);
        ck_assert_uint_ne(before.st_ino, after.st_ino);
        place_free(&place);
}
END_TEST

START_TEST(what_cannot_be_read_is_kept_aside) {
#define ENTRY(more)                                                                                \
        "{\"alerts\":1,\"entries\":[{\"class\":\"exposure\",\"level\":\"warning\",\"text\":\"t\"," \
        "\"action\":\"a\",\"since\":\"2024-01-01T00:00:00Z\",\"told\":\"warning\","                \
        "\"acknowledged\":\"ok\"" more "}]}"
        static const struct {
                const char *text, *aside; /* NULL: it is read */
        } cases[] = {
                { ENTRY(""), NULL },
                { ENTRY(",\"later\":1"), NULL },
                { "{\"alerts\":1}", NULL },
                { ENTRY(",\"news\":\"odd\""), "alerts.corrupt" },
                { ENTRY(",\"cleared\":\"soon\""), "alerts.corrupt" },
                { ENTRY(",\"reminded\":7"), "alerts.corrupt" },
                { ENTRY(",\"cves\":[7]"), "alerts.corrupt" },
                { "", "alerts.corrupt" },
                { "[]", "alerts.corrupt" },
                { "{}", "alerts.corrupt" },
                { "{\"alerts\":0}", "alerts.corrupt" },
                { "{\"alerts\":2}", "alerts.newer" },
                { "{\"alerts\":1,\"entries\":[{\"class\":\"exposure\"}]}", "alerts.corrupt" },
                { "{\"alerts\":1,\"told_end\":\"2024-13-01\"}", "alerts.corrupt" },
                { "{\"alerts\":1,\"failures\":[{}]}", "alerts.corrupt" },
        };

        for (size_t i = 0; i < ELEMENTS(cases); i++) {
                const char *message, *aside = cases[i].aside;
                AlertBook book;
                Place place;

                place_new(&place);
                put(&place, cases[i].text);
                ck_assert_int_eq(alert_store_load(place.store, place.pool, &book, &message), 0);
                ck_assert_msg(!message == !aside, "%zu: %s", i, message ? message : "nothing said");
                ck_assert_msg(has(&place, "alerts") == !aside, "%zu", i);
                ck_assert_msg(!aside || (has(&place, aside) && strstr(message, aside)), "%zu: %s",
                              i, message);
                ck_assert_msg(!aside || !book.entries[ALERT_EXPOSURE].used, "%zu", i);
                place_free(&place);
        }
}
END_TEST

UNIT_TEST(what_is_saved_is_loaded, what_did_not_change_is_not_written,
          what_cannot_be_read_is_kept_aside)
