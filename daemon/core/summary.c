/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Summaries. They are read by people who did not ask, so the login message speaks only when the person
 * who logs in is to do something: not while one only has to wait, nor for what klpwatch lacks.
 */

#include "base/text.h"
#include "core/summary.h"

/* An SLA's deadline is worth a greeting this long before it. */
#define SLA_NOTICE_DAYS 7

static const char *coverage_text(MemoryPool *pool, const Assessment *assessment) {
        const JudgedKernel *running = assessment->running;
        const char *word = coverage_to_text(running->coverage), *preposition;

        switch (running->coverage) {
        case COVERAGE_COVERED:
                preposition = "until";
                break;
        case COVERAGE_ENDING:
        case COVERAGE_ENDED:
                preposition = "on";
                break;
        default:
                return word;
        }
        if (running->end == UTC_DAY_NONE)
                return word;
        return memory_pool_format(pool, "%s %s %s", word, preposition,
                                  situation_day_text(&assessment->situation, running->end));
}

/* ", warning alert exposure"; "" where no alert counts. */
static const char *alert_text(MemoryPool *pool, const Assessment *assessment) {
        const AlertEntry *worst = alert_book_worst(&assessment->alerts, assessment->input.now);

        return worst ? memory_pool_format(pool, ", %s alert %s",
                                          alert_level_to_text(worst->alert.level),
                                          alert_class_to_text(worst->kind))
                     : "";
}

const char *summary_status(MemoryPool *pool, const Assessment *assessment) {
        const char *coverage = coverage_text(pool, assessment);

        if (assessment->running->coverage == COVERAGE_NOT_APPLICABLE)
                return memory_pool_format(pool, "Coverage %s. %s", coverage,
                                          assessment->advice.text);
        return memory_pool_format(pool, "Coverage %s, live patch %s%s. %s", coverage,
                                  patch_state_to_text(assessment->patch.state),
                                  alert_text(pool, assessment), assessment->advice.text);
}

static bool must_reboot(const Assessment *assessment) {
        const RebootPlan *plan = &assessment->reboot;

        if (assessment->running->coverage != COVERAGE_COVERED || plan->now)
                return true;
        return plan->by_sla && plan->by != UTC_DAY_NONE &&
               plan->by - assessment->situation.today <= SLA_NOTICE_DAYS;
}

/* An alert asks for the same, and somebody has acknowledged it or put it off. */
static bool was_put_aside(const Assessment *assessment) {
        static const struct {
                AdviceAction action;
                AlertClass kind;
        } same[] = {
                { ADVICE_LOOK_AT_STALLED_TRANSITION, ALERT_TRANSITION_STALLED },
                { ADVICE_LOAD_LIVE_PATCH, ALERT_PATCH_NOT_APPLIED },
                { ADVICE_APPLY_LIVE_PATCH, ALERT_PATCH_NOT_APPLIED },
                { ADVICE_CHOOSE_ELIGIBLE_KERNEL, ALERT_NEXT_BOOT_LEAVES_STREAM },
                { ADVICE_ENABLE_AT_BOOT, ALERT_PATCH_WOULD_NOT_SURVIVE_REBOOT },
                { ADVICE_REVIEW_FOREIGN_PATCH, ALERT_FOREIGN_PATCH },
                { ADVICE_REBOOT, ALERT_COVERAGE_ENDING },
                { ADVICE_REBOOT, ALERT_COVERAGE_ENDED_EARLY },
                { ADVICE_REBOOT, ALERT_UNSUPPORTED_KERNEL },
                { ADVICE_REBOOT, ALERT_EXPOSURE },
        };
        bool aside = false;

        for (size_t i = 0; i < ELEMENTS(same); i++) {
                const AlertEntry *entry = &assessment->alerts.entries[same[i].kind];

                if (same[i].action != assessment->advice.action || !entry->used || !entry->open)
                        continue;
                if (alert_entry_counts(entry, assessment->input.now))
                        return false;
                aside = true;
        }
        return aside;
}

bool summary_must_act(const Assessment *assessment) {
        /* What is only worth knowing greets nobody. */
        if (alert_book_level(&assessment->alerts, assessment->input.now) >= ALERT_LEVEL_WARNING)
                return true;
        if (was_put_aside(assessment))
                return false;
        switch (assessment->advice.action) {
        case ADVICE_LOOK_AT_STALLED_TRANSITION:
        case ADVICE_LOAD_LIVE_PATCH:
        case ADVICE_APPLY_LIVE_PATCH:
        case ADVICE_CHOOSE_ELIGIBLE_KERNEL:
        case ADVICE_ENABLE_AT_BOOT:
        case ADVICE_REVIEW_FOREIGN_PATCH:
                return true;
        case ADVICE_REBOOT:
                return must_reboot(assessment);
        case ADVICE_WAIT_FOR_TRANSITION: /* nothing but patience */
        case ADVICE_CONFIRM_ELIGIBILITY: /* what klpwatch does not know */
        case ADVICE_REFRESH_FEEDS:
        case ADVICE_NONE:
        case _ADVICE_MAX:
                break;
        }
        return false;
}

const char *summary_login(MemoryPool *pool, const Assessment *assessment) {
        return memory_pool_format(pool,
                                  "klpwatch: %s\n"
                                  "          Coverage %s, live patch %s%s. More: klpctl status\n",
                                  assessment->advice.text, coverage_text(pool, assessment),
                                  patch_state_to_text(assessment->patch.state),
                                  alert_text(pool, assessment));
}
