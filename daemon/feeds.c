/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Feeds on the loop. Each is asked at the start, when something says that its source changed, and on a
 * schedule for whatever nobody told. One attempt is one run of klpwatch-fetch; whatever goes wrong in it
 * is a text about that attempt, and the digest that was held stays. Nothing here ever ends the daemon
 * but a lack of memory.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/journal-log.h"
#include "base/text.h"
#include "feed/cache-watch.h"
#include "feed/feed-fetch.h"
#include "feed/feed-schedule.h"
#include "feeds.h"
#include "store/feed-cursor.h"

#define MAX_FEEDS 16
#define DEADLINE_MINUTES 10
#define DEADLINE_USEC ((uint64_t) DEADLINE_MINUTES * 60 * USEC_PER_SEC)

typedef struct Feed {
        Feeds *feeds;
        MemoryPool *pool; /* of the source */
        FeedSource source;
        UtcTime last_attempt, last_success, next_attempt;
        char *error;     /* of the last attempt */
        char *host;      /* whose records the digest has */
        char *cursor;    /* klpwatch-fetch's own */
        char *digest;    /* where no store keeps it */
        size_t n_digest; /* the same */
        bool has_digest;
        bool absent; /* this host has no such source */
        unsigned n_failures;
        uint64_t first_hint_usec; /* CLOCK_BOOTTIME; 0 = none since the last attempt */
        bool again;               /* something changed while it was being asked */
        bool again_now;           /* somebody asked meanwhile */

        FeedFetch *fetch;
        sd_event_source *fetch_source, *deadline_source;
        CacheWatch *watch;
        sd_event_source *watch_source;
        sd_event_source *next_source;
} Feed;

struct Feeds {
        const char *root_path;
        FeedFetchProgram program;
        DigestStore *store;
        FeedsOwner owner;
        sd_event *loop; /* NULL before feeds_begin() */
        bool once;
        char *vendor, *host;
        Feed *items[MAX_FEEDS];
        size_t n_items;
        FeedStatus shown[MAX_FEEDS];
};

static void end_fetch(Feed *feed) {
        feed->deadline_source = sd_event_source_disable_unref(feed->deadline_source);
        feed->fetch_source = sd_event_source_disable_unref(feed->fetch_source);
        feed->fetch = feed_fetch_free(feed->fetch);
}

static Feed *feed_free(Feed *feed) {
        if (!feed)
                return NULL;

        end_fetch(feed);
        sd_event_source_disable_unref(feed->next_source);
        sd_event_source_disable_unref(feed->watch_source);
        cache_watch_free(feed->watch);
        free(feed->digest);
        free(feed->cursor);
        free(feed->host);
        free(feed->error);
        memory_pool_free(feed->pool);
        free(feed);
        return NULL;
}
DEFINE_CLEANUP(Feed, feed_free)

int feeds_new(const char *root_path, const FeedFetchProgram *program, DigestStore *store,
              const FeedsOwner *owner, Feeds **ret) {
        _cleanup_(feeds_freep) Feeds *feeds = NULL;
        int r;

        feeds = calloc(1, sizeof(*feeds));
        if (!feeds)
                return error_origin(-ENOMEM);
        feeds->root_path = root_path;
        feeds->program = *program;
        feeds->store = store;
        feeds->owner = *owner;
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
                feed_free(feeds->items[i]);
        sd_event_unref(feeds->loop);
        free(feeds->host);
        free(feeds->vendor);
        free(feeds);
        return NULL;
}

static int replace(char **text, const char *with) {
        char *copy = with ? strdup(with) : NULL;

        if (with && !copy)
                return error_origin(-ENOMEM);
        free(*text);
        *text = copy;
        return 0;
}

int feeds_set_host(Feeds *feeds, const char *vendor, int major) {
        char host[128];
        int r;

        snprintf(host, sizeof(host), "%.64s %d", vendor ? vendor : "-", major);
        r = replace(&feeds->host, host);
        if (r == 0)
                r = replace(&feeds->vendor, vendor);
        return r ? error_fold(r) : 0;
}

/* --- What is remembered */

static int recall(Feed *feed) {
        DigestStore *store = feed->feeds->store;
        _cleanup_free_ char *digest = NULL;
        const char *message;
        FeedCursor cursor;
        size_t n_bytes;
        int r;

        if (!store)
                return 0;
        r = digest_store_read(store, feed->source.name, &digest, &n_bytes);
        if (r < 0)
                return error_trace(r);
        feed->has_digest = r == 0;
        r = feed_cursor_load(store, feed->source.name, feed->pool, &cursor, &message);
        if (r < 0)
                return error_trace(r);
        if (r == FEED_CURSOR_E_REFUSED)
                journal_log(LOG_WARNING, "%s; the feed is read anew", message);
        if (r)
                return 0;
        feed->last_attempt = cursor.last_attempt;
        feed->last_success = cursor.last_success;
        r = replace(&feed->error, cursor.error);
        if (r == 0)
                r = replace(&feed->host, cursor.host);
        if (r == 0)
                r = replace(&feed->cursor, cursor.cursor);
        return r ? error_fold(r) : 0;
}

/* What cannot be stored costs work after a restart, and nothing else. */
static int remember(const Feed *feed) {
        FeedCursor cursor = { .last_attempt = feed->last_attempt,
                              .last_success = feed->last_success,
                              .error = feed->error,
                              .host = feed->host,
                              .cursor = feed->cursor };
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        const char *message;
        int r;

        if (!feed->feeds->store || (feed->absent && !feed->source.named))
                return 0;
        r = memory_pool_new(&pool);
        if (r)
                return error_fold(r);
        r = feed_cursor_save(feed->feeds->store, feed->source.name, &cursor, pool, &message);
        if (r < 0)
                return error_trace(r);
        if (r)
                journal_log(LOG_WARNING, "%s; after a restart the feed is read anew", message);
        return 0;
}

/* --- One attempt */

static int begin_attempt(Feed *feed);

static int describe_source(sd_event_source *source, const char *description) {
        int r;

        r = sd_event_source_set_description(source, description);
        return r < 0 ? r : sd_event_source_set_exit_on_failure(source, true);
}

static int on_due(_unused_ sd_event_source *source, _unused_ uint64_t usec, void *userdata) {
        return begin_attempt(userdata);
}

static int set_next(Feed *feed, uint64_t pause_usec) {
        Feeds *feeds = feed->feeds;
        int r;

        if (feeds->once)
                return 0;
        feed->next_attempt = feeds->owner.now(feeds->owner.userdata) + (UtcTime) pause_usec;
        feed->next_source = sd_event_source_disable_unref(feed->next_source);
        r = sd_event_add_time_relative(feeds->loop, &feed->next_source, CLOCK_BOOTTIME, pause_usec,
                                       0, on_due, feed);
        if (r >= 0)
                r = describe_source(feed->next_source, "feed-next");
        return r < 0 ? error_origin(r) : 0;
}

static int take_hint(Feed *feed) {
        uint64_t now;
        int r;

        if (feed->fetch) {
                feed->again = true;
                return 0;
        }
        r = sd_event_now(feed->feeds->loop, CLOCK_BOOTTIME, &now);
        if (r < 0)
                return error_origin(r);
        if (feed->first_hint_usec == 0)
                feed->first_hint_usec = now;
        return set_next(feed, feed_schedule_after_hint(feed->first_hint_usec, now));
}

static int on_watch(_unused_ sd_event_source *source, _unused_ int fd, _unused_ uint32_t events,
                    void *userdata) {
        Feed *feed = userdata;
        bool changed = false;
        int r;

        r = cache_watch_dispatch(feed->watch, &changed);
        if (r)
                return error_fold(r);
        return changed ? take_hint(feed) : 0;
}

/* Watches what is there now; without a watch the schedule is left. */
static int renew_watch(Feed *feed) {
        int r;

        if (feed->feeds->once)
                return 0;
        feed->watch_source = sd_event_source_disable_unref(feed->watch_source);
        r = feed->watch ? cache_watch_renew(feed->watch)
                        : cache_watch_new(feed->feeds->root_path, feed->source.location,
                                          &feed->watch);
        if (r < 0)
                return error_trace(r);
        if (r) {
                journal_log(LOG_WARNING,
                            "feed %s: its folders cannot be watched (%s); it is read every few "
                            "hours",
                            feed->source.name, strerror(errno));
                feed->watch = cache_watch_free(feed->watch);
                return 0;
        }
        r = sd_event_add_io(feed->feeds->loop, &feed->watch_source, cache_watch_get_fd(feed->watch),
                            EPOLLIN, on_watch, feed);
        if (r >= 0)
                r = describe_source(feed->watch_source, "feed-watch");
        return r < 0 ? error_origin(r) : 0;
}

/* What went wrong is said once, not with each attempt. */
static int tell_error(Feed *feed, const char *error, bool failed) {
        static const char stays[] = "what was held before stays";

        if (error && !text_equal(error, feed->error))
                journal_log(LOG_WARNING, "feed %s: %s%s%s", feed->source.name, error,
                            failed && !text_ends_with(error, stays) ? "; " : "",
                            failed && !text_ends_with(error, stays) ? stays : "");
        else if (!error && feed->error)
                journal_log(LOG_INFO, "feed %s: read again without a problem", feed->source.name);
        return replace(&feed->error, error);
}

/* The attempt is over: `error` is NULL or what did not work; `failed` when nothing did. */
static int end_attempt(Feed *feed, const char *error, bool failed, bool facts) {
        Feeds *feeds = feed->feeds;
        bool again = feed->again, again_now = feed->again_now;
        FeedHistory history;
        int r;

        r = tell_error(feed, error, failed);
        if (r)
                return error_fold(r);
        feed->last_attempt = feeds->owner.now(feeds->owner.userdata);
        if (!failed && !feed->absent)
                feed->last_success = feed->last_attempt;
        feed->n_failures = failed ? feed->n_failures + 1 : 0;
        end_fetch(feed);
        r = remember(feed);
        if (r)
                return error_fold(r);
        feed->again = feed->again_now = false;
        history = (FeedHistory){ .local = true,
                                 .last_attempt = feed->last_attempt,
                                 .n_failures = feed->n_failures,
                                 .not_before = UTC_TIME_NONE };
        r = set_next(feed,
                     feed_schedule_next(&history, FEED_SCHEDULE_ENDED, feed->last_attempt, 0));
        if (r == 0 && again_now)
                r = begin_attempt(feed);
        else if (r == 0 && again)
                r = take_hint(feed);
        if (r)
                return error_fold(r);
        return feeds->owner.ended(feeds->owner.userdata, facts);
}

static int take_digest(Feed *feed, FeedFetchResult *result) {
        FeedsOwner *owner = &feed->feeds->owner;
        _cleanup_free_ char *kept = NULL, *message = NULL;
        size_t n_kept = 0;
        int r;

        r = owner->take(owner->userdata, feed->source.name, result->digest, result->n_digest, &kept,
                        &n_kept, &message);
        if (r < 0)
                return error_trace(r);
        if (r)
                return end_attempt(feed, message, true, false);
        free(feed->digest);
        feed->digest = TAKE(kept);
        feed->n_digest = n_kept;
        feed->has_digest = true;
        free(feed->cursor);
        feed->cursor = TAKE(result->cursor);
        r = replace(&feed->host, feed->feeds->host);
        if (r)
                return error_fold(r);
        return end_attempt(feed, result->text, false, true);
}

static int take_result(Feed *feed, FeedFetchResult *result) {
        feed->absent = result->outcome == FETCH_ABSENT;
        switch (result->outcome) {
        case FETCH_CHANGED:
                return take_digest(feed, result);
        case FETCH_EMPTY:
                free(feed->cursor);
                feed->cursor = TAKE(result->cursor);
                return end_attempt(feed, result->text, false, false);
        case FETCH_UNCHANGED:
                return end_attempt(feed, result->text, false, false);
        case FETCH_ABSENT:
                /* Only somebody who named it expects it to be there. */
                return end_attempt(feed, feed->source.named ? result->text : NULL, false, false);
        default:
                return end_attempt(feed,
                                   result->text ? result->text : "klpwatch-fetch did not say why",
                                   true, false);
        }
}

static int on_fetch(_unused_ sd_event_source *source, _unused_ int fd, _unused_ uint32_t events,
                    void *userdata) {
        Feed *feed = userdata;
        FeedFetchResult result = {};
        const char *problem;
        int r;

        r = feed_fetch_dispatch(feed->fetch, &result, &problem);
        if (r < 0)
                return error_trace(r);
        if (r == FEED_FETCH_E_RUNNING)
                return 0;
        if (r)
                return end_attempt(feed, problem, true, false);
        r = take_result(feed, &result);
        free(result.digest);
        free(result.cursor);
        return r;
}

static int on_deadline(_unused_ sd_event_source *source, _unused_ uint64_t usec, void *userdata) {
        Feed *feed = userdata;
        const char *progress = feed_fetch_progress(feed->fetch);
        char problem[512];

        snprintf(problem, sizeof(problem),
                 "klpwatch-fetch did not finish within %d minutes (last: %.300s)", DEADLINE_MINUTES,
                 progress ? progress : "nothing");
        return end_attempt(feed, problem, true, false);
}

/* What is held is of use only to the host it was made for. */
static int start_fetch(Feed *feed) {
        Feeds *feeds = feed->feeds;
        FetchRequest request = { .feed = feed->source.name,
                                 .type = feed->source.type,
                                 .location = feed->source.location,
                                 .vendor = feeds->vendor };
        _cleanup_free_ char *stored = NULL;
        FeedFetchHeld held = {};
        int r;

        if (!feed->host || text_equal(feed->host, feeds->host)) {
                if (feed->digest) {
                        held.digest = feed->digest;
                        held.n_digest = feed->n_digest;
                } else if (feeds->store) {
                        r = digest_store_read(feeds->store, feed->source.name, &stored,
                                              &held.n_digest);
                        if (r < 0)
                                return error_trace(r);
                        held.digest = stored;
                }
                held.cursor = feed->cursor;
                held.n_cursor = feed->cursor ? strlen(feed->cursor) : 0;
        }
        r = feed_fetch_new(&feeds->program, feeds->root_path, &request, &held, &feed->fetch);
        return r < 0 ? error_trace(r) : r;
}

static int begin_attempt(Feed *feed) {
        Feeds *feeds = feed->feeds;
        int r;

        feed->next_source = sd_event_source_disable_unref(feed->next_source);
        feed->first_hint_usec = 0;
        r = renew_watch(feed);
        if (r)
                return error_fold(r);
        r = start_fetch(feed);
        if (r < 0)
                return error_trace(r);
        if (r) {
                char problem[512];

                snprintf(problem, sizeof(problem), "%s cannot be %s: %s",
                         feeds->program.path ? feeds->program.path : feeds->program.socket,
                         feeds->program.path ? "started" : "reached", strerror(errno));
                return end_attempt(feed, problem, true, false);
        }
        r = sd_event_add_io(feeds->loop, &feed->fetch_source, feed_fetch_get_fd(feed->fetch),
                            EPOLLIN, on_fetch, feed);
        if (r >= 0)
                r = describe_source(feed->fetch_source, "feed-fetch");
        if (r >= 0)
                r = sd_event_add_time_relative(feeds->loop, &feed->deadline_source, CLOCK_BOOTTIME,
                                               DEADLINE_USEC, 0, on_deadline, feed);
        if (r >= 0)
                r = describe_source(feed->deadline_source, "feed-deadline");
        return r < 0 ? error_origin(r) : 0;
}

/* --- All of them */

static bool is_same(const FeedSource *a, const FeedSource *b) {
        return text_equal(a->name, b->name) && text_equal(a->type, b->type) &&
               text_equal(a->location, b->location);
}

static int add_feed(Feeds *feeds, const FeedSource *source) {
        _cleanup_(feed_freep) Feed *feed = NULL;
        int r;

        if (feeds->n_items == MAX_FEEDS) {
                journal_log(LOG_WARNING, "feed %s: more than %d feeds; it is not read",
                            source->name, MAX_FEEDS);
                return 0;
        }
        feed = calloc(1, sizeof(*feed));
        if (!feed)
                return error_origin(-ENOMEM);
        feed->feeds = feeds;
        feed->last_attempt = feed->last_success = feed->next_attempt = UTC_TIME_NONE;
        r = memory_pool_new(&feed->pool);
        if (r)
                return error_fold(r);
        feed->source = *source;
        feed->source.name = memory_pool_text(feed->pool, source->name);
        feed->source.type = memory_pool_text(feed->pool, source->type);
        feed->source.location = memory_pool_text(feed->pool, source->location);
        if (memory_pool_exhausted(feed->pool))
                return error_origin(-ENOMEM);
        r = recall(feed);
        if (r)
                return error_fold(r);
        feeds->items[feeds->n_items++] = feed;
        r = feeds->loop ? begin_attempt(feed) : 0;
        TAKE(feed);
        return r ? error_fold(r) : 0;
}

int feeds_configure(Feeds *feeds, const FeedSources *sources) {
        size_t n_kept = 0;
        int r;

        for (size_t i = 0; i < feeds->n_items; i++) {
                Feed *feed = feeds->items[i];
                const FeedSource *source = feed_sources_find(sources, feed->source.name);

                if (source && source->enabled && is_same(source, &feed->source)) {
                        feed->source.named = source->named;
                        feeds->items[n_kept++] = feed;
                } else
                        feed_free(feed);
        }
        feeds->n_items = n_kept;
        for (size_t i = 0; i < sources->n_items; i++) {
                bool there = false;

                for (size_t j = 0; j < n_kept && !there; j++)
                        there = text_equal(feeds->items[j]->source.name, sources->items[i].name);
                if (there || !sources->items[i].enabled)
                        continue;
                r = add_feed(feeds, &sources->items[i]);
                if (r)
                        return error_fold(r);
        }
        return 0;
}

int feeds_begin(Feeds *feeds, sd_event *loop, bool once) {
        feeds->loop = sd_event_ref(loop);
        feeds->once = once;
        for (size_t i = 0; i < feeds->n_items; i++) {
                int r = begin_attempt(feeds->items[i]);

                if (r)
                        return error_fold(r);
        }
        return 0;
}

int feeds_refresh(Feeds *feeds, const char *name) {
        for (size_t i = 0; i < feeds->n_items; i++) {
                Feed *feed = feeds->items[i];
                int r = 0;

                if (name && strcmp(name, feed->source.name) != 0)
                        continue;
                if (feed->fetch)
                        feed->again_now = true;
                else
                        r = begin_attempt(feed);
                if (r)
                        return error_fold(r);
        }
        return 0;
}

bool feeds_are_running(const Feeds *feeds) {
        for (size_t i = 0; i < feeds->n_items; i++)
                if (feeds->items[i]->fetch)
                        return true;
        return false;
}

const char *feeds_problem(const Feeds *feeds, const char *name) {
        for (size_t i = 0; i < feeds->n_items; i++)
                if ((!name || strcmp(name, feeds->items[i]->source.name) == 0) &&
                    feeds->items[i]->n_failures > 0)
                        return feeds->items[i]->error;
        return NULL;
}

/* A feed that nobody asked for by name is worth a word once there is something of it on this host. */
static bool is_shown(const Feed *feed) {
        if (feed->source.named || feed->has_digest)
                return true;
        return feed->last_attempt != UTC_TIME_NONE && !feed->absent;
}

const FeedStatus *feeds_status(Feeds *feeds, size_t *ret_n) {
        size_t n = 0;

        for (size_t i = 0; i < feeds->n_items; i++) {
                const Feed *feed = feeds->items[i];

                if (is_shown(feed))
                        feeds->shown[n++] = (FeedStatus){
                                .name = feed->source.name,
                                .type = feed->source.type,
                                .location = feed->source.location,
                                .last_attempt = feed->last_attempt,
                                .last_success = feed->last_success,
                                .next_attempt = feed->next_attempt,
                                .error = feed->error,
                        };
        }
        *ret_n = n;
        return feeds->shown;
}

size_t feeds_held(const Feeds *feeds, HeldDigest *ret, size_t max) {
        size_t n = 0;

        for (size_t i = 0; i < feeds->n_items && n < max; i++)
                if (feeds->items[i]->digest)
                        ret[n++] = (HeldDigest){ .name = feeds->items[i]->source.name,
                                                 .data = feeds->items[i]->digest,
                                                 .n_bytes = feeds->items[i]->n_digest };
        return n;
}
