/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Names that tie a live patch to its base kernel. Which vendor's scheme holds is told by the kernel's
 * own form:
 *            Red Hat (as its dnf plug-in builds them)      SUSE
 *   base     5.14.0-427.13.1.el9_4                         5.14.21-150500.55.28-default
 *   package  kpatch-patch-5_14_0-427_13_1                  kernel-livepatch-5_14_21-150500_55_28-default
 *   version  1-2.el9_4                                     14-150500.2.1
 *   module   kpatch_5_14_0_427_13_1_1_2                    livepatch_14_150500_2_1 (names no kernel)
 *
 *            Amazon                                        Ubuntu
 *   base     6.1.12-19.43.amzn2023                         5.15.0-25-generic
 *   package  kernel-livepatch-6.1.12-19.43                 none: a service fetches the modules
 *   version  1.0-3.amzn2023
 *   module   livepatch_CVE_2022_36946 (one for each fix)   lkp_Ubuntu_5_15_0_25_25_generic_86
 */

#include "core/kernel-release.h"

enum {
        LIVEPATCH_NAME_E_OTHER =
                        1, /* not a name that this scheme gives to a patch for this kernel */
};

#define LIVEPATCH_PACKAGE_PREFIX "kpatch-patch-"
#define LIVEPATCH_PACKAGE_PREFIX_KERNEL "kernel-livepatch-" /* SUSE's and Amazon's */
#define LIVEPATCH_NAME_BYTES 160

/* What a module's name says, read against one kernel. */
typedef struct LivepatchName {
        char package[LIVEPATCH_NAME_BYTES];
        char version[32]; /* VERSION-RELEASE without dist tag: 1-2; "" when the name does not tell */
        bool names_kernel; /* the module's name says which kernel it is for */
        bool each_fix;     /* the package has a module for each fix */
        char cve[32];      /* CVE-2022-36946: of a module that is one fix; else "" */
} LivepatchName;

/* The package that would carry live patches for `kernel`. 0, or LIVEPATCH_NAME_E_OTHER when none would. */
int livepatch_package_name(const KernelRelease *kernel, char ret[static LIVEPATCH_NAME_BYTES]);

/*
 * Reads a loaded module's name against the running kernel. The name alone is ambiguous
 * (kpatch_4_18_0_193_1_2 is 1-2 for 193.el8, and could be a prefix for 193.1.2), so what does not
 * decode exactly for this kernel is LIVEPATCH_NAME_E_OTHER, never a guess. SUSE's and Amazon's names say
 * nothing of a kernel: they are read for the one in which they are loaded.
 */
int livepatch_name_decode(const char *module, const KernelRelease *running, LivepatchName *ret);

/*
 * The base kernel's VERSION-RELEASE without dist tag in a package name: `5.14.0-427.13.1`,
 * `5.14.21-150500.55.28`, `6.1.12-19.43`. 0 or LIVEPATCH_NAME_E_OTHER.
 */
int livepatch_package_base(const char *package, char ret[static LIVEPATCH_NAME_BYTES]);

/* True for a package that carries live patches by its name (debuginfo and debugsource do not). */
bool livepatch_package_is_one(const char *package);

/* `1-2.el9_4` → `1-2`: a patch package's version-release without its dist tag, copied into the pool. */
const char *livepatch_version_without_dist(MemoryPool *pool, const char *version_release);

/*
 * Version 0, whatever the release, or Amazon's 1.0-0: the package that only announces that its kernel is
 * covered.
 */
bool livepatch_version_is_empty(const char *version_release);
