/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Windows. The end is the earliest of three dates (the model's months, the stream's end in the host's
 * channel, the calendar's own limit) unless somebody stronger names it. Each date remembers what it
 * rests on, because "until when" without "who says so" is worth nothing at 3 a.m. A window ends at the
 * end of its last day.
 */

#include "core/coverage-window.h"
#include "core/eligibility.h"
#include "core/livepatch-name.h"

typedef struct EndDate {
        UtcDay day; /* UTC_DAY_NONE = no limit */
        Basis basis;
        const char *why;
} EndDate;

#define because(situation, kernel, ...) \
        text_list_format(&(kernel)->because, (situation)->pool, __VA_ARGS__)

static void find_start(const Situation *situation, JudgedKernel *kernel) {
        const HostFacts *host = situation->input->host;

        kernel->start = UTC_DAY_NONE;
        kernel->start_basis = BASIS_NONE;
        if (kernel->override && kernel->override->start != UTC_DAY_NONE) {
                kernel->start = kernel->override->start;
                kernel->start_basis = BASIS_OVERRIDE;
        } else if (kernel->known && kernel->known->released != UTC_DAY_NONE) {
                kernel->start = kernel->known->released;
                kernel->start_basis = BASIS_FEED;
        } else if (kernel->running && host->kernel_built != UTC_TIME_NONE) {
                kernel->start = utc_day_of(host->kernel_built);
                kernel->start_basis = BASIS_BUILD_DATE;
        } else if (kernel->calendar_stream &&
                   calendar_stream_begins_with(kernel->calendar_stream, &kernel->release)) {
                kernel->start = kernel->calendar_stream->general_availability;
                kernel->start_basis = BASIS_POLICY;
        }
}

/* The earlier date wins; on a tie the stronger basis. */
static void cut(EndDate *end, EndDate other) {
        if (other.day == UTC_DAY_NONE)
                return;
        if (end->day == UTC_DAY_NONE || other.day < end->day ||
            (other.day == end->day && other.basis > end->basis))
                *end = other;
}

static EndDate months_end(const Situation *situation, const JudgedKernel *kernel) {
        const CalendarModel *model;
        int n_months;

        model = support_calendar_model_at(situation->calendar,
                                          eligibility_model_day(situation, kernel));
        if (!model)
                return (EndDate){ .day = UTC_DAY_NONE };
        n_months = support_calendar_months(model, kernel->calendar_stream);
        return (EndDate){
                .day = utc_day_add_months(kernel->start, n_months),
                .basis = kernel->start_basis == BASIS_BUILD_DATE ? BASIS_BUILD_DATE : BASIS_POLICY,
                .why = memory_pool_format(
                                situation->pool, "%d months from its %s on %s (model %s)", n_months,
                                kernel->start_basis == BASIS_BUILD_DATE ? "build"
                                : kernel->start_basis == BASIS_OVERRIDE ? "start"
                                                                        : "release",
                                situation_day_text(situation, kernel->start), model->name),
        };
}

/* A patch that the host can get and that came after the computed end proves that support went on. */
static void extend_by_late_patch(const Situation *situation, JudgedKernel *kernel) {
        for (size_t i = 0; i < situation->n_patches; i++) {
                const PatchFact *patch = situation->patches[i];
                UtcDay day = utc_day_of(patch->released);

                if (day == UTC_DAY_NONE || day <= kernel->end ||
                    !situation_patch_is_for(situation, patch, &kernel->release, kernel->stream) ||
                    !situation_can_get_patch(situation, patch, kernel->stream))
                        continue;
                because(situation, kernel,
                        "patch %s-%s was released on %s, after that end: the end moves to that day",
                        patch->package, patch->version, situation_day_text(situation, day));
                kernel->end = day;
                kernel->end_basis = BASIS_FEED;
                kernel->end_expected = false;
        }
}

static void compute_end(const Situation *situation, JudgedKernel *kernel) {
        const CalendarStream *stream = kernel->calendar_stream;
        EndDate end, of_stream = { .day = UTC_DAY_NONE }, limit = { .day = UTC_DAY_NONE };
        bool expected = false, ends_main;
        Channel channel;

        if (kernel->start == UTC_DAY_NONE) {
                because(situation, kernel,
                        "no release date and no build date: the end cannot be told");
                return;
        }
        if (!stream) {
                because(situation, kernel,
                        "its minor is not in the calendar: the end cannot be told");
                return;
        }

        end = months_end(situation, kernel);
        if (stream->live_patches_until != UTC_DAY_NONE)
                limit = (EndDate){
                        stream->live_patches_until, BASIS_POLICY,
                        memory_pool_format(situation->pool, "live patches for %s stop then (%s:%u)",
                                           stream->name, situation->calendar->file, stream->line)
                };
        cut(&end, limit);
        kernel->possible_until = end.day;

        channel = situation_channel_in(situation, stream);
        of_stream.day = eligibility_stream_end(situation, stream, channel, &of_stream.basis,
                                               &expected, &of_stream.why);
        ends_main = channel <= CHANNEL_MAIN && of_stream.day != UTC_DAY_NONE &&
                    (end.day == UTC_DAY_NONE || of_stream.day < end.day);
        cut(&end, of_stream);
        if (end.day == UTC_DAY_NONE)
                return;

        kernel->end = end.day;
        kernel->end_basis = end.basis;
        kernel->end_expected = ends_main && expected;
        because(situation, kernel, "ends on %s: %s", situation_day_text(situation, end.day),
                end.why);
        /* Not knowing the channel, or only expecting the next minor, proves no end. */
        kernel->end_unproven = ends_main && (expected || channel == CHANNEL_UNKNOWN);
        extend_by_late_patch(situation, kernel);
}

static void find_end(const Situation *situation, JudgedKernel *kernel) {
        kernel->end = kernel->possible_until = UTC_DAY_NONE;
        kernel->end_basis = BASIS_NONE;
        if (kernel->eligible != ELIGIBLE_YES && kernel->eligible != ELIGIBLE_POSSIBLE)
                return;

        /* Only here: of a kernel that has no window, the last line says why. */
        if (kernel->start_basis == BASIS_OVERRIDE)
                because(situation, kernel, "begins on %s by the operator's override (%s)",
                        situation_day_text(situation, kernel->start),
                        kernel->override->start_place);
        if (kernel->override && kernel->override->end != UTC_DAY_NONE) {
                kernel->end = kernel->override->end;
                kernel->end_basis = BASIS_OVERRIDE;
                because(situation, kernel, "ends on %s by the operator's override (%s)",
                        situation_day_text(situation, kernel->end), kernel->override->end_place);
        } else if (kernel->vendor_window) {
                kernel->end = kernel->vendor_window->end;
                kernel->end_basis = BASIS_VENDOR;
                because(situation, kernel, "ends on %s: the vendor's list says so",
                        situation_day_text(situation, kernel->end));
        } else
                compute_end(situation, kernel);
}

int coverage_window_lead_days(const AlertPolicy *policy, LeadTime lead, UtcDay start, UtcDay end) {
        static const struct {
                AlertDelay setting;
                int days, divisor;
        } leads[] = {
                [LEAD_TIME_INFO] = { ALERT_LEAD_INFO, 90, 4 },
                [LEAD_TIME_WARNING] = { ALERT_LEAD_WARNING, 30, 8 },
                [LEAD_TIME_CRITICAL] = { ALERT_LEAD_CRITICAL, 7, 16 },
        };
        int days;

        if (policy->delays[leads[lead].setting].set)
                return (int) (policy->delays[leads[lead].setting].usec / USEC_PER_DAY);
        if (start == UTC_DAY_NONE)
                return leads[lead].days;
        days = end < start ? 0 : (end - start) / leads[lead].divisor;
        return days < leads[lead].days ? days : leads[lead].days;
}

static Coverage find_coverage(const Situation *situation, const JudgedKernel *kernel) {
        UtcDay today = situation->today;

        switch (kernel->eligible) {
        case ELIGIBLE_NOT_APPLICABLE:
                return COVERAGE_NOT_APPLICABLE;
        case ELIGIBLE_NO:
                return COVERAGE_UNSUPPORTED;
        case ELIGIBLE_YES:
        case ELIGIBLE_POSSIBLE:
                break;
        default:
                return COVERAGE_UNKNOWN;
        }

        if (kernel->end == UTC_DAY_NONE)
                return COVERAGE_UNKNOWN;
        if (today > kernel->end)
                return kernel->end_unproven && kernel->possible_until != UTC_DAY_NONE &&
                                                       today <= kernel->possible_until
                                       ? COVERAGE_UNCONFIRMED
                                       : COVERAGE_ENDED;
        if (kernel->eligible == ELIGIBLE_POSSIBLE)
                return COVERAGE_UNCONFIRMED;
        /* A window that an operator's override lets begin later does not cover today. */
        if (kernel->start != UTC_DAY_NONE && today < kernel->start)
                return COVERAGE_UNCONFIRMED;
        return today >= kernel->ending_from ? COVERAGE_ENDING : COVERAGE_COVERED;
}

void coverage_window_judge(const Situation *situation, JudgedKernel *kernel) {
        if (kernel->eligible == ELIGIBLE_NOT_APPLICABLE) {
                kernel->start = kernel->end = kernel->possible_until = UTC_DAY_NONE;
                kernel->ending_from = UTC_DAY_NONE;
                kernel->coverage = COVERAGE_NOT_APPLICABLE;
                return;
        }
        find_start(situation, kernel);
        find_end(situation, kernel);
        kernel->ending_from =
                        kernel->end == UTC_DAY_NONE
                                        ? UTC_DAY_NONE
                                        : kernel->end - coverage_window_lead_days(
                                                                        &situation->input->policy
                                                                                         ->alerts,
                                                                        LEAD_TIME_WARNING,
                                                                        kernel->start, kernel->end);
        kernel->coverage = find_coverage(situation, kernel);
}
