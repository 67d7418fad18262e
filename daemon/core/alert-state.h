/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What becomes of the book of alerts: from what was in it and what is the matter now to what is in it now, and
 * what of that is to be told.
 */

#include "core/alert.h"

/* An alert that comes back sooner than this after it was gone is the old one. */
#define ALERT_DAMPING_USEC (24 * USEC_PER_HOUR)

/* One that came back is told when it has lasted so long. */
#define ALERT_SETTLING_USEC (1 * USEC_PER_HOUR)

/* What the rules want: one alert a class, those of level OK are none. */
typedef struct AlertWants {
        Alert alerts[_ALERT_CLASS_MAX];
        const char *kernel; /* for the book: AlertBook says what they are */
        UtcDay told_end;
        PatchFailure failures[ALERT_FAILURES_MAX];
        size_t n_failures;
        UtcTime next; /* the first moment at which a rule says something else; UTC_TIME_NONE = none */
} AlertWants;

/*
 * The book after `before` at `now`. News that were not taken back stay to be told. It borrows from both and
 * from nothing else.
 */
AlertBook alert_state_step(const AlertBook *before, const AlertWants *wants, UtcTime now);

/* The operator has seen it, or wants to hear of it again at `until`. False where there is no such alert. */
bool alert_state_acknowledge(AlertBook *book, AlertClass kind);
bool alert_state_snooze(AlertBook *book, AlertClass kind, UtcTime until);

/* Adds a failure at the end; the oldest makes room. It borrows the texts. */
void alert_state_add_failure(AlertBook *book, const PatchFailure *failure);
