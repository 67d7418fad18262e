/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A clock that shows a time before something that has happened is wrong, and every date is judged by it. The other
 * way cannot be told: a clock that is ahead looks like old facts.
 */

#include "core/alert-clock.h"

/* A clock is wrong when facts are so much newer. */
#define CLOCK_SLACK_USEC (24 * USEC_PER_HOUR)

void alert_clock_find(AlertFinder *finder, Alert *alert) {
        const AssessInput *input = &finder->assessment->input;
        UtcTime built = input->host->kernel_built, newest = UTC_TIME_NONE;

        if (input->clock_given)
                return;
        for (size_t i = 0; i < input->facts->n_sources; i++)
                if (input->facts->sources[i].complete_to > newest)
                        newest = input->facts->sources[i].complete_to;
        if (built != UTC_TIME_NONE && input->clock < built) {
                alert_finder_ask_again(finder, built + (input->now - input->clock));
                alert->text = alert_say(
                                finder,
                                "The clock is wrong: it shows a time before %s, when the running "
                                "kernel was built.",
                                alert_finder_day(finder, utc_day_of(built)));
        } else if (newest != UTC_TIME_NONE && input->clock < newest - CLOCK_SLACK_USEC) {
                alert_finder_ask_again(finder,
                                       newest - CLOCK_SLACK_USEC + (input->now - input->clock));
                alert->text = alert_say(
                                finder,
                                "The clock is wrong: it shows a time before %s, up to which facts "
                                "are complete.",
                                alert_finder_day(finder, utc_day_of(newest)));
        } else
                return;
        alert->level = ALERT_LEVEL_WARNING;
        alert->action = "timedatectl set-ntp true";
}
