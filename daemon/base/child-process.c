/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Children. A program is started by its whole path and gets nothing of the daemon's but what it is
 * handed. Waiting is bounded: whoever hangs is ended.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child-process.h"

#define REAP_MSEC 2000

static int set_attributes(posix_spawnattr_t *attributes) {
        sigset_t none;
        int r;

        sigemptyset(&none);
        r = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
        if (!r)
                r = posix_spawnattr_setsigmask(attributes, &none);
        if (!r)
                r = posix_spawnattr_setpgroup(attributes, 0);
        return r;
}

static int set_descriptor(posix_spawn_file_actions_t *actions, int from, int to) {
        if (from == CHILD_PROCESS_INHERIT)
                return 0;
        if (from == CHILD_PROCESS_NULL)
                return posix_spawn_file_actions_addopen(actions, to, "/dev/null",
                                                        to == STDIN_FILENO ? O_RDONLY : O_WRONLY,
                                                        0);
        return posix_spawn_file_actions_adddup2(actions, from, to);
}

int child_process_spawn(const char *program, char *const argv[], const int fds[3], pid_t *ret) {
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        pid_t pid;
        int r;

        r = posix_spawnattr_init(&attributes);
        if (r)
                return r;
        r = posix_spawn_file_actions_init(&actions);
        if (r) {
                posix_spawnattr_destroy(&attributes);
                return r;
        }
        for (int i = 0; i < 3 && !r; i++)
                r = set_descriptor(&actions, fds[i], i);
        if (!r)
                r = set_attributes(&attributes);
        if (!r)
                r = posix_spawn(&pid, program, &actions, &attributes, argv, environ);
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
        if (!r)
                *ret = pid;
        return r;
}

int child_process_reap(pid_t pid) {
        int pid_fd, status = 0;

        pid_fd = (int) syscall(SYS_pidfd_open, pid, 0);
        if (pid_fd >= 0) {
                struct pollfd wait_for = { .fd = pid_fd, .events = POLLIN };

                if (poll(&wait_for, 1, REAP_MSEC) == 0)
                        kill(-pid, SIGKILL);
                close(pid_fd);
        }
        while (waitpid(pid, &status, 0) < 0)
                if (errno != EINTR)
                        break;
        return status;
}

void child_process_end(pid_t pid) {
        kill(-pid, SIGKILL);
        while (waitpid(pid, NULL, 0) < 0)
                if (errno != EINTR)
                        break;
}
