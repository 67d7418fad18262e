/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The alerts of this host over the life of the daemon and beyond: the book, its place on disk, and telling
 * what is news in it.
 */

#include "core/alert.h"

typedef struct Alerts Alerts;

typedef struct AlertsOwner {
        /* Tells the news of an entry. 0 or negative. */
        int (*announce)(void *userdata, const AlertEntry *entry);
        void *userdata;
} AlertsOwner;

/* `state` is the folder that the book is kept in; NULL = nowhere. `owner` is borrowed. 0 or -ENOMEM. */
int alerts_new(const char *state, const AlertsOwner *owner, Alerts **ret);
Alerts *alerts_free(Alerts *alerts);
DEFINE_CLEANUP(Alerts, alerts_free);

/* The book as it is; until the next call that changes it. */
const AlertBook *alerts_book(const Alerts *alerts);

/* Takes over a copy of the book that followed, and stores it. 0 or -ENOMEM. */
int alerts_take(Alerts *alerts, const AlertBook *book);

/* Tells all news, one by one: what was told is stored before the next is. 0 or negative. */
int alerts_tell(Alerts *alerts);

/* Of the operator; false: there is no such alert. The next book shows it, and stores it. */
bool alerts_acknowledge(Alerts *alerts, AlertClass kind);
bool alerts_snooze(Alerts *alerts, AlertClass kind, UtcTime until);

/* The kernel could not enable a live patch. 0 or -ENOMEM. */
int alerts_add_failure(Alerts *alerts, const char *patch, const char *reason, UtcTime at);
