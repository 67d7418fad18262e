/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Four words for a whole answer. The daemon's alerts are the judgement; only what they cannot say is added:
 * that nothing is known is a state of its own to a monitoring system and no alert. Days are counted from the
 * clock and not taken from the answer, which may have been given some days ago and still hold.
 */

#include <string.h>

#include "base/text.h"
#include "ctl/check-state.h"
#include "ctl/reboot-target.h"
#include "ctl/remedy.h"
#include "ctl/wording.h"

#define CRITICAL_DAYS 7
#define CRITICAL_FRACTION 16 /* a short window is critical in its last sixteenth */
#define REBOOT_SOON_DAYS 30

typedef struct Judge {
        const Description *description;
        MemoryPool *pool;
        CheckJudgement judgement;
} Judge;

/* CRITICAL is worse than UNKNOWN: something that is known to be bad stays bad. */
static unsigned badness(CheckState state) {
        static const unsigned order[] = {
                [CHECK_STATE_OK] = 0,
                [CHECK_STATE_UNKNOWN] = 1,
                [CHECK_STATE_WARNING] = 2,
                [CHECK_STATE_CRITICAL] = 3,
        };

        return order[state];
}

static bool is(const Judge *judge, const char *path, const char *word) {
        return description_is(judge->description, path, word);
}

/* Behind those that are as bad. */
static void add(Judge *judge, CheckState state, const char *text, const char *command) {
        CheckJudgement *judgement = &judge->judgement;
        CheckReason *slot =
                        memory_pool_append(judge->pool, judgement->reasons, judgement->n_reasons);
        size_t i;

        if (badness(state) > badness(judgement->state))
                judgement->state = state;
        if (!slot)
                return;
        for (i = judgement->n_reasons - 1;
             i > 0 && badness(judgement->reasons[i - 1].state) < badness(state); i--)
                judgement->reasons[i] = judgement->reasons[i - 1];
        judgement->reasons[i] = (CheckReason){ state, text, command };
}

static CheckState state_of_level(const char *level) {
        return text_equal(level, "critical")  ? CHECK_STATE_CRITICAL
               : text_equal(level, "warning") ? CHECK_STATE_WARNING
                                              : CHECK_STATE_OK;
}

/* An alert that somebody has seen, or wants to see later, is none now. */
static bool is_open(const Description *alert, UtcTime now) {
        UtcTime snoozed = description_time(alert, "snoozed_until");

        return description_answer(alert, "acknowledged") != ANSWER_YES &&
               (snoozed == UTC_TIME_NONE || snoozed <= now);
}

static void add_alerts(Judge *judge, UtcTime now) {
        const char *level = description_text(judge->description, "level");

        for (size_t i = 0; i < description_n_items(judge->description, "alerts"); i++) {
                const Description *alert = description_item(judge->description, "alerts", i);
                const char *text = description_text(alert, "text");

                if (!is_open(alert, now))
                        judge->judgement.n_aside++;
                else if (text)
                        add(judge, state_of_level(description_text(alert, "level")), text,
                            description_text(alert, "action"));
        }
        /* The level is what counts: it may know of more than the list, never of less. */
        if (badness(state_of_level(level)) > badness(judge->judgement.state))
                add(judge, state_of_level(level),
                    memory_pool_format(judge->pool, "the worst alert is %s", level),
                    "klpctl status");
}

static bool in_last_days(const Judge *judge) {
        UtcDay start = description_day(judge->description, "coverage.start"),
               end = description_day(judge->description, "coverage.end");
        int64_t critical = CRITICAL_DAYS;

        if (!judge->judgement.has_end)
                return false;
        if (start != UTC_DAY_NONE && (end - start) / CRITICAL_FRACTION < critical)
                critical = (end - start) / CRITICAL_FRACTION;
        return judge->judgement.days_left <= critical;
}

/* What coverage alone amounts to. */
static void add_coverage(Judge *judge) {
        /* What was told some days ago may have ended since. */
        bool ended = is(judge, "coverage.state", "ended") ||
                     (judge->judgement.has_end && judge->judgement.days_left < 0 &&
                      !is(judge, "coverage.state", "unconfirmed"));

        if (ended || (is(judge, "coverage.state", "ending") && in_last_days(judge)))
                add(judge, CHECK_STATE_CRITICAL,
                    ended ? "coverage by live patches has ended"
                          : "coverage by live patches ends in days",
                    "klpctl plan");
        else if (is(judge, "coverage.state", "ending"))
                add(judge, CHECK_STATE_WARNING, "coverage by live patches ends soon",
                    "klpctl plan");
        else if (is(judge, "coverage.state", "unsupported"))
                add(judge, CHECK_STATE_WARNING, "the running kernel gets no live patches",
                    "klpctl plan");
        else if (!is(judge, "coverage.state", "covered") &&
                 !is(judge, "coverage.state", "unconfirmed"))
                add(judge, CHECK_STATE_UNKNOWN,
                    "whether the running kernel is covered is not known", "klpctl kernels");
}

/* A daemon without alerts. */
static void add_findings(Judge *judge) {
        static const struct {
                const char *path, *word, *text;
                CheckState state;
        } findings[] = {
                { "patch.state", "stalled", "the live patch's transition is stalled",
                  CHECK_STATE_WARNING },
                { "patch.state", "missing", "the live patch is not installed",
                  CHECK_STATE_WARNING },
                { "patch.state", "outdated", "a newer live patch is not applied",
                  CHECK_STATE_WARNING },
                { "patch.state", "disabled", "the live patch is disabled", CHECK_STATE_WARNING },
                { "patch.state", "foreign", "a live patch of unknown origin is enabled",
                  CHECK_STATE_WARNING },
                { "freshness.state", "expired", "the facts are too old", CHECK_STATE_WARNING },
        };
        int64_t n_needed = description_count(judge->description, "exposure.verdicts.reboot-needed");

        for (size_t i = 0; i < ELEMENTS(findings); i++)
                if (is(judge, findings[i].path, findings[i].word))
                        add(judge, findings[i].state, findings[i].text,
                            findings[i].path[0] == 'p' ? "klpctl patches" : "klpctl feeds");
        if (description_answer(judge->description, "next_boot.leaves_stream") == ANSWER_YES)
                add(judge, CHECK_STATE_WARNING, "the next boot would leave the live-patch stream",
                    "klpctl plan");
        if (n_needed > 0)
                add(judge, CHECK_STATE_WARNING,
                    memory_pool_format(judge->pool, "only a newer kernel fixes %s",
                                       wording_count(judge->pool, n_needed, "CVE in scope",
                                                     "CVEs in scope")),
                    "klpctl exposures --verdict=reboot-needed");
}

static void add_thresholds(Judge *judge, const ThresholdRange *warning,
                           const ThresholdRange *critical) {
        double days = (double) judge->judgement.days_left;
        const ThresholdRange *bad = threshold_range_is_bad(critical, days)  ? critical
                                    : threshold_range_is_bad(warning, days) ? warning
                                                                            : NULL;

        if (bad)
                add(judge, bad == critical ? CHECK_STATE_CRITICAL : CHECK_STATE_WARNING,
                    memory_pool_format(judge->pool, "%s%s (threshold %s)",
                                       judge->judgement.days_left < 0 ? "coverage ended " : "",
                                       wording_days_left(judge->pool, judge->judgement.days_left),
                                       bad->text),
                    "klpctl plan");
}

static Judge judge_new(const Description *description, MemoryPool *pool, UtcTime now) {
        UtcDay end = description_day(description, "coverage.end");

        return (Judge){
                .description = description,
                .pool = pool,
                .judgement = {
                        .calm = description_is(description, "coverage.state", "not-applicable") ||
                                description_answer(description, "host.live_patching") == ANSWER_NO,
                        .has_end = end != UTC_DAY_NONE,
                        .days_left = end == UTC_DAY_NONE ? 0 : (int64_t) end - utc_day_of(now),
                },
        };
}

CheckJudgement check_state_judge(const Description *description, MemoryPool *pool, UtcTime now,
                                 const ThresholdRange *warning, const ThresholdRange *critical) {
        Judge judge = judge_new(description, pool, now);
        bool ranges = warning->text || critical->text;

        if (judge.judgement.calm)
                return judge.judgement;
        if (ranges && judge.judgement.has_end)
                add_thresholds(&judge, warning, critical);
        else if (!ranges && description_text(description, "level"))
                add_alerts(&judge, now);
        else if (!ranges)
                add_findings(&judge);
        /* Alerts and ranges judge what is known, and leave it to us to say that nothing is. */
        if (ranges ? !judge.judgement.has_end
                   : !description_text(description, "level") ||
                                            !description_text(description, "coverage.state") ||
                                            is(&judge, "coverage.state", "unknown"))
                add_coverage(&judge);
        return judge.judgement;
}

/* On a host without live patches a reboot is needed when another kernel than the running one waits for it. */
static void judge_plain_reboot(Judge *judge) {
        const char *running = wording_kernel(judge->pool,
                                             description_text(judge->description, "host.kernel")),
                   *next = wording_kernel(judge->pool,
                                          description_text(judge->description, "next_boot.kernel"));

        if (running && next && strcmp(running, next) != 0)
                add(judge, CHECK_STATE_WARNING,
                    memory_pool_format(judge->pool, "a reboot is needed: kernel %s is to follow %s",
                                       next, running),
                    "systemctl reboot");
        else
                add(judge, CHECK_STATE_OK,
                    "no reboot is needed; live patches are not used on this host", NULL);
}

static const char *by_text(const Judge *judge, const RebootTarget *target) {
        const char *gain = target->kernel ? reboot_target_gain(target, judge->pool) : NULL;

        return memory_pool_format(judge->pool, "%s%s%s%s%s",
                                  target->by != UTC_DAY_NONE && !target->now ? " by " : "",
                                  target->by != UTC_DAY_NONE && !target->now
                                                  ? wording_day(judge->pool, target->by)
                                                  : "",
                                  target->kernel ? ", into " : "",
                                  target->kernel ? target->kernel : "",
                                  gain ? memory_pool_format(judge->pool, " (%s)", gain) : "");
}

/* Would the next boot bring another kernel than the one that runs? Where it is not known, it may. */
static bool reboot_helps(const Judge *judge, const RebootTarget *target) {
        const char *running = wording_kernel(judge->pool,
                                             description_text(judge->description, "host.kernel")),
                   *next = wording_kernel(judge->pool,
                                          description_text(judge->description, "next_boot.kernel"));

        if (!running || !next)
                return true;
        /* Nobody goes back by accident. */
        return target->older ? text_equal(next, target->kernel) : strcmp(running, next) != 0;
}

/* Whoever reboots at once would reboot again and again. */
static const char *what_comes_first(const Judge *judge, const RebootTarget *target) {
        const char *gain;

        if (!target->kernel)
                return "a reboot is needed, but no kernel to reboot into is known yet";
        gain = reboot_target_gain(target, judge->pool);
        return memory_pool_format(judge->pool,
                                  "a reboot is needed, but not before %s%s is %sthe default "
                                  "kernel%s%s%s",
                                  target->older ? "the older " : "", target->kernel,
                                  target->installed ? "" : "installed and ", gain ? " (" : "",
                                  gain ? gain : "", gain ? ")" : "");
}

CheckJudgement check_state_judge_reboot(const Description *description, MemoryPool *pool,
                                        UtcTime now) {
        Judge judge = judge_new(description, pool, now);
        RebootTarget target = reboot_target_read(description, pool);
        bool dated = target.by != UTC_DAY_NONE, helps = reboot_helps(&judge, &target);
        const char *by;

        if (judge.judgement.calm) {
                judge_plain_reboot(&judge);
                return judge.judgement;
        }
        /* The date was in the future when it was told. */
        target.now = target.now || (dated && target.by < utc_day_of(now));
        by = by_text(&judge, &target);
        if (target.now && !helps)
                add(&judge, CHECK_STATE_WARNING, what_comes_first(&judge, &target), "klpctl plan");
        else if (target.now)
                add(&judge, CHECK_STATE_CRITICAL,
                    memory_pool_format(pool, "a reboot is needed now%s", by), "klpctl plan");
        else if ((dated && (int64_t) target.by - utc_day_of(now) <= REBOOT_SOON_DAYS) ||
                 description_count(description, "exposure.verdicts.reboot-needed") > 0)
                add(&judge, CHECK_STATE_WARNING,
                    memory_pool_format(pool, "a reboot is needed%s", by), "klpctl plan");
        else if (!description_text(description, "coverage.state") ||
                 description_is(description, "coverage.state", "unknown"))
                add(&judge, CHECK_STATE_UNKNOWN, "whether a reboot is needed is not known",
                    "klpctl status");
        else
                add(&judge, CHECK_STATE_OK,
                    dated ? memory_pool_format(pool, "no reboot is needed yet; the next one%s", by)
                          : "no reboot is needed",
                    NULL);
        return judge.judgement;
}
