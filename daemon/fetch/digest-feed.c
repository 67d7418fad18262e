/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A published digest, on a server or in a file, is the whole of what its publisher knows: it takes the place of the one
 * before, and nothing is united. Its own hash only tells that it is whole; whose it is, its signature tells.
 */

#include <unistd.h>

#include "base/error.h"
#include "fetch/digest-feed.h"
#include "fetch/network-feed.h"
#include "format/input-caps.h"

#define FILE_NAME "feed.digest"

static int fetch(NetworkFeed *feed, int folder) {
        const char *url = feed->job->settings.url ?: feed->job->request->location;
        const HttpRequest request = { .url = url,
                                      .etag = feed->before.etag,
                                      .modified = feed->before.modified };
        _cleanup_(distillate_clear) Distillate distillate = {};
        HttpResponse response;
        int r;

        r = fetch_job_report(feed->job, memory_pool_format(feed->pool, "fetching %s",
                                                           http_url_shown(feed->pool, url)));
        if (r)
                return error_fold(r);
        r = network_feed_download(feed, folder, FILE_NAME, DIGEST_MAX_BYTES, &request, &response);
        if (r == NETWORK_FEED_E_UNCHANGED)
                return network_feed_answer_unchanged(feed);
        if (r == NETWORK_FEED_E_MISSING)
                return network_feed_fail(feed, response.problem);
        if (r == 0)
                r = network_feed_check_signature(feed, folder, FILE_NAME, url, SIGNATURE_REQUIRE);
        if (r == 0)
                r = network_feed_distil_whole(feed, folder, "--merge", FILE_NAME, FILE_NAME, false,
                                              &distillate);
        if (r == 0)
                r = network_feed_judge(feed, url, distillate.facts->sources[0].vendor,
                                       distillate.facts->sources[0].complete_to);
        if (r)
                return r < 0 ? error_trace(r) : r;
        r = network_feed_answer(feed, TAKE(distillate.digest), distillate.n_digest, &response,
                                NULL);
        return r ? error_fold(r) : 0;
}

int digest_feed_fetch(const FetchJob *job, FetchResult *ret) {
        _cleanup_(network_feed_clear) NetworkFeed feed;
        int r;

        r = network_feed_begin(&feed, job, ret);
        if (r == 0) {
                r = fetch(&feed, work_folder_fd(feed.folder));
                /* klpwatchd keeps it; a second copy is none's business. */
                (void) unlinkat(work_folder_fd(feed.folder), FILE_NAME, 0);
        }
        if (r < 0)
                return error_trace(r);
        return r == NETWORK_FEED_E_CANCELLED ? FETCH_JOB_E_CANCELLED : 0;
}
