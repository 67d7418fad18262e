/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A child of the daemon: a program that does one job and ends, in a process group of its own with its
 * children.
 */

#include <sys/types.h>

#define CHILD_PROCESS_NULL (-1)    /* in the place of a descriptor: /dev/null */
#define CHILD_PROCESS_INHERIT (-2) /* the caller's own */

/*
 * Starts `program` with these three as its standard input, output and error; all other descriptors are
 * to be closed on exec. None of the caller's blocked signals is the child's. 0 or an errno value.
 */
int child_process_spawn(const char *program, char *const argv[], const int fds[3], pid_t *ret);

/* The status of a child that is about to end by itself; one that does not within two seconds is ended. */
int child_process_reap(pid_t pid);

/* Ends the whole group at once. */
void child_process_end(pid_t pid);
