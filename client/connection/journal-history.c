/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Reading back. Anybody may write a record with klpwatchd's ids, so what counts is which unit wrote it: that
 * field is journald's own. Its texts are made printable all the same. Who may not read the system's
 * journal gets no error from libsystemd, only silence, which would read as "nothing ever happened".
 */

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-id128.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "connection/journal-history.h"

#define UNIT "klpwatchd.service"
#define TEXT_BYTES_MAX 1024

static const struct {
        const char *field, *key;
        BusValueType type;
} members[] = {
        { "KLPWATCH_EVENT", "event", BUS_VALUE_TEXT },
        { "MESSAGE", "text", BUS_VALUE_TEXT },
        { "KLPWATCH_KERNEL", "kernel", BUS_VALUE_TEXT },
        { "KLPWATCH_PATCH", "patch", BUS_VALUE_TEXT },
        { "KLPWATCH_FEED", "feed", BUS_VALUE_TEXT },
        { "KLPWATCH_REPLACED_BY", "replaced_by", BUS_VALUE_TEXT },
        { "KLPWATCH_DIRECTION", "direction", BUS_VALUE_TEXT },
        { "KLPWATCH_TOOK_USEC", "took_usec", BUS_VALUE_NUMBER },
        { "KLPWATCH_REASON", "reason", BUS_VALUE_TEXT },
        { "KLPWATCH_COVERAGE_BEFORE", "coverage_before", BUS_VALUE_TEXT },
        { "KLPWATCH_COVERAGE", "coverage", BUS_VALUE_TEXT },
};

/* What a record has in a field; "" for none. */
static const char *read_field(sd_journal *journal, MemoryPool *pool, const char *field) {
        size_t n_name = strlen(field) + 1, n_data;
        const char *text;
        const void *data;

        if (sd_journal_get_data(journal, field, &data, &n_data) < 0 || n_data <= n_name)
                return "";
        text = memory_pool_text_n(pool, (const char *) data + n_name, n_data - n_name);
        return text ? text_printable(pool, text, TEXT_BYTES_MAX) : "";
}

/* 1 with a row, 0 when this record is none of ours. */
static int read_record(sd_journal *journal, MemoryPool *pool, uint64_t usec, BusRow *ret) {
        BusRow row = { .n_fields = 1 + ELEMENTS(members) };

        row.fields = memory_pool_alloc(pool, row.n_fields * sizeof(*row.fields));
        if (!row.fields)
                return error_origin(-ENOMEM);
        row.fields[0] = (BusField){ .key = "time", .type = BUS_VALUE_TIME, .time = (UtcTime) usec };
        for (size_t i = 0; i < ELEMENTS(members); i++) {
                const char *text = read_field(journal, pool, members[i].field);
                BusField *field = &row.fields[1 + i];

                *field = (BusField){ .key = members[i].key, .type = BUS_VALUE_TEXT, .text = text };
                if (i == 0 && text[0] == '\0')
                        return 0;
                if (members[i].type == BUS_VALUE_NUMBER && text[0] != '\0') {
                        field->type = BUS_VALUE_NUMBER;
                        field->number = strtoull(text, NULL, 10);
                }
        }
        *ret = row;
        return 1;
}

/* From the newest back. */
static int read_all(sd_journal *journal, MemoryPool *pool, UtcTime since, BusRows *ret) {
        int r;

        r = sd_journal_seek_tail(journal);
        while (r >= 0 && ret->n_items < JOURNAL_HISTORY_ROWS_MAX) {
                BusRow row, *item;
                uint64_t usec;

                r = sd_journal_previous(journal);
                if (r <= 0)
                        break;
                r = sd_journal_get_realtime_usec(journal, &usec);
                if (r < 0)
                        break;
                if (since != UTC_TIME_NONE && (UtcTime) usec < since)
                        break;
                r = read_record(journal, pool, usec, &row);
                if (r < 0)
                        return error_trace(r);
                if (r == 0)
                        continue;
                item = memory_pool_append(pool, ret->items, ret->n_items);
                if (!item)
                        return error_origin(-ENOMEM);
                *item = row;
        }
        if (r == -ENOMEM)
                return error_origin(r);
        if (r < 0) {
                errno = -r;
                return JOURNAL_HISTORY_E_UNREADABLE;
        }
        for (size_t i = 0; i < ret->n_items / 2; i++) {
                BusRow row = ret->items[i];

                ret->items[i] = ret->items[ret->n_items - 1 - i];
                ret->items[ret->n_items - 1 - i] = row;
        }
        return 0;
}

/* 0 when the system's journal can be read. */
static int judge_silence(MemoryPool *pool) {
        static const char *const folders[] = { "/var/log/journal", "/run/log/journal" };
        char id[SD_ID128_STRING_MAX];
        bool found = false;
        sd_id128_t machine;

        if (sd_id128_get_machine(&machine) < 0)
                return JOURNAL_HISTORY_E_NO_JOURNAL;
        sd_id128_to_string(machine, id);
        for (size_t i = 0; i < ELEMENTS(folders); i++) {
                const char *path = memory_pool_format(pool, "%s/%s/system.journal", folders[i], id);
                struct stat st;

                if (!path)
                        return error_origin(-ENOMEM);
                if (access(path, R_OK) == 0)
                        return 0;
                found = found || stat(path, &st) == 0 || errno == EACCES;
        }
        return found ? JOURNAL_HISTORY_E_NO_RIGHT : JOURNAL_HISTORY_E_NO_JOURNAL;
}

int journal_history_read(MemoryPool *pool, const char *directory, UtcTime since, BusRows *ret) {
        _cleanup_(sd_journal_closep) sd_journal *journal = NULL;
        BusRows rows = {};
        int r;

        r = directory ? sd_journal_open_directory(&journal, directory, 0)
                      : sd_journal_open(&journal, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM);
        if (r >= 0)
                r = sd_journal_add_match(journal, "_SYSTEMD_UNIT=" UNIT, 0);
        if (r == -ENOMEM)
                return error_origin(r);
        if (r < 0) {
                errno = -r;
                return JOURNAL_HISTORY_E_UNREADABLE;
        }
        r = read_all(journal, pool, since, &rows);
        if (r)
                return r < 0 ? error_trace(r) : r;
        if (rows.n_items == 0 && !directory) {
                r = judge_silence(pool);
                if (r)
                        return r < 0 ? error_trace(r) : r;
        }
        *ret = rows;
        return 0;
}
