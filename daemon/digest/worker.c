/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Workers. A process that is ended by a limit cannot say so itself: it leaves the name of its document
 * on a page that its parent sees, and the parent makes the sentence. It refuses to start again what
 * died, and to hand over anything but what is named.
 */

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "digest/memory-watch.h"
#include "digest/sandbox.h"
#include "digest/worker.h"

#define EXIT_UNCONFINED 100 /* and it has said why */
#define EXIT_ERRNO 101      /* the errno is in the notes */

/* The page that a worker shares with its parent. */
typedef struct Notes {
        char document[WORKER_DOCUMENT_BYTES];
        volatile bool out_of_memory;
        int error;
} Notes;

struct Worker {
        pid_t pid;
        Notes *notes;
};

static Notes *own_notes; /* in a worker */

void worker_note_document(const char *name) {
        if (own_notes)
                snprintf(own_notes->document, sizeof(own_notes->document), "%s", name);
}

/* --- in the child */

/* Moves the descriptors to their places, and closes all others. */
static bool arrange(const WorkerSetup *setup) {
        int input = fcntl(setup->input, F_DUPFD, 8), output = fcntl(setup->output, F_DUPFD, 8),
            socket = setup->socket >= 0 ? fcntl(setup->socket, F_DUPFD, 8) : -1;
        unsigned first = socket >= 0 ? WORKER_SOCKET + 1 : WORKER_SOCKET;

        return input >= 0 && output >= 0 && dup2(input, STDIN_FILENO) >= 0 &&
               dup2(output, STDOUT_FILENO) >= 0 && (socket >= 0) == (setup->socket >= 0) &&
               (socket < 0 || dup2(socket, WORKER_SOCKET) >= 0) && close_range(first, ~0u, 0) == 0;
}

static void be_worker(const WorkerSetup *setup, Notes *notes, pid_t parent)
                __attribute__((__noreturn__));

static void be_worker(const WorkerSetup *setup, Notes *notes, pid_t parent) {
        int r;

        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
                _exit(EXIT_FAILURE);
        /* Both are answers of write(), too. */
        signal(SIGPIPE, SIG_IGN);
        signal(SIGXFSZ, SIG_IGN);
        signal(SIGXCPU, SIG_DFL);

        own_notes = notes;
        memory_watch_begin(&notes->out_of_memory);
        r = arrange(setup) ? sandbox_enter(setup->cpu_seconds) : error_origin(-errno);
        if (r < 0) {
                fprintf(stderr, "klpwatch-digest: the sandbox cannot be entered: %s\n",
                        strerror(-r));
                exit(EXIT_UNCONFINED);
        }
        r = setup->work(setup->data);
        notes->error = r;
        exit(r == 0 ? EXIT_SUCCESS : EXIT_ERRNO);
}

/* --- in the parent */

int worker_start(Worker **ret, const WorkerSetup *setup) {
        _cleanup_(worker_freep) Worker *worker = NULL;
        pid_t parent = getpid();
        void *notes;

        worker = calloc(1, sizeof(*worker));
        if (!worker)
                return error_origin(-ENOMEM);
        notes = mmap(NULL, sizeof(*worker->notes), PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (notes == MAP_FAILED)
                return error_origin(-errno);
        worker->notes = notes;
        snprintf(worker->notes->document, sizeof(worker->notes->document), "%s", setup->document);

        fflush(NULL);
        worker->pid = fork();
        if (worker->pid < 0)
                return error_origin(-errno);
        if (worker->pid == 0) {
                free(TAKE(worker));
                be_worker(setup, notes, parent);
        }
        *ret = TAKE(worker);
        return 0;
}

void worker_allow(Worker *worker, unsigned cpu_seconds) {
        struct rlimit limit, own;
        struct timespec used;
        clockid_t clock;

        if (!sandbox_is_on() || clock_getcpuclockid(worker->pid, &clock) != 0 ||
            clock_gettime(clock, &used) < 0 || prlimit(worker->pid, RLIMIT_CPU, NULL, &limit) < 0)
                return;
        limit.rlim_cur = (rlim_t) used.tv_sec + 1 + cpu_seconds;
        /* Who started all this may have set a limit that is lower. */
        if (getrlimit(RLIMIT_CPU, &own) == 0 && limit.rlim_cur > own.rlim_cur)
                limit.rlim_cur = own.rlim_cur;
        if (limit.rlim_cur > limit.rlim_max)
                limit.rlim_cur = limit.rlim_max;
        (void) !prlimit(worker->pid, RLIMIT_CPU, &limit, NULL);
}

/* The sentence about a worker that did not come to its end. */
static void tell_death(const Worker *worker, int status, char *reason) {
        char document[WORKER_DOCUMENT_BYTES], why[128];
        int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

        memcpy(document, worker->notes->document, sizeof(document));
        document[sizeof(document) - 1] = '\0';
        if (signal == SIGXCPU)
                snprintf(why, sizeof(why), "exceeds the limit of processor time");
        else if (signal != SIGKILL && worker->notes->out_of_memory)
                snprintf(why, sizeof(why), "exceeds the memory limit");
        else if (signal)
                snprintf(why, sizeof(why), "the process that read it was ended by a signal: %s",
                         strsignal(signal));
        else
                snprintf(why, sizeof(why), "the process that read it ended with %d",
                         WEXITSTATUS(status));
        snprintf(reason, WORKER_REASON_BYTES, "%s: %s", document, why);
}

int worker_end(Worker *worker, bool stop, char ret_reason[static WORKER_REASON_BYTES]) {
        int status;
        pid_t pid;

        /* A number of 0 would mean the whole group of processes. */
        if (worker->pid <= 0)
                return error_origin(-ESRCH);
        /* One that has ended already keeps the end that it had. */
        if (stop)
                kill(worker->pid, SIGKILL);
        do
                pid = waitpid(worker->pid, &status, 0);
        while (pid < 0 && errno == EINTR);
        worker->pid = 0;
        if (pid < 0)
                return error_origin(-errno);
        if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_UNCONFINED)
                return WORKER_E_FAILED;
        if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS)
                return 0;
        if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_ERRNO &&
            worker->notes->error != -ENOMEM && worker->notes->error < 0)
                return error_trace(worker->notes->error);
        if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_ERRNO)
                worker->notes->out_of_memory = true;
        tell_death(worker, status, ret_reason);
        return WORKER_E_DIED;
}

Worker *worker_free(Worker *worker) {
        if (!worker)
                return NULL;

        if (worker->pid > 0) {
                kill(worker->pid, SIGKILL);
                waitpid(worker->pid, NULL, 0);
        }
        if (worker->notes)
                munmap(worker->notes, sizeof(*worker->notes));
        free(worker);
        return NULL;
}
