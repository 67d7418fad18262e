/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The password agent. It lives exactly as long as one call: a process that waits for passwords is
 * nobody's to leave behind, so the kernel ends it when we are killed. It opens the terminal itself and
 * gets nothing else of ours; what it complains about is not shown, for the daemon's refusal tells the
 * same. It refuses to be more than an offer: a graphical session has an agent of its own, which
 * --fallback lets go first.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "ctl/password-agent.h"

#define READY_MSEC 10000
#define EXIT_NO_AGENT 127

static bool is_wanted(const CommandLine *line) {
        return !line->no_ask_password && !line->host && !line->machine && geteuid() != 0 &&
               isatty(STDIN_FILENO) == 1;
}

_Noreturn static void become_agent(pid_t asker, int ready_fd) {
        char asker_text[16], ready_text[16];
        int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);

        snprintf(asker_text, sizeof(asker_text), "%d", (int) asker);
        snprintf(ready_text, sizeof(ready_text), "%d", ready_fd);
        if (null_fd < 0 || dup2(null_fd, STDIN_FILENO) < 0 || dup2(null_fd, STDOUT_FILENO) < 0 ||
            dup2(null_fd, STDERR_FILENO) < 0 || fcntl(ready_fd, F_SETFD, 0) < 0 ||
            prctl(PR_SET_PDEATHSIG, SIGTERM) < 0)
                _exit(EXIT_NO_AGENT);
        /* It may have ended before we asked to be told. */
        if (getppid() == asker)
                execlp("pkttyagent", "pkttyagent", "--process", asker_text, "--notify-fd",
                       ready_text, "--fallback", (char *) NULL);
        _exit(EXIT_NO_AGENT);
}

/* The other end is closed when the agent is ready, and when it ended. */
static void wait_until_ready(int fd) {
        struct pollfd end = { .fd = fd };

        while (poll(&end, 1, READY_MSEC) < 0 && errno == EINTR)
                ;
}

void password_agent_start(const CommandLine *line, PasswordAgent *ret) {
        _cleanup_close_ int ours = -1, theirs = -1;
        pid_t pid, asker = getpid();
        int ends[2];

        *ret = (PasswordAgent){};
        if (!is_wanted(line) || pipe2(ends, O_CLOEXEC) < 0)
                return;
        ours = ends[0];
        theirs = ends[1];

        pid = fork();
        if (pid < 0)
                return;
        if (pid == 0)
                become_agent(asker, theirs);

        *ret = (PasswordAgent){ .pid = pid };
        close(TAKE_FD(theirs));
        wait_until_ready(ours);
}

void password_agent_end(PasswordAgent *agent) {
        pid_t pid = agent->pid;

        *agent = (PasswordAgent){};
        if (pid <= 0)
                return;
        /* One that was stopped must go on to end. */
        kill(pid, SIGTERM);
        kill(pid, SIGCONT);
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
                ;
}
