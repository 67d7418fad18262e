/* SPDX-FileCopyrightText: The klpwatch authors */
/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/*
 * Names that tie a live patch to its base kernel (Red Hat's scheme, as its dnf plug-in builds them):
 *   base kernel  5.14.0-427.13.1.el9_4
 *   package      kpatch-patch-5_14_0-427_13_1, version-release 1-2.el9_4
 *   file         kpatch-5_14_0-427_13_1-1-2.ko
 *   module       kpatch_5_14_0_427_13_1_1_2
 */

#include "core/kernel-release.h"

enum {
        LIVEPATCH_NAME_E_OTHER =
                        1, /* not a name that this scheme gives to a patch for this kernel */
};

#define LIVEPATCH_PACKAGE_PREFIX "kpatch-patch-"
#define LIVEPATCH_NAME_BYTES 160

/* What a module's name says, read against one kernel. */
typedef struct LivepatchName {
        char package[LIVEPATCH_NAME_BYTES];
        char version[32]; /* VERSION-RELEASE without dist tag: 1-2 */
} LivepatchName;

/* The package that would carry live patches for `kernel`. 0, or LIVEPATCH_NAME_E_OTHER when its release has no `.el`. */
int livepatch_package_name(const KernelRelease *kernel, char ret[static LIVEPATCH_NAME_BYTES]);

/*
 * Reads a loaded module's name against the running kernel. The name alone is ambiguous
 * (kpatch_4_18_0_193_1_2 is 1-2 for 193.el8, and could be a prefix for 193.1.2), so what does not
 * decode exactly for this kernel is LIVEPATCH_NAME_E_OTHER, never a guess.
 */
int livepatch_name_decode(const char *module, const KernelRelease *running, LivepatchName *ret);

/*
 * The base kernel's VERSION-RELEASE without dist tag in a package name: `5.14.0-427.13.1`.
 * 0 or LIVEPATCH_NAME_E_OTHER.
 */
int livepatch_package_base(const char *package, char ret[static LIVEPATCH_NAME_BYTES]);

/* True for a package that carries live patches by its name (debuginfo and debugsource do not). */
bool livepatch_package_is_one(const char *package);

/* `1-2.el9_4` → `1-2`: a patch package's version-release without its dist tag, copied into the pool. */
const char *livepatch_version_without_dist(MemoryPool *pool, const char *version_release);

/* Version 0, whatever the release: the package that only announces that its kernel is covered. */
bool livepatch_version_is_empty(const char *version_release);
