/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The pace of assessments. A hint carries no facts, so a hundred of them are worth one answer: a deferred source makes
 * it at the end of the turn, and a host that changes all the time is announced a few times a second. It refuses to know
 * what the hints were.
 */

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "assess-pace.h"
#include "base/error.h"

/* Whatever happens on the host, so often a second something is announced at most. */
#define PAUSE_USEC ((uint64_t) 250 * 1000)

struct AssessPace {
        sd_event *loop;
        sd_event_source *due;
        sd_event_source *pause; /* asks for an assessment once the pause is over */
        int (*on_due)(void *userdata);
        void *userdata;
        uint64_t announced_usec; /* when something was announced last (CLOCK_BOOTTIME); 0 = never */
};

static int on_assess(_unused_ sd_event_source *source, void *userdata) {
        AssessPace *pace = userdata;

        return pace->on_due(pace->userdata);
}

static int on_pause_over(_unused_ sd_event_source *source, _unused_ uint64_t usec, void *userdata) {
        AssessPace *pace = userdata;
        int r;

        r = sd_event_source_set_enabled(pace->due, SD_EVENT_ONESHOT);
        return r < 0 ? error_origin(r) : 0;
}

/* By default a fatal error in a handler would only switch its source off. */
static int prepare(sd_event_source *source, const char *description) {
        int r;

        r = sd_event_source_set_enabled(source, SD_EVENT_OFF);
        if (r >= 0)
                r = sd_event_source_set_description(source, description);
        if (r >= 0)
                r = sd_event_source_set_exit_on_failure(source, true);
        return r;
}

int assess_pace_new(sd_event *loop, int (*on_due)(void *userdata), void *userdata,
                    AssessPace **ret) {
        _cleanup_(assess_pace_freep) AssessPace *pace = NULL;
        int r;

        pace = calloc(1, sizeof(*pace));
        if (!pace)
                return error_origin(-ENOMEM);
        pace->loop = sd_event_ref(loop);
        pace->on_due = on_due;
        pace->userdata = userdata;
        r = sd_event_add_defer(loop, &pace->due, on_assess, pace);
        if (r >= 0)
                r = prepare(pace->due, "assess");
        if (r >= 0)
                r = sd_event_source_set_priority(pace->due, SD_EVENT_PRIORITY_NORMAL + 10);
        if (r >= 0)
                r = sd_event_add_time(loop, &pace->pause, CLOCK_BOOTTIME, 0, 1, on_pause_over,
                                      pace);
        if (r >= 0)
                r = prepare(pace->pause, "pause");
        if (r < 0)
                return error_origin(r);

        *ret = TAKE(pace);
        return 0;
}

AssessPace *assess_pace_free(AssessPace *pace) {
        if (!pace)
                return NULL;

        sd_event_source_disable_unref(pace->pause);
        sd_event_source_disable_unref(pace->due);
        sd_event_unref(pace->loop);
        free(pace);
        return NULL;
}

int assess_pace_request(AssessPace *pace) {
        uint64_t now, next = pace->announced_usec + PAUSE_USEC;
        int r;

        r = sd_event_now(pace->loop, CLOCK_BOOTTIME, &now);
        if (r >= 0 && pace->announced_usec > 0 && now < next) {
                r = sd_event_source_set_time(pace->pause, next);
                if (r >= 0)
                        r = sd_event_source_set_enabled(pace->pause, SD_EVENT_ONESHOT);
        } else if (r >= 0)
                r = sd_event_source_set_enabled(pace->due, SD_EVENT_ONESHOT);
        return r < 0 ? error_origin(r) : 0;
}

bool assess_pace_is_due(const AssessPace *pace) {
        return sd_event_source_get_enabled(pace->due, NULL) != 0;
}

int assess_pace_rest(AssessPace *pace) {
        int r;

        r = sd_event_now(pace->loop, CLOCK_BOOTTIME, &pace->announced_usec);
        return r < 0 ? error_origin(r) : 0;
}
