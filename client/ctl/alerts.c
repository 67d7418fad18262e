/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `klpctl alerts`: what an administrator should hear of, the most urgent first; acknowledging it and putting it
 * off; and with --follow a line for each that comes or goes, until somebody stops it.
 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "connection/daemon-alerts.h"
#include "ctl/json-output.h"
#include "ctl/password-agent.h"
#include "ctl/verbs.h"
#include "ctl/wording.h"

#define ALERTS "alerts"
#define INDENT 2

static Mark level_mark(const char *level) {
        return text_equal(level, "critical")  ? MARK_BAD
               : text_equal(level, "warning") ? MARK_WARNING
                                              : MARK_NEUTRAL;
}

static const char *or_dash(const char *text) {
        return text ? text : "-";
}

/* "since 2024-09-30, acknowledged". */
static const char *state_text(MemoryPool *pool, const Description *alert) {
        UtcTime since = description_time(alert, "since"),
                until = description_time(alert, "snoozed_until");
        TextList parts = {};

        if (since != UTC_TIME_NONE)
                text_list_format(&parts, pool, "since %s", wording_time(pool, since));
        if (description_answer(alert, "acknowledged") == ANSWER_YES)
                text_list_add(&parts, pool, "acknowledged");
        if (until != UTC_TIME_NONE)
                text_list_format(&parts, pool, "put off until %s", wording_time(pool, until));
        return wording_list(pool, &parts);
}

static void show_alert(VerbContext *context, const Description *alert) {
        const char *level = description_text(alert, "level"), *id = description_text(alert, "id"),
                   *action = description_text(alert, "action");
        bool aside = description_answer(alert, "acknowledged") == ANSWER_YES ||
                     description_time(alert, "snoozed_until") != UTC_TIME_NONE;
        Mark mark = aside ? MARK_NEUTRAL : level_mark(level);

        page_item(context->page, INDENT, terminal_mark(page_terminal(context->page), mark),
                  terminal_mark_style(mark), STYLE_STRONG,
                  memory_pool_format(context->pool, "%s (%s%s%s)", or_dash(id), or_dash(level),
                                     state_text(context->pool, alert)[0] ? ", " : "",
                                     state_text(context->pool, alert)));
        page_paragraph(context->page, INDENT, STYLE_PLAIN,
                       or_dash(description_text(alert, "text")));
        if (action && text_ends_with(action, "."))
                page_paragraph(context->page, INDENT, STYLE_PLAIN, action);
        else if (action)
                page_command(context->page, INDENT, action);
}

static int list(VerbContext *context) {
        _cleanup_(description_freep) Description *description = NULL;
        size_t n;
        int r;

        r = verb_describe(context, UTC_TIME_NONE, &description);
        if (r != 0)
                return r;
        if (context->line->json != JSON_FORM_OFF) {
                Description *alerts = description_part(description, ALERTS);

                return json_output_show(context->page,
                                        alerts ? json_output_list(ALERTS, alerts)
                                               : json_output_rows(ALERTS, &(BusRows){}),
                                        context->line->json);
        }
        n = description_n_items(description, ALERTS);
        for (size_t i = 0; i < n; i++) {
                if (i > 0)
                        page_gap(context->page);
                show_alert(context, description_item(description, ALERTS, i));
        }
        if (n == 0)
                page_paragraph(context->page, 0, STYLE_PLAIN,
                               description_text(description, "level")
                                               ? "There is no alert."
                                               : "It is not known whether there are alerts.");
        else if (!context->line->quiet && !context->line->no_legend) {
                page_gap(context->page);
                page_command(context->page, 0, "klpctl alerts ack ID");
        }
        return 0;
}

/* Each of the words behind "ack"; the time is that of the first. */
static int put_aside(VerbContext *context) {
        const CommandLine *line = context->line;
        UtcTime until = context->now() + line->snooze_usec;
        PasswordAgent agent;
        int r = 0;

        password_agent_start(line, &agent);
        for (size_t i = 0; i < line->alerts.n_items && r == 0; i++)
                r = line->snooze_usec > 0
                                    ? daemon_alerts_snooze(context->connection,
                                                           line->alerts.items[i], (uint64_t) until,
                                                           !line->no_ask_password)
                                    : daemon_alerts_acknowledge(context->connection,
                                                                line->alerts.items[i],
                                                                !line->no_ask_password);
        password_agent_end(&agent);
        if (r != 0)
                return verb_judge_call(context, r);
        return verb_confirm(context,
                            line->snooze_usec > 0
                                            ? memory_pool_format(context->pool, "Put off until %s.",
                                                                 wording_time(context->pool, until))
                                            : "Acknowledged.");
}

/* --- Following */

/* Every line is out already: there is nothing left to do. */
static void on_stop(int number) {
        (void) number;
        _exit(0);
}

static int print_json(const DaemonAlert *alert, const char *time) {
        const char *const members[][2] = {
                { "time", time },          { "id", alert->id },     { "news", alert->news },
                { "level", alert->level }, { "text", alert->text }, { "action", alert->action },
        };

        return json_output_print_texts(members, ELEMENTS(members));
}

static int print(const VerbContext *context, const DaemonAlert *alert, UtcTime at) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        char time[UTC_TIME_TEXT_BYTES];
        int r;

        r = memory_pool_new(&pool);
        if (r < 0)
                return error_trace(r);
        utc_time_format(at / USEC_PER_SEC * USEC_PER_SEC, time);
        if (context->line->json != JSON_FORM_OFF)
                r = print_json(alert, time);
        else
                printf("%.10s %.8s UTC  %s\n", time, time + 11,
                       terminal_text(page_terminal(context->page), pool,
                                     memory_pool_format(pool, "%s  %s  %s  %s", alert->level,
                                                        alert->news, alert->id, alert->text)));
        if (r == 0 && memory_pool_exhausted(pool))
                r = error_origin(-ENOMEM);
        if (r < 0)
                return error_trace(r);
        if (fflush(stdout) < 0)
                return errno == EPIPE ? 1 : error_origin(-errno);
        return 0;
}

static int on_alert(void *userdata, const DaemonAlert *alert) {
        const VerbContext *context = userdata;

        return print(context, alert, context->now());
}

/* Those that are open already come first, as they are. */
static int on_begin(void *userdata) {
        _cleanup_(description_freep) Description *description = NULL;
        VerbContext *context = userdata;
        int r;

        r = verb_describe(context, UTC_TIME_NONE, &description);
        for (size_t i = 0; r == 0 && i < description_n_items(description, ALERTS); i++) {
                const Description *item = description_item(description, ALERTS, i);
                UtcTime since = description_time(item, "since");
                DaemonAlert alert = { .id = or_dash(description_text(item, "id")),
                                      .news = "open",
                                      .level = or_dash(description_text(item, "level")),
                                      .text = or_dash(description_text(item, "text")),
                                      .action = description_text(item, "action") };

                r = print(context, &alert, since == UTC_TIME_NONE ? context->now() : since);
        }
        return r;
}

int verb_alerts(VerbContext *context) {
        int r;

        if (context->line->alerts.n_items > 0)
                return put_aside(context);
        if (!context->line->follow)
                return list(context);
        signal(SIGPIPE, SIG_IGN);
        signal(SIGINT, on_stop);
        signal(SIGTERM, on_stop);
        r = daemon_alerts_follow(context->connection, STDOUT_FILENO, on_begin, on_alert, context);
        /* What on_begin() found has its problem already. */
        return r > 0 && context->problem.sentence ? VERB_E_NO_ANSWER : verb_judge_call(context, r);
}
