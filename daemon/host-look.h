/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Looking at the host: the daemon's own scan, together with what klpwatch-hostfacts said last. That program
 * is started here, or asked for: then a service manager starts it when run/klpwatch/request is written.
 */

#include <systemd/sd-event.h>

#include "core/host-facts.h"
#include "host/host-root.h"

typedef struct HostLook HostLook;

/*
 * `root`, `root_path` and `program` (klpwatch-hostfacts; NULL = it is asked for) are borrowed. 0 or
 * -ENOMEM.
 */
int host_look_new(const HostRoot *root, const char *root_path, const char *program, HostLook **ret);
HostLook *host_look_free(HostLook *look);
DEFINE_CLEANUP(HostLook, host_look_free);

/*
 * Starts klpwatch-hostfacts on `loop`, or asks for it, or joins the one that runs. `on_ended` is called when
 * it has ended, well or not; what it returns goes to the loop. 0 or negative.
 */
int host_look_begin(HostLook *look, sd_event *loop, int (*on_ended)(void *userdata),
                    void *userdata);

/*
 * Takes what klpwatch-hostfacts left in its file, so that a first answer need not wait for a run of it. What
 * cannot be read is logged and left aside. 1 when there is something, 0 when not, or -ENOMEM.
 */
int host_look_recall(HostLook *look);

/*
 * To be called when the file of klpwatch-hostfacts is another one: takes it over, which ends a look that was
 * asked for. 1 when there is something that nobody is told of yet, 0 when not, or negative.
 */
int host_look_came(HostLook *look);

/*
 * To be called with two scans of which one followed the other: where other patches are loaded, files and
 * packages of them may be new as well, so the host is looked at once more in 10 seconds. 0 or negative.
 */
int host_look_note(HostLook *look, const HostFacts *before, const HostFacts *now);

bool host_look_is_running(const HostLook *look);

/* Why the last run failed; NULL after a good one. What was said before it stays. */
const char *host_look_problem(const HostLook *look);

/* Scans now, and adds what klpwatch-hostfacts said last; what it never said is unknown. 0 or -ENOMEM. */
int host_look_take(const HostLook *look, HostFacts **ret);
