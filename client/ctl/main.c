/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * klpctl: reads the command line, lets the verb write its page, shows the page. Answers go to standard
 * output; why there is none goes to standard error, with the command to run next. Exit codes: 0
 * answered, 1 not answered. It keeps nothing and decides nothing: everything comes from klpwatchd.
 */

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "ctl/command-line.h"
#include "ctl/pager.h"
#include "ctl/usage.h"
#include "ctl/verbs.h"

static int run_verb(MemoryPool *pool, const CommandLine *line, Page *page,
                    DaemonProblem *ret_problem) {
        static int (*const functions[])(VerbContext *) = {
                [VERB_STATUS] = verb_status,
                [VERB_EXPOSURES] = verb_exposures,
                [VERB_WHY] = verb_why,
                [VERB_KERNELS] = verb_kernels,
                [VERB_PLAN] = verb_plan,
                [VERB_IMPORT] = verb_import,
                [VERB_EXPORT_DIGEST] = verb_export_digest,
                [VERB_RESCAN] = verb_rescan,
                [VERB_FEEDS] = verb_feeds,
                [VERB_REFRESH] = verb_refresh,
                [VERB_PATCHES] = verb_patches,
                [VERB_ALERTS] = verb_alerts,
                [VERB_SHOW_CONFIG] = verb_show_config,
                [VERB_MONITOR] = verb_monitor,
                [VERB_HISTORY] = verb_history,
        };
        _cleanup_(daemon_connection_freep) DaemonConnection *connection = NULL;
        VerbContext context = { .line = line, .pool = pool, .page = page, .now = utc_time_now };
        int r;

        r = daemon_connection_new(pool, &(DaemonPlace){ line->host, line->machine }, &connection);
        if (r < 0)
                return error_trace(r);

        context.connection = connection;
        r = functions[line->verb](&context);
        if (r > 0)
                *ret_problem = context.problem;
        return r;
}

/* The page as a whole; a full disk or a closed pipe is a failure like any other. */
static int show_page(Page *page, bool no_pager, bool links) {
        LinkMode mode = links ? page_terminal(page)->links : LINK_MODE_OFF;
        const char *text, *linked;
        int r;

        r = page_finish(page, &text);
        if (r < 0)
                return error_trace(r);
        linked = mode == LINK_MODE_OFF ? text : link_text(page_pool(page), page_vendor(page), text);
        if (memory_pool_exhausted(page_pool(page)))
                return error_origin(-ENOMEM);
        if (!no_pager && pager_is_wanted(text)) {
                r = pager_show(page_pool(page), page_terminal(page),
                               mode == LINK_MODE_ALWAYS ? linked : text);
                if (r < 0)
                        return error_trace(r);
                if (r == 0)
                        return 0;
        }
        if (fputs(linked, stdout) < 0 || fflush(stdout) < 0)
                return error_origin(-errno);
        return 0;
}

static void show_problem(const Terminal *terminal, MemoryPool *pool, DaemonProblem problem,
                         bool quiet) {
        fprintf(stderr, "klpctl: %s\n", terminal_text(terminal, pool, problem.sentence));
        if (problem.command && !quiet)
                fprintf(stderr, "%s %s\n", terminal_glyph(terminal, GLYPH_ARROW), problem.command);
}

static int run(MemoryPool *pool, const Terminal *terminal, const CommandLine *line,
               DaemonProblem *ret_problem) {
        _cleanup_(page_freep) Page *page = NULL;
        int r;

        r = page_new(terminal, pool, &page);
        if (r < 0)
                return error_trace(r);

        if (line->help && line->verb_given)
                usage_show_verb(page, line->verb);
        else if (line->help)
                usage_show(page);
        else if (line->version)
                page_raw(page, "klpctl " KLPWATCH_VERSION);
        else {
                r = run_verb(pool, line, page, ret_problem);
                if (r != 0)
                        return r;
        }
        return show_page(page, line->no_pager,
                         !line->help && !line->version && line->json == JSON_FORM_OFF);
}

int main(int argc, char *argv[]) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        DaemonProblem problem = {};
        const char *complaint;
        Terminal terminal;
        CommandLine line;
        int r;

        setlocale(LC_CTYPE, "");
        terminal_detect(&terminal);

        r = memory_pool_new(&pool);
        if (r == 0) {
                r = command_line_parse(pool, argc > 0 ? argc - 1 : 0, argv + 1, &line, &complaint);
                if (r == 0 && line.json == JSON_FORM_AUTO)
                        line.json = isatty(STDOUT_FILENO) == 1 ? JSON_FORM_PRETTY : JSON_FORM_SHORT;
                if (r > 0) {
                        show_problem(&terminal, pool, (DaemonProblem){ complaint, "klpctl --help" },
                                     false);
                        return 1;
                }
        }
        if (r == 0)
                r = run(pool, &terminal, &line, &problem);
        if (r > 0)
                show_problem(&terminal, pool, problem, line.quiet);
        if (r < 0)
                fprintf(stderr, "klpctl: %s\n", strerror(-r));
        return r == 0 ? 0 : 1;
}
