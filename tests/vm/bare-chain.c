/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * bare-chain FILE: sends a signal for each write to FILE. inotify, sd-event, signal, and nothing else: what
 * klpwatchd's signals are held against where the machine itself is slow.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

static int on_write(sd_event_source *source, const struct inotify_event *event, void *userdata) {
        (void) source;
        (void) event;
        return sd_bus_emit_signal(userdata, "/org/klpwatch1/tests", "org.klpwatch1.BareChain",
                                  "Written", "");
}

int main(int argc, char **argv) {
        sd_event *loop = NULL;
        sd_bus *bus = NULL;
        int r;

        if (argc != 2)
                return EXIT_FAILURE;
        r = sd_event_new(&loop);
        if (r >= 0)
                r = sd_bus_open_system(&bus);
        if (r >= 0)
                r = sd_bus_attach_event(bus, loop, SD_EVENT_PRIORITY_NORMAL);
        if (r >= 0)
                r = sd_event_add_inotify(loop, NULL, argv[1], IN_MODIFY, on_write, bus);
        if (r >= 0) {
                puts("ready");
                fflush(stdout);
                r = sd_event_loop(loop);
        }
        if (r < 0)
                fprintf(stderr, "bare-chain: %s\n", strerror(-r));
        return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
