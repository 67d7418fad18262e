/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Rests from the bus. Clients are served before the host, so one that sends without end would keep
 * the daemon from noticing that a patch was disabled: hints, timers, answers of other programs and
 * the assessment all stand behind it. Each message therefore asks for a turn at the end of that row.
 * When the turn does not come within 100 ms, the bus itself goes to the end until it came. It
 * refuses to weigh who sends what: that is the affair of the limits.
 */

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/error.h"
#include "bus/bus-rest.h"

#define STARVED_USEC ((uint64_t) 100 * 1000)
#define PRIORITY_END (SD_EVENT_PRIORITY_NORMAL + 15)

struct BusRest {
        sd_bus *bus;
        sd_event *loop;
        sd_bus_slot *filter;
        sd_event_source *begin; /* puts the bus behind the others */
        sd_event_source *end;   /* the turn that is asked for */
        uint64_t asked_usec;    /* CLOCK_MONOTONIC; 0 = no turn is asked for */
        bool resting;
};

static int attach(BusRest *rest, int priority) {
        int r;

        r = sd_bus_detach_event(rest->bus);
        if (r >= 0)
                r = sd_bus_attach_event(rest->bus, rest->loop, priority);
        return r < 0 ? error_origin(r) : 0;
}

static int on_begin(_unused_ sd_event_source *source, void *userdata) {
        BusRest *rest = userdata;

        rest->resting = true;
        return attach(rest, BUS_PRIORITY_RESTING);
}

static int on_end(_unused_ sd_event_source *source, void *userdata) {
        BusRest *rest = userdata;

        rest->asked_usec = 0;
        if (!rest->resting)
                return 0;
        rest->resting = false;
        return attach(rest, BUS_PRIORITY);
}

/* In the middle of a message the bus cannot be moved, so a source of its own does it before the next. */
static int on_message(_unused_ sd_bus_message *message, void *userdata,
                      _unused_ sd_bus_error *error) {
        BusRest *rest = userdata;
        uint64_t now;
        int r;

        r = sd_event_now(rest->loop, CLOCK_MONOTONIC, &now);
        if (r >= 0 && rest->asked_usec == 0) {
                rest->asked_usec = now;
                r = sd_event_source_set_enabled(rest->end, SD_EVENT_ONESHOT);
        } else if (r >= 0 && !rest->resting && now - rest->asked_usec >= STARVED_USEC)
                r = sd_event_source_set_enabled(rest->begin, SD_EVENT_ONESHOT);
        return r < 0 ? error_origin(r) : 0;
}

static int add_turn(BusRest *rest, sd_event_source **ret, const char *description, int64_t priority,
                    sd_event_handler_t handler) {
        int r;

        r = sd_event_add_defer(rest->loop, ret, handler, rest);
        if (r >= 0)
                r = sd_event_source_set_enabled(*ret, SD_EVENT_OFF);
        if (r >= 0)
                r = sd_event_source_set_description(*ret, description);
        if (r >= 0)
                r = sd_event_source_set_priority(*ret, priority);
        if (r >= 0)
                r = sd_event_source_set_exit_on_failure(*ret, true);
        return r < 0 ? error_origin(r) : 0;
}

int bus_rest_new(sd_bus *bus, BusRest **ret) {
        _cleanup_(bus_rest_freep) BusRest *rest = NULL;
        int r;

        rest = calloc(1, sizeof(*rest));
        if (!rest)
                return error_origin(-ENOMEM);
        rest->bus = sd_bus_ref(bus);
        rest->loop = sd_event_ref(sd_bus_get_event(bus));
        r = add_turn(rest, &rest->begin, "rest-begins", SD_EVENT_PRIORITY_IMPORTANT, on_begin);
        if (r == 0)
                r = add_turn(rest, &rest->end, "rest-ends", PRIORITY_END, on_end);
        if (r)
                return error_fold(r);
        r = sd_bus_add_filter(bus, &rest->filter, on_message, rest);
        if (r < 0)
                return error_origin(r);

        *ret = TAKE(rest);
        return 0;
}

BusRest *bus_rest_free(BusRest *rest) {
        if (!rest)
                return NULL;

        sd_bus_slot_unref(rest->filter);
        sd_event_source_disable_unref(rest->end);
        sd_event_source_disable_unref(rest->begin);
        sd_event_unref(rest->loop);
        sd_bus_unref(rest->bus);
        free(rest);
        return NULL;
}
