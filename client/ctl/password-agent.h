/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The password agent: polkit's pkttyagent, which asks for a password on this terminal while a call waits
 * for polkit's consent.
 */

#include <sys/types.h>

#include "ctl/command-line.h"

typedef struct PasswordAgent {
        pid_t pid; /* 0: none runs */
} PasswordAgent;

/*
 * Starts one where it can be of use, and returns when polkit knows it. None is started for root, for
 * another host or machine, without a terminal to read from, or when nobody may be asked; and that none
 * can be run is no error: then polkit says what it wants without it.
 */
void password_agent_start(const CommandLine *line, PasswordAgent *ret);

/* Ends it, once. */
void password_agent_end(PasswordAgent *agent);
