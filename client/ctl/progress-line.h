/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * One line on standard error that tells how far something is, for as long as it takes; nothing where that is no terminal.
 */

#include <stdbool.h>

#include "base/memory-pool.h"
#include "connection/daemon-connection.h"
#include "ctl/terminal.h"

typedef struct ProgressLine {
        const Terminal *terminal;
        MemoryPool *pool;
        bool on;    /* standard error is a terminal, and somebody wants to see it */
        bool shown; /* there is a line to be taken away */
} ProgressLine;

/* For daemon_connection_refresh(); `userdata` is the line. */
void progress_line_show(const DaemonProgress *progress, void *userdata);

/* The text of the line, without what moves the cursor: at most `n_columns` wide. Separate for tests. */
const char *progress_line_text(MemoryPool *pool, const Terminal *terminal,
                               const DaemonProgress *progress, unsigned n_columns);

/* Takes the line away. */
void progress_line_end(ProgressLine *line);
