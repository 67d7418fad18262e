/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Which files the settings are read from, as systemd has it:
 *   (of the main file, too, an empty one or a link to /dev/null masks those below it)
 *   feeds first      feeds.d/NAME.conf below etc/klpwatch, usr/local/lib/klpwatch and usr/lib/klpwatch, each the file of
 *                    the feed NAME; of two with one name the earlier of these folders counts. What follows may
 *                    change a line of one by a section [Feed NAME].
 *   one main file    etc/klpwatch.conf, else run/klpwatch.conf, else usr/lib/klpwatch/klpwatch.conf
 *   then drop-ins    klpwatch.conf.d/NAME.conf below etc, run and usr/lib, in the order of their names
 *                    whatever folder they lie in; of two with one name the one in etc counts, then run;
 *                    an empty file or a link to /dev/null masks those below it.
 * A later line wins over an earlier one.
 */

#include "host/host-root.h"
#include "settings.h"

/*
 * Reads all of them below `root`. A file that is there and cannot be read is a warning, and the
 * others count. 0 or -ENOMEM.
 */
int settings_files_load(const HostRoot *root, Settings **ret);
