/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Following the live patches of a host from one scan to the next: when to look again, since when each is what it is, and
 * what the kernel says of them. Of a recorded host only its files are followed.
 */

#include <systemd/sd-event.h>

#include "core/host-facts.h"
#include "host/host-root.h"

typedef struct HostFollow HostFollow;

/* What each returns goes to the loop when it is negative. */
typedef struct HostFollowOwner {
        int (*look)(void *userdata);              /* scan again */
        int (*host_facts_came)(void *userdata);   /* klpwatch-hostfacts has written anew */
        const HostFacts *(*host)(void *userdata); /* the last scan; NULL = none yet */
        int (*patch_failed)(void *userdata, const char *patch,
                            const char *reason); /* no reason: NULL */
        void *userdata;
} HostFollowOwner;

/*
 * Its sources are open before it returns, so that nothing is lost between that and the first scan. `root` and `owner`
 * are borrowed; `kernel_log` is /dev/kmsg already open, or -1, and is taken over. 0 or negative.
 */
int host_follow_new(sd_event *loop, const HostRoot *root, int kernel_log,
                    const HostFollowOwner *owner, HostFollow **ret);
HostFollow *host_follow_free(HostFollow *follow);
DEFINE_CLEANUP(HostFollow, host_follow_free);

/* Completes what a scan found by what the scans before it found, and follows it. 0 or negative. */
int host_follow_note(HostFollow *follow, HostFacts *host, UtcTime now, uint64_t boot_usec);
