/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * A kernel release as `uname -r` and package names spell it:
 *   VERSION-RELEASE[.ARCH][+VARIANT]   5.14.0-427.13.1.el9_4.x86_64+rt   (Red Hat, Amazon)
 *   VERSION-RELEASE-FLAVOUR            5.14.21-150500.55.28-default      (SUSE, Ubuntu, Debian)
 * Feeds name kernels without architecture, variant and flavour (`5.14.0-427.13.1.el9_4`); a feed's
 * name of a kernel with flavours has one number more than `uname -r`, the count of rebuilds or uploads
 * (`5.14.21-150500.55.28.1`). All of these parse.
 */

#include <stdbool.h>

#include "base/memory-pool.h"

enum {
        KERNEL_RELEASE_E_MALFORMED =
                        1, /* not VERSION-RELEASE, a strange character, or far too long */
};

#define KERNEL_RELEASE_BYTES 128

typedef struct KernelRelease {
        char name[KERNEL_RELEASE_BYTES];    /* VERSION-RELEASE: what feeds call the kernel */
        char version[KERNEL_RELEASE_BYTES]; /* 5.14.0 */
        char release[KERNEL_RELEASE_BYTES]; /* 427.13.1.el9_4 */
        char arch[16];                      /* "" when not named */
        char variant[32]; /* rt, debug, 64k, rt-debug, …; "" for the plain kernel */
        char flavour[32]; /* default, generic, cloud-amd64, …; "" where the form has none */
        char dist[32];    /* el9_4, el8, el9uek, amzn2023; "" without one */
        int dist_major, dist_minor; /* of a dist el<major>[_<minor>], each -1 when not named */
} KernelRelease;

/* 0 or KERNEL_RELEASE_E_MALFORMED. */
int kernel_release_parse(const char *text, KernelRelease *ret);

/*
 * The same kernel, whichever of the two forms names it: with a flavour as `uname -r` prints it, or
 * without one and with a number more, as feeds do. Architecture and variant do not count.
 */
bool kernel_release_is_same(const KernelRelease *a, const KernelRelease *b);

/* Nothing but numbers in the release, and no flavour: how feeds name kernels that have flavours. */
bool kernel_release_is_bare(const KernelRelease *kernel);

/* By version, then release, as rpm orders packages; architecture and variant do not count. -1, 0 or 1. */
int kernel_release_compare(const KernelRelease *a, const KernelRelease *b);

/* The same for two texts; what does not parse is compared as a plain version. */
int kernel_release_compare_texts(const char *a, const char *b);

/* The number that opens the release part: 427 of 427.13.1.el9_4; -1 when it is none. */
int kernel_release_first_number(const KernelRelease *kernel);
