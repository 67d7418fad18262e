/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The words of alerts and their book. One alert a class, so that a storm (a hundred CVEs, twenty feeds behind one
 * dead line) is one alert that names them, and its id is one that people can type.
 */

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "core/alert.h"

static const struct {
        const char *id, *setting;
} classes[_ALERT_CLASS_MAX] = {
        [ALERT_COVERAGE_ENDING] = { "coverage-ending", "CoverageEnding" },
        [ALERT_COVERAGE_ENDED_EARLY] = { "coverage-ended-early", "CoverageEndedEarly" },
        [ALERT_UNSUPPORTED_KERNEL] = { "unsupported-kernel", "UnsupportedKernel" },
        [ALERT_UNCONFIRMED_KERNEL] = { "unconfirmed-kernel", "UnconfirmedKernel" },
        [ALERT_NEXT_BOOT_LEAVES_STREAM] = { "next-boot-leaves-stream", "NextBootLeavesStream" },
        [ALERT_PATCH_NOT_APPLIED] = { "patch-not-applied", "PatchNotApplied" },
        [ALERT_EXPOSURE] = { "exposure", "Exposure" },
        [ALERT_TRANSITION_STALLED] = { "transition-stalled", "TransitionStalled" },
        [ALERT_PATCH_FAILED] = { "patch-failed", "PatchFailed" },
        [ALERT_PATCH_WOULD_NOT_SURVIVE_REBOOT] = { "patch-would-not-survive-reboot",
                                                   "PatchWouldNotSurviveReboot" },
        [ALERT_FOREIGN_PATCH] = { "foreign-patch", "ForeignPatch" },
        [ALERT_FEED_STALE] = { "feed-stale", "FeedStale" },
        [ALERT_FEED_EXPIRED] = { "feed-expired", "FeedExpired" },
        [ALERT_FEED_FAILING] = { "feed-failing", "FeedFailing" },
        [ALERT_CLOCK_IMPLAUSIBLE] = { "clock-implausible", "ClockImplausible" },
};

static const char *const levels[_ALERT_LEVEL_MAX] = {
        [ALERT_LEVEL_OK] = "ok",
        [ALERT_LEVEL_INFO] = "info",
        [ALERT_LEVEL_WARNING] = "warning",
        [ALERT_LEVEL_CRITICAL] = "critical",
};

static const char *const settings[_ALERT_SETTING_MAX] = {
        [ALERT_SETTING_AUTO] = "auto",         [ALERT_SETTING_IGNORE] = "ignore",
        [ALERT_SETTING_INFO] = "info",         [ALERT_SETTING_WARNING] = "warning",
        [ALERT_SETTING_CRITICAL] = "critical",
};

static const char *const news_words[_ALERT_NEWS_MAX] = {
        [ALERT_NEWS_RAISED] = "raised",
        [ALERT_NEWS_WORSENED] = "worsened",
        [ALERT_NEWS_REMINDED] = "reminded",
        [ALERT_NEWS_CLEARED] = "cleared",
};

static const struct {
        const char *setting, *fallback;
        int64_t usec;
} delays[_ALERT_DELAY_MAX] = {
        [ALERT_LEAD_INFO] = { "LeadInfo", "90d", 90 * USEC_PER_DAY },
        [ALERT_LEAD_WARNING] = { "LeadWarning", "30d", 30 * USEC_PER_DAY },
        [ALERT_LEAD_CRITICAL] = { "LeadCritical", "7d", 7 * USEC_PER_DAY },
        [ALERT_NOT_APPLIED_CRITICAL] = { "NotAppliedCritical", "48h", 48 * USEC_PER_HOUR },
        [ALERT_NOT_APPLIED_IMPORTANT] = { "NotAppliedImportant", "7d", 7 * USEC_PER_DAY },
        [ALERT_STALLED_WARNING] = { "StalledWarning", "5min", 300 * USEC_PER_SEC },
        [ALERT_STALLED_CRITICAL] = { "StalledCritical", "30min", 1800 * USEC_PER_SEC },
};

const char *alert_class_to_text(AlertClass kind) {
        return classes[kind].id;
}

const char *alert_class_setting(AlertClass kind) {
        return classes[kind].setting;
}

const char *alert_level_to_text(AlertLevel level) {
        return levels[level];
}

const char *alert_setting_to_text(AlertSetting value) {
        return settings[value];
}

const char *alert_news_to_text(AlertNews news) {
        return news_words[news];
}

const char *alert_delay_setting(AlertDelay delay) {
        return delays[delay].setting;
}

const char *alert_delay_default(AlertDelay delay) {
        return delays[delay].fallback;
}

static int find_word(const char *const *words, size_t n_words, const char *text, unsigned *ret) {
        for (size_t i = 0; i < n_words; i++)
                if (text_equal(words[i], text)) {
                        *ret = (unsigned) i;
                        return 0;
                }
        return ALERT_E_UNKNOWN_WORD;
}

int alert_class_from_text(const char *text, AlertClass *ret) {
        for (AlertClass kind = 0; kind < _ALERT_CLASS_MAX; kind++)
                if (text_equal(classes[kind].id, text)) {
                        *ret = kind;
                        return 0;
                }
        return ALERT_E_UNKNOWN_WORD;
}

int alert_level_from_text(const char *text, AlertLevel *ret) {
        return find_word(levels, _ALERT_LEVEL_MAX, text, ret);
}

int alert_news_from_text(const char *text, AlertNews *ret) {
        return text ? find_word(news_words, _ALERT_NEWS_MAX, text, ret) : ALERT_E_UNKNOWN_WORD;
}

int alert_setting_from_text(const char *text, AlertSetting *ret) {
        return find_word(settings, _ALERT_SETTING_MAX, text, ret);
}

int alert_delay_parse(const char *text, int64_t *ret_usec) {
        static const struct {
                const char *unit;
                int64_t usec;
        } units[] = {
                { "s", USEC_PER_SEC },
                { "min", 60 * USEC_PER_SEC },
                { "h", USEC_PER_HOUR },
                { "d", USEC_PER_DAY },
        };
        size_t n_digits = strspn(text, "0123456789");

        if (n_digits == 0 || n_digits > 9)
                return ALERT_E_UNKNOWN_WORD;
        for (size_t i = 0; i < ELEMENTS(units); i++) {
                int64_t number = strtoll(text, NULL, 10);

                if (strcmp(units[i].unit, text + n_digits) != 0)
                        continue;
                if (number > 36500 * USEC_PER_DAY / units[i].usec)
                        return ALERT_E_UNKNOWN_WORD;
                *ret_usec = number * units[i].usec;
                return 0;
        }
        return ALERT_E_UNKNOWN_WORD;
}

int64_t alert_policy_delay(const AlertPolicy *policy, AlertDelay delay) {
        return policy->delays[delay].set ? policy->delays[delay].usec : delays[delay].usec;
}

AlertBook alert_book_empty(void) {
        AlertBook book = { .told_end = UTC_DAY_NONE, .next = UTC_TIME_NONE };

        for (AlertClass kind = 0; kind < _ALERT_CLASS_MAX; kind++)
                book.entries[kind].kind = kind;
        return book;
}

static TextList copy_list(MemoryPool *pool, const TextList *list) {
        TextList copy = {};

        for (size_t i = 0; i < list->n_items; i++)
                text_list_add(&copy, pool, memory_pool_text(pool, list->items[i]));
        return copy;
}

AlertBook alert_book_copy(MemoryPool *pool, const AlertBook *book) {
        AlertBook copy = *book;

        copy.kernel = memory_pool_text(pool, book->kernel);
        for (AlertClass kind = 0; kind < _ALERT_CLASS_MAX; kind++) {
                Alert *alert = &copy.entries[kind].alert;

                if (!copy.entries[kind].used)
                        continue;
                alert->text = memory_pool_text(pool, alert->text);
                alert->action = memory_pool_text(pool, alert->action);
                alert->kernel = memory_pool_text(pool, alert->kernel);
                alert->patch = memory_pool_text(pool, alert->patch);
                alert->feed = memory_pool_text(pool, alert->feed);
                alert->cves = copy_list(pool, &alert->cves);
                alert->objects = copy_list(pool, &alert->objects);
        }
        for (size_t i = 0; i < copy.n_failures; i++) {
                copy.failures[i].patch = memory_pool_text(pool, copy.failures[i].patch);
                copy.failures[i].reason = memory_pool_text(pool, copy.failures[i].reason);
        }
        return copy;
}

bool alert_entry_counts(const AlertEntry *entry, UtcTime now) {
        return entry->used && entry->open && entry->acknowledged_level == ALERT_LEVEL_OK &&
               (entry->snoozed_until == UTC_TIME_NONE || entry->snoozed_until <= now);
}

const AlertEntry *alert_book_worst(const AlertBook *book, UtcTime now) {
        const AlertEntry *worst = NULL;

        for (AlertClass kind = 0; kind < _ALERT_CLASS_MAX; kind++) {
                const AlertEntry *entry = &book->entries[kind];

                if (alert_entry_counts(entry, now) &&
                    (!worst || entry->alert.level > worst->alert.level))
                        worst = entry;
        }
        return worst;
}

size_t alert_book_list(const AlertBook *book, UtcTime now,
                       const AlertEntry *ret[static _ALERT_CLASS_MAX]) {
        size_t n = 0;

        for (int counts = 1; counts >= 0; counts--)
                for (AlertLevel level = ALERT_LEVEL_CRITICAL; level > ALERT_LEVEL_OK; level--)
                        for (AlertClass kind = 0; kind < _ALERT_CLASS_MAX; kind++) {
                                const AlertEntry *entry = &book->entries[kind];

                                if (entry->used && entry->open && entry->alert.level == level &&
                                    alert_entry_counts(entry, now) == (counts == 1))
                                        ret[n++] = entry;
                        }
        return n;
}

AlertLevel alert_book_level(const AlertBook *book, UtcTime now) {
        const AlertEntry *worst = alert_book_worst(book, now);

        return worst ? worst->alert.level : ALERT_LEVEL_OK;
}

static bool alerts_equal(const Alert *a, const Alert *b) {
        return a->level == b->level && text_equal(a->text, b->text) &&
               text_equal(a->action, b->action) && text_equal(a->kernel, b->kernel) &&
               text_equal(a->patch, b->patch) && text_equal(a->feed, b->feed) &&
               a->coverage_end == b->coverage_end && text_list_equal(&a->cves, &b->cves);
}

bool alert_books_equal(const AlertBook *a, const AlertBook *b) {
        for (AlertClass kind = 0; kind < _ALERT_CLASS_MAX; kind++) {
                const AlertEntry *x = &a->entries[kind], *y = &b->entries[kind];
                bool open = x->used && x->open;

                if (open != (y->used && y->open))
                        return false;
                if (open && (!alerts_equal(&x->alert, &y->alert) || x->since != y->since ||
                             x->acknowledged_level != y->acknowledged_level ||
                             x->snoozed_until != y->snoozed_until))
                        return false;
        }
        return true;
}
