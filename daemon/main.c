/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * klpwatchd: the command line.
 */

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/error.h"
#include "base/heap-room.h"
#include "daemon.h"

typedef struct CommandLine {
        DaemonOptions options;
        bool print_assessment;
        bool done; /* help or version was asked for and given */
} CommandLine;

static void print_help(void) {
        printf("klpwatchd [OPTIONS…]\n\n"
               "Watches kernel live patching on this host and serves org.klpwatch1 on the system "
               "bus.\n"
               "It only watches and advises.\n\n"
               "  -h --help              Show this help\n"
               "     --version           Show the version\n"
               "     --print-assessment  Assess once, print the answer as JSON, and exit; needs no "
               "bus\n"
               "     --root=DIR          Look at a host recorded in (or mounted at) DIR instead of "
               "/\n"
               "     --settings=FILE     Read settings from FILE instead of /etc/klpwatch.conf\n"
               "     --digest=FILE       Take the facts of this digest (may be given more than "
               "once)\n"
               "     --state=DIR         Keep digests in DIR over restarts\n"
               "     --service           Run as klpwatchd.service does: have the service manager "
               "start the other programs\n"
               "     --at=TIME           Judge as if it were TIME: YYYY-MM-DD or RFC 3339 with a "
               "zone\n\n"
               "With DBUS_SYSTEM_BUS_ADDRESS set, that bus is served.\n");
}

static int usage_error(const char *format, const char *detail) {
        fputs("klpwatchd: ", stderr);
        fprintf(stderr, "%s%s\n", format, detail);
        fputs("Try 'klpwatchd --help'.\n", stderr);
        return DAEMON_E_REFUSED;
}

static int parse_command_line(int argc, char **argv, MemoryPool *pool, CommandLine *line) {
        enum { VERSION = 0x100, PRINT_ASSESSMENT, ROOT, SETTINGS, DIGEST, STATE, SERVICE, AT };
        static const struct option options[] = {
                { "help", no_argument, NULL, 'h' },
                { "version", no_argument, NULL, VERSION },
                { "print-assessment", no_argument, NULL, PRINT_ASSESSMENT },
                { "root", required_argument, NULL, ROOT },
                { "settings", required_argument, NULL, SETTINGS },
                { "digest", required_argument, NULL, DIGEST },
                { "state", required_argument, NULL, STATE },
                { "service", no_argument, NULL, SERVICE },
                { "at", required_argument, NULL, AT },
                {},
        };
        int c;

        while ((c = getopt_long(argc, argv, "h", options, NULL)) >= 0)
                switch (c) {
                case 'h':
                        print_help();
                        line->done = true;
                        return 0;
                case VERSION:
                        printf("klpwatchd %s\n", KLPWATCH_VERSION);
                        line->done = true;
                        return 0;
                case PRINT_ASSESSMENT:
                        line->print_assessment = true;
                        break;
                case ROOT:
                        line->options.root = optarg;
                        break;
                case SETTINGS:
                        line->options.settings = optarg;
                        break;
                case DIGEST:
                        text_list_add(&line->options.digests, pool, optarg);
                        break;
                case STATE:
                        line->options.state = optarg;
                        break;
                case SERVICE:
                        line->options.service = true;
                        break;
                case AT:
                        if (utc_time_parse_lenient(optarg, &line->options.at) != 0)
                                return usage_error("--at= takes YYYY-MM-DD or RFC 3339 with a "
                                                   "zone, not ",
                                                   optarg);
                        break;
                default:
                        return DAEMON_E_REFUSED;
                }
        if (optind < argc)
                return usage_error("unexpected argument ", argv[optind]);
        if (line->options.service && line->print_assessment)
                return usage_error("--print-assessment is no service: leave --service away", "");
        return memory_pool_exhausted(pool) ? error_origin(-ENOMEM) : 0;
}

static int run(int argc, char **argv) {
        _cleanup_(memory_pool_freep) MemoryPool *pool = NULL;
        _cleanup_(daemon_freep) Daemon *daemon = NULL;
        CommandLine line = { .options = { .root = "/", .at = UTC_TIME_NONE } };
        int r;

        r = memory_pool_new(&pool);
        if (r)
                return error_fold(r);
        r = parse_command_line(argc, argv, pool, &line);
        if (r || line.done)
                return r;
        r = daemon_new(&line.options, &daemon);
        if (r)
                return r;
        return line.print_assessment ? daemon_print_assessment(daemon) : daemon_serve(daemon);
}

/* What is in use when the name is taken, with the digests of one host in the store. */
#define START_BYTES ((size_t) 512 * 1024)

/* Calls of clients that wait to be allowed may hold descriptors. */
static void raise_descriptor_limit(void) {
        const rlim_t wanted = 8192;
        struct rlimit limit;

        if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= wanted)
                return;
        limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
        (void) setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char **argv) {
        int r;

        raise_descriptor_limit();
        heap_room_take(START_BYTES);

        r = run(argc, argv);
        if (r < 0)
                fprintf(stderr, "klpwatchd: %s\n", strerror(-r));
        return r == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
