/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * One run of klpwatch-hostfacts, started by the daemon itself where no service manager does it: in
 * containers, image builds and tests.
 */

#include <stddef.h>

#include "base/cleanup.h"

enum {
        HOSTFACTS_PROCESS_E_RUNNING = 1, /* not finished: wait for the descriptor again */
        HOSTFACTS_PROCESS_E_FAILED, /* it could not be started, failed, or said too much; the message says which */
};

#define HOSTFACTS_PROCESS_MAX_BYTES ((size_t) 8 * 1024 * 1024)

typedef struct HostfactsProcess HostfactsProcess;

/* Starts `program --root=ROOT`. 0, HOSTFACTS_PROCESS_E_FAILED (errno says why), or -ENOMEM. */
int hostfacts_process_new(const char *program, const char *root, HostfactsProcess **ret);

/* Ends the process if it still runs. */
HostfactsProcess *hostfacts_process_free(HostfactsProcess *process);
DEFINE_CLEANUP(HostfactsProcess, hostfacts_process_free);

/* Readable when hostfacts_process_dispatch() has something to do. */
int hostfacts_process_get_fd(const HostfactsProcess *process);

/*
 * Takes what is there. At the end 0, with the output (allocated, the caller's to free()), or
 * HOSTFACTS_PROCESS_E_FAILED with `ret_problem` pointing to a text that lives as long as the process.
 */
int hostfacts_process_dispatch(HostfactsProcess *process, char **ret, size_t *ret_n_bytes,
                               const char **ret_problem);
