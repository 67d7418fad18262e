/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * When to look again. sysfs tells the state of live patches but never says that it changed; what there
 * is of uevents, inotify, kernel messages and clocks is gathered here and becomes one hint: look again.
 * A hint carries no facts, so one that is forged, lost, doubled or late costs a look at most.
 */

#include <sys/socket.h>
#include <systemd/sd-event.h>

#include "core/host-facts.h"
#include "host/host-root.h"
#include "host/kernel-messages.h"

/* Between two hints, however much happens. */
#define LIVEPATCH_WATCH_DEBOUNCE_USEC ((uint64_t) 20 * 1000)

/* Looks without any hint. */
#define LIVEPATCH_WATCH_FALLBACK_USEC ((uint64_t) 300 * 1000 * 1000)

typedef struct LivepatchWatch LivepatchWatch;

/* What each returns goes to the loop when it is negative. */
typedef struct LivepatchWatchOwner {
        int (*look)(void *userdata);            /* scan sysfs again */
        int (*host_facts_came)(void *userdata); /* /run/klpwatch/host-facts is another one */
        int (*kernel_said)(void *userdata, const KernelMessage *message); /* reasons, no state */
        int (*kernel_heard_out)(
                        void *userdata); /* once: what came so far was said before anybody listened */
        void *userdata;
} LivepatchWatchOwner;

/* Descriptors to listen to; -1 for what there is not. */
typedef struct LivepatchWatchSources {
        int uevents;         /* datagrams of NETLINK_KOBJECT_UEVENT, group 1 */
        int kernel_messages; /* /dev/kmsg */
        bool earlier;        /* that begins with what was said before; no reason to look again */
        /* Receives one datagram and says from which netlink port; recvmsg() of a netlink socket when NULL. */
        ssize_t (*receive)(int fd, void *data, size_t n_bytes, uint32_t *ret_port);
} LivepatchWatchSources;

/*
 * Opens what this process may open, each on its own; `ret_problems` has a sentence for each that it
 * may not, in `pool`. `kernel_messages` is /dev/kmsg already open, or -1 to open it here; it is taken over.
 */
void livepatch_watch_open(int kernel_messages, MemoryPool *pool, LivepatchWatchSources *ret,
                          TextList *ret_problems);

/* Takes the descriptors of `sources` over, also when it fails. `root` and `owner` are borrowed. 0 or negative. */
int livepatch_watch_new(sd_event *loop, const HostRoot *root, const LivepatchWatchSources *sources,
                        const LivepatchWatchOwner *owner, LivepatchWatch **ret);
LivepatchWatch *livepatch_watch_free(LivepatchWatch *watch);
DEFINE_CLEANUP(LivepatchWatch, livepatch_watch_free);

/*
 * After each scan: follows the patches that it found, and looks every second while one is in transition.
 * One that failed leaves all that as it was, and is tried again after a second, then ever later. 0 or negative.
 */
int livepatch_watch_follow(LivepatchWatch *watch, const HostFacts *host);
