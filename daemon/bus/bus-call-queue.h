/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Calls whose answers take milliseconds, put off until nothing quicker is to be done.
 */

#include <systemd/sd-bus.h>

#include "base/cleanup.h"

#define CALL_QUEUE_MAX 64
#define CALL_QUEUE_MAX_OF_ONE 16 /* of one user, so that one cannot take all places */

typedef struct CallQueue CallQueue;

int call_queue_new(sd_event *event, CallQueue **ret);
CallQueue *call_queue_free(CallQueue *queue);
DEFINE_CLEANUP(CallQueue, call_queue_free);

/*
 * Answers `call` of `uid` later by `handler`, as sd-bus would call it: users in turn, each one's calls
 * in their order, one a turn of the loop, behind all messages that have arrived; but one every 100 ms
 * however many of those there are. 1, or what `error` was set to when the queue or the user's part of
 * it is full.
 */
int call_queue_add(CallQueue *queue, sd_bus_message *call, uid_t uid,
                   sd_bus_message_handler_t handler, void *userdata, sd_bus_error *error);
