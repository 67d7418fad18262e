/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * How often a user may ask for work: one at a time with a pause between two, or so many a second.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define CALLER_LIMIT_USERS 32

typedef struct CallerLimit {
        struct {
                uid_t uid;
                uint64_t usec;    /* when it was last granted, or its second began; 0 = free */
                unsigned n_spent; /* in that second; of caller_limit_spend() alone */
        } users[CALLER_LIMIT_USERS];
} CallerLimit;

/*
 * Grants `uid` its next turn at `now_usec` (CLOCK_BOOTTIME) when at least `pause_usec` have passed since its
 * last one. Otherwise false, and `ret_wait_usec` is what is missing. Of more users than there is
 * room for, the one that waited longest is forgotten.
 */
bool caller_limit_take(CallerLimit *limit, uid_t uid, uint64_t now_usec, uint64_t pause_usec,
                       uint64_t *ret_wait_usec);

/* Grants `uid` one of its `n_max` turns of this second; of a table that caller_limit_take() does not use. */
bool caller_limit_spend(CallerLimit *limit, uid_t uid, uint64_t now_usec, unsigned n_max);
