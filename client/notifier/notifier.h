/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * From the alerts on the system bus to notifications on the session bus, and back.
 */

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "base/cleanup.h"
#include "base/utc-time.h"

typedef struct Notifier Notifier;

/* Both buses are attached to `loop`; all outlive the notifier. Errors end the loop. 0 or a negative errno. */
int notifier_new(sd_event *loop, sd_bus *system, sd_bus *session, UtcTime (*now)(void),
                 Notifier **ret);
Notifier *notifier_free(Notifier *notifier);
DEFINE_CLEANUP(Notifier, notifier_free);
