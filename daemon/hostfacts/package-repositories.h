/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * The package repositories that are enabled, by their ids.
 */

#include "core/host-facts.h"
#include "host/host-root.h"

/* Fills `repositories` from etc/yum.repos.d and etc/zypp/repos.d, in the order of files and sections. 0 or -ENOMEM. */
int package_repositories_read(const HostRoot *root, HostFacts *host);
