/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What the daemon does on signals.
 */

#include <systemd/sd-event.h>

/*
 * From now on SIGTERM and SIGINT end `loop`, and SIGHUP calls `on_reload`, of which a negative result ends it as well.
 * They are blocked for the process, and served before everything else as long as the loop lives. 0 or negative.
 */
int loop_signals_add(sd_event *loop, sd_event_signal_handler_t on_reload, void *userdata);
