/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Packets. The kernel keeps their borders and hands descriptors over with the packet that they belong
 * to. It refuses half a packet: what was cut, or came with more descriptors than the protocol knows,
 * is no packet, and whatever came with it is closed.
 */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/cleanup.h"
#include "base/packet-socket.h"

typedef union Control {
        struct cmsghdr header; /* for its alignment */
        char space[CMSG_SPACE(sizeof(int) * PACKET_MAX_FDS)];
} Control;

void packet_clear(Packet *packet) {
        for (size_t i = 0; i < packet->n_fds; i++)
                closep(&packet->fds[i]);
        packet->n_fds = 0;
}

static int outcome_of_errno(const char **ret_reason) {
        switch (errno) {
        case EAGAIN:
                return PACKET_SOCKET_E_AGAIN;
        case EPIPE:
        case ECONNRESET:
                return PACKET_SOCKET_E_END;
        default:
                *ret_reason = strerror(errno);
                return PACKET_SOCKET_E_REFUSED;
        }
}

int packet_send(int fd, const char *text, const int *fds, size_t n_fds, bool wait,
                const char **ret_reason) {
        struct iovec part = { .iov_base = (char *) text, .iov_len = strlen(text) };
        struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
        Control control = {};
        ssize_t n;

        if (part.iov_len > PACKET_MAX_BYTES || n_fds > PACKET_MAX_FDS) {
                *ret_reason = "it is too large for a packet";
                return PACKET_SOCKET_E_REFUSED;
        }
        if (n_fds > 0) {
                message.msg_control = control.space;
                message.msg_controllen = CMSG_SPACE(sizeof(int) * n_fds);
                control.header.cmsg_level = SOL_SOCKET;
                control.header.cmsg_type = SCM_RIGHTS;
                control.header.cmsg_len = CMSG_LEN(sizeof(int) * n_fds);
                memcpy(CMSG_DATA(&control.header), fds, sizeof(int) * n_fds);
        }
        do
                n = sendmsg(fd, &message, MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT));
        while (n < 0 && errno == EINTR);
        return n < 0 ? outcome_of_errno(ret_reason) : 0;
}

static void take_descriptors(struct msghdr *message, Packet *packet) {
        for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part;
             part = CMSG_NXTHDR(message, part)) {
                size_t n;

                if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
                        continue;
                n = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
                for (size_t i = 0; i < n; i++) {
                        int fd;

                        memcpy(&fd, CMSG_DATA(part) + i * sizeof(int), sizeof(int));
                        if (packet->n_fds < PACKET_MAX_FDS)
                                packet->fds[packet->n_fds++] = fd;
                        else
                                close(fd);
                }
        }
}

int packet_receive(int fd, bool wait, Packet *ret, const char **ret_reason) {
        struct iovec part = { .iov_base = ret->text, .iov_len = PACKET_MAX_BYTES };
        Control control = {};
        struct msghdr message = { .msg_iov = &part,
                                  .msg_iovlen = 1,
                                  .msg_control = control.space,
                                  .msg_controllen = sizeof(control.space) };
        ssize_t n;

        ret->n_fds = 0;
        do
                n = recvmsg(fd, &message, MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT));
        while (n < 0 && errno == EINTR);
        if (n < 0)
                return outcome_of_errno(ret_reason);
        take_descriptors(&message, ret);
        if (n == 0 && ret->n_fds == 0)
                return PACKET_SOCKET_E_END;
        if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
                packet_clear(ret);
                *ret_reason = message.msg_flags & MSG_TRUNC
                                              ? "a packet of more than 64 KiB"
                                              : "a packet with more descriptors than the protocol "
                                                "knows";
                return PACKET_SOCKET_E_REFUSED;
        }
        ret->text[n] = '\0';
        ret->n_bytes = (size_t) n;
        return 0;
}
