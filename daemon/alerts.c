/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The daemon's alerts. What is to be told is on disk before it is told, and that it was told right after: whenever
 * the daemon dies, nothing is lost, and at most the one piece of news that was being told is told again. A disk
 * that takes nothing is said once, and alerts go on without it.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alerts.h"
#include "base/error.h"
#include "base/journal-log.h"
#include "base/text.h"
#include "core/alert-state.h"
#include "store/alert-store.h"

struct Alerts {
        AlertsOwner owner;
        AlertStore *store; /* NULL = nothing is kept */
        MemoryPool *pool;  /* of the book */
        AlertBook book;
        char *complained; /* what was said of the store last */
};

static int complain(Alerts *alerts, const char *message) {
        char *copy;

        if (text_equal(alerts->complained, message))
                return 0;
        journal_log(LOG_WARNING, "%s", message);
        copy = strdup(message);
        if (!copy)
                return error_origin(-ENOMEM);
        free(alerts->complained);
        alerts->complained = copy;
        return 0;
}

static int load(Alerts *alerts, const char *state) {
        const char *message = NULL;
        int r;

        r = alert_store_open(state, alerts->pool, &alerts->store, &message);
        if (r == 0)
                r = alert_store_load(alerts->store, alerts->pool, &alerts->book, &message);
        if (r < 0)
                return error_trace(r);
        return message ? complain(alerts, message) : 0;
}

int alerts_new(const char *state, const AlertsOwner *owner, Alerts **ret) {
        _cleanup_(alerts_freep) Alerts *alerts = NULL;
        int r;

        alerts = calloc(1, sizeof(*alerts));
        if (!alerts)
                return error_origin(-ENOMEM);
        alerts->owner = *owner;
        alerts->book = alert_book_empty();
        r = memory_pool_new(&alerts->pool);
        if (r == 0 && state)
                r = load(alerts, state);
        if (r)
                return error_fold(r);

        *ret = TAKE(alerts);
        return 0;
}

Alerts *alerts_free(Alerts *alerts) {
        if (!alerts)
                return NULL;

        alert_store_free(alerts->store);
        memory_pool_free(alerts->pool);
        free(alerts->complained);
        free(alerts);
        return NULL;
}

const AlertBook *alerts_book(const Alerts *alerts) {
        return &alerts->book;
}

static int save(Alerts *alerts) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        const char *message;
        int r;

        if (!alerts->store)
                return 0;
        r = memory_pool_new(&pool);
        if (r)
                return error_fold(r);
        r = alert_store_save(alerts->store, &alerts->book, pool, &message);
        if (r < 0)
                return error_trace(r);
        return r ? complain(alerts, message) : 0;
}

int alerts_take(Alerts *alerts, const AlertBook *book) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        AlertBook copy;
        int r;

        r = memory_pool_new(&pool);
        if (r)
                return error_fold(r);
        copy = alert_book_copy(pool, book);
        if (memory_pool_exhausted(pool))
                return error_origin(-ENOMEM);
        memory_pool_free(alerts->pool);
        alerts->pool = TAKE(pool);
        alerts->book = copy;
        return save(alerts);
}

int alerts_tell(Alerts *alerts) {
        int r;

        for (AlertClass kind = 0; kind < _ALERT_CLASS_MAX; kind++) {
                AlertEntry *entry = &alerts->book.entries[kind];

                if (!entry->used || entry->news == ALERT_NEWS_NONE)
                        continue;
                r = alerts->owner.announce(alerts->owner.userdata, entry);
                if (r)
                        return error_fold(r);
                entry->news = ALERT_NEWS_NONE;
                r = save(alerts);
                if (r)
                        return error_fold(r);
        }
        return 0;
}

bool alerts_acknowledge(Alerts *alerts, AlertClass kind) {
        return alert_state_acknowledge(&alerts->book, kind);
}

bool alerts_snooze(Alerts *alerts, AlertClass kind, UtcTime until) {
        return alert_state_snooze(&alerts->book, kind, until);
}

int alerts_add_failure(Alerts *alerts, const char *patch, const char *reason, UtcTime at) {
        PatchFailure failure = { .patch = memory_pool_text(alerts->pool, patch),
                                 .reason = memory_pool_text(alerts->pool, reason),
                                 .at = at };

        if (memory_pool_exhausted(alerts->pool))
                return error_origin(-ENOMEM);
        alert_state_add_failure(&alerts->book, &failure);
        return 0;
}
