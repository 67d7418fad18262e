/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A support calendar: one vendor's rules and dates, read from daemon/calendars/<vendor>.conf. The
 * rules are data so that another vendor, or a vendor's change of mind, needs no code. The keys are
 * documented in the files themselves.
 */

#include "base/memory-pool.h"
#include "base/utc-time.h"
#include "core/facts.h"
#include "core/kernel-release.h"

enum {
        SUPPORT_CALENDAR_E_INVALID =
                        1, /* a line that cannot be used; the message names file and line */
};

/* A way of giving live patches, in force for kernels released from a day on. */
typedef struct CalendarModel {
        const char *name;    /* "every", "selected" */
        bool selects;        /* only selected kernels are eligible; else every one */
        UtcDay from;         /* for kernels released on this day or later; UTC_DAY_NONE = always */
        int n_months;        /* length of a kernel's window, calendar months */
        int *selection_days; /* month * 100 + day, ascending: 301 = March 1 */
        size_t n_selection_days;
        int tolerance_days; /* a selected kernel was the newest within so many days of a selection day */
} CalendarModel;

/* A minor release. */
typedef struct CalendarStream {
        const char *name; /* rhel-9.4 */
        int major, minor; /* minor 0 where the name has none: amzn-2023 */
        TextList kernels; /* globs of the kernels that belong to it whatever a feed says; empty: none */
        int n_months;     /* length of its kernels' windows; 0 = as the model says */
        UtcDay general_availability; /* UTC_DAY_NONE when not established */
        const char *initial_kernel;  /* VERSION-RELEASE; NULL when not established */
        bool has_channel[_CHANNEL_MAX];
        UtcDay channel_end[_CHANNEL_MAX]; /* last day; UTC_DAY_NONE = not established */
        bool live_patches;
        const char *live_patches_from; /* earlier kernels of the stream have none; NULL = all */
        UtcDay live_patches_until;     /* UTC_DAY_NONE = as the channel */
        const char *certainty;         /* how sure the dates are, in words */
        unsigned line;
} CalendarStream;

typedef struct SupportCalendar {
        MemoryPool *pool;
        const char *file;          /* name for messages */
        const char *vendor;        /* redhat: as in digest headers */
        TextList os_ids;           /* os-release IDs */
        const char *kernel_form;   /* dist tag's letters: "el"; NULL where kernels have flavours */
        TextList flavours;         /* of the kernels that are judged: "default" */
        const char *stream_prefix; /* "rhel" of rhel-9.4 */
        TextList architectures;    /* with live patches */
        bool minors_stay; /* a plain update does not lead to the next minor, whose release ends nothing */
        bool patches_unlisted; /* the vendor publishes no versions of its live patches */
        uint32_t scope;        /* severities that are live-patched, a bit each (1 << Severity) */
        int patch_lag_days;
        TextList base_repositories;    /* globs of package repositories that tell the channel */
        TextList ignored_repositories; /* globs of those among them that do not */
        const char *package_query; /* the command that asks the repositories for a package; NULL = none */
        const char *loader_service; /* kpatch.service */
        const char *loader_off_option; /* kernel command line option that keeps it from loading: kpatch.enable=0 */
        CalendarModel *models; /* ascending by `from` */
        size_t n_models;
        CalendarStream *streams; /* ascending by major, minor */
        size_t n_streams;
} SupportCalendar;

/*
 * Reads the text of a calendar file; `file` is its name for messages. All or nothing: a calendar with
 * a line that is wrong would give wrong dates. `ret_message` is allocated, the caller's to free().
 * 0, SUPPORT_CALENDAR_E_INVALID (then with a message), or -ENOMEM.
 */
int support_calendar_parse(const char *text, const char *file, SupportCalendar **ret,
                           char **ret_message);
SupportCalendar *support_calendar_free(SupportCalendar *calendar);
DEFINE_CLEANUP(SupportCalendar, support_calendar_free);

/* The minor of this name (rhel-9.4), or NULL. */
const CalendarStream *support_calendar_find_stream(const SupportCalendar *calendar,
                                                   const char *name);
const CalendarStream *support_calendar_find_minor(const SupportCalendar *calendar, int major,
                                                  int minor);

/* The model for a kernel released on `day`, or NULL when the calendar has none that early. */
const CalendarModel *support_calendar_model_at(const SupportCalendar *calendar, UtcDay day);

/* The length of a window under `model` in `stream`, which may have one of its own; `stream` may be NULL. */
int support_calendar_months(const CalendarModel *model, const CalendarStream *stream);

/* The first selection day after `day`; UTC_DAY_NONE when the model does not select. */
UtcDay calendar_model_next_selection(const CalendarModel *model, UtcDay day);

/* The last selection day on or before `day`; UTC_DAY_NONE when the model does not select. */
UtcDay calendar_model_last_selection(const CalendarModel *model, UtcDay day);

/* `stream` is the same as or a later minor of the same major as `from`. */
bool calendar_stream_follows(const CalendarStream *stream, const CalendarStream *from);

/* The kernel, in any of its forms, is the stream's initial one. */
bool calendar_stream_begins_with(const CalendarStream *stream, const KernelRelease *kernel);

/*
 * Splits "rhel-9.4" into prefix length, major and minor, "amzn-2023" with minor 0; false when it has
 * another form.
 */
bool stream_name_parse(const char *name, size_t *ret_n_prefix, int *ret_major, int *ret_minor);
