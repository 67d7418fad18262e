/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The state of asking every alert rule about one assessment, and what several of the rules need.
 */

#include "core/alert-state.h"
#include "core/assessment.h"

typedef struct AlertFinder {
        const Assessment *assessment;
        const AlertBook *before; /* NULL = empty */
        const AlertPolicy *policy;
        AlertWants *wants;
        MemoryPool *pool;
        UtcTime next; /* when the rule that is asked may have another answer; UTC_TIME_NONE = never by itself */
} AlertFinder;

/* A text in the finder's pool. */
#define alert_say(finder, ...) memory_pool_format((finder)->pool, __VA_ARGS__)

/* A day as it is shown. */
const char *alert_finder_day(const AlertFinder *finder, UtcDay day);

/* "a, b, c"; five at most, and how many more there are. */
const char *alert_finder_join(const AlertFinder *finder, const TextList *list);

/* What to do to get to a covered kernel. */
const char *alert_finder_reboot_action(const AlertFinder *finder);

/* Another answer is to be expected at this moment or day; what is none or has passed counts for nothing. */
void alert_finder_ask_again(AlertFinder *finder, UtcTime moment);
void alert_finder_ask_on(AlertFinder *finder, UtcDay day);

/* True when the moment has come; else it is asked again then. */
bool alert_finder_is_late(AlertFinder *finder, UtcTime moment);

/* Names what the alert is about, each once: another object makes it news. */
void alert_finder_about(const AlertFinder *finder, Alert *alert, const char *object);

/* One CVE more that the alert names; ALERT_CVES_MAX at most. */
void alert_finder_add_cve(const AlertFinder *finder, Alert *alert, const char *cve);
