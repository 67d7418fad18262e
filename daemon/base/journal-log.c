/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Logging. Best effort by design: a journal that is full or gone never stops the daemon and never
 * makes it wait. What an operator may act on gets its own record with an id where it is raised; these
 * are the plain lines around it.
 */

#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
/* All lines would be of this file. */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include "base/journal-log.h"

typedef enum Target {
        TARGET_AUTO,
        TARGET_JOURNAL,
        TARGET_CONSOLE,
        TARGET_NULL,
} Target;

#define MAX_ENTRIES 20 /* of a record */

static const char *const levels[] = {
        [LOG_EMERG] = "emerg", [LOG_ALERT] = "alert",     [LOG_CRIT] = "crit",
        [LOG_ERR] = "err",     [LOG_WARNING] = "warning", [LOG_NOTICE] = "notice",
        [LOG_INFO] = "info",   [LOG_DEBUG] = "debug",
};
static const char *const targets[] = {
        [TARGET_AUTO] = "auto",
        [TARGET_JOURNAL] = "journal",
        [TARGET_CONSOLE] = "console",
        [TARGET_NULL] = "null",
};

static int max_level = LOG_INFO;
static Target target = TARGET_AUTO;

/* JOURNAL_STREAM is inherited by whatever a service starts; it counts only for the stream it names. */
static bool error_stream_is_journal(void) {
        const char *stream = getenv("JOURNAL_STREAM");
        unsigned long long device, inode;
        struct stat st;

        return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
               fstat(STDERR_FILENO, &st) == 0 && st.st_dev == device && st.st_ino == inode;
}

static bool to_journal(void) {
        return target == TARGET_JOURNAL || (target == TARGET_AUTO && error_stream_is_journal());
}

void journal_log(int priority, const char *format, ...) {
        va_list arguments;

        if (priority > max_level || target == TARGET_NULL)
                return;
        va_start(arguments, format);
        if (to_journal())
                sd_journal_printv(priority, format, arguments);
        else {
                fputs("klpwatchd: ", stderr);
                vfprintf(stderr, format, arguments);
                fputc('\n', stderr);
        }
        va_end(arguments);
}

/* False without memory, or when there is no more room. */
static bool add_entry(struct iovec *entries, size_t *n_entries, const char *name,
                      const char *value) {
        char *text;

        if (*n_entries == MAX_ENTRIES || asprintf(&text, "%s=%s", name, value) < 0)
                return false;
        entries[(*n_entries)++] = (struct iovec){ text, strlen(text) };
        return true;
}

void journal_log_record(int priority, const char *message_id, const char *message,
                        const JournalField *fields, size_t n_fields) {
        struct iovec entries[MAX_ENTRIES];
        char digit[2] = { (char) ('0' + priority), '\0' };
        size_t n_entries = 0;
        bool whole;

        if (priority > max_level || target == TARGET_NULL)
                return;
        if (!to_journal()) {
                journal_log(priority, "%s", message);
                return;
        }
        whole = add_entry(entries, &n_entries, "MESSAGE", message) &&
                add_entry(entries, &n_entries, "PRIORITY", digit) &&
                add_entry(entries, &n_entries, "MESSAGE_ID", message_id);
        for (size_t i = 0; i < n_fields && whole; i++)
                whole = add_entry(entries, &n_entries, fields[i].name, fields[i].value);
        if (whole)
                sd_journal_sendv(entries, (int) n_entries);
        for (size_t i = 0; i < n_entries; i++)
                free(entries[i].iov_base);
        if (!whole)
                journal_log(priority, "%s", message);
}

static bool find_word(const char *const *words, size_t n_words, const char *word, int *ret) {
        for (size_t i = 0; i < n_words; i++)
                if (strcmp(words[i], word) == 0) {
                        *ret = (int) i;
                        return true;
                }
        return false;
}

const char *journal_log_level(void) {
        return levels[max_level];
}

bool journal_log_set_level(const char *level) {
        return find_word(levels, ELEMENTS(levels), level, &max_level);
}

const char *journal_log_target(void) {
        return targets[target];
}

bool journal_log_set_target(const char *word) {
        int found;

        if (!find_word(targets, ELEMENTS(targets), word, &found))
                return false;
        target = (Target) found;
        return true;
}
