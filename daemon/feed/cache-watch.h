/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Hears when package managers' caches change. What is heard carries no facts: it only says that it is
 * worth looking again.
 */

#include <stdbool.h>

#include "base/cleanup.h"

enum {
        CACHE_WATCH_E_REFUSED = 1, /* the kernel gives no watch; errno says why */
};

typedef struct CacheWatch CacheWatch;

/*
 * Watches the places of package managers below the folder `root`, or the one place `location` (NULL =
 * those). What is not there yet, or cannot be read, is no failure. 0, CACHE_WATCH_E_REFUSED or -ENOMEM.
 */
int cache_watch_new(const char *root, const char *location, CacheWatch **ret);
CacheWatch *cache_watch_free(CacheWatch *watch);
DEFINE_CLEANUP(CacheWatch, cache_watch_free);

/* Readable when there is something to dispatch; another one after cache_watch_renew(). */
int cache_watch_get_fd(const CacheWatch *watch);

/* Takes what is there; `ret_changed` when something of it concerns a cache. 0 or negative. */
int cache_watch_dispatch(CacheWatch *watch, bool *ret_changed);

/*
 * Watches what is there now: call it before the caches are read, so that no change falls between. On
 * refusal the old watches stay. 0, CACHE_WATCH_E_REFUSED or -ENOMEM.
 */
int cache_watch_renew(CacheWatch *watch);
