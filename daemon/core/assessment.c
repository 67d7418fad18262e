/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * assess(). Gathers the situation, judges every kernel that matters the same way, and lets each
 * question be answered by the module that owns it, in the order in which one needs the other. Pure:
 * the same inputs give the same answer, no clock, no file, no environment is looked at.
 */

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "core/advice.h"
#include "core/alert-rules.h"
#include "core/assessment.h"
#include "core/coverage-window.h"
#include "core/eligibility.h"
#include "core/next-change.h"
#include "core/reboot-target.h"

const char *advice_to_text(AdviceAction action) {
        static const char *const words[_ADVICE_MAX] = {
                [ADVICE_LOOK_AT_STALLED_TRANSITION] = "look-at-stalled-transition",
                [ADVICE_WAIT_FOR_TRANSITION] = "wait-for-transition",
                [ADVICE_LOAD_LIVE_PATCH] = "load-live-patch",
                [ADVICE_APPLY_LIVE_PATCH] = "apply-live-patch",
                [ADVICE_REBOOT] = "reboot",
                [ADVICE_CHOOSE_ELIGIBLE_KERNEL] = "choose-eligible-kernel",
                [ADVICE_ENABLE_AT_BOOT] = "enable-at-boot",
                [ADVICE_CONFIRM_ELIGIBILITY] = "confirm-eligibility",
                [ADVICE_REVIEW_FOREIGN_PATCH] = "review-foreign-patch",
                [ADVICE_REFRESH_FEEDS] = "refresh-feeds",
                [ADVICE_NONE] = "none",
        };

        return words[action];
}

static bool is_same_kernel(const JudgedKernel *kernel, const KernelRelease *release) {
        return kernel_release_is_same(&kernel->release, release) &&
               strcmp(kernel->release.variant, release->variant) == 0;
}

/* The next one in the room that gather() has made. */
static JudgedKernel *new_kernel(Assessment *assessment) {
        JudgedKernel *kernel = &assessment->kernels[assessment->n_kernels++];

        *kernel = (JudgedKernel){};
        return kernel;
}

/* The known kernels ascend: the same kernel twice is side by side. */
static void add_known_kernel(Assessment *assessment, const KnownKernel *known) {
        KernelRelease release = known->release;
        JudgedKernel *kernel;

        situation_name_variant(&assessment->situation, &release);
        if (assessment->n_kernels > 0 &&
            is_same_kernel(&assessment->kernels[assessment->n_kernels - 1], &release))
                return;
        kernel = new_kernel(assessment);
        kernel->release = release;
        kernel->name = kernel->full_name = known->name;
        kernel->known = known;
        kernel->stream = known->stream;
        kernel->major = known->major;
        kernel->minor = known->minor;
        kernel->calendar_stream = known->calendar_stream;
}

static JudgedKernel *add_kernel(Assessment *assessment, const char *full_name) {
        Situation *situation = &assessment->situation;
        KernelRelease release;
        JudgedKernel *kernel;
        size_t n_prefix;

        if (situation_parse_kernel(situation, full_name, &release) != 0)
                return NULL;
        for (size_t i = 0; i < assessment->n_kernels; i++) {
                kernel = &assessment->kernels[i];
                if (is_same_kernel(kernel, &release)) {
                        /* A name with its architecture or flavour says more than a feed's. */
                        if ((release.arch[0] != '\0' && kernel->release.arch[0] == '\0') ||
                            (release.flavour[0] != '\0' && kernel->release.flavour[0] == '\0')) {
                                kernel->release = release;
                                kernel->full_name = memory_pool_text(assessment->pool, full_name);
                        }
                        return kernel;
                }
        }

        kernel = new_kernel(assessment);
        kernel->release = release;
        kernel->name = memory_pool_text(assessment->pool, release.name);
        kernel->full_name = memory_pool_text(assessment->pool, full_name);
        kernel->major = kernel->minor = -1;
        if (situation->calendar) {
                kernel->known = situation_find_kernel(situation, &release);
                kernel->stream = situation_stream_of(situation, &release);
                if (kernel->stream)
                        stream_name_parse(kernel->stream, &n_prefix, &kernel->major,
                                          &kernel->minor);
                kernel->calendar_stream =
                                support_calendar_find_stream(situation->calendar, kernel->stream);
        }
        return kernel;
}

static void gather_kernels(Assessment *assessment) {
        const HostFacts *host = assessment->input.host;
        Situation *situation = &assessment->situation;
        JudgedKernel *kernel;

        for (size_t i = 0; i < situation->n_kernels; i++)
                if (situation_in_lineage(situation, situation->kernels[i].stream))
                        add_known_kernel(assessment, &situation->kernels[i]);
        for (size_t i = 0; situation->calendar && i < situation->calendar->n_streams; i++) {
                const CalendarStream *stream = &situation->calendar->streams[i];

                if (!stream->initial_kernel || !situation_in_lineage(situation, stream->name) ||
                    stream->general_availability == UTC_DAY_NONE)
                        continue;
                if (stream->general_availability <= situation->today)
                        add_kernel(assessment, stream->initial_kernel);
                else if (assessment->gathered_until == UTC_DAY_NONE ||
                         stream->general_availability < assessment->gathered_until)
                        assessment->gathered_until = stream->general_availability;
        }
        for (size_t i = 0; i < host->installed_kernels.n_items; i++) {
                kernel = add_kernel(assessment, host->installed_kernels.items[i]);
                if (kernel)
                        kernel->installed = true;
        }
        if (host->default_kernel && !host->default_kernel_unknown) {
                kernel = add_kernel(assessment, host->default_kernel);
                if (kernel)
                        kernel->next_boot = true;
        }
        if (situation->running_parsed) {
                kernel = add_kernel(assessment, host->kernel);
                if (kernel)
                        kernel->running = true;
        }
}

static int compare_kernels(const void *a, const void *b) {
        const JudgedKernel *x = a, *y = b;
        int order;

        order = situation_compare_kernels(x->major, x->minor, &x->release, y->major, y->minor,
                                          &y->release);
        return order != 0 ? order : strcmp(x->full_name, y->full_name);
}

/* Live patching is a question of this kernel's form, minor and architecture, not only of the running host. */
static bool kernel_is_applicable(const Situation *situation, const JudgedKernel *kernel) {
        if (!situation_is_vendor_kernel(situation, &kernel->release))
                return false;
        if (kernel->calendar_stream && !kernel->calendar_stream->live_patches)
                return kernel->running && !situation->not_applicable;
        return true;
}

static void judge_kernel(Assessment *assessment, JudgedKernel *kernel) {
        Situation *situation = &assessment->situation;
        bool expired = assessment->freshness.freshness <= FRESHNESS_EXPIRED;

        kernel->in_lineage = situation_in_lineage(situation, kernel->stream);
        kernel->available =
                        kernel->installed || kernel->running ||
                        (situation->calendar && kernel->known && kernel->stream &&
                         situation_available(situation, kernel->stream, kernel->known->channels));
        if (situation->not_applicable ||
            (situation->calendar && !kernel_is_applicable(situation, kernel))) {
                if (kernel->running && situation->not_applicable)
                        text_list_add(&kernel->because, assessment->pool,
                                      situation->not_applicable);
                kernel->eligible = ELIGIBLE_NOT_APPLICABLE;
        } else if (situation->calendar) {
                eligibility_judge(situation, kernel, expired);
        } else {
                text_list_add(&kernel->because, assessment->pool, situation->unjudgeable);
                kernel->eligible = ELIGIBLE_UNKNOWN;
        }
        coverage_window_judge(situation, kernel);
}

/* A running kernel whose release does not parse is judged as one that nothing is known of. */
static void add_unparsed_running(Assessment *assessment) {
        const char *name = assessment->input.host->kernel;
        JudgedKernel *kernel;

        kernel = new_kernel(assessment);
        kernel->name = kernel->full_name = name ? name : "";
        kernel->release.dist_major = kernel->release.dist_minor = -1;
        kernel->running = true;
}

static void judge_kernels(Assessment *assessment) {
        for (size_t i = 0; i < assessment->n_kernels; i++) {
                JudgedKernel *kernel = &assessment->kernels[i];

                if (kernel->running)
                        for (size_t j = 0; j < assessment->situation.because.n_items; j++)
                                text_list_add(&kernel->because, assessment->pool,
                                              assessment->situation.because.items[j]);
                judge_kernel(assessment, kernel);
                if (kernel->running)
                        assessment->running = kernel;
        }
}

static UtcDay find_next_selection(const Assessment *assessment) {
        const Situation *situation = &assessment->situation;
        const CalendarModel *model;

        if (!situation->calendar || situation->not_applicable)
                return UTC_DAY_NONE;
        model = support_calendar_model_at(situation->calendar, situation->today);
        return model ? calendar_model_next_selection(model, situation->today) : UTC_DAY_NONE;
}

static bool take_gathered(Assessment *assessment, const Assessment *earlier) {
        if (earlier->gathered_until != UTC_DAY_NONE &&
            assessment->situation.today >= earlier->gathered_until)
                return false;
        assessment->gathered = earlier->gathered;
        assessment->gathered_until = earlier->gathered_until;
        assessment->n_kernels = earlier->n_kernels;
        return true;
}

/* Not less than gather() can find: memory that is not used in the end is not touched either. */
static size_t count_room(const Assessment *assessment) {
        const Situation *situation = &assessment->situation;
        size_t n = assessment->input.host->installed_kernels.n_items + 2; /* next boot, running */

        for (size_t i = 0; i < situation->n_kernels; i++)
                n += situation_in_lineage(situation, situation->kernels[i].stream);
        return n + (situation->calendar ? situation->calendar->n_streams : 0);
}

static void gather(Assessment *assessment) {
        assessment->gathered_until = UTC_DAY_NONE;
        assessment->kernels = memory_pool_room(assessment->pool,
                                               count_room(assessment) * sizeof(JudgedKernel));
        if (!assessment->kernels)
                return; /* whoever owns the pool finds out */
        gather_kernels(assessment);
        if (!assessment->situation.running_parsed)
                add_unparsed_running(assessment);
        if (assessment->n_kernels > 1)
                qsort(assessment->kernels, assessment->n_kernels, sizeof(JudgedKernel),
                      compare_kernels);
        assessment->gathered = assessment->kernels;
}

/* Which kernels there are, and what is known; from `earlier` where that still holds. */
static void look_around(Assessment *assessment, const Assessment *earlier) {
        bool gathered = false;

        if (earlier && situation_init_later(&assessment->situation, &earlier->situation,
                                            &assessment->input, assessment->pool))
                gathered = take_gathered(assessment, earlier);
        else
                situation_init(&assessment->situation, &assessment->input, assessment->pool);
        if (!gathered)
                gather(assessment);
        assessment->kernels = memory_pool_room(assessment->pool,
                                               assessment->n_kernels * sizeof(JudgedKernel));
        if (assessment->kernels)
                memcpy(assessment->kernels, assessment->gathered,
                       assessment->n_kernels * sizeof(JudgedKernel));
}

static void report_exposures(Assessment *assessment, const Assessment *earlier) {
        ExposureGround ground = { &assessment->situation, assessment->running, &assessment->patch },
                       before;

        if (earlier) {
                before = (ExposureGround){ &earlier->situation, earlier->running, &earlier->patch };
                if (exposure_report_holds(&earlier->exposure, &before, &ground)) {
                        assessment->exposure = earlier->exposure;
                        return;
                }
        }
        exposure_report(&assessment->situation, assessment->running, &assessment->patch,
                        &assessment->exposure);
}

static void judge_alerts(Assessment *assessment) {
        AlertWants wants;

        alert_rules_find(assessment, assessment->input.alerts, &wants);
        assessment->alerts =
                        alert_state_step(assessment->input.alerts, &wants, assessment->input.now);
}

static int assess_from(const AssessInput *input, const Assessment *earlier, Assessment **ret) {
        _cleanup_(assessment_freep) Assessment *assessment = NULL;
        const JudgedKernel *next = NULL;
        int r;

        assessment = calloc(1, sizeof(*assessment));
        if (!assessment)
                return error_origin(-ENOMEM);
        r = memory_pool_new(&assessment->pool);
        if (r)
                return error_fold(r);

        assessment->input = *input;
        assessment->next_change = UTC_TIME_NONE;
        look_around(assessment, earlier);
        if (memory_pool_exhausted(assessment->pool))
                return error_origin(-ENOMEM);
        freshness_report(&assessment->situation, &assessment->freshness);
        judge_kernels(assessment);
        if (!assessment->running)
                return error_origin(-ENOMEM);

        patch_report(&assessment->situation, assessment->running, assessment->freshness.freshness,
                     &assessment->patch);
        report_exposures(assessment, earlier);
        for (size_t i = 0; i < assessment->n_kernels; i++)
                if (assessment->kernels[i].next_boot)
                        next = &assessment->kernels[i];
        next_boot_judge(&assessment->situation, next, &assessment->next_boot);
        assessment->next_selection = find_next_selection(assessment);
        reboot_target_plan(assessment);
        advice_judge(assessment);
        judge_alerts(assessment);

        if (memory_pool_exhausted(assessment->pool))
                return error_origin(-ENOMEM);
        *ret = TAKE(assessment);
        return 0;
}

int assess_moment(const AssessInput *input, Assessment **ret) {
        int r;

        r = assess_from(input, NULL, ret);
        return r ? error_fold(r) : 0;
}

int assess_later(const Assessment *earlier, UtcTime moment, Assessment **ret) {
        AssessInput input = earlier->input;
        int r;

        input.clock += moment - input.now;
        input.now = moment;
        input.alerts = &earlier->alerts;
        r = assess_from(&input, earlier, ret);
        return r ? error_fold(r) : 0;
}

int assess(const AssessInput *input, Assessment **ret) {
        _cleanup_(assessment_freep) Assessment *assessment = NULL;
        int r;

        r = assess_moment(input, &assessment);
        if (r)
                return error_fold(r);
        r = next_change_find(assessment, &assessment->next_change);
        if (r)
                return error_fold(r);

        *ret = TAKE(assessment);
        return 0;
}

Assessment *assessment_free(Assessment *assessment) {
        if (!assessment)
                return NULL;

        memory_pool_free(assessment->pool);
        free(assessment);
        return NULL;
}

const JudgedKernel *assessment_find_kernel(const Assessment *assessment, const char *name) {
        for (size_t i = 0; i < assessment->n_kernels; i++)
                if (strcmp(assessment->kernels[i].full_name, name) == 0 ||
                    strcmp(assessment->kernels[i].name, name) == 0)
                        return &assessment->kernels[i];
        return NULL;
}
