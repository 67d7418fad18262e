/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Kernel module files in the places that live patches are loaded from at boot.
 */

#include "core/host-facts.h"
#include "host/host-root.h"

/*
 * Fills `modules` from usr/lib/kpatch and var/lib/kpatch, a folder a kernel in each, and from the folder
 * livepatch of each kernel's modules; if these are not there, there are none. A file that is no module is listed with the reason. 0 or -ENOMEM.
 */
int module_file_scan(const HostRoot *root, HostFacts *host);
