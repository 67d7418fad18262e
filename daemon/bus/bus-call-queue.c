/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The queue of expensive calls. A daemon of one thread answers in the order in which it reads, so a
 * client that sends a hundred what-if questions at once would stand before everybody else. Here they
 * wait at idle priority, and users take turns. A timer serves one from time to time when a flood of
 * cheap calls leaves no idle moment. It refuses to know what the calls are.
 */

#include <stdlib.h>

#include "base/error.h"
#include "bus/bus-call-queue.h"

#define STARVED_USEC ((uint64_t) 100 * 1000)

typedef struct QueuedCall {
        sd_bus_message *call;
        uid_t uid;
        sd_bus_message_handler_t handler;
        void *userdata;
} QueuedCall;

struct CallQueue {
        sd_event_source *idle;
        sd_event_source *timer;
        QueuedCall calls[CALL_QUEUE_MAX]; /* in the order in which they came */
        size_t n_calls;
        uid_t served; /* the user whose turn was last */
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
        sd_bus_error error = SD_BUS_ERROR_NULL;
        QueuedCall next;
        size_t place;
        int r;

        place = choose(queue);
        next = queue->calls[place];
        queue->n_calls--;
        for (size_t i = place; i < queue->n_calls; i++)
                queue->calls[i] = queue->calls[i + 1];
        queue->served = next.uid;

        r = next.handler(next.call, next.userdata, &error);
        if (sd_bus_error_is_set(&error))
                r = sd_bus_reply_method_error(next.call, &error);
        else if (r < 0)
                r = sd_bus_reply_method_errno(next.call, r, NULL);
        sd_bus_error_free(&error);
        sd_bus_message_unref(next.call);
        if (r == -ENOMEM)
                return error_origin(r);
        return set_sources(queue); /* a caller that has left is no error of ours */
}

static int on_idle(_unused_ sd_event_source *source, void *userdata) {
        return serve_next(userdata);
}

static int on_timer(_unused_ sd_event_source *source, _unused_ uint64_t usec, void *userdata) {
        return serve_next(userdata);
}

int call_queue_new(sd_event *event, CallQueue **ret) {
        _cleanup_(call_queue_freep) CallQueue *queue = NULL;
        int r;

        queue = calloc(1, sizeof(*queue));
        if (!queue)
                return error_origin(-ENOMEM);
        r = sd_event_add_defer(event, &queue->idle, on_idle, queue);
        if (r >= 0)
                r = sd_event_source_set_priority(queue->idle, SD_EVENT_PRIORITY_IDLE);
        if (r >= 0)
                r = sd_event_add_time_relative(event, &queue->timer, CLOCK_MONOTONIC, STARVED_USEC,
                                               0, on_timer, queue);
        if (r >= 0)
                r = sd_event_source_set_priority(queue->timer, SD_EVENT_PRIORITY_IMPORTANT);
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
                sd_bus_message_unref(queue->calls[i].call);
        sd_event_source_disable_unref(queue->timer);
        sd_event_source_disable_unref(queue->idle);
        free(queue);
        return NULL;
}

int call_queue_add(CallQueue *queue, sd_bus_message *call, uid_t uid,
                   sd_bus_message_handler_t handler, void *userdata, sd_bus_error *error) {
        size_t n_of_user = 0;
        int r;

        for (size_t i = 0; i < queue->n_calls; i++)
                n_of_user += queue->calls[i].uid == uid;
        if (queue->n_calls == CALL_QUEUE_MAX || n_of_user == CALL_QUEUE_MAX_OF_ONE)
                return sd_bus_error_set(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                        "Too many questions are waiting already; ask again in a "
                                        "moment");

        queue->calls[queue->n_calls++] = (QueuedCall){ .call = sd_bus_message_ref(call),
                                                       .uid = uid,
                                                       .handler = handler,
                                                       .userdata = userdata };
        if (queue->n_calls > 1)
                return 1; /* the sources are on */
        r = set_sources(queue);
        if (r) {
                queue->calls[--queue->n_calls].call = sd_bus_message_unref(call);
                return error_fold(r);
        }
        return 1;
}
