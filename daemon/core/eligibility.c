/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Eligibility. The operator's word beats a vendor's dated list, that beats a package, that beats a
 * proof of absence, that beats the calendar. The calendar alone can exclude a kernel but never prove
 * one: held against the errata of 2024 to 2026, "the newest on the selection day" names the wrong
 * kernel more often than not. What is proven stays proven when the facts grow old; what was only
 * concluded from silence does not.
 */

#include <string.h>

#include "base/text.h"
#include "core/eligibility.h"
#include "core/livepatch-name.h"

#define ABSENCE_REPOSITORY_DAYS 30
#define ABSENCE_ADVISORY_DAYS 90

typedef struct Judging {
        const Situation *situation;
        JudgedKernel *kernel;
        const CalendarModel *model; /* NULL when nothing dates the kernel */
        bool initial;               /* the minor's initial kernel */
} Judging;

#define because(judging, ...) \
        text_list_format(&(judging)->kernel->because, (judging)->situation->pool, __VA_ARGS__)

static const char *channels_text(const Situation *situation, ChannelSet channels) {
        const char *text = NULL;

        for (Channel channel = CHANNEL_MAIN; channel < _CHANNEL_MAX; channel++)
                if (channels & (1u << channel))
                        text = memory_pool_format(situation->pool, "%s%s%s", text ? text : "",
                                                  text ? ", " : "", channel_to_text(channel));
        return text ? text : "no stated channel";
}

static UtcDay later(UtcDay a, UtcDay b) {
        return a > b ? a : b; /* UTC_DAY_NONE is the smallest */
}

UtcDay eligibility_model_day(const Situation *situation, const JudgedKernel *kernel) {
        UtcDay day = UTC_DAY_NONE;

        if (kernel->known && kernel->known->released != UTC_DAY_NONE)
                return kernel->known->released;
        if (kernel->running)
                day = utc_day_of(situation->input->host->kernel_built);
        if (kernel->calendar_stream)
                day = later(day, kernel->calendar_stream->general_availability);
        return day;
}

/* The first kernel of any later minor ends main, wherever it was released. */
static const KnownKernel *first_of_later_minor(const Situation *situation,
                                               const CalendarStream *stream) {
        const KnownKernel *first = NULL;

        for (size_t i = 0; i < situation->n_kernels; i++) {
                const KnownKernel *known = &situation->kernels[i];

                if (known->released == UTC_DAY_NONE || known->major != stream->major ||
                    known->minor <= stream->minor)
                        continue;
                if (!first || known->released < first->released)
                        first = known;
        }
        return first;
}

static UtcDay main_end(const Situation *situation, const CalendarStream *stream, Basis *ret_basis,
                       bool *ret_expected, const char **ret_why) {
        const KnownKernel *next = situation->calendar->minors_stay
                                                  ? NULL
                                                  : first_of_later_minor(situation, stream);
        UtcDay end = stream->channel_end[CHANNEL_MAIN];

        if (next && (end == UTC_DAY_NONE || next->released <= end)) {
                *ret_basis = BASIS_FEED;
                *ret_why = memory_pool_format(situation->pool,
                                              "kernel %s of the next minor was released",
                                              next->name);
                return next->released;
        }
        *ret_basis = BASIS_POLICY;
        if (end != UTC_DAY_NONE) {
                *ret_why = memory_pool_format(situation->pool,
                                              "the support calendar ends %s in channel main",
                                              stream->name);
                return end;
        }
        if (situation->calendar->minors_stay) {
                *ret_why = memory_pool_format(situation->pool,
                                              "the support calendar knows no end of %s",
                                              stream->name);
                return UTC_DAY_NONE;
        }
        *ret_expected = true;
        *ret_why = memory_pool_format(situation->pool,
                                      "the minor after %s is expected %d months after its release",
                                      stream->name, ELIGIBILITY_EXPECTED_MINOR_MONTHS);
        return utc_day_add_months(stream->general_availability, ELIGIBILITY_EXPECTED_MINOR_MONTHS);
}

UtcDay eligibility_stream_end(const Situation *situation, const CalendarStream *stream,
                              Channel channel, Basis *ret_basis, bool *ret_expected,
                              const char **ret_why) {
        *ret_expected = false;
        if (channel <= CHANNEL_MAIN)
                return main_end(situation, stream, ret_basis, ret_expected, ret_why);

        *ret_basis = BASIS_POLICY;
        *ret_why = memory_pool_format(situation->pool, "the support calendar ends %s in channel %s",
                                      stream->name, channel_to_text(channel));
        return stream->channel_end[channel];
}

/* Step 1: the operator's word, for the full kernel release. */
static bool by_override(Judging *judging) {
        const OperatorPolicy *policy = judging->situation->input->policy;
        JudgedKernel *kernel = judging->kernel;

        for (size_t i = 0; i < policy->n_overrides; i++) {
                const KernelOverride *override = &policy->overrides[i];

                if (strcmp(override->kernel, kernel->full_name) != 0 &&
                    strcmp(override->kernel, kernel->name) != 0)
                        continue;
                kernel->override = override;
                if (!override->has_eligible)
                        continue;
                kernel->eligible = override->eligible ? ELIGIBLE_YES : ELIGIBLE_NO;
                kernel->basis = BASIS_OVERRIDE;
                because(judging, "%s by the operator's override (%s)",
                        override->eligible ? "eligible" : "not eligible", override->eligible_place);
                return true;
        }
        return false;
}

/* A package named for another flavour: kernels of two flavours may share all their numbers. */
static bool is_of_other_flavour(const WindowFact *window, const KernelRelease *kernel) {
        const char *wanted = kernel->flavour[0] != '\0' ? kernel->flavour : "default";
        const char *dash = window->package ? strrchr(window->package, '-') : NULL;

        /* Red Hat's and Amazon's names end in a number. */
        return dash && (dash[1] < '0' || dash[1] > '9') && strcmp(dash + 1, wanted) != 0;
}

/* The vendor's latest date for the kernel: it counts for the end also where something else decides eligibility. */
static const WindowFact *find_vendor_window(const Situation *situation,
                                            const JudgedKernel *kernel) {
        const WindowFact *found = NULL;
        char package[LIVEPATCH_NAME_BYTES] = "";

        if (situation->n_windows == 0)
                return NULL;
        livepatch_package_name(&kernel->release, package);
        for (size_t i = 0; i < situation->n_windows; i++) {
                const WindowFact *window = situation->windows[i];

                if (strcmp(window->kernel, kernel->name) != 0 &&
                    strcmp(window->kernel, kernel->release.name) != 0 &&
                    (package[0] == '\0' || !text_equal(window->package, package)))
                        continue;
                if (is_of_other_flavour(window, &kernel->release) ||
                    (window->channel != CHANNEL_UNKNOWN && window->channel != situation->channel))
                        continue;
                if (!found || window->end > found->end)
                        found = window;
        }
        return found;
}

/* Step 2: the vendor's own dated list. */
static bool by_vendor_list(Judging *judging) {
        const WindowFact *window = judging->kernel->vendor_window;

        if (!window)
                return false;
        judging->kernel->eligible = ELIGIBLE_YES;
        judging->kernel->basis = BASIS_VENDOR;
        because(judging, "the vendor's list %s has a date for it",
                window->origin ? window->origin : "(unnamed)");
        return true;
}

static bool by_installed_package(Judging *judging) {
        const HostFacts *host = judging->situation->input->host;
        char package[LIVEPATCH_NAME_BYTES];

        if (host->n_packages == 0 ||
            livepatch_package_name(&judging->kernel->release, package) != 0)
                return false;
        for (size_t i = 0; i < host->n_packages; i++)
                if (strcmp(host->packages[i].name, package) == 0) {
                        judging->kernel->eligible = ELIGIBLE_YES;
                        judging->kernel->basis = BASIS_PACKAGE;
                        because(judging, "package %s-%s is installed for it%s", package,
                                host->packages[i].version,
                                livepatch_version_is_empty(host->packages[i].version)
                                                ? " (empty: nothing to apply yet)"
                                                : "");
                        return true;
                }
        return false;
}

static bool by_published_package(Judging *judging) {
        const Situation *situation = judging->situation;
        JudgedKernel *kernel = judging->kernel;
        const PatchFact *elsewhere = NULL;

        for (size_t i = 0; i < situation->n_patches; i++) {
                const PatchFact *patch = situation->patches[i];

                if (!situation_patch_is_for(situation, patch, &kernel->release, kernel->stream))
                        continue;
                if (!situation_can_get_patch(situation, patch, kernel->stream)) {
                        elsewhere = patch;
                        continue;
                }
                kernel->eligible = ELIGIBLE_YES;
                kernel->basis = BASIS_FEED;
                because(judging, "package %s-%s is published for it%s%s (feed %s)", patch->package,
                        patch->version,
                        livepatch_version_is_empty(patch->version)
                                        ? " (empty: nothing to apply yet)"
                                        : "",
                        patch->advisory ? memory_pool_format(situation->pool, " by %s",
                                                             patch->advisory)
                                        : "",
                        situation->input->facts->sources[patch->source].name);
                return true;
        }
        if (elsewhere)
                because(judging,
                        "package %s-%s exists, but for %s: no proof for this host's channel",
                        elsewhere->package, elsewhere->version,
                        channels_text(situation, elsewhere->channels));
        return false;
}

static bool package_is_known(const Judging *judging) {
        const Situation *situation = judging->situation;

        for (size_t i = 0; i < situation->n_patches; i++)
                if (situation_patch_is_for(situation, situation->patches[i],
                                           &judging->kernel->release, judging->kernel->stream))
                        return true;
        return false;
}

/* A loaded module of the right name is no proof: third parties use the names too. */
static void note_loaded_module(Judging *judging) {
        const HostFacts *host = judging->situation->input->host;
        LivepatchName name;

        if (!judging->kernel->running)
                return;
        for (size_t i = 0; i < host->n_patches; i++)
                if (livepatch_name_decode(host->patches[i].name, &judging->kernel->release,
                                          &name) == 0) {
                        because(judging,
                                "module %s is loaded, which by its name alone proves nothing",
                                host->patches[i].name);
                        return;
                }
}

/*
 * The last day on which the kernel was the newest of its stream: the day a higher version appeared,
 * or today. UTC_DAY_NONE when it never was, or is undated.
 */
static UtcDay last_day_of_reign(const Situation *situation, const JudgedKernel *kernel) {
        UtcDay last = situation->today;

        if (!kernel->known || kernel->known->released == UTC_DAY_NONE)
                return UTC_DAY_NONE;
        /* The known kernels ascend: what is higher and of the same minor follows. */
        for (const KnownKernel *other = kernel->known + 1;
             other < situation->kernels + situation->n_kernels; other++) {
                if (!text_equal(other->stream, kernel->stream))
                        break;
                /* Most follow later than one that was seen already: versions need not be compared. */
                if (other->released == UTC_DAY_NONE || other->released >= last ||
                    kernel_release_compare(&other->release, &kernel->release) == 0)
                        continue;
                if (other->released < kernel->known->released)
                        return UTC_DAY_NONE;
                last = other->released;
        }
        return last;
}

/* The last selection day within whose tolerance the kernel was the newest; the initial kernel's is its release day. */
static UtcDay find_selection_day(const Judging *judging) {
        const JudgedKernel *kernel = judging->kernel;
        UtcDay released, last, day;

        released = kernel->known ? kernel->known->released : UTC_DAY_NONE;
        if (judging->initial)
                return released != UTC_DAY_NONE ? released
                                                : kernel->calendar_stream->general_availability;

        last = last_day_of_reign(judging->situation, kernel);
        if (last == UTC_DAY_NONE)
                return UTC_DAY_NONE;
        day = calendar_model_last_selection(judging->model, last + judging->model->tolerance_days);
        return day + judging->model->tolerance_days >= released ? day : UTC_DAY_NONE;
}

/* Step 4a: a repository that was complete long enough after the selection, holds the kernel, and has no package for it. */
static bool by_absence_in_repository(Judging *judging) {
        const Situation *situation = judging->situation;
        UtcDay from = judging->kernel->selection_day + judging->model->tolerance_days +
                      ABSENCE_REPOSITORY_DAYS;

        if (situation->channel == CHANNEL_UNKNOWN)
                return false;
        for (size_t i = 0; i < situation->n_repositories; i++) {
                const RepositoryFact *repository = situation->repositories[i];

                if (!text_equal(repository->stream, judging->kernel->stream) ||
                    !situation_available(situation, repository->stream,
                                         1u << repository->channel) ||
                    !text_list_has(&repository->kernels, judging->kernel->name) ||
                    utc_day_of(repository->complete_at) < from)
                        continue;
                judging->kernel->eligible = ELIGIBLE_NO;
                judging->kernel->basis = BASIS_FEED;
                because(judging,
                        "repository %s holds the kernel and, complete on %s, no live-patch package "
                        "for it",
                        repository->repository,
                        situation_day_text(situation, utc_day_of(repository->complete_at)));
                return true;
        }
        return false;
}

/* Does a kernel of the stream above this one fix the CVE, and none up to it? */
static bool fixed_only_above(const Judging *judging, const char *cve) {
        const Situation *situation = judging->situation;
        bool above = false;

        for (size_t i = 0; i < situation->n_kernels; i++) {
                const KnownKernel *known = &situation->kernels[i];

                if (!text_equal(known->stream, judging->kernel->stream))
                        continue;
                for (size_t j = 0; j < known->n_facts; j++) {
                        if (!cve_facts_find(known->facts[j]->cves, known->facts[j]->n_cves, cve))
                                continue;
                        if (kernel_release_compare(&known->release, &judging->kernel->release) <= 0)
                                return false;
                        above = true;
                }
        }
        return above;
}

/*
 * Step 4b: advisories alone (empty packages are not among them): other bases of the stream got a fix
 * that this kernel needed too, long after its selection and inside its months, and it got none.
 */
static bool by_absence_in_advisories(Judging *judging) {
        const Situation *situation = judging->situation;
        JudgedKernel *kernel = judging->kernel;
        UtcDay after, until, released;

        released = kernel->known && kernel->known->released != UTC_DAY_NONE
                                   ? kernel->known->released
                                   : kernel->selection_day;
        after = kernel->selection_day + judging->model->tolerance_days + ABSENCE_ADVISORY_DAYS;
        until = utc_day_add_months(released, judging->model->n_months);
        for (size_t i = 0; i < situation->n_patches; i++) {
                const PatchFact *patch = situation->patches[i];
                UtcDay day = utc_day_of(patch->released);

                if (!patch->advisory || !text_equal(patch->stream, kernel->stream) ||
                    day == UTC_DAY_NONE || day <= after || day > until)
                        continue;
                for (size_t j = 0; j < patch->n_cves; j++) {
                        if (!fixed_only_above(judging, patch->cves[j].id))
                                continue;
                        kernel->eligible = ELIGIBLE_NO;
                        kernel->basis = BASIS_FEED;
                        because(judging,
                                "%s of %s live-patched %s for other kernels of %s, not for this "
                                "one, which needs it too",
                                patch->advisory, situation_day_text(situation, day),
                                patch->cves[j].id, kernel->stream);
                        return true;
                }
        }
        return false;
}

static bool before_first_live_patched(const Judging *judging) {
        const CalendarStream *stream = judging->kernel->calendar_stream;

        return stream->live_patches_from &&
               kernel_release_compare_texts(judging->kernel->name, stream->live_patches_from) < 0;
}

static bool released_after_the_end(Judging *judging) {
        const Situation *situation = judging->situation;
        JudgedKernel *kernel = judging->kernel;
        const char *why;
        bool expected;
        UtcDay end;
        Basis basis;

        if (situation->channel == CHANNEL_UNKNOWN || !kernel->known ||
            kernel->known->released == UTC_DAY_NONE)
                return false;
        end = eligibility_stream_end(situation, kernel->calendar_stream,
                                     situation_channel_in(situation, kernel->calendar_stream),
                                     &basis, &expected, &why);
        if (end == UTC_DAY_NONE || expected || kernel->known->released <= end)
                return false;
        because(judging, "released on %s, after %s (%s)",
                situation_day_text(situation, kernel->known->released),
                situation_day_text(situation, end), why);
        return true;
}

static void conclude(Judging *judging, Eligible eligible, Basis basis) {
        judging->kernel->eligible = eligible;
        judging->kernel->basis = basis;
}

/* Step 5: what the calendar says of a kernel that is known to exist. */
static void by_calendar(Judging *judging) {
        const Situation *situation = judging->situation;
        JudgedKernel *kernel = judging->kernel;
        const char *file = situation->calendar->file;

        if (before_first_live_patched(judging)) {
                because(judging, "live patches of %s begin with %s (%s:%u)", kernel->stream,
                        kernel->calendar_stream->live_patches_from, file,
                        kernel->calendar_stream->line);
                conclude(judging, ELIGIBLE_NO, BASIS_POLICY);
        } else if (released_after_the_end(judging)) {
                conclude(judging, ELIGIBLE_NO, BASIS_POLICY);
        } else if (!judging->model->selects) {
                because(judging,
                        "every kernel erratum of its time gets live patches for %d months (%s, "
                        "model %s)",
                        support_calendar_months(judging->model, kernel->calendar_stream), file,
                        judging->model->name);
                conclude(judging, ELIGIBLE_YES, BASIS_POLICY);
        } else if (judging->initial) {
                because(judging,
                        "initial kernel of %s: a candidate by the calendar (%s, model %s), not "
                        "proven",
                        kernel->stream, file, judging->model->name);
                conclude(judging, ELIGIBLE_POSSIBLE, BASIS_POLICY);
        } else if (kernel->selection_day != UTC_DAY_NONE) {
                because(judging,
                        "the newest of %s within %d days of the selection day %s: a candidate by "
                        "the calendar (%s, model %s), not proven",
                        kernel->stream, judging->model->tolerance_days,
                        situation_day_text(situation, kernel->selection_day), file,
                        judging->model->name);
                conclude(judging, ELIGIBLE_POSSIBLE, BASIS_POLICY);
        } else {
                because(judging,
                        "never the newest of %s within %d days of a selection day: not selected so "
                        "far (%s, model %s)",
                        kernel->stream, judging->model->tolerance_days, file, judging->model->name);
                conclude(judging, ELIGIBLE_NO, BASIS_POLICY);
        }
}

static bool is_newer_than_facts(const Situation *situation, const JudgedKernel *kernel) {
        for (size_t i = 0; i < situation->n_kernels; i++)
                if (text_equal(situation->kernels[i].stream, kernel->stream) &&
                    kernel_release_compare(&situation->kernels[i].release, &kernel->release) >= 0)
                        return false;
        return true;
}

/* Step 6: nothing names the kernel, or the calendar does not name its minor. */
static void by_nothing(Judging *judging) {
        const JudgedKernel *kernel = judging->kernel;

        if (kernel->stream && !kernel->calendar_stream)
                because(judging, "the calendar %s does not name %s",
                        judging->situation->calendar->file, kernel->stream);
        else if (!kernel->stream)
                because(judging, "its minor release is not known");
        else if (!kernel->known)
                because(judging, "no fact names this kernel%s",
                        is_newer_than_facts(judging->situation, kernel)
                                        ? "; it is newer than the facts"
                                        : "");
        conclude(judging, ELIGIBLE_UNKNOWN, BASIS_NONE);
}

static bool by_absence(Judging *judging) {
        if (judging->kernel->selection_day == UTC_DAY_NONE || package_is_known(judging))
                return false;
        return by_absence_in_repository(judging) || by_absence_in_advisories(judging);
}

/* What was concluded from the calendar or from silence does not outlive the facts. */
static void forget_unproven(Judging *judging) {
        JudgedKernel *kernel = judging->kernel;

        if (kernel->basis != BASIS_POLICY || kernel->eligible == ELIGIBLE_YES)
                return;
        because(judging, "the facts are too old (or missing) to still say \"%s\"",
                eligible_to_text(kernel->eligible));
        conclude(judging, ELIGIBLE_UNKNOWN, BASIS_NONE);
}

void eligibility_judge(const Situation *situation, JudgedKernel *kernel, bool facts_expired) {
        Judging judging = { .situation = situation, .kernel = kernel };

        kernel->selection_day = UTC_DAY_NONE;
        kernel->vendor_window = find_vendor_window(situation, kernel);
        if (kernel->calendar_stream) {
                judging.initial = calendar_stream_begins_with(kernel->calendar_stream,
                                                              &kernel->release);
                judging.model = support_calendar_model_at(situation->calendar,
                                                          eligibility_model_day(situation, kernel));
                if (judging.model && judging.model->selects)
                        kernel->selection_day = find_selection_day(&judging);
        }

        if (by_override(&judging) || by_vendor_list(&judging) || by_installed_package(&judging) ||
            by_published_package(&judging))
                return;
        note_loaded_module(&judging);

        if (!kernel->calendar_stream || !judging.model || (!kernel->known && !judging.initial)) {
                by_nothing(&judging);
                return;
        }
        if (judging.model->selects && by_absence(&judging))
                return;
        by_calendar(&judging);
        if (facts_expired)
                forget_unproven(&judging);
}
