/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Records of alerts. An id is a class, not a piece of news of it: whoever follows one id sees an alert come, get
 * worse and go. How urgent a record is follows the alert's level; that it is gone is a notice.
 */

#include <errno.h>

#include "alert/alert-record.h"
#include "alert/message-ids.h"
#include "base/error.h"

#define MAX_FIELDS 12

static const char *const ids[_ALERT_CLASS_MAX] = {
        [ALERT_COVERAGE_ENDING] = MESSAGE_ALERT_COVERAGE_ENDING,
        [ALERT_COVERAGE_ENDED_EARLY] = MESSAGE_ALERT_COVERAGE_ENDED_EARLY,
        [ALERT_UNSUPPORTED_KERNEL] = MESSAGE_ALERT_UNSUPPORTED_KERNEL,
        [ALERT_UNCONFIRMED_KERNEL] = MESSAGE_ALERT_UNCONFIRMED_KERNEL,
        [ALERT_NEXT_BOOT_LEAVES_STREAM] = MESSAGE_ALERT_NEXT_BOOT_LEAVES_STREAM,
        [ALERT_PATCH_NOT_APPLIED] = MESSAGE_ALERT_PATCH_NOT_APPLIED,
        [ALERT_EXPOSURE] = MESSAGE_ALERT_EXPOSURE,
        [ALERT_TRANSITION_STALLED] = MESSAGE_ALERT_TRANSITION_STALLED,
        [ALERT_PATCH_FAILED] = MESSAGE_ALERT_PATCH_FAILED,
        [ALERT_PATCH_WOULD_NOT_SURVIVE_REBOOT] = MESSAGE_ALERT_PATCH_WOULD_NOT_SURVIVE_REBOOT,
        [ALERT_FOREIGN_PATCH] = MESSAGE_ALERT_FOREIGN_PATCH,
        [ALERT_FEED_STALE] = MESSAGE_ALERT_FEED_STALE,
        [ALERT_FEED_EXPIRED] = MESSAGE_ALERT_FEED_EXPIRED,
        [ALERT_FEED_FAILING] = MESSAGE_ALERT_FEED_FAILING,
        [ALERT_CLOCK_IMPLAUSIBLE] = MESSAGE_ALERT_CLOCK_IMPLAUSIBLE,
};

static int priority_of(const AlertEntry *entry) {
        static const int priorities[_ALERT_LEVEL_MAX] = {
                [ALERT_LEVEL_OK] = LOG_NOTICE,
                [ALERT_LEVEL_INFO] = LOG_INFO,
                [ALERT_LEVEL_WARNING] = LOG_WARNING,
                [ALERT_LEVEL_CRITICAL] = LOG_CRIT,
        };

        return entry->news == ALERT_NEWS_CLEARED ? LOG_NOTICE : priorities[entry->alert.level];
}

static const char *join(MemoryPool *pool, const TextList *list) {
        const char *text = NULL;

        for (size_t i = 0; i < list->n_items; i++)
                text = text ? memory_pool_format(pool, "%s %s", text, list->items[i])
                            : list->items[i];
        return text;
}

int alert_record_write(const AlertEntry *entry, AlertJournalWriter writer) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        const Alert *alert = &entry->alert;
        char day[UTC_DAY_TEXT_BYTES];
        JournalField fields[MAX_FIELDS];
        const char *message;
        size_t n = 0;
        int r;

        if (entry->news == ALERT_NEWS_NONE)
                return 0;
        r = memory_pool_new(&pool);
        if (r)
                return error_fold(r);
        {
                const JournalField all[] = {
                        { "KLPWATCH_ALERT", alert_class_to_text(entry->kind) },
                        { "KLPWATCH_ALERT_NEWS", alert_news_to_text(entry->news) },
                        { "KLPWATCH_LEVEL", alert_level_to_text(alert->level) },
                        { "KLPWATCH_ACTION", alert->action },
                        { "KLPWATCH_KERNEL", alert->kernel },
                        { "KLPWATCH_COVERAGE_END",
                          alert->coverage_end == UTC_DAY_NONE
                                          ? NULL
                                          : utc_day_format(alert->coverage_end, day) },
                        { "KLPWATCH_CVES", join(pool, &alert->cves) },
                        { "KLPWATCH_PATCH", alert->patch },
                        { "KLPWATCH_FEED", alert->feed },
                };

                for (size_t i = 0; i < ELEMENTS(all); i++)
                        if (all[i].value)
                                fields[n++] = all[i];
        }
        message = entry->news == ALERT_NEWS_CLEARED
                                  ? memory_pool_format(pool, "No longer so: %s", alert->text)
                                  : memory_pool_format(pool, "%s What to do: %s", alert->text,
                                                       alert->action);
        if (memory_pool_exhausted(pool))
                return error_origin(-ENOMEM);
        writer(priority_of(entry), ids[entry->kind], message, fields, n);
        return 0;
}
