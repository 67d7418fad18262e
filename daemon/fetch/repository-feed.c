/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A repository is what its repomd.xml lists: the files are fetched that klpwatch-digest reads, held
 * against their hashes, and put into a folder as package managers have it. A file that is there already
 * with the right hash is not fetched again. Mirrors are tried in their order: one that is dead, or hands
 * out something else than its repomd.xml lists, costs a word when another one is whole. An older state
 * than the one that is held is refused; a mirror that lags behind is only passed over.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/sha256.h"
#include "base/text.h"
#include "fetch/file-hash.h"
#include "fetch/network-feed.h"
#include "fetch/repomd-index.h"
#include "fetch/repository-feed.h"
#include "format/digest-record.h"

#define MIRROR_LIST_MAX_BYTES 65536
#define MAX_MIRRORS 16
#define METADATA_MAX_BYTES ((uint64_t) 512 * 1024 * 1024)
#define REPODATA "repodata"

/* The mirror that is tried. */
typedef struct Attempt {
        NetworkFeed *feed;
        int folder; /* repodata/ */
        const char *id;
        const char *base; /* of the mirror, with a slash behind */
} Attempt;

static const char *with_slash(MemoryPool *pool, const char *url) {
        return memory_pool_format(pool, "%s%s", url, text_ends_with(url, "/") ? "" : "/");
}

/* All places in their order: the URL, then the list's. 0, NETWORK_FEED_E_* or -ENOMEM. */
static int find_mirrors(NetworkFeed *feed, TextList *ret) {
        const FeedSettings *settings = &feed->job->settings;
        _cleanup_free_ char *text = NULL;
        HttpResponse response;
        char *rest, *line;
        int r;

        if (settings->url)
                text_list_add(ret, feed->pool, with_slash(feed->pool, settings->url));
        if (!settings->mirror_list)
                return 0;
        r = network_feed_download_text(feed, MIRROR_LIST_MAX_BYTES,
                                       &(HttpRequest){ .url = settings->mirror_list }, &response,
                                       &text);
        if (r == NETWORK_FEED_E_MISSING)
                return network_feed_fail(feed, response.problem);
        if (r)
                return r < 0 ? error_trace(r) : r;
        rest = text;
        while ((line = strsep(&rest, "\n")) && ret->n_items < MAX_MIRRORS) {
                line = text_trim(line);
                if (text_starts_with(line, "https://") && !strpbrk(line, " \t"))
                        text_list_add(ret, feed->pool, with_slash(feed->pool, line));
        }
        if (ret->n_items == 0)
                return network_feed_fail(feed,
                                         memory_pool_format(feed->pool,
                                                            "%s: no mirror with https in it",
                                                            http_url_shown(feed->pool,
                                                                           settings->mirror_list)));
        return 0;
}

static bool is_there(int folder, const RepomdFile *file) {
        _cleanup_close_ int fd = openat(folder, file->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        char hash[FILE_HASH_TEXT_BYTES];

        return fd >= 0 && file_hash(fd, FILE_HASH_SHA256, hash) && strcmp(hash, file->sha256) == 0;
}

static int fetch_file(const Attempt *attempt, const RepomdFile *file) {
        NetworkFeed *feed = attempt->feed;
        const char *url = memory_pool_format(feed->pool, "%s%s", attempt->base, file->location);
        HttpResponse response;
        int r;

        if (is_there(attempt->folder, file))
                return 0;
        r = fetch_job_report(feed->job, memory_pool_format(feed->pool, "fetching %s",
                                                           http_url_shown(feed->pool, url)));
        if (r)
                return error_fold(r);
        r = network_feed_download(feed, attempt->folder, file->name, METADATA_MAX_BYTES,
                                  &(HttpRequest){ .url = url }, &response);
        if (r == NETWORK_FEED_E_MISSING)
                return network_feed_fail(feed, response.problem);
        if (r)
                return r < 0 ? error_trace(r) : r;
        if (is_there(attempt->folder, file))
                return 0;
        (void) unlinkat(attempt->folder, file->name, 0);
        return network_feed_fail(feed, memory_pool_format(feed->pool,
                                                          "%s: it is not what repomd.xml lists "
                                                          "(another sha256)",
                                                          http_url_shown(feed->pool, url)));
}

static bool write_file(int folder, const char *name, const char *text) {
        _cleanup_close_ int fd = openat(
                        folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
        size_t n_bytes = strlen(text);

        return fd >= 0 && write(fd, text, n_bytes) == (ssize_t) n_bytes;
}

static int fetch_listed(const Attempt *attempt, const RepomdIndex *index) {
        NetworkFeed *feed = attempt->feed;
        TextList kept = {};

        text_list_add(&kept, feed->pool, "repomd.xml");
        for (size_t i = 0; i < index->n_items; i++)
                text_list_add(&kept, feed->pool, index->items[i].name);
        work_folder_empty(attempt->folder, &kept);
        for (size_t i = 0; i < index->n_items; i++) {
                int r = fetch_file(attempt, &index->items[i]);

                if (r)
                        return r < 0 ? error_trace(r) : r;
        }
        return 0;
}

/* From the folder to the answer. */
static int distil(const Attempt *attempt, const char *url, const HttpResponse *response,
                  const char *hash) {
        NetworkFeed *feed = attempt->feed;
        _cleanup_(distillate_clear) Distillate distillate = {};
        const Facts *facts;
        int r;

        r = network_feed_distil_whole(
                        feed, work_folder_fd(feed->folder),
                        memory_pool_format(feed->pool, "--repository=%s", attempt->id), ".",
                        REPODATA "/repomd.xml", false, &distillate);
        if (r)
                return r < 0 ? error_trace(r) : r;
        facts = distillate.facts;
        if (facts->n_kernels + facts->n_patches + facts->n_repositories == 0)
                return network_feed_fail(feed, memory_pool_format(feed->pool,
                                                                  "%s: no kernel or live patch of "
                                                                  "a known vendor in it",
                                                                  http_url_shown(feed->pool, url)));
        r = network_feed_judge(feed, url, facts->sources[0].vendor, facts->sources[0].complete_to);
        if (r)
                return r < 0 ? error_trace(r) : r;
        r = network_feed_answer(feed, TAKE(distillate.digest), distillate.n_digest, response, hash);
        return r ? error_fold(r) : 0;
}

/* 0 when the answer is set; NETWORK_FEED_E_ANSWERED says why this mirror is none. */
static int try_mirror(const Attempt *attempt) {
        NetworkFeed *feed = attempt->feed;
        const char *url = memory_pool_format(feed->pool, "%srepodata/repomd.xml", attempt->base);
        HttpRequest request = { .url = url };
        char hash[SHA256_TEXT_BYTES];
        _cleanup_free_ char *text = NULL;
        HttpResponse response;
        RepomdIndex index;
        const char *reason;
        int r;

        /* Tags are a server's own: with mirrors nobody knows whose it would be. */
        if (!feed->job->settings.mirror_list) {
                request.etag = feed->before.etag;
                request.modified = feed->before.modified;
        }
        r = network_feed_download_text(feed, REPOMD_MAX_BYTES, &request, &response, &text);
        if (r == NETWORK_FEED_E_UNCHANGED)
                return network_feed_answer_unchanged(feed);
        if (r == NETWORK_FEED_E_MISSING)
                return network_feed_fail(feed, response.problem);
        if (r)
                return r < 0 ? error_trace(r) : r;
        sha256_text(text, strlen(text), hash);
        if (text_equal(feed->before.content, hash))
                return network_feed_answer_unchanged(feed);
        r = repomd_index_read(text, feed->pool, &index, &reason);
        if (r < 0)
                return error_trace(r);
        if (r)
                return network_feed_fail(feed, memory_pool_format(feed->pool, "%s: %s",
                                                                  http_url_shown(feed->pool, url),
                                                                  reason));
        if (!write_file(attempt->folder, "repomd.xml", text))
                return network_feed_fail(feed, memory_pool_format(feed->pool,
                                                                  "repomd.xml cannot be kept: %s",
                                                                  strerror(errno)));
        r = network_feed_check_signature(feed, attempt->folder, "repomd.xml", url, SIGNATURE_OFF);
        if (r == 0)
                r = fetch_listed(attempt, &index);
        if (r == 0)
                r = distil(attempt, url, &response, memory_pool_text(feed->pool, hash));
        return r < 0 ? error_trace(r) : r;
}

static int fetch(NetworkFeed *feed) {
        Attempt attempt = { .feed = feed,
                            .id = feed->job->settings.repository ?: feed->job->request->feed };
        _cleanup_close_ int folder = -1;
        TextList mirrors = {}, problems = {};
        const char *text = NULL;
        int r;

        if (!digest_is_id(attempt.id))
                return network_feed_fail(feed, "Repository= is no id of a repository");
        folder = work_folder_open_inner(work_folder_fd(feed->folder), REPODATA);
        if (folder < 0)
                return network_feed_fail(feed, memory_pool_format(feed->pool, "%s: %s", REPODATA,
                                                                  strerror(errno)));
        attempt.folder = folder;
        r = find_mirrors(feed, &mirrors);
        if (r)
                return r < 0 ? error_trace(r) : r;
        for (size_t i = 0; i < mirrors.n_items; i++) {
                TextList notes = feed->notes;

                attempt.base = mirrors.items[i];
                r = try_mirror(&attempt);
                if (r != NETWORK_FEED_E_ANSWERED)
                        return r < 0 ? error_trace(r) : r;
                feed->notes = notes;
                text_list_add(&problems, feed->pool, feed->result->answer.text);
        }
        for (size_t i = 0; i < problems.n_items && i < 4; i++)
                text = memory_pool_format(feed->pool, "%s%s%s", text ?: "", text ? "; " : "",
                                          problems.items[i]);
        if (problems.n_items > 1)
                text = memory_pool_format(feed->pool, "none of %zu mirrors is whole: %s",
                                          problems.n_items, text);
        feed->result->answer.text = text;
        return NETWORK_FEED_E_ANSWERED;
}

int repository_feed_fetch(const FetchJob *job, FetchResult *ret) {
        _cleanup_(network_feed_clear) NetworkFeed feed;
        int r;

        r = network_feed_begin(&feed, job, ret);
        if (r == 0)
                r = fetch(&feed);
        if (r < 0)
                return error_trace(r);
        return r == NETWORK_FEED_E_CANCELLED ? FETCH_JOB_E_CANCELLED : 0;
}
