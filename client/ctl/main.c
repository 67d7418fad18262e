/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * klpctl: reads the command line, lets the verb write its page, shows the page. Answers go to standard
 * output; why there is none goes to standard error, with the command to run next. Exit codes: 0
 * answered, 1 not answered; of `check` the state. It keeps nothing and decides nothing: everything comes from
 * klpwatchd.
 */

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "ctl/command-line.h"
#include "ctl/pager.h"
#include "ctl/text-wrap.h"
#include "ctl/usage.h"
#include "ctl/verbs.h"

#define PLUGIN_NAME "check_klpwatch"
#define EXIT_UNKNOWN 3

static int run_verb(MemoryPool *pool, const CommandLine *line, Page *page,
                    DaemonProblem *ret_problem, int *ret_exit_code) {
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
                [VERB_CHECK] = verb_check,
                [VERB_EXPORT] = verb_export,
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
        *ret_exit_code = context.exit_code;
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

/* Wrapped for a reader; in one line for a file or a log, where somebody may look for it. */
static void show_problem(const Terminal *terminal, MemoryPool *pool, DaemonProblem problem,
                         bool quiet) {
        const char *sentence = terminal_text(terminal, pool, problem.sentence);
        TextList lines = {};

        if (isatty(STDERR_FILENO) == 1)
                lines = text_wrap(pool, memory_pool_format(pool, "klpctl: %s", sentence),
                                  terminal->n_columns);
        for (size_t i = 0; i < lines.n_items; i++)
                fprintf(stderr, "%s\n", lines.items[i]);
        if (lines.n_items == 0)
                fprintf(stderr, "klpctl: %s\n", sentence);
        if (problem.command && !quiet)
                fprintf(stderr, "%s %s\n", terminal_glyph(terminal, GLYPH_ARROW), problem.command);
}

static int run(MemoryPool *pool, const Terminal *terminal, const CommandLine *line,
               DaemonProblem *ret_problem, int *ret_exit_code) {
        _cleanup_(page_freep) Page *page = NULL;
        int r;

        r = page_new(terminal, pool, &page);
        if (r < 0)
                return error_trace(r);

        if (line->quiet)
                page_set_quiet(page);
        if (line->help && line->verb_given)
                usage_show_verb(page, line->verb);
        else if (line->help)
                usage_show(page);
        else if (line->version)
                page_raw(page, "klpctl " KLPWATCH_VERSION);
        else {
                r = run_verb(pool, line, page, ret_problem, ret_exit_code);
                if (r != 0)
                        return r;
        }
        return show_page(page, line->no_pager,
                         !line->help && !line->version && line->json == JSON_FORM_OFF &&
                                         line->verb != VERB_EXPORT);
}

/* With "check" before the rest when the program is called as the plugin; NULL without memory. */
static char **arguments(MemoryPool *pool, int *argc, char *argv[]) {
        static char check[] = "check";
        const char *slash = *argc > 0 ? strrchr(argv[0], '/') : NULL;
        char **all;

        if (*argc < 1)
                return argv;
        if (strcmp(slash ? slash + 1 : argv[0], PLUGIN_NAME) != 0) {
                --*argc;
                return argv + 1;
        }
        all = memory_pool_alloc(pool, (size_t) *argc * sizeof(*all));
        if (!all)
                return NULL;
        all[0] = check;
        for (int i = 1; i < *argc; i++)
                all[i] = argv[i];
        return all;
}

/* A monitoring system reads standard output and takes 1 for a warning. */
static int refuse_plugin(const char *sentence) {
        printf("KLPWATCH UNKNOWN: %s\n", sentence);
        return EXIT_UNKNOWN;
}

int main(int argc, char *argv[]) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        DaemonProblem problem = {};
        const char *complaint;
        Terminal terminal;
        bool is_plugin = false;
        int r, exit_code = 0;
        CommandLine line = {};
        char **words;

        setlocale(LC_CTYPE, "");
        terminal_detect(&terminal);

        r = memory_pool_new(&pool);
        if (r == 0) {
                words = arguments(pool, &argc, argv);
                is_plugin = words && words != argv + 1 && argc > 0;
                r = words ? command_line_parse(pool, argc, words, &line, &complaint)
                          : error_origin(-ENOMEM);
                if (r == 0 && line.json == JSON_FORM_AUTO)
                        line.json = isatty(STDOUT_FILENO) == 1 ? JSON_FORM_PRETTY : JSON_FORM_SHORT;
                if (r > 0 && line.verb == VERB_CHECK)
                        return refuse_plugin(terminal_text(&terminal, pool, complaint));
                if (r > 0) {
                        show_problem(&terminal, pool, (DaemonProblem){ complaint, "klpctl --help" },
                                     false);
                        return 1;
                }
        }
        if (r == 0)
                r = run(pool, &terminal, &line, &problem, &exit_code);
        if (r > 0)
                show_problem(&terminal, pool, problem, line.quiet);
        if (r < 0)
                fprintf(stderr, "klpctl: %s\n", strerror(-r));
        if (r != 0)
                return line.verb == VERB_CHECK ? EXIT_UNKNOWN : 1;
        /* Of a plugin the guidelines want that help and version are no state. */
        return is_plugin && (line.help || line.version) ? EXIT_UNKNOWN : exit_code;
}
