/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * News of an alert as a record of the journal.
 */

#include "alert/alert-journal.h"
#include "core/alert.h"

/* Writes the record of the entry's news, if there are any. 0 or -ENOMEM. */
int alert_record_write(const AlertEntry *entry, AlertJournalWriter writer);
