/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Answers. Each is a full look at what the host and the facts are now; none is made of the one before it, which only
 * says what is news. Feeds learn from it whose records are wanted. It refuses to know why one is asked for.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "answers.h"
#include "assess-pace.h"
#include "base/error.h"
#include "base/loop-timer.h"
#include "bus/describe.h"
#include "core/assessment-change.h"
#include "core/freshness.h"

/* An assessment and the host facts it borrows from. */
typedef struct Answer {
        HostFacts *host;
        Assessment *assessment;
} Answer;

struct Answers {
        AnswersParts parts;
        AssessPace *pace;
        uint64_t boot_usec; /* CLOCK_BOOTTIME of the last scan; 0 = none yet */
        LoopTimer *wake_up; /* for the next date that matters; NULL while one answer is printed */
        Answer present;
        bool feeds_begun;
        const char *refused; /* what the last reload did not take over; NULL = nothing */
        bool recalled; /* the first answer is made of an earlier look; a new one is to follow */
};

static void answer_clear(Answer *answer) {
        answer->assessment = assessment_free(answer->assessment);
        answer->host = host_facts_free(answer->host);
}

static UtcTime time_now(const Answers *answers) {
        return answers->parts.now(answers->parts.userdata);
}

static AssessInput input_at(const Answers *answers, const HostFacts *host, UtcTime now) {
        AssessInput input = {
                .alerts = alerts_book(answers->parts.alerts),
                .host = host,
                .now = now,
                .clock = time_now(answers),
                .clock_given = answers->parts.now_is_fixed,
        };

        if (answers->parts.feeds)
                input.feeds = feeds_status(answers->parts.feeds, &input.n_feeds);
        knowledge_put_into(answers->parts.knowledge, &input);
        return input;
}

/* The situation says whose records are wanted; the feeds that are asked for then give the next answer. */
static int begin_feeds(Answers *answers, const Situation *situation,
                       const FreshnessReport *freshness) {
        Feeds *feeds = answers->parts.feeds;
        bool printing = !answers->parts.audience;
        int r, changed;

        if (!feeds)
                return 0;
        r = feeds_set_host(feeds, situation->calendar ? situation->calendar->vendor : NULL,
                           situation->running.dist_major);
        if (r)
                return error_fold(r);
        changed = feeds_set_cache_suffices(feeds, freshness_cache_suffices(situation, freshness));
        if (changed < 0)
                return error_trace(changed);
        if (!answers->feeds_begun) {
                answers->feeds_begun = true;
                r = feeds_begin(feeds, answers->parts.loop, printing);
        } else if (changed && !printing)
                r = answers_request(answers); /* which of them rest is a part of the answer */
        return r ? error_fold(r) : 0;
}

/* When feeds are asked is a part of the first answer, so they begin before it is made. */
static int begin_feeds_first(Answers *answers, const AssessInput *input) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        FreshnessReport freshness;
        Situation situation;
        int r;

        r = memory_pool_new(&pool);
        if (r)
                return error_fold(r);
        situation_init(&situation, input, pool);
        freshness_report(&situation, &freshness);
        if (memory_pool_exhausted(pool))
                return error_origin(-ENOMEM);
        r = begin_feeds(answers, &situation, &freshness);
        return r ? error_fold(r) : 0;
}

/* No feed is being asked, and what those that were asked said is in the answer. */
static bool is_settled(const Answers *answers) {
        return (!answers->parts.feeds || !feeds_are_running(answers->parts.feeds)) &&
               !assess_pace_is_due(answers->pace);
}

static int print(const Answers *answers) {
        _cleanup_free_ char *json = NULL;
        int r;

        r = describe(answers->present.assessment, true, &json);
        if (r)
                return error_fold(r);
        if (fputs(json, stdout) == EOF || fflush(stdout) == EOF)
                return error_origin(-EIO);
        r = sd_event_exit(answers->parts.loop, 0);
        return r < 0 ? error_origin(r) : 0;
}

static int tell(Answers *answers, const Assessment *before) {
        const Assessment *now = answers->present.assessment;
        AssessmentChange change = assessment_change(before, now);
        int r = 0;

        if (audience_is_open(answers->parts.audience) && change)
                r = assess_pace_rest(answers->pace);
        if (r == 0)
                r = audience_tell(answers->parts.audience, before, now, change);
        if (r == 0) /* a fixed time does not pass, so nothing is to be waited for */
                r = loop_timer_set(answers->wake_up,
                                   answers->parts.now_is_fixed ? UTC_TIME_NONE : now->next_change);
        return r ? error_fold(r) : 0;
}

/* Takes over `answer`, and tells it; while one is to be printed it is only the last one that counts. */
static int publish(Answers *answers, Answer *answer) {
        _cleanup_(answer_clear) Answer before = answers->present;
        int r;

        answers->present = *answer;
        *answer = (Answer){};
        r = answers->parts.audience ? tell(answers, before.assessment) : 0;
        if (r == 0)
                r = begin_feeds(answers, &answers->present.assessment->situation,
                                &answers->present.assessment->freshness);
        if (r == 0 && !answers->parts.audience && is_settled(answers))
                r = print(answers);
        return r ? error_fold(r) : 0;
}

/* Scans, and completes what was found by what the scans before it found. */
static int scan(Answers *answers, HostFacts **ret) {
        _cleanup_(host_facts_freep) HostFacts *host = NULL;
        const HostFacts *before = answers->present.host;
        int r;

        r = host_look_take(answers->parts.look, &host);
        if (r)
                return error_fold(r);
        if (answers->parts.follow) {
                /* Where a given time stands still, the other clock stands, too: nobody sets one. */
                if (!answers->parts.now_is_fixed || answers->boot_usec == 0) {
                        r = sd_event_now(answers->parts.loop, CLOCK_BOOTTIME, &answers->boot_usec);
                        if (r < 0)
                                return error_origin(r);
                }
                r = host_follow_note(answers->parts.follow, host, time_now(answers),
                                     answers->boot_usec);
                if (r == 0 && before)
                        r = host_look_note(answers->parts.look, before, host);
                if (r)
                        return error_fold(r);
        }

        *ret = TAKE(host);
        return 0;
}

int answers_make(Answers *answers) {
        _cleanup_(answer_clear) Answer answer = {};
        AssessInput input;
        int r;

        r = scan(answers, &answer.host);
        if (r)
                return error_fold(r);
        input = input_at(answers, answer.host, time_now(answers));
        if (answers->parts.audience && answers->parts.feeds && !answers->feeds_begun) {
                r = begin_feeds_first(answers, &input);
                if (r)
                        return error_fold(r);
                input = input_at(answers, answer.host, input.now);
        }
        r = assess(&input, &answer.assessment);
        if (r == 0)
                r = publish(answers, &answer);
        if (r)
                return error_fold(r);
        knowledge_forget_replaced(answers->parts.knowledge);
        return 0;
}

static int on_hint(void *userdata) {
        return answers_request(userdata);
}

static int begin_look(Answers *answers) {
        int r;

        r = host_look_begin(answers->parts.look, answers->parts.loop, on_hint, answers);
        return r ? error_fold(r) : 0;
}

/* Whoever asked for a look hears what of it, or of the settings and digests read with it, did not work. */
static int tell_rescanned(Answers *answers) {
        const char *problem = host_look_problem(answers->parts.look);
        char text[1024];
        int r;

        if (problem)
                snprintf(text, sizeof(text), "%s; the last answer stays", problem);
        r = audience_rescanned(answers->parts.audience, problem ? text : answers->refused);
        return r ? error_fold(r) : 0;
}

/* Nobody has been told anything yet, and what klpwatch-hostfacts will say is not known. */
static bool is_first_look(const Answers *answers) {
        const Audience *audience = answers->parts.audience;

        return (!audience || !audience_is_open(audience)) && !answers->recalled &&
               host_look_is_running(answers->parts.look);
}

static int on_due(void *userdata) {
        Answers *answers = userdata;
        int r;

        /* A hint in between: the end of the look asks again, and the answer then has all of it. */
        if (is_first_look(answers))
                return 0;
        r = answers_make(answers);
        if (r)
                return error_fold(r);
        if (answers->recalled) {
                answers->recalled = false;
                return begin_look(answers);
        }
        if (!answers->parts.audience)
                return 0;
        if (is_settled(answers)) {
                r = audience_refreshed(answers->parts.audience);
                if (r)
                        return error_fold(r);
        }
        return host_look_is_running(answers->parts.look) ? 0 : tell_rescanned(answers);
}

int answers_new(const AnswersParts *parts, Answers **ret) {
        _cleanup_(answers_freep) Answers *answers = NULL;
        int r;

        answers = calloc(1, sizeof(*answers));
        if (!answers)
                return error_origin(-ENOMEM);
        answers->parts = *parts;
        r = assess_pace_new(parts->loop, on_due, answers, &answers->pace);
        if (r == 0 && parts->audience)
                r = loop_timer_new(parts->loop, "next-change", on_hint, answers, &answers->wake_up);
        if (r)
                return error_fold(r);

        *ret = TAKE(answers);
        return 0;
}

Answers *answers_free(Answers *answers) {
        if (!answers)
                return NULL;

        loop_timer_free(answers->wake_up);
        assess_pace_free(answers->pace);
        answer_clear(&answers->present);
        free(answers);
        return NULL;
}

int answers_begin(Answers *answers) {
        int r = 0;

        if (answers->parts.audience)
                r = host_look_recall(answers->parts.look);
        if (r < 0)
                return error_trace(r);
        answers->recalled = r > 0;
        return answers->recalled ? answers_request(answers) : begin_look(answers);
}

int answers_request(Answers *answers) {
        int r;

        r = assess_pace_request(answers->pace);
        return r ? error_fold(r) : 0;
}

int answers_look(Answers *answers, const char *refused) {
        answers->refused = refused;
        return begin_look(answers);
}

const Assessment *answers_present(const Answers *answers) {
        return answers->present.assessment;
}

int answers_what_if(Answers *answers, UtcTime time, Assessment **ret) {
        AssessInput input = input_at(answers, answers->present.host, time);

        return assess(&input, ret);
}
