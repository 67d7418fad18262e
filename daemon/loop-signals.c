/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Signals, as events of the loop among others: nothing is interrupted by one, and an end is an orderly one. It refuses
 * all but those that a service manager sends, and an operator at a terminal.
 */

#include <errno.h>
#include <signal.h>
#include <stdbool.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "loop-signals.h"

int loop_signals_add(sd_event *loop, sd_event_signal_handler_t on_reload, void *userdata) {
        const struct {
                int number;
                sd_event_signal_handler_t handler; /* NULL: the loop ends */
                const char *description;
        } signals[] = { { SIGTERM, NULL, "end" },
                        { SIGINT, NULL, "end" },
                        { SIGHUP, on_reload, "reload" } };
        sigset_t set;
        int r;

        sigemptyset(&set);
        for (size_t i = 0; i < ELEMENTS(signals); i++)
                sigaddset(&set, signals[i].number);
        if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
                return error_origin(-errno);
        for (size_t i = 0; i < ELEMENTS(signals); i++) {
                sd_event_source *source = NULL;

                r = sd_event_add_signal(loop, &source, signals[i].number, signals[i].handler,
                                        signals[i].handler ? userdata : NULL);
                if (r >= 0)
                        r = sd_event_source_set_priority(source, SD_EVENT_PRIORITY_NORMAL - 20);
                if (r >= 0)
                        r = sd_event_source_set_description(source, signals[i].description);
                if (r >= 0)
                        r = sd_event_source_set_exit_on_failure(source, true);
                if (r >= 0)
                        r = sd_event_source_set_floating(source, true);
                sd_event_source_unref(source);
                if (r < 0)
                        return error_origin(r);
        }
        return 0;
}
