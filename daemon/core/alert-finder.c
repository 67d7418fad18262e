/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the rules of all alerts have in common. Texts are put together in the assessment's pool, which remembers when
 * it had no room.
 */

#include "core/alert-finder.h"

const char *alert_finder_day(const AlertFinder *finder, UtcDay day) {
        return situation_day_text(&finder->assessment->situation, day);
}

void alert_finder_ask_again(AlertFinder *finder, UtcTime moment) {
        if (moment != UTC_TIME_NONE && moment > finder->assessment->input.now &&
            (finder->next == UTC_TIME_NONE || moment < finder->next))
                finder->next = moment;
}

void alert_finder_ask_on(AlertFinder *finder, UtcDay day) {
        if (day != UTC_DAY_NONE)
                alert_finder_ask_again(finder, utc_day_start(day));
}

void alert_finder_about(const AlertFinder *finder, Alert *alert, const char *object) {
        if (!text_list_has(&alert->objects, object))
                text_list_add(&alert->objects, finder->pool, object);
}

const char *alert_finder_join(const AlertFinder *finder, const TextList *list) {
        const char *text = "";

        for (size_t i = 0; i < list->n_items; i++) {
                if (i == 5)
                        return alert_say(finder, "%s and %zu more", text, list->n_items - i);
                text = alert_say(finder, "%s%s%s", text, i > 0 ? ", " : "", list->items[i]);
        }
        return text;
}

void alert_finder_add_cve(const AlertFinder *finder, Alert *alert, const char *cve) {
        if (alert->cves.n_items < ALERT_CVES_MAX)
                text_list_add(&alert->cves, finder->pool, cve);
}

bool alert_finder_is_late(AlertFinder *finder, UtcTime moment) {
        alert_finder_ask_again(finder, moment);
        return moment != UTC_TIME_NONE && moment <= finder->assessment->input.now;
}

const char *alert_finder_reboot_action(const AlertFinder *finder) {
        const RebootPlan *plan = &finder->assessment->reboot;
        const JudgedKernel *target = plan->target;
        const char *until = "", *name;

        if (!target)
                return "No kernel to move to is known yet; klpctl plan tells what to wait for.";
        name = target->full_name;
        if (target->end != UTC_DAY_NONE)
                until = alert_say(finder, "; it is %s until %s",
                                  target->eligible == ELIGIBLE_POSSIBLE ? "perhaps covered"
                                                                        : "covered",
                                  alert_finder_day(finder, target->end));
        if (plan->older)
                return alert_say(finder,
                                 "The way back is an older kernel: %s %s the default kernel and "
                                 "reboot%s. klpctl plan tells what that opens.",
                                 target->installed ? "make" : "install and make", name, until);
        if (target->next_boot)
                return alert_say(finder, "Reboot into %s%s.", name, until);
        return alert_say(finder, "%s %s%s the default kernel and reboot%s.",
                         target->installed ? "Make" : "Install", name,
                         target->installed ? "" : ", make it", until);
}
