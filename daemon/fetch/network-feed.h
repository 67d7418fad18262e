/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What all types of feeds over the network share: a client, a folder for downloads, the cursor, the policy
 * of signatures, and the way from a file to facts.
 */

#include "core/facts.h"
#include "fetch/fetch-job.h"
#include "fetch/http-client.h"
#include "fetch/network-cursor.h"
#include "fetch/work-folder.h"

enum {
        NETWORK_FEED_E_ANSWERED = 1, /* the result says why it ends here */
        NETWORK_FEED_E_CANCELLED,    /* the socket was closed */
        NETWORK_FEED_E_MISSING,      /* of downloads: 404 or 410; the response says where */
        NETWORK_FEED_E_UNCHANGED,    /* of downloads: 304 */
};

typedef struct NetworkFeed {
        const FetchJob *job;
        MemoryPool *pool;
        FetchResult *result;
        HttpClient *client;
        WorkFolder *folder;
        NetworkCursor before; /* empty when there was none that counts */
        bool untrusted; /* something was left out for want of a good signature, and the rest counts */
        const char *death; /* how the last input ended klpwatch-digest, its name first; NULL = it did not */
        bool goes_on;            /* `before` and the digest that is held belong together */
        TextList notes;          /* what the answer should tell */
        const char *key_warning; /* told with each answer while it is so; NULL = nothing */
} NetworkFeed;

/* What is distilled: a digest, and what it says. */
typedef struct Distillate {
        Facts *facts;
        char *digest;
        size_t n_digest;
} Distillate;

void distillate_clear(Distillate *distillate);

/* 0, NETWORK_FEED_E_ANSWERED or -ENOMEM. To be cleared in each case. */
int network_feed_begin(NetworkFeed *feed, const FetchJob *job, FetchResult *result);
void network_feed_clear(NetworkFeed *feed);

/* Answers that the attempt failed; NETWORK_FEED_E_ANSWERED. */
int network_feed_fail(NetworkFeed *feed, const char *text);

/* The same for want of a good signature. */
int network_feed_fail_untrusted(NetworkFeed *feed, const char *text);

/* The same with what a download says, its pause included. */
int network_feed_fail_busy(NetworkFeed *feed, const HttpResponse *response);

/*
 * Downloads into the file `name` of the folder `folder_fd`, of at most `max_bytes` (MaxBytes= goes before),
 * which only stays when it is whole. `request` needs no more than url, etag and modified; a URL that is a path means a
 * file below the job's root.
 * 0, NETWORK_FEED_E_* or -ENOMEM.
 */
int network_feed_download(NetworkFeed *feed, int folder_fd, const char *name, uint64_t max_bytes,
                          const HttpRequest *request, HttpResponse *ret);

/*
 * The most that a file in the folder may have, of which `n_there` bytes are there: `max_bytes`, MaxBytes=, or what there
 * is room for. In the last case `ret_limit` says why it is no more, else it is NULL.
 */
uint64_t network_feed_cap(const NetworkFeed *feed, uint64_t max_bytes, uint64_t n_there,
                          const char **ret_limit);

/* Answers that there is no room for a file, though the server would have it; NETWORK_FEED_E_ANSWERED. */
int network_feed_fail_for_room(NetworkFeed *feed, const char *url, const char *limit);

/* The same into memory. */
int network_feed_download_text(NetworkFeed *feed, uint64_t max_bytes, const HttpRequest *request,
                               HttpResponse *ret, char **ret_text);

/*
 * Holds the file `name` against the signature beside `url`, as the policy has it, `standard` where the
 * settings say nothing. 0, NETWORK_FEED_E_ANSWERED, _CANCELLED or -ENOMEM.
 */
int network_feed_check_signature(NetworkFeed *feed, int folder_fd, const char *name,
                                 const char *url, SignaturePolicy standard);

/*
 * Has klpwatch-digest read `input` in the folder, and reads what it makes of it. With `some_is_enough` what
 * it leaves out is a note. 0, NETWORK_FEED_E_ANSWERED, _CANCELLED or -ENOMEM.
 */
int network_feed_distil(NetworkFeed *feed, int folder_fd, const char *option, const char *input,
                        bool some_is_enough, Distillate *ret);

/*
 * The same of an input that is one file, or is told by its file `file` in the folder: what has ended klpwatch-digest
 * too often is left alone until it is another file.
 */
int network_feed_distil_whole(NetworkFeed *feed, int folder_fd, const char *option,
                              const char *input, const char *file, bool some_is_enough,
                              Distillate *ret);

/* The facts of the digest that is held; NULL when there is none or it cannot be read. 0 or -ENOMEM. */
int network_feed_held(const NetworkFeed *feed, Facts **ret);

/*
 * Sees that the facts are of the host's vendor, not of the future, and no older than those held.
 * 0, NETWORK_FEED_E_ANSWERED or -ENOMEM.
 */
int network_feed_judge(NetworkFeed *feed, const char *url, const char *vendor, UtcTime complete_to);

/* Answers `changed` with a digest, which is taken over, and a cursor with these particulars. 0 or -ENOMEM. */
int network_feed_answer(NetworkFeed *feed, char *digest, size_t n_digest,
                        const HttpResponse *response, const char *content);

/* Answers `unchanged`; 0. */
int network_feed_answer_unchanged(NetworkFeed *feed);
