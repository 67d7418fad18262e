/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The klpwatch-hostfacts child. Its standard output is one JSON text; its end is the end of the text.
 * The daemon keeps watching sysfs meanwhile, so nothing here waits: the owner polls the descriptor
 * and gives up when it likes by freeing the object.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/child-process.h"
#include "base/error.h"
#include "host/hostfacts-process.h"

struct HostfactsProcess {
        pid_t pid; /* 0 once reaped */
        int fd;
        char *output;
        size_t n_bytes, n_room;
        char problem[256];
};

static int spawn(HostfactsProcess *process, const char *program, const char *root, int write_fd) {
        const int fds[] = { CHILD_PROCESS_NULL, write_fd, CHILD_PROCESS_INHERIT };
        char *argv[3] = { (char *) program, NULL, NULL };
        char root_option[4096];
        int n;

        n = snprintf(root_option, sizeof(root_option), "--root=%s", root);
        if (n < 0 || (size_t) n >= sizeof(root_option))
                return ENAMETOOLONG;
        argv[1] = root_option;
        return child_process_spawn(program, argv, fds, &process->pid);
}

int hostfacts_process_new(const char *program, const char *root, HostfactsProcess **ret) {
        _cleanup_(hostfacts_process_freep) HostfactsProcess *process = NULL;
        _cleanup_close_ int write_fd = -1;
        int fds[2], r;

        process = calloc(1, sizeof(*process));
        if (!process)
                return error_origin(-ENOMEM);
        process->fd = -1;
        if (pipe2(fds, O_CLOEXEC) < 0)
                return HOSTFACTS_PROCESS_E_FAILED;
        process->fd = fds[0];
        write_fd = fds[1];
        if (fcntl(process->fd, F_SETFL, O_NONBLOCK) < 0)
                return HOSTFACTS_PROCESS_E_FAILED;

        r = spawn(process, program, root, write_fd);
        if (r == ENOMEM)
                return error_origin(-ENOMEM);
        if (r) {
                errno = r;
                return HOSTFACTS_PROCESS_E_FAILED;
        }
        *ret = TAKE(process);
        return 0;
}

HostfactsProcess *hostfacts_process_free(HostfactsProcess *process) {
        if (!process)
                return NULL;

        if (process->pid > 0)
                child_process_end(process->pid);
        if (process->fd >= 0)
                close(process->fd);
        free(process->output);
        free(process);
        return NULL;
}

int hostfacts_process_get_fd(const HostfactsProcess *process) {
        return process->fd;
}

static int fail(HostfactsProcess *process, const char **ret_problem, const char *format, ...)
                _printf_(3, 4);

static int fail(HostfactsProcess *process, const char **ret_problem, const char *format, ...) {
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(process->problem, sizeof(process->problem), format, arguments);
        va_end(arguments);
        *ret_problem = process->problem;
        return HOSTFACTS_PROCESS_E_FAILED;
}

/* Its output has ended, so it is about to exit: a short wait, then it is ended. */
static int reap(HostfactsProcess *process, const char **ret_problem) {
        int status = child_process_reap(process->pid);

        process->pid = 0;

        if (WIFSIGNALED(status))
                return fail(process, ret_problem, "klpwatch-hostfacts was ended by signal %d",
                            WTERMSIG(status));
        if (WEXITSTATUS(status) != 0)
                return fail(process, ret_problem, "klpwatch-hostfacts failed with exit status %d",
                            WEXITSTATUS(status));
        return 0;
}

int hostfacts_process_dispatch(HostfactsProcess *process, char **ret, size_t *ret_n_bytes,
                               const char **ret_problem) {
        int r;

        for (;;) {
                ssize_t n;

                if (process->n_room - process->n_bytes < 4096) {
                        size_t n_room = process->n_room ? process->n_room * 2 : 16384;
                        char *larger = realloc(process->output, n_room + 1);

                        if (!larger)
                                return error_origin(-ENOMEM);
                        process->output = larger;
                        process->n_room = n_room;
                }
                n = read(process->fd, process->output + process->n_bytes,
                         process->n_room - process->n_bytes);
                if (n < 0 && errno == EAGAIN)
                        return HOSTFACTS_PROCESS_E_RUNNING;
                if (n < 0 && errno == EINTR)
                        continue;
                if (n <= 0)
                        break;
                process->n_bytes += (size_t) n;
                if (process->n_bytes > HOSTFACTS_PROCESS_MAX_BYTES)
                        return fail(process, ret_problem,
                                    "klpwatch-hostfacts said more than %zu bytes",
                                    HOSTFACTS_PROCESS_MAX_BYTES);
        }

        r = reap(process, ret_problem);
        if (r)
                return r;
        process->output[process->n_bytes] = '\0';
        *ret_n_bytes = process->n_bytes;
        *ret = TAKE(process->output);
        process->n_room = process->n_bytes = 0;
        return 0;
}
