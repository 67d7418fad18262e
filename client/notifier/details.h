/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Where a person reads more: the Cockpit page in a browser, or `klpctl status` in a terminal.
 */

#include <systemd/sd-bus.h>

enum {
        DETAILS_E_NOTHING = 1, /* neither is here */
};

/* Starts one and does not wait for it. `bus` is the system's. 0 or DETAILS_E_NOTHING. */
int details_open(sd_bus *bus);
