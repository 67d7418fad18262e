/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The tasks that hold up a transition of a live patch: those that have not moved over to where it goes.
 */

#include "connection/bus-row.h"

enum {
        BLOCKING_TASKS_E_NO_TRANSITION = 1,
        BLOCKING_TASKS_E_NO_RIGHT,   /* tasks of others are not told to this user */
        BLOCKING_TASKS_E_UNREADABLE, /* sysfs or procfs is not there; errno says more */
};

typedef struct BlockingTasks {
        const char *patch; /* in transition */
        bool removed;      /* it goes away from the patch */
        BusRows rows; /* `pid`, `tid`, `command`, `stack` (functions, innermost first; empty when not readable) */
        bool stacks; /* the stacks could be read */
} BlockingTasks;

/* Looks below `root` ("/" but in tests). Texts are printable and live in `pool`. 0, BLOCKING_TASKS_E_* or -ENOMEM. */
int blocking_tasks_find(MemoryPool *pool, const char *root, BlockingTasks *ret);
