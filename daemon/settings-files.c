/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The settings' files. Packages ship defaults below usr/lib, administrators put theirs in etc, and
 * both may add drop-ins without touching the other's file. Which file a value comes from is kept with
 * it, so that a because line can name the place.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "settings-files.h"

#define MAX_SETTINGS_BYTES ((size_t) 1024 * 1024)
#define SUFFIX ".conf"

/* By falling priority. */
static const char *const main_files[] = {
        "etc/klpwatch.conf",
        "run/klpwatch.conf",
        "usr/lib/klpwatch/klpwatch.conf",
};
static const char *const drop_in_folders[] = {
        "etc/klpwatch.conf.d",
        "run/klpwatch.conf.d",
        "usr/local/lib/klpwatch.conf.d",
        "usr/lib/klpwatch.conf.d",
};
/* Not below run: there it would be the daemon's own folder. */
static const char *const feed_folders[] = {
        "etc/klpwatch/feeds.d",
        "usr/local/lib/klpwatch/feeds.d",
        "usr/lib/klpwatch/feeds.d",
};

/* Says that something with settings in it cannot be read; errno says why. */
static void leave_out(Settings *settings, const char *path, int outcome, const char *what) {
        settings->incomplete = true;
        text_list_format(&settings->warnings, settings->pool,
                         "/%s: cannot be read (%s); %s left out", path,
                         outcome == HOST_ROOT_E_TOO_LARGE ? "too large" : strerror(errno), what);
}

/*
 * Adds one file's settings; of a feed's own file `feed` is the name. 0 when it was there (also unreadable,
 * then with a warning), 1 when not, or negative.
 */
static int read_file(const HostRoot *root, const char *path, const char *feed, Settings *settings) {
        _cleanup_free_ char *text = NULL;
        size_t n_bytes;
        int r;

        r = host_root_read(root, path, MAX_SETTINGS_BYTES, &text, &n_bytes);
        if (r < 0)
                return error_trace(r);
        if (r == HOST_ROOT_E_MISSING)
                return 1;
        if (r == 0 && strlen(text) < n_bytes) {
                errno = EILSEQ;
                r = HOST_ROOT_E_REFUSED;
        }
        if (r) {
                leave_out(settings, path, r, "its settings are");
                return 0;
        }
        path = memory_pool_format(settings->pool, "/%s", path);
        r = feed ? settings_append_feed(settings, text, path, feed)
                 : settings_append(settings, text, path);
        return r ? error_fold(r) : 0;
}

static int compare_names(const void *a, const void *b) {
        return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* The names of all files of settings in these folders, each once, sorted. */
static int list_files(const HostRoot *root, const char *const *folders, size_t n_folders,
                      Settings *settings, TextList *ret) {
        MemoryPool *pool = settings->pool;

        for (size_t i = 0; i < n_folders; i++) {
                TextList names = {};
                int r;

                r = host_root_list(root, folders[i], pool, &names);
                if (r < 0)
                        return error_trace(r);
                if (r > 0 && r != HOST_ROOT_E_MISSING)
                        leave_out(settings, folders[i], r, "the files in it are");
                for (size_t j = 0; r == 0 && j < names.n_items; j++)
                        if (text_ends_with(names.items[j], SUFFIX) &&
                            !text_list_has(ret, names.items[j]))
                                text_list_add(ret, pool, names.items[j]);
        }
        if (memory_pool_exhausted(pool))
                return error_origin(-ENOMEM);
        if (ret->n_items > 1)
                qsort((void *) ret->items, ret->n_items, sizeof(*ret->items), compare_names);
        return 0;
}

/* The folder of the highest priority that has the name decides, also when what it has is a mask. */
static int read_first(const HostRoot *root, const char *const *folders, size_t n_folders,
                      const char *name, const char *feed, Settings *settings) {
        for (size_t i = 0; i < n_folders; i++) {
                const char *path = memory_pool_format(settings->pool, "%s/%s", folders[i], name);
                int r;

                r = host_root_look(root, path);
                if (r < 0)
                        return error_trace(r);
                if (r == HOST_ROOT_E_MISSING)
                        continue;
                if (r) { /* of a folder that may be listed, perhaps, but not entered */
                        leave_out(settings, path, r, "its settings are");
                        continue;
                }
                if (host_root_is_masked(root, path))
                        return 0;
                r = read_file(root, path, feed, settings);
                return r < 0 ? error_trace(r) : 0;
        }
        return 0;
}

static int read_drop_ins(const HostRoot *root, Settings *settings) {
        TextList names = {};
        int r;

        r = list_files(root, drop_in_folders, ELEMENTS(drop_in_folders), settings, &names);
        for (size_t i = 0; r == 0 && i < names.n_items; i++)
                r = read_first(root, drop_in_folders, ELEMENTS(drop_in_folders), names.items[i],
                               NULL, settings);
        return r ? error_fold(r) : 0;
}

/* A feed has its name from its file. */
static int read_feeds(const HostRoot *root, Settings *settings) {
        TextList names = {};
        int r;

        r = list_files(root, feed_folders, ELEMENTS(feed_folders), settings, &names);
        for (size_t i = 0; r == 0 && i < names.n_items; i++)
                r = read_first(root, feed_folders, ELEMENTS(feed_folders), names.items[i],
                               memory_pool_text_n(settings->pool, names.items[i],
                                                  strlen(names.items[i]) - strlen(SUFFIX)),
                               settings);
        return r ? error_fold(r) : 0;
}

int settings_files_load(const HostRoot *root, Settings **ret) {
        _cleanup_(settings_freep) Settings *settings = NULL;
        int r;

        r = settings_new(&settings);
        if (r == 0)
                r = read_feeds(root, settings);
        if (r)
                return error_fold(r);
        for (size_t i = 0; i < ELEMENTS(main_files); i++) {
                r = host_root_look(root, main_files[i]);
                if (r == HOST_ROOT_E_MISSING)
                        continue;
                if (r == 0 && host_root_is_masked(root, main_files[i]))
                        break;
                r = read_file(root, main_files[i], NULL, settings);
                if (r < 0)
                        return error_trace(r);
                if (r == 0)
                        break;
        }
        r = read_drop_ins(root, settings);
        if (r == 0)
                r = settings_check(settings);
        if (r)
                return error_fold(r);

        *ret = TAKE(settings);
        return 0;
}
