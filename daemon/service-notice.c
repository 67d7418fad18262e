/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The service manager's side of the daemon. All of it is best effort: whether anybody listens changes
 * nothing about what the daemon does.
 */

#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "service-notice.h"

#define KERNEL_LOG_NAME "kmsg" /* FileDescriptorName= of klpwatch-kmsg.socket */

static bool ready;
static char *told; /* the last line */

void service_notice_ready(void) {
        if (ready)
                return;
        ready = true;
        (void) sd_notify(0, "READY=1");
}

int service_notice_status(const char *line) {
        char *copy;

        if (told && strcmp(told, line) == 0)
                return 0;
        copy = strdup(line);
        if (!copy)
                return error_origin(-ENOMEM);
        free(told);
        told = copy;
        (void) sd_notifyf(0, "STATUS=%s", line);
        return 0;
}

void service_notice_reloading(void) {
        struct timespec now = {};

        if (!ready)
                return;
        ready = false;
        clock_gettime(CLOCK_MONOTONIC, &now);
        (void) sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
                          (uint64_t) now.tv_sec * 1000000 + (uint64_t) now.tv_nsec / 1000);
}

void service_notice_stopping(void) {
        (void) sd_notify(0, "STOPPING=1");
        free(told);
        told = NULL;
        ready = false;
}

int service_notice_take_kernel_log(void) {
        char **names = NULL;
        int n, found = -1;

        n = sd_listen_fds_with_names(true, &names);
        for (int i = 0; i < n; i++) {
                int fd = SD_LISTEN_FDS_START + i;

                if (found < 0 && strcmp(names[i], KERNEL_LOG_NAME) == 0) {
                        (void) fcntl(fd, F_SETFL, O_NONBLOCK);
                        found = fd;
                } else
                        close(fd); /* nothing else is expected */
        }
        for (int i = 0; i < n; i++)
                free(names[i]);
        free(names);
        return found;
}
