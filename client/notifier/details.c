/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Details. The page is opened where Cockpit listens and has it; a browser that shows an error helps nobody. What is
 * started is the person's own, in a session of its own, with nothing of ours but the environment. Nothing that came over
 * the bus is part of a command.
 */

#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "notifier/details.h"

#define SYSTEMD_NAME "org.freedesktop.systemd1"
#define SYSTEMD_PATH "/org/freedesktop/systemd1"
#define CALL_USEC (2 * UINT64_C(1000000))
#define PAGE_ADDRESS "https://localhost:9090/klpwatch"
#define PAGE_FILE "cockpit/klpwatch/manifest.json"
#define DEFAULT_DATA_FOLDERS "/usr/local/share:/usr/share"
/* The terminal stays until somebody has read it. */
#define STATUS_SCRIPT \
        "klpctl --no-pager status; echo; echo 'Enter closes this window.'; read -r line"

extern char **environ;

/* False also where nobody can be asked. */
static bool cockpit_listens(sd_bus *bus) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL, *reply = NULL, *call2 = NULL,
                                                        *reply2 = NULL;
        const char *path, *state;
        int r;

        r = sd_bus_message_new_method_call(bus, &call, SYSTEMD_NAME, SYSTEMD_PATH,
                                           SYSTEMD_NAME ".Manager", "GetUnit");
        if (r >= 0)
                r = sd_bus_message_append(call, "s", "cockpit.socket");
        if (r >= 0)
                r = sd_bus_call(bus, call, CALL_USEC, NULL, &reply);
        if (r >= 0)
                r = sd_bus_message_read(reply, "o", &path);
        if (r >= 0)
                r = sd_bus_message_new_method_call(bus, &call2, SYSTEMD_NAME, path,
                                                   "org.freedesktop.DBus.Properties", "Get");
        if (r >= 0)
                r = sd_bus_message_append(call2, "ss", SYSTEMD_NAME ".Unit", "ActiveState");
        if (r >= 0)
                r = sd_bus_call(bus, call2, CALL_USEC, NULL, &reply2);
        if (r >= 0)
                r = sd_bus_message_read(reply2, "v", "s", &state);
        return r >= 0 && strcmp(state, "active") == 0;
}

/* Cockpit looks for its pages in the same folders. */
static bool cockpit_has_page(void) {
        const char *folders = getenv("XDG_DATA_DIRS");

        if (!folders || folders[0] == '\0')
                folders = DEFAULT_DATA_FOLDERS;
        while (*folders != '\0') {
                size_t n = strcspn(folders, ":");
                _cleanup_free_ char *path = NULL;

                if (n > 0 && asprintf(&path, "%.*s/" PAGE_FILE, (int) n, folders) >= 0 &&
                    access(path, R_OK) == 0)
                        return true;
                folders += n + (folders[n] == ':');
        }
        return false;
}

static bool start(const char *const *command) {
        posix_spawnattr_t attributes;
        sigset_t none, children;
        pid_t pid;
        int r;

        if (posix_spawnattr_init(&attributes) != 0)
                return false;
        sigemptyset(&none);
        sigemptyset(&children);
        sigaddset(&children, SIGCHLD);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &children);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                                              POSIX_SPAWN_SETSID);
        r = posix_spawnp(&pid, command[0], NULL, &attributes, (char *const *) command, environ);
        posix_spawnattr_destroy(&attributes);
        return r == 0;
}

int details_open(sd_bus *bus) {
        static const char *const page[] = { "xdg-open", PAGE_ADDRESS, NULL };
        static const char *const terminals[][6] = {
                { "xdg-terminal-exec", "sh", "-c", STATUS_SCRIPT },
                { "x-terminal-emulator", "-e", "sh", "-c", STATUS_SCRIPT },
                { "gnome-terminal", "--", "sh", "-c", STATUS_SCRIPT },
                { "konsole", "-e", "sh", "-c", STATUS_SCRIPT },
                { "xfce4-terminal", "-x", "sh", "-c", STATUS_SCRIPT },
                { "xterm", "-e", "sh", "-c", STATUS_SCRIPT },
        };

        if (cockpit_has_page() && cockpit_listens(bus) && start(page))
                return 0;
        for (size_t i = 0; i < ELEMENTS(terminals); i++)
                if (start(terminals[i]))
                        return 0;
        return DETAILS_E_NOTHING;
}
