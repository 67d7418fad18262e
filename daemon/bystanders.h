/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Those who ask nobody: the service manager, whose status line has the answer, and whoever logs in, who is greeted
 * with it while something must be done.
 */

#include "core/assessment.h"
#include "host/host-root.h"

typedef struct Bystanders Bystanders;

/* `root` is borrowed; the login message is kept only with `login`. 0 or -ENOMEM. */
int bystanders_new(const HostRoot *root, bool login, Bystanders **ret);
Bystanders *bystanders_free(Bystanders *bystanders);
DEFINE_CLEANUP(Bystanders, bystanders_free);

/* Says the answer to them. 0 or -ENOMEM. */
int bystanders_tell(Bystanders *bystanders, const Assessment *assessment);

/* The daemon ends: nobody would keep true what they were told. */
void bystanders_leave(Bystanders *bystanders);
