/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `klpctl monitor`: a line a change, out at once, until somebody stops it. It keeps no page: there is
 * no end at which one could be shown. Being stopped is how it ends, so that is success.
 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"
#include "connection/daemon-monitor.h"
#include "ctl/json-output.h"
#include "ctl/verbs.h"

/* Every line is out already: there is nothing left to do. */
static void on_stop(int number) {
        (void) number;
        _exit(0);
}

static const char *kind_text(DaemonChangeKind kind) {
        switch (kind) {
        case DAEMON_CHANGE_APPEARED:
                return "appeared";
        case DAEMON_CHANGE_WENT:
                return "went";
        case DAEMON_CHANGE_DAEMON_WENT:
                return "ended; waiting for it";
        case DAEMON_CHANGE_DAEMON_BACK:
                return "is back";
        default:
                return "changed";
        }
}

static int print_text(const VerbContext *context, MemoryPool *pool, const DaemonChange *change,
                      const char *time) {
        const Terminal *terminal = page_terminal(context->page);
        const char *text;

        text = change->kind == DAEMON_CHANGE_PROPERTY
                               ? memory_pool_format(pool, "%s  %s  %s %s %s", change->object,
                                                    change->property,
                                                    change->old_value ? change->old_value : "none",
                                                    terminal_glyph(terminal, GLYPH_ARROW),
                                                    change->new_value ? change->new_value : "none")
                               : memory_pool_format(pool, "%s  %s", change->object,
                                                    kind_text(change->kind));
        printf("%.10s %.8s UTC  %s\n", time, time + 11, terminal_text(terminal, pool, text));
        return memory_pool_exhausted(pool) ? error_origin(-ENOMEM) : 0;
}

static int print_json(const DaemonChange *change, const char *time) {
        const char *const members[][2] = {
                { "time", time },
                { "object", change->object },
                { "event", kind_text(change->kind) },
                { "property", change->property },
                { "old", change->old_value },
                { "new", change->new_value },
        };

        return json_output_print_texts(members, ELEMENTS(members));
}

static int on_change(void *userdata, const DaemonChange *change) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        const VerbContext *context = userdata;
        char time[UTC_TIME_TEXT_BYTES];
        int r;

        r = memory_pool_new(&pool);
        if (r < 0)
                return error_trace(r);
        /* To the second: who reads along has no use for more. */
        utc_time_format(context->now() / USEC_PER_SEC * USEC_PER_SEC, time);
        r = context->line->json != JSON_FORM_OFF ? print_json(change, time)
                                                 : print_text(context, pool, change, time);
        if (r < 0)
                return error_trace(r);
        if (fflush(stdout) < 0)
                return errno == EPIPE ? 1 : error_origin(-errno);
        return 0;
}

int verb_monitor(VerbContext *context) {
        int r;

        signal(SIGPIPE, SIG_IGN);
        signal(SIGINT, on_stop);
        signal(SIGTERM, on_stop);
        r = daemon_monitor_run(context->connection, STDOUT_FILENO, on_change, context);
        return verb_judge_call(context, r);
}
