/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Life-cycle lists. A list holds every product that ends, so a row whose name is no live-patch package
 * is noise, whatever else it says. A row that is about one counts or is named: a date that is no
 * date ("only LTSS supported") is no window, and a wrong one refuses the list, because the rows behind
 * it cannot be trusted more. A row for some versions of a package does not date its kernel. Of several
 * dates the latest counts, as SUSE prolongs by adding rows. It refuses to guess a kernel from anything
 * but the package's own name.
 */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "core/livepatch-name.h"
#include "digest/lifecycle-list.h"
#include "format/digest-record.h"

#define TABLE_HEAD "Update ID,Maintenance Project,Kernel version,Supported until,LTSS until"
#define KGRAFT_PREFIX "kgraft-patch-"
#define UPDATED_HEAD "# Last updated:"
#define MAX_COLUMNS 6

typedef struct Reading {
        MemoryPool *pool;
        const char *origin;
        char *reason;
        size_t line;
        bool is_table;
        LifecycleList list;
} Reading;

static int refuse(Reading *reading, const char *format, ...) _printf_(2, 3);

static int refuse(Reading *reading, const char *format, ...) {
        char text[LIFECYCLE_LIST_REASON_BYTES - 24];
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(text, sizeof(text), format, arguments);
        va_end(arguments);
        snprintf(reading->reason, LIFECYCLE_LIST_REASON_BYTES, "%zu: %s", reading->line, text);
        return LIFECYCLE_LIST_E_REFUSED;
}

/* Splits in place; the number of columns, at most MAX_COLUMNS, of which the last holds the rest. */
static size_t split(char *line, char *columns[static MAX_COLUMNS]) {
        size_t n = 0;

        for (char *comma = line; comma && n < MAX_COLUMNS;) {
                char *column = comma;

                comma = n + 1 < MAX_COLUMNS ? strchr(column, ',') : NULL;
                if (comma)
                        *comma++ = '\0';
                columns[n++] = text_trim(column);
        }
        return n;
}

/* The kernel that a package of SUSE is for; kgraft-patch was SLE 12's name for the same scheme. */
static bool base_of_package(MemoryPool *pool, const char *package, const char **ret) {
        char base[LIVEPATCH_NAME_BYTES];
        const char *known = package;

        if (strlen(package) >= LIVEPATCH_NAME_BYTES)
                return false;
        if (text_starts_with(package, KGRAFT_PREFIX))
                known = memory_pool_format(pool, LIVEPATCH_PACKAGE_PREFIX_KERNEL "%s",
                                           package + strlen(KGRAFT_PREFIX));
        if (!text_starts_with(known, LIVEPATCH_PACKAGE_PREFIX_KERNEL) ||
            !livepatch_package_is_one(known) || livepatch_package_base(known, base) != 0 ||
            !digest_is_kernel(base) || !digest_is_id(package))
                return false;
        *ret = memory_pool_text(pool, base);
        return true;
}

static int add_window(Reading *reading, const char *kernel, const char *package, UtcDay end,
                      Channel channel) {
        WindowFact *window;

        for (size_t i = 0; i < reading->list.n_windows; i++) {
                window = &reading->list.windows[i];
                if (strcmp(window->package, package) != 0 || window->channel != channel)
                        continue;
                if (end > window->end)
                        window->end = end;
                return 0;
        }
        if (reading->list.n_windows == LIST_MAX_ROWS)
                return refuse(reading, LIST_CAP_ROWS ": more than %d dates", LIST_MAX_ROWS);
        window = memory_pool_append(reading->pool, reading->list.windows, reading->list.n_windows);
        if (window)
                *window = (WindowFact){ .kernel = kernel,
                                        .package = memory_pool_text(reading->pool, package),
                                        .end = end,
                                        .channel = channel,
                                        .origin = reading->origin };
        return 0;
}

static bool is_date_like(const char *text) {
        return text[0] >= '0' && text[0] <= '9';
}

static void note(Reading *reading, const char *package, const char *why, const char *value) {
        text_list_format(&reading->list.notes, reading->pool, "%zu: %s: %s'%.64s': no window",
                         reading->line, package, why, value);
}

/* name,version,date[,successor] */
static int read_product(Reading *reading, char *line) {
        char *columns[MAX_COLUMNS];
        size_t n = split(line, columns);
        const char *kernel;
        UtcDay end;

        if (!base_of_package(reading->pool, columns[0], &kernel))
                return 0;
        if (n < 3)
                return refuse(reading, "%.100s: no date: not name,version,date", columns[0]);
        if (n > 4)
                return refuse(reading, "%.100s: more than four columns", columns[0]);
        if (strcmp(columns[1], "*") != 0) {
                note(reading, columns[0], "only version ", columns[1]);
                return 0;
        }
        if (!is_date_like(columns[2])) {
                note(reading, columns[0], "instead of a date ", columns[2]);
                return 0;
        }
        if (utc_day_parse(columns[2], &end) != 0)
                return refuse(reading, "%.100s: '%.40s' is not a date", columns[0], columns[2]);
        return add_window(reading, kernel, columns[0], end, CHANNEL_UNKNOWN);
}

/* Update ID,Maintenance Project,Kernel version,Supported until,LTSS until */
static int read_table_row(Reading *reading, char *line) {
        char *columns[MAX_COLUMNS], package[LIVEPATCH_NAME_BYTES];
        size_t n = split(line, columns);
        KernelRelease kernel;
        const char *base;
        UtcDay end;
        int r;

        if (n != 5)
                return refuse(reading, "%zu columns where the head has 5", n);
        if (kernel_release_parse(columns[2], &kernel) != 0 || !kernel_release_is_bare(&kernel))
                return refuse(reading, "'%.100s' is not a kernel's version", columns[2]);
        if (strstr(columns[0], "-RT_"))
                strcpy(kernel.flavour, "rt");
        /* The count of rebuilds ends a bare name, and with a flavour there is none. */
        if (kernel.flavour[0] != '\0') {
                char *last = strrchr(kernel.name, '.');

                if (last && last > strchr(kernel.name, '-'))
                        *last = '\0';
        }
        if (livepatch_package_name(&kernel, package) != 0 ||
            !base_of_package(reading->pool, package, &base))
                return refuse(reading, "'%.100s' is not a kernel's version", columns[2]);

        /* Without LTSS a host is served until the first date, with it until the second. */
        for (size_t until = 3; until <= 4; until++) {
                if (!is_date_like(columns[until])) {
                        if (columns[until][0] != '\0' && columns[4][0] == '\0')
                                note(reading, package, "instead of a date ", columns[until]);
                        continue;
                }
                if (utc_day_parse(columns[until], &end) != 0)
                        return refuse(reading, "%s: '%.40s' is not a date", package,
                                      columns[until]);
                r = add_window(reading, base, package, end,
                               until == 4 ? CHANNEL_LTSS : CHANNEL_UNKNOWN);
                if (r)
                        return r;
        }
        return 0;
}

static int read_line(Reading *reading, char *line) {
        UtcTime updated;

        line = text_trim(line);
        if (text_starts_with(line, UPDATED_HEAD)) {
                if (utc_time_parse(text_trim(line + strlen(UPDATED_HEAD)), &updated) == 0)
                        reading->list.updated = updated;
                return 0;
        }
        if (line[0] == '\0' || line[0] == '#')
                return 0;
        if (strcmp(line, TABLE_HEAD) == 0) {
                reading->is_table = true;
                return 0;
        }
        return reading->is_table ? read_table_row(reading, line) : read_product(reading, line);
}

int lifecycle_list_read(const char *name, const char *text, size_t n_bytes, MemoryPool *pool,
                        LifecycleList *ret, char ret_reason[static LIFECYCLE_LIST_REASON_BYTES]) {
        const char *slash = strrchr(name, '/');
        Reading reading = {
                .pool = pool,
                .origin = text_printable(pool, slash ? slash + 1 : name, DIGEST_MAX_ID_BYTES),
                .reason = ret_reason,
                .list.updated = UTC_TIME_NONE,
        };

        for (const char *at = text, *end = text + n_bytes; at < end;) {
                const char *newline = memchr(at, '\n', (size_t) (end - at));
                size_t n = (size_t) ((newline ?: end) - at);
                char line[LIST_MAX_LINE_BYTES + 1];
                int r;

                reading.line++;
                if (n >= sizeof(line))
                        return refuse(&reading, LIST_CAP_LINE ": longer than %d bytes",
                                      LIST_MAX_LINE_BYTES);
                if (!text_is_utf8(at, n))
                        return refuse(&reading, "not UTF-8 text");
                memcpy(line, at, n);
                line[n] = '\0';
                r = read_line(&reading, line);
                if (r)
                        return r;
                at += n + (newline ? 1 : 0);
        }
        if (memory_pool_exhausted(pool))
                return error_origin(-ENOMEM);
        *ret = reading.list;
        return 0;
}

/* `x,y,2026-01-31`, with or without a successor. */
static bool is_row(char *line) {
        char *columns[MAX_COLUMNS];
        UtcDay day;
        size_t n = split(line, columns);

        return (n == 3 || n == 4) && columns[0][0] != '\0' && utc_day_parse(columns[2], &day) == 0;
}

bool lifecycle_list_looks_like_one(const char *name, const char *text, size_t n_bytes) {
        if (text_ends_with(name, ".lifecycle"))
                return true;
        for (const char *at = text, *end = text + n_bytes; at < end;) {
                const char *newline = memchr(at, '\n', (size_t) (end - at));
                size_t n = (size_t) ((newline ?: end) - at);
                char line[LIST_MAX_LINE_BYTES + 1], *trimmed;

                if (n >= sizeof(line))
                        return false;
                memcpy(line, at, n);
                line[n] = '\0';
                trimmed = text_trim(line);
                /* The first line that is neither empty nor a comment decides. */
                if (trimmed[0] != '\0' && trimmed[0] != '#')
                        return strcmp(trimmed, TABLE_HEAD) == 0 || is_row(trimmed);
                at += n + (newline ? 1 : 0);
        }
        return false;
}
