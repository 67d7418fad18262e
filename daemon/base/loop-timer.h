/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * One wake-up at a date on CLOCK_REALTIME.
 */

#include <systemd/sd-event.h>

#include "base/cleanup.h"
#include "base/utc-time.h"

typedef struct LoopTimer LoopTimer;

/* `on_elapsed` is called once for each time that was set; what it returns goes to the loop. 0 or negative. */
int loop_timer_new(sd_event *loop, const char *description, int (*on_elapsed)(void *userdata),
                   void *userdata, LoopTimer **ret);
LoopTimer *loop_timer_free(LoopTimer *timer);
DEFINE_CLEANUP(LoopTimer, loop_timer_free);

/* Replaces the time that was set; UTC_TIME_NONE switches it off. 0 or negative. */
int loop_timer_set(LoopTimer *timer, UtcTime time);
