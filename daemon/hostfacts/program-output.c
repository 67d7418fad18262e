/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Asking another program. Package databases have no format that is safe to read behind their owner's
 * back, so their own query programs are asked, with a limit on what they print and on how long they
 * take: a package database may be locked for as long as an update runs. It refuses shells, inherited
 * environments and programs named without their full path.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "hostfacts/program-output.h"

#define NOT_RUN 127 /* what shells and posix_spawn() end with when there is nothing to run */

typedef struct Output {
        char *bytes;
        size_t n_bytes, n_room;
} Output;

static int64_t now_msec(void) {
        struct timespec ts;

        clock_gettime(CLOCK_MONOTONIC, &ts);
        return (int64_t) ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int spawn(const char *const argv[], int output_fd, pid_t *ret) {
        static const char *const environment[] = { "LC_ALL=C", "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                                                   NULL };
        posix_spawn_file_actions_t actions;
        int r;

        r = posix_spawn_file_actions_init(&actions);
        if (r)
                return error_origin(-r);
        r = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        if (r == 0)
                r = posix_spawn_file_actions_adddup2(&actions, output_fd, STDOUT_FILENO);
        if (r == 0)
                r = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY,
                                                     0);
        if (r == 0)
                r = posix_spawn(ret, argv[0], &actions, NULL, (char *const *) argv,
                                (char *const *) environment);
        posix_spawn_file_actions_destroy(&actions);

        if (r == ENOMEM || r == EAGAIN)
                return error_origin(-ENOMEM);
        return r == 0 ? 0 : PROGRAM_OUTPUT_E_MISSING;
}

static int make_room(Output *output) {
        char *larger;

        if (output->n_bytes + 1 < output->n_room)
                return 0;
        output->n_room = output->n_room == 0 ? 4096 : output->n_room * 2;
        larger = realloc(output->bytes, output->n_room);
        if (!larger)
                return error_origin(-ENOMEM);
        output->bytes = larger;
        return 0;
}

/* Reads until the program closes its output, which it does at the latest when it ends. */
static int collect(int fd, size_t max_bytes, int64_t deadline, Output *output) {
        for (;;) {
                struct pollfd wait = { .fd = fd, .events = POLLIN };
                int64_t left = deadline - now_msec();
                ssize_t n;
                int r;

                if (left <= 0)
                        return PROGRAM_OUTPUT_E_TOO_SLOW;
                r = poll(&wait, 1, (int) left);
                if (r < 0 && errno != EINTR)
                        return PROGRAM_OUTPUT_E_CRASHED;
                if (r <= 0)
                        continue;

                r = make_room(output);
                if (r)
                        return error_trace(r);
                n = read(fd, output->bytes + output->n_bytes, output->n_room - output->n_bytes - 1);
                if (n < 0 && errno != EINTR)
                        return PROGRAM_OUTPUT_E_CRASHED;
                if (n == 0)
                        break;
                if (n > 0)
                        output->n_bytes += (size_t) n;
                if (output->n_bytes > max_bytes)
                        return PROGRAM_OUTPUT_E_TOO_LARGE;
        }

        output->bytes[output->n_bytes] = '\0';
        return 0;
}

/* Its output is closed or of no more use: whatever it still does is cut short at the deadline. */
static int wait_for_end(pid_t pid, int64_t deadline, int *ret_exit_status) {
        int status;

        for (;;) {
                struct timespec pause = { .tv_nsec = 2 * 1000 * 1000 };
                pid_t ended = waitpid(pid, &status, WNOHANG);

                if (ended == pid)
                        break;
                if (ended < 0 && errno != EINTR)
                        return PROGRAM_OUTPUT_E_CRASHED;
                if (now_msec() >= deadline) {
                        kill(pid, SIGKILL);
                        waitpid(pid, &status, 0);
                        return PROGRAM_OUTPUT_E_TOO_SLOW;
                }
                nanosleep(&pause, NULL);
        }
        if (!WIFEXITED(status))
                return PROGRAM_OUTPUT_E_CRASHED;
        if (WEXITSTATUS(status) == NOT_RUN) /* an emulated vfork() loses the error of exec() */
                return PROGRAM_OUTPUT_E_MISSING;
        *ret_exit_status = WEXITSTATUS(status);
        return 0;
}

int program_output(const char *const argv[], size_t max_bytes, int timeout_msec, char **ret,
                   size_t *ret_n_bytes, int *ret_exit_status) {
        _cleanup_close_ int read_fd = -1, write_fd = -1;
        int64_t deadline = now_msec() + timeout_msec;
        _cleanup_free_ char *bytes = NULL;
        Output output = {};
        int pipes[2], status = 0, r, ended;
        pid_t pid;

        if (pipe2(pipes, O_CLOEXEC) < 0)
                return error_origin(-errno);
        read_fd = pipes[0];
        write_fd = pipes[1];

        r = spawn(argv, write_fd, &pid);
        if (r)
                return r;
        close(TAKE_FD(write_fd));

        r = collect(read_fd, max_bytes, deadline, &output);
        bytes = output.bytes;
        ended = wait_for_end(pid, r == 0 ? deadline : 0, &status);
        if (r == 0)
                r = ended;
        if (r)
                return r;

        *ret = TAKE(bytes);
        *ret_n_bytes = output.n_bytes;
        *ret_exit_status = status;
        return 0;
}
