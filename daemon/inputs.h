/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The inputs of assessments that come from files: support calendars and digests.
 */

#include "core/facts.h"
#include "core/support-calendar.h"
#include "store/digest-store.h"

#define INPUTS_MAX_CALENDARS 16

enum {
        INPUTS_E_REFUSED = 1, /* the reason was logged */
};

typedef struct Calendars {
        SupportCalendar *items[INPUTS_MAX_CALENDARS];
        size_t n_items;
} Calendars;

/* Reads every *.conf of a folder; one that is wrong is logged and left out. 0, INPUTS_E_REFUSED when the folder cannot be read, or negative. */
int inputs_load_calendars(const char *folder, Calendars *ret);
void inputs_free_calendars(Calendars *calendars);

/*
 * Appends one digest file to `facts`, or with a store puts it there: of its records those that concern
 * `major`, the host's major release (-1 = not known: all). 0, INPUTS_E_REFUSED or negative.
 */
int inputs_take_digest(const char *path, int major, Facts *facts, DigestStore *store);
