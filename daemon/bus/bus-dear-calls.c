/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Expensive questions on their way to an answer: who asks is found out, whether that user has asked
 * too often, and then the question waits in the queue for its turn. It refuses to know how any of
 * them is answered, and to keep a call: what it needs of one is taken out, and the reply begun.
 */

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "bus/bus-call-queue.h"
#include "bus/bus-dear-calls.h"
#include "bus/caller-limit.h"

#define CALLS_A_SECOND 50u /* of one user */

struct BusDearCalls {
        sd_bus *bus;
        BusCallers *callers; /* borrowed */
        CallQueue *queue;
        CallerLimit limit;
        void *userdata;
};

/* What waits: the question, and whose it is. */
typedef struct Waiting {
        DearCall dear;
        BusDearCalls *calls;
} Waiting;

static void waiting_free(void *userdata) {
        Waiting *waiting = userdata;

        sd_bus_message_unref(waiting->dear.reply);
        sd_bus_message_unref(waiting->dear.refusal);
        sd_bus_message_unref(waiting->dear.unable);
        free(waiting);
}

static void waiting_freep(Waiting **waiting) {
        if (*waiting)
                waiting_free(*waiting);
}

int bus_dear_calls_send(sd_bus_message *reply) {
        int r;

        r = sd_bus_send(NULL, reply, NULL);
        return r == -ENOMEM ? error_origin(r) : 0;
}

static int serve(void *userdata) {
        _cleanup_(waiting_freep) Waiting *waiting = userdata;
        int r;

        r = waiting->dear.answer(&waiting->dear, waiting->calls->userdata);
        return r < 0 ? error_trace(r) : 0;
}

static int on_caller_known(void *userdata, uid_t uid) {
        _cleanup_(waiting_freep) Waiting *waiting = userdata;
        BusDearCalls *calls = waiting->calls;
        QueuedCall queued = { .uid = uid,
                              .trusted = bus_callers_trusted(uid),
                              .serve = serve,
                              .forget = waiting_free,
                              .userdata = waiting };
        uint64_t now = 0;
        int r;

        (void) sd_event_now(sd_bus_get_event(calls->bus), CLOCK_BOOTTIME, &now);
        if (!queued.trusted && !caller_limit_spend(&calls->limit, uid, now, CALLS_A_SECOND))
                return bus_dear_calls_send(waiting->dear.refusal);
        r = call_queue_add(calls->queue, &queued);
        if (r == CALL_QUEUE_E_FULL)
                return bus_dear_calls_send(waiting->dear.refusal);
        if (r)
                return error_fold(r);
        (void) TAKE(waiting);
        return 0;
}

int bus_dear_calls_put_off(BusDearCalls *calls, sd_bus_message *call, const DearCall *wanted,
                           sd_bus_error *error) {
        _cleanup_(waiting_freep) Waiting *waiting = NULL;
        int r;

        waiting = calloc(1, sizeof(*waiting));
        if (!waiting) {
                sd_bus_message_unref(wanted->unable);
                return error_origin(-ENOMEM);
        }
        waiting->dear = *wanted;
        waiting->calls = calls;
        r = sd_bus_message_new_method_return(call, &waiting->dear.reply);
        if (r >= 0)
                r = sd_bus_message_new_method_errorf(
                                call, &waiting->dear.refusal, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "You ask too often: %u times a second, or %u at once; ask again in "
                                "a second",
                                CALLS_A_SECOND, CALL_QUEUE_MAX_OF_ONE);
        if (r < 0)
                return error_origin(r);
        r = bus_callers_ask(calls->callers, call, on_caller_known, waiting_free, waiting);
        if (r == BUS_CALLERS_E_FULL)
                return sd_bus_error_set(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                        "Too many calls wait already; ask again in a moment");
        (void) TAKE(waiting);
        return r < 0 ? error_trace(r) : 1;
}

int bus_dear_calls_new(sd_bus *bus, BusCallers *callers, void *userdata, BusDearCalls **ret) {
        _cleanup_(bus_dear_calls_freep) BusDearCalls *calls = NULL;
        int r;

        calls = calloc(1, sizeof(*calls));
        if (!calls)
                return error_origin(-ENOMEM);
        calls->bus = sd_bus_ref(bus);
        calls->callers = callers;
        calls->userdata = userdata;
        r = call_queue_new(sd_bus_get_event(bus), &calls->queue);
        if (r)
                return error_fold(r);

        *ret = TAKE(calls);
        return 0;
}

BusDearCalls *bus_dear_calls_free(BusDearCalls *calls) {
        if (!calls)
                return NULL;

        call_queue_free(calls->queue);
        sd_bus_unref(calls->bus);
        free(calls);
        return NULL;
}
