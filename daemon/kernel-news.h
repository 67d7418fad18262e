/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Kernel messages as events. The kernel tells why a live patch failed in several lines, of which only the last
 * names the patch.
 */

#include "core/change-event.h"
#include "host/host-root.h"
#include "host/kernel-messages.h"

/* Below the root: `kernel-told 1 BOOT-ID NUMBER`. */
#define KERNEL_TOLD_FOLDER "run/klpwatch"
#define KERNEL_TOLD_NAME "kernel-told"

/* What an earlier line said; all zero at first. */
typedef struct KernelNews {
        char reason[256]; /* why the patch that is being enabled will fail; "" = not known */
} KernelNews;

/*
 * Drops from `events` the failures of the patch that `message` says is applied: what was said before anybody
 * listened may be long over.
 */
void kernel_news_overtake(const KernelMessage *message, ChangeEvents *events);

/*
 * The number of the last message of this boot that was told; 0 = none. 0 or -ENOMEM.
 */
int kernel_told_read(const HostRoot *root, uint64_t *ret);

/* Remembers it. 0, 1 when it cannot be written (it may be told once more then), or -ENOMEM. */
int kernel_told_write(const HostRoot *root, uint64_t number);

/* Adds what a message tells that no scan sees. `host` is the last one (NULL = none). Check `pool`. */
void kernel_news_tell(KernelNews *news, const KernelMessage *message, const HostFacts *host,
                      MemoryPool *pool, ChangeEvents *ret);
