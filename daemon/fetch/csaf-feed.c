/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Keeping up with a CSAF provider. changes.csv tells which documents are new: by the time of each row
 * against the time that it had when it was read, so neither order nor a row of the future hides another.
 * What is new is fetched one by one, oldest first; at the beginning, and when there is too much of it, from the
 * archive of all documents. Every file is held against its hash and signature before klpwatch-digest
 * reads it, and then everything that was fetched counts at once, or nothing.
 *
 * What an attempt has fetched and verified waits for the next one when it is cut short, so nothing is
 * downloaded twice. What it says is united with what is held, and so is an archive: of each advisory the latest
 * revision counts, so nothing that comes late, or again, takes anything back.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "fetch/csaf-deletions.h"
#include "fetch/csaf-download.h"
#include "fetch/csaf-feed.h"
#include "fetch/csaf-provider.h"
#include "fetch/csaf-stage.h"
#include "fetch/csaf-state.h"
#include "fetch/csaf-unite.h"
#include "format/digest-read.h"
#include "format/input-caps.h"

#define GO_ON_SEC 60 /* until an attempt that goes on where this one ended */

typedef struct Sync {
        NetworkFeed *feed;
        MemoryPool *pool;
        int folder;
        const char *directory;
        HttpResponse changes_response;
        CsafRows changes;
        CsafIndex index;
        CsafRow *due; /* oldest first */
        size_t n_due;
        CsafRows read; /* in stage/; of them those in `due` become part of the index */
        Facts *held;   /* of the digest that the index belongs to; NULL = nothing is known */
        Distillate archive, fresh;
        const char *archive_name; /* NULL = none was read */
} Sync;

static void sync_clear(Sync *sync) {
        distillate_clear(&sync->archive);
        distillate_clear(&sync->fresh);
        facts_freep(&sync->held);
}

/* --- what is to be done */

static int read_changes(Sync *sync) {
        NetworkFeed *feed = sync->feed;
        const char *url = memory_pool_format(sync->pool, "%schanges.csv", sync->directory);
        HttpRequest request = { .url = url };
        _cleanup_free_ char *text = NULL;
        int r;

        if (sync->index.known) {
                request.etag = feed->before.etag;
                request.modified = feed->before.modified;
        }
        r = network_feed_download_text(feed, CSAF_ROWS_MAX_BYTES, &request, &sync->changes_response,
                                       &text);
        if (r == NETWORK_FEED_E_MISSING)
                return network_feed_fail(feed, sync->changes_response.problem);
        if (r)
                return r < 0 ? error_trace(r) : r;
        r = csaf_rows_read(text, sync->pool, &sync->changes);
        if (r)
                return error_fold(r);
        if (sync->changes.n_items == 0)
                return network_feed_fail(feed, memory_pool_format(sync->pool, "%s: no row in it",
                                                                  http_url_shown(sync->pool, url)));
        if (sync->changes.n_items < sync->index.n_rows - sync->index.n_rows / 10)
                return network_feed_fail(feed,
                                         memory_pool_format(sync->pool,
                                                            "%s: it has lost rows (%zu of %zu are "
                                                            "left); if that is meant, remove the "
                                                            "feed's downloads",
                                                            http_url_shown(sync->pool, url),
                                                            sync->changes.n_items,
                                                            sync->index.n_rows));
        if (sync->changes.n_odd > 0)
                text_list_format(&feed->notes, sync->pool, "%s: %zu lines are no rows",
                                 http_url_shown(sync->pool, url), sync->changes.n_odd);
        return 0;
}

static int find_due(Sync *sync) {
        UtcTime latest = utc_time_now() + USEC_PER_DAY;
        size_t n_future = 0;

        sync->n_due = 0;
        sync->due = memory_pool_alloc(sync->pool, (sync->changes.n_items + 1) * sizeof(*sync->due));
        if (!sync->due)
                return error_origin(-ENOMEM);
        for (size_t i = 0; i < sync->changes.n_items; i++) {
                const CsafRow *row = &sync->changes.items[i];
                const CsafRow *seen = csaf_rows_find(&sync->index.rows, row->path);

                if (row->time > latest)
                        n_future++;
                else if ((sync->index.base == UTC_TIME_NONE || row->time > sync->index.base) &&
                         (!seen || seen->time != row->time))
                        sync->due[sync->n_due++] = *row;
        }
        csaf_rows_sort_by_time(sync->due, sync->n_due);
        if (n_future > 0 && !sync->archive_name)
                text_list_format(&sync->feed->notes, sync->pool,
                                 "changes.csv: %zu rows are of the future and wait", n_future);
        return 0;
}

/* --- the archive */

static int read_archive(Sync *sync, const CsafArchive *archive) {
        NetworkFeed *feed = sync->feed;
        const char *url = memory_pool_format(sync->pool, "%s%s", sync->directory, archive->name);
        _cleanup_close_ int place = work_folder_open_inner(sync->folder, "archive");
        TextList kept = {};
        const char *reason;
        int r = 0;

        if (place < 0)
                return network_feed_fail(feed, memory_pool_format(sync->pool, "archive: %s",
                                                                  strerror(errno)));
        text_list_add(&kept, sync->pool, archive->name);
        work_folder_empty(place, &kept);
        if (faccessat(place, archive->name, F_OK, AT_SYMLINK_NOFOLLOW) < 0) {
                r = fetch_job_report(feed->job,
                                     memory_pool_format(sync->pool, "fetching %s",
                                                        http_url_shown(sync->pool, url)));
                if (r)
                        return error_fold(r);
                r = csaf_download(feed, url, place, archive->name, ARCHIVE_MAX_PACKED_BYTES, true,
                                  &reason);
        }
        if (r == CSAF_DOWNLOAD_E_UNTRUSTED)
                return network_feed_fail_untrusted(feed, reason);
        if (r == CSAF_DOWNLOAD_E_MISSING || r == CSAF_DOWNLOAD_E_REFUSED)
                return network_feed_fail(feed, reason);
        if (r)
                return r < 0 ? error_trace(r) : r;
        r = network_feed_distil_whole(feed, place, NULL, archive->name, archive->name, true,
                                      &sync->archive);
        if (r)
                return r < 0 ? error_trace(r) : r;
        sync->archive_name = archive->name;
        sync->index.base = archive->day;
        r = find_due(sync);
        return r ? error_fold(r) : 0;
}

/* At the beginning, and when there is too much for single files, if there is a newer archive than before. */
static int consider_archive(Sync *sync) {
        CsafArchive archive;
        int r;

        if (sync->index.known && sync->n_due <= sync->feed->job->settings.max_documents)
                return 0;
        r = csaf_provider_find_archive(sync->feed, sync->directory, &archive);
        if (r)
                return r < 0 ? error_trace(r) : r;
        if (!archive.name || (sync->index.known && sync->index.base != UTC_TIME_NONE &&
                              archive.day <= sync->index.base))
                return 0;
        r = read_archive(sync, &archive);
        return r < 0 ? error_trace(r) : r;
}

/*
 * Documents that are gone would be missing in a later archive, if there is one. That it cannot be had is no reason to
 * lose the rest of the attempt.
 */
static int consult_archive(Sync *sync, const CsafRows *gone) {
        UtcTime first = gone->items[0].time;
        CsafArchive archive;
        int r;

        for (size_t i = 1; i < gone->n_items; i++)
                if (gone->items[i].time < first)
                        first = gone->items[i].time;
        r = csaf_provider_find_archive(sync->feed, sync->directory, &archive);
        if (r == 0 && archive.name && archive.day > first && archive.day > sync->index.base)
                r = read_archive(sync, &archive);
        if (r == NETWORK_FEED_E_ANSWERED) {
                text_list_add(&sync->feed->notes, sync->pool, sync->feed->result->answer.text);
                sync->feed->untrusted |= sync->feed->result->answer.untrusted;
                return 0;
        }
        return r < 0 ? error_trace(r) : r;
}

static int find_deleted(Sync *sync, TextList *ret) {
        CsafRows gone;
        int r;

        r = csaf_deletions_find(sync->feed, sync->directory, &sync->index, &sync->changes,
                                sync->held ?: sync->archive.facts, &gone);
        if (r == 0 && gone.n_items > 0 && !sync->archive_name)
                r = consult_archive(sync, &gone);
        if (r)
                return r < 0 ? error_trace(r) : r;
        csaf_deletions_prove(sync->feed, &gone, sync->archive.facts, ret);
        return 0;
}

/* --- single documents */

static int fetch_document(Sync *sync, const CsafRow *row) {
        NetworkFeed *feed = sync->feed;
        const char *url = memory_pool_format(sync->pool, "%s%s", sync->directory, row->path);
        const char *name, *reason;
        _cleanup_close_ int place =
                        csaf_state_open_place(sync->folder, CSAF_STATE_NEW, row->path, &name);
        CsafRow *added;
        int r;

        if (place < 0)
                return network_feed_fail(feed, memory_pool_format(sync->pool, "%s: %s", row->path,
                                                                  strerror(errno)));
        r = csaf_download(feed, url, place, name, CSAF_DOCUMENT_MAX_BYTES, false, &reason);
        if (r == CSAF_DOWNLOAD_E_UNTRUSTED) {
                feed->untrusted = true;
                csaf_doubted_add(sync->folder, row);
        }
        if (r == CSAF_DOWNLOAD_E_MISSING || r == CSAF_DOWNLOAD_E_REFUSED ||
            r == CSAF_DOWNLOAD_E_UNTRUSTED) {
                text_list_add(&feed->notes, sync->pool, reason);
                csaf_tried_add(sync->folder, row);
                return 0;
        }
        if (r)
                return r < 0 ? error_trace(r) : r;
        csaf_pending_add(sync->folder, row);
        added = memory_pool_append(sync->pool, sync->read.items, sync->read.n_items);
        if (added)
                *added = *row;
        return 0;
}

/* Those of an earlier attempt wait already. */
static int fetch_documents(Sync *sync) {
        uint64_t n_left = sync->feed->job->settings.max_documents;
        CsafRows waiting, tried, doubted;
        size_t n_tried = 0, n_doubted = 0;
        int r;

        r = csaf_tried_read(sync->folder, sync->pool, &tried, &doubted);
        if (r)
                return error_fold(r);
        r = csaf_pending_read(sync->folder, sync->pool, &sync->read);
        if (r)
                return error_fold(r);
        waiting = sync->read;
        waiting.items = memory_pool_alloc(sync->pool,
                                          (waiting.n_items + 1) * sizeof(*waiting.items));
        if (!waiting.items)
                return error_origin(-ENOMEM);
        if (waiting.n_items > 0)
                memcpy(waiting.items, sync->read.items, waiting.n_items * sizeof(*waiting.items));
        for (size_t i = 0; i < sync->n_due; i++) {
                const CsafRow *row = &sync->due[i], *found = csaf_rows_find(&waiting, row->path);

                if (found && found->time == row->time)
                        continue;
                found = csaf_rows_find(&tried, row->path);
                if (found && found->time == row->time) {
                        n_tried++;
                        found = csaf_rows_find(&doubted, row->path);
                        n_doubted += found && found->time == row->time;
                        continue;
                }
                if (n_left-- == 0) {
                        (void) fetch_job_answer(
                                        sync->feed->result, FETCH_GOES_ON,
                                        memory_pool_format(
                                                        sync->pool,
                                                        "%s: %zu of %zu new documents are here; "
                                                        "the next attempt goes on",
                                                        http_url_shown(sync->pool, sync->directory),
                                                        i, sync->n_due));
                        sync->feed->result->answer.retry_after_sec = GO_ON_SEC;
                        return NETWORK_FEED_E_ANSWERED;
                }
                r = fetch_job_report_share(sync->feed->job,
                                           memory_pool_format(sync->pool, "fetching %s", row->path),
                                           i + 1, sync->n_due);
                if (r)
                        return error_fold(r);
                r = fetch_document(sync, row);
                if (r)
                        return r < 0 ? error_trace(r) : r;
        }
        csaf_tried_forget(sync->folder);
        if (n_tried > 0)
                text_list_format(&sync->feed->notes, sync->pool,
                                 "%zu documents could not be had in the attempts before this one",
                                 n_tried);
        if (n_doubted > 0)
                text_list_format(&sync->feed->notes, sync->pool,
                                 "%zu of them for want of a good signature", n_doubted);
        sync->feed->untrusted = sync->feed->untrusted || n_doubted > 0;
        sync->read.n_items = csaf_rows_settle(sync->read.items, sync->read.n_items);
        return memory_pool_exhausted(sync->pool) ? error_origin(-ENOMEM) : 0;
}

/* --- the end */

/* What was read before and still is listed, and what was read now. */
static void renew_index(Sync *sync) {
        CsafRows rows = {};
        CsafRow *row;

        for (size_t i = 0; i < sync->index.rows.n_items; i++)
                if (csaf_rows_find(&sync->changes, sync->index.rows.items[i].path)) {
                        row = memory_pool_append(sync->pool, rows.items, rows.n_items);
                        if (row)
                                *row = sync->index.rows.items[i];
                }
        for (size_t i = 0; i < sync->n_due; i++) {
                const CsafRow *found = csaf_rows_find(&sync->read, sync->due[i].path);

                if (!found || found->time != sync->due[i].time)
                        continue;
                row = memory_pool_append(sync->pool, rows.items, rows.n_items);
                if (row)
                        *row = sync->due[i];
        }
        rows.n_items = csaf_rows_settle(rows.items, rows.n_items);
        sync->index.rows = rows;
        sync->index.n_rows = sync->changes.n_items;
}

static int commit(Sync *sync, const CsafUnited *united) {
        const char *hash;
        int r;

        renew_index(sync);
        r = csaf_stage_settle(sync->feed, &sync->read, &sync->index.rows);
        if (r)
                return error_fold(r);
        for (size_t i = 0; i < sync->n_due; i++) {
                const CsafRow *row = csaf_rows_find(&sync->index.rows, sync->due[i].path);

                /* What could not be had is asked for again, though the list be the same. */
                if (!row || row->time != sync->due[i].time)
                        sync->changes_response.etag = sync->changes_response.modified = NULL;
        }
        r = csaf_index_write(sync->folder, &sync->index, sync->feed->before.content, sync->pool,
                             &hash);
        if (r < 0)
                return error_trace(r);
        if (r)
                return network_feed_fail(sync->feed,
                                         memory_pool_format(sync->pool,
                                                            "the index cannot be kept: %s",
                                                            strerror(errno)));
        csaf_state_spend(sync->folder, hash);
        r = network_feed_answer(sync->feed, united->digest, united->n_digest,
                                &sync->changes_response, hash);
        return r ? error_fold(r) : 0;
}

static CsafWord word_of(const Distillate *distillate) {
        return (CsafWord){ distillate->digest, distillate->n_digest, distillate->facts };
}

static int unite(Sync *sync) {
        NetworkFeed *feed = sync->feed;
        TextList deleted = {};
        CsafUnion job = { .read = &sync->read,
                          .deleted = &deleted,
                          .shown = http_url_shown(sync->pool, sync->directory),
                          .latest = utc_time_now() + USEC_PER_DAY,
                          .pool = sync->pool,
                          .notes = &feed->notes };
        CsafUnited united = {};
        const char *reason;
        int r;

        r = find_deleted(sync, &deleted);
        if (r)
                return r < 0 ? error_trace(r) : r;
        if (sync->held)
                job.words[CSAF_TELLER_HELD] =
                                (CsafWord){ feed->job->digest, feed->job->n_digest, sync->held };
        job.words[CSAF_TELLER_ARCHIVE] = word_of(&sync->archive);
        job.words[CSAF_TELLER_FRESH] = word_of(&sync->fresh);
        r = csaf_unite(&job, &united, &reason);
        if (r < 0)
                return error_trace(r);
        if (r)
                return network_feed_fail(feed, reason);
        r = network_feed_judge(feed, sync->directory, united.vendor, united.complete_to);
        if (r == 0)
                r = commit(sync, &united);
        if (r)
                free(united.digest);
        return r < 0 ? error_trace(r) : r;
}

/* What was fetched from elsewhere, or believed for other reasons, is not gone on with. */
static const char *source_text(const Sync *sync) {
        const FeedSettings *settings = &sync->feed->job->settings;
        const char *text = memory_pool_format(sync->pool, "%s\n%d\n%s\n", settings->url,
                                              (int) settings->signature, KLPWATCH_VERSION);

        for (size_t i = 0; i < settings->fingerprints.n_items; i++)
                text = memory_pool_format(sync->pool, "%s%s\n", text,
                                          settings->fingerprints.items[i]);
        return text;
}

static int fetch(Sync *sync) {
        NetworkFeed *feed = sync->feed;
        int r;

        if (work_folder_is_temporary(feed->folder))
                return network_feed_fail(feed, "feeds of type csaf need a folder for what they "
                                               "keep (--cache=, or CacheDirectory= of the unit)");
        r = csaf_state_claim(sync->folder, source_text(sync));
        if (r)
                return r < 0 ? error_trace(r)
                             : network_feed_fail(feed, memory_pool_format(sync->pool,
                                                                          "nothing can be kept: %s",
                                                                          strerror(errno)));
        csaf_state_settle(sync->folder, feed->goes_on ? feed->before.content : NULL);
        sync->index.base = UTC_TIME_NONE;
        if (feed->goes_on && feed->before.content) {
                r = csaf_index_read(sync->folder, feed->before.content, sync->pool, &sync->index);
                if (r == 0 && sync->index.known)
                        r = network_feed_held(feed, &sync->held);
                if (r)
                        return error_fold(r);
        }
        r = csaf_provider_find(feed, &sync->directory);
        if (r == 0)
                r = read_changes(sync);
        if (r == NETWORK_FEED_E_UNCHANGED)
                return network_feed_answer_unchanged(feed);
        if (r == 0)
                r = find_due(sync);
        if (r == 0)
                r = consider_archive(sync);
        if (r == 0)
                r = fetch_documents(sync);
        if (r == 0 && sync->read.n_items > 0)
                r = csaf_stage_distil(feed, &sync->read, &sync->fresh);
        if (r == 0)
                r = unite(sync);
        return r < 0 ? error_trace(r) : r;
}

int csaf_feed_fetch(const FetchJob *job, FetchResult *ret) {
        _cleanup_(network_feed_clear) NetworkFeed feed;
        _cleanup_(sync_clear) Sync sync = {};
        int r;

        r = network_feed_begin(&feed, job, ret);
        if (r == 0) {
                sync.feed = &feed;
                sync.pool = job->pool;
                sync.folder = work_folder_fd(feed.folder);
                r = fetch(&sync);
        }
        if (r < 0)
                return error_trace(r);
        return r == NETWORK_FEED_E_CANCELLED ? FETCH_JOB_E_CANCELLED : 0;
}
