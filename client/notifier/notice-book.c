/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The book of notices. A person who is told too often stops reading: each alert has one place on the screen that is
 * written anew, what was dismissed comes back only for a reason, and what is not critical waits its turn, the worst first.
 * An entry stays for a day after its alert has gone: one that comes and goes was told, and is told again when the
 * daemon announces it, or when it is worse.
 */

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "notifier/notice-book.h"

typedef struct Entry {
        char *id, *text, *action;
        NoticeLevel level;
        bool open, was_open;   /* the alert is there; it was at the last look */
        uint64_t gone_usec;    /* since when it is not */
        bool again;            /* it is to be told though it was told */
        bool lost;             /* it was on the screen, and the screen went */
        bool changed;          /* what stands on the screen is not what is so */
        uint32_t notification; /* 0: not on the screen */
        int told_level;        /* -1: never told */
        uint64_t muted_until;  /* 0: not muted */
        NoticeLevel muted_level;
} Entry;

struct NoticeBook {
        Entry *entries;
        size_t n_entries;
        bool told;          /* something below critical */
        uint64_t told_usec; /* when, the last time */
};

static void entry_done(Entry *entry) {
        free(entry->id);
        free(entry->text);
        free(entry->action);
}

int notice_book_new(NoticeBook **ret) {
        NoticeBook *book = calloc(1, sizeof(*book));

        if (!book)
                return error_origin(-ENOMEM);
        *ret = book;
        return 0;
}

NoticeBook *notice_book_free(NoticeBook *book) {
        if (!book)
                return NULL;

        for (size_t i = 0; i < book->n_entries; i++)
                entry_done(&book->entries[i]);
        free(book->entries);
        free(book);
        return NULL;
}

static Entry *find(const NoticeBook *book, const char *id) {
        for (size_t i = 0; i < book->n_entries; i++)
                if (strcmp(book->entries[i].id, id) == 0)
                        return &book->entries[i];
        return NULL;
}

static Entry *find_shown(const NoticeBook *book, uint32_t notification) {
        for (size_t i = 0; notification != 0 && i < book->n_entries; i++)
                if (book->entries[i].notification == notification)
                        return &book->entries[i];
        return NULL;
}

/* A new entry, of which only the id is set. */
static Entry *add(NoticeBook *book, const char *id) {
        Entry *grown = reallocarray(book->entries, book->n_entries + 1, sizeof(*grown)), *entry;

        if (!grown)
                return NULL;
        book->entries = grown;
        entry = &grown[book->n_entries];
        *entry = (Entry){ .id = strdup(id), .told_level = -1 };
        if (!entry->id)
                return NULL;
        book->n_entries++;
        return entry;
}

static int set_text(char **place, const char *text, bool *changed) {
        char *copy;

        if (*place && strcmp(*place, text) == 0)
                return 0;
        copy = strdup(text);
        if (!copy)
                return error_origin(-ENOMEM);
        free(*place);
        *place = copy;
        *changed = true;
        return 0;
}

static void note_end(Entry *entry, uint64_t now) {
        if (entry->was_open)
                entry->gone_usec = now;
        /* There is nothing left that it could wait for. */
        entry->again = entry->lost = false;
}

static void drop_finished(NoticeBook *book, uint64_t now) {
        size_t n = 0;

        for (size_t i = 0; i < book->n_entries; i++)
                if (book->entries[i].open || book->entries[i].notification != 0 ||
                    now - book->entries[i].gone_usec < NOTICE_MEMORY_USEC)
                        book->entries[n++] = book->entries[i];
                else
                        entry_done(&book->entries[i]);
        book->n_entries = n;
}

int notice_book_update(NoticeBook *book, const NoticeAlert *alerts, size_t n_alerts, uint64_t now) {
        for (size_t i = 0; i < book->n_entries; i++) {
                book->entries[i].was_open = book->entries[i].open;
                book->entries[i].open = false;
        }

        for (size_t i = 0; i < n_alerts; i++) {
                const NoticeAlert *alert = &alerts[i];
                Entry *entry = find(book, alert->id);
                int r;

                if (!entry)
                        entry = add(book, alert->id);
                if (!entry)
                        return error_origin(-ENOMEM);
                entry->open = true;
                entry->again = entry->again || alert->again;
                entry->changed = entry->changed || entry->level != alert->level;
                entry->level = alert->level;
                r = set_text(&entry->text, alert->text, &entry->changed);
                if (r == 0)
                        r = set_text(&entry->action, alert->action, &entry->changed);
                if (r < 0)
                        return error_trace(r);
        }
        for (size_t i = 0; i < book->n_entries; i++)
                if (!book->entries[i].open)
                        note_end(&book->entries[i], now);
        drop_finished(book, now);
        return 0;
}

static bool is_muted(const Entry *entry, uint64_t now) {
        return entry->muted_until > now && entry->level <= entry->muted_level;
}

/* Is there something to tell, if it may be told now? */
static bool is_due(const Entry *entry, uint64_t now) {
        if (!entry->open || is_muted(entry, now))
                return false;
        return entry->told_level < (int) entry->level || entry->again || entry->lost ||
               (entry->notification != 0 && entry->changed);
}

static bool may_tell(const NoticeBook *book, const Entry *entry, uint64_t now) {
        return entry->level == NOTICE_LEVEL_CRITICAL || entry->lost || !book->told ||
               now - book->told_usec >= NOTICE_PAUSE_USEC;
}

NoticeStep notice_book_step(const NoticeBook *book, uint64_t now) {
        const Entry *worst = NULL;

        for (size_t i = 0; i < book->n_entries; i++) {
                const Entry *entry = &book->entries[i];

                if (entry->notification != 0 && (!entry->open || is_muted(entry, now)))
                        return (NoticeStep){ .kind = NOTICE_STEP_WITHDRAW,
                                             .notification = entry->notification };
                if (is_due(entry, now) && may_tell(book, entry, now) &&
                    (!worst || entry->level > worst->level))
                        worst = entry;
        }
        if (!worst)
                return (NoticeStep){};
        return (NoticeStep){
                .kind = NOTICE_STEP_SHOW,
                .notification = worst->notification,
                .alert = { worst->id, worst->level, worst->text, worst->action, worst->again },
        };
}

uint64_t notice_book_next(const NoticeBook *book, uint64_t now) {
        uint64_t next = NOTICE_NEVER;

        for (size_t i = 0; i < book->n_entries; i++) {
                const Entry *entry = &book->entries[i];
                uint64_t moment = NOTICE_NEVER;

                if (entry->open && is_muted(entry, now))
                        moment = entry->muted_until;
                else if (is_due(entry, now))
                        moment = may_tell(book, entry, now) ? now
                                                            : book->told_usec + NOTICE_PAUSE_USEC;
                if (moment < next)
                        next = moment;
        }
        return next;
}

void notice_book_shown(NoticeBook *book, const char *id, uint32_t notification, uint64_t now) {
        Entry *entry = find(book, id);

        if (!entry)
                return;
        /* What only comes back takes nobody's turn. */
        if (entry->level != NOTICE_LEVEL_CRITICAL && !entry->lost) {
                book->told = true;
                book->told_usec = now;
        }
        entry->notification = notification;
        entry->told_level = (int) entry->level;
        entry->again = entry->lost = entry->changed = false;
}

void notice_book_closed(NoticeBook *book, uint32_t notification) {
        Entry *entry = find_shown(book, notification);

        if (entry)
                entry->notification = 0;
}

void notice_book_lost(NoticeBook *book) {
        for (size_t i = 0; i < book->n_entries; i++)
                if (book->entries[i].notification != 0) {
                        book->entries[i].notification = 0;
                        book->entries[i].lost = book->entries[i].open;
                }
}

void notice_book_mute(NoticeBook *book, const char *id, uint64_t until) {
        Entry *entry = find(book, id);

        if (!entry)
                return;
        entry->muted_until = until;
        entry->muted_level = entry->level;
        entry->again = false;
        /* When the time is over it is told once more. */
        entry->told_level = -1;
}

const char *notice_book_find(const NoticeBook *book, uint32_t notification) {
        const Entry *entry = find_shown(book, notification);

        return entry ? entry->id : NULL;
}
