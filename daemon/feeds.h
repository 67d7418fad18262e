/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The feeds that klpwatchd brings up to date itself: when each is asked, what came of it, and what is
 * remembered of it over a restart.
 */

#include <systemd/sd-event.h>

#include "feed-task.h"

#define FEEDS_MAX 16

typedef struct Feeds Feeds;

typedef struct FeedsOwner {
        UtcTime (*now)(void *userdata);
        /*
         * Takes a digest as the feed's. 0, with what no store keeps in `ret_kept` (allocated); positive when
         * it is refused, with an allocated message; or negative.
         */
        int (*take)(void *userdata, const char *name, const char *data, size_t n_bytes,
                    char **ret_kept, size_t *ret_n_kept, char **ret_message);
        /* An attempt says what it does. What it returns goes to the loop. */
        int (*progress)(void *userdata, const char *name, const FeedProgress *progress);
        /* An attempt has ended; `facts` are others than before. What it returns goes to the loop. */
        int (*ended)(void *userdata, bool facts);
        void *userdata;
} FeedsOwner;

/* `root_path`, the texts of `program` and `store` (NULL = none) are borrowed. 0 or -ENOMEM. */
int feeds_new(const char *root_path, const FeedFetchProgram *program, DigestStore *store,
              const FeedsOwner *owner, Feeds **ret);
Feeds *feeds_free(Feeds *feeds);
DEFINE_CLEANUP(Feeds, feeds_free);

/*
 * Has these feeds from now on: those that are the same go on, others end or begin. The sources are copied.
 * 0 or negative.
 */
int feeds_configure(Feeds *feeds, const FeedSources *sources);

/* Whose records are wanted: vendor (NULL = not known) and major release (-1 = not known). 0 or -ENOMEM. */
int feeds_set_host(Feeds *feeds, const char *vendor, int major);

/*
 * Asks all local feeds now, and unless `once`, these whenever they are due or something changes, and others on their
 * schedule. 0 or negative.
 */
int feeds_begin(Feeds *feeds, sd_event *loop, bool once);

/*
 * Does the package manager's cache tell enough, so that feeds that are `auto` may rest? 1 when that is another answer than
 * before, 0 when not, or negative.
 */
int feeds_set_cache_suffices(Feeds *feeds, bool suffices);

/* What failed without the network is tried again soon. 0 or negative. */
int feeds_network_is_back(Feeds *feeds);

/* Asks one feed, or all that are wanted (NULL), now; an attempt that runs is joined. 0 or negative. */
int feeds_refresh(Feeds *feeds, const char *name);

bool feeds_are_running(const Feeds *feeds);

/* Why the last attempt of a feed, or of any (NULL), failed, and of which; NULL when it did not. */
const char *feeds_problem(const Feeds *feeds, const char *name, const char **ret_feed);

/* How it goes with those that are worth a word: valid until the next call of anything here. */
const FeedStatus *feeds_status(Feeds *feeds, size_t *ret_n);

/* The digests that no store keeps, of which at most `max` are told. */
size_t feeds_held(const Feeds *feeds, HeldDigest *ret, size_t max);
