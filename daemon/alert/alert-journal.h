/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Events as records of the journal, each with its id and its fields.
 */

#include "base/journal-log.h"
#include "core/change-event.h"

/* Writes a record; journal_log_record() outside of tests. */
typedef void (*AlertJournalWriter)(int priority, const char *message_id, const char *message,
                                   const JournalField *fields, size_t n_fields);

/* Writes a record for each event. `kernel` is the release of the running one; NULL when not known. 0 or -ENOMEM. */
int alert_journal_write(const ChangeEvents *events, const char *kernel, AlertJournalWriter writer);
