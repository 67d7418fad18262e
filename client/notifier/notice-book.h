/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What a person was told, is told now, and is told next. It knows neither bus nor clock: times are microseconds of one
 * clock that only goes forward, handed in.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

#define NOTICE_PAUSE_USEC (3600 * UINT64_C(1000000)) /* between two notices below critical */
#define NOTICE_MEMORY_USEC (24 * NOTICE_PAUSE_USEC)  /* what comes back so soon is the old one */
#define NOTICE_NEVER UINT64_MAX

typedef enum NoticeLevel {
        NOTICE_LEVEL_INFO,
        NOTICE_LEVEL_WARNING,
        NOTICE_LEVEL_CRITICAL,
} NoticeLevel;

/* An alert that nobody acknowledged or snoozed. */
typedef struct NoticeAlert {
        const char *id;
        NoticeLevel level;
        const char *text, *action;
        bool again; /* the daemon announced it since the last update */
} NoticeAlert;

typedef enum NoticeStepKind {
        NOTICE_STEP_NONE,
        NOTICE_STEP_SHOW,     /* then notice_book_shown() */
        NOTICE_STEP_WITHDRAW, /* then notice_book_closed() */
} NoticeStepKind;

typedef struct NoticeStep {
        NoticeStepKind kind;
        uint32_t notification; /* the one to replace or withdraw; 0: a new one */
        NoticeAlert alert;     /* to show; its texts live until the next update */
} NoticeStep;

typedef struct NoticeBook NoticeBook;

int notice_book_new(NoticeBook **ret);
NoticeBook *notice_book_free(NoticeBook *book);
DEFINE_CLEANUP(NoticeBook, notice_book_free);

/* The alerts that there are now, all of them. 0 or -ENOMEM. */
int notice_book_update(NoticeBook *book, const NoticeAlert *alerts, size_t n_alerts, uint64_t now);

/* What to do next; steps are done one by one until there is none. */
NoticeStep notice_book_step(const NoticeBook *book, uint64_t now);

/* When notice_book_step() has something to do without anything happening; NOTICE_NEVER. */
uint64_t notice_book_next(const NoticeBook *book, uint64_t now);

/* The alert `id` is on the screen as `notification`, which is not 0. */
void notice_book_shown(NoticeBook *book, const char *id, uint32_t notification, uint64_t now);

/* A notification went, whoever closed it: what it told was told. */
void notice_book_closed(NoticeBook *book, uint32_t notification);

/* All notifications went unseen, because the server ended: they come again, and at once. */
void notice_book_lost(NoticeBook *book);

/* Not a word of that alert until then, but if it gets worse. */
void notice_book_mute(NoticeBook *book, const char *id, uint64_t until);

/* The alert that a notification shows, or NULL. */
const char *notice_book_find(const NoticeBook *book, uint32_t notification);
