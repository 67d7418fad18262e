/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Alerts: what an operator must hear of, a class each and at most one alert of a class, and the book in
 * which is kept what was told already.
 */

#include "base/memory-pool.h"
#include "base/utc-time.h"

typedef enum AlertClass {
        ALERT_COVERAGE_ENDING,
        ALERT_COVERAGE_ENDED_EARLY,
        ALERT_UNSUPPORTED_KERNEL,
        ALERT_UNCONFIRMED_KERNEL,
        ALERT_NEXT_BOOT_LEAVES_STREAM,
        ALERT_PATCH_NOT_APPLIED,
        ALERT_EXPOSURE,
        ALERT_TRANSITION_STALLED,
        ALERT_PATCH_FAILED,
        ALERT_PATCH_WOULD_NOT_SURVIVE_REBOOT,
        ALERT_FOREIGN_PATCH,
        ALERT_FEED_STALE,
        ALERT_FEED_EXPIRED,
        ALERT_FEED_FAILING,
        ALERT_CLOCK_IMPLAUSIBLE,
        _ALERT_CLASS_MAX,
} AlertClass;

/* Ordered: a larger one is worse. */
typedef enum AlertLevel {
        ALERT_LEVEL_OK, /* no alert */
        ALERT_LEVEL_INFO,
        ALERT_LEVEL_WARNING,
        ALERT_LEVEL_CRITICAL,
        _ALERT_LEVEL_MAX,
} AlertLevel;

/* What the operator makes of a class. */
typedef enum AlertSetting {
        ALERT_SETTING_AUTO, /* as its rule says */
        ALERT_SETTING_IGNORE,
        ALERT_SETTING_INFO,
        ALERT_SETTING_WARNING,
        ALERT_SETTING_CRITICAL,
        _ALERT_SETTING_MAX,
} AlertSetting;

/* How long before, or after, something a rule speaks. */
typedef enum AlertDelay {
        ALERT_LEAD_INFO, /* before the end of coverage */
        ALERT_LEAD_WARNING,
        ALERT_LEAD_CRITICAL,
        ALERT_NOT_APPLIED_CRITICAL, /* after the release of a live patch that closes such a CVE */
        ALERT_NOT_APPLIED_IMPORTANT,
        ALERT_STALLED_WARNING, /* after the beginning of a transition */
        ALERT_STALLED_CRITICAL,
        _ALERT_DELAY_MAX,
} AlertDelay;

/* All zero: the defaults. */
typedef struct AlertPolicy {
        AlertSetting settings[_ALERT_CLASS_MAX];
        struct {
                bool set;
                int64_t usec;
        } delays[_ALERT_DELAY_MAX];
} AlertPolicy;

typedef struct Alert {
        AlertLevel level;    /* OK: there is none */
        const char *text;    /* what is wrong: one sentence that does not change from day to day */
        const char *action;  /* what to do: a command or one sentence */
        const char *kernel;  /* the running one */
        const char *patch;   /* NULL where it is about none */
        const char *feed;    /* the same */
        UtcDay coverage_end; /* UTC_DAY_NONE where it is not about that */
        TextList cves;       /* the worst first, at most ALERT_CVES_MAX */
        TextList objects;    /* what it is about: another one more is news, one less is none */
        UtcDay reminder;     /* the last day on which it is to be told again; UTC_DAY_NONE = none */
} Alert;

#define ALERT_CVES_MAX 32

typedef enum AlertNews {
        ALERT_NEWS_NONE,
        ALERT_NEWS_RAISED,
        ALERT_NEWS_WORSENED,
        ALERT_NEWS_REMINDED,
        ALERT_NEWS_CLEARED,
        _ALERT_NEWS_MAX,
} AlertNews;

/* The page of a class. All zero: nothing was ever the matter. */
typedef struct AlertEntry {
        bool used; /* else the rest says nothing */
        bool open; /* else its cause is gone, and it is kept for a while */
        AlertClass kind;
        Alert alert;
        UtcTime since;         /* it was raised; where it is not open: gone since `cleared` */
        UtcTime cleared;       /* UTC_TIME_NONE while it is open */
        AlertLevel told_level; /* the worst that was told and has not been over for long */
        UtcTime lower_since;   /* it is better than that; UTC_TIME_NONE = it is not */
        UtcTime tell_at;       /* came back soon: told if it lasts; UTC_TIME_NONE = need not wait */
        UtcDay reminded;       /* Alert.reminder that was told, or need not be */
        AlertLevel acknowledged_level; /* OK: it is not acknowledged */
        UtcTime snoozed_until;         /* UTC_TIME_NONE = it is not */
        AlertNews news;                /* to be told; whoever told it takes it back */
} AlertEntry;

/* The kernel could not enable a live patch: nothing else shows that. */
typedef struct PatchFailure {
        const char *patch, *reason; /* no reason: NULL */
        UtcTime at;
} PatchFailure;

#define ALERT_FAILURES_MAX 8

typedef struct AlertBook {
        AlertEntry entries[_ALERT_CLASS_MAX]; /* by class */
        const char *kernel; /* the end of whose coverage was told; NULL = of none */
        UtcDay told_end;    /* and which day that was; UTC_DAY_NONE = none */
        PatchFailure failures[ALERT_FAILURES_MAX];
        size_t n_failures;
        UtcTime next; /* when time alone changes something; UTC_TIME_NONE = never */
} AlertBook;

const char *alert_class_to_text(AlertClass kind);      /* "coverage-ending": the alert's id too */
const char *alert_class_setting(AlertClass kind);      /* "CoverageEnding" */
const char *alert_level_to_text(AlertLevel level);     /* "ok", … */
const char *alert_setting_to_text(AlertSetting value); /* "auto", … */
const char *alert_news_to_text(AlertNews news);        /* "raised", …; NULL for none */
const char *alert_delay_setting(AlertDelay delay);     /* "LeadInfo" */
const char *alert_delay_default(AlertDelay delay);     /* "90d" */

enum {
        ALERT_E_UNKNOWN_WORD = 1,
};

/* 0 or ALERT_E_UNKNOWN_WORD. */
int alert_class_from_text(const char *text, AlertClass *ret);
int alert_level_from_text(const char *text, AlertLevel *ret);
int alert_news_from_text(const char *text, AlertNews *ret);
int alert_setting_from_text(const char *text, AlertSetting *ret);

/* "90d", "48h", "5min", "75s": at most a hundred years. 0 or ALERT_E_UNKNOWN_WORD. */
int alert_delay_parse(const char *text, int64_t *ret_usec);

/* The delay in force. */
int64_t alert_policy_delay(const AlertPolicy *policy, AlertDelay delay);

/* An empty book. */
AlertBook alert_book_empty(void);

/* Everything that `book` points to, copied into `pool`, which the caller checks for exhaustion. */
AlertBook alert_book_copy(MemoryPool *pool, const AlertBook *book);

/* The alert is there, and nobody has put it aside. */
bool alert_entry_counts(const AlertEntry *entry, UtcTime now);

/* The open alerts, those that count first, and of them the worst. How many. */
size_t alert_book_list(const AlertBook *book, UtcTime now,
                       const AlertEntry *ret[static _ALERT_CLASS_MAX]);

/* The worst alert that counts; NULL = none. */
const AlertEntry *alert_book_worst(const AlertBook *book, UtcTime now);
AlertLevel alert_book_level(const AlertBook *book, UtcTime now);

/* Do both show the same alerts? What is still to be told is no difference. */
bool alert_books_equal(const AlertBook *a, const AlertBook *b);
