/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Log lines of the daemon: to the journal when it runs under a service manager, else to the error stream.
 */

#include <stdbool.h>
#include <stddef.h>
#include <syslog.h>

#include "base/cleanup.h"

/*
 * `priority` is LOG_ERR, LOG_WARNING, LOG_NOTICE, LOG_INFO or LOG_DEBUG. Lines less urgent than the level
 * are dropped; it is "info" until it is set.
 */
void journal_log(int priority, const char *format, ...) _printf_(2, 3);

typedef struct JournalField {
        const char *name; /* KLPWATCH_… */
        const char *value;
} JournalField;

/*
 * A record with an id (32 hex digits), for which the catalog has an entry, and fields, at most 16. Where
 * lines go to the error stream only `message` does.
 */
void journal_log_record(int priority, const char *message_id, const char *message,
                        const JournalField *fields, size_t n_fields);

/*
 * The level ("emerg" … "debug") and the target ("auto": the journal where the error stream leads there, else
 * that stream; "journal"; "console": the error stream; "null"), in the words of LogControl1. Setting an unknown word
 * is false and changes nothing.
 */
const char *journal_log_level(void);
bool journal_log_set_level(const char *level);
const char *journal_log_target(void);
bool journal_log_set_target(const char *target);
