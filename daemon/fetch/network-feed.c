/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The common part of feeds over the network. Nothing counts before it was held against what can be known
 * of it: its length, its hash, its signature; then klpwatch-digest reads it; then what it says is held
 * against the host's vendor, the clock and the digest that is held, so that nobody can hand out an older
 * state as news.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/sha256.h"
#include "base/text.h"
#include "fetch/digest-child.h"
#include "fetch/file-hash.h"
#include "fetch/network-feed.h"
#include "fetch/quarantine.h"
#include "fetch/signature-check.h"
#include "format/digest-read.h"

#define REPORTED_BYTES ((uint64_t) 1024 * 1024)
#define MAX_NOTES 3

void distillate_clear(Distillate *distillate) {
        facts_freep(&distillate->facts);
        free(distillate->digest);
}

static const char *source_url(const FetchJob *job) {
        return job->settings.url ?: job->settings.mirror_list ?: job->request->location;
}

static int read_cursor(NetworkFeed *feed) {
        const FetchJob *job = feed->job;
        NetworkCursor cursor;
        int r;

        if (!job->cursor || !job->digest)
                return 0;
        r = network_cursor_read(job->cursor, job->n_cursor, feed->pool, &cursor);
        if (r < 0)
                return error_trace(r);
        if (r == 0 && strcmp(cursor.type, job->request->type) == 0 &&
            strcmp(cursor.url, source_url(job)) == 0 &&
            strcmp(cursor.tool, KLPWATCH_VERSION) == 0 &&
            text_equal(cursor.vendor, job->request->vendor)) {
                feed->before = cursor;
                feed->goes_on = true;
        }
        return 0;
}

/* Of a large file it is worth telling how much of it is here. */
static void report_download(void *userdata, const char *url, uint64_t n_done, uint64_t n_total) {
        const NetworkFeed *feed = userdata;

        if (n_done >= REPORTED_BYTES)
                (void) fetch_job_report_share(feed->job,
                                              memory_pool_format(feed->pool, "downloading %s", url),
                                              n_done, n_total);
}

int network_feed_begin(NetworkFeed *feed, const FetchJob *job, FetchResult *result) {
        const char *problem;
        int r;

        *feed = (NetworkFeed){ .job = job, .pool = job->pool, .result = result };
        r = work_folder_new(job->cache, job->request->feed, feed->pool, &feed->folder, &problem);
        if (r)
                return r < 0 ? error_trace(r) : network_feed_fail(feed, problem);
        r = http_client_new(&job->settings, job->socket, feed->pool, &feed->client);
        if (r)
                return error_fold(r);
        http_client_report_to(feed->client, report_download, feed);
        r = read_cursor(feed);
        if (r == 0 && job->settings.keyring && job->settings.signature != SIGNATURE_OFF)
                r = signature_check_ends(job->settings.keyring, &job->settings.fingerprints,
                                         (UtcTime) time(NULL) * USEC_PER_SEC, feed->pool,
                                         &feed->key_warning);
        return r ? error_fold(r) : 0;
}

void network_feed_clear(NetworkFeed *feed) {
        http_client_freep(&feed->client);
        work_folder_freep(&feed->folder);
}

int network_feed_fail(NetworkFeed *feed, const char *text) {
        (void) fetch_job_answer(feed->result, FETCH_FAILED, text);
        return NETWORK_FEED_E_ANSWERED;
}

int network_feed_fail_untrusted(NetworkFeed *feed, const char *text) {
        (void) network_feed_fail(feed, text);
        feed->result->answer.untrusted = true;
        return NETWORK_FEED_E_ANSWERED;
}

int network_feed_fail_busy(NetworkFeed *feed, const HttpResponse *response) {
        (void) network_feed_fail(feed, response->problem);
        feed->result->answer.retry_after_sec = response->retry_after_sec;
        return NETWORK_FEED_E_ANSWERED;
}

static int judge_download(NetworkFeed *feed, int r, const HttpResponse *response) {
        switch (r) {
        case HTTP_CLIENT_E_UNCHANGED:
                return NETWORK_FEED_E_UNCHANGED;
        case HTTP_CLIENT_E_MISSING:
                return NETWORK_FEED_E_MISSING;
        case HTTP_CLIENT_E_CANCELLED:
                return NETWORK_FEED_E_CANCELLED;
        case HTTP_CLIENT_E_BUSY:
        case HTTP_CLIENT_E_FAILED:
                return network_feed_fail_busy(feed, response);
        default:
                return r ? error_fold(r) : 0;
        }
}

static uint64_t cap(const NetworkFeed *feed, uint64_t max_bytes) {
        uint64_t set = feed->job->settings.max_bytes;

        return set > 0 && set < max_bytes ? set : max_bytes;
}

uint64_t network_feed_cap(const NetworkFeed *feed, uint64_t max_bytes, uint64_t n_there,
                          const char **ret_limit) {
        const char *limit;
        uint64_t room = work_folder_room(feed->folder, &limit) + n_there;

        max_bytes = cap(feed, max_bytes);
        *ret_limit = room < max_bytes ? limit : NULL;
        return room < max_bytes ? room : max_bytes;
}

int network_feed_fail_for_room(NetworkFeed *feed, const char *url, const char *limit) {
        return network_feed_fail(feed,
                                 memory_pool_format(feed->pool, "%s: there is no room for it: %s",
                                                    http_url_shown(feed->pool, url), limit));
}

/* A file of this host in the place of one that is fetched. Its hash is its tag. */
static int copy_file(NetworkFeed *feed, int fd, const HttpRequest *request, uint64_t max_bytes,
                     HttpResponse *ret) {
        const char *path = request->url + strspn(request->url, "/");
        _cleanup_free_ char *data = NULL;
        char hash[SHA256_TEXT_BYTES];
        size_t n_bytes;
        int r;

        *ret = (HttpResponse){ .modified_at = UTC_TIME_NONE, .url = request->url };
        r = host_root_read(feed->job->root, path, (size_t) max_bytes, &data, &n_bytes);
        if (r < 0)
                return error_trace(r);
        if (r) {
                ret->problem = host_root_explain(feed->pool, r, path);
                return r == HOST_ROOT_E_MISSING ? NETWORK_FEED_E_MISSING
                                                : network_feed_fail(feed, ret->problem);
        }
        ret->n_bytes = n_bytes;
        ret->etag = memory_pool_text(feed->pool, sha256_text(data, n_bytes, hash));
        if (text_equal(ret->etag, request->etag))
                return NETWORK_FEED_E_UNCHANGED;
        if (write(fd, data, n_bytes) != (ssize_t) n_bytes)
                return network_feed_fail(feed,
                                         memory_pool_format(feed->pool, "%s: it cannot be kept: %s",
                                                            request->url, strerror(errno)));
        return 0;
}

int network_feed_download(NetworkFeed *feed, int folder_fd, const char *name, uint64_t max_bytes,
                          const HttpRequest *request, HttpResponse *ret) {
        _cleanup_close_ int fd = openat(folder_fd, name,
                                        O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
        HttpRequest whole = *request;
        const char *limit;
        int r;

        if (fd < 0)
                return network_feed_fail(feed,
                                         memory_pool_format(feed->pool, "%s cannot be kept: %s",
                                                            name, strerror(errno)));
        whole.fd = fd;
        whole.max_bytes = network_feed_cap(feed, max_bytes, 0, &limit);
        if (request->url[0] == '/') {
                r = copy_file(feed, fd, request, whole.max_bytes, ret);
                if (r)
                        (void) unlinkat(folder_fd, name, 0);
                return r < 0 ? error_trace(r) : r;
        }
        r = http_client_get(feed->client, &whole, ret);
        if (r)
                (void) unlinkat(folder_fd, name, 0);
        if (r == HTTP_CLIENT_E_FAILED && ret->too_large && limit)
                return network_feed_fail_for_room(feed, request->url, limit);
        return judge_download(feed, r, ret);
}

int network_feed_download_text(NetworkFeed *feed, uint64_t max_bytes, const HttpRequest *request,
                               HttpResponse *ret, char **ret_text) {
        HttpRequest whole = *request;
        int r;

        whole.max_bytes = cap(feed, max_bytes);
        r = http_client_get_text(feed->client, &whole, ret, ret_text);
        return judge_download(feed, r, ret);
}

/* --- signatures */

/* What is wrong with a signature ends the attempt, or is told and nothing more. */
static int object(NetworkFeed *feed, SignaturePolicy policy, const char *url, const char *reason) {
        const char *text = memory_pool_format(feed->pool, "%s is not believed: %s",
                                              http_url_shown(feed->pool, url), reason);

        if (policy == SIGNATURE_REQUIRE)
                return network_feed_fail_untrusted(feed, text);
        text_list_format(&feed->notes, feed->pool, "%s is not verified: %s",
                         http_url_shown(feed->pool, url), reason);
        return 0;
}

/* NETWORK_FEED_E_MISSING when there is none beside it. */
static int download_signature(NetworkFeed *feed, const char *url, int *ret_fd,
                              const char **ret_problem) {
        static const char *const suffixes[] = { ".asc", ".sig" };
        HttpResponse response = {};

        for (size_t i = 0; i < ELEMENTS(suffixes); i++) {
                const char *beside = memory_pool_format(feed->pool, "%s%s", url, suffixes[i]);
                int r;

                r = network_feed_download(feed, work_folder_fd(feed->folder), "signature",
                                          SIGNATURE_MAX_BYTES, &(HttpRequest){ .url = beside },
                                          &response);
                if (r == NETWORK_FEED_E_MISSING)
                        continue;
                if (r)
                        return r;
                *ret_fd = openat(work_folder_fd(feed->folder), "signature",
                                 O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
                (void) unlinkat(work_folder_fd(feed->folder), "signature", 0);
                return *ret_fd < 0 ? error_origin(-errno) : 0;
        }
        *ret_problem = "there is no signature beside it (.asc, .sig)";
        return NETWORK_FEED_E_MISSING;
}

int network_feed_check_signature(NetworkFeed *feed, int folder_fd, const char *name,
                                 const char *url, SignaturePolicy standard) {
        const FeedSettings *settings = &feed->job->settings;
        SignaturePolicy policy = settings->signature ?: standard;
        _cleanup_close_ int data = -1, signature = -1;
        const char *problem = NULL;
        int r;

        if (policy == SIGNATURE_OFF)
                return 0;
        if (!settings->keyring)
                return object(feed, policy, url,
                              "no key is pinned (Keyring= and Fingerprint=, or Signature=off)");
        r = download_signature(feed, url, &signature, &problem);
        if (r == NETWORK_FEED_E_ANSWERED && policy == SIGNATURE_WARN)
                return object(feed, policy, url, feed->result->answer.text);
        if (r == NETWORK_FEED_E_MISSING)
                return object(feed, policy, url, problem);
        if (r)
                return r < 0 ? error_trace(r) : r;
        data = openat(folder_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        if (data < 0)
                return error_origin(-errno);
        r = signature_check(data, signature, settings->keyring, &settings->fingerprints,
                            feed->job->socket, feed->pool, &problem);
        if (r < 0)
                return error_trace(r);
        if (r == SIGNATURE_CHECK_E_CANCELLED)
                return NETWORK_FEED_E_CANCELLED;
        return r ? object(feed, policy, url, problem) : 0;
}

/* --- facts */

int network_feed_distil(NetworkFeed *feed, int folder_fd, const char *option, const char *input,
                        bool some_is_enough, Distillate *ret) {
        const DigestChild child = {
                .program = feed->job->digest_program,
                .option = option,
                .input = input,
                .folder_fd = folder_fd,
                .cancel_fd = feed->job->socket,
                .some_is_enough = some_is_enough,
        };
        char reason[DIGEST_READ_REASON_BYTES];
        const char *problem;
        int r;

        feed->death = NULL;
        r = digest_child_run(&child, feed->pool, &ret->digest, &ret->n_digest, &problem);
        if (r < 0)
                return error_trace(r);
        if (r == DIGEST_CHILD_E_CANCELLED)
                return NETWORK_FEED_E_CANCELLED;
        if (r == DIGEST_CHILD_E_DIED)
                feed->death = problem;
        if (r)
                return network_feed_fail(feed, problem);
        if (problem)
                text_list_format(&feed->notes, feed->pool, "left out: %s", problem);
        r = facts_new(&ret->facts);
        if (r)
                return error_fold(r);
        r = digest_read(ret->facts, feed->job->request->feed, FEED_KIND_NETWORK, ret->digest,
                        ret->n_digest, reason);
        if (r < 0)
                return error_trace(r);
        return r ? network_feed_fail(feed, memory_pool_text(feed->pool, reason)) : 0;
}

/* Is it one that is left alone? 0, NETWORK_FEED_E_ANSWERED or -ENOMEM. */
static int look_at_quarantine(NetworkFeed *feed, int fd, const char *file) {
        char hash[FILE_HASH_TEXT_BYTES];
        Quarantine quarantine;
        int r;

        r = quarantine_read(work_folder_fd(feed->folder), feed->pool, &quarantine);
        if (r)
                return error_fold(r);
        if (quarantine.n_items == 0 || !file_hash(fd, FILE_HASH_SHA256, hash) ||
            quarantine_count(&quarantine, hash) < QUARANTINE_AFTER)
                return 0;
        return network_feed_fail(feed, memory_pool_format(feed->pool,
                                                          "%s has ended klpwatch-digest %d times "
                                                          "and is left alone until "
                                                          "it is another one (quarantine)",
                                                          file, QUARANTINE_AFTER));
}

int network_feed_distil_whole(NetworkFeed *feed, int folder_fd, const char *option,
                              const char *input, const char *file, bool some_is_enough,
                              Distillate *ret) {
        _cleanup_close_ int fd = openat(folder_fd, file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        int r;

        if (fd < 0)
                return network_feed_fail(feed, memory_pool_format(feed->pool, "%s: %s", file,
                                                                  strerror(errno)));
        feed->death = NULL;
        r = look_at_quarantine(feed, fd, file);
        if (r == 0)
                r = network_feed_distil(feed, folder_fd, option, input, some_is_enough, ret);
        if (r == NETWORK_FEED_E_ANSWERED && feed->death)
                quarantine_add(work_folder_fd(feed->folder), fd, file);
        return r < 0 ? error_trace(r) : r;
}

int network_feed_held(const NetworkFeed *feed, Facts **ret) {
        char reason[DIGEST_READ_REASON_BYTES];
        _cleanup_(facts_freep) Facts *facts = NULL;
        int r;

        *ret = NULL;
        if (!feed->job->digest)
                return 0;
        r = facts_new(&facts);
        if (r)
                return error_fold(r);
        r = digest_read(facts, "held", FEED_KIND_NETWORK, feed->job->digest, feed->job->n_digest,
                        reason);
        if (r < 0)
                return error_trace(r);
        if (r == 0)
                *ret = TAKE(facts);
        return 0;
}

static const char *time_text(const NetworkFeed *feed, UtcTime time) {
        char text[UTC_TIME_TEXT_BYTES];

        return memory_pool_text(feed->pool, utc_time_format(time, text));
}

int network_feed_judge(NetworkFeed *feed, const char *url, const char *vendor,
                       UtcTime complete_to) {
        const char *wanted = feed->job->request->vendor, *shown = http_url_shown(feed->pool, url);
        _cleanup_(facts_freep) Facts *held = NULL;
        int r;

        if (wanted && !text_equal(wanted, vendor))
                return network_feed_fail(
                                feed,
                                memory_pool_format(feed->pool, "%s: it is about %s, not about %s",
                                                   shown, vendor ?: "no known vendor", wanted));
        if (complete_to != UTC_TIME_NONE && complete_to > utc_time_now() + USEC_PER_DAY)
                return network_feed_fail(
                                feed, memory_pool_format(feed->pool, "%s: it is of the future (%s)",
                                                         shown, time_text(feed, complete_to)));
        r = network_feed_held(feed, &held);
        if (r)
                return error_fold(r);
        if (!held || !text_equal(held->sources[0].vendor, vendor) ||
            held->sources[0].complete_to == UTC_TIME_NONE ||
            (complete_to != UTC_TIME_NONE && complete_to >= held->sources[0].complete_to))
                return 0;
        return network_feed_fail(
                        feed,
                        memory_pool_format(feed->pool,
                                           "%s: it went back from %s to %s; what is held stays",
                                           shown, time_text(feed, held->sources[0].complete_to),
                                           time_text(feed, complete_to)));
}

/* --- answers */

static const char *notes_text(const NetworkFeed *feed) {
        const char *text = NULL;

        for (size_t i = 0; i < feed->notes.n_items && i < MAX_NOTES; i++)
                text = memory_pool_format(feed->pool, "%s%s%s", text ?: "", text ? "; " : "",
                                          feed->notes.items[i]);
        if (feed->notes.n_items > MAX_NOTES)
                text = memory_pool_format(feed->pool, "%s; and %zu more like this", text,
                                          feed->notes.n_items - MAX_NOTES);
        return text;
}

/* It is not remembered with the others: it goes when the keyring is another one. */
static const char *with_key_warning(const NetworkFeed *feed, const char *text) {
        if (!feed->key_warning || !text)
                return feed->key_warning ?: text;
        return memory_pool_format(feed->pool, "%s; %s", feed->key_warning, text);
}

int network_feed_answer(NetworkFeed *feed, char *digest, size_t n_digest,
                        const HttpResponse *response, const char *content) {
        const char *text = notes_text(feed);
        const NetworkCursor cursor = {
                .type = feed->job->request->type,
                .url = source_url(feed->job),
                .tool = KLPWATCH_VERSION,
                .vendor = feed->job->request->vendor,
                .etag = response->etag,
                .modified = response->modified,
                .content = content,
                .text = text,
        };
        int r;

        feed->result->digest = digest;
        feed->result->n_digest = n_digest;
        r = network_cursor_write(&cursor, feed->pool, &feed->result->cursor);
        if (r)
                return error_fold(r);
        (void) fetch_job_answer(feed->result, FETCH_CHANGED, with_key_warning(feed, text));
        feed->result->answer.untrusted = feed->untrusted;
        return 0;
}

int network_feed_answer_unchanged(NetworkFeed *feed) {
        return fetch_job_answer(feed->result, FETCH_UNCHANGED,
                                with_key_warning(feed, feed->before.text));
}
