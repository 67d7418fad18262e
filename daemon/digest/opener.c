/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The opener's two ends. One message asks, one answers: a path there, an errno back, with the descriptor
 * beside it. It refuses to send more than one at a time, so that a process with a small limit of
 * descriptors can read any number of files, and to decide what may be opened: that is who answers.
 */

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/socket.h>

#include "base/bounded-read.h"
#include "base/error.h"
#include "digest/opener.h"

static int open_here(const char *path, int *ret_fd) {
        int r = bounded_read_open(AT_FDCWD, path, ret_fd);

        if (r < 0)
                return error_trace(r);
        return r ? OPENER_E_REFUSED : 0;
}

static int receive_answer(int socket, int *ret_error, int *ret_fd) {
        union {
                struct cmsghdr head;
                char bytes[CMSG_SPACE(sizeof(int))];
        } control;
        struct iovec part = { ret_error, sizeof(*ret_error) };
        struct msghdr message = { .msg_iov = &part,
                                  .msg_iovlen = 1,
                                  .msg_control = &control,
                                  .msg_controllen = sizeof(control) };
        struct cmsghdr *head;
        ssize_t n;

        do
                n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
        while (n < 0 && errno == EINTR);
        if (n < 0)
                return error_origin(-errno);
        if (n != sizeof(*ret_error))
                return error_origin(-EPIPE);
        head = CMSG_FIRSTHDR(&message);
        *ret_fd = -1;
        if (head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS)
                memcpy(ret_fd, CMSG_DATA(head), sizeof(*ret_fd));
        return 0;
}

int opener_open(const Opener *opener, const char *path, int *ret_fd) {
        size_t n_path = strlen(path);
        int r, error, fd;

        if (opener->socket < 0)
                return open_here(path, ret_fd);
        if (n_path == 0 || n_path >= PATH_MAX) {
                errno = n_path == 0 ? ENOENT : ENAMETOOLONG;
                return OPENER_E_REFUSED;
        }
        /* A packet goes as a whole or not at all. */
        if (write(opener->socket, path, n_path) < 0)
                return error_origin(-errno);
        r = receive_answer(opener->socket, &error, &fd);
        if (r)
                return error_fold(r);
        if (error == 0 && fd < 0)
                error = EMFILE;
        if (error != 0) {
                closep(&fd);
                errno = error;
                return OPENER_E_REFUSED;
        }
        *ret_fd = fd;
        return 0;
}

int opener_pair(int *ret_asking, int *ret_answering) {
        int pair[2];

        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
                return error_origin(-errno);
        *ret_asking = pair[0];
        *ret_answering = pair[1];
        return 0;
}

int opener_receive(int socket, MemoryPool *pool, const char **ret) {
        char path[PATH_MAX];
        ssize_t n;

        do
                n = recv(socket, path, sizeof(path), 0);
        while (n < 0 && errno == EINTR);
        if (n < 0 && errno != ECONNRESET)
                return error_origin(-errno);
        *ret = n > 0 ? memory_pool_text_n(pool, path, strnlen(path, (size_t) n)) : NULL;
        return 0;
}

int opener_answer(int socket, int fd, int error) {
        union {
                struct cmsghdr head;
                char bytes[CMSG_SPACE(sizeof(int))];
        } control = {};
        struct iovec part = { &error, sizeof(error) };
        struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
        ssize_t n;

        if (fd >= 0) {
                error = 0;
                message.msg_control = &control;
                message.msg_controllen = sizeof(control);
                control.head.cmsg_level = SOL_SOCKET;
                control.head.cmsg_type = SCM_RIGHTS;
                control.head.cmsg_len = CMSG_LEN(sizeof(int));
                memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
        }
        do
                n = sendmsg(socket, &message, MSG_NOSIGNAL);
        while (n < 0 && errno == EINTR);
        /* Who is gone needs no answer. */
        return n < 0 && errno != EPIPE && errno != ECONNRESET ? error_origin(-errno) : 0;
}
