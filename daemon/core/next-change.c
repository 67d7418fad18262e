/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The next change. Every rule that looks at the date does so at one of a few kinds of moments: a day
 * on which a window or a channel ends, a fact's release, a limit of age. All of these that lie ahead
 * are gathered generously, and the first at which the answer really differs is found by asking
 * assess_later() there. So no rule has to be told twice, and a forgotten special case can only make
 * the search longer. It gives up after a bounded number of questions: an early wake-up that
 * changes nothing costs one assessment.
 */

#include <stdlib.h>

#include "base/error.h"
#include "core/assessment-change.h"
#include "core/eligibility.h"
#include "core/next-change.h"

#define MAX_QUESTIONS 64

typedef struct Moments {
        MemoryPool *pool;
        UtcTime after;
        UtcTime *items;
        size_t n_items;
} Moments;

static void add(Moments *moments, UtcTime moment) {
        UtcTime *slot;

        /* Dates end with the year 9999, and so does the time that anything is asked about. */
        if (moment == UTC_TIME_NONE || moment <= moments->after ||
            moment >= utc_day_start(utc_day_from_date(9999, 12, 31)))
                return;
        slot = memory_pool_append(moments->pool, moments->items, moments->n_items);
        if (slot)
                *slot = moment;
}

static void add_day(Moments *moments, UtcDay day) {
        if (day != UTC_DAY_NONE)
                add(moments, utc_day_start(day));
}

static void add_day_after(Moments *moments, UtcDay day) {
        if (day != UTC_DAY_NONE)
                add_day(moments, day + 1);
}

static void add_kernels(Moments *moments, const Assessment *assessment) {
        const SupportCalendar *calendar = assessment->situation.calendar;

        for (size_t i = 0; i < assessment->n_kernels; i++) {
                const JudgedKernel *kernel = &assessment->kernels[i];

                add_day(moments, kernel->start);
                add_day(moments, kernel->ending_from);
                add_day(moments, kernel->end);
                add_day_after(moments, kernel->end);
                add_day_after(moments, kernel->possible_until);
                if (calendar && kernel->known && kernel->known->released != UTC_DAY_NONE)
                        add_day(moments, kernel->known->released + calendar->patch_lag_days);
        }
        for (size_t i = 0; i < assessment->exposure.n_exposures; i++)
                add_day_after(moments, assessment->exposure.exposures[i].deadline);
}

static void add_calendar(Moments *moments, const Assessment *assessment) {
        const SupportCalendar *calendar = assessment->situation.calendar;
        UtcDay today = assessment->situation.today, day = today;
        const CalendarModel *model;

        if (!calendar)
                return;
        for (size_t i = 0; i < calendar->n_streams; i++) {
                const CalendarStream *stream = &calendar->streams[i];

                if (!assessment->situation.calendar_stream ||
                    stream->major != assessment->situation.calendar_stream->major)
                        continue;
                add_day(moments, stream->general_availability);
                add_day_after(moments, utc_day_add_months(stream->general_availability,
                                                          ELIGIBILITY_EXPECTED_MINOR_MONTHS));
                add_day_after(moments, stream->live_patches_until);
                for (Channel channel = CHANNEL_MAIN; channel < _CHANNEL_MAX; channel++)
                        add_day_after(moments, stream->channel_end[channel]);
        }
        for (size_t i = 0; i < calendar->n_models; i++)
                add_day(moments, calendar->models[i].from);
        model = support_calendar_model_at(calendar, today);
        for (int i = 0; model && model->selects && i < 3; i++) {
                day = calendar_model_next_selection(model, day);
                add_day(moments, day);
                add_day(moments, day - model->tolerance_days);
                add_day_after(moments, day + model->tolerance_days);
        }
}

static void add_facts(Moments *moments, const Assessment *assessment) {
        const Facts *facts = assessment->input.facts;
        const HostFacts *host = assessment->input.host;
        int64_t shift = assessment->input.now - assessment->input.clock; /* ages run by the clock */

        for (size_t i = 0; i < facts->n_kernels; i++)
                add(moments, facts->kernels[i].released);
        for (size_t i = 0; i < facts->n_patches; i++)
                add(moments, facts->patches[i].released);
        for (size_t i = 0; i < facts->n_repositories; i++)
                add(moments, facts->repositories[i].complete_at);
        for (size_t i = 0; i < facts->n_windows; i++)
                if (facts->windows[i].revised > 0)
                        add(moments, facts->windows[i].revised);
        for (size_t i = 0; i < facts->n_sources; i++) {
                int64_t stale, expired;

                if (facts->sources[i].complete_to == UTC_TIME_NONE)
                        continue;
                freshness_limits(facts->sources[i].kind, &stale, &expired);
                add(moments, facts->sources[i].complete_to);
                add(moments, facts->sources[i].complete_to + stale + 1 + shift);
                add(moments, facts->sources[i].complete_to + expired + 1 + shift);
        }
        for (size_t i = 0; i < host->n_patches; i++)
                if (host->patches[i].since != UTC_TIME_NONE)
                        add(moments, host->patches[i].since + PATCH_STALLED_USEC);
}

static int compare_moments(const void *a, const void *b) {
        UtcTime x = *(const UtcTime *) a, y = *(const UtcTime *) b;

        return (x > y) - (x < y);
}

static int differs_at(const Assessment *assessment, UtcTime moment, bool *ret) {
        _cleanup_(assessment_freep) Assessment *then = NULL;
        int r;

        r = assess_later(assessment, moment, &then);
        if (r)
                return error_fold(r);

        *ret = (assessment_change(assessment, then) & ~(1u << PART_NEXT_CHANGE_AT)) != 0;
        return 0;
}

/* When alerts say something else is known from their rules; it need not be searched for. */
static UtcTime or_alerts(const Assessment *assessment, UtcTime moment) {
        UtcTime alerts = assessment->alerts.next;

        return alerts != UTC_TIME_NONE && (moment == UTC_TIME_NONE || alerts < moment) ? alerts
                                                                                       : moment;
}

int next_change_find(const Assessment *assessment, UtcTime *ret) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        Moments moments = { .after = assessment->input.now };
        UtcTime last = UTC_TIME_NONE;
        unsigned n_questions = 0;
        int r;

        r = memory_pool_new(&pool);
        if (r)
                return error_fold(r);
        moments.pool = pool;
        add_kernels(&moments, assessment);
        add_calendar(&moments, assessment);
        add_facts(&moments, assessment);
        if (memory_pool_exhausted(pool))
                return error_origin(-ENOMEM);

        if (moments.n_items > 1)
                qsort(moments.items, moments.n_items, sizeof(UtcTime), compare_moments);
        for (size_t i = 0; i < moments.n_items; i++) {
                bool differs = false;

                if (moments.items[i] == last)
                        continue;
                if (or_alerts(assessment, moments.items[i]) < moments.items[i])
                        break; /* alerts change sooner */
                last = moments.items[i];
                if (++n_questions <= MAX_QUESTIONS) {
                        r = differs_at(assessment, last, &differs);
                        if (r)
                                return error_fold(r);
                } else
                        differs = true; /* not asked any more: wake up and look */
                if (differs) {
                        *ret = or_alerts(assessment, last);
                        return 0;
                }
        }
        *ret = or_alerts(assessment, UTC_TIME_NONE);
        return 0;
}
