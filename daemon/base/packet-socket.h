/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Packets over an AF_UNIX SOCK_SEQPACKET socket: a short text and a few descriptors each.
 */

#include <stdbool.h>
#include <stddef.h>

#define PACKET_MAX_BYTES ((size_t) 65536)
#define PACKET_MAX_FDS 2

enum {
        PACKET_SOCKET_E_AGAIN = 1, /* nothing there, or no room, and it was not to wait */
        PACKET_SOCKET_E_END,       /* the other side has closed it */
        PACKET_SOCKET_E_REFUSED, /* not a packet of this form, or another error; the reason says which */
};

typedef struct Packet {
        char text[PACKET_MAX_BYTES + 1]; /* NUL behind its `n_bytes` */
        size_t n_bytes;
        int fds[PACKET_MAX_FDS]; /* the packet's owner closes them; -1 = none */
        size_t n_fds;
} Packet;

/* Closes the descriptors that are left in a packet. */
void packet_clear(Packet *packet);

/* Sends one packet. 0 or PACKET_SOCKET_E_*; `ret_reason` is a constant. Never raises SIGPIPE. */
int packet_send(int fd, const char *text, const int *fds, size_t n_fds, bool wait,
                const char **ret_reason);

/* Receives one packet into `ret`, whose descriptors are closed on exec. 0 or PACKET_SOCKET_E_*. */
int packet_receive(int fd, bool wait, Packet *ret, const char **ret_reason);
