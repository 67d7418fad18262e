/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One feed on the loop. It is asked when it is due, when somebody wants it, and a local one when something says
 * that its source changed. One attempt is one run of klpwatch-fetch; whatever goes wrong in it is a text about that
 * attempt, and the digest that was held stays. Nothing here ever ends the daemon but a lack of memory.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/error.h"
#include "base/journal-log.h"
#include "base/text.h"
#include "feed-task.h"
#include "feed/cache-watch.h"
#include "feed/feed-fetch.h"
#include "store/feed-cursor.h"

#define MINUTE ((uint64_t) 60 * USEC_PER_SEC)
#define DEADLINE_LOCAL_MINUTES 10
#define DEADLINE_NETWORK_MINUTES 30
#define ASLEEP (2 * MINUTE) /* a timer that comes later than so was slept over */

struct FeedTask {
        const FeedTaskWorld *world;
        MemoryPool *pool; /* of the source */
        FeedSource source;
        UtcTime last_attempt, last_success, next_attempt, not_before;
        char *error;     /* of the last attempt */
        char *host;      /* whose records the digest has */
        char *cursor;    /* klpwatch-fetch's own */
        char *digest;    /* where no store keeps it */
        size_t n_digest; /* the same */
        bool has_digest;
        bool begun;  /* it asks by itself */
        bool absent; /* this host has no such source */
        bool refused, untrusted;
        uint64_t goes_on_usec; /* an attempt that got a part goes on after so long; 0 = none does */
        unsigned n_failures;
        uint64_t due_usec;        /* CLOCK_BOOTTIME */
        uint64_t first_hint_usec; /* CLOCK_BOOTTIME; 0 = none since the last attempt */
        bool again;               /* something changed while it was being asked */
        bool again_now;           /* somebody asked meanwhile */

        FeedFetch *fetch;
        sd_event_source *fetch_source, *deadline_source;
        CacheWatch *watch;
        sd_event_source *watch_source;
        sd_event_source *next_source;
};

static void end_fetch(FeedTask *task) {
        task->deadline_source = sd_event_source_disable_unref(task->deadline_source);
        task->fetch_source = sd_event_source_disable_unref(task->fetch_source);
        task->fetch = feed_fetch_free(task->fetch);
}

FeedTask *feed_task_free(FeedTask *task) {
        if (!task)
                return NULL;

        end_fetch(task);
        sd_event_source_disable_unref(task->next_source);
        sd_event_source_disable_unref(task->watch_source);
        cache_watch_free(task->watch);
        free(task->digest);
        free(task->cursor);
        free(task->host);
        free(task->error);
        memory_pool_free(task->pool);
        free(task);
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

/* --- What is remembered */

static int recall(FeedTask *task) {
        DigestStore *store = task->world->store;
        const char *message;
        FeedCursor cursor;
        int r;

        if (!store)
                return 0;
        task->has_digest = digest_store_holds(store, task->source.name);
        r = feed_cursor_load(store, task->source.name, task->pool, &cursor, &message);
        if (r < 0)
                return error_trace(r);
        if (r == FEED_CURSOR_E_REFUSED)
                journal_log(LOG_WARNING, "%s; the feed is read anew", message);
        if (r)
                return 0;
        task->last_attempt = cursor.last_attempt;
        task->last_success = cursor.last_success;
        task->not_before = cursor.not_before;
        task->n_failures = cursor.n_failures;
        r = replace(&task->error, cursor.error);
        if (r == 0)
                r = replace(&task->host, cursor.host);
        if (r == 0)
                r = replace(&task->cursor, cursor.cursor);
        return r ? error_fold(r) : 0;
}

/* What cannot be stored costs work after a restart, and nothing else. */
static int remember(const FeedTask *task) {
        FeedCursor cursor = { .last_attempt = task->last_attempt,
                              .last_success = task->last_success,
                              .not_before = task->not_before,
                              .n_failures = task->n_failures,
                              .error = task->error,
                              .host = task->host,
                              .cursor = task->cursor };
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        const char *message;
        int r;

        if (!task->world->store || (task->absent && !task->source.named))
                return 0;
        r = memory_pool_new(&pool);
        if (r)
                return error_fold(r);
        r = feed_cursor_save(task->world->store, task->source.name, &cursor, pool, &message);
        if (r < 0)
                return error_trace(r);
        if (r)
                journal_log(LOG_WARNING, "%s; after a restart the feed is read anew", message);
        return 0;
}

/* --- When it is asked */

static int begin_attempt(FeedTask *task);

static int describe_source(sd_event_source *source, const char *description) {
        int r;

        r = sd_event_source_set_description(source, description);
        return r < 0 ? r : sd_event_source_set_exit_on_failure(source, true);
}

static UtcTime now_of(const FeedTask *task) {
        return task->world->now(task->world->userdata);
}

/* A number that hosts that were started together do not share. */
static uint32_t chance(void) {
        uint32_t number;

        return getrandom(&number, sizeof(number), GRND_NONBLOCK) == sizeof(number) ? number
                                                                                   : UINT32_MAX / 2;
}

static int set_next(FeedTask *task, uint64_t pause_usec);

static int schedule(FeedTask *task, FeedScheduleReason reason) {
        FeedHistory history = { .local = feed_source_is_local(&task->source),
                                .last_attempt = task->last_attempt,
                                .n_failures = task->n_failures,
                                .refused = task->refused,
                                .not_before = task->not_before };

        return set_next(task, feed_schedule_next(&history, reason, now_of(task), chance()));
}

/* A host that slept has perhaps no network yet, and others that slept with it. */
static int on_due(_unused_ sd_event_source *source, _unused_ uint64_t usec, void *userdata) {
        FeedTask *task = userdata;
        uint64_t now;
        int r;

        r = sd_event_now(task->world->loop, CLOCK_BOOTTIME, &now);
        if (r < 0)
                return error_origin(r);
        if (!feed_source_is_local(&task->source) && now - task->due_usec > ASLEEP)
                return schedule(task, FEED_SCHEDULE_RESUMED);
        return begin_attempt(task);
}

static int set_next(FeedTask *task, uint64_t pause_usec) {
        uint64_t now;
        int r;

        if (task->world->once)
                return 0;
        task->next_attempt = now_of(task) + (UtcTime) pause_usec;
        task->next_source = sd_event_source_disable_unref(task->next_source);
        r = sd_event_now(task->world->loop, CLOCK_BOOTTIME, &now);
        if (r >= 0) {
                task->due_usec = now + pause_usec;
                r = sd_event_add_time(task->world->loop, &task->next_source, CLOCK_BOOTTIME,
                                      task->due_usec, 0, on_due, task);
        }
        if (r >= 0)
                r = describe_source(task->next_source, "feed-next");
        return r < 0 ? error_origin(r) : 0;
}

/* --- One attempt */

static int take_hint(FeedTask *task) {
        uint64_t now;
        int r;

        if (task->fetch) {
                task->again = true;
                return 0;
        }
        r = sd_event_now(task->world->loop, CLOCK_BOOTTIME, &now);
        if (r < 0)
                return error_origin(r);
        if (task->first_hint_usec == 0)
                task->first_hint_usec = now;
        return set_next(task, feed_schedule_after_hint(task->first_hint_usec, now));
}

static int on_watch(_unused_ sd_event_source *source, _unused_ int fd, _unused_ uint32_t events,
                    void *userdata) {
        FeedTask *task = userdata;
        bool changed = false;
        int r;

        r = cache_watch_dispatch(task->watch, &changed);
        if (r)
                return error_fold(r);
        return changed ? take_hint(task) : 0;
}

/* Watches what is there now; without a watch the schedule is left. */
static int renew_watch(FeedTask *task) {
        int r;

        if (task->world->once || !feed_source_is_local(&task->source))
                return 0;
        task->watch_source = sd_event_source_disable_unref(task->watch_source);
        r = task->watch ? cache_watch_renew(task->watch)
                        : cache_watch_new(task->world->root_path, task->source.location,
                                          &task->watch);
        if (r < 0)
                return error_trace(r);
        if (r) {
                journal_log(LOG_WARNING,
                            "feed %s: its folders cannot be watched (%s); it is read every few "
                            "hours",
                            task->source.name, strerror(errno));
                task->watch = cache_watch_free(task->watch);
                return 0;
        }
        r = sd_event_add_io(task->world->loop, &task->watch_source, cache_watch_get_fd(task->watch),
                            EPOLLIN, on_watch, task);
        if (r >= 0)
                r = describe_source(task->watch_source, "feed-watch");
        return r < 0 ? error_origin(r) : 0;
}

/* The attempt is over: `error` is NULL or what did not work; `failed` when nothing did. */
static int end_attempt(FeedTask *task, const char *error, bool failed, bool facts) {
        const FeedTaskWorld *world = task->world;
        bool again = task->again, again_now = task->again_now;
        int r;

        r = replace(&task->error, error);
        if (r)
                return error_fold(r);
        task->last_attempt = now_of(task);
        if (!failed && !task->absent && task->goes_on_usec == 0)
                task->last_success = task->last_attempt;
        task->n_failures = failed ? task->n_failures + 1 : 0;
        end_fetch(task);
        r = remember(task);
        if (r)
                return error_fold(r);
        task->again = task->again_now = false;
        r = task->goes_on_usec > 0 ? set_next(task, task->goes_on_usec)
                                   : schedule(task, FEED_SCHEDULE_ENDED);
        if (r == 0 && again_now)
                r = begin_attempt(task);
        else if (r == 0 && again)
                r = take_hint(task);
        if (r)
                return error_fold(r);
        return world->ended(world->userdata, facts);
}

static int take_digest(FeedTask *task, FeedFetchResult *result) {
        const FeedTaskWorld *owner = task->world;
        _cleanup_free_ char *kept = NULL, *message = NULL;
        size_t n_kept = 0;
        int r;

        r = owner->take(owner->userdata, task->source.name, result->digest, result->n_digest, &kept,
                        &n_kept, &message);
        if (r < 0)
                return error_trace(r);
        if (r) {
                task->untrusted = false;
                return end_attempt(task, message, true, false);
        }
        free(task->digest);
        task->digest = TAKE(kept);
        task->n_digest = n_kept;
        task->has_digest = true;
        free(task->cursor);
        task->cursor = TAKE(result->cursor);
        r = replace(&task->host, task->world->host);
        if (r)
                return error_fold(r);
        return end_attempt(task, result->text, false, true);
}

static int take_result(FeedTask *task, FeedFetchResult *result) {
        task->absent = result->outcome == FETCH_ABSENT;
        task->untrusted = result->untrusted;
        if (result->outcome == FETCH_FAILED && result->retry_after_sec > 0) {
                task->refused = true;
                task->not_before = now_of(task) + (UtcTime) result->retry_after_sec * USEC_PER_SEC;
        }
        switch (result->outcome) {
        case FETCH_CHANGED:
                return take_digest(task, result);
        case FETCH_EMPTY:
                free(task->cursor);
                task->cursor = TAKE(result->cursor);
                return end_attempt(task, result->text, false, false);
        case FETCH_GOES_ON:
                task->goes_on_usec = (result->retry_after_sec > 0 ? result->retry_after_sec : 60) *
                                     USEC_PER_SEC;
                return end_attempt(task, NULL, false, false);
        case FETCH_UNCHANGED:
                return end_attempt(task, result->text, false, false);
        case FETCH_ABSENT:
                /* Only somebody who named it expects it to be there. */
                return end_attempt(task, task->source.named ? result->text : NULL, false, false);
        default:
                return end_attempt(task,
                                   result->text ? result->text : "klpwatch-fetch did not say why",
                                   true, false);
        }
}

static int deadline_minutes(const FeedTask *task) {
        return feed_source_is_local(&task->source) ? DEADLINE_LOCAL_MINUTES
                                                   : DEADLINE_NETWORK_MINUTES;
}

static int on_fetch(_unused_ sd_event_source *source, _unused_ int fd, _unused_ uint32_t events,
                    void *userdata) {
        FeedTask *task = userdata;
        FeedFetchResult result = {};
        const char *problem;
        int r;

        r = feed_fetch_dispatch(task->fetch, &result, &problem);
        if (r < 0)
                return error_trace(r);
        if (r == FEED_FETCH_E_RUNNING) {
                FeedProgress progress = feed_fetch_progress(task->fetch);

                return progress.text && task->world->progress
                                       ? task->world->progress(task->world->userdata,
                                                               task->source.name, &progress)
                                       : 0;
        }
        if (r)
                return end_attempt(task, problem, true, false);
        r = take_result(task, &result);
        free(result.digest);
        free(result.cursor);
        return r;
}

static int on_deadline(_unused_ sd_event_source *source, _unused_ uint64_t usec, void *userdata) {
        FeedTask *task = userdata;
        const char *progress = feed_fetch_progress(task->fetch).text;
        char problem[512];

        snprintf(problem, sizeof(problem),
                 "klpwatch-fetch did not finish within %d minutes (last: %.300s)",
                 deadline_minutes(task), progress ? progress : "nothing");
        return end_attempt(task, problem, true, false);
}

/* What is held is of use only to the host it was made for. */
static int start_fetch(FeedTask *task) {
        const FeedTaskWorld *world = task->world;
        FetchRequest request = { .feed = task->source.name,
                                 .type = feed_type_to_text(task->source.type),
                                 .location = task->source.location,
                                 .vendor = world->vendor,
                                 .settings = task->source.settings,
                                 .n_settings = task->source.n_settings };
        _cleanup_free_ char *stored = NULL;
        FeedFetchHeld held = {};
        int r;

        if (!task->host || text_equal(task->host, world->host)) {
                if (task->digest) {
                        held.digest = task->digest;
                        held.n_digest = task->n_digest;
                } else if (world->store) {
                        r = digest_store_read(world->store, task->source.name, &stored,
                                              &held.n_digest);
                        if (r < 0)
                                return error_trace(r);
                        held.digest = stored;
                }
                held.cursor = task->cursor;
                held.n_cursor = task->cursor ? strlen(task->cursor) : 0;
        }
        r = feed_fetch_new(world->program, world->root_path, &request, &held, &task->fetch);
        return r < 0 ? error_trace(r) : r;
}

static int begin_attempt(FeedTask *task) {
        const FeedTaskWorld *world = task->world;
        int r;

        task->next_source = sd_event_source_disable_unref(task->next_source);
        /* Somebody asked for one while the feed rested, and now it is wanted: that one is as good. */
        if (task->fetch)
                return 0;
        task->first_hint_usec = 0;
        r = renew_watch(task);
        if (r)
                return error_fold(r);
        task->refused = task->untrusted = false;
        task->goes_on_usec = 0;
        task->not_before = UTC_TIME_NONE;
        r = start_fetch(task);
        if (r < 0)
                return error_trace(r);
        if (r) {
                char problem[512];

                snprintf(problem, sizeof(problem), "%s cannot be %s: %s",
                         world->program->path ? world->program->path : world->program->socket,
                         world->program->path ? "started" : "reached", strerror(errno));
                return end_attempt(task, problem, true, false);
        }
        r = sd_event_add_io(world->loop, &task->fetch_source, feed_fetch_get_fd(task->fetch),
                            EPOLLIN, on_fetch, task);
        if (r >= 0)
                r = describe_source(task->fetch_source, "feed-fetch");
        if (r >= 0)
                r = sd_event_add_time_relative(world->loop, &task->deadline_source, CLOCK_BOOTTIME,
                                               (uint64_t) deadline_minutes(task) * MINUTE, 0,
                                               on_deadline, task);
        if (r >= 0)
                r = describe_source(task->deadline_source, "feed-deadline");
        return r < 0 ? error_origin(r) : 0;
}

static int on_soon(_unused_ sd_event_source *source, void *userdata) {
        return begin_attempt(userdata);
}

/* Behind calls and assessments: a program that starts takes the processor from whoever waits for an answer. */
static int begin_soon(FeedTask *task) {
        int r;

        r = sd_event_add_defer(task->world->loop, &task->next_source, on_soon, task);
        if (r >= 0)
                r = sd_event_source_set_priority(task->next_source, SD_EVENT_PRIORITY_NORMAL + 12);
        if (r >= 0)
                r = describe_source(task->next_source, "feed-soon");
        return r < 0 ? error_origin(r) : 0;
}

/* --- From outside */

int feed_task_new(const FeedTaskWorld *world, const FeedSource *source, FeedTask **ret) {
        _cleanup_(feed_task_freep) FeedTask *task = NULL;
        int r;

        task = calloc(1, sizeof(*task));
        if (!task)
                return error_origin(-ENOMEM);
        task->world = world;
        task->last_attempt = task->last_success = task->next_attempt = UTC_TIME_NONE;
        task->not_before = UTC_TIME_NONE;
        r = memory_pool_new(&task->pool);
        if (r)
                return error_fold(r);
        task->source = feed_source_copy(source, task->pool);
        if (memory_pool_exhausted(task->pool))
                return error_origin(-ENOMEM);
        r = recall(task);
        if (r)
                return error_fold(r);

        *ret = TAKE(task);
        return 0;
}

FeedSource *feed_task_source(FeedTask *task) {
        return &task->source;
}

int feed_task_begin(FeedTask *task) {
        int r;

        if (task->begun)
                return 0;
        task->begun = true;
        if (feed_source_is_local(&task->source))
                return task->world->once ? begin_attempt(task) : begin_soon(task);
        r = task->world->once ? 0 : schedule(task, FEED_SCHEDULE_START);
        return r ? error_fold(r) : 0;
}

/* What runs is left to its end: it was begun for a reason. */
void feed_task_pause(FeedTask *task) {
        task->next_source = sd_event_source_disable_unref(task->next_source);
        task->next_attempt = UTC_TIME_NONE;
        task->begun = false;
}

int feed_task_refresh(FeedTask *task) {
        if (!task->fetch)
                return begin_attempt(task);
        /* What changes while a cache is read may be missed; who asks a server joins the attempt that runs. */
        task->again_now = feed_source_is_local(&task->source);
        return 0;
}

int feed_task_network_is_back(FeedTask *task) {
        if (task->fetch || !task->next_source || task->n_failures == 0 ||
            feed_source_is_local(&task->source))
                return 0;
        return schedule(task, FEED_SCHEDULE_NETWORK);
}

bool feed_task_is_running(const FeedTask *task) {
        return task->fetch;
}

const char *feed_task_problem(const FeedTask *task) {
        return task->n_failures > 0 ? task->error : NULL;
}

/* A feed that nobody asked for by name is worth a word once there is something of it on this host. */
bool feed_task_is_shown(const FeedTask *task) {
        if (task->source.named || task->has_digest)
                return true;
        return task->last_attempt != UTC_TIME_NONE && !task->absent;
}

FeedStatus feed_task_status(const FeedTask *task) {
        return (FeedStatus){ .name = task->source.name,
                             .type = feed_type_to_text(task->source.type),
                             .location = feed_source_place(&task->source),
                             .last_attempt = task->last_attempt,
                             .last_success = task->last_success,
                             .next_attempt = task->next_attempt,
                             .error = task->error,
                             .failed = task->n_failures > 0,
                             .n_failures = task->n_failures,
                             .untrusted = task->untrusted };
}

bool feed_task_held(const FeedTask *task, HeldDigest *ret) {
        if (!task->digest)
                return false;
        *ret = (HeldDigest){ .name = task->source.name,
                             .data = task->digest,
                             .n_bytes = task->n_digest };
        return true;
}
