/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What an operator may want to read later: events between two assessments. Each is there once, between the
 * two that it happened between.
 */

#include "core/assessment.h"

typedef enum ChangeEventKind {
        EVENT_PATCH_LOADED,
        EVENT_TRANSITION_FINISHED, /* to the patch, or away from it */
        EVENT_TRANSITION_STALLED,
        EVENT_TRANSITION_REVERSED,
        EVENT_TRANSITION_FORCED, /* known from the kernel's words alone */
        EVENT_PATCH_GONE,
        EVENT_PATCH_FAILED, /* known from the kernel's words alone */
        EVENT_COVERAGE_CHANGED,
        EVENT_ASSESSMENT_IMPOSSIBLE,
        EVENT_FEED_FAILED,    /* it cannot be read, or not all of it, for another reason than before */
        EVENT_FEED_UNTRUSTED, /* what it has is not signed as it must be */
        EVENT_FEED_RECOVERED,
        _EVENT_MAX,
} ChangeEventKind;

typedef struct ChangeEvent {
        ChangeEventKind kind;
        const char *text;  /* one sentence */
        const char *patch; /* module; NULL where it is about none */
        const char *feed;  /* NULL where it is about none */
        bool removed;      /* of a transition: away from the patch */
        int64_t took_usec; /* of a finished transition; 0 when not known */
        const char *replaced_by; /* of a patch that is gone or removed; NULL when nothing is known to have */
        const char *reason;         /* of what failed or is impossible; NULL when not known */
        const char *before, *after; /* of coverage, as words */
} ChangeEvent;

typedef struct ChangeEvents {
        ChangeEvent *items;
        size_t n_items;
} ChangeEvents;

/* "patch-loaded", … */
const char *change_event_kind_to_text(ChangeEventKind kind);

/*
 * Adds what happened from `before` to `after`, of which they borrow, to `ret`. Without `before` only what
 * must be said of a first answer: that there is none. The caller checks `pool` for exhaustion.
 */
void change_events_find(MemoryPool *pool, const Assessment *before, const Assessment *after,
                        ChangeEvents *ret);

/* Adds one; `ret` grows in `pool`. */
void change_events_add(MemoryPool *pool, const ChangeEvent *event, ChangeEvents *ret);
