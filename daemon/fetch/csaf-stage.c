/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The stage. All documents of an attempt are read in one run, so one that ends klpwatch-digest takes the others with
 * it: that is told, and tried again, because it may have been the host's fault. The third time the document is set
 * aside, by its content, and the others are read at once; it stays named until the provider publishes
 * another one in its place.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "fetch/csaf-stage.h"
#include "fetch/csaf-state.h"
#include "fetch/file-hash.h"
#include "fetch/quarantine.h"

#define INPUT "new" /* the folder in stage/ */

/* A descriptor, or -1. */
static int open_document(int folder, const char *path) {
        const char *name;
        _cleanup_close_ int place = csaf_state_open_place(folder, CSAF_STATE_NEW, path, &name);

        return place < 0 ? -1 : openat(place, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
}

/* Sets aside what is in quarantine. 0 with the number of the others, or -ENOMEM. */
static int set_aside(NetworkFeed *feed, const CsafRows *rows, size_t *ret_n_left) {
        const int folder = work_folder_fd(feed->folder);
        Quarantine quarantine;
        size_t n_left = 0;
        int r;

        r = quarantine_read(folder, feed->pool, &quarantine);
        if (r)
                return error_fold(r);
        for (size_t i = 0; i < rows->n_items; i++) {
                const char *path = rows->items[i].path;
                char hash[FILE_HASH_TEXT_BYTES];
                _cleanup_close_ int fd = -1;

                if (!csaf_state_has(folder, CSAF_STATE_NEW, path))
                        continue;
                n_left++;
                if (quarantine.n_items == 0)
                        continue;
                fd = open_document(folder, path);
                if (fd >= 0 && file_hash(fd, FILE_HASH_SHA256, hash) &&
                    quarantine_count(&quarantine, hash) >= QUARANTINE_AFTER &&
                    csaf_state_move(folder, CSAF_STATE_NEW, CSAF_STATE_ASIDE, path))
                        n_left--;
        }
        *ret_n_left = n_left;
        return 0;
}

/* The document that klpwatch-digest was at; NULL when it is none of these. */
static const char *find_culprit(const char *death, const CsafRows *rows) {
        const char *name = death + strlen(INPUT "/");

        if (!text_starts_with(death, INPUT "/"))
                return NULL;
        for (size_t i = 0; i < rows->n_items; i++)
                if (text_starts_with(name, rows->items[i].path) &&
                    name[strlen(rows->items[i].path)] == ':')
                        return rows->items[i].path;
        return NULL;
}

/* Notes whose fault it was. 0 when it may be tried again without that one, NETWORK_FEED_E_ANSWERED or -ENOMEM. */
static int blame(NetworkFeed *feed, const CsafRows *rows) {
        const char *path = find_culprit(feed->death, rows);
        const int folder = work_folder_fd(feed->folder);
        char hash[FILE_HASH_TEXT_BYTES];
        _cleanup_close_ int fd = -1;
        Quarantine quarantine;
        unsigned n_deaths;
        int r;

        fd = path ? open_document(folder, path) : -1;
        if (fd < 0 || !file_hash(fd, FILE_HASH_SHA256, hash))
                return NETWORK_FEED_E_ANSWERED;
        quarantine_add(folder, fd, path);
        r = quarantine_read(folder, feed->pool, &quarantine);
        if (r)
                return error_fold(r);
        n_deaths = quarantine_count(&quarantine, hash);
        if (n_deaths >= QUARANTINE_AFTER)
                return 0;
        return network_feed_fail(feed,
                                 memory_pool_format(feed->pool,
                                                    "%s (%u of %d times; then it is left out)",
                                                    feed->death, n_deaths, QUARANTINE_AFTER));
}

int csaf_stage_distil(NetworkFeed *feed, const CsafRows *rows, Distillate *ret) {
        _cleanup_close_ int stage = work_folder_open_inner(work_folder_fd(feed->folder), "stage");
        size_t n_left, n_before = SIZE_MAX;
        int r;

        if (stage < 0)
                return network_feed_fail(
                                feed, memory_pool_format(feed->pool, "stage: %s", strerror(errno)));
        for (;;) {
                r = set_aside(feed, rows, &n_left);
                if (r)
                        return error_fold(r);
                if (n_left == 0)
                        return 0;
                r = network_feed_distil(feed, stage, NULL, INPUT, true, ret);
                if (r != NETWORK_FEED_E_ANSWERED || !feed->death || n_left >= n_before)
                        return r < 0 ? error_trace(r) : r;
                n_before = n_left;
                r = blame(feed, rows);
                if (r)
                        return r < 0 ? error_trace(r) : r;
                distillate_clear(ret);
        }
}

int csaf_stage_settle(NetworkFeed *feed, const CsafRows *rows, const CsafRows *index) {
        const int folder = work_folder_fd(feed->folder);
        Quarantine quarantine;
        int r;

        r = quarantine_read(folder, feed->pool, &quarantine);
        if (r)
                return error_fold(r);
        for (size_t i = 0; i < quarantine.n_items; i++) {
                const QuarantineItem *item = &quarantine.items[i];

                if (csaf_rows_find(rows, item->name) &&
                    csaf_state_has(folder, CSAF_STATE_NEW, item->name))
                        quarantine_forget(folder, feed->pool, item->name);
                else if (item->n_deaths >= QUARANTINE_AFTER && csaf_rows_find(index, item->name))
                        text_list_format(&feed->notes, feed->pool,
                                         "%s has ended klpwatch-digest %d times and is left out "
                                         "(quarantine)",
                                         item->name, QUARANTINE_AFTER);
        }
        return memory_pool_exhausted(feed->pool) ? error_origin(-ENOMEM) : 0;
}
