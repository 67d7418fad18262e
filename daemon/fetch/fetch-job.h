/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * One attempt at one feed: what was asked, and what is to be answered.
 */

#include "format/feed-settings.h"
#include "format/fetch-message.h"
#include "host/host-root.h"

enum {
        FETCH_JOB_E_CANCELLED = 1, /* the socket was closed */
};

typedef struct FetchJob {
        const HostRoot *root; /* of feeds with files of this host */
        const char *digest_program;
        const char *cache; /* the folder for what is kept between attempts; NULL = nothing is */
        int socket;        /* for progress; nothing more is to come from it */
        const FetchRequest *request;
        FeedSettings settings; /* of feeds over the network */
        const char *digest;    /* held so far; NULL = none */
        size_t n_digest;
        const char *cursor; /* NULL = none */
        size_t n_cursor;
        MemoryPool *pool;
} FetchJob;

typedef struct FetchResult {
        FetchAnswer answer;
        char *digest; /* of `changed`: allocated, the caller's to free() */
        size_t n_digest;
        const char *cursor; /* of `changed` and `empty`: in the job's pool */
} FetchResult;

/* Says what is being done. One that finds no room is not worth waiting for. 0 or -ENOMEM. */
int fetch_job_report(const FetchJob *job, const char *text);

/* The same with how much of it is done: bytes or documents, a total of 0 is not known. */
int fetch_job_report_share(const FetchJob *job, const char *text, uint64_t n_done,
                           uint64_t n_total);

bool fetch_job_is_cancelled(const FetchJob *job);

/* Sets an answer without data; 0. */
int fetch_job_answer(FetchResult *ret, FetchOutcome outcome, const char *text);
