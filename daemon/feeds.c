/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * All feeds: which of those in the settings are asked on this host. One for hosts of another vendor is not, and one that
 * is on only where it is needed waits while the package manager's own cache tells enough.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/journal-log.h"
#include "base/text.h"
#include "feeds.h"

struct Feeds {
        FeedTaskWorld world;
        FeedFetchProgram program;
        char *vendor, *host; /* of the world */
        FeedTask *items[FEEDS_MAX];
        size_t n_items;
        FeedStatus shown[FEEDS_MAX];
        bool begun;
        bool cache_suffices;
};

int feeds_new(const char *root_path, const FeedFetchProgram *program, DigestStore *store,
              const FeedsOwner *owner, Feeds **ret) {
        _cleanup_(feeds_freep) Feeds *feeds = NULL;
        int r;

        feeds = calloc(1, sizeof(*feeds));
        if (!feeds)
                return error_origin(-ENOMEM);
        feeds->program = *program;
        feeds->world = (FeedTaskWorld){ .root_path = root_path,
                                        .program = &feeds->program,
                                        .store = store,
                                        .now = owner->now,
                                        .take = owner->take,
                                        .progress = owner->progress,
                                        .ended = owner->ended,
                                        .userdata = owner->userdata };
        r = feeds_set_host(feeds, NULL, -1);
        if (r)
                return error_fold(r);

        *ret = TAKE(feeds);
        return 0;
}

Feeds *feeds_free(Feeds *feeds) {
        if (!feeds)
                return NULL;

        for (size_t i = 0; i < feeds->n_items; i++)
                feed_task_free(feeds->items[i]);
        sd_event_unref(feeds->world.loop);
        free(feeds->host);
        free(feeds->vendor);
        free(feeds);
        return NULL;
}

int feeds_set_host(Feeds *feeds, const char *vendor, int major) {
        char *host = NULL, *copy = NULL;

        if (asprintf(&host, "%.64s %d", vendor ? vendor : "-", major) < 0)
                return error_origin(-ENOMEM);
        copy = vendor ? strdup(vendor) : NULL;
        if (vendor && !copy) {
                free(host);
                return error_origin(-ENOMEM);
        }
        free(feeds->host);
        free(feeds->vendor);
        feeds->host = feeds->world.host = host;
        feeds->vendor = feeds->world.vendor = copy;
        return 0;
}

static bool is_of_host(const Feeds *feeds, const FeedSource *source) {
        return !source->vendor || text_equal(source->vendor, feeds->vendor);
}

static bool is_wanted(const Feeds *feeds, const FeedSource *source) {
        if (!is_of_host(feeds, source))
                return false;
        return feed_source_enabled(source) == FEED_ENABLED_YES || !feeds->cache_suffices;
}

/* Those that are wanted are on their way, the others rest. */
static int follow(Feeds *feeds) {
        for (size_t i = 0; i < feeds->n_items; i++) {
                int r = 0;

                if (is_wanted(feeds, feed_task_source(feeds->items[i])))
                        r = feed_task_begin(feeds->items[i]);
                else
                        feed_task_pause(feeds->items[i]);
                if (r)
                        return error_fold(r);
        }
        return 0;
}

static int add(Feeds *feeds, const FeedSource *source) {
        FeedTask *task;
        int r;

        if (feeds->n_items == FEEDS_MAX) {
                journal_log(LOG_WARNING, "feed %s: more than %d feeds; it is not read",
                            source->name, FEEDS_MAX);
                return 0;
        }
        r = feed_task_new(&feeds->world, source, &task);
        if (r)
                return error_fold(r);
        feeds->items[feeds->n_items++] = task;
        return 0;
}

static bool has(const Feeds *feeds, size_t n, const char *name) {
        for (size_t i = 0; i < n; i++)
                if (text_equal(feed_task_source(feeds->items[i])->name, name))
                        return true;
        return false;
}

int feeds_configure(Feeds *feeds, const FeedSources *sources) {
        size_t n_kept = 0;
        int r;

        for (size_t i = 0; i < feeds->n_items; i++) {
                FeedSource *own = feed_task_source(feeds->items[i]);
                const FeedSource *source = feed_sources_find(sources, own->name);

                if (source && feed_source_enabled(source) != FEED_ENABLED_NO &&
                    feed_source_is_same(source, own)) {
                        own->named = source->named;
                        feeds->items[n_kept++] = feeds->items[i];
                } else
                        feed_task_free(feeds->items[i]);
        }
        feeds->n_items = n_kept;
        for (size_t i = 0; i < sources->n_items; i++) {
                const FeedSource *source = &sources->items[i];

                if (has(feeds, n_kept, source->name) ||
                    feed_source_enabled(source) == FEED_ENABLED_NO)
                        continue;
                r = add(feeds, source);
                if (r)
                        return error_fold(r);
        }
        r = feeds->begun ? follow(feeds) : 0;
        return r ? error_fold(r) : 0;
}

int feeds_begin(Feeds *feeds, sd_event *loop, bool once) {
        int r;

        feeds->world.loop = sd_event_ref(loop);
        feeds->world.once = once;
        feeds->begun = true;
        r = follow(feeds);
        return r ? error_fold(r) : 0;
}

int feeds_set_cache_suffices(Feeds *feeds, bool suffices) {
        bool changed = feeds->cache_suffices != suffices;
        int r;

        feeds->cache_suffices = suffices;
        r = feeds->begun ? follow(feeds) : 0;
        return r ? error_fold(r) : changed;
}

int feeds_refresh(Feeds *feeds, const char *name) {
        for (size_t i = 0; i < feeds->n_items; i++) {
                const FeedSource *source = feed_task_source(feeds->items[i]);
                int r;

                /* Who names a feed wants that one, whatever else would be enough. */
                if (name ? strcmp(name, source->name) != 0 : !is_wanted(feeds, source))
                        continue;
                r = feed_task_refresh(feeds->items[i]);
                if (r)
                        return error_fold(r);
        }
        return 0;
}

int feeds_network_is_back(Feeds *feeds) {
        for (size_t i = 0; i < feeds->n_items; i++) {
                int r = feed_task_network_is_back(feeds->items[i]);

                if (r)
                        return error_fold(r);
        }
        return 0;
}

bool feeds_are_running(const Feeds *feeds) {
        for (size_t i = 0; i < feeds->n_items; i++)
                if (feed_task_is_running(feeds->items[i]))
                        return true;
        return false;
}

const char *feeds_problem(const Feeds *feeds, const char *name, const char **ret_feed) {
        for (size_t i = 0; i < feeds->n_items; i++) {
                const FeedSource *source = feed_task_source(feeds->items[i]);
                const char *problem = feed_task_problem(feeds->items[i]);

                if (problem &&
                    (name ? strcmp(name, source->name) == 0 : is_wanted(feeds, source))) {
                        *ret_feed = source->name;
                        return problem;
                }
        }
        *ret_feed = NULL;
        return NULL;
}

const FeedStatus *feeds_status(Feeds *feeds, size_t *ret_n) {
        size_t n = 0;

        for (size_t i = 0; i < feeds->n_items; i++) {
                const FeedSource *source = feed_task_source(feeds->items[i]);

                if (!is_of_host(feeds, source) || !feed_task_is_shown(feeds->items[i]))
                        continue;
                feeds->shown[n] = feed_task_status(feeds->items[i]);
                feeds->shown[n++].standby = !is_wanted(feeds, source);
        }
        *ret_n = n;
        return feeds->shown;
}

size_t feeds_held(const Feeds *feeds, HeldDigest *ret, size_t max) {
        size_t n = 0;

        for (size_t i = 0; i < feeds->n_items && n < max; i++)
                n += feed_task_held(feeds->items[i], &ret[n]);
        return n;
}
