/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The kernels that are installed, by their images on disk.
 */

#include "core/host-facts.h"
#include "host/host-root.h"

/* Fills `installed_kernels`, newest first. 0 or -ENOMEM. */
int installed_kernels_read(const HostRoot *root, HostFacts *host);
