/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Watching caches by inotify. A cache is a folder of folders with `repodata` in each, and package
 * managers replace whole folders, so all three levels are watched, and all watches are made anew before
 * each reading. Of a place that is not there its nearest parent is watched for the one name that leads
 * to it, so that what else happens in /var/cache is slept through. It refuses to list without end: a
 * cache of more folders than this watches is read on the schedule alone.
 */

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory-pool.h"
#include "core/package-cache-place.h"
#include "feed/cache-watch.h"

#define MAX_WATCHES 1024
#define FOLDER_MASK                                                                         \
        (IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CLOSE_WRITE | IN_ATTRIB | \
         IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)
#define PARENT_MASK (IN_CREATE | IN_MOVED_TO | IN_ATTRIB | IN_ONLYDIR)

/* A parent of several places is one watch with several names. */
typedef struct Waiting {
        int watch;
        char name[NAME_MAX + 1];
} Waiting;

struct CacheWatch {
        char *root;
        char *location; /* NULL = the places of package managers */
        int fd;
        size_t n_watches;
        Waiting waiting[ELEMENTS(package_cache_places)];
        size_t n_waiting;
};

int cache_watch_new(const char *root, const char *location, CacheWatch **ret) {
        _cleanup_(cache_watch_freep) CacheWatch *watch = NULL;
        int r;

        watch = calloc(1, sizeof(*watch));
        if (!watch)
                return error_origin(-ENOMEM);
        watch->fd = -1;
        watch->root = strdup(root);
        watch->location = location ? strdup(location) : NULL;
        if (!watch->root || (location && !watch->location))
                return error_origin(-ENOMEM);
        r = cache_watch_renew(watch);
        if (r)
                return r < 0 ? error_trace(r) : CACHE_WATCH_E_REFUSED;

        *ret = TAKE(watch);
        return 0;
}

CacheWatch *cache_watch_free(CacheWatch *watch) {
        if (!watch)
                return NULL;

        closep(&watch->fd);
        free(watch->location);
        free(watch->root);
        free(watch);
        return NULL;
}

int cache_watch_get_fd(const CacheWatch *watch) {
        return watch->fd;
}

static int add(CacheWatch *watch, const char *path, uint32_t mask) {
        int number;

        if (watch->n_watches >= MAX_WATCHES)
                return -1;
        number = inotify_add_watch(watch->fd, path, mask);
        if (number >= 0)
                watch->n_watches++;
        return number;
}

/* The nearest parent that is there, for the name below it that is not. */
static void wait_for(CacheWatch *watch, MemoryPool *pool, const char *path) {
        while (watch->n_waiting < ELEMENTS(watch->waiting)) {
                const char *slash = strrchr(path, '/');
                const char *parent;
                int number;

                if (!slash || strlen(path) <= strlen(watch->root))
                        return;
                parent = memory_pool_text_n(pool, path, (size_t) (slash - path));
                /* Several places may wait in one folder: one mask for all. */
                number = add(watch, parent[0] ? parent : "/", PARENT_MASK);
                if (number >= 0) {
                        Waiting *waiting = &watch->waiting[watch->n_waiting++];

                        waiting->watch = number;
                        snprintf(waiting->name, sizeof(waiting->name), "%s", slash + 1);
                        return;
                }
                if (errno != ENOENT && errno != ENOTDIR)
                        return;
                path = parent;
        }
}

static void watch_place(CacheWatch *watch, MemoryPool *pool, const char *path) {
        _cleanup_closedir_ DIR *dir = NULL;
        struct dirent *entry;

        if (add(watch, path, FOLDER_MASK) < 0) {
                if (errno == ENOENT || errno == ENOTDIR)
                        wait_for(watch, pool, path);
                return;
        }
        dir = opendir(path);
        while (dir && (entry = readdir(dir)) && watch->n_watches < MAX_WATCHES) {
                const char *folder;

                if (entry->d_name[0] == '.' ||
                    (entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN))
                        continue;
                folder = memory_pool_format(pool, "%s/%s", path, entry->d_name);
                if (add(watch, folder, FOLDER_MASK) >= 0)
                        add(watch, memory_pool_format(pool, "%s/repodata", folder), FOLDER_MASK);
        }
}

int cache_watch_renew(CacheWatch *watch) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        const char *root = strcmp(watch->root, "/") == 0 ? "" : watch->root;
        int fd, r;

        r = memory_pool_new(&pool);
        if (r)
                return error_fold(r);
        fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
        if (fd < 0)
                return errno == ENOMEM ? error_origin(-ENOMEM) : CACHE_WATCH_E_REFUSED;
        closep(&watch->fd);
        watch->fd = fd;
        watch->n_watches = watch->n_waiting = 0;

        if (watch->location)
                watch_place(watch, pool, memory_pool_format(pool, "%s%s", root, watch->location));
        for (size_t i = 0; !watch->location && i < ELEMENTS(package_cache_places); i++)
                watch_place(watch, pool,
                            memory_pool_format(pool, "%s/%s", root, package_cache_places[i].path));
        return memory_pool_exhausted(pool) ? error_origin(-ENOMEM) : 0;
}

static bool concerns(const CacheWatch *watch, const struct inotify_event *event) {
        bool waits = false;

        if (event->mask & IN_Q_OVERFLOW)
                return true;
        for (size_t i = 0; i < watch->n_waiting; i++) {
                if (watch->waiting[i].watch != event->wd)
                        continue;
                if (event->len > 0 && strcmp(watch->waiting[i].name, event->name) == 0)
                        return true;
                waits = true;
        }
        return !waits && !(event->mask & IN_IGNORED);
}

int cache_watch_dispatch(CacheWatch *watch, bool *ret_changed) {
        bool changed = false;

        for (;;) {
                _Alignas(struct inotify_event) char buffer[16384];
                ssize_t n;

                n = read(watch->fd, buffer, sizeof(buffer));
                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        break;
                for (char *at = buffer; at < buffer + n;) {
                        const struct inotify_event *event = (const struct inotify_event *) at;

                        changed = changed || concerns(watch, event);
                        at += sizeof(*event) + event->len;
                }
        }
        *ret_changed = changed;
        return 0;
}
