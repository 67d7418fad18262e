/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The klpwatch-digest child. It starts in the folder that it is to read, so that no name from outside
 * is ever part of a command line or a path, writes into a memfd, and says on standard error what it
 * refuses. Whatever becomes of it is one outcome with a reason; it is never left running.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "base/bounded-read.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "fetch/digest-child.h"
#include "format/input-caps.h"

/* An archive has ten minutes of processor time, and is read by two processes. */
#define DEADLINE_MINUTES 12
#define DEADLINE_MSEC ((int64_t) DEADLINE_MINUTES * 60 * 1000)
#define SAID_BYTES 1024
#define EXIT_SOME_REFUSED 1 /* of klpwatch-digest: the digest of the rest is there */
#define EXIT_DIED 3         /* the same: a document ended the process that read it */

typedef struct Child {
        pid_t pid; /* 0 once reaped */
        int pid_fd, output, said_fd;
        char said[SAID_BYTES]; /* how it began */
        size_t n_said;
        char ending[2 * SAID_BYTES]; /* and how it ended */
        size_t n_ending;
        int status;
} Child;

static void child_clear(Child *child) {
        if (child->pid > 0) {
                kill(child->pid, SIGKILL);
                while (waitpid(child->pid, &child->status, 0) < 0 && errno == EINTR)
                        ;
                child->pid = 0;
        }
        closep(&child->pid_fd);
        closep(&child->output);
        closep(&child->said_fd);
}

/* Nothing that the loader would take from whoever started this program: the child is to confine itself. */
static int clean_environment(char ***ret) {
        char **variables;
        size_t n = 0, n_kept = 0;

        while (environ[n])
                n++;
        variables = calloc(n + 1, sizeof(*variables));
        if (!variables)
                return ENOMEM;
        for (size_t i = 0; i < n; i++)
                if (!text_starts_with(environ[i], "LD_") &&
                    !text_starts_with(environ[i], "GLIBC_TUNABLES="))
                        variables[n_kept++] = environ[i];
        *ret = variables;
        return 0;
}

static int spawn(Child *child, const DigestChild *job, int said_fd) {
        char *argv[] = { (char *) job->program, (char *) (job->option ?: job->input),
                         (char *) (job->option ? job->input : NULL), NULL };
        posix_spawn_file_actions_t actions;
        _cleanup_free_ char **environment = NULL;
        int r;

        r = clean_environment(&environment);
        if (!r)
                r = posix_spawn_file_actions_init(&actions);
        if (r)
                return r;
        r = posix_spawn_file_actions_addfchdir_np(&actions, job->folder_fd);
        if (!r)
                r = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY,
                                                     0);
        if (!r)
                r = posix_spawn_file_actions_adddup2(&actions, child->output, STDOUT_FILENO);
        if (!r)
                r = posix_spawn_file_actions_adddup2(&actions, said_fd, STDERR_FILENO);
        if (!r)
                r = posix_spawn(&child->pid, job->program, &actions, NULL, argv, environment);
        posix_spawn_file_actions_destroy(&actions);
        if (r)
                child->pid = 0;
        return r;
}

/* 0 or an errno value. */
static int start(Child *child, const DigestChild *job) {
        const struct rlimit limit = { DIGEST_MAX_BYTES, DIGEST_MAX_BYTES };
        _cleanup_close_ int said_fd = -1;
        int fds[2], r;

        child->output = memfd_create("klpwatch-digest", MFD_CLOEXEC);
        if (child->output < 0 || pipe2(fds, O_CLOEXEC) < 0)
                return errno;
        child->said_fd = fds[0];
        said_fd = fds[1];
        if (fcntl(child->said_fd, F_SETFL, O_NONBLOCK) < 0)
                return errno;
        r = spawn(child, job, said_fd);
        if (r)
                return r;
        /* Nothing that it writes is larger than a digest may be. */
        (void) prlimit(child->pid, RLIMIT_FSIZE, &limit, NULL);
        child->pid_fd = (int) syscall(SYS_pidfd_open, child->pid, 0);
        return child->pid_fd < 0 ? errno : 0;
}

static int64_t now_msec(void) {
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void keep_said(Child *child, const char *text, size_t n_bytes) {
        size_t n = sizeof(child->said) - 1 - child->n_said, n_over;

        if (n > n_bytes)
                n = n_bytes;
        memcpy(child->said + child->n_said, text, n);
        child->n_said += n;
        n_over = child->n_ending + n_bytes;
        if (n_over < sizeof(child->ending))
                n_over = 0;
        else
                n_over -= sizeof(child->ending) - 1;
        memmove(child->ending, child->ending + n_over, child->n_ending - n_over);
        memcpy(child->ending + child->n_ending - n_over, text, n_bytes);
        child->n_ending += n_bytes - n_over;
}

/* Takes what it says; of what is more than fits the beginning and the end are kept. */
static void listen_to(Child *child) {
        char text[512];

        for (;;) {
                ssize_t n = read(child->said_fd, text, sizeof(text));

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0 && errno == EAGAIN)
                        return;
                if (n <= 0) {
                        closep(&child->said_fd);
                        child->said_fd = -1;
                        return;
                }
                keep_said(child, text, (size_t) n);
        }
}

typedef enum Waited { WAITED_ENDED, WAITED_CANCELLED, WAITED_TOO_LONG } Waited;

static Waited wait_for(Child *child, int cancel_fd) {
        int64_t deadline = now_msec() + DEADLINE_MSEC;

        for (;;) {
                struct pollfd fds[] = { { .fd = cancel_fd, .events = POLLIN | POLLRDHUP },
                                        { .fd = child->pid_fd, .events = POLLIN },
                                        { .fd = child->said_fd, .events = POLLIN } };
                int64_t left = deadline - now_msec();

                if (left <= 0)
                        return WAITED_TOO_LONG;
                if (poll(fds, ELEMENTS(fds), (int) left) <= 0)
                        continue;
                if (fds[0].revents)
                        return WAITED_CANCELLED;
                if (fds[2].revents && child->said_fd >= 0)
                        listen_to(child);
                if (fds[1].revents && waitpid(child->pid, &child->status, WNOHANG) == child->pid) {
                        child->pid = 0;
                        if (child->said_fd >= 0)
                                listen_to(child);
                        return WAITED_ENDED;
                }
        }
}

/* One line of what it said, without what is only meant for people who run it by hand. */
static const char *reason_in(char *text, MemoryPool *pool) {
        static const char *const asides[] = { " (skipped)", " (nothing was written)" };
        static const char name[] = "klpwatch-digest: ";

        text[strcspn(text, "\n")] = '\0';
        for (size_t i = 0; i < ELEMENTS(asides); i++)
                if (text_ends_with(text, asides[i]))
                        text[strlen(text) - strlen(asides[i])] = '\0';
        if (text_starts_with(text, name))
                text += strlen(name);
        return text_printable(pool, text, SAID_BYTES);
}

/* The first line, which tells what it stumbled over first. */
static const char *reason_of(Child *child, MemoryPool *pool) {
        child->said[child->n_said] = '\0';
        return reason_in(text_trim(child->said), pool);
}

/* The last line, which tells of its end. */
static const char *last_words_of(Child *child, MemoryPool *pool) {
        char *text = child->ending, *last;

        text[child->n_ending] = '\0';
        text = text_trim(text);
        last = strrchr(text, '\n');
        return reason_in(last ? last + 1 : text, pool);
}

static int refuse(const char **ret_reason, const char *reason) {
        *ret_reason = reason;
        return DIGEST_CHILD_E_REFUSED;
}

static int take_output(Child *child, bool some_is_enough, MemoryPool *pool, char **ret,
                       size_t *ret_n_bytes, const char **ret_reason) {
        bool left_out = false;
        int r;

        if (WIFSIGNALED(child->status))
                return refuse(ret_reason,
                              memory_pool_format(pool,
                                                 "klpwatch-digest was ended by signal %d "
                                                 "(%s)",
                                                 WTERMSIG(child->status),
                                                 strsignal(WTERMSIG(child->status))));
        if (WEXITSTATUS(child->status) == EXIT_DIED) {
                *ret_reason = last_words_of(child, pool);
                return DIGEST_CHILD_E_DIED;
        }
        left_out = some_is_enough && WEXITSTATUS(child->status) == EXIT_SOME_REFUSED;
        if (WEXITSTATUS(child->status) != 0 && !left_out) {
                const char *reason = reason_of(child, pool);

                return refuse(ret_reason,
                              reason[0] ? reason
                                        : memory_pool_format(pool,
                                                             "klpwatch-digest failed with exit "
                                                             "status %d",
                                                             WEXITSTATUS(child->status)));
        }
        if (lseek(child->output, 0, SEEK_SET) < 0)
                return refuse(ret_reason, "what klpwatch-digest wrote cannot be read");
        r = bounded_read_fd(child->output, DIGEST_MAX_BYTES, ret, ret_n_bytes);
        if (r < 0)
                return error_trace(r);
        if (r == 0)
                *ret_reason = left_out ? reason_of(child, pool) : NULL;
        return r ? refuse(ret_reason, r == BOUNDED_READ_E_TOO_LARGE
                                                      ? "klpwatch-digest wrote more than 64 MiB"
                                                      : "what klpwatch-digest wrote cannot be read")
                 : 0;
}

int digest_child_run(const DigestChild *job, MemoryPool *pool, char **ret, size_t *ret_n_bytes,
                     const char **ret_reason) {
        _cleanup_(child_clear) Child child = { .pid_fd = -1, .output = -1, .said_fd = -1 };
        int r;

        r = start(&child, job);
        if (r == ENOMEM)
                return error_origin(-ENOMEM);
        if (r)
                return refuse(ret_reason, memory_pool_format(pool, "%s cannot be started: %s",
                                                             job->program, strerror(r)));
        switch (wait_for(&child, job->cancel_fd)) {
        case WAITED_CANCELLED:
                return DIGEST_CHILD_E_CANCELLED;
        case WAITED_TOO_LONG:
                return refuse(ret_reason,
                              memory_pool_format(pool,
                                                 "klpwatch-digest did not finish within %d minutes",
                                                 DEADLINE_MINUTES));
        default:
                return take_output(&child, job->some_is_enough, pool, ret, ret_n_bytes, ret_reason);
        }
}
