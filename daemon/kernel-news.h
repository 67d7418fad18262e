/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Kernel messages as events. The kernel tells why a live patch failed in several lines, of which only the last
 * names the patch.
 */

#include "core/change-event.h"
#include "host/kernel-messages.h"

/* What an earlier line said; all zero at first. */
typedef struct KernelNews {
        char reason[256]; /* why the patch that is being enabled will fail; "" = not known */
} KernelNews;

/* Adds what a message tells that no scan sees. `host` is the last one (NULL = none). Check `pool`. */
void kernel_news_tell(KernelNews *news, const KernelMessage *message, const HostFacts *host,
                      MemoryPool *pool, ChangeEvents *ret);
