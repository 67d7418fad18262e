/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Calls that are answered when something that was begun for them has ended. Only so many wait, and an ordinary user has to
 * pause between two.
 */

#include <systemd/sd-bus.h>

#include "bus/caller-limit.h"

#define WAITING_CALLS_MAX 64

enum {
        WAITING_CALLS_E_REFUSED = 1, /* it was answered with the reason */
};

/* Empty when all of it is zero. */
typedef struct WaitingCalls {
        sd_bus_message *items[WAITING_CALLS_MAX]; /* in the order in which they came */
        size_t n_items;
        CallerLimit limit;
} WaitingCalls;

void waiting_calls_clear(WaitingCalls *waiting);

/*
 * Lets `call` of `uid` wait. `calls` and `wanted` stand in what is said to those who may not: "Too many CALLS are waiting already",
 * "You asked for WANTED a moment ago". 0, WAITING_CALLS_E_REFUSED or negative.
 */
int waiting_calls_add(WaitingCalls *waiting, sd_bus_message *call, uid_t uid, const char *calls,
                      const char *wanted);

/* Nothing was begun for the last one that was added: it is answered elsewhere. */
void waiting_calls_forget_last(WaitingCalls *waiting);

/* Answers the `n` oldest: `problem_of` sets `ret` where it went wrong. 0 or negative. */
int waiting_calls_answer(WaitingCalls *waiting, size_t n,
                         void (*problem_of)(const void *userdata, sd_bus_message *call,
                                            sd_bus_error *ret),
                         const void *userdata);
