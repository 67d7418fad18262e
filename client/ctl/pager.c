/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The pager. SYSTEMD_PAGER, then PAGER, then less, then more; a process is started only when the
 * answer is longer than the terminal. Under sudo there is none: a pager can start a shell, and it
 * would be root's. A reader who has seen enough ends the pager early, which is no error.
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"
#include "ctl/pager.h"

#define WORDS_MAX 16
#define EXIT_NO_PAGER 127
#define LESS_OPTIONS "FRSXMK"

static const char *chosen(void) {
        const char *pager = getenv("SYSTEMD_PAGER");

        return pager ? pager : getenv("PAGER");
}

static bool is_secure(void) {
        const char *text = getenv("SYSTEMD_PAGERSECURE");

        return text && strcmp(text, "0") != 0 && strcasecmp(text, "no") != 0 &&
               strcasecmp(text, "false") != 0 && strcasecmp(text, "off") != 0;
}

static bool rights_are_borrowed(void) {
        return getenv("SUDO_UID") || geteuid() != getuid();
}

bool pager_is_wanted(const char *text) {
        const char *pager, *term;
        struct winsize size = {};
        unsigned n_lines = 0;

        /* Asked first, because it is what most often says no. */
        if (isatty(STDOUT_FILENO) != 1)
                return false;
        term = getenv("TERM");
        pager = chosen();
        if (!term || strcmp(term, "dumb") == 0 ||
            (pager && (pager[0] == '\0' || strcmp(pager, "cat") == 0)))
                return false;
        if (rights_are_borrowed() && !getenv("SYSTEMD_PAGERSECURE"))
                return false;
        if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_row == 0)
                return false;

        for (; *text; text++)
                n_lines += *text == '\n';
        return n_lines >= size.ws_row;
}

static void become(const TextList *words) {
        char *argv[WORDS_MAX + 1] = {};

        for (size_t i = 0; i < words->n_items && i < WORDS_MAX; i++)
                argv[i] = (char *) words->items[i];
        if (argv[0])
                execvp(argv[0], argv);
}

_Noreturn static void become_pager(const Terminal *terminal, const TextList *words, int fd) {
        const char *less_options = getenv("SYSTEMD_LESS");

        if (dup2(fd, STDIN_FILENO) < 0)
                _exit(EXIT_NO_PAGER);
        setenv("LESS", less_options ? less_options : LESS_OPTIONS, 1);
        if (terminal->utf8)
                setenv("LESSCHARSET", "utf-8", 1);
        if (is_secure())
                setenv("LESSSECURE", "1", 1);
        else {
                unsetenv("LESSSECURE");
                become(words);
        }
        execlp("less", "less", (char *) NULL);
        if (!is_secure())
                execlp("more", "more", (char *) NULL);
        _exit(EXIT_NO_PAGER);
}

/* All of it, or as much as somebody reads. */
static int feed(int fd, const char *text) {
        size_t n_bytes = strlen(text);

        while (n_bytes > 0) {
                ssize_t n = write(fd, text, n_bytes);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return errno == EPIPE ? 0 : error_origin(-errno);
                text += n;
                n_bytes -= (size_t) n;
        }
        return 0;
}

int pager_show(MemoryPool *pool, const Terminal *terminal, const char *text) {
        TextList words = chosen() ? text_words(pool, chosen()) : (TextList){};
        int ends[2], status, r;
        pid_t pid;

        if (pipe2(ends, O_CLOEXEC) < 0)
                return error_origin(-errno);
        pid = fork();
        if (pid < 0) {
                r = error_origin(-errno);
                close(ends[0]);
                close(ends[1]);
                return r;
        }
        if (pid == 0)
                become_pager(terminal, &words, ends[0]);

        close(ends[0]);
        /* A key that interrupts is for the pager, and so is the decision to stop reading. */
        signal(SIGPIPE, SIG_IGN);
        signal(SIGINT, SIG_IGN);
        r = feed(ends[1], text);
        close(ends[1]);
        while (waitpid(pid, &status, 0) < 0)
                if (errno != EINTR)
                        return error_origin(-errno);
        if (r < 0)
                return error_trace(r);
        return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NO_PAGER ? PAGER_E_NONE : 0;
}
