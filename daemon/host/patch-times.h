/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * What sysfs does not tell of live patches: since when. Each scan is held against the one before it. The
 * times are kept in a file that outlives the daemon and not the boot, and moved when the clock is set.
 */

#include "core/host-facts.h"
#include "host/host-root.h"

/* Below the root; `patch-times 1 BOOT-ID OFFSET`, then a line a patch: NAME LISTED LOADED ENABLED SINCE TOOK REPLACED-BY. */
#define PATCH_TIMES_FOLDER "run/klpwatch"
#define PATCH_TIMES_NAME "patch-times"

typedef struct PatchTimes PatchTimes;

/* Empty, or as the file below `root` has it when that is of this boot. `root` is borrowed. 0 or -ENOMEM. */
int patch_times_new(const HostRoot *root, PatchTimes **ret);
PatchTimes *patch_times_free(PatchTimes *times);
DEFINE_CLEANUP(PatchTimes, patch_times_free);

/*
 * Notes what a scan found at `now`, with CLOCK_BOOTTIME at `boot_usec`, and completes its patches: a
 * time that the scan has of its own stays. What was there when nobody looked yet has no time, but a
 * transition counts from when it was first seen. No time is later than `now`. 0 or -ENOMEM.
 */
int patch_times_note(PatchTimes *times, HostFacts *host, UtcTime now, uint64_t boot_usec);

/*
 * Writes the file when something in it is another than before, and its folder is there. 0, 1 when it
 * cannot be written (errno says why), or -ENOMEM.
 */
int patch_times_save(PatchTimes *times);
