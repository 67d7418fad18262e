/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Answers that take milliseconds, put off until nothing quicker is to be done.
 */

#include <stdbool.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

#include "base/cleanup.h"

#define CALL_QUEUE_MAX 1024
#define CALL_QUEUE_MAX_OF_ONE \
        64 /* of one user who is not trusted, so that one cannot take all places */

enum {
        CALL_QUEUE_E_FULL = 1, /* of calls, or of this user's */
};

typedef struct CallQueue CallQueue;

/* What is put off, and how it is thrown away; one of the two is called, once. */
typedef struct QueuedCall {
        uid_t uid;
        bool trusted;
        int (*serve)(void *userdata); /* 0 or negative */
        void (*forget)(void *userdata);
        void *userdata;
} QueuedCall;

int call_queue_new(sd_event *event, CallQueue **ret);
CallQueue *call_queue_free(CallQueue *queue);
DEFINE_CLEANUP(CallQueue, call_queue_free);

/*
 * Serves `call` later: users in turn, each one's calls in their order, one a turn of the loop, behind
 * all messages that have arrived; but one every 100 ms however many of those there are. 0,
 * CALL_QUEUE_E_FULL or negative; unless it is 0 the call stays the caller's.
 */
int call_queue_add(CallQueue *queue, const QueuedCall *call);
