/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `klpctl check`, which is check_klpwatch too: the answer for a monitoring system, in the form that all of them
 * read. One line with the state and what is the matter, behind it numbers to draw, below it what there is to
 * do; and the exit code says the state. Whatever goes wrong is the state UNKNOWN on standard output: a
 * monitoring system looks nowhere else.
 */

#include <errno.h>
#include <json-c/json.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "ctl/check-state.h"
#include "ctl/json-output.h"
#include "ctl/verbs.h"
#include "ctl/wording.h"

#define DEFAULT_TIMEOUT_SECONDS 10

static const char *const state_words[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };

typedef struct Check {
        VerbContext *context;
        const Description *description; /* NULL: there is none */
        CheckJudgement judgement;
        UtcTime now;
} Check;

/* For the handler, which may allocate and format nothing. */
static char timeout_line[192];
static size_t n_timeout_line;

static void on_timeout(int number) {
        (void) number;
        if (write(STDOUT_FILENO, timeout_line, n_timeout_line) < 0)
                _exit(CHECK_STATE_UNKNOWN);
        _exit(CHECK_STATE_UNKNOWN);
}

static void start_timeout(const CommandLine *line) {
        unsigned seconds = line->timeout > 0 ? line->timeout : DEFAULT_TIMEOUT_SECONDS;

        n_timeout_line = (size_t) snprintf(
                        timeout_line, sizeof(timeout_line),
                        line->json == JSON_FORM_OFF
                                        ? "KLPWATCH UNKNOWN: no answer within %u s\n"
                                        : "{\"schema\":1,\"state\":\"UNKNOWN\",\"code\":3,"
                                          "\"text\":\"no answer within %u s\",\"days_left\":null,"
                                          "\"reasons\":[]}\n",
                        seconds);
        signal(SIGALRM, on_timeout);
        alarm(seconds);
}

/* What follows "|" is numbers, so no text may hold one. */
static const char *without_bars(MemoryPool *pool, const char *text) {
        size_t n = strlen(text);
        char *copy = memory_pool_alloc(pool, n + 1);

        for (size_t i = 0; copy && i <= n; i++)
                copy[i] = text[i] == '|' ? '/' : text[i];
        return copy ? copy : "";
}

static void show_line(const Check *check, const char *text, const char *numbers) {
        MemoryPool *pool = check->context->pool;
        Page *page = check->context->page;

        text = without_bars(pool, terminal_text(page_terminal(page), pool, text));
        page_raw(page, numbers ? memory_pool_format(pool, "%s | %s", text, numbers) : text);
}

static int64_t count(const Check *check, const char *severity) {
        return description_count(
                        check->description,
                        memory_pool_format(check->context->pool, "exposure.open.%s", severity));
}

static const char *coverage_text(const Check *check) {
        MemoryPool *pool = check->context->pool;
        const Description *description = check->description;
        UtcDay end = description_day(description, "coverage.end");

        if (description_is(description, "coverage.state", "not-applicable"))
                return "live patching does not apply to this host";
        if (check->judgement.calm)
                return "live patching is not used on this host";
        if (description_is(description, "coverage.state", "unsupported"))
                return "not covered by live patches";
        if (end == UTC_DAY_NONE)
                return description_is(description, "coverage.state", "covered")
                                       ? "covered, until when is not known"
                                       : "coverage is not known";
        return memory_pool_format(pool, "%s %s, %s",
                                  check->judgement.days_left < 0 ? "coverage ended"
                                  : description_is(description, "coverage.state", "unconfirmed")
                                                  ? "perhaps covered until"
                                                  : "covered until",
                                  wording_day(pool, end),
                                  wording_days_left(pool, check->judgement.days_left));
}

static const char *exposure_text(const Check *check) {
        MemoryPool *pool = check->context->pool;
        int64_t n_critical = count(check, "critical"), n_important = count(check, "important");

        if (n_critical > 0 && n_important > 0)
                return memory_pool_format(pool, "%lld critical and %lld important CVEs open",
                                          (long long) n_critical, (long long) n_important);
        if (n_critical > 0)
                return memory_pool_format(
                                pool, "%s open",
                                wording_count(pool, n_critical, "critical CVE", "critical CVEs"));
        return n_important > 0 ? memory_pool_format(pool, "%s open",
                                                    wording_count(pool, n_important,
                                                                  "important CVE",
                                                                  "important CVEs"))
                               : NULL;
}

/* A sentence as a part of one. */
static const char *clause(MemoryPool *pool, const char *text) {
        size_t n = strlen(text);

        return memory_pool_text_n(pool, text, n > 1 && text[n - 1] == '.' ? n - 1 : n);
}

/* Why first, where there is a why; then where the host stands. */
static const char *summary(const Check *check) {
        MemoryPool *pool = check->context->pool;
        const CheckJudgement *judgement = &check->judgement;
        TextList parts = {};
        const char *text = NULL;

        if (judgement->n_reasons > 0 &&
            (judgement->state != CHECK_STATE_OK || check->context->line->reboot))
                text_list_add(&parts, pool, clause(pool, judgement->reasons[0].text));
        if (!check->context->line->reboot) {
                text_list_add(&parts, pool, coverage_text(check));
                if (!judgement->calm && exposure_text(check))
                        text_list_add(&parts, pool, exposure_text(check));
                /* What is green because of somebody's word says so. */
                if (judgement->n_aside > 0)
                        text_list_format(&parts, pool, "%s put aside",
                                         wording_count(pool, (int64_t) judgement->n_aside, "alert",
                                                       "alerts"));
        }
        for (size_t i = 0; i < parts.n_items; i++)
                text = memory_pool_format(pool, "%s%s%s", text ? text : "", text ? "; " : "",
                                          parts.items[i]);
        return text;
}

static const char *numbers(const Check *check) {
        MemoryPool *pool = check->context->pool;
        const CommandLine *line = check->context->line;
        UtcTime complete = description_time(check->description, "freshness.complete_to");
        const char *days = "U", *age = "U";

        if (check->judgement.has_end)
                days = memory_pool_format(pool, "%lld", (long long) check->judgement.days_left);
        if (complete != UTC_TIME_NONE)
                age = memory_pool_format(pool, "%llds",
                                         (long long) (check->now > complete
                                                                      ? (check->now - complete) /
                                                                                        USEC_PER_SEC
                                                                      : 0));
        return memory_pool_format(
                        pool,
                        "days_left=%s;%s;%s open_critical=%lld;;;0 open_important=%lld;;;0 "
                        "reboot_needed=%lld;;;0 feed_age=%s;;;0",
                        days, line->warning.text ? line->warning.text : "",
                        line->critical.text ? line->critical.text : "",
                        (long long) count(check, "critical"), (long long) count(check, "important"),
                        (long long) description_count(check->description,
                                                      "exposure.verdicts.reboot-needed"),
                        age);
}

/* Each reason with what ends it, then the advice; -v adds what all that rests on. */
static void show_long_text(const Check *check) {
        const CommandLine *line = check->context->line;
        MemoryPool *pool = check->context->pool;
        const char *advice = description_text(check->description, "advice.text");

        for (size_t i = 0; i < check->judgement.n_reasons; i++) {
                const CheckReason *reason = &check->judgement.reasons[i];
                bool command = reason->command && !line->quiet;

                if (reason->state != CHECK_STATE_OK || line->verbose)
                        show_line(check,
                                  memory_pool_format(pool, "%s: %s%s%s", state_words[reason->state],
                                                     reason->text, command ? " → " : "",
                                                     command ? reason->command : ""),
                                  NULL);
        }
        if (advice && !line->reboot)
                show_line(check, memory_pool_format(pool, "Advice: %s", advice), NULL);
        if (line->verbose) {
                TextList because = description_texts(check->description, pool, "coverage.because");
                const char *kernel = description_text(check->description, "host.kernel");

                if (kernel)
                        show_line(check, memory_pool_format(pool, "Kernel: %s", kernel), NULL);
                for (size_t i = 0; i < because.n_items; i++)
                        show_line(check, because.items[i], NULL);
        }
}

static bool add_text(json_object *object, const char *key, const char *text) {
        json_object *value = text ? json_object_new_string(text) : NULL;

        return (value || !text) && json_object_object_add(object, key, value) == 0;
}

static json_object *reason_object(const CheckReason *reason) {
        json_object *object = json_object_new_object();

        if (object && add_text(object, "state", state_words[reason->state]) &&
            add_text(object, "text", reason->text) && add_text(object, "command", reason->command))
                return object;
        json_object_put(object);
        return NULL;
}

static json_object *reasons_array(const CheckJudgement *judgement) {
        json_object *array = json_object_new_array();

        for (size_t i = 0; array && i < judgement->n_reasons; i++) {
                json_object *object = reason_object(&judgement->reasons[i]);

                if (!object || json_object_array_add(array, object) < 0) {
                        json_object_put(object);
                        json_object_put(array);
                        return NULL;
                }
        }
        return array;
}

static int show_json(const Check *check, const char *text) {
        const CheckJudgement *judgement = &check->judgement;
        json_object *object = json_output_answer(), *reasons = reasons_array(judgement),
                    *days = NULL;
        bool whole = object && reasons &&
                     add_text(object, "state", state_words[judgement->state]) &&
                     json_object_object_add(object, "code",
                                            json_object_new_int((int) judgement->state)) == 0 &&
                     add_text(object, "text", text);

        if (whole && judgement->has_end) {
                days = json_object_new_int64(judgement->days_left);
                whole = days;
        }
        whole = whole && json_object_object_add(object, "days_left", days) == 0 &&
                json_object_object_add(object, "reasons", json_object_get(reasons)) == 0;
        json_object_put(reasons);
        if (!whole) {
                json_object_put(object);
                object = NULL;
        }
        return json_output_show(check->context->page, object, check->context->line->json);
}

static int show(const Check *check) {
        const CommandLine *line = check->context->line;
        MemoryPool *pool = check->context->pool;
        const char *text = check->description ? summary(check) : check->context->problem.sentence;

        check->context->exit_code = (int) check->judgement.state;
        if (line->json != JSON_FORM_OFF)
                return show_json(check, text);
        show_line(check,
                  memory_pool_format(pool, "KLPWATCH %s: %s", state_words[check->judgement.state],
                                     text),
                  check->description && !line->reboot ? numbers(check) : NULL);
        if (check->description)
                show_long_text(check);
        else if (check->context->problem.command && !line->quiet)
                show_line(check, memory_pool_format(pool, "→ %s", check->context->problem.command),
                          NULL);
        return memory_pool_exhausted(pool) ? error_origin(-ENOMEM) : 0;
}

int verb_check(VerbContext *context) {
        _cleanup_(description_freep) Description *description = NULL;
        const CommandLine *line = context->line;
        Check check = { .context = context, .now = context->now() };
        int r;

        start_timeout(line);
        r = verb_describe(context, UTC_TIME_NONE, &description);
        alarm(0);
        if (r < 0)
                return error_trace(r);

        if (r > 0)
                check.judgement.state = CHECK_STATE_UNKNOWN;
        else {
                check.description = description;
                check.judgement = line->reboot ? check_state_judge_reboot(description,
                                                                          context->pool, check.now)
                                               : check_state_judge(description, context->pool,
                                                                   check.now, &line->warning,
                                                                   &line->critical);
        }
        return show(&check);
}
