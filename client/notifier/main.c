/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * klpwatch-notifier: started with the desktop session, one in each, and ended with it. Exit codes: 0 ended, or
 * another one runs in this session; 1 a bus is not there, or the command line is wrong.
 */

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "notifier/notifier.h"

#define NAME "org.klpwatch1.Notifier"

static void show_help(void) {
        puts("klpwatch-notifier [OPTIONS…]\n"
             "\n"
             "Shows klpwatchd's alerts as notifications of the desktop. It is started with the "
             "session.\n"
             "\n"
             "  -h, --help     show this text\n"
             "  -V, --version  show the version");
}

/* 0 to go on, 1 when all is done, or a negative errno for what cannot be read. */
static int read_options(int argc, char *argv[]) {
        static const struct option longs[] = {
                { "help", no_argument, NULL, 'h' },
                { "version", no_argument, NULL, 'V' },
                {},
        };
        int c;

        while ((c = getopt_long(argc, argv, "hV", longs, NULL)) >= 0)
                switch (c) {
                case 'h':
                        show_help();
                        return 1;
                case 'V':
                        puts("klpwatch-notifier " KLPWATCH_VERSION);
                        return 1;
                default:
                        return -EINVAL;
                }
        if (optind < argc) {
                fprintf(stderr, "klpwatch-notifier: '%s' is one word too many\n", argv[optind]);
                return -EINVAL;
        }
        return 0;
}

/* The session's end is ours. */
static int add_signals(sd_event *loop) {
        static const int numbers[] = { SIGTERM, SIGINT, SIGHUP };
        sigset_t all;

        sigemptyset(&all);
        for (size_t i = 0; i < ELEMENTS(numbers); i++)
                sigaddset(&all, numbers[i]);
        if (sigprocmask(SIG_BLOCK, &all, NULL) < 0)
                return -errno;
        for (size_t i = 0; i < ELEMENTS(numbers); i++) {
                int r = sd_event_add_signal(loop, NULL, numbers[i], NULL, NULL);

                if (r < 0)
                        return r;
        }
        /* What was started ends without anybody who waits for it. */
        return signal(SIGCHLD, SIG_IGN) == SIG_ERR ? -errno : 0;
}

static int open_bus(int (*open)(sd_bus **), const char *what, sd_event *loop, sd_bus **ret) {
        int r = open(ret);

        if (r >= 0)
                r = sd_bus_attach_event(*ret, loop, SD_EVENT_PRIORITY_NORMAL);
        if (r >= 0)
                r = sd_bus_set_exit_on_disconnect(*ret, 1);
        if (r < 0)
                fprintf(stderr, "klpwatch-notifier: the %s bus cannot be reached: %s\n", what,
                        strerror(-r));
        return r;
}

static int run(void) {
        _cleanup_(sd_event_unrefp) sd_event *loop = NULL;
        _cleanup_(sd_bus_flush_close_unrefp) sd_bus *system = NULL, *session = NULL;
        _cleanup_(notifier_freep) Notifier *notifier = NULL;
        int r;

        r = sd_event_default(&loop);
        if (r >= 0)
                r = add_signals(loop);
        if (r < 0)
                return error_origin(r);
        r = open_bus(sd_bus_open_user, "session", loop, &session);
        if (r >= 0)
                r = open_bus(sd_bus_open_system, "system", loop, &system);
        if (r < 0)
                return r;

        r = sd_bus_request_name(session, NAME, 0);
        if (r == -EEXIST || r == -EALREADY) {
                fputs("klpwatch-notifier: another one runs in this session\n", stderr);
                return 0;
        }
        if (r < 0)
                return error_origin(r);
        r = notifier_new(loop, system, session, utc_time_now, &notifier);
        if (r < 0)
                return error_trace(r);
        return sd_event_loop(loop);
}

int main(int argc, char *argv[]) {
        int r = read_options(argc, argv);

        if (r > 0)
                return fflush(stdout) == 0 ? 0 : 1;
        if (r == 0)
                r = run();
        return r < 0 ? 1 : 0;
}
