/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Lists of support ends. Each is the whole list, so nothing is united. Some do not say of what date they
 * are; then the server's Last-Modified does, and without that the list is refused: what has no date would
 * never count, or for ever.
 */

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "fetch/lifecycle-feed.h"
#include "fetch/network-feed.h"
#include "format/digest-write.h"

#define LIST_MAX_BYTES ((uint64_t) 16 * 1024 * 1024)
#define NAME_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."

/* The list's own name, by which its dates are cited; one that could mean something else is not taken. */
static const char *name_of(MemoryPool *pool, const char *url) {
        const char *path = memory_pool_text_n(pool, url, strcspn(url, "?#"));
        const char *name = strrchr(path, '/') + 1;

        if (strspn(name, NAME_CHARACTERS) != strlen(name) || strlen(name) > 128 ||
            strchr("-.", name[0]))
                return "support.lifecycle";
        return text_ends_with(name, ".lifecycle") || strcmp(name, "klp-build-supported.csv") == 0
                               ? name
                               : memory_pool_format(pool, "%s.lifecycle", name);
}

static int fetch(NetworkFeed *feed, int folder, const char *name) {
        const char *url = feed->job->settings.url;
        const HttpRequest request = { .url = url,
                                      .etag = feed->before.etag,
                                      .modified = feed->before.modified };
        _cleanup_(distillate_clear) Distillate distillate = {};
        _cleanup_free_ char *digest = NULL;
        HttpResponse response;
        DigestHeader header;
        size_t n_digest;
        int r;

        r = fetch_job_report(feed->job, memory_pool_format(feed->pool, "fetching %s",
                                                           http_url_shown(feed->pool, url)));
        if (r)
                return error_fold(r);
        r = network_feed_download(feed, folder, name, LIST_MAX_BYTES, &request, &response);
        if (r == NETWORK_FEED_E_UNCHANGED)
                return network_feed_answer_unchanged(feed);
        if (r == NETWORK_FEED_E_MISSING)
                return network_feed_fail(feed, response.problem);
        if (r == 0)
                r = network_feed_check_signature(feed, folder, name, url, SIGNATURE_OFF);
        if (r == 0)
                r = network_feed_distil_whole(feed, folder, NULL, name, name, false, &distillate);
        if (r)
                return r < 0 ? error_trace(r) : r;
        if (distillate.facts->n_windows == 0)
                return network_feed_fail(feed, memory_pool_format(feed->pool,
                                                                  "%s: no support end of a live-"
                                                                  "patched kernel in it",
                                                                  http_url_shown(feed->pool, url)));
        header = (DigestHeader){ .vendor = distillate.facts->sources[0].vendor,
                                 .source = http_url_shown(feed->pool, url),
                                 .complete_to = distillate.facts->sources[0].complete_to };
        if (header.complete_to == UTC_TIME_NONE)
                header.complete_to = response.modified_at;
        if (header.complete_to == UTC_TIME_NONE)
                return network_feed_fail(
                                feed, memory_pool_format(feed->pool,
                                                         "%s: neither the list nor the server "
                                                         "(Last-Modified) says of what date it is",
                                                         http_url_shown(feed->pool, url)));
        r = network_feed_judge(feed, url, header.vendor, header.complete_to);
        if (r)
                return r < 0 ? error_trace(r) : r;
        r = digest_write(distillate.facts, &header, &feed->notes, feed->pool, &digest, &n_digest);
        if (r)
                return error_fold(r);
        r = network_feed_answer(feed, TAKE(digest), n_digest, &response, NULL);
        return r ? error_fold(r) : 0;
}

int lifecycle_feed_fetch(const FetchJob *job, FetchResult *ret) {
        const char *name = name_of(job->pool, job->settings.url);
        _cleanup_(network_feed_clear) NetworkFeed feed;
        int r;

        r = network_feed_begin(&feed, job, ret);
        if (r == 0) {
                r = fetch(&feed, work_folder_fd(feed.folder), name);
                (void) unlinkat(work_folder_fd(feed.folder), name, 0);
        }
        if (r < 0)
                return error_trace(r);
        return r == NETWORK_FEED_E_CANCELLED ? FETCH_JOB_E_CANCELLED : 0;
}
