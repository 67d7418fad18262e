/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The reference of the bench of the watch: the shortest way from a written file to a signal. inotify on one
 * folder, sd-event, and for each written file one signal on the bus that DBUS_SYSTEM_BUS_ADDRESS names.
 *
 *   watch-file NAME FOLDER
 */

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>
#include <unistd.h>

static int on_written(sd_event_source *source, const struct inotify_event *event, void *userdata) {
        (void) source, (void) event;
        return sd_bus_emit_signal(userdata, "/watch", "org.klpwatch.Watch", "Written", NULL);
}

int main(int argc, char *argv[]) {
        sd_event *loop = NULL;
        sd_bus *bus = NULL;
        int r;

        if (argc != 3)
                return EXIT_FAILURE;
        r = sd_event_default(&loop);
        if (r >= 0)
                r = sd_bus_open_system(&bus);
        if (r >= 0)
                r = sd_bus_attach_event(bus, loop, 0);
        if (r >= 0)
                r = sd_event_add_inotify(loop, NULL, argv[2], IN_CLOSE_WRITE, on_written, bus);
        if (r >= 0)
                r = sd_bus_request_name(bus, argv[1], 0);
        if (r >= 0)
                r = sd_event_loop(loop);
        return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
