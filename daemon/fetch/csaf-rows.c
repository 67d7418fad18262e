/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Rows of `"2024/rhsa-2024_5363.json","2025-04-02T14:05:42+00:00"`. These lists are signed by nobody: they
 * are hints what to fetch, never facts. A line that is no row is counted and passed over, because one of
 * them must not hold up the others. It refuses paths that could lead out of a folder or say something to
 * a server that is not a name.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "fetch/csaf-rows.h"

#define MAX_LINE_BYTES 512
#define MAX_ROWS 1000000
#define SUFFIX ".json"
#define NAME_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+"

bool csaf_is_plain_name(const char *name, size_t n_bytes) {
        if (n_bytes == 0 || n_bytes > 200 || name[0] == '.' || name[0] == '-')
                return false;
        for (size_t i = 0; i < n_bytes; i++)
                if (!name[i] || !strchr(NAME_CHARACTERS, name[i]))
                        return false;
        return true;
}

static bool is_path(const char *path) {
        const char *slash = strchr(path, '/');
        const char *name = slash ? slash + 1 : path;

        return (!slash || csaf_is_plain_name(path, (size_t) (slash - path))) &&
               csaf_is_plain_name(name, strlen(name)) && text_ends_with(name, SUFFIX);
}

/* One column of `line`, which goes on behind it; NULL when it is none. */
static char *take_column(char **line) {
        char *column = *line, *end;

        if (*column == '"') {
                end = strchr(++column, '"');
                if (!end || (end[1] != ',' && end[1] != '\0'))
                        return NULL;
                *line = end[1] ? end + 2 : end + 1;
        } else {
                end = column + strcspn(column, ",");
                *line = *end ? end + 1 : end;
        }
        *end = '\0';
        return column;
}

static bool read_row(char *line, MemoryPool *pool, CsafRow *ret) {
        char *path = take_column(&line), *time = path ? take_column(&line) : NULL;

        if (!time || *line || !is_path(path) || utc_time_parse(time, &ret->time) != 0)
                return false;
        ret->path = memory_pool_text(pool, path);
        return true;
}

static int by_path(const void *a, const void *b) {
        const CsafRow *x = a, *y = b;
        int r = strcmp(x->path, y->path);

        return r ? r : (x->time < y->time) - (x->time > y->time);
}

static int by_time(const void *a, const void *b) {
        const CsafRow *x = a, *y = b;

        return x->time != y->time ? (x->time > y->time) - (x->time < y->time)
                                  : strcmp(x->path, y->path);
}

size_t csaf_rows_settle(CsafRow *rows, size_t n_rows) {
        size_t n = 0;

        if (n_rows > 1)
                qsort(rows, n_rows, sizeof(*rows), by_path);
        for (size_t i = 0; i < n_rows; i++)
                if (n == 0 || strcmp(rows[n - 1].path, rows[i].path) != 0)
                        rows[n++] = rows[i];
        return n;
}

void csaf_rows_sort_by_time(CsafRow *rows, size_t n_rows) {
        if (n_rows > 1)
                qsort(rows, n_rows, sizeof(*rows), by_time);
}

int csaf_rows_read(const char *text, MemoryPool *pool, CsafRows *ret) {
        CsafRows rows = {};

        while (*text) {
                size_t n_bytes = strcspn(text, "\n");
                char line[MAX_LINE_BYTES + 1];
                CsafRow row, *added;

                if (n_bytes <= MAX_LINE_BYTES) {
                        char *trimmed;

                        memcpy(line, text, n_bytes);
                        line[n_bytes] = '\0';
                        trimmed = text_trim(line);
                        if (*trimmed && rows.n_items < MAX_ROWS && read_row(trimmed, pool, &row)) {
                                added = memory_pool_append(pool, rows.items, rows.n_items);
                                if (added)
                                        *added = row;
                        } else if (*trimmed)
                                rows.n_odd++;
                } else
                        rows.n_odd++;
                text += n_bytes + (text[n_bytes] == '\n');
        }
        if (memory_pool_exhausted(pool))
                return error_origin(-ENOMEM);
        rows.n_items = csaf_rows_settle(rows.items, rows.n_items);
        *ret = rows;
        return 0;
}

static int compare_to_path(const void *path, const void *row) {
        return strcmp(path, ((const CsafRow *) row)->path);
}

const CsafRow *csaf_rows_find(const CsafRows *rows, const char *path) {
        return rows->n_items ? bsearch(path, rows->items, rows->n_items, sizeof(*rows->items),
                                       compare_to_path)
                             : NULL;
}

int csaf_rows_write(const CsafRow *rows, size_t n_rows, char **ret, size_t *ret_n_bytes) {
        char *text = NULL;
        size_t n_bytes = 0;
        FILE *stream;
        bool failed;

        stream = open_memstream(&text, &n_bytes);
        if (!stream)
                return error_origin(-ENOMEM);
        for (size_t i = 0; i < n_rows; i++) {
                char time[UTC_TIME_TEXT_BYTES];

                fprintf(stream, "\"%s\",\"%s\"\n", rows[i].path,
                        utc_time_format(rows[i].time, time));
        }
        failed = ferror(stream);
        if (fclose(stream) != 0 || failed) {
                free(text);
                return error_origin(-ENOMEM);
        }
        *ret = text;
        *ret_n_bytes = n_bytes;
        return 0;
}

static bool is_kept(char c) {
        return c == '+' || c == '-' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool csaf_path_is_of(const char *path, const char *id) {
        const char *slash = strrchr(path, '/');
        const char *name = slash ? slash + 1 : path;
        bool in_gap = false;

        for (; *id; id++) {
                char c = *id >= 'A' && *id <= 'Z' ? (char) (*id | 0x20) : *id;

                if (is_kept(c)) {
                        in_gap = false;
                        if (*name++ != c)
                                return false;
                } else if (!in_gap) {
                        in_gap = true;
                        if (*name++ != '_')
                                return false;
                }
        }
        return strcmp(name, SUFFIX) == 0;
}
