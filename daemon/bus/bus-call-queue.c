/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The queue of expensive calls. A daemon of one thread answers in the order in which it reads, so a
 * client that sends a hundred what-if questions at once would stand before everybody else. Here they
 * wait at idle priority, and users take turns. A timer serves one from time to time when a flood of
 * cheap calls leaves no idle moment. It refuses to know what the calls are.
 */

#include <stdint.h>
#include <stdlib.h>

#include "base/error.h"
#include "bus/bus-call-queue.h"

#define STARVED_USEC ((uint64_t) 100 * 1000)

struct CallQueue {
        sd_event_source *idle;
        sd_event_source *timer;
        size_t n_calls;
        uid_t served;       /* the user whose turn was last */
        QueuedCall calls[]; /* CALL_QUEUE_MAX at most, in the order in which they came */
};

/* The next call: of the user who follows the one served last, by number and around. */
static size_t choose(const CallQueue *queue) {
        size_t next = 0;
        uid_t distance = 0;

        for (size_t i = 0; i < queue->n_calls; i++) {
                uid_t this = queue->calls[i].uid - queue->served - 1; /* wraps around */

                if (i == 0 || this < distance) {
                        next = i;
                        distance = this;
                }
        }
        return next;
}

static int set_sources(CallQueue *queue) {
        int enabled = queue->n_calls > 0 ? SD_EVENT_ONESHOT : SD_EVENT_OFF, r;

        r = sd_event_source_set_enabled(queue->idle, enabled);
        if (r >= 0)
                r = sd_event_source_set_time_relative(queue->timer, STARVED_USEC);
        if (r >= 0)
                r = sd_event_source_set_enabled(queue->timer, enabled);
        return r < 0 ? error_origin(r) : 0;
}

static int serve_next(CallQueue *queue) {
        QueuedCall next;
        size_t place;
        int r;

        if (queue->n_calls == 0)
                return 0;
        place = choose(queue);
        next = queue->calls[place];
        queue->n_calls--;
        for (size_t i = place; i < queue->n_calls; i++)
                queue->calls[i] = queue->calls[i + 1];
        queue->served = next.uid;
        r = set_sources(queue);
        if (r < 0) {
                next.forget(next.userdata);
                return error_trace(r);
        }
        r = next.serve(next.userdata);
        return r < 0 ? error_trace(r) : 0;
}

static int on_idle(_unused_ sd_event_source *source, void *userdata) {
        return serve_next(userdata);
}

static int on_timer(_unused_ sd_event_source *source, _unused_ uint64_t usec, void *userdata) {
        return serve_next(userdata);
}

static int describe_source(sd_event_source *source, const char *description, int64_t priority) {
        int r;

        r = sd_event_source_set_description(source, description);
        if (r >= 0)
                r = sd_event_source_set_priority(source, priority);
        if (r >= 0)
                r = sd_event_source_set_exit_on_failure(source, true);
        return r;
}

int call_queue_new(sd_event *event, CallQueue **ret) {
        _cleanup_(call_queue_freep) CallQueue *queue = NULL;
        int r;

        /* Most daemons never see a queue: its room is not touched before it is used. */
        queue = malloc(sizeof(*queue) + CALL_QUEUE_MAX * sizeof(QueuedCall));
        if (!queue)
                return error_origin(-ENOMEM);
        *queue = (CallQueue){};
        r = sd_event_add_defer(event, &queue->idle, on_idle, queue);
        if (r >= 0)
                r = describe_source(queue->idle, "calls-put-off", SD_EVENT_PRIORITY_IDLE);
        if (r >= 0)
                r = sd_event_add_time_relative(event, &queue->timer, CLOCK_MONOTONIC, STARVED_USEC,
                                               0, on_timer, queue);
        if (r >= 0)
                r = describe_source(queue->timer, "calls-starved", SD_EVENT_PRIORITY_IMPORTANT);
        if (r < 0)
                return error_origin(r);
        r = set_sources(queue);
        if (r)
                return error_fold(r);

        *ret = TAKE(queue);
        return 0;
}

CallQueue *call_queue_free(CallQueue *queue) {
        if (!queue)
                return NULL;

        for (size_t i = 0; i < queue->n_calls; i++)
                queue->calls[i].forget(queue->calls[i].userdata);
        sd_event_source_disable_unref(queue->timer);
        sd_event_source_disable_unref(queue->idle);
        free(queue);
        return NULL;
}

int call_queue_add(CallQueue *queue, const QueuedCall *call) {
        size_t n_of_user = 0;
        int r;

        for (size_t i = 0; i < queue->n_calls && !call->trusted; i++)
                n_of_user += queue->calls[i].uid == call->uid;
        if (queue->n_calls == CALL_QUEUE_MAX || n_of_user >= CALL_QUEUE_MAX_OF_ONE)
                return CALL_QUEUE_E_FULL;

        queue->calls[queue->n_calls++] = *call;
        if (queue->n_calls > 1)
                return 0; /* the sources are on */
        r = set_sources(queue);
        if (r) {
                queue->n_calls--;
                return error_fold(r);
        }
        return 0;
}
