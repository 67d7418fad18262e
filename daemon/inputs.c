/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Calendars and digests from files. Each file stands for itself: a broken one is named and left out,
 * and the others count as before.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/bounded-read.h"
#include "base/error.h"
#include "base/journal-log.h"
#include "base/text.h"
#include "format/digest-read.h"
#include "inputs.h"

#define MAX_CALENDAR_BYTES ((size_t) 1024 * 1024)

static int compare_names(const void *a, const void *b) {
        return strcmp(*(const char *const *) a, *(const char *const *) b);
}

static int load_calendar(int folder_fd, const char *folder, const char *name, Calendars *calendars) {
        _cleanup_free_ char *text = NULL, *message = NULL;
        _cleanup_(support_calendar_freep) SupportCalendar *calendar = NULL;
        size_t n_bytes;
        int r;

        r = bounded_read(folder_fd, name, MAX_CALENDAR_BYTES, &text, &n_bytes);
        if (r < 0)
                return error_trace(r);
        if (r) {
                journal_log(LOG_ERR, "%s/%s: cannot be read; this vendor's kernels are not judged", folder, name);
                return 0;
        }
        r = support_calendar_parse(text, name, &calendar, &message);
        if (r < 0)
                return error_trace(r);
        if (r) {
                journal_log(LOG_ERR, "%s/%s", folder, message);
                return 0;
        }
        if (calendars->n_items == INPUTS_MAX_CALENDARS) {
                journal_log(LOG_ERR, "%s/%s: more than %d calendars; it is not used", folder, name, INPUTS_MAX_CALENDARS);
                return 0;
        }
        calendars->items[calendars->n_items++] = TAKE(calendar);
        return 0;
}

int inputs_load_calendars(const char *folder, Calendars *ret) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        _cleanup_closedir_ DIR *dir = NULL;
        struct dirent *entry;
        TextList names = {};
        int r;

        r = memory_pool_new(&pool);
        if (r)
                return error_fold(r);
        dir = opendir(folder);
        if (!dir) {
                journal_log(LOG_ERR, "%s: the support calendars cannot be read: %s", folder, strerror(errno));
                return INPUTS_E_REFUSED;
        }
        while ((entry = readdir(dir)))
                if (entry->d_name[0] != '.' && text_ends_with(entry->d_name, ".conf"))
                        text_list_add(&names, pool, memory_pool_text(pool, entry->d_name));
        if (memory_pool_exhausted(pool))
                return error_origin(-ENOMEM);

        if (names.n_items > 1)
                qsort((void *) names.items, names.n_items, sizeof(*names.items), compare_names);
        for (size_t i = 0; i < names.n_items; i++) {
                r = load_calendar(dirfd(dir), folder, names.items[i], ret);
                if (r)
                        return error_fold(r);
        }
        return 0;
}

void inputs_free_calendars(Calendars *calendars) {
        for (size_t i = 0; i < calendars->n_items; i++)
                support_calendar_free(calendars->items[i]);
        calendars->n_items = 0;
}

/* The file's name without folder and ending names the feed. */
static const char *feed_name(MemoryPool *pool, const char *path) {
        const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strchr(name, '.');

        return dot && dot > name ? memory_pool_text_n(pool, name, (size_t) (dot - name)) : memory_pool_text(pool, name);
}

int inputs_take_digest(const char *path, Facts *facts, DigestStore *store) {
        _cleanup_free_ char *data = NULL, *message = NULL;
        char reason[DIGEST_READ_REASON_BYTES];
        const char *name = feed_name(facts->pool, path);
        size_t n_bytes;
        int r;

        r = bounded_read(AT_FDCWD, path, DIGEST_MAX_BYTES, &data, &n_bytes);
        if (r < 0)
                return error_trace(r);
        if (r) {
                journal_log(LOG_ERR, "%s: the digest cannot be read: %s", path,
                            r == BOUNDED_READ_E_TOO_LARGE ? "it is larger than 64 MiB"
                            : r == BOUNDED_READ_E_MISSING ? "there is no such file" : strerror(errno));
                return INPUTS_E_REFUSED;
        }

        if (store) {
                r = digest_store_replace(store, name, data, n_bytes, &message);
                if (r > 0)
                        journal_log(LOG_ERR, "%s: %s", path, message);
        } else {
                r = digest_read(facts, name, FEED_KIND_FILE, data, n_bytes, reason);
                if (r > 0)
                        journal_log(LOG_ERR, "%s: the digest is refused: %s", path, reason);
        }
        if (r < 0)
                return error_trace(r);
        return r ? INPUTS_E_REFUSED : 0;
}
