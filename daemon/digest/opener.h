/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Opening files for a process that may not: it asks for a path, and gets a descriptor.
 */

#include "base/memory-pool.h"

enum {
        OPENER_E_REFUSED = 1, /* errno says why; EINVAL for what is no regular file */
};

/* `socket` is the asking end of a pair; -1: files are opened in this process. */
typedef struct Opener {
        int socket;
} Opener;

/*
 * Opens a regular file for reading; of an archive, where it is asked for, comes a stream of its documents
 * (document-stream.h). The descriptor is the caller's to close.
 * 0, OPENER_E_REFUSED, or a negative errno: -EPIPE when the other end is gone.
 */
int opener_open(const Opener *opener, const char *path, int *ret_fd);

/* A pair of sockets: one end asks, the other answers. 0, or a negative errno. */
int opener_pair(int *ret_asking, int *ret_answering);

/*
 * The next path that is asked for, in `pool`; of whoever asks nothing is believed. NULL when nobody asks any
 * more. 0, or a negative errno.
 */
int opener_receive(int socket, MemoryPool *pool, const char **ret);

/* Answers with a descriptor, which stays open here, or, if that is negative, with `error`. 0, or a negative errno. */
int opener_answer(int socket, int fd, int error);
