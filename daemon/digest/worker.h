/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A worker: a confined child process of klpwatch-digest, and how it ended.
 */

#include <stdbool.h>

#include "base/cleanup.h"

#define WORKER_DOCUMENT_BYTES 1024
#define WORKER_REASON_BYTES 2048

enum {
        WORKER_E_DIED = 1, /* it did not come to its end; the reason names the document and says why */
        WORKER_E_FAILED, /* it ended by itself, and said what is wrong */
};

typedef struct Worker Worker;

/* What a worker finds: nothing else is open in it but standard error. */
typedef struct WorkerSetup {
        int input;  /* its standard input */
        int output; /* its standard output */
        int socket; /* its descriptor WORKER_SOCKET; -1: none */
        unsigned cpu_seconds;
        const char *document; /* what it begins with */
        /* What it does; 0, or a negative errno. */
        int (*work)(void *data);
        void *data;
} WorkerSetup;

#define WORKER_SOCKET 3

/* Starts one; it dies with its parent. 0, or a negative errno. */
int worker_start(Worker **ret, const WorkerSetup *setup);

/* Gives it so many seconds of processor time more than it has used, and takes back what was left. */
void worker_allow(Worker *worker, unsigned cpu_seconds);

/*
 * Waits for its end, once; with `stop` it is ended first if it has not.
 * 0, WORKER_E_*, or a negative errno: the one that it ended with.
 */
int worker_end(Worker *worker, bool stop, char ret_reason[static WORKER_REASON_BYTES]);

/* Ends it if it runs. */
Worker *worker_free(Worker *worker);
DEFINE_CLEANUP(Worker, worker_free);

/* In a worker: what it works on now, for whoever tells how it ended. */
void worker_note_document(const char *name);
