/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * One feed that klpwatchd brings up to date: when it is asked, what came of it, and what is remembered of it over a
 * restart. What a function returns is 0 or negative where nothing else is said.
 */

#include <systemd/sd-event.h>

#include "core/feed-status.h"
#include "feed/feed-fetch.h"
#include "feed/feed-schedule.h"
#include "feed/feed-source.h"
#include "inputs.h"
#include "store/digest-store.h"

typedef struct FeedTask FeedTask;

/* What all feeds share. */
typedef struct FeedTaskWorld {
        const char *root_path;
        const FeedFetchProgram *program;
        DigestStore *store; /* NULL = none */
        sd_event *loop;
        bool once;    /* one answer is printed: what is local is asked, and nothing later */
        char *vendor; /* of the host's kernel; NULL = not known */
        char *host;   /* vendor and major release, whose records are kept */
        UtcTime (*now)(void *userdata);
        /*
         * Takes a digest as the feed's. 0, with what no store keeps in `ret_kept` (allocated); positive when
         * it is refused, with an allocated message; or negative.
         */
        int (*take)(void *userdata, const char *name, const char *data, size_t n_bytes,
                    char **ret_kept, size_t *ret_n_kept, char **ret_message);
        /* An attempt says what it does. */
        int (*progress)(void *userdata, const char *name, const FeedProgress *progress);
        /* An attempt has ended; `facts` are others than before. */
        int (*ended)(void *userdata, bool facts);
        void *userdata;
} FeedTaskWorld;

/* `world` is borrowed; the source is copied, and what is remembered of it is read. */
int feed_task_new(const FeedTaskWorld *world, const FeedSource *source, FeedTask **ret);
FeedTask *feed_task_free(FeedTask *task);
DEFINE_CLEANUP(FeedTask, feed_task_free);

FeedSource *feed_task_source(FeedTask *task);

/* Asks a local source as soon as the loop is idle, another one when it is due; nothing when it is on its way already. */
int feed_task_begin(FeedTask *task);

/* Asks no more by itself until it begins anew. */
void feed_task_pause(FeedTask *task);

/* Asks now; who runs already is joined. */
int feed_task_refresh(FeedTask *task);

/* What failed without the network is tried again soon. */
int feed_task_network_is_back(FeedTask *task);

bool feed_task_is_running(const FeedTask *task);

/* Why the last attempt failed; NULL when it did not. */
const char *feed_task_problem(const FeedTask *task);

bool feed_task_is_shown(const FeedTask *task);

/* Its texts live until the next call that may change it. */
FeedStatus feed_task_status(const FeedTask *task);

/* Is there a digest that no store keeps? */
bool feed_task_held(const FeedTask *task, HeldDigest *ret);
