/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What klpwatchd wrote into the journal: its records with an id, as rows. The daemon itself need not run.
 */

#include "connection/bus-row.h"

enum {
        JOURNAL_HISTORY_E_NO_JOURNAL = 1, /* none is kept here */
        JOURNAL_HISTORY_E_NO_RIGHT,       /* the system's journal is not for this user */
        JOURNAL_HISTORY_E_UNREADABLE,     /* errno says why */
};

/* So many are given, the newest. */
#define JOURNAL_HISTORY_ROWS_MAX 10000

/*
 * Reads the journal of this host, or the files in `directory` (NULL = none), from `since` on (UTC_TIME_NONE =
 * all). The rows are in the order of their time: `time`, `event`, `text` and the fields that klpwatchd(8) has under
 * JOURNAL, in small letters. 0, JOURNAL_HISTORY_E_* or -ENOMEM.
 */
int journal_history_read(MemoryPool *pool, const char *directory, UtcTime since, BusRows *ret);
