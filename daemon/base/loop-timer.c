/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The wake-up timer. sd-event's timers with the two habits this project wants: off until set, and
 * described, so that a stuck loop can be understood from its dump.
 */

#include <stdlib.h>

#include "base/error.h"
#include "base/loop-timer.h"

/* Dates matter to the day; a second's slack lets the kernel batch the wake-up. */
#define ACCURACY_USEC (1 * USEC_PER_SEC)

struct LoopTimer {
        sd_event_source *source;
        int (*on_elapsed)(void *userdata);
        void *userdata;
};

static int on_time(_unused_ sd_event_source *source, _unused_ uint64_t usec, void *userdata) {
        LoopTimer *timer = userdata;

        return timer->on_elapsed(timer->userdata);
}

int loop_timer_new(sd_event *loop, const char *description, int (*on_elapsed)(void *userdata),
                   void *userdata, LoopTimer **ret) {
        _cleanup_(loop_timer_freep) LoopTimer *timer = NULL;
        int r;

        timer = calloc(1, sizeof(*timer));
        if (!timer)
                return error_origin(-ENOMEM);
        timer->on_elapsed = on_elapsed;
        timer->userdata = userdata;
        r = sd_event_add_time(loop, &timer->source, CLOCK_REALTIME, 0, ACCURACY_USEC, on_time,
                              timer);
        if (r >= 0)
                r = sd_event_source_set_enabled(timer->source, SD_EVENT_OFF);
        if (r >= 0)
                r = sd_event_source_set_description(timer->source, description);
        if (r >=
            0) /* what fails in the handler is fatal, and by default would only switch the timer off */
                r = sd_event_source_set_exit_on_failure(timer->source, true);
        if (r < 0)
                return error_origin(r);

        *ret = TAKE(timer);
        return 0;
}

LoopTimer *loop_timer_free(LoopTimer *timer) {
        if (!timer)
                return NULL;

        sd_event_source_disable_unref(timer->source);
        free(timer);
        return NULL;
}

int loop_timer_set(LoopTimer *timer, UtcTime time) {
        int r;

        if (time == UTC_TIME_NONE)
                r = sd_event_source_set_enabled(timer->source, SD_EVENT_OFF);
        else {
                r = sd_event_source_set_time(timer->source, time < 0 ? 0 : (uint64_t) time);
                if (r >= 0)
                        r = sd_event_source_set_enabled(timer->source, SD_EVENT_ONESHOT);
        }
        return r < 0 ? error_origin(r) : 0;
}
