/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One file of a provider. Its hash lies beside it (.sha256, .sha512) and is held against it wherever it is
 * published, its signature as the policy has it; only then it gets its name. A large file that was cut is
 * gone on with, if the server says that it is still the same one.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bounded-read.h"
#include "base/error.h"
#include "base/text.h"
#include "fetch/csaf-download.h"
#include "fetch/file-hash.h"

#define PART "download.part"
#define PART_TAG "download.tag" /* of which file the part is: its URL and tag */
#define HASH_MAX_BYTES 4096
#define TAG_MAX_BYTES 4096

static int refuse(NetworkFeed *feed, const char *url, const char *what, const char **ret_reason) {
        *ret_reason = memory_pool_format(feed->pool, "%s: %s", http_url_shown(feed->pool, url),
                                         what);
        return CSAF_DOWNLOAD_E_REFUSED;
}

/* What there is of it: how many bytes, and the tag that they are of. */
static void find_part(NetworkFeed *feed, int folder, const char *url, HttpRequest *request) {
        _cleanup_free_ char *text = NULL;
        size_t n_bytes;
        struct stat st;
        char *tag;

        if (bounded_read(folder, PART_TAG, TAG_MAX_BYTES, &text, &n_bytes) != 0 ||
            fstat(request->fd, &st) < 0 || st.st_size == 0)
                return;
        tag = strchr(text, '\n');
        if (!tag)
                return;
        *tag++ = '\0';
        if (strcmp(text, url) != 0 || *tag != '"')
                return;
        request->etag = memory_pool_text(feed->pool, tag);
        request->offset = (uint64_t) st.st_size;
}

typedef struct Part {
        int folder;
        const char *url;
} Part;

/* A strong tag makes it possible to go on with the file, however this process ends. */
static void note_part(void *userdata, const char *tag) {
        const Part *part = userdata;
        _cleanup_close_ int fd = -1;

        (void) unlinkat(part->folder, PART_TAG, 0);
        if (!tag || *tag != '"')
                return;
        fd = openat(part->folder, PART_TAG, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
                    0600);
        if (fd >= 0)
                (void) dprintf(fd, "%s\n%s", part->url, tag);
}

static int download(NetworkFeed *feed, const char *url, int fd, uint64_t max_bytes, bool resume,
                    const char **ret_reason) {
        const int folder = work_folder_fd(feed->folder);
        Part part = { folder, url };
        HttpRequest request = {
                .url = url, .fd = fd, .on_begin = resume ? note_part : NULL, .userdata = &part
        };
        HttpResponse response = {};
        const char *limit;
        int r;

        if (resume)
                find_part(feed, folder, url, &request);
        if (request.offset == 0)
                (void) !ftruncate(fd, 0);
        request.max_bytes = network_feed_cap(feed, max_bytes, request.offset, &limit);
        /* What is there already may be more than is allowed by now. */
        if (request.offset > request.max_bytes) {
                request.offset = 0;
                request.etag = NULL;
        }
        r = http_client_get(feed->client, &request, &response);
        switch (r) {
        case 0:
                return 0;
        case HTTP_CLIENT_E_MISSING:
                *ret_reason = response.problem;
                return CSAF_DOWNLOAD_E_MISSING;
        case HTTP_CLIENT_E_BUSY:
        case HTTP_CLIENT_E_FAILED:
                if (response.too_large && limit)
                        return network_feed_fail_for_room(feed, url, limit);
                if (response.too_large) {
                        *ret_reason = response.problem;
                        return CSAF_DOWNLOAD_E_REFUSED;
                }
                __attribute__((fallthrough));
        case HTTP_CLIENT_E_CANCELLED:
                return r == HTTP_CLIENT_E_CANCELLED ? NETWORK_FEED_E_CANCELLED
                                                    : network_feed_fail_busy(feed, &response);
        default:
                return error_fold(r);
        }
}

/* 0 also where no hash is published. */
static int check_hash(NetworkFeed *feed, const char *url, int fd, const char **ret_reason) {
        static const struct {
                const char *suffix;
                FileHashKind kind;
                size_t n_digits;
        } kinds[] = { { ".sha256", FILE_HASH_SHA256, 64 }, { ".sha512", FILE_HASH_SHA512, 128 } };

        for (size_t i = 0; i < ELEMENTS(kinds); i++) {
                const char *beside = memory_pool_format(feed->pool, "%s%s", url, kinds[i].suffix);
                _cleanup_free_ char *text = NULL;
                char hash[FILE_HASH_TEXT_BYTES];
                HttpResponse response;
                int r;

                r = network_feed_download_text(feed, HASH_MAX_BYTES,
                                               &(HttpRequest){ .url = beside }, &response, &text);
                if (r == NETWORK_FEED_E_MISSING)
                        continue;
                if (r)
                        return r < 0 ? error_trace(r) : r;
                text[strcspn(text, " \t\r\n")] = '\0';
                if (strlen(text) != kinds[i].n_digits)
                        return refuse(feed, beside, "it is no hash", ret_reason);
                if (!file_hash(fd, kinds[i].kind, hash))
                        return refuse(feed, url, strerror(errno), ret_reason);
                return strcasecmp(text, hash) == 0
                                       ? 0
                                       : refuse(feed, url, "its hash is not the one beside it",
                                                ret_reason);
        }
        return 0;
}

int csaf_download(NetworkFeed *feed, const char *url, int folder_fd, const char *name,
                  uint64_t max_bytes, bool resume, const char **ret_reason) {
        const int folder = work_folder_fd(feed->folder);
        _cleanup_close_ int fd =
                        openat(folder, PART, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
        int r;

        if (fd < 0)
                return network_feed_fail(feed, memory_pool_format(feed->pool, "%s: %s", PART,
                                                                  strerror(errno)));
        r = download(feed, url, fd, max_bytes, resume, ret_reason);
        if ((r == NETWORK_FEED_E_ANSWERED || r == NETWORK_FEED_E_CANCELLED) && resume)
                return r;
        if (r == 0)
                r = check_hash(feed, url, fd, ret_reason);
        if (r == 0) {
                r = network_feed_check_signature(feed, folder, PART, url, SIGNATURE_REQUIRE);
                /* A server that is busy ends the attempt, a signature that is wrong only this file. */
                if (r == NETWORK_FEED_E_ANSWERED && feed->result->answer.untrusted) {
                        *ret_reason = feed->result->answer.text;
                        r = CSAF_DOWNLOAD_E_UNTRUSTED;
                }
        }
        if (r == 0 && renameat(folder, PART, folder_fd, name) < 0)
                return network_feed_fail(feed, memory_pool_format(feed->pool, "%s: %s", name,
                                                                  strerror(errno)));
        (void) unlinkat(folder, PART, 0);
        (void) unlinkat(folder, PART_TAG, 0);
        return r < 0 ? error_trace(r) : r;
}
