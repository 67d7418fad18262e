/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The daemon's side of one run of klpwatch-fetch, which the daemon starts itself, or a service manager for
 * each connection to its socket.
 */

#include "base/cleanup.h"
#include "format/fetch-message.h"

#define FEED_FETCH_CURSOR_MAX_BYTES ((size_t) 512 * 1024)

enum {
        FEED_FETCH_E_RUNNING = 1, /* no answer yet: wait for the descriptor again */
        FEED_FETCH_E_FAILED,      /* it did not run, or its answer is none; the problem says why */
};

typedef struct FeedFetch FeedFetch;

/* What an attempt is doing: `n_done` of `n_total` bytes or documents; a total of 0 is not known. */
typedef struct FeedProgress {
        const char *text; /* lives until the next call about the same attempt */
        uint64_t n_done, n_total;
} FeedProgress;

/* What an attempt goes on from; NULL = nothing. */
typedef struct FeedFetchHeld {
        const char *digest;
        size_t n_digest;
        const char *cursor;
        size_t n_cursor;
} FeedFetchHeld;

typedef struct FeedFetchResult {
        FetchOutcome outcome;
        const char *text;         /* lives as long as the FeedFetch; NULL = nothing to tell */
        bool untrusted;           /* of `failed` and `changed`: for want of a good signature */
        uint64_t retry_after_sec; /* the source wants to be left alone so long; 0 = it said nothing */
        char *digest;             /* of `changed`: allocated, the caller's to free() */
        size_t n_digest;
        char *cursor; /* of `changed` and `empty`: the same */
        size_t n_cursor;
} FeedFetchResult;

/* Who runs it: one of the two; the texts are borrowed. */
typedef struct FeedFetchProgram {
        const char *path;  /* started with `--root=ROOT`; NULL = it is not */
        const char *cache; /* the same with `--cache=DIR`; NULL = nothing is kept between attempts */
        const char *socket; /* of a service manager that starts it for each connection */
} FeedFetchProgram;

/*
 * Starts `program`, or connects to it, and hands it the request, whose `digest` and `cursor` are set from
 * `held`. 0, FEED_FETCH_E_FAILED (errno says why), or -ENOMEM.
 */
int feed_fetch_new(const FeedFetchProgram *program, const char *root, const FetchRequest *request,
                   const FeedFetchHeld *held, FeedFetch **ret);

/* Cancels it if it still runs: the socket is closed, and no process of it is left. */
FeedFetch *feed_fetch_free(FeedFetch *fetch);
DEFINE_CLEANUP(FeedFetch, feed_fetch_free);

/* Readable when feed_fetch_dispatch() has something to do. */
int feed_fetch_get_fd(const FeedFetch *fetch);

/* What it said last that it does; its text is NULL before it said anything. */
FeedProgress feed_fetch_progress(const FeedFetch *fetch);

/*
 * Takes what is there. At the end 0 with the answer, or FEED_FETCH_E_FAILED with `ret_problem`, a text that
 * lives as long as the FeedFetch. What it hands over counts only as sealed memfds of at most 64 MiB.
 */
int feed_fetch_dispatch(FeedFetch *fetch, FeedFetchResult *ret, const char **ret_problem);
