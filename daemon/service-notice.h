/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What is told to the service manager that started the daemon, and what it handed over. Without one
 * nothing is told and there is nothing: sd_notify(3), sd_listen_fds(3).
 */

#include <stdbool.h>

/* The daemon serves, also after a reload. Told once until the next reload. */
void service_notice_ready(void);

/* One line about what the daemon says now; the same line again is not told again. 0 or -ENOMEM. */
int service_notice_status(const char *line);

void service_notice_reloading(void);
void service_notice_stopping(void);

/* /dev/kmsg as the service manager opened it; -1 = it did not. The descriptor is the caller's, and given once. */
int service_notice_take_kernel_log(void);
