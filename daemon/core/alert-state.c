/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The state of alerts. What is shown follows the cause at once, both ways. What is told does not: an alert is told
 * when it appears, when it gets worse, when its rule asks for a reminder and when it goes, and what comes back
 * within a day is told again only if it lasts. Acknowledging and snoozing end with the alert, or when it worsens.
 */

#include <string.h>

#include "core/alert-state.h"

static void wake_at(AlertBook *book, UtcTime moment, UtcTime now) {
        if (moment != UTC_TIME_NONE && moment > now &&
            (book->next == UTC_TIME_NONE || moment < book->next))
                book->next = moment;
}

static bool is_quiet(const AlertEntry *entry, UtcTime now) {
        return !alert_entry_counts(entry, now);
}

/* How what it is about has changed: something is new, and nothing of it was there before. */
static void compare_objects(const Alert *before, const Alert *after, bool *ret_more,
                            bool *ret_other) {
        size_t n_known = 0;

        for (size_t i = 0; i < after->objects.n_items; i++)
                n_known += text_list_has(&before->objects, after->objects.items[i]);
        *ret_more = n_known < after->objects.n_items;
        *ret_other = after->objects.n_items > 0 && n_known == 0;
}

static void open_entry(AlertEntry *entry, AlertClass kind, const Alert *wanted, UtcTime now) {
        *entry = (AlertEntry){
                .used = true,
                .open = true,
                .kind = kind,
                .alert = *wanted,
                .since = now,
                .cleared = UTC_TIME_NONE,
                .told_level = wanted->level,
                .lower_since = UTC_TIME_NONE,
                .tell_at = UTC_TIME_NONE,
                .reminded = wanted->reminder,
                .snoozed_until = UTC_TIME_NONE,
                .news = ALERT_NEWS_RAISED,
        };
}

static void hear_again(AlertEntry *entry) {
        entry->acknowledged_level = ALERT_LEVEL_OK;
        entry->snoozed_until = UTC_TIME_NONE;
}

/* It was gone for a while, and what was said of it then may still have to be told. */
static void reopen(AlertEntry *entry, const Alert *wanted, UtcTime now) {
        bool gone_untold = entry->news == ALERT_NEWS_CLEARED;

        entry->open = true;
        entry->since = now;
        entry->cleared = UTC_TIME_NONE;
        entry->alert = *wanted;
        entry->news = ALERT_NEWS_NONE;
        /* Nobody heard that it was gone, so for them it never was. */
        entry->tell_at = gone_untold ? UTC_TIME_NONE : now + ALERT_SETTLING_USEC;
}

/* The worst that was told counts until things have been better for long. */
static void follow_level(AlertEntry *entry, UtcTime now) {
        AlertLevel level = entry->alert.level;

        if (level >= entry->told_level) {
                entry->lower_since = UTC_TIME_NONE;
                return;
        }
        if (entry->lower_since == UTC_TIME_NONE || entry->lower_since > now)
                entry->lower_since = now;
        else if (now - entry->lower_since >= ALERT_DAMPING_USEC) {
                entry->told_level = level;
                if (entry->acknowledged_level > level)
                        entry->acknowledged_level = level;
                entry->lower_since = UTC_TIME_NONE;
        }
}

static void update(AlertEntry *entry, const Alert *wanted, UtcTime now) {
        bool more, other, snooze_over;
        AlertNews news = ALERT_NEWS_NONE;

        compare_objects(&entry->alert, wanted, &more, &other);
        if (other) {
                open_entry(entry, entry->kind, wanted, now);
                return;
        }
        entry->alert = *wanted;
        snooze_over = entry->snoozed_until != UTC_TIME_NONE && entry->snoozed_until <= now;
        if (snooze_over)
                entry->snoozed_until = UTC_TIME_NONE;
        if (wanted->level > entry->told_level || more) {
                hear_again(entry);
                news = ALERT_NEWS_WORSENED;
        } else if (!is_quiet(entry, now) && (snooze_over || wanted->reminder > entry->reminded))
                news = ALERT_NEWS_REMINDED;
        if (wanted->level > entry->told_level)
                entry->told_level = wanted->level;
        if (wanted->reminder > entry->reminded)
                entry->reminded = wanted->reminder;
        follow_level(entry, now);

        if (entry->tell_at != UTC_TIME_NONE) {
                /* The clock may have been set back. */
                bool lasted = entry->tell_at <= now || entry->tell_at > now + ALERT_SETTLING_USEC;

                if (news == ALERT_NEWS_NONE && (!lasted || is_quiet(entry, now)))
                        return;
                entry->tell_at = UTC_TIME_NONE;
                news = ALERT_NEWS_RAISED;
        }
        /* Raised and not yet told is told as it is now. */
        if (news != ALERT_NEWS_NONE && entry->news == ALERT_NEWS_NONE)
                entry->news = news;
}

static void step_wanted(AlertEntry *entry, AlertClass kind, const Alert *wanted, UtcTime now) {
        bool soon = entry->used && !entry->open && now - entry->cleared < ALERT_DAMPING_USEC &&
                    now >= entry->cleared;
        bool more, other;

        if (entry->used && !entry->open && soon) {
                compare_objects(&entry->alert, wanted, &more, &other);
                if (!more) {
                        reopen(entry, wanted, now);
                        update(entry, wanted, now);
                        return;
                }
        }
        if (!entry->used || !entry->open)
                open_entry(entry, kind, wanted, now);
        else
                update(entry, wanted, now);
}

static void step_gone(AlertEntry *entry, UtcTime now) {
        if (!entry->used)
                return;
        if (!entry->open) {
                bool old = now - entry->cleared >= ALERT_DAMPING_USEC || now < entry->cleared;

                if (old && entry->news == ALERT_NEWS_NONE)
                        *entry = (AlertEntry){ .kind = entry->kind };
                return;
        }
        entry->open = false;
        entry->cleared = now;
        /* Whoever was not told of it need not be told that it is gone. */
        entry->news = entry->tell_at != UTC_TIME_NONE ? ALERT_NEWS_NONE : ALERT_NEWS_CLEARED;
        entry->tell_at = UTC_TIME_NONE;
}

AlertBook alert_state_step(const AlertBook *before, const AlertWants *wants, UtcTime now) {
        AlertBook book = before ? *before : alert_book_empty();

        book.kernel = wants->kernel;
        book.told_end = wants->told_end;
        memcpy(book.failures, wants->failures, sizeof(book.failures));
        book.n_failures = wants->n_failures;
        book.next = UTC_TIME_NONE;
        wake_at(&book, wants->next, now);
        for (AlertClass kind = 0; kind < _ALERT_CLASS_MAX; kind++) {
                AlertEntry *entry = &book.entries[kind];
                const Alert *wanted = &wants->alerts[kind];

                entry->kind = kind;
                if (wanted->level == ALERT_LEVEL_OK)
                        step_gone(entry, now);
                else
                        step_wanted(entry, kind, wanted, now);
                if (!entry->used || !entry->open)
                        continue;
                wake_at(&book, entry->snoozed_until, now);
                wake_at(&book, entry->tell_at, now);
                if (entry->lower_since != UTC_TIME_NONE)
                        wake_at(&book, entry->lower_since + ALERT_DAMPING_USEC, now);
        }
        return book;
}

static AlertEntry *find_open(AlertBook *book, AlertClass kind) {
        AlertEntry *entry = &book->entries[kind];

        return entry->used && entry->open ? entry : NULL;
}

bool alert_state_acknowledge(AlertBook *book, AlertClass kind) {
        AlertEntry *entry = find_open(book, kind);

        if (entry)
                entry->acknowledged_level = entry->alert.level > entry->told_level
                                                            ? entry->alert.level
                                                            : entry->told_level;
        return entry;
}

bool alert_state_snooze(AlertBook *book, AlertClass kind, UtcTime until) {
        AlertEntry *entry = find_open(book, kind);

        if (entry)
                entry->snoozed_until = until;
        return entry;
}

void alert_state_add_failure(AlertBook *book, const PatchFailure *failure) {
        for (size_t i = 0; i < book->n_failures; i++)
                if (strcmp(book->failures[i].patch, failure->patch) == 0) {
                        book->failures[i] = *failure;
                        return;
                }
        if (book->n_failures == ALERT_FAILURES_MAX)
                memmove(book->failures, book->failures + 1,
                        --book->n_failures * sizeof(*book->failures));
        book->failures[book->n_failures++] = *failure;
}
